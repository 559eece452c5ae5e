"""Task and questions of a portfolio page.

Whatever a learner typed is escaped as it stands; marks are read only in the texts of the exercise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from mrtlab.learn import _html, pictures
from mrtlab.learn._html import markup, paragraphs, plain, table
from mrtlab.learn._picked import picked
from mrtlab.learn._portfolio_view import View
from mrtlab.learn.checking import Outcome, read
from mrtlab.learn.session import RECEIVED
from mrtlab.learn.sheet import SheetQuestion

__all__ = [
    "VERDICTS",
    "answer_text",
    "date_text",
    "pairs",
    "question_section",
    "reference",
    "task",
    "typed",
    "verdict_text",
]

VERDICTS = {
    Outcome.RIGHT: "✓ right",
    Outcome.WRONG_UNCERTAINTY: "½ value right, uncertainty not",
    Outcome.SLIP: "✗ a known slip",
    Outcome.WRONG_UNIT: "✗ wrong unit or factor",
    Outcome.OUTSIDE: "✗ outside the tolerance",
    Outcome.UNREADABLE: "– unreadable, not counted",
    Outcome.RECORDED: "kept, for a person to judge",
    RECEIVED: "received, not yet judged",
}


def date_text(at: str) -> str:
    """A time as people read it: in UTC, to the minute."""
    return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def typed(view: View, question: SheetQuestion, raw: dict) -> str:
    """HTML of an answer as it was typed."""
    if question.kind == "number":
        value, *others = (str(raw.get(part) or "–") for part in question.parts)
        text = escape(value)
        if "u" in question.parts:
            text += f" ± {escape(others[0])}"
        elif others:
            text += f"<br>95 %: {escape(others[0])} to {escape(others[1])}"
        return text
    if question.kind == "choice":
        reason = str(raw.get("reason") or "").strip()
        because = f'<br><span class="own">because: {_own(reason)}</span>' if reason else ""
        return markup(view.option(question, str(raw.get("choice")))) + because
    if question.kind == "text":
        return f'<span class="own">{_own(str(raw.get("text") or ""))}</span>'
    if question.kind == "record":
        return "a record, kept in the evidence with roles in place of names"
    if question.kind == "point":
        return f"point {int(raw.get('point') or 0) + 1}"
    names = ("low", "high") if question.kind == "region" else ("x", "y")
    return " to ".join(escape(str(raw.get(name))) for name in names).replace(" to ", ", " if "x" in names else " to ")


def _own(text: str) -> str:
    """A learner's own words: escaped, lines kept, no marks read."""
    return "<br>".join(escape(line) for line in text.splitlines())


def answer_text(view: View, question: SheetQuestion, event: dict | None) -> str:
    """HTML of an answer as it was understood."""
    if event is None:
        return "no answer"
    return markup(event["understood"]) if question.kind == "choice" else escape(event["understood"])


def reference(view: View, question: SheetQuestion) -> str:
    """HTML of what is right, once it is open; empty for a text, whose points say it."""
    solution, expected = view.solution(question.id), view.expected(question.id)
    if solution is None or expected is None or question.kind == "text":
        return ""
    if question.kind == "place":
        return _boxes(expected.value)
    if question.kind == "choice":
        return markup(view.option(question, expected.value))
    return markup(solution.answer)


def verdict_text(question: SheetQuestion, event: dict) -> str:
    """What became of an answer, in words and a sign."""
    if question.predict and event["outcome"] == Outcome.RECORDED:
        return "kept as a prediction"
    return escape(VERDICTS.get(event["outcome"], event["outcome"]))


def verdict(question: SheetQuestion, event: dict) -> str:
    """HTML of what became of an answer."""
    words = verdict_text(question, event)
    kind = {"right": "right", "wrong_uncertainty": "half"}.get(event["outcome"], "")
    late = "<br>after the solution was open, not counted" if event.get("closed") else ""
    return f'<span class="verdict {kind}">{words}</span>{late}'


# --- the task


def task(view: View) -> str:
    """What was asked and given: goals, story, data, plot, images."""
    sheet = view.sheet
    numbered = any(question.kind == "point" for question in sheet.questions)
    goals = "".join(f"<li>{markup(goal)}</li>" for goal in sheet.goals)
    parts = ["<h2>The task</h2>" + (f"<ul>{goals}</ul>" if goals else ""), paragraphs(sheet.story)]
    for data in sheet.tables:
        plotted = sheet.plot is not None and data.name == sheet.plot.table
        one = _html.sheet_table(data, numbered=numbered and plotted)
        parts.append(f'<div class="beside">{one}{_plot(view)}</div>' if plotted else one)
    parts += [_image(image) for image in sheet.images]
    if sheet.files:
        listed = "".join(
            f"<li>{escape(file.name)}, {file.size} bytes: {markup(file.caption)}</li>" for file in sheet.files
        )
        parts.append(f"<p>Files that were handed out:</p><ul>{listed}</ul>")
    return "".join(parts)


def _plot(view: View) -> str:
    """The plot, part of the page itself."""
    plot = view.sheet.plot
    data = view.sheet.table(plot.table)
    text = pictures.plot_picture(plot, data).decode("utf-8")
    start = text.index("<svg")
    meta = text.find("</metadata>")  # addresses of vocabularies, of no use on a page
    if meta > 0:
        text = text[: text.index("<metadata>")] + text[meta + len("</metadata>") :]
    alt = escape(plain(pictures.plot_text(plot, data)), quote=True)
    caption = "Plot of the table; bars are one standard uncertainty." if plot.error else "Plot of the table."
    svg = text[start:].replace("<svg ", f'<svg role="img" aria-label="{alt}" ', 1)
    return f"<figure>{svg}<figcaption>{markup(data.caption)}. {caption}</figcaption></figure>"


def _image(image) -> str:
    array, (rows, columns) = image.array, image.shape
    source = pictures.data_uri(pictures.image_png(image), "image/png")
    numbers = table(
        f"{image.caption}, in numbers",
        ("Quantity", "Value"),
        [
            ("Pixels, rows × columns", f"{rows} × {columns}"),
            ("Pixel, mm", f"{image.pixel_mm:g}"),
            (f"Sum, {escape(image.unit)}", f"{array.sum():.0f}"),
            (f"Largest pixel, {escape(image.unit)}", f"{array.max():.0f}"),
            (f"Mean pixel, {escape(image.unit)}", f"{array.mean():.4g}"),
        ],
        numbers=True,
    )
    figure = _figure(source, pictures.image_text(image), image.caption)
    return f'<div class="beside">{figure}{numbers}</div>'


def _figure(source: str, alt: str, caption: str) -> str:
    image = f'<img src="{source}" alt="{escape(plain(alt), quote=True)}">'
    return f"<figure>{image}<figcaption>{markup(caption)}</figcaption></figure>"


# --- one question


def question_section(view: View, place: int, question: SheetQuestion) -> str:
    """A question with all attempts, what counts, and what is right where that is open."""
    state, final = view.progress[question.id], view.final(question.id)
    unit = f' <span class="soft">in {markup(question.unit)}</span>' if question.unit else ""
    parts = [f"<h3>{place}. {markup(question.text)}{unit}</h3>", paragraphs(question.help)]
    if question.predict:
        parts.append('<p class="soft">A prediction: asked before anything else was shown, not judged.</p>')
    if question.options:
        parts.append(f"<ul>{''.join(f'<li>{markup(text)}</li>' for _, text in question.options)}</ul>")
    parts.append(_attempts(view, question, state))
    parts += [
        f'<p class="soft">Opened the solution without an answer (“I give up”), {date_text(event["at"])}.</p>'
        for event in view.events
        if event["event"] == "give_up" and event["question"] == question.id
    ]
    parts.append(_facts(view, question, final))
    parts.append(_picture(view, question, final))
    parts.append(_rubric(view, question))
    return f'<section class="question">{"".join(parts)}</section>'


def _attempts(view: View, question: SheetQuestion, state) -> str:
    if not state.answers:
        return f"<p>No answer was given. Hints shown: {state.hints} of {question.hints}.</p>"
    rows = [
        (
            f"{place}.<br>{date_text(event['at'])}",
            typed(view, question, event["raw"]),
            "as chosen" if question.kind == "choice" else answer_text(view, question, event) or "–",
            verdict(question, event),
            markup(event["message"]),
            str(event["hints"]),
        )
        for place, event in enumerate(state.answers, 1)
    ]
    headings = ("Attempt", "As typed", "Understood as", "Verdict", "What was said", "Hints")
    caption = f"All attempts, with the hints shown before each; in all {state.hints} of {question.hints} hints"
    return f'<div class="attempts">{table(caption, headings, rows)}</div>'


def _facts(view: View, question: SheetQuestion, final: dict | None) -> str:
    """What counts, beside what is right."""
    said = answer_text(view, question, final)
    if final and question.kind == "choice":
        said = typed(view, question, final["raw"])
    facts = [("Final answer", said + (f" — {verdict(question, final)}" if final else ""))]
    facts += _uncertainty(question, final)
    solution, asked = view.solution(question.id), view.asked(question.id)
    if solution and asked:
        if question.kind != "text":
            facts.append(("Reference result", reference(view, question)))
        for name, words in _tolerances(view, asked):
            facts.append((name, words))
        if solution.working:
            facts.append(("How one gets there", markup(solution.working)))
        if asked.right:
            facts.append(("Why it matters", markup(view.rendered(asked.right))))
    elif view.assessment:
        facts.append(("Reference result", "Verdict and reference come with the grading."))
    elif view.doubt:
        facts.append(("Reference result", f"Cannot be shown: {escape(view.doubt)}."))
    else:
        facts.append(("Reference result", "Not open yet: the question is still being worked at."))
    return pairs(facts)


def _uncertainty(question: SheetQuestion, final: dict | None) -> list[tuple[str, str]]:
    values = read(question, final["raw"]).value if final and question.kind == "number" else None
    if not isinstance(values, dict):
        return []
    unit = markup(question.unit)
    if "u" in values:
        share = f" ({100 * abs(values['u'] / values['value']):.2g} % of the value)" if values["value"] else ""
        return [("Uncertainty stated", f"± {values['u']:.6g} {unit}, one standard uncertainty{share}")]
    if "low" in values:
        return [("Uncertainty stated", f"95 %: {values['low']:.6g} to {values['high']:.6g} {unit}")]
    return []


def _tolerances(view: View, asked) -> list[tuple[str, str]]:
    """How near is near enough, and why."""
    if asked.kind != "number":
        return []
    near = f"{asked.tol_abs:g} {asked.unit}".strip() if asked.tol_abs is not None else f"{100 * asked.tol:g} %"
    found = [("Tolerance and why", f"{escape(near)}. {markup(view.rendered(asked.why))}")]
    for part, name in ((asked.u, "Tolerance of the uncertainty"), (asked.interval, "Tolerance of the interval")):
        if part:
            of = "" if part is asked.u else " of its width, at each end"
            found.append((name, f"{100 * part.tol:g} %{of}. {markup(view.rendered(part.why))}"))
    return found


def _boxes(boxes: Sequence) -> str:
    return "; ".join(
        f"x {left:.4g} to {far:.4g}, y {top:.4g} to {bottom:.4g} pixels" for left, far, top, bottom in boxes
    )


def _picture(view: View, question: SheetQuestion, final: dict | None) -> str:
    if final is None or question.kind not in ("point", "region", "place"):
        return ""
    value, expected = read(question, final["raw"]).value, view.expected(question.id)
    if value is None:
        return ""
    source, words = picked(view.sheet, question, value, expected.value if expected else None)
    return _figure(source, words, words)


def _rubric(view: View, question: SheetQuestion) -> str:
    """The points of a text with the learner's own marks, and a good text."""
    solution = view.solution(question.id)
    if question.kind != "text" or not solution:
        return ""
    marks = view.marks(question.id)
    marked = [*marks, *[False] * len(solution.rubric)] if marks else None
    rows = [
        (markup(point), ("☑ yes" if marked[place] else "☐ no") if marked else "not marked", "☐ yes &nbsp; ☐ no")
        for place, point in enumerate(solution.rubric)
    ]
    points = table("Points of this text", ("Point", "Found by the learner", "Found by the supervisor"), rows)
    sample = f"<p><strong>A good text:</strong> {markup(solution.sample)}</p>" if solution.sample else ""
    return points + sample


def pairs(facts: Sequence[tuple[str, str]]) -> str:
    """Names and values, as a list; values are HTML."""
    return f"<dl>{''.join(f'<div><dt>{escape(name)}</dt><dd>{value}</dd></div>' for name, value in facts)}</dl>"
