"""What is right for one question on a learner's own data, which wrong answers are to be recognised, and how near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from uncertainties import UFloat, nominal_value, std_dev

from mrtlab.errors import InputError
from mrtlab.learn.expressions import FormulaError, Formulas
from mrtlab.learn.records import Judge
from mrtlab.learn.schema import Question, Reference

__all__ = ["Expected", "Interval", "Part", "Slip", "expected", "overlap"]

_SHARE = 0.45  # of the distance to the nearest other candidate; below one half, so that no two bands meet
_SPACING = 2.0  # tolerances by which a wrong answer must lie away from the right one
HALF = 0.5  # common to two regions, of what they cover together, for them to count as the same


@dataclass(frozen=True)
class Slip:
    """A wrong answer that is recognised.

    Attributes
    ----------
    key : str
        ``question/number`` (from 1), or ``question/u/number`` for an uncertainty.
    value : float, str, int or tuple
        Of a record the number of the requirement that it does not meet.
    band : float
        How near an answer must be, for numbers; 0 otherwise.
    say : str
        What to say to it, placeholders not yet filled.
    """

    key: str
    value: object
    band: float
    say: str


@dataclass(frozen=True)
class Part:
    """What is right for one number, within ``tol`` in its own unit, and the slips about it."""

    value: float
    tol: float
    slips: tuple[Slip, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Interval:
    """What is right for the two ends of an interval, each within ``tol``, and the slips about both together."""

    low: float
    high: float
    tol: float
    slips: tuple[Slip, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, Part]:
        """The two ends as numbers of their own."""
        return Part(self.low, self.tol), Part(self.high, self.tol)

    def near(self, low: float, high: float) -> bool:
        """Whether both ends are right."""
        return abs(low - self.low) <= self.tol and abs(high - self.high) <= self.tol


@dataclass(frozen=True)
class Expected:
    """The right answer to one question and its slips.

    Attributes
    ----------
    value : Part, str, int, tuple, Judge or None
        A number with its tolerance; the key of a choice; the row of a point; the ends of a region; boxes of places;
        what must hold of a record; None for a text.
    u : Part or None
    interval : Interval or None
    slips : tuple of Slip
    dropped : tuple of str
        Keys of the slips that cannot occur, or be told apart, on these data.
    collision : str
        Why these data cannot be used: a wrong answer too near to the right one, or to another.
    """

    question: Question
    value: object
    u: Part | None = None
    interval: Interval | None = None
    slips: tuple[Slip, ...] = ()
    dropped: tuple[str, ...] = ()
    collision: str = ""


def expected(question: Question, formulas: Formulas) -> Expected:
    """Compute what is right and what is wrong for one question.

    Raises
    ------
    FormulaError
        If the exercise itself is at fault.
    """
    if question.kind == "number":
        return _number(question, formulas)
    if question.kind == "text":
        return Expected(question, None)
    if question.kind == "record":
        slips = (Slip(f"{question.id}/{n}", n, 0.0, one.say) for n, one in enumerate(question.record.require, 1))
        return Expected(question, Judge(question.record, formulas), slips=tuple(slips))
    return _discrete(question, formulas)


def _number(question: Question, formulas: Formulas) -> Expected:
    answer = formulas.run(question.is_)
    value = _plain(answer, question.is_)
    tol = question.tol_abs if question.tol_abs is not None else question.tol * abs(value)
    if tol == 0:
        raise FormulaError(f"{question.id}: a relative tolerance of an answer of 0 is nothing; give tol_abs")
    slips, dropped, collision = _slips(question.id, question.wrong, value, tol, formulas)
    u = interval = None
    if question.u:
        computed = std_dev(answer) if question.u.is_ is None else _plain(formulas.run(question.u.is_), question.u.is_)
        if not computed > 0:
            raise FormulaError(f"{question.id}: {question.is_!r} has no uncertainty; give u a formula")
        u = _part(f"{question.id}/u", question.u, computed, formulas)
    if question.interval:
        interval = _interval(f"{question.id}/interval", question.interval, formulas)
    return Expected(question, Part(value, tol, slips, dropped), u, interval, slips, dropped, collision)


def _part(key: str, asked: Reference, value: float, formulas: Formulas) -> Part:
    """An uncertainty; its slips that cannot be told apart are left out, because noise alone may bring them together."""
    tol = asked.tol * value
    slips, dropped = [], []
    for place, wrong in enumerate(asked.wrong, 1):
        number = _wrong(wrong.is_, formulas)
        if number is None or abs(number - value) <= _SPACING * tol:
            dropped.append(f"{key}/{place}")
        else:
            slips.append(Slip(f"{key}/{place}", number, min(tol, _SHARE * abs(number - value)), wrong.say))
    return Part(value, tol, tuple(slips), tuple(dropped))


def _interval(key: str, asked: Reference, formulas: Formulas) -> Interval:
    """An interval, each end within a share of its width; slips near the right one are left out."""
    low, high = _ends(asked.is_, formulas)
    right = Interval(low, high, asked.tol * (high - low))
    slips, dropped = [], []
    for place, wrong in enumerate(asked.wrong, 1):
        ends = _ends(wrong.is_, formulas)
        far = max(abs(ends[0] - low), abs(ends[1] - high))
        if far <= _SPACING * right.tol:
            dropped.append(f"{key}/{place}")
        else:
            slips.append(Slip(f"{key}/{place}", ends, min(right.tol, _SHARE * far), wrong.say))
    return replace(right, slips=tuple(slips), dropped=tuple(dropped))


def _ends(formula: str, formulas: Formulas) -> tuple[float, float]:
    low, high = (float(nominal_value(end)) for end in formulas.run(formula))
    if not low < high:
        raise FormulaError(f"{formula!r} must give two rising numbers, got {low:g} and {high:g}")
    return low, high


def _slips(key: str, wrongs: Sequence, value: float, tol: float, formulas: Formulas):
    """Wrong numbers with bands that overlap neither the right answer's nor each other's."""
    found = []
    for place, wrong in enumerate(wrongs, 1):
        number = _wrong(wrong.is_, formulas)
        found.append((f"{key}/{place}", number, wrong.say))
    dropped = tuple(name for name, number, _ in found if number is None)
    found = [one for one in found if one[1] is not None]
    slips, collision = [], ""
    for name, number, say in found:
        # relative tolerances belong to the number they are about: a wrong answer ten times as large is read as loosely
        own = tol * max(abs(number / value), 1.0) if value else tol
        others = [abs(number - other) for another, other, _ in found if another != name]
        if abs(number - value) <= _SPACING * tol:
            collision = f"{name}: the wrong answer {number:.6g} is too near to the right one, {value:.6g}"
        elif others and min(others) <= own:
            collision = f"{name}: the wrong answer {number:.6g} is too near to another"
        slips.append(Slip(name, number, min(own, _SHARE * min([*others, abs(number - value)])), say))
    return tuple(slips), dropped, collision


def _wrong(formula: str, formulas: Formulas) -> float | None:
    """A wrong number, or None where the wrong way leads to none on these data."""
    try:
        return _plain(formulas.run(formula), formula)
    except FormulaError:
        raise
    except InputError:
        return None


def _plain(answer, formula: str) -> float:
    if not isinstance(answer, (int, float, UFloat, np.number)) or isinstance(answer, bool):
        raise FormulaError(f"{formula!r} must give a number, got {answer!r}")
    number = float(nominal_value(answer))
    if not np.isfinite(number):
        raise FormulaError(f"{formula!r} gives {number}")
    return number


def _discrete(question: Question, formulas: Formulas) -> Expected:
    """Choices, points, regions and places."""
    read = {"choice": _key, "point": _point, "region": _region, "place": _places}[question.kind]
    right = read(question, question.is_, formulas)
    slips, dropped = [], []
    for place, wrong in enumerate(question.wrong, 1):
        value, name = read(question, wrong.is_, formulas), f"{question.id}/{place}"
        same = overlap(value, right) >= HALF if question.kind == "region" else value == right
        if same:
            dropped.append(name)
        else:
            slips.append(Slip(name, value, 0.0, wrong.say))
    return Expected(question, right, slips=tuple(slips), dropped=tuple(dropped))


def _key(question: Question, formula: str, formulas: Formulas) -> str:
    key = formula if formula in question.choose else formulas.run(formula)
    if key not in question.choose:
        raise FormulaError(f"{question.id}: {formula!r} gives {key!r}; options are {', '.join(question.choose)}")
    return key


def _point(question: Question, formula: str, formulas: Formulas) -> int:
    return int(_plain(formulas.run(formula), formula))


def _region(question: Question, formula: str, formulas: Formulas) -> tuple[float, float]:
    return _ends(formula, formulas)


def _places(question: Question, formula: str, formulas: Formulas) -> tuple[tuple[float, float, float, float], ...]:
    """Boxes (x from, x to, y from, y to), in pixels."""
    boxes = formulas.run(formula)
    boxes = [boxes] if np.ndim(boxes) == 1 else boxes
    if any(len(box) != 4 for box in boxes):
        raise FormulaError(f"{question.id}: {formula!r} must give boxes of four numbers")
    return tuple(tuple(float(nominal_value(edge)) for edge in box) for box in boxes)


def overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    """What two regions have in common, of what they cover together: 0 to 1."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(common, 0.0) / (max(one[1], other[1]) - min(one[0], other[0]))
