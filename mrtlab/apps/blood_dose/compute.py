"""The numbers of the first two sections, all from the methods of mrtlab; what they warn of is kept as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, wraps

import numpy as np

from mrtlab import planning, protection, radioiodine
from mrtlab.apps.blood_dose.cases import CASES
from mrtlab.apps.blood_dose.model import BloodPage
from mrtlab.apps.sections import hearing
from mrtlab.apps.sections.rows import read_rows
from mrtlab.errors import Flag, InputError

__all__ = ["BODY", "DRAWN", "Curves", "Limits", "Side", "curves", "limits", "of_case", "remembered", "three"]

BODY = ("hours", "counts")
DRAWN = ("hours drawn", "hours counted", "kBq/mL")
_GRID = 49
_LUNGS = (
    "The dose to the blood was made for patients without diffuse uptake in the lungs, and says nothing of what the "
    "lungs themselves receive: that is what the lower rule of retention is for."
)


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two curves.

    Attributes
    ----------
    times_h : array
    points : list of ufloat
        Fractions as integrated; per mL for the blood.
    integral : BodyIntegral or BloodIntegral
    residence : ufloat
        h, or h/mL.
    grid_h, low, middle, high : array
        The curve with its 95 % band.
    """

    times_h: np.ndarray
    points: list
    integral: object
    residence: object
    grid_h: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, eq=False)
class Curves:
    """Whole body and blood, as integrated.

    Attributes
    ----------
    body, blood : Side
    reference_h : float
        Time of the measurement that stands for 100 %.
    slip : str
        The slip made, "none" without.
    shifts : tuple of float or None
        Both residences over those without the slip.
    end_h : float
        Of the figure.
    remarks : tuple of str
    """

    body: Side
    blood: Side
    reference_h: float
    slip: str
    shifts: tuple[float, float] | None
    end_h: float
    remarks: tuple[str, ...]


def remembered(work):
    """Keep the last result: the sections ask each other for the same one, and so does the code that they show."""
    last: dict = {}

    @wraps(work)
    def once(model: BloodPage):
        key = tuple(getattr(model, name) for name in BloodPage.INPUTS)
        if key not in last:
            found = work(model)
            last.clear()
            last[key] = found
        return last[key]

    return once


def _inputs(model: BloodPage) -> tuple:
    return (model.body, model.blood, model.tracer_mbq, model.body_u, model.blood_u, model.method)


def curves(model: BloodPage) -> Curves:
    """Both curves of the tables typed in."""
    return _curves(*_inputs(model), model.slip)


def of_case(model: BloodPage, case: str) -> Curves:
    """The same of a simulated patient, with the method and the uncertainties chosen."""
    found = CASES[case]
    return _curves(found.body, found.blood, found.tracer_mbq, model.body_u, model.blood_u, model.method, "none")


@lru_cache(maxsize=24)
def _curves(body, blood, tracer_mbq, body_u, blood_u, method, slip) -> Curves:
    counted = read_rows("Whole body", body, BODY, 3)
    drawn = read_rows("Blood", blood, DRAWN)
    with hearing() as remarks:
        # the first row is the reference; after voiding it is somebody's slip
        reference = counted[1] if slip == "voided" else counted[0]
        hours, counts = (np.array(column) for column in zip(*counted[1:], strict=True))
        fraction = protection.retention(counts, reference[1])
        times, seen, kbq = (np.array(column) for column in zip(*drawn, strict=True))
        per_ml = radioiodine.blood_fraction(kbq, times, times if slip == "late" else seen, tracer_mbq)
        if slip == "corrected":
            fraction = radioiodine.decay_corrected_uptake(fraction, hours)
            per_ml = radioiodine.decay_corrected_uptake(per_ml, times)
        both = (
            radioiodine.body_integral(hours, fraction, body_u / 100 * fraction, decay_corrected=False, method=method),
            radioiodine.blood_integral(times, per_ml, blood_u / 100 * per_ml, decay_corrected=False, method=method),
        )
    end = 1.35 * float(max(hours[-1], times[-1]))
    shifts = None
    if slip != "none":
        right = _curves(body, blood, tracer_mbq, body_u, blood_u, method, "none")
        shifts = (
            both[0].tiac_h.n / right.body.residence.n,
            both[1].tiac_h_per_ml.n / right.blood.residence.n,
        )
    flags = {}
    for side, one in (("Whole body", both[0]), ("Blood", both[1])):
        for flag in one.flags:
            flags[flag] = f"{flags[flag]} and {side.lower()}" if flag in flags else side
    told = [f"{sides}: {Flag(flag).text}" for flag, sides in flags.items()]
    return Curves(
        _side(hours, both[0], both[0].tiac_h, both[0].retention, end),
        _side(times, both[1], both[1].tiac_h_per_ml, both[1].fraction_per_ml, end),
        reference[0],
        slip,
        shifts,
        end,
        tuple(dict.fromkeys([*remarks, *told])),
    )


def _side(times, integral, residence, at, end) -> Side:
    grid = np.unique(np.concatenate([np.linspace(0, end, _GRID), times, np.linspace(0, times[0], 5)[:-1]]))
    found = [at(float(hour)) for hour in grid]
    middle = np.array([getattr(one, "n", one) for one in found])
    reach = 1.96 * np.array([getattr(one, "s", 0.0) for one in found])
    return Side(
        times,
        list(integral.points),
        integral,
        residence,
        grid,
        np.maximum(middle - reach, 0.02 * middle),
        middle,
        middle + reach,
    )


# limits


@dataclass(frozen=True, eq=False)
class Limits:
    """Dose to the blood, and what limits the activity.

    Attributes
    ----------
    dose : BloodDose
    kept_48h : ufloat
        Fraction in the body at 48 h.
    rows : tuple of ActivityLimit
        The smallest first.
    activity_mbq : float
        Asked for.
    blood_gy : ufloat
        With it.
    chance : float
        That it exceeds the limit of the blood dose, by the uncertainty of the curves alone.
    single : BloodDose or str
        By one measurement of the whole body, or why not.
    single_h : float
    remarks : tuple of str
    """

    dose: radioiodine.BloodDose
    kept_48h: object
    rows: tuple
    activity_mbq: float
    blood_gy: object
    chance: float
    single: object
    single_h: float
    remarks: tuple[str, ...]

    @property
    def lowest(self):
        """The limit that is reached first."""
        return self.rows[0]


def _limits(found: Curves, weight_kg: float, lungs: str):
    dose = radioiodine.blood_dose_parts(found.blood.residence, found.body.residence, weight_kg)
    kept = found.body.integral.retention(48.0)
    return dose, kept, radioiodine.activity_limits(dose.gy_per_mbq, kept, lungs == "yes")


@remembered
def limits(model: BloodPage) -> Limits:
    """Limits of the activity for the tables typed in."""
    found = curves(model)
    with hearing() as remarks:
        dose, kept, rows = _limits(found, model.weight_kg, model.lungs)
    activity = 1000 * model.activity_gbq
    blood_gy = activity * dose.gy_per_mbq
    limit_gy = next(row for row in rows if row.rule == "blood dose").activity_mbq * dose.gy_per_mbq
    chance = planning.expected_range(blood_gy.n, float(np.exp(blood_gy.s / blood_gy.n))).probability_above(limit_gy.n)
    try:
        with hearing():
            single = radioiodine.single_measurement(
                model.single_h, found.body.integral.retention(model.single_h), model.blood_ml, model.weight_kg
            )
    except InputError as refused:
        single = str(refused)
    flags = [Flag(flag).text for flag in dose.flags]
    if model.lungs == "yes":
        flags.append(_LUNGS)
    return Limits(
        dose, kept, rows, activity, blood_gy, chance, single, model.single_h, tuple(dict.fromkeys([*flags, *remarks]))
    )


def three(model: BloodPage) -> dict[str, tuple]:
    """Blood dose, retention and limits of every simulated patient, by the method chosen."""
    found = {}
    for name, case in CASES.items():
        with hearing():
            found[name] = _limits(of_case(model, name), case.weight_kg, case.lungs)
    return found
