"""Which activity each aim asks for and each limit allows, and which limit is the first to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.errors import Flag, InputError
from mrtlab.sirt import _shared
from mrtlab.sirt.compartments import MultiCompartment
from mrtlab.sirt.dose import nuclide_of
from mrtlab.sirt.limits import SPECIFIC, Constraint
from mrtlab.sirt.partitions import Partition

__all__ = ["ActivityPlan", "PlanRow", "plan"]


@dataclass(frozen=True)
class PlanRow:
    """One constraint and the activity at which it is met exactly.

    Attributes
    ----------
    constraint : Constraint
    activity_mbq : float or ufloat
        Delivered activity, MBq; infinite where the compartment receives nothing, 0 where a limit is used up.
    """

    constraint: Constraint
    activity_mbq: float | UFloat


@dataclass(frozen=True)
class ActivityPlan:
    """Activities that the aims ask for and the limits allow. No activity is chosen.

    Attributes
    ----------
    device : str
    rows : tuple of PlanRow
        In the order of the constraints.
    limiting : PlanRow
        The limit reached first.
    status : str
        ``"FEASIBLE"`` if every aim is met at or below it, else ``"CONFLICT"``: the physician decides.
    flags, sources : tuple of str
    """

    device: str
    rows: tuple[PlanRow, ...]
    limiting: PlanRow
    status: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def limiting_activity_mbq(self) -> float | UFloat:
        """The most that all limits allow, MBq."""
        return self.limiting.activity_mbq

    @property
    def needed_mbq(self) -> float | UFloat:
        """The least that meets all aims, MBq."""
        return max((row.activity_mbq for row in self.rows if row.constraint.kind == "aim"), key=_check.nominal)


def plan(doses: Partition | MultiCompartment, constraints: Sequence[Constraint], device: str) -> ActivityPlan:
    """Turn aims and limits into activities, by the distribution that a dose result describes.

    Doses rise in proportion to the activity, so the result may have been computed for any activity.

    Parameters
    ----------
    doses : Partition or MultiCompartment
        Of one treatment.
    constraints : sequence of Constraint
        At least one aim and one limit: the physician's own, or from :meth:`DoseLevel.constraint` and
        :func:`lung_limits`.
    device : {"glass", "resin", "Ho-166"}
        What is to be administered.

    Returns
    -------
    ActivityPlan
        Flags: those of ``doses``, and CONFLICT.

    Raises
    ------
    InputError
        For a threshold of another device, doses by the constant of another nuclide, a compartment that the result does
        not know, or no aim or no limit.

    References
    ----------
    Proportionality. The sources of the constraints are those of the plan.
    """
    _shared.device(device)
    if not isinstance(doses, (Partition, MultiCompartment)):
        raise InputError(f"doses must come from partition or multi_compartment, got {type(doses).__name__}")
    if np.ndim(doses.activity_mbq) or any(np.ndim(dose) for dose in doses.by_compartment.values()):
        raise InputError("doses must be those of one treatment, not of an array of them")
    wanted = "Ho-166" if device == "Ho-166" else "Y-90"
    if nuclide_of(doses.constant) != wanted:
        raise InputError(
            f"the doses were computed with {_check.nominal(doses.constant):.4g} Gy·g/MBq, the constant of "
            f"{nuclide_of(doses.constant)}, and device is {device!r}; give constant= its own"
        )
    constraints = tuple(constraints)
    for kind, name in (("aim", "an aim"), ("limit", "a limit")):
        if not any(one.kind == kind for one in constraints):
            raise InputError(f"constraints has no {kind}: a plan needs {name}, what to reach and what not to exceed")
    rows = tuple(PlanRow(one, _activity(doses, one, device)) for one in constraints)
    limits = [row for row in rows if row.constraint.kind == "limit"]
    limiting = min(limits, key=lambda row: _check.nominal(row.activity_mbq))
    needed = max(_check.nominal(row.activity_mbq) for row in rows if row.constraint.kind == "aim")
    conflict = needed > _check.nominal(limiting.activity_mbq)
    keys = dict.fromkeys([*doses.sources, *(key for one in constraints for key in one.sources)])
    return ActivityPlan(
        device,
        rows,
        limiting,
        "CONFLICT" if conflict else "FEASIBLE",
        (*doses.flags, *((Flag.CONFLICT,) if conflict else ())),
        tuple(keys),
    )


def _activity(doses, constraint: Constraint, device: str):
    if constraint.device not in (None, device):
        raise InputError(
            f"the {constraint.kind} '{constraint.text or constraint.compartment}' was found with {constraint.device}, "
            f"and device is {device!r}: {SPECIFIC}"
        )
    known = doses.by_compartment
    if constraint.compartment not in known:
        hint = "; give whole_normal_g or normal= there" if constraint.compartment == "whole_normal" else ""
        raise InputError(f"the doses know {', '.join(known)}, and not {constraint.compartment!r}{hint}")
    left = constraint.dose_gy - constraint.previous_gy
    if left <= 0:
        return 0.0
    return _shared.over(left * doses.activity_mbq, known[constraint.compartment])
