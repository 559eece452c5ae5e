"""Names and small words that the sections of the page share."""

from __future__ import annotations

__all__ = ["NAMES", "days", "gy", "mbq", "per_cent"]

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
