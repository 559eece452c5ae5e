"""The kidney-dose page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from datetime import datetime

from mrtlab import _userdata
from mrtlab.apps import kept
from mrtlab.apps.controls import (
    Button,
    CheckRows,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Figure,
    Flag,
    Flags,
    Group,
    Note,
    NumberField,
    Page,
    Result,
    Row,
    Section,
    Text,
    TextField,
    Upload,
    guard,
)
from mrtlab.apps.kidney_dose import words
from mrtlab.apps.kidney_dose.model import BEST, RANGES, KidneyDose
from mrtlab.errors import InputError
from mrtlab.kinetics import MODELS

__all__ = ["page"]

STATE = "kidney_dose"


def page(model: KidneyDose | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : KidneyDose, optional
        A new one by default.
    """
    return _View(model or KidneyDose()).page


class _View:
    def __init__(self, model: KidneyDose):
        self.model = model
        self._quiet = False
        self._painted: tuple = ()
        self._make_controls()
        self._make_page()
        self._shown = guard(self.page)  # one for all call-backs: what succeeds takes the last complaint away
        with self._shown:
            self.left_out.text = words.left_out(model.restore(kept.load(STATE)))
        self._link()
        self._show_inputs()
        self._refresh()
        self._show_commitments()

    def _make_controls(self):
        self.region = Choice("Region", [("", "")])
        self.used, self.gate = CheckRows("Points in the fit", ("hours", "MBq")), Text()
        self.cv = NumberField(
            "Uncertainty of each point",
            "%",
            minimum=RANGES["cv_percent"][0],
            maximum=RANGES["cv_percent"][1],
            required=False,
            help="empty: as in the table, or 5 %",
        )
        curves = [("Best supported", BEST), *((shape.title, name) for name, shape in MODELS.items())]
        self.curve = Choice("Curve", [(text[0].upper() + text[1:], name) for text, name in curves])
        self.mass, self.mass_u = (
            NumberField(label, "g", minimum=RANGES[trait][0], maximum=RANGES[trait][1], required=False)
            for label, trait in (("Mass", "mass_g"), ("Standard uncertainty of the mass", "mass_u_g"))
        )
        self.reset = Button("Reset", on_click=lambda _: self._restart())
        self.upload = Upload("Use my own table…", accept=".csv,.txt,.tsv")
        self.figure = Figure(
            words.draw, words.alt, words.numbers, axes=words.axes, caption="Points, curve and residuals", height=480
        )
        self.result, self.extrapolated, self.flags = Result(), Text(), Flags()
        self.ranking = DataTable(words.RANKING, caption="Candidate curves and what became of them")
        self.also = Text()
        self.code = CodePanel()
        self.understood = Text()
        self.prediction = Choice("The dose of the left kidney would change by", words.PREDICTIONS, radio=True)
        self.predict = Button("Commit my prediction", on_click=lambda _: self._commit_prediction())
        self.skip = Button("Skip the prediction", on_click=lambda _: self._skip_prediction())
        self.predicted, self.prediction_missing, self.left_out = Note(), Flag(), Flag()
        self.decision = Choice("I would", words.DECISIONS, radio=True)
        self.reason = TextField("because", lines=2)
        self.decide = Button("Save my decision", primary=True, on_click=lambda _: self._commit_decision())
        self.decided, self.decision_missing = Note(), Flag()

    def _make_page(self):
        self.why = Details("Why this curve and not another", [self.ranking, self.also], opened=True)
        self.fit = Section(
            "Which curve do the scans support, and what dose follows?",
            controls=[
                Group("Measurement", [self.region, self.used, self.gate, self.cv]),
                Group("Model", [self.curve]),
                Group("Parameters", [self.mass, self.mass_u]),
                Row([self.reset, self.upload]),
            ],
            figure=self.figure,
            under=[
                self.result,
                self.extrapolated,
                self.flags,
                self.why,
                Details("The same in code", [self.code]),
                Details("How the table was read", [self.understood]),
            ],
        )
        self.page = Page(
            "How much dose did this kidney receive, and how sure are we?",
            [
                Section(
                    words.PREDICT,
                    under=[
                        self.left_out,
                        Text(words.PREDICT_STORY),
                        self.prediction,
                        Row([self.predict, self.skip]),
                        self.prediction_missing,
                        self.predicted,
                    ],
                ),
                self.fit,
                Section(
                    words.DECIDE,
                    under=[
                        Text(words.DECIDE_STORY),
                        self.decision,
                        self.reason,
                        self.decide,
                        self.decision_missing,
                        self.decided,
                    ],
                ),
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("PRRT", None), ("Kidney dose", None)],
            subtitle="Lu-177 DOTATATE, four SPECT/CT · 20 min · level: apply · a real patient (SNMMI challenge, no. 4)",
            units="MBq · h · Gy",
            foot=False,  # the notebook goes on below with tasks, model and summary
        )

    def _link(self):
        shown = self._shown
        self.region.observe(shown(self._region_chosen), "value")
        for control, trait in (
            (self.used, "used"),
            (self.curve, "curve"),
            (self.cv, "cv_percent"),
            (self.mass, "mass_g"),
            (self.mass_u, "mass_u_g"),
        ):
            control.observe(shown(lambda change, trait=trait: self._input(trait, change["new"])), "value")
        for field, trait in ((self.cv, "cv_percent"), (self.mass, "mass_g"), (self.mass_u, "mass_u_g")):
            # from refused to empty the value stays None, and only the state tells
            field.observe(shown(lambda change, trait=trait: self._state_changed(trait, change["new"])), "state")
        self.upload.observe(shown(self._uploaded), "file")

    # what the learner does

    def _region_chosen(self, change):
        if not self._quiet and change["new"]:
            self.model.choose(change["new"])
            self._show_inputs()
            self._refresh()
            self._save()

    def _input(self, trait, value):
        if self._quiet or self._mark_stale():
            return
        setattr(self.model, trait, tuple(value) if trait == "used" else value)
        self._refresh()
        self._save()

    def _state_changed(self, trait, state):
        if state == "empty":
            self._input(trait, None)
        else:
            self._mark_stale()

    def _uploaded(self, change):
        if change["new"] is None:
            return
        name = change["new"].name
        self.upload.message = ""  # until it is read, nothing may say that it was
        try:
            self.model.use_file(name, change["new"].content)
        except InputError as error:
            self.upload.refuse(words.refused(name, error, self.model.source or "the patient of this page"))
            return
        self._show_inputs()
        self._refresh()
        self._save()
        self.upload.message = f"{name} was read. It is not stored; a reload brings the patient back."

    def _restart(self):
        with self._shown:
            self.model.use_patient()
            self.upload.message, self.upload.refused = "", False
            self._show_inputs()
            self._refresh()
            self._save()

    def _commit_prediction(self):
        with self._shown:
            self.prediction_missing.text = ""
            if self.prediction.value is None:
                self.prediction_missing.text = "Choose one of the three answers before you commit."
                return
            self.model.prediction = self.prediction.value
            if self._save():
                self._show_commitments()

    def _skip_prediction(self):
        with self._shown:
            self.model.skipped = True
            self.prediction_missing.text = ""
            if self._save():
                self._show_commitments()

    def _commit_decision(self):
        with self._shown:
            self.decision_missing.text = ""
            if self.decision.value is None:
                self.decision_missing.text = "Choose what you would do before you save it."
                return
            if not self.reason.value.strip():
                self.decision_missing.text = (
                    "Give your reason in a sentence; a decision without one cannot be discussed."
                )
                return
            self.model.decision, self.model.reason = self.decision.value, self.reason.value.strip()
            # a decision is about one result and stays with it, whatever is looked at afterwards
            self.model.discussion = words.discussion(self.model.answer(), self.decision.value)
            if self._save():
                self._show_commitments()

    # what the page shows

    def _mark_stale(self) -> bool:
        """Whether what is shown no longer belongs to the inputs, and why."""
        wrong = [field.label.lower() for field in (self.cv, self.mass, self.mass_u) if field.state == "bad"]
        reason = f"the field “{wrong[0]}” cannot be used" if wrong else ""
        if not any(self.used.value):
            reason = "no point is in the fit; tick at least one"
        self.fit.stale = reason
        return bool(reason)

    def _show_inputs(self):
        """Controls from the model, without answering their own changes."""
        model, self._quiet = self.model, True
        try:
            self.region.options = [(words.label(name), name) for name in model.table.regions]
            self.region.value = model.region
            curve = model.table[model.region]
            rows = [
                (words.three(time), words.three(mbq))
                for time, mbq in zip(curve.times_h, curve.activity_mbq, strict=True)
            ]
            self.used.set_rows(rows, [f"use the point at {time} h, {mbq} MBq" for time, mbq in rows], model.used)
            self.curve.value = model.curve
            for field, number in (
                (self.cv, model.cv_percent),
                (self.mass, model.mass_g),
                (self.mass_u, model.mass_u_g),
            ):
                field.text = ""
                field.value = number
            self._show_gate()
            self.understood.text = model.table.understood
        finally:
            self._quiet = False

    def _refresh(self):
        """Figure first, words after, the ranking last."""
        if self._mark_stale():
            return
        first = self.model.first()
        if first is not None and self._paint(first):
            # the number waits for the comparison; the old one must not stand under the new picture
            self.result.set(words.COMPARING)
        answer = self.model.answer()
        self._paint(answer)
        self.result.set(*words.result(answer))
        self.extrapolated.text = words.extrapolated(answer)
        self.flags.texts = words.flags(answer)
        rows, also = words.ranking(answer), words.also(answer)
        self.ranking.set(rows)
        self.also.text = also
        self.why.layout.display = None if rows or also else "none"
        self.code.code = self.model.code()
        self._show_gate()
        self._show_prediction()

    def _paint(self, answer) -> bool:
        """Draw the picture of an answer, unless it is the one that stands there."""
        if answer.picture == self._painted:
            return False
        self._painted = ()
        self.figure.show(answer)
        self._painted = answer.picture
        return True

    def _show_gate(self):
        self.used.disabled = self.model.gated
        self.gate.text = words.GATED if self.model.gated else ""

    def _show_prediction(self):
        """The comparison appears once the learner has committed and has taken out the last scan alone."""
        model = self.model
        if not model.prediction:
            self.predicted.text = words.SKIPPED if model.skipped else ""
            return
        last_out = not model.source and model.region == "kidney_left" and model.used == (True, True, True, False)
        self.predicted.text = (
            words.compared(model.prediction, *model.without_last()) if last_out else words.promised(model)
        )

    def _show_commitments(self):
        model = self.model
        self._quiet = True
        if model.prediction:
            self.prediction.value = model.prediction
            self.prediction.disabled = self.predict.disabled = True
        self.skip.disabled = bool(model.prediction or model.skipped)
        self._show_prediction()
        self._show_gate()
        if model.decision:
            self.decision.value, self.reason.value = model.decision, model.reason
            self.decided.text = model.discussion
        self._quiet = False

    def _save(self) -> bool:
        """Keep the choices; what is said to be saved is on the disk."""
        try:
            saved = kept.load(STATE) | self.model.state()
            _userdata.save(STATE, saved)
        except OSError as error:
            self.page.status = "not saved"
            raise InputError(
                f"your answers could not be saved in {_userdata.folder()}: {error.strerror or error}. Free some "
                "space, or set "
                "MRTLAB_DATA_DIR to a folder that can be written"
            ) from None
        self.page.status = f"saved {datetime.now():%H:%M} ✓"
        return True
