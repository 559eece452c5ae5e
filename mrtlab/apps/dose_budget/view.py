"""The dose-and-uncertainty page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.dose_budget import scripts, words
from mrtlab.apps.dose_budget.layout import INPUTS, Layout
from mrtlab.apps.dose_budget.model import QUESTIONS, DoseBudgetPage
from mrtlab.apps.sections import GATED, SectionsView
from mrtlab.errors import InputError

__all__ = ["page"]

_REST_S = 0.15  # Monte Carlo comes when the inputs rest for this long


def page(model: DoseBudgetPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : DoseBudgetPage, optional
        A new one by default.
    """
    return _View(model or DoseBudgetPage()).page


class _View(Layout, SectionsView):
    STATE = "dose_budget"
    INPUTS = INPUTS
    QUESTION = {name: name for name in QUESTIONS}  # noqa: RUF012  # sections have the names of their questions

    # what the learner does

    def _preset(self, name):
        with self._shown:
            self.model.preset(name)
            self._show_inputs(INPUTS["budget"])
            self._refresh(INPUTS["budget"])
            self._save()

    # what the page shows

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        for name, section in self.sections.items():
            if section.stale or (names is not None and not set(names) & set(INPUTS[name])):
                continue
            if self._waits(name):
                self.figures[name].empty(GATED)
                continue
            if name == "budget":
                self._rest.cancel()
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
        for name in self.choices:
            self._show_question(name)
            if self._waits(name):
                self.same[name].layout.display = "none"
        for widget in (*self.presets.values(), self.download):
            widget.layout.display = "none" if self._waits("budget") else None

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

    def _refresh_budget(self):
        """Bars first; Monte Carlo when they are painted and the inputs rest."""
        found = self.model.budget()
        self._show_budget(found)
        self.flags["budget"].texts = words.other_flags(found)
        self.codes["budget"].code = scripts.budget(self.model)
        self._rest.then(_REST_S, self._shown(lambda: self._draw(found)))

    def _draw(self, found):
        self._show_budget(self.model.sampled(found))

    def _show_budget(self, found):
        self.figures["budget"].show(found)
        self.results["budget"].set(*words.budget_result(found))
        self.said_of["budget"].text = words.budget_said(found)
        self.doubt.text = words.budget_doubt(found)
