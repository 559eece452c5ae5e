"""Decay data of the nuclides used in molecular radiotherapy.

Half-lives and energies are those of ICRP Publication 107 (Eckerman and Endo, Ann ICRP 2008;38(3)); the notice
that must travel with them lies beside the table, in ``mrtlab/data/icrp107/LICENSE.ICRP-07``.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError

__all__ = ["ChainMember", "Line", "Nuclide", "chain", "dose_constant", "names", "nuclide"]

SOURCE = "nuclides.icrp107"


@dataclass(frozen=True)
class Line:
    """One photon line.

    Attributes
    ----------
    kev : float
        Energy in keV.
    yield_per_decay : float
        Photons per decay of the parent.
    kind : str
        ``"gamma"``, ``"X"`` or ``"annihilation"``.
    """

    kev: float
    yield_per_decay: float
    kind: str


@dataclass(frozen=True)
class Nuclide:
    """Decay data of one nuclide, its daughters not included.

    Attributes
    ----------
    name : str
        Such as ``"Lu-177"``.
    half_life_h : float
        Physical half-life in hours.
    electron_mev, photon_mev, alpha_mev : float
        Mean energy per decay in MeV: beta particles with conversion and Auger electrons; gamma and X rays with
        annihilation radiation; alpha particles without the recoil.
    lines : tuple of Line
        Photon lines emitted in at least 1 % of decays, strongest first.
    sources : tuple of str
        Keys for :func:`mrtlab.sources`.
    """

    name: str
    half_life_h: float
    electron_mev: float
    photon_mev: float
    alpha_mev: float
    lines: tuple[Line, ...]
    beta_mev: float
    sources: tuple[str, ...] = (SOURCE,)

    @property
    def decay_constant_per_h(self) -> float:
        """ln 2 divided by the half-life, per hour."""
        return math.log(2) / self.half_life_h

    @property
    def dose_constant(self) -> float:
        """Dose times mass per time-integrated activity, Gy·g/(MBq·h), electrons and alphas absorbed locally."""
        return dose_constant(self.electron_mev + self.alpha_mev)

    def decay_factor(self, elapsed_h):
        """Fraction of the activity left after ``elapsed_h`` hours; negative hours look back and give more than 1.

        Parameters
        ----------
        elapsed_h : float, array or ufloat
            Hours.

        Returns
        -------
        same kind as ``elapsed_h``

        Raises
        ------
        InputError
            If ``elapsed_h`` is not finite, or so far back that no number can hold the activity there was.
        """
        elapsed_h = _check.finite("elapsed_h", elapsed_h)
        exponent = -self.decay_constant_per_h * elapsed_h
        if np.any(_check.nominal(exponent) > 700):
            raise InputError(
                f"elapsed_h is {np.min(_check.nominal(elapsed_h)):g}, more than a thousand half-lives of {self.name} "
                "back; check the dates and the nuclide"
            )
        return _check.exp(exponent)


@dataclass(frozen=True)
class ChainMember:
    """A nuclide of a decay chain and how many of its decays follow one decay of the parent, in equilibrium."""

    nuclide: Nuclide
    yield_per_decay: float


def dose_constant(energy_mev):
    """Dose times mass per time-integrated activity for a deposited energy, Gy·g/(MBq·h).

    Parameters
    ----------
    energy_mev : float, array or ufloat
        Energy deposited per decay, MeV.

    Notes
    -----
    1 MeV is 1.602176634e-13 J (exact since the 2019 SI); times 1e6 decays/s per MBq, 3600 s/h and 1000 g/kg.
    """
    return _check.non_negative("energy_mev", energy_mev) * value("nuclides.gy_g_per_mbq_h_per_mev")


def names() -> tuple[str, ...]:
    """Names of all nuclides that :func:`nuclide` knows."""
    return tuple(_table())


def nuclide(name: str) -> Nuclide:
    """Decay data by name.

    Parameters
    ----------
    name : str or Nuclide
        ``"Lu-177"``, ``"Lu177"`` and ``"177Lu"`` are the same; a Nuclide is returned unchanged.

    Raises
    ------
    InputError
        If the name is not known; the message offers the nearest.
    """
    if isinstance(name, Nuclide):
        return name
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"nuclide must be a name such as 'Lu-177', got {name!r}")
    key = _canonical(name)
    if key not in _table():
        near = difflib.get_close_matches(key, _table(), n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(_table())}"
        raise InputError(f"nuclide {name!r} is not known; {hint}")
    return _nuclide(key)


@cache
def _nuclide(key: str) -> Nuclide:
    row = _table()[key]
    lines = tuple(Line(line["kev"], line["yield"], line["kind"]) for line in row["lines"])
    electron_mev = row["beta_mev"] + row["conversion_mev"] + row["auger_mev"]
    return Nuclide(key, row["half_life_h"], electron_mev, row["photon_mev"], row["alpha_mev"], lines, row["beta_mev"])


def chain(name: str) -> tuple[ChainMember, ...]:
    """The nuclide and its radioactive daughters, with their decays per decay of the parent in equilibrium.

    Branches are those of ICRP Publication 107. A nuclide without listed daughters is a chain of one; daughters
    that live much longer than the treatment (Tc-99 after Tc-99m, for example) are not part of it.

    Examples
    --------
    >>> sum(m.yield_per_decay * m.nuclide.alpha_mev for m in chain("Ac-225"))  # doctest: +ELLIPSIS
    27.48...
    """
    return _chain(nuclide(name).name)


@cache
def _chain(name: str) -> tuple[ChainMember, ...]:
    share = {name: 1.0}
    queue = list(share)
    for parent in queue:
        for daughter, branch in _table()[parent]["daughters"].items():
            share[daughter] = share.get(daughter, 0.0) + share[parent] * branch
            if daughter not in queue:
                queue.append(daughter)
    return tuple(ChainMember(nuclide(member), decays) for member, decays in share.items())


def _canonical(name: str) -> str:
    """``177lu``, ``Lu177`` and ``lu-177`` all become ``Lu-177``."""
    compact = re.sub(r"[\s_-]+", "", name)
    match = re.fullmatch(r"([A-Za-z]{1,2})(\d{1,3}m?)", compact) or re.fullmatch(r"(\d{1,3}m?)([A-Za-z]{1,2})", compact)
    if not match:
        return name.strip()
    first, second = match.groups()
    symbol, mass = (first, second) if first[0].isalpha() else (second, first)
    return f"{symbol.capitalize()}-{mass}"


@cache
def _table() -> dict:
    return json.loads(files("mrtlab").joinpath("data/icrp107/nuclides.json").read_text(encoding="utf-8"))
