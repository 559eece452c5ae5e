"""The kidney-dose page: what is kept between visits, and what of it can be believed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kidney_pages import HEAD, OWN, again, full_disk, write_state

from mrtlab import _userdata
from mrtlab.apps.controls import UploadedFile
from mrtlab.apps.kidney_dose.saved import CHOSEN, COMMITTED

# any JSON, and often a value of the right kind
ANY_JSON = st.one_of(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
        max_leaves=6,
    ),
    st.sampled_from(["liver", "kidney_left", "mono", "best", "tri", "5 to 15 %", "report", 5.0, 1e-4, 5e5, 250]),
    st.lists(st.booleans(), min_size=4, max_size=4),
)


class TestKept:
    def test_choices_and_answers_come_back(self, view):
        view.region.value = "spleen"
        view.used.value = (True, True, False, True)
        view.mass.text = "240,5"
        view.prediction.value = "5 to 15 %"
        view.predict.click()
        assert "saved" in view.page.status
        later = again()
        assert later.region.value == "spleen"
        assert later.used.value == (True, True, False, True)
        assert later.mass.value == 240.5
        assert later.prediction.value == "5 to 15 %"
        assert later.prediction.disabled
        assert "You predicted" in later.predicted.text

    def test_on_disk_before_the_page_says_so(self, view, monkeypatch):
        monkeypatch.setattr(_userdata, "save", full_disk)
        view.prediction.value = "less than 5 %"
        view.predict.click()
        assert "No space left" in view.page.errors.messages[0]
        assert view.predicted.text == ""
        assert view.page.status == "not saved"

    @pytest.mark.parametrize(
        ("content", "left_out"),
        [
            ("", None),
            ("{", None),
            ("[]", None),
            ("[" * 100_000, None),
            ('{"region": "nowhere"}', "the region"),
            ('{"region": "nowhere", "mass_g": 1.0, "used": [true]}', "the region, the points in the fit and the mass"),
            ('{"region": ["liver"]}', "the region"),
            ('{"used": [false]}', "the points in the fit"),
            ('{"used": [false, false, false, false]}', "the points in the fit"),
            ('{"used": [1, 1, 1, "no"]}', "the points in the fit"),
            ('{"used": 3}', "the points in the fit"),
            ('{"curve": "cubic", "mass_g": "x"}', "the curve and the mass"),
            ('{"prediction": "under 5 %"}', "the prediction"),
            ('{"decision": "other", "reason": "r", "discussion": "d"}', "the decision"),
            ('{"mass_g": NaN}', "the mass"),
            ('{"mass_g": -5}', "the mass"),
            ('{"mass_g": true}', "the mass"),
            (f'{{"mass_g": 1{"0" * 400}}}', "the mass"),
            ('{"mass_u_g": Infinity}', "the uncertainty of the mass"),
            ('{"cv_percent": 500}', "the uncertainty of the points"),
            ('{"reason": "\\ud800"}', "the reason for the decision"),
            ('{"skipped": "yes"}', "that the prediction was skipped"),
        ],
    )
    def test_a_state_that_does_not_fit_is_left_out_and_that_is_said(self, content, left_out):
        write_state(content)
        view = again()
        assert view.page.errors.messages == ()
        assert "2.60 ± 0.11 Gy" in view.result.html
        assert view.left_out.text == (
            ""
            if left_out is None
            else f"Of what was saved on an earlier visit, this cannot be used and was left out: {left_out}."
        )
        assert (view.decided.text, view.reason.value, view.predict.disabled) == ("", "", False)
        view.mass.text = "240"
        assert view.page.errors.messages == ()
        later = again()
        assert later.left_out.text == ""
        assert later.mass.value == 240

    def test_what_fits_beside_it_is_taken_up(self):
        write_state('{"region": "spleen", "mass_g": -5, "curve": "uptake", "cv_percent": 7, "prediction": "5 to 15 %"}')
        view = again()
        assert view.left_out.text.endswith("left out: the mass.")
        assert (view.region.value, view.curve.value, view.cv.value) == ("spleen", "uptake", 7)
        assert view.mass.value == pytest.approx(263.06)
        assert view.prediction.value == "5 to 15 %"

    @settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.dictionaries(st.sampled_from([*CHOSEN, *COMMITTED]), ANY_JSON, max_size=6))
    def test_the_page_always_builds(self, state):
        write_state(json.dumps(state))
        view = again()
        assert view.page.errors.messages == ()
        assert view.result.html
        assert view.figure.png
        assert view._save()

    def test_own_table_is_never_written(self, view):
        view.upload.file = UploadedFile("mine.csv", (HEAD + OWN).encode())
        view.used.value = (True, True, True, False)
        saved = (_userdata.folder() / "pages" / "kidney_dose.json").read_text(encoding="utf-8")
        assert "120" not in saved
        assert json.loads(saved).get("region") in (None, "kidney_left")

    def test_save_is_whole_or_not_at_all(self, monkeypatch):
        _userdata.save("page", {"a": 1})
        with pytest.raises(TypeError):
            _userdata.save("page", {"a": object()})
        assert _userdata.load("page") == {"a": 1}
        assert [path.name for path in (_userdata.folder() / "pages").iterdir()] == ["page.json"]
