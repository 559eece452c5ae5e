"""The best rate of an exponential for very many columns of points at once.

All columns of a call start at the same time and may lack later points, which have the weight 0. For a given rate the
best amplitude follows, so one number is left to find. At the best rate the mean time of the points, weighted with the
model, is that of the model itself; Halley's method finds where the two agree. Points that one exponential explains
badly can have two such rates: there a grid shows which one lies deeper.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Share of the weighted squares of the points that a fit leaves over. Below 0.07 no second, deeper minimum was found
# among 2.4 million simulated columns; above, a grid of rates looks for one.
_POOR = 0.05
_GRID = 32  # a power of two: the place in the grid is written into the last binary digits of the gain
_RIVAL = 0.9  # the minimum lies between points of the grid, a little deeper than they are
_MOST_STEPS = 80
_SMALL_STEP = 2e-3  # times the span: what is left after a step of Halley's is about its third power


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates and what belongs to them; arrays by column.

    ``whole`` is the sum of weight times squared model, ``overlap`` that of weight times model times point, with the
    model 1 at the first time. ``mean`` and ``variance`` are those of the time since then, weighted as ``whole``.
    """

    rate: np.ndarray
    whole: np.ndarray
    overlap: np.ndarray
    mean: np.ndarray
    variance: np.ndarray


def best_rates(tau, weights, data, squares, start, limits, testable) -> Rates:
    """Rates between two limits with the smallest chi-square.

    ``data`` is weight times point, ``squares`` the sum of weight times squared point, ``testable`` where there are
    more than two points, so that a fit can be poor.
    """
    rate = np.minimum(np.maximum(start, limits[0]), limits[1])
    sums = _moments(tau, weights, data, rate)
    if len(tau) == 2:  # the straight line through the logarithms of two points is the fit
        whole, mean, variance, _ = _cumulants(sums[0], tau)
        return Rates(rate, whole, sums[1][0], mean, variance)
    poor = testable & (sums[1][0] ** 2 < (1 - _POOR) * squares * sums[0][0])
    share = np.count_nonzero(poor) / max(len(poor), 1)
    if share < 0.3:  # less than it costs to take the others out
        found = _halley(tau, weights, data, rate, limits, sums=sums, left_alone=poor)
    else:
        found, good = np.empty((5, len(rate))), np.flatnonzero(~poor)
        sums = [item.take(good, axis=1) for item in sums]
        parts = weights.take(good, axis=1), data.take(good, axis=1)
        put(found, good, _halley(tau, *parts, rate[good], limits, sums=sums))
    if share:
        poor = np.flatnonzero(poor)
        parts = weights.take(poor, axis=1), data.take(poor, axis=1)
        put(found, poor, _deepest(tau, *parts, squares[poor], limits))
    return Rates(*found)


def put(rows, columns, values) -> None:
    """As ``rows[:, columns] = values``, in half the time."""
    for row, new in zip(rows, values, strict=True):
        row[columns] = new


def _deepest(tau, weights, data, squares, limits) -> np.ndarray:
    """As ``_halley``, from the deepest point of a grid; where there are two about as deep, from both."""
    low, high = limits
    shift = max(0.0, 0.3 / tau[-1] - low)  # slower rates differ too little over the span to need ever smaller steps
    rates = np.geomspace(low + shift, high + shift, _GRID) - shift
    rates[0], rates[-1] = low, high
    shapes = np.exp(-rates[:, None] * tau).astype(np.float32)
    # so many at once that the products stay in the cache and on this thread
    size = max(1, 2**18 // shapes.size)
    parts = []
    for k in range(0, len(squares), size):
        part = slice(k, k + size)
        parts.append(_hills(shapes, weights[:, part], data[:, part], squares[part], k))
    best, aside, top, place, here = (np.concatenate(rows) for rows in zip(*parts, strict=True))
    factor = ((high + shift) / (low + shift)) ** (1 / (_GRID - 1))
    start = np.minimum(np.maximum((rates[best] + shift) * factor**aside - shift, low), high)
    result = _halley(tau, weights, data, start, limits)
    # a long first step may have left the hill: then between the neighbours, which rounding may have made as high
    left = np.flatnonzero(_gain(result) < (1 - 1e-4) * top)
    if len(left):
        between = rates[np.maximum(best[left] - 2, 0)], rates[np.minimum(best[left] + 2, _GRID - 1)]
        result[:, left] = _halley(tau, weights[:, left], data[:, left], rates[best[left]], limits, between)
    if len(here):
        other = _halley(tau, weights.take(here, axis=1), data.take(here, axis=1), rates[place], limits)
        order = np.argsort(_gain(other))  # where a column has several, the deepest is written last
        here, other = here[order], other[:, order]
        deeper = _gain(other) > _gain(result[:, here])
        result[:, here[deeper]] = other[:, deeper]
    return result


def _hills(shapes, weights, data, squares, start):
    """Place of the highest gain of each column, how far from it the top of the curve through it lies, the gain, and
    place and column of others about as high.

    The gain of a rate is how much the best amplitude lowers chi-square, the square of one sum over another. Single
    precision finds the place: both sums are scaled to 1 at most, and the least the second can be is 1e-35.
    """
    scale = 1 / weights.max(axis=0)
    gains = shapes @ (data * np.sqrt(scale / squares)).astype(np.float32)
    gains *= gains
    gains /= shapes**2 @ (weights * scale).astype(np.float32) + np.float32(1e-35)
    # positive numbers rise with their binary digits, so one maximum yields the gain and, in its last digits, the place
    digits = gains.view(np.int32)
    digits &= ~(_GRID - 1)
    digits |= np.arange(_GRID, dtype=np.int32)[:, None]
    highest = digits.max(axis=0)
    best, top = highest & (_GRID - 1), highest.view(np.float32)
    hill = gains > _RIVAL * top
    hill[1:] &= gains[1:] > gains[:-1]
    hill[:-1] &= gains[:-1] > gains[1:]
    aside = _aside(gains, best, top)
    double = np.flatnonzero(hill.view(np.uint8).sum(axis=0, dtype=np.uint8) > 1)
    hill = hill.take(double, axis=1)
    hill[best[double], np.arange(len(double))] = False
    place, column = np.nonzero(hill)
    return best, aside, top * squares, place, double[column] + start


def _aside(gains, best, top):
    """Where the quartic through the highest point of the grid and two neighbours on either side has its top.

    In steps of the grid from that point; 0 at the ends of the grid and where the top is level.
    """
    inside = (best > 1) & (best < _GRID - 2)
    position = np.where(inside, best, 2) * np.intp(gains.shape[1]) + np.arange(gains.shape[1])
    flat = gains.ravel()
    two_before, before, after, two_after = (flat.take(position + k * gains.shape[1]) - top for k in (-2, -1, 1, 2))
    odd1, even1, odd2, even2 = after - before, after + before, two_after - two_before, two_after + two_before
    # slope, and the halves or sixths of the further derivatives, all times 24
    slope, bend, third, fourth = 16 * odd1 - 2 * odd2, 16 * even1 - even2, 2 * odd2 - 4 * odd1, even2 - 4 * even1
    inside &= bend < 0
    bend = np.where(inside, bend, -1.0)
    aside = -0.5 * slope / bend
    for _ in range(2):
        rise = slope + aside * (2 * bend + aside * (3 * third + aside * 4 * fourth))
        curvature = 2 * bend + aside * (6 * third + aside * 12 * fourth)
        aside = aside - rise / np.minimum(curvature, bend)
    return np.where(inside & (np.abs(aside) <= 0.7), aside, 0.0)


def _gain(found):
    return found[2] ** 2 / found[1]


def _halley(tau, weights, data, rate, limits, between=None, sums=None, left_alone=None) -> np.ndarray:
    """Rows of :class:`Rates` where the two mean times agree, or at the limit beyond which they would.

    The range ``between`` closes in as the sign of the difference shows on which side the rate lies; a step that would
    leave it goes half-way instead.
    """
    result = np.empty((5, len(rate)))
    low, high = between or limits
    bracketed = between is not None
    where = None
    for _ in range(_MOST_STEPS):
        model, points = _moments(tau, weights, data, rate) if sums is None else sums
        sums = None
        model, points = _cumulants(model, tau), _cumulants(points, tau)
        gap = model[1] - points[1]
        slope = 2 * model[2] - points[2]
        certain = slope / model[2]  # 1 for points on an exponential; below 0 beside a minimum, not in it
        least = np.maximum(slope, 1e-3 * model[2])
        newton = gap / least
        bend = 1 - 0.5 * newton * (4 * model[3] - points[3]) / least
        step = newton / np.minimum(np.maximum(bend, 0.5), 2)
        new = np.minimum(np.maximum(rate + step, limits[0]), limits[1])
        # a step never leaves the range on the side it comes from, so that side may be brought up to date later
        outside = (new < low) | (new > high) if bracketed else None
        if bracketed and outside.any():
            halfway = (np.where(gap > 0, rate, low) + np.where(gap < 0, rate, high)) / 2
            new = np.where(outside, halfway, new)
        step = new - rate
        # the times that matter: the series of the logarithms of the sums is short if they change little by the step
        reach = np.minimum(np.maximum(np.sqrt(points[2]), np.abs(points[3]) / points[2]), tau[-1])
        near = np.minimum(np.maximum(certain, 0.0), 1.0) * _SMALL_STEP / reach
        if bracketed:
            near[outside] = 0.0
        unsettled = np.abs(step) > np.maximum(near, 1e-7 * rate)
        if left_alone is not None:
            unsettled &= ~left_alone
            step[left_alone] = 0.0
        count = np.count_nonzero(unsettled)
        if count == 0:
            put(result, slice(None) if where is None else where, _after(step, new, model, points))
            return result
        low, high = np.where(gap > 0, rate, low), np.where(gap < 0, rate, high)
        bracketed = True
        rate = new
        if count < 0.7 * len(unsettled):
            done, kept = np.flatnonzero(~unsettled), np.flatnonzero(unsettled)
            parts = [[row[done] for row in rows] for rows in (model, points)]
            put(result, done if where is None else where[done], _after(step[done], new[done], *parts))
            where = kept if where is None else where[kept]
            left_alone = None
            weights, data = weights.take(kept, axis=1), data.take(kept, axis=1)
            rate, low, high = rate[kept], low[kept], high[kept]
    model, points = (_cumulants(item, tau) for item in _moments(tau, weights, data, rate))
    put(result, slice(None) if where is None else where, _after(np.zeros(len(rate)), rate, model, points))
    return result


def _moments(tau, weights, data, rate):
    """Sums over the points of 1, t, t^2 and t^3, weighted with the squared model and with model times data."""
    powers = tau ** np.arange(4)[:, None]
    shape = np.multiply.outer(-tau, rate)
    shape[0] = 1.0
    np.exp(shape[1:], out=shape[1:])
    with_data = powers @ (data * shape)
    shape *= shape
    shape *= weights
    return powers @ shape, with_data


def _cumulants(sums, tau):
    """Sum of the weights, and mean, variance and third central moment of the time.

    The variance stays above rounding where one point has all the weight.
    """
    mean, square, cube = sums[1:] / sums[0]
    variance = square - mean * mean
    skew = cube - mean * (square + 2 * variance)
    return sums[0], mean, np.maximum(variance, 1e-14 * tau[-1] ** 2), skew


def _after(step, rate, model, points):
    """Rows of :class:`Rates` a small step further, by the series of the logarithms of the sums."""
    whole, mean, variance, skew = model
    overlap, mean_data, variance_data, skew_data = points
    twice = 2 * step
    return (
        rate,
        whole * np.exp(twice * (twice * (variance / 2 - twice * skew / 6) - mean)),
        overlap * np.exp(step * (step * (variance_data / 2 - step * skew_data / 6) - mean_data)),
        mean - twice * (variance - step * skew),
        np.maximum(variance - twice * skew, 0.5 * variance),
    )
