"""What all these pages say."""

from __future__ import annotations

__all__ = ["GATED", "compared"]

GATED = "The figure appears once you have committed to a prediction, or skipped it."


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
