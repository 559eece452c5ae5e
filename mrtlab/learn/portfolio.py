"""An exercise as a page for a portfolio, from which an assessor can judge: one file, no script, nothing fetched.

Beside it lies the same as JSON; both name one hash. The page shows right answers only where the learner has seen them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from mrtlab import _userdata
from mrtlab.errors import InputError
from mrtlab.learn import _portfolio_page as page
from mrtlab.learn import evidence as files
from mrtlab.learn._html import plain
from mrtlab.learn._portfolio_questions import date_text, question_section, task
from mrtlab.learn._portfolio_view import View
from mrtlab.learn.privacy import REMOVED, personal_data
from mrtlab.learn.session import Session

__all__ = ["Exported", "export", "findings", "html", "is_draft"]

_CSS = Path(__file__).with_name("portfolio.css")
_NUMERIC = ("value", "u", "low", "high", "x", "y")


@dataclass(frozen=True)
class Exported:
    """Where the two files lie.

    Attributes
    ----------
    html_path, json_path : Path
    draft : bool
        Whether a reflection or an action plan after the last answer is still missing.
    sha256 : str
        Hash of the evidence, named by both files.
    """

    html_path: Path
    json_path: Path
    draft: bool
    sha256: str


def is_draft(evidence: Mapping[str, Any]) -> bool:
    """Whether a reflection and an action plan, both written after the last answer, are still missing."""
    for entry in evidence["exercises"]:
        answers = [event["at"] for event in entry["events"] if event["event"] == "answer"]
        written = {
            event["field"]
            for event in entry["events"]
            if event["event"] == "reflection" and answers and event["at"] > answers[-1]
        }
        if not {"learned", "plan"} <= written:
            return True
    return False


# --- what must not leave this computer


def findings(evidence: Mapping[str, Any]) -> tuple[str, ...]:
    """What looks like personal data in anything the learner typed: the words, and where they stand."""
    found = [
        f"the pseudonym {evidence['learner']!r}: {one.text!r} looks like a {one.kind}"
        for one in personal_data(evidence["learner"])
    ]
    for where, _, holder, name in _typed(evidence):
        for one in personal_data(holder[name]):
            line = f", line {one.line}" if "\n" in holder[name] else ""
            found.append(f"{where}{line}: {one.text!r} looks like a {one.kind}")
    return tuple(found)


def _typed(evidence: Mapping) -> Iterator[tuple[str, dict, dict, str]]:
    """Every text a learner typed: where it stands in words, its event, and what holds it under which name."""
    for entry in evidence["exercises"]:
        for event in entry["events"]:
            when = date_text(event["at"])
            if event["event"] == "reflection":
                yield f"reflection {page.REFLECTIONS[event['field']]!r} of {when}", event, event, "text"
            elif event["event"] == "answer":
                # a number that was read is a measurement, however many digits it has
                for name in ("reason", "text") if event["understood"] else ("reason", "text", *_NUMERIC):
                    if isinstance(event["raw"].get(name), str):
                        what = name if name in ("reason", "text") else "entry"
                        yield f"your {what} to question {event['question']!r} of {when}", event, event["raw"], name


def _without_personal_data(evidence: Mapping[str, Any]) -> dict:
    """A copy in which the words found are replaced; verdicts stay what they were."""
    copy = json.loads(json.dumps(evidence))
    for _, event, holder, name in _typed(copy):
        for _ in range(5):  # what is left over may look like something again
            for one in personal_data(holder[name]):
                holder[name] = holder[name].replace(one.text, REMOVED)
                if event.get("message"):  # it quotes what could not be read
                    event["message"] = event["message"].replace(one.text, REMOVED)
    return files.seal(copy)


def export(
    session: Session, folder: Path | None = None, tags: Sequence[str] | None = None, *, redact: bool = False
) -> Exported:
    """Write the portfolio entry of a session: the page, and the evidence as JSON.

    Parameters
    ----------
    session : Session
    folder : Path, optional
        By default ``portfolio`` in the user's data folder.
    tags : sequence of str, optional
        The competences the learner claims, of those of the exercise.
    redact : bool
        Replace what looks like personal data by "[words removed]" instead of refusing. The logbook keeps every text for
        good, so this is the way out for somebody who has written a name.

    Raises
    ------
    InputError
        If nothing was done yet, a text looks as if it told who somebody is, or the folder cannot be written.
    """
    exercise = session.sheet.exercise
    evidence = files.build(session.identity, session.logbook, [exercise], {exercise: list(tags or ())})
    if redact:
        evidence = _without_personal_data(evidence)
    found = findings(evidence)
    if found:
        more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
        raise InputError(
            f"not exported, because something looks as if it told who somebody is: {'; '.join(found[:5])}{more}. A "
            "portfolio must not identify anybody. Write it anew without these words, and have those already kept "
            "replaced by [words removed] in the export"
        )
    whole = html(evidence)
    folder = Path(folder) if folder is not None else _userdata.folder() / "portfolio"
    stem = f"{exercise}-{session.sheet.code}"
    json_path = files.write(evidence, folder / f"{stem}.mrt.json")
    html_path = folder / f"{stem}.html"
    try:
        _userdata.write(html_path, whole)
    except OSError as error:
        raise _userdata.not_saved(error, html_path) from None
    return Exported(html_path, json_path, is_draft(evidence), evidence["sha256"])


# --- the page


def html(evidence: Mapping[str, Any]) -> str:
    """The page of one exercise, whole: no script, no outside reference.

    Parameters
    ----------
    evidence : mapping
        From :func:`mrtlab.learn.evidence.build` or ``read``, with one exercise.

    Raises
    ------
    InputError
        If there is more than one exercise, or its version is not installed.
    """
    view = View.of(evidence)
    draft = is_draft(evidence)
    sections = [
        page.head(view, draft),
        page.glance(view),
        task(view),
        "<h2>Questions and answers</h2>",
        *(question_section(view, place, one) for place, one in enumerate(view.sheet.questions, 1)),
        page.worked(view),
        page.reflections(view),
        page.competences(view),
        page.discussion(view),
        page.sources(view),
        page.signatures(),
        page.foot(view),
    ]
    title = f"{'DRAFT: ' if draft else ''}{plain(view.sheet.title)}, {evidence['learner']}, {view.sheet.code}"
    mark = '<div class="watermark" aria-hidden="true">DRAFT</div>' if draft else ""
    running = f"{view.sheet.code} · {evidence['learner']} · sha256 {evidence['sha256'][:12]}"
    style = f'@page {{ @bottom-left {{ content: "{running}{" · DRAFT" if draft else ""}"; }} }}'
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_CSS.read_text(encoding='utf-8')}{style}\n</style>\n</head>\n"
        f"<body>\n{mark}<main>\n{chr(10).join(sections)}\n</main>\n</body>\n</html>\n"
    )
