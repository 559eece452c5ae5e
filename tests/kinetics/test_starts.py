"""The search for starting rates: order, bounds, and how close it comes."""

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, TRUTHS, any_curve, lutetium, true_curve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares, nnls

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


SPARSE = [0.82, 2.48, 25.2, 33.88, 40.48, 46.43, 68.63, 149.45, 172.44]
DENSE = [1.25, 2.07, 5.26, 8.75, 10.56, 11.09, 31.81, 42.11, 123.74, 198.99]


@pytest.mark.parametrize(
    ("model", "times", "measured", "cv", "minimum"),
    [
        ("tri", SPARSE, [100.6, 93.19, 69.69, 60.92, 55.94, 50.59, 38.12, 11.84, 8.442], 0.02, 3.411405),
        ("bi", DENSE, [96.08, 105.1, 85.48, 95.67, 82.32, 86.75, 67.81, 60.68, 29.66, 11.97], 0.05, 12.86298),
    ],
)
def test_a_second_phase_behind_a_rate_between_two_grid_points(model, times, measured, cv, minimum):
    """Noisy mono-exponentials: two neighbours on a grid that together imitate the one rate hide the fast phase that
    lowers chi-square by one or two. The minima are those of 200 random starts of scipy's least_squares.
    """
    assert fit(lutetium(times, measured, cv=cv), model).chi_square == pytest.approx(minimum, rel=1e-5)


@pytest.mark.parametrize("model", ["mono", "uptake", "bi", "uptake_bi", "tri"])
def test_no_random_start_of_another_program_does_better(model):
    """Least squares on logarithms of all parameters, from 15 random places, for noisy curves of every kind."""
    shape = MODELS[model]
    random = np.random.default_rng(12)
    count = shape.amplitudes
    for kind in ("mono", "bi", "uptake_bi", "tri"):
        for seed in range(3):
            curve = true_curve(kind, seed=seed, cv=0.05, times=TRUTHS["tri"][2][seed::2])
            if len(curve) < shape.parameters:
                continue
            target = curve.activity_mbq / curve.sigma_mbq

            def residual(logs, curve=curve, target=target):
                numbers = np.exp(logs)
                rates = np.sort(numbers[count:])
                rates = rates if shape.uptake is None else np.append(rates[:-1][::-1], rates[-1])
                return shape.basis(curve.times_h, rates, LAMBDA_LU) @ numbers[:count] / curve.sigma_mbq - target

            top = 10 * LN2 / curve.times_h[0]
            low = np.log([1e-6] * count + [1e-7] * shape.rates)
            high = np.log([1e4] * count + [top] * shape.rates)
            best = np.inf
            for _ in range(15):
                start = [*random.uniform(0, 6, count), *random.uniform(np.log(1e-4), np.log(top), shape.rates)]
                best = min(best, 2 * least_squares(residual, start, bounds=(low, high), max_nfev=60).cost)
            assert fit(curve, model).chi_square <= best * 1.001 + 1e-3, (kind, seed)


def test_two_minima_of_one_rate():
    """The better one is not the better one on the grid."""
    times, sigma = [42.4, 49.6, 80.1, 167.4, 290.4], [0.47, 0.5, 1.2, 0.019, 3.6e-05]
    shape = MODELS["bi_phys"]
    curve = lutetium(times, [19.8, 10.9, 3.58, 0.114, 0.000527], sigma)
    best = min(float(_chi_squares(curve, shape, [rate])) for rate in np.geomspace(1e-4, fastest_rate(curve), 3000))
    assert fit(curve, "bi_phys").chi_square <= best * (1 + 1e-6)


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
