"""Write ``nuclides.json`` from the tables of ICRP Publication 107.

Development only: ``pip install icrp107-database==0.0.3``, then ``python mrtlab/data/icrp107/generate.py``.
Energies are sums of yield times energy per decay of the parent: electrons are beta particles of both signs,
internal-conversion and Auger electrons; photons are gamma rays, X rays and annihilation radiation.
"""

from __future__ import annotations

import json
from pathlib import Path

import icrp107_database

NAMES = ["Lu-177", "Lu-177m", "Y-90", "I-131", "I-123", "I-124", "Ho-166", "Tc-99m", "Ga-68", "F-18", "Tb-161", "Cu-67"]
# Decay chain of Ac-225: daughters with the probability that one decay of the parent leads to them.
CHAIN = {
    "Ac-225": {"Fr-221": 1.0},
    "Fr-221": {"At-217": 1.0},
    "At-217": {"Bi-213": 0.99988},
    "Bi-213": {"Po-213": 0.9791, "Tl-209": 0.0209},
    "Po-213": {"Pb-209": 1.0},
    "Tl-209": {"Pb-209": 1.0},
    "Pb-209": {},
}
HOURS = {"d": 24.0, "h": 1.0, "m": 1 / 60, "s": 1 / 3600, "ms": 1e-3 / 3600, "us": 1e-6 / 3600, "y": 24 * 365.2422}
LINE_YIELD = 0.01  # photon lines weaker than 1 % of decays are left out of the list, not of the sums
TABLES = Path(icrp107_database.__file__).parent / "icrp107"


def total(emissions: dict, *kinds: str) -> float:
    """Energy per decay in MeV, rounded to 1 eV: the tables carry no more."""
    return round(sum(energy * share for kind in kinds for energy, share in emissions.get(kind, ())), 6)


def record(name: str) -> dict:
    table = json.loads((TABLES / f"{name}.json").read_text())
    if isinstance(table, str):  # the package stores JSON inside a JSON string
        table = json.loads(table)
    emissions = table["emissions"]
    lines = [
        {"kev": round(1000 * energy, 4), "yield": share, "kind": kind}
        for kind in ("gamma", "X", "annihilation")
        for energy, share in emissions.get(kind, ())
        if share >= LINE_YIELD and energy > 0.01
    ]
    return {
        "half_life_h": table["half_life"] * HOURS[table["time_unit"]],
        "beta_mev": total(emissions, "beta-", "beta+"),
        "conversion_mev": total(emissions, "IE"),
        "auger_mev": total(emissions, "auger"),
        "photon_mev": total(emissions, "gamma", "X", "annihilation"),
        "alpha_mev": total(emissions, "alpha"),
        "recoil_mev": total(emissions, "alpha recoil"),
        "daughters": CHAIN.get(name, {}),
        "lines": sorted(lines, key=lambda line: -line["yield"]),
    }


if __name__ == "__main__":
    data = {name: record(name) for name in [*NAMES, *CHAIN]}
    target = Path(__file__).with_name("nuclides.json")
    target.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(data)} nuclides written to {target.name}")
