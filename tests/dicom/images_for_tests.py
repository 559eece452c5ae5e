"""Images with known values, to be written."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import numpy as np

from mrtlab.images import Frame, Image

ZONE = timezone(timedelta(hours=2))
START = datetime(2024, 5, 3, 9, 30, tzinfo=ZONE)
ADMINISTERED = datetime(2024, 5, 2, 10, 0, 15, tzinfo=ZONE)
ABOUT = {
    "start": START,
    "nuclide": "Lu-177",
    "duration_s": 1200.0,
    "administered_mbq": 7400.5,
    "administered_at": ADMINISTERED,
}
PLACE = {"spacing_mm": (4.8, 4.7, 4.6), "origin_mm": (-10.5, -20.25, 130.0)}


def oblique(seed: int = 1, left_handed: bool = False) -> tuple[tuple[float, ...], ...]:
    """Slices, rows and columns turned in all directions; right-handed: slices run along columns x rows."""
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    handed = np.cross(axes[2], axes[1]) @ axes[0]
    if (handed < 0) != left_handed:
        axes[0] = -axes[0]
    return tuple(map(tuple, axes.tolist()))


def spect(seed: int = 1, **more) -> Image:
    """Reconstructed, Bq/mL, every voxel different."""
    array = np.random.default_rng(seed).gamma(2, 1000, (5, 8, 9))
    about = {
        "decay_state": "NONE", "corrections": ("ATTN", "SCAT"), "window_kev": (187.2, 228.8), "heads": 2,
        "modality": "NM",
    }  # fmt: skip
    return Image(array, unit=more.pop("unit", "Bq/mL"), **{**PLACE, **ABOUT, **about, **more})


def planar(**more) -> Image:
    """Anterior and posterior, two energy windows."""
    array = np.random.default_rng(2).poisson(300, (4, 16, 12))
    frames = [
        Frame(view, window, 1200.0, detector)
        for window in ((187.2, 228.8), (101.7, 124.3))
        for detector, view in enumerate(("anterior", "posterior"), 1)
    ]
    return Image(array, (2.4, 2.5), "counts", **{**ABOUT, "kind": "planar", "frames": tuple(frames), **more})


def pet(**more) -> Image:
    """Two slices far apart in activity, so that one scale for all would show."""
    array = np.random.default_rng(3).gamma(2, 100, (4, 8, 9)) * np.array([1, 100, 1e4, 0])[:, None, None]
    about = {"nuclide": "Ga-68", "decay_state": "START", "administered_mbq": 150.0, "modality": "PT"}
    about |= {"corrections": ("ATTN", "SCAT") + ("DECY",) * (more.get("decay_state", "START") != "NONE")}
    about |= {"administered_at": START - timedelta(hours=1), "start": START, "duration_s": 180.0}
    return Image(array, unit="Bq/mL", **{**PLACE, **about, **more})


def ct(**more) -> Image:
    array = np.random.default_rng(4).normal(0, 400, (5, 8, 9)).round()
    return Image(array, unit="HU", **{**PLACE, "start": START, "modality": "CT", **more})


def dose(**more) -> Image:
    array = np.random.default_rng(5).gamma(2, 3, (5, 8, 9))
    return Image(array, unit="Gy", **{**PLACE, "modality": "RTDOSE", "frame_of_reference": "scan", **more})


def at(image: Image, place) -> float:
    """Value of the voxel whose centre lies at a patient position."""
    index = np.linalg.solve(image.grid.matrix, [*place, 1])[:3]
    whole = np.rint(index).astype(int)
    assert np.allclose(index, whole, atol=1e-3)
    return float(image.array[tuple(whole)])


def same_places(one: Image, other: Image, step: float) -> bool:
    """Whether every voxel centre of one has, in the other, the same value to within half a step."""
    assert sorted(one.array.shape) == sorted(other.array.shape)
    indices = np.indices(one.array.shape).reshape(3, -1)
    places = one.grid.matrix @ np.vstack([indices, np.ones(indices.shape[1])])
    found = np.linalg.solve(other.grid.matrix, places)[:3]
    whole = np.rint(found).astype(int)
    assert np.abs(found - whole).max() < 1e-3
    off = np.abs(one.array[tuple(indices)] - other.array[tuple(whole)])
    return bool(off.max() <= 0.5 * step * (1 + 1e-6) + 1e-6 * np.abs(one.array).max())
