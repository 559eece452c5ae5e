"""The dose-response page: controls linked to the model, nothing computed here."""

from __future__ import annotations

import asyncio

from mrtlab.apps import kept
from mrtlab.apps.controls import Page, guard
from mrtlab.apps.dose_response import cohort_words, scripts, window_words, words
from mrtlab.apps.dose_response.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.dose_response.model import DoseResponsePage

__all__ = ["page"]

STATE = "dose_response"
_REST_S = 0.05  # a slider that moves on within this time gets its curve, and its interval when it rests


def page(model: DoseResponsePage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : DoseResponsePage, optional
        A new one by default.
    """
    return _View(model or DoseResponsePage()).page


def _loop():
    """The kernel's event loop, or None outside of one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class _View(Layout):
    def __init__(self, model: DoseResponsePage):
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
        if name == "cohort" and not (self._waits("cohort") and self._waits("plan")):
            self._draw()
        else:
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
        section = next(section for section, question in QUESTION.items() if question == name)
        if "cohort" in INPUTS[section]:
            self._draw()
        else:
            self._refresh(INPUTS[section])
        self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    def _draw(self):
        """The virtual patients, with progress, then what hangs on them."""
        with self._shown:
            self._stale()
            if not self.sections["cohort"].stale and not self.model.drawn:
                for name in ("cohort", "plan"):
                    if not self._waits(name):
                        self.figures[name].wait("Drawing the virtual patients…")
                self.draw.disabled = True
                try:
                    self.model.draw(lambda done, of: self.drawing.set(done / of, f"patient {done} of {of}"))
                finally:
                    self.draw.disabled = False
                    self.drawing.clear()
            self._refresh(("cohort",))

    def _bootstrap(self):
        with self._shown:
            self._stale()
            if self.sections["fit"].stale or self._waits("fit"):
                return
            self.resample.disabled = True
            try:
                self.progress.set(0.05, "lesions")
                lesions = self.model.bootstrap(clustered=False)
                self.progress.set(0.5, "patients")
                self._resampled(words.bootstrap_rows((lesions, self.model.bootstrap(clustered=True))))
            finally:
                self.resample.disabled = False
                self.progress.clear()

    def _resampled(self, rows):
        self.table.set(rows)
        self.table.layout.display = None if rows else "none"

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

    def _show_inputs(self):
        self._quiet = True
        try:
            for name, field in self.fields.items():
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
        for section, show in (
            ("bed", self._refresh_bed),
            ("window", self._refresh_window),
            ("fit", self._refresh_fit),
            ("cohort", self._refresh_cohort),
            ("plan", self._refresh_plan),
        ):
            if self.sections[section].stale or (names is not None and not set(names) & set(INPUTS[section])):
                continue
            if self._waits(section):
                self.figures[section].empty(words.GATED)
            else:
                show()

    def _show_questions(self):
        model = self.model
        for name, choice in self.choices.items():
            asked = model.asked(name)
            if name in model.predictions:
                choice.value = model.predictions[name]
            choice.disabled = self.commit[name].disabled = self.skip[name].disabled = not asked
            self.said[name].text = words.compared(model, name)
        undrawn = not model.drawn
        for section, widgets in (
            ("bed", [self.same["bed"]]),
            ("window", [self.same["window"], self.drawn_from]),
            ("fit", [self.same["fit"], self.download, self.resample]),
            ("cohort", [self.same["cohort"]]),
            ("plan", [self.same["plan"], self.download_plans, self.strategies]),
        ):
            hidden = self._waits(section) or (undrawn and section == "plan")
            for widget in widgets:
                widget.layout.display = "none" if hidden else None
        waiting = self._waits("cohort") and self._waits("plan")
        self.draw.layout.display = None if undrawn and not waiting else "none"

    def _refresh_bed(self):
        found = self.model.bed()
        self.figures["bed"].show(found)
        self.results["bed"].set(*words.bed_result(found))
        self.codes["bed"].code = scripts.bed(self.model)

    def _refresh_window(self):
        found = self.model.window()
        self.figures["window"].show(found)
        self.results["window"].set(*window_words.result(found))
        self.said_of["window"].text = window_words.said(found)
        self.parameters.set(window_words.parameters(found))
        self.codes["window"].code = scripts.window(self.model)

    def _refresh_fit(self):
        """The curve first; its interval, which takes twice as long, when it is painted and the inputs rest."""
        if self._pending is not None:
            self._pending.cancel()  # of inputs that are no more
            self._pending = None
        found = self.model.fit()
        self.figures["fit"].show(found)
        self._resampled([])
        self.results["fit"].set(*words.fit_result(found))
        self.said_of["fit"].text = words.slope(found)
        self.flags.texts = [flag.text for flag in found.response.flags]
        self.codes["fit"].code = scripts.fit(self.model)
        loop, judge = _loop(), self._shown(lambda: self._judge(found))
        if loop is None:
            judge()
        else:
            self._pending = loop.call_later(_REST_S, judge)

    def _judge(self, found):
        self._pending = None
        found = self.model.judged(found)
        self.figures["fit"].show(found)
        self.results["fit"].set(*words.fit_result(found))

    def _refresh_cohort(self):
        self.codes["cohort"].code = scripts.cohort(self.model)
        if not self.model.drawn:
            self.figures["cohort"].empty(cohort_words.UNDRAWN)
            self.results["cohort"].clear()
            self.said_of["cohort"].text = ""
            return
        found = self.model.registry()
        self.figures["cohort"].show(found)
        self.results["cohort"].set(*cohort_words.registry_result(found))
        self.said_of["cohort"].text = cohort_words.registry_said(found)

    def _refresh_plan(self):
        self.codes["plan"].code = scripts.plan(self.model)
        if not self.model.drawn:
            self.figures["plan"].empty(cohort_words.UNDRAWN)
            self.results["plan"].clear()
            self.said_of["plan"].text = ""
            return
        found = self.model.plans()
        self.figures["plan"].show(found)
        self.results["plan"].set(*cohort_words.plan_result(found))
        self.strategies.set(cohort_words.plan_rows(found))
        self.said_of["plan"].text = cohort_words.plan_said(found)

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())
