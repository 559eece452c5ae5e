"""What the section of the second administration says and draws, for the physician and for the physicist."""

from __future__ import annotations

from mrtlab.apps.mibg.compute import Second
from mrtlab.apps.sections.look import BLUE, RED, end_of, line, source_rows
from mrtlab.apps.sections.words import FIXED, chance, gbq, number
from mrtlab.units import format_quantity

FORMULAS = (
    "**Whole body**: A_{0}·GM(t)/GM(t_{0}) integrated by pieces, times S = 1.34·10^{−4}·w^{−0.921} Gy/(MBq·h), "
    "`radioiodine.mibg_whole_body`. **Second activity**: A_{2} = (limit − D_{1})·A_{1}/D_{1}, "
    "`radioiodine.mibg_second_activity`.\n\n"
    "**Spread**: the first is measured and counts as it is; the second is log-normal around D_{1}/A_{1}, "
    "`planning.activity_options` with the first as previous dose."
)
_KEYS = (
    "radioiodine.mibg",
    "radioiodine.mibg_s_coefficient",
    "radioiodine.mibg_s_exponent",
    "radioiodine.mibg_limit_gy",
    "planning.activity_options",
)
SOURCES = ("Source", "Citation", "Status")


def axes(figure):
    """Dose of both over the second activity."""
    ax = figure.add_axes((0.1, 0.16, 0.87, 0.8))
    ax.set(xlabel="Second activity (GBq)", ylabel="Whole body, both (Gy)")
    return ax


def draw(ax, found: Second) -> None:
    """Medians with 95 % bars; what the first gave, and the limit, as lines."""
    table = list(found.table or ())
    x = [one.activity_mbq / 1000 for one in table] or [0.0, 10.0]
    highest = max([one.interval95_gy[1] for one in table] + [found.limit_gy, found.first_gy.n])
    span = x[-1] - x[0]  # room for the words at the left
    ax.set(xlim=(x[0] - 0.3 * span, x[-1] + 0.05 * span), ylim=(0, end_of(1.1 * highest)))
    ends = ax.get_xlim()
    line(ax, ends, [found.limit_gy] * 2, color=RED, lw=1.8)
    line(ax, ends, [found.first_gy.n] * 2, color="#57606a", lw=1.6, ls=":")
    step = 0.015 * ax.get_ylim()[1]
    left = ends[0] + 0.01 * (ends[1] - ends[0])
    ax.text(left, found.limit_gy + step, f"limit {found.limit_gy:g} Gy", color="#9a4a00", va="bottom")
    ax.text(left, found.first_gy.n + step, "dotted: the first alone", color="#57606a", va="bottom")
    for at, one in zip(x, table, strict=False):
        line(ax, [at, at], one.interval95_gy, color=BLUE, lw=2, marker="_", markersize=8)
    if table:
        line(ax, x, [one.median_gy for one in table], color=BLUE, marker="o", markersize=6, ls="none")


def alt(found: Second) -> str:
    """Text alternative."""
    lines = f"a line for the limit at {found.limit_gy:g} Gy, dotted the first alone at {found.first_gy.n:.2f} Gy"
    if found.table is None:
        return f"No activities: {lines}, which lies above the limit."
    ends = (found.table[0], found.table[-1])
    told = "; ".join(
        f"{gbq(one.activity_mbq)} {number(one.median_gy)} Gy (95 % {number(one.interval95_gy[0])} to "
        f"{number(one.interval95_gy[1])})"
        for one in ends
    )
    return (
        f"Dose of the whole body from both administrations over the second activity, {len(found.table)} points with "
        f"95 % bars, all drawn alike, from {told}; {lines}."
    )


def numbers(found: Second):
    """Table."""
    rows = [
        (f"{one.activity_mbq / 1000:.2f}", *(f"{x:.2f}" for x in (one.median_gy, *one.interval95_gy)))
        for one in found.table or ()
    ]
    return ("Second activity, GBq", "Both, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def result(found: Second):
    """Lead, value, rest."""
    if found.table is None:
        return (
            "Nothing is left to give:",
            f"{number(found.first_gy)} of {found.limit_gy:g} Gy",
            "the first administration has reached the limit",
        )
    return (
        f"Both reach {found.limit_gy:g} Gy with a second activity of",
        format_quantity(found.planned.activity_mbq / 1000, "GBq"),
        "if the second behaves as the first · as often above the limit as below it",
    )


def said(found: Second, audience: str) -> str:
    """What to read in it."""
    if found.table is None:
        return (
            "The answer to the physician is that the limit is reached, with how it was measured, and how sure that is; "
            "not a smaller activity that somebody might still give. To go on, to stop or to measure again is for the "
            "physician to decide."
        )
    if audience == "physicist":
        return FORMULAS
    return (
        "The first administration is in every dose. The more activity, the nearer the limit; the ranges say what 95 of "
        "100 such second administrations would give. The limit is one of the marrow, and stem cells kept for the child "
        "decide what passing it would mean. The choice is the physician’s, with the family; the table has no favourite."
    )


def physician(found: Second):
    """Columns and rows in words and doses."""
    columns = ["Second activity", "Whole body, both", f"Chance above {found.limit_gy:g} Gy"]
    rows = []
    for one in found.table or ():
        low, high = one.interval95_gy
        span = f"about {number(one.median_gy)} Gy ({number(low)} to {number(high)})"
        rows.append(
            (gbq(one.activity_mbq).replace(" ", FIXED), span.replace(" ", FIXED), chance(one.probability_above))
        )
    return columns, rows


def physicist(found: Second):
    """Columns and rows with every number."""
    columns = ["A2, GBq", "Whole body, Gy (95 %)", f"P(> {found.limit_gy:g} Gy)", "Of the second alone, Gy"]
    rows = []
    for one in found.table or ():
        low, high = one.interval95_gy
        rows.append(
            (
                f"{one.activity_mbq / 1000:.3f}",
                f"{one.median_gy:.2f} ({low:.2f} to {high:.2f})",
                f"{one.probability_above:.3f}",
                f"{one.median_gy - found.first_gy.n:.2f}",
            )
        )
    return columns, rows


def sources(found: Second):
    """Rows of the sources."""
    return source_rows(_KEYS)
