"""The controls of the PSMA page, and where they stand."""

from __future__ import annotations

from mrtlab import prrt
from mrtlab.apps.controls import (
    Button,
    Choice,
    DataTable,
    Details,
    Download,
    Flag,
    Group,
    Html,
    Note,
    Page,
    Row,
    Section,
    Text,
    TextField,
)
from mrtlab.apps.psma_cycles import (
    alpha_words,
    course_words,
    gland_words,
    marrow_words,
    single_words,
    sink_words,
    units_words,
    words,
)
from mrtlab.apps.psma_cycles.alpha_record import AlphaRecord
from mrtlab.apps.psma_cycles.look import TISSUES
from mrtlab.apps.psma_cycles.model import CHOICES, PRINTED, QUESTIONS, RANGES
from mrtlab.apps.sections import SectionsLayout, whole

__all__ = ["INPUTS", "QUESTION", "WORDS", "Layout"]

_SINK = ("activity_gbq", "tumour_ml", "shrink", "strength", "half_volume_ml")
#: The inputs that each section depends on.
INPUTS = {
    "units": ("printed", "cycle_gbq", "planned_cycles"),
    "sink": _SINK,
    "course": (
        *_SINK,
        "tissue",
        "limit_kidney",
        "limit_parotid",
        "limit_lacrimal",
        "limit_marrow",
        "bone_gy_per_gbq",
    ),
    "glands": ("gland", "gland_tia", "gland_g", "gland_u", "known", "recovery", "recovery_u", "overlap"),
    "marrow": (
        "metastases",
        "bone_tia",
        "blood",
        "ratio",
        "haematocrit",
        "site",
        "voi_tia",
        "voi_g",
        "voi_recovery",
    ),
    "single": (
        "region",
        "cycle",
        "time_h",
        "activity_mbq",
        "activity_u",
        "mass_g",
        "recovery_one",
        "half_life_h",
        "half_life_gsd",
        "delivered_gbq",
        "audience",
    ),
    "alpha": (
        "daughters",
        "ac_tia",
        "ac_g",
        "ac_mbq",
        "ac_u",
        "rbe",
        "francium",
        "bismuth",
        "lead",
        "bismuth_h",
        "kidney_share",
    ),
}
#: The question that each section waits for.
QUESTION = {name: name for name in QUESTIONS} | {"course": "sink"}
WORDS = {
    "units": (units_words, 440),
    "sink": (sink_words, 360),
    "course": (course_words, 380),
    "glands": (gland_words, 320),
    "marrow": (marrow_words, 270),
    "single": (single_words, 270),
    "alpha": (alpha_words, 290),
}
_TITLES = {
    "units": "Which unit is meant, and what does it make of six cycles?",
    "sink": "Does cycle 1 speak for all six?",
    "course": "What do six cycles add up to, and which limits are kept?",
    "glands": "What does a small gland hide?",
    "marrow": "Which marrow is measured?",
    "single": "What can one image say?",
    "alpha": "Ac-225: where is the dose of the daughters?",
}
_CODES = {
    "units": "published dose",
    "sink": "sink",
    "course": "course",
    "glands": "gland",
    "marrow": "marrow",
    "single": "one image",
    "alpha": "Ac-225",
}
_SITES = [(text[0].upper() + text[1:], key) for key, text in marrow_words.SITES.items()]


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_chosen()
        self._make_questions(QUESTIONS)
        self._make_figures(WORDS)
        self._make_results(_CODES)
        self._make_more()
        self._make_page()

    def _make_fields(self):
        none = {"help": "0: no limit"}
        self.fields = {
            "cycle_gbq": self._number(
                "cycle_gbq", "Activity of a cycle", "GBq", help="in the abstract, and in the cycles to be given"
            ),
            "planned_cycles": self._slider("planned_cycles", "Cycles", "", 1, check=whole),
            "tumour_ml": self._slider("tumour_ml", "Tumour in cycle 1", "mL", 50),
            "shrink": self._slider("shrink", "Left after each cycle", "", 0.05, help="0.7: 70 % of the volume is left"),
            "strength": self._slider("strength", "Strength of the sink, s", "", 0.05, help="illustrative"),
            "activity_gbq": self._number("activity_gbq", "Activity of every cycle", "GBq"),
            "half_volume_ml": self._number(
                "half_volume_ml", "Volume V50", "mL", help="where organs keep 1/(1 + s); illustrative"
            ),
            "limit_kidney": self._number("limit_kidney", "Limit, kidneys", "Gy", **none),
            "limit_parotid": self._number("limit_parotid", "Limit, parotid gland", "Gy", **none),
            "limit_lacrimal": self._number("limit_lacrimal", "Limit, lacrimal gland", "Gy", **none),
            "limit_marrow": self._number("limit_marrow", "Limit, red marrow", "Gy", **none),
            "bone_gy_per_gbq": self._number(
                "bone_gy_per_gbq",
                "Marrow, from bone metastases",
                "Gy/GBq",
                help="in cycle 1; follows the tumour; 0 for none",
            ),
            "gland_tia": self._number(
                "gland_tia", "Time-integrated activity counted", "MBq·h", help="in the outline, not corrected"
            ),
            "gland_g": self._number("gland_g", "Mass of the gland", "g"),
            "recovery": self._slider("recovery", "Recovery", "", 0.01),
            "overlap": self._slider("overlap", "Overlap in a planar image", "%", 5, help="0 for SPECT"),
            "gland_u": self._number("gland_u", "u of the mass", "%", help="illustrative"),
            "recovery_u": self._number("recovery_u", "u of the recovery", "%", help="illustrative"),
            "blood": self._number("blood", "Blood, time-integrated", "MBq·h/g"),
            "haematocrit": self._number("haematocrit", "Haematocrit", "", help="for a drug in plasma only"),
            "bone_tia": self._number("bone_tia", "Bone metastases, time-integrated", "MBq·h"),
            "voi_tia": self._number("voi_tia", "Region in the image, time-integrated", "MBq·h"),
            "voi_g": self._number("voi_g", "Marrow in the region", "g"),
            "voi_recovery": self._number("voi_recovery", "Recovery in the region", ""),
            "cycle": self._slider("cycle", "Cycle of the virtual patient", "", 1, check=whole),
            "time_h": self._slider("time_h", "Image, after administration", "h", 2),
            "activity_mbq": self._number(
                "activity_mbq", "Activity seen", "MBq", help="filled in from the image; type your own over it"
            ),
            "activity_u": self._number("activity_u", "u of the activity", "%", help="calibration included"),
            "mass_g": self._number("mass_g", "Mass in the outline", "g"),
            "recovery_one": self._number("recovery_one", "Recovery in the outline", ""),
            "half_life_h": self._number("half_life_h", "Half-life of the population", "h"),
            "half_life_gsd": self._number("half_life_gsd", "Its spread", "", help="geometric standard deviation"),
            "delivered_gbq": self._number("delivered_gbq", "Activity delivered", "GBq"),
            "ac_tia": self._number("ac_tia", "Ac-225, time-integrated", "MBq·h"),
            "ac_g": self._number("ac_g", "Mass of the site", "g"),
            "ac_mbq": self._number("ac_mbq", "Ac-225 administered", "MBq", help="for the record; illustrative"),
            "ac_u": self._number("ac_u", "u of the dose", "%", help="for the record; illustrative"),
            "rbe": self._number("rbe", "Weight of alpha particles", "", help="relative biological effectiveness, RBE"),
            "francium": self._slider("francium", "Fr-221 that stays", "", 0.05),
            "bismuth": self._slider("bismuth", "Bi-213 that stays", "", 0.05),
            "lead": self._slider("lead", "Pb-209 that stays", "", 0.05),
            "bismuth_h": self._number("bismuth_h", "Bi-213, carried off with", "h", help="half-life; 0 for never"),
            "kidney_share": self._slider("kidney_share", "Free Bi-213 to the kidneys", "%", 5),
        }

    def _make_chosen(self):
        def named(name):
            return [(TISSUES[key], key) for key in CHOICES[name]]

        self.chosen = {
            "printed": Choice(
                "Number from the abstract, “Gy/GBq”",
                [
                    (f"{TISSUES[row.tissue].split()[0]}, {row.drug.removeprefix('Lu-177-PSMA-')}: {row.value:.2f}", key)
                    for key, row in PRINTED.items()
                ],
            ),
            "tissue": Choice("Tissue in the figure", named("tissue")),
            "gland": Choice("Gland", named("gland")),
            "known": Choice("Recovery", [("measured for this size", "yes"), ("not measured", "no")]),
            "metastases": Choice("Bone metastases", [("yes", "yes"), ("no", "no")]),
            "ratio": Choice("Drug in the blood", [("marrow as blood", "blood"), ("stays in plasma", "plasma")]),
            "site": Choice("Region lies", _SITES),
            "region": Choice("Tissue", named("region")),
            "audience": Choice("Shown for the", [("physician", "physician"), ("physicist", "physicist")], radio=True),
            "daughters": Choice(
                "Daughters",
                [("not chosen yet", "none"), ("all decay at the site", "all"), ("stay in part, as set below", "steps")],
            ),
        }

    def _make_more(self):
        self.table = DataTable((), caption="All tissues after six cycles", show_caption=True)
        rows = course_words.tolerances(prrt.tolerance())
        quoted = DataTable(
            ("Tissue", "Quoted", "When", "Found with", "Status"), rows, "Limits quoted for other treatments"
        )
        self.quoted = Details("Limits quoted for other treatments", [quoted])
        self.beds = DataTable(course_words.BEDS, (), "Biologically effective dose after six cycles")
        self.effect = Details("Biologically effective dose, BED", [Text(course_words.BED_NOTE), self.beds])
        self.csv = Download("Download the course as CSV", "psma_course.csv", lambda: self._csv("course"), "text/csv")
        self.alpha_csv = Download(
            "Download doses and choice as CSV", "ac225_dose.csv", lambda: self._csv("alpha"), "text/csv"
        )
        self.statement, self.truth, self.checks = Flag(), Note(), Html(kind="prose")
        self.parts = DataTable(("What", "Value", "From"), (), caption="What the dose is made of")
        self.physicist = Details("What the dose is made of", [self.parts], opened=True)
        self.begin = Button("Begin the record of this plan", on_click=lambda _: self._begin())
        self.investigation = TextField(
            "What the investigation found", help="in a sentence; asked for where a dose lies outside its range"
        )
        self.put = Button("Put this verification into the record", on_click=lambda _: self._put())
        self._make_kept("Download the record")
        self.alpha_record = AlphaRecord(self)

    def _make_page(self):
        some = self._some
        self.steps = Group("Steps", some("francium", "bismuth", "lead", "bismuth_h"))
        controls = {
            "units": [Group("Measurement", some("printed")), Group("Regimen", some("cycle_gbq", "planned_cycles"))],
            "sink": [
                Group("Tumour", some("tumour_ml", "shrink")),
                Group("Model", some("strength")),
                Details("more: activity, V50", some("activity_gbq", "half_volume_ml")),
            ],
            "course": [
                Group(
                    "Limits of the physician", some("limit_kidney", "limit_parotid", "limit_lacrimal", "limit_marrow")
                ),
                Group("View", some("tissue")),
                Details("more: bone metastases", some("bone_gy_per_gbq")),
            ],
            "glands": [
                Group("Measurement", some("gland", "gland_tia")),
                Group("Correction", some("known", "recovery", "overlap")),
                Details("more: mass, uncertainties", some("gland_g", "gland_u", "recovery_u")),
            ],
            "marrow": [
                Group("Patient", some("metastases")),
                Group("Blood", some("blood", "ratio")),
                Group("Image", some("site")),
                Details(
                    "more: activities, masses", some("bone_tia", "voi_tia", "voi_g", "voi_recovery", "haematocrit")
                ),
            ],
            "single": [
                Group("Measurement", some("region", "time_h", "activity_mbq", "activity_u")),
                Group("View", some("audience")),
                Details(
                    "more: cycle, mass, half-life",
                    some("cycle", "mass_g", "recovery_one", "half_life_h", "half_life_gsd", "delivered_gbq"),
                ),
            ],
            "alpha": [
                Group("Measurement", some("ac_tia", "ac_g")),
                Group("Choice, to be recorded", some("daughters")),
                self.steps,
                Details("more: weight, kidneys, record", some("rbe", "kidney_share", "ac_mbq", "ac_u")),
            ],
        }
        extra = {
            "course": [self.table, self.effect, Text(words.BEAM), self.quoted, self.csv],
            "single": [self.statement, self.checks, self.physicist, self.truth],
            "alpha": [Text(alpha_words.PRINTED_NOTE), self.alpha_csv],
        }
        self._make_sections(_TITLES, controls, {name: [*extra.get(name, ()), self.flags[name]] for name in INPUTS})
        recorded = Section(
            "What goes into the record of this cycle?",
            under=[
                Text(
                    "The plan with its expected ranges is fixed before; then all five tissues are verified by the "
                    "image above, with the statement for marrow and tumours. Limits chosen above go along. The "
                    "physician, the physicist and the patient are made up. Each cycle has a record of its own."
                ),
                self.begin,
                self.investigation,
                Row([self.put, self.json]),
                self.record_refused,
                self.recorded,
                self.to_record,
            ],
        )
        children = [Text(words.INTRO), self.left_out]
        for name, section in self.sections.items():
            children += [self._ask(name), section] if name in QUESTIONS else [section]
            if name == "single":
                children.append(recorded)
            elif name == "alpha":
                children.append(self.alpha_record.section())
        self.page = Page(
            "Six cycles of Lu-177-PSMA",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("PSMA", None), ("Six cycles", None)],
            subtitle="60 min · level: judge · one virtual patient, kinetics and sink illustrative",
            units="MBq · h · Gy",
            foot=False,
        )

    def _under(self, name):
        return [self.results[name], self.said_of[name]]  # the flags stand below what else is under a figure
