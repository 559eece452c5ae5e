"""A figure on which one picks: a point of the data, a region of the x axis, a place in an image."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import ipywidgets as widgets
import traitlets as t

from mrtlab.apps.controls._base import script
from mrtlab.apps.controls._picks import MARKS, frame, from_fractions, limits, refuse, to_fractions, written
from mrtlab.apps.controls._text import markup
from mrtlab.apps.controls.blocks import Html
from mrtlab.apps.controls.choices import Choice
from mrtlab.apps.controls.fields import NumberField
from mrtlab.apps.controls.figure import Figure, _Picture
from mrtlab.errors import InputError

__all__ = ["Picker"]

_HELP = {
    "point": "Click a point, or press the arrow keys and then Enter. The list below does the same.",
    "region": "Drag across the figure, or click one end and then the other. The fields below do the same.",
    "place": "Click in the figure, or press the arrow keys and then Enter. The fields below do the same.",
}


class _PickPicture(_Picture):
    """The image, the marks under the pointer and the keyboard. All positions are fractions of the picture."""

    _esm = script("picker", "show_picture")
    mode = t.Unicode().tag(sync=True)
    label = t.Unicode().tag(sync=True)
    help = t.Unicode().tag(sync=True)
    disabled = t.Bool(False).tag(sync=True)
    frame = t.List(t.Float()).tag(sync=True)  # of the axes: left, top, right, bottom
    spots = t.List().tag(sync=True)  # of the points; None for one outside the picture
    names = t.List(t.Unicode()).tag(sync=True)
    ends = t.List(t.Float()).tag(sync=True)  # of the region chosen, empty without one
    end_words = t.List(t.Unicode()).tag(sync=True)
    cursor = t.List(t.Float()).tag(sync=True)  # where the arrow keys start
    step = t.List(t.Float()).tag(sync=True)  # how far one press of an arrow key goes
    marker = t.List(t.Float()).tag(sync=True)  # width and height of the marker of a place

    def __init__(self, heard: Callable, **traits):
        super().__init__(**traits)
        self._heard = heard

    def _received(self, content, buffers):
        try:
            self._heard(content)
        finally:
            self.send({"event": "settled"})


class Picker(Figure):
    """A figure on which one picks; the choice is drawn at once, said in words, and can be made beside it as well.

    Observe or link ``value``: None while nothing is chosen; the number of a point, from 0; ``(low, high)`` on the x
    axis; or ``(x, y)``, in data coordinates. What is picked with a pointer is rounded to what a pixel can tell.

    Parameters
    ----------
    draw, alt, table, axes
        As for :class:`Figure`. The choice is drawn on top of what ``draw`` adds and told after what ``alt`` says.
    mode : str
        "point", "region" or "place".
    label : str
        What is to be picked; the name of the picture and of the fields beside it.
    points : sequence of (x, y) or (x, y, name)
        For "point". The name is what is said and listed, such as "96 h, 52.0 MBq"; made from the numbers otherwise.
    size : float
        For "place": the diameter of the marker in data units.
    units : (str, str)
        Of x and y.
    panel : int
        Which axes of the figure are picked on, in the order in which they were made.
    **figure
        ``caption``, ``width``, ``height``, ``empty``, as for :class:`Figure`.

    Attributes
    ----------
    twin : Choice or tuple of two NumberFields
        The same choice without the picture.
    said : str
        The choice in words, such as "96 h, 52.0 MBq chosen".
    disabled : bool
        Then the choice stays and cannot be changed.
    """

    value = t.Any(None, allow_none=True)
    disabled = t.Bool(False)

    def __init__(
        self,
        draw: Callable,
        alt: Callable,
        table: Callable | None = None,
        *,
        mode: str,
        label: str,
        points: Sequence | None = None,
        size: float | None = None,
        units: tuple[str, str] = ("", ""),
        panel: int = 0,
        axes: Callable | None = None,
        disabled: bool = False,
        **figure,
    ):
        if mode not in MARKS:
            raise InputError(f"mode must be point, region or place, got {mode!r}")
        if (points is not None) != (mode == "point"):
            raise InputError(f"points belong to mode 'point' and are needed there; mode is {mode!r}, points {points!r}")
        if (size is not None) != (mode == "place") or (size is not None and not 0 < size < math.inf):
            raise InputError(f"size belongs to mode 'place' and must be above 0 there; mode is {mode!r}, size {size!r}")
        self.mode, self.label, self.units = mode, label, tuple(units)
        self._size, self._panel, self._writing, self._complaint = size, panel, False, ""
        self._points, self._names = _named(points or (), self.units)
        self._draw_result, self._alt_result = draw, alt
        super().__init__(self._draw, self._tell, table, axes=axes, **figure)
        if not 0 <= panel < len(self.canvas.figure.axes):
            raise InputError(f"panel must be the number of one of {len(self.canvas.figure.axes)} axes, got {panel}")
        self._words = Html(kind="picked", live=True)
        self.twin, box = self._make_twin()
        self.children = (self._picture, self._words, box)
        self.observe(self._chosen, "value")
        self.observe(self._disable, "disabled")
        self._say()
        self.disabled = disabled

    @property
    def said(self) -> str:
        """The choice in words."""
        return f"{self._choice()} chosen" if self.value is not None else self._complaint or "Nothing is chosen yet."

    # ---- drawing

    def _make_picture(self, **traits):
        return _PickPicture(
            self._picked, mode=self.mode, label=self.label, help=_HELP[self.mode], names=self._names, **traits
        )

    def _axes(self):
        return self.canvas.figure.axes[self._panel]

    def _draw(self, axes, result):
        self._draw_result(axes, result)
        if self.value is not None:
            where = self._points[self.value] if self.mode == "point" else self.value
            MARKS[self.mode](self._axes(), where, size=self._size, words=self._end_words())

    def _tell(self, result) -> str:
        alt = self._alt_result(result).strip()
        if alt and self.value is not None:
            alt = f"{alt if alt[-1] in '.!?' else alt + '.'} Chosen: {self._choice()}."
        return alt

    def _painted(self):
        """Tell the browser where things are in the picture just drawn."""
        axes, picture = self._axes(), self._picture
        picture.frame = frame(axes)
        if self.mode == "point":
            picture.spots = [to_fractions(axes, *point) for point in self._points]
            return
        value = self.value
        if self.mode == "region":
            middle = sum(axes.get_ylim()) / 2
            ends = [to_fractions(axes, end, middle) for end in value or ()]
            picture.ends = [end[0] for end in ends] if None not in ends else []
            picture.end_words = self._end_words()
        else:
            left, top, right, bottom = picture.frame
            picture.cursor = (value and to_fractions(axes, *value)) or [(left + right) / 2, (top + bottom) / 2]
            (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
            unit = (right - left) / abs(x1 - x0), (bottom - top) / abs(y1 - y0)
            picture.marker = [self._size * one for one in unit]
            # a data unit, the pixel of an image, but no less than two pixels of the screen
            picture.step = [max(unit[0], 2 / self.canvas.width), max(unit[1], 2 / self.canvas.height)]
        for field, axis in zip(self.twin, "xx" if self.mode == "region" else "xy", strict=True):
            field.minimum, field.maximum = limits(axes, axis, self.canvas.width)

    # ---- picking

    def _picked(self, content):
        if self.disabled or self.state != "ready":
            return
        axes, event = self._axes(), content.get("event")
        if event == "point" and self.mode == "point":
            self.value = int(content["index"])
        elif event == "pick" and self.mode == "point":
            self.value = self._nearest(content["x"], content["y"])
        elif event == "pick" and self.mode == "place":
            self.value = from_fractions(axes, content["x"], content["y"], self.canvas.width)
        elif event == "region" and self.mode == "region":
            ends = (from_fractions(axes, content[end], 0.5, self.canvas.width)[0] for end in ("from", "to"))
            low, high = sorted(ends)
            if low < high:
                self.value = (low, high)

    def _nearest(self, x: float, y: float) -> int | None:
        """The point nearest on the screen, of those that are in the picture."""
        shown = [(spot, index) for index, spot in enumerate(self._picture.spots) if spot is not None]
        if not shown:
            return self.value
        across, down = self.canvas.width, self.canvas.height
        return min((math.hypot((spot[0] - x) * across, (spot[1] - y) * down), index) for spot, index in shown)[1]

    @t.validate("value")
    def _allowed(self, proposal):
        value = proposal["value"]
        return None if value is None else refuse(value, self.mode, self.label, len(self._points))

    def _chosen(self, change):
        self._complaint = ""
        self._write_twin()
        if self.state == "ready":
            self.show(self._result)
        self._say()

    def _say(self):
        self._words.html = f"<p>{markup(self.said)}</p>"

    def _disable(self, change):
        self._picture.disabled = self.disabled
        for field in self.twin if isinstance(self.twin, tuple) else (self.twin,):
            field.disabled = self.disabled

    # ---- words

    def _choice(self) -> str:
        value, (x_unit, y_unit) = self.value, self.units
        if self.mode == "point":
            return self._names[value]
        if self.mode == "region":
            return f"{written(value[0])} to {written(value[1], x_unit)}"
        return f"x {written(value[0], x_unit)}, y {written(value[1], y_unit)}"

    def _end_words(self) -> list[str]:
        return [written(end, self.units[0]) for end in self.value or ()] if self.mode == "region" else []

    # ---- the same beside the picture

    def _make_twin(self):
        if self.mode == "point":
            twin = Choice(self.label, [(name, index) for index, name in enumerate(self._names)], radio=True)
            t.link((twin, "value"), (self, "value"))
            return twin, twin
        ends = ("from", "to") if self.mode == "region" else ("x", "y")
        units = (self.units[0],) * 2 if self.mode == "region" else self.units
        pairs = zip(ends, units, strict=True)
        twin = tuple(NumberField(f"{self.label}, {end}", unit, required=False) for end, unit in pairs)
        for field in twin:
            field.observe(self._typed, "value")
        box = widgets.HBox(twin)
        box.add_class("mrt-row")
        box.add_class("mrt-picker-twin")
        return twin, box

    def _write_twin(self):
        if self.mode == "point" or self._writing:  # the list is linked; fields being typed into keep their text
            return
        self._writing = True
        try:
            for field, number in zip(self.twin, self.value or (None, None), strict=True):
                field.value = number
                if number is None:
                    field.text = ""
        finally:
            self._writing = False

    def _typed(self, change):
        if self._writing:
            return
        self._writing = True
        try:
            first, second = (field.value for field in self.twin)
            swapped = self.mode == "region" and None not in (first, second) and first >= second
            self.value = None if swapped or None in (first, second) else (first, second)
            # after the value, whose change takes an older complaint away
            self._complaint = "The first number must be below the second; are they swapped?" if swapped else ""
            self._say()
        finally:
            self._writing = False


def _named(points, units) -> tuple[list[tuple[float, float]], list[str]]:
    """Positions of points and what each is called."""
    places, names = [], []
    for point in points:
        if len(point) not in (2, 3):
            raise InputError(f"a point must be (x, y) or (x, y, name), got {point!r}")
        x, y = float(point[0]), float(point[1])
        places.append((x, y))
        names.append(str(point[2]) if len(point) == 3 else f"{written(x, units[0])}, {written(y, units[1])}")
    return places, names
