"""``mrtlab dose FOLDER``: what a person reads, what a machine reads, what is written, and what never leaves."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from mrtlab.cli import main
from mrtlab.dicom import read_rtdose
from mrtlab.patients import virtual_patient
from mrtlab.tables import read_tac


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("dicom") / "patient"
    regions = ("left kidney", "right kidney", "liver", "bladder")
    virtual_patient("prrt", 3).write_dicom(place, (4, 24, 96, 168), 40, regions=regions)
    return place


@pytest.fixture(scope="module")
def made(folder, tmp_path_factory):
    """Output folder and what was printed."""
    import contextlib
    import io

    out, text, progress = tmp_path_factory.mktemp("out") / "result", io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(progress):
        status = main(["dose", str(folder), "--out", str(out)])
    return out, text.getvalue(), progress.getvalue(), status


def test_a_person_reads_doses_with_their_uncertainty(made):
    _, text, progress, status = made
    assert status == 1  # the bladder fits no curve
    assert "Lu-177, 7400 MBq administered; scans at 4.2, 24.2, 96.2, 168.2 h; 4 regions" in text
    assert text.count("\n  dose  ") == 3
    assert "refused" in text
    assert "variance" in text
    assert "Not a medical device" in " ".join(text.split())
    assert "fitting every voxel" in progress


def test_the_curves_can_be_read_again(made):
    table = read_tac(made[0] / "time-activity.csv")
    assert len(table) == 4
    assert table["liver"].times_h == pytest.approx([4 + 1 / 6, 24 + 1 / 6, 96 + 1 / 6, 168 + 1 / 6])


def test_dose_map_and_histograms_agree(made):
    out = made[0]
    dose = read_rtdose(out / "rtdose.dcm")
    assert dose.unit == "Gy"
    document = json.loads((out / "doses.json").read_text(encoding="utf-8"))
    with (out / "dvh.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["region"] == "liver"]
    volumes = np.array([float(row["volume_percent"]) for row in rows])
    doses = np.array([float(row["dose_gy"]) for row in rows])
    assert np.all(np.diff(volumes) <= 0)
    # the area under the cumulative histogram is the mean dose
    assert np.trapezoid(volumes, doses) / 100 == pytest.approx(document["dose_map"]["liver"]["mean_gy"], rel=0.02)
    assert 0 < document["dose_map"]["liver"]["mean_gy"] < dose.array.max()


def test_nothing_that_leaves_holds_a_date_or_a_name(made):
    out, text, progress, _ = made
    for name in ("doses.json", "dvh.csv", "time-activity.csv"):
        content = (out / name).read_text(encoding="utf-8")
        assert "2027" not in content, name
        assert "VIRTUAL" not in content, name
    assert "2027-" not in text + progress
    raw = (out / "rtdose.dcm").read_bytes()
    assert b"2027" not in raw
    assert b"VIRTUAL" not in raw


def test_json_holds_the_same(made, folder, capsys):
    assert main(["dose", str(folder), "--json", "--no-voxels"]) == 1
    document = json.loads(capsys.readouterr().out)
    written = json.loads((made[0] / "doses.json").read_text(encoding="utf-8"))
    for one, other in zip(document["regions"], written["regions"], strict=True):
        assert one.get("dose_gy") == other.get("dose_gy")
    liver = next(region for region in document["regions"] if region["region"] == "liver")
    assert sum(liver["budget"]["shares"].values()) == pytest.approx(1)
    assert document["dose_map"] == {}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--mass", "liver=1800g"], "--mass is for a table"),
        (["--cv", "5"], "--cv is for a table"),
        (["--administered-at", "11.1.2027"], "not a time such as"),
        (["--administered-at", "2027-01-11T09:00"], "has no time zone"),
        (["--camera", "nowhere.toml"], "no such calibration file"),
        (["--nuclide", "I-131"], "I-131"),
        (["--administered", "7,4 MBq"], "7.4"),
        (["--state", "decay_state"], "not NAME=VALUE"),
        (["--state", "energy_window_kev=208"], "two limits"),
        (["--state", "decay_state=ADMIN"], "has decay state NONE"),
    ],
)
def test_what_cannot_be_meant_is_refused(folder, capsys, more, said):
    assert main(["dose", str(folder), "--no-voxels", *more]) == 2
    assert said in capsys.readouterr().err


def test_all_regions_refused_are_told_one_by_one(tmp_path, capsys):
    """One PET after microspheres: a single scan supports no curve."""
    virtual_patient("sirt", 3).write_dicom(tmp_path / "sirt", size=32)
    assert main(["dose", str(tmp_path / "sirt"), "--no-voxels"]) == 2
    assert "no region could be evaluated" in capsys.readouterr().err


def test_one_pet_of_microspheres_is_enough_when_they_are_said_to_stay(tmp_path, capsys):
    folder = tmp_path / "sirt"
    assert main(["patient", "sirt", "3", str(folder), "--size", "32"]) == 0
    said = capsys.readouterr().out
    assert f"Next: mrtlab dose {folder} --trapped" in said
    assert main(["dose", str(folder), "--trapped", "--no-voxels"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "fall by physical decay alone, as was stated (trapped)" in said
    assert "nothing tests it" in said
    assert "nan" not in said


class TestNames:
    def test_another_name(self, folder, capsys):
        assert main(["dose", str(folder), "--no-voxels", "--json", "--rename", "liver = Leber"]) == 1
        document = json.loads(capsys.readouterr().out)
        assert "Leber" in [region["region"] for region in document["regions"]]
        assert any("Leber" in line for line in document["understood"])
        assert not any("liver" in line for line in document["understood"])

    @pytest.mark.parametrize(
        ("rename", "said"),
        [
            ("liver", "not OLD=NEW"),
            ("Leber=liver", "--rename names 'Leber'"),
            ("liver=bladder", "would be called bladder"),
        ],
    )
    def test_names_that_cannot_be(self, folder, capsys, rename, said):
        assert main(["dose", str(folder), "--no-voxels", "--rename", rename]) == 2
        assert said in capsys.readouterr().err

    def test_a_name_of_a_person_does_not_leave(self, folder, capsys):
        person = "--rename", "liver=Maria Huber"
        assert main(["dose", str(folder), "--no-voxels", *person]) == 2
        said = capsys.readouterr()
        assert "the name of region 3 looks like personal data (name)" in " ".join(said.err.split())
        assert "Huber" not in said.out + said.err


def test_a_refusal_is_short_on_the_page_and_whole_in_the_file(made):
    text = " ".join(made[1].split())
    assert "refused no curve is supported by these 4 points" in text
    assert "uptake_bi: 4 points cannot" not in text
    document = json.loads((made[0] / "doses.json").read_text(encoding="utf-8"))
    refused = [region["error"] for region in document["regions"] if "error" in region]
    assert len(refused) == 1
    assert "uptake_bi: 4 points cannot" in refused[0]


def test_the_total_in_view_is_said(made):
    assert "MBq in the whole image: " in " ".join(made[1].split())


def test_what_no_file_says_can_be_stated(folder, capsys):
    assert main(["dose", str(folder), "--no-voxels", "--state", "energy_window_kev=187,2-228,8"]) == 1
    capsys.readouterr()


def test_without_a_calibration_counts_are_refused(folder, tmp_path, capsys):
    import shutil

    shutil.copytree(folder, tmp_path / "patient")
    (tmp_path / "patient" / "camera.toml").unlink()
    assert main(["dose", str(tmp_path / "patient"), "--no-voxels"]) == 2
    assert "camera.toml" in capsys.readouterr().err


def test_an_output_folder_with_files_is_left_alone(folder, tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["dose", str(folder), "--out", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder(tmp_path, capsys):
    assert main(["dose", str(tmp_path)]) == 2
    assert "no DICOM file" in capsys.readouterr().err
