"""Folders: which series they hold, and that only one is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from files_for_tests import ct, dataset, pet, planar, save, spect, with_pixels

from mrtlab.dicom import find_series, hashed_uid, read_headers, read_image
from mrtlab.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A SPECT, its projections, a planar scan, a PET and a CT, in folders within folders."""
    save(spect(), tmp_path / "nm" / "recon.dcm")
    projections = spect()
    projections.ImageType = ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]
    projections.SOPInstanceUID = projections.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    save(projections, tmp_path / "nm" / "tomo.dcm")
    flat = planar()
    flat.SOPInstanceUID = flat.file_meta.MediaStorageSOPInstanceUID = "1.2.4"
    flat.AcquisitionDate = "20260113"
    save(flat, tmp_path / "nm" / "planar.dcm")
    scan = ct()
    for file in scan:
        file.SeriesInstanceUID = "1.2.5"
    save(scan, tmp_path / "ct")
    scan = pet()
    for file in scan:
        file.SeriesInstanceUID = "1.2.6"
    save(scan, tmp_path / "pt")
    (tmp_path / "notes.txt").write_text("not an image", encoding="utf-8")
    (tmp_path / "LICENSE").write_text("a licence\n" * 30, encoding="utf-8")
    return tmp_path


def test_every_series_with_kind_use_and_files(folder: Path) -> None:
    found = {(series.modality, series.kind): series for series in find_series(folder)}
    assert {key: (series.use, len(series.files)) for key, series in found.items()} == {
        ("NM", "volume"): ("activity", 1),
        ("NM", "projections"): ("", 1),
        ("NM", "planar"): ("activity", 1),
        ("CT", "volume"): ("anatomy", 3),
        ("PT", "volume"): ("activity", 3),
    }
    assert found["NM", "volume"].frame_of_reference == found["CT", "volume"].frame_of_reference
    assert found["CT", "volume"].uid == hashed_uid("1.2.5")
    assert [path.name for path in found["CT", "volume"].files] == [f"slice 00{number}.dcm" for number in (1, 2, 3)]
    assert {series.subject for series in found.values()} == {1}


def test_series_come_in_order_of_time(folder: Path) -> None:
    assert find_series(folder)[-1].kind == "planar"


def test_mixed_series_are_refused_and_listed(folder: Path) -> None:
    with pytest.raises(InputError, match=r"holds 5 series.*CT volume \(3 files.*NM planar"):
        read_image(folder)
    assert read_image(folder / "ct").modality == "CT"


def test_a_series_reads_as_its_files_alone(folder: Path) -> None:
    for path in (folder / "ct").iterdir():
        path.rename(folder / "pt" / f"ct {path.name}")  # two series in one folder
    series = {series.modality: series for series in find_series(folder / "pt")}
    assert read_image(series["CT"]).modality == "CT"
    assert read_image(series["PT"]).array.shape == (3, 8, 8)
    assert read_headers(series["PT"]).unit == "Bq/mL"


def test_a_file_without_patient_belongs_to_none(tmp_path: Path) -> None:
    file = spect()
    file.PatientID = ""
    save(file, tmp_path / "a.dcm")
    assert find_series(tmp_path)[0].subject == 0


def test_two_nm_images_of_one_series_are_two(folder: Path) -> None:
    with pytest.raises(InputError, match="holds 3 series"):
        read_image(folder / "nm")


def test_a_folder_without_images_and_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no DICOM file"):
        read_image(tmp_path)
    assert find_series(tmp_path) == ()
    with pytest.raises(InputError, match="does not exist"):
        find_series(tmp_path / "nothing")


def test_patients_mixed_in_one_series_are_refused(tmp_path: Path) -> None:
    files = ct()
    files[1].PatientID = "another"
    with pytest.raises(InputError, match="different patients"):
        read_image(save(files, tmp_path / "ct"))


def test_modality_must_be_that_of_the_class(tmp_path: Path) -> None:
    file = spect()
    file.Modality = "CT"
    with pytest.raises(InputError, match=r"Modality \(0008,0060\) is not NM"):
        read_image(save(file, tmp_path / "a.dcm"))


@pytest.mark.parametrize(
    ("sop_class", "modality", "words"),
    [
        ("1.2.840.10008.5.1.4.1.1.481.3", "RTSTRUCT", "read_rtstruct"),
        ("1.2.840.10008.5.1.4.1.1.66.4", "SEG", "read_seg"),
        ("1.2.840.10008.5.1.4.1.1.481.2", "RTDOSE", "read_rtdose"),
        ("1.2.840.10008.5.1.4.1.1.130", "PT", "enhanced"),
        ("1.2.840.10008.5.1.4.1.1.4", "MR", r"SOPClassUID \(0008,0016\)"),
    ],
)
def test_what_is_read_elsewhere_or_not_is_named(tmp_path: Path, sop_class: str, modality: str, words: str) -> None:
    file = with_pixels(dataset(sop_class, modality), ct(1)[0].pixel_array)
    with pytest.raises(InputError, match=words):
        read_image(save(file, tmp_path / "a.dcm"))


def test_a_localiser_is_a_series_and_no_volume(tmp_path: Path) -> None:
    file = ct(1)[0]
    file.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    save(file, tmp_path / "a.dcm")
    assert (find_series(tmp_path)[0].kind, find_series(tmp_path)[0].use) == ("localiser", "")
    with pytest.raises(InputError, match="LOCALIZER"):
        read_image(tmp_path)
