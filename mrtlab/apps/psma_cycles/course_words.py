"""What the section on the course says and draws."""

from __future__ import annotations

from mrtlab.apps.psma_cycles.found import Cycles
from mrtlab.apps.psma_cycles.look import TISSUES, digits, gy, n, small, u, with_u
from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line, top_of
from mrtlab.apps.sections.words import FIXED


def axes(figure):
    """Dose so far, cycle by cycle."""
    ax = figure.add_axes((0.085, 0.14, 0.89, 0.82))
    ax.set(xlim=(-0.1, 6.4), xlabel="After cycle", ylabel="Dose so far (Gy)")
    ax.set_xticks(range(7))
    return ax


def draw(ax, found: Cycles) -> None:
    """Dose with 95 % bars, what cycle 1 promises, the limit."""
    doses = found.course.cumulative_gy(found.tissue)
    cycles, best = range(len(doses) + 1), [0.0, *map(n, doses)]
    limit = found.limits_gy.get(found.tissue)
    high = n(doses[-1]) + 2 * u(doses[-1])
    end = _end(1.12 * max(high, limit if limit and limit < 2 * high else 0))
    ax.set(ylim=(0, end))
    line(ax, cycles, best, color=BLUE, marker="o", markersize=8, lw=2)
    for place, dose in enumerate(doses, 1):
        line(ax, [place] * 2, [n(dose) - 1.96 * u(dose), n(dose) + 1.96 * u(dose)], color=BLUE, lw=1.6, marker="_")
    line(ax, [0, 6], [0, n(found.course.from_first_cycle_gy(found.tissue))], color=DARK, lw=1.4, ls="--")
    ax.text(0.02, 0.96, f"circles: {small(found.tissue)}, with 95 % bars", color=BLUE, va="top", transform=ax.transAxes)
    ax.text(0.02, 0.89, "dashed: planned from cycle 1 alone", color=DARK, va="top", transform=ax.transAxes)
    if limit:
        at = min(limit, end)
        line(ax, [0, 6.4], [at, at], color=RED, lw=1.8, ls="-.")
        words = f"limit chosen: {limit:g} Gy" + (" (far above)" if limit > end else "")
        above = at < 0.5 * end or at > 0.86 * end  # clear of the legend, and inside the axes
        place = at + 0.015 * end if above and at < 0.95 * end else at - 0.015 * end
        ax.text(0.15, place, words, color=RED_TEXT, va="bottom" if place > at else "top")


def _end(value: float) -> float:
    return 1200.0 if value > 1000 else float(top_of(value)[0])


def alt(found: Cycles) -> str:
    """Text alternative."""
    doses, limit = found.course.cumulative_gy(found.tissue), found.limits_gy.get(found.tissue)
    planned = gy(found.course.from_first_cycle_gy(found.tissue))
    line_at = f" A level line marks the limit chosen, {limit:g} Gy." if limit else " No limit is drawn."
    return (
        f"Dose of the {small(found.tissue)} so far, rising from {gy(doses[0])} after the first cycle to "
        f"{with_u(doses[-1])} after the sixth, bars of 95 %; the dashed line of a plan from cycle 1 ends at "
        f"{planned}.{line_at}"
    )


def numbers(found: Cycles):
    """Table of every cycle."""
    regions = found.course.regions
    each = {name: found.course.cumulative_gy(name) for name in regions}
    rows = [
        (str(place + 1), f"{n(found.course.tumour_ml[place]):.0f}", *(with_u(each[name][place]) for name in regions))
        for place in range(len(found.course.tumour_ml))
    ]
    return ("After cycle", "Tumour, mL", *(f"{TISSUES[name]}" for name in regions)), rows


def overview(found: Cycles):
    """Columns and rows of all tissues, always in sight."""
    rows = []
    for name in found.course.regions:
        total, limit = found.course.total_gy(name), found.limits_gy.get(name)
        low, high = n(total) - 1.96 * u(total), n(total) + 1.96 * u(total)
        row = [TISSUES[name], gy(total), f"{digits(low)} to {digits(high)}"]
        row.append(gy(found.course.from_first_cycle_gy(name)))
        if limit:
            row.append(f"{limit:g} Gy")
            row.append(f"{found.course.cycles_within(name, limit)} of 6")
            row.append(f"{found.course.cycles_within(name, limit, planned=True)} of 6")
        else:
            row += ["none chosen", "–", "–"]
        rows.append(row)
    columns = (
        "Tissue",
        "Six cycles",
        "95 %, Gy",
        "Planned from cycle 1",
        "Limit",
        "Cycles within it",
        "Cycles as planned",
    )
    return columns, rows


def result(found: Cycles):
    """Lead, value, rest."""
    total = found.course.total_gy(found.tissue)
    low, high = n(total) - 1.96 * u(total), n(total) + 1.96 * u(total)
    return (
        f"{TISSUES[found.tissue]} after six cycles:",
        with_u(total),
        f"95 % {digits(low)} to {digits(high)} Gy · planned from cycle 1 "
        f"{gy(found.course.from_first_cycle_gy(found.tissue))}",
    )


def said(found: Cycles) -> str:
    """What the limit does, and what the interval is made of."""
    limit, course = found.limits_gy.get(found.tissue), found.course
    if not limit:
        words = "No limit is chosen for this tissue, and none is applied."
    else:
        real, planned = course.cycles_within(found.tissue, limit), course.cycles_within(found.tissue, limit, True)
        words = f"**{real} of 6 cycles** keep to {limit:g} Gy"
        words += f"; the first cycle alone would have allowed {planned}." if planned != real else ", as planned."
        words += " What follows from that is the physician’s decision."
    return (
        f"{words} Calibration and S values err alike in all cycles, so their part adds up; what errs anew in each "
        "averages out (5 and 8 %, illustrative). Marrow is not in the sink: drug in the tumour or not, it stays, "
        "unless bone metastases irradiate it."
    )


BEDS = ("Tissue", "Dose", "BED", "Over the parameters", "α/β", "Repair", "Status of the parameters")
BED_NOTE = (
    "BED = D·(1 + G·D/(α/β)) for each cycle, and the cycles added: weeks lie between them, long enough for all repair. "
    "A BED is not a dose, and a limit for the one is none for the other. ± is of the dose alone; what nobody knows of "
    "the parameters is the span beside it, and is not combined with it. Where only a range of α/β is known, there is "
    "no best value."
)


def beds(found: Cycles):
    """A row for each tissue."""
    rows = []
    for one in found.beds:
        if one.band_gy is None:
            rows.append((TISSUES[one.tissue], with_u(one.dose_gy), "none: no parameters known", *"––––"))
            continue
        rows.append(
            (
                TISSUES[one.tissue],
                with_u(one.dose_gy),
                "–" if one.bed_gy is None else with_u(one.bed_gy),
                _ends(one.band_gy, "Gy"),
                _ends(one.alpha_beta_gy, "Gy"),
                _ends(one.repair_h, "h"),
                one.status,
            )
        )
    return rows


def _ends(pair, unit: str) -> str:
    """Two numbers, or one where three figures do not tell them apart; no line breaks inside."""
    low, high = (f"{number:.3g}" for number in pair)
    return (f"{low} {unit}" if low == high else f"{low} to {high} {unit}").replace(" ", FIXED)


def tolerances(rows):
    """Rows of the table of quoted limits."""
    return [
        (
            TISSUES["kidney" if one.tissue == "kidneys" else one.tissue],
            one.text,
            one.condition,
            "external beam" if one.from_external_beam else "radionuclides",
            one.status,
        )
        for one in rows
    ]
