"""What was read and how, in plain lines."""

from __future__ import annotations

from mrtlab.constants import value
from mrtlab.tables.header import Layout
from mrtlab.tables.metadata import Metadata
from mrtlab.tables.table import TacTable
from mrtlab.tables.text import SEPARATORS, Grid
from mrtlab.units import format_quantity

__all__ = ["describe"]

_MANY = 12  # a list longer than this is cut, and says so


def describe(
    table: TacTable,
    *,
    grid: Grid,
    layout: Layout,
    encoding: str,
    decimal_sign: str,
    curves: dict,
    gaps: list,
    known: dict,
    given: dict,
    comments: Metadata,
    doubts: list[str],
) -> str:
    """The text of ``TacTable.understood``."""
    regions, points = len(curves), sum(len(curve.times_h) for curve in curves.values())
    origin = {key: _origin(key, given, comments) for key in known}
    state = (
        "corrected to the time of administration; the decay was put back, the curves hold the activity at each time"
        if known["decay_corrected"]
        else "not corrected, the activities are those at each time"
    )
    administered = known["administered"]
    lines = [
        f"Separator: {SEPARATORS[grid.separator]}. Decimal sign: {decimal_sign}.",
        f"Layout: {layout.name}; {_count(regions, 'region')}, {_count(points, 'point')}.",
        "Columns: " + "; ".join(_columns(layout)) + ".",
        f"Nuclide: {known['nuclide'].name}{origin['nuclide']}.",
        f"Decay: {state}{origin['decay_corrected']}.",
        "Administered activity: "
        + ("not given." if administered is None else f"{administered:.10g} MBq{origin['administered']}."),
        "Uncertainty: " + _uncertainty(curves, layout, known, origin) + ".",
        *_systematic(table),
        *_times(curves),
        *(
            ["Not measured (empty cells): " + _cut([f"{_of(name)} in line {line}" for name, line in gaps]) + "."]
            if gaps
            else []
        ),
        "Masses: " + _masses(table) + ".",
        "First rows as read:",
        *(f"  {row}" for row in _first_rows(curves)),
        *(f"Doubt: {doubt}" for doubt in doubts),
        *(f"Remark, not used: {remark}" for remark in comments.remarks),
    ]
    if encoding:
        lines.insert(0, f"Encoding: {encoding}, as the file is not UTF-8; check names with accents.")
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _of(region: str) -> str:
    return region or "the region"


def _cut(items: list[str], separator: str = ", ") -> str:
    shown = separator.join(items[:_MANY])
    return shown + (f"{separator}and {len(items) - _MANY} more" if len(items) > _MANY else "")


def _origin(key: str, given: dict, comments: Metadata) -> str:
    places = [f"line {comments.line(key)}"] if comments.line(key) else []
    places += ["given in the call"] if given[key] is not None else []
    return f" ({', '.join(places)})" if places else ""


def _columns(layout: Layout) -> list[str]:
    words = [f"{layout.time.header} = time in {layout.time.unit.name}"]
    if layout.region:
        words.append(f"{layout.region[1]} = region")
    for series in layout.series:
        of_region = f" of {series.region}" if series.region else ""
        words.append(f"{series.activity.header} = activity{of_region} in {series.activity.unit.name}")
        if series.sigma:
            relative = series.sigma.unit.kind == "relative"
            unit = (
                f"as a {series.sigma.unit.name}"
                if series.sigma.unit.name == "fraction"
                else f"in {series.sigma.unit.name}"
            )
            words.append(
                f"{series.sigma.header} = {'relative ' if relative else ''}standard uncertainty{of_region} {unit}"
            )
    for column, what in ((layout.mass, "mass"), (layout.sigma_mass, "standard uncertainty of the mass")):
        if column:
            words.append(f"{column.header} = {what} in {column.unit.name}")
    if layout.empty:
        words.append(f"{_count(len(layout.empty), 'empty column')} at the end")
    return words


def _uncertainty(curves: dict, layout: Layout, known: dict, origin: dict) -> str:
    assumed = f"{100 * value('kinetics.assumed_cv'):g} % of every point is assumed"
    if known["cv"] is not None:
        return f"{100 * known['cv']:.6g} % of every point{origin['cv']}"
    if not any(series.sigma for series in layout.series):
        return f"none given; {assumed}"
    without = [_of(name) for name, curve in curves.items() if curve.sigma_mbq[0] is None]
    return "as given in the table" + (f"; none for {_cut(without)}, where {assumed}" if without else "")


def _systematic(table: TacTable) -> list[str]:
    given = [f"{_of(curve.region)} {100 * curve.systematic_rel:.6g} %" for curve in table if curve.systematic_rel]
    return ["Uncertainty common to all points: " + _cut(given) + "."] if given else []


def _times(curves: dict) -> list[str]:
    """One line for all regions with the same times."""
    groups: dict[tuple, list[str]] = {}
    for name, curve in curves.items():
        groups.setdefault(tuple(curve.times_h), []).append(_of(name))
    lines = []
    for times, names in list(groups.items())[:_MANY]:
        who = "all regions" if len(groups) == 1 and len(curves) > 1 else _cut(names)
        first = [f"{time:.7g}" for time in times]
        if len(first) > _MANY:
            first = [*first[:3], "...", *first[-2:], f"({len(times)} times)"]
        lines.append(f"Times of {who}: " + ", ".join(first) + " h after administration.")
    if len(groups) > _MANY:
        lines.append(f"Times of other regions: {len(groups) - _MANY} more sets of times.")
    return lines


def _masses(table: TacTable) -> str:
    if not table.masses_g:
        return "none given"
    given = [f"{_of(name)} {format_quantity(mass, 'g')}" for name, mass in table.masses_g.items()]
    without = [_of(name) for name in table.regions if name not in table.masses_g]
    return _cut(given) + (f"; none for {_cut(without)}" if without else "")


def _first_rows(curves: dict) -> list[str]:
    """The first three rows, in MBq and hours, before any decay is put back."""
    rows: dict[int, list[str]] = {}
    for name, curve in curves.items():
        for line, time, activity, sigma in zip(
            curve.lines[:3], curve.times_h, curve.activity_mbq, curve.sigma_mbq, strict=False
        ):
            cells = rows.setdefault(line, [f"line {line}: {time:.10g} h"])
            spread = "" if sigma is None else f" ± {sigma:.6g}"
            cells.append(f"{name or 'activity'} {activity:.10g}{spread} MBq")
    return [_cut(rows[line]) for line in sorted(rows)[:3]]
