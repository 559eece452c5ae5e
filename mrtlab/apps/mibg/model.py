"""What the page of mIBG and release knows, without any widget."""

from __future__ import annotations

from dataclasses import dataclass

import traitlets as t

from mrtlab.apps.sections import SectionsModel, within
from mrtlab.errors import InputError

__all__ = ["CASES", "CHOICES", "QUESTIONS", "RANGES", "RIGHT", "TEXTS", "Case", "MibgPage"]


@dataclass(frozen=True)
class Case:
    """A simulated child, made up for teaching (illustrative).

    Attributes
    ----------
    title, story, counts : str
        Counts as typed: hours, anterior, posterior.
    first_gbq : float
    """

    title: str
    story: str
    counts: str
    first_gbq: float


CASES = {
    "usual": Case(
        "iodine leaves as usual",
        "Kidneys and bladder as they should be.",
        "0.5; 1000; 810\n6; 612; 500\n24; 318; 262\n72; 96; 80",
        5.5,
    ),
    "bag": Case(
        "a urine bag at 24 h",
        "Kidneys as they should be; at the third measurement a urine bag hung at the back of the bed.",
        "0.5; 1000; 810\n6; 612; 500\n24; 318; 419\n72; 96; 80",
        5.5,
    ),
    "slow": Case(
        "iodine leaves slowly",
        "The kidneys clear slowly.",
        "0.5; 1000; 810\n6; 921; 746\n24; 684; 553\n72; 331; 268",
        8.0,
    ),
}
TEXTS = ("pseudonym", "physician", "physicist")
CHOICES = {
    "case": tuple(CASES),
    "slip": ("none", "background", "anterior", "adult"),
    "audience": ("physician", "physicist"),
}
QUESTIONS = {
    "child": ("third", "same", "triple"),
    "second": ("half", "same", "double"),
    "when": ("first", "even", "later"),
}
# a test computes them
RIGHT = {"child": "third", "second": "double", "when": "later"}
RANGES = {
    "first_gbq": (0.1, 40.0),
    "weight_kg": (5.0, 150.0),
    "background": (0.0, 1e6),
    "limit_gy": (0.5, 10.0),
    "low_gbq": (0.1, 60.0),
    "high_gbq": (0.1, 60.0),
    "steps": (2.0, 8.0),
    "repeat_u": (1.0, 60.0),
    # release
    "activity_mbq": (1.0, 40000.0),
    "distance_m": (0.3, 5.0),
    "occupancy": (0.0, 100.0),
    "fast_percent": (0.0, 100.0),
    "fast_h": (0.5, 192.0),
    "slow_h": (1.0, 192.4),
    "contact_msv": (0.01, 100.0),
    "release_h": (0.0, 500.0),
    "activity_limit": (0.0, 1e5),
    "rate_limit": (0.0, 1e5),
    "partner_limit": (0.0, 1e3),
}
_WHOLE = ("steps",)


class MibgPage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`.

    A limit of release that is 0 was not typed: none is assumed.
    """

    case = t.Enum(CHOICES["case"], "usual")
    counts = t.Unicode(CASES["usual"].counts)
    slip = t.Enum(CHOICES["slip"], "none")
    audience = t.Enum(CHOICES["audience"], "physician")
    # illustrative
    first_gbq = t.Float(5.5)
    weight_kg = t.Float(18.0)
    background = t.Float(12.0)
    limit_gy = t.Float(4.0)
    low_gbq = t.Float(4.0)
    high_gbq = t.Float(14.0)
    steps = t.Float(6.0)
    repeat_u = t.Float(10.0)
    activity_mbq = t.Float(600.0)
    distance_m = t.Float(1.0)
    occupancy = t.Float(25.0)
    fast_percent = t.Float(73.0)
    fast_h = t.Float(6.7)
    slow_h = t.Float(139.0)
    contact_msv = t.Float(0.3)
    release_h = t.Float(24.0)
    activity_limit = t.Float(0.0)
    rate_limit = t.Float(0.0)
    partner_limit = t.Float(0.0)
    pseudonym = t.Unicode("")
    physician = t.Unicode("")
    physicist = t.Unicode("")

    INPUTS = (*RANGES, *CHOICES, "counts", *TEXTS)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    @t.validate("counts", *TEXTS)
    def _short(self, proposal):
        name, text = proposal["trait"].name, proposal["value"]
        most = 4000 if name == "counts" else 80
        if len(text) > most:
            raise InputError(f"{name} has {len(text)} characters; at most {most} can be used")
        return text

    def open(self, case: str) -> None:
        """Take another simulated child."""
        self.case = case
        self.counts, self.first_gbq = CASES[case].counts, CASES[case].first_gbq
