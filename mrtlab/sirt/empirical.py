"""Two historical prescriptions for resin microspheres that contain no dose: empirical, and by body surface."""

from __future__ import annotations

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.sirt import _shared

__all__ = ["body_surface_m2", "bsa_activity", "empirical_activity", "resin_shunt_reduction"]

_CONTRAINDICATED = "contraindicated by the table of the resin microspheres, which gives no activity above 20 %"


def _resin(device: str) -> None:
    if _shared.device(device) != "resin":
        raise InputError(
            f"device is {device!r}: this method was made for resin microspheres and has no meaning for any other device"
        )


def empirical_activity(tumour_involvement, device: str = "resin"):
    """Activity by the share of the liver that is tumour: 2000, 2500 or 3000 MBq. Not dosimetric.

    Parameters
    ----------
    tumour_involvement : float or array
        Tumour volume over liver volume, 0 to 1.
    device : str
        ``"resin"``; anything else is refused.

    Returns
    -------
    float or array, MBq

    Raises
    ------
    InputError
        For another device or a number outside 0 to 1.

    Warns
    -----
    PlausibilityWarning
        Always: no dose follows from it.

    References
    ----------
    ``sirt.empirical`` (recalled)
    """
    _resin(device)
    share = _check.nominal(_check.fraction("tumour_involvement", tumour_involvement))
    _check.warn(Flag.NON_DOSIMETRIC.text)
    result = np.where(share <= 0.25, 2000.0, np.where(share <= 0.5, 2500.0, 3000.0))
    return float(result) if np.ndim(share) == 0 else result


def body_surface_m2(height_cm, weight_kg):
    """Body surface by DuBois and DuBois, ``0.20247·h^0.725·w^0.425`` with h in metres, m².

    Parameters
    ----------
    height_cm, weight_kg : float, array or ufloat

    Raises
    ------
    InputError
        For numbers that are not positive, or a height in metres.

    Warns
    -----
    PlausibilityWarning
        Outside 1.2 to 2.6 m².

    References
    ----------
    ``sirt.bsa``
    """
    return _surface(height_cm, weight_kg)


def _surface(height_cm, weight_kg):
    height_cm, weight_kg = _check.positive("height_cm", height_cm), _check.positive("weight_kg", weight_kg)
    low = float(np.min(_check.nominal(height_cm)))
    if low < 3:
        raise InputError(f"height_cm is {low:g}: metres? Then give {100 * low:g}")
    surface = 0.20247 * (height_cm / 100) ** 0.725 * weight_kg**0.425
    plain = np.asarray(_check.nominal(surface))
    if np.any((plain < value("sirt.bsa_low_m2")) | (plain > value("sirt.bsa_high_m2"))):
        _check.warn(f"a body surface of {float(np.min(plain)):.3g} m² is unusual; check height and weight", 4)
    return surface


def resin_shunt_reduction(lung_shunt):
    """Factor by which the activity of resin microspheres is reduced for a lung shunt.

    1 below 10 %, 0.8 below 15 %, 0.6 up to 20 %.

    Parameters
    ----------
    lung_shunt : float, array or ufloat
        0 to 1. The steps have no uncertainty.

    Returns
    -------
    float or array

    Raises
    ------
    InputError
        Above 20 %, where the table gives no activity; outside 0 to 1.

    References
    ----------
    ``sirt.shunt_reduction`` (recalled)
    """
    plain = np.asarray(_check.nominal(_check.fraction("lung_shunt", lung_shunt)))
    if np.any(plain > value("sirt.shunt_high")):
        raise InputError(f"lung_shunt is {float(plain.max()):g}: {_CONTRAINDICATED}")
    factor = np.where(plain < 0.10, 1.0, np.where(plain < 0.15, 0.8, 0.6))
    return float(factor) if plain.ndim == 0 else factor


def bsa_activity(height_cm, weight_kg, tumour_ml, liver_ml, treated_ml=None, lung_shunt=0.0, *, device: str = "resin"):
    """Activity by body surface, ``(BSA - 0.2) + V_tumour/V_liver`` in GBq, given in MBq. Not dosimetric.

    Parameters
    ----------
    height_cm, weight_kg : float, array or ufloat
    tumour_ml, liver_ml : float, array or ufloat
        Tumour, and the whole liver **with** the tumour in it, mL.
    treated_ml : float, array or ufloat, optional
        Treated part of the liver, tumour included; the activity is scaled with its share. The whole liver without it.
    lung_shunt : float, array or ufloat
        0 to 1, for :func:`resin_shunt_reduction`.
    device : str
        ``"resin"``; anything else is refused.

    Returns
    -------
    same kind as given, MBq

    Raises
    ------
    InputError
        For another device, numbers out of range, a part larger than the liver, or a shunt above 20 % (contraindicated).

    Warns
    -----
    PlausibilityWarning
        Always: no dose follows from it. For a body surface outside 1.2 to 2.6 m², and an activity outside 300 to
        4000 MBq.

    References
    ----------
    ``sirt.bsa``; lobes ``sirt.bsa_lobar`` and shunt ``sirt.shunt_reduction`` (both recalled)
    """
    _resin(device)
    surface = _surface(height_cm, weight_kg)
    liver_ml = _check.positive("liver_ml", liver_ml, "volumes are mL")
    tumour_ml = _check.non_negative("tumour_ml", tumour_ml)
    _within("tumour_ml", tumour_ml, liver_ml)
    gbq = surface - 0.2 + tumour_ml / liver_ml
    if treated_ml is not None:
        treated_ml = _check.positive("treated_ml", treated_ml, "volumes are mL")
        _within("treated_ml", treated_ml, liver_ml)
        gbq = gbq * (treated_ml / liver_ml)
    mbq = 1000 * gbq * resin_shunt_reduction(lung_shunt)
    plain = np.asarray(_check.nominal(mbq))
    if np.any(plain <= 0):
        raise InputError("the body surface is below 0.2 m²: the formula gives no activity; check height and weight")
    _check.warn(Flag.NON_DOSIMETRIC.text)
    if np.any((plain < 300) | (plain > 4000)):
        _check.warn(f"{float(np.min(plain)):.4g} MBq lies outside the usual 300 to 4000 MBq; check the volumes")
    return mbq


def _within(name, part_ml, liver_ml) -> None:
    if np.any(_check.nominal(part_ml) > _check.nominal(liver_ml)):
        raise InputError(
            f"{name} is {float(np.max(_check.nominal(part_ml))):g} mL, more than liver_ml "
            f"({float(np.min(_check.nominal(liver_ml))):g} mL), which is the whole liver, tumour included"
        )
