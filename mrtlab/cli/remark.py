"""``mrtlab remark``: every verdict in a file of evidence, computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mrtlab.errors import InputError

__all__ = ["remark"]


def remark(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Evidence: a portfolio entry or an answer file.")],
    key: Annotated[
        Path | None,
        typer.Option(metavar="KEYFILE", show_default=False, help="course-key.json of the educator, for an assessment."),
    ] = None,
) -> int:
    """Draw the learner's data anew, judge every answer again, and compare with the file.

    Exit status 0 if every verdict is the same, 1 if one differs or cannot be confirmed, 2 if the file cannot be used.
    """
    from mrtlab.learn import evidence as files

    evidence = files.read(file)
    remarks = files.remark(evidence, None if key is None else _key(key, evidence["course"]))
    rows = [("exercise", "question", "answer", "stored", "now", "note")]
    rows += [
        (one.exercise, one.question or "-", _short(one.answer) or "-", one.stored or "-", one.now or "-", one.note)
        for one in remarks
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    typer.echo(f"{evidence['learner']}, course {evidence['course']}, {evidence['mode']}; made {evidence['made']}")
    for row, same in zip(rows, (None, *(one.same for one in remarks)), strict=True):
        mark = "" if same is None else "ok" if same else "DIFFERS" if row[4] != "-" else "OPEN"
        cells = "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False))
        typer.echo(f"{mark:8} {cells}  {row[5]}".rstrip())
    if evidence["mode"] == "assessment" and key is None:
        typer.echo("This is an assessment: verdict and truth need the educator's key (--key course-key.json).")
    same = sum(one.same for one in remarks)
    typer.echo(f"{same} of {len(remarks)} verdicts the same")
    return int(same < len(remarks))


def _short(text: str) -> str:
    """One line that leaves room for the rest."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"


def _key(path: Path, course: str) -> bytes:
    from mrtlab.learn.course import read_key

    found = read_key(path)
    if found.key is None:
        raise InputError(f"{path.name} is of a course for practice, whose files are checked without a key")
    if found.name != course:
        raise InputError(f"{path.name} is the key of {found.name!r}, and the file is of {course!r}")
    return found.key
