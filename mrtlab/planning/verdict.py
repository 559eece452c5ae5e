"""The verdict on a measured dose, against the range that was expected of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.errors import Flag, InputError
from mrtlab.planning.ranges import Z95, ExpectedRange

__all__ = ["CHECKLIST", "Verdict", "verify"]

CHECKLIST = (
    "calibration: is the sensitivity, or the calibrator's factor, that of this nuclide, window and geometry?",
    "decay and clocks: were all activities brought to the same moment, with their time zones?",
    "segmentation: is the volume that of the plan, and of this patient?",
    "residual: was what stayed in syringe, vial and line subtracted?",
    "uptake phase: do the measurements catch the maximum and the tail?",
    "contamination and extravasation: is there activity where none belongs?",
)
"""What to look at first when a dose lies outside its expected range."""


@dataclass(frozen=True)
class Verdict:
    """Whether a measured dose lies in the expected range.

    Attributes
    ----------
    z : float
        Distance from the median in standard deviations of both together, on the logarithmic scale.
    within : bool
        ``abs(z) <= 1.96``. Within the range does not mean correct.
    ratio : ufloat
        Measured over median.
    text : str
    checklist : tuple of str
        What to investigate; empty within the range.
    flags, sources : tuple of str
    """

    z: float
    within: bool
    ratio: UFloat
    text: str
    flags: tuple[str, ...]
    checklist: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("planning.expected_range",)


def verify(dose_gy: UFloat, expected: ExpectedRange, shared_rel: float = 0.0) -> Verdict:
    """Compare a measured dose with the expected range.

    ``z = ln(D/M) / sqrt(u_D^2 + ln^2 g)`` with relative uncertainties.

    Parameters
    ----------
    dose_gy : ufloat
        Measured dose with its standard uncertainty, Gy.
    expected : ExpectedRange
    shared_rel : float
        Relative standard uncertainty that plan and measurement have in common (the same mass, the same energy
        per decay). It moves both alike and says nothing about their difference, so its variance is removed
        from both sides.

    Raises
    ------
    InputError
        For a dose without uncertainty: without it there is no verdict. If ``shared_rel`` exceeds the uncertainty
        of either side.

    References
    ----------
    The demand: Gear et al. (IDUG), Br J Radiol 2021;94:20210547. The form is mrtlab's.
    """
    if not isinstance(dose_gy, UFloat) or not dose_gy.std_dev > 0:
        raise InputError(
            f"dose_gy must carry its uncertainty, got {dose_gy!r}; without it nobody can say whether it is in range "
            "(ufloat(value, standard_uncertainty))"
        )
    if not isinstance(expected, ExpectedRange):
        raise InputError(f"expected must come from mrtlab.planning.expected_range, got {expected!r}")
    _check.positive("dose_gy", dose_gy)
    _numbers.single("shared_rel", _check.fraction("shared_rel", shared_rel))
    measured, population = dose_gy.std_dev / dose_gy.nominal_value, float(np.log(expected.gsd))
    for what, spread in (("dose_gy", measured), ("the expected range", population)):
        if shared_rel > spread:
            raise InputError(
                f"shared_rel is {shared_rel:g}, more than the whole relative uncertainty of {what} "
                f"({spread:.3g}); what "
                "both have in common must be part of each"
            )
    spread = float(np.sqrt(measured**2 + population**2 - 2 * shared_rel**2))
    distance = float(np.log(dose_gy.nominal_value / expected.median_gy))
    if spread <= 1e-6 * measured:  # rounding leaves something of equal squares
        raise InputError("nothing is left of the uncertainty once shared_rel is removed; there is no verdict")
    z = distance / spread
    within = abs(z) <= Z95
    low, high = expected.interval95_gy
    span = f"{_short(low)} to {_short(high)} Gy"
    text = f"within the expected range of {span}, which does not prove it correct"
    if within and not low <= dose_gy.nominal_value <= high:
        text = f"outside the expected range of {span}, but by no more than its uncertainty explains"
    if not within:
        side = "above" if z > 0 else "below"
        text = f"{side} the expected range of {span}: investigate, and consider serial imaging"
        if low <= dose_gy.nominal_value <= high:
            text = (
                f"in the expected range of {span}, but too far {'up' if z > 0 else 'down'} in it once what plan and "
                "measurement have in common is taken out: investigate, and consider serial imaging"
            )
    flags = () if within else (Flag.OUTSIDE_EXPECTED_RANGE,)
    return Verdict(z, within, dose_gy / expected.median_gy, text, flags, () if within else CHECKLIST)


def _short(number: float) -> str:
    """Two significant figures: 190, not 1.9e+02."""
    return f"{float(f'{number:.2g}'):g}"
