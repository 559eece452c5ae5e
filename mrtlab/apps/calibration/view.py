"""The calibration page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps import kept
from mrtlab.apps.calibration import scripts, words
from mrtlab.apps.calibration.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.calibration.model import CalibrationPage, clock_time
from mrtlab.apps.controls import Page, guard
from mrtlab.errors import InputError

__all__ = ["page"]

STATE = "calibration"


def page(model: CalibrationPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : CalibrationPage, optional
        A new one by default.
    """
    return _View(model or CalibrationPage()).page


class _View(Layout):
    def __init__(self, model: CalibrationPage):
        self.model, self._quiet = model, False
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
        if value is None or (name in self.clocks and not _readable(value)):
            return
        setattr(self.model, name, value)
        self._refresh((name,))
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
        self._refresh_one(next(section for section, question in QUESTION.items() if question == name))
        self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    # what the page shows

    def _waits(self, section) -> bool:
        """Whether a section waits for its prediction."""
        return section in QUESTION and self.model.asked(QUESTION[section])

    def _stale(self) -> None:
        for name, section in self.sections.items():
            section.stale = ""
            for field in INPUTS[name]:
                if field in self.fields and self.fields[field].state != "good":
                    section.stale = f"the field “{self.fields[field].label}” cannot be used"
                    break
                if field in self.clocks and not _readable(self.clocks[field].value):
                    section.stale = f"“{self.clocks[field].label}” is no clock time such as 08:25"
                    break

    def _show_inputs(self):
        self._quiet = True
        try:
            for name, field in self.fields.items():
                field.text = ""
                field.value = getattr(self.model, name)
            for name, control in (self.chosen | self.clocks).items():
                control.value = getattr(self.model, name)
        finally:
            self._quiet = False

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all; those that fit last."""
        self._stale()
        for section in self.sections:
            if names is None or set(names) & set(INPUTS[section]):
                self._refresh_one(section)

    def _refresh_one(self, section):
        self._show_question(section)
        if self.sections[section].stale:
            return
        if self._waits(section):
            self.figures[section].empty(words.GATED)
            return
        try:
            getattr(self, f"_show_{section}")()
        except InputError as problem:  # the inputs can be read, but nothing follows from them: said where it is missing
            self.figures[section].fail(words.plain([str(problem)])[0])
            self.results[section].clear()
            self.said_of[section].text, self.flags[section].texts = "", []
            self.same[section].layout.display = "none"  # it would be refused as well
        self.codes[section].code = getattr(scripts, {"shares": "budget"}.get(section, section))(self.model)

    def _show_question(self, section):
        self.same[section].layout.display = "none" if self._waits(section) else None
        if section not in QUESTION:
            return
        name, model = QUESTION[section], self.model
        asked = model.asked(name)
        if name in model.predictions:
            self.choices[name].value = model.predictions[name]
        for widget in (self.choices[name], self.commit[name], self.skip[name]):
            widget.disabled = not asked
        self.said[name].text = words.compared(model, name)

    def _show(self, section, found, result, said="", flags=()):
        self.figures[section].show(found)
        self.results[section].set(*result)
        self.said_of[section].text, self.flags[section].texts = said, list(flags)

    def _show_meter(self):
        found = self.model.meter()
        self._show("meter", found, words.meter_result(found), words.meter_said(), words.plain(found.said))

    def _show_sensitivity(self):
        found = self.model.sensitivity()
        said = words.sensitivity_said(found)
        self._show("sensitivity", found, words.sensitivity_result(found), said, words.plain(found.said))

    def _show_rates(self):
        found = self.model.rates()
        self._show("rates", found, words.rates_result(found), flags=words.plain(found.said))

    def _show_source(self):
        """The points first; the fit when they are painted."""
        found = self.model.source()
        self.figures["source"].show(found)
        found = self.model.fit_source(found)
        self._show("source", found, words.source_result(found), flags=words.source_flags(found))

    def _show_recovery(self):
        found = self.model.recovery()
        said = words.recovery_said(found)
        self._show("recovery", found, words.recovery_result(found), said, words.recovery_flags(found))

    def _show_shares(self):
        """The budget first; Monte Carlo, which takes longer, when it is painted."""
        found = self.model.shares()
        flags = [flag.text for flag in found.budget.flags]
        self._show("shares", found, words.shares_result(found), words.shares_said(found), flags)
        found = self.model.sampled(found)
        self.results["shares"].set(*words.shares_result(found))

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())


def _readable(text: str) -> bool:
    """Whether this is a clock time."""
    try:
        clock_time(text)
    except InputError:
        return False
    return True
