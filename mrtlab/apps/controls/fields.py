"""Fields a person types into: numbers with units, and text."""

from __future__ import annotations

from collections.abc import Callable

import traitlets as t

from mrtlab.apps.controls._base import Control, script
from mrtlab.apps.controls._text import echo, plain_number
from mrtlab.errors import InputError
from mrtlab.units import parse_quantity

__all__ = ["NumberField", "Slider", "TextField"]


class NumberField(Control):
    """A number with a unit, typed with a decimal point or comma, echoed as it was understood.

    ``value`` is a float in ``unit``, or None while the field is empty or cannot be used. Observe or link ``value``;
    ``state`` is ``"good"``, ``"empty"`` or ``"bad"`` and ``message`` the echo or the refusal, for a stale mark.

    Parameters
    ----------
    label : str
        The visible label, without the unit.
    unit : str
        As in :func:`mrtlab.units.parse_quantity`; shown after the label.
    value : float, optional
        In ``unit``.
    help : str, optional
        A short line under the label.
    minimum, maximum : float, optional
        Allowed range, ends included, in ``unit``.
    required : bool
        Whether an empty field is told to be filled in.
    check : callable, optional
        Called with the value; raises :class:`~mrtlab.InputError` to refuse it with its own words.
    """

    _esm = script("number_field")
    label = t.Unicode().tag(sync=True)
    unit = t.Unicode().tag(sync=True)
    help = t.Unicode().tag(sync=True)
    text = t.Unicode().tag(sync=True)
    state = t.Enum(("good", "empty", "bad"), default_value="empty").tag(sync=True)
    message = t.Unicode().tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)
    value = t.Float(None, allow_none=True)
    minimum = t.Float(None, allow_none=True)
    maximum = t.Float(None, allow_none=True)
    required = t.Bool(True)

    def __init__(
        self,
        label: str,
        unit: str = "",
        value: float | None = None,
        *,
        help: str = "",
        minimum: float | None = None,
        maximum: float | None = None,
        required: bool = True,
        check: Callable[[float], None] | None = None,
        **traits,
    ):
        self._check = check
        self._exact = ("", None)  # the value a program gave and how it is shown, which may have fewer digits
        self._understood = None
        super().__init__(
            label=label, unit=unit, help=help, minimum=minimum, maximum=maximum, required=required, **traits
        )
        self.observe(self._read, ["text", "minimum", "maximum"])
        self.observe(self._write, "value")
        if value is not None:
            self.value = value

    def _read(self, change):
        """Text to value. The echo is set before the value, so that observers of the value see both."""
        with self.hold_sync():
            if not self.text.strip():
                told = self.required and change["name"] == "text"
                self.state, self.message = "empty", "nothing is entered; type a number" if told else ""
                self.value = None
                return
            try:
                value = self._exact[1] if self.text == self._exact[0] else parse_quantity(self.text, self.unit)
                self._refuse_outside(value)
            except InputError as error:
                self.state, self.message, self.value = "bad", str(error), None
            else:
                self.state, self.message = "good", echo(self.text, self._written(value))
                self._understood = self.value = value

    def _write(self, change):
        """Value to text, when a program set it."""
        value = change["new"]
        if value is None:
            if self.state == "good":  # not when the text itself was the reason
                self.text = ""
                self.message = ""
        elif self.state != "good" or value != self._understood:
            self._exact = (plain_number(value), value)
            if self.text == self._exact[0]:
                self._read({"name": "value"})
            else:
                self.text = self._exact[0]

    def _refuse_outside(self, value: float) -> None:
        low, high = self.minimum, self.maximum
        if low is not None and value < low:
            raise InputError(f"{self._written(value)} is too small; the least allowed is {self._written(low)}")
        if high is not None and value > high:
            raise InputError(f"{self._written(value)} is too large; the most allowed is {self._written(high)}")
        if self._check:
            self._check(value)

    def _written(self, value: float) -> str:
        return f"{plain_number(value)} {self.unit}".strip()


class Slider(NumberField):
    """A range input with a box for the number beside it; arrow keys step, the box takes what a number field takes.

    Parameters
    ----------
    label, unit, value, help, check
        As for :class:`NumberField`.
    minimum, maximum, step : float
        In ``unit``.
    """

    _esm = script("slider")
    minimum = t.Float(0.0).tag(sync=True)
    maximum = t.Float(1.0).tag(sync=True)
    step = t.Float(0.01).tag(sync=True)
    position = t.Float(0.0).tag(sync=True)

    def __init__(self, label: str, unit: str, value: float, *, minimum: float, maximum: float, step: float, **rest):
        super().__init__(label, unit, None, minimum=minimum, maximum=maximum, step=step, position=value, **rest)
        self.observe(self._moved, "position")
        self.observe(self._follow, "value")
        self.value = value

    def _moved(self, change):
        if self.value != change["new"]:
            with self.hold_sync():  # what the observers send, a picture say, goes first
                self.text = plain_number(change["new"])

    def _follow(self, change):
        if change["new"] is not None:
            self.position = change["new"]


class TextField(Control):
    """A line, or with ``lines`` > 1 a box, of free text. Observe or link ``value``."""

    _esm = script("text_field")
    label = t.Unicode().tag(sync=True)
    help = t.Unicode().tag(sync=True)
    placeholder = t.Unicode().tag(sync=True)
    lines = t.Int(1).tag(sync=True)
    value = t.Unicode().tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)

    def __init__(self, label: str, value: str = "", **traits):
        super().__init__(label=label, value=value, **traits)
