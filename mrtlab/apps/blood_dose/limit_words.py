"""What the section of the limits says and draws."""

from __future__ import annotations

from matplotlib.patches import Rectangle

from mrtlab.apps.blood_dose.cases import CASES
from mrtlab.apps.blood_dose.compute import Limits
from mrtlab.apps.blood_dose.look import RULES
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, end_of, line
from mrtlab.apps.sections.words import chance, gbq
from mrtlab.units import format_quantity

THREE = (
    "Simulated patient",
    "Blood, Gy/GBq",
    "Left at 48 h, %",
    "2 Gy to the blood, GBq",
    "Retention, GBq",
    "Binds first",
)
_SHORT = {
    "blood dose": "blood",
    "retention at 48 h": "48 h",
    "retention at 48 h, lung metastases": "48 h, lungs",
}


def axes(figure):
    """A bar for each limit."""
    ax = figure.add_axes((0.31, 0.19, 0.66, 0.78))
    ax.set_xlabel("Activity (GBq)")
    ax.set_yticks([])
    return ax


def draw(ax, found: Limits) -> None:
    """A bar for each limit, the smallest on top, with its 95 % interval; the activity asked for across."""
    names = [RULES[row.rule] for row in found.rows]
    highest = max([1.05 * (row.activity_mbq.n + 1.96 * row.activity_mbq.s) for row in found.rows])
    end = end_of(max(highest, 1.05 * found.activity_mbq) / 1000)
    ax.set(xlim=(0, end), ylim=(len(names) - 0.45, -0.75))
    for place, row in enumerate(found.rows):
        value, reach = row.activity_mbq.n / 1000, 1.96 * row.activity_mbq.s / 1000
        first = place == 0
        ax.text(-0.015 * end, place, names[place], ha="right", va="center")
        style = {"facecolor": BLUE, "lw": 0} if first else {"facecolor": "#dfe8ef", "edgecolor": DARK, "lw": 1}
        ax.add_artist(Rectangle((0, place - 0.22), value, 0.44, **style))
        line(ax, [value - reach, value + reach], [place, place], color=DARK, lw=2, marker="|", markersize=12)
    asked = found.activity_mbq / 1000
    line(ax, [asked, asked], ax.get_ylim(), color=RED, lw=2, ls="--")
    right = asked < 0.6 * end
    ax.text(
        asked + (0.01 if right else -0.01) * end,
        -0.62,
        f"asked for: {gbq(found.activity_mbq)}",
        color=RED_TEXT,
        ha="left" if right else "right",
        va="center",
    )


def _limit(row) -> str:
    return f"{RULES[row.rule]}: {format_quantity(row.activity_mbq / 1000, 'GBq')}"


def alt(found: Limits) -> str:
    """Text alternative."""
    return (
        "Bars of the activity at which each limit is reached, the smallest on top in full colour, with 95 % "
        f"intervals: {'; '.join(_limit(row) for row in found.rows)}. A dashed line at the {gbq(found.activity_mbq)} "
        "asked for."
    )


def numbers(found: Limits):
    """Table."""
    rows = [
        (
            RULES[row.rule],
            f"{row.activity_mbq.n / 1000:.2f}",
            f"{(row.activity_mbq.n - 1.96 * row.activity_mbq.s) / 1000:.2f}",
            f"{(row.activity_mbq.n + 1.96 * row.activity_mbq.s) / 1000:.2f}",
        )
        for row in found.rows
    ]
    return ("Limit", "Activity, GBq", "2.5 %, GBq", "97.5 %, GBq"), rows


def result(found: Limits):
    """Lead, value, rest."""
    return (
        "Dose to the blood:",
        format_quantity(1000 * found.dose.gy_per_mbq, "Gy/GBq"),
        f"{100 * found.dose.electron_share.n:.0f} % of it from the blood itself · "
        f"{format_quantity(100 * found.kept_48h, '%')} in the body at 48 h · first limit: "
        f"{format_quantity(found.lowest.activity_mbq / 1000, 'GBq')}",
    )


def said(found: Limits) -> str:
    """What binds, and what the activity asked for would do."""
    low = found.lowest
    left = found.activity_mbq * found.kept_48h
    text = (
        f"**{RULES[low.rule]}** binds first. The {gbq(found.activity_mbq)} asked for would give the blood "
        f"**{format_quantity(found.blood_gy, 'Gy')}** and leave {gbq(left)} in the body at 48 h; chance of more than "
        f"2 Gy: {chance(found.chance)}, by the uncertainty of the curves alone. That the therapy may run otherwise "
        "than the tracer is not in it; the range below has it. A limit is what must not be passed. It is no aim, and "
        "no reason to give as much."
    )
    if isinstance(found.single, str):
        return f"{text}\n\nFrom one measurement of the body alone: {found.single}."
    return (
        f"{text}\n\nFrom the body at {found.single_h:g} h alone, with 14 % of the residence taken to be in the blood, "
        f"it would be {1000 * found.single.gy_per_mbq.n:.3f} Gy/GBq; on average that is off by 14 % (published)."
    )


def three_rows(found: dict) -> list[tuple[str, ...]]:
    """The three simulated patients beside each other."""
    rows = []
    for name, (dose, kept, limits) in found.items():
        by_blood = next(row for row in limits if row.rule == "blood dose")
        by_body = min((row for row in limits if row.rule != "blood dose"), key=lambda row: row.activity_mbq.n)
        rows.append(
            (
                CASES[name].title,
                format_quantity(1000 * dose.gy_per_mbq),
                format_quantity(100 * kept),
                format_quantity(by_blood.activity_mbq / 1000),
                format_quantity(by_body.activity_mbq / 1000),
                _SHORT[limits[0].rule],
            )
        )
    return rows
