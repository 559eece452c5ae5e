"""Known answers: calibration, voxel dose, radiobiology, uncertainty."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import numpy as np
from uncertainties import correlated_values, correlation_matrix

from mrtlab import calibration, radiobiology, uncertainty, voxel
from mrtlab.known_answers.entry import KnownAnswer as K

__all__ = ["ENTRIES"]

OTHER = "worked example, other code"
URIBE = "Uribe et al. 2018, dead time"
LANCONELLI = "voxel S of Lanconelli et al. 2012"
MIRD17 = "MIRD Pamphlet No. 17"


def _at(hour, minute):
    return datetime(2027, 3, 1, hour, minute, tzinfo=UTC)


def _net():
    return calibration.net_activity(7450.0, _at(9, 10), 55.0, _at(9, 55), _at(9, 40), "Lu-177")


@cache
def _recovery():
    volumes = [0.52, 1.15, 2.57, 5.57, 11.49, 26.52]
    measured = [0.23928263222791593, 0.3699998078522402, 0.5621824532497228, 0.7114134263725345]
    return calibration.fit_recovery(volumes, [*measured, 0.8312815506181972, 0.9090300156415121], 0.02)


@cache
def _budget(volume_ml, voxel_cm, fwhm_cm):
    curve = calibration.RecoveryCurve(*correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))
    return uncertainty.dose_budget(volume_ml, voxel_cm, fwhm_cm, 1.0, curve, 0.03, 0.029300049705039855, 0.98)


def _linked():
    """Correlation of two doses that share nothing but the recovery curve."""
    curve = calibration.RecoveryCurve(*correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))
    doses = [uncertainty.dose_budget(ml, 1e-9, 0.0, 1.0, curve, 0.0, 0.0, 0.98).dose(10.0) for ml in (20.0, 3.0)]
    return correlation_matrix(doses)[0, 1]


def _sampled(volume_ml, voxel_cm, fwhm_cm):
    curve = calibration.RecoveryCurve(*correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]]))
    return uncertainty.dose_monte_carlo(volume_ml, voxel_cm, fwhm_cm, 1.0, curve, 0.03, 0.029300049705039855, 0.98)


@cache
def _voxel_s(nuclide, spacing_mm, *offset):
    """Voxel S value, mGy/(MBq·s), at an offset from the source."""
    kernel = voxel.kernel(nuclide, (spacing_mm,) * 3)
    middle = np.array(kernel.shape) // 2
    return kernel[tuple(middle + offset)] / 3.6


@cache
def _response():
    doses = [12, 15, 18, 20, 22, 25, 28, 30, 33, 36, 38, 42, 45, 50, 55, 60]
    return radiobiology.fit_dose_response(doses, [0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1])


def _uptake_g():
    rates = [np.log(2) / 52, np.log(2) / 2.5]
    # effective half-life 52 h, uptake half-time 2.5 h; the uptake rate is a total rate
    return radiobiology.lea_catcheside_curve([1.0, -1.0], rates, 2.8)


_G = 2.8 / (2.8 + 52)
_EUD = ([10.0, 20.0, 40.0, 60.0, 80.0], [0.1, 0.2, 0.4, 0.2, 0.1])

ENTRIES: tuple[K, ...] = (
    K("A02", "Mean over start, Ga-68, 20 min", "", 0.904272984, 1e-7, "independent", OTHER,
      lambda: calibration.acquisition_decay_factor(1200.0, "Ga-68")),
    K("A03", "Syringe less residual", "MBq", 7378.772713, 1e-7, "independent", OTHER, _net),
    K("A04", "Cross-calibration", "", 1.042203289, 1e-8, "independent", OTHER,
      lambda: calibration.cross_calibration(1052.0, 1009.4)),
    K("P01", "Conjugate view", "MBq", 88.62351605, 1e-8, "independent", OTHER,
      lambda: calibration.conjugate_view_activity(185.0, 240.0, 0.062, 9.1, 0.135, 8.0)),
    K("P02", "Triple energy window", "", 140685.490196, 1e-9, "independent", OTHER,
      lambda: calibration.triple_energy_window(182000, 61000, 9800, 41.6, 34.0, 51.0)),
    K("P02b", "Its uncertainty", "", 454.378380, 1e-7, "independent", OTHER,
      lambda: calibration.triple_energy_window(182000, 61000, 9800, 41.6, 34.0, 51.0).std_dev),
    K("P03", "Negative primary is kept", "", -4.862745098, 1e-8, "independent", OTHER,
      lambda: calibration.triple_energy_window(40, 60, 20, 41.6, 34.0, 51.0)),
    K("D01", "Paralysable, 60 kcps", "cps", 45528.775846, 1e-9, "independent", OTHER,
      lambda: calibration.observed_rate(60000.0, 4.6e-6)),
    K("D02", "and back", "cps", 60000.0, 1e-9, "analytic", "Lambert W",
      lambda: calibration.true_rate(45528.77584567448, 4.6e-6)),
    K("D03", "Non-paralysable, 60 kcps", "cps", 47021.943574, 1e-9, "independent", OTHER,
      lambda: calibration.observed_rate(60000.0, 4.6e-6, "nonparalysable")),
    K("D04", "Two sources, non-paralysable", "µs", 5.0, 1e-6, "analytic", "rates made by the model",
      lambda: 1e6 * calibration.two_source_dead_time(
          *(calibration.observed_rate(n, 5e-6, "nonparalysable") for n in (30e3, 32e3, 62e3)), model="nonparalysable")),
    K("L13", "Loss at 40 kcps, τ 4.60 µs", "", 1.2020, 1e-4, "published", URIBE,
      lambda: 40000 / calibration.observed_rate(40000.0, 4.6e-6)),
    K("S03", "Factor to sensitivity", "cps/MBq", 1.3067915434, 1e-8, "independent", OTHER,
      lambda: calibration.sensitivity_from_factor(calibration.spect_factor(41.7, 1800.0, 0.1603), 0.48**3)),
    K("R01", "Recovery curve, b1", "mL", 1.988626867, 1e-4, "independent", OTHER, lambda: _recovery().b1_ml),
    K("R01b", "Recovery curve, u(b2)", "", 0.042360458, 1e-3, "independent", OTHER, lambda: _recovery().b2.std_dev),
    K("R01c", "Recovery at 10 mL", "", 0.80872188, 1e-4, "independent", OTHER, lambda: _recovery()(10.0)),
    K("H01", "Density at 300 HU", "g/mL", 1.19408, 1e-6, "independent", OTHER,
      lambda: calibration.density_g_per_ml(300.0)),
    K("L07", "Y-90, 3 mm, self", "mGy/(MBq·s)", 1.59, 0.02, "published", LANCONELLI,
      lambda: _voxel_s("Y-90", 3.0, 0, 0, 0)),
    K("L07b", "Y-90, 3 mm, face", "mGy/(MBq·s)", 0.275, 0.02, "published", LANCONELLI,
      lambda: _voxel_s("Y-90", 3.0, 0, 0, 1)),
    K("L07c", "Y-90, 3 mm, edge", "mGy/(MBq·s)", 0.0950, 0.02, "published", LANCONELLI,
      lambda: _voxel_s("Y-90", 3.0, 0, 1, 1)),
    K("L08", "I-131, 4.8 mm, self", "mGy/(MBq·s)", 0.237, 0.03, "published", LANCONELLI,
      lambda: _voxel_s("I-131", 4.8, 0, 0, 0)),
    K("L08b", "I-131, 4.8 mm, third", "mGy/(MBq·s)", 7.99e-5, 0.03, "published", LANCONELLI,
      lambda: _voxel_s("I-131", 4.8, 0, 0, 3)),
    K("M17", "Y-90, 6 mm, self", "mGy/(MBq·s)", 0.346, 0.02, "published", MIRD17,
      lambda: _voxel_s("Y-90", 6.0, 0, 0, 0)),
    K("L09", "Lu-177, 4.8 mm, self", "mGy/(MBq·s)", 0.1918, 0.01, "independent", "moments and photons",
      lambda: _voxel_s("Lu-177", 4.8, 0, 0, 0)),
    K("E07", "D90 of 1 ... 10 Gy", "Gy", 1.9, 1e-9, "analytic", "linear quantile",
      lambda: voxel.Dvh(np.arange(1.0, 11.0)).dose_at_volume(90)),
    K("B01", "BED of 5.2 Gy", "Gy", 5.752642336, 1e-9, "independent", OTHER, lambda: radiobiology.bed(5.2, 2.5, _G)),
    K("B02", "G with uptake", "", 0.049989323, 1e-7, "independent", "differential equation", _uptake_g),
    K("B03", "Four cycles", "Gy", 23.010569343, 1e-9, "independent", OTHER,
      lambda: radiobiology.bed_total([5.2] * 4, 2.5, _G)),
    K("B04", "Dose of BED 28 Gy", "Gy", 19.903509763, 1e-9, "analytic", "quadratic",
      lambda: radiobiology.dose_from_bed(28.0, 2.5, _G)),
    K("B07", "EQD2 of four cycles", "Gy", 12.783649635, 1e-9, "analytic", OTHER,
      lambda: radiobiology.eqd2(23.010569343065693, 2.5)),
    K("B08", "EUD", "Gy", 26.351173592, 1e-9, "independent", OTHER, lambda: radiobiology.eud(_EUD[0], 0.1, _EUD[1])),
    K("B08b", "gEUD, a = 8", "Gy", 61.475403673, 1e-9, "independent", OTHER,
      lambda: radiobiology.geud(_EUD[0], 8, _EUD[1])),
    K("B09", "Tumour control", "", 0.466965926, 1e-8, "analytic", "Poisson",
      lambda: radiobiology.tcp_poisson(60.0, 0.3, 5e7)),
    K("B10", "Complication, Lyman", "", 0.037072766, 1e-7, "analytic", "normal integral",
      lambda: radiobiology.ntcp_lkb(23.0, 28.0, 0.10)),
    K("B12", "Two repair half-times", "", 0.038582355, 1e-7, "independent", OTHER,
      lambda: radiobiology.lea_catcheside_curve([1.0], [np.log(2) / 52], [0.3, 4.0], [0.5, 0.5])),
    K("B13", "Dose-response, D50", "Gy", 32.170897568, 1e-6, "independent", OTHER, lambda: _response().d50_gy),
    K("B13b", "Dose-response, u(D50)", "Gy", 4.368675109, 1e-5, "independent", OTHER,
      lambda: _response().d50_gy.std_dev),
    K("B13c", "Dose-response, AUC", "", 0.890625, 1e-9, "independent", OTHER, lambda: _response().auc),
    K("U01", "Lesion 20 mL, on CT", "", 0.126069051, 1e-7, "independent", "two algebraic routes",
      lambda: _budget(20, 0.2, 0.3).total_rel),
    K("U01b", "without covariances", "", 0.200684909, 1e-7, "independent", "two algebraic routes",
      lambda: _budget(20, 0.2, 0.3).correlation_neglected_rel),
    K("U03", "Kidney 150 mL", "", 0.064979336, 1e-7, "independent", "two algebraic routes",
      lambda: _budget(150, 0.2, 0.3).total_rel),
    K("U07", "Edge of a blurred sphere", "", 0.399390603, 1e-8, "analytic", "value at the edge",
      lambda: uncertainty.edge_value(20.0, 1.0) / 2),
    K("U08", "Lesions of 20 and 3 mL, correlation", "", 0.637288780, 1e-6, "analytic", "slopes of the curve", _linked),
    K("U09", "Lesion 3 mL, upper end by Monte Carlo", "", 1.7491, 0.02, "independent", OTHER,
      lambda: _sampled(3, 0.2, 0.3).interval95[1]),
)  # fmt: skip
