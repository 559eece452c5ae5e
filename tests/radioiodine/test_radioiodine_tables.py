"""Target doses and outcomes as published, curves that say they are illustrative, and sources behind everything."""

import numpy as np
import pytest

from mrtlab import InputError, constants, radiobiology
from mrtlab import radioiodine as ri


def test_target_doses_are_those_of_the_guidelines():
    rows = {(row.indication, row.aim): (row.low_gy, row.high_gy, row.target) for row in ri.TARGET_DOSE}
    assert rows["Graves' disease", "function-oriented"] == (150, 150, "whole gland")
    assert rows["Graves' disease", "ablative"] == (200, 300, "whole gland")
    assert rows["toxic adenoma", "elimination of the autonomy"] == (300, 400, "nodule")
    assert rows["differentiated thyroid cancer", "ablation of a remnant"] == (300, None, "remnant")
    assert rows["differentiated thyroid cancer", "nodal metastases"] == (80, None, "metastasis")
    for row in ri.TARGET_DOSE:
        assert row.status == "recalled", "none was read in its source"
        assert len(row.citation) > 20


def test_outcomes_are_published_and_as_published():
    assert all(row.status == "published" and len(row.citation) > 20 for row in ri.OBSERVED_OUTCOMES)
    cured = {row.indication: (row.dose_gy, row.percent) for row in ri.OBSERVED_OUTCOMES if row.outcome == "cured"}
    assert cured == {
        "Graves' disease": (120, 79), "toxic multinodular goitre": (200, 94), "toxic adenoma": (300, 98),
    }  # fmt: skip
    (odds,) = (row for row in ri.OBSERVED_OUTCOMES if row.odds_ratio)
    assert (odds.odds_ratio, odds.odds_ratio_low, odds.odds_ratio_high, odds.dose_gy) == (3.71, 2.4, 5.87, 100)


def test_nothing_chooses_a_dose():
    import inspect

    for name in ("activity", "marinelli_activity", "lesion_activity"):
        parameter = inspect.signature(getattr(ri, name)).parameters["dose_gy"]
        assert parameter.default is inspect.Parameter.empty


def test_illustrative_response():
    assert ri.illustrative_response(120) == pytest.approx(0.75, abs=2e-3)
    assert ri.illustrative_response(85) == pytest.approx(0.5)
    assert ri.illustrative_response(0.0) == 0
    doses = np.linspace(1, 400, 50)
    assert ri.illustrative_response(doses) == pytest.approx(radiobiology.log_logistic(doses, 85, 0.8))
    for key in ("radioiodine.illustrative_d50_gy", "radioiodine.illustrative_gamma50"):
        assert constants.sources(key).status == "illustrative"


def test_logit_linear():
    assert ri.logit_linear(100, -2.0, 0.02) == pytest.approx(0.5)
    assert ri.logit_linear(np.array([0.0, 200.0]), -2, 0.02) == pytest.approx([1 / (1 + np.e**2), 1 / (1 + np.e**-2)])
    with pytest.raises(InputError, match="dose_gy must not be negative"):
        ri.logit_linear(-1, 0, 1)


def test_results_name_sources_that_exist():
    integral = ri.time_integral([6, 24, 144], [0.22, 0.42, 0.25], 0.01)
    body = ri.body_integral([2, 24, 96], [0.9, 0.3, 0.06], decay_corrected=False)
    planar = ri.mibg_whole_body([1, 24, 72], [1000, 300, 90], [900, 270, 80], 10, 5500, 20)
    stimulation = {"stimulated_tracer": False, "stimulated_therapy": False}
    results = [
        ri.two_compartment(0.05, 0.1, 0.00525),
        ri.measure_uptake(24, (48900, 60), (3900, 60), (124500, 60), (300, 60)),
        integral,
        integral.fit,
        ri.time_integral([24, 144], [0.5, 0.3], 0.01),
        ri.time_integral([144], [0.3], 0.01),
        ri.time_integral([24], [0.3], 0.01, effective_half_life_h=ri.population_half_life_h("graves")),
        *(ri.benign_dose(20.0, integral, mode, mass_half_life_h=1440, **stimulation) for mode in ri.ENERGY_MODES),
        body,
        ri.blood_dose_parts(6e-4, 22, 70),
        ri.single_measurement(48, 0.12, 4000, 65),
        *ri.activity_limits(1e-4, 0.1, True),
        ri.i124_to_i131([24, 96], [4.6e-3, 2.1e-3]),
        planar,
        planar.second(),
        *ri.TARGET_DOSE,
        *ri.OBSERVED_OUTCOMES,
    ]
    for result in results:
        assert result.sources
        for key in result.sources:
            assert constants.sources(key).citation, key


def test_what_was_only_remembered_says_so():
    for name in (
        "blood_electron",
        "blood_photon",
        "marinelli_coefficient",
        "retention_limit_mbq",
        "mibg_s_coefficient",
    ):
        assert constants.sources(f"radioiodine.{name}").status == "recalled"
    assert constants.sources("radioiodine.half_life_rel").status == "illustrative"
    assert constants.sources("radioiodine.blood_limit_gy").status == "published"


@pytest.mark.parametrize(
    "call",
    [
        lambda row: ri.two_compartment(row, 0.1, 0.00525),
        lambda row: ri.fit_two_compartment([24, 144], [0.42, 0.25], 0.01, k_b_per_h=row),
        lambda row: ri.activity_limits(row, 0.1),
        lambda row: ri.activity_limits(1e-4, row),
        lambda row: ri.mibg_second_activity(row, 5500),
        lambda row: ri.mibg_whole_body([1, 24], [1000, 300], [900, 270], row, 5500, 20),
        lambda row: ri.thyroid_volume([(5.2, 2.1, 1.9)], factor=row),
        lambda row: ri.thyroid_volume([(5.2, row, 1.9)]),
    ],
)
def test_one_patient_at_a_time(call):
    with pytest.raises(InputError, match="must be one number"):
        call(np.array([0.05, 0.1]))


@pytest.mark.parametrize("bad", [None, "0,5", float("nan"), float("inf"), 1 + 2j])
@pytest.mark.parametrize(
    "call",
    [
        lambda x: ri.uptake(x, 65.0, 2075.0, 5.0),
        lambda x: ri.decay_corrected_uptake(0.3, x),
        lambda x: ri.two_compartment(0.05, x, 0.005),
        lambda x: ri.fit_two_compartment([6, 24, 144], [0.2, x, 0.2], 0.01),
        lambda x: ri.late_point_tiac(144, x),
        lambda x: ri.mean_energy(x),
        lambda x: ri.dose(400, 20, x),
        lambda x: ri.activity(x, 20, 90),
        lambda x: ri.marinelli_activity(200, 20, x, 132),
        lambda x: ri.thyroid_volume([(5.2, x, 1.9)]),
        lambda x: ri.shrinkage_factor(132, x),
        lambda x: ri.blood_dose(6e-4, x, 70),
        lambda x: ri.body_integral([2, 24], [0.9, x], decay_corrected=False),
        lambda x: ri.activity_limits(x, 0.1),
        lambda x: ri.lesion_dose(3700, 2, 0.01, 72, recovery=x),
        lambda x: ri.i124_to_i131([24, 96], [x, 0.002]),
        lambda x: ri.mibg_whole_body_s_value(x),
        lambda x: ri.mibg_second_activity(1.2, 5500, x),
    ],
)
def test_what_is_no_number_is_refused(call, bad):
    with pytest.raises(InputError):
        call(bad)
