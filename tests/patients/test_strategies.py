"""Activity by a fixed rule and by a plan, on virtual patients."""

import numpy as np
import pytest

from mrtlab import InputError
from mrtlab.patients import cohort, virtual_patient
from mrtlab.patients.strategies import (
    by_weight,
    course_doses,
    determination,
    planned,
    simulate_course,
    three_centres,
)

CURVES = {"d50_gy": 50, "gamma50": 1.0, "td50_gy": 28, "m": 0.1}


@pytest.fixture(scope="module")
def patients():
    return cohort("prrt", 12, 3)


@pytest.fixture(scope="module")
def doses(patients):
    return course_doses(patients)


class TestDoses:
    def test_self_dose_is_the_truth_without_its_cross_dose(self, patients, doses):
        for place in (0, 5):
            patient = patients[place]
            for name, mine in (
                ("kidneys", doses.kidney_gy_per_mbq[place, 0]),
                ("lesion 1", doses.lesion_gy_per_mbq[doses.lesion_of == place][0, 0]),
            ):
                found = patient.truth.dose(name)
                assert mine * patient.administered_mbq == pytest.approx(found.self_gy, rel=1e-9)
                assert found.cross_gy < 0.02 * found.gy

    def test_later_cycles_are_the_patient_s_own(self, patients, doses):
        third = patients[2].cycle(3)
        assert doses.kidney_gy_per_mbq[2, 2] * third.administered_mbq == pytest.approx(
            third.truth.dose("kidneys").self_gy, rel=1e-9
        )

    def test_every_lesion_is_there_and_progress_is_told(self, patients):
        told = []
        found = course_doses(patients[:2], 1, told=lambda *step: told.append(step))
        assert told == [(1, 2), (2, 2)]
        assert len(found.lesion_of) == sum(len(one.build.hosts) for one in patients[:2])

    @pytest.mark.parametrize("cycles", [0, 1.5, True])
    def test_cycles_that_cannot_be(self, patients, cycles):
        with pytest.raises(InputError, match="cycles"):
            course_doses(patients, cycles)

    def test_other_nuclides_are_refused(self):
        with pytest.raises(InputError, match="I-131"):
            course_doses([virtual_patient("radioiodine", 1)])
        with pytest.raises(InputError, match="empty"):
            course_doses([])


class TestActivities:
    def test_perfect_estimates_give_the_first_cycle_s_plan(self, doses):
        given = planned(doses, 23, 0.0, 1e6)
        expected = 4 * given * doses.kidney_gy_per_mbq[:, 0]
        assert np.all(expected <= 23)
        assert np.all(expected > 23 - 4 * 100 * doses.kidney_gy_per_mbq[:, 0])  # rounded down to 100 MBq

    def test_the_cap_is_kept(self, doses):
        assert planned(doses, 60, 0.3, 7400).max() == 7400

    def test_errors_spread_the_doses(self, doses):
        spreads = [np.std(planned(doses, 23, error, 1e6) * doses.kidney_gy_per_mbq[:, 0]) for error in (0.0, 0.2)]
        assert spreads[1] > 3 * spreads[0]

    def test_rules(self, doses):
        assert set(three_centres(doses)) == {3700, 5550, 7400}
        assert by_weight(doses, 100) == pytest.approx(100 * doses.weight_kg)

    @pytest.mark.parametrize("wrong", [{"kidney_gy": 0}, {"error": 15}, {"cap_mbq": -1}, {"cap_mbq": 50}])
    def test_what_cannot_be_is_refused(self, doses, wrong):
        with pytest.raises(InputError):
            planned(doses, **{"kidney_gy": 23, "error": 0.1, "cap_mbq": 7400} | wrong)


class TestOutcomes:
    def test_doses_and_counts(self, doses):
        found = simulate_course(doses, 7400, 18, **CURVES)
        kidney = 7400 * doses.kidney_gy_per_mbq.sum(axis=1)
        assert found.kidney_gy == pytest.approx(kidney)
        assert found.above.sum() == np.sum(kidney > 18)
        assert found.below.sum() == np.sum(kidney < 13.5)
        assert np.all(found.kidney_eqd2_gy < found.kidney_gy)  # four slow cycles

    def test_more_activity_harms_and_helps_nobody_less(self, doses):
        less, more = (simulate_course(doses, mbq, 23, **CURVES) for mbq in (7400, 25_000))
        assert np.all(more.response > less.response)
        assert np.all(more.complication >= less.complication)
        assert more.complication.sum() > less.complication.sum() + 1
        assert np.all(more.responded >= less.responded)  # the same luck

    def test_outcomes_follow_the_probabilities(self, doses):
        many = [simulate_course(doses, 5000, 23, **CURVES, seed=seed) for seed in range(200)]
        seen = np.mean([one.responded.mean() for one in many])
        assert seen == pytest.approx(many[0].response.mean(), abs=0.02)

    def test_a_wrong_number_of_activities(self, doses):
        with pytest.raises(InputError, match="12"):
            simulate_course(doses, [7400, 3700], 23, **CURVES)


class TestDetermination:
    def test_the_share_that_a_line_explains(self):
        rng = np.random.default_rng(1)
        x = rng.uniform(1, 2, 300)
        y = 3 * x + rng.normal(0, 1, 300)
        line = np.polyfit(x, y, 1)
        left = y - np.polyval(line, x)
        assert determination(x, y) == pytest.approx(1 - left.var() / y.var())

    def test_not_defined_where_nothing_varies(self):
        assert determination([7400, 7400, 7400], [10, 20, 30]) is None
