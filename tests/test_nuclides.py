"""Decay data against another compilation of the same report, and the arithmetic of decay."""

import numpy as np
import pytest
import radioactivedecay
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat, unumpy

from mrtlab import nuclides
from mrtlab.errors import InputError
from mrtlab.nuclides import chain, nuclide

NAMES = nuclides.names()


@pytest.mark.parametrize("name", NAMES)
def test_half_lives_and_branches_of_radioactivedecay(name):
    """radioactivedecay reads ICRP Publication 107 by itself."""
    other, ours = radioactivedecay.Nuclide(name), nuclide(name)
    assert ours.half_life_h == pytest.approx(other.half_life("h"), rel=1e-12)
    branches = dict(zip(other.progeny(), other.branching_fractions(), strict=True))
    followed = {member.nuclide.name: member.yield_per_decay for member in chain(name)[1:]}
    if not followed:
        return
    direct = {daughter for daughter in branches if daughter in followed}
    assert direct
    for daughter in direct:
        assert followed[daughter] == pytest.approx(branches[daughter], abs=2e-4)


def test_the_chain_of_actinium():
    """Decays of every member while the parent decays away, by solving the chain."""
    inventory = radioactivedecay.Inventory({"Ac-225": 1.0}, "num")
    decays = inventory.cumulative_decays(40 * 240, "h")
    members = chain("Ac-225")
    assert [member.nuclide.name for member in members] == [
        "Ac-225", "Fr-221", "At-217", "Bi-213", "Po-213", "Tl-209", "Pb-209",
    ]  # fmt: skip
    for member in members:
        share = decays[member.nuclide.name] / decays["Ac-225"]
        assert member.yield_per_decay == pytest.approx(share, rel=3e-4), member.nuclide.name


def test_e06_energies_of_the_chain():
    """Also: 56 % of the alpha energy follows Fr-221, 30 % comes from Bi-213 and Po-213 alone."""
    alpha = {member.nuclide.name: member.yield_per_decay * member.nuclide.alpha_mev for member in chain("Ac-225")}
    electrons = sum(member.yield_per_decay * member.nuclide.electron_mev for member in chain("Ac-225"))
    total = sum(alpha.values())
    assert total == pytest.approx(27.48144, rel=1e-5)
    assert electrons == pytest.approx(0.689534, rel=1e-4)
    assert nuclides.dose_constant(total) == pytest.approx(15.8508, rel=1e-5)
    assert 1 - (alpha["Ac-225"] + alpha["Fr-221"]) / total == pytest.approx(0.56, abs=5e-4)
    assert (alpha["Bi-213"] + alpha["Po-213"]) / total == pytest.approx(0.3028, abs=1e-4)
    assert nuclide("Ac-225").dose_constant < 0.25 * nuclides.dose_constant(total), "the parent's own, not the chain's"


@pytest.mark.parametrize(
    ("name", "electron_mev", "photon_mev", "dose_constant", "line", "share"),
    [
        ("Lu-177", 0.147924, 0.035098, 0.085320, 208.4, 0.110),
        ("Y-90", 0.933107, 0.0, 0.538201, None, None),
        ("I-131", 0.191848, 0.382758, 0.110655, 364.5, 0.817),
        ("Ho-166", 0.696339, 0.030074, 0.401637, 80.6, 0.0671),
        ("Tb-161", 0.202489, 0.036525, 0.116792, 74.6, 0.102),
        ("Cu-67", 0.150388, 0.115354, 0.086741, 184.6, 0.487),
        ("Tc-99m", 0.016189, 0.126594, 0.009338, 140.5, 0.8906),
        ("Ga-68", 0.737943, 0.948690, 0.425633, 511.0, 1.778),
        ("F-18", 0.241608, 0.988581, 0.139356, 511.0, 1.9346),
    ],
)
def test_energies_per_decay(name, electron_mev, photon_mev, dose_constant, line, share):
    """Sums of ICRP-107 emissions made elsewhere; Lu-177 without conversion and Auger electrons would be 10 % low."""
    found = nuclide(name)
    assert found.electron_mev == pytest.approx(electron_mev, abs=1.5e-6)
    assert found.photon_mev == pytest.approx(photon_mev, abs=1.5e-6)
    assert found.dose_constant == pytest.approx(dose_constant, rel=1e-4)
    assert found.alpha_mev == 0
    if line:
        match = min(found.lines, key=lambda item: abs(item.kev - line))
        assert match.kev == pytest.approx(line, abs=0.1)
        assert match.yield_per_decay == pytest.approx(share, rel=5e-3)


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_sorted_and_hold_the_photon_energy(name):
    found = nuclide(name)
    yields = [line.yield_per_decay for line in found.lines]
    assert yields == sorted(yields, reverse=True)
    assert all(share >= 0.01 for share in yields)
    listed = sum(line.kev * line.yield_per_decay for line in found.lines) / 1000
    assert listed <= found.photon_mev + 1e-6
    assert found.beta_mev <= found.electron_mev


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Lu-177", "Lu-177"), ("lu177", "Lu-177"), ("177Lu", "Lu-177"), ("177-lu", "Lu-177"), ("LU 177", "Lu-177"),
     ("Tc99m", "Tc-99m"), ("99mTc", "Tc-99m"), ("99mtc", "Tc-99m"), ("Lu_177m", "Lu-177m"), ("y90", "Y-90"),
     ("90Y", "Y-90"), (" I-131 ", "I-131"), ("18F", "F-18"), ("Ac225", "Ac-225")],
)  # fmt: skip
def test_ways_to_write_a_name(typed, name):
    assert nuclide(typed).name == name
    assert nuclide(nuclide(typed)) is nuclide(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_found_and_has_a_chain(name):
    assert nuclide(name).name == name
    assert chain(name)[0] == nuclides.ChainMember(nuclide(name), 1.0)


def test_unknown_names():
    with pytest.raises(InputError, match=r"'Lu-178' is not known; did you mean Lu-177, Lu-177m"):
        nuclide("Lu-178")
    with pytest.raises(InputError, match=r"'lutetium' is not known; there are Lu-177, "):
        nuclide("lutetium")
    for wrong in (None, 177, "", "  ", ["Lu-177"], {}):
        with pytest.raises(InputError, match=r"nuclide must be a name such as 'Lu-177'"):
            nuclide(wrong)
        with pytest.raises(InputError, match=r"nuclide must be a name such as 'Lu-177'"):
            chain(wrong)


@given(st.sampled_from(NAMES), st.floats(-20, 20), st.floats(-20, 20))
def test_decay_is_a_power_law(name, first, second):
    """By half-lives: 2^-x; two waits are one; there and back is nothing."""
    found = nuclide(name)
    factor = found.decay_factor(first * found.half_life_h)
    assert factor == pytest.approx(2.0**-first, rel=1e-10)
    assert factor * found.decay_factor(second * found.half_life_h) == pytest.approx(
        found.decay_factor((first + second) * found.half_life_h), rel=1e-10
    )
    assert factor * found.decay_factor(-first * found.half_life_h) == pytest.approx(1, rel=1e-10)


def test_decay_of_every_kind():
    found = nuclide("Lu-177")
    hours = ufloat(24, 0.5)
    factor = found.decay_factor(hours)
    assert factor.std_dev == pytest.approx(found.decay_constant_per_h * 0.5 * factor.nominal_value, rel=1e-9)
    assert unumpy.nominal_values(found.decay_factor([hours, ufloat(48, 0.5)])) == pytest.approx(
        found.decay_factor(np.array([24, 48]))
    )
    assert found.decay_factor(0) == 1
    assert found.decay_factor([]).shape == (0,)
    assert found.decay_factor(1e9) == 0


@pytest.mark.parametrize("wrong", [float("nan"), None, "24", [24, float("inf")]])
def test_hours_that_are_none(wrong):
    with pytest.raises(InputError, match=r"elapsed_h"):
        nuclide("Lu-177").decay_factor(wrong)


def test_too_far_back():
    with pytest.raises(InputError, match=r"elapsed_h is -100000, more than a thousand half-lives of Ga-68 back"):
        nuclide("Ga-68").decay_factor([5, -1e5])
    with pytest.raises(InputError, match=r"energy_mev must not be negative"):
        nuclides.dose_constant(-0.1)
