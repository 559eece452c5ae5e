"""What the section on small glands says and draws."""

from __future__ import annotations

from mrtlab.apps.psma_cycles.found import Glands
from mrtlab.apps.psma_cycles.look import TISSUES, gy, n, small, u, with_u
from mrtlab.apps.sections.look import BLUE, DARK, RED, bar, line, top_of

LABELS = {
    "seen": "as counted",
    "overlap": "overlap taken away",
    "recovery": "recovery corrected",
    "both": "both",
}


def axes(figure):
    """One bar for every way to calculate."""
    ax = figure.add_axes((0.24, 0.17, 0.73, 0.79))
    ax.set(ylim=(3.6, -0.6), xlabel="Dose to one gland (Gy)")
    ax.set_yticks(range(4), list(LABELS.values()))
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Glands) -> None:
    """Bars; the last one counts."""
    high = max(n(one) + 2 * u(one) for one in found.rows.values())
    end, step = top_of(1.3 * high)
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    for place, (name, dose) in enumerate(found.rows.items()):
        right = name == "both"
        look = {"facecolor": BLUE} if right else {"facecolor": "white", "edgecolor": RED, "hatch": "///"}
        patch = bar(ax, place - 0.27, n(dose), 0.54, **look)
        if not right:
            patch.set_linewidth(1.2)
        low, top = max(0.0, n(dose) - 1.96 * u(dose)), n(dose) + 1.96 * u(dose)
        line(ax, [low, top], [place] * 2, color=DARK, lw=2, marker="|", markersize=10)
        ax.text(top + 0.015 * end, place, with_u(dose), va="center", color=DARK)


def alt(found: Glands) -> str:
    """Text alternative."""
    each = "; ".join(f"{LABELS[name]} {with_u(dose)}" for name, dose in found.rows.items())
    return f"Four bars for the dose to one {small(found.gland)}, with 95 % marks: {each}. The last one is filled."


def numbers(found: Glands):
    """Table."""
    rows = [(LABELS[name].capitalize(), f"{n(dose):.3g}", f"{u(dose):.2g}") for name, dose in found.rows.items()]
    return ("Way", "Dose, Gy", "u, Gy"), rows


def result(found: Glands):
    """Lead, value, rest."""
    both, seen = found.rows["both"], found.rows["seen"]
    return (
        f"One {small(found.gland)} of {found.mass_g:g} g:",
        with_u(both),
        f"as counted {gy(seen)}, {n(seen) / n(both):.2f} of it",
    )


def said(found: Glands) -> str:
    """Which way the two errors go."""
    both, seen = n(found.rows["both"]), n(found.rows["seen"])
    if found.overlap and found.recovery < 1:
        words = (
            "Two errors work against each other: recovery makes the gland too cold, overlap in a planar image too hot. "
        )
        words += (
            "Here they nearly cancel, and a wrong method would look right."
            if abs(seen / both - 1) < 0.15
            else "They do not cancel: correct both, or use SPECT."
        )
    elif found.overlap:
        words = f"In a planar image {100 * found.overlap:.0f} % of what is in the outline belongs to other tissue."
    else:
        words = f"The camera shows {100 * found.recovery:.0f} % of the activity inside the outline."
    away = found.mass_g / found.assumed_g
    mass = (
        ""
        if abs(away - 1) < 0.01
        else f" The mass is {away:.2f} times the {found.assumed_g:g} g that papers assume (recalled)."
    )
    return (
        f"{words} A recovery belongs to one camera, one reconstruction and one size; those filled in are illustrative. "
        f"For so small a volume methods differ by a factor of 2 to 5 (recalled): name yours with the dose.{mass}"
    )


def title(gland: str) -> str:
    """As it is chosen."""
    return TISSUES[gland]
