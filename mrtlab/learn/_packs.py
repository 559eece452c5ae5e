"""Course packs: the one file an educator gives to one learner. Read strictly, for it comes from outside."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from mrtlab.errors import InputError

LARGEST_MB = 20


def _moment(text: str) -> str:
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise ValueError('must be a date and time with its offset, such as "2027-03-02T10:20:00+01:00"')
    return text


def _course(text: str) -> str:
    if text.casefold() == "self":
        raise ValueError('must not be "self", which stands for working without a course')
    if text != text.strip() or not text.isprintable():
        raise ValueError("must be one line of text without spaces around it")
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Entry(_Strict):
    exercise: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    version: Annotated[int, Field(ge=1)]


class _Pack(_Strict):
    mrtlab_pack: Annotated[int, Field(ge=1, le=1)]
    course: Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_course)]
    learner: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{1,22})[A-Za-z0-9]$")]
    mode: Literal["practice", "assessment"]
    exercises: Annotated[list[_Entry], Field(min_length=1, max_length=500)]
    sheets: list[dict[str, Any]] = []
    made: Annotated[str, AfterValidator(_moment)]
    mrtlab: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*[0-9A-Za-z.+-]*$", max_length=40)]

    @model_validator(mode="after")
    def _sheets_belong(self) -> _Pack:
        names = [entry.exercise for entry in self.exercises]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"exercises has {twice[0]!r} twice")
        if self.mode == "practice" and self.sheets:
            raise ValueError("sheets belong in assessment only; in practice the learner's computer draws the data")
        if self.mode == "assessment" and len(self.sheets) != len(self.exercises):
            raise ValueError(f"sheets: {len(self.sheets)} for {len(self.exercises)} exercises; each needs its own")
        return self


def content(source: bytes | str | Path) -> bytes:
    """The bytes of a pack given as bytes, text or path."""
    if isinstance(source, Path):
        try:
            _small(source.stat().st_size)
            data = source.read_bytes()
        except OSError as error:
            raise InputError(f"course pack {source} cannot be read: {error.strerror or error}") from None
    elif isinstance(source, str):
        data = source.encode("utf-8", "surrogatepass")
    elif isinstance(source, (bytes, bytearray, memoryview)):
        data = bytes(source)
    else:
        raise InputError(
            f"content must be the bytes, the text or the path of a course pack, got {type(source).__name__}"
        )
    _small(len(data))
    return data


def read(path: Path) -> dict:
    """A pack from a file."""
    return parse(content(path))


def parse(data: bytes) -> dict:
    """A pack as the educator made it, after every field was checked.

    Raises
    ------
    InputError
        Naming the field, what it has and what is allowed.
    """
    try:
        pack = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_number)
    except InputError:
        raise
    except UnicodeDecodeError:
        raise InputError("the course pack is not UTF-8 text; take the file as it was handed out") from None
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        hint = "" if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" else "; is it another file?"
        raise InputError(f"the course pack is not JSON, or was cut off ({where}){hint}") from None
    if not isinstance(pack, dict) or "mrtlab_pack" not in pack:
        raise InputError('this is no course pack: it has no field "mrtlab_pack"; is it another file?')
    try:
        _Pack.model_validate(pack)
    except ValidationError as error:
        raise InputError(f"course pack: {_explain(error, pack)}") from None
    return pack


def _small(size: int) -> None:
    if size > LARGEST_MB * 1_000_000:
        raise InputError(
            f"the course pack has {size / 1e6:.1f} MB; at most {LARGEST_MB} MB are allowed; is it another file?"
        )


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise InputError(f"course pack: {next(n for n in names if names.count(n) > 1)!r} is there twice")
    return fields


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is not allowed")


def _explain(error: ValidationError, pack: dict) -> str:
    """The first complaint in plain words: field, what it has, what is allowed."""
    first = error.errors(include_url=False)[0]
    name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    value = repr(first["input"])
    value = value if len(value) <= 60 else f"{value[:57]}..."
    if first["type"] == "missing":
        return f"{name} is missing"
    if first["type"] == "extra_forbidden":
        allowed = ", ".join(_Pack.model_fields if len(first["loc"]) == 1 else _Entry.model_fields)
        return f"{name} is unknown; allowed are {allowed}. Was the pack made with a newer mrtlab?"
    if name == "mrtlab_pack":
        return f"mrtlab_pack is {value}; this mrtlab reads 1. Install the mrtlab the pack was made with"
    if first["type"] == "value_error":
        return f"{name} {first['ctx']['error']}, got {value}" if name else str(first["ctx"]["error"])
    return f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}, got {value}"
