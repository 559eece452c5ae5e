"""The controls of the page of the levels, and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    Choice,
    DataTable,
    Details,
    Download,
    Figure,
    Group,
    Page,
    Progress,
    Row,
    Section,
    Text,
    TextField,
)
from mrtlab.apps.levels import cohort_words, play_words, scripts, trial_words, words
from mrtlab.apps.levels.model import QUESTIONS, RANGES
from mrtlab.apps.sections import SectionsLayout, whole

__all__ = ["INPUTS", "QUESTION", "SLIDERS", "Layout"]

#: The inputs that each section depends on, and the prediction that it waits for.
INPUTS = {
    "play": ("patient", "level", "limit_gy", "own_gbq"),
    "endings": ("patient", "limit_gy"),
    "cohort": ("drug", "cohort", "cohort_limit_gy", "target_gy", "estimate_percent", "cap_gbq"),
    "trial": (
        "gsd",
        "error_percent",
        "gamma50",
        "rule",
        "target_percent",
        "first_gbq",
        "step_gbq",
        "most_gbq",
        "trials",
    ),
}
QUESTION = {"play": "chance", "cohort": "plan", "trial": "trial"}
SLIDERS = ("target_gy", "estimate_percent", "gsd", "error_percent", "gamma50")
_TITLES = {
    "play": "What do you give next, with what you may know?",
    "endings": "Three endings of one patient",
    "cohort": "Fixed or planned: who is over-treated, who is under-treated?",
    "trial": "Climb in GBq or in Gy: which trial finds what is tolerated?",
}
_CODES = {"play": "the course", "endings": "endings", "cohort": "cohort", "trial": "trials"}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self._make_results(_CODES)
        self._make_actions()
        self.patient = Text()
        self.figures = {
            "play": _figure(play_words, 400),
            "endings": Figure(
                play_words.endings_draw,
                play_words.endings_alt,
                play_words.endings_numbers,
                axes=play_words.endings_axes,
                height=420,
            ),
            "cohort": _figure(cohort_words, 440),
            "trial": _figure(trial_words, 420),
        }
        self.tables = {
            "course": DataTable(play_words.COURSE, caption="What is known of the cycles given", show_caption=True),
            "next": DataTable(play_words.NEXT, caption="What one more cycle would do", show_caption=True),
            "endings": DataTable(play_words.ENDINGS, caption="The truth, by level"),
            "cohort": DataTable(cohort_words.BOTH, caption="Both drugs, both strategies"),
            "trial": DataTable(trial_words.ARMS, caption="Both arms, the same patients, the same luck"),
        }
        self._make_page()

    def _make_fields(self):
        self.fields = {
            "patient": self._number("patient", "Number of the virtual patient", "", check=whole),
            "limit_gy": self._number("limit_gy", "Limit to the kidneys, all cycles", "Gy"),
            "own_gbq": self._number("own_gbq", "Another activity", "GBq"),
            "cohort": self._number("cohort", "Number of the cohort", "", check=whole),
            "cohort_limit_gy": self._number("cohort_limit_gy", "Limit to the kidneys of the cohort", "Gy"),
            "target_gy": self._slider("target_gy", "Planned kidney dose of the course", "Gy", 0.5),
            "estimate_percent": self._slider("estimate_percent", "Error of each estimate", "%", 1),
            "cap_gbq": self._number("cap_gbq", "Most in one cycle", "GBq"),
            "gsd": self._slider("gsd", "Spread between patients", "", 0.05, help="a factor; 1 is no spread"),
            "error_percent": self._slider("error_percent", "Error of the planned dose", "%", 1),
            "gamma50": self._slider("gamma50", "Steepness of toxicity γ₅₀", "", 0.1),
            "target_percent": self._number("target_percent", "Toxicity still tolerated", "%"),
            "first_gbq": self._number("first_gbq", "First level of a course", "GBq"),
            "step_gbq": self._number("step_gbq", "Step", "GBq"),
            "most_gbq": self._number("most_gbq", "Largest activity of a course", "GBq", help="0: none"),
            "trials": self._number("trials", "Number of the set of trials", "", check=whole),
        }
        self.chosen = {
            "level": Choice("Level", words.LEVEL_OPTIONS, radio=True),
            "drug": Choice("Drug in the figure", words.DRUG_OPTIONS),
            "rule": Choice("Rule of the trial", words.RULE_OPTIONS),
        }
        self.clocks = {  # texts, which are linked like clocks
            "pseudonym": TextField("Name of the case", help="such as case-07; nothing that points to a person"),
            "physician": TextField("Who plays the physician"),
            "physicist": TextField("Who plays the physicist"),
        }

    def _make_actions(self):
        self.give_label = Button("Give 7.4 GBq", on_click=lambda _: self._give("label"))
        self.give_own = Button("Give the other activity", on_click=lambda _: self._give("own"))
        self.give_offered = Button("Give what the limit leaves", on_click=lambda _: self._give("offered"))
        self.stop = Button("End this course", on_click=lambda _: self._end())
        self.again = Button("Play this level again", on_click=lambda _: self._again())
        self.finish = Button("Skip what is left: play it by each level’s rule", on_click=lambda _: self._finish())
        self.to_play = Text()
        self.draw = Button("Draw the virtual patients", on_click=lambda _: self._draw())
        self.drawing = Progress("Virtual patients")
        self.download = {
            "cohort": Download(
                "Download the patients as CSV",
                "fixed_and_planned.csv",
                lambda: scripts.cohort_csv(self.model).encode("utf-8"),
                "text/csv",
            ),
            "trial": Download(
                "Download the trials as CSV",
                "trials.csv",
                lambda: scripts.trial_csv(self.model).encode("utf-8"),
                "text/csv",
            ),
        }
        self._make_record()

    def _make_page(self):
        tables = self.tables
        some = self._some
        controls = {
            "play": [
                Group("What you may know", some("level")),
                Group("Next cycle", [self.give_offered, self.give_label, *some("own_gbq"), self.give_own, self.stop]),
            ],
            "cohort": [
                Group("Plan", some("target_gy", "estimate_percent")),
                Group("View", some("drug")),
                Details("more: limit, cap, another cohort", some("cohort_limit_gy", "cap_gbq", "cohort")),
            ],
            "trial": [
                Group("Truth (illustrative)", some("gsd", "gamma50")),
                Group("Trial", some("error_percent", "rule")),
                Details(
                    "more: target, levels, other trials",
                    some("target_percent", "first_gbq", "step_gbq", "most_gbq", "trials"),
                ),
            ],
        }
        extra = {
            "play": [tables["course"], tables["next"], Row([self.again, self.finish])],
            "endings": [tables["endings"]],
            "cohort": [self.draw, self.drawing, tables["cohort"], self.download["cohort"]],
            "trial": [tables["trial"], self.download["trial"]],
        }
        self._make_sections(_TITLES, controls, extra)
        self.recorded = self._record_section(
            "The record of this plan",
            "The physician of the case has declared the intent; tumour and kidneys are to be told of. You add a range "
            "of activities for the next cycle, with what the level chosen above knows. To treat or not, and with how "
            "much, is the physician’s next step, on the record page.",
        )
        who = Section(
            "The patient",
            under=[
                self.patient,
                Text(words.TOLERANCE),
                Details("Change patient or limit", [Row(some("patient", "limit_gy"))]),
            ],
        )
        children = [self.left_out, who]
        for name, section in self.sections.items():
            asked = [self._ask(QUESTION[name])] if name in QUESTION else []
            children += [*asked, section, *([self.recorded] if name == "endings" else [])]
        self.page = Page(
            "Three levels of dosimetry",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Across therapies", None), ("Three levels", None)],
            subtitle="45 min · level: judge · virtual patients (illustrative), one limit, nothing decided for you",
            units="GBq · Gy",
            foot=False,
        )

    def _under(self, name):
        before = [self.to_play] if name == "endings" else []
        return [*before, self.results[name], self.said_of[name]]


def _figure(module, height: int) -> Figure:
    return Figure(module.draw, module.alt, module.numbers, axes=module.axes, height=height)
