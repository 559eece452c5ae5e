"""Logistic regression on one covariate: likelihood, Firth's penalty, and maxima along a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import maximum_filter
from scipy.optimize import minimize, minimize_scalar, root
from scipy.special import expit

from mrtlab.errors import FitError

_STEPS, _HALVINGS = 200, 60
_FLATTEST, _CERTAIN, _SLOPES_PER_DECADE = 1e-3, 40.0, 16  # slopes searched, in units of the logit at the far end
_WITHIN = 1.0  # maxima of the grid this close to the highest are polished
_NOTHING = -1e9  # stands for a likelihood of 0
_NUMBERS_AT_ONCE = 1_000_000
# Where fewer than this had, or had not, the outcome, a penalised fit looks at a grid first.
_FEW = 30
_GRID_SLOPES, _GRID_POINTS, _GRID_MIDDLES = (0.1, 60.0), 16, 31


@dataclass(frozen=True, eq=False)
class Data:
    """Covariate and outcome, with the covariate brought to mean 0 and standard deviation 1 for the arithmetic."""

    x: np.ndarray
    y: np.ndarray
    penalised: bool
    centre: float
    spread: float

    @classmethod
    def of(cls, x, y, penalised: bool) -> Data:
        return cls(x, y, penalised, float(np.mean(x)), float(np.std(x)))

    @property
    def design(self) -> np.ndarray:
        return np.column_stack([np.ones(len(self.x)), (self.x - self.centre) / self.spread])


def separation(x, y) -> str:
    """``"complete"`` or ``"quasi-complete"`` if one cut through x parts the outcomes, otherwise an empty string.

    For one covariate this is all there is to it: a finite maximum exists just when neither holds.
    """
    none, some = x[y == 0], x[y == 1]
    gap = max(some.min() - none.max(), none.min() - some.max())
    return "complete" if gap > 0 else "quasi-complete" if gap == 0 else ""


def maximise(data: Data, columns: np.ndarray, start=None) -> tuple[np.ndarray, float]:
    """Coefficients of the columns at the largest (penalised) likelihood, and its logarithm.

    Fewer columns than the design make a restricted fit; the penalty is that of the whole design throughout.
    """
    design = data.design
    beta = np.zeros(columns.shape[1]) if start is None else np.asarray(start, dtype=float)
    best = _log_likelihood(data, design, columns @ beta)
    for _ in range(_STEPS):
        p = expit(columns @ beta)
        weight = p * (1 - p)
        try:
            pull = data.y - p
            if data.penalised:
                pull = pull + _leverage(design, weight) * (0.5 - p)
            step = np.linalg.solve(columns.T @ (weight[:, None] * columns), columns.T @ pull)
        except np.linalg.LinAlgError:
            break
        for _ in range(_HALVINGS):
            value = _log_likelihood(data, design, columns @ (beta + step))
            if value >= best:
                break
            step = step / 2
        else:
            return beta, best  # no step uphill is left: the maximum, to within rounding
        beta, gain, best = beta + step, value - best, value
        if np.max(np.abs(step)) < 1e-10 * (1 + np.max(np.abs(beta))) and gain < 1e-12 * (1 + abs(best)):
            return beta, best
    raise FitError("the likelihood has no maximum that could be found; the outcomes may be nearly separated by dose")


def covariance(data: Data, beta) -> np.ndarray:
    """Inverse information matrix, for intercept and slope on the scale of x."""
    design = data.design
    p = expit(design @ beta)
    inverse = np.linalg.inv(design.T @ ((p * (1 - p))[:, None] * design))
    back = _back(data)
    return back @ inverse @ back.T


def coefficients(data: Data, beta) -> np.ndarray:
    """Intercept and slope on the scale of x."""
    return _back(data) @ beta


def _back(data: Data) -> np.ndarray:
    return np.array([[1.0, -data.centre / data.spread], [0.0, 1.0 / data.spread]])


def fit(data: Data, thorough: bool = True) -> tuple[np.ndarray, float]:
    """Intercept and slope (on the standardised scale) and the logarithm of the likelihood.

    In small samples the penalised likelihood may have several maxima, or one that climbing is too slow to reach: a grid
    is searched for them, for many fits in a row (``thorough=False``) only where climbing does not arrive.
    """
    if not data.penalised:
        return maximise(data, data.design)
    try:
        beta, best = maximise(data, data.design)
    except FitError:
        beta, best = np.zeros(2), -np.inf
    few = min(np.sum(data.y), np.sum(1 - data.y)) < _FEW
    if np.isfinite(best) and not (thorough and few):
        return beta, best
    for start in _other_summits(data, beta, best):
        point, value = _climbed(data, start)
        if not np.isfinite(best) or value > best + 1e-12 * (1 + abs(best)):
            beta, best = point, value
    if not np.isfinite(best):
        raise FitError("the penalised likelihood has no maximum that could be found")
    return beta, best


def _other_summits(data: Data, beta, best: float):
    """Intercepts and slopes of the maxima of a grid that may rise above a maximum already found."""
    z = (data.x - data.centre) / data.spread
    logs = np.linspace(*np.log(_GRID_SLOPES), _GRID_POINTS)
    slopes = np.concatenate([-np.exp(logs[::-1]), np.exp(logs)])
    places = np.unique(z)
    # a narrow maximum lies where a steep curve passes between two neighbouring doses
    middles = np.union1d(np.linspace(z.min() - 1, z.max() + 1, _GRID_MIDDLES), (places[1:] + places[:-1]) / 2)
    values = np.array([_along(data, z - middle, slopes) for middle in middles])
    summits = (values == maximum_filter(values, 3, mode="nearest")) & (values > max(best, values.max()) - _WITHIN)
    for row, column in np.argwhere(summits):
        slope, middle = slopes[column], middles[row]
        if np.isfinite(best) and beta[1] * slope > 0:
            steps = abs(np.log(beta[1] / slope)) / (logs[1] - logs[0])
            if max(steps, abs(np.interp(-beta[0] / beta[1], middles, np.arange(len(middles))) - row)) < 1:
                continue  # the one that was found
        yield -slope * middle, slope


def _climbed(data: Data, start) -> tuple[np.ndarray, float]:
    """The maximum above a start: uphill first, then the zero of the score, which is known far more exactly."""
    design = data.design

    def downhill(beta):
        return -_log_likelihood(data, design, design @ beta), -_score(data, design, beta)

    with np.errstate(all="ignore"):
        climbed = minimize(downhill, start, jac=True, method="BFGS", options={"gtol": 1e-8})
        try:
            solved = root(lambda beta: _score(data, design, beta), climbed.x, options={"xtol": 1e-13}).x
            value = _log_likelihood(data, design, design @ solved)
        except np.linalg.LinAlgError:
            solved, value = climbed.x, -np.inf
    if value >= -climbed.fun - 1e-9 * (1 + abs(climbed.fun)):
        return solved, value
    return climbed.x, -float(climbed.fun)


def _score(data: Data, design, beta) -> np.ndarray:
    p = expit(design @ beta)
    weight = p * (1 - p)
    return design.T @ (data.y - p + _leverage(design, weight) * (0.5 - p))


def without_slope(data: Data) -> float:
    """Logarithm of the largest likelihood with a slope of 0."""
    return maximise(data, data.design[:, :1])[1]


def through(data: Data, middle: float) -> float:
    """Logarithm of the largest likelihood of all curves that are one half at this x."""
    column = (data.x - middle) / data.spread
    column = column / np.max(np.abs(column))
    if not data.penalised:
        return maximise(data, column[:, None])[1]  # concave in the slope: uphill leads to the top
    # the penalty may raise a second maximum, so a grid of slopes comes first; a slope at which even the point next
    # to the middle is certain bounds it
    smallest = np.min(np.abs(column[column != 0]))
    decades = np.log10(_CERTAIN / max(smallest, 1e-9)) - np.log10(_FLATTEST)
    steep = np.geomspace(_FLATTEST, _CERTAIN / max(smallest, 1e-9), int(np.ceil(decades * _SLOPES_PER_DECADE)) + 1)
    slopes = np.concatenate([-steep[::-1], [0.0], steep])
    values = _along(data, column, slopes)
    inner = np.flatnonzero((values[1:-1] >= values[:-2]) & (values[1:-1] >= values[2:])) + 1
    best = float(values.max())
    for top in inner[values[inner] > best - _WITHIN]:
        low, high = slopes[top - 1], slopes[top + 1]
        found = minimize_scalar(
            lambda slope: -_along(data, column, np.array([slope]))[0],
            bounds=(low, high),
            method="bounded",
            options={"xatol": 1e-6 * (high - low)},
        )
        best = max(best, -float(found.fun))
    return best


def _along(data: Data, column, slopes) -> np.ndarray:
    """Logarithm of the penalised likelihood of the curves ``logit p = slope * column``."""
    result = np.empty(len(slopes))
    at_once = max(1, _NUMBERS_AT_ONCE // len(column))
    z = (data.x - data.centre) / data.spread
    for start in range(0, len(slopes), at_once):
        eta = np.multiply.outer(slopes[start : start + at_once], column)
        value = -np.sum(np.logaddexp(0.0, np.where(data.y == 1, -eta, eta)), axis=1)
        p = expit(eta)
        weight = p * (1 - p)
        whole, first = weight.sum(axis=1), weight @ z
        with np.errstate(divide="ignore", invalid="ignore"):  # where every outcome is certain nothing is left
            # about the weighted mean, so that a small determinant does not cancel
            spread = np.sum(weight * (z - (first / whole)[:, None]) ** 2, axis=1)
            penalty = 0.5 * (np.log(whole) + np.log(spread)) + np.log(data.spread)
        result[start : start + at_once] = np.where((whole > 0) & (spread > 0), value + penalty, _NOTHING)
    return result


def _log_likelihood(data: Data, design, eta) -> float:
    # ln p of what happened, without overflow for certain outcomes
    value = -float(np.sum(np.logaddexp(0.0, np.where(data.y == 1, -eta, eta))))
    if data.penalised:
        p = expit(eta)
        sign, log_determinant = np.linalg.slogdet(design.T @ ((p * (1 - p))[:, None] * design))
        # the determinant on the scale of x, so that the value does not hang on how x was standardised
        value = value + 0.5 * log_determinant + np.log(data.spread) if sign > 0 else -np.inf
    return value


def _leverage(design, weight) -> np.ndarray:
    inverse = np.linalg.inv(design.T @ (weight[:, None] * design))
    return weight * np.einsum("ij,jk,ik->i", design, inverse, design)
