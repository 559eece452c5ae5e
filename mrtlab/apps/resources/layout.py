"""The controls of the resource worksheet and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    Choice,
    DataTable,
    Details,
    Download,
    Figure,
    Group,
    Note,
    NumberField,
    Page,
    Progress,
    Row,
    Section,
    Text,
)
from mrtlab.apps.resources import words
from mrtlab.apps.resources.model import QUESTIONS, RANGES, TIMES
from mrtlab.apps.sections import SectionsLayout, whole

__all__ = ["INPUTS", "Layout"]

INPUTS = {"precision": ("population", "patients", "number"), "cost": ("population", "patients", "number", *TIMES)}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self.figures = {
            "precision": Figure(
                words.precision_draw, words.precision_alt, words.numbers, axes=words.precision_axes, height=400
            ),
            "cost": Figure(words.cost_draw, words.cost_alt, words.numbers, axes=words.cost_axes, height=400),
        }
        self._make_results({"precision": "precision", "cost": "minutes and visits"})
        self.measure = Button("Measure the virtual patients", primary=True, on_click=lambda _: self._measure())
        self.progress = Progress("Virtual patients")
        self.table = DataTable(words.COLUMNS, caption="Protocols: what they cost and what they buy")
        self.unpriced = Note()
        self.download = Download("Download the worksheet as CSV", "resources.csv", self._csv, "text/csv")
        self.download_comma = Download(
            "The same with decimal commas", "resources_semicolon.csv", lambda: self._csv(True), "text/csv"
        )
        self._make_page()

    @staticmethod
    def _local(name, label, unit, **more):
        low, high = RANGES[name]
        return NumberField(label, unit, required=False, minimum=low, maximum=high, **more)

    def _make_fields(self):
        self.fields = {
            "patients": self._slider("patients", "Virtual patients", "", 10),
            "number": self._number(
                "number", "Number of the cohort", "", check=whole, help="another cohort, same truth"
            ),
            "scanner_min": self._local("scanner_min", "Scanner, each scan", "min"),
            "contact_min": self._local("contact_min", "Staff with the patient, each scan", "min", help="all persons"),
            "evaluation_min": self._local("evaluation_min", "Staff to evaluate a scan", "min"),
            "report_min": self._local("report_min", "Staff once: fit, dose, report", "min"),
            "stay_h": self._local("stay_h", "The patient stays anyway for", "h", help="later scans are visits"),
            "cycles": self._local("cycles", "Cycles a year", ""),
        }
        self.chosen = {"population": Choice("Population (illustrative)", words.POPULATION)}

    def _make_page(self):
        fields = self.fields
        self.sections = {
            "precision": Section(
                "How far off may each protocol be?",
                controls=[
                    Group("Population", [self.chosen["population"], fields["patients"], fields["number"]]),
                    self.measure,
                    self.progress,
                ],
                figure=self.figures["precision"],
                under=[
                    self.results["precision"],
                    self.said_of["precision"],
                    self.same["precision"],
                ],
            ),
            "cost": Section(
                "What does it cost where you work?",
                controls=[
                    Group(
                        "Your own times",
                        [fields[name] for name in ("scanner_min", "contact_min", "evaluation_min", "report_min")],
                    ),
                    Details("More: stay, cycles a year", [fields["stay_h"], fields["cycles"]]),
                ],
                figure=self.figures["cost"],
                under=[
                    self.unpriced,
                    self.results["cost"],
                    self.said_of["cost"],
                    self.table,
                    Row([self.download, self.download_comma]),
                    self.same["cost"],
                ],
            ),
        }
        self.page = Page(
            "What does one more scan cost, and what does it buy?",
            [
                self.left_out,
                self._ask("gain"),
                self.sections["precision"],
                self.sections["cost"],
                Text("Empty fields stay empty: a time that nobody measured is not zero."),
                self.reset,
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("Across therapies", None), ("Resources", None)],
            subtitle="35 min · level: judge · virtual patients (illustrative), your own times",
            units="min · h",
            foot=False,
        )
