"""What the resource worksheet asks, says and draws."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.ticker import MaxNLocator

from mrtlab.apps import sections
from mrtlab.apps.resources.model import RIGHT, Found, ResourcesPage
from mrtlab.apps.sections.look import BLUE, DARK, RED, SOFT, line
from mrtlab.patients.methods import find_method

HEADS = {"gain": "Before you look: which scan is worth most?"}
STORIES = {
    "gain": "Kidneys of virtual patients are scanned once, twice, three or four times, and their time-integrated "
    "activity is computed by one method for each number of scans. Their true values are known."
}
ASKED = {"gain": "The error that 19 of 20 patients stay below falls most with …"}
OPTIONS = {
    "gain": [
        ("the second scan", "second"),
        ("the third scan", "third"),
        ("the fourth scan", "fourth"),
        ("none of them clearly", "none"),
    ]
}
COMMITTED = {"gain": "scan"}
_WHY = {
    "gain": "It is **the second**: with one scan the half-life is that of a population, with two it is the patient's "
    "own. What later scans buy depends on what the curve is like, and on the model that is fitted to it."
}
POPULATION = [
    ("PRRT kidneys, one phase", "prrt"),
    ("PRRT kidneys, two phases", "prrt two"),
    ("PSMA kidneys, one phase", "psma"),
]
UNMEASURED = "The virtual patients have not been measured yet. It takes some seconds; the result is kept."
UNPRICED = (
    "Type the times of your own department: minutes with the patient, to evaluate a scan, and for the report. Nothing "
    "is filled in for you, and no staffing norm is built in."
)
_METHODS = {
    "known_half_life": "half-life of the population",
    "two_point": "one exponential through two points",
    "mono": "one exponential, fitted",
    "select": "the curve that fits best",
}
COLUMNS = (
    "Scans",
    "Hours",
    "Visits",
    "Scanner, min",
    "Staff, min",
    "19 of 20 within, %",
    "95 % of errors, %",
    ">10 % off",
    "No result",
)


def compared(model: ResourcesPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(model, question, OPTIONS[question], RIGHT[question], _WHY[question])


def hours(method: str) -> str:
    """Scan times of a protocol."""
    return ", ".join(f"{time:g}" for time in find_method(method, "kidneys").times_h)


def _method(method: str) -> str:
    return _METHODS[method.partition("@")[0]]


def _minutes(value: float | None) -> str:
    return "not typed in" if value is None else f"{value:.0f}"


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def rows(found: Found):
    """One row per protocol."""
    return [
        (
            str(one.scans),
            hours(one.method),
            str(work.visits),
            _minutes(work.scanner_min),
            _minutes(work.staff_min),
            f"{100 * one.within95:.1f}",
            f"{_signed(one.low95)} to {_signed(one.high95)}",
            f"{100 * one.beyond:.0f} %",
            f"{one.failed} of {one.patients}",
        )
        for one, work in zip(found.precision, found.work, strict=True)
    ]


def unpriced(missing: list[str]) -> str:
    """Which times are still missing, once the first is typed in."""
    return f"Still to be typed in: {', '.join(missing)}." if missing else UNPRICED


def csv(found: Found, model: ResourcesPage, comma: bool = False) -> str:
    """The worksheet for a spreadsheet, errors in per cent; decimal points, or commas with semicolons between."""
    population = {key: text.replace(",", "") for text, key in POPULATION}[model.population]
    head = "scans,hours,visits,scanner_min,staff_min,scanner_h_per_year,staff_h_per_year,within95_percent,"
    lines = [head + "low95_percent,high95_percent,beyond10_percent,failed,patients,population,cohort"]
    for place, (one, work) in enumerate(zip(found.precision, found.work, strict=True)):
        yearly = found.yearly_h[place] if found.yearly_h else (None, None)
        cells = [one.scans, hours(one.method).replace(",", ""), work.visits, work.scanner_min, work.staff_min, *yearly]
        cells += [f"{100 * value:.2f}" for value in (one.within95, one.low95, one.high95, one.beyond)]
        cells += [one.failed, one.patients, population, int(model.number)]
        lines.append(",".join("" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in
                              cells))  # fmt: skip
    text = "\n".join(lines) + "\n"
    return text.replace(",", ";").replace(".", ",") if comma else text


# how far off


def precision_axes(figure):
    """Errors, a line for each protocol."""
    ax = figure.add_axes((0.33, 0.15, 0.64, 0.8))
    ax.set(xlabel="Error of the time-integrated activity (%)", ylim=(3.6, -0.6))
    ax.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    return ax


def precision_draw(ax, found: Found) -> None:
    """The central 95 % of the errors, and ± what 19 of 20 stay within."""
    end = max(15.0, 115 * max(max(-one.low95, one.high95, one.within95) for one in found.precision))
    ax.set(xlim=(-end, end))
    line(ax, [0, 0], [-0.6, 3.6], color=DARK, lw=1)
    for place, one in enumerate(found.precision):
        line(ax, [100 * one.low95, 100 * one.high95], [place, place], color=BLUE, lw=5, solid_capstyle="butt")
        both = [-100 * one.within95, 100 * one.within95]
        line(ax, both, [place, place], color=RED, marker="D", markersize=7, ls="none")
    ax.set_yticks(range(4), [f"{one.scans} scan{'s' * (one.scans > 1)}: {hours(one.method)} h\n{_method(one.method)}"
                             for one in found.precision], fontsize=9)  # fmt: skip


def precision_alt(found: Found) -> str:
    """Text alternative."""
    each = "; ".join(
        f"{one.scans}: bar from {_signed(one.low95)} to {_signed(one.high95)} %, diamonds at "
        f"±{100 * one.within95:.1f} %"
        for one in found.precision
    )
    return (
        "For one to four scans a bar with the central 95 % of the errors of the time-integrated activity, and two "
        f"diamonds within which 19 of 20 patients lie. {each}."
    )


def numbers(found: Found):
    """The same table under both figures."""
    return COLUMNS, rows(found)


def precision_result(found: Found):
    """Lead, value, rest."""
    values = [f"{100 * one.within95:.0f}" for one in found.precision]
    failed = [
        f"{one.scans} scans gave no result in {one.failed} of {one.patients}" for one in found.precision if one.failed
    ]
    return (
        "19 of 20 patients within, with one, two, three, four scans:",
        f"{values[0]}, {values[1]}, {values[2]}, {values[3]} %",
        " · ".join([f"{found.precision[0].patients} virtual patients, scans up to 2 h early or late", *failed]),
    )


def precision_said(found: Found) -> str:
    """What a number of scans does not say."""
    worse = [
        (before.scans, after.scans)
        for before, after in pairwise(found.precision)
        if after.within95 > 1.5 * before.within95
    ]
    start = ""
    if worse:
        start = (
            f"**With {worse[0][1]} scans the error is larger than with {worse[0][0]}.** A scan that falls into a "
            "phase which the fitted curve does not have makes the fit worse: scans buy precision only together with a "
            "model that fits. "
        )
    else:
        start = (
            "Each number rests on the few patients who are farthest off: in another cohort of as many, that of one "
            "scan moves by several points, and small differences between the others are chance. "
        )
    return start + (
        "Bar: the central 95 % of the errors, which one patient can stretch; diamonds: 19 of 20 patients lie between. "
        "Noise of counting and the method are in these errors. Calibration, outlines, recovery and mass are not: they "
        "are the same for all four and come on top. Populations are illustrative."
    )


# what it costs


def cost_axes(figure):
    """Minutes across, error up."""
    ax = figure.add_axes((0.11, 0.14, 0.85, 0.81))
    ax.set(xlabel="Staff minutes for one patient and cycle", ylabel="19 of 20 patients within (± %)")
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 3, 5, 6, 10]))
    return ax


def cost_draw(ax, found: Found) -> None:
    """A point for each protocol, joined."""
    minutes = [one.staff_min for one in found.work]
    errors = [100 * one.within95 for one in found.precision]
    ax.set(xlim=(0, max(1.25 * max(minutes), 10)), ylim=(0, 1.2 * max(errors)))
    line(ax, minutes, errors, color=SOFT, lw=1, ls=":")
    for at, up, marker, one in zip(minutes, errors, "osD^", found.precision, strict=True):
        line(ax, [at], [up], color=BLUE, marker=marker, markersize=10, ls="none")
        words = f"{one.scans} scan{'s' * (one.scans > 1)}"
        ax.annotate(words, (at, up), (8, 8), textcoords="offset points", color=DARK)


def cost_alt(found: Found) -> str:
    """Text alternative."""
    each = "; ".join(
        f"{one.scans}: {work.staff_min:.0f} min, ±{100 * one.within95:.1f} %"
        for one, work in zip(found.precision, found.work, strict=True)
    )
    return f"Error within which 19 of 20 patients lie over staff minutes, one point for one to four scans. {each}."


def cost_result(found: Found):
    """Lead, value, rest."""
    first, last = found.work[0], found.work[-1]
    rest = [f"visits {', '.join(str(one.visits) for one in found.work)}"]
    if last.scanner_min is not None:
        rest.append(f"scanner {first.scanner_min:.0f} to {last.scanner_min:.0f} min")
    if found.yearly_h:
        rest.append(f"a year: staff {found.yearly_h[0][1]:.0f} to {found.yearly_h[-1][1]:.0f} h")
        if last.scanner_min is not None:
            rest.append(f"scanner {found.yearly_h[0][0]:.0f} to {found.yearly_h[-1][0]:.0f} h")
    return "Staff, one to four scans:", f"{first.staff_min:.0f} to {last.staff_min:.0f} min", " · ".join(rest)


def cost_said(found: Found) -> str:
    """What the next scan costs and buys."""
    parts = []
    for place in range(3):
        more = found.work[place + 1].staff_min - found.work[place].staff_min
        gain = 100 * (found.precision[place].within95 - found.precision[place + 1].within95)
        change = f"{gain:.1f} points less" if gain >= 0 else f"{-gain:.1f} points more"
        parts.append(f"scan {place + 2}: {more:.0f} min for {change} error")
    return (
        f"Staff time for each more scan, and what it buys: {'; '.join(parts)}. **Whether that is worth it depends on "
        "what the dose decides**: near a limit a few points matter, far from it they do not. These are your own "
        "times: compare them with a colleague's before they go into a plan."
    )
