"""How several cycles are weighed against each other, and whether they agree."""

from __future__ import annotations

import numpy as np
import uncertainties
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.constants import value


def own(spread: float):
    """What one cycle has of its own, on the logarithmic scale."""
    return ufloat(0.0, spread) if spread else 0.0


def weights_of(values, line: bool) -> np.ndarray:
    """Generalised least squares: weights that give the constant, or the line at the next cycle.

    Numbers without uncertainty share all the weight; what all have in common does not move it.
    """
    spread = covariance(values)
    # an exact number outweighs the rest without making the matrix singular
    spread = spread + np.eye(len(values)) * max(1e-9 * float(np.max(np.diag(spread))), 1e-12)
    design = np.ones((len(values), 1))
    at = np.ones(1)
    if line:
        design = np.column_stack([design, np.arange(len(values))])
        at = np.array([1.0, len(values)])
    weighted = np.linalg.solve(spread, design)
    return at @ np.linalg.solve(design.T @ weighted, weighted.T)


def covariance(values) -> np.ndarray:
    return np.array(uncertainties.covariance_matrix([_check.exact(one) for one in values]), dtype=float)


def differ(logs, variation) -> bool:
    """Whether the cycles disagree by more than their own uncertainties and the usual variation explain."""
    from scipy.special import chdtrc

    if len(logs) < 2 or not all(_have_own(logs)):
        return False
    seen = [one + own(variation) for one in logs]
    weights = weights_of(seen, False)
    mean = sum(weight * _check.nominal(one) for weight, one in zip(weights, seen, strict=True))
    apart = np.array([_check.nominal(one) for one in seen]) - mean
    square = float(apart @ np.linalg.pinv(covariance(seen)) @ apart)
    return float(chdtrc(len(seen) - 1, square)) < value("prrt.cycles_differ_p")


def _have_own(logs):
    """For each cycle but the first, whether it has an uncertainty that it does not share with the first."""
    return [isinstance(one - logs[0], UFloat) and (one - logs[0]).std_dev > 1e-9 for one in logs[1:]]
