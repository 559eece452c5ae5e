"""Rows of a data set checked against themselves: units, signs, copies, sides. What is only unusual is no error."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType

from mrtlab import constants
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide
from mrtlab.record.export import ALPHA_COLUMNS, COLUMNS

__all__ = ["ROW_ERRORS", "RowFinding", "check_rows"]

ROW_ERRORS = MappingProxyType(
    {
        "identifier": "something that tells who, or when",
        "activity_unit": "activity in GBq in a column of MBq",
        "dose_per_activity": "dose per activity in the place of the dose",
        "per_activity_unit": "Gy/GBq in a column of Gy/MBq",
        "decimal": "decimal sign lost in the dose",
        "inconsistent": "dose, activity and dose per activity do not agree",
        "u_missing": "no uncertainty beside a dose",
        "u_unit": "an uncertainty in per cent, not in Gy",
        "method_missing": "how it was measured is not said",
        "half_life": "a half-life that cannot be, or is in days",
        "interval": "day and month exchanged in a date, so that an interval is not above 0",
        "sides_swapped": "left and right exchanged",
        "duplicate_row": "a row that is there twice",
        "duplicate_patient": "a patient who is there twice, under two numbers",
    }
)
"""What :func:`check_rows` looks for, in words."""

_SIDE = re.compile(r"\b(left|right)\b")
_COPIED = ("administered_mbq", "mass_g", "dose_gy", "effective_half_life_h")


@dataclass(frozen=True)
class RowFinding:
    """One error in one row.

    Attributes
    ----------
    row : int
        Place of the row, from 0.
    kind : str
        Key of :data:`ROW_ERRORS`.
    columns : tuple of str
        Where it stands.
    text : str
        What is wrong, with the values, and what to do.
    """

    row: int
    kind: str
    columns: tuple[str, ...]
    text: str


def check_rows(rows: Sequence[Mapping]) -> tuple[RowFinding, ...]:
    """Errors that rows show by themselves.

    A dose outside its expected range is no error, and is not looked for: unusual patients belong into a data set.

    Parameters
    ----------
    rows : sequence of mapping
        Of :func:`mrtlab.record.rows`, ``read_rows`` or ``merge_rows``. With a ``centre``, cases of two centres are two.

    Returns
    -------
    tuple of RowFinding
        In the order of the rows. None found does not mean that none is there.

    Raises
    ------
    InputError
        If rows have no ``case``, ``cycle`` or ``region``.
    """
    rows = list(rows)
    for place, row in enumerate(rows):
        if missing := [name for name in ("case", "cycle", "region") if name not in row]:
            raise InputError(f"row {place} has no {', '.join(missing)}; rows have the columns of record.COLUMNS")
    found = [one for place, row in enumerate(rows) for one in _alone(place, row)]
    found += _copies(rows) + _sides(rows)
    order = list(ROW_ERRORS)
    return tuple(sorted(found, key=lambda one: (one.row, order.index(one.kind))))


def _alone(place: int, row: Mapping) -> list[RowFinding]:
    """What a row shows without the others."""
    found = [RowFinding(place, kind, columns, text) for kind, columns, text in (*_who(row), *_numbers(row))]
    dose, u = row.get("dose_gy"), row.get("dose_u_gy")
    if dose is None:
        return found
    if u is None or u <= 0:
        text = f"the dose of {dose:g} Gy has no uncertainty; ask for it, and do not put 0"
        found.append(RowFinding(place, "u_missing", ("dose_u_gy",), text))
    elif u >= dose and not any(one.kind in ("decimal", "dose_per_activity") for one in found):
        text = f"u is {u:g} Gy for a dose of {dose:g} Gy; is it in per cent?"
        found.append(RowFinding(place, "u_unit", ("dose_u_gy",), text))
    if without := tuple(name for name in ("points", "basis") if row.get(name) is None):
        text = f"{' and '.join(without)} left open: a dose from one image and one from four are not the same"
        found.append(RowFinding(place, "method_missing", without, text))
    return found


def _who(row: Mapping):
    other = tuple(name for name in row if name not in (*COLUMNS, *ALPHA_COLUMNS, "centre") and row[name] is not None)
    if other:
        yield (
            "identifier",
            other,
            f"column {', '.join(other)} does not belong into the data set; leave it in the hospital",
        )
    if not isinstance(row["case"], int):
        yield "identifier", ("case",), f"case is {row['case']!r}; cases are numbers, 1, 2 and so on"


def _numbers(row: Mapping):
    given, prescribed = row.get("administered_mbq"), row.get("prescribed_mbq")
    dose, per = row.get("dose_gy"), row.get("dose_gy_per_mbq")
    agree = constants.value("record.rows_agree_rel")
    if given and prescribed and 400 < prescribed / given < 2500:
        words = f"administered {given:g}, prescribed {prescribed:g} MBq: a factor of a thousand"
        yield "activity_unit", ("administered_mbq",), words
    elif given and dose and per:
        yield from _agreement(given, dose, per, agree)
    parts = [row.get(name) for name in ALPHA_COLUMNS]
    if dose and None not in parts:
        yield from _parts(dose, *parts)
    half_life, name = row.get("effective_half_life_h"), row.get("nuclide")
    if half_life is not None and name:
        physical = nuclide(name).half_life_h
        if half_life > physical * (1 + 1e-9):
            yield (
                "half_life",
                ("effective_half_life_h",),
                f"{half_life:g} h is longer than the {physical:.1f} h of {name}",
            )
        elif half_life < constants.value("record.rows_short_half_life") * physical:
            yield "half_life", ("effective_half_life_h",), f"{half_life:g} h looks like days; the column has hours"
    interval = row.get("interval_days")
    if interval is not None and interval <= 0:
        words = f"{interval} days after the previous cycle; are day and month of one date exchanged?"
        yield "interval", ("interval_days",), words


def _parts(dose, alpha, electron, rbe):
    """Parts that make up the dose, which is the absorbed one."""
    agree = constants.value("record.rows_agree_rel")
    if abs(alpha + electron - dose) <= agree * dose:
        return
    words = f"the dose is {dose:g} Gy, its parts {alpha:g} and {electron:g} Gy"
    if abs(rbe * alpha + electron - dose) <= agree * dose:
        words += f"; that is the dose weighted with {rbe:g}, and the column has absorbed ones"
    yield "inconsistent", ("dose_gy", *ALPHA_COLUMNS), words


def _agreement(given, dose, per, agree):
    """Three numbers of which any two give the third."""

    def near(ratio, target):
        return abs(math.log(ratio / target)) <= agree

    ratio = dose / (per * given)
    if near(ratio, 1):
        return
    words = f"{per:g} Gy/MBq · {given:g} MBq = {per * given:.3g} Gy, but the dose is {dose:g}"
    if near(dose, 1000 * per):
        yield "dose_per_activity", ("dose_gy",), f"{words}: that is the dose of one GBq"
    elif near(ratio, 1000):
        yield "activity_unit", ("administered_mbq",), f"{words}: a factor of a thousand"
    elif near(ratio, 0.001):
        yield "per_activity_unit", ("dose_gy_per_mbq",), f"{words}: a factor of a thousand"
    elif any(near(ratio, 10.0**power) for power in (-2, -1, 1, 2)):
        yield "decimal", ("dose_gy",), f"{words}: a power of ten, as where a decimal sign got lost"
    else:
        yield "inconsistent", ("dose_gy", "administered_mbq", "dose_gy_per_mbq"), f"{words}; which of the three?"


def _copies(rows) -> list[RowFinding]:
    found, seen, copied = [], {}, {}
    for place, row in enumerate(rows):
        case = (row.get("centre"), row["case"])
        key = (*case, row["cycle"], row["region"])
        if key in seen:
            words = f"case {row['case']}, cycle {row['cycle']}, {row['region']} stands in row {seen[key] + 1} already"
            versions = [rows[at].get("version") or 0 for at in (seen[key], place)]
            older = seen[key] if versions[0] < versions[1] else place
            found.append(RowFinding(older, "duplicate_row", ("case", "cycle", "region"), f"{words}; keep the latest"))
            continue
        seen[key] = place
        numbers = tuple(row.get(name) for name in _COPIED)
        if None in numbers:
            continue
        same = (row["cycle"], row["region"], *numbers)
        if copied.setdefault(same, (case, place))[0] != case:
            (centre, number), before = copied[same]
            where = f"case {number}" + (f" of {centre}" if centre is not None else "")
            words = f"activity, mass, dose and half-life are those of {where} (row {before + 1}), digit by digit"
            found.append(RowFinding(place, "duplicate_patient", _COPIED, f"{words}; is it the same patient?"))
    return found


def _sides(rows) -> list[RowFinding]:
    """Masses of left and right that fit the other cycles better the other way round."""
    pairs: dict = defaultdict(lambda: defaultdict(dict))
    for place, row in enumerate(rows):
        side = _SIDE.search(row["region"] or "")
        if side and row.get("mass_g"):
            organ = (row.get("centre"), row["case"], _SIDE.sub("", row["region"]).strip())
            pairs[organ][row["cycle"]][side[1]] = (place, row["mass_g"])
    found = []
    least = math.log1p(constants.value("record.rows_sides_rel"))
    for cycles in pairs.values():
        whole = {cycle: pair for cycle, pair in cycles.items() if len(pair) == 2}
        for cycle, pair in whole.items():
            others = [other for name, other in whole.items() if name != cycle]
            if len(others) < 2:  # of two cycles nobody knows which is the wrong one
                continue
            left, right = (median(other[side][1] for other in others) for side in ("left", "right"))
            usual, now = math.log(left / right), math.log(pair["left"][1] / pair["right"][1])
            # as far on the other side of equal, within half of the distance
            if abs(usual) > least and abs(now + usual) < 0.5 * abs(usual):
                words = (
                    f"left {pair['left'][1]:g} g and right {pair['right'][1]:g} g; in the other cycles of this case "
                    f"{left:g} and {right:g} g"
                )
                found += [
                    RowFinding(pair[side][0], "sides_swapped", ("region", "mass_g"), words)
                    for side in ("left", "right")
                ]
    return found
