"""The calibration page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.calibration import scripts, words
from mrtlab.apps.calibration.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.calibration.model import CalibrationPage, clock_time
from mrtlab.apps.controls import Page
from mrtlab.apps.sections import GATED, SectionsView
from mrtlab.errors import InputError

__all__ = ["page"]


def page(model: CalibrationPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : CalibrationPage, optional
        A new one by default.
    """
    return _View(model or CalibrationPage()).page


class _View(Layout, SectionsView):
    STATE = "calibration"
    INPUTS = INPUTS
    QUESTION = QUESTION

    # what the learner does

    def _usable(self, name, value) -> bool:
        return name not in self.clocks or _readable(value)

    def _answered(self, section):
        self._refresh_one(section)
        self._save()

    # what the page shows

    def _wrong(self, name) -> str:
        clock = self.clocks.get(name)
        if clock and not _readable(clock.value):
            return f"“{clock.label}” is no clock time such as 08:25"
        return super()._wrong(name)

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all; those that fit last."""
        self._stale()
        for section in self.sections:
            if names is None or set(names) & set(INPUTS[section]):
                self._refresh_one(section)

    def _refresh_one(self, section):
        self.same[section].layout.display = "none" if self._waits(section) else None
        if section in QUESTION:
            self._show_question(QUESTION[section])
        if self.sections[section].stale:
            return
        if self._waits(section):
            self.figures[section].empty(GATED)
            return
        try:
            getattr(self, f"_show_{section}")()
        except InputError as problem:  # the inputs can be read, but nothing follows from them: said where it is missing
            self.figures[section].fail(words.plain([str(problem)])[0])
            self.results[section].clear()
            self.said_of[section].text, self.flags[section].texts = "", []
            self.same[section].layout.display = "none"  # it would be refused as well
        self.codes[section].code = getattr(scripts, {"shares": "budget"}.get(section, section))(self.model)

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


def _readable(text: str) -> bool:
    """Whether this is a clock time."""
    try:
        clock_time(text)
    except InputError:
        return False
    return True
