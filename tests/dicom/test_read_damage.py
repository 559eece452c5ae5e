"""Damaged files: an error that names file and tag, or the true numbers; never anything else."""

from __future__ import annotations

import struct
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from files_for_tests import Damage, ct, damaged, pet, planar, save, spect
from pydicom.datadict import tag_for_keyword
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

from mrtlab.dicom import read_image
from mrtlab.dicom.pixels import MAX_VOXELS
from mrtlab.errors import InputError

# Elements whose value is a number of the image: another valid value there is another image, and no reader can know.
_NUMBERS = {
    tag_for_keyword(keyword)
    for keyword in (
        "RescaleSlope",
        "RescaleIntercept",
        "PixelSpacing",
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "SpacingBetweenSlices",
        "SliceThickness",
        "SliceVector",
        "Rows",
        "Columns",
        "BitsStored",
        "HighBit",
        "PixelRepresentation",
        "AcquisitionDate",
        "AcquisitionTime",
        "SeriesDate",
        "SeriesTime",
        "TimezoneOffsetFromUTC",
        "RadiopharmaceuticalStartDateTime",
        "RadiopharmaceuticalStartTime",
        "ActualFrameDuration",
        "NumberOfFramesInRotation",
        "EnergyWindowLowerLimit",
        "EnergyWindowUpperLimit",
        "EnergyWindowVector",
        "DetectorVector",
        "RadionuclideTotalDose",
        "StartAngle",
    )
}
_ALWAYS = ("array", "shape", "spacing_mm", "axes", "kind", "modality")
_UNLESS_FLAGGED = (
    "unit",
    "origin_mm",
    "start",
    "duration_s",
    "decay_state",
    "nuclide",
    "administered_mbq",
    "administered_at",
    "window_kev",
    "corrections",
    "frames",
)


def numbers(path: Path) -> dict:
    image = read_image(path)
    found = {name: getattr(image, name) for name in (*_ALWAYS[2:], *_UNLESS_FLAGGED)}
    found["corrections"] = {"ATTN", "SCAT", "DECY"} & set(image.corrections)  # the others decide nothing
    return found | {"array": image.array.tobytes(), "shape": image.array.shape, "flags": set(image.flags)}


def outcome(path: Path, damage: Damage, true: dict) -> str:
    """What reading a damaged file gave; fails for a silently different number."""
    try:
        found = numbers(path)
    except InputError as error:
        return "refused" if path.name in str(error) else "refused without a name"
    if damage.touched & _NUMBERS:
        return "another value"
    flagged = found["flags"] - true["flags"]
    changed = [name for name in true if name != "flags" and found[name] != true[name]]
    assert not set(changed) & set(_ALWAYS), (damage.done, changed)
    assert not changed or flagged, (damage.done, changed, [found[name] for name in changed])
    return "flagged" if flagged else "same"


@pytest.mark.parametrize(
    ("make", "count"),
    [(spect, 1800), (planar, 700), (lambda: pet(1)[0], 3000), (lambda: ct(1)[0], 4500)],
    ids=["spect", "planar", "pet", "ct"],
)
def test_ten_thousand_random_damages_give_an_error_or_the_same_numbers(tmp_path: Path, make, count: int) -> None:
    """What was lost may be None (or a default) if a flag says so; what is there must be what was there."""
    file = make()
    path = save(file, tmp_path / "image.dcm")
    true = numbers(path)
    outcomes: Counter[str] = Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the damaging
        damages = list(damaged(file, count, seed=20260112))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for damage in damages:
            path.write_bytes(damage.data)
            outcomes[outcome(path, damage, true)] += 1
    assert outcomes["refused without a name"] == 0
    assert outcomes["refused"] > 0.4 * count
    assert outcomes["same"] > 0.15 * count  # most damage to what is not used leaves the image readable
    assert outcomes["another value"] < 0.1 * count


@pytest.mark.parametrize("make", [pet, ct])
def test_damage_to_one_slice_of_three_never_loses_it_in_silence(tmp_path: Path, make) -> None:
    folder = save(make(), tmp_path / "series")
    true = numbers(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        damages = list(damaged(make()[1], 150, seed=5))
    for damage in damages:
        (folder / "slice 002.dcm").write_bytes(damage.data)
        try:
            found = numbers(folder)
        except InputError:
            continue
        if not damage.touched & _NUMBERS:
            assert [found[name] for name in _ALWAYS] == [true[name] for name in _ALWAYS], damage.done


@pytest.mark.parametrize("length", [0, 1, 131, 132, 140, 400, 1000])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, length: int) -> None:
    path = save(spect(), tmp_path / "image.dcm")
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(InputError, match=r"image\.dcm"):
        read_image(path)


def test_a_file_without_its_last_byte_is_refused(tmp_path: Path) -> None:
    path = save(spect(), tmp_path / "image.dcm")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match="cut short"):
        read_image(path)


@pytest.mark.parametrize("content", [b"", b"text", b"%PDF-1.7" + bytes(500), bytes(1000)])
def test_what_is_no_dicom_is_refused_also_in_a_folder_of_slices(tmp_path: Path, content: bytes) -> None:
    folder = save(ct(), tmp_path / "ct")
    (folder / "slice 002.dcm").write_bytes(content)
    with pytest.raises(InputError, match=r"slice 002\.dcm is not a DICOM file"):
        read_image(folder / "slice 002.dcm")
    with pytest.raises(InputError):
        read_image(folder)


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_image(tmp_path / "nothing.dcm")


@pytest.mark.parametrize(("rows", "frames"), [(65535, 1), (65535, 2_000_000), (8, 2**31 - 1), (8, 5), (8, 0)])
def test_declared_sizes_are_checked_before_memory_is_taken(tmp_path: Path, rows: int, frames: int) -> None:
    file = spect()
    file.Rows, file.NumberOfFrames = rows, frames
    if frames == 5:
        file.SliceVector, file.EnergyWindowVector, file.NumberOfSlices = [1, 2, 3, 4, 5], [1] * 5, 5
    with pytest.raises(InputError, match=r"Rows|NumberOfFrames|PixelData|Vector"):
        read_image(save(file, tmp_path / "image.dcm"))


def test_a_compressed_bomb_is_refused(tmp_path: Path) -> None:
    file = spect(1)
    file.compress(RLELossless)
    file.Rows, file.Columns = 20000, 20000
    assert MAX_VOXELS > 20000 * 20000
    with pytest.raises(InputError, match="would grow more than"):
        read_image(save(file, tmp_path / "image.dcm"))


def test_lossless_compression_that_can_be_undone_is_read(tmp_path: Path) -> None:
    file = spect()
    values = file.pixel_array.copy()
    file.compress(RLELossless)
    assert np.array_equal(read_image(save(file, tmp_path / "image.dcm")).array, values)


def test_compression_that_cannot_be_undone_is_named(tmp_path: Path) -> None:
    file = spect()
    file.compress(RLELossless)
    file.file_meta.TransferSyntaxUID = JPEG2000Lossless
    with pytest.raises(InputError, match=r"PixelData \(7fe0,0010\) is compressed.*Explicit VR Little Endian"):
        read_image(save(file, tmp_path / "image.dcm"))


def test_a_deflated_file_is_refused_before_it_is_inflated(tmp_path: Path) -> None:
    file = spect()
    file.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    with pytest.raises(InputError, match=r"TransferSyntaxUID \(0002,0010\).*deflated"):
        read_image(save(file, tmp_path / "image.dcm"))


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_orders_of_bytes_are_read(tmp_path: Path, syntax) -> None:
    import pydicom

    file = spect()
    values = file.pixel_array.copy()
    file.file_meta.TransferSyntaxUID = syntax
    if syntax == ExplicitVRBigEndian:
        file.PixelData = values.astype(">u2").tobytes()
    path = tmp_path / "image.dcm"
    pydicom.dcmwrite(path, file, enforce_file_format=True)
    assert np.array_equal(read_image(path).array, values)


def test_lossy_compression_is_refused(tmp_path: Path) -> None:
    file = spect()
    file.LossyImageCompression = "01"
    with pytest.raises(InputError, match=r"LossyImageCompression \(0028,2110\)"):
        read_image(save(file, tmp_path / "image.dcm"))


def test_an_element_twice_is_refused(tmp_path: Path) -> None:
    """A second AcquisitionTime, made of ContentTime by one bit, would replace the true one."""
    path = save(spect(), tmp_path / "image.dcm")
    content, acquired = (struct.pack("<HH", 8, element) + b"TM" for element in (0x33, 0x32))
    data = path.read_bytes()
    assert data.count(content) == 1
    path.write_bytes(data.replace(content, acquired))
    with pytest.raises(InputError, match=r"\(0008,0032\) comes twice"):
        read_image(path)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("BitsAllocated", 12),
        ("BitsStored", 0),
        ("HighBit", 3),
        ("PixelRepresentation", 2),
        ("PhotometricInterpretation", "RGB"),
        ("Columns", 9),
    ],
)
def test_a_description_that_does_not_fit_the_pixels_is_refused(tmp_path: Path, keyword: str, value) -> None:
    file = spect()
    setattr(file, keyword, value)
    with pytest.raises(InputError, match=rf"{keyword}|PixelData"):
        read_image(save(file, tmp_path / "image.dcm"))
