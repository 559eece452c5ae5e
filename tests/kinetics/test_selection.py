"""Choosing between curves: what is rejected and why, what cannot be decided, and a real patient."""

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, TRUTHS, activity, any_curve, integral, lutetium, true_curve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit
from uncertainties import ufloat

from mrtlab.errors import FitError, Flag, InputError, PhysicsError
from mrtlab.kinetics import MODELS, TimeActivity, akaike_average, akaike_weights, fit, select
from mrtlab.kinetics.selection import _average

# SNMMI Lu-177 Dosimetry Challenge, patient 4 (doi:10.7302/864r-tb45), Lu-177-DOTATATE, four SPECT/CT, MBq at the time
# of each scan, 7210.4 MBq injected; as tabulated in the tests of PyTheranostics (Apache-2.0).
PATIENT_TIMES = [3.7411, 27.7253, 103.0942, 123.9836]
PATIENT = {
    "left kidney": [98.561432, 73.599408, 25.39568, 19.04661],
    "right kidney": [92.891448, 66.860492, 23.209494, 15.666982],
    "liver": [378.4744, 347.404416, 192.66408, 173.225408],
    "spleen": [87.206832, 77.633392, 34.655492, 27.94343],
    "remainder": [671.643776, 317.521728, 150.297136, 121.737264],
    "whole body": [1328.7776, 883.018816, 426.222368, 357.619616],
}


def patient(region, **options):
    return lutetium(PATIENT_TIMES, PATIENT[region], administered_mbq=7210.4, region=region, **options)


class TestPatient4:
    @pytest.mark.parametrize("region", ["left kidney", "right kidney", "liver", "spleen"])
    def test_organs_against_an_independent_fit(self, region):
        selection = select(patient(region))
        assert selection.best.model == "mono"
        measured = np.array(PATIENT[region])
        best, covariance = curve_fit(
            lambda t, start, rate: start * np.exp(-rate * t), PATIENT_TIMES, measured, p0=[measured[0], 0.01],
            sigma=0.05 * measured, absolute_sigma=True,
        )  # fmt: skip
        start, rate = best
        gradient = np.array([1 / rate, -start / rate**2])
        tia = selection.best.tia_mbq_h
        assert tia.nominal_value == pytest.approx(start / rate, rel=1e-5)
        assert tia.std_dev == pytest.approx(np.sqrt(gradient @ covariance @ gradient), rel=1e-4)
        assert selection.best.effective_half_life_h.nominal_value == pytest.approx(LN2 / rate, rel=1e-5)
        assert selection.tia_mbq_h.nominal_value == pytest.approx(start / rate, rel=0.01)

    def test_the_remainder_has_two_phases(self):
        selection = select(patient("remainder"))
        assert "χ² = 39.3 on 2 degrees of freedom" in selection.rejected["mono"][0]
        assert "its uptake rate b2 ran to its bound" in selection.rejected["uptake"][0]
        assert selection.best.model == "bi_phys"
        assert "SELECTION_UNDECIDED" in selection.flags
        # the published 37 550 MBq·h rests on the refused shape
        assert selection.tia_mbq_h.nominal_value > 1.3 * 37550

    def test_four_points_cannot_decide_about_the_whole_body(self):
        selection = select(patient("whole body"))
        low, high = selection.span_tia_mbq_h
        assert low == pytest.approx(1.2e5, rel=0.03)
        assert high == pytest.approx(1.6e5, rel=0.03)
        assert "MODELS_DISAGREE" in selection.flags
        assert {selection.best.model, *(item.model for item in selection.alternatives)} == {"mono", "bi_phys"}
        assert "its uptake rate b2 ran to its bound" in selection.rejected["uptake"][0]
        assert selection.best.tia_mbq_h.std_dev < 0.2 * (high - low), "the spread is no part of its uncertainty"
        assert selection.bracket_tia_mbq_h[0] < high
        assert selection.bracket_tia_mbq_h[1] > low

    def test_no_fit_without_degrees_of_freedom_unless_the_sigma_is_given(self):
        assumed = TimeActivity(PATIENT_TIMES, PATIENT["spleen"], nuclide="Lu-177", decay_corrected=False)
        assert "give sigma_mbq or cv" in select(assumed).rejected["bi"][0]
        assert "bi" not in select(assumed).fits
        stated = select(patient("spleen"))
        assert stated.rejected["bi"] == ("as many parameters as points (4): nothing tests it",)
        assert "NO_DOF" in stated.fits["bi"].flags

    @pytest.mark.parametrize("region", PATIENT)
    def test_with_the_uncertainty_assumed_the_same_and_said(self, region):
        assumed = TimeActivity(PATIENT_TIMES, PATIENT[region], nuclide="Lu-177", decay_corrected=False)
        found = select(assumed)
        assert found.flags[0] == "SIGMA_ASSUMED"
        assert found.tia_mbq_h.nominal_value == pytest.approx(select(patient(region)).tia_mbq_h.nominal_value, rel=1e-6)


class TestRisingThenFalling:
    """Exactly four points: one spare for the uptake curve."""

    @pytest.mark.parametrize("seed", range(10))
    @pytest.mark.parametrize(
        ("half_lives", "times"),
        [([55.0, 2.5], [1, 4, 24, 96]), ([60.0, 10.0], [4, 24, 72, 168]), ([80.0, 20.0], [4, 24, 72, 168])],
    )
    def test_the_truth_or_a_reason(self, half_lives, times, seed):
        truth = activity("uptake", times, [150.0], half_lives)
        tia = 150 * (half_lives[0] - half_lives[1]) / LN2
        noisy = truth * (1 + 0.05 * np.random.default_rng(seed).standard_normal(4))
        try:
            selection = select(lutetium(times, noisy, 0.05 * truth))
        except FitError as refused:
            message = str(refused)
        else:
            message = ""
            assert selection.best.model == "uptake"
            assert "SELECTION_UNDECIDED" in selection.flags, "no second curve was tested against it"
            # one in twenty may lie further off; here none lies beyond three
            assert abs(selection.tia_mbq_h.nominal_value - tia) < 3 * selection.tia_mbq_h.std_dev
        assert not message or "uptake: " in message

    def test_in_nineteen_of_twenty_cases_within_two_standard_uncertainties(self):
        times, truth = [2, 24, 72, 168], activity("uptake", [2, 24, 72, 168], [150.0], [55.0, 2.5])
        tia = 150 * (55 - 2.5) / LN2
        random = np.random.default_rng(1)
        hits = []
        for _ in range(60):
            noisy = lutetium(times, truth * (1 + 0.05 * random.standard_normal(4)), 0.05 * truth)
            found = select(noisy, models=["phys", "mono", "bi_phys", "uptake"]).tia_mbq_h
            hits.append(abs(found.nominal_value - tia) < 2 * found.std_dev)
        assert np.mean(hits) > 0.88

    def test_wash_out_that_is_exactly_physical(self):
        """A limit, not a defect: the curve is kept and says so."""
        times = np.array([1, 4, 24, 48, 96, 168.0])
        truth = 200 * (np.exp(-LAMBDA_LU * times) - np.exp(-0.4 * times))
        selection = select(lutetium(times, truth, 0.03 * truth))
        assert selection.best.model == "uptake"
        assert {"AT_BOUND", "FELL_BACK_TO_PHYSICAL"} <= set(selection.flags)
        assert selection.tia_mbq_h.nominal_value == pytest.approx(200 * (1 / LAMBDA_LU - 1 / 0.4), rel=1e-3)

    def test_still_rising(self):
        with pytest.raises(FitError, match=r"still rising at the last point \(168 h\).*a later scan is needed"):
            select(lutetium([4, 24, 96, 168], [5, 10, 20, 40]))


class TestRejected:
    def test_chi_square_before_the_criterion(self):
        """Two clean phases: mono has the better AICc with so few points, and is wrong."""
        curve = lutetium([1, 4, 24, 48, 96, 168], [139.1, 123.3, 78.6, 56.3, 34.9, 17.3])
        selection = select(curve)
        assert selection.fits["mono"].aicc < selection.fits["bi"].aicc
        assert selection.best.model == "bi"
        assert "the points lie further from it than their uncertainty allows" in selection.rejected["mono"][0]

    def test_p_above_99_per_cent_only_flags(self):
        selection = select(true_curve("mono"))
        assert "mono" not in selection.rejected
        assert "SIGMA_OVERSTATED" in selection.flags

    def test_a_special_case_that_is_outdone(self):
        """χ² of 43 on 28 degrees of freedom passes (p = 3 %), but not where two parameters more take it to zero."""
        times = np.geomspace(1, 240, 30)
        truth = activity("bi", times)
        chi_square = fit(lutetium(times, truth, 0.05 * truth), "mono").chi_square
        selection = select(lutetium(times, truth, 0.05 * truth * np.sqrt(chi_square / 43)), models=["mono", "bi"])
        assert selection.fits["mono"].chi_square == pytest.approx(43, rel=1e-3)
        assert selection.fits["mono"].p_value > 0.01
        assert selection.best.model == "bi"
        assert "of which it is a special case, lowers χ² from" in selection.rejected["mono"][0]

    @pytest.mark.parametrize("model", list(MODELS))
    def test_the_right_curve_is_found(self, model):
        """With many precise points, each truth is recognised."""
        times = np.geomspace(0.5, 300, 25)
        truth = activity(model, times)
        noisy = truth * (1 + 0.01 * np.random.default_rng(3).standard_normal(25))
        selection = select(lutetium(times, noisy, 0.01 * truth))
        assert selection.best.model == model
        assert abs(selection.tia_mbq_h.nominal_value - integral(model)) < 3 * selection.tia_mbq_h.std_dev

    @pytest.mark.parametrize("points", [8, 9, 10])
    def test_three_phases_in_few_points(self, points):
        times = np.geomspace(1, 240, points)
        truth = activity("tri", times, half_lives=[2.5, 20.0, 110.0])
        selection = select(lutetium(times, truth, 0.01 * truth))
        rates = LN2 / np.array([2.5, 20.0, 110.0])
        assert "mono" in selection.rejected
        assert "bi" in selection.rejected
        assert selection.tia_mbq_h.nominal_value == pytest.approx(np.sum(np.array([80, 60, 30]) / rates), rel=0.02)

    @pytest.mark.parametrize("place", range(5))
    def test_one_point_halved(self, place):
        """A frame lost, a wrong time: five points are enough to notice."""
        measured = activity("mono", TRUTHS["mono"][2])
        measured[place] *= 0.5
        try:
            selection = select(lutetium(TRUTHS["mono"][2], measured))
        except InputError:
            return
        assert "mono" in selection.rejected

    def test_reasons_name_the_parameter(self):
        reasons = {why for model in select(patient("liver")).rejected.values() for why in model}
        assert "the amplitude A2 ran to zero: the points hold no such phase" in reasons
        assert "4 points cannot determine 5 parameters" in reasons
        kidney = select(patient("left kidney")).rejected["uptake"][0]
        assert kidney.startswith("λp + b2 is known to no better than 5")


class TestRefused:
    def test_nothing_fits(self):
        with pytest.raises(FitError) as refused:
            select(lutetium([4, 24, 96, 168], [142, 59, 52, 22], region="kidney"))
        message = str(refused.value)
        assert message.startswith("kidney: no curve is supported by these 4 points; is one of them wrong, or their ")
        for model in MODELS:
            assert f"{model}: " in message
        assert "nan" not in message.lower()

    def test_one_and_two_points(self):
        with pytest.raises(FitError, match=r"this one point; see mrtlab\.kinetics\.single_point\. phys"):
            select(lutetium([24], [118]))
        with pytest.raises(FitError, match=r"these two points; see mrtlab\.kinetics\.two_point or"):
            select(lutetium([24, 96], [118, 52]))

    @pytest.mark.parametrize(("models", "message"), [
        ("mono", "models must be a list of names, got 'mono'"), ([], "models must be a list of names"),
        (["mono", "biexp"], "models must be one of .*got 'biexp'"),
    ])  # fmt: skip
    def test_candidates(self, models, message):
        with pytest.raises(InputError, match=message):
            select(true_curve("mono"), models=models)

    def test_only_a_curve(self):
        with pytest.raises(InputError, match=r"curve must be a TimeActivity, got dict"):
            select({"kidney": true_curve("mono")})


class TestRanking:
    def test_weights_follow_the_criterion(self):
        curve = true_curve("mono", 5, times=np.geomspace(1, 200, 10))
        selection = select(curve)
        criteria = [item.aicc for item in selection.ranking if item.aicc is not None]
        assert criteria == sorted(criteria)
        assert sum(selection.weights.values()) == pytest.approx(1)
        relative = np.exp(-0.5 * (np.array(criteria) - criteria[0]))
        assert list(selection.weights.values()) == pytest.approx(relative / relative.sum())
        assert set(selection.rejected) | {item.model for item in selection.ranking} == set(MODELS)

    def test_no_averaging_when_one_curve_carries_the_weight(self):
        selection = select(true_curve("mono", 5), models=["mono", "phys"])
        assert selection.weights["mono"] > 0.95
        assert selection.tia_mbq_h is selection.best.tia_mbq_h

    def test_averaging_when_none_does(self):
        """Effective half-life 140 h, physical 160: six points of 5 % cannot tell."""
        times, truth = [4, 24, 48, 96, 168, 240], activity("mono", [4, 24, 48, 96, 168, 240], [100.0], [140.0])
        noisy = truth * (1 + 0.05 * np.random.default_rng(1).standard_normal(6))
        selection = select(lutetium(times, noisy, 0.05 * truth))
        assert set(selection.weights) == {"mono", "phys"}
        assert max(selection.weights.values()) < 0.95
        assert "MODELS_DISAGREE" in selection.flags
        weights = np.array(list(selection.weights.values()))
        tias = [item.tia_mbq_h for item in selection.ranking if item.model in selection.weights]
        values = np.array([tia.nominal_value for tia in tias])
        mean = weights @ values
        spread = weights @ np.hypot([tia.std_dev for tia in tias], values - mean)
        assert selection.tia_mbq_h.nominal_value == pytest.approx(mean, rel=1e-9)
        assert selection.tia_mbq_h.std_dev == pytest.approx(spread, rel=1e-9)
        assert selection.tia_mbq_h is selection.average_tia_mbq_h

    def test_the_disagreement_counts_on_either_side(self):
        """Here physical decay is best and the other curve lies below it."""
        times, truth = [4, 24, 48, 96, 168, 240], activity("mono", [4, 24, 48, 96, 168, 240], [100.0], [145.0])
        noisy = truth * (1 + 0.05 * np.random.default_rng(1).standard_normal(6))
        selection = select(lutetium(times, noisy, 0.05 * truth))
        assert selection.best.model == "phys"
        assert selection.span_tia_mbq_h[1] == selection.best.tia_mbq_h.nominal_value
        assert "MODELS_DISAGREE" in selection.flags

    def test_a_biological_rate_may_be_vague_where_the_whole_rate_is_not(self):
        """Effective 140 h beside physical 160 h: b is known to 80 %, physical decay and b together to 10 %."""
        times, truth = [4, 24, 48, 96, 168, 240], activity("mono", [4, 24, 48, 96, 168, 240], [100.0], [140.0])
        noisy = truth * (1 + 0.1 * np.random.default_rng(1).standard_normal(6))
        selection = select(lutetium(times, noisy, 0.1 * truth))
        rate = selection.fits["mono"].params["b1_per_h"]
        assert rate.std_dev > 0.5 * rate.nominal_value
        assert (rate + LAMBDA_LU).std_dev < 0.2 * (rate + LAMBDA_LU).nominal_value
        assert "mono" not in selection.rejected

    @given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(0, 1e5), st.floats(0, 30)), min_size=1, max_size=5))
    def test_an_average_lies_between_and_is_never_surer(self, rows):
        weights = akaike_weights([criterion for *_, criterion in rows])
        values = [ufloat(value, max(spread, 1e-9)) for value, spread, _ in rows]
        assert sum(weights) == pytest.approx(1)
        mean = akaike_average(values, weights)
        nominal = [value.nominal_value for value in values]
        assert min(nominal) * (1 - 1e-9) <= mean.nominal_value <= max(nominal) * (1 + 1e-9)
        assert mean.std_dev >= min(value.std_dev for value in values) * (1 - 1e-9)

    def test_weights_do_not_depend_on_the_level(self):
        assert akaike_weights([1e4 + 3, 1e4]) == pytest.approx(akaike_weights([3, 0]))
        assert akaike_weights([5000, 0]) == [0, 1]
        assert akaike_weights([]) == []

    def test_undecided(self):
        """Three points: mono is tested by one spare point, ranked against nothing."""
        selection = select(lutetium([24, 96, 168], [118, 52, 22]))
        assert selection.best.model == "mono"
        assert selection.weights == {}
        assert "SELECTION_UNDECIDED" in selection.flags
        assert selection.tia_mbq_h is selection.best.tia_mbq_h

    def test_mean_and_half_range_when_nothing_can_be_weighed(self):
        """Hardly ever reached: three parameters each, four points, and no simpler curve that fits."""
        two = [fit(patient("whole body"), model) for model in ("bi_phys", "uptake")]
        tias = [item.tia_mbq_h.nominal_value for item in two]
        average = _average([], two, [])
        assert average.nominal_value == pytest.approx(np.mean(tias))
        assert average.std_dev == pytest.approx((max(tias) - min(tias)) / 2)
        alike = _average([], [two[0], two[0]], [])
        assert alike.std_dev == two[0].tia_mbq_h.std_dev, "never surer than the best"

    @given(st.permutations(list(MODELS)), st.sampled_from(["remainder", "whole body", "liver"]))
    @settings(max_examples=10)
    def test_the_order_of_the_candidates_does_not_matter(self, order, region):
        curve = patient(region)
        one, other = select(curve), select(curve, models=order)
        assert other.tia_mbq_h.nominal_value == one.tia_mbq_h.nominal_value
        assert other.tia_mbq_h.std_dev == one.tia_mbq_h.std_dev
        assert other.best.model == one.best.model
        assert [item.model for item in other.ranking] == [item.model for item in one.ranking]
        assert other.rejected == one.rejected
        assert other.span_tia_mbq_h == one.span_tia_mbq_h
        assert set(other.flags) == set(one.flags)

    def test_a_candidate_named_twice(self):
        assert len(select(true_curve("mono", 1), models=["mono", "mono", "phys"]).fits) == 2


@given(any_curve(min_points=2, max_points=6))
@settings(max_examples=25)
def test_any_data_at_all(curve):
    """A selection in which everything is finite and nothing contradicts itself, or one refusal with a reason."""
    try:
        found = select(curve)
    except InputError as refused:
        message = str(refused)
    else:
        message = "selected"
        low, high = found.span_tia_mbq_h
        numbers = [
            *found.span_tia_mbq_h,
            *found.bracket_tia_mbq_h,
            found.tia_mbq_h.nominal_value,
            found.tia_mbq_h.std_dev,
        ]
        assert np.all(np.isfinite(numbers))
        assert 0 < low <= found.best.tia_mbq_h.nominal_value <= high
        assert not set(found.rejected) & {item.model for item in found.ranking}
        assert all(item.dof > 0 and item.p_value >= 0.01 for item in found.ranking)
        assert all(flag in list(Flag) for flag in found.flags)
    assert message
    assert "nan" not in message


def test_thorough_reaches_the_same_choice():
    curve = patient("whole body")
    assert select(curve, thorough=True).span_tia_mbq_h == pytest.approx(select(curve).span_tia_mbq_h, rel=1e-5)


def test_physics_before_statistics():
    """An impossible curve is not one that merely fits badly."""
    with pytest.raises(PhysicsError):
        select(lutetium([4, 24, 96, 168], [100, 99, 98, 97]), models=["bi"])


def test_systematic_uncertainty_does_not_choose():
    plain, common = select(patient("liver")), select(patient("liver", systematic_rel=0.1))
    assert common.weights == plain.weights
    assert common.tia_mbq_h.nominal_value == plain.tia_mbq_h.nominal_value
    relative = plain.tia_mbq_h.std_dev / plain.tia_mbq_h.nominal_value
    assert common.tia_mbq_h.std_dev / common.tia_mbq_h.nominal_value == pytest.approx(np.hypot(relative, 0.1), rel=1e-6)


def test_one_fit_is_that_of_the_function():
    curve = patient("spleen")
    assert select(curve).fits["mono"].tia_mbq_h.nominal_value == fit(curve, "mono").tia_mbq_h.nominal_value


def test_what_is_printed_at_a_prompt_is_short():
    curve = TimeActivity([24, 96, 168], [118, 52, 22], cv=0.05, nuclide="Lu-177", decay_corrected=False)
    selection = select(curve)
    assert repr(curve) == "TimeActivity('', Lu-177, 3 points, 24 to 168 h)"
    assert "Fit(mono, TIA 13470 ± 390 MBq·h" in repr(selection)
    assert len(repr(selection)) < 300
