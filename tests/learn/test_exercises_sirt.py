"""Exercises on SIRT: their own formulas on base values, against numbers from elsewhere.

Expected values are those of the scientific specification (seed 0 and test vectors, computed by other programs), or
worked out here by other means.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from test_exercises_content import answers, includes

from mrtlab.learn.audit import typed
from mrtlab.learn.checking import Outcome, check
from mrtlab.learn.draws import moment
from mrtlab.learn.library import load
from mrtlab.learn.variants import variant

IDS = (
    "lung-shunt",
    "lung-dose",
    "three-prescriptions",
    "vial-clocks",
    "partition-limit",
    "y90-pet-verification",
    "voxel-dvh",
    "sirt-biology",
    "holmium",
)


def value(found, question: str) -> float:
    return found[question].value.value


def shunt(finding: str = "clear", **data):
    base = {"front": [21000, 412000], "back": [24000, 285000], "ground": [1500, 4000]} | data
    return answers(
        load("lung-shunt"),
        finding=finding,
        true_percent=3.0,
        liver_front=408000,
        lung_transmission=0.62,
        liver_transmission=0.31,
        amount=[4.0, 4.0, 4.0, 3.0],
        **base,
    )[0]


def test_lung_shunt() -> None:
    found = shunt()
    assert value(found, "planar") == pytest.approx(5.82582, rel=1e-5)
    assert includes(found["planar"], 6.14872, 6.18622, 4.56140, rel=1e-5)
    # views added instead of multiplied
    lungs, liver = 45000 - 3000, 697000 - 8000
    assert includes(found["planar"], 100 * lungs / (lungs + liver), rel=1e-6)
    # by moving each of the four counts by its root
    counts = np.array([21000.0, 24000.0, 412000.0, 285000.0])

    def planar(n):
        lung = math.sqrt((n[0] - 1500) * (n[1] - 1500))
        return 100 * lung / (lung + math.sqrt((n[2] - 4000) * (n[3] - 4000)))

    moves = [planar(counts + step) - planar(counts - step) for step in np.diag(np.sqrt(counts) / 2)]
    assert found["planar"].u.value == pytest.approx(math.hypot(*moves), rel=1e-3)


def test_lung_shunt_behind_different_attenuation() -> None:
    # a shunt of 5 % is seen as 9.52381 % through transmissions of 0.62 and 0.31
    found = shunt(front=[952381, 9047619], back=[952381, 9047619], ground=[0, 0])
    assert value(found, "planar") == pytest.approx(9.52381, rel=1e-6)
    assert value(found, "corrected") == pytest.approx(5.0, rel=1e-6)


@pytest.mark.parametrize(("finding", "decision"), [("clear", "use"), ("free", "free"), ("overlap", "overlap")])
def test_what_is_done_with_the_shunt(finding, decision) -> None:
    assert shunt(finding)["decision"].value == decision


def test_free_pertechnetate_and_overlap_show_in_the_tables_of_those_who_have_them() -> None:
    seen = set()
    for learner in range(12):
        one = variant(load("lung-shunt"), f"sirt-{learner}", "test")
        thyroid, stomach, thigh, rows = one.formulas["amount"]
        seen.add(one.expected["decision"].value)
        assert (min(thyroid, stomach) > 3 * thigh) == (one.expected["decision"].value == "free")
        assert (rows < 0) == (one.expected["decision"].value == "overlap")
    assert seen == {"use", "free", "overlap"}


def lungs(shunt_percent=12, planned_gbq=3.2, lung_g=1000, previous_gy=0.0):
    return answers(
        load("lung-dose"),
        shunt_percent=shunt_percent,
        planned_gbq=planned_gbq,
        lung_g=lung_g,
        previous_gy=previous_gy,
        allowed_gy=min(30, 50 - previous_gy),
        case="at",
        second="little",
    )[0]


def test_lung_dose() -> None:
    found = lungs(shunt_percent=8)
    assert value(found, "dose") == pytest.approx(12.7414, rel=1e-5)
    assert found["dose"].u.value == pytest.approx(12.7414 * math.hypot(0.08, 0.1), rel=1e-5)
    assert includes(found["dose"], 1274.14, rel=1e-5)
    assert value(lungs(), "allowed") == pytest.approx(5.02301, rel=1e-5)
    assert value(lungs(lung_g=800), "allowed") == pytest.approx(4.0184, rel=1e-4)
    earlier = lungs(previous_gy=18.0)
    assert value(earlier, "allowed") == pytest.approx(5.02301, rel=1e-5)
    # 50 Gy at once; what is left of 50 Gy; the earlier dose subtracted from 30 Gy
    assert includes(earlier["allowed"], 8.37168, 5.35788, 2.00920, rel=1e-4)
    assert value(lungs(previous_gy=30.0), "allowed") == pytest.approx(5.02301 * 2 / 3, rel=1e-5)


@pytest.mark.parametrize(("planned", "decision"), [(3.0, "within"), (4.9, "open"), (5.2, "open"), (8.0, "stop")])
def test_limits_of_the_lungs(planned, decision) -> None:
    assert lungs(planned_gbq=planned)["decision"].value == decision


def prescriptions(ratio=4.5, limit_gy=50):
    return answers(
        load("three-prescriptions"),
        height_cm=172,
        weight_kg=76,
        liver_ml=1800,
        all_tumour_ml=320,
        perfused_g=1116,
        tumour_g=250,
        ratio=ratio,
        shunt_percent=6,
        limit_gy=limit_gy,
    )


def test_three_prescriptions() -> None:
    found, formulas = prescriptions()
    assert value(found, "body") == pytest.approx(1.158030, rel=1e-5)
    assert includes(found["body"], 1.867790, rel=1e-5)
    assert value(found, "mono") == pytest.approx(2.862, abs=6e-4)
    assert includes(found["mono"], 2.53, 2.69, rel=2e-3)
    assert value(found, "partition") == pytest.approx(1.939, abs=6e-4)
    # 205 Gy with the ratio taken for one of activities, and with all normal liver
    assert includes(found["partition"], 205 * 0.25 * (1 + 1 / 4.5) / 49.771 / 0.94, rel=1e-4)
    assert includes(found["partition"], 205 / 4.5 * (4.5 * 0.25 + 1.48) / 49.771 / 0.94, rel=1e-4)
    doses = formulas["by_bsa"].tumour_gy, formulas["by_bsa"].normal_gy
    assert doses == pytest.approx((122, 27), abs=0.5)
    assert (formulas["by_mono"].tumour_gy, formulas["by_mono"].normal_gy) == pytest.approx((303, 67), abs=0.5)
    assert formulas["lung_limit_gbq"] == pytest.approx(10.0, abs=0.05)

    def needed(ratio, tumour):
        return 205 / ratio * (ratio * tumour + 0.866) / 49.771 / 0.94

    by_ratio = (needed(4.5 * 1.06, 0.25) - needed(4.5 * 0.94, 0.25)) * 1.0
    by_mass = (needed(4.5, 0.2625) - needed(4.5, 0.2375)) * 1.0
    assert found["partition"].u.value == pytest.approx(math.hypot(by_ratio, by_mass), rel=5e-3)
    assert found["decision"].value == "feasible"


def test_a_cold_tumour_is_a_conflict() -> None:
    # 205 Gy need 128 Gy in the perfused normal liver, 75 Gy in the mean of all of it
    assert prescriptions(ratio=1.6)[0]["decision"].value == "conflict"
    assert prescriptions(ratio=1.6, limit_gy=90)[0]["decision"].value == "feasible"


def vial(finding: str = "usual"):
    return answers(
        load("vial-clocks"),
        reference_gbq=5.0,
        label_at=moment("2024-03-03T12:00-05:00"),
        infused_at=moment("2024-03-06T10:30+01:00"),
        later_min=45,
        reading=[142.0, 6.1, 0.3],
        finding=finding,
    )[0]


def test_vial_across_an_ocean() -> None:
    found = vial()
    assert value(found, "infusion") == pytest.approx(2.48921, rel=1e-5)
    assert found["infusion"].u.value == pytest.approx(0.03 * 2.48921, rel=1e-5)
    # clocks as written (70.5 h), zones the wrong way (58.5 h), growth (64.5 h)
    wrong = 5 * 0.5 ** (70.5 / 64.1), 5 * 0.5 ** (58.5 / 64.1), 5 * 2 ** (64.5 / 64.1)
    assert wrong[0] == pytest.approx(2.33, abs=0.005)
    assert includes(found["infusion"], *wrong, rel=1e-6)
    assert value(found, "left") == pytest.approx(4.12649, rel=1e-5)
    assert value(found, "delivered") == pytest.approx(2.38649, rel=1e-5)
    assert includes(found["delivered"], 2.48921, rel=1e-5)


def test_the_date_on_the_label_is_read_the_american_way() -> None:
    days = set()
    for learner in range(8):
        one = variant(load("vial-clocks"), f"sirt-{learner}", "test")
        label, infused = one.formulas["label_at"], one.formulas["infused_at"]
        assert f"{label:%m/%d/%Y, %H:%M} noon" in one.sheet.tables[0].columns[0].cells[0]
        assert one.formulas["waited_h"] == pytest.approx((infused - label).total_seconds() / 3600)
        # with the day first, the vial would be calibrated in a later month
        swapped = label.replace(month=label.day, day=label.month)
        grown = one.formulas["reference_gbq"] * 2 ** ((swapped - infused).total_seconds() / 3600 / 64.1)
        assert includes(one.expected["infusion"], grown, rel=1e-6)
        days.add(label.day)
    assert len(days) > 1


@pytest.mark.parametrize(("finding", "decision"), [("usual", "record"), ("high", "look"), ("moved", "again")])
def test_what_is_entered_as_delivered(finding, decision) -> None:
    assert vial(finding)["decision"].value == decision


def test_the_residual_is_above_ten_per_cent_or_far_below() -> None:
    for learner in range(10):
        one = variant(load("vial-clocks"), f"sirt-{learner}", "test")
        decision, left = one.expected["decision"].value, one.formulas["residual_percent"]
        assert left > 13 if decision == "look" else left < 7
        assert (len(set(one.formulas["distance"])) == 2) == (decision == "again")


def compartments(bilirubin: float = 1.4, kilocounts=(380, 90, 410, 120)):
    return answers(
        load("partition-limit"),
        shunt_percent=4,
        planned_gbq=1.8,
        bilirubin=bilirubin,
        mass_g=[210, 35, 620, 780],
        kilocounts=list(kilocounts),
    )


def test_partition_with_a_limit() -> None:
    found, formulas = compartments()
    assert value(found, "tumour") == pytest.approx(155.627, rel=1e-5)
    assert found["tumour"].u.value == pytest.approx(0.08 * 155.627, rel=1e-5)
    others = [formulas[name].n for name in ("small_gy", "treated_gy", "other_gy")]
    assert others == pytest.approx([221.154, 56.8738, 13.2314], rel=1e-5)
    assert value(found, "whole") == pytest.approx(32.5588, rel=1e-5)
    assert includes(found["whole"], 56.8738, 13.2314, (56.8738 + 13.2314) / 2, rel=1e-5)
    assert value(found, "allowed") == pytest.approx(2.764, abs=6e-4)
    # the treated lobe against 50 Gy, the limit of low bilirubin, that of resin
    assert includes(found["allowed"], 1.8 * 50 / 56.8738, 1.8 * 90 / 32.5588, 1.8 * 40 / 32.5588, rel=1e-4)
    assert found["decision"].value == "feasible"  # tumours 239 and 340 Gy
    assert value(compartments(0.8)[0], "allowed") == pytest.approx(1.8 * 90 / 32.5588, rel=1e-5)


def test_a_tumour_that_misses_the_aim_is_a_conflict() -> None:
    # twice 85 Gy at 1.8 GBq; the other tumour is far above the aim
    found, formulas = compartments(kilocounts=(190, 90, 410, 120))
    assert formulas["tumour_gy"].n * value(found, "allowed") / 1.8 < 205 < formulas["small_gy"].n
    assert found["decision"].value == "conflict"


@pytest.mark.parametrize("name", IDS)
def test_every_slip_is_recognised(name) -> None:
    dropped: set[str] = set()
    for learner in range(5):
        one = variant(load(name), f"sirt-{learner}", "test")
        for key, asked in one.expected.items():
            if asked.question.kind != "number":
                continue
            question = one.sheet.question(key)
            assert check(asked, question, typed(asked), one.render).outcome is Outcome.RIGHT
            for slip in asked.slips:
                found = check(asked, question, {**typed(asked), "value": f"{slip.value:.5g}"}, one.render)
                assert found.slip == slip.key
            dropped |= set(asked.dropped)
    assert not dropped
