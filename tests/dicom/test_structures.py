"""RT Structure Sets: regions outlined, written, judged by others, and read back as volumes."""

import images_for_tests as make
import numpy as np
import outside_programs as outside
import pydicom
import pytest

from mrtlab import PURPOSE, Flag, InputError
from mrtlab.dicom import read_image, read_regions, read_rtstruct, write_ct, write_nm, write_rtstruct
from mrtlab.images import Grid, Regions

STRAIGHT = make.spect().axes
OBLIQUE = make.oblique()


def grid(axes=STRAIGHT, shape=(12, 14, 13), spacing=(4.8, 4.8, 4.8)):
    return Grid(shape, spacing, (-20.0, 10.0, 5.0), axes)


def sphere(there, volume_ml, index=(5.3, 6.6, 6.1), finer=8):
    """Fraction of each voxel inside a sphere, by counting points."""
    centre = there.matrix @ [*index, 1]
    radius = (volume_ml * 1000 * 3 / 4 / np.pi) ** (1 / 3)
    points = np.meshgrid(*[(np.arange(n * finer) + 0.5) / finer - 0.5 for n in there.shape], indexing="ij")
    places = np.stack([*points, np.ones_like(points[0])], axis=-1) @ there.matrix.T
    inside = np.sum((places - centre)[..., :3] ** 2, axis=-1) < radius**2
    blocks = [part for n in there.shape for part in (n, finer)]
    return inside.reshape(blocks).mean(axis=(1, 3, 5))


def shell(there):
    """A box with a hole in it, another hole beside it that touches by an edge, and a voxel in the hole."""
    mask = np.zeros(there.shape, bool)
    mask[2:9, 2:12, 3:11] = True
    mask[4:6, 4:8, 5:9] = False
    mask[4:6, 8, 9] = False
    mask[5, 6, 7] = True
    return mask


@pytest.fixture
def path(tmp_path):
    return tmp_path / "regions.dcm"


def drawn(path, *contours, kind="CLOSED_PLANAR", thickness=None, names=None, **more):
    """A structure set made by hand: each contour a list of points; a list of them for each region."""
    file = pydicom.Dataset()
    write_rtstruct(Regions({"x": np.ones((2, 2, 2))}, Grid((2, 2, 2), (1, 1, 1))), path)
    file = pydicom.dcmread(path)
    file.StructureSetROISequence, file.ROIContourSequence = [], []
    for number, region in enumerate(contours, 1):
        about, outline = pydicom.Dataset(), pydicom.Dataset()
        about.ROINumber = outline.ReferencedROINumber = number
        about.ROIName = names[number - 1] if names else f"region {number}"
        about.ReferencedFrameOfReferenceUID = more.get("frame", file.FrameOfReferenceUID)
        outline.ContourSequence = []
        for points in region:
            item = pydicom.Dataset()
            item.ContourGeometricType = kind
            item.NumberOfContourPoints = len(points)
            item.ContourData = [f"{value:.4f}" for value in np.ravel(points)]
            if thickness:
                item.ContourSlabThickness = thickness
            outline.ContourSequence.append(item)
        file.StructureSetROISequence.append(about)
        file.ROIContourSequence.append(outline)
    file.save_as(path)
    return path


def square(z, side=10.0, at=(0.0, 0.0)):
    """Corners of a square across the patient."""
    half = side / 2
    return [(at[0] + x, at[1] + y, z) for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))]


class TestWritten:
    @pytest.mark.parametrize("axes", [STRAIGHT, OBLIQUE, make.oblique(left_handed=True)])
    def test_the_validator_has_no_complaint(self, axes, path):
        there = grid(axes)
        done = write_rtstruct(Regions({"Niere µ": shell(there), "lesion": sphere(there, 1)}, there, "scan"), path)
        assert outside.complaints(path) == []
        assert "CLOSED_PLANAR" in outside.dump(path)
        assert done.files == (path,)

    @pytest.mark.parametrize("axes", [STRAIGHT, OBLIQUE, make.oblique(left_handed=True)])
    def test_voxels_come_back_as_they_were(self, axes, path):
        there = grid(axes)
        noise = np.random.default_rng(1).random(there.shape) < 0.5  # every way in which voxels can touch
        given = {"shell": shell(there), "noise": noise, "all": np.ones(there.shape, bool)}
        write_rtstruct(Regions(given, there), path)
        back = read_rtstruct(path, there)
        assert back.flags == ()
        for name, mask in given.items():
            assert back[name].dtype == bool
            assert np.array_equal(back[name], mask), name

    @pytest.mark.parametrize("axes", [STRAIGHT, OBLIQUE])
    @pytest.mark.parametrize("volume_ml", [1, 30])
    def test_a_sphere_keeps_its_volume_and_place(self, axes, volume_ml, path):
        there = grid(axes)
        given = Regions({"sphere": sphere(there, volume_ml)}, there)
        assert given.volume_ml("sphere") == pytest.approx(volume_ml, rel=0.005)
        write_rtstruct(given, path)
        back = read_rtstruct(path, there)
        assert back.volume_ml("sphere") == pytest.approx(volume_ml, rel=0.02)
        weights = [np.array([np.sum(axis * mask) for axis in np.indices(there.shape)]) / mask.sum()
                   for mask in (given["sphere"], back["sphere"])]  # fmt: skip
        assert np.abs(weights[0] - weights[1]).max() < 0.05
        assert np.abs(back["sphere"] - given["sphere"]).mean() < 0.02

    @pytest.mark.parametrize("fraction", [0.3, 0.5, 0.9])
    def test_a_half_filled_slice_keeps_its_volume(self, fraction, path):
        # no level line encloses half of a plateau
        there = grid()
        mask = np.zeros(there.shape)
        mask[3:6, 3:10, 3:10] = 1
        mask[6, 3:10, 3:10] = fraction
        write_rtstruct(Regions({"end": mask}, there), path)
        assert read_rtstruct(path, there)["end"][6].sum() == pytest.approx(49 * fraction, rel=0.01)

    def test_areas_by_shapes_of_matplotlib(self, path):
        # another judge of the inside of what was written: keyhole and all
        from matplotlib.path import Path

        there = grid()
        write_rtstruct(Regions({"shell": shell(there)}, there), path)
        items = [item for item in pydicom.dcmread(path).ROIContourSequence[0].ContourSequence
                 if abs(float(item.ContourData[2]) - (5 + 4 * 4.8)) < 0.1]  # fmt: skip
        centres = np.array([(-20 + 4.8 * x, 10 + 4.8 * y) for y in range(14) for x in range(13)])
        count = np.zeros(len(centres), int)
        for item in items:
            corners = np.reshape(item.ContourData, (-1, 3)).astype(float)[:, :2]
            count += Path(corners).contains_points(centres)
        assert np.array_equal((count % 2).reshape(14, 13), shell(there)[4])

    def test_areas_by_the_corners_alone(self, path):
        # programs that sum up areas with their sign need holes that run the other way round
        there = grid()
        write_rtstruct(Regions({"shell": shell(there)}, there), path)
        area = 0.0
        for item in pydicom.dcmread(path).ROIContourSequence[0].ContourSequence:
            x, y, _ = np.reshape(item.ContourData, (-1, 3)).astype(float).T
            area += abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2
        assert area == pytest.approx(shell(there).sum() * 4.8**2)

    def test_what_it_says(self, path):
        there = grid()
        write_rtstruct(Regions({"Niere µ": shell(there), "b": shell(there)}, there, "scan"), path, label="KIDNEYS 1")
        file = pydicom.dcmread(path)
        assert (file.StructureSetLabel, file.StructureSetDescription) == ("KIDNEYS 1", PURPOSE)
        assert (file.PatientName, file.PatientIdentityRemoved) == ("SIMULATED", "YES")
        assert [item.ROIName for item in file.StructureSetROISequence] == ["Niere µ", "b"]
        assert [item.ReferencedROINumber for item in file.RTROIObservationsSequence] == [1, 2]
        for item in file.StructureSetROISequence:
            assert item.ReferencedFrameOfReferenceUID == file.FrameOfReferenceUID
        assert list(read_rtstruct(path)) == ["Niere µ", "b"]

    def test_long_contours(self, path):
        # more than the 64 kB that an explicit length of a decimal string can hold
        there = Grid((1, 110, 110), (3, 1, 1))
        mask = np.random.default_rng(2).random((1, 110, 110)) < 0.7
        write_rtstruct(Regions({"lace": mask}, there), path)
        longest = max(len(item.ContourData) for item in pydicom.dcmread(path).ROIContourSequence[0].ContourSequence)
        assert longest > 8000
        assert np.array_equal(read_rtstruct(path, there)["lace"], mask)

    def test_the_same_twice(self, tmp_path):
        there = grid()
        for name in "ab":
            write_rtstruct(Regions({"a": sphere(there, 5)}, there), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    @pytest.mark.parametrize(
        ("masks", "more", "message"),
        [
            ({"a": np.zeros((2, 2, 2))}, {}, "'a' is empty"),
            ({"a": np.full((2, 2, 2), 1.5)}, {}, "fractions between 0 and 1"),
            ({"a": np.full((2, 2, 2), np.nan)}, {}, "fractions between 0 and 1"),
            ({"a\\b": np.ones((2, 2, 2))}, {}, "backslash"),
            ({"": np.ones((2, 2, 2))}, {}, "name"),
            ({}, {}, "at least one"),
            ({"a": np.ones((2, 2, 2))}, {"label": "x" * 17}, "label"),
            ({"a": np.ones((2, 2, 2))}, {"patient": "Muster^Max"}, "pseudonym"),
        ],
        ids=range(8),
    )
    def test_refused(self, masks, more, message, path):
        with pytest.raises(InputError, match=message):
            write_rtstruct(Regions(masks, Grid((2, 2, 2), (1, 1, 1))), path, **more)
        assert not path.exists()


class TestReferences:
    def test_ct(self, tmp_path, path):
        image = make.ct(axes=OBLIQUE, frame_of_reference="scan")
        images = write_ct(image, tmp_path / "ct", patient="P-1")
        mask = np.zeros(image.array.shape, bool)
        mask[1:3, 2:6, 2:6] = True
        write_rtstruct(Regions({"a": mask}, image.grid, "scan"), path, images=images)
        assert outside.complaints(path) == []
        file, slices = pydicom.dcmread(path), [pydicom.dcmread(name) for name in images.files]
        assert (file.StudyInstanceUID, file.PatientID) == (slices[0].StudyInstanceUID, "P-1")
        assert file.FrameOfReferenceUID == slices[0].FrameOfReferenceUID
        series = file.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0].RTReferencedSeriesSequence[0]
        assert series.SeriesInstanceUID == slices[0].SeriesInstanceUID
        assert [item.ReferencedSOPInstanceUID for item in series.ContourImageSequence] == [
            one.SOPInstanceUID for one in slices
        ]
        of = [item.ContourImageSequence[0] for item in file.ROIContourSequence[0].ContourSequence]
        assert [item.ReferencedSOPInstanceUID for item in of] == [one.SOPInstanceUID for one in slices[1:3]]
        back = read_rtstruct(path, read_image(tmp_path / "ct"))
        assert np.array_equal(back["a"], mask)
        assert back.frame_of_reference == read_image(tmp_path / "ct").frame_of_reference

    def test_frames_of_nm(self, tmp_path, path):
        image = make.spect(frame_of_reference="scan")
        images = write_nm(image, tmp_path / "nm.dcm")
        mask = np.zeros(image.array.shape, bool)
        mask[3, 2:6, 2:6] = True
        write_rtstruct(Regions({"a": mask}, image.grid), path, images=images.files[0])
        item = pydicom.dcmread(path).ROIContourSequence[0].ContourSequence[0].ContourImageSequence[0]
        assert item.ReferencedFrameNumber == 4  # counted from 1

    def test_refused(self, tmp_path, path):
        image = make.ct(frame_of_reference="scan")
        images = write_ct(image, tmp_path / "ct")
        regions = Regions({"a": np.ones(image.array.shape, bool)}, image.grid, "another")
        with pytest.raises(InputError, match="frame of reference"):
            write_rtstruct(regions, path, images=images)
        with pytest.raises(InputError, match="patient"):
            write_rtstruct(Regions(regions.masks, image.grid), path, images=images, patient="other")
        write_ct(make.ct(start=None), tmp_path / "second")
        both = [*images.files, *(tmp_path / "second").iterdir()]
        with pytest.raises(InputError, match="another series"):
            write_rtstruct(regions, path, images=both)
        file = pydicom.dcmread(images.files[0])
        del file.PatientIdentityRemoved
        file.save_as(images.files[0])
        with pytest.raises(InputError, match=r"PatientIdentityRemoved \(0012,0062\)"):
            write_rtstruct(regions, path, images=tmp_path / "ct")
        with pytest.raises(InputError, match="DICOM"):
            write_rtstruct(regions, path, images=__file__)


class TestContours:
    """What is drawn elsewhere; volumes by hand."""

    def volume(self, path, there=None, **more):
        regions = read_rtstruct(path, there, **more)
        return regions.volume_ml(next(iter(regions))), regions.flags

    def test_planes_apart(self, path):
        drawn(path, [square(0), square(3), square(6)])
        assert self.volume(path) == (pytest.approx(0.9, rel=1e-6), ())
        # on slices that cut the slabs
        there = Grid((6, 30, 30), (4.8, 1.7, 1.9), (-25, -25, -9.1))
        assert self.volume(path, there) == (pytest.approx(0.9, rel=0.01), ())
        coarse = read_rtstruct(path, Grid((6, 5, 5), (6, 20, 20), (-40, -40, -12)))["region 1"]
        assert coarse[:, 2, 2] == pytest.approx([0, 0, 0.25 * 0.75, 0.25 * 0.75, 0, 0], abs=1e-4)

    def test_a_contour_within_another_is_a_hole(self, path):
        drawn(path, [contour for z in (0, 3, 6) for contour in (square(z), square(z, 4.0))])
        assert self.volume(path) == (pytest.approx(0.84 * 0.9, rel=0.005), (Flag.REGION_HOLES,))

    def test_two_parts_beside_each_other(self, path):
        drawn(path, [contour for z in (0, 3, 6) for contour in (square(z), square(z, 4.0, (20, 0)))])
        assert self.volume(path) == (pytest.approx(1.16 * 0.9, rel=0.005), ())

    def test_keyhole(self, path):
        keyhole = [
            (-5, -5), (5, -5), (5, 5), (0, 5), (0, 2), (2, 2), (2, -2), (-2, -2), (-2, 2), (0, 2), (0, 5), (-5, 5),
        ]  # fmt: skip
        drawn(path, [[(*point, z) for point in keyhole] for z in (0, 3, 6)])
        assert self.volume(path) == (pytest.approx(0.84 * 0.9, rel=0.005), ())

    def test_the_direction_of_drawing_does_not_matter(self, path):
        drawn(path, [square(0), square(3)[::-1], square(6)])
        assert self.volume(path)[0] == pytest.approx(0.9)

    def test_one_plane(self, path):
        drawn(path, [square(0)])
        with pytest.raises(InputError, match=r"regions\.dcm: 'region 1' has one plane"):
            read_rtstruct(path)
        there = Grid((3, 30, 30), (4.8, 1, 1), (-15, -15, -4.8))
        assert self.volume(path, there) == (pytest.approx(0.48, rel=1e-3), (Flag.REGION_THICKNESS_ASSUMED,))
        drawn(path, [square(0)], thickness=3)
        assert self.volume(path, there) == (pytest.approx(0.3, rel=1e-3), ())
        assert self.volume(path)[0] == pytest.approx(0.3, rel=1e-3)
        drawn(path, [square(0)], [square(0), square(2), square(4)])
        assert self.volume(path) == (pytest.approx(0.2, rel=1e-3), (Flag.REGION_THICKNESS_ASSUMED,))

    def test_missing_planes(self, path):
        drawn(path, [square(z) for z in (0, 3, 6, 15, 18)])
        assert self.volume(path) == (pytest.approx(1.5, rel=1e-3), (Flag.REGION_GAPS,))

    def test_every_second_slice_of_the_grid(self, path):
        drawn(path, [square(z) for z in (0, 6, 12, 18)])
        there = Grid((9, 30, 30), (3, 1, 1), (-15, -15, -3))
        assert self.volume(path, there) == (pytest.approx(2.4, rel=1e-3), ())

    def test_a_slanted_plane(self, path):
        there = grid(OBLIQUE)
        turn = np.array(OBLIQUE)[[2, 1, 0]]
        drawn(path, [np.array(square(z)) @ turn + 20 for z in (0, 3, 6)])
        assert self.volume(path) == (pytest.approx(0.9, rel=0.005), ())
        straight = Grid((40, 40, 40), (1.5, 1.5, 1.5), (-10, -10, -10))
        assert self.volume(path, straight) == (pytest.approx(0.9, rel=0.02), ())
        assert there.axes != straight.axes

    def test_outside_the_grid(self, path):
        drawn(path, [square(0), square(3), square(6)])
        there = Grid((9, 20, 20), (1, 1, 1), (0.5, -10, -1))
        assert self.volume(path, there) == (pytest.approx(0.9 / 2, rel=0.01), (Flag.REGION_OUTSIDE_GRID,))

    def test_points_are_left_out(self, path):
        drawn(path, [[(0, 0, 0)]], [square(0), square(3)], names=["marker", "lesion"])
        file = pydicom.dcmread(path)
        file.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = "POINT"
        file.save_as(path)
        back = read_rtstruct(path)
        assert (list(back), back.flags) == (["lesion"], (Flag.REGIONS_LEFT_OUT,))
        assert read_rtstruct(path, names=["lesion"]).flags == ()
        with pytest.raises(InputError, match="'marker'"):
            read_rtstruct(path, names=["marker"])

    def test_names(self, path):
        drawn(path, [square(0), square(3)], [square(0), square(3)], names=["lesion", "lesion"])
        assert list(read_rtstruct(path)) == ["lesion", "lesion (2)"]
        assert list(read_rtstruct(path, names=["lesion (2)"])) == ["lesion (2)"]
        with pytest.raises(InputError, match=r"no region 'liver'; there are lesion, lesion \(2\)"):
            read_rtstruct(path, names=["liver"])
        with pytest.raises(InputError, match=r"\['lesion'\]"):
            read_rtstruct(path, names="lesion")

    def test_another_frame_of_reference(self, path):
        drawn(path, [square(0), square(3)])
        with pytest.raises(InputError, match="another frame of reference"):
            read_rtstruct(path, make.ct(frame_of_reference="scan"))
        file = pydicom.dcmread(path)
        file.StructureSetROISequence.append(pydicom.dcmread(path).StructureSetROISequence[0])
        file.ROIContourSequence.append(pydicom.dcmread(path).ROIContourSequence[0])
        file.StructureSetROISequence[1].ROINumber = file.ROIContourSequence[1].ReferencedROINumber = 2
        file.StructureSetROISequence[1].ReferencedFrameOfReferenceUID = "1.2.3"
        file.save_as(path)
        with pytest.raises(InputError, match=r"names="):
            read_rtstruct(path)
        assert len(read_rtstruct(path, names=["region 1"])) == 1

    @pytest.mark.parametrize(
        ("contours", "more", "message"),
        [
            ([square(0)], {"kind": "OPEN_PLANAR"}, r"ContourGeometricType \(3006,0042\) of 'region 1' is OPEN_PLANAR"),
            ([square(0)], {"kind": "MAX MUSTER"}, r"is unknown"),
            ([square(0)[:2]], {}, r"NumberOfContourPoints \(3006,0046\) of 'region 1' is 2"),
            ([square(0, 2e6)], {}, r"ContourData \(3006,0050\) of 'region 1' lies more than 100 m away"),
            ([square(0, 9e3)], {}, r"wider than 5 m"),
            ([square(0), [(x, 0, y) for x, y, _ in square(0)]], {}, r"'region 1' do not lie in the planes"),
            ([square(0), square(3000.5)], {"thickness": 0.001}, r"span"),
            ([square(0)], {"thickness": -3}, r"ContourSlabThickness"),
        ],
        ids=range(8),
    )
    def test_refused(self, contours, more, message, path):
        drawn(path, contours, **more)
        with pytest.raises(InputError, match=r"^regions\.dcm: .*" + message):
            read_rtstruct(path)

    def test_numbers_that_do_not_fit(self, path):
        drawn(path, [square(0), square(3)])
        file = pydicom.dcmread(path)
        file.ROIContourSequence[0].ContourSequence[0].NumberOfContourPoints = 5
        file.save_as(path)
        with pytest.raises(InputError, match=r"holds 12 numbers for 5 points"):
            read_rtstruct(path)

    def test_other_files(self, tmp_path, path):
        write_nm(make.spect(), path)
        with pytest.raises(InputError, match="SOPClassUID"):
            read_rtstruct(path)
        with pytest.raises(InputError, match="neither that of an RT Structure Set nor of a segmentation"):
            read_regions(path)

    def test_read_regions_takes_contours(self, path):
        drawn(path, [square(0), square(3)])
        assert read_regions(path).volume_ml("region 1") == pytest.approx(0.6)

    def test_nobody_is_taken_along(self, path):
        drawn(path, [square(0), square(3)])
        file = pydicom.dcmread(path)
        file.PatientName, file.PatientID, file.StructureSetName = "Muster^Max", "4711", "Max"
        file.RTROIObservationsSequence[0].ROIInterpreter = "Eva"
        file.FrameOfReferenceUID = file.ReferencedFrameOfReferenceSequence[0].FrameOfReferenceUID = "1.2.840.99.4711"
        for region in file.StructureSetROISequence:
            region.ReferencedFrameOfReferenceUID = "1.2.840.99.4711"
        file.save_as(path)
        regions = read_rtstruct(path)
        shown = repr(regions) + repr(vars(regions))
        assert not any(mark in shown for mark in ("Muster", "4711", "Max", "Eva", str(file.FrameOfReferenceUID)))
