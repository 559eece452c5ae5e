"""What the section of the lung shunt says and draws."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from mrtlab.apps.sections.look import BLUE, DARK, PURPLE, RED, RED_TEXT, line
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_planning.compute import Shunt
from mrtlab.apps.sirt_planning.look import gbq
from mrtlab.units import format_quantity


def axes(figure):
    """Shown over true shunt."""
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.83))
    ax.set(xlabel="True lung shunt (%)", ylabel="Shunt that the planar images show (%)")
    ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    return ax


def draw(ax, found: Shunt) -> None:
    """What is shown of a true shunt, three ways; the measured one across."""
    true, shown = 100 * found.true, 100 * found.shown.n
    end = float(true[-1])
    top = min(100.0, 10 * (1 + (max(1.15 * shown, 1.6 * end) // 10)))
    ax.set(xlim=(0, end), ylim=(0, top))
    line(ax, [0, end], [0, end], color=DARK, lw=1.4, ls=":")
    line(ax, true, 100 * found.transmission, color=BLUE, lw=2.2)
    line(ax, true, 100 * found.free, color=PURPLE, lw=2.2, ls="--")
    line(ax, [0, end], [shown, shown], color=RED, lw=1.6)
    for at, marker, colour in ((found.behind_transmission, "o", BLUE), (found.behind_free, "s", PURPLE)):
        if at is not None:
            line(ax, [100 * at, 100 * at], [0, shown], color=colour, lw=1, ls=":")
            line(ax, [100 * at], [shown], color=colour, marker=marker, markersize=8, ls="none")
    lungs, liver = found.seen
    ax.text(
        0.02,
        0.97,
        f"solid: {lungs:.0%} of the photons leave the lungs, {liver:.0%} the liver".replace("%", " %"),
        transform=ax.transAxes,
        color=BLUE,
        va="top",
    )
    ax.text(
        0.02,
        0.9,
        f"dashed: {100 * found.free_share:.0f} % of the tracer is free pertechnetate",
        transform=ax.transAxes,
        color="#8a3d6b",
        va="top",
    )
    ax.text(0.02, 0.83, "dotted: shown as it is", transform=ax.transAxes, color=DARK, va="top")
    ax.text(
        0.99 * end, shown + 0.015 * top, f"shown by the counts: {shown:.2f} %", color=RED_TEXT, ha="right", va="bottom"
    )


def _true(at: float | None) -> str:
    return "none would show so" if at is None else f"{100 * at:.1f} %"


def alt(found: Shunt) -> str:
    """Text alternative."""
    return (
        f"Shunt shown by planar images over the true shunt, 0 to {100 * found.true[-1]:.0f} %. A level line at the "
        f"{100 * found.shown.n:.2f} % of the counts meets the curve with transmission at a true shunt of "
        f"{_true(found.behind_transmission)}, and the curve with free pertechnetate at {_true(found.behind_free)}. The "
        "dotted line is where both are equal."
    )


def numbers(found: Shunt):
    """Table, every tenth shunt."""
    rows = [
        tuple(f"{100 * one[k]:.1f}" for one in (found.true, found.transmission, found.free))
        for k in range(0, len(found.true), 20)
    ]
    return ("True, %", "Shown, transmission, %", "Shown, free pertechnetate, %"), rows


def result(found: Shunt):
    """Lead, value, rest."""
    allowed = found.allowed_mbq
    at = "nothing is left" if allowed == 0 else f"the lungs allow {gbq(allowed)}"
    return (
        "Lung shunt by the counts:",
        format_quantity(100 * found.shown, "%"),
        f"lungs {gy(found.lung_gy)} at {gbq(found.activity_mbq)} · {at}",
    )


def said(found: Shunt) -> str:
    """What the bias does."""
    return (
        "The uncertainty is that of counting alone. Behind these transmissions the true shunt would be "
        f"**{_true(found.behind_transmission)}**, with this share of free pertechnetate "
        f"**{_true(found.behind_free)}**: neither is in the ±. A shunt that is too high is safe for the lungs and "
        "takes dose from the tumour. Transmissions and shares are illustrative; an attenuation-corrected SPECT/CT "
        "needs none of them."
    )
