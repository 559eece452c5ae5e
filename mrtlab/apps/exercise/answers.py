"""How each kind of question is answered: its controls, and the answer as it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from mrtlab.apps.controls import AnswerField, Choice, TextField
from mrtlab.apps.controls._text import plain_number
from mrtlab.apps.exercise import pictures, words
from mrtlab.apps.exercise._widgets import Commit
from mrtlab.errors import InputError
from mrtlab.learn.sheet import Sheet, SheetQuestion
from mrtlab.units import parse_quantity

__all__ = ["Answer", "answer_to"]


class Answer:
    """The controls of one question.

    Parameters
    ----------
    question : SheetQuestion
    button : str
        On the button that hands in.
    typed, handed_in : callable
        Called with the answer as it stands in the controls.

    Attributes
    ----------
    widgets : list of widgets
    """

    def __init__(self, question: SheetQuestion, button: str, typed: Callable, handed_in: Callable):
        self.question, self._typed, self._handed_in = question, typed, handed_in
        self._quiet = False
        self.name = words.plain(question.text)
        self.widgets = self._make(button)

    def _make(self, button: str) -> list:
        raise NotImplementedError

    def _commit(self, button: str) -> Commit:
        self._button = Commit(button, label=self.name, on_click=lambda _: self._handed_in(self.raw()))
        return self._button

    def raw(self) -> dict:
        """What stands in the controls, as it is kept."""
        raise NotImplementedError

    def show(self, raw: Mapping) -> None:
        """Put an answer back, without counting that as typing."""
        if raw == self.raw():
            return
        self._quiet = True
        try:
            self._put(raw)
        finally:
            self._quiet = False

    def _put(self, raw: Mapping) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Take no further answers."""
        for control in self.widgets:
            control.disabled = True

    def _changed(self, change=None) -> None:
        if not self._quiet:
            self._typed(self.raw())


class _Number(Answer):
    def _make(self, button):
        question = self.question
        self._field = AnswerField(self.name, question.unit, parts=question.parts, button=button)
        self._field.on_submit(lambda field: self._handed_in(dict(field.raw)))
        self._field.observe(self._changed, "raw")
        return [self._field]

    def raw(self):
        return dict(self._field.raw)

    def _put(self, raw):
        self._field.raw = {part: str(raw.get(part, "")) for part in self.question.parts}


class _Choice(Answer):
    def _make(self, button):
        options = [(words.plain(text), key) for key, text in self.question.options]
        self._choice = Choice("Choose one", options, radio=True)
        self._reason = None
        controls = [self._choice]
        if self.question.reason:
            self._reason = TextField("because", lines=2, placeholder="a sentence; it goes into your portfolio")
            controls.append(self._reason)
        for control in controls:
            control.observe(self._changed, "value")
        return [*controls, self._commit(button)]

    def raw(self):
        raw = {"choice": self._choice.value}
        return raw | {"reason": self._reason.value} if self._reason else raw

    def _put(self, raw):
        key = raw.get("choice")
        self._choice.value = key if key in dict(self.question.options) else None
        if self._reason:
            self._reason.value = str(raw.get("reason", ""))


class _Text(Answer):
    def _make(self, button):
        self._field = TextField("Your text", lines=5)
        self._field.observe(self._changed, "value")
        return [self._field, self._commit(button)]

    def raw(self):
        return {"text": self._field.value}

    def _put(self, raw):
        self._field.value = str(raw.get("text", ""))


class _Pick(Answer):
    """Something picked in the plot or in the image."""

    def __init__(self, sheet: Sheet, *rest):
        self._sheet = sheet
        super().__init__(*rest)

    def _make(self, button):
        kind = self.question.kind
        label = f"Your {kind}"  # the question itself is the name of the box around it
        if kind == "place":
            self._picker = pictures.image_picker(self._sheet.images[0], label)
        else:
            self._picker = pictures.plot_picker(self._sheet, kind, label)
        self._picker.observe(self._changed, "value")
        return [self._picker, self._commit(button)]

    def raw(self):
        value, kind = self._picker.value, self.question.kind
        if value is None:
            return {}
        if kind == "point":
            return {"point": value}
        if kind == "region":
            return {"low": plain_number(value[0]), "high": plain_number(value[1])}
        return {"x": value[0], "y": value[1]}

    def _put(self, raw):
        with suppress(InputError):  # a place that is no longer there
            self._picker.value = _picked(self.question.kind, raw)


def _picked(kind: str, raw: Mapping):
    """The value of a picker; None for what is not there or cannot be read."""
    try:
        if kind == "point":
            return int(raw["point"])
        names = ("low", "high") if kind == "region" else ("x", "y")
        return tuple(parse_quantity(str(raw[name]), "") for name in names)
    except (KeyError, ValueError, InputError):
        return None


def answer_to(sheet: Sheet, question: SheetQuestion, button: str, typed: Callable, handed_in: Callable) -> Answer:
    """The controls for a question; see :class:`Answer`."""
    kind = {"number": _Number, "choice": _Choice, "text": _Text}.get(question.kind)
    if kind:
        return kind(question, button, typed, handed_in)
    if question.kind == "record":
        from mrtlab.apps.exercise.records import RecordAnswer  # brings the page of records, which few exercises need

        return RecordAnswer(sheet, question, button, typed, handed_in)
    return _Pick(sheet, question, button, typed, handed_in)
