"""What the range of activities says and draws, for the physician and for the physicist."""

from __future__ import annotations

from typing import NamedTuple

from mrtlab import prrt
from mrtlab.apps.prrt_cycles.compute import Options
from mrtlab.apps.prrt_cycles.look import gbq, gy, limit_name
from mrtlab.apps.prrt_cycles.model import CYCLES
from mrtlab.apps.sections.look import BLUE, RED, RED_TEXT, line, source_rows, top_of
from mrtlab.apps.sections.words import FIXED, chance, probability
from mrtlab.constants import sources as source_of

SOURCES = ("Source", "Citation", "Status")
LIMITS = ("Tissue", "As its source has it", "When it holds", "From external beam", "Status")
FORMULAS = (
    "**Doses**: log-normal, 95 % from median/gsd^{1.96} to median·gsd^{1.96}. Kidneys: what the cycles so far gave "
    "plus A·d, with the errors that all cycles share adding up (`prrt.total_range`; before the first "
    "`prrt.kidney_options`). d is the posterior of population and cycles (`prrt.predicted_per_activity`). Marrow and "
    "tumour: A·d of the numbers typed; the tumour by its last cycle once there is one, less the fall with its grade, "
    "gsd 1.25 (illustrative).\n\n"
    "**BED** = D·(1 + G·D/(α/β)), G = T_{rep}/(T_{rep} + T_{eff}), of each cycle, added. Its second range is the "
    "median over α/β 1.5 to 3.5 Gy and repair 1.5 to 4 h, shown beside and not combined.\n\n"
    "**Probabilities**: Φ((ln median − ln limit)/ln gsd); for marrow the dose so far is taken as typed."
)


def limit_rows():
    """The whole table of tolerance doses; nothing in it is preferred."""
    return [
        (
            one.tissue.capitalize(),
            one.text,
            one.condition,
            "yes" if one.from_external_beam else "no",
            one.status,
        )
        for one in prrt.tolerance()
    ]


def limit_sources():
    """Citations of the table."""
    keys = dict.fromkeys(key for one in prrt.tolerance() for key in one.sources)
    return [(key, source_of(key).citation, source_of(key).status) for key in keys]


def axes(figure):
    """Dose over activity."""
    ax = figure.add_axes((0.09, 0.14, 0.88, 0.82))
    ax.set(xlabel="Activity of the next cycle (GBq)", ylabel="Kidneys, all cycles (Gy)")
    return ax


class _Row(NamedTuple):
    activity_mbq: float
    median_gy: float
    interval95_gy: tuple[float, float]


def _kidneys(found: Options) -> list[_Row]:
    """Of all cycles, by activity."""
    return [_Row(mbq, *one) for mbq, one in zip(found.found.doses.activities_mbq, found.kidneys, strict=True)]


def _lines(found: Options):
    return [
        one
        for one in found.limits
        if one.constraint and one.constraint.tissue == "kidneys" and one.constraint.quantity != "BED"
    ]


def draw(ax, found: Options) -> None:
    """Medians with 95 % bars, all alike; limits that were chosen as lines."""
    rows, limits = _kidneys(found), _lines(found)
    xs = [one.activity_mbq / 1000 for one in rows]
    width = xs[-1] - xs[0]
    ends = [xs[0] - 0.25 * width, xs[-1] + 0.12 * width]
    top = max([one.interval95_gy[1] for one in rows] + [one.constraint.dose_gy for one in limits])
    ax.set(xlim=ends, ylim=(0, top_of(1.12 * top)[0]))
    high = ax.get_ylim()[1]
    for one in limits:
        level = one.constraint.dose_gy
        line(ax, ends, [level, level], color=RED, lw=1.6, ls="--")
        beam = " (external beam)" if one.constraint.from_external_beam else ""
        ax.text(ends[0] + 0.01 * width, level + 0.01 * high, f"{level:g} Gy{beam}", color=RED_TEXT, va="bottom")
    if found.delivered_gy:
        line(ax, ends, [found.delivered_gy] * 2, color=BLUE, lw=1, ls=":")
        ax.text(
            ends[1] - 0.01 * width,
            found.delivered_gy - 0.01 * high,
            f"given so far: {gy(found.delivered_gy)}",
            color=BLUE,
            ha="right",
            va="top",
        )
    for x, one in zip(xs, rows, strict=True):
        line(ax, [x, x], one.interval95_gy, color=BLUE, lw=2, marker="_", markersize=8)
    line(ax, xs, [one.median_gy for one in rows], color=BLUE, marker="o", markersize=7, ls="none")
    ax.text(0.99, 0.97, "point: median; bar: 95 of 100", ha="right", va="top", color=BLUE, transform=ax.transAxes)


def alt(found: Options) -> str:
    """Text alternative."""
    told = "; ".join(
        f"{gbq(one.activity_mbq)}: {gy(one.median_gy)}, 95 % {one.interval95_gy[0]:.1f} to "
        f"{one.interval95_gy[1]:.1f} Gy"
        for one in _kidneys(found)
    )
    limits = ", ".join(limit_name(one) for one in _lines(found))
    lines = f" Lines for the limits chosen: {limits}." if limits else " No limit is chosen, so no line is drawn."
    return f"Dose to the kidneys after cycle {found.cycle} over its activity, all points alike: {told}.{lines}"


def numbers(found: Options):
    """Table."""
    rows = [
        (f"{one.activity_mbq / 1000:.2f}", f"{one.median_gy:.2f}", *(f"{gy:.2f}" for gy in one.interval95_gy))
        for one in _kidneys(found)
    ]
    return ("Activity, GBq", "Median, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def _about(one) -> str:
    low, high = one.interval95_gy
    return f"about {gy(one.median_gy).replace(' ', FIXED)} ({low:.2g} to {high:.2g})"


def _by_activity(found: Options, activity):
    kidneys = {"kidneys": next(one for one in _kidneys(found) if one.activity_mbq == activity)}
    return {one.tissue: one for one in found.found.doses if one.activity_mbq == activity} | kidneys


def physician(found: Options):
    """Columns and rows in words and doses."""
    usable = [(one, p) for one, p in zip(found.limits, found.chances, strict=True) if not isinstance(p, str)]
    columns = (
        "Next cycle",
        "Kidneys, all cycles",
        "Marrow, all cycles",
        "Tumour, this cycle",
        *(f"Chance of more: {limit_name(one)}" for one, _ in usable),
    )
    rows = []
    for place, activity in enumerate(found.found.doses.activities_mbq):
        tissues = _by_activity(found, activity)
        rows.append(
            (
                gbq(activity).replace(" ", FIXED),
                *(_about(tissues[name]) for name in ("kidneys", "marrow", "tumour")),
                *(chance(p[place]) for _, p in usable),
            )
        )
    return columns, rows


def physicist(found: Options):
    """Columns and rows with every number."""
    usable = [(one, p) for one, p in zip(found.limits, found.chances, strict=True) if not isinstance(p, str)]
    columns = (
        "A, GBq",
        "Kidneys, Gy (95 %)",
        "BED, Gy (95 %; parameters)",
        "Marrow, Gy (95 %)",
        "Tumour, Gy (95 %)",
        *(f"P({limit_name(one)})" for one, _ in usable),
    )
    rows = []
    for place, one in enumerate(found.found.bed):
        tissues = _by_activity(found, one.activity_mbq)
        median, (low, high) = found.beds[place]
        least, most = one.parameter_range_gy
        rows.append(
            (
                f"{one.activity_mbq / 1000:.2f}",
                _exact(tissues["kidneys"]),
                f"{median:.2f} ({low:.2f} to {high:.2f}; {least:.1f} to {most:.1f})",
                _exact(tissues["marrow"], 3),
                _exact(tissues["tumour"]),
                *(probability(p[place]) for _, p in usable),
            )
        )
    return columns, rows


def _exact(one, digits=2) -> str:
    low, high = one.interval95_gy
    return f"{one.median_gy:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def result(found: Options):
    """Lead, value, rest: the span, not a choice."""
    rows = _kidneys(found)
    so_far = f"of which {gy(found.delivered_gy)} given · " if found.delivered_gy else ""
    return (
        f"Cycle {found.cycle}, {len(rows)} activities, none of them chosen:",
        f"kidneys {gy(rows[0].median_gy)} to {gy(rows[-1].median_gy)} "
        + ("in this cycle" if found.cycle == 1 else "in all, this cycle included"),
        f"{so_far}dose per activity "
        f"{1000 * found.tissues['kidneys'].median_gy_per_mbq:.2f} Gy/GBq, known to a factor of "
        f"{found.tissues['kidneys'].gsd ** 1.96:.2f} (95 %)",
    )


def said(found: Options, audience: str) -> str:
    """What to read in it."""
    beyond = (
        f"All {CYCLES} cycles are given: these rows say what one more would add, and nobody has planned it."
        if found.cycle > CYCLES
        else ""
    )
    if audience == "physicist":
        return FORMULAS if not beyond else f"{beyond}\n\n{FORMULAS}"
    basis = (
        "what is known of other patients"
        if found.cycle == 1
        else f"{found.cycle - 1} cycle{'s' * (found.cycle > 2)} of this patient, and what is known of others"
    )
    chosen = (
        "No limit is chosen yet, so no chance is told: tick those that you want to keep."
        if not found.limits
        else "Every limit that you ticked has a column; none was ticked for you."
    )
    return (
        f"The ranges say what 95 of 100 such cycles would give; they rest on {basis}. {chosen} Values from external "
        "beam were found with other dose rates and fractions. An activity that uses a limit up by the best estimate "
        f"exceeds it as likely as not. The table has no favourite. {beyond}".rstrip()
    )


def missing(found: Options) -> list[str]:
    """Limits for which nothing can be said, and why."""
    return [
        f"{limit_name(one)}: {text}"
        for one, text in zip(found.limits, found.chances, strict=True)
        if isinstance(text, str)
    ]


def sources(found: Options):
    """Rows of the sources."""
    return source_rows(
        dict.fromkeys([*found.found.sources, *(key for one in found.limits for key in one.tolerance.sources)])
    )
