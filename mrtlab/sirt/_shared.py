"""Checks and arithmetic that all of SIRT shares."""

from __future__ import annotations

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError

DEVICES = ("glass", "resin", "Ho-166")
LEAST_ORGAN_G = 10
LEAST_TUMOUR_G = 1
LEAST_ACTIVITY_MBQ = 20


def device(name: str) -> str:
    """One of the three devices."""
    return _check.choice("device", name, DEVICES)


def organ(name: str, mass_g):
    """Mass of liver, lungs or a part of them; kilograms are recognised."""
    return _mass(name, mass_g, LEAST_ORGAN_G)


def tumour(name: str, mass_g):
    """Mass of a tumour, which may be small; kilograms are still recognised below 1 g."""
    return _mass(name, mass_g, LEAST_TUMOUR_G)


def _mass(name, mass_g, least):
    mass_g = _check.positive(name, mass_g, "masses are g")
    low = float(np.min(_check.nominal(mass_g)))
    if low < least:
        raise InputError(f"{name} is {low:g} g: kg instead of g? Then give {1000 * low:g}")
    return mass_g


def activity(mbq, stacklevel: int = 4):
    """Activity in MBq; gigabecquerels are suspected."""
    mbq = _check.positive("activity_mbq", mbq, "activities are MBq")
    low = float(np.min(_check.nominal(mbq)))
    if low < LEAST_ACTIVITY_MBQ:
        _check.warn(f"activity_mbq is {low:g} MBq: GBq instead of MBq? Then give {1000 * low:g}", stacklevel)
    return mbq


def dose(name: str, gy):
    """A dose above 0, Gy."""
    return _check.positive(name, gy, "doses are Gy")


def one_number(name: str, number):
    """Refuse a row where a single number is meant; ufloats pass."""
    if np.ndim(number):
        raise InputError(f"{name} must be one number, got {number!r}")
    return number


def remaining(lung_shunt, residual=0.0):
    """Share of the vial that reaches the liver, ``(1 - LSF)(1 - R)``."""
    lung_shunt = _check.fraction("lung_shunt", lung_shunt)
    residual = _check.fraction("residual", residual)
    lost = float(np.max(_check.nominal(lung_shunt) + _check.nominal(residual)))
    if lost >= 1:
        raise InputError(f"lung_shunt and residual add up to {lost:g}: nothing would reach the liver")
    return (1 - lung_shunt) * (1 - residual)


def high_shunt(lung_shunt) -> tuple[str, ...]:
    """The flag for a shunt above 20 %."""
    return (Flag.LSF_GT_20PCT,) if np.any(_check.nominal(lung_shunt) > value("sirt.shunt_high")) else ()


def small(*masses_g) -> tuple[str, ...]:
    """The flag for compartments from which much of the energy escapes."""
    limit = value("sirt.small_compartment_g")
    return (Flag.SMALL_COMPARTMENT,) if any(np.any(_check.nominal(one) < limit) for one in masses_g) else ()


def default_lung(lung_g) -> tuple[str, ...]:
    """The flag for the conventional lung mass."""
    return (Flag.DEFAULT_LUNG_MASS,) if np.all(_check.nominal(lung_g) == value("sirt.lung_mass_g")) else ()


def over(numerator, denominator):
    """A quotient that is infinite, not undefined, where the denominator is 0.

    For limits: where nothing arrives, no activity is too much.
    """
    nothing = np.asarray(_check.nominal(denominator)) == 0
    if not np.any(nothing):
        return numerator / denominator
    if np.ndim(denominator) == 0:
        shape = np.shape(numerator)
        return np.full(shape, np.inf) if shape else float("inf")
    top, below = np.broadcast_arrays(np.asarray(numerator), np.asarray(denominator))
    out = np.empty(top.shape, dtype=np.result_type(top, below))
    nothing = np.broadcast_to(nothing, top.shape)
    out[nothing] = np.inf
    out[~nothing] = top[~nothing] / below[~nothing]
    return out


def energy_balance(parts, whole) -> None:
    """Assert that the energies of the compartments add up to that of the activity (1e-9)."""
    total, expected = sum(_check.nominal(part) for part in parts), _check.nominal(whole)
    if np.any(np.abs(total - expected) > 1e-9 * np.abs(expected)):
        raise PhysicsError(
            "the doses of the compartments times their masses do not add up to the energy of the activity"
        )
