"""Shares of an uncertainty budget in whole per cent that add up to 100, and why some are negative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

__all__ = ["share_percents", "shares_text"]

#: Said wherever a covariance takes something away.
_WHY = (
    "The covariance is negative because one and the same volume raises the counts, and lowers the dose through "
    "recovery and mass: its errors cancel in part, so the other shares exceed 100 %, and all together are 100 %."
)


def share_percents(shares: Mapping[str, float]) -> dict[str, int]:
    """Whole per cent that add up to exactly 100, largest first and the covariance last.

    Parameters
    ----------
    shares : mapping of str to float
        Parts that add up to 1, such as :attr:`mrtlab.uncertainty.Budget.shares`.

    Returns
    -------
    dict
        Without those that round to 0. What rounding leaves over goes to those that it changed most.
    """
    names = sorted(shares, key=lambda name: (name == "covariance", -shares[name]))
    exact = np.array([100 * shares[name] for name in names])
    whole = np.floor(exact).astype(int)
    for at in np.argsort(whole - exact, kind="stable")[: 100 - int(whole.sum())]:
        whole[at] += 1
    return {name: int(number) for name, number in zip(names, whole, strict=True) if number}


def shares_text(shares: Mapping[str, float]) -> tuple[str, str]:
    """The shares as a sum that ends in ``= 100 %``, and a sentence on a negative covariance (or nothing).

    Parameters
    ----------
    shares : mapping of str to float
    """
    whole = share_percents(shares)
    text = ""
    for name, number in whole.items():
        sign = (" + " if number > 0 else " − ") if text else ("" if number > 0 else "−")
        text += f"{sign}{name} {abs(number)} %"
    return f"{text} = 100 %", _WHY if whole.get("covariance", 0) < 0 else ""
