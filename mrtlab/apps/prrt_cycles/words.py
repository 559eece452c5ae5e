"""What the page on PRRT over cycles asks, and what it says to the answers."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.prrt_cycles import measure
from mrtlab.apps.prrt_cycles.model import CYCLES, RIGHT, PrrtCycles

__all__ = ["ASKED", "COMMITTED", "HEADS", "INTRO", "OPTIONS", "STORIES", "compared", "patient"]

INTRO = (
    "A patient with a neuroendocrine tumour is treated with Lu-177-DOTATATE in cycles, eight weeks apart. You say what "
    "range of activities the next cycle may have, give it, see the doses it gave, and decide how to go on. Five "
    "virtual patients wait; to some of them something happens, and nobody will tell you. Patients, images, incidents "
    "and the sizes of errors are made up for teaching (illustrative)."
)
HEADS = {
    "chance": "Before you look: one cycle of an unknown patient",
    "sum": "Before you look: three cycles added",
    "bed": "Before you look: BED of four cycles",
    "marrow": "Before you look: energy that leaves the marrow",
    "yttrium": "Before you look: Y-90 in place of Lu-177",
}
COMMITTED = {
    "chance": "chance",
    "sum": "uncertainty",
    "bed": "BED",
    "marrow": "marrow dose",
    "yttrium": "kidney dose",
}
STORIES = {
    "chance": "Kidneys of patients get 0.60 Gy/GBq in the median, and one patient differs from the next by a factor of "
    "1.40. Somebody wants to share a limit of 23 Gy over four cycles of 7.4 GBq: 5.75 Gy each.",
    "sum": "Three cycles gave the kidneys 4.6, 5.4 and 6.1 Gy. Each is uncertain by 5 % of its own, and all by the "
    "same 8 % of sensitivity and S value.",
    "bed": "Four cycles give the kidneys 5.2 Gy each, weeks apart. A program computes the BED of 20.8 Gy.",
    "marrow": "The activity in the marrow is known from blood. A quick estimate leaves all energy of the electrons "
    "where it was released.",
    "yttrium": "The same activity, labelled with Y-90. Biology, amino acids and kidneys stay the same.",
}
ASKED = {
    "chance": "That the first cycle gives more than 5.75 Gy happens to …",
    "sum": "The sum of 16.1 Gy has a standard uncertainty of …",
    "bed": "That BED is …",
    "marrow": "The estimate is …",
    "yttrium": "Per activity the kidneys get …",
}
OPTIONS = {
    "chance": [("5 of 100 patients", "low"), ("22 of 100 patients", "fifth"), ("50 of 100 patients", "half")],
    "sum": [("about 0.9 Gy", "independent"), ("about 1.4 Gy", "linear"), ("about 2.1 Gy", "more")],
    "bed": [("too high", "too much"), ("right", "the same"), ("too low", "too little")],
    "marrow": [
        ("right to a few per cent", "the same"),
        ("a fifth too high", "fifth"),
        ("three quarters too high", "three quarters"),
    ],
    "yttrium": [("the same dose", "one"), ("about four times the dose", "four"), ("ten times the dose", "ten")],
}
_WHY = {
    "chance": "**22 of 100**: the median would give 4.4 Gy, and 95 of 100 lie between 2.3 and 8.6 Gy. A mean for "
    "everybody is safe for nobody in particular.",
    "sum": "It is **1.4 Gy**: 5 % of each adds in quadrature, 0.47 Gy, the common 8 % adds as it is, 1.29 Gy. As if "
    "all were independent, it would be 0.9 Gy.",
    "bed": "It is **too high**: 29.6 Gy in place of 23.0 Gy. Between cycles repair is complete; each has its own BED.",
    "marrow": "It is **three quarters too high**: 0.230 Gy in place of 0.131 Gy for the same blood. The cavities are "
    "small, and many electrons leave them.",
    "yttrium": "**About four times**: 2.3 in place of 0.6 Gy/GBq. The electrons of Y-90 carry six times the energy, "
    "and fewer of its decays come to pass in the kidneys.",
}


def compared(model: PrrtCycles, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (": as you said", ": not as you said")
    )


def waits(model: PrrtCycles) -> str:
    """Beside the button that gives a cycle: the one given is measured, and where to look."""
    cycle = len(model.given_mbq)
    if not cycle or model.decided(cycle):
        return ""
    return (
        f"Cycle {cycle}, {model.given_mbq[-1] / 1000:g} GBq, is given and measured. See “The last cycle”, near the end "
        "of the page, and decide there; until then no other cycle is given."
    )


def patient(model: PrrtCycles) -> str:
    """Who it is, and where the treatment stands."""
    about, who = model.about, measure.patient(model.patient, 1, True)
    given = model.given_mbq
    log = " ".join(f"Cycle {k}: {mbq / 1000:g} GBq. {about.notes[k - 1]}" for k, mbq in enumerate(given, 1))
    waits = ""
    if given and not model.decided(len(given)):
        waits = f" **Cycle {len(given)} waits for your decision** at the end of the page."
    elif len(given) == CYCLES:
        waits = " All cycles are given."
    return (
        f"**{about.name}** ({about.pseudonym}): {who.sex}, {who.weight_kg:.0f} kg, glomerular filtration "
        f"{who.egfr_ml_per_min:.0f} mL/min. {log or 'No cycle yet.'}{waits}"
    )
