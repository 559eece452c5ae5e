"""Answers judged again by whoever reads the evidence, and the points that follow.

Nothing is believed that can be computed: data are drawn anew from course, exercise and learner, and outcomes, closed
questions and points are worked out from the answers as they were typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mrtlab.errors import InputError
from mrtlab.learn.checking import Outcome, check
from mrtlab.learn.checking import read as understood
from mrtlab.learn.library import load
from mrtlab.learn.schema import Exercise
from mrtlab.learn.session import RECEIVED, Progress, progress
from mrtlab.learn.sheet import Sheet
from mrtlab.learn.variants import Variant, same_images, variant

__all__ = ["NEEDS_KEY", "ExerciseScore", "QuestionScore", "Remark", "minutes_worked", "remark", "scores"]

NEEDS_KEY = "an assessment: verdict and truth need the educator's key"
_PAUSE_MIN = 15.0  # a longer gap between two events is a pause


@dataclass(frozen=True)
class Remark:
    """One answer judged again.

    Attributes
    ----------
    exercise, question : str
        The question is empty where a note is about the exercise itself.
    at : str
        When the answer was given.
    answer : str
        As it is understood.
    stored, now : str
        The outcome in the file, and the one computed now; ``now`` is empty where it cannot be computed.
    same : bool
        Whether the file is confirmed: the data are the learner's and the verdicts agree.
    note : str
        Why not, or what a reader must know.
    slip, message : str
        Of the verdict computed now.
    """

    exercise: str
    question: str
    at: str
    answer: str
    stored: str
    now: str
    same: bool
    note: str = ""
    slip: str = ""
    message: str = ""


def remark(evidence: Mapping[str, Any], key: bytes | None = None) -> tuple[Remark, ...]:
    """Draw the learner's data anew and judge every answer again.

    Parameters
    ----------
    evidence : mapping
        From :func:`read`.
    key : bytes, optional
        The educator's. With it the data must be those the key gives.

    Returns
    -------
    tuple of Remark
        In the order of the file. In an assessment nothing but receipts is stored, so with the key there is nothing that
        could differ, and without it nothing is confirmed.
    """
    return tuple(one for entry in evidence["exercises"] for one in _remarked(evidence, entry, key))


def _remarked(evidence: Mapping, entry: Mapping, key: bytes | None) -> list[Remark]:
    made, problem = again(evidence, entry, key)
    answers = [event for event in entry["events"] if event["event"] == "answer"]
    if problem and not answers:
        return [Remark(entry["exercise"], "", "", "", "", "", False, problem)]
    sheet = made.sheet if made else Sheet.from_dict(entry["sheet"]) if entry["sheet"] else None
    return [_judged(made, sheet, event, problem) for event in answers]


def again(evidence: Mapping, entry: Mapping, key: bytes | None = None) -> tuple[Variant | None, str]:
    """The learner's variant as this mrtlab makes it, and why it is not what the file shows."""
    if evidence["mode"] == "assessment" and key is None:
        return None, NEEDS_KEY
    try:
        exercise = load(entry["exercise"])
        if exercise.version != entry["version"]:
            have = f"this mrtlab has version {exercise.version}"
            return None, f"version {entry['version']} of the exercise was worked at, and {have}"
        made = _drawn(exercise, evidence["learner"], evidence["course"], key)
    except InputError as error:
        return None, f"the exercise cannot be drawn here: {error}"
    if made.code != entry["code"]:
        given = "this key gives" if key else "course and learner give"
        trial = "; a practice file needs no key" if key and evidence["mode"] == "practice" else ""
        return made, f"the file's code is {entry['code']}, and {given} {made.code}: these are other data{trial}"
    if made.sheet.data_hash != entry["data"]:
        return made, "story or tables in the file are not those of this learner"
    sheet = Sheet.from_dict(entry["sheet"]) if entry["sheet"] else None
    if sheet is None or not same_images(sheet, made.sheet):
        return made, "the images in the file are not those of this learner"
    if _asked(sheet) != _asked(made.sheet):
        return made, "the questions in the file are not those of the exercise"
    return made, ""


@lru_cache(maxsize=512)
def _drawn(exercise: Exercise, learner: str, course: str, key: bytes | None) -> Variant:
    """Grading and the class page look at the same variants."""
    return variant(exercise, learner, course, key)


def _asked(sheet: Sheet) -> list[tuple]:
    """What of the questions decides verdicts and points; their wording may have been improved since."""
    return [
        (one.id, one.kind, one.unit, one.parts, tuple(key for key, _ in one.options), one.predict, one.points)
        for one in sheet.questions
    ]


def _judged(made: Variant | None, sheet: Sheet | None, event: Mapping, problem: str) -> Remark:
    about = event["exercise"], event["question"], event["at"]
    question = next((one for one in sheet.questions if one.id == event["question"]), None) if sheet else None
    if question is None or made is None:
        answer = understood(question, event["raw"]).text if question else event["understood"]
        return Remark(*about, answer, event["outcome"], "", False, problem or "the exercise has no such question")
    verdict = check(made.expected[question.id], question, event["raw"], made.render)
    now, note = str(verdict.outcome), problem
    same = not problem
    if event["outcome"] == RECEIVED:
        note = note or "received at the time, judged now"
        if event["mode"] == "practice":
            same, note = False, note or "a receipt belongs to an assessment"
    elif now != event["outcome"]:
        same, note = False, note or "the verdict differs"
    elif verdict.slip != event["slip"]:
        same, note = False, note or f"another slip: {event['slip'] or 'none'} in the file, {verdict.slip or 'none'} now"
    if same and event["data"] != made.sheet.data_hash:
        same, note = False, "given to other data than those of the file"
    answer = verdict.understood or understood(question, event["raw"]).text
    return Remark(*about, answer, event["outcome"], now, same, note, verdict.slip, verdict.message)


@dataclass(frozen=True)
class QuestionScore:
    """What one question came to.

    Attributes
    ----------
    got : float or None
        Points; None where a person must judge (texts, predictions) or the verdict cannot be computed.
    possible : float
    judged : bool
        Whether a verdict decides, rather than a person.
    outcome, answer : str
        Of the answer that counts; empty if there is none.
    attempts, hints : int
    given_up : bool
    """

    question: str
    got: float | None
    possible: float
    judged: bool
    outcome: str
    answer: str
    attempts: int
    hints: int
    given_up: bool


@dataclass(frozen=True)
class ExerciseScore:
    """What one exercise came to; times are ISO texts in UTC."""

    exercise: str
    version: int
    code: str
    questions: tuple[QuestionScore, ...]
    minutes: float
    started: str
    finished: str
    confirmed: bool

    @property
    def got(self) -> float | None:
        """Points of the questions that verdicts decide; None if one of them cannot be computed."""
        points = [one.got for one in self.questions if one.judged]
        return None if not points or None in points else sum(points)

    @property
    def possible(self) -> float:
        """Points there are for the questions that verdicts decide."""
        return sum(one.possible for one in self.questions if one.judged)

    @property
    def attempts(self) -> int:
        """Over all questions."""
        return sum(one.attempts for one in self.questions)

    @property
    def hints(self) -> int:
        """Over all questions."""
        return sum(one.hints for one in self.questions)


def scores(evidence: Mapping[str, Any], remarks: Sequence[Remark]) -> tuple[ExerciseScore, ...]:
    """Points, attempts, hints and minutes, from the verdicts computed now.

    A right answer gives the points of its question, a right value with a wrong uncertainty half of them. In practice
    the best answer counts of those before the solution opened, which is worked out anew as well; in an assessment the
    last that could be read.

    Parameters
    ----------
    evidence : mapping
        From :func:`read`.
    remarks : sequence of Remark
        From :func:`remark`, of the same evidence.
    """
    return tuple(
        _score(evidence, entry, [one for one in remarks if one.exercise == entry["exercise"]])
        for entry in evidence["exercises"]
    )


def _score(evidence: Mapping, entry: Mapping, remarks: list[Remark]) -> ExerciseScore:
    assessment = evidence["mode"] == "assessment"
    sheet = Sheet.from_dict(entry["sheet"]) if entry["sheet"] else None
    states = _replayed(sheet, entry["events"], remarks, assessment) if sheet else {}
    ends = [one["at"] for one in entry["events"] if one["event"] in ("answer", "give_up")]
    return ExerciseScore(
        entry["exercise"],
        entry["version"],
        entry["code"],
        tuple(_question_score(state, assessment) for state in states.values()),
        minutes_worked(entry["events"]),
        started=entry["events"][0]["at"],
        finished=ends[-1] if ends else "",
        confirmed=all(one.same for one in remarks),
    )


def _replayed(sheet: Sheet, events: list[dict], remarks: list[Remark], assessment: bool) -> dict[str, Progress]:
    """Where every question stands by the verdicts of now: neither outcomes nor "closed" are taken from the file."""
    verdicts = iter([one for one in remarks if one.question])
    replayed: list[dict] = []
    for event in events:
        if event["event"] == "answer":
            now = next(verdicts)
            before = progress(sheet, [one for one in replayed if one.get("question") == event["question"]])
            closed = before[event["question"]].closed and not assessment
            event = {**event, "outcome": now.now, "understood": now.answer, "closed": closed}
        replayed.append(event)
    return progress(sheet, replayed)


def _question_score(state: Progress, assessment: bool) -> QuestionScore:
    question = state.question
    answers = [one for one in state.counted if one["outcome"] not in (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE)]
    counting = Progress(question, tuple(answers[-1:] if assessment else answers), given_up=state.given_up)
    known = all(one["outcome"] for one in counting.answers)
    score = counting.score if known else None
    none = {"outcome": "", "understood": ""}
    shown = max(reversed(counting.answers), key=lambda one: Progress(question, (one,)).score or 0.0, default=none)
    return QuestionScore(
        question.id,
        None if score is None else score * question.points,
        question.points,
        question.kind != "text" and not question.predict,
        shown["outcome"],
        shown["understood"],
        len(answers),
        state.hints,
        state.given_up,
    )


def minutes_worked(events: Sequence[Mapping[str, Any]]) -> float:
    """Minutes of work: the times between events, without those of 15 minutes and more, which are pauses."""
    times = sorted(datetime.fromisoformat(event["at"]) for event in events)
    gaps = [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(times)]
    return sum(gap for gap in gaps if gap < _PAUSE_MIN)
