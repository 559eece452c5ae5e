"""Known answers: SIRT."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache

from mrtlab import sirt
from mrtlab.known_answers.entry import KnownAnswer as K

__all__ = ["ENTRIES"]

OTHER = "worked example, other code"
THESIS = "van Roekel, thesis, p. 30"
KAO = "formula of Kao et al. 2013"
WEBER = "Weber et al. 2022, EANM guideline"


def _delivered():
    calibrated = datetime(2024, 3, 3, 12, 0, tzinfo=timezone(timedelta(hours=-5)))
    infused = datetime(2024, 3, 6, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    return sirt.delivered_activity(5000.0, calibrated, infused, sirt.residual_fraction(142.0, 6.1, 0.75, 0.3))


@cache
def _partition():
    return sirt.partition(2000.0, 250.0, 1050.0, 4.5, 0.06)


@cache
def _parts():
    return sirt.multi_compartment(
        1800.0,
        {"T1": 0.38, "T2": 0.09, "perfused normal": 0.41, "other normal": 0.12},
        {"T1": 210.0, "T2": 35.0, "perfused normal": 620.0, "other normal": 780.0},
        0.04,
        normal=("perfused normal", "other normal"),
    )


def _energy():
    one = _partition()
    return (one.tumour_gy * 250 + one.normal_gy * 1050 + one.lung_gy * 1000) / one.activity_mbq / one.constant


ENTRIES: tuple[K, ...] = (
    K("SI01", "Dose constant, Y-90", "J/GBq", 49.771, 5e-5, "independent", "ICRP Publication 107, other code",
      sirt.dose_constant),
    K("SI01b", "Dose constant, Y-90, DDEP", "J/GBq", 49.38, 2e-4, "independent", "926.7 keV, 2.6684 d",
      lambda: sirt.dose_constant("ddep")),
    K("SI01c", "Ho-166, 60 Gy, 1 kg", "MBq", 3780.0, 1e-9, "published", THESIS,
      lambda: sirt.holmium_activity(60.0, 1000.0)),
    K("SI02", "Lung shunt", "", 0.0582582, 1e-5, "independent", OTHER,
      lambda: sirt.lung_shunt(21000, 24000, 412000, 285000, 1500, 4000)),
    K("SI02b", "Shunt of 5 % seen through the body", "", 0.0952381, 1e-6, "analytic", "transmissions 0.62 and 0.31",
      lambda: sirt.apparent_shunt(0.05, 0.62, 0.31)),
    K("SI02c", "Shunt of 5 %, 15 % free", "", 0.0573066, 1e-5, "independent", OTHER,
      lambda: sirt.shunt_with_free_pertechnetate(0.05, 0.15, 0.05, 0.10)),
    K("SI03", "Lung dose, 3.2 GBq, 8 %", "Gy", 12.7414, 1e-5, "independent", OTHER,
      lambda: sirt.lung_dose(3200.0, 0.08)),
    K("SI03b", "Activity for 30 Gy, shunt 12 %", "MBq", 5023.01, 1e-5, "independent", OTHER,
      lambda: sirt.lung_limited_activity(0.12, previous_gy=18.0)),
    K("SI04", "Delivered, across time zones", "MBq", 2386.49, 1e-5, "independent", OTHER, _delivered),
    K("SI11", "Body surface, 172 cm, 76 kg", "m²", 1.890012, 1e-6, "independent", OTHER,
      lambda: sirt.body_surface_m2(172.0, 76.0)),
    K("SI11b", "Activity by body surface, lobe", "MBq", 1158.030, 1e-5, "independent", OTHER,
      lambda: sirt.bsa_activity(172.0, 76.0, 320.0, 1800.0, 1116.0)),
    K("SI12", "Single compartment, 120 Gy", "MBq", 2848.71, 1e-5, "independent", OTHER,
      lambda: sirt.single_compartment_activity(120.0, 1100.0, 0.05, 0.02)),
    K("SI12b", "Glass formula, 150 Gy, 1 kg", "MBq", 3000.0, 1e-9, "published", THESIS,
      lambda: sirt.single_compartment_activity(150.0, 1000.0, constant="rounded")),
    K("SI13", "Partition, tumour", "Gy", 193.592, 1e-5, "independent", OTHER, lambda: _partition().tumour_gy),
    K("SI13b", "Partition, normal liver", "Gy", 43.0205, 1e-5, "independent", OTHER, lambda: _partition().normal_gy),
    K("SI13c", "Partition, energy", "", 1.0, 1e-9, "analytic", "conservation of energy", _energy),
    K("SI13d", "Partition, activity for 205 Gy", "MBq", 2117.86, 1e-5, "independent", OTHER,
      lambda: sirt.partition_activity(205.0, "tumour", 250.0, 1050.0, 4.5, 0.06)),
    K("SI13e", "Artery-specific partition", "MBq", 2036.891, 1e-6, "independent", KAO,
      lambda: sirt.kao_activity(205.0, 250.0, 1.07, 0.05).total_mbq),
    K("SI14", "Four compartments, smaller tumour", "Gy", 221.154, 1e-5, "independent", OTHER,
      lambda: _parts().doses_gy[1]),
    K("SI14b", "Four compartments, whole normal liver", "Gy", 32.5588, 1e-5, "independent", OTHER,
      lambda: _parts().whole_normal_gy),
    K("SI17", "Ho-166, 60 Gy less the scout dose", "MBq", 4853.0, 1e-9, "independent", OTHER,
      lambda: sirt.holmium_activity(60.0, 1350.0, 250.0)),
    K("SI28", "Positrons of 2 GBq in 1 s", "", 64000.0, 1e-5, "published", WEBER,
      lambda: sirt.pet_positrons(2000.0, 1.0)),
)  # fmt: skip
