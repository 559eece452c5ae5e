"""The page on PRRT over cycles: controls linked to the model, nothing computed here."""

from __future__ import annotations

from typing import ClassVar

import ipywidgets as widgets

from mrtlab import record
from mrtlab.apps.controls import DataTable, Page, Text
from mrtlab.apps.prrt_cycles import (
    casebook,
    check_words,
    compute,
    cycles_words,
    effect,
    measure,
    range_words,
    scripts,
    words,
)
from mrtlab.apps.prrt_cycles import check as checking
from mrtlab.apps.prrt_cycles.layout import INPUTS, QUESTION, WORDS, Layout
from mrtlab.apps.prrt_cycles.model import CYCLES, OPTIONAL, PrrtCycles
from mrtlab.apps.sections import GATED, RestingView, keep
from mrtlab.errors import InputError

__all__ = ["page"]

_GIVE_FIRST = "Give a cycle first."
_NEED_A_CYCLE = ("cycles", "tumour", "check")


def page(model: PrrtCycles | None = None) -> Page:
    """The whole page, with the choices of the last visit.

    Parameters
    ----------
    model : PrrtCycles, optional
        A new one by default.
    """
    return _View(model or PrrtCycles()).page


class _View(Layout, RestingView):
    STATE = "prrt_cycles"
    INPUTS = INPUTS
    QUESTION = QUESTION
    OPTIONAL = OPTIONAL
    PAUSE_S = 0.3
    DRAGGED: ClassVar = {
        "systematic_u": "cycles",
        "alpha_beta": "bed",
        "repair_h": "bed",
        "gfr": "changed",
        "kidneys_g": "changed",
        "model_repair_h": "changed",
    }
    COMPUTED: ClassVar = {
        "options": compute.options,
        "cycles": compute.cycles,
        "bed": effect.bed,
        "marrow": effect.marrow,
        "tumour": effect.tumour,
        "changed": effect.changed,
        "check": checking.check,
    }

    def __init__(self, model):
        super().__init__(model)
        self.ticks.observe(self._shown(lambda change: self._ticked(change["new"])), "value")

    # what the learner does

    def _ticked(self, ticks):
        if self._quiet:
            return
        self.model.limits = [row for row, ticked in enumerate(ticks) if ticked]
        self._changed("limits")

    def _changed(self, name):
        if name == "patient":
            self._all_anew()
        else:
            super()._changed(name)

    def _all_anew(self):
        self._refresh()
        self._save()

    def _give(self):
        with self._shown:
            self.not_given.text = ""
            if self.fields["give_gbq"].state != "good":
                self.not_given.text = "The activity of the next cycle cannot be read."
                return
            try:
                self.model.give()
            except InputError as refused:
                self.not_given.text = f"Not given: {refused}."
                return
            self.finding.value = ""
            self._all_anew()

    def _over(self):
        with self._shown:
            self.model.start_over()
            self.finding.value = self.not_given.text = ""
            self._all_anew()

    def _ask_more(self, what):
        with self._shown:
            try:
                self.model.ask(what)
            except InputError as refused:
                self.not_decided.text = f"{refused}."
                return
            self._all_anew()

    def _decide(self):
        with self._shown:
            self.not_decided.text = ""
            if not self.decision.value:
                self.not_decided.text = "Choose what you do before you decide."
                return
            if len(self.finding.value.strip()) < 3:
                self.not_decided.text = "Type in a few words what you found, or that nothing was to be found."
                return
            self.model.decide(self.decision.value)
            self._all_anew()

    def _record(self):
        with self._shown:
            self.not_kept.text = self.kept.text = ""
            stale = self.sections["check"].stale or self.sections["options"].stale
            if stale:
                self.not_kept.text = f"Not yet: {stale}."
                return
            cycle = len(self.model.given_mbq)
            if str(cycle) in self.model.case["records"]:
                self.not_kept.text = "This cycle is in its record already; a change begins a new version, on its page."
                return
            try:
                made = casebook.cycle_record(self.model, self.finding.value)
            except InputError as refused:
                self.not_kept.text = f"As the record answers: “{refused}”."
                return
            path = keep(made)
            self.model.keep(cycle, record.to_json(made))
            self.kept.text = f"Cycle {cycle} is in its record, {path}. What is missing are the signatures."
            self._show_detective()
            self._save()

    # what the page shows

    def _stale(self) -> None:
        super()._stale()
        self.tabled.stale = self.sections["options"].stale
        self.deciding.stale = self.sections["check"].stale

    def _show_inputs(self, names=None):
        super()._show_inputs(names)
        self._quiet = True
        try:
            self.ticks.value = tuple(row in self.model.limits for row in range(len(self.ticks.rows)))
        finally:
            self._quiet = False

    def _refresh(self, names=None):
        """Show anew the sections that depend on some inputs, or all."""
        for name in self.choices:
            self._show_question(name)
        self._show_what_waits()
        self._stale()
        if names is None:
            self.about.text = words.patient(self.model)
            given = len(self.model.given_mbq)
            self.give.disabled = given >= CYCLES
            self.waits.text = words.waits(self.model)
            self.give.text = "All cycles are given" if given >= CYCLES else f"Give cycle {given + 1} and measure it"
        self._show_sections(names)

    def _show_what_waits(self):
        for section in INPUTS:
            self.same[section].layout.display = "none" if self._waits(section) or self._empty(section) else None
        hidden = "none" if self._waits("options") else None
        self.tabled.layout.display = hidden
        for_physicist = self.model.audience == "physicist" and not hidden
        self.physicist.layout.display = None if for_physicist else "none"
        hidden = "none" if self._waits("cycles") or self._empty("cycles") else None
        for widget in (self.nexts, self.no_limit, self.csv):
            widget.layout.display = hidden

    def _empty(self, section) -> bool:
        return section in _NEED_A_CYCLE and not self.model.given_mbq

    def _show(self, section) -> None:
        """One section, if it may be shown and its inputs can be read."""
        if section == "check":
            self._show_detective()
        if self._waits(section):
            self._blank(section)
            self.figures[section].empty(GATED)
            return
        if self._empty(section):
            self._blank(section)
            self.figures[section].empty(_GIVE_FIRST)
            return
        if self.sections[section].stale:
            return
        try:
            found = self.COMPUTED[section](self.model)
            self.codes[section].code = getattr(scripts, section)(self.model, found)
        except InputError as error:  # of this section's inputs: the others go on
            self._blank(section)
            self.figures[section].fail(f"{str(error)[0].upper()}{str(error)[1:]}.")
            return
        said, _ = WORDS[section]
        self.same[section].layout.display = None
        self.figures[section].show(found)
        self.results[section].set(*said.result(found))
        if section == "options":
            self._tell_options(found)
            return
        self.said_of[section].text = said.said(found)
        self.flags[section].texts = list(getattr(found, "flags", ()))
        if section == "cycles":
            self.nexts.set(cycles_words.nexts(found))
            self.no_limit.text = cycles_words.cannot(found)
            for widget, there in ((self.nexts, found.nexts), (self.no_limit, True), (self.csv, True)):
                widget.layout.display = None if there else "none"

    def _tell_options(self, found) -> None:
        audience = self.model.audience
        columns, rows = getattr(range_words, audience)(found)
        self.table.set(rows, columns)
        self.tabled.layout.display = None
        self.handed.text = range_words.said(found, audience)
        self.missing_limits.texts = range_words.missing(found)
        if audience == "physicist":
            self.sources.set(range_words.sources(found))

    def _blank(self, section) -> None:
        super()._blank(section)
        self.same[section].layout.display = "none"
        if section == "options":
            self.tabled.layout.display = "none"
        if section == "cycles":
            for widget in (self.nexts, self.no_limit):
                widget.layout.display = "none"

    def _show_detective(self):
        """What was asked for, what was decided, and what the records hold."""
        model, cycle = self.model, len(self.model.given_mbq)
        self.deciding.layout.display = None if cycle else "none"
        if not cycle:
            self._show_seen(())
            return
        decided = model.decided(cycle)
        asked = model.asked_for(cycle)
        for what, button in self.ask_for.items():
            button.disabled = bool(decided) or what in asked or (what == "serial" and cycle == 1)
        self._show_seen(checking.shown(model))
        for widget in (self.decision, self.decide):
            widget.disabled = bool(decided)
        self.decision.value = decided or (self.decision.value if self._cycle == cycle else None)
        self._cycle = cycle
        self.not_decided.text = ""
        self.ended.text = self._end(decided, asked, cycle)
        recorded = model.case["records"].get(str(cycle), "")
        self.put.layout.display = None if decided and not recorded else "none"
        self.json.layout.display = self.to_record.layout.display = None if recorded else "none"
        self.json.filename = f"{model.about.pseudonym}-cycle-{cycle}.json"
        rows = casebook.cumulative_rows(model)
        self.sums.set(rows)
        self.sums.layout.display = None if rows else "none"
        if not recorded:
            self.kept.text = ""

    _cycle = 0  # whose decision the choice shows

    def _end(self, decided, asked, cycle) -> str:
        if not decided or self.sections["check"].stale:
            return ""
        what, fair = checking.fair(self.model)
        part = self.model.given_mbq[-1] / measure.FULL_MBQ
        found = checking.check(self.model)
        return check_words.ended(found, what, fair, asked, measure.clean(self.model.patient, cycle), part)

    def _show_seen(self, found) -> None:
        self.seen.children = tuple(
            widgets.VBox(
                [
                    DataTable(
                        one.columns, one.rows, f"Asked for: {check_words.ASKED[one.what].lower()}", show_caption=True
                    ),
                    Text(one.text),
                ]
            )
            for one in found
        )

    def _json(self) -> bytes:
        found = casebook.kept_record(self.model, len(self.model.given_mbq))
        return b"" if found is None else record.to_json(found).encode("utf-8")
