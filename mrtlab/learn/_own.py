"""Exercises of a course that do not come with mrtlab, but are the educator's own.

Learners' computers know the exercises that come with mrtlab and no others. An assessment can have others all the same,
because its packs bring sheets along; so that grading finds them later, they are copied beside the key.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from mrtlab import _content
from mrtlab.errors import InputError
from mrtlab.learn.library import FILE, load
from mrtlab.learn.library import exercises as all_exercises
from mrtlab.learn.schema import Exercise

_FOLDER = "exercises"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def find(which: str) -> Exercise:
    """An exercise by its id, or by the path of its folder or file."""
    path = Path(which)
    return load(path if path.is_file() or (path / FILE).is_file() else which)


def chosen(which: Sequence[str] | None, assessment: bool) -> list[Exercise]:
    """The exercises of a new course; by default all that come with mrtlab.

    Raises
    ------
    InputError
        For an exercise that is unknown, given twice, or could not be worked at.
    """
    if not which:
        found = list(all_exercises())
        if not found:
            raise InputError("there are no exercises to make a course of")
        return found
    found = [find(one) for one in which]
    ids = [one.id for one in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise InputError(f"the exercise {twice[0]!r} is given twice")
    own = [one for one in found if is_own(one)]
    if own and not assessment:
        raise InputError(
            f"the exercise {own[0].id!r} is your own ({own[0].folder}): learners' computers know only those that come "
            "with mrtlab, so nobody could work at it in practice. With --assessment its data travel in the packs; for "
            f"practice put its folder into mrtlab's exercises ({_content.folder('exercises')}), here and on every "
            "learner's computer"
        )
    return found


def is_own(exercise: Exercise) -> bool:
    """Whether an exercise does not come with mrtlab."""
    return not exercise.folder.is_relative_to(_content.folder("exercises").resolve())


def place(key_folder: Path, name: str) -> Path:
    """Where the copy of an exercise is."""
    return key_folder / _FOLDER / name


def copy(exercises: Iterable[Exercise], key_folder: Path) -> None:
    """Copy exercises beside the key."""
    for one in exercises:
        shutil.copytree(one.folder, place(key_folder, one.id), ignore=shutil.ignore_patterns("__pycache__", ".*"))


def beside(key_folder: Path, names: Sequence[str]) -> dict[str, Path]:
    """The copies beside a key, by id.

    Raises
    ------
    InputError
        If one is not there.
    """
    if not isinstance(names, list) or not all(isinstance(one, str) and _ID.fullmatch(one) for one in names):
        raise TypeError("own must be a list of ids")
    found = {one: place(key_folder, one) for one in names}
    for name, folder in found.items():
        if not (folder / FILE).is_file():
            raise InputError(
                f"the course has an exercise of your own, {name!r}, and {folder / FILE} is not there; keep the whole "
                "folder of the key together"
            )
    return found
