"""What labelled peptides and PSMA ligands have in common: numbers that cannot be, and marrow beside blood."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["marrow_to_blood"]

LN2 = float(np.log(2))
_LEAST_MBQ = 20
_GY_PER_GBQ = 0.02
# no nuclide of the package sets more than 15.9 Gy·g/(MBq·h) free, alphas and their daughters included
_MOST_GY_G = 20
_LEAST_MARROW_G = 10


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
    plain = np.ravel(_check.nominal(half_life_h))
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


def known(name: str, numbers):
    """Refuse numbers that are less certain than they are large; plain ones pass."""
    for one in np.ravel(np.asarray(numbers, dtype=object)):
        if relative(one) > 1:
            raise InputError(
                f"{name} holds {one:.2u}, whose standard uncertainty exceeds it; nothing can be planned or judged with "
                "that. Is the uncertainty in per cent, or in another unit?"
            )
    return numbers


def mapping(name: str, given, example: str) -> dict:
    """A dictionary by name, from one or from pairs."""
    if isinstance(given, Mapping) or (
        isinstance(given, (list, tuple)) and all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in given)
    ):
        found = dict(given)
        if all(isinstance(key, str) for key in found):
            return found
    raise InputError(f"{name} must be a mapping by name, such as {example}, got {given!r}")


def alone(name: str, nuclide, instead: str):
    """Refuse a nuclide whose daughters give most of the dose: its own energy would be a fraction of it."""
    found = find_nuclide(nuclide)
    if found.alpha_mev > 0:
        raise InputError(
            f"{name} is {found.name}, whose daughters give most of the dose, and here the decays of one nuclide alone "
            f"are counted; {instead}"
        )
    return found


def marrow_s_value(names: tuple[str, str], s_value, mass_g):
    """S value of the red marrow to itself and the mass it belongs to; mGy for Gy and kg for g are recognised."""
    s_value, mass_g = _check.positive(names[0], s_value, "it is Gy/(MBq·h)"), _check.positive(names[1], mass_g, "g")
    low = float(np.min(_check.nominal(mass_g)))
    if low < _LEAST_MARROW_G:
        raise InputError(f"{names[1]} is {low:g} g: kg instead of g? Then give {1000 * low:g}")
    high = float(np.max(_check.nominal(s_value) * _check.nominal(mass_g)))
    if high > _MOST_GY_G:
        most = float(np.max(_check.nominal(s_value)))
        raise InputError(
            f"{names[0]} is {most:g} Gy/(MBq·h), more than any decay sets free in that mass: mGy instead of Gy? Then "
            f"give {most / 1000:g}"
        )
    return s_value, mass_g


def marrow_to_blood(haematocrit):
    """Concentration in the red marrow over that in blood for a drug that stays in the plasma, ``0.19/(1 - Hct)``.

    Not for Lu-177-DOTATATE, whose concentration in the marrow is that of blood: ratio 1.

    Parameters
    ----------
    haematocrit : float, array or ufloat
        Above 0.1 and below 0.7.

    Raises
    ------
    InputError
        For a haematocrit out of range; per cent is recognised.

    References
    ----------
    Sgouros, J Nucl Med 1993;34:689-694 (recalled; the formula was seen in code); Forrer et al. 2009 (abstract).

    Examples
    --------
    >>> round(marrow_to_blood(0.42), 5)
    0.32759
    """
    haematocrit = _check.fraction("haematocrit", haematocrit)
    low, high = value("prrt.haematocrit_low"), value("prrt.haematocrit_high")
    plain = np.ravel(_check.nominal(haematocrit))
    bad = (plain <= low) | (plain >= high)
    if np.any(bad):
        raise InputError(f"haematocrit must lie between {low:g} and {high:g}, got {plain[bad][0]:g}; no patient's is")
    return value("prrt.extracellular_fraction") / (1 - haematocrit)
