"""What the page hands out: each section as a script of its own."""

from __future__ import annotations

from mrtlab.apps.mibg import compute
from mrtlab.apps.mibg.model import MibgPage
from mrtlab.apps.sections.rows import read_rows

__all__ = ["first", "release", "second"]


def _row(numbers) -> str:
    return "[" + ", ".join(f"{one:g}" if float(f"{one:g}") == one else repr(one) for one in numbers) + "]"


def _body(model: MibgPage) -> str:
    hours, ahead, behind = zip(*read_rows("Counts", model.counts, compute.COUNTS), strict=True)
    behind = ahead if model.slip == "anterior" else behind
    empty = 0.0 if model.slip == "background" else model.background
    weight = compute._ADULT_KG if model.slip == "adult" else model.weight_kg
    return f"""from mrtlab import radioiodine

anterior, posterior = {_row(ahead)}, {_row(behind)}
first = radioiodine.mibg_whole_body({_row(hours)}, anterior, posterior, background={empty!r},
    activity_mbq={1000 * model.first_gbq!r}, weight_kg={weight!r})
print(f"first: {{first.dose_gy:.2u}} Gy, {{first.tail_fraction:.3f}} of it after the last point")
"""


def first(model: MibgPage) -> str:
    """The whole-body dose."""
    return _body(model).rstrip()


def second(model: MibgPage) -> str:
    """A range of second activities."""
    found = compute.second(model)
    activities = ", ".join(f"{one:.0f}" for one in found.table.activities_mbq) if found.table else ""
    ranged = (
        f"""from mrtlab import planning

tissue = planning.TissueDose((first.dose_gy / first.activity_mbq).n, {found.gsd!r}, first.dose_gy.n)
for row in planning.activity_options([{activities}], {{"whole body": tissue}}, {{"whole body": {model.limit_gy!r}}}):
    low, high = row.interval95_gy
    print(f"{{row.activity_mbq:.0f}} MBq {{row.median_gy:.2f}} ({{low:.2f}} to {{high:.2f}})", row.probability_above)"""
        if found.table
        else ""
    )
    planned = f'second = first.second({model.limit_gy!r})\nprint("second", second.activity_mbq, "MBq", second.flags)\n'
    return (_body(model) + planned + ranged).rstrip()


def release(model: MibgPage) -> str:
    """Dose rate, contact, retention."""
    share = model.occupancy / 100
    return f"""from mrtlab import protection

phases = {compute.phases(model)!r}
initial = protection.dose_rate({model.activity_mbq!r}, {model.distance_m!r})
print(f"{{initial:.2f}} µSv/h at first, retained {{protection.retained_fraction({model.release_h!r}, phases):.4f}}")
print(f"from the administration on {{protection.bystander_dose(initial, {share!r}, phases):.3f}} mSv")
after = protection.bystander_dose(initial, {share!r}, phases, start_h={model.release_h!r})
print(f"from the release on {{after:.3f}} mSv")
print(f"keep away {{protection.contact_restriction_h(initial, {share!r}, {model.contact_msv!r}, phases):.1f}} h")"""
