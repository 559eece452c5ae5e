"""Red marrow: from the blood with the cross-dose of everything else, or from an image of uninvolved marrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab import dose as methods
from mrtlab.errors import Flag, InputError
from mrtlab.planning import ligands
from mrtlab.planning.ligands import marrow_to_blood
from mrtlab.psma.glands import gland_tia

__all__ = ["Marrow", "marrow", "marrow_from_image", "marrow_to_blood"]

_CROSS = "{'kidneys': (tia_mbq_h, s_value)}"
_MOST_RATIO = 10
SITES = ("uninvolved", "beside metastases", "metastases")


@dataclass(frozen=True, eq=False)
class Marrow:
    """Dose of the red marrow.

    Attributes
    ----------
    dose_gy : float or ufloat
        Of all sources together.
    self_gy : float or ufloat
        From activity in the marrow itself.
    cross_gy : dict of str to float or ufloat
        From elsewhere, by source.
    method : {"blood", "image"}
    bone_metastases : bool
    flags, sources : tuple of str
    """

    dose_gy: float | UFloat
    self_gy: float | UFloat
    cross_gy: dict[str, float | UFloat]
    method: str
    bone_metastases: bool
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def marrow(
    blood_mbq_h_per_g,
    marrow_g,
    s_value,
    *,
    marrow_to_blood,
    cross: Mapping | None = None,
    bone_metastases: bool | None = None,
) -> Marrow:
    """Dose of the red marrow from its blood, and from activity elsewhere.

    ``c_blood·RMBLR·m·S(marrow, marrow) + sum TIA(source)·S(marrow, source)``.

    Parameters
    ----------
    blood_mbq_h_per_g : float or ufloat
        Time-integrated concentration in the blood, MBq·h/g.
    marrow_g, s_value : float or ufloat
        Mass of the red marrow (g) and S value to itself (Gy/(MBq·h)) of the same phantom. The mass of the patient
        cancels.
    marrow_to_blood : float or ufloat
        Required. 1 for a drug that is in the marrow as in the blood; :func:`marrow_to_blood` for one that stays in
        plasma. Which holds for the drug is for the literature to say.
    cross : mapping of str to (tia_mbq_h, s_value)
        Sources outside the marrow: organs, metastases, the remainder of the body. ``{}`` says that there are none
        worth counting. Pairs of name and this do as well.
    bone_metastases : bool
        Required: with metastases in bone a source with ``"metastas"`` in its name must be among ``cross``.

    Returns
    -------
    Marrow

    Raises
    ------
    InputError
        For numbers out of range, an argument missing, or bone metastases without their cross-dose.

    References
    ----------
    Hindorf et al. 2010 (recalled); MIRD scheme.
    """
    if cross is None or bone_metastases is None:
        missing = "cross" if cross is None else "bone_metastases"
        raise InputError(
            f"{missing} is missing; the blood alone is not the dose of the marrow. Give the sources outside it as "
            "cross={'kidneys': (tia_mbq_h, s_value)}, and say whether there are bone_metastases"
        )
    cross = ligands.mapping("cross", cross, _CROSS)
    if not isinstance(bone_metastases, (bool, np.bool_)):
        raise InputError(f"bone_metastases must be True or False, got {bone_metastases!r}")
    if bone_metastases and not any("metastas" in name.casefold() for name in cross):
        raise InputError(
            "there are bone_metastases, but no source of that name among cross. The blood does not know of them: give "
            "cross={'bone metastases': (tia_mbq_h, s_value)}"
        )
    concentration = _check.non_negative("blood_mbq_h_per_g", blood_mbq_h_per_g)
    ratio = _check.positive("marrow_to_blood", marrow_to_blood)
    most = float(np.max(_check.nominal(ratio)))
    if most > _MOST_RATIO:
        raise InputError(
            f"marrow_to_blood is {most:g}: no drug that comes with the blood is so much denser in the marrow; is it "
            "per cent?"
        )
    s_value, marrow_g = ligands.marrow_s_value(("s_value", "marrow_g"), s_value, marrow_g)
    own = concentration * ratio * marrow_g * s_value
    parts = _cross_doses(cross)
    flags = (Flag.BONE_METASTASES,) if bone_metastases else ()
    return Marrow(own + sum(parts.values()), own, parts, "blood", bool(bone_metastases), flags, ("psma.marrow",))


def marrow_from_image(tia_mbq_h, mass_g, *, site: str, recovery, nuclide="Lu-177", cross: Mapping | None = None):
    """Dose of the red marrow from a region in an image, electrons absorbed locally.

    Parameters
    ----------
    tia_mbq_h : float or ufloat
        Time-integrated activity in the region, MBq·h.
    mass_g : float or ufloat
        Of the marrow in the region, g.
    site : {"uninvolved", "beside metastases", "metastases"}
        Where the region lies. Only uninvolved marrow is accepted: in any other, what is counted is the metastasis.
    recovery : float, ufloat or RecoveryCurve
        Required: that of the region in a vertebra.
    nuclide : str or Nuclide
    cross : mapping of str to (tia_mbq_h, s_value)
        As in :func:`marrow`; required.

    Returns
    -------
    Marrow
        Flagged ``UNINVOLVED_MARROW``: marrow beside metastases receives more.

    Raises
    ------
    InputError
        For another site than uninvolved marrow, a recovery missing or below 0.2, or numbers out of range.

    References
    ----------
    ``psma.marrow``; MIRD scheme.
    """
    _check.choice("site", site, SITES)
    if site != "uninvolved":
        raise InputError(
            f"site is {site!r}: there the camera sees the metastases, whose activity spills into any region beside "
            "them. Put the region into uninvolved marrow, or use the blood with cross-dose"
        )
    if cross is None:
        raise InputError("cross is missing; give the sources outside the marrow, or {} for none worth counting")
    ligands.alone("nuclide", nuclide, "take mrtlab.psma.alpha_dose")
    own = methods.local(gland_tia(tia_mbq_h, mass_g, recovery=recovery), mass_g, nuclide)
    parts = _cross_doses(ligands.mapping("cross", cross, _CROSS))
    metastases = any("metastas" in name.casefold() for name in parts)
    flags = (Flag.UNINVOLVED_MARROW, *((Flag.BONE_METASTASES,) if metastases else ()))
    return Marrow(own + sum(parts.values()), own, parts, "image", metastases, flags, ("psma.marrow",))


def _cross_doses(cross: Mapping) -> dict:
    parts = {}
    for name, pair in cross.items():
        try:
            tia, s_cross = pair
        except (TypeError, ValueError):
            raise InputError(f"cross[{name!r}] must be (tia_mbq_h, s_value), got {pair!r}") from None
        parts[name] = methods.organ({name: tia}, {name: s_cross})
    return parts
