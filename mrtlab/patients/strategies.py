"""Activity by a fixed rule against activity by a plan, on virtual patients whose doses per activity are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mrtlab import _check, _numbers, dose
from mrtlab.errors import InputError
from mrtlab.patients.truth import members
from mrtlab.radiobiology import TISSUES, bed, eqd2, lea_catcheside, log_logistic, ntcp_lkb

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = [
    "CourseDoses",
    "StrategyOutcome",
    "by_weight",
    "course_doses",
    "determination",
    "planned",
    "simulate_course",
    "three_centres",
]

#: Fixed activities of three centres: multiples of 3700 MBq (100 mCi), as protocols have them.
CENTRES_MBQ = (3700.0, 5550.0, 7400.0)


@dataclass(frozen=True, eq=False)
class CourseDoses:
    """What an administered MBq gives each patient in each cycle: true self-doses.

    Attributes
    ----------
    seeds : tuple of int
    weight_kg : array, shape (patients,)
    kidney_gy_per_mbq : array, shape (patients, cycles)
        Mean of both kidneys.
    kidney_half_life_h : array, shape (patients, cycles)
        Effective.
    lesion_gy_per_mbq : array, shape (lesions, cycles)
    lesion_of : array, shape (lesions,)
        Whose lesion it is: place in the cohort.
    """

    seeds: tuple[int, ...]
    weight_kg: np.ndarray
    kidney_gy_per_mbq: np.ndarray
    kidney_half_life_h: np.ndarray
    lesion_gy_per_mbq: np.ndarray
    lesion_of: np.ndarray

    @property
    def cycles(self) -> int:
        """Cycles of the course."""
        return self.kidney_gy_per_mbq.shape[1]


@dataclass(frozen=True, eq=False)
class StrategyOutcome:
    """A cohort treated by one strategy.

    Attributes
    ----------
    activity_mbq : array, shape (patients,)
        Of each cycle.
    kidney_gy, kidney_eqd2_gy : array, shape (patients,)
        Of the course.
    lesion_gy : array, shape (lesions,)
    complication, response : array
        Probability for each patient, and for each lesion.
    complicated, responded : array of bool
        What happened, drawn from them. Two strategies with the same seed share their luck.
    above, below : array of bool, shape (patients,)
        Kidney dose above the limit; below three quarters of it, where more activity could have been given.
    """

    activity_mbq: np.ndarray
    kidney_gy: np.ndarray
    kidney_eqd2_gy: np.ndarray
    lesion_gy: np.ndarray
    complication: np.ndarray
    response: np.ndarray
    complicated: np.ndarray
    responded: np.ndarray
    above: np.ndarray
    below: np.ndarray


def course_doses(
    patients: Sequence[VirtualPatient], cycles: int = 4, told: Callable[[int, int], None] | None = None
) -> CourseDoses:
    """True dose per administered activity of kidneys and lesions, in every cycle.

    Self-doses only: by S value scaled to the kidney's mass, by a sphere of the lesion's mass. What comes from other
    regions adds 1 % or so, and would take ten times as long; :class:`mrtlab.patients.Truth` has it.

    Parameters
    ----------
    patients : sequence of VirtualPatient
        With Lu-177: ``"prrt"`` or ``"psma"``.
    cycles : int
    told : callable, optional
        Called with the number of patients done and the number of all.

    Raises
    ------
    InputError
        For no patients, or patients of another nuclide.
    """
    patients = tuple(patients)
    if not patients:
        raise InputError("patients is empty; give at least one, such as mrtlab.patients.cohort('prrt', 100, 1)")
    if isinstance(cycles, bool) or int(cycles) != cycles or not 1 <= cycles <= 20:
        raise InputError(f"cycles must be a whole number from 1 to 20, got {cycles!r}")
    kidney, half_life, lesion, whose = [], [], [], []  # of the first and third: time-integrated activities and masses
    for place, patient in enumerate(patients):
        if patient.nuclide != "Lu-177":
            raise InputError(f"patients must have had Lu-177, got {patient!r} with {patient.nuclide}")
        course = [patient.cycle(number) for number in range(1, int(cycles) + 1)]
        kidney.append([_tia_and_mass(one, members(one, "kidneys")) for one in course])
        half_life.append([one.truth.effective_half_life_h("kidneys") for one in course])
        names = [name for name in patient.truth.regions if name.startswith("lesion")]
        lesion += [[_tia_and_mass(one, (name,)) for one in course] for name in names]
        whose += [place] * len(names)
        if told:
            told(place + 1, len(patients))
    tia, mass = np.moveaxis(np.array(kidney), -1, 0)  # (patients, cycles, side)
    row = next(
        row
        for row in dose.S_VALUES
        if (row.nuclide, row.phantom, row.target, row.source) == ("Lu-177", "AM", "left kidney", "left kidney")
    )
    each_gy = tia * dose.scale_s_value(row.gy_per_mbq_h, row.mass_g, mass, "Lu-177")
    lesion_tia, lesion_mass = np.moveaxis(np.array(lesion).reshape(-1, int(cycles), 1, 2), -1, 0)[..., 0]
    return CourseDoses(
        tuple(patient.seed for patient in patients),
        np.array([patient.weight_kg for patient in patients]),
        (each_gy * mass).sum(axis=-1) / mass.sum(axis=-1),
        np.array(half_life),
        lesion_tia * dose.sphere_s_value(lesion_mass, "Lu-177"),
        np.array(whose, dtype=int),
    )


def three_centres(doses: CourseDoses, activities_mbq: Sequence[float] = CENTRES_MBQ) -> np.ndarray:
    """Patients of several centres, each of which gives everybody its own activity, MBq per cycle.

    Parameters
    ----------
    doses : CourseDoses
    activities_mbq : sequence of float
        One for each centre; patients come to the centres in turn.
    """
    given = np.asarray(_check.positive("activities_mbq", _numbers.row("activities_mbq", activities_mbq)), dtype=float)
    return given[np.arange(len(doses.weight_kg)) % len(given)]


def by_weight(doses: CourseDoses, mbq_per_kg: float) -> np.ndarray:
    """Activity by body mass, MBq per cycle.

    Parameters
    ----------
    doses : CourseDoses
    mbq_per_kg : float
    """
    return doses.weight_kg * _numbers.single("mbq_per_kg", _check.positive("mbq_per_kg", mbq_per_kg))


def planned(doses: CourseDoses, kidney_gy: float, error: float, cap_mbq: float, seed: int = 1) -> np.ndarray:
    """Activity that is expected to give every kidney the same dose, MBq per cycle, rounded down to 100 MBq.

    Each patient's plan rests on an estimate of the dose per activity in the first cycle, which is wrong by a random
    factor, and expects the other cycles to be like the first.

    Parameters
    ----------
    doses : CourseDoses
    kidney_gy : float
        Planned kidney dose of the whole course, Gy.
    error : float
        Standard deviation of the error of the estimate's logarithm, 0 to 1; 0.15 is about 15 %.
    cap_mbq : float
        Largest activity given in a cycle, MBq.
    seed : int
        Of the errors.

    Raises
    ------
    InputError
        For numbers out of range, or a plan so low that it gives somebody less than 100 MBq.
    """
    target = _numbers.single("kidney_gy", _check.positive("kidney_gy", kidney_gy))
    error = _numbers.single("error", _check.fraction("error", error))
    cap = _numbers.single("cap_mbq", _check.positive("cap_mbq", cap_mbq))
    wrong = np.exp(error * np.random.default_rng(seed).standard_normal(len(doses.weight_kg)))
    wanted = target / (doses.cycles * doses.kidney_gy_per_mbq[:, 0] * wrong)
    given = np.floor(np.minimum(wanted, cap) / 100 + 1e-9) * 100
    if np.any(given <= 0):
        raise InputError(f"kidney_gy of {target:g} Gy or cap_mbq of {cap:g} MBq leaves less than 100 MBq a cycle")
    return given


def simulate_course(
    doses: CourseDoses,
    activity_mbq,
    limit_gy: float,
    *,
    d50_gy: float,
    gamma50: float,
    td50_gy: float,
    m: float,
    seed: int = 1,
) -> StrategyOutcome:
    """Doses, probabilities and simulated outcomes of a cohort under given activities.

    Response of each lesion is log-logistic in its absorbed dose. Complication of the kidneys is by Lyman, Kutcher and
    Burman, from the EQD2 of the BED summed over the cycles, each with the patient's own effective half-life.

    Parameters
    ----------
    doses : CourseDoses
    activity_mbq : float or array, shape (patients,)
        Of each cycle, MBq.
    limit_gy : float
        Kidney dose of the course against which patients are counted, Gy.
    d50_gy, gamma50 : float
        Of the lesions.
    td50_gy, m : float
        Of the kidneys, in fractions of 2 Gy.
    seed : int
        Of the luck, which strategies with the same seed share.

    Raises
    ------
    InputError
        For numbers out of range, or another number of activities than patients.
    """
    given = np.asarray(_check.positive("activity_mbq", activity_mbq, "activities are MBq"), dtype=float)
    patients = len(doses.weight_kg)
    if given.ndim and given.shape != (patients,):
        raise InputError(f"activity_mbq must be one number or {patients}, one a patient, got shape {given.shape}")
    given = np.broadcast_to(given, (patients,)).copy()
    limit = _numbers.single("limit_gy", _check.positive("limit_gy", limit_gy))
    tissue = TISSUES["kidney"]
    cycle_gy = given[:, None] * doses.kidney_gy_per_mbq
    g = lea_catcheside(doses.kidney_half_life_h, tissue.repair_half_time_h)
    kidney_eqd2 = eqd2(bed(cycle_gy, tissue.alpha_beta_gy, g).sum(axis=1), tissue.alpha_beta_gy)
    kidney = cycle_gy.sum(axis=1)
    lesion = (given[doses.lesion_of, None] * doses.lesion_gy_per_mbq).sum(axis=1)
    complication, response = ntcp_lkb(kidney_eqd2, td50_gy, m), log_logistic(lesion, d50_gy, gamma50)
    random = np.random.default_rng(seed)
    complicated, responded = random.random(patients) < complication, random.random(len(lesion)) < response
    return StrategyOutcome(
        given,
        kidney,
        kidney_eqd2,
        lesion,
        complication,
        response,
        complicated,
        responded,
        kidney > limit,
        kidney < 0.75 * limit,
    )


def determination(activity_mbq, dose_gy) -> float | None:
    """Coefficient of determination r² between activity and dose: the share of the variance that a line explains.

    None if everybody had the same activity (or dose): then it is not defined, which is not the same as 0.

    Parameters
    ----------
    activity_mbq, dose_gy : array of the same length

    References
    ----------
    Square of Pearson's correlation; standard.
    """
    x, y = _numbers.row("activity_mbq", activity_mbq), _numbers.row("dose_gy", dose_gy)
    _numbers.same_length(activity_mbq=x, dose_gy=y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1] ** 2)


def _tia_and_mass(patient: VirtualPatient, names) -> list[tuple[float, float]]:
    """Time-integrated activity per administered activity (h), and mass (g), of some regions."""
    given = patient.administered_mbq
    return [(patient.truth.tia_mbq_h(name) / given, patient.build.masses_g[name]) for name in names]
