"""Whose file it is, on which day it was, and how it is identified: nothing of a real patient."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from mrtlab import clock
from mrtlab.dicom.deidentify import derived_uid, hashed_uid, is_derived
from mrtlab.errors import InputError
from mrtlab.images import Image

_EPOCH = date(2000, 1, 1)
_PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,62}[A-Za-z0-9_.-]|[A-Za-z0-9]")


class Story:
    """Whose file it is and on which day it was: a pseudonym, and a calendar moved so that no real date is kept.

    Parameters
    ----------
    image : Image or None
    patient : str
    seed : int or str
    keep_dates : bool
    anchor : datetime, optional
        The moment that is moved to 2000-01-01; administration, else start of the image.
    """

    def __init__(self, image: Image | None, patient: str, seed: int | str, keep_dates: bool, anchor: datetime | None):
        if not isinstance(patient, str) or not _PSEUDONYM.fullmatch(patient):
            raise InputError(
                f"patient must be a pseudonym of up to 64 letters, digits, blanks and _ . - , got {patient!r}; "
                "'^' and ',' separate the parts of real names and are refused"
            )
        self.patient = patient
        self.seed = str(seed)
        self.keep_dates = bool(keep_dates)
        moments = (anchor, image and image.administered_at, image and image.start)
        self.anchor = next((moment for moment in moments if moment is not None), None)
        self._shift, self._zone = timedelta(0), UTC
        if self.anchor is not None:
            clock.elapsed_h(self.anchor, self.anchor)  # refuses a time without zone
            offset = self.anchor.utcoffset()
            if offset % timedelta(minutes=1) or not timedelta(hours=-12) <= offset <= timedelta(hours=14):
                offset = timedelta(0)  # DICOM has whole minutes only
            self._zone = timezone(offset)
            if not self.keep_dates:
                self._shift = _EPOCH - self.anchor.astimezone(self._zone).date()

    def at(self, moment: datetime) -> datetime:
        """The moment as the file has it: shifted by whole days, and in one offset from UTC."""
        try:
            return moment.astimezone(self._zone) + self._shift
        except OverflowError:
            raise InputError(f"{moment.isoformat()} cannot be shifted; check the dates of the image") from None

    def day(self, moment: datetime | None) -> str:
        return "" if moment is None else self.at(moment).strftime("%Y%m%d").rjust(8, "0")

    def time(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        return self.at(moment).strftime("%H%M%S.%f" if moment.microsecond else "%H%M%S")

    def both(self, moment: datetime) -> str:
        """Date, time and offset in one value (VR DT)."""
        return self.day(moment) + self.time(moment) + self.offset

    @property
    def offset(self) -> str:
        return datetime.now(self._zone).strftime("%z")[:5]

    def uid(self, *parts) -> str:
        return derived_uid(self.patient, self.seed, *parts)


def own_frame(label: str) -> str:
    """A frame of reference that may be written: one of our own as it is, anything else hashed."""
    return label if not label or is_derived(label) else derived_uid("frame of reference", label)


def same_frame(uid: str, label: str) -> bool:
    """Whether a frame of reference in a file is the one of an image or region, by either's hash."""
    return label in (uid, hashed_uid(uid)) or own_frame(label) in (uid, own_frame(hashed_uid(uid)))
