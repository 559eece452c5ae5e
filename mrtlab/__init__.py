"""mrtlab: learn, teach and prototype dosimetry for molecular radiotherapy.

For education, training and methods research with simulated or de-identified data. Not a medical device;
not for planning or verifying the treatment of any individual.

The modules are loaded on first use, so ``import mrtlab`` stays quick: ``mrtlab.kinetics.select(...)`` works
without a further import.
"""

from __future__ import annotations

from importlib import import_module

from mrtlab.errors import FitError, Flag, InputError, PhysicsError, PlausibilityWarning

__version__ = "0.1.0"

PURPOSE = (
    "For education, training and methods research with simulated or de-identified data. "
    "Not a medical device; not for planning or verifying the treatment of any individual."
)

_MODULES = (
    "calibration",
    "clock",
    "constants",
    "dose",
    "errors",
    "kinetics",
    "nuclides",
    "planning",
    "plots",
    "protection",
    "prrt",
    "psma",
    "radiobiology",
    "radioiodine",
    "record",
    "sirt",
    "tables",
    "uncertainty",
    "units",
    "voxel",
)

__all__ = [
    "PURPOSE",
    "FitError",
    "Flag",
    "InputError",
    "PhysicsError",
    "PlausibilityWarning",
    "dataset",
    "read_tac",
    "sources",
    *_MODULES,
]


def __getattr__(name: str):
    if name in _MODULES:
        return import_module(f"mrtlab.{name}")
    if name == "sources":
        return import_module("mrtlab.constants").sources
    if name == "dataset":
        return import_module("mrtlab._content").dataset
    if name == "read_tac":
        return import_module("mrtlab.tables").read_tac
    raise AttributeError(f"module 'mrtlab' has no attribute {name!r}")


def __dir__():
    return sorted(__all__)
