"""The dose-response page: controls linked to the model, nothing computed here."""

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
    Flags,
    Group,
    Note,
    NumberField,
    Page,
    Progress,
    Result,
    Row,
    Section,
    Slider,
    Text,
    guard,
)
from mrtlab.apps.dose_response import words
from mrtlab.apps.dose_response.model import RANGES, DoseResponsePage

__all__ = ["page"]

STATE = "dose_response"
_FIRST, _SECOND = ("total_gy", "cycles", "half_life_h", "repair_h"), ("patients", "error_percent", "between", "seed")


def page(model: DoseResponsePage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : DoseResponsePage, optional
        A new one by default.
    """
    return _View(model or DoseResponsePage()).page


class _View:
    def __init__(self, model: DoseResponsePage):
        self.model, self._quiet = model, False
        self._make()
        self._shown = guard(self.page)
        with self._shown:
            if not model.restore(kept.load(STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
        for name, field in self.fields.items():
            field.observe(self._shown(lambda change, name=name: self._input(name, change["new"])), "value")
            field.observe(self._shown(lambda change: self._stale()), "state")
        with self._shown:
            self._show_inputs()
            self._refresh()

    def _make(self):
        def slider(name, label, unit, step, **more):
            low, high = RANGES[name]
            return Slider(label, unit, getattr(self.model, name), minimum=low, maximum=high, step=step, **more)

        low, high = RANGES["total_gy"]
        self.fields = {
            "total_gy": NumberField("Total kidney dose", "Gy", 23.0, minimum=low, maximum=high),
            "cycles": slider("cycles", "Cycles", "", 1),
            "half_life_h": slider("half_life_h", "Effective half-life", "h", 1),
            "repair_h": slider("repair_h", "Repair half-time", "h", 0.1, help="kidney 2.8 h (recalled)"),
            "patients": slider("patients", "Patients, three lesions each", "", 5),
            "error_percent": slider("error_percent", "Error of each dose", "%", 5),
            "between": slider("between", "Difference between patients", "", 0.25, help="sd on the logit scale"),
            "seed": slider("seed", "Cohort number", "", 1, help="another cohort, same truth"),
        }
        self.left_out = Flag()
        self.choices = {
            "cycles": Choice("The same total dose in four cycles instead of one: BED is …", words.CYCLES, radio=True),
            "slope": Choice(
                "Doses measured with a random error of 30 %: the fitted curve is …", words.SLOPE, radio=True
            ),
        }
        self.commit, self.skip, self.missing, self.said = {}, {}, {}, {}
        for name, text in (("cycles", "BED"), ("slope", "slope")):
            self.commit[name] = Button(
                f"Commit my prediction of the {text}", on_click=lambda _, n=name: self._commit(n)
            )
            self.skip[name] = Button(f"Skip the prediction of the {text}", on_click=lambda _, n=name: self._skip(n))
            self.missing[name], self.said[name] = Flag(), Note()
        self.figure = Figure(words.bed_draw, words.bed_alt, words.bed_numbers, axes=words.bed_axes, height=380)
        self.curve = Figure(words.fit_draw, words.fit_alt, words.fit_numbers, axes=words.fit_axes, height=420)
        self.result, self.fitted, self.slope, self.flags = Result(), Result(), Text(), Flags()
        self.code, self.fit_code = CodePanel(), CodePanel()
        self.same = Details("The same in code: BED", [self.code])
        self.fit_same = Details("The same in code: fit", [self.fit_code])
        self.download = Download(
            "Download the lesions as CSV", "lesions.csv", lambda: self.model.csv().encode("utf-8"), "text/csv"
        )
        self.resample = Button("Resample lesions, and patients", on_click=lambda _: self._bootstrap())
        self.progress = Progress("Resampling")
        self.table = DataTable(
            ("Resampled", "D50, 95 %", "Slope γ50, 95 %", "Without estimate"), caption="400 bootstrap samples each"
        )
        self.reset = Button("Reset", on_click=lambda _: self._reset())
        fields = self.fields
        self.first = Section(
            "What do cycles and repair do to the same dose?",
            controls=[
                Group("Measurement", [fields["total_gy"], fields["cycles"], fields["half_life_h"]]),
                Group("Parameters", [fields["repair_h"]]),
            ],
            figure=self.figure,
            under=[self.result, self.same],
        )
        self.second = Section(
            "What does a curve from few patients tell?",
            controls=[Group("Simulated cohort (illustrative)", [fields[name] for name in _SECOND])],
            figure=self.curve,
            under=[
                self.fitted,
                self.slope,
                self.flags,
                Text(
                    "Lesions of one patient respond together. Draw whole patients, then: the interval is wider on "
                    "average, not in every cohort."
                ),
                Row([self.resample, self.download]),
                self.progress,
                self.table,
                self.fit_same,
            ],
        )
        self.page = Page(
            "From dose to response",
            [
                self.left_out,
                self._ask("Before you look: cycles", "cycles"),
                self.first,
                self._ask("Before you look: error of the dose", "slope"),
                self.second,
                self.reset,
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Dose–response", None)],
            subtitle="25 min · level: judge · recalled kidney parameters, simulated outcomes",
            units="h · Gy",
            foot=False,
        )

    def _ask(self, title, name):
        return Section(
            title,
            under=[self.choices[name], Row([self.commit[name], self.skip[name]]), self.missing[name], self.said[name]],
        )

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
                self._refresh()
                self._save()

    def _skip(self, name):
        with self._shown:
            self.missing[name].text = ""
            self.model.skipped = [*self.model.skipped, name]
            self._refresh()
            self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    def _bootstrap(self):
        with self._shown:
            self._stale()
            if self.second.stale or self.model.asked("slope"):
                return
            self.resample.disabled = True
            try:
                self.progress.set(0.05, "lesions")
                lesions = self.model.bootstrap(clustered=False)
                self.progress.set(0.5, "patients")
                self.table.set(words.bootstrap_rows((lesions, self.model.bootstrap(clustered=True))))
            finally:
                self.resample.disabled = False
                self.progress.clear()

    def _stale(self) -> None:
        for section, names in ((self.first, _FIRST), (self.second, _SECOND)):
            wrong = [self.fields[name].label.lower() for name in names if self.fields[name].state != "good"]
            section.stale = f"the field “{wrong[0]}” cannot be used" if wrong else ""

    def _show_inputs(self):
        self._quiet = True
        try:
            for name, field in self.fields.items():
                field.text = ""
                field.value = getattr(self.model, name)
        finally:
            self._quiet = False

    def _refresh(self, names=(*_FIRST, *_SECOND)):
        model = self.model
        for name, choice in self.choices.items():
            asked = model.asked(name)
            if name in model.predictions:
                choice.value = model.predictions[name]
            choice.disabled = self.commit[name].disabled = self.skip[name].disabled = not asked
            self.said[name].text = words.compared(model, name)
        self.same.layout.display = "none" if model.asked("cycles") else None
        for widget in (self.fit_same, self.download, self.resample):
            widget.layout.display = "none" if model.asked("slope") else None
        self._stale()
        if set(names) & set(_FIRST) and not self.first.stale:
            self._refresh_bed()
        if set(names) & set(_SECOND) and not self.second.stale:
            self._refresh_fit()

    def _refresh_bed(self):
        if self.model.asked("cycles"):
            self.figure.empty(words.GATED)
            return
        found = self.model.bed()
        self.figure.show(found)
        self.result.set(*words.bed_result(found))
        self.code.code = self.model.code()

    def _refresh_fit(self):
        self.table.set([])
        if self.model.asked("slope"):
            self.curve.empty(words.GATED)
            return
        found = self.model.fit()
        self.curve.show(found)
        self.fitted.set(*words.fit_result(found))
        self.slope.text = words.slope(found)
        self.flags.texts = [flag.text for flag in found.response.flags]
        self.fit_code.code = self.model.fit_code()

    def _save(self) -> None:
        kept.save(self.page, STATE, self.model.state())
