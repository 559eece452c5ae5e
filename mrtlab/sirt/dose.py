"""From activity to mean dose of one mass: the dose constant."""

from __future__ import annotations

import math

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import dose_constant as per_energy
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.sirt import _shared

__all__ = ["DOSE_CONSTANTS", "dose_constant", "mean_dose"]

#: Names of the constants by nuclide; the first of each is its default.
DOSE_CONSTANTS = {"Y-90": ("icrp107", "ddep", "sirtex", "rounded"), "Ho-166": ("ifu", "icrp107", "icrp107_photons")}


def dose_constant(source: str = "icrp107", nuclide: str | None = None) -> float:
    """Dose times mass per activity that decays in place completely, Gy·g/MBq (the same number as J/GBq).

    Parameters
    ----------
    source : str
        Y-90: ``"icrp107"`` (49.77), ``"ddep"`` (49.38), ``"sirtex"`` (49.67), ``"rounded"`` (50).
        Ho-166: ``"ifu"`` (15.87), ``"icrp107"`` (electrons alone, 15.53), ``"icrp107_photons"`` (all photons absorbed
        too, 16.20).
    nuclide : str, optional
        ``"Y-90"`` or ``"Ho-166"``. Without it the one that has a constant of this name, Y-90 before Ho-166.

    Raises
    ------
    InputError
        For a name that the nuclide has not.

    References
    ----------
    ``sirt.dose_constant`` and ``sirt.dose_constant_sirtex``, ``sirt.dose_constant_rounded``, ``sirt.ddep_beta_mev``,
    ``sirt.holmium_mbq_per_j``.
    """
    if not isinstance(source, str):
        raise InputError(f"source must be a name, got {source!r}; a number of one's own goes into constant=")
    every = [name for names in DOSE_CONSTANTS.values() for name in names]
    if nuclide is None:
        _check.choice("source", source, tuple(dict.fromkeys(every)))
        nuclide = next(name for name, names in DOSE_CONSTANTS.items() if source in names)
    found = find_nuclide(nuclide)
    if found.name not in DOSE_CONSTANTS:
        raise InputError(f"nuclide must be one of {', '.join(DOSE_CONSTANTS)}, got {found.name}")
    if source not in DOSE_CONSTANTS[found.name]:
        other = f"; {source!r} belongs to another nuclide" if source in every else ""
        names = ", ".join(map(repr, DOSE_CONSTANTS[found.name]))
        raise InputError(f"source must be one of {names} for {found.name}, got {source!r}{other}")
    if source in ("sirtex", "rounded"):
        return value(f"sirt.dose_constant_{source}")
    if source == "ifu":
        return 1000 / value("sirt.holmium_mbq_per_j")
    if source == "ddep":
        return _decayed(value("sirt.ddep_beta_mev"), value("sirt.ddep_half_life_h"))
    photons = found.photon_mev if source == "icrp107_photons" else 0.0
    return _decayed(found.electron_mev + photons, found.half_life_h)


def _decayed(energy_mev, half_life_h) -> float:
    return per_energy(energy_mev) * half_life_h / math.log(2)


def resolve(constant, nuclide: str | None = None):
    """The number behind ``constant=``: a name, or a number of one's own."""
    if isinstance(constant, str):
        return dose_constant(constant, nuclide)
    constant = _check.positive("constant", constant, "it is Gy·g/MBq, the same number as J/GBq")
    if np.ndim(constant):
        raise InputError("constant must be one number or a name")
    plain = _check.nominal(constant)
    if not 10 <= plain <= 100:
        hint = f"; mGy instead of Gy? Then give {plain / 1000:g}" if plain > 1000 else ""
        raise InputError(f"constant is {plain:g}: Y-90 has about 50 Gy·g/MBq and Ho-166 about 16{hint}")
    return constant


def nuclide_of(constant) -> str:
    """Which nuclide a resolved constant belongs to."""
    return "Y-90" if _check.nominal(constant) > 30 else "Ho-166"


def constant_sources(constant) -> tuple[str, ...]:
    """Keys of the sources behind ``constant=``."""
    if not isinstance(constant, str):
        return ()
    keys = {"sirtex": "sirt.dose_constant_sirtex", "rounded": "sirt.dose_constant_rounded"}
    keys |= {"ddep": "sirt.ddep_beta_mev", "ifu": "sirt.holmium_mbq_per_j"}
    return (keys.get(constant, "sirt.dose_constant"),)


def mean_dose(activity_mbq, mass_g, constant: str | float | UFloat = "icrp107"):
    """Mean absorbed dose of a mass in which the activity decays completely, ``C·A/m``, Gy.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Activity in the mass at the time of infusion, MBq.
    mass_g : float, array or ufloat
        g.
    constant : str, float or ufloat
        A name of :func:`dose_constant`, or Gy·g/MBq.

    Returns
    -------
    same kind as given, Gy

    Raises
    ------
    InputError
        For numbers that are not positive, or a mass below 1 g (kg for g?).

    Warns
    -----
    PlausibilityWarning
        For a mass below 50 g, from which a good part of the energy escapes; for a mass below 10 g, which may be kg, and
        an activity below 20 MBq, which may be GBq; otherwise for a dose outside 1 to 1500 Gy.

    References
    ----------
    ``sirt.dose_constant``. All energy is taken to stay in the mass; no published dose threshold corrects for what
    escapes, so nothing is corrected here.
    """
    activity_mbq, mass_g = _shared.activity(activity_mbq), _shared.tumour("mass_g", mass_g)
    result = resolve(constant) * activity_mbq / mass_g
    low = float(np.min(_check.nominal(mass_g)))
    if low < _shared.LEAST_ORGAN_G:
        _check.warn(f"mass_g is {low:g} g: kg instead of g? Then give {1000 * low:g}. " + Flag.SMALL_COMPARTMENT.text)
    elif _shared.small(mass_g):
        _check.warn(f"mass_g is {low:g} g. {Flag.SMALL_COMPARTMENT.text}")
    elif np.min(_check.nominal(activity_mbq)) >= _shared.LEAST_ACTIVITY_MBQ:  # else the activity was asked about
        plain = np.atleast_1d(_check.nominal(result))
        least, most = value("sirt.dose_low_gy"), value("sirt.dose_high_gy")
        odd = plain[(plain < least) | (plain > most)]
        if len(odd):
            _check.warn(f"the dose would be {odd[0]:.3g} Gy, outside {least:g} to {most:g} Gy; check activity and mass")
    return result
