"""What the page hands out: each section as a script of its own, and the cycles as CSV."""

from __future__ import annotations

import csv
import io

from mrtlab.apps.prrt_cycles import measure
from mrtlab.apps.prrt_cycles.check import Checked
from mrtlab.apps.prrt_cycles.compute import Cycles, Options, accepted
from mrtlab.apps.prrt_cycles.effect import Bed, Changed, Marrow, Tumour
from mrtlab.apps.prrt_cycles.look import n, u
from mrtlab.apps.prrt_cycles.model import PrrtCycles

__all__ = ["bed", "changed", "check", "cycles", "cycles_csv", "marrow", "options", "tumour"]


def options(model: PrrtCycles, found: Options) -> str:
    """Range of activities."""
    variation = model.variation_u / 100
    activities = list(found.found.doses.activities_mbq)
    if found.cycle == 1:
        return f"""from mrtlab import prrt

for row in prrt.kidney_options({activities!r}).rows():
    print(f"{{row['activity_mbq']:.0f}} MBq: {{row['kidneys: median_gy']:.2f}} Gy "
          f"({{row['kidneys: low_gy']:.2f}} to {{row['kidneys: high_gy']:.2f}})")"""
    return f"""from mrtlab import prrt

{_doses(model, found.doses_gy)}
given = {list(found.given_mbq)!r}
for activity in {activities!r}:
    found = prrt.total_range(activity, doses, given, variation_rel={variation!r})
    low, high = found.interval95_gy
    print(f"{{activity:.0f}} MBq: {{found.median_gy:.2f}} Gy ({{low:.2f}} to {{high:.2f}})")"""


def _doses(model, doses_gy) -> str:
    plain, common = [n(one) for one in doses_gy], model.systematic_u / 100
    own = [max((u(one) / n(one)) ** 2 - common**2, 0.0) ** 0.5 for one in doses_gy]
    return f"""doses = prrt.cycle_doses({plain!r},
                         {own!r}, {common!r})"""


def cycles(model: PrrtCycles, found: Cycles) -> str:
    """Sum and next activity."""
    variation = model.variation_u / 100
    return f"""from mrtlab import prrt

{_doses(model, found.doses_gy)}
given = {list(found.given_mbq)!r}
total = prrt.cumulative_dose(doses)
print(f"{{total:.2f}} Gy")
per_mbq = prrt.predicted_per_activity(doses, given, rule={found.rule!r}, variation_rel={variation!r})
print(f"{{1000 * per_mbq:.3f}} Gy/GBq")
limit_gy = 2 * total.n  # the physician's: put it here
print(prrt.next_activity(doses, given, limit_gy, rule={found.rule!r}, variation_rel={variation!r}).text)"""


def bed(model: PrrtCycles, found: Bed) -> str:
    """BED added, and of the sum."""
    return f"""from mrtlab import radiobiology as rb

doses = {list(found.doses_gy)!r}
g = rb.lea_catcheside({found.half_life_h!r}, {found.repair_h!r})
print(f"added {{rb.bed_total(doses, {found.alpha_beta_gy!r}, g):.2f}} Gy")
print(f"of the sum, wrongly: {{rb.bed(sum(doses), {found.alpha_beta_gy!r}, g):.2f}} Gy")"""


def marrow(model: PrrtCycles, found: Marrow) -> str:
    """From blood."""
    rest = f", rest_gy={model.rest_gy!r}" if model.rest_gy is not None else ""
    return f"""from mrtlab import prrt

amplitudes, half_lives = [{model.blood_fast!r}, {model.blood_slow!r}], [{model.blood_fast_h!r}, {model.blood_slow_h!r}]
blood = prrt.blood_integral(amplitudes, half_lives)
dose = prrt.marrow_dose_from_blood(blood, {found.s_gy_per_mbq_h!r}, {model.marrow_g!r}, ratio={found.ratio!r}{rest})
print(f"{{blood:.3f}} MBq·h/g, {{dose.total_gy:.4f}} Gy", *[flag.text for flag in dose.flags])"""


def tumour(model: PrrtCycles, found: Tumour) -> str:
    """Next dose of the lesion."""
    last = n(found.doses_gy[-1]) / found.given_mbq[-1] * found.next_mbq
    return f"""from mrtlab import prrt

same = {last!r}  # Gy, if the last cycle repeated itself with the next activity
print(f"{{prrt.tumour_decline(same, 2, {found.grade!r})[1]:.1f}} Gy")"""


def changed(model: PrrtCycles, found: Changed) -> str:
    """One cycle of the simulated patient."""
    return f"""from dataclasses import replace
from mrtlab import prrt
from mrtlab.radiobiology import TISSUES

organs = [replace(one, mass_g={found.kidneys_g!r}, alpha_beta_gy=TISSUES["kidney"].alpha_beta_gy,
                  repair_half_time_h={found.repair_h!r}) if one.kind == "kidneys" else one
          for one in prrt.typical_organs({found.nuclide!r})]
course = prrt.simulate_cycles([{found.activity_mbq!r}], organs, nuclide={found.nuclide!r},
                              gfr_ml_per_min={found.gfr!r}, amino_acids={found.protected!r})
print(f"kidneys {{course.total_gy('kidneys'):.2f}} Gy, BED {{course.total_bed_gy('kidneys'):.2f}} Gy")"""


def check(model: PrrtCycles, found: Checked) -> str:
    """Verdict on the kidneys."""
    row = found.rows["kidneys"]
    return f"""from uncertainties import ufloat
from mrtlab import planning

expected = planning.expected_range({row.expected.median_gy!r}, {row.expected.gsd!r})
dose = ufloat({n(row.dose_gy)!r}, {u(row.dose_gy)!r})
verdict = planning.verify(dose, expected, {row.shared_rel!r})
print(f"z {{verdict.z:.2f}}: {{verdict.text}}", *verdict.checklist, sep="\\n")"""


def cycles_csv(model: PrrtCycles) -> str:
    """A row per region and cycle that was measured."""
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\n")
    columns = "cycle region activity_mbq dose_gy own_u_gy half_life_h mass_g points asked_for decided"
    write.writerow(columns.split())
    for cycle, mbq in enumerate(model.given_mbq, 1):
        for name, one in accepted(model, cycle).items():
            part = mbq / measure.FULL_MBQ
            asked = " ".join(model.asked_for(cycle))
            row = (part * n(one.dose_gy), part * u(one.dose_gy), n(one.half_life_h), one.mass_g)
            write.writerow(
                [cycle, name, f"{mbq:g}", *(f"{x:.6g}" for x in row), len(one.times_h), asked, model.decided(cycle)]
            )
    return out.getvalue()
