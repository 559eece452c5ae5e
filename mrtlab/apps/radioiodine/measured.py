"""The numbers of the first two sections: uptakes from counts, and what one to three of them tell of a curve."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import calibration, radioiodine
from mrtlab.apps.radioiodine.model import HOURS, PROTOCOLS, RadioiodinePage
from mrtlab.apps.sections import hearing
from mrtlab.errors import Flag

__all__ = [
    "Explored",
    "Measured",
    "Slip",
    "after",
    "after_points",
    "counted_after",
    "explore",
    "fitted",
    "integral",
    "points",
    "uptakes",
]

#: Hours of the measurements that each protocol uses.
USED_H = dict(zip(PROTOCOLS, (HOURS, HOURS[1:], HOURS[2:], HOURS[1:2]), strict=True))
_DEAD_TIME = "nonparalysable"
POPULATION = radioiodine.population_half_life_h("graves")


@dataclass(frozen=True, eq=False)
class Slip:
    """What a wrong recipe would have found at 24 h."""

    name: str
    uptake: float


@dataclass(frozen=True, eq=False)
class Measured:
    """Uptakes of the patient.

    Attributes
    ----------
    hours : tuple of float
    uptakes : tuple of UptakeMeasurement
        Counting alone.
    rates : dict
        Counts per second at 24 h, as observed.
    lost : dict
        Share of them lost to dead time.
    slips : tuple of Slip
    geometry_rel : float
    remarks : tuple of str
    """

    hours: tuple[float, ...]
    uptakes: tuple[radioiodine.UptakeMeasurement, ...]
    rates: dict
    lost: dict
    slips: tuple[Slip, ...]
    geometry_rel: float
    remarks: tuple[str, ...]


@lru_cache(maxsize=16)
def _counted(hours, counts, standard, background, seconds, dead_us) -> tuple:
    # the same standard for all, so that what is wrong with it is common to all
    standard, background = calibration.counted(standard, "standard"), calibration.counted(background, "background")
    return tuple(
        radioiodine.measure_uptake(
            hour,
            (neck, seconds),
            (thigh, seconds),
            (standard, seconds),
            (background, seconds),
            dead_time_s=dead_us * 1e-6,
            model=_DEAD_TIME,
        )
        for hour, (neck, thigh) in zip(hours, counts, strict=True)
    )


def _measure(model: RadioiodinePage, hours, prefix="") -> tuple:
    counts = tuple(tuple(getattr(model, f"{prefix}{where}_{hour:g}h") for where in ("neck", "thigh")) for hour in hours)
    return _counted(hours, counts, model.standard, model.background, model.seconds, model.dead_us)


def _true(rate: float, dead_us: float) -> float:
    return float(calibration.true_rate(rate, dead_us * 1e-6, _DEAD_TIME)) if rate else 0.0


def uptakes(model: RadioiodinePage) -> Measured:
    """Uptakes from the counts typed in."""
    with hearing() as remarks:
        found = _measure(model, HOURS)
        counts = {"neck": model.neck_24h, "thigh": model.thigh_24h} | {
            name: getattr(model, name) for name in ("standard", "background")
        }
        rates = {name: number / model.seconds for name, number in counts.items()}
        true = {name: _true(rate, model.dead_us) for name, rate in rates.items()}
    lost = {name: 1 - rates[name] / one if one else 0.0 for name, one in true.items()}
    slips = []
    with hearing():
        for name, thigh, background in (
            ("room background in place of the thigh", true["background"], true["background"]),
            ("no dead time corrected", rates["thigh"], rates["background"]),
        ):
            observed = rates if name.startswith("no") else true
            slips.append(Slip(name, radioiodine.uptake(observed["neck"], thigh, observed["standard"], background)))
    flags = dict.fromkeys(flag for one in found for flag in one.flags)
    texts = (*(Flag(flag).text for flag in flags), *remarks)
    return Measured(HOURS, found, rates, lost, tuple(slips), model.geometry_u / 100, texts)


def _repeated(found, percent: float) -> list[UFloat]:
    return [one.uptake * ufloat(1, percent / 100) for one in found]


def points(model: RadioiodinePage) -> list[UFloat]:
    """The uptakes with what repeating the geometry adds to counting."""
    return _repeated(_measure(model, HOURS), model.geometry_u)


def counted_after(model: RadioiodinePage) -> tuple:
    """The two measurements of the therapy, counting alone."""
    return _measure(model, HOURS[1:], "after_")


def after_points(model: RadioiodinePage) -> list[UFloat]:
    """The same with what repeating the geometry adds."""
    return _repeated(counted_after(model), model.geometry_u)


def after(model: RadioiodinePage) -> radioiodine.UptakeIntegral:
    """The integral of the therapy itself, from its two late measurements."""
    return radioiodine.late_points(list(HOURS[1:]), after_points(model))


@lru_cache(maxsize=32)
def _fit(values: tuple, sigmas: tuple):
    return radioiodine.time_integral(list(HOURS), list(values), list(sigmas))


def fitted(model: RadioiodinePage) -> radioiodine.UptakeIntegral:
    """The two-compartment fit to all three; a tenth of a second, kept."""
    every = points(model)
    return _fit(tuple(one.n for one in every), tuple(one.s for one in every))


def integral(model: RadioiodinePage, protocol: str | None = None) -> radioiodine.UptakeIntegral:
    """Time integral of the patient by a protocol, the chosen one by default."""
    protocol = protocol or model.protocol
    if protocol == PROTOCOLS[0]:
        return fitted(model)
    every = points(model)
    if protocol == PROTOCOLS[1]:
        return radioiodine.late_points(list(HOURS[1:]), every[1:])
    if protocol == PROTOCOLS[2]:
        return radioiodine.time_integral(HOURS[2:], every[2:])
    return radioiodine.time_integral(HOURS[1:2], every[1:2], effective_half_life_h=POPULATION)


@dataclass(frozen=True, eq=False)
class Explored:
    """A curve with given rates, and what a few measurements of it would tell, all without noise.

    Attributes
    ----------
    model : TwoCompartment
    hours, curve : array
    at : tuple of float
        Uptakes at 6, 24 and 144 h.
    days, population, population_u : array
        One measurement per day and a population's half-life, over the integral of the whole curve.
    late_days, late : array
        The e·t rule, likewise.
    two : float or None
        Two late measurements, likewise; None where they are refused.
    two_half_life_h : float or None
    """

    model: radioiodine.TwoCompartment
    hours: np.ndarray
    curve: np.ndarray
    at: tuple[float, ...]
    days: np.ndarray
    population: np.ndarray
    population_u: np.ndarray
    late_days: np.ndarray
    late: np.ndarray
    two: float | None
    two_half_life_h: float | None
    refused: str


_GRID_H = np.concatenate([np.linspace(0, 48, 49), np.linspace(54, 336, 48)])
_DAYS = np.arange(1.0, 13.0)


@lru_cache(maxsize=1)
def _per_uptake() -> tuple:
    """Integral over uptake of one measurement on each day, hours: the rule is linear in the uptake."""
    with hearing():
        return tuple(10 * radioiodine.single_point_tiac(24 * day, 0.1, POPULATION) for day in _DAYS)


def explore(model: RadioiodinePage) -> Explored:
    """The curve of the sliders."""
    with hearing():  # of measurements that are none
        curve = radioiodine.two_compartment(model.k_t / 24, model.k_b / 24, np.log(2) / (24 * model.t_eff))
        whole = curve.tiac_h
        at = tuple(float(curve.uptake(hour)) for hour in HOURS)
        daily = [factor * float(one) for factor, one in zip(_per_uptake(), curve.uptake(24 * _DAYS), strict=True)]
        late_days = _DAYS[_DAYS >= 3]
        late = radioiodine.late_point_tiac(24 * late_days, curve.uptake(24 * late_days))
        two = half_life = None
        refused = ""
        try:
            found = radioiodine.late_points(list(HOURS[1:]), [ufloat(one, 0.05 * one) for one in at[1:]])
            two, half_life = found.tiac_h.n / whole, found.effective_half_life_h.n
        except ValueError as error:
            refused = str(error)
    return Explored(
        curve,
        _GRID_H,
        curve.uptake(_GRID_H),
        at,
        _DAYS,
        np.array([one.n for one in daily]) / whole,
        np.array([one.s for one in daily]) / whole,
        late_days,
        late / whole,
        two,
        half_life,
        refused,
    )
