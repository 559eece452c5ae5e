"""Segmentations, written by highdicom or by hand and real, read to the same voxels."""

import shutil

import images_for_tests as make
import numpy as np
import outside_programs as outside
import pydicom
import pytest

from mrtlab import Flag, InputError
from mrtlab.dicom import read_image, read_regions, read_seg, write_ct
from mrtlab.images import Grid

OBLIQUE = make.oblique()


def group(file, keyword, index=None):
    """Item of a functional group, of all frames or of one."""
    holder = file.SharedFunctionalGroupsSequence[0] if index is None else file.PerFrameFunctionalGroupsSequence[index]
    return getattr(holder, keyword)[0]


def made(tmp_path, masks, kind="BINARY", axes=None, omit=True, **more):
    """A segmentation of a CT by highdicom; also the folder of the CT and its image."""
    hd = outside.library("highdicom")
    from pydicom.sr.codedict import codes

    image = make.ct(frame_of_reference="scan", **({"axes": axes} if axes else {}))
    files = write_ct(image, tmp_path / "ct").files
    described = [
        hd.seg.SegmentDescription(
            number, f"part {number}", codes.SCT.Organ, codes.SCT.Liver, hd.seg.SegmentAlgorithmTypeValues.MANUAL
        )
        for number in range(1, masks.shape[-1] + 1)
    ]
    file = hd.seg.Segmentation(
        [pydicom.dcmread(name) for name in files], masks, kind, described, hd.UID(), 2, hd.UID(), 1,
        "maker", "model", "1", "2", omit_empty_frames=omit, **more,
    )  # fmt: skip
    path = tmp_path / "seg.dcm"
    file.save_as(path)
    return path, image


def parts(shape=(5, 8, 9)):
    """Two overlapping segments with empty slices between their parts."""
    masks = np.zeros((*shape, 2), np.uint8)
    masks[0, 2:5, 3:7, 0] = 1
    masks[3, 1:4, 2:4, 0] = 1
    masks[3:5, 2:6, 3:8, 1] = 1
    return masks


@pytest.mark.parametrize("axes", [None, OBLIQUE])
@pytest.mark.parametrize("omit", [True, False])
def test_binary(axes, omit, tmp_path):
    masks = parts()
    path, image = made(tmp_path, masks, axes=axes, omit=omit)
    regions = read_seg(path)
    assert list(regions) == ["part 1", "part 2"]
    assert regions.grid.same_as(image.grid)
    for number in (1, 2):
        assert regions[f"part {number}"].dtype == bool
        assert np.array_equal(regions[f"part {number}"], masks[..., number - 1])
    assert regions.frame_of_reference == read_image(tmp_path / "ct").frame_of_reference


def test_fractions(tmp_path):
    masks = np.random.default_rng(1).random((5, 8, 9, 2))
    path, _ = made(tmp_path, masks, "FRACTIONAL", max_fractional_value=200, fractional_type="OCCUPANCY", omit=False)
    regions = read_seg(path)
    assert regions.flags == ()
    for number in (1, 2):
        assert np.abs(regions[f"part {number}"] - masks[..., number - 1]).max() <= 0.5 / 200 + 1e-6


def test_probabilities_are_flagged(tmp_path):
    path, _ = made(tmp_path, parts() * 0.5, "FRACTIONAL", fractional_type="PROBABILITY")
    assert read_seg(path).flags == (Flag.SEGMENT_PROBABILITY,)


def test_label_map(tmp_path):
    masks = parts()
    masks[..., 0] &= 1 - masks[..., 1]  # a label map cannot overlap
    path, image = made(tmp_path, masks, "LABELMAP")
    regions = read_seg(path)
    assert list(regions) == ["part 1", "part 2"]
    for number in (1, 2):
        assert np.array_equal(regions.on(image.grid)[f"part {number}"] > 0.5, masks[..., number - 1])


def test_empty_frames_at_the_ends_are_no_loss(tmp_path):
    masks = np.zeros((5, 8, 9, 1), np.uint8)
    masks[2:4, 2:5, 3:7, 0] = 1
    path, image = made(tmp_path, masks)
    assert read_seg(path).grid.shape == (2, 8, 9)
    on_image = read_seg(path, read_image(tmp_path / "ct"))
    assert on_image.grid.same_as(image.grid)
    assert np.allclose(on_image["part 1"], masks[..., 0], atol=1e-4)


def test_names(tmp_path):
    path, _ = made(tmp_path, parts())
    assert list(read_regions(path, names=["part 2"])) == ["part 2"]
    with pytest.raises(InputError, match=r"no segment 'x'; there are part 1, part 2"):
        read_seg(path, names=["x"])


def test_another_frame_of_reference(tmp_path):
    path, _ = made(tmp_path, parts())
    with pytest.raises(InputError, match="another frame of reference"):
        read_seg(path, make.ct(frame_of_reference="other"))


def test_real_liver(tmp_path):
    """dcmqi's example: the liver on three CT slices, by another program."""
    path = outside.real("ct_seg_dcmqi", "liver_seg.dcm")
    for name in ("ct_01.dcm", "ct_02.dcm", "ct_03.dcm"):
        shutil.copy(path.with_name(name), tmp_path)
    image = read_image(tmp_path)
    regions = read_regions(path, image)
    assert list(regions) == ["Liver"]
    liver = np.asarray(regions["Liver"]) > 0.5
    stored = pydicom.dcmread(path).pixel_array.astype(bool)
    assert liver.sum() == stored.sum()
    assert regions.volume_ml("Liver") == pytest.approx(
        stored.sum() * 0.810547**2 / 1000 * image.spacing_mm[0], rel=1e-4
    )
    # it lies in the liver: contrast-enhanced soft tissue, neither air, fat nor bone
    assert 40 < np.median(image.array[liver]) < 200
    highdicom = outside.library("highdicom").seg.segread(path)
    assert highdicom.number_of_segments == len(regions)


class TestRefused:
    def changed(self, tmp_path, change):
        path, _ = made(tmp_path, parts())
        file = pydicom.dcmread(path)
        change(file)
        file.save_as(path)
        return path

    def shift(file):
        group(file, "PlanePositionSequence", 1).ImagePositionPatient[0] += 1.0

    def uneven(file):
        group(file, "PlanePositionSequence", 1).ImagePositionPatient[2] += 1.7

    def twice(file):
        other = group(file, "PlanePositionSequence", 0).ImagePositionPatient
        group(file, "PlanePositionSequence", 1).ImagePositionPatient = other

    def far(file):
        group(file, "PlanePositionSequence", 1).ImagePositionPatient[2] += 4.8 * 90_000

    def unknown(file):
        group(file, "SegmentIdentificationSequence", 0).ReferencedSegmentNumber = 7

    def nothing(file):
        del file.PerFrameFunctionalGroupsSequence[-1]

    def short(file):
        file.PixelData = file.PixelData[:-2]

    def kind(file):
        file.SegmentationType = "MAX MUSTER"

    def segments(file):
        file.SegmentSequence[1].SegmentNumber = 1

    def turned(file):
        group(file, "PlaneOrientationSequence").ImageOrientationPatient = [1, 0, 0, 1, 0, 0]

    def other(file):
        file.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (shift, r"ImagePositionPatient \(0020,0032\) moves by 1\.00 mm"),
            (uneven, r"unequal distances"),
            (twice, r"slice of segment 1 twice"),
            (far, r"100 m|too large"),
            (unknown, r"ReferencedSegmentNumber \(0062,000b\)"),
            (nothing, r"PerFrameFunctionalGroupsSequence \(5200,9230\) describes"),
            (short, r"PixelData \(7fe0,0010\) holds"),
            (kind, r"SegmentationType \(0062,0001\) is none"),
            (segments, r"SegmentNumber \(0062,0004\) is 1 twice"),
            (turned, r"ImageOrientationPatient"),
            (other, r"SOPClassUID"),
        ],
        ids=lambda item: getattr(item, "__name__", ""),
    )
    def test_by_tag(self, change, message, tmp_path):
        with pytest.raises(InputError, match=r"^seg\.dcm: .*" + message) as caught:
            read_seg(self.changed(tmp_path, change))
        assert "MUSTER" not in str(caught.value)


def test_grid_must_be_one(tmp_path):
    path, image = made(tmp_path, parts())
    with pytest.raises(InputError, match="grid must be"):
        read_seg(path, image.array)
    assert isinstance(read_seg(path, image.grid).grid, Grid)
