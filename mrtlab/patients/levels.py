"""One virtual patient treated cycle by cycle, and what each level of dosimetry lets whoever treats her know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.patients.patient import virtual_patient
from mrtlab.patients.strategies import course_doses
from mrtlab.planning import ActivityOption, TissueDose, activity_options
from mrtlab.prrt import NextActivity, cycle_doses, expected_per_activity, next_activity

__all__ = ["LEVELS", "Subject", "Treatment", "follow", "next_by_limit", "one_more", "subject"]

KIDNEYS = "kidneys"
LEVELS = {
    1: "activity prescribed, doses known as the average of a cohort",
    2: "activity prescribed, the patient's own doses measured",
    3: "absorbed dose prescribed, the activity follows",
}
"""Levels of optimisation and verification."""


@dataclass(frozen=True, eq=False)
class Treatment:
    """What a course gave, and what was measured of it.

    Attributes
    ----------
    activities_mbq : tuple of float
    kidney_gy, tumour_gy : array, shape (cycles,)
        The truth.
    measured_kidney_gy, measured_tumour_gy : tuple of ufloat
        As measured, with what the cycles have in common.
    """

    activities_mbq: tuple[float, ...]
    kidney_gy: np.ndarray
    tumour_gy: np.ndarray
    measured_kidney_gy: tuple
    measured_tumour_gy: tuple


@dataclass(frozen=True, eq=False)
class Subject:
    """A virtual patient with Lu-177-DOTATATE, all of her known.

    Attributes
    ----------
    seed : int
    weight_kg : float
    kidney_gy_per_mbq, tumour_gy_per_mbq : array, shape (cycles,)
        True self-doses; of both kidneys in the mean, and of the first lesion.
    kidney_error, tumour_error : array, shape (cycles,)
        Measured over true dose.
    random_rel, systematic_rel : float
        Relative standard uncertainty of a measured dose: of its own, and in common with the other cycles.
    """

    seed: int
    weight_kg: float
    kidney_gy_per_mbq: np.ndarray
    tumour_gy_per_mbq: np.ndarray
    kidney_error: np.ndarray
    tumour_error: np.ndarray
    random_rel: float
    systematic_rel: float

    @property
    def cycles(self) -> int:
        """The most that can be given."""
        return len(self.kidney_gy_per_mbq)

    def treat(self, activities_mbq: Sequence[float]) -> Treatment:
        """Doses of a course of any length up to :attr:`cycles`.

        Raises
        ------
        InputError
            For activities that are not positive, or too many.
        """
        given = np.zeros(0)
        if len(activities_mbq):
            given = np.asarray(
                _check.positive("activities_mbq", _numbers.row("activities_mbq", activities_mbq)), dtype=float
            )
        count = len(given)
        if count > self.cycles:
            raise InputError(f"activities_mbq has {count} cycles; this patient has at most {self.cycles}")
        kidney, tumour = given * self.kidney_gy_per_mbq[:count], given * self.tumour_gy_per_mbq[:count]
        seen = [
            cycle_doses((doses * error[:count]).tolist(), self.random_rel, self.systematic_rel) if count else ()
            for doses, error in ((kidney, self.kidney_error), (tumour, self.tumour_error))
        ]
        return Treatment(tuple(given.tolist()), kidney, tumour, tuple(seen[0]), tuple(seen[1]))


def subject(
    seed: int,
    cycles: int = 6,
    *,
    random_rel: float = value("patients.levels_random_rel"),
    systematic_rel: float = value("patients.levels_systematic_rel"),
) -> Subject:
    """A virtual patient, and how wrong each measurement of her will be.

    Parameters
    ----------
    seed : int
    cycles : int
    random_rel, systematic_rel : float
        Of measured doses; kidneys and tumour share the second.

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    ``patients.levels_random_rel``, ``patients.levels_systematic_rel``
    """
    own, common = (
        _numbers.single(name, _check.fraction(name, number))
        for name, number in (("random_rel", random_rel), ("systematic_rel", systematic_rel))
    )
    patient = virtual_patient("prrt", seed)
    doses = course_doses([patient], cycles)
    # a stream of its own: the patient herself was drawn from the seed alone
    random = np.random.default_rng([seed, 8])
    shared = random.standard_normal()
    errors = np.exp(common * shared + own * random.standard_normal((2, doses.cycles)))
    return Subject(
        seed,
        patient.weight_kg,
        doses.kidney_gy_per_mbq[0],
        doses.lesion_gy_per_mbq[0],
        errors[0],
        errors[1],
        own,
        common,
    )


def next_by_limit(
    treatment: Treatment, limit_gy: float, cycles_left: int, prior: TissueDose | None = None
) -> NextActivity:
    """Activity of the next cycle from the limit to the kidneys and what was measured so far.

    Parameters
    ----------
    treatment : Treatment
    limit_gy : float
        Of all cycles together; the physician's.
    cycles_left : int
        Over how many equal cycles the rest is to be given; over fewer, if each would be below the least activity
        worth giving.
    prior : mrtlab.planning.TissueDose, optional
        The population; :func:`mrtlab.prrt.expected_per_activity` if not given.

    References
    ----------
    :func:`mrtlab.prrt.next_activity` with the posterior of population and patient.
    """
    prior = expected_per_activity() if prior is None else prior
    done = treatment.measured_kidney_gy, treatment.activities_mbq
    offered = next_activity(*done, limit_gy, prior=prior, cycles_left=cycles_left)
    while offered.activity_mbq == 0 and cycles_left > 1:
        cycles_left -= 1
        offered = next_activity(*done, limit_gy, prior=prior, cycles_left=cycles_left)
    return offered


def one_more(treatment: Treatment, activity_mbq: float, limit_gy: float) -> ActivityOption:
    """Dose to the kidneys after one more cycle, all that is uncertain of the earlier ones included.

    Parameters
    ----------
    treatment : Treatment
    activity_mbq : float
        Of that cycle.
    limit_gy : float
        Of all cycles together.

    Raises
    ------
    InputError
        For numbers out of range, or a limit that has been reached.

    References
    ----------
    Sum of what was measured and the activity times the dose per activity expected, which share the common
    uncertainty (JCGM 102:2011); normal. Before the first cycle the population alone, log-normal.
    """
    activity_mbq = _numbers.single("activity_mbq", _check.positive("activity_mbq", activity_mbq))
    if not treatment.activities_mbq:
        return activity_options([activity_mbq], {KIDNEYS: expected_per_activity()}, {KIDNEYS: limit_gy})[0]
    known = next_by_limit(treatment, limit_gy, 1)
    total = _check.exact(known.delivered_gy + activity_mbq * known.gy_per_mbq)
    low, high = (total.nominal_value + z * total.std_dev for z in (-1.96, 1.96))
    above = float(total.nominal_value > limit_gy)
    if total.std_dev > 0:
        above = float(_numbers.normal_cdf((total.nominal_value - limit_gy) / total.std_dev))
    return ActivityOption(activity_mbq, KIDNEYS, total.nominal_value, (max(low, 0.0), high), limit_gy, above)


def follow(
    patient: Subject, level: int, limit_gy: float, *, activity_mbq: float = 7400.0, cycles: int = 4, given=()
) -> tuple[float, ...]:
    """A course by the plainest rule of a level, MBq of each cycle.

    Level 1: the same activity in every cycle, whoever the patient is. Level 2: the same, but stop before a cycle that
    is expected to pass the limit by what was measured. Level 3: what the limit leaves, over the cycles planned, and
    one at a time after them while it leaves any.

    Parameters
    ----------
    patient : Subject
    level : int
        One of :data:`LEVELS`.
    limit_gy : float
        To the kidneys, all cycles together; not used on level 1.
    activity_mbq : float
        Prescribed on levels 1 and 2.
    cycles : int
        Planned.
    given : sequence of float
        Cycles given already, with which the course goes on.

    Raises
    ------
    InputError
        For numbers out of range.
    """
    if level not in LEVELS:
        raise InputError(f"level must be 1, 2 or 3, got {level!r}")
    limit_gy = _numbers.single("limit_gy", _check.positive("limit_gy", limit_gy))
    course = [float(one) for one in given]
    most = patient.cycles if level == 3 else min(cycles, patient.cycles)
    while len(course) < most:
        wanted = activity_mbq
        if level > 1:
            treatment = patient.treat(course)
            if sum(_check.nominal(one) for one in treatment.measured_kidney_gy) >= limit_gy:
                break
            offered = next_by_limit(treatment, limit_gy, max(cycles - len(course), 1) if level == 3 else 1)
            if level == 3:
                wanted = offered.activity_mbq
            elif _check.nominal(offered.allowed_mbq) < activity_mbq:
                wanted = 0.0
        if wanted <= 0:
            break
        course.append(wanted)
    return tuple(course)
