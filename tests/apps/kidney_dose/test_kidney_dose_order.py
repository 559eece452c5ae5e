"""The kidney-dose page: picture first, each comparison once, and the prediction before the last scan goes."""

import pytest
from kidney_pages import HEAD, OWN, upload

from mrtlab import kinetics
from mrtlab.apps import kidney_dose
from mrtlab.apps.kidney_dose import view as view_module
from mrtlab.apps.kidney_dose import words


class TestRemembered:
    """The comparison of curves is the slow part: once for the same points, and after the picture."""

    @pytest.fixture
    def compared(self, monkeypatch):
        calls, select = [], kinetics.select
        monkeypatch.setattr(kinetics, "select", lambda curve: (calls.append(curve), select(curve))[1])
        return calls

    @pytest.fixture
    def painted(self, view, monkeypatch):
        models, show = [], view.figure.show
        monkeypatch.setattr(view.figure, "show", lambda answer: (models.append(answer.fit.model), show(answer)))
        return models

    def test_once_for_the_same_points(self, model, compared):
        model.answer()
        model.mass_g = 240.0
        model.curve = "uptake"
        model.answer()
        model.without_last()
        model.without_last()
        assert len(compared) == 2

    def test_another_uncertainty_or_table_is_compared_anew(self, model, compared):
        first = model.answer()
        model.cv_percent = 10.0
        assert model.answer().tia_mbq_h.std_dev > 1.5 * first.tia_mbq_h.std_dev
        model.use_file("mine.csv", (HEAD + OWN.replace("kidney", "kidney_left")).encode())
        assert model.answer().tia_mbq_h.nominal_value != first.tia_mbq_h.nominal_value
        assert len(compared) == 3

    def test_the_picture_is_painted_before_the_curves_are_compared(self, view, compared, monkeypatch):
        seen, show = [], view.figure.show
        monkeypatch.setattr(view.figure, "show", lambda answer: (seen.append(len(compared)), show(answer)))
        view.used.value = (True, True, True, False)
        assert seen == [0]
        assert len(compared) == 1
        assert words.COMPARING not in view.result.html

    def test_the_old_number_does_not_stand_under_the_new_picture(self, view, monkeypatch):
        said, select = [], kinetics.select
        monkeypatch.setattr(kinetics, "select", lambda curve: (said.append(view.result.html), select(curve))[1])
        view.used.value = (True, True, True, False)
        assert words.COMPARING in said[0]

    def test_painted_again_only_if_another_curve_is_best(self, view, painted):
        view.region.value = "remainder_of_body"  # only falls, but not as one exponential
        assert painted == ["mono", "bi_phys"]
        view.region.value = "liver"
        view.region.value = "remainder_of_body"
        assert painted == ["mono", "bi_phys", "mono", "bi_phys"]
        view.cv.text = "4"
        assert painted[4:] == ["bi_phys"]

    def test_what_is_painted_is_what_a_fresh_page_paints(self, view):
        for cv in ("7", "4"):
            view.cv.text = cv
        view.region.value = "remainder_of_body"
        view.region.value = "kidney_left"
        view.used.value = (True, False, True, True)
        fresh = view_module._View(kidney_dose.KidneyDose())  # takes the same state up again
        assert fresh.model.used == (True, False, True, True)
        assert view.figure.png == fresh.figure.png

    def test_a_new_mass_needs_no_new_picture(self, view, painted):
        view.mass.text = "240"
        assert painted == []
        assert "2.72 ± 0.12 Gy" in view.result.html

    def test_memory_is_bounded(self):
        kept = {}
        for number in range(1000):
            kidney_dose.KidneyDose._remember(kept, number, None)
        assert len(kept) <= 100
        assert 999 in kept


class TestGate:
    """The last scan can be taken out once the learner has said what that would change."""

    def test_boxes_wait_for_the_prediction_and_nothing_else_does(self, view):
        assert view.used.disabled
        assert "committed to a prediction" in view.gate.text
        assert not any(control.disabled for control in (view.region, view.curve, view.cv, view.mass, view.upload))
        assert "2.60 ± 0.11 Gy" in view.result.html
        view.prediction.value = "5 to 15 %"
        view.predict.click()
        assert not view.used.disabled
        assert view.gate.text == ""
        assert view.skip.disabled

    def test_it_can_be_skipped_and_that_is_kept(self, view):
        view.skip.click()
        assert not view.used.disabled
        assert "skipped" in view.predicted.text
        again = view_module._View(kidney_dose.KidneyDose())
        assert not again.used.disabled
        again.prediction.value = "5 to 15 %"
        again.predict.click()
        assert "You predicted" in again.predicted.text

    def test_other_regions_and_own_tables_are_free(self, view):
        view.region.value = "liver"
        assert not view.used.disabled
        view.region.value = "kidney_left"
        assert view.used.disabled
        upload(view, "mine.csv", (HEAD + OWN.replace("kidney", "kidney_left")).encode())
        assert not view.used.disabled

    def test_a_point_that_is_out_can_always_be_put_back(self, view):
        view.model.used = (True, True, True, False)
        view._show_gate()
        assert not view.used.disabled
