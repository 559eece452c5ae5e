"""From calibrated images and regions to time-activity curves."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mrtlab import _check, clock
from mrtlab.calibration import CameraCalibration, density_g_per_ml, true_rate
from mrtlab.calibration.partial_volume import refuse_low
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError, PlausibilityWarning
from mrtlab.images import DecayState, Image, Regions, Unit, decay_to, middle, resample
from mrtlab.kinetics import TimeActivity
from mrtlab.study.shape import nested, own_masks, sphere_kept_fraction, transfer

__all__ = ["RegionCurve", "activity_image", "background_shells", "region_curves", "scan_times_h"]

_WINDOW_KEV = 2.0  # windows nearer than this are the same
_LUNG_HU = -150.0
_HALF, _TOUCHED = 0.5, 0.01  # of a voxel: it counts as inside; it is outside all regions
_LITTLE = 0.02  # of the signal: then it does not matter what lies around a region
_WIDTH_MM = 10.0  # taken for the resolution where none is known


@dataclass(frozen=True, eq=False)
class RegionCurve:
    """One region: its size and its activity at every scan.

    Attributes
    ----------
    curve : TimeActivity or None
        Corrected for recovery; its uncertainty is what is independent from scan to scan. None if it is refused.
    refused : str
        Why there is no curve.
    volume_ml, mass_g, density_g_per_ml : float
    recovery : float
        Part of its own activity that the region keeps under blur; 1 where nothing was corrected.
    apparent_mbq : tuple of float
        Before the corrections for recovery and background.
    background_mbq_per_ml : tuple of float
    flags : tuple of str
    holds : tuple of str
        Regions that lie in this one; their activity and volume are counted here, too.
    """

    region: str
    curve: TimeActivity | None
    volume_ml: float
    mass_g: float
    density_g_per_ml: float
    recovery: float = 1.0
    apparent_mbq: tuple[float, ...] = ()
    background_mbq_per_ml: tuple[float, ...] = ()
    flags: tuple[str, ...] = ()
    refused: str = field(default="")
    holds: tuple[str, ...] = ()


def activity_image(image: Image, camera: CameraCalibration | None = None) -> Image:
    """MBq in every voxel, mean during the acquisition.

    Parameters
    ----------
    image : Image
        A volume in counts or cps, with a calibration, or in Bq/mL, without.
    camera : CameraCalibration, optional

    Returns
    -------
    Image
        In MBq, decay state ``NONE``. Where the image does not say that count losses were corrected (``DTIM``), they
        are, by dead time and ``corrected_counts_per_raw`` of the calibration, which hold for the phantom and nearly for
        a body. Without those nothing is corrected: flagged ``COUNT_LOSSES_LEFT``, with a warning that bounds the loss
        where the dead time is known. An image in MBq is returned as it is.

    Raises
    ------
    InputError
        For an image that is not corrected for attenuation and scatter, that has no calibration, or one of another
        nuclide or window, and where duration, nuclide or decay state are needed and missing.

    References
    ----------
    ``A = C/(t Q)``: EANM practice, as in :func:`mrtlab.calibration.activity_from_counts`.
    """
    if "NOT_QUANTITATIVE" in image.flags:
        raise InputError(
            "this image is not quantitative: (0028,0051) CorrectedImage does not name attenuation (ATTN) and scatter "
            "(SCAT). Reconstruct it with both; no sensitivity makes up for them"
        )
    if image.unit is Unit.MBQ and image.decay_state == DecayState.NONE:
        return image
    if image.unit is Unit.BQ_PER_ML:
        image = decay_to(image, DecayState.NONE)
        return image.changed(array=image.array * np.float32(image.voxel_ml / 1e6), unit=Unit.MBQ)
    if image.unit not in (Unit.COUNTS, Unit.CPS):
        raise InputError(f"an image in {image.unit} cannot become activity; counts, cps or Bq/mL can")
    if camera is None:
        raise InputError(
            f"the image is in {image.unit}, so the sensitivity of the camera is needed: a calibration file "
            "(camera.toml) with sensitivity_cps_per_mbq"
        )
    if image.nuclide is not None and image.nuclide != camera.nuclide:
        raise InputError(f"the image is of {image.nuclide}, the calibration of {camera.nuclide}; use its own")
    _same_window(image, camera)
    if image.duration_s is None:
        raise InputError("the duration of the acquisition is not known; state it")
    if image.heads is not None and image.heads != camera.heads:
        raise InputError(
            f"the image holds counts of {image.heads} head{'s' * (image.heads > 1)} ((0054,0021) Number of Detectors), "
            f"the sensitivity is that of {camera.heads} together: use the one that belongs to these counts"
        )
    if image.decay_state is None:
        raise InputError(
            "the file does not say to which moment its counts were decay corrected, or says DECY alone; state "
            "decay_state='NONE', 'START' or 'ADMIN' (--state decay_state=NONE)"
        )
    image = decay_to(image.changed(nuclide=camera.nuclide), DecayState.NONE)
    cps = image.array if image.unit is Unit.CPS else image.array / np.float32(image.duration_s)
    factor, flags = _lost(image, float(cps.sum(dtype=float)) / camera.heads, camera)
    scale = factor / _check.nominal(camera.sensitivity_cps_per_mbq)
    return image.changed(array=cps * np.float32(scale), unit=Unit.MBQ, flags=(*image.flags, *flags))


def _lost(image: Image, corrected_cps: float, camera: CameraCalibration) -> tuple[float, list[str]]:
    """Factor that gives count losses back, and flags; the rate is that of the corrected image, one head's part."""
    if "DTIM" in image.corrections or corrected_cps <= 0:
        return 1.0, []
    if camera.dead_time_s is None:
        return 1.0, [Flag.COUNT_LOSSES_LEFT]
    seconds = _check.nominal(camera.dead_time_s)
    if camera.corrected_counts_per_raw is not None:
        # dead time knows recorded counts; those of this image are a few for each of them
        recorded = corrected_cps / camera.corrected_counts_per_raw
        return float(true_rate(recorded, seconds, camera.dead_time_model)) / recorded, []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PlausibilityWarning)
            most = float(true_rate(corrected_cps, seconds, camera.dead_time_model)) / corrected_cps - 1
        bound = f"at most {most:.1%} of the activity"
    except PhysicsError:
        most, bound = np.inf, "an unknown part of the activity"
    if most < value("study.little_loss"):
        return 1.0, []
    warnings.warn(
        f"count losses were not corrected in an image that shows {corrected_cps:.0f} cps per head after attenuation "
        f"correction: {bound} is missing, if attenuation correction raised the counts, as in a body",
        PlausibilityWarning,
        stacklevel=3,
    )
    return 1.0, [Flag.COUNT_LOSSES_LEFT]


def _same_window(image: Image, camera: CameraCalibration) -> None:
    if image.window_kev is None or camera.window_kev is None:
        return
    if not np.allclose(image.window_kev, camera.window_kev, atol=_WINDOW_KEV):
        raise InputError(
            f"the image was taken in the window {image.window_kev[0]:g} to {image.window_kev[1]:g} keV, the "
            f"sensitivity in {camera.window_kev[0]:g} to {camera.window_kev[1]:g} keV: another peak, another number"
        )


def scan_times_h(scans) -> np.ndarray:
    """Hours from administration to the middle of each scan."""
    for scan in scans:
        if scan.administered_at is None:
            raise InputError("the time of administration is not known; state administered_at (with its date)")
    return np.array([clock.elapsed_h(scan.administered_at, middle(scan)) for scan in scans])


def background_shells(regions: Regions, width_mm: float) -> dict[str, np.ndarray]:
    """Voxels around each region that belong to none: from one to two widths away from it, and one from all others.

    Returns
    -------
    mapping of str to boolean array, shape of the grid
        All False where nothing is left.
    """
    from scipy.ndimage import distance_transform_edt

    own = own_masks(regions)
    away = {
        name: distance_transform_edt(mask < _HALF, sampling=regions.grid.spacing_mm)
        for name, mask in own.items()
        if (mask >= _HALF).any()
    }
    free = sum(own.values(), np.zeros(regions.grid.shape, np.float32)) <= _TOUCHED
    shells = {}
    for name in regions:
        if name not in away:
            shells[name] = np.zeros(regions.grid.shape, bool)
            continue
        shell = free & (away[name] > width_mm) & (away[name] <= 2 * width_mm)
        for distance in away.values():
            shell &= distance > width_mm
        shells[name] = shell
    return shells


def region_curves(
    scans: tuple[Image, ...],
    regions: Regions,
    camera: CameraCalibration | None = None,
    *,
    nuclide: str | None = None,
    ct: Image | None = None,
    administered_mbq: float | None = None,
    active: tuple[Image, ...] | None = None,
    progress: Callable[[str], None] = lambda text: None,
) -> tuple[RegionCurve, ...]:
    """Time-activity curves of all regions.

    Parameters
    ----------
    scans : tuple of Image
        Tomographic, rising in time, in the same coordinates as the regions.
    regions : Regions
    camera : CameraCalibration, optional
        Needed for images in counts, and for the recovery.
    ct : Image, optional
        HU; lung gets its density from it, and contrast medium is noticed.
    active : tuple of Image, optional
        What :func:`activity_image` makes of the scans, where that was done already.
    progress : callable
        Called with what is being done.

    Returns
    -------
    tuple of RegionCurve
        A region that cannot be quantified has ``curve`` None and the reason; the others are not affected.

    Raises
    ------
    InputError
        For fewer than two scans, and what :func:`activity_image` raises.

    Notes
    -----
    What blur moves between the regions and from around them is undone by the geometric transfer matrix
    (:func:`mrtlab.study.shape.transfer`), whose diagonal is each region's recovery for its own shape. The curve
    measured with spheres gives the uncertainty of that, and is compared with it where the phantom had such spheres.
    Uncertainty of each point: counting statistics and the repeatability of the calibration, in quadrature; 5 % is
    assumed, and flagged, where the repeatability is not known.
    """
    if not scans:
        raise InputError("scans is empty; give at least one")
    nuclide = nuclide or scans[0].nuclide or (camera and camera.nuclide)
    times = scan_times_h(scans)
    width = camera.fwhm_mm if camera is not None else _WIDTH_MM
    correct = camera is not None and camera.recovery is not None
    here, seen = None, []
    for scan, made, time_h in zip(scans, active or [None] * len(scans), times, strict=True):
        progress(f"activity at {time_h:.1f} h")
        shown = activity_image(scan, camera) if made is None else made
        if here is None or not here.grid.same_as(shown.grid):  # the scans of a study mostly share their grid
            here = regions.on(shown.grid)
            shells, moved, own = background_shells(here, width), transfer(here, width), own_masks(here)
        around = {name: _around(shown, shells[name]) for name in here}
        apparent = {name: _sum(shown.array, here[name]) for name in here}
        true = dict(apparent)
        if correct:
            means = [_sum(shown.array, own[name]) / own[name].sum(dtype=float) / shown.voxel_ml for name in moved.names]
            found = moved.activities(means, [around[name] or 0.0 for name in moved.names])
            true |= dict(zip(moved.names, found.tolist(), strict=True))
        counts = {name: _sum(scan.array, here[name]) for name in here} if scan.unit is Unit.COUNTS else {}
        seen.append({name: _Seen(apparent[name], true[name], around[name], counts.get(name)) for name in here})
    inner = nested(regions)
    return tuple(
        _region(
            name,
            times,
            [scan[name] for scan in seen],
            _size(name, regions, ct),
            moved if correct and name in moved.names else None,
            camera,
            nuclide,
            administered_mbq,
            inner.get(name, ()),
        )
        for name in regions
    )


@dataclass(frozen=True)
class _Seen:
    """A region in one scan: MBq in its outline, MBq corrected, MBq/mL around it, counts."""

    apparent_mbq: float
    true_mbq: float
    around: float | None
    counts: float | None


def _sum(array: np.ndarray, weight: np.ndarray) -> float:
    return float(np.sum(array * np.asarray(weight, np.float32), dtype=float))


def _around(active: Image, shell: np.ndarray) -> float | None:
    """Concentration around a region, MBq/mL; None where there is nothing around it."""
    if not shell.any():
        return None
    # the mean of noise about nothing may be negative, and is kept: to cut it off would bias the result
    return float(active.array[shell].mean(dtype=float)) / active.voxel_ml


def _size(name: str, regions: Regions, ct: Image | None) -> tuple[float, float, list[str]]:
    """Volume (mL), density (g/mL) and what must be said of them."""
    volume = regions.volume_ml(name)
    soft = value("dose.soft_tissue_density")
    if ct is None or volume == 0:
        return volume, soft, []
    weight = np.asarray(regions[name], np.float32)
    hu = _sum(resample(ct, regions.grid, outside=-1000).array, weight) / float(weight.sum(dtype=float))
    if hu < _LUNG_HU:
        return volume, float(density_g_per_ml(hu)), []
    # contrast medium raises HU without raising the mass, which is that of soft tissue here
    return volume, soft, [Flag.CONTRAST_SUSPECTED] if hu >= value("calibration.hu_contrast_low") else []


def _region(name, times, seen, size, moved, camera, nuclide, administered_mbq, holds) -> RegionCurve:
    volume, density, flags = size
    flags += [Flag.REGION_HOLDS_OTHERS] if holds else []
    recovery = 1.0 if moved is None else moved.recovery(name)
    known = {
        "region": name,
        "volume_ml": volume,
        "mass_g": volume * density,
        "density_g_per_ml": density,
        "recovery": recovery,
        "apparent_mbq": tuple(scan.apparent_mbq for scan in seen),
        "background_mbq_per_ml": tuple(scan.around or 0.0 for scan in seen),
        "holds": holds,
    }
    if volume <= 0:
        return RegionCurve(curve=None, refused="the region is empty on this grid", **known)
    if moved is None:
        flags.append(Flag.RECOVERY_MISSING)
    else:
        flags += [Flag.RECOVERY_LOW] if recovery < value("calibration.recovery_low") else []
        flags += _compared(volume, camera)
        rest = moved.rest[moved.names.index(name)]
        if rest > _LITTLE and any(scan.around is None for scan in seen):
            flags.append(Flag.BACKGROUND_MISSING)
    try:
        refuse_low(recovery)
        activity = np.array([scan.true_mbq for scan in seen])
        curve = TimeActivity(
            times,
            activity,
            _sigma(seen, recovery, camera),
            nuclide=nuclide,
            decay_corrected=False,
            administered_mbq=administered_mbq,
            region=name,
        )
    except InputError as refused:
        return RegionCurve(curve=None, refused=str(refused), flags=tuple(flags), **known)
    return RegionCurve(curve=curve, flags=tuple(dict.fromkeys(flags)), **known)


def _compared(volume: float, camera: CameraCalibration) -> list[str]:
    """Whether a sphere of this volume keeps by the resolution what the phantom's spheres were measured to keep."""
    if camera.recovery.flags_at(volume):
        return []  # the phantom holds no sphere of that size
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)
        measured = float(_check.nominal(camera.recovery(volume)))
    apart = abs(measured / sphere_kept_fraction(volume, camera.fwhm_mm) - 1)
    return [Flag.RECOVERY_DISAGREES] if apart > value("study.recovery_agreement") else []


def _sigma(seen, recovery: float, camera: CameraCalibration | None) -> np.ndarray | None:
    """Uncertainty of each point that is independent of the others, MBq, or None if nothing is known of it.

    What is seen scatters; dividing by the recovery magnifies that.
    """
    if camera is None or camera.repeatability_rel is None:
        return None
    few = np.array([0.0 if scan.counts is None else 1 / max(scan.counts, 1.0) for scan in seen])
    apparent = np.array([abs(scan.apparent_mbq) for scan in seen])
    return apparent / recovery * np.sqrt(camera.repeatability_rel**2 + few)
