"""What the SIRT page asks, and what it says to the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.sirt_planning.model import RIGHT, SirtPage

HEADS = {
    "shunt": "Before you look: the lung shunt",
    "factor": "Before you look: one patient, three activities",
    "ratio": "Before you look: a tumour that takes up less",
    "chance": "Before you look: a dose at its limit",
    "clock": "Before you look: two clocks",
}
COMMITTED = {"shunt": "shunt", "factor": "factor", "ratio": "ratio", "chance": "chance", "clock": "clocks"}
STORIES = {
    "shunt": "Planar images of Tc-99m MAA. Lungs let twice as many photons through as the liver, and a part of the "
    "tracer has become free pertechnetate, which lies in blood and tissue everywhere.",
    "factor": "Body surface (made for resin, scaled to the lobe), single compartment with 120 Gy to the perfused lobe, "
    "partition with 205 Gy to the tumour: three ways to an activity for the patient above.",
    "ratio": "The tumour is to get 205 Gy. Suppose it takes up 2 times as much as normal liver, not 4.5 times.",
    "chance": "An activity is chosen so that the planned dose to the whole normal liver is just its limit. The plan is "
    "uncertain by some 14 % (illustrative).",
    "clock": "The label says 5.0 GBq on 3 March at 12:00, in the supplier's zone, 5 h behind UTC. The infusion is on "
    "6 March at 10:30 in yours, 1 h ahead. Somebody leaves the zones out.",
}
ASKED = {
    "shunt": "The shunt that these images show is, on the whole, …",
    "factor": "The largest of the three activities over the smallest is …",
    "ratio": "The dose to the whole normal liver is then …",
    "chance": "The chance that the limit is exceeded is …",
    "clock": "The activity that they find for the infusion is …",
}
OPTIONS = {
    "shunt": [("too low", "low"), ("right", "right"), ("too high", "high")],
    "factor": [
        ("below 1.2", "little"),
        ("1.2 to 1.6", "half"),
        ("1.6 to 2", "double"),
        ("above 2", "more"),
    ],
    "ratio": [
        ("less than before", "less"),
        ("the same", "same"),
        ("up to half as much again", "half"),
        ("about double, or more", "double"),
    ],
    "chance": [("next to nothing", "never"), ("about 5 in 100", "rare"), ("about one half", "even")],
    "clock": [("lower than it is", "low"), ("as it is", "right"), ("higher than it is", "high")],
}
_WHY = {
    "shunt": "It is **too high**: both raise the lungs' share of the counts. That protects the lungs, and costs the "
    "tumour dose, or the patient the treatment.",
    "factor": "It is **above 2**: 1.16, 1.94 and 2.86 GBq for the patient as first described, a factor of 2.5. Each "
    "method answers another question, and body surface asks for no dose at all.",
    "ratio": "It is **more than double**: 60 Gy in place of 27. The tumour dose needs half as much activity again, "
    "and a larger share of it goes to normal liver. With bilirubin at 1.4 mg/dL that is above the limit of 50 Gy.",
    "chance": "It is **about one half**: a median at the limit is as often below what will happen as above it. How far "
    "below a plan has to stay depends on how well the dose is known.",
    "clock": "It is **lower than it is**: the clocks seem 70.5 h apart and are 64.5 h. The vial holds 7 % more than "
    "they think, and so the patient gets it.",
}


def compared(model: SirtPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )


def patient(model: SirtPage) -> str:
    """The patient in two sentences."""
    return (
        f"Hepatocellular carcinoma, to be treated with Y-90 glass microspheres; {model.height_cm:g} cm, "
        f"{model.weight_kg:g} kg, bilirubin {model.bilirubin:g} mg/dL. The liver weighs {model.liver_g:g} g with "
        f"{model.tumour_all_g:g} g of tumour; the catheter feeds the right lobe, {model.perfused_g:g} g with "
        f"{model.tumour_g:g} g of tumour, which takes up **{model.ratio:g} times** as much per gram as normal liver. "
        f"Lung shunt **{model.shunt_percent:g} %**. The patient is made up for teaching (illustrative)."
    )
