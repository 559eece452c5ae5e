"""Where a pick lies: between fractions of a picture, as a browser counts, and data coordinates; and how it is drawn.

Fractions run from the top left, 0 to 1, so that they hold at any zoom. The axes' own transform does the rest, so that
they hold for any scale.
"""

from __future__ import annotations

import math
from numbers import Integral

from mrtlab.apps.controls._text import plain_number
from mrtlab.errors import InputError

__all__ = ["MARKS", "frame", "from_fractions", "limits", "refuse", "to_fractions", "written"]

_COLOUR = "#D55E00"


def frame(axes) -> list[float]:
    """Left, top, right and bottom of the axes."""
    box, (width, height) = axes.get_window_extent(), axes.figure.bbox.size
    return [float(one) for one in (box.x0 / width, 1 - box.y1 / height, box.x1 / width, 1 - box.y0 / height)]


def to_fractions(axes, x: float, y: float) -> list[float] | None:
    """A place in data coordinates as fractions of the picture; None outside it, as a zero is on a logarithmic axis."""
    width, height = axes.figure.bbox.size
    across, down = axes.transData.transform((x, y))
    spot = [float(across / width), float(1 - down / height)]
    return spot if all(math.isfinite(one) and 0 <= one <= 1 for one in spot) else None


def from_fractions(axes, x: float, y: float, width: int) -> tuple[float, float]:
    """A place in data coordinates, inside the axes, rounded to what one of ``width`` pixels can tell."""
    left, top, right, bottom = frame(axes)
    x, y = min(max(float(x), left), right), min(max(float(y), top), bottom)
    across, down = axes.figure.bbox.size
    place, half = (x * across, (1 - y) * down), across / width / 2
    back = axes.transData.inverted()
    here = back.transform(place)
    near, far = back.transform([(place[0] - half, place[1] - half), (place[0] + half, place[1] + half)])
    bounds = (axes.get_xlim(), axes.get_ylim())
    return tuple(
        min(max(_rounded(value, abs(more - less)), min(ends)), max(ends))
        for value, less, more, ends in zip(here, near, far, bounds, strict=True)
    )


def limits(axes, axis: str, width: int) -> tuple[float, float]:
    """The ends of an axis as numbers that can be said: a little beyond what is shown, by less than a pixel."""
    ends = sorted(axes.get_xlim() if axis == "x" else axes.get_ylim())
    if (axes.get_xscale() if axis == "x" else axes.get_yscale()) != "linear":
        return tuple(ends)
    scale = 10 ** math.floor(math.log10((ends[1] - ends[0]) / width))
    tidy = (math.floor(ends[0] / scale + 1e-9), math.ceil(ends[1] / scale - 1e-9))
    return tuple(float(f"{end * scale:.12g}") for end in tidy)


def _rounded(value: float, pixel: float) -> float:
    return round(float(value), -math.floor(math.log10(pixel))) + 0.0  # no -0.0


def refuse(value, mode: str, label: str, count: int):
    """The value as the mode has it, or an error that says how it must be."""
    if mode == "point":
        if isinstance(value, bool) or not isinstance(value, Integral) or not 0 <= value < count:
            raise InputError(f"value of {label!r} must be the number of a point, 0 to {count - 1}, got {value!r}")
        return int(value)
    try:
        first, second = (float(one) for one in value)
    except (TypeError, ValueError):
        raise InputError(f"value of {label!r} must be two numbers, got {value!r}") from None
    if not (math.isfinite(first) and math.isfinite(second)):
        raise InputError(f"value of {label!r} must be two finite numbers, got {value!r}")
    if mode == "region" and first >= second:
        raise InputError(f"value of {label!r} must have its lower end first, got {value!r}")
    return first, second


def written(value: float, unit: str = "") -> str:
    """A number of a pick for people."""
    return f"{plain_number(value)} {unit}".strip()


# Artists are added with add_artist, which leaves the limits of the axes alone.


def _mark_point(axes, where, **_):
    from matplotlib.lines import Line2D

    ring = {"marker": "o", "linestyle": "none", "markersize": 17, "markerfacecolor": "none", "zorder": 9}
    for colour, edge in (("white", 5.5), (_COLOUR, 2.5)):
        axes.add_artist(Line2D([where[0]], [where[1]], markeredgecolor=colour, markeredgewidth=edge, **ring))


def _mark_region(axes, ends, words, **_):
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

    upright = axes.get_xaxis_transform()
    low, high = ends
    axes.add_artist(
        Rectangle((low, 0), high - low, 1, transform=upright, facecolor=_COLOUR, alpha=0.15, linewidth=0, zorder=1.5)
    )
    left, _, right, _ = frame(axes)
    middle = sum(axes.get_ylim()) / 2
    spots = [to_fractions(axes, end, middle) or [left] for end in ends]
    # outside the span, but inside it where they would leave the axes
    sides = [
        -1 if (spots[0][0] - left) > 0.12 * (right - left) else 1,
        1 if (right - spots[1][0]) > 0.12 * (right - left) else -1,
    ]
    heights = (0.98, 0.98) if sides == [-1, 1] else (0.98, 0.9)  # two inside must not meet
    for end, word, side, height in zip(ends, words, sides, heights, strict=True):
        axes.add_artist(Line2D([end, end], [0, 1], transform=upright, color=_COLOUR, linewidth=1.5, zorder=8))
        axes.annotate(
            word,
            (end, height),
            xycoords=upright,
            xytext=(5 * side, 0),
            textcoords="offset points",
            ha="right" if side < 0 else "left",
            va="top",
            color="#9a4a00",  # words need more contrast than lines
            weight="bold",
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "alpha": 0.8, "linewidth": 0},
            zorder=8.5,
        )


def _mark_place(axes, where, size, **_):
    from matplotlib.lines import Line2D
    from matplotlib.patches import Ellipse

    for colour, line in (("white", 4.5), (_COLOUR, 2)):
        axes.add_artist(
            Ellipse(where, size, size, facecolor="none", edgecolor=colour, linewidth=line, zorder=9)  # on any ground
        )
        cross = {"marker": "+", "linestyle": "none", "markersize": 9, "zorder": 9}
        axes.add_artist(Line2D([where[0]], [where[1]], markeredgecolor=colour, markeredgewidth=line, **cross))


MARKS = {"point": _mark_point, "region": _mark_region, "place": _mark_place}
