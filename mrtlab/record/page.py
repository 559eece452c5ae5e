"""The record as one page to read and print: everything escaped, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from mrtlab import _userdata
from mrtlab.constants import sources
from mrtlab.errors import Flag, InputError
from mrtlab.planning import CHECKLIST, ExpectedRange
from mrtlab.planning.prescription import LEVELS
from mrtlab.record.alpha import ABSORBED, unit
from mrtlab.record.machine import ROLES, WHAT
from mrtlab.record.record import DosimetryRecord

__all__ = ["to_html", "write_html"]

_CSS = Path(__file__).with_name("page.css")

_TITLES = {
    "intent": "i. Intent",
    "options": "ii. Range of activities and doses",
    "decision": "iii. Decision",
    "prescription": "iv. Limits and aims",
    "plan": "v. Plan, with the range of doses expected",
    "administration": "v. Administration",
    "verification": "vi. Verification",
    "waiver": "vi. Not verified",
    "signature": "Signature",
    "revision": "New version",
}


def write_html(record: DosimetryRecord, path) -> None:
    """Write :func:`to_html` to a file.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    path = Path(path)
    try:
        _userdata.write(path, to_html(record))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None


def to_html(record: DosimetryRecord) -> str:
    """The record as a self-contained page for reading and printing, earlier versions named by their hash."""
    header = record.header
    title = f"Dosimetry record of {header.pseudonym}, cycle {header.cycle}"
    facts = (
        ("Status", record.status),
        ("Therapy", header.therapy),
        ("Nuclide and product", f"{header.nuclide}, {header.product}"),
        ("Cycle", str(header.cycle)),
        ("Version", str(header.version)),
        ("Begun", header.created),
        ("Record", header.record_id),
        ("Written with", f"{header.software.name} {header.software.version}"),
    )
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="purpose">{escape(header.purpose)}</p>',
        f'<p class="status">{escape(_status(record))}</p>',
        *(f'<p class="alert">{escape(Flag(flag).text)}</p>' for flag in record.flags),
        _pairs("The record", facts),
        *(_step(step) for step in record.steps if step.content.kind != "signature"),
        _signatures(record),
        _versions(record),
        _steps(record),
        f"<h2>Source of the steps</h2><p>{escape(sources('record.steps').citation)}</p>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_CSS.read_text(encoding='utf-8')}</style>\n</head>\n"
        "<body>\n<main>\n" + "\n".join(part for part in parts if part) + "\n</main>\n</body>\n</html>\n"
    )


def _status(record: DosimetryRecord) -> str:
    if record.final:
        return f"{record.status}. Ending: {record.ending}."
    turns = ", or ".join(turn.text.rpartition(" (")[0] for turn in record.turns)
    return f"{record.status}. Not final: it is the turn of {turns}."


def _step(step) -> str:
    content = step.content
    who = f"{step.name}, {ROLES[step.role]}, {step.at}"
    body = {
        "intent": _intent, "options": _options, "decision": _decision, "prescription": _prescription, "plan": _plan,
        "administration": _administration, "verification": _verification, "waiver": _reason, "revision": _revision,
    }[content.kind](content)  # fmt: skip
    return f'<section>\n<h2>{_TITLES[content.kind]}</h2>\n<p class="who">{escape(who)}</p>\n{body}\n</section>'


def _intent(content) -> str:
    return _pairs(
        "Intent",
        (
            ("Indication", content.indication),
            ("Intent", content.intent),
            ("Targets", ", ".join(content.targets)),
            ("Tissues at risk", ", ".join(content.at_risk) or "none named"),
        ),
    )


def _options(content) -> str:
    rows = [
        (
            _number(row.activity_mbq), row.tissue, _number(row.median_gy),
            f"{_number(row.low_gy)} to {_number(row.high_gy)}",
            _number(row.limit_gy), _probability(row.probability_above),
        )
        for row in content.rows
    ]  # fmt: skip
    headings = ("Activity, MBq", "Tissue", "Median dose, Gy", "95 % interval, Gy", "Limit, Gy", "P(above the limit)")
    return (
        _text(f"Basis: {content.basis}")
        + _table("Options; none is preferred", headings, rows)
        + _missing(content.unknown)
    )


def _decision(content) -> str:
    return _pairs("Decision", (("Decision", content.decision), ("Reason", content.reason)))


def _prescription(content) -> str:
    activity = "follows from the plan" if content.activity_mbq is None else f"{_number(content.activity_mbq)} MBq"
    level = f"{content.optimisation_level}: {LEVELS[content.optimisation_level]}"
    facts = (
        ("Activity", activity), ("Optimisation level", level), ("Tolerances advised by", content.planned_by),
        ("Reason", content.reason),
    )  # fmt: skip
    rows = [
        (
            one.tissue, one.kind, _number(one.dose_gy), one.quantity, one.source or "not given",
            "yes" if one.from_external_beam else "no",
        )
        for one in content.constraints
    ]  # fmt: skip
    headings = ("Tissue", "Limit or aim", "Gy", "Quantity", "Source", "From external beam")
    return _pairs("Prescription", facts) + (_table("Limits and aims", headings, rows) if rows else "")


def _plan(content) -> str:
    rows = []
    for one in content.regions:
        low, high = ExpectedRange(one.median_gy, one.gsd).interval95_gy
        parts = ", ".join(f"{part.name} {_number(part.relative)}" for part in one.components) or "of a population"
        rows.append(
            (
                one.region, _number(one.median_gy), _number(one.gsd), f"{_number(low)} to {_number(high)}", parts,
                _quantity(one.mass_g), one.mass_method, one.kinetics, one.constant,
            )
        )  # fmt: skip
    headings = (
        "Tissue", "Planned dose, Gy", "Geometric SD", "Expected (95 %), Gy", "Relative uncertainties", "Mass, g",
        "Mass by", "Kinetics", "Energy, S value or dose constant",
    )  # fmt: skip
    facts = [("Activity", f"{_number(content.activity_mbq)} MBq"), ("Stimulation", content.stimulation)]
    daughters = [(one.region, one.daughters) for one in content.regions if one.daughters]
    return (
        _pairs("Plan", facts)
        + _table("Expected range, fixed before administration", headings, rows)
        + (_table("Daughters", ("Tissue", "Where they were taken to decay"), daughters) if daughters else "")
        + (_text(ABSORBED) if daughters else "")
        + _remarks(content)
    )


def _administration(content) -> str:
    residual = content.residual_reason if content.residual_mbq is None else _quantity(content.residual_mbq, " MBq")
    facts = (
        ("Delivered activity", _quantity(content.administered_mbq, " MBq")), ("Residual", residual),
        ("Calibrator read at", content.measured_at), ("Administered at", content.started_at),
        ("Calibrator", content.calibrator), ("Traceable to", content.traceability), ("Route", content.route),
        ("Stimulation", content.stimulation),
    )  # fmt: skip
    return _pairs("Administration", facts) + _remarks(content)


def _verification(content) -> str:
    doses, data = [], []
    for one in content.regions:
        verdict = one.verdict if one.z is None else f"{one.verdict} (z = {_number(one.z)})"
        doses.append(
            (
                one.region, f"{_number(one.dose_gy)} ± {_number(one.u_gy)}", _number(one.bed_gy), _number(one.ratio),
                verdict,
                _number(one.shared_rel), _number(one.systematic_rel),
            )
        )  # fmt: skip
        data.append(
            (
                one.region, one.basis, str(one.points), "yes" if one.partial_volume else "no", _quantity(one.mass_g),
                one.mass_method, one.kinetics, _number(one.effective_half_life_h), one.constant,
            )
        )  # fmt: skip
    dose_headings = (
        "Tissue", "Dose ± u, Gy", "BED, Gy", "Delivered / planned", "Verdict", "Relative u shared with the plan",
        "Relative u common to cycles",
    )  # fmt: skip
    data_headings = (
        "Tissue", "Basis", "Points in time", "Recovery corrected", "Mass, g", "Mass by", "Kinetics",
        "Effective half-life, h", "Energy, S value or dose constant",
    )  # fmt: skip
    outside = any(one.within is False for one in content.regions)
    found = _text(f"Investigation: {content.investigation}") if content.investigation else ""
    items = "".join(f"<li>{escape(item)}</li>" for item in CHECKLIST)
    checklist = f"<p>To be looked at when a dose lies outside:</p><ul>{items}</ul>" if outside else ""
    following = _text(f"Next cycle: {content.next_cycle}") if content.next_cycle else ""
    return (
        _table("Delivered doses", dose_headings, doses) + _parts(content) + _missing(content.missing) + found
        + checklist
        + _table("What they rest on", data_headings, data) + following + _remarks(content)
    )  # fmt: skip


def _parts(content) -> str:
    rows = [
        (
            one.region, _number(one.alpha.alpha_gy), _number(one.alpha.electron_gy), _number(one.alpha.rbe),
            f"{_number(one.alpha.weighted_gy)} {unit(one.alpha.rbe)}", one.alpha.daughters,
        )
        for one in content.regions if one.alpha
    ]  # fmt: skip
    headings = (
        "Tissue", "Alpha particles, Gy", "Electrons, Gy", "RBE of alpha particles", "Weighted dose",
        "Where the daughters decay",
    )  # fmt: skip
    return _table("Alpha particles and electrons", headings, rows) + _text(ABSORBED) if rows else ""


def _reason(content) -> str:
    return _text(f"No delivered dose was verified, because: {content.reason}")


def _revision(content) -> str:
    return _text(f"Changed from the step to {WHAT[content.back_to]} on. Reason: {content.reason}")


def _signatures(record: DosimetryRecord) -> str:
    rows = [
        (step.name, ROLES[step.role], step.at, f"<code>{step.content.record_sha256}</code>")
        for step in record.signatures
    ]
    rows = [(*map(escape, row[:3]), row[3]) for row in rows]
    rows += [
        (f"missing: {escape(ROLES[role])}", "", "", "")
        for role in ("MPE", "MD")
        if role not in {step.role for step in record.signatures}
    ]
    note = "A name typed here is not an electronic signature."
    return f"<h2>Signatures</h2><p>{note}</p>" + _raw_table(
        "Signatures", ("Name", "Role", "At", "Under the text"), rows
    )


def _versions(record: DosimetryRecord) -> str:
    rows, one = [], record.previous
    while one is not None:
        rows.append((str(one.header.version), escape(one.status), f"<code>{one.sha256}</code>"))
        one = one.previous
    if not rows:
        return ""
    return "<h2>Earlier versions</h2>" + _raw_table("Kept in the file", ("Version", "Status", "SHA-256"), rows)


def _steps(record: DosimetryRecord) -> str:
    rows = [
        (str(number), escape(step.content.kind), escape(step.name), step.role, step.at, f"<code>{step.sha256}</code>")
        for number, step in enumerate(record.steps, 1)
    ]
    headings = ("Step", "What", "Who", "Role", "At (UTC)", "SHA-256 of all so far")
    return "<h2>All steps</h2>" + _raw_table("Who did what, and when", headings, rows)


def _missing(items) -> str:
    rows = [(one.region, one.reason) for one in items]
    return _table("Without a dose", ("Tissue", "Why"), rows) if rows else ""


def _remarks(content) -> str:
    return _text(f"Remarks: {content.remarks}") if content.remarks else ""


def _text(text: str) -> str:
    return f'<p class="text">{escape(text)}</p>'


def _pairs(caption: str, facts: Iterable[tuple[str, str]]) -> str:
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="text">{escape(item)}</td></tr>' for name, item in facts
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{body}</tbody></table>"


def _table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return _raw_table(caption, headings, [[escape(cell) for cell in row] for row in rows])


def _raw_table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; the first of a row is its heading."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
        for first, *others in rows
    )
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _quantity(quantity, unit: str = "") -> str:
    number = _number(quantity.value)
    if quantity.u is None:
        return f"{number}{unit}, uncertainty not known"
    return f"{number} ± {_number(quantity.u)}{unit}"


def _probability(number: float | None) -> str:
    return "under 0.0001" if number is not None and number < 1e-4 else _number(number)


def _number(number: float | None) -> str:
    """Four significant figures; what is not there is said."""
    if number is None:
        return "not given"
    text = f"{number:.4g}"
    return f"{number:.0f}" if "e+" in text and abs(number) < 1e7 else text
