"""The logbook: everything a learner did, one line of JSON each, only ever added to.

An answer that may become evidence must outlive the tab, the kernel, the disk that fills up and the power cut. So an
event is on the disk before anybody is told that it is saved, and whatever an accident leaves behind in the file, the
events before and after it are still read.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import mrtlab
from mrtlab import _userdata
from mrtlab.errors import InputError

__all__ = ["Logbook"]

_ADDED = ("at", "mrtlab", "python")  # what the logbook itself says of every event
_BOM = b"\xef\xbb\xbf"
_MISSING = object()


class _Reading(NamedTuple):
    """What has been read: the text up to its last whole line, its events, and the numbers of the damaged lines."""

    text: bytes = b""
    lines: int = 0
    events: tuple[tuple[dict, bytes], ...] = ()
    damaged: tuple[int, ...] = ()


class Logbook:
    """The events of one data folder, in the order in which they happened.

    Parameters
    ----------
    path : Path, optional
        The file; by default ``logbook.jsonl`` in the user's data folder.
    """

    def __init__(self, path: Path | None = None):
        self.path = Path(path) if path is not None else _userdata.folder() / "logbook.jsonl"
        self._whole = _Reading()
        self._damaged: tuple[int, ...] = ()

    def append(self, event: Mapping[str, Any]) -> dict:
        """Add an event, with the time (UTC) and the versions.

        Returns
        -------
        dict
            The event as it was written. It is on the disk.

        Raises
        ------
        InputError
            If the event cannot be said in JSON, or was not saved. The logbook then holds the events it held before.
        """
        _check(event)
        try:
            with _userdata.locked(self.path), self.path.open("ab+", buffering=0) as stream:
                return self._append(stream, event)
        except OSError as error:
            raise _userdata.not_saved(error, self.path) from None

    def _append(self, stream: BinaryIO, event: Mapping[str, Any]) -> dict:
        # The time is taken under the lock, so that the order of the lines is the order of the times.
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        line = _encode({"at": at, **event, "mrtlab": mrtlab.__version__, "python": platform.python_version()})
        missing_newline = _heal(stream, self.path.with_suffix(".torn"))
        start = stream.seek(0, os.SEEK_END)
        try:
            _write(stream, missing_newline + line + b"\n")
            os.fsync(stream.fileno())
            if start == 0:  # perhaps a new file, in perhaps a new folder
                _userdata.sync_folder(self.path.parent)
                _userdata.sync_folder(self.path.parent.parent)
        except BaseException:
            # What was not acknowledged must not be there either. If even this fails, the next append heals it.
            with suppress(OSError):
                stream.truncate(start)
                os.fsync(stream.fileno())
            raise
        return json.loads(line)

    def events(self, **match: Any) -> list[dict]:
        """The events whose fields equal the given ones, in the order of the file. The file is not touched.

        Lines that cannot be read are left out; :attr:`damaged` has their numbers.

        Raises
        ------
        InputError
            If the file is there and the system will not let it be read.
        """
        return [
            json.loads(line)  # a fresh copy: whoever changes it does not change what is remembered here
            for event, line in self._read()
            if all(event.get(name, _MISSING) == value for name, value in match.items())
        ]

    @property
    def damaged(self) -> tuple[int, ...]:
        """Numbers (from 1) of the lines that could not be read at the last reading."""
        return self._damaged

    def _read(self) -> tuple[tuple[dict, bytes], ...]:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            text = b""
        except OSError as error:
            raise InputError(
                f"the logbook {self.path} cannot be read: {error.strerror or error}. Close the program that holds it, "
                "or set MRTLAB_DATA_DIR to another folder"
            ) from None
        # Usually lines were only added; then only those are parsed.
        before = self._whole
        if not text.startswith(before.text):
            before = _Reading()
        end = text.rfind(b"\n") + 1
        self._whole = whole = _parse(text[len(before.text) : end], before)
        now = _parse(text[end:], whole) if text[end:] else whole  # a last line without its newline
        self._damaged = now.damaged
        return now.events


def _parse(text: bytes, before: _Reading) -> _Reading:
    """Add the lines of a text to what was read before. Only a line feed ends a line: JSON has none within one."""
    events, damaged = list(before.events), list(before.damaged)
    lines = text.removesuffix(b"\n").split(b"\n") if text else []
    for number, raw in enumerate(lines, before.lines + 1):
        line = raw.removeprefix(_BOM).strip(b" \t\r")
        if not line:
            continue  # an editor's empty line
        line = line.strip(b"\0 \t\r")  # a crash leaves blocks of zeros
        event = _decode(line)
        if event is None:
            damaged.append(number)
        else:
            events.append((event, line))
    return _Reading(before.text + text, before.lines + len(lines), tuple(events), tuple(damaged))


def _heal(stream: BinaryIO, torn: Path) -> bytes:
    """Deal with a last line that was cut off; returns what must be written before the next line.

    A whole event only lacks its newline. A fragment is put aside into another file, then cut.
    """
    size = stream.seek(0, os.SEEK_END)
    if not size:
        return b""
    stream.seek(size - 1)
    if stream.read(1) == b"\n":
        return b""
    stream.seek(0)
    text = stream.readall()
    start = text.rfind(b"\n") + 1
    fragment = text[start:]
    kept = fragment.rstrip(b"\0 \t\r")
    if _decode(kept.removeprefix(_BOM).lstrip(b"\0 \t\r")) is not None:
        if len(kept) < len(fragment):
            stream.truncate(start + len(kept))
        return b"\n"
    with torn.open("ab") as aside:
        aside.write(fragment + b"\n")
        aside.flush()
        os.fsync(aside.fileno())
    stream.truncate(start)
    return b""


def _write(stream: BinaryIO, data: bytes) -> None:
    """Write all of it; the system may take it in pieces."""
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest) :]


def _check(event: Mapping[str, Any]) -> None:
    """Refuse what would not come back from the file as it went in, before the file is touched."""
    if not isinstance(event, Mapping):
        raise InputError(f"event must be a mapping of names to values, got {event!r}")
    for name in _ADDED:
        if name in event:
            raise InputError(f"event must not have the field {name!r}: the logbook adds it")
    try:
        _check_keys(event)
        _encode(dict(event))
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"event cannot be written as JSON: {error}. It may hold text, finite numbers, true, false, None, lists, "
            "and dictionaries with text as keys"
        ) from None


def _check_keys(value: Any) -> None:
    """JSON makes text of other keys without a word."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not text")
            _check_keys(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_keys(item)


def _encode(event: dict) -> bytes:
    text = json.dumps(event, ensure_ascii=False, allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # Half an emoji, as a browser may send it: not in UTF-8, but no reason to lose an answer.
        return json.dumps(event, allow_nan=False).encode("ascii")


def _decode(line: bytes) -> dict | None:
    """The event of a line, or None if there is none."""
    try:
        event = _JSON.decode(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse)  # made once: thousands of lines are read at a time
