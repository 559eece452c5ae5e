"""The tumour as a sink: what it takes up does not reach the organs, until it has shrunk."""

from __future__ import annotations

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import value
from mrtlab.errors import Flag, InputError

__all__ = ["sink_doses", "sink_factor", "tumour_volumes_ml"]


def sink_factor(tumour_ml, strength=None, half_volume_ml=None):
    """Share of its uptake that an organ keeps beside a tumour, ``1/(1 + s·V/V50)``.

    Parameters
    ----------
    tumour_ml : float, array or ufloat
        Total tumour volume, mL.
    strength : float or ufloat, optional
        s, how strongly the tumour competes: at ``half_volume_ml`` the organ keeps ``1/(1 + s)``.
    half_volume_ml : float or ufloat, optional
        V50, mL.

    Returns
    -------
    same kind as given, above 0 and at most 1

    Raises
    ------
    InputError
        For negative numbers, or a ``half_volume_ml`` of 0.

    Warns
    -----
    PlausibilityWarning
        If ``strength`` or ``half_volume_ml`` is left out: 0.4 and 1000 mL are teaching values.

    References
    ----------
    That organs take up less beside more tumour: Filss 2018, Gafita 2022 (abstracts). The formula is mrtlab's.

    Examples
    --------
    >>> round(sink_factor(1000, strength=0.4, half_volume_ml=1000), 4)
    0.7143
    """
    if strength is None or half_volume_ml is None:
        _check.warn(Flag.SINK_ASSUMED.text)
    strength, half_volume_ml = sink_parameters(strength, half_volume_ml)
    return 1 / (1 + strength * _check.non_negative("tumour_ml", tumour_ml) / half_volume_ml)


def sink_parameters(strength, half_volume_ml):
    """Both parameters, the teaching values where none is given."""
    strength = value("psma.sink_strength") if strength is None else _check.non_negative("strength", strength)
    if half_volume_ml is None:
        return strength, value("psma.sink_half_volume_ml")
    return strength, _check.positive("half_volume_ml", half_volume_ml)


def tumour_volumes_ml(first_ml, shrink, cycles: int = 6):
    """Total tumour volume at each cycle, ``V1·shrink^(k-1)``, mL.

    Parameters
    ----------
    first_ml : float or ufloat
        At the first cycle.
    shrink : float or ufloat
        Factor from cycle to cycle: 0.7 leaves 70 %. Above 1 the tumour grows.
    cycles : int

    Returns
    -------
    array, shape (cycles,)

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    A teaching model; patients do not shrink by a constant factor.
    """
    from mrtlab.psma.literature import whole

    first_ml = _check.non_negative("first_ml", first_ml)
    shrink = _check.positive("shrink", shrink)
    if float(np.max(_check.nominal(shrink))) > 2:
        raise InputError(
            f"shrink is {_check.nominal(shrink):g}; it is the factor that is left from cycle to cycle, such as 0.7"
        )
    return np.array([first_ml * shrink**cycle for cycle in range(whole("cycles", cycles))])


def sink_doses(first_dose_gy, tumour_ml, strength=None, half_volume_ml=None):
    """Dose of an organ in every cycle from that of the first, as the tumour changes, Gy.

    ``D_k = D_1·f(V_k)/f(V_1)`` with :func:`sink_factor`: equal activities, nothing else changes.

    Parameters
    ----------
    first_dose_gy : float or ufloat
        Measured in the first cycle, Gy.
    tumour_ml : sequence of float or ufloat
        Total tumour volume at each cycle, the first included, mL.
    strength, half_volume_ml : float or ufloat, optional
        As in :func:`sink_factor`.

    Returns
    -------
    array, shape (cycles,)
        Of ufloats, correlated, if there are any among the numbers given.

    Raises
    ------
    InputError
        For numbers out of range.

    Warns
    -----
    PlausibilityWarning
        As :func:`sink_factor`.

    References
    ----------
    ``psma.sink``.

    Examples
    --------
    >>> doses = sink_doses(4.07, tumour_volumes_ml(1000, 0.7), strength=0.4, half_volume_ml=1000)
    >>> round(float(doses[-1]), 2), round(float(sum(doses)), 1)
    (5.34, 28.8)
    """
    if strength is None or half_volume_ml is None:
        _check.warn(Flag.SINK_ASSUMED.text)
    strength, half_volume_ml = sink_parameters(strength, half_volume_ml)
    first_dose_gy = _check.positive("first_dose_gy", first_dose_gy)
    volumes = _check.non_negative("tumour_ml", _numbers.row("tumour_ml", tumour_ml))
    factors = sink_factor(volumes, strength, half_volume_ml)
    return first_dose_gy * factors / factors[0]
