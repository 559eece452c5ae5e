"""Functions of one number that take floats, arrays and ``uncertainties`` numbers alike, and rows of numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import uncertainties
from scipy.special import expit, ndtr
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.errors import InputError


def lift(function: Callable, derivative: Callable) -> Callable:
    """Extend a function of floats and float arrays to ufloats and arrays of them."""
    one = uncertainties.wrap(lambda number: float(function(number)), [lambda number: float(derivative(number))])

    def lifted(value):
        if isinstance(value, UFloat):
            return one(value)
        array = np.asarray(value)
        if array.dtype == object:
            result = np.empty(array.shape, dtype=object)
            result.ravel()[:] = [one(item) for item in array.ravel()]
            return result
        result = function(array)
        return float(result) if np.ndim(result) == 0 else result

    return lifted


exp = _check.exp
log = lift(np.log, lambda x: 1 / x)
# 1 / (1 + e^-x), without overflow at either end
logistic = lift(expit, lambda x: expit(x) * expit(-x))
normal_cdf = lift(ndtr, lambda x: np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))

# of a standard normal variable; equal steps converge as fast as any rule, and do not mind a steep curve
NORMAL_NODES = np.linspace(-8, 8, 321)
NORMAL_WEIGHTS = np.exp(-0.5 * NORMAL_NODES**2) / np.exp(-0.5 * NORMAL_NODES**2).sum()


def uncertain(value) -> bool:
    """Whether a value is a ufloat or an array with at least one."""
    if isinstance(value, UFloat):
        return True
    array = np.asarray(value)
    return array.dtype == object and any(isinstance(item, UFloat) for item in array.ravel())


def deviations(values) -> np.ndarray:
    """Standard uncertainties of a row, 0 where a number has none."""
    return np.array([item.std_dev if isinstance(item, UFloat) else 0.0 for item in np.ravel(values)])


def row(name: str, values) -> np.ndarray:
    """A one-dimensional array of finite numbers; of floats unless there are ufloats among them."""
    if isinstance(values, (str, UFloat)) or _depth(values) != 1:
        raise InputError(f"{name} must be a row of numbers, got {values!r}")
    if len(values) == 0:
        raise InputError(f"{name} is empty; give at least one number")
    array = np.asarray(_check.finite(name, values))
    return array if uncertain(array) else np.array(array, dtype=float)


def same_length(**rows) -> None:
    """Refuse rows of different lengths, named as the arguments are."""
    lengths = {name: len(values) for name, values in rows.items() if values is not None}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"these must have as many values as each other: {told}")


def _depth(values) -> int:
    """Dimensions; of rows of different lengths, which numpy refuses, 2."""
    try:
        return np.ndim(values)
    except ValueError:
        return 2


def single(name: str, value) -> float:
    """One plain number, neither an array nor a ufloat."""
    if _depth(value) or isinstance(value, UFloat):
        raise InputError(f"{name} must be one plain number, got {value!r}")
    return float(_check.finite(name, value))
