"""The kidney-dose page: results too uncertain for value ± u, and files that are refused."""

import contextlib
import io
import re

import pytest
from kidney_pages import CODE, HEAD, OWN, upload

from mrtlab.apps.kidney_dose import words
from mrtlab.apps.kidney_dose.plain import reasons


class TestDoubtful:
    """Where u is so large that value ± u would reach below zero."""

    @pytest.fixture
    def doubtful(self, model):
        model.mass_g = 1.234  # the uncertainty, 8.58 g, is still that of the table's mass
        return model

    def test_flagged_with_an_interval_above_zero(self, doubtful):
        answer = doubtful.answer()
        assert answer.flags.count("LINEARISATION_DOUBTFUL") == 1
        assert 0 < answer.interval.low < answer.dose_gy.nominal_value < answer.interval.high
        _, value, rest = words.result(answer)
        assert "±" not in value
        assert not re.search(r"[−-]\d", rest)
        assert "log-normal" in rest

    def test_the_page_says_whose_uncertainty_it_is(self, doubtful):
        assert "8.58 g, is still that of the mass in the table" in words.flags(doubtful.answer())[0]
        doubtful.mass_u_g = 0.9
        text = words.flags(doubtful.answer())[0]
        assert "still that of" not in text
        assert "the mass by 72.9 %" in text

    def test_below_30_percent_nothing_changes(self, model):
        model.mass_g = 30.0
        answer = model.answer()
        assert answer.dose_gy.std_dev / answer.dose_gy.nominal_value == pytest.approx(0.287, abs=1e-3)
        assert "LINEARISATION_DOUBTFUL" not in answer.flags
        assert answer.interval.low == pytest.approx(answer.dose_gy.nominal_value - 1.96 * answer.dose_gy.std_dev)

    def test_is_no_number_to_report(self, doubtful):
        said = words.discussion(doubtful.answer(), "report")
        assert "can be reported" not in said
        assert "11 to 25000 Gy" in said

    def test_a_good_dose_says_how_well_it_is_known(self, model):
        said = words.discussion(model.answer(), "report")
        assert "the dose to 4.3 %" in said
        assert "can be reported" in said

    def test_the_same_in_code_gives_the_interval(self, doubtful):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(doubtful.code(), {})
        assert len(doubtful.code().splitlines()) <= 15
        assert "log-normal" in printed.getvalue()


BAD_FILES = {
    "nothing": b"",
    "no table": b"nonsense",
    "decimal commas": b"time_h,kidney_mbq\n1,5,123,4\n",
    "says nothing": b"time_h,kidney_mbq\n1,5\n",
    "no decay state": b"# nuclide: Lu-177\ntime_h,kidney_mbq\n1,5\n",
    "no nuclide": b"# decay_corrected: no\ntime_h,kidney_mbq\n1,5\n",
    "unknown nuclide": b"# nuclide: Xx-1\n# decay_corrected: no\ntime_h,kidney_mbq\n1,5\n",
    "percent": (HEAD.replace("5 %", "5") + OWN).encode(),
    "no unit": (HEAD + OWN).replace("kidney_mbq", "kidney").encode(),
    "UTF-16": OWN.encode("utf-16"),
    "mass in kg for g": (HEAD + "# mass kidney: 250000 kg\n" + OWN).encode(),
    "times fall": (HEAD + OWN).replace("72;", "12;").encode(),
    "twice": (HEAD + "time_h;kidney_mbq;sigma_mbq\n4,5;120,5;1\n").encode(),
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
def test_refusals_speak_of_the_file_and_the_page(view, content):
    before = view.result.html, view.model.state()
    upload(view, "bad.csv", content)
    assert view.upload.refused
    assert not re.search(CODE, view.upload.message)
    assert view.page.errors.messages == ()
    assert (view.result.html, view.model.state()) == before


def test_the_same_bad_file_is_refused_each_time(view):
    for _ in range(2):
        upload(view, "bad.csv", BAD_FILES["no nuclide"])
        assert view.upload.message.startswith("bad.csv was refused")


def test_what_is_missing_in_a_file_can_be_added(view):
    upload(view, "bad.csv", BAD_FILES["says nothing"])
    assert "Add the line '# nuclide: Lu-177' above the header" in view.upload.message
    assert "Add the line '# decay_corrected: yes' or 'no' above the header" in view.upload.message


def test_reasons_are_found_in_the_library_s_sentence():
    head, found = reasons("no curve is supported by these 3 points: why. phys: χ² = 3; p: 4; mono: a and b; bi: c")
    assert head == "no curve is supported by these 3 points: why."
    assert found == {"phys": "χ² = 3; p: 4", "mono": "a and b", "bi": "c"}
