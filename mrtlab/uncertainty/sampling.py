"""Monte Carlo: distributions through any function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, covariance_matrix

from mrtlab import _check, _numbers
from mrtlab.errors import InputError

__all__ = ["LogNormal", "Samples", "monte_carlo"]

_FEWEST = 1000


@dataclass(frozen=True)
class LogNormal:
    """A positive input for :func:`monte_carlo`: median and relative standard deviation.

    Attributes
    ----------
    median : float
        Above 0, in the unit of the quantity.
    relative_sd : float
        Standard deviation over mean, 0 or more. That of the logarithm is ``sqrt(ln(1 + relative_sd^2))``.

    Raises
    ------
    InputError
        For a median that is not positive, or a negative spread.
    """

    median: float
    relative_sd: float

    def __post_init__(self):
        _numbers.single("median", _check.positive("median", self.median))
        _numbers.single("relative_sd", _check.non_negative("relative_sd", self.relative_sd))

    @property
    def log_sd(self) -> float:
        """Standard deviation of the logarithm."""
        return float(np.sqrt(np.log1p(self.relative_sd**2)))


@dataclass(frozen=True, eq=False)
class Samples:
    """Outcome of :func:`monte_carlo`.

    Attributes
    ----------
    values : array, shape (n,)
        All samples.
    median, std : float
    interval95 : tuple of float
        Central 95 %.
    flags, sources : tuple of str
    """

    values: np.ndarray
    median: float
    std: float
    interval95: tuple[float, float]
    flags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ("uncertainty.monte_carlo",)


def monte_carlo(function: Callable, inputs: Mapping, n: int = 200_000, seed: int = 1) -> Samples:
    """Propagate distributions through a function by sampling (GUM supplement 1).

    Parameters
    ----------
    function : callable
        Takes the inputs by name, each an array of shape (n,), and returns an array of n results.
    inputs : mapping of str to float, ufloat, LogNormal, or array of shape (n,)
        Ufloats are sampled as jointly normal, with the correlations they have. An array holds samples drawn
        elsewhere, such as those of :func:`refitted`; draw them from another seed or stream.
    n : int
        At least 1000. 200 000 give the ends of a 95 % interval to about 1 % of its width.
    seed : int
        0 or more. The same seed gives the same samples.

    Returns
    -------
    Samples
        In the unit of what the function returns.

    Raises
    ------
    InputError
        For inputs of another kind or with names the function does not take, and for a function that does not return
        n finite real numbers.

    References
    ----------
    JCGM 101:2008, Evaluation of measurement data, supplement 1 to the GUM: propagation of distributions using a Monte
    Carlo method (``uncertainty.monte_carlo``).

    Examples
    --------
    >>> from uncertainties import ufloat
    >>> inputs = {"tia": ufloat(9000, 900), "mass": LogNormal(20, 0.4)}
    >>> dose = monte_carlo(lambda tia, mass: 0.0853 * tia / mass, inputs)
    >>> f"{dose.interval95[0]:.0f} to {dose.interval95[1]:.0f} Gy"
    '18 to 83 Gy'
    """
    count_and_seed(n, seed)
    _agree(function, inputs)
    random = np.random.default_rng(seed)
    samples = _jointly_normal(inputs, n, random)
    for name, item in inputs.items():
        if isinstance(item, LogNormal):
            samples[name] = item.median * np.exp(item.log_sd * random.standard_normal(n))
        elif name not in samples:
            samples[name] = _given(name, item, n)
    values = _real(function(**samples), n)
    if not np.all(np.isfinite(values)):
        raise InputError(
            f"function gave no finite number for {np.mean(~np.isfinite(values)):.1%} of the samples; use LogNormal for "
            "inputs that cannot be negative"
        )
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return Samples(values, float(middle), float(np.std(values, ddof=1)), (float(low), float(high)))


def count_and_seed(n, seed) -> None:
    """Refuse a number of samples or a seed that is none."""
    for name, number, least in (("n", n, _FEWEST), ("seed", seed, 0)):
        if isinstance(number, (bool, np.bool_)) or not isinstance(number, (int, np.integer)) or number < least:
            raise InputError(f"{name} must be a whole number of at least {least}, got {number!r}")


def _agree(function, inputs) -> None:
    if not callable(function):
        raise InputError(f"function must be a function, got {function!r}")
    if not isinstance(inputs, Mapping) or not all(isinstance(name, str) for name in inputs):
        raise InputError(f"inputs must map the names of the function's arguments to numbers, got {inputs!r}")
    if not inputs:
        raise InputError("inputs is empty; give at least one")
    try:
        inspect.signature(function).bind(**inputs)
    except TypeError as problem:
        raise InputError(f"inputs are {', '.join(inputs)}, but the function takes others: {problem}") from None
    except ValueError:
        return  # some functions in C do not tell what they take


def _jointly_normal(inputs, n: int, random) -> dict[str, np.ndarray]:
    uncertain = {}
    for name, item in inputs.items():
        if isinstance(item, UFloat):
            _check.finite(name, item)
            if not np.isfinite(item.std_dev):
                raise InputError(f"{name} has no finite uncertainty, got {item!r}")
            if item.std_dev > 0:
                uncertain[name] = item
    if not uncertain:
        return {}
    means = [item.nominal_value for item in uncertain.values()]
    covariance = np.array(covariance_matrix(list(uncertain.values())))
    drawn = random.multivariate_normal(means, covariance, size=n, method="eigh").T
    return dict(zip(uncertain, drawn, strict=True))


def _given(name: str, item, n: int) -> np.ndarray:
    """A number for every sample; or samples that were drawn elsewhere."""
    item = _check.finite(name, item)
    if np.ndim(item) == 0:
        return np.full(n, float(_check.nominal(item)))
    if _numbers.uncertain(item) or np.shape(item) != (n,):
        raise InputError(
            f"{name} must be one number or {n} samples in a row, got an array of shape {np.shape(item)}"
            + (" with uncertainties" if _numbers.uncertain(item) else "")
        )
    return np.asarray(item, dtype=float)


def _real(values, n: int) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype.kind not in "fiu":
        raise InputError(
            f"function must return real numbers, got {'complex ones' if values.dtype.kind == 'c' else values.dtype}; "
            "a root or logarithm of something negative, or arguments that are not used as arrays?"
        )
    if values.shape != (n,):
        raise InputError(
            f"function must return {n} results for {n} samples, got an array of shape {values.shape}; write it "
            "with numpy functions"
        )
    return values.astype(float, copy=False)
