"""What the page hands out: each section as a script of its own, and the comparison as CSV."""

from __future__ import annotations

import csv
import io

from mrtlab.apps.sirt_verification.compute import Compared, Planned, components
from mrtlab.apps.sirt_verification.measure import MAA_H, PETS, REACH_MM, SIZE, Case, where
from mrtlab.apps.sirt_verification.model import PATIENTS, SirtVerification

__all__ = ["biology", "compare", "compare_csv", "dose", "holmium", "planned"]


def _images(case: Case, acquired: str) -> str:
    about = PATIENTS[case.key]
    more = ", extrahepatic=True" if about.extrahepatic else ""
    return f"""import numpy as np
from mrtlab import sirt, voxel
from mrtlab.patients import virtual_patient
from mrtlab.patients.phantoms import outlined
patient = virtual_patient("sirt", {about.seed}{more})
(image,) = {acquired}, size={SIZE}, reach_mm={REACH_MM})
names = {[one for one in where(case.patient) if "lung" not in one]}
drawn = outlined(patient, image.grid, names, {about.seed}).masks
mask = {{name: np.asarray(one) >= 0.5 for name, one in drawn.items()}}
tumour = np.any([one for name, one in mask.items() if "lesion" in name], axis=0)
liver = mask["liver"] | tumour"""


def planned(model: SirtVerification, case: Case) -> str:
    """Dose to the tumour by the MAA SPECT."""
    return f"""{_images(case, f'patient.tracer().acquire({MAA_H}, "spect"')}
found = sirt.relative_calibration(image.array, liver, {1000 * model.planned_gbq!r}, {case.lung_shunt!r})
print(f"tumour {{found.dose_map(image.spacing_mm)[tumour].mean():.1f}} Gy")"""


def dose(model: SirtVerification, case: Case) -> str:
    """Histogram of a region by a PET."""
    start, duration, noise = PETS[model.counts]
    background = 'image.array[mask["spleen"]].mean()' if model.background == "subtracted" else "0.0"
    region = "tumour" if model.region == "tumour" else "liver & ~tumour"
    acquired = f'patient.acquire({start}, "pet", duration_s={duration}, noise={noise}'
    return f"""{_images(case, acquired)}
found = sirt.relative_calibration(image.array, liver, {1000 * model.delivered_gbq!r}, {case.lung_shunt!r}, {background})
dvh = voxel.Dvh(np.maximum(found.dose_map(image.spacing_mm, method={model.method!r}), 0), {region})
print(f"D70 {{dvh.dose_at_volume(70):.1f}} Gy, V{model.level_gy:g} {{dvh.volume_at_dose({model.level_gy!r}):.1f}} %")"""


def compare(model: SirtVerification, found: Compared) -> str:
    """Verdict on the tumour."""
    row = next(one for one in found.rows if one.name == "tumour")
    names = '["mass"]' if model.shared == "mass" else "[]"
    return f"""from uncertainties import ufloat
from mrtlab import planning

parts = {components(model)!r}
expected = planning.expected_range_from_components({row.expected.median_gy!r}, parts)
u = planning.relative_uncertainty(parts)
delivered = ufloat({row.delivered.nominal_value!r}, u * {row.delivered.nominal_value!r})
verdict = planning.verify(delivered, expected, planning.relative_uncertainty(parts, {names}))
print(f"z {{verdict.z:.2f}}: {{verdict.text}}", *verdict.checklist, sep="\\n")"""


def biology(model: SirtVerification, case: Case) -> str:
    """BED of normal liver."""
    start, duration, _ = PETS["20 min"]
    background = 'image.array[mask["spleen"]].mean()' if model.background == "subtracted" else "0.0"
    text = _images(case, f'patient.acquire({start}, "pet", duration_s={duration}').replace(
        "import sirt, voxel", "import nuclides, radiobiology, sirt"
    )
    return f"""{text}
found = sirt.relative_calibration(image.array, liver, {1000 * model.delivered_gbq!r}, {case.lung_shunt!r}, {background})
dose = np.maximum(found.dose_map(image.spacing_mm)[liver & ~tumour], 0).astype(float)
g = radiobiology.lea_catcheside(nuclides.nuclide("Y-90").half_life_h, {model.liver_repair_h!r})
print(f"BED {{radiobiology.bed(dose, {model.liver_alpha_beta!r}, g).mean():.1f}} Gy")"""


def holmium(model: SirtVerification) -> str:
    """Ho-166 at treatment and at the order."""
    return f"""from mrtlab import nuclides, sirt

therapy = sirt.holmium_activity({model.holmium_aim_gy!r}, {model.holmium_liver_g!r}, {model.scout_mbq!r})
left = nuclides.nuclide("Ho-166").decay_factor({model.ahead_h!r})
print(f"at treatment {{therapy:.0f}} MBq, ordered {{therapy / left:.0f}} MBq")"""


def compare_csv(found: Compared, plan: Planned) -> str:
    """A row per region."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\n")
    columns = "region mass_g planned_gy planned_low_gy planned_high_gy delivered_gy delivered_u_gy ratio z within"
    write.writerow(columns.split())
    for row in found.rows:
        numbers = (
            plan.masses_g[row.name],
            row.expected.median_gy,
            *row.expected.interval95_gy,
            row.delivered.nominal_value,
            row.delivered.std_dev,
            row.verdict.ratio.nominal_value,
            row.verdict.z,
        )
        write.writerow([row.name, *(f"{number:.6g}" for number in numbers), "yes" if row.verdict.within else "no"])
    return out.getvalue()
