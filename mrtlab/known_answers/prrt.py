"""Known answers: PRRT."""

from __future__ import annotations

from functools import cache

from mrtlab import prrt, radiobiology
from mrtlab.known_answers.entry import KnownAnswer as K

__all__ = ["ENTRIES"]

OTHER = "independent script"
TYLSKI = "Tylski et al. 2021 (abstract)"
ROTH = "Roth et al. 2022 (abstract)"


@cache
def _next(rule):
    return prrt.next_activity([4.6, 5.4, 6.1], [7400.0] * 3, 23.0, rule=rule, random_rel=0.05, systematic_rel=0.08)


def _blood():
    return prrt.blood_integral([0.45, 0.035], [1.2, 38.0])


def _cycle_bed():
    return radiobiology.bed(5.2, 2.5, radiobiology.lea_catcheside(52.0, 2.8))


ENTRIES: tuple[K, ...] = (
    K("L12", "Extravasation, activity implied by 2.3 Gy in 1000 mL", "MBq", 8124.0, 1e-4, "independent", TYLSKI,
      lambda: prrt.published_extravasation().implied_mbq[0]),
    K("L12b", "Extravasation, activity implied by 4.1 Gy in 400 mL", "MBq", 5793.0, 1e-4, "independent", TYLSKI,
      lambda: prrt.published_extravasation().implied_mbq[1]),
    K("L12c", "Extravasation, activity implied by 6.8 Gy in 180 mL", "MBq", 4323.0, 1.5e-4, "independent", TYLSKI,
      lambda: prrt.published_extravasation().implied_mbq[2]),
    K("L14", "Marrow over blood, haematocrit 0.42", "", 0.3275862068965517, 1e-9, "independent", OTHER,
      lambda: prrt.marrow_to_blood(0.42)),
    K("L15", "Tumour dose of four cycles, 6 % less each", "Gy", 73.08368, 1e-7, "independent", ROTH,
      lambda: sum(prrt.tumour_decline(20.0, 4, "G1"))),
    K("L15b", "Tumour dose of four cycles, 14 % less each", "Gy", 64.71312, 1e-7, "independent", ROTH,
      lambda: sum(prrt.tumour_decline(20.0, 4, "G2"))),
    K("M01", "Blood, two exponentials", "MBq·h/g", 2.697839726462362, 1e-9, "independent", OTHER, _blood),
    K("M01b", "Marrow, self-dose by S value", "Gy", 0.13068, 1e-4, "independent", OTHER,
      lambda: prrt.marrow_dose_from_blood(_blood(), 1.15e-5 * 3.6, 1170.0).self_gy),
    K("C02", "Remaining of 23 Gy after three cycles", "Gy", 6.9, 1e-9, "independent", OTHER,
      lambda: _next("last").remaining_gy),
    K("C02b", "Next activity, last cycle repeats", "MBq", 8370.491803278687, 1e-9, "independent", OTHER,
      lambda: _next("last").allowed_mbq),
    K("C02c", "Next activity, mean of the cycles", "MBq", 9580.0, 1e-3, "independent", OTHER,
      lambda: _next("mean").allowed_mbq),
    K("C02d", "Next activity, last change repeats", "MBq", 7410.0, 1e-3, "independent", OTHER,
      lambda: _next("step").allowed_mbq),
    K("C02e", "Three cycles, 8 % common and 5 % each", "Gy", 1.37, 1e-3, "independent", OTHER,
      lambda: _next("last").delivered_gy.std_dev),
    K("B05", "Cycles of 5.2 Gy in 23 Gy", "", 4, 1e-9, "independent", OTHER, lambda: prrt.cycles_allowed(23.0, 5.2)),
    K("B05b", "The same in 28 Gy BED", "", 4, 1e-9, "independent", OTHER,
      lambda: prrt.cycles_allowed(28.0, _cycle_bed())),
    K("B05c", "The same in 40 Gy BED", "", 6, 1e-9, "independent", OTHER,
      lambda: prrt.cycles_allowed(40.0, _cycle_bed())),
    K("P-1", "4.44 Gy expected, probability above 5.75 Gy", "", 0.221, 2e-3, "independent", OTHER,
      lambda: prrt.kidney_options([7400.0], limit_gy=5.75).doses[0].probability_above),
    K("P-5", "One image at 96 h, 0.155 MBq/g", "Gy", 3.66, 1e-3, "independent", OTHER,
      lambda: prrt.single_image_dose(0.155, 96.0)),
    K("P-6", "Extravasation, 4 GBq in 400 g", "Gy", 2.83, 1e-3, "independent", OTHER,
      lambda: prrt.extravasation_dose(4000.0, 400.0, 2.3)),
    K("P-6b", "The same by physical decay", "Gy", 196.0, 3e-3, "independent", OTHER,
      lambda: prrt.extravasation_dose(4000.0, 400.0, 159.528)),
)  # fmt: skip
