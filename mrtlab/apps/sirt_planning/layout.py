"""The controls of the SIRT page and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    Choice,
    DataTable,
    Details,
    Flag,
    Group,
    Page,
    Row,
    Section,
    Text,
    TextField,
)
from mrtlab.apps.sections import SectionsLayout
from mrtlab.apps.sirt_planning import (
    methods_words,
    partition_words,
    range_words,
    scripts,
    shunt_words,
    vial_words,
    words,
)
from mrtlab.apps.sirt_planning.model import QUESTIONS, RANGES

__all__ = ["INPUTS", "QUESTION", "Layout"]

_PATIENT = ("liver_g", "tumour_all_g", "perfused_g", "tumour_g", "ratio", "shunt_percent", "lung_g")
_LEVELS = ("tumour_aim_gy", "bilirubin", "reserve", "previous_lung_gy")
_COUNTS = ("lung_anterior", "lung_posterior", "liver_anterior", "liver_posterior")
_BACKGROUND = ("lung_background", "liver_background")
_BIAS = ("lung_seen", "liver_seen", "free_percent", "free_lung", "free_liver")
_BODY = ("height_cm", "weight_kg", "liver_g", "tumour_all_g", "perfused_g", "shunt_percent", "lung_g")

#: The inputs that each section depends on, and the prediction that it waits for.
INPUTS = {
    "shunt": (*_COUNTS, *_BACKGROUND, *_BIAS, "lung_g", "previous_lung_gy", "activity_gbq"),
    "methods": (*_PATIENT, *_LEVELS, "height_cm", "weight_kg", "device", "perfused_aim_gy"),
    "partition": (*_PATIENT, *_LEVELS, "activity_gbq", "thresholds"),
    "options": (*_PATIENT, *_LEVELS, "low_gbq", "high_gbq", "steps", "activity_u", "fraction_u", "mass_u", "audience"),
    "vial": (*_PATIENT, "vial_gbq", "calibrated", "infused", "before", "after", "background", "elapsed_h"),
}
QUESTION = {"shunt": "shunt", "methods": "factor", "partition": "ratio", "options": "chance", "vial": "clock"}
_WORDS = {
    "shunt": (shunt_words, 400),
    "methods": (methods_words, 520),
    "partition": (partition_words, 440),
    "options": (range_words, 500),
    "vial": (vial_words, 360),
}
_CODES = {"shunt": "shunt", "methods": "activities", "partition": "plan", "options": "range", "vial": "vial"}
_TITLES = {
    "shunt": "How much goes to the lungs, and what falsifies it?",
    "methods": "Three prescriptions, one patient: what would each give?",
    "partition": "Which tissue limits the activity?",
    "options": "What would each activity of a range give?",
    "vial": "What does the vial hold when it is needed?",
}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self.patient = Text()
        self._make_figures(_WORDS)
        self.refused = {name: Flag() for name in INPUTS}
        self._make_results(_CODES)
        self.take = Button("Use this shunt for the patient", on_click=lambda _: self._take_shunt())
        self.offered = DataTable(partition_words.OFFERED, show_caption=True)
        self.source = Text()
        self.offers = Details("What is published for this device, with its source", [self.offered, self.source])
        self._make_range(lambda: scripts.options_csv(self.model))
        self._make_page()

    def _make_fields(self):
        self.fields = {
            "height_cm": self._number("height_cm", "Height", "cm"),
            "weight_kg": self._number("weight_kg", "Weight", "kg"),
            "liver_g": self._number("liver_g", "Liver, all tumour included", "g"),
            "tumour_all_g": self._number("tumour_all_g", "All tumour", "g"),
            "perfused_g": self._number("perfused_g", "Perfused part, its tumour included", "g"),
            "shunt_percent": self._number("shunt_percent", "Lung shunt", "%"),
            "lung_g": self._number("lung_g", "Lungs", "g", help="1000 g by convention (recalled)"),
            "lung_anterior": self._number("lung_anterior", "Lungs, anterior", "counts"),
            "lung_posterior": self._number("lung_posterior", "Lungs, posterior", "counts"),
            "liver_anterior": self._number("liver_anterior", "Liver, anterior", "counts"),
            "liver_posterior": self._number("liver_posterior", "Liver, posterior", "counts"),
            "lung_background": self._number("lung_background", "Background of the lungs, one view", "counts"),
            "liver_background": self._number("liver_background", "Background of the liver, one view", "counts"),
            "lung_seen": self._number("lung_seen", "Photons that leave the lungs", "%"),
            "liver_seen": self._number("liver_seen", "Photons that leave the liver", "%"),
            "free_percent": self._number("free_percent", "Free pertechnetate", "%"),
            "free_lung": self._number("free_lung", "Of the free part, over the lungs", "%"),
            "free_liver": self._number("free_liver", "Of the free part, over the liver", "%"),
            "perfused_aim_gy": self._number("perfused_aim_gy", "Single compartment: perfused part", "Gy"),
            "tumour_aim_gy": self._number("tumour_aim_gy", "Partition: tumour", "Gy", help="also the aim further down"),
            "ratio": self._slider("ratio", "Tumour-to-normal ratio", "", 0.1),
            "tumour_g": self._slider("tumour_g", "Perfused tumour", "g", 10),
            "activity_gbq": self._slider("activity_gbq", "Activity", "GBq", 0.05),
            "bilirubin": self._number("bilirubin", "Bilirubin", "mg/dL"),
            "previous_lung_gy": self._number("previous_lung_gy", "Lungs, received before", "Gy"),
            "low_gbq": self._number("low_gbq", "Lowest activity", "GBq"),
            "high_gbq": self._number("high_gbq", "Highest activity", "GBq"),
            "steps": self._slider("steps", "Number of activities", "", 1),
            "activity_u": self._number("activity_u", "u of the activity", "%"),
            "fraction_u": self._number("fraction_u", "u of the count fraction", "%"),
            "mass_u": self._number("mass_u", "u of the mass", "%"),
            "vial_gbq": self._number("vial_gbq", "Activity on the label", "GBq"),
            "before": self._number("before", "Meter before", ""),
            "after": self._number("after", "Meter after", ""),
            "background": self._number("background", "Meter without the vial", ""),
            "elapsed_h": self._number("elapsed_h", "Between the readings", "h"),
        }
        self.chosen = {
            "device": Choice("Microspheres", [("glass", "glass"), ("resin", "resin")]),
            "thresholds": Choice("Thresholds found with", [("glass", "glass"), ("resin", "resin")]),
            "reserve": Choice("Hepatic reserve", [("30 % or more", "good"), ("below 30 %", "low")]),
            "audience": Choice("Shown for the", [("physician", "physician"), ("physicist", "physicist")], radio=True),
        }
        self.clocks = {
            "calibrated": TextField("Calibrated at", help="with the hours from UTC, as on the label"),
            "infused": TextField("Infused at", help="with those of your clock"),
        }

    def _make_page(self):
        some = self._some
        controls = {
            "shunt": [
                Group("Planar counts (illustrative)", some(*_COUNTS)),
                Details("more: background, lungs before", some(*_BACKGROUND, "previous_lung_gy")),
                Details("more: what falsifies it", some(*_BIAS)),
            ],
            "methods": [
                Group("Device", some("device")),
                Group("Aims of the physician", some("perfused_aim_gy", "tumour_aim_gy")),
            ],
            "partition": [
                Group("Patient", some("ratio", "tumour_g")),
                Group("Treatment with glass", some("activity_gbq", "thresholds")),
                Details("more: liver function", some("bilirubin", "reserve")),
            ],
            "options": [
                Group("Range", some("low_gbq", "high_gbq", "steps")),
                Group("View", some("audience")),
                Details("more: standard uncertainties", some("activity_u", "fraction_u", "mass_u")),
            ],
            "vial": [
                Group("Label", some("vial_gbq", "calibrated")),
                Group("Infusion", some("infused")),
                Details("more: residual", some("before", "after", "background", "elapsed_h")),
            ],
        }
        self._make_sections(_TITLES, controls, {"shunt": [self.take], "partition": [self.offers]})
        body = Details("Change the patient", [Row(some(*_BODY[:4])), Row(some(*_BODY[4:]))])
        children = [self.left_out, Section("The patient", under=[self.patient, body])]
        for name, section in self.sections.items():
            children += [self._ask(QUESTION[name]), section, *([self.tabled] if name == "options" else ())]
        self.page = Page(
            "Planning microspheres for one liver",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("SIRT", None), ("Planning", None)],
            subtitle="45 min · level: judge · one illustrative patient, published limits, nothing chosen for you",
            units="MBq · g · Gy",
            foot=False,
        )

    def _under(self, name):
        results, said, flags = super()._under(name)
        return [results, said, self.refused[name], flags]
