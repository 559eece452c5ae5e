"""What no radioiodine number may be, in one place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide

LN2 = float(np.log(2))
_TOLERATED = 0.01
_ROUNDING = 1e-4


def warn_flags(flags: Iterable[Flag]) -> None:
    """For functions that return a bare number."""
    for flag in flags:
        _check.warn(flag.text, stacklevel=4)


def one_number(name: str, number):
    """Refuse a row where a single patient is meant; ufloats pass."""
    if np.ndim(number):
        raise InputError(f"{name} must be one number, got {number!r}")
    return number


def positive_fraction(name: str, number, hint: str = "leave out what shows no activity"):
    """Above 0, at most 1; percentages are recognised."""
    return _check.positive(name, _check.fraction(name, number), hint)


def possible_uptake(name: str, number, time_h, nuclide="I-131") -> None:
    """Refuse more than physical decay leaves of all that was administered, beyond twice its uncertainty."""
    found = find_nuclide(nuclide)
    plain, ceiling = np.broadcast_arrays(_check.nominal(number), found.decay_factor(_check.nominal(time_h)))
    over = plain - ceiling * (1 + _ROUNDING) > 2 * _numbers.deviations(number).reshape(np.shape(number))
    if np.any(over):
        worst, left = float(plain[over][0]), float(ceiling[over][0])
        raise PhysicsError(
            f"{name} is {worst:g}, more than the {left:.3g} that decay leaves of all the {found.name} by then; is it "
            "decay-corrected, or not of the administered activity?"
        )


def effective_half_life(name: str, half_life_h, nuclide="I-131", *, thyroid: bool = False):
    """Hours; refused if longer than physical decay by more than 1 % and twice its uncertainty."""
    half_life_h = _check.positive(name, half_life_h, "it is in hours")
    found = find_nuclide(nuclide)
    plain = np.atleast_1d(_check.nominal(half_life_h))
    over = plain / found.half_life_h - 1
    clear = (over > _TOLERATED) & (plain - found.half_life_h > 2 * _numbers.deviations(half_life_h))
    longest = float(np.max(plain))
    if np.any(clear):
        raise PhysicsError(
            f"{name} is {longest:g} h; an effective half-life cannot exceed the physical one of {found.name}, "
            f"{found.half_life_h:.4g} h. Are the counts decay-corrected, or is it a biological half-life?"
        )
    if np.any(over > _ROUNDING):
        _check.warn(
            f"{name} is {longest:g} h, a little longer than physical decay of {found.name} allows "
            f"({found.half_life_h:.4g} h); physical decay is the limit",
            stacklevel=4,
        )
    if thyroid and np.any(plain < value("radioiodine.days_suspected_h")):
        _check.warn(f"{name} is {np.min(plain):g} h, very short for a thyroid; is it in days?", stacklevel=4)
    return half_life_h


def checked_tiac(name: str, tiac_h, nuclide="I-131", *, thyroid: bool = False):
    """Time-integrated activity coefficient, hours; refused beyond all activity staying for ever."""
    tiac_h = _check.positive(name, tiac_h, "it is in hours")
    found = find_nuclide(nuclide)
    plain = np.atleast_1d(_check.nominal(tiac_h))
    ceiling = found.half_life_h / LN2
    if np.any(plain > ceiling * (1 + _ROUNDING)):
        raise PhysicsError(
            f"{name} is {np.max(plain):g} h, more than the {ceiling:.4g} h of all the {found.name} staying until it "
            "has decayed. Were decay-corrected values integrated, or MBq·h given for hours?"
        )
    if thyroid and np.any(plain < value("radioiodine.days_suspected_h")):
        _check.warn(f"{name} is {np.min(plain):g} h, very short for a thyroid; is it in days?", stacklevel=4)
    return tiac_h


def body_weight(weight_kg):
    """10 to 250 kg."""
    weight_kg = _check.positive("weight_kg", weight_kg)
    plain = np.atleast_1d(_check.nominal(weight_kg))
    if np.any((plain < 10) | (plain > 250)):
        worst = float(plain[(plain < 10) | (plain > 250)][0])
        hint = "; is it in grams?" if worst > 1000 else ""
        raise InputError(f"weight_kg must lie between 10 and 250, got {worst:g}{hint}")
    return weight_kg
