"""Planar, whole body and reconstructed NM images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from files_for_tests import code, planar, save, spect, window, with_pixels
from pydicom.dataset import Dataset

from mrtlab.dicom import read_headers, read_image
from mrtlab.errors import Flag, InputError


def read(file: Dataset, tmp_path: Path, **statements):
    return read_image(save(file, tmp_path / "image.dcm"), **statements)


def mapping(slope: float, unit: str = "Bq/ml", intercept: float = 0.0, first: int = 0, last: int = 65535) -> Dataset:
    item = Dataset()
    item.RealWorldValueSlope, item.RealWorldValueIntercept = slope, intercept
    item.add_new(0x00409216, "US", first)
    item.add_new(0x00409211, "US", last)
    item.LUTLabel = "a label"
    item.MeasurementUnitsCodeSequence = [code(unit, "UCUM")]
    return item


def test_spect_gives_the_stored_counts_with_clock_place_and_window(tmp_path: Path) -> None:
    file = spect()
    image = read(file, tmp_path)
    assert np.array_equal(image.array, file.pixel_array)
    assert (image.unit, image.nuclide, image.kind, image.modality) == ("counts", "Lu-177", "volume", "NM")
    assert image.spacing_mm == (4.8, 4.8, 4.8)
    assert image.origin_mm == (-16.8, -20.0, 100.0)
    assert image.start.isoformat() == "2026-01-12T09:30:00+01:00"
    assert image.administered_at.isoformat() == "2026-01-11T21:30:00+01:00"
    assert image.administered_mbq == 7400
    assert image.window_kev == (187.2, 228.8)
    assert image.decay_state == "NONE"
    assert image.flags == ()


def test_duration_is_frames_of_one_head_in_milliseconds(tmp_path: Path) -> None:
    """Vector A06 of the specification: 60 frames of 20 s are 1200 s, with two heads too."""
    image = read(spect(), tmp_path)
    assert image.duration_s == 1200
    assert image.heads == 2


def test_rotations_add_up(tmp_path: Path) -> None:
    file = spect()
    file.RotationInformationSequence = [file.RotationInformationSequence[0]] * 2
    with pytest.raises(InputError, match=r"NumberOfRotations \(0054,0051\) is 1, but 2"):
        read(file, tmp_path)
    file.NumberOfRotations = 2
    assert read(file, tmp_path).duration_s == 2400


def test_frames_of_both_heads_counted_together_are_refused_until_the_time_of_one_is_stated(tmp_path: Path) -> None:
    file = spect()
    file.RotationInformationSequence[0].NumberOfFramesInRotation = 120
    with pytest.raises(InputError, match=r"NumberOfFramesInRotation \(0054,0053\).*frames of all heads"):
        read(file, tmp_path)
    assert read(file, tmp_path, duration_s=1200).duration_s == 1200
    file.RotationInformationSequence[0].ScanArc = 360
    assert Flag.DURATION_DOUBTFUL in read(file, tmp_path).flags


def test_a_duration_in_seconds_is_refused_until_it_is_stated(tmp_path: Path) -> None:
    file = spect()
    file.RotationInformationSequence[0].ActualFrameDuration = 20
    with pytest.raises(InputError, match=r"ActualFrameDuration \(0018,1242\) is 20 ms.*duration_s=1200"):
        read(file, tmp_path)
    assert read(file, tmp_path, duration_s=1200).duration_s == pytest.approx(1200)
    with pytest.raises(InputError, match="ActualFrameDuration"):
        read(file, tmp_path, duration_s=600)


def test_a_statement_that_contradicts_the_duration_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"duration_s=2400 was stated.*1200 s"):
        read(spect(), tmp_path, duration_s=2400)


@pytest.mark.parametrize("sign", [1, -1])
def test_slices_follow_the_slice_vector_and_the_sign_of_their_distance(tmp_path: Path, sign: int) -> None:
    file = spect()
    file.SliceVector = [4, 2, 1, 3]
    file.SpacingBetweenSlices = sign * 3.0
    image = read(file, tmp_path)
    assert np.array_equal(image.array, file.pixel_array[[2, 1, 3, 0]])
    last = image.grid.matrix @ [3, 0, 0, 1]
    assert last[:3] == pytest.approx([-16.8, -20.0, 100 + sign * 9.0])


def test_an_oblique_volume_lies_where_its_direction_cosines_say(tmp_path: Path) -> None:
    file = spect()
    cosine, sine = np.cos(0.3), np.sin(0.3)
    file.DetectorInformationSequence[0].ImageOrientationPatient = [
        round(v, 8) for v in (cosine, sine, 0, -sine, cosine, 0)
    ]
    image = read(file, tmp_path)
    # PS3.3 C.7.6.2.1.1: position + column index · row direction · column spacing + row index · column direction
    expected = (
        np.array([-16.8, -20, 100]) + 5 * 4.8 * np.array([cosine, sine, 0]) + 2 * 4.8 * np.array([-sine, cosine, 0])
    )
    assert (image.grid.matrix @ [0, 2, 5, 1])[:3] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("vector", [[0, 1, 2, 3], [1, 1, 2, 3], [1, 2, 3, 5]])
def test_vectors_count_from_one_and_name_each_slice_once(tmp_path: Path, vector: list[int]) -> None:
    file = spect()
    file.SliceVector = vector
    with pytest.raises(InputError, match=r"SliceVector \(0054,0080\)"):
        read(file, tmp_path)


def test_a_volume_without_place_is_flagged_and_without_slice_distance_refused(tmp_path: Path) -> None:
    file = spect()
    del file.DetectorInformationSequence
    assert Flag.GEOMETRY_UNKNOWN in read(file, tmp_path).flags
    del file.SpacingBetweenSlices
    with pytest.raises(InputError, match=r"SpacingBetweenSlices \(0018,0088\).*SliceThickness does not replace it"):
        read(file, tmp_path)


def test_a_window_is_chosen_by_its_limits(tmp_path: Path) -> None:
    file = spect(6)
    file.EnergyWindowInformationSequence = [window(101.7, 124.3), window(187.2, 228.8)]
    file.EnergyWindowVector, file.NumberOfEnergyWindows = [1, 2, 1, 2, 1, 2], 2
    file.SliceVector, file.NumberOfSlices = [1, 1, 2, 2, 3, 3], 3
    with pytest.raises(InputError, match=r"101.7–124.3 keV, 187.2–228.8 keV; state energy_window_kev"):
        read(file, tmp_path)
    image = read(file, tmp_path, energy_window_kev=(187, 229))
    assert np.array_equal(image.array, file.pixel_array[1::2])
    assert image.window_kev == (187.2, 228.8)
    with pytest.raises(InputError, match="energy_window_kev"):
        read(file, tmp_path, energy_window_kev=(126, 154))


def test_bq_per_ml_only_by_a_mapping_with_that_unit(tmp_path: Path) -> None:
    file = spect()
    with pytest.raises(InputError, match=r"unit='Bq/mL' was stated.*it holds counts"):
        read(file, tmp_path, unit="Bq/mL")
    file.RealWorldValueMappingSequence = [mapping(12.5, intercept=3)]
    image = read(file, tmp_path)
    assert image.unit == "Bq/mL"
    assert np.allclose(image.array, file.pixel_array * 12.5 + 3)
    with pytest.raises(InputError, match="unit='counts' was stated"):
        read(file, tmp_path, unit="counts")
    file.RealWorldValueMappingSequence = [mapping(12.5, unit="kBq/ml")]
    with pytest.raises(InputError, match="RealWorldValueMappingSequence"):
        read(file, tmp_path)


def test_a_mapping_holds_only_for_the_values_it_names(tmp_path: Path) -> None:
    file = spect()
    file.RealWorldValueMappingSequence = [mapping(12.5, last=100)]
    with pytest.raises(InputError, match=r"RealWorldValueMappingSequence \(0040,9096\) holds for stored values from 0"):
        read(file, tmp_path)


def test_mapping_and_rescale_must_agree(tmp_path: Path) -> None:
    file = spect()
    file.RealWorldValueMappingSequence = [mapping(12.5)]
    file.RescaleSlope, file.RescaleIntercept = 12.5, 0
    assert read(file, tmp_path).array.max() == file.pixel_array.max() * 12.5
    file.RescaleSlope = 12.6
    with pytest.raises(InputError, match=r"RescaleSlope \(0028,1053\).*12.6.*12.5"):
        read(file, tmp_path)


def test_a_slope_without_a_unit_is_no_unit(tmp_path: Path) -> None:
    file = spect()
    file.RescaleSlope, file.RescaleIntercept = 2, 0
    with pytest.raises(InputError, match="does not say in which unit"):
        read(file, tmp_path)
    assert read(file, tmp_path, unit="Bq/mL").array.max() == file.pixel_array.max() * 2
    file.RescaleSlope = 1
    assert read(file, tmp_path).unit == "counts"


@pytest.mark.parametrize(
    ("words", "stated", "state", "flag"),
    [
        (["ATTN", "SCAT"], None, "NONE", None),
        (["ATTN", "SCAT", "DECY"], None, None, Flag.DECAY_STATE_UNKNOWN),
        (["ATTN", "SCAT", "DECY"], "START", "START", None),
        (None, None, None, Flag.DECAY_STATE_UNKNOWN),
        (None, "NONE", "NONE", None),
    ],
)
def test_decay_state_is_never_guessed(tmp_path: Path, words, stated, state, flag) -> None:
    file = spect()
    file.CorrectedImage = words
    image = read(file, tmp_path, decay_state=stated)
    assert image.decay_state == state
    assert (flag in image.flags) is (flag is not None)


@pytest.mark.parametrize(("words", "stated"), [(["ATTN", "SCAT"], "START"), (["ATTN", "DECY"], "NONE")])
def test_a_decay_state_the_file_contradicts_is_refused(tmp_path: Path, words, stated) -> None:
    file = spect()
    file.CorrectedImage = words
    with pytest.raises(InputError, match="decay_state"):
        read(file, tmp_path, decay_state=stated)


def test_without_scatter_correction_a_volume_is_not_quantitative(tmp_path: Path) -> None:
    """Exercise C-7 d."""
    file = spect()
    file.CorrectedImage = ["ATTN", "DTIM"]
    assert Flag.NOT_QUANTITATIVE in read(file, tmp_path).flags
    assert Flag.NOT_QUANTITATIVE in read_headers(tmp_path / "image.dcm").flags


def test_planar_frames_by_view_and_window(tmp_path: Path) -> None:
    file = planar()
    image = read(file, tmp_path)
    assert image.kind == "planar"
    assert image.spacing_mm == (4.8, 4.8)
    assert image.duration_s == 300
    assert [frame.view for frame in image.frames] == ["anterior", "posterior"] * 2
    assert np.array_equal(image.frame("posterior", (153, 187)), file.pixel_array[3])
    assert image.flags == ()
    assert read(planar(kind="WHOLE BODY"), tmp_path).kind == "whole body"


def test_views_by_detector_angle_or_statement_and_never_without(tmp_path: Path) -> None:
    file = planar(views=False)
    assert [frame.view for frame in read(file, tmp_path).frames][:2] == ["anterior", "posterior"]
    for head in file.DetectorInformationSequence:
        del head.StartAngle
    image = read(file, tmp_path)
    assert {frame.view for frame in image.frames} == {""}
    assert Flag.VIEW_UNKNOWN in image.flags
    stated = read(file, tmp_path, views=("posterior", "anterior") * 2)
    assert [frame.view for frame in stated.frames][:2] == ["posterior", "anterior"]
    with pytest.raises(InputError, match="views=posterior was stated"):
        read(planar(), tmp_path, views=("posterior", "anterior") * 2)


def test_a_view_code_against_the_angle_is_flagged(tmp_path: Path) -> None:
    file = planar()
    file.DetectorInformationSequence[0].StartAngle = 0
    assert Flag.VIEW_CONTRADICTED in read(file, tmp_path).flags


@pytest.mark.parametrize("keyword", ["DetectorVector", "EnergyWindowVector"])
def test_planar_vectors_count_from_one(tmp_path: Path, keyword: str) -> None:
    file = planar()
    setattr(file, keyword, [0, 1, 0, 1])
    with pytest.raises(InputError, match=keyword):
        read(file, tmp_path)


def test_counts_of_the_header_are_compared_with_the_pixels(tmp_path: Path) -> None:
    file = planar()
    file.CountsAccumulated = int(file.CountsAccumulated * 1.05)
    assert Flag.COUNTS_DISAGREE in read(file, tmp_path).flags


def test_projections_have_headers_and_no_image(tmp_path: Path) -> None:
    file = spect()
    file.ImageType = ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]
    with pytest.raises(InputError, match="reconstruct first"):
        read(file, tmp_path)
    assert read_headers(tmp_path / "image.dcm").kind == "projections"


@pytest.mark.parametrize("kind", ["GATED TOMO", "DYNAMIC", "RECON GATED TOMO"])
def test_other_kinds_are_refused_by_name(tmp_path: Path, kind: str) -> None:
    file = spect()
    file.ImageType = ["ORIGINAL", "PRIMARY", kind, "EMISSION"]
    with pytest.raises(InputError, match=r"ImageType \(0008,0008\)"):
        read(file, tmp_path)


@pytest.mark.parametrize("kind", [np.uint8, np.uint32])
def test_other_depths_of_pixels(tmp_path: Path, kind) -> None:
    values = np.arange(4 * 9 * 8).reshape(4, 9, 8).astype(kind)
    file = with_pixels(spect(), values)
    assert np.array_equal(read(file, tmp_path).array, values)
