"""The plot and the images of a sheet, drawn on the axes of a figure, in words and as numbers."""

from __future__ import annotations

from functools import partial

import numpy as np

import mrtlab
from mrtlab.apps.controls import Figure, Picker
from mrtlab.apps.exercise.words import point_names
from mrtlab.learn.csvs import table_csv
from mrtlab.learn.pictures import decades, image_text, plot_text
from mrtlab.learn.sheet import Sheet, SheetImage, SheetTable
from mrtlab.plots import COLOURS

__all__ = ["MARKER_PIXELS", "csv", "image_figure", "image_picker", "plot_figure", "plot_picker"]

MARKER_PIXELS = 6  # diameter of the circle with which a place is marked
_BLOCKS = 8  # an image has too many numbers for a table: the sums of so many blocks each way stand for them
_WIDTH, _HEIGHT = 600, 380


# ---- the plot


def plot_figure(sheet: Sheet) -> Figure:
    """The plot beside the data."""
    figure = Figure(**_plot(sheet), width=_WIDTH, height=_HEIGHT)
    figure.show(sheet)
    return figure


def plot_picker(sheet: Sheet, mode: str, label: str) -> Picker:
    """The plot to pick a point or a region in."""
    x, y = _columns(sheet)
    points = None
    if mode == "point":
        points = list(zip(x.values, y.values, point_names(sheet), strict=True))
    picker = Picker(
        **_plot(sheet), mode=mode, label=label, points=points, units=(x.unit, y.unit), width=724, height=_HEIGHT
    )
    picker.show(sheet)
    return picker


def _plot(sheet: Sheet) -> dict:
    return {
        "draw": draw_plot,
        "alt": lambda sheet: plot_text(sheet.plot, sheet.table(sheet.plot.table)),
        "table": plot_numbers,
        "axes": partial(plot_axes, sheet),
        "caption": "Points of the plot",
    }


def plot_axes(sheet: Sheet, figure):
    """Axes of the plot: limits with room for the bars, ticks on a logarithmic axis where people can read them."""
    width, height = figure.get_size_inches() * figure.dpi
    axes = figure.add_axes((74 / width, 54 / height, 1 - 94 / width, 1 - 76 / height))
    x, y = _columns(sheet)
    bars = np.array(sheet.plot.error if sheet.plot.error else np.zeros(len(y.values)))
    values = np.array(y.values)
    _scale(axes, "x", np.array(x.values), sheet.plot.log_x)
    _scale(axes, "y", np.concatenate([values - bars, values + bars]), sheet.plot.log_y)
    axes.set(xlabel=_axis(x), ylabel=_axis(y))
    axes.grid(color="#e6e9ec", linewidth=0.8)
    if sheet.plot.error:
        words = {"ha": "right", "va": "bottom", "color": COLOURS["soft"], "transform": axes.transAxes}
        axes.text(1, 1.015, "bars: ± one standard uncertainty", **words)
    return axes


def _scale(axes, which: str, values: np.ndarray, logarithmic: bool) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis, limits = getattr(axes, f"{which}axis"), getattr(axes, f"set_{which}lim")
    if not logarithmic:
        low, high = min(float(values.min()), 0.0), float(values.max())
        room = 0.08 * (high - low or 1.0)
        limits(low - (room if low < 0 or (which == "y" and values.min() == 0) else 0), high + room)
        return
    getattr(axes, f"set_{which}scale")("log")
    values = values[values > 0]  # a bar may reach below zero
    low, high = float(values.min()) / 1.3, float(values.max()) * 1.3
    limits(low, high)
    ticks = decades(low, high)
    if len(ticks) < 3:  # less than a decade
        power = 10.0 ** np.floor(np.log10(low))
        ticks = [tick for tick in power * np.array([1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50]) if low <= tick <= high]
    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def draw_plot(axes, sheet: Sheet) -> None:
    """The measured points as filled circles with their bars."""
    x, y = _columns(sheet)
    style = {"fmt": "o", "color": COLOURS["measured"], "markersize": 6.5, "capsize": 4, "elinewidth": 1.4}
    axes.errorbar(x.values, y.values, sheet.plot.error, zorder=3, **style)


def plot_numbers(sheet: Sheet):
    """Columns and rows of the plot's points."""
    x, y = _columns(sheet)
    columns, rows = [x.heading, y.heading], [x.cells, y.cells]
    if sheet.plot.error:
        columns.append(f"standard uncertainty, {y.unit}" if y.unit else "standard uncertainty")
        rows.append([f"{bar:.3g}" for bar in sheet.plot.error])
    return columns, list(zip(*rows, strict=True))


def _columns(sheet: Sheet):
    table = sheet.table(sheet.plot.table)
    return table.column(sheet.plot.x), table.column(sheet.plot.y)


def _axis(column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


# ---- images


def image_figure(image: SheetImage) -> Figure:
    """An image with its scale of colours."""
    width, height = _size(image)
    figure = Figure(**_image(image), width=width, height=height)
    figure.show(image)
    return figure


def image_picker(image: SheetImage, label: str) -> Picker:
    """An image to pick a place in; places are counted in pixels, from the middle of the first one."""
    width, height = _size(image)
    size = {"size": MARKER_PIXELS, "width": width, "height": height}
    picker = Picker(**_image(image), mode="place", label=label, units=("pixels", "pixels"), **size)
    picker.show(image)
    return picker


def _size(image: SheetImage) -> tuple[int, int]:
    rows, columns = image.shape
    height = min(max(round(520 * rows / columns), 240), 620)
    return round(height * columns / rows) + 190, height + 62


def _image(image: SheetImage) -> dict:
    return {
        "draw": draw_image,
        "alt": image_text,
        "table": image_numbers,
        "axes": partial(image_axes, image),
        "caption": f"Sums of {_BLOCKS} by {_BLOCKS} blocks of the image, {image.unit}",
    }


def _norm(image: SheetImage):
    """Roots of the counts are shown, as their noise is then the same everywhere and faint organs can be seen."""
    from matplotlib.colors import PowerNorm

    return PowerNorm(0.5, 0, max(float(image.array.max()), 1.0))


def image_axes(image: SheetImage, figure):
    """Axes in pixels, and beside them the scale of colours."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.ticker import MaxNLocator

    width, height = figure.get_size_inches() * figure.dpi
    axes = figure.add_axes((64 / width, 50 / height, 1 - 180 / width, 1 - 62 / height))
    axes.set(aspect="equal", anchor="W")
    axes.set(xlabel=f"x, pixels of {image.pixel_mm:g} mm", ylabel="y, pixels")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7, integer=True))
    bar = figure.add_axes((1 - 96 / width, 50 / height, 16 / width, 1 - 62 / height))
    figure.colorbar(ScalarMappable(_norm(image), "cividis"), cax=bar, label=image.unit)
    return axes


def draw_image(axes, image: SheetImage) -> None:
    """The counts in colours that everybody can tell apart, with a bar of 10 cm."""
    rows, columns = image.shape
    extent = (-0.5, columns - 0.5, rows - 0.5, -0.5)
    picture = axes.imshow(image.array, cmap="cividis", norm=_norm(image), interpolation="nearest", extent=extent)
    picture.set_zorder(0)
    length = 100 / image.pixel_mm
    if length < 0.6 * columns:
        y = 0.95 * rows
        left = 0.04 * columns
        axes.plot([left, left + length], [y, y], color="white", linewidth=3, solid_capstyle="butt", zorder=2)
        axes.text(left + length / 2, y - 0.015 * rows, "10 cm", color="white", ha="center", va="bottom", zorder=2)
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))


def image_numbers(image: SheetImage):
    """Sums of the blocks of an image; the first column says which rows of pixels."""
    across, down = (np.array_split(np.arange(length), min(_BLOCKS, length)) for length in image.shape[::-1])
    columns = [f"x {part[0]} to {part[-1]}" for part in across]
    rows = [
        (f"y {lines[0]} to {lines[-1]}", *(f"{image.array[np.ix_(lines, part)].sum():.0f}" for part in across))
        for lines in down
    ]
    return ("pixels", *columns), rows


# ---- files


def csv(sheet: Sheet, table: SheetTable, decimal_comma: bool) -> bytes:
    """A table as a file, with the code of the patient and the purpose in its head.

    With decimal commas there is a byte order mark too, by which spreadsheets see that it is UTF-8.
    """
    text = table_csv(table, f"{sheet.title}, patient {sheet.code}. {mrtlab.PURPOSE}", semicolon=decimal_comma)
    return text.encode("utf-8-sig" if decimal_comma else "utf-8")
