"""The sections of a portfolio page about the exercise as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mrtlab import PURPOSE
from mrtlab.learn._html import markup, paragraphs, table
from mrtlab.learn._portfolio_questions import answer_text, date_text, pairs, reference, typed, verdict_text
from mrtlab.learn._portfolio_view import View
from mrtlab.learn.checking import Outcome

__all__ = [
    "REFLECTIONS",
    "competences",
    "discussion",
    "foot",
    "glance",
    "head",
    "reflections",
    "signatures",
    "sources",
    "worked",
]

REFLECTIONS = {
    "learned": "What did I learn?",
    "plan": "What will I do differently? (action plan)",
    "later": "A later reflection",
}
_DOUBTFUL = ("recalled", "illustrative")


def head(view: View, draft: bool) -> str:
    """Title, notice, and who did what when; whether it is still a draft."""
    evidence, sheet, events = view.evidence, view.sheet, view.events
    score = view.score
    ends = [one["at"] for one in events if one["event"] in ("answer", "give_up")]
    status = "all questions settled" if view.finished else "not all questions settled"
    facts = [
        ("Learner (pseudonym)", f"<strong>{escape(evidence['learner'])}</strong>"),
        ("Course", "none (worked alone)" if evidence["course"] == "self" else escape(evidence["course"])),
        ("Code of these data", f"<strong>{sheet.code}</strong>, drawn for this learner alone"),
        (
            "Exercise",
            f"{sheet.exercise}, version {sheet.version}; {escape(sheet.therapy)}, level: {escape(sheet.level)}",
        ),
        ("Mode", "assessment, not graded in this page" if view.assessment else "practice, with feedback"),
        ("Started", date_text(events[0]["at"])),
        ("Last answer", f"{date_text(ends[-1])}; {status}" if ends else "none yet"),
        ("Minutes worked", f"{score.minutes:.0f} (planned: {sheet.minutes}; pauses of 15 min and more left out)"),
        ("Attempts, hints", f"{score.attempts} attempts, {score.hints} hints"),
    ]
    if not view.assessment and score.got is not None:
        rest = "" if all(one.judged for one in score.questions) else "; texts and predictions are for a person"
        facts.append(("Points", f"{score.got:g} of {score.possible:g}{rest}"))
    banner = (
        '<p class="banner draft"><strong>DRAFT.</strong> Still to come, dated after the last answer: '
        f"{_missing(view)}.</p>"
        if draft
        else ""
    )
    doubt = (
        f'<p class="banner draft"><strong>Not confirmed:</strong> {escape(view.doubt)}.</p>'
        if view.doubt and not view.assessment
        else ""
    )
    return (
        f'<p class="banner"><strong>{escape(evidence["notice"])}</strong></p>{banner}{doubt}'
        f'<h1>{markup(sheet.title)}</h1><p class="soft">Portfolio entry · {escape(PURPOSE)}</p>{pairs(facts)}'
    )


def _missing(view: View) -> str:
    answers = [one["at"] for one in view.events if one["event"] == "answer"]
    if not answers:
        return "answers, a reflection and an action plan"
    words = {"learned": "a reflection (“What did I learn?”)", "plan": "an action plan"}
    return " and ".join(
        text for field, text in words.items() if not any(one["at"] > answers[-1] for one in view.reflections(field))
    )


def glance(view: View) -> str:
    """One line per question, for a first look."""
    rows = []
    for place, question in enumerate(view.sheet.questions, 1):
        state, final = view.progress[question.id], view.final(question.id)
        rows.append(
            (
                f"{place}. {markup(question.text)}",
                answer_text(view, question, final),
                reference(view, question) or ("see below" if view.solution(question.id) else "not open"),
                verdict_text(question, final) if final else "–",
                f"{state.attempts}",
                f"{state.hints}" + (", gave up" if state.given_up else ""),
            )
        )
    same = sum(one.same for one in view.remarks)
    check = (
        ""
        if view.assessment
        else f'<p class="soft">All answers were judged again when this page was made: {same} of {len(view.remarks)} '
        "verdicts the same.</p>"
    )
    headings = ("Question", "Final answer", "Reference result", "Verdict", "Attempts", "Hints")
    return f"<h2>At a glance</h2>{table('What was asked, answered and judged', headings, rows)}{check}"


def worked(view: View) -> str:
    """The worked solution and what was hidden, once every question is settled."""
    session = view.session
    if session is None or not session.worked:
        words = "It comes with the grading." if view.assessment else "It opens when every question is settled."
        return f'<h2>Worked solution</h2><p class="soft">{words}</p>'
    truth = ""
    if session.truth:
        rows = [(markup(one.label), markup(one.text.removeprefix(f"{one.label}: "))) for one in session.truth]
        truth = (
            "<section><h2>What was hidden behind the data</h2><p>The simulated patient was made with these values. "
            "Answers are judged against a competent method on the learner’s own noisy data, not against them.</p>"
            f'<div class="beside">{table("Hidden values", ("Quantity", "Value"), rows)}{_beside(view)}</div></section>'
        )
    return f"<section><h2>Worked solution</h2>{paragraphs(session.worked)}</section>{truth}"


def _beside(view: View) -> str:
    """The learner's final answers, to lie beside the truth."""
    rows = [
        (markup(question.text), answer_text(view, question, view.final(question.id)))
        for question in view.sheet.questions
        if question.kind != "text"
    ]
    return table("The learner’s final answers", ("Question", "Answer"), rows) if rows else ""


def reflections(view: View) -> str:
    """What the learner thought, with dates."""
    answers = [one["at"] for one in view.events if one["event"] == "answer"]
    parts = []
    for field, heading in REFLECTIONS.items():
        kept = view.reflections(field)
        texts = "".join(
            f'<blockquote><p class="soft">{date_text(one["at"])}'
            f"{', before the last answer' if answers and one['at'] <= answers[-1] else ''}</p>"
            f"{''.join(f'<p>{escape(line)}</p>' for line in one['text'].splitlines() if line.strip())}</blockquote>"
            for one in kept
        )
        parts.append(f"<h3>{heading}</h3>{texts or '<p class=soft>Not written yet.</p>'}")
    return f"<section><h2>Reflection</h2>{''.join(parts)}</section>"


def competences(view: View) -> str:
    """What it can be evidence for, what the learner claims, room for the assessor."""
    chosen = view.entry["tags"]
    rows = [(escape(tag), "☑ claimed" if tag in chosen else "☐ not claimed", "") for tag in view.sheet.maps_to]
    headings = ("Competence", "By the learner", "By the assessor")
    return (
        f"<section><h2>Competences</h2>{table('Those this exercise can be evidence for', headings, rows)}"
        '<div class="line"><span>Further competences, added by the assessor</span></div></section>'
    )


def discussion(view: View) -> str:
    """Prompts for a discussion with the supervisor, the learner's own choices among them."""
    if view.session is None or not view.session.discuss:
        return ""
    prompts = [markup(text) for text in view.session.discuss] + list(_own_prompts(view))
    items = "".join(f"<li>{text}</li>" for text in prompts)
    return f"<section><h2>For a case-based discussion</h2><ol>{items}</ol></section>"


def _own_prompts(view: View) -> Iterator[str]:
    """Questions that follow from what this learner did, one of each kind."""
    asked: set[str] = set()
    for question in view.sheet.questions:
        text = markup(question.text)
        for event in view.progress[question.id].counted:
            if event["outcome"] in (Outcome.SLIP, Outcome.WRONG_UNIT) and event["understood"] and "slip" not in asked:
                asked.add("slip")
                yield (
                    f"To “{text}” you answered {answer_text(view, question, event)} and were told: "
                    f"“{markup(event['message'])}” How would you have noticed it without being told?"
                )
        final = view.final(question.id)
        if final is None:
            continue
        said = answer_text(view, question, final)
        if "u" in question.parts and "u" not in asked:
            asked.add("u")
            yield f"You gave {said} to “{text}”. Which source contributes most to its uncertainty; what would halve it?"
        if final["raw"].get("reason") and "reason" not in asked:
            asked.add("reason")
            chose = typed(view, question, {"choice": final["raw"]["choice"]})
            yield (
                f"You chose “{chose}” because “{escape(final['raw']['reason'])}”. Which number would have to change "
                "for you to decide otherwise?"
            )
        if question.predict and "predict" not in asked:
            asked.add("predict")
            yield f"Before calculating you predicted “{said}”. What was it based on, and what do you say now?"


def sources(view: View) -> str:
    """Where constants and methods come from, and how far each can be trusted."""
    rows = [
        (markup(citation), f"⚠ {status}: check it before relying on it" if status in _DOUBTFUL else escape(status))
        for citation, status in view.sheet.sources
    ]
    return f"<section><h2>Sources of constants and methods</h2>{table('Sources', ('Source', 'Status'), rows)}</section>"


def signatures() -> str:
    """Room for the supervisor."""

    def lines(*names: str) -> str:
        return "".join(f'<div class="line"><span>{name}</span></div>' for name in names)

    levels = "".join(f"<li>☐ {level}</li>" for level in range(1, 6))
    return (
        '<section class="sign"><h2>Supervisor</h2>'
        f'<div class="lines">{lines("Name", "Role", "Registration number", "Date", "Signature")}</div>'
        '<p id="level">Level reached, as the training scheme defines it: 1 lowest, 5 highest</p>'
        f'<ol class="levels" aria-labelledby="level">{levels}</ol>{lines("Comment", "&nbsp;", "&nbsp;")}'
        '<p class="soft">Second signature, where the scheme asks for one (such as the physician’s)</p>'
        f'<div class="lines">{lines("Name and role", "Date and signature")}</div></section>'
    )


def foot(view: View) -> str:
    """Versions, hashes, and how to check them."""
    evidence = view.evidence
    used = sorted({f"mrtlab {one['mrtlab']}, Python {one['python']}" for one in view.events})
    facts = [
        ("Worked with", escape("; ".join(used))),
        (
            "Page made with",
            escape(f"mrtlab {evidence['mrtlab']}, Python {evidence['python']}, {date_text(evidence['made'])}"),
        ),
        ("Hash of the data (story and tables)", f"<code>{view.entry['data']}</code>"),
        ("sha256 of the evidence", f"<code>{evidence['sha256']}</code>"),
        (
            "To check it",
            f"<code>mrtlab remark {view.sheet.exercise}-{view.sheet.code}.mrt.json</code> draws these data anew and "
            "judges every answer again; the file must name the same sha256.",
        ),
    ]
    words = f"{escape(evidence['notice'])} {escape(PURPOSE)}"
    return f"<footer><h2>Versions and proof</h2>{pairs(facts)}<p>{words}</p></footer>"
