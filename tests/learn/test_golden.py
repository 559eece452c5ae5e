"""What one learner gets, byte for byte, on every platform and with every version of numpy and Python.

The files in ``golden`` are what was handed out. They change only together with the version of an exercise, by::

    python tests/learn/test_golden.py
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mrtlab.learn import library
from mrtlab.learn.sheet import Sheet, canonical
from mrtlab.learn.variants import same_images, variant

GOLDEN = Path(__file__).resolve().parent / "golden"
LEARNER, COURSE, KEY = "golden-owl-11", "golden", bytes(range(32))


def handed_out(name: str, key: bytes | None) -> dict:
    """A sheet without its images' last bits, and its hash."""
    sheet = variant(library.load(name), LEARNER, COURSE, key).sheet
    return {"hash": sheet.data_hash, "sheet": sheet.to_dict()}


def shown(record: dict) -> bytes:
    """All that must not change: everything but the counts of images, and files, which name the version of mrtlab."""
    sheet = {**record["sheet"], "images": [{**image, "packed": ""} for image in record["sheet"]["images"]]}
    if "files" in sheet:
        sheet["files"] = [{**file, "packed": "", "size": 0} for file in sheet["files"]]
    return canonical([record["hash"], sheet])


@pytest.mark.parametrize("kind", ["practice", "assessment"])
@pytest.mark.parametrize("name", [exercise.id for exercise in library.exercises()])
def test_the_same_learner_gets_the_same_bytes(name, kind):
    kept = json.loads((GOLDEN / f"{name}.{kind}.json").read_text(encoding="utf-8"))
    now = handed_out(name, KEY if kind == "assessment" else None)
    version = kept["sheet"]["version"]
    assert now["sheet"]["version"] == version, "a new version of an exercise needs new golden files"
    assert shown(now) == shown(kept)
    assert same_images(Sheet.from_dict(now["sheet"]), Sheet.from_dict(kept["sheet"]))


def test_no_golden_file_is_left_over():
    names = {exercise.id for exercise in library.exercises()}
    assert {path.name.split(".")[0] for path in GOLDEN.glob("*.json")} == names


if __name__ == "__main__":
    for exercise in library.exercises():
        for kind, key in (("practice", None), ("assessment", KEY)):
            path = GOLDEN / f"{exercise.id}.{kind}.json"
            text = json.dumps(handed_out(exercise.id, key), ensure_ascii=False, indent=1, sort_keys=True)
            path.write_text(text + "\n", encoding="utf-8", newline="\n")
