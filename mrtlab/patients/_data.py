"""The tables behind this package, read once, and where their numbers come from."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from mrtlab.constants import Source
from mrtlab.errors import InputError

__all__ = ["patient_sources", "table"]


@cache
def table(name: str) -> dict:
    """One file of ``mrtlab/data/patients``: ``"anatomy"``, ``"populations"`` or ``"cameras"``."""
    text = files("mrtlab").joinpath(f"data/patients/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _all_sources() -> dict[str, Source]:
    found = {}

    def walk(key, entry):
        if not isinstance(entry, dict):
            return
        if "citation" in entry:
            found[key] = Source(key, entry["citation"], entry["status"])
        for name in entry:  # a number with a source of its own inside a section
            start = name.removesuffix("_citation")
            if start != name and start:
                found[f"{key}.{start}"] = Source(
                    f"{key}.{start}", entry[name], entry.get(f"{start}_status", entry.get("status", "illustrative"))
                )
        for name, inner in entry.items():
            walk(f"{key}.{name}", inner)

    for file in ("anatomy", "populations", "cameras"):
        walk(f"patients.{file}", table(file))
    return found


def patient_sources(key: str | None = None) -> tuple[Source, ...]:
    """Citation and certainty of the numbers behind virtual patients, all of them or those below one key.

    Parameters
    ----------
    key : str, optional
        Such as ``patients.anatomy`` or ``patients.populations.prrt``.

    Raises
    ------
    InputError
        If nothing begins with the key.
    """
    found = tuple(item for name, item in _all_sources().items() if key is None or name.startswith(key))
    if not found:
        raise InputError(f"there is no source {key!r}; there are {', '.join(_all_sources())}")
    return found
