"""What a camera does to activity, in a few numbers."""

from __future__ import annotations

from dataclasses import dataclass, fields

from mrtlab import _check
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.patients._data import table

__all__ = ["Camera"]

_KINDS = ("spect", "pet", "probe")


@dataclass(frozen=True)
class Camera:
    """A gamma camera, PET scanner or uptake probe for one nuclide.

    Attributes
    ----------
    nuclide : str
    sensitivity_cps_per_mbq : float
        Of one head. Of reconstructed images, with attenuation and scatter corrected; planar in air; PET: true
        coincidences; probe: in the neck phantom.
    fwhm_mm : float
        Resolution of the image as measured, all filters included.
    dead_time_s : float
        Paralysable, of the window of the image; the probe's is non-paralysable.
    heads : int
    window_kev, lower_kev, upper_kev : (float, float) or None
        Photopeak, and the scatter windows beside it.
    other_window_kev : (float, float) or None
        A window somebody might take by mistake, with ``other_window_ratio`` of the counts.
    peak_kev : float
    escape : float
        Part of the photons that leave the body towards a head: what the crystal sees, before attenuation correction.
    inflation : float
        Variance of a reconstructed image over that of Poisson counts of the same size.
    bias_rel : float
        What the corrections of attenuation and scatter leave, at most, either way.
    background : float
        PET: uniform, as part of all counts.
    collimator : str
    """

    nuclide: str
    sensitivity_cps_per_mbq: float
    fwhm_mm: float = 12.0
    dead_time_s: float = 0.0
    heads: int = 1
    window_kev: tuple[float, float] | None = None
    lower_kev: tuple[float, float] | None = None
    upper_kev: tuple[float, float] | None = None
    other_window_kev: tuple[float, float] | None = None
    other_window_ratio: float = 1.0
    peak_kev: float = 0.0
    escape: float = 1.0
    inflation: float = 1.0
    bias_rel: float = 0.05
    background: float = 0.0
    collimator: str = ""

    def __post_init__(self):
        object.__setattr__(self, "nuclide", find_nuclide(self.nuclide).name)
        for name in ("sensitivity_cps_per_mbq", "fwhm_mm", "heads", "escape"):
            _check.positive(name, getattr(self, name))
        for name in ("dead_time_s", "peak_kev"):
            _check.non_negative(name, getattr(self, name))
        for name in ("escape", "bias_rel", "background"):
            _check.fraction(name, getattr(self, name))
        if self.dead_time_s > 1e-3:
            raise InputError(f"dead_time_s is {self.dead_time_s:g}; in seconds it is some millionths: 4.6 µs is 4.6e-6")
        if _check.finite("inflation", self.inflation) < 1:
            raise InputError(f"inflation must be 1 or more, got {self.inflation:g}")
        for name in ("window_kev", "lower_kev", "upper_kev", "other_window_kev"):
            window = getattr(self, name)
            if window is not None:
                low, high = window
                if not 0 < low < high:
                    raise InputError(f"{name} must be the lower and the upper limit in keV, got {window!r}")
                object.__setattr__(self, name, (float(low), float(high)))

    @classmethod
    def of(cls, nuclide: str, kind: str = "spect") -> Camera:
        """The camera of the package for a nuclide.

        Parameters
        ----------
        nuclide : str
        kind : {"spect", "pet", "probe"}
            Planar images use the SPECT camera.

        Raises
        ------
        InputError
            If there is none; give one then.
        """
        _check.choice("kind", kind, _KINDS)
        name, known = find_nuclide(nuclide).name, table("cameras")[kind]
        if name not in known:
            raise InputError(
                f"there is no {kind} camera for {name}, only for {', '.join(known)}; give camera=Camera({name!r}, ...)"
            )
        wanted = {item.name for item in fields(cls)}
        entry = {key: tuple(item) if isinstance(item, list) else item for key, item in known[name].items()}
        heads = 2 if kind == "spect" else 1
        return cls(name, **{"heads": heads, **{key: item for key, item in entry.items() if key in wanted}})

    def true_cps(self, activity_mbq: float) -> float:
        """Rate at one head before losses, counts per second."""
        return self.sensitivity_cps_per_mbq * self.escape * activity_mbq
