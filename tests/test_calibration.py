"""Activity meter, planar imaging, scatter, sensitivity, CT: behaviour, uncertainty and refusals."""

import warnings
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, PhysicsError, PlausibilityWarning, calibration
from mrtlab.nuclides import nuclide

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def relative(number):
    return number.std_dev / number.nominal_value


class TestNetActivity:
    def test_clocks_in_two_zones(self):
        """A syringe read at 09:10 in Berlin was read at 08:10 UTC."""
        berlin = datetime(2027, 3, 1, 9, 10, tzinfo=ZoneInfo("Europe/Berlin"))
        utc = datetime(2027, 3, 1, 8, 10, tzinfo=UTC)
        values = [calibration.net_activity(7450.0, start, 55.0, NOON + HOUR, NOON, "Lu-177") for start in (berlin, utc)]
        assert values[0] == values[1]

    def test_clock_of_the_meter_runs_ahead(self):
        """Ten minutes ahead: F-18 (109.77 min) read at 12:10 on the meter's clock was read at noon."""
        ahead = timedelta(minutes=10)
        found = calibration.net_activity(
            300.0, NOON + ahead, 20.0, NOON + HOUR + ahead, NOON + HOUR / 2, "F-18", clock_offset_s=600
        )
        half_life_h = nuclide("F-18").half_life_h
        assert found == pytest.approx(300 * 2 ** (-0.5 / half_life_h) - 20 * 2 ** (0.5 / half_life_h), rel=1e-12)
        behind = calibration.net_activity(300.0, NOON, 20.0, NOON + HOUR, NOON + HOUR / 2, "F-18", clock_offset_s=-60)
        assert behind == pytest.approx(
            300 * 2 ** (-(0.5 - 1 / 60) / half_life_h) - 20 * 2 ** ((0.5 + 1 / 60) / half_life_h), rel=1e-12
        )
        with pytest.raises(InputError, match="more than a day; correct the dates"):
            calibration.net_activity(300.0, NOON, 20.0, NOON, NOON, "F-18", clock_offset_s=1e5)
        with pytest.raises(InputError, match="clock_offset_s is the text"):
            calibration.net_activity(300.0, NOON, 20.0, NOON, NOON, "F-18", clock_offset_s="60")

    def test_uncertainty_comes_through(self):
        net = calibration.net_activity(ufloat(7450, 75), NOON, ufloat(55, 5), NOON, NOON, "Lu-177")
        assert net.nominal_value == 7395
        assert net.std_dev == pytest.approx(np.hypot(75, 5), rel=1e-12)

    def test_a_shared_meter_error_cancels_in_part(self):
        """Syringe and residual read with the same meter: its 2 % error is of the difference, not of each alone."""
        meter = ufloat(1, 0.02)
        net = calibration.net_activity(7450 * meter, NOON, 450 * meter, NOON, NOON, "Lu-177")
        assert relative(net) == pytest.approx(0.02, rel=1e-12)

    def test_residual_not_measured(self):
        with pytest.warns(PlausibilityWarning, match="residual was not measured.*no uncertainty"):
            assert calibration.net_activity(7450.0, NOON, None, None, NOON, "Lu-177") == 7450.0
        with pytest.warns(PlausibilityWarning, match="2 % was added"):
            net = calibration.net_activity(ufloat(7450, 0.01 * 7450), NOON, None, None, NOON, "Lu-177")
        assert relative(net) == pytest.approx(np.hypot(0.01, 0.02), rel=1e-12)

    def test_more_left_than_there_was(self):
        with pytest.raises(PhysicsError, match=r"residual_mbq is 7450 .* exchanged"):
            calibration.net_activity(55.0, NOON, 7450.0, NOON, NOON, "Lu-177")

    def test_both_are_compared_at_the_same_time(self):
        """100 MBq at noon are 91 a day later: a residual of 95 read then is more than was there."""
        with pytest.raises(PhysicsError, match="more than"):
            calibration.net_activity(100.0, NOON, 95.0, NOON + 24 * HOUR, NOON, "Lu-177")

    @pytest.mark.parametrize(
        ("syringe_at", "residual_at", "message"),
        [
            (NOON + HOUR, NOON + HOUR, "syringe_at is later"),
            (NOON - HOUR, NOON - HOUR, "residual_at is earlier"),
        ],
    )
    def test_odd_order_warns(self, syringe_at, residual_at, message):
        with pytest.warns(PlausibilityWarning, match=message):
            calibration.net_activity(7450.0, syringe_at, 55.0, residual_at, NOON, "Lu-177")

    @pytest.mark.parametrize("name", ["syringe_at", "residual_at", "administered_at"])
    def test_naive_times_are_refused_by_name(self, name):
        times = {"syringe_at": NOON, "residual_at": NOON, "administered_at": NOON}
        times[name] = datetime(2027, 3, 1, 12)
        with pytest.raises(InputError, match=f"{name} .*without a time zone"):
            calibration.net_activity(syringe_mbq=7450.0, residual_mbq=55.0, nuclide="Lu-177", **times)

    def test_half_a_residual(self):
        with pytest.raises(InputError, match="residual_at is missing"):
            calibration.net_activity(7450.0, NOON, 55.0, None, NOON, "Lu-177")
        with pytest.raises(InputError, match="give both or neither"):
            calibration.net_activity(7450.0, NOON, None, NOON, NOON, "Lu-177")

    def test_negative_reading(self):
        with pytest.raises(InputError, match="syringe_mbq must not be negative"):
            calibration.net_activity(-7450.0, NOON, 55.0, NOON, NOON, "Lu-177")


class TestMeter:
    @pytest.mark.parametrize(("reading", "action"), [(1.06, "find out why"), (0.88, "do not use"), (1.3, "do not use")])
    def test_action_levels(self, reading, action):
        with pytest.warns(PlausibilityWarning, match=action):
            calibration.cross_calibration(1000.0, 1000.0 * reading)

    def test_within_five_per_cent_is_quiet(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert calibration.cross_calibration(1000.0, 960.0) == pytest.approx(1 / 0.96)

    def test_a_shared_error_leaves_no_trace_in_the_factor(self):
        common = ufloat(1, 0.03)
        assert calibration.cross_calibration(1000 * common, 980 * common).std_dev == pytest.approx(0, abs=1e-15)

    def test_mean_over_start_is_the_integral(self):
        """Against the trapezoid of the decay curve, for a short-lived nuclide over an hour."""
        seconds = np.linspace(0, 3600, 200001)
        curve = np.exp(-np.log(2) * seconds / (67.71 * 60))
        assert calibration.acquisition_decay_factor(3600.0, "Ga-68") == pytest.approx(
            np.trapezoid(curve, seconds) / 3600, rel=1e-8
        )

    def test_short_acquisitions_join_smoothly(self):
        """Around the switch to the series, and down to nothing, 1 - x/2 holds."""
        rate = np.log(2) / 574300.8
        durations = np.array([1e-300, 1e-3, 0.5, 0.82, 0.84, 2.0])
        assert calibration.acquisition_decay_factor(durations, "Lu-177") == pytest.approx(
            1 - rate * durations / 2, abs=1e-12
        )

    @pytest.mark.parametrize("minutes", [1e-4, 20.0, 200.0])
    def test_uncertain_duration(self, minutes):
        spread, step = 0.01 * minutes * 60, 1e-3 * minutes * 60
        exact = [calibration.acquisition_decay_factor(60 * minutes + side * step, "Ga-68") for side in (-1, 1)]
        found = calibration.acquisition_decay_factor(ufloat(60 * minutes, spread), "Ga-68")
        assert found.std_dev == pytest.approx(abs(exact[1] - exact[0]) / 2 / step * spread, rel=1e-4)


class TestPlanar:
    def test_relative_uncertainty_of_the_activity(self):
        """Half of the squares of counts and transmission, whole of sensitivity and self-attenuation."""
        activity = calibration.conjugate_view_activity(
            ufloat(185, 0.04 * 185), ufloat(240, 0.03 * 240), ufloat(0.062, 0.05 * 0.062), ufloat(9.1, 0.02 * 9.1)
        )
        assert relative(activity) == pytest.approx(np.sqrt((0.04**2 + 0.03**2 + 0.05**2) / 4 + 0.02**2), rel=1e-12)

    def test_uncertain_thickness(self):
        steps = [calibration.source_thickness_factor(0.135, t) for t in (7.999, 8.001)]
        found = calibration.source_thickness_factor(0.135, ufloat(8.0, 0.5))
        assert found.std_dev == pytest.approx((steps[0] - steps[1]) / 0.002 * 0.5, rel=1e-6)

    def test_thin_source_does_not_attenuate_itself(self):
        assert calibration.source_thickness_factor(0.135, 0.0) == 1.0
        assert calibration.source_thickness_factor(0.135, np.array([1e-9, 1e-3, 1.49e-3])) == pytest.approx(1, abs=1e-8)

    def test_a_thin_source_at_any_depth_gives_its_activity(self):
        """By construction: counts of 40 MBq at depth x in 20 cm of water, 9.1 cps/MBq in air."""
        depth, mu = np.array([2.0, 5.0, 10.0, 17.0]), 0.135
        anterior, posterior = 40 * 9.1 * np.exp(-mu * depth), 40 * 9.1 * np.exp(-mu * (20 - depth))
        through = calibration.transmission(mu, 20.0)
        assert calibration.conjugate_view_activity(anterior, posterior, through, 9.1) == pytest.approx(40, rel=1e-12)

    def test_a_thick_source_gives_its_activity_with_its_factor(self):
        """A slab from 6 to 14 cm of 20 cm, integrated numerically."""
        mu, depth = 0.135, np.linspace(6, 14, 100001)
        anterior, posterior = (40 * 9.1 * np.trapezoid(np.exp(-mu * way), depth) / 8 for way in (depth, 20 - depth))
        found = calibration.conjugate_view_activity(anterior, posterior, np.exp(-mu * 20), 9.1, mu, 8.0)
        assert found == pytest.approx(40, rel=1e-8)

    def test_half_a_source_correction(self):
        with pytest.raises(InputError, match="both attenuation_per_cm and thickness_cm"):
            calibration.conjugate_view_activity(185.0, 240.0, 0.062, 9.1, attenuation_per_cm=0.135)

    def test_millimetres_for_centimetres(self):
        with pytest.warns(PlausibilityWarning, match="in mm"):
            assert 0 < calibration.source_thickness_factor(0.135, 80.0) < 0.2

    def test_percentage_of_transmission(self):
        with pytest.raises(InputError, match=r"6\.2 looks like a percentage; give 0\.062"):
            calibration.conjugate_view_activity(185.0, 240.0, 6.2, 9.1)

    def test_nothing_left_after_background(self):
        with pytest.raises(InputError, match="nothing is left"):
            calibration.conjugate_view_activity(0.0, 240.0, 0.062, 9.1)

    def test_background_in_front_and_behind_only(self):
        """Slab phantom: background 2 counts per pixel and cm; organ 5 of 20 cm, 300 counts of its own."""
        beside = 2 * 20 * 50.0
        organ = 300 + 2 * 15 * 100.0
        assert calibration.subtract_background(organ, beside, 100, 50, 5.0, 20.0) == pytest.approx(300, rel=1e-12)
        with pytest.raises(PhysicsError, match="not above its background"):
            calibration.subtract_background(organ, beside, 100, 50, 0.0, 20.0)
        with pytest.raises(InputError, match="organ_thickness_cm is 50"):
            calibration.subtract_background(organ, beside, 100, 50, 50.0, 20.0)

    def test_zero_with_an_uncertainty_has_no_root(self):
        assert calibration.geometric_mean(0, 5) == 0
        with pytest.raises(InputError, match="no first-order"):
            calibration.geometric_mean(ufloat(0, 1), 5.0)


class TestScatter:
    def test_poisson_variance_by_simulation(self):
        draw = np.random.default_rng(5)
        peak, lower, upper = draw.poisson(1820, 40000), draw.poisson(610, 40000), draw.poisson(98, 40000)
        primary = peak - (lower / 34.0 + upper / 51.0) * 41.6 / 2
        found = calibration.triple_energy_window(1820, 610, 98, 41.6, 34.0, 51.0)
        assert found.std_dev == pytest.approx(np.std(primary), rel=0.02)

    def test_given_uncertainties_are_kept(self):
        found = calibration.triple_energy_window(ufloat(1000, 3), ufloat(100, 7), ufloat(10, 2), 40.0, 20.0, 40.0)
        assert found.nominal_value == 895
        assert found.std_dev == pytest.approx(np.sqrt(9 + 49 + 1), rel=1e-12)

    def test_images(self):
        peak, lower, upper = np.array([[100, 5], [0, 50]]), np.full((2, 2), 20), np.zeros((2, 2))
        with pytest.warns(PlausibilityWarning, match="2 of 4 values"):
            primary = calibration.triple_energy_window(peak, lower, upper, 40.0, 40.0, 40.0)
        assert [item.nominal_value for item in primary.ravel()] == [90, -5, -10, 40]
        assert calibration.scatter_in_peak(lower, upper, 40.0, 40.0, 40.0) == pytest.approx(np.full((2, 2), 10.0))
        # pixels are independent: the sum has the variance of the sum
        assert primary.sum().std_dev == pytest.approx(np.sqrt(155 + 0.25 * 80), rel=1e-12)

    def test_dual_window_needs_its_factor(self):
        found = calibration.dual_energy_window(1000, 400, 28.0, 56.0, k=0.5)
        assert found.nominal_value == pytest.approx(900)
        assert found.std_dev == pytest.approx(np.sqrt(1000 + 0.25**2 * 400), rel=1e-12)
        with pytest.raises(InputError, match="k is missing: measure it"):
            calibration.dual_energy_window(1000, 400, 28.0, 56.0)
        with pytest.warns(PlausibilityWarning, match="negative"):
            calibration.dual_energy_window(10, 400, 28.0, 56.0, k=0.5)

    @pytest.mark.parametrize(
        ("lower", "upper", "message"),
        [
            ((153.0, 190.0), (229.5, 280.5), "lower window.*count twice"),
            ((153.0, 187.0), (220.0, 280.5), "upper window.*count twice"),
            ((229.5, 280.5), (153.0, 187.0), "lower window"),
            ((187.0, 153.0), (229.5, 280.5), "lower must be the lower and the upper limit"),
            ((34.0,), (229.5, 280.5), "lower must be"),
        ],
    )
    def test_windows_that_cannot_be(self, lower, upper, message):
        with pytest.raises(InputError, match=message):
            calibration.window_widths((187.2, 228.8), lower, upper)

    @pytest.mark.parametrize("width", [0.0, -34.0, float("nan")])
    def test_widths(self, width):
        with pytest.raises(InputError, match="lower_kev"):
            calibration.triple_energy_window(1000, 100, 10, 41.6, width, 51.0)

    def test_negative_counts(self):
        with pytest.raises(InputError, match="lower must not be negative"):
            calibration.triple_energy_window(1000, -100, 10, 41.6, 34.0, 51.0)


class TestCamera:
    def test_plain_counts_give_a_plain_number_and_counted_ones_their_poisson_uncertainty(self):
        plain = calibration.sensitivity(90000, 300.0, 35.0)
        assert type(plain) is float
        found = calibration.sensitivity(calibration.counted(90000), 300.0, ufloat(35.0, 0.7))
        assert found.nominal_value == plain == pytest.approx(90000 / 300 / 35)
        assert relative(found) == pytest.approx(np.hypot(1 / 300, 0.02), rel=1e-12)

    def test_background_is_a_rate(self):
        assert calibration.sensitivity(90000, 300.0, 35.0, 100.0) == pytest.approx(200 / 35)
        with pytest.raises(InputError, match="background_cps is a rate"):
            calibration.sensitivity(90000, 300.0, 35.0, background_cps=1520)

    def test_milliseconds(self):
        with pytest.warns(PlausibilityWarning, match="milliseconds"):
            calibration.sensitivity(90000, 300000.0, 35.0)

    def test_factor_and_sensitivity_agree_on_a_phantom(self):
        """100 MBq in 5000 mL seen with 6 cps/MBq for 900 s in voxels of 0.1 mL: 10.8 counts in each."""
        counts = 100 * 6 * 900 * 0.1 / 5000
        factor = calibration.spect_factor(counts, 900.0, 100 / 5000)
        assert calibration.sensitivity_from_factor(factor, 0.1) == pytest.approx(6, rel=1e-12)
        assert calibration.activity_from_counts(counts * 50000, 900.0, 6.0) == pytest.approx(100, rel=1e-12)

    def test_counted(self):
        assert calibration.counted(400).std_dev == 20
        assert calibration.counted(0).std_dev == 0
        row = calibration.counted([100, 0, 2500])
        assert [item.std_dev for item in row] == [10, 0, 50]
        assert row.sum().std_dev == pytest.approx(np.sqrt(2600))
        kept = ufloat(400, 3)
        assert calibration.counted(kept) is kept


class TestCt:
    def test_density_rises_and_ends_flat(self):
        density = calibration.density_g_per_ml(np.arange(-1040, 3990, 1))
        assert np.all(np.diff(density) >= 0)
        assert density[0] == 0.00121
        assert density[-1] == 2.80

    def test_noise_of_hu(self):
        found = calibration.density_g_per_ml(ufloat(-40, 10))
        assert found.std_dev == pytest.approx(10 * (1.030 - 0.930) / 112, rel=1e-12)

    def test_raw_pixel_values(self):
        with pytest.warns(PlausibilityWarning, match="rescale slope"):
            calibration.density_g_per_ml([24, 4200])

    def test_contrast_medium_is_seen(self):
        """A kidney at 180 HU: 1.120 g/mL between the nodes at 100 and 1600, where 1.04 would be right."""
        with pytest.warns(PlausibilityWarning, match="contrast medium") as caught:
            assert calibration.density_g_per_ml(180) == pytest.approx(1.0756 + 80 / 1500 * 0.8886, rel=1e-9)
        assert caught[0].filename == __file__
        with pytest.warns(PlausibilityWarning, match="180 in the median"):
            calibration.mass_g([[30, 180], [180, 200]], 0.5)
        with pytest.warns(PlausibilityWarning, match="contrast medium"):
            calibration.density_g_per_ml(ufloat(100, 5))
        calibration.density_g_per_ml([40, 60, 80, 180, 900])  # soft tissue with some bone: as it should be
        calibration.density_g_per_ml(300.0)

    def test_mass_needs_voxels(self):
        assert calibration.mass_g([[14, 14], [14, 14]], 0.5) == pytest.approx(2.06, rel=1e-12)
        with pytest.raises(InputError, match="mask empty"):
            calibration.mass_g([], 0.5)

    def test_layers_multiply(self):
        whole = calibration.transmission([0.135, 0.04, 0.135], [5.0, 10.0, 6.0])
        assert whole == pytest.approx(np.exp(-0.135 * 11) * np.exp(-0.4), rel=1e-12)
        with pytest.raises(InputError, match="attenuation_per_cm 3, thickness_cm 2"):
            calibration.transmission([0.135, 0.04, 0.135], [5.0, 10.0])
        with pytest.raises(InputError, match="in mm"):
            calibration.transmission(15.0, 200.0)

    def test_uncertain_layer(self):
        found = calibration.transmission(ufloat(0.135, 0.002), 20.0)
        assert relative(found) == pytest.approx(0.002 * 20, rel=1e-12)

    def test_water_only_where_tabulated(self):
        assert calibration.water_attenuation_per_cm(np.array([50.0, 150.0, 600.0])) == pytest.approx(
            [0.2269, 0.1505, 0.0896], rel=1e-12
        )
        with pytest.raises(InputError, match="in MeV"):
            calibration.water_attenuation_per_cm(0.208)

    def test_bilinear_attenuation_meets_air_water_and_bone(self):
        at_camera, at_ct = (0.135, 0.25), (0.18, 0.40)
        bone_hu = 1000 * (at_ct[1] / at_ct[0] - 1)  # by definition of the CT number
        found = calibration.attenuation_per_cm(np.array([-1000.0, -500.0, 0.0, bone_hu]), *at_camera, *at_ct)
        assert found == pytest.approx([0, 0.0675, 0.135, 0.25], rel=1e-12, abs=1e-15)
        assert calibration.attenuation_per_cm(ufloat(-500, 20), *at_camera, *at_ct).std_dev == pytest.approx(0.0027)
        with pytest.raises(InputError, match="bone_per_cm must be above"):
            calibration.attenuation_per_cm(0.0, 0.25, 0.135, *at_ct)

    def test_attenuation_at_several_energies(self):
        """Coefficients in rows give what each gives alone; one bad pair in a row is refused."""
        water, bone = [0.164, 0.135, 0.110], [0.31, 0.25, 0.20]
        for hu in (-300.0, 700.0):
            single = [calibration.attenuation_per_cm(hu, w, b, 0.18, 0.40) for w, b in zip(water, bone, strict=True)]
            assert calibration.attenuation_per_cm(hu, water, bone, 0.18, 0.40) == pytest.approx(single, rel=1e-12)
        ct = calibration.attenuation_per_cm(700.0, 0.135, 0.25, [0.18, 0.19], np.array([0.40, 0.41]))
        assert ct[1] == pytest.approx(calibration.attenuation_per_cm(700.0, 0.135, 0.25, 0.19, 0.41), rel=1e-12)
        with pytest.raises(InputError, match="bone_per_cm must be above"):
            calibration.attenuation_per_cm(0.0, [0.164, 0.25], [0.31, 0.135], 0.18, 0.40)
