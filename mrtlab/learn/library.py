"""The exercises there are, and the strict reading of their files."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from mrtlab import _content, constants
from mrtlab.errors import InputError
from mrtlab.learn.schema import Exercise

__all__ = ["exercises", "json_schema", "load", "read_yaml"]

FILE = "exercise.yaml"
_TRAPS = (
    (re.compile(r"(?i)(yes|no|on|off)"), "YAML may read it as true or false; put it in quotes"),
    (re.compile(r"[-+]?\d+(:[0-5]?\d)+(\.\d*)?"), "YAML reads it in base 60; put a time in quotes"),
    (re.compile(r"[-+]?\d+[eE][-+]?\d+"), "YAML reads it as text; write it as 1.0e+5 or in full"),
    (re.compile(r"[-+]?\d+\.\d*[eE]\d+"), "YAML reads it as text; write the sign of the exponent, as 1.0e+5"),
    (re.compile(r"[-+]?0[xXoObB]?[0-9a-fA-F_]+"), "it may be read as octal; write the number without a leading zero"),
    (re.compile(r"[-+]?\d[\d_]*_[\d_]*(\.\d*)?"), "write the digits without _"),
    (re.compile(r"[-+]?\d+,\d+"), "it looks like a decimal comma; files use a decimal point"),
    (re.compile(r"(?i)[-+]?\.(inf|nan)"), "only finite numbers are allowed"),
    (re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?"), "put a date in quotes"),
)  # fmt: skip


_OFTEN = {
    "kind": "choose, rubric or pick (a question's kind follows from what it has)",
    "type": "choose, rubric or pick (a question's kind follows from what it has)",
    "choice": "choose",
    "options": "choose",
    "answer": "is",
    "tolerance": "tol",
    "traps": "wrong",
    "hint": "hints",
    "decimals": "round",
}
_SHAPES = {
    "model_type": "a group of named fields, such as {uniform: [7.0, 7.6], round: 0.01}",
    "dict_type": "a group of named things, such as {use: use it, discard: discard it}",
    "list_type": "a list, such as [one, two]",
    "tuple_type": "a list of two, such as [7.0, 7.6]",
}
_PATTERNS = {
    "id": "an id has small letters, digits and hyphens, such as kidney-tia",
    "maps_to": "a tag names a curriculum and an item, such as NSHCS:S-NM-S3/6",
}


# libyaml, which every wheel of PyYAML brings, reads all exercises in a quarter of a second instead of two
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML as people read it: true, false, null, plain numbers; everything else is text, and traps are errors."""

    yaml_implicit_resolvers: dict = {}  # noqa: RUF012  # replaces the lists of the parent class


for _tag, _form, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", ["~", "n", ""]),
    ("int", r"[-+]?(0|[1-9]\d*)", "-+0123456789"),
    ("float", r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]\d+)?", "-+0123456789."),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_form})$"), list(_first))


def read_yaml(text: str, name: str) -> tuple[dict, dict[tuple, int]]:
    """Read strictly: no duplicate keys, none of YAML's traps.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for messages.

    Returns
    -------
    data : dict
    lines : dict
        Line number (from 1) of every path, such as ``("ask", 0, "tol")``.

    Raises
    ------
    InputError
        With file, line and what to write instead.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise InputError(f"{name}: an exercise is a list of fields such as 'id: kidney-tia'; found none")
        lines: dict[tuple, int] = {}
        _walk(node, (), lines, name)
        return loader.construct_document(node), lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        problem = str(getattr(error, "problem", None) or error)
        if problem.startswith("mapping values are not allowed"):
            problem = "a colon inside text; put the whole text in quotes"
        raise InputError(f"{name}{place}: {problem}") from None
    finally:
        loader.dispose()


def _walk(node: yaml.Node, path: tuple, lines: dict, name: str) -> None:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if isinstance(node, yaml.ScalarNode):
        if not node.style:
            for trap, advice in _TRAPS:
                if trap.fullmatch(node.value):
                    raise InputError(f"{name}, line {line}: {node.value!r} is a trap: {advice}")
    elif isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            _walk(item, (*path, place), lines, name)
    else:
        seen: set[str] = set()
        for key, value in node.value:
            _walk(key, (*path, f"{key.value} (name)"), lines, name)
            if not isinstance(key, yaml.ScalarNode):
                raise InputError(f"{name}, line {key.start_mark.line + 1}: a name must be a word")
            if key.value in seen:
                raise InputError(f"{name}, line {key.start_mark.line + 1}: {key.value!r} is given twice")
            seen.add(key.value)
            _walk(value, (*path, key.value), lines, name)


def exercises(root: Path | None = None) -> tuple[Exercise, ...]:
    """All exercises, by topic and name.

    Parameters
    ----------
    root : Path, optional
        Folder with ``<topic>/<id>/exercise.yaml``; by default the exercises that come with mrtlab.

    Raises
    ------
    InputError
        For a file that cannot be used, and for an id that is there twice.
    """
    found = tuple(load(path) for path in _files(root or _content.folder("exercises")))
    ids = [exercise.id for exercise in found]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise InputError(f"these exercises are there twice: {', '.join(twice)}")
    return found


def _files(root: Path) -> Iterator[Path]:
    return iter(sorted(root.glob(f"*/*/{FILE}")))


def load(which: str | Path) -> Exercise:
    """One exercise.

    Parameters
    ----------
    which : str or Path
        The id of an exercise that comes with mrtlab, or the path of a file or its folder.

    Raises
    ------
    InputError
        If there is none, or its file breaks a rule; with file, line, field and what is allowed.
    """
    path = Path(which)
    if isinstance(which, str) and re.fullmatch(r"[a-z0-9-]+", which):
        known = {file.parent.name: file for file in _files(_content.folder("exercises"))}
        mine = {file.parent.name: file for file in _files(Path("exercises"))}  # where `exercise new` wrote it
        known = {**mine, **known}
        if which not in known:
            raise InputError(f"there is no exercise {which!r}; there are: {', '.join(sorted(known)) or 'none'}")
        path = known[which]
    elif path.is_dir():
        path = path / FILE
    if not path.is_file():
        raise InputError(f"{path} is not there; an exercise is a folder with {FILE}")
    return _load(path.resolve(), path.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def _load(path: Path, changed: int) -> Exercise:
    name = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    data, lines = read_yaml(text, name)
    try:
        exercise = Exercise.model_validate_json(json.dumps(data))  # strict, and with lists for tuples
    except ValidationError as error:
        raise InputError(_explained(error, lines, name)) from None
    if exercise.id != path.parent.name:
        raise InputError(f"{name}: the id {exercise.id!r} must be the name of its folder, {path.parent.name!r}")
    for source in exercise.sources:
        if isinstance(source, str):
            try:
                constants.sources(source)
            except InputError as error:
                line = lines.get(("sources", exercise.sources.index(source)), 1)
                raise InputError(
                    f"{name}, line {line}: {error}. Write out a source that mrtlab does not know, with cite and status"
                ) from None
    exercise._folder = path.parent
    return exercise


def _explained(error: ValidationError, lines: dict, name: str) -> str:
    """The first few violations, each with its line."""
    said = []
    for problem in error.errors()[:5]:
        place = tuple(part for part in problem["loc"] if part != "[key]")
        line = next((lines[place[:depth]] for depth in range(len(place), -1, -1) if place[:depth] in lines), 1)
        field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in place) or "the exercise"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = f"there is no such field{_near(str(place[-1]))}"
        elif problem["type"] == "missing":
            message = "is missing"
        elif problem["type"] in _SHAPES:
            message = f"must be {_SHAPES[problem['type']]}; `mrtlab exercise new` shows one"
        elif problem["type"] == "string_pattern_mismatch":
            message = _PATTERNS.get(place[0] if place[0] == "maps_to" else place[-1], problem["msg"])
        said.append(f"line {line}: {field}: {message}")
    more = len(error.errors()) - len(said)
    return f"{name}, " + "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def _near(field: str) -> str:
    """The field that was probably meant."""
    meant = _OFTEN.get(field) or next(iter(difflib.get_close_matches(field, _fields(), 1, 0.6)), "")
    return f"; did you mean {meant}?" if meant else "; check its spelling"


@cache
def _fields() -> tuple[str, ...]:
    schema = Exercise.model_json_schema(by_alias=True)
    parts = [schema, *schema["$defs"].values()]
    return tuple(sorted({name for part in parts for name in part.get("properties", ())}))


def json_schema() -> dict:
    """JSON Schema of ``exercise.yaml``, for editors that complete and check while one writes."""
    schema = Exercise.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mrtlab exercise", **schema}
