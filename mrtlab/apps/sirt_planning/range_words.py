"""What the range of activities says and draws, for the physician and for the physicist."""

from __future__ import annotations

import numpy as np

from mrtlab.apps.sections.look import BLUE, DOSE_ENDS, GREEN, RED, line, source_rows, top_of
from mrtlab.apps.sections.words import FIXED, chance, probability
from mrtlab.apps.sirt_planning.giving import Options
from mrtlab.apps.sirt_planning.look import TISSUES, gbq, low
from mrtlab.planning import relative_uncertainty

PANELS = ("tumour", "normal", "whole_normal", "lung")
PARTS = ("Component", "Relative standard uncertainty", "Status")
SOURCES = ("Source", "Citation", "Status")
FORMULAS = (
    "**Median doses**: partition model, `sirt.partition`, D_{N} = C·A·(1−LSF)/(TN·m_{T} + m_{N}), D_{T} = TN·D_{N}, "
    "D_{L} = C·A·LSF/m_{L}.\n\n"
    "**Spread**: `planning.expected_range_from_components`, u = √Σu_{i}², 95 % from D·exp(−1.96u) to D·exp(1.96u), "
    "log-normal. The same components are taken for every tissue; for the lungs the count fraction is the shunt. An "
    "error of the activity is common to all tissues, which the rows do not show.\n\n"
    "**Probabilities**: `planning.activity_options`, Φ((ln D − ln limit)/u)."
)


def axes(figure):
    """A panel for each tissue."""
    places = [(0.08, 0.59), (0.58, 0.59), (0.08, 0.1), (0.58, 0.1)]
    made = [figure.add_axes((x, y, 0.4, 0.34)) for x, y in places]
    for ax in made[2:]:
        ax.set_xlabel("Activity (GBq)")
    return made


def draw(panels, found: Options) -> None:
    """Medians with 95 % bars over the activity, aim and limits as lines; no activity stands out."""
    activities = [one / 1000 for one in found.table.activities_mbq]
    margin = 0.35 * (activities[-1] - activities[0]) / len(activities)
    for ax, name in zip(panels, PANELS, strict=True):
        options = [one for one in found.table if one.tissue == name]
        level = found.aim_gy if name == "tumour" else found.limits.get(name)
        highest = max([one.interval95_gy[1] for one in options] + [level or 0, 1])
        end, step = top_of(1.03 * highest, DOSE_ENDS)
        ax.set(xlim=(activities[0] - margin, activities[-1] + margin), ylim=(0, end))
        ax.set_yticks(np.arange(0, end * 1.001, step))
        aim = name == "tumour"
        told = f": aim {level:g}, dashed" if aim else f": limit {level:g}" if level else ""
        ax.set_title(f"{TISSUES[name]} (Gy){told}", loc="left")
        if not options:
            ax.text(activities[0], 0.5 * end, "no shunt, no dose", va="center")
            continue
        if level:
            style = {"color": GREEN, "ls": "--"} if aim else {"color": RED}
            line(ax, ax.get_xlim(), [level, level], lw=1.8, **style)
        for x, one in zip(activities, options, strict=True):
            line(ax, [x, x], one.interval95_gy, color=BLUE, lw=2, marker="_", markersize=8)
        line(ax, activities, [one.median_gy for one in options], color=BLUE, marker="o", markersize=6, ls="none")


def alt(found: Options) -> str:
    """Text alternative."""
    first, last = (
        ", ".join(
            f"{low(one.tissue)} {_span(one)}"
            for one in found.table
            if one.activity_mbq == found.table.activities_mbq[end] and one.tissue in PANELS
        )
        for end in (0, -1)
    )
    return (
        f"Four panels of dose over activity, each with a point and a 95 % bar for {len(found.reached)} activities, all "
        f"drawn alike. At {gbq(found.table.activities_mbq[0])}: {first}. At {gbq(found.table.activities_mbq[-1])}: "
        f"{last}. Lines: aim {found.aim_gy:g} Gy for the tumour; "
        + ", ".join(f"limit {gy:g} Gy for {low(name)}" for name, gy in found.limits.items())
        + "."
    )


def _span(one) -> str:
    low_gy, high_gy = one.interval95_gy
    return f"{_number(one.median_gy)} Gy (95 % {_number(low_gy)} to {_number(high_gy)})"


def _number(dose: float) -> str:
    return f"{dose:.0f}" if dose >= 20 else f"{dose:.1f}"


def numbers(found: Options):
    """Table."""
    rows = [
        (
            f"{one.activity_mbq / 1000:.2f}",
            TISSUES[one.tissue],
            f"{one.median_gy:.1f}",
            f"{one.interval95_gy[0]:.1f}",
            f"{one.interval95_gy[1]:.1f}",
        )
        for one in found.table
    ]
    return ("Activity, GBq", "Tissue", "Median, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def physician(found: Options):
    """Columns and rows in words and doses."""
    limited = list(found.limits)
    columns = ["Activity", TISSUES["tumour"], f"Chance of {found.aim_gy:g} Gy or more"]
    for name in limited:
        columns += [TISSUES[name], f"Chance above {found.limits[name]:g} Gy"]
    rows = []
    for activity, reached in zip(found.table.activities_mbq, found.reached, strict=True):
        by = {one.tissue: one for one in found.table if one.activity_mbq == activity}
        row = [gbq(activity).replace(" ", FIXED), _words(by["tumour"]), chance(reached)]
        for name in limited:
            row += [_words(by[name]), chance(by[name].probability_above)]
        rows.append(row)
    return columns, rows


def _words(one) -> str:
    low_gy, high_gy = one.interval95_gy
    fixed = f"({_number(low_gy)} to {_number(high_gy)})".replace(" ", FIXED)
    return f"about{FIXED}{_number(one.median_gy)}{FIXED}Gy {fixed}"


def physicist(found: Options):
    """Columns and rows with every number."""
    columns = ["Activity, GBq"]
    for name in found.table.tissues:
        columns.append(f"{TISSUES[name]}, Gy (95 %)")
        if name == "tumour":
            columns.append(f"P(≥ {found.aim_gy:g} Gy)")
        elif name in found.limits:
            columns.append(f"P(> {found.limits[name]:g} Gy)")
    columns.append("Most likely above its limit")
    rows = []
    for activity, reached in zip(found.table.activities_mbq, found.reached, strict=True):
        row = [f"{activity / 1000:.3f}"]
        for one in found.table:
            if one.activity_mbq == activity:
                interval = f"({one.interval95_gy[0]:.1f} to {one.interval95_gy[1]:.1f})".replace(" ", FIXED)
                row.append(f"{one.median_gy:.1f} {interval}")
                if one.tissue == "tumour":
                    row.append(probability(reached))
                elif one.probability_above is not None:
                    row.append(probability(one.probability_above))
        limiting = found.table.limiting_tissue(activity)
        rows.append([*row, low(limiting) if limiting else "–"])
    return columns, rows


def result(found: Options):
    """Lead, value, rest: the span, not a choice."""
    first, last = (
        next(
            one for one in found.table if one.tissue == "tumour" and one.activity_mbq == found.table.activities_mbq[end]
        )
        for end in (0, -1)
    )
    return (
        f"{len(found.reached)} activities, none of them chosen:",
        f"{gbq(first.activity_mbq)} to {gbq(last.activity_mbq)}",
        f"tumour about {_number(first.median_gy)} to {_number(last.median_gy)} Gy · each dose is known to a factor of "
        f"{found.gsd**1.96:.2f} (95 %)",
    )


def said(found: Options, audience: str) -> str:
    """What to read in it."""
    ends = [gbq(found.table.activities_mbq[end]) for end in (0, -1)]
    risks = []
    for name, limit in found.limits.items():
        row = [one.probability_above for one in found.table if one.tissue == name]
        first, last = chance(row[0]), chance(row[-1])
        both = f"{first} with {ends[0]}, {last} with {ends[1]}" if first != last else f"{first} with any of them"
        risks.append(f"{low(name)} above {limit:g} Gy: {both}")
    if audience == "physicist":
        return FORMULAS
    return (
        f"The more activity, the surer the tumour’s {found.aim_gy:g} Gy, and the surer that a limit is passed. Chance "
        f"of the {'; of the '.join(risks)}. The ranges say what 95 of 100 such plans would give. The choice is the "
        "physician’s, with the patient; the table has no favourite."
    )


def parts(found: Options):
    """Rows of the components of uncertainty."""
    rows = [
        (name, f"{100 * part:.3g} %", "yours, or the teaching value (illustrative)")
        for name, part in found.components.items()
    ]
    total = relative_uncertainty(found.components)
    return [*rows, ("together", f"{100 * total:.3g} %", "root of the sum of squares (derived)")]


def sources(found: Options):
    """Rows of the sources."""
    return source_rows(found.sources)
