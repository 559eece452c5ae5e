"""The SIRT planning page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from typing import ClassVar

from mrtlab.apps.controls import Page
from mrtlab.apps.sections import HandedRange, RestingView
from mrtlab.apps.sirt_planning import (
    compute,
    giving,
    methods_words,
    partition_words,
    range_words,
    scripts,
    shunt_words,
    vial_words,
    words,
)
from mrtlab.apps.sirt_planning.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.sirt_planning.model import SirtPage

__all__ = ["page"]

_WORDS = {
    "shunt": shunt_words,
    "methods": methods_words,
    "partition": partition_words,
    "options": range_words,
    "vial": vial_words,
}


def page(model: SirtPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : SirtPage, optional
        A new one by default.
    """
    return _View(model or SirtPage()).page


class _View(Layout, HandedRange, RestingView):
    STATE = "sirt_planning"
    INPUTS = INPUTS
    QUESTION = QUESTION
    DRAGGED: ClassVar = {"ratio": "partition", "tumour_g": "partition", "activity_gbq": "partition"}
    COMPUTED: ClassVar = {
        "shunt": compute.shunt,
        "methods": compute.methods,
        "partition": compute.explore,
        "options": giving.options,
        "vial": giving.vial,
    }
    SCRIPTS = scripts
    range_words = range_words

    # what the learner does

    def _answered(self, section):
        self._show_questions()
        self._show(section)
        self._save()

    def _take_shunt(self):
        with self._shown:
            self._stale()
            if not (self.sections["shunt"].stale or self._waits("shunt")):
                # as a report gives it
                self.fields["shunt_percent"].value = round(100 * compute.shunt(self.model).shown.n, 2)

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label.lower()

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self.patient.text = words.patient(self.model)
        self._show_sections(names)

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        more = {"shunt": [self.take], "partition": [self.offers], "options": [self.tabled]}
        for section in INPUTS:
            for widget in (self.same[section], *more.get(section, ())):
                widget.layout.display = "none" if self._waits(section) else None
        for_physicist = self.model.audience == "physicist" and not self._waits("options")
        self.physicist.layout.display = None if for_physicist else "none"

    def _blank(self, section) -> None:
        super()._blank(section)
        self.refused[section].text = ""

    def _tell(self, section, found) -> None:
        said = _WORDS[section]
        refused = section == "partition" and found.plan is None
        if refused:
            self.figures[section].fail("Refused: the thresholds are those of another device.")
        else:
            self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        if section == "options":
            self._tell_range(found)
            return
        self.said_of[section].text = said.said(found)
        self.flags[section].texts = list(found.remarks)
        if section in ("methods", "partition"):
            self.refused[section].text = said.refusal(found)
        if section == "partition":
            self.offered.set(said.offered(found), caption=said.offered_caption(found))
            self.source.text = partition_words.offered_source(found)
