"""Known answers: radioiodine in benign disease and cancer, I-131 mIBG."""

from __future__ import annotations

from functools import cache

import numpy as np
from uncertainties import ufloat

from mrtlab import radioiodine as ri
from mrtlab.known_answers.entry import KnownAnswer as K

__all__ = ["ENTRIES"]

OTHER = "worked example, other code"
LANCONELLI = "voxel S of Lanconelli et al. 2012"
OPEN = "worked protocol of an open implementation"
COHORT = "cohort means, J Nucl Med table 76381"
_DAY = 24.0
_LN2 = float(np.log(2))


@cache
def _model():
    return ri.two_compartment(1.2 / _DAY, 2.4 / _DAY, _LN2 / 5.5 / _DAY)


@cache
def _refit():
    times = np.array([6.0, 24.0, 144.0])
    uptake = _model().uptake(times)
    return ri.fit_two_compartment(times, uptake, 0.03 * uptake)


@cache
def _two():
    return ri.late_points([24.0, 144.0], [0.52, 0.27], [0.026, 0.0135])


def _protocol():
    """Rates as printed: 0.0557, 0.1609, 0.0060 per hour."""
    return ri.two_compartment(0.0557, 0.1609, 0.0060).tiac_h


@cache
def _cohort():
    return ri.blood_dose_parts(2.9 / 5000, 22.0, 75.0)


@cache
def _curves():
    times = np.array([2.0, 6.0, 24.0, 96.0, 144.0])
    body = 0.85 * 2 ** (-times / 11) + 0.15 * 2 ** (-times / 70)
    blood = 2.9e-5 * 2 ** (-times / 9) + 2.0e-6 * 2 ** (-times / 80)
    return (
        ri.body_integral(times, body, 0.03 * body, decay_corrected=False, method="bi"),
        ri.blood_integral(times, blood, 0.03 * blood, decay_corrected=False, method="bi"),
    )


def _case():
    body, blood = _curves()
    return 1000 * ri.blood_dose(blood.tiac_h_per_ml, body.tiac_h, 70.0)


@cache
def _pet():
    return ri.i124_to_i131([24.0, 96.0], [4.60598e-3, 2.0837e-3])


@cache
def _child():
    return ri.mibg_whole_body([0.5, 6, 24, 72], [1000, 612, 318, 96], [810, 500, 262, 80], 12, 5500.0, 18.0)


ENTRIES: tuple[K, ...] = (
    K("TV04", "Uptake by probe at 24 h", "", 0.362319, 1e-3, "independent", OTHER,
      lambda: ri.uptake(815.0, 65.0, 2075.0, 5.0)),
    K("TV04b", "The same, decay-corrected", "", 0.395023, 1e-3, "independent", OTHER,
      lambda: ri.decay_corrected_uptake(0.362319, 24.0)),
    K("TV06", "Two late points, half-life", "h", 126.910, 1e-3, "independent", OTHER,
      lambda: _two().effective_half_life_h),
    K("TV06b", "Two late points, integral", "h", 4.52262 * _DAY, 1e-3, "independent", OTHER, lambda: _two().tiac_h),
    K("TV07", "Two compartments, integral", "h", 3.967411 * _DAY, 1e-6, "independent", "numerical integration",
      lambda: _model().tiac_h),
    K("TV07b", "Largest uptake", "", 0.424663, 1e-5, "independent", OTHER, lambda: _model().uptake(_model().peak_h)),
    K("TV07c", "Fitted again, k_thyroid", "1/h", 0.126027 / _DAY, 1e-3, "independent", OTHER,
      lambda: _refit().k_thyroid_per_h),
    K("RI05", "EANM form, integral", "h", 58.08, 0.01, "published", OPEN, _protocol),
    K("RI10", "EANM form, 23.3 g, 535.9 MBq", "Gy", 156.0, 0.01, "published", OPEN,
      lambda: ri.dose(535.9, 23.3, 58.08)),
    K("TV08", "Marinelli, 200 Gy", "MBq", 598.788, 5e-4, "independent", OTHER,
      lambda: ri.marinelli_activity(200.0, 40.0, 0.60, 132.0)),
    K("TV08b", "The same as integral", "MBq", 598.788, 5e-4, "analytic", "U·T/ln 2",
      lambda: ri.activity(200.0, 40.0, 0.60 * 132.0 / _LN2, mode="constant")),
    K("TV10", "e·t rule, day 7, T = t·ln 2", "", 1.0, 1e-12, "analytic", "smallest integral",
      lambda: ri.late_point_tiac(168.0, np.exp(-1.0)) / 168.0),
    K("TV11", "One point, u(T) 25 %, u(I)", "", 0.2153, 1e-3, "independent", OTHER,
      lambda: (lambda tiac: tiac.std_dev / tiac.nominal_value)(ri.single_point_tiac(24.0, 0.45, ufloat(120, 30)))),
    K("TV12", "Mean energy, 20 g, by day", "Gy·g/(MBq·d)", 2.75, 0.03, "published", LANCONELLI,
      lambda: _DAY * ri.mean_energy(20.0, "mass")),
    K("TV12b", "Mean energy, 40 g, by day", "Gy·g/(MBq·d)", 2.83, 0.03, "published", LANCONELLI,
      lambda: _DAY * ri.mean_energy(40.0, "mass")),
    K("TV13", "Two lobes, ellipsoids", "mL", 18.9815, 5e-4, "independent", OTHER,
      lambda: ri.thyroid_volume([(5.2, 2.1, 1.9), (4.8, 1.9, 1.7)])),
    K("TV14", "Shrinking gland, 60 days", "", 1.100917, 5e-4, "independent", "numerical integration",
      lambda: ri.shrinkage_factor(132.0, 1440.0)),
    K("TV15", "I-123 uptake as I-131", "", 0.498012, 1e-3, "independent", OTHER,
      lambda: ri.uptake_from_tracer(0.155, 24.0, "I-123")),
    K("TV16", "Blood dose", "Gy/GBq", 0.0891509, 1e-3, "independent", OTHER,
      lambda: 1000 * ri.blood_dose(6.0e-4, 22.0, 70.0)),
    K("TV17", "Cohort, share of the electrons", "", 0.74, 0.03, "published", COHORT,
      lambda: _cohort().electron_share),
    K("TV19", "Blood dose, one measurement", "Gy/GBq", 0.115351, 1e-3, "independent", OTHER,
      lambda: 1000 * ri.single_measurement(48.0, 0.12, ri.blood_volume_ml(165.0, 65.0, "female"), 65.0).gy_per_mbq),
    K("TV20", "Five samples, blood dose", "Gy/GBq", 0.0972941, 0.01, "independent", "exact integrals", _case),
    K("TV21", "Remnant, 1.5 g", "Gy", 336.4, 5e-3, "independent", OTHER,
      lambda: ri.lesion_dose(3700.0, 1.5, 0.012, 72.0, recovery=1.0)),
    K("TV22", "I-124 PET, half-life of I-131", "h", 90.00, 5e-3, "analytic", "rates add",
      lambda: _pet().i131_half_life_h),
    K("TV24", "mIBG, whole-body dose", "Gy", 1.25288, 5e-3, "independent", OTHER, lambda: _child().dose_gy),
    K("TV24b", "mIBG, second activity", "MBq", 12059.6, 5e-3, "independent", OTHER,
      lambda: _child().second().activity_mbq),
)  # fmt: skip
