"""Nuclear medicine images: planar, whole body and reconstructed SPECT.

Every vector of DICOM counts from 1. Durations are in milliseconds and per frame; two heads of a camera count at the
same time. The unit is counts, unless the file maps its values to Bq/mL.
"""

from __future__ import annotations

import numpy as np

from mrtlab.dicom import nm_scale, nm_windows
from mrtlab.dicom._elements import Elements
from mrtlab.dicom.deidentify import hashed_uid
from mrtlab.dicom.geometry import directions, pixel_spacing
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
from mrtlab.dicom.moments import acquisition
from mrtlab.dicom.pixels import declared_shape, stored_values
from mrtlab.dicom.tracer import check_order, tracer_of
from mrtlab.errors import Flag, InputError
from mrtlab.images import DecayState, Frame

_KINDS = {"RECON TOMO": "volume", "STATIC": "planar", "WHOLE BODY": "whole body", "TOMO": "projections"}
_SHORTEST_FRAME_MS = 500  # neither a projection nor a static picture is counted for less
_LONGEST_FRAME_MS = 24 * 3.6e6
_COUNTS_TOLERANCE = 0.001

# PS3.16 CID 26, SNOMED CT and SNOMED-RT
_VIEWS = {
    "399321004": "anterior",
    "G-5215": "anterior",
    "399001007": "posterior",
    "G-5216": "posterior",
    "399118008": "left lateral",
    "G-5223": "left lateral",
    "399297009": "right lateral",
    "G-5222": "right lateral",
}


def kind_of(file: Elements) -> str:
    """Kind of image, by the third word of ImageType; an empty text for one that is not read."""
    words = file.words("ImageType")
    return _KINDS.get(words[2], "") if len(words) > 2 else ""


def read(files: list[Elements], stated: Stated, *, pixels: bool) -> tuple[Header, np.ndarray | None]:
    """Header and values of one NM file."""
    file = files[0]
    kind = kind_of(file)
    if not kind:
        file.fail("ImageType", f"has none of {', '.join(_KINDS)} as its third value; other NM images are not read")
    notes = Notes()
    zone = zone_of(file, stated, notes)
    shape = declared_shape(file)
    fields: dict = {"modality": "NM", "kind": kind, "heads": _heads(file)}
    start = start_of(file, acquisition(file, zone), stated, notes)
    fields |= tracer_of(file, "NM", zone, stated, notes)
    check_order(file, start, fields["administered_at"])
    windows = nm_windows.of_frames(file, shape[0])
    if kind in ("volume", "projections"):
        stated.say_nothing_of(file, "not planar", "views")
    if kind == "volume":
        chosen, fields["windows_kev"] = nm_windows.choose(file, windows, stated, notes)
    else:
        stated.say_nothing_of(file, "planar: its pictures carry their windows", "energy_window_kev")
        chosen = list(range(shape[0]))
        fields["windows_kev"] = tuple(dict.fromkeys(window for window in windows if window))
        if kind != "projections" and None in windows:
            notes.flag(Flag.ENERGY_WINDOW_UNKNOWN, "windows_kev")
    frame_s, found, how = _duration(file, kind, stated, notes)
    duration = duration_of(file, found, how, stated, notes)
    fields["corrections"] = corrections_of(file, notes)
    fields["decay_state"] = _decay_state(file, kind, stated, notes)
    if kind == "volume":
        judge_corrections(fields["corrections"], notes)
        order, place = _volume(file, chosen, notes)
        fields |= place
    else:
        order = chosen
        fields["spacing_mm"] = pixel_spacing(file)
        fields["frames"] = _frames(file, kind, windows, duration, stated, notes)
    fields["frame_of_reference"] = hashed_uid(file.uid("FrameOfReferenceUID"))
    scale = nm_scale.of(file, stated, notes)
    values = None
    if pixels:
        if kind == "projections":
            file.fail("ImageType", "is TOMO: these are projections; reconstruct first, then read the reconstruction")
        stored = stored_values(file)
        _check_counts(file, stored, kind, notes)
        values = scale.apply(file, stored[order])
    header = Header(
        shape=(len(order), *shape[1:]),
        unit=str(scale.unit),
        duration_s=duration,
        frame_duration_s=frame_s,
        start=start,
        **fields,
        **notes.frozen(),
    )
    return header, values


def _heads(file: Elements) -> int | None:
    count = file.whole("NumberOfDetectors")
    if count is not None and not 1 <= count <= 16:
        file.fail("NumberOfDetectors", f"is {count}; cameras have 1 to 16")
    return count


def _duration(file: Elements, kind: str, stated: Stated, notes: Notes) -> tuple[float | None, float | None, str]:
    """Seconds of one frame, of the acquisition by one head, and how that came about."""
    if kind in ("planar", "whole body"):
        seconds = _frame_s(file, 1, stated)
        return seconds, seconds, "ActualFrameDuration is in milliseconds"
    rotations = file.items("RotationInformationSequence")
    declared = file.whole("NumberOfRotations")
    if rotations and declared is not None and declared != len(rotations):
        file.fail("NumberOfRotations", f"is {declared}, but {len(rotations)} rotations are described")
    total, frame_s, parts = 0.0, None, []
    for rotation in rotations:
        count = rotation.whole("NumberOfFramesInRotation")
        if count is None:
            return None, None, ""
        if not 1 <= count <= 10000:
            rotation.fail("NumberOfFramesInRotation", f"is {count}; 1 to 10000 are possible")
        frame_s = _frame_s(rotation, count * len(rotations), stated)
        if frame_s is None:
            return None, None, ""
        count = _of_one_head(rotation, count, file.whole("NumberOfDetectors"), frame_s, stated, notes)
        total += count * frame_s
        parts.append(f"{count} frames of {frame_s:g} s")
    if not rotations:
        return None, None, ""
    heads = file.whole("NumberOfDetectors") or 1
    together = f"; the {heads} heads counted at the same time, which does not double it" if heads > 1 else ""
    return frame_s, total, " and ".join(parts) + together


def _frame_s(holder: Elements, frames: int, stated: Stated) -> float | None:
    milliseconds = holder.number("ActualFrameDuration", above=0)
    if milliseconds is None:
        return None
    if milliseconds > _LONGEST_FRAME_MS:
        holder.fail("ActualFrameDuration", f"is {milliseconds:g} ms, more than a day; it must be in milliseconds")
    if milliseconds < _SHORTEST_FRAME_MS:
        as_seconds = milliseconds * frames
        if stated.duration_s is not None and abs(stated.duration_s / as_seconds - 1) < 0.01:
            return milliseconds  # the statement settles that the file has seconds
        holder.fail(
            "ActualFrameDuration",
            f"is {milliseconds:g} ms for one frame; no frame of this kind is that short. If the file holds seconds, "
            f"state duration_s={as_seconds:g}",
        )
    return milliseconds / 1000


def _of_one_head(rotation: Elements, count: int, heads, frame_s: float, stated: Stated, notes: Notes) -> int:
    """Frames of one head. By the standard that is what is stored; a sum over all heads would double the duration."""
    step, arc = rotation.number("AngularStep"), rotation.number("ScanArc")
    if not (step and arc):
        return count
    heads = heads or 1
    turns = count * abs(step) / abs(arc)
    slack = 2.0 * abs(step) / abs(arc)  # some cameras count the first view of the next turn too
    if heads > 1 and abs(turns - heads) < slack:
        if stated.duration_s is not None and abs(stated.duration_s / (count / heads * frame_s) - 1) < 0.01:
            notes.say(f"NumberOfFramesInRotation counts all {heads} heads together: the stated duration is of one.")
            return count // heads
        rotation.fail(
            "NumberOfFramesInRotation",
            f"is {count}, but steps of {abs(step):g}° over {abs(arc):g}° make {abs(arc / step):g} for each of the "
            f"{heads} heads: the file counts the frames of all heads. State duration_s=, the time of one head",
        )
    # the arc is that of one head, or that of all together; a full circle of each of several heads is rarely meant
    fits = abs(turns - 1) < slack or abs(turns * heads - 1) < heads * slack
    if not fits or (heads > 1 and abs(turns - 1) < slack and abs(arc) > 350):
        notes.flag(Flag.DURATION_DOUBTFUL)
    return count


def _decay_state(file: Elements, kind: str, stated: Stated, notes: Notes) -> DecayState | None:
    words = file.words("CorrectedImage")
    said = file.text("DecayCorrection")
    found: DecayState | None = None
    if said:
        if said not in tuple(DecayState):
            file.fail("DecayCorrection", "is none of NONE, START, ADMIN")
        found = DecayState(said)
        if words and (found is DecayState.NONE) == ("DECY" in words):
            file.fail("DecayCorrection", f"is {found}, which CorrectedImage (0028,0051) contradicts")
    elif words and "DECY" not in words:
        found = DecayState.NONE
    elif not words and kind != "volume":
        found = DecayState.NONE  # a picture as counted
    if found and stated.decay_state and stated.decay_state != found:
        contradicted(file, "CorrectedImage", "decay_state", f"decay state {found}", stated.decay_state)
    if not found and "DECY" in words and stated.decay_state == DecayState.NONE:
        contradicted(file, "CorrectedImage", "decay_state", "DECY", stated.decay_state)
    if found:
        notes.say(f"Decay state {found}: " + ("by DecayCorrection." if said else "no decay correction is listed."))
        return found
    if stated.decay_state:
        notes.say(f"Decay state {stated.decay_state}, as stated.")
        return DecayState(stated.decay_state)
    if "DECY" in words:
        notes.say("CorrectedImage contains DECY: decay is corrected, but the file does not say to which moment.")
    notes.flag(Flag.DECAY_STATE_UNKNOWN, "decay_state")
    return None


def _volume(file: Elements, chosen: list[int], notes: Notes) -> tuple[list[int], dict]:
    """Frames in the order of the slices, and where they lie."""
    frames = declared_shape(file)[0]
    vector = file.wholes("SliceVector")
    order = chosen
    if vector:
        if len(vector) != frames:
            file.fail("SliceVector", f"has {len(vector)} values for {frames} frames")
        slices = [vector[index] for index in chosen]
        if sorted(slices) != list(range(1, len(chosen) + 1)):
            file.fail("SliceVector", f"does not hold every slice from 1 to {len(chosen)} once")
        order = [index for _, index in sorted(zip(slices, chosen, strict=True))]
    elif 0x00540080 in file.wholes("FrameIncrementPointer"):
        file.fail("SliceVector", "is missing, though FrameIncrementPointer (0028,0009) points to it")
    else:
        notes.say("Slices in the order of the frames: the file has no SliceVector.")
    declared = file.whole("NumberOfSlices")
    if declared is not None and declared != len(chosen):
        file.fail("NumberOfSlices", f"is {declared}, but there are {len(chosen)} frames of one energy window")
    gap = file.number("SpacingBetweenSlices")
    if not gap:
        file.fail("SpacingBetweenSlices", "is missing or 0; SliceThickness does not replace it. Export the image again")
    place: dict = {"spacing_mm": (abs(gap), *pixel_spacing(file))}
    if not 0.01 <= abs(gap) <= 100:
        file.fail("SpacingBetweenSlices", f"is {gap:g} mm; it must lie between 0.01 and 100")
    found = {
        (holder.numbers("ImageOrientationPatient", 6), holder.numbers("ImagePositionPatient", 3)): holder
        for holder in (file, *file.items("DetectorInformationSequence"))
    }
    found = {key: holder for key, holder in found.items() if all(key)}
    if not found:
        notes.flag(Flag.GEOMETRY_UNKNOWN, "position")
        return order, place
    ((orientation, position), holder), *others = found.items()
    for other in others:
        if not np.allclose(other[0][0], orientation, atol=1e-3) or not np.allclose(other[0][1], position, atol=0.05):
            file.fail("ImagePositionPatient", "or the orientation differs between the detectors of one volume")
    rows, columns, normal = directions(file, holder)
    # a negative distance stacks the slices against the normal (PS3.3 C.8.4.15.1.1)
    along = normal * np.sign(gap)
    place["origin_mm"] = position
    place["axes"] = tuple(map(tuple, (along.tolist(), rows.tolist(), columns.tolist())))
    return order, place


def _frames(file: Elements, kind, windows, duration: float | None, stated: Stated, notes: Notes) -> tuple[Frame, ...]:
    if kind == "projections":
        return ()
    detectors = file.wholes("DetectorVector")
    if detectors and len(detectors) != len(windows):
        file.fail("DetectorVector", f"has {len(detectors)} values for {len(windows)} frames")
    if not detectors:
        if len(windows) > 1 and 0x00540020 in file.wholes("FrameIncrementPointer"):
            file.fail("DetectorVector", "is missing, though FrameIncrementPointer (0028,0009) points to it")
        detectors = (1,) * len(windows)
    items = file.items("DetectorInformationSequence")
    if min(detectors) < 1 or (items and max(detectors) > len(items)):
        file.fail("DetectorVector", f"counts from 1 to the {len(items)} detectors described; it holds another value")
    views = [_view(items[number - 1], notes) if items else "" for number in detectors]
    if stated.views is not None:
        if len(stated.views) != len(views):
            raise InputError(f"views states {len(stated.views)} pictures, but {file.name} has {len(views)}")
        for index, (said, found) in enumerate(zip(stated.views, views, strict=True)):
            if found and said != found:
                contradicted(file, "ViewCodeSequence", "views", f"{found} for picture {index + 1}", said)
        views = list(stated.views)
    if "" in views:
        notes.flag(Flag.VIEW_UNKNOWN, "view")
    return tuple(
        Frame(view, window, duration, number) for view, window, number in zip(views, windows, detectors, strict=True)
    )


def _view(detector: Elements, notes: Notes) -> str:
    """View by its code, or by the angle of the detector: 0° is at the patient's back (PS3.3 C.8.4.11)."""
    codes = detector.items("ViewCodeSequence")
    by_code = _VIEWS.get(codes[0].text("CodeValue"), "") if codes else ""
    angle = detector.number("StartAngle")
    by_angle = ""
    if angle is not None:
        turned = angle % 360
        by_angle = {0: "posterior", 180: "anterior"}.get(round(turned / 10) * 10 % 360, "")
    if by_code and by_angle and by_code in ("anterior", "posterior") and by_code != by_angle:
        notes.flag(Flag.VIEW_CONTRADICTED)
        notes.say(f"A view is {by_code} by its code and {by_angle} by the angle of its detector; the code was taken.")
    elif by_angle and not by_code:
        notes.say(f"A view is {by_angle} by the angle of its detector, {angle:g}°: it has no view code.")
    return by_code or by_angle


def _check_counts(file: Elements, stored: np.ndarray, kind: str, notes: Notes) -> None:
    accumulated = file.number("CountsAccumulated")
    if kind == "volume" or not accumulated:
        return
    total = int(stored.sum(dtype=np.int64))
    if abs(total - accumulated) > _COUNTS_TOLERANCE * accumulated:
        notes.flag(Flag.COUNTS_DISAGREE)
        notes.say(f"CountsAccumulated is {accumulated:g}, the pixels hold {total} counts.")
