"""The therapeutic window with the uncertainty of its parameters: control and complication over the same dose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from mrtlab import _check, _numbers
from mrtlab.constants import Source, sources, value
from mrtlab.radiobiology.effect import log_logistic, ntcp_lkb, ntcp_logistic, tcp_poisson
from mrtlab.radiobiology.lq import bed, eqd2, lea_catcheside
from mrtlab.radiobiology.tissues import TISSUES
from mrtlab.uncertainty import LogNormal, monte_carlo

__all__ = ["CURVES", "EffectBand", "Window", "parameter_source", "therapeutic_window", "window_parameters"]

#: Pairs of curves: tumour control by Poisson with LKB, or both logistic.
CURVES = ("poisson-lkb", "logistic")
_CYCLES = 4


@dataclass(frozen=True, eq=False)
class EffectBand:
    """A probability, or a difference of two, over dose.

    Attributes
    ----------
    middle : array
        With every parameter at its median.
    low, high : array
        Central 95 % of the samples, at each dose by itself.
    """

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, eq=False)
class Window:
    """Tumour control, kidney complication, and control without complication's share, over the kidney dose.

    Attributes
    ----------
    kidney_gy, tumour_gy : array
        Absorbed dose of the whole course, Gy.
    kidney_eqd2_gy : array
        What the kidney curve is computed from, Gy.
    tcp, ntcp : EffectBand
    window : EffectBand
        ``tcp - ntcp``, from the same samples.
    parameters : mapping of str to LogNormal
    sources : tuple of str
    """

    kidney_gy: np.ndarray
    tumour_gy: np.ndarray
    kidney_eqd2_gy: np.ndarray
    tcp: EffectBand
    ntcp: EffectBand
    window: EffectBand
    parameters: Mapping[str, LogNormal]
    sources: tuple[str, ...]


def therapeutic_window(
    kidney_gy,
    tumour_per_kidney: float,
    curves: str = "poisson-lkb",
    relative_sd: float = 0.2,
    n: int = 2000,
    seed: int = 1,
) -> Window:
    """Tumour control and kidney complication after four equal cycles of a Lu-177 peptide, with 95 % bands.

    The tumour curve takes the BED of the four cycles (Poisson) or their absorbed dose (logistic), the kidney curve
    their BED as EQD2, as its parameters are those of external beam in fractions of 2 Gy.

    Parameters
    ----------
    kidney_gy : float or array
        Absorbed dose of the kidney over the course, Gy.
    tumour_per_kidney : float
        Absorbed dose of the tumour over that of the kidney.
    curves : {"poisson-lkb", "logistic"}
    relative_sd : float
        Of alpha, D50 and TD50: standard deviation over mean, 0 to 1. That of the other parameters is fixed; see
        :func:`window_parameters`.
    n, seed : int
        Draws of the parameters; the same seed gives the same draws.

    Returns
    -------
    Window

    Raises
    ------
    InputError
        For numbers out of range.

    References
    ----------
    :mod:`mrtlab.radiobiology.effect`. Parameters are recalled or illustrative, their spreads illustrative.
    """
    _check.choice("curves", curves, CURVES)
    kidney = np.atleast_1d(np.asarray(_check.non_negative("kidney_gy", kidney_gy), dtype=float))
    ratio = _numbers.single("tumour_per_kidney", _check.positive("tumour_per_kidney", tumour_per_kidney))
    parameters = window_parameters(curves, relative_sd)
    tumour = ratio * kidney
    of_kidney, of_tumour = TISSUES["kidney"], TISSUES["tumour"]
    half_lives = value("radiobiology.window_kidney_half_life_h"), value("radiobiology.window_lesion_half_life_h")
    kidney_bed = _course_bed(kidney, of_kidney, half_lives[0])
    kidney_eqd2 = eqd2(kidney_bed, of_kidney.alpha_beta_gy)
    if curves == "poisson-lkb":
        control, dose, names = tcp_poisson, _course_bed(tumour, of_tumour, half_lives[1]), ("alpha_per_gy", "clonogens")
        harm, harm_names = ntcp_lkb, {"td50_gy": "td50_gy", "m": "m"}
    else:
        control, dose, names = log_logistic, tumour, ("d50_gy", "gamma50")
        harm, harm_names = ntcp_logistic, {"td50_gy": "td50_gy", "gamma50": "kidney_gamma50"}
    # one draw for both curves, so that the difference is one of the same parameters
    drawn = _drawn(parameters, n, seed)
    middle = {name: item.median for name, item in parameters.items()}

    def both(numbers, shape):
        row = {name: np.reshape(one, shape) for name, one in numbers.items()}
        tcp = control(dose[:, None], **{name: row[name] for name in names})
        return tcp, harm(kidney_eqd2[:, None], **{name: row[own] for name, own in harm_names.items()})

    tcp, ntcp = both(drawn, (1, -1))
    at_median = [one[:, 0] for one in both(middle, (1, 1))]
    return Window(
        kidney_gy=kidney,
        tumour_gy=tumour,
        kidney_eqd2_gy=kidney_eqd2,
        tcp=_band(at_median[0], tcp),
        ntcp=_band(at_median[1], ntcp),
        window=_band(at_median[0] - at_median[1], tcp - ntcp),
        parameters=parameters,
        sources=("radiobiology.tcp", "radiobiology.ntcp", "uncertainty.monte_carlo", *of_kidney.sources),
    )


def window_parameters(curves: str, relative_sd: float) -> dict[str, LogNormal]:
    """Parameters of :func:`therapeutic_window`, as distributions.

    Parameters
    ----------
    curves : {"poisson-lkb", "logistic"}
    relative_sd : float
        Of alpha, D50 and TD50.

    Returns
    -------
    dict of str to LogNormal
        ``alpha_per_gy`` and ``clonogens``, or ``d50_gy`` and ``gamma50``, of the tumour; ``td50_gy`` and ``m``, or
        ``kidney_gamma50`` (the slope that m stands for, ``1/(m·sqrt(2·pi))``), of the kidney.
    """
    _check.choice("curves", curves, CURVES)
    spread = _numbers.single("relative_sd", _check.fraction("relative_sd", relative_sd))
    slope = value("radiobiology.window_slope_rel")
    td50 = LogNormal(value("radiobiology.window_td50_gy"), spread)
    width = value("radiobiology.window_m")
    if curves == "poisson-lkb":
        return {
            "alpha_per_gy": LogNormal(TISSUES["tumour"].alpha_per_gy, spread),
            "clonogens": LogNormal(value("radiobiology.window_clonogens"), value("radiobiology.window_clonogens_rel")),
            "td50_gy": td50,
            "m": LogNormal(width, slope),
        }
    return {
        "d50_gy": LogNormal(value("radiobiology.window_d50_gy"), spread),
        "gamma50": LogNormal(value("radiobiology.window_gamma50"), slope),
        "td50_gy": td50,
        "kidney_gamma50": LogNormal(1 / (width * sqrt(2 * pi)), slope),
    }


def parameter_source(name: str) -> Source:
    """Citation and certainty of a parameter of :func:`window_parameters`.

    Parameters
    ----------
    name : str
        A key of what :func:`window_parameters` returns.
    """
    if name == "alpha_per_gy":
        return sources("radiobiology.tumour_alpha_per_gy")
    return sources(f"radiobiology.window_{'m' if name == 'kidney_gamma50' else name}")


def _course_bed(total_gy, tissue, half_life_h):
    """BED of four equal cycles."""
    g = lea_catcheside(half_life_h, tissue.repair_half_time_h)
    return _CYCLES * bed(total_gy / _CYCLES, tissue.alpha_beta_gy, g)


def _drawn(parameters: Mapping, n: int, seed: int) -> dict[str, np.ndarray]:
    """Samples of all parameters together, by the package's own sampler."""
    kept: dict[str, np.ndarray] = {}

    def keep(**drawn):
        kept.update(drawn)
        return np.zeros(n)

    monte_carlo(keep, parameters, n, seed)
    return kept


def _band(middle, samples) -> EffectBand:
    return EffectBand(np.asarray(middle, dtype=float), *np.quantile(samples, [0.025, 0.975], axis=1))
