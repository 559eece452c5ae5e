"""The virtual patient: parameters, anatomy, kinetics and truth, all of them functions of therapy and seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from types import MappingProxyType

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.images import Grid, Image, Regions
from mrtlab.patients._data import table
from mrtlab.patients.anatomy import Anatomy, lay_out
from mrtlab.patients.build import Build, draw_build
from mrtlab.patients.camera import Camera
from mrtlab.patients.defects import checked_defects
from mrtlab.patients.pathways import Kinetics
from mrtlab.patients.populations import draw_kinetics, population
from mrtlab.patients.truth import Truth

__all__ = ["VirtualPatient", "cohort", "virtual_patient"]

_GRIDS_KEPT = 2
_FIRST = datetime(2027, 1, 11, 9, 0, tzinfo=timezone(timedelta(hours=1)))


@dataclass(frozen=True, eq=False, repr=False)
class VirtualPatient:
    """A patient who does not exist, with everything about her known. Made by :func:`virtual_patient`.

    Attributes
    ----------
    therapy : str
    seed : int
    defects : mapping of str to True or float
        What is wrong with her data, on purpose.
    number : int
        Of the cycle, from 1.
    phases : int
    is_tracer : bool
        Whether this is the test before therapy.
    """

    therapy: str
    seed: int
    defects: Mapping[str, bool | float] = field(default_factory=lambda: MappingProxyType({}))
    number: int = 1
    phases: int = 1
    is_tracer: bool = False
    _kept: dict = field(default_factory=dict, init=False)

    def __repr__(self):
        more = "".join(f", {name}={setting}" for name, setting in self.defects.items())
        which = "tracer" if self.is_tracer else f"cycle {self.number}"
        return f"VirtualPatient({self.therapy!r}, seed={self.seed}, {which}{more})"

    @cached_property
    def build(self) -> Build:
        """Sex, height, weight, renal function, masses; lesions as large as they are in this cycle."""
        spec = population(self.therapy)
        build = draw_build(self.therapy, self.seed, spec)
        shrunk = spec.get("lesion_shrink", 1.0) ** (self.number - 1)
        if shrunk == 1:
            return build
        masses = {name: mass * shrunk if name in build.hosts else mass for name, mass in build.masses_g.items()}
        return dataclasses.replace(build, masses_g=MappingProxyType(masses))

    @property
    def sex(self) -> str:
        """``"male"`` or ``"female"``."""
        return self.build.sex

    @property
    def height_cm(self) -> float:
        """Height, cm."""
        return self.build.height_cm

    @property
    def weight_kg(self) -> float:
        """Body mass, kg."""
        return self.build.weight_kg

    @property
    def egfr_ml_per_min(self) -> float:
        """Estimated glomerular filtration rate, mL/min per 1.73 m²."""
        return self.build.egfr_ml_per_min

    @cached_property
    def kinetics(self) -> Kinetics:
        """The pathways of the drug."""
        return draw_kinetics(
            self.therapy, self.seed, self.build, self.number, self.phases, self.defects, self.is_tracer
        )

    @cached_property
    def anatomy(self) -> Anatomy:
        """Shapes of all regions."""
        layout = table("anatomy")["layout"]
        extra = {}
        if "extravasation" in self.defects:
            extra["injection site"] = layout["injection_ml"]
        if "obstruction" in self.defects:
            extra["left renal pelvis"] = layout["pelvis_ml"]
        if "extrahepatic" in self.defects:
            extra["duodenum"] = layout["duodenum_ml"]
        return lay_out(self.build, self.therapy, self.seed, extra)

    @cached_property
    def truth(self) -> Truth:
        """Activities, time-integrated activities, masses, doses and half-lives as they are."""
        return Truth(self)

    @property
    def nuclide(self) -> str:
        """Of the administered drug."""
        return self.kinetics.nuclide

    @property
    def administered_mbq(self) -> float:
        """At the time of administration, MBq."""
        return self.kinetics.administered_mbq

    @property
    def administered_at(self) -> datetime:
        """Simulated date and time of administration; a tracer is given a week before therapy."""
        days = population(self.therapy)["interval_days"] * (self.number - 1) - 7 * self.is_tracer
        return _FIRST + timedelta(days=days)

    @property
    def times_h(self) -> tuple[float, ...]:
        """The usual scan times of the therapy."""
        return tuple(map(float, population(self.therapy)["times_h"]))

    def cycle(self, number: int) -> VirtualPatient:
        """The same patient in another cycle: organs and lesions have drifted, lesions shrunk.

        Parameters
        ----------
        number : int
            From 1.
        """
        if isinstance(number, bool) or number != int(number) or not 1 <= number <= 20:
            raise InputError(f"number must be a cycle from 1 to 20, got {number!r}")
        return VirtualPatient(self.therapy, self.seed, self.defects, int(number), self.phases)

    def tracer(self) -> VirtualPatient:
        """The test before therapy: Tc-99m MAA before microspheres, a small I-131 activity before radioiodine.

        Raises
        ------
        InputError
            For a therapy without such a test here.
        """
        if "tracer" not in population(self.therapy):
            raise InputError(f"therapy {self.therapy!r} has no tracer here; radioiodine and sirt have")
        return VirtualPatient(self.therapy, self.seed, self.defects, self.number, self.phases, True)

    def grid(self, size: int = 64, bed: str | None = None, reach_mm: float = 614.4) -> Grid:
        """The grid of an image: a cube of so many voxels a side.

        Parameters
        ----------
        size : int
            Voxels along each side; 64 gives 9.6 mm, 128 gives 4.8 mm.
        bed : {"abdomen", "pelvis", "neck"}, optional
            Where its middle lies. Usually the neck for radioiodine, the abdomen otherwise.
        reach_mm : float
            Side of the cube.
        """
        if isinstance(size, bool) or size != int(size) or not 16 <= size <= 256:
            raise InputError(f"size must be a whole number of voxels from 16 to 256, got {size!r}")
        bed = bed or ("neck" if self.therapy.startswith("radioiodine") else "abdomen")
        spacing = float(_check.positive("reach_mm", reach_mm)) / int(size)
        corner = np.subtract(self.anatomy.bed_centre_mm(bed), (size - 1) / 2 * spacing)
        return Grid((int(size),) * 3, (spacing,) * 3, tuple(np.round(corner, 3).tolist()))

    def coverage(self, region: str, grid: Grid) -> np.ndarray:
        """Fraction of each voxel that belongs to a region; exact in total."""
        from mrtlab.patients.shapes import coverage

        if grid not in self._kept and len(self._kept) >= _GRIDS_KEPT:
            self._kept.pop(next(iter(self._kept)))  # 30 regions of 128³ voxels are 250 MB
        kept = self._kept.setdefault(grid, {})
        if region not in kept:
            found = self.anatomy[region]
            total = sum(coverage(shape, grid) for shape in found.shapes)
            for hole in found.holes:  # computed once each; the remainder has all organs as holes
                total = total - coverage(hole, grid)
            kept[region] = total
        return kept[region]

    def regions(self, grid: Grid, names: Iterable[str] | None = None) -> Regions:
        """True outlines on a grid, as the fraction of each voxel inside."""
        names = tuple(names) if names is not None else tuple(self.anatomy.regions)
        masks = {name: np.clip(self.coverage(name, grid), 0, 1) for name in names}
        return Regions(masks, grid, self.frame_of_reference)

    @property
    def frame_of_reference(self) -> str:
        """Name of the coordinates that all volumes of this patient and cycle share, as files have it."""
        from mrtlab.dicom._modules import derived_uid

        return derived_uid("frame of reference", "virtual patient", self.therapy, self.seed, self.number)

    def acquire(self, times_h, kind: str = "spect", size: int = 64, **options) -> tuple:
        """Measurements at given times after administration.

        Parameters
        ----------
        times_h : float or sequence of float
            Start of each measurement, hours after administration.
        kind : {"spect", "pet", "planar", "whole body", "probe", "blood", "ct"}
        size : int
            Voxels or pixels along a side.
        **options
            ``camera`` (:class:`Camera`), ``duration_s``, ``bed``, ``noise=False``; for SPECT, PET and CT
            ``reach_mm``, as for :meth:`grid`.

        Returns
        -------
        tuple
            One :class:`mrtlab.images.Image` for each time, or one :class:`ProbeCounts` or :class:`BloodSample`.
        """
        from mrtlab.patients.acquisition import acquire

        return acquire(self, times_h, kind, size, **options)

    def measure(self, region: str, times_h=None, **options):
        """Curve of one region as SPECT measures it, without making the images; see :func:`mrtlab.patients.measured`."""
        from mrtlab.patients.curves import measured

        return measured(self, region, self.times_h if times_h is None else times_h, **options)

    def write_dicom(self, folder, times_h=None, size: int = 64, **options):
        """Files of all scans, with the defects of the header; see :func:`mrtlab.patients.files.write_dicom`."""
        from mrtlab.patients.files import write_dicom

        return write_dicom(self, folder, self.times_h if times_h is None else times_h, size, **options)

    def camera(self, kind: str = "spect") -> Camera:
        """The usual camera for this patient's nuclide."""
        return Camera.of(self.nuclide, kind)

    def image_of(self, array, grid: Grid, unit: str, **about) -> Image:
        """An image of this patient."""
        return Image(
            array,
            grid.spacing_mm,
            unit,
            origin_mm=grid.origin_mm,
            axes=grid.axes,
            frame_of_reference=self.frame_of_reference,
            **about,
        )


def virtual_patient(therapy: str, seed: int, *, phases: int = 1, **defects) -> VirtualPatient:
    """A virtual patient. The same arguments always give the same patient, on every machine.

    Parameters
    ----------
    therapy : {"radioiodine", "radioiodine-dtc", "sirt", "prrt", "psma"}
    seed : int
        Which patient of the population.
    phases : {1, 2}
        With 2, a part of what an organ takes up leaves early, so that no organ falls mono-exponentially.
    **defects
        What is to be wrong with the data; :data:`DEFECTS` lists them. None by default.

    Returns
    -------
    VirtualPatient

    Raises
    ------
    InputError
        For a therapy, seed or defect that does not exist; those that do are listed.

    References
    ----------
    :func:`patient_sources`. Much of it is illustrative: made up for teaching, in the range of real patients.

    Examples
    --------
    >>> patient = virtual_patient("prrt", 7, deadtime_off=True)
    >>> patient.nuclide, patient.administered_mbq
    ('Lu-177', 7400.0)
    """
    population(therapy)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise InputError(f"seed must be a whole number, 0 or more, got {seed!r}")
    if phases not in (1, 2):
        raise InputError(f"phases must be 1 or 2, got {phases!r}")
    patient = VirtualPatient(therapy, int(seed), checked_defects(defects), phases=int(phases))
    for name in ("obstruction", "extravasation", "extrahepatic"):
        if name in patient.defects:
            _ = patient.kinetics  # refuses what the drug cannot do
    return patient


def cohort(therapy: str, n: int, seed: int, *, phases: int = 1, **defects) -> tuple[VirtualPatient, ...]:
    """Virtual patients of one population.

    Parameters
    ----------
    therapy, phases, defects
        As for :func:`virtual_patient`.
    n : int
    seed : int
        Which cohort; two seeds share no patients.
    """
    if isinstance(n, bool) or n != int(n) or n < 1:
        raise InputError(f"n must be a number of patients, 1 or more, got {n!r}")
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 10**6:
        raise InputError(f"seed must be a whole number from 0 to 999999, got {seed!r}")
    first = (int(seed) + 1) * 10**9
    return tuple(virtual_patient(therapy, first + place, phases=phases, **defects) for place in range(int(n)))
