"""The PSMA page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from typing import ClassVar

from mrtlab import psma
from mrtlab.apps.controls import Page, escape
from mrtlab.apps.psma_cycles import case, course_words, scripts, single_words, units_words
from mrtlab.apps.psma_cycles.compute import COMPUTED
from mrtlab.apps.psma_cycles.layout import INPUTS, QUESTION, WORDS, Layout
from mrtlab.apps.psma_cycles.model import PRINTED, PsmaPage
from mrtlab.apps.sections import KeptRecord, RestingView
from mrtlab.constants import value
from mrtlab.errors import InputError

__all__ = ["page"]

#: Time-integrated activity that a region of the case shows, MBq·h; illustrative, like the activity of the glands.
_SITE_TIA = {"uninvolved": 16.0, "beside metastases": 190.0, "metastases": 1100.0}
_GLAND_TIA = {"parotid": 880.0, "submandibular": 380.0, "lacrimal": 26.0}
_IMAGE = ("region", "time_h", "cycle")


def page(model: PsmaPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : PsmaPage, optional
        A new one by default.
    """
    return _View(model or PsmaPage()).page


class _View(Layout, KeptRecord, RestingView):
    STATE = "psma_cycles"
    INPUTS = INPUTS
    QUESTION = QUESTION
    PAUSE_S = 0.2
    DRAGGED: ClassVar = {
        "planned_cycles": "units",
        "tumour_ml": "sink",
        "shrink": "sink",
        "strength": "sink",
        "recovery": "glands",
        "overlap": "glands",
        "time_h": "single",
        "cycle": "single",
        "francium": "alpha",
        "bismuth": "alpha",
        "lead": "alpha",
        "kidney_share": "alpha",
    }
    COMPUTED = COMPUTED
    SCRIPTS = scripts

    def __init__(self, model):
        self._found = {}
        super().__init__(model)
        with self._shown:
            self._show_record()
            self.alpha_record.show()

    # what the learner does

    def _changed(self, name):
        self._fill(name)
        super()._changed(name)

    def _fill(self, name) -> None:
        """What belongs to another number, gland, place or image is put in; it can be typed over."""
        model = self.model
        if name == "printed":
            model.cycle_gbq = PRINTED[model.printed].cycle_mbq / 1000
            self._show_inputs(("cycle_gbq",))
        elif name == "gland":
            model.gland_g, model.gland_tia = float(psma.gland_mass_g(model.gland)), _GLAND_TIA[model.gland]
            small = model.gland == "lacrimal"
            model.recovery = value(f"psma.recovery_{'lacrimal' if small else 'parotid'}")
            self._show_inputs(("gland_g", "gland_tia", "recovery"))
        elif name == "site":
            model.voi_tia = _SITE_TIA[model.site]
            self._show_inputs(("voi_tia",))
        elif name in _IMAGE:
            case.fill(model)
            self._show_inputs(
                ("activity_mbq", "mass_g", "recovery_one", "half_life_h", "half_life_gsd", "delivered_gbq")
            )

    def _answered(self, section):
        self._refresh()
        self._save()

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label[0].lower() + field.label[1:] if field.label[1:2].islower() else field.label

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self._show_sections(names)

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        more = {"course": (self.table, self.effect, self.csv), "single": (self.truth,), "alpha": (self.alpha_csv,)}
        for section in INPUTS:
            for widget in (self.same[section], *more.get(section, ())):
                widget.layout.display = "none" if self._waits(section) else None
        for_physicist = self.model.audience == "physicist" and not self._waits("single")
        self.physicist.layout.display = None if for_physicist else "none"
        self.steps.layout.display = None if self.model.daughters == "steps" else "none"

    def _tell(self, section, found) -> None:
        said, _ = WORDS[section]
        self._found[section] = found
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        self.same[section].layout.display = None
        self.flags[section].texts = list(getattr(found, "remarks", ()))
        if section == "single":
            self._tell_single(found)
            return
        self.said_of[section].text = said.said(found)
        if section == "units":
            self.flags[section].texts = list(units_words.remarks(found))
        elif section == "course":
            columns, rows = course_words.overview(found)
            self.table.set(rows, columns)
            self.beds.set(course_words.beds(found))
            for widget in (self.table, self.effect, self.csv):
                widget.layout.display = None
        elif section == "alpha":
            self.alpha_csv.layout.display = None

    def _tell_single(self, found) -> None:
        self.said_of["single"].text = single_words.said(found, self.model)
        self.statement.text = single_words.statement(found)
        self.truth.text = single_words.truth(self.model)
        self.parts.set(single_words.parts(found, self.model))
        self.flags["single"].texts = list(single_words.remarks(found))
        items = "".join(f"<li>{escape(one)}</li>" for one in found.verdict.checklist)
        self.checks.html = f"<p>Look at first:</p><ol>{items}</ol>" if items else ""

    def _blank(self, section) -> None:
        super()._blank(section)
        self._found.pop(section, None)
        self.same[section].layout.display = "none"
        if section == "course":
            for widget in (self.table, self.effect, self.csv):
                widget.layout.display = "none"
        elif section == "single":
            self.statement.text = self.truth.text = self.checks.html = ""
        elif section == "alpha":
            self.alpha_csv.layout.display = "none"

    def _csv(self, section) -> bytes:
        if section not in self._found:
            raise InputError("There is nothing to download yet")
        written = {"course": scripts.course_csv, "alpha": scripts.alpha_csv}[section]
        return written(self._found[section]).encode("utf-8")

    # the record

    def _begin(self):
        with self._shown:
            try:
                made = case.begun(self.model, self._earlier())
            except InputError as refused:
                self.record_refused.text = (
                    f"No record was begun: {refused}. Whether to end the course, or which other limit is set above, is "
                    "the physician’s decision."
                )
                return
            self._keep(made)

    @staticmethod
    def _earlier():
        """Records of this patient in the folder, one of a cycle: what was written last."""
        from mrtlab.apps.record import store

        found = {}
        for one in store.kept():
            try:
                made = store.load(one.path)
            except InputError:
                continue
            if (made.header.pseudonym, made.header.nuclide) == (case.PSEUDONYM, "Lu-177") and made.verification:
                found.setdefault(made.header.cycle, made)
        return list(found.values())

    def _put(self):
        with self._shown:
            self.record_refused.text = ""
            stale = self.sections["single"].stale
            if stale or "single" not in self._found:
                self.record_refused.text = f"Not yet: {stale or 'the prediction on one image comes first'}."
                return
            start = self._record()
            try:
                if start is None:
                    raise InputError("begin the record of the plan first: a verification needs a range fixed before")
                done = case.verified(self.model, start, self.investigation.value)
            except InputError as refused:
                said = str(refused).replace(
                    "say in investigation= what was found", "say above what the investigation found"
                )
                self.record_refused.text = f"As the record answers: “{said}”."
                self._show_record()
                return
            self.investigation.value = ""  # what was found in one cycle is not of the next
            self._keep(done)

    def _told(self, found):
        return case.told(found)

    def _file(self, found):
        return f"{found.header.pseudonym}-cycle-{found.header.cycle}.json"
