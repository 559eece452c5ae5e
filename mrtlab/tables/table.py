"""The curves of one table."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.kinetics import TimeActivity
from mrtlab.tables.text import LONGEST

__all__ = ["TacTable", "region_name"]


@dataclass(frozen=True, eq=False)
class TacTable(Sequence):
    """The time-activity curves of several regions of one patient, in the order of the file.

    ``table[0]`` and ``table["kidney_left"]`` are curves, ``len(table)`` is their number and
    ``"kidney_left" in table`` tells whether there is one of that name.

    Parameters
    ----------
    curves : sequence of TimeActivity
        At least one, each with its own ``region``.
    masses_g : mapping of str to float or ufloat, optional
        Grams, for as many of the regions as are known.
    understood : str
        What was read and how, in plain lines.
    remarks : sequence of str
        Comments of the file that are not known keys.

    Raises
    ------
    InputError
        For no curves, regions of the same name, or masses of unknown regions or below 0.
    """

    curves: Sequence[TimeActivity]
    masses_g: Mapping = field(default_factory=dict)
    understood: str = field(default="", repr=False)
    remarks: Sequence[str] = ()

    def __post_init__(self):
        curves = tuple(self.curves)
        if not curves or not all(isinstance(curve, TimeActivity) for curve in curves):
            raise InputError("curves must be a list of at least one mrtlab.kinetics.TimeActivity")
        object.__setattr__(self, "curves", curves)
        seen: dict[str, str] = {}
        for name in self.regions:
            if name.casefold() in seen:
                raise InputError(
                    f"regions {seen[name.casefold()]!r} and {name!r} are the same, capitals aside; rename one"
                )
            seen[name.casefold()] = name
        for name, mass in self.masses_g.items():
            if name not in self.regions:
                raise InputError(f"there is a mass of {name!r}, but the regions are: {_list(self.regions)}")
            _check.positive(f"mass of {name}", mass)
        object.__setattr__(self, "masses_g", MappingProxyType(dict(self.masses_g)))
        object.__setattr__(self, "remarks", tuple(self.remarks))

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the regions, in order."""
        return tuple(curve.region for curve in self.curves)

    def __len__(self):
        return len(self.curves)

    def __getitem__(self, key):
        if not isinstance(key, str):
            return self.curves[key]
        if key not in self.regions:
            raise InputError(f"there is no region {key!r}; there are: {_list(self.regions)}")
        return self.curves[self.regions.index(key)]

    def __contains__(self, item):
        return item in self.regions if isinstance(item, str) else any(curve is item for curve in self.curves)

    def __reduce__(self):  # a read-only mapping cannot be pickled or copied as it is
        return TacTable, (self.curves, dict(self.masses_g), self.understood, self.remarks)


def region_name(text: str) -> str:
    """A region's name as it is stored: runs of white space become one space, composed
    and decomposed accents are the same.

    Raises
    ------
    InputError
        For invisible characters, and for names that are numbers: a number where a name belongs usually means
        that the columns have shifted.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if len(name) > LONGEST:
        raise InputError(f"the region's name {name[:40]!r}... has {len(name)} characters; {LONGEST} are allowed")
    if not name.isprintable():
        hidden = next(char for char in name if not char.isprintable())
        raise InputError(f"the region's name {name!r} contains the invisible character {hidden!r}; take it out")
    if name and all(char.isdigit() or char in ".,+-− " for char in name):
        raise InputError(
            f"the region's name is the number {name!r}; give it a name, such as 'lesion {name}'. "
            "Or have the columns shifted?"
        )
    return name


def _list(names) -> str:
    names = [repr(name) for name in names]
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
