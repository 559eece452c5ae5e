"""The page of the data set without a browser."""

import contextlib
import io

import pytest

from mrtlab import InputError, _content, _userdata, record
from mrtlab.apps import registry
from mrtlab.apps.record import store
from mrtlab.apps.registry import scripts, words
from mrtlab.apps.registry import view as view_module
from mrtlab.apps.registry.model import CENTRES, RIGHT, TAKEN, centre_rows, planted
from mrtlab.record import ROW_ERRORS

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def model():
    return registry.RegistryPage()


@pytest.fixture
def view(model, unpainted):
    made = view_module._View(model)
    made.skip["mean"].click()
    return made


def say(view, row, kind):
    view.row.value, view.kind.value = row - 1, kind
    view.mark.click()


class TestModel:
    def test_every_slip_can_be_named(self, model):
        """In the first of its rows, as the script that made the files planted them."""
        slips = [(centre, one) for centre in CENTRES for one in planted(centre)]
        assert [len(planted(centre)) for centre in CENTRES] == [3, 4, 4]
        for centre, one in slips:
            model.centre = centre
            model.mark(one.rows[0], one.kind)
            assert model.verdict(centre, one.rows[-1], one.kind) == "right"
        assert all(model.found(centre) == (len(planted(centre)),) * 2 for centre in CENTRES)

    def test_what_is_no_slip_gets_its_own_words(self, model):
        assert model.verdict("A", 2, "decimal") == "other"
        assert model.verdict("A", 15, "inconsistent") == "unusual"
        assert model.verdict("A", 0, "u_missing") == "nothing"
        assert model.verdict("C", 16, "duplicate_patient") == "right"  # a patient of centre A
        assert model.verdict("A", 8, "duplicate_patient") == "right"
        assert model.verdict("C", 3, "dose_per_activity") == "nothing"  # the column of dates alone

    def test_the_other_end_of_an_exchanged_date(self, model):
        """Cycle 2 of case 1 of centre B: 117 and -3 days are twice 57."""
        rows = centre_rows("B")
        assert rows[2]["interval_days"] + rows[4]["interval_days"] == 2 * 57
        assert [model.verdict("B", row, "interval") for row in range(6)] == ["nothing"] * 2 + ["before"] * 2 + [
            "right"
        ] * 2
        assert model.verdict("B", 2, "half_life") == "nothing"
        assert model.verdict("B", 8, "interval") == "nothing"  # the same cycle of another patient

    def test_marks_are_taken_back_and_checked(self, model):
        model.mark(2, "decimal")
        model.mark(2, "decimal")
        assert model.marked("A") == [(2, "decimal")]
        model.unmark(2)
        assert model.marked("A") == []
        for wrong in (["D", 0, "decimal"], ["A", 22, "decimal"], ["A", 0, "typo"], ["A", True, "decimal"], "A", [0]):
            with pytest.raises(InputError, match="a mark must be"):
                model.marks = [wrong]

    def test_the_right_answer_is_what_the_page_computes(self, model):
        """Of 59 rows, one dose a hundred times too high: counted from the files without the package's rules."""
        doses = [row["dose_gy"] for centre in CENTRES for row in centre_rows(centre)]
        delivered = sum(doses) / len(doses)
        model.taken = "checked"
        found = model.merged()
        assert found.as_delivered.mean_gy == pytest.approx(delivered)
        ratio = delivered / found.summary.mean_gy
        assert RIGHT["mean"] == ("double" if ratio > 2 else "fifth" if 1.1 < ratio < 1.3 else "same")
        assert found.summary.median_gy == pytest.approx(found.as_delivered.median_gy, rel=0.05)
        assert found.findings == ()

    def test_what_was_marked_is_left_out_in_all_its_rows(self, model):
        model.taken = "marked"
        assert len(model.merged().rows) == 59
        model.mark(2, "activity_unit")  # stands in both kidneys
        model.mark(0, "u_missing")  # wrong, but the learner's own choice
        assert len(model.merged().rows) == 56
        model.centre = "C"
        model.mark(0, "identifier")  # a column costs no row
        assert len(model.merged().rows) == 56

    def test_a_patient_who_is_there_twice_goes_as_a_whole(self, model):
        """Marked in one of four copied rows; the cycles that only one centre has stay."""
        model.taken, model.centre = "marked", "C"
        model.mark(15, "duplicate_patient")
        assert len(model.merged().rows) == 55
        model.unmark(15)
        model.centre = "A"
        model.mark(8, "duplicate_patient")
        assert len(model.merged().rows) == 55
        model.mark(0, "duplicate_patient")  # not a copy: only the learner's own row
        assert len(model.merged().rows) == 54

    def test_a_state_that_cannot_be_used(self, model):
        assert not registry.RegistryPage().restore({"marks": [["A", 99, "decimal"]], "centre": "B"})
        model.mark(2, "decimal")
        again = registry.RegistryPage()
        assert again.restore(model.state())
        assert again.marks == model.marks

    @pytest.mark.parametrize("taken", TAKEN)
    def test_code_gives_the_same_numbers(self, model, taken):
        model.taken = taken
        model.mark(2, "activity_unit")
        code, found = scripts.merge(model), model.merged()
        assert len(code.splitlines()) <= 15
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, {})  # the page's own code
        assert f"{found.summary.rows} rows: mean {found.summary.mean_gy:.2f}" in out.getvalue()
        assert f"{len({one.row for one in found.findings})} rows with errors" in out.getvalue()

    def test_code_for_a_record(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        shipped = _content.dataset("records") / "graves.json"
        (tmp_path / "my-record.json").write_bytes(shipped.read_bytes())
        exec(scripts.own(), {})
        assert record.read_rows(tmp_path / "rows.csv") == record.rows(record.read(shipped))


class TestPage:
    def test_a_slip_is_named(self, view):
        say(view, 3, "activity_unit")
        assert "1 of 3" in view.count.html
        assert "right" in view.marks.html
        say(view, 16, "inconsistent")
        assert "unusual" in view.marks.html
        view.unmark.click()
        assert "unusual" not in view.marks.html
        assert view.errors.layout.display == "none"
        view.reveal.click()
        assert ROW_ERRORS["sides_swapped"] in view.errors.html

    def test_the_file_itself_is_shown(self, view):
        """Centre B's commas are seen nowhere else, and the number that is asked about is one of them."""
        view.chosen["centre"].value = "B"
        assert ";3,72;" in view.raw.code
        assert view.raw.code.startswith("case;")
        text = (_content.folder("notebooks") / "across" / "registry.ipynb").read_text(encoding="utf-8")
        assert "`3,72`" in text

    def test_a_column_too_many_stands_where_it_is_seen(self):
        columns, rows = words.table(centre_rows("C"))
        assert columns.index("treated_on") < columns.index("Given, MBq")
        assert all(len(row) == len(columns) for row in rows)
        assert rows[0][columns.index("treated_on")] == centre_rows("C")[0]["treated_on"]

    def test_every_control(self, view):
        for _, centre in view.chosen["centre"].options:
            view.chosen["centre"].value = centre
            assert len(view.row.options) == len(centre_rows(centre))
            assert ("treated_on" in view.file.html) == (centre == "C")
            for kind in (view.kind.options[0][1], view.kind.options[-1][1]):
                for row in (1, len(centre_rows(centre))):
                    say(view, row, kind)
            for _, taken in view.chosen["taken"].options:
                view.chosen["taken"].value = taken
                assert view.figure.state == "ready"
                assert len(view.figure.alt) > 100
        assert view.page.errors.messages == ()

    def test_the_figure_waits_for_the_prediction(self, model, unpainted):
        made = view_module._View(model)
        assert made.figure.state == "empty"
        made.choices["mean"].value = "double"
        made.commit["mean"].click()
        assert "and so it is" in made.said["mean"].html
        columns, rows = words.numbers(model.merged())
        assert all(len(row) == len(columns) for row in rows)
        assert "case 2 of A" in made.copies.html

    def test_files_can_be_taken_away(self, view, tmp_path):
        view.chosen["taken"].value = "checked"
        for dialect in ("comma", "semicolon"):
            path = tmp_path / f"{dialect}.csv"
            path.write_bytes(view._csv(dialect))
            back = record.read_rows(path)
            assert [row["dose_gy"] for row in back] == [row["dose_gy"] for row in view.model.merged().rows]

    def test_rows_of_a_kept_record(self, view):
        assert "thyroid" in view.own.html
        case = record.read(_content.dataset("records") / "microspheres.json")
        store.keep(case)
        view.look.click()
        kept = next(value for text, value in view.record.options if text.startswith("kept"))
        view.record.value = kept
        assert "rows go into the file" in view.own_said.html
        assert case.header.pseudonym not in view._own_csv().decode("utf-8")
        assert view.page.errors.messages == ()

    def test_it_comes_back(self, view):
        say(view, 3, "activity_unit")
        view.chosen["centre"].value = "B"
        assert _userdata.load("registry")["marks"] == [["A", 2, "activity_unit"]]
        again = view_module._View(registry.RegistryPage())
        assert again.chosen["centre"].value == "B"
        assert again.figure.state == "ready"
        again.reset.click()
        assert again.model.marks == []
