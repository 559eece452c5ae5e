"""One patient on three levels of dosimetry."""

import numpy as np
import pytest

from mrtlab import InputError
from mrtlab.patients import virtual_patient
from mrtlab.patients.levels import follow, next_by_limit, one_more, subject
from mrtlab.prrt import cumulative_dose


@pytest.fixture(scope="module")
def patient():
    return subject(8)


class TestSubject:
    def test_truth_is_the_virtual_patient_s(self, patient):
        third = virtual_patient("prrt", 8).cycle(3)
        found = patient.treat([7400, 7400, 5000])
        truth = third.truth.dose("kidneys").self_gy / third.administered_mbq * 5000
        assert found.kidney_gy[2] == pytest.approx(truth, rel=1e-9)
        lesion = third.truth.dose("lesion 1").self_gy / third.administered_mbq * 5000
        assert found.tumour_gy[2] == pytest.approx(lesion, rel=1e-9)

    def test_uncertainty_of_the_sum_has_the_common_part_linear(self, patient):
        seen = patient.treat([7400, 7400]).measured_kidney_gy
        doses = np.array([one.n for one in seen])
        wanted = np.sqrt(np.sum((0.05 * doses) ** 2) + (0.08 * doses.sum()) ** 2)
        assert cumulative_dose(seen).s == pytest.approx(wanted, rel=1e-6)

    def test_measurements_are_as_wrong_as_they_say(self):
        logs = np.log([subject(seed, 1).kidney_error[0] for seed in range(40)])
        assert np.std(logs) == pytest.approx(np.hypot(0.05, 0.08), rel=0.35)
        exact = subject(8, 2, random_rel=0, systematic_rel=0)
        assert np.all(exact.kidney_error == 1)

    def test_nothing_given(self, patient):
        found = patient.treat([])
        assert found.kidney_gy.sum() == 0
        assert found.measured_kidney_gy == ()

    def test_too_many_cycles(self, patient):
        with pytest.raises(InputError, match="at most 6"):
            patient.treat([7400] * 7)


class TestRules:
    def test_activity_alone_does_not_see_the_patient(self, patient):
        assert follow(patient, 1, 23) == follow(subject(5), 1, 23) == (7400.0,) * 4

    def test_measuring_stops_before_the_limit(self, patient):
        given = follow(patient, 2, 23)
        assert len(given) < 4
        seen = sum(one.n for one in patient.treat(given).measured_kidney_gy)
        assert seen <= 23 < seen * (len(given) + 1) / len(given)

    def test_a_limit_raises_and_lowers(self, patient):
        sensitive, robust = follow(patient, 3, 23), follow(subject(5), 3, 23)
        assert sum(sensitive) < 4 * 7400 < sum(robust)
        assert patient.treat(sensitive).kidney_gy.sum() < 23 * 1.2

    def test_fewer_cycles_where_each_would_be_too_little(self, patient):
        """Without that, the course would end after the first cycle with half of the limit unused."""
        first = patient.treat([7400])
        offered = next_by_limit(first, 23, 3)
        assert offered.activity_mbq >= 3700

    def test_one_more_cycle_is_no_surer_than_those_before(self, patient):
        done = patient.treat([7400, 5000])
        so_far = cumulative_dose(done.measured_kidney_gy)
        found = one_more(done, 5000, 23)
        assert found.median_gy > so_far.n
        assert found.interval95_gy[1] - found.interval95_gy[0] > 2 * 1.96 * so_far.s
        assert one_more(done, 5000, found.median_gy).probability_above == pytest.approx(0.5)
        first = one_more(patient.treat([]), 7400, 4.44)
        assert (first.median_gy, first.probability_above) == pytest.approx((4.44, 0.5))
        exact = subject(8, random_rel=0, systematic_rel=0).treat([7400])
        assert one_more(exact, 100, 23).probability_above == 0

    def test_goes_on_from_what_was_given(self, patient):
        assert follow(patient, 2, 23, given=[7400] * 3)[:3] == (7400.0,) * 3

    @pytest.mark.parametrize("level", [0, 4, "1"])
    def test_other_levels(self, patient, level):
        with pytest.raises(InputError, match="level"):
            follow(patient, level, 23)
