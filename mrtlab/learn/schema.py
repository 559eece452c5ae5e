"""The form of an exercise: what ``exercise.yaml`` may say, and what it must.

Every model refuses unknown fields, so that a misspelt field is an error and not a silence. The same models give the
JSON Schema with which editors help to write one (``mrtlab exercise schema``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    StringConstraints,
    field_validator,
    model_validator,
)

from mrtlab.learn._schema_data import (
    Attached,
    Column,
    Draw,
    Formula,
    Hidden,
    Image,
    Model,
    Name,
    Plot,
    Table,
    Value,
    Words,
)
from mrtlab.learn._schema_record import Recorded

__all__ = [
    "Asked",
    "Column",
    "Draw",
    "Exercise",
    "Formula",
    "Hidden",
    "Hint",
    "Image",
    "Plot",
    "Point",
    "Question",
    "Recorded",
    "Reference",
    "Table",
    "Value",
    "Wrong",
]


class Wrong(Model):
    """A wrong answer a learner will give, and what to say to it."""

    is_: Formula = Field(alias="is")
    say: Words


class Reference(Model):
    """What is right for one part of an answer, and how near is near enough."""

    is_: Formula | None = Field(None, alias="is")
    tol: float = Field(0.25, gt=0, le=1, description="Relative tolerance.")
    why: str = ""
    wrong: list[Wrong] = Field([])


def _reference(value: Any) -> Any:
    if value is True:
        return {}
    return {"is": value} if isinstance(value, (str, int, float, list)) and not isinstance(value, bool) else value


Asked = Annotated[Reference, BeforeValidator(_reference)]
Hint = Words


class Point(Model):
    """One point of a rubric, and words by which an answer that makes it can be recognised."""

    point: Words
    words: list[str] = Field(min_length=1)


class Question(Model):
    """One question.

    Its kind follows from what it has: ``choose`` a choice, ``rubric`` a text, ``pick`` something picked in the plot or
    the image, ``record`` a dosimetry record, otherwise a number.
    """

    id: Name
    text: Words
    help: str = ""
    is_: Formula | None = Field(None, alias="is", description="The right answer: a formula, or the key of a choice.")
    unit: str = ""
    tol: float | None = Field(None, gt=0, le=0.5, description="Relative tolerance of a number.")
    tol_abs: float | None = Field(None, gt=0, description="Or absolute, in the unit.")
    why: str = Field("", description="Why this tolerance: what differs between two competent answers.")
    u: Asked | None = Field(None, description="The standard uncertainty is asked too.")
    interval: Asked | None = Field(None, description="A 95 % interval is asked too: a formula with two numbers.")
    choose: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")], Words] | None = None
    reason: bool = Field(False, description="The choice needs a reason in a sentence.")
    predict: bool = Field(False, description="Asked before anything else is shown; not judged, compared at the end.")
    rubric: list[Point] | None = Field(None, min_length=1)
    sample: str = Field("", description="A good text, shown after the learner's own.")
    pick: Literal["point", "region", "place"] | None = None
    record: Recorded | None = None
    right: Words | None = Field(None, description="Why the right answer matters.")
    wrong: list[Wrong] = Field([])
    hints: list[Hint] = Field([], max_length=4)
    solution: str = ""
    points: float = Field(1, gt=0)

    @property
    def kind(self) -> str:
        """``"number"``, ``"choice"``, ``"text"``, ``"point"``, ``"region"``, ``"place"`` or ``"record"``."""
        if self.pick:
            return self.pick
        if self.record:
            return "record"
        return "choice" if self.choose else "text" if self.rubric else "number"

    @model_validator(mode="after")
    def _complete(self):
        if sum(part is not None for part in (self.choose, self.rubric, self.pick, self.record)) > 1:
            raise ValueError(f"question {self.id}: give one of choose, rubric, pick and record")
        checks = {"number": self._number, "choice": self._choice, "text": self._text, "record": self._recorded}
        problem = checks.get(self.kind, self._picked)()
        if problem:
            raise ValueError(f"question {self.id}: {problem}")
        if self.kind != "number" and (self.u or self.interval or self.tol or self.tol_abs or self.unit):
            raise ValueError(f"question {self.id}: unit, tol, u and interval belong to numbers")
        if self.kind != "choice" and (self.reason or self.predict):
            raise ValueError(f"question {self.id}: reason and predict belong to choices")
        return self

    def _number(self) -> str:
        if self.is_ is None:
            return "a number needs its right answer, is"
        if (self.tol is None) == (self.tol_abs is None):
            return "give one of tol (relative) and tol_abs"
        if len(self.why) < 10:
            return "say in why what the tolerance rests on"
        if self.u and self.interval:
            return "ask for u or for an interval, not both"
        if self.interval and self.interval.is_ is None:
            return "an interval needs a formula with two numbers"
        return "" if self.right else "say in right why the right answer matters"

    def _choice(self) -> str:
        keys = set(self.choose)
        if len(keys) < 2:
            return "a choice needs two options or more"
        if self.is_ is None:
            return "a choice needs its right answer, is"
        if self.predict:
            return ""
        if not self.right:
            return "say in right why the right answer matters"
        said = {wrong.is_ for wrong in self.wrong}
        if said - keys:
            return f"wrong names options that do not exist: {', '.join(sorted(said - keys))}"
        return ""

    def _text(self) -> str:
        return "a text has a rubric instead of is and wrong" if self.is_ or self.wrong else ""

    def _recorded(self) -> str:
        if self.is_ or self.wrong:
            return "a record has require instead of is and wrong"
        return "" if self.right else "say in right why the right answer matters"

    def _picked(self) -> str:
        if self.is_ is None:
            return "what is picked needs its right answer, is"
        return "" if self.right else "say in right why the right answer matters"


class Citation(Model):
    """A source written out."""

    cite: Words
    status: Literal["published", "derived", "recalled", "illustrative"]


class Exercise(Model):
    """One exercise, whole."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
    code: str = Field("", description="Its short name in a course, such as F-1.")
    version: int = Field(ge=1, description="Raise it whenever a learner's data or verdict could change.")
    title: Words
    therapy: Words
    level: Literal["know", "apply", "judge"]
    audience: list[Literal["physicist", "physician", "technologist"]] = Field(["physicist"], min_length=1)
    minutes: int = Field(ge=1, le=240)
    prerequisites: list[str] = Field([])
    goals: list[Words] = Field(min_length=1)
    maps_to: list[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9-]*:\S")]] = Field(
        min_length=1, description="Competence tags, such as NSHCS:S-NM-S3/6."
    )
    story: Words
    draw: dict[Name, Draw] = Field({})
    let: dict[Name, Value] = Field({}, description="Values before the data; those shown in the story are rounded.")
    require: list[Formula] = Field([], description="What must hold, or the patient is drawn again.")
    data: dict[Name, Table] = Field({})
    images: list[Image] = Field([])
    files: list[Attached] = Field([])
    plot: Plot | None = None
    work: dict[Name, Formula] = Field({}, description="The competent method on the learner's own data.")
    truth: dict[Name, Hidden] = Field({}, description="What is hidden behind the data, revealed at the end.")
    ask: list[Question] = Field(min_length=1)
    solution: Words
    discuss: list[Words] = Field([], description="Prompts for a discussion with the supervisor.")
    sources: list[str | Citation] = Field(min_length=1)
    teacher: Words
    _folder: Path | None = PrivateAttr(None)

    # one object for one file: variants are remembered by it
    __hash__ = object.__hash__

    @field_validator("let", "truth", mode="before")
    @classmethod
    def _short_values(cls, values):
        if isinstance(values, dict):
            return {name: {"is": one} if not isinstance(one, dict) else one for name, one in values.items()}
        return values

    @property
    def folder(self) -> Path | None:
        """Where the exercise was read from."""
        return self._folder

    def question(self, id: str) -> Question:
        """The question with this id."""
        for question in self.ask:
            if question.id == id:
                return question
        raise KeyError(f"{self.id} has no question {id!r}; it has {', '.join(one.id for one in self.ask)}")

    @model_validator(mode="after")
    def _consistent(self):
        columns = [name for table in self.data.values() for name in table.columns]
        names = [*self.draw, *self.let, *columns, *(image.name for image in self.images), *self.work]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"these names are given twice: {', '.join(twice)}")
        if len({file.name for file in self.files}) < len(self.files):
            raise ValueError("two files have the same name")
        ids = [question.id for question in self.ask]
        if len(set(ids)) < len(ids):
            raise ValueError("two questions have the same id")
        lost = [value.question for value in self.truth.values() if value.question and value.question not in ids]
        if lost:
            raise ValueError(f"truth names questions that do not exist: {', '.join(lost)}")
        if self.plot:
            table = self.data.get(self.plot.table)
            if table is None or not {self.plot.x, self.plot.y} <= set(table.columns):
                raise ValueError("plot names a table or a column that is not in data")
        for question in self.ask:
            taken = [name for name in ("record", "near") if question.record and name in names]
            if taken:
                raise ValueError(f"{taken[0]} is a name in what is required of a record; choose another")
            if question.pick in ("point", "region") and not self.plot:
                raise ValueError(f"question {question.id}: to pick a {question.pick} the exercise needs a plot")
            if question.pick == "place" and not self.images:
                raise ValueError(f"question {question.id}: to pick a place the exercise needs an image")
        return self
