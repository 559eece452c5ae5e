"""Reading and writing records: JSON that shows every change, found by replaying the record step by step."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from mrtlab import _userdata
from mrtlab.errors import InputError
from mrtlab.record import checks, form, machine
from mrtlab.record.compare import continues
from mrtlab.record.form import Form
from mrtlab.record.record import DosimetryRecord
from mrtlab.record.regions import Person

__all__ = ["from_json", "read", "to_json", "write"]

LARGEST = 5_000_000


def to_json(record: DosimetryRecord) -> str:
    """The record as JSON, earlier versions within it."""
    return json.dumps(_content(record), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def write(record: DosimetryRecord, path) -> None:
    """Write a record to a file, whole or not at all; an existing file is replaced.

    Raises
    ------
    InputError
        If the file cannot be written, or holds another record or a later version, which would be lost.
    """
    path = Path(path)
    if path.exists():
        _keep_what_is_there(record, path)
    try:
        _userdata.write(path, to_json(record))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None


def read(path) -> DosimetryRecord:
    """Read a record from a file and check all of it.

    Raises
    ------
    InputError
        If it cannot be read, is no record, has unknown or missing fields, or was changed after it was written.
    """
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} has more than {LARGEST / 1e6:g} MB; a record is smaller")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    try:
        return from_json(data)
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from None


def from_json(text: str | bytes) -> DosimetryRecord:
    """A record from its JSON; what :func:`read` says holds here too."""
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        content = json.loads(plain, object_pairs_hook=_unique, parse_constant=_no_number)
    except InputError:
        raise
    except UnicodeDecodeError:
        raise InputError("the record is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"the record is not JSON, or was cut off ({error})") from None
    header = content.get("header") if isinstance(content, dict) else None
    version = header.get("schema_version") if isinstance(header, dict) else None
    if version is None:
        raise InputError("this is no dosimetry record: header.schema_version is missing")
    if version != form.SCHEMA_VERSION or isinstance(version, bool):
        raise InputError(
            f"header.schema_version is {version!r}; this mrtlab reads version {form.SCHEMA_VERSION}. Was the record "
            "written by a later one?"
        )
    try:
        checked = Form.model_validate_json(plain.encode("utf-8"))
    except ValidationError as error:
        raise InputError(f"the record does not have the right form: {checks.told(error)}") from None
    except UnicodeEncodeError:
        raise InputError("the record has half a character (a lone surrogate) in it") from None
    return _replayed(checked)


def _replayed(content: Form) -> DosimetryRecord:
    """The record, taken step by step through the same checks as when it was made."""
    _require_chain(content)
    header, previous = content.header, None
    checks.check_pseudonym(header.pseudonym)
    if content.previous is not None:
        previous = _replayed(content.previous)
    if (previous is None) != (header.version == 1) or header.previous_sha256 != (previous.sha256 if previous else None):
        raise InputError(
            f"the record says it is version {header.version}, and the version before is not the one it names; a record "
            "holds all earlier versions"
        )
    record, rest = DosimetryRecord(header, (), previous), content.steps
    if previous is not None:
        record, rest = _revised(content, previous)
    for step in rest:
        if step.content.kind == "revision":
            raise InputError("the record has a revision without its version")
        record = record._checked(step.role, step.name, step.content, step.at)
    if record.sha256 != content.sha256:
        raise InputError("the record was changed after it was written: its steps do not give its hash")
    return record


def _revised(content: Form, previous: DosimetryRecord):
    """The beginning of a later version, made again from the one before."""
    places = [place for place, step in enumerate(content.steps) if step.content.kind == "revision"]
    if not places:
        raise InputError(f"version {content.header.version} does not say why it was made: its revision is missing")
    step = content.steps[places[-1]]
    by, at = Person(step.name, step.role), datetime.fromisoformat(step.at)
    again = previous.revise(by, step.content.reason, step.content.back_to, at)
    kept = again.steps[:-1]
    same = [(one.role, one.name, one.at, one.content) for one in kept]
    if same != [(one.role, one.name, one.at, one.content) for one in content.steps[: places[-1]]]:
        raise InputError(
            f"version {content.header.version} does not begin as the one before it: what was kept was changed"
        )
    fixed = ("schema_version", "record_id", "created", "purpose", "pseudonym", "therapy", "nuclide", "product", "cycle")
    other = [name for name in fixed if getattr(content.header, name) != getattr(previous.header, name)]
    if other or content.header.version != previous.header.version + 1:
        raise InputError(f"version {content.header.version} is of another record: {', '.join(other) or 'its number'}")
    begun = replace(again, header=content.header, steps=content.steps[: places[-1] + 1])
    return begun, content.steps[places[-1] + 1 :]


def _require_chain(content: Form) -> None:
    """Find the first step that is not what its hash says."""
    before = checks.digest(content.header.model_dump(mode="json"))
    for number, step in enumerate(content.steps, 1):
        said = {**step.model_dump(mode="json", exclude={"sha256"}), "before": before}
        if checks.digest(said) != step.sha256:
            where = f"step {number} ({machine.WHAT.get(step.content.kind, 'revision')})"
            where = f"the header or {where}" if number == 1 else where
            raise InputError(f"the record was changed after it was written: {where} does not fit its hash")
        before = step.sha256
    if before != content.sha256:
        raise InputError("the record was changed after it was written: its steps do not give its hash")


def _content(record: DosimetryRecord) -> dict:
    return {
        "header": record.header.model_dump(mode="json"),
        "steps": [step.model_dump(mode="json") for step in record.steps],
        "sha256": record.sha256,
        "previous": None if record.previous is None else _content(record.previous),
    }


def _keep_what_is_there(record: DosimetryRecord, path: Path) -> None:
    """Refuse to lose another record, or steps that the new one does not hold."""
    try:
        there = read(path)
    except InputError as error:
        raise InputError(f"not written: {error}. Move the file away, or write to another") from None
    if not continues(record, there):
        raise InputError(
            f"{path} holds another record, or steps that this one does not have; they would be lost. Write to "
            "another file"
        )


def _unique(pairs):
    found = {}
    for name, item in pairs:
        if name in found:
            raise InputError(f"the record has {name!r} twice in one place")
        found[name] = item
    return found


def _no_number(text):
    raise InputError(f"the record has {text}, which is no number")
