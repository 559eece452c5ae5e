"""The page on verifying microspheres without a browser."""

import contextlib
import csv
import io

import ipywidgets
import numpy as np
import pytest

from mrtlab import InputError, _userdata, record, sirt
from mrtlab.apps import sirt_verification
from mrtlab.apps.controls.choices import UploadedFile
from mrtlab.apps.record import store
from mrtlab.apps.sirt_verification import casebook, compute, effect, measure, scripts, words
from mrtlab.apps.sirt_verification import view as view_module
from mrtlab.apps.sirt_verification.compare_words import checklist, why
from mrtlab.apps.sirt_verification.layout import INPUTS
from mrtlab.apps.sirt_verification.model import CHOICES, PATIENTS, QUESTIONS, RANGES, RIGHT, agree

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def model():
    return sirt_verification.SirtVerification()


@pytest.fixture
def first():
    return measure.case("first")


REAL_PICTURE = view_module._View._picture


def plain_picture(view, case, picture, activity_mbq):
    """In place of a viewer, which takes a second to make."""
    return ipywidgets.HTML(picture)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with a patient measured and everything predicted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        patch.setattr("mrtlab.apps.sections.view.event_loop", lambda: None)
        patch.setattr(view_module, "event_loop", lambda: None)
        patch.setattr(view_module._View, "_picture", plain_picture)
        view = view_module._View(sirt_verification.SirtVerification())
        view.measure.click()
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted, monkeypatch):
    """The same page for every test, as it is after a reset."""
    monkeypatch.setattr(view_module, "event_loop", lambda: None)
    made.reset.click()
    return made


def with_patient(model, key):
    model.next_patient = key
    model.measured()
    return measure.case(key)


class TestNumbers:
    def test_means_of_the_map_are_the_doses_of_the_compartments(self, model, first):
        """Nothing is lost: tumour, normal liver and lungs hold C·A."""
        found = compute.planned(model, first)
        image = first.dose_gy("maa", 1800.0)
        for name in ("tumour", "normal"):
            assert image[first.masks[name]].mean() == pytest.approx(found.expected[name].median_gy, rel=1e-5)
        energy = sum(found.expected[name].median_gy * found.masses_g[name] for name in ("tumour", "normal", "lung"))
        assert energy == pytest.approx(sirt.dose_constant() * 1800, rel=1e-6)

    def test_measured_doses_are_near_the_truth(self, first):
        """Small lesions are blurred, so all tumour together is 10 % off at most; the shunt 5 %."""
        delivered = first.dose_gy("20 min", 1800.0)
        assert delivered[first.masks["normal"]].mean() == pytest.approx(first.truth_gy["normal"], rel=0.05)
        assert delivered[first.masks["tumour"]].mean() == pytest.approx(first.truth_gy["tumour"], rel=0.1)
        truth = first.patient.truth
        lungs = sum(truth.tia_mbq_h(f"{side} lung") for side in ("left", "right"))
        shunt = lungs / sum(map(truth.tia_mbq_h, truth.regions))
        assert first.lung_shunt == pytest.approx(shunt, rel=0.05)

    @pytest.mark.parametrize("key", PATIENTS)
    def test_right_answers_on_the_doses(self, model, key):
        case = with_patient(model, key)
        found = compute.compare(model, case)
        tumour = next(row for row in found.rows if row.name == "tumour")
        side = "within" if tumour.verdict.within else "above" if tumour.verdict.z > 0 else "below"
        assert RIGHT[agree(key)] == side
        assert bool(found.extrahepatic.flags) == PATIENTS[key].extrahepatic
        assert bool(found.comparison.flags) == (key == "second")
        assert bool(checklist(found)) == (key != "first")
        assert ("Investigate" in why(found)) == (key != "first")
        # by hand: z without the mass on both sides
        u = 2 * (0.05**2 + 0.08**2)
        ratio = tumour.verdict.ratio.nominal_value
        assert tumour.verdict.z == pytest.approx(np.log(ratio) / u**0.5, rel=1e-6)
        assert ratio == pytest.approx({"second": 0.7, "fourth": 1.42}.get(key, 1.0), abs=0.04), "so it is said"

    def test_what_left_the_liver_is_handed_back_to_it(self, model):
        case = with_patient(model, "third")
        found = compute.compare(model, case)
        assert found.extrahepatic.share == pytest.approx(0.05, abs=0.015)
        total = sum(case.masses_g[name] * compute.doses(case, "20 min", 1800.0).by_compartment[name]
                    for name in (*case.lesions, "normal"))  # fmt: skip
        assert total == pytest.approx(sirt.dose_constant() * 1800 * (1 - case.lung_shunt), rel=1e-6)

    def test_noise_spares_the_mean_and_takes_d95(self, model, first):
        found = compute.histogram(model, first)
        long, short = (found.every[counts, "local"] for counts in ("20 min", "4 min"))
        assert RIGHT["noise"] == "edge"
        assert short.mean_gy == pytest.approx(long.mean_gy, rel=0.03)
        assert (round(long.dose_at_volume(95)), round(short.dose_at_volume(95))) == (86, 58), "so it is said"
        quiet = found.every["without noise", "local"]
        assert abs(quiet.dose_at_volume(95) - found.true.dose_at_volume(95)) < 5
        blurred = found.every["without noise", "kernel"]
        assert blurred.mean_gy < 0.97 * quiet.mean_gy

    def test_background_left_in_takes_from_the_tumour(self, model, first):
        shares = [first.calibrated("20 min", subtract).fraction(first.masks["tumour"]) for subtract in (True, False)]
        assert shares[1] < shares[0]
        model.background = "left in"
        found = compute.compare(model, first)
        assert found.shares[1]["tumour"] == pytest.approx(shares[1])

    def test_biology(self, model, first):
        found = effect.biology(model, first)
        normal = found.tissues["normal"]
        assert RIGHT["biology"] == "low"
        assert (round(normal.other_bed_gy), round(normal.bed_gy)) == (35, 51), "so it is said"
        assert normal.g == pytest.approx(0.0375375, rel=1e-5)
        mean = normal.mean_gy
        assert normal.bed_of_mean_gy == pytest.approx(mean * (1 + 0.0375375 * mean / 2.5), rel=1e-5)
        assert found.acute_bed_gy == pytest.approx(mean * (1 + mean / 2.5))
        model.liver_alpha_beta, model.liver_repair_h = 10.0, 1.5
        again = effect.biology(model, first).tissues["normal"]
        assert again.bed_gy == pytest.approx(again.other_bed_gy) == pytest.approx(normal.other_bed_gy)
        for one in found.tissues.values():
            assert one.eud_gy < one.mean_gy < one.bed_of_mean_gy < one.bed_gy
        assert found.tissues["tumour"].quiet_eud_gy > found.tissues["tumour"].eud_gy

    def test_holmium(self, model):
        """1.35 kg, 60 Gy: 5103 MBq, 9997 ordered 26 h before, 4853 after a scout of 250 MBq (2.94 Gy); by Y-90 1627."""
        found = effect.holmium(model)
        assert RIGHT["holmium"] == "some"
        assert found.whole_mbq == pytest.approx(5103, abs=0.5)
        assert found.therapy_mbq == pytest.approx(4853, abs=0.5)
        assert found.scout_gy == pytest.approx(2.94, abs=0.005)
        assert found.yttrium_mbq == pytest.approx(1627, abs=1)
        model.scout_mbq = 0.0
        assert effect.holmium(model).ordered_mbq == pytest.approx(9997, abs=3)

    def test_a_plan_without_uncertainty_is_refused(self, model, first):
        model.activity_u = model.fraction_u = model.mass_u = 0.0
        with pytest.raises(InputError, match="no expected range"):
            compute.planned(model, first)

    def test_code_gives_the_same_numbers(self, model, first):
        model.counts, model.method, model.region, model.level_gy = "4 min", "kernel", "normal", 40.0
        model.liver_alpha_beta = 3.0
        plan, dose, found = (work(model, first) for work in (compute.planned, compute.histogram, compute.compare))
        tumour = next(row for row in found.rows if row.name == "tumour")
        bed, ho = effect.biology(model, first).tissues["normal"].bed_gy, effect.holmium(model)
        for code, expected in (
            (scripts.planned(model, first), f"tumour {plan.expected['tumour'].median_gy:.1f} Gy"),
            (
                scripts.dose(model, first),
                f"D70 {dose.shown.dose_at_volume(70):.1f} Gy, V40 {dose.shown.volume_at_dose(40):.1f} %",
            ),
            (scripts.compare(model, found), f"z {tumour.verdict.z:.2f}: within"),
            (scripts.biology(model, first), f"BED {bed:.1f} Gy"),
            (scripts.holmium(model), f"at treatment {ho.therapy_mbq:.0f} MBq, ordered {ho.ordered_mbq:.0f} MBq"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()


class TestModel:
    def test_state_comes_back(self, model):
        model.level_gy, model.counts = 120.0, "4 min"
        model.next_patient = "second"
        model.measured()
        model.predict("agree_second", "above")
        again = sirt_verification.SirtVerification()
        assert again.restore(model.state())
        assert again.state() == model.state()

    def test_another_patient_leaves_the_record_behind(self, model):
        model.record = "{}"
        model.measured()
        assert model.record == "{}"
        model.next_patient = "third"
        model.measured()
        assert model.record == ""

    @pytest.mark.parametrize("state", [{"patient": "fifth"}, {"computed": 3}, {"level_gy": 1e9}, {"record": None}])
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        assert set(RIGHT) == set(QUESTIONS)


class TestRecord:
    def record_of(self, model, case, investigation=""):
        plan, found = compute.planned(model, case), compute.compare(model, case)
        begun = casebook.begun(case, plan)
        return begun, casebook.verified(case, begun, found, plan.components, investigation)

    def test_from_the_plan_to_the_signatures(self, model, first):
        begun, done = self.record_of(model, first)
        assert [turn.kind for turn in begun.turns] == ["administration"]
        assert {turn.kind for turn in done.turns} == {"signature"}
        assert done.verification.missing[0].region == "Lungs"
        assert all(region.within for region in done.verification.regions)
        final = done.sign(casebook.PHYSICIST, at=None).sign(casebook.PHYSICIAN, at=None)
        assert final.status == "FINAL"
        assert record.from_json(record.to_json(final)).sha256 == final.sha256

    def test_outside_the_range_asks_for_an_investigation(self, model):
        case = with_patient(model, "second")
        with pytest.raises(InputError, match="investigation"):
            self.record_of(model, case)
        done = self.record_of(model, case, "The catheter lay 2 cm further back.")[1]
        assert "OUTSIDE_EXPECTED_RANGE" in done.flags

    def test_another_patients_record_is_refused(self, model, first):
        begun, done = self.record_of(model, first)
        assert casebook.opened(record.to_json(begun).encode(), first).sha256 == begun.sha256
        with pytest.raises(InputError, match="One patient's plan and another's images"):
            casebook.opened(record.to_json(begun).encode(), measure.case("fourth"))
        with pytest.raises(InputError, match="verified already"):
            casebook.opened(record.to_json(done).encode(), first)
        empty = record.DosimetryRecord.begin(PATIENTS["first"].pseudonym, "SIRT", "Y-90", "glass")
        with pytest.raises(InputError, match="no plan yet"):
            casebook.opened(record.to_json(empty).encode(), first)


class TestView:
    @pytest.fixture(autouse=True)
    def _plain(self, monkeypatch):
        monkeypatch.setattr(view_module, "event_loop", lambda: None)
        monkeypatch.setattr(view_module._View, "_picture", plain_picture)

    def test_nothing_is_told_before_images_and_predictions(self, unpainted):
        view = view_module._View(sirt_verification.SirtVerification())
        assert {name for name, figure in view.figures.items() if figure.state != "empty"} == set()
        view.measure.click()
        assert "first patient" in view.shown_patient.text
        shown = {"planned"}

        def seen():
            return {name for name in INPUTS if view.figures[name].state == "ready"}

        assert seen() == shown
        view.chosen["picture"].value = "pet"
        assert not view.viewer.children
        view.commit["agree_first"].click()
        assert view.missing["agree_first"].text
        for question, section in (("agree_first", "compare"), ("noise", "dose"), ("biology", "biology")):
            view.choices[question].value = RIGHT[question]
            view.commit[question].click()
            shown.add(section)
            assert seen() == shown
            assert "as you said" in view.said[question].text
        assert view.viewer.children
        view.skip["holmium"].click()
        assert seen() == set(INPUTS)
        assert view.page.errors.messages == ()

    def test_every_control_from_end_to_end(self, view):
        for name, field in view.fields.items():
            low, high = RANGES[name]
            start = field.value
            for value in (low, (low + high) / 2, high):
                field.value = value
                assert view.page.errors.messages == (), (name, value)
            for text in ("", "nonsense", "1e12"):
                field.text = text
                assert any(section.stale for section in view.sections.values()), name
            field.value = start
        for name, choice in view.chosen.items():
            if name == "picture":
                continue
            for value in CHOICES[name]:
                choice.value = value
                assert getattr(view.model, name) == value
        assert view.page.errors.messages == ()
        view.reset.click()
        assert {figure.state for figure in view.figures.values()} == {"ready"}
        assert not any(section.stale for section in view.sections.values())
        view.fields["delivered_gbq"].text = "1850 MBq"
        assert view.model.delivered_gbq == pytest.approx(1.85)
        view.fields["level_gy"].text = "152,5 Gy"
        assert "V152.5" in view.results["dose"].html

    def test_sliders_never_measure_again(self, view, monkeypatch):
        monkeypatch.setattr(measure, "measuring", lambda key: pytest.fail("measured again"))
        for name in ("level_gy", "delivered_gbq", "alpha", "planned_gbq"):
            view.fields[name].value = RANGES[name][1] / 2
        assert view.page.errors.messages == ()

    def test_pictures_are_drawn_once(self, view):
        for picture in CHOICES["picture"]:
            view.chosen["picture"].value = picture
            drawn = view.viewer.children
            assert drawn[0].value == picture
            assert len(drawn) == 1
        view.chosen["picture"].value = "pet"
        view._show_picture()
        assert view.viewer.children[0] is view._drawn["first", "pet"]
        view.fields["delivered_gbq"].value = 1.5
        assert view.viewer.children[0] is view._drawn["first", "pet"]
        assert view.page.errors.messages == ()

    def test_the_viewer_shows_the_doses_of_the_comparison(self, view):
        scene = REAL_PICTURE(view, view._case, "delivered", 1800.0).scene
        row = next(row for row in compute.compare(view.model, view._case).rows if row.name == "lesion 1")
        inside = scene.masks["lesion 1"] >= 0.5
        assert scene.overlay.array[inside].mean() == pytest.approx(row.delivered.nominal_value, rel=1e-3)

    def test_another_patient_marks_what_is_shown_until_she_is_measured(self, view):
        view.chosen["next_patient"].value = "second"
        assert "another patient" in view.sections["compare"].stale
        assert not view.sections["holmium"].stale
        assert "spasm" in view.report.text
        view.measure.click()
        assert not view.sections["compare"].stale
        assert view.asks["agree_second"].layout.display is None
        assert view.asks["agree_first"].layout.display == "none"
        assert "<ol>" in view.checks.html
        view.chosen["next_patient"].value = "first"
        view.measure.click()
        assert view.checks.html == ""

    def test_record_is_begun_filled_and_offered(self, view):
        view.begin.click()
        assert "administer" in view.recorded.text
        plan = view._json()
        view.put.click()
        assert "sign" in view.recorded.text
        (one,) = store.kept()
        assert "TO BE SIGNED" in one.title
        assert record.from_json(view._json()).sha256 == store.load(one.path).sha256
        view.put.click()
        assert "verified already" in view.record_refused.text
        assert "(sign)" not in view.recorded.text
        assert "the **physician**, to sign" in view.recorded.text
        assert len(list(csv.DictReader(io.StringIO(view._csv().decode())))) == 4
        assert view.page.errors.messages == ()
        other = casebook.begun(measure.case("fourth"), compute.planned(view.model, measure.case("fourth")))
        for data, words_ in ((record.to_json(other).encode(), "One patient"), (b"nonsense", "not JSON"), (plan, "")):
            view.load.refused = False
            view.load.file = UploadedFile("record.json", data)
            assert view.load.refused
            assert words_ in view.load.message

    def test_the_next_visit_finds_what_was_left(self, view):
        view.fields["level_gy"].value = 150.0
        again = view_module._View(sirt_verification.SirtVerification())
        assert again.fields["level_gy"].value == 150.0
        assert again.figures["dose"].state == "ready"
        _userdata.save(view_module._View.STATE, {"level_gy": "much"})
        assert view_module._View(sirt_verification.SirtVerification()).left_out.text

    def test_all_questions_have_words(self):
        for name in QUESTIONS:
            assert {value for _, value in words.OPTIONS[name]} == set(QUESTIONS[name])
            assert name in words.HEADS
            assert name in words.STORIES
