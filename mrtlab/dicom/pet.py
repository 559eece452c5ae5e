"""PET images: one slice a file, each with its own scale."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np

from mrtlab.dicom._elements import Elements
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.geometry import stack
from mrtlab.dicom.headers import (
    Header,
    Notes,
    Stated,
    contradicted,
    corrections_of,
    duration_of,
    judge_corrections,
    start_of,
    zone_of,
)
from mrtlab.dicom.moments import Clock, acquisition, wall
from mrtlab.dicom.pixels import declared_shape, stored_values
from mrtlab.dicom.tracer import check_order, tracer_of
from mrtlab.errors import Flag, InputError
from mrtlab.images import DecayState, Unit
from mrtlab.nuclides import nuclide as find_nuclide

# Units (0054,1001) of PS3.3 C.8.9.1.1.3
UNITS = (
    "CNTS",
    "NONE",
    "CM2",
    "CM2ML",
    "PCNT",
    "CPS",
    "BQML",
    "MGMINML",
    "UMOLMINML",
    "MLMING",
    "MLG",
    "1CM",
    "UMOLML",
    "PROPCNTS",
    "PROPCPS",
    "MLMINML",
    "MLML",
    "GML",
    "STDDEV",
)
_SAME_BED_S = 1.0
_FACTOR_TOLERANCE = 0.01
_SHORTEST_FRAME_MS = 500
_LONGEST_FRAME_MS = 24 * 3.6e6

Moment = tuple[datetime, datetime | None]


def read(files: list[Elements], stated: Stated, *, pixels: bool) -> tuple[Header, np.ndarray | None]:
    """Header and values of one PET series."""
    first = files[0]
    stated.say_nothing_of(first, "a PET", "energy_window_kev", "views")
    for keyword in ("Units", "DecayCorrection", "CorrectedImage", "FrameOfReferenceUID", "TimezoneOffsetFromUTC"):
        for file in files:
            if file.words(keyword) != first.words(keyword):
                file.fail(keyword, f"differs from that of {first.name}: they do not belong to one image")
    _all_there(files)
    notes = Notes()
    zone = zone_of(first, stated, notes)
    place = stack(files)
    files = [files[index] for index in place.order]
    shapes = [declared_shape(file) for file in files]
    if shapes[0][0] != 1:
        first.fail("NumberOfFrames", f"is {shapes[0][0]}; PET slices are read one a file")
    unit = first.text("Units")
    if unit not in UNITS:
        first.fail("Units", "is missing, or none of the standard's; without it the values mean nothing")
    frame_s = _frame_s(files)
    duration = duration_of(first, frame_s, "ActualFrameDuration of one bed position, in milliseconds", stated, notes)
    fields = tracer_of(first, "PT", zone, stated, notes)
    _same_tracer(files, zone, stated, fields)
    state = _decay_state(first, stated, notes)
    starts = [acquisition(file, zone) for file in files]
    reference = _reference(files, starts, zone, state, fields["nuclide"], duration, notes)
    start = start_of(first, reference, stated, notes)
    if start and state is DecayState.NONE and None not in starts and _spread_s(starts) > _SAME_BED_S:
        notes.flag(Flag.BEDS_AT_DIFFERENT_TIMES, "start")
        start = None
    check_order(first, start, fields["administered_at"])
    _check_factors(files, starts, reference, start, state, fields, duration, notes)
    corrections = corrections_of(first, notes)
    judge_corrections(corrections, notes)
    factor, unit = _to_unit(first, unit, duration, stated, pixels, notes)
    values = _values(files, factor) if pixels else None
    header = Header(
        modality="PT",
        kind="volume",
        shape=(len(files), *shapes[0][1:]),
        spacing_mm=place.spacing_mm,
        origin_mm=place.origin_mm,
        axes=place.axes,
        unit=unit,
        duration_s=duration,
        frame_duration_s=frame_s,
        start=start,
        decay_state=state,
        corrections=corrections,
        frame_of_reference=hashed_uid(first.uid("FrameOfReferenceUID")),
        **fields,
        **notes.frozen(),
    )
    return header, values


def _all_there(files: list[Elements]) -> None:
    declared = {file.whole("NumberOfSlices") for file in files} - {None}
    if len(declared) > 1:
        files[0].fail("NumberOfSlices", "differs between the slices: they do not belong to one image")
    if declared and declared != {len(files)}:
        files[0].fail("NumberOfSlices", f"is {declared.pop()}, but {len(files)} slices are here: some are missing")


def _frame_s(files: list[Elements]) -> float | None:
    found = {file.number("ActualFrameDuration", above=0) for file in files}
    if None in found:
        return None
    if max(found) > 1.01 * min(found):
        files[0].fail("ActualFrameDuration", f"goes from {min(found):g} to {max(found):g} ms in one image")
    milliseconds = max(found)
    if not _SHORTEST_FRAME_MS <= milliseconds <= _LONGEST_FRAME_MS:
        files[0].fail(
            "ActualFrameDuration",
            f"is {milliseconds:g} ms; a bed position takes between half a second and a day. It must be in milliseconds",
        )
    return milliseconds / 1000


def _same_tracer(files: list[Elements], zone: Clock, stated: Stated, fields: dict) -> None:
    for file in files[1:]:
        if tracer_of(file, "PT", zone, stated, Notes()) != fields:
            file.fail("RadiopharmaceuticalInformationSequence", f"differs from that of {files[0].name}")


def _decay_state(file: Elements, stated: Stated, notes: Notes) -> DecayState | None:
    said, words = file.text("DecayCorrection"), file.words("CorrectedImage")
    if said and said not in tuple(DecayState):
        file.fail("DecayCorrection", "is none of NONE, START, ADMIN")
    if not said:
        if stated.decay_state is None:
            notes.flag(Flag.DECAY_STATE_UNKNOWN, "decay_state")
            return None
        notes.say(f"Decay state {stated.decay_state}, as stated.")
        return DecayState(stated.decay_state)
    if stated.decay_state and stated.decay_state != said:
        contradicted(file, "DecayCorrection", "decay_state", said, stated.decay_state)
    if words and (said == "NONE") == ("DECY" in words):
        file.fail("DecayCorrection", f"is {said}, which CorrectedImage (0028,0051) contradicts")
    notes.say(f"Decay state {said}, by DecayCorrection.")
    return DecayState(said)


def _spread_s(starts: list[Moment]) -> float:
    walls = [wall_time for wall_time, _ in starts]
    return (max(walls) - min(walls)).total_seconds()


def _reference(files, starts, zone: Clock, state, nuclide: str | None, duration, notes: Notes) -> Moment | None:
    """The moment START refers to: the series start of the standard if the image agrees, else the earliest bed."""
    if None in starts:
        return None
    earliest = min(starts, key=lambda found: found[0])
    if _spread_s(starts) > _SAME_BED_S:
        notes.say("Several bed positions; the start is that of the earliest.")
    series_wall = wall(files[0], "SeriesDate", "SeriesTime")
    if series_wall is None or state is not DecayState.START:
        return earliest
    before = (earliest[0] - series_wall).total_seconds()
    if before <= _SAME_BED_S:
        return earliest  # a later series time is that of processing
    series = series_wall, zone.moment(files[0], "SeriesTime", series_wall)
    factor = files[starts.index(earliest)].number("DecayFactor", above=0)
    if factor is None or nuclide is None:
        notes.say("The decay reference is the start of the series, which lies before the first bed (PS3.3 C.8.9.1).")
        return series
    # the image itself tells which of the two it was corrected to
    fits = {
        moment: abs(math.log(factor) - _expected_log(nuclide, elapsed, duration))
        for moment, elapsed in ((earliest, 0.0), (series, before))
    }
    chosen = min(fits, key=fits.get)
    if chosen is series:
        notes.say("The decay reference is the start of the series: DecayFactor (0054,1321) agrees with it.")
    return chosen


def _expected_log(nuclide: str, elapsed_s: float, duration_s: float | None) -> float:
    """Logarithm of the factor from the mean over a frame to a moment ``elapsed_s`` before it began."""
    rate = find_nuclide(nuclide).decay_constant_per_h / 3600
    during = rate * (duration_s or 0)
    return rate * elapsed_s + (math.log(during / -math.expm1(-during)) if during else 0.0)


def _check_factors(files, starts, reference, start, state, fields: dict, duration, notes: Notes) -> None:
    """Flag a decay factor or frame time that does not follow from the clocks."""
    for file, found in zip(files, starts, strict=True):
        factor = file.number("DecayFactor", above=0)
        time_ms = file.number("FrameReferenceTime")
        if found is None:
            continue
        if factor is not None:
            elapsed = _elapsed(found, reference, start, state, fields["administered_at"])
            if elapsed is not None and fields["nuclide"]:
                expected = 0.0 if state is DecayState.NONE else _expected_log(fields["nuclide"], elapsed, duration)
                apart = math.log(factor) - expected
                if abs(apart) > _FACTOR_TOLERANCE and Flag.DECAY_FACTOR_DISAGREES not in notes.flags:
                    notes.flag(Flag.DECAY_FACTOR_DISAGREES)
                    notes.say(f"A DecayFactor is {factor:g}; nuclide and clocks give another (logarithm {apart:+.3g}).")
        if time_ms is not None and reference is not None and state is not DecayState.ADMIN:
            into = time_ms / 1000 - (found[0] - reference[0]).total_seconds()
            if not -1 <= into <= (duration or 0) + 1:
                notes.flag(Flag.FRAME_TIME_DISAGREES)


def _elapsed(found: Moment, reference, start, state, administered_at) -> float | None:
    """Seconds from the moment the values are referred to until the frame began."""
    if state is DecayState.NONE:
        return 0.0
    if state is DecayState.START and reference is not None:
        return (found[0] - reference[0]).total_seconds()
    if state is DecayState.ADMIN and administered_at is not None:
        if found[1] is not None:
            return (found[1] - administered_at).total_seconds()
        if start is not None:
            return (start + (found[0] - reference[0]) - administered_at) / timedelta(seconds=1)
    return None


def _to_unit(file: Elements, unit: str, duration, stated: Stated, pixels: bool, notes: Notes) -> tuple[float, str]:
    """Factor on the rescaled values and the unit it gives."""
    if unit == "BQML":
        if stated.unit not in (None, Unit.BQ_PER_ML):
            contradicted(file, "Units", "unit", "BQML", stated.unit)
        notes.say("Values in Bq/mL: Units is BQML.")
        return 1.0, str(Unit.BQ_PER_ML)
    if unit in ("CNTS", "CPS"):
        own = Unit.COUNTS if unit == "CNTS" else Unit.CPS
        if stated.unit in (None, own):
            notes.say(f"Values in {own}: Units is {unit}.")
            return 1.0, str(own)
        if stated.unit != Unit.BQ_PER_ML:
            contradicted(file, "Units", "unit", unit, stated.unit)
        factor = file.number("DoseCalibrationFactor", above=0)
        if factor is None or factor == 1:
            file.fail(
                "DoseCalibrationFactor",
                f"is missing or 1 and Units is {unit}: there is no way to Bq/mL. Export the image in Bq/mL",
            )
        if unit == "CNTS" and duration is None:
            raise InputError(f"{file.name}: counts become Bq/mL by the duration, which is not known; state duration_s=")
        notes.say(f"Values in Bq/mL: Units is {unit}, DoseCalibrationFactor {factor:g} Bq/mL per count per second.")
        return factor / (duration if unit == "CNTS" else 1.0), str(Unit.BQ_PER_ML)
    if pixels:
        hint = "it is an SUV: divide nothing back, export the image in Bq/mL" if unit == "GML" else "export it in Bq/mL"
        file.fail("Units", f"is {unit}, which is no activity concentration; {hint}")
    return 1.0, unit


def _values(files: list[Elements], factor: float) -> np.ndarray:
    planes = []
    for file in files:
        slope, intercept = file.number("RescaleSlope", above=0), file.number("RescaleIntercept")
        if slope is None:
            file.fail("RescaleSlope", "is missing; every PET slice has its own")
        if intercept is None:
            file.fail("RescaleIntercept", "is missing; every PET slice has one, mostly 0")
        planes.append(((stored_values(file)[0] * slope + intercept) * factor).astype(np.float32))
    return np.stack(planes)
