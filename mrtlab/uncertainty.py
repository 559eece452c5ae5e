"""Uncertainty budgets of absorbed doses, with the correlations that a shared volume brings, and Monte Carlo.

The chain is that of the EANM practical guidance: a volume of interest decides the counts, the recovery coefficient and
the S value together, so their errors partly cancel. Leaving the covariances out overstates the result by half.

References
----------
Gear et al., EANM practical guidance on uncertainty analysis for molecular radiotherapy absorbed dose calculations,
Eur J Nucl Med Mol Imaging 2018;45:2456-2474, doi:10.1007/s00259-018-4136-7. The formulas were derived anew and agree
with Monte Carlo; the clinical example of the guidance was not at hand and is not claimed to be reproduced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import erf
from uncertainties import UFloat, covariance_matrix, ufloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError

__all__ = [
    "Budget",
    "LogNormal",
    "Samples",
    "dose_budget",
    "dose_monte_carlo",
    "edge_value",
    "monte_carlo",
    "volume",
    "with_shared",
]

_FWHM_PER_SIGMA = 2 * np.sqrt(2 * np.log(2))


@dataclass(frozen=True)
class Budget:
    """Relative standard uncertainty of an absorbed dose and where it comes from. All numbers are relative.

    Attributes
    ----------
    total_rel : float
        Of the dose, covariances included.
    shares : mapping of str to float
        Share of each contribution in the variance; they add up to 1. ``covariance`` is mostly negative.
    correlation_neglected_rel : float
        What would come out if the covariances were left out.
    volume_rel, recovery_rel, counts_rel, activity_rel, tia_rel, s_value_rel : float
        Steps of the chain.
    recovery, edge : float
        Recovery coefficient, and twice the value at the edge of the blurred sphere.
    covariance_recovery_counts, covariance_tia_s_value : float
        Relative covariances.
    flags, sources : tuple of str
    """

    total_rel: float
    shares: Mapping[str, float]
    correlation_neglected_rel: float
    volume_rel: float
    recovery_rel: float
    counts_rel: float
    activity_rel: float
    tia_rel: float
    s_value_rel: float
    recovery: float
    edge: float
    covariance_recovery_counts: float
    covariance_tia_s_value: float
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("uncertainty.gear2018",)


@dataclass(frozen=True)
class LogNormal:
    """A positive input for :func:`monte_carlo`: median and relative standard deviation.

    Attributes
    ----------
    median : float
    relative_sd : float
        Standard deviation over mean.
    """

    median: float
    relative_sd: float


@dataclass(frozen=True, eq=False)
class Samples:
    """Outcome of :func:`monte_carlo`.

    Attributes
    ----------
    values : array
        All samples.
    median, std : float
    interval95 : tuple of float
        Central 95 %.
    """

    values: np.ndarray
    median: float
    std: float
    interval95: tuple[float, float]


def volume(volume_ml, voxel_cm: float, fwhm_cm: float):
    """Relative standard uncertainty of a volume that was outlined on an image.

    ``u^2(d) = a^2/6 + FWHM^2/(4 ln 2)`` for the diameter d of the sphere of equal volume: two edges, each with the
    rectangular error of a voxel and the Gaussian one of the resolution. ``u(V)/V = 3 u(d)/d``.

    Parameters
    ----------
    volume_ml : float or array
    voxel_cm, fwhm_cm : float
        Voxel edge and resolution of the image **on which the outline was drawn**: those of the CT for an outline on CT.

    Raises
    ------
    InputError
        For numbers out of range, such as millimetres given for centimetres.
    """
    volume_ml = _check.positive("volume_ml", volume_ml)
    _check.positive("voxel_cm", voxel_cm)
    _check.non_negative("fwhm_cm", fwhm_cm)
    for name, number in (("voxel_cm", voxel_cm), ("fwhm_cm", fwhm_cm)):
        if number > 5:
            raise InputError(f"{name} is {number:g} cm; give {number / 10:g} if that was millimetres")
    diameter_cm = 2 * (3 * volume_ml / (4 * np.pi)) ** (1 / 3)
    return 3 * np.sqrt(voxel_cm**2 / 6 + fwhm_cm**2 / (4 * np.log(2))) / diameter_cm


def edge_value(volume_ml, fwhm_cm: float):
    """Twice the value at the edge of a uniform sphere blurred by a Gaussian, as a share of its true value.

    ``phi = erf(2r/(s sqrt 2)) - (2s/(r sqrt(2 pi))) (1 - exp(-2 r^2/s^2))``, s the standard deviation of the blur; a
    large sphere has phi = 1, its edge shows half of the true concentration.

    Parameters
    ----------
    volume_ml : float or array
    fwhm_cm : float
        Resolution of the image in which the counts are taken.
    """
    volume_ml = _check.positive("volume_ml", volume_ml)
    sigma = float(_check.positive("fwhm_cm", fwhm_cm)) / _FWHM_PER_SIGMA
    radius = (3 * volume_ml / (4 * np.pi)) ** (1 / 3)
    return erf(2 * radius / (sigma * np.sqrt(2))) - 2 * sigma / (radius * np.sqrt(2 * np.pi)) * (
        1 - np.exp(-2 * radius**2 / sigma**2)
    )


def dose_budget(
    volume_ml: float,
    outline_voxel_cm: float,
    outline_fwhm_cm: float,
    image_fwhm_cm: float,
    recovery,
    sensitivity_rel: float,
    tia_random_rel: float,
    s_exponent: float,
) -> Budget:
    """Uncertainty of the mean dose to a region that was outlined, corrected for recovery, fitted and integrated.

    Computed step by step (volume, recovery, counts, activity, time-integrated activity, S value, dose) and again in one
    line; the two agree to 1e-12 or the function raises.

    Parameters
    ----------
    volume_ml : float
    outline_voxel_cm, outline_fwhm_cm : float
        Voxel and resolution of the image on which the volume was outlined (CT or emission).
    image_fwhm_cm : float
        Resolution of the emission image.
    recovery : RecoveryCurve
        With correlated ``b1_ml`` and ``b2``.
    sensitivity_rel : float
        Relative standard uncertainty of the calibration.
    tia_random_rel : float
        Relative standard uncertainty of the time-integrated activity from the scatter of the points alone.
    s_exponent : float
        c2 in ``S = c1 V^-c2``; near 1.

    Returns
    -------
    Budget
        Flagged ``LINEARISATION_DOUBTFUL`` if the volume is uncertain by more than 30 %: use :func:`dose_monte_carlo`.

    References
    ----------
    Gear et al. 2018, doi:10.1007/s00259-018-4136-7.
    """
    _check.fraction("sensitivity_rel", sensitivity_rel)
    _check.fraction("tia_random_rel", tia_random_rel)
    _check.positive("s_exponent", s_exponent)
    u_volume = float(volume(volume_ml, outline_voxel_cm, outline_fwhm_cm))
    value_r, slope, u_fit = _recovery(recovery, volume_ml)
    edge = float(edge_value(volume_ml, image_fwhm_cm))
    half_edge = edge / (2 * value_r)

    u_recovery = np.hypot(u_fit, slope * u_volume)
    u_counts = half_edge * u_volume
    covariance_rc = half_edge * slope * u_volume**2
    activity = sensitivity_rel**2 + u_recovery**2 + u_counts**2 - 2 * covariance_rc
    tia = tia_random_rel**2 + activity
    u_s = s_exponent * u_volume
    covariance_ts = -s_exponent * (half_edge - slope) * u_volume**2
    total = tia + u_s**2 + 2 * covariance_ts

    one_line = tia_random_rel**2 + sensitivity_rel**2 + u_fit**2 + ((half_edge - slope - s_exponent) * u_volume) ** 2
    if abs(total - one_line) > 1e-12 * max(total, 1.0):
        raise ArithmeticError(f"the two forms of the budget differ: {total} and {one_line}")
    parts = {
        "volume in counts": u_counts**2,
        "volume in recovery": (slope * u_volume) ** 2,
        "volume in S value": u_s**2,
        "recovery curve": u_fit**2,
        "sensitivity": sensitivity_rel**2,
        "curve fit": tia_random_rel**2,
        "covariance": 2 * covariance_ts - 2 * covariance_rc,
    }
    doubtful = u_volume > value("uncertainty.volume_limit")
    return Budget(
        total_rel=float(np.sqrt(total)),
        shares=MappingProxyType({name: float(part / total) for name, part in parts.items()}),
        correlation_neglected_rel=float(np.sqrt(total - parts["covariance"])),
        volume_rel=u_volume,
        recovery_rel=float(u_recovery),
        counts_rel=float(u_counts),
        activity_rel=float(np.sqrt(activity)),
        tia_rel=float(np.sqrt(tia)),
        s_value_rel=float(u_s),
        recovery=value_r,
        edge=edge,
        covariance_recovery_counts=float(covariance_rc),
        covariance_tia_s_value=float(covariance_ts),
        flags=(Flag.LINEARISATION_DOUBTFUL,) if doubtful else (),
    )


def dose_monte_carlo(
    volume_ml: float,
    outline_voxel_cm: float,
    outline_fwhm_cm: float,
    image_fwhm_cm: float,
    recovery,
    sensitivity_rel: float,
    tia_random_rel: float,
    s_exponent: float,
    n: int = 200_000,
    seed: int = 1,
) -> Samples:
    """The same chain by Monte Carlo: dose relative to its best estimate.

    The volume is log-normal, the two recovery parameters are jointly normal, sensitivity and curve fit normal. The
    counts follow the volume with the exponent phi/(2R), recovery and S value follow it exactly.

    Parameters
    ----------
    volume_ml, outline_voxel_cm, outline_fwhm_cm, image_fwhm_cm, recovery, sensitivity_rel, tia_random_rel, s_exponent
        As for :func:`dose_budget`.
    n, seed : int
        Samples and seed.
    """
    u_volume = float(volume(volume_ml, outline_voxel_cm, outline_fwhm_cm))
    value_r, _, _ = _recovery(recovery, volume_ml)
    half_edge = float(edge_value(volume_ml, image_fwhm_cm)) / (2 * value_r)

    def relative_dose(volume_ml_, b1_ml, b2, sensitivity, curve):
        ratio = volume_ml_ / volume_ml
        recovered = 1 / (1 + (np.maximum(b1_ml, 1e-6) / volume_ml_) ** b2)
        return ratio**half_edge * (value_r / recovered) * curve / sensitivity * ratio**-s_exponent

    inputs = {
        "volume_ml_": LogNormal(volume_ml, u_volume),
        "b1_ml": recovery.b1_ml,
        "b2": recovery.b2,
        "sensitivity": _relative(sensitivity_rel),
        "curve": _relative(tia_random_rel),
    }
    return monte_carlo(relative_dose, inputs, n, seed)


def monte_carlo(function: Callable, inputs: Mapping, n: int = 200_000, seed: int = 1) -> Samples:
    """Propagate distributions through a function by sampling (GUM supplement 1).

    Parameters
    ----------
    function : callable
        Takes the inputs by name, each an array of ``n`` samples, and returns an array of ``n`` results.
    inputs : mapping of str to float, ufloat or LogNormal
        Ufloats are sampled as jointly normal, with the correlations they have.
    n : int
        At least 1000.
    seed : int
        The same seed gives the same samples.

    Raises
    ------
    InputError
        For a function that does not return ``n`` finite numbers.
    """
    if not isinstance(n, (int, np.integer)) or n < 1000:
        raise InputError(f"n must be a whole number of at least 1000, got {n!r}")
    if not inputs:
        raise InputError("inputs is empty; give at least one")
    random = np.random.default_rng(seed)
    samples = {}
    uncertain = {name: item for name, item in inputs.items() if isinstance(item, UFloat) and item.std_dev > 0}
    if uncertain:
        means = [item.nominal_value for item in uncertain.values()]
        covariance = np.array(covariance_matrix(list(uncertain.values())))
        drawn = random.multivariate_normal(means, covariance, size=n, method="eigh").T
        samples.update(zip(uncertain, drawn, strict=True))
    for name, item in inputs.items():
        if isinstance(item, LogNormal):
            _check.positive(f"{name}: median", item.median)
            _check.non_negative(f"{name}: relative_sd", item.relative_sd)
            samples[name] = item.median * np.exp(np.sqrt(np.log1p(item.relative_sd**2)) * random.standard_normal(n))
        elif name not in samples:
            samples[name] = np.full(n, float(_check.nominal(_check.finite(name, item))))
    values = np.asarray(function(**samples), dtype=float)
    if values.shape != (n,):
        raise InputError(
            f"function must return {n} results for {n} samples, got an array of shape {values.shape}; write it "
            "with numpy "
            "functions"
        )
    if not np.all(np.isfinite(values)):
        raise InputError(
            f"function gave no finite number for {np.mean(~np.isfinite(values)):.1%} of the samples; use LogNormal for "
            "inputs that cannot be negative"
        )
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return Samples(values, float(middle), float(np.std(values, ddof=1)), (float(low), float(high)))


def with_shared(values: Sequence[float], random_rel, shared_rel: float) -> tuple[UFloat, ...]:
    """Values with an uncertainty of their own and one that all have in common.

    Doses of several cycles or organs share calibration and S value; their volumes and fits are their own. The sum of
    such values then has ``u^2 = sum u_random^2 + (sum u_shared)^2`` without further work.

    Parameters
    ----------
    values : sequence of float
        For example the doses of the cycles, Gy.
    random_rel : float or sequence of float
        Relative standard uncertainty of each value alone.
    shared_rel : float
        Relative standard uncertainty common to all.

    Examples
    --------
    >>> doses = with_shared([5.2, 5.2, 5.2, 5.2], random_rel=0.06, shared_rel=0.05)
    >>> round(sum(doses).std_dev, 3)
    1.213
    """
    plain = np.atleast_1d(_check.nominal(_check.positive("values", values)))
    spread = np.broadcast_to(_check.nominal(_check.fraction("random_rel", random_rel)), plain.shape)
    _check.fraction("shared_rel", shared_rel)
    common = _relative(shared_rel)
    return tuple(number * _relative(own) * common for number, own in zip(plain.tolist(), spread.tolist(), strict=True))


def _relative(spread: float) -> UFloat:
    return ufloat(1.0, spread) if spread else _check.exact(1.0)


def _recovery(recovery, volume_ml) -> tuple[float, float, float]:
    """Recovery coefficient, its logarithmic slope ``(V/R) dR/dV`` and its relative uncertainty from the fit."""
    b1, b2 = recovery.b1_ml, recovery.b2
    ratio = (b1.nominal_value / volume_ml) ** b2.nominal_value
    coefficient = 1 / (1 + ratio)
    left = 1 - coefficient
    # d ln R by b1 and b2
    gradient = np.array([-b2.nominal_value / b1.nominal_value * left, -np.log(b1.nominal_value / volume_ml) * left])
    covariance = np.array(covariance_matrix([b1, b2]))
    return float(coefficient), float(b2.nominal_value * left), float(np.sqrt(gradient @ covariance @ gradient))
