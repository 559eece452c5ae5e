"""Time-activity curves, their fits, and the time-integrated activity with its uncertainty.

Activities are MBq at the time of measurement (not decay corrected), times are hours after administration, the
time-integrated activity is MBq·h. :func:`select` is the usual way in; :func:`fit` fits one named curve.
"""

from mrtlab.kinetics.curve import TimeActivity
from mrtlab.kinetics.few_points import (
    FewPoints,
    SinglePoint,
    biological_half_life_h,
    effective_half_life_h,
    haenscheid_tia,
    known_half_life_tia,
    map_fit,
    single_point,
    two_point,
)
from mrtlab.kinetics.fitting import Fit, aicc, fit
from mrtlab.kinetics.intervals import TiaInterval, bootstrap_tia, profile_tia
from mrtlab.kinetics.models import MODELS, Model
from mrtlab.kinetics.population import StpFactor, stp_factor
from mrtlab.kinetics.selection import Selection, akaike_average, akaike_weights, select
from mrtlab.kinetics.single_errors import SinglePointErrors, single_point_errors
from mrtlab.kinetics.trapezoids import Trapezoid, trapezoid
from mrtlab.kinetics.voxels import VoxelFit, VoxelReason, fit_voxels

__all__ = [
    "MODELS",
    "FewPoints",
    "Fit",
    "Model",
    "Selection",
    "SinglePoint",
    "SinglePointErrors",
    "StpFactor",
    "TiaInterval",
    "TimeActivity",
    "Trapezoid",
    "VoxelFit",
    "VoxelReason",
    "aicc",
    "akaike_average",
    "akaike_weights",
    "biological_half_life_h",
    "bootstrap_tia",
    "effective_half_life_h",
    "fit",
    "fit_voxels",
    "haenscheid_tia",
    "known_half_life_tia",
    "map_fit",
    "profile_tia",
    "select",
    "single_point",
    "single_point_errors",
    "stp_factor",
    "trapezoid",
    "two_point",
]
