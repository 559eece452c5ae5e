"""Whether an exercise holds what it promises, for hundreds of learners before the first one sees it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mrtlab.errors import InputError
from mrtlab.learn.checking import Outcome, check
from mrtlab.learn.draws import Rounded, shown
from mrtlab.learn.expected import Expected
from mrtlab.learn.expressions import FormulaError, names_in
from mrtlab.learn.schema import Exercise
from mrtlab.learn.sheet import Sheet
from mrtlab.learn.variants import REDRAWS, Variant, VariantError, variant

__all__ = ["VARIANTS", "Audit", "audit", "typed"]

VARIANTS = 500
_MOST_REDRAWS = 3.0  # per variant: beyond that the draws are badly chosen, and selection bends the population
_FAULTS = 3  # unusable learners after which the rest is not tried
_RECORDS = 6  # learners whose wrong records are made: one takes as long as all numbers of an exercise
_DROPPED = 0.5  # a slip that cannot occur for more than half of the learners is not worth its sentence
_POSITIVE = re.compile(r"_(mbq|mbq_h|h|s|g|ml|mm|cm|gy|mev|kev|cps|ml_per_min)$")
_PLACEHOLDER = re.compile(r"(?<![_^])\{([^{}:]+)(?::[^{}]+)?\}")


@dataclass(frozen=True)
class Audit:
    """The findings about one exercise.

    Attributes
    ----------
    exercise : str
    variants : int
    errors : tuple of str
        What must be mended.
    notes : tuple of str
        What should be looked at.
    redraws : float
        Draws refused per variant.
    ranges : dict of str to (low, high)
        Of every drawn parameter and every right answer, to be looked at by a person.
    """

    exercise: str
    variants: int
    errors: tuple[str, ...]
    notes: tuple[str, ...]
    redraws: float
    ranges: dict[str, tuple[float, float]]

    @property
    def passed(self) -> bool:
        """Whether there is nothing that must be mended."""
        return not self.errors


@dataclass
class _Found:
    errors: dict[str, None] = field(default_factory=dict)  # in order, each once
    notes: dict[str, None] = field(default_factory=dict)
    learners: dict[str, list[str]] = field(default_factory=dict)  # for whom a thing went wrong
    dropped: Counter = field(default_factory=Counter)
    right: Counter = field(default_factory=Counter)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)

    def at(self, text: str, learner: str) -> None:
        """Something about one learner, told once with the first of them."""
        self.learners.setdefault(text, []).append(learner)

    def told(self, made: int) -> None:
        """Turn what was counted into errors."""
        for text, learners in self.learners.items():
            self.errors[f"{text} for {len(learners)} of {made} learners, {learners[0]} first"] = None

    def widen(self, name: str, value: float) -> None:
        low, high = self.ranges.get(name, (value, value))
        self.ranges[name] = min(low, value), max(high, value)


def audit(exercise: Exercise, n: int = VARIANTS, advance: Callable[[int], None] | None = None) -> Audit:
    """Make ``n`` learners' variants, answer them rightly and in every wrong way, and say what does not hold.

    Parameters
    ----------
    exercise : Exercise
    n : int
    advance : callable, optional
        Told the number of variants done, for a progress bar.
    """
    found = _Found()
    _about_texts(exercise, found)
    redraws, made = 0, 0
    for learner in range(n):
        try:
            one = variant(exercise, f"learner-{learner}", "audit")
        except FormulaError as error:
            found.errors[str(error)] = None
            break
        except VariantError as error:
            found.errors[str(error)] = None
            redraws += REDRAWS
            if len(found.errors) >= _FAULTS:
                break  # it is the exercise; more of the same would tell nothing
            continue
        made += 1
        redraws += one.redraw
        try:
            _about_variant(one, found)
        except FormulaError as error:  # in what is said to an answer, or required of a record
            found.errors[str(error)] = None
            break
        if learner < 5:
            _about_repeating(one, found)
            _about_rendering(one, found)
        if advance:
            advance(learner + 1)
    found.told(made)
    if made < n:
        found.errors[f"only {made} of {n} learners got a variant"] = None
    if made and redraws / n > _MOST_REDRAWS:
        found.errors[f"{redraws / n:.1f} draws are refused for each that is used; narrow the draws"] = None
    for key, count in found.dropped.items():
        if count > _DROPPED * made:
            found.errors[f"{key}: this slip cannot be told apart for {count} of {made} learners; drop or change it"] = (
                None
            )
    _about_choices(exercise, found)
    return Audit(exercise.id, made, tuple(found.errors), tuple(found.notes), redraws / max(n, 1), found.ranges)


def _about_texts(exercise: Exercise, found: _Found) -> None:
    """What can be said without any variant."""
    rounded = set(exercise.draw) | {name for name, value in exercise.let.items() if value.round or value.digits}
    for name in _names_of(exercise.story):
        if name not in rounded:
            found.errors[f"the story shows {name}, which is not rounded first; give it round or digits"] = None
    numbers = [question for question in exercise.ask if question.kind == "number"]
    for question in numbers:
        if len(question.wrong) < 2:
            found.notes[f"{question.id}: fewer than two wrong answers are recognised"] = None
    required = sum(len(question.record.require) for question in exercise.ask if question.record)
    if required + sum(len(question.wrong) for question in exercise.ask) < 3:
        found.errors["fewer than three wrong answers are recognised in the whole exercise"] = None
    if exercise.level != "know" and not any(one.u or one.interval for one in numbers):
        found.notes["no uncertainty is asked for, at a level where it should be"] = None
    if not any(question.kind in ("choice", "text") for question in exercise.ask):
        found.notes["no decision is asked for"] = None
    for question in exercise.ask:
        if question.kind == "text" and question.sample:
            missed = [
                point.point
                for point in question.rubric
                if not any(w.lower() in question.sample.lower() for w in point.words)
            ]
            if missed:
                found.errors[f"{question.id}: the sample does not make the point: {missed[0]}"] = None


def _names_of(text: str) -> Iterator[str]:
    for formula in _PLACEHOLDER.findall(text):
        try:
            yield from sorted(names_in(formula))
        except FormulaError:
            continue  # rendering says it better


def _about_variant(one: Variant, found: _Found) -> None:
    """One learner: the right answers are right, every wrong one is named."""
    for name in one.exercise.draw:
        value = one.formulas[name]
        if isinstance(value, Rounded):
            found.widen(name, float(value))
            if _POSITIVE.search(name) and value <= 0:
                found.errors[f"{name} can be {value:g}; a quantity of this kind is above 0"] = None
    for table in one.sheet.tables:
        for column in table.columns:
            if column.values and _POSITIVE.search(column.name) and min(column.values) < 0:
                found.errors[f"{column.name} can be negative: {min(column.values):g}"] = None
    for key, asked in one.expected.items():
        for dropped in _dropped(asked):
            found.dropped[dropped] += 1
        if asked.question.kind == "number":
            found.widen(key, asked.value.value)
        _about_answers(one, key, asked, found)


def _dropped(asked: Expected) -> Iterator[str]:
    if asked.question.kind != "choice":  # the right option of a choice is no slip that was lost
        yield from asked.dropped
    for part in (asked.u, asked.interval):
        if part:
            yield from part.dropped


def _about_answers(one: Variant, key: str, asked: Expected, found: _Found) -> None:
    question = one.sheet.question(key)
    if asked.question.kind == "text":
        return
    try:
        right = typed(asked)
    except FormulaError:
        raise
    except InputError as error:
        found.at(f"{key}: no right record can be made: {error}", one.learner)
        return
    found.right[key, right.get("choice", right.get("point"))] += 1
    wanted = Outcome.RECORDED if question.predict else Outcome.RIGHT
    for raw in (right, *([] if question.kind == "record" else [_with_commas(right)])):
        verdict = check(asked, question, raw, one.render)
        if verdict.outcome != wanted:
            found.at(f"{key}: the reference answer is judged {verdict.outcome}", one.learner)
            return
    if question.predict or (question.kind == "record" and found.right[key, None] > _RECORDS):
        return
    for raw, slip in _mistakes(asked, right):
        verdict = check(asked, question, raw, one.render)
        if verdict.slip != slip.key or one.render(slip.say) not in verdict.message:
            said = verdict.slip or verdict.outcome
            found.at(f"{slip.key}: this wrong answer is taken for {said}", one.learner)
        if asked.question.kind == "number" and _reveals(verdict.message, asked.value.value):
            found.errors[f"{slip.key}: the message gives the answer away"] = None
    if asked.question.kind == "number":
        for number, hint in enumerate(asked.question.hints, 1):
            if _reveals(one.render(hint), asked.value.value):
                found.errors[f"{key}: hint {number} gives the answer away"] = None


def typed(asked: Expected, value=None, u: float | None = None) -> dict:
    """An answer as a competent learner types or chooses it: five significant figures of the reference."""
    value, kind = asked.value if value is None else value, asked.question.kind
    if kind == "record":
        return {"record": asked.value.answer(value if isinstance(value, int) else 0)}
    if kind == "choice":
        return {"choice": value, "reason": "because the numbers of this patient say so"}
    if kind == "point":
        return {"point": value}
    if kind == "region":
        return {"low": f"{value[0]:.6g}", "high": f"{value[1]:.6g}"}
    if kind == "place":
        return _spot(value, asked)
    raw = {"value": _plain(getattr(value, "value", value))}
    if asked.u:
        raw["u"] = _plain(asked.u.value if u is None else u)
    if asked.interval:
        raw["low"], raw["high"] = _plain(asked.interval.low), _plain(asked.interval.high)
    return raw


def _spot(boxes, asked: Expected) -> dict:
    """A place in one of the boxes that no box named before them covers, if there is one."""
    named = [asked.value, *(slip.value for slip in asked.slips)]
    before = [box for one in named[: named.index(boxes)] for box in one]
    spots = [
        (left + (right - left) * across / 10, top + (bottom - top) * down / 10)
        for left, right, top, bottom in boxes
        for across in (5, 2, 8, 0, 10)
        for down in (5, 2, 8, 0, 10)
    ]
    free = [
        (x, y)
        for x, y in spots
        if not any(left <= x <= right and top <= y <= bottom for left, right, top, bottom in before)
    ]
    x, y = (free or spots)[0]
    return {"x": x, "y": y}


def _plain(number: float) -> str:
    return f"{number:.5g}"


def _with_commas(raw: dict) -> dict:
    return {name: value.replace(".", ",") if isinstance(value, str) else value for name, value in raw.items()}


def _mistakes(asked: Expected, right: dict):
    """Every slip as it would be typed."""
    for slip in asked.slips:
        yield {**right, **{name: value for name, value in typed(asked, slip.value).items() if name != "u"}}, slip
    for slip in asked.u.slips if asked.u else ():
        yield {**right, "u": _plain(slip.value)}, slip
    for slip in asked.interval.slips if asked.interval else ():
        yield {**right, "low": _plain(slip.value[0]), "high": _plain(slip.value[1])}, slip


def _reveals(text: str, value: float) -> bool:
    """Whether a text shows the right value, to three figures or more."""
    plain = re.sub(r"[\u202f\u00a0]", "", text)
    numbers = [word for word in re.findall(r"\d+\.?\d*", plain) if len(word.replace(".", "").lstrip("0")) >= 3]
    return any(abs(float(number) / value - 1) < 0.004 for number in numbers) if value else False


def _about_repeating(one: Variant, found: _Found) -> None:
    if variant(one.exercise, one.learner, one.course).sheet.data_hash != one.sheet.data_hash:
        found.errors["the same learner gets other data the second time"] = None
    if Sheet.from_dict(one.sheet.to_dict()) != one.sheet:
        found.errors["the sheet does not come back from a file as it was"] = None


def _about_rendering(one: Variant, found: _Found) -> None:
    exercise: Exercise = one.exercise
    texts = [exercise.solution, *exercise.discuss]
    for question in exercise.ask:
        texts += [question.right or "", question.solution, question.sample, *question.hints]
        texts += [wrong.say for wrong in question.wrong]
        texts += [one.say for one in question.record.require] if question.record else []
        texts += [wrong.say for part in (question.u, question.interval) if part for wrong in part.wrong]
    for text in texts:
        try:
            one.render(text)
        except InputError as error:
            found.errors[f"a text cannot be shown: {error}"] = None
    for truth in one.truth:
        if not truth.label.strip() or shown(truth.value) == "":
            found.errors[f"truth {truth.name} has no label or value"] = None


def _about_choices(exercise: Exercise, found: _Found) -> None:
    """Every option that is ever wrong has its sentence."""
    for question in exercise.ask:
        if question.kind != "choice" or question.predict:
            continue
        said = {wrong.is_ for wrong in question.wrong}
        ever_right = {value for key, value in found.right if key == question.id}
        for option in question.choose:
            always_right = ever_right == {option}
            if option not in said and not always_right:
                found.errors[f"{question.id}: nothing is said to the option {option!r}"] = None
