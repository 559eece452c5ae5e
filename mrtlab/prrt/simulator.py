"""Several cycles of one simulated patient: what every organ and tumour receives, and how it changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mrtlab import _check, _numbers, dose
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.prrt import _guards
from mrtlab.prrt.kidneys import self_s_value
from mrtlab.prrt.organs import Organ, typical_organs
from mrtlab.radiobiology import (
    bed,
    bed_with_repopulation,
    effective_treatment_time_h,
    lea_catcheside_curve,
)

__all__ = ["Course", "CourseRow", "simulate_cycles"]

_AMINO = value("prrt.amino_acid_factor")


@dataclass(frozen=True)
class CourseRow:
    """One organ or tumour in one cycle; the truth of the simulation.

    Attributes
    ----------
    cycle : int
    region : str
    activity_mbq : float
        Administered.
    amplitude_mbq, effective_half_life_h, uptake_half_time_h : float
        Of its curve.
    mass_g, tia_mbq_h, dose_gy, gy_per_mbq : float
    g, bed_gy : float or None
        Lea-Catcheside factor of the curve with its uptake, and BED of this cycle (growth taken off, where a tumour
        grows).
    measured_gy : float
        The dose with this cycle's error of measurement and the common one; the dose itself without noise.
    """

    cycle: int
    region: str
    activity_mbq: float
    amplitude_mbq: float
    effective_half_life_h: float
    uptake_half_time_h: float
    mass_g: float
    tia_mbq_h: float
    dose_gy: float
    gy_per_mbq: float
    g: float | None
    bed_gy: float | None
    measured_gy: float

    def activity(self, times_h):
        """Activity in the region at times after this administration, MBq, not decay-corrected."""
        times = _check.non_negative("times_h", times_h)
        late, early = (_guards.LN2 / one for one in (self.effective_half_life_h, self.uptake_half_time_h))
        return self.amplitude_mbq * (_check.exp(-late * times) - _check.exp(-early * times))


@dataclass(frozen=True)
class Course(Sequence):
    """All cycles as a sequence of :class:`CourseRow`, cycle by cycle.

    Attributes
    ----------
    cycles : tuple of CourseRow
    nuclide : str
    flags, sources : tuple of str
    """

    cycles: tuple[CourseRow, ...]
    nuclide: str
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("prrt.simulation",)

    def __getitem__(self, index):
        return self.cycles[index]

    def __len__(self) -> int:
        return len(self.cycles)

    @property
    def regions(self) -> tuple[str, ...]:
        """Names, in the order given."""
        return tuple(dict.fromkeys(row.region for row in self.cycles))

    def region(self, name: str) -> tuple[CourseRow, ...]:
        """The cycles of one region."""
        _check.choice("name", name, self.regions)
        return tuple(row for row in self.cycles if row.region == name)

    def doses_gy(self, name: str) -> np.ndarray:
        """Dose of one region in each cycle."""
        return np.array([row.dose_gy for row in self.region(name)])

    def measured_gy(self, name: str) -> np.ndarray:
        """Dose of one region in each cycle as it was measured."""
        return np.array([row.measured_gy for row in self.region(name)])

    def total_gy(self, name: str) -> float:
        """Dose of one region over all cycles."""
        return math.fsum(self.doses_gy(name))

    def total_bed_gy(self, name: str) -> float | None:
        """BED of one region, the sum of that of each cycle; None if it has none."""
        beds = [row.bed_gy for row in self.region(name)]
        return None if None in beds else math.fsum(beds)

    def rows(self) -> list[dict[str, float | str | None]]:
        """A row per cycle and region, of plain numbers, without anything that points to a person."""
        return [
            {
                "cycle": row.cycle, "region": row.region, "nuclide": self.nuclide, "activity_mbq": row.activity_mbq,
                "mass_g": row.mass_g, "tia_mbq_h": row.tia_mbq_h, "effective_half_life_h": row.effective_half_life_h,
                "dose_gy": row.dose_gy, "gy_per_mbq": row.gy_per_mbq, "bed_gy": row.bed_gy,
                "measured_gy": row.measured_gy,
            }
            for row in self.cycles
        ]  # fmt: skip


def simulate_cycles(
    activities_mbq: Sequence[float],
    organs: Sequence[Organ] | None = None,
    *,
    nuclide="Lu-177",
    gfr_ml_per_min: float | Sequence[float] | None = None,
    reference_gfr_ml_per_min: float | None = None,
    renal_share: float | None = None,
    amino_acids: bool = True,
    amino_acid_factor: float = _AMINO,
    variation_gsd: float = 1.0,
    random_rel: float = 0.0,
    systematic_rel: float = 0.0,
    seed: int = 1,
) -> Course:
    """Curves, doses and BED of every organ and tumour over several cycles.

    Organs and the clearance compete for what is in the blood: with the renal part of the clearance in proportion to
    the filtration rate, every uptake is ``f/(sum of f + (1 - sum of f)·(1 - share + share·GFR/GFR_ref))``. Without
    amino acids the kidneys take up more, by the inverse of the factor. BED is computed cycle by cycle and added; the
    cycles are taken to be far apart.

    Parameters
    ----------
    activities_mbq : sequence of float
        One per cycle.
    organs : sequence of Organ, optional
        :func:`typical_organs` if not given, flagged ``TEACHING_KINETICS``.
    nuclide : {"Lu-177", "Y-90"} or another with kernels
        The half-lives of the organs must be its own.
    gfr_ml_per_min : float or sequence of float, optional
        Of all cycles or of each: low filtration raises every dose per activity. The reference if not given.
    reference_gfr_ml_per_min : float, optional
        At which the uptakes are as the organs say; a made-up 80 if not given.
    renal_share : float, optional
        Share of the clearance that follows the filtration; a made-up 0.4 if not given. Where this or the reference
        was left out and matters, the course is flagged ``TEACHING_KINETICS``.
    amino_acids : bool
    amino_acid_factor : float
        Kidney dose with amino acids over that without.
    variation_gsd : float
        Spread of each uptake from cycle to cycle.
    random_rel, systematic_rel : float
        Error of the measured doses: of each alone, and of all in common.
    seed : int

    Returns
    -------
    Course
        The kidneys' dose is by their own mass; with Y-90 by a sphere of it, half for each kidney.

    Raises
    ------
    InputError
        For numbers out of range, names given twice, or uptakes above 1.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    ``prrt.simulation``; rates of decline: Roth et al. 2022; amino acids recalled; renal function: Svensson et al. 2015
    (abstract).
    """
    found = find_nuclide(nuclide)
    activities = _numbers.row("activities_mbq", activities_mbq)
    if _numbers.uncertain(activities):
        raise InputError(f"activities_mbq must be plain numbers, got {activities_mbq!r}")
    _guards.activity("activities_mbq", activities)
    if organs is not None and (isinstance(organs, str) or not isinstance(organs, Sequence)):
        raise InputError(f"organs must be a sequence of Organ, got {organs!r}")
    organs = typical_organs(found) if organs is None else tuple(organs)
    _require_organs(organs, found)
    if not isinstance(amino_acids, (bool, np.bool_)):
        raise InputError(f"amino_acids must be True or False, got {amino_acids!r}")
    factor = _numbers.single("amino_acid_factor", _check.positive("amino_acid_factor", amino_acid_factor))
    _check.fraction("amino_acid_factor", factor)
    clearance, assumed = _clearance(gfr_ml_per_min, reference_gfr_ml_per_min, renal_share, len(activities))
    draw = _Draw(variation_gsd, random_rel, systematic_rel, seed, organs, len(activities))
    factors = {one.name: _lea_catcheside(one) for one in organs}
    rows = []
    for number, activity in enumerate(activities):
        wanted = {
            one.name: one.fraction
            * (1 + one.change) ** number
            * one.shrink**number
            * (1 / factor if one.kind == "kidneys" and not amino_acids else 1.0)
            * draw.uptake(number, one.name)
            for one in organs
        }
        # competition with the clearance by the uptakes of the first cycle, so that what changes is what was asked for
        taken = math.fsum(one.fraction for one in organs)
        total = taken + (1 - taken) * float(clearance[number])
        if math.fsum(wanted.values()) > total:
            raise InputError(
                f"in cycle {number + 1} organs would take up more than was administered; check fractions and changes"
            )
        for one in organs:
            share, error = wanted[one.name] / total, draw.error(number, one.name)
            rows.append(_row(one, number, float(activity), share, found, factors[one.name], error))
    if organs == _typical_or_none(found):
        assumed = ("prrt.typical_organs", *assumed)
    protected = () if amino_acids else ("prrt.amino_acid_factor",)
    flags = (Flag.TEACHING_KINETICS,) if assumed else ()
    return Course(tuple(rows), found.name, flags, ("prrt.simulation", *protected, *assumed))


def _typical_or_none(found):
    """The typical organs of a nuclide, or None where there are none."""
    return typical_organs(found) if found.name in ("Lu-177", "Y-90") else None


def _require_organs(organs, nuclide):
    if not organs or not all(isinstance(one, Organ) for one in organs):
        raise InputError("organs must be at least one Organ")
    names = [one.name for one in organs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"organs has {', '.join(twice)} twice; put both together, or give them different names")
    total = math.fsum(one.fraction for one in organs)
    if total >= 1:
        raise InputError(f"the fractions of organs add up to {total:g}; nothing would be left to clear")
    for one in organs:
        _guards.half_life(f"{one.name}: effective_half_life_h", one.effective_half_life_h, nuclide)


def _clearance(gfr, reference, share, cycles) -> tuple[np.ndarray, tuple[str, ...]]:
    """Clearance in each cycle over that at the reference renal function, and the made-up values it rests on."""
    made_up = {"reference_gfr_ml_per_min": reference is None, "renal_share": share is None}
    reference = value("prrt.reference_gfr_ml_per_min") if reference is None else reference
    share = value("prrt.renal_share") if share is None else share
    gfr = reference if gfr is None else gfr
    gfr = _check.positive("gfr_ml_per_min", _numbers.row("gfr_ml_per_min", gfr) if np.ndim(gfr) else gfr)
    if np.ndim(gfr) and len(gfr) != cycles:
        raise InputError(f"gfr_ml_per_min has {len(gfr)} values, and there are {cycles} cycles")
    reference = _numbers.single("reference_gfr_ml_per_min", _check.positive("reference_gfr_ml_per_min", reference))
    share = _numbers.single("renal_share", _check.fraction("renal_share", share))
    if _numbers.uncertain(gfr):
        raise InputError(f"gfr_ml_per_min must be plain numbers, got {gfr!r}")
    found = np.broadcast_to(1 - share + share * np.asarray(gfr, dtype=float) / reference, (cycles,))
    # at the reference neither of the two changes anything
    used = () if np.all(found == 1) else tuple(f"prrt.{name}" for name, left_out in made_up.items() if left_out)
    return found, used


class _Draw:
    """The luck of a course: the same for one region whatever else is simulated."""

    def __init__(self, variation_gsd, random_rel, systematic_rel, seed, organs, cycles):
        spread = math.log(_numbers.single("variation_gsd", _check.geometric_sd("variation_gsd", variation_gsd)))
        own, common = (
            _numbers.single(name, _check.fraction(name, number))
            for name, number in (("random_rel", random_rel), ("systematic_rel", systematic_rel))
        )
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise InputError(f"seed must be a whole number of 0 or more, got {seed!r}")
        shared = math.exp(common * np.random.default_rng([seed, 0]).standard_normal())
        self._uptake, self._error = {}, {}
        for place, one in enumerate(organs):
            stream = np.random.default_rng([seed, 1, place])
            luck = stream.standard_normal((cycles, 2))
            self._uptake[one.name] = np.exp(spread * luck[:, 0])
            self._error[one.name] = shared * np.exp(own * luck[:, 1])

    def uptake(self, number, name) -> float:
        return float(self._uptake[name][number])

    def error(self, number, name) -> float:
        return float(self._error[name][number])


def _row(one: Organ, number, activity, fraction, nuclide, g, error) -> CourseRow:
    mass = one.mass_g * one.shrink**number
    amplitude = activity * fraction
    tia = amplitude * (one.effective_half_life_h - one.uptake_half_time_h) / _guards.LN2
    gy = float(tia * _s_value(one, mass, nuclide))
    bed_gy = None if g is None else _bed(one, gy, gy / tia * amplitude, g)
    return CourseRow(
        cycle=number + 1,
        region=one.name,
        activity_mbq=activity,
        amplitude_mbq=amplitude,
        effective_half_life_h=one.effective_half_life_h,
        uptake_half_time_h=one.uptake_half_time_h,
        mass_g=mass,
        tia_mbq_h=tia,
        dose_gy=gy,
        gy_per_mbq=gy / activity,
        g=g,
        bed_gy=bed_gy,
        measured_gy=gy * error,
    )


def _s_value(one: Organ, mass, nuclide) -> float:
    if one.kind == "tumour":
        return float(dose.sphere_s_value(mass, nuclide))
    if one.kind == "kidneys":  # two, each with half of mass and activity
        return float(self_s_value("left kidney", mass / 2, nuclide)) / 2
    return float(self_s_value(one.name, mass, nuclide))


def _lea_catcheside(one: Organ) -> float | None:
    """Of the curve with its uptake; it does not depend on the cycle."""
    if one.radiobiology is None:
        return None
    rates = [_guards.LN2 / one.effective_half_life_h, _guards.LN2 / one.uptake_half_time_h]
    return float(lea_catcheside_curve([1.0, -1.0], rates, one.radiobiology[1]))


def _bed(one: Organ, gy, start_gy_per_h, g) -> float:
    """BED of a cycle; ``start_gy_per_h`` is the dose rate that the falling phase would have from the start."""
    alpha_beta = one.radiobiology[0]
    if one.doubling_time_h is None:
        return float(bed(gy, alpha_beta, g))
    growth = one.alpha_per_gy, one.doubling_time_h
    lasting = effective_treatment_time_h(start_gy_per_h, one.effective_half_life_h, *growth)
    return float(bed_with_repopulation(gy, alpha_beta, g, *growth, lasting))
