"""What the page of the data set asks, says and draws."""

from __future__ import annotations

from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from mrtlab.apps import sections
from mrtlab.apps.registry.model import CENTRES, RIGHT, Merged, RegistryPage, centre_rows, planted
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, RED_TEXT, line
from mrtlab.record import ROW_ERRORS

HEADS = {"mean": "Before you merge: what do a few slips do?"}
STORIES = {
    "mean": "Somebody merges the three files as they came, and computes the mean kidney dose of all rows. Fewer than "
    "one row in three has an error."
}
ASKED = {"mean": "That mean, beside the mean of the rows without error, is …"}
OPTIONS = {
    "mean": [
        ("the same within 5 %", "same"),
        ("about a fifth higher", "fifth"),
        ("more than twice as high", "double"),
    ]
}
COMMITTED = {"mean": "mean"}
_WHY = {
    "mean": "**More than twice**: one dose without its decimal sign does it. The median hardly moves, which is why it "
    "is so well liked, and why it hides such rows so well."
}
TAKEN = [
    ("all rows as delivered", "all"),
    ("all but what I marked", "marked"),
    ("all but what the rules find", "checked"),
]
INTRO = (
    "Each centre sent one row per kidney and cycle after Lu-177 PRRT (made up). Find the rows that are wrong and name "
    "the error. A slip that stands in both kidneys of a cycle counts once: mark either row. **One kidney is unusual "
    "and right.**"
)
UNITS = (
    "u: standard uncertainty. In the files the dose per activity is in Gy/MBq; it is shown in mGy/MBq. Numbers are "
    "shown with a decimal point, whatever the file has."
)
COLUMNS = (
    "Row",
    "Case",
    "Cycle",
    "Days since last",
    "Kidney",
    "Given, MBq",
    "Mass, g",
    "Dose, Gy",
    "u, Gy",
    "mGy/MBq",
    "T_{eff}, h",
    "Images",
    "Within range",
)
_VERDICTS = {
    "right": "right",
    "before": "well seen: no rule finds it, as a long interval may be true. The date of this cycle is the one that was "
    "exchanged; the interval before it grew, and the next one fell by as much. It counts in the row of the next cycle",
    "other": "something is wrong in this row, but not that",
    "unusual": "unusual, and looked into by the centre: it is right. A data set without unusual patients shows nobody "
    "what may happen",
    "nothing": "no rule finds this here; what makes you think so?",
}


def compared(model: RegistryPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(model, question, OPTIONS[question], RIGHT[question], _WHY[question])


def _cell(value, factor: float = 1.0, digits: int = 4) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{factor * value:.{digits}g}".replace("-", "−") if isinstance(value, (int, float)) else str(value)


def table(rows) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and cells of a file; one that does not belong there stands where a narrow window shows it too."""
    others = [name for name in rows[0] if name == "treated_on"]
    cells = []
    for place, row in enumerate(rows, 1):
        cells.append(
            (
                str(place),
                str(row["case"]),
                _cell(row["cycle"]),
                _cell(row["interval_days"]),
                *(str(row[name]) for name in others),
                str(row["region"] or "–").removesuffix(" kidney"),
                _cell(row["administered_mbq"]),
                _cell(row["mass_g"]),
                _cell(row["dose_gy"]),
                _cell(row["dose_u_gy"]),
                _cell(row["dose_gy_per_mbq"], 1000, 3),
                _cell(row["effective_half_life_h"]),
                _cell(row["points"]) + ("" if row["basis"] else " (how?)"),
                _cell(row["within"]),
            )
        )
    return (*COLUMNS[:4], *others, *COLUMNS[4:]), cells


def row_options(centre: str) -> list[tuple[str, int]]:
    """Rows to choose from."""
    return [
        (f"{place + 1}: case {row['case']}, cycle {row['cycle']}, {row['region']}", place)
        for place, row in enumerate(centre_rows(centre))
    ]


def kind_options() -> list[tuple[str, str]]:
    """Errors to choose from; a patient of two centres shows only after merging."""
    return [(text, kind) for kind, text in ROW_ERRORS.items()]


def mark_rows(model: RegistryPage) -> list[tuple[str, str, str]]:
    """Row, what was said, what is so."""
    return [
        (str(row + 1), ROW_ERRORS[kind], _VERDICTS[model.verdict(model.centre, row, kind)])
        for row, kind in model.marked(model.centre)
    ]


def count(model: RegistryPage):
    """Lead, value, rest."""
    found, of = model.found(model.centre)
    others = ["{}: {} of {}".format(centre, *model.found(centre)) for centre in CENTRES if centre != model.centre]
    return f"Errors named in the file of centre {model.centre}:", f"{found} of {of}", " · ".join(others)


def revealed(model: RegistryPage) -> list[tuple[str, str, str]]:
    """Everything that is wrong in a file."""
    return [
        (
            "all" if one.kind == "identifier" else ", ".join(str(row + 1) for row in one.rows),
            ROW_ERRORS[one.kind],
            one.text,
        )
        for one in planted(model.centre)
    ]


# merged


def axes(figure):
    """Doses on a logarithmic scale, a strip for each centre."""
    ax = figure.add_axes((0.11, 0.13, 0.86, 0.83))
    ax.set(xscale="log", xlim=(0.4, 600), ylim=(2.6, -0.6), xlabel="Kidney dose of a cycle (Gy), logarithmic")
    ax.xaxis.set_major_locator(FixedLocator([0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_yticks(range(3), [f"Centre {centre}" for centre in CENTRES])
    return ax


def draw(ax, found: Merged) -> None:
    """A point for each row, spread by its place; mean and median of all across."""
    for place, (centre, marker, colour) in enumerate(zip(CENTRES, "os^", (BLUE, GREEN, DARK), strict=True)):
        doses = [row["dose_gy"] for row in found.rows if row["centre"] == centre]
        heights = [place + 0.12 * (k % 5 - 2) for k in range(len(doses))]
        line(ax, doses, heights, color=colour, marker=marker, markersize=6, ls="none", alpha=0.75)
    for value, style, words, up in (
        (found.summary.median_gy, "-", "median", 2.5),
        (found.summary.mean_gy, "--", "mean", -0.42),
    ):
        line(ax, [value, value], [-0.6, 2.6], color=RED_TEXT, lw=1.4, ls=style)
        ax.text(1.04 * value, up, f"{words} {value:.2f}", color=RED_TEXT, va="center")


def alt(found: Merged) -> str:
    """Text alternative."""
    one = found.summary
    return (
        f"Kidney doses of {one.rows} rows in three strips, one for each centre, on a logarithmic scale from "
        f"{one.low_gy:.2g} to {one.high_gy:.3g} Gy. A solid line at the median of {one.median_gy:.2f} Gy, a dashed one "
        f"at the mean of {one.mean_gy:.2f} Gy."
    )


def numbers(found: Merged):
    """A row for each dose."""
    rows = [
        (row["centre"], str(row["case"]), str(row["cycle"]), row["region"], _cell(row["dose_gy"]),
         _cell(row["dose_u_gy"]))
        for row in found.rows
    ]  # fmt: skip
    return ("Centre", "Case", "Cycle", "Region", "Dose, Gy", "u, Gy"), rows


def result(found: Merged):
    """Lead, value, rest."""
    one, before = found.summary, found.as_delivered
    return (
        "Mean kidney dose of a cycle:",
        f"{one.mean_gy:.2f} Gy",
        f"median {one.median_gy:.2f} Gy · from {one.low_gy:.2g} to {one.high_gy:.3g} Gy · {one.rows} of "
        f"{before.rows} rows, {one.cases} cases · as delivered: mean {before.mean_gy:.2f}, "
        f"median {before.median_gy:.2f} Gy",
    )


def said(model: RegistryPage, found: Merged) -> str:
    """What was left behind, and what remains."""
    words = "Cases are numbered anew, the column of dates stays behind, and decimal commas of centre B became points. "
    if not found.findings:
        words += "The rules find nothing more in these rows. That does not mean that nothing is wrong in them"
        return words + ": a day and month exchanged in the other direction looks like a late cycle."
    kinds = list(dict.fromkeys(one.kind for one in found.findings))
    words += f"**{len({one.row for one in found.findings})} rows have errors still**"
    return f"{words}: {'; '.join(ROW_ERRORS[kind] for kind in kinds)}."


def copies(found: Merged) -> list[str]:
    """What only the merged table shows."""
    texts = [
        f"Row {one.row + 1} of the merged table: {one.text}"
        for one in found.findings
        if one.kind == "duplicate_patient"
    ]
    if len(texts) > 2:
        texts = [*texts[:1], f"The same holds for {len(texts) - 1} more rows."]
    return texts
