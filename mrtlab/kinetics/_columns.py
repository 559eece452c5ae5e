"""The same fit for very many columns of points at once. The engine of :func:`mrtlab.kinetics.fit_voxels`.

All arrays have the shape (times, columns). A point that is not used is 0, with an uncertainty of 1; all others are
positive. Results are rows of one array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from scipy.special import chdtri

from mrtlab.constants import value
from mrtlab.kinetics._rates import Rates, best_rates, put

# Rows of a result; the reason is a number of mrtlab.kinetics.VoxelReason, rejected is 1 or 0, or -1 if untested.
TIA, SIGMA, HALF_LIFE, REASON, TAIL, REJECTED = range(6)
FITTED, FROM_PEAK, PHYSICAL_DECAY, AT_LIMIT, DOES_NOT_FALL, STILL_RISING = 0, 2, 3, 4, 5, 6

_COLUMNS_IN_CACHE = 32768  # a compromise: small arrays stay near the processor, large ones cost fewer calls
_FASTEST_HALF_TIMES = 10  # as in mrtlab.kinetics.fit: what is gone by 1/1000 at the first point cannot be seen


@dataclass(frozen=True)
class Settings:
    """Physical decay constant, per hour, and what to assume before the first and after the last point."""

    physical_per_h: float
    head: str
    tail: str


def mono(times, y, s, settings: Settings, complete: bool) -> np.ndarray:
    """Mono-exponential fits; columns that rise for certain are fitted from their highest point on."""
    count = y.shape[1]
    first = np.zeros(count, dtype=np.intp) if complete else np.argmax(y > 0, axis=0)
    y_first, s_first = (y[0], s[0]) if complete else (_row(y, first), _row(s, first))
    # the highest is looked for only where it lies far enough above the first
    steep = np.flatnonzero(y.max(axis=0) - y_first > 2 * s_first)
    rises = np.zeros(count, dtype=bool)
    if len(steep):
        y_steep = y.take(steep, axis=1)
        top = np.argmax(y_steep, axis=0)
        rise, s_top = _row(y_steep, top) - y_first[steep], _row(s.take(steep, axis=1), top)
        certain = rise * rise > 4 * (s_top * s_top + s_first[steep] ** 2)
        steep, top = steep[certain], top[certain]
        rises[steep] = True
        first[steep] = top
    if complete and not len(steep):
        return _exponentials(times, y, s, settings, 0, rises, complete)
    result = np.empty((6, count))
    last = len(times) - 1 if complete else len(times) - 1 - np.argmax(y[::-1] > 0, axis=0)
    rising = rises & (first == last)
    for place in range(len(times)):
        here = np.flatnonzero((first == place) & ~rising)
        if len(here):
            part = y.take(here, axis=1), s.take(here, axis=1)
            put(result, here, _exponentials(times, *part, settings, place, rises[here], complete))
    rising = np.flatnonzero(rising)
    if len(rising):
        part = y.take(rising, axis=1), s.take(rising, axis=1)
        put(result, rising, trapezoids(times, *part, settings, complete))
    return result


def _exponentials(times, y, s, settings, first: int, rises, complete) -> np.ndarray:
    """As ``_exponential``, in parts that stay in the cache."""
    parts = -(-y.shape[1] // _COLUMNS_IN_CACHE)
    if parts < 2:
        return _exponential(times, y, s, settings, first, rises, complete)
    edges = np.linspace(0, y.shape[1], parts + 1).astype(int)
    slices = [slice(*pair) for pair in pairwise(edges)]
    done = [_exponential(times, y[:, k], s[:, k], settings, first, rises[k], complete) for k in slices]
    return np.concatenate(done, axis=1)


def _exponential(times, y, s, settings, first: int, rises, complete) -> np.ndarray:
    """Exponentials through the points from ``first`` on; where it is the peak of a rise, trapezoids up to it."""
    late, y_late, s_late = times[first:], y[first:], s[first:]
    tau, start, physical = late - late[0], late[0], settings.physical_per_h
    weights = 1 / (s_late * s_late)
    if not complete:
        weights *= y_late > 0
    data = weights * y_late
    products = data * y_late
    squares = products.sum(axis=0)
    points = np.full(y.shape[1], len(late)) if complete else np.count_nonzero(y_late, axis=0)
    slope = _log_slope(tau, y_late if complete else np.where(y_late > 0, y_late, 1.0), products)
    limits = physical, physical + _fastest(start)
    found = best_rates(tau, weights, data, squares, slope[0], limits, points > 2)
    amplitude, rate = found.overlap / found.whole, found.rate  # the amplitude is that at the first of these points
    free = _is_free(rate, physical, start)
    result = np.empty((6, y.shape[1]))
    factor = np.exp(rate * start) / rate
    result[TIA] = amplitude * factor
    # a rate at its limit is held there and has no variance
    leverage = np.where(free, (found.mean + start - 1 / rate) ** 2 / found.variance, 0.0)
    result[SIGMA] = factor * np.sqrt((1 + leverage) / found.whole)
    result[HALF_LIFE] = np.log(2) / rate
    result[REASON] = _reasons(slope, rate, physical, start)
    result[TAIL] = amplitude * np.exp(-rate * tau[-1]) / rate
    dof = points - 1 - free
    limit = np.array([np.inf, *(_chi_square_limit(n) for n in range(1, len(times)))])[dof]
    result[REJECTED] = np.where(dof > 0, squares - amplitude * found.overlap > limit, -1)
    if first and rises.any():
        here = np.flatnonzero(rises)
        part = Rates(*(item[here] for item in vars(found).values()))
        y, s, weights = (item.take(here, axis=1) for item in (y, s, weights))
        result[TIA, here], result[SIGMA, here] = _with_rise(times, y, s, settings, first, part, free[here], weights)
        result[REASON, here] = np.maximum(FROM_PEAK, result[REASON, here])
        result[REJECTED, here] = -1
    return result


def _with_rise(times, y, s, settings, top: int, found: Rates, free, weights):
    """Integral and its sigma: trapezoids up to the highest point, the exponential from there on."""
    tau, rate = times[top:] - times[top], found.rate
    # derivative by each point of what the exponential adds, amplitude / rate; it shares the highest point with the rise
    slope = np.where(free, (found.mean - 1 / rate) / found.variance, 0.0)
    decay = np.exp(-np.multiply.outer(tau, rate))
    gradient = np.zeros_like(y)
    gradient[top:] = weights * decay * (1 + slope * (found.mean - tau[:, None])) / (found.whole * rate)
    rise = _rise(times, y > 0, settings, top)
    gradient[: top + 1] += rise
    whole = np.sum(rise * y[: top + 1], axis=0) + found.overlap / found.whole / rate
    return whole, np.sqrt(np.sum((gradient * s) ** 2, axis=0))


def _rise(times, used, settings, top: int) -> np.ndarray:
    """Hours that each point up to the highest stands for: half-way to its neighbours, and before the first."""
    hours = np.zeros((top + 1, used.shape[1]))
    before = np.full(used.shape[1], -1.0)  # time of the neighbour before, below 0 if there is none
    for k in range(top + 1):
        gap = np.where(before < 0, 2 * times[k] * _head_share(settings), times[k] - before)
        hours[k] += np.where(used[k], gap / 2, 0.0)
        before = np.where(used[k], times[k], before)
    after = np.full(used.shape[1], times[top])
    for k in range(top, -1, -1):
        hours[k] += np.where(used[k], (after - times[k]) / 2, 0.0)
        after = np.where(used[k], times[k], after)
    return hours


def _row(array, which):
    """One row for each column."""
    return np.take_along_axis(array, which[None], axis=0)[0]


def trapezoids(times, y, s, settings: Settings, complete: bool) -> np.ndarray:
    """Falling pairs of points joined by exponentials, rising ones by straight lines."""
    physical, gradient = settings.physical_per_h, np.zeros_like(y)
    if complete:
        first, steps = 0, np.diff(times)
        gradient[0] = times[0] * _head_share(settings)
    else:  # the used points to the end; before them the first of them over again, no time apart
        order, first = np.argsort(y > 0, axis=0, kind="stable"), np.count_nonzero(y == 0, axis=0)
        order = np.where(np.arange(len(times))[:, None] < first, _row(order, first), order)
        y, s, steps = np.take_along_axis(y, order, axis=0), np.take_along_axis(s, order, axis=0), times[order]
        np.put_along_axis(gradient, first[None], _row(steps, first)[None] * _head_share(settings), axis=0)
        steps = np.diff(steps, axis=0)
    last = y[-1]
    total = (gradient * y).sum(axis=0)
    for k, step in enumerate(steps):
        a, b = y[k], y[k + 1]
        ratio = np.log(a / b)
        straight = ratio < 1e-4  # rising, or so level that the two do not differ
        safe = np.where(straight, 1.0, ratio)
        mean = (a - b) / safe
        total += step * np.where(straight, (a + b) / 2, mean)
        gradient[k] += step * np.where(straight, 0.5, (1 - mean / a) / safe)
        gradient[k + 1] += step * np.where(straight, 0.5, (mean / b - 1) / safe)
    fall = ratio / steps[-1]
    effective = (fall > physical) & (settings.tail == "effective")
    rate = np.where(effective, fall, physical)
    per_step = np.where(effective, 1 / (rate**2 * steps[-1]), 0.0)
    gradient[-1] += 1 / rate + per_step
    gradient[-2] -= per_step * last / y[-2]
    result = np.empty((6, y.shape[1]))
    result[TAIL] = last / rate
    result[TIA] = total + result[TAIL]
    result[SIGMA] = np.sqrt(np.sum((gradient * s) ** 2, axis=0))
    result[HALF_LIFE] = np.log(2) / rate
    highest = last >= y.max(axis=0)
    result[REASON] = np.where(highest, STILL_RISING, np.where(fall > physical, FITTED, PHYSICAL_DECAY))
    slow = np.flatnonzero((fall < 0.99 * physical) & ~highest)
    step = steps[-1] if complete else steps[-1, slow]
    spread = np.hypot(s[-2, slow] / y[-2, slow], s[-1, slow] / last[slow]) / step
    result[REASON, slow[fall[slow] < physical - 2 * spread]] = DOES_NOT_FALL
    result[REJECTED] = -1
    return result


def _head_share(settings) -> float:
    return 0.5 if settings.head == "zero" else 1.0


def _is_free(rate, physical, first):
    """Whether the biological rate lies inside its range, by the limits that mrtlab.kinetics.fit uses."""
    biological = rate - physical
    return (biological >= 1e-3 * physical) & (biological <= 0.99 * _fastest(first))


def _fastest(first: float) -> float:
    return _FASTEST_HALF_TIMES * np.log(2) / first


def _reasons(log_slope, rate, physical, first):
    """What the rate that was found means."""
    slope, spread = log_slope
    reason = np.where(rate - physical > 0.99 * _fastest(first), AT_LIMIT, FITTED)
    held = rate - physical < 1e-3 * physical
    reason[held] = PHYSICAL_DECAY
    reason[held & (slope < physical - 2 * spread) & (slope < 0.99 * physical)] = DOES_NOT_FALL
    return reason


def _log_slope(tau, y, weights):
    """Rate of the weighted log-linear fit and its standard uncertainty."""
    powers = tau ** np.arange(3)[:, None]
    whole, first, second = powers @ weights
    moment0, moment1 = powers[:2] @ (np.log(y) * weights)
    leverage = second - first**2 / whole
    return (moment0 * first / whole - moment1) / leverage, 1 / np.sqrt(leverage)


@cache
def _chi_square_limit(dof: int) -> float:
    return float(chdtri(dof, value("kinetics.chi_square_p")))
