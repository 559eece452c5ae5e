"""What the SIRT page hands out: each section as a script of its own, and the range of activities as CSV."""

from __future__ import annotations

from mrtlab.apps.sirt_planning import giving
from mrtlab.apps.sirt_planning.model import SirtPage, clock

__all__ = ["methods", "options", "options_csv", "partition", "shunt", "vial"]


def _patient(model: SirtPage) -> str:
    return (
        f"patient = dict(tumour_g={model.tumour_g!r}, normal_g={model.perfused_g - model.tumour_g!r}, "
        f"tumour_to_normal={model.ratio!r},\n"
        f"    lung_shunt={model.shunt_percent / 100!r}, lung_g={model.lung_g!r}, "
        f"whole_normal_g={model.liver_g - model.tumour_all_g!r})"
    )


def shunt(model: SirtPage) -> str:
    """The lung shunt of the counts."""
    counts = ", ".join(
        f"counted({getattr(model, f'{organ}_{view}')!r})"
        for organ in ("lung", "liver")
        for view in ("anterior", "posterior")
    )
    return f"""from mrtlab import sirt
from mrtlab.calibration import counted

shunt = sirt.lung_shunt({counts},
    lung_background={model.lung_background!r}, liver_background={model.liver_background!r})
print(f"LSF {{100 * shunt:.2u}} %")
print(f"lungs allow {{sirt.lung_limited_activity(shunt, {model.lung_g!r}, {model.previous_lung_gy!r}).n:.0f}} MBq")
print(f"5 % would be shown as {{100 * sirt.apparent_shunt(0.05, {model.lung_seen / 100!r}, \
{model.liver_seen / 100!r}):.2f}} %")"""


def methods(model: SirtPage) -> str:
    """Three activities."""
    return f"""from mrtlab import sirt

{_patient(model)}
shunt = patient["lung_shunt"]
print("body surface, resin", sirt.bsa_activity({model.height_cm!r}, {model.weight_kg!r}, {model.tumour_all_g!r}, \
{model.liver_g!r},
    treated_ml={model.perfused_g!r}, lung_shunt=shunt, device="resin"))  # 1 g/mL
single = sirt.single_compartment_activity({model.perfused_aim_gy!r}, {model.perfused_g!r}, shunt)
aimed = sirt.partition_activity({model.tumour_aim_gy!r}, "tumour", **patient)
for name, activity_mbq in (("single", single), ("partition", aimed)):
    doses = sirt.partition(activity_mbq, **patient)
    print(f"{{name}} {{activity_mbq:.0f}} MBq: tumour {{doses.tumour_gy:.1f}}, normal {{doses.normal_gy:.1f}} Gy")"""


def partition(model: SirtPage) -> str:
    """What limits the activity."""
    reserve = (
        '    *(one.constraint() for one in sirt.dose_limits("glass", "HCC", "unilobar").of("normal")\n'
        '      if one.kind == "limit"),\n'
        if model.reserve == "low"
        else ""
    )
    return f"""from mrtlab import sirt

{_patient(model)}
doses = sirt.partition({1000 * model.activity_gbq!r}, **patient)
plan = sirt.plan(doses, [
    sirt.Constraint("tumour", {model.tumour_aim_gy!r}, "aim"),
    sirt.whole_normal_limit({model.bilirubin!r}).constraint(),
{reserve}    *sirt.lung_limits({model.previous_lung_gy!r}),
], "glass")
print(plan.status, plan.limiting.constraint.compartment, f"{{plan.limiting_activity_mbq:.0f}} MBq")
print(f"tumour {{doses.tumour_gy:.1f}} Gy")"""


def options(model: SirtPage) -> str:
    """A range of activities."""
    activities = ", ".join(f"{one:.0f}" for one in giving.options(model).table.activities_mbq)
    return f"""from mrtlab import planning, sirt

{_patient(model)}
doses = sirt.partition(1000.0, **patient).by_compartment
parts = {giving.components(model)!r}
gsd = planning.expected_range_from_components(1.0, parts).gsd
tissues = {{name: planning.TissueDose(doses[name] / 1000, gsd) for name in ("tumour", "whole_normal")}}
limit = sirt.whole_normal_limit({model.bilirubin!r}).constraint().dose_gy
for row in planning.activity_options([{activities}], tissues, {{"whole_normal": limit}}):
    low, high = row.interval95_gy
    print(f"{{row.activity_mbq:.0f}} MBq {{row.tissue}} {{row.median_gy:.1f}} ({{low:.1f}} to {{high:.1f}})", \
row.probability_above)"""


def vial(model: SirtPage) -> str:
    """From the label to the patient."""
    start, stop = clock(model.calibrated), clock(model.infused)
    return f"""from datetime import datetime
from mrtlab import sirt

start = datetime.fromisoformat("{start.isoformat()}")
stop = datetime.fromisoformat("{stop.isoformat()}")
left = sirt.residual_fraction({model.before!r}, {model.after!r}, {model.elapsed_h!r}, {model.background!r})
print(f"infusion {{sirt.vial_activity({1000 * model.vial_gbq!r}, start, stop):.1f}} MBq, residual {{100 * left:.2f}} %")
print(f"delivered {{sirt.delivered_activity({1000 * model.vial_gbq!r}, start, stop, left):.1f}} MBq")"""


def options_csv(model: SirtPage) -> str:
    """A row per activity and tissue."""
    rows = giving.options(model).table.rows()
    lines = [",".join(rows[0])]
    for row in rows:
        lines.append(",".join("" if value is None else f"{value}" for value in row.values()))
    return "\n".join([*lines, ""])
