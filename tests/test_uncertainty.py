"""The uncertainty module: limits, invariants, refusals."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import correlated_values, ufloat

import mrtlab
from mrtlab import calibration, uncertainty
from mrtlab.errors import InputError

Recovery = namedtuple("Recovery", "b1_ml b2")
RECOVERY = Recovery(*correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))
GOOD = {
    "volume_ml": 20.0, "outline_voxel_cm": 0.2, "outline_fwhm_cm": 0.3, "image_fwhm_cm": 1.0, "recovery": RECOVERY,
    "sensitivity_rel": 0.03, "tia_random_rel": 0.03, "s_exponent": 0.98,
}  # fmt: skip


def test_large_organ_limit_is_half_the_volume_uncertainty():
    """Everything recovered: counts rise with half the volume error, the S value falls with all of it."""
    sure = Recovery(ufloat(1e-6, 1e-12), ufloat(1.0, 1e-12))
    budget = uncertainty.dose_budget(1e6, 1.0, 1.0, 0.01, sure, 0.0, 0.0, 1.0)
    assert budget.total_rel == pytest.approx(budget.volume_rel / 2, rel=1e-3)


@given(
    volume_ml=st.floats(1, 3000), voxel=st.floats(0.01, 1), fwhm=st.floats(0, 2), image=st.floats(0.3, 2.5),
    sensitivity=st.floats(0, 0.2), curve=st.floats(0, 0.3), exponent=st.floats(0.8, 1.1),
)  # fmt: skip
def test_budget_adds_up(volume_ml, voxel, fwhm, image, sensitivity, curve, exponent):
    budget = uncertainty.dose_budget(volume_ml, voxel, fwhm, image, RECOVERY, sensitivity, curve, exponent)
    assert sum(budget.shares.values()) == pytest.approx(1, abs=1e-9)
    assert np.isfinite(budget.total_rel)
    assert budget.total_rel >= max(sensitivity, curve)
    assert (budget.correlation_neglected_rel >= budget.total_rel) == (budget.shares["covariance"] <= 0)


@given(st.floats(0.01, 1e5), st.floats(0.01, 4))
def test_edge_lies_between_nothing_and_all(volume_ml, fwhm):
    assert 0 <= uncertainty.edge_value(volume_ml, fwhm) <= 1


def test_edge_rises_with_the_volume():
    assert np.all(np.diff(uncertainty.edge_value(np.geomspace(0.1, 1e4, 200), 1.0)) > 0)


def test_ct_outline_is_not_emission_outline():
    on_ct = uncertainty.volume(20.0, 0.2, 0.3)
    on_spect = uncertainty.volume(20.0, 0.442, 1.0)
    assert on_spect > 3 * on_ct


def test_uncertain_volume_is_flagged():
    assert uncertainty.dose_budget(**GOOD).flags == ()
    small = uncertainty.dose_budget(**GOOD | {"volume_ml": 3.0}).flags
    assert small == ("RECOVERY_LOW", "LINEARISATION_DOUBTFUL")
    # 35 % of the dose itself will do, too
    assert uncertainty.dose_budget(**GOOD | {"tia_random_rel": 0.35}).flags == ("LINEARISATION_DOUBTFUL",)


def test_what_the_recovery_curve_says_of_itself_is_in_the_budget():
    curve = calibration.RecoveryCurve(RECOVERY.b1_ml, RECOVERY.b2, (1.0, 50.0), flags=("CHI_SQUARE_REJECTED",))
    for function in (uncertainty.dose_budget, uncertainty.dose_monte_carlo):
        assert function(**GOOD | {"recovery": curve}).flags == ("CHI_SQUARE_REJECTED",)
        far = function(**GOOD | {"recovery": curve, "volume_ml": 200.0}).flags
        assert far == ("CHI_SQUARE_REJECTED", "RECOVERY_EXTRAPOLATED")
        with pytest.raises(InputError, match=r"recovery is 0\.122, below 0\.2"):
            function(**GOOD | {"volume_ml": 0.5})
        for key in function(**GOOD).sources:
            assert mrtlab.sources(key).citation


def test_plateau_of_the_curve_is_in_the_budget():
    """1.1/(1 + (b1/V)^b2), its slope and its gradient by finite differences."""
    covariance = [[0.09, -0.0045, 0.002], [-0.0045, 0.0025, -0.0004], [0.002, -0.0004, 0.0016]]
    curve = calibration.RecoveryCurve(*correlated_values([4.0, 0.95], np.array(covariance)[:2, :2]))
    b1_ml, b2, plateau = correlated_values([4.0, 0.95, 1.1], covariance)
    high = calibration.RecoveryCurve(b1_ml, b2, plateau=plateau)

    def log_recovery(volume_ml, p):
        return np.log(p[2] / (1 + (p[0] / volume_ml) ** p[1]))

    budget, start = uncertainty.dose_budget(**GOOD | {"recovery": high}), np.array([4.0, 0.95, 1.1])
    steps = 1e-5 * np.eye(3)
    gradient = [(log_recovery(20, start + h) - log_recovery(20, start - h)) / 2e-5 for h in steps]
    slope = (log_recovery(20 * 1.00001, start) - log_recovery(20 * 0.99999, start)) / 2e-5
    assert budget.recovery == pytest.approx(np.exp(log_recovery(20, start)), rel=1e-12)
    u_fit = np.sqrt(gradient @ np.array(covariance) @ gradient)
    assert budget.recovery_rel == pytest.approx(np.hypot(u_fit, slope * budget.volume_rel), rel=1e-6)
    assert budget.recovery_rel > uncertainty.dose_budget(**GOOD | {"recovery": curve}).recovery_rel
    samples = uncertainty.dose_monte_carlo(**GOOD | {"recovery": high})
    assert samples.std == pytest.approx(budget.total_rel, rel=0.02)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"volume_ml": 0}, "volume_ml must be above 0"),
        ({"volume_ml": float("nan")}, "volume_ml must be finite"),
        ({"outline_voxel_cm": 44.2}, "give 4.42 if that was millimetres"),
        ({"sensitivity_rel": 3}, "3 looks like a percentage; give 0.03"),
        ({"tia_random_rel": -0.1}, "tia_random_rel must lie between 0 and 1"),
        ({"s_exponent": "1"}, "s_exponent is the text"),
        ({"volume_ml": ufloat(20, 1)}, r"volume_ml must be (a|one) plain number"),
        ({"volume_ml": np.array([20.0, 150.0])}, "volume_ml must be one plain number"),
        ({"outline_voxel_cm": [0.2, 0.3]}, "voxel_cm must be one plain number"),
        ({"recovery": 0.8}, r"recovery must be a RecoveryCurve.*got 0\.8"),
        ({"recovery": None}, "recovery must be a RecoveryCurve"),
        ({"recovery": Recovery(4.0, "1")}, r"recovery\.b2 is the text"),
        ({"recovery": Recovery(ufloat(4, np.inf), 0.95)}, r"recovery\.b1_ml has no finite uncertainty"),
        ({"sensitivity_rel": ufloat(0.03, 0.01)}, "As a relative uncertainty it must be a plain number"),
        ({"sensitivity_rel": ufloat(9, 10)}, "uncertain by 111%"),
        ({"s_model_rel": 2}, "s_model_rel must lie between 0 and 1"),
        ({"tia_random_rel": [0.03, 0.04]}, "tia_random_rel must be one plain number"),
    ],
)
def test_refusals(change, words):
    for function in (uncertainty.dose_budget, uncertainty.dose_monte_carlo):
        with pytest.raises(InputError, match=words):
            function(**GOOD | change)


def test_exact_curve_and_no_other_error():
    """Plain numbers are exact: what is left is the volume."""
    budget = uncertainty.dose_budget(
        **GOOD | {"recovery": Recovery(4.0, 0.95), "sensitivity_rel": 0, "tia_random_rel": 0}
    )
    assert budget.shares["recovery curve"] == 0
    bracket = budget.edge / (2 * budget.recovery) - 0.95 * (1 - budget.recovery) - 0.98
    assert budget.total_rel == pytest.approx(abs(bracket) * budget.volume_rel, rel=1e-12)


@given(st.floats(1e-4, 1e5), st.floats(0.05, 4))
def test_volume_and_edge_of_uncertain_volumes(volume_ml, fwhm):
    for function in (lambda v: uncertainty.volume(v, 0.2, 0.3), lambda v: uncertainty.edge_value(v, fwhm)):
        found, step = function(ufloat(volume_ml, 0.01 * volume_ml)), 1e-4 * volume_ml
        slope = (function(volume_ml + step) - function(volume_ml - step)) / (2 * step)
        assert found.nominal_value == pytest.approx(function(volume_ml), rel=1e-12)
        assert found.std_dev == pytest.approx(0.01 * volume_ml * abs(slope), rel=1e-4, abs=1e-9)


def test_edge_of_a_tiny_sphere_is_its_volume():
    """Far below the resolution the image of a sphere is the blur, scaled by its volume: phi/2 = V/(s sqrt(2 pi))^3."""
    sigma = 1 / (2 * np.sqrt(2 * np.log(2)))
    for volume_ml in (1e-12, 1e-8, 1e-6):
        expected = 2 * volume_ml / (sigma * np.sqrt(2 * np.pi)) ** 3
        assert uncertainty.edge_value(volume_ml, 1.0) == pytest.approx(expected, rel=1e-3)


class TestMonteCarlo:
    def test_correlation_is_sampled(self):
        a, b = correlated_values([10.0, 10.0], [[1.0, 0.8], [0.8, 1.0]])
        samples = uncertainty.monte_carlo(lambda a, b: a - b, {"a": a, "b": b}, 100_000, 3)
        assert samples.std == pytest.approx(np.sqrt(0.4), rel=0.02)

    def test_lognormal_has_the_median_and_spread_it_says(self):
        samples = uncertainty.monte_carlo(lambda v: v, {"v": uncertainty.LogNormal(5.0, 0.4)}, 200_000, 4)
        assert samples.median == pytest.approx(5, rel=0.01)
        assert samples.values.std() / samples.values.mean() == pytest.approx(0.4, rel=0.02)
        assert samples.values.min() > 0

    def test_same_seed_same_numbers(self):
        run = [uncertainty.monte_carlo(lambda x: x**2, {"x": ufloat(1, 0.1)}, 1000, seed).median for seed in (7, 7, 8)]
        assert run[0] == run[1] != run[2]

    def test_exact_input_stays_exact(self):
        samples = uncertainty.monte_carlo(lambda x, k: k * x, {"x": ufloat(2, 0.1), "k": 3.0}, 2000, 1)
        assert samples.median == pytest.approx(6, rel=0.01)

    @pytest.mark.parametrize(
        ("function", "inputs", "n", "words"),
        [
            (lambda x: 1.0, {"x": ufloat(1, 0.1)}, 1000, "returns? 1000 results|return 1000 results"),
            (lambda x: np.log(x - 1), {"x": ufloat(1, 0.1)}, 1000, "no finite number"),
            (lambda: 1, {}, 1000, "inputs is empty"),
            (lambda x: x, {"x": ufloat(1, 0.1)}, 10, "at least 1000"),
            (lambda x: x, {"x": ufloat(1, 0.1)}, True, "n must be a whole number"),
            (lambda x: x, [1, 2], 1000, "inputs must map the names"),
            (lambda x: x, {1: 2.0}, 1000, "inputs must map the names"),
            (lambda y: y, {"x": 1.0}, 1000, "the function takes others"),
            ("x", {"x": 1.0}, 1000, "function must be a function"),
            (lambda x: x + 1j, {"x": ufloat(1, 0.1)}, 1000, "real numbers, got complex ones"),
            (lambda x: [str(item) for item in x], {"x": ufloat(1, 0.1)}, 1000, "real numbers"),
            (lambda x: x, {"x": "a"}, 1000, "x is the text"),
            (lambda x: x, {"x": np.array([1.0, 2.0])}, 1000, r"1000 samples in a row, got an array of shape \(2,\)"),
            (lambda x: x, {"x": ufloat(1, np.inf)}, 1000, "x has no finite uncertainty"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:invalid value")
    def test_refusals(self, function, inputs, n, words):
        with pytest.raises(InputError, match=words):
            uncertainty.monte_carlo(function, inputs, n, 1)

    @pytest.mark.parametrize("seed", ["a", -1, 1.5, None, True])
    def test_seed_is_a_whole_number(self, seed):
        with pytest.raises(InputError, match="seed must be a whole number"):
            uncertainty.monte_carlo(lambda x: x, {"x": ufloat(1, 0.1)}, 1000, seed)

    def test_samples_drawn_elsewhere(self):
        drawn = np.random.default_rng(5).normal(3, 0.2, 1000)
        samples = uncertainty.monte_carlo(lambda x: 2 * x, {"x": drawn}, 1000, 1)
        assert np.array_equal(samples.values, 2 * drawn)
        assert samples.sources == ("uncertainty.monte_carlo",)
        assert samples.flags == ()

    @pytest.mark.parametrize(("median", "spread"), [(0, 0.1), (-1, 0.1), (1, -0.1), (np.nan, 0.1), ("1", 0.1)])
    def test_lognormal_refuses(self, median, spread):
        with pytest.raises(InputError, match=r"median|relative_sd"):
            uncertainty.LogNormal(median, spread)


@given(st.lists(st.floats(0.1, 100), min_size=1, max_size=8), st.floats(0, 0.3), st.floats(0, 0.3))
def test_shared_uncertainty_of_a_sum(doses, own, shared):
    """u^2(sum) = sum of squares of what is each one's own, plus the square of the sum of what is shared."""
    total = sum(uncertainty.with_shared(doses, own, shared))
    expected = np.sqrt(np.sum((own * np.array(doses)) ** 2) + (shared * np.sum(doses)) ** 2)
    assert total.nominal_value == pytest.approx(sum(doses))
    assert total.std_dev == pytest.approx(expected, rel=1e-9, abs=1e-12)
