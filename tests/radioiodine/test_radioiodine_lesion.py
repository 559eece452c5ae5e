"""Remnants and metastases, I-124 PET before the therapy, and whole-body dosimetry of I-131 mIBG."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import Flag, InputError, PhysicsError, PlausibilityWarning
from mrtlab import radioiodine as ri

I124_H, I131_H = 100.224, 192.4968
SCANS = ([24.0, 96.0], [4.60598e-3, 2.0837e-3])
PLANAR = ([0.5, 6, 24, 72], [1000, 612, 318, 96], [810, 500, 262, 80])


class TestLesion:
    def test_tv21_remnant(self):
        assert ri.lesion_tia(3700, 0.012, 72, recovery=1) == pytest.approx(4612.01, rel=1e-6)
        assert ri.lesion_dose(3700, 1.5, 0.012, 72, recovery=1) == pytest.approx(336.4, rel=5e-3)
        with pytest.warns(PlausibilityWarning, match="outside 5 to 80 g"):
            constant = ri.lesion_dose(3700, 1.5, 0.012, 72, recovery=1, mode="constant")
        assert constant == pytest.approx(359.5, rel=5e-3)
        # spheres of another module
        assert ri.lesion_dose(3700, 1.5, 0.012, 72, recovery=1, mode="sphere") == pytest.approx(336.4, rel=0.03)

    def test_recovery_must_be_said_and_is_divided_by(self):
        with pytest.raises(TypeError, match="recovery"):
            ri.lesion_dose(3700, 1.5, 0.012, 72)
        full = ri.lesion_dose(3700, 2.0, 0.012, 72, recovery=1)
        assert ri.lesion_dose(3700, 2.0, 0.012, 72, recovery=0.6) == pytest.approx(full / 0.6)
        with pytest.warns(PlausibilityWarning, match="recovery"):
            ri.lesion_dose(3700, 2.0, 0.012, 72, recovery=0.4)
        with pytest.raises(InputError, match="looks like a percentage"):
            ri.lesion_dose(3700, 2.0, 0.012, 72, recovery=60)

    def test_small_lesions(self):
        with pytest.warns(PlausibilityWarning, match="below 1 g: recovery and outline decide"):
            ri.lesion_dose(3700, 0.2, 0.001, 72, recovery=1, mode="sphere")
        with (
            pytest.warns(PlausibilityWarning, match="below 1 g"),
            pytest.raises(InputError, match="sphere_s_value"),
        ):
            ri.lesion_dose(3700, 0.2, 0.001, 72, recovery=1)

    @settings(max_examples=40)
    @given(st.floats(20, 400), st.floats(1, 50), st.floats(1e-4, 0.05), st.floats(10, 190), st.floats(0.5, 1))
    def test_activity_is_the_inverse(self, dose_gy, mass, fraction, half_life, recovery):
        needed = ri.lesion_activity(dose_gy, mass, fraction, half_life, recovery=recovery)
        assert ri.lesion_dose(needed, mass, fraction, half_life, recovery=recovery) == pytest.approx(dose_gy)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ((3700, 1.5, 1.2, 72), InputError, "give 0.012"),
            ((3700, 1.5, 0.012, 216), PhysicsError, "cannot exceed the physical one"),
            ((3700, 0, 0.012, 72), InputError, "mass_g must be above 0"),
            ((0, 1.5, 0.012, 72), InputError, "activity_mbq must be above 0"),
        ],
    )
    def test_refused(self, arguments, error, message):
        with pytest.raises(error, match=message):
            ri.lesion_dose(*arguments, recovery=1)

    def test_more_than_was_administered(self):
        with pytest.raises(PhysicsError, match=r"fraction over recovery is 1\.6"):
            ri.lesion_tia(3700, 0.8, 72, recovery=0.5)

    def test_uncertainties_go_through(self):
        found = ri.lesion_dose(3700, ufloat(2, 0.4), 0.012, ufloat(72, 7.2), recovery=ufloat(0.8, 0.08))
        assert found.std_dev / found.nominal_value == pytest.approx(np.sqrt(0.2**2 + 0.1**2 + 0.1**2), rel=0.02)


class TestI124:
    def test_tv22(self):
        found = ri.i124_to_i131(*SCANS)
        assert found.i124_half_life_h.nominal_value == pytest.approx(62.917, rel=5e-5)
        assert found.biological_half_life_h.nominal_value == pytest.approx(169.03, rel=5e-5)
        assert found.i131_half_life_h.nominal_value == pytest.approx(90.00, rel=5e-5)
        assert found.start_fraction.nominal_value == pytest.approx(0.006, rel=1e-4)
        per_gbq = ri.lesion_dose(1000, 2.0, found.start_fraction, found.i131_half_life_h, recovery=1)
        assert per_gbq.nominal_value == pytest.approx(42.967, rel=5e-3)
        assert found.tiac_h.nominal_value * 1000 * ri.mean_energy(2.0, "mass") / 2.0 == pytest.approx(42.967, rel=5e-3)
        for dose_gy, gbq in ((80, 1.862), (300, 6.982)):
            needed = ri.lesion_activity(dose_gy, 2.0, found.start_fraction, found.i131_half_life_h, recovery=1)
            assert needed.nominal_value / 1000 == pytest.approx(gbq, rel=5e-3)

    @pytest.mark.parametrize(
        ("wrong", "recipe"), [(30.0, "half-life of I-124"), (25.8, "recovery forgotten"), (42.967 * 1.06, "24.7")]
    )
    def test_wrong_recipes_do_not_come_out(self, wrong, recipe):
        found = ri.i124_to_i131(*SCANS)
        per_gbq = ri.lesion_dose(1000, 2.0, found.start_fraction, found.i131_half_life_h, recovery=1).nominal_value
        assert per_gbq != pytest.approx(wrong, rel=0.04), recipe

    @given(st.floats(30, 400), st.floats(0.001, 0.05))
    @settings(max_examples=25)
    def test_any_biological_half_life_is_found_again(self, biological_h, start):
        times = np.array([24.0, 48.0, 96.0])
        rate = np.log(2) * (1 / biological_h + 1 / I124_H)
        found = ri.i124_to_i131(times, start * np.exp(-rate * times), 0.02 * start)
        wanted = 1 / (1 / biological_h + 1 / I131_H)
        assert found.i131_half_life_h.nominal_value == pytest.approx(wanted, rel=1e-4)
        assert found.start_fraction.nominal_value == pytest.approx(start, rel=1e-4)

    @pytest.mark.parametrize("times", [[24.0, 96.0], [24.0, 48.0, 96.0]])
    def test_slower_than_decay_within_its_uncertainty_is_no_loss(self, times):
        fractions = 0.006 * 2 ** (-np.array(times) / (1.03 * I124_H))
        found = ri.i124_to_i131(times, fractions, 0.05 * fractions)
        assert Flag.FELL_BACK_TO_PHYSICAL in found.flags
        assert found.biological_half_life_h is None
        assert found.i131_half_life_h.nominal_value == pytest.approx(I131_H, rel=1e-6)

    def test_slower_than_decay_beyond_it_is_refused(self):
        with pytest.raises(PhysicsError, match="slower than I-124 decays"):
            ri.i124_to_i131([24, 96], [4.6e-3, 4.0e-3], 0.05e-3)

    def test_correlated_with_the_scanner(self):
        scanner = ufloat(1, 0.1)
        found = ri.i124_to_i131(SCANS[0], [ufloat(f, 0.01 * f) / scanner for f in SCANS[1]])
        assert found.tiac_h.std_dev / found.tiac_h.nominal_value > 0.1
        assert found.i131_half_life_h.std_dev / found.i131_half_life_h.nominal_value < 0.04


class TestMibg:
    def test_tv23_s_value(self):
        weights = np.array([20.0, 70.0, 12.0])
        found = ri.mibg_whole_body_s_value(weights)
        assert found == pytest.approx([8.4890e-6, 2.6777e-6, 1.3589e-5], rel=1e-4)
        assert found == pytest.approx([8.464e-6, 2.697e-6, 1.369e-5], rel=0.02)  # Monte Carlo, ellipsoids of water
        for weight in (4.0, 110.0):
            with pytest.warns(PlausibilityWarning, match="fitted from 5 to 100 kg"):
                ri.mibg_whole_body_s_value(weight)
        with pytest.raises(InputError, match="is it in grams"):
            ri.mibg_whole_body_s_value(18000)

    def test_tv24(self):
        found = ri.mibg_whole_body(*PLANAR, 12, 5500, 18)
        mean = [point.nominal_value for point in found.geometric_mean]
        assert mean == pytest.approx([887.93, 541.11, 276.59, 75.578], rel=2e-5)
        assert found.tia_mbq_h.nominal_value == pytest.approx(133_940, rel=1e-5)
        assert found.dose_gy.nominal_value == pytest.approx(1.25288, rel=1e-5)
        second = found.second()
        assert second.activity_mbq.nominal_value == pytest.approx(12_059.6, rel=1e-5)
        assert second.flags == (Flag.SAME_KINETICS_ASSUMED,)
        assert found.flags == ()

    @pytest.mark.parametrize(
        ("wrong", "recipe"),
        [(1.333, "no background"), (1.091, "no tail"), (0.359, "S of an adult"), (2.307, "physical tail")],
    )
    def test_tv24_wrong_recipes_do_not_come_out(self, wrong, recipe):
        found = ri.mibg_whole_body(*PLANAR, 12, 5500, 18)
        assert found.dose_gy.nominal_value != pytest.approx(wrong, rel=0.03), recipe

    def test_uncertainty_by_sampling(self):
        """Poisson counts drawn again and again, the first measurement being the reference of all."""
        times, *views = (np.array(row, dtype=float) for row in PLANAR)
        rng = np.random.default_rng(11)
        shape = (4000, 4)
        empty = rng.poisson(12, (4000, 1))
        mean = np.sqrt((rng.poisson(views[0], shape) - empty) * (rng.poisson(views[1], shape) - empty))
        fall = np.log(mean[:, :-1] / mean[:, 1:])
        pieces = ((mean[:, :-1] - mean[:, 1:]) / fall * np.diff(times)).sum(axis=1)
        total = (mean[:, 0] * times[0] + pieces + mean[:, -1] * 48 / fall[:, -1]) / mean[:, 0] * 5500
        found = ri.mibg_whole_body(*PLANAR, 12, 5500, 18)
        assert found.tia_mbq_h.std_dev == pytest.approx(np.std(total), rel=0.06)
        assert found.retention[0].std_dev == pytest.approx(0, abs=1e-12)

    def test_tv24_limit_reached(self):
        with pytest.warns(PlausibilityWarning, match="reached the limit"):
            assert ri.mibg_second_activity(4.0, 5500) == 0
        assert ri.mibg_second_activity(1.25288, 5500) == pytest.approx(12_059.6, rel=1e-5)
        assert ri.mibg_second_activity(1.25288, 5500, limit_gy=2) == pytest.approx(3279.7, rel=1e-4)
        reached = ri.mibg_whole_body(*PLANAR, 12, 55_000, 18).second()
        assert reached.activity_mbq == 0
        assert set(reached.flags) == {Flag.SAME_KINETICS_ASSUMED, Flag.LIMIT_REACHED}

    @given(st.floats(0.1, 3.9), st.floats(500, 20_000))
    def test_both_together_make_the_limit(self, first_gy, first_mbq):
        second = ri.mibg_second_activity(first_gy, first_mbq)
        assert first_gy + second * first_gy / first_mbq == pytest.approx(4)

    def test_urine_in_view(self):
        times = PLANAR[0]
        found = ri.mibg_whole_body(times, [1000, 612, 760, 96], [810, 500, 700, 80], 12, 5500, 18)
        assert Flag.CONTAMINATION_OR_GEOMETRY in found.flags
        slow = ri.mibg_whole_body(times, [1000, 612, 318, 300], [810, 500, 262, 255], 12, 5500, 18)
        assert Flag.TAIL_PHYSICAL in slow.flags
        assert Flag.CONTAMINATION_OR_GEOMETRY not in slow.flags

    @pytest.mark.parametrize(
        ("anterior", "background", "message"),
        [
            ([1000, 612, 318, 12], 12, "anterior is 12 at position 4, not above the background of 12"),
            ([1000, 612, 318], 12, "times_h 4, anterior 3"),
            ([1000, 612, 318, -5], 12, "anterior must be above 0"),
            ([1000, 612, 318, 96], -1, "background must not be negative"),
        ],
    )
    def test_refused(self, anterior, background, message):
        with pytest.raises(InputError, match=message):
            ri.mibg_whole_body(PLANAR[0], anterior, PLANAR[2], background, 5500, 18)

    def test_low_counts(self):
        found = ri.mibg_whole_body(PLANAR[0], [1000, 612, 318, 18], [810, 500, 262, 18], 12, 5500, 18)
        assert Flag.LOW_COUNTS in found.flags
