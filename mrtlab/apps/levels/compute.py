"""The numbers of every section, as frozen results; all of them from mrtlab's methods."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from uncertainties import UFloat

from mrtlab import planning, prrt
from mrtlab.apps.dose_response.model import SAME_MBQ, TRUE_D50_GY, TRUE_GAMMA50, Plans
from mrtlab.apps.levels.model import CYCLES, DRUGS, LEVELS, PLANNED, LevelsPage
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.patients import cohort, strategies
from mrtlab.patients import levels as methods
from mrtlab.patients.escalation import Escalation, simulate_trials
from mrtlab.prrt import NextActivity
from mrtlab.record import DosimetryRecord, Person

__all__ = [
    "PATIENTS",
    "TRIAL_LEVELS",
    "Ending",
    "Played",
    "draw",
    "drawn",
    "endings",
    "escalation",
    "levels_mbq",
    "plans",
    "play",
    "record",
    "skipped_courses",
]

PATIENTS = 60
TRIAL_LEVELS, TRIALS = 8, 500
_CANDIDATES = (3700.0, 5550.0, 7400.0)
_cohorts: dict = {}  # doses of cohorts drawn already, for all pages of this process
_COHORTS_KEPT = 8


@lru_cache(maxsize=16)
def _subject(seed: int) -> methods.Subject:
    return methods.subject(seed, CYCLES)


@dataclass(frozen=True, eq=False)
class Played:
    """A course as far as it went, with what its level lets one know.

    Attributes
    ----------
    level : str
    activities_mbq : tuple of float
    ended : bool
    measured : bool
        Whether the patient's own doses are known (levels 2 and 3).
    so_far : tuple of (float, float, float)
        Kidney dose summed up to each cycle: best estimate and 95 % interval, Gy.
    kidney_gy, tumour_gy : tuple of ufloat
        Of each cycle as measured; empty on level 1.
    options : tuple of ActivityOption
        What one more cycle would lead to, for some activities, the course so far included; empty if it is over.
    advice : NextActivity or None
        From limit and measurements; None on level 1, or where the limit leaves nothing.
    refused : str
        Why there is none.
    limit_gy : float
    """

    level: str
    activities_mbq: tuple[float, ...]
    ended: bool
    measured: bool
    so_far: tuple[tuple[float, float, float], ...]
    kidney_gy: tuple[UFloat, ...]
    tumour_gy: tuple[UFloat, ...]
    options: tuple[planning.ActivityOption, ...]
    advice: NextActivity | None
    refused: str
    limit_gy: float

    @property
    def offered_mbq(self) -> float:
        """What the limit leaves for the next cycle on level 3, 0 if nothing."""
        return self.advice.activity_mbq if self.level == "3" and self.advice and not self.ended else 0.0


def play(model: LevelsPage) -> Played:
    """The course of the level chosen."""
    level, given, limit = model.level, model.given(model.level), model.limit_gy
    ended, measured = level in model.ended, level != "1"
    population = prrt.expected_per_activity()
    advice, refused, options = None, "", ()
    if not measured:
        totals = np.cumsum(given)
        ranges = [planning.expected_range(total * population.median_gy_per_mbq, population.gsd) for total in totals]
        so_far = tuple((one.median_gy, *one.interval95_gy) for one in ranges)
        kidney = tumour = ()
        if not ended:
            before = float(sum(given))
            activities = [before + one for one in _candidates(model)]
            table = planning.activity_options(activities, {"kidneys": population}, {"kidneys": limit})
            options = tuple(_without(one, before) for one in table)
    else:
        found = _subject(int(model.patient)).treat(given)
        kidney, tumour = found.measured_kidney_gy, found.measured_tumour_gy
        sums = [prrt.cumulative_dose(kidney[: place + 1]) for place in range(len(kidney))]
        so_far = tuple((one.n, max(one.n - 1.96 * one.s, 0.0), one.n + 1.96 * one.s) for one in sums)
        try:
            left = max(PLANNED - len(given), 1) if level == "3" else 1
            advice = methods.next_by_limit(found, limit, left)
        except InputError as error:
            refused = str(error)
        if advice and not ended:
            activities = _candidates(model, advice.activity_mbq if level == "3" else 0.0)
            options = tuple(methods.one_more(found, one, limit) for one in activities)
    return Played(level, given, ended, measured, so_far, kidney, tumour, options, advice, refused, limit)


def _candidates(model: LevelsPage, offered_mbq: float = 0.0) -> list[float]:
    """Activities whose consequences are shown, rising: the label's, the learner's, the limit's."""
    return sorted({SAME_MBQ, 1000 * model.own_gbq, *([offered_mbq] if offered_mbq > 0 else [])})


def _without(option: planning.ActivityOption, before_mbq: float) -> planning.ActivityOption:
    """The same with the activity of the next cycle alone."""
    return replace(option, activity_mbq=option.activity_mbq - before_mbq)


@dataclass(frozen=True, eq=False)
class Ending:
    """The truth of a course.

    Attributes
    ----------
    level : str
    activities_mbq : tuple of float
    kidney_gy, tumour_gy : float
        Sum over the cycles.
    limit_gy : float
    """

    level: str
    activities_mbq: tuple[float, ...]
    kidney_gy: float
    tumour_gy: float
    limit_gy: float

    @property
    def verdict(self) -> str:
        """``"above"`` the limit, ``"below"`` three quarters of it, or ``"within"``."""
        if self.kidney_gy > self.limit_gy:
            return "above"
        return "below" if self.kidney_gy < 0.75 * self.limit_gy else "within"


def endings(model: LevelsPage) -> tuple[Ending, ...]:
    """All three, with the truth."""
    patient = _subject(int(model.patient))
    found = []
    for level in LEVELS:
        given = model.given(level)
        truth = patient.treat(given)
        found.append(Ending(level, given, float(truth.kidney_gy.sum()), float(truth.tumour_gy.sum()), model.limit_gy))
    return tuple(found)


def skipped_courses(model: LevelsPage) -> dict[str, tuple[float, ...]]:
    """Every course to its end: those that are over as they are, the others by the plainest rule of their level."""
    patient = _subject(int(model.patient))
    return {
        level: model.given(level)
        if level in model.ended
        else methods.follow(patient, int(level), model.limit_gy, given=model.given(level))
        for level in LEVELS
    }


# --- the cohort


def drawn(model: LevelsPage) -> bool:
    """Whether the cohorts of both drugs are there already."""
    return all((drug, int(model.cohort)) in _cohorts for drug in DRUGS)


def draw(model: LevelsPage, told=None) -> None:
    """Doses of the virtual cohorts of both drugs; some seconds the first time."""
    number, all_of_them = int(model.cohort), PATIENTS * len(DRUGS)
    for place, (drug, cycles) in enumerate(DRUGS.items()):
        if (drug, number) in _cohorts:
            continue
        done = place * PATIENTS
        found = strategies.course_doses(
            cohort(drug, PATIENTS, number), cycles, told and (lambda k, _, done=done: told(done + k, all_of_them))
        )
        while len(_cohorts) >= _COHORTS_KEPT:
            _cohorts.pop(next(iter(_cohorts)))
        _cohorts[drug, number] = found


def plans(model: LevelsPage, drug: str | None = None) -> Plans:
    """One drug's cohort with the same activity for everybody, and planned."""
    doses, cap, seed = _cohorts[drug or model.drug, int(model.cohort)], 1000 * model.cap_gbq, int(model.cohort)
    given = strategies.planned(doses, model.target_gy, model.estimate_percent / 100, cap, seed)
    limit = model.cohort_limit_gy

    def treated(activity):
        return strategies.simulate_course(
            doses,
            activity,
            limit,
            d50_gy=TRUE_D50_GY,
            gamma50=TRUE_GAMMA50,
            td50_gy=value("radiobiology.window_td50_gy"),
            m=value("radiobiology.window_m"),
            seed=seed,
        )

    capped = int(np.sum(given >= np.floor(cap / 100 + 1e-9) * 100))
    return Plans(treated(SAME_MBQ), treated(given), capped, limit, model.target_gy, cap)


# --- the trials


def levels_mbq(model: LevelsPage) -> list[float]:
    """Activities of a course on every level."""
    return [1000 * (model.first_gbq + place * model.step_gbq) for place in range(TRIAL_LEVELS)]


def escalation(model: LevelsPage) -> Escalation:
    """Simulated trials by activity and by dose."""
    levels = levels_mbq(model)
    if 0 < 1000 * model.most_gbq < levels[-1]:
        raise InputError(
            f"The levels rise to {levels[-1] / 1000:.3g} GBq, above the largest activity of a course, "
            f"{model.most_gbq:g} GBq. Choose smaller levels, a larger activity, or 0 for none"
        )
    return simulate_trials(
        levels,
        gy_per_mbq=prrt.expected_per_activity().median_gy_per_mbq,
        gsd=model.gsd,
        error=model.error_percent / 100,
        d50_gy=value("patients.escalation_d50_gy"),
        gamma50=model.gamma50,
        target=model.target_percent / 100,
        cap_mbq=1000 * model.most_gbq or None,
        rule=model.rule,
        trials=TRIALS,
        seed=int(model.trials),
    )


# --- the record


def record(model: LevelsPage) -> DosimetryRecord:
    """The record of the next cycle on the level chosen, up to the physicist's options."""
    for name, text in (("pseudonym", "a name for the case"), ("physician", "who plays the physician"),
                       ("physicist", "who plays the physicist")):  # fmt: skip
        if not getattr(model, name).strip():
            raise InputError(f"Type {text} first")
    found = play(model)
    if found.ended:
        raise InputError(
            f"The course of level {model.level} is over, so there is no next cycle to plan; play it again, or choose "
            "another level"
        )
    if found.measured and found.advice is None:
        raise InputError(found.refused)
    kidneys = found.advice.per_activity if found.measured else _after(sum(found.activities_mbq))
    basis = (
        f"level {model.level}: population and {len(found.activities_mbq)} cycles measured in this patient"
        if found.measured
        else "level 1: doses of a population, nothing measured in this patient"
    )
    table = planning.activity_options(_CANDIDATES, {"kidneys": kidneys}, {"kidneys": model.limit_gy})
    case = DosimetryRecord.begin(
        model.pseudonym.strip(), "PRRT", "Lu-177", "Lu-177 DOTATATE", len(found.activities_mbq) + 1
    )
    case = case.declare_intent(
        Person(model.physician.strip(), "MD"),
        "neuroendocrine tumour with somatostatin receptors (simulated)",
        "palliative",
        ["tumour"],
        ["kidneys"],
    )
    return case.present_options(
        Person(model.physicist.strip(), "MPE"),
        table,
        basis,
        {"tumour": "no dose per activity is expected of a population; it differs from tumour to tumour by a factor"},
    )


def _after(given_mbq: float) -> planning.TissueDose:
    """The population, with what it expects of the cycles given."""
    population = prrt.expected_per_activity()
    return planning.TissueDose(population.median_gy_per_mbq, population.gsd, population.median_gy_per_mbq * given_mbq)
