"""The curve-fitting page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps import kept
from mrtlab.apps.controls import Page, guard
from mrtlab.apps.curve_fitting import words
from mrtlab.apps.curve_fitting.layout import Layout
from mrtlab.apps.curve_fitting.lessons import LESSONS
from mrtlab.apps.curve_fitting.model import CurveFitting
from mrtlab.apps.kidney_dose.plain import label, three
from mrtlab.errors import InputError

__all__ = ["page"]

STATE = "curve_fitting"
_KEYS = tuple(LESSONS)


def page(model: CurveFitting | None = None) -> Page:
    """The whole page, with the work of the last visit.

    Parameters
    ----------
    model : CurveFitting, optional
        A new one by default.
    """
    return _View(model or CurveFitting()).page


class _View(Layout):
    def __init__(self, model: CurveFitting):
        self.model = model
        self._quiet = False
        self._make_controls()
        self._make_page()
        self._shown = guard(self.page)
        with self._shown:
            if not model.restore(kept.load(STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
        self._link()
        with self._shown:
            self._show_lesson()

    def _link(self):
        shown = self._shown
        self.lessons.observe(shown(self._lesson_chosen), "current")
        self.region.observe(shown(self._region_chosen), "value")
        self.which.observe(shown(lambda change: self._show_typing()), "value")
        for control, trait in (
            (self.used, "used"),
            (self.curve, "curve"),
            (self.weights, "weights"),
            (self.cv, "cv_percent"),
            (self.u, "u_mbq"),
        ):
            control.observe(shown(lambda change, trait=trait: self._input(trait, change["new"])), "value")
        for field in (self.cv, self.u):
            field.observe(shown(lambda change: self._mark_stale()), "state")
        self.upload.observe(shown(self._uploaded), "file")

    # what the learner does

    def _lesson_chosen(self, change):
        if self._quiet or _KEYS[change["new"]] == self.model.lesson:
            return
        self.model.open(_KEYS[change["new"]])
        self._show_lesson()
        self._save()

    def _commit(self):
        with self._shown:
            self.missing.text = ""
            if self.prediction.value is None:
                self.missing.text = "Choose one of the answers before you commit."
                return
            self.model.predict(self.prediction.value)
            self._committed()

    def _skip(self):
        with self._shown:
            self.missing.text = ""
            self.model.skip()
            self._committed()

    def _committed(self):
        self._show_prediction()
        self._refresh()
        self._save()

    def _region_chosen(self, change):
        if not self._quiet and change["new"]:
            self.model.choose(change["new"])
            self._points_changed()

    def _input(self, trait, value):
        if self._quiet or self._mark_stale() or value is None:
            return
        setattr(self.model, trait, tuple(value) if trait == "used" else value)
        if trait == "weights":
            self._show_weights()
        if trait == "used":
            self.model.settle()
        self._refresh()
        self._save()

    def _dragged(self, index, time_h, mbq, phase):
        if self._mark_stale():
            return
        self.model.drag(index, time_h, mbq)
        if phase != "move":
            if phase == "end":
                self.model.settle()
            self._points_changed()
            return
        quick = self.model.quick()
        self.figure.show(quick)
        self.result.set(*words.result(quick))
        self.support.text = words.support(quick)
        if not quick.hidden:
            self.fit.stale = ""
            self.also.text = "The table is compared anew when the point rests."

    def _drawn(self, time_h, mbq):
        if not self._mark_stale():
            self.model.add(time_h, mbq)
            self._points_changed()

    def _set_point(self):
        with self._shown:
            if self.time.value is None or (self.mbq.value is None and self.mbq.state == "bad"):
                raise InputError("type the time of the point in hours, and its activity in MBq")
            if self.which.value == -1:
                self.model.add(self.time.value, self.mbq.value)
            elif self.mbq.value is None:
                raise InputError("type the activity of the point in MBq")
            else:
                self.model.set_point(self.which.value, self.time.value, self.mbq.value)
            self._points_changed()

    def _remove_point(self):
        with self._shown:
            if self.which.value == -1:
                raise InputError("choose the point that is to be taken away")
            self.model.remove(self.which.value)
            self._points_changed()

    def _points_changed(self):
        self._show_points()
        self._refresh()
        self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self.upload.message, self.upload.refused = "", False
            self._show_lesson()
            self._save()

    def _uploaded(self, change):
        if change["new"] is None:
            return
        name = change["new"].name
        self.upload.message = ""
        try:
            self.model.use_file(name, change["new"].content)
        except InputError as error:
            self.upload.refuse(f"{name} was refused: {words.plain(str(error).removeprefix(f'{name}: '))}.")
            return
        self._show_lesson()
        self._save()
        self.upload.message = f"{name} was read. It is not stored; a reload brings the lesson back."

    # what the page shows

    def _mark_stale(self) -> bool:
        fields = {"cv": self.cv, "same": self.u}
        field = fields.get(self.weights.value)
        reason = ""
        if field is not None and field.state != "good":
            reason = f"the field “{field.label.lower()}” " + (
                "is empty" if field.state == "empty" else "cannot be used"
            )
        if not any(self.used.value):
            reason = "no point is in the fit; tick at least one"
        self.fit.stale = reason
        return bool(reason)

    def _show_lesson(self):
        model = self.model
        self._quiet = True
        try:
            self.lessons.current = _KEYS.index(model.lesson)
            self.curve.value = model.curve
            for field, value in ((self.cv, model.cv_percent), (self.u, model.u_mbq)):
                field.text = ""
                field.value = value
            regions = model.table.regions if model.table else ()
            self.region.options = [(label(name), name) for name in regions] or [("", "")]
            if regions:
                self.region.value = model.region
            self.region.layout.display = None if len(regions) > 1 else "none"
        finally:
            self._quiet = False
        self._show_prediction()
        self._show_points()
        self._refresh()

    def _show_prediction(self):
        model, lesson = self.model, self.model.now
        self.lessons.done = [i for i, key in enumerate(_KEYS) if key in model.predictions]
        self.story.text = f"{lesson.story}\n\n**{lesson.question}**" if lesson.question else lesson.story
        asks = bool(lesson.options)
        for control in (self.prediction, self.predict, self.skip):
            control.layout.display = None if asks else "none"
        self._quiet = True
        self.prediction.options = list(lesson.options) or [("", "")]
        self.prediction.value = model.predictions.get(model.lesson)
        self._quiet = False
        committed = model.lesson in model.predictions
        self.prediction.disabled = self.predict.disabled = committed
        self.skip.disabled = not model.asked
        self.missing.text = ""
        self.compared.text = words.compared(model)
        self.tasks.text = "" if model.asked else words.task_list(model)

    def _show_points(self):
        model = self.model
        self._quiet = True
        try:
            rows = [(three(point.time_h), three(point.mbq)) for point in model.points]
            if [list(row) for row in rows] != self.used.rows or model.used != tuple(self.used.value):
                self.used.set_rows(rows, [f"use the point at {t} h, {a} MBq" for t, a in rows], model.used)
            named = [(f"{t} h, {a} MBq", i) for i, (t, a) in enumerate(rows)]
            kept = self.which.value
            self.which.options = [("new point", -1), *named]
            self.which.value = kept if kept is not None and kept < len(rows) else -1
        finally:
            self._quiet = False
        self._show_weights()
        self._show_typing()

    def _show_weights(self):
        model = self.model
        self._quiet = True
        self.weights.options = [(words.WEIGHTS[name], name) for name in model.possible_weights]
        self.weights.value = model.weights
        self.cv.layout.display = None if model.weights == "cv" else "none"
        self.u.layout.display = None if model.weights == "same" else "none"
        self._quiet = False

    def _show_typing(self):
        if self._quiet:
            return
        chosen, model = self.which.value, self.model
        new = chosen is None or chosen < 0
        self.set.text = "Add this point" if new else "Move it there"
        self.remove.disabled = new
        self.mbq.help = "empty: the simulated patient is scanned" if new and model.now.truth else ""
        for field, value in (
            (self.time, None if new else model.points[chosen].time_h),
            (self.mbq, None if new else model.points[chosen].mbq),
        ):
            field.text = ""
            field.value = value

    def _refresh(self):
        """Figure first, words after, the comparison of curves last."""
        if self._mark_stale():
            return
        asked = self.model.asked
        self.figure.disabled = self.used.disabled = self.set.disabled = asked
        painted = None
        if not (asked or self.model.known):
            quick = self.model.quick()
            self.figure.show(quick)
            painted = quick.fit and quick.fit.model
        answer = self.model.answer()
        if painted is None or answer.fit is None or answer.fit.model != painted:
            self.figure.show(answer)
        self.result.set(*words.result(answer))
        self.support.text = words.support(answer)
        self.flags.texts = words.flags(answer)
        rows = words.ranking(answer)
        self.ranking.set(rows)
        self.also.text = words.also(answer)
        self.why.layout.display = None if rows else "none"
        self.same.layout.display = "none" if answer.hidden else None
        self.code.code = self.model.code()

    def _csv(self) -> bytes:
        return self.model.csv().encode("utf-8")

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())
