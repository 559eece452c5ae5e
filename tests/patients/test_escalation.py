"""Trials that climb by activity and by dose, with a known truth."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, norm

from mrtlab import InputError
from mrtlab.patients.escalation import _climb, population_toxicity, simulate_trials, tolerance_dose
from mrtlab.radiobiology import log_logistic

LEVELS = [20_000 + 10_000 * place for place in range(8)]
TRUTH = {"gy_per_mbq": 0.0006, "gsd": 1.4, "error": 0.15, "d50_gy": 40, "gamma50": 1.5, "target": 0.25}


def toxic(*levels):
    """One trial: for each level six letters, x where the patient would have a toxicity."""
    return np.array([[[letter == "x" for letter in one] for one in levels]])


class TestRule:
    @pytest.mark.parametrize(
        ("levels", "recommended", "treated"),
        [
            (("......", "......", "......"), 2, [3, 3, 6]),  # the highest is filled up
            (("......", "x.....", "xx...."), 1, [3, 6, 3]),
            (("......", "x..x..", "......"), 0, [6, 6, 0]),  # two in six stop it
            (("......", "...xx.", "xx...."), 0, [6, 6, 3]),  # filled up on the way down, and left
            (("xx....", "......", "......"), -1, [3, 0, 0]),
            (("...xx.", "xxx...", "......"), -1, [6, 3, 0]),
        ],
    )
    def test_three_and_three(self, levels, recommended, treated):
        found, seen = _climb(toxic(*levels), "3+3")
        assert found.tolist() == [recommended]
        assert seen.sum(axis=2)[0].tolist() == treated
        assert seen[0, :, :3].sum() == 3 * sum(one > 0 for one in treated), "the first three come first"

    def test_six(self):
        found, seen = _climb(toxic("x.....", "...xx.", "......"), "six")
        assert found.tolist() == [0]
        assert seen.sum(axis=2)[0].tolist() == [6, 6, 0]


class TestTruth:
    def test_tolerance_dose_has_the_target(self):
        for target in (0.1, 0.25, 0.5):
            assert log_logistic(tolerance_dose(target, 40, 1.5), 40, 1.5) == pytest.approx(target, rel=1e-12)

    @pytest.mark.parametrize(("gsd", "gamma50"), [(1.4, 1.5), (2.0, 5.0), (1.05, 0.5)])
    def test_toxicity_of_a_population(self, gsd, gamma50):
        spread = math.log(gsd)
        wanted, _ = quad(lambda z: norm.pdf(z) * log_logistic(33 * math.exp(spread * z), 40, gamma50), -9, 9)
        assert population_toxicity(33, gsd, 40, gamma50) == pytest.approx(wanted, abs=1e-6)
        assert population_toxicity(33, 1.0, 40, gamma50) == pytest.approx(log_logistic(33, 40, gamma50))

    def test_shares_above_and_below(self):
        found = simulate_trials(LEVELS, **TRUTH, trials=1)
        doses = 0.0006 * 50_000 * 1.4 ** np.random.default_rng(1).standard_normal(200_000)
        assert found.activity.above[3] == pytest.approx(np.mean(doses > found.tolerance_gy), abs=0.004)
        assert found.activity.below[3] == pytest.approx(np.mean(doses < 0.75 * found.tolerance_gy), abs=0.004)
        assert found.dose.levels == pytest.approx(found.activity.median_gy)

    def test_tolerated_is_the_highest_within_the_target(self):
        for arm in simulate_trials(LEVELS, **TRUTH, trials=1).arms:
            assert arm.toxicity[arm.tolerated] <= 0.25 < arm.toxicity[arm.tolerated + 1]
        hot = simulate_trials([90_000, 100_000], **TRUTH, trials=1)
        assert hot.activity.tolerated == -1


class TestCap:
    """Nobody is given more than the cap: who would need more gets less dose than the level says."""

    CAP_MBQ = 95_000

    def test_against_patients_one_by_one(self):
        found = simulate_trials(LEVELS, **TRUTH, cap_mbq=self.CAP_MBQ, trials=1).dose
        draw = np.random.default_rng(5).standard_normal
        own = 0.0006 * 1.4 ** draw(300_000)  # true dose per activity
        expected = own * np.exp(-0.15 * draw(300_000))  # as it was predicted for the plan
        for place, gy in enumerate(found.levels):
            wanted_mbq = gy / expected
            doses = own * np.minimum(wanted_mbq, self.CAP_MBQ)
            assert found.capped[place] == pytest.approx(np.mean(wanted_mbq > self.CAP_MBQ), abs=0.004)
            assert found.toxicity[place] == pytest.approx(np.mean(log_logistic(doses, 40, 1.5)), abs=0.002)
            tolerance = tolerance_dose(0.25, 40, 1.5)
            assert found.above[place] == pytest.approx(np.mean(doses > tolerance), abs=0.004)
            assert found.below[place] == pytest.approx(np.mean(doses < 0.75 * tolerance), abs=0.004)

    def test_none_that_bites_is_none(self):
        free, high = (simulate_trials(LEVELS, **TRUTH, cap_mbq=cap, trials=200).dose for cap in (None, 1e9))
        assert high.toxicity == pytest.approx(free.toxicity, abs=1e-4)
        assert np.array_equal(high.recommended, free.recommended)
        assert free.capped.max() == 0
        assert high.capped.max() < 1e-12

    def test_the_arm_by_activity_is_not_touched(self):
        free, capped = (simulate_trials(LEVELS, **TRUTH, cap_mbq=cap, trials=200) for cap in (None, 90_000))
        assert np.array_equal(free.activity.recommended, capped.activity.recommended)
        assert capped.activity.capped.max() == 0
        assert capped.dose.under_treated.sum() > free.dose.under_treated.sum()


class TestTrials:
    def test_first_level_stops_as_often_as_the_binomial_says(self):
        """3+3 fails a level with two of three, or one of three and one or more of the next."""
        found = simulate_trials([50_000, 51_000], **TRUTH, trials=4000, seed=3).activity
        p = found.toxicity[0]
        fails = binom.sf(1, 3, p) + binom.pmf(1, 3, p) * binom.sf(0, 3, p)
        # a level left after three, and filled up on the way down, can fail too; so at least as often
        stopped = np.mean((found.recommended == -1) & (found.patients <= 6))
        assert stopped == pytest.approx(fails, abs=0.025)

    def test_dose_finds_it_more_often_if_it_is_known_better(self):
        found = simulate_trials(LEVELS, **TRUTH, trials=3000)
        assert found.dose.found > found.activity.found + 0.05
        assert found.dose.under_after < found.activity.under_after - 0.1
        worse = simulate_trials(LEVELS, **TRUTH | {"error": 0.6}, trials=3000)
        assert worse.dose.under_after > worse.activity.under_after

    def test_without_any_spread_both_are_the_same(self):
        found = simulate_trials(LEVELS, **TRUTH | {"gsd": 1.0, "error": 0.0}, trials=200)
        assert np.array_equal(found.dose.recommended, found.activity.recommended)
        assert set(found.dose.above) <= {0.0, 1.0}

    def test_counts(self):
        for rule in ("3+3", "six"):
            for arm in simulate_trials(LEVELS, **TRUTH, trials=300, rule=rule).arms:
                assert arm.shares.sum() == pytest.approx(1)
                assert np.all(arm.toxicities <= arm.patients)
                assert np.all(arm.patients % 3 == 0)
                assert arm.toxicity_after.max() <= arm.toxicity.max()
                assert 0 <= arm.over_after + arm.under_after <= 1

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"levels_mbq": [1000]}, "two or more"),
            ({"levels_mbq": [2000, 1000]}, "rise"),
            ({"target": 25}, "25 % is 0.25"),
            ({"gsd": 0.9}, "gsd"),
            ({"error": 15}, "error"),
            ({"rule": "crm"}, "rule"),
            ({"trials": 0}, "trials"),
            ({"gamma50": 0}, "gamma50"),
            ({"cap_mbq": 60_000}, "rise to 90000, above cap_mbq"),
            ({"cap_mbq": -1}, "cap_mbq"),
        ],
    )
    def test_what_cannot_be(self, change, words):
        with pytest.raises(InputError, match=words):
            simulate_trials(**{"levels_mbq": LEVELS, **TRUTH, **change})
