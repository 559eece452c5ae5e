"""Verification by one image, the least that is asked for, and what it cannot say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check, _numbers, kinetics, planning
from mrtlab import dose as methods
from mrtlab.constants import sources as source_of
from mrtlab.errors import Flag, InputError
from mrtlab.planning import ligands
from mrtlab.planning.ligands import activity
from mrtlab.psma.glands import gland_tia
from mrtlab.psma.literature import HalfLifePrior, organ_range, tissue_name

__all__ = ["COMPROMISED", "SingleImage", "verify_single"]

COMPROMISED = ("marrow", "tumour")
"""Tissues for which a single image is compromised with PSMA (Hou et al. 2022)."""

_DOUBTFUL = 0.30

STATEMENT = "single-time-point estimate compromised for this tissue"


@dataclass(frozen=True, eq=False)
class SingleImage:
    """Dose from one image, and the verdict.

    Attributes
    ----------
    tissue : str
    dose_gy : ufloat
        With the uncertainty of half-life, activity, recovery and mass.
    interval95_gy : tuple of float
        From the population of half-lives and the uncertainties of the measurement.
    expected : mrtlab.planning.ExpectedRange
    verdict : mrtlab.planning.Verdict
    recommendation : {"consistent", "serial imaging"}
    statement : str
        Must go with the number; empty only where nothing has to be said.
    text : str
        Verdict, recommendation and statement in one.
    flags, sources : tuple of str
    """

    tissue: str
    dose_gy: UFloat
    interval95_gy: tuple[float, float]
    expected: planning.ExpectedRange
    verdict: planning.Verdict
    recommendation: str
    statement: str
    text: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]


def verify_single(
    activity_mbq: UFloat,
    time_h: float,
    tissue: str,
    population,
    *,
    administered_mbq,
    mass_g,
    recovery,
    expected: planning.ExpectedRange | None = None,
    nuclide="Lu-177",
    shared_rel: float = 0.0,
) -> SingleImage:
    """Dose from one quantitative image with the half-life of a population, against the range to expect.

    Parameters
    ----------
    activity_mbq : ufloat
        Measured in the outline of the tissue, not decay corrected, with its uncertainty (calibration included), MBq.
    time_h : float
        Hours after administration.
    tissue : {"kidney", "parotid", "lacrimal", "marrow", "tumour"}
    population : HalfLifePrior or pair of float
        Median (h) and geometric standard deviation of the effective half-life. There is no default;
        :func:`half_life_prior` has teaching values, which are flagged.
    administered_mbq : float or ufloat
    mass_g : float or ufloat
        Of what was outlined (one kidney, one gland).
    recovery : float, ufloat or RecoveryCurve
        Required; 1 if the activity is corrected already.
    expected : mrtlab.planning.ExpectedRange, optional
        Of the plan, or of your own patients. Without it that of :func:`organ_range`.
    nuclide : str or Nuclide
    shared_rel : float
        As in :func:`mrtlab.planning.verify`.

    Returns
    -------
    SingleImage
        For marrow and tumours with the statement that such an estimate is compromised, and flagged.

    Raises
    ------
    InputError
        For an activity without uncertainty; without population or recovery; for numbers out of range.

    Warns
    -----
    PlausibilityWarning
        For a recovery below 0.5.

    References
    ----------
    The demand: Gear et al. (IDUG) 2021. Compromised tissues: Hou et al. 2022. Electrons absorbed locally.
    """
    if not isinstance(activity_mbq, UFloat) or not activity_mbq.std_dev > 0:
        raise InputError(
            f"activity_mbq must carry its uncertainty, got {activity_mbq!r}; without it there is no verdict "
            "(ufloat(value, standard_uncertainty), that of the calibration included)"
        )
    ligands.known("activity_mbq", activity_mbq)
    tissue = tissue_name(tissue)
    median_h, gsd, flags, used = _population(population)
    administered_mbq = ligands.one_number("administered_mbq", activity("administered_mbq", administered_mbq))
    found = ligands.alone("nuclide", nuclide, "take mrtlab.psma.alpha_dose")
    for name, number in (("mass_g", mass_g), ("recovery", recovery)):
        ligands.one_number(name, number)
    if expected is None and found.name != "Lu-177":
        raise InputError(
            f"expected is missing: the ranges of organ_range are those of Lu-177, not of {found.name}; give that of "
            "the plan, mrtlab.planning.expected_range(median_gy, gsd)"
        )
    true = gland_tia(_check.positive("activity_mbq", activity_mbq), mass_g, recovery=recovery)
    plain = float(_check.nominal(true))
    if plain > _check.nominal(administered_mbq):
        raise InputError(
            f"activity_mbq is {plain:.4g} MBq after recovery, more than the {_check.nominal(administered_mbq):g} MBq "
            "administered; check units and calibration"
        )
    exact = methods.local(true, mass_g, found)
    noise = _check.exact(exact).std_dev / _check.nominal(exact)
    measured = kinetics.single_point(plain, time_h, median_h, gsd, found, plain * noise, "known_half_life")
    relative = measured.tia_mbq_h.std_dev / measured.tia_mbq_h.nominal_value
    # what the population adds to the noise that activity, recovery and mass bring, and share with other doses
    prior = float(np.sqrt(max(relative**2 - noise**2, 0.0)))
    dose_gy = exact * ufloat(measured.tia_mbq_h.nominal_value / plain, prior * measured.tia_mbq_h.nominal_value / plain)
    per_tia = float(methods.local(1.0, _check.nominal(_check.positive("mass_g", mass_g)), found))
    if expected is None:
        of_tissue = organ_range(tissue)
        expected = of_tissue.expected(float(_check.nominal(administered_mbq)))
        used = (*used, *of_tissue.sources)
    verdict = planning.verify(dose_gy, expected, shared_rel)
    statement = STATEMENT if tissue in COMPROMISED else ""
    doubtful = (Flag.LINEARISATION_DOUBTFUL,) if ligands.relative(dose_gy) > _DOUBTFUL else ()
    flags = [
        *flags,
        *measured.flags,
        *doubtful,
        *verdict.flags,
        *((Flag.SINGLE_IMAGE_COMPROMISED,) if statement else ()),
    ]
    advice = "consistent" if verdict.within else "serial imaging"
    text = f"{tissue}: {verdict.text}."
    return SingleImage(
        tissue=tissue,
        dose_gy=dose_gy,
        interval95_gy=tuple(float(end) * per_tia for end in measured.interval95),
        expected=expected,
        verdict=verdict,
        recommendation=advice,
        statement=statement,
        text=text + (f" {statement[0].upper()}{statement[1:]}." if statement else ""),
        flags=tuple(dict.fromkeys(flags)),
        sources=tuple(
            dict.fromkeys(
                (
                    *measured.sources,
                    *used,
                    *verdict.sources,
                    "psma.single_image",
                    *(("psma.single_image_compromised",) if statement else ()),
                )
            )
        ),
    )


def _population(population):
    """Median, spread, flags and sources of a population of half-lives."""
    if isinstance(population, HalfLifePrior):
        teaching = any(source_of(key).status == "illustrative" for key in population.sources)
        flags = [Flag.TEACHING_KINETICS] if teaching or population.status == "illustrative" else []
        return population.median_h, population.gsd, flags, population.sources
    if population is None or np.ndim(population) != 1 or len(population) != 2:
        raise InputError(
            "population must be the median (hours) and the geometric standard deviation of the effective half-life, "
            f"such as (40, 1.3), or mrtlab.psma.half_life_prior(tissue); got {population!r}"
        )
    median, gsd = (_numbers.single("population", item) for item in population)
    return median, gsd, [], ()
