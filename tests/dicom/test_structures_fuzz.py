"""Damaged structure sets, segmentations and dose files: refused, or read to the same numbers. Nothing else."""

import io
import os
import warnings

import files_for_tests as files
import images_for_tests as make
import numpy as np
import pydicom
import pytest
from pydicom.datadict import keyword_for_tag

from mrtlab import InputError
from mrtlab.dicom import read_rtdose, read_rtstruct, read_seg, write_rtdose, write_rtstruct
from mrtlab.images import Grid, Image, Regions

COUNT = int(os.environ.get("MRTLAB_FUZZ", "400"))  # of each kind; 1500 found nothing more
GRID = Grid((4, 7, 8), (4.0, 3.0, 3.0), (-5.0, 4.0, 2.0))
# What the result is made of: another value of these is another measurement, and may not contradict the rest.
MEANS = {
    "rtstruct": {
        "SOPClassUID", "StructureSetROISequence", "ROINumber", "ROIName", "ReferencedFrameOfReferenceUID",
        "ROIContourSequence", "ContourSequence", "ReferencedROINumber", "ContourData", "ContourGeometricType",
        "NumberOfContourPoints", "ContourSlabThickness", "SpecificCharacterSet",
    },
    "seg": {
        "SOPClassUID", "SegmentSequence", "SegmentNumber", "SegmentLabel", "SegmentationType", "PixelData",
        "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "PixelMeasuresSequence",
        "PlanePositionSequence", "PlaneOrientationSequence", "SegmentIdentificationSequence", "PixelSpacing",
        "ReferencedSegmentNumber", "ImagePositionPatient", "ImageOrientationPatient", "SpacingBetweenSlices",
        "SliceThickness", "FrameOfReferenceUID", "Rows", "Columns", "NumberOfFrames", "SpecificCharacterSet",
    },
    "rtdose": {
        "SOPClassUID", "DoseGridScaling", "GridFrameOffsetVector", "ImagePositionPatient", "ImageOrientationPatient",
        "PixelSpacing", "SliceThickness", "FrameOfReferenceUID", "Rows", "Columns", "NumberOfFrames", "PixelData",
        "DoseType", "DoseSummationType", "TissueHeterogeneityCorrection", "PixelRepresentation", "BitsStored",
        "HighBit",
    },
}  # fmt: skip


def structure_set(path):
    masks = {name: np.zeros(GRID.shape, bool) for name in ("left", "right")}
    masks["left"][1:3, 1:4, 1:4] = True
    masks["right"][1:4, 2:6, 4:7] = True
    masks["right"][2, 3, 5] = False
    write_rtstruct(Regions(masks, GRID, "scan"), path)
    return pydicom.dcmread(path)


def segmentation(path):
    """By hand: two segments on two slices each."""
    file = files.dataset("1.2.840.10008.5.1.4.1.1.66.4", "SEG")
    file.ImageType = ["DERIVED", "PRIMARY"]
    file.SegmentationType, file.SegmentSequence = "BINARY", []
    del file.PixelSpacing
    for number in (1, 2):
        item = pydicom.Dataset()
        item.SegmentNumber, item.SegmentLabel = number, f"part {number}"
        file.SegmentSequence.append(item)
    shared, orientation, measures = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    measures.PixelSpacing, measures.SpacingBetweenSlices, measures.SliceThickness = [3, 3], 4, 4
    shared.PlaneOrientationSequence, shared.PixelMeasuresSequence = [orientation], [measures]
    file.SharedFunctionalGroupsSequence, file.PerFrameFunctionalGroupsSequence = [shared], []
    for number, z in ((1, 0), (1, 4), (2, 4), (2, 12)):
        frame, own, position = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
        own.ReferencedSegmentNumber, position.ImagePositionPatient = number, [0, 0, z]
        frame.SegmentIdentificationSequence, frame.PlanePositionSequence = [own], [position]
        file.PerFrameFunctionalGroupsSequence.append(frame)
    file.NumberOfFrames, file.Rows, file.Columns = 4, 6, 8
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 1, 1, 0, 0
    bits = np.random.default_rng(1).random(4 * 6 * 8) < 0.5
    file.PixelData = np.packbits(bits, bitorder="little").tobytes()
    file["PixelData"].VR = "OB"
    files.save(file, path)
    return pydicom.dcmread(path)


def dose(path):
    write_rtdose(make.dose().changed(array=make.dose().array[:3, :4, :5]), path)
    return pydicom.dcmread(path)


def flat(file):
    """Every element, as stored."""
    return {tag: (file.get_item(tag).VR, file.get_item(tag).value) for tag in file.keys()}  # noqa: SIM118


def touched(before, data):
    """Keywords of what differs; None where pydicom cannot tell."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = pydicom.dcmread(io.BytesIO(data))
            after = flat(file)
            if file.file_meta.get("TransferSyntaxUID") not in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1"):
                return None
            tags = {tag for tag in before | after if before.get(tag) != after.get(tag)}
    except Exception:
        return None
    return {keyword_for_tag(tag) for tag in tags}


def encoded(file):
    """In memory, as the damage begins with."""
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, file, enforce_file_format=True)
    buffer.seek(0)
    return buffer


def numbers(found):
    """What must not change."""
    if isinstance(found, Image):
        return [found.array, found.spacing_mm, found.origin_mm, found.axes, found.unit]
    masks = [(name, np.asarray(mask, float).tolist()) for name, mask in found.masks.items()]
    return [masks, found.grid.spacing_mm, found.grid.origin_mm, found.grid.axes]


@pytest.mark.parametrize(
    ("kind", "build", "read"),
    [
        ("rtstruct", structure_set, lambda path: read_rtstruct(path, GRID)),
        ("seg", segmentation, read_seg),
        ("rtdose", dose, read_rtdose),
    ],
    ids=["rtstruct", "seg", "rtdose"],
)
def test_damage(kind, build, read, tmp_path, recwarn):
    path = tmp_path / "x.dcm"
    original = build(path)
    expected, before = numbers(read(path)), flat(pydicom.dcmread(encoded(original)))
    refused = same = 0
    for damage in files.damaged(original, COUNT, seed=7):
        path.write_bytes(damage.data)
        recwarn.clear()
        try:
            found = read(path)
        except InputError as error:
            refused += 1
            found, problem = None, str(error)
        assert not recwarn.list, (damage.done, recwarn.list[0].message)
        if found is None:
            assert "x.dcm" in problem, damage.done
            continue
        changed = touched(before, damage.data)
        if changed is not None and not changed & MEANS[kind]:
            assert str(numbers(found)) == str(expected), damage.done
            same += 1
    # both happen often, or the test would show nothing
    assert refused > COUNT / 20
    assert same > COUNT / 20
