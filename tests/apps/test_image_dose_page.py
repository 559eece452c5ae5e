"""The page from images to dose, driven as a learner drives it, without a browser."""

from __future__ import annotations

import pytest

from mrtlab.apps.image_dose.model import ImageDosePage
from mrtlab.apps.image_dose.view import _View


@pytest.fixture(scope="module")
def computed():
    view = _View(ImageDosePage())
    view.compute.click()
    return view


def test_nothing_gives_the_answer_away_before_the_prediction():
    view = _View(ImageDosePage())
    assert view.page.errors.messages == ()
    assert "Gy" not in view.result.html
    view.commit.click()
    assert "both questions" in view.missing.text
    view.reveal.click()
    assert any("predict" in message for message in view.page.errors.messages)


def test_a_whole_visit(computed):
    view = computed
    assert view.page.errors.messages == ()
    assert len(view.images.children) == 1
    assert view.gate.html.count("<tr>") == 5
    assert view.doses.html.count("<tr>") == 1  # not before the prediction
    view.kidney.value, view.lesion.value = "curve", "recovery"
    view.commit.click()
    assert "larger of the two" in view.compared.text
    assert "left kidney" in view.result.html
    assert len(view.map.children) == 1
    for region in view.model.regions():
        view.region.value = region
        assert region in view.result.html
    for time in (24.0, 96.0, 168.0, 4.0):
        view.scan.value = time
        assert len(view.images.children) == 1
    view.reveal.click()
    assert view.truth.html.count("<tr>") == len(view.model.truth()) + 1
    assert view.page.errors.messages == ()


def test_another_choice_is_marked_and_a_refusal_is_told(computed):
    view = computed
    view.defects.value = "milliseconds"
    assert "compute again" in view.first.stale
    view.compute.click()
    assert "milliseconds" in view.refused.text
    assert view.first.stale == ""
    assert view.page.errors.messages == ()
