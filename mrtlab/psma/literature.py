"""Doses per activity as published, the ranges to expect, and the unit trap among them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from mrtlab import _check, _numbers, planning
from mrtlab.constants import keys, sources, value
from mrtlab.errors import Flag, InputError
from mrtlab.planning.ligands import activity

__all__ = [
    "ALIASES",
    "TISSUES",
    "HalfLifePrior",
    "OrganRange",
    "PublishedDose",
    "UnitReading",
    "half_life_prior",
    "organ_range",
    "per_activity",
    "published",
    "published_alpha",
    "unit_readings",
]

TISSUES = ("kidney", "parotid", "lacrimal", "marrow", "tumour")
"""Tissues with an expected range."""

ALIASES = {
    "kidneys": "kidney",
    "parotids": "parotid",
    "parotid glands": "parotid",
    "lacrimal glands": "lacrimal",
    "red marrow": "marrow",
    "bone marrow": "marrow",
    "tumours": "tumour",
    "lesion": "tumour",
    "lesions": "tumour",
}
"""Other names by which the tissues go."""

_Z95 = 1.96


def tissue_name(tissue: str, allowed=TISSUES) -> str:
    """One of the names in use; others are understood."""
    return _check.choice("tissue", ALIASES.get(tissue, tissue) if isinstance(tissue, str) else tissue, allowed)


@dataclass(frozen=True)
class PublishedDose:
    """One published dose per activity.

    Attributes
    ----------
    tissue, drug : str
        An empty drug was not visible in what could be seen of the paper.
    value : float
        As printed.
    unit : str
        As printed.
    citation, status : str
        Status as in :class:`mrtlab.constants.Source`.
    sd : float or None
        Standard deviation between patients, as printed.
    per : {"activity", "cycle"}
        What the number is of. ``"cycle"``: the printed unit cannot be meant.
    cycle_mbq : float or None
        Activity of a cycle, where the number is of a cycle.
    patients : int or None
    method, remark : str
    """

    tissue: str
    value: float
    citation: str
    status: str
    drug: str = ""
    unit: str = "Gy/GBq"
    sd: float | None = None
    per: str = "activity"
    cycle_mbq: float | None = None
    patients: int | None = None
    method: str = ""
    remark: str = ""
    sources: tuple[str, ...] = ("psma.published",)

    @property
    def gy_per_mbq(self) -> float | None:
        """Dose per activity, Gy/MBq; None for what is printed in Sv."""
        if not self.unit.startswith("Gy"):
            return None
        return per_activity(self.value, self.cycle_mbq) if self.per == "cycle" else self.value / 1000

    @property
    def flags(self) -> tuple[str, ...]:
        """``PRINTED_UNIT_DOUBTFUL`` where the number is read against its unit."""
        return (Flag.PRINTED_UNIT_DOUBTFUL,) if self.per == "cycle" else ()


@cache
def _table(part: str) -> tuple[PublishedDose, ...]:
    read = tomllib.loads(files("mrtlab").joinpath("data/psma.toml").read_text(encoding="utf-8"))
    return tuple(PublishedDose(**row) for row in read[part])


def published(tissue: str | None = None, drug: str | None = None) -> tuple[PublishedDose, ...]:
    """Doses per activity of Lu-177-PSMA as published.

    Parameters
    ----------
    tissue, drug : str, optional
        Only these, such as ``"kidney"`` or ``"Lu-177-PSMA-617"``.

    Raises
    ------
    InputError
        For a tissue or drug that is not in the table; the message lists those that are.

    Examples
    --------
    >>> [round(1000 * row.gy_per_mbq, 3) for row in published("kidney") if "Ells" in row.citation]
    [0.546, 0.691]
    """
    return _chosen(_table("lu177"), tissue, drug)


def published_alpha(tissue: str | None = None, drug: str | None = None) -> tuple[PublishedDose, ...]:
    """Doses per activity of alpha emitters, as printed: weighted with an RBE of 5 and called sievert.

    The sievert is kept only because it is printed: an RBE for deterministic effects makes no equivalent dose. What
    :func:`alpha_dose` gives is named ``Gy (RBE 5)``.
    """
    return _chosen(_table("alpha"), tissue, drug)


def _chosen(rows, tissue, drug):
    if tissue is not None:
        tissue = tissue_name(tissue, tuple(dict.fromkeys(row.tissue for row in rows)))
        rows = tuple(row for row in rows if row.tissue == tissue)
    if drug is not None:
        _check.choice("drug", drug, tuple(dict.fromkeys(row.drug for row in rows if row.drug)))
        rows = tuple(row for row in rows if row.drug == drug)
    return rows


@dataclass(frozen=True)
class OrganRange:
    """Dose per activity to expect of a tissue, log-normal between patients.

    Attributes
    ----------
    tissue : str
    median_gy_per_mbq, gsd : float
        Median and geometric standard deviation. 0.55 Gy/GBq is 0.00055.
    status : str
    sources : tuple of str
    """

    tissue: str
    median_gy_per_mbq: float
    gsd: float
    status: str
    sources: tuple[str, ...]

    @property
    def interval95_gy_per_mbq(self) -> tuple[float, float]:
        """Between which 95 % of patients are expected."""
        return self.median_gy_per_mbq / self.gsd**_Z95, self.median_gy_per_mbq * self.gsd**_Z95

    def expected(self, activity_mbq: float) -> planning.ExpectedRange:
        """Range of the dose from an activity, for :func:`mrtlab.planning.verify`."""
        activity_mbq = _numbers.single("activity_mbq", _check.positive("activity_mbq", activity_mbq))
        return planning.expected_range(activity_mbq * self.median_gy_per_mbq, self.gsd)

    def tissue_dose(self, previous_gy: float = 0.0) -> planning.TissueDose:
        """The same for :func:`mrtlab.planning.activity_options`."""
        return planning.TissueDose(self.median_gy_per_mbq, self.gsd, previous_gy)


def organ_range(tissue: str) -> OrganRange:
    """Dose per activity of Lu-177-PSMA to expect of a tissue.

    Parameters
    ----------
    tissue : {"kidney", "parotid", "lacrimal", "marrow", "tumour"}

    Raises
    ------
    InputError
        For another tissue.

    References
    ----------
    ``psma.organ_range``: chosen to span :func:`published`; teaching values.

    Examples
    --------
    >>> low, high = organ_range("kidney").expected(7400).interval95_gy
    >>> round(low, 2), round(high, 2)
    (1.84, 9.01)
    """
    name = tissue_name(tissue)
    keys_used = (f"psma.range_{name}_gy_per_gbq", f"psma.range_{name}_gsd")
    median, gsd = (value(key) for key in keys_used)
    return OrganRange(name, median / 1000, gsd, sources(keys_used[0]).status, ("psma.organ_range", *keys_used))


@dataclass(frozen=True)
class HalfLifePrior:
    """Effective half-lives of a population, log-normal.

    Attributes
    ----------
    tissue : str
    median_h, gsd : float
    status : str
        ``"illustrative"`` for those of :func:`half_life_prior`.
    sources : tuple of str
    """

    tissue: str
    median_h: float
    gsd: float
    status: str = "illustrative"
    sources: tuple[str, ...] = ()


def half_life_prior(tissue: str) -> HalfLifePrior:
    """Effective half-lives of Lu-177-PSMA-617 to begin with in teaching; remembered with low confidence.

    Nothing uses them unasked, and results that were asked to are flagged ``TEACHING_KINETICS``.

    Parameters
    ----------
    tissue : {"kidney", "parotid", "lacrimal", "tumour"}
        There is none for the marrow.

    Raises
    ------
    InputError
        For another tissue.
    """
    known = [name for name in TISSUES if f"psma.half_life_{name}_h" in keys()]
    name = tissue_name(tissue, known)
    keys_used = (f"psma.half_life_{name}_h", f"psma.half_life_{name}_gsd")
    return HalfLifePrior(name, *(value(key) for key in keys_used), sources(keys_used[0]).status, keys_used)


def per_activity(dose_per_cycle_gy, cycle_mbq):
    """Dose per activity from the dose of a cycle, Gy/MBq.

    Parameters
    ----------
    dose_per_cycle_gy : float, array or ufloat
    cycle_mbq : float, array or ufloat
        Activity of that cycle, MBq.

    Raises
    ------
    InputError
        For numbers out of range.

    Warns
    -----
    PlausibilityWarning
        For less than 20 MBq: gigabecquerels?

    References
    ----------
    Definition.
    """
    dose_per_cycle_gy = _check.positive("dose_per_cycle_gy", dose_per_cycle_gy)
    return dose_per_cycle_gy / activity("cycle_mbq", cycle_mbq)


@dataclass(frozen=True)
class UnitReading:
    """One way to read a printed number.

    Attributes
    ----------
    per : {"activity", "cycle"}
    gy_per_mbq : float
    per_cycle_gy, course_gy : float
    z : float
        Distance from the median of :func:`organ_range` in its standard deviations, on the logarithmic scale.
    plausible : bool
        ``abs(z) <= 1.96``.
    """

    per: str
    gy_per_mbq: float
    per_cycle_gy: float
    course_gy: float
    z: float
    plausible: bool


def unit_readings(printed: float, cycle_mbq: float, tissue: str, cycles: int = 6) -> tuple[UnitReading, UnitReading]:
    """A printed number read as Gy/GBq and as Gy per cycle, each against the range to expect.

    Parameters
    ----------
    printed : float
    cycle_mbq : float
    tissue : str
        As for :func:`organ_range`.
    cycles : int
        Of the course.

    Raises
    ------
    InputError
        For numbers out of range or another tissue.

    References
    ----------
    Arithmetic; which reading is meant stays an inference.

    Examples
    --------
    >>> [(one.per, round(one.course_gy), one.plausible) for one in unit_readings(4.04, 7400, "kidney")]
    [('activity', 179, False), ('cycle', 24, True)]
    """
    printed = _numbers.single("printed", _check.positive("printed", printed))
    cycle_mbq = _numbers.single("cycle_mbq", activity("cycle_mbq", cycle_mbq))
    cycles = whole("cycles", cycles)
    expected = organ_range(tissue)
    readings = []
    for per, per_mbq in (("activity", printed / 1000), ("cycle", printed / cycle_mbq)):
        z = float(np.log(per_mbq / expected.median_gy_per_mbq) / np.log(expected.gsd))
        dose = per_mbq * cycle_mbq
        readings.append(UnitReading(per, per_mbq, dose, cycles * dose, z, abs(z) <= _Z95))
    return readings[0], readings[1]


def whole(name: str, number, least: int = 1, most: int = 20) -> int:
    """A whole number in a range."""
    number = _numbers.single(name, number)
    if number != int(number) or not least <= number <= most:
        raise InputError(f"{name} must be a whole number from {least} to {most}, got {number:g}")
    return int(number)
