"""What learners hand in: every file is used or named, and zip files are looked into without unpacking."""

from __future__ import annotations

import json
import zipfile

import pytest
from course_for_tests import all_right, fixed_pseudonyms, hand_in, write

from mrtlab import InputError, _content
from mrtlab.learn import _incoming, course, grading


@pytest.fixture(autouse=True)
def library(tmp_path, monkeypatch):
    write(tmp_path / "exercises")
    monkeypatch.setattr(_content, "folder", lambda name: tmp_path / "exercises")
    fixed_pseudonyms(monkeypatch)


@pytest.fixture
def made(tmp_path):
    return course.create(tmp_path / "c", "Lund 2027", n=3)


@pytest.fixture
def packs(tmp_path):
    return tmp_path / "c" / "packs"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "in"


def of(graded, learner) -> grading.Work:
    return next(work for work in graded.works if work.learner == learner)


def said(graded, file) -> str:
    return " | ".join(problem.text for problem in graded.problems if file in problem.file)


def test_files_that_are_not_read_are_named_with_what_to_do(made, packs, folder):
    first, second, _ = made.learners
    hand_in(made, first, packs, folder, all_right())
    content = hand_in(made, second, packs, folder / "x", all_right())
    for name in ("x.mrt.json.txt", "abgabe (1).json", "no-ending"):
        (folder / name).write_bytes(content.read_bytes())
    content.unlink()
    (folder / "mine.json").write_bytes((packs / first / "pack.json").read_bytes())
    for name in ("essay.pdf", "all.7z", "entry.html", ".DS_Store", "Thumbs.db", "grades.csv", "class.html"):
        (folder / name).write_bytes(b"x")
    graded = grading.grade(folder, course=made)
    assert of(graded, second).score is None
    for name in ("x.mrt.json.txt", "abgabe (1).json", "no-ending"):
        assert "rename it so that it ends in .mrt.json" in said(graded, name)
    assert "course pack" in said(graded, "mine.json")
    assert "only answer files" in said(graded, "essay.pdf")
    assert "unpack it first" in said(graded, "all.7z")
    assert "portfolio" in said(graded, "entry.html")
    assert {problem.file for problem in graded.problems} == {
        "x.mrt.json.txt", "abgabe (1).json", "no-ending", "mine.json", "essay.pdf", "all.7z", "entry.html",
    }  # fmt: skip
    for number in range(200):
        (folder / f"picture-{number}.jpg").write_bytes(b"x")
    many = grading.grade(folder, course=made).problems
    assert len(many) == 51
    assert "abgabe (1).json" in {problem.file for problem in many}
    assert many[-1].file == "157 more files"


def test_a_folder_of_misnamed_files_alone_says_so(folder):
    folder.mkdir()
    (folder / "abgabe.json").write_text('{"mrtlab_evidence": 1}', encoding="utf-8")
    with pytest.raises(InputError, match=r"no answer file(.|\n)*abgabe.json: .*rename it"):
        grading.grade(folder)


def test_answer_files_in_a_zip_file_are_read_without_writing_anything(made, packs, folder, tmp_path, monkeypatch):
    first, second, third = made.learners
    files = [hand_in(made, one, packs, tmp_path / one, all_right()) for one in made.learners]
    folder.mkdir()
    huge = json.dumps({"mrtlab_evidence": 1, "x": "0" * 3_000_000}).encode()
    monkeypatch.setattr(_incoming, "LARGEST_MB", 2)
    with zipfile.ZipFile(folder / "moodle.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Anna_1_assignsubmission_file_/a.mrt.json", files[0].read_bytes())
        archive.writestr("../../escaped.mrt.json", files[1].read_bytes())
        archive.writestr("third/answers (2).json", files[2].read_bytes())
        archive.writestr("bomb\n.mrt.json", huge)
        archive.writestr("inner.zip", b"PK")
        archive.writestr("__MACOSX/._a.mrt.json", b"x")
    before = sorted(path for path in tmp_path.rglob("*"))
    graded = grading.grade(folder, course=made)
    assert sorted(path for path in tmp_path.rglob("*")) == before
    assert of(graded, first).percent == of(graded, second).percent == 100
    assert of(graded, third).score is None
    assert "rename it" in said(graded, "moodle.zip: third/answers (2).json")
    assert "more than 2 MB" in said(graded, "moodle.zip: bomb?.mrt.json")
    assert "a zip file in a zip file" in said(graded, "moodle.zip: inner.zip")
    assert len(graded.problems) == 3
    monkeypatch.setattr(_incoming, "_ZIP_MB", 0)
    assert of(grading.grade(folder, course=made), first).score is None
    monkeypatch.setattr(_incoming, "_MOST_FILES", 3)
    with pytest.raises(InputError, match="holds 5 files"):
        grading.grade(folder, course=made)


def test_a_damaged_member_of_a_zip_file_stops_no_other(made, packs, folder, tmp_path):
    first, second, _ = made.learners
    files = [hand_in(made, one, packs, tmp_path / one, all_right()) for one in (first, second)]
    folder.mkdir()
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:  # stored, so that its bytes can be found
        for number, file in enumerate(files):
            archive.writestr(f"{number}.mrt.json", file.read_bytes())
    content = (folder / "all.zip").read_bytes()
    (folder / "all.zip").write_bytes(content.replace(b'"mrtlab_evidence"', b'"mrtlab_evidenze"', 1))
    graded = grading.grade(folder, course=made)
    assert of(graded, first).score is None
    assert of(graded, second).percent == 100
    assert "cannot be unpacked" in said(graded, "all.zip: 0.mrt.json")
