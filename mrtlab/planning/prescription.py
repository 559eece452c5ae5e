"""What the physician prescribes, apart from what the medical physics expert plans."""

from __future__ import annotations

from dataclasses import dataclass

from mrtlab import _check, _numbers
from mrtlab.errors import InputError

__all__ = ["Constraint", "Prescription"]

LEVELS = {
    1: "activity prescribed, dose known of a population",
    2: "activity prescribed, dose measured in this patient",
    3: "absorbed dose prescribed for this patient",
}


@dataclass(frozen=True)
class Constraint:
    """A largest dose to a tissue at risk, or a dose aimed at in a target.

    Parameters
    ----------
    tissue : str
    kind : {"limit", "aim"}
    dose_gy : float
    quantity : {"absorbed dose", "BED"}
    source : str
        Where the number comes from.
    from_external_beam : bool
        Whether it was taken over from external beam radiotherapy, as most limits are.

    Raises
    ------
    InputError
        For an empty tissue, a dose that is not positive, or a word that is not on the list.
    """

    tissue: str
    kind: str
    dose_gy: float
    quantity: str = "absorbed dose"
    source: str = ""
    from_external_beam: bool = False

    def __post_init__(self):
        _require_text("tissue", self.tissue, "the tissue the constraint is for")
        _check.choice("kind", self.kind, ("limit", "aim"))
        _check.choice("quantity", self.quantity, ("absorbed dose", "BED"))
        _numbers.single("dose_gy", _check.positive("dose_gy", self.dose_gy))
        if not isinstance(self.from_external_beam, bool):
            raise InputError(f"from_external_beam must be True or False, got {self.from_external_beam!r}")


@dataclass(frozen=True)
class Prescription:
    """Activity, limits and aims, set by a physician.

    Parameters
    ----------
    prescribed_by : str
        The physician.
    planned_by : str
        The medical physics expert who advised on the tolerances. Another person than the physician.
    activity_mbq : float or None
        None where only absorbed doses are prescribed (level 3); the activity then follows from the plan.
    constraints : tuple of Constraint
    optimisation_level : {1, 2, 3}
        1: activity prescribed, dose known of a population. 2: activity prescribed, dose measured in this patient.
        3: absorbed dose prescribed for this patient.
    reason : str
        Why this activity and these doses.

    Raises
    ------
    InputError
        If physician and expert are the same person or missing, the level is none of the three, level 3 has no aim or
        limit, levels 1 and 2 have no activity, a tissue has two limits (or aims) of one quantity, or the reason is
        missing.

    References
    ----------
    Step iv of table 1 in Sjögreen Gleisner et al. (EFOMP policy statement 19), doi:10.1016/j.ejmp.2023.103166; the
    levels: Gear et al. (IDUG), Br J Radiol 2021;94:20210547, citing the EANM.
    """

    prescribed_by: str
    planned_by: str
    activity_mbq: float | None
    constraints: tuple[Constraint, ...]
    optimisation_level: int
    reason: str

    def __post_init__(self):
        _require_text("prescribed_by", self.prescribed_by, "the physician who prescribes")
        _require_text("planned_by", self.planned_by, "the medical physics expert who plans")
        _require_text("reason", self.reason, "why this activity and these doses")
        if self.prescribed_by.strip().casefold() == self.planned_by.strip().casefold():
            raise InputError(
                f"prescribed_by and planned_by are both {self.prescribed_by!r}; a physician prescribes, and a medical "
                "physics expert plans"
            )
        if self.optimisation_level not in LEVELS or isinstance(self.optimisation_level, bool):
            told = "; ".join(f"{level}: {what}" for level, what in LEVELS.items())
            raise InputError(f"optimisation_level must be one of {told}; got {self.optimisation_level!r}")
        object.__setattr__(self, "constraints", tuple(self.constraints))
        seen = set()
        for one in self.constraints:
            if not isinstance(one, Constraint):
                raise InputError(f"constraints must be Constraint objects, got {one!r}")
            if (one.tissue, one.kind, one.quantity) in seen:
                raise InputError(f"constraints has two values for {one.tissue}: {one.kind}, {one.quantity}")
            seen.add((one.tissue, one.kind, one.quantity))
        if self.activity_mbq is not None:
            _numbers.single("activity_mbq", _check.positive("activity_mbq", self.activity_mbq, "activities are MBq"))
        elif self.optimisation_level != 3:
            raise InputError(
                f"activity_mbq is missing; optimisation level {self.optimisation_level} prescribes an activity"
            )
        if self.optimisation_level == 3 and not self.constraints:
            raise InputError("constraints is empty; optimisation level 3 prescribes a dose, as an aim or a limit")


def _require_text(name: str, text, what: str) -> None:
    if not isinstance(text, str) or not text.strip():
        raise InputError(f"{name} is missing, got {text!r}; give {what}")
