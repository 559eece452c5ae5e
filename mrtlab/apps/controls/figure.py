"""The figure of a page: repaints quickly, says in words what it shows, has its numbers in a table."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
import traitlets as t

from mrtlab.apps.controls._base import Control, script
from mrtlab.apps.controls._text import strip_markup
from mrtlab.apps.controls.blocks import DataTable
from mrtlab.apps.controls.canvas import Canvas
from mrtlab.apps.controls.layout import Details
from mrtlab.errors import InputError

__all__ = ["Figure"]


class _Picture(Control):
    """An image with a text alternative, or a designed place where one will be."""

    _esm = script("picture", "show_picture")
    png = t.Bytes().tag(sync=True)
    alt = t.Unicode().tag(sync=True)
    width = t.Int().tag(sync=True)
    height = t.Int().tag(sync=True)
    state = t.Enum(("empty", "waiting", "error", "ready"), "empty").tag(sync=True)
    words = t.Unicode().tag(sync=True)
    # picture pixels for a CSS pixel that the screen can show at its zoom; told by the browser
    ratio = t.Float(2.0, min=0.5, max=4.0).tag(sync=True)


class Figure(widgets.VBox):
    """A live figure: ``show(result)`` repaints it, its text alternative and the table of its numbers.

    Parameters
    ----------
    draw : callable
        ``draw(axes, result)``, plain matplotlib; see :class:`Canvas`.
    alt : callable
        ``alt(result)`` says in a sentence or two what the figure shows: extent, shape, values.
    table : callable, optional
        ``table(result)`` returns (columns, rows) of the numbers behind the figure.
    axes : callable, optional
        ``axes(figure)`` makes the axes; one pair without it.
    caption : str
        What the table shows.
    width, height : int
        In CSS pixels; on a narrow page the figure shrinks.
    empty : str
        What stands there before the first result.

    Attributes
    ----------
    numbers : Details or None
        The table, closed; a ``Section`` puts it last under its figure.
    """

    def __init__(
        self,
        draw: Callable,
        alt: Callable,
        table: Callable | None = None,
        *,
        axes: Callable | None = None,
        caption: str = "Numbers behind the figure",
        width: int = 724,
        height: int = 460,
        empty: str = "The figure appears here.",
    ):
        self.canvas = Canvas(draw, axes, width, height)
        self._alt, self._table, self._result = alt, table, None
        self._picture = self._make_picture(width=width, height=height, words=empty)
        super().__init__((self._picture,))
        self._drawn_ratio = 0.0
        self._picture.observe(self._sharpen, "ratio")
        self.numbers = None
        if table:
            self._rows = DataTable((), caption=caption)
            self.numbers = Details("Numbers behind the figure", [self._rows])
            self.numbers.observe(self._fill_table, "opened")
        self.add_class("mrt-figure")

    def _make_picture(self, **traits) -> _Picture:
        """The control that shows the image; a figure that does more brings its own."""
        return _Picture(**traits)

    def _painted(self) -> None:
        """What else the browser must know of a picture just drawn; sent along with it."""

    @property
    def alt(self) -> str:
        """The text alternative of what is shown."""
        return self._picture.alt

    @property
    def png(self) -> bytes:
        """The picture shown, empty before the first."""
        return self._picture.png

    @property
    def state(self) -> str:
        """``"empty"``, ``"waiting"``, ``"error"`` or ``"ready"``."""
        return self._picture.state

    def show(self, result) -> None:
        """Repaint for another result."""
        alt = strip_markup(self._alt(result)).strip()
        if not alt:
            raise InputError("alt gave no text; a figure needs one sentence that says what it shows")
        self.canvas.update(result)
        self._result, self._drawn_ratio = result, self._picture.ratio
        with self._picture.hold_sync():
            self._picture.png, self._picture.alt = self.canvas.png(self._drawn_ratio), alt
            self._picture.state, self._picture.words = "ready", ""
            self._painted()
        self._fill_table()

    def _sharpen(self, change):
        """Draw again only if the picture has too few pixels; one with more than enough stays until the next result."""
        if self._result is not None and change["new"] > self._drawn_ratio:
            self._drawn_ratio = change["new"]
            self._picture.png = self.canvas.png(self._drawn_ratio)

    def wait(self, words: str) -> None:
        """Say what is being waited for, over what was there before."""
        with self._picture.hold_sync():
            self._picture.state, self._picture.words = "waiting", words

    def fail(self, words: str) -> None:
        """Say why there is no figure."""
        self._clear("error", words)

    def empty(self, words: str) -> None:
        """Take the figure away and say what has to be done to see one."""
        self._clear("empty", words)

    def _clear(self, state: str, words: str) -> None:
        self._result = None
        with self._picture.hold_sync():
            self._picture.png, self._picture.alt = b"", ""
            self._picture.state, self._picture.words = state, words
        self._fill_table()

    def _fill_table(self, change=None):
        """The table is written only while somebody looks at it."""
        if self.numbers and self.numbers.opened:
            columns, rows = self._table(self._result) if self._result is not None else ((), ())
            self._rows.set(rows, columns)
