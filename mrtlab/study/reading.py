"""A folder of DICOM files, sorted into the images of one study."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

from mrtlab import _check, clock
from mrtlab.calibration import CAMERA_FILE, CameraCalibration, read_camera
from mrtlab.errors import InputError
from mrtlab.images import Image
from mrtlab.study.whole import Study

__all__ = ["read_study"]

_SLOPE = re.compile(r", slope [-+.e\d]+")
_DATE = re.compile(r" ?\d{4}-\d\d-\d\d(T[\d:.]+([+-]\d\d:\d\d|Z)?)?")
_SAME_ACTIVITY = 0.01
_SAME_TIME_H = 1 / 60
_SUMMER_TIME = (
    ". Exactly one hour: if summer time began or ended between the scans, each file gives its own (0008,0201) Timezone "
    "Offset From UTC to the one time of administration; the right offset belongs into (0018,1078) itself"
)


def read_study(
    place,
    *,
    camera: CameraCalibration | str | Path | None = None,
    nuclide: str | None = None,
    administered_mbq: float | None = None,
    administered_at: datetime | None = None,
    timezone: str | tzinfo | None = None,
    statements: Mapping | None = None,
    same_coordinates: bool = False,
    progress: Callable[[str], None] = lambda text: None,
) -> Study:
    """Read the images of one administration from a folder or a zip file.

    Parameters
    ----------
    place : path
        With reconstructed SPECT (one NM file each) or PET series, one RTSTRUCT or SEG, and a CT if there is one.
        Planar images, projections, localisers and dose grids are passed over, and it is said.
    camera : CameraCalibration or path, optional
        By default ``camera.toml`` in the folder, if there is one.
    nuclide, administered_mbq, administered_at, timezone : optional
        State what the files do not say; a statement that a file contradicts is refused.
    statements : mapping, optional
        Further keywords of :func:`mrtlab.dicom.read_image` for all scans, such as ``{"decay_state": "NONE"}``.
    same_coordinates : bool
        States that everything lies in the same coordinates, where a file has no frame of reference.
    progress : callable
        Called with a few words before each step.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        For a folder without images or regions, with images of several patients or administrations, or with anything
        :func:`mrtlab.dicom.read_image` refuses.
    """
    from mrtlab import dicom
    from mrtlab.dicom import archive

    place = Path(place)
    with ExitStack() as opened:
        if place.is_file() and archive.is_zip(place):
            progress("unpacking")
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="mrtlab-")))
            files = archive.unpack(place, folder, keep=CAMERA_FILE)
        elif place.is_dir():
            files = place
        else:
            raise InputError(f"{place.name} is neither a folder nor a zip file of DICOM images")
        if camera is None and (files / CAMERA_FILE).is_file():
            camera = files / CAMERA_FILE
        if camera is not None and not isinstance(camera, CameraCalibration):
            camera = read_camera(camera)
        progress("sorting the files")
        series = dicom.find_series(files, timezone=timezone)
        found = _sorted(place.name, series)
        stated = {"timezone": timezone, "administered_at": administered_at, "administered_mbq": administered_mbq}
        scans = []
        for number, one in enumerate(found["activity"], 1):
            progress(f"reading scan {number} of {len(found['activity'])}")
            scans.append(dicom.read_image(one, nuclide=nuclide, **stated, **(statements or {})))
        scans = _in_order(scans)
        ct = None
        if found["anatomy"]:
            progress("reading the CT")
            ct = dicom.read_image(found["anatomy"][0], timezone=timezone)
        progress("reading the regions")
        regions = dicom.read_regions(found["regions"][0].files[0], ct if ct is not None else scans[0])
    known = nuclide or scans[0].nuclide or (camera.nuclide if camera is not None else None)
    if known is None:
        raise InputError("no file names the nuclide; state nuclide='Lu-177' (--nuclide)")
    scans = tuple(scan if scan.nuclide else scan.changed(nuclide=known) for scan in scans)
    if any(scan.nuclide != scans[0].nuclide for scan in scans):
        raise InputError(
            f"the scans are of {', '.join(sorted({scan.nuclide for scan in scans}))}; a study has one nuclide"
        )
    moment, activity = _administration(scans)
    return Study(
        tuple(replace(scan, administered_at=moment, administered_mbq=activity) for scan in scans),
        regions,
        scans[0].nuclide,
        moment,
        activity,
        ct,
        camera,
        _understood(found, scans, ct, regions, camera),
        same_coordinates,
    )


def _sorted(name: str, series) -> dict[str, list]:
    """Series by their use; refused where the choice is not ours."""
    if len({one.subject for one in series if one.subject}) > 1:
        raise InputError(f"{name} holds images of several patients; give a folder for each")
    found = {"activity": [], "anatomy": [], "regions": [], "": []}
    for one in series:
        wanted = one.use if one.use != "activity" or one.kind == "volume" else ""
        found[wanted if wanted in found else ""].append(one)
    if not found["activity"]:
        raise InputError(
            f"{name} holds no reconstructed SPECT and no PET"
            + (f"; there are {_listed(series)}" if series else "; there is no DICOM file in it")
        )
    if not found["regions"]:
        raise InputError(
            f"{name} holds no regions (RTSTRUCT or SEG); mrtlab does not segment. Outline the organs first"
        )
    if len(found["regions"]) > 1:
        there = _listed(found["regions"])
        raise InputError(
            f"{name} holds {len(found['regions'])} sets of regions: {there}. Leave the one for these scans"
        )
    if len({one.frame_of_reference for one in found["anatomy"]}) > 1:
        there = _listed(found["anatomy"])
        raise InputError(f"{name} holds CT series in different coordinates: {there}. Leave the one for these scans")
    modalities = {one.modality for one in found["activity"]}
    if len(modalities) > 1:
        raise InputError(f"{name} holds {' and '.join(sorted(modalities))}; give the scans of one camera")
    return found


def _listed(series) -> str:
    """Series one by one; those that would read alike with their hours after the first, as dates stay here."""
    plain = [str(one) for one in series]
    starts = [one.start for one in series if one.start is not None]
    texts = []
    for text, one in zip(plain, series, strict=True):
        alike = plain.count(text) > 1 and one.start is not None
        hours = clock.elapsed_h(min(starts, key=datetime.timestamp), one.start) if alike else 0.0
        texts.append(f"{text} at {hours:+.1f} h" if alike else text)
    return "; ".join(texts)


def _in_order(scans: list[Image]) -> list[Image]:
    for number, scan in enumerate(scans, 1):
        if scan.start is None:
            raise InputError(
                f"scan {number} has no start with date and time zone; state the time zone of the camera "
                "(timezone, --timezone Europe/Vienna), or mend date and time of the file"
            )
        if scan.duration_s is None:
            raise InputError(f"scan {number} does not say how long it took; its counts cannot become a rate")
    return sorted(scans, key=lambda scan: scan.start.timestamp())


def _administration(scans) -> tuple[datetime, float | None]:
    """When and how much, agreed by all scans that say it."""
    moments = [scan.administered_at for scan in scans if scan.administered_at is not None]
    if not moments:
        raise InputError(
            "no file says when the drug was given, with its date: a time of day alone may belong to any day. State "
            "administered_at (--administered-at 2027-01-11T09:00+01:00)"
        )
    apart = max(abs(clock.elapsed_h(moments[0], moment)) for moment in moments)
    if apart > _SAME_TIME_H:
        raise InputError(
            f"the scans give administrations {apart:.2f} h apart: they belong to different cycles, or a clock is wrong"
            + _SUMMER_TIME * (abs(apart - 1) < _SAME_TIME_H)
        )
    amounts = [scan.administered_mbq for scan in scans if scan.administered_mbq is not None]
    if amounts and max(amounts) > min(amounts) * (1 + _SAME_ACTIVITY):
        raise InputError(
            f"the scans give administered activities of {min(amounts):g} to {max(amounts):g} MBq; which one is right?"
        )
    return moments[0], float(_check.positive("administered_mbq", amounts[0])) if amounts else None


def _understood(found, scans, ct, regions, camera) -> tuple[str, ...]:
    briefs = list(dict.fromkeys(_brief(scan) for scan in scans))
    lines = [f"{len(scans)} scan{'s' * (len(scans) > 1)} in {scans[0].unit}: {'; '.join(briefs)}"]
    lines += _said(scans)
    if ct is None:
        lines.append("no CT: soft tissue of 1.04 g/mL")
    else:
        several = len(found["anatomy"])
        lines.append(f"CT in HU{f', the first of {several}' if several > 1 else ''}")
    lines.append(regions_line(regions))
    if camera is not None:
        lines.append(f"calibration: {camera.sensitivity_cps_per_mbq:.1uP} cps/MBq for {camera.nuclide}, all heads")
    left = [str(one.modality) + " " + one.kind for one in found[""]]
    return (*lines, *((f"passed over: {', '.join(left)}",) if left else ()))


def regions_line(regions) -> str:
    """Names and volumes."""
    return f"regions: {', '.join(f'{name} {regions.volume_ml(name):.4g} mL' for name in regions)}"


def _brief(scan: Image) -> str:
    size = "×".join(map(str, scan.array.shape))
    return f"{size} voxels of {scan.spacing_mm[2]:.3g} mm, {scan.duration_s:g} s"


def _said(scans) -> list[str]:
    """What reading said of the scans, once each; dates, which must not leave, are taken out."""
    said = [_DATE.sub("", line) for scan in scans for line in scan.understood]
    # each scan has a scale of its own; that there is one is enough
    return list(dict.fromkeys(_SLOPE.sub("", line) for line in said))
