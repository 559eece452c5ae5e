"""Four small DICOM files of simulated patients, whose headers say what the tables of the exercise show.

The pictures are a few voxels of no particular anatomy: what counts is in the header, and in one voxel of the PET.
"""

from __future__ import annotations

import random
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pydicom

from mrtlab.dicom import write_nm, write_pet
from mrtlab.images import Image

SIDE = 8
LESION = (3, 4)  # row and column from 0
BRIGHTEST = (6, 3)
STORED_MAX = 65535
VOXEL_MM = 60.0  # a body in few voxels, so that the files stay small
DAY = datetime(2027, 3, 2, tzinfo=timezone(timedelta(hours=1)))  # of all scans; far from a change of the clocks
TRACER = {"nuclide": "Lu-177", "administered_mbq": 7400.0}
SPECT = {"modality": "NM", "heads": 2, "window_kev": (187.2, 228.8), "decay_state": "NONE"}


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
        folder = Path(folder)
        return {
            "a-pet.dcm": _pet(values, folder / "a", seed, stream),
            "b-spect.dcm": _spect(values, folder / "b.dcm", seed, stream),
            "c-spect.dcm": _late(values, folder / "c.dcm", seed, stream),
            "d-spect.dcm": _uncorrected(values, folder / "d.dcm", seed, stream),
        }


def _pet(values, folder: Path, seed: int, stream: random.Random) -> bytes:
    """One slice, corrected to administration; its brightest voxel sets the slope."""
    stored = np.array([stream.randint(60, 400) for _ in range(SIDE * SIDE)], float).reshape(1, SIDE, SIDE)
    stored[0][LESION] = values["pet_stored"]
    stored[0][BRIGHTEST] = STORED_MAX
    injected = DAY + timedelta(minutes=int(values["pet_injected_min"]))
    image = Image(
        stored * float(values["pet_slope"]),
        (4.0, 4.0, 4.0),
        "Bq/mL",
        start=injected + timedelta(minutes=int(values["pet_delay_min"])),
        nuclide="Ga-68",
        modality="PT",
        duration_s=180.0,
        decay_state="ADMIN",
        administered_mbq=float(values["pet_injected_mbq"]),
        administered_at=injected,
        corrections=("NRGY", "ATTN", "SCAT", "RAN", "DTIM"),
    )
    (path,) = write_pet(image, folder, patient="DETECTIVE-A", seed=seed, keep_dates=True).files
    return path.read_bytes()


def _spect(values, path: Path, seed: int, stream: random.Random) -> bytes:
    frames = int(values["frames"])
    image = _counts(
        values["spect_counts"],
        stream,
        start=DAY.replace(hour=11),
        duration_s=frames * float(values["frame_s"]),
        administered_at=DAY - timedelta(days=4, hours=-9),
        corrections=("NRGY", "ATTN", "SCAT", "DTIM"),
    )
    write_nm(image, path, patient="DETECTIVE-B", seed=seed, keep_dates=True, projections=frames)
    return path.read_bytes()


def _late(values, path: Path, seed: int, stream: random.Random) -> bytes:
    """Injected on the evening before; the header keeps the time of day alone, and was finished after processing."""
    injected = DAY - timedelta(days=1) + timedelta(minutes=int(values["late_injected_min"]))
    start = injected + timedelta(minutes=int(values["late_scan_min"]) + 1440 - int(values["late_injected_min"]))
    image = _counts(
        stream.randint(6_000_000, 9_000_000),
        stream,
        start=start,
        duration_s=1200.0,
        administered_at=injected,
        corrections=("NRGY", "ATTN", "SCAT", "DTIM"),
    )
    write_nm(image, path, patient="DETECTIVE-C", seed=seed, keep_dates=True)
    ds = pydicom.dcmread(path)
    (tracer,) = ds.RadiopharmaceuticalInformationSequence
    del tracer.RadiopharmaceuticalStartDateTime
    ds.ContentTime = (start + timedelta(minutes=int(values["processed_min"]))).strftime("%H%M%S")
    ds.save_as(path)
    return path.read_bytes()


def _uncorrected(values, path: Path, seed: int, stream: random.Random) -> bytes:
    image = _counts(
        stream.randint(3_000_000, 6_000_000),
        stream,
        start=DAY.replace(hour=15),
        duration_s=1200.0,
        administered_at=DAY - timedelta(days=1, hours=-10),
        corrections=tuple(values["corrections"].split("\\")),
    )
    write_nm(image, path, patient="DETECTIVE-D", seed=seed, keep_dates=True)
    return path.read_bytes()


def _counts(total, stream: random.Random, **about) -> Image:
    """A volume of whole counts with exactly this total."""
    weights = np.array([stream.uniform(0.6, 1.4) for _ in range(SIDE**3)])
    exact = weights * (int(total) / weights.sum())
    counts = np.floor(exact)
    left_over = int(total) - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:left_over]] += 1
    return Image(counts.reshape((SIDE,) * 3), (VOXEL_MM,) * 3, "counts", **TRACER, **SPECT, **about)
