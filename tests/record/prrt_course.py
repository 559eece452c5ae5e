"""Four cycles of Lu-177-DOTATATE: the next activity from the kidneys' dose so far.

In the third the kidneys lie above their range, as urine in the renal pelvis was outlined with the left one. After both
had signed it was outlined anew, in a new version, which leaves more activity for the fourth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from course_parts import (
    CALIBRATION,
    FIRST,
    FULL_MBQ,
    KIDNEYS,
    OUTLINE,
    PHYSICIAN,
    PHYSICIST,
    Curve,
    begun,
    given,
    plain,
    relative,
    rounded,
    signed,
)
from uncertainties import UFloat, ufloat

from mrtlab import dose, planning, prrt, radiobiology
from mrtlab.patients import virtual_patient
from mrtlab.planning import Constraint, Prescription, TissueDose
from mrtlab.record import DosimetryRecord, MeasuredRegion, PlannedRegion

PRRT_SEED, LESION = 19, "lesion 3"
PELVIS = 0.01  # of what the kidneys excrete, held up in cycle 3
LIMIT_GY = 23.0
LESION_PRIOR = TissueDose(0.00341, 2.0)  # Gupta 2013 for the median; the spread is the physicist's, illustrative
VARIATION = {"kidneys": 0.05, LESION: 0.15}
DISPENSED = (1.007, 1.011, 1.006, 1.009)  # read in the calibrator, over what was planned
LEFT = (38.0, 41.0, 35.0, 44.0)


@cache
def prrt_masses() -> dict[str, float]:
    """Outlined once, on the CT of the first cycle; the lesion's is that of the first cycle, too."""
    noise = np.random.default_rng(PRRT_SEED)
    masses = virtual_patient("prrt", PRRT_SEED).build.masses_g
    return {name: rounded(masses[name] * (1 + OUTLINE * noise.standard_normal())) for name in (*KIDNEYS, LESION)}


def prrt_curves(cycle: int, mbq: float, *, serial: bool, pelvis: bool) -> dict[str, Curve]:
    """What the camera saw. A virtual patient is given 7400 MBq; activities are in proportion to what this one was."""
    patient = virtual_patient("prrt", PRRT_SEED, **({"obstruction": PELVIS} if pelvis else {})).cycle(cycle)
    found = {}
    for name in (*KIDNEYS, LESION):
        seen = patient.measure(name, None if serial else [72.0])
        part = mbq / FULL_MBQ
        found[name] = Curve.noted(name, seen.times_h, part * seen.activity_mbq, part * seen.sigma_mbq)
    return found


@dataclass(frozen=True)
class PrrtCycle:
    """Doses of a cycle with their own uncertainty alone, half-lives, and what they come from."""

    mbq: float
    doses_gy: dict[str, UFloat]
    half_lives_h: dict[str, UFloat]
    curves: dict[str, Curve]
    pair: prrt.KidneyPair


def prrt_cycle(mbq: float, curves: dict[str, Curve], first: PrrtCycle | None = None) -> PrrtCycle:
    """Four images by one exponential; one image with the half-life that the first cycle has shown."""
    masses, tias, lives = prrt_masses(), {}, {}
    for name, curve in curves.items():
        if len(curve.times_h) > 1:
            tias[name], lives[name] = curve.serial()
        else:
            lives[name] = first.half_lives_h[name]
            (time,), (seen,), (sigma,) = curve.times_h, curve.activity_mbq, curve.sigma_mbq
            tias[name] = plain(prrt.later_cycle(seen, time, lives[name], sigma_mbq=sigma).tia_mbq_h)
    sides = [prrt.kidney_dose(tias[name], masses[name]) for name in KIDNEYS]
    by_side = dict(zip(("left_mass_g", "right_mass_g"), (masses[name] for name in KIDNEYS), strict=True))
    pair = prrt.kidney_pair(*sides, *(lives[name] for name in KIDNEYS), **by_side)
    lesion_gy = tias[LESION] * dose.sphere_s_value(masses[LESION], "Lu-177")
    return PrrtCycle(mbq, {"kidneys": plain(pair.mean_gy), LESION: plain(lesion_gy)}, lives, curves, pair)


@cache
def prrt_common() -> float:
    """Relative uncertainty that all cycles share: sensitivity, corrections, outlines."""
    residue = virtual_patient("prrt", PRRT_SEED).measure(LESION).systematic_rel
    return math.hypot(CALIBRATION, residue, OUTLINE)


def prrt_doses(cycles: list[PrrtCycle], name: str) -> tuple[UFloat, ...]:
    if not cycles:
        return ()
    own = [one.doses_gy[name] for one in cycles]
    return prrt.cycle_doses([one.nominal_value for one in own], [relative(one) for one in own], prrt_common())


def prrt_rule(name: str, cycle: int) -> dict:
    """How the next cycle is predicted: the kidneys' dose per activity is taken as constant, a tumour's falls."""
    if name == "kidneys":
        return {"variation_rel": VARIATION[name]}
    return {"prior": LESION_PRIOR} if cycle == 1 else {"rule": "last", "variation_rel": VARIATION[name]}


def prrt_next(cycles: list[PrrtCycle]) -> prrt.NextActivity:
    """The rest of the limit, in equal parts over the cycles that are left."""
    return prrt.next_activity(
        prrt_doses(cycles, "kidneys"),
        [one.mbq for one in cycles],
        LIMIT_GY,
        variation_rel=VARIATION["kidneys"],
        cycles_left=4 - len(cycles),
    )


def prrt_plan(before: list[PrrtCycle]):
    """Prescribed activity, dose per activity of each tissue to expect, and the next activity that the limit leaves."""
    cycle, following = len(before) + 1, prrt_next(before)
    activities = [one.mbq for one in before]
    per = {
        name: prrt.predicted_per_activity(prrt_doses(before, name), activities, **prrt_rule(name, cycle))
        for name in VARIATION
    }
    return following, {name: plain(one) for name, one in per.items()}


def prrt_planned(before: list[PrrtCycle], at: datetime) -> DosimetryRecord:
    """Steps i to v of a cycle, up to the plan."""
    cycle = len(before) + 1
    following, per = prrt_plan(before)
    mbq = following.activity_mbq
    case = begun(
        "prrt-course-01", "PRRT", "Lu-177 DOTATATE", cycle, at, "neuroendocrine tumour, G1, liver metastases",
        [LESION], ["kidneys", "red marrow"],
    )  # fmt: skip
    so_far = sum(one.doses_gy["kidneys"].nominal_value for one in before)
    tissues = {
        name: TissueDose(one.nominal_value, math.exp(relative(one)), so_far if name == "kidneys" else 0.0)
        for name, one in per.items()
    }
    case = case.present_options(
        PHYSICIST,
        planning.activity_options(sorted({4500.0, 5500.0, 6500.0, FULL_MBQ, mbq}), tissues, {"kidneys": LIMIT_GY}),
        f"Population{f' and cycles 1 to {cycle - 1} of this patient' if before else ''}. {following.text}, "
        f"{'in the last cycle' if cycle == 4 else f'in equal parts over {5 - cycle} cycles'}.",
        unknown={"red marrow": "No blood was sampled; blood counts are taken every two weeks instead."},
        at=at - timedelta(days=6),
    )
    case = case.decide(PHYSICIAN, "treat", "Progress on octreotide; renal function stable, counts normal.",
                       at=at - timedelta(days=5))  # fmt: skip
    case = case.prescribe(
        PHYSICIAN,
        Prescription(
            PHYSICIAN.name,
            PHYSICIST.name,
            mbq,
            (
                Constraint(
                    "kidneys", "limit", LIMIT_GY, from_external_beam=True,
                    source="5 % of complications in 5 years at 23 Gy, Konijnenberg; all cycles together",
                ),
            ),
            1 if cycle == 1 else 2,
            "23 Gy, from external beam, is the cautious end of what is published. It is kept here as the patient has "
            "years to live and a blood pressure under treatment. The activity is what the doses so far leave of it for "
            f"each cycle to come.{_chance(following)}",
        ),
        at=at - timedelta(days=4),
    )  # fmt: skip
    return case.fix_plan(
        PHYSICIST, mbq, [prrt_region(name, one, mbq, cycle) for name, one in per.items()], at=at - timedelta(days=3)
    )


def _chance(following: prrt.NextActivity) -> str:
    above = following.probability_above or 0.0
    return f" That the total then lies above the limit has a chance of {above:.0%}, which is accepted." * (above > 0.01)


def prrt_region(name: str, per: UFloat, mbq: float, cycle: int) -> PlannedRegion:
    return PlannedRegion(
        name,
        planning.expected_range_from_components(mbq * per.nominal_value, {"prediction": relative(per)}),
        mass_of(name),
        mass_method(name),
        "population" if cycle == 1 else "cycles before, and population" if name == "kidneys" else "cycle before",
        constant_of(name),
    )


def mass_of(name: str) -> UFloat:
    masses = prrt_masses()
    grams = sum(masses[one] for one in KIDNEYS) if name == "kidneys" else masses[name]
    return ufloat(grams, OUTLINE * grams)


def mass_method(name: str) -> str:
    parts = KIDNEYS if name == "kidneys" else (name,)
    return "outlined on CT of cycle 1: " + ", ".join(f"{one} {prrt_masses()[one]:.4g} g" for one in parts)


def constant_of(name: str) -> str:
    if name != "kidneys":
        return f"S {dose.sphere_s_value(prrt_masses()[name], 'Lu-177'):.6g} Gy/(MBq·h), sphere of its mass (derived)"
    row = next(one for one in dose.S_VALUES if one.target == "left kidney")
    return f"S {row.gy_per_mbq_h:.6g} Gy/(MBq·h) at {row.mass_g:.6g} g, OpenDose, scaled by mass (published)"


def prrt_verified(case, before, done: PrrtCycle, at, *, investigation=None, remarks=None) -> DosimetryRecord:
    """Step vi."""
    regions, cycle, planned_mbq = [], len(before) + 1, case.plan.activity_mbq
    tissue = radiobiology.TISSUES["kidney"]
    for name in VARIATION:
        found = prrt_doses([*before, done], name)
        activities = [one.mbq for one in before]
        verdict = prrt.verify_cycle(found[-1], planned_mbq, found[:-1], activities, **prrt_rule(name, cycle))
        parts = KIDNEYS if name == "kidneys" else (name,)
        half_life = sum(done.half_lives_h[one].nominal_value for one in parts) / len(parts)
        g = radiobiology.lea_catcheside(half_life, tissue.repair_half_time_h)
        gy = plain(found[-1])
        points = len(done.curves[name if name in done.curves else parts[0]].times_h)
        how = "one exponential" if points > 1 else "half-life of cycle 1"
        regions.append(
            MeasuredRegion(
                name, gy, mass_of(name), mass_method(name),
                "\n".join(done.curves[one].text for one in parts) + f"\n{how}", constant_of(name),
                points=points, partial_volume=True, effective_half_life_h=half_life, systematic_rel=prrt_common(),
                shared_rel=verdict.shared_rel,
                bed_gy=float(radiobiology.bed(gy.nominal_value, tissue.alpha_beta_gy, g)) if len(parts) > 1 else None,
            )
        )  # fmt: skip
    last = cycle == 4
    following = None if last else prrt_next([*before, done])
    return case.verify(
        PHYSICIST,
        regions,
        investigation=investigation,
        next_cycle="none: the course is complete" if last else f"{following.text}.",
        remarks=remarks,
        at=at,
    )


def prrt_total(cycles: list[PrrtCycle]) -> str:
    """What is said of the course at its end."""
    total = sum(prrt_doses(cycles, "kidneys"))
    return (
        f"All cycles together gave the kidneys {total.nominal_value:.1f} Gy with a standard uncertainty of "
        f"{total.std_dev:.1f} Gy, beside a limit of {LIMIT_GY:g} Gy; the chance to end above it was told before."
    )


@cache
def prrt_course() -> tuple[DosimetryRecord, ...]:
    """Four cycles, each in its latest version."""
    records, cycles = [], []
    for cycle in (1, 2, 3, 4):
        at = FIRST + timedelta(days=56 * (cycle - 1))
        case = prrt_planned(cycles, at)
        case = given(case, at, DISPENSED[cycle - 1], LEFT[cycle - 1])
        mbq = case.administration.administered_mbq.value
        serial, end = cycle in (1, 3), at + timedelta(days=8)
        first = cycles[0] if cycles else None
        curves = prrt_curves(cycle, mbq, serial=serial, pelvis=cycle == 3)
        done = prrt_cycle(mbq, curves, first)
        if cycle == 3:
            alone = prrt_cycle(mbq, prrt_curves(cycle, mbq, serial=False, pelvis=True), first).doses_gy["kidneys"]
            told = OBSTRUCTED.format(alone.nominal_value, done.pair.text)
            case = signed(prrt_verified(case, cycles, done, end, investigation=told), end)
            done = prrt_cycle(mbq, prrt_curves(cycle, mbq, serial=True, pelvis=False), first)
            anew, end = end + timedelta(days=6), end + timedelta(days=7)
            case = case.revise(PHYSICIST, "Left kidney outlined anew, without its pelvis.", "verification", at=anew)
            case = prrt_verified(case, cycles, done, end, remarks=f"Same images as in version 1. Now {done.pair.text}.")
        else:
            case = prrt_verified(case, cycles, done, end, remarks=prrt_total([*cycles, done]) if cycle == 4 else None)
        records.append(signed(case, end))
        cycles.append(done)
    return tuple(records)


OBSTRUCTED = (
    "By the image at 72 h alone the kidneys received {:.2f} Gy, so all four were taken. Calibration, clocks, residual "
    "and arm were checked and stand. Of both kidneys, {}. An ultrasound is asked for; "
    "no activity is decided on this number."
)
