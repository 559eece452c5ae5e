"""The gate for total activities."""

from __future__ import annotations

import numpy as np
import pytest

from mrtlab.dicom import check_totals
from mrtlab.errors import Flag, InputError, PhysicsError
from mrtlab.nuclides import nuclide

TIMES = np.array([4.0, 24, 72, 168])
LU = nuclide("Lu-177")


def washed_out(half_life_h: float = 60.0) -> np.ndarray:
    return 6000 * 2 ** (-TIMES / half_life_h)


def test_a_patient_passes_and_the_half_lives_are_told() -> None:
    found = check_totals(TIMES, washed_out(), "Lu-177", 7400, whole_body=True)
    assert found.effective_half_life_h == pytest.approx((60, 60, 60))
    assert found.flags == ()
    assert found.understood


def test_pure_decay_passes() -> None:
    check_totals(TIMES, 7400 * LU.decay_factor(TIMES), LU, 7400, whole_body=True, relative_sigma=0)


def test_a_field_of_view_may_gain_during_uptake_only() -> None:
    totals = washed_out() * np.array([0.3, 1, 1, 1])
    check_totals(TIMES, totals, LU, 7400)
    with pytest.raises(PhysicsError, match="scan 2"):
        check_totals(TIMES, totals, LU, 7400, whole_body=True)
    with pytest.raises(PhysicsError, match="scan 3"):
        check_totals(TIMES, washed_out() * np.array([0.3, 0.3, 1, 1]), LU, 7400)


@pytest.mark.parametrize(
    ("scan", "factor", "words"),
    [
        (2, 1e3, "milliseconds"),
        (3, 1e6, "Bq as MBq"),
        (1, 2.2, "two heads"),
    ],
)
def test_a_slip_is_named_with_its_scan(scan: int, factor: float, words: str) -> None:
    totals = 7400 * LU.decay_factor(TIMES) * 0.95
    totals[scan - 1] *= factor
    with pytest.raises(PhysicsError, match=f"scan {scan}: .*{words}"):
        check_totals(TIMES, totals, LU, 7400)


def test_totals_left_corrected_to_administration_are_found() -> None:
    totals = 7000 * np.ones(4)  # pure decay, corrected and not undone
    with pytest.raises(PhysicsError, match=r"scan 4: .*ADMIN not undone, 168 h"):
        check_totals(TIMES, totals, LU, 7400)
    with pytest.raises(PhysicsError, match=r"scan 4: .*decay corrected to the scan before \(96 h\)"):
        check_totals(TIMES, totals, LU)  # without the administered activity too


def test_a_date_wrong_by_a_day_is_named() -> None:
    times = np.array([1.0, 20.0])
    totals = 185 * nuclide("Y-90").decay_factor(times) / np.array([1, nuclide("Y-90").decay_factor(24)])
    with pytest.raises(PhysicsError, match="wrong by one day"):
        check_totals(times, totals, "Y-90", 185, relative_sigma=0.02)


def test_differences_within_the_uncertainty_pass() -> None:
    totals = LU.decay_factor(TIMES) * 7400 * np.array([1.0, 1.15, 0.9, 1.1])
    check_totals(TIMES, totals, LU, 7400, whole_body=True, relative_sigma=0.1)
    with pytest.raises(PhysicsError):
        check_totals(TIMES, totals, LU, 7400, whole_body=True, relative_sigma=0.05)


def test_a_steep_fall_is_flagged() -> None:
    totals = washed_out() / np.array([1, 1, 1000, 1000])
    assert Flag.TOTAL_FALLS_STEEPLY in check_totals(TIMES, totals, LU, 7400).flags
    assert Flag.ADMINISTERED_UNKNOWN in check_totals(TIMES, washed_out(), LU).flags


@pytest.mark.parametrize(
    ("times", "totals"),
    [
        ([4, 4], [1, 1]),
        ([24, 4], [1, 1]),
        ([4], [1, 2]),
        ([4, 24], [1, 0]),
        ([4, 24], [1, float("nan")]),
        ([-1, 4], [1, 1]),
    ],
)
def test_no_series_is_refused(times, totals) -> None:
    with pytest.raises(InputError, match=r"times_h|totals_mbq"):
        check_totals(times, totals, LU)
