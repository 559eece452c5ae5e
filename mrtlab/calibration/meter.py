"""The activity meter: what was administered, agreement with a reference, decay while a camera counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from uncertainties import ufloat

from mrtlab import _check, _numbers
from mrtlab.clock import _utc, activity_at
from mrtlab.constants import value
from mrtlab.errors import InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["acquisition_decay_factor", "cross_calibration", "net_activity"]


def net_activity(
    syringe_mbq,
    syringe_at: datetime,
    residual_mbq,
    residual_at: datetime | None,
    administered_at: datetime,
    nuclide,
    *,
    clock_offset_s: float = 0.0,
):
    """Activity that reached the patient: syringe minus residual, both brought to the time of administration.

    Parameters
    ----------
    syringe_mbq : float, array or ufloat
        Reading of the full syringe or vial, MBq.
    syringe_at : datetime
        When it was read, with time zone.
    residual_mbq : float, array, ufloat or None
        Reading of what was left in syringe and line, MBq. None if it was not measured: then the syringe counts in
        full, a warning is issued, and a result that carries an uncertainty gets 2 % more, in quadrature.
    residual_at : datetime or None
        When the residual was read; None without a residual.
    administered_at : datetime
        Time to which both are brought.
    nuclide : str or Nuclide
    clock_offset_s : float
        How far the clock of the meter is ahead of the one that ``administered_at`` was read from (that of the camera),
        s; negative if it is behind. Both readings of the meter are moved by it. 0 says that the clocks were compared.

    Returns
    -------
    same kind as ``syringe_mbq``, MBq at ``administered_at``

    Raises
    ------
    InputError
        For negative readings, datetimes without a time zone, a residual without its time or a time without residual.
    PhysicsError
        If more was left than was there.

    Warns
    -----
    PlausibilityWarning
        If the residual was not measured, or the readings are not in the order syringe, administration, residual.

    References
    ----------
    Definition. The 2 % is a convention of mrtlab (``calibration.no_residual_rel``).
    """
    syringe_mbq = _check.non_negative("syringe_mbq", syringe_mbq)
    ahead = timedelta(seconds=_clock_offset(clock_offset_s))
    syringe_at, administered_at = _utc("syringe_at", syringe_at) - ahead, _utc("administered_at", administered_at)
    if syringe_at > administered_at:
        _check.warn(
            "syringe_at is later than administered_at. That is right only for an activity the supplier calibrated "
            "ahead; otherwise check dates and time zones"
        )
    there = activity_at(syringe_mbq, nuclide, syringe_at, administered_at)
    if residual_mbq is None:
        return _without_residual(there, residual_at)
    residual_mbq = _check.non_negative("residual_mbq", residual_mbq)
    if residual_at is None:
        raise InputError("residual_at is missing: the residual must be brought to the time of administration")
    residual_at = _utc("residual_at", residual_at) - ahead
    if residual_at < administered_at:
        _check.warn(
            "residual_at is earlier than administered_at; a residual is what was left afterwards. Check the clocks"
        )
    left = activity_at(residual_mbq, nuclide, residual_at, administered_at)
    if np.any(_check.nominal(left) > _check.nominal(there)):
        raise PhysicsError(
            f"residual_mbq is {np.max(_check.nominal(left)):g} MBq at the time of administration, more than the "
            f"{np.min(_check.nominal(there)):g} MBq in the syringe; are the two exchanged, or is a date wrong?"
        )
    return there - left


def _clock_offset(clock_offset_s) -> float:
    offset = _numbers.single("clock_offset_s", clock_offset_s)
    if abs(offset) > 86400:
        raise InputError(f"clock_offset_s is {offset:g} s, more than a day; correct the dates instead")
    return offset


def _without_residual(there, residual_at):
    if residual_at is not None:
        raise InputError("residual_at is given but residual_mbq is None; give both or neither")
    extra = value("calibration.no_residual_rel")
    known = _numbers.uncertain(there)
    _check.warn(
        "the residual was not measured: the whole syringe is taken as administered, and "
        + (f"{100 * extra:g} % was added to the uncertainty" if known else "no uncertainty was given to widen")
    )
    return there * ufloat(1, extra, "residual not measured") if known else there


def cross_calibration(reference_mbq, reading_mbq):
    """Factor that turns readings of one activity meter into those of a reference, ``F = reference / reading``.

    Both at the same time. The factor holds for the nuclide, container, volume and meter setting it was measured with,
    and for no other.

    Parameters
    ----------
    reference_mbq, reading_mbq : float, array or ufloat
        Traceable activity and the meter's reading of the same source, MBq.

    Returns
    -------
    same kind as given, to multiply readings with

    Raises
    ------
    InputError
        If either is not positive.

    Warns
    -----
    PlausibilityWarning
        If the factor is more than 5 % from 1 (investigate), or more than 10 % (do not use the meter).

    References
    ----------
    Definition. Action levels: ``calibration.cross_calibration_investigate`` and ``..._stop`` (recalled).
    """
    reference_mbq = _check.positive("reference_mbq", reference_mbq)
    reading_mbq = _check.positive("reading_mbq", reading_mbq)
    factor = reference_mbq / reading_mbq
    off = float(np.max(np.abs(_check.nominal(factor) - 1)))
    for level, action in (("stop", "do not use this meter"), ("investigate", "find out why")):
        if off > value(f"calibration.cross_calibration_{level}"):
            _check.warn(
                f"the meter is {100 * off:.3g} % from the reference: {action}; check setting, container and clocks"
            )
            break
    return factor


def acquisition_decay_factor(duration_s, nuclide):
    """Mean activity during an acquisition over the activity at its start, ``(1 - e^-x)/x`` with x = λ·duration.

    Parameters
    ----------
    duration_s : float, array or ufloat
        Seconds, above 0.
    nuclide : str or Nuclide

    Returns
    -------
    same kind as ``duration_s``, above 0 and at most 1

    Raises
    ------
    InputError
        If the duration is not positive.

    References
    ----------
    Analytic.
    """
    duration_s = _check.positive("duration_s", duration_s)
    return _mean_over_start(find_nuclide(nuclide).decay_constant_per_h / 3600 * duration_s)


def _ratio(x):
    small = np.abs(x) < 1e-6  # where 1 - e^-x loses digits and, for x = 0, the quotient is undefined
    safe = np.where(small, 1.0, x)
    return np.where(small, 1 - x / 2, -np.expm1(-safe) / safe)


def _ratio_slope(x):
    if abs(x) < 1e-3:
        return -1 / 2 + x / 3 - x**2 / 8
    return (np.exp(-x) * (1 + x) - 1) / x**2


_mean_over_start = _numbers.lift(_ratio, _ratio_slope)
