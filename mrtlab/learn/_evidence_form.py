"""The form of an evidence file, and its strict reading: it comes from somebody else's computer."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from mrtlab.errors import InputError
from mrtlab.learn.records import LARGEST as LARGEST_RECORD
from mrtlab.learn.sheet import Sheet, canonical

LARGEST_MB = 20
_LARGEST_IMAGE = 4_000_000  # pixels


def _moment(text: str) -> str:
    try:
        aware = datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise ValueError('must be a date and time with its offset, such as "2027-03-02T10:20:00+01:00"')
    return text


Moment = Annotated[str, AfterValidator(_moment)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Version = Annotated[int, Field(ge=1, le=10**6)]
Count = Annotated[int, Field(ge=0, le=10**6)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Mode = Literal["practice", "assessment"]
Learner = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{1,22}[A-Za-z0-9]$")]
Course = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Typed = str | float | None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Raw(_Strict):
    """An answer as it was typed, of any kind of question."""

    value: Typed = None
    u: Typed = None
    low: Typed = None
    high: Typed = None
    x: Typed = None
    y: Typed = None
    point: Annotated[int | None, Field(ge=0, le=10**6)] = None
    choice: str | None = None
    reason: str | None = None
    text: str | None = None
    record: Annotated[str | None, StringConstraints(max_length=LARGEST_RECORD)] = None


class _Event(_Strict):
    at: Moment
    course: Course
    learner: Learner
    exercise: Id
    version: Version
    code: Code
    data: Hash
    mode: Mode
    mrtlab: Words
    python: Words


class _Open(_Event):
    event: Literal["open"]


class _Answer(_Event):
    event: Literal["answer"]
    question: Words
    raw: _Raw
    outcome: Words
    slip: str
    message: str
    understood: str
    attempt: Count
    hints: Count
    closed: bool


class _Hint(_Event):
    event: Literal["hint"]
    question: Words
    hint: Count


class _GiveUp(_Event):
    event: Literal["give_up"]
    question: Words


class _Rubric(_Event):
    event: Literal["rubric"]
    question: Words
    marks: list[bool]


class _Reflection(_Event):
    event: Literal["reflection"]
    field: Literal["learned", "plan", "later"]
    text: str


class _Entry(_Strict):
    exercise: Id
    version: Version
    code: Code
    data: Hash
    sheet: dict[str, Any] | None
    events: Annotated[
        list[Annotated[_Open | _Answer | _Hint | _GiveUp | _Rubric | _Reflection, Field(discriminator="event")]],
        Field(min_length=1),
    ]
    tags: list[Words]


class _Evidence(_Strict):
    mrtlab_evidence: Literal[1]
    purpose: Words
    notice: Words
    course: Course
    learner: Learner
    mode: Mode
    made: Moment
    mrtlab: Words
    python: Words
    exercises: Annotated[list[_Entry], Field(min_length=1, max_length=500)]
    sha256: Hash


def hash_of(evidence: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the hash itself."""
    return hashlib.sha256(canonical({name: value for name, value in evidence.items() if name != "sha256"})).hexdigest()


def small(size: int, name: str) -> None:
    """Refuse what no evidence can be as large as."""
    if size > LARGEST_MB * 1_000_000:
        raise InputError(f"{name} has {size / 1e6:.1f} MB; at most {LARGEST_MB} MB are allowed; is it another file?")


def parse(data: bytes, name: str) -> dict:
    """The evidence in a file, after every field was checked.

    Raises
    ------
    InputError
        Naming the file and the field.
    """
    small(len(data), name)
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_number)
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8 text; take the file as it was made") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} is not JSON, or was cut off ({error}); is it another file?") from None
    return checked(found, name)


def checked(found: Any, name: str) -> dict:
    """The same evidence, after every field was checked."""
    if not isinstance(found, dict) or "mrtlab_evidence" not in found:
        raise InputError(f'{name} is no evidence: it has no field "mrtlab_evidence"; is it another file?')
    try:
        _Evidence.model_validate(found)
    except ValidationError as error:
        raise InputError(f"{name}: {_explain(error, found)}") from None
    try:
        now = hash_of(found)
    except (InputError, UnicodeEncodeError) as error:
        raise InputError(f"{name}: {error}") from None
    if now != found["sha256"]:
        raise InputError(
            f"{name}: sha256 is {found['sha256'][:12]}…, and the contents give {now[:12]}…: the file was changed after "
            "it was made, or damaged on its way. Take the original"
        )
    seen: set[str] = set()
    for place, entry in enumerate(found["exercises"], 1):
        where = f"{name}: exercises[{place}]"
        if entry["exercise"] in seen:
            raise InputError(f"{where}.exercise: {entry['exercise']!r} is there twice")
        seen.add(entry["exercise"])
        _belongs(found, entry, where)
    return found


def _belongs(found: dict, entry: dict, where: str) -> None:
    """Sheet and events must be those of the learner and of the variant."""
    asked = None
    if entry["sheet"] is not None:
        sheet = _sheet(entry["sheet"], where)
        asked = {question.id for question in sheet.questions}
        for field in ("exercise", "version", "code"):
            if getattr(sheet, field) != entry[field]:
                raise InputError(f"{where}.sheet.{field} is {getattr(sheet, field)!r}, not {entry[field]!r}")
        if sheet.data_hash != entry["data"]:
            raise InputError(f"{where}.data is not the hash of the story and tables in its sheet")
    for place, event in enumerate(entry["events"], 1):
        for field in ("course", "learner", "mode", "exercise", "version", "code"):
            wanted = (found if field in ("course", "learner", "mode") else entry)[field]
            if event[field] != wanted:
                raise InputError(f"{where}.events[{place}].{field} is {event[field]!r}, not {wanted!r}")
        if asked is not None and event.get("question", next(iter(asked), "")) not in asked:
            raise InputError(f"{where}.events[{place}].question: the sheet has no question {event['question']!r}")


@cache
def _sheets() -> TypeAdapter:
    return TypeAdapter(Sheet)


def _sheet(data: dict, where: str) -> Sheet:
    try:
        _images(data.get("images"))
        sheet = Sheet.from_dict(data)
        _sheets().validate_json(canonical(data), strict=True)
    except ValidationError as error:
        raise InputError(f"{where}.sheet: {_explain(error, data)}") from None
    except (InputError, IndexError, OverflowError) as error:
        raise InputError(f"{where}.sheet: {error}") from None
    if sheet.to_dict() != data:
        raise InputError(f"{where}.sheet has a field that is unknown; was it made with a newer mrtlab?")
    problem = _plot(sheet)
    if problem:
        raise InputError(f"{where}.sheet.plot: {problem}")
    return sheet


def _images(images: Any) -> None:
    """Refuse an image that unpacks to more than its shape says before it is unpacked."""
    for image in images if isinstance(images, list) else ():
        try:
            rows, columns = image["shape"]
            if not (type(rows) is type(columns) is int and rows > 0 and 0 < rows * columns <= _LARGEST_IMAGE):
                raise InputError(f"images: shape {[rows, columns]} is not rows and columns of at most 4 million pixels")
            wanted = 2 * rows * columns
            unpacked = zlib.decompressobj().decompress(base64.b64decode(image["packed"], validate=True), wanted + 1)
        except (KeyError, TypeError, ValueError, binascii.Error, zlib.error) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"images: an image is damaged ({error})") from None
        if len(unpacked) != wanted:
            raise InputError(f"images: an image does not hold the {rows} × {columns} pixels it says")


def _plot(sheet: Sheet) -> str:
    plot = sheet.plot
    if plot is None:
        return ""
    table = next((one for one in sheet.tables if one.name == plot.table), None)
    if table is None:
        return f"there is no table {plot.table!r}"
    for name in (plot.x, plot.y):
        column = next((one for one in table.columns if one.name == name), None)
        if column is None or column.values is None:
            return f"there is no column of numbers {name!r}"
        if len(column.values) != len(table.rows):
            return f"column {name!r} has {len(column.values)} numbers for {len(table.rows)} rows"
    if plot.error is not None and len(plot.error) != len(table.rows):
        return f"{len(plot.error)} uncertainties for {len(table.rows)} rows"
    return ""


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} is there twice")
    return fields


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is not allowed")


def _explain(error: ValidationError, data: Any) -> str:
    """The first complaint in plain words: field, what it has, what is allowed."""
    first = error.errors(include_url=False)[0]
    name, holder = "", data
    for part in first["loc"]:  # the branches of unions are in the path too, and nobody needs them
        if isinstance(part, int) and isinstance(holder, list):
            name, holder = f"{name}[{part + 1}]", holder[part] if part < len(holder) else None
        elif isinstance(holder, dict) and (part in holder or first["type"] == "missing"):
            if part not in holder and part != first["loc"][-1]:
                continue
            name, holder = f"{name}.{part}", holder.get(part)
    name, value = name.lstrip("."), repr(first["input"])
    value = value if len(value) <= 60 else f"{value[:57]}..."
    if first["type"] == "missing":
        return f"{name} is missing"
    if first["type"] == "extra_forbidden":
        return f"{name} is unknown; was it made with a newer mrtlab?"
    if name == "mrtlab_evidence":
        return f"mrtlab_evidence is {value}; this mrtlab reads 1. Install the mrtlab it was made with"
    if first["type"] == "value_error":
        return f"{name} {first['ctx']['error']}, got {value}"
    return f"{name}: {first['msg'][0].lower()}{first['msg'][1:]}, got {value}"
