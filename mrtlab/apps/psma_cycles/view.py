"""The PSMA page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab import psma, record
from mrtlab.apps.controls import Page, escape
from mrtlab.apps.psma_cycles import case, course_words, scripts, single_words, units_words
from mrtlab.apps.psma_cycles.compute import COMPUTED
from mrtlab.apps.psma_cycles.layout import INPUTS, QUESTION, WORDS, Layout
from mrtlab.apps.psma_cycles.model import PRINTED, PsmaPage
from mrtlab.apps.sections import GATED, SectionsView
from mrtlab.constants import value
from mrtlab.errors import InputError

__all__ = ["page"]

_PAUSE_S = 0.2
#: Sliders, and what is painted at once when they move.
_DRAGGED = {
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


class _View(Layout, SectionsView):
    STATE = "psma_cycles"
    INPUTS = INPUTS
    QUESTION = QUESTION
    _later = ()  # sections that wait until a slider rests

    def __init__(self, model):
        self._found = {}
        super().__init__(model)
        with self._shown:
            self._show_record()

    # what the learner does

    def _changed(self, name):
        self._fill(name)
        self._refresh((name,))
        if name not in _DRAGGED:
            self._save()

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
        sections = [one for one in INPUTS if names is None or set(names) & set(INPUTS[one])]
        beside = _DRAGGED.get(names[0]) if names else None
        if beside:  # a slider is moved: what stands beside it at once, the rest when it rests
            self._show(beside)
            sections.remove(beside)
        self._later = [one for one in INPUTS if one in {*sections, *self._later}]
        self._rest.cancel()
        if beside:
            self._rest.then(_PAUSE_S, self._shown(self._rested))
        else:
            self._show_later()

    def _rested(self):
        self._show_later()
        self._save()

    def _show_later(self):
        sections, self._later = self._later, ()
        for section in sections:
            self._show(section)

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        more = {"course": (self.table, self.csv), "single": (self.truth,), "alpha": (self.alpha_csv,)}
        for section in INPUTS:
            for widget in (self.same[section], *more.get(section, ())):
                widget.layout.display = "none" if self._waits(section) else None
        for_physicist = self.model.audience == "physicist" and not self._waits("single")
        self.physicist.layout.display = None if for_physicist else "none"
        self.steps.layout.display = None if self.model.daughters == "steps" else "none"

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self._blank(section)
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            found = COMPUTED[section](self.model)
        except InputError as error:  # an answer of this section, such as no dose without recovery
            self._blank(section)
            self.figures[section].fail(str(error))
            return
        said, _ = WORDS[section]
        self._found[section] = found
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        self.codes[section].code = getattr(scripts, section)(self.model)
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
            self.table.layout.display = self.csv.layout.display = None
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
        self._found.pop(section, None)
        self.results[section].clear()
        self.said_of[section].text = self.codes[section].code = ""
        self.flags[section].texts = []
        self.same[section].layout.display = "none"
        if section == "course":
            self.table.layout.display = self.csv.layout.display = "none"
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
            self._keep(case.begun(self.model))

    def _put(self):
        with self._shown:
            self.record_refused.text = ""
            stale = self.sections["single"].stale
            if stale or "single" not in self._found:
                self.record_refused.text = f"Not yet: {stale or 'the prediction on one image comes first'}."
                return
            start = case.loaded(self.model.record)
            try:
                if start is None:
                    raise InputError("begin the record of the plan first: a verification needs a range fixed before")
                done = case.verified(self.model, start, self.investigation.value)
            except InputError as refused:
                self.record_refused.text = f"As the record answers: “{refused}”."
                return
            self._keep(done)

    def _keep(self, made) -> None:
        from mrtlab.apps.record import store

        self.record_refused.text = ""
        store.keep(made)
        self.model.record = record.to_json(made)
        self._save()
        self._show_record()

    def _show_record(self):
        found = case.loaded(self.model.record)
        if found is None:  # none yet, or a text of an earlier visit that was changed since
            self.model.record = ""
        self.recorded.text = case.told(found) if found else ""
        self.json.filename = f"{found.header.pseudonym}-cycle-{found.header.cycle}.json" if found else "record.json"
        for widget in (self.json, self.to_record):
            widget.layout.display = None if found else "none"

    def _json(self) -> bytes:
        return self.model.record.encode("utf-8")
