"""Writing time-activity tables."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from uncertainties import UFloat

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.kinetics import TimeActivity
from mrtlab.tables.metadata import classify
from mrtlab.tables.table import TacTable, region_name
from mrtlab.tables.text import CONTROL, clean_comment

__all__ = ["write_tac"]

_DIALECTS = {"comma": (",", "."), "semicolon": (";", ",")}
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def write_tac(table: TacTable | Sequence[TimeActivity], path, dialect: str = "comma") -> None:
    """Write curves to a CSV file that :func:`read_tac` reads back to the same numbers, to the last digit.

    Parameters
    ----------
    table : TacTable or sequence of TimeActivity
        Of one nuclide and one administered activity.
    path : str or Path
        An existing file is replaced, and only once the new one is complete.
    dialect : {"comma", "semicolon"}
        Comma-separated with decimal points, or semicolon-separated with decimal commas for a spreadsheet that
        expects them (with a byte order mark, so that it reads ± and accents correctly). UTF-8 either way.

    Raises
    ------
    InputError
        For curves of different nuclides or administered activities, names and remarks that would not be read back
        unchanged, and files that cannot be written.

    Notes
    -----
    The table is long: a row per region and time, activities as they were at each time (not decay corrected),
    uncertainties where they were given. Nuclide, administered activity, masses, uncertainties common to all points
    and remarks are comments. Correlations between masses are not kept.
    """
    if isinstance(table, TimeActivity):
        raise InputError("table must be a TacTable or a list of TimeActivity; write [curve] for a single curve")
    separator, sign = _DIALECTS[_check.choice("dialect", dialect, _DIALECTS)]
    table = table if isinstance(table, TacTable) else TacTable(table)
    for name in table.regions:
        _require_readable(name, len(table))
    lines = [*_comments(table, sign), *_rows(table, separator, sign)]
    text = ("\ufeff" if dialect == "semicolon" else "") + "\n".join(lines) + "\n"
    _replace(path, text)


def _comments(table: TacTable, sign: str) -> list[str]:
    lines = [f"# nuclide: {_one(table, 'nuclide').name}", "# decay_corrected: no"]
    administered = _one(table, "administered_mbq")
    if administered is not None:
        lines.append(f"# administered: {_number(administered, sign)} MBq")
    for curve in table:
        if curve.systematic_rel:
            lines.append(f"# {_key('systematic', curve.region)}: {_number(curve.systematic_rel, sign)}")
    for name, mass in table.masses_g.items():
        spread = f" ± {_number(mass.std_dev, sign)}" if isinstance(mass, UFloat) and mass.std_dev else ""
        lines.append(f"# {_key('mass', name)}: {_number(_check.nominal(mass), sign)}{spread} g")
    for remark in table.remarks:
        if not remark or remark != clean_comment(f"# {remark}") or CONTROL.search(remark) or classify(remark):
            raise InputError(f"the remark {remark!r} would not be read back as it is; change or drop it")
        lines.append(f"# {remark}")
    return lines


def _rows(table: TacTable, separator: str, sign: str) -> list[str]:
    named = table.regions != ("",)
    with_sigma = any(curve.sigma_given for curve in table)
    header = ["region"] * named + ["time_h", "activity_mbq"] + ["sigma_mbq"] * with_sigma
    lines = [separator.join(header)]
    for curve in table:
        for time, activity, sigma in zip(curve.times_h, curve.activity_mbq, curve.sigma_mbq, strict=True):
            cells = [_quoted(curve.region)] * named + [_number(time, sign), _number(activity, sign)]
            if with_sigma:
                cells.append(_number(sigma, sign) if curve.sigma_given else "")
            lines.append(separator.join(cells))
    return lines


def _one(table: TacTable, name: str):
    """What must be the same for all curves of a file."""
    first = getattr(table[0], name)
    for curve in table:
        if getattr(curve, name) != first:
            raise InputError(
                f"{curve.region!r} has another {name} than {table[0].region!r}; a file holds one, write two files"
            )
    return first


def _require_readable(name: str, curves: int) -> None:
    """Refuse names that would be read back as another one."""
    if not name:
        if curves > 1:
            raise InputError("a region has no name; give every region one, only a single curve can do without")
        return
    if any(char in name for char in "\r\n"):
        raise InputError(f"the region's name {name!r} has a line break; take it out")
    if region_name(name) != name:
        raise InputError(f"the region's name {name!r} would be read back as {region_name(name)!r}; use that")


def _key(key: str, region: str) -> str:
    return f"{key} {region}".strip()


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[\w .()/+-]+", name) else '"' + name.replace('"', '""') + '"'


def _number(value: float, sign: str) -> str:
    """All digits of a float; never just three after the sign, which could be thousands."""
    text = repr(float(value))
    if _AMBIGUOUS.fullmatch(text):
        text += "0"
    return text.replace(".", sign)


def _replace(path, text: str) -> None:
    """Write beside the target and rename, so that a full disk never leaves half a table."""
    if not isinstance(path, (str, os.PathLike)) or "\0" in str(path):
        raise InputError(f"path must be a path, got {path!r}")
    target = Path(path).absolute()
    beside = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with open(beside, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(beside, target)
    except OSError as error:
        raise InputError(
            f"cannot write {target.name!r}: {error}; does the folder exist, and is the file open in another program?"
        ) from None
    finally:
        beside.unlink(missing_ok=True)
