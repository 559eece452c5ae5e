"""The exercises on benign thyroid disease: their own formulas on base values, against numbers of other programs.

Expected values are those of the specification's base cases (test vectors 4 to 7, 13 and 41), or plain arithmetic.
"""

from __future__ import annotations

import numpy as np
import pytest
import test_exercises_content as content

from mrtlab import radioiodine
from mrtlab.learn.draws import moment
from mrtlab.learn.library import load

PHYSICAL_H = 192.4968


def answers(name: str, **base):
    return content.answers(load(name), **base)


def includes(asked, *values: float, rel: float = 2e-3) -> bool:
    return content.includes(asked, *values, rel=rel)


def probe(right=(3900, 3900), left=3900, event="clean"):
    start = moment("2027-04-12T09:00+02:00")
    return answers(
        "uptake-probe",
        count_s=60,
        standard_at=start,
        administered_at=start,
        measured_at=moment("2027-04-13T09:00+02:00"),
        counted=np.array([124500, 300, right[0], 48900, right[1], left, left]),
        event=event,
        true_uptake=0.36,
        thigh_share=0.08,
        standard_cps=2075,
        background_cps=5,
    )


def test_uptake_of_the_base_case() -> None:
    found, _ = probe()
    assert found["riu"].value.value == pytest.approx(0.362319, rel=1e-4)
    assert found["corrected"].value.value == pytest.approx(0.395023, rel=1e-4)
    # four counts of a thigh instead of one: √(48900 + 3900/4)/45000, and √124800/124200
    assert found["riu"].u.value == pytest.approx(0.362319 * np.hypot(np.sqrt(49875) / 45000, 0.0028443), rel=1e-3)
    assert includes(found["riu"], 0.391304, 0.430679, 0.33232, 0.395023)
    assert found["decision"].value == "all"


def test_a_contaminated_thigh_is_left_out() -> None:
    found, _ = probe(right=(9900, 13000), event="spilt")
    assert found["riu"].value.value == pytest.approx(0.362319, rel=1e-4)
    assert includes(found["riu"], (48900 - 11450) / 124200)
    assert found["decision"].value == "one"


def test_saturation_of_the_base_case() -> None:
    base = {"tau_us": 5, "tau_percent": 2, "near_cm": 25, "times_farther": 4, "count_s": 20}
    true = 85000 / (1 - 0.425)
    far = true / 16
    found, _ = answers(
        "rate-saturation",
        **base,
        probe="nonparalysable",
        counted=np.array([20 * 85000.0, 20 * far / (1 + far * 5e-6)]),
    )
    assert found["near"].value.value == pytest.approx(147826, rel=1e-5)
    assert found["near"].u.value == pytest.approx(147826**2 * 1e-7, rel=1e-2)
    assert includes(found["near"], 85000, 121125)
    assert found["far"].value.value == pytest.approx(147826, rel=1e-5)
    assert found["filter"].value.value == pytest.approx(10526.3 / 147826, rel=1e-4)
    assert found["distance"].value.value == pytest.approx(25 * 3.7475, rel=1e-3)
    assert found["decision"].value == "both"


SPRING = {"time_h": np.array([6.0, 24.0, 144.0]), "uptake": np.array([0.2217299, 0.4173521, 0.2477417])}
HIDDEN = {"into_per_d": 1.2, "out_per_d": 2.4, "half_life_h": 132.0, "change": 1.0}


def test_integral_of_the_base_case() -> None:
    found, formulas = answers(
        "uptake-integral", **SPRING, **HIDDEN, new_time_h=np.array([6.0, 24.0, 166.0]), came="late",
        new_uptake=np.array([0.2217, 0.4174, 0.2208]), early_h=6, day_h=24,
    )  # fmt: skip
    two_h = np.log(2) * 120 / np.log(0.4173521 / 0.2477417)
    assert found["half_life"].value.value == pytest.approx(two_h, rel=1e-5)
    assert two_h / 24 == pytest.approx(6.65, abs=0.005)
    assert found["half_life"].u.value == pytest.approx(
        two_h * 0.04 * np.sqrt(2) / np.log(0.4173521 / 0.2477417), rel=1e-3
    )
    assert includes(found["half_life"], 1 / (1 / two_h - 1 / PHYSICAL_H))
    assert found["integral"].value.value == pytest.approx(3.967411 * 24, rel=1e-4)
    assert found["alone"].value.value == pytest.approx(np.e * 144 * 0.2477417, rel=1e-6)
    # area after the last measurement, by adding up the curve
    t = np.linspace(0, 4000, 400_001)
    curve = 1.2 / (2.4 - 0.1260268) * (np.exp(-0.1260268 * t / 24) - np.exp(-2.4 * t / 24))
    assert found["share"].value.value == pytest.approx(curve[t >= 166].sum() / curve.sum(), rel=1e-3)
    assert found["decision"].value == "report"
    # the other program of the package for the same model
    fit = radioiodine.fit_two_compartment(SPRING["time_h"], SPRING["uptake"], list(0.04 * SPRING["uptake"]))
    assert found["integral"].u.value == pytest.approx(fit.tiac_h.s, rel=1e-3)
    assert formulas["own_h"] == pytest.approx(132, rel=1e-4)


def test_without_a_late_point_nothing_is_determined() -> None:
    found, _ = answers(
        "uptake-integral", **SPRING, **HIDDEN, new_time_h=np.array([6.0, 24.0, 48.0]), came="cut",
        new_uptake=np.array([0.2217, 0.4174, 0.4076]), early_h=6, day_h=24,
    )  # fmt: skip
    assert found["share"].value.value > 0.5
    assert found["decision"].value == "cannot"


def planning(**base):
    return answers(
        "graves-activity",
        **{
            "length_cm": np.array([5.2, 4.8]), "width_cm": np.array([2.1, 1.9]), "depth_cm": np.array([1.9, 1.7]),
            "first_uptake": 0.52, "first_h": 24.0, "second_uptake": 0.27, "second_h": 144.0,
            "asked_gy": 200, "offered_mbq": 450.0, "stimulated": "none", **base,
        },
    )  # fmt: skip


def test_activities_of_the_base_case() -> None:
    found, formulas = planning()
    assert found["volume"].value.value == pytest.approx(18.9815, rel=1e-5)
    assert includes(found["volume"], 151.852)
    assert formulas["tiac_h"] == pytest.approx(4.52262 * 24, rel=1e-5)
    assert list(formulas["table_mbq"]) == pytest.approx([224.3, 299.1, 373.9, 448.7], rel=1e-3)
    assert found["activity"].u.value == pytest.approx(299.1 * 0.246577, rel=1e-3)
    assert includes(found["activity"], 431.5, 171, 316, rel=4e-3)
    # 450 MBq: D_plan 300.885 Gy, 185.571 to 487.855 Gy
    assert found["option"].value.value == pytest.approx(300.885, rel=1e-4)
    assert (found["option"].interval.low, found["option"].interval.high) == pytest.approx((185.571, 487.855), rel=1e-4)


@pytest.mark.parametrize("intent", ["ablative", "function-oriented"])
def test_the_declared_intent_chooses_no_dose(intent: str) -> None:
    assert planning(intent=intent)[0]["decision"].value == "present"
    assert planning(intent=intent, stimulated="rhtsh")[0]["decision"].value == "measure"


def verification(neck=(0.43, 0.19), **base):
    """Uptakes as they are, so far away that nothing is lost."""
    return answers(
        "thyroid-verification",
        **{
            "given_mbq": 450.0, "mass_g": 18.98148, "plan_tiac_h": 4.52262 * 24, "full_cps": 1.0, "tau_us": 1e-3,
            "time_h": np.array([24.0, 144.0]), "neck_cps": np.array(neck), "thigh_cps": np.array([0.0, 0.0]),
            "later_g": 12.0, "half_life_h": 101.8, "distance_cm": 100, **base,
        },
    )  # fmt: skip


def test_verification_of_the_base_case() -> None:
    found, formulas = verification()
    assert found["half_life"].value.value == pytest.approx(4.24327 * 24, rel=1e-5)
    assert found["integral"].value.value == pytest.approx(3.09946 * 24, rel=1e-5)
    assert found["delivered"].value.value == pytest.approx(206.204, rel=1e-4)
    assert includes(found["delivered"], 300.885)
    assert found["planned"].value.value == pytest.approx(300.885, rel=1e-4)
    ends = found["planned"].interval
    assert (ends.low, ends.high) == pytest.approx((185.571, 487.855), rel=1e-4)
    assert formulas["verdict"].z == pytest.approx(-1.71226, rel=1e-4)
    assert found["decision"].value == "record"


def test_a_dose_outside_the_range_is_investigated() -> None:
    assert verification(neck=(0.3, 0.12))[0]["decision"].value == "investigate"


def test_losses_on_the_first_day_are_put_back() -> None:
    """At 30 cm, recorded n/(1 + n·τ) with 40 % of 150 000 cps over the neck."""
    true = 150_000 * np.array([0.43, 0.19])
    recorded = true / (1 + true * 5e-6)
    found, _ = verification(neck=recorded, full_cps=150_000.0, tau_us=5.0, distance_cm=30)
    assert found["delivered"].value.value == pytest.approx(206.204, rel=1e-4)
    low = recorded / 150_000
    half_life_h = np.log(2) * 120 / np.log(low[0] / low[1])
    raw_h = low[0] * 2 ** (24 / half_life_h) * half_life_h / np.log(2)
    assert includes(found["half_life"], half_life_h)
    assert includes(found["integral"], raw_h)
