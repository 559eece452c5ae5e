"""What the PSMA page knows, without any widget: inputs, predictions, record."""

from __future__ import annotations

import traitlets as t

from mrtlab import psma
from mrtlab.apps.sections import SectionsModel, within
from mrtlab.constants import value

__all__ = ["CHOICES", "PRINTED", "QUESTIONS", "RANGES", "RIGHT", "WHOLE", "PsmaPage"]

#: Numbers whose printed unit is doubtful, by what they are of.
PRINTED = {f"{row.tissue}, {row.drug.removeprefix('Lu-177-')}": row for row in psma.published() if row.per == "cycle"}
CHOICES = {
    "printed": tuple(PRINTED),
    "tissue": ("kidney", "parotid", "lacrimal", "marrow"),
    "gland": psma.GLANDS,
    "known": ("yes", "no"),
    "metastases": ("yes", "no"),
    "ratio": ("blood", "plasma"),
    "site": ("uninvolved", "beside metastases", "metastases"),
    "region": psma.TISSUES,
    "audience": ("physician", "physicist"),
    "daughters": ("none", "all", "steps"),
}
QUESTIONS = {
    "units": ("activity", "cycle", "course"),
    "sink": ("less", "same", "more"),
    "glands": ("same", "half", "fifth"),
    "marrow": ("lower", "same", "higher"),
    "single": ("none", "glands", "marrow"),
    "alpha": ("nothing", "tenth", "third", "half"),
}
# a test computes all six
RIGHT = {
    "units": "cycle",
    "sink": "more",
    "glands": "fifth",
    "marrow": "higher",
    "single": "marrow",
    "alpha": "third",
}
RANGES = {
    "cycle_gbq": (1.0, 15.0),
    "planned_cycles": (1.0, 10.0),
    "activity_gbq": (1.0, 12.0),
    "tumour_ml": (0.0, 3000.0),
    "shrink": (0.3, 1.3),
    "strength": (0.0, 2.0),
    "half_volume_ml": (100.0, 5000.0),
    "limit_kidney": (0.0, 200.0),
    "limit_parotid": (0.0, 200.0),
    "limit_lacrimal": (0.0, 500.0),
    "limit_marrow": (0.0, 10.0),
    "bone_gy_per_gbq": (0.0, 0.5),
    "gland_tia": (0.1, 20000.0),
    "gland_g": (0.1, 60.0),
    "gland_u": (0.0, 40.0),
    "recovery": (0.05, 1.0),
    "recovery_u": (0.0, 40.0),
    "overlap": (0.0, 80.0),
    "blood": (0.01, 20.0),
    "haematocrit": (0.2, 0.6),
    "bone_tia": (0.0, 500000.0),
    "voi_tia": (0.1, 20000.0),
    "voi_g": (1.0, 200.0),
    "voi_recovery": (0.2, 1.0),
    "cycle": (1.0, 6.0),
    "time_h": (4.0, 168.0),
    "activity_mbq": (0.0001, 7400.0),
    "activity_u": (1.0, 40.0),
    "mass_g": (0.1, 3000.0),
    "recovery_one": (0.2, 1.0),
    "half_life_h": (4.0, 150.0),
    "half_life_gsd": (1.05, 2.5),
    "delivered_gbq": (1.0, 12.0),
    "ac_tia": (0.0001, 100.0),
    "ac_g": (0.1, 500.0),
    "ac_mbq": (0.1, 30.0),
    "ac_u": (1.0, 60.0),
    "rbe": (1.0, 10.0),
    "francium": (0.0, 1.0),
    "bismuth": (0.0, 1.0),
    "lead": (0.0, 1.0),
    "bismuth_h": (0.0, 20.0),
    "kidney_share": (0.0, 100.0),
}
WHOLE = ("planned_cycles", "cycle")


class PsmaPage(SectionsModel):
    """Inputs of all sections, what the learner predicted, and the record. Ranges are in :data:`RANGES`.

    As they are typed: activities to administer GBq, activities in a region MBq, time-integrated activities MBq·h (of
    blood MBq·h/g), masses g, uncertainties and shares per cent, limits Gy with 0 for none. All are illustrative at
    first.
    """

    printed = t.Enum(CHOICES["printed"], CHOICES["printed"][0])
    cycle_gbq = t.Float(value("psma.regimen_activity_mbq") / 1000)
    planned_cycles = t.Float(float(value("psma.regimen_cycles")))
    activity_gbq = t.Float(value("psma.regimen_activity_mbq") / 1000)
    tumour_ml = t.Float(1000.0)
    shrink = t.Float(0.7)
    strength = t.Float(value("psma.sink_strength"))
    half_volume_ml = t.Float(float(value("psma.sink_half_volume_ml")))
    tissue = t.Enum(CHOICES["tissue"], "kidney")
    limit_kidney = t.Float(0.0)
    limit_parotid = t.Float(0.0)
    limit_lacrimal = t.Float(0.0)
    limit_marrow = t.Float(0.0)
    bone_gy_per_gbq = t.Float(0.0)
    gland = t.Enum(CHOICES["gland"], "lacrimal")
    known = t.Enum(CHOICES["known"], "yes")
    gland_tia = t.Float(26.0)
    gland_g = t.Float(value("psma.mass_lacrimal_g"))
    gland_u = t.Float(20.0)
    recovery = t.Float(value("psma.recovery_lacrimal"))
    recovery_u = t.Float(15.0)
    overlap = t.Float(0.0)
    metastases = t.Enum(CHOICES["metastases"], "yes")
    ratio = t.Enum(CHOICES["ratio"], "blood")
    site = t.Enum(CHOICES["site"], "uninvolved")
    blood = t.Float(2.0)
    haematocrit = t.Float(0.42)
    bone_tia = t.Float(60000.0)
    voi_tia = t.Float(16.0)
    voi_g = t.Float(20.0)
    voi_recovery = t.Float(0.8)
    region = t.Enum(CHOICES["region"], "kidney")
    audience = t.Enum(CHOICES["audience"], "physician")
    cycle = t.Float(1.0)
    time_h = t.Float(48.0)
    activity_mbq = t.Float(123.0)
    activity_u = t.Float(5.0)
    mass_g = t.Float(float(value("psma.mass_kidney_g")))
    recovery_one = t.Float(value("psma.recovery_kidney"))
    half_life_h = t.Float(float(value("psma.half_life_kidney_h")))
    half_life_gsd = t.Float(value("psma.half_life_kidney_gsd"))
    delivered_gbq = t.Float(value("psma.regimen_activity_mbq") / 1000)
    daughters = t.Enum(CHOICES["daughters"], "none")
    ac_tia = t.Float(0.05)
    ac_g = t.Float(1.0)
    ac_mbq = t.Float(8.0)
    ac_u = t.Float(20.0)
    rbe = t.Float(float(value("psma.rbe")))
    francium = t.Float(1.0)
    bismuth = t.Float(0.7)
    lead = t.Float(1.0)
    bismuth_h = t.Float(0.0)
    kidney_share = t.Float(30.0)
    record = t.Unicode()  # JSON of the record, "" without one
    alpha_record = t.Unicode()  # the same of the cycle of Ac-225

    INPUTS = (*RANGES, *CHOICES)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, WHOLE)

    def state(self) -> dict:
        """What is kept between visits."""
        return super().state() | {"record": self.record, "alpha_record": self.alpha_record}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = super().restore(state)
        for name in ("record", "alpha_record"):
            try:
                setattr(self, name, state.get(name, ""))
            except t.TraitError:
                whole = False
        return whole
