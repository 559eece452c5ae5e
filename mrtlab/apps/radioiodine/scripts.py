"""What the page hands out: each section as a script of its own, and the range of activities as CSV.

``found`` is what the section has computed already.
"""

from __future__ import annotations

from mrtlab.apps.radioiodine import given, measured, planned
from mrtlab.apps.radioiodine.model import PROTOCOLS, RadioiodinePage

__all__ = ["activity", "contact", "kinetics", "options", "options_csv", "uptake", "verify"]


def _rounded(values, digits=6) -> str:
    return "[" + ", ".join(f"{one:.{digits}g}" for one in values) + "]"


def uptake(model: RadioiodinePage, found=None) -> str:
    """Uptakes from counts."""
    s = f"{model.seconds!r}"
    rows = ",\n    ".join(
        f"({hours}, {getattr(model, f'neck_{hours}h')!r}, {getattr(model, f'thigh_{hours}h')!r})"
        for hours in (6, 24, 144)
    )
    return f"""from mrtlab import radioiodine

counts = [  # hours, neck, thigh
    {rows},
]
for hours, neck, thigh in counts:
    found = radioiodine.measure_uptake(hours, (neck, {s}), (thigh, {s}), ({model.standard!r}, {s}),
        ({model.background!r}, {s}), dead_time_s={model.dead_us!r} * 1e-6)
    print(f"{{hours}} h: {{100 * found.uptake:.2f}} %, decay-corrected", found.decay_corrected_uptake)"""


def kinetics(model: RadioiodinePage, found=None) -> str:
    """The curve, and what one measurement tells of it."""
    return f"""from math import log
from mrtlab import radioiodine

curve = radioiodine.two_compartment({model.k_t!r} / 24, {model.k_b!r} / 24, log(2) / (24 * {model.t_eff!r}))
half_life = radioiodine.population_half_life_h("graves")
print(f"whole {{curve.tiac_h / 24:.3f}} d, largest after {{curve.peak_h:.1f}} h")
at24, at144 = (float(curve.uptake(hours)) for hours in (24, 144))
print(f"24 h alone {{radioiodine.single_point_tiac(24, at24, half_life) / 24:.3f}} d")
print(f"144 h alone {{radioiodine.late_point_tiac(144, at144) / 24:.3f}} d")"""


def _integral(model: RadioiodinePage) -> str:
    """Lines that make the integral of the protocol chosen."""
    first, last = {
        PROTOCOLS[0]: (0, 3),
        PROTOCOLS[1]: (1, 3),
        PROTOCOLS[2]: (2, 3),
        PROTOCOLS[3]: (1, 2),
    }[model.protocol]
    every = measured.points(model)[first:last]
    more = ", effective_half_life_h=radioiodine.population_half_life_h('graves')" * (model.protocol == PROTOCOLS[3])
    return (
        f"integral = radioiodine.time_integral({_rounded(measured.HOURS[first:last])}, "
        f"{_rounded(one.n for one in every)},\n    {_rounded((one.s for one in every), 4)}{more})"
    )


def _mass(model: RadioiodinePage) -> str:
    mass_g, _ = planned.gland(model)
    return f"mass_g = {mass_g:.8g}  # ultrasound"


def activity(model: RadioiodinePage, found=None) -> str:
    """Activity for a dose, both ways."""
    found = found or planned.activity(model)
    return f"""from mrtlab import radioiodine

{_mass(model)}
{_integral(model)}
tiac_h = float(getattr(integral.tiac_h, "n", integral.tiac_h))
print(f"{{radioiodine.activity({model.aim_gy!r}, mass_g, tiac_h, {model.mode!r}):.0f}} MBq by the integral")
formula = radioiodine.marinelli_activity({model.aim_gy!r}, mass_g, {found.largest:.8g}, {found.half_life_h:.8g})
print(f"{{formula:.0f}} MBq by Marinelli")"""


def options(model: RadioiodinePage, found=None) -> str:
    """A range of activities."""
    found = found or planned.options(model)
    activities = _rounded(found.table.activities_mbq)
    return f"""from mrtlab import planning, radioiodine

{_mass(model)}
{_integral(model)}
tiac_h = float(getattr(integral.tiac_h, "n", integral.tiac_h))
gy_per_mbq = radioiodine.dose(1.0, mass_g, tiac_h, {model.mode!r})
gsd = planning.expected_range_from_components(1.0, {planned.components(model)!r}).gsd
tissues = {{"thyroid": planning.TissueDose(gy_per_mbq, gsd)}}
for row in planning.activity_options({activities}, tissues, {{"thyroid": {model.most_gy!r}}}):
    low, high = row.interval95_gy
    print(f"{{row.activity_mbq:.0f}} MBq: {{row.median_gy:.1f}} ({{low:.1f}} to {{high:.1f}}) Gy, above \
{{row.probability_above:.3f}}")"""


def verify(model: RadioiodinePage, found=None) -> str:
    """The verdict on the dose."""
    found = found or given.verified(model)
    after = [one.n for one in measured.after_points(model)]
    factor = "" if found.shrinkage == 1 else f" * {found.shrinkage:.8g}  # the gland shrinks"
    return f"""from uncertainties import ufloat
from mrtlab import planning, radioiodine

expected = planning.ExpectedRange({found.expected.median_gy:.8g}, {found.expected.gsd:.8g})  # fixed with the plan
after = radioiodine.late_points([24, 144], {_rounded(after, 8)}, {_rounded((0.05 * one for one in after), 4)})
gy = radioiodine.dose({model.delivered_mbq!r}, {found.mass_g:.8g}, after.tiac_h.n, {model.mode!r}){factor}
own = {found.own!r}
dose_gy = ufloat(gy, planning.relative_uncertainty(own) * gy)
shared = planning.relative_uncertainty(own, ["mass", "energy"])
verdict = planning.verify(dose_gy, expected, shared_rel=shared)
print(f"{{gy:.1f}} Gy, z {{verdict.z:.2f}}: {{verdict.text}}")"""


def contact(model: RadioiodinePage, found=None) -> str:
    """Dose to another person."""
    limit = (
        ""
        if model.limit_msv is None
        else f"\nhours = protection.contact_restriction_h(first, {model.occupancy / 100!r}, {model.limit_msv!r})"
        '\nprint(f"keep away for {hours / 24:.1f} d")'
    )
    return f"""from mrtlab import protection

first = protection.dose_rate({model.delivered_mbq!r}, {model.distance_m!r})
dose = protection.bystander_dose(first, {model.occupancy / 100!r}, start_h=24 * {model.start_d!r})
print(f"{{first:.3g}} µSv/h at first, {{dose:.3g}} mSv"){limit}"""


def options_csv(model: RadioiodinePage) -> str:
    """A row per activity."""
    found = planned.options(model)
    lines = [f"activity_mbq,median_gy,low_gy,high_gy,probability_below_{model.least_gy:g},above_{model.most_gy:g}"]
    for row, below, above in zip(found.table, found.below, found.above, strict=True):
        cells = (row.activity_mbq, row.median_gy, *row.interval95_gy, below, above)
        lines.append(",".join(f"{one:.8g}" for one in cells))
    return "\n".join([*lines, ""])
