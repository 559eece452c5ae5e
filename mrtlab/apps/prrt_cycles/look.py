"""Small words that the sections of the page share."""

from __future__ import annotations

from mrtlab.apps.sections import words

__all__ = ["gbq", "gy", "limit_name", "n", "signed", "u"]


def n(number) -> float:
    """Without its uncertainty."""
    return float(getattr(number, "nominal_value", number))


def u(number) -> float:
    """Standard uncertainty, 0 for a plain number."""
    return float(getattr(number, "std_dev", 0.0))


def gy(dose) -> str:
    """A dose without digits that nobody knows."""
    dose = n(dose)
    return f"{dose:.2f} Gy" if dose < 1 else words.gy(dose)


def gbq(mbq) -> str:
    """An activity as it is spoken of."""
    return f"{n(mbq) / 1000:.3g} GBq"


def signed(z: float, digits: int = 1) -> str:
    """A number with a minus that is one."""
    return f"{z + 0.0:.{digits}f}".replace("-", "−")


def limit_name(limit) -> str:
    """A limit that was chosen, in few words."""
    one = limit.constraint
    if one is None:
        return limit.tolerance.text
    what = "BED" if one.quantity == "BED" else "dose"
    beam = ", from external beam" if one.from_external_beam else ""
    return f"{one.tissue}, {what} {one.dose_gy:g} Gy{beam}"
