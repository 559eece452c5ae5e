"""The logbook says what was put in, in order, whatever careless editors and crashes did to the file."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

import mrtlab
from mrtlab import InputError, _userdata
from mrtlab.learn import logbook as module
from mrtlab.learn.logbook import Logbook


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "data" / "logbook.jsonl"


@pytest.fixture
def book(path) -> Logbook:
    """Three events, n = 0, 1, 2."""
    book = Logbook(path)
    for n in range(3):
        book.append({"event": "answer", "n": n})
    return book


def numbers(book: Logbook) -> list[int]:
    return [event["n"] for event in book.events()]


class TestAppend:
    def test_event_comes_back_with_time_and_versions(self, path):
        before = datetime.now(UTC)
        written = Logbook(path).append({"event": "answer", "raw": {"value": "13 350"}, "hints": (1, 2)})
        at = datetime.fromisoformat(written["at"])
        assert before - timedelta(seconds=1) <= at <= datetime.now(UTC) + timedelta(seconds=1)
        assert written["at"].endswith("+00:00")
        assert len(written["at"]) == len("2026-11-25T19:00:00.123456+00:00")
        assert written["mrtlab"] == mrtlab.__version__
        assert sys.version.startswith(written["python"])
        assert written["raw"] == {"value": "13 350"}
        assert Logbook(path).events() == [written]

    def test_lies_in_the_data_folder_unless_told_otherwise(self, tmp_path, monkeypatch):
        monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "mine"))
        Logbook().append({"event": "open"})
        assert (tmp_path / "mine" / "logbook.jsonl").is_file()

    def test_one_line_each_in_utf8(self, path):
        Logbook(path).append({"event": "reflection", "text": "Übung\nnächste\u2028Zeile 🙂"})
        Logbook(path).append({"event": "open"})
        raw = path.read_bytes()
        assert raw.count(b"\n") == 2
        assert raw.endswith(b"}\n")
        assert b"\r" not in raw
        assert "Übung" in raw.decode("utf-8")

    @given(st.text())
    def test_any_text_comes_back(self, tmp_path_factory, text):
        book = Logbook(tmp_path_factory.mktemp("book") / "logbook.jsonl")
        book.append({"event": "reflection", "text": text})
        assert book.events()[0]["text"] == text

    def test_half_an_emoji_is_no_reason_to_lose_an_answer(self, book):
        book.append({"n": 3, "text": "\ud83d"})
        assert book.events(n=3)[0]["text"] == "\ud83d"

    @pytest.mark.parametrize(
        "event",
        [
            {"value": float("nan")},
            {"value": [float("inf")]},
            {"value": object()},
            {"value": {1, 2}},
            {"value": b"x"},
            {"raw": {1: "x"}},
            {1: "x"},
            {"value": datetime(2026, 1, 1, tzinfo=UTC)},
            {"at": "2026-01-01"},
            {"mrtlab": "9"},
            [("event", "open")],
            None,
        ],
    )
    def test_what_json_cannot_say_is_refused_before_the_file_is_touched(self, book, path, event):
        before = path.read_bytes()
        with pytest.raises(InputError, match="event"):
            book.append(event)
        assert path.read_bytes() == before
        fresh = path.with_name("none.jsonl")
        with pytest.raises(InputError):
            Logbook(fresh).append(event)
        assert not fresh.exists()

    def test_circles_and_depths_are_refused(self, book):
        circle: dict = {}
        circle["self"] = circle
        deep: list = []
        for _ in range(100_000):
            deep = [deep]
        for value in (circle, deep):
            with pytest.raises(InputError, match="cannot be written as JSON"):
                book.append({"raw": value})
        assert numbers(book) == [0, 1, 2]

    def test_file_and_new_folder_are_synced_before_it_returns(self, path, monkeypatch):
        synced, folders = [], []
        monkeypatch.setattr(os, "fsync", lambda handle: synced.append(path.read_bytes()))
        monkeypatch.setattr(_userdata, "sync_folder", folders.append)
        Logbook(path).append({"n": 0})
        Logbook(path).append({"n": 1})
        assert [raw.count(b"\n") for raw in synced] == [1, 2]  # the whole line was written when it was synced
        assert folders == [path.parent, path.parent.parent]


class TestEvents:
    def test_match_all_fields(self, book):
        book.append({"event": "hint", "n": 1, "raw": {"value": "1"}})
        assert [event["event"] for event in book.events(n=1)] == ["answer", "hint"]
        assert [event["n"] for event in book.events(event="answer", n=1)] == [1]
        assert book.events(raw={"value": "1"}) == book.events(event="hint")
        assert book.events(nothing=None) == []

    def test_no_file_no_events_and_none_made(self, path):
        book = Logbook(path)
        assert book.events() == []
        assert book.damaged == ()
        assert not path.parent.exists()

    def test_changing_what_was_returned_changes_nothing(self, book):
        event = book.append({"n": 3, "raw": {"value": "1"}})
        event["raw"]["value"] = "2"
        book.events(n=3)[0]["raw"]["value"] = "3"
        assert book.events(n=3)[0]["raw"] == {"value": "1"}

    def test_sees_what_another_window_wrote(self, book, path):
        assert numbers(book) == [0, 1, 2]
        Logbook(path).append({"n": 3})
        assert numbers(book) == [0, 1, 2, 3]

    def test_sees_that_the_file_was_changed_or_removed(self, book, path):
        assert numbers(book) == [0, 1, 2]
        path.write_bytes(path.read_bytes().replace(b'"n": 1', b'"n": 7'))  # same size
        assert numbers(book) == [0, 7, 2]
        path.unlink()
        assert book.events() == []

    def test_twenty_thousand_lines_are_parsed_once(self, path, monkeypatch):
        path.parent.mkdir()
        path.write_bytes(b"".join(b'{"event": "answer", "n": %d}\n' % n for n in range(20_000)))
        book = Logbook(path)
        assert len(book.events()) == 20_000
        parsed = []
        decode = module._decode
        monkeypatch.setattr(module, "_decode", lambda line: parsed.append(line) or decode(line))
        book.append({"event": "hint", "n": 20_000})
        assert [event["n"] for event in book.events(event="hint")] == [20_000]
        assert len(parsed) == 1

    def test_a_folder_in_its_place_is_said(self, path):
        path.mkdir(parents=True)
        with pytest.raises(InputError, match="cannot be read"):
            Logbook(path).events()
        with pytest.raises(InputError, match="not saved"):
            Logbook(path).append({"n": 0})


class TestDamage:
    @pytest.mark.parametrize(
        ("middle", "read", "damaged"),
        [
            (b"not json\n", [], (2,)),
            (b'{"n": \n', [], (2,)),
            (b"7\n", [], (2,)),
            (b'{"n": NaN}\n', [], (2,)),
            (b'{"n": 1}{"n": 2}\n', [], (2,)),
            (b"\xff\xfe{}\n", [], (2,)),
            (b"\0" * 4096 + b"\n", [], (2,)),
            (b"[" * 100_000 + b"\n", [], (2,)),
            (b"\0" * 512 + b'{"n": 5}\n', [5], ()),
            (b'{"n": 5}\0\0\n', [5], ()),
            (b'{"n": 5}\r\n\r\n{"n": 6}\r\n', [5, 6], ()),
            (b"\n  \n", [], ()),
            (b"x\n\ny\n", [], (2, 4)),
            ("\ufeff".encode() + b'{"n": 5}\n', [5], ()),
        ],
    )
    def test_in_the_middle_costs_only_itself(self, path, middle, read, damaged):
        path.parent.mkdir()
        raw = b'{"n": 0}\n' + middle + b'{"n": 9}\n'
        path.write_bytes(raw)
        book = Logbook(path)
        assert numbers(book) == [0, *read, 9]
        assert book.damaged == damaged
        assert path.read_bytes() == raw  # reading changes nothing
        book.append({"n": 10})
        assert path.read_bytes().startswith(raw)
        assert numbers(book) == [0, *read, 9, 10]
        assert book.damaged == damaged

    def test_byte_order_mark_and_windows_lines(self, book, path):
        text = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text.rstrip())
        assert numbers(book) == [0, 1, 2]
        book.append({"n": 3})
        assert numbers(book) == [0, 1, 2, 3]
        assert book.damaged == ()

    def test_every_way_to_cut_the_last_line(self, path):
        """Power cuts at every byte of the third line: the first two stay, a whole third one too."""
        whole = [b'{"n": %d, "text": "\xc3\xa5"}\n' % n for n in range(3)]
        for cut in range(len(whole[2]) + 1):
            path.unlink(missing_ok=True)
            path.with_suffix(".torn").unlink(missing_ok=True)
            path.parent.mkdir(exist_ok=True)
            fragment = whole[2][:cut]
            path.write_bytes(whole[0] + whole[1] + fragment)
            complete = cut >= len(whole[2]) - 1
            book = Logbook(path)
            assert numbers(book) == [0, 1, 2][: 3 if complete else 2]
            assert book.damaged == (() if complete or not cut else (3,))
            book.append({"n": 9})
            assert numbers(book) == [0, 1, *([2] if complete else []), 9]
            assert book.damaged == ()
            torn = path.with_suffix(".torn")
            assert (torn.read_bytes() if torn.exists() else b"") == (b"" if complete or not cut else fragment + b"\n")

    @pytest.mark.parametrize("zeros", [1, 4096])
    def test_zeros_at_the_end_after_a_crash(self, book, path, zeros):
        path.write_bytes(path.read_bytes().removesuffix(b"\n") + b"\0" * zeros)
        assert numbers(book) == [0, 1, 2]
        book.append({"n": 3})
        assert numbers(book) == [0, 1, 2, 3]
        assert b"\0" not in path.read_bytes()

    def test_fragments_are_collected(self, book, path):
        for n in (3, 4):
            with path.open("ab") as stream:
                stream.write(b'{"cut": %d' % n)
            book.append({"n": n})
        assert path.with_suffix(".torn").read_bytes() == b'{"cut": 3\n{"cut": 4\n'
        assert numbers(book) == [0, 1, 2, 3, 4]

    def test_fragment_stays_where_it_is_if_it_cannot_be_put_aside(self, book, path):
        with path.open("ab") as stream:
            stream.write(b'{"cut')
        before = path.read_bytes()
        path.with_suffix(".torn").mkdir()
        with pytest.raises(InputError, match="not saved"):
            book.append({"n": 3})
        assert path.read_bytes() == before
