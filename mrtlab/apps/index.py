"""The front page: one card per therapy and foundation."""

from __future__ import annotations

from dataclasses import dataclass

from mrtlab.apps.controls import Html, Page, Text, escape
from mrtlab.learn import library

__all__ = ["CARDS", "Card", "page"]


@dataclass(frozen=True)
class Card:
    """One subject on the front page.

    Attributes
    ----------
    subject, goal : str
    notebook : str
        Path under ``notebooks``; "" for what is not written yet.
    title, minutes, level : str
        Of the notebook.
    """

    subject: str
    goal: str
    notebook: str = ""
    title: str = ""
    minutes: str = ""
    level: str = ""


def _span(exercises) -> tuple[str, str]:
    """Minutes and levels of some exercises."""
    minutes = sorted({one.minutes for one in exercises})
    levels = [level for level in ("know", "apply", "judge") if level in {one.level for one in exercises}]
    return f"{minutes[0]} to {minutes[-1]} min each", ", ".join(levels)


def _exercises(subject: str, topic: str, goal: str) -> Card:
    """The card of a subject that has exercises, and no dashboard of its own yet."""
    found = [one for one in library.exercises() if one.folder.parent.name == topic]
    return Card(subject, goal, "exercises.ipynb", f"{len(found)} exercises", *_span(found))


CARDS = {
    "Exercises": (
        Card(
            "Exercises",
            "A simulated patient of your own in every one: work it out, say how sure you are, learn which slip you "
            "made, keep the evidence.",
            "exercises.ipynb",
            "All exercises",
            *_span(library.exercises()),
        ),
    ),
    "Therapies": (
        Card(
            "PRRT",
            "From four scans of a real patient to a kidney dose with its uncertainty; see what the last scan is worth.",
            "prrt/kidney_dose.ipynb",
            "Kidney dose after Lu-177 DOTATATE",
            "20 min",
            "apply",
        ),
        Card(
            "PRRT",
            "Four cycles of one patient: a range of activities, the dose so far, the next activity, marrow and tumour; "
            "and something may go wrong unannounced.",
            "prrt/cycles.ipynb",
            "PRRT over four cycles",
            "60 min",
            "judge",
        ),
        Card(
            "Radioiodine",
            "One thyroid from the first count to the record: uptake, kinetics, mass, a range of activities, the dose "
            "verified against what was expected.",
            "radioiodine/benign.ipynb",
            "Radioiodine for one thyroid",
            "60 min",
            "judge",
        ),
        Card(
            "Radioiodine",
            "Thyroid cancer: blood and body counted, the limit that binds, a lesion seen by I-124, and a range of "
            "activities.",
            "radioiodine/blood_dose.ipynb",
            "How much iodine may this patient have?",
            "45 min",
            "judge",
        ),
        Card(
            "Radioiodine",
            "I-131 mIBG by the dose of the whole body, twice; dose rate, contact and release by the limits you type.",
            "radioiodine/mibg_and_release.ipynb",
            "Two administrations of mIBG, and the way home",
            "35 min",
            "judge",
        ),
        Card(
            "SIRT",
            "Lung shunt, three prescriptions for one patient, what limits the activity, and a range of doses to choose "
            "from.",
            "sirt/planning.ipynb",
            "Planning microspheres for one liver",
            "45 min",
            "judge",
        ),
        Card(
            "SIRT",
            "After the infusion: what the mapping promised beside what a PET shows, voxel dose, biology, Ho-166.",
            "sirt/verification.ipynb",
            "Planned and delivered",
            "45 min",
            "judge",
        ),
        Card(
            "PSMA",
            "Kidneys, glands and marrow over six cycles: a unit trap, the tumour sink, one image and its statement, "
            "Ac-225.",
            "psma/cycles.ipynb",
            "Six cycles of Lu-177-PSMA",
            "60 min",
            "judge",
        ),
    ),
    "Across therapies": (
        Card(
            "The record",
            "One case through six steps as physician, physicist and observer: who decides, who measures, who signs.",
            "record.ipynb",
            "The record: who decides, who measures, who signs",
            "45 to 75 min",
            "judge",
        ),
        Card(
            "Three levels",
            "One patient treated by activity, by measured dose and by a dose limit; who a fixed activity fails; trials "
            "that climb in GBq or in Gy.",
            "prrt/levels.ipynb",
            "Three levels of dosimetry",
            "45 min",
            "judge",
        ),
        Card(
            "A data set",
            "Rows of three made-up centres: find the slips, name them, merge the files, and see what would leave "
            "the hospital of your own record.",
            "across/registry.ipynb",
            "Rows that can leave the hospital",
            "45 min",
            "judge",
        ),
        Card(
            "Resources",
            "One, two, three or four scans: visits and minutes by your own times, beside the precision that each buys.",
            "across/resources.ipynb",
            "What does one more scan cost, and what does it buy?",
            "35 min",
            "judge",
        ),
        Card(
            "Evidence",
            "Two positions on the same article, two numbers from one survey, and dose-response tables as they were "
            "published.",
            "across/evidence.ipynb",
            "Reading the evidence",
            "40 min",
            "judge",
        ),
    ),
    "Foundations": (
        Card(
            "Calibration",
            "Meter and clocks, sensitivity, dead time, recovery; and what each adds to the uncertainty.",
            "foundations/calibration.ipynb",
            "From counts to activity",
            "40 min",
            "apply",
        ),
        Card(
            "Curve fitting",
            "Drag points, weight them, compare curves; see what χ² and AICc tell, and what no test of a fit can see.",
            "foundations/curve_fitting.ipynb",
            "Four lessons and your own points",
            "40 min",
            "apply",
        ),
        Card(
            "Single time point",
            "One scan and a population: the distribution of the error for every scan time, and the best time.",
            "foundations/single_time_point.ipynb",
            "When is one scan enough?",
            "25 min",
            "judge",
        ),
        Card(
            "Images to dose",
            "Four SPECT/CT of a virtual patient, the budget of every dose, and the truth behind them.",
            "foundations/image_dose.ipynb",
            "From four SPECT/CT to dose",
            "30 min",
            "apply",
        ),
        Card(
            "Dose and uncertainty",
            "Mass, small spheres and voxel kernels; then the budget of a dose, whose covariances cancel half of it.",
            "foundations/dose_and_uncertainty.ipynb",
            "Dose, and how sure it is",
            "40 min",
            "judge",
        ),
        _exercises("Dose and uncertainty", "dose", "Kidneys, lesions, voxel kernels, and a budget that adds up."),
        Card(
            "Dose–response",
            "BED cycle by cycle; what a curve from few patients, with uncertain doses, can tell.",
            "foundations/dose_response.ipynb",
            "From dose to response",
            "25 min",
            "judge",
        ),
        _exercises("Dose–response", "dose-response", "BED cycle by cycle, and a curve from few patients."),
    ),
}


def page() -> Page:
    """The front page."""
    sections = [Html(f"<h2>{escape(title)}</h2>{_cards(cards)}", kind="prose") for title, cards in CARDS.items()]
    return Page(
        "Practise dosimetry for molecular radiotherapy",
        [
            Text(
                "Every treatment with radioactive drugs or microspheres should be planned for the patient and "
                "its delivery "
                "verified. Here you can practise it, offline, on real and simulated data.",
                lead=True,
            ),
            *sections,
        ],
        crumbs=[("mrtlab", None)],
        units="MBq · h · Gy",
    )


def _cards(cards) -> str:
    return '<ul class="mrt-card-list">' + "".join(f"<li>{_card(card)}</li>" for card in cards) + "</ul>"


def _card(card: Card) -> str:
    if not card.notebook:
        return (
            f'<div class="mrt-card mrt-card-planned"><p class="mrt-card-subject">{escape(card.subject)}</p>'
            f'<p>{escape(card.goal)}</p><p class="mrt-card-facts">not written yet</p></div>'
        )
    return (
        f'<a class="mrt-card" href="{escape(card.notebook)}"><p class="mrt-card-subject">{escape(card.subject)}</p>'
        f'<p class="mrt-card-title">{escape(card.title)}</p><p>{escape(card.goal)}</p>'
        f'<p class="mrt-card-facts">{escape(card.minutes)} · level: {escape(card.level)}</p></a>'
    )
