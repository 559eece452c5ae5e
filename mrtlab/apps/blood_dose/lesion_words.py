"""What the section of the lesion says and draws."""

from __future__ import annotations

from mrtlab.apps.blood_dose.giving import Lesion
from mrtlab.apps.blood_dose.look import RULES
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, end_of, line
from mrtlab.apps.sections.words import gbq, number
from mrtlab.units import format_quantity

MODES = {
    "mass": "by mass, own calculation",
    "eanm": "by mass, EANM formula",
    "constant": "constant, 24.7",
    "sphere": "S value of a sphere",
}


def axes(figure):
    """Fractions over time."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.83))
    ax.set(xlabel="Hours after administration", ylabel="% of the activity given")
    return ax


def draw(ax, found: Lesion) -> None:
    """I-124 as seen, I-131 as it will be."""
    end, top = float(found.grid_h[-1]), end_of(115 * float(found.therapy[0]))
    ax.set(xlim=(0, end), ylim=(0, top))
    line(ax, found.grid_h, 100 * found.tracer, color=BLUE, lw=2)
    line(ax, found.grid_h, 100 * found.therapy, color=RED, lw=2.2, ls="--")
    for time, point in zip(found.times_h, found.points, strict=True):
        reach = 196 * point.s
        line(ax, [time, time], [100 * point.n - reach, 100 * point.n + reach], color=DARK, lw=1.4)
    line(ax, found.times_h, [100 * one.n for one in found.points], color=DARK, marker="o", markersize=7, ls="none")
    ax.text(0.98, 0.96, "points and solid: I-124, as the scanner sees it", color=BLUE, ha="right", va="top",
            transform=ax.transAxes)  # fmt: skip
    ax.text(0.98, 0.88, "dashed: I-131 with the same biology", color=RED_TEXT, ha="right", va="top",
            transform=ax.transAxes)  # fmt: skip


def alt(found: Lesion) -> str:
    """Text alternative."""
    return (
        f"Per cent of the activity given in the lesion over 0 to {found.grid_h[-1]:.0f} h. Both curves begin at "
        f"{100 * found.tracer[0]:.3g} %. I-124, through {len(found.points)} points, falls by half in "
        f"{found.found.i124_half_life_h.n:.0f} h; I-131, dashed above it, in {found.found.i131_half_life_h.n:.0f} h."
    )


def numbers(found: Lesion):
    """Table."""
    rows = [
        (f"{hour:.0f}", f"{100 * one:.3g}", f"{100 * other:.3g}")
        for hour, one, other in zip(found.grid_h[::5], found.tracer[::5], found.therapy[::5], strict=True)
    ]
    return ("Hours", "I-124, %", "I-131, %"), rows


def result(found: Lesion):
    """Lead, value, rest."""
    biological = found.found.biological_half_life_h
    biology = "no biological loss seen" if biological is None else f"T_{{biol}} {format_quantity(biological, 'h')}"
    return (
        "Dose of the lesion by I-131:",
        format_quantity(1000 * found.gy_per_mbq, "Gy/GBq"),
        f"T_{{eff}} of I-131 {format_quantity(found.found.i131_half_life_h, 'h')}, of I-124 "
        f"{format_quantity(found.found.i124_half_life_h, 'h')} · {biology}",
    )


def said(found: Lesion) -> str:
    """The dose at the activity asked for, the aim beside the limits, the two slips."""
    off = f"{round(100 * (found.unconverted / found.gy_per_mbq.n - 1)):+d}".replace("-", "−")
    text = (
        f"{gbq(found.activity_mbq)} would give **{format_quantity(found.dose_gy, 'Gy')}**. {found.aim_gy:g} Gy, the "
        f"physician’s aim, need **{format_quantity(found.aim_mbq / 1000, 'GBq')}**"
    )
    if found.lowest:
        beyond = found.aim_mbq.n > found.lowest.activity_mbq.n
        text += f"; the first limit, {RULES[found.lowest.rule]}, is reached at {gbq(found.lowest.activity_mbq)}" + (
            ": **the aim lies beyond it**. What follows from that is the physician’s to say" if beyond else ""
        )
    text += (
        f".\n\nWith the half-life of I-124 taken for I-131 the dose would be {1000 * found.unconverted:.3g} Gy/GBq "
        f"({off} %): the tracer’s own decay would be counted as loss from the lesion. By the S value of a sphere it "
        f"is {1000 * found.sphere:.3g} Gy/GBq."
    )
    if abs(found.unrecovered / found.gy_per_mbq.n - 1) > 0.005:
        text += (
            f" Without the recovery it would be {number(1000 * found.unrecovered)} Gy/GBq: a small lesion shows less "
            "than it holds."
        )
    return text
