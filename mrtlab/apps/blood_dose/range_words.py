"""What the range of activities says and draws, for the physician and for the physicist."""

from __future__ import annotations

from mrtlab.apps.blood_dose.giving import Options
from mrtlab.apps.sections.look import BLUE, GREEN, RED, end_of, line, source_rows
from mrtlab.apps.sections.words import FIXED, chance, gbq, number, probability
from mrtlab.planning import relative_uncertainty
from mrtlab.units import format_quantity

PARTS = ("Tissue", "Component", "Relative standard uncertainty", "Status")
SOURCES = ("Source", "Citation", "Status")
FORMULAS = (
    "**Blood**: D/A = 108·τ_{mL} + 0.0188·w^{−2/3}·τ_{body} in Gy/GBq, `radioiodine.blood_dose_parts`. **Body at "
    "48 h**: A·R(48 h), `radioiodine.activity_limits`. **Lesion**: D = A·f·T_{eff}/ln 2·E(m)/m, "
    "`radioiodine.i124_to_i131`, `radioiodine.lesion_dose`.\n\n"
    "**Spread**: `planning.expected_range_from_components`, u = √Σu_{i}², 95 % from D·exp(−1.96u) to D·exp(1.96u), "
    "log-normal. *Tracer to therapy* is taken for both tissues alike; what it does to the retention at 48 h is not "
    "shown.\n\n"
    "**Probabilities**: `planning.activity_options`, Φ((ln D − ln limit)/u)."
).replace("*Tracer to therapy*", "“Tracer to therapy”")


def axes(figure):
    """Lesion, blood, body."""
    made = [figure.add_axes((x, 0.15, 0.25, 0.73)) for x in (0.07, 0.4, 0.73)]
    for ax in made:
        ax.set_xlabel("Activity (GBq)")
    return made


def _panel(ax, found: Options, title: str, values, bars, level, aim: bool) -> None:
    x = [one / 1000 for one in found.table.activities_mbq]
    margin = 0.35 * (x[-1] - x[0]) / len(x)
    ax.set(xlim=(x[0] - margin, x[-1] + margin), ylim=(0, end_of(1.05 * max(level, *(high for _, high in bars)))))
    ax.set_title(title, loc="left")
    style = {"color": GREEN, "ls": "--"} if aim else {"color": RED}
    line(ax, ax.get_xlim(), [level, level], lw=1.8, **style)
    for at, bar in zip(x, bars, strict=True):
        line(ax, [at, at], bar, color=BLUE, lw=2, marker="_", markersize=8)
    line(ax, x, values, color=BLUE, marker="o", markersize=6, ls="none")


def draw(panels, found: Options) -> None:
    """Medians with 95 % bars over the activity; aim dashed, limits solid; no activity stands out."""
    for ax, tissue, title, level in (
        (panels[0], "lesion", f"Lesion (Gy): aim {found.aim_gy:g}, dashed", found.aim_gy),
        (panels[1], "blood", f"Blood (Gy): limit {found.limit_gy:g}", found.limit_gy),
    ):
        some = [one for one in found.table if one.tissue == tissue]
        _panel(
            ax, found, title, [one.median_gy for one in some], [one.interval95_gy for one in some], level,
            tissue == "lesion",
        )  # fmt: skip
    kept = [one / 1000 for one in found.kept_mbq]
    limit = found.kept_limit_mbq / 1000
    _panel(
        panels[2], found, f"At 48 h (GBq): limit {limit:g}", [one.n for one in kept],
        [(one.n - 1.96 * one.s, one.n + 1.96 * one.s) for one in kept], limit, False,
    )  # fmt: skip


def _at(found: Options, activity: float) -> dict:
    return {one.tissue: one for one in found.table if one.activity_mbq == activity}


def _span(one) -> str:
    low, high = one.interval95_gy
    return f"{number(one.median_gy)} Gy (95 % {number(low)} to {number(high)})"


def alt(found: Options) -> str:
    """Text alternative."""
    told = []
    for place in (0, -1):
        activity = found.table.activities_mbq[place]
        by = _at(found, activity)
        told.append(
            f"At {gbq(activity)}: lesion {_span(by['lesion'])}, blood {_span(by['blood'])}, in the body at 48 h "
            f"{gbq(found.kept_mbq[place])}."
        )
    return (
        f"Three panels over activity, each with a point and a 95 % bar for {len(found.reached)} activities, all drawn "
        f"alike. {' '.join(told)} Lines: aim {found.aim_gy:g} Gy for the lesion, limits {found.limit_gy:g} Gy for the "
        f"blood and {found.kept_limit_mbq / 1000:g} GBq at 48 h."
    )


def numbers(found: Options):
    """Table."""
    rows = [
        (f"{one.activity_mbq / 1000:.2f}", one.tissue, f"{one.median_gy:.3g}", *(f"{x:.3g}" for x in one.interval95_gy))
        for one in found.table
    ]
    return ("Activity, GBq", "Tissue", "Median, Gy", "2.5 %, Gy", "97.5 %, Gy"), rows


def _words(one) -> str:
    low, high = one.interval95_gy
    return f"about {number(one.median_gy)} Gy ({number(low)} to {number(high)})".replace(" ", FIXED)


def physician(found: Options):
    """Columns and rows in words and doses."""
    columns = [
        "Activity",
        "Lesion",
        f"Chance of {found.aim_gy:g} Gy or more",
        "Blood",
        f"Chance above {found.limit_gy:g} Gy",
        f"In the body after two days (limit {found.kept_limit_mbq / 1000:g} GBq)",
    ]
    rows = []
    for place, activity in enumerate(found.table.activities_mbq):
        by = _at(found, activity)
        kept = found.kept_mbq[place]
        rows.append(
            (
                gbq(activity).replace(" ", FIXED),
                _words(by["lesion"]),
                chance(found.reached[place]),
                _words(by["blood"]),
                chance(by["blood"].probability_above),
                gbq(kept).replace(" ", FIXED) + (", above it" if kept.n > found.kept_limit_mbq else ""),
            )
        )
    return columns, rows


def _three(dose: float) -> str:
    """Three digits, never a power of ten."""
    return f"{dose:.0f}" if dose >= 99.95 else f"{dose:#.3g}"


def physicist(found: Options):
    """Columns and rows with every number."""
    columns = [
        "Activity, GBq",
        "Lesion, Gy (95 %)",
        f"P(≥ {found.aim_gy:g} Gy)",
        "Blood, Gy (95 %)",
        f"P(> {found.limit_gy:g} Gy)",
        "A·R(48 h), GBq",
        "of the limit",
    ]
    rows = []
    for place, activity in enumerate(found.table.activities_mbq):
        by = _at(found, activity)
        kept = found.kept_mbq[place]
        spans = {
            name: f"{_three(one.median_gy)} ({' to '.join(map(_three, one.interval95_gy))})".replace(" ", FIXED)
            for name, one in by.items()
        }
        rows.append(
            (
                f"{activity / 1000:.3f}",
                spans["lesion"],
                probability(found.reached[place]),
                spans["blood"],
                probability(by["blood"].probability_above),
                format_quantity(kept / 1000),
                f"{100 * kept.n / found.kept_limit_mbq:.0f} %",
            )
        )
    return columns, rows


def result(found: Options):
    """Lead, value, rest: the span, not a choice."""
    first, last = found.table.activities_mbq[0], found.table.activities_mbq[-1]
    doses = [_at(found, one)["lesion"].median_gy for one in (first, last)]
    return (
        f"{len(found.reached)} activities, none of them chosen:",
        f"{gbq(first)} to {gbq(last)}",
        f"lesion about {number(doses[0])} to {number(doses[1])} Gy · known to a factor of "
        f"{found.gsd['lesion'] ** 1.96:.2f} (95 %), the blood to {found.gsd['blood'] ** 1.96:.2f}",
    )


def said(found: Options, audience: str) -> str:
    """What to read in it."""
    if audience == "physicist":
        return FORMULAS
    return (
        "More activity makes the dose to the lesion surer, and a limit nearer. The ranges say what 95 of 100 such "
        "plans would give; the lesion is known less well than the blood, since its size is. Whether to treat, with how "
        "much, and what a limit is worth in this patient the physician decides with the patient. The table has no "
        "favourite."
    )


def parts(found: Options):
    """Rows of the components of uncertainty."""
    status = {
        "curves": "of the points, as typed",
        "PET and mass": "of the points and the mass, as typed",
        "energy": "teaching value (illustrative)",
        "tracer to therapy": "yours, or the teaching value (illustrative)",
    }
    rows = []
    for tissue, some in found.components.items():
        rows += [(tissue, name, f"{100 * part:.3g} %", status[name]) for name, part in some.items()]
        rows.append((tissue, "together", f"{100 * relative_uncertainty(some):.3g} %", "root of the sum of squares"))
    return rows


def sources(found: Options):
    """Rows of the sources."""
    return source_rows(found.sources)
