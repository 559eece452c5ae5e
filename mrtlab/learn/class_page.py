"""The class page: what all learners answered, side by side and without names, for the discussion afterwards."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from html import escape
from statistics import median

from mrtlab.learn import _html
from mrtlab.learn._html import markup
from mrtlab.learn.checking import Outcome
from mrtlab.learn.class_data import Asked, Class, Theirs, classes
from mrtlab.learn.class_plot import OUTCOMES, Row, Shown, legend, strip, strip_text
from mrtlab.learn.course_pages import slip_keys, without_numbers
from mrtlab.learn.csvs import name_columns
from mrtlab.learn.grading import Grading
from mrtlab.learn.privacy import personal_data

__all__ = ["class_page"]

_LEFT_OUT = "(left out: it may say who wrote it)"
_WORDS = {Outcome.RECORDED: "recorded", "": "not judged"}


def class_page(grading: Grading, *, names: bool = False) -> str:
    """A page with every question of a course: strip plots, bars, slips, texts, attempts and times.

    Parameters
    ----------
    grading : Grading
    names : bool
        Whether learners are named, as the roster names them; otherwise letters stand for them, and texts that may say
        who wrote them are left out.
    """
    who = _named(grading) if names else grading.letters
    found = classes(grading)
    body = f"<h1>{escape(grading.course)}: the class</h1>{_front(grading, names)}{_overview(grading, found)}" + "".join(
        _exercise(one, who, names, f"e{place}") for place, one in enumerate(found, 1)
    )
    return _html.document(f"{grading.course}: the class", body)


def _named(grading: Grading) -> dict[str, str]:
    """Names from the roster; the pseudonym where it has none, and with the name where two have the same."""
    names = dict.fromkeys(grading.letters, "")
    if grading.roster:
        columns = name_columns(grading.roster.columns)
        names = {learner: columns.of(row.cells) if (row := grading.roster.row(learner)) else "" for learner in names}
    often = Counter(names.values())
    return {
        learner: learner if not name else name if often[name] == 1 else f"{name} ({learner})"
        for learner, name in names.items()
    }


def _front(grading: Grading, names: bool) -> str:
    handed, of = len(grading.handed_in), len(grading.learners)
    counted = (
        f"{handed} of {of} learners handed something in."
        if grading.listed
        else f"{_learners(handed)} handed something in; without roster or key nobody is known to be missing."
    )
    kind = "names" if grading.roster and name_columns(grading.roster.columns).used else "pseudonyms"
    who = (
        f'<p class="warning">This page shows {kind}. Keep it to yourself.</p>'
        if names
        else "<p>Letters stand for learners; who is which is in the last column of grades.csv.</p>"
    )
    unjudged = (
        '<p class="warning">An assessment without its key: answers are listed, and nothing is judged.</p>'
        if grading.mode == "assessment" and grading.key is None
        else ""
    )
    return (
        f"<p>{counted} Every learner had other data, so answers are shown divided "
        f"by what the competent method gives on the learner’s own data: 1 is right for everybody.</p>{who}{unjudged}"
    )


def _learners(count: int) -> str:
    return "1 learner" if count == 1 else f"{count} learners"


def _overview(grading: Grading, found: Sequence[Class]) -> str:
    rows = []
    for one in found:
        scores = [work.percent for work in one.works if work.percent is not None]
        minutes = [work.score.minutes for work in one.works if work.score]
        rows.append(
            [
                markup(f"{one.exercise.code} {one.exercise.title}".strip()),
                f"{len(one.works)} of {len(grading.learners)}" if grading.listed else str(len(one.works)),
                f"{median(scores):.0f} %" if scores else "–",
                f"{median(minutes):.0f} min" if minutes else "–",
                f"{one.exercise.minutes} min",
            ]
        )
    headings = ["Exercise", "Handed in", "Points, median", "Time, median", "Time, planned"]
    return _html.table("Overview", headings, rows)


def _exercise(one: Class, who: dict[str, str], names: bool, name: str) -> str:
    title = f"{one.exercise.code} {one.exercise.title}".strip()
    out = f'<p class="note">{len(one.left_out)} left out: they worked at another version.</p>' if one.left_out else ""
    questions = "".join(
        _question(number, asked, who, names, f"{name}q{number}") for number, asked in enumerate(one.questions, 1)
    )
    return f'<section class="exercise"><h2>{markup(title)}</h2>{out}{questions}</section>'


def _question(number: int, asked: Asked, who: dict[str, str], names: bool, name: str) -> str:
    question = asked.question
    heading = f"<h3>{number}. {markup(without_numbers(question.text))}</h3>{_effort(asked)}"
    if not asked.answered:
        return heading
    show = {"number": _numbers, "choice": _choices, "text": _texts}.get(question.kind, _picked)
    return heading + show(asked, who, names, name) + _slips(asked)


def _effort(asked: Asked) -> str:
    """Attempts, hints and time in a sentence."""
    answered = asked.answered
    if not answered:
        return '<p class="soft">Nobody answered.</p>'
    attempts = [len(one.answers) for one in answered]
    prediction = "A prediction, not judged · " if asked.question.predict else ""
    most = f" (at most {max(attempts)})" if max(attempts) > 1 else ""
    hints, gave_up = sum(one.hints > 0 for one in asked.theirs), sum(one.gave_up for one in asked.theirs)
    return (
        f'<p class="soft">{prediction}{len(answered)} of {len(asked.theirs)} answered · median attempts '
        f"{median(attempts):g}{most} · median time {median(one.minutes for one in answered):.1f} min · hints taken by "
        f"{hints}{f' · given up by {gave_up}' if gave_up else ''}</p>"
    )


def _outcome(one: Theirs) -> str:
    return one.last.mark.now


def _verdict(outcome: str) -> str:
    return OUTCOMES[outcome][0] if outcome in OUTCOMES else _WORDS.get(outcome, outcome)


# numbers


def _numbers(asked: Asked, who: dict[str, str], names: bool, name: str) -> str:
    usable = [one for one in asked.answered if one.expected and one.expected.value.value]
    if not usable:
        return _verdicts(asked, who)
    usable.sort(key=lambda one: (_ratio(one, one.last), who[one.learner]))
    rows = [
        Row(
            who[one.learner],
            one.expected.value.tol / abs(one.expected.value.value),
            tuple(Shown(_ratio(one, answer), answer.mark.now, _bar(one, answer)) for answer in one.answers),
        )
        for one in usable
    ]
    cells = [
        [
            escape(row.label),
            f"{row.last.ratio:#.4g}",
            _spread(one, row.last.bar),
            _verdict(row.last.outcome),
            str(len(one.answers)),
            f"{one.minutes:.1f}",
        ]
        for one, row in zip(usable, rows, strict=True)
    ]
    headings = ["Learner", "Ratio", "Stated", "Verdict", "Attempts", "Minutes"]
    placed = "above" if names else "beside"  # names need room
    others = len(asked.answered) - len(usable)
    note = f'<p class="note">{others} more cannot be compared: their data cannot be drawn here.</p>' if others else ""
    return (
        f'<div class="{placed}"><figure>{strip(rows, name)}<figcaption>{escape(strip_text(rows))}</figcaption></figure>'
        f"{_html.table('Answer / own reference', headings, cells, numbers=True, kind='tight')}</div>{legend()}{note}"
    )


def _ratio(one: Theirs, answer) -> float:
    return answer.value["value"] / one.expected.value.value


def _bar(one: Theirs, answer) -> tuple[float, float] | None:
    """Ends of what was stated about the uncertainty, divided by the reference."""
    values, reference = answer.value, one.expected.value.value
    if "u" in values:
        ends = values["value"] - values["u"], values["value"] + values["u"]
    elif "low" in values:
        ends = values["low"], values["high"]
    else:
        return None
    return tuple(sorted(end / reference for end in ends))


def _spread(one: Theirs, bar: tuple[float, float] | None) -> str:
    if bar is None:
        return "–"
    if "u" in one.question.parts:
        return f"±\u00a0{(bar[1] - bar[0]) / 2:.2g}"
    return f"{bar[0]:.3g} to {bar[1]:.3g}"


def _verdicts(asked: Asked, who: dict[str, str]) -> str:
    cells = [
        [escape(who[one.learner]), _verdict(_outcome(one)), str(len(one.answers)), f"{one.minutes:.1f}"]
        for one in sorted(asked.answered, key=lambda one: who[one.learner])
    ]
    return _html.table("Verdicts", ["Learner", "Verdict", "Attempts", "Minutes"], cells)


# choices and what was picked


def _choices(asked: Asked, who: dict[str, str], names: bool, name: str) -> str:
    bars = [(without_numbers(text), _tally(asked, key)) for key, text in asked.question.choose.items()]
    reasons = [(who[one.learner], one.last.raw.get("reason") or "") for one in asked.answered]
    said = _quotes("Reasons", [(label, text) for label, text in reasons if text.strip()], names)
    return _bars("Last answers", bars) + said


def _tally(asked: Asked, value) -> Counter:
    """How many gave this answer, by whether it is right on their data; None where that cannot be told."""
    return Counter(_is_right(one) for one in asked.answered if one.last.value == value)


def _is_right(one: Theirs) -> bool | None:
    return None if one.expected is None else one.last.value == one.expected.value


def _picked(asked: Asked, who: dict[str, str], names: bool, name: str) -> str:
    """Points by their number; regions and places by how often they were right."""
    if asked.question.kind == "point":
        points = sorted({one.last.value for one in asked.answered})
        return _bars("Last answers", [(f"point {point + 1}", _tally(asked, point)) for point in points])
    verdicts = Counter(_outcome(one) == Outcome.RIGHT if one.last.mark.now else None for one in asked.answered)
    words = {True: "right", False: "not right", None: "not judged"}
    return _bars("Last answers", [(words[key], Counter({key: verdicts[key]})) for key in words if verdicts[key]])


def _bars(caption: str, bars: Sequence[tuple[str, Counter]]) -> str:
    most = max((tally.total() for _, tally in bars), default=0) or 1
    rows = []
    for text, tally in bars:
        drawn = "".join(
            f'<span class="bar {kind}" style="width:{60 * tally[key] / most:.1f}%"></span>'
            for key, kind in ((True, "right"), (False, "wrong"), (None, "unknown"))
            if tally[key]
        )
        right = f", right for {tally[True]}" if tally[True] else ""
        rows.append([markup(text), f"{drawn}{tally.total()}{right}"])
    heading = "Learners (solid: right on their data; hatched: not; open: not judged)"
    return _html.table(caption, ["Answer", heading], rows, kind="bars")


# texts


def _texts(asked: Asked, who: dict[str, str], names: bool, name: str) -> str:
    texts = [(who[one.learner], one.last.raw.get("text") or "") for one in asked.answered]
    points = "".join(f"<li>{markup(point.point)}</li>" for point in asked.question.rubric or ())
    return f'<p>A good text makes these points:</p><ol class="plain">{points}</ol>{_quotes("Texts", texts, names)}'


def _quotes(title: str, texts: list[tuple[str, str]], names: bool) -> str:
    """What was written; without names also in an order that says nothing."""
    if not texts:
        return ""
    if not names:
        counted = Counter(_LEFT_OUT if personal_data(text) else text.strip() for _, text in texts)
        texts = [(f"{count} times" if count > 1 else "", text) for text, count in counted.items()]
        texts.sort(key=lambda pair: hashlib.sha256(pair[1].encode("utf-8", "replace")).digest())
    quoted = "".join(
        f"<blockquote>{f'<strong>{escape(label)}:</strong> ' if label else ''}{escape(text.strip())}</blockquote>"
        for label, text in texts
    )
    return f"<h4>{title}</h4>{quoted}"


# slips


def _slips(asked: Asked) -> str:
    """How often each slip was made, by all answers, with what was said to it."""
    said = {key: without_numbers(say) for key, say in slip_keys(asked.question)}
    answers, learners = Counter(), Counter()
    for one in asked.answered:
        keys = [key for answer in one.answers for key in _kinds(answer.mark)]
        answers.update(keys)
        learners.update(set(keys))
    rows = [
        [markup(said.get(key, key)), str(learners[key]), str(count)]
        for key, count in sorted(answers.items(), key=lambda item: (-learners[item[0]], -item[1], item[0]))
    ]
    if not rows:
        return ""
    return _html.table(
        "What went wrong, in all answers", ["What was said to it", "Learners", "Answers"], rows, numbers=True
    )


def _kinds(mark) -> list[str]:
    """The slips of an answer, or what was said where no slip of the exercise was recognised; none if right."""
    if mark.slip:
        return mark.slip.split()
    if mark.now in (Outcome.WRONG_UNIT, Outcome.OUTSIDE, Outcome.WRONG_UNCERTAINTY):
        return [mark.message]
    return []
