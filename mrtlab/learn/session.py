"""One learner at one exercise: the only thing a page talks to.

Nothing is kept in memory that is not in the logbook: a session that is opened again, after a closed tab or a killed
kernel, stands where the last one stood.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mrtlab.errors import InputError
from mrtlab.learn.checking import Outcome, Verdict, check, read
from mrtlab.learn.draws import shown
from mrtlab.learn.expected import Expected
from mrtlab.learn.identity import Identity
from mrtlab.learn.library import load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.records import nameless
from mrtlab.learn.sheet import Sheet, SheetQuestion
from mrtlab.learn.variants import Truth, Variant, variant
from mrtlab.units import format_quantity

__all__ = ["FAILURES", "REFLECTIONS", "SCORED", "Progress", "Session", "Solution", "progress"]

FAILURES = 3  # after so many the worked solution opens
RECEIVED = "received"  # stands in the logbook for the verdict of an assessment
RECEIPT = "Received and saved. Verdict and truth come with the grading; you can answer again until you hand in."
REFLECTIONS = ("learned", "plan", "later")
SCORED = {Outcome.RIGHT: 1.0, Outcome.WRONG_UNCERTAINTY: 0.5}


@dataclass(frozen=True)
class Progress:
    """Where one question stands, from the events of the logbook.

    Attributes
    ----------
    answers : tuple of dict
        All answers given, oldest first.
    hints : int
        Shown so far.
    given_up : bool
    """

    question: SheetQuestion
    answers: tuple[dict, ...] = ()
    hints: int = 0
    given_up: bool = False

    @property
    def counted(self) -> tuple[dict, ...]:
        """Answers given before the solution was open."""
        return tuple(one for one in self.answers if not one.get("closed"))

    @property
    def attempts(self) -> int:
        """Answers that could be read."""
        silent = (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE)
        return sum(one["outcome"] not in silent for one in self.counted)

    @property
    def final(self) -> dict | None:
        """The answer that stands: the right one, otherwise the last that could be read; none after the solution."""
        silent = (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE)
        read_ones = [one for one in self.counted if one["outcome"] not in silent]
        right_ones = [one for one in read_ones if one["outcome"] == Outcome.RIGHT]
        return (right_ones[:1] or read_ones[-1:] or [None])[0]

    @property
    def answered(self) -> bool:
        """Whether there is an answer that could be read."""
        return self.attempts > 0

    @property
    def right(self) -> bool:
        """Whether a right answer, or a text or prediction, was given before the solution opened."""
        return any(one["outcome"] in (Outcome.RIGHT, Outcome.RECORDED) for one in self.counted)

    @property
    def failures(self) -> int:
        """Answers that were judged and are not right."""
        return sum(one["outcome"] not in _SETTLED for one in self.counted)

    @property
    def closed(self) -> bool:
        """Whether the solution is open: after a right answer, "I give up" or the third failure."""
        return self.right or self.given_up or self.failures >= FAILURES

    @property
    def score(self) -> float | None:
        """Share of the points, 0 to 1; None for texts and predictions, which people judge."""
        if self.question.kind == "text" or self.question.predict:
            return None
        return max((SCORED.get(one["outcome"], 0.0) for one in self.counted), default=0.0)


_SETTLED = (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE, Outcome.RIGHT, Outcome.RECORDED, RECEIVED)


def progress(sheet: Sheet, events: list[dict]) -> dict[str, Progress]:
    """Where every question stands, from the events of one variant in the order of the logbook."""
    found = {}
    for question in sheet.questions:
        mine = [event for event in events if event.get("question") == question.id]
        found[question.id] = Progress(
            question,
            answers=tuple(event for event in mine if event["event"] == "answer"),
            hints=max((event.get("hint", 0) for event in mine if event["event"] == "hint"), default=0),
            given_up=any(event["event"] == "give_up" for event in mine),
        )
    return found


@dataclass(frozen=True)
class Solution:
    """What is shown once a question is closed."""

    answer: str
    working: str
    sample: str = ""
    rubric: tuple[str, ...] = ()


class Session:
    """One learner at one exercise.

    Parameters
    ----------
    exercise : str
        Its id.
    identity : Identity
    logbook : Logbook, optional
        By default the one in the user's data folder.

    Attributes
    ----------
    sheet : Sheet
        What there is to see.
    assessment : bool
        Whether only receipts are given.

    Raises
    ------
    InputError
        If there is no such exercise, or a course pack was made for another version of it.
    """

    def __init__(self, exercise: str, identity: Identity, logbook: Logbook | None = None):
        self.identity = identity
        self.logbook = logbook or Logbook()
        self.assessment = identity.mode == "assessment"
        self._variant: Variant | None = None
        if self.assessment:
            self.sheet = _packed(exercise, identity)
        else:
            loaded = load(exercise)
            _same_version(loaded.id, loaded.version, identity)
            self._variant = variant(loaded, identity.learner, identity.course)
            self.sheet = self._variant.sheet
        self._label = {
            "course": identity.course,
            "learner": identity.learner,
            "exercise": self.sheet.exercise,
            "version": self.sheet.version,
            "code": self.sheet.code,
        }
        self.refresh()

    def refresh(self) -> None:
        """Read the logbook again: another window may have written to it."""
        self.events = self.logbook.events(**self._label)
        self.progress = progress(self.sheet, self.events)

    def open(self) -> None:
        """Note that the exercise was opened; the first time is when work on it began."""
        self._log({"event": "open"})

    # what the learner does

    def submit(self, question: str, raw: Mapping) -> Verdict:
        """Judge an answer and keep it: it is on the disk when this returns.

        The same answer twice in a row is one answer.

        Raises
        ------
        InputError
            If there is no such question, a prediction must come first, or the answer could not be saved.
        """
        self.refresh()
        asked = self.sheet.question(question)
        if not asked.predict and self.unpredicted:
            raise InputError("commit your prediction first; it is worth nothing once you have seen the answer")
        state = self.progress[question]
        if asked.predict and state.answered:
            raise InputError("your prediction is already kept and cannot be changed")
        raw = {name: value for name, value in raw.items() if value is not None}
        try:
            raw = nameless(raw) if asked.kind == "record" else raw
        except InputError as error:
            # what cannot be read cannot be kept without names, so it is not kept at all
            words = str(error)
            return Verdict(Outcome.NOT_ATTEMPTED, f"{words[:1].upper()}{words[1:]}{'' if words[-1] in '.?' else '.'}")
        if state.answers and state.answers[-1]["raw"] == raw and state.answers[-1]["outcome"] != Outcome.NOT_ATTEMPTED:
            return self.verdict(question)
        verdict = self._judge(question, asked, raw)
        if verdict.outcome == Outcome.NOT_ATTEMPTED:
            return verdict  # nothing was given, so there is nothing to keep
        self._log(
            {
                "event": "answer",
                "question": question,
                "raw": raw,
                "outcome": RECEIVED if self.assessment and verdict.attempt else str(verdict.outcome),
                "slip": verdict.slip,
                "message": verdict.message,
                "understood": verdict.understood,
                "attempt": state.attempts + verdict.attempt,
                "hints": state.hints,
                "closed": state.closed and not self.assessment,
            }
        )
        return verdict

    def _judge(self, question: str, asked: SheetQuestion, raw: Mapping) -> Verdict:
        if self._variant is None:
            understood = read(asked, raw)
            return understood.problem or Verdict(Outcome.RECORDED, RECEIPT, understood=understood.text)
        return check(self._variant.expected[question], asked, raw, self._variant.render)

    def hint(self, question: str) -> str:
        """The next hint; noted, not penalised.

        Raises
        ------
        InputError
            If there is none left, or this is an assessment.
        """
        self.refresh()
        state = self.progress[self.sheet.question(question).id]
        if self._variant is None:
            raise InputError("there are no hints in an assessment")
        if state.hints >= state.question.hints:
            raise InputError("there are no more hints to this question")
        self._log({"event": "hint", "question": question, "hint": state.hints + 1})
        return self.hints(question)[-1]

    def give_up(self, question: str) -> None:
        """Open the solution of a question without an answer."""
        if self._variant is None:
            raise InputError("the solution opens with the grading")
        self._log({"event": "give_up", "question": self.sheet.question(question).id})

    def mark_rubric(self, question: str, marks: tuple[bool, ...]) -> None:
        """Which points the learner finds in her own text."""
        self._log({"event": "rubric", "question": question, "marks": [bool(mark) for mark in marks]})

    def reflect(self, field: str, text: str) -> None:
        """Keep a reflection: what was learned, what to do differently, or a later thought."""
        if field not in REFLECTIONS:
            raise InputError(f"field must be one of {', '.join(REFLECTIONS)}, got {field!r}")
        if not text.strip():
            raise InputError("nothing is written yet")
        self._log({"event": "reflection", "field": field, "text": text.strip()})

    def _log(self, event: dict) -> None:
        mode = "assessment" if self.assessment else "practice"
        self.logbook.append({**event, **self._label, "data": self.sheet.data_hash, "mode": mode})
        self.refresh()

    # what there is to show

    @property
    def unpredicted(self) -> tuple[str, ...]:
        """Predictions that are still to be made, before anything else is shown."""
        return tuple(one.id for one in self.sheet.questions if one.predict and not self.progress[one.id].answered)

    def verdict(self, question: str) -> Verdict | None:
        """What was said to the last answer of a question, or None."""
        answers = self.progress[question].answers
        if not answers:
            return None
        last = answers[-1]
        outcome = Outcome.RECORDED if last["outcome"] == RECEIVED else Outcome(last["outcome"])
        return Verdict(outcome, last["message"], last["slip"], last["understood"])

    def raw(self, question: str) -> dict:
        """The last answer as it was typed; empty if there is none."""
        answers = self.progress[question].answers
        return dict(answers[-1]["raw"]) if answers else {}

    def hints(self, question: str) -> tuple[str, ...]:
        """The hints shown so far."""
        if self._variant is None:
            return ()
        texts = self._variant.exercise.question(question).hints[: self.progress[question].hints]
        return tuple(self._variant.render(text) for text in texts)

    def rubric_marks(self, question: str) -> tuple[bool, ...]:
        """The learner's own marks of her text; empty before."""
        marks = [one["marks"] for one in self.events if one["event"] == "rubric" and one["question"] == question]
        return tuple(marks[-1]) if marks else ()

    def reflections(self, field: str) -> tuple[dict, ...]:
        """Reflections of one kind with their times, oldest first."""
        return tuple(one for one in self.events if one["event"] == "reflection" and one["field"] == field)

    @property
    def finished(self) -> bool:
        """Whether every question is closed (in an assessment: answered)."""
        return all(one.answered if self.assessment else one.closed for one in self.progress.values())

    def solution(self, question: str) -> Solution | None:
        """The right answer and how one gets there; None while the question is open."""
        if self._variant is None or not self.progress[question].closed:
            return None
        asked = self._variant.exercise.question(question)
        if asked.predict and not self.finished:
            return None
        render = self._variant.render
        return Solution(
            answer=answer_text(self._variant.expected[question], render),
            working=render(asked.solution),
            sample=render(asked.sample),
            rubric=tuple(point.point for point in asked.rubric or ()),
        )

    @property
    def worked(self) -> str:
        """The worked solution of the whole exercise; empty until every question is closed."""
        if self._variant is None or not self.finished:
            return ""
        return self._variant.render(self._variant.exercise.solution)

    @property
    def truth(self) -> tuple[Truth, ...]:
        """What was hidden behind the data; empty until every question is closed."""
        return self._variant.truth if self._variant is not None and self.finished else ()

    @property
    def discuss(self) -> tuple[str, ...]:
        """Prompts for the discussion with a supervisor, with the learner's own numbers; empty until the end."""
        if self._variant is None or not self.finished:
            return ()
        return tuple(self._variant.render(text) for text in self._variant.exercise.discuss)


def answer_text(expected: Expected, render: Callable[[str], str] = str) -> str:
    """The right answer as a person would give it, with the tolerance it was judged by."""
    question, value = expected.question, expected.value
    if question.kind == "number":
        unit, tol = question.unit, _tolerance(question)
        if expected.u:
            from uncertainties import ufloat

            return f"{format_quantity(ufloat(value.value, expected.u.value), unit)} ({tol})"
        text = f"{shown(value.value)} {unit}".strip()
        if expected.interval:
            text += f", 95 %: {shown(expected.interval.low)} to {shown(expected.interval.high)} {unit}".rstrip()
        return f"{text} ({tol})"
    if question.kind == "choice":
        return render(question.choose[value])
    if question.kind == "point":
        return f"point {value + 1}"
    if question.kind == "region":
        return f"{value[0]:.4g} to {value[1]:.4g}"
    if question.kind == "record":
        return "a sound record in which everything holds that is asked of it"
    return question.sample if question.kind == "text" else "the marked place"


def _tolerance(question) -> str:
    if question.tol_abs is not None:
        return f"within {question.tol_abs:g} {question.unit}".rstrip()
    return f"within {100 * question.tol:g} %"


def _packed(exercise: str, identity: Identity) -> Sheet:
    for data in (identity.pack or {}).get("sheets", ()):
        if data.get("exercise") == exercise:
            return Sheet.from_dict(data)
    raise InputError(f"the course pack of {identity.course!r} has no exercise {exercise!r}")


def _same_version(exercise: str, version: int, identity: Identity) -> None:
    for entry in (identity.pack or {}).get("exercises", ()):
        if entry["exercise"] == exercise and entry["version"] != version:
            raise InputError(
                f"your course was made with version {entry['version']} of {exercise}, and this mrtlab has version "
                f"{version}; your teacher can tell which mrtlab the course needs"
            )
