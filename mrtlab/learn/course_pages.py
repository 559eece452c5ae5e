"""The educator's own pages of a course: the answer key, and the programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from mrtlab.learn import _html
from mrtlab.learn._filled import render
from mrtlab.learn._html import markup, paragraphs
from mrtlab.learn.draws import shown
from mrtlab.learn.expected import Expected, Part
from mrtlab.learn.schema import Exercise, Question
from mrtlab.learn.session import answer_text
from mrtlab.learn.variants import Variant

__all__ = ["answer_key", "programme", "slip_keys", "without_numbers"]

_WORK_MIN, _BREAK_MIN = 90, 15  # a break after so much work


class _Gap(str):
    """Stands for a number that differs from learner to learner."""

    def __format__(self, form: str) -> str:
        return str(self)


class _Gaps:
    def run(self, formula: str) -> _Gap:
        return _Gap("…")


def without_numbers(text: str) -> str:
    """A text of an exercise with … where every learner has another number."""
    return render(text, _Gaps())


def answer_key(
    course: str, warning: str, exercises: Sequence[Exercise], variants: Mapping[str, Sequence[Variant]]
) -> str:
    """All right answers, hidden truths and recognised slips of a course.

    Parameters
    ----------
    course : str
    warning : str
        Stands at the top.
    exercises : sequence of Exercise
    variants : mapping of learner to variants
        In the order of the exercises.
    """
    sections = []
    for place, exercise in enumerate(exercises):
        rows = [(learner, those[place]) for learner, those in variants.items()]
        tables = [_question(number, question, rows) for number, question in enumerate(exercise.ask, 1)]
        sections.append(
            f'<section class="exercise wide"><h2>{markup(_title(exercise))}</h2>'
            f'<p class="soft">{exercise.id}, version {exercise.version}</p>{"".join(tables)}{_truth(rows)}'
            f"<h3>Worked solution</h3>{paragraphs(without_numbers(exercise.solution))}</section>"
        )
    body = (
        f'<h1>{escape(course)}: answer key</h1><p class="warning"><strong>{escape(warning)}</strong></p>'
        f"<p>{len(variants)} learners. Every learner has other data, so every learner has other answers; the code "
        f"stands on each page of the handout.</p>{''.join(sections)}"
    )
    return _html.document(f"{course}: answer key", body)


def _title(exercise: Exercise) -> str:
    return f"{exercise.code} {exercise.title}".strip()


def _question(number: int, question: Question, rows: list[tuple[str, Variant]]) -> str:
    """One question: what is right for each learner, and where the slips lie."""
    slips = slip_keys(question)
    table = _numbers if question.kind == "number" else _texts if question.kind == "text" else _others
    notes = "".join(
        f"<li><strong>{_short(key)}</strong>: {markup(_said_to(question, key))}{markup(without_numbers(say))}</li>"
        for key, say in slips
    )
    notes = f'<ul class="plain">{notes}</ul>' if slips else ""
    if question.rubric:
        points = "".join(f"<li>{markup(point.point)}</li>" for point in question.rubric)
        notes += f'<p>A good text makes these points:</p><ol class="plain">{points}</ol>'
        notes += f"<p>For example:</p>{paragraphs(without_numbers(question.sample))}" if question.sample else ""
    if question.why:
        notes = f'<p class="soft">Tolerance: {markup(question.why)}</p>{notes}'
    heading = markup(f"{number}. {without_numbers(question.text)}")
    return f"<h3>{heading}</h3>{table(question, rows, [key for key, _ in slips])}{notes}"


def slip_keys(question: Question) -> list[tuple[str, str]]:
    """Key and sentence of every slip of a question, those about its uncertainty or interval included."""
    parts = (
        ("", question.record.require if question.record else question.wrong),
        ("u/", question.u and question.u.wrong),
        ("interval/", question.interval and question.interval.wrong),
    )
    return [
        (f"{question.id}/{part}{place}", wrong.say)
        for part, wrongs in parts
        for place, wrong in enumerate(wrongs or (), 1)
    ]


def _short(key: str) -> str:
    """Slip 2; slip u 1 is about the uncertainty."""
    return f"slip {key.partition('/')[2].replace('/', ' ')}"


def _said_to(question: Question, key: str) -> str:
    """The option a slip of a choice is about."""
    if question.kind != "choice":
        return ""
    wrong = question.wrong[int(key.rpartition("/")[2]) - 1]
    return f"“{without_numbers(question.choose[wrong.is_])}” – "


def _numbers(question: Question, rows: list[tuple[str, Variant]], keys: list[str]) -> str:
    """Five figures and what is accepted, so that paper can be marked by hand."""
    unit = f", {question.unit}" if question.unit else ""
    headings = ["Learner", "Code", markup(f"Right{unit}"), "Accepted"]
    if question.u:
        headings += [markup(f"u{unit}"), "Accepted"]
    if question.interval:
        headings += ["Lower end", "Accepted", "Upper end", "Accepted"]
    cells = []
    for learner, one in rows:
        asked = one.expected[question.id]
        parts = [asked.value, *([asked.u] if asked.u else ()), *(asked.interval.parts if asked.interval else ())]
        stated = asked.u or asked.interval
        found = {slip.key: slip.value for slip in (*asked.slips, *(stated.slips if stated else ()))}
        row = [escape(learner), escape(one.code)]
        for part in parts:
            figures = 3 if part is asked.u else 5
            row += [f"{part.value:.{figures}g}", " to ".join(f"{end:.{figures}g}" for end in _ends(part))]
        cells.append([*row, *(_slip_value(found.get(key)) for key in keys)])
    headings += [_short(key).capitalize() for key in keys]
    return _html.table("Per learner; – where a slip cannot be told apart", headings, cells, numbers=True, kind="tight")


def _slip_value(value: float | tuple[float, float] | None) -> str:
    """A wrong number or interval; a dash where it cannot be told apart on these data."""
    if value is None:
        return "–"
    return " to ".join(f"{end:.5g}" for end in (value if isinstance(value, tuple) else (value,)))


def _ends(part: Part) -> tuple[float, float]:
    return part.value - part.tol, part.value + part.tol


def _texts(question: Question, rows: list[tuple[str, Variant]], keys: list[str]) -> str:
    return ""


def _others(question: Question, rows: list[tuple[str, Variant]], keys: list[str]) -> str:
    """Choices and what is picked: one line where all have the same."""
    right = [_right(one.expected[question.id]) for _, one in rows]
    if len(set(right)) == 1:
        return f"<p>Right for everybody: <strong>{markup(right[0])}</strong></p>"
    cells = [
        [escape(learner), escape(one.code), markup(text)] for (learner, one), text in zip(rows, right, strict=True)
    ]
    return _html.table("Per learner", ["Learner", "Code", "Right"], cells)


def _right(asked: Expected) -> str:
    if asked.question.kind == "place":
        return "; or ".join(f"x {box[0]:g} to {box[1]:g}, y {box[2]:g} to {box[3]:g}" for box in asked.value)
    if asked.question.kind == "choice":
        return without_numbers(asked.question.choose[asked.value])
    return answer_text(asked)


def _truth(rows: list[tuple[str, Variant]]) -> str:
    truths = rows[0][1].truth
    if not truths:
        return ""
    headings = ["Learner", *(markup(f"{one.label}, {one.unit}" if one.unit else one.label) for one in truths)]
    cells = [[escape(learner), *(escape(shown(one.value)) for one in each.truth)] for learner, each in rows]
    table = _html.table("Behind the data of each learner", headings, cells, numbers=True)
    return f"<h3>The hidden truth</h3>{table}"


def programme(course: str, mode: str, exercises: Sequence[Exercise]) -> str:
    """A timetable from the minutes of the exercises, with goals and the teacher's notes.

    Parameters
    ----------
    course : str
    mode : {"practice", "assessment"}
    exercises : sequence of Exercise
    """
    rows, at, since, breaks = [], 0, 0, 0
    for exercise in exercises:
        if since and since + exercise.minutes > _WORK_MIN:
            rows.append([_clock(at), f"{_BREAK_MIN} min", "Break"])
            at, since, breaks = at + _BREAK_MIN, 0, breaks + 1
        rows.append([_clock(at), f"{exercise.minutes} min", markup(_title(exercise))])
        at, since = at + exercise.minutes, since + exercise.minutes
    rows.append([_clock(at), "", "End"])
    work = at - breaks * _BREAK_MIN
    kind = (
        "An assessment: learners get receipts; verdict and truth come with the grading."
        if mode == "assessment"
        else ("Practice: learners get feedback at once, and the worked solution when a question is closed.")
    )
    body = (
        f"<h1>{escape(course)}: programme</h1>"
        '<p class="warning">For the educator. The teacher’s notes say what goes wrong and why.</p>'
        f"<p>{kind} {len(exercises)} exercises, {work} minutes of work as their authors estimate it; a break of "
        f"{_BREAK_MIN} minutes before work would go beyond {_WORK_MIN}. Handing out, discussion and reveal come on top."
        f"</p>{_html.table('Timetable, from the start (h:min)', ['Start', 'Length', 'Exercise'], rows)}"
        + "".join(_about(exercise) for exercise in exercises)
    )
    return _html.document(f"{course}: programme", body)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"


def _about(exercise: Exercise) -> str:
    goals = "".join(f"<li>{markup(goal)}</li>" for goal in exercise.goals)
    needs = f"<p>Before: {markup(', '.join(exercise.prerequisites))}.</p>" if exercise.prerequisites else ""
    discuss = "".join(f"<li>{markup(without_numbers(prompt))}</li>" for prompt in exercise.discuss)
    discuss = f'<p>To discuss:</p><ul class="plain">{discuss}</ul>' if discuss else ""
    return (
        f"<h2>{markup(_title(exercise))}</h2>"
        f'<p class="soft">{escape(exercise.therapy)} · {exercise.minutes} min · level: {exercise.level} · '
        f"for {escape(', '.join(exercise.audience))} · {escape(', '.join(exercise.maps_to))}</p>"
        f'<ul class="plain">{goals}</ul>{needs}<h3>Teacher’s notes</h3>{paragraphs(exercise.teacher)}{discuss}'
    )
