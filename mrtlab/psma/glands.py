"""Salivary and lacrimal glands: small beside the resolution of the camera, so nothing without a recovery."""

from __future__ import annotations

import numpy as np

from mrtlab import _check, calibration
from mrtlab import dose as methods
from mrtlab.calibration import RecoveryCurve
from mrtlab.constants import value
from mrtlab.errors import InputError, PhysicsError
from mrtlab.planning import ligands

__all__ = ["GLANDS", "gland_dose", "gland_mass_g", "gland_tia", "without_overlap"]

GLANDS = ("parotid", "submandibular", "lacrimal")
METHODS = ("sphere", "local")
_SOFT_TISSUE = value("dose.soft_tissue_density")


def gland_mass_g(gland: str) -> float:
    """Mass of one gland as PSMA papers assume it, g (recalled); measure it where it can be.

    Parameters
    ----------
    gland : {"parotid", "submandibular", "lacrimal"}
    """
    return value(f"psma.mass_{_check.choice('gland', gland, GLANDS)}_g")


def gland_tia(tia_mbq_h, mass_g, *, recovery):
    """Time-integrated activity of a gland from what the camera shows of it, MBq·h.

    Parameters
    ----------
    tia_mbq_h : float, array or ufloat
        As measured in the gland's outline.
    mass_g : float, array or ufloat
        Of the same gland; where a curve is given, its volume is the mass over 1.04 g/mL.
    recovery : float, array, ufloat or RecoveryCurve
        Required: 1 says that the number is corrected already.

    Raises
    ------
    InputError
        Without a recovery; below 0.2, where nothing can be quantified.

    Warns
    -----
    PlausibilityWarning
        For a recovery below 0.5.
    """
    if recovery is None:
        raise InputError(
            "recovery is missing: without it a gland is underestimated, a lacrimal one fivefold. Give the recovery of "
            "an object of this size, or 1 if the activity is corrected already"
        )
    tia_mbq_h = _check.non_negative("tia_mbq_h", tia_mbq_h)
    mass_g = _check.positive("mass_g", mass_g)
    if isinstance(recovery, RecoveryCurve):
        recovery = recovery(mass_g / _SOFT_TISSUE)
    return calibration.partial_volume_corrected(tia_mbq_h, recovery)


def without_overlap(tia_mbq_h, overlap):
    """What is left of a planar outline's activity when that of tissue before and behind is taken away, MBq·h.

    Parameters
    ----------
    tia_mbq_h : float, array or ufloat
        As counted in the outline.
    overlap : float, array or ufloat
        Part of it that belongs to other tissue (skull, mucosa, the other gland), below 1; from SPECT of the patient.

    Raises
    ------
    InputError
        For numbers out of range, or an overlap of 1.

    References
    ----------
    Definition.
    """
    overlap = _check.fraction("overlap", overlap)
    if float(np.max(_check.nominal(overlap))) == 1:
        raise InputError("overlap is 1: nothing in the outline belongs to the gland")
    return _check.non_negative("tia_mbq_h", tia_mbq_h) * (1 - overlap)


def gland_dose(tia_mbq_h, mass_g, *, recovery, nuclide="Lu-177", method: str = "sphere", administered_mbq=None):
    """Absorbed dose of one gland, Gy.

    Parameters
    ----------
    tia_mbq_h : float, array or ufloat
        Time-integrated activity as measured in the outline of one gland, MBq·h.
    mass_g : float, array or ufloat
        Of that one gland, g.
    recovery : float, array, ufloat or RecoveryCurve
        Required, see :func:`gland_tia`.
    nuclide : str or Nuclide
    method : {"sphere", "local"}
        S value of a sphere, photons and escaping electrons included; or electrons absorbed locally.
    administered_mbq : float or ufloat, optional
        To refuse a gland that holds more than was administered.

    Returns
    -------
    same kind as given, Gy

    Raises
    ------
    InputError
        Without a recovery or with one below 0.2; for numbers out of range.
    PhysicsError
        For more than 10 % of all administered decays in one gland.

    Warns
    -----
    PlausibilityWarning
        For a recovery below 0.5.

    References
    ----------
    ``psma.gland``; MIRD scheme.

    Examples
    --------
    >>> round(gland_dose(500, 25, recovery=0.6), 2)
    2.85
    """
    true = gland_tia(tia_mbq_h, mass_g, recovery=recovery)
    _check.choice("method", method, METHODS)
    found = ligands.alone("nuclide", nuclide, "take mrtlab.psma.alpha_dose")
    if administered_mbq is not None:
        all_decays = _check.nominal(_check.positive("administered_mbq", administered_mbq)) / found.decay_constant_per_h
        share = float(np.max(_check.nominal(true) / all_decays))
        if share > 0.1:
            raise PhysicsError(
                f"tia_mbq_h makes {100 * share:.3g} % of all decays of the administered activity in one gland; check "
                "units, recovery and overlap with other activity"
            )
    if method == "local":
        return methods.local(true, mass_g, found)
    return true * methods.sphere_s_value(mass_g, found)
