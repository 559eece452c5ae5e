"""The resource worksheet as code of its own."""

from __future__ import annotations

from mrtlab.apps.resources.model import POPULATIONS, ResourcesPage

__all__ = ["cost", "precision"]


def precision(model: ResourcesPage) -> str:
    """What precision each protocol buys."""
    therapy, phases = POPULATIONS[model.population]
    return f"""from mrtlab import patients

cohort = patients.cohort("{therapy}", {int(model.patients)}, {int(model.number)}, phases={phases})
for one in patients.precision(cohort):
    print(f"{{one.method}}: 19 of 20 within {{100 * one.within95:.1f}} %, {{one.failed}} without result")"""


def cost(model: ResourcesPage) -> str:
    """What each protocol costs; None where nothing is typed."""
    times = ", ".join(
        f"{name}={getattr(model, name)!r}" for name in ("scanner_min", "contact_min", "evaluation_min", "report_min")
    )
    return f"""from mrtlab import patients

local = dict({times})
for times_h in ([96], [24, 96], [24, 72, 168], [4, 24, 72, 168]):
    one = patients.workload(times_h, **local, stay_h={model.stay_h or 0.0!r})
    print(one.scans, "scans:", one.visits, "visits,", one.staff_min, "staff min,", one.scanner_min, "scanner min")"""
