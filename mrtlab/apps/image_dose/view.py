"""The page from images to dose: controls, tables and the viewer, linked to the model."""

from __future__ import annotations

import ipywidgets as widgets

from mrtlab.apps.controls import (
    Button,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Download,
    Flag,
    Group,
    Note,
    Page,
    Progress,
    Result,
    Row,
    Section,
    Slider,
    Text,
    guard,
)
from mrtlab.apps.image_dose.model import DEFECTS, TIMES_H, ImageDosePage
from mrtlab.errors import InputError
from mrtlab.units import format_quantity

__all__ = ["page"]

_STEPS = 24  # of the progress bar: what one patient takes, about
_ASKED = {
    "kidney": "Of these two, which makes the left kidney's dose more uncertain?",
    "lesion": "And that of the smallest lesion?",
}
_OPTIONS = [("recovery: what blur takes away", "recovery"), ("the curve through four points", "curve")]
_STORY = (
    "A virtual patient was given Lu-177 DOTATATE and had four SPECT/CT. Her organs and lesions were outlined on CT by "
    "a person who is not perfect; the camera was calibrated on phantoms, with errors of its own. What is true is "
    "known, and hidden until you ask. Sizes of all errors are illustrative."
)


def page(model: ImageDosePage | None = None) -> Page:
    """The page. Its model holds the state; without one a new one is made.

    Parameters
    ----------
    model : ImageDosePage, optional
    """
    return _View(model or ImageDosePage()).page


class _View:
    def __init__(self, model: ImageDosePage):
        self.model = model
        self._make_controls()
        self._make_page()
        self._shown = guard(self.page)
        shown = self._shown
        for button, work in ((self.compute, self._compute), (self.commit, self._commit), (self.reveal, self._reveal)):
            button.on_click(shown(lambda _, work=work: work()))
        self.scan.observe(shown(lambda change: self._draw_scan()), "value")
        self.region.observe(shown(lambda change: self._region_chosen()), "value")
        for control in (self.seed, self.defects):
            control.observe(shown(lambda change: self._mark_stale()), "value")
        with shown:
            self._show_nothing()

    def _make_controls(self):
        self.seed = Slider("Virtual patient", "", self.model.seed, minimum=0, maximum=20, step=1)
        self.defects = Choice(
            "Planted on purpose", [("nothing", ""), *((text, name) for name, text in DEFECTS.items())]
        )
        self.compute = Button("Measure and compute")
        self.progress = Progress("From images to dose")
        self.scan = Choice("Scan", [(f"{time:g} h after administration", time) for time in TIMES_H])
        self.gate = DataTable(["Scan, h", "In the image, MBq", "Left of the administered, MBq"], caption="Plausibility")
        self.kidney = Choice(_ASKED["kidney"], _OPTIONS, radio=True)
        self.lesion = Choice(_ASKED["lesion"], _OPTIONS, radio=True)
        self.commit = Button("Commit my predictions")
        self.missing, self.compared = Flag(), Note()
        self.region = Choice("Region", ["left kidney"])
        self.result, self.points = (
            Result(),
            DataTable(["Time, h", "In the outline, MBq", "Corrected, MBq", "u, MBq"], caption="Activity of the region"),
        )
        self.doses = DataTable(["Region", "Volume, mL", "Dose, Gy", "Remarks"], caption="Doses of all regions")
        self.reveal = Button("Show what is true")
        self.truth = DataTable(["Region", "Dose, Gy", "True, Gy", "z", "within 2 u"], caption="The hidden truth")
        self.refused, self.code = Flag(), CodePanel()
        self.images, self.map = widgets.VBox(), widgets.VBox()
        self.histograms = DataTable(["Region", "Mean, Gy", "D98, Gy", "D50, Gy", "D2, Gy"], caption="Dose map")

    def _make_page(self):
        csv = Download("Download the doses as CSV", "doses.csv", lambda: self.model.doses_csv().encode(), "text/csv")
        rtdose = Download("Download the dose map (DICOM)", "rtdose.dcm", self.model.rtdose, "application/dicom")
        files = Download("Download this patient as DICOM", "patient.zip", self.model.dicom_zip, "application/zip")
        self.first = Section(
            "Can these images be true?",
            controls=[Group("Measurement", [self.seed, self.defects]), self.compute],
            under=[self.progress, self.refused, self.gate],
        )
        self.shown_images = Section("What do they show?", under=[self.scan, self.images])
        self.second = Section(
            "Which uncertainty is larger?",
            under=[self.kidney, self.lesion, Row([self.commit]), self.missing, self.compared],
        )
        self.third = Section(
            "How much dose, and how sure?",
            controls=[Group("Region", [self.region])],
            figure=None,
            under=[self.result, self.points, self.doses, csv, self.reveal, self.truth],
        )
        self.fourth = Section(
            "Where is the dose?",
            figure=self.map,
            under=[
                self.histograms,
                Text("The map is not corrected for recovery: in a small lesion, D98 and D2 show blur and little else."),
                Row([rtdose, files]),
                Details("The same in code", [self.code]),
            ],
        )
        self.page = Page(
            "From four SPECT/CT to dose",
            [Text(_STORY), self.first, self.shown_images, self.second, self.third, self.fourth],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Images to dose", None)],
            subtitle="Lu-177 DOTATATE · 30 min · level: apply · virtual patients, errors illustrative",
            units="MBq · h · Gy",
            foot=False,
        )

    # ---- what the learner does

    def _compute(self):
        done = 0

        def step(words: str) -> None:
            nonlocal done
            done = min(done + 1, _STEPS)
            self.progress.set(done / _STEPS * 0.98, words)

        self.model.seed = int(self.seed.value)
        self.model.defects = self._planted()
        try:
            found = self.model.outcome(step)
        finally:
            self.progress.clear()
        self._show_nothing()
        self.refused.text = f"Refused: {found.refused}" if found.refused else ""
        if found.study is not None:
            self._draw_scan()
        if found.result is None:
            return
        self.gate.set([(f"{t.time_h:.1f}", f"{t.measured_mbq:.0f}", f"{t.left_mbq:.0f}") for t in self.model.totals()])
        self._show_answers()

    def _planted(self) -> tuple[str, ...]:
        return (self.defects.value,) if self.defects.value else ()

    def _commit(self):
        try:
            self.model.predict(kidney=self.kidney.value, lesion=self.lesion.value)
        except InputError:
            self.missing.text = "Choose an answer to both questions first."
            return
        self.missing.text = ""
        self._show_answers()

    def _reveal(self):
        self.model.reveal()
        self.truth.set(
            [
                (
                    row.region,
                    f"{row.dose_gy:.3g} ± {row.u_gy:.2g}",
                    f"{row.true_gy:.3g}",
                    f"{row.z:+.1f}",
                    "yes" if row.inside else "no",
                )
                for row in self.model.truth()
            ]
        )

    def _mark_stale(self):
        stale = self.images.children and (
            int(self.seed.value or 0) != self.model.seed or self._planted() != self.model.defects
        )
        for section in (self.first, self.shown_images, self.third, self.fourth):
            section.stale = "another patient or defect is chosen; measure and compute again" if stale else ""

    # ---- what is shown

    def _show_nothing(self):
        for table in (self.gate, self.points, self.doses, self.truth, self.histograms):
            table.set([])
        self.result.clear()
        self.map.children, self.images.children = (), (Text("The images appear once they are measured."),)
        self.compared.text = "" if not self.model.asked else "The doses appear once you have committed, and computed."
        self._mark_stale()

    def _draw_scan(self):
        from mrtlab.apps import viewer

        study = self.model.outcome().study
        scan = study.scans[min(TIMES_H.index(self.scan.value), len(study.scans) - 1)]
        alt = f"SPECT at {self.scan.value:g} h in colour over CT in grey, with the outlines of the regions."
        self.images.children = (viewer.view(study.ct, scan, study.regions, kind="slices", alt=alt),)

    def _show_answers(self):
        found = self.model.outcome()
        if self.model.asked or found.result is None:
            return
        smallest = min((name for name in self.model.regions() if "lesion" in name), key=found.study.regions.volume_ml)
        said = []
        for question, region in (("kidney", "left kidney"), ("lesion", smallest)):
            try:
                larger = self.model.larger(region)
            except InputError as refused:
                said.append(f"{region}: {refused}")
                continue
            right = "as you predicted" if self.model.predictions[question] == larger else "other than you predicted"
            said.append(f"{region}: **{larger}** is the larger of the two, {right}")
        self.compared.text = "; ".join(said) + "."
        self.doses.set(
            [
                (
                    item.region,
                    f"{item.volume_ml:.4g}",
                    format_quantity(item.dose_gy, "Gy") if item.dose_gy is not None else "refused",
                    item.refused or ", ".join(item.flags).lower().replace("_", " "),
                )
                for item in found.result.regions
            ]
        )
        self.region.options = list(self.model.regions())
        self._region_chosen()
        self._draw_map()

    def _region_chosen(self):
        found = self.model.outcome()
        if self.model.asked or found.result is None or self.region.value not in self.model.regions():
            return
        self.model.region = self.region.value
        self.code.code = self.model.code()
        measured, item = self.model.curve(self.region.value), found.result[self.region.value]
        if item.dose_gy is None:
            self.result.set(f"{item.region}: no dose", "", item.refused)
            self.points.set([])
            return
        shares = sorted(item.budget.shares.items(), key=lambda pair: -abs(pair[1])) if item.budget else []
        words = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares[:4])
        rest = f"recovery {measured.recovery:.2f}" + (f" · of the variance: {words}" if words else "")
        self.result.set(f"{item.region}:", format_quantity(item.dose_gy, "Gy"), rest)
        rows = zip(
            measured.curve.times_h,
            measured.apparent_mbq,
            measured.curve.activity_mbq,
            measured.curve.sigma_mbq,
            strict=True,
        )
        self.points.set([tuple(f"{number:.3g}" for number in row) for row in rows])

    def _draw_map(self):
        from mrtlab.apps import viewer

        found = self.model.outcome()
        alt = "Dose map in colour over CT in grey, with the outlines of the regions."
        self.map.children = (
            viewer.view(found.study.ct, found.result.dose, found.study.regions, kind="slices", alt=alt),
        )
        self.histograms.set(
            [
                (
                    name,
                    *(
                        f"{number:.3g}"
                        for number in (dvh.mean_gy, *(float(dvh.dose_at_volume(p)) for p in (98, 50, 2)))
                    ),
                )
                for name, dvh in found.result.histograms.items()
            ]
        )
