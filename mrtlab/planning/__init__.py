"""The range of doses to expect before treatment, the physician's prescription, and the verdict after it.

1. :func:`activity_options`: what each of a range of activities would give every tissue. Nothing in it is chosen.
2. :class:`Prescription`: what the physician decides, with limits and aims; apart from it, who planned.
3. :func:`expected_range` of a population, or :func:`expected_range_from_components` of a plan.
4. :func:`verify`: whether the dose measured afterwards lies in that range, and what to look at if it does not.
"""

from mrtlab.planning.options import ActivityOption, OptionTable, TissueDose, activity_options
from mrtlab.planning.prescription import Constraint, Prescription
from mrtlab.planning.ranges import (
    ExpectedRange,
    expected_range,
    expected_range_from_components,
    relative_uncertainty,
    teaching_components,
)
from mrtlab.planning.verdict import CHECKLIST, Verdict, verify

__all__ = [
    "CHECKLIST",
    "ActivityOption",
    "Constraint",
    "ExpectedRange",
    "OptionTable",
    "Prescription",
    "TissueDose",
    "Verdict",
    "activity_options",
    "expected_range",
    "expected_range_from_components",
    "relative_uncertainty",
    "teaching_components",
    "verify",
]
