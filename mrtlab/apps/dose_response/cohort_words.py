"""What the dose-response page says and draws of the virtual cohort under fixed and planned activities."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from mrtlab.apps.dose_response.model import MBQ_PER_KG, TRUE_D50_GY, TRUE_GAMMA50, Plans, Registry
from mrtlab.apps.dose_response.words import BLUE, DARK, GREEN, RED, RED_TEXT
from mrtlab.radiobiology import log_logistic

UNDRAWN = "Draw the 100 virtual patients to see the figure."
RULES = [
    ("three centres' activities", "centres"),
    (f"by weight, {MBQ_PER_KG:g} MBq/kg", "weight"),
    ("7.4 GBq for everybody", "same"),
]
STRATEGIES = (
    "Strategy",
    "Activity per cycle, GBq",
    "Kidney dose, Gy",
    "Above the limit",
    "Below ¾ of it",
    "Lesions responding",
    "Kidney complications",
)
_DOSES = np.geomspace(5, 1000, 80)
_TICKS = [10, 30, 100, 300]


def registry_axes(figure):
    """Dose over activity."""
    ax = figure.add_axes((0.1, 0.13, 0.87, 0.83))
    ax.set(xlim=(0, 12), xlabel="Administered activity of each cycle (GBq)", ylabel="Kidney dose in four cycles (Gy)")
    return ax


def registry_draw(ax, found: Registry) -> None:
    """One point a patient."""
    one = found.outcome
    top = 1.1 * max(one.kidney_gy.max(), found.limit_gy)
    ax.set(ylim=(0, float(f"{top:.2g}")))
    given = one.activity_mbq / 1000
    kinds = np.unique(given) if found.rule == "centres" else [None]
    for kind, color, marker in zip(kinds, (BLUE, GREEN, DARK), "os^", strict=False):
        where = np.ones(len(given), bool) if kind is None else given == kind
        ax.add_artist(
            Line2D(given[where], one.kidney_gy[where], color=color, marker=marker, ls="none", markersize=6, alpha=0.55)
        )
    ax.add_artist(Line2D([0, 12], [found.limit_gy] * 2, color=RED, lw=1.6, ls="--"))
    ax.text(0.15, found.limit_gy + 0.01 * top, f"limit {found.limit_gy:.3g} Gy", color=RED_TEXT, va="bottom")
    ax.text(0.15, 0.97 * top, f"r² {_r2(found.r2)}", color=DARK, va="top", fontsize=13)


def _r2(number) -> str:
    return "not defined" if number is None else f"= {number:.2f}"


def _range95(values, digits=1) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    return f"{low:.{digits}f} to {high:.{digits}f}"


def registry_alt(found: Registry) -> str:
    """Text alternative."""
    one = found.outcome
    return (
        f"Kidney dose of {len(one.kidney_gy)} virtual patients over the activity of each cycle, from "
        f"{one.activity_mbq.min() / 1000:.3g} to {one.activity_mbq.max() / 1000:.3g} GBq. The points scatter widely: "
        f"95 % of the doses lie from {_range95(one.kidney_gy)} Gy; {one.above.sum()} are above the dashed limit of "
        f"{found.limit_gy:.3g} Gy. r² {_r2(found.r2)}."
    )


def registry_numbers(found: Registry):
    """Table: one row for each activity given, or for five groups by activity."""
    one = found.outcome
    given = np.unique(one.activity_mbq)
    edges = given if len(given) <= 5 else np.quantile(one.activity_mbq, [0, 0.2, 0.4, 0.6, 0.8])
    group = np.searchsorted(edges, one.activity_mbq, side="right") - 1
    rows = []
    for place in range(len(edges)):
        mbq, doses = one.activity_mbq[group == place], one.kidney_gy[group == place]
        ends = f"{mbq.min() / 1000:.2f}" + (f" to {mbq.max() / 1000:.2f}" if np.ptp(mbq) else "")
        rows.append((ends, f"{len(mbq)}", f"{np.median(doses):.1f}", f"{doses.min():.1f}", f"{doses.max():.1f}"))
    return ("Activity, GBq", "Patients", "Median kidney dose, Gy", "Lowest", "Highest"), rows


def registry_result(found: Registry):
    """Lead, value, rest."""
    one = found.outcome
    return (
        "r² of activity and kidney dose:",
        "not defined" if found.r2 is None else f"{found.r2:.2f}",
        f"95 % of kidney doses {_range95(one.kidney_gy)} Gy · {one.above.sum()} above {found.limit_gy:.3g} Gy · "
        f"{one.below.sum()} below ¾ of it",
    )


def registry_said(found: Registry) -> str:
    """What follows, in sentences."""
    one = found.outcome
    spread = one.kidney_gy / one.activity_mbq
    factor = np.quantile(spread, 0.975) / np.quantile(spread, 0.025)
    start = f"For the same activity the kidney dose differs by a factor of **{factor:.1f}** (95 % of patients). "
    if found.r2 is None:
        return start + (
            "Everybody has the same activity, so no variance of it could explain the dose: r² is not zero, it does "
            "not exist."
        )
    lesion = f"Of the lesions r² is {found.lesion_r2:.2f}. "
    if found.rule == "centres":
        return start + lesion + "Within one centre the activity is constant and tells nothing at all."
    return start + lesion + "Heavier patients get more, but their kidneys do not keep more of it."


def plan_axes(figure):
    """Activity and kidney dose on the left; lesion dose and response on the right."""
    left, right = figure.add_axes((0.085, 0.13, 0.4, 0.82)), figure.add_axes((0.585, 0.13, 0.4, 0.82))
    left.set(xlabel="Activity of each cycle (GBq)", ylabel="Kidney dose in four cycles (Gy)")
    right.set_xscale("log")
    right.set(xlim=(5, 1000), ylim=(-0.2, 1.2), xlabel="Lesion dose (Gy)", ylabel="Probability of response")
    right.set_xticks(_TICKS, [f"{one}" for one in _TICKS])
    right.xaxis.set_minor_locator(NullLocator())
    right.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
    return left, right


def plan_draw(both, found: Plans) -> None:
    """Both strategies in both panels."""
    left, right = both
    arms = ((found.fixed, RED, "s", 0.05), (found.planned, BLUE, "o", 0.12))
    top = 1.12 * max(found.fixed.kidney_gy.max(), found.planned.kidney_gy.max(), found.limit_gy)
    wide = 1.08 * max(found.fixed.activity_mbq.max(), found.planned.activity_mbq.max()) / 1000
    left.set(xlim=(0, float(f"{wide:.2g}")), ylim=(0, float(f"{top:.2g}")))
    for arm, color, marker, away in arms:
        left.add_artist(
            Line2D(
                arm.activity_mbq / 1000, arm.kidney_gy, color=color, marker=marker, ls="none", markersize=5, alpha=0.5
            )
        )
        for yes, level in ((True, 1 + away), (False, -away)):
            doses = arm.lesion_gy[arm.responded == yes]
            right.add_artist(
                Line2D(doses, np.full(len(doses), level), color=color, marker="|", ls="none", markersize=8, alpha=0.5)
            )
    for level, dashes in ((found.limit_gy, "--"), (0.75 * found.limit_gy, ":")):
        left.add_artist(Line2D([0, 40], [level] * 2, color=DARK, lw=1.3, ls=dashes))
    left.text(0.2, found.limit_gy + 0.01 * top, "limit", color=DARK, va="bottom")
    left.text(0.2, 0.75 * found.limit_gy - 0.012 * top, "¾ of it", color=DARK, va="top")
    left.text(0.2, 0.985 * top, "squares: 7.4 GBq for all", color=RED_TEXT, va="top")
    left.text(0.2, 0.93 * top, "circles: planned", color=BLUE, va="top")
    curve = log_logistic(_DOSES, TRUE_D50_GY, TRUE_GAMMA50)
    right.add_artist(Line2D(_DOSES, curve, color=DARK, lw=1.6))
    right.text(6, 0.93, "above: responded\nbelow: did not", color=DARK, va="top")


def plan_alt(found: Plans) -> str:
    """Text alternative."""
    one, other = found.fixed, found.planned
    return (
        "Left: kidney dose over activity. With 7.4 GBq for everybody the points stand in one column from "
        f"{one.kidney_gy.min():.0f} to {one.kidney_gy.max():.0f} Gy, {one.above.sum()} above the limit of "
        f"{found.limit_gy:.3g} Gy; planned they spread over activities from {other.activity_mbq.min() / 1000:.1f} to "
        f"{other.activity_mbq.max() / 1000:.1f} GBq, with doses from {other.kidney_gy.min():.0f} to "
        f"{other.kidney_gy.max():.0f} Gy, {other.above.sum()} above. Right: lesions that responded and did not, over "
        f"their dose: {one.responded.sum()} of {len(one.responded)} fixed, {other.responded.sum()} planned."
    )


def plan_numbers(found: Plans):
    """Table: quantiles of dose and activity."""
    rows = []
    for share in (0, 0.025, 0.25, 0.5, 0.75, 0.975, 1):
        row = [f"{100 * share:g} %"]
        for arm in (found.fixed, found.planned):
            row += [f"{np.quantile(arm.activity_mbq, share) / 1000:.1f}", f"{np.quantile(arm.kidney_gy, share):.1f}"]
            row += [f"{np.quantile(arm.lesion_gy, share):.0f}"]
        rows.append(tuple(row))
    head = [f"{what}, {arm}" for arm in ("fixed", "planned") for what in ("GBq", "Kidney, Gy", "Lesion, Gy")]
    return ("Patients up to", *head), rows


def plan_result(found: Plans):
    """Lead, value, rest."""
    one, other = found.fixed, found.planned
    return (
        f"Kidneys above {found.limit_gy:.3g} Gy with the plan:",
        f"{other.above.sum()} of {len(other.above)}",
        f"instead of {one.above.sum()} · below ¾ of the limit {other.below.sum()} instead of {one.below.sum()} · "
        f"highest dose {other.kidney_gy.max():.1f} instead of {one.kidney_gy.max():.1f} Gy",
    )


def plan_rows(found: Plans):
    """One row for each strategy."""
    rows = []
    for name, arm in (("7.4 GBq for everybody", found.fixed), ("planned", found.planned)):
        given = arm.activity_mbq / 1000
        activity = f"{np.median(given):.1f}" + (f" ({_range95(given)})" if np.ptp(given) else "")
        rows.append(
            (
                name,
                activity,
                f"{np.median(arm.kidney_gy):.1f} ({_range95(arm.kidney_gy)})",
                f"{arm.above.sum()}",
                f"{arm.below.sum()}",
                f"{arm.responded.sum()} of {len(arm.responded)} (expected {arm.response.sum():.0f})",
                f"{arm.complicated.sum()} (expected {arm.complication.sum():.1f})",
            )
        )
    return rows


def plan_said(found: Plans) -> str:
    """What follows, in sentences."""
    one, other = found.fixed, found.planned
    rescued = int(np.sum(one.above & ~other.above))
    newly = int(np.sum(other.above & ~one.above))
    raised = int(np.sum(one.below & ~other.below))
    near = "The plan aims at the limit itself, so every error up passes it. "
    if found.target_gy < 0.95 * found.limit_gy:
        near = ""
    return (
        f"**{rescued}** patients over-treated by the fixed activity are within the limit by the plan, {newly} are the "
        f"other way round; **{raised}** under-treated ones (below ¾ of the limit) get more. {near}"
        f"{found.capped} plans end at the cap of {found.cap_mbq / 1000:.3g} GBq. Complications are read at the "
        f"kidneys' EQD2, median {np.median(other.kidney_eqd2_gy):.0f} Gy with the plan, from a curve with TD_{{50}} "
        "28 Gy (external beam, recalled)."
    )
