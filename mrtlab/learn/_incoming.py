"""What learners handed in: the files below a folder, zip files looked into, and what cannot be used named.

Nothing is written and no path of an archive is followed: what is in a zip file is read in memory, within limits.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mrtlab.errors import InputError
from mrtlab.learn import evidence
from mrtlab.learn._evidence_form import LARGEST_MB

# a browser that has the name already calls the second download "x.mrt (1).json" or "x (1).mrt.json"
_ANSWERS = re.compile(r"(?i)\.mrt( ?\(\d+\))?\.json$")
OWN_FILES = (
    "class.html",
    "grades.csv",
    "grades-canvas.csv",
    "grades-moodle.csv",
    "grades-total.csv",
    "grading-report.txt",
)
"""What grading writes, by default below the folder it reads."""

_SYSTEM_FILES = ("thumbs.db", "desktop.ini")
_MOST_FILES = 5000
_MOST_NAMED = 50
_ZIP_MB = 300  # of all its answer files, unpacked
_PEEK = 4096
_SIGNS = (
    ('"mrtlab_evidence"', "not read: it is an answer file by what is in it; rename it so that it ends in .mrt.json"),
    ('"mrtlab_pack"', "not read: it is a course pack, not an answer file; ask the learner for the answer file"),
    ('"mrtlab_course"', "not read: it is the key of a course; give it with --key, and keep it away from learners"),
)
_OTHER = "not read: only answer files (*.mrt.json) are, and zip files that hold them"


@dataclass(frozen=True)
class Problem:
    """A file, or something about it, that the educator must know."""

    file: str
    text: str


@dataclass(frozen=True)
class File:
    """One answer file that could be read."""

    name: str
    data: dict

    @property
    def learner(self) -> str:
        """The pseudonym, in small letters."""
        return self.data["learner"].lower()


def read(folder: Path, problems: list[Problem]) -> list[File]:
    """Read all answer files below a folder, and in zip files there.

    Parameters
    ----------
    folder : Path
    problems : list of Problem
        What was not read, or cannot be used, is added.

    Raises
    ------
    InputError
        If there is no answer file at all.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give the one with the answer files (*.mrt.json)")
    found, others, count = [], [], 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or _unimportant(name):
            continue
        if _ANSWERS.search(name):
            count += 1
            found += _used(name, lambda path=path: evidence.read(path), problems)
        elif path.suffix.lower() == ".zip":
            inside, more = _unzipped(path, name, problems)
            found, count = found + inside, count + more
        else:
            others.append(Problem(name, _advice(name, lambda path=path: _start(path))))
        if count > _MOST_FILES:
            raise InputError(f"there are more than {_MOST_FILES} answer files below {folder}; is it of one course?")
    _name_some(others, problems)
    if not count:
        said = "".join(f"\n  {problem.file}: {problem.text}" for problem in problems[:10])
        raise InputError(f"there is no answer file (*.mrt.json) in {folder} or below{said and '. Found were:' + said}")
    return found


def _used(name: str, reader: Callable[[], dict], problems: list[Problem]) -> list[File]:
    try:
        return [File(name, reader())]
    except InputError as error:
        problems.append(Problem(name, f"not used: {error}"))
    except Exception as error:  # whatever a file does, it must not stop the others
        problems.append(Problem(name, f"not used: it cannot be read ({type(error).__name__}: {error})"))
    return []


def _unimportant(name: str) -> bool:
    """Files of the system, of open programs, and of an earlier grading."""
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts if part != "..")
    return hidden or path.name.lower() in (*_SYSTEM_FILES, *OWN_FILES)


def _advice(name: str, start: Callable[[], str]) -> str:
    """What to do about a file that is no answer file by its name."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".7z", ".rar", ".gz", ".tar"):
        return "not looked into: unpack it first"
    if suffix in (".json", ".txt", ""):
        text = start()
        return next((advice for sign, advice in _SIGNS if sign in text), _OTHER)
    if suffix == ".html":
        return "not read: it is a page, such as a portfolio entry; ask the learner for the answer file (*.mrt.json)"
    return _OTHER


def _start(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_PEEK).decode("utf-8", "replace")
    except OSError:
        return ""


def _name_some(others: list[Problem], problems: list[Problem]) -> None:
    """Those that look like answers first; not a thousand lines about somebody's holiday pictures."""
    others.sort(key=lambda problem: problem.text == _OTHER)
    problems += others[:_MOST_NAMED]
    if len(others) > _MOST_NAMED:
        problems.append(Problem(f"{len(others) - _MOST_NAMED} more files", _OTHER))


def _unzipped(path: Path, name: str, problems: list[Problem]) -> tuple[list[File], int]:
    """Answer files in a zip file, and how many have the name of one."""
    found, others, count = [], [], 0
    try:
        with zipfile.ZipFile(path) as archive:
            left = _ZIP_MB * 1_000_000
            for entry in _entries(archive):
                inside = f"{name}: {_harmless(entry.filename)}"
                if not _ANSWERS.search(entry.filename):
                    others.append(Problem(inside, _zip_advice(archive, entry)))
                    continue
                count += 1
                content = _content(archive, entry, min(left, LARGEST_MB * 1_000_000), inside, problems)
                if content is not None:
                    left -= len(content)
                    found += _used(inside, lambda content=content: evidence.read(content), problems)
    except (zipfile.BadZipFile, OSError, ValueError, InputError) as error:
        problems.append(Problem(name, f"not used: the zip file cannot be read ({error}); unpack it yourself"))
    _name_some(others, problems)
    if not count and not others:
        problems.append(Problem(name, "there is nothing in it that could be read"))
    return found, count


def _entries(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    entries = [one for one in archive.infolist() if not one.is_dir() and not _unimportant(one.filename)]
    if len(entries) > _MOST_FILES:
        raise InputError(f"it holds {len(entries)} files, more than {_MOST_FILES}")
    return iter(entries)


def _zip_advice(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    if PurePosixPath(entry.filename).suffix.lower() == ".zip":
        return "not looked into: a zip file in a zip file; unpack the outer one"

    def start() -> str:
        try:
            with archive.open(entry) as file:
                return file.read(_PEEK).decode("utf-8", "replace")
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):
            return ""

    return _advice(entry.filename, start)


def _content(archive, entry, most: int, name: str, problems: list[Problem]) -> bytes | None:
    """Whatever its header says, no more than is allowed is unpacked."""
    if entry.flag_bits & 1:
        problems.append(Problem(name, "not used: it is locked with a password; unpack it yourself"))
        return None
    try:
        with archive.open(entry) as file:
            content = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        problems.append(Problem(name, f"not used: it cannot be unpacked ({error})"))
        return None
    if len(content) > most:
        problems.append(
            Problem(name, f"not used: more than {LARGEST_MB} MB, or more than {_ZIP_MB} MB with the others in it")
        )
        return None
    return content


def _harmless(name: str) -> str:
    """A name from elsewhere, for a person to read."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[-200:]
