"""Every constant with its value, unit, source and certainty, read from ``mrtlab/data/constants/``.

Certainty is one of four words. *published*: the number was seen in the cited source. *derived*: computed from
published numbers. *recalled*: remembered from the literature and still to be checked against it.
*illustrative*: chosen for teaching. What is only recalled or illustrative says so wherever it is shown.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mrtlab.errors import InputError

__all__ = ["STATUSES", "Source", "keys", "sources", "value"]

STATUSES = ("published", "derived", "recalled", "illustrative")


@dataclass(frozen=True)
class Source:
    """Where a constant, a formula or a data set comes from.

    Attributes
    ----------
    key : str
    citation : str
        Reference, with DOI where there is one.
    status : str
        ``"published"``, ``"derived"``, ``"recalled"`` or ``"illustrative"``.
    value : float or None
        None for formulas and tables.
    unit : str
    note : str
    """

    key: str
    citation: str
    status: str
    value: float | None = None
    unit: str = ""
    note: str = ""


def sources(key: str) -> Source:
    """Citation and certainty behind a key, such as ``"kinetics.chi_square_p"``.

    Raises
    ------
    InputError
        If the key is not known; the message offers the nearest.
    """
    table = _table()
    if key not in table:
        near = difflib.get_close_matches(str(key), table, n=3, cutoff=0.4)
        raise InputError(f"there is no source {key!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
    return table[key]


def value(key: str) -> float:
    """The number behind a key, in the unit its entry names."""
    number = sources(key).value
    if number is None:
        raise InputError(f"{key!r} is a reference without a single value")
    return number


def keys() -> tuple[str, ...]:
    """All keys, sorted."""
    return tuple(sorted(_table()))


@cache
def _table() -> dict[str, Source]:
    found = {}
    for file in files("mrtlab").joinpath("data/constants").iterdir():
        if not file.name.endswith(".toml"):
            continue
        for module, entries in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for name, entry in entries.items():
                key = f"{module}.{name}"
                if key in found:
                    raise RuntimeError(f"{key} stands in two files of mrtlab/data/constants")
                found[key] = Source(key, **entry)
    return found
