"""From absorbed dose to effect: protraction and repair, non-uniform dose, tumour control, complications.

Doses are Gy, times hours, rates per hour. Formulas take floats, arrays or ``uncertainties`` numbers and return the same
kind. No parameter has a default: :data:`TISSUES` lists some, each with its certainty, and none of them was measured in
the patient at hand.
"""

from mrtlab.radiobiology.dose_response import (
    Bootstrap,
    DilutionCorrected,
    DoseResponse,
    fit_dose_response,
)
from mrtlab.radiobiology.effect import log_logistic, ntcp_lkb, ntcp_logistic, tcp_d50, tcp_poisson
from mrtlab.radiobiology.lq import (
    bed,
    bed_range,
    bed_total,
    bed_with_repopulation,
    dose_from_bed,
    effective_treatment_time_h,
    eqd2,
    lea_catcheside,
    lea_catcheside_curve,
)
from mrtlab.radiobiology.nonuniform import eubed, eud, geud
from mrtlab.radiobiology.simulate import SimulatedOutcomes, simulated_outcomes
from mrtlab.radiobiology.tissues import TISSUES, TissueParameters

__all__ = [
    "TISSUES",
    "Bootstrap",
    "DilutionCorrected",
    "DoseResponse",
    "SimulatedOutcomes",
    "TissueParameters",
    "bed",
    "bed_range",
    "bed_total",
    "bed_with_repopulation",
    "dose_from_bed",
    "effective_treatment_time_h",
    "eqd2",
    "eubed",
    "eud",
    "fit_dose_response",
    "geud",
    "lea_catcheside",
    "lea_catcheside_curve",
    "log_logistic",
    "ntcp_lkb",
    "ntcp_logistic",
    "simulated_outcomes",
    "tcp_d50",
    "tcp_poisson",
]
