"""Where to start a fit: the rates that come close to the best chi-square, found without derivatives.

For given rates the best amplitudes follow from linear least squares, so only the rates have to be searched. They are
tried on a grid, all combinations at once; every local minimum of the grid is followed by a shrinking pattern of
steps. The best rates of the simpler curve are added to the grid: without them, two neighbours on the grid that
together imitate one rate between them hide the true second phase.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.ndimage import minimum_filter

from mrtlab.kinetics.curve import TimeActivity
from mrtlab.kinetics.models import MODELS, Model

__all__ = ["fastest_rate", "ordered", "random_starts", "starts"]

# by number of free rates: how fine the grid is, how many minima are followed, how many are handed on
_GRID = {1: 40, 2: 24, 3: 14}
_FOLLOWED = {1: 3, 2: 4, 3: 6}
_HANDED_ON = {1: 2, 2: 2, 3: 3}
_STEPS, _SHRINK = 8, 0.6
_SIMPLER = {"uptake": "mono", "bi": "mono", "uptake_bi": "uptake", "tri": "bi"}
# A rate whose half-time is a tenth of the first time has decayed to 1/1000 there: the points cannot see it.
_FASTEST_HALF_TIMES = 10
_GAP = 1e-3


def fastest_rate(curve: TimeActivity) -> float:
    """Upper end of every biological rate, per hour."""
    return float(_FASTEST_HALF_TIMES * np.log(2) / curve.times_h[0])


def ordered(shape: Model, rates, physical_per_h: float) -> np.ndarray:
    """Biological rates in the order the curve names them: fastest first, uptake, which is faster still, last.

    Uptake is kept faster than the others by a thousandth. Where they meet, the amplitudes grow without limit and
    their difference is lost in rounding.
    """
    falling = np.sort(rates, axis=-1)[..., ::-1]
    if shape.uptake is None:
        return falling
    others = falling[..., 1:]
    uptake = np.maximum(falling[..., :1], others[..., :1] + _GAP * (physical_per_h + others[..., :1]))
    return np.concatenate([others, uptake], axis=-1)


def starts(curve: TimeActivity, shape: Model) -> np.ndarray:
    """Good sets of rates, best first, shape (sets, rates)."""
    return _search(curve, shape)[: _HANDED_ON[shape.rates]]


def random_starts(curve: TimeActivity, shape: Model, count: int = 30) -> np.ndarray:
    """Random sets of rates, always the same ones, shape (count, rates)."""
    ends = np.log([_slowest_step(curve), fastest_rate(curve)])
    drawn = np.random.default_rng(20240917).uniform(*ends, (count, shape.rates))
    return ordered(shape, np.exp(drawn), curve.nuclide.decay_constant_per_h)


def _slowest_step(curve) -> float:
    """Smallest rate that makes a difference, per hour: 1 % by the last point."""
    return 0.01 / float(curve.times_h[-1])


def _search(curve, shape):
    count, offset = shape.rates, _slowest_step(curve)
    # the search variable is ln(rate + offset): logarithmic where it matters, and zero can be reached
    ends = np.log([offset, fastest_rate(curve) + offset])
    axis = np.linspace(*ends, _GRID[count])
    step = axis[1] - axis[0]
    if shape.name in _SIMPLER:
        axis = np.union1d(axis, np.log(_search(curve, MODELS[_SIMPLER[shape.name]])[0] + offset))
    places = np.array(list(combinations(range(len(axis)), count)))
    scores = np.full((len(axis),) * count, np.inf)
    scores[tuple(places.T)] = _chi_squares(curve, shape, np.exp(axis[places]) - offset)
    lowest = np.argwhere(np.isfinite(scores) & (scores == minimum_filter(scores, size=3, mode="constant", cval=np.inf)))
    best_first = np.argsort(scores[tuple(lowest.T)], kind="stable")
    found = axis[lowest[best_first][: _FOLLOWED[count]]]
    pattern = np.stack(np.meshgrid(*[[-1.0, -0.5, 0.0, 0.5, 1.0]] * count, indexing="ij"), axis=-1).reshape(-1, count)
    for _ in range(_STEPS):
        trials = np.clip(found[:, None, :] + step * pattern, *ends)
        scores = _chi_squares(curve, shape, np.exp(trials) - offset)
        found = trials[np.arange(len(found)), scores.argmin(axis=1)]
        step *= _SHRINK
    best_first = np.argsort(scores.min(axis=1), kind="stable")
    rates = np.maximum(np.exp(found[best_first]) - offset, 0.0)
    return ordered(shape, rates, curve.nuclide.decay_constant_per_h)


def _chi_squares(curve, shape, rates):
    """Chi-square with the best non-negative amplitudes, for rates of shape (..., rates)."""
    physical = curve.nuclide.decay_constant_per_h
    basis = shape.basis(curve.times_h, ordered(shape, rates, physical), physical)
    columns = basis / curve.sigma_mbq[:, None]
    lengths = np.linalg.norm(columns, axis=-2, keepdims=True)
    columns = columns / np.where(lengths > 0, lengths, 1.0)
    target = curve.activity_mbq / curve.sigma_mbq
    products = np.einsum("...ta,t->...a", columns, target)
    overlaps = np.swapaxes(columns, -1, -2) @ columns
    # at most three amplitudes: try every set of positive ones
    gain = np.max(np.maximum(products, 0.0) ** 2, axis=-1)
    for size in range(2, shape.amplitudes + 1):
        for kept in combinations(range(shape.amplitudes), size):
            matrix = overlaps[..., kept, :][..., kept] + 1e-11 * np.eye(size)
            amplitudes = np.linalg.solve(matrix, products[..., kept, None])[..., 0]
            explained = np.sum(amplitudes * products[..., kept], axis=-1)
            gain = np.maximum(gain, np.where(np.all(amplitudes > 0, axis=-1), explained, 0.0))
    return target @ target - gain
