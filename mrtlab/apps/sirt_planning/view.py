"""The SIRT planning page: controls linked to the model, nothing computed here."""

from __future__ import annotations

import asyncio

from mrtlab.apps import kept
from mrtlab.apps.controls import Page, guard
from mrtlab.apps.sirt_planning import (
    compute,
    giving,
    look,
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

STATE = "sirt_planning"
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


class _View(Layout):
    def __init__(self, model: SirtPage):
        self.model, self._quiet, self._later = model, False, ()
        self._make()
        self._shown = guard(self.page)
        with self._shown:
            if not model.restore(kept.load(STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
        for name, field in (self.fields | self.chosen | self.clocks).items():
            field.observe(self._shown(lambda change, name=name: self._input(name, change["new"])), "value")
        for field in self.fields.values():
            field.observe(self._shown(lambda change: self._stale()), "state")
        with self._shown:
            self._show_inputs()
            self._refresh()

    # what the learner does

    def _input(self, name, value):
        if self._quiet:
            return
        self._stale()
        if value is None:
            return
        setattr(self.model, name, value)
        self._refresh((name,))
        if not self._later:
            self._save()

    def _commit(self, name):
        with self._shown:
            choice = self.choices[name].value
            self.missing[name].text = "" if choice else "Choose an answer before you commit."
            if choice:
                self.model.predict(name, choice)
                self._answered(name)

    def _skip(self, name):
        with self._shown:
            self.missing[name].text = ""
            self.model.skipped = [*self.model.skipped, name]
            self._answered(name)

    def _answered(self, name):
        section = next(section for section, question in QUESTION.items() if question == name)
        self._show_questions()
        self._show(section)
        self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    def _take_shunt(self):
        with self._shown:
            self._stale()
            if not (self.sections["shunt"].stale or self._waits("shunt")):
                # as a report gives it
                self.fields["shunt_percent"].value = round(100 * compute.shunt(self.model).shown.n, 2)

    # what the page shows

    def _waits(self, section) -> bool:
        """Whether a section waits for its prediction."""
        return self.model.asked(QUESTION[section])

    def _stale(self) -> None:
        for name, section in self.sections.items():
            wrong = [
                self.fields[field].label.lower()
                for field in INPUTS[name]
                if field in self.fields and self.fields[field].state != "good"
            ]
            section.stale = f"the field “{wrong[0]}” cannot be used" if wrong else ""
        self.tabled.stale = self.sections["options"].stale

    def _show_inputs(self):
        self._quiet = True
        try:
            for name, field in self.fields.items():
                field.text = ""
                field.value = getattr(self.model, name)
            for name, field in (self.chosen | self.clocks).items():
                field.value = getattr(self.model, name)
        finally:
            self._quiet = False

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
        """Show some sections now, or after a pause without further changes where an event loop runs."""
        if self._later:
            self._later[0].cancel()
            sections = [one for one in INPUTS if one in {*sections, *self._later[1]}]
            self._later = ()
        try:
            loop = asyncio.get_running_loop() if wait else None
        except RuntimeError:
            loop = None
        if loop:
            self._later = (loop.call_later(_PAUSE_S, self._shown(self._rested)), sections)
            return
        for section in sections:
            self._show(section)

    def _rested(self):
        sections, self._later = self._later[1], ()
        for section in sections:
            self._show(section)
        self._save()

    def _show_questions(self):
        model = self.model
        for name, choice in self.choices.items():
            asked = model.asked(name)
            if name in model.predictions:
                choice.value = model.predictions[name]
            choice.disabled = self.commit[name].disabled = self.skip[name].disabled = not asked
            self.said[name].text = words.compared(model, name)
        more = {"shunt": [self.take], "partition": [self.offers], "options": [self.tabled]}
        for section in INPUTS:
            for widget in (self.same[section], *more.get(section, ())):
                widget.layout.display = "none" if self._waits(section) else None
        for_physicist = model.audience == "physicist" and not self._waits("options")
        self.physicist.layout.display = None if for_physicist else "none"

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self.figures[section].empty(look.GATED)
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

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())
