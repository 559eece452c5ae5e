"""Names and small words that the sections of the PSMA page share."""

from __future__ import annotations

__all__ = ["TISSUES", "digits", "gy", "n", "small", "span", "u", "with_u"]

TISSUES = {
    "kidney": "Kidneys",
    "salivary": "Salivary glands",
    "parotid": "Parotid gland",
    "submandibular": "Submandibular gland",
    "lacrimal": "Lacrimal gland",
    "marrow": "Red marrow",
    "tumour": "Tumours",
    "nasal mucosa": "Nasal mucosa",
}


def n(number) -> float:
    """Best estimate."""
    return float(getattr(number, "n", number))


def u(number) -> float:
    """Standard uncertainty."""
    return float(getattr(number, "s", 0.0))


def digits(dose: float) -> str:
    """A dose without digits that nobody knows."""
    if dose == 0:
        return "0"
    return f"{dose:.0f}" if dose >= 99.5 else f"{dose:.1f}" if dose >= 0.995 else f"{dose:.2g}"


def gy(dose) -> str:
    """The same with its unit."""
    return f"{digits(n(dose))}\u00a0Gy"


def with_u(dose) -> str:
    """Dose and standard uncertainty, to the same place."""
    best, spread = n(dose), u(dose)
    if not spread:
        return gy(dose)
    places = 0 if best >= 99.5 else 1 if best >= 9.95 else 2 if best >= 0.995 else 3
    return f"{best:.{places}f} ± {spread:.{places}f}\u00a0Gy"


def span(pair) -> str:
    """An interval."""
    return f"{digits(pair[0])} to {digits(pair[1])}\u00a0Gy"


def small(tissue: str) -> str:
    """A tissue inside a sentence."""
    return TISSUES[tissue][0].lower() + TISSUES[tissue][1:]
