"""A learner's own version of an exercise: parameters drawn, data made, and what is right for exactly these data."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from uncertainties import UFloat

from mrtlab import constants
from mrtlab.errors import InputError
from mrtlab.learn._filled import render
from mrtlab.learn._records_made import begun
from mrtlab.learn.draws import code_of, draw, generator, noisy, rounded, seed_of, shown
from mrtlab.learn.expected import Expected, expected
from mrtlab.learn.expressions import FormulaError, Formulas
from mrtlab.learn.schema import Column, Exercise, Question, Value
from mrtlab.learn.sheet import Sheet, SheetColumn, SheetFile, SheetImage, SheetPlot, SheetQuestion, SheetTable
from mrtlab.record import to_json

__all__ = ["REDRAWS", "Truth", "Variant", "VariantError", "same_images", "variant"]

REDRAWS = 50


class VariantError(InputError):
    """No usable variant; the message says why the draws were refused."""


class _Redraw(Exception):
    """These draws do not make an exercise; the reason is the message."""


@dataclass(frozen=True)
class Truth:
    """One hidden number behind the data."""

    name: str
    label: str
    value: float
    unit: str
    question: str = ""

    @property
    def text(self) -> str:
        """Label, value and unit."""
        return f"{self.label}: {shown(self.value)} {self.unit}".strip()


@dataclass(frozen=True, eq=False)
class Variant:
    """One learner's exercise with all that is needed to judge it.

    Attributes
    ----------
    exercise : Exercise
    course, learner, code : str
    redraw : int
        How many draws were refused before this one.
    refused : tuple of str
        Why.
    sheet : Sheet
        What the learner sees.
    expected : mapping of question id to Expected
    truth : tuple of Truth
    """

    exercise: Exercise
    course: str
    learner: str
    code: str
    redraw: int
    refused: tuple[str, ...]
    sheet: Sheet
    expected: Mapping[str, Expected]
    truth: tuple[Truth, ...]
    formulas: Formulas = field(repr=False)

    def render(self, text: str) -> str:
        """A text of the exercise with its placeholders filled."""
        return render(text, self.formulas)


def variant(exercise: Exercise, learner: str, course: str = "self", key: bytes | None = None) -> Variant:
    """The variant of a learner: the same on every machine and at any time.

    Parameters
    ----------
    exercise : Exercise
        From :func:`mrtlab.learn.library.load`.
    learner : str
        Pseudonym.
    course : str
        Learners of another course get other data.
    key : bytes, optional
        The educator's, for an assessment.

    Raises
    ------
    VariantError
        If 50 draws in a row are refused; the exercise is at fault, not the learner.
    """
    seed = seed_of(course, exercise.id, exercise.version, learner, key)
    refused: list[str] = []
    for redraw in range(REDRAWS):
        try:
            return _build(exercise, seed, redraw, course, learner, tuple(refused))
        except _Redraw as reason:
            refused.append(str(reason))
    raise VariantError(f"{exercise.id}: no usable variant for {learner!r} in {REDRAWS} draws; the last: {refused[-1]}")


def _build(exercise: Exercise, seed: bytes, redraw: int, course: str, learner: str, refused) -> Variant:
    formulas = Formulas()
    for name, spec in exercise.draw.items():
        formulas[name] = draw(spec, generator(seed, f"draw/{name}", redraw))
    for name, value in exercise.let.items():
        formulas[name] = _value(value, formulas)
    images = _images(exercise, formulas, generator(seed, "images", redraw).getrandbits(64))
    tables = tuple(_table(name, table, formulas, seed, redraw) for name, table in exercise.data.items())
    try:
        for name, formula in exercise.work.items():
            formulas[name] = formulas.run(formula)
    except FormulaError:
        raise
    except InputError as error:
        raise _Redraw(f"the competent method refuses: {error}") from None
    for formula in exercise.require:
        if not formulas.run(formula):
            raise _Redraw(f"not {formula}")
    answers = {question.id: expected(question, formulas) for question in exercise.ask}
    for one in answers.values():
        if one.collision:
            raise _Redraw(one.collision)
    code = code_of(seed)
    return Variant(
        exercise=exercise,
        course=course,
        learner=learner,
        code=code,
        redraw=redraw,
        refused=refused,
        sheet=_sheet(
            exercise,
            code,
            formulas,
            tables,
            images,
            (*_files(exercise, formulas, seed, redraw), *_begun(exercise, formulas, code)),
        ),
        expected=answers,
        truth=tuple(
            Truth(
                name, value.label or name.replace("_", " "), _value(value, formulas), value.unit, value.question or ""
            )
            for name, value in exercise.truth.items()
        ),
        formulas=formulas,
    )


def _value(spec: Value, formulas: Formulas):
    value = formulas.run(spec.is_)
    if spec.round is None and spec.digits is None:
        return value
    return rounded(float(value), spec.round, spec.digits)


def _table(name: str, table, formulas: Formulas, seed: bytes, redraw: int) -> SheetTable:
    columns = []
    for column_name, column in table.columns.items():
        cells = _cells(f"{name}/{column_name}", column, formulas, seed, redraw)
        words = bool(cells) and isinstance(cells[0], str)
        formulas[column_name] = list(cells) if words else np.array([float(cell) for cell in cells])
        columns.append(
            SheetColumn(
                name=column_name,
                label=column.label or column_name.replace("_", " "),
                unit=column.unit,
                cells=tuple(cells) if words else tuple(cell.text for cell in cells),
                values=None if words else tuple(float(cell) for cell in cells),
            )
        )
    if len({len(column.cells) for column in columns}) > 1:
        lengths = ", ".join(f"{column.name} {len(column.cells)}" for column in columns)
        raise FormulaError(f"the columns of {name} differ in length: {lengths}")
    return SheetTable(name, table.caption, tuple(columns))


def _cells(purpose: str, column: Column, formulas: Formulas, seed: bytes, redraw: int) -> list:
    """The cells of a column: values, noise, rounding. Every cell has a stream of its own."""
    values = formulas.run(column.is_)
    if isinstance(values, (str, float, int, UFloat)) or np.ndim(values) != 1:
        raise FormulaError(f"{column.is_!r} must give a row of values, got {values!r}")
    if all(isinstance(value, str) for value in values):
        return [str(value) for value in values]
    spread = {kind: _spread(getattr(column, kind), formulas, len(values)) for kind in ("cv", "sd")}
    cells = []
    for place, value in enumerate(values):
        stream = generator(seed, f"noise/{purpose}/{place}", redraw)
        noise = {kind: None if row is None else float(row[place]) for kind, row in spread.items()}
        measured = noisy(float(value), stream, **noise, poisson=column.poisson, bernoulli=column.bernoulli)
        cells.append(rounded(measured, 1.0 if column.whole else column.round, column.digits))
    return cells


def _spread(formula: str | None, formulas: Formulas, length: int):
    return None if formula is None else np.broadcast_to(formulas.run(formula), (length,))


def _images(exercise: Exercise, formulas: Formulas, seed: int) -> tuple[SheetImage, ...]:
    if not exercise.images:
        return ()
    if exercise.folder is None or not (exercise.folder / "generate.py").is_file():
        raise FormulaError(f"{exercise.id} has images but no generate.py beside its exercise.yaml")
    made = _generate(exercise.folder / "generate.py").generate(_values(exercise, formulas), seed)
    missing = [image.name for image in exercise.images if image.name not in made]
    if missing:
        raise FormulaError(f"generate.py of {exercise.id} made no image {', '.join(missing)}")
    images = []
    for image in exercise.images:
        words = {"name": image.name, "caption": image.caption, "alt": image.alt, "unit": image.unit}
        images.append(SheetImage.pack(made[image.name], pixel_mm=image.pixel_mm, **words))
        formulas[image.name] = images[-1].array
    return tuple(images)


def _values(exercise: Exercise, formulas: Formulas) -> dict:
    return {name: formulas[name] for name in (*exercise.draw, *exercise.let)}


def _files(exercise: Exercise, formulas: Formulas, seed: bytes, redraw: int) -> tuple[SheetFile, ...]:
    """Files for the learner; made last, when it is certain that these are the draws."""
    if not exercise.files:
        return ()
    path = exercise.folder / "generate.py" if exercise.folder else None
    if path is None or not path.is_file() or not hasattr(_generate(path), "files"):
        raise FormulaError(f"{exercise.id} has files but no function files in a generate.py beside its exercise.yaml")
    number = generator(seed, "files", redraw).getrandbits(64)
    made = _generate(path).files(_values(exercise, formulas), number)
    missing = [file.name for file in exercise.files if file.name not in made]
    if missing:
        raise FormulaError(f"generate.py of {exercise.id} made no file {', '.join(missing)}")
    return tuple(SheetFile.pack(file.name, file.caption, made[file.name]) for file in exercise.files)


def _begun(exercise: Exercise, formulas: Formulas, code: str) -> tuple[SheetFile, ...]:
    """Records as far as the learner gets them."""
    asked = [question for question in exercise.ask if question.record and question.record.begun]
    return tuple(
        SheetFile.pack(
            _record_name(question),
            question.record.caption,
            to_json(begun(question.record, formulas, exercise.code or exercise.id, code)).encode("utf-8"),
        )
        for question in asked
    )


def _record_name(question: Question) -> str:
    return f"{question.id.replace('_', '-')}.json"


@cache
def _generate(path: Path):
    """The module that comes with the exercise, and is trusted as the package is."""
    spec = importlib.util.spec_from_file_location(f"mrtlab_exercise_{path.parent.name.replace('-', '_')}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def same_images(one: Sheet, other: Sheet, tolerance: float = 0.01) -> bool:
    """Whether two sheets show the same images, but for single counts that a version of numpy may draw differently."""
    if [image.name for image in one.images] != [image.name for image in other.images]:
        return False
    for mine, theirs in zip(one.images, other.images, strict=True):
        if mine.shape != theirs.shape:
            return False
        first, second = mine.array, theirs.array
        if np.abs(first - second).sum() > tolerance * max(first.sum(), 1.0):
            return False
    return True


def _sheet(exercise: Exercise, code: str, formulas: Formulas, tables, images, files) -> Sheet:
    return Sheet(
        exercise=exercise.id,
        version=exercise.version,
        code=code,
        title=exercise.title,
        short=exercise.code,
        topic=exercise.folder.parent.name if exercise.folder else "",
        therapy=exercise.therapy,
        level=exercise.level,
        minutes=exercise.minutes,
        audience=tuple(exercise.audience),
        prerequisites=tuple(exercise.prerequisites),
        goals=tuple(exercise.goals),
        maps_to=tuple(exercise.maps_to),
        story=render(exercise.story, formulas),
        tables=tables,
        images=images,
        files=files,
        plot=_plot(exercise, formulas, tables),
        questions=tuple(_question(question, formulas, _unit(exercise, question)) for question in exercise.ask),
        sources=tuple(_source(source) for source in exercise.sources),
    )


def _plot(exercise: Exercise, formulas: Formulas, tables) -> SheetPlot | None:
    plot = exercise.plot
    if plot is None:
        return None
    rows = len(next(table for table in tables if table.name == plot.table).rows)
    error = None
    if plot.error is not None:
        bars = np.broadcast_to(formulas.run(plot.error), (rows,))
        error = tuple(float(rounded(float(bar))) for bar in bars)
    return SheetPlot(plot.table, plot.x, plot.y, error, plot.log_x, plot.log_y)


def _unit(exercise: Exercise, question: Question) -> str:
    """A region is given in the unit of the axis it is picked on."""
    if question.kind != "region":
        return question.unit
    return exercise.data[exercise.plot.table].columns[exercise.plot.x].unit


def _question(question: Question, formulas: Formulas, unit: str) -> SheetQuestion:
    parts = ()
    if question.kind == "number":
        parts = ("value", "u") if question.u else ("value", "low", "high") if question.interval else ("value",)
    if question.record:
        parts = (question.record.until, *([_record_name(question)] if question.record.begun else ()))
    return SheetQuestion(
        id=question.id,
        kind=question.kind,
        text=render(question.text, formulas),
        help=render(question.help, formulas),
        unit=unit,
        parts=parts,
        options=tuple((key, render(text, formulas)) for key, text in (question.choose or {}).items()),
        reason=question.reason,
        predict=question.predict,
        hints=len(question.hints),
        points=question.points,
    )


def _source(source) -> tuple[str, str]:
    """Citation and certainty, from a key of the constants or as written out in the exercise."""
    if isinstance(source, str):
        found = constants.sources(source)
        return found.citation, found.status
    return source.cite, source.status
