"""Known answers of PSMA: the unit trap, the sink, marrow, and the chain of Ac-225."""

from __future__ import annotations

from mrtlab import psma
from mrtlab.known_answers.entry import KnownAnswer as K

__all__ = ["ENTRIES"]

OTHER = "independent script"
ICRP = "ICRP Publication 107"
ELLS = "Ells et al. 2024 (abstract), read as dose per cycle"
SINK = {"strength": 0.4, "half_volume_ml": 1000}


def _sink_doses():
    return psma.sink_doses(
        7400 * psma.organ_range("kidney").median_gy_per_mbq, psma.tumour_volumes_ml(1000, 0.7), **SINK
    )


def _alpha(**change):
    return psma.alpha_dose(0.05, 1, **{"retained": "all", **change})


ENTRIES = (
    K("L11", "Lu-177-PSMA-617, kidneys per activity", "Gy/GBq", 0.5459, 1e-3, "published", ELLS,
      lambda: 1000 * psma.published("kidney", "Lu-177-PSMA-617")[1].gy_per_mbq),
    K("L11b", "Lu-177-PSMA-I&T, kidneys per activity", "Gy/GBq", 0.6912, 1e-3, "published", ELLS,
      lambda: 1000 * psma.published("kidney", "Lu-177-PSMA-I&T")[0].gy_per_mbq),
    K("S-4", "Tumour sink, kidneys over six cycles", "Gy", 28.834, 2e-4, "independent", OTHER,
      lambda: sum(_sink_doses())),
    K("S-4b", "Tumour sink, kidneys in the sixth cycle", "Gy", 5.339, 2e-4, "independent", OTHER,
      lambda: _sink_doses()[-1]),
    K("E06c", "Ac-225 chain, alphas, all daughters stay", "Gy·g/(MBq·h)", 15.8508, 1e-5, "independent", ICRP,
      lambda: 20 * _alpha().alpha_gy),
    K("E06d", "Ac-225 chain, RBE 5", "Gy·g/(MBq·h)", 79.6519, 1e-5, "independent", ICRP,
      lambda: 20 * _alpha().weighted_gy),
    K("E06e", "Ac-225 chain, share of the alphas lost with Bi-213", "", 0.3028, 3e-4, "independent", ICRP,
      lambda: 1 - _alpha(retained={"Bi-213": 0}).alpha_gy / _alpha().alpha_gy),
    K("S-7", "Ac-225, 0.05 MBq·h/g, RBE 5, Bi-213 lost", "Gy (RBE 5)", 2.764, 5e-4, "independent", OTHER,
      lambda: _alpha(retained={"Bi-213": 0}).weighted_gy),
)  # fmt: skip
