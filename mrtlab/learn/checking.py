"""What is said to an answer: one message, the most specific, and never the right value or how far off it is.

The order is fixed: not attempted, cannot be read, wrong unit, a slip with a name, outside the tolerance, right value
with a wrong uncertainty, right. One exception: where the author of an exercise named the very slip that a factor would
also explain (the mean life for the half-life is a factor of ln 2), the author's sentence is said, because it is the
more specific of the two.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mrtlab import record as records
from mrtlab.errors import InputError
from mrtlab.learn.expected import HALF, Expected, Part, overlap
from mrtlab.learn.records import left_to_do, summary
from mrtlab.learn.sheet import SheetQuestion
from mrtlab.units import parse_quantity

__all__ = ["Outcome", "Understood", "Verdict", "check", "read"]

_SHORTEST_REASON, _FEWEST_WORDS = 10, 3  # characters and words: less is no sentence
_SHORTEST_TEXT = 40


class Outcome(StrEnum):
    """What became of an answer, from the least to the most."""

    NOT_ATTEMPTED = "not_attempted"
    UNREADABLE = "unreadable"
    WRONG_UNIT = "wrong_unit"
    SLIP = "slip"
    OUTSIDE = "outside"
    WRONG_UNCERTAINTY = "wrong_uncertainty"
    RIGHT = "right"
    RECORDED = "recorded"


@dataclass(frozen=True)
class Verdict:
    """What is said to an answer.

    Attributes
    ----------
    outcome : Outcome
    message : str
        One or two plain sentences, with the marks of :mod:`mrtlab.apps.controls`.
    slip : str
        Key of the slip that was recognised, such as ``"tia/2"``; of a record the keys of all requirements that it does
        not meet, with spaces between them.
    understood : str
        How the answer was read.
    """

    outcome: Outcome
    message: str
    slip: str = ""
    understood: str = ""

    @property
    def attempt(self) -> bool:
        """Whether it counts as an attempt: what was not there or could not be read does not."""
        return self.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE)


@dataclass(frozen=True)
class Understood:
    """An answer as it was read: the value, what to echo, and why it cannot be used (outcome and message)."""

    value: object = None
    text: str = ""
    problem: Verdict | None = None


# factor, and what kind of slip leads to it; the direction is not told
_FACTORS = (
    ((1000.0, 1e6), "Right digits, wrong prefix: check kilo, mega and giga, grams and kilograms, milli and micro."),
    ((3600.0, 60.0, 24.0), "Right digits, wrong unit of time: check seconds, minutes, hours and days."),
    ((100.0,), "Right digits, but per cent and fractions are mixed up somewhere."),
    ((math.log(2),), "A factor of ln 2 separates you: half-life and mean life, or rate and half-life, are mixed up."),
    ((2.0,), "A factor of two separates you: something is counted twice, or halved once too often."),
)  # fmt: skip
_ASK_U = "Ask which sources of uncertainty it contains, and whether it is one standard uncertainty."
_ASK_INTERVAL = "Ask which sources of uncertainty it covers, and whether it is a 95 % interval."
_PARTS = {
    "value": "the value",
    "u": "the standard uncertainty",
    "low": "the lower end of the interval",
    "high": "the upper end of the interval",
}


def read(question: SheetQuestion, raw: Mapping) -> Understood:
    """Read an answer as it was typed or chosen; needs no truth, so it works in an assessment too."""
    if question.kind == "number":
        return _read_number(question, raw)
    if question.kind == "choice":
        return _read_choice(question, raw)
    if question.kind == "text":
        return _read_text(raw)
    if question.kind == "record":
        return _read_record(question, raw)
    if question.kind == "point":
        point = raw.get("point")
        if point is None:
            return _missing("Choose a point first.")
        if not isinstance(point, int) or isinstance(point, bool) or point < 0:
            return Understood(problem=Verdict(Outcome.UNREADABLE, f"{point!r} is not one of the points."))
        return Understood(point, f"point {point + 1}")
    names = ("low", "high") if question.kind == "region" else ("x", "y")
    values = []
    for name in names:
        typed = raw.get(name)
        if typed is None or not str(typed).strip():
            return _missing("Choose a region first." if question.kind == "region" else "Choose a place first.")
        try:
            values.append(parse_quantity(str(typed), question.unit))
        except InputError as error:
            return Understood(problem=Verdict(Outcome.UNREADABLE, f"{_sentence(error)}"))
    if question.kind == "region" and not values[0] < values[1]:
        message = "The region ends before it begins: give the smaller number first."
        return Understood(problem=Verdict(Outcome.UNREADABLE, message))
    first, second = (f"{value:.4g}" for value in values)
    text = f"{first} to {second}" if question.kind == "region" else f"x {first}, y {second}"
    return Understood(tuple(values), text)


def _missing(message: str) -> Understood:
    return Understood(problem=Verdict(Outcome.NOT_ATTEMPTED, message))


def _sentence(error: InputError) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def _read_number(question: SheetQuestion, raw: Mapping) -> Understood:
    typed = {part: str(raw.get(part) or "").strip() for part in question.parts}
    if not any(typed.values()):
        return _missing("Nothing is entered yet.")
    if not typed["value"]:
        return _missing("Enter the value too.")
    empty = [_PARTS[part] for part in question.parts if not typed[part]]
    if empty:
        return _missing(f"No uncertainty, no answer: enter {' and '.join(empty)} too.")
    values = {}
    for part, text in typed.items():
        try:
            values[part] = parse_quantity(text, question.unit)
        except InputError as error:
            place = f"About {_PARTS[part]}: {error}." if part != "value" else _sentence(error)
            # an activity where a time is asked is not read at all: it neither counts nor replaces an answer
            return Understood(problem=Verdict(Outcome.UNREADABLE, place))
    if "u" in values and values["u"] <= 0:
        return Understood(problem=Verdict(Outcome.UNREADABLE, "A standard uncertainty is a number above 0."))
    if "low" in values and not values["low"] < values["high"]:
        message = "The interval ends before it begins: enter the smaller number first."
        return Understood(problem=Verdict(Outcome.UNREADABLE, message))
    unit = f" {question.unit}" if question.unit else ""
    text = f"{values['value']:.10g}"
    if "u" in values:
        text += f" ± {values['u']:.10g}"
    text += unit
    if "low" in values:
        text += f", 95 %: {values['low']:.10g} to {values['high']:.10g}{unit}"
    return Understood(values, text)


def _read_choice(question: SheetQuestion, raw: Mapping) -> Understood:
    key = raw.get("choice")
    texts = dict(question.options)
    if key is None or key == "":
        return _missing("Choose one of the answers first.")
    if key not in texts:
        return Understood(problem=Verdict(Outcome.UNREADABLE, f"There is no answer {key!r}."))
    reason = str(raw.get("reason") or "").split()
    if question.reason and (len(reason) < _FEWEST_WORDS or len(" ".join(reason)) < _SHORTEST_REASON):
        return _missing("Give your reason in a sentence; a decision without one cannot be discussed.")
    return Understood(key, texts[key])


def _read_text(raw: Mapping) -> Understood:
    text = str(raw.get("text") or "").strip()
    if not text:
        return _missing("Nothing is written yet.")
    if len(text) < _SHORTEST_TEXT:
        return Understood(problem=Verdict(Outcome.UNREADABLE, "Write at least a whole sentence; this is too short."))
    return Understood(text, f"{len(text.split())} words")


def _read_record(question: SheetQuestion, raw: Mapping) -> Understood:
    """A sound record that has come as far as it must; one that is unsound or unfinished is no attempt."""
    if not raw.get("record"):
        return _missing("Choose a record first, or a file with one.")
    try:
        found = records.from_json(str(raw["record"]))
    except InputError as error:
        return Understood(problem=Verdict(Outcome.UNREADABLE, _sentence(error)))
    left = left_to_do(found, question.parts[0])
    if left:
        return Understood(problem=Verdict(Outcome.UNREADABLE, left, understood=summary(found)))
    return Understood(found, summary(found))


def check(asked: Expected, question: SheetQuestion, raw: Mapping, render: Callable[[str], str] = str) -> Verdict:
    """Judge an answer.

    Parameters
    ----------
    asked : Expected
        Of the learner's own variant.
    question : SheetQuestion
    raw : mapping
        The answer as it was typed; see :mod:`mrtlab.learn`.
    render : callable
        Fills the placeholders of the exercise's texts.

    Returns
    -------
    Verdict
    """
    understood = read(question, raw)
    if understood.problem:
        return understood.problem
    if question.kind == "text":
        outcome, message, slip = Outcome.RECORDED, _rubric(asked, understood.value), ""
    elif question.predict:
        outcome, message, slip = Outcome.RECORDED, "Your prediction is kept. It is compared at the end.", ""
    elif question.kind == "number":
        outcome, message, slip = _number(asked, understood.value)
    elif question.kind == "record":
        outcome, message, slip = _record(asked, understood.value)
    else:
        outcome, message, slip = _discrete(asked, question, understood.value)
    return Verdict(outcome, render(message), slip, understood.text)


def _number(asked: Expected, values: Mapping[str, float]) -> tuple[Outcome, str, str]:
    right: Part = asked.value
    value = values["value"]
    if abs(value - right.value) > right.tol:
        slip = _slip(right, value)
        if slip is not None:
            return Outcome.SLIP, slip.say, slip.key
        words = _factor(right, value, asked.question.unit)
        if words:
            return Outcome.WRONG_UNIT, words, ""
        return Outcome.OUTSIDE, _outside(asked), ""
    if asked.u and abs(values["u"] - asked.u.value) > asked.u.tol:
        return _only_the_value("uncertainty", _slip(asked.u, values["u"]), _ASK_U)
    if asked.interval and not asked.interval.near(values["low"], values["high"]):
        return _only_the_value("interval", _interval_slip(asked, values), _ASK_INTERVAL)
    return Outcome.RIGHT, f"**Right.** {asked.question.right}", ""


def _slip(part: Part, value: float):
    near = [slip for slip in part.slips if abs(value - slip.value) <= slip.band]
    return min(near, key=lambda slip: abs(value - slip.value), default=None)


def _factor(right: Part, value: float, unit: str) -> str:
    """Words for a right number in the wrong unit; empty if no factor explains it."""
    if right.value == 0 or value == 0 or not math.isfinite(value / right.value):
        return ""
    if not unit and right.value == round(right.value):
        return ""  # of a small whole number every factor gives the answer away
    near = min(right.tol / abs(right.value), 0.01)
    ratio = abs(value / right.value)
    if value / right.value < 0:
        return "Right digits, wrong sign." if abs(ratio - 1) <= near else ""
    for factors, words in _FACTORS:
        if any(abs(ratio * scale - 1) <= near for factor in factors for scale in (factor, 1 / factor)):
            return words
    return ""


def _outside(asked: Expected) -> str:
    help = "Go back to the last step you are sure of" + ("; a hint may help." if asked.question.hints else ".")
    return f"Not within the tolerance, and none of the usual slips. {help}"


def _only_the_value(what: str, slip, otherwise: str) -> tuple[Outcome, str, str]:
    message = f"**The value is right, the {what} is not.** {slip.say if slip else otherwise}"
    return Outcome.WRONG_UNCERTAINTY, message, slip.key if slip else ""


def _interval_slip(asked: Expected, values: Mapping[str, float]):
    for slip in asked.interval.slips:
        if all(abs(values[end] - slip.value[place]) <= slip.band for place, end in enumerate(("low", "high"))):
            return slip
    return None


def _discrete(asked: Expected, question: SheetQuestion, value) -> tuple[Outcome, str, str]:
    if _matches(question.kind, value, asked.value):
        return Outcome.RIGHT, f"**Right.** {asked.question.right}", ""
    for slip in asked.slips:
        if _matches(question.kind, value, slip.value):
            return Outcome.SLIP, slip.say, slip.key
    return Outcome.OUTSIDE, "That is not it. Look again at what the data can and cannot show.", ""


def _record(asked: Expected, record) -> tuple[Outcome, str, str]:
    """Every requirement that is not met has its sentence; nothing is said of those that are."""
    failed = asked.value.failed(record)
    slips = [slip for slip in asked.slips if slip.value in failed]
    if not slips:
        return Outcome.RIGHT, f"**Right.** {asked.question.right}", ""
    return Outcome.SLIP, " ".join(slip.say for slip in slips), " ".join(slip.key for slip in slips)


def _matches(kind: str, value, wanted) -> bool:
    if kind == "region":
        return overlap(value, wanted) >= HALF
    if kind == "place":
        x, y = value
        return any(left <= x <= right and top <= y <= bottom for left, right, top, bottom in wanted)
    return value == wanted


def _rubric(asked: Expected, text: str) -> str:
    """What a text seems to make, by its words; the judgement is the learner's own, and the teacher's."""
    points = asked.question.rubric
    made = [point for point in points if any(_says(text, word) for word in point.words)]
    start = f"Your text is kept. By its words it makes {len(made)} of {len(points)} points."
    return f"{start} Compare it with the points below and mark those it really makes."


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.lower())}", text.lower()) is not None
