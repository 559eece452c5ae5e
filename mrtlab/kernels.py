"""Point kernels in water: how far from a point source the emitted energy is deposited.

The tables and what is known of their accuracy lie in ``mrtlab/data/kernels``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import uncertainties
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["PointKernel", "kernel_nuclides", "point_kernel"]


@dataclass(frozen=True, eq=False)
class PointKernel:
    """Energy deposited around a point source in water of 1 g/mL, in spherical shells.

    Attributes
    ----------
    nuclide : str
    radiation : {"electron", "photon"}
    edges_mm : array, shape (shells + 1,)
        Radii between the shells, from 0.
    share : array, shape (shells,)
        Part of the emitted energy deposited in each shell, spread evenly over its width.
    sources : tuple of str
    """

    nuclide: str
    radiation: str
    edges_mm: np.ndarray
    share: np.ndarray
    sources: tuple[str, ...] = ("dose.kernels",)

    @property
    def deposited(self) -> float:
        """Part of the emitted energy deposited in all shells together."""
        return float(np.sum(self.share))

    @property
    def range_mm(self) -> float:
        """Radius beyond which the table holds nothing."""
        return float(self.edges_mm[1:][self.share > 0][-1])

    def between(self, inner_mm: float, outer_mm: float) -> PointKernel:
        """The shells between two radii; a shell that a radius cuts keeps its part."""
        outer_mm = min(outer_mm, float(self.edges_mm[-1]))
        inside = (self.edges_mm > inner_mm) & (self.edges_mm < outer_mm)
        edges = np.concatenate([[inner_mm], self.edges_mm[inside], [outer_mm]])
        cumulative = np.interp(edges, self.edges_mm, np.append(0.0, np.cumsum(self.share)))
        return PointKernel(self.nuclide, self.radiation, edges, np.diff(cumulative), self.sources)

    def in_sphere(self, diameter_mm) -> tuple[np.ndarray, np.ndarray]:
        """Part of the emitted energy left in a sphere of uniform activity, and by how much that may be wrong.

        A sphere wider than the table may also hold some of what the table does not: at least nothing, at most the part
        of it that would stay inside if it were all deposited where the table ends. Half of that is counted, and
        returned as the second value; it is 0 for smaller spheres.

        Parameters
        ----------
        diameter_mm : array
            In mm of water.
        """
        diameter = np.asarray(diameter_mm, dtype=float)[..., None]
        # mean of 1 - 3x/2 + x^3/2 over each shell, whose energy is spread evenly in r; beyond the diameter it is 0
        ratio = np.minimum(self.edges_mm / diameter, 1.0)
        antiderivative = ratio - 0.75 * ratio**2 + 0.125 * ratio**4
        inside = (np.diff(antiderivative) * diameter / np.diff(self.edges_mm)) @ self.share
        if self.radiation == "electron":  # what is not in the table is bremsstrahlung, and leaves
            return inside, np.zeros_like(inside)
        end = ratio[..., -1]
        half = (1 - self.deposited) * (1 - 1.5 * end + 0.5 * end**3) / 2
        return inside + half, half

    def moments(self) -> tuple[float, float, float]:
        """Sums over the shells of share times the mean of r, r^2 and r^3 (mm, mm^2, mm^3)."""
        inner, outer = self.edges_mm[:-1], self.edges_mm[1:]
        first = np.sum(self.share * (inner + outer)) / 2
        second = np.sum(self.share * (inner**2 + inner * outer + outer**2)) / 3
        third = np.sum(self.share * (inner + outer) * (inner**2 + outer**2)) / 4
        return float(first), float(second), float(third)


def kernel_nuclides(radiation: str = "electron") -> tuple[str, ...]:
    """Nuclides for which a point kernel of electrons or photons is at hand."""
    _check.choice("radiation", radiation, ("electron", "photon"))
    found = files("mrtlab").joinpath("data/kernels").iterdir()
    start = f"dpk_{radiation}_"
    return tuple(sorted(item.name[len(start) : -4] for item in found if item.name.startswith(start)))


@cache
def point_kernel(nuclide, radiation: str = "electron") -> PointKernel:
    """The point kernel of a nuclide.

    Parameters
    ----------
    nuclide : str or Nuclide
    radiation : {"electron", "photon"}

    Raises
    ------
    InputError
        For a nuclide without such a kernel; the message lists those that have one.
    """
    name = find_nuclide(nuclide).name
    if name not in kernel_nuclides(radiation):
        raise InputError(
            f"there is no {radiation} kernel for {name}; there are kernels for {', '.join(kernel_nuclides(radiation))}"
        )
    path = files("mrtlab").joinpath(f"data/kernels/dpk_{radiation}_{name}.csv")
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    outer, cumulative = np.array(rows, dtype=float).T
    last = np.append(np.diff(outer) > 0, True)  # two bin widths meet at 2 mm, which is listed twice
    edges, share = np.append(0.0, outer[last]), np.diff(cumulative[last], prepend=0.0)
    for array in (edges, share):
        array.setflags(write=False)
    return PointKernel(name, radiation, edges, share)


def sphere_mm(mass_g, density):
    """Diameter of a sphere in mm of water, in which the kernels are."""
    return 20 * (3 * np.asarray(mass_g) / (4 * np.pi * density)) ** (1 / 3) * density


def absorbed_in_sphere(mass_g, name, radiation, density):
    """Share of the energy that a sphere absorbs itself, in the kind of the mass; see :mod:`mrtlab.dose`."""
    kernel = point_kernel(name, radiation)

    def share(mass):
        inside = kernel.in_sphere(sphere_mm(mass, density))[0]
        return inside / kernel.deposited if radiation == "electron" else inside

    if isinstance(mass_g, UFloat):
        return uncertainties.wrap(lambda mass: float(share(mass)))(mass_g)
    if np.ndim(mass_g) and mass_g.dtype == object:
        single = [absorbed_in_sphere(mass, name, radiation, density) for mass in mass_g.flat]
        return np.array(single).reshape(mass_g.shape)
    inside = share(np.asarray(mass_g, dtype=float))
    return float(inside) if np.ndim(inside) == 0 else inside


def judge_sphere(mass_g, name, density, whole) -> None:
    """Refuse, or warn of, spheres so wide that the photon kernel does not say enough; ``whole`` in its unit."""
    diameter_mm = sphere_mm(_check.nominal(mass_g), density)
    doubt = float(np.max(point_kernel(name, "photon").in_sphere(diameter_mm)[1] / whole))
    words = (
        f"mass_g is {np.max(_check.nominal(mass_g)):g}: a sphere {np.max(diameter_mm):.0f} mm wide (in water) is wider "
        f"than the photon kernel of {name}, {point_kernel(name, 'photon').edges_mm[-1]:.0f} mm, and what lies beyond "
        f"makes the result uncertain by {100 * doubt:.2g} %"
    )
    if doubt > value("dose.beyond_kernel_refused"):
        raise InputError(words)
    if doubt > value("dose.beyond_kernel_doubt"):
        warnings.warn(words, PlausibilityWarning, stacklevel=3)
