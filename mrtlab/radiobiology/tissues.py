"""Radiobiological parameters of tissues, as far as they are remembered, with how certain each is."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from mrtlab.constants import STATUSES, keys, sources

__all__ = ["TISSUES", "TissueParameters"]


@dataclass(frozen=True)
class TissueParameters:
    """Parameters of the linear-quadratic model for one tissue.

    Attributes
    ----------
    tissue : str
    alpha_beta_gy : float or None
        None where only a range is known.
    alpha_beta_range_gy : tuple of float or None
    repair_half_time_h : float
    alpha_per_gy : float or None
    status : str
        The least certain of its numbers: ``"illustrative"`` must not be used as if it were known.
    sources : tuple of str
        One key per number, for :func:`mrtlab.sources`.
    """

    tissue: str
    alpha_beta_gy: float | None
    alpha_beta_range_gy: tuple[float, float] | None
    repair_half_time_h: float
    alpha_per_gy: float | None
    status: str
    sources: tuple[str, ...]


def _tissue(name: str) -> TissueParameters:
    start = f"radiobiology.{name}_"
    found = {key[len(start) :]: sources(key) for key in keys() if key.startswith(start)}
    number = {key: source.value for key, source in found.items()}
    span = (number.get("alpha_beta_low_gy"), number.get("alpha_beta_high_gy"))
    return TissueParameters(
        tissue=name,
        alpha_beta_gy=number.get("alpha_beta_gy"),
        alpha_beta_range_gy=None if None in span else span,
        repair_half_time_h=number["repair_half_time_h"],
        alpha_per_gy=number.get("alpha_per_gy"),
        status=max((source.status for source in found.values()), key=STATUSES.index),
        sources=tuple(source.key for source in found.values()),
    )


#: By name: ``TISSUES["kidney"].repair_half_time_h``.
TISSUES = MappingProxyType({name: _tissue(name) for name in ("kidney", "tumour", "prostate", "marrow", "salivary")})
