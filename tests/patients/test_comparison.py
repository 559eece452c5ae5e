"""Cohorts and comparisons: the right ones come out best, and nothing that fails is hidden."""

from __future__ import annotations

import csv
import io
import math
import subprocess
import sys

import numpy as np
import pytest

from mrtlab import InputError, kinetics
from mrtlab.patients import cohort, compare, measured, register, sphere_recovery, virtual_patient


@pytest.fixture(scope="module")
def patients():
    return cohort("prrt", 60, 3)


def test_cohorts_are_reproducible_and_share_nobody(patients):
    again = cohort("prrt", 60, 3)
    assert [p.truth.tia_mbq_h("kidneys") for p in again] == [p.truth.tia_mbq_h("kidneys") for p in patients]
    assert not {p.seed for p in cohort("prrt", 60, 4)} & {p.seed for p in patients}
    assert [p.seed for p in cohort("prrt", 10, 3)] == [p.seed for p in patients[:10]]
    for n in (0, 1.5, True):
        with pytest.raises(InputError, match="n must be a number of patients"):
            cohort("prrt", n, 1)
    with pytest.raises(InputError, match="seed"):
        cohort("prrt", 1, 10**6)


def test_a_patient_is_the_same_in_another_process():
    code = (
        "from mrtlab.patients import virtual_patient as v; p = v('psma', 42);"
        "print(repr(p.truth.tia_mbq_h('kidneys')), p.acquire(24, size=16)[0].array.sum(dtype=float))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout
    patient = virtual_patient("psma", 42)
    assert found.split()[0] == repr(patient.truth.tia_mbq_h("kidneys"))
    assert float(found.split()[1]) == pytest.approx(patient.acquire(24, size=16)[0].array.sum(dtype=float), rel=1e-6)


def test_without_noise_a_late_mono_fit_finds_nearly_the_truth(patients):
    result = compare(patients, ["mono@24,72,168"], noise=False)
    (row,) = result.rows
    # only the uptake phase is not in the fit: a few hours of a mean life of three days
    assert row.failed == 0
    assert 0 < row.bias < 0.03
    assert row.spread < 0.01


def test_a_second_phase_is_a_model_error_that_the_right_model_repairs():
    two = cohort("prrt", 25, 5, phases=2)
    quiet = compare(two, ["mono@4,24,72", "mono@24,72,168"], noise=False).rows
    early, late = (abs(row.bias) for row in quiet)
    assert early > 3 * late


def test_single_points_are_best_near_the_mean_life(patients):
    """One image with the population's half-life errs least at 1/λ: 1.44·51 h = 74 h for these kidneys."""
    times = [24, 48, 72, 96, 144]
    rows = compare(patients, [f"known_half_life@{t}" for t in times], noise=False).rows
    spreads = [row.spread for row in rows]
    assert times[int(np.argmin(spreads))] == 72
    assert spreads[0] > 3 * spreads[2]
    # the population factor of mrtlab.kinetics, on the same patients, must see the same
    curves = [
        kinetics.fit(p.measure("kidneys", [24, 72, 168], noise=False, systematic=False), "mono") for p in patients[:25]
    ]
    factors = [kinetics.stp_factor(curves, t) for t in times]
    relative = [factor.factor_h.std_dev / factor.factor_h.nominal_value for factor in factors]
    assert times[int(np.argmin(relative))] == 72


def test_haenscheid_is_within_its_limits(patients):
    (row,) = compare(patients, ["haenscheid@96"], noise=False).rows
    errors = compare(patients, ["haenscheid@96"], noise=False).errors["haenscheid@96"]
    # after uptake the curve is A·exp(-λt), and the truth is A/λ - A/λu with the rate λu of the uptake
    decay = math.log(2) / 159.528
    for patient, error in zip(patients, errors, strict=True):
        (uptake, rate), *_ = ((p.steps[0][1], p.steps[1][1]) for p in patient.kinetics.pathways if len(p.steps) > 1)
        x = (96 + 1 / 6) * (rate + decay) / math.log(2)
        assert error + 1 == pytest.approx(2 * x * 2.0**-x / (1 - (rate + decay) / (uptake + decay)), rel=2e-3)
    assert row.beyond == pytest.approx(np.mean(np.abs(errors) > 0.1))


def test_rows_are_statistics_of_the_errors(patients):
    result = compare(patients, ["known_half_life@48"])
    errors, (row,) = result.errors["known_half_life@48"], result.rows
    assert row.bias == pytest.approx(errors.mean())
    assert row.spread == pytest.approx(errors.std(ddof=1))
    assert (row.low95, row.high95) == pytest.approx(tuple(np.quantile(errors, [0.025, 0.975])))
    assert row.worst == errors[np.argmax(np.abs(errors))]  # 1 % of 60 patients is one
    assert row.patients == 60


def test_missing_scans_and_refusals_are_counted(patients):
    result = compare(patients, ["two_point@24,96", "mono@24,72,168"], missing=0.4)
    two, three = result.rows
    assert two.failed == len(result.reasons["two_point@24,96"]) == np.isnan(result.errors["two_point@24,96"]).sum()
    # two_point needs both of its scans
    assert two.failed / 60 == pytest.approx(1 - 0.6**2, abs=3 * math.sqrt(0.64 * 0.36 / 60))
    assert 0 < three.failed < two.failed
    assert "two_point needs exactly two points" in " ".join(result.reasons["two_point@24,96"])
    assert f"{two.failed}" in result.text
    none = compare(patients[:5], ["haenscheid@96"], missing=1.0)
    assert none.rows[0].bias is None
    assert "no result" in none.text
    assert none.csv.splitlines()[1].startswith("haenscheid@96,5,5,,")


def test_methods_of_ones_own(patients):
    def half(curve, patient):
        return 0.5 * kinetics.fit(curve, "mono").tia_mbq_h

    def broken(curve, patient):
        raise InputError("never works")

    result = compare(patients[:6], {"half": (half, [24, 72, 168]), "broken": (broken, [24])}, noise=False)
    assert result.rows[0].bias == pytest.approx(-0.5, abs=0.02)
    assert result.rows[1].failed == 6
    assert "never works" in result.reasons["broken"][0]
    register("half_of_it", half)
    assert compare(patients[:6], ["half_of_it@24,72,168"], noise=False).rows[0].bias == result.rows[0].bias
    with pytest.raises(InputError, match="name must be a new word"):
        register("mono", half)


def test_all_built_in_methods_give_something_sensible(patients):
    names = ["phys@168", "mono@24,72", "bi@4,24,72,168", "uptake@0.5,2,24,72,168", "bi_phys@4,24,72,168"]
    names += ["select@4,24,72,168", "trapezoid@4,24,72,168", "two_point@24,96", "haenscheid@96", "known_half_life@72"]
    names += ["map@96", "map@24,96"]
    for row in compare(patients[:8], names).rows:
        assert row.failed < 8, row
        if row.method != "phys@168":
            assert abs(row.median) < 0.3, row


def test_a_method_as_the_reference(patients):
    result = compare(patients[:6], ["known_half_life@72", "mono@24,72,168"], truth="mono@24,72,168")
    assert result.rows[1].bias == pytest.approx(0, abs=1e-12)
    assert "against mono@24,72,168" in result.text


def test_the_table_can_be_read_by_programs(patients):
    result = compare(patients[:6], ["haenscheid@96", "mono@24,72,168"])
    rows = list(csv.DictReader(io.StringIO(result.csv)))
    assert [row["method"] for row in rows] == ["haenscheid@96", "mono@24,72,168"]
    assert float(rows[0]["bias"]) == pytest.approx(result.rows[0].bias, rel=1e-5)


def test_other_therapies_have_their_own_regions():
    assert compare(cohort("radioiodine", 5, 1), ["haenscheid@144"]).region == "thyroid"
    assert compare(cohort("radioiodine-dtc", 3, 1), ["map@24,96"]).region == "lesion 1"
    glands = compare(cohort("psma", 5, 1), ["known_half_life@48"], region="parotid glands")
    assert abs(glands.rows[0].bias) < 0.4


@pytest.mark.parametrize(
    ("methods", "message"),
    [
        (["mono"], "name@times"),
        (["mono@24,x"], "must be hours"),
        (["mono@72,24"], "must rise"),
        (["mono@0,24"], "above 0"),
        (["nonsense@24"], "there is no method 'nonsense'; there are phys"),
        (["haenscheid@24,72"], "takes 1 time"),
        ("mono@24,72", "list of methods"),
        (["mono@24,72"] * 2, "each once"),
        ([], "one or more"),
    ],
)
def test_methods_that_do_not_exist_are_refused(patients, methods, message):
    with pytest.raises(InputError, match=message):
        compare(patients, methods)


def test_cohorts_that_cannot_be_compared_are_refused(patients):
    with pytest.raises(InputError, match="several therapies"):
        compare([patients[0], virtual_patient("psma", 1)], ["mono@24,72"])
    with pytest.raises(InputError, match="cohort is empty"):
        compare([], ["mono@24,72"])
    with pytest.raises(InputError, match="looks like a percentage"):
        compare(patients, ["mono@24,72"], missing=10)
    with pytest.raises(InputError, match="has no half-life for 'bladder'"):
        compare(patients, ["map@24"], region="bladder")
    with pytest.raises(InputError, match="no patient has activity in 'thyroid'"):
        compare(patients, ["mono@24,72"], region="thyroid")
    some = compare(patients, ["haenscheid@96"], region="lesion 4")
    assert 0 < some.rows[0].failed < 60
    assert "has no lesion 4" in some.reasons["haenscheid@96"][0]


def test_curves_scatter_as_they_say_and_more_as_activity_falls():
    z, late = [], []
    for seed in range(150):
        patient = virtual_patient("prrt", seed)
        noisy, still = (measured(patient, "lesion 1", [24, 168], noise=on, systematic=False) for on in (True, False))
        z += list((noisy.activity_mbq - still.activity_mbq) / still.sigma_mbq)
        late.append(still.sigma_mbq / still.activity_mbq)
        # Poisson counts of both heads with four times their variance, and 3 % of outlining
        counts = still.activity_mbq * sphere_recovery(patient.truth.volume_ml("lesion 1"), 12) * 9.26 * 2 * 1200
        assert late[-1] ** 2 == pytest.approx(0.03**2 + 4 / counts, rel=0.1)  # a little more where counts are lost
    assert np.mean(z) == pytest.approx(0, abs=4 / math.sqrt(300))
    assert np.std(z) == pytest.approx(1, abs=4 / math.sqrt(600))
    late = np.array(late)
    assert (late[:, 1] > late[:, 0]).all()
    assert late.min() >= 0.03


def test_the_points_of_a_curve_are_the_truth_at_mid_scan_and_carry_the_systematic_part():
    patient = virtual_patient("prrt", 7)
    curve = patient.measure("kidneys", [4, 24, 96], noise=False, systematic=False)
    assert curve.times_h == pytest.approx([4 + 1 / 6, 24 + 1 / 6, 96 + 1 / 6])
    assert curve.activity_mbq == pytest.approx(patient.truth.activity_mbq("kidneys", curve.times_h), rel=5e-4)
    assert curve.systematic_rel == 0
    biased = patient.measure("kidneys", [4, 24, 96], noise=False)
    assert biased.systematic_rel == pytest.approx(0.05 / math.sqrt(3), abs=1e-4)
    ratio = biased.activity_mbq / curve.activity_mbq
    assert np.ptp(ratio) < 1e-9
    assert 0.95 <= ratio[0] <= 1.05
    moved = patient.measure("kidneys", [24, 96], noise=False, systematic=False, jitter_h=3)
    assert np.max(np.abs(moved.times_h - 1 / 6 - [24, 96])) <= 3
    assert moved.activity_mbq == pytest.approx(patient.truth.activity_mbq("kidneys", moved.times_h), rel=1e-4)


@pytest.mark.parametrize(
    ("more", "message"),
    [({"jitter_h": -1}, "jitter_h"), ({"duration_s": 0}, "duration_s"), ({"jitter_h": math.nan}, "jitter_h")],
)
def test_settings_that_cannot_be_are_no_failure_of_a_method(patients, more, message):
    with pytest.raises(InputError, match=message):
        compare(patients, ["mono@24,72"], **more)


def test_set_ups_that_cannot_be_are_refused_before_the_first_patient(patients):
    with pytest.raises(InputError, match="no spect camera for Y-90"):
        compare(cohort("sirt", 3, 0), ["phys@20"])
    with pytest.raises(InputError, match="times of 'mine' must rise"):
        compare(patients, {"mine": (lambda curve, patient: 1.0, [72, 24])})
    with pytest.raises(InputError, match="each once"):
        compare(patients, ["mono@24,72", "mono @ 24, 72.0"])


def test_refusals_of_the_reference_are_its_own(patients):
    result = compare(patients, ["haenscheid@96"], truth="select@4,24,72,168", missing=0.5)
    (row,) = result.rows
    alone = compare(patients, ["haenscheid@96"], missing=0.5).rows[0]
    assert row.reference_failed == len(result.reference_reasons) > 10
    assert all("select@4,24,72,168" in text for text in result.reference_reasons)
    assert row.failed == len(result.reasons["haenscheid@96"]) < alone.failed  # only where there was a reference
    assert row.failed + row.reference_failed == np.isnan(result.errors["haenscheid@96"]).sum()
    assert f"gave nothing for {row.reference_failed} of 60 patients" in result.text
    assert alone.reference_failed == 0
