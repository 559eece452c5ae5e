"""Dose rate around a patient with I-131, dose to others, how long to keep a distance, and retention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import InputError

__all__ = ["bystander_dose", "contact_restriction_h", "dose_rate", "generic_phases", "retained_fraction", "retention"]


def dose_rate(activity_mbq, distance_m=1.0, retained=1.0, coefficient="patient"):
    """Dose rate at a distance from a patient with I-131, by the inverse square law.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Administered activity, MBq.
    distance_m : float, array or ufloat
        From the middle of the patient, m.
    retained : float, array or ufloat
        Fraction of the administered activity still in the body, physical decay included.
    coefficient : {"patient", "point_source"} or float or ufloat
        µSv·m²/(MBq·h). ``"patient"`` is a generic one, measured; ``"point_source"`` an unattenuated point, which no
        patient reaches.

    Returns
    -------
    same kind, µSv/h

    Raises
    ------
    InputError
        For numbers out of range.

    Warns
    -----
    PlausibilityWarning
        Closer than 1 m, where a patient is no point and the law overstates the dose rate.
    """
    activity_mbq = _check.non_negative("activity_mbq", activity_mbq, "activities are MBq")
    distance_m = _check.positive("distance_m", distance_m)
    retained = _check.fraction("retained", retained)
    if isinstance(coefficient, str):
        names = {"patient": "protection.patient_i131", "point_source": "protection.point_source_i131"}
        coefficient = value(names[_check.choice("coefficient", coefficient, names)])
    coefficient = _check.positive("coefficient", coefficient)
    nearest, farthest = float(np.min(_check.nominal(distance_m))), float(np.max(_check.nominal(distance_m)))
    if farthest > value("protection.farthest_m"):
        raise InputError(f"distance_m is {farthest:g} m: cm instead of m? Then give {farthest / 100:g}")
    if nearest < value("protection.near_field_m"):
        _check.warn(
            f"NEAR_FIELD: at {nearest:g} m the patient is no point; the inverse square law overstates the dose rate. "
            "Measure it"
        )
    return coefficient * activity_mbq * retained / distance_m**2


def generic_phases() -> tuple[tuple[float, float], ...]:
    """How the dose rate of a generic patient with hyperthyroidism falls: fractions and effective half-lives in h."""
    fast = value("protection.fast_fraction")
    return (
        (fast, value("protection.fast_half_life_h")),
        (1 - fast, value("protection.slow_half_life_h")),
    )


def retained_fraction(time_h, phases=None):
    """Fraction of the first dose rate that is left, ``sum of f·2^(-t/T)``, physical decay included.

    Parameters
    ----------
    time_h : float or array
        Hours after administration.
    phases : sequence of (fraction, half_life_h), optional
        As for :func:`bystander_dose`; a generic patient with hyperthyroidism if not given.

    Raises
    ------
    InputError
        For numbers out of range, or fractions that are not 1 together.

    References
    ----------
    ``protection.fast_fraction``, ``protection.fast_half_life_h``, ``protection.slow_half_life_h``.
    """
    time_h = _check.non_negative("time_h", time_h)
    return sum(fraction * _check.exp(-1 * time_h * (np.log(2) / half_life)) for fraction, half_life in _phases(phases))


def bystander_dose(initial_usv_per_h, occupancy, phases=None, start_h=0.0, stop_h=None):
    """Dose to another person who spends a part of the time at one distance, in mSv.

    ``rate · occupancy · sum of f·T/ln2 · (2^(-start/T) - 2^(-stop/T))``

    Parameters
    ----------
    initial_usv_per_h : float or ufloat
        Dose rate at that distance right after administration, µSv/h: :func:`dose_rate`, or measured.
    occupancy : float or ufloat
        Part of the time spent there, 0 to 1; 0.25 is six hours a day.
    phases : sequence of (fraction, half_life_h), optional
        Fractions of the initial dose rate, together 1, and effective half-lives, h. A generic patient with
        hyperthyroidism if not given.
    start_h : float
        When contact begins, hours after administration.
    stop_h : float, optional
        When it ends; never if not given.

    Returns
    -------
    float or ufloat, mSv (not µSv)

    Raises
    ------
    InputError
        For numbers out of range, fractions that are not 1 together, or a stop before the start.
    """
    rate = _check.non_negative("initial_usv_per_h", initial_usv_per_h)
    occupancy = _check.fraction("occupancy", occupancy)
    start_h = _check.non_negative("start_h", start_h)
    if stop_h is not None:
        stop_h = _check.finite("stop_h", stop_h)
        if np.any(_check.nominal(stop_h) < _check.nominal(start_h)):
            raise InputError(f"stop_h is {_check.nominal(stop_h)}, before start_h, {_check.nominal(start_h)}")
    return rate * occupancy * _hours(_phases(phases), start_h, stop_h) / 1000


def contact_restriction_h(initial_usv_per_h, occupancy, limit_msv, phases=None):
    """How long after administration a person keeps away so that the rest of the dose stays within a limit.

    Parameters
    ----------
    initial_usv_per_h : float or ufloat
        Dose rate right after administration at the distance of the contact that is restricted, µSv/h.
    occupancy : float or ufloat
        Part of the time spent there once contact is allowed, 0 to 1.
    limit_msv : float
        Largest dose from then on, mSv. National, never assumed.
    phases : sequence of (fraction, half_life_h), optional
        As for :func:`bystander_dose`.

    Returns
    -------
    float or ufloat
        Hours; 0 if the limit is not reached even without restriction.

    Raises
    ------
    InputError
        For numbers out of range.
    """
    from scipy.optimize import brentq

    limit = _numbers.single("limit_msv", _check.positive("limit_msv", limit_msv))
    rate = one("initial_usv_per_h", _check.non_negative("initial_usv_per_h", initial_usv_per_h))
    occupancy = one("occupancy", _check.fraction("occupancy", occupancy))
    parts = _phases(phases)
    plain = tuple((_check.nominal(fraction), _check.nominal(half_life)) for fraction, half_life in parts)
    strength = _check.nominal(rate) * _check.nominal(occupancy) / 1000

    def excess(start_h):
        return strength * _hours(plain, start_h, None) - limit

    if excess(0.0) <= 0:
        return 0.0
    # the slowest phase alone, holding everything, cannot take longer than this
    longest = max(half_life for _, half_life in plain)
    last = longest * (np.log2(strength * _hours(plain, 0.0, None) / limit) + 1)
    start = float(brentq(excess, 0.0, last, xtol=1e-9, rtol=1e-12))
    # one Newton step from the root: its value is the root, its derivatives those of the root
    remaining = rate * occupancy * _hours(parts, start, None) / 1000
    slope = strength * sum(fraction * 2 ** (-start / half_life) for fraction, half_life in plain)
    if not isinstance(remaining, UFloat):
        return start
    return start + (remaining - remaining.nominal_value) / slope


def retention(
    rate_usv_per_h,
    reference_usv_per_h,
    background_usv_per_h=0.0,
    *,
    posterior_usv_per_h=None,
    posterior_reference_usv_per_h=None,
):
    """Fraction of the administered activity in the body, from dose rates at one distance.

    ``(rate - background) / (reference - background)``; with posterior readings the geometric mean of both sides.

    Parameters
    ----------
    rate_usv_per_h : float, array or ufloat
        Dose rates, µSv/h or any unit that all share. Anterior, where there are posterior ones.
    reference_usv_per_h : float or ufloat
        Right after administration and before the bladder was emptied, in the same geometry.
    background_usv_per_h : float or ufloat
    posterior_usv_per_h, posterior_reference_usv_per_h : optional
        The same from behind; both or none.

    Returns
    -------
    same kind as the rates, fraction with physical decay included

    Raises
    ------
    InputError
        For readings at or below background, or half of a pair.

    Warns
    -----
    PlausibilityWarning
        For more than was administered.

    Notes
    -----
    Two ways of measuring retention may differ by a factor of two: 0.148 by dose rate and 0.081 by probe at 48 h in
    PMC5020787.
    """
    if (posterior_usv_per_h is None) != (posterior_reference_usv_per_h is None):
        raise InputError("posterior_usv_per_h and posterior_reference_usv_per_h belong together; give both or neither")
    background = _check.non_negative("background_usv_per_h", background_usv_per_h)
    result = _net("rate_usv_per_h", rate_usv_per_h, background, allow_zero=True) / _net(
        "reference_usv_per_h", reference_usv_per_h, background
    )
    if posterior_usv_per_h is not None:
        behind = _net("posterior_usv_per_h", posterior_usv_per_h, background, allow_zero=True) / _net(
            "posterior_reference_usv_per_h", posterior_reference_usv_per_h, background
        )
        if np.any(_check.nominal(result) == 0) or np.any(_check.nominal(behind) == 0):
            raise InputError(
                "a reading equals the background on one side; a geometric mean needs activity seen from both"
            )
        result = (result * behind) ** 0.5
    highest = float(np.max(_check.nominal(result)))
    if highest > 1:
        _check.warn(
            f"the retention is {highest:.3g}, more than was administered: the reference may have been taken after the "
            "bladder was emptied, the geometry have changed, or something be contaminated"
        )
    return result


def _net(name: str, rates, background, allow_zero: bool = False):
    """Readings less background."""
    net = _check.positive(name, rates) - background
    plain = np.atleast_1d(_check.nominal(net))
    if np.any(plain < 0) or (not allow_zero and np.any(plain == 0)):
        raise InputError(
            f"{name} less the background is {plain.min():g}; it must be above 0. Was the background measured in the "
            "same place, without the patient?"
        )
    return net


def _phases(phases: Sequence | None) -> tuple:
    """Checked fractions and half-lives."""
    if phases is None:
        return generic_phases()
    try:
        pairs = tuple((fraction, half_life) for fraction, half_life in phases)
    except (TypeError, ValueError):
        raise InputError(f"phases must be pairs of fraction and half-life in hours, got {phases!r}") from None
    checked = tuple(
        (
            one(f"fraction of phase {place}", _check.fraction(f"fraction of phase {place}", fraction)),
            one(f"half-life of phase {place}", _check.positive(f"half-life of phase {place}", half_life)),
        )
        for place, (fraction, half_life) in enumerate(pairs, 1)
    )
    total = float(sum(_check.nominal(fraction) for fraction, _ in checked))
    if abs(total - 1) > 1e-6:
        raise InputError(f"the fractions of phases must be 1 together, got {total:g}")
    return checked


def _hours(phases, start_h, stop_h):
    """Hours at the initial dose rate that give the same dose."""
    total = 0.0
    for fraction, half_life in phases:
        rate = np.log(2) / half_life
        left = _check.exp(-rate * start_h) - (0.0 if stop_h is None else _check.exp(-rate * stop_h))
        total = total + fraction / rate * left
    return total


def one(name: str, number):
    """Refuse arrays."""
    if np.ndim(number):
        raise InputError(f"{name} must be one number, got {number!r}")
    return number
