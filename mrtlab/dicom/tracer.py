"""The radiopharmaceutical of a file: nuclide, half-life, activity and time of administration.

Trap: some scanners (Siemens PET among them) store in RadiopharmaceuticalStartDateTime the time at which the syringe was
assayed, not that of the injection, and correct the decay of the image to it. So the file's time is what a correction to
administration must be undone with, and a different one is not accepted beside it. Undo the correction first
(``decay_to(image, "START")``), then put in the true time: ``image.changed(administered_at=...)``.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from mrtlab.clock import elapsed_h
from mrtlab.dicom._elements import Elements
from mrtlab.dicom.headers import Notes, Stated, contradicted
from mrtlab.dicom.moments import Clock, datetime_of, time_of
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import names as nuclide_names
from mrtlab.nuclides import nuclide as find_nuclide

# PS3.16 CID 18 and CID 4020, SNOMED CT and the older SNOMED-RT identifiers of the same concepts.
_CODES = {
    ("SCT", "447553000"): "Lu-177",
    ("SRT", "C-101ED"): "Lu-177",
    ("SCT", "14691008"): "Y-90",
    ("SRT", "C-162A7"): "Y-90",
    ("SCT", "1368003"): "I-131",
    ("SRT", "C-114B1"): "I-131",
    ("SCT", "21572004"): "I-123",
    ("SRT", "C-114A4"): "I-123",
    ("SCT", "40937006"): "I-124",
    ("SRT", "C-114A5"): "I-124",
    ("SCT", "72454006"): "Tc-99m",
    ("SRT", "C-163A8"): "Tc-99m",
    ("SCT", "35337001"): "Ga-68",
    ("SRT", "C-131A3"): "Ga-68",
    ("SCT", "77004003"): "F-18",
    ("SRT", "C-111A1"): "F-18",
    ("SCT", "53700003"): "Cu-67",
    ("SRT", "C-127A3"): "Cu-67",
    ("NCIt", "C1943"): "Ho-166",
}
_SNOMED_RT = ("SRT", "SNM3", "99SDM")  # three designators of one scheme (PS3.16 chapter 8)
_ELEMENTS = {
    "lutetium": "Lu", "yttrium": "Y", "iodine": "I", "holmium": "Ho", "technetium": "Tc", "gallium": "Ga",
    "fluorine": "F", "terbium": "Tb", "copper": "Cu", "actinium": "Ac", "bismuth": "Bi",
}  # fmt: skip
_MEANING = re.compile(r"\^?(\d{1,3}m?)\^?[\s-]*([A-Za-z]+)|([A-Za-z]+)[\s-]*\^?(\d{1,3}m?)\^?")

HALF_LIFE_TOLERANCE = 0.01
_MBQ_RANGE = (0.01, 1e5)  # beyond 100 GBq nobody is treated: such a number is in Bq
_BQ_RANGE = (1e5, 1e11)
_SAME_MINUTE = timedelta(seconds=60)


def tracer_of(file: Elements, modality: str, zone: Clock, stated: Stated, notes: Notes) -> dict:
    """Nuclide, administered activity and time, as arguments of a header.

    Raises
    ------
    InputError
        If the file contradicts itself or a statement, or the activity cannot be in the unit the standard has.
    """
    items = file.items("RadiopharmaceuticalInformationSequence")
    nuclide = _nuclide(file, items, stated, notes)
    if not items:
        for name in ("administered_mbq", "administered_at"):
            value = getattr(stated, name)
            if value is None:
                flag = Flag.ADMINISTERED_UNKNOWN if name == "administered_mbq" else Flag.ADMINISTRATION_TIME_UNKNOWN
                notes.flag(flag, name)
        return {
            "nuclide": nuclide,
            "administered_mbq": stated.administered_mbq,
            "administered_at": stated.administered_at,
        }
    if len(items) > 1:
        file.fail(
            "RadiopharmaceuticalInformationSequence",
            f"holds {len(items)} tracers; an image of two tracers cannot be read as activity of one",
        )
    return {
        "nuclide": nuclide,
        "administered_mbq": _activity(items[0], modality, stated, notes),
        "administered_at": _administered_at(items[0], zone, stated, notes),
    }


def _nuclide(file: Elements, items: list[Elements], stated: Stated, notes: Notes) -> str | None:
    coded = {found for item in items for found in _coded(item)}
    if len(coded) > 1:
        file.fail("RadionuclideCodeSequence", f"names {' and '.join(sorted(coded))}; the file contradicts itself")
    found = coded.pop() if coded else None
    if found and stated.nuclide and found != stated.nuclide:
        contradicted(file, "RadionuclideCodeSequence", "nuclide", found, stated.nuclide)
    if stated.nuclide and not found and any(_coded_otherwise(item) for item in items):
        contradicted(file, "RadionuclideCodeSequence", "nuclide", "the code of another nuclide", stated.nuclide)
    nuclide = found or stated.nuclide
    for item in items:
        seconds = item.number("RadionuclideHalfLife", above=0)
        if seconds is None:
            continue
        if nuclide is None:
            notes.say(f"The half-life is {seconds:g} s; the nuclide is not concluded from it.")
            continue
        known = find_nuclide(nuclide).half_life_h * 3600
        if abs(seconds / known - 1) > HALF_LIFE_TOLERANCE:
            item.fail(
                "RadionuclideHalfLife",
                f"is {seconds:g} s, but {nuclide} has {known:.6g} s; the nuclide or the unit (seconds) is wrong",
            )
    if nuclide is None:
        notes.flag(Flag.NUCLIDE_UNKNOWN, "nuclide")
    else:
        notes.say(f"Nuclide {nuclide}, " + ("by its code." if found else "as stated."))
    return nuclide


def _coded(item: Elements) -> set[str]:
    """Nuclides by code and by meaning. A meaning counts only where it is no more than the name of a known nuclide."""
    found = set()
    for code in item.items("RadionuclideCodeSequence"):
        scheme = code.text("CodingSchemeDesignator")
        scheme = "SRT" if scheme in _SNOMED_RT else scheme
        by_code = _CODES.get((scheme, code.text("CodeValue")))
        match = _MEANING.fullmatch(code.text("CodeMeaning"))
        by_meaning = None
        if match:
            mass, element = (match[1], match[2]) if match[1] else (match[4], match[3])
            by_meaning = f"{_ELEMENTS.get(element.lower(), element.capitalize())}-{mass}"
        found |= {name for name in (by_code, by_meaning) if name in nuclide_names()}
    return found


def _coded_otherwise(item: Elements) -> bool:
    """Whether the code is that of a nuclide of the standard which has no decay data here."""
    from pydicom.sr.codedict import codes

    known = {code.value for group in (codes.CID18, codes.CID4020) for code in group.concepts.values()}
    return any(code.text("CodeValue") in known for code in item.items("RadionuclideCodeSequence"))


def _activity(item: Elements, modality: str, stated: Stated, notes: Notes) -> float | None:
    """Activity in MBq. By the standard NM stores MBq and PET stores Bq; files with the other unit are about."""
    value = item.number("RadionuclideTotalDose")
    if value is not None and value < 0:
        item.fail("RadionuclideTotalDose", f"is {value:g}; an activity is not negative")
    if not value:  # some cameras write 0 for an activity that was not typed in
        if stated.administered_mbq is None:
            notes.flag(Flag.ADMINISTERED_UNKNOWN, "administered_mbq")
        else:
            notes.say(f"Administered {stated.administered_mbq:g} MBq, as stated.")
        return stated.administered_mbq
    standard = "MBq" if modality == "NM" else "Bq"
    unit = stated.total_dose_unit or standard
    low, high = _MBQ_RANGE if unit == "MBq" else _BQ_RANGE
    if not low <= value <= high:
        other = "Bq" if unit == "MBq" else "MBq"
        item.fail(
            "RadionuclideTotalDose",
            f"is {value:g}; in {unit}, " + ("as stated" if stated.total_dose_unit else f"the unit of {modality} files")
            + f", an administered activity lies between {low:g} and {high:g}. State total_dose_unit={other!r} if the "
            "file holds that unit",
        )  # fmt: skip
    activity = value if unit == "MBq" else value / 1e6
    if stated.administered_mbq is not None and abs(stated.administered_mbq / activity - 1) > 0.01:
        contradicted(
            item, "RadionuclideTotalDose", "administered_mbq", f"{activity:g} MBq", f"{stated.administered_mbq:g}"
        )
    how = "as stated" if stated.total_dose_unit else f"the unit the standard has for {modality}"
    notes.say(f"Administered {activity:g} MBq: RadionuclideTotalDose {value:g} is in {unit}, {how}.")
    return activity


def _administered_at(item: Elements, zone: Clock, stated: Stated, notes: Notes) -> datetime | None:
    hour = time_of(item, "RadiopharmaceuticalStartTime")
    found = datetime_of(item, "RadiopharmaceuticalStartDateTime", zone)
    said = stated.administered_at
    if found:
        wall, moment = found
        if hour and abs(wall - datetime.combine(wall.date(), hour)) > _SAME_MINUTE:
            item.fail("RadiopharmaceuticalStartDateTime", "has another time of day than RadiopharmaceuticalStartTime")
        if said is None:
            if moment is None:
                notes.flag(Flag.TIMEZONE_UNKNOWN, "administered_at")
            else:
                notes.say(f"Administration {moment.isoformat()}, from RadiopharmaceuticalStartDateTime.")
            return moment
        apart = abs((said - moment) if moment else (said.replace(tzinfo=None) - wall))
        if apart > _SAME_MINUTE:
            contradicted(
                item, "RadiopharmaceuticalStartDateTime", "administered_at", f"a time {apart} from it",
                said.isoformat(), "if the file holds the time of assay, undo the decay correction with it first, then "
                "put in the true time with image.changed(administered_at=...)",
            )  # fmt: skip
    elif said is None:
        # the day is not assumed to be that of the scan: one day is 10 % of the activity of Lu-177, 30 % of Y-90
        notes.flag(Flag.ADMINISTRATION_TIME_UNKNOWN, "administered_at")
        if hour:
            notes.say(f"RadiopharmaceuticalStartTime is {hour.isoformat()} without a date; the day is not assumed.")
        return None
    elif hour:
        day = datetime.combine(said, hour)
        own = zone.moment(item, "RadiopharmaceuticalStartTime", day)
        own = said.astimezone(own.tzinfo) if own else said
        apart = abs(own.replace(tzinfo=None) - datetime.combine(own.date(), hour))
        if min(apart, timedelta(days=1) - apart) > _SAME_MINUTE:
            contradicted(
                item, "RadiopharmaceuticalStartTime", "administered_at", f"the time of day {hour.isoformat()}",
                said.isoformat(),
            )  # fmt: skip
    notes.say(f"Administration {said.isoformat()}, as stated.")
    return said


def check_order(file: Elements, start: datetime | None, administered_at: datetime | None) -> None:
    """Refuse a scan before its administration."""
    if start is None or administered_at is None:
        return
    hours = elapsed_h(administered_at, start)
    if hours < 0:
        raise InputError(
            f"{file.name}: the acquisition begins {-hours:.2f} h before the administration; a date, a time zone or the "
            "clock of one device is wrong"
        )
