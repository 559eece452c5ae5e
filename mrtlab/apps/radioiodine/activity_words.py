"""What the section of mass and activity says and draws, and the doses that others aim at."""

from __future__ import annotations

from mrtlab import radioiodine
from mrtlab.apps.radioiodine.look import days, mbq, per_cent
from mrtlab.apps.radioiodine.planned import Activity
from mrtlab.apps.sections.look import BLUE, DARK, GREEN, RED, RED_TEXT, line, top_of
from mrtlab.units import format_quantity

TARGETS = ("Indication", "Aim", "Dose", "Source")
OUTCOMES = ("Indication", "Planned dose", "Outcome", "Found", "Patients and source")
PROTOCOL_COLUMNS = ("Measurements", "Integral, d", "Activity for the dose, MBq")
_MODES = {"eanm": "EANM mean energy", "constant": "constant energy, 24.7", "mass": "energy of a sphere"}
_PARTS = {"right_lobe": "right", "left_lobe": "left", "isthmus": "isthmus"}


def axes(figure):
    """What each assumes, and what each asks for."""
    left, right = figure.add_axes((0.085, 0.14, 0.4, 0.76)), figure.add_axes((0.585, 0.14, 0.385, 0.76))
    left.set(xlim=(0, 240), xlabel="Hours after the tracer", ylabel="Uptake (%)", title="What each one assumes")
    left.set_xticks(range(0, 241, 48))
    right.set(xlim=(100, 400), xlabel="Dose to the gland (Gy)", title="Activity for it (MBq)")
    return left, right


def draw(both, found: Activity) -> None:
    """Curves on the left; activity over dose on the right, the dose asked for as a line."""
    left, right = both
    most = max(found.assumed.max(), 0 if found.curve is None else found.curve.max())
    left.set(ylim=(0, top_of(115 * most)[0]))
    if found.curve is not None:
        line(left, found.hours, 100 * found.curve, color=BLUE, lw=2.2)
    line(left, found.hours, 100 * found.assumed, color=RED, lw=1.8, ls="--")
    for hour, one in found.points:
        face = DARK if hour in found.used_h else "white"  # an open point is not used
        line(left, [hour], [100 * one.n], color=DARK, marker="o", markersize=8, ls="none", markerfacecolor=face)
    told = "solid: integral" if found.curve is not None else "integral: a rule, without a curve"
    left.text(0.97, 0.94, told, color=BLUE, ha="right", transform=left.transAxes)
    if len(found.used_h) < len(found.points):
        left.text(0.97, 0.80, "open: not used", color=DARK, ha="right", transform=left.transAxes)
    left.text(0.97, 0.87, "dashed: Marinelli", color=RED_TEXT, ha="right", transform=left.transAxes)
    right.set(ylim=(0, top_of(1.08 * max(found.by_formula.max(), found.by_integral.max()))[0]))
    line(right, found.doses_gy, found.by_integral, color=BLUE, lw=2.2)
    line(right, found.doses_gy, found.by_formula, color=RED, lw=1.8, ls="--")
    if 100 <= found.aim_gy <= 400:
        line(right, [found.aim_gy] * 2, [0, max(found.at_integral, found.at_formula)], color=GREEN, lw=1.6, ls=":")
        line(right, [found.aim_gy], [found.at_integral], color=BLUE, marker="o", markersize=8, ls="none")
        line(right, [found.aim_gy], [found.at_formula], color=RED, marker="s", markersize=8, ls="none")
    right.text(0.03, 0.94, f"dotted: {found.aim_gy:g} Gy, asked for", color="#00674c", transform=right.transAxes)
    right.text(0.03, 0.87, f"circle {mbq(found.at_integral)}", color=BLUE, transform=right.transAxes)
    right.text(0.03, 0.80, f"square {mbq(found.at_formula)}", color=RED_TEXT, transform=right.transAxes)


def alt(found: Activity) -> str:
    """Text alternative."""
    curve = "The integral rests on a rule without a curve." if found.curve is None else "Solid: the integral’s curve."
    return (
        f"Left: the measured uptakes, open where not used. {curve} A dashed one, Marinelli’s, begins at "
        f"{100 * found.largest:.1f} % at once and falls with a half-life of {days(found.half_life_h)}. Right: "
        "activity over dose, two straight lines; for "
        f"{found.aim_gy:g} Gy {mbq(found.at_integral)} by the integral and {mbq(found.at_formula)} by the formula."
    )


def numbers(found: Activity):
    """Table."""
    rows = [
        (f"{dose:.0f}", f"{one:.0f}", f"{other:.0f}")
        for dose, one, other in zip(found.doses_gy, found.by_integral, found.by_formula, strict=True)
    ]
    return ("Dose, Gy", "By the integral, MBq", "By Marinelli, MBq"), rows


def result(found: Activity):
    """Lead, value, rest."""
    parts = " + ".join(f"{_PARTS[name]} {volume:.1f}" for name, volume in found.parts_ml.items())
    return (
        f"{found.aim_gy:g} Gy would need",
        mbq(found.at_integral),
        f"by Marinelli {mbq(found.at_formula)} · gland {format_quantity(found.mass, 'g')} ({parts} mL, 1 g/mL) · "
        f"integral {_days(found.integral.tiac_h)}",
    )


def _days(tiac_h) -> str:
    return format_quantity(tiac_h / 24, "d") if hasattr(tiac_h, "n") else f"{tiac_h / 24:.2f} d"


def said(found: Activity) -> str:
    """Why the two differ."""
    half = "measured" if found.measured_half_life else "a population’s, as none was measured"
    assumed = found.largest * found.half_life_h / 24
    energy = f"{100 * abs(found.energy / found.energy_formula - 1):.1f}"
    return (
        f"The formula asks for **{per_cent(found.ratio)}**. It puts the largest uptake, {100 * found.largest:.1f} %, "
        f"at the start and lets it fall with {days(found.half_life_h)} ({half}); that is too little under the curve, "
        f"and so too much activity. The energies differ by {energy} % ({_MODES[found.mode]} against the formula’s "
        "24.7, recalled), which hardly matters. The mass matters most: the dose goes with one over it, and ultrasound "
        "knows it to some 15 % (illustrative). Whether this dose is right is not a number on this page: see what "
        "others aim at, below."
        if assumed
        else ""
    )


def targets():
    """Rows of the doses in use for benign disease."""
    rows = []
    for one in radioiodine.TARGET_DOSE:
        if "cancer" in one.indication:
            continue
        span = f"{one.low_gy:g}" if one.high_gy == one.low_gy else f"{one.low_gy:g} to {one.high_gy:g}"
        rows.append((one.indication, one.aim, f"{span} Gy, {one.target}", f"{one.citation} ({one.status})"))
    return rows


def outcomes():
    """Rows of what was observed, as published."""
    rows = []
    for one in radioiodine.OBSERVED_OUTCOMES:
        if "cancer" in one.indication:
            continue
        found = f"{one.percent:g} %" if one.percent is not None else "–"
        if one.odds_ratio is not None:
            found = f"odds ratio {one.odds_ratio:g} ({one.odds_ratio_low:g} to {one.odds_ratio_high:g})"
        dose = "–" if one.dose_gy is None else f"{one.dose_gy:g} Gy"
        remark = f" {one.remark}." if one.remark else ""
        source = f"{one.patients}. {one.citation} ({one.status})"
        rows.append((one.indication, dose, one.outcome, found + remark, source))
    return rows


def protocols(rows):
    """Rows of the patient's integral by protocol."""
    from mrtlab.apps.radioiodine.look import NAMES

    return [
        (NAMES[name], tiac if isinstance(tiac, str) else _days(tiac).removesuffix(" d"), f"{one:.0f}")
        for name, tiac, one in rows
    ]
