"""What the calibration page hands out: each section as a script of its own, and numbers as CSV."""

from __future__ import annotations

from mrtlab.apps.calibration.model import (
    CLOCKS,
    CPS_PER_MBQ,
    HEADS,
    OUTLINES,
    S_EXPONENT,
    SAMPLES,
    SPHERES,
    VOLUMES_ML,
    CalibrationPage,
    clock_time,
)

__all__ = ["budget", "meter", "rates", "recovery", "recovery_csv", "sensitivity", "source", "source_csv"]


def meter(model: CalibrationPage) -> str:
    """Net activity."""
    moments = [clock_time(getattr(model, name)) for name in CLOCKS]
    syringe, given, residual = (f"datetime(2026, 1, 12, {one.hour}, {one.minute}, tzinfo=utc)" for one in moments)
    return f"""from datetime import datetime, timezone
from mrtlab.calibration import net_activity

utc = timezone.utc
net_mbq = net_activity(
    {model.syringe_mbq!r}, {syringe},
    {model.residual_mbq!r}, {residual},
    {given}, {model.nuclide!r}, clock_offset_s={60 * model.ahead_min!r},
)
print(f"{{net_mbq:.5g}} MBq")"""


def sensitivity(model: CalibrationPage) -> str:
    """Planar with TEW, and SPECT."""
    return f"""from mrtlab.calibration import ENERGY_WINDOWS_KEV as windows
from mrtlab.calibration import sensitivity, sensitivity_from_factor, spect_factor
from mrtlab.calibration import triple_energy_window, window_widths

widths = window_widths(*(windows[f"Lu-177 {model.windows} {{name}}"] for name in ("peak", "lower", "upper")))
primary = triple_energy_window({model.peak!r}, {model.lower!r}, {model.upper!r}, *widths)
print(f"primary {{primary:.6g}}")
if primary.n > 0:
    print(f"planar {{sensitivity(primary, {model.duration_s!r}, {model.activity_mbq!r}):.4g}} cps/MBq")
factor = spect_factor({model.voxel_counts!r} / {HEADS}, {model.spect_s!r}, {model.concentration!r})
print(f"SPECT {{sensitivity_from_factor(factor, ({model.voxel_mm!r} / 10) ** 3):.4g}} cps/MBq")"""


def rates(model: CalibrationPage) -> str:
    """All true rates of one recorded rate."""
    return f"""from mrtlab import InputError
from mrtlab.calibration import true_rate

for model, branch in (
    ("paralysable", "principal"), ("paralysable", "upper"), ("nonparalysable", "principal"),
):
    try:
        rate = true_rate({1e3 * model.observed_kcps!r}, {model.dead_time_us!r} * 1e-6, model, branch)
        print(f"{{model}}, {{branch}}: {{rate / 1e3:.1f}} kcps")
    except InputError as none:
        print(f"{{model}}, {{branch}}: {{none}}")"""


def source(model: CalibrationPage) -> str:
    """The decaying source and its fit."""
    return f"""import numpy
from mrtlab.calibration import counted, fit_dead_time, observed_rate
from mrtlab.nuclides import nuclide

hours = 24 * {model.spacing_d!r} * numpy.arange({int(model.points)})
activity = 1000 * {model.start_gbq!r} * nuclide("Lu-177").decay_factor(hours)
expected = observed_rate({CPS_PER_MBQ!r} * activity, {model.dead_time_us!r} * 1e-6) * {model.seconds!r}
counts = numpy.random.default_rng({int(model.seed)}).poisson(expected).astype(float)
rates = counted(counts) / {model.seconds!r}
fit = fit_dead_time(activity, rates, {model.fitted!r}, window="208 keV")
print(f"{{1e6 * fit.dead_time_s.n:.3f}} ± {{1e6 * fit.dead_time_s.s:.3f}} µs, p {{fit.p_value}}")"""


def _curve(model: CalibrationPage) -> str:
    values = ", ".join(f"{getattr(model, name)!r}" for name in SPHERES)
    return f"""apparent_mbq = numpy.array([{values}])
volume_ml = numpy.pi / 6 * numpy.array([1.0, 1.3, 1.7, 2.2, 2.8, 3.7]) ** 3
recoveries = apparent_mbq / ({model.fill!r} * volume_ml)
curve = fit_recovery(volume_ml, recoveries, {model.spread_percent / 100!r} * recoveries)"""


def recovery(model: CalibrationPage) -> str:
    """The curve and the lesion."""
    return f"""import numpy
from uncertainties import ufloat
from mrtlab.calibration import fit_recovery, partial_volume_corrected

{_curve(model)}
apparent = ufloat({model.lesion_mbq!r}, {model.counts_percent / 100 * model.lesion_mbq!r})
print(f"{{partial_volume_corrected(apparent, curve({model.lesion_ml!r})):.4g}} MBq")"""


def budget(model: CalibrationPage) -> str:
    """Budget and Monte Carlo."""
    voxel_cm, fwhm_cm = OUTLINES[model.outline]
    return f"""import numpy
from mrtlab.calibration import fit_recovery
from mrtlab.uncertainty import dose_budget, dose_monte_carlo

{_curve(model)}
chain = ({model.lesion_ml!r}, {voxel_cm!r}, {fwhm_cm!r}, {model.fwhm_mm / 10!r}, curve,
         {model.q_percent / 100!r}, {model.fit_percent / 100!r}, {S_EXPONENT!r})
found = dose_budget(*chain)
print(f"{{100 * found.total_rel:.1f}} %", dict(found.shares))
low, high = dose_monte_carlo(*chain, n={SAMPLES}, seed=1).interval95
print(f"95 % {{low:.2f}} to {{high:.2f}}")"""


def source_csv(model: CalibrationPage) -> str:
    """Counts of the decaying source."""
    found = model.source()
    rows = (
        f"{hours:g},{mbq:.2f},{counts:.0f},{found.seconds:g}"
        for hours, mbq, counts in zip(found.hours, found.activity_mbq, found.counts, strict=True)
    )
    return "\n".join(["hours,activity_mbq,counts,seconds", *rows, ""])


def recovery_csv(model: CalibrationPage) -> str:
    """Recoveries of the six spheres."""
    found = model.recovery()
    rows = (
        f"{ml:.4f},{getattr(model, name):g},{value:.4f},{spread:.4f}"
        for ml, name, value, spread in zip(VOLUMES_ML, SPHERES, found.recoveries, found.sigma, strict=True)
    )
    return "\n".join(["volume_ml,apparent_mbq,recovery,u", *rows, ""])
