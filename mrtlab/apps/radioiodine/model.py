"""What the page on benign thyroid knows, without any widget: one patient, the choices, the predictions."""

from __future__ import annotations

import re

import traitlets as t

from mrtlab import planning, radioiodine, record
from mrtlab.apps.sections import SectionsModel, within
from mrtlab.constants import value as constant
from mrtlab.errors import InputError
from mrtlab.units import parse_quantity

__all__ = [
    "CHOICES",
    "LOBES",
    "OPTIONAL",
    "PROTOCOLS",
    "QUESTIONS",
    "RANGES",
    "RIGHT",
    "TEXTS",
    "RadioiodinePage",
    "lobe",
]

HOURS = (6.0, 24.0, 144.0)
PROTOCOLS = ("three points", "two late points", "one late point", "one point, population half-life")
CHOICES = {
    "factor": ("ellipsoid", "Brunn"),
    "protocol": PROTOCOLS,
    "mode": radioiodine.ENERGY_MODES,
    "audience": ("physician", "physicist"),
    "intent": ("ablative", "function-oriented"),
    "gland": ("constant", "shrinks"),
}
LOBES = ("right_lobe", "left_lobe", "isthmus")
TEXTS = (*LOBES, "physician", "physicist", "reason", "finding", "country")
QUESTIONS = {
    "thigh": ("low", "same", "high", "double"),
    "when": ("day", "three", "week", "two weeks"),
    "formula": ("less", "same", "more", "double"),
    "range": ("five", "fifth", "wide"),
    "verdict": ("outside", "record", "nothing"),
}
# a test computes them for the patient as first described
RIGHT = {"thigh": "high", "when": "week", "formula": "more", "range": "wide", "verdict": "record"}
_COUNTS = (1.0, 1e8)
RANGES = {
    # probe
    **{f"{where}_{hours:g}h": _COUNTS for hours in HOURS for where in ("neck", "thigh")},
    "standard": _COUNTS,
    "background": (0.0, 1e7),
    "seconds": (1.0, 3600.0),
    "dead_us": (0.0, 100.0),
    "geometry_u": (0.5, 30.0),
    # kinetics, per day and days
    "k_t": (0.2, 3.0),
    "k_b": (0.5, 6.0),
    "t_eff": (1.5, 8.0),
    # gland and dose
    "aim_gy": (50.0, 500.0),
    # range of activities
    "low_mbq": (37.0, 2000.0),
    "high_mbq": (37.0, 2000.0),
    "steps": (2.0, 8.0),
    "least_gy": (20.0, 1000.0),
    "most_gy": (20.0, 1000.0),
    "mass_u": (0.0, 40.0),
    "uptake_u": (0.0, 40.0),
    "half_life_u": (0.0, 40.0),
    "transfer_u": (0.0, 40.0),
    "energy_u": (0.0, 20.0),
    # after the therapy
    "delivered_mbq": (10.0, 3000.0),
    **{f"after_{where}_{hours:g}h": _COUNTS for hours in HOURS[1:] for where in ("neck", "thigh")},
    "mass_half_d": (9.0, 400.0),
    # contact
    "distance_m": (0.3, 5.0),
    "occupancy": (1.0, 100.0),
    "start_d": (0.0, 28.0),
}
#: Numbers that may be missing: they are the physician's or the law's.
OPTIONAL = {"prescribed_mbq": (10.0, 3000.0), "limit_msv": (0.01, 100.0), "limit_rate": (0.1, 1000.0)}
_WHOLE = ("steps",)
_PLAN = planning.teaching_components("radioiodine")


class RadioiodinePage(SectionsModel):
    """Inputs of all sections, and what the learner predicted. Ranges are in :data:`RANGES`.

    Units are those in which numbers are typed: counts, s, µs, cm, days, MBq, Gy, shares per cent.
    """

    # illustrative patient: that of the exercises and of the worked record
    neck_6h = t.Float(40_176.0)
    thigh_6h = t.Float(5_400.0)
    neck_24h = t.Float(68_484.0)
    thigh_24h = t.Float(3_900.0)
    neck_144h = t.Float(36_684.0)
    thigh_144h = t.Float(3_150.0)
    standard = t.Float(124_500.0)
    background = t.Float(300.0)
    seconds = t.Float(60.0)
    dead_us = t.Float(0.0)
    geometry_u = t.Float(5.0)
    k_t = t.Float(1.2)
    k_b = t.Float(2.4)
    t_eff = t.Float(5.5)
    right_lobe = t.Unicode("5.2 × 2.1 × 1.9")
    left_lobe = t.Unicode("4.8 × 1.9 × 1.7")
    isthmus = t.Unicode("")
    factor = t.Enum(CHOICES["factor"], "ellipsoid")
    protocol = t.Enum(PROTOCOLS, "two late points")
    mode = t.Enum(CHOICES["mode"], "eanm")
    aim_gy = t.Float(300.0)
    low_mbq = t.Float(200.0)
    high_mbq = t.Float(700.0)
    steps = t.Float(6.0)
    least_gy = t.Float(200.0)
    most_gy = t.Float(400.0)
    mass_u = t.Float(100 * _PLAN["mass"])
    uptake_u = t.Float(100 * _PLAN["uptake"])
    half_life_u = t.Float(100 * _PLAN["half life"])
    transfer_u = t.Float(100 * _PLAN["tracer to therapy"])
    energy_u = t.Float(100 * constant("radioiodine.mean_energy_rel"))
    audience = t.Enum(CHOICES["audience"], "physician")
    physician = t.Unicode("")
    physicist = t.Unicode("")
    reason = t.Unicode("")
    intent = t.Enum(CHOICES["intent"], "ablative")
    prescribed_mbq = t.Float(None, allow_none=True)
    delivered_mbq = t.Float(451.0)
    after_neck_24h = t.Float(57_306.0)
    after_thigh_24h = t.Float(3_900.0)
    after_neck_144h = t.Float(26_748.0)
    after_thigh_144h = t.Float(3_150.0)
    gland = t.Enum(CHOICES["gland"], "constant")
    mass_half_d = t.Float(60.0)
    finding = t.Unicode("")
    distance_m = t.Float(1.0)
    occupancy = t.Float(25.0)
    start_d = t.Float(0.0)
    limit_msv = t.Float(None, allow_none=True)
    limit_rate = t.Float(None, allow_none=True)
    country = t.Unicode("")
    #: The record of the plan as it was fixed, as JSON; "" before.
    record = t.Unicode("")

    INPUTS = (*RANGES, *OPTIONAL, *CHOICES, *TEXTS, "record")
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    @t.validate(*OPTIONAL)
    def _may_be_missing(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high = OPTIONAL[name]
        if value is not None and not low <= value <= high:
            raise InputError(f"{name} must be between {low:g} and {high:g} or nothing, got {value!r}")
        return value

    @t.validate("record")
    def _is_a_record(self, proposal):
        if proposal["value"] and record.from_json(proposal["value"]).plan is None:
            raise InputError("this record has no plan yet")
        return proposal["value"]


def lobe(text: str, name: str = "lobe") -> tuple[float, float, float]:
    """Three diameters as typed: ``5,2 x 2,1 x 1,9``, cm.

    Raises
    ------
    InputError
        With how to type them.
    """
    # a unit behind the last diameter is meant for all three
    unit = re.search(r"(?<![a-z])[cm]m$", text.strip())
    parts = re.split(r"[x×*]", text.strip())
    if unit:
        parts = [part if re.search("[a-z]", part) else f"{part} {unit.group()}" for part in parts]
    if len(parts) != 3:
        raise InputError(f"{name}: “{text}” are not three diameters; type them as 5.2 x 2.1 x 1.9, in cm")
    try:
        found = tuple(parse_quantity(part, "cm") for part in parts)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    return found
