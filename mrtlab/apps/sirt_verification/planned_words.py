"""What the section on the mapping says and draws."""

from __future__ import annotations

from matplotlib.ticker import FixedFormatter, FixedLocator

from mrtlab.apps.sections.look import BLUE, DARK, DOSE_ENDS, line, top_of
from mrtlab.apps.sections.words import gy
from mrtlab.apps.sirt_verification.compute import Planned
from mrtlab.apps.sirt_verification.words import name
from mrtlab.planning import relative_uncertainty


def axes(figure):
    """One row for every region."""
    ax = figure.add_axes((0.2, 0.16, 0.76, 0.8))
    ax.set(xlabel="Planned mean dose, and the range to expect after treatment (Gy)")
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Planned) -> None:
    """Points with 95 % bars."""
    end, step = top_of(1.03 * max(one.interval95_gy[1] for one in found.expected.values()), DOSE_ENDS)
    ax.set(xlim=(0, end), xticks=[step * k for k in range(round(end / step) + 1)])
    names = [name(one) for one in found.expected]
    if getattr(ax.yaxis.get_major_formatter(), "seq", None) != names:  # new labels cost a new background
        ax.yaxis.set_major_locator(FixedLocator(range(len(names))))
        ax.yaxis.set_major_formatter(FixedFormatter(names))
        ax.set(ylim=(len(names) - 0.5, -0.5))
    for place, one in enumerate(found.expected.values()):
        low, high = one.interval95_gy
        line(ax, [low, high], [place] * 2, color=BLUE, lw=3, marker="|", markersize=12)
        line(ax, [one.median_gy], [place], color=BLUE, marker="o", markersize=8, ls="none")
        right = high < 0.72 * end
        ax.text(
            high + 0.015 * end if right else low - 0.015 * end,
            place,
            f"{gy(one.median_gy)}  ({_short(low)} to {_short(high)})",
            ha="left" if right else "right",
            va="center",
            color=DARK,
        )


def _short(dose: float) -> str:
    return f"{dose:.0f}" if dose >= 10 else f"{dose:.1f}"


def alt(found: Planned) -> str:
    """Text alternative."""
    each = "; ".join(
        f"{name(key).lower()} {gy(one.median_gy)}, 95 % {' to '.join(map(_short, one.interval95_gy))}"
        for key, one in found.expected.items()
    )
    return f"A point and a 95 % bar for the planned dose of each region at {found.activity_mbq / 1000:.2f} GBq: {each}."


def numbers(found: Planned):
    """Table."""
    rows = [
        (
            name(key),
            f"{found.masses_g[key]:.0f}",
            f"{one.median_gy:.1f}",
            f"{one.interval95_gy[0]:.1f}",
            f"{one.interval95_gy[1]:.1f}",
        )
        for key, one in found.expected.items()
    ]
    return ("Region", "Mass, g", "Planned, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def result(found: Planned):
    """Lead, value, rest."""
    tumour = found.expected["tumour"]
    low, high = tumour.interval95_gy
    return (
        f"Planned for {found.activity_mbq / 1000:.2f} GBq:",
        f"tumour {gy(tumour.median_gy)} ({low:.0f} to {high:.0f})",
        f"normal liver {gy(found.expected['normal'].median_gy)} · lungs {gy(found.expected['lung'].median_gy)}",
    )


def said(found: Planned) -> str:
    """How the image was calibrated."""
    return (
        f"The counts are not converted by a sensitivity: the whole liver holds what will be delivered to it, "
        f"{100 * (1 - found.lung_shunt):.1f} % of the activity, and every part has its share of the counts. Tumour "
        f"**{found.shares['tumour']:.3f}**, normal liver {found.shares['normal']:.3f}; tumour-to-normal ratio "
        f"{found.ratio:.1f}; lung shunt {100 * found.lung_shunt:.1f} %. Standard uncertainty "
        f"{100 * relative_uncertainty(found.components):.3g} % (illustrative). The range is fixed now: after the "
        "treatment nobody changes it."
    )
