"""What these pages say, and small words that some of them share."""

from __future__ import annotations

__all__ = ["FIXED", "GATED", "chance", "compared", "gbq", "gy", "number", "probability"]

GATED = "The figure appears once you have committed to a prediction, or skipped it."
FIXED = "\u00a0"  # a space at which no line breaks


def compared(model, question: str, options, right: str, why: str, verdicts=(", and so it is", "; it is not so")) -> str:
    """The prediction beside what is so; nothing while it is asked, the reason alone where it was skipped.

    Parameters
    ----------
    model : SectionsModel
    question : str
    options : sequence of (str, str)
        Text and value of every answer.
    right : str
        Value of the right one.
    why : str
    verdicts : tuple of str
        What follows the prediction if it was right, and if not.
    """
    if model.asked(question):
        return ""
    said = model.predictions.get(question)
    if said is None:
        return why
    text = next(text for text, value in options if value == said)
    return f"You predicted **{text}**{verdicts[said != right]}. {why}"


def chance(p: float) -> str:
    """A probability in words."""
    if p < 0.005:
        return "practically none"
    if p > 0.995:
        return "practically certain"
    if 0.45 <= p <= 0.55:
        return "as likely as not"
    return f"{round(100 * p)} in 100"


def probability(p: float) -> str:
    """A probability in figures."""
    return f"<{FIXED}0.001" if p < 0.001 else f">{FIXED}0.999" if p > 0.999 else f"{p:.3f}"


def gy(dose) -> str:
    """A dose without digits that nobody knows."""
    dose = getattr(dose, "n", dose)
    return f"{dose:.0f} Gy" if dose >= 99.5 else f"{dose:.1f} Gy"


def number(dose) -> str:
    """A dose, often small, without digits that nobody knows and without its unit."""
    dose = getattr(dose, "n", dose)
    return f"{dose:.0f}" if dose >= 19.95 else f"{dose:.1f}" if dose >= 0.995 else f"{dose:.2f}"


def gbq(mbq) -> str:
    """An activity as it is spoken of."""
    mbq = getattr(mbq, "n", mbq)
    return f"{mbq / 1000:.1f} GBq" if mbq >= 9950 else f"{mbq / 1000:.2f} GBq"
