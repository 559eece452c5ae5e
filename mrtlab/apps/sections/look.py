"""Colours, marks and axes that the figures of pages of sections share; they import matplotlib, so ask for them late."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from mrtlab.constants import sources

__all__ = [
    "BLUE",
    "DARK",
    "DOSE_ENDS",
    "GREEN",
    "GREEN_TEXT",
    "PURPLE",
    "PURPLE_TEXT",
    "RED",
    "RED_TEXT",
    "SOFT",
    "bar",
    "end_of",
    "line",
    "source_rows",
    "top_of",
]

BLUE, RED, GREEN, PURPLE, DARK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1b1f24"
RED_TEXT, GREEN_TEXT, PURPLE_TEXT, SOFT = "#9a4a00", "#00674c", "#8a3d6b", "#57606a"

_ENDS = {0.4: 0.1, 0.6: 0.2, 0.8: 0.2, 1: 0.2, 2: 0.5, 4: 1, 6: 2, 10: 2, 20: 5}
_ENDS |= {40: 10, 60: 20, 80: 20, 100: 20, 200: 50, 400: 100, 600: 200, 800: 200, 1000: 200, 1200: 200}
_ENDS |= {2000: 500, 4000: 1000}
#: Round ends of an axis of doses to liver, tumour and lungs, and the steps of its ticks.
DOSE_ENDS = {50: 10, 75: 25, 100: 25, 150: 50, 200: 50, 300: 100, 400: 100, 600: 200, 800: 200, 1200: 400, 1600: 400}


def line(ax, x, y, **style):
    """One line, without matplotlib's search for limits."""
    return ax.add_artist(Line2D(x, y, **style))


def bar(ax, y: float, end: float, height: float, **style):
    """One bar from 0, without the search for limits of ``barh``."""
    return ax.add_artist(Rectangle((0, y), end, height, lw=0, **style))


def source_rows(keys) -> list[tuple[str, str, str]]:
    """Key, citation, status."""
    return [(key, sources(key).citation, sources(key).status) for key in keys]


def top_of(value: float, ends: Mapping[float, float] = _ENDS) -> tuple[float, float]:
    """A round end of an axis and the step of its ticks; in steps, so that it stays while a slider moves."""
    return next(((end, step) for end, step in ends.items() if value <= end), (1.1 * value, 0.25 * value))


def end_of(value: float) -> float:
    """A round end of an axis, in steps, so that it stays while a slider moves; the ticks are matplotlib's."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(next(step for step in (1.5, 2, 3, 4, 5, 6, 8, 10, 15) if step * power >= value) * power)
