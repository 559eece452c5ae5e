"""The time-activity curve: what it takes, what it refuses, and what it tells."""

import warnings

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, lutetium
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.kinetics import TimeActivity, fit
from mrtlab.nuclides import nuclide

TIMES, ACTIVITY = [4, 24, 96, 168], [142, 118, 52, 22]


class Series:
    """A column as pandas offers it: known by ``__array__`` alone."""

    def __init__(self, numbers):
        self.numbers = numbers

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numbers, dtype=dtype)


@pytest.mark.parametrize("kind", [list, tuple, np.array, Series, lambda row: np.array(row, dtype=np.float32)])
def test_any_row_of_numbers(kind):
    curve = lutetium(kind(TIMES), kind(ACTIVITY), kind([7, 6, 3, 1]))
    assert len(curve) == 4
    assert curve.times_h.dtype == curve.activity_mbq.dtype == curve.sigma_mbq.dtype == float
    assert list(curve.activity_mbq) == ACTIVITY
    with pytest.raises(ValueError, match="read-only"):
        curve.activity_mbq[0] = 0


def test_the_callers_array_is_not_touched():
    mine = np.array(ACTIVITY, dtype=float)
    lutetium(TIMES, mine, decay_corrected=True)
    mine[0] = 5  # and it can still be written to
    assert list(mine[1:]) == ACTIVITY[1:]


class TestDecayState:
    @pytest.mark.parametrize("wrong", [None, 0, 1, "no", "True"])
    def test_it_must_be_given(self, wrong):
        with pytest.raises(InputError, match=r"decay_corrected must be given as True or False.*tens of per cent"):
            TimeActivity(TIMES, ACTIVITY, nuclide="Lu-177", decay_corrected=wrong)
        with pytest.raises(InputError, match=r"decay_corrected must be given"):
            TimeActivity(TIMES, ACTIVITY, nuclide="Lu-177")

    def test_decay_is_put_back_with_its_uncertainty(self):
        decay = np.exp(-LAMBDA_LU * np.array(TIMES))
        corrected = lutetium(TIMES, np.array(ACTIVITY) / decay, np.array([7, 6, 3, 1]) / decay, decay_corrected=True)
        assert corrected.activity_mbq == pytest.approx(ACTIVITY, rel=1e-12)
        assert corrected.sigma_mbq == pytest.approx([7, 6, 3, 1], rel=1e-12)
        assert corrected.decay_corrected is False

    @given(st.lists(st.floats(1, 1e4), min_size=4, max_size=4), st.sampled_from(["Lu-177", "Y-90", "I-131"]))
    def test_both_states_give_the_same_curve(self, activity, name):
        decay = nuclide(name).decay_factor(np.array(TIMES))
        one = lutetium(TIMES, activity, nuclide=name)
        other = lutetium(TIMES, np.array(activity) / decay, nuclide=name, decay_corrected=True)
        assert one.activity_mbq == pytest.approx(other.activity_mbq, rel=1e-9)
        assert one.sigma_mbq == pytest.approx(other.sigma_mbq, rel=1e-9)


class TestUncertainty:
    def test_assumed_and_said(self):
        curve = TimeActivity(TIMES, ACTIVITY, nuclide="Lu-177", decay_corrected=False)
        assert curve.sigma_mbq == pytest.approx(0.05 * np.array(ACTIVITY))
        assert not curve.sigma_given
        assert curve.flags == ("SIGMA_ASSUMED",)

    def test_given(self):
        assert lutetium(TIMES, ACTIVITY, 3).sigma_mbq == pytest.approx([3, 3, 3, 3])
        assert lutetium(TIMES, ACTIVITY, cv=0.1).sigma_mbq == pytest.approx(0.1 * np.array(ACTIVITY))
        assert lutetium(TIMES, ACTIVITY, cv=0.1).sigma_given
        assert lutetium(TIMES, ACTIVITY, cv=0.1).flags == ()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"sigma_mbq": 3, "cv": 0.05}, "give the uncertainty once"),
            ({"cv": 5}, r"cv must lie between 0 and 1, got 5; 5 looks like a percentage; give 0\.05"),
            ({"cv": 0}, "cv must be above 0"),
            ({"sigma_mbq": [3, 3]}, "sigma_mbq has 2 values for 4 points"),
            ({"sigma_mbq": 0}, "sigma_mbq must be above 0"),
            ({"sigma_mbq": [3, 3, 0, 3]}, "sigma_mbq must be above 0, got 0 at position 3"),
            ({"sigma_mbq": [3, 3, float("nan"), 3]}, "sigma_mbq must be finite"),
            ({"systematic_rel": 5}, r"systematic_rel must lie between 0 and 1.*give 0\.05"),
        ],
    )
    def test_refused(self, options, message):
        with pytest.raises(InputError, match=message):
            TimeActivity(TIMES, ACTIVITY, nuclide="Lu-177", decay_corrected=False, **options)


@pytest.mark.parametrize(
    ("times", "activity", "message"),
    [
        ([], [], "times_h is empty; give at least one point"),
        ([4, 24], [142, 118, 52], "times_h has 2 values and activity_mbq 3; give as many"),
        ([4, 96, 24], [142, 52, 118], "times_h must rise: 24 h at position 3 comes after a later one"),
        ([4, 24, 24], [142, 118, 117], "times_h must rise: 24 h at position 3 is repeated"),
        ([0, 24], [142, 118], "times_h must be above 0, got 0 at position 1; times are hours after administration"),
        ([-4, 24], [142, 118], "times_h must be above 0, got -4 at position 1"),
        ([4, 24], [142, 0], "activity_mbq must be above 0, got 0 at position 2; leave out points without activity"),
        ([4, 24], [142, -3], "activity_mbq must be above 0, got -3 at position 2"),
        ([4, 24], [142, float("nan")], "activity_mbq must be finite, got nan at position 2"),
        ([4, 24], ["142", "118"], "activity_mbq must be a number or an array of numbers"),
        ([4, 24], [142, None], "activity_mbq must be finite"),
        ([4, 24], [[142, 118]], "activity_mbq must be a row of numbers"),
        ([4, 24], [[142], [118, 3]], "activity_mbq must be a number or an array of numbers"),
        (4, 142, "times_h must be a row of numbers, got 4"),
        ("4 24", [142, 118], "times_h is the text '4 24'"),
        ([4, 24], [ufloat(142, 7), ufloat(118, 6)], "activity_mbq must be plain numbers; .* separately as sigma_mbq"),
    ],
)
def test_points_that_are_refused(times, activity, message):
    with pytest.raises(InputError, match=message):
        lutetium(times, activity)


def test_the_nuclide_is_demanded():
    with pytest.raises(InputError, match="nuclide must be given, for example nuclide='Lu-177'"):
        TimeActivity(TIMES, ACTIVITY, decay_corrected=False)
    assert lutetium(TIMES, ACTIVITY, nuclide="177lu").nuclide is nuclide("Lu-177")


class TestPlausibility:
    def test_times_in_minutes(self):
        with pytest.warns(
            PlausibilityWarning, match="10080 h, more than 20 half-lives of Lu-177; are the times minutes"
        ):
            lutetium([240, 1440, 5760, 10080], ACTIVITY)

    def test_activity_in_becquerel(self):
        curve = lutetium(TIMES, np.array(ACTIVITY) * 1e6, administered_mbq=7400)
        assert curve.flags == ("ABOVE_ADMINISTERED",)
        assert fit(curve, "mono").flags[0] == "ABOVE_ADMINISTERED"

    def test_administered_activity_in_gigabecquerel(self):
        assert "ABOVE_ADMINISTERED" in lutetium(TIMES, ACTIVITY, administered_mbq=7.4).flags

    def test_decay_lowers_the_ceiling(self):
        """At 168 h no more than 48 % of the administered activity can be anywhere."""
        assert lutetium([168], [50], administered_mbq=100).flags == ()
        assert lutetium([168], [60], administered_mbq=100).flags == ("ABOVE_ADMINISTERED",)

    @pytest.mark.parametrize("wrong", [0, -7400, float("nan"), "7,4 GBq"])
    def test_administered_activity(self, wrong):
        with pytest.raises(InputError, match="administered_mbq"):
            lutetium(TIMES, ACTIVITY, administered_mbq=wrong)

    def test_an_uncertain_administered_activity_enters_the_coefficient(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            curve = lutetium(TIMES, ACTIVITY, administered_mbq=ufloat(7400, 370))
        found = fit(curve, "mono")
        relative = found.tia_mbq_h.std_dev / found.tia_mbq_h.nominal_value
        assert found.tiac_h.std_dev / found.tiac_h.nominal_value == pytest.approx(np.hypot(relative, 0.05), rel=1e-6)


class TestKeep:
    def test_points_left_out(self):
        curve = lutetium(TIMES, ACTIVITY, [7, 6, 3, 1], systematic_rel=0.05, administered_mbq=7400, region="kidney")
        kept = curve.keep([True, False, True, True])
        assert list(kept.times_h) == [4, 96, 168]
        assert list(kept.sigma_mbq) == [7, 3, 1]
        assert (kept.region, kept.administered_mbq, kept.systematic_rel) == ("kidney", 7400, 0.05)
        assert kept.systematic is curve.systematic

    def test_what_dropping_a_point_changes_is_not_systematic(self):
        curve = lutetium(TIMES, ACTIVITY, cv=0.01, systematic_rel=0.2)
        whole, part = fit(curve, "mono").tia_mbq_h, fit(curve.keep([True, True, False, True]), "mono").tia_mbq_h
        assert whole.std_dev / whole.nominal_value > 0.2
        assert (part / whole).std_dev < 0.05

    def test_an_assumed_uncertainty_stays_assumed(self):
        curve = TimeActivity(TIMES, ACTIVITY, nuclide="Lu-177", decay_corrected=False)
        assert curve.keep([True, True, True, False]).flags == ("SIGMA_ASSUMED",)

    @pytest.mark.parametrize("wrong", [[0, 1, 2], [True, False], [1, 0, 1, 1], True])
    def test_refused(self, wrong):
        with pytest.raises(InputError, match="wanted must be 4 times True or False"):
            lutetium(TIMES, ACTIVITY).keep(wrong)

    def test_nothing_left(self):
        with pytest.raises(InputError, match="times_h is empty"):
            lutetium(TIMES, ACTIVITY).keep([False] * 4)

    def test_another_uncertainty(self):
        curve = lutetium(TIMES, ACTIVITY, [7, 6, 3, 1], systematic_rel=0.05)
        other = curve.with_cv(0.1)
        assert other.sigma_mbq == pytest.approx(0.1 * np.array(ACTIVITY))
        assert other.systematic is curve.systematic


def test_measured_points_are_independent():
    first, second, *_ = lutetium(TIMES, ACTIVITY).measured()
    assert (first - second).std_dev == pytest.approx(np.hypot(7.1, 5.9), rel=1e-9)
    assert first.tag == "4 h"


def test_counts_give_poisson_weights():
    """2500 counts are known to 2 %, 400 to 5 %; the decay correction does not change that."""
    given = {"nuclide": "Lu-177", "counts": [2500, 400]}
    curve = TimeActivity([24, 96], [100.0, 50.0], decay_corrected=False, **given)
    assert curve.sigma_mbq == pytest.approx([2.0, 2.5])
    assert curve.sigma_given
    assert curve.flags == ()
    assert "kinetics.poisson" in curve.sources
    corrected = TimeActivity([24, 96], [100.0, 50.0], decay_corrected=True, **given)
    assert corrected.sigma_mbq / corrected.activity_mbq == pytest.approx([0.02, 0.05])
    assert curve.keep([True, False]).sigma_mbq == pytest.approx([2.0])
    few = TimeActivity([24, 96], [100.0, 5.0], nuclide="Lu-177", decay_corrected=False, counts=[400, 20])
    assert Flag.FEW_COUNTS in few.flags


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"counts": [100, 0]}, "counts must be above 0"),
        ({"counts": [100]}, "counts has 1 values for 2 points"),
        ({"counts": 100}, "counts must be a row"),
        ({"counts": [100, 50], "cv": 0.05}, "give the uncertainty once"),
        ({"counts": [100, 50], "sigma_mbq": 1.0}, "give the uncertainty once"),
    ],
)
def test_counts_refused(change, words):
    with pytest.raises(InputError, match=words):
        TimeActivity([24, 96], [100.0, 50.0], nuclide="Lu-177", decay_corrected=False, **change)
