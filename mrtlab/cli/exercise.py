"""``mrtlab exercise``: list the exercises, check them, begin a new one."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from mrtlab.errors import InputError

__all__ = ["app"]

app = typer.Typer(help="List the exercises, check them, begin a new one.", no_args_is_help=True, rich_markup_mode=None)

_TEMPLATE = """\
# yaml-language-server: $schema=exercise.schema.json
# Lines that begin with # are advice and can go. `mrtlab exercise schema > exercise.schema.json` lets editors help.
id: {id}                                          # the name of this folder
version: 1                                        # raise it when data or verdicts change
title: Activity left after some days
therapy: Lu-177
level: know                                       # know, apply or judge
minutes: 5
goals: [bring an activity to another time]
maps_to: [MRTLAB:CAL-S]                           # competence tags, such as NSHCS:S-NM-S3/6
story: A vial held {{a0_mbq}} MBq of Lu-177. How much is left {{wait_h}} h later?
# drawn anew for every learner (uniform, normal, lognormal, integer, one_of, clock); rounded before anything is computed
draw: {{a0_mbq: {{uniform: [400, 900], round: 1}}, wait_h: {{uniform: [60, 100], round: 1}}}}
work:                                             # the competent method, on what the learner sees
  half_life_h: nuclides.nuclide("Lu-177").half_life_h
  left_mbq: a0_mbq * exp(-ln2 * wait_h / half_life_h)
ask:
  - id: left
    text: Activity left
    unit: MBq
    is: left_mbq
    tol: 0.01
    why: Half-lives in use differ by less than 0.2 %.
    right: Every activity belongs to a time; without one it is no number.
    wrong:                                        # what a learner does instead, and what to say to it
      - {{is: a0_mbq, say: "No decay is in this: days have gone by since the vial was measured."}}
      - {{is: a0_mbq * exp(-wait_h / half_life_h), say: "The exponent lacks ln 2: the half-life is not the mean life."}}
      - {{is: a0_mbq * exp(ln2 * wait_h / half_life_h), say: "It has grown; look at the sign of the exponent."}}
# a choice with its reason (others: `rubric` for a text, `pick` in a plot, `record`, `u` or `interval` beside a number):
#  - id: keep
#    text: "Would you still use it?"
#    choose: {{use: use it, discard: discard it}}
#    is: "'use' if left_mbq > 300 else 'discard'"
#    reason: true
#    right: The order was for 300 MBq.
#    wrong: [{{is: use, say: Compare with the order.}}, {{is: discard, say: Compare with the order.}}]
solution: A = A_{{0}}·2^{{-t/T}} = {{left_mbq:.1f}} MBq.
sources: [nuclides.icrp107]                       # keys of mrtlab.sources, or {{cite: …, status: published}}
teacher: Ask who noticed that the vial is past its first half-life.
"""


@app.command("list")
def list_(
    folder: Annotated[
        Path | None, typer.Option(file_okay=False, show_default=False, help="Where to look instead of mrtlab's own.")
    ] = None,
) -> None:
    """List the exercises: id, level, minutes, title."""
    from mrtlab.learn import library

    topic = None
    for one in library.exercises(folder):
        if one.folder.parent.name != topic:
            topic = one.folder.parent.name
            typer.echo(topic)
        typer.echo(f"  {one.id:28} {one.code:5} {one.level:6} {one.minutes:3} min  {one.title}")


@app.command()
def check(
    which: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID or FOLDER]...", show_default=False, help="By default every exercise there is."),
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=100_000, help="How many learners to try.")] = 500,
    ranges: Annotated[bool, typer.Option("--ranges", help="Show the span of parameters and right answers.")] = False,
) -> int:
    """Try an exercise on hundreds of learners; exit status 1 if anything must be mended."""
    from mrtlab.learn import audit, library

    found = [library.load(Path(one) if Path(one).exists() else one) for one in which or ()] or library.exercises()
    failed = 0
    for exercise in found:
        if sys.stderr.isatty():
            with typer.progressbar(length=n, label=exercise.id, file=sys.stderr) as bar:
                result = audit.audit(exercise, n, lambda done, bar=bar: bar.update(1))
        else:
            result = audit.audit(exercise, n)
        good = "ok" if result.passed else "TO MEND"
        typer.echo(f"{exercise.id:28} {good}: {result.variants} learners, {result.redraws:.2f} draws refused for each")
        for text in result.errors:
            typer.echo(f"  mend: {text}")
        for text in result.notes:
            typer.echo(f"  look: {text}")
        for name, (low, high) in result.ranges.items() if ranges else ():
            typer.echo(f"  {name}: {low:.5g} to {high:.5g}")
        failed += not result.passed
    return int(failed > 0)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Id of the exercise: small letters, digits and hyphens.")],
    topic: Annotated[str, typer.Option(help="Folder it belongs to, such as calibration.")] = "my-exercises",
    folder: Annotated[Path, typer.Option(file_okay=False, help="Where the topics are.")] = Path("exercises"),
) -> None:
    """Write a commented exercise to begin from; it already works."""
    for word in (name, topic):
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", word):
            raise InputError(f"{word!r} cannot be a name; use small letters, digits and hyphens, such as kidney-tia")
    path = folder / topic / name / "exercise.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(_TEMPLATE.format(id=name))
    except FileExistsError:
        raise InputError(f"{path} is already there; choose another id or change that file") from None
    typer.echo(f"wrote {path}; now change it, and try it with: mrtlab exercise check {path.parent.as_posix()}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of exercise.yaml, for editors."""
    from mrtlab.learn import library

    typer.echo(json.dumps(library.json_schema(), indent=1, ensure_ascii=False))
