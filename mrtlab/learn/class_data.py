"""What a class answered, question by question, from a grading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from mrtlab.errors import InputError
from mrtlab.learn.checking import Outcome, read
from mrtlab.learn.evidence import Remark
from mrtlab.learn.expected import Expected
from mrtlab.learn.grading import Grading, Work, drawn_from
from mrtlab.learn.library import load
from mrtlab.learn.remarks import again
from mrtlab.learn.schema import Exercise, Question
from mrtlab.learn.sheet import Sheet, SheetQuestion

__all__ = ["Answer", "Asked", "Class", "Theirs", "classes"]

_PAUSE_MIN = 15.0
_SILENT = (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE)


@dataclass(frozen=True)
class Answer:
    """One answer that could be read: how, and the verdict of now."""

    raw: dict
    value: object
    mark: Remark
    closed: bool


@dataclass(frozen=True)
class Theirs:
    """One learner's answers to one question, before its solution was open.

    Attributes
    ----------
    expected : Expected or None
        On the learner's own data; None if it cannot be computed.
    """

    learner: str
    question: SheetQuestion
    expected: Expected | None
    answers: tuple[Answer, ...]
    hints: int
    gave_up: bool
    minutes: float

    @property
    def last(self) -> Answer:
        """The answer that stands."""
        return self.answers[-1]


@dataclass(frozen=True)
class Asked:
    """One question and all who answered it."""

    question: Question
    theirs: tuple[Theirs, ...]

    @property
    def answered(self) -> tuple[Theirs, ...]:
        """Those with an answer that could be read."""
        return tuple(one for one in self.theirs if one.answers)


@dataclass(frozen=True)
class Class:
    """One exercise and the class at it."""

    exercise: Exercise
    works: tuple[Work, ...]
    questions: tuple[Asked, ...]
    left_out: tuple[str, ...]


def classes(grading: Grading) -> tuple[Class, ...]:
    """Collect the answers of a class, by exercise."""
    found = []
    for name in grading.exercises:
        works = tuple(work for work in grading.works if work.exercise == name and work.entry is not None)
        try:
            exercise = load(grading.own.get(name, name))
        except InputError:
            continue
        theirs: dict[str, list[Theirs]] = {question.id: [] for question in exercise.ask}
        left_out = []
        for work in works:
            sheet = Sheet.from_dict(work.entry["sheet"]) if work.entry["sheet"] else None
            if sheet is None or work.entry["version"] != exercise.version:
                left_out.append(work.learner)
                continue
            for one in _of(grading, work, sheet):
                if one.question.id in theirs:
                    theirs[one.question.id].append(one)
        questions = tuple(Asked(question, tuple(theirs[question.id])) for question in exercise.ask)
        found.append(Class(exercise, works, questions, tuple(left_out)))
    return tuple(found)


def _of(grading: Grading, work: Work, sheet: Sheet):
    events = work.entry["events"]
    about = {"mode": grading.mode, "course": grading.course, "learner": events[0]["learner"]}
    made, problem = again(about, drawn_from(work.entry, grading.own), grading.key)
    marks = iter([mark for mark in work.marks if mark.question])
    answers: dict[str, list[Answer]] = {question.id: [] for question in sheet.questions}
    for event in events:
        if event["event"] != "answer":
            continue
        mark, question = next(marks), sheet.question(event["question"])
        value = read(question, event["raw"])
        if value.problem is None and mark.now not in _SILENT:
            answers[question.id].append(Answer(event["raw"], value.value, mark, event["closed"]))
    minutes = _minutes(events)
    for question in sheet.questions:
        mine = [event for event in events if event.get("question") == question.id]
        given = [one for one in answers[question.id] if not one.closed]
        yield Theirs(
            learner=work.learner,
            question=question,
            # data that are not the learner's have no reference
            expected=made.expected.get(question.id) if made and not problem else None,
            answers=tuple(given),
            hints=max((event["hint"] for event in mine if event["event"] == "hint"), default=0),
            gave_up=any(event["event"] == "give_up" for event in mine),
            minutes=minutes.get(question.id, 0.0),
        )


def _minutes(events: Sequence[dict]) -> dict[str, float]:
    """Minutes by question: the time before each of its events, without pauses."""
    found: dict[str, float] = {}
    ordered = sorted(events, key=lambda event: datetime.fromisoformat(event["at"]))
    for before, event in pairwise(ordered):
        gap = (datetime.fromisoformat(event["at"]) - datetime.fromisoformat(before["at"])).total_seconds() / 60
        if gap < _PAUSE_MIN and "question" in event:
            found[event["question"]] = found.get(event["question"], 0.0) + gap
    return found
