"""The patient's scans as DICOM, read back by the package's strict reader."""

from __future__ import annotations

import numpy as np
import pytest

from mrtlab import InputError
from mrtlab.patients import virtual_patient

pydicom = pytest.importorskip("pydicom")

SIZE = 32


@pytest.fixture(scope="module")
def read_image():
    from mrtlab.dicom import read_image

    return read_image


def test_what_is_written_is_what_was_acquired(tmp_path, read_image):
    patient = virtual_patient("prrt", 9)
    written = patient.write_dicom(tmp_path / "p", [4, 72], SIZE)
    assert written.times_h == (4.0, 72.0)
    for files, ct, time in zip(written.images, written.ct, written.times_h, strict=True):
        (image,), (tomogram,) = patient.acquire(time, size=SIZE), patient.acquire(time, "ct", size=SIZE)
        back = read_image(files[0])
        assert back.array == pytest.approx(image.array, abs=float(image.array.max()) / 65535)
        for name in (
            "start",
            "nuclide",
            "duration_s",
            "decay_state",
            "administered_mbq",
            "administered_at",
            "window_kev",
            "heads",
        ):
            assert getattr(back, name) == getattr(image, name), name
        assert set(image.corrections) <= set(back.corrections)
        assert back.grid.same_as(image.grid)
        hu = read_image(ct[0].parent)
        assert np.array_equal(hu.array, tomogram.array)
        assert hu.frame_of_reference == back.frame_of_reference  # hashed on reading


def test_the_true_outlines_keep_their_volumes(tmp_path):
    from mrtlab.dicom import read_rtstruct

    patient = virtual_patient("prrt", 9)
    written = patient.write_dicom(tmp_path / "p", [24], 64, ct=False, regions=["liver", "left kidney", "spleen"])
    regions = read_rtstruct(written.structures, patient.acquire(24)[0])
    for name in ("liver", "left kidney", "spleen"):
        assert regions.volume_ml(name) == pytest.approx(patient.truth.volume_ml(name), rel=0.05)


def test_header_defects_are_in_the_header_alone(tmp_path):
    plain = virtual_patient("prrt", 9).write_dicom(tmp_path / "plain", [24], SIZE, ct=False, regions=[])
    before = pydicom.dcmread(plain.images[0][0])
    changed = {
        "ms_as_s": {"RotationInformationSequence"},
        "date_missing": {"RadiopharmaceuticalInformationSequence"},
        "activity_unit_Bq": {"RadiopharmaceuticalInformationSequence"},
    }
    for name, wanted in changed.items():
        patient = virtual_patient("prrt", 9, **{name: True})
        files = patient.write_dicom(tmp_path / name, [24], SIZE, ct=False, regions=[])
        after = pydicom.dcmread(files.images[0][0])
        assert {e.keyword for e in before if after.get(e.tag) != e} == wanted, name
        assert {e.keyword for e in after} == {e.keyword for e in before}
    rotation = pydicom.dcmread(tmp_path / "ms_as_s" / "01-24h" / "spect.dcm").RotationInformationSequence[0]
    assert int(rotation.ActualFrameDuration) * int(rotation.NumberOfFramesInRotation) == 1200
    tracer = pydicom.dcmread(
        tmp_path / "activity_unit_Bq" / "01-24h" / "spect.dcm"
    ).RadiopharmaceuticalInformationSequence[0]
    assert float(tracer.RadionuclideTotalDose) == pytest.approx(7.4e9)
    undated = pydicom.dcmread(
        tmp_path / "date_missing" / "01-24h" / "spect.dcm"
    ).RadiopharmaceuticalInformationSequence[0]
    assert "RadiopharmaceuticalStartDateTime" not in undated
    assert str(undated.RadiopharmaceuticalStartTime).startswith("090000")


def test_the_strict_reader_notices(tmp_path, read_image):
    def files(name):
        patient = virtual_patient("prrt", 9, **{name: True})
        return patient.write_dicom(tmp_path / name, [24], SIZE, ct=False, regions=[]).images[0][0]

    with pytest.raises(InputError, match="ActualFrameDuration"):
        read_image(files("ms_as_s"))
    with pytest.raises(InputError, match="RadionuclideTotalDose"):
        read_image(files("activity_unit_Bq"))
    undated = read_image(files("date_missing"))
    assert undated.administered_at is None
    assert "ADMINISTRATION_TIME_UNKNOWN" in undated.flags


def test_pet_and_planar_are_written_too(tmp_path, read_image):
    patient = virtual_patient("sirt", 3)
    written = patient.write_dicom(tmp_path / "pet", [20], SIZE, ct=False, regions=[])
    back = read_image(written.images[0][0].parent)
    assert back.modality == "PT"
    assert back.array.max() == pytest.approx(patient.acquire(20, "pet", size=SIZE)[0].array.max(), rel=1e-3)
    tracer = patient.tracer().write_dicom(tmp_path / "planar", [1], SIZE, kind="planar")
    picture = read_image(tracer.images[0][0])
    assert picture.kind == "planar"
    assert [f.view for f in picture.frames] == ["anterior", "posterior"] * 3
    assert tracer.structures is None
    assert tracer.ct == ()


def test_drop_late_and_full_folders(tmp_path):
    patient = virtual_patient("prrt", 9, drop_late=True)
    assert len(patient.write_dicom(tmp_path / "p", [4, 24], SIZE, ct=False, regions=[]).images) == 1
    with pytest.raises(InputError, match="holds files already"):
        patient.write_dicom(tmp_path / "p", [4, 24], SIZE)
    with pytest.raises(InputError, match="kind must be one of"):
        patient.write_dicom(tmp_path / "q", [4, 24], SIZE, kind="ct")
