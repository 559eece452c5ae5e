"""The page from images to dose, driven as a learner drives it, without a browser."""

from __future__ import annotations

import pytest

from mrtlab.apps.image_dose.model import ImageDosePage
from mrtlab.apps.image_dose.view import _View


@pytest.fixture(scope="module", autouse=True)
def own_folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("image-dose")))
        yield


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
    view.region.value = "left kidney"
    assert "= 100 %" in view.result.html
    assert "recovery and mass" in view.why.text
    view.reveal.click()
    assert view.truth.html.count("<tr>") == len(view.model.truth()) + 1
    assert view.page.errors.messages == ()


def test_a_scan_is_drawn_once(computed):
    computed.scan.value = 24.0
    first = computed.images.children[0]
    computed.scan.value = 96.0
    assert computed.images.children[0] is not first
    computed.scan.value = 24.0
    assert computed.images.children[0] is first


def test_what_was_chosen_predicted_and_computed_is_back(computed, monkeypatch):
    computed.region.value = "spleen"
    computed.seed.value = 7  # chosen, not computed
    made = computed.model.outcome()
    monkeypatch.setattr(ImageDosePage, "outcome", lambda self, progress=None: made)  # so that the test is quick
    again = _View(ImageDosePage())
    assert "measured again" in again.images.children[0].text
    again._resume()
    assert (again.seed.value, again.model.seed, again.scan.value, again.region.value) == (7, 3, 24.0, "spleen")
    assert (again.kidney.value, again.lesion.value) == ("curve", "recovery")
    assert again.model.predictions == computed.model.predictions
    assert again.doses.html == computed.doses.html
    assert again.truth.html == computed.truth.html
    assert "compute again" in again.first.stale
    assert again.left_out.text == ""
    assert again.page.errors.messages == ()
    computed.seed.value = 3


@pytest.mark.parametrize(
    "state",
    [
        {"seed": "x"},
        {"seed": 500},
        {"defects": ["none such"]},
        {"defects": 3},
        {"scan_h": 5.0},
        {"computed": 1},
        {"predictions": {"kidney": "neither"}},
        {"revealed": True},
    ],
)
def test_nothing_saved_is_believed(state):
    page = ImageDosePage()
    fresh = page.state()
    assert not page.restore(state)
    assert page.state() == fresh


def test_another_choice_is_marked_and_a_refusal_is_told(computed):
    view = computed
    view.defects.value = "milliseconds"
    assert "compute again" in view.first.stale
    view.compute.click()
    assert "milliseconds" in view.refused.text
    assert view.first.stale == ""
    assert view.page.errors.messages == ()
