"""A recovery curve read at one volume, with everything a budget needs of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import _check, _numbers
from mrtlab.calibration.partial_volume import recovery as recovery_at
from mrtlab.calibration.partial_volume import refuse_low
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError

__all__ = ["Recovered", "certain", "factor", "one", "parameters", "read"]


_LEAST_FACTOR = 0.5  # what is smaller may be a relative uncertainty with an uncertainty of its own


@dataclass(frozen=True)
class Recovered:
    """Recovery coefficient at a volume.

    Attributes
    ----------
    coefficient : ufloat
        With the uncertainty of the curve, not of the volume.
    slope : float
        Logarithmic, ``(V/R) dR/dV``.
    flags, sources : tuple of str
    """

    coefficient: UFloat
    slope: float
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def plain(self) -> float:
        return float(self.coefficient.nominal_value)


def parameters(recovery) -> dict[str, UFloat]:
    """Parameters of a recovery curve as ufloats."""
    found = {}
    for name in ("b1_ml", "b2", "plateau"):
        if not hasattr(recovery, name):
            if name == "plateau":
                continue
            raise InputError(
                f"recovery must be a RecoveryCurve, from mrtlab.calibration.fit_recovery, got {recovery!r}; one "
                "coefficient does not say how it changes with the volume"
            )
        found[name] = certain(f"recovery.{name}", getattr(recovery, name))
    return found


def read(recovery, volume_ml: float) -> Recovered:
    """The curve at a volume; refused where the partial-volume correction refuses it."""
    curve = parameters(recovery)
    coefficient = _check.exact(recovery_at(volume_ml, **curve))
    plain = coefficient.nominal_value
    refuse_low(plain)
    flags = [*getattr(recovery, "flags", ())]
    if hasattr(recovery, "flags_at"):
        flags += recovery.flags_at(volume_ml)
    flags += [Flag.RECOVERY_LOW] if plain < value("calibration.recovery_low") else []
    flags += [Flag.RECOVERY_OVERSHOOT] if plain > value("calibration.overshoot") else []
    highest = curve["plateau"].nominal_value if "plateau" in curve else 1.0
    return Recovered(
        coefficient,
        float(curve["b2"].nominal_value * (1 - plain / highest)),
        tuple(dict.fromkeys(flags)),
        tuple(getattr(recovery, "sources", ())),
    )


def certain(name: str, number) -> UFloat:
    """One positive number as a ufloat, its uncertainty finite."""
    if not isinstance(number, UFloat):
        number = _numbers.single(name, number)
    number = _check.exact(_check.positive(name, number))
    if not np.isfinite(number.std_dev):
        raise InputError(f"{name} has no finite uncertainty, got {number!r}")
    return number


def factor(name: str, item) -> UFloat:
    """``1 ± relative uncertainty`` from a relative uncertainty, or from the quantity itself as a ufloat."""
    if not isinstance(item, UFloat):
        return one(_numbers.single(name, _check.fraction(name, item)))
    item = certain(name, item)
    if item.nominal_value < _LEAST_FACTOR:
        raise InputError(
            f"{name} is {item!r}. As a relative uncertainty it must be a plain number; as the quantity itself, which "
            f"others share, it must be {_LEAST_FACTOR:g} or more: divide it by its value"
        )
    item = item / item.nominal_value
    if item.std_dev > 1:
        raise InputError(f"{name} is uncertain by {item.std_dev:.0%}; nothing can be computed with it")
    return item


def one(spread: float) -> UFloat:
    """A new ``1 ± spread``."""
    return ufloat(1.0, spread) if spread else _check.exact(1.0)
