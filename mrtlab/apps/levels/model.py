"""What the page of the three levels knows, without any widget: one course per level, the choices, the predictions."""

from __future__ import annotations

import traitlets as t

from mrtlab.apps.sections import SectionsModel, within
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.patients.escalation import RULES

__all__ = ["CHOICES", "CYCLES", "DRUGS", "LEVELS", "QUESTIONS", "RANGES", "RIGHT", "LevelsPage"]

LEVELS = ("1", "2", "3")
CYCLES, PLANNED = 6, 4  # at most, and by the label
DRUGS = {"prrt": 4, "psma": 6}  # cycles of a course
CHOICES = {"level": LEVELS, "drug": tuple(DRUGS), "rule": tuple(RULES)}
NAMES = ("pseudonym", "physician", "physicist")
QUESTIONS = {
    "chance": ("few", "third", "most", "all"),
    "plan": ("third", "half", "most", "all"),
    "trial": ("activity", "same", "dose"),
}
# a test computes them for the page as first opened
RIGHT = {"chance": "third", "plan": "most", "trial": "dose"}
RANGES = {
    # one patient
    "patient": (1.0, 9999.0),
    "limit_gy": (5.0, 60.0),
    "own_gbq": (0.5, 20.0),
    # the cohort
    "cohort": (1.0, 999.0),
    "cohort_limit_gy": (5.0, 60.0),
    "target_gy": (5.0, 60.0),
    "estimate_percent": (0.0, 60.0),
    "cap_gbq": (3.7, 20.0),
    # the trials
    "gsd": (1.0, 2.0),
    "error_percent": (0.0, 60.0),
    "gamma50": (0.5, 5.0),
    "target_percent": (5.0, 60.0),
    "first_gbq": (5.0, 60.0),
    "step_gbq": (2.0, 30.0),
    "most_gbq": (0.0, 500.0),
    "trials": (1.0, 999.0),
}
_WHOLE = ("patient", "cohort", "trials")


class LevelsPage(SectionsModel):
    """Inputs of all sections, the three courses, and what the learner predicted. Ranges are in :data:`RANGES`.

    ``courses`` holds the activities given on each level, MBq; ``ended`` the levels that are over. Another patient
    begins all three anew.
    """

    patient = t.Float(2.0)
    limit_gy = t.Float(23.0)
    own_gbq = t.Float(5.5)
    level = t.Enum(CHOICES["level"], "1")
    drug = t.Enum(CHOICES["drug"], "prrt")
    cohort = t.Float(1.0)
    cohort_limit_gy = t.Float(23.0)
    target_gy = t.Float(20.0)
    estimate_percent = t.Float(15.0)
    cap_gbq = t.Float(11.1)
    gsd = t.Float(value("prrt.kidney_gsd"))
    error_percent = t.Float(15.0)
    gamma50 = t.Float(value("patients.escalation_gamma50"))
    rule = t.Enum(CHOICES["rule"], "3+3")
    target_percent = t.Float(100 * value("patients.escalation_target"))
    first_gbq = t.Float(20.0)
    step_gbq = t.Float(10.0)
    most_gbq = t.Float(0.0)  # of a course in the trials; 0 for none
    trials = t.Float(1.0)
    pseudonym = t.Unicode("")
    physician = t.Unicode("")
    physicist = t.Unicode("")
    courses = t.Dict()
    ended = t.List()

    INPUTS = (*RANGES, *CHOICES, *NAMES)
    QUESTIONS = QUESTIONS
    _within = within(RANGES, _WHOLE)

    # the courses

    def given(self, level: str) -> tuple[float, ...]:
        """Activities of a level so far, MBq."""
        return tuple(self.courses.get(level, ()))

    @property
    def all_ended(self) -> bool:
        """Whether the three endings can be compared."""
        return set(self.ended) == set(LEVELS)

    def give(self, activity_mbq: float) -> None:
        """One more cycle on the level chosen."""
        if self.level in self.ended:
            raise InputError(f"the course of level {self.level} is over; play it again, or choose another level")
        course = [*self.given(self.level), float(activity_mbq)]
        self.courses = {**self.courses, self.level: course}
        if len(course) == CYCLES:
            self.stop()

    def stop(self) -> None:
        """No more cycles on the level chosen."""
        if self.level not in self.ended:
            self.ended = [*self.ended, self.level]

    def again(self) -> None:
        """The level chosen from its first cycle."""
        self.courses = {name: course for name, course in self.courses.items() if name != self.level}
        self.ended = [one for one in self.ended if one != self.level]

    def finish(self, courses) -> None:
        """All levels over, with these courses."""
        self.courses = {name: list(courses[name]) for name in LEVELS}
        self.ended = list(LEVELS)

    @t.observe("patient")
    def _another(self, change):
        self.courses, self.ended = {}, []

    # what is kept

    def reset(self) -> None:
        """As at the first visit; predictions stay."""
        super().reset()
        self.courses, self.ended = {}, []

    def state(self) -> dict:
        """What is kept between visits."""
        return {**super().state(), "courses": self.courses, "ended": self.ended}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = super().restore(state)  # another patient clears the courses, so they come after
        try:
            courses = {name: _course(name, course) for name, course in (state.get("courses") or {}).items()}
            ended = list(state.get("ended") or [])
            if not all(one in LEVELS for one in ended):
                raise InputError(f"there is no such level among {ended}")
        except (AttributeError, TypeError, InputError):
            return False
        self.courses, self.ended = courses, sorted(set(ended))
        return whole


def _course(name, course) -> list[float]:
    """Activities that this page can have given."""
    if name not in LEVELS or not isinstance(course, (list, tuple)) or len(course) > CYCLES:
        raise InputError(f"{name!r} is no course")
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and 0 < one <= 20_000 for one in course):
        raise InputError(f"course {name} has activities that cannot be")
    return [float(one) for one in course]
