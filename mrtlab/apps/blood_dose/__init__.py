"""Blood dose before radioiodine for thyroid cancer: curves, limits, a lesion by I-124, a range of activities."""

from mrtlab.apps.blood_dose.model import BloodPage
from mrtlab.apps.blood_dose.view import page

__all__ = ["BloodPage", "page"]
