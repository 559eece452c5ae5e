"""Criteria under which a patient may leave: national data that the caller supplies, and the comparison with them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import STATUSES
from mrtlab.errors import InputError
from mrtlab.protection.contact import one

__all__ = ["ReleaseCheck", "ReleaseCriterion", "check_release", "read_release_criteria"]

QUANTITIES = {
    "activity_mbq": "activity in the patient, MBq",
    "rate_1m_usv_per_h": "dose rate at 1 m, µSv/h",
    "bystander_msv": "dose to another person, mSv",
}


@dataclass(frozen=True)
class ReleaseCriterion:
    """One limit under which a patient may leave, of one country.

    Parameters
    ----------
    country : str
    quantity : {"activity_mbq", "rate_1m_usv_per_h", "bystander_msv"}
    limit : float
        In the unit of the quantity's name.
    source : str
        The regulation.
    nuclide : str
    status : str
        How certain the number is: published, derived, recalled or illustrative.

    Raises
    ------
    InputError
        If something is missing or out of range.
    """

    country: str
    quantity: str
    limit: float
    source: str
    nuclide: str = "I-131"
    status: str = "recalled"

    def __post_init__(self):
        for name in ("country", "source", "nuclide"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name).strip():
                raise InputError(f"{name} of a release criterion is missing, got {getattr(self, name)!r}")
        _check.choice("quantity", self.quantity, tuple(QUANTITIES))
        _check.choice("status", self.status, STATUSES)
        object.__setattr__(self, "limit", _numbers.single("limit", _check.positive("limit", self.limit)))


@dataclass(frozen=True)
class ReleaseCheck:
    """One criterion and whether it is met.

    Attributes
    ----------
    criterion : ReleaseCriterion
    found : float, ufloat or None
        None if it was not given.
    met : bool or None
        None if it cannot be determined: not given, or its 95 % interval contains the limit.
    text : str
    """

    criterion: ReleaseCriterion
    found: float | UFloat | None
    met: bool | None
    text: str


def read_release_criteria(path) -> tuple[ReleaseCriterion, ...]:
    """Criteria from a TOML file of ``[[criterion]]`` tables; ``mrtlab/data/release_criteria_example.toml`` is one.

    Raises
    ------
    InputError
        If the file cannot be read, has no criterion, or one has an unknown or missing field.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML file: {error}") from None
    entries = content.get("criterion")
    if set(content) != {"criterion"} or not isinstance(entries, list) or not entries:
        raise InputError(
            f"{path} must hold [[criterion]] tables and nothing else, got {', '.join(content) or 'nothing'}"
        )
    needed = ("country", "quantity", "limit", "source", "nuclide", "status")
    found = []
    for place, entry in enumerate(entries, 1):
        wrong = sorted(set(entry) ^ set(needed))
        if wrong:
            raise InputError(f"{path}: criterion {place} must have {', '.join(needed)}; look at {', '.join(wrong)}")
        try:
            found.append(ReleaseCriterion(**entry))
        except InputError as error:
            raise InputError(f"{path}: criterion {place}: {error}") from None
    return tuple(found)


def check_release(
    criteria: Iterable[ReleaseCriterion],
    country: str,
    nuclide: str = "I-131",
    *,
    activity_mbq=None,
    rate_1m_usv_per_h=None,
    bystander_msv=None,
) -> tuple[ReleaseCheck, ...]:
    """Compare a patient with every criterion of a country. Whether they are alternatives, the regulation says.

    Parameters
    ----------
    criteria : iterable of ReleaseCriterion
    country : str
        As in the criteria; there is no default.
    nuclide : str
    activity_mbq, rate_1m_usv_per_h, bystander_msv : float or ufloat, optional
        What is known of the patient now.

    Raises
    ------
    InputError
        If there is no criterion for that country and nuclide, or a number is out of range.
    """
    criteria = tuple(criteria) if isinstance(criteria, Iterable) else (criteria,)
    if not all(isinstance(row, ReleaseCriterion) for row in criteria):
        raise InputError("criteria must be ReleaseCriterion objects, such as read_release_criteria gives them")
    for name, given in (("country", country), ("nuclide", nuclide)):
        if not isinstance(given, str):
            raise InputError(f"{name} must be a name as in the criteria, got {given!r}")
    rows = [row for row in criteria if (row.country, row.nuclide) == (country, nuclide)]
    if not rows:
        known = sorted({f"{row.country} ({row.nuclide})" for row in criteria})
        raise InputError(
            f"there is no release criterion for country={country!r}, nuclide={nuclide!r}; there are: "
            f"{', '.join(known) or 'none'}. Limits are national: supply those of your own regulation"
        )
    given = {"activity_mbq": activity_mbq, "rate_1m_usv_per_h": rate_1m_usv_per_h, "bystander_msv": bystander_msv}
    known = {name: one(name, _check.non_negative(name, item)) for name, item in given.items() if item is not None}
    return tuple(_compare(row, known.get(row.quantity)) for row in rows)


def _compare(criterion: ReleaseCriterion, found) -> ReleaseCheck:
    what, limit = QUANTITIES[criterion.quantity], f"{criterion.limit:g}"
    if found is None:
        return ReleaseCheck(criterion, None, None, f"{what}: not known; the limit is {limit}")
    reach = 1.96 * found.std_dev if isinstance(found, UFloat) else 0.0
    number = _check.nominal(found)
    if number - reach <= criterion.limit < number + reach:
        return ReleaseCheck(
            criterion, found, None, f"{what}: {number:.3g} ± {reach:.2g} (95 %) cannot be told from the limit, {limit}"
        )
    met = number <= criterion.limit
    return ReleaseCheck(criterion, found, met, f"{what}: {number:.3g}, {'within' if met else 'above'} {limit}")
