"""How far a single measurement is off, over a population, for every time of the scan."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.kinetics.few_points import haenscheid_tia, known_half_life_tia
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["SinglePointErrors", "single_point_errors"]

_METHODS = ("haenscheid", "known_half_life")
_WORST = 0.01


@dataclass(frozen=True, eq=False, repr=False)
class SinglePointErrors:
    """Relative errors of a single-time-point method: 0.1 is 10 % too high.

    Attributes
    ----------
    times_h : array, shape (times,)
        Times of the single scan.
    errors : array, shape (times, patients)
        Of equally probable patients, the same ones at every time.
    half_lives_h : array, shape (patients,)
    method : str
    cut : float
        Share of the log-normal population at or beyond physical decay, which is left out.
    sources : tuple of str
    """

    times_h: np.ndarray
    errors: np.ndarray
    half_lives_h: np.ndarray
    method: str
    cut: float
    sources: tuple[str, ...]
    _found: dict = field(default_factory=dict, init=False)

    @cached_property
    def bias(self) -> np.ndarray:
        """Mean error at each time."""
        return self.errors.mean(axis=1)

    @cached_property
    def spread(self) -> np.ndarray:
        """Standard deviation of the errors at each time."""
        return self.errors.std(axis=1)

    @cached_property
    def rms(self) -> np.ndarray:
        """Root mean square error at each time: bias and spread together."""
        return np.sqrt(np.mean(self.errors**2, axis=1))

    @cached_property
    def worst(self) -> np.ndarray:
        """Mean size, without sign, of the errors of the 1 % of patients that are furthest off, at each time."""
        sizes = np.abs(self.errors)
        count = max(1, round(_WORST * sizes.shape[1]))
        return -np.partition(-sizes, count - 1, axis=1)[:, :count].mean(axis=1)

    @cached_property
    def best_time_h(self) -> float:
        """The time with the smallest root mean square error."""
        return float(self.times_h[np.argmin(self.rms)])

    def percentiles(self, *percents: float) -> np.ndarray:
        """Errors below which so many per cent of the patients lie, shape (percents, times)."""
        if percents not in self._found:
            self._found[percents] = np.percentile(self.errors, percents, axis=1)
        return self._found[percents]


def single_point_errors(
    times_h,
    half_life_median_h: float,
    half_life_gsd: float,
    nuclide,
    method: str = "haenscheid",
    noise_rel: float = 0.0,
    patients: int = 4001,
) -> SinglePointErrors:
    """Errors of the time-integrated activity from one scan, over a population that falls mono-exponentially.

    Effective half-lives are log-normal and end at physical decay. The half-lives are quantiles and not drawn, so
    the result is the same at every call; what the measurement adds is shuffled with a fixed seed.

    Parameters
    ----------
    times_h : float or sequence of float
        Times of the single scan, hours after administration.
    half_life_median_h, half_life_gsd : float
        Median (hours) and geometric standard deviation of the effective half-life in the population.
    nuclide : str or Nuclide
    method : {"haenscheid", "known_half_life"}
        ``A(t)·2t/ln 2``, or the population's median half-life for everybody.
    noise_rel : float
        Relative standard uncertainty of the measured activity, below 1.
    patients : int
        Number of equally probable patients.

    References
    ----------
    Hänscheid et al., J Nucl Med 2018;59:75-81; Madsen et al., Med Phys 2018;45:2318-2324; log-normal half-lives: Hou
    et al. 2022, PMC8882881.
    """
    from scipy.special import ndtr, ndtri

    _check.choice("method", method, _METHODS)
    times_h = np.atleast_1d(np.array(_check.positive("times_h", times_h), dtype=float))
    median_h = float(_check.positive("half_life_median_h", half_life_median_h))
    noise_rel = float(_check.fraction("noise_rel", noise_rel))
    if not 1 < half_life_gsd < 10:
        raise InputError(
            f"half_life_gsd must be above 1, such as 1.25 for about 25 %, and below 10, got {half_life_gsd!r}"
        )
    if isinstance(patients, bool) or int(patients) != patients or not 100 <= patients <= 1_000_000:
        raise InputError(f"patients must be a whole number from 100 to 1000000, got {patients!r}")
    found = find_nuclide(nuclide)
    if median_h >= found.half_life_h:
        raise InputError(
            f"half_life_median_h must be below the physical half-life of {found.name}, {found.half_life_h:.5g} h, got "
            f"{median_h:g}"
        )
    spread = float(np.log(half_life_gsd))
    kept = float(ndtr(np.log(found.half_life_h / median_h) / spread))
    places = (np.arange(patients) + 0.5) / patients
    half_lives = median_h * np.exp(spread * ndtri(kept * places))
    # the activity that there is, for one MBq·h in everybody
    activity = 1 / known_half_life_tia(1.0, times_h[:, None], half_lives)
    if method == "haenscheid":
        errors = haenscheid_tia(activity, times_h[:, None]) - 1
    else:
        errors = known_half_life_tia(activity, times_h[:, None], median_h) - 1
    if noise_rel:
        factors = 1 + noise_rel * np.random.default_rng(1).permutation(ndtri(places))
        errors = (1 + errors) * factors - 1
    for array in (times_h, errors, half_lives):
        array.setflags(write=False)
    return SinglePointErrors(
        times_h=times_h,
        errors=errors,
        half_lives_h=half_lives,
        method=method,
        cut=1 - kept,
        sources=(f"kinetics.{method}", "kinetics.half_life_lognormal"),
    )
