"""The page of mIBG and release: controls linked to the model, nothing computed here."""

from __future__ import annotations

from typing import ClassVar

from mrtlab.apps.controls import Page
from mrtlab.apps.mibg import compute, first_words, release_words, scripts, second_words, words
from mrtlab.apps.mibg.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.mibg.model import TEXTS, MibgPage
from mrtlab.apps.sections import BegunRecord, RestingView

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


class _View(Layout, BegunRecord, RestingView):
    STATE = "mibg"
    INPUTS = INPUTS
    QUESTION = QUESTION
    COMPUTED: ClassVar = {"first": compute.first, "second": compute.second, "release": compute.release}
    SCRIPTS = scripts

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

    def _plan(self):
        return compute.record(self.model)

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label[0].lower() + field.label[1:]

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self.patient.text = words.patient(self.model)
        self._show_sections(names)

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
        super()._show(section)
        self._show_tables()

    def _blank(self, section) -> None:
        super()._blank(section)
        self._rows[section] = False

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
