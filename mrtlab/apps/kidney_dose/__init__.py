"""From a time-activity table to absorbed dose with uncertainty, one region at a time."""

from mrtlab.apps.kidney_dose.model import Answer, KidneyDose
from mrtlab.apps.kidney_dose.view import page

__all__ = ["Answer", "KidneyDose", "page"]
