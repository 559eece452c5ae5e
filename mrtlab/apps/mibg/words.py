"""What the page asks, and what it says to the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.mibg.first_words import SLIPS
from mrtlab.apps.mibg.model import CASES, RIGHT, MibgPage

HEADS = {
    "child": "Before you look: a child and an adult",
    "second": "Before you look: what is left to give",
    "when": "Before you look: the partner at home",
}
COMMITTED = {"child": "dose", "second": "second activity", "when": "partner’s dose"}
STORIES = {
    "child": "The same activity, the same retention. Somebody takes the S value of an adult of 70 kg for the child of "
    "18 kg.",
    "second": "The first administration, 5.5 GBq, gave the whole body 1.25 Gy. Both together are to give 4\u00a0Gy.",
    "when": "600 MBq of I-131 for hyperthyroidism. Nearly three quarters of the dose rate fall with a half-life of "
    "7 h, the rest, in the thyroid, with 139 h. The partner spends a quarter of the time at 1 m, from the start on.",
}
ASKED = {
    "child": "The dose of the whole body comes out …",
    "second": "The second activity may be …",
    "when": "The partner gets the dose …",
}
OPTIONS = {
    "child": [("about a third of what it is", "third"), ("the same", "same"), ("about three times as high", "triple")],
    "second": [
        ("about half the first", "half"),
        ("about as much as the first", "same"),
        ("about twice the first", "double"),
    ],
    "when": [
        ("mostly on the first day", "first"),
        ("half on the first day", "even"),
        ("mostly on the days after", "later"),
    ],
}
_WHY = {
    "child": "It is **about a third**, 0.36 in place of 1.25 Gy: in a small body the same energy meets less mass. The "
    "second activity would then pass any limit.",
    "second": "It is **about twice the first**, 12.1 GBq: 2.75 Gy are left, at 0.23 Gy/GBq. Only if the second behaves "
    "as the first.",
    "when": "It is **mostly on the days after**, four fifths: the fast part is large and gone soon; the thyroid stays.",
}


def compared(model: MibgPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )


def patient(model: MibgPage) -> str:
    """The child in a few sentences."""
    return (
        f"Neuroblastoma that takes up mIBG; {model.weight_kg:g} kg, first administration {model.first_gbq:g} GBq of "
        f"I-131 mIBG, a second one planned. {CASES[model.case].story} The child is simulated and made up for teaching "
        "(illustrative)."
    )


def slip(model: MibgPage) -> str:
    """Said where a slip of the first section still works."""
    return "" if model.slip == "none" else f"A slip of the first section is in these numbers: {SLIPS[model.slip]}."
