"""What goes into a record: checked parts, one way of writing them, moments, and pseudonyms."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from mrtlab.errors import InputError


def make(model: Callable[..., Any], what: str, **fields):
    """A checked part of a record; what pydantic refuses becomes an InputError that names the field."""
    try:
        return model(**fields)
    except ValidationError as error:
        raise InputError(f"{what}: {told(error)}") from None


def told(error: ValidationError) -> str:
    """The first thing that is wrong: where, what, and what was given."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "string_too_short":
        least = first["ctx"]["min_length"]
        message = "is empty" if least == 1 else f"is too short to tell a reader why; write at least {least} letters"
    given = first.get("input")
    shown = "" if isinstance(given, (dict, BaseModel)) or first["type"] == "missing" else f", got {_short(given)}"
    return f"{where} {message}{shown}".strip() if where else message


def _short(given) -> str:
    text = repr(given)
    return text if len(text) <= 80 else f"{text[:77]}..."


def canonical(content: Any) -> bytes:
    """One way to write the same content: keys sorted, no spaces, UTF-8. Hashes are taken of this."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(content: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def utc(name: str, moment: datetime | None) -> str:
    """A moment as it is kept: UTC, to the second. Now if None."""
    moment = datetime.now(UTC) if moment is None else moment
    require_zone(name, moment)
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def local(name: str, moment: datetime) -> str:
    """A moment with the offset of the place it was read at, to the second."""
    require_zone(name, moment)
    return moment.replace(microsecond=0).isoformat()


def require_zone(name: str, moment) -> None:
    """Refuse a clock without its zone."""
    if not isinstance(moment, datetime):
        raise InputError(f"{name} must be a datetime with a time zone, got {moment!r}")
    if moment.utcoffset() is None:
        raise InputError(f"{name} is {moment.isoformat()} without a time zone; add one (datetime.UTC, ZoneInfo(...))")


_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-_]?(?:0[1-9]|1[0-2])[-_]?(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])[-_]?(?:0[1-9]|1[0-2])[-_]?(?:(?:19|20)\d\d|\d\d))(?!\d)"
)


def check_pseudonym(text: str) -> str:
    """A pseudonym that is none of the things that identify a patient, as far as its form tells.

    Raises
    ------
    InputError
        If it has other characters than letters, digits and hyphens, or looks like a date or a hospital number.
    """
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])", text):
        raise InputError(
            f"pseudonym {text!r} must have 2 to 64 letters a to z, digits, hyphens and underscores; a name has no "
            "place in a record. For example 'RI-E5-07'"
        )
    if text.startswith("VIRTUAL-"):  # a simulated patient of mrtlab.patients, whose number is a seed
        return text
    if _DATE.search(text):
        raise InputError(f"pseudonym {text!r} looks like a date of birth; take one that says nothing of the patient")
    if len(re.sub(r"\D", "", text)) > 7 or re.search(r"\d{6}", text) or not re.search(r"[A-Za-z]", text):
        raise InputError(f"pseudonym {text!r} looks like a hospital number; take one that nobody can look up")
    return text
