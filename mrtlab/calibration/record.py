"""The calibration of one camera for one nuclide, kept in a file that a person can read and write."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from uncertainties import UFloat, correlated_values, correlation_matrix, ufloat

from mrtlab import _check
from mrtlab.calibration.partial_volume import RecoveryCurve
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide

__all__ = ["CAMERA_FILE", "CameraCalibration", "read_camera", "write_camera"]

CAMERA_FILE = "camera.toml"
_PLAIN = {
    "nuclide": str,
    "sensitivity_cps_per_mbq": float,
    "u_sensitivity_cps_per_mbq": float,
    "heads": int,
    "window_kev": list,
    "fwhm_mm": float,
    "dead_time_s": float,
    "u_dead_time_s": float,
    "dead_time_model": str,
    "corrected_counts_per_raw": float,
    "repeatability_rel": float,
    "outline_fwhm_mm": float,
    "outline_voxel_mm": float,
    "remark": str,
}
_KINDS = {str: "a text", float: "a number", int: "a whole number", list: "a list"}
_DEAD_TIME_MODELS = ("paralysable", "nonparalysable")
_RECOVERY = ("b1_ml", "u_b1_ml", "b2", "u_b2", "correlation", "smallest_ml", "largest_ml")


@dataclass(frozen=True, eq=False)
class CameraCalibration:
    """What turns counts of one camera into activity, with what is known of its resolution.

    Parameters
    ----------
    nuclide : str
    sensitivity_cps_per_mbq : ufloat
        Of the reconstructed image, all heads together.
    fwhm_mm : float
        Resolution of the image, mm.
    heads : int
        How many heads the sensitivity is the sum of.
    window_kev : (float, float), optional
        Energy window it was measured in.
    recovery : RecoveryCurve, optional
        Without it no correction for the partial volume can be made.
    dead_time_s : ufloat, optional
        Of the same window. Without it count losses cannot be corrected.
    dead_time_model : {"paralysable", "nonparalysable"}
    corrected_counts_per_raw : float, optional
        Counts of the reconstructed image, all corrections made, for each count recorded in the window (the sum of the
        projections), measured on the calibration phantom at a low rate. Dead time acts on recorded counts; without
        this number their rate is not known from a corrected image, and count losses are not corrected.
    repeatability_rel : float, optional
        Relative scatter of the activity of a region from scan to scan, beyond that of its counts.
    outline_voxel_mm, outline_fwhm_mm : float
        Voxel and resolution of the image on which regions are outlined; CT by default (illustrative).
    remark : str
    """

    nuclide: str
    sensitivity_cps_per_mbq: UFloat
    fwhm_mm: float
    heads: int = 2
    window_kev: tuple[float, float] | None = None
    recovery: RecoveryCurve | None = None
    dead_time_s: UFloat | None = None
    dead_time_model: str = "paralysable"
    corrected_counts_per_raw: float | None = None
    repeatability_rel: float | None = None
    outline_voxel_mm: float = 2.0
    outline_fwhm_mm: float = 3.0
    remark: str = ""

    def __post_init__(self):
        object.__setattr__(self, "nuclide", find_nuclide(self.nuclide).name)
        for name in ("sensitivity_cps_per_mbq", "fwhm_mm", "outline_voxel_mm", "outline_fwhm_mm"):
            _check.positive(name, getattr(self, name))
        if self.repeatability_rel is not None:
            _check.fraction("repeatability_rel", self.repeatability_rel)
        if self.dead_time_s is not None:
            _check.positive("dead_time_s", self.dead_time_s, "seconds: 4.6 µs is 4.6e-6")
        _check.choice("dead_time_model", self.dead_time_model, _DEAD_TIME_MODELS)
        if self.corrected_counts_per_raw is not None:
            _check.positive("corrected_counts_per_raw", self.corrected_counts_per_raw)
        if self.window_kev is not None and not 0 < self.window_kev[0] < self.window_kev[1]:
            raise InputError(f"window_kev must be a lower and an upper limit in keV, got {self.window_kev}")


def read_camera(path) -> CameraCalibration:
    """Read a calibration file (TOML).

    Parameters
    ----------
    path : str or Path
        Written by :func:`write_camera`, or by hand with the same keys.

    Raises
    ------
    InputError
        For a file that is no TOML, unknown or missing keys, and values of another kind.
    """
    path = Path(path)
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise InputError(f"{path.name}: there is no such calibration file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise InputError(f"{path.name} cannot be read as TOML: {fault}; decimals have a point") from None
    recovery = entries.pop("recovery", None)
    _known(path, entries, _PLAIN)
    for name in ("nuclide", "sensitivity_cps_per_mbq", "u_sensitivity_cps_per_mbq", "fwhm_mm"):
        if name not in entries:
            raise InputError(f"{path.name} lacks {name}")
    for name, item in entries.items():
        wanted = (int, float) if _PLAIN[name] is float else _PLAIN[name]
        if not isinstance(item, wanted) or isinstance(item, bool):
            raise InputError(f"{path.name}: {name} must be {_KINDS[_PLAIN[name]]}, got {item!r}")
    dead_time = entries.pop("dead_time_s", None)
    u_dead_time = entries.pop("u_dead_time_s", 0.0)
    window = entries.pop("window_kev", None)
    if window is not None and (len(window) != 2 or not all(isinstance(end, (int, float)) for end in window)):
        raise InputError(f"{path.name}: window_kev must be two numbers in keV, got {window!r}")
    sensitivity = ufloat(
        entries.pop("sensitivity_cps_per_mbq"), entries.pop("u_sensitivity_cps_per_mbq"), "sensitivity"
    )
    return CameraCalibration(
        sensitivity_cps_per_mbq=sensitivity,
        window_kev=None if window is None else (float(window[0]), float(window[1])),
        recovery=None if recovery is None else _recovery(path, recovery),
        dead_time_s=None if dead_time is None else ufloat(dead_time, u_dead_time, "dead time"),
        **entries,
    )


def write_camera(camera: CameraCalibration, path) -> None:
    """Write a calibration file (TOML) that :func:`read_camera` reads to the same numbers.

    Raises
    ------
    InputError
        For a recovery curve with a plateau, which the file has no place for.
    """
    if camera.recovery is not None and _check.nominal(camera.recovery.plateau) != 1:
        raise InputError("a recovery curve with a plateau cannot be written to a calibration file")
    q = camera.sensitivity_cps_per_mbq
    lines = [
        "# Calibration of a camera for one nuclide. Units are in the names; u_ is a standard uncertainty (k = 1).",
        f'nuclide = "{camera.nuclide}"',
        "# of the reconstructed image, all heads together",
        f"sensitivity_cps_per_mbq = {q.nominal_value!r}",
        f"u_sensitivity_cps_per_mbq = {q.std_dev!r}",
        f"heads = {camera.heads}",
        f"fwhm_mm = {float(camera.fwhm_mm)!r}",
        f"outline_voxel_mm = {float(camera.outline_voxel_mm)!r}",
        f"outline_fwhm_mm = {float(camera.outline_fwhm_mm)!r}",
    ]
    if camera.window_kev is not None:
        lines.append(f"window_kev = [{float(camera.window_kev[0])!r}, {float(camera.window_kev[1])!r}]")
    if camera.repeatability_rel is not None:
        lines.append(f"repeatability_rel = {float(camera.repeatability_rel)!r}")
    if camera.dead_time_s is not None:
        dead_time = _check.exact(camera.dead_time_s)
        lines += [f"dead_time_s = {dead_time.nominal_value!r}", f"u_dead_time_s = {dead_time.std_dev!r}"]
        lines.append(f'dead_time_model = "{camera.dead_time_model}"')
    if camera.corrected_counts_per_raw is not None:
        lines.append("# counts of the corrected image for each count of the projections; dead time acts on those")
        lines.append(f"corrected_counts_per_raw = {float(camera.corrected_counts_per_raw)!r}")
    if camera.remark:
        # the escapes of JSON are those of TOML's basic strings
        lines.append(f"remark = {json.dumps(camera.remark, ensure_ascii=False)}")
    if camera.recovery is not None:
        b1, b2 = _check.exact(camera.recovery.b1_ml), _check.exact(camera.recovery.b2)
        linked = b1.std_dev > 0 and b2.std_dev > 0
        lines += ["", "# R(V) = 1 / (1 + (b1 / V)^b2)", "[recovery]"]
        lines += [f"b1_ml = {b1.nominal_value!r}", f"u_b1_ml = {b1.std_dev!r}"]
        lines += [f"b2 = {b2.nominal_value!r}", f"u_b2 = {b2.std_dev!r}"]
        lines.append(f"correlation = {float(correlation_matrix([b1, b2])[0][1]) if linked else 0.0!r}")
        if camera.recovery.volume_range_ml is not None:
            smallest, largest = camera.recovery.volume_range_ml
            lines += [f"smallest_ml = {float(smallest)!r}", f"largest_ml = {float(largest)!r}"]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _recovery(path: Path, entries) -> RecoveryCurve:
    if not isinstance(entries, dict):
        raise InputError(f"{path.name}: [recovery] must hold {', '.join(_RECOVERY)}")
    _known(path, entries, _RECOVERY)
    for name in _RECOVERY[:4]:
        if not isinstance(entries.get(name), (int, float)):
            raise InputError(f"{path.name}: [recovery] lacks the number {name}")
    u1, u2, linked = entries["u_b1_ml"], entries["u_b2"], entries.get("correlation", 0.0)
    if not -1 < linked < 1:
        raise InputError(f"{path.name}: correlation must lie between -1 and 1, got {linked}")
    shared = linked * u1 * u2
    b1, b2 = correlated_values([entries["b1_ml"], entries["b2"]], [[u1**2, shared], [shared, u2**2]])
    ends = entries.get("smallest_ml"), entries.get("largest_ml")
    return RecoveryCurve(b1, b2, volume_range_ml=None if None in ends else ends)


def _known(path: Path, entries, names) -> None:
    unknown = sorted(set(entries) - set(names))
    if unknown:
        raise InputError(f"{path.name} has the unknown entries {', '.join(unknown)}; known are {', '.join(names)}")
