"""The blood-dose page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from typing import ClassVar

from mrtlab.apps.blood_dose import (
    compute,
    curve_words,
    giving,
    lesion_words,
    limit_words,
    range_words,
    scripts,
    words,
)
from mrtlab.apps.blood_dose.layout import INPUTS, QUESTION, Layout
from mrtlab.apps.blood_dose.model import TABLES, TEXTS, BloodPage
from mrtlab.apps.controls import Page
from mrtlab.apps.sections import BegunRecord, HandedRange, RestingView
from mrtlab.tables import text as files

__all__ = ["page"]

_WORDS = {"curves": curve_words, "limits": limit_words, "lesion": lesion_words, "options": range_words}


def page(model: BloodPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : BloodPage, optional
        A new one by default.
    """
    return _View(model or BloodPage()).page


class _View(Layout, HandedRange, BegunRecord, RestingView):
    STATE = "blood_dose"
    INPUTS = INPUTS
    QUESTION = QUESTION
    DRAGGED: ClassVar = {"activity_gbq": "limits"}
    TYPED = TABLES  # every key would fit anew
    COMPUTED: ClassVar = {
        "curves": compute.curves,
        "limits": compute.limits,
        "lesion": giving.lesion,
        "options": giving.options,
    }
    SCRIPTS = scripts
    range_words = range_words
    _compared = None  # what the table of three patients was made with

    def __init__(self, model):
        super().__init__(model)
        for name, upload in self.uploads.items():
            upload.observe(self._shown(lambda change, name=name: self._take(name, change["new"])), "file")

    # what the learner does

    def _changed(self, name):
        if name in TEXTS:
            self._save()
            return
        if name == "case":
            self.model.open(self.model.case)
            self._show_inputs(("weight_kg", "tracer_mbq"))
        super()._changed(name)

    def _waits(self, section):
        if section == "options":  # it would tell what the two before it still ask
            return any(self.model.asked(QUESTION[one]) for one in ("limits", "lesion"))
        return super()._waits(section)

    def _answered(self, section):
        self._show_questions()
        for one in dict.fromkeys([section, "options"]):
            self._show(one)
        self._save()

    def _take(self, name, file):
        if file is None:
            return
        text, _ = files.load(file.content)
        self.clocks[name].value = text.strip()

    def _plan(self):
        return giving.record(self.model)

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label.lower()

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self.patient.text = words.patient(self.model)
        self._show_sections(names)

    def _show_questions(self):
        for name in self.choices:
            self._show_question(name)
        for section in INPUTS:
            self.same[section].layout.display = "none" if self._waits(section) else None
        self.three.layout.display = "none" if self._waits("limits") else None
        waits = self._waits("options")
        self.recorded.layout.display = "none" if waits else None
        self.tabled.layout.display = "none" if waits or self.figures["options"].state == "error" else None
        self.physicist.layout.display = None if self.model.audience == "physicist" else "none"

    def _tell(self, section, found) -> None:
        said = _WORDS[section]
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        slip = [text for text in (words.slip(self.model),) if text and section != "curves"]
        if section == "options":
            self.flags[section].texts = slip
            self._tell_range(found)
            self.said_of[section].text = (
                "The lesion’s uncertainty and the blood’s each have their own parts; that the therapy may run "
                "otherwise than the tracer is in both."
            )
            return
        self.said_of[section].text = said.said(self.model, found) if section == "curves" else said.said(found)
        self.flags[section].texts = [*slip, *found.remarks]
        if section == "limits":
            self._show_three()

    def _show_three(self) -> None:
        """The three patients, which no slider moves."""
        model = self.model
        wanted = (model.method, model.body_u, model.blood_u)
        if wanted != self._compared:
            self._compared = wanted
            self.three.set(limit_words.three_rows(compute.three(model)))
