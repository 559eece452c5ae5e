"""From the curves of a study to doses of regions and a dose map, with their uncertainty."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import dose as doses
from mrtlab import kinetics, uncertainty, voxel
from mrtlab.calibration import CameraCalibration, RecoveryCurve
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.images import Image, Regions, Unit, resample
from mrtlab.kinetics import Selection
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.study.curves import RegionCurve, activity_image, scan_times_h
from mrtlab.uncertainty import Budget

__all__ = ["RegionDose", "region_dose", "tia_map", "voxel_dose"]

_CERTAIN = 1e9  # b1 of a curve that recovers everything: no loss at any volume
_S_EXPONENT = 1.0  # local deposition: the S value falls with the mass itself


@dataclass(frozen=True, eq=False)
class RegionDose:
    """Dose of one region.

    Attributes
    ----------
    region : str
    selection : Selection or None
        The curve chosen, and what else fits.
    tia_mbq_h : ufloat or None
        With the scatter of the points only; what is common to all is in the budget.
    dose_gy : ufloat or None
        With everything; correlated between regions through sensitivity and recovery.
    budget : Budget or None
    refused : str
        Why there is no dose.
    flags, sources : tuple of str
    """

    region: str
    mass_g: float
    volume_ml: float
    selection: Selection | None = None
    tia_mbq_h: UFloat | None = None
    dose_gy: UFloat | None = None
    budget: Budget | None = None
    refused: str = ""
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def region_dose(measured: RegionCurve, camera: CameraCalibration | None = None, *, trapped: bool = False) -> RegionDose:
    """Dose of a region from its curve: electrons and alphas absorbed locally.

    Parameters
    ----------
    measured : RegionCurve
    camera : CameraCalibration, optional
        Its uncertainties enter the budget. Without it only the scatter of the points is in the result, flagged.
    trapped : bool
        States that nothing moves after administration: physical decay alone, for which one point is enough. Flagged.

    Returns
    -------
    RegionDose
        Refused, with the reason, where no curve fits.

    References
    ----------
    Gear et al. 2018, doi:10.1007/s00259-018-4136-7, through :func:`mrtlab.uncertainty.dose_budget`.
    """
    known = {"region": measured.region, "mass_g": measured.mass_g, "volume_ml": measured.volume_ml}
    if measured.curve is None:
        return RegionDose(refused=measured.refused, flags=measured.flags, **known)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PlausibilityWarning)  # said as flags
            chosen = _decaying(measured.curve) if trapped else kinetics.select(measured.curve)
            tia = chosen.tia_mbq_h
            plain = float(doses.local(tia.nominal_value, measured.mass_g, measured.curve.nuclide))
            relative = tia.std_dev / tia.nominal_value
            if camera is None:
                total, budget, more = plain * (tia / tia.nominal_value), None, (Flag.ACTIVITY_RELATIVE_UNKNOWN,)
            else:
                budget = _budget(measured, camera, relative)
                total, more = budget.dose(plain), budget.flags
    except InputError as refused:
        return RegionDose(refused=str(refused), flags=measured.flags, **known)
    if trapped:
        more = (*more, Flag.TRAPPED_ASSUMED)
    return RegionDose(
        selection=chosen,
        tia_mbq_h=tia,
        dose_gy=total,
        budget=budget,
        flags=tuple(dict.fromkeys([*map(str, measured.flags), *map(str, chosen.flags), *map(str, more)])),
        sources=tuple(
            dict.fromkeys(
                [
                    "dose.local",
                    *chosen.sources,
                    *(budget.sources if budget else ()),
                    "study.background",
                    "study.recovery",
                ]
            )
        ),
        **known,
    )


def _decaying(curve: kinetics.TimeActivity) -> Selection:
    """Physical decay alone, from administration to the end; several points that contradict it refuse it."""
    if len(curve) > 1:
        return kinetics.select(curve, ["phys"])
    # one point tests nothing, so an uncertainty that was assumed does as well as one that was stated
    stated = kinetics.TimeActivity(
        curve.times_h, curve.activity_mbq, curve.sigma_mbq, nuclide=curve.nuclide, decay_corrected=False
    )
    best = kinetics.fit(stated, "phys")
    tia = best.tia_mbq_h
    return Selection(
        curve=curve,
        best=best,
        ranking=(best,),
        rejected={},
        alternatives=(),
        weights={},
        average_tia_mbq_h=tia,
        span_tia_mbq_h=(tia.nominal_value, tia.nominal_value),
        bracket_tia_mbq_h=None,
        fits={"phys": best},
        flags=() if curve.sigma_given else (Flag.SIGMA_ASSUMED,),
        sources=best.sources,
    )


def _budget(measured: RegionCurve, camera: CameraCalibration, random_rel: float) -> Budget:
    curve = camera.recovery or RecoveryCurve(1 / _CERTAIN, 1.0)
    return uncertainty.dose_budget(
        measured.volume_ml,
        camera.outline_voxel_mm / 10,
        camera.outline_fwhm_mm / 10,
        camera.fwhm_mm / 10,
        curve,
        camera.sensitivity_cps_per_mbq / camera.sensitivity_cps_per_mbq.nominal_value,
        random_rel,
        _S_EXPONENT,
    )


def tia_map(
    scans: tuple[Image, ...],
    camera: CameraCalibration | None = None,
    *,
    nuclide: str | None = None,
    cv: float = 0.1,
    trapped: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> tuple[Image, kinetics.VoxelFit | None]:
    """Time-integrated activity of every voxel, on the grid of the first scan.

    Parameters
    ----------
    scans : tuple of Image
        Two or more, in the same coordinates: as measured, or in MBq from :func:`activity_image`.
    cv : float
        Relative uncertainty of a voxel, the same at all times: with equal weights only its size matters, and that
        decides which voxels are refused. 0.1 by default.
    trapped : bool
        States that nothing moves after administration: physical decay alone, the mean of what each scan gives. One
        scan is enough.

    Returns
    -------
    Image
        MBq·h. Not corrected for recovery: near edges it is blurred as the images are.
    VoxelFit or None
        None for trapped activity: nothing is fitted.

    Raises
    ------
    InputError
        For fewer than two scans, and what :func:`activity_image` raises.
    """
    if len(scans) < 2 and not trapped:
        raise InputError(f"a map of time-integrated activity needs two scans or more, got {len(scans)}")
    grid = scans[0].grid
    stack = []
    for number, scan in enumerate(scans, 1):
        progress(f"voxels of scan {number} of {len(scans)}")
        stack.append(resample(activity_image(scan, camera), grid).array)
    nuclide = nuclide or scans[0].nuclide or (camera and camera.nuclide)
    times = scan_times_h(scans)
    progress("fitting every voxel")
    if trapped:
        decay = find_nuclide(nuclide)
        given = np.mean([array / decay.decay_factor(time) for array, time in zip(stack, times, strict=True)], axis=0)
        found, array = None, given / decay.decay_constant_per_h
        how, flags = "physical decay alone in each voxel", (str(Flag.TRAPPED_ASSUMED),)
    else:
        found = kinetics.fit_voxels(np.stack(stack), times, nuclide, decay_corrected=False, cv=cv)
        array, how, flags = found.tia_mbq_h, "one exponential in each voxel", tuple(map(str, found.flags))
    return scans[0].changed(
        array=array,
        unit=Unit.MBQ_H,
        nuclide=nuclide,
        decay_state=None,
        duration_s=None,
        flags=flags,
        understood=(f"time-integrated activity of {len(scans)} scan{'s' * (len(scans) > 1)}, {how}",),
    ), found


def voxel_dose(
    tia: Image, regions: Regions | None = None, *, method: str = "kernel", fwhm_mm: float | None = None
) -> tuple[Image, Mapping[str, voxel.Dvh]]:
    """Dose map, and the histogram of each region.

    Parameters
    ----------
    tia : Image
        MBq·h per voxel, with its nuclide.
    regions : Regions, optional
        Voxels at least half inside belong to a region.
    method : {"kernel", "local"}
        As for :func:`mrtlab.voxel.dose_map`.
    fwhm_mm : float, optional
        Resolution, to flag histograms that show nothing but blur.

    Returns
    -------
    Image
        Gy.
    mapping of str to Dvh
        Regions of at least one voxel.
    """
    if tia.unit is not Unit.MBQ_H:
        raise InputError(f"a dose map is made of time-integrated activity in MBq·h, not of {tia.unit}")
    # rounding in the Fourier transform leaves doses of either sign near zero; the histogram keeps them
    array = voxel.dose_map(tia.array, tia.spacing_mm, tia.nuclide, method=method)
    dose = tia.changed(array=array, unit=Unit.GY, modality="RTDOSE", understood=(*tia.understood, f"dose by {method}"))
    histograms = {}
    if regions is not None:
        here = regions.on(tia.grid)
        for name in here:
            inside = np.asarray(here[name]) >= 0.5
            if inside.any():
                histograms[name] = voxel.Dvh(array, inside, spacing_mm=tia.spacing_mm, fwhm_mm=fwhm_mm)
    return dose, histograms
