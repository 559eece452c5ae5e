"""Colours, names and small words that the sections of the page share."""

from __future__ import annotations

from mrtlab.apps.sections.look import (
    BLUE,
    DARK,
    GREEN,
    GREEN_TEXT,
    PURPLE,
    PURPLE_TEXT,
    RED,
    RED_TEXT,
    SOFT,
    bar,
    line,
    source_rows,
)

__all__ = [
    "BLUE",
    "DARK",
    "GREEN",
    "GREEN_TEXT",
    "NAMES",
    "PURPLE",
    "PURPLE_TEXT",
    "RED",
    "RED_TEXT",
    "SOFT",
    "bar",
    "days",
    "gy",
    "line",
    "mbq",
    "per_cent",
    "source_rows",
    "top_of",
]

NAMES = {
    "three points": "three measurements, two-compartment fit",
    "two late points": "two late measurements, one exponential",
    "one late point": "the late one alone, e·t rule",
    "one point, population half-life": "24 h alone, half-life of a population",
}


def gy(dose) -> str:
    """A dose without digits that nobody knows."""
    return f"{getattr(dose, 'n', dose):.0f} Gy"


def mbq(activity) -> str:
    """An activity as it is spoken of."""
    return f"{getattr(activity, 'n', activity):.0f} MBq"


def days(hours) -> str:
    """Hours as days."""
    return f"{getattr(hours, 'n', hours) / 24:.2f}\u00a0d"


def per_cent(ratio: float) -> str:
    """How much more or less than 1, in words."""
    off = 100 * (ratio - 1)
    return "the same" if abs(off) < 0.5 else f"{abs(off):.0f} % {'more' if off > 0 else 'less'}"


def top_of(value: float) -> tuple[float, float]:
    """A round end of an axis and the step of its ticks; in steps, so that it stays while a slider moves."""
    ends = {
        0.4: 0.1,
        0.6: 0.2,
        0.8: 0.2,
        1: 0.2,
        2: 0.5,
        4: 1,
        6: 2,
        10: 2,
        20: 5,
        40: 10,
        60: 20,
        80: 20,
        100: 20,
        200: 50,
    }
    ends |= {one * 100: step * 100 for one, step in ((4, 1), (6, 2), (8, 2), (10, 2), (12, 2), (20, 5), (40, 10))}
    return next(((end, step) for end, step in ends.items() if value <= end), (1.1 * value, 0.25 * value))
