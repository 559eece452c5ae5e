"""What PRRT refuses, and what it says of values that were made up."""

from __future__ import annotations

import math

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import InputError, prrt
from mrtlab.errors import Flag
from mrtlab.planning import TissueDose

S_MARROW = 4.14e-5
CYCLES = ([4.6, 5.4], [7400.0, 7400.0], 23.0)


class TestCycles:
    @pytest.mark.parametrize("doses", [5.0, None, math.nan, ufloat(5, 1), [[4.6, 5.4]], "4,6"])
    def test_doses_that_are_no_row(self, doses):
        for function in (prrt.next_activity, prrt.predicted_per_activity):
            limit = (23.0,) if function is prrt.next_activity else ()
            with pytest.raises(InputError, match="doses_gy"):
                function(doses, [7400.0], *limit)
        with pytest.raises(InputError, match="doses_gy"):
            prrt.total_range(7400.0, doses, [7400.0])
        with pytest.raises(InputError, match="doses_gy"):
            prrt.verify_cycle(ufloat(5, 1), 7400.0, doses, [7400.0])

    @pytest.mark.parametrize("prior", [0.0006, {}, "population", [0.0006, 1.4]])
    def test_prior_of_another_kind(self, prior):
        with pytest.raises(InputError, match="prior must be a TissueDose"):
            prrt.next_activity(*CYCLES, prior=prior)

    def test_doses_that_are_hardly_known(self):
        with pytest.raises(InputError, match="doses_gy"):
            prrt.next_activity([ufloat(5, 25)], [7400.0], 23.0, rule="last")
        with pytest.raises(InputError, match="dose_gy"):
            prrt.verify_cycle(ufloat(5, 1e6), 7400.0)
        wide = prrt.next_activity([ufloat(5, 2)], [7400.0], 23.0, rule="last")
        assert Flag.LINEARISATION_DOUBTFUL in wide.flags
        good = prrt.next_activity([ufloat(5, 0.5)], [7400.0], 23.0, rule="last")
        assert Flag.LINEARISATION_DOUBTFUL not in good.flags

    def test_arguments_are_called_by_their_names(self):
        with pytest.raises(InputError, match=r"systematic_rel.*percentage"):
            prrt.next_activity(*CYCLES, rule="last", systematic_rel=8)
        with pytest.raises(InputError, match=r"systematic_rel.*percentage"):
            prrt.cumulative_dose([4.6, 5.4], 0.05, 8)
        with pytest.raises(InputError, match="doses_gy must be above 0"):
            prrt.cycle_doses([4.6, -5.4], 0.05, 0.08)

    @pytest.mark.parametrize("half_life", [[51.0, 52.0], math.nan, -51.0])
    def test_half_life_of_the_bed(self, half_life):
        with pytest.raises(InputError, match="effective_half_life_h"):
            prrt.next_activity(*CYCLES, rule="last", quantity="BED", effective_half_life_h=half_life)

    def test_made_up_bounds_stand_among_the_sources(self):
        found = prrt.next_activity([6.9, 7.0, 7.1], [7400] * 3, 23.0, rule="last")
        assert {"prrt.minimum_mbq", "prrt.maximum_mbq", "prrt.step_mbq"} <= set(found.sources)
        assert Flag.BELOW_MINIMUM in found.flags
        assert "a convention of mrtlab" in found.text
        own = prrt.next_activity(
            [6.9, 7.0, 7.1], [7400] * 3, 23.0, rule="last", minimum_mbq=3700, maximum_mbq=7400, step_mbq=50
        )
        assert not {"prrt.minimum_mbq", "prrt.maximum_mbq", "prrt.step_mbq"} & set(own.sources)
        assert "convention" not in own.text
        assert own.activity_mbq == found.activity_mbq == 0


class TestOneImage:
    def test_concentration_by_its_name(self):
        with pytest.raises(InputError, match="concentration_mbq_per_g"):
            prrt.single_image_dose(-0.1, 96)

    def test_chain_is_not_counted_by_its_parent_alone(self):
        for function, arguments in ((prrt.single_image_dose, (0.1, 96)), (prrt.extravasation_dose, (10, 100, 2.3))):
            with pytest.raises(InputError, match="daughters"):
                function(*arguments, "Ac-225")

    def test_spread_between_cycles_is_flagged_where_it_is_made_up(self):
        assumed = prrt.later_cycle(40.0, 24.0, ufloat(58.0, 2.0), sigma_mbq=2.0)
        given = prrt.later_cycle(40.0, 24.0, ufloat(58.0, 2.0), sigma_mbq=2.0, variation_gsd=1.04)
        assert Flag.SPREAD_ASSUMED in assumed.flags
        assert "prrt.cycle_half_life_gsd" in assumed.sources
        assert Flag.SPREAD_ASSUMED not in given.flags
        assert "prrt.cycle_half_life_gsd" not in given.sources
        assert given.tia_mbq_h.n == assumed.tia_mbq_h.n

    def test_half_life_that_is_not_known_at_all(self):
        with pytest.raises(InputError, match="half_life_h"):
            prrt.later_cycle(40.0, 24.0, ufloat(58.0, 5e6), sigma_mbq=2.0)


class TestOrgans:
    def test_back_to_an_injection_from_where_nothing_is_left(self):
        for half_life in (2.3, ufloat(2.3, 0.1), np.array([2.3, 2.4])):
            with pytest.raises(InputError, match=r"time_h.*minutes or seconds"):
                prrt.extravasated_activity(40.0, 86400.0, half_life)

    def test_rows_where_one_number_is_meant(self):
        with pytest.raises(InputError, match="effective_half_life_h"):
            prrt.systemic_activity(7400.0, 4000.0, np.array([2.3, 2.4]))
        with pytest.raises(InputError, match="rest_mass_g"):
            prrt.marrow_dose_from_rest(1e5, np.array([6e4, 6e4]), 2e-6, 73000.0, S_MARROW, 1170.0)
        with pytest.raises(InputError, match="bed_limit_gy"):
            prrt.kidney_options([3700, 7400], bed_limit_gy=[28.0, 40.0])
        with pytest.raises(InputError, match="activities_mbq"):
            prrt.kidney_options([[3700, 7400]])
        with pytest.raises(InputError, match="kidneys must be a TissueDose"):
            prrt.kidney_options([3700, 7400], 0.0006)

    def test_table_of_half_lives_is_no_crash(self):
        with pytest.raises(InputError):
            prrt.extravasation_dose(10.0, 100.0, np.full((2, 2), 500.0))
        assert prrt.extravasation_dose(10.0, 100.0, np.full((2, 2), 5.0)).shape == (2, 2)

    def test_milligray_for_gray_in_an_s_value(self):
        with pytest.raises(InputError, match=r"s_value_gy_per_mbq_h.*mGy instead of Gy"):
            prrt.marrow_dose_from_blood(2.7, 1000 * S_MARROW, 1170.0)
        with pytest.raises(InputError, match=r"s_marrow_gy_per_mbq_h.*mGy instead of Gy"):
            prrt.marrow_dose_from_rest(1e5, 6e4, 2e-3, 73000.0, 1000 * S_MARROW, 1170.0)

    def test_population_of_the_caller_is_not_called_ours(self):
        own = prrt.kidney_pair(4.0, 6.0, 50.0, 90.0, population_half_life_h=55, population_gsd=1.2)
        ours = prrt.kidney_pair(4.0, 6.0, 50.0, 90.0)
        assert not any("half_life" in key for key in own.sources)
        assert {"prrt.kidney_half_life_h", "prrt.kidney_half_life_gsd"} <= set(ours.sources)
        mine = prrt.kidney_options([7400], TissueDose(0.0005, 1.2), effective_half_life_h=48.0)
        assert not {"prrt.kidney_median_gy_per_gbq", "prrt.kidney_half_life_h"} & set(mine.sources)
        assert "prrt.kidney_gsd" in prrt.kidney_options([7400]).sources

    def test_tissue_that_is_no_word(self):
        with pytest.raises(InputError, match="tissue"):
            prrt.expected_per_activity(np.array([1.0, 2.0]))


class TestSimulation:
    OWN = (prrt.Organ("gland", "organ", 0.02, 0.8, 50.0, 100.0),)

    def test_made_up_values_are_flagged_where_they_matter(self):
        assert Flag.TEACHING_KINETICS in prrt.simulate_cycles([7400]).flags
        assert prrt.simulate_cycles([7400], self.OWN).flags == ()
        low = prrt.simulate_cycles([7400], self.OWN, gfr_ml_per_min=40)
        assert low.flags == (Flag.TEACHING_KINETICS,)
        assert {"prrt.renal_share", "prrt.reference_gfr_ml_per_min"} <= set(low.sources)
        said = prrt.simulate_cycles([7400], self.OWN, gfr_ml_per_min=40, reference_gfr_ml_per_min=80, renal_share=0.4)
        assert said.flags == ()
        assert said.doses_gy("gland") == pytest.approx(low.doses_gy("gland"))

    def test_numbers_of_other_kinds(self):
        for name, number in (("gfr_ml_per_min", ufloat(60, 5)), ("variation_gsd", [1.1, 1.2]), ("organs", 3.0)):
            with pytest.raises(InputError, match=name):
                prrt.simulate_cycles([7400], **{name: number})
