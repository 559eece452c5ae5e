"""The controls of the calibration page and where they stand."""

from __future__ import annotations

from mrtlab.apps.calibration import pictures, scripts, words
from mrtlab.apps.calibration.model import (
    CLOCKS,
    DIAMETERS_CM,
    OUTLINES,
    QUESTIONS,
    RANGES,
    S_EXPONENT,
    SPHERES,
)
from mrtlab.apps.controls import (
    Choice,
    Details,
    Download,
    Figure,
    Flags,
    Group,
    Page,
    Row,
    Section,
    Text,
    TextField,
)
from mrtlab.apps.sections import SectionsLayout, whole

__all__ = ["INPUTS", "QUESTION", "Layout"]

_LESION = ("fill", "spread_percent", "lesion_ml", *SPHERES)
#: The inputs that each section depends on, and the prediction that some wait for.
INPUTS = {
    "meter": ("syringe_mbq", "residual_mbq", "ahead_min", "nuclide", *CLOCKS),
    "sensitivity": (
        *("peak", "lower", "upper", "activity_mbq", "duration_s", "windows"),
        *("voxel_counts", "spect_s", "concentration", "voxel_mm"),
    ),
    "rates": ("dead_time_us", "observed_kcps"),
    "source": ("fitted", "start_gbq", "spacing_d", "seed", "points", "seconds", "dead_time_us"),
    "recovery": (*_LESION, "lesion_mbq", "counts_percent"),
    "shares": (*_LESION, "q_percent", "fit_percent", "fwhm_mm", "outline"),
}
QUESTION = {"meter": "clock", "rates": "rate", "shares": "covariance"}
_TITLES = {
    "meter": "net activity",
    "sensitivity": "sensitivity",
    "rates": "true rates",
    "source": "fit of the dead time",
    "recovery": "recovery",
    "shares": "budget",
}


def _outlines() -> str:
    """Voxel and resolution of both images."""
    (ct, sharp), (spect, blurred) = ((f"{10 * one:g}" for one in OUTLINES[name]) for name in ("ct", "spect"))
    return f"voxel {ct} or {spect} mm, resolution {sharp} or {blurred} mm"


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        parts = {
            "meter": (pictures.meter_draw, words.meter_alt, words.meter_numbers, pictures.meter_axes, 300),
            "sensitivity": (
                *(pictures.sensitivity_draw, words.sensitivity_alt, words.sensitivity_numbers),
                *(pictures.sensitivity_axes, 380),
            ),
            "rates": (pictures.rates_draw, words.rates_alt, words.rates_numbers, pictures.rates_axes, 400),
            "source": (pictures.source_draw, words.source_alt, words.source_numbers, pictures.source_axes, 440),
            "recovery": (
                *(pictures.recovery_draw, words.recovery_alt, words.recovery_numbers),
                *(pictures.recovery_axes, 400),
            ),
            "shares": (pictures.shares_draw, words.shares_alt, words.shares_numbers, pictures.shares_axes, 360),
        }
        self.figures = {
            name: Figure(draw, alt, table, axes=axes, height=height)
            for name, (draw, alt, table, axes, height) in parts.items()
        }
        self.flags = {name: Flags() for name in INPUTS}
        self._make_results(_TITLES)
        self.downloads = {
            name: Download(text, file, lambda make=make: make(self.model).encode("utf-8"), "text/csv")
            for name, text, file, make in (
                ("source", "Download the counts as CSV", "decaying_source.csv", scripts.source_csv),
                ("recovery", "Download the recoveries as CSV", "recoveries.csv", scripts.recovery_csv),
            )
        }
        self._make_page()

    def _make_fields(self):
        self.fields = {
            "syringe_mbq": self._number("syringe_mbq", "Reading of the syringe", "MBq"),
            "residual_mbq": self._number("residual_mbq", "Reading of the residual", "MBq"),
            "ahead_min": self._slider("ahead_min", "Meter clock is ahead by", "min", 1, help="negative: it is behind"),
            "peak": self._number("peak", "Counts in the peak", "", check=whole),
            "lower": self._number("lower", "Counts in the lower window", "", check=whole),
            "upper": self._number("upper", "Counts in the upper window", "", check=whole),
            "activity_mbq": self._number("activity_mbq", "Activity at mid-scan", "MBq"),
            "duration_s": self._number("duration_s", "Duration of the planar scan", "s"),
            "voxel_counts": self._number("voxel_counts", "Mean counts per voxel, both heads", ""),
            "spect_s": self._number("spect_s", "Duration of the SPECT, one head", "s"),
            "concentration": self._number("concentration", "True concentration in the cylinder", "MBq/mL"),
            "voxel_mm": self._number("voxel_mm", "Voxel edge", "mm"),
            "dead_time_us": self._slider(
                "dead_time_us", "Dead time", "µs", 0.1, help="4.6 µs: published for a Symbia T, 208 keV primary photons"
            ),
            "observed_kcps": self._slider("observed_kcps", "Recorded rate", "kcps", 1),
            "start_gbq": self._slider("start_gbq", "Activity at the start", "GBq", 0.2),
            "spacing_d": self._slider("spacing_d", "Days between measurements", "d", 0.5),
            "points": self._slider("points", "Measurements", "", 1, check=whole),
            "seconds": self._slider("seconds", "Counting time of each", "s", 5),
            "seed": self._slider("seed", "Noise number", "", 1, help="other noise, same camera", check=whole),
            "fill": self._number("fill", "Fill of the spheres", "MBq/mL"),
            "spread_percent": self._slider("spread_percent", "Uncertainty of each recovery", "%", 0.5),
            "lesion_ml": self._slider("lesion_ml", "Volume of the lesion", "mL", 0.1),
            "lesion_mbq": self._number("lesion_mbq", "Apparent activity of the lesion", "MBq"),
            "counts_percent": self._slider("counts_percent", "Uncertainty of the apparent activity", "%", 0.5),
            "q_percent": self._slider("q_percent", "Uncertainty of the sensitivity", "%", 0.5),
            "fit_percent": self._slider("fit_percent", "Uncertainty of the time–activity fit", "%", 1),
            "fwhm_mm": self._slider("fwhm_mm", "Resolution of the SPECT", "mm", 0.5),
        }
        for name, diameter in zip(SPHERES, DIAMETERS_CM, strict=True):
            self.fields[name] = self._number(name, f"Apparent activity, sphere of {10 * diameter:.0f} mm", "MBq")
        self.clocks = {
            "syringe_at": TextField("Syringe read at", help="clock of the meter, as in 08:25"),
            "administered_at": TextField("Injected at", help="clock of the ward and camera"),
            "residual_at": TextField("Residual read at", help="clock of the meter"),
        }
        self.chosen = {
            "nuclide": Choice("Nuclide", ["Lu-177", "I-131", "Y-90", "Ho-166", "Tc-99m"]),
            "windows": Choice("Energy windows", [("Lu-177, 208 keV", "208"), ("Lu-177, 113 keV", "113")]),
            "fitted": Choice(
                "Model that is fitted",
                [("paralysable", "paralysable"), ("non-paralysable", "nonparalysable")],
            ),
            "outline": Choice("Outlined on", [("CT", "ct"), ("SPECT", "spect")], help=_outlines()),
        }

    def _make_page(self):
        fields, chosen = self.fields, self.chosen

        def some(*names):
            return [fields[name] if name in fields else chosen[name] for name in names]

        def section(name, question, controls):
            under = [self.results[name], self.said_of[name], self.flags[name], self.same[name]]
            if name in self.downloads:
                under.insert(3, Row([self.downloads[name]]))
            return Section(question, controls=controls, figure=self.figures[name], under=under)

        self.sections = {
            "meter": section(
                "meter",
                "How much activity reached the patient?",
                [
                    Group("Measurement (illustrative)", some("syringe_mbq", "residual_mbq")),
                    Group("Parameters", some("nuclide", "ahead_min")),
                    Details("More: the three clock times", list(self.clocks.values())),
                ],
            ),
            "sensitivity": section(
                "sensitivity",
                "How many counts is a megabecquerel?",
                [
                    Group("Measurement (illustrative)", some("lower", "peak", "upper")),
                    Group("Known source (illustrative)", some("activity_mbq")),
                    Details("More: windows and duration", some("windows", "duration_s")),
                    Details("More: the SPECT cylinder", some("voxel_counts", "spect_s", "concentration", "voxel_mm")),
                ],
            ),
            "rates": section(
                "rates",
                "Which true rate belongs to a recorded one?",
                [Group("Measurement", some("observed_kcps")), Group("Parameters", some("dead_time_us"))],
            ),
            "source": section(
                "source",
                "What does a decaying source tell of the dead time?",
                [
                    Group("Measurement (simulated)", some("start_gbq", "spacing_d", "seed")),
                    Group("Model", some("fitted")),
                    Details("More: measurements", some("points", "seconds")),
                ],
            ),
            "recovery": section(
                "recovery",
                "How much of a small lesion does the camera show?",
                [
                    Group("Spheres (illustrative)", some("fill", "spread_percent")),
                    Group("Lesion (illustrative)", some("lesion_ml", "lesion_mbq")),
                    Details(
                        "More: the six spheres", ["Diameters of the NEMA body phantom (recalled).", *some(*SPHERES)]
                    ),
                    Details("More: noise of the lesion", some("counts_percent")),
                ],
            ),
            "shares": section(
                "shares",
                "Where does the uncertainty of the lesion's dose come from?",
                [
                    Group("Measurement (illustrative)", some("outline", "fwhm_mm")),
                    Group("Parameters (illustrative)", some("q_percent", "fit_percent")),
                    Text(
                        "Volume and recovery curve are those of the section above. "
                        f"S goes with V^{{−{S_EXPONENT:g}}} (illustrative)."
                    ),
                ],
            ),
        }
        parts = []
        for name, one in self.sections.items():
            if name in QUESTION:
                parts.append(self._ask(QUESTION[name]))
            parts.append(one)
        self.page = Page(
            "From counts to activity",
            [self.left_out, *parts, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Calibration", None)],
            subtitle="40 min · level: apply · illustrative readings, simulated source",
            units="MBq · s · mL · cps/MBq",
            foot=False,
        )
