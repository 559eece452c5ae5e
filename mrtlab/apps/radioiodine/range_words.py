"""What the range of activities says and draws, for the physician and for the physicist."""

from __future__ import annotations

from mrtlab.apps.radioiodine.look import mbq
from mrtlab.apps.radioiodine.planned import Options
from mrtlab.apps.sections.look import BLUE, GREEN, GREEN_TEXT, RED, RED_TEXT, line, source_rows, top_of
from mrtlab.apps.sections.words import FIXED, chance, probability
from mrtlab.planning import relative_uncertainty

PARTS = ("Component", "Relative standard uncertainty", "Status")
SOURCES = ("Source", "Citation", "Status")
FORMULAS = (
    "**Median doses**: `radioiodine.benign_dose`, D = A·Ē(m)·I/m.\n\n"
    "**Spread**: `planning.expected_range_from_components`, u = √Σu_{i}², 95 % from D·exp(−1.96u) to D·exp(1.96u), "
    "log-normal.\n\n"
    "**Probabilities**: Φ((ln least − ln D)/u) and Φ((ln D − ln most)/u), `planning.activity_options`. The part of "
    "the gland that gets less than the mean is not in them."
)


def axes(figure):
    """Dose over activity."""
    ax = figure.add_axes((0.09, 0.13, 0.88, 0.83))
    ax.set(xlabel="Activity (MBq)", ylabel="Dose to the thyroid (Gy)")
    return ax


def draw(ax, found: Options) -> None:
    """Medians with 95 % bars, all alike; what is wanted as two lines."""
    activities = found.table.activities_mbq
    margin = 0.35 * (activities[-1] - activities[0]) / len(activities)
    top = max(max(one.interval95_gy[1] for one in found.table), found.most_gy)
    ends = [activities[0] - 0.3 * (activities[-1] - activities[0]), activities[-1] + margin]  # room for words
    ax.set(xlim=ends, ylim=(0, top_of(1.12 * top)[0]))
    high = ax.get_ylim()[1]
    for level, style, colour, words, text in (
        (found.least_gy, "--", GREEN, GREEN_TEXT, f"at least {found.least_gy:g} Gy"),
        (found.most_gy, "-", RED, RED_TEXT, f"at most {found.most_gy:g} Gy"),
    ):
        line(ax, ends, [level, level], color=colour, lw=1.8, ls=style)
        ax.text(ends[0] + 0.02 * (ends[1] - ends[0]), level + 0.012 * high, text, color=words, va="bottom")
    for x, one in zip(activities, found.table, strict=True):
        line(ax, [x, x], one.interval95_gy, color=BLUE, lw=2, marker="_", markersize=8)
    line(ax, activities, [one.median_gy for one in found.table], color=BLUE, marker="o", markersize=7, ls="none")
    ax.text(0.99, 0.03, "point: median; bar: 95 of 100", ha="right", color=BLUE, transform=ax.transAxes)


def alt(found: Options) -> str:
    """Text alternative."""
    told = "; ".join(f"{mbq(one.activity_mbq)} {_span(one)}" for one in found.table)
    return (
        f"Dose to the thyroid over activity, a point and a 95 % bar for each of {len(found.below)} activities, all "
        f"drawn alike: {told}. Lines at {found.least_gy:g} and {found.most_gy:g} Gy, between which the dose is wanted."
    )


def _span(one) -> str:
    low, high = one.interval95_gy
    return f"{one.median_gy:.0f} Gy (95 % {low:.0f} to {high:.0f})"


def numbers(found: Options):
    """Table."""
    rows = [
        (
            f"{one.activity_mbq:.0f}",
            f"{one.median_gy:.1f}",
            f"{one.interval95_gy[0]:.1f}",
            f"{one.interval95_gy[1]:.1f}",
        )
        for one in found.table
    ]
    return ("Activity, MBq", "Median, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def physician(found: Options):
    """Columns and rows in words and doses."""
    columns = (
        "Activity",
        "Dose to the thyroid",
        f"Chance of less than {found.least_gy:g} Gy",
        f"Chance of more than {found.most_gy:g} Gy",
    )
    rows = []
    for one, below, above in zip(found.table, found.below, found.above, strict=True):
        low, high = one.interval95_gy
        dose = f"about {one.median_gy:.0f} Gy ({low:.0f} to {high:.0f})".replace(" ", FIXED)
        rows.append((mbq(one.activity_mbq).replace(" ", FIXED), dose, chance(below), chance(above)))
    return columns, rows


def physicist(found: Options):
    """Columns and rows with every number."""
    columns = (
        "Activity, MBq",
        "Thyroid, Gy (95 %)",
        "Gy/MBq",
        f"P(< {found.least_gy:g} Gy)",
        f"P(> {found.most_gy:g} Gy)",
        "P(between)",
    )
    rows = []
    for one, below, above in zip(found.table, found.below, found.above, strict=True):
        low, high = one.interval95_gy
        rows.append(
            (
                f"{one.activity_mbq:.1f}",
                f"{one.median_gy:.1f} " + f"({low:.1f} to {high:.1f})".replace(" ", FIXED),
                f"{found.per_mbq:.4f}",
                probability(below),
                probability(above),
                probability(1 - below - above),
            )
        )
    return columns, rows


def result(found: Options):
    """Lead, value, rest: the span, not a choice."""
    first, last = found.table[0], found.table[-1]
    return (
        f"{len(found.below)} activities, none of them chosen:",
        f"{mbq(first.activity_mbq)} to {mbq(last.activity_mbq)}",
        f"thyroid about {first.median_gy:.0f} to {last.median_gy:.0f} Gy · each dose is known to a factor of "
        f"{found.gsd**1.96:.2f} (95 %)",
    )


def said(found: Options, audience: str) -> str:
    """What to read in it."""
    if audience == "physicist":
        return FORMULAS
    ends = [mbq(found.table[end].activity_mbq) for end in (0, -1)]
    return (
        f"With {ends[0]} the chance of less than {found.least_gy:g} Gy is {chance(found.below[0])}, with {ends[1]} "
        f"{chance(found.below[-1])}; of more than {found.most_gy:g} Gy {chance(found.above[0])} and "
        f"{chance(found.above[-1])}. Less makes a second treatment likelier, more a lasting lack of hormone: how "
        "small both can be at once depends on how well the dose is known. The ranges say what 95 of 100 such plans "
        "would give. The choice is the physician’s, with the patient; the table has no favourite."
    )


def parts(found: Options):
    """Rows of the components of uncertainty."""
    rows = [
        (name, f"{100 * part:.3g} %", "yours, or the teaching value (illustrative)")
        for name, part in found.components.items()
    ]
    total = relative_uncertainty(found.components)
    return [*rows, ("together", f"{100 * total:.3g} %", "root of the sum of squares (derived)")]


def sources(found: Options):
    """Rows of the sources."""
    return source_rows(found.sources)
