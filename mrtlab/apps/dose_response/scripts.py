"""What the dose-response page hands out: each section as a script of its own, and numbers as CSV."""

from __future__ import annotations

from mrtlab.apps.dose_response.model import (
    LESIONS,
    MBQ_PER_KG,
    PATIENTS,
    SAME_MBQ,
    TRUE_D50_GY,
    TRUE_GAMMA50,
    DoseResponsePage,
)
from mrtlab.constants import value

__all__ = ["bed", "cohort", "cohort_csv", "fit", "lesions_csv", "plan", "window"]


def bed(model: DoseResponsePage) -> str:
    """BED over cycles."""
    return f"""from mrtlab import radiobiology

kidney = radiobiology.TISSUES["kidney"]
g = radiobiology.lea_catcheside({model.half_life_h!r}, {model.repair_h!r})
doses_gy = [{model.total_gy!r} / {int(model.cycles)}] * {int(model.cycles)}
print(f"BED {{radiobiology.bed_total(doses_gy, kidney.alpha_beta_gy, g):.1f}} Gy")"""


def window(model: DoseResponsePage) -> str:
    """Control and complication with their bands."""
    return f"""from mrtlab.radiobiology.window import therapeutic_window

found = therapeutic_window(
    {model.plan_gy!r}, tumour_per_kidney={model.per_kidney!r}, curves={model.curves!r},
    relative_sd={model.spread_percent / 100!r},
)
for name in ("tcp", "ntcp", "window"):
    band = getattr(found, name)
    print(f"{{name}} {{band.middle[0]:.2f}}, 95 % {{band.low[0]:.2f}} to {{band.high[0]:.2f}}")"""


def fit(model: DoseResponsePage) -> str:
    """Simulated lesions and their curve."""
    return f"""from mrtlab.radiobiology import fit_dose_response
from mrtlab.radiobiology.simulate import simulated_outcomes

data = simulated_outcomes(
    {int(model.patients)}, {LESIONS}, d50_gy={TRUE_D50_GY!r}, gamma50={TRUE_GAMMA50!r},
    dose_error={model.error_percent / 100!r}, between={model.between!r}, seed={int(model.seed)},
)
fit = fit_dose_response(data.dose_gy, data.outcome, data.patient, scale="log", method="firth")
print(f"D50 {{fit.d50_gy.n:.1f}} Gy, slope {{fit.gamma50.n:.2f}}")"""


def cohort(model: DoseResponsePage) -> str:
    """r² under the rule chosen."""
    given = {
        "centres": "strategies.three_centres(doses)",
        "weight": f"strategies.by_weight(doses, {MBQ_PER_KG!r})",
        "same": f"numpy.full({PATIENTS}, {SAME_MBQ!r})",
    }[model.rule]
    return f"""import numpy
from mrtlab.patients import cohort, strategies

doses = strategies.course_doses(cohort("prrt", {PATIENTS}, {int(model.cohort)}))
given_mbq = {given}
kidney_gy = (given_mbq[:, None] * doses.kidney_gy_per_mbq).sum(axis=1)
print("r2", strategies.determination(given_mbq, kidney_gy))
print("95 % of kidney doses", numpy.quantile(kidney_gy, [0.025, 0.975]))"""


def plan(model: DoseResponsePage) -> str:
    """The cohort planned."""
    td50, m = value("radiobiology.window_td50_gy"), value("radiobiology.window_m")
    return f"""from mrtlab.patients import cohort, strategies

doses = strategies.course_doses(cohort("prrt", {PATIENTS}, {int(model.cohort)}))
planned = strategies.planned(
    doses, kidney_gy={model.target_gy!r}, error={model.estimate_percent / 100!r},
    cap_mbq={1000 * model.cap_gbq!r}, seed={int(model.cohort)},
)
for given in ({SAME_MBQ!r}, planned):
    found = strategies.simulate_course(
        doses, given, limit_gy={model.limit_gy!r}, d50_gy={TRUE_D50_GY!r}, gamma50={TRUE_GAMMA50!r},
        td50_gy={td50!r}, m={m!r}, seed={int(model.cohort)},
    )
    print(f"above {{found.above.sum()}}, below {{found.below.sum()}}, responded {{found.responded.sum()}}")"""


def lesions_csv(model: DoseResponsePage) -> str:
    """The simulated lesions."""
    data = model.lesions()
    rows = (
        f"{who + 1},{dose:.2f},{seen}" for who, dose, seen in zip(data.patient, data.dose_gy, data.outcome, strict=True)
    )
    return "\n".join(["patient,dose_gy,response", *rows, ""])


def cohort_csv(model: DoseResponsePage) -> str:
    """Every patient under both strategies."""
    found = model.plans()
    rows = ["patient,fixed_mbq,fixed_kidney_gy,planned_mbq,planned_kidney_gy"]
    for place in range(PATIENTS):
        pair = (f"{one.activity_mbq[place]:.0f},{one.kidney_gy[place]:.2f}" for one in (found.fixed, found.planned))
        rows.append(",".join([f"{place + 1}", *pair]))
    return "\n".join([*rows, ""])
