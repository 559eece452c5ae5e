"""Stored pixel values, with every length checked before memory is taken."""

from __future__ import annotations

import numpy as np

from mrtlab.dicom._elements import Elements

MAX_VOXELS = 2**29
"""Largest image read: 1000 slices of 512 by 512 fit twice."""
MAX_COMPRESSION = 200
"""More than lossless methods reach on images; a file that claims more is a bomb."""


def declared_shape(file: Elements) -> tuple[int, int, int]:
    """Frames, rows, columns as the header has them."""
    frames = file.whole("NumberOfFrames")
    shape = (1 if frames is None else frames, *(_needed(file, keyword) for keyword in ("Rows", "Columns")))
    for keyword, size in zip(("NumberOfFrames", "Rows", "Columns"), shape, strict=True):
        if size < 1:
            file.fail(keyword, f"is {size}; it must be at least 1")
    if shape[0] * shape[1] * shape[2] > MAX_VOXELS:
        file.fail("Rows", f"with Columns and NumberOfFrames declares {shape} pixels; over {MAX_VOXELS} are refused")
    return shape


def stored_values(file: Elements) -> np.ndarray:
    """Stored values, whole numbers of shape (frames, rows, columns).

    Raises
    ------
    InputError
        If the description of the pixels is not that of a grey image, contradicts itself or the length of the data, or
        if the data are compressed in a way that loses information or cannot be undone here.
    """
    shape = declared_shape(file)
    if _needed(file, "SamplesPerPixel") != 1:
        file.fail("SamplesPerPixel", "is not 1: a colour picture holds no measured values")
    if file.text("PhotometricInterpretation") not in ("MONOCHROME1", "MONOCHROME2"):
        file.fail("PhotometricInterpretation", "is not MONOCHROME2: the pixels hold no measured values")
    if file.text("LossyImageCompression") == "01":
        file.fail("LossyImageCompression", "is 01: the values were altered by lossy compression; export them again")
    allocated, stored, high = (_needed(file, keyword) for keyword in ("BitsAllocated", "BitsStored", "HighBit"))
    signed = _needed(file, "PixelRepresentation")
    if allocated not in (8, 16, 32):
        file.fail("BitsAllocated", f"is {allocated}; 8, 16 and 32 are read")
    if not 1 <= stored <= allocated:
        file.fail("BitsStored", f"is {stored}; with {allocated} bits allocated it must lie between 1 and {allocated}")
    if high != stored - 1:
        file.fail("HighBit", f"is {high}; with {stored} bits stored it must be {stored - 1}")
    if signed not in (0, 1):
        file.fail("PixelRepresentation", f"is {signed}; it must be 0 (unsigned) or 1 (signed)")
    compressed = file.syntax.is_compressed
    values = _decompressed(file, shape) if compressed else _plain(file, shape, allocated, signed)
    low, top = (-(2 ** (stored - 1)), 2 ** (stored - 1) - 1) if signed else (0, 2**stored - 1)
    if values.min() < low or values.max() > top:
        file.fail("BitsStored", f"is {stored}, but the pixels hold values from {values.min()} to {values.max()}")
    return values


def _plain(file: Elements, shape: tuple[int, int, int], allocated: int, signed: int) -> np.ndarray:
    if allocated == 8 and not file.syntax.is_little_endian:
        file.fail("BitsAllocated", "is 8 in a big-endian file; save it again as Explicit VR Little Endian")
    data = file.pixel_data()
    wanted = shape[0] * shape[1] * shape[2] * allocated // 8
    if len(data) != wanted + wanted % 2:
        file.fail(
            "PixelData",
            f"has {len(data)} bytes, but {shape[0]} frames of {shape[1]} × {shape[2]} pixels with {allocated} bits "
            f"need {wanted}; the file is cut short or its header is wrong",
        )
    order = "<" if file.syntax.is_little_endian else ">"
    kind = np.dtype(f"{order}{'i' if signed else 'u'}{allocated // 8}")
    return np.frombuffer(data, kind, wanted // kind.itemsize).reshape(shape)


def _decompressed(file: Elements, shape: tuple[int, int, int]) -> np.ndarray:
    data = file.pixel_data()
    if shape[0] * shape[1] * shape[2] > MAX_COMPRESSION * len(data):
        file.fail("PixelData", f"would grow more than {MAX_COMPRESSION}-fold when decompressed; that is refused")
    try:
        values = np.asarray(file.dataset.pixel_array)
    except Exception:
        file.fail(
            "PixelData",
            "is compressed in a way that cannot be decoded here, or damaged; save it as Explicit VR Little Endian",
        )
    if values.size != shape[0] * shape[1] * shape[2] or values.dtype.kind not in "iu":
        file.fail("PixelData", f"holds other than the declared {shape} pixels when decompressed")
    return values.reshape(shape)


def _needed(file: Elements, keyword: str) -> int:
    found = file.whole(keyword)
    if found is None:
        file.fail(keyword, "is missing; without it the pixels cannot be read")
    return found
