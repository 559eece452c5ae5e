"""What is to be seen, without a widget: volumes on one straight grid, regions, their numbers, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from mrtlab.errors import Flag, InputError
from mrtlab.images import Grid, Image, Regions, Unit, resample
from mrtlab.units import format_quantity

__all__ = ["GREY_WINDOWS", "PLANES", "Scene", "straight"]

# Lower and upper end of the grey scale, HU; usual settings of a viewing station, illustrative.
GREY_WINDOWS = {"Soft tissue": (-160.0, 240.0), "Lung": (-1350.0, 150.0), "Bone": (-450.0, 1050.0)}
# name of a plane -> array axis across it
PLANES = {"Axial": 0, "Coronal": 1, "Sagittal": 2}
_QUANTITY = {
    Unit.GY: "dose",
    Unit.BQ_PER_ML: "activity concentration",
    Unit.MBQ: "activity per voxel",
    Unit.MBQ_H: "time-integrated activity per voxel",
    Unit.COUNTS: "counts",
    Unit.CPS: "count rate",
    Unit.HU: "CT number",
}
# More voxels along an axis than a picture has pixels cost time and memory and show nothing.
_MOST_VOXELS = 256
_STRAIGHT = Grid((1, 1, 1), (1, 1, 1)).axes
_SEEN_OF_A_REGION = 0.99


@dataclass(frozen=True, eq=False)
class Scene:
    """An image, what lies over it, and regions, ready to be drawn.

    Parameters
    ----------
    image : Image
        A volume, such as a CT.
    overlay : Image, optional
        A volume in the same coordinates on any grid, such as a SPECT or a dose map.
    regions : Regions, optional
    about : str
        A sentence for the text alternative: what these volumes are.

    Raises
    ------
    InputError
        For planar pictures, volumes of different frames of reference, and volumes that lie nowhere together.
    """

    image: Image
    overlay: Image | None = None
    regions: Regions | None = None
    about: str = ""
    grid: Grid = field(init=False)

    def __post_init__(self):
        for name in ("image", "overlay"):
            _check_volume(name, getattr(self, name), optional=name == "overlay")
        if self.regions is not None and not isinstance(self.regions, Regions):
            raise InputError(f"regions must be mrtlab.images.Regions, got {type(self.regions).__name__}")
        if not isinstance(self.about, str):
            raise InputError(f"alt must be a sentence that says what is seen, got {self.about!r}")
        for name in ("overlay", "regions"):
            self._check_place(name)
        object.__setattr__(self, "grid", straight(self.image.grid))

    def _check_place(self, name: str) -> None:
        other = getattr(self, name)
        if other is None:
            return
        frames = self.image.frame_of_reference, other.frame_of_reference
        if all(frames) and frames[0] != frames[1]:
            raise InputError(
                f"{name} has the frame of reference {frames[1]}, the image {frames[0]}: they do not share coordinates. "
                "Register them first; drawing one over the other would show organs in the wrong place"
            )
        (low, high), (other_low, other_high) = _extent(self.image.grid), _extent(other.grid)
        if np.any(other_high <= low) or np.any(other_low >= high):
            raise InputError(
                f"{name} lies outside the image: from {_written(other_low)} to {_written(other_high)} mm (x, y, z), "
                f"the image from {_written(low)} to {_written(high)} mm. Check origin_mm and axes of both"
            )

    # on the grid of the display

    @cached_property
    def under(self) -> np.ndarray:
        """The image on the display's grid; outside it the least value."""
        return resample(self.image, self.grid, outside=float(self.image.array.min())).array

    @cached_property
    def over(self) -> np.ndarray | None:
        """The overlay on the display's grid, in its own unit and, where that is per voxel, its own voxels."""
        return None if self.overlay is None else _per_volume(self.overlay, self.grid)

    @cached_property
    def masks(self) -> Mapping[str, np.ndarray]:
        """Fraction of each voxel of the display inside each region."""
        return {} if self.regions is None else dict(self.regions.on(self.grid).masks)

    @cached_property
    def labels(self) -> np.ndarray:
        """Number of the region of each voxel of the display, from 1; 0 for none, the later one where two meet."""
        labels = np.zeros(self.grid.shape, np.uint8 if len(self.masks) < 256 else np.int16)
        for number, mask in enumerate(self.masks.values(), start=1):
            labels[np.asarray(mask, np.float32) >= 0.5] = number
        return labels

    # places

    @cached_property
    def ranges_mm(self) -> tuple[tuple[float, float], ...]:
        """First and last voxel centre along x, y, z."""
        spans = zip(self.grid.origin_mm, self.grid.shape[::-1], self.grid.spacing_mm[::-1], strict=True)
        return tuple((first, first + (count - 1) * step) for first, count, step in spans)

    def index(self, place_mm) -> tuple[int, int, int]:
        """Voxel (z, y, x) nearest to a place (x, y, z), kept inside."""
        rest = zip(place_mm, self.grid.origin_mm, self.grid.spacing_mm[::-1], self.grid.shape[::-1], strict=True)
        xyz = [int(np.clip(round((place - first) / step), 0, count - 1)) for place, first, step, count in rest]
        return tuple(xyz[::-1])

    def place_mm(self, index) -> tuple[float, float, float]:
        """Place (x, y, z) of a voxel (z, y, x)."""
        rest = zip(index[::-1], self.grid.origin_mm, self.grid.spacing_mm[::-1], strict=True)
        return tuple(float(first + number * step) for number, first, step in rest)

    @cached_property
    def targets(self) -> dict[str, tuple[float, float, float]]:
        """Places worth seeing: the highest value of the overlay, and a voxel deep inside each region."""
        found = {}
        if self.overlay is not None and self.overlay.array.max() > 0:
            # of its own voxels: between them the display interpolates, and is lower
            index = np.unravel_index(int(self.overlay.array.argmax()), self.overlay.array.shape)
            hottest = tuple((self.overlay.grid.matrix @ (*index, 1))[:3])
            found[f"highest {self.quantity(self.overlay)}"] = self.place_mm(self.index(hottest))
        for name, mask in self.masks.items():
            inside = np.argwhere(np.asarray(mask, np.float32) >= 0.5)
            if len(inside):
                # the mean of a curved organ may lie outside it
                middle = inside[np.argmin(((inside - inside.mean(axis=0)) ** 2).sum(axis=1))]
                found[name] = self.place_mm(tuple(int(number) for number in middle))
        return found

    @cached_property
    def start_mm(self) -> tuple[float, float, float]:
        """Where to begin: at the highest value of the overlay, else in the middle."""
        middle = tuple((low + high) / 2 for low, high in self.ranges_mm)
        return next(iter(self.targets.values()), self.place_mm(self.index(middle)))

    # scales

    def grey_windows(self) -> dict[str, tuple[float, float]]:
        """Choices for the ends of the grey scale, in the unit of the image."""
        low, high = float(self.under.min()), float(self.under.max())
        whole = {"Whole range": (low, high if high > low else low + 1)}
        if self.image.unit == Unit.HU:
            return GREY_WINDOWS | whole
        return whole | {f"Up to {percent} %": (min(low, 0.0), percent / 100 * high) for percent in (50, 20) if high > 0}

    @cached_property
    def over_range(self) -> tuple[float, float]:
        """Ends of the colour scale: from 0 to the highest voxel of the overlay."""
        high = float(self.overlay.array.max())
        return 0.0, high if high > 0 else 1.0

    @staticmethod
    def quantity(image: Image) -> str:
        """What a volume shows, in a word or two."""
        return _QUANTITY[Unit(image.unit)]

    # words and numbers

    def values_at(self, index) -> list[tuple[str, str]]:
        """(quantity, value with unit) of the voxels of image and overlay in which a voxel of the display lies."""
        place = self.place_mm(index)
        found = []
        for image in (self.image, self.overlay):
            if image is not None:
                own = _voxel(image.grid, place)
                value = "outside the volume" if own is None else format_quantity(image.array[own], str(image.unit))
                found.append((self.quantity(image), value))
        return found

    @cached_property
    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Columns and rows of the regions' numbers.

        Volume on the regions' own grid; mean, least and highest voxel on that of the overlay, or of the image without
        one. A voxel counts for the mean by the part of it inside, for the ends if half of it is.
        """
        measured = self.image if self.overlay is None else self.overlay
        head = self.quantity(measured)
        columns = (
            "Region",
            "Volume (mL)",
            *(f"{part} {head} ({measured.unit})" for part in ("Mean", "Lowest", "Highest")),
        )
        rows = []
        on = self.regions.on(measured.grid) if self.regions else {}
        for name in on:
            weights = np.asarray(on[name], np.float64)
            cells = ("none of it there",) * 3
            if weights.sum() > 0:
                inside = measured.array[weights >= min(0.5, weights.max())]
                mean = float((weights * measured.array).sum() / weights.sum())
                cells = tuple(map(_three, (mean, inside.min(), inside.max())))
            rows.append((name, _three(self.regions.volume_ml(name)), *cells))
        return columns, rows

    @cached_property
    def remarks(self) -> list[str]:
        """What the viewer must know of this display."""
        said = []
        measured = self.image if self.overlay is None else self.overlay
        if self.regions:
            on = self.regions.on(measured.grid)
            cut = [name for name in on if on.volume_ml(name) < _SEEN_OF_A_REGION * self.regions.volume_ml(name)]
            if cut:
                said.append(f"{', '.join(cut)}: {Flag.REGION_OUTSIDE_GRID.text}")
            hidden = [name for name, mask in self.masks.items() if np.max(mask, initial=0.0) < 0.5]
            if hidden:
                said.append(f"{', '.join(hidden)}: too small or outside, so no outline can be drawn on this grid.")
        if self.overlay is not None and self.overlay.array.min() < 0:
            said.append(f"The {self.quantity(self.overlay)} is negative in places; only what is above 0 is coloured.")
        if not self.grid.same_as(self.image.grid):
            spacing = " × ".join(f"{step:.3g}" for step in self.grid.spacing_mm[::-1])
            said.append(
                f"The image is shown on a straight grid of {spacing} mm (x, y, z); the numbers of the table are "
                "computed on the grids of the volumes themselves."
            )
        return said

    @cached_property
    def words(self) -> str:
        """What is shown, for a text alternative."""
        parts = [f"{self.quantity(self.image)} in grey"]
        if self.overlay is not None:
            low, high = self.over_range
            parts.append(
                f"{self.quantity(self.overlay)} in colour, {_three(low)} to "
                f"{format_quantity(high, str(self.overlay.unit))}"
            )
        if self.masks:
            parts.append(f"regions {', '.join(self.masks)}")
        shown = "; ".join(parts)
        lead = self.about.strip()
        return f"{lead.rstrip('.')}. {shown[0].upper()}{shown[1:]}." if lead else f"{shown[0].upper()}{shown[1:]}."


def straight(grid: Grid, most: int = _MOST_VOXELS) -> Grid:
    """The grid itself, or one along the patient's axes that covers it, with at most ``most`` voxels along each."""
    axes = np.asarray(grid.axes)
    if np.allclose(axes, _STRAIGHT, atol=1e-6) and max(grid.shape) <= most:
        return grid
    low, high = _extent(grid)  # edges, x y z
    part = np.abs(axes.T)  # of each array axis (column) along each patient axis (row)
    step = part @ np.asarray(grid.spacing_mm) / part.sum(axis=1)
    step = np.maximum(step, (high - low) / most)
    count = np.maximum(1, np.ceil((high - low) / step - 1e-3)).astype(int)
    first = (low + high) / 2 - (count - 1) / 2 * step
    return Grid(tuple(count[::-1].tolist()), tuple(step[::-1]), tuple(first))


def _per_volume(image: Image, grid: Grid) -> np.ndarray:
    """Values on another grid without the change of scale that keeps totals: what a voxel of the image holds."""
    concentration = replace(image, unit=Unit.BQ_PER_ML)  # any unit that is interpolated as it is
    return resample(concentration, grid).array


def _voxel(grid: Grid, place_mm) -> tuple[int, int, int] | None:
    """The voxel in which a place lies, if one does."""
    index = (np.linalg.inv(grid.matrix) @ (*place_mm, 1.0))[:3]
    number = np.floor(index + 0.5 - 1e-9).astype(int)
    inside = np.all(number >= 0) and np.all(number < np.asarray(grid.shape))
    return tuple(number.tolist()) if inside else None


def _extent(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Outer edges of the voxels along x, y, z: least and greatest."""
    ends = np.array(np.meshgrid(*[(-0.5, count - 0.5) for count in grid.shape], indexing="ij")).reshape(3, -1)
    corners = (grid.matrix @ np.vstack([ends, np.ones(8)]))[:3]
    return corners.min(axis=1), corners.max(axis=1)


def _check_volume(name: str, image, optional: bool) -> None:
    if image is None and optional:
        return
    if not isinstance(image, Image):
        raise InputError(
            f"{name} must be a mrtlab.images.Image, which carries unit and place; got {type(image).__name__}"
        )
    if image.kind != "volume":
        raise InputError(f"{name} is a {image.kind} picture, which has no depth; the viewer shows volumes")


def _three(number: float) -> str:
    return f"{float(number):.3g}" if abs(number) < 100 else f"{float(number):.0f}"


def _written(place) -> str:
    return "(" + ", ".join(f"{number:.0f}" for number in place) + ")"
