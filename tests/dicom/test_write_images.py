"""NM, PET and CT as mrtlab writes them: accepted by a validator, read by others to the same numbers."""

import math
from datetime import UTC, datetime, timedelta

import images_for_tests as make
import numpy as np
import outside_programs as outside
import pydicom
import pytest

from mrtlab import PURPOSE, InputError
from mrtlab.dicom import read_image, write_ct, write_nm, write_pet
from mrtlab.images import Frame, Image
from mrtlab.nuclides import nuclide

OBLIQUE = make.oblique()
NM_KINDS = {
    "spect": make.spect(),
    "oblique": make.spect(axes=OBLIQUE),
    "counts": make.spect().changed(unit="counts"),
    "one slice": make.spect().changed(array=make.spect().array[:1]),
    "planar": make.planar(),
    "whole body": make.planar(kind="whole body"),
    "bare": Image(np.arange(24.0).reshape(2, 3, 4), (4, 4, 4), "counts", duration_s=10.0),
    "rates": make.planar().changed(unit="cps"),
    "no code": make.spect(nuclide="Tb-161"),
}


def written(image, tmp_path, **more):
    """What was written, and its files as pydicom sees them."""
    tmp_path.mkdir(exist_ok=True)
    writer = {"PT": write_pet, "CT": write_ct}.get(image.modality, write_nm)
    done = writer(image, tmp_path / ("series" if writer is not write_nm else "nm.dcm"), **more)
    return done, [pydicom.dcmread(file) for file in done.files]


class TestValidator:
    @pytest.mark.parametrize("name", NM_KINDS)
    def test_nm(self, name, tmp_path):
        done, _ = written(NM_KINDS[name], tmp_path)
        assert outside.complaints(done.files[0]) == []
        assert "SIMULATED" in outside.dump(done.files[0])

    @pytest.mark.parametrize(
        "image",
        [
            make.pet(),
            make.pet(decay_state="ADMIN", axes=OBLIQUE),
            make.pet(decay_state="NONE"),
            make.pet().changed(array=make.pet().array - 50),
            make.ct(),
            make.ct(start=None, axes=OBLIQUE),
        ],
        ids=["pet", "admin", "none", "negative", "ct", "no clock"],
    )
    def test_series(self, image, tmp_path):
        done, files = written(image, tmp_path)
        assert len(files) == len(image.array)
        for file in (done.files[0], done.files[-1]):
            assert outside.complaints(file) == []
        assert "SIMULATED" in outside.dump(done.files[0])


class TestNumbersElsewhere:
    """SimpleITK reads the same numbers at the same places."""

    @pytest.mark.parametrize("name", ["spect", "oblique", "counts", "bare"])
    def test_nm(self, name, tmp_path):
        image = NM_KINDS[name]
        done, _ = written(image, tmp_path)
        self.compare(outside.library("SimpleITK").ReadImage(str(done.files[0])), image, done.step)

    @pytest.mark.parametrize("axes", [make.spect().axes, OBLIQUE, make.oblique(left_handed=True)])
    @pytest.mark.parametrize("image", [make.pet(), make.ct()], ids=["pet", "ct"])
    def test_series(self, image, axes, tmp_path):
        sitk = outside.library("SimpleITK")
        image = image.changed(axes=axes)
        done, _ = written(image, tmp_path)
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(done.files[0].parent)))
        self.compare(reader.Execute(), image, done.step)

    def test_left_handed_nm(self, tmp_path):
        image = make.spect(axes=make.oblique(left_handed=True))
        done, _ = written(image, tmp_path)
        self.compare(outside.library("SimpleITK").ReadImage(str(done.files[0])), image, done.step)

    def compare(self, found, image, step):
        direction = np.array(found.GetDirection()).reshape(3, 3)
        there = Image(
            np.asarray(outside.library("SimpleITK").GetArrayFromImage(found)),
            found.GetSpacing()[::-1],
            "counts",
            origin_mm=found.GetOrigin(),
            axes=direction.T[::-1],
        )
        assert make.same_places(image, there, step)


class TestRoundTrip:
    @pytest.mark.parametrize("name", NM_KINDS)
    def test_nm(self, name, tmp_path):
        image = NM_KINDS[name]
        done, _ = written(image, tmp_path, keep_dates=True)
        back = read_image(done.files[0])
        assert np.abs(back.array - image.array).max() <= 0.5 * done.step * 1.001
        for what in ("kind", "unit", "start", "nuclide", "duration_s", "administered_at", "administered_mbq"):
            assert getattr(back, what) == getattr(image, what), what
        if image.corrections:
            assert (back.corrections, back.decay_state) == (image.corrections, image.decay_state)
        if image.kind == "volume":
            assert back.grid.same_as(image.grid)
            assert back.window_kev == image.window_kev
        else:
            assert (back.spacing_mm, back.frames) == (image.spacing_mm, image.frames)

    @pytest.mark.parametrize("state", ["NONE", "START", "ADMIN"])
    def test_decay_state_of_nm(self, state, tmp_path):
        done, _ = written(make.spect(decay_state=state), tmp_path)
        assert read_image(done.files[0]).decay_state == state

    @pytest.mark.parametrize("state", ["NONE", "START", "ADMIN"])
    def test_pet(self, state, tmp_path):
        image = make.pet(decay_state=state)
        done, _ = written(image, tmp_path, keep_dates=True)
        back = read_image(done.files[0].parent)
        assert not back.flags
        assert back.grid.same_as(image.grid)
        assert np.abs(back.array - image.array).max() <= 0.5 * done.step * 1.001
        # a scale for each slice: the faint one is not lost beside the strong one
        assert np.abs(back.array[0] - image.array[0]).max() < image.array[0].max() * 1e-5
        for what in ("start", "nuclide", "duration_s", "administered_at", "administered_mbq", "decay_state"):
            assert getattr(back, what) == getattr(image, what), what

    def test_ct(self, tmp_path):
        image = make.ct(axes=OBLIQUE)
        done, _ = written(image, tmp_path, keep_dates=True)
        back = read_image(done.files[0].parent)
        assert done.step == 0
        assert np.array_equal(back.array, image.array)
        assert back.grid.same_as(image.grid)
        assert back.start == image.start

    def test_slices_against_the_normal_keep_their_places(self, tmp_path):
        image = make.spect(axes=make.oblique(left_handed=True))
        done, _ = written(image, tmp_path)
        assert make.same_places(image, read_image(done.files[0]), done.step)


class TestSteps:
    def test_whole_counts_are_exact(self, tmp_path):
        image = make.planar().changed(array=np.full((4, 3, 3), 65535))
        done, (file,) = written(image, tmp_path)
        assert done.step == 0
        assert "exact" in done.text
        assert "RealWorldValueMappingSequence" not in file
        assert (file.pixel_array == 65535).all()

    @pytest.mark.parametrize("array", [np.full((4, 3, 3), 0.5), np.full((4, 3, 3), 65536.0)])
    def test_other_counts_have_a_stated_step(self, array, tmp_path):
        done, (file,) = written(make.planar().changed(array=array), tmp_path)
        mapping = file.RealWorldValueMappingSequence[0]
        assert done.step == mapping.RealWorldValueSlope > 0
        assert f"{done.step:.3g}" in done.text
        assert mapping.MeasurementUnitsCodeSequence[0].CodeValue == "{counts}"
        assert np.abs(file.pixel_array * mapping.RealWorldValueSlope - array).max() <= done.step / 2

    def test_hu_between_whole_ones(self, tmp_path):
        done, files = written(make.ct().changed(array=np.full((1, 2, 2), 40.4)), tmp_path)
        assert done.step == 1
        assert (files[0].pixel_array.astype(int) + int(files[0].RescaleIntercept) == 40).all()

    def test_hu_below_air_are_kept(self, tmp_path):
        array = np.array([[[-3024.0, 3071.0]]])
        done, (file,) = written(make.ct().changed(array=array), tmp_path)
        assert (file.pixel_array.astype(int) + int(file.RescaleIntercept) == array[0]).all()
        assert done.step == 0

    def test_nothing_at_all(self, tmp_path):
        done, (file,) = written(make.spect().changed(array=np.zeros((2, 3, 3))), tmp_path)
        assert (file.pixel_array == 0).all()
        assert done.step > 0


class TestQuantities:
    def test_nm_counts_in_mbq_and_pet_in_bq(self, tmp_path):
        _, (nm,) = written(make.spect(), tmp_path)
        _, files = written(make.pet(), tmp_path)
        assert float(nm.RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose) == 7400.5
        assert float(files[0].RadiopharmaceuticalInformationSequence[0].RadionuclideTotalDose) == 150e6

    def test_two_heads_count_at_the_same_time(self, tmp_path):
        _, (file,) = written(make.spect(), tmp_path)
        rotation = file.RotationInformationSequence[0]
        assert rotation.ActualFrameDuration * rotation.NumberOfFramesInRotation == 1_200_000
        assert len(file.DetectorInformationSequence) == file.NumberOfDetectors == 2

    @pytest.mark.parametrize("seconds", [1200.0, 1000.0, 7.919, 0.001])
    def test_time_is_divided_into_whole_milliseconds(self, seconds, tmp_path):
        _, (file,) = written(make.spect(duration_s=seconds), tmp_path)
        rotation = file.RotationInformationSequence[0]
        assert rotation.ActualFrameDuration * rotation.NumberOfFramesInRotation / 1000 == pytest.approx(seconds)
        assert rotation.NumberOfFramesInRotation <= 60

    def test_window_by_its_limits(self, tmp_path):
        _, (file,) = written(make.spect(), tmp_path)
        limits = file.EnergyWindowInformationSequence[0].EnergyWindowRangeSequence[0]
        assert (limits.EnergyWindowLowerLimit, limits.EnergyWindowUpperLimit) == (187.2, 228.8)

    def test_views(self, tmp_path):
        _, (file,) = written(make.planar(), tmp_path)
        codes = [item.ViewCodeSequence[0].CodeValue for item in file.DetectorInformationSequence]
        assert codes == ["399321004", "399001007"]  # CID 26: anterior, posterior
        assert (list(file.DetectorVector), list(file.EnergyWindowVector)) == ([1, 2, 1, 2], [1, 1, 2, 2])

    def test_nuclide_code(self, tmp_path):
        _, (file,) = written(make.spect(), tmp_path)
        item = file.RadiopharmaceuticalInformationSequence[0].RadionuclideCodeSequence[0]
        assert (item.CodeValue, item.CodingSchemeDesignator) == ("447553000", "SCT")  # CID 18: 177-Lutetium

    @pytest.mark.parametrize("state", ["START", "ADMIN"])
    def test_decay_factor(self, state, tmp_path):
        image = make.pet(decay_state=state)
        _, files = written(image, tmp_path)
        rate = math.log(2) / (nuclide("Ga-68").half_life_h * 3600)
        # mean of the decay over the frame by sums, not by the formula
        seconds = np.linspace(0, 180, 100_001)
        mean = np.trapezoid(np.exp(-rate * seconds), seconds) / 180
        expected = 1 / mean * (math.exp(rate * 3600) if state == "ADMIN" else 1)
        assert float(files[0].DecayFactor) == pytest.approx(expected, rel=1e-6)
        assert math.exp(-rate * float(files[0].FrameReferenceTime) / 1000) == pytest.approx(mean, rel=1e-6)


class TestNobody:
    def test_pseudonym_and_nothing_else(self, tmp_path):
        _, (file,) = written(make.spect(), tmp_path, patient="P-07")
        assert (file.PatientName, file.PatientID, file.PatientBirthDate) == ("P-07", "P-07", "")
        assert file.PatientIdentityRemoved == "YES"
        assert file.LongitudinalTemporalInformationModified == "MODIFIED"
        assert "shifted" in file.DeidentificationMethod
        assert file.ImageComments == PURPOSE

    def test_dates_are_shifted_and_times_kept(self, tmp_path):
        done, (file,) = written(make.spect(), tmp_path)
        assert (file.AcquisitionDate, file.AcquisitionTime) == ("20000102", "093000")
        assert file.TimezoneOffsetFromUTC == "+0200"
        item = file.RadiopharmaceuticalInformationSequence[0]
        assert item.RadiopharmaceuticalStartDateTime == "20000101100015+0200"
        assert (file.StudyDate, file.StudyTime) == ("20000101", "100015")
        assert b"2024" not in done.files[0].read_bytes()

    def test_summer_time_between_administration_and_scan_loses_no_hour(self, tmp_path):
        from zoneinfo import ZoneInfo

        berlin = ZoneInfo("Europe/Berlin")
        given, scan = datetime(2024, 3, 30, 10, tzinfo=berlin), datetime(2024, 3, 31, 10, tzinfo=berlin)
        done, _ = written(make.spect(start=scan, administered_at=given), tmp_path)
        back = read_image(done.files[0])
        assert back.start - back.administered_at == timedelta(hours=23)
        assert back.administered_at.hour == 10

    def test_one_anchor_keeps_the_days_between_scans(self, tmp_path):
        starts = []
        for days in (0, 3):
            image = make.spect(start=make.START + timedelta(days=days), administered_at=None)
            done = write_nm(image, tmp_path / f"{days}.dcm", anchor=make.ADMINISTERED)
            starts.append(read_image(done.files[0]).start)
        assert starts[1] - starts[0] == timedelta(days=3)
        assert starts[0].date().isoformat() == "2000-01-02"

    def test_dates_kept_on_request(self, tmp_path):
        _, (file,) = written(make.spect(), tmp_path, keep_dates=True)
        assert file.AcquisitionDate == "20240503"
        assert file.LongitudinalTemporalInformationModified == "UNMODIFIED"

    def test_odd_offsets_become_utc(self, tmp_path):
        from datetime import timezone

        odd = timezone(timedelta(hours=1, seconds=30))
        image = make.spect(start=make.START.astimezone(odd), administered_at=make.ADMINISTERED.astimezone(odd))
        done, _ = written(image, tmp_path, keep_dates=True)
        assert read_image(done.files[0]).start == make.START

    def test_identifiers_of_the_original_are_hashed(self, tmp_path):
        original = "1.2.840.113619.2.20240503.4711"
        done, (file,) = written(make.spect(frame_of_reference=original), tmp_path)
        assert original.encode() not in done.files[0].read_bytes()
        _, (again,) = written(make.spect(seed=9, frame_of_reference=original), tmp_path)
        assert file.FrameOfReferenceUID == again.FrameOfReferenceUID

    @pytest.mark.parametrize("patient", ["Muster^Max", "Muster, Max", "", " x", "a\\b", "x" * 65, None, "ä"])
    def test_names_are_refused(self, patient, tmp_path):
        with pytest.raises(InputError, match=r"^patient must be a pseudonym"):
            written(make.spect(), tmp_path, patient=patient)


class TestIdentifiers:
    @pytest.mark.parametrize("image", [make.spect(), make.pet(), make.ct()], ids=["nm", "pet", "ct"])
    def test_the_same_twice(self, image, tmp_path):
        first, _ = written(image, tmp_path / "a")
        second, _ = written(image, tmp_path / "a")  # the old files are replaced
        third, _ = written(image, tmp_path / "b")
        data = [[file.read_bytes() for file in done.files] for done in (first, second, third)]
        assert data[0] == data[1] == data[2]

    def test_what_differs_has_another_name(self, tmp_path):
        images = [
            (make.spect(), {}),
            (make.spect(seed=2), {}),
            (make.spect(), {"seed": 1}),
            (make.spect(), {"patient": "B"}),
            (make.spect(start=make.START + timedelta(hours=1)), {}),
        ]
        files = [written(image, tmp_path, **more)[1][0] for image, more in images]
        assert len({file.SOPInstanceUID for file in files}) == len({file.SeriesInstanceUID for file in files}) == 5
        assert len({file.StudyInstanceUID for file in files}) == 3  # one for a patient and seed

    def test_root_needs_no_registration(self, tmp_path):
        _, files = written(make.ct(), tmp_path)
        for file in files:
            for uid in (file.SOPInstanceUID, file.SeriesInstanceUID, file.StudyInstanceUID, file.FrameOfReferenceUID):
                assert uid.startswith("2.25.")
                assert uid.is_valid
        assert len({file.SOPInstanceUID for file in files}) == len(files)


class TestRefused:
    @pytest.mark.parametrize(
        ("image", "writer", "message"),
        [
            (make.spect().changed(array=np.full((1, 2, 2), -1.0)), write_nm, "negative values"),
            (make.spect().changed(unit="MBq"), write_nm, "voxel's volume"),
            (make.ct(), write_nm, "NM holds"),
            (make.planar().changed(unit="Bq/mL"), write_nm, "no depth"),
            (make.spect(duration_s=None), write_nm, "duration_s"),
            (make.spect(duration_s=1e-5), write_nm, "milliseconds"),
            (make.spect(corrections=("DECY",)), write_nm, "DECY"),
            (make.spect(corrections=("Max Muster",)), write_nm, "DICOM's words"),
            (make.spect(window_kev=(229, 187)), write_nm, "window_kev"),
            (make.planar(frames=(Frame("from above"),) * 4), write_nm, "detector and energy window"),
            (make.planar(frames=tuple(Frame(f"v{n}", detector=n) for n in (1, 2, 3, 4))), write_nm, "view"),
            (make.planar(frames=tuple(Frame("", None, 1.0 + n, n) for n in (1, 2, 3, 4))), write_nm, "one time"),
            (make.planar(frames=tuple(Frame("", None, None, n) for n in (1, 2, 3, 5))), write_nm, "numbered"),
            (
                make.planar(
                    frames=tuple(Frame(v, w, None, 1) for v in ("anterior", "posterior") for w in ((1, 2), (3, 4)))
                ),
                write_nm,
                "detector",
            ),
            (make.pet(decay_state=None), write_pet, "decay_state"),
            (make.pet(start=None), write_pet, "start"),
            (make.pet(decay_state="ADMIN", administered_at=None), write_pet, "administered_at"),
            (make.ct().changed(array=np.array([[[0.0, 70000.0]]])), write_ct, "65536"),
            (make.spect().array, write_nm, "must be a mrtlab.images.Image"),
        ],
        ids=range(19),
    )
    def test_images(self, image, writer, message, tmp_path):
        with pytest.raises(InputError, match=message):
            writer(image, tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_series_needs_a_folder_of_its_own(self, tmp_path):
        (tmp_path / "other.dcm").write_bytes(b"")
        with pytest.raises(InputError, match="folder of its own"):
            write_ct(make.ct(), tmp_path)

    def test_a_missing_folder_is_named(self, tmp_path):
        with pytest.raises(InputError, match=r"'x\.dcm'.*folder"):
            write_nm(make.spect(), tmp_path / "no" / "x.dcm")

    def test_a_time_without_zone(self, tmp_path):
        with pytest.raises(InputError, match="time zone"):
            write_nm(make.spect(), tmp_path / "x.dcm", anchor=datetime(2024, 5, 3))

    def test_a_year_before_the_calendar(self, tmp_path):
        with pytest.raises(InputError, match="shifted"):
            write_nm(make.spect(), tmp_path / "x.dcm", anchor=datetime(9998, 1, 1, tzinfo=UTC))
