"""PET: scale of each slice, units, decay correction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from files_for_tests import TRACERS, pet, save

from mrtlab.dicom import read_headers, read_image
from mrtlab.errors import Flag, InputError
from mrtlab.images import decay_to

RATE = np.log(2) / TRACERS["Ga-68"][1]


def read(files, tmp_path: Path, **statements):
    return read_image(save(files, tmp_path / "pet"), **statements)


def test_each_slice_has_its_own_slope(tmp_path: Path) -> None:
    files = pet()
    image = read(files, tmp_path)
    for plane, file in zip(image.array, files, strict=True):
        assert np.allclose(plane, file.pixel_array * float(file.RescaleSlope))
    assert (image.unit, image.decay_state, image.nuclide) == ("Bq/mL", "START", "Ga-68")
    assert image.spacing_mm == (5, 4.8, 4.8)
    assert image.origin_mm == (-16.8, -20, 50)
    assert image.administered_mbq == 150
    assert image.duration_s == 300
    assert image.flags == ()


def test_slices_are_sorted_by_place_not_by_name(tmp_path: Path) -> None:
    files = pet()
    assert np.array_equal(read(files[::-1], tmp_path).array, read(files, tmp_path / "other").array)


def test_detective_a_undoes_the_correction_to_administration(tmp_path: Path, root: Path) -> None:
    """Exercise C-7 a and vector A05: 1200 · 2.5 = 3000 Bq/mL, corrected to administration 45 min before the scan."""
    files = pet(decay="ADMIN")
    for file in files:
        values = np.full((8, 8), 1200, np.int16)
        file.PixelData, file.RescaleSlope = values.tobytes(), 2.5
    image = read(files, tmp_path)
    assert image.array.max() == 3000
    assert image.decay_state == "ADMIN"
    at_start = decay_to(image, "START").array.max()
    assert at_start == pytest.approx(1892.6, rel=2e-4)
    shared = root.parent / "shared/science/vectors-prrt-psma-methods.json"
    if shared.exists():
        vector = json.loads(shared.read_text(encoding="utf-8"))["A05_pet"]
        from_scan = image.changed(decay_state="START")
        assert decay_to(from_scan, "ADMIN").array.max() == pytest.approx(vector["conc_at_inj"], rel=2e-4)


@pytest.mark.parametrize("unit", ["GML", "CM2ML", "PROPCPS", "NONE"])
def test_units_that_are_no_concentration_are_refused_and_named(tmp_path: Path, unit: str) -> None:
    files = pet()
    for file in files:
        file.Units = unit
    with pytest.raises(InputError, match=rf"Units \(0054,1001\) is {unit}"):
        read(files, tmp_path)
    assert read_headers(tmp_path / "pet").unit == unit


def test_counts_become_bq_per_ml_only_by_a_calibration_factor(tmp_path: Path) -> None:
    files = pet()
    for file in files:
        file.Units = "CNTS"
    assert read(files, tmp_path).unit == "counts"
    with pytest.raises(InputError, match=r"DoseCalibrationFactor \(0054,1322\)"):
        read(files, tmp_path, unit="Bq/mL")
    for file in files:
        file.DoseCalibrationFactor = 30
    image = read(files, tmp_path, unit="Bq/mL")
    assert image.array[0].max() == pytest.approx(files[0].pixel_array.max() * 2.5 / 300 * 30)


@pytest.mark.parametrize("decay", ["NONE", "START", "ADMIN"])
def test_decay_factors_of_all_three_states_pass(tmp_path: Path, decay: str) -> None:
    image = read(pet(decay=decay), tmp_path)
    assert image.decay_state == decay
    assert image.flags == ()


@pytest.mark.parametrize("decay", ["NONE", "START", "ADMIN"])
def test_a_decay_factor_that_does_not_follow_from_the_clocks_is_flagged(tmp_path: Path, decay: str) -> None:
    files = pet(decay=decay)
    files[1].DecayFactor = float(files[1].DecayFactor) * 1.02
    assert Flag.DECAY_FACTOR_DISAGREES in read(files, tmp_path).flags


def test_a_frame_time_outside_the_acquisition_is_flagged(tmp_path: Path) -> None:
    files = pet()
    for file in files:
        file.FrameReferenceTime = 900000
    assert Flag.FRAME_TIME_DISAGREES in read(files, tmp_path).flags


def test_several_beds_start_with_the_earliest(tmp_path: Path) -> None:
    files = pet(4)
    for file, begun in zip(files, ("093600", "093600", "093000", "093000"), strict=True):
        file.AcquisitionTime = begun
        later = 360 if begun == "093600" else 0
        file.DecayFactor = float(file.DecayFactor) * np.exp(RATE * later)
        file.FrameReferenceTime = 150000 + 1000 * later
    image = read(files, tmp_path)
    assert image.start.isoformat() == "2026-01-12T09:30:00+01:00"
    assert image.flags == ()
    for file in files:  # without correction the beds belong to different times
        file.DecayCorrection, file.CorrectedImage, file.DecayFactor = "NONE", ["ATTN", "SCAT"], 1
    image = read(files, tmp_path / "none")
    assert image.start is None
    assert Flag.BEDS_AT_DIFFERENT_TIMES in image.flags


@pytest.mark.parametrize(("agrees_with", "start"), [("series", "09:20:00"), ("bed", "09:30:00")])
def test_the_decay_factor_tells_what_start_means(tmp_path: Path, agrees_with: str, start: str) -> None:
    files = pet()
    for file in files:
        file.SeriesTime = "092000"
        if agrees_with == "series":
            file.DecayFactor = float(file.DecayFactor) * np.exp(RATE * 600)
            file.FrameReferenceTime = 750000
    image = read(files, tmp_path)
    assert f"{image.start:%H:%M:%S}" == start
    assert Flag.DECAY_FACTOR_DISAGREES not in image.flags


def test_a_series_time_of_later_processing_is_not_the_start(tmp_path: Path) -> None:
    files = pet()
    for file in files:
        file.SeriesTime = "163000"
    assert f"{read(files, tmp_path).start:%H:%M}" == "09:30"


def test_decay_correction_against_corrected_image_is_refused(tmp_path: Path) -> None:
    files = pet()
    for file in files:
        file.CorrectedImage = ["ATTN", "SCAT"]
    with pytest.raises(InputError, match=r"DecayCorrection \(0054,1102\) is START, which CorrectedImage"):
        read(files, tmp_path)


def test_missing_slices_are_noticed_even_at_the_ends(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"NumberOfSlices \(0054,0081\) is 5, but 4"):
        read(pet(5)[:-1], tmp_path)


@pytest.mark.parametrize("keyword", ["RescaleSlope", "RescaleIntercept"])
def test_a_slice_without_scale_is_refused(tmp_path: Path, keyword: str) -> None:
    files = pet()
    delattr(files[2], keyword)
    with pytest.raises(InputError, match=f"slice 003.dcm: {keyword}"):
        read(files, tmp_path)


@pytest.mark.parametrize(("keyword", "value"), [("Units", "CNTS"), ("DecayCorrection", "ADMIN"), ("Rows", 4)])
def test_slices_of_different_images_are_refused(tmp_path: Path, keyword: str, value) -> None:
    files = pet()
    setattr(files[1], keyword, value)
    with pytest.raises(InputError, match=keyword):
        read(files, tmp_path)


def test_slices_after_different_injections_are_refused(tmp_path: Path) -> None:
    files = pet()
    files[1].RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose = 2e8
    with pytest.raises(InputError, match=r"RadiopharmaceuticalInformationSequence .*differs"):
        read(files, tmp_path)
