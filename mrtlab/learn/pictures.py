"""The plot and the images of a sheet as files that look the same every time, and in words."""

from __future__ import annotations

import base64
import io
import math

from mrtlab.learn.sheet import SheetImage, SheetPlot, SheetTable

__all__ = ["data_uri", "decades", "image_png", "image_text", "plot_picture", "plot_text"]

_INK = "#1b1f24"
_SOFT = "#57606a"
_STYLE = {
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _SOFT,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "svg.fonttype": "none",
    "svg.hashsalt": "mrtlab",  # otherwise every file has identifiers of its own
}


def plot_picture(plot: SheetPlot, table: SheetTable, form: str = "svg") -> bytes:
    """The measured points, with bars of one standard uncertainty where they are given.

    Parameters
    ----------
    plot : SheetPlot
    table : SheetTable
        The one that is plotted.
    form : {"svg", "png"}
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    x, y = table.column(plot.x), table.column(plot.y)
    with rc_context(_STYLE):
        figure = Figure(figsize=(5.2, 3.4))
        # fixed margins: a layout engine draws everything twice, and a course has hundreds of plots
        ax = figure.add_axes((0.17, 0.17, 0.81, 0.79))
        ax.errorbar(x.values, y.values, plot.error, fmt="o", color=_INK, markersize=6, capsize=3, elinewidth=1.4)
        ax.set(xlabel=x.heading, ylabel=y.heading)
        ax.grid(color="#d6dbe1", linewidth=0.6)
        ax.set_axisbelow(True)
        if plot.log_x:
            _logarithmic(ax.xaxis, "x", x.values)
        else:
            ax.set_xlim(left=0 if min(x.values) >= 0 else None)
        if plot.log_y:
            _logarithmic(ax.yaxis, "y", y.values)
        elif min(y.values) >= 0:
            ax.set_ylim(bottom=0)
        return _saved(figure, form)


def _logarithmic(axis, which: str, values) -> None:
    """A logarithmic axis with ticks at 1, 2 and 5, which people can read off."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    getattr(axis.axes, f"set_{which}scale")("log")
    if min(values) > 0:
        low, high = min(values) / 1.6, max(values) * 1.6
        getattr(axis.axes, f"set_{which}lim")(low, high)
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def plot_text(plot: SheetPlot, table: SheetTable) -> str:
    """The plot in a sentence, for those who do not see it; its numbers are the table."""
    x, y = table.column(plot.x), table.column(plot.y)
    rising = sorted(range(len(x.values)), key=lambda row: x.values[row])
    first, last = rising[0], rising[-1]
    scale = " on a logarithmic scale" if plot.log_y else ""
    bars = " Bars of one standard uncertainty." if plot.error else ""
    return (
        f"{y.label}{scale} against {x.label}: {len(rising)} points, from {y.cells[first]} {y.unit} at "
        f"{x.cells[first]} {x.unit} to {y.cells[last]} {y.unit} at {x.cells[last]} {x.unit}.{bars}"
    ).replace(" .", ".")


def image_png(image: SheetImage) -> bytes:
    """The counts in grey, many of them dark, with a scale and pixel numbers on the axes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    rows, columns = image.shape
    with rc_context(_STYLE):
        figure = Figure(figsize=(5.2, min(max(4.2 * rows / columns, 2.0), 5.5)), layout="constrained")
        ax = figure.add_subplot()
        drawn = ax.imshow(image.array, cmap="gray_r", interpolation="nearest", origin="upper")
        ax.set(xlabel="x, pixels", ylabel="y, pixels")
        figure.colorbar(drawn, ax=ax, label=image.unit, shrink=0.8)
        return _saved(figure, "png")


def image_text(image: SheetImage) -> str:
    """The image in words."""
    rows, columns = image.shape
    return f"{image.alt} {columns} by {rows} pixels of {image.pixel_mm:g} mm."


def _saved(figure, form: str) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format=form, dpi=110, metadata={"Date": None} if form == "svg" else {"Software": None})
    return out.getvalue()


def data_uri(content: bytes, kind: str) -> str:
    """A picture as an address that holds it whole."""
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def decades(low: float, high: float) -> list[float]:
    """Ticks at 1, 2 and 5 of every decade that a logarithmic axis shows."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    ticks = [digit * 10.0**power for power in range(first, last + 1) for digit in (1, 2, 5)]
    return [tick for tick in ticks if low <= tick <= high]
