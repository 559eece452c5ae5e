"""Ac-225: seven nuclides in one chain, daughters that may leave, alphas and electrons apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import chain, dose_constant
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.planning import ligands

__all__ = ["AlphaDose", "alpha_dose", "daughter_activity"]

RBE_ALPHA = value("psma.rbe")
LN2 = math.log(2)
LABEL = "Gy (RBE {rbe:g})"


@dataclass(frozen=True, eq=False)
class AlphaDose:
    """Dose from a chain of alpha emitters at one site.

    Attributes
    ----------
    alpha_gy, electron_gy : float or ufloat
        Absorbed dose of alpha particles and of electrons. Never one without the other.
    weighted_gy : float or ufloat
        ``RBE·D_alpha + D_e``; its unit is ``weighted_unit`` and never the sievert, which is for stochastic effects.
    rbe : float or ufloat
    weighted_unit : str
        Such as ``"Gy (RBE 5)"``.
    tia_mbq_h : dict of str to float or ufloat
        Decays at the site by nuclide, MBq·h.
    leaving_mbq_h : dict of str to float or ufloat
        Of each daughter, what leaves the site before it decays, counted as its decays elsewhere, MBq·h.
    retained, clearance_half_life_h : dict of str to number
        What was chosen for every daughter; infinity for no clearance.
    parent : str
    flags, sources : tuple of str
    """

    alpha_gy: float | UFloat
    electron_gy: float | UFloat
    weighted_gy: float | UFloat
    rbe: float | UFloat
    weighted_unit: str
    tia_mbq_h: dict[str, float | UFloat]
    leaving_mbq_h: dict[str, float | UFloat]
    retained: dict[str, float | UFloat]
    clearance_half_life_h: dict[str, float]
    parent: str
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("psma.alpha_chain", "psma.rbe")

    @property
    def absorbed_gy(self):
        """Absorbed dose of both, Gy, without any weight."""
        return self.alpha_gy + self.electron_gy

    @property
    def daughters(self) -> str:
        """What was chosen for the daughters, in words, to be recorded with the dose."""
        return _words(self.parent, self.retained, self.clearance_half_life_h)


def alpha_dose(
    tia_mbq_h,
    mass_g,
    *,
    retained: Mapping | str,
    clearance_half_life_h: Mapping | None = None,
    arriving_mbq_h: Mapping | None = None,
    rbe=RBE_ALPHA,
    parent: str = "Ac-225",
) -> AlphaDose:
    """Absorbed dose of a chain from the decays of its parent at a site, with losses at every step.

    Of the atoms of a daughter made at the site a part ``retained`` stays after the recoil. Of those,
    ``lambda/(lambda + b)`` decay before they are carried off with the biological rate b: the Bateman equations
    integrated over all time. Energies are absorbed where they are set free.

    Parameters
    ----------
    tia_mbq_h : float or ufloat
        Time-integrated activity of the parent at the site, MBq·h; 0 where only daughters arrive.
    mass_g : float or ufloat
        Of the site, g.
    retained : {"all"} or mapping of str to float or ufloat
        Required, for it is a choice: the part of each daughter's atoms that stays, such as ``{"Bi-213": 0.0}`` (pairs
        do as well).
        Daughters that are not named stay where the nuclide before them decayed.
    clearance_half_life_h : mapping of str to float, optional
        Biological half-life of what stayed, by daughter.
    arriving_mbq_h : mapping of str to float or ufloat, optional
        Daughters that come from elsewhere, such as free Bi-213 in kidneys: their decays at this site, if none of them
        left it again.
    rbe : float or ufloat
        Of alpha particles.
    parent : {"Ac-225", "Bi-213"}

    Returns
    -------
    AlphaDose
        Flagged ``DAUGHTERS_STAY`` if nothing leaves.

    Raises
    ------
    InputError
        Without ``retained``; for a nuclide that is no daughter; for numbers out of range.

    References
    ----------
    ICRP Publication 107; ``psma.alpha_chain``, ``psma.rbe``. Recoil (1.9 % of the alpha energy) is left out.

    Examples
    --------
    >>> dose = alpha_dose(0.05, 1, retained="all")
    >>> round(dose.alpha_gy, 3), round(dose.electron_gy, 3), round(dose.weighted_gy, 2), dose.weighted_unit
    (0.793, 0.02, 3.98, 'Gy (RBE 5)')
    """
    parent = _parent(parent)
    members = [member.nuclide for member in chain(parent)]
    daughters = tuple(member.name for member in members[1:])
    stays = _stays(retained, daughters)
    half_lives = _by_daughter("clearance_half_life_h", clearance_half_life_h, daughters, _check.positive, math.inf)
    arriving = _by_daughter("arriving_mbq_h", arriving_mbq_h, daughters, _check.non_negative, 0.0)
    tia = {parent: _check.non_negative("tia_mbq_h", tia_mbq_h)}
    mass_g = _check.positive("mass_g", mass_g)
    rbe = ligands.one_number("rbe", _check.positive("rbe", rbe))
    leaving = {}
    for name in daughters:
        made = sum(share * tia[before] for before, share in _fed_by(parent, name).items())
        made, there = made + 0.0, arriving[name]
        kept = find_nuclide(name).decay_constant_per_h
        kept = kept / (kept + LN2 / half_lives[name])  # 1 without clearance
        tia[name] = (made * stays[name] + there) * kept
        leaving[name] = made + there - tia[name]
    alpha = sum(tia[one.name] * dose_constant(one.alpha_mev) for one in members) / mass_g
    electron = sum(tia[one.name] * dose_constant(one.electron_mev) for one in members) / mass_g
    all_stay = all(_check.nominal(part) == 1 for part in stays.values()) and np.all(np.isinf(list(half_lives.values())))
    return AlphaDose(
        alpha_gy=alpha,
        electron_gy=electron,
        weighted_gy=rbe * alpha + electron,
        rbe=rbe,
        weighted_unit=LABEL.format(rbe=_check.nominal(rbe)),
        tia_mbq_h=tia,
        leaving_mbq_h=leaving,
        retained=stays,
        clearance_half_life_h=half_lives,
        parent=parent,
        flags=(Flag.DAUGHTERS_STAY,) if all_stay else (),
    )


def daughter_activity(times_h, *, effective_half_life_h=None, retained: Mapping | str, parent: str = "Ac-225") -> dict:
    """Activity of every member at a site after pure parent came there, per activity of the parent at time 0.

    The Bateman equations: what a camera sees at 218 keV (Fr-221) and 440 keV (Bi-213) is the daughter, and equals the
    parent only in equilibrium.

    Parameters
    ----------
    times_h : sequence of float
        Hours since the parent was freshly separated and brought to the site.
    effective_half_life_h : float, optional
        Of the parent there; without it physical decay alone.
    retained : {"all"} or mapping of str to float
        As in :func:`alpha_dose`.
    parent : {"Ac-225", "Bi-213"}

    Returns
    -------
    dict of str to array, shape (times,)

    Raises
    ------
    InputError
        For numbers out of range, or a half-life above the physical one.

    References
    ----------
    Bateman 1910; analytic.

    Examples
    --------
    >>> after = daughter_activity([1 / 6, 5], retained="all")
    >>> [round(float(part), 2) for part in after["Fr-221"] / after["Ac-225"]]
    [0.76, 1.0]
    """
    parent = _parent(parent)
    times = _numbers.row("times_h", times_h)
    times = np.asarray(_check.non_negative("times_h", times), dtype=float)
    members = [member.nuclide for member in chain(parent)]
    names = [member.name for member in members]
    stays = {name: float(_check.nominal(part)) for name, part in _stays(retained, tuple(names[1:])).items()}
    loss = np.array([member.decay_constant_per_h for member in members])
    if effective_half_life_h is not None:
        half_life = _numbers.single(
            "effective_half_life_h", _check.positive("effective_half_life_h", effective_half_life_h)
        )
        if half_life > members[0].half_life_h * (1 + 1e-4):
            raise InputError(
                f"effective_half_life_h is {half_life:g} h, longer than the {members[0].half_life_h:g} h of {parent}"
            )
        loss[0] = LN2 / half_life
    # Amplitudes of exp(-loss_k t) in the atoms of each member, a chain of sums with branches:
    # atoms_n = sum_k c[n, k] exp(-loss_k t); c[n, k] = (feeding of n with rate k)/(loss_n - loss_k)
    decay = np.array([member.decay_constant_per_h for member in members])
    size = len(members)
    amplitude = np.zeros((size, size))
    amplitude[0, 0] = 1 / decay[0]
    for place in range(1, size):
        for before, share in _fed_by(parent, names[place]).items():
            source = names.index(before)
            amplitude[place] += share * stays[names[place]] * decay[source] * amplitude[source]
        for k in range(size):
            if k != place and amplitude[place, k]:
                amplitude[place, k] /= loss[place] - loss[k]
        amplitude[place, place] = -np.sum(np.delete(amplitude[place], place))
    atoms = amplitude @ np.exp(-np.outer(loss, times))
    # cancellation leaves rounding around zero at the very beginning
    return {name: np.maximum(decay[place] * atoms[place], 0.0) for place, name in enumerate(names)}


def _words(parent: str, retained: Mapping, half_lives: Mapping) -> str:
    # those that live for some minutes at most decay with the nuclide before them, if nothing else was chosen
    stays = {name: _check.nominal(part) for name, part in retained.items()}
    carried = [
        f"{name} is carried off with a half-life of {half_life:g} h"
        for name, half_life in half_lives.items()
        if math.isfinite(half_life)
    ]
    if any(part != 1 for part in stays.values()):
        told = [name for name, part in stays.items() if part != 1 or find_nuclide(name).half_life_h > 0.05]
        said = "of the atoms of each daughter stay " + ", ".join(f"{name} {100 * stays[name]:.3g} %" for name in told)
    else:
        where = f"stay where {parent} decayed" if carried else f"decay where {parent} did"
        said = f"all daughters {where}"
    return f"{said}; of what stayed, {', '.join(carried)}" if carried else said


def _parent(name: str) -> str:
    return _check.choice("parent", find_nuclide(name).name, ("Ac-225", "Bi-213"))


def _fed_by(parent: str, daughter: str) -> dict[str, float]:
    """Which members of a chain decay into a daughter, and with what share of their decays."""
    names = [member.nuclide.name for member in chain(parent)]
    return {name: _branches(name)[daughter] for name in names if daughter in _branches(name)}


@cache
def _branches(start: str) -> dict[str, float]:
    """Direct daughters: what a chain yields of a nuclide, less what came by way of another."""
    direct: dict[str, float] = {}
    for member in chain(start)[1:]:
        name = member.nuclide.name
        through = sum(share * _yield(middle, name) for middle, share in direct.items())
        if member.yield_per_decay - through > 1e-9:
            direct[name] = member.yield_per_decay - through
    return direct


def _yield(start: str, end: str) -> float:
    return next((one.yield_per_decay for one in chain(start) if one.nuclide.name == end), 0.0)


def _stays(retained, daughters) -> dict:
    if isinstance(retained, str):
        _check.choice("retained", retained, ("all",))
        retained = {}
    if not isinstance(retained, (Mapping, list, tuple)):
        raise InputError(
            "retained must be 'all', or say which part of each daughter stays, such as {'Bi-213': 0.0}; got "
            f"{retained!r}. It is a choice that belongs to the result"
        )
    return _by_daughter("retained", retained, daughters, _check.fraction, 1.0)


def _by_daughter(what, given, daughters, check, default) -> dict:
    """A number for every daughter, in the order of the chain."""
    named = {}
    given = {} if given is None else ligands.mapping(what, given, "{'Bi-213': 0.5}")
    for name, number in given.items():
        found = find_nuclide(name).name
        if found not in daughters:
            raise InputError(f"{what} names {found}, which is not among the daughters {', '.join(daughters)}")
        named[found] = ligands.one_number(f"{what}[{found!r}]", check(f"{what}[{found!r}]", number))
    return {name: named.get(name, default) for name in daughters}
