"""The answer line of a question: what a learner types, echoed as it was understood, and the button that hands it in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import anywidget
import traitlets as t

from mrtlab.apps.controls._base import Control, script
from mrtlab.apps.controls._text import echo, plain_number
from mrtlab.errors import InputError
from mrtlab.units import parse_quantity

__all__ = ["AnswerField"]

_ROLES = {
    "value": "",
    "u": "standard uncertainty",
    "low": "lower end of the 95 % interval",
    "high": "upper end of the 95 % interval",
}
_LINES = (("value",), ("value", "u"), ("low", "high"), ("value", "low", "high"))


class AnswerField(Control):
    """A line to type an answer into, with a button to hand it in. It reads and echoes; it does not judge.

    Set ``raw`` to show an earlier answer again. Handing in always calls back, also with empty or unreadable text:
    what that means is for whoever checks answers.

    Parameters
    ----------
    label : str
        What is asked, such as "Effective half-life". Not shown, as the question stands above; read out with each input.
    unit : str
        As in :func:`mrtlab.units.parse_quantity`.
    parts : sequence of str
        ``("value",)``, ``("value", "u")``, ``("low", "high")`` or ``("value", "low", "high")``: a value, its standard
        uncertainty, the ends of its 95 % interval.
    button : str
        On the button. Without text there is no button, and Enter hands in.

    Attributes
    ----------
    raw : dict of str
        What stands in each part, as typed.
    values : dict of float or None
        The same as numbers in ``unit``; None for a part that is empty or cannot be read.
    states, messages : dict of str
        Of each part: "good", "empty" or "bad"; and the echo or the refusal.
    echo : str
        All parts in one phrase, such as "understood as 13350 ± 130 MBq·h".
    disabled : bool
        Then the text stays readable and reachable, and can be neither changed nor handed in.
    """

    _esm = script("answer_field")
    label = t.Unicode().tag(sync=True)
    unit = t.Unicode().tag(sync=True)
    parts = t.List(t.Unicode()).tag(sync=True)
    button = t.Unicode().tag(sync=True)
    names = t.Dict().tag(sync=True)
    raw = t.Dict().tag(sync=True)
    states = t.Dict().tag(sync=True)
    messages = t.Dict().tag(sync=True)
    echo = t.Unicode().tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)

    def __init__(
        self, label: str, unit: str = "", *, parts: Sequence[str] = ("value",), button: str = "Check", **traits
    ):
        if tuple(parts) not in _LINES:
            allowed = "; ".join(", ".join(line) for line in _LINES)
            raise InputError(f"parts must be one of: {allowed}; got {', '.join(map(str, parts))}")
        self._callbacks: list[Callable] = []
        self._told = False  # whether what is missing has been asked for
        self.values: dict[str, float | None] = {}
        pieces = {part: (label, _ROLES[part], unit) for part in parts}
        names = {part: ", ".join(filter(None, piece)) for part, piece in pieces.items()}
        super().__init__(label=label, unit=unit, parts=list(parts), button=button, names=names, **traits)
        self.observe(self._typed, "raw")
        self.raw = dict.fromkeys(parts, "") | self.raw
        self._read()

    def on_submit(self, callback: Callable) -> None:
        """Add a call-back for the button or Enter in any of the inputs; it gets the field."""
        self._callbacks.append(callback)

    def submit(self) -> None:
        """Hand in from Python what stands there."""
        with self._guarded():
            self._hand_in()

    @t.validate("raw")
    def _strings(self, proposal):
        raw = proposal["value"]
        for part, text in raw.items():
            if part not in self.parts:
                raise InputError(f"raw of {self.label!r} has {part!r}; its parts are {', '.join(self.parts)}")
            if not isinstance(text, str):
                raise InputError(f"raw of {self.label!r}: {part} must be text as typed, got {text!r}")
        return dict.fromkeys(self.parts, "") | raw

    def _received(self, content, buffers):
        if content.get("event") != "submit":
            return
        try:
            # The text comes with the message: the browser may still be holding its change of the trait back. Taken in
            # as from the browser, so that it is not sent back over what is being typed meanwhile; the guard is ours.
            anywidget.AnyWidget.set_state(self, {"raw": content["raw"]})
            self._hand_in()
        finally:
            self.send({"event": "submitted"})

    def _hand_in(self):
        if self.disabled:
            return
        self._told = True
        self._read()
        for callback in self._callbacks:
            callback(self)

    def _typed(self, change):
        self._told = False
        self._read()

    def _read(self):
        found = {part: self._read_part(part) for part in self.parts}
        self.values = {part: value for part, (_, _, value) in found.items()}
        low, high = self.values.get("low"), self.values.get("high")
        if self._told and low is not None and high is not None and low >= high:
            # only when handed in: "1" is where "14" begins
            words = f"{self._written(high)} is not above the lower end, {self._written(low)}; are the ends swapped?"
            found["high"] = ("bad", words, None)
            self.values["high"] = None
        with self.hold_sync():
            self.states = {part: state for part, (state, _, _) in found.items()}
            self.messages = {part: message for part, (_, message, _) in found.items()}
            self.echo = self._phrase()

    def _read_part(self, part: str) -> tuple[str, str, float | None]:
        text = self.raw[part]
        if not text.strip():
            return "empty", "nothing is entered; type a number" if self._told else "", None
        try:
            value = parse_quantity(text, self.unit)
            if part == "u" and value <= 0:
                raise InputError(f"{self._written(value)} is no standard uncertainty; it must be above 0")
        except InputError as error:
            return "bad", str(error), None
        return "good", echo(text, self._written(value)), value

    def _phrase(self) -> str:
        """All that was understood in one phrase; a part that is missing or refused leaves a gap."""
        values = {part: plain_number(value) for part, value in self.values.items() if value is not None}
        if not values:
            return ""
        pieces = []
        if "value" in values or "u" in values:
            spread = f" ± {values['u']}" if "u" in values else ""
            pieces.append(f"{values.get('value', '…')}{spread} {self.unit}".strip())
        if "low" in values or "high" in values:
            pieces.append(f"95 %: {values.get('low', '…')} to {values.get('high', '…')} {self.unit}".strip())
        typed = next((text for text in self.raw.values() if "separator" in echo(text, "")), "")
        return echo(typed, ", ".join(pieces))

    def _written(self, value: float) -> str:
        return f"{plain_number(value)} {self.unit}".strip()
