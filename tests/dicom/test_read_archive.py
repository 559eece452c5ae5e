"""Zip files: what is in order is read, what could harm is refused before it is written."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from files_for_tests import ct, save, spect

from mrtlab.dicom import archive, read_image
from mrtlab.errors import InputError


def zipped(tmp_path: Path, contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = tmp_path / "scan.zip"
    with zipfile.ZipFile(path, "w", method) as file:
        for name, data in contents.items():
            file.writestr(name, data)
    return path


def slices(tmp_path: Path) -> dict[str, bytes]:
    folder = save(ct(), tmp_path / "ct")
    return {f"ct/{path.name}": path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_zip_of_a_series_reads_as_its_folder(tmp_path: Path) -> None:
    path = zipped(tmp_path, slices(tmp_path) | {"readme.txt": b"a text"})
    assert np.array_equal(read_image(path).array, read_image(tmp_path / "ct").array)


def test_a_zip_of_several_series_is_refused(tmp_path: Path) -> None:
    one = save(spect(), tmp_path / "a.dcm").read_bytes()
    with pytest.raises(InputError, match="holds 2 series"):
        read_image(zipped(tmp_path, slices(tmp_path) | {"spect.dcm": one}))


@pytest.mark.parametrize(
    "name", ["../out.dcm", "/etc/out.dcm", "a/../../out.dcm", "..\\out.dcm", "C:\\out.dcm", "C:out"]
)
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="outside"):
        read_image(zipped(tmp_path, {name: b"x"}))
    assert not list(tmp_path.parent.glob("out*.dcm"))


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.zip"
    with zipfile.ZipFile(path, "w") as file:
        entry = zipfile.ZipInfo("link")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="is a link"):
        read_image(path)


def test_a_bomb_is_refused_by_ratio_by_total_and_by_what_really_comes_out(tmp_path: Path, monkeypatch) -> None:
    with pytest.raises(InputError, match="more than 200-fold"):
        read_image(zipped(tmp_path, {"zeros": bytes(5_000_000)}))
    monkeypatch.setattr(archive, "MAX_BYTES", 10_000)
    noise = np.random.default_rng(1).bytes(6000)
    with pytest.raises(InputError, match="would unpack to"):
        read_image(zipped(tmp_path, {"a": noise, "b": noise}))
    path = zipped(tmp_path, {"a": noise, "b": noise + b"!"}, zipfile.ZIP_STORED)
    monkeypatch.setattr(archive, "_check", lambda *_: None)  # as if the sizes in the archive had lied
    with pytest.raises(InputError, match="unpacks to more"):
        read_image(path)


def test_too_many_files_and_archives_inside_are_refused(tmp_path: Path, monkeypatch) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("a", "b")
    with pytest.raises(InputError, match="another zip"):
        read_image(zipped(tmp_path, {"inner.bin": inner.getvalue()}))
    monkeypatch.setattr(archive, "MAX_FILES", 2)
    with pytest.raises(InputError, match="holds 3 files"):
        read_image(zipped(tmp_path, slices(tmp_path)))


def test_a_damaged_or_empty_zip_is_refused(tmp_path: Path) -> None:
    data = zipped(tmp_path, slices(tmp_path)).read_bytes()
    rng = np.random.default_rng(4)
    for _ in range(60):
        broken = bytearray(data)
        for at in rng.integers(4, len(data), 3):
            broken[at] ^= int(rng.integers(1, 256))
        (tmp_path / "broken.zip").write_bytes(broken[: int(rng.integers(30, len(data)))])
        with pytest.raises(InputError):
            read_image(tmp_path / "broken.zip")
    with pytest.raises(InputError, match="no DICOM file"):
        read_image(zipped(tmp_path, {}))


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    read_image(zipped(tmp_path, slices(tmp_path)))
    with pytest.raises(InputError):
        read_image(zipped(tmp_path, {"a": b"no image\0"}))
    assert not list((tmp_path / "temporary").iterdir())


def test_what_a_computer_adds_to_a_zip_is_passed_over(tmp_path: Path) -> None:
    junk = {
        "__MACOSX/ct/._slice_001.dcm": b"\0\5\x16\7",
        ".DS_Store": b"\0\0\0\1Bud1",
        "shot.PNG": b"\x89PNG\r\n\x1a\n",
    }
    path = zipped(tmp_path, slices(tmp_path) | junk)
    assert np.array_equal(read_image(path).array, read_image(tmp_path / "ct").array)
    with pytest.raises(InputError, match="not a DICOM file"):  # what may be a slice is not
        read_image(zipped(tmp_path, slices(tmp_path) | {"slice_099": b"\0\0\0\1Bud1"}))
