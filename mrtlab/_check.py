"""Checks of arguments, with messages that name the argument, the value and the likely slip.

All accept floats, sequences, numpy arrays and ``uncertainties`` numbers and return the value ready for
arithmetic: a scalar as a float or ufloat, anything longer as an array.
"""

from __future__ import annotations

import warnings
from collections.abc import Collection

import numpy as np
from uncertainties import UFloat, ufloat, umath

from mrtlab.errors import InputError, PlausibilityWarning


def warn(message: str, stacklevel: int = 3) -> None:
    """Issue a PlausibilityWarning at whoever called the public function that calls this."""
    warnings.warn(message, PlausibilityWarning, stacklevel=stacklevel)


def exp(exponent):
    """Exponential of floats, arrays, ufloats and arrays of ufloats."""
    if isinstance(exponent, UFloat):
        return umath.exp(exponent)
    if np.ndim(exponent) and np.asarray(exponent).dtype == object:
        return np.array([umath.exp(item) for item in np.ravel(exponent)]).reshape(np.shape(exponent))
    return np.exp(exponent)


def nominal(value):
    """Values without their uncertainties: a float for a scalar, a float array otherwise."""
    if isinstance(value, UFloat):
        return float(value.nominal_value)
    if np.ndim(value) == 0:
        return float(value)
    array = np.asarray(value)
    if array.dtype == object:
        return np.array([nominal(item) for item in array.ravel()]).reshape(array.shape)
    return array.astype(float, copy=False)


def exact(number) -> UFloat:
    """A ufloat without uncertainty; a ufloat is returned as it is."""
    if isinstance(number, UFloat):
        return number
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # uncertainties warns of the zero that is meant here
        return ufloat(float(number), 0.0)


def finite(name: str, value):
    """Refuse text, missing values, complex numbers, NaN and infinities.

    Whole numbers come back as floats: numpy's wrap around when they get large.
    """
    if isinstance(value, (str, bytes)):
        raise InputError(
            f"{name} is the text {value!r}, not a number; read typed numbers with mrtlab.units.parse_quantity"
        )
    if value is None or isinstance(value, (bool, np.bool_)):
        raise InputError(f"{name} must be a number, got {value!r}")
    try:
        value = _numbers(value)
        plain = nominal(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} must be a number or an array of numbers, got {value!r}") from None
    if not np.all(np.isfinite(plain)):
        raise InputError(f"{name} must be finite, got {_worst(value, ~np.isfinite(plain))}")
    if isinstance(value, UFloat) or (np.ndim(value) and value.dtype == object):
        spread = [item.std_dev for item in np.ravel(value) if isinstance(item, UFloat)]
        if not np.all(np.isfinite(spread)):
            raise InputError(f"{name} has no finite uncertainty, got {value!r}")
    return value


def _numbers(value):
    """A float, a ufloat, or an array of either."""
    if isinstance(value, (float, UFloat)):
        return value
    if np.ndim(value) == 0:
        return float(value)
    array = np.asarray(value)
    if array.dtype.kind not in "iufO" or np.ma.is_masked(value):
        raise TypeError  # truth values, text, complex numbers, dates, masked entries
    if array.dtype.kind == "f" or any(isinstance(item, UFloat) for item in array.flat):
        return array
    return array.astype(float)


def positive(name: str, value, hint: str = ""):
    """Refuse zero and below."""
    value = _some(name, finite(name, value))
    return _require(name, value, nominal(value) > 0, "must be above 0", hint)


def non_negative(name: str, value, hint: str = ""):
    """Refuse negative numbers."""
    value = finite(name, value)
    return _require(name, value, nominal(value) >= 0, "must not be negative", hint)


def fraction(name: str, value):
    """Refuse what is outside 0 to 1; recognise percentages."""
    value = _some(name, finite(name, value))
    plain = nominal(value)
    largest = float(np.max(plain))
    hint = f"{largest:g} looks like a percentage; give {largest / 100:g}" if 1 < largest <= 100 else ""
    return _require(name, value, (plain >= 0) & (plain <= 1), "must lie between 0 and 1", hint)


def geometric_sd(name: str, value):
    """Refuse what cannot be a geometric standard deviation: 1 means no spread, below 1 means nothing."""
    value = finite(name, value)
    plain = nominal(value)
    return _require(
        name, value, (plain >= 1) & (plain <= 5), "must lie between 1 and 5", "it is a factor: for 35 % give 1.35"
    )


def choice(name: str, value, allowed: Collection[str]):
    """Refuse a word that is not on the list."""
    if not isinstance(value, str) or value not in allowed:
        raise InputError(f"{name} must be one of {', '.join(map(repr, allowed))}, got {value!r}")
    return value


def _some(name, value):
    if np.size(value) == 0:
        raise InputError(f"{name} is empty; give at least one number")
    return value


def _require(name, value, good, rule, hint):
    if np.all(good):
        return value
    raise InputError(f"{name} {rule}, got {_worst(value, ~np.asarray(good))}" + (f"; {hint}" if hint else ""))


def _worst(value, bad) -> str:
    """The offending value, with its place when there are several."""
    if np.ndim(value) == 0:
        return f"{nominal(value):g}"
    index = int(np.flatnonzero(np.asarray(bad).ravel())[0])
    return f"{np.asarray(nominal(value)).ravel()[index]:g} at position {index + 1}"
