"""Radioiodine: benign thyroid disease, differentiated thyroid cancer, and I-131 mIBG.

Activities are MBq, times hours, masses g, volumes mL, doses Gy, body weights kg. An *uptake* is the fraction of the
administered activity that is there at a time, physical decay included. Formulas take floats, arrays or
``uncertainties`` numbers and return the same kind; suspicious input issues
:class:`mrtlab.PlausibilityWarning`. Nothing here chooses a dose: :data:`TARGET_DOSE` lists what guidelines and centres
use, for the physician to decide.
"""

from mrtlab.radioiodine.blood import (
    ActivityLimit,
    BloodDose,
    activity_limits,
    blood_dose,
    blood_dose_parts,
    blood_volume_ml,
    single_measurement,
)
from mrtlab.radioiodine.compartments import TwoCompartment, two_compartment
from mrtlab.radioiodine.doses import (
    ENERGY_MODES,
    BenignDose,
    activity,
    benign_dose,
    dose,
    marinelli_activity,
    mean_energy,
)
from mrtlab.radioiodine.fitting import TwoCompartmentFit, fit_two_compartment
from mrtlab.radioiodine.gland import shrinkage_factor, thyroid_mass_g, thyroid_volume
from mrtlab.radioiodine.integral import (
    PROTOCOLS,
    Protocol,
    UptakeIntegral,
    choose_protocol,
    late_point_tiac,
    late_points,
    population_half_life_h,
    single_point_tiac,
    time_integral,
)
from mrtlab.radioiodine.lesion import TracerConversion, i124_to_i131, lesion_activity, lesion_dose, lesion_tia
from mrtlab.radioiodine.measured import (
    UptakeMeasurement,
    camera_net_cps,
    decay_corrected_uptake,
    measure_uptake,
    uptake,
    uptake_from_tracer,
)
from mrtlab.radioiodine.mibg import (
    MibgSecond,
    MibgWholeBody,
    mibg_second_activity,
    mibg_whole_body,
    mibg_whole_body_s_value,
)
from mrtlab.radioiodine.retention import BloodIntegral, BodyIntegral, blood_fraction, blood_integral, body_integral
from mrtlab.radioiodine.targets import (
    OBSERVED_OUTCOMES,
    TARGET_DOSE,
    Outcome,
    TargetDose,
    illustrative_response,
    logit_linear,
)

__all__ = [
    "ENERGY_MODES",
    "OBSERVED_OUTCOMES",
    "PROTOCOLS",
    "TARGET_DOSE",
    "ActivityLimit",
    "BenignDose",
    "BloodDose",
    "BloodIntegral",
    "BodyIntegral",
    "MibgSecond",
    "MibgWholeBody",
    "Outcome",
    "Protocol",
    "TargetDose",
    "TracerConversion",
    "TwoCompartment",
    "TwoCompartmentFit",
    "UptakeIntegral",
    "UptakeMeasurement",
    "activity",
    "activity_limits",
    "benign_dose",
    "blood_dose",
    "blood_dose_parts",
    "blood_fraction",
    "blood_integral",
    "blood_volume_ml",
    "body_integral",
    "camera_net_cps",
    "choose_protocol",
    "decay_corrected_uptake",
    "dose",
    "fit_two_compartment",
    "i124_to_i131",
    "illustrative_response",
    "late_point_tiac",
    "late_points",
    "lesion_activity",
    "lesion_dose",
    "lesion_tia",
    "logit_linear",
    "marinelli_activity",
    "mean_energy",
    "measure_uptake",
    "mibg_second_activity",
    "mibg_whole_body",
    "mibg_whole_body_s_value",
    "population_half_life_h",
    "shrinkage_factor",
    "single_measurement",
    "single_point_tiac",
    "thyroid_mass_g",
    "thyroid_volume",
    "time_integral",
    "two_compartment",
    "uptake",
    "uptake_from_tracer",
]
