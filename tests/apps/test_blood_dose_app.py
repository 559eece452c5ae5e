"""The blood-dose page without a browser."""

import asyncio
import contextlib
import io
import math

import pytest

from mrtlab import InputError, _userdata, record
from mrtlab.apps import blood_dose
from mrtlab.apps.blood_dose import compute, giving, range_words, scripts, words
from mrtlab.apps.blood_dose import view as view_module
from mrtlab.apps.blood_dose.cases import CASES
from mrtlab.apps.blood_dose.layout import INPUTS, QUESTION
from mrtlab.apps.blood_dose.model import CHOICES, QUESTIONS, RANGES, RIGHT
from mrtlab.apps.sections.rows import read_rows
from mrtlab.nuclides import nuclide

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def model():
    return blood_dose.BloodPage()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with everything predicted, which takes a second to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        view = view_module._View(blood_dose.BloodPage())
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted, no_event_loop):
    """The same page for every test, as it is after a reset."""
    made.reset.click()
    return made


def exact(model):
    """The tables of the simulated patient without noise."""
    case = CASES["normal"]

    def at(terms, hour):
        return sum(share * 2 ** (-hour / half_life) for share, half_life in terms)

    hours = (2, 6, 24, 96, 144)
    model.body = "\n".join(["0,3; 1e6", *(f"{hour}; {1e6 * at(case.body_terms, hour):.6f}" for hour in hours)])
    decay = 2 ** (-22 / nuclide("I-131").half_life_h)
    model.blood = "\n".join(
        f"{hour}; {hour + 22}; {6e4 * decay * at(case.blood_terms, hour):.8f}" for hour in hours
    )  # 60 MBq


class TestCases:
    @pytest.mark.parametrize("name", CASES)
    def test_what_is_said_to_be_true_follows_from_the_kinetics(self, name):
        case = CASES[name]
        ln2 = 0.693147
        assert case.body_h == pytest.approx(sum(a * t for a, t in case.body_terms) / ln2, rel=1e-4)
        assert case.blood_h_per_ml == pytest.approx(sum(a * t for a, t in case.blood_terms) / ln2, rel=1e-4)
        assert case.kept_48h == pytest.approx(sum(a * 2 ** (-48 / t) for a, t in case.body_terms), rel=1e-4)
        counted = read_rows("", case.body, compute.BODY)
        for hour, count in counted[1:]:
            assert count / counted[0][1] == pytest.approx(
                sum(a * 2 ** (-hour / t) for a, t in case.body_terms), rel=0.03
            )
        for drawn, seen, kbq in read_rows("", case.blood, compute.DRAWN):
            true = sum(a * 2 ** (-drawn / t) for a, t in case.blood_terms)
            assert kbq / 6e4 * 2 ** ((seen - drawn) / 192.4968) == pytest.approx(true, rel=0.06)

    def test_rows_as_typed_or_pasted(self):
        wanted = [(0.5, 100.0), (6.0, 72.25)]
        for text in (
            "0,5; 100\n6; 72,25",
            "hours\tcounts\n0.5\t100\n6\t72.25\n\n",
            "0.5 100\n 6   72,25",
            "0,5;1e2\n6;72.25",
        ):
            assert read_rows("Body", text, compute.BODY) == wanted

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "0 rows"),
            ("2; 1", "1 rows"),
            ("2; 1\n6", "line 2: “6” has 1 of 2 columns"),
            ("2,0,1\n6,0,2", "Commas are read as decimal signs"),
            ("2; 1\n6; much", "line 2"),
            ("6; 1\n2; 2", "sort the rows by time"),
            ("2; 1\n2; 2", "sort the rows by time"),
        ],
    )
    def test_rows_that_cannot_be_read(self, text, said):
        with pytest.raises(InputError, match=said):
            read_rows("Body", text, compute.BODY)


class TestModel:
    def test_a_patient_without_noise(self, model):
        """Against the exact integrals, which the exercise's author worked out."""
        exact(model)
        model.method = "bi"
        found = compute.limits(model)
        curves = compute.curves(model)
        assert curves.body.residence.n == pytest.approx(28.6375, rel=1e-3)
        assert curves.blood.residence.n == pytest.approx(6.07375e-4, rel=1e-3)
        assert 1000 * found.dose.gy_per_mbq.n == pytest.approx(0.0972941, rel=1e-3)
        assert found.kept_48h.n == pytest.approx(0.134544, rel=1e-3)
        assert [row.activity_mbq.n for row in found.rows] == pytest.approx([20556, 33000], rel=1e-3)
        model.lungs = "yes"
        assert [row.activity_mbq.n for row in compute.limits(model).rows][1] == pytest.approx(22000, rel=1e-3)
        model.method, model.lungs = "pieces", "no"
        # by hand: pieces of exponentials, everything there until 2 h, and the tail of the last two points
        assert compute.curves(model).body.residence.n == pytest.approx(30.7, abs=0.2)
        assert compute.limits(model).kept_48h.n == pytest.approx(0.306 * (0.06 / 0.306) ** (24 / 72), rel=0.01)

    def test_slips(self, model):
        exact(model)
        model.method, model.slip = "bi", "late"
        body, blood = compute.curves(model).shifts
        assert body == 1
        assert blood == pytest.approx(2 ** (-22 / 192.4968), rel=1e-6)
        model.slip = "voided"
        body, blood = compute.curves(model).shifts
        assert blood == 1
        assert body == pytest.approx(1 / 0.8962, rel=5e-3)
        model.slip = "corrected"
        found = compute.limits(model)
        assert 1000 * found.dose.gy_per_mbq.n == pytest.approx(0.1275, rel=5e-3)
        assert "decay-corrected" in words.slip(model)

    def test_chance_counts_the_curves_alone(self, model):
        model.activity_gbq = compute.limits(model).rows[0].activity_mbq.n / 1000
        found = compute.limits(model)
        assert found.chance == pytest.approx(0.5, abs=0.01)
        assert found.blood_gy.n == pytest.approx(2)

    def test_one_measurement_alone(self, model):
        exact(model)
        model.method, model.single_h, model.blood_ml = "bi", 48.0, 5000.0
        kept = 0.134544
        tau = 48 / -math.log(kept)
        wanted = (0.14 * 108 / 5000 + 0.0188 / 70 ** (2 / 3)) * tau / 1000
        assert compute.limits(model).single.gy_per_mbq.n == pytest.approx(wanted, rel=2e-3)
        model.single_h = 6.0
        assert compute.limits(model).single.flags

    def test_lesion(self, model):
        found = giving.lesion(model)
        assert found.found.i131_half_life_h.n == pytest.approx(90.0, rel=2e-3)
        assert 1000 * found.gy_per_mbq.n == pytest.approx(42.967, rel=5e-3)
        assert found.aim_mbq.n == pytest.approx(1862, rel=5e-3)
        assert 1000 * found.unconverted == pytest.approx(30.0, rel=5e-3)
        model.recovery = 0.6
        assert giving.lesion(model).gy_per_mbq.n == pytest.approx(found.gy_per_mbq.n / 0.6)
        assert giving.lesion(model).unrecovered == pytest.approx(found.gy_per_mbq.n)
        model.pet = "24; 0,5\n96; 0,6"
        with pytest.raises(InputError):
            giving.lesion(model)

    def test_the_lesion_does_without_the_blood(self, model):
        model.blood = "nothing yet"
        assert giving.lesion(model).lowest is None
        with pytest.raises(InputError, match="Blood"):
            compute.limits(model)

    def test_options_choose_nothing(self, model):
        found = giving.options(model)
        assert found.table.activities_mbq == (1000, 4000, 7000, 10000, 13000, 16000)
        assert list(found.reached) == sorted(found.reached)
        assert found.limit_gy == pytest.approx(2)
        assert found.kept_limit_mbq == pytest.approx(4440)
        for kind in (range_words.physician, range_words.physicist):
            columns, rows = kind(found)
            assert {len(row) for row in rows} == {len(columns)}
            assert not any("**" in cell or "recommend" in cell for row in rows for cell in row)
        model.lungs = "yes"
        assert giving.options(model).kept_limit_mbq == pytest.approx(2960)
        model.low_gbq = 20.0
        with pytest.raises(InputError, match="exchanged"):
            giving.options(model)

    def test_the_tracer_widens_both_ranges(self, model):
        model.tracer_u = 0.0
        narrow = giving.options(model).gsd
        model.tracer_u = 15.0
        assert all(giving.options(model).gsd[name] > narrow[name] for name in ("lesion", "blood"))

    def test_physicians_words_hold_no_equation(self, model):
        found = giving.options(model)
        columns, rows = range_words.physician(found)
        told = " ".join([*columns, *(cell for row in rows for cell in row), range_words.said(found, "physician")])
        assert not set("=√ΣΦ±·") & set(told)
        assert "radioiodine.blood_dose_parts" in range_words.said(found, "physicist")
        assert {status for _, _, status in range_words.sources(found)} <= {
            "published", "derived", "recalled", "illustrative",
        }  # fmt: skip

    @pytest.mark.parametrize("method", CHOICES["method"])
    def test_right_answers_are_what_the_page_computes(self, model, method):
        model.method = method
        firsts = {name: limits[0].rule for name, (_, _, limits) in compute.three(model).items()}
        assert RIGHT["limit"] == "last"
        assert firsts == {
            "normal": "blood dose", "kidneys": "blood dose", "lungs": "retention at 48 h, lung metastases",
        }  # fmt: skip
        right = compute.limits(model).dose.gy_per_mbq.n
        model.slip = "corrected"
        assert RIGHT["decay"] == "third"
        assert compute.limits(model).dose.gy_per_mbq.n / right == pytest.approx(1.33, abs=0.04)
        node = giving.lesion(model)
        assert RIGHT["convert"] == "much low"
        assert node.unconverted / node.gy_per_mbq.n == pytest.approx(0.7, abs=0.01)
        assert set(RIGHT) == set(QUESTIONS) == set(QUESTION.values())

    @pytest.mark.parametrize("slip", CHOICES["slip"])
    def test_code_gives_the_same_numbers(self, model, slip):
        model.open("lungs")
        model.method, model.slip, model.recovery = "bi", slip, 0.8
        limits, found = compute.limits(model), giving.options(model)
        blood = next(one for one in found.table if one.tissue == "blood")
        for code, expected in (
            (scripts.curves(model), f"body {compute.curves(model).body.residence:.2u} h"),
            (scripts.limits(model), f"{limits.rows[0].rule}: {limits.rows[0].activity_mbq:.1f} MBq"),
            (scripts.lesion(model), f"{1000 * giving.lesion(model).gy_per_mbq:.2u} Gy/GBq"),
            (scripts.options(model), f"1000 MBq blood {blood.median_gy:.3f} ({blood.interval95_gy[0]:.3f} to"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    def test_csv(self, model):
        lines = scripts.options_csv(model).splitlines()
        assert len(lines) == 1 + 6 * 2 + 2 + 6
        assert lines[1].startswith("1000.0,lesion,")

    @pytest.mark.parametrize(
        "state",
        [
            {"steps": 2.5},
            {"weight_kg": float("nan")},
            {"lungs": True},
            {"body": 3},
            {"blood": "1" * 5000},
            {"predictions": [1]},
            {"case": "dog"},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        compute.limits(model)

    def test_state_comes_back(self, model):
        model.open("lungs")
        model.body, model.audience = "0,3; 100\n2; 90\n24; 40", "physicist"
        model.predict("limit", "last")
        again = blood_dose.BloodPage()
        assert again.restore(model.state())
        assert again.state() == model.state()
        assert not again.simulated

    def test_the_record_begins_and_leaves_the_decision_open(self, model):
        with pytest.raises(InputError, match="Type a name for the case"):
            giving.record(model)
        model.pseudonym, model.physician, model.physicist = "dtc-07", "Dr Example", "Bo Sample"
        case = giving.record(model)
        assert [turn.kind for turn in case.turns] == ["decision"]
        assert case.turns[0].role == "MD"
        assert record.from_json(record.to_json(case)).turns == case.turns
        model.physician = "Bo Sample"
        with pytest.raises(InputError, match="two persons"):
            giving.record(model)


class TestView:
    def test_nothing_of_a_section_is_told_before_its_prediction(self, model, unpainted, no_event_loop):
        view = view_module._View(model)
        view.commit["limit"].click()
        assert view.missing["limit"].text
        shown = set()
        for section, question in (*QUESTION.items(), (None, None)):
            for name in QUESTION:
                seen = [
                    view.figures[name].state == "ready",
                    view.results[name].html != "",
                    view.said[QUESTION[name]].text != "",
                    view.same[name].layout.display is None,
                ]
                assert seen == [name in shown] * 4, name
            assert (view.figures["options"].state == "ready") == ({"limits", "lesion"} <= shown)
            assert (view.tabled.layout.display is None) == ({"limits", "lesion"} <= shown)
            if section:
                view.choices[question].value = RIGHT[question]
                view.commit[question].click()
                shown.add(section)
        assert view.page.errors.messages == ()
        assert all("as you said" in words.compared(model, name) for name in QUESTIONS)

    def test_every_control_from_end_to_end(self, view):
        for name, field in view.fields.items():
            low, high = RANGES[name]
            start = field.value
            for value in (low, (low + high) // 2 or high, high):
                field.value = value
                assert view.page.errors.messages == (), (name, value)
            for text in ("", "nonsense", "1e12"):
                field.text = text
                assert any(section.stale for section in view.sections.values()), name
            field.value = start
        for name, choice in view.chosen.items():
            for value in (*CHOICES[name], CHOICES[name][0]):
                choice.value = value
                assert getattr(view.model, name) == value
                assert view.page.errors.messages == (), (name, value)
        assert {figure.state for figure in view.figures.values()} == {"ready"}
        view.fields["weight_kg"].text = "52,5"
        assert view.model.weight_kg == 52.5
        view.fields["activity_gbq"].text = "3700 MBq"
        assert view.model.activity_gbq == pytest.approx(3.7)
        for name in ("body", "blood", "pet"):
            for text in ("", "nonsense", "1; 2; 3; 4"):
                view.clocks[name].value = text
                assert view.figures["lesion" if name == "pet" else "curves"].state == "error"
        assert view.page.errors.messages == ()
        view.reset.click()
        assert not any(section.stale for section in view.sections.values())
        assert {figure.state for figure in view.figures.values()} == {"ready"}

    def test_another_patient_brings_tables_weight_and_lungs(self, view):
        view.chosen["case"].value = "lungs"
        assert view.clocks["body"].value == CASES["lungs"].body
        assert view.fields["weight_kg"].value == 66
        assert view.chosen["lungs"].value == "yes"
        assert "2.96 GBq" in view.said_of["limits"].text
        assert "50.1 h" in view.said_of["curves"].text
        view.clocks["body"].value = CASES["lungs"].body + "\n200; 3000"
        assert "true residences" not in view.said_of["curves"].text
        assert "your own" in view.patient.text

    def test_a_file_goes_into_its_table(self, view):
        view.uploads["body"]._take("body.csv", "Stunden\tZählrate\n0,3\t100\n2\t90\n24\t40\n".encode("cp1252"))
        assert view.clocks["body"].value.endswith("24\t40")
        assert view.figures["curves"].state == "ready"

    def test_a_slip_follows_through_the_page(self, view):
        view.chosen["slip"].value = "late"
        assert "−8 %" in view.said_of["curves"].text
        assert all(view.flags[name].texts[0].startswith("A slip") for name in ("limits", "lesion", "options"))
        view.chosen["slip"].value = "none"
        assert not any("slip" in text for flags in view.flags.values() for text in flags.texts)

    def test_two_views_of_one_table(self, view):
        assert "Chance above 2 Gy" in view.table.html
        assert view.physicist.layout.display == "none"
        view.chosen["audience"].value = "physicist"
        assert "P(&gt; 2 Gy)" in view.table.html
        assert view.physicist.layout.display is None
        assert "illustrative" in view.parts.html

    def test_the_record_is_kept(self, view):
        from mrtlab.apps.record import store

        view.begin.click()
        assert "Type a name for the case" in view.not_begun.text
        for name, text in (("pseudonym", "dtc-07"), ("physician", "Dr Example"), ("physicist", "Bo Sample")):
            view.clocks[name].value = text
        view.begin.click()
        assert not view.not_begun.text
        kept = list(store.folder().glob("*.json"))
        assert len(kept) == 1
        assert kept[0].name in view.begun.text
        assert record.read(kept[0]).turns[0].kind == "decision"
        assert record.from_json(view._record_json().decode()).steps

    def test_a_slider_paints_beside_it_and_the_rest_when_it_rests(self, made, unpainted, monkeypatch, in_a_loop):
        monkeypatch.setattr(view_module._View, "PAUSE_S", 0.01)
        made.reset.click()
        painted = []
        for name, figure in made.figures.items():
            monkeypatch.setattr(figure, "show", lambda found, name=name: painted.append(name))

        async def drag():
            for activity in (4.0, 5.0, 6.0):
                made.fields["activity_gbq"].value = activity
            assert painted == ["limits"] * 3
            await asyncio.sleep(0.1)

        in_a_loop(drag())
        assert painted[3:] == ["lesion"]
        assert _userdata.load(view_module._View.STATE)["activity_gbq"] == 6.0

    def test_the_next_visit_finds_what_was_left(self, view):
        view.fields["weight_kg"].value = 81.0
        view.clocks["body"].value = "0,3; 100\n2; 90\n24; 40"
        again = view_module._View(blood_dose.BloodPage())
        assert again.fields["weight_kg"].value == 81.0
        assert again.clocks["body"].value.startswith("0,3; 100")
        _userdata.save(view_module._View.STATE, {"weight_kg": "much"})
        assert view_module._View(blood_dose.BloodPage()).left_out.text

    def test_every_input_belongs_to_a_section(self):
        listed = {name for names in INPUTS.values() for name in names}
        assert listed >= set(RANGES) | set(CHOICES)
