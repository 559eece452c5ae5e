"""Colours and small words that the sections of the page share."""

from __future__ import annotations

from mrtlab.apps.radioiodine.look import PURPLE_TEXT, top_of
from mrtlab.apps.sirt_planning.look import BLUE, DARK, GREEN, GREEN_TEXT, PURPLE, RED, RED_TEXT, SOFT, line, source_rows

__all__ = [
    "BLUE",
    "DARK",
    "FIXED",
    "GREEN",
    "GREEN_TEXT",
    "PURPLE",
    "PURPLE_TEXT",
    "RED",
    "RED_TEXT",
    "SOFT",
    "chance",
    "gbq",
    "gy",
    "limit_name",
    "line",
    "n",
    "source_rows",
    "top_of",
    "u",
]

FIXED = "\u00a0"  # a space at which no line breaks


def n(number) -> float:
    """Without its uncertainty."""
    return float(getattr(number, "nominal_value", number))


def u(number) -> float:
    """Standard uncertainty, 0 for a plain number."""
    return float(getattr(number, "std_dev", 0.0))


def gy(dose) -> str:
    """A dose without digits that nobody knows."""
    dose = n(dose)
    if dose < 1:
        return f"{dose:.2f} Gy"
    return f"{dose:.0f} Gy" if dose >= 99.5 else f"{dose:.1f} Gy"


def gbq(mbq) -> str:
    """An activity as it is spoken of."""
    return f"{n(mbq) / 1000:.1f} GBq"


def chance(p: float) -> str:
    """A probability in words."""
    if p < 0.005:
        return "practically none"
    if p > 0.995:
        return "practically certain"
    if 0.45 <= p <= 0.55:
        return "as likely as not"
    return f"{round(100 * p)} in 100"


def limit_name(limit) -> str:
    """A limit that was chosen, in few words."""
    one = limit.constraint
    if one is None:
        return limit.tolerance.text
    what = "BED" if one.quantity == "BED" else "dose"
    beam = ", from external beam" if one.from_external_beam else ""
    return f"{one.tissue}, {what} {one.dose_gy:g} Gy{beam}"
