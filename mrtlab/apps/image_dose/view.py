"""The page from images to dose: controls, tables and the viewer, linked to the model."""

from __future__ import annotations

import asyncio
import contextlib

import ipywidgets as widgets
from uncertainties import ufloat

from mrtlab.apps import kept
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
from mrtlab.apps.image_dose.model import DEFECTS, LAST_SEED, TIMES_H, ImageDosePage
from mrtlab.errors import InputError
from mrtlab.study import shares_text
from mrtlab.units import format_quantity

__all__ = ["page"]

STATE = "image_dose"
_PAINTED_S = 1.0  # by then the page is painted: only then the images of the last visit are measured again
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
    """The page, with the work of the last visit. Its model holds the state; without one a new one is made.

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
        self._pictures: dict[tuple, widgets.Widget] = {}
        self._shown = guard(self.page)
        shown = self._shown
        with shown:
            if not model.restore(kept.load(STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
            self._take_up()
        for button, work in ((self.compute, self._compute), (self.commit, self._commit), (self.reveal, self._reveal)):
            button.on_click(shown(lambda _, work=work: work()))
        self.scan.observe(shown(lambda change: self._scan_chosen()), "value")
        self.region.observe(shown(lambda change: self._region_chosen()), "value")
        for control in (self.seed, self.defects):
            control.observe(shown(lambda change: self._next_chosen()), "value")
        with shown:
            self._show_nothing()
            if model.computed:
                self._resume_later()

    def _take_up(self):
        """Controls follow the model, as it was left."""
        self.seed.value, self.scan.value = self.model.next_seed, self.model.scan_h
        self.defects.value = next(iter(self.model.next_defects), "")
        for question, control in (("kidney", self.kidney), ("lesion", self.lesion)):
            if question in self.model.predictions:
                control.value = self.model.predictions[question]
        self._show_commitment()

    def _resume_later(self):
        self.images.children = (Text("The images of your last visit are measured again…"),)
        with contextlib.suppress(RuntimeError):  # no loop where there is no server: whoever made the page resumes
            asyncio.get_running_loop().call_later(_PAINTED_S, self._shown(self._resume))

    def _resume(self):
        """Compute what was computed on the last visit; the choices for the next computation stay."""
        if self.images.children and not self._pictures:
            self._run()

    def _make_controls(self):
        self.seed = Slider("Virtual patient", "", self.model.next_seed, minimum=0, maximum=LAST_SEED, step=1)
        self.defects = Choice(
            "Planted on purpose", [("nothing", ""), *((text, name) for name, text in DEFECTS.items())]
        )
        self.compute = Button("Measure and compute")
        self.progress = Progress("From images to dose")
        self.scan = Choice("Scan", [(f"{time:g} h after administration", time) for time in TIMES_H])
        self.scan.layout.max_width = "300px"  # as wide as the controls beside a figure
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
        self.left_out, self.why = Flag(), Note()
        self.images, self.map = widgets.VBox(), widgets.VBox()
        self.histograms = DataTable(["Region", "Mean, Gy", "D98, Gy", "D50, Gy", "D2, Gy"], caption="Dose map")

    def _make_page(self):
        self.csv = Download(
            "Download the doses as CSV", "doses.csv", lambda: self.model.doses_csv().encode(), "text/csv"
        )
        self.rtdose = Download("Download the dose map (DICOM)", "rtdose.dcm", self.model.rtdose, "application/dicom")
        files = Download("Download this patient as DICOM", "patient.zip", self.model.dicom_zip, "application/zip")
        self.of_map = Text(
            "The map is not corrected for recovery: in a small lesion, D98 and D2 show blur and little else."
        )
        self.same = Details("The same in code", [self.code])
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
            under=[self.result, self.why, self.points, self.doses, self.csv, self.reveal, self.truth],
        )
        self.fourth = Section(
            "Where is the dose?",
            figure=self.map,
            under=[self.histograms, self.of_map, Row([self.rtdose, files]), self.same],
        )
        self.page = Page(
            "From four SPECT/CT to dose",
            [Text(_STORY), self.left_out, self.first, self.shown_images, self.second, self.third, self.fourth],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Images to dose", None)],
            subtitle="Lu-177 DOTATATE · 30 min · level: apply · virtual patients, errors illustrative",
            units="MBq · h · Gy",
            foot=False,
        )

    # ---- what the learner does

    def _compute(self):
        seed, defects = int(self.seed.value), self._planted()
        if (seed, defects) != (self.model.seed, self.model.defects):
            self.model.revealed = False  # another patient, or other images of her
        self.model.seed, self.model.defects, self.model.computed = seed, defects, True
        self._pictures.clear()
        self._run()
        self._save()

    def _run(self):
        done = 0

        def step(words: str) -> None:
            nonlocal done
            done = min(done + 1, _STEPS)
            self.progress.set(done / _STEPS * 0.98, words)

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
        _fill(
            self.gate,
            [(f"{t.time_h:.1f}", f"{t.measured_mbq:.0f}", f"{t.left_mbq:.0f}") for t in self.model.totals()],
        )
        self._show_answers()
        if self.model.revealed:
            self._show_truth()

    def _planted(self) -> tuple[str, ...]:
        return (self.defects.value,) if self.defects.value else ()

    def _commit(self):
        try:
            self.model.predict(kidney=self.kidney.value, lesion=self.lesion.value)
        except InputError:
            self.missing.text = "Choose an answer to both questions first."
            return
        self.missing.text = ""
        self._save()
        self._show_commitment()
        self._show_answers()

    def _reveal(self):
        self.model.reveal()
        self._save()
        self._show_truth()

    def _scan_chosen(self):
        self.model.scan_h = self.scan.value
        self._save()
        if self.model.computed:
            self._draw_scan()

    def _next_chosen(self):
        if self.seed.value is not None:
            self.model.next_seed = int(self.seed.value)
        self.model.next_defects = self._planted()
        self._mark_stale()
        self._save()

    def _save(self):
        kept.save(self.page, STATE, self.model.state())

    def _show_truth(self):
        rows = []
        for row in self.model.truth():
            shown = format_quantity(ufloat(row.dose_gy, row.u_gy))
            decimals = len(shown.partition(" ±")[0].partition(".")[2])
            z = f"{row.z:+.1f}".replace("-", "−")
            rows.append((row.region, shown, f"{row.true_gy:.{decimals}f}", z, "yes" if row.inside else "no"))
        _fill(self.truth, rows)
        self.reveal.disabled = True

    def _mark_stale(self):
        stale = self.images.children and (
            int(self.seed.value or 0) != self.model.seed or self._planted() != self.model.defects
        )
        for section in (self.first, self.shown_images, self.third, self.fourth):
            section.stale = "another patient or defect is chosen; measure and compute again" if stale else ""

    # ---- what is shown

    def _show_nothing(self):
        for table in (self.gate, self.points, self.doses, self.truth, self.histograms):
            _fill(table, [])
        self.result.clear()
        self.why.text, self.reveal.disabled = "", False
        self._show_of_doses(False)
        self.map.children, self.images.children = (), (Text("The images appear once they are measured."),)
        self.compared.text = "" if not self.model.asked else "The doses appear once you have committed, and computed."
        self._mark_stale()

    def _show_of_doses(self, there: bool):
        """What belongs to doses stands there only with them."""
        for part in (self.csv, self.reveal, self.of_map, self.rtdose, self.same):
            part.layout.display = None if there else "none"

    def _show_commitment(self):
        """The first prediction stays."""
        for control in (self.kidney, self.lesion, self.commit):
            control.disabled = not self.model.asked

    def _draw_scan(self):
        from mrtlab.apps import viewer

        key = (self.model.seed, self.model.defects, self.scan.value)
        if key in self._pictures:  # drawn once: a viewer takes over a second to make
            self.images.children = (self._pictures[key],)
            return
        study = self.model.outcome().study
        scan = study.scans[min(TIMES_H.index(self.scan.value), len(study.scans) - 1)]
        alt = f"SPECT at {self.scan.value:g} h in colour over CT in grey, with the outlines of the regions."
        self._pictures[key] = viewer.view(study.ct, scan, study.regions, kind="slices", alt=alt)
        self.images.children = (self._pictures[key],)

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
        self._show_of_doses(True)
        _fill(
            self.doses,
            [
                (
                    item.region,
                    f"{item.volume_ml:.4g}",
                    format_quantity(item.dose_gy) if item.dose_gy is not None else "refused",
                    item.refused or ", ".join(item.flags).lower().replace("_", " "),
                )
                for item in found.result.regions
            ],
        )
        wanted = self.model.region
        self.region.options = list(self.model.regions())
        if wanted in self.model.regions():
            self.region.value = wanted
        self._region_chosen()
        self._draw_map()

    def _region_chosen(self):
        found = self.model.outcome()
        if self.model.asked or found.result is None or self.region.value not in self.model.regions():
            return
        if self.model.region != self.region.value:
            self.model.region = self.region.value
            self._save()
        self.code.code = self.model.code()
        measured, item = self.model.curve(self.region.value), found.result[self.region.value]
        if item.dose_gy is None:
            self.result.set(f"{item.region}: no dose", "", item.refused)
            _fill(self.points, [])
            self.why.text = ""
            return
        words, self.why.text = shares_text(item.budget.shares) if item.budget else ("", "")
        rest = f"recovery {measured.recovery:.2f}" + (f"; of the variance: {words}" if words else "")
        self.result.set(f"{item.region}:", format_quantity(item.dose_gy, "Gy"), rest)
        rows = zip(
            measured.curve.times_h,
            measured.apparent_mbq,
            measured.curve.activity_mbq,
            measured.curve.sigma_mbq,
            strict=True,
        )
        _fill(self.points, [tuple(f"{number:.3g}" for number in row) for row in rows])

    def _draw_map(self):
        from mrtlab.apps import viewer

        found = self.model.outcome()
        alt = "Dose map in colour over CT in grey, with the outlines of the regions."
        self.map.children = (
            viewer.view(found.study.ct, found.result.dose, found.study.regions, kind="slices", alt=alt),
        )
        _fill(
            self.histograms,
            [
                (
                    name,
                    *(
                        f"{number:#.3g}".rstrip(".")
                        for number in (dvh.mean_gy, *(float(dvh.dose_at_volume(p)) for p in (98, 50, 2)))
                    ),
                )
                for name, dvh in found.result.histograms.items()
            ],
        )


def _fill(table: DataTable, rows: list) -> None:
    """Other rows; heads without a row are not shown."""
    table.set(rows)
    table.layout.display = None if rows else "none"
