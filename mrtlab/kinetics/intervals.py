"""Intervals of the time-integrated activity of a fit where its covariance may not tell the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, least_squares, nnls
from scipy.special import chdtri, ndtr, ndtri

from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics.fitting import Fit
from mrtlab.kinetics.models import MODELS
from mrtlab.kinetics.starts import fastest_rate, ordered, starts

__all__ = ["TiaInterval", "bootstrap_tia", "profile_tia"]

_COVERAGE = {"interval68": 2 * ndtr(1) - 1, "interval95": 0.95}
_HOLD = 1e4  # weight of a held time-integrated activity: it is met to about 1e-7
_FARTHEST = 12.0  # logarithm: no end of an interval is looked for beyond a factor of 160000


@dataclass(frozen=True, eq=False)
class TiaInterval:
    """Intervals of a time-integrated activity, MBq·h, the systematic part of the curve included.

    Attributes
    ----------
    tia_mbq_h : float
        Best value: of the fit for a profile, the median for a bootstrap.
    interval68, interval95 : tuple of float
        The lower end is 0 where the points do not exclude it, the upper infinite.
    linear68, linear95 : tuple of float
        What the covariance of the fit gives, for comparison.
    method : {"profile", "bootstrap"}
    samples_mbq_h : array or None
        Of a bootstrap.
    flags, sources : tuple of str
        ``NONLINEAR`` where a half-width differs by more than 20 % from the linear one.
    """

    tia_mbq_h: float
    interval68: tuple[float, float]
    interval95: tuple[float, float]
    linear68: tuple[float, float]
    linear95: tuple[float, float]
    method: str
    samples_mbq_h: np.ndarray | None
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def profile_tia(fit: Fit) -> TiaInterval:
    """Intervals from the profile likelihood of the logarithm of the time-integrated activity.

    Every other parameter is fitted again for each value tried; the ends are where chi-square has risen by 1 (68 %)
    and by 3.84 (95 %). Unlike the covariance they respect bounds, and need no symmetry.

    Parameters
    ----------
    fit : Fit
        The uncertainties of its points are taken as absolute.

    Returns
    -------
    TiaInterval

    References
    ----------
    Venzon and Moolgavkar, Appl Stat 1988;37:87-94, doi:10.2307/2347496.
    """
    best, systematic = _random_part(fit)
    ends = {}
    for name, coverage in _COVERAGE.items():
        rise = float(chdtri(1, 1 - coverage))
        ends[name] = tuple(_end(fit, best, rise, side) for side in (-1, 1))
    linear = _linear(fit, best, systematic)
    flags = _nonlinear(best, ends, _linear(fit, best, 0.0))
    widened = {
        name: tuple(_widen(best, end, systematic * ndtri(0.5 + coverage / 2)) for end in ends[name])
        for name, coverage in _COVERAGE.items()
    }
    return TiaInterval(
        best, *widened.values(), *linear.values(), "profile", None, flags, (*fit.sources, "kinetics.profile")
    )


def bootstrap_tia(fit: Fit, n: int = 1000, seed: int = 1) -> TiaInterval:
    """Intervals from a parametric bootstrap: points drawn around the curve, fitted again, quantiles of the results.

    Parameters
    ----------
    fit : Fit
    n : int, default 1000
        Samples, 200 or more. A thousand take ten seconds or so.
    seed : int
        The same seed gives the same samples.

    Returns
    -------
    TiaInterval

    Notes
    -----
    Points may be drawn below zero and stay: leaving them out would favour high results. Each sample is fitted from the
    rates of the fit, by the same bounded least squares.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993.
    """
    best, systematic = _random_part(fit)
    for name, number, least in (("n", n, 200), ("seed", seed, 0)):
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < least:
            raise InputError(f"{name} must be a whole number of {least} or more, got {number!r}")
    rng = np.random.default_rng(seed)
    middle = fit.activity(fit.curve.times_h)
    drawn = middle + fit.curve.sigma_mbq * rng.standard_normal((n, len(middle)))
    samples = np.array([_refit(fit, points) for points in drawn])
    random = {name: _quantiles(samples, coverage) for name, coverage in _COVERAGE.items()}
    flags = _nonlinear(best, random, _linear(fit, best, 0.0))
    samples *= np.exp(systematic * rng.standard_normal(n))
    samples.setflags(write=False)
    return TiaInterval(
        float(np.median(samples)),
        *(_quantiles(samples, coverage) for coverage in _COVERAGE.values()),
        *_linear(fit, best, systematic).values(),
        "bootstrap",
        samples,
        flags,
        (*fit.sources, "kinetics.bootstrap"),
    )


def _random_part(fit):
    """Time-integrated activity and the relative systematic uncertainty of its curve."""
    if not isinstance(fit, Fit):
        raise InputError(f"fit must be a Fit, as mrtlab.kinetics.fit gives, got {type(fit).__name__}")
    systematic = getattr(fit.curve.systematic, "std_dev", 0.0)
    return float(fit.tia_mbq_h.nominal_value), float(systematic)


def _linear(fit, best, systematic):
    """Intervals by the covariance, with a systematic part or without."""
    given = getattr(fit.curve.systematic, "std_dev", 0.0) * best
    spread = np.sqrt(max(fit.tia_mbq_h.std_dev**2 - given**2, 0.0) + (systematic * best) ** 2)
    reach = {name: ndtri(0.5 + coverage / 2) * spread for name, coverage in _COVERAGE.items()}
    return {name: (float(best - item), float(best + item)) for name, item in reach.items()}


def _nonlinear(best, ends, linear) -> tuple[str, ...]:
    limit = value("kinetics.nonlinear")
    for name, pair in ends.items():
        for end, straight in zip(pair, linear[name], strict=True):
            if not abs(abs(end - best) - abs(straight - best)) <= limit * abs(straight - best) + 1e-9 * best:
                return (Flag.NONLINEAR,)
    return ()


def _widen(best, end, reach) -> float:
    """An end moved outwards by a systematic factor, in quadrature of the logarithms."""
    if end == 0 or np.isinf(end) or reach == 0:
        return end
    width = np.log(end / best)
    return float(best * np.exp(np.sign(width) * np.hypot(width, reach)))


def _quantiles(samples, coverage):
    low, high = np.quantile(samples, [0.5 - coverage / 2, 0.5 + coverage / 2])
    return float(low), float(high)


def _rates(fit):
    shape = MODELS[fit.model]
    return np.array([item.nominal_value for item in fit.params.values()])[shape.amplitudes :]


def _search(shape, residual, tried, fastest):
    """Least sum of squares over the rates, and the rates."""
    if shape.rates == 0:
        return float(np.sum(residual(np.array([])) ** 2)), np.array([])
    found = [
        least_squares(
            residual,
            np.clip(start, 1e-9 * fastest, (1 - 1e-9) * fastest),
            bounds=(0, fastest),
            x_scale=np.maximum(start, 1e-3 * fastest / 10),
            xtol=1e-9,
            ftol=1e-10,
            gtol=1e-10,
            max_nfev=200,
        )
        for start in tried
    ]
    best = min(found, key=lambda item: item.cost)
    return 2 * float(best.cost), best.x


def _refit(fit, points) -> float:
    """Time-integrated activity of the same curve through other points."""
    curve, shape = fit.curve, MODELS[fit.model]
    physical, target = curve.nuclide.decay_constant_per_h, points / curve.sigma_mbq

    def amplitudes(rates):
        weighted = shape.basis(curve.times_h, rates, physical) / curve.sigma_mbq[:, None]
        return weighted, nnls(weighted, target)[0]

    def residual(rates):
        weighted, found = amplitudes(ordered(shape, rates, physical) if len(rates) else rates)
        return weighted @ found - target

    rates = _search(shape, residual, [_rates(fit)], fastest_rate(curve))[1]
    rates = ordered(shape, rates, physical) if len(rates) else rates
    return float(shape.integral(amplitudes(rates)[1], rates, physical))


def _end(fit, best, rise, side) -> float:
    """Where chi-square has risen so far, below (-1) or above (1) the best value."""
    known = {0.0: (fit.chi_square, _rates(fit))}

    def excess(shift):
        nearest = min(known, key=lambda item: abs(item - shift))
        known[shift] = _held(fit, best * np.exp(shift), [known[nearest][1], *_grid_starts(fit)])
        return known[shift][0] - fit.chi_square - rise

    # first step: what the covariance suggests, doubled until the end lies inside
    step = max(float(fit.tia_mbq_h.std_dev) / best * np.sqrt(rise), 1e-4)
    inner, outer = 0.0, step if step < 1 else 1.0
    while excess(side * outer) < 0:
        inner, outer = outer, 2 * outer
        if outer > _FARTHEST:
            return 0.0 if side < 0 else float("inf")
    shift = brentq(lambda size: excess(side * size) if size else -rise, inner, outer, xtol=1e-7, rtol=1e-6)
    return float(best * np.exp(side * shift))


def _grid_starts(fit):
    shape = MODELS[fit.model]
    return starts(fit.curve, shape)[:1] if shape.rates else []


def _held(fit, tia, tried):
    """Least chi-square with the time-integrated activity held, and the rates; amplitudes by non-negative squares."""
    curve, shape = fit.curve, MODELS[fit.model]
    physical, target = curve.nuclide.decay_constant_per_h, np.append(curve.activity_mbq / curve.sigma_mbq, _HOLD)

    def residual(rates):
        rates = ordered(shape, rates, physical) if len(rates) else rates
        weighted = shape.basis(curve.times_h, rates, physical) / curve.sigma_mbq[:, None]
        each = np.array([shape.integral(one, rates, physical) for one in np.eye(shape.amplitudes)])
        weighted = np.vstack([weighted, _HOLD * each / tia])
        return weighted @ nnls(weighted, target)[0] - target

    return _search(shape, residual, tried, fastest_rate(curve))
