"""Programs and libraries that have nothing to do with mrtlab, and judge its files."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest


def _missing(what: str) -> None:
    if os.environ.get("MRTLAB_REQUIRE_BROWSER"):
        pytest.fail(f"{what} is missing, and this run requires it")
    pytest.skip(f"{what} is not installed here")


def library(name: str):
    """A library that only tests need."""
    try:
        return importlib.import_module(name)
    except ImportError:
        _missing(name)


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess:
    if shutil.which(program) is None:
        _missing(program)
    return subprocess.run(
        [program, *arguments], capture_output=True, encoding="utf-8", errors="replace", timeout=60, check=False
    )


def complaints(path: Path) -> list[str]:
    """What dciodvfy (dicom3tools) calls an error in a file; it must have recognised what the file is."""
    done = _run("dciodvfy", str(path))
    lines = (done.stdout + done.stderr).splitlines()
    known = ("NMImage", "PETImage", "CTImage", "RTDose", "RTStructureSet")
    assert any(line in known for line in lines), lines
    return [line for line in lines if line.startswith(("Error", "Abort", "Fatal")) or "rror -" in line]


def dump(path: Path) -> str:
    """Text of a file by dcmdump (dcmtk); it must read all of it."""
    done = _run("dcmdump", "+L", str(path))
    assert done.returncode == 0, done.stderr
    assert "E:" not in done.stderr, done.stderr
    return done.stdout


def real(*parts: str) -> Path:
    """A real file, which lies beside the checkout."""
    path = Path(__file__).resolve().parents[3].joinpath("shared", "data", "real", *parts)
    if not path.exists():
        _missing("/".join(parts))
    return path
