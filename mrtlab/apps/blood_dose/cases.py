"""Three simulated patients with thyroid cancer, made up for teaching (illustrative)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CASES", "LESION", "Case"]


@dataclass(frozen=True)
class Case:
    """A simulated patient whose kinetics are known.

    Attributes
    ----------
    title : str
    story : str
    body, blood : str
        Tables as typed: hours and counts; drawn, counted, kBq/mL.
    weight_kg, tracer_mbq : float
    lungs : {"yes", "no"}
        Diffuse metastases that take up iodine.
    body_terms, blood_terms : tuple of (float, float)
        True fraction, and fraction per mL, as amplitude and effective half-life in hours.
    body_h, blood_h_per_ml, kept_48h : float
        What follows from them.
    """

    title: str
    story: str
    body: str
    blood: str
    weight_kg: float
    tracer_mbq: float
    lungs: str
    body_terms: tuple
    blood_terms: tuple
    body_h: float
    blood_h_per_ml: float
    kept_48h: float


def _tables(counts: str, samples: str, waited: float = 22) -> tuple[str, str]:
    hours = ("2", "6", "24", "96", "144")
    body = ["0.3; 52000", *(f"{hour}; {count}" for hour, count in zip(hours, counts.split(), strict=True))]
    blood = [f"{hour}; {float(hour) + waited:g}; {kbq}" for hour, kbq in zip(hours, samples.split(), strict=True)]
    return "\n".join(body), "\n".join(blood)


#: Kinetics are chosen, counts drawn once around them with 0.8 % for the body and 1.5 % for the samples.
CASES = {
    "normal": Case(
        "kidneys as they should be",
        "Papillary carcinoma, lymph node metastases that take up iodine; kidneys as they should be.",
        *_tables("46310 37240 15860 3130 1900", "1.489 1.109 0.3392 0.0498 0.03264"),
        70.0,
        60.0,
        "no",
        ((0.85, 11.0), (0.15, 70.0)),
        ((29e-6, 9.0), (2e-6, 80.0)),
        28.637,
        6.0737e-4,
        0.13454,
    ),
    "kidneys": Case(
        "impaired kidneys",
        "Papillary carcinoma, lymph node metastases that take up iodine; the kidneys clear half as fast.",
        *_tables("49390 43870 27760 6630 3440", "1.583 1.406 0.74 0.105 0.05161"),
        62.0,
        60.0,
        "no",
        ((0.80, 22.0), (0.20, 80.0)),
        ((29e-6, 18.0), (2.5e-6, 90.0)),
        48.475,
        1.07769e-3,
        0.30827,
    ),
    "lungs": Case(
        "metastases in the lungs",
        "Papillary carcinoma, diffuse metastases in both lungs that take up iodine and hold it; kidneys as they "
        "should be.",
        *_tables("47180 40010 20980 7500 5170", "1.561 1.143 0.3899 0.0792 0.05474"),
        66.0,
        60.0,
        "yes",
        ((0.70, 11.0), (0.30, 90.0)),
        ((29e-6, 9.0), (3e-6, 90.0)),
        50.062,
        7.6607e-4,
        0.24129,
    ),
}
#: I-124 in a lymph node, corrected for recovery: hours, per cent of what was given.
LESION = "24; 0.4606\n96; 0.2084"
