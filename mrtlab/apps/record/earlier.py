"""What the version before has of a step that is taken again, as answers of its form."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mrtlab.record import DosimetryRecord

__all__ = ["answers"]

Typed = Iterator[tuple[str, str]]


def answers(record: DosimetryRecord, kind: str, tissues: tuple[str, ...]) -> dict[str, str]:
    """Answers by the key of their question; none for a first version, and for a step that is not taken again.

    Parameters
    ----------
    record : DosimetryRecord
    kind : str
    tissues : tuple of str
        In the order of the form.
    """
    before = getattr(record.previous, kind, None) if record.previous is not None and kind in _STEPS else None
    if before is None or getattr(record, kind) is not None:
        return {}
    place = {name: number for number, name in enumerate(tissues)}
    return dict(_STEPS[kind](before, place))


def _intent(content, place) -> Typed:
    yield "indication", content.indication
    yield "intent", content.intent
    yield "targets", "; ".join(content.targets)
    yield "at_risk", "; ".join(content.at_risk)


def _decision(content, place) -> Typed:
    yield "decision", content.decision
    yield "reason", content.reason


def _options(content, place) -> Typed:
    """Doses per activity, uncertainties and doses before, back from the doses of each activity."""
    yield "activities", "; ".join(_number(mbq) for mbq in dict.fromkeys(row.activity_mbq for row in content.rows))
    yield "basis", content.basis
    for name, number in place.items():
        rows = [row for row in content.rows if row.tissue == name]
        yield f"{number}.unknown", next((one.reason for one in content.unknown if one.region == name), "")
        if len(rows) < 2:
            continue
        least, most = rows[0], rows[-1]
        per = (most.median_gy - least.median_gy) / (most.activity_mbq - least.activity_mbq)
        previous = least.median_gy - per * least.activity_mbq
        new = per * least.activity_mbq
        above, below = least.high_gy - previous, least.low_gy - previous
        if not (new > 0 and above > new > below > 0 and math.isclose(above * below, new**2, rel_tol=0.01)):
            continue  # not by this form, such as with a dose before that is uncertain: it is typed anew
        yield f"{number}.per_gbq", f"{1000 * per:.4g}"
        yield f"{number}.u", f"{100 * math.log(above / new) / 1.96:.4g}"
        yield f"{number}.previous", f"{previous:.4g}" if previous > 1e-6 * new else ""
        yield f"{number}.limit", "" if least.limit_gy is None else _number(least.limit_gy)


def _prescription(content, place) -> Typed:
    yield "activity", _number(content.activity_mbq)
    yield "level", str(content.optimisation_level)
    yield "planned_by", content.planned_by
    yield "reason", content.reason
    for one in content.constraints:
        number = place.get(one.tissue)
        if number is not None:
            yield f"{number}.dose", _number(one.dose_gy)
            yield f"{number}.kind", one.kind
            yield f"{number}.source", one.source
            yield f"{number}.quantity", one.quantity
            yield f"{number}.beam", "yes" if one.from_external_beam else "no"


def _plan(content, place) -> Typed:
    yield "activity", _number(content.activity_mbq)
    yield "remarks", content.remarks or ""
    yield "stimulation", content.stimulation
    for number in place.values():
        yield f"{number}.median", ""  # what was not planned stays so
    for one in content.regions:
        number = place.get(one.region)
        if number is not None:
            yield f"{number}.median", _number(one.median_gy)
            yield f"{number}.parts", "; ".join(f"{part.name} {_percent(part.relative)}" for part in one.components)
            yield from _rests_on(number, one)
            yield f"{number}.daughters", one.daughters or ""


def _administration(content, place) -> Typed:
    yield "activity", _number(content.administered_mbq.value)
    yield "u", _number(content.administered_mbq.u)
    yield "residual", _number(content.residual_mbq.value if content.residual_mbq else None)
    for name in ("measured_at", "started_at"):
        yield name, _moment(getattr(content, name))
    for name in ("residual_reason", "calibrator", "traceability", "route", "stimulation", "remarks"):
        yield name, getattr(content, name) or ""


def _verification(content, place) -> Typed:
    for name in ("investigation", "next_cycle", "remarks"):
        yield name, getattr(content, name) or ""
    for one in content.missing:
        if one.region in place:
            yield f"{place[one.region]}.missing", one.reason
    for one in content.regions:
        number = place.get(one.region)
        if number is None:
            continue
        yield f"{number}.dose", _number(one.dose_gy)
        yield f"{number}.u", _number(one.u_gy)
        yield f"{number}.shared", _percent(one.shared_rel)
        yield from _rests_on(number, one)
        yield f"{number}.points", str(one.points)
        yield f"{number}.partial_volume", "yes" if one.partial_volume else "no"
        yield f"{number}.basis", one.basis
        yield f"{number}.half_life", _number(one.effective_half_life_h)
        yield f"{number}.systematic", _percent(one.systematic_rel)
        yield f"{number}.bed", _number(one.bed_gy)
        if one.alpha:
            yield f"{number}.alpha", _number(one.alpha.alpha_gy)
            yield f"{number}.electrons", _number(one.alpha.electron_gy)
            yield f"{number}.rbe", _number(one.alpha.rbe)
            yield f"{number}.daughters", one.alpha.daughters


def _waiver(content, place) -> Typed:
    yield "reason", content.reason


def _rests_on(number: int, region) -> Typed:
    yield f"{number}.mass", _number(region.mass_g.value)
    yield f"{number}.mass_u", _number(region.mass_g.u)
    for name in ("mass_method", "kinetics", "constant"):
        yield f"{number}.{name}", getattr(region, name)


def _number(value: float | None) -> str:
    """Whole, so that a version in which nothing is changed says the same; without an exponent."""
    if value is None:
        return ""
    text = repr(float(value)).removesuffix(".0")
    return f"{value:.12f}".rstrip("0").rstrip(".") if "e" in text else text


def _percent(share: float) -> str:
    texts = (_number(float(f"{100 * share:.{digits}g}")) for digits in range(12, 18))
    return next((text for text in texts if float(text) / 100 == share), _number(100 * share))


def _moment(text: str) -> str:
    """As it is typed: date, time, hours from UTC."""
    date, time = text.split("T")
    clock, sign = (time[:-6], time[-6:]) if time[-6] in "+-" else (time.removesuffix("Z"), "+00:00")
    return f"{date} {clock} {sign}"


_STEPS = {
    "intent": _intent, "options": _options, "decision": _decision, "prescription": _prescription, "plan": _plan,
    "administration": _administration, "verification": _verification, "waiver": _waiver,
}  # fmt: skip
