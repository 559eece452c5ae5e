"""The controls of the page on verifying microspheres, and where they stand."""

from __future__ import annotations

import ipywidgets as widgets

from mrtlab.apps.controls import (
    Button,
    Choice,
    Details,
    Download,
    Group,
    Html,
    Note,
    Page,
    Progress,
    Row,
    Section,
    Text,
    TextField,
    Upload,
)
from mrtlab.apps.sections import SectionsLayout
from mrtlab.apps.sirt_verification import compare_words, dose_words, planned_words, words
from mrtlab.apps.sirt_verification.effect_words import BIOLOGY, HOLMIUM
from mrtlab.apps.sirt_verification.model import PATIENTS, QUESTIONS, RANGES

__all__ = ["INPUTS", "PICTURES", "WORDS", "Layout"]

_PLAN = ("planned_gbq", "activity_u", "fraction_u", "mass_u")
_PET = ("delivered_gbq", "background")
#: The inputs that each section depends on.
INPUTS = {
    "planned": _PLAN,
    "dose": (*_PET, "region", "method", "counts", "level_gy"),
    "compare": (*_PLAN, *_PET, "shared"),
    "biology": (*_PET, "liver_alpha_beta", "liver_repair_h", "tumour_alpha_beta", "tumour_repair_h", "alpha"),
    "holmium": ("holmium_liver_g", "holmium_aim_gy", "scout_mbq", "ahead_h"),
}
WORDS = {
    "planned": (planned_words, 340),
    "dose": (dose_words, 440),
    "compare": (compare_words, 340),
    "biology": (BIOLOGY, 420),
    "holmium": (HOLMIUM, 340),
}
_CODES = {"planned": "plan", "dose": "histogram", "compare": "verdict", "biology": "BED", "holmium": "Ho-166"}
_TITLES = {
    "planned": "What did the mapping promise?",
    "dose": "Where is the dose, and what does the histogram know?",
    "compare": "Planned and delivered: does anything ask for an investigation?",
    "biology": "What is the delivered dose worth?",
    "holmium": "What changes with Ho-166?",
}
#: What the viewer can show, and whether the prediction must come first.
PICTURES = {
    "maa": ("MAA SPECT over CT", False),
    "planned": ("Planned dose over CT", False),
    "pet": ("Y-90 PET over CT", True),
    "delivered": ("Delivered dose over CT", True),
}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self._make_figures(WORDS)
        self._make_results(_CODES)
        self.report = Text()
        self.measure = Button("Measure this patient", on_click=lambda _: self._measure())
        self.progress, self.shown_patient = Progress("Measuring"), Note()
        self.viewer, self.waits_for_images = widgets.VBox(), Text()
        self.why, self.checks = Text(), Html(kind="prose")
        self.csv = Download("Download the comparison as CSV", "verification.csv", lambda: self._csv(), "text/csv")
        self._make_record()
        self._make_page()

    def _make_fields(self):
        helped = "the teaching value (illustrative), or yours"
        self.fields = {
            "planned_gbq": self._number("planned_gbq", "Activity planned", "GBq"),
            "activity_u": self._number("activity_u", "u of the activity", "%", help=helped),
            "fraction_u": self._number("fraction_u", "u of the count fraction", "%", help=helped),
            "mass_u": self._number("mass_u", "u of the mass", "%", help=helped),
            "delivered_gbq": self._number(
                "delivered_gbq", "Activity delivered", "GBq", help="residual subtracted; 1.8 GBq is true"
            ),
            "level_gy": self._slider("level_gy", "Volume above", "Gy", 5),
            "liver_alpha_beta": self._slider("liver_alpha_beta", "Normal liver, α/β", "Gy", 0.5),
            "liver_repair_h": self._slider("liver_repair_h", "Normal liver, repair half-time", "h", 0.1),
            "tumour_alpha_beta": self._number("tumour_alpha_beta", "Tumour, α/β", "Gy"),
            "tumour_repair_h": self._number("tumour_repair_h", "Tumour, repair half-time", "h"),
            "alpha": self._slider("alpha", "α, for EUD and EUBED", "1/Gy", 0.01),
            "holmium_liver_g": self._number("holmium_liver_g", "Liver treated", "g"),
            "holmium_aim_gy": self._slider("holmium_aim_gy", "Mean dose wanted", "Gy", 1),
            "scout_mbq": self._number("scout_mbq", "Scout, given before", "MBq"),
            "ahead_h": self._number("ahead_h", "Vial calibrated before treatment", "h"),
        }
        self.chosen = {
            "next_patient": Choice("Virtual patient", [(about.name, key) for key, about in PATIENTS.items()]),
            "picture": Choice("Picture", [(text, key) for key, (text, _) in PICTURES.items()]),
            "region": Choice("Region", [("all tumour", "tumour"), ("normal liver", "normal")]),
            "method": Choice("Dose by", [("local deposition", "local"), ("kernel", "kernel")]),
            "counts": Choice(
                "PET", [("20 min", "20 min"), ("4 min", "4 min"), ("without noise, as none is", "without noise")]
            ),
            "background": Choice("Background of the PET", [("subtracted", "subtracted"), ("left in", "left in")]),
            "shared": Choice("In common to plan and PET", [("the mass", "mass"), ("nothing", "nothing")]),
        }
        self.chosen["picture"].layout.max_width = "300px"

    def _make_record(self):
        self.begin = Button("Begin the record of this plan", on_click=lambda _: self._begin())
        self.load = Upload("Open a planning record…", accept=".json")
        self.investigation = TextField(
            "What the investigation found", help="in a sentence; asked for where a dose lies outside its range"
        )
        self.put = Button("Put this verification into the record", on_click=lambda _: self._put())
        self._make_kept("Download the record")

    def _make_page(self):
        some = self._some
        controls = {
            "planned": [
                Group("Plan", some("planned_gbq")),
                Details("more: standard uncertainties", some("activity_u", "fraction_u", "mass_u")),
            ],
            "dose": [
                Group("Measurement", some("counts")),
                Group("Model", some("method")),
                Group("View", some("region", "level_gy")),
                Details("more: calibration", some("delivered_gbq", "background")),
            ],
            "compare": [Group("Uncertainty", some("shared"))],
            "biology": [
                Group("Parameters", some("liver_alpha_beta", "liver_repair_h", "alpha")),
                Details("more: tumour", some("tumour_alpha_beta", "tumour_repair_h")),
            ],
            "holmium": [
                Group("Patient", some("holmium_liver_g")),
                Group("Treatment", some("holmium_aim_gy", "scout_mbq", "ahead_h")),
            ],
        }
        self._make_sections(_TITLES, controls, {"compare": [self.why, self.checks, self.csv]})
        first = Section(
            "Who is it, and what happened?",
            controls=[Group("Measurement", some("next_patient")), self.measure],
            under=[self.report, self.progress, self.shown_patient],
        )
        images = Section("What do the images show?", under=[*some("picture"), self.waits_for_images, self.viewer])
        recorded = Section(
            "What goes into the record?",
            under=[
                Text(
                    "A verification compares with a range that was fixed before. So the record begins with the plan, "
                    "by a physician and a physicist who are made up, and takes the delivered doses afterwards."
                ),
                Row([self.begin, self.load]),
                self.investigation,
                Row([self.put, self.json]),
                self.record_refused,
                self.recorded,
                self.to_record,
            ],
        )
        self.asks = {name: self._ask(name) for name in QUESTIONS}
        agree = [section for name, section in self.asks.items() if name.startswith("agree")]
        self.page = Page(
            "After the infusion: planned and delivered",
            [
                Text(words.INTRO),
                self.left_out,
                first,
                self.sections["planned"],
                *agree,
                images,
                self.asks["noise"],
                self.sections["dose"],
                self.sections["compare"],
                self.asks["biology"],
                self.sections["biology"],
                self.asks["holmium"],
                self.sections["holmium"],
                recorded,
                self.reset,
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("SIRT", None), ("Verification", None)],
            subtitle="45 min · level: judge · four virtual patients, sizes of errors illustrative",
            units="MBq · g · Gy",
            foot=False,
        )
