"""Doses in the liver as one compartment, or as many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.errors import InputError
from mrtlab.sirt import _shared
from mrtlab.sirt.dose import constant_sources, resolve

__all__ = ["MultiCompartment", "multi_compartment", "single_compartment_activity", "single_compartment_dose"]


def single_compartment_activity(dose_gy, mass_g, lung_shunt=0.0, residual=0.0, constant="icrp107"):
    """Activity in the vial at infusion for a mean dose to the perfused volume, ``D·m/(C·(1-LSF)·(1-R))``, MBq.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Mean dose to the perfused volume, tumour and normal liver together, Gy.
    mass_g : float, array or ufloat
        Of the perfused volume, g.
    lung_shunt, residual : float, array or ufloat
        Share that goes to the lungs, and share expected to stay in the vial, 0 to 1.
    constant : str, float or ufloat
        A name of :func:`dose_constant`, or Gy·g/MBq.

    Returns
    -------
    same kind as given, MBq

    Raises
    ------
    InputError
        For numbers out of range, kg for g, or a shunt and a residual that leave nothing.

    Warns
    -----
    PlausibilityWarning
        For a dose outside 40 to 600 Gy.

    References
    ----------
    ``sirt.single_compartment``
    """
    dose_gy, mass_g = _shared.dose("dose_gy", dose_gy), _shared.organ("mass_g", mass_g)
    plain = np.asarray(_check.nominal(dose_gy))
    if np.any((plain < 40) | (plain > 600)):
        _check.warn(f"dose_gy is {float(plain.min()):g} Gy; perfused volumes are given 40 to 600 Gy")
    return dose_gy * mass_g / (resolve(constant) * _shared.remaining(lung_shunt, residual))


def single_compartment_dose(activity_mbq, mass_g, lung_shunt=0.0, residual=0.0, constant="icrp107"):
    """Mean dose to the perfused volume; the inverse of :func:`single_compartment_activity`, Gy.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        In the vial at infusion, MBq; the delivered activity with ``residual`` 0.
    mass_g, lung_shunt, residual, constant
        As there.

    Raises
    ------
    InputError
        As there.

    References
    ----------
    ``sirt.single_compartment``
    """
    activity_mbq, mass_g = _shared.activity(activity_mbq), _shared.organ("mass_g", mass_g)
    return resolve(constant) * activity_mbq * _shared.remaining(lung_shunt, residual) / mass_g


@dataclass(frozen=True)
class MultiCompartment:
    """Doses to several compartments of the liver.

    Attributes
    ----------
    activity_mbq : float or ufloat
        Delivered activity, MBq.
    names : tuple of str
    doses_gy : tuple of float or ufloat
        Mean dose of each compartment, in the order given, Gy.
    whole_gy : float or ufloat
        Mean over all compartments, tumours included, Gy.
    whole_normal_gy : float, ufloat or None
        Mean over the compartments named ``normal``; None without them.
    lung_gy : float or ufloat
    constant : float or ufloat
        Dose constant used, Gy·g/MBq.
    flags, sources : tuple of str
    """

    activity_mbq: float | UFloat
    names: tuple[str, ...]
    doses_gy: tuple[float | UFloat, ...]
    whole_gy: float | UFloat
    whole_normal_gy: float | UFloat | None
    lung_gy: float | UFloat
    constant: float | UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def by_compartment(self) -> dict[str, float | UFloat]:
        """Doses by name, Gy: each compartment, lung, liver (all together) and, if known, whole_normal."""
        found = dict(zip(self.names, self.doses_gy, strict=True)) | {"liver": self.whole_gy, "lung": self.lung_gy}
        return found if self.whole_normal_gy is None else found | {"whole_normal": self.whole_normal_gy}


def multi_compartment(
    activity_mbq,
    fractions: Sequence | Mapping[str, float],
    masses_g: Sequence | Mapping[str, float],
    lung_shunt,
    lung_g=1000.0,
    constant="icrp107",
    *,
    normal: Sequence[str] = (),
) -> MultiCompartment:
    """Doses to several tumours and parts of the normal liver, ``D_i = C·A·(1-LSF)·f_i/m_i``.

    Parameters
    ----------
    activity_mbq : float or ufloat
        Delivered activity, MBq.
    fractions : sequence or mapping
        Share of the counts in each compartment of the liver; together 1.
    masses_g : sequence or mapping
        Mass of each, g. Mappings must name the same compartments; sequences are named "1", "2", ...
    lung_shunt : float or ufloat
        0 to 1.
    lung_g : float or ufloat
        g.
    constant : str, float or ufloat
        A name of :func:`dose_constant`, or Gy·g/MBq.
    normal : sequence of str
        Names of the compartments that are normal liver, for the mean over them.

    Returns
    -------
    MultiCompartment
        Flags: LSF_GT_20PCT, DEFAULT_LUNG_MASS, SMALL_COMPARTMENT.

    Raises
    ------
    InputError
        For fractions that do not add up to 1 within 1e-6, lists that do not match, or numbers out of range.

    References
    ----------
    ``sirt.multi_compartment``
    """
    activity_mbq = _shared.one_number("activity_mbq", _shared.activity(activity_mbq))
    lung_shunt = _shared.one_number("lung_shunt", _check.fraction("lung_shunt", lung_shunt))
    names, shares, masses = _compartments(fractions, masses_g)
    listed = isinstance(normal, Collection) and not isinstance(normal, (str, bytes, Mapping))
    if not listed or not all(isinstance(name, str) and name in names for name in normal):
        raise InputError(f"normal must be a list of names among {', '.join(names)}, got {normal!r}")
    number = resolve(constant)
    liver = number * activity_mbq * _shared.remaining(lung_shunt)
    lung_g = _shared.one_number("lung_g", _shared.organ("lung_g", lung_g))
    lung = number * activity_mbq * lung_shunt / lung_g
    doses = tuple(liver * share / mass for share, mass in zip(shares, masses, strict=True))
    energies = [dose * mass for dose, mass in zip(doses, masses, strict=True)]
    # the fractions may miss 1 by 1e-6, and the balance is asked to be 1e-9
    _shared.energy_balance((*energies, lung * lung_g), number * activity_mbq - liver * (1 - sum(shares)))
    parts = [names.index(name) for name in dict.fromkeys(normal)]
    whole_normal = sum(energies[i] for i in parts) / sum(masses[i] for i in parts) if parts else None
    return MultiCompartment(
        activity_mbq,
        names,
        doses,
        sum(energies) / sum(masses),
        whole_normal,
        lung,
        number,
        (*_shared.high_shunt(lung_shunt), *_shared.default_lung(lung_g), *_shared.small(*masses)),
        ("sirt.multi_compartment", *constant_sources(constant)),
    )


def _compartments(fractions, masses_g):
    if isinstance(fractions, Mapping) != isinstance(masses_g, Mapping):
        raise InputError("fractions and masses_g must both be sequences or both be mappings of names")
    if isinstance(fractions, Mapping):
        if set(fractions) != set(masses_g):
            odd = ", ".join(sorted(map(str, set(fractions) ^ set(masses_g))))
            raise InputError(f"fractions and masses_g name different compartments: {odd}")
        names = tuple(fractions)
        reserved = {"liver", "lung", "whole_normal"} & set(names)
        if reserved:
            raise InputError(f"{', '.join(sorted(reserved))} cannot name a compartment: the result uses it itself")
        masses_g = [masses_g[name] for name in names]
        fractions = list(fractions.values())
        shares = _numbers.row("fractions", fractions)
    else:
        shares = _numbers.row("fractions", fractions)
        names = tuple(str(i + 1) for i in range(len(shares)))
    masses = _numbers.row("masses_g", masses_g)
    _numbers.same_length(fractions=shares, masses_g=masses)
    masses = _shared.tumour("masses_g", masses)
    total = float(np.sum(_check.nominal(shares)))
    if abs(total - 1) > 1e-6:
        hint = "; percent? Then divide by 100" if abs(total - 100) < 1e-3 else ""
        raise InputError(
            f"fractions add up to {total:g}, not 1: divide by the counts of all compartments of the liver, and leave "
            f"none out{hint}"
        )
    return names, _check.fraction("fractions", shares).tolist(), masses.tolist()
