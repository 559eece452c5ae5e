"""Differentiated thyroid cancer: dose to the blood, and the limits of the activity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.radioiodine._guards import body_weight, checked_tiac, one_number, positive_fraction, warn_flags

__all__ = [
    "ActivityLimit",
    "BloodDose",
    "activity_limits",
    "blood_dose",
    "blood_dose_parts",
    "blood_volume_ml",
    "single_measurement",
]


@dataclass(frozen=True, eq=False)
class BloodDose:
    """Dose to the blood per administered activity, in its two parts.

    Attributes
    ----------
    electron_gy_per_mbq : float or ufloat
        From the activity in the blood itself.
    photon_gy_per_mbq : float or ufloat
        From the activity in the whole body.
    body_tiac_h : float or ufloat
        Whole-body residence.
    flags, sources : tuple of str
    """

    electron_gy_per_mbq: float | UFloat
    photon_gy_per_mbq: float | UFloat
    body_tiac_h: float | UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("radioiodine.blood_dose",)

    @property
    def gy_per_mbq(self):
        """Both together."""
        return self.electron_gy_per_mbq + self.photon_gy_per_mbq

    @property
    def electron_share(self):
        """Share of the electrons."""
        return self.electron_gy_per_mbq / self.gy_per_mbq


def blood_dose_parts(blood_tiac_h_per_ml, body_tiac_h, weight_kg) -> BloodDose:
    """Blood dose with its parts and flags; see :func:`blood_dose`."""
    blood_tiac_h_per_ml = _check.positive("blood_tiac_h_per_ml", blood_tiac_h_per_ml)
    most, highest = value("radioiodine.blood_tiac_refused"), np.max(_check.nominal(blood_tiac_h_per_ml))
    if highest > most:
        raise InputError(
            f"blood_tiac_h_per_ml must not exceed {most:g}, got {highest:g}; this looks like total blood, not per mL"
        )
    body_tiac_h = checked_tiac("body_tiac_h", body_tiac_h)
    weight_kg = body_weight(weight_kg)
    electrons = value("radioiodine.blood_electron") * blood_tiac_h_per_ml / 1000
    photons = value("radioiodine.blood_photon") / weight_kg ** (2 / 3) * body_tiac_h / 1000
    flags = []

    def outside(number, low, high):
        plain = np.atleast_1d(_check.nominal(number))
        return np.any((plain < value(f"radioiodine.{low}")) | (plain > value(f"radioiodine.{high}")))

    if np.any(np.atleast_1d(_check.nominal(weight_kg)) < value("radioiodine.low_weight_kg")):
        flags.append(Flag.LOW_WEIGHT)
    if outside(1000 * (electrons + photons), "blood_dose_low", "blood_dose_high"):
        flags.append(Flag.BLOOD_DOSE_UNUSUAL)
    if outside(body_tiac_h, "body_tiac_low_h", "body_tiac_high_h"):
        flags.append(Flag.BODY_RETENTION_UNUSUAL)
    return BloodDose(electrons, photons, body_tiac_h, tuple(flags))


def blood_dose(blood_tiac_h_per_ml, body_tiac_h, weight_kg):
    """Dose to the blood per administered activity of I-131, ``108·tau_ml + 0.0188/w^(2/3)·tau_body``, Gy/MBq.

    The published form is in mGy/MBq. For adults without diffuse uptake in bone or lung.

    Parameters
    ----------
    blood_tiac_h_per_ml : float, array or ufloat
        Residence per mL of whole blood, h/mL; see :func:`blood_integral`.
    body_tiac_h : float, array or ufloat
        Whole-body residence, h; see :func:`body_integral`.
    weight_kg : float, array or ufloat

    Returns
    -------
    same kind as given, Gy/MBq (0.1 Gy/GBq is 0.0001)

    Raises
    ------
    InputError
        For a weight outside 10 to 250 kg, or a blood integral that is of all the blood.
    PhysicsError
        For a whole-body integral above that of all activity staying.

    Warns
    -----
    PlausibilityWarning
        Below 40 kg, or outside what was seen in patients.

    References
    ----------
    Lassmann et al., EANM SOP I, doi:10.1007/s00259-008-0761-x (coefficients recalled).
    """
    parts = blood_dose_parts(blood_tiac_h_per_ml, body_tiac_h, weight_kg)
    warn_flags(parts.flags)
    return parts.gy_per_mbq


def blood_volume_ml(height_cm, weight_kg, sex: str):
    """Blood volume of an adult, mL.

    Men ``31.9·h + 26.3·w - 2402``, women ``56.9·h + 14.1·w - 6460``.

    Parameters
    ----------
    height_cm, weight_kg : float, array or ufloat
    sex : {"female", "male"}

    Raises
    ------
    InputError
        For numbers out of range, such as a height in metres, or a result below 1500 mL.

    References
    ----------
    Retzlaff et al., Blood 1969;33:649-667 (recalled).
    """
    _check.choice("sex", sex, ("female", "male"))
    height_cm = _check.positive("height_cm", height_cm)
    plain = np.atleast_1d(_check.nominal(height_cm))
    hint = "it is in cm" if np.any(plain < 3) else ""
    if np.any((plain < 100) | (plain > 250)):
        worst = plain[(plain < 100) | (plain > 250)][0]
        raise InputError(f"height_cm must lie between 100 and 250, got {worst:g}" + (f"; {hint}" if hint else ""))
    weight_kg = body_weight(weight_kg)
    by_height, by_weight, offset = (31.9, 26.3, 2402) if sex == "male" else (56.9, 14.1, 6460)
    result = by_height * height_cm + by_weight * weight_kg - offset
    least = value("radioiodine.smallest_blood_ml")
    if np.any(_check.nominal(result) < least):
        raise InputError(
            f"the blood volume would be {np.min(_check.nominal(result)):.0f} mL, below {least:g} mL: the equations are "
            "for adults; check height and weight"
        )
    return result


def single_measurement(time_h, retention, blood_volume_ml, weight_kg) -> BloodDose:
    """Blood dose from one whole-body measurement, taking 14 % of the whole-body residence to be in the blood.

    ``tau = t/(-ln R(t))``, mono-exponential.

    Parameters
    ----------
    time_h : float
        Hours after administration, 20 to 60.
    retention : float or ufloat
        Fraction of the administered activity in the body, physical decay included.
    blood_volume_ml : float or ufloat
        See :func:`blood_volume_ml`.
    weight_kg : float or ufloat

    Returns
    -------
    BloodDose

    Raises
    ------
    InputError
        For numbers out of range.
    PhysicsError
        If the retention falls more slowly than physical decay.

    References
    ----------
    Hänscheid et al., Endocr Relat Cancer 2009;16:1283-1289: off by 14 % on average.
    """
    time_h = _numbers.single("time_h", _check.positive("time_h", time_h))
    retention = _retention(retention, time_h)
    least = value("radioiodine.smallest_blood_ml")
    blood_volume_ml = _check.positive("blood_volume_ml", blood_volume_ml)
    if np.any(_check.nominal(blood_volume_ml) < least):
        raise InputError(
            f"blood_volume_ml must be at least {least:g}, got {np.min(_check.nominal(blood_volume_ml)):g}; in litres?"
        )
    body_tiac_h = time_h / (-1 * _numbers.log(retention))
    parts = blood_dose_parts(value("radioiodine.blood_share") * body_tiac_h / blood_volume_ml, body_tiac_h, weight_kg)
    early, late = value("radioiodine.single_early_h"), value("radioiodine.single_late_h")
    flags = [*parts.flags, Flag.BLOOD_SHARE_ASSUMED]
    flags += [] if early <= time_h <= late else [Flag.OUTSIDE_20_60H]
    sources = (*parts.sources, "radioiodine.single_measurement")
    return BloodDose(parts.electron_gy_per_mbq, parts.photon_gy_per_mbq, body_tiac_h, tuple(flags), sources)


def _retention(retention, time_h, name="retention"):
    retention = positive_fraction(name, retention)
    ceiling = float(find_nuclide("I-131").decay_factor(time_h))
    if np.any(_check.nominal(retention) > min(ceiling * (1 + 1e-4), 1 - 1e-12)):
        raise PhysicsError(
            f"{name} is {np.max(_check.nominal(retention)):g} at {time_h:g} h, more than {ceiling:.3f} that physical "
            "decay leaves; is it decay-corrected, or was the reference measured after voiding?"
        )
    return retention


@dataclass(frozen=True)
class ActivityLimit:
    """One limit of the activity to administer.

    Attributes
    ----------
    rule : {"blood dose", "retention at 48 h", "retention at 48 h, lung metastases"}
    activity_mbq : float or ufloat
    text : str
        What the rule demands.
    sources : tuple of str
    """

    rule: str
    activity_mbq: float | UFloat
    text: str
    sources: tuple[str, ...]


def activity_limits(blood_dose_gy_per_mbq, retention_48h, lung_metastases: bool = False) -> tuple[ActivityLimit, ...]:
    """All limits of the activity, the smallest first: that one limits.

    Parameters
    ----------
    blood_dose_gy_per_mbq : float or ufloat
        From :func:`blood_dose`.
    retention_48h : float or ufloat
        Fraction in the body at 48 h, physical decay included.
    lung_metastases : bool
        Diffuse and iodine-avid: adds the lower limit of retention.

    Returns
    -------
    tuple of ActivityLimit

    Raises
    ------
    InputError
        For numbers out of range.
    PhysicsError
        For a retention above physical decay.

    Warns
    -----
    PlausibilityWarning
        For a blood dose outside what was seen in patients; Gy/GBq for Gy/MBq, for example.

    References
    ----------
    EANM SOP I (2 Gy to the blood, read in the abstract); Benua et al. 1962 and Leeper (retention, recalled).
    """
    name = "blood_dose_gy_per_mbq"
    per_mbq = one_number(name, _check.positive(name, blood_dose_gy_per_mbq))
    retention_48h = one_number("retention_48h", _retention(retention_48h, 48.0, "retention_48h"))
    if not isinstance(lung_metastases, (bool, np.bool_)):
        raise InputError(f"lung_metastases must be True or False, got {lung_metastases!r}")
    low, high = value("radioiodine.blood_dose_low"), value("radioiodine.blood_dose_high")
    if not low <= 1000 * _check.nominal(per_mbq) <= high:
        _check.warn(
            f"blood_dose_gy_per_mbq is {_check.nominal(per_mbq):g}; patients had {low / 1000:g} to {high / 1000:g}"
        )
    limit = value("radioiodine.blood_limit_gy")
    rows = [
        ActivityLimit(
            "blood dose", limit / per_mbq, f"at most {limit:g} Gy to the blood", ("radioiodine.blood_limit_gy",)
        )
    ]
    for rule, key, wanted in (
        ("retention at 48 h", "radioiodine.retention_limit_mbq", True),
        ("retention at 48 h, lung metastases", "radioiodine.retention_limit_lung_mbq", lung_metastases),
    ):
        if wanted:
            text = f"at most {value(key) / 1000:g} GBq in the body at 48 h"
            rows.append(ActivityLimit(rule, value(key) / retention_48h, text, (key,)))
    return tuple(sorted(rows, key=lambda row: _check.nominal(row.activity_mbq)))
