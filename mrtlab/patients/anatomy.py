"""A stylised body: where organs and lesions lie, how large and how heavy they are.

Organs are ellipsoids and cylinders that do not overlap; lesions lie wholly inside an organ or a part of the body.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from mrtlab.errors import InputError
from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream
from mrtlab.patients.build import PAIRS, Build, single
from mrtlab.patients.shapes import Shape, apart, inside

__all__ = ["Anatomy", "Region", "lay_out"]

_STEP_MM = 2.0
_TRIALS = 20


@dataclass(frozen=True)
class Region:
    """A source region: its shapes, less what lies inside them.

    Attributes
    ----------
    name : str
    shapes : tuple of Shape
        Disjoint.
    holes : tuple of Shape
        Each wholly inside one of the shapes; they belong to other regions.
    mass_g : float
    host : str
        For a lesion, the region around it.
    """

    name: str
    shapes: tuple[Shape, ...]
    holes: tuple[Shape, ...]
    mass_g: float
    host: str = ""

    @property
    def volume_ml(self) -> float:
        """Exact volume, without the holes."""
        return math.fsum(s.volume_ml for s in self.shapes) - math.fsum(s.volume_ml for s in self.holes)

    @property
    def density_g_per_ml(self) -> float:
        """Mass over volume."""
        return self.mass_g / self.volume_ml


@dataclass(frozen=True)
class Anatomy:
    """All regions of a patient and the parts of the body around them.

    Attributes
    ----------
    regions : mapping of str to Region
        ``"remainder"`` is the body less all others.
    parts : mapping of str to Shape
        head, neck, trunk, left and right arm and leg.
    """

    regions: Mapping[str, Region]
    parts: Mapping[str, Shape]

    def __getitem__(self, name: str) -> Region:
        try:
            return self.regions[name]
        except KeyError:
            raise InputError(f"there is no region {name!r}; there are {', '.join(self.regions)}") from None

    @property
    def height_mm(self) -> float:
        """From the feet to the top of the head."""
        return self.parts["head"].centre_mm[2] + self.parts["head"].semi_axes_mm[2] - self.floor_mm

    @property
    def floor_mm(self) -> float:
        """Where the feet are, z."""
        leg = self.parts["left leg"]
        return leg.centre_mm[2] - leg.semi_axes_mm[2]

    def bed_centre_mm(self, bed: str) -> tuple[float, float, float]:
        """Centre of the field of view of a bed position."""
        where = {
            "abdomen": self["liver"].shapes[0].centre_mm[2] - 60,
            "pelvis": self.parts["trunk"].centre_mm[2] - 0.3 * self.parts["trunk"].semi_axes_mm[2],
            "neck": self.parts["neck"].centre_mm[2],
        }
        if bed not in where:
            raise InputError(f"bed must be one of {', '.join(map(repr, where))}, got {bed!r}")
        return (0.0, 0.0, where[bed])


def lay_out(build: Build, therapy: str, seed: int, extra: Mapping[str, float] = MappingProxyType({})) -> Anatomy:
    """The shapes of a patient.

    Parameters
    ----------
    build : Build
    therapy, seed
        Decide where lesions lie.
    extra : mapping of str to float
        Volumes (mL) of ``"injection site"``, ``"left renal pelvis"`` and ``"duodenum"``, where there are any.

    Raises
    ------
    InputError
        If an organ or lesion finds no room; the built-in populations always do.
    """
    plan = _Plan(build)
    for name in ("spine", "liver", "lungs", "spleen", "pelvis", "bladder", "kidneys"):
        plan.place(name, extra)
    for name in ("thyroid", "parotid glands", "submandibular glands", "lacrimal glands"):
        plan.place(name, extra)
    if extra.get("duodenum"):
        plan.place("duodenum", extra)
    if extra.get("injection site"):
        plan.add_inside("injection site", "left arm", extra["injection site"], Stream(therapy, seed, "injection site"))
    before = dict(plan.inner)
    for trial in range(_TRIALS):  # a lesion in the wrong place can leave no room for the next
        try:
            for name, host in build.hosts.items():
                volume = build.masses_g[name] / table("anatomy")["density_g_per_ml"]["lesion"]
                plan.add_inside(name, host, volume, Stream(therapy, seed, "place", name, trial))
            break
        except InputError:
            plan.inner = dict(before)
            if trial == _TRIALS - 1:
                raise
    return plan.finished(extra)


class _Plan:
    """The body while it fills."""

    def __init__(self, build: Build):
        self.build, self.data = build, table("anatomy")
        self.layout, self.density = self.data["layout"], self.data["density_g_per_ml"]
        self.shapes: dict[str, list[Shape]] = {}
        self.inner: dict[str, tuple[str, Shape]] = {}  # lesions and the like: their host and shape
        self.parts = self._body()

    def _body(self) -> dict[str, Shape]:
        body, build, mm = self.data["body"], self.build, self.build.height_cm * 10
        head_kg, neck_kg = body["head_kg"][build.sex], body["neck_kg"][build.sex]
        rest = build.weight_kg - head_kg - neck_kg
        soft = self.density["soft"]
        lungs_g = build.masses_g["left lung"] + build.masses_g["right lung"]
        trunk_ml = rest * 1000 * body["trunk_share"] / soft + lungs_g * (1 / self.density["lungs"] - 1 / soft)
        trunk, legs, arms = (mm * body[f"{part}_length"] / 2 for part in ("trunk", "legs", "arms"))
        neck, head = mm * body["neck_length"] / 2, mm * body["head_length"] / 2
        depth = math.sqrt(trunk_ml * 1000 / (2 * trunk * math.pi * body["trunk_width_over_depth"]))
        width = depth * body["trunk_width_over_depth"]
        wide = math.sqrt(head_kg * 1e6 / soft * 0.75 / math.pi / head / body["head_depth_over_width"])
        collar = math.sqrt(neck_kg * 1e6 / soft / (2 * neck * math.pi))
        leg = math.sqrt(rest * 1e6 * body["legs_share"] / 2 / soft / (2 * legs * math.pi))
        arm = math.sqrt(rest * 1e6 * body["arms_share"] / 2 / soft / (2 * arms * math.pi))
        shoulder = 2 * trunk
        parts = {
            "trunk": Shape("cylinder", (0, 0, trunk), (width, depth, trunk)),
            "neck": Shape("cylinder", (0, 0, shoulder + neck), (collar, collar, neck)),
            "head": Shape(
                "ellipsoid",
                (0, 0, shoulder + 2 * neck + head),
                (wide, wide * body["head_depth_over_width"], head),
            ),
        }
        for side, sign in (("left", 1), ("right", -1)):
            parts[f"{side} leg"] = Shape("cylinder", (sign * (leg + 1), 0, -legs), (leg, leg, legs))
            parts[f"{side} arm"] = Shape("cylinder", (sign * (width + arm + 2), 0, shoulder - arms), (arm, arm, arms))
        return parts

    def place(self, name: str, extra: Mapping[str, float]) -> None:
        """One organ or pair."""
        if name == "spine":
            self._put_spine()
        elif name == "lungs":
            self._put_lungs()
        elif name == "pelvis":
            mass = self.build.masses_g["marrow"] * (1 - self.layout["spine"]["share"]) / 2
            for side in ("left", "right"):
                self._put("pelvis", side, mass / self.density["marrow"])
        elif name == "duodenum":
            self._put(name, "", extra[name])
        elif name == "bladder":
            self._put("bladder", "", self.build.masses_g["bladder"] / self.density["urine"])
        elif name in PAIRS:
            for side in ("left", "right"):
                region = f"{side} {single(name)}"
                volume = self.build.masses_g[region] / self.density["soft"]
                self._put(name, side, volume + (extra.get("left renal pelvis", 0) if region == "left kidney" else 0))
        else:
            held = [m for lesion, m in self.build.masses_g.items() if self.build.hosts.get(lesion) == name]
            volume = self.build.masses_g[name] / self.density["soft"] + sum(held) / self.density["lesion"]
            self._put(name, "", volume)

    def _part(self, name: str) -> Shape:
        place = {"thyroid": "neck"} | dict.fromkeys(PAIRS[3:], "head")
        return self.parts[place.get(name, "trunk")]

    def _at(self, name: str, sign: float) -> tuple[float, float, float]:
        part = self._part(name)
        x, y, z = self.layout[name]["at"]
        low, length = part.centre_mm[2] - part.semi_axes_mm[2], 2 * part.semi_axes_mm[2]
        return sign * x * part.semi_axes_mm[0], y * part.semi_axes_mm[1], low + z * length

    def _put(self, name: str, side: str, volume_ml: float) -> None:
        entry, part = self.layout[name], self._part(name)
        centre = self._at(name, {"left": 1, "right": -1}.get(side, 1))
        if "shape" in entry:
            scale = (volume_ml * 1000 * 0.75 / math.pi / math.prod(entry["shape"])) ** (1 / 3)
            axes = tuple(scale * item for item in entry["shape"])
        else:
            across = [ratio * axis for ratio, axis in zip(entry["ratio"], part.semi_axes_mm, strict=False)]
            axes = (*across, volume_ml * 1000 * 0.75 / math.pi / math.prod(across))
        region = f"{side} {single(name)}".strip() if name in PAIRS else {"pelvis": "marrow"}.get(name, name)
        for shape in _nearby(
            Shape("ellipsoid", centre, axes), entry.get("escape", 0), part, stretches="ratio" in entry
        ):
            if inside(shape, part) and all(apart(shape, other) for other in self._all()):
                self.shapes.setdefault(region, []).append(shape)
                return
        raise InputError(
            f"{region} of {volume_ml:.0f} mL finds no room in a patient of {self.build.height_cm} cm and "
            f"{self.build.weight_kg} kg"
        )

    def _put_spine(self) -> None:
        entry, trunk = self.layout["spine"], self.parts["trunk"]
        length = 2 * trunk.semi_axes_mm[2]
        low, high = entry["from"] * length, entry["to"] * length
        area = self.build.masses_g["marrow"] * entry["share"] / self.density["marrow"] * 1000 / (high - low)
        radius = math.sqrt(area / math.pi / math.prod(entry["ratio"]))
        x, y = (place * axis for place, axis in zip(entry["at"], trunk.semi_axes_mm, strict=False))
        axes = (*(radius * ratio for ratio in entry["ratio"]), (high - low) / 2)
        self.shapes["marrow"] = [Shape("cylinder", (x, y, (low + high) / 2), axes)]

    def _put_lungs(self) -> None:
        """Lungs fill what the chest leaves above the liver; their density follows."""
        entry, trunk = self.layout["lungs"], self.parts["trunk"]
        liver = self.shapes["liver"][0]
        low, high = liver.centre_mm[2] + liver.semi_axes_mm[2], 2 * trunk.semi_axes_mm[2]
        half = entry["slab"] * (high - low) / 2
        x, y = (place * axis for place, axis in zip(entry["at"], trunk.semi_axes_mm, strict=False))
        a, b = (ratio * axis for ratio, axis in zip(entry["ratio"], trunk.semi_axes_mm, strict=False))
        for side, sign in (("left", 1), ("right", -1)):
            start = Shape("ellipsoid", (sign * x, y, (low + high) / 2), (a, b, half))
            for shrink in np.arange(1.0, 0.6, -0.02):
                shape = Shape("ellipsoid", start.centre_mm, (a * shrink, b * shrink, half))
                if inside(shape, trunk) and all(apart(shape, other) for other in self._all()):
                    self.shapes[f"{side} lung"] = [shape]
                    break
            else:
                raise InputError("the lungs find no room in the chest")

    def add_inside(self, name: str, host: str, volume_ml: float, stream: Stream) -> None:
        """A lesion inside an organ, or between the organs of a part of the body."""
        between = host in ("body", "neck", "left arm")
        if between:
            outers = [self.parts[{"body": "trunk"}.get(host, host)]]
            others = self._all()
        else:
            outers = self.shapes["marrow"][1:] if host == "pelvis" else self.shapes[host]
            others = []
        region = "remainder" if between else {"pelvis": "marrow"}.get(host, host)
        others = [*others, *(shape for _, shape in self.inner.values())]
        radius = (volume_ml * 1000 * 0.75 / math.pi) ** (1 / 3)
        for attempt in range(600):
            outer = outers[attempt % len(outers)]
            axes = np.full(3, radius)
            if attempt >= 200:  # a sphere finds no room: take the shape of what is around it
                axes = np.asarray(outer.semi_axes_mm)
                axes = axes * radius / np.prod(axes) ** (1 / 3)
            span = np.maximum(np.asarray(outer.semi_axes_mm) - axes, 0)
            if host == "body":
                span[2] *= 0.6  # nodes lie between pelvis and diaphragm
            centre = np.add(outer.centre_mm, span * [stream.uniform(-1, 1) for _ in range(3)])
            if host == "body":
                centre[2] -= 0.2 * outer.semi_axes_mm[2]
            shape = Shape("ellipsoid", centre, axes)
            if inside(shape, outer) and all(apart(shape, other) for other in others):
                self.inner[name] = (region, shape)
                return
        raise InputError(f"{name} of {volume_ml:.3g} mL finds no room in {host}")

    def finished(self, extra: Mapping[str, float]) -> Anatomy:
        """All regions, the remainder last."""
        if extra.get("left renal pelvis"):
            kidney = self.shapes["left kidney"][0]
            scale = (extra["left renal pelvis"] / kidney.volume_ml) ** (1 / 3)
            pelvis = Shape("ellipsoid", kidney.centre_mm, tuple(scale * axis for axis in kidney.semi_axes_mm))
            self.inner["left renal pelvis"] = ("left kidney", pelvis)
        build, regions = self.build, {}
        for name, shapes in self.shapes.items():
            holes = tuple(shape for host, shape in self.inner.values() if host == name)
            mass = build.masses_g.get(name) or math.fsum(shape.volume_ml for shape in shapes) * self.density["soft"]
            regions[name] = Region(name, tuple(shapes), holes, mass)
        for name, (host, shape) in self.inner.items():
            mass = build.masses_g.get(name) or shape.volume_ml * self.density["urine"]
            regions[name] = Region(name, (shape,), (), mass, host)
        between = [shape for host, shape in self.inner.values() if host == "remainder"]
        weight = build.weight_kg * 1000 - math.fsum(region.mass_g for region in regions.values())
        regions["remainder"] = Region("remainder", tuple(self.parts.values()), (*self._all(), *between), weight)
        return Anatomy(MappingProxyType(regions), MappingProxyType(dict(self.parts)))

    def _all(self) -> list[Shape]:
        return [shape for shapes in self.shapes.values() for shape in shapes]


def _nearby(start: Shape, escape: int, part: Shape, stretches: bool):
    """The wanted place, then places further up or down, then slimmer, or a little towards the middle of the part."""
    x, y, _ = start.centre_mm
    a, b, c = start.semi_axes_mm
    for change in (0.0, 0.06, 0.12, 0.18, 0.24, 0.3):
        slim = 1 - change if stretches else 1 - change / 2
        narrow = Shape("ellipsoid", start.centre_mm, (slim * a, slim * b, c / slim**2))
        for shape in [narrow] if stretches else [start.moved(-change * x, -change * y), narrow]:
            yield shape
            for way in (escape, -escape):
                for step in range(1, int(part.semi_axes_mm[2] / 2 / _STEP_MM) if escape else 0):
                    yield shape.moved(z=way * step * _STEP_MM)
