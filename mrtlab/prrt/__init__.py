"""Peptide receptor radionuclide therapy: Lu-177-DOTATATE and -DOTATOC, Y-90-DOTATOC.

Activities are MBq, masses g, times h, doses Gy, doses per activity Gy/MBq (0.6 Gy/GBq is 0.0006). Formulas take floats,
arrays or ``uncertainties`` numbers and return the same kind, correlations carried: what is common to all cycles adds
up linearly. Tolerance doses are listed with their sources (:func:`tolerance`) and never applied unasked. The verdict
after a cycle is :func:`mrtlab.planning.verify`.
"""

from mrtlab.prrt.across import LaterCycle, later_cycle, single_image_dose
from mrtlab.prrt.adaptive import RULES, NextActivity, cumulative_dose, cycle_doses, next_activity
from mrtlab.prrt.extravasation import (
    ExtravasationCase,
    SystemicActivity,
    extravasated_activity,
    extravasation_activity,
    extravasation_dose,
    published_extravasation,
    systemic_activity,
)
from mrtlab.prrt.kidneys import KidneyPair, kidney_dose, kidney_pair
from mrtlab.prrt.marrow import (
    MarrowDose,
    blood_integral,
    marrow_dose_from_blood,
    marrow_dose_from_image,
    marrow_dose_from_rest,
    marrow_to_blood,
)
from mrtlab.prrt.organs import Organ, tumour_decline, typical_organs
from mrtlab.prrt.plan import BedOption, KidneyOptions, cycles_allowed, kidney_bed_range, kidney_options
from mrtlab.prrt.published import PublishedDose, Tolerance, dose_per_activity, expected_per_activity, tolerance
from mrtlab.prrt.simulator import Course, CourseRow, simulate_cycles
from mrtlab.prrt.verification import CycleVerdict, predicted_per_activity, total_range, verify_cycle

__all__ = [
    "RULES",
    "BedOption",
    "Course",
    "CourseRow",
    "CycleVerdict",
    "ExtravasationCase",
    "KidneyOptions",
    "KidneyPair",
    "LaterCycle",
    "MarrowDose",
    "NextActivity",
    "Organ",
    "PublishedDose",
    "SystemicActivity",
    "Tolerance",
    "blood_integral",
    "cumulative_dose",
    "cycle_doses",
    "cycles_allowed",
    "dose_per_activity",
    "expected_per_activity",
    "extravasated_activity",
    "extravasation_activity",
    "extravasation_dose",
    "kidney_bed_range",
    "kidney_dose",
    "kidney_options",
    "kidney_pair",
    "later_cycle",
    "marrow_dose_from_blood",
    "marrow_dose_from_image",
    "marrow_dose_from_rest",
    "marrow_to_blood",
    "next_activity",
    "predicted_per_activity",
    "published_extravasation",
    "simulate_cycles",
    "single_image_dose",
    "systemic_activity",
    "tolerance",
    "total_range",
    "tumour_decline",
    "typical_organs",
    "verify_cycle",
]
