"""Bootstrap of a dose response, by patient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab.constants import value
from mrtlab.errors import FitError, Flag, InputError
from mrtlab.radiobiology import _likelihood


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Spread of a dose response over resampled patients.

    Attributes
    ----------
    d50_gy, b1 : array
        One value per sample that could be fitted.
    d50_interval_gy, b1_interval : tuple of float
        Percentile intervals. An end of D50 may be infinite (on the logarithmic scale).
    p_value : float
        Two-sided, for a slope of 0: twice the smaller share of slopes on either side of 0.
    lost : int
        Samples without a finite estimate (one outcome only, or separated), left out.
    n, seed : int
    clustered : bool
        Whether whole groups were drawn.
    flags, sources : tuple of str
    """

    d50_gy: np.ndarray
    b1: np.ndarray
    d50_interval_gy: tuple[float, float]
    b1_interval: tuple[float, float]
    p_value: float
    lost: int
    n: int
    seed: int
    clustered: bool
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("radiobiology.logistic",)


def resample(data: _likelihood.Data, groups, scale: str, n: int, seed: int, coverage: float) -> Bootstrap:
    """Draw groups (or single outcomes) with replacement and fit each sample."""
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 100:
        raise InputError(f"n must be a whole number of samples, 100 or more (2000 is usual), got {n!r}")
    members = _members(data, groups)
    if len(members) < 2:
        raise InputError("groups has one member only; resampling needs several patients")
    random = np.random.default_rng(seed)
    pairs = []
    for _ in range(n):
        chosen = np.concatenate([members[k] for k in random.integers(len(members), size=len(members))])
        pairs.append(_coefficients(data.x[chosen], data.y[chosen], data.penalised))
    found = np.array([pair for pair in pairs if pair is not None])
    if len(found) < n / 2:
        raise FitError(
            f"only {len(found)} of {n} bootstrap samples have a finite estimate; use method='firth', or collect more"
        )
    b0, b1 = found.T
    with np.errstate(over="ignore"):
        d50 = -b0 / b1 if scale == "linear" else np.exp(-b0 / b1)
    lost = n - len(found)
    below = min(np.sum(b1 <= 0), np.sum(b1 >= 0))
    return Bootstrap(
        d50_gy=d50,
        b1=b1,
        d50_interval_gy=_percentiles(d50, coverage),
        b1_interval=_percentiles(b1, coverage),
        p_value=float(min(2 * (below + 1) / (len(b1) + 1), 1.0)),
        lost=lost,
        n=int(n),
        seed=seed,
        clustered=groups is not None,
        flags=(Flag.RESAMPLES_LOST,) if lost > value("radiobiology.resamples_lost") * n else (),
    )


def _members(data, groups):
    if groups is None:
        return [np.array([k]) for k in range(len(data.x))]
    _, which = np.unique(groups, return_inverse=True)
    return [np.flatnonzero(which == k) for k in range(which.max() + 1)]


def _coefficients(x, y, penalised):
    if y.min() == y.max() or np.ptp(x) == 0 or (not penalised and _likelihood.separation(x, y)):
        return None
    data = _likelihood.Data.of(x, y, penalised)
    try:
        beta, _ = _likelihood.fit(data, thorough=False)
    except FitError:
        return None
    return _likelihood.coefficients(data, beta) if beta[1] != 0 else None


def _percentiles(values, coverage):
    # an order statistic rather than a mean of two, which could be the mean of infinities
    low, high = np.quantile(values, [(1 - coverage) / 2, (1 + coverage) / 2], method="inverted_cdf")
    return float(low), float(high)
