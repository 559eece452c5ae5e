"""What the columns are: from header cells to roles, regions and units."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mrtlab.errors import InputError
from mrtlab.tables.table import region_name
from mrtlab.tables.text import problem

__all__ = ["Column", "Layout", "Series", "Unit", "find_unit", "understand"]


@dataclass(frozen=True)
class Unit:
    """``value * numerator / denominator`` is in MBq, hours or grams, or a fraction; one rounding for SI prefixes."""

    name: str
    kind: str
    numerator: int
    denominator: int = 1

    def convert(self, value: float) -> float:
        return value * self.numerator / self.denominator


_UNITS = {
    "activity": {
        "Bq": (1, 10**6, "bq"),
        "kBq": (1, 1000, "kbq"),
        "MBq": (1, 1, "mbq"),
        "GBq": (1000, 1, "gbq"),
        "µCi": (37, 1000, "uci", "µci"),
        "mCi": (37, 1, "mci"),
        "Ci": (37_000, 1, "ci"),
    },
    "time": {
        "h": (1, 1, "h", "hr", "hrs", "hour", "hours"),
        "min": (1, 60, "min", "mins", "minute", "minutes"),
        "s": (1, 3600, "s", "sec", "secs", "second", "seconds"),
        "d": (24, 1, "d", "day", "days"),
    },
    "mass": {"g": (1, 1, "g", "gram", "grams"), "kg": (1000, 1, "kg")},
    "relative": {"%": (1, 100, "%", "percent", "pct")},
}
_BY_WORD = {
    word.casefold(): Unit(name, kind, numerator, denominator)
    for kind, units in _UNITS.items()
    for name, (numerator, denominator, *words) in units.items()
    for word in words
}
_FRACTION = Unit("fraction", "relative", 1)
# Capitals are forgiven except where they make it a thousand million times more or less.
_OTHER_PREFIX = {"mBq": "MBq", "MCi": "mCi", "Mci": "mCi"}
_EXAMPLES = {"activity": "activity_mbq", "time": "time_h", "mass": "mass_g", "sigma": "sigma_mbq or sigma_%"}

_TIME = ("time", "times", "t", "tpi", "elapsed time")
_REGION = ("region", "organ", "voi", "roi", "structure", "tissue", "lesion")
_ACTIVITY = ("activity", "act", "a", "total activity", "measured activity", "organ activity")
_SIGMA = ("sigma", "σ", "sd", "std", "stdev", "standard deviation", "standard uncertainty", "uncertainty", "unc", "u")
_CV = ("cv", "coefficient of variation")
_AFFIX = r"(?:sigma|σ|sd|std|stdev|standard deviation|standard uncertainty|uncertainty|unc|cv)"
_AFTER = re.compile(r" (p i|pi|p a|(after|post|since) (the )?(injection|administration))$")
_KNOWN = (
    "a time (time_h, 'Time [min]', t_d), a region (region, organ, VOI, ROI), an activity (activity_mbq, 'A [GBq]'), "
    "one column per region (kidney_left_mbq, 'Liver [kBq]'), an uncertainty (sigma_mbq, sigma_%, cv, "
    "kidney_left_sigma_mbq), a mass (mass_g, sigma_mass_g)"
)


@dataclass(frozen=True)
class Column:
    """One column: its place, its header, and its unit."""

    index: int
    header: str
    unit: Unit

    @property
    def place(self) -> tuple[int, str]:
        return self.index, self.header


@dataclass(frozen=True)
class Series:
    """A column of activities with, perhaps, that of its uncertainties. ``region`` is None if a column names it."""

    region: str | None
    activity: Column
    sigma: Column | None


@dataclass(frozen=True)
class Layout:
    """All columns of a table."""

    name: str
    time: Column
    region: tuple[int, str] | None
    series: tuple[Series, ...]
    mass: Column | None
    sigma_mass: Column | None
    empty: tuple[int, ...]


def find_unit(word: str) -> Unit | None:
    """The unit a word stands for in any capitals, or None; refuses mBq, which is a slip and not a millibecquerel."""
    if word in _OTHER_PREFIX:
        raise InputError(f"{word} differs from {_OTHER_PREFIX[word]} by a factor of 1e9; write {_OTHER_PREFIX[word]}")
    return _BY_WORD.get(word.casefold())


def understand(header: list[str], line: int) -> Layout:
    """Find the role of every column, or refuse the header."""
    width = len(header)
    while width and not header[width - 1]:
        width -= 1
    found: dict[str, list] = {role: [] for role in ("time", "region", "activity", "sigma", "mass", "sigma mass")}
    for index, cell in enumerate(header[:width]):
        try:
            role, name, unit = _role(cell)
        except InputError as error:
            raise problem(str(error), line, (index, cell)) from None
        found[role].append((name, Column(index, cell, unit)))
    for role in ("time", "region", "mass", "sigma mass"):
        if len(found[role]) > 1:
            (_, first), (_, second) = found[role][:2]
            raise problem(f"there are two columns of {role}, this one and {first.header!r}", line, second.place)
    if not found["time"]:
        raise problem(f"there is no column of times, such as time_h, among: {', '.join(header)}", line)
    if not found["activity"]:
        raise problem(f"there is no column of activities, such as activity_mbq, among: {', '.join(header)}", line)
    region = found["region"][0][1].place if found["region"] else None
    series = _long(found, region, line) if region else _wide(found, line)
    mass, sigma_mass = (found[role][0][1] if found[role] else None for role in ("mass", "sigma mass"))
    if sigma_mass and not mass:
        raise problem("an uncertainty of the mass needs a column of masses, such as mass_g", line, sigma_mass.place)
    if mass and not region and len(series) > 1:
        raise problem(
            "of which region is this the mass? With one column per region, give masses as comments: "
            "# mass kidney_left: 250.6 ± 8.5 g",
            line,
            mass.place,
        )
    name = "long, one row per region and time" if region else "wide, one column per region"
    return Layout(
        name if region or len(series) > 1 else "one region",
        found["time"][0][1],
        region,
        series,
        mass,
        sigma_mass,
        tuple(range(width, len(header))),
    )


def _long(found: dict, region: tuple, line: int) -> tuple[Series, ...]:
    """With a column of regions there is one column of activities."""
    for name, column in found["activity"]:
        if name and _plain(name) not in _ACTIVITY:
            raise problem(
                f"this table has a column of regions ({region[1]!r}), so the activities stand in one column, such as "
                f"activity_mbq; a column for {name!r} does not fit",
                line,
                column.place,
            )
    for role in ("activity", "sigma"):
        if len(found[role]) > 1:
            (_, first), (_, second) = found[role][:2]
            raise problem(f"there are two columns of {role}, this one and {first.header!r}", line, second.place)
    for name, column in found["sigma"]:
        if name and _plain(name) not in _ACTIVITY:
            raise problem(f"this is the uncertainty of {name!r}, which is no column here", line, column.place)
    sigma = found["sigma"][0][1] if found["sigma"] else None
    return (Series(None, found["activity"][0][1], sigma),)


def _wide(found: dict, line: int) -> tuple[Series, ...]:
    """Without one, each column of activities is a region; a single one need not have a name."""
    single = len(found["activity"]) == 1
    regions: dict[str, tuple[str, Column]] = {}
    for name, column in found["activity"]:
        generic = not name or _plain(name) in _ACTIVITY
        if generic and not single and name.casefold() != "a":
            raise problem(
                "of which region is this the activity? Name each column after its region, as in kidney_left_mbq, or "
                "add a column of regions",
                line,
                column.place,
            )
        region = "" if generic and single else _region(name, line, column)
        if region.casefold() in regions:
            raise problem(f"{region!r} has a column already; each region once", line, column.place)
        regions[region.casefold()] = (region, column)
    sigmas: dict[str, Column] = {}
    for name, column in found["sigma"]:
        key = _region(name, line, column).casefold()
        if single and (not name or _plain(name) in _ACTIVITY):
            key = next(iter(regions))
        if key not in regions:
            raise problem(
                (
                    f"this is the uncertainty of {name!r}, which is no column here"
                    if name
                    else "of which region is this the uncertainty?"
                )
                + "; name it after its region, as in kidney_left_sigma_mbq",
                line,
                column.place,
            )
        if key in sigmas:
            raise problem(f"the uncertainty of {regions[key][0]!r} is given twice", line, column.place)
        sigmas[key] = column
    return tuple(Series(region, column, sigmas.get(key)) for key, (region, column) in regions.items())


def _region(name: str, line: int, column: Column) -> str:
    try:
        return region_name(name)
    except InputError as error:
        raise problem(str(error), line, column.place) from None


def _role(cell: str) -> tuple[str, str, Unit | None]:
    """Role, name of the region (or of the quantity) and unit of one header cell."""
    if not cell:
        raise InputError(
            "this column has no name; if it only numbers the rows, leave it out (in pandas: to_csv(..., index=False))"
        )
    name, word = _split(cell)
    plain = _plain(name)
    if not name:  # "hours", "MBq"
        unit = find_unit(word)
        return unit.kind, "", unit
    if plain in _REGION and not word:
        return "region", "", None
    if plain in _TIME:
        return "time", "", _unit(word, "time")
    if plain == "mass":
        return "mass", "", _unit(word, "mass")
    if re.fullmatch(rf"{_AFFIX} mass|mass {_AFFIX}", plain):
        return "sigma mass", "", _unit(word, "mass")
    of_what = _uncertainty_of(name)
    if of_what is not None:
        if re.search(r"\bcv\b|coefficient", plain):
            return "sigma", of_what, _unit(word, "relative") if word else _FRACTION
        return "sigma", of_what, _unit(word, "sigma")
    if plain in _ACTIVITY or (word and find_unit(word) and find_unit(word).kind == "activity"):
        return "activity", name, _unit(word, "activity")
    raise InputError(_not_understood(cell, word))


def _split(cell: str) -> tuple[str, str]:
    """``kidney_left_mbq``, ``Liver [kBq]``, ``time / h``, ``A in GBq`` into name and unit; no unit is ''."""
    match = re.fullmatch(r"(.+?)[\s_]*[\[(]\s*([^\[\]()]*?)\s*[\])]", cell)
    if match:
        return match[1], match[2] or "()"
    match = re.fullmatch(r"(.+?)(?:\s+in)?(?:\s*/\s*|[\s_]+)([^\s_/]+)", cell)
    if match and (match[2].casefold() in _BY_WORD or match[2] in _OTHER_PREFIX):
        return match[1], match[2]
    alone = _plain(cell)  # "hours p.i."
    if alone == "h" or (alone in _BY_WORD and len(alone) > 1 and _BY_WORD[alone].kind in ("time", "activity")):
        return "", cell.strip("[]() ") if cell.strip("[]() ") in _OTHER_PREFIX else alone
    return cell, ""


def _plain(name: str) -> str:
    """Lower case, single spaces, nothing but words; "after injection" left out."""
    return _AFTER.sub("", re.sub(r"[\W_]+", " ", name.casefold()).strip())


def _uncertainty_of(name: str) -> str | None:
    """What an uncertainty belongs to ('' if not said), or None if the name is not that of an uncertainty."""
    if _plain(name) in (*_SIGMA, *_CV):
        return ""
    match = re.fullmatch(rf"(.+?)[\s_]+{_AFFIX}|{_AFFIX}[\s_]+(?:of[\s_]+)?(.+)", name, re.IGNORECASE)
    return (match[1] or match[2]) if match else None


def _unit(word: str, kind: str) -> Unit:
    """The unit of a column, which must be of the right kind; an uncertainty may be an activity or relative."""
    kinds = ("activity", "relative") if kind == "sigma" else (kind,)
    example = _EXAMPLES.get(kind, "cv_%")
    if not word:
        raise InputError(f"the unit is missing; write it into the header, as in {example}")
    unit = find_unit(word)
    if unit is None or unit.kind not in kinds:
        known = ", ".join(name for item in kinds for name in _UNITS[item])
        raise InputError(f"{word!r} is not a unit for this column; {known} are")
    return unit


def _not_understood(cell: str, word: str) -> str:
    text = f"{cell!r} is not understood. "
    if "/" in word or re.search(r"(bq|ci)\s*/", cell, re.IGNORECASE):
        return text + "If it is a concentration, multiply it by the volume: the table holds activities, such as in MBq"
    if find_unit(word) and find_unit(word).kind == "mass":
        return (
            text + "Masses stand in a column mass_g of a long table, or in comments: # mass kidney_left: 250.6 ± 8.5 g"
        )
    if re.search(r"m[lL]\b|cm³|cm3|vol", cell):
        return text + "Volumes are not read; give masses (volume times density) in a column mass_g, or as comments"
    if re.search(r"date|clock", cell, re.IGNORECASE):
        return text + "Times are given in hours after administration, in a column such as time_h"
    if not find_unit(word):
        text += "If it is a region, add the unit of its activities, as in kidney_left_mbq. "
    return text + f"What is understood: {_KNOWN}"
