"""What the exercise pages say."""

from __future__ import annotations

from datetime import datetime

from mrtlab.apps.controls import escape, markup
from mrtlab.apps.controls._text import strip_markup
from mrtlab.learn.identity import SELF, Identity
from mrtlab.learn.session import FAILURES, Progress, Session
from mrtlab.learn.sheet import Sheet

LIST_TITLE = "Exercises: a patient of your own"
LIST_LEAD = (
    "Every exercise gives you a simulated patient of your own. Work out what you would report and how sure you are, "
    "and be told which slip you made, if any. Nothing you save is lost, and nothing leaves this computer."
)
WELCOME = "Choose a pseudonym"
WELCOME_WHY = (
    "It decides which patients you get: the same pseudonym brings the same patients on every computer. Please **no "
    "real name**, no hospital number. It is asked once and kept on this computer."
)
PACK_WHY = "If your teacher gave you a course pack, open it instead; it brings its own pseudonym."
WORK = (
    "Work it out your own way: by hand, in a spreadsheet, or with mrtlab. Then enter what you would report. A decimal "
    "comma or point is fine, and so are units: 7,4 GBq."
)
ASSESSMENT = (
    "**This is an assessment.** Every answer is saved and acknowledged; whether it is right, and the truth, come with "
    "the grading. There are no hints. You can change an answer until you hand in; the last one counts."
)
PREDICT = "A prediction is not marked; it is compared with what you find. Your data appear once you have committed."
GIVE_UP = "Open the solution now? What you answer afterwards no longer counts."
EVIDENCE = (
    "Write down what you take away. With both first fields filled in after your last answer the entry is complete; "
    "before, it is marked as a draft. No names, dates of birth or hospital numbers: nothing about a real patient."
)
REFLECTIONS = {
    "learned": ("What did I learn?", ""),
    "plan": ("What will I do differently? (action plan)", ""),
    "later": ("A later thought", "come back after a week or two; it need not be written today"),
}
HAND_IN = (
    "One file holds all your answers of this course. Save it and give it to your teacher. You can do that as often as "
    "you like; the latest file counts."
)
LEVELS = {"know": "know", "apply": "apply", "judge": "judge"}
_TOPICS = {
    "across": "Across therapies",
    "dose": "Dose and uncertainty",
    "dose-response": "Dose–response",
    "sirt": "SIRT",
    "prrt": "PRRT",
    "psma": "PSMA",
}


def topic(folder: str) -> str:
    """A topic as people write it, from the name of its folder."""
    return _TOPICS.get(folder, folder.replace("-", " ").capitalize() or "Others")


def plain(text: str) -> str:
    """A text without its marks, for names and headings."""
    return strip_markup(text)


def count(number: int, noun: str) -> str:
    """``1 hint``, ``2 hints``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def who(identity: Identity) -> str:
    """Pseudonym, course and mode."""
    course = "" if identity.course == SELF else f", course “{identity.course}”"
    return f"{identity.learner}{course}{', assessment' if identity.mode == 'assessment' else ''}"


def facts(session: Session) -> str:
    """The line under the title."""
    sheet = session.sheet
    hints = sum(one.hints for one in session.progress.values())
    offered = sum(one.hints for one in sheet.questions)
    parts = [f"{sheet.minutes} min", f"level: {sheet.level}", *(tag.replace(":", " ") for tag in sheet.maps_to)]
    if offered and not session.assessment:
        parts.append(f"hints used: {hints} of {offered} (noted, not penalised)")
    line = " · ".join(escape(part) for part in parts)
    return f"<p>{line}</p><p>You are {escape(who(session.identity))}.</p>"


def goals(sheet: Sheet) -> str:
    """What the exercise is for, and what it takes for granted."""
    needed = f" <strong>You need:</strong> {markup('; '.join(sheet.prerequisites))}." if sheet.prerequisites else ""
    goals = f"<strong>You will:</strong> {markup('; '.join(sheet.goals))}." if sheet.goals else ""
    return f"<p>{goals}{needed}</p>" if goals or needed else ""


def sources(sheet: Sheet) -> str:
    """Where the numbers come from, and how sure that is."""
    rows = "".join(f"<li>{escape(cite)} <em>({escape(status)})</em></li>" for cite, status in sheet.sources)
    return f"<ul>{rows}</ul>"


def standing(state: Progress, assessment: bool) -> str:
    """Where one question stands, beside its buttons."""
    if assessment:
        return "" if not state.answered else "answered"
    if state.question.predict:
        return ""
    if state.question.kind == "text":
        return "saved" if state.right else ("solution opened" if state.given_up else "")
    hints = f", {count(state.hints, 'hint')}" if state.hints else ""
    if state.right:
        number = next(one["attempt"] for one in state.counted if one["outcome"] == "right")
        return f"✓ right at attempt {number}{hints}"
    if state.closed:
        after = f" after {count(state.attempts, 'attempt')}" if state.attempts else ""
        return f"solution opened{after}{hints}"
    if state.failures:
        left = FAILURES - state.failures
        return f"{count(state.failures, 'attempt')} not right yet{hints}; the solution opens after {left} more"
    return hints.removeprefix(", ")


def remaining(session: Session) -> str:
    """What still has to be done before the end is shown."""
    states = list(session.progress.values())
    if session.assessment:
        done = sum(one.answered for one in states)
        return f"{done} of {count(len(states), 'question')} answered."
    if session.finished:
        return "All questions are closed. The worked solution, and what was hidden, stand below."
    closed = sum(one.closed for one in states)
    return (
        "What is hidden behind your data is known. It is shown beside your answers once every question is closed: "
        f"{closed} of {len(states)} so far."
    )


def when(event: dict) -> str:
    """The time of an event on this computer's clock."""
    moment = datetime.fromisoformat(event["at"]).astimezone()
    return f"{moment.day} {moment:%B %Y}, {moment:%H:%M}"


def saved_reflections(session: Session, field: str) -> str:
    """What was written before, with its dates."""
    rows = "".join(
        f"<li><span>{escape(when(one))}:</span> {escape(one['text'])}</li>" for one in session.reflections(field)
    )
    return f"<ul>{rows}</ul>" if rows else ""


def hidden(session: Session) -> list[tuple[str, str, str, str]]:
    """What was hidden: label, the truth, what the learner found, what the competent method finds on the same data."""
    rows = []
    for truth in session.truth:
        label, _, value = truth.text.rpartition(": ")
        asked = _asked_for(truth, session.sheet)
        final = session.progress[asked.id].final if asked else None
        solved = session.solution(asked.id) if asked else None
        yours = final["understood"] if final else "–"
        rows.append((label, value, yours, solved.answer if solved else "–"))
    return rows


def _asked_for(truth, sheet: Sheet):
    """The question that asks for a hidden number: the one it names, or one in its unit with an id in its name."""
    if truth.question:
        return sheet.question(truth.question)
    fits = [one for one in sheet.questions if one.kind == "number" and one.unit == truth.unit and one.id in truth.name]
    return max(fits, key=lambda one: len(one.id), default=None)


def hints(texts: tuple[str, ...]) -> str:
    """The hints shown so far."""
    return "".join(f"<p><strong>Hint {number}.</strong> {markup(text)}</p>" for number, text in enumerate(texts, 1))


def solution(session: Session, question) -> str:
    """The solution of one question, beside the learner's answer that stands."""
    found = session.solution(question.id)
    if found is None:
        return ""
    state = session.progress[question.id]
    final = state.answers[-1] if question.kind == "text" and state.answers else state.final
    yours = _quoted(session, question, final) if final else "none"
    if question.kind == "text":
        lines = [("A good text", markup(found.sample))] if found.sample else []
        lines.append(("Yours", yours))
    elif question.kind == "place":
        lines = [("Your answer", yours)]
    else:
        right = _point(session.sheet, found.answer) if question.kind == "point" else found.answer
        lines = [("Answer", markup(right)), ("Your answer", yours)]
    pairs = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in lines)
    working = "".join(f"<p>{markup(part)}</p>" for part in found.working.split("\n\n") if part.strip())
    return f"<h4>Solution</h4><dl>{pairs}</dl>{working}"


def _quoted(session: Session, question, event: dict) -> str:
    """An answer as HTML; what the learner wrote herself carries no marks."""
    raw = event["raw"]
    if question.kind == "text":
        return escape(raw.get("text", ""))
    if question.kind == "point":
        return markup(_point(session.sheet, event["understood"]))
    reason = f", because: {escape(raw['reason'])}" if raw.get("reason") else ""
    return f"{markup(event['understood'] or ', '.join(str(one) for one in raw.values()))}{reason}"


def _point(sheet: Sheet, text: str) -> str:
    """``point 4`` as the plot names it, by its numbers."""
    number = text.removeprefix("point ")
    points = point_names(sheet)
    return f"{points[int(number) - 1]} ({text})" if number.isdigit() and 0 < int(number) <= len(points) else text


def point_names(sheet: Sheet) -> list[str]:
    """What the points of the plot are called: ``96 h, 52.0 MBq``."""
    table = sheet.table(sheet.plot.table)
    columns = (table.column(sheet.plot.x), table.column(sheet.plot.y))
    pairs = zip(*(column.cells for column in columns), strict=True)
    return [", ".join(f"{cell} {one.unit}".strip() for cell, one in zip(pair, columns, strict=True)) for pair in pairs]


def prompts(texts: tuple[str, ...]) -> str:
    """Prompts for a discussion."""
    return f"<ol>{''.join(f'<li>{markup(text)}</li>' for text in texts)}</ol>"
