"""What the calibration page computes, section by section."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab.calibration import DeadTimeFit, RecoveryCurve
from mrtlab.uncertainty import Budget, Samples


@dataclass(frozen=True, eq=False)
class Meter:
    """Net activity, and what slips make of it.

    Attributes
    ----------
    net_mbq, syringe_mbq, residual_mbq : float
        At the time of administration.
    slips : tuple of (str, float or None)
        Name, and relative error of the net activity; None where the reading is refused.
    nuclide : str
    half_life_h : float
    clocks : tuple of str
        When the syringe was read, the activity given, the residual read.
    said : tuple of str
        What the methods warned of.
    """

    net_mbq: float
    syringe_mbq: float
    residual_mbq: float
    slips: tuple
    nuclide: str
    half_life_h: float
    clocks: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Counts in three windows, and the sensitivities.

    Attributes
    ----------
    limits_kev : tuple of pairs
        Of the lower, the peak and the upper window.
    counts : tuple of float
        In the same order.
    primary, scatter : ufloat
        Counts in the peak window.
    planar, spect : ufloat or None, float
        cps/MBq of one head; None where the primary counts are not above 0.
    uncorrected : ufloat
        Planar without scatter correction.
    factor : float
        MBq/mL per (cps/voxel).
    said : tuple of str
    """

    limits_kev: tuple
    counts: tuple
    primary: UFloat
    scatter: UFloat
    planar: UFloat | None
    uncorrected: UFloat
    spect: float
    factor: float
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Rates:
    """Recorded rate over true rate, per second.

    Attributes
    ----------
    true, paralysable, nonparalysable : array
    observed : float
    dead_time_s : float
    below, above, other : float or None
        True rates for the recorded one: both of the paralysable model, that of the other; None where there is none.
    top : float
        Highest rate that the paralysable model shows.
    said : tuple of str
    """

    true: np.ndarray
    paralysable: np.ndarray
    nonparalysable: np.ndarray
    observed: float
    dead_time_s: float
    below: float | None
    above: float | None
    other: float | None
    top: float
    said: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Decay:
    """A source that decays in front of the camera.

    Attributes
    ----------
    hours, activity_mbq, counts, observed : array
        ``observed`` are ufloats, per second.
    seconds : float
    model : str
        That was fitted.
    fit : DeadTimeFit or None
        None before it is made, or where it cannot be.
    problem : str
        Why there is none.
    grid_mbq, curve : array
        ``curve`` is None without a fit.
    true_s : float
    """

    hours: np.ndarray
    activity_mbq: np.ndarray
    counts: np.ndarray
    observed: np.ndarray
    seconds: float
    model: str
    fit: DeadTimeFit | None
    problem: str
    grid_mbq: np.ndarray
    curve: np.ndarray | None
    true_s: float


@dataclass(frozen=True, eq=False)
class Recovered:
    """Six spheres, their curve, and a lesion.

    Attributes
    ----------
    volumes_ml, recoveries, sigma : array
    curve : RecoveryCurve
    grid_ml, middle, spread : array
        The curve and its standard uncertainty.
    lesion_ml : float
    coefficient : ufloat
        At the volume of the lesion.
    apparent, corrected, unlinked : ufloat or None
        Activity of the lesion, MBq; ``unlinked`` with b1 and b2 taken as independent. None where it is refused.
    said : tuple of str
    problem : str
    """

    volumes_ml: np.ndarray
    recoveries: np.ndarray
    sigma: np.ndarray
    curve: RecoveryCurve
    grid_ml: np.ndarray
    middle: np.ndarray
    spread: np.ndarray
    lesion_ml: float
    coefficient: UFloat
    apparent: UFloat
    corrected: UFloat | None
    unlinked: UFloat | None
    said: tuple[str, ...]
    problem: str


@dataclass(frozen=True, eq=False)
class Shares:
    """The budget of the lesion's dose; ``samples`` is None before they are drawn from the same ``chain`` of inputs."""

    budget: Budget
    samples: Samples | None
    volume_ml: float
    chain: tuple
