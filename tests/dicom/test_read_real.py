"""Files of real cameras and scanners, read as another program reads them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from mrtlab.dicom import find_series, read_image
from mrtlab.errors import Flag


@pytest.fixture
def real(root: Path) -> Path:
    folder = root.parent / "shared/data/real"
    if not folder.is_dir():
        reason = f"real DICOM files are missing: {folder} does not exist"
        if os.environ.get("MRTLAB_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.mark.parametrize(("name", "counts", "seconds"), [("FourBar", 533338, 100), ("UNIFORMIDAD_1", 16000045, 812.39)])
def test_a_planar_quality_control_scan(real: Path, name: str, counts: int, seconds: float) -> None:
    """Counts and duration as the camera wrote them: CountsAccumulated, and ActualFrameDuration in milliseconds."""
    image = read_image(real / "nm_mediso_nmqc" / f"{name}.dcm", timezone="Europe/Madrid")
    assert image.array.sum(dtype=np.float64) == pytest.approx(counts, rel=1e-3)
    assert Flag.COUNTS_DISAGREE not in image.flags
    assert image.duration_s == seconds
    assert image.kind == "planar"
    assert image.nuclide == "Tc-99m"
    assert image.frames[0].window_kev == (126, 154)
    assert Flag.VIEW_UNKNOWN in image.flags  # its only hint is a free text
    assert image.start.isoformat().startswith(("2014-09-23T18:06:56", "2013-04-02T14:34:30"))
    assert "QUANT" not in str(image.understood) + repr(image)


def test_ct_slices_agree_with_simpleitk(real: Path, tmp_path: Path) -> None:
    itk = pytest.importorskip("SimpleITK")
    for path in (real / "ct_seg_dcmqi").glob("ct_*.dcm"):
        shutil.copy(path, tmp_path)
    image = read_image(tmp_path)
    reader = itk.ImageSeriesReader()
    reader.SetFileNames(itk.ImageSeriesReader.GetGDCMSeriesFileNames(str(tmp_path)))
    other = reader.Execute()
    assert np.array_equal(image.array, itk.GetArrayFromImage(other))
    assert image.spacing_mm[::-1] == pytest.approx(other.GetSpacing(), abs=1e-5)
    for index in ((0, 0, 0), (2, 500, 11)):
        place = other.TransformIndexToPhysicalPoint([int(number) for number in index[::-1]])
        assert (image.grid.matrix @ [*index, 1])[:3] == pytest.approx(place, abs=1e-3)


def test_a_mixed_folder_is_listed(real: Path) -> None:
    found = find_series(real / "ct_seg_dcmqi")
    assert sorted((series.modality, len(series.files)) for series in found) == [("CT", 3), ("SEG", 1)]
    assert len({series.frame_of_reference for series in found if series.frame_of_reference}) <= 2
