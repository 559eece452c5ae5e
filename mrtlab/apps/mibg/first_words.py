"""What the section of the first administration says and draws."""

from __future__ import annotations

from matplotlib.ticker import FuncFormatter, MaxNLocator

from mrtlab.apps.mibg.compute import First
from mrtlab.apps.sections.look import BLUE, DARK, PURPLE, RED, line
from mrtlab.units import format_quantity

SLIPS = {
    "none": "nothing goes wrong",
    "background": "the background stays in",
    "anterior": "only the front is used",
    "adult": "the S value of 70 kg is taken",
}
_SEEN = {
    "background": "It lifts the late counts most, and with them the tail.",
    "anterior": "Hardly to be noticed as long as front and back agree; what hangs behind the patient is then not seen "
    "at all, and what lies in front of it counts double.",
    "adult": "A child stops more of its own radiation per gram: the S value rises as the weight falls.",
}


def axes(figure):
    """Counts over time, logarithmic."""
    ax = figure.add_axes((0.1, 0.14, 0.87, 0.83))
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2.4, 4.8, 9.6]))
    ax.set(xlabel="Hours after administration", ylabel="% of the first count, net")
    return ax


def draw(ax, found: First) -> None:
    """Both sides and their mean; joined as it is integrated."""
    mean = [100 * one.n for one in found.found.retention]
    every = [*mean, *(100 * found.anterior), *(100 * found.posterior)]
    bottom = 1.0 if min(every) > 1.2 else 0.1 if min(every) > 0.12 else 0.01
    last = float(found.times_h[-1])
    ax.set(xlim=(-0.03 * last, 1.15 * last), ylim=(bottom, 2 * max(every)))
    colour = RED if found.right_gy else BLUE
    line(ax, found.times_h, mean, color=colour, lw=2, ls="--" if found.right_gy else "-")
    for time, one in zip(found.times_h, found.found.retention, strict=True):
        reach = 196 * one.s
        line(ax, [time, time], [max(100 * one.n - reach, bottom), 100 * one.n + reach], color=DARK, lw=1.4)
    line(ax, found.times_h, mean, color=DARK, marker="o", markersize=7, ls="none")
    for values, marker, tone in ((found.anterior, "^", BLUE), (found.posterior, "s", PURPLE)):
        line(ax, found.times_h, 100 * values, color=tone, marker=marker, markersize=10, ls="none",
             markerfacecolor="none", markeredgewidth=1.6)  # fmt: skip
    for place, words, tone in (
        (0.25, "points: as used, joined by exponentials", DARK),
        (0.18, "triangles: front", BLUE),
        (0.11, "squares: back", "#8a3d6b"),
        (0.04, f"{100 * found.found.tail_fraction:.0f} % of the area lies after the last point", DARK),
    ):
        ax.text(0.02, place, words, color=tone, va="bottom", transform=ax.transAxes)


def alt(found: First) -> str:
    """Text alternative."""
    points = ", ".join(
        f"{100 * one.n:.0f} % at {hour:g} h" for hour, one in zip(found.times_h, found.found.retention, strict=True)
    )
    apart = max(abs(found.anterior / found.posterior - 1))
    return (
        f"Net counts of the whole body over the first, on a logarithmic scale: {points}. Triangles for the front and "
        f"squares for the back lie {'on top of each other' if apart < 0.1 else f'up to {100 * apart:.0f} % apart'}."
    )


def numbers(found: First):
    """Table."""
    rows = [
        (f"{hour:g}", format_quantity(100 * one), f"{100 * ahead:.1f}", f"{100 * behind:.1f}", f"{ratio:.2f}")
        for hour, one, ahead, behind, ratio in zip(
            found.times_h, found.found.retention, found.anterior, found.posterior, found.ratios, strict=True
        )
    ]
    return ("Hours", "As used, %", "Front, %", "Back, %", "Back over front"), rows


def result(found: First):
    """Lead, value, rest."""
    return (
        "Dose of the whole body, first administration:",
        format_quantity(found.found.dose_gy, "Gy"),
        f"residence {format_quantity(found.found.tia_mbq_h / found.found.activity_mbq, 'h')} · u of the counts alone",
    )


def said(found: First, slip: str) -> str:
    """Ratios of both sides, and what a slip does."""
    ratios = ", ".join(f"{one:.2f}" for one in found.ratios)
    text = (
        f"Back over front, net: **{ratios}**. As long as activity only fades they stay alike; one that steps out of "
        "line is contamination, another position, or activity that has moved, and the mean of both does not tell."
    )
    if found.right_gy:
        off = f"{round(100 * (found.found.dose_gy.n / found.right_gy - 1)):+d}".replace("-", "−")
        text += (
            f"\n\n**A slip is at work: {SLIPS[slip]}.** {off} % against {found.right_gy:.2f} Gy without it. "
            f"{_SEEN[slip]} The second administration below goes on with it."
        )
    return text
