"""What the page of the levels hands out: each section as a script of its own, and numbers as CSV."""

from __future__ import annotations

from mrtlab import prrt
from mrtlab.apps.dose_response.model import SAME_MBQ, TRUE_D50_GY, TRUE_GAMMA50
from mrtlab.apps.levels import compute
from mrtlab.apps.levels.model import CYCLES, DRUGS, LEVELS, PLANNED, LevelsPage
from mrtlab.constants import value

__all__ = ["cohort", "cohort_csv", "endings", "play", "trial", "trial_csv"]


def play(model: LevelsPage) -> str:
    """The course of the level chosen, as far as it is known."""
    given = list(model.given(model.level))
    if model.level == "1":
        return f"""from mrtlab import planning, prrt

given_mbq = {given!r}
total = planning.activity_options([sum(given_mbq) + {1000 * model.own_gbq!r}],
    {{"kidneys": prrt.expected_per_activity()}}, {{"kidneys": {model.limit_gy!r}}})[0]
print(f"after one more cycle {{total.median_gy:.1f}} Gy, chance to pass the limit {{total.probability_above:.2f}}")"""
    left = max(PLANNED - len(given), 1) if model.level == "3" else 1
    return f"""from mrtlab.patients.levels import next_by_limit, subject

found = subject({int(model.patient)}, {CYCLES}).treat({given!r})
print("kidneys as measured", sum(found.measured_kidney_gy), "Gy")
print(next_by_limit(found, limit_gy={model.limit_gy!r}, cycles_left={left}).text)"""


def endings(model: LevelsPage) -> str:
    """The truth of three courses."""
    courses = {int(level): list(model.given(level)) for level in LEVELS}
    return f"""from mrtlab.patients.levels import subject

patient = subject({int(model.patient)}, {CYCLES})
courses_mbq = {courses!r}
for level, given in courses_mbq.items():
    truth = patient.treat(given)
    print(f"level {{level}}: kidneys {{truth.kidney_gy.sum():.1f}} Gy, tumour {{truth.tumour_gy.sum():.1f}} Gy")"""


def cohort(model: LevelsPage) -> str:
    """One drug's cohort, fixed and planned."""
    td50, m = value("radiobiology.window_td50_gy"), value("radiobiology.window_m")
    return f"""from mrtlab.patients import cohort, strategies

patients = cohort({model.drug!r}, {compute.PATIENTS}, {int(model.cohort)})
doses = strategies.course_doses(patients, {DRUGS[model.drug]})
planned = strategies.planned(doses, kidney_gy={model.target_gy!r}, error={model.estimate_percent / 100!r},
    cap_mbq={1000 * model.cap_gbq!r}, seed={int(model.cohort)})
for given in ({SAME_MBQ!r}, planned):
    found = strategies.simulate_course(doses, given, limit_gy={model.cohort_limit_gy!r}, d50_gy={TRUE_D50_GY!r},
        gamma50={TRUE_GAMMA50!r}, td50_gy={td50!r}, m={m!r}, seed={int(model.cohort)})
    print(f"above {{found.above.sum()}}, below {{found.below.sum()}}, responded {{found.responded.sum()}}")"""


def trial(model: LevelsPage) -> str:
    """Both arms."""
    return f"""from mrtlab.patients.escalation import simulate_trials

found = simulate_trials(
    {compute.levels_mbq(model)!r},
    gy_per_mbq={prrt.expected_per_activity().median_gy_per_mbq!r}, gsd={model.gsd!r}, \
error={model.error_percent / 100!r},
    d50_gy={value("patients.escalation_d50_gy")!r}, gamma50={model.gamma50!r}, target={model.target_percent / 100!r},
    cap_mbq={1000 * model.most_gbq or None!r}, rule={model.rule!r}, trials={compute.TRIALS}, seed={int(model.trials)},
)
for arm in found.arms:
    print(f"{{arm.name}}: found by {{100 * arm.found:.0f}} %, {{arm.toxicities.mean():.1f}} toxicities a trial, "
          f"later {{100 * arm.under_after:.0f}} % under-treated")"""


def cohort_csv(model: LevelsPage) -> str:
    """Every patient of both drugs under both strategies."""
    rows = ["drug,patient,fixed_mbq,fixed_kidney_gy,planned_mbq,planned_kidney_gy"]
    for drug in DRUGS:
        found = compute.plans(model, drug)
        for place in range(compute.PATIENTS):
            pair = (f"{one.activity_mbq[place]:.0f},{one.kidney_gy[place]:.2f}" for one in (found.fixed, found.planned))
            rows.append(",".join([drug, f"{place + 1}", *pair]))
    return "\n".join([*rows, ""])


def trial_csv(model: LevelsPage) -> str:
    """Every simulated trial; an empty level where it recommends none."""
    found = compute.escalation(model)
    rows = ["arm,trial,recommended_mbq,recommended_gy,patients,toxicities,under_treated"]
    for arm in found.arms:
        for place, best in enumerate(arm.recommended):
            level = f"{arm.levels[best]:g}" if best >= 0 else ""
            pair = f"{level}," if arm.name == "activity" else f",{level}"
            counts = f"{arm.patients[place]},{arm.toxicities[place]},{arm.under_treated[place]}"
            rows.append(f"{arm.name},{place + 1},{pair},{counts}")
    return "\n".join([*rows, ""])
