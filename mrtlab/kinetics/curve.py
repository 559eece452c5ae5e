"""The time-activity curve: what was measured, when, how well, and in which state of decay correction."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.nuclides import Nuclide
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["TimeActivity", "extrapolation_flags"]


@dataclass(frozen=True, eq=False, repr=False)
class TimeActivity:
    """Activity in one region at several times after administration.

    Parameters
    ----------
    times_h : sequence of float
        Hours after administration, above 0, rising.
    activity_mbq : sequence of float
        MBq, above 0.
    sigma_mbq : float or sequence of float, optional
        Standard uncertainty of each point, MBq: the part that is independent from point to point.
    nuclide : str or Nuclide
    decay_corrected : bool
        Whether ``activity_mbq`` was decay corrected to the time of administration. Must be given. If so, decay is
        put back at once: the attributes always hold the activity there was at each time, and
        ``decay_corrected`` is then False.
    cv : float, optional
        Relative standard uncertainty of every point (0.05 is 5 %), instead of ``sigma_mbq``. Without either,
        5 % is assumed and the curve carries ``SIGMA_ASSUMED``.
    counts : sequence of float, optional
        Detected counts behind each point, for Poisson weights instead: ``sigma = activity / sqrt(counts)``. They are
        the counts as recorded: what scatter correction and reconstruction add to the variance is not in them.
    systematic_rel : float, default 0
        Relative standard uncertainty common to all points (sensitivity, recovery, volume). It does not enter the
        fit; it enters the time-integrated activity once, afterwards.
    administered_mbq : float, optional
        Administered activity at the time of administration.
    region : str

    Attributes
    ----------
    sigma_given : bool
        False if the uncertainty was assumed.
    systematic : ufloat
        1 ± ``systematic_rel``; the same variable for everything computed from this curve, so that it correlates.
    flags : tuple of str

    Raises
    ------
    InputError
        For unsorted or repeated times, activities that are not positive, lengths that differ, a missing
        ``decay_corrected``, or an uncertainty given twice.

    References
    ----------
    Sampling and decay correction: Siegel et al., MIRD Pamphlet No. 16, J Nucl Med 1999;40:37S-61S. Weights: Kletting
    et al., Med Phys 2013;40:102504.
    """

    times_h: Sequence[float]
    activity_mbq: Sequence[float]
    sigma_mbq: Sequence[float] | float | None = None
    nuclide: Nuclide | str = field(default=None, kw_only=True)
    decay_corrected: bool | None = field(default=None, kw_only=True)
    cv: float | None = field(default=None, kw_only=True)
    counts: Sequence[float] | None = field(default=None, kw_only=True)
    systematic_rel: float = field(default=0.0, kw_only=True)
    administered_mbq: float | None = field(default=None, kw_only=True)
    region: str = field(default="", kw_only=True)
    sigma_given: bool = field(init=False)
    systematic: UFloat = field(init=False, repr=False)
    flags: tuple[str, ...] = field(init=False)
    sources: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self):
        if not isinstance(self.decay_corrected, (bool, np.bool_)):
            raise InputError(
                "decay_corrected must be given as True or False: were the activities corrected for decay to the "
                "time of administration? Taking one for the other changes the result by tens of per cent"
            )
        if self.nuclide is None:
            raise InputError("nuclide must be given, for example nuclide='Lu-177'")
        nuclide = find_nuclide(self.nuclide)
        times_h = _series("times_h", self.times_h)
        activity_mbq = _series("activity_mbq", self.activity_mbq)
        if len(times_h) != len(activity_mbq):
            raise InputError(f"times_h has {len(times_h)} values and activity_mbq {len(activity_mbq)}; give as many")
        if len(times_h) == 0:
            raise InputError("times_h is empty; give at least one point")
        _check.positive("times_h", times_h, "times are hours after administration")
        steps = np.diff(times_h)
        if np.any(steps <= 0):
            at = int(np.argmax(steps <= 0)) + 1
            word = "is repeated" if steps[at - 1] == 0 else "comes after a later one"
            raise InputError(f"times_h must rise: {times_h[at]:g} h at position {at + 1} {word}")
        _check.positive("activity_mbq", activity_mbq, "leave out points without activity")
        sigma_mbq = self._sigma(activity_mbq)
        if self.decay_corrected:
            factor = nuclide.decay_factor(times_h)
            activity_mbq, sigma_mbq = activity_mbq * factor, sigma_mbq * factor
        if self.administered_mbq is not None:
            _check.positive("administered_mbq", self.administered_mbq)
        _check.fraction("systematic_rel", self.systematic_rel)
        long = value("clock.long_decay_half_lives")
        if times_h[-1] > long * nuclide.half_life_h:
            warnings.warn(
                f"the last point is at {times_h[-1]:g} h, more than {long:g} half-lives of {nuclide.name}; "
                "are the times minutes or seconds, or is it another nuclide?",
                PlausibilityWarning,
                stacklevel=3,
            )
        for array in (times_h, activity_mbq, sigma_mbq):
            array.setflags(write=False)
        counts = self.counts is not None
        given = counts or self.sigma_mbq is not None or self.cv is not None
        few = counts and float(np.min(self.counts)) < value("kinetics.few_counts")
        for name, item in {
            "nuclide": nuclide,
            "times_h": times_h,
            "activity_mbq": activity_mbq,
            "sigma_mbq": sigma_mbq,
            "decay_corrected": False,
            "cv": None,
            "counts": None,
            "sigma_given": given,
            "systematic": ufloat(1.0, self.systematic_rel, "systematic") if self.systematic_rel else 1.0,
            "sources": (
                *nuclide.sources,
                *(() if given else ("kinetics.assumed_cv",)),
                *(("kinetics.poisson",) * counts),
            ),
        }.items():
            object.__setattr__(self, name, item)
        object.__setattr__(self, "flags", (*self._flags(), *((Flag.FEW_COUNTS,) if few else ())))

    def __len__(self):
        return len(self.times_h)

    def __repr__(self):
        span = f"{self.times_h[0]:.4g} to {self.times_h[-1]:.4g} h"
        return f"TimeActivity({self.region!r}, {self.nuclide.name}, {len(self)} points, {span})"

    def keep(self, wanted: Sequence[bool]) -> TimeActivity:
        """The same curve with some points left out.

        Parameters
        ----------
        wanted : sequence of bool
            One per point, True to keep it.
        """
        wanted = np.asarray(wanted)
        if wanted.dtype != bool or wanted.shape != self.times_h.shape:
            raise InputError(f"wanted must be {len(self)} times True or False, got {wanted!r}")
        sigma_mbq = self.sigma_mbq[wanted] if self.sigma_given else None
        return self._like(self.times_h[wanted], self.activity_mbq[wanted], sigma_mbq=sigma_mbq)

    def with_cv(self, cv: float) -> TimeActivity:
        """The same points with another relative standard uncertainty, ``cv`` (0.05 is 5 %), for all of them."""
        return self._like(self.times_h, self.activity_mbq, cv=cv)

    def _like(self, times_h, activity_mbq, **uncertainty) -> TimeActivity:
        other = TimeActivity(
            times_h,
            activity_mbq,
            **uncertainty,
            nuclide=self.nuclide,
            decay_corrected=False,
            systematic_rel=self.systematic_rel,
            administered_mbq=self.administered_mbq,
            region=self.region,
        )
        object.__setattr__(other, "systematic", self.systematic)  # the same error, not another of the same size
        return other

    def measured(self) -> list[UFloat]:
        """The activities as independent ufloats, MBq."""
        return [
            ufloat(a, s, f"{t:g} h") for t, a, s in zip(self.times_h, self.activity_mbq, self.sigma_mbq, strict=True)
        ]

    def _sigma(self, activity_mbq):
        if sum(item is not None for item in (self.sigma_mbq, self.cv, self.counts)) > 1:
            raise InputError("give the uncertainty once: either sigma_mbq or cv, or the counts behind each point")
        if self.counts is not None:
            counts = _check.positive("counts", _series("counts", self.counts), "leave out points without counts")
            if len(counts) != len(activity_mbq):
                raise InputError(f"counts has {len(counts)} values for {len(activity_mbq)} points; give as many")
            return activity_mbq / np.sqrt(counts)
        if self.sigma_mbq is not None:
            single = np.ndim(self.sigma_mbq) == 0
            sigma = _check.positive("sigma_mbq", self.sigma_mbq if single else _series("sigma_mbq", self.sigma_mbq))
            sigma = np.full(len(activity_mbq), float(sigma)) if single else sigma
            if len(sigma) != len(activity_mbq):
                raise InputError(f"sigma_mbq has {len(sigma)} values for {len(activity_mbq)} points; give as many")
            return sigma
        if self.cv is None:
            return value("kinetics.assumed_cv") * activity_mbq
        return float(_check.positive("cv", _check.fraction("cv", self.cv))) * activity_mbq

    def _flags(self) -> tuple[str, ...]:
        flags = [] if self.sigma_given else [Flag.SIGMA_ASSUMED]
        if self.administered_mbq is not None:
            ceiling = _check.nominal(self.administered_mbq) * self.nuclide.decay_factor(self.times_h)
            if np.any(self.activity_mbq - 2 * self.sigma_mbq > ceiling):
                flags.append(Flag.ABOVE_ADMINISTERED)
        return tuple(flags)


def extrapolation_flags(share: float) -> list[str]:
    """Flags for a share of the time-integrated activity that lies after the last point."""
    if share > value("kinetics.extrapolated_high"):
        return [Flag.MOSTLY_EXTRAPOLATED]
    return [Flag.EXTRAPOLATED] if share > value("kinetics.extrapolated_warn") else []


def _series(name: str, values) -> np.ndarray:
    """A new one-dimensional float array."""
    array = _check.finite(name, values)
    if np.ndim(array) != 1:
        raise InputError(f"{name} must be a row of numbers, got {values!r}")
    if array.dtype == object:
        raise InputError(f"{name} must be plain numbers; give uncertainties separately as sigma_mbq")
    return np.array(array, dtype=float)
