"""Work in one lesson, as it is kept between visits: nothing in the file is believed before it has been looked at."""

from __future__ import annotations

import math
from itertools import pairwise

import traitlets as t

from mrtlab.apps.curve_fitting.lessons import Point
from mrtlab.errors import InputError

__all__ = ["restore", "work"]

_CHOSEN = ("weights", "cv_percent", "u_mbq", "curve")


def work(model) -> dict:
    """Points and choices of the lesson that is open; points of a user's own table stay where they are."""
    kept = {name: getattr(model, name) for name in _CHOSEN}
    if not model.source:
        kept["points"] = [[point.time_h, point.mbq, point.u_mbq, point.counts] for point in model.points]
        kept["used"] = list(model.used)
    return kept


def restore(model, kept: dict) -> bool:
    """Set what fits into the open lesson; whether all of it did."""
    whole = True
    try:
        if "points" in kept:
            points = [_point(row) for row in kept["points"]]
            used = kept.get("used")
            rising = all(a.time_h < b.time_h for a, b in pairwise(points))
            right = isinstance(used, list) and len(used) == len(points) and all(isinstance(one, bool) for one in used)
            if not points or len(points) > 30 or not rising or not right:
                raise ValueError("these are not points with marks")
            with model.hold_trait_notifications():
                model.points, model.used = tuple(points), tuple(used)
    except (TypeError, ValueError, OverflowError):
        whole = False
    for name in _CHOSEN:
        if name not in kept:
            continue
        try:
            if isinstance(kept[name], bool):
                raise InputError(f"{name} must not be {kept[name]}")
            setattr(model, name, kept[name])
        except (t.TraitError, InputError, OverflowError):
            whole = False
    if model.weights not in model.possible_weights:
        model.weights, whole = "cv", False
    return whole


def _point(row) -> Point:
    time_h, mbq, *rest = row
    numbers = [float(time_h), float(mbq), *(float(one) for one in rest if one is not None)]
    if len(row) != 4 or not all(math.isfinite(one) and 0 < one < 1e12 for one in numbers):
        raise ValueError(f"{row!r} is no point")
    return Point(float(time_h), float(mbq), *(None if one is None else float(one) for one in rest))
