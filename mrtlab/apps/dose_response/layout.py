"""The controls of the dose-response page and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    Choice,
    DataTable,
    Details,
    Download,
    Figure,
    Flags,
    Group,
    Page,
    Progress,
    Row,
    Section,
    Text,
)
from mrtlab.apps.dose_response import cohort_words, scripts, window_words, words
from mrtlab.apps.dose_response.model import QUESTIONS, RANGES
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "QUESTION", "Layout"]

#: The inputs that each section depends on, and the prediction that it waits for.
INPUTS = {
    "bed": ("total_gy", "cycles", "half_life_h", "repair_h"),
    "window": ("plan_gy", "per_kidney", "curves", "spread_percent"),
    "fit": ("patients", "error_percent", "between", "seed"),
    "cohort": ("rule", "limit_gy", "cohort"),
    "plan": ("target_gy", "estimate_percent", "cap_gbq", "limit_gy", "cohort"),
}
QUESTION = {"bed": "cycles", "window": "window", "fit": "slope", "cohort": "r2", "plan": "plan"}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self.figures = {
            "bed": Figure(words.bed_draw, words.bed_alt, words.bed_numbers, axes=words.bed_axes, height=380),
            "window": Figure(
                window_words.draw, window_words.alt, window_words.numbers, axes=window_words.axes, height=440
            ),
            "fit": Figure(words.fit_draw, words.fit_alt, words.fit_numbers, axes=words.fit_axes, height=420),
            "cohort": Figure(
                cohort_words.registry_draw,
                cohort_words.registry_alt,
                cohort_words.registry_numbers,
                axes=cohort_words.registry_axes,
                height=400,
            ),
            "plan": Figure(
                cohort_words.plan_draw,
                cohort_words.plan_alt,
                cohort_words.plan_numbers,
                axes=cohort_words.plan_axes,
                height=420,
            ),
        }
        self.flags = Flags()
        self._make_results({"bed": "BED", "window": "window", "fit": "fit", "cohort": "r²", "plan": "plan"})
        self.parameters = DataTable(window_words.PARAMETERS, caption="Drawn log-normally, 2000 times")
        self.drawn_from = Details("What the parameters are, and how far they can be trusted", [self.parameters])
        self.download = Download(
            "Download the lesions as CSV",
            "lesions.csv",
            lambda: scripts.lesions_csv(self.model).encode("utf-8"),
            "text/csv",
        )
        self.download_plans = Download(
            "Download the patients as CSV",
            "fixed_and_planned.csv",
            lambda: scripts.cohort_csv(self.model).encode("utf-8"),
            "text/csv",
        )
        self.resample = Button("Resample lesions, and patients", on_click=lambda _: self._bootstrap())
        self.progress = Progress("Resampling")
        self.table = DataTable(
            ("Resampled", "D50, 95 %", "Slope γ50, 95 %", "Without estimate"), caption="400 bootstrap samples each"
        )
        self.table.layout.display = "none"
        self.draw = Button("Draw 100 virtual patients", on_click=lambda _: self._draw())
        self.drawing = Progress("Virtual patients")
        self.strategies = DataTable(cohort_words.STRATEGIES, caption="Both strategies in the same patients")
        self._make_page()

    def _make_fields(self):
        self.fields = {
            "total_gy": self._number("total_gy", "Total kidney dose", "Gy"),
            "cycles": self._slider("cycles", "Cycles", "", 1),
            "half_life_h": self._slider("half_life_h", "Effective half-life", "h", 1),
            "repair_h": self._slider("repair_h", "Repair half-time", "h", 0.1, help="kidney 2.8 h (recalled)"),
            "plan_gy": self._slider("plan_gy", "Kidney dose of the plan", "Gy", 1),
            "per_kidney": self._slider("per_kidney", "Tumour dose per kidney dose", "", 0.25),
            "spread_percent": self._slider("spread_percent", "Uncertainty of α, D50 and TD50", "%", 2.5),
            "patients": self._slider("patients", "Patients, three lesions each", "", 5),
            "error_percent": self._slider("error_percent", "Error of each dose", "%", 5),
            "between": self._slider("between", "Difference between patients", "", 0.25, help="sd on the logit scale"),
            "seed": self._slider("seed", "Cohort number", "", 1, help="another cohort, same truth"),
            "limit_gy": self._number("limit_gy", "Limit of the kidney dose", "Gy", help="external beam, recalled"),
            "cohort": self._number("cohort", "Number of the virtual cohort", "", check=words.whole),
            "target_gy": self._slider("target_gy", "Planned kidney dose", "Gy", 1),
            "estimate_percent": self._slider("estimate_percent", "Error of each estimate", "%", 5),
            "cap_gbq": self._slider("cap_gbq", "Largest activity", "GBq", 0.1),
        }
        self.chosen = {
            "curves": Choice("Curves of tumour and kidneys", window_words.CURVES),
            "rule": Choice("How the activity is set", cohort_words.RULES),
        }

    def _make_page(self):
        fields, figures, results, said = self.fields, self.figures, self.results, self.said_of
        self.sections = {
            "bed": Section(
                "What do cycles and repair do to the same dose?",
                controls=[
                    Group("Measurement", [fields[name] for name in ("total_gy", "cycles", "half_life_h")]),
                    Group("Parameters", [fields["repair_h"]]),
                ],
                figure=figures["bed"],
                under=[results["bed"], self.same["bed"]],
            ),
            "window": Section(
                "How sure is the therapeutic window?",
                controls=[
                    Group("Plan", [fields["plan_gy"], fields["per_kidney"]]),
                    Group("Model", [self.chosen["curves"]]),
                    Group("Parameters", [fields["spread_percent"]]),
                ],
                figure=figures["window"],
                under=[results["window"], said["window"], self.drawn_from, self.same["window"]],
            ),
            "fit": Section(
                "What does a curve from few patients tell?",
                controls=[Group("Simulated cohort (illustrative)", [fields[name] for name in INPUTS["fit"]])],
                figure=figures["fit"],
                under=[
                    results["fit"],
                    said["fit"],
                    self.flags,
                    Text(
                        "Lesions of one patient respond together. Draw whole patients, then: the interval is wider on "
                        "average, not in every cohort."
                    ),
                    Row([self.resample, self.download]),
                    self.progress,
                    self.table,
                    self.same["fit"],
                ],
            ),
            "cohort": Section(
                "How much of the dose does an activity tell?",
                controls=[
                    Group("Virtual cohort (illustrative)", [fields["cohort"], self.chosen["rule"]]),
                    Group("View", [fields["limit_gy"]]),
                ],
                figure=figures["cohort"],
                under=[
                    self.draw,
                    self.drawing,
                    results["cohort"],
                    said["cohort"],
                    self.same["cohort"],
                ],
            ),
            "plan": Section(
                "Who is over- and under-treated, by a fixed activity and by a plan?",
                controls=[
                    Group("Plan", [fields[name] for name in ("target_gy", "estimate_percent", "cap_gbq")]),
                    Text("Cohort and limit are those of the section above."),
                ],
                figure=figures["plan"],
                under=[
                    results["plan"],
                    self.strategies,
                    said["plan"],
                    self.download_plans,
                    self.same["plan"],
                ],
            ),
        }
        children = [self.left_out]
        for name, section in self.sections.items():
            children += [self._ask(QUESTION[name]), section]
        self.page = Page(
            "From dose to response",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Dose–response", None)],
            subtitle="45 min · level: judge · recalled parameters, illustrative curves, virtual patients",
            units="MBq · h · Gy",
            foot=False,
        )
