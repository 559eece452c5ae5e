"""The dose-and-uncertainty page: controls linked to the model, nothing computed here."""

from __future__ import annotations

import asyncio

from mrtlab.apps import kept
from mrtlab.apps.controls import Page, guard
from mrtlab.apps.dose_budget import scripts, words
from mrtlab.apps.dose_budget.layout import INPUTS, Layout
from mrtlab.apps.dose_budget.model import DoseBudgetPage
from mrtlab.errors import InputError

__all__ = ["page"]

STATE = "dose_budget"
_REST_S = 0.15  # Monte Carlo comes when the inputs rest for this long


def page(model: DoseBudgetPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : DoseBudgetPage, optional
        A new one by default.
    """
    return _View(model or DoseBudgetPage()).page


def _loop():
    """The kernel's event loop, or None outside of one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _View(Layout):
    def __init__(self, model: DoseBudgetPage):
        self.model, self._quiet, self._pending = model, False, None
        self._make()
        self._shown = guard(self.page)
        with self._shown:
            if not model.restore(kept.load(STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
        for name, field in (self.fields | self.chosen).items():
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
        self._save()

    def _commit(self, name):
        with self._shown:
            choice = self.choices[name].value
            self.missing[name].text = "" if choice else "Choose an answer before you commit."
            if choice:
                self.model.predict(name, choice)
                self._refresh(INPUTS[name])
                self._save()

    def _skip(self, name):
        with self._shown:
            self.missing[name].text = ""
            self.model.skipped = [*self.model.skipped, name]
            self._refresh(INPUTS[name])
            self._save()

    def _preset(self, name):
        with self._shown:
            self.model.preset(name)
            self._show_inputs(INPUTS["budget"])
            self._refresh(INPUTS["budget"])
            self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    # what the page shows

    def _stale(self) -> None:
        for name, section in self.sections.items():
            wrong = [
                self.fields[field].label
                for field in INPUTS[name]
                if field in self.fields and self.fields[field].state != "good"
            ]
            section.stale = f"the field “{wrong[0]}” cannot be used" if wrong else ""

    def _show_inputs(self, names=None):
        self._quiet = True
        try:
            for name, field in self.fields.items():
                if names is None or name in names:
                    field.text = ""
                    field.value = getattr(self.model, name)
            for name, choice in self.chosen.items():
                choice.value = getattr(self.model, name)
        finally:
            self._quiet = False

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        for name, section in self.sections.items():
            if section.stale or (names is not None and not set(names) & set(INPUTS[name])):
                continue
            if self.model.asked(name):
                self.figures[name].empty(words.GATED)
                continue
            if name == "budget":
                self._forget()
            try:
                getattr(self, f"_refresh_{name}")()
            except InputError as refused:  # a recovery below 0.2, say: an answer, not a slip of the page
                self._refuse(name, str(refused))
            else:
                self.same[name].layout.display = None

    def _refuse(self, name, why):
        self.figures[name].empty("There is no result for these inputs.")
        self.results[name].clear()
        self.said_of[name].text = ""
        self.flags[name].texts = [why]
        self.same[name].layout.display = "none"
        if name == "budget":
            self.doubt.text = ""

    def _show_questions(self):
        model = self.model
        for name, choice in self.choices.items():
            asked = model.asked(name)
            if name in model.predictions:
                choice.value = model.predictions[name]
            choice.disabled = self.commit[name].disabled = self.skip[name].disabled = not asked
            self.said[name].text = words.compared(model, name)
            if asked:
                self.same[name].layout.display = "none"
        for widget in (*self.presets.values(), self.download):
            widget.layout.display = "none" if model.asked("budget") else None

    def _refresh_mass(self):
        found = self.model.mass()
        self.figures["mass"].show(found)
        self.results["mass"].set(*words.mass_result(found))
        self.said_of["mass"].text = words.mass_said(found)
        self.flags["mass"].texts = list(found.warned)
        self.codes["mass"].code = scripts.mass(self.model)

    def _refresh_spheres(self):
        found = self.model.spheres()
        self.figures["spheres"].show(found)
        self.results["spheres"].set(*words.spheres_result(found))
        self.said_of["spheres"].text = words.spheres_said(self.model, found)
        self.flags["spheres"].texts = list(found.warned)
        self.codes["spheres"].code = scripts.spheres(self.model)

    def _refresh_voxels(self):
        found = self.model.grid()
        self.figures["voxels"].show(found)
        self.results["voxels"].set(*words.voxels_result(found))
        self.said_of["voxels"].text = words.voxels_said(found)
        self.codes["voxels"].code = scripts.voxels(self.model)

    def _forget(self):
        """Samples of inputs that are no more are not wanted."""
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None

    def _refresh_budget(self):
        """Bars first; Monte Carlo when they are painted and the inputs rest."""
        found = self.model.budget()
        self._show_budget(found)
        self.flags["budget"].texts = words.other_flags(found)
        self.codes["budget"].code = scripts.budget(self.model)
        loop, draw = _loop(), self._shown(lambda: self._draw(found))
        if loop is None:
            draw()
        else:
            self._pending = loop.call_later(_REST_S, draw)

    def _draw(self, found):
        self._pending = None
        self._show_budget(self.model.sampled(found))

    def _show_budget(self, found):
        self.figures["budget"].show(found)
        self.results["budget"].set(*words.budget_result(found))
        self.said_of["budget"].text = words.budget_said(found)
        self.doubt.text = words.budget_doubt(found)

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())
