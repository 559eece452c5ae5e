"""The controls of the page of the data set and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Download,
    Figure,
    Flags,
    Group,
    Page,
    Result,
    Row,
    Section,
    Text,
)
from mrtlab.apps.registry import scripts, words
from mrtlab.apps.registry.model import CENTRES, QUESTIONS
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "Layout"]

INPUTS = {"files": ("centre",), "merged": ("marks", "taken"), "own": ()}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = {}  # noqa: RUF012
    words = words

    def _make(self):
        self.fields = {}
        self.chosen = {
            "centre": Choice("File of", [(f"centre {centre}", centre) for centre in CENTRES]),
            "taken": Choice("What goes in", words.TAKEN),
        }
        self._make_questions(QUESTIONS)
        self._make_results({"merged": "merging"})
        self.file = DataTable(words.COLUMNS, caption="Rows as the centre sent them")
        self.raw = CodePanel(label="First lines of the file")
        self.row = Choice("Row", words.row_options("A"))
        self.kind = Choice("What is wrong with it?", words.kind_options())
        self.mark = Button("Mark the row", primary=True, on_click=lambda _: self._mark())
        self.unmark = Button("Take the row's marks back", on_click=lambda _: self._unmark())
        self.count = Result()
        self.marks = DataTable(("Row", "You said", "And"), caption="Your marks in this file", show_caption=True)
        self.reveal = Button("Show all errors of this file", on_click=lambda _: self._reveal())
        self.errors = DataTable(("Rows", "Error", "How it shows"), caption="What the rules find", show_caption=True)
        self.figure = Figure(words.draw, words.alt, words.numbers, axes=words.axes, height=380)
        self.copies = Flags()
        self.comma = Download("Download with decimal points", "merged.csv", lambda: self._csv("comma"), "text/csv")
        self.semicolon = Download(
            "Download with decimal commas", "merged_semicolon.csv", lambda: self._csv("semicolon"), "text/csv"
        )
        self.record = Choice("Record", [])
        self.look = Button("Look again for kept records", on_click=lambda _: self._find_records())
        self.own = DataTable(words.COLUMNS, caption="Rows of the record")
        self.own_said, self.own_flags = Text(), Flags()
        self.own_csv = Download("Download these rows as CSV", "rows.csv", self._own_csv, "text/csv")
        self._make_page()

    def _make_page(self):
        self.sections = {
            "files": Section(
                "Which rows are wrong?",
                under=[
                    Text(words.INTRO),
                    self.chosen["centre"],
                    self.file,
                    Text(words.UNITS),
                    Details("The file itself: its first lines", [self.raw]),
                    Row([self.row, self.kind]),
                    Row([self.mark, self.unmark]),
                    self.count,
                    self.marks,
                    self.reveal,
                    self.errors,
                ],
            ),
            "merged": Section(
                "What do three centres say together?",
                controls=[Group("Merge", [self.chosen["taken"]])],
                figure=self.figure,
                under=[
                    self.results["merged"],
                    self.said_of["merged"],
                    self.copies,
                    Row([self.comma, self.semicolon]),
                    self.same["merged"],
                ],
            ),
            "own": Section(
                "What would leave the hospital of your own record?",
                under=[
                    Row([self.record, self.look]),
                    self.own,
                    self.own_said,
                    self.own_flags,
                    self.own_csv,
                    Details("The same in code: rows of a record", [CodePanel(scripts.own())]),
                ],
            ),
        }
        self.page = Page(
            "Rows that can leave the hospital",
            [
                self.left_out,
                self.sections["files"],
                self._ask("mean"),
                self.sections["merged"],
                self.sections["own"],
                self.reset,
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("Across therapies", None), ("A data set", None)],
            subtitle="45 min · level: judge · three made-up centres",
            units="MBq · h · Gy",
            foot=False,
        )
