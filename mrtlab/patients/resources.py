"""What a protocol of scans costs in minutes and visits, and what precision it buys on virtual patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.patients.comparison import compare
from mrtlab.patients.methods import find_method
from mrtlab.patients.patient import VirtualPatient

__all__ = ["PROTOCOLS", "Precision", "Workload", "precision", "workload"]

PROTOCOLS = MappingProxyType(
    {
        1: "known_half_life@96",
        2: "two_point@24,96",
        3: "mono@24,72,168",
        4: "select@4,24,72,168",
    }
)
"""A protocol for each number of scans, as methods of :func:`mrtlab.patients.compare`. Chosen for teaching."""


@dataclass(frozen=True)
class Workload:
    """What a protocol costs for one patient and cycle.

    Attributes
    ----------
    scans, visits : int
        Scans made, and how many of them need a visit of their own.
    scanner_min, staff_min : float or None
        None where a time that goes into it is not known.
    """

    scans: int
    visits: int
    scanner_min: float | None
    staff_min: float | None

    def yearly_h(self, cycles: float) -> tuple[float | None, float | None]:
        """Scanner and staff hours of so many cycles a year."""
        cycles = float(_check.positive("cycles", cycles))
        return tuple(None if one is None else one * cycles / 60 for one in (self.scanner_min, self.staff_min))


def workload(
    times_h: Sequence[float],
    *,
    scanner_min: float | None = None,
    contact_min: float | None = None,
    evaluation_min: float | None = None,
    report_min: float | None = None,
    stay_h: float = 0.0,
) -> Workload:
    """Minutes and visits of one patient and cycle: sums of local times, no norm.

    ``staff = scans (contact + evaluation) + report``; a scan later than the stay is a visit.

    Parameters
    ----------
    times_h : sequence of float
        When scans are made, h after administration.
    scanner_min : float, optional
        Minutes that a scan occupies the scanner.
    contact_min : float, optional
        Minutes of staff at each scan, all persons together.
    evaluation_min : float, optional
        Minutes of staff to evaluate a scan.
    report_min : float, optional
        Minutes for what is done once: fit, dose, report.
    stay_h : float
        How long the patient stays anyway, h after administration.
    """
    times = np.atleast_1d(_check.positive("times_h", times_h))
    minutes = {
        name: None if value is None else float(_check.non_negative(name, value))
        for name, value in {
            "scanner_min": scanner_min,
            "contact_min": contact_min,
            "evaluation_min": evaluation_min,
            "report_min": report_min,
        }.items()
    }
    stay_h = float(_check.non_negative("stay_h", stay_h))
    scans = len(times)
    staff = [minutes[name] for name in ("contact_min", "evaluation_min", "report_min")]
    return Workload(
        scans,
        int(np.count_nonzero(times > stay_h)),
        None if minutes["scanner_min"] is None else scans * minutes["scanner_min"],
        None if None in staff else scans * (staff[0] + staff[1]) + staff[2],
    )


@dataclass(frozen=True)
class Precision:
    """How far off a protocol is.

    Attributes
    ----------
    method : str
    scans : int
    patients, failed : int
    within95 : float
        Nineteen of twenty patients have a smaller error than this, either way; relative.
    low95, high95 : float
        Central 95 % of the relative errors.
    beyond : float
        Fraction of patients with more than 10 % either way.
    """

    method: str
    scans: int
    patients: int
    failed: int
    within95: float
    low95: float
    high95: float
    beyond: float


def precision(
    cohort: Sequence[VirtualPatient],
    methods: Sequence[str] = tuple(PROTOCOLS.values()),
    *,
    region: str | None = None,
    jitter_h: float = 2.0,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Precision, ...]:
    """What precision methods buy: the errors of :func:`mrtlab.patients.compare`, patient by patient.

    Parameters
    ----------
    cohort : sequence of VirtualPatient
    methods : sequence of str
    region, jitter_h
        As for :func:`mrtlab.patients.compare`.
    progress : callable, optional
        Told after each patient how many are done, and of how many.

    Returns
    -------
    tuple of Precision

    Raises
    ------
    InputError
        As :func:`mrtlab.patients.compare`, or if a method gave no result in any patient.
    """
    patients, methods = tuple(cohort), tuple(methods)
    if not patients:
        raise InputError("cohort is empty; make one with mrtlab.patients.cohort")
    errors: dict[str, list[float]] = {method: [] for method in methods}
    for done, patient in enumerate(patients, 1):
        found = compare([patient], methods, region=region, jitter_h=jitter_h)
        for method in methods:
            errors[method].append(float(found.errors[method][0]))
        if progress:
            progress(done, len(patients))
    return tuple(_precision(method, np.array(errors[method]), found.region) for method in methods)


def _precision(method: str, errors: np.ndarray, region: str) -> Precision:
    good = errors[~np.isnan(errors)]
    if not len(good):
        raise InputError(f"{method} gave no result in any of {len(errors)} patients")
    low, high = np.quantile(good, [0.025, 0.975])
    return Precision(
        method,
        len(find_method(method, region).times_h),
        len(errors),
        len(errors) - len(good),
        float(np.quantile(np.abs(good), 0.95)),
        float(low),
        float(high),
        float(np.mean(np.abs(good) > 0.10)),
    )
