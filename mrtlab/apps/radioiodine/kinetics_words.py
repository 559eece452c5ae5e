"""What the kinetics explorer says and draws."""

from __future__ import annotations

from matplotlib.patches import Polygon

from mrtlab.apps.radioiodine.look import days, per_cent
from mrtlab.apps.radioiodine.measured import HOURS, POPULATION, Explored
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, GREEN_TEXT, RED, RED_TEXT, line, top_of


def axes(figure):
    """The curve, and single measurements over their day."""
    left, right = figure.add_axes((0.085, 0.14, 0.4, 0.76)), figure.add_axes((0.585, 0.14, 0.4, 0.76))
    left.set(xlim=(0, 336), xlabel="Hours after the tracer", ylabel="Uptake (%)", title="Uptake curve")
    left.set_xticks(range(0, 337, 48))
    right.set(
        xlim=(0.5, 12.5),
        ylim=(0, 2),
        xlabel="Day of the only measurement",
        title="Integral over that of the whole curve",
    )
    right.set_xticks(range(1, 13))
    return left, right


def draw(both, found: Explored) -> None:
    """Curve with three points; ratio of single measurements to the whole."""
    left, right = both
    curve = 100 * found.curve
    left.set(ylim=(0, top_of(1.15 * curve.max())[0]))
    line(left, found.hours, curve, color=BLUE, lw=2.2)
    line(left, HOURS, [100 * one for one in found.at], color=DARK, marker="o", markersize=7, ls="none")
    peak = found.model.peak_h
    line(left, [peak, peak], [0, 100 * found.model.uptake(peak)], color=DARK, lw=1, ls=":")
    left.text(0.97, 0.94, f"largest after {peak:.0f} h (dotted)", ha="right", color=DARK, transform=left.transAxes)
    left.text(0.97, 0.87, "points: 6, 24, 144 h", ha="right", color=DARK, transform=left.transAxes)
    low, high = found.population - found.population_u, found.population + found.population_u
    corners = [*zip(found.days, low, strict=True), *zip(found.days[::-1], high[::-1], strict=True)]
    right.add_artist(Polygon(corners, closed=True, facecolor=RED, alpha=0.16, lw=0))
    line(right, [0.5, 12.5], [1, 1], color=DARK, lw=1.2, ls=":")
    line(right, found.days, found.population, color=RED, ls="--", marker="s", markersize=5, lw=1.6)
    line(right, found.late_days, found.late, color=BLUE, marker="o", markersize=5, lw=1.6)
    if found.two is not None:
        line(right, [1, 6], [found.two] * 2, color=GREEN, marker="v", markersize=8, lw=1)
    for y, text, colour in (
        (0.93, "squares: population’s half-life, ± u", RED_TEXT),
        (0.86, "circles: e·t rule, no half-life", BLUE),
        (0.79, "triangles: days 1 and 6 together", GREEN_TEXT),
    ):
        right.text(0.03, y, text, color=colour, transform=right.transAxes)


def _at(values, days_, day) -> float:
    return float(values[list(days_).index(day)])


def alt(found: Explored) -> str:
    """Text alternative."""
    narrow = int(found.days[(found.population_u / found.population).argmin()])
    return (
        f"Left: uptake rising to {100 * float(found.model.uptake(found.model.peak_h)):.1f} % after "
        f"{found.model.peak_h:.0f} h and falling with a half-life of {days(found.model.effective_half_life_h)}. Right: "
        "the integral from one measurement over that of the whole curve, by its day. With a population’s half-life "
        f"{_at(found.population, found.days, 1):.2f} on day 1 and {_at(found.population, found.days, 7):.2f} on day 7, "
        f"in a band that is narrowest on day {narrow}; by the e·t rule {_at(found.late, found.late_days, 6):.2f} on "
        "day 6."
    )


def numbers(found: Explored):
    """Table."""
    late = dict(zip(found.late_days, found.late, strict=True))
    rows = [
        (f"{day:g}", f"{one:.3f}", f"{u:.3f}", f"{late[day]:.3f}" if day in late else "–")
        for day, one, u in zip(found.days, found.population, found.population_u, strict=True)
    ]
    return ("Day", "Population’s half-life / whole", "its u", "e·t / whole"), rows


def result(found: Explored):
    """Lead, value, rest."""
    model = found.model
    return (
        "Integral of the whole curve:",
        days(model.tiac_h),
        f"largest uptake {100 * float(model.uptake(model.peak_h)):.1f} % after {model.peak_h:.0f} h · "
        f"6 h {100 * found.at[0]:.1f} % · 24 h {100 * found.at[1]:.1f} % · 144 h {100 * found.at[2]:.1f} %",
    )


def said(found: Explored) -> str:
    """What one, two and three measurements would have told."""
    two = (
        f"**Two, at 24 and 144 h:** {per_cent(found.two)}, with a half-life of {days(found.two_half_life_h)} where "
        f"{days(found.model.effective_half_life_h)} is true: at 24 h the curve has not yet come down to its slope, and "
        "the rise is taken as complete from the start."
        if found.two is not None
        else f"**Two, at 24 and 144 h:** refused; {found.refused}."
    )
    return (
        f"Without noise, against the whole curve. **One at 24 h**, with a population’s half-life of "
        f"{days(POPULATION)} (published): {per_cent(_at(found.population, found.days, 1))}, and "
        f"{100 * _at(found.population_u, found.days, 1) / _at(found.population, found.days, 1):.0f} % uncertain by the "
        "half-life alone (its spread of 25 % is illustrative). **One at 144 h** by the e·t rule, 2.718 "
        f"times time times uptake: {per_cent(_at(found.late, found.late_days, 6))}. {two} "
        "**Three, at 6, 24 and 144 h**, fitted with this "
        "model: the curve itself."
    )
