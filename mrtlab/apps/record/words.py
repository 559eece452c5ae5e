"""A record in words and tables: for a physician without equations, for a physicist with uncertainties and z."""

from __future__ import annotations

import re
from typing import NamedTuple

from mrtlab import record
from mrtlab.errors import Flag
from mrtlab.planning import CHECKLIST, ExpectedRange
from mrtlab.planning.prescription import LEVELS
from mrtlab.record import DosimetryRecord
from mrtlab.record.alpha import ABSORBED, unit
from mrtlab.record.machine import find
from mrtlab.units import format_quantity

__all__ = [
    "DOES", "NO_SIGNATURE", "STEPS", "Block", "alert", "blocks", "compared", "notes", "refusal", "step_rows",
    "sum_row", "turn", "version_rows",
]  # fmt: skip

NO_SIGNATURE = "A name typed here is **not an electronic signature**: anybody can type it."
WHO = {"MD": "physician", "MPE": "physicist"}
STEPS = {
    "intent": ("i", "Intent", "MD"),
    "options": ("ii", "Range of activities and doses", "MPE"),
    "decision": ("iii", "Treat or not", "MD"),
    "prescription": ("iv", "Limits and aims", "MD"),
    "plan": ("v", "Plan with expected range", "MPE"),
    "administration": ("v", "Administration", "MPE"),
    "verification": ("vi", "Verification", "MPE"),
}
DOES = {
    "intent": "say what is to be treated, and which tissues are at risk",
    "options": "present a range of activities with the doses each would give",
    "decision": "decide whether to treat",
    "prescription": "set limits and aims",
    "plan": "fix the plan with its expected range",
    "administration": "enter what was administered",
    "verification": "verify the delivered doses",
    "waiver": "say why no dose was verified",
    "signature": "sign",
}
_SAID = {
    "declare_intent": "intent", "present_options": "options", "decide": "decision", "prescribe": "prescription",
    "fix_plan": "plan", "administer": "administration", "verify": "verification", "waive_verification": "waiver",
    "sign": "signature",
}  # fmt: skip
_ARGUMENTS = {
    "say in investigation= what was found": "say under “Investigation” what was found",
    "say in unknown= why": "say why",
    "say in missing= why": "say why",
    "revise(..., back_to='prescription')": "a new version, back to step iv",
    " (revise)": " (further down)",
    " (daughters)": "",
    " (alpha)": "",
}


class Block(NamedTuple):
    """One step as it is shown: a heading, sentences, perhaps a table."""

    number: str
    title: str
    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    after: str = ""


def refusal(error: Exception) -> str:
    """A refusal of the library without the names of its functions."""
    text = str(error)
    for found, said in _ARGUMENTS.items():
        text = text.replace(found, said)
    text = re.sub(rf" \(({'|'.join(_SAID)})\)", "", text).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."


def alert(one: DosimetryRecord) -> list[str]:
    """Its flags as sentences."""
    return [Flag(flag).text for flag in one.flags]


def turn(one: DosimetryRecord) -> str:
    """Whose turn it is."""
    if one.final:
        return f"The record is final: both have signed. Ending: **{one.ending}**."
    does: dict[str, list[str]] = {}
    for step in one.turns:
        does.setdefault(WHO[step.role], []).append(f"to {DOES[step.kind]}")
    whose = ", or ".join(f"the **{who}**, {', or '.join(what)}" for who, what in does.items())
    return f"It is the turn of {whose}."


def step_rows(one: DosimetryRecord) -> list[tuple[str, str, str, str]]:
    """Every step: number, name, whose it is, and its state in words."""
    open_now = {step.kind for step in one.turns}
    rows = []
    for kind, (number, title, role) in STEPS.items():
        kinds = ("verification", "waiver") if kind == "verification" else (kind,)
        done = next((step for step in reversed(one.steps) if step.content.kind in kinds), None)
        if done:
            what = "not verified, with a reason: " if done.content.kind == "waiver" else "done by "
            state = f"✓ {what}{done.name}, {_when(done.at)}"
            if kind in open_now:
                state += "; may be presented anew"
        elif kind in open_now:
            state = f"**open**, waits for the {WHO[role]}"
        elif one.ending not in (None, "treated"):
            state = f"not needed: {one.ending}"
        else:
            state = "not yet"
        rows.append((number, title, WHO[role], state))
    for role in ("MPE", "MD"):
        signed = next((step for step in one.signatures if step.role == role), None)
        state = "not yet"
        if signed:
            state = f"✓ {signed.name}, {_when(signed.at)}"
        elif any(step.kind == "signature" and step.role == role for step in one.turns):
            state = f"**open**, waits for the {WHO[role]}"
        rows.append(("vi", f"Signature of the {WHO[role]}", WHO[role], state))
    return rows


def version_rows(one: DosimetryRecord) -> list[tuple[str, str, str]]:
    """Every version: number, why it was made, how it ended."""
    rows = []
    for version in record.versions(one):
        why = find(version.steps, "revision") if version.previous else None
        said = f"{why.reason} (back to: {why.back_to})" if why else "the first"
        state = version.status if version is one else f"{version.status}, kept as it was; its signatures hold for it"
        rows.append((str(version.header.version), said, f"{state} · {version.sha256[:12]}…"))
    return rows


def compared(found: record.Comparison | None) -> str:
    """What another copy has more than one's own."""
    if found is None:
        return "You had no copy of this record: it is kept now as your own."
    if found.relation == "same":
        return "It says the same as your own copy."
    if found.relation == "behind":
        return "It is an **earlier state** of your own copy, which stays: nothing of it is lost."
    done = "; ".join(f"{_kind(step.content.kind)} by {step.name} ({WHO[step.role]})" for step in found.steps)
    return f"Since your own copy: **{done}**." if done else "It goes on from your own copy."


def notes(found: list[dict]) -> list[tuple[str, str, str]]:
    """The observers' notes as rows."""
    return [(_when(one["at"]), f"{one['name']}, version {one['version']}, after {one['done']}", one["text"])
            for one in found]  # fmt: skip


def sum_row(one: record.CumulativeDose) -> tuple[str, ...]:
    """The dose of a region over its cycles."""
    cycles = ", ".join(map(str, one.cycles)) or "none"
    missing = f"; missing: {', '.join(map(str, one.missing))}" if one.missing else ""
    limit = "none" if one.limit_gy is None else f"{_g(one.limit_gy)} Gy"
    left = "cannot be said" if one.remaining_gy is None else f"{_g(one.remaining_gy)} Gy"
    total = format_quantity(one.dose_gy, "Gy")
    if one.alpha:
        total += f": {_parts(one.alpha)}"
    return (one.region, total, cycles + missing, limit, left)


def blocks(one: DosimetryRecord, role: str) -> list[Block]:
    """Every step that was taken, for one reader. The observer sees what the physicist sees."""
    plainly = role == "MD"
    made = {
        "intent": _intent, "options": _options, "decision": _decision, "prescription": _prescription, "plan": _plan,
        "administration": _administration, "verification": _verification, "waiver": _waiver, "revision": _revision,
    }  # fmt: skip
    found = []
    for step in one.steps:
        content = step.content
        if content.kind == "signature":
            continue
        number, title = STEPS.get(content.kind, ("", _kind(content.kind)))[:2]
        block = made[content.kind](content, plainly)
        by = f"{step.name}, {WHO[step.role]}, {_when(step.at)}."
        found.append(block._replace(number=number, title=title, text=f"{by}\n\n{block.text}"))
    return found


def _kind(kind: str) -> str:
    others = {"waiver": "Not verified", "signature": "Signature", "revision": "New version"}
    return others.get(kind) or STEPS[kind][1]


def _block(text: str, columns=(), rows=(), after: str = "") -> Block:
    return Block("", "", text, tuple(columns), tuple(tuple(row) for row in rows), after)


def _intent(content, plainly) -> Block:
    risk = ", ".join(content.at_risk) or "none named"
    return _block(
        f"{content.indication}. {content.intent}.\n\nTargets: {', '.join(content.targets)}. Tissues at risk: {risk}."
    )


def _options(content, plainly) -> Block:
    tissues = list(dict.fromkeys(row.tissue for row in content.rows))
    rows = []
    for activity in dict.fromkeys(row.activity_mbq for row in content.rows):
        of = {row.tissue: row for row in content.rows if row.activity_mbq == activity}
        rows.append((_mbq(activity), *(_option(of[name], plainly) if name in of else "" for name in tissues)))
    unknown = " ".join(f"{one.region}: no dose, because: {_closed(one.reason)}" for one in content.unknown)
    what = (
        "the dose that half would exceed, and where 95 of 100 such patients would lie"
        if plainly
        else "median (95 % interval)"
    )
    text = (
        f"Basis: {_closed(content.basis)}\n\nIn each cell: {what}. No row is preferred: the choice is the physician’s."
    )
    return _block(text, ("Activity", *tissues), rows, unknown)


def _option(row, plainly: bool) -> str:
    text = f"{_g(row.median_gy)} Gy ({_g(row.low_gy)} to {_g(row.high_gy)})"
    if row.probability_above is None:
        return text
    if plainly:
        chance = 100 * row.probability_above
        said = "under 1" if chance < 1 else "over 99" if chance > 99 else f"about {chance:.0f}"
        return f"{text}; above {_g(row.limit_gy)} Gy in {said} of 100"
    small = row.probability_above < 1e-4
    return f"{text}; P(> {_g(row.limit_gy)} Gy) {'< 0.0001' if small else f'{row.probability_above:.2g}'}"


def _decision(content, plainly) -> Block:
    return _block(f"**{content.decision[:1].upper()}{content.decision[1:]}.** {content.reason}")


def _prescription(content, plainly) -> Block:
    activity = "follows from the plan" if content.activity_mbq is None else _mbq(content.activity_mbq)
    rows = [
        (one.tissue, one.kind, f"{one.dose_gy:g} Gy", one.quantity, one.source or "not given",
         "taken over from external beam" if one.from_external_beam else "no")
        for one in content.constraints
    ]  # fmt: skip
    text = (
        f"Activity: **{activity}**. {content.reason}\n\nLevel {content.optimisation_level}: "
        f"{LEVELS[content.optimisation_level]}. Tolerances advised by {content.planned_by}."
    )
    columns = ("Tissue", "Limit or aim", "Dose", "Quantity", "Source", "From external beam")
    return _block(text, columns if rows else (), rows)


def _plan(content, plainly) -> Block:
    rows = []
    for one in content.regions:
        low, high = ExpectedRange(one.median_gy, one.gsd).interval95_gy
        row = (one.region, f"{_g(one.median_gy)} Gy", f"{_g(low)} to {_g(high)} Gy")
        parts = ", ".join(f"{part.name} {100 * part.relative:.3g} %" for part in one.components) or "of a population"
        more = (parts, _quantity(one.mass_g, "g"), one.mass_method, one.kinetics, one.constant)
        rows.append(row if plainly else (*row, *more))
    columns = ("Tissue", "Planned", "Expected (95 of 100)" if plainly else "Expected (95 %)")
    more = ("Uncertainties", "Mass", "Mass by", "Kinetics", "Energy, S value or dose constant")
    text = f"Activity: **{_mbq(content.activity_mbq)}**. What is expected is fixed here, before the treatment."
    if content.stimulation != "none":
        text += f" Stimulation: {content.stimulation}."
    said = [
        f"{one.region}, where daughters decay: {_closed(one.daughters)}" for one in content.regions if one.daughters
    ]
    said += [ABSORBED] if said else []
    said += [content.remarks] if content.remarks else []
    return _block(text, columns if plainly else (*columns, *more), rows, "\n\n".join(said))


def _administration(content, plainly) -> Block:
    given = content.administered_mbq
    if plainly:
        return _block(f"Given: **{_mbq(given.value)}**, {content.route}, {_local(content.started_at)}.")
    residual = _quantity(content.residual_mbq, "MBq") if content.residual_mbq else content.residual_reason
    rows = [
        ("Delivered activity", _quantity(given, "MBq")), ("Residual", residual),
        ("Calibrator read", _local(content.measured_at)), ("Administered", _local(content.started_at)),
        ("Calibrator", content.calibrator), ("Traceable to", content.traceability), ("Route", content.route),
        ("Stimulation", content.stimulation),
    ]  # fmt: skip
    return _block("What the patient got.", ("What", "Entered"), rows, content.remarks or "")


def _verification(content, plainly) -> Block:
    rows = []
    for one in content.regions:
        dose = f"{_dose(one)}: {_parts(one.alpha)}" if one.alpha else _dose(one)
        row = (one.region, dose, one.verdict)
        if not plainly:
            row = (
                *row, "no range" if one.z is None else f"{one.z:+.2f}",
                "–" if one.ratio is None else f"{one.ratio:.3g}",
                f"{100 * one.shared_rel:.3g} %", f"{100 * one.systematic_rel:.3g} %", _quantity(one.mass_g, "g"),
                f"{one.mass_method}; {one.kinetics}; {one.constant}; {one.points} in time, {one.basis}",
            )  # fmt: skip
        rows.append(row)
    columns = ("Tissue", "Measured", "Verdict")
    more = ("z", "Measured / planned", "u shared with plan", "u common to cycles", "Mass", "Rests on")
    said = [
        f"{one.region}, where daughters decay: {_closed(one.alpha.daughters)}" for one in content.regions if one.alpha
    ]
    said += [ABSORBED] if said else []
    said += [f"{one.region}: no dose, because: {_closed(one.reason)}" for one in content.missing]
    if content.investigation:
        said.append(f"Investigation: {content.investigation}")
        if not plainly:
            said.append("To be looked at when a dose lies outside: " + " ".join(CHECKLIST))
    said += [f"Next cycle: {content.next_cycle}"] if content.next_cycle else []
    said += [content.remarks] if content.remarks else []
    text = "What was delivered, beside what was expected before."
    return _block(text, columns if plainly else (*columns, *more), rows, "\n\n".join(said))


def _waiver(content, plainly) -> Block:
    return _block(f"No delivered dose was verified, because: {content.reason}")


def _revision(content, plainly) -> Block:
    return _block(f"Taken up again from “{_kind(content.back_to)}” on, because: {content.reason}")


def _dose(one) -> str:
    from uncertainties import ufloat

    return format_quantity(ufloat(one.dose_gy, one.u_gy), "Gy")


def _parts(alpha) -> str:
    """Of alpha particles, of electrons, and weighted, whose unit is another."""
    text = f"alpha particles {_g(alpha.alpha_gy)} Gy, electrons {_g(alpha.electron_gy)} Gy"
    if alpha.weighted_gy is None:
        return f"{text}; not weighted, for the RBE differ"
    return f"{text}; weighted {_g(alpha.weighted_gy)} {unit(alpha.rbe)}"


def _quantity(one, unit: str) -> str:
    from uncertainties import ufloat

    if one.u is None or one.u == 0:
        return f"{one.value:.4g} {unit}" + (", uncertainty not known" if one.u is None else "")
    return format_quantity(ufloat(one.value, one.u), unit)


def _closed(text: str) -> str:
    """With one full stop at its end, whether it was typed or not."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _g(number: float) -> str:
    """Three significant figures: 1230, not 1.23e+03."""
    return f"{float(f'{number:.3g}'):g}"


def _mbq(activity: float) -> str:
    return f"{activity:.5g} MBq" if activity < 99_999 else f"{activity / 1000:.5g} GBq"


def _when(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} UTC"


def _local(moment: str) -> str:
    return f"{moment[:10]} {moment[11:16]} {moment[19:]}"
