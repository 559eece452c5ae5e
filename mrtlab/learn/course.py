"""New courses: a pack for every learner, and the key, which stays with the educator.

A pack is a folder to give away, and the same as one zip file: ``pack.json``, which the learner opens in mrtlab, the
data as CSV files, a handout to print, and what to do with them. In an assessment the pack brings the data along, drawn
with the educator's key, and nothing from which the answers could be computed but the data themselves.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import mrtlab
from mrtlab.errors import InputError
from mrtlab.learn import _own, _packs, course_pages, identity
from mrtlab.learn.csvs import Roster, read_roster, rows_csv, table_csv
from mrtlab.learn.handout import handout, instructions, zipped
from mrtlab.learn.schema import Exercise
from mrtlab.learn.variants import Variant, variant

__all__ = ["KEY_FILE", "KEY_FOLDER", "Course", "create", "read_key", "slug"]

KEY_FILE = "course-key.json"
KEY_FOLDER = "key"
MOST = 500
_WARNING = "Keep this folder to yourself. It holds the answers, and who is behind each pseudonym."
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


@dataclass(frozen=True)
class Course:
    """What the key of a course says.

    Attributes
    ----------
    name : str
    mode : {"practice", "assessment"}
    learners : tuple of str
        Pseudonyms.
    exercises : tuple of (id, version)
    key : bytes or None
        Of an assessment: what its data are drawn with.
    made : str
        ISO time.
    own : mapping of id to Path
        Folders of the exercises that do not come with mrtlab; copies beside the key.
    """

    name: str
    mode: str
    learners: tuple[str, ...]
    exercises: tuple[tuple[str, int], ...]
    key: bytes | None
    made: str
    own: Mapping[str, Path] = field(default_factory=dict, compare=False)


def create(
    folder: Path,
    name: str,
    *,
    n: int | None = None,
    exercises: Sequence[str] | None = None,
    assessment: bool = False,
    roster: Path | None = None,
    key: bytes | None = None,
    advance: Callable[[int, int], None] | None = None,
) -> Course:
    """Make a course: a new folder with packs, key, programme and roster.

    Parameters
    ----------
    folder : Path
        Must not exist yet; it appears when everything in it is complete.
    name : str
        Of the course, such as ``"Lund 2027"``.
    n : int, optional
        How many learners; by default 30, or those of the roster.
    exercises : sequence of str, optional
        Ids, or paths of exercises of one's own, which an assessment alone can have; by default all that come with
        mrtlab.
    assessment : bool
        Whether learners get receipts only and verdicts come with the grading.
    roster : Path, optional
        List of people, one pseudonym is made for each; see :func:`mrtlab.learn.csvs.read_roster`.
    key : bytes, optional
        32 bytes, to make an assessment again as it was; by default random.
    advance : callable, optional
        Told how many learners of how many are done.

    Raises
    ------
    InputError
        For a folder that exists, a name or number that cannot be used, an unknown exercise, or one that learners
        could not work at.
    """
    people = read_roster(roster, pseudonyms=False) if roster is not None else None
    chosen = _own.chosen(exercises, assessment)
    course = Course(
        name=_named(name),
        mode="assessment" if assessment else "practice",
        learners=_pseudonyms(_number(n, people)),
        exercises=tuple((exercise.id, exercise.version) for exercise in chosen),
        key=_key(key, assessment),
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        own={one.id: _own.place(folder / KEY_FOLDER, one.id) for one in chosen if _own.is_own(one)},
    )
    if folder.exists():
        raise InputError(f"{folder} exists already, and a course is never written over; give another folder or name")
    part = folder.with_name(f".{folder.name}.part-{secrets.token_hex(4)}")
    try:
        _fill(part, course, chosen, people, advance)
        part.rename(folder)
    except OSError as error:
        raise InputError(f"the course could not be written to {folder}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return course


def _named(name: str) -> str:
    trimmed = " ".join(name.split())
    if not trimmed or len(trimmed) > 80 or not trimmed.isprintable():
        raise InputError(f"name must be one line of 1 to 80 characters, such as 'Lund 2027'; got {name!r}")
    if trimmed.casefold() == identity.SELF:
        raise InputError(f"name must not be {name!r}, which stands for working without a course")
    return trimmed


def _number(n: int | None, people: Roster | None) -> int:
    if people is not None:
        if n is not None and n != len(people.rows):
            raise InputError(f"n is {n}, but the roster has {len(people.rows)} people; leave n out")
        n = len(people.rows)
    n = 30 if n is None else n
    if not 1 <= n <= MOST:
        raise InputError(f"n must be from 1 to {MOST} learners, got {n}")
    return n


def _key(key: bytes | None, assessment: bool) -> bytes | None:
    if key is not None and (not assessment or len(key) != 32):
        raise InputError(f"key must be 32 bytes, for an assessment alone; got {len(key)} bytes")
    return (key or secrets.token_bytes(32)) if assessment else None


def _pseudonyms(n: int) -> tuple[str, ...]:
    """Different ones, also without their numbers as long as there are enough: people mix up 41 and 42."""
    found: dict[str, str] = {}
    for attempt in range(200 * n):
        one = identity.suggest()
        start = one if attempt > 50 * n else one.rpartition("-")[0]
        if one not in found.values():
            found.setdefault(start, one)
        if len(found) == n:
            return tuple(sorted(found.values()))
    raise InputError(f"there are not enough pseudonyms for {n} learners")


def _fill(folder: Path, course: Course, chosen: list[Exercise], people: Roster | None, advance) -> None:
    variants: dict[str, list[Variant]] = {}
    for done, learner in enumerate(course.learners, 1):
        variants[learner] = [variant(exercise, learner, course.name, course.key) for exercise in chosen]
        _pack(folder / "packs" / learner, course, learner, variants[learner])
        if advance:
            advance(done, len(course.learners))
    key = folder / KEY_FOLDER
    _write(key / KEY_FILE, json.dumps(_key_data(course), indent=1, ensure_ascii=False) + "\n")
    _write(key / "answer-key.html", course_pages.answer_key(course.name, _WARNING, chosen, variants))
    _write(key / "READ-ME-FIRST.txt", f"{_WARNING}\nGive away only what is in the folder packs.\n\n{mrtlab.PURPOSE}\n")
    _own.copy([one for one in chosen if one.id in course.own], key)
    _write(key / "roster.csv", "\ufeff" + rows_csv(_roster(course, people)))
    template = [["pseudonym", "name", "email"], *([learner, "", ""] for learner in course.learners)]
    _write(folder / "roster-template.csv", "\ufeff" + rows_csv(template))
    _write(folder / "programme.html", course_pages.programme(course.name, course.mode, chosen))


def _roster(course: Course, people: Roster | None) -> list[list[str]]:
    """Who is behind each pseudonym; the pseudonyms alone where the educator has not said."""
    if people is None:
        return [["pseudonym"], *([learner] for learner in course.learners)]
    # who gets which pseudonym is drawn too, so that their order says nothing
    drawn = list(course.learners)
    secrets.SystemRandom().shuffle(drawn)
    rows = [[who, *row.cells.values()] for who, row in zip(drawn, people.rows, strict=True)]
    return [["pseudonym", *people.columns], *rows]


def _pack(folder: Path, course: Course, learner: str, variants: list[Variant]) -> None:
    """One learner's folder and zip file. Only sheets go in: what is right stays in the variants."""
    sheets = [one.sheet for one in variants]
    if course.key:
        # a goal such as "refuse a correction that the phantom does not support" answers a question
        sheets = [replace(sheet, goals=()) for sheet in sheets]
    pack = {
        "mrtlab_pack": 1,
        "course": course.name,
        "learner": learner,
        "mode": course.mode,
        "exercises": [{"exercise": name, "version": version} for name, version in course.exercises],
        "sheets": [sheet.to_dict() for sheet in sheets] if course.key else [],
        "made": course.made,
        "mrtlab": mrtlab.__version__,
    }
    text = json.dumps(pack, indent=1, ensure_ascii=False) + "\n"
    _packs.parse(text.encode("utf-8"))  # what a learner could not open must not be handed out
    _write(folder / "pack.json", text)
    for sheet in sheets:
        remark = f"{sheet.title}, {sheet.code}. {mrtlab.PURPOSE}"
        for table in sheet.tables:
            name = f"{sheet.exercise}-{table.name.replace('_', '-')}"
            _write(folder / f"{name}.csv", table_csv(table, remark))
            _write(folder / f"{name}-decimal-comma.csv", "\ufeff" + table_csv(table, remark, semicolon=True))
    _write(folder / "handout.html", handout(course.name, learner, sheets, assessment=course.key is not None))
    _write(folder / "READ-ME.txt", instructions(course.name, learner, assessment=course.key is not None))
    zipped(folder, datetime.fromisoformat(course.made))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _key_data(course: Course) -> dict:
    return {
        "mrtlab_course": 1,
        "warning": _WARNING,
        "course": course.name,
        "mode": course.mode,
        "key": course.key.hex() if course.key else None,
        "exercises": [{"exercise": name, "version": version} for name, version in course.exercises],
        "learners": list(course.learners),
        "own": sorted(course.own),
        "made": course.made,
        "mrtlab": mrtlab.__version__,
    }


def read_key(path: Path) -> Course:
    """Read ``course-key.json``.

    Raises
    ------
    InputError
        If it is something else, or damaged, or if the course's own exercises are not beside it.
    """
    if path.is_dir():
        path = path / KEY_FILE
    try:
        if path.stat().st_size > 5_000_000:
            raise InputError(f"{path.name} is too large for the key of a course")
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"the key {path} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is not the key of a course, or is damaged: {error}") from None
    try:
        if data["mrtlab_course"] != 1:
            raise InputError(f"{path.name} was made by another mrtlab (format {data['mrtlab_course']!r}; this reads 1)")
        course = Course(
            name=data["course"],
            mode=data["mode"],
            learners=tuple(data["learners"]),
            exercises=tuple((one["exercise"], one["version"]) for one in data["exercises"]),
            key=bytes.fromhex(data["key"]) if data["key"] is not None else None,
            made=data["made"],
        )
        texts = [course.name, course.made, *course.learners, *(name for name, _ in course.exercises)]
        if not all(isinstance(text, str) for text in texts) or not all(
            isinstance(version, int) for _, version in course.exercises
        ):
            raise TypeError("a field has the wrong type")
        course = replace(course, own=_own.beside(path.parent, data.get("own", [])))
        if course.mode not in ("practice", "assessment") or (course.key is None) == (course.mode == "assessment"):
            raise ValueError("mode and key do not fit")
    except InputError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path.name} is not the key of a course, or is damaged ({error})") from None
    return course


def slug(name: str) -> str:
    """A folder name for a course that every system takes, such as ``lund-2027``."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "course"
    return f"course-{kept}" if kept in _RESERVED else kept
