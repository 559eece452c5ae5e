"""The form of an exercise's data: what is drawn, measured, drawn as a plot, and handed out."""

from __future__ import annotations

import keyword
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator, model_validator

__all__ = [
    "Attached",
    "Column",
    "Digits",
    "Draw",
    "Formula",
    "Hidden",
    "Image",
    "Model",
    "Name",
    "Plot",
    "Step",
    "Table",
    "Value",
    "Words",
]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DRAWN = ("uniform", "normal", "lognormal", "integer", "one_of", "clock")


def _formula(value: Any) -> Any:
    """Numbers and lists of them are formulas too; everything else must be text."""
    if isinstance(value, bool):
        raise ValueError("a formula is a number or text, not true or false")
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(_formula(item) if not isinstance(item, str) else repr(item) for item in value) + "]"
    return value


def _step(value: Any) -> Any:
    if isinstance(value, bool) or (isinstance(value, (int, float)) and not value > 0):
        raise ValueError("a rounding step is a number above 0, such as 0.1 or 5")
    return value


def _identifier(name: str) -> str:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise ValueError(f"{name!r} cannot be a name in formulas; use small letters, digits and _, with units: mass_g")
    return name


Formula = Annotated[str, BeforeValidator(_formula), StringConstraints(min_length=1, max_length=2000)]
Words = Annotated[str, StringConstraints(min_length=3)]
Name = Annotated[str, BeforeValidator(lambda name: _identifier(name) if isinstance(name, str) else name)]
Step = Annotated[float | None, BeforeValidator(_step)]
Digits = Annotated[int | None, Field(ge=1, le=12)]


class Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, str_strip_whitespace=True, populate_by_name=True
    )


class _Rounded(Model):
    """What is shown is rounded first; everything is computed from the rounded number."""

    round: Step = Field(None, description="Step of rounding, such as 0.1 or 5.")
    digits: Digits = Field(None, description="Or significant figures; 4 where neither is given.")

    @model_validator(mode="after")
    def _one_way(self):
        if self.round is not None and self.digits is not None:
            raise ValueError("give either round or digits, not both")
        return self


class Draw(_Rounded):
    """A parameter that every learner gets anew: one distribution, and how it is rounded."""

    uniform: tuple[float, float] | None = Field(None, description="From, to.")
    normal: tuple[float, float] | None = Field(None, description="Mean and standard deviation, cut at 3 of them.")
    lognormal: tuple[float, float] | None = Field(None, description="Median and geometric SD, cut at 3 of them.")
    integer: tuple[int, int] | None = Field(None, description="From, to, both included.")
    one_of: list[float | str] | None = Field(None, min_length=2, description="One of these.")
    clock: tuple[str, str] | None = Field(None, description="Between two ISO times with their offset from UTC.")
    unit: str = ""

    @model_validator(mode="after")
    def _one_distribution(self):
        given = [name for name in _DRAWN if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(_DRAWN)}; got {', '.join(given) or 'none'}")
        for name in ("uniform", "integer"):
            pair = getattr(self, name)
            if pair is not None and not pair[0] < pair[1]:
                raise ValueError(f"{name}: the first number must be below the second, got {list(pair)}")
        if self.normal is not None and not self.normal[1] > 0:
            raise ValueError("normal: the standard deviation must be above 0")
        if self.lognormal is not None and not (self.lognormal[0] > 0 and 1 < self.lognormal[1] <= 5):
            raise ValueError("lognormal: a median above 0 and a geometric SD between 1 and 5 (for 25 %: 1.25)")
        return self

    @property
    def kind(self) -> str:
        """Name of the distribution."""
        return next(name for name in _DRAWN if getattr(self, name) is not None)


class Value(_Rounded):
    """A value computed from others."""

    is_: Formula = Field(alias="is")
    unit: str = ""
    label: str = ""


class Hidden(Value):
    """A number behind the data, revealed at the end beside the answer to the question it is about."""

    question: Name | None = None


class Column(_Rounded):
    """A column of a table: a formula for its values, and the noise of the measurement."""

    is_: Formula = Field(alias="is")
    label: str = ""
    unit: str = ""
    cv: Formula | None = Field(None, description="Relative standard deviation of multiplicative normal noise.")
    sd: Formula | None = Field(None, description="Standard deviation of additive normal noise, in the unit.")
    poisson: bool = Field(False, description="Values are expected counts; counts are drawn.")
    bernoulli: bool = Field(False, description="Values are probabilities; 1 or 0 is drawn.")

    @model_validator(mode="after")
    def _one_noise(self):
        if (self.cv is not None) + (self.sd is not None) + self.poisson + self.bernoulli > 1:
            raise ValueError("give one of cv, sd, poisson and bernoulli")
        if self.whole and (self.round or self.digits):
            raise ValueError("counts and outcomes are whole numbers; leave round and digits out")
        return self

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are drawn."""
        return self.poisson or self.bernoulli


class Table(Model):
    """A table of the learner's data."""

    caption: Words
    columns: dict[Name, Column] = Field(min_length=1)

    @field_validator("columns", mode="before")
    @classmethod
    def _short_form(cls, columns):
        if isinstance(columns, dict):
            return {name: {"is": one} if not isinstance(one, dict) else one for name, one in columns.items()}
        return columns


class Image(Model):
    """An image made by ``generate.py`` beside the exercise."""

    name: Name
    caption: Words
    alt: Words = Field(description="What is to be seen, for those who cannot see it.")
    pixel_mm: float = Field(gt=0)
    unit: str = "counts"


class Attached(Model):
    """A file made by ``files`` of ``generate.py`` beside the exercise, for the learner to save."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*\.[a-z0-9]{1,5}$", max_length=60)]
    caption: Words


class Plot(Model):
    """The plot beside the table."""

    table: Name
    x: Name
    y: Name
    error: Formula | None = Field(None, description="Standard uncertainty of y for the bars, in the unit of y.")
    log_x: bool = False
    log_y: bool = False
