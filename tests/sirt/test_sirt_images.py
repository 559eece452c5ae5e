"""Images of the microspheres, and what was delivered against what was planned."""

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import planning, sirt, voxel
from mrtlab.errors import Flag, InputError

SHAPE = (8, 10, 12)
LIVER = np.zeros(SHAPE, dtype=bool)
LIVER[2:6, 2:8, 2:10] = True
TUMOUR = np.zeros(SHAPE, dtype=bool)
TUMOUR[3:5, 3:5, 3:6] = True


def counts(level=1000.0, ratio=5.0, spread=0.0, background=0.0):
    noise = np.random.default_rng(11).normal(0, 1, SHAPE) * spread
    return np.where(TUMOUR, ratio, np.where(LIVER, 1.0, 0.0)) * level + noise + background


class TestCalibration:
    def test_nothing_is_lost_and_the_scale_does_not_matter(self):
        found = sirt.relative_calibration(counts(), LIVER, 2340, 0.06)
        assert found.activity_mbq.sum() == pytest.approx(2340 * 0.94, rel=1e-12)
        again = sirt.relative_calibration(0.88 * counts(), LIVER, 2340, 0.06)
        assert again.activity_mbq == pytest.approx(found.activity_mbq)
        assert found.flags == ()

    def test_mean_dose_is_that_of_the_compartment(self):
        found = sirt.relative_calibration(counts(), LIVER, 2340, 0.06)
        share = found.fraction(TUMOUR)
        assert share == pytest.approx(12 * 5 / (12 * 5 + 180))
        mass = TUMOUR.sum() * 0.064 * 1.04
        dose = voxel.Dvh(found.dose_map(4), TUMOUR).mean_gy
        assert dose == pytest.approx(sirt.dose_constant() * 2340 * 0.94 * share / mass, rel=1e-5)
        with_50 = found.dose_map(4, constant="rounded")[TUMOUR].mean()
        assert with_50 == pytest.approx(dose * 50 / sirt.dose_constant(), rel=1e-5)

    def test_negative_voxels_stay_in_the_sum(self):
        """Noise leaves means where they are; clipped, it would raise those of cold regions."""
        noisy = counts(100, 1.0, 90.0)
        found = sirt.relative_calibration(noisy, LIVER, 2000, 0)
        assert found.flags == (Flag.NEGATIVE_VOXELS_GT_5PCT,)
        assert found.activity_mbq[LIVER].sum() == pytest.approx(2000, rel=1e-12)
        assert found.activity_mbq[LIVER].min() < 0
        dose = found.dose_map(4)
        assert dose[LIVER].min() < 0
        whole = sirt.dose_constant() * 2000 / (LIVER.sum() * 0.064 * 1.04)
        assert dose[LIVER].mean() == pytest.approx(whole, rel=1e-5)
        assert np.clip(dose[LIVER], 0, None).mean() > 1.01 * whole

    def test_background_moves_activity_out_of_the_tumour(self):
        share = sirt.relative_calibration(counts(), LIVER, 2340, 0.06).fraction(TUMOUR)
        lifted = counts(background=150.0)
        assert sirt.relative_calibration(lifted, LIVER, 2340, 0.06).fraction(TUMOUR) < share - 0.01
        corrected = sirt.relative_calibration(lifted, LIVER, 2340, 0.06, 150.0)
        assert corrected.fraction(TUMOUR) == pytest.approx(share)

    def test_uncertainty_of_the_activity(self):
        found = sirt.relative_calibration(counts(), LIVER, ufloat(2340, 117), 0.06)
        assert found.mbq_per_count.std_dev / found.mbq_per_count.nominal_value == pytest.approx(0.05)

    def test_outside_the_liver_nothing_is_calibrated(self):
        found = sirt.relative_calibration(counts(background=10.0), LIVER, 2340, 0.06)
        assert not found.activity_mbq[~LIVER].any()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"liver_mask": LIVER[:-1]}, "liver_mask must be a boolean array of shape"),
            ({"liver_mask": LIVER * 1}, "liver_mask must be a boolean array"),
            ({"liver_mask": LIVER & False}, "liver_mask is empty"), ({"lung_shunt": 6}, "looks like a percentage"),
            ({"background_per_voxel": 1e5}, "is the background too high"), ({"counts": np.zeros(SHAPE)}, "add up to 0"),
            ({"counts": np.full(SHAPE, np.nan)}, "counts must be finite"), ({"lung_shunt": 1}, "nothing would reach"),
        ],
    )  # fmt: skip
    def test_refused(self, change, message):
        arguments = {"counts": counts(), "liver_mask": LIVER, "activity_mbq": 2340, "lung_shunt": 0.06} | change
        with pytest.raises(InputError, match=message):
            sirt.relative_calibration(**arguments)

    def test_use_refused(self):
        found = sirt.relative_calibration(counts(), LIVER, 2340, 0.06)
        with pytest.raises(InputError, match="outside the liver mask"):
            found.fraction(~LIVER)
        with pytest.raises(InputError, match="a kernel has the energy of its nuclide built in"):
            found.dose_map(4, method="kernel", constant="rounded")


class TestExtrahepatic:
    OUTSIDE = np.zeros(SHAPE, dtype=bool)
    OUTSIDE[:, 9, :] = True

    def test_found(self):
        image = counts()
        image[0, 9, 0] = 0.05 * image[LIVER].sum()
        found = sirt.extrahepatic_counts(image, LIVER, self.OUTSIDE)
        assert found.share == pytest.approx(0.05)
        assert found.flags == (Flag.EXTRAHEPATIC_COUNTS,)
        # as much, but no more than noise
        assert sirt.extrahepatic_counts(image, LIVER, self.OUTSIDE, sigma=0.02 * image[LIVER].sum()).flags == ()

    def test_none(self):
        assert sirt.extrahepatic_counts(counts(), LIVER, self.OUTSIDE).flags == ()
        with pytest.raises(InputError, match="overlap"):
            sirt.extrahepatic_counts(counts(), LIVER, LIVER)

    def test_noise_of_a_quiet_region_gives_standard_deviations(self):
        quiet = np.zeros(SHAPE, dtype=bool)
        quiet[:, 0, :] = True
        found = []
        for seed in range(300):
            image = counts() + np.random.default_rng(seed).normal(20, 5, SHAPE)
            found.append(sirt.extrahepatic_counts(image, LIVER, self.OUTSIDE, quiet_mask=quiet).significance)
        assert np.mean(found) == pytest.approx(0, abs=0.2)
        assert np.std(found) == pytest.approx(1, abs=0.12)
        with pytest.raises(InputError, match="leave out the other two"):
            sirt.extrahepatic_counts(image, LIVER, self.OUTSIDE, 1.0, quiet_mask=quiet)
        with pytest.raises(InputError, match="all the same"):
            sirt.extrahepatic_counts(counts(), LIVER, self.OUTSIDE, quiet_mask=quiet)


class TestCompare:
    def test_verification_of_one_patient(self):
        """2.34 GBq, shunt 6 %, share of the tumour 0.453 instead of 0.565: 198.4 for 247.4 Gy, 69.1 for 55.0 Gy."""
        plan, found = (
            sirt.multi_compartment(
                2340, {"tumour": share, "normal": 1 - share}, {"tumour": 250, "normal": 866}, 0.06
            ).by_compartment
            for share in (0.565, 0.453)
        )
        planned, delivered = ({name: doses[name] for name in ("tumour", "normal")} for doses in (plan, found))
        assert list(planned.values()) == pytest.approx([247.4, 55.0], rel=1e-3)
        assert list(delivered.values()) == pytest.approx([198.4, 69.1], rel=1e-3)
        result = sirt.compare(
            planned, delivered, {"tumour": 0.565, "normal": 0.435}, {"tumour": 0.453, "normal": 0.547}
        )
        assert result.ratios["tumour"] == pytest.approx(0.80, abs=0.005)
        assert result.fraction_differences["tumour"] == pytest.approx(-0.112)
        assert result.flags == (Flag.MAA_Y90_MISMATCH,)
        verdict = planning.verify(
            ufloat(delivered["tumour"], 0.12 * delivered["tumour"]), planning.expected_range(planned["tumour"], 1.15)
        )
        assert verdict.within

    def test_agreement(self):
        """Differences 2, -1 and 5: mean 2, standard deviation 3."""
        found = sirt.agreement([10, 20, 30], [12, 19, 35])
        assert found.differences_gy == (2, -1, 5)
        assert found.means_gy == (11, 19.5, 32.5)
        assert (found.bias_gy, found.sd_gy) == pytest.approx((2, 3))
        assert found.limits_gy == pytest.approx((2 - 5.88, 2 + 5.88))
        with pytest.raises(InputError, match="at least two pairs"):
            sirt.agreement([10], [12])

    def test_ratio_keeps_what_is_common(self):
        mass = ufloat(250, 25)
        ratio = sirt.compare({"tumour": 500e3 / mass}, {"tumour": 400e3 / mass}).ratios["tumour"]
        assert ratio.nominal_value == pytest.approx(0.8)
        assert ratio.std_dev == pytest.approx(0, abs=1e-12)

    def test_equal(self):
        found = sirt.compare({"tumour": 200, "normal": 50}, {"tumour": 200, "normal": 50})
        assert found.ratios == {"tumour": 1, "normal": 1}
        assert found.geometric_mean_ratio == pytest.approx(1)
        assert (found.agreement.bias_gy, found.flags, found.fraction_differences) == (0, (), {})
        assert sirt.compare({"tumour": 200}, {"tumour": 180}).agreement is None

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (({"tumour": 200}, {"normal": 50}), "different compartments: normal, tumour"),
            (({"tumour": 0}, {"tumour": 50}), r"planned_gy\['tumour'\] must be above 0"),
            (({"tumour": 200}, {"tumour": 50}, {"tumour": 0.5}), "or neither"),
            (({"tumour": 200}, {"tumour": 50}, {"tumour": 50}, {"tumour": 45}), "looks like a percentage"),
            (({"T": 200}, {"T": 50}, {"T": 0.5}, {"T": 0.4}), "tumours must name some of T"),
            (({}, {}), "must name compartments"),
        ],
    )
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            sirt.compare(*arguments)


class TestDice:
    def test_boxes(self):
        """Two boxes of 4 voxels that share 2."""
        first, second = np.zeros((1, 1, 8)), np.zeros((1, 1, 8))
        first[..., 0:4], second[..., 2:6] = 100, 40
        assert sirt.isodose_dice(first, second) == pytest.approx(0.5)
        assert sirt.isodose_dice(first, first) == 1
        assert sirt.isodose_dice(first, second, level_gy=50) == 0
        inside = np.zeros((1, 1, 8), dtype=bool)
        inside[..., 2:4] = True
        assert sirt.isodose_dice(first, second, mask=inside) == 1

    def test_refused(self):
        dose = np.ones((2, 2, 2))
        with pytest.raises(InputError, match="resample one to the other"):
            sirt.isodose_dice(dose, np.ones((2, 2, 3)))
        with pytest.raises(InputError, match="no dose here"):
            sirt.isodose_dice(dose, np.zeros((2, 2, 2)))
        with pytest.raises(InputError, match="neither map reaches 5 Gy"):
            sirt.isodose_dice(dose, dose, level_gy=5)
        with pytest.raises(InputError, match="50 looks like a percentage"):
            sirt.isodose_dice(dose, dose, 50)


def test_positrons_decay_meanwhile_and_are_seen_in_part():
    one_half_life = 64.1 * 3600
    assert sirt.pet_positrons(2000, one_half_life) == pytest.approx(64_000 * one_half_life * 0.5 / np.log(2), rel=1e-4)
    assert sirt.pet_positrons(2000, 900, 0.01) == pytest.approx(0.01 * sirt.pet_positrons(2000, 900))
