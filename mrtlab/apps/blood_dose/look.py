"""Colours and small words that the sections of the blood-dose page share."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from mrtlab.constants import sources

BLUE, RED, GREEN, PINK, DARK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#1b1f24"
RED_TEXT, GREEN_TEXT, SOFT = "#9a4a00", "#00674c", "#57606a"
FIXED = "\u00a0"  # a space at which no line breaks
RULES = {
    "blood dose": "2 Gy to the blood",
    "retention at 48 h": "4.44 GBq in the body at 48 h",
    "retention at 48 h, lung metastases": "2.96 GBq at 48 h, lungs",
}


def gbq(mbq) -> str:
    """An activity as it is spoken of."""
    mbq = getattr(mbq, "n", mbq)
    return f"{mbq / 1000:.1f} GBq" if mbq >= 9950 else f"{mbq / 1000:.2f} GBq"


def number(dose) -> str:
    """A dose without digits that nobody knows, and without its unit."""
    dose = getattr(dose, "n", dose)
    return f"{dose:.0f}" if dose >= 19.95 else f"{dose:.1f}" if dose >= 0.995 else f"{dose:.2f}"


def chance(p: float) -> str:
    """A probability in words."""
    if p < 0.005:
        return "practically none"
    if p > 0.995:
        return "practically certain"
    if 0.45 <= p <= 0.55:
        return "as likely as not"
    return f"{round(100 * p)} in 100"


def line(ax, x, y, **style):
    """One line, without matplotlib's search for limits."""
    return ax.add_artist(Line2D(x, y, **style))


def band(ax, x, low, high, **style):
    """A filled band between two curves."""
    corners = np.concatenate([np.column_stack([x, low]), np.column_stack([x, high])[::-1]])
    return ax.add_artist(Polygon(corners, closed=True, lw=0, **style))


def top_of(value: float) -> float:
    """A round end of an axis, in steps, so that it stays while a slider moves."""
    power = 10.0 ** np.floor(np.log10(max(value, 1e-6)))
    return float(next(step for step in (1.5, 2, 3, 4, 5, 6, 8, 10, 15) if step * power >= value) * power)


def source_rows(keys) -> list[tuple[str, str, str]]:
    """Key, citation, status."""
    return [(key, sources(key).citation, sources(key).status) for key in keys]
