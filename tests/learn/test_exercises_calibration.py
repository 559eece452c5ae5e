"""The exercises about calibration: their own formulas on base values, and each solved here by other means.

Expected values are those of the scientific specification (seed 0 and test vectors, computed by other programs), or
worked out here with numpy and scipy from what the learner is shown.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from scipy.optimize import brentq, curve_fit
from test_exercises_content import answers, includes

from mrtlab.learn.checking import check
from mrtlab.learn.draws import moment
from mrtlab.learn.library import load
from mrtlab.learn.variants import Variant, variant

IDS = ("planar-sensitivity", "triple-energy-window", "dead-time", "spect-factor", "cross-calibration")
LU177_H = 6.647 * 24


def column(one: Variant, name: str) -> np.ndarray:
    """A column of the learner's tables, as shown."""
    for table in one.sheet.tables:
        for item in table.columns:
            if item.name == name:
                return np.array(item.values, dtype=float)
    raise KeyError(name)


def outcome(one: Variant, key: str, **raw) -> str:
    return check(one.expected[key], one.sheet.question(key), raw, one.render).outcome


def left(hours: float) -> float:
    return 2 ** (-hours / LU177_H)


PETRI = {
    "dish_mbq": 35.2,
    "read_at": moment("2027-04-12T08:00+02:00"),
    "start_at": moment("2027-04-12T11:15+02:00"),
    "counts": np.array([91234.0, 90120.0]),
    "background_counts": np.array([1520.0, 1520.0]),
}


def test_planar_sensitivity() -> None:
    found, _ = answers(load("planar-sensitivity"), **PETRI, recorded_cps_per_mbq=8.6)
    q = found["sensitivity"]
    assert q.value.value == pytest.approx(8.5645, rel=2e-5)
    assert includes(q, 8.443, 8.710, 17.13, 8.325)
    statistics = np.sqrt(91234 + 90120 + 2 * 1520) / (91234 + 90120 - 2 * 1520)
    assert q.u.value == pytest.approx(8.5645 * np.hypot(0.015, statistics), rel=1e-4)


@pytest.mark.parametrize(
    ("recorded", "decision"), [(7.6, "investigate"), (8.4, "adopt"), (8.7, "adopt"), (9.6, "investigate")]
)
def test_constancy_of_the_camera(recorded: float, decision: str) -> None:
    found, _ = answers(load("planar-sensitivity"), **PETRI, recorded_cps_per_mbq=recorded)
    assert found["decision"].value == decision


def test_triple_energy_window() -> None:
    found, _ = answers(
        load("triple-energy-window"),
        kidney_counts=np.array([45000.0, 150000, 60000, 61000, 182000, 9800]),
        lower_counts=np.array([60.0, 20, 0, 34]),
        peak_counts=np.array([40.0, 60, 90, 20.8]),
        upper_counts=np.array([20.0, 10, 10, 0]),
    )
    kidney = found["kidney"]
    assert kidney.value.value == pytest.approx(140685.49, rel=1e-7)
    assert kidney.u.value == pytest.approx(454.378, rel=1e-5)
    assert includes(kidney, 146600, 99371, 182000, 144682, rel=1e-5)
    # 150000 - (45000/13.3 + 60000/27.9)·22.6/2 in the windows about 113 keV
    assert includes(kidney, 87465.6, rel=1e-5)
    # one pixel of the specification, -4.86275, and three by hand
    four = [-4.86275, 60 - (20 / 34 + 10 / 51) * 20.8, 90 - 10 / 51 * 20.8, 0.0]
    assert found["background"].value.value == pytest.approx(np.mean(four), abs=1e-5)
    assert includes(found["background"], (sum(four) + 4.86275) / 4, rel=1e-5)
    assert found["decision"].value == "keep"


def test_dead_time() -> None:
    activity = np.geomspace(20000, 200, 25)
    true = 10 * activity
    found, formulas = answers(
        load("dead-time"),
        activity_mbq=activity,
        count_s=60,
        counts=60 * true * np.exp(-true * 4.6e-6),
        patient_cps=45529,
        odd_cps=86000,
    )
    assert found["tau"].value.value == pytest.approx(4.6, rel=1e-6)
    assert found["corrected"].value.value == pytest.approx(60000, rel=1e-4)
    assert includes(found["corrected"], 57590, 55064, 45928, rel=1e-4)
    assert formulas["limit_cps"].n == pytest.approx(1 / (np.e * 4.6e-6), rel=1e-6)
    # the other root of n·exp(-n·tau) = 45529, above 1/tau
    other = brentq(lambda n: n * np.exp(-n * 4.6e-6) - 45529, 1 / 4.6e-6, 2e6)
    assert includes(found["corrected"], other, rel=1e-5)
    assert found["odd"].value == "refuse"


def test_spect_factor() -> None:
    found, _ = answers(
        load("spect-factor"),
        volume_l=6.3,
        filled_mbq=1010,
        read_at=moment("2027-06-07T08:00+02:00"),
        start_at=moment("2027-06-07T14:00+02:00"),
        views=60,
        view_ms=20000,
        core_counts=41.7,
        outline_counts=0.92 * 41.7,
    )
    factor = found["factor"]
    assert factor.value.value == pytest.approx(4.4915e6, rel=2e-5)
    assert found["sensitivity"].value.value == pytest.approx(2.0132, rel=3e-5)
    assert includes(factor, 4.613e6, 2 * 4.4915e6, 4.4915e9, 4.4915e6 / 0.92, rel=2e-4)
    assert factor.u.value == pytest.approx(4.4915e6 * np.sqrt(0.015**2 + 0.01**2 + 0.005**2), rel=1e-4)
    assert found["decision"].value == "cylinder"


CERTIFIED = {
    "reference_mbq": 1052.0,
    "reference_at": moment("2027-05-10T12:00+02:00"),
    "reading_at": moment("2027-05-10T12:00+02:00"),
    "reference_percent": 1.0,
    "therapy_mbq": 7400,
    "counts_percent": 0.3,
    "volume_percent": 1.0,
    "region_percent": 1.5,
}


def test_cross_calibration() -> None:
    found, _ = answers(load("cross-calibration"), **CERTIFIED, reading_mbq=1009.4)
    relative = np.hypot(0.01, 0.003)
    assert found["factor"].value.value == pytest.approx(1.0422, rel=1e-5)
    assert found["factor"].u.value == pytest.approx(1.0422 * relative, rel=1e-4)
    assert includes(found["factor"], 1 / 1.0422, rel=1e-4)
    assert found["therapy"].value.value == pytest.approx(7712.3, rel=1e-5)
    assert found["therapy"].u.value == pytest.approx(7712.3 * np.hypot(relative, 0.003), rel=1e-4)
    assert includes(found["therapy"], 7100, 7400, rel=1e-4)
    assert found["budget"].value.value == pytest.approx(np.sqrt(1.044**2 + 0.3**2 + 1 + 1.5**2), rel=1e-4)
    assert found["action"].value == "go_on"


@pytest.mark.parametrize(
    ("reading", "action"), [(930, "stop"), (980, "investigate"), (1040, "go_on"), (1130, "investigate"), (1200, "stop")]
)
def test_action_levels_of_the_meter(reading: float, action: str) -> None:
    found, _ = answers(load("cross-calibration"), **CERTIFIED, reading_mbq=reading)
    assert found["action"].value == action


LEARNERS = ("quiet-heron-42", "amber-fox-7", "slow-otter-19")


@pytest.mark.parametrize("learner", LEARNERS)
def test_petri_dish_by_hand(learner: str) -> None:
    one = variant(load("planar-sensitivity"), learner)
    drawn = one.formulas
    hours = (drawn["start_at"] - drawn["read_at"] + timedelta(seconds=150)).total_seconds() / 3600
    net = column(one, "counts") - column(one, "background_counts")
    q = np.mean(net) / 300 / (drawn["dish_mbq"] * left(hours))
    counted = np.sqrt(np.sum(column(one, "counts") + column(one, "background_counts"))) / np.sum(net)
    assert outcome(one, "sensitivity", value=f"{q:.3f}", u=f"{q * np.hypot(0.015, counted):.2g}") == "right"


@pytest.mark.parametrize("learner", LEARNERS)
def test_windows_by_hand(learner: str) -> None:
    one = variant(load("triple-energy-window"), learner)
    width = column(one, "to_kev") - column(one, "from_kev")
    weights = np.array([-width[4] / width[3] / 2, 1, -width[4] / width[5] / 2])
    counts = column(one, "kidney_counts")[3:]
    noise = np.sqrt(weights**2 @ counts)
    assert outcome(one, "kidney", value=f"{weights @ counts:.0f}", u=f"{noise:.0f}") == "right"
    pixels = np.array([column(one, f"{name}_counts") for name in ("lower", "peak", "upper")])
    u = np.sqrt(np.sum(weights**2 @ pixels)) / 8
    assert outcome(one, "background", value=f"{np.mean(weights @ pixels):.2f}", u=f"{u:.2g}") == "right"
    clipped = np.mean(np.maximum(weights @ pixels, 0))
    assert outcome(one, "background", value=f"{clipped:.2f}", u=f"{u:.2g}") == "slip"


@pytest.mark.parametrize("learner", LEARNERS)
@pytest.mark.parametrize("scaled", [False, True])
def test_dead_time_by_hand(learner: str, scaled: bool) -> None:
    one = variant(load("dead-time"), learner)
    activity, counts, seconds = column(one, "activity_mbq"), column(one, "counts"), one.formulas["count_s"]
    # ln(m/A) against A is a straight line; every point weighs as much as it has counts
    (level, slope), covariance = curve_fit(
        lambda a, level, slope: level - slope * a,
        activity,
        np.log(counts / seconds / activity),
        (1.5, 3e-5),
        1 / np.sqrt(counts),
        absolute_sigma=not scaled,
    )
    tau = slope / np.exp(level)
    gradient = np.array([-tau, np.exp(-level)])
    u = np.sqrt(gradient @ covariance @ gradient)
    assert outcome(one, "tau", value=f"{1e6 * tau:.4f}", u=f"{1e6 * u:.2g}") == "right"
    patient = one.formulas["patient_cps"]

    def rate(dead_s: float) -> float:
        return brentq(lambda n: n * np.exp(-n * dead_s) - patient, 0, 1 / dead_s)

    spread = (rate(tau + u) - rate(tau - u)) / 2
    assert outcome(one, "corrected", value=f"{rate(tau):.0f}", u=f"{spread:.2g}") == "right"
    assert one.formulas["odd_cps"] > 1 / (np.e * tau * 0.985)


@pytest.mark.parametrize("learner", LEARNERS)
def test_cylinder_by_hand(learner: str) -> None:
    one = variant(load("spect-factor"), learner)
    drawn = one.formulas
    seconds = drawn["views"] * drawn["view_ms"] / 1000
    hours = (drawn["start_at"] - drawn["read_at"]).total_seconds() / 3600 + seconds / 7200
    bq_per_ml = drawn["filled_mbq"] * 1e6 * left(hours) / (drawn["volume_l"] * 1000)
    factor = bq_per_ml / (drawn["core_counts"] / seconds)
    assert outcome(one, "factor", value=f"{factor:.0f}", u=f"{factor * 0.0187:.0f}") == "right"
    q = 1e6 / (factor * 0.48**3)
    assert outcome(one, "sensitivity", value=f"{q:.3f}", u=f"{0.0187 * q:.2g}") == "right"


@pytest.mark.parametrize("learner", LEARNERS)
def test_meter_by_hand(learner: str) -> None:
    one = variant(load("cross-calibration"), learner)
    drawn = one.formulas
    hours = (drawn["reading_at"] - drawn["reference_at"]).total_seconds() / 3600
    factor = drawn["reference_mbq"] * left(hours) / drawn["reading_mbq"]
    relative = np.hypot(drawn["reference_percent"] / 100, 0.003)
    assert outcome(one, "factor", value=f"{factor:.4f}", u=f"{relative * factor:.2g}") == "right"
    there = factor * drawn["therapy_mbq"]
    assert outcome(one, "therapy", value=f"{there:.0f}", u=f"{relative * there:.2g}") == "right"
    shares = [100 * relative, drawn["counts_percent"], drawn["volume_percent"], drawn["region_percent"]]
    assert outcome(one, "budget", value=f"{np.linalg.norm(shares):.2f}") == "right"
    distance = abs(factor - 1)
    action = "stop" if distance > 0.1 else "investigate" if distance > 0.05 else "go_on"
    assert one.expected["action"].value == action
