"""Selective internal radiotherapy of the liver with microspheres: Y-90 glass and resin, Ho-166.

Activities are MBq, masses g, doses Gy, fractions 0 to 1. Formulas take floats, arrays or ``uncertainties`` numbers and
return the same kind, correlations carried. Every dose rests on spheres that stay where they are until they have
decayed, and on a dose constant that each function takes and names (:func:`dose_constant`). Voxel doses, histograms and
radiobiology are those of :mod:`mrtlab.voxel` and :mod:`mrtlab.radiobiology`; the verdict after treatment is
:func:`mrtlab.planning.verify`.
"""

from mrtlab.sirt.activity_plan import ActivityPlan, PlanRow, plan
from mrtlab.sirt.background import TISSUES, Microspheres, microspheres
from mrtlab.sirt.comparison import Agreement, Comparison, agreement, compare, isodose_dice
from mrtlab.sirt.compartments import (
    MultiCompartment,
    multi_compartment,
    single_compartment_activity,
    single_compartment_dose,
)
from mrtlab.sirt.dose import DOSE_CONSTANTS, dose_constant, mean_dose
from mrtlab.sirt.empirical import body_surface_m2, bsa_activity, empirical_activity, resin_shunt_reduction
from mrtlab.sirt.holmium import holmium_activity, holmium_dose
from mrtlab.sirt.images import Calibrated, Extrahepatic, extrahepatic_counts, pet_positrons, relative_calibration
from mrtlab.sirt.limits import (
    Constraint,
    DoseLevel,
    DoseLimits,
    Outcome,
    dose_limits,
    known_dose_limits,
    lung_limits,
    outcomes,
    whole_normal_limit,
)
from mrtlab.sirt.partitions import (
    KaoActivity,
    Partition,
    kao_activity,
    partition,
    partition_activity,
    tumour_to_normal,
)
from mrtlab.sirt.shunt import (
    apparent_shunt,
    lung_dose,
    lung_limited_activity,
    lung_shunt,
    lung_shunt_spect,
    shunt_with_free_pertechnetate,
)
from mrtlab.sirt.vial import delivered_activity, residual_fraction, vial_activity

__all__ = [
    "DOSE_CONSTANTS",
    "TISSUES",
    "ActivityPlan",
    "Agreement",
    "Calibrated",
    "Comparison",
    "Constraint",
    "DoseLevel",
    "DoseLimits",
    "Extrahepatic",
    "KaoActivity",
    "Microspheres",
    "MultiCompartment",
    "Outcome",
    "Partition",
    "PlanRow",
    "agreement",
    "apparent_shunt",
    "body_surface_m2",
    "bsa_activity",
    "compare",
    "delivered_activity",
    "dose_constant",
    "dose_limits",
    "empirical_activity",
    "extrahepatic_counts",
    "holmium_activity",
    "holmium_dose",
    "isodose_dice",
    "kao_activity",
    "known_dose_limits",
    "lung_dose",
    "lung_limited_activity",
    "lung_limits",
    "lung_shunt",
    "lung_shunt_spect",
    "mean_dose",
    "microspheres",
    "multi_compartment",
    "outcomes",
    "partition",
    "partition_activity",
    "pet_positrons",
    "plan",
    "relative_calibration",
    "residual_fraction",
    "resin_shunt_reduction",
    "shunt_with_free_pertechnetate",
    "single_compartment_activity",
    "single_compartment_dose",
    "tumour_to_normal",
    "vial_activity",
    "whole_normal_limit",
]
