"""Small controls that only this page needs: handing in, ticking, going to what has appeared, printing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets as widgets
import traitlets as t

from mrtlab.apps.controls import Button, Control, Page
from mrtlab.apps.controls._base import asset
from mrtlab.errors import InputError

__all__ = ["Commit", "Guide", "Place", "Print", "Ticks"]

_HERE = Path(__file__).resolve().parent


def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _script(name: str) -> str:
    return asset("js/common.js") + _own(f"js/{name}.js")


class Commit(Button):
    """A button that hands in what stands in other controls, and is only heard once their last change has arrived.

    A browser holds changes back while the program is busy, but not clicks: an ordinary button could hand in the text
    before last, and what is handed in can never be taken back.

    Parameters
    ----------
    text : str
    label : str
        What it belongs to, such as the question; read out after the text.
    waiting : str
        Stands on the button when it takes over a second.
    """

    _esm = _script("commit")
    label = t.Unicode().tag(sync=True)
    waiting = t.Unicode("saving…").tag(sync=True)

    def _received(self, content, buffers):
        event = content.get("event")
        if event == "ask":
            self.send({"event": "settle"})
        elif event == "go":
            try:
                self._press()
            finally:
                self.send({"event": "done"})


class Ticks(Control):
    """Boxes to tick. ``value`` is a tuple of bools, one for each name.

    Parameters
    ----------
    label : str
        What is ticked here; "" where the names say it.
    names : sequence of str
    value : sequence of bool, optional
        None is ticked at first.
    """

    _esm = _script("ticks")
    label = t.Unicode().tag(sync=True)
    names = t.List(t.Unicode()).tag(sync=True)
    value = t.Tuple().tag(sync=True)

    def __init__(self, label: str, names: Sequence[str], value: Sequence[bool] | None = None, **traits):
        names = [str(name) for name in names]
        super().__init__(label=label, names=names, value=tuple(value or (False,) * len(names)), **traits)

    @t.validate("value")
    def _booleans(self, proposal):
        value = tuple(bool(one) for one in proposal["value"])
        if len(value) != len(self.names):
            raise InputError(f"value of {self.label!r} must have {len(self.names)} marks, got {len(value)}")
        return value

    @property
    def ticked(self) -> tuple[str, ...]:
        """Names of the boxes that are ticked."""
        return tuple(name for name, on in zip(self.names, self.value, strict=True) if on)


class Guide(Control):
    """Moves the focus to what has just appeared. Brings the style sheet of this page."""

    _esm = _script("guide")
    _css = _own("style.css")
    wanted = t.Tuple(t.Int(), t.Unicode(), default_value=(0, "")).tag(sync=True)  # a message would miss a new page

    def go(self, css_class: str) -> None:
        """Focus the heading, or the first control, or the box of this class, as soon as it is there."""
        self.wanted = (self.wanted[0] + 1, css_class)


class Print(Control):
    """Opens the browser's print window."""

    _esm = _script("print")


class Place(widgets.VBox):
    """Where one page after the other is shown, such as the list and the exercise chosen from it."""

    def __init__(self):
        super().__init__()
        self.add_class("mrt-place")

    @property
    def page(self) -> Page:
        """The page shown now."""
        return self.children[0]

    def show(self, page: Page, then: Callable[[], None] | None = None) -> None:
        """Show a page in place of the last one."""
        self.children = (page,)
        if then:
            then()
