"""Four SPECT scans of a simulated patient as DICOM, one of them with a slip in data or header.

The pictures hold the right number of counts in a few large voxels of no particular anatomy.
"""

from __future__ import annotations

import random
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pydicom

from mrtlab.dicom import write_nm
from mrtlab.images import Image

SIDE = 8
VOXEL_MM = 60.0  # a body in few voxels, so that the files stay small
DAY = datetime(2027, 3, 1, tzinfo=timezone(timedelta(hours=1)))  # of the administration; the clocks change later


def files(values, seed):
    """Files by name, from the drawn values of the exercise.

    Parameters
    ----------
    values : mapping
        See ``draw`` and ``let`` of exercise.yaml.
    seed : int

    Returns
    -------
    dict of str to bytes
    """
    stream = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="mrtlab-") as folder:
        return {
            f"scan-{scan + 1}.dcm": _scan(values, scan, Path(folder) / f"{scan}.dcm", seed, stream) for scan in range(4)
        }


def _scan(values, scan: int, path: Path, seed: int, stream: random.Random) -> bytes:
    odd = scan == int(values["planted"])
    administered_at = DAY + timedelta(minutes=int(values["injected_min"]))
    frames = int(values["frames"])
    admin = bool(values["labelled"][scan])
    image = Image(
        _counts(values["counts"][scan], stream),
        (VOXEL_MM,) * 3,
        "counts",
        start=administered_at + timedelta(minutes=int(values["header_min"][scan])),
        nuclide="Lu-177",
        modality="NM",
        duration_s=frames * float(values["each_s"][scan]),
        decay_state="ADMIN" if admin else "NONE",
        administered_mbq=float(values["administered_mbq"]),
        administered_at=administered_at,
        corrections=("NRGY", "ATTN", "SCAT", "DTIM"),
        window_kev=(float(values["low_kev"][scan]), float(values["high_kev"][scan])),
        heads=2,
    )
    write_nm(image, path, patient="UNIT-ERROR", seed=seed, keep_dates=True, projections=frames)
    if odd and values["mishap"] in ("frame", "unit"):
        _spoil(path, values, scan)
    return path.read_bytes()


def _spoil(path: Path, values, scan: int) -> None:
    """Slips that an image cannot carry, because a file would be refused: they exist in a header alone."""
    ds = pydicom.dcmread(path)
    (rotation,) = ds.RotationInformationSequence
    (tracer,) = ds.RadiopharmaceuticalInformationSequence
    rotation.ActualFrameDuration = int(values["frame_ms"][scan])
    tracer.RadionuclideTotalDose = f"{values['stored_dose'][scan]:.0f}"
    ds.save_as(path)


def _counts(total, stream: random.Random) -> np.ndarray:
    """Whole counts with exactly this total, shape (SIDE, SIDE, SIDE)."""
    weights = np.array([stream.uniform(0.6, 1.4) for _ in range(SIDE**3)])
    exact = weights * (int(total) / weights.sum())
    counts = np.floor(exact)
    left_over = int(total) - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:left_over]] += 1
    return counts.reshape((SIDE,) * 3)
