"""The page on benign thyroid: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab import record
from mrtlab.apps.controls import Page
from mrtlab.apps.radioiodine import (
    activity_words,
    casebook,
    contact_words,
    given,
    kinetics_words,
    measured,
    planned,
    range_words,
    scripts,
    uptake_words,
    verify_words,
    words,
)
from mrtlab.apps.radioiodine.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.radioiodine.model import OPTIONAL, RANGES, RadioiodinePage
from mrtlab.apps.sections import GATED, HandedRange, Rest, SectionsView, keep
from mrtlab.errors import InputError

__all__ = ["page"]

_WORDS = {
    "uptake": uptake_words,
    "kinetics": kinetics_words,
    "activity": activity_words,
    "options": range_words,
    "verify": verify_words,
    "contact": contact_words,
}
_COMPUTED = {
    "uptake": measured.uptakes,
    "kinetics": measured.explore,
    "activity": planned.activity,
    "options": planned.options,
    "verify": given.verified,
    "contact": given.contact,
}
_PLAN_INPUTS = ("prescribed_mbq", "intent", "physician", "physicist", "reason")
_DRAGGED = ("k_t", "k_b", "t_eff", "start_d")
_PAUSE_S = 0.4


def page(model: RadioiodinePage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : RadioiodinePage, optional
        A new one by default.
    """
    return _View(model or RadioiodinePage()).page


class _View(Layout, HandedRange, SectionsView):
    STATE = "radioiodine_benign"
    INPUTS = INPUTS
    QUESTION = QUESTION
    OPTIONAL = OPTIONAL
    range_words = range_words

    def __init__(self, model):
        self._fits, self._saves = Rest(), Rest()
        super().__init__(model)

    # what the learner does

    def _changed(self, name):
        self._refresh((name,))
        if name in _DRAGGED:  # the disk can wait until the slider rests
            self._saves.then(_PAUSE_S, self._shown(self._save))
        else:
            self._save()

    def _take_own(self):
        with self._shown:
            fit = measured.fitted(self.model).fit
            for name, value in (
                ("k_t", 24 * fit.k_t_per_h.n),
                ("k_b", 24 * fit.k_b_per_h.n),
                ("t_eff", fit.effective_half_life_h.n / 24),
            ):
                low, high = RANGES[name]
                setattr(self.model, name, round(min(max(value, low), high), 3))
            self._show_inputs(INPUTS["kinetics"])
            self._refresh(INPUTS["kinetics"])
            self._save()

    def _role_play(self):
        with self._shown:
            for name, value in casebook.ROLE_PLAY.items():
                setattr(self.model, name, value)
            self._show_inputs(_PLAN_INPUTS)
            self._refresh(_PLAN_INPUTS)
            self._save()

    def _begin(self):
        with self._shown:
            self.not_fixed.text = ""
            if self.prescribe.stale:
                self.not_fixed.text = "Not fixed: a field of the prescription cannot be read; it says why."
                return
            if self._waits("options") or self.sections["options"].stale:
                self.not_fixed.text = "Finish the sections above first: the range that is handed over, and its fields."
                return
            try:
                case = casebook.begin(self.model)
                keep(case)
            except InputError as error:
                self.not_fixed.text = f"Not fixed: {error}."
                return
            self.model.record = record.to_json(case)
            self.kept.text = self.not_kept.text = ""
            self._refresh(("record",))
            self._save()

    def _into(self):
        with self._shown:
            self.not_kept.text = self.kept.text = ""
            try:
                path = keep(casebook.go_on(self.model))
            except InputError as error:
                self.not_kept.text = f"Not in the record. {error}."
                return
            self.kept.text = (
                f"In the record, {path}. What is missing are two signatures, of two persons: on the page of records."
            )

    def _plan_bytes(self) -> bytes:
        if not self.model.record:
            raise InputError("no plan is fixed yet")
        return self.model.record.encode("utf-8")

    def _whole_bytes(self) -> bytes:
        return record.to_json(casebook.go_on(self.model)).encode("utf-8")

    # what the page shows

    def _stale(self) -> None:
        super()._stale()
        self.prescribe.stale = self._wrong("prescribed_mbq")

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        for name in self.choices:
            self._show_question(name)
        self._show_what_waits()
        self._stale()
        self.patient.text = words.patient(self.model)
        for section in INPUTS:
            if names is None or set(names) & set(INPUTS[section]):
                self._show(section)
        self._show_plan()
        if names is None or set(names) & set(INPUTS["activity"]):
            self.fitting.text = "Being fitted …"
            self._fits.then(_PAUSE_S, self._shown(self._show_protocols))

    def _show_what_waits(self):
        more = {"activity": self.offers, "options": [self.tabled, self.prescribe], "verify": [self.after_verify]}
        for section in INPUTS:
            for widget in (self.same[section], *more.get(section, ())):
                widget.layout.display = "none" if self._waits(section) else None
        for_physicist = self.model.audience == "physicist" and not self._waits("options")
        self.physicist.layout.display = None if for_physicist else "none"
        self.own.layout.display = "none" if self._waits("kinetics") else None

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        if section == "verify" and not self.model.record:
            self._blank(section)
            self.figures[section].empty(verify_words.NO_PLAN)
            return
        try:
            found = _COMPUTED[section](self.model)
            self.codes[section].code = getattr(scripts, section)(self.model, found)
        except InputError as error:  # of the patient or of this section: the others go on
            self._blank(section)
            self.figures[section].fail(str(error))
            return
        self.same[section].layout.display = None
        self._tell(section, found)

    def _blank(self, section) -> None:
        super()._blank(section)
        self.same[section].layout.display = "none"
        if section == "verify":
            self.moved.text = ""
            self.after_verify.layout.display = "none"

    def _tell(self, section, found) -> None:
        said = _WORDS[section]
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        if section == "options":
            self._tell_range(found)
            return
        self.said_of[section].text = said.said(found)
        self.flags[section].texts = list(getattr(found, "remarks", ()))
        if section == "verify":
            self.moved.text = verify_words.moved(found)
            self.after_verify.layout.display = None

    def _show_protocols(self):
        """The patient with one, two and three measurements; the first fit takes a second."""
        if self._waits("activity") or self.sections["activity"].stale:
            return
        try:
            self.protocols.set(activity_words.protocols(planned.by_protocol(self.model)))
            self.fitting.text = ""
        except InputError as error:
            self.protocols.set(())
            self.fitting.text = str(error)

    def _show_plan(self):
        """What is fixed."""
        case = given.plan_of(self.model)
        self.save_plan.layout.display = None if case and not self._waits("options") else "none"
        if case is None:
            self.fixed_result.clear()
            self.fixed.text = ""
            return
        plan, region = case.plan, case.plan.regions[0]
        low, high = given.range_of(case).interval95_gy
        self.fixed_result.set(
            "Fixed:",
            f"{plan.activity_mbq:g} MBq",
            f"thyroid {region.median_gy:.0f} Gy expected · 95 of 100 between {low:.0f} and {high:.0f} Gy",
        )
        self.fixed.text = (
            f"Prescribed by {case.steps[3].name}, planned by {case.prescription.planned_by}. The record has begun; "
            "what comes next is the administration and the verification below."
        )
