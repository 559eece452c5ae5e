"""What the dose-response page says and draws."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from mrtlab.apps.dose_response.model import TRUE_D50_GY, TRUE_GAMMA50, Bed, DoseResponsePage, Fit

_BLUE, _RED, _GREEN, _DARK = "#0072B2", "#D55E00", "#009E73", "#1b1f24"
GATED = "The figure appears once you have committed to a prediction, or skipped it."
CYCLES = [("the same", "same"), ("lower", "lower"), ("higher", "higher")]
SLOPE = [("flatter", "flatter"), ("the same", "same"), ("steeper", "steeper")]


def bed_axes(figure):
    """One pair of axes."""
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.83))
    ax.set(xlabel="Number of cycles, same total dose", ylabel="BED of the kidney (Gy)")
    return ax


def _band(ax, x, low, high):
    outline = np.column_stack([np.append(x, x[::-1]), np.append(low, high[::-1])])
    ax.add_artist(Polygon(outline, closed=True, color=_BLUE, alpha=0.18, lw=0))


def bed_draw(ax, found: Bed) -> None:
    """BED over the number of cycles."""
    top = 1.1 * max(found.high_gy.max(), found.wrong_gy)
    ax.set(xlim=(0.7, 8.3), ylim=(0, float(f"{top:.2g}")))
    _band(ax, found.cycles, found.low_gy, found.high_gy)
    ax.add_artist(Line2D(found.cycles, found.right_gy, color=_BLUE, lw=2, marker="o"))
    ax.add_artist(Line2D([1, 8], [found.wrong_gy] * 2, color=_RED, lw=1.8, ls="--"))
    ax.add_artist(Line2D([1, 8], [found.total_gy] * 2, color=_DARK, lw=1.2, ls=":"))
    ax.add_artist(
        Line2D([found.chosen], [found.now[0]], marker="o", markersize=13, color=_BLUE, markerfacecolor="none")
    )
    ax.text(8.2, found.wrong_gy + 0.015 * top, "formula on the sum: wrong", color="#9a4a00", ha="right", va="bottom")
    ax.text(8.2, found.total_gy - 0.02 * top, "absorbed dose", color=_DARK, ha="right", va="top")
    ax.text(1.1, 0.04 * top, "circles: per cycle; band: α/β 1.5 to 3 Gy", color=_BLUE, ha="left", va="bottom")


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
    ax.set_xticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    return ax


def fit_draw(ax, found: Fit) -> None:
    """Outcomes, fit with band, corrected and true curve."""
    x = found.doses_gy
    _band(ax, x, found.low, found.high)
    ax.add_artist(Line2D(x, found.curve, color=_BLUE, lw=2.2))
    ax.add_artist(Line2D(x, found.truth, color=_DARK, lw=1.4, ls=":"))
    ax.add_artist(
        Line2D(found.data.dose_gy, found.data.outcome, color=_DARK, marker="|", markersize=11, ls="none", alpha=0.7)
    )
    ax.add_artist(Line2D([found.response.d50_gy.n], [0.5], color=_BLUE, marker="o", markersize=7, ls="none"))
    if found.profile is not None:
        ax.add_artist(Line2D(found.profile, [0.5, 0.5], color=_RED, lw=3))
    ax.text(9, 0.97, "solid: fit and 95 % band", color=_BLUE, va="top")
    ax.text(9, 0.9, "dotted: the curve behind the data", color=_DARK, va="top")
    ax.text(9, 0.83, "thick: 95 % interval of D50 (lesions as independent)", color="#9a4a00", va="top")


def _far(dose: float) -> str:
    """An end far outside the doses, where digits mean nothing."""
    return f"{dose:.3g}" if dose < 1000 else "over 1000"


def _span(ends) -> str:
    return "no finite interval" if ends is None else f"{ends[0]:.3g} to {_far(ends[1])} Gy"


def fit_alt(found: Fit) -> str:
    """Text alternative."""
    return (
        f"{len(found.data.outcome)} simulated lesions, {found.response.events} responded. The fitted curve rises with "
        f"dose through one half at {found.response.d50_gy.n:.1f} Gy, with a 95 % band; 95 % interval of D50: "
        f"{_span(found.profile)}. The dotted curve behind the data has its half at {TRUE_D50_GY:g} Gy."
    ).replace("rises", "rises" if found.response.b1.n > 0 else "falls")


def fit_numbers(found: Fit):
    """Table, every tenth dose."""
    rows = [
        tuple(f"{one[k]:.3g}" for one in (found.doses_gy, found.curve, found.low, found.high, found.truth))
        for k in range(0, len(found.doses_gy), 10)
    ]
    return ("Dose, Gy", "Fit", "2.5 %", "97.5 %", "Behind the data"), rows


def fit_result(found: Fit):
    """Lead, value, rest."""
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
    if model.asked(question):
        return ""
    options, right, why = {
        "cycles": (
            CYCLES,
            "lower",
            "Each cycle has less dose, and the quadratic term goes with the square of it: BED is **lower**. "
            "The formula on the sum would not notice.",
        ),
        "slope": (
            SLOPE,
            "flatter",
            "Random errors spread the measured doses wider than the true ones: on average the curve gets **flatter** "
            "(regression dilution). A single small cohort may show the opposite by chance.",
        ),
    }[question]
    said = model.predictions.get(question)
    if said is None:
        return why
    text = next(text for text, value in options if value == said)
    return f"You predicted **{text}**: {'as' if said == right else 'not as'} you said. {why}"
