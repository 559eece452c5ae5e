"""Point kernels in water: how far from a point source the emitted energy is deposited.

The tables and what is known of their accuracy lie in ``mrtlab/data/kernels``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
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
