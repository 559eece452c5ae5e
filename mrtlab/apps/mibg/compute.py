"""The numbers of the page, all from the methods of mrtlab; what they warn of is kept as sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab import planning, protection, radioiodine
from mrtlab.apps.mibg.model import MibgPage
from mrtlab.apps.sections import hearing
from mrtlab.apps.sections.rows import read_rows
from mrtlab.errors import Flag, InputError
from mrtlab.record import DosimetryRecord, Person

__all__ = ["COUNTS", "First", "Release", "Second", "first", "record", "release", "second"]

COUNTS = ("hours", "anterior", "posterior")
_ADULT_KG = 70.0  # whose S value somebody takes for a child
SPREAD = "first to second"


@dataclass(frozen=True, eq=False)
class First:
    """The first administration.

    Attributes
    ----------
    times_h, anterior, posterior : array
        Net counts over the first of that side.
    found : MibgWholeBody
    ratios : array
        Posterior over anterior, net.
    right_gy : float or None
        The dose without the slip; None if there is none.
    remarks : tuple of str
    """

    times_h: np.ndarray
    anterior: np.ndarray
    posterior: np.ndarray
    found: radioiodine.MibgWholeBody
    ratios: np.ndarray
    right_gy: float | None
    remarks: tuple[str, ...]


def _whole_body(model: MibgPage, slip: str):
    rows = read_rows("Counts", model.counts, COUNTS)
    hours, ahead, behind = (np.array(column) for column in zip(*rows, strict=True))
    empty = 0.0 if slip == "background" else model.background
    weight = _ADULT_KG if slip == "adult" else model.weight_kg
    behind_used = ahead if slip == "anterior" else behind
    found = radioiodine.mibg_whole_body(hours, ahead, behind_used, empty, 1000 * model.first_gbq, weight)
    return found, hours, ahead - empty, behind - empty


def first(model: MibgPage) -> First:
    """The whole-body dose of the counts typed in."""
    with hearing() as remarks:
        found, hours, ahead, behind = _whole_body(model, model.slip)
    right = None
    if model.slip != "none":
        with hearing():
            right = _whole_body(model, "none")[0].dose_gy.n
    flags = [Flag(flag).text for flag in found.flags]
    return First(
        hours,
        ahead / ahead[0],
        behind / behind[0],
        found,
        behind / ahead,
        right,
        tuple(dict.fromkeys([*remarks, *flags])),
    )


@dataclass(frozen=True, eq=False)
class Second:
    """What a second administration would give the whole body, the first included.

    Attributes
    ----------
    first_gy : ufloat
    planned : MibgSecond
        The activity that brings the whole body to the limit.
    table : OptionTable or None
        None where nothing is left to give.
    limit_gy : float
    gsd : float
    remarks : tuple of str
    """

    first_gy: object
    planned: radioiodine.MibgSecond
    table: planning.OptionTable | None
    limit_gy: float
    gsd: float
    remarks: tuple[str, ...]


def second(model: MibgPage) -> Second:
    """A range of activities for the second administration."""
    if model.low_gbq >= model.high_gbq:
        raise InputError(
            f"The lowest activity, {model.low_gbq:g} GBq, is not below the highest, {model.high_gbq:g} GBq; are they "
            "exchanged?"
        )
    found = first(model).found
    planned = found.second(model.limit_gy)
    # the first is measured; how the second will run is what is uncertain
    gsd = planning.expected_range_from_components(1.0, {SPREAD: model.repeat_u / 100}).gsd
    table = None
    if Flag.LIMIT_REACHED not in planned.flags:
        per_mbq = (found.dose_gy / found.activity_mbq).n
        activities = 1000 * np.linspace(model.low_gbq, model.high_gbq, int(model.steps))
        tissue = planning.TissueDose(per_mbq, gsd, found.dose_gy.n)
        table = planning.activity_options(activities, {"whole body": tissue}, {"whole body": model.limit_gy})
    return Second(found.dose_gy, planned, table, model.limit_gy, gsd, tuple(Flag(flag).text for flag in planned.flags))


def record(model: MibgPage) -> DosimetryRecord:
    """The record of the second administration up to the physicist's options."""
    for name, text in (
        ("pseudonym", "a name for the case"),
        ("physician", "who plays the physician"),
        ("physicist", "who plays the physicist"),
    ):
        if not getattr(model, name).strip():
            raise InputError(f"Type {text} first")
    found = second(model)
    if found.table is None:
        raise InputError(
            f"The first administration has given {found.first_gy.n:.2f} Gy of {found.limit_gy:g} Gy: there is no "
            "activity to present. Say so to the physician, who decides"
        )
    case = DosimetryRecord.begin(model.pseudonym.strip(), "mIBG", "I-131", "I-131 mIBG", cycle=2)
    case = case.declare_intent(
        Person(model.physician.strip(), "MD"),
        "neuroblastoma, second of two administrations",
        "activity by whole-body dose",
        ["tumour"],
        ["whole body"],
    )
    return case.present_options(
        Person(model.physicist.strip(), "MPE"),
        found.table,
        f"first administration of this patient, {model.first_gbq:g} GBq: whole body {found.first_gy:.2u} Gy, included",
        unknown={"tumour": "no image of the tumour was measured; the scheme goes by the whole body"},
    )


@dataclass(frozen=True, eq=False)
class Release:
    """A patient with I-131 and those around.

    Attributes
    ----------
    hours, rates : array
        Dose rate at the distance, µSv/h, over time.
    initial, at_release : float
        At that distance, µSv/h.
    one_metre : float
        At 1 m when the patient leaves.
    left_mbq : float
        In the body then.
    partner_msv, after_msv, first_day_share : float
        From the administration, from the release on, and the share of the former within 24 h.
    wait_h : float
        How long to keep away for the dose that is allowed.
    allowed_msv, release_h, distance_m : float
    checks : tuple of ReleaseCheck
    remarks : tuple of str
    """

    hours: np.ndarray
    rates: np.ndarray
    initial: float
    at_release: float
    one_metre: float
    left_mbq: float
    partner_msv: float
    after_msv: float
    first_day_share: float
    wait_h: float
    allowed_msv: float
    release_h: float
    distance_m: float
    checks: tuple
    remarks: tuple[str, ...]


def phases(model: MibgPage) -> tuple:
    """Fractions and effective half-lives."""
    fast = model.fast_percent / 100
    return ((fast, model.fast_h), (1 - fast, model.slow_h))


def release(model: MibgPage) -> Release:
    """Dose rate, contact and release of the patient typed in."""
    parts, occupancy = phases(model), model.occupancy / 100
    end = max(168.0, 1.2 * model.release_h)
    with hearing() as remarks:
        initial = protection.dose_rate(model.activity_mbq, model.distance_m)
        wait = protection.contact_restriction_h(initial, occupancy, model.contact_msv, parts)
        hours = np.linspace(0, max(end, min(1.15 * float(wait), 1000.0)), 121)
        rates = initial * protection.retained_fraction(hours, parts)
        left = float(protection.retained_fraction(model.release_h, parts))
        total = protection.bystander_dose(initial, occupancy, parts)
        first_day = protection.bystander_dose(initial, occupancy, parts, stop_h=24.0)
        after = protection.bystander_dose(initial, occupancy, parts, start_h=model.release_h)
        at_1m = protection.dose_rate(model.activity_mbq, 1.0, left)
    limits = {
        "activity_mbq": (model.activity_limit, left * model.activity_mbq),
        "rate_1m_usv_per_h": (model.rate_limit, at_1m),
        "bystander_msv": (model.partner_limit, after),
    }
    criteria = [
        protection.ReleaseCriterion("yours", name, limit, "typed in", status="illustrative")
        for name, (limit, _) in limits.items()
        if limit
    ]
    checks = (
        protection.check_release(criteria, "yours", **{name: found for name, (_, found) in limits.items()})
        if criteria
        else ()
    )
    return Release(
        hours,
        np.asarray(rates, dtype=float),
        float(initial),
        float(initial) * left,
        float(at_1m),
        left * model.activity_mbq,
        float(total),
        float(after),
        float(first_day / total) if total else 0.0,
        float(wait),
        model.contact_msv,
        model.release_h,
        model.distance_m,
        checks,
        tuple(dict.fromkeys(remarks)),
    )
