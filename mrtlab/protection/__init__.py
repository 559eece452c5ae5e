"""Radiation protection around a patient with I-131: dose rate, dose to others, how long to keep a distance, release.

Limits are national and never assumed: criteria of release are a table that the caller supplies.
"""

from mrtlab.protection.contact import (
    bystander_dose,
    contact_restriction_h,
    dose_rate,
    generic_phases,
    retained_fraction,
    retention,
)
from mrtlab.protection.release import ReleaseCheck, ReleaseCriterion, check_release, read_release_criteria

__all__ = [
    "ReleaseCheck",
    "ReleaseCriterion",
    "bystander_dose",
    "check_release",
    "contact_restriction_h",
    "dose_rate",
    "generic_phases",
    "read_release_criteria",
    "retained_fraction",
    "retention",
]
