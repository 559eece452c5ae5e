"""Reading time-activity tables."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field

import numpy as np
from uncertainties import ufloat

from mrtlab import _check
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.kinetics import TimeActivity
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.tables import metadata, understood
from mrtlab.tables.decimals import Decimals
from mrtlab.tables.header import Column, Layout, understand
from mrtlab.tables.table import TacTable, region_name
from mrtlab.tables.text import Grid, load, problem, source_name, split

__all__ = ["read_tac"]


@dataclass
class Curve:
    """The rows of one region, in MBq, hours and grams."""

    lines: list[int] = field(default_factory=list)
    times_h: list[float] = field(default_factory=list)
    activity_mbq: list[float] = field(default_factory=list)
    sigma_mbq: list[float | None] = field(default_factory=list)
    masses: list[tuple] = field(default_factory=list)


def read_tac(path_or_buffer, *, nuclide=None, decay_corrected=None, administered_mbq=None, cv=None) -> TacTable:
    r"""Read the time-activity curves of one patient from a CSV file.

    The nuclide and the decay state must be known, from the file or the caller; what both say must agree.

    Parameters
    ----------
    path_or_buffer : str, Path, bytes or file-like
        Comma, semicolon or tab separated; decimal point or comma (inside a comma-separated file only in quotes).
        UTF-8; anything else is taken as Windows-1252, and ``understood`` says so.

        The first line that is neither empty nor a comment is the header. Long tables have a column of regions
        (``region,time_h,activity_mbq``), wide ones a column per region (``time_h,kidney_left_mbq``). Every unit stands
        in the header: ``activity_MBq``, ``Liver [kBq]``, ``time (min)``. Optional columns: ``sigma_mbq``, ``sigma_%``
        or ``cv`` (a fraction), in wide tables ``kidney_left_sigma_mbq``; ``mass_g`` and ``sigma_mass_g``, the same in
        all rows of a region.

        Comment lines ``# key: value`` may give ``nuclide``, ``decay_corrected`` (yes, no, to injection, to
        administration), ``administered`` (with unit), ``cv``, ``mass REGION`` (with unit, with or without
        ``± uncertainty``) and ``systematic`` or ``systematic REGION`` (relative). Other comments are kept as remarks.
    nuclide : str or Nuclide, optional
        Such as ``"Lu-177"``.
    decay_corrected : bool, optional
        Whether the activities were corrected for decay to the time of administration.
    administered_mbq : float, optional
        MBq at the time of administration.
    cv : float, optional
        Relative standard uncertainty of every point, 0 to 1.

    Returns
    -------
    TacTable
        ``understood`` says in plain lines what was read and how: read it.

    Raises
    ------
    InputError
        With line and column, for everything that could be read in two ways or not at all: rows wider or narrower
        than the header, separators of thousands, a lone separator before exactly three digits unless another cell
        tells which sign is the decimal sign, missing units, text, dates, activities of zero or below, times that do
        not rise, columns that are not understood, a missing nuclide or decay state.

        Empty cells are refused, with two exceptions. In a table with several columns of regions an empty cell
        means that the region was not measured at that time. A region may have no uncertainty at all, or no mass,
        if its cells are empty in every row. ``understood`` lists both.

    Warns
    -----
    PlausibilityWarning
        For uncertainties above the activity, and times far beyond the half-life.

    Examples
    --------
    >>> import io
    >>> file = io.StringIO("time_h;kidney_mbq\n4;98,5\n24;73,6\n")
    >>> table = read_tac(file, nuclide="Lu-177", decay_corrected=False)
    >>> table["kidney"].activity_mbq.tolist()
    [98.5, 73.6]
    """
    given = {"nuclide": nuclide, "decay_corrected": decay_corrected, "administered": administered_mbq, "cv": cv}
    try:
        return _read(path_or_buffer, given)
    except InputError as error:
        raise type(error)(f"{source_name(path_or_buffer)}: {error}") from None


def _read(source, given: dict) -> TacTable:
    text, encoding = load(source)
    grid = split(text)
    comments = metadata.parse(grid.comments)
    layout = understand(grid.header, grid.header_line)
    decimals = Decimals()
    rows, gaps = _numbers(grid, layout, decimals)
    decimal_sign = decimals.settle()
    curves, doubts = _curves(rows, layout)
    for name, curve in curves.items():
        _all_or_none(curve.sigma_mbq, curve.lines, f"the uncertainty of {name!r}")
        _rising(name, curve, layout.time)
    in_file = {
        "nuclide": comments.nuclide(),
        "decay_corrected": comments.decay_corrected(),
        "administered": comments.administered_mbq(decimals),
        "cv": comments.cv(decimals),
    }
    known = _merge(given, in_file, comments)
    if known["cv"] is not None and any(series.sigma for series in layout.series):
        raise InputError("the uncertainty is given twice, by cv and by a column; keep one of them")
    masses_g = _masses(curves, layout, comments.masses_g(decimals), comments)
    systematic = _by_region(comments.systematic_rel(decimals), comments.systematic, curves, "systematic")
    table = TacTable(
        [
            TimeActivity(
                curve.times_h,
                curve.activity_mbq,
                None if curve.sigma_mbq[0] is None else curve.sigma_mbq,
                nuclide=known["nuclide"],
                decay_corrected=known["decay_corrected"],
                cv=known["cv"],
                systematic_rel=systematic.get(name, systematic.get("", 0.0)),
                administered_mbq=known["administered"],
                region=name,
            )
            for name, curve in curves.items()
        ],
        masses_g,
        remarks=comments.remarks,
    )
    for doubt in doubts:
        warnings.warn(doubt, PlausibilityWarning, stacklevel=3)
    words = understood.describe(
        table, grid=grid, layout=layout, encoding=encoding, decimal_sign=decimal_sign, curves=curves, gaps=gaps,
        known=known, given=given, comments=comments, doubts=doubts,
    )  # fmt: skip
    return TacTable(table.curves, table.masses_g, words, table.remarks)


def _numbers(grid: Grid, layout: Layout, decimals: Decimals) -> tuple[list, list]:
    """Every measured point as (line, region, time, activity, sigma, (mass, sigma)), still in the file's units."""
    rows, gaps, names, folded = [], [], {}, {}
    masses = [column for column in (layout.mass, layout.sigma_mass) if column]
    wide = not layout.region and len(layout.series) > 1
    for line, cells in grid.rows:
        for index in layout.empty:
            if cells[index]:
                raise problem(f"{cells[index]!r} stands in a column without a name", line, (index, ""))
        time = _required(cells, layout.time, line, decimals)
        mass = tuple(_optional(cells, column, line, decimals) for column in masses)
        name = _name(cells, layout.region, line, names, folded) if layout.region else None
        measured = False
        for series in layout.series:
            region = name if series.region is None else series.region
            sigma = _optional(cells, series.sigma, line, decimals) if series.sigma else None
            if wide and not cells[series.activity.index]:
                if sigma is not None:
                    raise problem(f"an uncertainty of {region!r} without an activity", line, series.sigma.place)
                gaps.append((region, line))
                continue
            activity = _required(cells, series.activity, line, decimals)
            rows.append((line, region, time, activity, sigma, mass))
            measured = True
        if not measured:
            raise problem("no region has an activity at this time; delete the row", line)
    seen = {row[1] for row in rows}
    for series in layout.series:
        if wide and series.region not in seen:
            raise problem(f"{series.region!r} has no activity in any row", grid.header_line, series.activity.place)
    return rows, gaps


def _required(cells: list[str], column: Column, line: int, decimals: Decimals) -> float:
    cell = cells[column.index]
    if not cell:
        raise problem("the cell is empty; fill it in, or leave the whole row out", line, column.place)
    return decimals.number(cell, line, column.place)


def _optional(cells: list[str], column: Column, line: int, decimals: Decimals) -> float | None:
    cell = cells[column.index]
    return decimals.number(cell, line, column.place) if cell else None


def _name(cells: list[str], place: tuple, line: int, names: dict, folded: dict) -> str:
    """The region of a row; each name is looked at once."""
    cell = cells[place[0]]
    if cell not in names:
        try:
            name = region_name(cell)
        except InputError as error:
            raise problem(str(error), line, place) from None
        if not name:
            raise problem("the region is missing; repeat its name in every row", line, place)
        other = folded.setdefault(name.casefold(), name)
        if other != name:
            raise problem(f"{name!r} and {other!r} differ in capitals only; write the region one way", line, place)
        names[cell] = name
    return names[cell]


def _curves(rows: list, layout: Layout) -> tuple[dict[str, Curve], list[str]]:
    """Points by region, converted and checked one by one."""
    curves: dict[str, Curve] = {}
    doubts = []
    columns = {series.region: series for series in layout.series}
    for line, region, time, activity, sigma, mass in rows:
        series = columns.get(region) or columns[None]
        curve = curves.setdefault(region, Curve())
        time_h = _positive(time, layout.time, line, "give hours after administration, above 0")
        activity_mbq = _positive(activity, series.activity, line, "leave points without activity out")
        curve.lines.append(line)
        curve.times_h.append(time_h)
        curve.activity_mbq.append(activity_mbq)
        curve.sigma_mbq.append(None if sigma is None else _sigma(sigma, activity_mbq, series.sigma, line))
        curve.masses.append(mass)
        if sigma is not None and curve.sigma_mbq[-1] > activity_mbq:
            doubts.append(
                f"line {line}: the uncertainty of {region or 'the activity'}, {curve.sigma_mbq[-1]:g} MBq, is larger "
                f"than the activity, {activity_mbq:g} MBq; are the columns right?"
            )
    return curves, doubts


def _positive(value: float, column: Column, line: int, hint: str) -> float:
    converted = column.unit.convert(value)
    if not 0 < converted < math.inf:
        raise problem(f"{value:g} cannot be; {hint}", line, column.place)
    return converted


def _sigma(value: float, activity_mbq: float, column: Column, line: int) -> float:
    sigma = _positive(value, column, line, "an uncertainty is above 0")
    if column.unit.kind != "relative":
        return sigma
    if sigma > 1:
        hint = f"; {value:g} looks like a percentage: call the column cv_%" if column.unit.name != "%" else ""
        raise problem(
            f"a relative uncertainty of {100 * sigma:g} % is more than the activity itself{hint}", line, column.place
        )
    return sigma * activity_mbq


def _all_or_none(values: list, lines: list[int], what: str) -> None:
    if None in values and any(value is not None for value in values):
        raise problem(f"{what} is missing here, but given in other rows; fill it in", lines[values.index(None)])


def _rising(name: str, curve: Curve, column: Column) -> None:
    steps = np.diff(curve.times_h)
    if np.any(steps <= 0):
        at = int(np.argmax(steps <= 0)) + 1
        before, here = curve.times_h[at - 1], curve.times_h[at]
        of_region = f" of {name!r}" if name else ""
        what = "is repeated" if here == before else f"comes after {before:g} h in line {curve.lines[at - 1]}"
        raise problem(
            f"the time {here:g} h{of_region} {what}; each region's times must rise. Is the row in the wrong place, or "
            "a second measurement under the same name?",
            curve.lines[at],
            column.place,
        )


def _merge(given: dict, in_file: dict, comments: metadata.Metadata) -> dict:
    """What the caller and the file say together; they must not contradict each other."""
    given = dict(given)
    if given["nuclide"] is not None:
        given["nuclide"] = find_nuclide(given["nuclide"])
    if given["decay_corrected"] is not None and not isinstance(given["decay_corrected"], (bool, np.bool_)):
        raise InputError(f"decay_corrected must be True or False, got {given['decay_corrected']!r}")
    if given["administered"] is not None:
        _check.positive("administered_mbq", given["administered"])
    if given["cv"] is not None:
        _check.positive("cv", _check.fraction("cv", given["cv"]))
    known = {}
    for key, ours in given.items():
        theirs = in_file[key]
        known[key] = theirs if ours is None else ours
        if ours is None or theirs is None:
            continue
        same = math.isclose(ours, theirs, rel_tol=1e-9) if isinstance(ours, (int, float)) else ours == theirs
        if not same:
            first, second = (item.name if key == "nuclide" else item for item in (ours, theirs))
            raise InputError(
                f"{key} is {first} in the call, but {second} in line {comments.line(key)} of the file; "
                "correct the one that is wrong"
            )
    missing = {
        "nuclide": "which nuclide was it? Pass nuclide='Lu-177', or add the line '# nuclide: Lu-177' above the header",
        "decay_corrected": "were the activities corrected for decay to the time of administration? Pass "
        "decay_corrected=True or False, or add the line '# decay_corrected: yes' or 'no' above the header",
    }
    asked = [text for key, text in missing.items() if known[key] is None]
    if asked:
        raise InputError("neither the file nor the call says it: " + "; and ".join(asked))
    return known


def _masses(curves: dict[str, Curve], layout: Layout, in_comments: dict, comments: metadata.Metadata) -> dict:
    """Grams by region, from the columns or the comments."""
    masses = _by_region(in_comments, comments.masses, curves, "mass")
    if not layout.mass:
        return masses
    for name, curve in curves.items():
        first = curve.masses[0]
        for line, mass in zip(curve.lines, curve.masses, strict=True):
            if mass != first:
                raise problem(
                    f"the mass of {name!r} differs from that in line {curve.lines[0]}; a region has one mass",
                    line,
                    layout.mass.place,
                )
        if first[0] is None:
            if first[-1] is not None:
                raise problem("an uncertainty without a mass", curve.lines[0], layout.sigma_mass.place)
            continue
        if name in masses:
            raise problem(
                f"the mass of {name!r} is given twice, in a column and in a comment", comments.masses[name][0]
            )
        mass = _positive(first[0], layout.mass, curve.lines[0], "a mass is above 0")
        if len(first) > 1 and first[1] is not None:
            sigma = _positive(first[1], layout.sigma_mass, curve.lines[0], "an uncertainty is above 0")
            mass = ufloat(mass, sigma, f"mass {name}")
        masses[name] = mass
    return masses


def _by_region(values: dict, written: dict, curves: dict, what: str) -> dict:
    """The same under the regions' own spelling; "" is all regions for ``systematic``."""
    names = {name.casefold(): name for name in curves}
    result = {}
    for name, value in values.items():
        line = written[name][0]
        known = "" if what == "systematic" and not name else names.get(name.casefold())
        if known is None and not name:
            raise problem(f"of which region is this the {what}? Write '# {what} {next(iter(curves))}: ...'", line)
        if known is None:
            raise problem(
                f"there is no region {name!r} for this {what}; there are: {', '.join(map(repr, curves))}", line
            )
        if known in result:
            raise problem(f"{what} {known!r} is given twice", line)
        result[known] = value
    return result
