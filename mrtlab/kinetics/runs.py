"""Whether the points lie above and below a curve in an order that chance explains."""

from __future__ import annotations

from math import comb

import numpy as np

__all__ = ["runs_p"]

_ROUNDING = 1e-6  # residuals of this size, in standard uncertainties, have no sign


def runs_p(residuals) -> float:
    """Probability of as few runs of one sign, or fewer, if the signs come in random order; exact.

    Parameters
    ----------
    residuals : array, shape (points,)
        In the order of time.

    Returns
    -------
    float
        1 where all residuals have the same sign, which happens only at rounding level or at a bound.

    References
    ----------
    Wald and Wolfowitz, Ann Math Stat 1940;11:147-162, doi:10.1214/aoms/1177731909.
    """
    above = residuals[np.abs(residuals) > _ROUNDING] > 0
    plus, minus = int(np.count_nonzero(above)), int(np.count_nonzero(~above))
    if plus == 0 or minus == 0:
        return 1.0
    runs = 1 + int(np.count_nonzero(above[1:] != above[:-1]))
    ways = sum(_ways(plus, minus, count) for count in range(2, runs + 1))
    return ways / comb(plus + minus, plus)


def _ways(plus: int, minus: int, runs: int) -> int:
    """In how many orders of the signs there are so many runs."""
    less, more = runs // 2, runs - runs // 2
    one = comb(plus - 1, less - 1) * comb(minus - 1, more - 1)
    return one + comb(plus - 1, more - 1) * comb(minus - 1, less - 1)
