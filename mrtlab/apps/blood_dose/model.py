"""What the blood-dose page knows, without any widget: tables as typed, choices, predictions."""

from __future__ import annotations

import traitlets as t

from mrtlab.apps.blood_dose.cases import CASES, LESION
from mrtlab.apps.sections import SectionsModel, within
from mrtlab.errors import InputError

__all__ = ["CHOICES", "QUESTIONS", "RANGES", "RIGHT", "TABLES", "TEXTS", "BloodPage"]

TABLES = ("body", "blood", "pet")
TEXTS = ("pseudonym", "physician", "physicist")
CHOICES = {
    "case": tuple(CASES),
    "method": ("pieces", "bi"),
    "slip": ("none", "voided", "late", "corrected"),
    "lungs": ("no", "yes"),
    "mode": ("mass", "eanm", "constant", "sphere"),
    "audience": ("physician", "physicist"),
}
QUESTIONS = {
    "decay": ("low", "right", "third", "double"),
    "limit": ("blood", "retention", "last", "first"),
    "convert": ("much low", "right", "much high"),
}
# a test computes them
RIGHT = {"decay": "third", "limit": "last", "convert": "much low"}
RANGES = {
    "tracer_mbq": (1.0, 20000.0),
    "weight_kg": (10.0, 250.0),
    "body_u": (0.1, 30.0),
    "blood_u": (0.1, 30.0),
    "activity_gbq": (0.5, 30.0),
    # single measurement
    "single_h": (6.0, 96.0),
    "blood_ml": (1500.0, 10000.0),
    # lesion
    "lesion_g": (0.05, 300.0),
    "recovery": (0.2, 1.2),
    "pet_u": (0.1, 30.0),
    "aim_gy": (10.0, 500.0),
    # range of activities
    "low_gbq": (0.5, 30.0),
    "high_gbq": (0.5, 30.0),
    "steps": (2.0, 8.0),
    "mass_u": (0.0, 60.0),
    "tracer_u": (0.0, 60.0),
}
_WHOLE = ("steps",)


class BloodPage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`.

    Activities are GBq (the tracer's MBq), uncertainties per cent, times hours: as they are typed.
    """

    case = t.Enum(CHOICES["case"], "normal")
    body = t.Unicode(CASES["normal"].body)
    blood = t.Unicode(CASES["normal"].blood)
    pet = t.Unicode(LESION)
    method = t.Enum(CHOICES["method"], "pieces")
    slip = t.Enum(CHOICES["slip"], "none")
    lungs = t.Enum(CHOICES["lungs"], "no")
    mode = t.Enum(CHOICES["mode"], "mass")
    audience = t.Enum(CHOICES["audience"], "physician")
    # illustrative
    tracer_mbq = t.Float(60.0)
    weight_kg = t.Float(70.0)
    body_u = t.Float(2.0)
    blood_u = t.Float(4.0)
    activity_gbq = t.Float(7.4)
    single_h = t.Float(24.0)
    blood_ml = t.Float(4900.0)
    lesion_g = t.Float(2.0)
    recovery = t.Float(1.0)
    pet_u = t.Float(3.0)
    aim_gy = t.Float(80.0)
    low_gbq = t.Float(1.0)
    high_gbq = t.Float(16.0)
    steps = t.Float(6.0)
    mass_u = t.Float(15.0)
    tracer_u = t.Float(15.0)
    pseudonym = t.Unicode("")
    physician = t.Unicode("")
    physicist = t.Unicode("")

    INPUTS = (*RANGES, *CHOICES, *TABLES, *TEXTS)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    @t.validate(*TABLES, *TEXTS)
    def _short(self, proposal):
        name, text = proposal["trait"].name, proposal["value"]
        most = 4000 if name in TABLES else 80
        if len(text) > most:
            raise InputError(f"{name} has {len(text)} characters; at most {most} can be used")
        return text

    def open(self, case: str) -> None:
        """Take another simulated patient: tables, weight, tracer and lungs become theirs."""
        found = CASES[case]
        self.case = case
        for name in ("body", "blood", "weight_kg", "tracer_mbq", "lungs"):
            setattr(self, name, getattr(found, name))

    @property
    def simulated(self) -> bool:
        """Whether both tables are still those of the simulated patient, whose truth is known."""
        found = CASES[self.case]
        return (self.body, self.blood, self.tracer_mbq) == (found.body, found.blood, found.tracer_mbq)
