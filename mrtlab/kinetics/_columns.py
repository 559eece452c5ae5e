"""The same fit for very many columns of points at once. The engine of :func:`mrtlab.kinetics.fit_voxels`.

All arrays have the shape (times, columns); every activity is positive. Results are rows of one array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.stats import chi2

from mrtlab.constants import value

# Rows of a result; the reason is a number of mrtlab.kinetics.VoxelReason, rejected is 1 or 0, or -1 if untested.
TIA, SIGMA, HALF_LIFE, REASON, TAIL, REJECTED = range(6)
FITTED, FROM_PEAK, PHYSICAL_DECAY, AT_LIMIT, DOES_NOT_FALL, STILL_RISING = 0, 2, 3, 4, 5, 6

_FASTEST_HALF_TIMES = 10  # as in mrtlab.kinetics.fit: what is gone by 1/1000 at the first point cannot be seen
_GRID = 40
_ZOOMS = 13  # each to a fifth: 1e-9 of where the grid began
# Share of the weighted squares of the points that a fit leaves over. Below 0.07 no second, deeper minimum was found
# among 2.4 million simulated columns; above, a grid of rates looks for one.
_POOR = 0.05
_MOST_STEPS = 80


@dataclass(frozen=True)
class Settings:
    """Physical decay constant, per hour, and what to assume before the first and after the last point."""

    physical_per_h: float
    head: str
    tail: str


def mono(times, y, s, settings: Settings) -> np.ndarray:
    """Mono-exponential fits; columns that rise for certain are fitted from their highest point on."""
    peak = np.argmax(y, axis=0)
    columns = np.arange(y.shape[1])
    rises = y[peak, columns] - y[0] > 2 * np.hypot(s[peak, columns], s[0])
    if not rises.any():
        return _falling(times, y, s, settings)
    result = np.empty((6, y.shape[1]))
    result[:, ~rises] = _falling(times, y[:, ~rises], s[:, ~rises], settings)
    for top in np.unique(peak[rises]):
        here = np.flatnonzero(rises & (peak == top))
        fit = trapezoids if top == len(times) - 1 else _from_peak
        result[:, here] = fit(times, y[:, here], s[:, here], settings, top)
    return result


def _falling(times, y, s, settings) -> np.ndarray:
    """Fits to all points."""
    tau, first = times - times[0], times[0]
    slope = _log_slope(tau, y, s)
    rate, model_sums, data_sums, weights = _solve(times, y, s, settings, slope[0])
    whole = model_sums[0]
    amplitude = data_sums[0] / whole  # at the first point
    factor = np.exp(rate * first) / rate
    result = np.empty((6, y.shape[1]))
    result[TIA] = amplitude * factor
    mean, variance = _spread(model_sums, tau)
    free = _is_free(rate, settings.physical_per_h, first)
    # a rate at its limit is held there and has no variance
    leverage = np.where(free, (mean + first - 1 / rate) ** 2 / variance, 0.0)
    result[SIGMA] = factor * np.sqrt((1 + leverage) / whole)
    result[HALF_LIFE] = np.log(2) / rate
    result[REASON] = _reasons(slope, rate, settings.physical_per_h, first)
    result[TAIL] = amplitude * np.exp(-rate * tau[-1]) / rate
    chi_square = np.einsum("tn,tn->n", weights, y**2) - data_sums[0] ** 2 / whole
    dof = len(times) - 1 - free
    limits = np.array([np.inf, *(_chi_square_limit(n) for n in range(1, len(times)))])
    result[REJECTED] = np.where(dof > 0, chi_square > limits[dof], -1)
    return result


def _from_peak(times, y, s, settings, top: int) -> np.ndarray:
    """Trapezoids up to the highest point, the exponential from there on."""
    late, y_late, s_late = times[top:], y[top:], s[top:]
    tau = late - late[0]
    log_slope = _log_slope(tau, y_late, s_late)
    rate, model_sums, data_sums, weights = _solve(late, y_late, s_late, settings, log_slope[0])
    whole = model_sums[0]
    amplitude, (mean, variance) = data_sums[0] / whole, _spread(model_sums, tau)
    free = _is_free(rate, settings.physical_per_h, late[0])
    # derivative by each point of what the exponential adds, amplitude / rate; it shares the highest point with the rise
    slope = np.where(free, (mean - 1 / rate) / variance, 0.0)
    decay = np.exp(-np.multiply.outer(tau, rate))
    gradient = np.zeros_like(y)
    gradient[top:] = weights * decay * (1 + slope * (mean - tau[:, None])) / (whole * rate)
    steps = np.diff(times[: top + 1])
    rise = (np.append(steps, 0) + np.append(0, steps)) / 2
    rise[0] += times[0] * _head_share(settings)
    gradient[: top + 1] += rise[:, None]
    result = np.empty((6, y.shape[1]))
    result[TIA] = rise @ y[: top + 1] + amplitude / rate
    result[SIGMA] = np.sqrt(np.sum((gradient * s) ** 2, axis=0))
    result[HALF_LIFE] = np.log(2) / rate
    result[REASON] = np.maximum(FROM_PEAK, _reasons(log_slope, rate, settings.physical_per_h, late[0]))
    result[TAIL] = amplitude * np.exp(-rate * tau[-1]) / rate
    result[REJECTED] = -1
    return result


def trapezoids(times, y, s, settings: Settings, top: int | None = None) -> np.ndarray:
    """Falling pairs of points joined by exponentials, rising ones by straight lines."""
    steps, last, physical = np.diff(times), y[-1], settings.physical_per_h
    gradient = np.zeros_like(y)
    gradient[0] = times[0] * _head_share(settings)
    total = gradient[0] * y[0]
    for k, step in enumerate(steps):
        a, b = y[k], y[k + 1]
        ratio = np.log(a / b)
        straight = ratio < 1e-4  # rising, or so level that the two do not differ
        safe = np.where(straight, 1.0, ratio)
        mean = (a - b) / safe
        total += step * np.where(straight, (a + b) / 2, mean)
        gradient[k] += step * np.where(straight, 0.5, (1 - mean / a) / safe)
        gradient[k + 1] += step * np.where(straight, 0.5, (mean / b - 1) / safe)
    fall = np.log(y[-2] / last) / steps[-1]
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
    spread = np.hypot(s[-2] / y[-2], s[-1] / last) / steps[-1]
    result[REASON] = np.where(fall > physical, FITTED, PHYSICAL_DECAY)
    result[REASON][(fall < physical - 2 * spread) & (fall < 0.99 * physical)] = DOES_NOT_FALL
    result[REASON][last >= y.max(axis=0)] = STILL_RISING
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


def _log_slope(tau, y, s):
    """Rate of the weighted log-linear fit and its standard uncertainty."""
    weights = (y / s) ** 2
    logs = np.log(y)
    whole, first, second = np.stack([np.ones_like(tau), tau, tau**2]) @ weights
    logs *= weights
    moment0, moment1 = np.stack([np.ones_like(tau), tau]) @ logs
    leverage = second - first**2 / whole
    return (moment0 * first / whole - moment1) / leverage, leverage**-0.5


def _solve(times, y, s, settings, start):
    """Best rate for each column, the sums there, and the weights.

    For a given rate the best amplitude follows, so one number is left to find. At the best rate the mean time of the
    points, weighted with the model, is that of the model itself; Newton's method finds where the two agree.
    """
    tau, low = times - times[0], settings.physical_per_h
    limits = low, low + _fastest(times[0])
    weights = s**-2.0
    data = weights * y
    rate, model_sums, data_sums = _newton(tau, weights, data, np.clip(start, *limits), limits)
    explained = data_sums[0] ** 2 / model_sums[0]
    poor = np.flatnonzero(explained < (1 - _POOR) * np.sum(data * y, axis=0))
    if len(poor):
        _search(times, tau, weights, data, poor, rate, explained, limits)
        model_sums[:, poor], data_sums[:, poor] = _sums(_powers(tau), tau, weights[:, poor], data[:, poor], rate[poor])
    return rate, model_sums, data_sums, weights


def _newton(tau, weights, data, rate, limits):
    """Rates between two limits at which the two mean times agree, or the limit beyond which they would; and the sums.

    The limits close in as the sign of the difference shows on which side the rate lies; a step that would leave
    them goes half-way instead.
    """
    powers = _powers(tau)
    result = rate.copy()
    low, high, where = *limits, None
    w, d = weights, data
    for _ in range(_MOST_STEPS):
        model_sums, data_sums = _sums(powers, tau, w, d, rate)
        mean, variance = _spread(model_sums, tau)
        mean_data, variance_data = _spread(data_sums, tau)
        gap = mean - mean_data
        curvature = 2 * variance - variance_data
        bent = curvature < 0.3 * variance
        step = gap / np.where(bent, 0.3 * variance, curvature)
        low, high = np.where(gap > 0, rate, low), np.where(gap < 0, rate, high)
        new = np.clip(rate + step, *limits)
        outside = (new < low) | (new > high)
        new = np.where(outside, (low + high) / 2, new)
        # what is left after a step of Newton's is its square, so a step of 1e-4 leaves about 1e-8
        unsettled = np.abs(new - rate) > np.where(bent | outside, 1e-8, 1e-4) * rate
        result[slice(None) if where is None else where] = new
        if not unsettled.any():
            break
        rate = new
        if np.count_nonzero(unsettled) < 0.7 * len(unsettled):
            where = np.flatnonzero(unsettled) if where is None else where[unsettled]
            w, d = weights[:, where], data[:, where]
            rate, low, high = rate[unsettled], low[unsettled], high[unsettled]
    return result, *_sums(powers, tau, weights, data, result)


def _powers(tau):
    return np.stack([np.ones_like(tau), tau, tau**2])


def _sums(powers, tau, weights, data, rate):
    """Sums over the points of 1, t and t squared, weighted with the squared model and with model times data."""
    shape = np.exp(np.multiply.outer(-tau, rate))
    with_data = powers @ (data * shape)
    shape *= shape
    shape *= weights
    return powers @ shape, with_data


def _spread(sums, tau):
    """Mean and variance of the time; the variance stays above rounding where one point has all the weight."""
    mean = sums[1] / sums[0]
    return mean, np.maximum(sums[2] / sums[0] - mean**2, 1e-14 * tau[-1] ** 2)


def _search(times, tau, weights, data, poor, rate, explained, limits) -> None:
    """Change the rates of poor fits that a grid shows to have a deeper minimum elsewhere, by finer grids there."""
    rates = limits[0] + np.append(0.0, np.geomspace(0.01 / times[-1], limits[1] - limits[0], _GRID - 1))
    gains = _gain(tau, weights[:, poor], data[:, poor], rates[:, None])
    best = np.argmax(gains, axis=0)
    gain, low, high = gains.max(axis=0), rates[np.maximum(best - 1, 0)], rates[np.minimum(best + 1, _GRID - 1)]
    # the minimum lies between points of the grid, a little deeper than they are
    elsewhere = (gain > 0.95 * explained[poor]) & ((rate[poor] < low) | (rate[poor] > high))
    if not elsewhere.any():
        return
    here, low, high = poor[elsewhere], low[elsewhere], high[elsewhere]
    w, d, columns = weights[:, here], data[:, here], np.arange(len(here))
    parts = np.linspace(0, 1, 11)[:, None]
    for _ in range(_ZOOMS):
        tried = low + parts * (high - low)
        gains = _gain(tau, w, d, tried)
        best = np.argmax(gains, axis=0)
        low, high = tried[np.maximum(best - 1, 0), columns], tried[np.minimum(best + 1, 10), columns]
    deeper = gains[best, columns] > explained[here]
    rate[here[deeper]] = tried[best, columns][deeper]


def _gain(tau, weights, data, rates):
    """How much the best amplitude lowers chi-square at each rate; rates by row for all columns, or for each."""
    if rates.shape[1] == 1:
        shapes = np.exp(-rates * tau)
        return (shapes @ data) ** 2 / (shapes**2 @ weights)
    shapes = np.exp(-rates[:, None, :] * tau[:, None])
    return np.sum(shapes * data, axis=1) ** 2 / np.sum(shapes**2 * weights, axis=1)


@cache
def _chi_square_limit(dof: int) -> float:
    return float(chi2.isf(value("kinetics.chi_square_p"), dof))
