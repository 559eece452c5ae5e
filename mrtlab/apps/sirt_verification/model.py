"""What the page on verifying microspheres knows, without any widget: patient, choices, predictions, record."""

from __future__ import annotations

from dataclasses import dataclass

import traitlets as t

from mrtlab.apps.sections import SectionsModel, within
from mrtlab.constants import value

__all__ = ["CHOICES", "PATIENTS", "QUESTIONS", "RANGES", "RIGHT", "Patient", "SirtVerification", "agree"]


@dataclass(frozen=True)
class Patient:
    """Which virtual patient, and what the report of her treatment says.

    Attributes
    ----------
    name : str
    seed : int
    report : str
    extrahepatic : bool
        Whether spheres went where the mapping showed none.
    """

    name: str
    seed: int
    report: str
    extrahepatic: bool = False

    @property
    def pseudonym(self) -> str:
        """In her record."""
        return f"VIRTUAL-SIRT-{self.seed}{'-X' * self.extrahepatic}"


PATIENTS = {
    "first": Patient(
        "First patient",
        17,
        "Mapping and treatment with the catheter tip at the same place, marked on both angiograms. Flow free to the "
        "end; nothing unusual.",
    ),
    "second": Patient(
        "Second patient",
        13,
        "At the mapping the tip lay in the artery that feeds the tumours. At the treatment the vessel was in spasm, "
        "and the tip stayed 2 cm further back, before a branch to normal liver.",
    ),
    "third": Patient(
        "Third patient",
        11,
        "Catheter at the place of the mapping. Towards the end of the infusion the flow slowed down, and some reflux "
        "along the catheter was seen.",
        extrahepatic=True,
    ),
    "fourth": Patient(
        "Fourth patient",
        10,
        "Between mapping and treatment the radiologist closed a branch to normal liver with a coil. The treatment then "
        "went on from the same place.",
    ),
}
CHOICES = {
    "next_patient": tuple(PATIENTS),
    "picture": ("maa", "planned", "pet", "delivered"),
    "region": ("tumour", "normal"),
    "method": ("local", "kernel"),
    "counts": ("20 min", "4 min", "without noise"),
    "background": ("subtracted", "left in"),
    "shared": ("mass", "nothing"),
}
_AGREE = ("within", "below", "above")
QUESTIONS = {
    **{f"agree_{name}": _AGREE for name in PATIENTS},
    "noise": ("both", "edge", "neither"),
    "biology": ("low", "right", "high"),
    "holmium": ("nothing", "some", "much"),
}
# a test computes them
RIGHT = {
    "agree_first": "within",
    "agree_second": "below",
    "agree_third": "within",
    "agree_fourth": "above",
    "noise": "edge",
    "biology": "low",
    "holmium": "some",
}
RANGES = {
    "planned_gbq": (0.3, 6.0),
    "activity_u": (0.0, 40.0),
    "fraction_u": (0.0, 40.0),
    "mass_u": (0.0, 40.0),
    "level_gy": (10.0, 400.0),
    "delivered_gbq": (0.3, 6.0),
    "liver_alpha_beta": (1.0, 20.0),
    "liver_repair_h": (0.3, 6.0),
    "tumour_alpha_beta": (2.0, 20.0),
    "tumour_repair_h": (0.3, 6.0),
    "alpha": (0.01, 0.5),
    "holmium_liver_g": (500.0, 4000.0),
    "holmium_aim_gy": (10.0, 100.0),
    "scout_mbq": (0.0, 500.0),
    "ahead_h": (0.0, 72.0),
}


def agree(patient: str) -> str:
    """The question on planned and delivered doses of a patient."""
    return f"agree_{patient}"


class SirtVerification(SectionsModel):
    """Inputs of all sections, what the learner predicted, and the record. Ranges are in :data:`RANGES`.

    Activities are GBq except the scout's (MBq), masses g, doses Gy, uncertainties per cent: as they are typed.
    ``patient`` is the one whose images are shown, ``next_patient`` the one to be measured next.
    """

    patient = t.Enum(tuple(PATIENTS), "first")
    next_patient = t.Enum(tuple(PATIENTS), "first")
    computed = t.Bool(False)
    picture = t.Enum(CHOICES["picture"], "maa")
    planned_gbq = t.Float(1.8)
    activity_u = t.Float(100 * value("planning.plan_sirt_activity"))
    fraction_u = t.Float(100 * value("planning.plan_sirt_count_fraction"))
    mass_u = t.Float(100 * value("planning.plan_sirt_mass"))
    region = t.Enum(CHOICES["region"], "tumour")
    method = t.Enum(CHOICES["method"], "local")
    counts = t.Enum(CHOICES["counts"], "20 min")
    background = t.Enum(CHOICES["background"], "subtracted")
    level_gy = t.Float(100.0)
    delivered_gbq = t.Float(1.8)
    shared = t.Enum(CHOICES["shared"], "mass")
    liver_alpha_beta = t.Float(value("sirt.liver_alpha_beta_gy"))
    liver_repair_h = t.Float(value("sirt.liver_repair_half_time_h"))
    tumour_alpha_beta = t.Float(value("sirt.tumour_alpha_beta_gy"))
    tumour_repair_h = t.Float(value("sirt.tumour_repair_half_time_h"))
    alpha = t.Float(value("radiobiology.tumour_alpha_per_gy"))
    holmium_liver_g = t.Float(1350.0)
    holmium_aim_gy = t.Float(60.0)
    scout_mbq = t.Float(value("sirt.holmium_scout_mbq"))
    ahead_h = t.Float(26.0)
    record = t.Unicode()  # JSON of the record of the patient shown, "" without one

    INPUTS = (*RANGES, *CHOICES)
    QUESTIONS = QUESTIONS
    _within = within(RANGES)

    def state(self) -> dict:
        """What is kept between visits: choices, predictions and the record; images are measured again."""
        return super().state() | {name: getattr(self, name) for name in ("patient", "computed", "record")}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = super().restore(state)
        for name in ("patient", "computed", "record"):
            try:
                if name in state:
                    setattr(self, name, state[name])
            except t.TraitError:
                whole = False
        return whole

    def measured(self) -> None:
        """The patient to be measured is the one shown; another's record stays where it was kept."""
        if self.patient != self.next_patient:
            self.record = ""
        self.patient, self.computed = self.next_patient, True
