"""What the calibration page knows and computes, without any widget."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import traitlets as t
from uncertainties import ufloat

from mrtlab import _check, calibration
from mrtlab.apps.calibration.found import Decay, Meter, Rates, Recovered, Sensitivity, Shares
from mrtlab.apps.sections import SectionsModel, heard, within
from mrtlab.constants import value as constant
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.uncertainty import dose_budget, dose_monte_carlo

__all__ = ["CHOICES", "CLOCKS", "QUESTIONS", "RANGES", "RIGHT", "CalibrationPage"]

CPS_PER_MBQ = constant("calibration.example_cps_per_mbq")  # of the camera before which the source decays
HEADS = 2
_SYMBIA_US = round(1e6 * constant("calibration.lu177_208_dead_time_s"), 6)
SAMPLES = 50_000
S_EXPONENT = constant("uncertainty.example_s_exponent")
DIAMETERS_CM = (1.0, 1.3, 1.7, 2.2, 2.8, 3.7)  # calibration.nema_spheres
VOLUMES_ML = np.pi / 6 * np.array(DIAMETERS_CM) ** 3
#: Voxel and resolution, cm.
OUTLINES = {
    "ct": (constant("calibration.example_ct_voxel_cm"), constant("calibration.example_ct_fwhm_cm")),
    "spect": (constant("calibration.example_spect_voxel_cm"), constant("calibration.example_spect_fwhm_cm")),
}
SPHERES = ("sphere1_mbq", "sphere2_mbq", "sphere3_mbq", "sphere4_mbq", "sphere5_mbq", "sphere6_mbq")
RANGES = {
    "syringe_mbq": (1.0, 20000.0),
    "residual_mbq": (0.0, 20000.0),
    "ahead_min": (-120.0, 120.0),
    "peak": (0.0, 1e8),
    "lower": (0.0, 1e8),
    "upper": (0.0, 1e8),
    "activity_mbq": (0.1, 10000.0),
    "duration_s": (1.0, 7200.0),
    "voxel_counts": (0.1, 1e6),
    "spect_s": (1.0, 7200.0),
    "concentration": (0.001, 100.0),
    "voxel_mm": (1.0, 10.0),
    "dead_time_us": (0.5, 20.0),
    "observed_kcps": (1.0, 150.0),
    "start_gbq": (0.2, 20.0),
    "spacing_d": (0.5, 10.0),
    "points": (3.0, 20.0),
    "seconds": (5.0, 600.0),
    "seed": (1.0, 999.0),
    "fill": (0.01, 100.0),
    "spread_percent": (0.5, 20.0),
    "lesion_ml": (0.3, 200.0),
    "lesion_mbq": (0.01, 5000.0),
    "counts_percent": (0.0, 30.0),
    **dict.fromkeys(SPHERES, (0.001, 1000.0)),
    "q_percent": (0.0, 20.0),
    "fit_percent": (0.0, 40.0),
    "fwhm_mm": (4.0, 20.0),
}
_WHOLE = ("points", "seed", "peak", "lower", "upper")
CHOICES = {
    "nuclide": ("Lu-177", "I-131", "Y-90", "Ho-166", "Tc-99m"),
    "windows": ("208", "113"),
    "fitted": ("paralysable", "nonparalysable"),
    "outline": ("ct", "spect"),
}
CLOCKS = ("syringe_at", "administered_at", "residual_at")
QUESTIONS = {
    "clock": ("tenth", "one", "ten"),
    "rate": ("doubles", "rises", "falls"),
    "covariance": ("smaller", "same", "larger"),
}
RIGHT = {"clock": "one", "rate": "falls", "covariance": "larger"}
_MINUTES = re.compile(r"\s*(\d{1,2})\s*[:.h]\s*(\d{2})\s*")


def clock_time(text: str) -> datetime:
    """A clock time such as 08:25, on a day that does not matter.

    Raises
    ------
    InputError
        For anything else.
    """
    found = _MINUTES.fullmatch(text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise InputError(f"{text!r} is no clock time; write hours and minutes as in 08:25")
    return datetime(2026, 1, 12, int(found[1]), int(found[2]), tzinfo=UTC)


class CalibrationPage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`; defaults illustrative."""

    syringe_mbq, residual_mbq, ahead_min = t.Float(7550.0), t.Float(92.0), t.Float(0.0)
    syringe_at, administered_at, residual_at = t.Unicode("08:25"), t.Unicode("10:25"), t.Unicode("10:50")
    nuclide = t.Unicode("Lu-177")
    peak, lower, upper = t.Float(182000.0), t.Float(61000.0), t.Float(9800.0)
    activity_mbq, duration_s, windows = t.Float(50.0), t.Float(300.0), t.Unicode("208")
    voxel_counts, spect_s, concentration, voxel_mm = t.Float(118.0), t.Float(600.0), t.Float(0.1), t.Float(4.8)
    dead_time_us, observed_kcps = t.Float(_SYMBIA_US), t.Float(60.0)
    start_gbq, spacing_d, points, seconds, seed = t.Float(9.0), t.Float(3.0), t.Float(8.0), t.Float(60.0), t.Float(1.0)
    fitted = t.Unicode("paralysable")
    fill, spread_percent = t.Float(0.5), t.Float(3.0)
    sphere1_mbq, sphere2_mbq, sphere3_mbq = t.Float(0.066), t.Float(0.235), t.Float(0.80)
    sphere4_mbq, sphere5_mbq, sphere6_mbq = t.Float(2.13), t.Float(5.12), t.Float(12.4)
    lesion_ml, lesion_mbq, counts_percent = t.Float(8.0), t.Float(20.0), t.Float(2.0)
    q_percent, fit_percent, fwhm_mm, outline = t.Float(4.0), t.Float(5.0), t.Float(10.0), t.Unicode("ct")

    INPUTS = (*RANGES, *CHOICES, *CLOCKS)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    @t.validate(*CHOICES)
    def _offered(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        if value not in CHOICES[name]:
            raise InputError(f"{name} must be one of {', '.join(CHOICES[name])}, got {value!r}")
        return value

    @t.validate(*CLOCKS)
    def _clock(self, proposal):
        clock_time(proposal["value"])
        return proposal["value"]

    # ---- the sections

    def meter(self) -> Meter:
        """Net activity at the administration, and the cost of slips."""
        syringe_at, there, residual_at = (clock_time(getattr(self, name)) for name in CLOCKS)
        offset = 60 * self.ahead_min

        def net(syringe_at=syringe_at, residual=self.residual_mbq, residual_at=residual_at, offset=offset):
            return calibration.net_activity(
                self.syringe_mbq, syringe_at, residual, residual_at, there, self.nuclide, clock_offset_s=offset
            )

        def slip(**changed):
            try:
                return float(heard(lambda: net(**changed))[0] / right - 1)
            except InputError:
                return None

        right, said = heard(net)
        full, _ = heard(lambda: net(residual=None, residual_at=None))
        slips = (
            ("no decay correction at all", slip(syringe_at=there, residual_at=there, offset=0.0)),
            ("meter clock one hour ahead, unnoticed", slip(offset=offset - 3600)),
            ("clock difference you gave, ignored", slip(offset=0.0)),
            ("residual not subtracted", slip(residual=None, residual_at=None)),
            ("syringe dated one day too early", slip(syringe_at=syringe_at - timedelta(days=1))),
        )
        half_life_h = find_nuclide(self.nuclide).half_life_h
        clocks = tuple(getattr(self, name) for name in CLOCKS)
        return Meter(float(right), float(full), float(full - right), slips, self.nuclide, half_life_h, clocks, said)

    def sensitivity(self) -> Sensitivity:
        """Planar with scatter correction, and SPECT, both of one head."""
        names = [f"Lu-177 {self.windows} {place}" for place in ("lower", "peak", "upper")]
        lower, peak, upper = (calibration.ENERGY_WINDOWS_KEV[name] for name in names)
        widths = calibration.window_widths(peak, lower, upper)
        primary, said = heard(lambda: calibration.triple_energy_window(self.peak, self.lower, self.upper, *widths))
        scatter = calibration.scatter_in_peak(calibration.counted(self.lower), calibration.counted(self.upper), *widths)
        known = (self.duration_s, self.activity_mbq)
        factor = calibration.spect_factor(self.voxel_counts / HEADS, self.spect_s, self.concentration)
        return Sensitivity(
            (lower, peak, upper),
            (self.lower, self.peak, self.upper),
            primary,
            scatter,
            calibration.sensitivity(primary, *known) if primary.n > 0 else None,
            calibration.sensitivity(calibration.counted(self.peak), *known) if self.peak > 0 else None,
            float(calibration.sensitivity_from_factor(factor, (self.voxel_mm / 10) ** 3)),
            float(factor),
            said,
        )

    def rates(self) -> Rates:
        """Both models, and the true rates that one recorded rate belongs to."""
        tau, observed = self.dead_time_us * 1e-6, 1e3 * self.observed_kcps

        def true(*model):
            try:
                return heard(lambda: float(calibration.true_rate(observed, tau, *model)))
            except InputError:
                return None, ()

        below, said = true()
        above, other = true("paralysable", "upper")[0], true("nonparalysable")[0]
        top = float(calibration.observed_rate(1 / tau, tau))
        far = max(3.0 / tau, 1.15 * (above or 0.0))
        grid = np.linspace(0, far, 121)
        models = [calibration.observed_rate(grid, tau, model) for model in CHOICES["fitted"]]
        return Rates(grid, *models, observed, tau, below, above, other, top, said)

    def source(self) -> Decay:
        """The simulated counts of a decaying source (a paralysable camera), before any fit."""
        hours = 24 * self.spacing_d * np.arange(int(self.points))
        activity = 1000 * self.start_gbq * find_nuclide("Lu-177").decay_factor(hours)
        tau = self.dead_time_us * 1e-6
        expected = calibration.observed_rate(CPS_PER_MBQ * activity, tau) * self.seconds
        counts = np.random.default_rng(int(self.seed)).poisson(expected).astype(float)
        observed = calibration.counted(counts) / self.seconds
        grid = np.linspace(0, activity.max(), 80)
        return Decay(hours, activity, counts, observed, self.seconds, self.fitted, None, "", grid, None, tau)

    def fit_source(self, found: Decay) -> Decay:
        """The fit of the dead time."""
        try:
            fit = calibration.fit_dead_time(found.activity_mbq, found.observed, found.model, window="208 keV")
        except InputError as problem:
            return replace(found, problem=str(problem))
        true = fit.sensitivity_cps_per_mbq.n * found.grid_mbq
        return replace(found, fit=fit, curve=calibration.observed_rate(true, fit.dead_time_s.n, found.model))

    def _spheres(self):
        """Recoveries, their uncertainties, and the curve through them."""
        recoveries = np.array([getattr(self, name) for name in SPHERES]) / (self.fill * VOLUMES_ML)
        sigma = self.spread_percent / 100 * recoveries
        return recoveries, sigma, calibration.fit_recovery(VOLUMES_ML, recoveries, sigma)

    def recovery(self) -> Recovered:
        """Fit to the spheres, and the activity of a lesion."""
        recoveries, sigma, curve = self._spheres()
        grid = np.geomspace(0.3, 200, 60)
        band, _ = heard(lambda: curve(grid))
        coefficient, said = heard(lambda: curve(self.lesion_ml))
        spread = self.counts_percent / 100 * self.lesion_mbq
        apparent = ufloat(self.lesion_mbq, spread) if spread else _check.exact(self.lesion_mbq)
        corrected, unlinked, problem = None, None, ""
        try:
            corrected, more = heard(lambda: calibration.partial_volume_corrected(apparent, coefficient))
            said = (*said, *more)
            loose = (ufloat(item.n, item.s) for item in (curve.b1_ml, curve.b2))
            unlinked, _ = heard(
                lambda: calibration.partial_volume_corrected(apparent, calibration.recovery(self.lesion_ml, *loose))
            )
        except InputError as error:
            problem = str(error)
        return Recovered(
            VOLUMES_ML,
            recoveries,
            sigma,
            curve,
            grid,
            np.array([item.n for item in band]),
            np.array([item.s for item in band]),
            self.lesion_ml,
            coefficient,
            apparent,
            corrected,
            unlinked,
            said,
            problem,
        )

    def _chain(self, curve):
        voxel_cm, fwhm_cm = OUTLINES[self.outline]
        shares = (self.q_percent / 100, self.fit_percent / 100)
        return self.lesion_ml, voxel_cm, fwhm_cm, self.fwhm_mm / 10, curve, *shares, S_EXPONENT

    def shares(self) -> Shares:
        """The linear budget."""
        chain = self._chain(self._spheres()[-1])
        return Shares(dose_budget(*chain), None, self.lesion_ml, chain)

    def sampled(self, found: Shares) -> Shares:
        """The same by Monte Carlo."""
        return replace(found, samples=dose_monte_carlo(*found.chain, n=SAMPLES, seed=1))
