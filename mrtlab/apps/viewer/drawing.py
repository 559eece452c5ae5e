"""The three slices as a picture, in plain matplotlib."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np

from mrtlab.apps.controls.canvas import Canvas
from mrtlab.apps.controls.canvas import _png as as_png
from mrtlab.apps.viewer.scene import PLANES, Scene
from mrtlab.images import Unit

__all__ = ["Layout", "Look", "Slices", "line_names", "line_styles"]

# Bright on grey and on blue to yellow alike, with a dark line behind; dashes and numbers tell them apart too.
_COLOURS = ("#ffffff", "#ff9ec7", "#7fdbff", "#ffb000", "#b8f58a", "#e0b3ff")
_DASHES = (("solid", "-"), ("dashed", (0, (5, 2))), ("dotted", (0, (1.2, 1.6))), ("dash-dotted", (0, (6, 2, 1.2, 2))))
_COLOUR_NAMES = ("white", "pink", "light blue", "orange", "light green", "lilac")
_KEPT = 600
_MARGIN = 8  # CSS pixels
_LEGEND = 210
_CROSS = (255, 213, 74)
_ENDS = {"Axial": ("R", "L", "A", "P"), "Coronal": ("R", "L", "H", "F"), "Sagittal": ("A", "P", "H", "F")}
_COORDINATE = {"Axial": "z", "Coronal": "y", "Sagittal": "x"}


@dataclass(frozen=True)
class Look:
    """What of a scene is drawn: voxel (z, y, x), ends of the grey scale, and how the overlay lies over it."""

    index: tuple[int, int, int]
    grey: tuple[float, float]
    opacity: float = 0.5
    hide_below: float = 0.05
    outlines: tuple[bool, ...] = ()
    isodoses: bool = True


def line_styles(count: int) -> list[tuple[str, object]]:
    """(colour, dashes) of the outlines."""
    return [(_COLOURS[n % len(_COLOURS)], _DASHES[(n + n // 12) % len(_DASHES)][1]) for n in range(count)]


def line_names(count: int) -> list[str]:
    """The same in words."""
    return [f"{_DASHES[(n + n // 12) % len(_DASHES)][0]}, {_COLOUR_NAMES[n % len(_COLOURS)]}" for n in range(count)]


class Layout:
    """Where the panes of the picture lie, all at one scale; legend and colour scale are in the fourth corner.

    Parameters
    ----------
    scene : Scene
    width, most_height : int
        In CSS pixels.

    Attributes
    ----------
    boxes : dict
        Name of a pane, or "Legend", to (left, top, width, height) in CSS pixels.
    """

    def __init__(self, scene: Scene, width: int = 724, most_height: int = 680):
        spans = zip(scene.ranges_mm, scene.grid.spacing_mm[::-1], strict=True)
        x, y, z = (high - low + step for (low, high), step in spans)
        scale = min(
            (width - 3 * _MARGIN) / (x + y),
            (width - 3 * _MARGIN - _LEGEND) / x,
            (most_height - 3 * _MARGIN) / (y + z),
        )
        x, y, z = (max(24, round(length * scale)) for length in (x, y, z))
        right, lower = 2 * _MARGIN + x, 2 * _MARGIN + z
        self.width, self.height = width, lower + max(y, 120) + _MARGIN
        self.boxes = {
            "Coronal": (_MARGIN, _MARGIN, x, z),
            "Sagittal": (right, _MARGIN, y, z),
            "Axial": (_MARGIN, lower, x, y),
        }
        # beside the sagittal slice where it leaves room, so that long names and many regions fit
        beside = right + y + _MARGIN
        if width - beside - _MARGIN >= _LEGEND:
            self.boxes["Legend"] = (beside, _MARGIN, width - beside - _MARGIN, self.height - 2 * _MARGIN)
        else:
            self.boxes["Legend"] = (right, lower, width - right - _MARGIN, max(y, 120))


class Slices:
    """Draws a scene as a :class:`~mrtlab.apps.controls.Canvas` does; each pane is painted anew only if it must be.

    Moving one slice leaves the two others as they are but for the cross, which is laid over the pixels.

    Attributes
    ----------
    layout : Layout
    painted : int
        How often a pane was painted, which is the slow part.
    """

    def __init__(self, scene: Scene):
        self.scene, self.layout = scene, Layout(scene)
        self.width, self.height = self.layout.width, self.layout.height
        self.levels = _levels(scene)
        self.painted = 0
        self._styles = line_styles(len(scene.masks))
        self._look: Look | None = None
        self._kept: OrderedDict = OrderedDict()
        self._shown: dict[str, tuple] = {}  # pane -> (what it shows, pixels)
        self._panes = {
            name: Canvas(partial(self._draw, name), partial(self._axes, name), *self.layout.boxes[name][2:])
            for name in PLANES
        }
        legend = self.layout.boxes["Legend"][2:]
        self._key = Canvas(lambda axes, look: None, lambda figure: self._legend(figure, *legend), *legend)

    def update(self, look: Look) -> None:
        """Show this from now on."""
        self._look = look

    def rgb(self, ratio: float = 1.0) -> np.ndarray:
        """The picture, shape (height, width, 3), with ``ratio`` pixels for a CSS pixel."""
        picture = np.zeros((round(self.height * ratio), round(self.width * ratio), 3), np.uint8)
        for name, (left, top, _, _) in self.layout.boxes.items():
            pixels = self._pane(name, ratio)
            place = picture[round(top * ratio) :, round(left * ratio) :][: len(pixels), : pixels.shape[1]]
            place[:] = pixels[: len(place), : place.shape[1]]
            if name in PLANES:
                self._cross(name, place, max(1, round(ratio)))
        return picture

    def png(self, ratio: float = 1.0) -> bytes:
        """The picture as PNG, compressed just enough."""
        return as_png(self.rgb(ratio))

    def _pane(self, name: str, ratio: float) -> np.ndarray:
        look = self._look
        shows = (ratio, name in PLANES and (replace(look, index=(0, 0, 0)), look.index[PLANES[name]]))
        if name not in self._shown or self._shown[name][0] != shows:
            canvas = self._panes.get(name, self._key)
            canvas.update(look)
            self._shown[name] = (shows, canvas.rgb(ratio).copy())
            self.painted += 1
        return self._shown[name][1]

    def _cross(self, name: str, pixels: np.ndarray, wide: int) -> None:
        """Two thin lines through the place where the other slices lie."""
        across, up = _plane_axes(name)
        shares = [(self._look.index[2 - axis] + 0.5) / self.scene.grid.shape[2 - axis] for axis in (across, up)]
        column = min(int(shares[0] * pixels.shape[1]), pixels.shape[1] - wide)
        row = (shares[1] if name == "Axial" else 1 - shares[1]) * len(pixels)
        row = min(int(row), len(pixels) - wide)
        for part in (pixels[:, column : column + wide], pixels[row : row + wide]):
            part[:] = (0.35 * part + 0.65 * np.array(_CROSS)).astype(np.uint8)

    # what stays of a pane

    def _axes(self, name: str, figure):
        figure.set_facecolor("black")
        pane = figure.add_axes((0, 0, 1, 1))
        pane.set_axis_off()
        return pane

    def _legend(self, figure, width: float, height: float):
        from matplotlib.lines import Line2D

        figure.set_facecolor("black")
        legend = figure.add_axes((0, 0, 1, 1))
        legend.set_axis_off()
        legend.set(xlim=(0, width), ylim=(height, 0))
        down = 8.0
        say = partial(legend.text, color="white", fontsize=9, va="center")
        if self.scene.overlay is not None:
            low, high = self.scene.over_range
            what = self.scene.quantity(self.scene.overlay)
            say(0, down, f"{what[0].upper()}{what[1:]} ({self.scene.overlay.unit})")
            colours = self._colours()[None, :, :]
            legend.imshow(
                colours, extent=(0, width - 26, down + 24, down + 12), aspect="auto", interpolation="bilinear"
            )
            for value in _ticks(low, high):
                along = (value - low) / (high - low) * (width - 26)
                legend.add_line(Line2D((along, along), (down + 24, down + 28), color="white", lw=1))
                say(along, down + 37, f"{value:g}", ha="center" if along > 8 else "left")
            down += 58
            legend.set(xlim=(0, width), ylim=(height, 0))
        masks = list(self.scene.masks)
        room = max(1, int((height - down) // 16))
        shown = masks if len(masks) <= room else masks[: room - 1]
        for number, (name, (colour, dashes)) in enumerate(zip(shown, self._styles, strict=False), start=1):
            legend.add_line(Line2D((0, 34), (down, down), color=colour, lw=1.8, ls=dashes))
            say(40, down, _shortened(f"{number} {name}", int((width - 40) / 6.3)))
            down += 16
        if len(shown) < len(masks):
            say(0, down, f"and {len(masks) - len(shown)} more, in the table")
        return legend

    # what changes

    def _draw(self, name: str, pane, look: Look) -> None:
        """One slice."""
        from matplotlib.collections import LineCollection

        axes = _plane_axes(name)
        (left, right), (low, high) = (self._edges(axis) for axis in axes)
        upright = name != "Axial"  # y rises to the back and is drawn downwards, z rises to the head
        pane.imshow(
            self._pixels(name, look),
            extent=(left, right, low, high) if upright else (left, right, high, low),
            origin="lower" if upright else "upper",
            interpolation="nearest",
            aspect="auto",
        )
        add = partial(pane.add_collection, autolim=False)
        for number, (level, lines) in enumerate(self._isodoses(name, look)):
            add(LineCollection(lines, colors="white", linewidths=0.8))
            _name_line(pane, lines, f"{level:g}", upright, turn=1 + number, weight="normal")
        for label, lines, (colour, dashes) in self._outlines(name, look):
            add(LineCollection(lines, colors="black", linewidths=2.8, alpha=0.75))
            add(LineCollection(lines, colors=colour, linewidths=1.6, linestyles=[dashes]))
            _name_line(pane, lines, label, upright, color=colour)
        place = self.scene.place_mm(look.index)["xyz".index(_COORDINATE[name])]
        back = {"facecolor": "black", "edgecolor": "none", "alpha": 0.6, "pad": 1.5}
        say = partial(pane.text, transform=pane.transAxes, color="white", fontsize=9)
        say(0.015, 0.985, f"{name}, {_COORDINATE[name]} = {place:.0f} mm", va="top", bbox=back)
        first, second, top, bottom = _ENDS[name]
        say(0.01, 0.5, first, va="center")
        say(0.99, 0.5, second, ha="right", va="center")
        say(0.75, 0.985, top, ha="center", va="top")
        say(0.5, 0.015, bottom, ha="center")
        pane.set(xlim=(left, right), ylim=(low, high) if upright else (high, low))

    def _edges(self, axis: int) -> tuple[float, float]:
        (low, high), half = self.scene.ranges_mm[axis], self.scene.grid.spacing_mm[2 - axis] / 2
        return low - half, high + half

    def _pixels(self, name: str, look: Look) -> np.ndarray:
        number = look.index[PLANES[name]]
        key = ("pixels", name, number, look.grey, look.opacity, look.hide_below)
        return self._keep(key, lambda: self._compose(name, number, look))

    def _compose(self, name: str, number: int, look: Look) -> np.ndarray:
        low, high = look.grey
        part = np.take(self.scene.under, number, axis=PLANES[name])
        grey = np.clip((part - low) / (high - low), 0, 1)[..., None]
        picture = np.repeat(grey, 3, axis=2)
        if self.scene.over is not None and look.opacity > 0:
            start, end = self.scene.over_range
            over = (np.take(self.scene.over, number, axis=PLANES[name]) - start) / (end - start)
            colour = self._colours()[np.clip(over * 255, 0, 255).astype(np.uint8)]
            weight = np.where((over > look.hide_below) & (over > 0), look.opacity, 0.0)[..., None]
            picture = picture * (1 - weight) + colour * weight
        return (picture * 255 + 0.5).astype(np.uint8)

    def _colours(self) -> np.ndarray:
        """256 colours of the overlay: one table for doses, one for activity, both readable without colour vision."""
        from matplotlib import colormaps

        table = "viridis" if self.scene.overlay.unit == Unit.GY else "cividis"
        return colormaps[table](np.linspace(0, 1, 256))[:, :3]

    def _outlines(self, name: str, look: Look):
        """(number, paths, (colour, dashes)) of the regions that are in this slice."""
        across, number = PLANES[name], look.index[PLANES[name]]
        for position, (mask, style) in enumerate(zip(self.scene.masks.values(), self._styles, strict=True)):
            if not look.outlines or look.outlines[position]:
                cut = partial(np.take, mask, number, axis=across)
                lines = self._keep((name, number, position), lambda cut=cut: self._contours(name, cut(), 0.5))
                if lines:
                    yield str(position + 1), lines, style

    def _isodoses(self, name: str, look: Look):
        """(dose, paths) of the isodoses that are in this slice."""
        if not look.isodoses or look.opacity <= 0:
            return
        across, number = PLANES[name], look.index[PLANES[name]]
        for level in self.levels:
            cut = partial(np.take, self.scene.over, number, axis=across)
            key = ("isodose", name, number, level)
            lines = self._keep(key, lambda level=level, cut=cut: self._contours(name, cut(), level))
            if lines:
                yield level, lines

    def _contours(self, name: str, part: np.ndarray, level: float) -> list[np.ndarray]:
        """Closed lines in mm; a region that reaches the edge is closed along it."""
        from contourpy import contour_generator

        part = np.asarray(part, np.float64)
        if not part.max() >= level:
            return []
        x, y = _plane_axes(name)
        (first_x, _), (first_y, _) = self.scene.ranges_mm[x], self.scene.ranges_mm[y]
        step_x, step_y = (self.scene.grid.spacing_mm[::-1][axis] for axis in (x, y))
        padded = np.pad(part, 1)
        xs = first_x + step_x * np.arange(-1, part.shape[1] + 1)
        ys = first_y + step_y * np.arange(-1, part.shape[0] + 1)
        return contour_generator(xs, ys, padded).lines(level)

    def _keep(self, key, make):
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        self._kept[key] = made = make()
        for old in list(islice(self._kept, max(0, len(self._kept) - _KEPT))):
            del self._kept[old]
        return made


def _plane_axes(name: str) -> tuple[int, int]:
    """Patient axes (0 x, 1 y, 2 z) to the right and up or down in a plane."""
    return {"Axial": (0, 1), "Coronal": (0, 2), "Sagittal": (1, 2)}[name]


def _name_line(pane, lines, label: str, upright: bool, turn: int = 0, color="white", weight="bold") -> None:
    """What a line means, at its top; further lines of the same place say it a sixth of a turn on."""
    longest = max(lines, key=len)
    angle = np.pi / 2 + turn * np.pi / 3
    toward = np.array([np.cos(angle), np.sin(angle) if upright else -np.sin(angle)])
    pane.text(
        *longest[(longest @ toward).argmax()],
        label,
        color=color,
        fontsize=8,
        weight=weight,
        ha="center",
        va="center",
        clip_on=True,
        bbox={"facecolor": "black", "edgecolor": "none", "alpha": 0.65, "pad": 0.8},
    )


def _levels(scene: Scene) -> list[float]:
    """Round doses for isodose lines; none for other overlays."""
    if scene.overlay is None or scene.overlay.unit != Unit.GY:
        return []
    low, high = scene.over_range
    return [value for value in _ticks(low, high) if 0 < value < 0.97 * high]


def _ticks(low: float, high: float) -> list[float]:
    """Three to five round numbers between the ends."""
    from matplotlib.ticker import MaxNLocator

    return [round(float(v), 12) for v in MaxNLocator(4).tick_values(low, high) if low <= v <= high * (1 + 1e-9)]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(1, most - 1)] + "…"
