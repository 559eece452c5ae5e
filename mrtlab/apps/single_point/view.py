"""The single-time-point page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab.apps import kept
from mrtlab.apps.controls import (
    Button,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Download,
    Figure,
    Flag,
    Group,
    Note,
    NumberField,
    Page,
    Result,
    Row,
    Section,
    Slider,
    Text,
    guard,
)
from mrtlab.apps.single_point import words
from mrtlab.apps.single_point.model import RANGES, TISSUES, SinglePointPage

__all__ = ["page"]

STATE = "single_point"
_VIRTUAL = ("Method and scans", "Bias, %", "Spread, %", "95 % of errors, %", "More than 10 % off", "Failed")


def page(model: SinglePointPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : SinglePointPage, optional
        A new one by default.
    """
    return _View(model or SinglePointPage()).page


class _View:
    def __init__(self, model: SinglePointPage):
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
            self._show_inputs()
            self._show_prediction()
            self._refresh()

    def _make_controls(self):
        model = self.model
        self.left_out = Flag()
        self.when = Choice("When should the one scan be, if everybody is given 51 h?", words.WHEN, radio=True)
        self.most = Choice("A(t)·2t/ln 2 needs no half-life. How far too high can it be?", words.MOST, radio=True)
        self.predict = Button("Commit my predictions", on_click=lambda _: self._commit())
        self.skip = Button("Skip the predictions", on_click=lambda _: self._skip())
        self.missing, self.compared = Flag(), Note()
        least, most = RANGES["time_h"]
        self.time = Slider("Time of the scan", "h", model.time_h, minimum=least, maximum=most, step=2)
        self.noise = self._field("Uncertainty of the activity", "%", "noise_percent")
        self.method = Choice("Method", [(text, name) for name, text in words.METHODS.items()])
        self.tissue = Choice("Tissue (recalled values)", [*((name, name) for name in TISSUES), ("other numbers", "")])
        self.median = self._field("Median effective half-life", "h", "median_h")
        self.gsd = self._field("Geometric standard deviation", "", "gsd", help="1.25 is about 25 %")
        self.reset = Button("Reset", on_click=lambda _: self._reset())
        self.figure = Figure(
            words.draw,
            words.alt,
            words.numbers,
            axes=words.axes,
            height=520,
            caption="Errors in per cent, by scan time",
        )
        self.result, self.advice, self.code = Result(), Text(), CodePanel()
        self.download = Download("Download the bands as CSV", "single_time_point.csv", self._csv, "text/csv")
        low, high = RANGES["patient_h"]
        self.patient = Slider(
            "Effective half-life of the patient", "h", model.patient_h, minimum=low, maximum=high, step=1
        )
        self.one = Figure(words.one_draw, words.one_alt, words.one_numbers, axes=words.one_axes, height=380)
        self.said = Text()
        self.measure = Button("Measure 100 virtual patients", on_click=lambda _: self._measure())
        self.virtual, self.about = DataTable(_VIRTUAL, caption="Methods on virtual patients"), Text()

    @staticmethod
    def _field(label, unit, trait, **more):
        low, high = RANGES[trait]
        return NumberField(label, unit, minimum=low, maximum=high, **more)

    def _make_page(self):
        self.same = Details("The same in code", [self.code])
        self.many = Section(
            "Over a whole population: when is one scan enough?",
            controls=[
                Group("Measurement", [self.time, self.noise]),
                Group("Model", [self.method]),
                Group("Parameters", [self.tissue, self.median, self.gsd]),
                self.reset,
            ],
            figure=self.figure,
            under=[self.result, self.advice, self.same, self.download],
        )
        self.single = Section(
            "In one patient: why is 2t/ln 2 never far too high?",
            controls=[Group("Parameters", [self.patient])],
            figure=self.one,
            under=[self.said],
        )
        self.page = Page(
            "Is one scan enough, and when?",
            [
                Section(
                    "Before you look",
                    under=[
                        self.left_out,
                        Text(words.STORY),
                        self.when,
                        self.most,
                        Row([self.predict, self.skip]),
                        self.missing,
                        self.compared,
                    ],
                ),
                self.many,
                self.single,
                Section(
                    "And in kidneys that take up first, and are measured with noise?",
                    under=[
                        Text(
                            "A hundred virtual patients after Lu-177 DOTATATE (illustrative population), scanned "
                            "once at "
                            "the time chosen above; beside them three scans and a fit. It takes some seconds."
                        ),
                        self.measure,
                        self.about,
                        self.virtual,
                    ],
                ),
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Single time point", None)],
            subtitle="Lu-177 · 25 min · level: judge · populations of half-lives (recalled), simulated patients",
            units="MBq · h",
            foot=False,
        )

    def _link(self):
        shown = self._shown
        for control, trait in (
            (self.time, "time_h"),
            (self.noise, "noise_percent"),
            (self.method, "method"),
            (self.median, "median_h"),
            (self.gsd, "gsd"),
        ):
            control.observe(shown(lambda change, trait=trait: self._input(trait, change["new"])), "value")
        self.tissue.observe(shown(self._tissue_chosen), "value")
        self.patient.observe(shown(lambda change: self._input("patient_h", change["new"])), "value")
        for field in (self.time, self.noise, self.median, self.gsd, self.patient):
            field.observe(shown(lambda change: self._mark_stale()), "state")

    # what the learner does

    def _input(self, trait, value):
        if self._quiet or self._mark_stale() or value is None:
            return
        setattr(self.model, trait, value)
        if trait in ("median_h", "gsd"):
            self._quiet = True
            numbers = (self.model.median_h, self.model.gsd)
            self.tissue.value = next((name for name, one in TISSUES.items() if one == numbers), "")
            self._quiet = False
        self._refresh(patient_only=trait == "patient_h")
        self._save()

    def _tissue_chosen(self, change):
        if self._quiet or not change["new"]:
            return
        self.model.choose(change["new"])
        self._show_inputs()
        self._refresh()
        self._save()

    def _commit(self):
        with self._shown:
            self.missing.text = ""
            if None in (self.when.value, self.most.value):
                self.missing.text = "Answer both questions before you commit."
                return
            self.model.predict(when=self.when.value, most=self.most.value)
            self._committed()

    def _skip(self):
        with self._shown:
            self.model.skipped = True
            self.missing.text = ""
            self._committed()

    def _committed(self):
        self._show_prediction()
        self._refresh()
        self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    def _measure(self):
        with self._shown:
            if self._mark_stale():
                return
            self.about.text = "Measuring 100 virtual patients…"
            self.measure.disabled = True
            try:
                comparison = self.model.virtual()
            finally:
                self.measure.disabled = False
                self.about.text = ""
            self.virtual.set(words.virtual(comparison))
            self.about.text = (
                f"Kidneys of 100 virtual patients, one scan at {self.model.time_h:.4g} h, errors against the known "
                "truth. "
                "The methods with a half-life take the population's, 51 h. Uptake, which 2t/ln 2 does not know, adds "
                "to it."
            )

    # what the page shows

    def _mark_stale(self) -> bool:
        fields = (self.time, self.noise, self.median, self.gsd)
        wrong = [field.label.lower() for field in fields if field.state != "good"]
        self.many.stale = f"the field “{wrong[0]}” cannot be used" if wrong else ""
        self.single.stale = "the field “effective half-life of the patient” cannot be used" * (
            self.patient.state != "good"
        )
        return bool(wrong) or bool(self.single.stale)

    def _show_inputs(self):
        model, self._quiet = self.model, True
        try:
            for control, value in (
                (self.time, model.time_h),
                (self.noise, model.noise_percent),
                (self.median, model.median_h),
                (self.gsd, model.gsd),
                (self.patient, model.patient_h),
            ):
                control.text = ""
                control.value = value
            self.method.value = model.method
            numbers = (model.median_h, model.gsd)
            self.tissue.value = next((name for name, one in TISSUES.items() if one == numbers), "")
        finally:
            self._quiet = False
        self._mark_stale()

    def _show_prediction(self):
        model = self.model
        for control, name in ((self.when, "when"), (self.most, "most")):
            if name in model.predictions:
                control.value = model.predictions[name]
            control.disabled = bool(model.predictions)
        self.predict.disabled = bool(model.predictions)
        self.skip.disabled = self.measure.disabled = False
        self.skip.disabled = not model.asked
        self.measure.disabled = model.asked
        self.compared.text = words.compared(model)

    def _refresh(self, patient_only: bool = False):
        if self._mark_stale():
            return
        self.same.layout.display = self.download.layout.display = "none" if self.model.asked else None
        if self.model.asked:
            self.figure.empty(words.GATED)
            self.one.empty(words.GATED)
            return
        patient = self.model.patient()
        if not patient_only:
            answer = self.model.answer()
            self.figure.show(answer)
            self.result.set(*words.result(answer))
            self.advice.text = words.advice(answer)
            self.code.code = self.model.code()
        self.one.show(patient)
        self.said.text = words.one(patient)

    def _csv(self) -> bytes:
        return self.model.csv().encode("utf-8")

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())
