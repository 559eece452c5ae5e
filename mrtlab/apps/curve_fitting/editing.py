"""Points read from a table, dragged, typed, added and taken away."""

from __future__ import annotations

from dataclasses import replace

import traitlets as t

from mrtlab import tables
from mrtlab.apps.curve_fitting.lessons import OWN, Point
from mrtlab.errors import InputError
from mrtlab.plots import time_activity_limits

__all__ = ["MOST_POINTS", "Editing"]

MOST_POINTS = 30
_APART_H = 0.1  # a dragged point comes no closer to its neighbours
_LEAST = 1e-4  # of the largest activity: a dragged point comes no closer to zero


class Editing(t.HasTraits):
    """What the model does to its points; the traits are the model's."""

    def use_file(self, name: str, content: bytes) -> None:
        """Read the user's own table and open it as own points.

        Raises
        ------
        InputError
            With the reader's own message; the model is then as it was.
        """
        try:
            table = tables.read_tac(content)
            for curve in table:
                if len(curve) > MOST_POINTS:
                    raise InputError(f"{curve.region} has {len(curve)} points; this page takes up to {MOST_POINTS}")
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
        if self.lesson != OWN:
            self.open(OWN)
        self.table, self.source = table, name
        self.choose(table.regions[0])

    def choose(self, region: str) -> None:
        """Take another region of the table."""
        if self.table is None or region not in self.table.regions:
            raise InputError(f"region {region!r} is not in the table")
        curve = self.table[region]
        given = curve.sigma_mbq if curve.sigma_given else [None] * len(curve)
        with self.hold_trait_notifications():
            self.region, self.nuclide = region, curve.nuclide.name
            self._put(
                Point(float(time), float(mbq), None if u is None else float(u))
                for time, mbq, u in zip(curve.times_h, curve.activity_mbq, given, strict=True)
            )
            self.weights = "given" if curve.sigma_given else "cv"

    def drag(self, index: int, time_h: float, mbq: float) -> None:
        """Move a point as far as it may go: a little short of its neighbours in time, and of zero."""
        before = self.points[index - 1].time_h if index else 0.0
        after = self.points[index + 1].time_h if index + 1 < len(self.points) else float("inf")
        point = self.points[index]
        if after - before > 2 * _APART_H:
            time_h = min(max(time_h, before + _APART_H), after - _APART_H)
        else:
            time_h = point.time_h
        least = _LEAST * max(one.mbq for one in self.points)
        self._replace(index, replace(point, time_h=float(time_h), mbq=float(max(mbq, least))))

    def settle(self) -> None:
        """After a point was let go, moved or taken away: give the axes other limits where they no longer suit."""
        end, _, top = wanted = time_activity_limits(self.measured())
        if self._limits is None:
            self._limits = wanted
            return
        last, high = self.points[-1].time_h, max(point.mbq for point in self.points)
        at_edge = last > 0.9 * self._limits[0] or high > 0.95 * self._limits[2]
        if at_edge or end < 0.5 * self._limits[0] or top < 0.5 * self._limits[2]:
            self._limits = wanted

    def set_point(self, index: int, time_h: float, mbq: float) -> None:
        """Move a point to where it was typed; it may pass others."""
        if not 0 <= index < len(self.points):
            raise InputError(f"there is no point number {index + 1}")
        others = [
            (point, used) for i, (point, used) in enumerate(zip(self.points, self.used, strict=True)) if i != index
        ]
        self._insert(others, replace(self.points[index], time_h=time_h, mbq=mbq), self.used[index])

    def add(self, time_h: float, mbq: float | None = None) -> None:
        """Add a point, known to ``cv_percent``.

        Parameters
        ----------
        mbq : float, optional
            Without it the simulated patient is measured, free of noise, where the lesson's truth is known.
        """
        if len(self.points) >= MOST_POINTS:
            raise InputError(f"there are {MOST_POINTS} points already; take one away first")
        if mbq is None:
            if self.now.truth is None:
                raise InputError("give the activity too; only the lessons with a known truth can be measured again")
            if self.asked:
                raise InputError("the simulated patient can be scanned again once you have committed to a prediction")
            mbq = float(f"{self.now.truth.activity([time_h])[0]:.4g}")
        share = self.cv_percent / 100
        new = Point(float(time_h), float(mbq), share * mbq, share**-2)
        self._insert(list(zip(self.points, self.used, strict=True)), new, True)

    def remove(self, index: int) -> None:
        """Take a point away for good."""
        if len(self.points) == 1:
            raise InputError("this is the last point; move it instead")
        kept = [(p, u) for i, (p, u) in enumerate(zip(self.points, self.used, strict=True)) if i != index]
        with self.hold_trait_notifications():
            self.points, self.used = tuple(p for p, _ in kept), tuple(u for _, u in kept)
            if self.weights not in self.possible_weights:
                self.weights = "cv"
        self.settle()

    def _insert(self, others, point: Point, used: bool) -> None:
        if not (0 < point.time_h <= 1e5 and 0 < point.mbq <= 1e9):
            raise InputError(
                f"a point needs a time and an activity above 0 (hours and MBq), got {point.time_h:g} and {point.mbq:g}"
            )
        if any(abs(point.time_h - other.time_h) < 1e-3 for other, _ in others):
            raise InputError(f"there is a point at {point.time_h:g} h already; move that one, or give another time")
        pairs = sorted([*others, (point, used)], key=lambda pair: pair[0].time_h)
        with self.hold_trait_notifications():
            self.points, self.used = tuple(p for p, _ in pairs), tuple(u for _, u in pairs)
        self.settle()

    def _replace(self, index: int, point: Point) -> None:
        self.points = (*self.points[:index], point, *self.points[index + 1 :])

    @property
    def changed(self) -> bool:
        """Whether the points are no longer those of the lesson."""
        return bool(self.source) or self.points != self.now.points or not all(self.used)
