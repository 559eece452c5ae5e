"""The page on benign thyroid without a browser."""

import contextlib
import csv
import io
import math
import sys
import types

import pytest

from mrtlab import InputError, _userdata, planning, radioiodine, record
from mrtlab.apps import radioiodine as page
from mrtlab.apps.radioiodine import (
    activity_words,
    casebook,
    contact_words,
    given,
    kinetics_words,
    measured,
    planned,
    range_words,
    scripts,
    uptake_words,
    verify_words,
    words,
)
from mrtlab.apps.radioiodine import view as view_module
from mrtlab.apps.radioiodine.layout import INPUTS, QUESTION
from mrtlab.apps.radioiodine.model import CHOICES, OPTIONAL, PROTOCOLS, QUESTIONS, RANGES, RIGHT, TEXTS, lobe
from mrtlab.record import Person

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def model():
    return page.RadioiodinePage()


@pytest.fixture
def planned_model(model):
    """The plan of the worked exercise, fixed."""
    model.mode = "constant"
    for name, value in casebook.ROLE_PLAY.items():
        setattr(model, name, value)
    model.prescribed_mbq = model.delivered_mbq = 450.0
    model.record = record.to_json(casebook.begin(model))
    return model


class TestNumbers:
    def test_uptake_of_the_vector(self, model):
        """TV04: 0.362319, decay-corrected 0.395023; 0.391304 with the room in place of the thigh."""
        model.neck_24h, model.thigh_24h = 48_900.0, 3_900.0
        found = measured.uptakes(model)
        assert found.uptakes[1].uptake.n == pytest.approx(0.362319, rel=1e-5)
        assert found.uptakes[1].uptake.s / 0.362319 == pytest.approx(0.0058, abs=5e-5)
        assert found.uptakes[1].decay_corrected_uptake.n == pytest.approx(0.395023, rel=1e-4)
        assert found.slips[0].uptake == pytest.approx(0.391304, rel=1e-5)

    def test_dead_time_raises_the_standard_most(self, model):
        model.dead_us = 50.0
        found = measured.uptakes(model)
        # non-paralysable: the share lost is the observed rate times the dead time
        assert found.lost["standard"] == pytest.approx(124_500 / 60 * 50e-6)
        assert found.uptakes[1].uptake.n < found.slips[1].uptake == pytest.approx(0.52)
        assert "put back" in uptake_words.said(found)
        assert any("ead time" in text for text in found.remarks)

    def test_a_contaminated_thigh_is_flagged(self, model):
        model.thigh_24h = 25_000.0
        found = measured.uptakes(model)
        assert any("thigh" in text for text in found.remarks)
        # then it is not the room's background that is wrong
        assert "too high" not in uptake_words.said(found)

    def test_curve_of_the_vector_and_what_one_two_and_three_tell(self, model):
        """TV07 and RI-E3: 0.2217, 0.4174, 0.2477; I 3.967 d; e·t at 144 h 4.04 d; two points give 6.65 d."""
        found = measured.explore(model)
        assert found.at == pytest.approx((0.221730, 0.417352, 0.247742), rel=1e-4)
        assert found.model.tiac_h / 24 == pytest.approx(3.967411, rel=1e-5)
        late = dict(zip(found.late_days, found.late, strict=True))
        assert late[6] == pytest.approx(4.04 / 3.967, rel=1e-3)
        assert found.two_half_life_h / 24 == pytest.approx(6.65, abs=0.01)
        # RI-09 at 24 h with 5.0 d
        assert found.population[0] == pytest.approx(0.417352 * 2 ** (1 / 5) * 5 / math.log(2) / 3.967411, rel=1e-4)
        assert found.population_u[0] / found.population[0] == pytest.approx(0.2153, rel=1e-3)
        fit = radioiodine.fit_two_compartment(measured.HOURS, found.at, 0.01)
        assert fit.tiac_h.n == pytest.approx(found.model.tiac_h, rel=1e-4), "so the page says of three"
        assert "13 % less" in kinetics_words.said(found)

    def test_a_pool_that_loses_less_than_it_gives_is_refused(self, model):
        model.k_t, model.k_b = 3.0, 1.0
        with pytest.raises(InputError, match="everything that leaves the pool"):
            measured.explore(model)

    def test_mass_of_the_vector(self, model):
        """TV13: 18.9815 mL; 0.479 for π/6; an isthmus counts when it is typed."""
        mass_g, parts = planned.gland(model)
        assert mass_g == pytest.approx(18.9815, rel=1e-5)
        model.isthmus = "2 x 1,5 * 0.5 cm"
        assert planned.gland(model)[1]["isthmus"] == pytest.approx(math.pi / 6 * 1.5)
        assert planned.gland(model)[1]["left_lobe"] == parts["left_lobe"]
        model.isthmus, model.factor = "", "Brunn"
        assert planned.gland(model)[0] == pytest.approx(18.9815 * 0.479 * 6 / math.pi, rel=1e-5)

    @pytest.mark.parametrize("text", ["5.2 x 2.1", "a x b x c", "5,2", "52 x 21 x 19", "5 x 2 x 1 x 1", "5 g x 2 x 1"])
    def test_lobes_that_are_none(self, model, text):
        model.left_lobe = text
        with pytest.raises(InputError):
            planned.gland(model)
        model.left_lobe = model.right_lobe = ""
        with pytest.raises(InputError, match="no lobe"):
            planned.gland(model)
        assert lobe("5,2x2.1×1.9 cm") == (5.2, 2.1, 1.9)

    def test_a_unit_behind_the_last_diameter_is_meant_for_all(self, model):
        assert lobe("52 x 21 x 19 mm") == pytest.approx((5.2, 2.1, 1.9))
        assert lobe("52mm x 2,1cm x 1,9 cm") == pytest.approx((5.2, 2.1, 1.9))
        model.left_lobe = "48 x 19 x 17"
        with pytest.raises(InputError, match=r"^Left lobe has a diameter of 48 cm.*is it in mm"):
            planned.gland(model)

    def test_activities_of_the_worked_exercise(self, model):
        """RI-E4 with 24.7: I 4.523 d; 224, 299, 374 and 449 MBq for 150 to 300 Gy."""
        model.mode = "constant"
        assert measured.integral(model).tiac_h.n / 24 == pytest.approx(4.52262, rel=1e-5)
        found = planned.activity(model)
        wanted = dict(zip(found.doses_gy, found.by_integral, strict=True))
        assert [wanted[gy] for gy in (150, 200, 250, 300)] == pytest.approx([224, 299, 374, 449], abs=0.6)
        # 24.7·D·m/(U·T)
        half_life_d = measured.integral(model).effective_half_life_h.n / 24
        assert found.at_formula == pytest.approx(0.247 * 300 * found.mass_g / (0.52 * half_life_d), rel=1e-6)
        assert found.at_integral == pytest.approx(449, abs=0.6)
        assert "13 % more" in activity_words.said(found) or "14 % more" in activity_words.said(found)

    def test_every_protocol_can_plan(self, model):
        three = measured.integral(model, PROTOCOLS[0]).tiac_h
        for name, tiac, activity in planned.by_protocol(model):
            assert activity * getattr(tiac, "n", tiac) == pytest.approx(493.68 * three.n, rel=1e-3), name
        assert three.n < measured.integral(model, PROTOCOLS[1]).tiac_h.n
        assert measured.integral(model, PROTOCOLS[2]).tiac_h.n == pytest.approx(math.e * 144 * 0.27)
        for name in PROTOCOLS:
            model.protocol = name
            found = planned.activity(model)
            assert found.ratio > 1
            assert (found.curve is None) == (name in PROTOCOLS[2:])
            assert activity_words.said(found)
            assert activity_words.alt(found)
            assert ("population" in activity_words.said(found)) == (name in PROTOCOLS[2:])

    def test_options_choose_nothing(self, model):
        model.mode, model.low_mbq, model.high_mbq, model.steps = "constant", 224.0, 449.0, 4.0
        found = planned.options(model)
        assert [row.median_gy for row in found.table] == pytest.approx([150, 200, 250, 300], abs=1)
        spread = math.sqrt(0.15**2 + 0.07**2 + 0.10**2 + 0.15**2 + 0.03**2)
        low, high = found.table[-1].interval95_gy
        assert (low, high) == pytest.approx((185.6, 487.9), rel=0.01)
        last = found.table[-1].median_gy
        normal = 0.5 * math.erfc(math.log(last / 200) / spread / math.sqrt(2))
        assert found.below[-1] == pytest.approx(normal, rel=1e-6)
        assert found.above[-1] == pytest.approx(0.5 * math.erfc(math.log(400 / last) / spread / math.sqrt(2)), rel=1e-6)
        rows = [*range_words.physician(found)[1], *range_words.physicist(found)[1]]
        assert not any("**" in cell or "recommend" in cell for row in rows for cell in row)
        model.least_gy = 400.0
        with pytest.raises(InputError, match="exchanged"):
            planned.options(model)

    def test_physicians_words_hold_no_equation(self, model):
        found = planned.options(model)
        columns, rows = range_words.physician(found)
        told = " ".join([*columns, *(cell for row in rows for cell in row), range_words.said(found, "physician")])
        assert not set("=√ΣΦ±·") & set(told)
        assert "radioiodine.benign_dose" in range_words.said(found, "physicist")
        assert {status for _, _, status in range_words.sources(found)} <= {"published", "derived", "recalled"}
        assert len(range_words.physicist(found)[0]) == len(range_words.physicist(found)[1][0])

    def test_published_doses_are_shown_whole_and_without_a_favourite(self):
        rows = activity_words.targets()
        doses = [
            "150 Gy, whole gland",
            "200 to 300 Gy, whole gland",
            "100 to 150 Gy, whole gland",
            "300 to 400 Gy, nodule",
        ]
        assert [row[2] for row in rows] == doses
        outcomes = activity_words.outcomes()
        assert all(row[-1].endswith(("(recalled)", "(published)")) for row in (*rows, *outcomes))
        assert any("3.71 (2.4 to 5.87)" in row[3] for row in outcomes)
        assert not any("cancer" in cell for row in (*rows, *outcomes) for cell in row)

    def test_verification_of_the_worked_exercise(self, planned_model):
        """RI-E5: T_eff 4.243 d, I 3.099 d, 206.2 Gy, 185.6 to 487.9 Gy, ratio 0.685, z about -1.7."""
        found = given.verified(planned_model)
        assert found.integral.effective_half_life_h.n / 24 == pytest.approx(4.243, rel=1e-3)
        assert found.integral.tiac_h.n / 24 == pytest.approx(3.099, rel=1e-3)
        assert found.dose_gy.n == pytest.approx(206.2, rel=0.003)
        assert found.expected.interval95_gy == pytest.approx((185.6, 487.9), rel=0.01)
        assert found.verdict.within
        assert found.verdict.z == pytest.approx(-1.7, abs=0.05)
        plan = 0.15**2 + 0.07**2 + 0.10**2 + 0.15**2 + 0.03**2
        own = sum(part**2 for part in planning.teaching_components("radioiodine", "verification").values())
        spread = math.sqrt(plan + own - 2 * (0.15**2 + 0.03**2))
        assert found.verdict.z == pytest.approx(math.log(found.dose_gy.n / found.expected.median_gy) / spread, rel=1e-4)
        assert verify_words.moved(found) == ""

    def test_the_range_stays_when_the_inputs_move(self, planned_model):
        before = given.verified(planned_model)
        planned_model.left_lobe, planned_model.mass_u = "6.0 x 2.5 x 2.5", 30.0
        after = given.verified(planned_model)
        assert after.expected == before.expected
        assert after.dose_gy.n == before.dose_gy.n
        assert after.mass_g == before.mass_g
        assert "stays as it was fixed" in verify_words.moved(after)

    def test_a_gland_that_shrinks(self, planned_model):
        """RI-14 with the half-life of the therapy."""
        before = given.verified(planned_model)
        planned_model.gland = "shrinks"
        after = given.verified(planned_model)
        half_life = before.integral.effective_half_life_h.n
        assert after.shrinkage == pytest.approx(1 / (1 - half_life / (60 * 24)), rel=1e-6)
        assert after.dose_gy.n == pytest.approx(before.dose_gy.n * after.shrinkage)
        assert "teaching model" in verify_words.said(after)

    def test_contact_of_the_vector(self, model):
        """RI-E9: 600 MBq, 30 µSv/h at 1 m, 0.459 mSv with an occupancy of 0.25."""
        model.delivered_mbq = 600.0
        found = given.contact(model)
        assert found.first_usv_per_h == pytest.approx(30)
        assert found.whole_msv == pytest.approx(0.459, rel=2e-3)
        assert found.dose_msv[0] == pytest.approx(found.whole_msv)
        assert found.checks == ()
        assert "national law" in contact_words.said(found)
        assert found.away_h is None
        model.limit_msv, model.limit_rate, model.country, model.start_d = 0.2, 5.0, "Nowhere", 7.0
        found = given.contact(model)
        assert found.checks[0].met
        assert found.checks[1].criterion.country == "Nowhere"
        days = found.away_h / 24
        model.start_d = round(days * 2) / 2
        assert given.contact(model).now_msv == pytest.approx(0.2, rel=0.1)
        assert f"{days:.1f} days" in contact_words.said(found)

    def test_right_answers_are_what_the_page_computes(self, model):
        found = measured.uptakes(model)
        assert RIGHT["thigh"] == "high"
        assert (found.uptakes[1].uptake.n, found.slips[0].uptake) == pytest.approx((0.520, 0.549), abs=5e-4)
        curve = measured.explore(model)
        narrow = curve.days[(curve.population_u / curve.population).argmin()]
        assert (RIGHT["when"], narrow) == ("week", 7)
        assert RIGHT["formula"] == "more"
        assert planned.activity(model).ratio == pytest.approx(1.13, abs=0.005)
        gsd = planned.options(model).gsd
        expected = planning.expected_range(300, gsd)
        assert RIGHT["range"] == "wide"
        assert expected.interval95_gy == pytest.approx((185, 490), rel=0.01)
        assert RIGHT["verdict"] == "record"
        assert expected.interval95_gy[0] < 206 < expected.interval95_gy[1]
        assert set(RIGHT) == set(QUESTIONS) == set(QUESTION.values())
        for name, options in words.OPTIONS.items():
            assert tuple(value for _, value in options) == QUESTIONS[name]

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_code_gives_the_same_numbers(self, planned_model, protocol):
        planned_model.protocol, planned_model.limit_msv, planned_model.start_d = protocol, 0.2, 2.5
        planned_model.gland = "shrinks"
        activity, options = planned.activity(planned_model), planned.options(planned_model)
        verified, contact = given.verified(planned_model), given.contact(planned_model)
        for code, expected in (
            (scripts.uptake(planned_model), "24 h: 52.00+/-0.26 %"),
            (scripts.kinetics(planned_model), "whole 3.967 d"),
            (scripts.activity(planned_model), f"{activity.at_integral:.0f} MBq by the integral"),
            (scripts.activity(planned_model), f"{activity.at_formula:.0f} MBq by Marinelli"),
            (scripts.options(planned_model), f"300 MBq: {options.table[1].median_gy:.1f} ("),
            (scripts.verify(planned_model), f"{verified.dose_gy.n:.1f} Gy, z {verified.verdict.z:.2f}: within"),
            (scripts.contact(planned_model), f"{contact.now_msv:.3g} mSv\nkeep away for {contact.away_h / 24:.1f} d"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    def test_csv_has_every_activity(self, model):
        rows = list(csv.DictReader(io.StringIO(scripts.options_csv(model))))
        assert len(rows) == 6
        assert float(rows[0]["activity_mbq"]) == 200
        assert {"probability_below_200", "above_400"} < set(rows[0])


class TestRecord:
    def test_it_begins_with_the_plan_and_goes_on_to_two_signatures(self, planned_model):
        case = record.from_json(planned_model.record)
        assert [step.content.kind for step in case.steps] == ["intent", "options", "decision", "prescription", "plan"]
        assert [step.role for step in case.steps] == ["MD", "MPE", "MD", "MD", "MPE"]
        assert case.plan.activity_mbq == 450
        whole = casebook.go_on(planned_model)
        assert whole.header.record_id == case.header.record_id
        assert whole.verified
        assert not whole.final
        assert {turn.role for turn in whole.turns} == {"MD", "MPE"}
        signed = whole.sign(Person("Bo Sample", "MPE")).sign(Person("Dr Ada Example", "MD"))
        assert signed.final

    def test_what_is_missing_is_refused(self, model):
        with pytest.raises(InputError, match="no activity is prescribed"):
            casebook.begin(model)
        with pytest.raises(InputError, match="no plan is fixed"):
            casebook.go_on(model)
        for name, value in casebook.ROLE_PLAY.items():
            setattr(model, name, value)
        for role in ("physician", "physicist"):
            name = getattr(model, role)
            setattr(model, role, " ")
            with pytest.raises(InputError, match=f"name of the .*{role} who .* is missing$"):
                casebook.begin(model)
            setattr(model, role, name)
        model.physicist = model.physician
        with pytest.raises(InputError, match="are both"):
            casebook.begin(model)
        model.physicist, model.reason = "Bo Sample", " "
        with pytest.raises(InputError, match="reason"):
            casebook.begin(model)

    def test_outside_the_range_needs_a_finding(self, planned_model):
        planned_model.delivered_mbq = 150.0
        with pytest.raises(InputError, match="what was found"):
            casebook.go_on(planned_model)
        planned_model.finding = "a third of the capsule stayed in the glass"
        assert not casebook.go_on(planned_model).verification.regions[0].within


class TestState:
    @pytest.mark.parametrize(
        "state",
        [
            {"steps": 2.5},
            {"k_t": float("nan")},
            {"k_b": True},
            {"predictions": {"a": "b"}},
            {"mode": "other"},
            {"right_lobe": 3},
            {"record": "{}"},
            {"limit_msv": -1.0},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        planned.activity(model)

    def test_state_comes_back(self, planned_model):
        planned_model.k_t, planned_model.audience, planned_model.limit_msv = 2.5, "physicist", 0.3
        planned_model.predict("thigh", "high")
        again = page.RadioiodinePage()
        assert again.restore(planned_model.state())
        assert again.state() == planned_model.state()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with everything predicted, which takes a second to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        view = view_module._View(page.RadioiodinePage())
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted, no_event_loop):
    """The same page for every test, as it is after a reset."""
    made.reset.click()
    return made


class TestView:
    def test_nothing_of_a_section_is_told_before_its_prediction(self, model, unpainted, no_event_loop):
        view = view_module._View(model)
        view.commit["when"].click()
        assert view.missing["when"].text
        for section, question in QUESTION.items():
            assert view.figures[section].state == "empty"
            assert view.results[section].html == view.said[question].text == ""
            assert view.same[section].layout.display == "none"
            view.choices[question].value = RIGHT[question]
            view.commit[question].click()
            assert view.figures[section].state == ("empty" if section == "verify" else "ready")
            assert "as you said" in view.said[question].text
        assert view.page.errors.messages == ()
        assert "No plan is fixed" in view.figures["verify"]._picture.words

    def test_every_control_from_end_to_end(self, view, monkeypatch):
        monkeypatch.setattr(planned, "by_protocol", lambda model: [])  # a fit for every count, and tested above
        view.role_play.click()
        view.model.record = record.to_json(casebook.begin(view.model))
        for name, field in view.fields.items():
            low, high = (RANGES | OPTIONAL)[name]
            start = field.value
            for value in (low, (low + high) // 2 or high, high):
                field.value = value
                assert view.page.errors.messages == (), (name, value)
            for text in ("", "nonsense", "1e12"):
                field.text = text
                stale = any(section.stale for section in (*view.sections.values(), view.prescribe))
                assert stale == (name not in OPTIONAL or text != ""), (name, text)
            if start is None:
                field.text = ""
                assert getattr(view.model, name) is None
            else:
                field.value = start
        for name, choice in view.chosen.items():
            for value in CHOICES[name]:
                choice.value = value
                assert getattr(view.model, name) == value
        for name in TEXTS:
            for text in ("", "nonsense", "5 x 2 x 2"):
                view.clocks[name].value = text
                assert view.page.errors.messages == (), (name, text)
        view.reset.click()
        assert view.page.errors.messages == ()
        assert not any(section.stale for section in view.sections.values())
        view.fields["aim_gy"].text = "152,5 Gy"
        assert view.model.aim_gy == 152.5
        view.fields["delivered_mbq"].text = "0,45 GBq"
        assert view.model.delivered_mbq == 450

    def test_from_the_prescription_to_the_verified_record(self, view, monkeypatch):
        kept = []
        store = types.SimpleNamespace(keep=lambda case: kept.append(case) or "records/graves-case.json")
        package = types.ModuleType("mrtlab.apps.record")
        package.store = store
        monkeypatch.setitem(sys.modules, "mrtlab.apps.record", package)
        view.begin.click()
        assert "no activity is prescribed" in view.not_fixed.text
        assert not kept
        view.fields["prescribed_mbq"].text = "0,45"
        view.begin.click()
        assert "a field of the prescription cannot be read" in view.not_fixed.text
        view.role_play.click()
        assert view.fields["prescribed_mbq"].value == 451
        view.begin.click()
        assert (view.not_fixed.text, view.figures["verify"].state) == ("", "ready")
        assert "451 MBq" in view.fixed_result.html
        view.into.click()
        assert "two signatures" in view.kept.text
        assert [case.steps[-1].content.kind for case in kept] == ["plan", "verification"]
        assert record.from_json(view._whole_bytes().decode()).verified
        view.clocks["left_lobe"].value = "6 x 3 x 3"
        assert "stays as it was fixed" in view.moved.text
        _userdata.save(view_module._View.STATE, view.model.state() | {"k_t": "much"})
        again = view_module._View(page.RadioiodinePage())
        assert "begun" in again.fixed.text
        assert again.left_out.text
        view.reset.click()
        assert view.fixed.text == view.moved.text == ""
        assert view.save_plan.layout.display == "none"

    def test_lobes_that_cannot_be_read_stop_their_sections_alone(self, view):
        view.clocks["right_lobe"].value = "large"
        states = {name: figure.state for name, figure in view.figures.items()}
        assert [name for name, state in states.items() if state == "error"] == ["activity", "options"]
        assert view.tabled.layout.display == "none"
        view.clocks["right_lobe"].value = "5.2 x 2.1 x 1.9"
        assert view.figures["options"].state == "ready"
        assert view.tabled.layout.display is None

    def test_sliders_take_this_patient(self, view):
        view.own.click()
        fit = measured.fitted(view.model).fit
        assert view.fields["t_eff"].value == pytest.approx(fit.effective_half_life_h.n / 24, abs=1e-3)
        assert kinetics_words.result(measured.explore(view.model))[1] in view.results["kinetics"].html

    def test_two_views_of_one_table(self, view):
        assert "Chance of less than 200 Gy" in view.table.html
        assert view.physicist.layout.display == "none"
        view.chosen["audience"].value = "physicist"
        assert "P(&lt; 200 Gy)" in view.table.html
        assert view.physicist.layout.display is None

    def test_the_fit_and_the_disk_wait_until_the_inputs_rest(self, view, monkeypatch):
        waiting, fitted, saved = [], [], []

        class Loop:
            def call_later(self, seconds, work):
                waiting.append(work)
                return types.SimpleNamespace(cancel=lambda: waiting.remove(work))

        monkeypatch.setattr("mrtlab.apps.sections.view.event_loop", Loop)
        monkeypatch.setattr(planned, "by_protocol", lambda model: fitted.append(model.aim_gy) or [])
        monkeypatch.setattr("mrtlab.apps.kept.save", lambda page, name, state: saved.append(state["k_t"]))
        for aim in (310.0, 320.0):
            view.fields["aim_gy"].value = aim
        assert len(waiting) == 1
        assert not fitted
        saved.clear()
        for rate in (1.3, 1.4):
            view.fields["k_t"].value = rate
        assert len(waiting) == 2
        assert not saved
        for work in waiting[:]:
            work()
        assert (fitted, saved) == ([320], [1.4])


def test_every_section_has_its_inputs():
    named = {name for names in INPUTS.values() for name in names}
    apart = {"physician", "physicist", "reason", "finding", "intent", "prescribed_mbq"}
    assert {*RANGES, *OPTIONAL, *CHOICES, *TEXTS} - named == apart
