"""The search for starting rates: order, bounds, and how close it comes."""

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, TRUTHS, any_curve, lutetium, true_curve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from mrtlab.kinetics import MODELS, fit
from mrtlab.kinetics.starts import _chi_squares, fastest_rate, ordered, random_starts, starts

WITH_RATES = [name for name, shape in MODELS.items() if shape.rates]


def test_the_fastest_rate_is_that_which_the_first_point_can_see():
    """Ten half-times before the first point: a thousandth is left."""
    curve = lutetium([4, 24], [142, 118])
    assert np.exp(-fastest_rate(curve) * 4) == pytest.approx(2.0**-10)


@given(st.sampled_from(WITH_RATES), st.permutations([0.3, 0.02, 5.0]))
def test_order(model, rates):
    """Falling phases fastest first; uptake, the fastest of all, last."""
    shape = MODELS[model]
    found = ordered(shape, rates[: shape.rates], LAMBDA_LU)
    assert sorted(found) == pytest.approx(sorted(rates[: shape.rates]))
    falling = found if shape.uptake is None else found[:-1]
    assert list(falling) == sorted(falling, reverse=True)
    if shape.uptake is not None:
        assert found[shape.uptake] == max(found)


@pytest.mark.parametrize("model", ["uptake", "uptake_bi"])
def test_uptake_keeps_its_distance(model):
    """Two equal rates would need infinite amplitudes of opposite sign."""
    shape = MODELS[model]
    found = ordered(shape, [0.1] * shape.rates, LAMBDA_LU)
    total = found + LAMBDA_LU
    assert total[-1] / total[0] == pytest.approx(1.001, rel=1e-9)


@given(any_curve(), st.sampled_from(WITH_RATES))
@settings(max_examples=25)
def test_starts_stay_within_their_bounds(curve, model):
    shape = MODELS[model]
    physical = curve.nuclide.decay_constant_per_h
    for found in (starts(curve, shape), random_starts(curve, shape)):
        assert found.shape[1] == shape.rates
        assert np.all(found >= 0)
        assert np.all(found <= 1.0011 * (fastest_rate(curve) + physical))
        assert found == pytest.approx(ordered(shape, found, physical), rel=1e-9)


@given(any_curve(min_points=2), st.sampled_from(list(MODELS)), st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_chi_square_of_given_rates_against_scipy(curve, model, seed):
    """All sets of positive amplitudes, against non-negative least squares."""
    shape = MODELS[model]
    random = np.random.default_rng(seed)
    physical = curve.nuclide.decay_constant_per_h
    rates = np.exp(random.uniform(np.log(0.1 * physical), np.log(fastest_rate(curve)), (5, shape.rates)))
    found = _chi_squares(curve, shape, rates)
    target = curve.activity_mbq / curve.sigma_mbq
    for row, value in zip(rates, found, strict=True):
        basis = shape.basis(curve.times_h, ordered(shape, row, physical), physical) / curve.sigma_mbq[:, None]
        assert value == pytest.approx(nnls(basis, target)[1] ** 2, rel=1e-5, abs=1e-5 * (target @ target))


@pytest.mark.parametrize("model", WITH_RATES)
@pytest.mark.parametrize("seed", range(4))
def test_the_best_start_is_close(model, seed):
    """Before any polish, chi-square is within one of the minimum."""
    curve = true_curve(model, seed)
    start = starts(curve, MODELS[model])[0]
    assert _chi_squares(curve, MODELS[model], start) < fit(curve, model).chi_square + 1


def test_a_second_phase_behind_a_rate_between_two_grid_points():
    """Precise mono-exponential data with one deviating point: two neighbours on a grid imitate the one rate and hide
    the fast phase that lowers chi-square.
    """
    times = np.array([0.5, 2, 4, 8, 24, 48, 72, 96, 120, 168])
    truth = 100 * np.exp(-(LAMBDA_LU + 0.0433) * times)
    wiggle = [1.05, 1.0, 1, 1, 1, 1, 1, 1, 1, 1]
    found = fit(lutetium(times, truth * wiggle, 0.01 * truth), "bi")
    assert found.params["b2_per_h"].nominal_value == pytest.approx(0.0433, rel=0.02)
    assert found.params["b1_per_h"].nominal_value > 0.2
    assert found.chi_square < 3


def test_the_same_random_starts_every_time():
    curve = true_curve("bi", 1)
    assert np.array_equal(random_starts(curve, MODELS["bi"]), random_starts(curve, MODELS["bi"]))
    assert len(random_starts(curve, MODELS["bi"])) == 30


@pytest.mark.parametrize("model", [name for name in WITH_RATES if name != "mono"])
@pytest.mark.parametrize("extreme", [0.0, 5 * LN2 / 0.5])
def test_edges_of_the_grid(model, extreme):
    """Truths with a rate at zero, or so fast that only the first point holds it: the minimum is still found."""
    shape = MODELS[model]
    times = np.array(TRUTHS["tri"][2])
    rates = np.array([0.02, 0.3, 1.5][: shape.rates])
    rates[0 if extreme == 0 else -1] = extreme
    rates = ordered(shape, rates, LAMBDA_LU)
    truth = shape.basis(times, rates, LAMBDA_LU) @ np.array([100.0, 60, 40][: shape.amplitudes])
    assert fit(lutetium(times, truth, 0.02 * truth), model).chi_square < 1e-4
