"""Whose turn it is, and what each step must agree with: table 1 of EFOMP policy statement 19 as a state machine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from uncertainties import ufloat

from mrtlab.errors import InputError
from mrtlab.planning import ExpectedRange, Verdict, verify
from mrtlab.record.form import Step

ROLES = {"MD": "physician (MD)", "MPE": "medical physics expert (MPE)"}

WHAT = {
    "intent": "declare the intent (declare_intent)",
    "options": "present a range of activities with their doses (present_options)",
    "decision": "decide whether to treat (decide)",
    "prescription": "set limits and aims (prescribe)",
    "plan": "fix the plan with its expected range (fix_plan)",
    "administration": "enter the administration (administer)",
    "verification": "verify the delivered doses (verify)",
    "waiver": "say in writing why no dose was verified (waive_verification)",
    "signature": "sign (sign)",
}


class Turn(NamedTuple):
    """A step that may come next, and who takes it."""

    kind: str
    role: str

    @property
    def text(self) -> str:
        """In words."""
        return f"the {ROLES[self.role]} to {WHAT[self.kind]}"


def turns(steps: Sequence[Step]) -> tuple[Turn, ...]:
    """What may come next; nothing once both have signed."""
    done = [step for step in steps if step.content.kind != "revision"]
    if not done:
        return (Turn("intent", "MD"),)
    last = done[-1].content
    signed = {step.role for step in done if step.content.kind == "signature"}
    signatures = tuple(Turn("signature", role) for role in ("MPE", "MD") if role not in signed)
    if last.kind == "decision":
        if last.decision == "treat":
            return (Turn("prescription", "MD"),)
        again = (Turn("options", "MPE"),) if last.decision == "cannot be determined" else ()
        return (*again, *signatures)
    return {
        "intent": (Turn("options", "MPE"),),
        "options": (Turn("decision", "MD"),),
        "prescription": (Turn("plan", "MPE"),),
        "plan": (Turn("administration", "MPE"),),
        "administration": (Turn("verification", "MPE"), Turn("waiver", "MPE")),
        "verification": signatures,
        "waiver": signatures,
        "signature": signatures,
    }[last.kind]


def require_turn(steps: Sequence[Step], kind: str, role: str) -> None:
    """Refuse a wrong role or order, saying whose turn it is and what is missing."""
    possible = turns(steps)
    if Turn(kind, role) in possible:
        return
    if not possible:
        raise InputError(
            "the record is final: both have signed it. A correction begins a new version (revise), which keeps this one"
        )
    whose = ", or ".join(turn.text for turn in possible)
    others = [turn.role for turn in possible if turn.kind == kind]
    if others:
        who = f"to {WHAT[kind]} is for the {ROLES[others[0]]}, not for the {ROLES[role]}"
        if kind == "signature" and any(step.content.kind == kind and step.role == role for step in steps):
            who = f"the {ROLES[role]} has signed already"
        raise InputError(f"{who}; it is the turn of {whose}")
    done = ", ".join(step.content.kind for step in steps) or "nothing"
    raise InputError(
        f"it is not yet, or no longer, time to {WHAT[kind]}: it is the turn of {whose}. Done so far: {done}"
    )


def require_person(steps: Sequence[Step], name: str, role: str) -> None:
    """One person, one role, in all of a record."""
    roles = {}
    for step in steps:
        roles.setdefault(_same(step.name), step.role)
        if step.content.kind == "prescription":
            roles.setdefault(_same(step.content.planned_by), "MPE")
    if roles.get(_same(name), role) != role:
        raise InputError(
            f"{name!r} acted as {ROLES[roles[_same(name)]]} in this record and cannot act as {ROLES[role]} too; "
            "the two are two persons"
        )


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def require_consistent(steps: Sequence[Step], name: str, content) -> None:
    """What a step must agree with among the steps before it."""
    check = {
        "options": _options,
        "prescription": _prescription,
        "plan": _plan,
        "verification": _verification,
    }.get(content.kind)
    if check:
        check(steps, name, content)


def find(steps: Sequence[Step], kind: str):
    """The content of the last step of a kind, None if there is none."""
    return next((step.content for step in reversed(steps) if step.content.kind == kind), None)


def stimulation_differs(steps: Sequence[Step]) -> bool:
    """Whether the kinetics were measured under another stimulation than the therapy was given in."""
    plan, given = find(steps, "plan"), find(steps, "administration")
    return bool(plan and given) and _same(plan.stimulation) != _same(given.stimulation)


def given_before_read(steps: Sequence[Step]) -> bool:
    """Whether an administration began before its activity was measured."""
    given = find(steps, "administration")
    return bool(given) and datetime.fromisoformat(given.started_at) < datetime.fromisoformat(given.measured_at)


def _options(steps, name, content) -> None:
    intent = find(steps, "intent")
    shown = {row.tissue for row in content.rows} | {one.region for one in content.unknown}
    left = [tissue for tissue in (*intent.targets, *intent.at_risk) if tissue not in shown]
    if left:
        raise InputError(
            f"the options say nothing of {', '.join(left)}, which the physician named; give a dose per activity, or "
            "say in unknown= why there is none"
        )


def _prescription(steps, name, content) -> None:
    require_person(steps, content.planned_by, "MPE")
    if _same(content.planned_by) == _same(name):
        raise InputError(f"planned_by is {name!r}, who prescribes; another person plans")


def _plan(steps, name, content) -> None:
    prescribed = find(steps, "prescription")
    wanted = prescribed.activity_mbq
    if wanted is not None and not math.isclose(content.activity_mbq, wanted, rel_tol=1e-6):
        raise InputError(
            f"the plan is for {content.activity_mbq:g} MBq and {wanted:g} MBq are prescribed; another activity is for "
            "the physician to prescribe (revise(..., back_to='prescription'))"
        )
    planned = {region.region for region in content.regions}
    left = [one.tissue for one in prescribed.constraints if one.tissue not in planned]
    if left:
        raise InputError(
            f"the plan has no expected range for {', '.join(dict.fromkeys(left))}, which is prescribed for"
        )


def _verification(steps, name, content) -> None:
    planned = {region.region: region for region in find(steps, "plan").regions}
    told = {one.region for one in (*content.regions, *content.missing)}
    left = [region for region in planned if region not in told]
    if left:
        raise InputError(
            f"nothing is said of {', '.join(left)}, which was planned; give its dose, or say in missing= why "
            "there is none"
        )
    for one in content.regions:
        _same_verdict(one, planned.get(one.region))
    if any(one.within is False for one in content.regions) and content.investigation is None:
        outside = ", ".join(one.region for one in content.regions if one.within is False)
        raise InputError(f"{outside} lies outside the expected range; say in investigation= what was found")


def verdict(region: str, dose_gy, shared_rel: float, planned) -> Verdict | None:
    """The verdict on a dose; None where the plan fixed no range for it."""
    if planned is None:
        if shared_rel:
            raise InputError(f"{region} was not planned, so shared_rel is shared with nothing; leave it out")
        return None
    return verify(dose_gy, ExpectedRange(planned.median_gy, planned.gsd), shared_rel=shared_rel)


def _same_verdict(one, planned) -> None:
    """A verdict that does not follow from its numbers was put there by hand."""
    found = verdict(one.region, ufloat(one.dose_gy, one.u_gy), one.shared_rel, planned)
    if found is None:
        same = one.z is None and one.within is None and one.ratio is None
    else:
        same = (
            one.within is found.within
            and one.z is not None
            and math.isclose(one.z, found.z, rel_tol=1e-6, abs_tol=1e-9)
        )
        same = same and math.isclose(one.ratio or 0, found.ratio.nominal_value, rel_tol=1e-6)
    if not same:
        raise InputError(
            f"the verdict on {one.region} does not follow from its dose and the expected range of the plan"
        )
