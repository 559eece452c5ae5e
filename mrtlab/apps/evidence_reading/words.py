"""What the page on evidence says, asks and draws."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator

from mrtlab.apps import sections
from mrtlab.apps.evidence_reading.model import RIGHT, EvidencePage, Growth
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line

HEADS = {"both": "Before you compute: two numbers of one survey"}
STORIES = {
    "both": "EFOMP policy statement 19 says that in the United Kingdom administrations **increased by a factor of 4** "
    "in ten years, and cites the IDUG paper for it. The IDUG paper says that **the number of patients increased by "
    "80 %** in ten years."
}
ASKED = {"both": "What do you think of the two?"}
OPTIONS = {
    "both": [
        ("both can be right", "both"),
        ("one of them must be wrong", "one"),
        ("they say the same", "same"),
    ]
}
COMMITTED = {"both": "two numbers"}
_WHY = {
    "both": "Administrations and patients are **two quantities**: both can be right, if each patient gets more "
    "administrations than before. Neither paper says that it was so. Do not quote one number as the other."
}
ARTICLE = (
    "Council Directive 2013/59/Euratom, article 56, as both papers quote it: exposures of target volumes are to be "
    "**“individually planned and their delivery appropriately verified”**, with doses to other tissues as low as "
    "reasonably achievable."
)
POSITIONS = [
    (
        "Whose",
        "EANM, as the IDUG paper reports it",
        "IDUG",
    ),
    (
        "Dosimetry of the patient, in licensed use",
        "not necessary for registered products given as the label says",
        "no exemption: the article names none for licensed use",
    ),
    (
        "What is optimised",
        "an activity is prescribed, doses of a cohort are known: the first of three levels",
        "a licence does not mean that a treatment is optimised",
    ),
    (
        "What is verified",
        "that the activity given is the activity intended",
        "that the dose lies in an expected range: at least one quantitative image",
    ),
    (
        "What each side concedes",
        "the levels with dosimetry of the patient, and by prescribed dose, are there",
        "the burden may be inappropriate; then the decision has to be informed, justified and transparent",
    ),
]
LABEL = (
    "A label gives an activity: 7.4 GBq four times for Lu-177 DOTATATE (Sundlöv 2022, abstract, published), 7.4 GBq up "
    "to six times for Lu-177 PSMA-617 (recalled). Both columns are in our words and short; read the papers before you "
    "quote either. The IDUG paper is of 2021, before PSMA-617 was licensed. **This page takes no side.**"
)
TABLES = [
    ("Microspheres: dose and outcome", "liver"),
    ("Radioiodine: dose and outcome", "thyroid"),
    ("PRRT: dose per activity", "prrt"),
    ("Lu-177 PSMA: dose per activity", "psma"),
]
COLUMNS = {
    "liver": ("Study", "What was compared", "Findings", "Source", "Status"),
    "thyroid": ("Disease", "Patients", "Finding", "Source", "Status"),
    "prrt": ("Tissue", "Drug", "As printed", "Source", "Status"),
    "psma": ("Tissue", "Drug", "As printed", "Source", "Status"),
}
ASK_YOURSELF = {
    "liver": "Which comparison was drawn by lot, and which one is of doses that were reached? Who can reach a dose?",
    "thyroid": "Three doses and three diseases: what in this table is a dose-response curve, and what only looks like "
    "one?",
    "prrt": "The standard deviation is that between patients. Which of these numbers would you plan with, for whom?",
    "psma": "Which numbers cannot be what their unit says? How would you find out, and whom would you ask?",
}


REMARKS = "Remarks on these rows: open after you have an answer"


def compared(model: EvidencePage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(model, question, OPTIONS[question], RIGHT[question], _WHY[question])


def axes(figure):
    """Administrations for each patient over growth of patients."""
    ax = figure.add_axes((0.11, 0.14, 0.85, 0.81))
    ax.set(xlabel="More patients (%)", ylabel="Administrations for each patient, factor")
    ax.xaxis.set_major_locator(MaxNLocator(6))
    ax.yaxis.set_major_locator(MaxNLocator(6))
    return ax


def draw(ax, found: Growth) -> None:
    """All pairs that go with this factor of administrations, and the one that is set."""
    percent = np.linspace(0, 400, 81)
    line(ax, percent, [Growth(found.factor, one).each for one in percent], color=BLUE, lw=2.2)
    line(ax, [0, 400], [1, 1], color=DARK, lw=1.2, ls=":")
    line(ax, [found.percent], [found.each], color=RED, marker="D", markersize=9, ls="none")
    ax.set(xlim=(0, 400), ylim=(0, 1.1 * max(found.factor, 1.2)))
    ax.text(6, 0.96, "as many for each patient as before", color=DARK, va="top")
    at = min(found.percent + 8, 300)
    ax.text(at, found.each + 0.03 * found.factor, f"{found.each:.2f}", color=RED_TEXT, va="bottom")


def alt(found: Growth) -> str:
    """Text alternative."""
    return (
        f"A falling curve of all pairs that make {found.factor:g} times the administrations: from {found.factor:.2f} "
        f"per patient without growth to {Growth(found.factor, 400).each:.2f} with 400 % more patients. A diamond at "
        f"{found.percent:g} % and {found.each:.2f}."
    )


def numbers(found: Growth):
    """Table behind the figure."""
    rows = [(str(one), f"{Growth(found.factor, one).each:.2f}") for one in range(0, 401, 50)]
    return ("More patients, %", "Administrations for each, factor"), rows


def result(found: Growth):
    """Lead, value, rest."""
    return (
        "For both to be right, administrations for each patient changed by the factor",
        f"{found.each:.2f}",
        f"{found.factor:g} times the administrations is {100 * (found.factor - 1):.0f} % more · {found.percent:g} % "
        f"more patients is {found.patients:.2f} times as many",
    )


_MAY_BE = {
    "more": "It may be so, with therapies in several cycles; ",
    "fewer": "It may be so, with therapies in fewer cycles; ",
    "as many": "It may be so; ",
}


def said(found: Growth) -> str:
    """What does not follow."""
    way = "more" if found.each > 1.005 else "fewer" if found.each < 0.995 else "as many"
    return (
        f"Each patient would get **{way}** administrations than ten years before. {_MAY_BE[way]}it may also be that "
        "years, centres or therapies differ between the two counts. A quotient that follows from two numbers was "
        "measured by nobody."
    ).replace("as many** administrations than", "as many** administrations as")
