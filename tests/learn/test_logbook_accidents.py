"""The logbook loses nothing: full disks, killed kernels, two windows, folders that allow no locks."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import filelock
import pytest

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


def run(script: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, encoding="utf-8"
    )


class TestFullDisk:
    @pytest.mark.parametrize("written", [0, 1, 30])
    def test_a_write_that_fails_leaves_no_trace(self, book, path, monkeypatch, written):
        before = path.read_bytes()

        def full(stream, data):
            stream.write(data[:written])
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(module, "_write", full)
        with pytest.raises(InputError, match=r"not saved: No space left on device .*MRTLAB_DATA_DIR"):
            book.append({"n": 3})
        assert path.read_bytes() == before
        monkeypatch.undo()
        book.append({"n": 4})
        assert numbers(book) == [0, 1, 2, 4]

    def test_a_sync_that_fails_leaves_no_trace(self, book, path, monkeypatch):
        before = path.read_bytes()

        def full(handle):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="not saved: No space left"):
            book.append({"n": 3})
        assert path.read_bytes() == before
        assert numbers(book) == [0, 1, 2]

    @pytest.mark.parametrize("written", [20, 10_000])
    def test_what_cannot_even_be_taken_back_is_healed_by_the_next(self, book, path, monkeypatch, written):
        def full(stream, data):
            stream.write(data.rstrip(b"\n")[:written])
            raise OSError(errno.EIO, "Input/output error")

        class Stuck:
            """A stream whose end cannot be moved."""

            def __init__(self, stream):
                self._stream = stream

            def __getattr__(self, name):
                return getattr(self._stream, name)

            def truncate(self, size):
                raise OSError(errno.EIO, "Input/output error")

        inner = book._append
        monkeypatch.setattr(module, "_write", full)
        monkeypatch.setattr(book, "_append", lambda stream, event: inner(Stuck(stream), event))
        with pytest.raises(InputError, match="not saved"):
            book.append({"n": 3})
        monkeypatch.undo()
        book.append({"n": 4})
        kept = [3] if written > 1000 else []  # all of it had arrived
        assert numbers(book) == [0, 1, 2, *kept, 4]
        assert book.damaged == ()

    def test_an_interrupt_leaves_no_trace(self, book, path, monkeypatch):
        before = path.read_bytes()

        def interrupted(stream, data):
            stream.write(data[:10])
            raise KeyboardInterrupt

        monkeypatch.setattr(module, "_write", interrupted)
        with pytest.raises(KeyboardInterrupt):
            book.append({"n": 3})
        assert path.read_bytes() == before

    def test_the_system_may_take_a_line_in_pieces(self, tmp_path):
        class Slow:
            taken = b""

            def write(self, data):
                self.taken += bytes(data[:3])
                return len(data[:3])

        stream = Slow()
        module._write(stream, b"0123456789")
        assert stream.taken == b"0123456789"

    @pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
    def test_real_partial_write(self, book, path):
        script = """
import resource, sys
from pathlib import Path
from mrtlab import InputError
from mrtlab.learn.logbook import Logbook
path = Path(sys.argv[1])
before = path.read_bytes()
resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 50, resource.RLIM_INFINITY))
with path.open("ab", buffering=0) as probe:  # the limit truly cuts a line in two
    assert probe.write(b"x" * 80) == 50
    probe.truncate(len(before))
try:
    Logbook(path).append({"n": 3, "text": "x" * 1000})
except InputError as error:
    print(error)
assert path.read_bytes() == before
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
Logbook(path).append({"n": 4})
"""
        process = run(script, path)
        said = process.communicate(timeout=120)[0]
        assert process.returncode == 0
        assert said.startswith("not saved: File too large")
        assert numbers(book) == [0, 1, 2, 4]

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
    def test_folder_without_the_right_to_write(self, tmp_path):
        tmp_path.chmod(0o555)
        with pytest.raises(InputError, match="MRTLAB_DATA_DIR"):
            Logbook(tmp_path / "logbook.jsonl").append({"n": 0})
        tmp_path.chmod(0o755)


class TestLock:
    def test_waits_for_the_other_window_but_not_for_ever(self, book, path, monkeypatch):
        monkeypatch.setattr(_userdata, "LOCK_TIMEOUT_S", 0.2)
        before = path.read_bytes()
        script = """
import sys, filelock
with filelock.FileLock(sys.argv[1] + ".lock"):
    print("held", flush=True)
    sys.stdin.readline()
"""
        other = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        try:
            assert other.stdout.readline() == "held\n"
            with pytest.raises(InputError, match=r"not saved: another mrtlab window"):
                book.append({"n": 3})
            assert path.read_bytes() == before
            assert numbers(book) == [0, 1, 2]  # reading needs no lock
        finally:
            other.communicate("\n", timeout=60)
        book.append({"n": 3})
        assert numbers(book) == [0, 1, 2, 3]

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (OSError(errno.ENOLCK, "No locks available"), r"cannot be locked \(No locks available\).*network"),
            (NotImplementedError("no flock here"), r"cannot be locked \(no flock here\).*OneDrive"),
            (OSError(errno.ENOSPC, "No space left on device"), r"not saved: No space left on device.*free some space"),
        ],
    )
    def test_folder_that_allows_no_locks(self, book, path, monkeypatch, error, said):
        def refuse(self, *args, **kwargs):
            raise error

        before = path.read_bytes()
        monkeypatch.setattr(filelock.FileLock, "acquire", refuse)
        with pytest.raises(InputError, match=said):
            book.append({"n": 3})
        assert path.read_bytes() == before

    def test_data_folder_that_is_a_file(self, tmp_path):
        (tmp_path / "data").write_text("x", encoding="utf-8")
        with pytest.raises(InputError, match="MRTLAB_DATA_DIR"):
            Logbook(tmp_path / "data" / "logbook.jsonl").append({"n": 0})


# Writes in small pieces, so that two writers without a lock would be seen to mix.
WRITER = """
import sys, time
from pathlib import Path
from mrtlab.learn import logbook

def in_pieces(stream, data):
    for at in range(0, len(data), 40):
        stream.write(data[at : at + 40])
        time.sleep(0.0005)

logbook._write = in_pieces
print("ready", flush=True)
sys.stdin.readline()
for n in range(int(sys.argv[3])):
    logbook.Logbook(Path(sys.argv[1])).append({"who": sys.argv[2], "n": n, "text": "å" * 50})
    print(n, flush=True)
"""


class TestSeveralProcesses:
    def test_nothing_is_lost_and_nothing_mixed(self, path):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(path), str(who), "25"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            for who in range(4)
        ]
        for writer in writers:
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            writer.stdin.write("\n")
            writer.stdin.flush()
        for writer in writers:
            writer.communicate(timeout=300)
            assert writer.returncode == 0
        book = Logbook(path)
        events = book.events()
        assert book.damaged == ()
        assert not path.with_suffix(".torn").exists()
        for who in range(4):
            assert [event["n"] for event in events if event["who"] == str(who)] == list(range(25))
        times = [event["at"] for event in events]
        assert times == sorted(times)

    def test_threads_share_one_logbook(self, path):
        book = Logbook(path)

        def work(who: int) -> None:
            for n in range(10):
                book.append({"who": who, "n": n})
                book.events()

        threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(book.events()) == 40
        assert book.damaged == ()

    def test_killed_while_writing(self, path):
        """What append acknowledged is there, whatever the moment; the lock does not outlive its owner."""
        for round_ in range(6):
            writer = subprocess.Popen(
                [sys.executable, "-c", WRITER, str(path), f"killed{round_}", "100000"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            assert writer.stdout.readline() == "ready\n"
            writer.stdin.write("\n")
            writer.stdin.flush()
            for _ in range(5 + round_):
                writer.stdout.readline()
            writer.kill()  # SIGKILL, TerminateProcess
            rest = writer.communicate(timeout=60)[0].splitlines()
            acknowledged = 5 + round_ + len(rest)
            book = Logbook(path)
            there = [event["n"] for event in book.events(who=f"killed{round_}")]
            assert there[:acknowledged] == list(range(acknowledged))
            assert len(there) <= acknowledged + 1
            book.append({"who": "after", "n": round_})
            assert [event["n"] for event in book.events(who="after")] == list(range(round_ + 1))
            assert book.damaged == ()
        for round_ in range(6):
            assert len(Logbook(path).events(who=f"killed{round_}")) >= 5 + round_

    def test_dies_in_the_middle_of_a_line(self, book, path):
        script = """
import os, signal, sys
from pathlib import Path
from mrtlab.learn import logbook

def half(stream, data):
    stream.write(data[: len(data) // 2])
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

logbook._write = half
logbook.Logbook(Path(sys.argv[1])).append({"n": 3})
"""
        assert run(script, path).wait(120) != 0
        assert not path.read_bytes().endswith(b"\n")
        assert numbers(book) == [0, 1, 2]
        assert book.damaged == (4,)
        book.append({"n": 4})
        assert numbers(book) == [0, 1, 2, 4]
        assert book.damaged == ()
        assert path.with_suffix(".torn").read_bytes().startswith(b'{"at": ')
