"""Files that an exercise hands out: what may be attached, who makes it, and that it comes back as it was."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from exercise_for_tests import TEXT, write

from mrtlab.errors import InputError
from mrtlab.learn import library
from mrtlab.learn.audit import audit
from mrtlab.learn.expressions import FormulaError
from mrtlab.learn.sheet import LARGEST_FILE, Sheet, SheetFile
from mrtlab.learn.variants import variant

FILES = """\
files:
  - {name: scan-1.bin, caption: The **first** scan}
  - {name: note.txt, caption: What the ward wrote}
"""
LETS = """\
let:
  twice_mbq: 2 * a0_mbq
"""
GENERATE = """\
import json


def files(values, seed):
    note = json.dumps({"values": {name: float(one) for name, one in values.items()}, "seed": seed})
    return {"note.txt": note.encode("utf-8"), "scan-1.bin": bytes(range(256)), "more.bin": b"not attached"}
"""


def made(tmp_path, files: str = FILES, generate: str | None = GENERATE, **changes):
    """An exercise with files; ``changes`` replace text of the exercise, with _ for the blank."""
    text = TEXT.replace("data:\n", f"{LETS}data:\n", 1).replace("work:\n", f"{files}work:\n", 1)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = write(tmp_path, text)
    if generate is not None:
        (path.parent / "generate.py").write_text(generate, encoding="utf-8", newline="\n")
    return library.load(path)


@pytest.fixture
def sheet(tmp_path) -> Sheet:
    return variant(made(tmp_path), "heron").sheet


class TestMade:
    def test_in_the_order_of_the_exercise_and_no_others(self, sheet):
        assert [file.name for file in sheet.files] == ["scan-1.bin", "note.txt"]
        assert [file.caption for file in sheet.files] == ["The **first** scan", "What the ward wrote"]
        assert sheet.files[0].content == bytes(range(256))
        assert sheet.files[0].size == 256

    def test_from_what_was_drawn_for_this_learner(self, tmp_path):
        exercise = made(tmp_path)
        notes, seeds = [], set()
        for learner in ("heron", "owl", "finch"):
            one = variant(exercise, learner)
            note = json.loads(one.sheet.files[1].content)
            # drawn and derived values; data with their noise and the answers are not there to be given away
            assert set(note["values"]) == {"a0_mbq", "wait_h", "twice_mbq"}
            assert note["values"]["twice_mbq"] == 2 * float(one.formulas["a0_mbq"])
            notes.append(note)
            seeds.add(note["seed"])
        assert len(seeds) == 3
        assert json.loads(variant(exercise, "heron").sheet.files[1].content) == notes[0]

    def test_course_and_key_change_the_seed(self, tmp_path):
        exercise = made(tmp_path)
        sheets = [variant(exercise, "heron", *more).sheet for more in ((), ("lund",), ("lund", b"key" * 11))]
        assert len({json.loads(one.files[1].content)["seed"] for one in sheets}) == 3

    def test_of_draws_that_are_used_alone(self, tmp_path):
        """Files cost time, and those of a refused draw nobody sees."""
        counting = "made = []\n\n\ndef files(values, seed):\n    made.append(float(values['a0_mbq']))\n"
        counting += "    return {'scan-1.bin': b'1', 'note.txt': repr(made).encode()}\n"
        exercise = made(tmp_path, generate=counting, **{"ask:\n": "require: [a0_mbq > 800]\nask:\n"})
        redrawn = [variant(exercise, f"learner-{number}") for number in range(8)]
        assert sum(one.redraw for one in redrawn) > 0
        for number, one in enumerate(redrawn, 1):
            kept = json.loads(one.sheet.files[1].content)
            assert len(kept) == number
            assert kept[-1] == float(one.formulas["a0_mbq"])

    def test_images_and_files_of_one_module(self, tmp_path):
        both = GENERATE + "\n\ndef generate(values, seed):\n    import numpy\n\n    return {'view': numpy.eye(4)}\n"
        images = "images:\n  - {name: view, caption: A view, alt: A diagonal line., pixel_mm: 4}\n"
        sheet = variant(made(tmp_path, FILES + images, both), "heron").sheet
        assert sheet.images[0].array.sum() == 4
        assert len(sheet.files) == 2

    def test_an_exercise_with_files_passes_its_audit(self, tmp_path):
        assert audit(made(tmp_path), 8).errors == ()


class TestRefused:
    @pytest.mark.parametrize("generate", [None, "def generate(values, seed):\n    return {}\n"])
    def test_nobody_makes_them(self, tmp_path, generate):
        with pytest.raises(FormulaError, match=r"left-over has files but no function files in a generate\.py"):
            variant(made(tmp_path, generate=generate), "heron")

    def test_one_is_not_made(self, tmp_path):
        with pytest.raises(FormulaError, match=r"made no file scan-1\.bin"):
            variant(made(tmp_path, generate="def files(values, seed):\n    return {'note.txt': b'1'}\n"), "heron")

    @pytest.mark.parametrize("content", ["'text'", "b''", "bytearray(b'1')", f"bytes({LARGEST_FILE + 1})", "None"])
    def test_what_is_no_content(self, tmp_path, content):
        generate = f"def files(values, seed):\n    return {{'note.txt': {content}, 'scan-1.bin': b'1'}}\n"
        with pytest.raises(InputError, match=r"note\.txt must hold 1 to 2000000 bytes"):
            variant(made(tmp_path, generate=generate), "heron")

    def test_the_largest_that_is_allowed(self):
        assert SheetFile.pack("a.bin", "Noughts", bytes(LARGEST_FILE)).content == bytes(LARGEST_FILE)

    @pytest.mark.parametrize(
        "name",
        ["../scan.bin", "a/scan.bin", "a\\scan.bin", "C:scan.bin", "scan", ".bin", "-a.bin", "Scan.bin", "a b.bin",
         "a..bin", "a.toolong", f"{'a' * 60}.bin", "sc\u00e4n.bin", "scan.bin\nb"],
    )  # fmt: skip
    def test_names_that_no_file_can_have_everywhere(self, tmp_path, name):
        with pytest.raises(InputError, match=r"files.*name"):
            made(tmp_path, f"files:\n  - {{name: {json.dumps(name)}, caption: A scan}}\n")

    @pytest.mark.parametrize(
        ("files", "reason"),
        [
            ("files:\n  - {name: a.bin}\n", "caption"),
            ("files:\n  - {name: a.bin, caption: A scan, size: 3}\n", "size"),
            ("files:\n  - {name: a.bin, caption: A scan}\n  - {name: a.bin, caption: Another}\n", "the same name"),
        ],
    )
    def test_descriptions(self, tmp_path, files, reason):
        with pytest.raises(InputError, match=reason):
            made(tmp_path, files)


def noughts(size: int) -> str:
    """A packed file of so many bytes, itself a small one."""
    squeeze = zlib.compressobj(9)
    packed = b"".join(squeeze.compress(bytes(10**6)) for _ in range(size // 10**6))
    packed += squeeze.compress(bytes(size % 10**6)) + squeeze.flush()
    return base64.b64encode(packed).decode("ascii")


class TestSheet:
    def test_comes_back_from_a_file(self, sheet):
        again = Sheet.from_dict(json.loads(json.dumps(sheet.to_dict())))
        assert again == sheet
        assert again.files[0].content == bytes(range(256))

    def test_sheets_without_files_stay_as_they_were(self, tmp_path, sheet):
        none = variant(library.load(write(tmp_path / "other")), "heron").sheet
        assert "files" not in none.to_dict()
        assert Sheet.from_dict(none.to_dict()).files == ()
        assert Sheet.from_dict({**none.to_dict(), "files": []}) == none
        assert "files" in sheet.to_dict()

    def test_files_are_not_in_the_hash(self, sheet):
        """They name the version of what wrote them, and the same learner keeps her variant through an update."""
        data = sheet.to_dict()
        data["files"][0] |= {"size": 1, "packed": SheetFile.pack("a", "b", b"1").packed}
        changed = Sheet.from_dict(data)
        assert changed.files[0].content == b"1"
        assert changed.data_hash == sheet.data_hash

    @pytest.mark.parametrize(
        "change",
        [
            {"size": 255},
            {"size": 257},
            {"size": 0},
            {"size": -256},
            {"size": LARGEST_FILE + 1},
            {"size": "256"},
            {"size": None},
            {"size": 256.0},
            {"packed": ""},
            {"packed": "AAAA"},
            {"packed": "no base64 at all!"},
            {"packed": None},
            {"packed": noughts(10**8)},
            {"packed": noughts(10**8), "size": LARGEST_FILE},
            {"packed": noughts(LARGEST_FILE + 1), "size": LARGEST_FILE + 1},
            {"colour": "red"},
        ],
        ids=lambda change: "-".join(f"{name} {str(value)[:12]}" for name, value in change.items()),
    )
    def test_damaged(self, sheet, change):
        data = sheet.to_dict()
        data["files"][0] |= change
        with pytest.raises(InputError, match="not a sheet of an exercise, or it is damaged"):
            Sheet.from_dict(data)

    @pytest.mark.parametrize("lost", ["name", "caption", "size", "packed"])
    def test_a_field_is_missing(self, sheet, lost):
        data = sheet.to_dict()
        del data["files"][1][lost]
        with pytest.raises(InputError, match="damaged"):
            Sheet.from_dict(data)

    @pytest.mark.parametrize("files", [None, 3, [3], {"name": "a"}, "text"])
    def test_no_list_of_files(self, sheet, files):
        with pytest.raises(InputError, match="damaged"):
            Sheet.from_dict({**sheet.to_dict(), "files": files})

    def test_cut_short_in_the_middle(self, sheet):
        data = sheet.to_dict()
        whole = base64.b64decode(data["files"][0]["packed"])
        data["files"][0]["packed"] = base64.b64encode(whole[: len(whole) // 2]).decode("ascii")
        with pytest.raises(InputError, match=r"scan-1\.bin does not hold 256 bytes"):
            Sheet.from_dict(data)
