"""What PSMA refuses, and what it says of values that were made up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, PhysicsError, prrt, psma
from mrtlab.errors import Flag
from mrtlab.planning import expected_range

SINK = {"strength": 0.4, "half_volume_ml": 1000}
S_MARROW = 4.14e-5
OWN = (psma.Organ("kidney", 0.02, 40.0, 310.0, 1.0),)


def blood(**changes):
    given = {"marrow_to_blood": 1.0, "cross": {}, "bone_metastases": False, **changes}
    return psma.marrow(given.pop("blood", 1.2), given.pop("mass", 1170.0), given.pop("s", S_MARROW), **given)


def single(**changes):
    given = {"administered_mbq": 7400.0, "mass_g": 155.0, "recovery": 0.95, **changes}
    return psma.verify_single(ufloat(100, 5), 48.0, "kidney", (40, 1.3), **given)


class TestNuclides:
    def test_chain_is_not_counted_by_its_parent_alone(self):
        for ask in (
            lambda: psma.gland_dose(1.0, 25.0, recovery=0.6, nuclide="Ac-225", method="local"),
            lambda: psma.marrow_from_image(1.0, 20.0, site="uninvolved", recovery=0.8, cross={}, nuclide="Ac-225"),
            lambda: psma.simulate_cycles(8000, 500, organs=OWN, nuclide="Ac-225", **SINK),
            lambda: single(nuclide="Ac-225"),
        ):
            with pytest.raises(InputError, match="alpha_dose"):
                ask()

    def test_teaching_values_are_of_lutetium_alone(self):
        with pytest.raises(InputError, match="organs is missing"):
            psma.simulate_cycles(7400, 500, nuclide="Tb-161", **SINK)
        with pytest.raises(InputError, match="expected is missing"):
            single(nuclide="Tb-161")
        assert single(nuclide="Tb-161", expected=expected_range(4.0, 1.5)).dose_gy.n > 0
        assert psma.simulate_cycles(7400, 500, organs=OWN, nuclide="Tb-161", **SINK).nuclide == "Tb-161"

    def test_half_life_longer_than_decay(self):
        slow = (psma.Organ("kidney", 0.02, 500.0, 310.0, 1.0),)
        with pytest.raises(PhysicsError, match="kidney: effective_half_life_h"):
            psma.simulate_cycles(7400, 500, organs=slow, **SINK)


class TestMarrow:
    def test_units_that_slip(self):
        with pytest.raises(InputError, match=r"s_value.*mGy instead of Gy"):
            blood(s=1000 * S_MARROW)
        with pytest.raises(InputError, match=r"marrow_g.*kg instead of g"):
            blood(mass=1.17)
        with pytest.raises(InputError, match=r"marrow_to_blood.*per cent"):
            blood(marrow_to_blood=33.0)

    @pytest.mark.parametrize("cross", [3.0, "kidneys", math.nan, {"kidneys": (9000.0,)}, {"kidneys": 9000.0}, {1: 2}])
    def test_cross_that_is_no_mapping_of_pairs(self, cross):
        with pytest.raises(InputError, match="cross"):
            blood(cross=cross)
        with pytest.raises(InputError, match="cross"):
            psma.marrow_from_image(10.0, 50.0, site="uninvolved", recovery=0.8, cross=cross)

    @pytest.mark.parametrize("told", [[], np.array([True, False]), "no", 0.0])
    def test_metastases_are_there_or_not(self, told):
        with pytest.raises(InputError, match="bone_metastases"):
            blood(bone_metastases=told)

    def test_ratio_is_one_function_for_both_therapies(self):
        assert psma.marrow_to_blood is prrt.marrow_to_blood
        assert psma.marrow_to_blood(0.42) == pytest.approx(0.19 / 0.58)
        assert psma.marrow_to_blood(np.full((2, 2), 0.42)).shape == (2, 2)


class TestRows:
    @pytest.mark.parametrize("name", ["clearance_half_life_h", "arriving_mbq_h"])
    @pytest.mark.parametrize("given", [1.0, "Bi-213", math.nan, [1.0, 2.0]])
    def test_daughters_are_named(self, name, given):
        with pytest.raises(InputError, match=name):
            psma.alpha_dose(0.05, 1.0, retained="all", **{name: given})

    def test_one_number_is_meant(self):
        two = np.array([1.0, 2.0])
        for name in ("shrink", "strength", "half_volume_ml"):
            with pytest.raises(InputError, match=name):
                psma.simulate_cycles(7400, 500, **{**SINK, name: two})
        for name in ("administered_mbq", "mass_g", "recovery"):
            with pytest.raises(InputError, match=name):
                single(**{name: 1000 * two if name != "recovery" else two / 3})
        for place in range(3):
            numbers = [0.02, 40.0, 310.0]
            numbers[place] = np.array([numbers[place]] * 2)
            with pytest.raises(InputError, match="kidney: "):
                psma.Organ("kidney", *numbers, 1.0)
        with pytest.raises(InputError, match="activity_mbq must be plain"):
            psma.simulate_cycles(ufloat(7400, 70), 500, **SINK)

    def test_activity_that_is_hardly_known(self):
        given = {"administered_mbq": 7400.0, "mass_g": 155.0, "recovery": 0.95}
        with pytest.raises(InputError, match="activity_mbq"):
            psma.verify_single(ufloat(100, 160), 48.0, "kidney", (40, 1.3), **given)
        wide = psma.verify_single(ufloat(100, 40), 48.0, "kidney", (40, 1.3), **given)
        assert Flag.LINEARISATION_DOUBTFUL in wide.flags
        assert Flag.LINEARISATION_DOUBTFUL not in single().flags

    def test_made_up_sink_stands_among_the_sources(self):
        made_up = {"psma.sink_strength", "psma.sink_half_volume_ml"}
        assert made_up <= set(psma.simulate_cycles(7400, 500, organs=OWN).sources)
        assert not made_up & set(psma.simulate_cycles(7400, 500, organs=OWN, **SINK).sources)

    def test_made_up_uncertainties_are_flagged(self):
        assumed = psma.simulate_cycles(7400, 500, organs=OWN, **SINK)
        given = psma.simulate_cycles(7400, 500, organs=OWN, random_rel=0.05, shared_rel=0.08, **SINK)
        assert Flag.SPREAD_ASSUMED in assumed.flags
        assert {"psma.dose_random_rel", "psma.dose_shared_rel"} <= set(assumed.sources)
        assert Flag.SPREAD_ASSUMED not in given.flags
        assert not any("_rel" in key for key in given.sources)
        assert given.total_gy("kidney").s == pytest.approx(assumed.total_gy("kidney").s)
