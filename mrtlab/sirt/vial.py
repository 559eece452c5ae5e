"""The vial: its clock, what was left in it, what was delivered."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from mrtlab import _check, clock
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["delivered_activity", "residual_fraction", "vial_activity"]


def vial_activity(activity_mbq, calibrated_at: datetime, wanted_at: datetime, nuclide="Y-90"):
    """Activity of a vial at another time than its calibration, across time zones, MBq.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        MBq at ``calibrated_at``.
    calibrated_at, wanted_at : datetime
        With time zones: suppliers often calibrate in their own.
    nuclide : str or Nuclide

    Returns
    -------
    same kind as ``activity_mbq``

    Raises
    ------
    InputError
        For a negative activity or a datetime without a time zone.

    Warns
    -----
    PlausibilityWarning
        If ``wanted_at`` is earlier than the calibration, or the two are further apart than a vial lasts (3 days before
        to 12 days after).

    References
    ----------
    Physical decay.
    """
    return _vial(activity_mbq, calibrated_at, wanted_at, nuclide)


def _vial(activity_mbq, calibrated_at, wanted_at, nuclide):
    there = clock.activity_at(activity_mbq, nuclide, calibrated_at, wanted_at)
    hours = clock.elapsed_h(calibrated_at, wanted_at)
    early, late = value("sirt.earliest_h"), value("sirt.latest_h")
    if not early <= hours <= late:
        _check.warn(
            f"the vial is wanted {hours:g} h from its calibration; {early:g} to {late:g} h are usual. Check the order "
            "of day and month, and the time zones",
            stacklevel=4,
        )
    elif hours < 0:
        _check.warn(Flag.BACK_DECAY.text, stacklevel=4)
    return there


def residual_fraction(before, after, elapsed_h, background=0.0, nuclide="Y-90"):
    """Share of the vial that was not delivered, from two readings of one meter in one geometry.

    ``(after - background) / ((before - background)·decay)``: the first reading is decayed to the time of the second.

    Parameters
    ----------
    before, after : float, array or ufloat
        Readings of vial and delivery set before and after the infusion, in one unit.
    elapsed_h : float
        Hours from the one to the other.
    background : float or ufloat
        Reading without the vial.
    nuclide : str or Nuclide

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For negative readings or times, or a reading below its background.
    PhysicsError
        If more was left than was there.

    Warns
    -----
    PlausibilityWarning
        If more than 10 % were left.

    References
    ----------
    ``sirt.vial``
    """
    before, after = _check.positive("before", before), _check.non_negative("after", after)
    background = _check.non_negative("background", background)
    elapsed_h = _check.non_negative("elapsed_h", elapsed_h, "the reading after comes later than the one before")
    for name, reading in (("before", before), ("after", after)):
        net = reading - background
        if np.any(_check.nominal(net) < 0) or (name == "before" and np.any(_check.nominal(net) == 0)):
            raise InputError(
                f"{name} minus background is {np.min(_check.nominal(net)):g}: the reading must lie above its "
                "background; was the background taken beside another source?"
            )
    left = (after - background) / ((before - background) * find_nuclide(nuclide).decay_factor(elapsed_h))
    most = float(np.max(_check.nominal(left)))
    if most > 1:
        raise PhysicsError(f"after is {most:g} times what decay left of before; are the two readings exchanged?")
    if most > value("sirt.high_residual"):
        _check.warn(f"residual {100 * most:.3g} %. {Flag.HIGH_RESIDUAL.text}")
    return left


def delivered_activity(activity_mbq, calibrated_at: datetime, infused_at: datetime, residual, nuclide="Y-90"):
    """Activity that reached the patient, ``A(infusion)·(1 - residual)``, MBq.

    Doses to liver and lungs are computed with this one, not with the vial's.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Of the vial at ``calibrated_at``, MBq.
    calibrated_at, infused_at : datetime
        With time zones.
    residual : float, array or ufloat
        Share not delivered, as by :func:`residual_fraction`.
    nuclide : str or Nuclide

    Returns
    -------
    same kind as given

    Raises
    ------
    InputError
        As :func:`vial_activity`; for a residual outside 0 to 1.

    Warns
    -----
    PlausibilityWarning
        As :func:`vial_activity`; for a residual above 10 %.

    References
    ----------
    ``sirt.vial``
    """
    residual = _check.fraction("residual", residual)
    if np.any(_check.nominal(residual) > value("sirt.high_residual")):
        _check.warn(f"residual {100 * float(np.max(_check.nominal(residual))):.3g} %. {Flag.HIGH_RESIDUAL.text}")
    return _vial(activity_mbq, calibrated_at, infused_at, nuclide) * (1 - residual)
