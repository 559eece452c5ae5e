"""Predicted against delivered: ratios, limits of agreement, isodoses, where the activity went."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError

__all__ = ["Agreement", "Comparison", "agreement", "compare", "isodose_dice"]


@dataclass(frozen=True)
class Agreement:
    """Bland-Altman numbers of pairs of doses.

    Attributes
    ----------
    means_gy, differences_gy : tuple of float
        One per pair, delivered minus planned.
    bias_gy : float
        Mean difference.
    sd_gy : float
        Standard deviation of the differences (n - 1).
    limits_gy : tuple of float
        ``bias ± 1.96·sd``.
    sources : tuple of str
    """

    means_gy: tuple[float, ...]
    differences_gy: tuple[float, ...]
    bias_gy: float
    sd_gy: float
    limits_gy: tuple[float, float]
    sources: tuple[str, ...] = ("sirt.comparison",)


def agreement(planned_gy, delivered_gy) -> Agreement:
    """Limits of agreement between planned and delivered doses.

    Parameters
    ----------
    planned_gy, delivered_gy : sequence of float
        Gy, in pairs, at least two.

    Raises
    ------
    InputError
        For fewer than two pairs, or lists that do not match.

    References
    ----------
    Bland and Altman, Lancet 1986;1:307-310 (recalled).
    """
    planned, delivered = _numbers.row("planned_gy", planned_gy), _numbers.row("delivered_gy", delivered_gy)
    _numbers.same_length(planned_gy=planned, delivered_gy=delivered)
    planned, delivered = (
        _check.nominal(_check.non_negative("planned_gy", planned)),
        _check.nominal(_check.non_negative("delivered_gy", delivered)),
    )
    if planned.size < 2:
        raise InputError("limits of agreement need at least two pairs of doses, got 1")
    differences = delivered - planned
    bias, sd = float(differences.mean()), float(differences.std(ddof=1))
    means = (planned + delivered) / 2
    return Agreement(tuple(means.tolist()), tuple(differences.tolist()), bias, sd, (bias - 1.96 * sd, bias + 1.96 * sd))


@dataclass(frozen=True)
class Comparison:
    """Delivered against planned, by compartment.

    Attributes
    ----------
    ratios : dict of str to float or ufloat
        Delivered over planned dose.
    geometric_mean_ratio : float or ufloat
    agreement : Agreement or None
        None with a single compartment.
    fraction_differences : dict of str to float or ufloat
        Delivered minus planned share of the activity; empty if the shares were not given.
    flags, sources : tuple of str
    """

    ratios: dict[str, float | UFloat]
    geometric_mean_ratio: float | UFloat
    agreement: Agreement | None
    fraction_differences: dict[str, float | UFloat]
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("sirt.comparison", "sirt.fraction_mismatch")


def compare(
    planned_gy: Mapping[str, float],
    delivered_gy: Mapping[str, float],
    planned_fractions: Mapping[str, float] | None = None,
    delivered_fractions: Mapping[str, float] | None = None,
    tumours: tuple[str, ...] = ("tumour",),
) -> Comparison:
    """Compare the doses planned with those delivered, compartment by compartment.

    Whether a difference matters is for :func:`mrtlab.planning.verify`, with the uncertainty of both.

    Parameters
    ----------
    planned_gy, delivered_gy : mapping of str to float or ufloat
        Mean doses of the same compartments, Gy; ``by_compartment`` of a dose result.
    planned_fractions, delivered_fractions : mapping of str to float or ufloat, optional
        Share of the liver's counts in each compartment, on the images before and after.
    tumours : tuple of str
        Which of the compartments with fractions are tumours.

    Returns
    -------
    Comparison
        Flag MAA_Y90_MISMATCH if the share of a tumour moved by more than 0.1.

    Raises
    ------
    InputError
        For compartments that differ, a planned dose that is not positive, or fractions of one side alone.

    References
    ----------
    ``sirt.comparison``, ``sirt.fraction_mismatch`` (illustrative)
    """
    names = _same("planned_gy", planned_gy, "delivered_gy", delivered_gy)
    planned = {name: _check.positive(f"planned_gy[{name!r}]", planned_gy[name]) for name in names}
    delivered = {name: _check.positive(f"delivered_gy[{name!r}]", delivered_gy[name]) for name in names}
    ratios = {name: delivered[name] / planned[name] for name in names}
    mean = _numbers.exp(sum(_numbers.log(ratio) for ratio in ratios.values()) / len(ratios))
    pair = (list(planned.values()), list(delivered.values()))
    moved = _moved(planned_fractions, delivered_fractions, tumours)
    far = any(abs(_check.nominal(moved[name])) > value("sirt.fraction_mismatch") for name in tumours if name in moved)
    return Comparison(
        ratios, mean, agreement(*pair) if len(names) > 1 else None, moved, (Flag.MAA_Y90_MISMATCH,) if far else ()
    )


def _moved(planned, delivered, tumours) -> dict:
    if (planned is None) != (delivered is None):
        raise InputError("give planned_fractions and delivered_fractions, or neither")
    if planned is None:
        return {}
    names = _same("planned_fractions", planned, "delivered_fractions", delivered)
    listed = isinstance(tumours, Collection) and not isinstance(tumours, (str, bytes)) and len(tumours)
    if not listed or not all(isinstance(name, str) and name in names for name in tumours):
        raise InputError(f"tumours must name some of {', '.join(names)} and nothing else, got {tumours!r}")
    for label, shares in (("planned_fractions", planned), ("delivered_fractions", delivered)):
        for name in names:
            _check.fraction(f"{label}[{name!r}]", shares[name])
    return {name: delivered[name] - planned[name] for name in names}


def _same(first_name, first, second_name, second) -> list[str]:
    for name, given in ((first_name, first), (second_name, second)):
        if not isinstance(given, Mapping) or not given:
            raise InputError(f"{name} must name compartments with a number each, got {given!r}")
    odd = set(first) ^ set(second)
    if odd:
        raise InputError(f"{first_name} and {second_name} name different compartments: {', '.join(sorted(odd))}")
    return list(first)


def isodose_dice(planned_gy, delivered_gy, share: float = 0.5, mask=None, level_gy: float | None = None) -> float:
    """Overlap of the volumes inside an isodose of two dose maps, ``2·|A and B| / (|A| + |B|)``.

    Parameters
    ----------
    planned_gy, delivered_gy : array
        On one grid, Gy.
    share : float
        Isodose as a share of the highest dose of each map. In noisy maps the highest voxel is noise: give
        ``level_gy``.
    mask : boolean array, optional
        Where to look, such as the liver.
    level_gy : float, optional
        One dose for both maps, in place of ``share``.

    Returns
    -------
    float
        0 (apart) to 1 (the same).

    Raises
    ------
    InputError
        For shapes that differ, an empty mask, or an isodose that neither map reaches.

    References
    ----------
    Dice, Ecology 1945;26:297-302 (recalled).
    """
    maps = [
        np.asarray(_check.finite(name, array))
        for name, array in (("planned_gy", planned_gy), ("delivered_gy", delivered_gy))
    ]
    if maps[0].shape != maps[1].shape or maps[0].ndim == 0:
        raise InputError(
            f"the dose maps have the shapes {maps[0].shape} and {maps[1].shape}; resample one to the other"
        )
    inside = np.ones(maps[0].shape, dtype=bool) if mask is None else np.asarray(mask)
    if inside.dtype != bool or inside.shape != maps[0].shape or not inside.any():
        raise InputError(f"mask must be a boolean array of shape {maps[0].shape} with some voxels in it")
    share = _numbers.single("share", _check.positive("share", _check.fraction("share", share)))
    if level_gy is not None:
        level_gy = _numbers.single("level_gy", _check.positive("level_gy", level_gy))
    levels = [share * float(one[inside].max()) if level_gy is None else level_gy for one in maps]
    if min(levels) <= 0 or not math.isfinite(sum(levels)):
        raise InputError("the isodose must be above 0 Gy; does one of the maps have no dose here?")
    first, second = (inside & (one >= level) for one, level in zip(maps, levels, strict=True))
    size = np.count_nonzero(first) + np.count_nonzero(second)
    if size == 0:
        raise InputError(f"neither map reaches {levels[0]:g} Gy here")
    return float(2 * np.count_nonzero(first & second) / size)
