"""The controls of the blood-dose page and where they stand."""

from __future__ import annotations

from mrtlab.apps.blood_dose import curve_words, lesion_words, limit_words, range_words, scripts, words
from mrtlab.apps.blood_dose.cases import CASES
from mrtlab.apps.blood_dose.model import QUESTIONS, RANGES
from mrtlab.apps.controls import (
    Choice,
    DataTable,
    Details,
    Group,
    Page,
    Row,
    Section,
    Text,
    TextField,
    Upload,
)
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "QUESTION", "Layout"]

_TABLES = ("body", "blood", "tracer_mbq", "body_u", "blood_u", "method", "slip")
_BLOOD = (*_TABLES, "weight_kg", "lungs")
_NODE = ("pet", "lesion_g", "recovery", "mode", "pet_u", "mass_u", "aim_gy")

#: The inputs that each section depends on, and the prediction that it waits for.
INPUTS = {
    "curves": ("case", *_TABLES),
    "limits": ("case", *_BLOOD, "activity_gbq", "single_h", "blood_ml"),
    "lesion": ("case", *_NODE, *_BLOOD, "activity_gbq"),
    "options": ("case", *_NODE, *_BLOOD, "low_gbq", "high_gbq", "steps", "tracer_u", "audience"),
}
QUESTION = {"curves": "decay", "limits": "limit", "lesion": "convert"}
_WORDS = {
    "curves": (curve_words, 400),
    "limits": (limit_words, 240),
    "lesion": (lesion_words, 360),
    "options": (range_words, 360),
}
_CODES = {"curves": "curves", "limits": "limits", "lesion": "lesion", "options": "range"}
_TITLES = {
    "curves": "How long does the iodine stay, in the body and in the blood?",
    "limits": "Which limit binds for this patient?",
    "lesion": "What would I-131 give the lymph node that I-124 has shown?",
    "options": "What would each activity of a range give?",
}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_texts()
        self._make_questions(QUESTIONS)
        self.patient = Text()
        self._make_figures(_WORDS)
        self._make_results(_CODES)
        self.three = DataTable(limit_words.THREE, caption="Three simulated patients, by the method chosen above",
                               show_caption=True)  # fmt: skip
        self._make_range(lambda: scripts.options_csv(self.model))
        self._make_record()
        self._make_page()

    def _make_fields(self):
        self.fields = {
            "tracer_mbq": self._number("tracer_mbq", "Tracer given", "MBq"),
            "body_u": self._number("body_u", "u of each count of the body", "%"),
            "blood_u": self._number("blood_u", "u of each sample", "%"),
            "weight_kg": self._number("weight_kg", "Weight", "kg"),
            "activity_gbq": self._slider("activity_gbq", "Activity asked for", "GBq", 0.1),
            "single_h": self._number("single_h", "One measurement at", "h"),
            "blood_ml": self._number("blood_ml", "Blood volume", "mL"),
            "lesion_g": self._number("lesion_g", "Mass of the lesion", "g"),
            "recovery": self._number("recovery", "Recovery", "", help="1: the scanner's numbers are corrected already"),
            "pet_u": self._number("pet_u", "u of each scan", "%"),
            "mass_u": self._number("mass_u", "u of the mass", "%"),
            "aim_gy": self._number("aim_gy", "Aim of the physician", "Gy"),
            "low_gbq": self._number("low_gbq", "Lowest activity", "GBq"),
            "high_gbq": self._number("high_gbq", "Highest activity", "GBq"),
            "steps": self._slider("steps", "Number of activities", "", 1),
            "tracer_u": self._number("tracer_u", "u of the therapy following the tracer", "%"),
        }
        modes = [(text, name) for name, text in lesion_words.MODES.items()]
        self.chosen = {
            "case": Choice("Simulated patient", [(one.title, name) for name, one in CASES.items()]),
            "method": Choice("Integral", [("from point to point", "pieces"), ("two exponentials, fitted", "bi")]),
            "slip": Choice("What goes wrong", [(text, name) for name, text in curve_words.SLIPS.items()]),
            "lungs": Choice("Diffuse, iodine-avid lung metastases", [("no", "no"), ("yes", "yes")]),
            "mode": Choice("Mean energy in the lesion", modes),
            "audience": Choice("Shown for the", [("physician", "physician"), ("physicist", "physicist")], radio=True),
        }

    def _make_texts(self):
        self.clocks = {
            "body": TextField("Whole body", lines=6, help=words.HELP["body"]),
            "blood": TextField("Blood samples", lines=5, help=words.HELP["blood"]),
            "pet": TextField("I-124 PET", lines=3, help=words.HELP["pet"]),
            "pseudonym": TextField("Name of the case", help="no patient's name; such as dtc-07"),
            "physician": TextField("Who plays the physician"),
            "physicist": TextField("Who plays the physicist"),
        }
        self.uploads = {
            name: Upload(f"{text} from a file…", accept=".csv,.txt,.tsv")
            for name, text in {"body": "Whole body", "blood": "Blood samples"}.items()
        }

    def _make_page(self):
        some = self._some
        controls = {
            "curves": [
                Group("Measurement", some("body", "blood")),
                Group("Model", some("method", "slip")),
                Details(
                    "more: tracer, uncertainties, files",
                    [*some("tracer_mbq", "body_u", "blood_u"), *self.uploads.values()],
                ),
            ],
            "limits": [
                Group("Patient", some("weight_kg", "lungs")),
                Group("View", some("activity_gbq")),
                Details("more: one measurement alone", some("single_h", "blood_ml")),
            ],
            "lesion": [
                Group("Measurement", some("pet", "lesion_g", "recovery")),
                Group("Model", some("mode")),
                Details("more: aim, uncertainties", some("aim_gy", "pet_u", "mass_u")),
            ],
            "options": [
                Group("Range", some("low_gbq", "high_gbq", "steps")),
                Group("View", some("audience")),
                Details("more: standard uncertainty", some("tracer_u")),
            ],
        }
        self._make_sections(_TITLES, controls, {"limits": [self.three]})
        self.recorded = self._record_section(
            "The record of this plan",
            "The physician of the case has declared the intent: treatment of metastases that take up iodine; lesion "
            "and blood are to be told of. You add the range of activities. To treat or not, and with how much, is the "
            "physician’s next step, on the record page.",
        )
        children = [
            self.left_out,
            Section("The patient", under=[Row(some("case")), self.patient]),
        ]
        for name, section in self.sections.items():
            asked = [self._ask(QUESTION[name])] if name in QUESTION else []
            children += [*asked, section]
        self.page = Page(
            "How much iodine may this patient have?",
            [*children, self.tabled, self.recorded, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Radioiodine", None), ("Dose to the blood", None)],
            subtitle="45 min · level: judge · three simulated patients (illustrative), or your own tables",
            units="MBq · h · Gy",
            foot=False,
        )
