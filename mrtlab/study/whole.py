"""A study from its images to its doses, in one call."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from mrtlab.calibration import CameraCalibration
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.images import Image, Regions
from mrtlab.kinetics import VoxelFit
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.study import shape
from mrtlab.study.curves import RegionCurve, activity_image, region_curves, scan_times_h
from mrtlab.study.doses import RegionDose, region_dose, tia_map, voxel_dose
from mrtlab.voxel import Dvh

__all__ = ["Study", "StudyDose", "study_dose"]

TRAPPED = ("Y-90", "Ho-166")
"""Nuclides of microspheres, which stay where they are."""
_FIRST_DAY_H = 30.0

# what a file does not say and the study knows all the same, or does not need
_SETTLED = (
    Flag.ADMINISTERED_UNKNOWN,
    Flag.ADMINISTRATION_TIME_UNKNOWN,
    Flag.NUCLIDE_UNKNOWN,
    Flag.START_UNKNOWN,
    Flag.TIMEZONE_UNKNOWN,
)


@dataclass(frozen=True, eq=False)
class Study:
    """The images of one administration.

    Attributes
    ----------
    scans : tuple of Image
        SPECT or PET, rising in time.
    regions : Regions
    ct : Image or None
        HU.
    camera : CameraCalibration or None
    nuclide : str
    administered_mbq : float or None
    administered_at : datetime
    understood : tuple of str
        What was read and how it was taken.
    same_coordinates : bool
        States that everything lies in the same coordinates, where not everything says so.
    """

    scans: tuple[Image, ...]
    regions: Regions
    nuclide: str
    administered_at: datetime
    administered_mbq: float | None = None
    ct: Image | None = None
    camera: CameraCalibration | None = None
    understood: tuple[str, ...] = ()
    same_coordinates: bool = False

    def __post_init__(self):
        if not self.scans:
            raise InputError("a study needs at least one SPECT or PET")
        if not len(self.regions):
            raise InputError("a study needs at least one region: an RTSTRUCT or a SEG beside the images")
        times = self.times_h
        for before, after in itertools.pairwise(times):
            if after <= before:
                raise InputError(f"two scans are at {before:.2f} h and {after:.2f} h; scans must follow each other")
        if times[0] <= 0:
            raise InputError(
                f"the first scan is {-times[0]:.2f} h before the administration; check date, time and time zone of both"
            )
        self._same_coordinates()

    def _same_coordinates(self) -> None:
        """Nothing is registered here, so all must say that they lie in the same coordinates."""
        lost = [number for number, scan in enumerate(self.scans, 1) if Flag.GEOMETRY_UNKNOWN in scan.flags]
        if lost:
            raise InputError(
                f"scan {lost[0]} does not say where it lies ((0020,0032) Image Position and (0020,0037) Image "
                "Orientation are missing), so no region can be found in it; export it with its geometry"
            )
        known = {
            **({"CT": self.ct.frame_of_reference} if self.ct else {}),
            "the regions": self.regions.frame_of_reference,
            **{f"scan {number}": scan.frame_of_reference for number, scan in enumerate(self.scans, 1)},
        }
        silent = [name for name, item in known.items() if not item]
        known = {name: item for name, item in known.items() if item}
        if silent and known and not self.same_coordinates:
            raise InputError(
                f"{', '.join(silent)}: without (0020,0052) Frame of Reference UID nothing says that they lie where the "
                "others do. If they are registered, state same_coordinates=True (--same-coordinates)"
            )
        if len(set(known.values())) > 1:
            raise InputError(
                f"{', '.join(known)} lie in different coordinates ((0020,0052) Frame of Reference UID differs). "
                "Register them first: mrtlab moves no images"
            )

    @property
    def times_h(self) -> np.ndarray:
        """Hours from administration to the middle of each scan."""
        return scan_times_h(self.scans)


@dataclass(frozen=True, eq=False)
class StudyDose:
    """What comes out of a study.

    Attributes
    ----------
    curves : tuple of RegionCurve
    regions : tuple of RegionDose
    totals_mbq : tuple of float
        Activity in the whole image at each scan.
    tia : Image or None
        MBq·h per voxel; None with one scan only, unless it is trapped.
    fit : VoxelFit or None
    dose : Image or None
        Gy.
    histograms : mapping of str to Dvh
    flags : tuple of str
        Of the study as a whole, and what reading noticed in scans, regions and CT.
    """

    curves: tuple[RegionCurve, ...]
    regions: tuple[RegionDose, ...]
    totals_mbq: tuple[float, ...]
    tia: Image | None = None
    fit: VoxelFit | None = None
    dose: Image | None = None
    histograms: Mapping[str, Dvh] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    def __getitem__(self, region: str) -> RegionDose:
        for item in self.regions:
            if item.region == region:
                return item
        raise InputError(f"no region {region!r}; there are {', '.join(item.region for item in self.regions)}")


def study_dose(
    study: Study,
    *,
    voxels: bool = True,
    method: str = "kernel",
    trapped: bool = False,
    apart: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> StudyDose:
    """Curves, time-integrated activities, doses of regions, dose map and histograms.

    Parameters
    ----------
    study : Study
    voxels : bool
        Whether to make the dose map too.
    method : {"kernel", "local"}
        Of the dose map. Doses of regions are always local, corrected for recovery; those of the map are not corrected.
    trapped : bool
        States that the drug stays where it is, as microspheres do: physical decay alone, and one scan is enough.
    apart : bool
        Whether a region is to be without the regions that lie in it. By default each is what its outline holds,
        flagged where that is another region, too.
    progress : callable
        Called with a few words before each step.

    Returns
    -------
    StudyDose

    Raises
    ------
    InputError
        If the images cannot be quantified, their total activity cannot be true, or ``trapped`` is stated of a nuclide
        that is not on microspheres.
    """
    if trapped and study.nuclide not in TRAPPED:
        raise InputError(
            f"trapped is for microspheres ({' and '.join(TRAPPED)}), which stay where they are; drugs with "
            f"{study.nuclide} wash out, so scans at several times are needed"
        )
    regions = shape.apart(study.regions) if apart else study.regions
    progress("total activity of each scan")
    active = tuple(activity_image(scan, study.camera) for scan in study.scans)
    totals = tuple(float(image.array.sum(dtype=float)) for image in active)
    flags = tuple(dict.fromkeys([*_plausible(study, totals), *_noticed(study, active)]))
    curves = region_curves(
        study.scans,
        regions,
        study.camera,
        nuclide=study.nuclide,
        ct=study.ct,
        administered_mbq=study.administered_mbq,
        active=active,
        progress=progress,
    )
    progress("curves and doses of the regions")
    found = tuple(region_dose(measured, study.camera, trapped=trapped) for measured in curves)
    if not voxels or (len(study.scans) < 2 and not trapped):
        return StudyDose(curves, found, totals, flags=flags)
    tia, fit = tia_map(active, nuclide=study.nuclide, trapped=trapped, progress=progress)
    progress("dose of every voxel")
    dose, histograms = voxel_dose(tia, regions, method=method, fwhm_mm=study.camera.fwhm_mm if study.camera else None)
    return StudyDose(curves, found, totals, tia, fit, dose, histograms, flags)


def _noticed(study: Study, active) -> list[str]:
    """Flags from reading and calibrating that are still open."""
    read = [study.regions, *active, *([study.ct] if study.ct else [])]
    return [str(flag) for item in read for flag in item.flags if flag not in _SETTLED]


def _plausible(study: Study, totals) -> tuple[str, ...]:
    from mrtlab.dicom import check_totals

    found = check_totals(study.times_h, totals, study.nuclide, administered_mbq=study.administered_mbq).flags
    return (*found, *([str(Flag.TOTAL_LOW)] if _low(study, totals[0]) else []))


def _low(study: Study, first_mbq: float) -> bool:
    """Whether the first scan shows less than any patient keeps; nothing is known for iodine and after the first day."""
    if study.administered_mbq is None:
        return False
    hours = float(study.times_h[0])
    kept = first_mbq / study.administered_mbq / find_nuclide(study.nuclide).decay_factor(hours)
    if study.nuclide in TRAPPED:
        return kept < value("study.low_total_trapped")
    if study.nuclide != "Lu-177" or hours > _FIRST_DAY_H:
        return False
    early, late = value("study.low_total_early"), value("study.low_total_late")
    return kept < early * (late / early) ** (max(hours - 4, 0) / 20)
