"""What the section on the tumour says and draws."""

from __future__ import annotations

from mrtlab.apps.prrt_cycles.effect import Tumour
from mrtlab.apps.prrt_cycles.look import gbq, gy, n, u
from mrtlab.apps.sections.look import DARK, GREEN, GREEN_TEXT, PURPLE, PURPLE_TEXT, line, top_of


def axes(figure):
    """Dose per activity over the cycle."""
    ax = figure.add_axes((0.09, 0.14, 0.88, 0.82))
    ax.set(xlabel="Cycle", ylabel="Largest lesion (Gy per GBq)")
    return ax


def draw(ax, found: Tumour) -> None:
    """Points, and both declines."""
    ends = [1000 * (n(one) + 1.96 * u(one)) / mbq for one, mbq in zip(found.doses_gy, found.given_mbq, strict=True)]
    ax.set(xlim=(0.6, 6.2), ylim=(0, top_of(1.05 * max(*ends, found.per_gbq[0]))[0]), xticks=range(1, 6))
    xs = list(range(1, 6))
    for grade, style, colour, words in (("G1", "-", GREEN, GREEN_TEXT), ("G2", "--", PURPLE, PURPLE_TEXT)):
        values = found.lines[grade]
        line(ax, xs, values, color=colour, ls=style, lw=2.6 if grade == found.grade else 1.4)
        ax.text(5.1, values[-1], f"{grade}, in the mean", color=words, va="center")
    for place, (one, mbq) in enumerate(zip(found.doses_gy, found.given_mbq, strict=True), 1):
        middle, half = 1000 * n(one) / mbq, 1960 * u(one) / mbq
        line(ax, [place, place], [middle - half, middle + half], color=DARK, lw=2)
        line(ax, [place], [middle], color=DARK, marker="o", markersize=8, ls="none")


def alt(found: Tumour) -> str:
    """Text alternative."""
    seen = "; ".join(f"cycle {k} {value:.2f}" for k, value in enumerate(found.per_gbq, 1))
    return (
        f"Dose per activity of {found.name} by cycle, Gy/GBq, filled points with 95 % bars: {seen}. Two falling lines "
        f"from the first point: grade 1, solid, to {found.lines['G1'][-1]:.2f} in cycle 5, and grade 2, dashed, to "
        f"{found.lines['G2'][-1]:.2f}."
    )


def numbers(found: Tumour):
    """Table."""
    rows = []
    for k in range(5):
        seen = f"{n(found.doses_gy[k]):.1f} ± {u(found.doses_gy[k]):.1f}" if k < len(found.doses_gy) else ""
        rows.append((k + 1, seen, *(f"{found.lines[grade][k]:.2f}" for grade in ("G1", "G2"))))
    return ("Cycle", "Measured, Gy", "G1, Gy/GBq", "G2, Gy/GBq"), rows


def result(found: Tumour):
    """Lead, value, rest."""
    low, high = (n(found.next_gy) + sign * 1.96 * u(found.next_gy) for sign in (-1, 1))
    return (
        f"{found.name.capitalize()}, next cycle with {gbq(found.next_mbq)}, if it falls as {found.grade}:",
        f"{gy(found.next_gy)} (95 % {low:.1f} to {high:.1f})",
        f"{sum(map(n, found.doses_gy)):.0f} Gy in {len(found.doses_gy)} cycle{'s' * (len(found.doses_gy) > 1)} so far",
    )


def said(found: Tumour) -> str:
    """What the lines are."""
    return (
        "The lines are means of a cohort: 6 % less per cycle in grade 1, 14 % in grade 2 (Roth 2022). One lesion may "
        "do otherwise, and lesions below 8 mL were left out there. More activity late gives the tumour less than the "
        "same activity early; whether a response justifies another cycle is no question of this line."
    )
