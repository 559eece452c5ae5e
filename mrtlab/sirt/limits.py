"""Recommended doses by device, tumour and scenario, and published outcomes: offered with sources, never chosen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.sirt import _shared

__all__ = [
    "Constraint",
    "DoseLevel",
    "DoseLimits",
    "Outcome",
    "dose_limits",
    "known_dose_limits",
    "lung_limits",
    "outcomes",
    "whole_normal_limit",
]

SPECIFIC = (
    "thresholds are device specific: the dose per Gy differs because activity per sphere and dose rate, and with them "
    "the distribution in the tissue, differ"
)
RECOMMENDATIONS = "sirt.dose_recommendations"


@dataclass(frozen=True)
class Constraint:
    """One dose that somebody wants reached, or not exceeded, in one compartment: input of :func:`plan`.

    Parameters
    ----------
    compartment : str
        A name the dose result knows: ``"tumour"``, ``"normal"``, ``"whole_normal"``, ``"perfused"``, ``"lung"``, or
        that of a compartment.
    dose_gy : float
        Gy.
    kind : {"aim", "limit"}
        At least, or at most.
    device : str, optional
        The device the threshold was found with. Without it the threshold is the physician's own.
    previous_gy : float
        Dose that counts towards a limit already, Gy.
    text : str
        Where it comes from, in words.
    sources : tuple of str
    """

    compartment: str
    dose_gy: float
    kind: str
    device: str | None = None
    previous_gy: float = 0.0
    text: str = ""
    sources: tuple[str, ...] = ()

    def __post_init__(self):
        if not isinstance(self.compartment, str) or not self.compartment:
            raise InputError(f"compartment must be the name of one, got {self.compartment!r}")
        _check.choice("kind", self.kind, ("aim", "limit"))
        _shared.dose("dose_gy", _numbers.single("dose_gy", self.dose_gy))
        _check.non_negative("previous_gy", _numbers.single("previous_gy", self.previous_gy))
        if self.kind == "aim" and self.previous_gy:
            raise InputError("previous_gy belongs to a limit: how an earlier dose counts towards an aim is not known")
        if self.device is not None:
            _shared.device(self.device)


@dataclass(frozen=True)
class DoseLevel:
    """One recommended dose as published.

    Attributes
    ----------
    device, compartment, kind : str
        Kind: ``"aim"`` (at least), ``"limit"`` (at most) or ``"range"`` (between).
    gy : tuple of float
        One number; two if the source leaves both open or makes them depend on the condition.
    text, condition : str
        As the source writes it, and when it holds.
    sources : tuple of str
    """

    device: str
    compartment: str
    kind: str
    gy: tuple[float, ...]
    text: str
    condition: str = ""
    sources: tuple[str, ...] = (RECOMMENDATIONS,)

    def constraint(self, dose_gy: float | None = None) -> Constraint:
        """The level as a constraint for :func:`plan`.

        Parameters
        ----------
        dose_gy : float, optional
            The dose the physician decided on; needed, and within the numbers published, where there are two.

        Raises
        ------
        InputError
            If a decision is missing, or lies outside what was published.
        """
        if dose_gy is None:
            if len(self.gy) > 1:
                raise InputError(
                    f"'{self.text}' leaves {' and '.join(f'{gy:g}' for gy in self.gy)} Gy open"
                    + (f" ({self.condition})" if self.condition else "")
                    + ": give dose_gy, as the physician decides"
                )
            dose_gy = self.gy[0]
        dose_gy = _numbers.single("dose_gy", dose_gy)
        if not min(self.gy) <= dose_gy <= max(self.gy):
            raise InputError(
                f"dose_gy is {dose_gy:g}, and the recommendation is '{self.text}'; for another dose make a Constraint"
            )
        kind = "limit" if self.kind == "limit" else "aim"
        return Constraint(self.compartment, dose_gy, kind, self.device, text=self.text, sources=self.sources)


@dataclass(frozen=True)
class DoseLimits:
    """What is recommended for one device, tumour and scenario.

    Attributes
    ----------
    device, tumour, scenario : str
    levels : tuple of DoseLevel
    note : str
    sources : tuple of str
    """

    device: str
    tumour: str
    scenario: str
    levels: tuple[DoseLevel, ...]
    note: str = ""
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = field(default=(RECOMMENDATIONS,))

    def of(self, compartment: str) -> tuple[DoseLevel, ...]:
        """The levels of one compartment, none if there are none."""
        return tuple(level for level in self.levels if level.compartment == compartment)


@dataclass(frozen=True)
class Outcome:
    """Findings of one study, as published.

    Attributes
    ----------
    study, device, tumour, compared : str
    findings : tuple of str
    sources : tuple of str
    """

    study: str
    device: str
    tumour: str
    compared: str
    findings: tuple[str, ...]
    sources: tuple[str, ...]


def dose_limits(device: str, tumour: str, scenario: str) -> DoseLimits:
    """Recommended doses for a device, a tumour and a scenario.

    Parameters
    ----------
    device : {"glass", "resin", "Ho-166"}
    tumour : {"HCC", "ICC", "mCRC"}
    scenario : str
        ``"segmentectomy"``, ``"lobectomy"``, ``"unilobar"``, ``"bilobar"`` or ``"any"``, as far as the table has it:
        see :func:`known_dose_limits`.

    Returns
    -------
    DoseLimits
        To be shown to the physician with its source. It holds no recommendation of mrtlab's.

    Raises
    ------
    InputError
        If the table has nothing for these three. What it has for another device is never given instead.

    References
    ----------
    ``sirt.dose_recommendations``
    """
    _shared.device(device)
    for name, given in (("tumour", tumour), ("scenario", scenario)):
        if not isinstance(given, str):
            raise InputError(f"{name} must be a word of known_dose_limits(), got {given!r}")
    key = (device, tumour, scenario)
    table = _table()
    if key in table:
        return table[key]
    own = "; ".join(f"{t} {s}" for d, t, s in table if d == device)
    others = [d for d, t, s in table if (t, s) == (tumour, scenario)]
    refused = f" It has for {' and '.join(others)}, but {SPECIFIC}." if others else ""
    raise InputError(f"the table has no doses for {device}, {tumour}, {scenario}.{refused} For {device} it has: {own}")


def known_dose_limits() -> tuple[tuple[str, str, str], ...]:
    """All keys of :func:`dose_limits`: device, tumour, scenario."""
    return tuple(_table())


def whole_normal_limit(bilirubin_mg_per_dl: float, device: str = "glass") -> DoseLevel:
    """Limit to the mean dose of the whole normal liver by bilirubin, for glass microspheres.

    Parameters
    ----------
    bilirubin_mg_per_dl : float
        1 mg/dL is 17.1 µmol/L.
    device : str
        ``"glass"``; the rule exists for no other device.

    Returns
    -------
    DoseLevel
        50 Gy at 1.1 mg/dL and above, 90 Gy below (of exactly 1.1 the source says nothing; the lower was taken).

    Raises
    ------
    InputError
        For another device, or a number that is not positive.

    Warns
    -----
    PlausibilityWarning
        Above 5 mg/dL, which may be µmol/L.

    References
    ----------
    ``sirt.dose_recommendations``
    """
    if _shared.device(device) != "glass":
        raise InputError(f"device is {device!r}, and the rule was found with glass: {SPECIFIC}")
    found = _numbers.single("bilirubin_mg_per_dl", bilirubin_mg_per_dl)
    _check.positive("bilirubin_mg_per_dl", found)
    if found > 5:
        _check.warn(f"bilirubin_mg_per_dl is {found:g}: µmol/L instead of mg/dL? Then give {found / 17.1:.2g}")
    rule = _read()["whole_normal_glass"]
    low = found < rule["bilirubin_mg_per_dl"]
    gy = float(rule["below_gy" if low else "above_gy"])
    return DoseLevel("glass", "whole_normal", "limit", (gy,), f"< {gy:g} Gy", rule["condition"] if low else "")


def lung_limits(previous_gy: float = 0.0) -> tuple[Constraint, Constraint]:
    """The two limits of the lungs, for one treatment and for all, as constraints for :func:`plan`.

    Parameters
    ----------
    previous_gy : float
        Dose from earlier treatments, Gy.

    References
    ----------
    ``sirt.lung_limit_single_gy``, ``sirt.lung_limit_cumulative_gy``
    """
    single, cumulative = "sirt.lung_limit_single_gy", "sirt.lung_limit_cumulative_gy"
    return (
        Constraint("lung", value(single), "limit", text="lungs, one treatment", sources=(single,)),
        Constraint(
            "lung", value(cumulative), "limit", None, previous_gy, "lungs, all treatments together", (cumulative,)
        ),
    )


def outcomes(device: str | None = None) -> tuple[Outcome, ...]:
    """Published outcomes, all or those of one device.

    Parameters
    ----------
    device : {"glass", "resin", "Ho-166"}, optional
        Studies whose device is not stated are left out when one is asked for.
    """
    if device is not None:
        _shared.device(device)
    rows = (
        Outcome(one["study"], one["device"], one["tumour"], one["compared"], tuple(one["findings"]), (one["source"],))
        for one in _read()["evidence"]
    )
    return tuple(row for row in rows if device in (None, row.device))


@cache
def _read() -> dict:
    return tomllib.loads(files("mrtlab").joinpath("data/sirt.toml").read_text(encoding="utf-8"))


@cache
def _table() -> dict[tuple[str, str, str], DoseLimits]:
    found = {}
    for row in _read()["recommendation"]:
        for tumour in row["tumours"]:
            levels = tuple(
                DoseLevel(
                    row["device"],
                    level["compartment"],
                    level["kind"],
                    tuple(map(float, level["gy"])),
                    level["text"],
                    level.get("condition", ""),
                )
                for level in row["levels"]
                if tumour in level.get("tumours", row["tumours"])
            )
            for scenario in row["scenarios"]:
                key = (row["device"], tumour, scenario)
                found[key] = DoseLimits(*key, levels, row.get("note", ""))
    return found
