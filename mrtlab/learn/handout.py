"""What an educator gives to one learner: a handout to print, without answers, and what to do with the pack."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import mrtlab
from mrtlab.learn import _html
from mrtlab.learn._html import markup, paragraphs
from mrtlab.learn.sheet import Sheet, SheetQuestion

__all__ = ["handout", "instructions", "zipped"]

_SENTENCE, _TEXT = 2, 6  # lines to write on
_INSTRUCTIONS = """\
{course}: {kind} pack of {learner}

1. If this is in a zip file, unpack it first (Windows: right click, "Extract All").
2. Start mrtlab and choose the card "Exercises".
3. Choose "Open my course pack…" and take the file pack.json of this folder. Do not change it: your data belong to it.
4. Work at the exercises. handout.html has the same tasks for paper; the CSV files have your data, once with decimal
   points and once with decimal commas.
5. At the end choose "Hand in: download my answer file". {when}
   It is one file for the whole course, its name ends in .mrt.json. Send it to your teacher as it is: not renamed, not
   opened in another program, not pack.json.

{purpose}
"""


def handout(course: str, learner: str, sheets: Sequence[Sheet], *, assessment: bool = False) -> str:
    """A page with all exercises of one learner, each on sheets of its own with the code of the variant at its head.

    Parameters
    ----------
    course : str
    learner : str
        Pseudonym.
    sheets : sequence of Sheet
    assessment : bool
    """
    papers = "\n".join(_paper(course, learner, sheet, assessment) for sheet in sheets)
    heading = f'<h1 class="title">{escape(course)}: {escape(learner)}</h1>'
    contents = "".join(f"<li>{markup(_title(sheet))}, {sheet.minutes} min, code {sheet.code}</li>" for sheet in sheets)
    front = f'{heading}<ol class="plain">{contents}</ol>' if len(sheets) > 1 else heading
    return _html.document(f"{course}: {learner}", front + papers, purpose=False)


def instructions(course: str, learner: str, *, assessment: bool = False) -> str:
    """What a learner does with the pack, as plain text."""
    when = (
        "Verdicts come with the grading; until then your\n   last answer to a question counts."
        if assessment
        else "You can do so as often as you like."
    )
    kind = "assessment" if assessment else "practice"
    return _INSTRUCTIONS.format(course=course, kind=kind, learner=learner, when=when, purpose=mrtlab.PURPOSE)


def zipped(folder: Path, made: datetime) -> Path:
    """Write the files of a folder into a zip file of its name beside it: one file to send by mail or platform."""
    path = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(file.name, made.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, file.read_bytes())
    return path


def _title(sheet: Sheet) -> str:
    return f"{sheet.short} {sheet.title}".strip()


def _paper(course: str, learner: str, sheet: Sheet, assessment: bool) -> str:
    """One exercise; head and foot are those of a table, which stand on every page it takes."""
    mode = "assessment" if assessment else "practice"
    head = (
        f'<div class="running"><b>{escape(sheet.code)}</b><span>{markup(_title(sheet))}</span>'
        f"<span>{escape(course)} · {escape(learner)} · {mode}</span></div>"
    )
    versions = f"mrtlab {mrtlab.__version__}, {sheet.exercise} version {sheet.version}"
    foot = f'<div class="foot">{escape(mrtlab.PURPOSE)} {versions}.</div>'
    return (
        f'<table class="paper" role="presentation"><thead><tr><td>{head}</td></tr></thead>'
        f"<tfoot><tr><td>{foot}</td></tr></tfoot><tbody><tr><td>{_body(sheet)}</td></tr></tbody></table>"
    )


def _body(sheet: Sheet) -> str:
    numbered = any(question.kind == "point" for question in sheet.questions)
    tables = "".join(
        _html.sheet_table(table, numbered=numbered and sheet.plot is not None and table.name == sheet.plot.table)
        for table in sheet.tables
    )
    listed = "".join(f"<li>{escape(file.name)}: {markup(file.caption)}</li>" for file in sheet.files)
    tables += f"<p>Files, from the page of the exercise:</p><ul>{listed}</ul>" if listed else ""
    pictures = _html.figures(sheet)
    data = f'<div class="beside"><div>{tables}</div><div>{pictures}</div></div>' if pictures else tables
    goals = "".join(f"<li>{markup(goal)}</li>" for goal in sheet.goals)
    # behind the questions, because a goal may answer one; sheets of an assessment have none
    goals = f'<p>Afterwards you can:</p><ul class="plain">{goals}</ul>' if goals else ""
    return (
        f'<h2 style="margin-top:0">{markup(_title(sheet))}</h2>'
        f'<p class="soft">{escape(sheet.therapy)} · {sheet.minutes} min · level: {escape(sheet.level)}</p>'
        f"{paragraphs(sheet.story)}{data}"
        + "".join(_question(place, question) for place, question in enumerate(sheet.questions, 1))
        + goals
    )


def _question(place: int, question: SheetQuestion) -> str:
    help_ = f'<p class="soft">{markup(question.help)}</p>' if question.help else ""
    predict = '<p class="soft">Decide before you calculate anything.</p>' if question.predict else ""
    return f'<div class="question"><h3>{place}. {markup(question.text)}</h3>{help_}{predict}{_space(question)}</div>'


def _space(question: SheetQuestion) -> str:
    """Where the answer goes."""
    if question.kind == "number":
        return _number(question)
    if question.kind == "choice":
        boxes = "".join(f"<li>{markup(text)}</li>" for _, text in question.options)
        reason = f"<p>Because</p>{_lines(_SENTENCE)}" if question.reason else ""
        return f'<ul class="boxes">{boxes}</ul>{reason}'
    if question.kind == "text":
        return _lines(_TEXT)
    if question.kind == "record":
        return "<p>On the page of records, not on paper; the record is handed in on the page of the exercise.</p>"
    if question.kind == "point":
        return f"<p>Point number {_BLANK}</p>"
    if question.kind == "region":
        return f"<p>From {_BLANK} to {_BLANK} on the horizontal axis</p>"
    return f"<p>x {_BLANK} y {_BLANK} (pixels)</p>"


_BLANK = '<span class="blank"></span>'


def _number(question: SheetQuestion) -> str:
    unit = markup(question.unit)
    answer = f"Answer {_BLANK} {unit}"
    if "u" in question.parts:
        answer = f"Answer {_BLANK} ± {_BLANK} {unit} (one standard uncertainty)"
    elif "low" in question.parts:
        answer += f" &nbsp; 95 % interval from {_BLANK} to {_BLANK} {unit}"
    return f'<p class="soft">Working</p><div class="working"></div><p>{answer}</p>'


def _lines(count: int) -> str:
    return '<div class="rule"></div>' * count
