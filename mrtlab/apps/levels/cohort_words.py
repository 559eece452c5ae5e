"""What the page says of the cohorts of two drugs under fixed and planned activities.

Figure and counts are those of the dose-response page; here the drug is a choice, and the question who is on which side.
"""

from __future__ import annotations

import numpy as np

from mrtlab.apps.dose_response import cohort_words as shared
from mrtlab.apps.dose_response.model import Plans
from mrtlab.apps.levels.model import DRUGS
from mrtlab.apps.levels.words import DRUG_NAMES

UNDRAWN = "Draw the virtual patients to see the figure."
BOTH = ("Drug", "Strategy", "Activity per cycle, GBq", "Kidneys, Gy", "Above the limit", "Between", "Below ¾ of it")

draw, alt, numbers = shared.plan_draw, shared.plan_alt, shared.plan_numbers


def axes(figure):
    """As on the dose-response page, for any number of cycles."""
    left, right = shared.plan_axes(figure)
    left.set_ylabel("Kidney dose of the course (Gy)")
    return left, right


def between(arm) -> int:
    """Patients between three quarters of the limit and the limit."""
    return int(np.sum(~arm.above & ~arm.below))


def _arms(found: Plans):
    return (("7.4 GBq for everybody", found.fixed), ("planned", found.planned))


def result(found: Plans):
    """Lead, value, rest."""
    one, other = found.fixed, found.planned
    return (
        "Kidneys between ¾ of the limit and the limit with the plan:",
        f"{between(other)} of {len(other.above)}",
        f"instead of {between(one)} · over-treated {other.above.sum()} instead of {one.above.sum()} · under-treated "
        f"{other.below.sum()} instead of {one.below.sum()}",
    )


def both_rows(plans: dict[str, Plans]):
    """A row for each drug and strategy."""
    return [
        (
            DRUG_NAMES[drug],
            name,
            _median(arm.activity_mbq / 1000),
            _median(arm.kidney_gy),
            f"{arm.above.sum()}",
            f"{between(arm)}",
            f"{arm.below.sum()}",
        )
        for drug in DRUGS
        for name, arm in _arms(plans[drug])
    ]


def _median(values) -> str:
    low, high = np.quantile(values, [0.025, 0.975])
    middle = f"{np.median(values):.1f}"
    return middle if np.ptp(values) == 0 else f"{middle} ({low:.1f} to {high:.1f})"


def said(found: Plans) -> str:
    """Who changes sides, and who does not."""
    one, other = found.fixed, found.planned
    tumours = (
        f"Of {len(one.responded)} tumours {other.responded.sum()} respond instead of {one.responded.sum()} "
        f"(expected {other.response.sum():.0f} and {one.response.sum():.0f}; illustrative curve, D_{{50}} 50 Gy)."
    )
    return (
        f"**{int(np.sum(one.above & ~other.above))}** patients over-treated by the fixed activity come within the "
        f"limit (the other way: {int(np.sum(other.above & ~one.above))}); "
        f"**{int(np.sum(one.below & ~other.below))}** under-treated ones get more. {found.capped} plans end at the cap "
        f"of {found.cap_mbq / 1000:.3g} GBq. What is left over is the error of the estimate, and that later cycles are "
        f"not like the first. {tumours} A tumour’s dose per "
        "activity is its own: a plan by the kidneys does not plan it."
    )
