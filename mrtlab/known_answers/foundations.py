"""Known answers: decay data, curves, time-integrated activity, dose, expected range."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from uncertainties import ufloat

from mrtlab import clock, dose, kinetics, nuclides, planning
from mrtlab.known_answers.entry import KnownAnswer as K
from mrtlab.nuclides import nuclide

__all__ = ["ENTRIES"]

ICRP = "ICRP Publication 107"
OPENDOSE = "OpenDose, Chauvin et al. 2020"
SPHERES = "Lu-177 sphere table of PyTheranostics"
OTHER = "worked example, other code"
HAENSCHEID = "Hänscheid et al. 2018"
CHALLENGE = "SNMMI challenge, patient 4; scipy fit"

_MORNING = datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@cache
def _curve(times, activities, **options):
    return kinetics.TimeActivity(times, activities, nuclide="Lu-177", decay_corrected=False, **({"cv": 0.05} | options))


@cache
def _three():
    return kinetics.fit(_curve((24, 96, 168), (118, 52, 22)), "mono")


@cache
def _six(model):
    return kinetics.fit(_curve((1, 4, 24, 48, 96, 168), (139.1, 123.3, 78.6, 56.3, 34.9, 17.3)), model)


@cache
def _patient(region):
    from mrtlab import tables
    from mrtlab._content import dataset

    table = tables.read_tac(dataset("lu177-dotatate-patient4") / "tac.csv")
    return kinetics.select(table[region])


def _truncated(times):
    times = np.array(times)
    truth = 90 * np.exp(-np.log(2) / 15 * times) + 60 * np.exp(-np.log(2) / 75 * times)
    return kinetics.fit(_curve(tuple(times), tuple(truth)), "mono").tia_mbq_h / 8439.765989 - 1


def _joule_per_gbq(name):
    return nuclide(name).dose_constant * nuclide(name).half_life_h / np.log(2)


def _s_over_local(phantom, target):
    row = next(row for row in dose.S_VALUES if (row.phantom, row.target) == (phantom, target))
    return row.gy_per_mbq_h / dose.local(1.0, row.mass_g, "Lu-177")


def _single(time_h, end):
    point = kinetics.single_point(100.0, time_h, 50.0, float(np.exp(0.18)), "Lu-177", method="known_half_life")
    return point.interval95[end] / point.tia_mbq_h


def _trapezoid(**options):
    return kinetics.trapezoid(_curve((4, 24, 96, 168), (142, 118, 52, 22)), **options)


def _verdict():
    return planning.verify(ufloat(6.8, 1.02), planning.expected_range(4.588, 1.35))


def _sphere(mass_g):
    return dose.sphere_s_value(mass_g, "Lu-177", 1.03) / 3.6e9


ENTRIES: tuple[K, ...] = (
    K("L01", "Lu-177 electrons per decay", "MeV", 0.147924, 1e-5, "published", ICRP,
      lambda: nuclide("Lu-177").electron_mev),
    K("L01b", "Lu-177 dose constant", "Gy·g/(MBq·h)", 0.085320, 1e-4, "published", "rpt_dosi documentation",
      lambda: nuclide("Lu-177").dose_constant),
    K("L02", "Y-90, 1 GBq decayed", "J", 49.771, 5e-4, "independent", ICRP, lambda: _joule_per_gbq("Y-90")),
    K("L02b", "Ho-166, 1 GBq decayed", "J", 15.529, 5e-4, "independent", ICRP, lambda: _joule_per_gbq("Ho-166")),
    K("N01", "I-131 half-life", "h", 192.497, 1e-5, "published", ICRP, lambda: nuclide("I-131").half_life_h),
    K("E06", "Ac-225 chain, alpha energy", "MeV", 27.48144, 1e-4, "independent", ICRP,
      lambda: sum(m.yield_per_decay * m.nuclide.alpha_mev for m in nuclides.chain("Ac-225"))),
    K("E06b", "Ac-225 chain, electron energy", "MeV", 0.689534, 1e-4, "independent", ICRP,
      lambda: sum(m.yield_per_decay * m.nuclide.electron_mev for m in nuclides.chain("Ac-225"))),
    K("E01", "Dose constant of 1 MeV", "Gy·g/(MBq·h)", 0.57678358824, 1e-9, "analytic", "SI 2019",
      lambda: nuclides.dose_constant(1.0)),
    K("A01", "7400 MBq Lu-177 after 24 h", "MBq", 6667.202109, 1e-8, "independent", OTHER,
      lambda: clock.activity_at(7400.0, "Lu-177", _MORNING, _MORNING + timedelta(hours=24))),
    K("A08", "Effective half-life, Lu-177 with 80 h", "h", 53.280786, 1e-7, "analytic", "rates add",
      lambda: kinetics.effective_half_life_h(80.0, "Lu-177")),
    K("F01", "Mono-exponential integral", "MBq·h", 9002.417055, 1e-8, "analytic", "A/λ",
      lambda: kinetics.MODELS["mono"].integral([120.0], [np.log(2) / 52 - np.log(2) / 159.528], np.log(2) / 159.528)),
    K("F04", "Linear trapezoid, constant head", "MBq·h", 13793.42951660, 1e-9, "independent", OTHER,
      lambda: _trapezoid(body="linear").tia_mbq_h),
    K("F04b", "The same, physical tail", "MBq·h", 17015.30559862, 1e-9, "independent", OTHER,
      lambda: _trapezoid(body="linear", tail="physical").tia_mbq_h),
    K("F04c", "Logarithmic body", "MBq·h", 10902.71466925, 1e-9, "independent", OTHER, lambda: _trapezoid().body),
    K("F05", "Three points, TIA", "MBq·h", 13473.946222, 1e-6, "independent", OTHER, lambda: _three().tia_mbq_h),
    K("F05b", "Three points, u(TIA)", "MBq·h", 394.787294, 1e-4, "independent", OTHER,
      lambda: _three().tia_mbq_h.std_dev),
    K("F05c", "Three points, χ²", "", 0.109994164, 1e-5, "independent", OTHER, lambda: _three().chi_square),
    K("F05d", "Three points, half-life", "h", 59.425273, 1e-6, "independent", OTHER,
      lambda: _three().effective_half_life_h),
    K("F07", "Bias of 4, 24, 72 h", "", -0.181527, 1e-3, "independent", OTHER, lambda: _truncated((4, 24, 72))),
    K("F07b", "Bias of 24, 96, 168 h", "", -0.085218, 1e-3, "independent", OTHER, lambda: _truncated((24, 96, 168))),
    K("F08", "Six points, mono: χ²", "", 36.745998, 1e-6, "independent", OTHER, lambda: _six("mono").chi_square),
    K("F08b", "Six points, bi: TIA", "MBq·h", 9789.9807, 1e-4, "independent", OTHER, lambda: _six("bi").tia_mbq_h),
    K("F08c", "Six points, bi: AICc", "", 48.1147217, 1e-6, "independent", OTHER, lambda: _six("bi").aicc),
    K("F09", "2t/ln 2 at its maximum", "", 2 / (np.e * np.log(2)), 1e-12, "analytic", HAENSCHEID,
      lambda: kinetics.haenscheid_tia(np.exp(-1.0), 50 / np.log(2)) / (50 / np.log(2))),
    K("L10", "Dose per MBq·h/g, 2t form", "Gy·g/(MBq·h)", 0.25, 0.02, "published", HAENSCHEID,
      lambda: dose.local(kinetics.haenscheid_tia(1.0, 1.0), 1.0, "Lu-177")),
    K("F11", "Known half-life, one point", "MBq·h", 14194.675823, 1e-8, "independent", OTHER,
      lambda: kinetics.known_half_life_tia(52.0, 96.0, 50.0)),
    K("F12", "One scan at 24 h, 2.5 %", "", 0.808969, 2e-3, "independent", "2e6 samples", lambda: _single(24.0, 0)),
    K("F12b", "One scan at 72 h, 97.5 %", "", 1.085787, 2e-3, "independent", "2e6 samples", lambda: _single(72.0, 1)),
    K("F13", "Two points, u(TIA)/TIA", "", 0.044708917, 1e-6, "analytic", "first-order propagation",
      lambda: (lambda tia: tia.std_dev / tia.nominal_value)(kinetics.two_point(_curve((24, 96), (118, 52))).tia_mbq_h)),
    K("F14", "Prior and two early points", "MBq·h", 12482.81285, 1e-5, "independent", OTHER,
      lambda: kinetics.map_fit(_curve((4, 24), (142, 118)), 50.0, float(np.exp(0.2))).tia_mbq_h),
    K("P4", "Patient 4, left kidney TIA", "MBq·h", 7650.75, 1e-3, "independent", CHALLENGE,
      lambda: _patient("kidney_left").tia_mbq_h),
    K("P4b", "Patient 4, remainder, mono χ²", "", 39.329, 1e-3, "independent", CHALLENGE,
      lambda: _patient("remainder_of_body").fits["mono"].chi_square),
    K("L03", "Left kidney, S over local", "", 1.011, 1e-3, "published", OPENDOSE,
      lambda: _s_over_local("AM", "left kidney")),
    K("L04", "Liver, S over local", "", 1.041, 1e-3, "published", OPENDOSE, lambda: _s_over_local("AM", "liver")),
    K("E02", "Kidney dose, local", "Gy", 2.647866, 1e-6, "independent", OTHER,
      lambda: dose.local(9000.0, 290.0, "Lu-177")),
    K("E03", "Kidney dose, S scaled with 1/m", "Gy", 4.299865, 1e-6, "independent", OTHER,
      lambda: 9000 * dose.scale_s_value(7.706e-5 * 3.6, 309.994, 180.0, "Lu-177", photon_exponent=1)),
    K("L05", "Sphere 4.31 mg", "Gy/(Bq·s)", 4.54e-9, 0.015, "published", SPHERES, lambda: _sphere(0.00431)),
    K("L05b", "Sphere 0.539 g", "Gy/(Bq·s)", 4.27e-11, 0.015, "published", SPHERES, lambda: _sphere(0.539)),
    K("L05c", "Sphere 14.6 g", "Gy/(Bq·s)", 1.63e-12, 0.015, "published", SPHERES, lambda: _sphere(14.6)),
    K("L05d", "Sphere 276 g", "Gy/(Bq·s)", 8.81e-14, 0.015, "published", SPHERES, lambda: _sphere(276.0)),
    K("E04", "Y-90 sphere 1 g, absorbed", "", 0.690215, 1e-4, "independent", "moments of the kernel",
      lambda: dose.sphere_absorbed_fraction(1.0, "Y-90")),
    K("E04b", "I-131 sphere 0.1 g, absorbed", "", 0.899842, 1e-4, "independent", "moments of the kernel",
      lambda: dose.sphere_absorbed_fraction(0.1, "I-131")),
    K("C06", "Expected range, z", "", 1.17279885, 1e-7, "analytic", "log-normal", lambda: _verdict().z),
)  # fmt: skip
