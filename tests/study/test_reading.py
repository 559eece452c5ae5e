"""A folder of DICOM becomes a study, or is refused with what to do."""

from __future__ import annotations

import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import simulated
from pydicom import dcmread

from mrtlab import InputError
from mrtlab.dicom import Series, find_series
from mrtlab.images import Unit
from mrtlab.patients import virtual_patient
from mrtlab.study import read_study
from mrtlab.study.reading import _listed


def each(folder, pattern, change):
    for path in folder.rglob(pattern):
        ds = dcmread(path)
        change(ds)
        ds.save_as(path)


def test_everything_is_there(study):
    patient = virtual_patient("prrt", 3)
    assert study.nuclide == "Lu-177"
    assert study.administered_mbq == pytest.approx(patient.administered_mbq)
    assert study.administered_at == patient.administered_at
    assert study.times_h == pytest.approx(np.array(simulated.TIMES_H) + 1 / 6)  # middle of 20 minutes
    assert [scan.unit for scan in study.scans] == [Unit.COUNTS] * 4
    assert set(study.regions) == {"left kidney", "right kidney", "liver", "spleen", "lesion 1"}
    assert study.regions.volume_ml("liver") == pytest.approx(patient.truth.volume_ml("liver"), rel=0.01)
    assert study.ct.unit is Unit.HU
    assert study.camera.nuclide == "Lu-177"
    assert any("the first of 4" in line for line in study.understood)


def test_counts_are_those_of_the_patient(study):
    patient = virtual_patient("prrt", 3)
    (scan,) = patient.acquire(simulated.TIMES_H[0], "spect", 48)
    step = float(scan.array.max()) / 65535
    assert study.scans[0].array == pytest.approx(scan.array, abs=step)


def test_nothing_that_was_read_holds_a_date_or_a_name(study):
    said = " ".join(study.understood) + repr(study.scans) + repr(study.regions)
    assert "2027" not in said
    assert "VIRTUAL" not in said


def test_a_zip_file_is_the_same(written, study, tmp_path):
    with zipfile.ZipFile(tmp_path / "patient.zip", "w") as archive:
        for path in written.rglob("*"):
            archive.write(path, path.relative_to(written))
    again = read_study(tmp_path / "patient.zip")
    assert again.camera.sensitivity_cps_per_mbq.n == study.camera.sensitivity_cps_per_mbq.n
    assert again.scans[2].array == pytest.approx(study.scans[2].array)
    assert set(again.regions) == set(study.regions)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder: shutil.rmtree(folder), "neither a folder nor a zip"),
        (lambda folder: [path.unlink() for path in folder.rglob("spect.dcm")], "no reconstructed SPECT and no PET"),
        (lambda folder: (folder / "structures.dcm").unlink(), "holds no regions"),
        (lambda folder: shutil.copy(folder / "structures.dcm", folder / "again.dcm"), None),
        (
            lambda folder: each(folder, "spect.dcm", lambda ds: delattr(ds, "RadiopharmaceuticalInformationSequence")),
            "when the drug was given",
        ),
        (
            lambda folder: each(folder / "01-4h", "spect.dcm", lambda ds: setattr(ds, "PatientID", "SOMEBODY ELSE")),
            "several patients",
        ),
        (
            lambda folder: each(folder, "spect.dcm", lambda ds: delattr(ds, "TimezoneOffsetFromUTC")),
            "time zone",
        ),
    ],
)
def test_what_cannot_be_a_study_is_refused(folder, change, said):
    change(folder)
    if said is None:  # a copy of a file is the same file
        assert len(read_study(folder).regions) == 5
        return
    with pytest.raises(InputError, match=said) as refused:
        read_study(folder)
    assert "SOMEBODY" not in str(refused.value)


def test_scans_of_two_cycles(folder):
    def later(ds):
        drug = ds.RadiopharmaceuticalInformationSequence[0]
        drug.RadiopharmaceuticalStartDateTime = "20270311090000.000000+0100"

    each(folder / "04-168h", "spect.dcm", later)
    with pytest.raises(InputError, match=r"administrations 1416\.00 h apart|before the administration|after the scan"):
        read_study(folder)


def test_what_the_files_do_not_say_can_be_stated(folder):
    def silent(ds):
        for item in ds.RadiopharmaceuticalInformationSequence:
            del item.RadiopharmaceuticalStartDateTime
            del item.RadionuclideTotalDose

    each(folder, "spect.dcm", silent)
    with pytest.raises(InputError, match="administered_at"):
        read_study(folder)
    moment = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
    study = read_study(folder, administered_at=moment, administered_mbq=7400)
    assert study.times_h[0] == pytest.approx(4 + 1 / 6)
    assert study.administered_mbq == 7400


def test_scans_before_the_administration(folder):
    with pytest.raises(InputError, match="administ"):
        read_study(folder, administered_at=datetime(2027, 1, 12, 8, 0, tzinfo=UTC))


def test_a_zip_file_with_two_calibrations(written, tmp_path):
    with zipfile.ZipFile(tmp_path / "patient.zip", "w") as archive:
        for name in ("camera.toml", "old/camera.toml"):
            archive.write(written / "camera.toml", name)
    with pytest.raises(InputError, match=r"holds 2 files camera\.toml"):
        read_study(tmp_path / "patient.zip")


def test_offsets_on_both_sides_of_summer_time(folder):
    def local(ds):
        drug = ds.RadiopharmaceuticalInformationSequence[0]
        drug.RadiopharmaceuticalStartDateTime = drug.RadiopharmaceuticalStartDateTime[:14]

    each(folder, "spect.dcm", local)
    each(folder / "04-168h", "spect.dcm", lambda ds: setattr(ds, "TimezoneOffsetFromUTC", "+0200"))
    with pytest.raises(InputError, match=r"1\.00 h apart.*summer time"):
        read_study(folder)


def test_a_label_map_is_found(folder):
    """Its class alone: how it is read, is tested where segmentations are."""
    each(folder, "structures.dcm", lambda ds: setattr(ds, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.66.7"))
    each(folder, "structures.dcm", lambda ds: setattr(ds, "Modality", "SEG"))
    assert [one.use for one in find_series(folder) if one.modality == "SEG"] == ["regions"]


def test_series_that_read_alike_are_told_apart_by_their_hours_and_no_date():
    start = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
    scans = [
        Series(modality, "volume", "activity", (Path("spect.dcm"),), start + timedelta(hours=hours))
        for modality, hours in (("NM", 4), ("NM", 26.5), ("CT", 4))
    ]
    assert _listed(scans) == (
        "NM volume (1 file, the first spect.dcm) at +0.0 h; NM volume (1 file, the first spect.dcm) at +22.5 h; "
        "CT volume (1 file, the first spect.dcm)"
    )
