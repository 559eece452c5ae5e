"""What the SIRT planning page knows, without any widget: one patient, the choices, the predictions."""

from __future__ import annotations

from datetime import datetime

import traitlets as t

from mrtlab.apps.sections import SectionsModel, within
from mrtlab.errors import InputError

__all__ = ["CHOICES", "CLOCKS", "DEVICES", "QUESTIONS", "RANGES", "RIGHT", "SirtPage", "clock"]

DEVICES = ("glass", "resin")
CHOICES = {"device": DEVICES, "thresholds": DEVICES, "reserve": ("good", "low"), "audience": ("physician", "physicist")}
CLOCKS = ("calibrated", "infused")
QUESTIONS = {
    "shunt": ("low", "right", "high"),
    "factor": ("little", "half", "double", "more"),
    "ratio": ("less", "same", "half", "double"),
    "chance": ("never", "rare", "even"),
    "clock": ("low", "right", "high"),
}
# a test computes them for the patient as first described
RIGHT = {"shunt": "high", "factor": "more", "ratio": "double", "chance": "even", "clock": "low"}
RANGES = {
    # the patient
    "height_cm": (120.0, 215.0),
    "weight_kg": (30.0, 250.0),
    "liver_g": (500.0, 5000.0),
    "tumour_all_g": (10.0, 3000.0),
    "perfused_g": (100.0, 5000.0),
    "tumour_g": (10.0, 1000.0),
    "ratio": (0.5, 15.0),
    "shunt_percent": (0.0, 40.0),
    "lung_g": (400.0, 1600.0),
    "previous_lung_gy": (0.0, 60.0),
    "bilirubin": (0.1, 5.0),
    # planar counts
    "lung_anterior": (100.0, 1e7),
    "lung_posterior": (100.0, 1e7),
    "liver_anterior": (100.0, 1e8),
    "liver_posterior": (100.0, 1e8),
    "lung_background": (0.0, 1e6),
    "liver_background": (0.0, 1e6),
    # what falsifies the shunt
    "lung_seen": (5.0, 100.0),
    "liver_seen": (5.0, 100.0),
    "free_percent": (0.0, 60.0),
    "free_lung": (0.0, 50.0),
    "free_liver": (0.0, 50.0),
    # prescriptions
    "perfused_aim_gy": (40.0, 600.0),
    "tumour_aim_gy": (40.0, 600.0),
    "activity_gbq": (0.3, 10.0),
    # range of activities
    "low_gbq": (0.3, 10.0),
    "high_gbq": (0.3, 10.0),
    "steps": (2.0, 8.0),
    "activity_u": (0.0, 40.0),
    "fraction_u": (0.0, 40.0),
    "mass_u": (0.0, 40.0),
    # vial
    "vial_gbq": (0.1, 30.0),
    "before": (0.1, 1e5),
    "after": (0.0, 1e5),
    "background": (0.0, 1e4),
    "elapsed_h": (0.0, 48.0),
}
_WHOLE = ("steps",)


class SirtPage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`.

    Masses are g, doses Gy, activities GBq, shares per cent: as they are typed. The methods get MBq and fractions.
    """

    # illustrative patient
    height_cm = t.Float(172.0)
    weight_kg = t.Float(76.0)
    liver_g = t.Float(1800.0)
    tumour_all_g = t.Float(320.0)
    perfused_g = t.Float(1116.0)
    tumour_g = t.Float(250.0)
    ratio = t.Float(4.5)
    shunt_percent = t.Float(6.0)
    lung_g = t.Float(1000.0)
    previous_lung_gy = t.Float(0.0)
    bilirubin = t.Float(1.4)
    reserve = t.Enum(CHOICES["reserve"], "good")
    lung_anterior = t.Float(21000.0)
    lung_posterior = t.Float(24000.0)
    liver_anterior = t.Float(412000.0)
    liver_posterior = t.Float(285000.0)
    lung_background = t.Float(1500.0)
    liver_background = t.Float(4000.0)
    lung_seen = t.Float(62.0)
    liver_seen = t.Float(31.0)
    free_percent = t.Float(15.0)
    free_lung = t.Float(5.0)
    free_liver = t.Float(10.0)
    device = t.Enum(DEVICES, "glass")
    perfused_aim_gy = t.Float(120.0)
    tumour_aim_gy = t.Float(205.0)
    activity_gbq = t.Float(2.0)
    thresholds = t.Enum(DEVICES, "glass")
    low_gbq = t.Float(1.5)
    high_gbq = t.Float(4.0)
    steps = t.Float(6.0)
    activity_u = t.Float(5.0)
    fraction_u = t.Float(8.0)
    mass_u = t.Float(10.0)
    audience = t.Enum(CHOICES["audience"], "physician")
    vial_gbq = t.Float(5.0)
    calibrated = t.Unicode("2024-03-03 12:00 -05:00")
    infused = t.Unicode("2024-03-06 10:30 +01:00")
    before = t.Float(142.0)
    after = t.Float(6.1)
    background = t.Float(0.3)
    elapsed_h = t.Float(0.75)

    INPUTS = (*RANGES, *CHOICES, *CLOCKS)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)


def clock(text: str) -> datetime:
    """A date, a time and their distance from UTC as typed: ``2024-03-03 12:00 -05:00``.

    Raises
    ------
    InputError
        With how to type it; without a distance from UTC as well, as such a time is no moment yet.
    """
    example = "type it as 2024-03-03 12:00 -05:00: year-month-day, time, hours from UTC"
    parts = text.replace("−", "-").split()
    joined = "T".join(parts[:2]) + "".join(parts[2:])
    try:
        found = datetime.fromisoformat(joined)
    except ValueError:
        raise InputError(f"“{text}” is no moment; {example}") from None
    if found.tzinfo is None:
        raise InputError(f"“{text}” has no time zone, and the label's may be another than yours; {example}")
    return found
