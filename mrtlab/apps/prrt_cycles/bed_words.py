"""What the section on BED says and draws."""

from __future__ import annotations

from mrtlab.apps.prrt_cycles.effect import Bed
from mrtlab.apps.prrt_cycles.look import gy
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line, top_of


def axes(figure):
    """BED over the number of cycles."""
    ax = figure.add_axes((0.09, 0.14, 0.88, 0.82))
    ax.set(xlabel="After cycle", ylabel="Kidneys (Gy)")
    return ax


def draw(ax, found: Bed) -> None:
    """Three curves."""
    xs = list(range(1, len(found.doses_gy) + 1))
    ax.set(xlim=(0.6, len(xs) + 1.5), ylim=(0, top_of(1.05 * max(found.of_sum_gy[-1], found.band_gy[1]))[0]), xticks=xs)
    high = ax.get_ylim()[1]
    line(ax, xs, found.dose_gy, color=DARK, marker="o", markersize=6, ls="-")
    line(ax, xs, found.added_gy, color=BLUE, marker="s", markersize=7, ls="-")
    line(ax, xs, found.of_sum_gy, color=RED, marker="D", markersize=6, ls="--")
    line(ax, [xs[-1] + 0.12] * 2, found.band_gy, color=BLUE, lw=4, alpha=0.45)
    ends = [found.dose_gy[-1], found.added_gy[-1], found.of_sum_gy[-1]]
    places = []
    for value in ends:  # so that labels do not lie on each other
        places.append(max(value, places[-1] + 0.12 * high if places else value))
    for value, place, colour, text in zip(
        ends, places, (DARK, BLUE, RED_TEXT), ("dose", "BED of each, added", "BED of the sum"), strict=True
    ):
        ax.text(xs[-1] + 0.22, place, f"{text}\n{value:.1f} Gy", color=colour, va="center", fontsize=9)


def alt(found: Bed) -> str:
    """Text alternative."""
    return (
        f"Three rising curves over {len(found.doses_gy)} cycles: absorbed dose to {gy(found.dose_gy[-1])}, BED of each "
        f"cycle added to {gy(found.added_gy[-1])}, and, dashed, BED of the summed dose, which bends upwards to "
        f"{gy(found.of_sum_gy[-1])}. A bar beside the second shows {found.band_gy[0]:.1f} to {found.band_gy[1]:.1f} Gy."
    )


def numbers(found: Bed):
    """Table."""
    rows = [
        (k, f"{dose:.2f}", f"{each:.2f}", f"{total:.2f}", f"{added:.2f}", f"{wrong:.2f}")
        for k, (dose, each, total, added, wrong) in enumerate(
            zip(found.doses_gy, found.each_gy, found.dose_gy, found.added_gy, found.of_sum_gy, strict=True), 1
        )
    ]
    return ("Cycle", "Dose, Gy", "BED, Gy", "Dose so far, Gy", "BED added, Gy", "BED of the sum, Gy"), rows


def result(found: Bed):
    """Lead, value, rest."""
    return (
        f"{'This patient' if found.mine else 'Four equal cycles'}, {found.dose_gy[-1]:.1f} Gy in all:",
        f"BED {found.added_gy[-1]:.1f} Gy",
        f"{found.band_gy[0]:.1f} to {found.band_gy[1]:.1f} Gy over α/β 1.5 to 3.5 Gy and repair 1.5 to 4 h · of the "
        f"sum, wrongly: {found.of_sum_gy[-1]:.1f} Gy",
    )


def said(found: Bed) -> str:
    """Why it is added."""
    more = 100 * (found.of_sum_gy[-1] / found.added_gy[-1] - 1)
    return (
        f"G = {found.g:.3f} (repair {found.repair_h:g} h, half-life {found.half_life_h:.0f} h). Weeks lie between the "
        "cycles, long enough for all repair and all decay, so each cycle has its own BED and they add up. Taking the "
        f"sum as one irradiation claims {more:.0f} % more. The bar shows what nobody knows of the parameters: it stays "
        "beside the BED and is not combined with the uncertainty of the dose."
    )
