"""The dose-response page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.dose_response import cohort_words, scripts, window_words, words
from mrtlab.apps.dose_response.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.dose_response.model import DoseResponsePage
from mrtlab.apps.sections import GATED, SectionsView

__all__ = ["page"]

_REST_S = 0.05  # a slider that moves on within this time gets its curve, and its interval when it rests


def page(model: DoseResponsePage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : DoseResponsePage, optional
        A new one by default.
    """
    return _View(model or DoseResponsePage()).page


class _View(Layout, SectionsView):
    STATE = "dose_response"
    INPUTS = INPUTS
    QUESTION = QUESTION

    # what the learner does

    def _changed(self, name):
        if name == "cohort" and not (self._waits("cohort") and self._waits("plan")):
            self._draw()
        else:
            self._refresh((name,))
        self._save()

    def _answered(self, section):
        if "cohort" in INPUTS[section]:
            self._draw()
        else:
            self._refresh(INPUTS[section])
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

    @staticmethod
    def _called(field) -> str:
        return field.label.lower()

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
                self.figures[section].empty(GATED)
            else:
                show()

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        undrawn = not self.model.drawn
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
        self._rest.cancel()
        found = self.model.fit()
        self.figures["fit"].show(found)
        self._resampled([])
        self.results["fit"].set(*words.fit_result(found))
        self.said_of["fit"].text = words.slope(found)
        self.flags.texts = [flag.text for flag in found.response.flags]
        self.codes["fit"].code = scripts.fit(self.model)
        self._rest.then(_REST_S, self._shown(lambda: self._judge(found)))

    def _judge(self, found):
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
