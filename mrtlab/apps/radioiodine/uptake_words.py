"""What the section of the uptake says and draws."""

from __future__ import annotations

from mrtlab.apps.radioiodine.measured import Measured
from mrtlab.apps.sections.look import BLUE, DARK, PURPLE, PURPLE_TEXT, RED, bar, line

_NAMES = ("standard", "background", "neck", "thigh")


def axes(figure):
    """Count rates on the left, uptakes on the right."""
    left, right = figure.add_axes((0.14, 0.14, 0.3, 0.76)), figure.add_axes((0.56, 0.14, 0.42, 0.76))
    left.set(ylim=(3.6, -0.6), xlabel="Counts per second", title="Probe, at 24 h")
    left.set_yticks(range(4), _NAMES)
    left.tick_params(axis="y", length=0)
    right.set(xlim=(-6, 156), xlabel="Hours after the tracer", ylabel="Uptake (%)", title="Uptake of the gland")
    right.set_xticks([0, 24, 48, 72, 96, 120, 144])
    return left, right


def draw(both, found: Measured) -> None:
    """Rates as bars; RIU filled, decay-corrected open."""
    left, right = both
    most = max(found.rates.values())
    left.set(xlim=(0, 1.32 * most))
    for place, name in enumerate(_NAMES):
        rate = found.rates[name]
        colour = {"neck": BLUE, "thigh": PURPLE, "standard": DARK}.get(name, "#8c959f")
        bar(left, place - 0.3, rate, 0.6, facecolor=colour)
        left.text(rate + 0.02 * most, place, f"{rate:.4g}", va="center", color=DARK)
    values = [100 * one.uptake.n for one in found.uptakes]
    corrected = [100 * one.decay_corrected_uptake.n for one in found.uptakes]
    right.set(ylim=(0, min(110, 10 * (1 + 1.25 * max(corrected) // 10))))
    bars = [2 * found.geometry_rel * one for one in values]
    for hour, one, reach in zip(found.hours, values, bars, strict=True):
        line(right, [hour, hour], [one - reach, one + reach], color=BLUE, lw=2)
    hollow = {"marker": "s", "markersize": 11, "markerfacecolor": "none", "markeredgewidth": 1.6}
    line(right, found.hours, corrected, color=PURPLE, ls="none", **hollow)
    line(right, found.hours, values, color=BLUE, marker="o", markersize=6, ls="none")
    wrong = 100 * found.slips[0].uptake
    line(right, [found.hours[1]], [wrong], color=RED, marker="X", markersize=9, ls="none")
    for y, text, colour in (
        (0.2, "filled: uptake, decay included", BLUE),
        (0.13, "open: decay-corrected, for no integral", PURPLE_TEXT),
        (0.06, "cross: room background, no thigh", "#9a4a00"),
    ):
        right.text(0.97, y, text, color=colour, ha="right", va="center", transform=right.transAxes)


def alt(found: Measured) -> str:
    """Text alternative."""
    rates = ", ".join(f"{name} {found.rates[name]:.4g}" for name in _NAMES)
    values = ", ".join(
        f"{100 * one.uptake.n:.1f} % at {hour:g} h ({100 * one.decay_corrected_uptake.n:.1f} % decay-corrected)"
        for hour, one in zip(found.hours, found.uptakes, strict=True)
    )
    return (
        f"Left: bars of counts per second at 24 h: {rates}. Right: the uptake, {values}. A cross at 24 h marks "
        f"{100 * found.slips[0].uptake:.1f} %, found with the room’s background in place of the thigh."
    )


def numbers(found: Measured):
    """Table."""
    rows = [
        (
            f"{hour:g}",
            f"{100 * one.uptake.n:.2f}",
            f"{100 * one.uptake.s:.2f}",
            f"{100 * one.decay_corrected_uptake.n:.2f}",
        )
        for hour, one in zip(found.hours, found.uptakes, strict=True)
    ]
    return ("Hours", "Uptake, %", "u of counting, percentage points", "Decay-corrected, %"), rows


def result(found: Measured):
    """Lead, value, rest."""
    one = found.uptakes[1]
    return (
        "Uptake at 24 h:",
        f"{100 * one.uptake.n:.1f} %",
        f"± {100 * one.uptake.s:.2f} percentage points by counting · "
        f"decay-corrected {100 * one.decay_corrected_uptake.n:.1f} %",
    )


def said(found: Measured) -> str:
    """What it leaves out."""
    slip, bare = found.slips
    now = found.uptakes[1].uptake.n
    lost = max(found.lost.values())
    dead = (
        f"At the highest rate {100 * lost:.1f} % are lost to dead time and put back; without that the uptake would be "
        f"{100 * bare.uptake:.1f} %."
        if lost > 0
        else "Dead time is taken as 0; give the probe some µs under “more” and see what is lost."
    )
    return (
        f"With the room’s background in place of the thigh it would be {100 * slip.uptake:.1f} %, "
        f"**{100 * (slip.uptake / now - 1):.1f} % more** than with the thigh. {dead} Counting is the smallest part "
        "of the doubt: distance and depth of the gland can do far more. The bars are ± 2 × "
        f"{100 * found.geometry_rel:g} % for repeating the geometry (illustrative). “Uptake” here is what a detector "
        "sees of what was given, decay included; only that belongs under a curve."
    )
