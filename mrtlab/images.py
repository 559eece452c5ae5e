"""The image: voxel values that never lose their unit, their place, their clock and their state of decay correction.

Arrays are in the order (z, y, x), spacings too. Places are millimetres in the patient, in the order and sense of DICOM
(x to the left, y to the back, z to the head). Nothing in here knows a patient: no name, number or date of birth.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from mrtlab import _check, clock
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["DecayState", "Frame", "Grid", "Image", "Regions", "Unit", "blurred", "decay_to", "middle", "resample"]

# An axis of the array seen in the patient: slices towards the head, rows towards the back, columns towards the left.
_STRAIGHT = ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
_SAME_PLACE_MM = 0.05
_TO_SIGMA = 1 / (2 * math.sqrt(2 * math.log(2)))


class Unit(StrEnum):
    """What a voxel value is. A value without one of these cannot become an image."""

    COUNTS = "counts"
    CPS = "cps"
    BQ_PER_ML = "Bq/mL"
    MBQ = "MBq"  # in the voxel
    MBQ_H = "MBq·h"  # in the voxel
    HU = "HU"
    GY = "Gy"


class DecayState(StrEnum):
    """To which moment the physical decay was brought.

    ``NONE``: what was there during the acquisition; ``START``: referred to its start; ``ADMIN``: to administration.
    """

    NONE = "NONE"
    START = "START"
    ADMIN = "ADMIN"


@dataclass(frozen=True)
class Frame:
    """One picture of a planar acquisition.

    Attributes
    ----------
    view : str
        ``"anterior"``, ``"posterior"``, or what the file says.
    window_kev : (float, float) or None
        Lower and upper limit of the energy window.
    duration_s : float or None
    detector : int
        From 1.
    """

    view: str = ""
    window_kev: tuple[float, float] | None = None
    duration_s: float | None = None
    detector: int = 1


@dataclass(frozen=True)
class Grid:
    """Where voxels lie.

    Parameters
    ----------
    shape : (int, int, int)
        Slices, rows, columns.
    spacing_mm : (float, float, float)
        Distance of voxel centres along z, y, x.
    origin_mm : (float, float, float)
        Patient position (x, y, z) of the centre of voxel ``[0, 0, 0]``.
    axes : 3 x 3
        Unit vectors (x, y, z in the patient) along which the array's z, y and x index rise.
    """

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    axes: tuple[tuple[float, float, float], ...] = _STRAIGHT

    def __post_init__(self):
        _place(self, "spacing_mm", _check.positive("spacing_mm", np.asarray(self.spacing_mm, float)))
        _place(self, "origin_mm", _check.finite("origin_mm", np.asarray(self.origin_mm, float)))
        axes = _check.finite("axes", np.asarray(self.axes, float))
        if axes.shape != (3, 3) or not np.allclose(axes @ axes.T, np.eye(3), atol=1e-3):
            raise InputError("axes must be three unit vectors at right angles: slices, rows and columns of the array")
        object.__setattr__(self, "axes", tuple(map(tuple, axes.tolist())))
        if len(self.shape) != 3 or len(self.spacing_mm) != 3 or len(self.origin_mm) != 3:
            raise InputError(f"a grid has three axes, got shape {self.shape} and spacing {self.spacing_mm}")

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel, mL."""
        return float(np.prod(self.spacing_mm)) / 1000

    @property
    def matrix(self) -> np.ndarray:
        """4 x 4: index ``(z, y, x, 1)`` to patient position ``(x, y, z, 1)``, mm."""
        matrix = np.eye(4)
        matrix[:3, :3] = np.asarray(self.axes).T * np.asarray(self.spacing_mm)
        matrix[:3, 3] = self.origin_mm
        return matrix

    def same_as(self, other: Grid) -> bool:
        """Whether the voxels of both coincide, to 0.05 mm at every corner."""
        if self.shape != other.shape:
            return False
        corners = np.array(np.meshgrid(*[(0, count - 1) for count in self.shape], indexing="ij")).reshape(3, -1)
        corners = np.vstack([corners, np.ones(corners.shape[1])])
        return bool(np.max(np.abs((self.matrix - other.matrix) @ corners)) < _SAME_PLACE_MM)


@dataclass(frozen=True, eq=False, repr=False)
class Image:
    """Voxel values with all that is needed to calculate with them.

    Parameters
    ----------
    array : array
        Slices, rows, columns; for planar pictures frames, rows, columns. Kept as float32.
    spacing_mm : tuple of float
        Three numbers (z, y, x); two (y, x) for planar pictures.
    unit : Unit or str
    start : datetime, optional
        Start of the acquisition, with its time zone.
    nuclide : str, optional
    origin_mm, axes
        As in :class:`Grid`; volumes only.
    kind : str
        ``"volume"``, ``"planar"`` or ``"whole body"``.
    modality : str
        DICOM's: NM, PT, CT, RTDOSE.
    duration_s : float, optional
        Time the camera collected counts for these values, of one head.
    decay_state : DecayState, optional
        None: not known. Then nothing that depends on it can be computed.
    administered_mbq, administered_at : optional
        Activity at the moment of administration.
    corrections : tuple of str
        DICOM's words for what the reconstruction corrected: ATTN, SCAT, DTIM, DECY, ...
    frames : tuple of Frame
        One for each picture of a planar acquisition.
    window_kev : (float, float), optional
        Energy window of a volume.
    heads : int, optional
        Detectors that counted at the same time, where that is known.
    frame_of_reference : str
        Images with the same one lie in the same coordinates.
    flags : tuple of str
    understood : tuple of str
        What was read and how it was taken, one sentence each.
    """

    array: np.ndarray
    spacing_mm: tuple[float, ...]
    unit: Unit | str
    start: datetime | None = None
    nuclide: str | None = None
    origin_mm: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0), kw_only=True)
    axes: tuple[tuple[float, float, float], ...] = field(default=_STRAIGHT, kw_only=True)
    kind: str = field(default="volume", kw_only=True)
    modality: str = field(default="", kw_only=True)
    duration_s: float | None = field(default=None, kw_only=True)
    decay_state: DecayState | str | None = field(default=None, kw_only=True)
    administered_mbq: float | None = field(default=None, kw_only=True)
    administered_at: datetime | None = field(default=None, kw_only=True)
    corrections: tuple[str, ...] = field(default=(), kw_only=True)
    frames: tuple[Frame, ...] = field(default=(), kw_only=True)
    window_kev: tuple[float, float] | None = field(default=None, kw_only=True)
    heads: int | None = field(default=None, kw_only=True)
    frame_of_reference: str = field(default="", kw_only=True)
    flags: tuple[str, ...] = field(default=(), kw_only=True)
    understood: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self):
        array = np.asarray(self.array)
        if array.ndim != 3 or not array.size or array.dtype.kind not in "iufb":
            raise InputError(f"array must hold numbers on three axes, got {array.dtype} of shape {array.shape}")
        array = array.astype(np.float32, copy=False)
        if not np.isfinite(array).all():
            raise InputError("array must be finite: it holds NaN or infinity")
        object.__setattr__(self, "array", array)
        _check.choice("kind", self.kind, ("volume", "planar", "whole body"))
        _choose(self, "unit", Unit)
        if self.decay_state is not None:
            _choose(self, "decay_state", DecayState)
        if self.kind == "volume":
            grid = Grid(array.shape, self.spacing_mm, self.origin_mm, self.axes)  # checks them
            for name in ("spacing_mm", "origin_mm", "axes"):
                object.__setattr__(self, name, getattr(grid, name))
        else:
            _place(self, "spacing_mm", _check.positive("spacing_mm", np.asarray(self.spacing_mm, float)))
            if len(self.spacing_mm) != 2:
                raise InputError(f"spacing_mm of a planar picture is (rows, columns), got {self.spacing_mm}")
            if self.frames and len(self.frames) != len(array):
                raise InputError(f"frames describes {len(self.frames)} pictures, but array holds {len(array)}")
        for name in ("start", "administered_at"):
            moment = getattr(self, name)
            if moment is not None:
                clock.elapsed_h(moment, moment)  # refuses a time without zone
        for name in ("duration_s", "administered_mbq"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, float(_check.positive(name, getattr(self, name))))
        if self.nuclide is not None:
            object.__setattr__(self, "nuclide", find_nuclide(self.nuclide).name)

    def __repr__(self):
        about = [f"{self.kind} {'×'.join(map(str, self.array.shape))}", f"in {self.unit}"]
        about += [str(part) for part in (self.nuclide, self.decay_state, *self.flags) if part]
        return f"Image({', '.join(about)})"

    @property
    def grid(self) -> Grid:
        """Where the voxels lie; planar pictures lie nowhere in the patient and have none."""
        if self.kind != "volume":
            raise InputError(f"a {self.kind} picture has no place in the patient")
        return Grid(self.array.shape, self.spacing_mm, self.origin_mm, self.axes)

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel, mL."""
        return self.grid.voxel_ml

    def changed(self, **values) -> Image:
        """The same image with other values, such as ``array`` and ``unit``."""
        return replace(self, **values)

    def frame(self, view: str, window_kev: tuple[float, float] | None = None) -> np.ndarray:
        """The one picture of a view (and of an energy window, by its limits to 1 keV), shape (rows, columns).

        Raises
        ------
        InputError
            If there is none, or more than one.
        """
        found = [
            index
            for index, frame in enumerate(self.frames)
            if frame.view == view
            and (window_kev is None or (frame.window_kev and np.allclose(frame.window_kev, window_kev, atol=1)))
        ]
        if len(found) == 1:
            return self.array[found[0]]
        there = ", ".join(f"{frame.view or 'unnamed'} {frame.window_kev or ''}".strip() for frame in self.frames)
        raise InputError(
            f"{len(found)} pictures are {view!r}{f' with window {window_kev} keV' if window_kev else ''}; "
            f"there are: {there or 'none'}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Regions:
    """Named regions on one grid.

    Parameters
    ----------
    masks : mapping of str to array
        Truth values, or the fraction of each voxel inside, shape of the grid.
    grid : Grid
    frame_of_reference : str
    """

    masks: Mapping[str, np.ndarray]
    grid: Grid
    frame_of_reference: str = ""
    flags: tuple[str, ...] = ()

    def __post_init__(self):
        for name, mask in self.masks.items():
            if np.shape(mask) != tuple(self.grid.shape):
                raise InputError(f"region {name!r} has the shape {np.shape(mask)}, its grid {self.grid.shape}")

    def __repr__(self):
        return f"Regions({', '.join(f'{name} {self.volume_ml(name):.4g} mL' for name in self.masks)})"

    def __iter__(self):
        return iter(self.masks)

    def __len__(self):
        return len(self.masks)

    def __getitem__(self, name: str) -> np.ndarray:
        try:
            return self.masks[name]
        except KeyError:
            raise InputError(f"no region {name!r}; there are {', '.join(self.masks) or 'none'}") from None

    def volume_ml(self, name: str) -> float:
        """Volume, mL."""
        return float(np.sum(self[name], dtype=float)) * self.grid.voxel_ml

    def on(self, grid: Grid) -> Regions:
        """The regions on another grid: each voxel belongs to a region by the fraction of it inside, in float32."""
        if grid.same_as(self.grid):
            return self
        masks = {name: _moved(np.asarray(mask, np.float32), self.grid, grid, 0.0) for name, mask in self.masks.items()}
        return replace(self, masks=masks, grid=grid)


def decay_to(image: Image, state: DecayState | str) -> Image:
    """The image with its decay referred to another moment.

    Parameters
    ----------
    image : Image
        In counts, cps, Bq/mL or MBq, with nuclide and decay state.
    state : DecayState or str
        ``"NONE"`` gives what was there on average during the acquisition, ``"START"`` what was there at its start,
        ``"ADMIN"`` what there would have been at administration without any biological change.

    Raises
    ------
    InputError
        If nuclide, decay state, start, duration or time of administration are needed and not known.

    References
    ----------
    DICOM PS3.3 C.8.9.1 (Decay Correction). Mean over the acquisition: ``(1 - exp(-l d)) / (l d)`` of the start value.
    """
    state = DecayState(_check.choice("state", state, [str(member) for member in DecayState]))
    if image.decay_state is None:
        raise InputError("the decay state of the image is not known; state decay_state='NONE', 'START' or 'ADMIN'")
    if image.nuclide is None:
        raise InputError("the nuclide of the image is not known; state nuclide=")
    factor = _to_start(image, DecayState(image.decay_state)) / _to_start(image, state)
    return image.changed(array=image.array * np.float32(factor), decay_state=state)


def _to_start(image: Image, state: DecayState) -> float:
    """Factor from a decay state to the start of the acquisition."""
    known = find_nuclide(image.nuclide)
    if state is DecayState.NONE:
        if image.duration_s is None:
            raise InputError("the duration of the acquisition is needed for the decay during it; state duration_s=")
        decayed = known.decay_constant_per_h * image.duration_s / 3600
        return decayed / -np.expm1(-decayed)
    if state is DecayState.START:
        return 1.0
    for name in ("start", "administered_at"):
        if getattr(image, name) is None:
            raise InputError(f"{name} is not known, and decay between administration and scan depends on it; state it")
    return float(known.decay_factor(clock.elapsed_h(image.administered_at, image.start)))


def middle(image: Image) -> datetime:
    """The middle of the acquisition."""
    if image.start is None or image.duration_s is None:
        raise InputError(
            "start and duration of the acquisition are needed for its middle; state start= and duration_s="
        )
    return image.start + timedelta(seconds=image.duration_s / 2)


def blurred(array: np.ndarray, fwhm_mm: float, spacing_mm: Sequence[float], outside: str = "constant") -> np.ndarray:
    """Gaussian blur, whatever the size of the voxels.

    Parameters
    ----------
    array : array
    fwhm_mm : float
        Full width at half maximum.
    spacing_mm : sequence of float
        One for each axis.
    outside : {"constant", "nearest"}
        Beyond the edge lies nothing, and what is blurred out is lost; or the value at the edge goes on.

    Notes
    -----
    By the discrete Gaussian ``exp(-v) I_n(v)`` of variance v: unlike a sampled Gaussian it keeps its variance on voxels
    wider than the resolution, and two blurs make exactly the wider one.

    References
    ----------
    Lindeberg T. Scale-space for discrete signals. IEEE Trans Pattern Anal Mach Intell 1990;12:234-254 (recalled).
    """
    from scipy.ndimage import correlate1d
    from scipy.special import ive

    for axis, spacing in enumerate(spacing_mm):
        variance = (fwhm_mm * _TO_SIGMA / spacing) ** 2
        reach = math.ceil(6 * math.sqrt(variance) + 4)
        kernel = ive(np.abs(np.arange(-reach, reach + 1)), variance)
        array = correlate1d(array, kernel / kernel.sum(), axis=axis, mode=outside)
    return array


def resample(image: Image, grid: Grid, outside: float = 0.0) -> Image:
    """The image on another grid, by linear interpolation.

    Parameters
    ----------
    image : Image
        A volume. Concentrations, HU and doses are interpolated; counts and MBq per voxel are first taken per volume,
        so that their total is kept.
    grid : Grid
    outside : float
        Value beyond the image, in its unit.

    Notes
    -----
    A coarser grid takes the mean of what lies in each of its voxels (by sampling it finer), not the value at its
    centre. Totals are kept to about 1 %, the error of linear interpolation where the spacings nearly agree. Rotations
    are followed; nothing is registered.
    """
    if grid.same_as(image.grid):
        return image
    per_voxel = image.unit in (Unit.COUNTS, Unit.CPS, Unit.MBQ, Unit.MBQ_H)
    scale = grid.voxel_ml / image.voxel_ml if per_voxel else 1.0
    array = _moved(image.array, image.grid, grid, outside / scale) * np.float32(scale)
    return image.changed(array=array, spacing_mm=grid.spacing_mm, origin_mm=grid.origin_mm, axes=grid.axes)


def _moved(array: np.ndarray, old: Grid, new: Grid, outside: float) -> np.ndarray:
    """Values at the voxels of another grid, averaged over each where it is coarser."""
    from scipy.ndimage import affine_transform

    finer = [max(1, round(wide / narrow)) for wide, narrow in zip(new.spacing_mm, _along(old, new), strict=True)]
    to_old = np.linalg.inv(old.matrix) @ new.matrix
    # sample positions of the finer grid: their first centre lies (1 - 1/finer)/2 of a voxel before that of the coarse
    step = np.diag([1 / count for count in finer])
    first = np.array([(1 / count - 1) / 2 for count in finer])
    fine = affine_transform(
        array,
        to_old[:3, :3] @ step,
        offset=to_old[:3, :3] @ first + to_old[:3, 3],
        output_shape=tuple(size * count for size, count in zip(new.shape, finer, strict=True)),
        output=np.float32,
        order=1,
        mode="grid-constant",
        cval=outside,
    )
    blocks = [part for size, count in zip(new.shape, finer, strict=True) for part in (size, count)]
    return fine.reshape(blocks).mean(axis=(1, 3, 5))


def _along(old: Grid, new: Grid) -> list[float]:
    """Spacing of the old grid along each axis of the new one, mm."""
    turned = np.abs(np.asarray(new.axes) @ np.asarray(old.axes).T)
    return (turned @ np.asarray(old.spacing_mm) / turned.sum(axis=1)).tolist()


def _place(thing, name: str, numbers) -> None:
    object.__setattr__(thing, name, tuple(float(number) for number in np.ravel(numbers)))


def _choose(thing, name: str, kind) -> None:
    object.__setattr__(thing, name, kind(_check.choice(name, getattr(thing, name), [str(member) for member in kind])))
