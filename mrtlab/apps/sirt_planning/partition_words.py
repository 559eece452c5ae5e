"""What the partition explorer says and draws."""

from __future__ import annotations

import math

from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FixedLocator

from mrtlab.apps.sections.look import (
    BLUE,
    DARK,
    DOSE_ENDS,
    GREEN,
    GREEN_TEXT,
    RED,
    RED_TEXT,
    SOFT,
    bar,
    line,
    source_rows,
    top_of,
)
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_planning.compute import COMPARTMENTS, Explored
from mrtlab.apps.sirt_planning.look import TISSUES, clear_of, gbq, low

_END = 12.0
OFFERED = ("For", "Published dose", "Condition")
SHORT = {
    "tumour": "tumour",
    "normal": "perf. normal",
    "whole_normal": "whole normal",
    "lung": "lungs",
}


def axes(figure):
    """What each constraint asks for above, the doses at the chosen activity below."""
    top, bottom = figure.add_axes((0.24, 0.58, 0.73, 0.4)), figure.add_axes((0.24, 0.12, 0.73, 0.31))
    top.set(xlim=(0, _END), xlabel="Activity (GBq)")
    bottom.set(ylim=(3.6, -0.6), xlabel="Mean dose at the activity chosen (Gy)")
    bottom.set_yticks(range(len(COMPARTMENTS)), [SHORT[name] for name in COMPARTMENTS])
    for ax in (top, bottom):
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    return top, bottom


def draw(both, found: Explored) -> None:
    """Activities of the constraints with the chosen one; doses with aim and limits."""
    top, bottom = both
    rows = found.plan.rows
    last = len(rows) - 0.3
    top.set(ylim=(last, -1.3))
    needed, most = found.plan.needed_mbq / 1000, found.plan.limiting_activity_mbq / 1000
    if needed <= most:
        height = last + 0.75
        top.add_artist(Rectangle((needed, -0.75), min(most, _END) - needed, height, color=GREEN, alpha=0.13, lw=0))
        top.text(0.1, -1.05, "shaded: aim met, no limit exceeded", color=GREEN_TEXT, va="center")
    else:
        top.text(0.1, -1.05, "CONFLICT: the aim lies above a limit", color=RED_TEXT, va="center")
    names = [_name(row.constraint) for row in rows]
    if getattr(top.yaxis.get_major_formatter(), "seq", None) != names:  # new labels cost a new background
        top.yaxis.set_major_locator(FixedLocator(range(len(rows))))
        top.yaxis.set_major_formatter(FixedFormatter(names))
    for place, row in enumerate(rows):
        _constraint(top, place, row, row is found.plan.limiting)
    chosen = found.doses.activity_mbq / 1000
    line(top, [chosen] * 2, [last, -0.75], color=DARK, lw=1.6, ls=":")
    top.text(_END, -1.05, f"dotted: chosen, {chosen:.2f}", color=DARK, ha="right", va="center")
    _doses(bottom, found)


def _name(one) -> str:
    total = ", in all" if one.previous_gy else ""
    return f"{SHORT[one.compartment]}{total} {'≥' if one.kind == 'aim' else '<'} {one.dose_gy:g} Gy"


def _constraint(ax, place, row, limiting: bool) -> None:
    at, aim = row.activity_mbq / 1000, row.constraint.kind == "aim"
    colour, words = (GREEN, GREEN_TEXT) if aim else (RED, RED_TEXT)
    if at > _END:
        line(ax, [0, _END], [place] * 2, color=SOFT, lw=1)
        where = "any activity: nothing arrives" if math.isinf(at) else f"{at:.1f} GBq, beyond this axis"
        ax.text(_END, place - 0.32, where, ha="right", va="center", color=words)
        return
    line(ax, [at, _END] if aim else [0, at], [place] * 2, color=colour, lw=4 if limiting else 1.6)
    line(ax, [at, at], [place - 0.2, place + 0.2], color=colour, lw=4 if limiting else 2.5)
    inner = at < 0.75 * _END
    text = f"{'from' if aim else 'up to'} {at:.2f}" + (", limits first" if limiting else "")
    ax.text(
        at + (0.12 if inner else -0.12),
        place - 0.34,
        text,
        ha="left" if inner else "right",
        va="center",
        color=words,
    )


def _doses(ax, found: Explored) -> None:
    doses = found.doses.by_compartment
    levels = [row.constraint for row in found.plan.rows]
    end, _ = top_of(1.02 * max([doses[name] for name in COMPARTMENTS] + [one.dose_gy for one in levels]), DOSE_ENDS)
    ax.set(xlim=(0, end))
    for place, name in enumerate(COMPARTMENTS):
        here = [one for one in levels if one.compartment == name]
        lines = [max(one.dose_gy - one.previous_gy, 0) for one in here]
        bar(ax, place - 0.21, doses[name], 0.42, facecolor=BLUE)
        for at, one in zip(lines, here, strict=True):
            style = {"color": GREEN, "ls": (0, (2, 1))} if one.kind == "aim" else {"color": RED}
            line(ax, [at, at], [place - 0.4, place + 0.4], lw=2.2, **style)
        told = ", ".join(f"{one.kind} {at:g}" for at, one in zip(lines, here, strict=True))
        text = gy(doses[name]) + (f"  ({told})" if told else "")
        at = clear_of(doses[name] + 0.01 * end, 0.25 * end, lines, 0.012 * end)
        inside = at > 0.72 * end
        ax.text(
            doses[name] - 0.01 * end if inside else at,
            place,
            text,
            ha="right" if inside else "left",
            va="center",
            color="white" if inside else DARK,
        )


def alt(found: Explored) -> str:
    """Text alternative."""
    rows = "; ".join(
        f"{SHORT[row.constraint.compartment]} {'at least' if row.constraint.kind == 'aim' else 'below'} "
        f"{row.constraint.dose_gy:g} Gy at {gbq(row.activity_mbq)}"
        for row in found.plan.rows
    )
    doses = ", ".join(f"{low(name)} {gy(found.doses.by_compartment[name])}" for name in COMPARTMENTS)
    return (
        f"Above, the activity at which each aim or limit is met: {rows}. Status {found.plan.status}. Below, bars of "
        f"the doses at {gbq(found.doses.activity_mbq)}: {doses}."
    )


def numbers(found: Explored):
    """Table."""
    doses = found.doses.by_compartment
    rows = []
    for row in found.plan.rows:
        one = row.constraint
        rows.append(
            (
                TISSUES[one.compartment],
                one.kind,
                f"{one.dose_gy:g}",
                f"{one.previous_gy:g}",
                "any" if math.isinf(row.activity_mbq) else f"{row.activity_mbq / 1000:.3f}",
                f"{doses[one.compartment]:.1f}",
            )
        )
    columns = ("Tissue", "Kind", "Dose, Gy", "Received before, Gy", "Met at, GBq", "At the activity chosen, Gy")
    return columns, rows


def result(found: Explored):
    """Lead, value, rest."""
    if found.plan is None:
        return "No plan:", "refused", "thresholds of resin for glass spheres"
    limiting = found.plan.limiting
    doses = found.doses.by_compartment
    told = " · ".join(f"{low(name)} {gy(doses[name])}" for name in COMPARTMENTS)
    return (
        "The limit reached first:",
        f"{low(limiting.constraint.compartment)}, at {gbq(limiting.activity_mbq)}",
        f"at {gbq(found.doses.activity_mbq)}: {told}",
    )


def said(found: Explored) -> str:
    """Status in words."""
    if found.plan is None:
        return ""
    needed, most = found.plan.needed_mbq, found.plan.limiting_activity_mbq
    if found.plan.status == "CONFLICT":
        return (
            f"**CONFLICT.** The aim asks for {gbq(needed)}, and the limit allows {gbq(most)}. No program can resolve "
            "that: the physician lowers the aim, accepts more, changes the catheter position, or does not treat."
        )
    return (
        f"Between **{gbq(needed)}** and **{gbq(most)}** the aim is met and no limit exceeded, by mean doses without "
        "their uncertainty. Nothing here says which to give; the next section adds what is not known."
    )


def refusal(found: Explored) -> str:
    """The library's refusal."""
    return f"As the library answers: “{found.refused}”." if found.refused else ""


def offered(found: Explored):
    """Rows of the published doses for the device whose thresholds were asked for."""
    # the field for the bilirubin is what a function of the library is to its reader
    return [
        (TISSUES[one.compartment], one.text, one.condition.removesuffix(", see whole_normal_limit"))
        for one in found.table.levels
    ]


def offered_caption(found: Explored) -> str:
    """Caption of the same."""
    return f"Published for {found.table.device}, {found.table.tumour}, {found.table.scenario}; offered, not chosen"


def offered_source(found: Explored) -> str:
    """Where they come from."""
    cited = " ".join(f"{citation} ({status})." for _, citation, status in source_rows(found.table.sources))
    return f"{found.table.note} {cited}".strip()
