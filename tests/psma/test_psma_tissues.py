"""Glands, marrow and the single image."""

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import _check, constants, planning, psma
from mrtlab.calibration import RecoveryCurve
from mrtlab.errors import Flag, InputError, PhysicsError, PlausibilityWarning

LU = 0.0853201  # Gy·g/(MBq·h)


def close(expected, rel=1e-3):
    return pytest.approx(expected, rel=rel)


class TestGlands:
    def test_dose(self):
        assert psma.gland_dose(300, 25, recovery=0.6, method="local") == close(300 / 0.6 * LU / 25)
        # a sphere of 25 g: 0.9897 of the electrons (0.9989 deposited), 5 % of 0.0351 MeV of photons
        assert psma.gland_dose(300, 25, recovery=0.6) == close(
            1.7064 * (0.9897 * 0.9989 + 0.051 * 0.0351 / 0.1479), 4e-3
        )

    def test_a_lacrimal_gland_without_recovery_is_five_times_too_low(self):
        with pytest.warns(PlausibilityWarning, match="recovery is 0.2"):
            right = psma.gland_dose(6, 0.7, recovery=0.2)
        assert right / psma.gland_dose(6, 0.7, recovery=1) == close(5, 1e-9)

    def test_recovery_cannot_be_left_out(self):
        with pytest.raises(TypeError, match="recovery"):
            psma.gland_dose(6, 0.7)
        with pytest.raises(InputError, match="recovery is missing"):
            psma.gland_dose(6, 0.7, recovery=None)
        with pytest.raises(InputError, match="not quantifiable"):
            psma.gland_dose(6, 0.7, recovery=0.15)
        with pytest.raises(InputError, match="percentage"):
            psma.gland_dose(6, 0.7, recovery=60)

    def test_a_curve_brings_the_volume_in_twice(self):
        curve = RecoveryCurve(ufloat(8, 0.5), ufloat(0.9, 0.03))
        mass = ufloat(25, 3)
        found = psma.gland_dose(ufloat(300, 9), mass, recovery=curve, method="local")
        r = 1 / (1 + (8 / (25 / 1.04)) ** 0.9)
        assert found.nominal_value == close(300 / r * LU / 25)
        # dD/D = -dm/m - (dR/dV)(V/R) dV/V = -(1 + b2·(1 - R)) dm/m: they add, not in quadrature
        parts = [0.03, (1 + 0.9 * (1 - r)) * 3 / 25, 0.9 * (1 - r) * 0.5 / 8, np.log(8 / (25 / 1.04)) * (1 - r) * 0.03]
        assert found.std_dev / found.nominal_value == close(np.sqrt(np.sum(np.square(parts))))

    def test_too_much_for_one_gland(self):
        with pytest.raises(PhysicsError, match="in one gland"):
            psma.gland_dose(300_000, 25, recovery=1, administered_mbq=7400)
        assert psma.gland_dose(300, 25, recovery=1, administered_mbq=7400) > 0

    def test_masses(self):
        assert [psma.gland_mass_g(gland) for gland in psma.GLANDS] == [25, 12.5, 0.7]
        with pytest.raises(InputError, match="gland must be one of"):
            psma.gland_mass_g("sublingual")


class TestMarrow:
    #: vector M01: 1170 g, 1.15e-5 mGy/(MBq·s)
    S = 1.15e-5 * 3.6
    BLOOD = 2.69784

    def test_m01_self_dose(self):
        found = psma.marrow(self.BLOOD, 1170, self.S, marrow_to_blood=1, cross={}, bone_metastases=False)
        assert found.self_gy == close(0.13068, 1e-4)
        assert found.dose_gy == found.self_gy
        assert found.flags == ()

    def test_l14_plasma(self):
        assert psma.marrow_to_blood(0.42) == close(0.32759, 1e-4)
        for bad in (0, 0.1, 0.7, 0.9):
            with pytest.raises(InputError, match="haematocrit must lie between"):
                psma.marrow_to_blood(bad)
        with pytest.raises(InputError, match="percentage"):
            psma.marrow_to_blood(42)

    def test_cross_dose_adds(self):
        cross = {"kidneys": (12_000, 2e-7), "bone metastases": (ufloat(60_000, 6000), 1.5e-6)}
        found = psma.marrow(self.BLOOD, 1170, self.S, marrow_to_blood=1, cross=cross, bone_metastases=True)
        assert found.cross_gy["kidneys"] == close(0.0024)
        assert found.dose_gy.nominal_value == close(0.13068 + 0.0024 + 0.09)
        assert found.dose_gy.std_dev == close(0.009)
        assert found.flags == (Flag.BONE_METASTASES,)
        assert (found.method, found.bone_metastases) == ("blood", True)

    def test_bone_metastases_without_their_dose(self):
        with pytest.raises(InputError, match="The blood does not know"):
            psma.marrow(1, 1170, self.S, marrow_to_blood=1, cross={"kidneys": (1, 1e-7)}, bone_metastases=True)

    @pytest.mark.parametrize("missing", ["cross", "bone_metastases"])
    def test_what_must_be_said(self, missing):
        said = {"cross": {}, "bone_metastases": False}
        with pytest.raises(InputError, match=f"{missing} is missing"):
            psma.marrow(1, 1170, self.S, marrow_to_blood=1, **{**said, missing: None})
        with pytest.raises(TypeError, match="marrow_to_blood"):
            psma.marrow(1, 1170, self.S, **said)

    def test_a_number_is_no_source(self):
        with pytest.raises(InputError, match=r"cross\['liver'\] must be \(tia_mbq_h, s_value\)"):
            psma.marrow(1, 1170, self.S, marrow_to_blood=1, cross={"liver": 5.0}, bone_metastases=False)

    def test_image(self):
        found = psma.marrow_from_image(40, 20, site="uninvolved", recovery=0.78, cross={"bone metastases": (1e4, 1e-6)})
        assert found.self_gy == close(40 / 0.78 * LU / 20)
        assert found.dose_gy == close(found.self_gy + 0.01, 1e-9)
        assert found.flags == (Flag.UNINVOLVED_MARROW, Flag.BONE_METASTASES)
        with pytest.raises(InputError, match="spills into"):
            psma.marrow_from_image(40, 20, site="beside metastases", recovery=0.78, cross={})
        with pytest.raises(InputError, match="cross is missing"):
            psma.marrow_from_image(40, 20, site="uninvolved", recovery=0.78)


GIVEN = {"administered_mbq": 7400, "mass_g": 155, "recovery": 0.95}


class TestSingleImage:
    def test_dose(self):
        found = psma.verify_single(ufloat(60, 3), 48, "kidney", (40, 1.3), **GIVEN)
        assert found.dose_gy.nominal_value == close(60 / 0.95 * 2 ** (48 / 40) * 40 / np.log(2) * LU / 155)
        assert found.recommendation == "consistent"
        assert found.statement == ""
        assert found.flags == (Flag.SINGLE_POINT_DEPENDS_ON_PRIOR,)
        low, high = found.interval95_gy
        assert low < found.dose_gy.nominal_value < high

    def test_its_uncertainty_has_all_parts(self):
        given = {"administered_mbq": 7400, "mass_g": ufloat(155, 7.75), "recovery": ufloat(0.95, 0.0285)}
        bare = psma.verify_single(ufloat(60, 1e-6), 48, "kidney", (40, 1.3), **GIVEN)
        whole = psma.verify_single(ufloat(60, 3), 48, "kidney", (40, 1.3), **given)
        prior, full = (one.dose_gy.std_dev / one.dose_gy.nominal_value for one in (bare, whole))
        assert full == close(np.sqrt(prior**2 + 0.05**2 + 0.05**2 + 0.03**2))
        # the half-life alone, by sampling
        sample = 40 * np.exp(np.log(1.3) * np.random.default_rng(1).standard_normal(200_000))
        sample = sample[sample < 159.528]
        ratio = 2 ** (48 / sample) * sample
        assert prior == close(np.std(ratio) / np.mean(ratio), 0.1)
        assert whole.interval95_gy[0] < bare.interval95_gy[0]
        assert whole.interval95_gy[1] > bare.interval95_gy[1]

    @pytest.mark.parametrize("tissue", ["marrow", "tumour"])
    @pytest.mark.parametrize("activity", [2.0, 2000.0])
    def test_the_statement_cannot_be_left_out(self, tissue, activity):
        found = psma.verify_single(
            ufloat(activity, activity / 20), 48, tissue, (52, 1.5), administered_mbq=7400, mass_g=20, recovery=1
        )
        assert found.statement == "single-time-point estimate compromised for this tissue"
        assert "compromised for this tissue" in found.text
        assert Flag.SINGLE_IMAGE_COMPROMISED in found.flags
        assert "psma.single_image_compromised" in found.sources

    def test_outside_the_range(self):
        found = psma.verify_single(ufloat(260, 8), 48, "kidney", (40, 1.3), **GIVEN)
        assert not found.verdict.within
        assert found.recommendation == "serial imaging"
        assert "serial imaging" in found.text
        assert Flag.OUTSIDE_EXPECTED_RANGE in found.flags
        wider = planning.expected_range(16, 1.3)
        assert psma.verify_single(ufloat(260, 8), 48, "kidney", (40, 1.3), expected=wider, **GIVEN).verdict.within

    @pytest.mark.parametrize("activity", [60, 60.0, _check.exact(60)])
    def test_without_uncertainty_there_is_no_verdict(self, activity):
        with pytest.raises(InputError, match="must carry its uncertainty"):
            psma.verify_single(activity, 48, "kidney", (40, 1.3), **GIVEN)

    def test_a_population_has_to_be_named(self):
        with pytest.raises(InputError, match="population must be the median"):
            psma.verify_single(ufloat(60, 3), 48, "kidney", None, **GIVEN)
        found = psma.verify_single(ufloat(60, 3), 48, "kidney", psma.half_life_prior("kidney"), **GIVEN)
        assert Flag.TEACHING_KINETICS in found.flags
        for key in found.sources:
            assert constants.sources(key)

    def test_more_than_administered(self):
        with pytest.raises(InputError, match="more than the 7400 MBq"):
            psma.verify_single(ufloat(8e3, 100), 48, "tumour", (52, 1.5), administered_mbq=7400, mass_g=20, recovery=1)
