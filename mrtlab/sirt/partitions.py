"""The partition model of tumour, normal liver and lungs, its inverse, and its artery-specific variant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat

from mrtlab import _check
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError
from mrtlab.sirt import _shared
from mrtlab.sirt.dose import constant_sources, resolve

__all__ = ["KaoActivity", "Partition", "kao_activity", "partition", "partition_activity", "tumour_to_normal"]

Number = float | np.ndarray | UFloat
PARTITION_COMPARTMENTS = ("tumour", "normal", "lung", "perfused", "whole_normal")


def tumour_to_normal(tumour_counts, tumour_g, normal_counts, normal_g):
    """Tumour-to-normal ratio of the partition model: counts per mass in the tumour over counts per mass outside it.

    The ratio of the activities alone is another number, used by :func:`kao_activity`.

    Parameters
    ----------
    tumour_counts, normal_counts : float, array or ufloat
        Counts or activities on SPECT corrected for attenuation.
    tumour_g, normal_g : float, array or ufloat
        Masses of the perfused tumour and the perfused normal liver, g.

    Raises
    ------
    InputError
        For numbers that are not positive, or kg for g.

    References
    ----------
    ``sirt.partition``
    """
    tumour_counts, normal_counts = (
        _check.positive("tumour_counts", tumour_counts),
        _check.positive("normal_counts", normal_counts),
    )
    tumour_g, normal_g = _shared.tumour("tumour_g", tumour_g), _shared.organ("normal_g", normal_g)
    return (tumour_counts / tumour_g) / (normal_counts / normal_g)


@dataclass(frozen=True)
class Partition:
    """Doses of the partition model.

    Attributes
    ----------
    activity_mbq : float, array or ufloat
        Delivered activity, MBq.
    tumour_gy, normal_gy, lung_gy : float, array or ufloat
        Mean doses to the perfused tumour, the perfused normal liver and the lungs, Gy.
    perfused_gy : float, array or ufloat
        Mean over tumour and perfused normal liver together.
    whole_normal_gy : float, array, ufloat or None
        Mean over all normal liver, the part that was not treated included; None if its mass was not given.
    constant : float or ufloat
        Dose constant used, Gy·g/MBq.
    flags, sources : tuple of str
    """

    activity_mbq: Number
    tumour_gy: Number
    normal_gy: Number
    lung_gy: Number
    perfused_gy: Number
    whole_normal_gy: Number | None
    constant: float | UFloat
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def by_compartment(self) -> dict[str, Number]:
        """Doses by name, Gy: tumour, normal, perfused, lung and, if known, whole_normal."""
        found = {name: getattr(self, f"{name}_gy") for name in PARTITION_COMPARTMENTS}
        return {name: dose for name, dose in found.items() if dose is not None}


def partition(
    activity_mbq,
    tumour_g,
    normal_g,
    tumour_to_normal,
    lung_shunt,
    lung_g=1000.0,
    constant="icrp107",
    *,
    whole_normal_g=None,
) -> Partition:
    """Doses to tumour, normal liver and lungs by the partition model.

    ``D_N = C·A·(1-LSF)/(TN·m_T + m_N)``, ``D_T = TN·D_N``, ``D_L = C·A·LSF/m_L``. All tumours are one compartment with
    one ratio; :func:`multi_compartment` keeps them apart.

    Parameters
    ----------
    activity_mbq : float, array or ufloat
        Delivered activity, MBq.
    tumour_g, normal_g : float, array or ufloat
        Perfused tumour and perfused normal liver, g.
    tumour_to_normal : float, array or ufloat
        Ratio of concentrations, as by :func:`tumour_to_normal`.
    lung_shunt : float, array or ufloat
        0 to 1.
    lung_g : float, array or ufloat
        g.
    constant : str, float or ufloat
        A name of :func:`dose_constant`, or Gy·g/MBq; ``"ifu"`` for Ho-166.
    whole_normal_g : float, array or ufloat, optional
        All normal liver, g, for the mean dose to it.

    Returns
    -------
    Partition
        Flags: COLD_TUMOUR (ratio below 1), TUMOUR_TO_NORMAL_HIGH (above 20), LSF_GT_20PCT, DEFAULT_LUNG_MASS,
        SMALL_COMPARTMENT.

    Raises
    ------
    InputError
        For numbers out of range, kg for g, percent for fractions, or whole normal liver below its perfused part.

    References
    ----------
    ``sirt.partition``
    """
    model = _Partition(tumour_g, normal_g, tumour_to_normal, lung_shunt, lung_g, constant, whole_normal_g)
    activity_mbq = _shared.activity(activity_mbq)
    doses = {name: activity_mbq * model.gy_per_mbq(name) for name in PARTITION_COMPARTMENTS if model.knows(name)}
    _shared.energy_balance(
        (doses["tumour"] * model.tumour_g, doses["normal"] * model.normal_g, doses["lung"] * model.lung_g),
        model.constant * activity_mbq,
    )
    return Partition(
        activity_mbq,
        **{f"{name}_gy": doses.get(name) for name in PARTITION_COMPARTMENTS},
        constant=model.constant,
        flags=model.flags,
        sources=("sirt.partition", *constant_sources(constant)),
    )


def partition_activity(
    dose_gy,
    compartment: str,
    tumour_g,
    normal_g,
    tumour_to_normal,
    lung_shunt,
    lung_g=1000.0,
    constant="icrp107",
    *,
    whole_normal_g=None,
):
    """Delivered activity that gives one compartment a dose; the inverse of :func:`partition`, MBq.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Gy.
    compartment : {"tumour", "normal", "lung", "perfused", "whole_normal"}
        ``"normal"`` is the perfused normal liver.
    tumour_g, normal_g, tumour_to_normal, lung_shunt, lung_g, constant, whole_normal_g
        As in :func:`partition`.

    Returns
    -------
    same kind as given, MBq
        Infinite for the lungs without a shunt.

    Raises
    ------
    InputError
        As :func:`partition`.

    Warns
    -----
    PlausibilityWarning
        What :func:`partition` flags, the conventional lung mass and small tumours apart.

    References
    ----------
    ``sirt.partition``
    """
    _check.choice("compartment", compartment, PARTITION_COMPARTMENTS)
    model = _Partition(tumour_g, normal_g, tumour_to_normal, lung_shunt, lung_g, constant, whole_normal_g)
    for flag in model.flags:
        if flag not in (Flag.DEFAULT_LUNG_MASS, Flag.SMALL_COMPARTMENT):
            _check.warn(Flag(flag).text)
    return _shared.over(_shared.dose("dose_gy", dose_gy), model.gy_per_mbq(compartment))


class _Partition:
    """The checked arguments of the partition model."""

    def __init__(self, tumour_g, normal_g, ratio, lung_shunt, lung_g, constant, whole_normal_g):
        if isinstance(normal_g, (int, float)) and normal_g == 0:
            raise InputError(
                "normal_g is 0: without perfused normal liver there is nothing to partition; for a segmentectomy use "
                "single_compartment_activity on the perfused volume"
            )
        self.tumour_g, self.normal_g = _shared.tumour("tumour_g", tumour_g), _shared.organ("normal_g", normal_g)
        self.ratio = _check.positive("tumour_to_normal", ratio)
        self.liver_share = _shared.remaining(lung_shunt)
        self.lung_shunt = _check.finite("lung_shunt", lung_shunt)
        self.lung_g = _shared.organ("lung_g", lung_g)
        self.constant = resolve(constant)
        self.whole_normal_g = None
        if whole_normal_g is not None:
            self.whole_normal_g = _shared.organ("whole_normal_g", whole_normal_g)
            if np.any(_check.nominal(self.whole_normal_g) < _check.nominal(self.normal_g)):
                raise InputError(
                    f"whole_normal_g is {float(np.min(_check.nominal(self.whole_normal_g))):g} g, less than normal_g, "
                    "its perfused part; the whole normal liver includes both lobes, without tumour"
                )
        plain = np.asarray(_check.nominal(self.ratio))
        cold = (Flag.COLD_TUMOUR,) if np.any(plain < 1) else ()
        hot = (Flag.TUMOUR_TO_NORMAL_HIGH,) if np.any(plain > value("sirt.tumour_to_normal_high")) else ()
        lungs = (*_shared.high_shunt(self.lung_shunt), *_shared.default_lung(self.lung_g))
        self.flags = (*cold, *hot, *lungs, *_shared.small(self.tumour_g, self.normal_g))

    def knows(self, name: str) -> bool:
        return name != "whole_normal" or self.whole_normal_g is not None

    def gy_per_mbq(self, name: str):
        if not self.knows(name):
            raise InputError("whole_normal_g is missing: the mean over the whole normal liver needs its mass")
        if name == "lung":
            return self.constant * self.lung_shunt / self.lung_g
        normal = self.constant * self.liver_share / (self.ratio * self.tumour_g + self.normal_g)
        if name == "normal":
            return normal
        if name == "tumour":
            return self.ratio * normal
        if name == "whole_normal":
            return normal * self.normal_g / self.whole_normal_g
        return self.constant * self.liver_share / (self.tumour_g + self.normal_g)


@dataclass(frozen=True)
class KaoActivity:
    """Activities of the artery-specific partition model.

    Attributes
    ----------
    tumour_mbq, normal_mbq, lung_mbq, total_mbq : float, array or ufloat
    flags, sources : tuple of str
    """

    tumour_mbq: Number
    normal_mbq: Number
    lung_mbq: Number
    total_mbq: Number
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("sirt.kao",)


def kao_activity(dose_gy, tumour_g, activity_ratio, tumour_lung_shunt, constant="rounded") -> KaoActivity:
    """Activity for a tumour dose by the artery-specific partition model of Kao et al.

    ``A_T = D_T·m_T/C``, ``A_N = A_T/R``, ``A_L = A_T·S/(1 - S)``.

    Parameters
    ----------
    dose_gy : float, array or ufloat
        Mean dose to the tumour, Gy.
    tumour_g : float, array or ufloat
        g.
    activity_ratio : float, array or ufloat
        R, **activity** (counts) in the tumour over activity in the normal liver of the same artery. The ratio of
        concentrations of :func:`partition` is another number.
    tumour_lung_shunt : float, array or ufloat
        S, counts in the lungs over counts in lungs and tumour, 0 to 1. The usual lung shunt is over lungs and liver.
    constant : str, float or ufloat
        The publication uses 50, ``"rounded"``.

    Returns
    -------
    KaoActivity

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    ``sirt.kao``
    """
    dose_gy, tumour_g = _shared.dose("dose_gy", dose_gy), _shared.tumour("tumour_g", tumour_g)
    activity_ratio = _check.positive("activity_ratio", activity_ratio)
    tumour_lung_shunt = _check.fraction("tumour_lung_shunt", tumour_lung_shunt)
    left = _shared.remaining(tumour_lung_shunt)
    tumour = dose_gy * tumour_g / resolve(constant)
    normal, lung = tumour / activity_ratio, tumour * tumour_lung_shunt / left
    return KaoActivity(
        tumour, normal, lung, tumour + normal + lung, _shared.small(tumour_g), ("sirt.kao", *constant_sources(constant))
    )
