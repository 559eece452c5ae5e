"""What the page asks, and what it says to the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.radioiodine.model import RIGHT, RadioiodinePage

HEADS = {
    "thigh": "Before you look: the wrong background",
    "when": "Before you look: one measurement only",
    "formula": "Before you look: an old formula",
    "range": "Before you look: how sure is 300 Gy?",
    "verdict": "Before you look: a third less than planned",
}
COMMITTED = {
    "thigh": "background",
    "when": "day",
    "formula": "formula",
    "range": "range",
    "verdict": "verdict",
}
STORIES = {
    "thigh": "A probe counts the neck, the thigh, and the capsule in a neck phantom (the standard). Iodide is also in "
    "blood and tissue of the neck, and the thigh stands for it. Somebody takes off the background of the room instead.",
    "when": "The uptake can be measured once, and nobody knows how long this patient keeps iodine: the half-lives of "
    "patients spread by some 25 % about their mean (illustrative).",
    "formula": "Marinelli’s formula takes the largest uptake that was measured and the half-life, as if all iodine had "
    "been in the gland from the start, and gone down from there.",
    "range": "The plan says 300 Gy. The mass is known to 15 %, the uptake to 7 %, the half-life to 10 %, the step from "
    "tracer to therapy to 15 %, the energy to 3 % (all illustrative).",
    "verdict": "300 Gy were planned, known to 25 % as above. The therapy itself is measured, and 206 Gy are found.",
}
ASKED = {
    "thigh": "The uptake at 24 h then comes out …",
    "when": "The half-life that is not known matters least if the measurement is …",
    "formula": "For the same dose, the formula asks for …",
    "range": "Of 100 such patients, 95 would get …",
    "verdict": "The verdict is …",
}
OPTIONS = {
    "thigh": [
        ("too low", "low"),
        ("the same within 1 %", "same"),
        ("a few per cent too high", "high"),
        ("about double", "double"),
    ],
    "when": [
        ("after 1 day", "day"),
        ("after 3 days", "three"),
        ("after about a week", "week"),
        ("after 2 weeks", "two weeks"),
    ],
    "formula": [
        ("less activity", "less"),
        ("the same within 5 %", "same"),
        ("10 to 30 % more", "more"),
        ("about double", "double"),
    ],
    "range": [("285 to 315 Gy", "five"), ("250 to 360 Gy", "fifth"), ("185 to 490 Gy", "wide")],
    "verdict": [
        ("outside the range: something went wrong", "outside"),
        ("inside the range; it is recorded and told, with its third less", "record"),
        ("inside the range; there is nothing to record", "nothing"),
    ],
}
_WHY = {
    "thigh": "It is **a few per cent too high**, 54.9 % in place of 52.0 % for the patient as first described: what "
    "the neck’s own blood and tissue hold is counted as gland.",
    "when": "It is **after about a week**: a longer half-life means more still to come, and less that came before for "
    "the same count; about a week after, the two make up for each other. At 24 h the half-life alone leaves 22 %.",
    "formula": "It is **10 to 30 % more**: 13 % for the patient as first described. It lets the uptake of 24 h "
    "fall from the first moment on, and so puts too little under the curve.",
    "range": "It is **185 to 490 Gy**: five parts of 3 to 15 % are 25 % together, and twice that either way, on a "
    "scale of factors, is what 95 of 100 fill.",
    "verdict": "It is **inside the range, and recorded**: the range is wide, and 206 Gy lie within it. Within it "
    "is not on target: the physician must know that it was a third less.",
}


def compared(model: RadioiodinePage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )


def patient(model: RadioiodinePage) -> str:
    """The patient in two sentences."""
    return (
        "Graves’ disease: the whole gland works too hard, and iodine is to be given to it. A tracer of I-131 was "
        "swallowed, the neck counted after 6, 24 and 144 hours, and the gland measured by ultrasound. The physician of "
        f"the case asks what **{model.aim_gy:g} Gy** to the gland would need, and decides; the page does not. The "
        "patient is made up for teaching (illustrative); choices and names typed here stay on this computer."
    )
