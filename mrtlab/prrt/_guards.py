"""What no number of PRRT may be, in one place."""

from __future__ import annotations

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.errors import InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide

LN2 = float(np.log(2))
_LEAST_MBQ = 20
_GY_PER_GBQ = 0.02


def activity(name: str, mbq, stacklevel: int = 4):
    """Above 0, MBq; gigabecquerels are suspected."""
    mbq = _check.positive(name, mbq, "activities are MBq")
    low = float(np.min(_check.nominal(mbq)))
    if low < _LEAST_MBQ:
        _check.warn(f"{name} is {low:g} MBq: GBq instead of MBq? Then give {1000 * low:g}", stacklevel)
    return mbq


def per_mbq(name: str, number):
    """Dose per activity, Gy/MBq; Gy/GBq is refused where it cannot be anything else."""
    number = _check.positive(name, number, "it is Gy/MBq")
    high = float(np.max(_check.nominal(number)))
    if high > _GY_PER_GBQ:
        raise InputError(f"{name} is {high:g} Gy/MBq: Gy/GBq instead of Gy/MBq? Then give {high / 1000:g}")
    return number


def half_life(name: str, half_life_h, nuclide):
    """Above 0 and not longer than physical decay, by more than 1 % and twice its uncertainty."""
    half_life_h = _check.positive(name, half_life_h, "it is in hours")
    found = find_nuclide(nuclide)
    plain = np.atleast_1d(_check.nominal(half_life_h))
    over = plain - found.half_life_h
    if np.any((over > 0.01 * found.half_life_h) & (over > 2 * _numbers.deviations(half_life_h))):
        raise PhysicsError(
            f"{name} is {np.max(plain):g} h; an effective half-life cannot exceed the physical one of {found.name}, "
            f"{found.half_life_h:.4g} h. Are the activities decay-corrected, or is it a biological half-life?"
        )
    return half_life_h


def one_number(name: str, number):
    """Refuse a row where one value is meant; ufloats pass."""
    if np.ndim(number):
        raise InputError(f"{name} must be one number, got {number!r}")
    return number


def relative(number) -> float:
    """Relative standard uncertainty, 0 for a plain number."""
    return number.std_dev / abs(number.nominal_value) if isinstance(number, UFloat) else 0.0
