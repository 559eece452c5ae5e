"""Ac-225 with daughters that stay or leave."""

import numpy as np
import pytest
import radioactivedecay as rd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from uncertainties import ufloat

from mrtlab import constants, psma
from mrtlab.errors import Flag, InputError
from mrtlab.nuclides import nuclide

PER_MEV = 0.5767836
ALPHA = {"Ac-225": 5.787177, "Fr-221": 6.303608, "At-217": 7.067997, "Bi-213": 0.122183, "Po-213": 8.376543 * 0.9791}


def close(expected, rel=1e-4):
    return pytest.approx(expected, rel=rel)


def test_e06_per_decay_of_the_chain():
    dose = psma.alpha_dose(1, 1, retained="all")
    assert dose.alpha_gy == close(15.8508)
    assert dose.alpha_gy / PER_MEV == close(27.48144)
    assert dose.electron_gy / PER_MEV == close(0.689534)
    assert dose.weighted_gy == close(79.6519)
    assert dose.absorbed_gy == close(15.8508 + 0.689534 * PER_MEV)
    without_bismuth = psma.alpha_dose(1, 1, retained={"Bi-213": 0})
    assert 1 - without_bismuth.alpha_gy / dose.alpha_gy == close(0.3028, 3e-4)
    after_francium = psma.alpha_dose(1, 1, retained={"At-217": 0})
    assert 1 - after_francium.alpha_gy / dose.alpha_gy == close(0.56, 2e-3)


def test_s7():
    dose = psma.alpha_dose(0.05, 1, retained="all")
    assert (dose.alpha_gy, dose.electron_gy, dose.weighted_gy) == (
        close(0.793, 1e-3), close(0.020, 1e-2), close(3.98, 1e-3)
    )  # fmt: skip
    assert psma.alpha_dose(0.05, 1, retained={"Bi-213": 0}).weighted_gy == close(2.76, 2e-3)
    parent = psma.alpha_dose(0.05, 1, retained={"Fr-221": 0})
    assert parent.alpha_gy == close(0.1669, 1e-3)


def test_never_sievert_and_never_one_number_alone():
    dose = psma.alpha_dose(0.05, 1, retained="all", rbe=3)
    assert dose.weighted_unit == "Gy (RBE 3)"
    assert dose.weighted_gy == close(3 * dose.alpha_gy + dose.electron_gy, 1e-12)
    assert not any("sv" in name.casefold() for name in vars(dose))
    assert dose.flags == (Flag.DAUGHTERS_STAY,)
    assert psma.alpha_dose(1, 1, retained={"Fr-221": 0.9}).flags == ()
    assert psma.alpha_dose(1, 1, retained="all", clearance_half_life_h={"Bi-213": 2}).flags == ()
    for key in dose.sources:
        assert constants.sources(key)


def test_the_choice_is_told_in_words():
    choose = {"all": {}, "part": {"Bi-213": 0.7}, "short": {"At-217": 0.5}}
    said = {name: psma.alpha_dose(1, 1, retained=part).daughters for name, part in choose.items()}
    assert said["all"] == psma.alpha_dose(1, 1, retained="all").daughters == "all daughters decay where Ac-225 did"
    assert said["part"] == "of the atoms of each daughter stay Fr-221 100 %, Bi-213 70 %, Pb-209 100 %"
    assert "At-217 50 %" in said["short"]
    carried = psma.alpha_dose(1, 1, retained={"Bi-213": ufloat(0.7, 0.1)}, clearance_half_life_h={"Bi-213": 2})
    assert carried.daughters.endswith(
        "Bi-213 70 %, Pb-209 100 %; of what stayed, Bi-213 is carried off with a half-life of 2 h"
    )
    assert "Bi-213" in psma.alpha_dose(1, 1, retained="all", parent="Bi-213").daughters


def _by_integration(retained, clearance, days=400):
    """Decays at the site per decay of Ac-225, from the differential equations of its slow members."""
    names = ("Ac-225", "Fr-221", "Bi-213", "Pb-209")
    rate = np.array([np.log(2) / nuclide(name).half_life_h for name in names])
    lost = np.array([np.log(2) / clearance[name] if name in clearance else 0.0 for name in names])
    stays = np.array([retained.get(name, 1.0) for name in names])
    onward = np.array([1, 1, 0.99988, 1.0])  # At-217 (32 ms) is jumped over, and Po-213 and Tl-209 after Bi-213

    def change(t, atoms):
        decays = rate * atoms[:4]
        made = np.array([0, decays[0], decays[1], decays[2]]) * onward * stays
        return np.concatenate([made - decays - lost * atoms[:4], decays])

    start = np.concatenate([[1.0, 0, 0, 0], np.zeros(4)])
    found = solve_ivp(change, (0, days * 24), start, method="LSODA", rtol=1e-9, atol=1e-14)
    return dict(zip(names, found.y[4:, -1], strict=True))


@pytest.mark.parametrize(
    ("retained", "clearance"),
    [({}, {}), ({"Bi-213": 0.6}, {}), ({"Fr-221": 0.9, "Bi-213": 0.7}, {"Bi-213": 1.5, "Pb-209": 6.0})],
)
def test_losses_against_the_differential_equations(retained, clearance):
    found = psma.alpha_dose(1, 1, retained=retained or "all", clearance_half_life_h=clearance).tia_mbq_h
    for name, decays in _by_integration(retained, clearance).items():
        assert found[name] == close(decays, 1e-5), name


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 100))
def test_no_decay_is_lost_or_made(francium, bismuth, lead, clearance):
    dose = psma.alpha_dose(
        2,
        3,
        retained={"Fr-221": francium, "Bi-213": bismuth, "Pb-209": lead},
        clearance_half_life_h={"Bi-213": clearance},
    )
    tia, leaving = dose.tia_mbq_h, dose.leaving_mbq_h
    assert tia["Fr-221"] + leaving["Fr-221"] == close(tia["Ac-225"], 1e-12)
    assert tia["Bi-213"] + leaving["Bi-213"] == close(0.99988 * tia["At-217"], 1e-9)
    assert tia["Po-213"] + tia["Tl-209"] == close(tia["Bi-213"], 1e-9)
    whole = psma.alpha_dose(2, 3, retained="all")
    assert dose.alpha_gy <= whole.alpha_gy * (1 + 1e-12)
    assert dose.electron_gy <= whole.electron_gy * (1 + 1e-12)
    # what left and decays elsewhere gives there what is missing here
    elsewhere = psma.alpha_dose(0, 3, retained="all", arriving_mbq_h=leaving)
    assert dose.alpha_gy + elsewhere.alpha_gy == close(whole.alpha_gy, 1e-9)
    assert dose.electron_gy + elsewhere.electron_gy == close(whole.electron_gy, 1e-9)


def test_free_bismuth_in_a_kidney():
    kidney = psma.alpha_dose(0, 310, retained="all", arriving_mbq_h={"Bi-213": 10})
    alone = psma.alpha_dose(10, 310, retained="all", parent="Bi-213")
    assert kidney.alpha_gy == close(alone.alpha_gy, 1e-12)
    assert kidney.alpha_gy == close(10 * PER_MEV * (0.122183 + 8.376543 * 0.9791) / 310)
    assert kidney.tia_mbq_h["Ac-225"] == 0
    assert psma.alpha_dose(1, 1, retained=[("Bi-213", 0.2)]).retained["Bi-213"] == 0.2
    # of what arrives, some is washed out again: with a clearance as fast as the decay, half
    half_life = nuclide("Bi-213").half_life_h
    washed = psma.alpha_dose(
        0, 310, retained="all", arriving_mbq_h={"Bi-213": 10}, clearance_half_life_h={"Bi-213": half_life}
    )
    assert washed.tia_mbq_h["Bi-213"] == close(5, 1e-12)
    assert washed.leaving_mbq_h["Bi-213"] == close(5, 1e-12)


def test_uncertainty():
    dose = psma.alpha_dose(
        ufloat(0.05, 0.005), ufloat(1, 0.04), retained={"Bi-213": ufloat(0.7, 0.1)}, rbe=ufloat(5, 1)
    )
    share = 0.3028
    kept = 1 - share * 0.3
    assert dose.alpha_gy.std_dev / dose.alpha_gy.nominal_value == close(
        np.sqrt(0.1**2 + 0.04**2 + (share * 0.1 / kept) ** 2), 2e-3
    )
    assert dose.weighted_gy.std_dev > dose.rbe.nominal_value * dose.alpha_gy.std_dev


class TestDaughters:
    def test_against_radioactivedecay(self):
        # radioactivedecay has longer branches too (Rn-217, 0.012 %), and activities in Bq of 1 Bq of Ac-225
        for hours in (0.05, 0.5, 3.0, 12.0, 240.0):
            theirs = rd.Inventory({"Ac-225": 1.0}, "Bq").decay(hours, "h").activities("Bq")
            ours = psma.daughter_activity([hours], retained="all")
            for name in ("Ac-225", "Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209"):
                assert float(ours[name][0]) == pytest.approx(theirs[name], rel=2e-4, abs=1e-9), (name, hours)

    def test_equilibrium(self):
        after = psma.daughter_activity([0, 1 / 6, 1, 5], retained="all")
        francium, bismuth = (after[name] / after["Ac-225"] for name in ("Fr-221", "Bi-213"))
        assert francium[0] == bismuth[0] == 0
        assert francium[1] == close(1 - 2 ** (-10 / 4.9), 5e-3)
        assert bismuth[2] < 0.6
        assert bismuth[3] > 0.98

    def test_losses_and_clearance_of_the_parent(self):
        after = psma.daughter_activity([48.0], effective_half_life_h=60, retained={"Bi-213": 0.5})
        assert float(after["Ac-225"][0]) == close(2 ** (-48 / 60), 1e-9)
        physical = np.log(2) / nuclide("Bi-213").half_life_h
        lag = physical / (physical - np.log(2) / 60)
        assert float(after["Bi-213"][0] / after["Ac-225"][0]) == close(0.5 * lag, 3e-3)
        with pytest.raises(InputError, match="longer than the 240 h"):
            psma.daughter_activity([1], effective_half_life_h=300, retained="all")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"retained": None}, "retained must be 'all'"),
        ({"retained": "some"}, "retained must be one of"),
        ({"retained": {"Ac-225": 1}}, "not among the daughters"),
        ({"retained": {"Bi-213": 30}}, "percentage"),
        ({"retained": {"Bi-213": -0.1}}, "must lie between 0 and 1"),
        ({"tia_mbq_h": -1}, "tia_mbq_h must not be negative"),
        ({"mass_g": 0}, "mass_g must be above 0"),
        ({"rbe": 0}, "rbe must be above 0"),
        ({"parent": "Lu-177"}, "parent must be one of"),
        ({"clearance_half_life_h": {"Bi-213": 0}}, "must be above 0"),
    ],
)
def test_refused(change, told):
    with pytest.raises(InputError, match=told):
        psma.alpha_dose(**{"tia_mbq_h": 1, "mass_g": 1, "retained": "all", **change})


def test_daughters_have_to_be_decided():
    with pytest.raises(TypeError, match="retained"):
        psma.alpha_dose(1, 1)
