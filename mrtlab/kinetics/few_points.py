"""Time-integrated activity from one or two measurements, with the half-life partly or wholly assumed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri
from uncertainties import UFloat, correlated_values, ufloat, umath

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.kinetics.curve import TimeActivity, extrapolation_flags
from mrtlab.kinetics.physical import require_physical
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = [
    "FewPoints",
    "SinglePoint",
    "biological_half_life_h",
    "effective_half_life_h",
    "haenscheid_tia",
    "known_half_life_tia",
    "map_fit",
    "single_point",
    "two_point",
]

_LN2 = float(np.log(2))
_METHODS = ("haenscheid", "known_half_life", "map")


@dataclass(frozen=True, eq=False)
class SinglePoint:
    """Time-integrated activity from one measurement and a population of half-lives.

    Attributes
    ----------
    tia_mbq_h : ufloat
        MBq·h; its uncertainty is the standard deviation over the population and the measurement.
    interval95 : tuple of float
        Central 95 % of the time-integrated activities that are possible, MBq·h. Not symmetric: quote it.
    method : str
    flags, sources : tuple of str
    """

    tia_mbq_h: UFloat
    interval95: tuple[float, float]
    method: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FewPoints:
    """A mono-exponential from few points.

    Attributes
    ----------
    tia_mbq_h : ufloat
        MBq·h, the systematic part included.
    tiac_h : ufloat or None
        Per administered activity, hours.
    effective_half_life_h, a1_mbq : ufloat
        Correlated.
    extrapolated_fraction : float
    flags, sources : tuple of str
    """

    tia_mbq_h: UFloat
    tiac_h: UFloat | None
    effective_half_life_h: UFloat
    a1_mbq: UFloat
    extrapolated_fraction: float
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def effective_half_life_h(biological_half_life_h, nuclide):
    """Effective half-life from the biological one: rates add, ``1/T_eff = 1/T_phys + 1/T_biol``. Hours.

    References
    ----------
    Siegel et al., MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S.
    """
    biological_half_life_h = _check.positive("biological_half_life_h", biological_half_life_h)
    physical = find_nuclide(nuclide).half_life_h
    return physical * biological_half_life_h / (physical + biological_half_life_h)


def biological_half_life_h(effective_half_life_h, nuclide):
    """Biological half-life from the effective one, hours; reference as :func:`effective_half_life_h`.

    Raises
    ------
    InputError
        If the effective half-life is not shorter than the physical one.
    """
    effective_half_life_h = _check.positive("effective_half_life_h", effective_half_life_h)
    found = find_nuclide(nuclide)
    if np.any(_check.nominal(effective_half_life_h) >= found.half_life_h):
        raise InputError(
            f"effective_half_life_h must be below the physical half-life of {found.name}, {found.half_life_h:.5g} h, "
            f"got {np.max(_check.nominal(effective_half_life_h)):g}"
        )
    return found.half_life_h * effective_half_life_h / (found.half_life_h - effective_half_life_h)


def haenscheid_tia(activity_mbq, time_h):
    """Time-integrated activity from one late measurement, ``A(t)·2t/ln 2``, MBq·h.

    For a mono-exponential curve it is ``2x/2^x`` of the truth, x = time / effective half-life: exact at x = 1 and
    2, at most 6.15 % high between, and within 12 % for x from 0.75 to 2.5.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Activity at ``time_h``, not decay corrected, MBq.
    time_h : float or array
        Hours after administration.

    References
    ----------
    Hänscheid et al., J Nucl Med 2018;59:75-81, doi:10.2967/jnumed.117.193706.
    """
    return _check.positive("activity_mbq", activity_mbq) * 2 * _check.positive("time_h", time_h) / _LN2


def known_half_life_tia(activity_mbq, time_h, effective_half_life_h):
    """Time-integrated activity from one measurement and a known half-life, ``A(t)·exp(lambda t)/lambda``, MBq·h.

    Parameters
    ----------
    activity_mbq, time_h, effective_half_life_h : float, array or ufloat
        MBq (not decay corrected), hours, hours.

    References
    ----------
    Madsen et al., Med Phys 2018;45:2318-2324, doi:10.1002/mp.12886.
    """
    activity_mbq = _check.positive("activity_mbq", activity_mbq)
    time_h = _check.positive("time_h", time_h)
    rate = _LN2 / _check.positive("effective_half_life_h", effective_half_life_h)
    return activity_mbq * _check.exp(rate * time_h) / rate


def single_point(
    activity_mbq: float,
    time_h: float,
    half_life_median_h: float,
    half_life_gsd: float,
    nuclide,
    sigma_mbq: float | None = None,
    method: str = "haenscheid",
) -> SinglePoint:
    """Time-integrated activity from one measurement, with the interval that the population allows.

    Effective half-lives are taken as log-normal, cut at physical decay and at a tenth of the time, by which next to
    nothing would have been left to measure. Whatever the method, the 95 % interval is that of
    ``A(t)·exp(lambda t)/lambda`` over this population and the measurement; the methods differ in the value they put
    inside it.

    Parameters
    ----------
    activity_mbq : float
        Measured activity, not decay corrected, MBq.
    time_h : float
        Hours after administration.
    half_life_median_h, half_life_gsd : float
        Median (hours) and geometric standard deviation (1.25 is about 25 %) of the effective half-life in the
        population. Must be given: there is no default that suits every organ.
    nuclide : str or Nuclide
    sigma_mbq : float, optional
        Standard uncertainty of the measurement, MBq. Without it, the result carries ``SIGMA_MISSING``.
    method : {"haenscheid", "known_half_life", "map"}
        ``A·2t/ln 2``; the population's median half-life; the most probable half-life, which for a single point is
        the median again, with the linear uncertainty instead of the sampled one.

    Returns
    -------
    SinglePoint

    Raises
    ------
    InputError
        For numbers out of range, or a median at or above the physical half-life or below a tenth of the time.

    References
    ----------
    Hänscheid 2018, Madsen 2018; log-normal: Hou et al. 2022, PMC8882881.
    """
    _check.choice("method", method, _METHODS)
    activity_mbq = _scalar("activity_mbq", _check.positive("activity_mbq", activity_mbq))
    time_h = _scalar("time_h", _check.positive("time_h", time_h))
    spread = _prior(half_life_median_h, half_life_gsd, nuclide)
    found = find_nuclide(nuclide)
    noise = 0.0 if sigma_mbq is None else _scalar("sigma_mbq", _check.positive("sigma_mbq", sigma_mbq)) / activity_mbq
    half_lives, cut = _population(half_life_median_h, spread, found.half_life_h, time_h)
    ratios = known_half_life_tia(activity_mbq, time_h, half_lives)
    if method == "haenscheid":
        middle = haenscheid_tia(activity_mbq, time_h)
    else:
        middle = known_half_life_tia(activity_mbq, time_h, half_life_median_h)
    relative = np.std(ratios) / np.mean(ratios)
    if method == "map":
        relative = abs(1 - _LN2 * time_h / half_life_median_h) * spread
    flags = [Flag.SINGLE_POINT_DEPENDS_ON_PRIOR]
    flags += [Flag.SIGMA_MISSING] if sigma_mbq is None else []
    flags += [Flag.PRIOR_TRUNCATED] if cut > 0.01 else []
    if method == "haenscheid":
        position = time_h / half_lives
        outside = (position < value("kinetics.single_point_low")) | (position > value("kinetics.single_point_high"))
        flags += [Flag.SINGLE_POINT_RANGE] if np.mean(outside) > value("kinetics.single_point_outside") else []
    return SinglePoint(
        tia_mbq_h=ufloat(middle, middle * float(np.hypot(relative, noise)), "single point"),
        interval95=_interval(ratios, noise),
        method=method,
        flags=tuple(flags),
        sources=(
            "kinetics.known_half_life" if method != "haenscheid" else "kinetics.haenscheid",
            "kinetics.half_life_lognormal",
        ),
    )


def two_point(curve: TimeActivity) -> FewPoints:
    """Mono-exponential through exactly two points.

    Parameters
    ----------
    curve : TimeActivity
        Two points, the second below the first.

    Returns
    -------
    FewPoints
        With first-order uncertainties. If the half-life comes out a little above the physical one, within its
        uncertainty, physical decay is used and ``FELL_BACK_TO_PHYSICAL`` flagged.

    Raises
    ------
    InputError
        For another number of points, or activity that does not fall.
    PhysicsError
        If it falls slower than physical decay by more than twice its uncertainty.

    References
    ----------
    Siegel et al., MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S; propagation: JCGM 100:2008, 5.1.2.
    """
    if len(curve) != 2:
        raise InputError(f"two_point needs exactly two points, got {len(curve)}")
    if curve.activity_mbq[1] >= curve.activity_mbq[0]:
        raise InputError(
            f"the activity does not fall between {curve.times_h[0]:g} h and {curve.times_h[1]:g} h "
            f"({curve.activity_mbq[0]:g} to {curve.activity_mbq[1]:g} MBq), so two points give no half-life"
        )
    flags = list(curve.flags)
    physical = curve.nuclide.decay_constant_per_h
    first, second = curve.measured()
    if require_physical(curve):
        flags += [Flag.BELOW_PHYSICAL, Flag.FELL_BACK_TO_PHYSICAL]
        factors = np.exp(-physical * curve.times_h)
        weights = (factors / curve.sigma_mbq) ** 2
        start = sum(w * a / f for w, a, f in zip(weights, (first, second), factors, strict=True)) / weights.sum()
        rate = _check.exact(physical)
    else:
        rate = umath.log(first / second) / (curve.times_h[1] - curve.times_h[0])
        start = first * umath.exp(rate * curve.times_h[0])
    return _few(curve, start, rate, flags, "kinetics.two_point")


def map_fit(curve: TimeActivity, half_life_median_h: float, half_life_gsd: float) -> FewPoints:
    """Mono-exponential fit that leans on a population's half-lives; one point is enough.

    Minimises chi-square plus ``((ln T_eff - ln median) / ln gsd)^2``. The half-life never exceeds the physical
    one. The covariance is that of the linearised problem, the prior counted as one more observation; so it does in
    the test that flags ``CHI_SQUARE_REJECTED``.

    Parameters
    ----------
    curve : TimeActivity
    half_life_median_h, half_life_gsd : float
        Log-normal prior of the effective half-life.

    Raises
    ------
    InputError
        For a prior out of range.
    PhysicsError
        If the points only fall, and slower than physical decay.

    References
    ----------
    Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, chapter 4. Log-normal: Hou et al. 2022, PMC8882881.
    """
    import lmfit

    spread = _prior(half_life_median_h, half_life_gsd, curve.nuclide)
    times, sigma, first = curve.times_h, curve.sigma_mbq, float(curve.times_h[0])
    centre, ceiling = float(np.log(half_life_median_h)), float(np.log(curve.nuclide.half_life_h))
    floor = float(np.log(first / 1000))  # faster than this, and the activity at time zero is no number
    if centre < floor:
        raise InputError(
            f"half_life_median_h is {half_life_median_h:g} h, so nothing would be left at the first point, "
            f"{first:g} h; are both in hours?"
        )
    flags = [*curve.flags, *([Flag.BELOW_PHYSICAL] if require_physical(curve) else [])]

    def amplitude(log_half_life):  # at the first point, where it cannot overflow
        shape = np.exp(-_LN2 * (times - first) / np.exp(log_half_life))
        return np.sum(curve.activity_mbq * shape / sigma**2) / np.sum((shape / sigma) ** 2), shape

    def residual(current):
        start, shape = amplitude(current["log_half_life"].value)
        return np.append(
            (start * shape - curve.activity_mbq) / sigma, (current["log_half_life"].value - centre) / spread
        )

    parameters = lmfit.Parameters()
    parameters.add("log_half_life", value=centre, min=floor, max=ceiling)
    outcome = lmfit.minimize(residual, parameters, calc_covar=False, xtol=1e-13, ftol=1e-15, epsfcn=1e-14)
    log_half_life = outcome.params["log_half_life"].value
    start, shape = amplitude(log_half_life)
    # derivatives by the amplitude and by ln T; the prior is the last row
    by_log = start * shape * _LN2 * (times - first) / np.exp(log_half_life)
    jacobian = np.vstack([np.column_stack([shape, by_log]) / sigma[:, None], [0.0, 1 / spread]])
    linked = correlated_values([start, log_half_life], np.linalg.inv(jacobian.T @ jacobian))
    rate = _LN2 / umath.exp(linked[1])
    flags += [Flag.SINGLE_POINT_DEPENDS_ON_PRIOR] if len(curve) == 1 else []
    flags += [Flag.AT_BOUND] if min(ceiling - log_half_life, log_half_life - floor) < 1e-4 else []
    # the prior counts as one more point
    p_value = chdtrc(len(curve) - 1, np.sum(residual(outcome.params) ** 2)) if len(curve) > 1 else 1.0
    flags += [Flag.CHI_SQUARE_REJECTED] if p_value < value("kinetics.chi_square_p") else []
    return _few(curve, linked[0] * umath.exp(rate * first), rate, flags, "kinetics.map")


def _few(curve, start, rate, flags, source) -> FewPoints:
    tia = curve.systematic * start / rate
    share = float(np.exp(-rate.nominal_value * curve.times_h[-1]))
    return FewPoints(
        tia_mbq_h=tia,
        tiac_h=tia / curve.administered_mbq if curve.administered_mbq else None,
        effective_half_life_h=_LN2 / rate,
        a1_mbq=start,
        extrapolated_fraction=share,
        flags=tuple(dict.fromkeys([*flags, *extrapolation_flags(share)])),
        sources=(*curve.sources, source),
    )


def _scalar(name, number) -> float:
    if np.ndim(number) or isinstance(number, UFloat):
        raise InputError(f"{name} must be one plain number, got {number!r}")
    return float(number)


def _prior(median_h, gsd, nuclide) -> float:
    """Check a log-normal prior and return the standard deviation of its logarithm."""
    _scalar("half_life_median_h", _check.positive("half_life_median_h", median_h))
    if _scalar("half_life_gsd", _check.geometric_sd("half_life_gsd", gsd)) == 1:
        raise InputError("half_life_gsd is 1, a population without spread; use known_half_life_tia")
    found = find_nuclide(nuclide)
    if median_h >= found.half_life_h:
        raise InputError(
            f"half_life_median_h must be below the physical half-life of {found.name}, {found.half_life_h:.5g} h, "
            f"got {median_h:g}; is it a biological half-life, or in other units?"
        )
    return float(np.log(gsd))


def _population(median_h, spread, physical_h, time_h, count=20001):
    """Equally probable half-lives of the population between a tenth of the time and physical decay, and what is cut.

    Without the lower end the mean of the time-integrated activities would be infinite.
    """
    shortest_h = time_h / 10
    if median_h < shortest_h:
        raise InputError(
            f"half_life_median_h is {median_h:g} h, less than a tenth of time_h, {time_h:g} h: nothing would have been "
            "left to measure; are both in hours?"
        )
    low, high = ndtr(np.log(np.array([shortest_h, physical_h]) / median_h) / spread)
    quantiles = low + (np.arange(count) + 0.5) / count * (high - low)
    return median_h * np.exp(spread * ndtri(quantiles)), 1 - (high - low)


def _interval(ratios, noise):
    """Central 95 % of the population, widened by the measurement."""
    if noise == 0:
        low, high = np.quantile(ratios, [0.025, 0.975])
        return float(low), float(high)
    thin = np.quantile(ratios, (np.arange(1001) + 0.5) / 1001)
    factors = 1 + noise * ndtri((np.arange(501) + 0.5) / 501)
    low, high = np.quantile(np.outer(thin, factors), [0.025, 0.975])
    return float(max(low, 0.0)), float(high)
