"""Energy windows of NM images: chosen by their limits, never by name or order."""

from __future__ import annotations

from mrtlab.dicom._elements import Elements
from mrtlab.dicom.headers import Notes, Stated, contradicted
from mrtlab.errors import Flag, InputError

Window = tuple[float, float] | None
_SAME_KEV = 1.0


def of_frames(file: Elements, frames: int) -> list[Window]:
    """The window of each frame; None where its limits are not there, or it has several ranges."""
    vector = file.wholes("EnergyWindowVector")
    items = file.items("EnergyWindowInformationSequence")
    declared = file.whole("NumberOfEnergyWindows")
    if vector:
        if len(vector) != frames:
            file.fail("EnergyWindowVector", f"has {len(vector)} values for {frames} frames")
        top = len(items) or declared or max(vector)
        if min(vector) < 1 or max(vector) > top:
            file.fail("EnergyWindowVector", f"counts windows from 1 to {top}; it holds {min(vector)} to {max(vector)}")
    elif 0x00540010 in file.wholes("FrameIncrementPointer") or (len(items) > 1 and frames > 1):
        if len(items) > 1:
            file.fail("EnergyWindowVector", "is missing, and several energy windows are described")
        vector = (1,) * frames
    else:
        vector = (1,) * frames
    if not items:
        return [None] * frames
    limits = [_limits(item) for item in items]
    return [limits[number - 1] for number in vector]


def _limits(item: Elements) -> Window:
    ranges = item.items("EnergyWindowRangeSequence")
    if len(ranges) != 1:
        return None
    lower, upper = (ranges[0].number(f"EnergyWindow{end}Limit") for end in ("Lower", "Upper"))
    if lower is None or upper is None:
        return None
    if not 0 <= lower < upper <= 3000:
        ranges[0].fail("EnergyWindowLowerLimit", f"and the upper limit are {lower:g} and {upper:g} keV; no window")
    return lower, upper


def choose(file: Elements, windows: list[Window], stated: Stated, notes: Notes):
    """Frames of the one window of a volume, and that window."""
    there = list(dict.fromkeys(windows))
    shown = ", ".join(f"{window[0]:g}–{window[1]:g} keV" if window else "one without limits" for window in there)
    wanted = stated.energy_window_kev
    if wanted is not None:
        fits = [
            window
            for window in there
            if window and all(abs(a - b) <= _SAME_KEV for a, b in zip(window, wanted, strict=True))
        ]
        if len(fits) != 1:
            contradicted(file, "EnergyWindowRangeSequence", "energy_window_kev", shown, wanted)
        picked = fits[0]
    elif len(there) > 1:
        raise InputError(f"{file.name} holds several energy windows: {shown}; state energy_window_kev=(lower, upper)")
    else:
        picked = there[0]
    if picked is None:
        notes.flag(Flag.ENERGY_WINDOW_UNKNOWN, "windows_kev")
    else:
        notes.say(f"Energy window {picked[0]:g} to {picked[1]:g} keV, by its limits.")
    return [index for index, window in enumerate(windows) if window == picked], (picked,) if picked else ()
