"""The controls of the page of mIBG and release, and where they stand."""

from __future__ import annotations

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
)
from mrtlab.apps.mibg import first_words, release_words, second_words, words
from mrtlab.apps.mibg.model import CASES, QUESTIONS, RANGES
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "QUESTION", "Layout"]

_FIRST = ("case", "counts", "first_gbq", "weight_kg", "background", "slip")
_CRITERIA = ("activity_limit", "rate_limit", "partner_limit")

#: The inputs that each section depends on, and the prediction that it waits for.
INPUTS = {
    "first": _FIRST,
    "second": (*_FIRST, "limit_gy", "low_gbq", "high_gbq", "steps", "repeat_u", "audience"),
    "release": (
        "activity_mbq",
        "distance_m",
        "occupancy",
        "fast_percent",
        "fast_h",
        "slow_h",
        "contact_msv",
        "release_h",
        *_CRITERIA,
    ),
}
QUESTION = {"first": "child", "second": "second", "release": "when"}
_WORDS = {"first": (first_words, 400), "second": (second_words, 340), "release": (release_words, 340)}
_TITLES = {
    "first": "What did the first administration give the whole body?",
    "second": "What may the second hold?",
    "release": "When may a patient with I-131 go home, and how near may others come?",
}
_CODES = {"first": "first administration", "second": "second administration", "release": "release"}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self.patient = Text()
        self._make_figures(_WORDS)
        self._make_results(_CODES)
        self.table = DataTable((), caption="A row for every second activity")
        self.sources = DataTable(second_words.SOURCES, caption="Sources", show_caption=True)
        self.sourced = Details("Sources", [self.sources])
        self.criteria = DataTable(release_words.COLUMNS, caption="Criteria of release")
        self._make_record()
        self._make_page()

    def _make_fields(self):
        none = "yours; 0 for none"
        self.fields = {
            "first_gbq": self._number("first_gbq", "First activity", "GBq"),
            "weight_kg": self._number("weight_kg", "Weight", "kg"),
            "background": self._number("background", "Background, each side", "counts"),
            "limit_gy": self._slider("limit_gy", "Limit of both together", "Gy", 0.1),
            "low_gbq": self._number("low_gbq", "Lowest second activity", "GBq"),
            "high_gbq": self._number("high_gbq", "Highest second activity", "GBq"),
            "steps": self._slider("steps", "Number of activities", "", 1),
            "repeat_u": self._number("repeat_u", "u of the second following the first", "%"),
            "activity_mbq": self._number("activity_mbq", "Activity given", "MBq"),
            "distance_m": self._slider("distance_m", "Distance of the contact", "m", 0.1),
            "occupancy": self._slider("occupancy", "Part of the time spent there", "%", 1),
            "fast_percent": self._number("fast_percent", "Fast part of the dose rate", "%"),
            "fast_h": self._number("fast_h", "Fast half-life, effective", "h"),
            "slow_h": self._number("slow_h", "Slow half-life, effective", "h"),
            "contact_msv": self._number(
                "contact_msv",
                "Dose allowed by the contact, mSv",
                "",
                help="illustrative; such limits are national, type yours",
            ),
            "release_h": self._slider("release_h", "Leaves after", "h", 1),
            "activity_limit": self._number("activity_limit", "Activity left, at most", "MBq", help=none),
            "rate_limit": self._number("rate_limit", "Dose rate at 1 m, at most, µSv/h", "", help=none),
            "partner_limit": self._number("partner_limit", "Dose to others from then on, at most, mSv", "", help=none),
        }
        self.chosen = {
            "case": Choice("Simulated child", [(one.title, name) for name, one in CASES.items()]),
            "slip": Choice("What goes wrong", [(text, name) for name, text in first_words.SLIPS.items()]),
            "audience": Choice("Shown for the", [("physician", "physician"), ("physicist", "physicist")], radio=True),
        }
        self.clocks = {
            "counts": TextField(
                "Counts of the whole body",
                lines=5,
                help="hours; front; back. A row for each measurement, columns parted by ; or by blanks. The first, "
                "before the bladder was emptied, is 100 %",
            ),
            "pseudonym": TextField("Name of the case", help="no patient's name; such as nb-02"),
            "physician": TextField("Who plays the physician"),
            "physicist": TextField("Who plays the physicist"),
        }

    def _make_page(self):
        some = self._some
        controls = {
            "first": [
                Group("Measurement", some("counts")),
                Group("Model", some("slip")),
                Details("more: activity, weight, background", some("first_gbq", "weight_kg", "background")),
            ],
            "second": [
                Group("Aims of the physician", some("limit_gy")),
                Group("Range", some("low_gbq", "high_gbq", "steps")),
                Group("View", some("audience")),
                Details("more: standard uncertainty", some("repeat_u")),
            ],
            "release": [
                Group("Contact", some("distance_m", "occupancy", "contact_msv")),
                Group("Release", some("release_h")),
                Details("more: your criteria", some(*_CRITERIA)),
                Details("more: patient", some("activity_mbq", "fast_percent", "fast_h", "slow_h")),
            ],
        }
        extra = {"second": [self.table, self.sourced], "release": [self.criteria]}
        self._make_sections(_TITLES, controls, extra)
        self.recorded = self._record_section(
            "The record of the second administration",
            "The physician of the case has declared the intent: a second administration by the dose of the whole "
            "body. You add the range. To treat or not, and with how much, is the physician’s next step, on the record "
            "page.",
        )
        children = [self.left_out, Section("The child", under=[Row(some("case")), self.patient])]
        for name, section in self.sections.items():
            children += [self._ask(QUESTION[name]), section, *([self.recorded] if name == "second" else ())]
        self.page = Page(
            "Two administrations of mIBG, and the way home",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Radioiodine", None), ("mIBG and release", None)],
            subtitle="35 min · level: judge · simulated patients (illustrative), no limit of release assumed",
            units="MBq · h · Gy",
            foot=False,
        )
