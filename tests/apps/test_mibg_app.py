"""The page of mIBG and release without a browser."""

import contextlib
import io

import pytest

from mrtlab import InputError, _userdata, record
from mrtlab.apps import mibg
from mrtlab.apps.mibg import compute, release_words, scripts, second_words, words
from mrtlab.apps.mibg import view as view_module
from mrtlab.apps.mibg.layout import INPUTS, QUESTION
from mrtlab.apps.mibg.model import CASES, CHOICES, QUESTIONS, RANGES, RIGHT, TEXTS

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def model():
    return mibg.MibgPage()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with everything predicted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        view = view_module._View(mibg.MibgPage())
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted):
    """The same page for every test, as it is after a reset."""
    made.reset.click()
    return made


class TestModel:
    @pytest.mark.parametrize(
        ("slip", "gy"), [("none", 1.253), ("background", 1.333), ("adult", 0.359), ("anterior", 1.249)]
    )
    def test_first(self, model, slip, gy):
        """The worked numbers of the specification, slips included."""
        model.slip = slip
        found = compute.first(model)
        assert found.found.dose_gy.n == pytest.approx(gy, rel=2e-3)
        assert found.right_gy == (None if slip == "none" else pytest.approx(1.253, rel=1e-3))

    def test_second(self, model):
        found = compute.second(model)
        assert found.planned.activity_mbq.n == pytest.approx(12060, rel=2e-3)
        one = next(row for row in found.table if row.activity_mbq == 12000)
        assert one.median_gy == pytest.approx(1.2529 * (1 + 12 / 5.5), rel=1e-3)
        # the first is not spread: the interval is that of the second alone
        low, high = one.interval95_gy
        assert (high - 1.2529) / (low - 1.2529) == pytest.approx(found.gsd ** (2 * 1.96), rel=1e-2)
        model.low_gbq = 20.0
        with pytest.raises(InputError, match="exchanged"):
            compute.second(model)

    def test_nothing_is_left_when_the_limit_is_reached(self, model):
        model.open("slow")
        found = compute.second(model)
        assert found.table is None
        assert found.planned.activity_mbq == 0
        assert "Nothing is left" in second_words.result(found)[0]
        assert any("nothing is left to give" in text for text in found.remarks)
        for name, text in zip(TEXTS, ("nb-02", "Dr Example", "Bo Sample"), strict=True):
            setattr(model, name, text)
        with pytest.raises(InputError, match="no activity to present"):
            compute.record(model)

    def test_a_bag_shows_in_the_ratio_and_in_no_flag(self, model):
        usual = compute.first(model)
        model.open("bag")
        found = compute.first(model)
        assert found.remarks == usual.remarks == ()
        assert max(usual.ratios) / min(usual.ratios) < 1.05
        assert max(found.ratios) / min(found.ratios) > 1.5
        assert found.found.dose_gy.n > 1.05 * usual.found.dose_gy.n
        model.slip = "anterior"
        assert compute.first(model).found.dose_gy.n == pytest.approx(1.249, rel=2e-3)

    def test_release(self, model):
        found = compute.release(model)
        assert found.initial == pytest.approx(30)
        assert found.partner_msv == pytest.approx(0.459, rel=1e-3)
        left = 0.73 * 2 ** (-24 / 6.7) + 0.27 * 2 ** (-24 / 139)
        assert found.left_mbq == pytest.approx(600 * left)
        assert found.one_metre == pytest.approx(30 * left)
        # from there on the dose is what is allowed
        model.release_h = found.wait_h
        assert compute.release(model).after_msv == pytest.approx(model.contact_msv, rel=1e-6)
        model.distance_m = 0.5
        near = compute.release(model)
        assert near.initial == pytest.approx(120)
        assert any("NEAR_FIELD" in text for text in near.remarks)

    def test_no_criterion_is_assumed(self, model):
        found = compute.release(model)
        assert found.checks == ()
        assert "No criterion of release was typed" in release_words.said(found)
        model.rate_limit, model.partner_limit = 20.0, 0.3
        rows = release_words.rows(compute.release(model))
        assert [row[-1] for row in rows] == ["yes", "no"]
        assert "No criterion" not in release_words.said(compute.release(model))

    def test_physicians_words_hold_no_equation(self, model):
        found = compute.second(model)
        columns, rows = second_words.physician(found)
        told = " ".join([*columns, *(cell for row in rows for cell in row), second_words.said(found, "physician")])
        assert not set("=√ΣΦ±·") & set(told)
        assert "radioiodine.mibg_whole_body" in second_words.said(found, "physicist")
        assert not any("**" in cell or "recommend" in cell for row in rows for cell in row)
        for kind in (second_words.physician, second_words.physicist):
            columns, rows = kind(found)
            assert {len(row) for row in rows} == {len(columns)}

    def test_right_answers_are_what_the_page_computes(self, model):
        found = compute.first(model)
        model.slip = "adult"
        assert RIGHT["child"] == "third"
        assert compute.first(model).found.dose_gy.n / found.found.dose_gy.n == pytest.approx(1 / 3, abs=0.06)
        model.slip = "none"
        assert RIGHT["second"] == "double"
        assert compute.second(model).planned.activity_mbq.n / 5500 == pytest.approx(2.2, abs=0.05)
        assert RIGHT["when"] == "later"
        assert compute.release(model).first_day_share == pytest.approx(0.2, abs=0.01), "four fifths, it is said"
        assert set(RIGHT) == set(QUESTIONS) == set(QUESTION.values())

    @pytest.mark.parametrize("case", CASES)
    def test_code_gives_the_same_numbers(self, model, case):
        model.open(case)
        model.slip, model.release_h = "background", 30.0
        first, second, leaves = compute.first(model), compute.second(model), compute.release(model)
        last = second.table[-1] if second.table else None
        expected = f"{last.activity_mbq:.0f} MBq {last.median_gy:.2f}" if last else "second 0.0 MBq"
        for code, wanted in (
            (scripts.first(model), f"first: {first.found.dose_gy:.2u} Gy"),
            (scripts.second(model), expected),
            (scripts.release(model), f"from the release on {leaves.after_msv:.3f} mSv"),
            (scripts.release(model), f"keep away {leaves.wait_h:.1f} h"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert wanted in out.getvalue()

    @pytest.mark.parametrize(
        "state", [{"steps": 2.5}, {"weight_kg": float("nan")}, {"counts": 3}, {"predictions": [1]}, {"case": "dog"}]
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        compute.first(model)

    def test_state_comes_back(self, model):
        model.open("slow")
        model.audience, model.rate_limit = "physicist", 20.0
        model.predict("when", "even")
        again = mibg.MibgPage()
        assert again.restore(model.state())
        assert again.state() == model.state()

    def test_the_record_begins_and_leaves_the_decision_open(self, model):
        with pytest.raises(InputError, match="Type a name for the case"):
            compute.record(model)
        for name, text in zip(TEXTS, ("nb-02", "Dr Example", "Bo Sample"), strict=True):
            setattr(model, name, text)
        case = compute.record(model)
        assert [turn.kind for turn in case.turns] == ["decision"]
        assert record.from_json(record.to_json(case)).turns == case.turns


class TestView:
    def test_nothing_of_a_section_is_told_before_its_prediction(self, model, unpainted):
        view = view_module._View(model)
        shown = set()
        for section, question in (*QUESTION.items(), (None, None)):
            for name in INPUTS:
                seen = [
                    view.figures[name].state == "ready",
                    view.results[name].html != "",
                    view.said[QUESTION[name]].text != "",
                    view.same[name].layout.display is None,
                ]
                assert seen == [name in shown] * 4, name
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
        view.fields["weight_kg"].text = "15,25 kg"
        assert view.model.weight_kg == 15.25
        view.fields["first_gbq"].text = "5400 MBq"
        assert view.model.first_gbq == pytest.approx(5.4)
        for text in ("", "nonsense", "1; 2", "0.5; 10; 10\n6; 1; 1"):
            view.clocks["counts"].value = text
            assert view.figures["first"].state == view.figures["second"].state == "error"
        assert view.figures["release"].state == "ready"
        assert view.page.errors.messages == ()
        view.reset.click()
        assert {figure.state for figure in view.figures.values()} == {"ready"}

    def test_tables_stand_only_where_they_have_rows(self, view):
        def shown():
            return [widget.layout.display is None for widget in (view.table, view.sourced, view.criteria)]

        assert shown() == [True, False, False]
        view.fields["rate_limit"].value = 20.0
        assert shown() == [True, False, True]
        view.chosen["case"].value = "slow"
        view.fields["release_h"].value = 30.0
        assert shown() == [False, False, True]
        view.chosen["audience"].value = "physicist"
        assert shown() == [False, True, True]

    def test_a_slip_follows_into_the_second(self, view):
        view.chosen["slip"].value = "adult"
        assert "−71 %" in view.said_of["first"].text
        assert view.flags["second"].texts[0].startswith("A slip")

    def test_the_record_is_kept(self, view):
        from mrtlab.apps.record import store

        view.begin.click()
        assert "Type a name for the case" in view.not_begun.text
        for name, text in zip(TEXTS, ("nb-02", "Dr Example", "Bo Sample"), strict=True):
            view.clocks[name].value = text
        view.begin.click()
        assert not view.not_begun.text
        kept = list(store.folder().glob("*.json"))
        assert len(kept) == 1
        assert kept[0].name in view.begun.text
        assert record.read(kept[0]).turns[0].kind == "decision"

    def test_the_next_visit_finds_what_was_left(self, view):
        view.chosen["case"].value = "slow"
        again = view_module._View(mibg.MibgPage())
        assert again.clocks["counts"].value == CASES["slow"].counts
        _userdata.save(view_module._View.STATE, {"weight_kg": "much"})
        assert view_module._View(mibg.MibgPage()).left_out.text
