"""What the page says and draws of trials that climb by activity or by dose."""

from __future__ import annotations

import numpy as np

from mrtlab.apps.sections.look import BLUE, DARK, RED, RED_TEXT, line
from mrtlab.apps.sections.words import FIXED
from mrtlab.patients.escalation import Arm, Escalation

ARMS = (
    "Climbs in",
    "Highest level truly tolerated",
    "Found by",
    "Recommended (80 % of the trials)",
    "Patients a trial",
    "Toxicities a trial",
    "Under-treated in the trial",
    "Later patients above / below",
)
_LOOK = {"activity": (RED, "s", "--"), "dose": (BLUE, "o", "-")}


def axes(figure):
    """Where the trials end on the left, what is true on the right."""
    left, right = figure.add_axes((0.085, 0.13, 0.4, 0.8)), figure.add_axes((0.59, 0.13, 0.4, 0.8))
    for ax in (left, right):
        ax.set_xlabel("Level: dose of the median patient (Gy)")
    left.set(ylabel="Share of the trials (%)", ylim=(0, 80))
    right.set(ylabel="True toxicity of the level (%)", ylim=(0, 100))
    return left, right


def draw(both, found: Escalation) -> None:
    """Both arms in both panels."""
    left, right = both
    step = found.activity.median_gy[1] - found.activity.median_gy[0]
    none = found.activity.median_gy[0] - step
    highest = max(100 * max(arm.shares.max() for arm in found.arms), found.activity.found)
    left.set(ylim=(0, 100 if highest > 76 else 80))
    ends = (none - 0.6 * step, found.activity.median_gy[-1] + 0.6 * step)
    for arm in found.arms:
        color, marker, dashes = _LOOK[arm.name]
        x = np.append(none, arm.median_gy)
        style = {"color": color, "marker": marker, "ls": dashes, "markersize": 7, "lw": 1.6}
        line(left, x, 100 * arm.shares, **style)
        line(right, arm.median_gy, 100 * arm.toxicity, **style)
    top = left.get_ylim()[1]
    for ax in (left, right):
        ax.set(xlim=ends)
        end = ax.get_ylim()[1]
        line(ax, [found.tolerance_gy] * 2, [0, end], color=DARK, lw=1.4, ls=":")
    levels = found.activity.median_gy
    ticks = [none, *levels[1::2]]
    if [*left.get_xticks()] != ticks:  # new labels would draw the background anew
        left.set_xticks(ticks, ["none", *(f"{x:.3g}" for x in levels[1::2])])
        right.set_xticks(levels[1::2], [f"{x:.3g}" for x in levels[1::2]])
    left.text(ends[0] + 0.2 * step, 0.985 * top, "squares: in GBq", color=RED_TEXT, va="top")
    left.text(ends[0] + 0.2 * step, 0.925 * top, "circles: in Gy", color=BLUE, va="top")
    target = 100 * found.target
    line(right, ends, [target, target], color=DARK, lw=1.4, ls=":")
    right.text(ends[0] + 0.2 * step, target + 1, f"target {target:.3g} %", color=DARK, va="bottom")
    right.text(ends[1] - 0.1 * step, 2, f"upright: {found.tolerance_gy:.1f} Gy", color=DARK, ha="right", va="bottom")


def level(arm: Arm, place: int) -> str:
    """A level in the quantity of its arm."""
    if place < 0:
        return "none"
    return f"{arm.levels[place] / 1000:.3g} GBq" if arm.name == "activity" else f"{arm.levels[place]:.3g} Gy"


def alt(found: Escalation) -> str:
    """Text alternative."""
    each = " ".join(map(_ends, found.arms))
    return (
        f"Left: share of the trials that recommend each level. Right: true toxicity over the level. {each} Dotted: "
        f"target {100 * found.target:.3g} %, reached by {found.tolerance_gy:.1f} Gy."
    )


def _ends(arm: Arm) -> str:
    most = int(arm.shares.argmax()) - 1
    return (
        f"In {'GBq' if arm.name == 'activity' else 'Gy'}: most trials end with {level(arm, most)} "
        f"({100 * arm.shares.max():.0f} %), truly tolerated is {level(arm, arm.tolerated)}; toxicity rises from "
        f"{100 * arm.toxicity[0]:.0f} to {100 * arm.toxicity[-1]:.0f} %."
    )


def numbers(found: Escalation):
    """Table: a row for each level."""
    one, other = found.arms
    rows = [("none", "none", f"{100 * one.shares[0]:.1f}", "–", f"{100 * other.shares[0]:.1f}", "–")]
    for place in range(len(one.levels)):
        rows.append(
            (
                level(one, place),
                level(other, place),
                f"{100 * one.shares[place + 1]:.1f}",
                f"{100 * one.toxicity[place]:.0f}",
                f"{100 * other.shares[place + 1]:.1f}",
                f"{100 * other.toxicity[place]:.0f}",
            )
        )
    return ("In GBq", "In Gy", "Recommended, %", "Toxicity, %", "Recommended in Gy, %", "Toxicity in Gy, %"), rows


def result(found: Escalation):
    """Lead, value, rest."""
    one, other = found.arms
    return (
        "The highest level truly tolerated is found by:",
        f"{100 * other.found:.0f} % of the trials in Gy",
        f"{100 * one.found:.0f} % of those in GBq · {len(one.recommended)} simulated trials of each",
    )


def rows(found: Escalation):
    """A row for each arm."""
    told = []
    for arm in found.arms:
        low, high = (int(one) for one in np.quantile(arm.recommended, [0.1, 0.9], method="nearest"))
        told.append(
            (
                "GBq" if arm.name == "activity" else "Gy",
                level(arm, arm.tolerated),
                f"{100 * arm.found:.0f} %",
                _span(arm, low, high),
                f"{arm.patients.mean():.1f}",
                f"{arm.toxicities.mean():.1f}",
                f"{100 * arm.under_treated.sum() / arm.patients.sum():.0f} %",
                f"{100 * arm.over_after:.0f}{FIXED}% / {100 * arm.under_after:.0f}{FIXED}%".replace(" ", FIXED),
            )
        )
    return told


def _span(arm: Arm, low: int, high: int) -> str:
    """From one level to another, the unit once."""
    if low == high:
        return level(arm, low)
    first = level(arm, low) if low < 0 else level(arm, low).split()[0]
    return f"{first} to {level(arm, high)}"


def said(found: Escalation) -> str:
    """What follows, and what it rests on."""
    one, other = found.arms
    if abs(one.gsd - other.gsd) < 0.02:
        verdict = "The doses scatter as much in both arms, and nothing is gained by planning them."
    elif other.gsd < one.gsd:
        verdict = (
            "With one activity for all, sensitive kidneys stop the trial at a level that leaves the others "
            "under-treated."
        )
    else:
        verdict = "The plan is less certain than patients differ: here escalation in Gy is the worse one."
    return (
        f"Doses on one level scatter by a factor of {one.gsd:.2f} in GBq and {other.gsd:.2f} in Gy (one standard "
        f"deviation). {verdict} If the recommendation is followed, {100 * one.under_after:.0f} % of later patients get "
        f"less than ¾ of the tolerance dose by GBq, and {100 * other.under_after:.0f} % by Gy. A trial "
        f"costs {one.toxicities.mean():.1f} toxicities in GBq and {other.toxicities.mean():.1f} in Gy. "
        f"{_capped(other)}Curve, target and levels are illustrative; toxicity here knows nothing but the dose"
        f"{', and no activity is too large to give' if not other.capped.any() else ''}."
    )


def _capped(arm: Arm) -> str:
    """Who gets less dose than planned, for nobody is given more than the largest activity."""
    place = max(arm.tolerated, 0)
    if arm.capped[-1] < 0.005:
        return ""
    return (
        f"On the level of {level(arm, place)} {_percent(arm.capped[place])} of the patients would need more than the "
        f"largest activity and get less dose, on that of {level(arm, len(arm.levels) - 1)} "
        f"{_percent(arm.capped[-1])}: in Gy, too, a large level is then not what its name says. "
    )


def _percent(share: float) -> str:
    return "none" if share < 0.005 else f"{100 * share:.0f} %"
