"""Colours, names and small words that the sections of the SIRT page share."""

from __future__ import annotations

from mrtlab.apps.sections.look import (
    BLUE,
    DARK,
    GREEN,
    GREEN_TEXT,
    PURPLE,
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
    "PURPLE",
    "RED",
    "RED_TEXT",
    "SOFT",
    "TISSUES",
    "bar",
    "clear_of",
    "gbq",
    "gy",
    "line",
    "low",
    "source_rows",
    "top_of",
]

TISSUES = {
    "tumour": "Tumour",
    "normal": "Perfused normal liver",
    "whole_normal": "Whole normal liver",
    "perfused": "Perfused part, tumour included",
    "lung": "Lungs",
    "lung_all": "Lungs, all treatments",
}


def gy(dose) -> str:
    """A dose without digits that nobody knows."""
    dose = getattr(dose, "n", dose)
    return f"{dose:.0f} Gy" if dose >= 99.5 else f"{dose:.1f} Gy"


def gbq(mbq) -> str:
    """An activity as it is spoken of."""
    mbq = getattr(mbq, "n", mbq)
    if mbq == float("inf"):
        return "any activity"
    return f"{mbq / 1000:.2f} GBq"


def low(name: str) -> str:
    """A tissue inside a sentence."""
    return TISSUES[name][0].lower() + TISSUES[name][1:]


def clear_of(at: float, width: float, lines, gap: float) -> float:
    """Where a label of some width that begins at ``at`` has to begin so that no line crosses it."""
    for one in sorted(lines):
        if at - gap < one < at + width:
            at = one + gap
    return at


_ENDS = {50: 10, 75: 25, 100: 25, 150: 50, 200: 50, 300: 100, 400: 100, 600: 200, 800: 200, 1200: 400, 1600: 400}


def top_of(value: float) -> tuple[float, float]:
    """A round end of an axis and the step of its ticks; in steps, so that it stays while a slider moves."""
    return next(((end, step) for end, step in _ENDS.items() if value <= end), (1.1 * value, 0.25 * value))
