"""What guidelines and centres aim at, what was observed, and curves of dose and response. Nothing here chooses."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mrtlab import _check, _numbers, radiobiology
from mrtlab.constants import value

__all__ = ["OBSERVED_OUTCOMES", "TARGET_DOSE", "Outcome", "TargetDose", "illustrative_response", "logit_linear"]


@dataclass(frozen=True)
class TargetDose:
    """One dose in use, for the physician to choose or not.

    Attributes
    ----------
    indication, aim, target : str
        The target is what the dose and the mass are of.
    low_gy : float
    high_gy : float or None
        None: at least ``low_gy``.
    citation, status : str
        Status as in :class:`mrtlab.constants.Source`.
    """

    indication: str
    aim: str
    target: str
    low_gy: float
    citation: str
    status: str
    high_gy: float | None = None
    sources: tuple[str, ...] = ("radioiodine.target_doses",)


@dataclass(frozen=True)
class Outcome:
    """One result as published.

    Attributes
    ----------
    indication, patients, outcome : str
    dose_gy : float or None
        Planned dose.
    percent : float or None
        Share of the patients, in per cent as published.
    odds_ratio, odds_ratio_low, odds_ratio_high : float or None
        With its 95 % interval.
    remark, citation, status : str
    """

    indication: str
    patients: str
    outcome: str
    citation: str
    status: str
    dose_gy: float | None = None
    percent: float | None = None
    odds_ratio: float | None = None
    odds_ratio_low: float | None = None
    odds_ratio_high: float | None = None
    remark: str = ""
    sources: tuple[str, ...] = ("radioiodine.observed_outcomes",)


@cache
def _table() -> dict:
    return tomllib.loads(files("mrtlab").joinpath("data/radioiodine.toml").read_text(encoding="utf-8"))


TARGET_DOSE: tuple[TargetDose, ...] = tuple(TargetDose(**row) for row in _table()["target_dose"])
OBSERVED_OUTCOMES: tuple[Outcome, ...] = tuple(Outcome(**row) for row in _table()["outcome"])


def logit_linear(dose_gy, a, b_per_gy):
    """Logistic response linear in the dose, ``1/(1 + e^-(a + b·D))``; not 0 without dose.

    For a response that starts at 0 use :func:`mrtlab.radiobiology.log_logistic`. No parameters are supplied: those of
    the published reviews were not at hand.

    Parameters
    ----------
    dose_gy : float, array or ufloat
    a, b_per_gy : float or ufloat

    Returns
    -------
    same kind as given, 0 to 1

    Raises
    ------
    InputError
        For a negative dose or numbers that are not finite.

    References
    ----------
    Standard (recalled).
    """
    dose_gy = _check.non_negative("dose_gy", dose_gy)
    return _numbers.logistic(dose_gy * _check.finite("b_per_gy", b_per_gy) + _check.finite("a", a))


def illustrative_response(dose_gy):
    """A synthetic probability of success, for teaching: half at 85 Gy, three quarters at 120 Gy. No published fit.

    References
    ----------
    Illustrative: ``radioiodine.illustrative_d50_gy``, ``radioiodine.illustrative_gamma50``.
    """
    return radiobiology.log_logistic(
        dose_gy, value("radioiodine.illustrative_d50_gy"), value("radioiodine.illustrative_gamma50")
    )
