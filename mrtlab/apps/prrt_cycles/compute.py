"""The numbers of the sections on the range and on the cycles, and what of every cycle counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import prrt, radiobiology
from mrtlab.apps.prrt_cycles import measure
from mrtlab.apps.prrt_cycles.model import PrrtCycles
from mrtlab.apps.sections import hearing
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, TissueDose
from mrtlab.prrt import NextActivity

__all__ = [
    "DECISIVE",
    "Cycles",
    "Limit",
    "Options",
    "accepted",
    "activities",
    "common",
    "constraints",
    "corrected",
    "cycles",
    "history",
    "in_all",
    "kidneys",
    "lesion_dose",
    "options",
    "own_half_life",
    "predicted",
    "unknown",
]

#: What has to be looked at before a dose can be put right.
DECISIVE = {"obstruction": ("anterior", "serial"), "clock": ("clock",)}


# of a lesion from cycle to cycle, between the two rates published and between patients: illustrative
_TUMOUR_GSD = 1.25


# what the cycles gave


def corrected(model: PrrtCycles, cycle: int) -> bool:
    """Whether the learner decided to change this cycle's dose, and had looked at what tells how."""
    about = model.about
    wanted = DECISIVE.get(about.incident, ()) if about.cycle == cycle else ()
    return model.decided(cycle) == "change" and bool(set(wanted) & set(model.asked_for(cycle)))


def accepted(model: PrrtCycles, cycle: int) -> dict[str, measure.Measured]:
    """The measurements of a cycle that count: routine, serial where asked for, put right where so decided."""
    serial = "serial" in model.asked_for(cycle)
    return measure.measured(model.patient, cycle, serial, corrected(model, cycle))


def kidneys(found: dict[str, measure.Measured], mbq: float, lives: bool = False) -> prrt.KidneyPair:
    """Both kidneys for an activity; with half-lives where the cycle measured them."""
    left, right = (found[name] for name in measure.KIDNEYS)
    part = mbq / measure.FULL_MBQ
    more = {"left_half_life_h": left.half_life_h, "right_half_life_h": right.half_life_h} if lives else {}
    return prrt.kidney_pair(
        part * left.dose_gy, part * right.dose_gy, left_mass_g=left.mass_g, right_mass_g=right.mass_g, **more
    )


def common(model: PrrtCycles):
    """The factor that all cycles have in common: sensitivity, S value, recovery, mass."""
    return ufloat(1.0, model.systematic_u / 100) if model.systematic_u else 0.0


def history(model: PrrtCycles, region: str, upto: int | None = None, shared=None) -> tuple[tuple, tuple[float, ...]]:
    """Doses with their uncertainties, and activities, of the cycles whose dose is known.

    Parameters
    ----------
    model : PrrtCycles
    region : str
        ``"kidneys"``, one of them, or the lesion.
    upto : int, optional
        Only the cycles up to this one.
    shared : ufloat, optional
        The common factor, if something else has it too.
    """
    doses, given = [], []
    for cycle, mbq in enumerate(model.given_mbq[:upto], 1):
        if model.decided(cycle) == "cannot":
            continue
        found = accepted(model, cycle)
        doses.append(
            kidneys(found, mbq).mean_gy if region == "kidneys" else mbq / measure.FULL_MBQ * found[region].dose_gy
        )
        given.append(mbq)
    shared = common(model) if shared is None else shared
    return prrt.cycle_doses(doses, 0.0, shared) if doses else (), tuple(given)


def predicted(model: PrrtCycles, rule: str, doses, given):
    """Dose per activity of the next cycle, Gy/MBq."""
    return prrt.predicted_per_activity(doses, given, rule=rule, variation_rel=model.variation_u / 100)


# the limits that the learner ticked


@dataclass(frozen=True)
class Limit:
    """A row of the table of tolerance doses that was chosen.

    Attributes
    ----------
    row : int
    tolerance : prrt.Tolerance
    constraint : Constraint or None
        None where a decision is missing, which ``missing`` tells.
    missing : str
    """

    row: int
    tolerance: prrt.Tolerance
    constraint: Constraint | None
    missing: str = ""


def constraints(model: PrrtCycles) -> tuple[Limit, ...]:
    """What was chosen; nothing if nothing was."""
    table, found = prrt.tolerance(), []
    between = {15: model.between_low, 30: model.between_high}
    for row in model.limits:
        one = table[row]
        try:
            chosen = between.get(min(one.gy)) if len(one.gy) > 1 else None
            found.append(Limit(row, one, one.constraint(chosen)))
        except InputError as open_:
            found.append(Limit(row, one, None, f"{open_}. Type it under “more”."))
    return tuple(found)


# the range for the next cycle


@dataclass(frozen=True, eq=False)
class Options:
    """A range of activities for the next cycle.

    Attributes
    ----------
    cycle : int
    found : prrt.KidneyOptions
        Of marrow, tumour and, in the first cycle, kidneys.
    kidneys, beds : tuple of (float, tuple of float)
        Median and 95 % of all cycles, by activity, with the uncertainty of the dose given so far.
    limits : tuple of Limit
    chances : tuple of (tuple of float or str)
        For every limit: that it is exceeded, by activity; or why nothing can be said.
    tissues : dict of str to TissueDose
    delivered_gy : float
        To the kidneys so far.
    half_life_h : float
    doses_gy, given_mbq : tuple
        Of the cycles so far.
    """

    cycle: int
    found: prrt.KidneyOptions
    kidneys: tuple
    beds: tuple
    limits: tuple[Limit, ...]
    chances: tuple
    tissues: dict[str, TissueDose]
    delivered_gy: float
    half_life_h: float
    doses_gy: tuple
    given_mbq: tuple[float, ...]


def activities(model: PrrtCycles) -> tuple[float, ...]:
    """MBq, rounded as they would be ordered."""
    if model.high_gbq <= model.low_gbq:
        raise InputError(f"the highest activity, {model.high_gbq:g} GBq, must lie above the lowest")
    ends = 1000 * model.low_gbq, 1000 * model.high_gbq
    return tuple(dict.fromkeys(float(round(one, -1)) for one in np.linspace(*ends, int(model.steps))))


def own_half_life(model: PrrtCycles) -> float:
    """Half-life of the kidneys: the patient's own of the first cycle, or the population's before."""
    if not model.given_mbq:
        return float(value("prrt.kidney_half_life_h"))
    found = measure.measured(model.patient, 1)
    return float(np.mean([found[name].half_life_h.nominal_value for name in measure.KIDNEYS]))


def unknown(model: PrrtCycles) -> tuple[int, ...]:
    """Cycles whose dose was decided not to be known."""
    return tuple(cycle for cycle in range(1, len(model.given_mbq) + 1) if model.decided(cycle) == "cannot")


def _plain(number) -> float:
    return float(getattr(number, "nominal_value", number))


def _gsd(number) -> float:
    return float(np.exp(number.std_dev / number.nominal_value)) if isinstance(number, UFloat) else 1.0


def options(model: PrrtCycles) -> Options:
    """Doses and BED of the next cycle for a range of activities, and the chance to exceed what was chosen."""
    given, hidden = activities(model), unknown(model)
    if hidden:
        raise InputError(
            f"the dose of cycle {hidden[0]} cannot be determined, as you decided; so nobody can say what is left of a "
            "limit. The next cycle has to wait, or the physician decides with that gap in writing"
        )
    with hearing():
        doses, had = history(model, "kidneys")
        population = prrt.expected_per_activity()
        per_mbq = predicted(model, "posterior", doses, had) if doses else None
        sums = [_plain(one) for one in doses]
        own = TissueDose(_plain(per_mbq), _gsd(per_mbq), sum(sums)) if doses else population
        half_life = own_half_life(model)
        tissue = radiobiology.TISSUES["kidney"]
        g = radiobiology.lea_catcheside(half_life, tissue.repair_half_time_h)
        before = float(radiobiology.bed_total(sums, tissue.alpha_beta_gy, g)) if sums else 0.0
        marrow_ = model.marrow_mgy / 1e6
        others = {
            "marrow": TissueDose(marrow_, model.marrow_gsd, marrow_ * sum(model.given_mbq)),
            "tumour": lesion_dose(model),
        }
        call = {"previous_bed_gy": before, "effective_half_life_h": half_life, "others": others}
        found = prrt.kidney_options(given, own, **call)
        totals = _Totals(model, doses, had, half_life)
        limits = constraints(model)
        chances = tuple(_chance(one, given, own, call, totals) for one in limits)
        if doses:
            rows, beds = totals.ranges(given, "absorbed dose"), totals.ranges(given, "BED")
        else:
            rows, beds = [one for one in found.doses if one.tissue == "kidneys"], found.bed
    return Options(
        len(model.given_mbq) + 1,
        found,
        tuple((one.median_gy, one.interval95_gy) for one in rows),
        tuple((one.median_gy, one.interval95_gy) for one in beds),
        limits,
        chances,
        {"kidneys": own, **others},
        sum(sums),
        half_life,
        doses,
        had,
    )


class _Totals:
    """Ranges of all cycles after the next one."""

    def __init__(self, model, doses, had, half_life):
        self.doses, self._given = doses, had
        self._options = {"variation_rel": model.variation_u / 100}
        self._half_life = half_life

    def ranges(self, activities_mbq, quantity) -> list:
        """One for each activity."""
        more = {"quantity": quantity, "effective_half_life_h": self._half_life} if quantity == "BED" else {}
        return [prrt.total_range(mbq, self.doses, self._given, **self._options, **more) for mbq in activities_mbq]


def in_all(model: PrrtCycles, cycle: int, activities_mbq) -> list:
    """Ranges of the kidneys' dose of all cycles with this one, as they were before it; none before the first."""
    doses, had = history(model, "kidneys", cycle - 1)
    return _Totals(model, doses, had, None).ranges(activities_mbq, "absorbed dose") if doses else []


def lesion_dose(model: PrrtCycles, upto: int | None = None) -> TissueDose:
    """Expected of the lesion: of what is typed for tumours, or of its last cycle and the fall with the grade.

    The range handed over, the plan and the verification have the same one.
    """
    doses, had = history(model, measure.lesion(model.patient), upto)
    if not doses:
        return TissueDose(model.tumour_gy / 1000, model.tumour_gsd)
    last = _plain(doses[-1]) / had[-1]
    return TissueDose(_plain(prrt.tumour_decline(last, 2, model.grade)[1]), _TUMOUR_GSD)


def _chance(limit: Limit, given, own, call, totals: _Totals):
    if limit.constraint is None:
        return limit.missing
    one = limit.constraint
    try:
        if one.tissue != "kidneys":
            found = prrt.kidney_options(given, own, other_limits_gy={one.tissue: one.dose_gy}, **call)
            return tuple(row.probability_above for row in found.doses if row.tissue == one.tissue)
        name = "bed_limit_gy" if one.quantity == "BED" else "limit_gy"
        found = prrt.kidney_options(given, own, **{name: one.dose_gy}, **call)  # refuses a limit that is reached
        if totals.doses:
            return tuple(row.probability_above(one.dose_gy) for row in totals.ranges(given, one.quantity))
        rows = found.bed if one.quantity == "BED" else [row for row in found.doses if row.tissue == "kidneys"]
        return tuple(row.probability_above for row in rows)
    except InputError as reached:
        return str(reached)


# the cycles so far, and the next activity


@dataclass(frozen=True, eq=False)
class Cycles:
    """What the kidneys had, and what to expect.

    Attributes
    ----------
    given_mbq : tuple of float
    doses_gy : tuple of ufloat
    total_gy, independent_gy : ufloat
        With what is common adding up linearly, and as if nothing were common.
    predicted : dict of str to ufloat
        Dose per activity of the next cycle by every rule that has enough cycles, Gy/MBq.
    rule : str
    nexts : tuple of (Limit, NextActivity or str)
    flags : tuple of str
    """

    given_mbq: tuple[float, ...]
    doses_gy: tuple
    total_gy: object
    independent_gy: object
    predicted: dict[str, object]
    rule: str
    nexts: tuple[tuple[Limit, NextActivity | str], ...]
    flags: tuple[str, ...]


def cycles(model: PrrtCycles) -> Cycles:
    """Cumulative dose by both ways of adding, and the next activity for every limit chosen."""
    if not model.given_mbq:
        raise InputError("no cycle has been given yet")
    hidden = unknown(model)
    if hidden:
        raise InputError(
            f"the dose of cycle {hidden[0]} cannot be determined, as you decided: there is no sum of all cycles and no "
            "next activity that could rest on it"
        )
    with hearing():
        doses, given = history(model, "kidneys")
        plain = [one.nominal_value for one in doses]
        whole = [one.std_dev / one.nominal_value for one in doses]
        every = {}
        for rule in prrt.RULES:
            if rule in ("step", "line") and len(doses) < 2:
                continue
            every[rule] = predicted(model, rule, doses, given)
        rule = model.rule if model.rule in every else "posterior"
        nexts = tuple((one, _next(model, one, rule, doses, given)) for one in constraints(model) if _renal(one))
    flags = dict.fromkeys(flag.text for _, one in nexts if not isinstance(one, str) for flag in one.flags)
    return Cycles(
        given,
        doses,
        prrt.cumulative_dose(doses),
        prrt.cumulative_dose(plain, random_rel=whole),
        every,
        rule,
        nexts,
        tuple(flags),
    )


def _renal(limit: Limit) -> bool:
    return limit.tolerance.tissue == "kidneys"


def _next(model, limit, rule, doses, given):
    if limit.constraint is None:
        return limit.missing
    one = limit.constraint
    more = {"effective_half_life_h": own_half_life(model)} if one.quantity == "BED" else {}
    try:
        return prrt.next_activity(
            doses,
            given,
            one.dose_gy,
            rule=rule,
            variation_rel=model.variation_u / 100,
            quantity=one.quantity,
            maximum_mbq=1000 * model.maximum_gbq,
            minimum_mbq=1000 * model.minimum_gbq,
            step_mbq=1000 * model.step_gbq,
            **more,
        )
    except InputError as refused:
        return str(refused)
