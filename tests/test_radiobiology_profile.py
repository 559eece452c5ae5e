"""Penalised fits and profile intervals where the likelihood has several maxima, against brute force on a grid."""

import numpy as np
import pytest

from mrtlab import radiobiology as rb
from mrtlab.radiobiology import _likelihood

STUCK = (
    [16.2, 67.84, 77.41, 79.69, 78.74, 75.44, 16.19, 46.58, 73.81, 11.44, 8.5, 52.26, 74.86, 61.88, 78.79],
    [0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1],
)  # fmt: skip
# a narrow maximum between two neighbouring doses, a broad one beside it; and fits that climbing does not finish
TWO_MAXIMA = [
    ([35, 62, 19, 47, 76, 67, 27, 40, 11, 67, 36, 79], [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0]),
    ([43, 4, 44, 37, 3, 66, 63, 10, 50, 69, 42], [1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1]),
    ([26, 58, 38, 62, 23, 34, 1], [0, 1, 0, 1, 0, 0, 0]),
    ([51, 73, 71, 10, 57], [1, 1, 1, 0, 1]),
    ([47, 59, 2, 30], [0, 0, 1, 0]),
]
SLOPES = np.concatenate([-np.geomspace(1e-3, 1e3, 3000), np.geomspace(1e-3, 1e3, 3000)])


def penalised(x, y, b0, b1):
    """From the definition: what happened, and half the logarithm of the determinant written out for two parameters."""
    eta = b0 + np.multiply.outer(b1, x) if np.ndim(b0) == 0 else np.asarray(b0)[:, None] + np.multiply.outer(b1, x)
    p = 1 / (1 + np.exp(-np.clip(eta, -600, 600)))
    happened = -np.logaddexp(0, np.where(np.asarray(y) == 1, -eta, eta)).sum(axis=1)
    w = p * (1 - p)
    whole, mean = w.sum(axis=1), (w @ x) / np.maximum(w.sum(axis=1), 1e-300)
    determinant = whole * np.sum(w * (x - mean[:, None]) ** 2, axis=1)
    with np.errstate(divide="ignore"):
        return happened + 0.5 * np.log(determinant)


def best_through(x, y, middle):
    return penalised(x, y, -SLOPES * middle, SLOPES).max()


@pytest.fixture(scope="module")
def stuck():
    return rb.fit_dose_response(*STUCK, scale="log", method="firth")


def test_the_interval_that_was_not_found(stuck):
    """At both ends the best curve through that D50 is worse by 1.921, inside better, outside worse."""
    x = np.log(STUCK[0])
    low, high = np.log(stuck.d50_interval())
    for end in (low, high):
        assert stuck.log_likelihood - best_through(x, STUCK[1], end) == pytest.approx(1.920729, abs=2e-4)
    inside = [best_through(x, STUCK[1], at) for at in np.linspace(low, high, 60)[1:-1]]
    outside = [
        best_through(x, STUCK[1], at)
        for at in [*np.linspace(low - 3, low, 30)[:-1], *np.linspace(high, high + 3, 30)[1:]]
    ]
    assert stuck.log_likelihood - min(inside) < 1.9208
    assert stuck.log_likelihood - max(outside) > 1.9206


def test_the_constrained_maximum_is_the_highest(stuck):
    data, x = stuck._data(), np.log(STUCK[0])
    for at in np.linspace(1.5, 6, 40):
        found, grid = _likelihood.through(data, at), best_through(x, STUCK[1], at)
        assert grid - 1e-9 <= found <= grid + 1e-3


def test_random_data_sets_against_a_grid():
    draw, seen = np.random.default_rng(31), 0
    for k in range(40):
        n = int(draw.integers(4, 30))
        doses = np.round(draw.uniform(1, 80, n), 1)
        y = (draw.random(n) < 1 / (1 + np.exp(-(doses - draw.uniform(0, 80)) * draw.normal() * 0.3))).astype(int)
        scale = ("linear", "log")[k % 2]
        if y.min() == y.max():
            continue
        found = rb.fit_dose_response(doses, y, scale=scale, method="firth")
        x = doses if scale == "linear" else np.log(doses)
        data, z = found._data(), (x - x.mean()) / x.std()
        assert penalised(x, y, [found.b0.n], np.array([found.b1.n]))[0] == pytest.approx(found.log_likelihood, abs=1e-8)
        for middle in np.linspace(-3, 3, 9):
            grid = best_through(z, y, middle) + np.log(x.std())
            through = _likelihood.through(data, x.mean() + middle * x.std())
            assert grid - 1e-9 <= through <= grid + 1e-3
            assert through <= found.log_likelihood + 1e-9, "the fit is the highest of all"
        interval = found.d50_interval()
        if interval is not None:
            seen += 1
            for end in interval if scale == "linear" else np.log(interval):
                grid = best_through((x - x.mean()) / x.std(), y, (end - x.mean()) / x.std()) + np.log(x.std())
                assert found.log_likelihood - grid == pytest.approx(1.920729, abs=1e-3)
    assert seen > 8


@pytest.mark.parametrize(("doses", "outcomes"), TWO_MAXIMA)
def test_the_fit_is_the_highest_maximum(doses, outcomes):
    found = rb.fit_dose_response(doses, outcomes, scale="log", method="firth")
    x = np.log(doses)
    z = (x - x.mean()) / x.std()
    grid = max(best_through(z, outcomes, middle) for middle in np.linspace(-4, 4, 161)) + np.log(x.std())
    assert found.log_likelihood >= grid - 1e-9
    # and a maximum: the score is zero, seen as no step in either direction going up
    steps = 1e-5 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    around = penalised(x, outcomes, found.b0.n + steps[:, 0], found.b1.n + steps[:, 1])
    assert around.max() <= found.log_likelihood + 1e-9
