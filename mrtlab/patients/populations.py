"""How the bodies of a population handle a drug: pathways drawn for one patient and one cycle."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mrtlab.errors import InputError
from mrtlab.nuclides import nuclide as find_nuclide
from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream, rounded
from mrtlab.patients.build import PAIRS, Build, single
from mrtlab.patients.pathways import Kinetics, Pathway

__all__ = ["THERAPIES", "draw_kinetics", "population"]

THERAPIES = ("radioiodine", "radioiodine-dtc", "sirt", "prrt", "psma")
_LN2 = math.log(2)
_LONGEST = 0.97  # of the physical half-life: the longest effective one that is drawn


def population(therapy: str) -> Mapping:
    """The numbers of a therapy's population."""
    if therapy not in THERAPIES:
        raise InputError(f"therapy must be one of {', '.join(map(repr, THERAPIES))}, got {therapy!r}")
    return table("populations")[therapy]


def draw_kinetics(
    therapy: str, seed: int, build: Build, cycle: int, phases: int, defects: Mapping, tracer: bool
) -> Kinetics:
    """The pathways of one administration.

    Parameters
    ----------
    cycle : int
        From 1.
    phases : {1, 2}
        With 2, a part of what an organ takes up leaves early.
    tracer : bool
        Of the test activity before therapy instead of the therapy.
    """
    spec = population(therapy)
    draw = _Draw(therapy, seed, build, cycle, phases, spec)
    made = {"radioiodine": draw.benign, "sirt": draw.microspheres}.get(therapy, draw.systemic)(tracer)
    source = spec["tracer"] if tracer else spec
    paths = _with_obstruction(made, defects, source["nuclide"])
    paths = _with_extravasation(paths, defects, source["nuclide"], therapy in ("prrt", "psma"))
    paths = _with_extrahepatic(paths, defects, therapy, tracer)
    lost = 1 - math.fsum(path.fraction for path in paths)  # rounding
    paths[-1] = Pathway(paths[-1].fraction + lost, paths[-1].steps)
    return Kinetics(
        tuple(path for path in paths if path.fraction > 0), source["nuclide"], float(source["activity_mbq"])
    )


class _Draw:
    """Draws of one patient. What belongs to the patient does not depend on the cycle; what varies does."""

    def __init__(self, therapy, seed, build, cycle, phases, spec):
        self.therapy, self.seed, self.build, self.cycle, self.phases, self.spec = (
            therapy,
            seed,
            build,
            cycle,
            phases,
            spec,
        )
        self.common = table("populations")["common"]
        self.physical_h = find_nuclide(spec["nuclide"]).half_life_h

    def stream(self, *purpose) -> Stream:
        """Of this patient."""
        return Stream(self.therapy, self.seed, *purpose)

    def biological(self, effective_h: float) -> float:
        """Rate per hour that, with physical decay, gives an effective half-life."""
        return _LN2 / effective_h - _LN2 / self.physical_h

    def drift(self, name: str, kind: str = "organ") -> tuple[float, float]:
        """Factors on uptake and half-life in this cycle."""
        if self.cycle == 1:
            return 1.0, 1.0
        trend = 1.0
        if kind != "organ" and "kidney_drift" in self.spec:
            if kind == "kidney":
                low, high = self.spec["kidney_drift"]
                trend = 1 + self.stream("drift", kind).uniform(low, high)
            else:
                trend = self.stream("grade").one_of(self.spec["lesion_drift"])
        stream = self.stream("cycle", self.cycle, name)
        uptake = stream.lognormal((1.0, self.common["cycle_fraction_gsd"]))
        return trend ** (self.cycle - 1) * uptake, stream.lognormal((1.0, self.common["cycle_half_life_gsd"]))

    def uptake_and_half_life(self, name, fraction, half_life_h, correlation, kind) -> tuple[float, float]:
        """Fraction (or fraction per gram) and effective half-life in this cycle."""
        limit = _LONGEST * self.physical_h
        taken, half_life = self.stream("kinetics", name).pair(fraction, half_life_h, correlation, limit)
        more, longer = self.drift(name, kind)
        # a half-life near the physical one cannot grow; the biological rate takes the factor instead
        rate = self.biological(half_life) / longer
        return taken * more, _LN2 / (rate + _LN2 / self.physical_h)

    def systemic(self, tracer: bool) -> list[Pathway]:
        """Injected or swallowed drugs that organs and lesions take from the blood."""
        del tracer
        spec, build, common = self.spec, self.build, self.common
        lesions = [name for name in build.masses_g if name.startswith("lesion")]
        volume = sum(build.masses_g[name] for name in lesions)
        sink = 1 / (1 + spec.get("sink", 0) * volume / common["sink_volume_ml"])
        organs, wanted = {}, {}
        for name, entry in spec.get("organs", {}).items():
            fraction, half_life = self.uptake_and_half_life(
                name,
                entry["fraction"],
                entry["half_life_h"],
                entry["correlation"],
                "kidney" * (name == "kidneys") or "organ",
            )
            renal = (build.egfr_ml_per_min / common["eGFR"][0]) ** entry.get("renal", 0)
            uptake_h = self.stream("uptake", name).lognormal(common["uptake_h"])
            organs[name] = (fraction * renal * sink, half_life, uptake_h)
        for name in lesions:
            per = spec.get("lesion_per_g", spec.get("lesion_fraction"))
            taken, half_life = self.uptake_and_half_life(
                name, per, spec["lesion_half_life_h"], spec["lesion_correlation"], "lesion"
            )
            uptake_h = self.stream("uptake", name).lognormal(spec["lesion_uptake_h"])
            wanted[name] = (taken * (build.masses_g[name] if "lesion_per_g" in spec else 1.0), half_life, uptake_h)
        left = 1 - sum(fraction for fraction, _, _ in organs.values())
        hunger = 1 + sum(want for want, _, _ in wanted.values())  # lesions share what there is
        parts = {**organs, **{name: (left * want / hunger, t, u) for name, (want, t, u) in wanted.items()}}
        paths = []
        for name, (fraction, half_life, uptake_h) in parts.items():
            paths += self.organ(name, fraction, half_life, uptake_h)
        return [*paths, *self.rest(1 - sum(path.fraction for path in paths))]

    def organ(self, name, fraction, half_life, uptake_h) -> list[Pathway]:
        """From the blood into an organ (by mass into both of a pair) and out."""
        found = []
        regions = {name: 1.0}
        if name in PAIRS:
            masses = {
                f"{side} {single(name)}": self.build.masses_g[f"{side} {single(name)}"] for side in ("left", "right")
            }
            regions = {region: mass / sum(masses.values()) for region, mass in masses.items()}
        early = self.common["early_share"] if self.phases == 2 else 0.0
        for region, share in regions.items():
            for part, hours in ((1 - early, half_life), (early, self.common["early_half_life_h"])):
                if part:
                    steps = (("remainder", _LN2 / uptake_h), (region, self.biological(hours)))
                    found.append(Pathway(fraction * share * part, steps))
        return found

    def rest(self, fraction: float) -> list[Pathway]:
        """What no organ takes: most of it soon in the urine, some slowly."""
        spec = self.spec
        slow = self.stream("slow").lognormal(spec["slow_share"], 0, 0.5)
        slow_h = self.stream("slow half-life").lognormal(spec["slow_half_life_h"], 0, _LONGEST * self.physical_h)
        if "fast_half_life_h" in spec:
            fast = self.biological(self.stream("fast").lognormal(spec["fast_half_life_h"]))
        else:
            renal = self.build.egfr_ml_per_min / self.common["eGFR"][0]
            fast = _LN2 / self.stream("fast").lognormal(spec["blood_half_life_h"]) * renal
        void = _LN2 / spec["bladder_half_life_h"]
        return [
            Pathway(fraction * slow, (("remainder", self.biological(slow_h)),)),
            Pathway(fraction * (1 - slow), (("remainder", fast), ("bladder", void))),
        ]

    def benign(self, tracer: bool) -> list[Pathway]:
        """Two compartments, blood and thyroid, with hormone in the body after the thyroid."""
        spec, physical = self.spec, _LN2 / self.physical_h
        leaving = self.stream("blood").lognormal(spec["blood_rate_per_day"]) / 24 - physical
        odds, half_life = self.stream("kinetics", "thyroid").pair(
            spec["thyroid_odds"], spec["half_life_h"], spec["correlation"], _LONGEST * self.physical_h
        )
        more, longer = self.drift("thyroid")
        odds *= more  # as odds, no factor takes the share beyond 1
        if tracer:
            odds *= self.stream("tracer").lognormal((1.0, spec["tracer"]["uptake_gsd"]))
        share = odds / (1 + odds)
        rate = self.biological(half_life) / longer
        hormone = _LN2 / self.stream("hormone").lognormal(spec["hormone_half_life_h"])
        masses = {side: self.build.masses_g[f"{side} thyroid lobe"] for side in ("left", "right")}
        paths = [
            Pathway(
                rounded(share) * mass / sum(masses.values()),
                (("remainder", leaving), (f"{side} thyroid lobe", rate), ("remainder", hormone)),
            )
            for side, mass in masses.items()
        ]
        void = _LN2 / spec["bladder_half_life_h"]
        return [*paths, Pathway(1 - rounded(share), (("remainder", leaving), ("bladder", void)))]

    def microspheres(self, tracer: bool) -> list[Pathway]:
        """Spheres stay where they are; the tracer's go elsewhere by a factor."""
        spec, build = self.spec, self.build
        shunt = self.stream("lung shunt").lognormal(spec["lung_shunt"]["distribution"], 0, 0.5)
        weights = {"liver": build.masses_g["liver"]}
        for name in build.hosts:
            ratio = self.stream("tumour to normal", name).lognormal(spec["tumour_to_normal"], *_TN_LIMITS)
            weights[name] = ratio * self.drift(name)[0] * build.masses_g[name]
        total = sum(weights.values())
        fractions = {name: weight / total for name, weight in weights.items()}
        if tracer:
            factor = self.stream("tracer").lognormal((1.0, math.exp(spec["tracer"]["tumour_sigma"])))
            tumour = 1 - fractions["liver"]
            odds = tumour / (1 - tumour) * factor
            fractions = {
                name: part * (odds / (1 + odds) / tumour if name != "liver" else 1 / (1 + odds) / (1 - tumour))
                for name, part in fractions.items()
            }
        lungs = {side: build.masses_g[f"{side} lung"] for side in ("left", "right")}
        paths = [Pathway(shunt * mass / sum(lungs.values()), ((f"{side} lung", 0.0),)) for side, mass in lungs.items()]
        return [*paths, *(Pathway((1 - shunt) * part, ((name, 0.0),)) for name, part in fractions.items())]


_TN_LIMITS = (1.5, 10.0)


def _with_obstruction(paths, defects, nuclide) -> list[Pathway]:
    if "obstruction" not in defects:
        return list(paths)
    common = table("populations")["common"]
    held = common["pelvis_share"] if defects["obstruction"] is True else defects["obstruction"]
    rate = _LN2 / common["pelvis_half_life_h"] - find_nuclide(nuclide).decay_constant_per_h
    if not any(name == "bladder" for path in paths for name, _ in path.steps):
        raise InputError("obstruction: nothing of this drug leaves through the kidneys")
    if rate <= 0:
        raise InputError(f"obstruction holds urine for {common['pelvis_half_life_h']} h, longer than {nuclide} lasts")
    found = []
    for path in paths:
        names = [name for name, _ in path.steps]
        if "bladder" not in names:
            found.append(path)
            continue
        place = names.index("bladder")
        steps = (*path.steps[:place], ("left renal pelvis", rate), *path.steps[place:])
        found += [Pathway(path.fraction * held, steps), Pathway(path.fraction * (1 - held), path.steps)]
    return found


def _with_extravasation(paths, defects, nuclide, intravenous) -> list[Pathway]:
    if "extravasation" not in defects:
        return list(paths)
    if not intravenous:
        raise InputError("extravasation: this drug is not injected into a vein of the arm")
    common = table("populations")["common"]
    part = common["extravasated"] if defects["extravasation"] is True else defects["extravasation"]
    rate = _LN2 / common["extravasation"]["half_life_h"] - find_nuclide(nuclide).decay_constant_per_h
    found = []
    for path in paths:
        late = (("injection site", rate), *path.steps)
        found += [Pathway(path.fraction * part, late), Pathway(path.fraction * (1 - part), path.steps)]
    return found


def _with_extrahepatic(paths, defects, therapy, tracer) -> list[Pathway]:
    """Spheres that reached the duodenum at the treatment; the tracer's catheter lay where none did."""
    if "extrahepatic" not in defects:
        return list(paths)
    if therapy != "sirt":
        raise InputError("extrahepatic: this drug is not given into an artery of the liver")
    if tracer:
        return list(paths)
    common = table("populations")["common"]
    part = common["extrahepatic"] if defects["extrahepatic"] is True else defects["extrahepatic"]
    return [*(Pathway(path.fraction * (1 - part), path.steps) for path in paths), Pathway(part, (("duodenum", 0.0),))]
