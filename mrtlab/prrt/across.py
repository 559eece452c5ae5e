"""One image in a later cycle, with what the first cycle has shown; and one image with nothing but a population."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers, kinetics
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.prrt import _guards

__all__ = ["LaterCycle", "later_cycle", "single_image_dose"]

# beyond this an earlier half-life tells nothing of the next
_MOST_GSD = 5.0


@dataclass(frozen=True, eq=False)
class LaterCycle:
    """Time-integrated activity of a later cycle from one image.

    Attributes
    ----------
    tia_mbq_h : ufloat
        With the patient's own half-life of the earlier cycle.
    interval95 : tuple of float
        Not symmetric: quote it.
    half_life_h : float
    half_life_gsd : float
        Its spread here: how well the earlier cycle knew it, and how much it varies between cycles.
    half_life_share : float
        Relative standard uncertainty of the result that comes from the half-life. Smallest when the image is taken
        after 1.44 half-lives.
    flags, sources : tuple of str
        Always with ``SAME_KINETICS_ASSUMED``; with ``SPREAD_ASSUMED`` where the variation was not given.
    """

    tia_mbq_h: UFloat
    interval95: tuple[float, float]
    half_life_h: float
    half_life_gsd: float
    half_life_share: float
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("prrt.later_cycle", "kinetics.known_half_life")


def later_cycle(
    activity_mbq, time_h: float, half_life_h, *, sigma_mbq=None, variation_gsd: float | None = None, nuclide="Lu-177"
) -> LaterCycle:
    """Time-integrated activity from one image of a later cycle and the half-life that an earlier one has shown.

    Parameters
    ----------
    activity_mbq : float
        On the image, not decay-corrected.
    time_h : float
        Hours after this cycle's administration.
    half_life_h : ufloat
        Effective half-life of this region in the earlier cycle (the last phase of its curve), with its uncertainty.
    sigma_mbq : float, optional
        Standard uncertainty of ``activity_mbq``; without it flagged ``SIGMA_MISSING``.
    variation_gsd : float, optional
        Geometric standard deviation of one patient's half-life between cycles. A made-up 1.04 if not given, flagged
        ``SPREAD_ASSUMED``.
    nuclide : str or Nuclide

    Returns
    -------
    LaterCycle

    Raises
    ------
    InputError
        For numbers out of range, or a half-life without uncertainty.
    PhysicsError
        For a half-life longer than physical decay.

    References
    ----------
    Madsen et al., Med Phys 2018;45:2318-2324, doi:10.1002/mp.12886, with the patient's half-life in the place of the
    population's; Willowson et al. 2018 (abstract).
    """
    if not isinstance(half_life_h, UFloat) or not half_life_h.std_dev > 0:
        raise InputError(
            f"half_life_h must carry its uncertainty, got {half_life_h!r}; an earlier cycle knows its half-life only "
            "so well (ufloat(value, standard_uncertainty))"
        )
    _guards.half_life("half_life_h", half_life_h, nuclide)
    assumed = variation_gsd is None
    if assumed:
        variation_gsd = value("prrt.cycle_half_life_gsd")
    variation = np.log(_numbers.single("variation_gsd", _check.geometric_sd("variation_gsd", variation_gsd)))
    with np.errstate(over="ignore"):
        gsd = float(np.exp(np.hypot(_guards.relative(half_life_h), variation)))
    if not gsd <= _MOST_GSD:
        raise InputError(
            f"half_life_h is {half_life_h:.3g}, with variation_gsd a spread by a factor of {gsd:.3g}; beyond "
            f"{_MOST_GSD:g} it tells nothing of the next cycle"
        )
    middle = half_life_h.nominal_value
    options = {"sigma_mbq": sigma_mbq, "method": "known_half_life"}
    found = kinetics.single_point(activity_mbq, time_h, middle, gsd, nuclide, **options)
    noise = 0.0 if sigma_mbq is None else float(sigma_mbq) / float(activity_mbq)
    whole = _guards.relative(found.tia_mbq_h)
    flags = [flag for flag in found.flags if flag != Flag.SINGLE_POINT_DEPENDS_ON_PRIOR]
    return LaterCycle(
        tia_mbq_h=found.tia_mbq_h,
        interval95=found.interval95,
        half_life_h=middle,
        half_life_gsd=gsd,
        half_life_share=float(np.sqrt(max(whole**2 - noise**2, 0.0))),
        flags=(Flag.SAME_KINETICS_ASSUMED, *((Flag.SPREAD_ASSUMED,) if assumed else ()), *flags),
        sources=(
            "prrt.later_cycle",
            "kinetics.known_half_life",
            *(("prrt.cycle_half_life_gsd",) if assumed else ()),
        ),
    )


def single_image_dose(concentration_mbq_per_g, time_h, nuclide="Lu-177"):
    """Absorbed dose from one late image, ``c·2t/ln 2·constant``, Gy; electrons absorbed locally.

    For Lu-177 0.246 Gy·g/(MBq·h) times concentration and time. Exact if the image is taken after one or two effective
    half-lives; see :func:`mrtlab.kinetics.single_point` for the interval that the population's half-lives allow.

    Parameters
    ----------
    concentration_mbq_per_g : float, array or ufloat
        On the image, not decay-corrected, corrected for recovery.
    time_h : float or array
    nuclide : str or Nuclide

    Raises
    ------
    InputError
        For numbers that are not positive.

    References
    ----------
    Hänscheid et al., J Nucl Med 2018;59:75-81, doi:10.2967/jnumed.117.193706.
    """
    concentration = _check.positive("concentration_mbq_per_g", concentration_mbq_per_g, "it is MBq/g")
    found = _guards.alone("nuclide", nuclide, "add up the dose of every member of the chain")
    return kinetics.haenscheid_tia(concentration, time_h) * found.dose_constant
