"""The organs and tumours of a simulated patient, and how tumours decline from cycle to cycle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mrtlab import _check, _numbers, kinetics
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.prrt import _guards
from mrtlab.prrt.published import KIDNEYS
from mrtlab.radiobiology import TISSUES

__all__ = ["Organ", "tumour_decline", "typical_organs"]

KINDS = ("kidneys", "tumour", "organ")


@dataclass(frozen=True)
class Organ:
    """An organ or tumour as it is in the first cycle, and how it changes.

    ``A(t) = A0·fraction·(exp(-ln2·t/T_eff) - exp(-ln2·t/T_uptake))``, both half-lives with physical decay in them.

    Parameters
    ----------
    name : str
    kind : {"kidneys", "tumour", "organ"}
        Kidneys (both together) are protected by amino acids; tumours shrink and may grow back.
    fraction : float
        Of the administered activity, at the reference renal function and with amino acids.
    uptake_half_time_h, effective_half_life_h : float
        Of the nuclide simulated.
    mass_g : float
        In the first cycle.
    change : float
        Relative change per cycle of the activity per gram: -0.06 for a tumour of grade 1, -0.14 of grade 2, -0.02 to
        0.05 for kidneys.
    shrink : float
        Factor on the mass per cycle.
    alpha_beta_gy, repair_half_time_h : float, optional
        For the BED; those of :data:`mrtlab.radiobiology.TISSUES` for kidneys and tumours. Other organs have no BED
        without both.
    alpha_per_gy, doubling_time_h : float, optional
        Both, for a tumour that grows back while the dose rate falls. Not for kidneys, which do not.
    """

    name: str
    kind: str
    fraction: float
    uptake_half_time_h: float
    effective_half_life_h: float
    mass_g: float
    change: float = 0.0
    shrink: float = 1.0
    alpha_beta_gy: float | None = None
    repair_half_time_h: float | None = None
    alpha_per_gy: float | None = None
    doubling_time_h: float | None = None

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"name is missing, got {self.name!r}")
        _check.choice("kind", self.kind, KINDS)
        for name in ("fraction", "uptake_half_time_h", "effective_half_life_h", "mass_g", "shrink"):
            _numbers.single(name, _check.positive(name, getattr(self, name)))
        _check.fraction("fraction", self.fraction)
        if self.uptake_half_time_h >= self.effective_half_life_h:
            raise InputError(
                f"{self.name}: uptake_half_time_h is {self.uptake_half_time_h:g}, not below effective_half_life_h, "
                f"{self.effective_half_life_h:g}"
            )
        change = _numbers.single("change", self.change)
        if not -1 < change <= 1:
            raise InputError(f"{self.name}: change must be above -1 and at most 1, got {change:g}; -0.06 is 6 % less")
        for one, other in (("alpha_beta_gy", "repair_half_time_h"), ("alpha_per_gy", "doubling_time_h")):
            given = [getattr(self, one), getattr(self, other)]
            if (given[0] is None) != (given[1] is None):
                raise InputError(f"{self.name}: {one} and {other} belong together; give both or neither")
            for name, number in zip((one, other), given, strict=True):
                if number is not None:
                    _numbers.single(name, _check.positive(name, number))
        if self.doubling_time_h is not None and self.kind != "tumour":
            raise InputError(
                f"{self.name}: doubling_time_h is for tumours; late-responding tissue such as the kidney does not grow "
                "back during the treatment"
            )

    @property
    def radiobiology(self) -> tuple[float, float] | None:
        """Alpha/beta (Gy) and repair half-time (h), or None."""
        if self.alpha_beta_gy is not None:
            return self.alpha_beta_gy, self.repair_half_time_h
        tissue = {"kidneys": "kidney", "tumour": "tumour"}.get(self.kind)
        return None if tissue is None else (TISSUES[tissue].alpha_beta_gy, TISSUES[tissue].repair_half_time_h)


def typical_organs(nuclide="Lu-177", grade: str = "G1") -> tuple[Organ, ...]:
    """Kidneys, liver, spleen and one tumour of a simulated patient to begin with; illustrative, not literature.

    Biological half-lives are those of Lu-177-DOTATATE; with Y-90 the effective ones are shorter.

    Parameters
    ----------
    nuclide : {"Lu-177", "Y-90"}
    grade : {"G1", "G2"}
        Of the tumour; see :func:`tumour_decline`.

    References
    ----------
    ``prrt.typical_organs``
    """
    name = _check.choice("nuclide", find_nuclide(nuclide).name, ("Lu-177", "Y-90"))
    uptake = value("prrt.organ_uptake_half_time_h")
    half_lives = {"kidneys": "kidney_half_life_h", "tumour": "tumour_half_life_h"}
    organs = []
    for region in (KIDNEYS, "liver", "spleen", "tumour"):
        half_life = value(f"prrt.{half_lives.get(region, 'organ_other_half_life_h')}")
        if name != "Lu-177":
            biological = kinetics.biological_half_life_h(half_life, "Lu-177")
            half_life = kinetics.effective_half_life_h(biological, name)
        organs.append(
            Organ(
                region,
                region if region in KINDS else "organ",
                value(f"prrt.organ_{region}_fraction"),
                uptake,
                half_life,
                value(f"prrt.organ_{region}_mass_g"),
                change=_decline(grade) - 1 if region == "tumour" else 0.0,
            )
        )
    return tuple(organs)


def tumour_decline(first_gy, cycles: int, grade: str) -> tuple:
    """Tumour dose in each cycle if it falls by the published rate, Gy.

    Parameters
    ----------
    first_gy : float or ufloat
        Of the first cycle.
    cycles : int
    grade : {"G1", "G2"}
        6 % and 14 % less in each cycle, in the mean of a cohort.

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    Roth et al. 2022 (abstract).
    """
    first_gy = _guards.one_number("first_gy", _check.positive("first_gy", first_gy))
    if isinstance(cycles, bool) or not isinstance(cycles, (int, np.integer)) or not 1 <= cycles <= 20:
        raise InputError(f"cycles must be a whole number from 1 to 20, got {cycles!r}")
    return tuple(first_gy * _decline(grade) ** number for number in range(cycles))


def _decline(grade: str) -> float:
    return value(f"prrt.decline_{_check.choice('grade', grade, ('G1', 'G2')).lower()}")
