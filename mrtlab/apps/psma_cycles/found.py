"""The results of the sections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import psma
from mrtlab.errors import Flag

__all__ = ["Alpha", "Bed", "Cycles", "Glands", "Marrows", "Sink", "Units", "texts"]


def texts(flags) -> tuple[str, ...]:
    """Flags as sentences."""
    return tuple(Flag(one).text for one in flags)


@dataclass(frozen=True, eq=False)
class Units:
    """A printed number read in two ways, among all that is published.

    Attributes
    ----------
    row : PublishedDose
    tissue : str
        Whose range it is compared with.
    readings : tuple of UnitReading
    published : tuple of PublishedDose
    ranges : dict of str to OrganRange
    cycles : int
    cycle_gbq : float
    """

    row: psma.PublishedDose
    tissue: str
    readings: tuple[psma.UnitReading, psma.UnitReading]
    published: tuple[psma.PublishedDose, ...]
    ranges: dict[str, psma.OrganRange]
    cycles: int
    cycle_gbq: float


@dataclass(frozen=True, eq=False)
class Sink:
    """Doses of two organs while the tumour changes.

    Attributes
    ----------
    volumes_ml : array, shape (cycles,)
    doses_gy : dict of str to array, shape (cycles,)
    strength, half_volume_ml, activity_gbq : float
    """

    volumes_ml: np.ndarray
    doses_gy: dict[str, np.ndarray]
    strength: float
    half_volume_ml: float
    activity_gbq: float

    def total(self, tissue: str) -> float:
        """Of all cycles, Gy."""
        return float(np.sum(self.doses_gy[tissue]))

    def naive(self, tissue: str) -> float:
        """What the first cycle alone would promise, Gy."""
        return float(len(self.volumes_ml) * self.doses_gy[tissue][0])


@dataclass(frozen=True, eq=False)
class Bed:
    """Biologically effective dose of a tissue after the course.

    Attributes
    ----------
    tissue : str
    dose_gy : float or ufloat
    bed_gy : float or ufloat or None
        None where alpha/beta is known as a range only.
    band_gy : tuple of float or None
        Over the parameters; None where none are known, and there is no BED.
    alpha_beta_gy, repair_h : tuple of float
        The ranges of the band; empty without one.
    status : str
    """

    tissue: str
    dose_gy: float | UFloat
    bed_gy: float | UFloat | None
    band_gy: tuple[float, float] | None
    alpha_beta_gy: tuple[float, ...]
    repair_h: tuple[float, ...]
    status: str


@dataclass(frozen=True, eq=False)
class Cycles:
    """A course with the limits that were chosen.

    Attributes
    ----------
    course : Course
    tissue : str
    limits_gy : dict of str to float
        Of those tissues that have one.
    beds : tuple of Bed
    remarks : tuple of str
    """

    course: psma.Course
    tissue: str
    limits_gy: dict[str, float]
    beds: tuple[Bed, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Glands:
    """The dose of a gland with and without its corrections.

    Attributes
    ----------
    gland : str
    rows : dict of str to float or ufloat
        ``"seen"``, ``"overlap"`` (only that subtracted), ``"recovery"`` (only that corrected), ``"both"``, Gy.
    recovery, overlap : float
    mass_g, assumed_g : float
    remarks : tuple of str
    """

    gland: str
    rows: dict[str, float | UFloat]
    recovery: float
    overlap: float
    mass_g: float
    assumed_g: float
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Marrows:
    """The dose of the marrow by the blood, and by a region in an image.

    Attributes
    ----------
    blood : Marrow
    image : Marrow or None
        None where the region does not lie in uninvolved marrow.
    region_gy : float
        What the activity in the region would make of it, wherever it lies.
    refused : str
        Why there is no dose by the image.
    site : str
    ratio : float
        Marrow over blood.
    remarks : tuple of str
    """

    blood: psma.Marrow
    image: psma.Marrow | None
    region_gy: float
    refused: str
    site: str
    ratio: float
    remarks: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Alpha:
    """The dose of Ac-225 with daughters as chosen, beside that with all of them at the site.

    Attributes
    ----------
    dose, whole : AlphaDose
    kidneys : AlphaDose
        From the free Bi-213 that goes there.
    kidney_share : float
    choice : str
        In words, to be written down with the dose.
    remarks : tuple of str
    """

    dose: psma.AlphaDose
    whole: psma.AlphaDose
    kidneys: psma.AlphaDose
    kidney_share: float
    choice: str
    remarks: tuple[str, ...]
