"""What else is known of spheres and liver: data to show, none of them used by a formula of this package."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from mrtlab.constants import STATUSES, sources
from mrtlab.errors import InputError
from mrtlab.radiobiology import TissueParameters
from mrtlab.sirt import _shared

__all__ = ["TISSUES", "Microspheres", "microspheres"]


@dataclass(frozen=True)
class Microspheres:
    """Spheres of one device.

    Attributes
    ----------
    device : str
    diameter_um : tuple of float
        Smallest and largest, µm.
    bq_per_sphere : float
        At the reference time.
    spheres_in_3_gbq : tuple of float
        Fewest and most, at the reference time.
    specific_gravity : float
    sources : tuple of str
    """

    device: str
    diameter_um: tuple[float, float]
    bq_per_sphere: float
    spheres_in_3_gbq: tuple[float, float]
    specific_gravity: float
    sources: tuple[str, ...] = ("sirt.microspheres",)


def microspheres(device: str) -> Microspheres:
    """The spheres of a device: why a Gy of glass is not a Gy of resin.

    Parameters
    ----------
    device : {"glass", "resin"}

    Raises
    ------
    InputError
        For a device without data.

    References
    ----------
    ``sirt.microspheres``
    """
    _shared.device(device)
    table = tomllib.loads(files("mrtlab").joinpath("data/sirt.toml").read_text(encoding="utf-8"))["microspheres"]
    if device not in table:
        raise InputError(f"there are data on the spheres of {' and '.join(table)}, none on {device}")
    row = table[device]
    return Microspheres(
        device,
        tuple(map(float, row["diameter_um"])),
        float(row["bq_per_sphere"]),
        tuple(map(float, row["spheres_in_3_gbq"])),
        float(row["specific_gravity"]),
    )


def _tissue(tissue: str, name: str) -> TissueParameters:
    keys = (f"sirt.{name}_alpha_beta_gy", f"sirt.{name}_repair_half_time_h")
    found = [sources(key) for key in keys]
    status = max((source.status for source in found), key=STATUSES.index)
    return TissueParameters(tissue, found[0].value, None, found[1].value, None, status, keys)


#: Parameters for the BED of liver and tumour, two sets each because the literature disagrees: show both.
TISSUES = MappingProxyType(
    {tissue: (_tissue(tissue, tissue), _tissue(tissue, f"{tissue}_other")) for tissue in ("liver", "tumour")}
)
