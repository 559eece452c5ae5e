"""Published and independently computed numbers for calibration and image quantification."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, PhysicsError, PlausibilityWarning, calibration, clock
from mrtlab.nuclides import nuclide

DAY = datetime(2027, 3, 1, tzinfo=UTC)
TAU_S = 4.6e-6  # Lu-177 208 keV on a Siemens Symbia T (Uribe et al. 2018)


def at(hour, minute=0):
    return DAY + timedelta(hours=hour, minutes=minute)


# ---------------------------------------------------------------------------------------------- activity meter


@pytest.mark.parametrize(
    ("name", "minutes", "mean_over_start"),
    [("Ga-68", 20, 0.904272981), ("F-18", 10, 0.969081492), ("Tc-99m", 30, 0.971736321), ("Lu-177", 30, 0.998914539)],
)
def test_a02_decay_during_acquisition(name, minutes, mean_over_start):
    assert calibration.acquisition_decay_factor(60.0 * minutes, name) == pytest.approx(mean_over_start, rel=1e-8)


def test_a03_net_administered_activity():
    net = calibration.net_activity(7450.0, at(9, 10), 55.0, at(9, 55), at(9, 40), "Lu-177")
    assert net == pytest.approx(7378.772713447907, rel=1e-9)
    ignored = calibration.net_activity(7450.0, at(9, 10), 0.0, at(9, 55), at(9, 40), "Lu-177")
    assert ignored == pytest.approx(7433.832489487187, rel=1e-9)


def test_c1_syringe_measured_the_evening_before():
    """8000 MBq at 18:00, injected 09:40 next day, 110 MBq left at 09:55."""
    before, injected = at(18) - timedelta(days=1), at(9, 40)
    net = calibration.net_activity(8000.0, before, 110.0, at(9, 55), injected, "Lu-177")
    assert net == pytest.approx(7363.4, abs=0.05)
    assert calibration.net_activity(8000.0, before, 0.0, at(9, 55), injected, "Lu-177") == pytest.approx(
        7473.5, abs=0.05
    )


def test_a04_cross_calibration():
    factor = calibration.cross_calibration(ufloat(1052.0, 10.52), ufloat(1009.4, 0.003 * 1009.4))
    assert factor.nominal_value == pytest.approx(1.0422032890826234, rel=1e-12)
    assert factor.std_dev / factor.nominal_value == pytest.approx(0.01044030650891055, rel=1e-9)


# ---------------------------------------------------------------------------------------------- planar, scatter


def test_p01_conjugate_view():
    whole = calibration.conjugate_view_activity(185.0, 240.0, 0.062, 9.1, attenuation_per_cm=0.135, thickness_cm=8.0)
    assert whole == pytest.approx(88.62351604699063, rel=1e-12)
    assert calibration.source_thickness_factor(0.135, 8.0) == pytest.approx(0.9530040104263958, rel=1e-12)
    # in air, without attenuation of any kind
    assert calibration.conjugate_view_activity(185.0, 240.0, 1.0, 9.1) == pytest.approx(23.15528297330272, rel=1e-12)


@pytest.mark.parametrize("transmission", [0.0, 1.0001, 62.0])
def test_transmission_of_nothing_or_more_than_all_is_refused(transmission):
    with pytest.raises(InputError, match="transmission"):
        calibration.conjugate_view_activity(185.0, 240.0, transmission, 9.1)


def test_p02_triple_energy_window():
    primary = calibration.triple_energy_window(182000, 61000, 9800, 41.6, 34.0, 51.0)
    assert primary.nominal_value == pytest.approx(140685.49019607843, rel=1e-12)
    assert primary.std_dev == pytest.approx(454.37838022764754, rel=1e-12)
    assert calibration.scatter_in_peak(61000, 9800, 41.6, 34.0, 51.0) == pytest.approx(41314.509803921566, rel=1e-12)
    wrong = calibration.triple_energy_window(182000, 61000, 9800, 41.6, 41.6, 41.6)
    assert wrong.nominal_value == pytest.approx(146600.0, rel=1e-12)


def test_p03_negative_primary_is_kept():
    with pytest.warns(PlausibilityWarning, match="negative"):
        primary = calibration.triple_energy_window(40, 60, 20, 41.6, 34.0, 51.0)
    assert primary.nominal_value == pytest.approx(-4.862745098039213, rel=1e-12)
    assert primary.std_dev == pytest.approx(8.110615501545967, rel=1e-12)


def test_windows_of_uribe_2018():
    windows = calibration.ENERGY_WINDOWS_KEV
    widths = calibration.window_widths(*(windows[f"Lu-177 208 {part}"] for part in ("peak", "lower", "upper")))
    assert widths == pytest.approx((41.6, 34.0, 51.0), rel=1e-12)


# ---------------------------------------------------------------------------------------------- dead time


def test_d01_d02_paralysable():
    observed = calibration.observed_rate(60000.0, TAU_S)
    assert observed == pytest.approx(45528.77584567448, rel=1e-12)
    assert 60000.0 / observed == pytest.approx(1.3178478640273035, rel=1e-12)
    assert calibration.true_rate(45528.77584567448, TAU_S) == pytest.approx(60000.0, rel=1e-12)


def test_d02_d06_nothing_above_the_maximum():
    with pytest.raises(PhysicsError, match=r"never shows more than 79973\.8 cps"):
        calibration.true_rate(80000.0, TAU_S)
    with pytest.warns(PlausibilityWarning, match="two true ones"):
        assert calibration.true_rate(79973.7915590092, TAU_S) == pytest.approx(217391.30434782608, rel=1e-6)
    assert calibration.observed_rate(217391.30434782608, TAU_S) == pytest.approx(79973.7915590092, rel=1e-12)


def test_d03_non_paralysable():
    assert calibration.observed_rate(60000.0, TAU_S, "nonparalysable") == pytest.approx(47021.94357366771, rel=1e-12)
    assert calibration.true_rate(47021.94357366771, TAU_S, "nonparalysable") == pytest.approx(60000.0, rel=1e-12)
    with pytest.raises(PhysicsError, match="stays below 1"):
        calibration.true_rate(1 / TAU_S, TAU_S, "nonparalysable")


def test_d04_two_sources_non_paralysable_is_exact():
    rates = [n / (1 + n * 5e-6) for n in (30e3, 32e3, 62e3)]
    assert calibration.two_source_dead_time(*rates, model="nonparalysable") == pytest.approx(5e-6, rel=1e-10)


def test_d05_two_sources_paralysable_is_an_approximation():
    rates = [n * np.exp(-n * 5e-6) for n in (30e3, 32e3, 62e3)]
    assert calibration.two_source_dead_time(*rates) == pytest.approx(4.99668674732523e-6, rel=1e-9)


def test_no_loss_no_dead_time():
    for model in ("paralysable", "nonparalysable"):
        with pytest.raises(PhysicsError, match="no loss"):
            calibration.two_source_dead_time(30e3, 32e3, 62e3, model=model)


def test_l13_uribe_dead_time():
    observed = calibration.observed_rate(40000.0, TAU_S)
    assert observed == pytest.approx(33277, abs=0.5)
    assert 40000.0 / observed == pytest.approx(1.2020, abs=5e-5)
    rates = np.array([5e3, 10e3, 20e3, 40e3])
    assert rates / calibration.observed_rate(rates, TAU_S) == pytest.approx([1.023, 1.047, 1.096, 1.202], abs=5e-4)


def test_tv05_thyroid_probe():
    assert calibration.true_rate(85000.0, 5e-6, "nonparalysable") == pytest.approx(147826, rel=1e-5)
    assert calibration.observed_rate(20000.0, 5e-6, "nonparalysable") == pytest.approx(18181.8, rel=1e-5)


# ---------------------------------------------------------------------------------------------- camera sensitivity


def test_s02_cylinder():
    activity = clock.activity_at(1010.0, "Lu-177", at(8), at(14))
    assert calibration.sensitivity(3.284e6, 1800.0, activity) == pytest.approx(1.8540920612513878, rel=1e-9)


def test_s03_calibration_factor():
    factor = calibration.spect_factor(41.7, 1800.0, 160.3e-3)
    assert 1e6 * factor == pytest.approx(6919424.460431654, rel=1e-12)  # Bq/mL per (cps/voxel)
    assert calibration.sensitivity_from_factor(factor, 0.48**3) == pytest.approx(1.3067915434409252, rel=1e-12)


def test_c2_petri_dish():
    """35.2 MBq at 08:00, scanned at 11:15 for 300 s; 8.5645 cps/MBq per head."""
    start = clock.activity_at(35.2, "Lu-177", at(8), at(11, 15))
    mean = start * calibration.acquisition_decay_factor(300.0, "Lu-177")
    head = calibration.sensitivity((91234 + 90120) / 2, 300.0, mean, background_cps=1520 / 300)
    assert head == pytest.approx(8.5645, abs=5e-5)


def test_c5_cylinder_in_spect():
    """6.3 L with 1010 MBq at 08:00, scanned at 14:00 with 60 views of 20 s, 4.8 mm voxels."""
    start = clock.activity_at(1010.0, "Lu-177", at(8), at(14))
    concentration = start * calibration.acquisition_decay_factor(1200.0, "Lu-177") / 6300
    factor = calibration.spect_factor(41.7, 1200.0, concentration)
    assert 1e6 * factor == pytest.approx(4.4915e6, rel=2e-5)
    assert calibration.sensitivity_from_factor(factor, 0.48**3) == pytest.approx(2.0132, abs=5e-5)


# ---------------------------------------------------------------------------------------------- recovery


def test_r01_recovery_fit():
    volumes = [0.52, 1.15, 2.57, 5.57, 11.49, 26.52]
    measured = [0.23928263, 0.36999981, 0.56218245, 0.71141343, 0.83128155, 0.90903002]
    curve = calibration.fit_recovery(volumes, measured, 0.02)
    assert curve.b1_ml.nominal_value == pytest.approx(1.988626866932372, rel=1e-6)
    assert curve.b2.nominal_value == pytest.approx(0.8926321937374159, rel=1e-6)
    assert curve.b1_ml.std_dev == pytest.approx(0.09715210020943126, rel=1e-5)
    assert curve.b2.std_dev == pytest.approx(0.042360458156193256, rel=1e-5)
    assert curve.covariance[0, 1] == pytest.approx(0.0007130574973937249, rel=1e-4)
    assert curve.chi_square == pytest.approx(0.5348112854795682, rel=1e-6)
    assert curve.dof == 4
    assert curve(10.0).nominal_value == pytest.approx(0.8087218820703513, rel=1e-7)
    assert curve(10.0).std_dev == pytest.approx(0.011522987006844882, rel=1e-5)


def test_r02_partial_volume_correction():
    recovery = calibration.recovery(5.0, 2.0, 0.9)
    assert recovery == pytest.approx(0.6952249838878376, rel=1e-12)
    assert calibration.partial_volume_corrected(12.5, recovery) == pytest.approx(17.97979113192609, rel=1e-12)


def test_recovery_below_a_fifth_is_refused():
    with pytest.raises(InputError, match="not quantifiable"):
        calibration.partial_volume_corrected(12.5, 0.199)


# ---------------------------------------------------------------------------------------------- CT


def test_h01_density():
    hu = [-1000, -800, -98, 0, 40, 60, 300, 1000, 1600]
    expected = [
        0.00121, 0.20715013303769397, 0.93, 1.0175, 1.0408467532467531, 1.0524311688311687, 1.1940799999999998, 1.60876,
        1.9642,
    ]  # fmt: skip
    assert calibration.density_g_per_ml(hu) == pytest.approx(expected, rel=1e-12)


def test_d5_contrast_makes_a_kidney_too_heavy():
    """180 HU in 150 mL instead of 1.04 g/mL lowers the dose by 7.4 %."""
    with pytest.warns(PlausibilityWarning, match="contrast"):
        heavy = calibration.mass_g(np.full(1500, 180.0), 0.1)
    assert 1.04 * 150 / heavy - 1 == pytest.approx(-0.074, abs=5e-4)


def test_water_attenuation():
    """Interpolated elsewhere from the same recalled table: this tests the interpolation, not the table."""
    kev = np.array([113.0, 140.5, 364.0])
    assert calibration.water_attenuation_per_cm(kev) == pytest.approx([0.1643, 0.1536, 0.1100], abs=5.1e-5)
    # 208 keV lies on the power law between 0.1370 at 200 and 0.1186 at 300 keV. The specification prints 0.1350 for
    # it, which no interpolation of its table gives; by hand it is 0.13510
    by_hand = 0.1370 * 1.04 ** (np.log(0.1186 / 0.1370) / np.log(1.5))
    assert by_hand == pytest.approx(0.13510, abs=5e-6)
    assert calibration.water_attenuation_per_cm(208.0) == pytest.approx(by_hand, rel=1e-12)


def test_half_life_used_above():
    assert nuclide("Lu-177").half_life_h == pytest.approx(159.528, abs=1e-3)
