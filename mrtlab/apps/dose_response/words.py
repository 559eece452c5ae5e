"""What the dose-response page says and draws."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from matplotlib.ticker import NullLocator

from mrtlab.apps import sections
from mrtlab.apps.dose_response.model import RIGHT, TRUE_D50_GY, TRUE_GAMMA50, Bed, DoseResponsePage, Fit
from mrtlab.errors import InputError

BLUE, RED, GREEN, DARK = "#0072B2", "#D55E00", "#009E73", "#1b1f24"
RED_TEXT, GREEN_TEXT = "#9a4a00", "#00674c"
_TICKS = [10, 20, 50, 100, 200]
COMMITTED = {"cycles": "BED", "window": "band", "slope": "slope", "r2": "r²", "plan": "plan"}
HEADS = {
    "cycles": "Before you look: cycles",
    "window": "Before you look: a plan's tumour control",
    "slope": "Before you look: error of the dose",
    "r2": "Before you look: activity and dose",
    "plan": "Before you look: planned activity",
}
ASKED = {
    "cycles": "The same total dose in four cycles instead of one: BED is …",
    "window": "The tumour would get 69 Gy, and α is known to 20 %. The 95 % band of tumour control there is …",
    "slope": "Doses measured with a random error of 30 %: the fitted curve is …",
    "r2": "r² between administered activity and absorbed dose of the kidneys is …",
    "plan": "Kidneys above 23 Gy are, with the plan instead of 7.4 GBq for everybody, …",
}
OPTIONS = {
    "cycles": [("the same", "same"), ("lower", "lower"), ("higher", "higher")],
    "window": [
        ("less than 0.1 wide", "narrow"),
        ("0.1 to 0.5 wide", "middle"),
        ("more than 0.5 wide", "wide"),
    ],
    "slope": [("flatter", "flatter"), ("as steep", "same"), ("steeper", "steeper")],
    "r2": [
        ("below 0.1", "none"),
        ("0.1 to 0.5", "some"),
        ("0.5 to 0.8", "much"),
        ("above 0.8", "nearly all"),
    ],
    "plan": [("fewer", "fewer"), ("as many, give or take 3", "same"), ("more", "more")],
}
STORIES = {
    "window": "A plan gives the kidneys 23 Gy in four cycles, and the tumour three times as much. Poisson's tumour "
    "control has a median of 0.95 there.",
    "r2": "A registry of 100 virtual patients (illustrative), Lu-177 DOTATATE, four cycles. Three centres give "
    "everybody the same: the first 3.7 GBq a cycle, the second 5.55, the third 7.4. Three centres, "
    "because with one fixed activity nothing varies that a dose could go with, and r² is not defined.",
    "plan": "The same 100 patients. Instead of 7.4 GBq, each gets the activity that her own estimate of dose per "
    "activity, 15 % uncertain, turns into 23 Gy to the kidneys, and at most 11.1 GBq.",
}
_WHY = {
    "cycles": "Each cycle has less dose, and the quadratic term goes with the square of it: BED is **lower**. "
    "The formula on the sum would not notice.",
    "window": "Poisson's curve is steep and α shifts it as a whole: a plan on its slope may control nearly all "
    "tumours or none. The band is **more than 0.5 wide**.",
    "slope": "Random errors spread the measured doses wider than the true ones: on average the curve gets **flatter** "
    "(regression dilution). A single small cohort may show the opposite by chance.",
    "r2": "It is **0.1 to 0.5**, and all of it because centres differ by a factor of two. What kidneys take "
    "up, and how long they keep it, differs even more from patient to patient, and the activity does not know it.",
    "plan": "There are **more**: aimed at the limit itself, about half of those who are not capped pass it by an "
    "error. None passes it by as much as before, and far fewer are left well below. The aim has to keep its distance.",
}


def whole(value: float) -> None:
    """Refuse a number with a fraction."""
    if value != int(value):
        raise InputError(f"{value:g} is not a whole number; a cohort has one such as 7")


def bed_axes(figure):
    """One pair of axes."""
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.83))
    ax.set(xlabel="Number of cycles, same total dose", ylabel="BED of the kidney (Gy)")
    return ax


def add_band(ax, x, low, high, color=BLUE):
    """A shaded band."""
    outline = np.column_stack([np.append(x, x[::-1]), np.append(low, high[::-1])])
    ax.add_artist(Polygon(outline, closed=True, color=color, alpha=0.18, lw=0))


def bed_draw(ax, found: Bed) -> None:
    """BED over the number of cycles."""
    top = 1.1 * max(found.high_gy.max(), found.wrong_gy)
    ax.set(xlim=(0.7, 8.3), ylim=(0, float(f"{top:.2g}")))
    add_band(ax, found.cycles, found.low_gy, found.high_gy)
    ax.add_artist(Line2D(found.cycles, found.right_gy, color=BLUE, lw=2, marker="o"))
    ax.add_artist(Line2D([1, 8], [found.wrong_gy] * 2, color=RED, lw=1.8, ls="--"))
    ax.add_artist(Line2D([1, 8], [found.total_gy] * 2, color=DARK, lw=1.2, ls=":"))
    ax.add_artist(Line2D([found.chosen], [found.now[0]], marker="o", markersize=13, color=BLUE, markerfacecolor="none"))
    ax.text(8.2, found.wrong_gy + 0.015 * top, "formula on the sum: wrong", color=RED_TEXT, ha="right", va="bottom")
    ax.text(8.2, found.total_gy - 0.02 * top, "absorbed dose", color=DARK, ha="right", va="top")
    ax.text(1.1, 0.04 * top, "circles: per cycle; band: α/β 1.5 to 3 Gy", color=BLUE, ha="left", va="bottom")


def bed_alt(found: Bed) -> str:
    """Text alternative."""
    value, low, high = found.now
    return (
        f"BED of the kidney over the number of cycles, falling from {found.right_gy[0]:.1f} Gy in one cycle to "
        f"{found.right_gy[-1]:.1f} Gy in eight, towards the absorbed dose of {found.total_gy:.4g} Gy. With "
        f"{found.chosen}: {value:.1f} Gy, {low:.1f} to {high:.1f}. A dashed line at {found.wrong_gy:.1f} Gy: the "
        "formula on the sum."
    )


def bed_numbers(found: Bed):
    """Table."""
    columns = zip(found.cycles, found.right_gy, found.low_gy, found.high_gy, strict=True)
    rows = [(f"{n}", f"{a:.1f}", f"{b:.1f}", f"{c:.1f}") for n, a, b, c in columns]
    return ("Cycles", "BED, Gy", "α/β 3 Gy", "α/β 1.5 Gy"), rows


def bed_result(found: Bed):
    """Lead, value, rest."""
    value, low, high = found.now
    return (
        f"BED in {found.chosen} cycle{'s' * (found.chosen > 1)}:",
        f"{value:.1f} Gy",
        f"{low:.1f} to {high:.1f} Gy for α/β 3 to 1.5 Gy · G = {found.g:.3f} · on the sum, wrong: "
        f"{found.wrong_gy:.1f} Gy",
    )


def fit_axes(figure):
    """One pair of axes with a logarithmic dose."""
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.83))
    ax.set_xscale("log")
    ax.set(xlim=(8, 250), ylim=(-0.06, 1.06), xlabel="Measured dose (Gy)", ylabel="Probability of response")
    ax.set_xticks(_TICKS, [f"{one}" for one in _TICKS])
    ax.xaxis.set_minor_locator(NullLocator())  # unlabelled ticks would cost a third of the repaint
    return ax


def fit_draw(ax, found: Fit) -> None:
    """Outcomes, fit with band, corrected and true curve."""
    x = found.doses_gy
    add_band(ax, x, found.low, found.high)
    ax.add_artist(Line2D(x, found.curve, color=BLUE, lw=2.2))
    ax.add_artist(Line2D(x, found.truth, color=DARK, lw=1.4, ls=":"))
    ax.add_artist(
        Line2D(found.data.dose_gy, found.data.outcome, color=DARK, marker="|", markersize=11, ls="none", alpha=0.7)
    )
    ax.add_artist(Line2D([found.response.d50_gy.n], [0.5], color=BLUE, marker="o", markersize=7, ls="none"))
    if found.profile is not None:  # the second picture has it: the interval takes longer than the curve
        ax.add_artist(Line2D(found.profile, [0.5, 0.5], color=RED, lw=3))
    ax.text(9, 0.97, "solid: fit and 95 % band", color=BLUE, va="top")
    ax.text(9, 0.9, "dotted: the curve behind the data", color=DARK, va="top")
    ax.text(9, 0.83, "thick: 95 % interval of D50 (lesions as independent)", color=RED_TEXT, va="top")


def _far(dose: float) -> str:
    """An end far outside the doses, where digits mean nothing."""
    return f"{dose:.3g}" if dose < 1000 else "over 1000"


def _span(ends) -> str:
    return "no finite interval" if ends is None else f"{ends[0]:.3g} to {_far(ends[1])} Gy"


def fit_alt(found: Fit) -> str:
    """Text alternative."""
    interval = f"; 95 % interval of D50: {_span(found.profile)}" if found.judged else ""
    return (
        f"{len(found.data.outcome)} simulated lesions, {found.response.events} responded. The fitted curve "
        f"{'rises' if found.response.b1.n > 0 else 'falls'} with dose through one half at "
        f"{found.response.d50_gy.n:.1f} Gy, with a 95 % band{interval}. The dotted curve behind the data has its half "
        f"at {TRUE_D50_GY:g} Gy."
    )


def fit_numbers(found: Fit):
    """Table, every tenth dose."""
    rows = [
        tuple(f"{one[k]:.3g}" for one in (found.doses_gy, found.curve, found.low, found.high, found.truth))
        for k in range(0, len(found.doses_gy), 10)
    ]
    return ("Dose, Gy", "Fit", "2.5 %", "97.5 %", "Behind the data"), rows


def fit_result(found: Fit):
    """Lead, value, rest."""
    if not found.judged:
        return "D_{50}:", f"{found.response.d50_gy.n:.1f} Gy", "the 95 % interval is being computed"
    return (
        "D_{50}:",
        f"{found.response.d50_gy.n:.1f} Gy",
        f"95 % profile {_span(found.profile)} · Fieller {_span(found.fieller)} · lesions taken as independent",
    )


def slope(found: Fit) -> str:
    """The slope in words."""
    start = f"Slope γ_{{50}} fitted: **{found.response.gamma50.n:.2f}**; behind the data: {TRUE_GAMMA50:.2f}. "
    if found.corrected is None:
        return start + "The dose error explains all of the spread of the doses; no correction can be made."
    return start + (
        f"{100 * found.corrected.reliability:.0f} % of the variance of ln dose is real; divided by that the slope is "
        f"**{found.corrected.gamma50.n:.2f} ± {found.corrected.gamma50.s:.2f}**. Differences between patients flatten "
        "the curve too, and this correction does not undo that."
    )


def bootstrap_rows(found):
    """Rows of the two ways to resample."""
    names = ("lesions, as if independent", "patients with all their lesions")
    return [
        (
            name,
            _span(one.d50_interval_gy),
            f"{one.b1_interval[0] / 4:.2f} to {one.b1_interval[1] / 4:.2f}",
            str(one.lost),
        )
        for name, one in zip(names, found, strict=True)
    ]


def compared(model: DoseResponsePage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(
        model, question, OPTIONS[question], RIGHT[question], _WHY[question], (", and so it is", ", but it is not so")
    )
