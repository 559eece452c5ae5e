"""The linear-quadratic model with dose protraction: Lea-Catcheside factor, BED, EQD2, repopulation."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import log

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.errors import InputError, PhysicsError, PlausibilityWarning

__all__ = [
    "bed",
    "bed_range",
    "bed_total",
    "bed_with_repopulation",
    "dose_from_bed",
    "effective_treatment_time_h",
    "eqd2",
    "lea_catcheside",
    "lea_catcheside_curve",
]

_LN2 = log(2)


def lea_catcheside(effective_half_life_h, repair_half_time_h):
    """Lea-Catcheside factor for a dose rate that falls exponentially, ``G = T_rep/(T_rep + T_eff)``.

    The share of the quadratic damage of an acute dose that is left when sublethal damage is repaired meanwhile: 1 for
    an acute dose, towards 0 for one given slowly.

    Parameters
    ----------
    effective_half_life_h : float, array or ufloat
        Of the dose rate: physical decay and clearance together, hours. The physical half-life alone overstates repair.
    repair_half_time_h : float, array or ufloat
        Half-time of sublethal damage repair, hours.

    Returns
    -------
    same kind as given, above 0 and at most 1

    Raises
    ------
    InputError
        If either is not positive.

    References
    ----------
    Dale, Br J Radiol 1985;58:515-528; MIRD Pamphlet No. 20 (Wessels et al., J Nucl Med 2008) (recalled).
    """
    effective_half_life_h = _check.positive("effective_half_life_h", effective_half_life_h)
    repair_half_time_h = _check.positive("repair_half_time_h", repair_half_time_h)
    return 1 / (1 + effective_half_life_h / repair_half_time_h)


def lea_catcheside_curve(amplitudes: Sequence, rates_per_h: Sequence, repair_half_time_h, repair_weights=None):
    """Lea-Catcheside factor for a dose rate that is a sum of exponentials, ``sum a_i·exp(-l_i·t)``.

    ``G = (2/D^2)·sum_ij a_i·a_j/[(l_i + l_j)(l_i + mu)]`` with ``D = sum a_i/l_i``. An uptake phase has a negative
    amplitude. With several repair half-times the factor is the mean over them, ``G = sum w_k·G(mu_k)``.

    Parameters
    ----------
    amplitudes : sequence of float or ufloat
        Of dose rate or activity; only their ratios matter. The sum must not be negative at any time.
    rates_per_h : sequence of float or ufloat
        Effective rates, 1/h: ln 2 over the effective half-life of each phase.
    repair_half_time_h : float, ufloat or sequence of them
        Hours; a sequence for bi-exponential repair.
    repair_weights : sequence of float, optional
        Share of each repair half-time, with sum 1. Needed for a sequence.

    Returns
    -------
    float or ufloat, above 0 and at most 1

    Raises
    ------
    InputError
        For numbers out of range, different lengths, weights that are missing or do not sum to 1.
    PhysicsError
        If the dose rate is negative at some time, or gives no dose.

    References
    ----------
    Derived, and checked against the differential equation of repair. Bi-exponential repair: Baechler et al., Med Phys
    2008;35:1123; Gustafsson et al. 2013 (recalled).
    """
    amplitudes = _numbers.row("amplitudes", amplitudes)
    rates_per_h = _check.positive("rates_per_h", _numbers.row("rates_per_h", rates_per_h))
    _numbers.same_length(amplitudes=amplitudes, rates_per_h=rates_per_h)
    half_times, weights = _repair(repair_half_time_h, repair_weights)
    parts = amplitudes / rates_per_h
    dose = np.sum(parts)
    _require_dose_rate(_check.nominal(amplitudes), _check.nominal(rates_per_h), _check.nominal(dose))
    shares = parts / dose
    # l_j/(l_i + l_j) for all pairs; with the shares of the dose no number here leaves 0 to 1 unless phases cancel
    pairs = rates_per_h[None, :] / (rates_per_h[:, None] + rates_per_h[None, :])
    factor = 0
    for half_time, weight in zip(half_times, weights, strict=True):
        survival = 1 / (1 + _LN2 / half_time / rates_per_h)
        factor = factor + weight * np.sum(2 * np.outer(shares * survival, shares) * pairs)
    plain = _check.nominal(factor)
    if not 0 < plain < 1 + 1e-9:
        raise PhysicsError(
            f"the Lea-Catcheside factor comes out as {plain:g}, not between 0 and 1: phases with nearly the same rate "
            "and opposite amplitudes cancel beyond what can be computed; merge them"
        )
    return factor if _numbers.uncertain(factor) else min(float(factor), 1.0)  # 1 may be passed by rounding


def _repair(half_time_h, weights):
    if np.ndim(half_time_h) == 0:
        if weights is not None:
            raise InputError("repair_weights needs as many repair half-times; give repair_half_time_h as a sequence")
        return [_check.positive("repair_half_time_h", half_time_h)], [1.0]
    half_times = _check.positive("repair_half_time_h", _numbers.row("repair_half_time_h", half_time_h))
    if weights is None:
        raise InputError("repair_weights is missing: say which share of the damage each repair half-time stands for")
    weights = _check.fraction("repair_weights", _numbers.row("repair_weights", weights))
    _numbers.same_length(repair_half_time_h=half_times, repair_weights=weights)
    total = float(np.sum(_check.nominal(weights)))
    if abs(total - 1) > 1e-9:
        raise InputError(f"repair_weights must have the sum 1, got {total:g}")
    return half_times, weights


def _require_dose_rate(amplitudes, rates, dose):
    """Refuse a dose rate that is negative somewhere: sampled from well before the fastest phase to the last."""
    times = np.concatenate([[0.0], np.geomspace(1e-4 / rates.max(), 40 / rates.min(), 4000)])
    curve = np.exp(-np.outer(times, rates)) @ amplitudes
    scale = np.exp(-np.outer(times, rates)) @ np.abs(amplitudes)
    if dose <= 0 or np.any(curve < -1e-9 * scale):
        at = times[int(np.argmin(curve / np.maximum(scale, np.finfo(float).tiny)))]
        raise PhysicsError(
            f"amplitudes and rates_per_h give a negative dose rate, for example at {at:.3g} h; an uptake phase must be "
            "the faster one, and not larger than what it feeds"
        )


def bed(dose_gy, alpha_beta_gy, g):
    """Biologically effective dose of one administration, ``D·(1 + G·D/(alpha/beta))``, Gy.

    For several administrations far apart add the BED of each (:func:`bed_total`); the formula applied to the summed
    dose is wrong.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Absorbed dose, Gy.
    alpha_beta_gy : float or ufloat
        Gy.
    g : float, array or ufloat
        Lea-Catcheside factor, 0 to 1.

    Returns
    -------
    same kind as given, Gy, never below the dose

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    Dale, Br J Radiol 1985;58:515-528; MIRD Pamphlet No. 20 (recalled).
    """
    dose_gy = _check.non_negative("dose_gy", dose_gy)
    return dose_gy * (1 + dose_gy * _quadratic(alpha_beta_gy, g))


def dose_from_bed(bed_gy, alpha_beta_gy, g):
    """Absorbed dose of one administration that has this BED, Gy: the inverse of :func:`bed`.

    Parameters
    ----------
    bed_gy : float, array or ufloat
        Gy.
    alpha_beta_gy : float or ufloat
        Gy.
    g : float, array or ufloat
        Lea-Catcheside factor, 0 to 1.

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    Analytic.
    """
    bed_gy = _check.non_negative("bed_gy", bed_gy)
    # (-1 + sqrt(1 + 4cB))/(2c), written so that it holds for c = 0
    return 2 * bed_gy / (1 + (1 + 4 * bed_gy * _quadratic(alpha_beta_gy, g)) ** 0.5)


def _quadratic(alpha_beta_gy, g):
    """G over alpha/beta, 1/Gy."""
    return _check.fraction("g", g) / _check.positive("alpha_beta_gy", alpha_beta_gy, "it is a dose in Gy")


def eqd2(bed_gy, alpha_beta_gy):
    """Total dose in 2 Gy fractions with the same BED, ``BED/(1 + 2/(alpha/beta))``, Gy.

    Parameters
    ----------
    bed_gy : float, array or ufloat
        Gy.
    alpha_beta_gy : float or ufloat
        Gy, the same as in the BED.

    Raises
    ------
    InputError
        For a negative BED or an alpha/beta that is not positive.

    References
    ----------
    Definition.
    """
    bed_gy = _check.non_negative("bed_gy", bed_gy)
    return bed_gy / (1 + 2 / _check.positive("alpha_beta_gy", alpha_beta_gy))


def bed_total(doses_gy: Sequence, alpha_beta_gy, g):
    """BED of several administrations, the sum of the BED of each, Gy.

    For intervals much longer than repair and effective half-life.

    Parameters
    ----------
    doses_gy : sequence of float or ufloat
        Absorbed dose of each administration, Gy.
    alpha_beta_gy : float or ufloat
        Gy.
    g : float, ufloat or sequence of them
        Lea-Catcheside factor, one for all or one for each.

    Raises
    ------
    InputError
        For numbers out of range or different lengths.

    References
    ----------
    MIRD Pamphlet No. 20 (recalled).
    """
    doses_gy = _numbers.row("doses_gy", doses_gy)
    if np.ndim(g):
        g = _numbers.row("g", g)
        _numbers.same_length(doses_gy=doses_gy, g=g)
    total = np.sum(bed(doses_gy, alpha_beta_gy, g))
    return total if _numbers.uncertain(total) else float(total)


def bed_range(doses_gy, effective_half_life_h, alpha_beta_range_gy, repair_range_h) -> tuple:
    """Lowest and highest BED over the plausible radiobiological parameters, Gy; to be shown with every BED.

    Parameters
    ----------
    doses_gy : float, ufloat or sequence of them
        Absorbed dose of each administration, Gy.
    effective_half_life_h : float or ufloat
        Hours.
    alpha_beta_range_gy, repair_range_h : pair of float
        Smallest and largest alpha/beta (Gy) and repair half-time (h).

    Returns
    -------
    tuple of two numbers

    Raises
    ------
    InputError
        For numbers out of range, or a pair not in order.

    References
    ----------
    :func:`bed` and :func:`lea_catcheside` at the two corners where the result is extreme (derived).
    """
    for name, pair in (("alpha_beta_range_gy", alpha_beta_range_gy), ("repair_range_h", repair_range_h)):
        ends = _check.positive(name, _numbers.row(name, pair))
        if len(ends) != 2 or _check.nominal(ends)[0] > _check.nominal(ends)[1]:
            raise InputError(f"{name} must be the smallest and the largest value, got {pair!r}")
    # BED falls with alpha/beta and rises with the repair half-time
    return tuple(
        bed_total(np.atleast_1d(doses_gy), alpha_beta, lea_catcheside(effective_half_life_h, repair))
        for alpha_beta, repair in zip(reversed(alpha_beta_range_gy), repair_range_h, strict=True)
    )


def bed_with_repopulation(
    dose_gy, alpha_beta_gy, g, alpha_per_gy, doubling_time_h, treatment_time_h, onset_h: float = 0.0
):
    """BED of one administration less what tumour cells grow back meanwhile, Gy.

    ``BED - ln2/(alpha·T_d)·max(0, T - T_k)``. Not for late-responding tissue such as the kidney, which does not
    repopulate in this time.

    Parameters
    ----------
    dose_gy, alpha_beta_gy, g
        As in :func:`bed`.
    alpha_per_gy : float or ufloat
        Linear radiosensitivity, 1/Gy.
    doubling_time_h : float or ufloat
        Potential doubling time, hours (15 days are 360 h).
    treatment_time_h : float or ufloat
        Effective treatment time, hours; see :func:`effective_treatment_time_h`.
    onset_h : float or ufloat
        Time at which repopulation starts, hours.

    Returns
    -------
    same kind as given, Gy

    Raises
    ------
    InputError
        For numbers out of range.

    Warns
    -----
    PlausibilityWarning
        If more grows back than is killed: the result is negative.

    References
    ----------
    Dale, Br J Radiol 1989;62:241-244 (recalled).
    """
    growth = _growth_gy_per_h(alpha_per_gy, doubling_time_h)
    treatment_time_h = _check.non_negative("treatment_time_h", treatment_time_h)
    late = treatment_time_h - _check.non_negative("onset_h", onset_h)
    result = (
        bed(dose_gy, alpha_beta_gy, g) - growth * late * np.where(np.asarray(_check.nominal(late)) > 0, 1.0, 0.0)[()]
    )
    if np.any(_check.nominal(result) < 0):
        warnings.warn(
            "the tumour grows back faster than the dose kills: the BED is negative. treatment_time_h should end when "
            "the dose rate falls to the rate that compensates growth",
            PlausibilityWarning,
            stacklevel=2,
        )
    return result


def effective_treatment_time_h(initial_gy_per_h, effective_half_life_h, alpha_per_gy, doubling_time_h):
    """Time until a falling dose rate only just compensates growth, ``ln(R0/R_crit)/lambda``, hours.

    ``R_crit = ln2/(alpha·T_d)``, to first order: the quadratic term is left out.

    Parameters
    ----------
    initial_gy_per_h : float, array or ufloat
        Dose rate at the start, Gy/h.
    effective_half_life_h : float or ufloat
        Hours.
    alpha_per_gy : float or ufloat
        1/Gy.
    doubling_time_h : float or ufloat
        Potential doubling time, hours.

    Raises
    ------
    InputError
        For numbers that are not positive.
    PhysicsError
        If growth outruns the dose rate from the start.

    References
    ----------
    Dale, Br J Radiol 1989;62:241-244 (recalled).
    """
    initial_gy_per_h = _check.positive("initial_gy_per_h", initial_gy_per_h)
    effective_half_life_h = _check.positive("effective_half_life_h", effective_half_life_h)
    critical = _growth_gy_per_h(alpha_per_gy, doubling_time_h)
    if np.any(_check.nominal(initial_gy_per_h) <= _check.nominal(critical)):
        raise PhysicsError(
            f"initial_gy_per_h is {np.min(_check.nominal(initial_gy_per_h)):g}, not above the "
            f"{np.max(_check.nominal(critical)):.3g} Gy/h that growth compensates: the tumour grows from the start"
        )
    return _numbers.log(initial_gy_per_h / critical) * effective_half_life_h / _LN2


def _growth_gy_per_h(alpha_per_gy, doubling_time_h):
    alpha_per_gy = _check.positive("alpha_per_gy", alpha_per_gy)
    return _LN2 / (alpha_per_gy * _check.positive("doubling_time_h", doubling_time_h, "it is in hours"))
