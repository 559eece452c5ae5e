"""Nothing of a patient gets into an image, a header, a list of series or a message."""

from __future__ import annotations

import copy
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest
from files_for_tests import ct, pet, planar, save, spect
from pydicom.datadict import DicomDictionary, keyword_for_tag
from pydicom.dataset import Dataset

from mrtlab.dicom import find_series, hashed_uid, read_headers, read_image
from mrtlab.dicom.deidentify import WANTED
from mrtlab.errors import InputError

MARK = "QZX"
_TEXT = ("AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT")
_DAY, _LONG = "19471123", "QZX^Gertrud"


def stuffed(file: Dataset) -> Dataset:
    """Every text element of the standard that is not yet there, filled with a marker, in the file and its items."""
    for holder in [file, *(item for element in file if element.VR == "SQ" for item in element.value)]:
        for tag, (kind, _, _, retired, _) in DicomDictionary.items():
            if tag >> 16 in (0, 2, 4) or retired or tag in holder or keyword_for_tag(tag) in WANTED:
                continue
            if kind in _TEXT:
                holder.add_new(tag, kind, MARK if kind == "CS" else _LONG)
            elif kind == "DA":
                holder.add_new(tag, kind, _DAY)
        holder.add_new(0x00110010, "LO", f"{MARK} CREATOR")
        holder.add_new(0x00111001, "LO", f"{MARK} private")
    file.PatientName, file.PatientID, file.PatientBirthDate = _LONG, f"{MARK}-4711", _DAY
    return file


def clean(text: str) -> bool:
    return MARK not in text and "Gertrud" not in text and _DAY not in text and "1947-11-23" not in text


def everything(thing) -> str:
    return repr(thing) + str(thing) + json.dumps({key: str(value) for key, value in vars(thing).items()}, default=str)


class Leaks:
    """What gets out by warnings, logs and streams while it is watched."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture):
        self._caplog, self._capfd, self.text = caplog, capfd, ""

    @contextmanager
    def watched(self) -> Iterator[None]:
        self._caplog.clear()
        self._capfd.readouterr()
        with warnings.catch_warnings(record=True) as caught, self._caplog.at_level(logging.DEBUG):
            warnings.simplefilter("always")
            yield
        self.text += "".join(self._capfd.readouterr()) + self._caplog.text
        self.text += "".join(str(one.message) for one in caught)


@pytest.fixture
def leaks(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture) -> Leaks:
    return Leaks(caplog, capfd)


@pytest.mark.parametrize("make", [spect, planar, pet, ct])
def test_no_marker_in_anything_that_is_read(tmp_path: Path, make, leaks: Leaks) -> None:
    files = make()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydicom's, of the stuffing
        for file in files if isinstance(files, list) else [files]:
            stuffed(file)
    quietly_saved(files, tmp_path / "series" / "image.dcm" if isinstance(files, Dataset) else tmp_path / "series")
    with leaks.watched():
        image, header = read_image(tmp_path / "series"), read_headers(tmp_path / "series")
        series = find_series(tmp_path / "series")
    for thing in (image, header, *series):
        assert clean(everything(thing))
    assert clean(json.dumps(asdict(header), default=str))
    assert leaks.text == ""
    assert len(series) == 1


def marked(original: Dataset) -> Iterator[Dataset]:
    """Copies in which one wanted element holds a marker or a text, also in items of sequences."""
    sequences = [element.keyword for element in original if element.VR == "SQ"]
    for place in [None, *sequences]:
        holder = original[place].value[0] if place else original
        for tag in [element.tag for element in holder if element.tag != 0x7FE00010]:
            for value in (MARK, _LONG):
                file = copy.deepcopy(original)
                changed = file[place].value[0] if place else file
                if changed[tag].VR in ("US", "SS", "SQ", "AT", "FD"):
                    del changed[tag]
                    changed.add_new(tag, "LO", value)
                else:
                    changed[tag]._value = value
                yield file


def quietly_saved(files, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return save(files, path)


def test_no_marker_in_any_message(tmp_path: Path, leaks: Leaks) -> None:
    original = spect()
    original.RescaleSlope, original.RescaleIntercept = 1, 0
    original.PatientName = _LONG
    refused = []
    for file in marked(original):
        try:
            quietly_saved(file, tmp_path / "image.dcm")
        except Exception:  # pydicom does not write it, so there is nothing to read
            continue
        with leaks.watched():
            try:
                assert clean(everything(read_image(tmp_path / "image.dcm", unit="counts")))
            except InputError as error:
                refused.append(error)
    assert len(refused) > 50
    for error in refused:
        assert clean(str(error))
        assert error.__cause__ is None
        assert error.__suppress_context__ or error.__context__ is None  # a traceback shows the context
    assert leaks.text == ""


def test_unique_identifiers_are_hashed_alike_and_irreversibly(tmp_path: Path) -> None:
    original = spect().FrameOfReferenceUID
    image = read_image(save(spect(), tmp_path / "a.dcm"))
    other = read_image(save(ct(), tmp_path / "ct"))
    assert image.frame_of_reference == other.frame_of_reference == hashed_uid(original)
    assert image.frame_of_reference.startswith("2.25.")
    assert len(image.frame_of_reference) <= 64
    assert original not in image.frame_of_reference
    assert hashed_uid("1.2.3") != hashed_uid("1.2.4")
    assert hashed_uid("") == ""


def test_series_tell_patients_apart_without_naming_them(tmp_path: Path) -> None:
    for number, who in enumerate(("A", "B", "A")):
        file = spect()
        file.SOPInstanceUID = f"1.2.{number + 1}"
        file.file_meta.MediaStorageSOPInstanceUID = file.SOPInstanceUID
        file.PatientID, file.AcquisitionTime = who, f"{10 + number}0000"
        save(file, tmp_path / f"{number}.dcm")
    assert [series.subject for series in find_series(tmp_path)] == [1, 2, 1]
