"""Ho-166 microspheres: activity by the mass of the liver, and the scout dose."""

from __future__ import annotations

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.sirt import _shared
from mrtlab.sirt.dose import nuclide_of, resolve

__all__ = ["holmium_activity", "holmium_dose"]


def holmium_activity(dose_gy, liver_g, scout_mbq=0.0, constant="ifu"):
    """Activity of Ho-166 at treatment for a mean dose to the treated liver, ``D·m/C - scout``, MBq.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Mean dose to the treated liver, of scout and therapy together, Gy.
    liver_g : float, array or ufloat
        Treated liver, tumours included, g.
    scout_mbq : float, array or ufloat
        Activity of the scout dose at its own administration, to be subtracted. It decayed in the same place, so it
        counts in full.
    constant : str, float or ufloat
        ``"ifu"`` (15.87, 63 MBq/J), or another of :func:`dose_constant` for Ho-166, or Gy·g/MBq.

    Returns
    -------
    same kind as given, MBq
        At treatment: order more by :func:`vial_activity` with ``"Ho-166"``.

    Raises
    ------
    InputError
        For numbers out of range, cGy for Gy, kg for g, a scout that gives the whole dose, or the constant of Y-90.

    Warns
    -----
    PlausibilityWarning
        For more than 60 Gy (the limit to the whole liver found in HEPAR), or an activity outside 500 to 15 000 MBq.

    References
    ----------
    ``sirt.holmium``, ``sirt.holmium_mbq_per_j``, ``sirt.holmium_liver_limit_gy`` (recalled)

    Notes
    -----
    The formula leaves the lung shunt out. Judge the lungs by :func:`lung_dose` with ``constant="ifu"``, and by a shunt
    from the scout dose rather than from Tc-99m MAA where there is one.
    """
    dose_gy, liver_g = _shared.dose("dose_gy", dose_gy), _shared.organ("liver_g", liver_g)
    scout_mbq = _check.non_negative("scout_mbq", scout_mbq)
    most = float(np.max(_check.nominal(dose_gy)))
    if most > 1000:
        raise InputError(f"dose_gy is {most:g} Gy: cGy instead of Gy? Then give {most / 100:g}")
    whole = dose_gy * liver_g / _constant(constant)
    therapy = whole - scout_mbq
    plain = np.asarray(_check.nominal(therapy))
    if np.any(plain <= 0):
        raise InputError(
            f"scout_mbq is {float(np.max(_check.nominal(scout_mbq))):g} MBq and already gives the dose asked for, "
            f"which needs {float(np.min(_check.nominal(whole))):.4g} MBq; GBq and MBq mixed up?"
        )
    limit = value("sirt.holmium_liver_limit_gy")
    if most > limit:
        _check.warn(f"dose_gy is {most:g} Gy, above the {limit:g} Gy to the whole liver that were tolerated in HEPAR")
    if np.any((plain < 500) | (plain > 15000)):
        _check.warn(f"{float(plain.min()):.4g} MBq lies outside the usual 500 to 15 000 MBq of Ho-166; check the mass")
    return therapy


def holmium_dose(activity_mbq, liver_g, constant="ifu"):
    """Mean dose to the treated liver from an activity of Ho-166, ``C·A/m``, Gy. For the scout dose as for therapy.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        At its own administration, MBq.
    liver_g, constant
        As in :func:`holmium_activity`.

    Raises
    ------
    InputError
        As there.

    References
    ----------
    ``sirt.holmium``
    """
    return _constant(constant) * _shared.activity(activity_mbq) / _shared.organ("liver_g", liver_g)


def _constant(constant):
    found = resolve(constant, "Ho-166")
    if nuclide_of(found) != "Ho-166":
        raise InputError(f"constant is {_check.nominal(found):g} Gy·g/MBq, that of Y-90; Ho-166 has about 16")
    return found
