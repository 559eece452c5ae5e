"""What is kept of a person gets onto the disk whole or not at all."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from mrtlab import _userdata


def test_write_is_whole_or_not_at_all(tmp_path, monkeypatch):
    target = tmp_path / "a" / "b.json"
    _userdata.write(target, "old å\n")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        _userdata.write(target, b"new")
    assert target.read_bytes() == "old å\n".encode()
    assert [path.name for path in target.parent.iterdir()] == ["b.json"]


def test_waits_for_a_scanner_that_holds_the_file(tmp_path, monkeypatch):
    target = tmp_path / "b.json"
    _userdata.write(target, "old")
    replace, refused = Path.replace, []

    def held(self, other):
        if len(refused) < 2:
            refused.append(other)
            raise PermissionError(errno.EACCES, "Access is denied")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(_userdata.time, "sleep", lambda pause_s: None)
    _userdata.write(target, "new")
    assert target.read_text(encoding="utf-8") == "new"
    assert refused == [target, target]


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot sync a folder")
@pytest.mark.parametrize(("number", "raises"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_folders_that_cannot_be_synced(tmp_path, monkeypatch, number, raises):
    def refuse(handle):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    if raises:
        with pytest.raises(OSError, match="Input/output"):
            _userdata.sync_folder(tmp_path)
    else:
        _userdata.sync_folder(tmp_path)


def test_saved_pages_are_json_text(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path))
    _userdata.save("page", {"mass": "152,5", "über": 1})
    assert json.loads((tmp_path / "pages" / "page.json").read_text(encoding="utf-8")) == _userdata.load("page")
