"""How controls and model of such a page are linked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import ClassVar

from mrtlab.apps import kept
from mrtlab.apps.controls import guard
from mrtlab.apps.sections.layout import SectionsLayout

__all__ = ["Rest", "SectionsView"]


def event_loop():
    """The kernel's event loop, or None outside of one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Rest:
    """One piece of work that waits until the inputs rest; the next one takes its place.

    Outside of an event loop it is done at once.
    """

    def __init__(self):
        self._handle = None

    def cancel(self) -> None:
        """What waits belongs to inputs that are no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def then(self, seconds: float, work: Callable[[], None]) -> None:
        """Do some work after a pause without another call."""
        self.cancel()
        loop = event_loop()
        if loop is None:
            work()
            return

        def rested():
            self._handle = None
            work()

        self._handle = loop.call_later(seconds, rested)


class SectionsView(SectionsLayout):
    """Links the controls of a layout to a model, keeps the learner's choices, marks what is out of date.

    A subclass names the file of its state, the inputs that each section depends on, the question that a section
    waits for, if any, and the numbers that may be missing; it makes its controls in ``_make`` and shows its sections
    in ``_refresh``.
    """

    STATE: ClassVar[str]
    INPUTS: ClassVar[Mapping[str, tuple[str, ...]]]
    QUESTION: ClassVar[Mapping[str, str]]
    OPTIONAL: ClassVar[Collection[str]] = ()

    def __init__(self, model):
        self.model, self._quiet, self._rest = model, False, Rest()
        self._make()
        self._shown = guard(self.page)
        with self._shown:
            if not model.restore(kept.load(self.STATE)):
                self.left_out.text = "A part of what was saved on an earlier visit cannot be used and was left out."
        for name, field in (self.fields | self.chosen | self.clocks).items():
            field.observe(self._shown(lambda change, name=name: self._input(name, change["new"])), "value")
        for field in self.fields.values():
            field.observe(self._shown(lambda change: self._stale()), "state")
        for name in self.OPTIONAL:
            self.fields[name].observe(self._shown(lambda change, name=name: self._emptied(name)), "state")
        with self._shown:
            self._show_inputs()
            self._refresh()

    # what the learner does

    def _input(self, name, value):
        if self._quiet:
            return
        self._stale()
        if value is None or not self._usable(name, value):
            return
        setattr(self.model, name, value)
        self._changed(name)

    def _emptied(self, name):
        """A field emptied is an answer where the number may be missing."""
        if not self._quiet and self.fields[name].state == "empty" and getattr(self.model, name) is not None:
            setattr(self.model, name, None)
            self._changed(name)

    def _usable(self, name, value) -> bool:
        """Whether the model may have a value; the fields of numbers give none that it may not."""
        return True

    def _changed(self, name):
        self._refresh((name,))
        self._save()

    def _commit(self, name):
        with self._shown:
            choice = self.choices[name].value
            self.missing[name].text = "" if choice else "Choose an answer before you commit."
            if choice:
                self.model.predict(name, choice)
                self._answered(self._section_of(name))

    def _skip(self, name):
        with self._shown:
            self.missing[name].text = ""
            self.model.skip(name)
            self._answered(self._section_of(name))

    def _answered(self, section):
        """Show what waited for its prediction."""
        self._refresh(self.INPUTS[section])
        self._save()

    def _reset(self):
        with self._shown:
            self.model.reset()
            self._show_inputs()
            self._refresh()
            self._save()

    # what the page shows

    def _section_of(self, question) -> str:
        return next(section for section, name in self.QUESTION.items() if name == question)

    def _waits(self, section) -> bool:
        """Whether a section waits for its prediction."""
        return section in self.QUESTION and self.model.asked(self.QUESTION[section])

    def _wrong(self, name) -> str:
        """Why an input cannot be used, if so."""
        field = self.fields.get(name)
        if field and field.state == "empty" and name in self.OPTIONAL:
            return ""
        return f"the field “{self._called(field)}” cannot be used" if field and field.state != "good" else ""

    @staticmethod
    def _called(field) -> str:
        """A field's name inside a sentence."""
        return field.label

    def _stale(self) -> None:
        for name, section in self.sections.items():
            section.stale = next(filter(None, map(self._wrong, self.INPUTS[name])), "")

    def _blank(self, section) -> None:
        """Nothing under a figure whose numbers do not exist."""
        self.results[section].clear()
        self.said_of[section].text = self.codes[section].code = ""
        self.flags[section].texts = []

    def _show_inputs(self, names=None):
        """Put model values into the controls: all, or the fields named."""
        self._quiet = True
        try:
            for name, field in self.fields.items():
                if names is None or name in names:
                    field.text = ""
                    field.value = getattr(self.model, name)
            for name, control in (self.chosen | self.clocks).items():
                control.value = getattr(self.model, name)
        finally:
            self._quiet = False

    def _show_question(self, name) -> None:
        """A question open, or closed with what was predicted and what is so."""
        asked = self.model.asked(name)
        if name in self.model.predictions:
            self.choices[name].value = self.model.predictions[name]
        for widget in (self.choices[name], self.commit[name], self.skip[name]):
            widget.disabled = not asked
        self.said[name].text = self.words.compared(self.model, name)

    def _save(self) -> None:
        kept.save(self.page, self.STATE, self.model.state())
