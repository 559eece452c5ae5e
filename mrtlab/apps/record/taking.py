"""From the answers of a form to a step of the record: every check is the library's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from uncertainties import ufloat

from mrtlab import planning
from mrtlab.apps.record import fields
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, Prescription, TissueDose
from mrtlab.record import AlphaPart, DosimetryRecord, MeasuredRegion, Person, PlannedRegion, machine
from mrtlab.units import parse_quantity

__all__ = ["moment", "take", "try_turn"]

_BEAM = re.compile(r"external[ -]beam|EBRT", re.IGNORECASE)


def try_turn(record: DosimetryRecord, kind: str, role: str) -> None:
    """Refuse a step out of turn, or of the wrong role, in the library's words.

    Raises
    ------
    InputError
    """
    machine.require_turn(record.steps, kind, role)


def take(record: DosimetryRecord, kind: str, by: Person, given: Mapping[str, str], at=None) -> DosimetryRecord:
    """Take a step with the answers of its form.

    Parameters
    ----------
    record : DosimetryRecord
    kind : str
        Of the step, as in ``record.turns``.
    by : Person
    given : mapping of str to str
        What was typed, by the key of the question.
    at : datetime, optional

    Returns
    -------
    DosimetryRecord

    Raises
    ------
    InputError
        If it is another's turn, or an answer is missing or refused.
    """
    try_turn(record, kind, by.role)
    if kind == "signature":
        return record.sign(by, at=at)
    return _TAKERS[kind](record, by, _Answers(record, kind, given), at)


def moment(label: str, text: str) -> datetime:
    """A date and time with its distance from UTC, as typed.

    Raises
    ------
    InputError
        With how to type it.
    """
    parts = text.replace("−", "-").split()
    try:
        found = datetime.fromisoformat("T".join(parts[:2]) + "".join(parts[2:]))
    except ValueError:
        raise InputError(f"{label}: “{text}” is no moment; type it {fields.MOMENT.removeprefix('such ')}") from None
    if found.tzinfo is None:
        raise InputError(f"{label}: “{text}” has no time zone; type it {fields.MOMENT.removeprefix('such ')}")
    return found


class _Answers:
    """The answers of a form, read as what they are; refusals name the question as the page does."""

    def __init__(self, record, kind, given):
        form = fields.groups(record, kind)
        self._labels = fields.labels(form)
        self._units = {ask.key: ask.unit for group in form for ask in (*group.asks, *group.more)}
        self._given = {key: str(given.get(key, first)).strip() for key, first in fields.at_first(record, kind).items()}

    def label(self, key: str) -> str:
        return self._labels[key]

    def asked(self, key: str) -> bool:
        """Whether this form has the question."""
        return key in self._labels

    def text(self, key: str) -> str:
        """A text that must be there."""
        found = self._given[key]
        if not found:
            raise InputError(f"{self._labels[key]}: nothing is entered")
        return found

    def maybe(self, key: str) -> str | None:
        """A text, or None; also for a question that this form does not ask."""
        return self._given.get(key) or None

    def number(self, key: str) -> float:
        """A number in the unit of its question."""
        text = self.text(key)
        try:
            return parse_quantity(text, self._units[key])
        except InputError as error:
            raise InputError(f"{self._labels[key]}: {error}") from None

    def maybe_number(self, key: str) -> float | None:
        return self.number(key) if self.maybe(key) else None

    def uncertain(self, key: str, u: str):
        """A number with its standard uncertainty, or plain where that is not known."""
        value, spread = self.number(key), self.maybe_number(u)
        return value if spread is None else ufloat(value, spread)

    def listed(self, key: str, needed: bool = True) -> list[str]:
        """Texts between semicolons; commas separate as well where there is no semicolon."""
        text = self.text(key) if needed else self.maybe(key) or ""
        return [part.strip() for part in re.split(r"[;\n]" if ";" in text else r"[,\n]", text) if part.strip()]

    def numbers(self, key: str, unit: str) -> list[float]:
        """Numbers between semicolons; a comma is a decimal sign."""
        return [self._read(part, key, unit) for part in re.split(r"[;\n]", self.text(key)) if part.strip()]

    def _read(self, text: str, key: str, unit: str) -> float:
        try:
            return parse_quantity(text, unit)
        except InputError as error:
            raise InputError(f"{self._labels[key]}: {error}; separate them by semicolons") from None

    def parts(self, key: str) -> dict[str, float]:
        """Named percentages as fractions: “mass 15; uptake 7”."""
        found: dict[str, float] = {}
        for part in filter(str.strip, re.split(r"[;\n]", self.text(key))):
            match = re.fullmatch(r"\s*(.*[^\W\d].*?)\s*:?\s+([\d.,]+)\s*%?\s*", part)
            if not match:
                raise InputError(
                    f"{self._labels[key]}: “{part.strip()}” is no name with its percentage; {fields.PARTS}"
                )
            name, number = match[1].strip(" :"), self._read(match[2], key, "")
            if name in found:
                raise InputError(f"{self._labels[key]}: {name!r} comes twice")
            found[name] = number / 100
        return found


def _intent(record, by, answers, at):
    return record.declare_intent(
        by,
        answers.text("indication"),
        answers.text("intent"),
        answers.listed("targets"),
        answers.listed("at_risk", needed=False),
        at=at,
    )


def _options(record, by, answers, at):
    doses, limits, unknown = {}, {}, {}
    for number, name in enumerate(fields.tissues(record)):
        why = answers.maybe(f"{number}.unknown")
        if why and answers.maybe(f"{number}.per_gbq"):
            raise InputError(f"{name} has a dose per activity and a reason why there is none; keep one of the two")
        if why:
            unknown[name] = why
            continue
        if not answers.maybe(f"{number}.per_gbq"):
            raise InputError(
                f"{answers.label(f'{number}.per_gbq')}: nothing is entered; the physician named {name}. Give a dose, "
                "or say why there is none"
            )
        spread = planning.expected_range_from_components(1.0, {"all": answers.number(f"{number}.u") / 100})
        previous = answers.maybe_number(f"{number}.previous") or 0.0
        doses[name] = TissueDose(answers.number(f"{number}.per_gbq") / 1000, spread.gsd, previous)
        limit = answers.maybe_number(f"{number}.limit")
        if limit is not None:
            limits[name] = limit
    table = planning.activity_options(answers.numbers("activities", "MBq"), doses, limits)
    return record.present_options(by, table, answers.text("basis"), unknown, at=at)


def _decision(record, by, answers, at):
    return record.decide(by, answers.text("decision"), answers.text("reason"), at=at)


def _prescription(record, by, answers, at):
    for number in range(len(fields.tissues(record))):
        source, beam = answers.maybe(f"{number}.source") or "", f"{number}.beam"
        if _BEAM.search(source) and answers.text(beam) == "no":
            raise InputError(
                f"{answers.label(f'{number}.source')}: “{source}” speaks of external beam, and “{answers.label(beam)}” "
                "says no. Change one of the two"
            )
    constraints = [
        Constraint(
            name,
            answers.text(f"{number}.kind"),
            answers.number(f"{number}.dose"),
            answers.text(f"{number}.quantity"),
            answers.maybe(f"{number}.source") or "",
            answers.text(f"{number}.beam") == "yes",
        )
        for number, name in enumerate(fields.tissues(record))
        if answers.maybe(f"{number}.dose")
    ]
    prescription = Prescription(
        by.name,
        answers.text("planned_by"),
        answers.maybe_number("activity"),
        tuple(constraints),
        int(answers.text("level")),
        answers.text("reason"),
    )
    return record.prescribe(by, prescription, at=at)


def _plan(record, by, answers, at):
    regions = [
        PlannedRegion(
            name,
            planning.expected_range_from_components(
                answers.number(f"{number}.median"), answers.parts(f"{number}.parts")
            ),
            answers.uncertain(f"{number}.mass", f"{number}.mass_u"),
            *(answers.text(f"{number}.{key}") for key in ("mass_method", "kinetics", "constant")),
            daughters=answers.text(f"{number}.daughters") if answers.asked(f"{number}.daughters") else None,
        )
        for number, name in enumerate(fields.tissues(record))
        if answers.maybe(f"{number}.median")
    ]
    if not regions:
        raise InputError("no tissue has a planned dose; without one there is nothing to verify against")
    return record.fix_plan(
        by,
        answers.number("activity"),
        regions,
        stimulation=answers.maybe("stimulation") or "none",
        remarks=answers.maybe("remarks"),
        at=at,
    )


def _administration(record, by, answers, at):
    return record.administer(
        by,
        answers.uncertain("activity", "u"),
        measured_at=moment(answers.label("measured_at"), answers.text("measured_at")),
        started_at=moment(answers.label("started_at"), answers.text("started_at")),
        residual_mbq=answers.maybe_number("residual"),
        residual_reason=answers.maybe("residual_reason"),
        calibrator=answers.text("calibrator"),
        traceability=answers.text("traceability"),
        route=answers.text("route"),
        stimulation=answers.maybe("stimulation") or "none",
        remarks=answers.maybe("remarks"),
        at=at,
    )


def _verification(record, by, answers, at):
    measured, missing = [], {}
    for number, plan in enumerate(record.plan.regions):
        why = answers.maybe(f"{number}.missing")
        if why and answers.maybe(f"{number}.dose"):
            raise InputError(f"{plan.region} has a dose and a reason why there is none; keep one of the two")
        if why:
            missing[plan.region] = why
        else:
            measured.append(_region(number, plan.region, answers))
    if not measured:
        raise InputError(
            "no tissue has a measured dose; that is no verification, and the step “say why no dose was verified” is "
            "the right one"
        )
    return record.verify(
        by,
        measured,
        missing,
        investigation=answers.maybe("investigation"),
        next_cycle=answers.maybe("next_cycle"),
        remarks=answers.maybe("remarks"),
        at=at,
    )


def _region(number: int, name: str, answers: _Answers) -> MeasuredRegion:
    points = answers.number(f"{number}.points")
    if points != int(points):
        raise InputError(f"{answers.label(f'{number}.points')}: {points:g} is not a whole number")
    return MeasuredRegion(
        name,
        ufloat(answers.number(f"{number}.dose"), answers.number(f"{number}.u")),
        answers.uncertain(f"{number}.mass", f"{number}.mass_u"),
        *(answers.text(f"{number}.{key}") for key in ("mass_method", "kinetics", "constant")),
        points=int(points),
        partial_volume=answers.text(f"{number}.partial_volume") == "yes",
        basis=answers.text(f"{number}.basis"),
        effective_half_life_h=answers.maybe_number(f"{number}.half_life"),
        systematic_rel=answers.number(f"{number}.systematic") / 100,
        shared_rel=answers.number(f"{number}.shared") / 100,
        bed_gy=answers.maybe_number(f"{number}.bed"),
        alpha=_alpha(number, answers),
    )


def _alpha(number: int, answers: _Answers) -> AlphaPart | None:
    """Parts of the dose of an alpha emitter; None where they are not asked for."""
    if not answers.asked(f"{number}.alpha"):
        return None
    doses = (answers.number(f"{number}.{key}") for key in ("alpha", "electrons", "rbe"))
    return AlphaPart(*doses, answers.text(f"{number}.daughters"))


def _waiver(record, by, answers, at):
    return record.waive_verification(by, answers.text("reason"), at=at)


_TAKERS = {
    "intent": _intent, "options": _options, "decision": _decision, "prescription": _prescription, "plan": _plan,
    "administration": _administration, "verification": _verification, "waiver": _waiver,
}  # fmt: skip
