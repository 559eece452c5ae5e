"""The controls of the page on evidence and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import Choice, CodePanel, DataTable, Details, Figure, Group, Html, Page, Section, Text
from mrtlab.apps.evidence_reading import scripts, words
from mrtlab.apps.evidence_reading.model import QUESTIONS, RANGES
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "Layout"]

INPUTS = {"growth": ("factor", "percent"), "tables": ("shown",)}
_EXERCISE = (
    '<p>Then put both positions into words of your own: <a href="../exercises.ipynb?exercise=reading-evidence">the '
    "exercise with its list of points</a>.</p>"
)


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self.fields = {
            "factor": self._slider("factor", "Administrations, factor", "", 0.1),
            "percent": self._slider("percent", "More patients", "%", 5),
        }
        self.chosen = {"shown": Choice("Table", words.TABLES)}
        self._make_questions(QUESTIONS)
        self._make_results({"growth": "two numbers"})
        self.figure = Figure(words.draw, words.alt, words.numbers, axes=words.axes, height=360)
        self.table = DataTable((), caption="As published")
        self.ask = Text()
        self.remarks = DataTable(("Tissue", "As printed", "Source", "Remark"), caption="Remarks on these rows")
        self.answers = Details(words.REMARKS, [self.remarks])
        positions = DataTable(
            ("Asked of both", "One position", "The other"),
            words.POSITIONS,
            "Two positions on licensed use, in our words",
        )
        self.sections = {
            "growth": Section(
                "Can a factor of 4 and 80 % stand beside each other?",
                controls=[Group("Numbers", [self.fields["factor"], self.fields["percent"]])],
                figure=self.figure,
                under=[self.results["growth"], self.said_of["growth"], self.same["growth"]],
            ),
            "tables": Section(
                "What does a table on dose and outcome support?",
                under=[
                    self.chosen["shown"],
                    self.ask,
                    self.table,
                    self.answers,
                    Details("The same in code: tables", [CodePanel(scripts.tables())]),
                ],
            ),
        }
        self.page = Page(
            "Reading the evidence",
            [
                self.left_out,
                Section(
                    "Must doses be planned and verified where a drug is licensed?",
                    under=[Text(words.ARTICLE), positions, Text(words.LABEL), Html(_EXERCISE, kind="prose")],
                ),
                self._ask("both"),
                self.sections["growth"],
                self.sections["tables"],
                self.reset,
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("Across therapies", None), ("Evidence", None)],
            subtitle="40 min · level: judge · published numbers, with what was only recalled marked",
            units="Gy · GBq",
            foot=False,
        )
