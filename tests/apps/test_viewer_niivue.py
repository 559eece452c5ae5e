"""The linked view without a browser: where its files put voxels, and what its controls reach."""

from __future__ import annotations

import gzip

import nibabel
import numpy as np
import pytest
from viewer_volumes import ct, dose, regions, reoriented

from mrtlab.apps.viewer import Scene, niivue, view


def read_back(data):
    return nibabel.Nifti1Image.from_bytes(gzip.decompress(data))


@pytest.mark.parametrize("image", [ct(), reoriented(ct())])
def test_nifti_puts_voxels_where_dicom_has_them(image):
    """Read by nibabel: the bone lies 38 mm to the left (x of RAS -38), 18 mm to the front (y of RAS 18)."""
    found = read_back(niivue.nifti(image.array, image.grid))
    values = np.asarray(found.dataobj)
    place = found.affine @ (*np.unravel_index(values.argmax(), values.shape), 1)
    np.testing.assert_allclose(place[:3], (-38, 18, 160), atol=1e-4)
    names = nibabel.aff2axcodes(niivue.affine_ras(ct().grid))
    assert names == ("L", "P", "S")


def test_nifti_agrees_with_simpleitk(tmp_path):
    """SimpleITK reads the file in DICOM's coordinates, as a second opinion."""
    sitk = pytest.importorskip("SimpleITK")
    path = tmp_path / "image.nii.gz"
    path.write_bytes(niivue.nifti(ct().array, ct().grid))
    found = sitk.ReadImage(str(path))
    bone = found.TransformPhysicalPointToIndex((-62 + 100.0, -46 + 28.0, 160.0))
    assert found[bone] == 900


def test_regions_become_labels():
    data = read_back(niivue.nifti(Scene(ct(), None, regions()).labels, ct().grid, label=True))
    assert data.header.get_intent()[0] == "label"
    values = np.asarray(data.dataobj)
    assert [int((values == number).sum()) for number in (1, 2)] == [216, 144]


def test_niivue_controls_reach_the_volumes():
    drawn = view(ct(), dose(), regions(), kind="niivue").drawn
    under, over, labels = drawn.canvas.volumes
    assert all(volume.name.endswith(".nii.gz") for volume in (under, over, labels))
    assert (under.cal_min, under.cal_max) == (-160, 240)
    drawn.opacity.value, drawn.regions.value, drawn.hide.value = 80, 10, 20
    assert (over.opacity, labels.opacity) == (0.8, 0.1)
    assert over.cal_min == pytest.approx(2.0)
    drawn.grey.value = "Bone"
    assert (under.cal_min, under.cal_max) == (-450, 1050)
    drawn.picture.value = "3-D alone"
    assert drawn.canvas.opts.slice_type.value == 4


def test_a_click_into_niivue_is_read_in_the_patients_coordinates():
    drawn = view(ct(), dose(), regions(), kind="niivue").drawn
    drawn._clicked({"mm": [-38.0, 18.0, 160.0, 1.0]})
    assert "900.0 HU" in drawn.here.text
    assert "x 38, y -18, z 160 mm" in drawn.here.text
