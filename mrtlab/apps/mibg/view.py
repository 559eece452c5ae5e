"""The page of mIBG and release: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab import record
from mrtlab.apps.controls import Page
from mrtlab.apps.mibg import compute, first_words, release_words, scripts, second_words, words
from mrtlab.apps.mibg.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.mibg.model import TEXTS, MibgPage
from mrtlab.apps.sections import GATED, SectionsView
from mrtlab.errors import InputError

__all__ = ["page"]

_WORDS = {"first": first_words, "second": second_words, "release": release_words}


def page(model: MibgPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : MibgPage, optional
        A new one by default.
    """
    return _View(model or MibgPage()).page


class _View(Layout, SectionsView):
    STATE = "mibg"
    INPUTS = INPUTS
    QUESTION = QUESTION

    def __init__(self, model):
        self._rows = dict.fromkeys(INPUTS, False)  # whether the table of a section has any
        super().__init__(model)

    # what the learner does

    def _changed(self, name):
        if name == "case":
            self.model.open(self.model.case)
            self._show_inputs(("first_gbq",))
        if name not in TEXTS:
            self._refresh((name,))
        self._save()

    def _begin(self):
        with self._shown:
            self.begun.text = self.not_begun.text = ""
            try:
                path = self._keep(compute.record(self.model))
            except InputError as refused:
                self.not_begun.text = f"{str(refused).rstrip('.')}."
            else:
                self.begun.text = (
                    f"Kept as **{path.name}**. The next step is the physician’s: to decide whether to treat."
                )

    @staticmethod
    def _keep(case):
        from mrtlab.apps.record import store

        return store.keep(case)

    def _record_json(self) -> bytes:
        return record.to_json(compute.record(self.model)).encode("utf-8")

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label[0].lower() + field.label[1:]

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self.patient.text = words.patient(self.model)
        for section in INPUTS:
            if names is None or set(names) & set(INPUTS[section]):
                self._show(section)

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        for section in INPUTS:
            self.same[section].layout.display = "none" if self._waits(section) else None
        self._show_tables()

    def _show_tables(self):
        """What has something to show, and may."""
        second = not self._waits("second")
        shown = (
            (self.table, second and self._rows["second"]),
            (self.sourced, second and self.model.audience == "physicist"),
            (self.recorded, second),
            (self.criteria, not self._waits("release") and self._rows["release"]),
        )
        for widget, wanted in shown:
            widget.layout.display = None if wanted else "none"

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            found = getattr(compute, section)(self.model)
            self._tell(section, found)
            self.codes[section].code = getattr(scripts, section)(self.model)
        except InputError as refused:  # a table half typed, say: the others go on
            self.figures[section].fail(str(refused))
            self.results[section].clear()
            self.said_of[section].text = self.codes[section].code = ""
            self.flags[section].texts = []
            self._rows[section] = False
        self._show_tables()

    def _tell(self, section, found) -> None:
        said, model = _WORDS[section], self.model
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        slip = [text for text in (words.slip(model),) if text and section == "second"]
        self.flags[section].texts = [*slip, *found.remarks]
        if section == "first":
            self.said_of[section].text = said.said(found, model.slip)
        elif section == "second":
            self.said_of[section].text = said.said(found, model.audience)
            columns, rows = getattr(said, model.audience)(found)
            self._rows[section] = bool(rows)
            self.table.set(rows, columns)
            self.sources.set(said.sources(found))
        else:
            self.said_of[section].text = said.said(found)
            rows = said.rows(found)
            self._rows[section] = bool(rows)
            self.criteria.set(rows)
