"""What the page of the levels asks, and what it says to the answers; small words its sections share."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.levels.model import RIGHT, LevelsPage

LEVEL_OPTIONS = [
    ("1: activity, and the average of a cohort", "1"),
    ("2: activity, and her own doses measured", "2"),
    ("3: dose limit, and the activity follows", "3"),
]
DRUG_OPTIONS = [("Lu-177-DOTATATE (PRRT)", "prrt"), ("Lu-177-PSMA", "psma")]
DRUG_NAMES = {"prrt": "DOTATATE, 4 cycles", "psma": "PSMA, 6 cycles"}
RULE_OPTIONS = [("3 + 3", "3+3"), ("six on every level", "six")]

HEADS = {
    "chance": "Before you begin: what a cohort’s average can promise",
    "plan": "Before you look: everybody planned",
    "trial": "Before you look: which trial finds it?",
}
COMMITTED = {"chance": "chance", "plan": "plan", "trial": "trial"}
STORIES = {
    "chance": "Level 1: four cycles of 7.4 GBq, and all you know of the kidneys is the cohort, 0.60 Gy/GBq with a "
    "spread of a factor 1.4 (derived teaching value). The physician’s limit is 23 Gy for the whole course.",
    "plan": "Sixty virtual patients of each drug (illustrative). Each gets the activity that her own estimate of the "
    "dose per activity in the first cycle, 15 % uncertain, turns into 20 Gy to the kidneys over the course, at most "
    "11.1 GBq a cycle. The limit is 23 Gy.",
    "trial": "A new drug is to be given as high as a toxicity of 25 % allows (illustrative). One trial climbs in GBq, "
    "the same for everybody on a level. The other climbs in Gy to the kidneys: each patient gets the activity that is "
    "expected to give the level’s dose, 15 % uncertain. Toxicity follows the dose that is really received.",
}
ASKED = {
    "chance": "That the kidneys end between ¾ of the limit and the limit is so in about …",
    "plan": "With the plan and DOTATATE, kidneys between ¾ of the limit and the limit are …",
    "trial": "The highest level that is truly tolerated is found more often …",
}
OPTIONS = {
    "chance": [("1 in 10", "few"), ("1 in 3", "third"), ("2 in 3", "most"), ("9 in 10", "all")],
    "plan": [("about 1 in 3", "third"), ("about half", "half"), ("about 3 in 4", "most"), ("9 in 10 or more", "all")],
    "trial": [
        ("by the trial in GBq", "activity"),
        ("equally often by both", "same"),
        ("by the trial in Gy", "dose"),
    ],
}
_WHY = {
    "chance": "It is about **1 in 3**: the median lies at 17.8 Gy, and 95 % of patients span a factor of nearly four. "
    "Nearly half of them are below ¾ of the limit without anybody knowing, one in five is above it.",
    "plan": "It is **about 3 in 4**: 47 of 60 for the page as first opened, and 22 with 7.4 GBq for all. What is left "
    "is the error of the estimate, the cap, and that later cycles are not like the first. With PSMA, six times 7.4 GBq "
    "leave 11 of 60 there and over-treat 33.",
    "trial": "It is the trial **in Gy**. Among patients with the same activity the dose, and with it the toxicity, "
    "differs; the curve of toxicity over GBq is blunt, and a few patients on a level say little. How much is gained "
    "depends on how well the dose can be planned: with an error as large as the spread between patients, nothing is.",
}


def compared(model: LevelsPage, name: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, name, OPTIONS[name], RIGHT[name], _WHY[name], (", as you said", ", not as you said")
    )


def gbq(mbq: float) -> str:
    """An activity as it is spoken of."""
    return f"{mbq / 1000:.3g} GBq"


def chance(p: float) -> str:
    """A probability in words."""
    if p < 0.005:
        return "practically none"
    if p > 0.995:
        return "practically certain"
    return f"{round(100 * p)} in 100" if p >= 0.01 else "1 in 100"


def patient(model: LevelsPage) -> str:
    """Who she is."""
    return (
        f"Virtual patient **{int(model.patient)}** has a neuroendocrine tumour and is to be treated with "
        "Lu-177-DOTATATE; by the label, four cycles of 7.4 GBq. Nobody knows yet what her kidneys and her tumour make "
        f"of it. The physician has set **{model.limit_gy:g} Gy** to the kidneys over all cycles as the limit. "
        "She is the same patient on all three levels; what changes is what you may know. Patient, populations and the "
        "uncertainty of the measurements (5 % each cycle alone, 8 % in common) are made up for teaching (illustrative)."
    )


TOLERANCE = (
    "23 Gy comes from external beam in conventional fractions (5 % complications in 5 years) and is no "
    "recommendation of mrtlab. Type another limit to see what it changes."
)
