"""Logistic regression on one covariate: likelihood, Firth's penalty, and maxima along a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from mrtlab.errors import FitError

_STEPS, _HALVINGS = 200, 60


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


def fit(data: Data) -> tuple[np.ndarray, float]:
    """Intercept and slope (on the standardised scale) and the logarithm of the likelihood."""
    return maximise(data, data.design)


def without_slope(data: Data) -> float:
    """Logarithm of the largest likelihood with a slope of 0."""
    return maximise(data, data.design[:, :1])[1]


def through(data: Data, middle: float) -> float:
    """Logarithm of the largest likelihood of all curves that are one half at this x."""
    column = ((data.x - middle) / data.spread)[:, None]
    return maximise(data, column / np.max(np.abs(column)))[1]


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
