"""Names and small words that the sections of the SIRT page share."""

from __future__ import annotations

__all__ = ["TISSUES", "clear_of", "gbq", "low"]

TISSUES = {
    "tumour": "Tumour",
    "normal": "Perfused normal liver",
    "whole_normal": "Whole normal liver",
    "perfused": "Perfused part, tumour included",
    "lung": "Lungs",
    "lung_all": "Lungs, all treatments",
}


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
