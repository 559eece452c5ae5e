"""The page on evidence without a browser."""

import contextlib
import io

import pytest

from mrtlab import _userdata
from mrtlab.apps import evidence_reading
from mrtlab.apps.evidence_reading import model as model_module
from mrtlab.apps.evidence_reading import scripts, words
from mrtlab.apps.evidence_reading import view as view_module
from mrtlab.apps.evidence_reading.model import RANGES, TABLES
from mrtlab.learn.library import load

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def view(unpainted):
    made = view_module._View(evidence_reading.EvidencePage())
    made.skip["both"].click()
    return made


def test_a_factor_of_four_and_eighty_per_cent():
    found = evidence_reading.EvidencePage().growth()
    assert found.each == pytest.approx(20 / 9)  # 4 / 1.8
    _, value, rest = words.result(found)
    assert value == "2.22"
    assert "300 % more" in rest
    assert "1.80 times as many" in rest


def test_no_side_is_taken():
    """As many words for one position as for the other, within a third, and no right answer among them."""
    one, other = (sum(len(row[k]) for row in words.POSITIONS) for k in (1, 2))
    assert 0.75 < one / other < 1.34
    assert all(question.rubric for question in load("reading-evidence").ask if question.id.endswith("_position"))


def test_tables_are_those_of_the_package(view):
    assert {row[2] for row in model_module.table("prrt")} >= {"0.38 ± 0.19 Gy/GBq, 18 patients, 80 cycles"}
    liver = " ".join(row[2] for row in model_module.table("liver"))
    assert "24.8 against 10.7 months" in liver
    assert any("3.71 (2.4 to 5.87)" in row[2] for row in model_module.table("thyroid"))
    assert any("4.04 Gy/GBq" in row[2] for row in model_module.table("psma"))
    for name in TABLES:
        rows = model_module.table(name)
        assert all(len(row) == len(words.COLUMNS[name]) for row in rows)
        assert {row[-1] for row in rows} <= {"published", "derived", "recalled", "illustrative"}
        view.chosen["shown"].value = name
        assert rows[0][0].split("'")[0] in view.table.html
        assert (view.answers.layout.display is None) == (name == "psma")
    assert view.page.errors.messages == ()


def test_the_psma_table_does_not_answer_its_own_question():
    rows, said = model_module.table("psma"), model_module.remarks("psma")
    assert not any("Arithmetic" in row[2] for row in rows)
    assert {row[1] for row in said if "Gy per cycle" in row[3]} >= {"4.04 Gy/GBq", "4.7 Gy/GBq"}
    assert {"about 5 Gy/GBq", "about 4 Gy/GBq"} <= {row[2] for row in rows}


def test_every_control_at_its_ends_and_between(view):
    for name, field in view.fields.items():
        low, high = RANGES[name]
        for value in (low, (low + high) / 2, high):
            field.value = float(value)
            assert view.figure.state == "ready"
    view.fields["factor"].value, view.fields["percent"].value = 1.0, 0.0
    assert "as many** administrations as" in words.said(view.model.growth())
    view.fields["percent"].value = 80.0
    assert "with therapies in fewer cycles" in words.said(view.model.growth())
    view.fields["percent"].text = "nonsense"
    assert "More patients" in view.sections["growth"].stale
    view.reset.click()
    assert view.model.growth().each == pytest.approx(20 / 9)
    assert view.page.errors.messages == ()


def test_prediction_first_and_back_again(unpainted):
    made = view_module._View(evidence_reading.EvidencePage())
    assert made.figure.state == "empty"
    made.choices["both"].value = "one"
    made.commit["both"].click()
    assert made.figure.state == "ready"
    assert "it is not so" in made.said["both"].html
    made.fields["factor"].text = "3,6"
    assert _userdata.load("evidence_reading")["factor"] == 3.6
    again = view_module._View(evidence_reading.EvidencePage())
    assert again.fields["factor"].value == 3.6
    assert again.figure.state == "ready"


def test_code_gives_the_same_numbers(view):
    for code, expected in ((scripts.growth(view.model), "2.22 times"), (scripts.tables(), "DOSISPHERE-01")):
        assert len(code.splitlines()) <= 15
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {})  # the page's own code
        assert expected in out.getvalue()
