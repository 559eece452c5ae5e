"""DICOM images in and out, read as strictly as a clinic must: what a file does not say is refused or flagged."""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "Header": "headers",
    "Series": "series",
    "TotalsCheck": "totals",
    "check_totals": "totals",
    "find_series": "series",
    "hashed_uid": "deidentify",
    "read_headers": "read",
    "read_image": "read",
    "read_regions": "structures",
    "read_rtdose": "dose_grid",
    "read_rtstruct": "structures",
    "read_seg": "structures",
    "write_ct": "writing",
    "write_nm": "writing",
    "write_pet": "writing",
    "write_rtdose": "writing",
    "write_rtstruct": "writing",
}

__all__ = list(_WHERE)


def __getattr__(name: str):
    # pydicom takes a quarter of a second to load: only who reads or writes DICOM waits for it
    if name in _WHERE:
        return getattr(import_module(f"mrtlab.dicom.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'mrtlab.dicom' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
