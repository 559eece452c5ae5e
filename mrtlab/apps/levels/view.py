"""The page of the levels: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps.controls import Page
from mrtlab.apps.dose_response.model import SAME_MBQ
from mrtlab.apps.levels import cohort_words, compute, play_words, scripts, trial_words, words
from mrtlab.apps.levels.layout import INPUTS, QUESTION, SLIDERS, Layout
from mrtlab.apps.levels.model import DRUGS, LEVELS, LevelsPage
from mrtlab.apps.sections import GATED, BegunRecord, SectionsView
from mrtlab.errors import InputError

__all__ = ["page"]

_PAUSE_S = 0.25
_TO_PLAY = "The truth appears when the courses of all three levels have ended."


def page(model: LevelsPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : LevelsPage, optional
        A new one by default.
    """
    return _View(model or LevelsPage()).page


class _View(Layout, BegunRecord, SectionsView):
    STATE = "levels"
    INPUTS = INPUTS
    QUESTION = QUESTION

    def __init__(self, model):
        self._later = {}
        super().__init__(model)

    # what the learner does

    def _changed(self, name):
        self._refresh((name,), beside=name in SLIDERS)
        self._rest.then(_PAUSE_S, self._shown(self._rested))

    def _rested(self):
        """What stands under the figure of a slider, when it rests."""
        waiting, self._later = self._later, {}
        for fill in waiting.values():
            fill()
        self._save()

    def _after(self, section, fill, beside):
        """Fill in tables and code now, or when the slider beside the figure rests."""
        self._later.pop(section, None)
        if beside:
            self._later[section] = fill
        else:
            fill()

    def _give(self, which):
        with self._shown:
            self._stale()
            if self.sections["play"].stale:
                return
            offered = compute.play(self.model).offered_mbq if which == "offered" else 0.0
            activity = {"label": SAME_MBQ, "own": 1000 * self.model.own_gbq, "offered": offered}[which]
            if activity > 0:
                self.model.give(activity)
                self._played()

    def _end(self):
        with self._shown:
            self.model.stop()
            self._played()

    def _again(self):
        with self._shown:
            self.model.again()
            self._played()

    def _finish(self):
        with self._shown:
            self._stale()
            if not self.sections["play"].stale:
                self.model.finish(compute.skipped_courses(self.model))
                self._played()

    def _played(self):
        self._refresh(("level",))
        self._show("endings")
        self._save()

    def _draw(self):
        """The virtual patients, with progress, then what hangs on them."""
        with self._shown:
            self._stale()
            if self.sections["cohort"].stale:
                return
            if not compute.drawn(self.model):
                self.figures["cohort"].wait("Drawing the virtual patients…")
                self.draw.disabled = True
                try:
                    compute.draw(self.model, lambda k, of: self.drawing.set(k / of, f"patient {k} of {of}"))
                finally:
                    self.draw.disabled = False
                    self.drawing.clear()
            self._refresh(("cohort",))

    def _plan(self):
        return compute.record(self.model)

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label.lower()

    def _refresh(self, names=None, beside=False):
        """Show anew the sections that depend on some inputs, or all."""
        if not beside:
            self._show_questions()
            self.patient.text = words.patient(self.model)
        self._stale()
        for section in INPUTS:
            if names is None or set(names) & set(INPUTS[section]):
                self._show(section, beside)

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        model, tables = self.model, self.tables
        playing = not self._waits("play")
        undrawn = not compute.drawn(model)
        over = model.level in model.ended
        shown = {
            self.same["play"]: playing,
            tables["course"]: playing and bool(model.given(model.level)),
            tables["next"]: playing and not over,
            self.again: playing and bool(over or model.given(model.level)),
            self.finish: playing and not model.all_ended,
            self.give_offered: model.level == "3",
            self.recorded: playing,
            self.same["endings"]: model.all_ended,
            tables["endings"]: model.all_ended,
            self.same["cohort"]: not self._waits("cohort"),
            self.draw: undrawn and not self._waits("cohort"),
            tables["cohort"]: not undrawn and not self._waits("cohort"),
            self.download["cohort"]: not undrawn and not self._waits("cohort"),
            self.same["trial"]: not self._waits("trial"),
            tables["trial"]: not self._waits("trial"),
            self.download["trial"]: not self._waits("trial"),
        }
        for widget, wanted in shown.items():
            widget.layout.display = None if wanted else "none"
        for button in (self.give_label, self.give_own, self.give_offered, self.stop):
            button.disabled = over or not playing

    def _show(self, section, beside=False) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            getattr(self, f"_show_{section}")(beside)
        except InputError as refused:  # of this section: the others go on
            self._later.pop(section, None)
            self.figures[section].fail(str(refused))
            self.results[section].clear()
            self.said_of[section].text = self.codes[section].code = ""

    def _show_play(self, beside):
        found = compute.play(self.model)
        self.figures["play"].show(found)
        self.results["play"].set(*play_words.result(found))
        self.said_of["play"].text = play_words.said(found)
        self.tables["course"].set(play_words.course_rows(found))
        self.tables["next"].set(play_words.next_rows(found))
        if not found.options:
            self.tables["next"].layout.display = "none"
        self.give_own.text = f"Give {words.gbq(1000 * self.model.own_gbq)}"
        offered = words.gbq(found.offered_mbq) if found.offered_mbq else "nothing"
        self.give_offered.text = f"Give what the limit leaves: {offered}"
        self.give_offered.disabled = found.offered_mbq == 0
        self.codes["play"].code = scripts.play(self.model)

    def _show_endings(self, beside):
        model = self.model
        left = [level for level in LEVELS if level not in model.ended]
        self.to_play.text = f"{_TO_PLAY} To be ended: level {', '.join(left)}." if left else ""
        if left:
            self.figures["endings"].empty(_TO_PLAY)
            self.results["endings"].clear()
            self.said_of["endings"].text = ""
            return
        found = compute.endings(model)
        self.figures["endings"].show(found)
        self.results["endings"].set(*play_words.endings_result(found))
        self.said_of["endings"].text = play_words.endings_said(model, found)
        self.tables["endings"].set(play_words.endings_rows(found))
        self.codes["endings"].code = scripts.endings(model)

    def _show_cohort(self, beside):
        model = self.model
        if not compute.drawn(model):
            self.figures["cohort"].empty(cohort_words.UNDRAWN)
            self.results["cohort"].clear()
            self.said_of["cohort"].text = ""
            self.codes["cohort"].code = scripts.cohort(model)
            return
        found = compute.plans(model)
        self.figures["cohort"].show(found)
        self.results["cohort"].set(*cohort_words.result(found))

        def fill():
            both = {drug: found if drug == model.drug else compute.plans(model, drug) for drug in DRUGS}
            self.said_of["cohort"].text = cohort_words.said(found)
            self.tables["cohort"].set(cohort_words.both_rows(both))
            self.codes["cohort"].code = scripts.cohort(model)

        self._after("cohort", fill, beside)

    def _show_trial(self, beside):
        found = compute.escalation(self.model)
        self.figures["trial"].show(found)
        self.results["trial"].set(*trial_words.result(found))

        def fill():
            self.said_of["trial"].text = trial_words.said(found)
            self.tables["trial"].set(trial_words.rows(found))
            self.codes["trial"].code = scripts.trial(self.model)

        self._after("trial", fill, beside)
