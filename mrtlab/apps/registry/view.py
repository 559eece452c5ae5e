"""The page of the data set: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.registry import scripts, words
from mrtlab.apps.registry.layout import INPUTS, Layout
from mrtlab.apps.registry.model import RegistryPage, centre_rows, first_lines
from mrtlab.apps.sections import GATED, SectionsView
from mrtlab.record import rows_csv

__all__ = ["page"]


def page(model: RegistryPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : RegistryPage, optional
        A new one by default.
    """
    return _View(model or RegistryPage()).page


class _View(Layout, SectionsView):
    STATE = "registry"
    INPUTS = INPUTS
    QUESTION = {"merged": "mean"}  # noqa: RUF012

    def __init__(self, model):
        super().__init__(model)
        self.record.observe(self._shown(lambda change: self._refresh_own()), "value")
        self._find_records()

    # what the learner does

    def _mark(self):
        self._marking(lambda: self.model.mark(self.row.value, self.kind.value))

    def _unmark(self):
        self._marking(lambda: self.model.unmark(self.row.value))

    def _reveal(self):
        self._marking(self.model.reveal)

    def _marking(self, work):
        with self._shown:
            work()
            self._refresh(("centre", "marks"))
            self._save()

    def _find_records(self):
        with self._shown:
            self.record.options = self.model.records()
            self._refresh_own()

    # what the page shows

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_question("mean")
        if names is None or set(names) & {"centre", "marks"}:
            self._refresh_files()
        if names is None or set(names) & set(INPUTS["merged"]):
            self._refresh_merged()

    def _refresh_files(self):
        model = self.model
        columns, rows = words.table(centre_rows(model.centre))
        self.file.set(rows, columns)
        self.raw.code = first_lines(model.centre)
        self.row.options = words.row_options(model.centre)
        self.count.set(*words.count(model))
        marks = words.mark_rows(model)
        self.marks.set(marks)
        self.marks.layout.display = None if marks else "none"
        shown = model.centre in model.revealed
        self.errors.set(words.revealed(model) if shown else [])
        self.errors.layout.display = None if shown else "none"
        self.reveal.layout.display = "none" if shown else None

    def _refresh_merged(self):
        waits = self._waits("merged")
        for widget in (self.comma, self.semicolon, self.same["merged"]):
            widget.layout.display = "none" if waits else None
        if waits:
            self.figure.empty(GATED)
            return
        found = self.model.merged()
        self.figure.show(found)
        self.results["merged"].set(*words.result(found))
        self.said_of["merged"].text = words.said(self.model, found)
        self.copies.texts = words.copies(found)
        self.codes["merged"].code = scripts.merge(self.model)

    def _refresh_own(self):
        rows, findings = self.model.own_rows(self.record.value)
        self.own.set(words.table(rows)[1])
        self.own_said.text = (
            f"{len(rows)} row{'s go' if len(rows) > 1 else ' goes'} into the file, with {len(rows[0])} columns; "
            "pseudonym, names, dates and all free text stay behind. A dose that was not measured stays empty. "
            "In a small hospital a rare therapy may be enough to know who it was: look before you hand rows out."
        )
        self.own_flags.texts = [f"Row {one.row + 1}: {one.text}" for one in findings]

    def _csv(self, dialect: str) -> bytes:
        return rows_csv(self.model.merged().rows, dialect).encode("utf-8")

    def _own_csv(self) -> bytes:
        return rows_csv(self.model.own_rows(self.record.value)[0]).encode("utf-8")
