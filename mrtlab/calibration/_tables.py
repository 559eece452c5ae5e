"""The tables behind this package, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def table(name: str) -> dict:
    """One section of ``mrtlab/data/calibration.toml``."""
    return tomllib.loads(files("mrtlab").joinpath("data/calibration.toml").read_text(encoding="utf-8"))[name]
