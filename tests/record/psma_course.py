"""Six cycles of Lu-177-PSMA-617 in a patient whose tumours shrink, so that the kidneys' dose rises.

The second and third cycle are planned as if the first repeats; in the third the kidneys lie above that range. From the
fourth on the plan has the tumour as a sink, and in the sixth the physician gives less.

The noise was chosen: of the seeds tried, this is one in which the third cycle, and no other, lies outside. That one
cycle of six does is therefore no finding; a test of how often it happens is that of the simulator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import numpy as np
from course_parts import (
    CALIBRATION,
    FIRST,
    FULL_MBQ,
    OUTLINE,
    PHYSICIAN,
    PHYSICIST,
    Curve,
    begun,
    given,
    relative,
    rounded,
    signed,
)
from uncertainties import UFloat, ufloat

from mrtlab import dose, planning, psma
from mrtlab.constants import value
from mrtlab.nuclides import nuclide
from mrtlab.planning import Constraint, ExpectedRange, Prescription, TissueDose
from mrtlab.record import DosimetryRecord, MeasuredRegion, PlannedRegion

SEED = 43
TISSUES = {"kidneys": "kidney", "parotid gland": "parotid", "tumours": "tumour"}
SHRINK, FIRST_ML = 0.7, 1500.0
NOISE = 0.04  # of a point: counts and outline, illustrative
RECOVERY_U = {"kidneys": 0.03, "parotid gland": 0.06, "tumours": 0.0}
CHANGE = {"kidneys": 0.05, "parotid gland": 0.08, "tumours": 0.12}  # from cycle to cycle, illustrative
NAMED = ("first", "second", "third")
SINK_U = 0.05  # of the model between two cycles, illustrative
SINK = {"strength": value("psma.sink_strength"), "half_volume_ml": value("psma.sink_half_volume_ml")}
LIMIT_GY, CHANCE = 30.0, 0.2
ACTIVITIES_MBQ = (4500.0, 5500.0, 6500.0, FULL_MBQ)
SERIAL_H, SINGLE_H = (24.0, 72.0, 168.0), 72.0
DISPENSED = (1.008, 1.006, 1.009, 1.007, 1.008, 1.009)  # read in the calibrator, over what was planned
LEFT = (36.0, 42.0, 39.0, 33.0, 45.0, 37.0)
MASS_METHOD = {"tumours": "threshold on PSMA PET before this cycle"}
UNKNOWN = {
    "lacrimal glands": "Too small for this camera, whose recovery is 0.2; the eyes are asked about at each visit.",
    "red marrow": "No blood was sampled; blood counts are taken every two weeks instead.",
}


@cache
def truth(activities_mbq: tuple[float, ...]) -> psma.Course:
    """The patient as he is: nobody but a simulation tells."""
    organs = psma.typical_organs(1000.0)
    organs["tumour"] = replace(organs["tumour"], fraction=0.5, effective_half_life_h=60.0)
    return psma.simulate_cycles(
        activities_mbq, psma.tumour_volumes_ml(FIRST_ML, SHRINK, len(activities_mbq)), organs=organs, random_rel=0.0,
        shared_rel=0.0, **SINK,
    )  # fmt: skip


def _noise(*what: int):
    return np.random.default_rng([SEED, *what]).standard_normal


@dataclass(frozen=True)
class Seen:
    """A region in a cycle as it was measured: curve, mass, recovery."""

    name: str
    curve: Curve
    mass_g: UFloat
    recovery: UFloat | float

    @property
    def recovery_text(self) -> str:
        if isinstance(self.recovery, UFloat):
            return f"recovery {self.recovery.nominal_value:g} ± {self.recovery.std_dev:.4g}"
        return f"recovery {self.recovery:g}"

    @property
    def common(self) -> float:
        """Relative uncertainty that all cycles share; tumours are outlined anew for each."""
        parts = (CALIBRATION, RECOVERY_U[self.name], OUTLINE)
        return math.hypot(*(parts if self.name != "tumours" else parts[:2]))


def seen(name: str, activities_mbq, times_h) -> Seen:
    """The last of the cycles with these activities, by the camera."""
    cycle, place = len(activities_mbq), list(TISSUES).index(name)
    course = truth(tuple(activities_mbq))
    organ = next(one for one in course.organs if one.name == TISSUES[name])
    at = np.array(times_h) + 1 / 6  # the middle of 20 min
    true = course.activity_mbq(organ.name, at, cycle, apparent=True)
    # each time its own noise, the same whatever else is imaged
    noise = [_noise(cycle, place, int(hours))() for hours in times_h]
    counted = true * (1 + NOISE * np.array(noise))
    outline = _noise(0, place, cycle if name == "tumours" else 0)()
    grams = rounded(course.of(organ.name)[-1].mass_g * (1 + OUTLINE * outline))
    u = RECOVERY_U[name]
    return Seen(
        name,
        Curve.noted(name, at, counted, NOISE * counted),
        ufloat(grams, OUTLINE * grams),
        ufloat(organ.recovery, u * organ.recovery) if u else organ.recovery,
    )


def serial(found: Seen) -> tuple[UFloat, UFloat]:
    """Dose and half-life by one exponential."""
    tia, half_life = found.curve.serial()
    true = psma.gland_tia(tia * ufloat(1, CALIBRATION), found.mass_g, recovery=found.recovery)
    return dose.local(true, found.mass_g, "Lu-177"), half_life


def single(found: Seen, mbq: float, half_life_h: UFloat, expected: ExpectedRange) -> psma.SingleImage:
    """Dose by one image with the half-life that cycle 1 has shown."""
    (activity,), (sigma,), (time,) = found.curve.activity_mbq, found.curve.sigma_mbq, found.curve.times_h
    spread = math.hypot(relative(half_life_h), math.log(value("prrt.cycle_half_life_gsd")))
    return psma.verify_single(
        ufloat(activity, math.hypot(sigma, CALIBRATION * activity)),
        time,
        TISSUES[found.name],
        (half_life_h.nominal_value, math.exp(spread)),
        administered_mbq=mbq,
        mass_g=found.mass_g,
        recovery=found.recovery,
        expected=expected,
        shared_rel=0.0,
    )


@dataclass(frozen=True)
class Cycle:
    """Activity, doses, half-lives used, and what was seen."""

    mbq: float
    doses_gy: dict[str, UFloat]
    half_lives_h: dict[str, UFloat]
    seen: dict[str, Seen]

    def own(self, name: str) -> float:
        """Relative uncertainty of this cycle alone."""
        return math.sqrt(max(relative(self.doses_gy[name]) ** 2 - self.seen[name].common ** 2, 0.0))


def expected_of(before: list[Cycle], name: str, volume_ml: float) -> tuple[float, dict[str, float], str]:
    """Dose per activity, its relative uncertainties, and what it rests on, from the second cycle on."""
    at = 2 if len(before) > 2 else 0  # serial images
    known = before[at]
    per = known.doses_gy[name].nominal_value / known.mbq
    parts = {
        f"{NAMED[at]} cycle alone": known.own(name),
        "common to all cycles": known.seen[name].common,
        "change between cycles": CHANGE[name],
    }
    if at == 0 or name == "tumours":
        return per, parts, f"dose per activity of cycle {at + 1}, taken to repeat"
    volumes = [known.seen["tumours"].mass_g.nominal_value / value("dose.soft_tissue_density"), volume_ml]
    following = psma.sink_doses(per, volumes, **SINK)[-1]
    text = f"dose per activity of cycle 3, tumour as a sink: {volumes[0]:.4g} mL then, {volumes[1]:.4g} mL now"
    return float(following), {**parts, "sink": SINK_U}, text


def planned(before: list[Cycle]) -> DosimetryRecord:
    """Steps i to v up to the plan; tumours as the PET before the cycle shows them."""
    cycle = len(before) + 1
    at = FIRST + timedelta(days=42 * (cycle - 1))
    case = begun(
        "psma-course-01", "PSMA", "Lu-177 PSMA-617", cycle, at, "metastatic castration-resistant prostate cancer",
        ["tumours"], ["kidneys", "parotid gland", *UNKNOWN],
    )  # fmt: skip
    given_mbq = [one.mbq for one in before]
    looked = {name: seen(name, [*given_mbq, FULL_MBQ], (SINGLE_H,)) for name in TISSUES}
    volume_ml = looked["tumours"].mass_g.nominal_value / value("dose.soft_tissue_density")
    so_far = sum(one.doses_gy["kidneys"].nominal_value for one in before)
    plans = {}
    for name, tissue in TISSUES.items():
        if before:
            plans[name] = expected_of(before, name, volume_ml)
        else:
            of_population = psma.organ_range(tissue)
            spread = {"population": math.log(of_population.gsd)}
            plans[name] = of_population.median_gy_per_mbq, spread, "population (teaching values)"
    tissues = {
        name: TissueDose(per, math.exp(planning.relative_uncertainty(parts)), so_far if name == "kidneys" else 0.0)
        for name, (per, parts, _) in plans.items()
    }
    options = planning.activity_options(ACTIVITIES_MBQ, tissues, {"kidneys": LIMIT_GY})
    case = case.present_options(
        PHYSICIST, options, f"Kidneys: {plans['kidneys'][2]}. Their dose so far is taken as known.", UNKNOWN,
        at=at - timedelta(days=6),
    )  # fmt: skip
    case = case.decide(
        PHYSICIAN, "treat", "All lesions take up the drug; counts and renal function allow it.",
        at=at - timedelta(days=5),
    )  # fmt: skip
    chosen = [one for one in options if one.tissue == "kidneys" and one.probability_above <= CHANCE][-1]
    case = case.prescribe(
        PHYSICIAN,
        Prescription(
            PHYSICIAN.name,
            PHYSICIST.name,
            chosen.activity_mbq,
            (Constraint("kidneys", "limit", LIMIT_GY, source="choice of the physician, all cycles together"),),
            1 if cycle == 1 else 2,
            "Above the 23 Gy of external beam, as the dose rate is low, renal function normal and the disease will not "
            "leave time for late damage. The largest activity that exceeds the limit with a chance of at most 20 %.",
        ),
        at=at - timedelta(days=4),
    )
    mbq = chosen.activity_mbq
    regions = [
        PlannedRegion(
            name,
            planning.expected_range_from_components(mbq * per, parts),
            looked[name].mass_g,
            MASS_METHOD.get(name, "outlined on CT of cycle 1"),
            basis,
            constant(),
        )
        for name, (per, parts, basis) in plans.items()
    ]
    return case.fix_plan(PHYSICIST, mbq, regions, at=at - timedelta(days=3))


def constant() -> str:
    return f"{nuclide('Lu-177').dose_constant:.5g} Gy·g/(MBq·h), electrons absorbed locally, ICRP 107 (derived)"


def measured(case, before: list[Cycle], mbq: float, many: bool) -> tuple[Cycle, list[MeasuredRegion], list[str]]:
    """All regions of a cycle by three images or one, with what must be said of one."""
    doses, lives, found, regions, said = {}, {}, {}, [], []
    plans = {one.region: one for one in case.plan.regions}
    for name in TISSUES:
        one = found[name] = seen(name, [*(past.mbq for past in before), mbq], SERIAL_H if many else (SINGLE_H,))
        if many:
            doses[name], lives[name] = serial(one)
            how = "one exponential"
        else:
            lives[name] = before[0].half_lives_h[name]
            plan = plans[name]
            by_one = single(one, mbq, lives[name], planning.expected_range(plan.median_gy, plan.gsd))
            doses[name], how = by_one.dose_gy, "half-life of cycle 1"
            said += [f"{name.capitalize()}: {by_one.statement}."] if by_one.statement else []
        common = one.common if before else 0.0
        regions.append(
            MeasuredRegion(
                name, doses[name], one.mass_g, plans[name].mass_method,
                f"{one.curve.text}\n{one.recovery_text}, {how}",
                constant(), points=len(one.curve.times_h), partial_volume=True,
                effective_half_life_h=float(lives[name].nominal_value), systematic_rel=one.common, shared_rel=common,
            )
        )  # fmt: skip
    return Cycle(mbq, doses, lives, found), regions, said


@cache
def psma_course() -> tuple[DosimetryRecord, ...]:
    """Six cycles."""
    records, cycles = [], []
    for cycle in range(1, 7):
        at = FIRST + timedelta(days=42 * (cycle - 1))
        case = planned(cycles)
        case = given(case, at, DISPENSED[cycle - 1], LEFT[cycle - 1])
        mbq = case.administration.administered_mbq.value
        done, regions, said = measured(case, cycles, mbq, many=cycle in (1, 3))
        remarks = " ".join(said) or None
        case = case.verify(
            PHYSICIST,
            regions,
            investigation=rising(case, cycles, done) if cycle == 3 else None,
            next_cycle="none: the course is complete" if cycle == 6 else NEXT[cycle > 2],
            remarks=remarks,
            at=at + timedelta(days=8),
        )
        records.append(signed(case, at + timedelta(days=8)))
        cycles.append(done)
    return tuple(records)


NEXT = (
    "one image at 72 h; serial images if the kidneys lie outside their range",
    "PSMA PET before it: the plan needs the tumour volume, as the organs receive more while it shrinks",
)


def rising(case, before: list[Cycle], now: Cycle) -> str:
    """What the physicist found in the third cycle."""
    first = before[0]
    alone, _, _ = measured(case, before, now.mbq, many=False)
    density = value("dose.soft_tissue_density")
    volumes = [one.seen["tumours"].mass_g.nominal_value / density for one in (first, now)]
    more = psma.sink_doses(1.0, volumes, **SINK)[-1]
    ratios = [
        float((now.doses_gy[name] / now.mbq / (first.doses_gy[name] / first.mbq)).nominal_value)
        for name in ("kidneys", "parotid gland")
    ]
    return (
        f"By the image at 72 h alone the kidneys received {alone.doses_gy['kidneys'].nominal_value:.2f} Gy, so serial "
        "images were taken. Calibration, clocks, outlines, residual and arm were checked and stand; the kidneys' "
        f"half-life is {now.half_lives_h['kidneys'].nominal_value:.0f} h, "
        f"{first.half_lives_h['kidneys'].nominal_value:.0f} h in cycle 1. The dose per activity is {ratios[0]:.2f} "
        f"times that of cycle 1 in the kidneys and {ratios[1]:.2f} times in the parotid gland, while the tumours fell "
        f"from {volumes[0]:.0f} to {volumes[1]:.0f} mL: a sink that shrinks lets expect {more:.2f}. The plan from "
        "cycle 4 on follows the tumour volume."
    )
