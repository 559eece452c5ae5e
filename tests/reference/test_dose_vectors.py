"""Published and independently computed numbers for decay data, dose and the expected range."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import clock, dose, nuclides, planning
from mrtlab.nuclides import nuclide


def s_value(phantom, target):
    return next(row for row in dose.S_VALUES if row.phantom == phantom and row.target == target)


def test_l01_lutetium_energy_per_decay():
    lutetium = nuclide("Lu-177")
    assert lutetium.electron_mev == pytest.approx(0.147924, rel=1e-6)
    assert lutetium.beta_mev == pytest.approx(0.133270, rel=1e-6)
    assert lutetium.dose_constant == pytest.approx(0.085320, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "half_life_h", "electron_mev", "joule_per_gbq"),
    [("Y-90", 64.10, 0.933107, 49.771), ("I-131", 192.497, 0.191848, None), ("Ho-166", 26.80, 0.696339, 15.529)],
)
def test_l02_energy_of_complete_decay(name, half_life_h, electron_mev, joule_per_gbq):
    found = nuclide(name)
    assert found.half_life_h == pytest.approx(half_life_h, rel=5e-6)
    assert found.electron_mev == pytest.approx(electron_mev, rel=2e-6)
    if joule_per_gbq:
        joule = found.electron_mev * 1.602176634e-13 * 1e9 * found.half_life_h * 3600 / np.log(2)
        assert joule == pytest.approx(joule_per_gbq, rel=5e-4)
        assert found.dose_constant * 1000 * found.half_life_h / np.log(2) / 1000 == pytest.approx(joule, rel=1e-9)


def test_l03_l04_local_deposition_against_opendose():
    kidney, liver = s_value("AM", "left kidney"), s_value("AM", "liver")
    assert 1000 * dose.local(1.0, 152.983, "Lu-177") == pytest.approx(0.55771, rel=1e-5)
    assert 1000 * kidney.gy_per_mbq_h == pytest.approx(0.56383, rel=1e-5)
    assert kidney.gy_per_mbq_h / dose.local(1.0, kidney.mass_g, "Lu-177") == pytest.approx(1.011, abs=5e-4)
    assert 1000 * dose.local(1.0, 1799.776, "Lu-177") == pytest.approx(0.047406, rel=2e-5)
    assert liver.gy_per_mbq_h / dose.local(1.0, liver.mass_g, "Lu-177") == pytest.approx(1.041, abs=5e-4)


# Lu-177 spheres of soft tissue, Gy/(Bq·s), by mass in g: an independent table, shipped with PyTheranostics
SPHERES = {
    0.00431: 4.54e-09, 0.0146: 1.44e-09, 0.0345: 6.29e-10, 0.116: 1.93e-10, 0.276: 8.26e-11, 0.539: 4.27e-11,
    0.932: 2.49e-11, 2.21: 1.06e-11, 4.31: 5.46e-12, 14.6: 1.63e-12, 34.5: 6.93e-13, 116: 2.07e-13, 276: 8.81e-14,
    539: 4.54e-14, 932: 2.65e-14,
}  # fmt: skip


@pytest.mark.parametrize("mass_g", SPHERES)
def test_l05_sphere_s_values(mass_g):
    per_bq_s = dose.sphere_s_value(mass_g, "Lu-177", density_g_per_ml=1.03) / 3.6e9
    assert per_bq_s == pytest.approx(SPHERES[mass_g], rel=0.015)


def test_a01_decay_for_a_day():
    start = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
    assert clock.activity_at(7400.0, "Lu-177", start, start + timedelta(hours=24)) == pytest.approx(
        6667.202109, rel=1e-9
    )
    assert clock.activity_at(6667.202109, "Lu-177", start + timedelta(hours=24), start) == pytest.approx(7400, rel=1e-9)


def test_e01_dose_constants():
    assert nuclides.dose_constant(1.0) == pytest.approx(0.57678358824, rel=1e-10)
    expected = {"Lu-177": 0.0853201, "Y-90": 0.538201, "I-131": 0.110655, "Ho-166": 0.401637, "Tb-161": 0.116792}
    for name, constant in expected.items():
        assert nuclide(name).dose_constant == pytest.approx(constant, rel=5e-6), name


def test_e02_kidney_dose():
    kidneys = s_value("AM", "kidneys")
    assert kidneys.gy_per_mbq_h == pytest.approx(2.77416e-4, rel=1e-6)
    whole = dose.scale_s_value(kidneys.gy_per_mbq_h, kidneys.mass_g, 290.0, "Lu-177", photon_exponent=1)
    assert dose.organ({"kidneys": 9000.0}, {"kidneys": whole}) == pytest.approx(2.66888, rel=1e-5)
    assert dose.local(9000.0, 290.0, "Lu-177") == pytest.approx(2.647866, rel=1e-6)
    # photons leave a smaller organ more easily: between 1/mass for all and electrons alone
    split = dose.scale_s_value(kidneys.gy_per_mbq_h, kidneys.mass_g, 290.0, "Lu-177") * 9000
    assert 2.66888 > split > 2.66888 * (1 - 0.02 * 0.025)


def test_e03_reference_mass_is_wrong():
    kidneys = s_value("AM", "kidneys")
    assert dose.organ({"k": 9000.0}, {"k": kidneys.gy_per_mbq_h}) == pytest.approx(2.496744, rel=1e-6)
    whole = dose.scale_s_value(kidneys.gy_per_mbq_h, kidneys.mass_g, 180.0, "Lu-177", photon_exponent=1)
    assert 9000 * whole == pytest.approx(4.299865, rel=1e-6)
    assert 9000 * dose.scale_s_value(kidneys.gy_per_mbq_h, kidneys.mass_g, 180.0, "Lu-177") == pytest.approx(
        4.2999, rel=3e-3
    )


@pytest.mark.parametrize(
    ("name", "mass_g", "fraction"),
    [
        ("Lu-177", 0.1, 0.935302), ("Lu-177", 1, 0.969897), ("Lu-177", 10, 0.986020), ("Lu-177", 100, 0.993511),
        ("Y-90", 1, 0.690215), ("Y-90", 10, 0.851138), ("Y-90", 100, 0.930397),
        ("I-131", 0.1, 0.899842), ("I-131", 1, 0.953296), ("I-131", 10, 0.978300), ("I-131", 100, 0.989926),
    ],
)  # fmt: skip
def test_e04_electron_fractions_of_spheres(name, mass_g, fraction):
    """Closed form 1 - 3/4 m1/R + m3/(16 R^3) with the moments of the kernel, computed elsewhere."""
    assert dose.sphere_absorbed_fraction(mass_g, name) == pytest.approx(fraction, rel=1e-4)


def test_photon_fractions_of_spheres():
    lutetium = dose.sphere_absorbed_fraction(np.array([0.01, 0.1, 1, 10, 100, 300, 1000]), "Lu-177", "photon")
    assert lutetium == pytest.approx([0.011, 0.015, 0.023, 0.040, 0.080, 0.114, 0.171], abs=6e-4)
    iodine = dose.sphere_absorbed_fraction(np.array([0.01, 0.1, 1, 10, 100, 300, 1000]), "I-131", "photon")
    assert iodine == pytest.approx([0.0034, 0.0072, 0.0154, 0.033, 0.072, 0.104, 0.154], abs=6e-4)


def test_small_lesions_by_sphere():
    """100 MBq·h in 1 g: 8.31 Gy for Lu-177, 36.97 Gy for Y-90; with all energy inside it would be 8.53 and 53.8."""
    assert 100 * dose.sphere_s_value(1.0, "Y-90") == pytest.approx(36.97, rel=0.002)
    assert 100 * dose.sphere_s_value(1.0, "Lu-177") == pytest.approx(8.31, rel=0.005)


def test_c06_expected_range():
    expected = planning.expected_range(4.588, 1.35)
    verdict = planning.verify(ufloat(6.8, 0.15 * 6.8), expected)
    assert verdict.z == pytest.approx(1.17279885, rel=1e-8)
    assert expected.interval95_gy == pytest.approx((2.547822819, 8.261855511), rel=1e-9)
    assert verdict.within


def test_tv41_what_both_share_is_removed():
    """Radioiodine verification: mass (15 %) and energy per decay (3 %) are the same in plan and measurement."""
    u_measured = np.sqrt(0.15**2 + 0.07**2 + 0.08**2 + 0.03**2)
    expected = planning.expected_range(300.885, np.exp(0.246577))
    verdict = planning.verify(ufloat(206.204, 206.204 * u_measured), expected, shared_rel=float(np.hypot(0.15, 0.03)))
    assert verdict.z == pytest.approx(-1.71226, rel=1e-4)
    assert expected.interval95_gy == pytest.approx((185.571, 487.855), rel=1e-5)
