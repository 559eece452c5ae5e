"""What tests of the exercises on DICOM files share: learners for every case, and their files."""

from __future__ import annotations

import sys
from functools import cache
from io import BytesIO
from pathlib import Path

import pydicom

from mrtlab.learn.checking import check
from mrtlab.learn.library import load
from mrtlab.learn.sheet import Sheet
from mrtlab.learn.variants import Variant, variant

sys.path.append(str(Path(__file__).resolve().parents[1] / "dicom"))
from outside_programs import complaints  # noqa: F401

LACKING = ("scatter", "attenuation", "nothing")
SLIPS = ("frame", "head", "label", "unit", "clock", "window")
_CASES = {"dicom-detective": ("lacking", LACKING), "spot-the-unit-error": ("mishap", SLIPS)}


@cache
def cases(id: str) -> dict[str, Variant]:
    """A learner for each slip that can be drawn, or for each state of the file."""
    name, wanted = _CASES[id]
    found: dict[str, Variant] = {}
    for number in range(200):
        one = variant(load(id), f"case-{number}")
        found.setdefault(one.formulas[name], one)
        if set(wanted) <= found.keys():
            return found
    raise AssertionError(f"only {', '.join(found)} were drawn")


def saved(one: Variant, folder: Path) -> dict[str, Path]:
    """Save the files of a variant; their paths by name."""
    for file in one.sheet.files:
        (folder / file.name).write_bytes(file.content)
    return {file.name: folder / file.name for file in one.sheet.files}


def datasets(sheet: Sheet) -> list[pydicom.Dataset]:
    """The files of a sheet as pydicom sees them."""
    return [pydicom.dcmread(BytesIO(file.content)) for file in sheet.files]


def stored(ds: pydicom.Dataset, tag: str, element: str) -> str:
    """What a file has in an element, wherever it lies."""
    if element.startswith("PixelData"):
        assert (tag, element) == ("(7FE0,0010)", "PixelData, row 4, column 5")
        return str(ds.pixel_array.reshape(ds.Rows, ds.Columns)[3, 4])
    found = {
        # a decimal string may end in noughts
        "\\".join(
            f"{one:.12g}" if item.VR == "DS" else str(one) for one in (item.value if item.VM > 1 else [item.value])
        )
        for item in ds.iterall()
        if f"({item.tag.group:04X},{item.tag.element:04X})" == tag
    }
    assert len(found) == 1, (tag, found)
    assert pydicom.datadict.keyword_for_tag(int(tag[1:5] + tag[6:10], 16)) == element
    return found.pop()


def judged(one: Variant, key: str, raw: dict) -> str:
    return check(one.expected[key], one.sheet.question(key), raw, one.render).outcome


def number(value: float, u: float | None = None) -> dict:
    return {"value": f"{value:.4g}"} | ({} if u is None else {"u": f"{u:.2g}"})
