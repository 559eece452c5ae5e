"""``mrtlab course``: make a course, grade it, show the class, fill a Moodle question bank."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated

import typer

from mrtlab.errors import InputError

__all__ = ["app"]

app = typer.Typer(
    help="Courses: packs for learners, grading from their answer files, the class page, Moodle.",
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_PRACTICE = (
    "Practice files can be edited by the learner, who can also compute what is right; for marks make the course with "
    "--assessment."
)
_Answers = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder with the answer files (*.mrt.json), or zip files of them.")
]
_Roster = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV with a column 'pseudonym' and any others, such as key/roster.csv of the course; a grade book "
        "exported from Canvas works once it has that column.",
        show_default=False,
    ),
]
_Key = Annotated[
    Path | None, typer.Option(metavar="FILE", help="course-key.json; an assessment needs it.", show_default=False)
]
_Out = Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write.", show_default="FOLDER/grades")]
_Names = Annotated[bool, typer.Option("--names", help="Name learners on the class page, as the roster does.")]


@app.command()
def new(
    name: Annotated[str, typer.Option(metavar="TEXT", help="Of the course, such as 'Lund 2027'.")],
    n: Annotated[int | None, typer.Option("--n", metavar="N", help="Learners.", show_default="30")] = None,
    exercise: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID|FOLDER",
            help="May be repeated. A FOLDER is an exercise of your own, for --assessment only: learners' computers "
            "know no others than mrtlab's.",
            show_default="all that come with mrtlab",
        ),
    ] = None,
    assessment: Annotated[bool, typer.Option("--assessment", help="Receipts only; verdicts with the grading.")] = False,
    folder: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder.", show_default="from the name")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV of people; one pseudonym each. A grade book exported from Canvas works.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Write a folder with a pack for every learner, the key, a programme and a roster to fill in."""
    from mrtlab.learn import course

    out = folder or Path(course.slug(name))
    made = course.create(
        out, name, n=n, exercises=exercise, assessment=assessment, roster=roster, advance=_advance("packs")
    )
    typer.echo(f"{made.name}: {len(made.learners)} packs, {len(made.exercises)} exercises, {made.mode}, in {out}")
    typer.echo(
        f"Give every learner one zip file of {out / 'packs'} (the folder beside it is the same); keep {out / 'key'} to "
        "yourself."
    )
    if not assessment:
        typer.echo(_PRACTICE)
    key = out / course.KEY_FOLDER
    options = f"--roster {_typed(key / 'roster.csv')} --key {_typed(key / course.KEY_FILE)}"
    typer.echo(f"When their answer files are in a folder, say answers:\n  mrtlab course grade answers {options}")
    return 0


@app.command()
def grade(
    folder: _Answers, roster: _Roster = None, key: _Key = None, out: _Out = None, names: _Names = False,
    semicolon: Annotated[bool, typer.Option("--semicolon", help="grades.csv with semicolons, decimal commas.")] = False,
) -> int:  # fmt: skip
    """Judge all answer files again and write grades (by exercise, total, for Moodle, for Canvas) and class.html.

    Practice files can be edited by the learner, who can also compute what is right; for marks make the course with
    --assessment. In totals an exercise that was not handed in counts 0.

    Exit status 0 if every file was used and confirmed, 1 if there is something to look at.
    """
    from mrtlab.learn import grade_tables

    graded = _graded(folder, roster, key)
    out = out or folder / "grades"
    files = [*grade_tables.write(graded, out, semicolon=semicolon), _class_page(graded, out, names)]
    handed = len(graded.handed_in)
    if graded.listed:
        typer.echo(f"{graded.course}: {handed} of {len(graded.learners)} learners handed something in.")
    else:
        learners = "1 learner" if handed == 1 else f"{handed} learners"
        typer.echo(
            f"{graded.course}: {learners} handed something in; without roster or key nobody is known to be missing."
        )
    if without := [learner for learner in graded.learners if learner not in graded.handed_in]:
        typer.echo(f"Nothing from: {', '.join(without)}")
    _say(graded.problems)
    typer.echo(f"Written to {out}: {', '.join(file.name for file in files)}")
    typer.echo(grade_tables.canvas_names(graded))
    if graded.mode == "practice":
        typer.echo(_PRACTICE)
    return int(bool(graded.problems))


@app.command()
def report(folder: _Answers, roster: _Roster = None, key: _Key = None, out: _Out = None, names: _Names = False) -> int:
    """Write the class page alone: all answers side by side, without names."""
    graded = _graded(folder, roster, key)
    file = _class_page(graded, out or folder / "grades", names)
    _say(graded.problems)
    typer.echo(f"Written: {file}")
    return int(bool(graded.problems))


@app.command()
def moodle(
    exercise: Annotated[str, typer.Argument(metavar="ID|FOLDER", help="Of the exercise; FOLDER if it is your own.")],
    n: Annotated[int, typer.Option("--n", metavar="N", help="Variants.")] = 30,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Moodle XML.", show_default="ID-moodle.xml")] = None,
    seed: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="To draw the same variants again; keep it secret.", show_default="random"),
    ] = None,
) -> int:
    """Write a question bank for Moodle: one cloze question per variant, with tolerances and slips.

    In Moodle choose Question bank, Import, Moodle XML format, and give the file.
    """
    from mrtlab.learn import _own
    from mrtlab.learn.moodle import question_bank

    loaded, seed = _own.find(exercise), seed or secrets.token_hex(8)
    content, out = question_bank(loaded, n, seed), out or Path(f"{loaded.id}-moodle.xml")
    if out.exists():
        raise InputError(f"{out} exists already; give another file with --out")
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InputError(f"{out} could not be written: {error.strerror or error}") from None
    typer.echo(
        f"{n} variants of {loaded.id} in {out}. Drawn again with --seed {seed}: whoever knows it has the answers."
    )
    typer.echo(f"In Moodle: Question bank > Import > Moodle XML format, then give {out.name}; it makes a category.")
    return 0


@app.command()
def nbgrader(
    exercise: Annotated[str, typer.Argument(metavar="ID", help="Of the exercise.")],
    source: Annotated[Path, typer.Option(metavar="DIR", help="The folder 'source' of an nbgrader course.")] = Path(
        "source"
    ),
    name: Annotated[str, typer.Option(metavar="TEXT", help="Of the course; others get other data.")] = "self",
) -> int:
    """Write an exercise as an assignment for nbgrader, with every learner's own data."""
    from mrtlab.learn import library, nbgrader

    path = nbgrader.write(library.load(exercise), source, name)
    typer.echo(f"wrote {path}; next: nbgrader generate_assignment {exercise}")
    return 0


def _typed(path: Path) -> str:
    """A path as it is typed in any shell."""
    return f'"{path}"' if " " in str(path) else str(path)


def _graded(folder: Path, roster: Path | None, key: Path | None):
    from mrtlab.learn import course, csvs, grading

    people = csvs.read_roster(roster) if roster else None
    return grading.grade(folder, people, course.read_key(key) if key else None, _advance("learners"))


def _class_page(graded, out: Path, names: bool) -> Path:
    from mrtlab.learn.class_page import class_page

    file, text = out / "class.html", class_page(graded, names=names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{file} could not be written: {error.strerror or error}") from None
    return file


def _say(problems) -> None:
    if problems:
        typer.echo("To look at:")
    for problem in problems:
        typer.echo(f"  {problem.file}: {problem.text}")


def _advance(what: str):
    """Progress on stderr, for a person who waits; nothing where nobody looks."""
    stream = typer.get_text_stream("stderr")
    if not stream.isatty():
        return None

    def show(done: int, of: int) -> None:
        stream.write(f"\r{done} of {of} {what}" + ("\n" if done == of else ""))
        stream.flush()

    return show
