"""Escalation of a treatment by activity against escalation by absorbed dose: simulated trials with a known truth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mrtlab import _check, _numbers
from mrtlab._numbers import NORMAL_NODES, NORMAL_WEIGHTS
from mrtlab.errors import InputError
from mrtlab.radiobiology import log_logistic

__all__ = ["ARMS", "RULES", "Arm", "Escalation", "population_toxicity", "simulate_trials", "tolerance_dose"]

ARMS = ("activity", "dose")
RULES = {
    "3+3": "three patients; three more after one toxicity among them; on with at most one of six",
    "six": "six patients on every level; on with at most one toxicity",
}
"""How :func:`simulate_trials` may climb."""

_COHORT = 6


@dataclass(frozen=True, eq=False)
class Arm:
    """Many trials that climb by one quantity, and what is true of each of its levels.

    Attributes
    ----------
    name : {"activity", "dose"}
    levels : array, shape (levels,)
        MBq of a course in the arm by activity, Gy in that by dose.
    median_gy : array, shape (levels,)
        Dose of a level in the median patient: the same in both arms.
    gsd : float
        Geometric standard deviation of the true doses of patients on one level, apart from a cap.
    capped : array, shape (levels,)
        Share of all patients who would get less than planned, as more is never given.
    toxicity : array, shape (levels,)
        True probability, over all patients.
    above, below : array, shape (levels,)
        True share of all patients above the tolerance dose, and below three quarters of it.
    tolerated : int
        Highest level whose true toxicity is within the target; -1 if none is.
    recommended : array of int, shape (trials,)
        Level with which each trial ends; -1 where it found none.
    patients, toxicities : array of int, shape (trials,)
    under_treated : array of int, shape (trials,)
        Patients of the trial with less than three quarters of the tolerance dose.
    """

    name: str
    levels: np.ndarray
    median_gy: np.ndarray
    gsd: float
    capped: np.ndarray
    toxicity: np.ndarray
    above: np.ndarray
    below: np.ndarray
    tolerated: int
    recommended: np.ndarray
    patients: np.ndarray
    toxicities: np.ndarray
    under_treated: np.ndarray

    @property
    def found(self) -> float:
        """Share of the trials that recommend the highest level tolerated."""
        return float(np.mean(self.recommended == self.tolerated))

    @property
    def shares(self) -> np.ndarray:
        """Share of the trials that recommend each level; the first is that of no level, shape (levels + 1,)."""
        return np.bincount(self.recommended + 1, minlength=len(self.levels) + 1) / len(self.recommended)

    @property
    def toxicity_after(self) -> np.ndarray:
        """True toxicity of what each trial recommends; 0 where it recommends nothing."""
        return np.append(self.toxicity, 0.0)[self.recommended]

    @property
    def over_after(self) -> float:
        """Share of later patients above the tolerance dose, mean over the trials."""
        return float(np.mean(np.append(self.above, 0.0)[self.recommended]))

    @property
    def under_after(self) -> float:
        """Share of later patients below three quarters of it, mean over the trials; all of them without a level."""
        return float(np.mean(np.append(self.below, 1.0)[self.recommended]))


@dataclass(frozen=True, eq=False)
class Escalation:
    """Both arms on the same patients with the same luck.

    Attributes
    ----------
    activity, dose : Arm
    tolerance_gy : float
        Dose with the target probability of toxicity.
    target : float
    rule : str
    """

    activity: Arm
    dose: Arm
    tolerance_gy: float
    target: float
    rule: str

    @property
    def arms(self) -> tuple[Arm, Arm]:
        """By activity, by dose."""
        return self.activity, self.dose


def tolerance_dose(target: float, d50_gy: float, gamma50: float) -> float:
    """Dose with a given probability of toxicity, ``D50·(p/(1 - p))^(1/(4·gamma50))``, Gy.

    Parameters
    ----------
    target : float
        Probability, between 0 and 1.
    d50_gy, gamma50 : float
        Of the log-logistic curve.

    References
    ----------
    Inverse of :func:`mrtlab.radiobiology.log_logistic`.
    """
    target = _probability("target", target)
    d50_gy, gamma50 = _curve(d50_gy, gamma50)
    return d50_gy * (target / (1 - target)) ** (1 / (4 * gamma50))


def population_toxicity(median_gy, gsd: float, d50_gy: float, gamma50: float):
    """Probability of toxicity over patients whose doses are log-normal.

    Parameters
    ----------
    median_gy : float or array
    gsd : float
        Geometric standard deviation of the doses, 1 to 5.
    d50_gy, gamma50 : float
        Of the log-logistic curve.

    References
    ----------
    Mean of :func:`mrtlab.radiobiology.log_logistic` over the doses, by the trapezoidal rule.
    """
    median = np.asarray(_check.positive("median_gy", median_gy), dtype=float)
    spread = math.log(_check.geometric_sd("gsd", _numbers.single("gsd", gsd)))
    doses = median[..., None] * np.exp(spread * NORMAL_NODES)
    return (log_logistic(doses, *_curve(d50_gy, gamma50)) * NORMAL_WEIGHTS).sum(axis=-1)[()]


def simulate_trials(
    levels_mbq: Sequence[float],
    *,
    gy_per_mbq: float,
    gsd: float,
    error: float,
    d50_gy: float,
    gamma50: float,
    target: float,
    cap_mbq: float | None = None,
    rule: str = "3+3",
    trials: int = 1000,
    seed: int = 1,
) -> Escalation:
    """Trials that climb by activity, and by dose, in the same patients.

    On a level of the arm by activity everybody gets the same activity, and the dose differs as patients do. In the arm
    by dose everybody gets the activity that is expected to give the same dose, and the dose differs by the error of
    that expectation. Toxicity follows the true dose alone. A trial stops at the first level with two toxicities, and
    recommends the highest level below with at most one in six; a level left after three patients is filled up first.

    Parameters
    ----------
    levels_mbq : sequence of float
        Rising activities of a whole course. The levels of the other arm are what they give the median patient.
    gy_per_mbq, gsd : float
        Dose per activity: median, and geometric standard deviation between patients.
    error : float
        Standard deviation of the logarithm of dose given over dose planned, 0 to 1; 0.15 is about 15 %.
    d50_gy, gamma50 : float
        Of the true, log-logistic curve of toxicity.
    target : float
        Probability of toxicity that is still tolerated.
    cap_mbq : float, optional
        Largest activity of a whole course that anybody is given; none without it. Patients whose plan asks for more get
        this, and less dose.
    rule : str
        One of :data:`RULES`.
    trials : int
        1 to 10 000.
    seed : int

    Raises
    ------
    InputError
        For numbers out of range, levels that do not rise, or levels above the cap.

    References
    ----------
    The 3+3 design as commonly described (recalled).
    """
    levels = np.asarray(_check.positive("levels_mbq", _numbers.row("levels_mbq", levels_mbq)), dtype=float)
    if len(levels) < 2 or np.any(np.diff(levels) <= 0):
        raise InputError(f"levels_mbq must be two or more activities that rise, got {levels_mbq!r}")
    cap = math.inf if cap_mbq is None else _numbers.single("cap_mbq", _check.positive("cap_mbq", cap_mbq))
    if levels[-1] > cap:
        raise InputError(
            f"levels_mbq rise to {levels[-1]:g}, above cap_mbq, {cap:g}; a level that nobody is given is none"
        )
    per_mbq = _numbers.single("gy_per_mbq", _check.positive("gy_per_mbq", gy_per_mbq))
    between = math.log(_check.geometric_sd("gsd", _numbers.single("gsd", gsd)))
    error = _numbers.single("error", _check.fraction("error", error))
    tolerance = tolerance_dose(target, d50_gy, gamma50)
    _check.choice("rule", rule, RULES)
    if isinstance(trials, bool) or int(trials) != trials or not 1 <= trials <= 10_000:
        raise InputError(f"trials must be a whole number from 1 to 10000, got {trials!r}")
    random = np.random.default_rng(seed)
    shape = (int(trials), len(levels), _COHORT)
    patient, wrong, luck = random.standard_normal(shape), random.standard_normal(shape), random.random(shape)
    median = levels * per_mbq
    made = []
    most = cap * per_mbq  # the dose of the cap in the median patient
    for name, spread, apart in (("activity", between, patient), ("dose", error, wrong)):
        doses = median[:, None] * np.exp(spread * apart)
        capped, within = np.zeros(len(levels)), (math.inf, 0.0)
        if name == "dose" and math.isfinite(most):
            # the activity planned for a patient is above the cap just where the dose would be above that of the cap
            doses = np.minimum(doses, most * np.exp(between * patient))
            capped, within = _share_below(1.0, most / median, math.hypot(between, error)), (most, between)
        toxic = luck < log_logistic(doses, d50_gy, gamma50)
        toxicity = _capped_toxicity(median, spread, *within, d50_gy, gamma50)
        recommended, seen = _climb(toxic, rule)
        made.append(
            Arm(
                name,
                levels if name == "activity" else median,
                median,
                math.exp(spread),
                capped,
                toxicity,
                1 - _lower(tolerance, median, spread, *within),
                _lower(0.75 * tolerance, median, spread, *within),
                int(np.sum(toxicity <= target)) - 1,
                recommended,
                seen.sum(axis=(1, 2)),
                (toxic & seen).sum(axis=(1, 2)),
                ((doses < 0.75 * tolerance) & seen).sum(axis=(1, 2)),
            )
        )
    return Escalation(made[0], made[1], tolerance, float(target), rule)


def _climb(toxic: np.ndarray, rule: str) -> tuple[np.ndarray, np.ndarray]:
    """Level recommended by each trial, and which of the six patients of each level were treated."""
    trials, levels, _ = toxic.shape
    first = toxic[..., :3].sum(axis=-1)
    all_six = toxic.sum(axis=-1)
    if rule == "six":
        passed, asked = all_six <= 1, np.full((trials, levels), _COHORT)
    else:
        passed = (first == 0) | ((first == 1) & (all_six <= 1))
        asked = np.where(first == 1, _COHORT, 3)
    level = np.arange(levels)
    stopped = np.where(passed.all(axis=1), levels, np.argmin(passed, axis=1))
    safe = passed & (all_six <= 1) & (level < stopped[:, None])
    recommended = np.where(safe.any(axis=1), levels - 1 - np.argmax(safe[:, ::-1], axis=1), -1)
    # on the way down every level is filled up to six before it is recommended, or left for the one below
    filled = (level >= recommended[:, None]) & (level < stopped[:, None])
    treated = np.where(level > stopped[:, None], 0, np.where(filled, _COHORT, asked))
    return recommended, np.arange(_COHORT) < treated[..., None]


def _capped_toxicity(median, spread, most, between, d50_gy, gamma50):
    """Toxicity over patients who get the smaller of a planned dose and the dose of the cap, both log-normal."""
    if math.isinf(most):
        return population_toxicity(median, math.exp(spread), d50_gy, gamma50)
    nodes, weights = NORMAL_NODES[::4], NORMAL_WEIGHTS[::4] / NORMAL_WEIGHTS[::4].sum()
    wanted = median[:, None, None] * np.exp(spread * nodes)[:, None]
    given = np.minimum(wanted, most * np.exp(between * nodes))
    return np.einsum("ijk,j,k->i", log_logistic(given, d50_gy, gamma50), weights, weights)


def _lower(limit, median, spread, most, between):
    """Share of patients of whom the planned dose, or the dose of the cap, is below a limit."""
    capped = _share_below(limit, np.array(most), between) if math.isfinite(most) else 0.0
    return 1 - (1 - _share_below(limit, median, spread)) * (1 - capped)


def _share_below(limit: float, median: np.ndarray, spread: float) -> np.ndarray:
    """Share of log-normal doses below a limit; all or none where they do not differ."""
    if spread == 0:
        return (median < limit).astype(float)
    return np.asarray(_numbers.normal_cdf(np.log(limit / median) / spread), dtype=float)


def _probability(name: str, number: float) -> float:
    number = _numbers.single(name, number)
    if not 0 < number < 1:
        raise InputError(f"{name} must be between 0 and 1, got {number:g}; 25 % is 0.25")
    return number


def _curve(d50_gy, gamma50) -> tuple[float, float]:
    return (
        _numbers.single("d50_gy", _check.positive("d50_gy", d50_gy)),
        _numbers.single("gamma50", _check.positive("gamma50", gamma50)),
    )
