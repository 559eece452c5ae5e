"""Ways from a curve to its time-integrated activity, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mrtlab import kinetics
from mrtlab.errors import InputError
from mrtlab.patients.curves import half_life_prior

__all__ = ["Method", "find_method", "register"]

_REGISTERED: dict[str, Callable] = {}


@dataclass(frozen=True)
class Method:
    """A way to evaluate, with its scan times.

    Attributes
    ----------
    name : str
        As given, such as ``"mono@24,72,168"``.
    times_h : tuple of float
    function : callable
        Takes a :class:`mrtlab.kinetics.TimeActivity` and the patient; returns MBq·h, as a number or a ufloat.
    leans_on_population : bool
        Whether it needs the half-lives of the population.
    """

    name: str
    times_h: tuple[float, ...]
    function: Callable
    leans_on_population: bool = False


def register(name: str, function: Callable) -> None:
    """Make a method known by name, for ``"name@times"``.

    Parameters
    ----------
    name : str
        Letters, digits and underscores; not that of a built-in method.
    function : callable
        Takes the curve and the patient, returns the time-integrated activity in MBq·h, or raises
        :class:`mrtlab.InputError`, which counts as a failure.
    """
    if not str(name).isidentifier() or name in _BUILT_IN or name in kinetics.MODELS:
        raise InputError(f"name must be a new word of letters, digits and underscores, got {name!r}")
    if not callable(function):
        raise InputError(f"function must be callable, got {function!r}")
    _REGISTERED[name] = function


def find_method(text: str, region: str) -> Method:
    """The method behind ``"name@times"``."""
    if not isinstance(text, str) or text.count("@") != 1:
        raise InputError(f"a method is written name@times, such as 'mono@24,72,168', got {text!r}")
    name, times = text.split("@")
    try:
        times_h = tuple(float(part) for part in times.split(","))
    except ValueError:
        raise InputError(f"the times of {text!r} must be hours with commas between, such as 24,72,168") from None
    if any(b <= a for a, b in pairwise(times_h)) or not np.all(np.isfinite(times_h)):
        raise InputError(f"the times of {text!r} must rise")
    if times_h[0] <= 0:
        raise InputError(f"the times of {text!r} must be above 0")
    name = name.strip()
    if name in _REGISTERED:
        return Method(text, times_h, _REGISTERED[name])
    if name in kinetics.MODELS:
        return Method(text, times_h, lambda curve, patient: kinetics.fit(curve, name).tia_mbq_h)
    if name not in _BUILT_IN:
        known = ", ".join([*kinetics.MODELS, *_BUILT_IN, *_REGISTERED])
        raise InputError(f"there is no method {name!r}; there are {known}")
    function, count = _BUILT_IN[name]
    if count is not None and len(times_h) != count:
        raise InputError(f"{name} takes {count} time{'s' * (count > 1)}, {text!r} has {len(times_h)}")
    needs = function in (_known, _map)
    return Method(text, times_h, lambda curve, patient: function(curve, half_life_prior, patient, region), needs)


def _haenscheid(curve, prior, patient, region):
    return kinetics.haenscheid_tia(curve.activity_mbq[-1], curve.times_h[-1])


def _known(curve, prior, patient, region):
    return kinetics.known_half_life_tia(curve.activity_mbq[-1], curve.times_h[-1], prior(patient, region)[0])


def _map(curve, prior, patient, region):
    return kinetics.map_fit(curve, *prior(patient, region)).tia_mbq_h


def _two(curve, prior, patient, region):
    return kinetics.two_point(curve).tia_mbq_h


def _trapezoid(curve, prior, patient, region):
    return kinetics.trapezoid(curve).tia_mbq_h


def _select(curve, prior, patient, region):
    return kinetics.select(curve).best.tia_mbq_h


_BUILT_IN = {
    "haenscheid": (_haenscheid, 1),
    "known_half_life": (_known, 1),
    "map": (_map, None),
    "two_point": (_two, 2),
    "trapezoid": (_trapezoid, None),
    "select": (_select, None),
}
