"""What each step asks, in the words of the page. Answers are texts as they were typed; no widget here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mrtlab.apps.record import earlier
from mrtlab.constants import value
from mrtlab.planning import ExpectedRange
from mrtlab.planning.prescription import LEVELS
from mrtlab.record import DosimetryRecord
from mrtlab.record.alpha import emits_alpha
from mrtlab.record.form import DECISIONS

__all__ = ["Ask", "Group", "at_first", "from_before", "groups", "tissues"]

YES_NO = (("yes", "yes"), ("no", "no"))
MOMENT = "such as 2025-03-04 09:30 +01:00: year-month-day, time, hours from UTC"
ABSORBED = "absorbed, of alpha particles and electrons, without a weight"
PARTS = "relative standard uncertainties in %, such as: mass 15; uptake 7; half-life 10"


@dataclass(frozen=True)
class Ask:
    """One question of a form.

    Attributes
    ----------
    key : str
        Under which its answer is kept.
    label : str
    kind : {"line", "text", "number", "moment", "choice", "radio"}
    unit : str
    options : tuple of (str, str)
        Text and value, of a choice.
    value : str
        What stands there at first.
    help : str
    optional : bool
    """

    key: str
    label: str
    kind: str = "line"
    unit: str = ""
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    help: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Group:
    """Questions that belong together; ``more`` sit behind a line that opens, and is open if they are needed."""

    legend: str
    asks: tuple[Ask, ...]
    more: tuple[Ask, ...] = ()
    more_title: str = ""


def groups(record: DosimetryRecord, kind: str) -> tuple[Group, ...]:
    """The form of a step; one that is taken again has what the version before has."""
    made = {
        "intent": _intent, "options": _options, "decision": _decision, "prescription": _prescription, "plan": _plan,
        "administration": _administration, "verification": _verification, "waiver": _waiver,
    }.get(kind, lambda record: ())(record)  # fmt: skip
    named = tuple(one.region for one in record.plan.regions) if kind == "verification" else tissues(record)
    before = earlier.answers(record, kind, named)
    return tuple(
        replace(group, asks=_filled(group.asks, before), more=_filled(group.more, before)) for group in made
    ) if before else made  # fmt: skip


def _filled(asks: tuple[Ask, ...], before: dict[str, str]) -> tuple[Ask, ...]:
    return tuple(replace(ask, value=before.get(ask.key, ask.value)) for ask in asks)


def from_before(record: DosimetryRecord, kind: str) -> int | None:
    """The version that a form is filled in from, if it is."""
    again = record.previous is not None and getattr(record.previous, kind, None) is not None
    return record.previous.header.version if again and kind != "signature" else None


def at_first(record: DosimetryRecord, kind: str) -> dict[str, str]:
    """The answers of an untouched form."""
    return {ask.key: ask.value for group in groups(record, kind) for ask in (*group.asks, *group.more)}


def tissues(record: DosimetryRecord) -> tuple[str, ...]:
    """The tissues that the physician named, and those that came with the options."""
    intent, options = record.intent, record.options
    named = (*intent.targets, *intent.at_risk) if intent else ()
    shown = tuple(row.tissue for row in options.rows) if options else ()
    return tuple(dict.fromkeys((*named, *shown)))


def _intent(record) -> tuple[Group, ...]:
    return (
        Group(
            "The intention",
            (
                Ask("indication", "Indication", help="the disease, in a line"),
                Ask("intent", "Intent", "text", help="curative, ablative, palliative; what is to be reached"),
                Ask("targets", "Targets", help="tissues to be treated, separated by semicolons"),
                Ask("at_risk", "Tissues at risk", help="separated by semicolons", optional=True),
            ),
        ),
    )


def _options(record) -> tuple[Group, ...]:
    head = Group(
        "The range",
        (
            Ask("activities", "Activities", help="at least two, separated by semicolons, in MBq or with their unit: "
                "300; 450; 0,6 GBq"),
            Ask("basis", "What the doses rest on", "text",
                help="a population, a tracer study of this patient, earlier cycles"),
        ),
    )  # fmt: skip
    return (head, *(_option(number, tissue, record) for number, tissue in enumerate(tissues(record))))


def _option(number: int, tissue: str, record) -> Group:
    return Group(
        tissue,
        (
            Ask(f"{number}.per_gbq", f"Dose to {tissue} per activity", "number", "Gy/GBq", optional=True,
                help=_absorbed(record)),
            Ask(f"{number}.u", f"Relative uncertainty, {tissue}", "number", "%", optional=True,
                help="one standard deviation of what the dose may turn out to be"),
            Ask(f"{number}.limit", f"Limit to compare with, {tissue}", "number", "Gy", optional=True,
                help="only if there is one; the physician sets limits in step iv"),
        ),
        (
            Ask(f"{number}.previous", f"Dose received before, {tissue}", "number", "Gy", optional=True),
            Ask(f"{number}.unknown", f"Why there is no dose for {tissue}", optional=True,
                help="instead of a dose, where nobody can give one"),
        ),
    )  # fmt: skip


def _decision(record) -> tuple[Group, ...]:
    return (
        Group(
            "The decision",
            (
                Ask("decision", "Is the patient treated?", "radio", options=tuple((one, one) for one in DECISIONS)),
                Ask("reason", "Why", "text", help="at least ten letters; “do not treat” needs its reason as well"),
            ),
        ),
    )


def _prescription(record) -> tuple[Group, ...]:
    expert = next((step.name for step in reversed(record.steps) if step.role == "MPE"), "")
    levels = tuple((f"{level}: {text}", str(level)) for level, text in LEVELS.items())
    head = Group(
        "The prescription",
        (
            Ask("activity", "Activity", "number", "MBq", optional=True,
                help="may stay empty at level 3, where doses are prescribed"),
            Ask("level", "Optimisation level", "choice", options=levels),
            Ask("planned_by", "Who advised on tolerances", value=expert, help="the physicist, another person"),
            Ask("reason", "Why this activity and these doses", "text"),
        ),
    )  # fmt: skip
    return (head, *(_constraint(number, one, record) for number, one in enumerate(tissues(record))))


def _constraint(number: int, tissue: str, record) -> Group:
    kinds = (("aim, a dose to be reached", "aim"), ("limit, a largest dose", "limit"))
    return Group(
        tissue,
        (
            Ask(f"{number}.dose", f"Dose, {tissue}", "number", "Gy", optional=True,
                help="; ".join(filter(None, ("empty: nothing is set", _absorbed(record))))),
            Ask(f"{number}.kind", f"It is an aim or a limit, {tissue}", "choice", options=kinds,
                value="aim" if tissue in record.intent.targets else "limit"),
            Ask(f"{number}.source", f"Where the number comes from, {tissue}", optional=True),
        ),
        (
            Ask(f"{number}.quantity", f"Quantity, {tissue}", "choice", value="absorbed dose",
                options=(("absorbed dose", "absorbed dose"), ("BED", "BED"))),
            Ask(f"{number}.beam", f"Taken over from external beam, {tissue}", "choice", options=YES_NO, value="no",
                help="most limits are, and the dose rate of radionuclides is another"),
        ),
    )  # fmt: skip


def _plan(record) -> tuple[Group, ...]:
    prescribed = record.prescription
    activity = "" if prescribed.activity_mbq is None else f"{prescribed.activity_mbq:.10g}"
    stimulation = (_stimulation("none"),) if _thyroid(record) else ()
    head = Group(
        "The plan",
        (
            Ask("activity", "Activity to be administered", "number", "MBq", value=activity),
            Ask("remarks", "Remarks on the plan", "text", optional=True),
            *stimulation,
        ),
    )
    return (head, *(_planned(number, one, record) for number, one in enumerate(tissues(record))))


def _planned(number: int, tissue: str, record) -> Group:
    return Group(
        tissue,
        (
            Ask(f"{number}.median", f"Planned dose, {tissue}", "number", "Gy", optional=True,
                value=_median(record, tissue),
                help="; ".join(filter(None, ("empty: the tissue is not planned", _absorbed(record))))),
            Ask(f"{number}.parts", f"Uncertainties, {tissue}", help=PARTS, optional=True),
            Ask(f"{number}.mass", f"Mass, {tissue}", "number", "g", optional=True),
            Ask(f"{number}.mass_u", f"Standard uncertainty of the mass, {tissue}", "number", "g", optional=True),
            *([_daughters(number, tissue, "")] if emits_alpha(record.header.nuclide) else []),
        ),
        _rests_on(number, tissue),
        f"What the plan rests on, {tissue}",
    )  # fmt: skip


def _median(record, tissue: str) -> str:
    """What the prescribed activity gives by the options, if it is one of theirs; without what was received before."""
    wanted = record.prescription.activity_mbq
    rows = sorted((row.activity_mbq, row.median_gy) for row in record.options.rows if row.tissue == tissue)
    if not wanted or len(rows) < 2 or not any(abs(mbq / wanted - 1) < 1e-6 for mbq, _ in rows):
        return ""
    (least, low), (most, high) = rows[0], rows[-1]  # a plan is of one cycle: the dose before is the same in all rows
    return f"{(high - low) / (most - least) * wanted:.4g}"


def _rests_on(number: int, tissue: str, plan=None) -> tuple[Ask, ...]:
    return (
        Ask(f"{number}.mass_method", f"Mass by, {tissue}", value=plan.mass_method if plan else "", optional=True,
            help="such as ultrasound, three diameters"),
        Ask(f"{number}.kinetics", f"Kinetics, {tissue}", optional=True,
            help="measurements and fit, or the population they come from"),
        Ask(f"{number}.constant", f"Energy, S value or dose constant, {tissue}", value=plan.constant if plan else "",
            optional=True, help="the number and its source"),
    )  # fmt: skip


def _administration(record) -> tuple[Group, ...]:
    planned = record.plan
    stimulation = (_stimulation(planned.stimulation),) if _thyroid(record) else ()
    return (
        Group(
            "The activity",
            (
                Ask("activity", "Delivered activity", "number", "MBq", help="the residual already subtracted"),
                Ask("u", "Standard uncertainty of the activity", "number", "MBq", optional=True),
                Ask("residual", "Residual", "number", "MBq", optional=True),
                Ask("residual_reason", "Why no residual was measured", optional=True, help="instead of a residual"),
            ),
        ),
        Group(
            "Clocks",
            (
                Ask("measured_at", "Calibrator read at", "moment", help=MOMENT),
                Ask("started_at", "Administered at", "moment", help=MOMENT),
            ),
        ),
        Group(
            "Instrument and route",
            (
                Ask("calibrator", "Activity meter"),
                Ask("traceability", "Traceable to", help="the standard and its certificate"),
                Ask("route", "Route", help="oral, intravenous, hepatic artery"),
                *stimulation,
            ),
            (Ask("remarks", "Remarks on the administration", "text", optional=True),),
        ),
    )


def _stimulation(value: str) -> Ask:
    options = [("none", "none"), ("rhTSH", "rhTSH"), ("withdrawal", "withdrawal")]
    if value not in dict(options):
        options.append((value, value))
    return Ask("stimulation", "Stimulation", "choice", options=tuple(options), value=value)


def _verification(record) -> tuple[Group, ...]:
    foot = Group(
        "Altogether",
        (
            Ask("investigation", "Investigation", "text", optional=True,
                help="needed if a dose lies outside its expected range: what was looked at, and found"),
            Ask("next_cycle", "For the next cycle", "text", optional=True),
            Ask("remarks", "Remarks on the verification", "text", optional=True),
        ),
    )  # fmt: skip
    return (*(_measured(number, one, record) for number, one in enumerate(record.plan.regions)), foot)


def _measured(number: int, plan, record) -> Group:
    name = plan.region
    low, high = ExpectedRange(plan.median_gy, plan.gsd).interval95_gy
    return Group(
        f"{name}: {low:.3g} to {high:.3g} Gy were expected",
        (
            Ask(f"{number}.dose", f"Measured dose, {name}", "number", "Gy", optional=True, help=_absorbed(record)),
            Ask(f"{number}.u", f"Standard uncertainty of the dose, {name}", "number", "Gy", optional=True),
            *(_parts(number, plan) if emits_alpha(record.header.nuclide) else []),
            Ask(f"{number}.shared", f"Relative uncertainty shared with the plan, {name}", "number", "%", value="0",
                help="the same mass, the same energy per decay: it moves both alike"),
            Ask(f"{number}.missing", f"Why no dose was measured, {name}", optional=True, help="instead of a dose"),
        ),
        (
            Ask(f"{number}.mass", f"Mass, {name}", "number", "g", value=f"{plan.mass_g.value:.6g}"),
            Ask(f"{number}.mass_u", f"Standard uncertainty of the mass, {name}", "number", "g", optional=True,
                value="" if plan.mass_g.u is None else f"{plan.mass_g.u:.4g}"),
            *_rests_on(number, name, plan),
            Ask(f"{number}.points", f"Measurements in time, {name}", "number", value=""),
            Ask(f"{number}.partial_volume", f"Corrected for recovery, {name}", "choice", options=YES_NO, value="no"),
            Ask(f"{number}.basis", f"Basis, {name}", "choice", value="measured",
                options=(("measured", "measured"), ("estimated", "estimated"))),
            Ask(f"{number}.half_life", f"Effective half-life, {name}", "number", "h", optional=True),
            Ask(f"{number}.systematic", f"Relative uncertainty common to all cycles, {name}", "number", "%",
                value="0", help="calibration, S value, recovery: adds up from cycle to cycle"),
            Ask(f"{number}.bed", f"BED, {name}", "number", "Gy", optional=True),
        ),
        f"What the dose rests on, {name}",
    )  # fmt: skip


def _parts(number: int, plan) -> list[Ask]:
    """What the dose of an alpha emitter has to say of itself; the weighted one follows from it."""
    name = plan.region
    return [
        Ask(f"{number}.alpha", f"Dose of alpha particles, {name}", "number", "Gy", optional=True),
        Ask(f"{number}.electrons", f"Dose of electrons, {name}", "number", "Gy", optional=True),
        Ask(f"{number}.rbe", f"Weight of alpha particles (RBE), {name}", "number", value=f"{value('psma.rbe'):g}",
            help="a choice; the weighted dose follows from it, and its unit is never the Sv"),
        _daughters(number, name, plan.daughters or ""),
    ]  # fmt: skip


def _daughters(number: int, name: str, value: str) -> Ask:
    help = "a choice that belongs to the dose: all at the site, or which part of which daughter leaves"
    return Ask(f"{number}.daughters", f"Where the daughters decay, {name}", help=help, optional=True, value=value)


def _absorbed(record) -> str:
    return ABSORBED if emits_alpha(record.header.nuclide) else ""


def _waiver(record) -> tuple[Group, ...]:
    return (Group("No verification", (Ask("reason", "Why no delivered dose was verified", "text"),)),)


def _thyroid(record) -> bool:
    return record.header.nuclide.startswith("I-")


def labels(asks: Sequence[Group]) -> dict[str, str]:
    """The label of every question by its key."""
    return {ask.key: ask.label for group in asks for ask in (*group.asks, *group.more)}
