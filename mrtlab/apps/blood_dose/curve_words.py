"""What the section of the two curves says and draws."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from mrtlab.apps.blood_dose.cases import CASES
from mrtlab.apps.blood_dose.compute import Curves
from mrtlab.apps.blood_dose.look import band
from mrtlab.apps.blood_dose.model import BloodPage
from mrtlab.apps.sections.look import BLUE, DARK, RED, line
from mrtlab.units import format_quantity

#: What is drawn of a fraction, and of one per mL.
_SCALE = {"body": 100.0, "blood": 1e5}
_UNIT = {"body": "% in the whole body", "blood": "% in a litre of blood"}
SLIPS = {
    "none": "nothing goes wrong",
    "voided": "100 % is the second count, after voiding",
    "late": "samples are left as counted",
    "corrected": "all is decay-corrected, then integrated",
}
_SEEN = {
    "voided": "Every fraction is too high by what left with the first urine. Noticed by: the first measurement is then "
    "above 100 %.",
    "late": "Every sample lost activity between drawing and counting. Noticed by: two columns of times, one of which "
    "nobody used.",
    "corrected": "The curves fall by biology alone, as if iodine did not decay. Noticed by: the curve falls more "
    "slowly than the counts themselves did.",
}


def axes(figure):
    """Two panels with a logarithmic scale."""
    made = (figure.add_axes((0.09, 0.14, 0.39, 0.77)), figure.add_axes((0.6, 0.14, 0.39, 0.77)))
    for ax, name in zip(made, _UNIT, strict=True):
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2.4, 4.8, 9.6]))
        ax.set_title(_UNIT[name], loc="left")
        ax.set_xlabel("Hours after administration")
    return made


def draw(panels, found: Curves) -> None:
    """Points with bars, curves with bands, the part after the last point hatched."""
    for ax, name in zip(panels, _SCALE, strict=True):
        side, scale = getattr(found, name), _SCALE[name]
        lowest, highest = scale * side.middle.min(), scale * max(side.middle.max(), 1e-9)
        bottom, top = 10 ** np.floor(np.log10(0.8 * lowest)), 2 * highest
        ax.set(xlim=(-0.02 * found.end_h, found.end_h), ylim=(bottom, top))
        colour = RED if found.slip != "none" else BLUE
        after = side.grid_h >= side.times_h[-1]
        x, y = side.grid_h[after], scale * side.middle[after]
        band(ax, x, np.full_like(y, bottom), y, facecolor="#f0f0f0", edgecolor="#a0a0a0", hatch="///")
        band(ax, side.grid_h, scale * side.low, scale * side.high, facecolor=colour, alpha=0.2)
        line(ax, side.grid_h, scale * side.middle, color=colour, lw=2, ls="--" if found.slip != "none" else "-")
        for time, point in zip(side.times_h, side.points, strict=True):
            reach = 1.96 * scale * point.s
            line(ax, [time, time], [max(scale * point.n - reach, bottom), scale * point.n + reach], color=DARK, lw=1.4)
        line(ax, side.times_h, [scale * one.n for one in side.points], color=DARK, marker="o", markersize=6, ls="none")
        if name == "body":
            line(ax, [found.reference_h], [100], color=DARK, marker="s", markersize=8, markerfacecolor="none")
        share = side.integral.tail_fraction
        ax.text(0.97, 0.94, f"{100 * share:.0f} % of the area lies after", transform=ax.transAxes, ha="right")
        ax.text(0.97, 0.87, "the last point (hatched)", transform=ax.transAxes, ha="right")


def alt(found: Curves) -> str:
    """Text alternative."""
    told = []
    for name in _SCALE:
        side, scale = getattr(found, name), _SCALE[name]
        told.append(
            f"{_UNIT[name]}: {len(side.points)} points from {scale * side.points[0].n:.3g} at {side.times_h[0]:g} h "
            f"down to {scale * side.points[-1].n:.3g} at {side.times_h[-1]:g} h, a curve through them with its 95 % "
            f"band, {100 * side.integral.tail_fraction:.0f} % of the area hatched after the last"
        )
    slip = "" if found.slip == "none" else f" Dashed, since {SLIPS[found.slip]}."
    return f"Two panels with logarithmic scales. {'. '.join(told)}. A square marks the 100 %.{slip}"


def numbers(found: Curves):
    """Table of points and curve."""
    rows = []
    for name in _SCALE:
        side, scale = getattr(found, name), _SCALE[name]
        for time, point in zip(side.times_h, side.points, strict=True):
            rows.append((_UNIT[name], f"{time:g}", format_quantity(scale * point)))
    return ("What", "Hours", "Measured ± u"), rows


def result(found: Curves):
    """Lead, value, rest."""
    blood = found.blood.residence
    return (
        "Residence in the whole body:",
        format_quantity(found.body.residence, "h"),
        f"in the blood ({format_quantity(1e4 * blood)})·10^{{−4}} h/mL · u of the points alone",
    )


def _shares(integral) -> str:
    # the head of the blood's pieces is a plain number at times
    parts = [float(getattr(one, "n", one)) for one in (integral.head, integral.body, integral.tail)]
    return " / ".join(f"{100 * one / sum(parts):.0f}" for one in parts)


def _change(ratio: float) -> str:
    percent = round(100 * (ratio - 1))
    return f"{percent:+d} %".replace("-", "−") if percent else "unchanged"


def said(model: BloodPage, found: Curves) -> str:
    """Shares, the truth, and what a slip does."""
    text = (
        "Share of the area before the first point, between the points and after the last: "
        f"**{_shares(found.body.integral)} %** for the body, **{_shares(found.blood.integral)} %** for the blood. "
    )
    if model.method == "pieces":
        text += "Joined from point to point, a curve that sags between two of them is overrated. "
    if found.slip != "none":
        body, blood = (_change(one) for one in found.shifts)
        text += (
            f"\n\n**A slip is at work: {SLIPS[found.slip]}.** Body {body}, blood {blood} against the same "
            f"tables without it. {_SEEN[found.slip]} All sections below go on with it."
        )
    elif model.simulated:
        case = CASES[model.case]
        text += (
            f"The patient is simulated: the true residences are **{case.body_h:.1f} h** and "
            f"**{1e4 * case.blood_h_per_ml:.2f}·10^{{−4}} h/mL** (illustrative)."
        )
    return text
