"""Methods against each other, on patients whose truth is known."""

from __future__ import annotations

import csv
import io
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mrtlab import _check
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.patients._draw import Stream
from mrtlab.patients.curves import half_life_prior
from mrtlab.patients.methods import Method, find_method
from mrtlab.patients.truth import members

if TYPE_CHECKING:
    from mrtlab.patients.patient import VirtualPatient

__all__ = ["Comparison", "ComparisonRow", "compare"]

_REGIONS = {"prrt": "kidneys", "psma": "kidneys", "radioiodine": "thyroid"}
_WORST = 0.01
_LARGE = 0.10


@dataclass(frozen=True)
class ComparisonRow:
    """How one method did. Errors are relative: 0.1 is 10 % too high.

    Attributes
    ----------
    method : str
    patients : int
        All that were tried.
    failed : int
        Without result: too few scans were made, or the method refused. They are in no other number.
    reference_failed : int
        Patients whose reference gave nothing to compare with: not this method's failures, and in no other number.
    bias, median : float
        Mean and median error.
    spread : float
        Standard deviation of the errors.
    low95, high95 : float
        Central 95 % of the errors.
    worst : float
        Mean error of the 1 % of patients (at least one) with the largest errors of either sign.
    beyond : float
        Fraction of the patients with an error of more than 10 % either way.
    """

    method: str
    patients: int
    failed: int
    bias: float | None
    median: float | None
    spread: float | None
    low95: float | None
    high95: float | None
    worst: float | None
    beyond: float | None
    reference_failed: int = 0


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Outcome of :func:`compare`.

    Attributes
    ----------
    rows : tuple of ComparisonRow
    errors : mapping of str to array, shape (patients,)
        Relative errors of each method; NaN where it failed.
    reasons : mapping of str to tuple of str
        Why each failure happened, one sentence each, in the order of the patients.
    region, truth : str
    reference_reasons : tuple of str
        The same, of the reference.
    """

    rows: tuple[ComparisonRow, ...]
    errors: Mapping[str, np.ndarray]
    reasons: Mapping[str, tuple[str, ...]]
    region: str
    truth: str
    reference_reasons: tuple[str, ...] = ()

    def __repr__(self):
        return self.text

    @property
    def text(self) -> str:
        """The table for people, in per cent."""
        head = ["method", "patients", "failed", "bias %", "spread %", "95 % of errors", "worst 1 %", ">10 % off"]
        lines = [head]
        for row in self.rows:
            if row.bias is None:
                lines.append([row.method, str(row.patients), str(row.failed), *["no result"] * 5])
                continue
            spread = "–" if row.spread is None else f"{100 * row.spread:.1f}"
            lines.append(
                [
                    row.method,
                    str(row.patients),
                    str(row.failed),
                    f"{100 * row.bias:+.1f}",
                    spread,
                    f"{100 * row.low95:+.1f} to {100 * row.high95:+.1f}",
                    f"{100 * row.worst:+.1f}",
                    f"{100 * row.beyond:.1f} %",
                ]
            )
        widths = [max(len(line[k]) for line in lines) for k in range(len(head))]
        rows = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        lost = len(self.reference_reasons)
        rows += [f"{self.truth} itself gave nothing for {lost} of {self.rows[0].patients} patients"] if lost else []
        return "\n".join([f"Time-integrated activity of {self.region}, against {self.truth}", *rows])

    @property
    def csv(self) -> str:
        """The table for programs: errors as fractions, empty where there is none."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        names = list(ComparisonRow.__dataclass_fields__)
        writer.writerow(names)
        for row in self.rows:
            cells = (getattr(row, name) for name in names)
            writer.writerow(
                ["" if cell is None else f"{cell:.6g}" if isinstance(cell, float) else cell for cell in cells]
            )
        return buffer.getvalue()


def compare(
    cohort: Sequence[VirtualPatient],
    methods: Sequence[str] | Mapping[str, tuple[Callable, Sequence[float]]],
    truth: str = "known",
    *,
    region: str | None = None,
    missing: float = 0.0,
    jitter_h: float = 0.0,
    noise: bool = True,
    systematic: bool = False,
    duration_s: float = 1200.0,
) -> Comparison:
    """Bias, spread and rare large errors of methods for the time-integrated activity.

    All methods see the same scans: the same patient at the same time has the same noise, and comes just as late.

    Parameters
    ----------
    cohort : sequence of VirtualPatient
    methods : sequence of str, or mapping of str to (callable, times)
        ``"mono@24,72,168"``, with any model of :data:`mrtlab.kinetics.MODELS`; ``"select"``, ``"trapezoid"``,
        ``"two_point"``, ``"haenscheid"``, ``"known_half_life"`` (the population's median) and ``"map"`` (its prior); or
        what :func:`register` made known. A callable takes curve and patient and returns MBq·h.
    truth : str
        ``"known"``, or a method that serves as reference, evaluated on the same data.
    region : str, optional
        Usually the kidneys, the thyroid, or lesion 1.
    missing : float
        Probability that a scan was not made.
    jitter_h : float
        Patients come up to so much early or late; times are known.
    noise, systematic, duration_s
        As for :func:`mrtlab.patients.measured`.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        For a method that does not exist, or patients of several therapies.
    """
    patients = tuple(cohort)
    if not patients:
        raise InputError("cohort is empty; make one with mrtlab.patients.cohort")
    therapies = {patient.therapy for patient in patients}
    if len(therapies) > 1:
        raise InputError(f"cohort holds patients of several therapies: {', '.join(sorted(therapies))}")
    region = region or _REGIONS.get(patients[0].therapy, "lesion 1")
    missing = float(_check.fraction("missing", missing))
    jitter_h = float(_check.non_negative("jitter_h", jitter_h))
    duration_s = float(_check.positive("duration_s", duration_s))
    patients[0].camera()  # raises where there is none for the nuclide, which is no failure of a method
    found = _methods(methods, region)
    reference = None if truth == "known" else find_method(truth, region)
    if any(method.leans_on_population for method in (*found, *([reference] if reference else []))):
        half_life_prior(patients[0], region)  # raises where there is none, which is no failure of the method
    if not any(_holds(patient, region) for patient in patients):
        raise InputError(f"no patient has activity in {region!r}; there are {', '.join(patients[0].truth.regions)}")
    options = {"jitter_h": jitter_h, "noise": noise, "systematic": systematic, "duration_s": duration_s}
    errors: dict[str, list[float]] = {method.name: [] for method in found}
    reasons: dict[str, list[str]] = {method.name: [] for method in found}
    lost: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)  # of each of a thousand fits
        for patient in patients:
            nothing = "" if _holds(patient, region) else f"has no {region}"
            true, why = math.nan, ""
            if not nothing:
                true, why = _truth(patient, region, reference, missing, options)
            if why:
                lost.append(f"{patient!r}: {truth}: {why}")
            for method in found:
                value, reason = math.nan, nothing
                if not (nothing or why):
                    value, reason = _evaluated(patient, region, method, missing, options)
                errors[method.name].append(value / true - 1)  # nan where there is nothing
                if reason:
                    reasons[method.name].append(f"{patient!r}: {reason}")
    arrays = {name: np.array(values) for name, values in errors.items()}
    return Comparison(
        tuple(_row(method.name, arrays[method.name], len(lost)) for method in found),
        arrays,
        {name: tuple(texts) for name, texts in reasons.items()},
        region,
        "the known truth" if reference is None else truth,
        tuple(lost),
    )


def _methods(methods, region) -> list[Method]:
    if isinstance(methods, Mapping):
        found = []
        for name, given in methods.items():
            if not isinstance(given, Sequence) or len(given) != 2 or not callable(given[0]):
                raise InputError(f"methods[{name!r}] must be a callable and its times, got {given!r}")
            times = np.atleast_1d(_check.positive("times", given[1]))
            if times.ndim != 1 or not times.size or np.any(np.diff(times) <= 0):
                raise InputError(f"the times of {str(name)!r} must rise, got {given[1]!r}")
            found.append(Method(str(name), tuple(times.tolist()), given[0]))
    else:
        if isinstance(methods, str):
            raise InputError(f"methods must be a list of methods, got the text {methods!r}; write [{methods!r}]")
        found = [find_method(text, region) for text in methods]
    names = [method.name for method in found]
    # "mono@24,72" and "mono@24, 72" are one method, written in two ways
    distinct = {(name.partition("@")[0].strip(), method.times_h) for name, method in zip(names, found, strict=True)}
    if not names or len(distinct) != len(names):
        raise InputError(f"methods must be one or more, each once, got {names}")
    return found


def _made(patient, times_h, missing) -> list[float]:
    """The scans that were made."""
    if not missing:
        return list(times_h)
    chance = [Stream(patient.therapy, patient.seed, "missing", f"{time:.6f}").uniform(0, 1) for time in times_h]
    return [time for time, drawn in zip(times_h, chance, strict=True) if drawn >= missing]


def _holds(patient, region) -> bool:
    return set(members(patient, region)) <= set(patient.truth.regions)


def _truth(patient, region, reference, missing, options) -> tuple[float, str]:
    if reference is None:
        return patient.truth.tia_mbq_h(region), ""
    return _evaluated(patient, region, reference, missing, options)


def _evaluated(patient, region, method, missing, options) -> tuple[float, str]:
    """Time-integrated activity, or why there is none."""
    times = _made(patient, method.times_h, missing)
    if not times:
        return math.nan, "no scan was made"
    try:
        value = float(_check.nominal(method.function(patient.measure(region, times, **options), patient)))
    except InputError as error:  # and its children: the refusals of the methods
        return math.nan, str(error)
    if not math.isfinite(value):
        return math.nan, f"the method gave {value}"
    return value, ""


def _row(name: str, errors: np.ndarray, lost: int) -> ComparisonRow:
    good = errors[~np.isnan(errors)]
    failed = len(errors) - len(good) - lost
    if not len(good):
        return ComparisonRow(name, len(errors), failed, *[None] * 7, lost)
    low, median, high = np.quantile(good, [0.025, 0.5, 0.975])
    worst = good[np.argsort(-np.abs(good), kind="stable")][: max(1, round(_WORST * len(good)))]
    return ComparisonRow(
        name,
        len(errors),
        failed,
        float(good.mean()),
        float(median),
        float(good.std(ddof=1)) if len(good) > 1 else None,
        float(low),
        float(high),
        float(worst.mean()),
        float(np.mean(np.abs(good) > _LARGE)),
        lost,
    )
