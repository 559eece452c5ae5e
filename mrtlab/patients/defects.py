"""What can be wrong with a virtual patient's data, on purpose."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from mrtlab import _check
from mrtlab.errors import InputError

__all__ = ["DEFECTS", "HEADER_DEFECTS", "checked_defects"]

#: What each switch does. True switches it on with its usual size; some take a number instead.
DEFECTS: Mapping[str, str] = MappingProxyType(
    {
        "no_decay_corr": "SPECT, PET and planar: said to be decay corrected to administration, but it was not.",
        "wrong_window": "SPECT and planar: another energy window than the one the camera was calibrated for.",
        "deadtime_off": "SPECT, PET and planar: count losses are not corrected.",
        "head_factor": "SPECT: the counts of one head, said to be those of all.",
        "ms_as_s": "DICOM only: the frame duration is written in seconds, where milliseconds belong.",
        "clock_offset": "SPECT, PET and planar: the clock of the camera is ahead. A number: by so many hours (1).",
        "date_missing": "DICOM only: the time of administration is written without a date.",
        "pvc_off": "Curves of regions: not corrected for recovery.",
        "drop_late": "Whatever is acquired at several times: the last of them is missing.",
        "extravasation": "Part of the injection stays in the arm. A number: the fraction (0.3).",
        "obstruction": "Urine is held up in the left renal pelvis. A number: the fraction of what the kidneys excrete.",
        "extrahepatic": "Microspheres only: part of them went to the duodenum, which the tracer did not show. A "
        "number: the fraction (0.05).",
        "contrast_ct": "CT: with contrast medium.",
        "activity_unit_Bq": "DICOM only: the administered activity is in Bq, where MBq belong (PET: the reverse).",
    }
)

#: Those that exist in a DICOM header only.
HEADER_DEFECTS = ("ms_as_s", "date_missing", "activity_unit_Bq")

_NUMBERS = {
    "clock_offset": (-24.0, 24.0),
    "extravasation": (0.0, 0.95),
    "obstruction": (0.0, 0.5),
    "extrahepatic": (0.0, 0.5),
}


def checked_defects(defects: Mapping) -> Mapping[str, bool | float]:
    """The switches that are on.

    Raises
    ------
    InputError
        For a defect that does not exist (those that do are listed), or a size out of range.
    """
    found = {}
    for name, setting in defects.items():
        if name not in DEFECTS:
            near = difflib.get_close_matches(name, DEFECTS, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise InputError(f"there is no defect {name!r}; {hint}There are {', '.join(DEFECTS)}")
        if setting is None or setting is False:
            continue
        if setting is not True:
            if name not in _NUMBERS:
                raise InputError(f"{name} is switched on by True, got {setting!r}; it has no size")
            low, high = _NUMBERS[name]
            setting = float(_check.finite(name, setting))
            if not low <= setting <= high:
                raise InputError(f"{name} must lie between {low:g} and {high:g}, got {setting:g}")
            if setting == 0:
                continue
        found[name] = setting
    return MappingProxyType(found)
