"""What the headers of a series say, with what they do not say; and what the caller states instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from mrtlab import _check, clock
from mrtlab.dicom._elements import Elements, called
from mrtlab.dicom.moments import Clock, parse_zone
from mrtlab.errors import Flag, InputError
from mrtlab.images import DecayState, Frame, Unit
from mrtlab.nuclides import nuclide as find_nuclide

QUANTITATIVE = ("ATTN", "SCAT")
# Words of CorrectedImage (PS3.3 C.8.4.8.1.1 and C.8.9.4.1.1). Others are not repeated: they may be anything.
CORRECTIONS = (
    "UNIF",
    "COR",
    "NCO",
    "DECY",
    "ATTN",
    "SCAT",
    "DTIM",
    "NRGY",
    "LIN",
    "MOTN",
    "CLN",
    "DCAL",
    "RAN",
    "RADL",
    "SLSENS",
    "EMTN",
    "NORM",
    "MOT",
    "TOFU",
    "RANRNG",
)


@dataclass(frozen=True)
class Stated:
    """What the caller states because the file does not say it. None: nothing stated."""

    nuclide: str | None = None
    timezone: object = None
    unit: str | None = None
    total_dose_unit: str | None = None
    administered_mbq: float | None = None
    administered_at: datetime | None = None
    start: datetime | None = None
    duration_s: float | None = None
    decay_state: str | None = None
    energy_window_kev: tuple[float, float] | None = None
    views: tuple[str, ...] | None = None

    def __post_init__(self):
        parse_zone(self.timezone)
        if self.nuclide is not None:
            object.__setattr__(self, "nuclide", find_nuclide(self.nuclide).name)
        if self.unit is not None:
            _check.choice("unit", self.unit, [str(unit) for unit in (Unit.COUNTS, Unit.CPS, Unit.BQ_PER_ML, Unit.HU)])
        if self.total_dose_unit is not None:
            _check.choice("total_dose_unit", self.total_dose_unit, ("MBq", "Bq"))
        if self.decay_state is not None:
            _check.choice("decay_state", self.decay_state, [str(state) for state in DecayState])
        for name in ("administered_mbq", "duration_s"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(_check.positive(name, getattr(self, name))))
        for name in ("administered_at", "start"):
            if getattr(self, name) is not None:
                clock.elapsed_h(getattr(self, name), getattr(self, name))  # refuses a time without zone
        if self.energy_window_kev is not None:
            window = np.ravel(_check.positive("energy_window_kev", self.energy_window_kev)).tolist()
            if len(window) != 2 or window[0] >= window[1]:
                raise InputError(f"energy_window_kev must be (lower, upper) in keV, got {self.energy_window_kev!r}")
            object.__setattr__(self, "energy_window_kev", tuple(window))

    def say_nothing_of(self, file: Elements, kind: str, *names: str) -> None:
        """Refuse statements that mean nothing for a kind of image: they would be lost in silence."""
        for name in names:
            if getattr(self, name) is not None:
                raise InputError(f"{name} was stated, but {file.name} is {kind}, to which it means nothing")


@dataclass(frozen=True)
class Header:
    """What the headers of one series say.

    Attributes
    ----------
    modality : str
        NM, PT or CT.
    kind : str
        ``"volume"``, ``"planar"``, ``"whole body"`` or ``"projections"``.
    shape : (int, int, int)
        Slices (or frames), rows, columns.
    spacing_mm : tuple of float
        (z, y, x), or (y, x) of planar pictures.
    unit : str
        A :class:`mrtlab.images.Unit`, or the word of the standard for one that cannot be used (``"GML"``).
    duration_s, frame_duration_s : float or None
        Of the acquisition by one head, and of one frame (projection) of it.
    start, administered_at : datetime or None
    administered_mbq : float or None
    nuclide : str or None
    decay_state : DecayState or None
    windows_kev : tuple of (float, float)
        Each energy window once.
    corrections : tuple of str
    heads : int or None
    frames : tuple of Frame
    frame_of_reference : str
        Hashed.
    missing : tuple of str
        What is needed to quantify and is not there: ``"start"``, ``"duration_s"``, ``"administered_at"``, ...
    flags : tuple of str
    understood : tuple of str
        One sentence for each thing taken from the file or from a statement.
    """

    modality: str
    kind: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, ...]
    unit: str
    duration_s: float | None = None
    frame_duration_s: float | None = None
    start: datetime | None = None
    administered_at: datetime | None = None
    administered_mbq: float | None = None
    nuclide: str | None = None
    decay_state: DecayState | None = None
    windows_kev: tuple[tuple[float, float], ...] = ()
    corrections: tuple[str, ...] = ()
    heads: int | None = None
    frames: tuple[Frame, ...] = ()
    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    axes: tuple[tuple[float, float, float], ...] = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    frame_of_reference: str = ""
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()


@dataclass
class Notes:
    """Flags, missing things and sentences, gathered while a header is read."""

    flags: list[Flag] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)

    def flag(self, flag: Flag, missing: str = "") -> None:
        """Add a flag, and the name of what is missing."""
        if flag not in self.flags:
            self.flags.append(flag)
        if missing and missing not in self.missing:
            self.missing.append(missing)

    def say(self, sentence: str) -> None:
        """Add a sentence to what was understood."""
        if sentence not in self.understood:
            self.understood.append(sentence)

    def frozen(self) -> dict:
        """As arguments of :class:`Header`."""
        return {
            "flags": tuple(map(str, self.flags)),
            "missing": tuple(self.missing),
            "understood": tuple(self.understood),
        }


def contradicted(file: Elements, keyword: str, name: str, found, stated, hint: str = "") -> None:
    """Refuse a statement that the file contradicts. ``found`` and ``stated`` are shown: no text of the file."""
    raise InputError(
        f"{name}={stated} was stated, but {file.name} has {found} in {called(keyword)}; "
        + (hint or "state nothing where the file already says it, or use the right file")
    )


def corrections_of(file: Elements, notes: Notes) -> tuple[str, ...]:
    """What the reconstruction corrected, in DICOM's words."""
    words = file.words("CorrectedImage")
    known = tuple(word for word in words if word in CORRECTIONS)
    if len(known) < len(words):
        notes.say(
            f"CorrectedImage has {len(words) - len(known)} words that are not the standard's; they were left out."
        )
    return known


def judge_corrections(corrections: tuple[str, ...], notes: Notes) -> None:
    """Flag a volume that lacks a correction without which it cannot be quantitative."""
    lacking = [word for word in QUANTITATIVE if word not in corrections]
    if lacking:
        notes.flag(Flag.NOT_QUANTITATIVE)
        notes.say(f"CorrectedImage does not contain {' and '.join(lacking)}: not quantitative.")


def start_of(file: Elements, found: tuple[datetime, datetime | None] | None, stated: Stated, notes: Notes):
    """Start of the acquisition from what the file has and what is stated."""
    if found is None:
        if stated.start is None:
            notes.flag(Flag.START_UNKNOWN, "start")
        else:
            notes.say(f"Start {stated.start.isoformat()}, as stated.")
        return stated.start
    wall, moment = found
    if stated.start is None:
        if moment is None:
            notes.flag(Flag.TIMEZONE_UNKNOWN, "start")
            notes.say("The acquisition has date and time, but no time zone is known.")
        else:
            notes.say(f"Start {moment.isoformat()}, from the date and time of acquisition.")
        return moment
    # without a zone in the file the stated start brings its own, and its wall time must be that of the file
    apart = abs((stated.start - moment) if moment else (stated.start.replace(tzinfo=None) - wall)).total_seconds()
    if apart > 1:
        contradicted(file, "AcquisitionTime", "start", f"a start {apart:.0f} s from it", stated.start.isoformat())
    notes.say(f"Start {stated.start.isoformat()}, as stated and as in the file.")
    return stated.start


def zone_of(file: Elements, stated: Stated, notes: Notes) -> Clock:
    """Time zone of a file, with a sentence on where it came from."""
    zone = Clock(file, stated.timezone)
    if zone.own:
        notes.say("The time zone is that of the file (0008,0201).")
    elif zone.known:
        notes.say(f"The time zone is {stated.timezone}, as stated.")
    return zone


def duration_of(file: Elements, found: float | None, how: str, stated: Stated, notes: Notes) -> float | None:
    """Duration from what the file has and what is stated."""
    if found is None:
        if stated.duration_s is None:
            notes.flag(Flag.DURATION_UNKNOWN, "duration_s")
        else:
            notes.say(f"Duration {stated.duration_s:g} s, as stated.")
        return stated.duration_s
    if stated.duration_s is not None and abs(stated.duration_s / found - 1) > 0.01:
        contradicted(file, "ActualFrameDuration", "duration_s", f"{found:g} s", f"{stated.duration_s:g}")
    notes.say(f"Duration {found:g} s: {how}.")
    return found
