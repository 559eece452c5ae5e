"""Clocks of DICOM: dates, times and zones, put together into one moment or not at all."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from mrtlab import clock
from mrtlab.dicom._elements import Elements, called
from mrtlab.errors import InputError, PlausibilityWarning

_OFFSET = re.compile(r"([+-])(\d{2}):?([0-5]\d)")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TIME = re.compile(r"(\d{2})(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?")
_DATETIME = re.compile(r"(\d{8})(\d{4}(?:\d{2}(?:\.\d{1,6})?)?)?([+-]\d{4})?")
_YEARS = (1950, 2100)


def parse_zone(value: str | tzinfo | None) -> tzinfo | None:
    """A time zone stated by the caller: ``"Europe/Berlin"``, ``"+01:00"`` or a tzinfo."""
    if value is None or isinstance(value, tzinfo):
        return value
    if isinstance(value, str):
        if value.strip().upper() in ("UTC", "Z"):
            return UTC
        found = _offset(value.strip())
        if found is not None:
            return found
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(value.strip())
        except Exception:  # a path, an unknown name, a directory: each raises its own kind
            pass
    raise InputError(f"timezone must be a name such as 'Europe/Berlin' or an offset such as '+01:00', got {value!r}")


def file_zone(file: Elements) -> tzinfo | None:
    """The zone the file states."""
    text = file.text("TimezoneOffsetFromUTC")
    if not text:
        return None
    found = _offset(text)
    if found is None:
        file.fail("TimezoneOffsetFromUTC", "is not an offset such as +0100 between -1200 and +1400")
    return found


def _offset(text: str) -> timezone | None:
    match = _OFFSET.fullmatch(text)
    if not match:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    minutes = -minutes if match[1] == "-" else minutes
    return timezone(timedelta(minutes=minutes)) if -720 <= minutes <= 840 else None


class Clock:
    """Time zone of a file: its own, or the one stated, which must not contradict it."""

    def __init__(self, file: Elements, stated: str | tzinfo | None = None):
        self._own = file_zone(file)
        self._stated = parse_zone(stated)

    @property
    def known(self) -> bool:
        """Whether wall times can become moments."""
        return self._own is not None or self._stated is not None

    @property
    def own(self) -> bool:
        """Whether the file itself states its zone."""
        return self._own is not None

    def moment(self, file: Elements, keyword: str, wall: datetime) -> datetime | None:
        """A wall time as a moment with a fixed offset, or None without a zone."""
        zone = self._own or self._stated
        if zone is None:
            return None
        moment = wall.replace(tzinfo=zone)
        if self._own and self._stated:
            stated = wall.replace(tzinfo=self._stated).utcoffset()
            if stated != moment.utcoffset():
                raise InputError(
                    f"{file.name}: {called('TimezoneOffsetFromUTC')} is {_shown(moment)}, but the stated timezone has "
                    f"{_shown(wall.replace(tzinfo=self._stated))} at that time; state none, or the right one"
                )
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", PlausibilityWarning)  # its text holds the date, which must not leave
                clock.elapsed_h(moment, moment)
        except InputError:
            file.fail(keyword, "is a time that the change to summer time skipped in the stated timezone")
        if moment.replace(fold=1).utcoffset() < moment.utcoffset():
            warnings.warn(
                f"{called(keyword)} lies in the hour that came twice at the end of summer time; the first was taken, "
                "so the time may be one hour later",
                PlausibilityWarning,
                stacklevel=2,
            )
        return moment.replace(tzinfo=timezone(moment.utcoffset()))


def _shown(moment: datetime) -> str:
    return moment.strftime("%z")


def date_of(file: Elements, keyword: str) -> date | None:
    """A date (DA)."""
    text = file.text(keyword)
    return None if not text else _date(file, keyword, text)


def time_of(file: Elements, keyword: str) -> time | None:
    """A time of day (TM), at least to the minute."""
    text = file.text(keyword)
    return None if not text else _time(file, keyword, text)


def wall(file: Elements, date_keyword: str, time_keyword: str) -> datetime | None:
    """Date and time of day, if both are there."""
    day, hour = date_of(file, date_keyword), time_of(file, time_keyword)
    return None if day is None or hour is None else datetime.combine(day, hour)


def datetime_of(file: Elements, keyword: str, zone: Clock) -> tuple[datetime, datetime | None] | None:
    """A date with time (DT): its wall time, and the moment if a zone is known; its own offset counts first."""
    text = file.text(keyword)
    if not text:
        return None
    match = _DATETIME.fullmatch(text)
    if not match:
        file.fail(keyword, "is not a date and time such as 20260131093000")
    if match[2] is None:
        file.fail(keyword, "has a date and no time of day")
    wall_time = datetime.combine(_date(file, keyword, match[1]), _time(file, keyword, match[2]))
    if match[3]:
        own = _offset(match[3])
        if own is None:
            file.fail(keyword, "has an offset from UTC that no place has")
        return wall_time, wall_time.replace(tzinfo=own)
    return wall_time, zone.moment(file, keyword, wall_time)


def acquisition(file: Elements, zone: Clock) -> tuple[datetime, datetime | None] | None:
    """Start of the acquisition, as wall time and as moment. Content times are those of processing and are not used."""
    both = datetime_of(file, "AcquisitionDateTime", zone)
    parts = wall(file, "AcquisitionDate", "AcquisitionTime")
    if both and parts and abs(both[0] - parts) > timedelta(seconds=1):
        file.fail("AcquisitionDateTime", "contradicts AcquisitionDate and AcquisitionTime")
    if both:
        return both
    return None if parts is None else (parts, zone.moment(file, "AcquisitionTime", parts))


def _date(file: Elements, keyword: str, text: str) -> date:
    match = _DATE.fullmatch(text)
    try:
        found = date(*map(int, match.groups())) if match else None
    except ValueError:
        found = None
    if found is None or not _YEARS[0] <= found.year <= _YEARS[1]:
        file.fail(keyword, f"is not a date such as 20260131 between {_YEARS[0]} and {_YEARS[1]}")
    return found


def _time(file: Elements, keyword: str, text: str) -> time:
    match = _TIME.fullmatch(text)
    try:
        found = match and time(int(match[1]), int(match[2]), int(match[3] or 0), int((match[4] or "0").ljust(6, "0")))
    except ValueError:
        found = None
    if found is None:
        file.fail(keyword, "is not a time of day such as 093000")
    return found
