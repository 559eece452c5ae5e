"""From readings of activity meter and camera to activity: calibration and the corrections before dosimetry.

Activities are MBq, times seconds (acquisitions) or datetimes with a zone (clocks), rates counts per second, lengths
cm, volumes mL, energies keV. Formulas take floats, arrays or ``uncertainties`` numbers and return the same kind: make
a count with its Poisson uncertainty by :func:`counted`. What is suspicious but computable is computed and issues
:class:`mrtlab.PlausibilityWarning`.
"""

from mrtlab.calibration.camera import activity_from_counts, counted, sensitivity, sensitivity_from_factor, spect_factor
from mrtlab.calibration.ct import attenuation_per_cm, density_g_per_ml, mass_g, transmission, water_attenuation_per_cm
from mrtlab.calibration.dead_time import (
    DeadTimeFit,
    fit_dead_time,
    observed_rate,
    true_rate,
    two_source_dead_time,
)
from mrtlab.calibration.meter import acquisition_decay_factor, cross_calibration, net_activity
from mrtlab.calibration.partial_volume import RecoveryCurve, fit_recovery, partial_volume_corrected, recovery
from mrtlab.calibration.planar import (
    conjugate_view_activity,
    geometric_mean,
    source_thickness_factor,
    subtract_background,
)
from mrtlab.calibration.record import CAMERA_FILE, CameraCalibration, read_camera, write_camera
from mrtlab.calibration.scatter import (
    ENERGY_WINDOWS_KEV,
    dual_energy_window,
    scatter_in_peak,
    triple_energy_window,
    window_widths,
)

__all__ = [
    "CAMERA_FILE",
    "ENERGY_WINDOWS_KEV",
    "CameraCalibration",
    "DeadTimeFit",
    "RecoveryCurve",
    "acquisition_decay_factor",
    "activity_from_counts",
    "attenuation_per_cm",
    "conjugate_view_activity",
    "counted",
    "cross_calibration",
    "density_g_per_ml",
    "dual_energy_window",
    "fit_dead_time",
    "fit_recovery",
    "geometric_mean",
    "mass_g",
    "net_activity",
    "observed_rate",
    "partial_volume_corrected",
    "read_camera",
    "recovery",
    "scatter_in_peak",
    "sensitivity",
    "sensitivity_from_factor",
    "source_thickness_factor",
    "spect_factor",
    "subtract_background",
    "transmission",
    "triple_energy_window",
    "true_rate",
    "two_source_dead_time",
    "water_attenuation_per_cm",
    "window_widths",
    "write_camera",
]
