"""Who works here: pseudonyms that say nothing of a person, packs from outside, and what survives on the disk."""

from __future__ import annotations

import copy
import errno
import json
import os
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from mrtlab import InputError, _userdata
from mrtlab.learn import _packs, identity
from mrtlab.learn._words import ADJECTIVES, ANIMALS
from mrtlab.learn.identity import Identity
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.privacy import Finding


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def pack(**changes) -> dict:
    fields = {
        "mrtlab_pack": 1,
        "course": "Lund 2027",
        "learner": "K7Q2M4XP",
        "mode": "practice",
        "exercises": [{"exercise": "kidney-tia", "version": 1}, {"exercise": "net-activity", "version": 2}],
        "made": "2027-03-02T10:20:00+01:00",
        "mrtlab": "0.1.0",
    }
    return {name: value for name, value in {**fields, **changes}.items() if value is not ...}


def text(**changes) -> str:
    return json.dumps(pack(**changes))


class TestPseudonym:
    def test_nobody_has_been_asked_yet(self, folder):
        assert identity.current() is None
        assert not folder.exists()

    def test_is_kept(self):
        assert identity.choose("  Quiet-Heron-42 ") == Identity("quiet-heron-42", "self", "practice")
        assert identity.current() == Identity("quiet-heron-42")
        assert identity.current().pack is None

    def test_every_suggestion_is_accepted(self):
        for adjective in ADJECTIVES:
            for animal in ANIMALS:
                name = f"{adjective}-{animal}-42"
                assert identity.check_pseudonym(name) == name

    def test_suggestions_differ(self):
        assert len({identity.suggest() for _ in range(50)}) > 40
        adjective, animal, number = identity.suggest().split("-")
        assert adjective in ADJECTIVES
        assert animal in ANIMALS
        assert 10 <= int(number) <= 99

    @pytest.mark.parametrize("name", ["abc", "a1b", "x" * 24, "K7Q2M4XP", "heron42", "student-7b", "Team-Blue-3"])
    def test_accepted(self, name):
        assert identity.check_pseudonym(f" {name}\n") == name.lower()

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("ab", "3 to 24 characters; it has 2"),
            ("x" * 25, "3 to 24 characters; it has 25"),
            ("", "empty"),
            ("   ", "empty"),
            ("-heron", "begins or ends with a hyphen"),
            ("quiet heron", "it has ' '"),
            ("grå-hegre", "it has 'å'"),
            ("a/../b", "it has '.', '/'"),
            ("heron\x00", r"it has '\\x00'"),
            ("Anna Schmidt", "looks like a name"),
            ("Schmidt, Anna", "looks like a name"),
            ("mr-smith", "looks like a name"),
            ("Dr. A. Jones", "looks like a name"),
            ("anna@nhs.uk", "looks like an e-mail"),
            ("12345678", "looks like a personal number"),
            ("heron-1234567", "looks like a personal number"),
            ("120361-12345", "looks like a personal number"),
            ("12345", "looks like a personal number"),
            ("born-1961-03-12", "looks like a date of birth"),
            ("0046701234567", "looks like a (phone|personal) number"),
            (None, "must be text"),
            (42, "must be text"),
        ],
    )
    def test_refused_with_the_reason(self, name, why):
        with pytest.raises(InputError, match=why):
            identity.check_pseudonym(name)
        with pytest.raises(InputError, match=why):
            identity.choose(name)
        assert identity.current() is None

    @given(st.text(max_size=30))
    def test_what_is_accepted_is_safe_as_a_file_name(self, name):
        try:
            kept = identity.check_pseudonym(name)
        except InputError:
            return
        assert set(kept) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert 3 <= len(kept) <= 24
        assert identity.check_pseudonym(kept) == kept

    def test_changing_it_keeps_the_logbook(self):
        for name in ("quiet-heron-42", "swift-otter-11"):
            learner = identity.choose(name).learner
            Logbook().append({"event": "open", "learner": learner})
        assert [event["learner"] for event in Logbook().events()] == ["quiet-heron-42", "swift-otter-11"]

    def test_full_disk(self, monkeypatch):
        identity.choose("quiet-heron-42")

        def full(handle):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="not saved: No space left"):
            identity.choose("swift-otter-11")
        assert identity.current() == Identity("quiet-heron-42")

    @pytest.mark.parametrize(
        "content",
        [b"", b"{", b"[]", b"\xff", b'{"learner": 3}', b'{"learner": "A B"}', b'{"pack": "../x.json"}', b"\0"],
    )
    def test_damaged_profile_puts_nobody_else_in_her_place(self, folder, content):
        identity.choose("quiet-heron-42")
        (folder / "profile.json").write_bytes(content)
        with pytest.raises(InputError, match="Choose your pseudonym again"):
            identity.current()
        assert identity.choose("quiet-heron-42") == identity.current() == Identity("quiet-heron-42")
        assert (folder / "profile.damaged").read_bytes() == content

    def test_once_accepted_it_stays(self, monkeypatch):
        identity.choose("quiet-heron-42")
        monkeypatch.setattr(identity, "personal_data", lambda text: (Finding("name", text, 1),))
        assert identity.current() == Identity("quiet-heron-42")
        with pytest.raises(InputError, match="looks like a name"):
            identity.choose("quiet-heron-42")


class TestPack:
    def test_overrides_the_pseudonym_until_it_is_left(self):
        identity.choose("quiet-heron-42")
        opened = identity.open_pack(text())
        assert opened == Identity("K7Q2M4XP", "Lund 2027", "practice")
        assert opened.pack == pack()
        assert identity.current() == opened
        assert identity.current().pack == pack()
        assert identity.choose("swift-otter-11") == opened  # kept for later
        assert identity.leave_pack() == identity.current() == Identity("swift-otter-11")
        assert identity.activate("Lund 2027") == identity.current() == opened

    def test_leaving_without_a_pseudonym(self):
        identity.open_pack(text())
        assert identity.leave_pack() is None
        assert identity.current() is None

    def test_bytes_path_and_byte_order_mark(self, tmp_path):
        file = tmp_path / "pack.json"
        file.write_bytes(b"\xef\xbb\xbf" + json.dumps(pack(), indent=1).replace("\n", "\r\n").encode())
        assert identity.open_pack(file).pack["exercises"] == pack()["exercises"]
        assert identity.open_pack(text(course="Ås").encode()).course == "Ås"

    def test_assessment(self):
        sheets = [{"exercise": "kidney-tia", "code": "K7Q2-M4XP"}, {"exercise": "net-activity", "code": "AAAA-BBBB"}]
        opened = identity.open_pack(text(mode="assessment", sheets=sheets))
        assert opened.mode == "assessment"
        assert identity.current().pack["sheets"] == sheets
        assert "code" not in repr(opened)

    def test_several_courses_and_learners_are_kept_apart(self):
        identity.open_pack(text(course="lund 2027", learner="AAAA1111"))
        identity.open_pack(text(course="Lund 2027", learner="AAAA1111"))
        identity.open_pack(text(course="Lund 2027", learner="aaaa1111"))
        identity.open_pack(text(course="Würzburg"))
        opened = [(one.course, one.learner) for one in identity.packs()]
        assert len(opened) == 4
        assert set(opened) == {
            ("Würzburg", "K7Q2M4XP"),
            ("Lund 2027", "AAAA1111"),
            ("Lund 2027", "aaaa1111"),
            ("lund 2027", "AAAA1111"),
        }
        assert identity.activate("lund 2027").course == "lund 2027"
        with pytest.raises(InputError, match="several learners here: AAAA1111, aaaa1111"):
            identity.activate("Lund 2027")
        assert identity.current().course == "lund 2027"
        assert identity.activate("Lund 2027", "aaaa1111") == identity.current() == Identity("aaaa1111", "Lund 2027")

    def test_unknown_course_lists_those_there_are(self):
        with pytest.raises(InputError, match="opened were: none"):
            identity.activate("Lund 2027")
        identity.open_pack(text())
        with pytest.raises(InputError, match=r"'Oslo' has no pack here; opened were: 'Lund 2027' \(K7Q2M4XP\)"):
            identity.activate("Oslo")
        with pytest.raises(InputError, match="for learner 'OTHER'"):
            identity.activate("Lund 2027", "OTHER")

    @pytest.mark.parametrize(
        "course", ["../../evil", "..", "C:\\x", "/etc/passwd", "nul", "CON", "a" * 80, "…", "🙂", "."]
    )
    def test_no_course_name_leaves_the_folder(self, folder, course):
        identity.open_pack(text(course=course))
        made = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
        packs = {path for path in made if path.parent == Path("packs")}
        assert made - packs == {Path("profile.json")}
        (only,) = packs
        assert len(only.name) <= 45
        assert set(only.stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        assert identity.current().course == course

    def test_handed_out_anew_replaces_it_and_keeps_the_old(self, folder):
        identity.open_pack(text())
        identity.open_pack(text())
        assert list((folder / "packs").glob("*.old")) == []
        identity.open_pack(text(mrtlab="0.2.0"))
        assert [one.pack["mrtlab"] for one in identity.packs()] == ["0.2.0"]
        (old,) = (folder / "packs").glob("*.old")
        assert json.loads(old.read_text(encoding="utf-8")) == pack()

    def test_active_pack_that_is_gone_or_damaged_is_said(self, folder):
        identity.choose("quiet-heron-42")
        identity.open_pack(text(course="Oslo"))
        identity.open_pack(text())
        (file,) = (folder / "packs").glob("lund*.json")
        file.write_bytes(file.read_bytes()[:50])
        with pytest.raises(InputError, match="pack in use can no longer be read"):
            identity.current()
        assert [one.course for one in identity.packs()] == ["Oslo"]
        file.unlink()
        with pytest.raises(InputError, match="Open the pack file again"):
            identity.current()
        assert identity.leave_pack() == Identity("quiet-heron-42")

    def test_refused_pack_changes_nothing(self, folder):
        identity.choose("quiet-heron-42")
        with pytest.raises(InputError):
            identity.open_pack(text(mode="exam"))
        assert identity.current() == Identity("quiet-heron-42")
        assert not (folder / "packs").exists()


class TestPackRefused:
    @pytest.mark.parametrize("field", ["course", "learner", "mode", "exercises", "made", "mrtlab"])
    def test_missing_field(self, field):
        with pytest.raises(InputError, match=f"{field} is missing"):
            identity.open_pack(text(**{field: ...}))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"mrtlab_pack": 2}, "mrtlab_pack is 2; this mrtlab reads 1"),
            ({"mrtlab_pack": "1"}, "mrtlab_pack is '1'"),
            ({"mrtlab_pack": True}, "mrtlab_pack is True"),
            ({"mrtlab_pack": ...}, "no course pack"),
            ({"name": "Anna"}, "name is unknown; allowed are mrtlab_pack, course"),
            ({"course": ""}, "course: "),
            ({"course": 7}, "course: .*string.*got 7"),
            ({"course": "Self"}, 'course must not be "self"'),
            ({"course": " Lund"}, "course must be one line"),
            ({"course": "Lund\n2027"}, "course must be one line"),
            ({"course": "x" * 81}, "course: "),
            ({"learner": "A"}, "learner: "),
            ({"learner": "../K7Q2"}, "learner: "),
            ({"learner": "K7Q2M4XP\n"}, "learner: "),
            ({"mode": "exam"}, "mode: .*'practice' or 'assessment', got 'exam'"),
            ({"exercises": []}, "exercises: "),
            ({"exercises": ["kidney-tia"]}, r"exercises\[1\]: "),
            ({"exercises": [{"exercise": "kidney-tia", "version": "1"}]}, r"exercises\[1\]\.version: .*got '1'"),
            ({"exercises": [{"exercise": "kidney-tia", "version": 0}]}, r"exercises\[1\]\.version: "),
            ({"exercises": [{"exercise": "kidney-tia", "version": True}]}, r"exercises\[1\]\.version: "),
            ({"exercises": [{"exercise": "../x", "version": 1}]}, r"exercises\[1\]\.exercise: "),
            ({"exercises": [{"exercise": "x", "version": 1, "n": 1}]}, r"exercises\[1\]\.n is unknown; .* exercise, v"),
            ({"exercises": [{"exercise": "x", "version": 1}, {"exercise": "x", "version": 2}]}, "'x' twice"),
            ({"sheets": [{}]}, "assessment only"),
            ({"mode": "assessment"}, "sheets: 0 for 2 exercises"),
            ({"mode": "assessment", "sheets": [{}, 3]}, r"sheets\[2\]: "),
            ({"made": "yesterday"}, "made must be a date and time"),
            ({"made": "2027-03-02T10:20:00"}, "offset"),
            ({"mrtlab": "new"}, "mrtlab: "),
        ],
    )
    def test_field(self, changes, said):
        with pytest.raises(InputError, match=said):
            identity.open_pack(text(**changes))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "not JSON.*another file"),
            (b"PK\x03\x04", "not JSON.*another file"),
            (b"[1]", "no course pack"),
            (b"3", "no course pack"),
            (b'{"a": 1}', "no course pack"),
            (text()[:100], "not JSON, or was cut off"),
            (text().encode("utf-16"), "not UTF-8"),
            (text().replace('"mode"', '"course": "Oslo", "mode"'), "'course' is there twice"),
            (text(mode="assessment", sheets=[{"x": float("nan")}] * 2), "NaN is not allowed"),
            (b"[" * 200_000, "not JSON"),
            (b" " * 20_000_001, "20.0 MB; at most 20 MB"),
            (3, "got int"),
        ],
    )
    def test_content(self, content, said):
        with pytest.raises(InputError, match=said):
            identity.open_pack(content)

    def test_file(self, tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            identity.open_pack(tmp_path / "none.json")
        large = tmp_path / "large.json"
        with large.open("wb") as stream:
            stream.truncate(3_000_000_000)  # never read
        with pytest.raises(InputError, match=r"3000\.0 MB; at most 20 MB"):
            identity.open_pack(large)

    @given(st.binary(max_size=200))
    def test_any_bytes_are_refused_in_words(self, content):
        with pytest.raises(InputError):
            _packs.parse(content)

    @given(st.sampled_from(sorted(pack())), st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=3))
    def test_any_value_is_read_or_refused_in_words(self, field, value):
        changed = copy.deepcopy(pack()) | {field: value}
        try:
            read = _packs.parse(json.dumps(changed).encode())
        except InputError:
            return
        assert read == changed

    def test_full_disk(self, monkeypatch):
        identity.choose("quiet-heron-42")

        def full(target, content):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(_userdata, "write", full)
        with pytest.raises(InputError, match="not saved: No space left"):
            identity.open_pack(text())
        monkeypatch.undo()
