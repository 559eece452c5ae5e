"""What the blood-dose page asks, and what it says to the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.blood_dose.cases import CASES
from mrtlab.apps.blood_dose.curve_words import SLIPS
from mrtlab.apps.blood_dose.model import RIGHT, BloodPage

HEADS = {
    "decay": "Before you look: two curves and their areas",
    "limit": "Before you look: three patients, two kinds of limit",
    "convert": "Before you look: a tracer with another half-life",
}
COMMITTED = {"decay": "areas", "limit": "limit", "convert": "tracer"}
STORIES = {
    "decay": "Somebody corrects every measurement for decay to the time of administration, draws both curves, and "
    "takes the areas under them for the dose to the blood.",
    "limit": "Besides at most 2 Gy to the blood there is an older rule: at most 4.44 GBq (120 mCi) in the body after "
    "48 h, and at most 2.96 GBq (80 mCi) where diffuse metastases in the lungs take up iodine. Three simulated "
    "patients: kidneys as they should be, impaired kidneys, metastases in the lungs.",
    "convert": "A lymph node is seen by PET after I-124, whose half-life is 4.2 d. Somebody takes the half-life that "
    "the scans show for that of I-131, which decays with 8.0 d.",
}
ASKED = {
    "decay": "The dose to the blood comes out …",
    "limit": "The limit that is reached first is …",
    "convert": "The dose to the lymph node comes out …",
}
OPTIONS = {
    "decay": [
        ("a tenth too low", "low"),
        ("right", "right"),
        ("a third too high", "third"),
        ("twice as high", "double"),
    ],
    "limit": [
        ("the dose to the blood, in all three", "blood"),
        ("the rule of retention, in all three", "retention"),
        ("the rule of retention with impaired kidneys, the dose to the blood in the others", "first"),
        ("the rule of retention with metastases in the lungs, the dose to the blood in the others", "last"),
    ],
    "convert": [
        ("a third too low", "much low"),
        ("right, within a few per cent", "right"),
        ("twice as high", "much high"),
    ],
}
_WHY = {
    "decay": "It is **about a third too high**: what has decayed gives no more dose, so decay belongs inside the "
    "integral. Choose the slip in the list beside the figure and see it.",
    "limit": "It is the **rule of retention where the lungs hold iodine**, and the dose to the blood in the other two. "
    "Impaired kidneys raise both, the blood more. In clinical series too it differs from patient to patient: that is "
    "why it is measured.",
    "convert": "It is **about a third too low**: 30 Gy/GBq in place of 43. The tracer's own decay is counted as if "
    "iodine left the tumour. What both nuclides share is the biology alone.",
}
_ROWS = "A row for each measurement, columns parted by ; or by blanks, as pasted from a spreadsheet."
HELP = {
    "body": f"hours; counts. {_ROWS} The first, before the bladder was emptied, is 100 %",
    "blood": "hours drawn; hours counted; kBq in 1 mL when counted",
    "pet": "hours; % of the I-124 given, its decay inside",
}


def compared(model: BloodPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )


def patient(model: BloodPage) -> str:
    """The patient in a few sentences."""
    whose = (
        "The whole body was counted five times after the first count, blood was drawn five times. The patient is "
        "simulated and made up for teaching (illustrative)."
        if model.simulated
        else "**The tables are your own**: what is said of a true value no longer holds, and is left out."
    )
    return (
        f"{CASES[model.case].story} {model.weight_kg:g} kg; {model.tracer_mbq:g} MBq of I-131 by mouth as a tracer. "
        f"{whose}"
    )


def slip(model: BloodPage) -> str:
    """Said wherever a slip of the first section still works."""
    return "" if model.slip == "none" else f"A slip of the first section is in these numbers: {SLIPS[model.slip]}."
