"""``mrtlab patient``: files that ``mrtlab dose`` takes, with the defect that was asked for."""

from __future__ import annotations

import pytest

from mrtlab.calibration import read_camera
from mrtlab.cli import main
from mrtlab.dicom import read_image


def test_a_patient_to_practise_with(tmp_path, capsys):
    folder = tmp_path / "patient"
    assert main(["patient", "prrt", "3", str(folder), "--times", "4 24,5", "--size", "32"]) == 0
    said = capsys.readouterr().out
    assert "Lu-177, 7400 MBq, scans at 4, 24.5 h" in said
    assert "Not a medical device" in " ".join(said.split())
    assert read_camera(folder / "camera.toml").nuclide == "Lu-177"
    assert main(["dose", str(folder), "--no-voxels"]) in (0, 1)
    assert "scans at 4.2, 24.7 h" in capsys.readouterr().out


def test_a_defect(tmp_path):
    folder = tmp_path / "patient"
    assert main(["patient", "prrt", "3", str(folder), "--times", "24", "--size", "32", "--defect", "date_missing"]) == 0
    (file,) = folder.rglob("spect.dcm")
    assert read_image(file).administered_at is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["xofigo", "1"], "xofigo"),
        (["prrt", "1", "--defect", "nothing"], "ms_as_s"),
        (["prrt", "1", "--times", " "], "empty"),
    ],
)
def test_what_does_not_exist(tmp_path, capsys, arguments, said):
    assert main(["patient", *arguments[:2], str(tmp_path / "new"), *arguments[2:]]) == 2
    assert said in capsys.readouterr().err
