"""PSMA therapy: Lu-177-PSMA-617 and -PSMA-I&T over cycles, and Ac-225.

Activities are MBq, masses g, times h, doses Gy, doses per activity Gy/MBq (0.55 Gy/GBq is 0.00055). Formulas take
floats, arrays or ``uncertainties`` numbers and return the same kind, correlations carried. A gland has no dose without
a recovery, the marrow none without its cross-dose, an alpha emitter none without saying where its daughters go. When to
reduce an activity is the physician's decision; nothing here takes it. Limits are not applied unasked either.
"""

from mrtlab.psma.alpha import AlphaDose, alpha_dose, daughter_activity
from mrtlab.psma.course import Course, CourseRow, Organ
from mrtlab.psma.glands import GLANDS, gland_dose, gland_mass_g, gland_tia, without_overlap
from mrtlab.psma.literature import (
    ALIASES,
    TISSUES,
    HalfLifePrior,
    OrganRange,
    PublishedDose,
    UnitReading,
    half_life_prior,
    organ_range,
    per_activity,
    published,
    published_alpha,
    unit_readings,
)
from mrtlab.psma.marrow_dose import Marrow, marrow, marrow_from_image, marrow_to_blood
from mrtlab.psma.simulator import simulate_cycles, typical_organs
from mrtlab.psma.single import COMPROMISED, SingleImage, verify_single
from mrtlab.psma.sink import sink_doses, sink_factor, tumour_volumes_ml

__all__ = [
    "ALIASES",
    "COMPROMISED",
    "GLANDS",
    "TISSUES",
    "AlphaDose",
    "Course",
    "CourseRow",
    "HalfLifePrior",
    "Marrow",
    "Organ",
    "OrganRange",
    "PublishedDose",
    "SingleImage",
    "UnitReading",
    "alpha_dose",
    "daughter_activity",
    "gland_dose",
    "gland_mass_g",
    "gland_tia",
    "half_life_prior",
    "marrow",
    "marrow_from_image",
    "marrow_to_blood",
    "organ_range",
    "per_activity",
    "published",
    "published_alpha",
    "simulate_cycles",
    "sink_doses",
    "sink_factor",
    "tumour_volumes_ml",
    "typical_organs",
    "unit_readings",
    "verify_single",
    "without_overlap",
]
