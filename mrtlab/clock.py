"""Times and decay between them. Datetimes carry their time zone; differences are taken in UTC."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["activity_at", "elapsed_h"]


def elapsed_h(start: datetime, stop: datetime) -> float:
    """Hours from ``start`` to ``stop``; negative if ``stop`` is earlier.

    Parameters
    ----------
    start, stop : datetime
        With a time zone. Python subtracts two datetimes of the same zone by their wall clocks, which is one hour
        wrong across a change to or from summer time; here both are taken to UTC first.

    Raises
    ------
    InputError
        For a datetime without a time zone, or a wall time that the change to summer time skipped.
    """
    return _between({"start": start, "stop": stop})


def activity_at(activity_mbq, nuclide, measured_at: datetime, wanted_at: datetime):
    """Activity brought by physical decay from one time to another.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        MBq at ``measured_at``.
    nuclide : str or Nuclide
    measured_at, wanted_at : datetime
        With time zones; ``wanted_at`` may be the earlier one.

    Returns
    -------
    same kind as ``activity_mbq``, MBq at ``wanted_at``

    Raises
    ------
    InputError
        For negative activity or a datetime without a time zone.

    Warns
    -----
    PlausibilityWarning
        If the two times lie more than 20 half-lives apart.
    """
    activity_mbq = _check.non_negative("activity_mbq", activity_mbq)
    found = find_nuclide(nuclide)
    hours = _between({"measured_at": measured_at, "wanted_at": wanted_at})
    limit = value("clock.long_decay_half_lives")
    if abs(hours) > limit * found.half_life_h:
        warnings.warn(
            f"{hours:g} h is more than {limit:g} half-lives of {found.name}; check the dates and the nuclide",
            PlausibilityWarning,
            stacklevel=2,
        )
    return activity_mbq * found.decay_factor(hours)


def _between(moments: dict[str, datetime]) -> float:
    first, second = (_utc(name, moment) for name, moment in moments.items())
    return (second - first).total_seconds() / 3600


def _utc(name: str, moment: datetime) -> datetime:
    if not isinstance(moment, datetime):
        raise InputError(f"{name} must be a datetime with a time zone, got {moment!r}")
    if moment.utcoffset() is None:
        raise InputError(
            f"{name} is {moment.isoformat()} without a time zone; add one, for example "
            "datetime(..., tzinfo=zoneinfo.ZoneInfo('Europe/Berlin')) or datetime(..., tzinfo=datetime.UTC)"
        )
    utc = moment.astimezone(UTC)
    if utc.astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise InputError(f"{name} is {moment.isoformat()}, a time that the change to summer time skipped")
    if moment.fold == 0 and moment.replace(fold=1).utcoffset() < moment.utcoffset():
        warnings.warn(
            f"{name} is {moment.isoformat()}, an hour that came twice at the end of summer time; the first was "
            "taken (fold=1 means the second)",
            PlausibilityWarning,
            stacklevel=5,
        )
    return utc
