"""From stored values of an NM image to counts or Bq/mL; never by a guess."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab.dicom._elements import Elements, called
from mrtlab.dicom.headers import Notes, Stated
from mrtlab.errors import InputError
from mrtlab.images import Unit

# UCUM, in both spellings of the litre
_UNITS = {"Bq/ml": Unit.BQ_PER_ML, "Bq/mL": Unit.BQ_PER_ML, "{counts}": Unit.COUNTS, "{counts}/s": Unit.CPS}
_SAME = 1e-6


@dataclass(frozen=True)
class Scale:
    """Value = slope · stored + intercept, in a unit, for the stored values it is declared for."""

    unit: Unit
    slope: float = 1.0
    intercept: float = 0.0
    first: float | None = None
    last: float | None = None

    def apply(self, file: Elements, stored: np.ndarray) -> np.ndarray:
        """Values in the unit."""
        if self.first is not None and (stored.min() < self.first or stored.max() > self.last):
            file.fail(
                "RealWorldValueMappingSequence",
                f"holds for stored values from {self.first:g} to {self.last:g}, the pixels go from {stored.min()} "
                f"to {stored.max()}",
            )
        return (stored * self.slope + self.intercept).astype(np.float32)


def of(file: Elements, stated: Stated, notes: Notes) -> Scale:
    """Scale of a file.

    Raises
    ------
    InputError
        If RealWorldValueMapping and RescaleSlope differ, a scale has no unit, or the stated unit is not to be had.
    """
    mapped = _mapped(file)
    rescaled = _rescaled(file)
    if mapped and rescaled and not _equal((mapped.slope, mapped.intercept), rescaled):
        file.fail(
            "RescaleSlope",
            f"and intercept are {rescaled[0]:g} and {rescaled[1]:g}, but RealWorldValueMapping has {mapped.slope:g} "
            f"and {mapped.intercept:g}; one of them is wrong",
        )
    if mapped:
        if stated.unit and stated.unit != mapped.unit:
            raise InputError(
                f"unit={stated.unit!r} was stated, but {file.name} maps its values to {mapped.unit} in "
                f"{called('RealWorldValueMappingSequence')}"
            )
        notes.say(f"Values in {mapped.unit}: RealWorldValueMapping, slope {mapped.slope:g}.")
        return mapped
    if rescaled:
        if stated.unit is None:
            file.fail(
                "RescaleSlope",
                f"is {rescaled[0]:g} and the file does not say in which unit that gives; state unit='Bq/mL' or "
                "unit='counts' if you know it from the reconstruction",
            )
        _only(file, stated.unit)
        notes.say(f"Values in {stated.unit}, as stated: RescaleSlope {rescaled[0]:g}, intercept {rescaled[1]:g}.")
        return Scale(Unit(stated.unit), *rescaled)
    if stated.unit not in (None, Unit.COUNTS):
        raise InputError(
            f"unit={stated.unit!r} was stated, but {file.name} has neither {called('RealWorldValueMappingSequence')} "
            f"nor {called('RescaleSlope')}: it holds counts, to be calibrated: divide by duration, sensitivity, volume"
        )
    notes.say("Values in counts: the file has no scale.")
    return Scale(Unit.COUNTS)


def _only(file: Elements, unit: str) -> None:
    if unit not in (Unit.BQ_PER_ML, Unit.COUNTS, Unit.CPS):
        raise InputError(f"unit={unit!r} was stated, but {file.name} is an NM image: counts, cps or Bq/mL")


def _rescaled(file: Elements) -> tuple[float, float] | None:
    slope, intercept = file.number("RescaleSlope"), file.number("RescaleIntercept")
    if slope is None and intercept is None:
        return None
    if slope is None or intercept is None:
        missing = "RescaleSlope" if slope is None else "RescaleIntercept"
        file.fail(missing, "is missing, though the other of slope and intercept is there")
    if slope <= 0:
        file.fail("RescaleSlope", f"is {slope:g}; it must be above 0")
    return None if (slope, intercept) == (1.0, 0.0) else (slope, intercept)


def _mapped(file: Elements) -> Scale | None:
    items = file.items("RealWorldValueMappingSequence")
    found = []
    for item in items:
        codes = item.items("MeasurementUnitsCodeSequence")
        unit = _UNITS.get(codes[0].text("CodeValue")) if len(codes) == 1 else None
        if unit is None or codes[0].text("CodingSchemeDesignator") != "UCUM":
            continue
        slope, intercept = item.number("RealWorldValueSlope", above=0), item.number("RealWorldValueIntercept")
        if slope is None or intercept is None:
            item.fail("RealWorldValueSlope", "or intercept is missing; mappings by table are not read")
        ends = [_end(item, end) for end in ("First", "Last")]
        if None in ends:
            item.fail("RealWorldValueFirstValueMapped", "or the last is missing")
        found.append(Scale(unit, slope, intercept, *ends))
    if items and not found:
        file.fail("RealWorldValueMappingSequence", "has no mapping to Bq/ml (UCUM); its unit cannot be used")
    if any(other != found[0] for other in found[1:]):
        file.fail("RealWorldValueMappingSequence", "holds several mappings that differ; which is meant cannot be known")
    return found[0] if found else None


def _end(item: Elements, end: str) -> float | None:
    """First or last stored value of a mapping."""
    for prefix in ("", "DoubleFloat"):
        value = item.number(f"{prefix}RealWorldValue{end}ValueMapped")
        if value is not None:
            return value
    return None


def _equal(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) <= _SAME * max(abs(a), abs(b), 1e-12) for a, b in zip(one, other, strict=True))
