"""What the dose-and-uncertainty page finds, one record for each section."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Grid", "Mass", "Spheres", "Uncertain"]


@dataclass(frozen=True, eq=False)
class Mass:
    """Dose over the patient's mass.

    Attributes
    ----------
    masses_g, scaled_gy, local_gy : array
    reference_g, reference_gy : float
        Mass of the phantom's organ, and the dose that its S value gives unscaled.
    mass_g, now_gy, now_local_gy : float
    exact : bool
        Whether the S value is one of a phantom, not that of a sphere of the same mass.
    warned : tuple of str
    """

    masses_g: np.ndarray
    scaled_gy: np.ndarray
    local_gy: np.ndarray
    reference_g: float
    reference_gy: float
    mass_g: float
    now_gy: float
    now_local_gy: float
    exact: bool
    warned: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Spheres:
    """Absorbed fractions over mass.

    Attributes
    ----------
    masses_g : array
    electrons, photons : dict of array by nuclide
    nuclide : str
    mass_g, electron, dose_gy, all_gy : float
        The sphere chosen; its dose, and the dose if every electron stayed inside.
    photon : float or None
    warned : tuple of str
    """

    masses_g: np.ndarray
    electrons: dict
    photons: dict
    nuclide: str
    mass_g: float
    electron: float
    photon: float | None
    dose_gy: float
    all_gy: float
    warned: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Grid:
    """A hot sphere in a warm background, both ways.

    Attributes
    ----------
    places_mm, local_gy, kernel_gy : array
        Profile through the middle.
    local, kernel : Dvh
        Of the sphere.
    diameter_mm, edge_mm, ratio : float
    voxels : int
        In the sphere.
    """

    places_mm: np.ndarray
    local_gy: np.ndarray
    kernel_gy: np.ndarray
    local: object
    kernel: object
    diameter_mm: float
    edge_mm: float
    ratio: float
    voxels: int
    nuclide: str


@dataclass(frozen=True, eq=False)
class Uncertain:
    """A budget, and the samples beside it once they are drawn.

    Attributes
    ----------
    budget : Budget
    samples : Samples or None
    """

    budget: object
    samples: object = None
