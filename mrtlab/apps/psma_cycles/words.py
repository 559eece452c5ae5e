"""What the PSMA page asks, and says of the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.psma_cycles.model import RIGHT, PsmaPage

HEADS = {
    "units": "Before you look: a number from an abstract",
    "sink": "Before you look: six equal cycles",
    "glands": "Before you look: a gland of 0.7 g",
    "marrow": "Before you look: a region in a vertebra",
    "single": "Before you look: one image",
    "alpha": "Before you look: a daughter that leaves",
}
COMMITTED = {
    "units": "unit",
    "sink": "course",
    "glands": "gland",
    "marrow": "marrow",
    "single": "statement",
    "alpha": "daughter",
}
STORIES = {
    "units": "A meta-analysis of 535 patients gives for the kidneys, in its abstract, “4.04 Gy/GBq” with "
    "Lu-177-PSMA-617. The usual cycle is 7.4 GBq, and other authors report 0.4 to 0.8 Gy/GBq.",
    "sink": "Drug that a large tumour takes up does not reach the organs. Dosimetry is done in the first cycle, beside "
    "1000 mL of tumour; kidneys get 4.1 Gy. The tumour answers well and shrinks by 30 % from cycle to cycle. All six "
    "cycles have the same activity.",
    "glands": "A lacrimal gland weighs about 0.7 g; the blur of a SPECT camera is wider than the gland. Somebody draws "
    "its outline, adds up what is inside and calculates a dose, with no correction for recovery (the part of the true "
    "activity that the camera shows inside the outline).",
    "marrow": "A patient has bone metastases. For the red marrow somebody draws a region in a vertebra that looks "
    "normal, right beside a metastasis, and compares its dose with that by blood samples.",
    "single": "After each cycle there is time for one SPECT/CT, at 48 h. The half-life is that of other patients.",
    "alpha": "Ac-225 decays by four alpha particles in a row. Recoil breaks the chemical bond: daughters are free. "
    "Suppose all Bi-213 (46 min) is washed away from a tumour before it decays.",
}
ASKED = {
    "units": "The number makes sense as …",
    "sink": "Planned from cycle 1 alone, the kidneys get over the course …",
    "glands": "The dose without recovery is …",
    "marrow": "The dose in that region is, compared with that of the marrow, …",
    "single": "Not to be reported without a warning is the dose of …",
    "alpha": "The dose of alpha particles to the tumour falls by about …",
}
OPTIONS = {
    "units": [
        ("gray per gigabecquerel, as printed", "activity"),
        ("gray per cycle", "cycle"),
        ("gray for the whole course", "course"),
    ],
    "sink": [
        ("less than planned: the plan is safe", "less"),
        ("what was planned, within 5 %", "same"),
        ("more than planned: the plan is not safe", "more"),
    ],
    "glands": [("right within 10 %", "same"), ("half of the true one", "half"), ("a fifth of the true one", "fifth")],
    "marrow": [
        ("lower, for normal marrow takes up little", "lower"),
        ("the same within a factor of 2", "same"),
        ("several times higher", "higher"),
    ],
    "single": [
        ("none: one image is always enough", "none"),
        ("kidneys and salivary glands", "glands"),
        ("marrow and tumours", "marrow"),
    ],
    "alpha": [("nothing", "nothing"), ("a tenth", "tenth"), ("a third", "third"), ("a half", "half")],
}
_WHY = {
    "units": "**Gray per cycle**: 4.04/7.4 is 0.546 Gy/GBq, in the middle of what others report. Six cycles are then "
    "24 Gy; read as printed they would be 179 Gy, and no kidney would be left to report on. This is an inference, not "
    "a correction by the authors.",
    "sink": "**More**, and it is not safe: as the sink shrinks more drug reaches the organs. With the teaching numbers "
    "kidneys get 28.8 in place of 24.4 Gy.",
    "glands": "About **a fifth**: with a recovery of 0.2 (illustrative) four fifths of the activity appear outside the "
    "outline. Nothing in the image tells.",
    "marrow": "**Several times higher**: activity of the metastasis is smeared into its neighbourhood. What is "
    "measured there is the metastasis, and the marrow is blamed.",
    "single": "**Marrow and tumours**: a published comparison found estimates from one image compromised there, "
    "because half-lives differ most. The statement goes with the number, whatever the verdict.",
    "alpha": "About **a third**, 30 %: of 27.5 MeV of alpha energy 8.3 come from Bi-213 and its daughter Po-213. They "
    "are not lost: they are set free somewhere else.",
}
INTRO = (
    "A man with metastatic prostate cancer is to have six cycles of Lu-177-PSMA-617. How much do kidneys, salivary and "
    "lacrimal glands and marrow get, over the whole course, and what can one know of it with the images there are? "
    "All doses are absorbed doses. Everything recalled or made up says so."
)
BEAM = (
    "None is filled in: a limit is the physician’s to choose. 0 stands for none. Values quoted for other treatments "
    "are listed under the figure; most come from external beam, with other dose rates."
)


def compared(model: PsmaPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )
