"""The SIRT planning page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.sections import GATED, SectionsView
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
from mrtlab.errors import InputError

__all__ = ["page"]

_WORDS = {
    "shunt": shunt_words,
    "methods": methods_words,
    "partition": partition_words,
    "options": range_words,
    "vial": vial_words,
}
_COMPUTED = {
    "shunt": compute.shunt,
    "methods": compute.methods,
    "partition": compute.explore,
    "options": giving.options,
    "vial": giving.vial,
}
_DRAGGED = {"ratio": "partition", "tumour_g": "partition", "activity_gbq": "partition"}
_PAUSE_S = 0.25


def page(model: SirtPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : SirtPage, optional
        A new one by default.
    """
    return _View(model or SirtPage()).page


class _View(Layout, SectionsView):
    STATE = "sirt_planning"
    INPUTS = INPUTS
    QUESTION = QUESTION
    _later = ()  # sections that wait until a slider rests

    # what the learner does

    def _changed(self, name):
        self._refresh((name,))
        if not self._later:
            self._save()

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

    def _stale(self) -> None:
        super()._stale()
        self.tabled.stale = self.sections["options"].stale

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self.patient.text = words.patient(self.model)
        sections = [one for one in INPUTS if names is None or set(names) & set(INPUTS[one])]
        beside = _DRAGGED.get(names[0]) if names else None
        if beside:  # a slider is moved: what stands beside it at once, the rest when it rests
            self._show(beside)
            sections.remove(beside)
        self._when_quiet(sections, wait=bool(beside))

    def _when_quiet(self, sections, wait: bool) -> None:
        """Show some sections now, or after a pause without further changes."""
        sections = [one for one in INPUTS if one in {*sections, *self._later}]
        self._later = sections if wait else ()
        self._rest.cancel()
        if wait:
            self._rest.then(_PAUSE_S, self._shown(self._rested))
        else:
            for section in sections:
                self._show(section)

    def _rested(self):
        sections, self._later = self._later, ()
        for section in sections:
            self._show(section)
        self._save()

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        more = {"shunt": [self.take], "partition": [self.offers], "options": [self.tabled]}
        for section in INPUTS:
            for widget in (self.same[section], *more.get(section, ())):
                widget.layout.display = "none" if self._waits(section) else None
        for_physicist = self.model.audience == "physicist" and not self._waits("options")
        self.physicist.layout.display = None if for_physicist else "none"

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            found = _COMPUTED[section](self.model)
            self._tell(section, found)
            self.codes[section].code = getattr(scripts, section)(self.model)
        except InputError as error:  # of the patient or of this section: the others go on
            self.figures[section].fail(str(error))
            self.results[section].clear()
            self.said_of[section].text = self.refused[section].text = self.codes[section].code = ""
            self.flags[section].texts = []
            if section == "options":
                self.tabled.layout.display = "none"

    def _tell(self, section, found) -> None:
        said = _WORDS[section]
        refused = section == "partition" and found.plan is None
        if refused:
            self.figures[section].fail("Refused: the thresholds are those of another device.")
        else:
            self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        if section == "options":
            self._tell_options(found)
            return
        self.said_of[section].text = said.said(found)
        self.flags[section].texts = list(found.remarks)
        if section in ("methods", "partition"):
            self.refused[section].text = said.refusal(found)
        if section == "partition":
            self.offered.set(said.offered(found), caption=said.offered_caption(found))
            self.source.text = partition_words.offered_source(found)

    def _tell_options(self, found) -> None:
        audience = self.model.audience
        columns, rows = getattr(range_words, audience)(found)
        self.tabled.layout.display = None
        self.table.set(rows, columns)
        self.handed.text = range_words.said(found, audience)
        if audience == "physicist":
            self.parts.set(range_words.parts(found))
            self.sources.set(range_words.sources(found))
