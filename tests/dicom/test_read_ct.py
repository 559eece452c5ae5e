"""CT: Hounsfield units and the order of slices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from files_for_tests import ct, save, with_pixels

from mrtlab.dicom import read_image
from mrtlab.errors import Flag, InputError


def read(files, tmp_path: Path, **statements):
    return read_image(save(files, tmp_path / "ct"), **statements)


def test_hounsfield_units_in_order_of_place(tmp_path: Path) -> None:
    files = ct()
    image = read([files[2], files[0], files[1]], tmp_path)
    assert np.array_equal(image.array, np.stack([file.pixel_array for file in files]) - 1024)
    assert image.unit == "HU"
    assert image.spacing_mm == pytest.approx((3, 4.8, 4.8))
    assert image.origin_mm == (-16.8, -20, -30)
    assert image.flags == ()


@pytest.mark.parametrize("kind", [np.uint16, np.int16])
def test_signed_and_unsigned_pixels(tmp_path: Path, kind) -> None:
    values = np.array([[0, 1], [2000, 3000]]).astype(kind) - kind(kind is np.int16)
    files = [with_pixels(file, values) for file in ct()]
    assert np.array_equal(read(files, tmp_path).array[0], values.astype(float) - 1024)


def test_bits_above_those_stored_are_refused(tmp_path: Path) -> None:
    files = ct()
    for file in files:
        file.BitsStored, file.HighBit = 10, 9
    with pytest.raises(InputError, match=r"BitsStored \(0028,0101\) is 10"):
        read(files, tmp_path)


def test_an_oblique_stack_is_sorted_along_its_normal(tmp_path: Path) -> None:
    files = ct()
    tilt = np.cos(0.4), np.sin(0.4)
    normal = np.array([0, -tilt[1], tilt[0]])
    for index, file in enumerate(files):
        file.ImageOrientationPatient = [1, 0, 0, 0, round(tilt[0], 9), round(tilt[1], 9)]
        file.ImagePositionPatient = [round(float(v), 6) for v in np.array([1.0, 2, 3]) - 3 * index * normal]
    image = read(files, tmp_path)
    assert np.array_equal(image.array[2] + 1024, files[0].pixel_array)
    assert (image.grid.matrix @ [2, 0, 0, 1])[:3] == pytest.approx([1, 2, 3], abs=1e-4)


def test_a_missing_slice_is_named_by_its_neighbours(tmp_path: Path) -> None:
    files = ct(6)
    del files[2]
    with pytest.raises(InputError, match=r"slice 002.dcm and slice 003.dcm are 6.000 mm apart.*1 slices are missing"):
        read(files, tmp_path)


def test_unequal_gaps_are_refused(tmp_path: Path) -> None:
    files = ct(5)
    files[4].ImagePositionPatient = [-16.8, -20, -17.5]
    with pytest.raises(InputError, match=r"3.500 mm apart by ImagePositionPatient \(0020,0032\)"):
        read(files, tmp_path)


def test_a_slice_twice_is_refused(tmp_path: Path) -> None:
    files = ct()
    with pytest.raises(InputError, match="lie at the same place"):
        read([*files, files[1]], tmp_path)


def test_every_second_slice_is_flagged(tmp_path: Path) -> None:
    assert Flag.SLICES_MAY_BE_MISSING in read(ct(7)[::2], tmp_path).flags


def test_a_tilted_gantry_is_refused(tmp_path: Path) -> None:
    files = ct()
    for index, file in enumerate(files):
        file.ImagePositionPatient = [-16.8, -20 + index, -30 + 3.0 * index]
    with pytest.raises(InputError, match="gantry was tilted"):
        read(files, tmp_path)


def test_a_single_slice_has_the_thickness_of_its_header(tmp_path: Path) -> None:
    assert read(ct(1), tmp_path).spacing_mm == (3, 4.8, 4.8)


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("RescaleSlope", None),
        ("RescaleIntercept", None),
        ("RescaleSlope", 2),
        ("RescaleType", "US"),
        ("PixelSpacing", [4.8, 4.7]),
        ("ImageOrientationPatient", [0, 1, 0, 1, 0, 0]),
        ("FrameOfReferenceUID", "1.2.3"),
        ("SamplesPerPixel", 3),
    ],
)
def test_one_slice_that_does_not_fit_is_refused_by_tag(tmp_path: Path, keyword: str, value) -> None:
    files = ct()
    setattr(files[1], keyword, value)
    with pytest.raises(InputError, match=r"slice 00\d.dcm: (%s|RescaleSlope)" % keyword):  # noqa: UP031
        read(files, tmp_path)


def test_padding_is_said_and_left(tmp_path: Path) -> None:
    files = ct()
    values = np.full((8, 8), 1000, np.int16)
    values[0, :3] = -2000
    for file in files:
        with_pixels(file, values)
        file.add_new(0x00280120, "SS", -2000)
    image = read(files, tmp_path)
    assert image.array.min() == -3024
    assert any("9 voxels hold the padding value" in sentence for sentence in image.understood)


def test_a_unit_that_is_not_hu_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unit=Bq/mL was stated"):
        read(ct(), tmp_path, unit="Bq/mL")
