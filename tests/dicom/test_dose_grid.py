"""RT Dose: accepted by a validator, read by SimpleITK and by mrtlab to the same numbers at the same places."""

import images_for_tests as make
import numpy as np
import outside_programs as outside
import pydicom
import pytest

from mrtlab import PURPOSE, Flag, InputError
from mrtlab.dicom import read_rtdose, write_nm, write_rtdose
from mrtlab.images import Image

KINDS = {
    "straight": make.dose(),
    "oblique": make.dose(axes=make.oblique()),
    "left-handed": make.dose(axes=make.oblique(left_handed=True)),
    "one slice": make.dose().changed(array=make.dose().array[:1]),
    "nothing": make.dose().changed(array=np.zeros((3, 4, 5))),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "dose.dcm"


def changed(path, **values):
    """The file with other elements; None takes one away."""
    write_rtdose(make.dose(), path)
    file = pydicom.dcmread(path)
    for keyword, value in values.items():
        if value is None:
            delattr(file, keyword)
        else:
            setattr(file, keyword, value)
    file.save_as(path)
    return path


class TestWritten:
    @pytest.mark.parametrize("name", KINDS)
    def test_the_validator_has_no_complaint(self, name, path):
        write_rtdose(KINDS[name], path)
        assert outside.complaints(path) == []
        assert "DoseGridScaling" in outside.dump(path)

    @pytest.mark.parametrize("name", [name for name in KINDS if name != "one slice"])
    def test_simpleitk_reads_the_same(self, name, path):
        sitk = outside.library("SimpleITK")
        step = write_rtdose(KINDS[name], path).step
        found = sitk.ReadImage(str(path))
        scaling = float(pydicom.dcmread(path).DoseGridScaling)
        array = sitk.GetArrayFromImage(found) * scaling  # stored numbers: their unit is the dose file's own matter
        axes = np.array(found.GetDirection()).reshape(3, 3).T[::-1]
        there = Image(array, found.GetSpacing()[::-1], "Gy", origin_mm=found.GetOrigin(), axes=axes)
        assert make.same_places(KINDS[name], there, step)

    @pytest.mark.parametrize("name", KINDS)
    def test_read_back(self, name, path):
        done = write_rtdose(KINDS[name], path)
        back = read_rtdose(path)
        assert (back.unit, back.modality, back.kind, back.flags) == ("Gy", "RTDOSE", "volume", ())
        assert make.same_places(KINDS[name], back, done.step)
        assert done.step <= KINDS[name].array.max() / 65535 * 1.001

    def test_what_it_says(self, path):
        write_rtdose(make.dose(), path, medium="IMAGE")
        file = pydicom.dcmread(path)
        assert (file.DoseUnits, file.DoseType, file.TissueHeterogeneityCorrection) == ("GY", "PHYSICAL", "IMAGE")
        assert (file.BitsAllocated, file.ImageComments) == (16, PURPOSE)
        assert list(file.GridFrameOffsetVector) == pytest.approx([0, 4.8, 9.6, 14.4, 19.2])
        assert "RTPlan" not in str(file)

    def test_an_effective_dose_says_which(self, path):
        with pytest.raises(InputError, match="comment"):
            write_rtdose(make.dose(), path, dose_type="EFFECTIVE")
        write_rtdose(make.dose(), path, dose_type="EFFECTIVE", comment="BED, alpha/beta 2.5 Gy")
        assert outside.complaints(path) == []
        assert pydicom.dcmread(path).DoseComment == "BED, alpha/beta 2.5 Gy"
        assert read_rtdose(path).flags == (Flag.DOSE_EFFECTIVE,)

    def test_frame_of_reference_of_the_image(self, tmp_path):
        # a label stands for the same coordinates in every file
        write_rtdose(make.dose(frame_of_reference="scan"), tmp_path / "dose.dcm")
        write_nm(make.spect(frame_of_reference="scan"), tmp_path / "nm.dcm")
        uids = {pydicom.dcmread(tmp_path / name).FrameOfReferenceUID for name in ("dose.dcm", "nm.dcm")}
        studies = {pydicom.dcmread(tmp_path / name).StudyInstanceUID for name in ("dose.dcm", "nm.dcm")}
        assert len(uids) == len(studies) == 1

    def test_the_same_twice(self, tmp_path):
        for name in "ab":
            write_rtdose(make.dose(), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    @pytest.mark.parametrize(
        ("image", "more", "message"),
        [
            (make.spect(), {}, "RT Dose holds Gy"),
            (make.dose().changed(array=np.full((1, 2, 2), -0.1)), {}, "negative"),
            (make.dose(), {"medium": "BONE"}, "medium"),
            (make.dose(), {"dose_type": "RELATIVE"}, "dose_type"),
            (make.dose(), {"comment": "x" * 65}, "comment"),
            (make.dose(), {"comment": "a\nb"}, "comment"),
        ],
        ids=range(6),
    )
    def test_refused(self, image, more, message, path):
        with pytest.raises(InputError, match=message):
            write_rtdose(image, path, **more)
        assert not path.exists()


class TestRead:
    def test_slices_downwards(self, path):
        file = pydicom.dcmread(changed(path))
        file.GridFrameOffsetVector = [-offset for offset in file.GridFrameOffsetVector]
        file.save_as(path)
        back = read_rtdose(path)
        # the first slice of the file is now the uppermost
        assert np.allclose(back.array[-1], file.pixel_array[0] * float(file.DoseGridScaling), rtol=1e-6)
        assert back.origin_mm[2] == pytest.approx(130.0 - 19.2)

    def test_offsets_as_positions(self, path):
        before = read_rtdose(changed(path))
        file = pydicom.dcmread(path)
        file.GridFrameOffsetVector = [offset + 130.0 for offset in file.GridFrameOffsetVector]
        file.save_as(path)
        assert read_rtdose(path).grid.same_as(before.grid)

    def test_32_bits(self, path):
        file = pydicom.dcmread(changed(path))
        file.PixelData = (file.pixel_array.astype("<u4") * 65536).tobytes()
        file.BitsAllocated, file.BitsStored, file.HighBit = 32, 32, 31
        before = read_rtdose(changed(path)).array
        file.DoseGridScaling = f"{float(file.DoseGridScaling) / 65536:.10e}"
        file.save_as(path)
        assert np.allclose(read_rtdose(path).array, before, rtol=1e-6)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"DoseUnits": "RELATIVE"}, r"DoseUnits \(3004,0002\)"),
            ({"DoseUnits": None}, r"DoseUnits"),
            ({"DoseType": "ERROR"}, r"DoseType \(3004,0004\)"),
            ({"DoseGridScaling": None}, r"DoseGridScaling \(3004,000e\)"),
            ({"DoseGridScaling": "0"}, r"DoseGridScaling"),
            ({"DoseGridScaling": "1e300"}, r"DoseGridScaling"),
            ({"DoseGridScaling": "-1"}, r"DoseGridScaling"),
            ({"GridFrameOffsetVector": [0, 4.8, 9.6, 14.4, 24]}, r"GridFrameOffsetVector \(3004,000c\).*unequal"),
            ({"GridFrameOffsetVector": [0, 0, 0, 0, 0]}, r"unequal"),
            ({"GridFrameOffsetVector": [0, 4.8, 9.6]}, r"3 values for 5 slices"),
            ({"GridFrameOffsetVector": [1, 2, 3, 4, 5]}, r"begins neither"),
            ({"GridFrameOffsetVector": None}, r"0 values for 5"),
            ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, r"right angles"),
            ({"ImagePositionPatient": None}, r"ImagePositionPatient"),
            ({"PixelSpacing": [0, 4]}, r"PixelSpacing"),
            ({"NumberOfFrames": 6}, r"."),
            ({"PixelData": None}, r"PixelData"),
            ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2"}, r"SOPClassUID.*read_image"),
            ({"PixelRepresentation": 1}, r"PixelRepresentation|BitsStored"),
        ],
        ids=range(19),
    )
    def test_refused(self, values, message, path):
        with pytest.raises(InputError, match=r"^dose\.dcm: .*" + message):
            read_rtdose(changed(path, **values))

    def test_no_dicom(self, path):
        path.write_bytes(b"x" * 500)
        with pytest.raises(InputError, match=r"dose\.dcm is not a DICOM file"):
            read_rtdose(path)
        with pytest.raises(InputError, match=r"none\.dcm"):
            read_rtdose(path.with_name("none.dcm"))

    def test_nobody_is_taken_along(self, path):
        marks = {"PatientName": "Muster^Max", "PatientID": "4711", "DoseComment": "Max", "OperatorsName": "Eva"}
        image = read_rtdose(changed(path, **marks, FrameOfReferenceUID="1.2.840.99.4711"))
        shown = repr(image) + repr(vars(image))
        assert not any(mark in shown for mark in ("Muster", "4711", "Max", "Eva"))
        assert pydicom.dcmread(path).FrameOfReferenceUID not in shown
