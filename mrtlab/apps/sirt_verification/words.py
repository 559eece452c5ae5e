"""What the page on verifying microspheres asks, and what it says to the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.sirt_verification.model import PATIENTS, RIGHT, SirtVerification, agree

__all__ = ["ASKED", "COMMITTED", "HEADS", "INTRO", "OPTIONS", "STORIES", "answered", "compared", "name", "report"]

INTRO = (
    "Four virtual patients with liver tumours were treated with Y-90 glass microspheres. Each had a SPECT after Tc-99m "
    "MAA before (the mapping) and a PET of the Y-90 itself after. Somebody who is not perfect outlined liver and "
    "tumours on CT. Patients, images and the sizes of all errors are made up for teaching (illustrative)."
)
_AGREE = "Before you look: {} — will the delivered doses agree with the planned ones?"
HEADS = {
    **{agree(key): _AGREE.format(about.name.lower()) for key, about in PATIENTS.items()},
    "noise": "Before you look: four minutes of PET in place of twenty",
    "biology": "Before you look: one number for two tissues",
    "holmium": "Before you look: a scout dose",
}
COMMITTED = {
    **{agree(key): "delivered doses" for key in PATIENTS},
    "noise": "noise",
    "biology": "BED",
    "holmium": "scout dose",
}
STORIES = {
    **{agree(key): about.report for key, about in PATIENTS.items()},
    "noise": "Y-90 emits 32 positrons in a million decays, so its PET is short of counts. Somebody shortens the scan "
    "from 20 to 4 minutes and calibrates as before, by the activity delivered.",
    "biology": "A public code computes the BED of normal liver with an α/β of 10 Gy, as for tumour. Others use 2.5 Gy.",
    "holmium": "Ho-166 microspheres can be given twice: a scout of 250 MBq first, to see where they go, and then the "
    "therapy. The liver weighs 1.35 kg, and 60 Gy are wanted.",
}
ASKED = {
    **{agree(key): "The dose to the tumour that the PET shows will lie …" for key in PATIENTS},
    "noise": "In the tumour …",
    "biology": "The BED that the code gives for normal liver is …",
    "holmium": "The scout alone gives the liver …",
}
OPTIONS = {
    **{
        agree(key): [
            ("within the range expected", "within"),
            ("below it", "below"),
            ("above it", "above"),
        ]
        for key in PATIENTS
    },
    "noise": [
        ("mean dose and D95 both fall", "both"),
        ("the mean stays, D95 falls", "edge"),
        ("both stay", "neither"),
    ],
    "biology": [("too low", "low"), ("right", "right"), ("too high", "high")],
    "holmium": [
        ("next to nothing, below 0.5 Gy", "nothing"),
        ("about 3 Gy, to be subtracted from the therapy", "some"),
        ("over 10 Gy, a good part of the therapy", "much"),
    ],
}
_WHY = {
    "agree_first": "It lies **within** the range: same place, same flow, same shares. The two images differ by 3 %, "
    "and part of that is their resolution.",
    "agree_second": "It lies **below**: from further back, more went to normal liver. The tumour got some 70 % of its "
    "planned dose, normal liver a quarter more.",
    "agree_third": "It lies **within** the range, to the per cent. And yet something is wrong: a calibration by the "
    "counts of the liver gives the liver all that was delivered, wherever it went. Look at the counts outside.",
    "agree_fourth": "It lies **above**: what could no longer go to normal liver went to the tumour. That is good news "
    "that the plan did not know, and has to be explained like bad news.",
    "noise": "**The mean stays, D95 falls**, from 86 to 58 Gy in the first patient. Calibrated by what was delivered, "
    "noise moves dose between voxels and makes none; extremes are made of it.",
    "biology": "It is **too low**: 35 Gy in place of 51 in the first patient. A high α/β hides what late-reacting "
    "tissue suffers from a high dose.",
    "holmium": "It gives **about 3 Gy**: 250 MBq in 1.35 kg. They stay there, so 4853 MBq and not 5103 make 60 Gy in "
    "all.",
}


def compared(model: SirtVerification, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )


def report(model: SirtVerification) -> str:
    """The report of the treatment of the patient to be measured."""
    about = PATIENTS[model.next_patient]
    return f"**{about.name}.** {about.report}"


def name(region: str) -> str:
    """A region as it is read."""
    return {"tumour": "All tumour", "normal": "Normal liver", "lung": "Lungs"}.get(region, region.capitalize())


def answered(refused: Exception) -> str:
    """A refusal of the record, with the field of this page in place of the argument."""
    said = str(refused).replace("say in investigation= what", "say under “What the investigation found” what")
    return f"The record answers: {said}."
