"""Colours and marks that the figures of pages of sections share; they import matplotlib, so ask for them late."""

from __future__ import annotations

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from mrtlab.constants import sources

__all__ = [
    "BLUE",
    "DARK",
    "GREEN",
    "GREEN_TEXT",
    "PURPLE",
    "PURPLE_TEXT",
    "RED",
    "RED_TEXT",
    "SOFT",
    "bar",
    "line",
    "source_rows",
]

BLUE, RED, GREEN, PURPLE, DARK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1b1f24"
RED_TEXT, GREEN_TEXT, PURPLE_TEXT, SOFT = "#9a4a00", "#00674c", "#8a3d6b", "#57606a"


def line(ax, x, y, **style):
    """One line, without matplotlib's search for limits."""
    return ax.add_artist(Line2D(x, y, **style))


def bar(ax, y: float, end: float, height: float, **style):
    """One bar from 0, without the search for limits of ``barh``."""
    return ax.add_artist(Rectangle((0, y), end, height, lw=0, **style))


def source_rows(keys) -> list[tuple[str, str, str]]:
    """Key, citation, status."""
    return [(key, sources(key).citation, sources(key).status) for key in keys]
