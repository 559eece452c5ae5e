"""The page on evidence as code of its own."""

from __future__ import annotations

from mrtlab.apps.evidence_reading.model import EvidencePage

__all__ = ["growth", "tables"]


def growth(model: EvidencePage) -> str:
    """The quotient."""
    return f"""administrations, more_patients_percent = {model.factor!r}, {model.percent!r}
patients = 1 + more_patients_percent / 100
print(f"for each patient {{administrations / patients:.2f}} times as many")"""


def tables() -> str:
    """Published rows."""
    return """from mrtlab import prrt, psma, radioiodine, sirt

for study in sirt.outcomes():
    print(study.study, "-", study.compared, *study.findings, sep="\\n  ")
for one in radioiodine.OBSERVED_OUTCOMES:
    print(one.indication, one.dose_gy, one.outcome, one.percent, one.odds_ratio, one.status)
for one in (*prrt.dose_per_activity(), *psma.published()):
    print(one.tissue, one.drug, one.status)"""
