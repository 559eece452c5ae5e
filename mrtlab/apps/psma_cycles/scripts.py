"""Each section of the PSMA page as a script of its own, and the course as CSV."""

from __future__ import annotations

import csv
import io

from mrtlab.apps.psma_cycles import compute
from mrtlab.apps.psma_cycles.found import Alpha, Cycles
from mrtlab.apps.psma_cycles.look import n, u
from mrtlab.apps.psma_cycles.model import PRINTED, PsmaPage

__all__ = ["alpha", "alpha_csv", "course", "course_csv", "glands", "marrow", "single", "sink", "units"]


def units(model: PsmaPage) -> str:
    """Both readings."""
    row = PRINTED[model.printed]
    tissue = "parotid" if row.tissue == "salivary" else row.tissue
    return f"""from mrtlab import psma

readings = psma.unit_readings({row.value!r}, {1000 * model.cycle_gbq!r}, "{tissue}", cycles={int(model.planned_cycles)})
for one in readings:
    print(f"per {{one.per}}: {{one.course_gy:.1f}} Gy, z {{one.z:.1f}}")"""


def sink(model: PsmaPage) -> str:
    """Kidneys over six cycles."""
    return f"""from mrtlab import psma

volumes = psma.tumour_volumes_ml({model.tumour_ml!r}, {model.shrink!r}, {compute.CYCLES})
first = psma.organ_range("kidney").expected({1000 * model.activity_gbq!r}).median_gy
doses = psma.sink_doses(first, volumes, {model.strength!r}, {model.half_volume_ml!r})
print(f"{{sum(doses):.2f}} Gy, planned from cycle 1 {{len(doses) * first:.2f}} Gy")"""


def course(model: PsmaPage) -> str:
    """One tissue after six cycles."""
    return f"""from dataclasses import replace
from mrtlab import psma

organs = psma.typical_organs(100.0)
del organs["tumour"]
organs["marrow"] = replace(organs["marrow"], bone_metastases_gy_per_mbq={model.bone_gy_per_gbq / 1000!r})
course = psma.simulate_cycles(
    {1000 * model.activity_gbq!r}, {model.tumour_ml!r}, shrink={model.shrink!r}, cycles={compute.CYCLES},
    organs=organs, strength={model.strength!r}, half_volume_ml={model.half_volume_ml!r},
)
total = course.total_gy("{model.tissue}")
print(f"{{total.n:.2f}} ± {{total.s:.2f}} Gy, planned {{course.from_first_cycle_gy('{model.tissue}').n:.2f}} Gy")"""


def glands(model: PsmaPage) -> str:
    """One gland."""
    known = model.known == "yes"

    def number(best, percent):
        return f"ufloat({best!r}, {best * percent / 100!r})" if percent else repr(best)

    recovery = number(model.recovery, model.recovery_u) if known else "None  # refused: measure it"
    return f"""from uncertainties import nominal_value, std_dev, ufloat
from mrtlab import psma

recovery = {recovery}
mass = {number(model.gland_g, model.gland_u)}
tia = psma.without_overlap({model.gland_tia!r}, {model.overlap / 100!r})
dose = psma.gland_dose(tia, mass, recovery=recovery)
print(f"{{nominal_value(dose):.3g}} ± {{std_dev(dose):.2g}} Gy")"""


def marrow(model: PsmaPage) -> str:
    """The blood with cross-dose."""
    there = model.metastases == "yes"
    cross = f'{{"{compute.SOURCE}": ({model.bone_tia!r}, {compute.BONE_S!r})}}' if there else "{}"
    ratio = "1.0" if model.ratio == "blood" else f"psma.marrow_to_blood({model.haematocrit!r})"
    return f"""from mrtlab import psma

found = psma.marrow(
    {model.blood!r}, {compute.MARROW_G!r}, {compute.MARROW_S!r}, marrow_to_blood={ratio},
    cross={cross}, bone_metastases={there},
)
print(f"{{found.dose_gy:.4f}} Gy, from the marrow itself {{found.self_gy:.4f}} Gy")"""


def single(model: PsmaPage) -> str:
    """One image, one tissue."""
    return f"""from uncertainties import ufloat
from mrtlab import psma

found = psma.verify_single(
    ufloat({model.activity_mbq!r}, {model.activity_mbq * model.activity_u / 100!r}), {model.time_h!r}, "{model.region}",
    ({model.half_life_h!r}, {model.half_life_gsd!r}), administered_mbq={1000 * model.delivered_gbq!r},
    mass_g={model.mass_g!r}, recovery={model.recovery_one!r},
)
low, high = found.interval95_gy
print(f"{{found.dose_gy.n:.3f}} Gy, 95 % {{low:.3f}} to {{high:.3f}}; {{found.text}}")"""


def alpha(model: PsmaPage) -> str:
    """Ac-225."""
    clearance = ""
    if model.daughters == "steps":
        retained = f'{{"Fr-221": {model.francium!r}, "Bi-213": {model.bismuth!r}, "Pb-209": {model.lead!r}}}'
        if model.bismuth_h:
            clearance = f', clearance_half_life_h={{"Bi-213": {model.bismuth_h!r}}}'
    else:
        retained = '"all"'
    return f"""from mrtlab import psma

retained = {retained}
dose = psma.alpha_dose({model.ac_tia!r}, {model.ac_g!r}, retained=retained{clearance}, rbe={model.rbe!r})
print(f"{{dose.alpha_gy:.4g}} Gy, {{dose.electron_gy:.4g}} Gy, {{dose.weighted_gy:.4g}} {{dose.weighted_unit}}")"""


def _csv(rows) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def course_csv(found: Cycles) -> str:
    """A row per cycle and tissue."""
    rows = [("cycle", "tissue", "activity_mbq", "tumour_ml", "dose_gy", "u_gy", "dose_so_far_gy", "u_so_far_gy")]
    for name in found.course.regions:
        so_far = found.course.cumulative_gy(name)
        for row in found.course.of(name):
            total = so_far[row.cycle - 1]
            numbers = (row.activity_mbq, row.tumour_ml, n(row.dose_gy), u(row.dose_gy), n(total), u(total))
            rows.append((row.cycle, name, *(f"{float(one):.6g}" for one in numbers)))
    return _csv(rows)


def alpha_csv(found: Alpha) -> str:
    """The doses with the choice they rest on."""
    dose = found.dose
    return _csv(
        [
            ("quantity", "value", "unit"),
            ("choice", found.choice, ""),
            ("alpha", f"{n(dose.alpha_gy):.6g}", "Gy"),
            ("electrons", f"{n(dose.electron_gy):.6g}", "Gy"),
            ("weighted", f"{n(dose.weighted_gy):.6g}", dose.weighted_unit),
        ]
    )
