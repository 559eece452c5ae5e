"""The blood-dose page: controls linked to the model, nothing computed here."""

from __future__ import annotations

from mrtlab import record
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
from mrtlab.apps.sections import GATED, SectionsView
from mrtlab.errors import InputError
from mrtlab.tables import text as files

__all__ = ["page"]

_WORDS = {"curves": curve_words, "limits": limit_words, "lesion": lesion_words, "options": range_words}
_COMPUTED = {
    "curves": compute.curves,
    "limits": compute.limits,
    "lesion": giving.lesion,
    "options": giving.options,
}
_DRAGGED = {"activity_gbq": "limits"}
_PAUSE_S = 0.25


def page(model: BloodPage | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : BloodPage, optional
        A new one by default.
    """
    return _View(model or BloodPage()).page


class _View(Layout, SectionsView):
    STATE = "blood_dose"
    INPUTS = INPUTS
    QUESTION = QUESTION
    _later = ()  # sections that wait until a slider rests
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
        self._refresh((name,))
        if not self._later:
            self._save()

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

    def _begin(self):
        with self._shown:
            self.begun.text = self.not_begun.text = ""
            try:
                path = self._keep(giving.record(self.model))
            except InputError as refused:
                self.not_begun.text = f"{str(refused).rstrip('.')}."
            else:
                self.begun.text = (
                    f"Kept as **{path.name}**. The next step is the physician’s: to decide whether to treat."
                )

    @staticmethod
    def _keep(case):
        from mrtlab.apps.record import store

        return store.keep(case)

    def _record_json(self) -> bytes:
        return record.to_json(giving.record(self.model)).encode("utf-8")

    # what the page shows

    @staticmethod
    def _called(field) -> str:
        return field.label.lower()

    def _stale(self) -> None:
        super()._stale()
        self.tabled.stale = self.sections["options"].stale

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        self._show_questions()
        self._stale()
        self.patient.text = words.patient(self.model)
        sections = [one for one in INPUTS if names is None or set(names) & set(INPUTS[one])]
        beside = _DRAGGED.get(names[0]) if names else None
        if beside:  # a slider is moved: what stands beside it at once, the rest when it rests
            self._show(beside)
            sections.remove(beside)
        # a table is typed key by key, and every key would fit anew
        self._when_quiet(sections, wait=bool(beside) or bool(names and names[0] in TABLES))

    def _when_quiet(self, sections, wait: bool) -> None:
        """Show some sections now, or after a pause without further changes."""
        sections = [one for one in INPUTS if one in {*sections, *self._later}]
        self._later = sections if wait else ()
        self._rest.cancel()
        if wait:
            self._rest.then(_PAUSE_S, self._shown(self._rested))
        else:
            for section in sections:
                self._show(section)

    def _rested(self):
        sections, self._later = self._later, ()
        for section in sections:
            self._show(section)
        self._save()

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

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if self._waits(section):
            self.figures[section].empty(GATED)
            return
        if self.sections[section].stale:
            return
        try:
            found = _COMPUTED[section](self.model)
            self._tell(section, found)
            self.codes[section].code = getattr(scripts, section)(self.model)
        except InputError as refused:  # a table half typed, say: the others go on
            self.figures[section].fail(str(refused))
            self.results[section].clear()
            self.said_of[section].text = self.codes[section].code = ""
            self.flags[section].texts = []
            if section == "options":
                self.tabled.layout.display = "none"

    def _tell(self, section, found) -> None:
        said = _WORDS[section]
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        slip = [text for text in (words.slip(self.model),) if text and section != "curves"]
        if section == "options":
            self.flags[section].texts = slip
            self._tell_options(found)
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

    def _tell_options(self, found) -> None:
        audience = self.model.audience
        columns, rows = getattr(range_words, audience)(found)
        self.tabled.layout.display = None
        self.table.set(rows, columns)
        self.handed.text = range_words.said(found, audience)
        self.said_of["options"].text = (
            "The lesion’s uncertainty and the blood’s each have their own parts; that the therapy may run otherwise "
            "than the tracer is in both."
        )
        if audience == "physicist":
            self.parts.set(range_words.parts(found))
            self.sources.set(range_words.sources(found))
