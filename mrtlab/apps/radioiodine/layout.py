"""The controls of the page and where they stand."""

from __future__ import annotations

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
    Result,
    Right,
    Row,
    Section,
    Text,
    TextField,
)
from mrtlab.apps.radioiodine import (
    activity_words,
    contact_words,
    kinetics_words,
    range_words,
    scripts,
    uptake_words,
    verify_words,
    words,
)
from mrtlab.apps.radioiodine.look import NAMES
from mrtlab.apps.radioiodine.model import LOBES, OPTIONAL, PROTOCOLS, RANGES, TEXTS
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "QUESTION", "Layout"]

_PROBE = (
    *(f"{where}_{hours}h" for hours in (6, 24, 144) for where in ("neck", "thigh")),
    *("standard", "background", "seconds", "dead_us", "geometry_u"),
)
_GLAND = (*LOBES, "factor", "protocol", "mode")
_SPREAD = ("mass_u", "uptake_u", "half_life_u", "transfer_u", "energy_u")
_AFTER = tuple(f"after_{where}_{hours}h" for hours in (24, 144) for where in ("neck", "thigh"))
_STANDARD = ("standard", "background", "seconds", "dead_us", "geometry_u")

#: The inputs that each section depends on, and the prediction that it waits for.
INPUTS = {
    "uptake": _PROBE,
    "kinetics": ("k_t", "k_b", "t_eff"),
    "activity": (*_PROBE, *_GLAND, "aim_gy"),
    "options": (*_PROBE, *_GLAND, *_SPREAD, "low_mbq", "high_mbq", "steps", "least_gy", "most_gy", "audience"),
    "verify": (*_PROBE, *_GLAND, *_AFTER, "delivered_mbq", "gland", "mass_half_d", "record"),
    "contact": ("delivered_mbq", "distance_m", "occupancy", "start_d", "limit_msv", "limit_rate", "country"),
}
QUESTION = {"uptake": "thigh", "kinetics": "when", "activity": "formula", "options": "range", "verify": "verdict"}
_WORDS = {
    "uptake": (uptake_words, 380),
    "kinetics": (kinetics_words, 400),
    "activity": (activity_words, 400),
    "options": (range_words, 400),
    "verify": (verify_words, 360),
    "contact": (contact_words, 340),
}
_CODES = {
    "uptake": "uptake",
    "kinetics": "kinetics",
    "activity": "activity",
    "options": "range",
    "verify": "verification",
    "contact": "contact",
}
_TITLES = {
    "uptake": "How much of the tracer is in the gland?",
    "kinetics": "What do one, two or three measurements tell of a curve?",
    "activity": "How much activity would a dose need, and why do two formulas differ?",
    "options": "What would each activity of a range give?",
    "verify": "What did the gland get, and was that to be expected?",
    "contact": "When may others come close?",
}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES | OPTIONAL
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTION.values())
        self.patient = Text()
        self._make_figures(_WORDS)
        self._make_results(_CODES)
        self.own = Button("Set the sliders to this patient", on_click=lambda _: self._take_own())
        self.protocols = DataTable(
            activity_words.PROTOCOL_COLUMNS, caption="This patient, by what was measured", show_caption=True
        )
        self.fitting = Text()
        self.targets = DataTable(
            activity_words.TARGETS, activity_words.targets(), "Doses in use; offered, not chosen", show_caption=True
        )
        self.outcomes = DataTable(
            activity_words.OUTCOMES, activity_words.outcomes(), "What was observed, as published", show_caption=True
        )
        self._make_range(lambda: scripts.options_csv(self.model))
        self.role_play = Button("Let the physician of the case decide", on_click=lambda _: self._role_play())
        self.begin = Button("Fix the plan and begin its record", primary=True, on_click=lambda _: self._begin())
        self.not_fixed, self.fixed = Flag(), Right()
        self.fixed_result = Result()
        self.moved = Flag()
        self.into = Button("Put this verification into the record", primary=True, on_click=lambda _: self._into())
        self.not_kept, self.kept = Flag(), Right()
        self.save_plan = Download("Download this record", "graves-case.json", self._plan_bytes, "application/json")
        self.save_whole = Download(
            "Download the whole record", "graves-case.json", self._whole_bytes, "application/json"
        )
        self._make_page()

    def _make_fields(self):
        def counts(name, label):
            return self._number(name, label, "counts")

        self.fields = {
            **{
                f"{where}_{hours}h": counts(f"{where}_{hours}h", f"{where.capitalize()} after {hours} h")
                for hours in (6, 24, 144)
                for where in ("neck", "thigh")
            },
            "standard": counts("standard", "Standard, at once"),
            "background": counts("background", "Phantom without it"),
            "seconds": self._number("seconds", "Each counted for", "s"),
            "dead_us": self._number("dead_us", "Dead time, µs", "", help="non-paralysable; 0 corrects nothing"),
            "geometry_u": self._number("geometry_u", "u of repeating the geometry", "%", help="standard uncertainty"),
            "k_t": self._slider("k_t", "Into the gland, per day", "", 0.05),
            "k_b": self._slider("k_b", "Out of the blood, per day", "", 0.05, help="gland, kidneys and decay together"),
            "t_eff": self._slider("t_eff", "Half-life in the gland", "d", 0.1),
            "aim_gy": self._number("aim_gy", "Dose asked for by the physician", "Gy"),
            "low_mbq": self._number("low_mbq", "Lowest activity", "MBq"),
            "high_mbq": self._number("high_mbq", "Highest activity", "MBq"),
            "steps": self._slider("steps", "Number of activities", "", 1),
            "least_gy": self._number("least_gy", "Wanted: at least", "Gy"),
            "most_gy": self._number("most_gy", "Wanted: at most", "Gy"),
            "mass_u": self._number("mass_u", "u of the mass", "%"),
            "uptake_u": self._number("uptake_u", "u of the uptake", "%"),
            "half_life_u": self._number("half_life_u", "u of the half-life", "%"),
            "transfer_u": self._number("transfer_u", "u from tracer to therapy", "%"),
            "energy_u": self._number("energy_u", "u of the energy", "%"),
            "prescribed_mbq": self._number("prescribed_mbq", "Activity prescribed", "MBq", required=False),
            "delivered_mbq": self._number("delivered_mbq", "Activity delivered", "MBq"),
            **{
                f"after_{where}_{hours}h": counts(
                    f"after_{where}_{hours}h", f"{where.capitalize()} {hours} h after therapy"
                )
                for hours in (24, 144)
                for where in ("neck", "thigh")
            },
            "mass_half_d": self._number("mass_half_d", "The gland halves in", "d"),
            "distance_m": self._number("distance_m", "Distance", "m"),
            "occupancy": self._number("occupancy", "Share of the time there", "%"),
            "start_d": self._slider("start_d", "Contact begins on day", "d", 0.5),
            "limit_msv": self._number("limit_msv", "Limit: dose to one person, mSv", "", required=False),
            "limit_rate": self._number("limit_rate", "Limit: rate at 1 m, µSv/h", "", required=False),
        }
        self.chosen = {
            "factor": Choice("Volume of a lobe", [("ellipsoid, π/6", "ellipsoid"), ("0.479, Brunn", "Brunn")]),
            "protocol": Choice("Integral from", [(NAMES[name], name) for name in PROTOCOLS]),
            "mode": Choice(
                "Energy in the gland",
                [("EANM, by mass", "eanm"), ("constant, 24.7", "constant"), ("sphere, by mass", "mass")],
            ),
            "audience": Choice("Shown for the", [("physician", "physician"), ("physicist", "physicist")], radio=True),
            "intent": Choice("Intent", [("ablative", "ablative"), ("function-oriented", "function-oriented")]),
            "gland": Choice("During the therapy the gland", [("keeps its mass", "constant"), ("shrinks", "shrinks")]),
        }
        labels = {
            "right_lobe": "Right lobe, cm",
            "left_lobe": "Left lobe, cm",
            "isthmus": "Isthmus, cm",
            "physician": "Physician",
            "physicist": "Medical physicist",
            "reason": "Reason for this activity",
            "finding": "What was found, if outside the range",
            "country": "Country and regulation",
        }
        more = {
            "right_lobe": {"help": "length × width × depth, as 5.2 x 2.1 x 1.9"},
            "isthmus": {"help": "empty: not counted"},
            "reason": {"lines": 3},
            "finding": {"lines": 2},
        }
        self.clocks = {name: TextField(labels[name], **more.get(name, {})) for name in TEXTS}

    def _make_page(self):
        some = self._some
        self.offers = [
            Details("This patient with one, two and three measurements", [self.fitting, self.protocols]),
            Details("Doses that others aim at, with their sources", [self.targets]),
            Details("What was observed, as published", [self.outcomes]),
        ]
        early = [f"{where}_{hours}h" for hours in (6, 144) for where in ("neck", "thigh")]
        controls = {
            "uptake": [
                Group("Probe, counts (illustrative)", some("neck_24h", "thigh_24h", "standard", "background")),
                Details("more: the other days", some(*early)),
                Details("more: time, dead time, geometry", some("seconds", "dead_us", "geometry_u")),
            ],
            "kinetics": [Group("Iodine in this curve", some("k_t", "k_b", "t_eff")), self.own],
            "activity": [
                Group("Ultrasound", some(*LOBES)),
                Group("Dose", some("aim_gy")),
                Details("more: measurements, energy, volume", some("protocol", "mode", "factor")),
            ],
            "options": [
                Group("Range", some("low_mbq", "high_mbq", "steps")),
                Group("The physician wants", some("least_gy", "most_gy")),
                Group("View", some("audience")),
                Details("more: standard uncertainties", some(*_SPREAD)),
            ],
            "verify": [
                Group("Therapy, counts (illustrative)", some(*_AFTER)),
                Group("Administration", some("delivered_mbq")),
                Details("more: a gland that shrinks", some("gland", "mass_half_d")),
                Details("more: outside the range", some("finding")),
            ],
            "contact": [
                Group("Contact", some("distance_m", "occupancy", "start_d")),
                Details("more: the limits of your country", some("limit_msv", "limit_rate", "country")),
            ],
        }
        self.after_verify = Row([self.into, self.save_whole])
        extra = {"activity": self.offers, "verify": [self.moved, self.after_verify, self.not_kept, self.kept]}
        self._make_sections(_TITLES, controls, extra)
        link = '<p>Records are opened, filled and signed on <a href="../record.ipynb">the page of records</a>.</p>'
        self.prescribe = Section(
            "The physician prescribes",
            controls=[
                Group("Prescription", some("prescribed_mbq", "intent", "reason")),
                Group("Who", some("physician", "physicist")),
            ],
            under=[
                Note(
                    "This is the physician’s to type: an activity and why. With the plan fixed, so is the range of "
                    "doses expected; what is changed above afterwards moves it no more."
                ),
                Row([self.begin, self.role_play]),
                self.not_fixed,
                self.fixed_result,
                self.fixed,
                self.save_plan,
                Html(link, kind="prose"),
            ],
        )
        children = [self.left_out, Section("The patient", under=[self.patient])]
        for name, section in self.sections.items():
            if name in QUESTION:
                children.append(self._ask(QUESTION[name]))
            children += [section, *([self.tabled, self.prescribe] if name == "options" else ())]
        self.page = Page(
            "Radioiodine for one thyroid",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Radioiodine", None), ("Benign thyroid", None)],
            subtitle="60 min · level: judge · one illustrative patient, from the first count to the record",
            units="MBq · d · g · Gy",
            foot=False,
        )
