"""The numbers of the last two sections: a range of activities, and the vial."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from mrtlab import planning, sirt
from mrtlab.apps.sections import hearing
from mrtlab.apps.sirt_planning.compute import COMPARTMENTS, constraints, treatment
from mrtlab.apps.sirt_planning.model import SirtPage, clock
from mrtlab.clock import elapsed_h
from mrtlab.errors import InputError

__all__ = ["Options", "Vial", "components", "options", "per_mbq", "vial"]


@dataclass(frozen=True, eq=False)
class Options:
    """A range of activities with the doses each would give; none is chosen.

    Attributes
    ----------
    table : OptionTable
    reached : tuple of float
        Probability, by activity, that the tumour gets the aim.
    aim_gy : float
    limits : dict
        Gy by tissue.
    gsd : float
    components : dict
    sources : tuple of str
    """

    table: planning.OptionTable
    reached: tuple[float, ...]
    aim_gy: float
    limits: dict
    gsd: float
    components: dict
    sources: tuple[str, ...]


def components(model: SirtPage) -> dict[str, float]:
    """Relative standard uncertainties as fractions, named as the teaching components are."""
    names = planning.teaching_components("sirt")
    given = {"activity": model.activity_u, "count fraction": model.fraction_u, "mass": model.mass_u}
    return {name: given[name] / 100 for name in names}


def per_mbq(model: SirtPage) -> dict[str, float]:
    """Gy per MBq by compartment."""
    doses = treatment(model, 1000.0)
    return {name: doses.by_compartment[name] / 1000 for name in COMPARTMENTS}


def options(model: SirtPage) -> Options:
    """Doses over the range of activities, with the uncertainty of the plan."""
    if model.low_gbq >= model.high_gbq:
        raise InputError(
            f"The lowest activity, {model.low_gbq:g} GBq, is not below the highest, {model.high_gbq:g} GBq; are they "
            "exchanged?"
        )
    activities = 1000 * np.linspace(model.low_gbq, model.high_gbq, int(model.steps))
    parts = components(model)
    spread = planning.expected_range_from_components(1.0, parts)
    medians, limits, tissues = per_mbq(model), {}, {}
    for name in COMPARTMENTS:
        tissues[name] = planning.TissueDose(medians[name], spread.gsd)
    keys = ["sirt.partition", "sirt.dose_constant"]
    for one in constraints(model, "glass"):
        if one.kind == "limit":
            name = one.compartment
            if name in limits:  # the second limit of the lungs counts what they have had
                name = "lung_all"
                tissues[name] = planning.TissueDose(medians["lung"], spread.gsd, one.previous_gy)
            limits[name] = one.dose_gy
            keys += one.sources
    if medians["lung"] == 0:  # no shunt: nothing to be uncertain about
        tissues = {name: tissue for name, tissue in tissues.items() if not name.startswith("lung")}
        limits = {name: gy for name, gy in limits.items() if name in tissues}
    table = planning.activity_options(activities, tissues, limits)
    reached = tuple(
        planning.expected_range(option.median_gy, spread.gsd).probability_above(model.tumour_aim_gy)
        for option in table
        if option.tissue == "tumour"
    )
    keys = dict.fromkeys([*keys, *spread.sources, *table.sources])
    return Options(table, reached, model.tumour_aim_gy, limits, spread.gsd, parts, tuple(keys))


@dataclass(frozen=True, eq=False)
class Vial:
    """The vial from its label to the patient.

    Attributes
    ----------
    reference_mbq, infusion_mbq, delivered_mbq : float
    unzoned_mbq : float
        At the infusion, had the time zones been left out.
    hours, unzoned_h : float
        From calibration to infusion.
    residual : float
    curve_h, curve_mbq : array
    doses : Partition
        With what was delivered.
    remarks : tuple of str
    """

    reference_mbq: float
    infusion_mbq: float
    delivered_mbq: float
    unzoned_mbq: float
    hours: float
    unzoned_h: float
    residual: float
    curve_h: np.ndarray
    curve_mbq: np.ndarray
    doses: sirt.Partition
    remarks: tuple[str, ...]


def vial(model: SirtPage) -> Vial:
    """Activity at the infusion, and what of it was delivered."""
    start, stop = clock(model.calibrated), clock(model.infused)
    walls = [one.replace(tzinfo=UTC) for one in (start, stop)]
    activity = 1000 * model.vial_gbq
    hours, unzoned = elapsed_h(start, stop), elapsed_h(*walls)
    with hearing() as remarks:
        there = sirt.vial_activity(activity, start, stop)
        residual = sirt.residual_fraction(model.before, model.after, model.elapsed_h, model.background)
        delivered = sirt.delivered_activity(activity, start, stop, residual)
        doses = treatment(model, delivered)
    grid = np.linspace(min(0, hours, unzoned), max(hours, unzoned, 24) * 1.1, 81)
    with hearing():  # said above
        wrong = sirt.vial_activity(activity, *walls)
        curve = np.array([sirt.vial_activity(activity, start, _later(start, hour)) for hour in grid])
    return Vial(
        activity,
        there,
        delivered,
        wrong,
        hours,
        unzoned,
        residual,
        grid,
        curve,
        doses,
        tuple(dict.fromkeys(remarks)),
    )


def _later(start: datetime, hours: float) -> datetime:
    return start.astimezone(UTC) + timedelta(hours=float(hours))
