"""What the blood-dose page hands out: each section as a script of its own, and the range of activities as CSV."""

from __future__ import annotations

from mrtlab.apps.blood_dose import giving
from mrtlab.apps.blood_dose.compute import BODY, DRAWN
from mrtlab.apps.blood_dose.model import BloodPage
from mrtlab.apps.sections.rows import read_rows

__all__ = ["curves", "lesion", "limits", "options", "options_csv"]


def _row(numbers) -> str:
    return "[" + ", ".join(f"{one:g}" if float(f"{one:g}") == one else repr(one) for one in numbers) + "]"


def _integrals(model: BloodPage) -> str:
    """Both residences, as the page integrates them; the slip too."""
    counted, drawn = read_rows("Whole body", model.body, BODY, 3), read_rows("Blood", model.blood, DRAWN)
    hours, counts = zip(*counted[1:], strict=True)
    times, seen, kbq = zip(*drawn, strict=True)
    reference = counted[1 if model.slip == "voided" else 0][1]
    when = "times" if model.slip == "late" else _row(seen)
    undone = (
        "kept = radioiodine.decay_corrected_uptake(kept, hours)  # the slip\n"
        "per_ml = radioiodine.decay_corrected_uptake(per_ml, times)\n"
        if model.slip == "corrected"
        else ""
    )
    how = f'decay_corrected=False, method="{model.method}"'
    return f"""import numpy as np
from mrtlab import protection, radioiodine

hours, times = np.array({_row(hours)}), np.array({_row(times)})
kept = protection.retention(np.array({_row(counts)}), {reference!r})
per_ml = radioiodine.blood_fraction(np.array({_row(kbq)}), times, {when}, {model.tracer_mbq!r})
{undone}body = radioiodine.body_integral(hours, kept, {model.body_u / 100!r} * kept, {how})
blood = radioiodine.blood_integral(times, per_ml, {model.blood_u / 100!r} * per_ml, {how})
"""


def curves(model: BloodPage) -> str:
    """Both residences."""
    return f"""{_integrals(model)}print(f"body {{body.tiac_h:.2u}} h, after the last point {{body.tail_fraction:.3f}}")
print(f"blood {{blood.tiac_h_per_ml:.2u}} h/mL, after the last point {{blood.tail_fraction:.3f}}")"""


def limits(model: BloodPage) -> str:
    """Blood dose and limits."""
    weight = f"{model.weight_kg!r}"
    return f"""{_integrals(model)}dose = radioiodine.blood_dose_parts(blood.tiac_h_per_ml, body.tiac_h, {weight})
print(f"{{1000 * dose.gy_per_mbq:.2u}} Gy/GBq")
for row in radioiodine.activity_limits(dose.gy_per_mbq, body.retention(48.0), {model.lungs == "yes"}):
    print(f"{{row.rule}}: {{row.activity_mbq:.1f}} MBq")"""


def _lesion(model: BloodPage) -> str:
    hours, percent = zip(*read_rows("PET", model.pet, giving.PET), strict=True)
    return f"""from uncertainties import ufloat
from mrtlab import radioiodine

fraction = [ufloat(p / 100, p / 100 * {model.pet_u / 100!r}) for p in {_row(percent)}]
found = radioiodine.i124_to_i131({_row(hours)}, fraction)
mass_g = ufloat({model.lesion_g!r}, {model.lesion_g * model.mass_u / 100!r})
per_mbq = radioiodine.lesion_dose(1.0, mass_g, found.start_fraction, found.i131_half_life_h,
    recovery={model.recovery!r}, mode="{model.mode}")
"""


def lesion(model: BloodPage) -> str:
    """I-124 to the dose by I-131."""
    return f"""{_lesion(model)}print(f"half-life {{found.i131_half_life_h:.2u}} h")
print(f"{{1000 * per_mbq:.2u}} Gy/GBq, {model.aim_gy:g} Gy with {{{model.aim_gy!r} / per_mbq:.2u}} MBq")"""


def options(model: BloodPage) -> str:
    """A range of activities, from the doses per activity found above."""
    found = giving.options(model)
    medians = {one.tissue: one.median_gy / one.activity_mbq for one in found.table}
    activities = ", ".join(f"{one:.0f}" for one in found.table.activities_mbq)
    return f"""from mrtlab import planning

per_mbq = {medians!r}  # Gy, from the sections above
parts = {{
    "lesion": {found.components["lesion"]!r},
    "blood": {found.components["blood"]!r},
}}
tissues = {{name: planning.TissueDose(per_mbq[name],
    planning.expected_range_from_components(1.0, parts[name]).gsd) for name in parts}}
for row in planning.activity_options([{activities}], tissues, {{"blood": {found.limit_gy!r}}}):
    low, high = row.interval95_gy
    print(f"{{row.activity_mbq:.0f}} MBq {{row.tissue}} {{row.median_gy:.3f}} ({{low:.3f}} to {{high:.3f}})", \
row.probability_above)"""


def options_csv(model: BloodPage) -> str:
    """A row per activity and tissue, and one for the body at 48 h."""
    found = giving.options(model)
    rows = found.table.rows()
    lines = [",".join(rows[0])]
    lines += [",".join("" if value is None else f"{value}" for value in row.values()) for row in rows]
    lines += ["", "activity_mbq,in_body_48h_mbq,u_mbq,limit_mbq"]
    for activity, kept in zip(found.table.activities_mbq, found.kept_mbq, strict=True):
        lines.append(f"{activity},{kept.n},{kept.s},{found.kept_limit_mbq}")
    return "\n".join([*lines, ""])
