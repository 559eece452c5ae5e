"""Who a virtual patient is: sex, size, renal function, and what organs and lesions weigh."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mrtlab.patients._data import table
from mrtlab.patients._draw import Stream

__all__ = ["PAIRS", "Build", "draw_build", "single"]

PAIRS = ("lungs", "kidneys", "thyroid", "parotid glands", "submandibular glands", "lacrimal glands")


@dataclass(frozen=True)
class Build:
    """What is known of a patient without imaging.

    Attributes
    ----------
    sex : {"male", "female"}
    height_cm, weight_kg, egfr_ml_per_min : float
        The glomerular filtration rate is that per 1.73 m².
    masses_g : mapping of str to float
        Of organs by region; of lesions, too.
    hosts : mapping of str to str
        The organ or part of the body in which each lesion lies.
    """

    sex: str
    height_cm: float
    weight_kg: float
    egfr_ml_per_min: float
    masses_g: Mapping[str, float]
    hosts: Mapping[str, str]


def draw_build(therapy: str, seed: int, spec: Mapping) -> Build:
    """Sex, size, renal function and masses of a patient."""
    stream = Stream(therapy, seed, "build")
    data, spread, common = table("anatomy"), table("anatomy")["spread"], table("populations")["common"]
    sex = stream.one_of(("male", "female")) if therapy != "psma" else "male"
    reference = data["reference"][sex]
    height = round(reference["height_cm"] + spread["height_sd_cm"] * stream.normal())
    weight = round(stream.lognormal((spread["bmi_median"], spread["bmi_gsd"])) * (height / 100) ** 2, 1)
    egfr = round(stream.lognormal(common["eGFR"]))
    surface = math.sqrt(height * weight / (reference["height_cm"] * reference["weight_kg"]))  # ratio of body surfaces
    masses = {}
    pairs = {**{k: v for k, v in reference.items() if not k.endswith(("_cm", "_kg"))}, **data["glands"]}
    for name, mass in pairs.items():
        if isinstance(mass, str):
            continue
        drawn = mass * surface * stream.lognormal((1.0, spread["organ_gsd"]))
        if name == "thyroid" and "thyroid_g" in spec:
            drawn = stream.lognormal(spec["thyroid_g"])
        if name == "liver" and "liver_g" in spec:
            drawn = surface * stream.lognormal(spec["liver_g"])
        if name not in PAIRS:
            masses[name] = float(f"{drawn:.3e}")
            continue
        uneven = stream.lognormal((1.0, spread["asymmetry_gsd"]))
        for side, share in (("left", uneven / (1 + uneven)), ("right", 1 / (1 + uneven))):
            masses[f"{side} {single(name)}"] = float(f"{drawn * share:.3e}")
    lesions, hosts = _draw_lesions(stream, spec, common, masses)
    return Build(sex, height, weight, egfr, MappingProxyType({**masses, **lesions}), MappingProxyType(hosts))


def single(pair: str) -> str:
    """One of a pair: kidneys, kidney."""
    return {"thyroid": "thyroid lobe"}.get(pair, pair.removesuffix("s"))


def _draw_lesions(stream, spec, common, masses):
    if "lesion_host" not in spec:
        return {}, {}
    density = table("anatomy")["density_g_per_ml"]["lesion"]
    lesions, hosts = {}, {}
    if "tumour_g" in spec:
        room = 0.3 * masses["liver"]
        for number in range(1, stream.one_of(spec["tumour_counts"]) + 1):
            low, high = spec["tumour_range_g"]
            if room <= low:
                break
            lesions[f"lesion {number}"] = stream.lognormal(spec["tumour_g"], low, min(high, room))
            room = 0.4 * (room - lesions[f"lesion {number}"])  # for each further one less, or they find no place
        masses["liver"] = float(f"{masses['liver'] - sum(lesions.values()):.4e}")  # what is left is normal liver
        return lesions, dict.fromkeys(lesions, "liver")
    limits = spec.get("lesion_range_ml", common["lesion_range_ml"])
    for number in range(1, stream.one_of(spec.get("lesion_counts", common["lesion_counts"])) + 1):
        volume = stream.lognormal(spec.get("lesion_ml", common["lesion_ml"]), *limits)
        lesions[f"lesion {number}"] = float(f"{volume * density:.3e}")
        hosts[f"lesion {number}"] = spec["lesion_host"][(number - 1) % len(spec["lesion_host"])]
    return lesions, hosts
