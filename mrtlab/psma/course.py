"""Organs and tumour in the first cycle, and what a course gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, radiobiology
from mrtlab.errors import InputError
from mrtlab.planning import ligands
from mrtlab.psma.literature import whole

__all__ = ["Course", "CourseRow", "Organ"]

KINDS = ("organ", "tumour", "marrow")
_LN2 = float(np.log(2))


@dataclass(frozen=True, eq=False)
class Organ:
    """A region and what an administered activity does there in the first cycle.

    ``A(t)/A0 = fraction·(exp(-ln2·t/T_eff) - exp(-ln2·t/T_up))``.

    Parameters
    ----------
    name : str
    fraction : float or ufloat
        Of the administered activity.
    effective_half_life_h : float or ufloat
    mass_g : float or ufloat
        Of the tumour in all, with ``kind="tumour"``: its mass follows the tumour volume, and this one is not read.
    recovery : float or ufloat
        What the camera shows of the true activity. Required: 1 for an object that is large beside the resolution. Its
        uncertainty is that of a dose measured with it, in all cycles alike.
    kind : {"organ", "tumour", "marrow"}
    uptake_half_time_h : float
        Effective, of the rise; 0 for at once.
    sink : bool
        Whether the tumour takes drug from it. Not from marrow.
    change : float
        Relative change per cycle of the activity per gram, apart from the sink: -0.15 for a tumour that takes up 15 %
        less each time.
    method : {"local", "sphere"}
        Electrons absorbed locally, or the S value of a sphere of the mass (for glands).
    bone_metastases_gy_per_mbq : float or ufloat
        Of the marrow: cross-dose of bone metastases per administered activity in the first cycle. It follows the
        activity of the tumour.
    teaching : bool
        Whether its numbers are teaching values.
    """

    name: str
    fraction: float | UFloat
    effective_half_life_h: float | UFloat
    mass_g: float | UFloat
    recovery: float | UFloat
    kind: str = "organ"
    uptake_half_time_h: float = 0.0
    sink: bool = True
    change: float = 0.0
    method: str = "local"
    bone_metastases_gy_per_mbq: float | UFloat = 0.0
    teaching: bool = False

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"name is missing, got {self.name!r}")
        _check.choice("kind", self.kind, KINDS)
        _check.choice("method", self.method, ("local", "sphere"))
        for name in ("fraction", "effective_half_life_h", "mass_g"):
            ligands.one_number(f"{self.name}: {name}", _check.positive(f"{self.name}: {name}", getattr(self, name)))
        _check.fraction(f"{self.name}: fraction", self.fraction)
        if self.recovery is None:
            raise InputError(f"{self.name}: recovery is missing; give 1 for what is large beside the resolution")
        recovery = _check.positive(f"{self.name}: recovery", _check.fraction(f"{self.name}: recovery", self.recovery))
        ligands.one_number(f"{self.name}: recovery", recovery)
        rise = _numbers.single("uptake_half_time_h", _check.non_negative("uptake_half_time_h", self.uptake_half_time_h))
        if rise >= _check.nominal(self.effective_half_life_h):
            raise InputError(
                f"{self.name}: uptake_half_time_h is {rise:g}, not below effective_half_life_h, "
                f"{_check.nominal(self.effective_half_life_h):g}"
            )
        change = _numbers.single("change", self.change)
        ligands.one_number("bone_metastases_gy_per_mbq", self.bone_metastases_gy_per_mbq)
        if not -1 < change <= 1:
            raise InputError(f"{self.name}: change must be above -1 and at most 1, got {change:g}; -0.15 is 15 % less")
        _check.non_negative("bone_metastases_gy_per_mbq", self.bone_metastases_gy_per_mbq)
        if self.kind != "marrow" and _check.nominal(self.bone_metastases_gy_per_mbq) > 0:
            raise InputError(f"{self.name}: bone_metastases_gy_per_mbq belongs to the marrow (kind='marrow')")

    @property
    def tiac_h(self):
        """Time-integrated activity per administered activity, hours."""
        return self.fraction * (self.effective_half_life_h - self.uptake_half_time_h) / _LN2


@dataclass(frozen=True, eq=False)
class CourseRow:
    """One region in one cycle.

    Attributes
    ----------
    cycle : int
    region : str
    activity_mbq : float
        Administered.
    tumour_ml : float or ufloat
    uptake_factor : float or ufloat
        On the activity in the region, relative to the first cycle.
    tia_mbq_h : float or ufloat
    mass_g : float or ufloat
    dose_gy : float or ufloat
    gy_per_mbq : float or ufloat
    apparent_gy : float or ufloat
        What one computes without recovery.
    cross_gy : float or ufloat
        Part of the dose that comes from bone metastases.
    """

    cycle: int
    region: str
    activity_mbq: float
    tumour_ml: float | UFloat
    uptake_factor: float | UFloat
    tia_mbq_h: float | UFloat
    mass_g: float | UFloat
    dose_gy: float | UFloat
    gy_per_mbq: float | UFloat
    apparent_gy: float | UFloat
    cross_gy: float | UFloat = 0.0


@dataclass(frozen=True, eq=False)
class Course(Sequence):
    """A course as a sequence of :class:`CourseRow`, cycle by cycle.

    Attributes
    ----------
    rows : tuple of CourseRow
    organs : tuple of Organ
        As in the first cycle.
    activities_mbq : tuple of float
    tumour_ml : tuple of float or ufloat
        Total tumour volume at each cycle.
    nuclide : str
    flags, sources : tuple of str
    """

    rows: tuple[CourseRow, ...]
    organs: tuple[Organ, ...]
    activities_mbq: tuple[float, ...]
    tumour_ml: tuple[float | UFloat, ...]
    nuclide: str
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("psma.sink",)

    def __getitem__(self, index):
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the regions."""
        return tuple(organ.name for organ in self.organs)

    def of(self, region: str) -> tuple[CourseRow, ...]:
        """The rows of one region, cycle by cycle."""
        _check.choice("region", region, self.regions)
        return tuple(row for row in self.rows if row.region == region)

    def doses_gy(self, region: str) -> tuple:
        """Dose of each cycle, Gy."""
        return tuple(row.dose_gy for row in self.of(region))

    def total_gy(self, region: str):
        """Dose of the course, Gy; what the cycles have in common adds linearly."""
        return sum(self.doses_gy(region))

    def cumulative_gy(self, region: str) -> tuple:
        """Dose after each cycle, Gy."""
        doses = self.doses_gy(region)
        return tuple(sum(doses[: place + 1]) for place in range(len(doses)))

    def from_first_cycle_gy(self, region: str):
        """What the first cycle alone would promise for the course, Gy."""
        return self.of(region)[0].gy_per_mbq * sum(self.activities_mbq)

    def cycles_within(self, region: str, limit_gy: float, planned: bool = False) -> int:
        """Whole cycles that keep to a limit; with ``planned`` those that the first cycle alone would allow."""
        _check.positive("limit_gy", limit_gy)
        doses = self.cumulative_gy(region)
        if planned:
            doses = self.of(region)[0].gy_per_mbq * np.cumsum(self.activities_mbq)
        return sum(_check.nominal(one) <= limit_gy * (1 + 1e-9) for one in doses)

    def activity_mbq(self, region: str, times_h, cycle: int = 1, apparent: bool = False):
        """Activity in a region after the administration of a cycle, MBq; ``apparent`` as the camera shows it."""
        row = self.of(region)[whole("cycle", cycle, 1, len(self.activities_mbq)) - 1]
        organ = next(one for one in self.organs if one.name == region)
        times_h = _check.non_negative("times_h", times_h)
        shape = _check.exp(-_LN2 * times_h / organ.effective_half_life_h)
        if organ.uptake_half_time_h:
            shape = shape - _check.exp(-_LN2 * times_h / organ.uptake_half_time_h)
        seen = organ.recovery if apparent else 1.0
        return row.activity_mbq * organ.fraction * row.uptake_factor * shape * seen

    def bed_gy(self, region: str, alpha_beta_gy, repair_half_time_h):
        """BED of the course, the sum over its cycles, Gy. The parameters are the caller's to name."""
        organ = next(one for one in self.organs if one.name == _check.choice("region", region, self.regions))
        g = radiobiology.lea_catcheside(organ.effective_half_life_h, repair_half_time_h)
        return radiobiology.bed_total(self.doses_gy(region), alpha_beta_gy, g)

    def bed_range_gy(self, region: str, alpha_beta_range_gy, repair_range_h) -> tuple:
        """Lowest and highest BED over a range of parameters, Gy; to be shown with every BED."""
        organ = next(one for one in self.organs if one.name == _check.choice("region", region, self.regions))
        return radiobiology.bed_range(
            list(self.doses_gy(region)), organ.effective_half_life_h, alpha_beta_range_gy, repair_range_h
        )
