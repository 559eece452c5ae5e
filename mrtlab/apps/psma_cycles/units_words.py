"""What the section on published doses says and draws."""

from __future__ import annotations

from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from mrtlab.apps.psma_cycles.found import Units
from mrtlab.apps.psma_cycles.look import TISSUES, gy, small
from mrtlab.apps.sections.look import BLUE, GREEN, GREEN_TEXT, RED, RED_TEXT, line

_ROWS = ("kidney", "salivary", "lacrimal", "marrow", "tumour")
_PLACE = {**{name: place for place, name in enumerate(_ROWS)}, "parotid": 1}
_TICKS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)


def axes(figure):
    """One row for every tissue, dose per activity on a logarithmic scale."""
    ax = figure.add_axes((0.18, 0.25, 0.79, 0.73))
    ax.set_xscale("log")
    ax.set(xlim=(0.008, 40), ylim=(4.6, -0.6), xlabel="Dose per activity (Gy/GBq), logarithmic scale")
    ax.xaxis.set_major_locator(FixedLocator(_TICKS))
    ax.xaxis.set_major_formatter(FixedFormatter([f"{one:g}" for one in _TICKS]))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(5), [TISSUES[name] for name in _ROWS])
    ax.tick_params(axis="y", length=0)
    return ax


def draw(ax, found: Units) -> None:
    """Ranges, published numbers, and the chosen one read twice."""
    for tissue, one in found.ranges.items():
        low, high = (1000 * end for end in one.interval95_gy_per_mbq)
        place = _PLACE[tissue] + 0.18
        line(ax, [low, high], [place] * 2, color=GREEN, lw=3, marker="|", markersize=11)
    for row in found.published:
        if row.tissue in _PLACE and row.gy_per_mbq:
            per_cycle = row.per == "cycle"
            line(
                ax,
                [1000 * row.gy_per_mbq],
                [_PLACE[row.tissue] - 0.12],
                color=BLUE,
                marker="s" if per_cycle else "o",
                markersize=8,
                markerfacecolor="white" if per_cycle else BLUE,
                ls="none",
            )
    place = _PLACE[found.tissue] - 0.12
    literal, meant = (1000 * one.gy_per_mbq for one in found.readings)
    line(ax, [meant, literal], [place - 0.2] * 2, color=RED, lw=1.2, ls=":")
    line(ax, [literal], [place - 0.2], color=RED, marker="X", markersize=11, ls="none")
    line(ax, [meant], [place - 0.2], color=RED, marker="D", markersize=8, ls="none")
    ax.text(literal * 1.2, place - 0.2, f"as printed: {literal:.3g}", color=RED_TEXT, va="center")
    for x, y, text, colour in (
        (0.0, -0.21, "filled circles: published per activity", BLUE),
        (0.52, -0.21, "open squares: printed per activity, read per cycle", BLUE),
        (0.0, -0.285, "bars: range to expect (95 %)", GREEN_TEXT),
        (0.52, -0.285, "cross and diamond: the chosen number, read twice", RED_TEXT),
    ):
        ax.text(x - 0.18, y, text, color=colour, transform=ax.transAxes, va="center", clip_on=False)


def alt(found: Units) -> str:
    """Text alternative."""
    literal, meant = found.readings
    low, high = (1000 * end for end in found.ranges[found.tissue].interval95_gy_per_mbq)
    return (
        "Published doses per activity of five tissues on a logarithmic scale from 0.01 to 30 Gy/GBq, with the range to "
        "expect of each as a bar: marrow lowest at about 0.03, kidneys and salivary glands about 0.6, lacrimal glands "
        f"about 2, tumours about 4. The chosen number, {found.row.value:g} as printed, stands as a cross at "
        f"{1000 * literal.gy_per_mbq:.3g} Gy/GBq, {'inside' if literal.plausible else 'outside'} the bar of its tissue "
        f"({low:.2g} to {high:.2g}); read per cycle, as a diamond at {1000 * meant.gy_per_mbq:.3g}, "
        f"{'inside' if meant.plausible else 'outside'} it."
    )


def numbers(found: Units):
    """Table of all that is published."""
    rows = [
        (
            TISSUES[row.tissue],
            f"{row.value:g}" + (f" ± {row.sd:g}" if row.sd else ""),
            "per cycle" if row.per == "cycle" else "per activity",
            f"{1000 * row.gy_per_mbq:.3g}",
            row.drug or "not visible",
            row.citation,
            row.status,
        )
        for row in found.published
    ]
    return ("Tissue", "As printed", "Read as", "Gy/GBq", "Drug", "Source", "Status"), rows


def result(found: Units):
    """Lead, value, rest."""
    literal, meant = found.readings
    return (
        f"{TISSUES[found.row.tissue]}, {found.cycles} cycles of {found.cycle_gbq:g} GBq, read per cycle:",
        gy(meant.course_gy),
        f"{1000 * meant.gy_per_mbq:.3f} Gy/GBq · read as printed {gy(literal.course_gy)}, "
        f"{literal.course_gy / meant.course_gy:.1f} times as much",
    )


def said(found: Units) -> str:
    """Which reading fits."""
    literal, meant = found.readings
    name = small(found.row.tissue)

    def of(one, words):
        fits = "lies in the range to expect" if one.plausible else "lies outside the range to expect"
        away = f"{abs(one.z):.1f} standard deviations from its middle" if abs(one.z) >= 0.1 else "in its middle"
        return f"{words} {fits} ({away})"

    if literal.plausible == meant.plausible:
        end = (
            "The range to expect cannot tell them apart: ask the authors, or look for a table in the full paper."
            if literal.plausible
            else "Neither fits: check the activity of a cycle."
        )
    else:
        end = "Before a number is used, put it beside what others found, and multiply it out to the whole course."
    gland = (
        " Which gland the salivary numbers are of could not be seen; they are compared with the parotid."
        if found.row.tissue == "salivary"
        else ""
    )
    return f"For the {name} {of(literal, 'the number as printed')}; {of(meant, 'read per cycle it')}. {end}{gland}"


def remarks(found: Units) -> tuple[str, ...]:
    """What the table itself says of the number."""
    return (f"{found.row.citation}: {found.row.remark}",)
