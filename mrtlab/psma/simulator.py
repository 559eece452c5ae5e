"""A course of cycles: the tumour shrinks, the organs receive more, and the camera sees the glands too small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check, _numbers
from mrtlab import dose as methods
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.planning import ligands
from mrtlab.planning.ligands import activity
from mrtlab.psma.course import Course, CourseRow, Organ
from mrtlab.psma.literature import half_life_prior, organ_range, whole
from mrtlab.psma.sink import sink_factor, sink_parameters, tumour_volumes_ml

__all__ = ["simulate_cycles", "typical_organs"]

_DENSITY = value("dose.soft_tissue_density")
_UNCERTAINTIES = ("random_rel", "shared_rel")
_SINK = ("sink_strength", "sink_half_volume_ml")


def typical_organs(tumour_ml: float) -> dict[str, Organ]:
    """Kidneys, one parotid, one lacrimal gland, marrow and tumour, made to give the medians of :func:`organ_range`.

    Teaching values throughout (half-lives remembered with low confidence, recoveries made up): a course that uses them
    is flagged ``TEACHING_KINETICS``. Change one with :func:`dataclasses.replace`.

    Parameters
    ----------
    tumour_ml : float
        Total tumour volume in the first cycle, mL.

    Returns
    -------
    dict of str to Organ
        By name: ``"kidney"`` (both together), ``"parotid"``, ``"lacrimal"``, ``"marrow"``, ``"tumour"``.
    """
    tumour_ml = _numbers.single("tumour_ml", _check.positive("tumour_ml", tumour_ml))
    found = {}
    for name in ("kidney", "parotid", "lacrimal", "marrow", "tumour"):
        gland, own_kind = name in ("parotid", "lacrimal"), name in ("marrow", "tumour")
        mass = tumour_ml * _DENSITY if name == "tumour" else value(f"psma.mass_{name}_g")
        half_life = value("psma.marrow_half_life_h") if name == "marrow" else half_life_prior(name).median_h
        organ = Organ(
            name=name,
            fraction=1.0,
            effective_half_life_h=half_life,
            mass_g=mass,
            recovery=1.0 if own_kind else value(f"psma.recovery_{name}"),
            kind=name if own_kind else "organ",
            uptake_half_time_h=value("psma.uptake_half_time_h"),
            sink=not own_kind,
            method="sphere" if gland else "local",
            teaching=True,
        )
        per_mbq = organ.tiac_h * _self_s_value(organ, mass, find_nuclide("Lu-177"))
        share = organ_range(name).median_gy_per_mbq / per_mbq
        if share > 1:
            raise PhysicsError(
                f"tumour_ml is {tumour_ml:g}: so large a tumour cannot receive the median dose, it would hold "
                f"{share:.3g} times the administered activity. Build the tumour yourself, with a lower fraction"
            )
        found[name] = replace(organ, fraction=share)
    return found


def simulate_cycles(
    activity_mbq,
    tumour_ml,
    *,
    shrink=1.0,
    cycles: int | None = None,
    organs: Mapping[str, Organ] | Sequence[Organ] | None = None,
    strength=None,
    half_volume_ml=None,
    random_rel: float | None = None,
    shared_rel: float | None = None,
    nuclide="Lu-177",
) -> Course:
    """Doses of organs, marrow and tumour over a course in which the tumour shrinks.

    In cycle k an organ takes up ``f(V_k)/f(V_1)`` of what it did in the first (:func:`sink_factor`); the tumour as much
    per gram as its ``change`` leaves; cross-dose of bone metastases in the marrow follows the activity of the tumour.

    Parameters
    ----------
    activity_mbq : float or sequence of float
        Of every cycle, or of each.
    tumour_ml : float, ufloat or sequence
        Total tumour volume in the first cycle, which then shrinks; or in each.
    shrink : float or ufloat
        Factor on the volume from cycle to cycle; 1 with a sequence of volumes.
    cycles : int, optional
        6, or as many as there are activities or volumes.
    organs : mapping or sequence of Organ, optional
        Those of :func:`typical_organs` if left out, flagged.
    strength, half_volume_ml : float or ufloat, optional
        Of the sink; teaching values if left out, flagged.
    random_rel, shared_rel : float, optional
        Relative standard uncertainty of each dose alone, and of all together (calibration, S values). What organs have
        of their own (mass, recovery) they share across cycles. Made-up 0.05 and 0.08 if not given, flagged
        ``SPREAD_ASSUMED``.
    nuclide : str or Nuclide

    Returns
    -------
    Course
        Doses are ufloats unless all uncertainties are 0. Flagged ``DOSE_RISES_OVER_CYCLES`` where they do.

    Raises
    ------
    InputError
        For numbers out of range, or rows of different lengths.
    PhysicsError
        If all regions together hold more than was administered.

    References
    ----------
    ``psma.sink``; MIRD scheme; JCGM 102:2011 for what the cycles have in common.

    Examples
    --------
    >>> course = simulate_cycles(7400, 1000, shrink=0.7, strength=0.4, half_volume_ml=1000)
    >>> [round(one.nominal_value, 1) for one in (course.total_gy("kidney"), course.from_first_cycle_gy("kidney"))]
    [28.8, 24.4]
    """
    cycles = _cycles(cycles, activity_mbq, tumour_ml)
    found = ligands.alone("nuclide", nuclide, "take mrtlab.psma.alpha_dose for each cycle")
    if organs is None and found.name != "Lu-177":
        raise InputError(
            f"organs is missing: those of typical_organs have the kinetics and doses of Lu-177, not of {found.name}"
        )
    given = activity("activity_mbq", activity_mbq)
    if _numbers.uncertain(given):
        raise InputError(f"activity_mbq must be plain numbers, got {activity_mbq!r}")
    given = np.asarray(given, dtype=float)
    for name, number in (("shrink", shrink), ("strength", strength), ("half_volume_ml", half_volume_ml)):
        ligands.one_number(name, number)
    activities = tuple(np.broadcast_to(given, cycles).tolist())
    if np.ndim(tumour_ml):
        if _check.nominal(shrink) != 1:
            raise InputError("shrink and a volume for each cycle exclude each other; leave shrink out")
        volumes = tuple(_check.non_negative("tumour_ml", _numbers.row("tumour_ml", tumour_ml)))
    else:
        volumes = tuple(tumour_volumes_ml(_check.non_negative("tumour_ml", tumour_ml), shrink, cycles))
    used = typical_organs(float(_check.nominal(volumes[0]))) if organs is None else organs
    used = tuple(used.values()) if isinstance(used, Mapping) else tuple(used)
    _distinct(used)
    flags = [Flag.SINK_ASSUMED] if strength is None or half_volume_ml is None else []
    flags += [Flag.TEACHING_KINETICS] if any(organ.teaching for organ in used) else []
    made_up = [key for key, part in zip(_SINK, (strength, half_volume_ml), strict=True) if part is None]
    strength, half_volume_ml = sink_parameters(strength, half_volume_ml)
    keeps = [sink_factor(volume, strength, half_volume_ml) for volume in volumes]
    for organ in used:
        ligands.half_life(f"{organ.name}: effective_half_life_h", organ.effective_half_life_h, found)
    assumed = tuple(name for name, part in zip(_UNCERTAINTIES, (random_rel, shared_rel), strict=True) if part is None)
    random_rel, shared_rel = (
        value(f"psma.dose_{name}") if part is None else part
        for name, part in zip(_UNCERTAINTIES, (random_rel, shared_rel), strict=True)
    )
    flags += [Flag.SPREAD_ASSUMED] if assumed else []
    common = _factor("shared_rel", shared_rel)
    rows = []
    for place, (mbq, volume) in enumerate(zip(activities, volumes, strict=True)):
        rows += [_row(organ, used, place, mbq, volume, volumes[0], keeps[place] / keeps[0], found) for organ in used]
        held = sum(
            float(_check.nominal(organ.fraction * row.uptake_factor))
            for organ, row in zip(used, rows[-len(used) :], strict=True)
        )
        if held > 1:
            raise PhysicsError(f"in cycle {place + 1} the regions hold {held:.3g} times the administered activity")
    rows = tuple(_uncertain(row, _factor("random_rel", random_rel) * common) for row in rows)
    course = Course(rows, used, activities, volumes, found.name, (), ("psma.sink", *_sources(organs, assumed, made_up)))
    if any(_rises(course.of(organ.name)) for organ in used if organ.kind != "tumour"):
        flags.append(Flag.DOSE_RISES_OVER_CYCLES)
    if any(_check.nominal(organ.bone_metastases_gy_per_mbq) > 0 for organ in used):
        flags.append(Flag.BONE_METASTASES)
    return replace(course, flags=tuple(flags))


def _cycles(cycles, *rows) -> int:
    lengths = {len(row) for row in rows if np.ndim(row)}
    if cycles is not None:
        lengths.add(whole("cycles", cycles))
    if len(lengths) > 1:
        raise InputError(f"activity_mbq, tumour_ml and cycles name different numbers of cycles: {sorted(lengths)}")
    return whole("cycles", lengths.pop()) if lengths else int(value("psma.regimen_cycles"))


def _distinct(organs) -> None:
    if not organs or not all(isinstance(organ, Organ) for organ in organs):
        raise InputError("organs must be mrtlab.psma.Organ objects, at least one; see typical_organs")
    names = [organ.name for organ in organs]
    if len(set(names)) < len(names):
        raise InputError(f"organs has a name twice: {', '.join(names)}")
    if sum(organ.kind == "tumour" for organ in organs) > 1:
        raise InputError("organs has more than one tumour; tumour_ml is the total of all")


def _self_s_value(organ, mass_g, nuclide):
    if organ.method == "sphere":
        return methods.sphere_s_value(mass_g, nuclide)
    return methods.local(1.0, mass_g, nuclide)


def _row(organ, organs, place, mbq, volume, first_ml, kept, nuclide) -> CourseRow:
    mass, factor = organ.mass_g, (1 + organ.change) ** place
    if organ.kind == "tumour":
        if _check.nominal(volume) == 0:
            raise InputError(f"tumour_ml is 0 in cycle {place + 1}, and there is a tumour among the organs")
        factor, mass = factor * volume / first_ml, volume * _DENSITY
    elif organ.sink and organ.kind == "organ":
        factor = factor * kept
    tia = mbq * organ.tiac_h * factor
    s_value = _self_s_value(organ, mass, nuclide)
    cross = 0.0
    if _check.nominal(organ.bone_metastases_gy_per_mbq) > 0:
        tumour = next((one for one in organs if one.kind == "tumour"), None)
        follows = volume / first_ml * (1 + (tumour.change if tumour else 0.0)) ** place
        cross = mbq * organ.bone_metastases_gy_per_mbq * follows
    # the truth of the simulation, as well known as a measurement with this recovery would know it
    tia_known = tia * (_plain(organ.recovery) / organ.recovery)
    dose = tia_known * s_value + cross
    return CourseRow(
        cycle=place + 1,
        region=organ.name,
        activity_mbq=mbq,
        tumour_ml=volume,
        uptake_factor=factor,
        tia_mbq_h=tia_known,
        mass_g=mass,
        dose_gy=dose,
        gy_per_mbq=dose / mbq,
        apparent_gy=tia * _plain(organ.recovery) * s_value,
        cross_gy=cross,
    )


def _plain(recovery):
    """What the camera loses is what it loses; how well that is known belongs to the correction."""
    return float(_check.nominal(recovery))


def _uncertain(row, factor) -> CourseRow:
    if not isinstance(factor, UFloat):
        return row
    names = ("tia_mbq_h", "dose_gy", "gy_per_mbq", "apparent_gy", "cross_gy")
    return replace(row, **{name: getattr(row, name) * factor for name in names})


def _factor(name: str, relative):
    relative = _numbers.single(name, _check.fraction(name, relative))
    return ufloat(1.0, relative) if relative else 1.0


def _rises(rows) -> bool:
    first, last = (float(_check.nominal(row.gy_per_mbq)) for row in (rows[0], rows[-1]))
    return last > 1.01 * first


def _sources(organs, assumed, sink) -> tuple[str, ...]:
    keys = [f"psma.dose_{name}" for name in assumed] + [f"psma.{name}" for name in sink]
    if organs is None:
        keys += ["psma.organ_range", "psma.uptake_half_time_h"]
    return tuple(keys)
