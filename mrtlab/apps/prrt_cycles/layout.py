"""The controls of the page on PRRT over cycles, and where they stand."""

from __future__ import annotations

import ipywidgets as widgets

from mrtlab.apps.controls import (
    Button,
    CheckRows,
    Choice,
    DataTable,
    Details,
    Download,
    Flag,
    Flags,
    Group,
    Html,
    Note,
    Page,
    Row,
    Section,
    Text,
    TextField,
)
from mrtlab.apps.prrt_cycles import (
    bed_words,
    changed_words,
    check_words,
    cycles_words,
    marrow_words,
    range_words,
    scripts,
    tumour_words,
    words,
)
from mrtlab.apps.prrt_cycles.model import ASKS, DECISIONS, OPTIONAL, PATIENTS, RANGES
from mrtlab.apps.sections import SectionsLayout, whole

__all__ = ["INPUTS", "QUESTION", "WORDS", "Layout"]

_COMMON = ("patient", "systematic_u", "variation_u")
_LIMITS = ("limits", "between_low", "between_high")
#: The inputs that each section depends on.
INPUTS = {
    "options": (
        *_COMMON,
        *_LIMITS,
        *("low_gbq", "high_gbq", "steps", "marrow_mgy", "marrow_gsd", "tumour_gy", "tumour_gsd", "grade", "audience"),
    ),
    "cycles": (*_COMMON, *_LIMITS, "rule", "maximum_gbq", "minimum_gbq", "step_gbq"),
    "bed": ("patient", "bed_of", "equal_gy", "half_life_h", "alpha_beta", "repair_h"),
    "marrow": (
        *("blood_fast", "blood_fast_h", "blood_slow", "blood_slow_h", "ratio", "haematocrit", "s_marrow", "marrow_g"),
        *("rest_gy", "vertebra", "recovery", "density", "metastases"),
    ),
    "tumour": (*_COMMON, "grade", "give_gbq"),
    "changed": ("amino", "nuclide", "gfr", "kidneys_g", "model_repair_h", "model_gbq"),
    "check": (*_COMMON, "grade"),
}
QUESTION = {"options": "chance", "cycles": "sum", "bed": "bed", "marrow": "marrow", "changed": "yttrium"}
WORDS = {
    "options": (range_words, 400),
    "cycles": (cycles_words, 400),
    "bed": (bed_words, 380),
    "marrow": (marrow_words, 300),
    "tumour": (tumour_words, 360),
    "changed": (changed_words, 360),
    "check": (check_words, 340),
}
_CODES = {
    "options": "range",
    "cycles": "sum and next activity",
    "bed": "BED",
    "marrow": "marrow",
    "tumour": "tumour",
    "changed": "simulated cycle",
    "check": "verdict",
}
_TITLES = {
    "options": "What would each activity of a range give?",
    "cycles": "What have the kidneys had, and what may the next cycle be?",
    "bed": "What is it worth: BED of each cycle, or of the sum?",
    "marrow": "What did the marrow get?",
    "tumour": "Does the tumour get less with every cycle?",
    "changed": "What if amino acids, nuclide or kidneys are others?",
    "check": "The last cycle: as expected, and do you go on?",
}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES | OPTIONAL
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTION.values())
        self._make_figures(WORDS)
        self._make_results(_CODES)
        self.about = Text()
        self.give = Button("Give this cycle and measure it", primary=True, on_click=lambda _: self._give())
        self.over = Button("Start this patient over", on_click=lambda _: self._over())
        self.not_given, self.waits = Flag(), Note()
        rows = range_words.limit_rows()
        self.ticks = CheckRows(
            "Limits to be kept",
            range_words.LIMITS,
            rows,
            names=[f"keep: {row[1]}" for row in rows],
            value=(False,) * len(rows),
            choosing=True,
        )
        self.citations = DataTable(range_words.SOURCES, range_words.limit_sources(), "Where these come from")
        self.table = DataTable((), caption="A row for every activity")
        self.handed, self.missing_limits = Text(), Flags()
        self.sources = DataTable(range_words.SOURCES, caption="Sources")
        self.physicist = Details("Sources of the numbers", [self.sources])
        self.nexts = DataTable(
            cycles_words.NEXT, caption="The next activity, for every kidney limit that was ticked", show_caption=True
        )
        self.no_limit = Text()
        self.csv = Download(
            "Download the cycles as CSV",
            "cycles.csv",
            lambda: scripts.cycles_csv(self.model).encode("utf-8"),
            "text/csv",
        )
        self._make_detective()
        self._make_page()

    def _make_fields(self):
        number, slider = self._number, self._slider
        self.fields = {
            "low_gbq": number("low_gbq", "Lowest activity", "GBq"),
            "high_gbq": number("high_gbq", "Highest activity", "GBq"),
            "steps": number("steps", "Number of activities", "", check=whole),
            "marrow_mgy": number("marrow_mgy", "Marrow, mGy per GBq", "", help="10 to 70 in the literature (recalled)"),
            "marrow_gsd": number("marrow_gsd", "Marrow, spread as a factor", "", help="illustrative"),
            "tumour_gy": number(
                "tumour_gy", "Tumour, Gy per GBq, first cycle", "", help="3.41 in the mean of one study"
            ),
            "tumour_gsd": number("tumour_gsd", "Tumour, spread as a factor", "", help="illustrative"),
            "between_low": number("between_low", "Of 15 to 17 Gy: which?", "Gy", required=False),
            "between_high": number("between_high", "Of 30 to 35 Gy: which?", "Gy", required=False),
            "give_gbq": number("give_gbq", "Activity of the next cycle", "GBq"),
            "systematic_u": slider("systematic_u", "u common to all cycles", "%", 0.5, help="8 % is illustrative"),
            "variation_u": number("variation_u", "Variation between cycles", "%", help="of the patient; illustrative"),
            "maximum_gbq": number("maximum_gbq", "Most in one cycle", "GBq"),
            "minimum_gbq": number("minimum_gbq", "Least worth giving", "GBq", help="illustrative"),
            "step_gbq": number("step_gbq", "Rounded down to", "GBq", help="illustrative"),
            "equal_gy": number("equal_gy", "Kidneys, each cycle", "Gy"),
            "half_life_h": number("half_life_h", "Effective half-life", "h"),
            "alpha_beta": slider("alpha_beta", "α/β", "Gy", 0.1),
            "repair_h": slider("repair_h", "Repair half-time", "h", 0.1),
            "blood_fast": number("blood_fast", "Blood, fast, MBq/g", ""),
            "blood_fast_h": number("blood_fast_h", "with half-life", "h"),
            "blood_slow": number("blood_slow", "Blood, slow, MBq/g", ""),
            "blood_slow_h": number("blood_slow_h", "with half-life", "h", help="effective, as is the other"),
            "s_marrow": number(
                "s_marrow",
                "S, marrow to itself, 10⁻⁵ mGy/(MBq·s)",
                "",
                help="1.15, an adult man, open code (published)",
            ),
            "marrow_g": number("marrow_g", "Marrow of that phantom", "g"),
            "haematocrit": number("haematocrit", "Haematocrit", "", help="0.40, not per cent"),
            "rest_gy": number("rest_gy", "From the rest of the body", "Gy", required=False, help="empty: not computed"),
            "vertebra": number("vertebra", "Vertebrae, MBq·h/mL", "", help="illustrative"),
            "recovery": number("recovery", "Recovery of a vertebra", "", help="0.78 in a phantom (published)"),
            "density": number("density", "Density, g/mL", ""),
            "gfr": slider("gfr", "Filtration, mL/min", "", 5),
            "kidneys_g": slider("kidneys_g", "Both kidneys", "g", 10),
            "model_repair_h": slider("model_repair_h", "Repair in the kidneys", "h", 0.1),
            "model_gbq": number("model_gbq", "Activity", "GBq"),
        }
        self.chosen = {
            "patient": Choice("Virtual patient", [(about.name, key) for key, about in PATIENTS.items()]),
            "audience": Choice("Shown for the", [("physician", "physician"), ("physicist", "physicist")], radio=True),
            "rule": Choice(
                "Next cycle predicted by",
                [
                    ("population and all cycles", "posterior"),
                    ("mean of all cycles", "mean"),
                    ("last cycle", "last"),
                    ("trend: last change again", "step"),
                    ("trend: line through all", "line"),
                ],
            ),
            "bed_of": Choice("Doses of", [("four equal cycles", "equal"), ("this patient", "patient")]),
            "ratio": Choice(
                "Marrow to blood", [("1, as found for DOTATATE", "one"), ("0.19/(1 − haematocrit)", "haematocrit")]
            ),
            "metastases": Choice("Metastases in these vertebrae", [("no", "no"), ("yes", "yes")]),
            "grade": Choice("Grade of the tumour", [("1", "G1"), ("2", "G2")]),
            "amino": Choice("Amino acids", [("with", "with"), ("without", "without")]),
            "nuclide": Choice("Nuclide", [("Lu-177", "Lu-177"), ("Y-90", "Y-90")]),
        }

    def _make_detective(self):
        self.ask_for = {
            what: Button(f"Ask: {check_words.ASKED[what].lower()}", on_click=lambda _, what=what: self._ask_more(what))
            for what in ASKS
        }
        costs = "; ".join(f"{check_words.ASKED[what].lower()}: {check_words.COST[what]}" for what in ASKS)
        self.costs = Text(f"What you ask for costs the patient or the department something ({costs}) and is recorded.")
        self.seen = widgets.VBox()
        self.decision = Choice(
            "What do you do with the dose of this cycle?",
            [(check_words.DECIDED[one], one) for one in DECISIONS],
            radio=True,
        )
        self.finding = TextField("What you found, and why you decide so", help="goes into the record", lines=2)
        self.decide = Button("Decide", primary=True, on_click=lambda _: self._decide())
        self.not_decided, self.ended = Flag(), Note()
        self.put = Button("Put this cycle into the record", on_click=lambda _: self._record())
        self.json = Download("Download this record", "record.json", lambda: self._json(), "application/json")
        self.not_kept, self.kept = Flag(), Note()
        self.sums = DataTable(
            ("Region", "Cycles recorded", "Without a dose", "Dose", "BED"),
            caption="What the records of this patient add up to",
            show_caption=True,
        )
        self.to_record = Html(
            '<p>Two persons sign it on <a href="../record.ipynb">the page of the record</a>. The sums above and the '
            "download take it as it is there: after a new version, load this page again.</p>",
            kind="prose",
        )
        self.detective = [
            self.costs,
            Row(list(self.ask_for.values())),
            self.seen,
            self.decision,
            self.finding,
            self.decide,
            self.not_decided,
            self.ended,
            Row([self.put, self.json]),
            self.not_kept,
            self.kept,
            self.sums,
            self.to_record,
        ]

    def _make_page(self):
        some = self._some
        controls = {
            "options": [
                Group("Range", some("low_gbq", "high_gbq", "steps")),
                Group("View", some("audience")),
                Details("more: marrow and tumour", some("marrow_mgy", "marrow_gsd", "tumour_gy", "tumour_gsd")),
            ],
            "cycles": [
                Group("Model", some("rule")),
                Group("Uncertainty", some("systematic_u", "variation_u")),
                Details("more: bounds of an activity", some("maximum_gbq", "minimum_gbq", "step_gbq")),
            ],
            "bed": [
                Group("Doses", some("bed_of", "equal_gy", "half_life_h")),
                Group("Parameters", some("alpha_beta", "repair_h")),
            ],
            "marrow": [
                Group("Blood (illustrative)", some("blood_fast", "blood_fast_h", "blood_slow", "blood_slow_h")),
                Group("Rest", some("rest_gy")),
                Details("more: S, ratio", some("s_marrow", "marrow_g", "ratio", "haematocrit")),
                Details("more: vertebrae", some("vertebra", "recovery", "density", "metastases")),
            ],
            "tumour": [Group("Model", some("grade"))],
            "changed": [
                Group("Model", some("nuclide", "amino")),
                Group("Kidneys", some("gfr", "kidneys_g", "model_repair_h")),
                Details("more: activity", some("model_gbq")),
            ],
            "check": [],
        }
        self._make_sections(_TITLES, controls, {"cycles": [self.nexts, self.no_limit, self.csv]})
        who = Section("Who is treated?", controls=[Group("Patient", some("patient")), self.over], under=[self.about])
        limits = Section(
            "Which limits are to be kept?",
            under=[
                Text(
                    "The physician’s choice. These are in the literature, none of them is ticked for you, and none is "
                    "applied unless you tick it. What was found with external beam has other dose rates and fractions."
                ),
                self.ticks,
                Details("more: rows that leave two numbers open", some("between_low", "between_high")),
                Details("Sources of this table", [self.citations]),
            ],
        )
        giving = Section(
            "Give a cycle",
            controls=[Group("Administration", some("give_gbq")), self.give],
            under=[
                Text(
                    "Measured as routine has it: four SPECT/CT in the first cycle, one at 72 h in every other. What is "
                    "more has to be asked for, below."
                ),
                self.waits,
                self.not_given,
            ],
        )
        self.tabled = Section(
            "The range as it is handed over", under=[self.missing_limits, self.table, self.handed, self.physicist]
        )
        self.deciding = Section("What do you ask for, and what do you decide?", under=self.detective)
        self.page = Page(
            "PRRT over four cycles",
            [
                Text(words.INTRO),
                self.left_out,
                who,
                limits,
                self._ask("chance"),
                self.sections["options"],
                self.tabled,
                giving,
                self._ask("sum"),
                self.sections["cycles"],
                self._ask("bed"),
                self.sections["bed"],
                self._ask("marrow"),
                self.sections["marrow"],
                self.sections["tumour"],
                self._ask("yttrium"),
                self.sections["changed"],
                self.sections["check"],
                self.deciding,
                self.reset,
            ],
            crumbs=[("mrtlab", "../index.ipynb"), ("PRRT", None), ("Cycles", None)],
            subtitle="60 min · level: judge · five virtual patients, four cycles, incidents unannounced",
            units="GBq · h · g · Gy",
            foot=False,
        )
