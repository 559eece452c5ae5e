"""Drawing that repaints quickly: what stays is kept as pixels, what a new result brings is drawn over it.

Plain matplotlib without pyplot and without a widget, so drawing functions made for reports work unchanged.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import matplotlib
import numpy as np
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

__all__ = ["Canvas"]

STYLE = {
    "font.family": "sans-serif",
    "font.size": 10.5,  # 14 px at 96 dots per inch
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1b1f24"]),  # all 3:1 on white
}
_DPI = 96
_TEXTS_KEPT = 500


class Canvas:
    """A figure whose frame, ticks and labels are drawn once and whose artists are drawn for every result.

    Parameters
    ----------
    draw : callable
        ``draw(axes, result)`` adds artists for a result to what ``axes`` returned. All artists it adds are taken away
        before the next call. It may set limits, ticks, labels and titles; all else about the axes belongs in ``axes``.
    axes : callable, optional
        ``axes(figure)`` makes the axes, once, and returns them (one, or any collection that ``draw`` knows how to use).
    width, height : int
        In CSS pixels.

    Attributes
    ----------
    backgrounds : int
        How often the background was drawn, which is the slow part.
    """

    def __init__(self, draw: Callable, axes: Callable | None = None, width: int = 724, height: int = 460):
        self._draw, self.width, self.height = draw, width, height
        self.figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI)
        self._canvas = _Agg(self.figure)
        self._background = self._signature = None
        with matplotlib.rc_context(STYLE):
            self.axes = (axes or _one_axes)(self.figure)
        self._parts = len(self.figure.get_children())
        self._fixed = {artist for ax in self.figure.axes for artist in ax.get_children()}
        self._fixed_containers = {ax: list(ax.containers) for ax in self.figure.axes}
        self.backgrounds = 0

    def update(self, result) -> None:
        """Draw another result in place of the last one."""
        with matplotlib.rc_context(STYLE):
            for ax in self.figure.axes:
                _clear(ax, self._fixed, self._fixed_containers[ax])
            self._draw(self.axes, result)
        if len(self.figure.get_children()) != self._parts:
            raise RuntimeError("a drawing function added axes or texts to the figure; make them in axes(figure)")

    def rgb(self, ratio: float = 1.0) -> np.ndarray:
        """The picture, shape (height, width, 3), with ``ratio`` pixels for a CSS pixel."""
        if self.figure.dpi != _DPI * ratio:
            self.figure.dpi = _DPI * ratio
            self._background = None
        over = [(ax, artist) for ax in self.figure.axes for artist in _over_background(ax)]
        if self._background is None or self._signature != self._signatures():
            for _, artist in over:
                artist.set_animated(True)
            self._canvas.draw()
            for _, artist in over:
                artist.set_animated(False)  # so that savefig and a full draw show it
            self._background = self._canvas.copy_from_bbox(self.figure.bbox)
            self._signature = self._signatures()
            self.backgrounds += 1
        else:
            self._canvas.restore_region(self._background)
        for ax, artist in over:
            ax.draw_artist(artist)
        return np.asarray(self._canvas.buffer_rgba())[..., :3]

    def png(self, ratio: float = 1.0) -> bytes:
        """The picture as PNG, compressed just enough."""
        return _png(self.rgb(ratio))

    def refresh(self) -> None:
        """Draw the background again the next time; call it after changing the axes by hand."""
        self._background = None

    def _signatures(self) -> list:
        return [_signature(ax) for ax in self.figure.axes]


class _Agg(FigureCanvasAgg):
    """The usual canvas with a renderer that remembers texts."""

    def get_renderer(self):
        key = (*self.figure.bbox.size, self.figure.dpi)
        if self._lastKey != key:
            self.renderer, self._lastKey = _Renderer(*key), key
        return self.renderer


class _Renderer(RendererAgg):
    """Draws a text that it has drawn before, in the same place, from the pixels it kept.

    Texts take most of the time of a small plot, and most of them stay what and where they are.
    """

    def __init__(self, width, height, dpi):
        super().__init__(width, height, dpi)
        self._texts = {}

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        if ismath or getattr(self, "_renderer", None) is None:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        shaping = [getattr(mtext, f"get_{name}", lambda: None)() for name in ("fontfeatures", "language")]
        key = (s, x, y, angle, hash(prop), gc.get_antialiased(), *map(str, shaping))
        if key not in self._texts:
            if len(self._texts) >= _TEXTS_KEPT:
                self._texts.clear()
            agg, recorder = self._renderer, _Recorder(self._renderer)
            self._renderer = recorder
            try:
                super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            finally:
                self._renderer = agg
            self._texts[key] = recorder.images
            return
        for image, *place in self._texts[key]:
            self._renderer.draw_text_image(image, *place, gc)


class _Recorder:
    """Stands before matplotlib's drawing core and copies the images of glyphs that pass."""

    def __init__(self, agg):
        self._agg, self.images = agg, []

    def __getattr__(self, name):
        return getattr(self._agg, name)

    def draw_text_image(self, image, x, y, angle, gc):
        self.images.append((np.array(image), x, y, angle))
        self._agg.draw_text_image(image, x, y, angle, gc)


def _clear(ax, fixed: set, containers: list) -> None:
    """Take away all that a drawing function added."""
    for artist in ax.get_children():
        if artist not in fixed and artist.axes is ax:
            artist.remove()
    ax.containers[:] = containers  # error bars and bars leave theirs behind, empty
    ax.set_prop_cycle(None)
    ax.relim()


def _over_background(ax) -> list:
    """All but the frame's paper, ticks, labels and titles, in the order in which matplotlib draws them."""
    background = {ax.patch, ax.xaxis, ax.yaxis, ax.title, ax._left_title, ax._right_title}
    shown = (artist for artist in ax.get_children() if artist not in background and artist.get_visible())
    return sorted(shown, key=lambda artist: artist.get_zorder())


def _png(rgb: np.ndarray) -> bytes:
    """Rows unfiltered, compressed lightly: for plots a third of the time the imaging library needs, and no larger."""
    height, width, _ = rgb.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # the first byte of a row, 0, says: unfiltered
    for colour in range(3):  # ten times as quick as all three at once
        rows[:, 1 + colour :: 3] = rgb[..., colour]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, three colours
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _one_axes(figure: Figure):
    """One pair of axes with room for labels in pixels, whatever the size."""
    width, height = figure.get_size_inches() * _DPI
    return figure.add_axes((70 / width, 54 / height, 1 - 90 / width, 1 - 70 / height))


def _signature(ax) -> tuple:
    """What the background shows of these axes and a drawing function may change."""
    axis = tuple(
        (
            tuple(one.get_view_interval()),
            one.get_scale(),
            one.get_label_text(),
            tuple(one.get_ticklocs()),
            id(one.get_major_formatter()),
        )
        for one in (ax.xaxis, ax.yaxis)
    )
    titles = tuple(ax.get_title(loc) for loc in ("left", "center", "right"))
    return (*axis, titles, ax.get_position().bounds, ax.get_visible())
