"""Recompute the electron kernels with an independent Monte Carlo code and print the comparison.

Development only, never imported by the package or its tests. In an environment of its own, because ompmc is under
the GPL: ``pip install ompmc==0.4.0 icrp107-database==0.0.3``, then
``python mrtlab/data/kernels/recompute.py [--histories 20000] [--rings 240] [Tb-161 Lu-177 ...]``.

ompmc (a port of EGSnrc: condensed history, multiple elastic scattering with spin) follows electrons in water down
to 10 keV, where its cross-section tables end. The electrons start from a point in the middle of a cylinder of rings
and slabs, handed over as a phase-space file, with the energies of ICRP Publication 107: beta particles from the
tabulated spectrum, conversion and Auger electrons at their own energies. Electrons emitted below 10 keV cannot be
followed; their range is below 2.5 um, so their energy is put at the source.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import icrp107_database
import numpy as np
import ompmc

HERE = Path(__file__).parent
TABLES = Path(icrp107_database.__file__).parent / "icrp107"
CUT_MEV = 0.010
# Continuous-slowing-down ranges of electrons in water, g/cm2 (NIST ESTAR, recalled)
CSDA_CM = {0.02: 8.566e-4, 0.05: 4.320e-3, 0.1: 1.431e-2, 0.3: 8.421e-2, 1.0: 0.4367}
RINGS = 240  # and twice as many slabs; with fewer the ranges come out up to 3 % too long, see README.md
HEADER = """$IAEA_INDEX:
1000
$TITLE:
point source
$FILE_TYPE:
0
$CHECKSUM:
{size}
$RECORD_CONTENTS:
    1     // X is stored ?
    1     // Y is stored ?
    1     // Z is stored ?
    1     // U is stored ?
    1     // V is stored ?
    1     // W is stored ?
    0     // Weight is stored ?
    0     // Extra floats stored ?
    0     // Extra longs stored ?
$RECORD_CONSTANT:
    1.0   // Constant Weight
$RECORD_LENGTH:
{length}
$BYTE_ORDER:
1234
$ORIG_HISTORIES:
{count}
$PARTICLES:
{count}
$PHOTONS:
0
$ELECTRONS:
{count}
"""


def emissions(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Beta spectrum (energy, particles per MeV) and electron lines (energy, yield) per decay."""
    table = json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))
    if isinstance(table, str):  # the package stores JSON inside a JSON string
        table = json.loads(table)
    found = table["emissions"]
    spectrum = np.array(found["b-spectra"], dtype=float)
    # the table is coarser than the mean energy that ICRP-107 lists; the list is what a dose rests on
    mean = sum(energy * share for energy, share in found["beta-"])
    spectrum[:, 1] *= mean / np.trapezoid(spectrum[:, 0] * spectrum[:, 1], spectrum[:, 0])
    return spectrum, np.array(found["IE"], dtype=float), np.array(found["auger"], dtype=float)


def sample_betas(spectrum: np.ndarray, count: int) -> np.ndarray:
    """Energies at the quantiles of the spectrum: no sampling noise."""
    energy = np.linspace(0, spectrum[-1, 0], 20001)
    cumulative = np.cumsum(np.interp(energy, *spectrum.T))
    return np.interp((np.arange(count) + 0.5) / count, cumulative / cumulative[-1], energy)


def transport(
    energies: np.ndarray, radius_mm: float, seed: int = 1, rings: int = RINGS
) -> tuple[np.ndarray, np.ndarray, float]:
    """Distances from the source (mm), energy deposited there per electron, and in all (MeV)."""
    rng = np.random.default_rng(seed)
    cosine, turn = rng.uniform(-1, 1, len(energies)), rng.uniform(0, 2 * np.pi, len(energies))
    fields = ["energy", "x", "y", "z", "u", "v"]
    particles = np.zeros(len(energies), dtype=[("kind", "i1"), *((field, "<f4") for field in fields)])
    particles["kind"] = np.where(cosine < 0, -2, 2)  # an electron; the sign is that of the third direction cosine
    particles["energy"] = -energies  # a negative energy opens a new history
    particles["u"] = np.sqrt(1 - cosine**2) * np.cos(turn)
    particles["v"] = np.sqrt(1 - cosine**2) * np.sin(turn)
    edges = np.linspace(0, 1, rings + 1) ** 1.5 * radius_mm / 10  # cm, finest at the source
    depths = np.concatenate([-edges[:0:-1], edges])
    water = ompmc.CylinderGeometry(edges, depths, "H2O521ICRU", density=1.0)
    physics = ompmc.Physics(
        pegs_file=ompmc.data_path() / "pegs4" / "521icru.pegs4dat",
        global_ecut=0.511 + CUT_MEV,
        n_split=1,
        seeds=(seed, 33),
    )
    with tempfile.TemporaryDirectory() as folder, silent():
        base = Path(folder) / "source"
        base.with_suffix(".IAEAphsp").write_bytes(particles.tobytes())
        header = HEADER.format(size=particles.nbytes, length=particles.itemsize, count=len(particles))
        base.with_suffix(".IAEAheader").write_text(header, encoding="utf-8", newline="\n")
        source = ompmc.PhaseSpaceSource(base)
        energy, _, _ = ompmc.calc_radial(
            water, source, physics=physics, n_histories=len(energies), n_batches=10, output_dose=False
        )
    # each cell's energy is spread over points inside it, which is finer than its centre for the mean distance
    nodes, weights = np.polynomial.legendre.leggauss(3)
    across = np.sqrt((edges[1:, None] ** 2 * (1 + nodes) + edges[:-1, None] ** 2 * (1 - nodes)) / 2)
    along = (depths[1:, None] * (1 + nodes) + depths[:-1, None] * (1 - nodes)) / 2
    distances = np.hypot(across[:, None, :, None], along[None, :, None, :])
    deposited = energy[:, :, None, None] * np.multiply.outer(weights, weights) / 4
    return 10 * distances.ravel(), deposited.ravel(), float(energy.sum())


@contextmanager
def silent():
    """The engine prints the names of its files from C: keep them off the comparison."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def ours(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the shells (mm) and energy fraction within each edge, from the table beside this script."""
    rows = (HERE / f"dpk_electron_{name}.csv").read_text(encoding="utf-8").splitlines()
    radius, within = np.array([row.split(",") for row in rows if row[0] != "#"], dtype=float).T
    return np.append(0.0, radius), np.append(0.0, within)


def compare(name: str, histories: int, rings: int = RINGS) -> None:
    spectrum, conversion, auger = emissions(name)
    radius, within = ours(name)
    mean_ours = np.sum(np.diff(within) * (radius[1:] + radius[:-1]) / 2) / within[-1]
    reach = radius[np.searchsorted(within, within[-1])] * 1.1
    lines = np.concatenate([conversion, auger])
    low = lines[:, 0] < CUT_MEV
    low_mev = np.sum(np.prod(lines[low], axis=1))
    per_decay = np.trapezoid(spectrum[:, 1], spectrum[:, 0])
    betas = sample_betas(spectrum, histories)
    parts = [(betas, per_decay)]
    fast = lines[~low]
    if len(fast) and fast[:, 1].sum() > 1e-3:
        share = np.cumsum(fast[:, 1]) / fast[:, 1].sum()
        # by quantiles, so that the many rare lines of high energy are not taken more often than they occur
        chosen = np.searchsorted(share, (np.arange(histories) + 0.5) / histories)
        parts.append((fast[chosen, 0], fast[:, 1].sum()))
    results = [(*transport(energies, reach, seed, rings)[:2], share) for seed, (energies, share) in enumerate(parts, 1)]
    beta_range = np.sum(results[0][0] * results[0][1]) / results[0][1].sum()
    distance = np.concatenate([item[0] for item in results])
    energy = np.concatenate([item[1] * item[2] for item in results])
    total = energy.sum() + low_mev
    mean_all, mean_fast = np.sum(distance * energy) / total, np.sum(distance * energy) / energy.sum()
    print(f"\n{name}: {low_mev * 1000:.2f} keV per decay in electrons below 10 keV, {100 * low_mev / total:.2f} %")
    print(f"  mean range, mm: table {mean_ours:.4f}")
    print(f"    ompmc, all electrons          {mean_all:.4f}  ({100 * (mean_all / mean_ours - 1):+.1f} %)")
    print(f"    ompmc, those above 10 keV     {mean_fast:.4f}  ({100 * (mean_fast / mean_ours - 1):+.1f} %)")
    print(f"    ompmc, beta particles         {beta_range:.4f}")
    order = np.argsort(distance)
    cumulative = (low_mev + np.cumsum(energy[order])) / total
    print("  share of the deposited energy within (table, ompmc):")
    for share in (0.1, 0.25, 0.5, 0.75, 0.9, 0.99):
        at = np.interp(share * within[-1], within, radius)
        print(f"    {at:7.4f} mm  {share:.3f}  {np.interp(at, distance[order], cumulative):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nuclides", nargs="*", default=["Lu-177", "Y-90", "I-131", "Ho-166", "Tb-161", "Cu-67"])
    parser.add_argument("--histories", type=int, default=20000)
    parser.add_argument("--rings", type=int, default=RINGS)
    chosen = parser.parse_args()
    print("single energies: mean distance of deposition over the CSDA range, by the number of rings")
    for mev, csda_cm in CSDA_CM.items():
        row = []
        for rings in (15, 60, chosen.rings):
            distance, energy, total = transport(np.full(chosen.histories, mev), 11 * csda_cm, rings=rings)
            row.append(f"{rings:4d} {np.sum(distance * energy) / total / csda_cm / 10:.3f}")
        print(f"  {1000 * mev:5.0f} keV {''.join(row)}", flush=True)
    for name in chosen.nuclides:
        compare(name, chosen.histories, chosen.rings)


if __name__ == "__main__":
    main()
