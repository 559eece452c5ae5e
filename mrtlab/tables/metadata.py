"""Comment lines ``# key: value``: what a table says about itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from uncertainties import ufloat

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.nuclides import Nuclide
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.tables.decimals import Decimals
from mrtlab.tables.header import find_unit
from mrtlab.tables.table import region_name
from mrtlab.tables.text import problem
from mrtlab.units import parse_quantity

__all__ = ["Metadata", "classify", "parse"]

_KEYS = {
    "nuclide": "nuclide",
    "radionuclide": "nuclide",
    "decay corrected": "decay_corrected",
    "administered": "administered",
    "administered activity": "administered",
    "cv": "cv",
}
_DECAY = {"yes": True, "to injection": True, "to administration": True, "no": False}
_OF_REGION = re.compile(r"(mass|systematic)(?:(?:\s+|_)(.*?))?\s*:([^:]*)", re.IGNORECASE)
_QUANTITY = re.compile(r"([+\-−]?[0-9.,'’_\s]*[0-9.,](?:[eE][+\-−]?[0-9]+)?)\s*([^0-9\s].*)?")


@dataclass
class Metadata:
    """Values with the line they stand in, still as text: numbers wait for the decimal sign of the table."""

    values: dict[str, tuple[int, str]] = field(default_factory=dict)
    masses: dict[str, tuple[int, str]] = field(default_factory=dict)
    systematic: dict[str, tuple[int, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def line(self, key: str) -> int | None:
        """Line number of a key, or None."""
        return self.values[key][0] if key in self.values else None

    def nuclide(self) -> Nuclide | None:
        return self._read("nuclide", find_nuclide)

    def decay_corrected(self) -> bool | None:
        def read(text):
            if text.casefold() not in _DECAY:
                raise InputError(
                    f"{text!r} does not say whether the activities were corrected for decay to the time of "
                    f"administration; allowed are: {', '.join(_DECAY)}"
                )
            return _DECAY[text.casefold()]

        return self._read("decay_corrected", read)

    def administered_mbq(self, decimals: Decimals) -> float | None:
        return self._read(
            "administered", lambda text: _check.positive("administered", _with_unit(text, "MBq", decimals))
        )

    def cv(self, decimals: Decimals) -> float | None:
        return self._read("cv", lambda text: _check.positive("cv", _relative("cv", text, decimals)))

    def masses_g(self, decimals: Decimals) -> dict:
        """Grams by region, ufloats where an uncertainty is given."""
        return {
            name: _at(line, lambda text=text, name=name: _mass(text, name, decimals))
            for name, (line, text) in self.masses.items()
        }

    def systematic_rel(self, decimals: Decimals) -> dict[str, float]:
        """Relative uncertainty common to all points, by region; "" stands for all regions."""
        return {
            name: _at(line, lambda text=text: _relative("systematic", text, decimals))
            for name, (line, text) in self.systematic.items()
        }

    def _read(self, key, read):
        if key not in self.values:
            return None
        line, text = self.values[key]
        return _at(line, lambda: read(text))


def classify(comment: str) -> tuple[str, str, str] | None:
    """Key, region ("" if none) and value of a comment, or None if it is a remark."""
    match = _OF_REGION.fullmatch(comment)
    if match:
        return match[1].casefold(), region_name(match[2] or ""), match[3].strip()
    key, colon, text = comment.partition(":")
    known = _KEYS.get(" ".join(re.split(r"[\s_-]+", key.casefold().strip())))
    return (known, "", text.strip()) if colon and known else None


def parse(comments: list[tuple[int, str]]) -> Metadata:
    """Sort comments into known keys and remarks; a key that is given twice is refused."""
    metadata = Metadata()
    for line, comment in comments:
        found = _at(line, lambda comment=comment: classify(comment))
        if found is None:
            if comment:
                metadata.remarks.append(comment)
            continue
        key, region, text = found
        if key in ("mass", "systematic"):
            target, name = (metadata.masses if key == "mass" else metadata.systematic), region
        else:
            target, name = metadata.values, key
        if name in target:
            raise problem(f"{key} {region}".strip() + f" is given already in line {target[name][0]}", line)
        if not text:
            raise problem(
                f"{key} {region}".strip() + " has no value after the colon; fill it in, or delete the line", line
            )
        target[name] = line, text
    return metadata


def _at(line: int, read):
    try:
        return read()
    except InputError as error:
        raise problem(str(error), line) from None


def _with_unit(text: str, unit: str, decimals: Decimals, default: str = "") -> float:
    """A number with its unit, which must be there: 7.2 could be GBq as well as MBq."""
    match = _QUANTITY.fullmatch(text.strip())
    if not match:
        raise InputError(f"{text!r} is not a number with a unit, such as 7210.4 {unit}")
    number = decimals.in_comment(match[1].strip())
    word = (match[2] or default).strip()
    if not word:
        raise InputError(f"{text!r} has no unit; write it after the number, as in {match[1].strip()} {unit}")
    known = find_unit(word)
    # parse_quantity knows MBq, not mbq; what find_unit does not know, it will explain
    return parse_quantity(f"{number!r} {known.name if known else word}", unit)


def _relative(name: str, text: str, decimals: Decimals) -> float:
    return _check.fraction(name, _with_unit(text, "", decimals, default="fraction"))


def _mass(text: str, region: str, decimals: Decimals):
    """``250.6 ± 8.5 g``, ``(250.6 ± 8.5) g`` or ``250.6 g``."""
    bracket = re.fullmatch(r"\((.*)\)(.*)", text)
    value, *spread = re.split(r"±|\+/-|\+-", f"{bracket[1]} {bracket[2]}" if bracket else text)
    if len(spread) > 1:
        raise InputError(f"{text!r} has more than one ±")
    if not spread:
        return _check.positive("mass", _with_unit(value, "g", decimals))
    match = _QUANTITY.fullmatch(spread[0].strip())
    sigma = _check.positive("uncertainty of the mass", _with_unit(spread[0], "g", decimals))
    mass = _check.positive("mass", _with_unit(value, "g", decimals, default=match[2]))
    return ufloat(mass, sigma, f"mass {region}")
