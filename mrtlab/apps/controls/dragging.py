"""A figure whose points can be dragged, with a pointer, a finger or the arrow keys."""

from __future__ import annotations

import math
from collections.abc import Callable

import traitlets as t

from mrtlab.apps.controls._base import script
from mrtlab.apps.controls._picks import frame, from_fractions, to_fractions
from mrtlab.apps.controls.figure import Figure, _Picture

__all__ = ["DragFigure"]

_PHASES = ("move", "rest", "end")


class _DragPicture(_Picture):
    """The image and a handle over each point. Positions are fractions of the picture."""

    _esm = script("drag", "show_picture")
    label = t.Unicode().tag(sync=True)
    help = t.Unicode().tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)
    frame = t.List(t.Float()).tag(sync=True)  # of the axes: left, top, right, bottom
    spots = t.List().tag(sync=True)  # of the points; None for one outside the picture
    names = t.List(t.Unicode()).tag(sync=True)
    adds = t.Bool(False).tag(sync=True)

    def __init__(self, heard: Callable, **traits):
        super().__init__(**traits)
        self._heard = heard

    def _received(self, content, buffers):
        try:
            self._heard(content)
        finally:
            self.send({"event": "settled"})  # the browser sends the next position only now


class DragFigure(Figure):
    """A figure with points to drag. It moves nothing by itself: it says where a point is wanted, and is shown anew.

    The browser sends a position once the last one is drawn, so that a slow computation drops positions in between and
    never falls behind. The axes must keep their limits while a point is dragged.

    Parameters
    ----------
    draw, alt, table, axes
        As for :class:`Figure`.
    points : callable
        ``points(result)`` gives (x, y, name) for every point; the name is what a screen reader says, such as
        "96 h, 52.0 MBq".
    label : str
        What the points are.
    on_drag : callable
        ``on_drag(index, x, y, phase)`` in data coordinates; ``phase`` is "move", "rest" (the point is still held and
        has not moved for a moment) or "end".
    on_add : callable, optional
        ``on_add(x, y)`` where the figure was double-clicked beside all points. Offer fields for the same.
    panel : int
        Which axes of the figure hold the points.
    **figure
        ``caption``, ``width``, ``height``, ``empty``, as for :class:`Figure`.

    Attributes
    ----------
    disabled : bool
        Then no point can be dragged.
    """

    disabled = t.Bool(False)

    def __init__(
        self,
        draw: Callable,
        alt: Callable,
        table: Callable | None = None,
        *,
        points: Callable,
        label: str,
        on_drag: Callable,
        on_add: Callable | None = None,
        help: str = "Drag a point. With the keyboard: Tab to a point, then the arrow keys; Shift takes larger steps.",
        panel: int = 0,
        **figure,
    ):
        self._points, self._on_drag, self._panel = points, on_drag, panel
        self._on_add = on_add
        self._told = {"label": label, "help": help, "adds": on_add is not None}
        super().__init__(draw, alt, table, **figure)
        self.observe(self._disable, "disabled")

    def _make_picture(self, **traits):
        return _DragPicture(self._dragged, **self._told, **traits)

    def _axes(self):
        return self.canvas.figure.axes[self._panel]

    def _painted(self):
        axes, picture = self._axes(), self._picture
        points = list(self._points(self._result))
        picture.frame = frame(axes)
        picture.spots = [to_fractions(axes, x, y) for x, y, _ in points]
        picture.names = [str(name) for _, _, name in points]

    def _dragged(self, content):
        where = content.get("x"), content.get("y")
        known = all(isinstance(one, (int, float)) and math.isfinite(one) for one in where)
        if self.disabled or self.state != "ready" or not known:
            return
        place = from_fractions(self._axes(), *where, self.canvas.width)
        if content.get("event") == "add" and self._on_add:
            self._on_add(*place)
        index, phase = content.get("index"), content.get("phase")
        right = isinstance(index, int) and 0 <= index < len(self._picture.spots) and phase in _PHASES
        if content.get("event") == "drag" and right:
            self._on_drag(index, *place, phase)

    def _disable(self, change):
        self._picture.disabled = self.disabled
