"""Who works here: a pseudonym asked for once, or the course pack an educator handed out.

Nothing here knows a real name. The pseudonym decides which patient a learner gets, so the same one gives the same
patient on every computer.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from mrtlab import _userdata
from mrtlab.errors import InputError
from mrtlab.learn import _packs
from mrtlab.learn._words import ADJECTIVES, ANIMALS
from mrtlab.learn.privacy import personal_data

__all__ = [
    "SELF",
    "Identity",
    "activate",
    "check_pseudonym",
    "choose",
    "current",
    "leave_pack",
    "open_pack",
    "packs",
    "suggest",
]

SELF = "self"
"""The course of a learner who works alone."""


@dataclass(frozen=True)
class Identity:
    """Who works here, and in which course.

    Parameters
    ----------
    learner : str
        The pseudonym, or the code the course pack gives.
    course : str
        Name of the course; "self" for a learner who works alone.
    mode : str
        "practice", or "assessment" where verdicts come with the grading.
    pack : dict, optional
        The course pack as the educator made it.
    """

    learner: str
    course: str = SELF
    mode: str = "practice"
    pack: dict | None = field(default=None, compare=False, repr=False)


def current() -> Identity | None:
    """Who works here: from the active course pack, otherwise the pseudonym. None if nobody has been asked yet.

    Raises
    ------
    InputError
        If what was kept can no longer be read. Nobody else is put in the learner's place.
    """
    profile = _profile()
    name = profile.get("pack")
    if name is None:
        return _alone(profile)
    try:
        return _of(_packs.read(_folder() / name))
    except InputError as error:
        raise InputError(
            f"the course pack in use can no longer be read: {error}. Open the pack file again, or leave the course"
        ) from None


def suggest() -> str:
    """A random pseudonym, such as "quiet-heron-42"."""
    return f"{secrets.choice(ADJECTIVES)}-{secrets.choice(ANIMALS)}-{10 + secrets.randbelow(90)}"


def choose(pseudonym: str) -> Identity:
    """Keep a pseudonym. It is on the disk when this returns; the logbook keeps the earlier ones.

    Returns
    -------
    Identity
        Who works here now: while a course pack is active, still its learner.

    Raises
    ------
    InputError
        If the pseudonym is refused, or cannot be saved.
    """
    _change(learner=check_pseudonym(pseudonym))
    return current()


def check_pseudonym(text: str) -> str:
    """The pseudonym as it is kept: trimmed, in small letters.

    Raises
    ------
    InputError
        If it is too short or too long, has other characters, or looks like what identifies a person.
    """
    if not isinstance(text, str):
        raise InputError(f"pseudonym must be text, got {text!r}")
    trimmed = text.strip()
    found = [finding.kind for finding in personal_data(trimmed)]
    if not found:
        # a hyphen may hide a title or a number; two words in a row are what a pseudonym is made of
        spaced = personal_data(trimmed.replace("-", " ").title())
        found = [finding.kind for finding in spaced if finding.kind != "name"]
    if not found and trimmed and not re.search(r"[^\d\s./-]", trimmed):
        found = ["number"]
    if found:
        what = {"name": "a name", "title and name": "a name", "number": "a personal number"}.get(
            found[0], f"a {found[0]}".replace("a e-", "an e-").replace("phone", "phone number")
        )
        raise InputError(
            f"pseudonym {trimmed!r} looks like {what}; take one that does not say who you are, such as {suggest()!r}"
        )
    kept = trimmed.lower()
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", kept):
        wrong = sorted(set(re.findall(r"[^a-z0-9-]", kept)))
        why = (
            f"it has {', '.join(map(repr, wrong))}" if wrong else "it begins or ends with a hyphen" if kept else "empty"
        )
        raise InputError(
            f"pseudonym {trimmed!r} may have the letters a to z, digits and hyphens between them; {why}. "
            f"For example {suggest()!r}"
        )
    if not 3 <= len(kept) <= 24:
        raise InputError(f"pseudonym {trimmed!r} must have 3 to 24 characters; it has {len(kept)}")
    return kept


def open_pack(content: bytes | str | Path) -> Identity:
    """Read a course pack, keep it, and work in its course from now on.

    Parameters
    ----------
    content : bytes, str or Path
        The pack's JSON text, or the path of the file.

    Raises
    ------
    InputError
        If it is no course pack, or cannot be saved.
    """
    data = _packs.content(content)
    pack = _packs.parse(data)
    target = _folder() / _file_name(pack["course"], pack["learner"])
    with _userdata.locked(target):
        try:
            if target.exists() and (before := target.read_bytes()) != data:
                # handed out anew: what answers were given to must stay
                _userdata.write(target.with_suffix(f".{hashlib.sha256(before).hexdigest()[:8]}.old"), before)
            _userdata.write(target, data)
        except OSError as error:
            raise _userdata.not_saved(error, target) from None
    _change(pack=target.name)
    return _of(pack)


def leave_pack() -> Identity | None:
    """Work alone again; the pack is kept. None if no pseudonym has been chosen yet."""
    return _alone(_change(pack=None))


def packs() -> list[Identity]:
    """The course packs that were opened here and can be read, by course and learner."""
    return sorted((_of(pack) for _, pack in _readable()), key=lambda one: (one.course.casefold(), one.learner))


def activate(course: str, learner: str | None = None) -> Identity:
    """Work in a course whose pack was opened before.

    Parameters
    ----------
    course : str
        Name of the course.
    learner : str, optional
        Needed where packs of several learners of that course were opened on this computer.

    Raises
    ------
    InputError
        If there is no such pack, or there are several.
    """
    there = list(_readable())
    fits = [(path, pack) for path, pack in there if pack["course"] == course and learner in (None, pack["learner"])]
    if not fits:
        known = ", ".join(sorted(f"{pack['course']!r} ({pack['learner']})" for _, pack in there)) or "none"
        who = f" for learner {learner!r}" if learner is not None else ""
        raise InputError(f"course {course!r}{who} has no pack here; opened were: {known}. Open the pack file first")
    if len(fits) > 1:
        learners = ", ".join(sorted(pack["learner"] for _, pack in fits))
        raise InputError(f"course {course!r} has packs of several learners here: {learners}. Say which learner you are")
    path, pack = fits[0]
    _change(pack=path.name)
    return _of(pack)


def _folder() -> Path:
    return _userdata.folder() / "packs"


def _file_name(course: str, learner: str) -> str:
    """A name without tricks, even if the course is called "../x"; the hash keeps apart what looks the same."""
    plain = unicodedata.normalize("NFKD", course).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:24].strip("-") or "course"
    digest = hashlib.sha256(f"{course}\n{learner}".encode()).hexdigest()[:12]
    return f"{slug}-{digest}.json"


def _readable() -> list[tuple[Path, dict]]:
    """The packs on the disk; one that cannot be read is said so when it is the active one."""
    found = []
    for path in sorted(_folder().glob("*.json")):
        try:
            found.append((path, _packs.read(path)))
        except InputError:
            continue
    return found


def _of(pack: dict) -> Identity:
    return Identity(pack["learner"], pack["course"], pack["mode"], pack)


def _alone(profile: dict) -> Identity | None:
    learner = profile.get("learner")
    return None if learner is None else Identity(learner)


def _profile_path() -> Path:
    return _userdata.folder() / "profile.json"


def _profile() -> dict:
    """Pseudonym and file name of the active pack, as far as they were chosen."""
    path = _profile_path()
    try:
        profile = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(profile, dict):
            raise ValueError
        learner, pack = profile.get("learner"), profile.get("pack")
        # its form alone: a pseudonym once accepted stays, whatever later versions would say of it
        if learner is not None and not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,22}[a-z0-9]", learner):
            raise ValueError
        if pack is not None and not re.fullmatch(r"[a-z0-9-]+\.json", pack):
            raise ValueError
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}; close the program that holds it") from None
    except (ValueError, TypeError, RecursionError):
        raise InputError(
            f"{path} is damaged, so nobody knows who works here. Choose your pseudonym again: the same one brings the "
            "same patients back"
        ) from None
    return profile


def _change(**fields: str | None) -> dict:
    """Change the profile; a damaged one is put aside."""
    path = _profile_path()
    with _userdata.locked(path):
        try:
            try:
                profile = _profile()
            except InputError:
                profile = {}
                if path.exists():
                    _userdata.write(path.with_name("profile.damaged"), path.read_bytes())
            profile = {name: value for name, value in {**profile, **fields}.items() if value is not None}
            _userdata.write(path, json.dumps(profile, indent=1))
        except OSError as error:
            raise _userdata.not_saved(error, path) from None
    return profile
