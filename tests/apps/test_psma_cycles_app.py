"""The PSMA page without a browser."""

import contextlib
import csv
import io
import warnings

import numpy as np
import pytest

from mrtlab import InputError, _userdata, psma, record
from mrtlab.apps import psma_cycles
from mrtlab.apps.psma_cycles import case, compute, course_words, scripts, single_words, words
from mrtlab.apps.psma_cycles import view as view_module
from mrtlab.apps.psma_cycles.layout import INPUTS
from mrtlab.apps.psma_cycles.look import n
from mrtlab.apps.psma_cycles.model import CHOICES, QUESTIONS, RANGES, RIGHT
from mrtlab.apps.record import store
from mrtlab.errors import PlausibilityWarning

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")
LU = 0.0853201  # Gy·g/(MBq·h)


@pytest.fixture
def model():
    return psma_cycles.PsmaPage()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with everything predicted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setattr("mrtlab.apps.controls.canvas.Canvas.png", lambda self, ratio: b"picture")
        patch.setattr("mrtlab.apps.sections.view.event_loop", lambda: None)
        view = view_module._View(psma_cycles.PsmaPage())
        for name in QUESTIONS:
            view.skip[name].click()
    return view


@pytest.fixture
def view(made, unpainted):
    """The same page for every test, as it is after a reset."""
    made.reset.click()
    return made


class TestNumbers:
    """Against vectors of the specification, or by hand."""

    def test_the_unit_trap(self, model):
        literal, meant = compute.units(model).readings
        assert literal.course_gy == pytest.approx(6 * 7.4 * 4.04)
        assert meant.course_gy == pytest.approx(24.24)
        assert 1000 * meant.gy_per_mbq == pytest.approx(0.546, abs=5e-4)
        assert (literal.plausible, meant.plausible) == (False, True)
        assert RIGHT["units"] == meant.per

    def test_the_sink(self, model):
        found = compute.sink(model)
        assert found.doses_gy["kidney"][[0, -1]] == pytest.approx([4.07, 5.34], abs=5e-3)
        assert found.total("kidney") == pytest.approx(28.8, abs=0.05)
        assert found.naive("kidney") == pytest.approx(24.4, abs=0.05)
        assert RIGHT["sink"] == "more"
        model.strength = 0.0
        assert compute.sink(model).total("kidney") == pytest.approx(24.42)
        model.strength, model.shrink = 0.4, 1.2
        grown = compute.sink(model)
        assert grown.total("kidney") < grown.naive("kidney")

    def test_the_course_is_that_of_the_sink(self, model):
        model.limit_kidney, model.bone_gy_per_gbq = 23.0, 0.02
        found = compute.course(model)
        for tissue in ("kidney", "parotid"):
            assert n(found.course.total_gy(tissue)) == pytest.approx(compute.sink(model).total(tissue), rel=1e-6)
        assert found.limits_gy == {"kidney": 23.0}, "no limit unasked"
        assert found.course.cycles_within("kidney", 23.0) == 4
        assert found.course.cycles_within("kidney", 23.0, planned=True) == 5
        # marrow: 0.035 Gy/GBq in every cycle, and the metastases' part shrinks with them
        bone = 0.02 * sum(0.7**k for k in range(6))
        assert n(found.course.total_gy("marrow")) == pytest.approx(7.4 * (6 * 0.035 + bone), rel=1e-6)

    def test_bed_is_added_cycle_by_cycle(self, model):
        found = compute.course(model)
        kidney, parotid, lacrimal, marrow = found.beds

        def added(tissue, alpha_beta, repair):
            half_life = next(one.effective_half_life_h for one in found.course.organs if one.name == tissue)
            doses = np.array([n(one) for one in found.course.doses_gy(tissue)])
            return float(np.sum(doses * (1 + repair / (repair + n(half_life)) * doses / alpha_beta)))

        assert n(kidney.bed_gy) == pytest.approx(added("kidney", 2.5, 2.8))
        assert kidney.bed_gy.s > kidney.dose_gy.s  # it rises faster than the dose
        assert kidney.band_gy == pytest.approx((added("kidney", 3.5, 1.5), added("kidney", 1.5, 4)))
        assert parotid.band_gy == pytest.approx((added("parotid", 10, 1.5), added("parotid", 3, 1.5)))
        assert (parotid.bed_gy, marrow.bed_gy) == (None, None), "no best value of a range"
        assert lacrimal.band_gy is None
        rows = course_words.beds(found)
        assert rows[2][2] == "none: no parameters known"
        assert all(len(row) == len(course_words.BEDS) for row in rows)

    def test_a_gland(self, model):
        found = compute.glands(model)
        assert n(found.rows["both"]) == pytest.approx(26 / 0.2 * LU / 0.7, rel=0.05)  # a sphere of 0.7 g keeps 97 %
        assert n(found.rows["seen"]) / n(found.rows["both"]) == pytest.approx(0.2)
        assert RIGHT["glands"] == "fifth"
        model.overlap = 50.0
        found = compute.glands(model)
        assert n(found.rows["both"]) / n(found.rows["recovery"]) == pytest.approx(0.5)
        model.known = "no"
        with pytest.raises(InputError, match="recovery is missing"):
            compute.glands(model)

    def test_overlap(self):
        assert psma.without_overlap(100.0, 0.25) == pytest.approx(75)
        for bad in (1.0, 1.2, -0.1):
            with pytest.raises(InputError, match="overlap"):
                psma.without_overlap(100.0, bad)

    def test_the_marrow(self, model):
        found = compute.marrow(model)
        assert found.blood.self_gy == pytest.approx(2.0 * 1170 * 4.14e-5)
        assert found.blood.dose_gy == pytest.approx(found.blood.self_gy + 60000 * 1.3e-6)
        assert found.image.self_gy == pytest.approx(16 / 0.8 * LU / 20, rel=1e-4)
        model.site, model.voi_tia = "beside metastases", view_module._SITE_TIA["beside metastases"]
        found = compute.marrow(model)
        assert found.image is None
        assert "spills" in found.refused
        assert found.region_gy / n(found.blood.dose_gy) > 3, "RIGHT: several times higher"
        model.ratio = "plasma"
        assert compute.marrow(model).ratio == pytest.approx(0.19 / 0.58)

    def test_one_image(self, model):
        found = compute.single(model)
        by_hand = 123.0 / 0.95 * 2 ** (48 / 40) * 40 / np.log(2) * LU / 310
        assert n(found.dose_gy) == pytest.approx(by_hand, rel=1e-4)
        assert not found.statement
        for region in psma.TISSUES:
            model.region = region
            case.fill(model)
            found = compute.single(model)
            assert bool(found.statement) == (region in ("marrow", "tumour")), "RIGHT"
            assert bool(single_words.statement(found)) == bool(found.statement)
            assert found.verdict.within == (region != "parotid")
            truth = case.patient().of(region)[0].dose_gy
            assert n(found.dose_gy) == pytest.approx(truth, rel=0.25)

    def test_what_the_image_shows_at_the_start(self, model):
        """The model's first numbers are those of the virtual patient."""
        first = model.state()
        case.fill(model)
        assert model.state() == first

    def test_alpha(self, model):
        with pytest.raises(InputError, match="Where do the daughters go"):
            compute.alpha(model)
        model.daughters = "all"
        found = compute.alpha(model)
        assert [found.dose.alpha_gy, found.dose.electron_gy] == pytest.approx([0.793, 0.020], abs=5e-4)
        assert found.dose.weighted_gy == pytest.approx(3.98, abs=5e-3)
        model.daughters, model.bismuth = "steps", 0.0
        found = compute.alpha(model)
        assert found.dose.weighted_gy == pytest.approx(2.76, abs=0.01)
        assert 1 - found.dose.alpha_gy / found.whole.alpha_gy == pytest.approx(0.303, abs=1e-3), "RIGHT: a third"
        # 30 % of 0.05 MBq·h of Bi-213 in 310 g
        assert found.kidneys.tia_mbq_h["Bi-213"] == pytest.approx(0.3 * 0.05, rel=1e-3)
        assert "Bi-213 0 %" in found.choice

    def test_no_sievert_of_ours(self, view):
        view.chosen["daughters"].value = "all"
        told = view.results["alpha"].html + view.figures["alpha"].alt
        assert "Gy (RBE 5)" in told
        assert "Sv" not in told
        assert "never the sievert" in view.said_of["alpha"].text

    def test_scripts_give_the_numbers_of_the_page(self, model):
        model.daughters, model.bismuth_h, model.bone_gy_per_gbq = "steps", 1.5, 0.01
        model.ratio = "plasma"
        total = compute.course(model).course.total_gy("kidney")
        gland, one, ac = compute.glands(model).rows["both"], compute.single(model), compute.alpha(model).dose
        for name, expected in {
            "units": f"{compute.units(model).readings[1].course_gy:.1f} Gy",
            "sink": f"{compute.sink(model).total('kidney'):.2f} Gy",
            "course": f"{total.n:.2f} ± {total.s:.2f} Gy",
            "glands": f"{gland.n:.3g} ± {gland.s:.2g} Gy",
            "marrow": f"{compute.marrow(model).blood.dose_gy:.4f} Gy",
            "single": f"{one.dose_gy.n:.3f} Gy, 95 % {one.interval95_gy[0]:.3f}",
            "alpha": f"{ac.weighted_gy:.4g} Gy (RBE 5)",
        }.items():
            code = getattr(scripts, name)(model)
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out, warnings.catch_warnings():
                warnings.simplefilter("ignore", PlausibilityWarning)  # a recovery of 0.2
                exec(code, {})  # the page's own code
            assert expected in out.getvalue(), name


class TestModel:
    def test_state_comes_back(self, model):
        model.tumour_ml, model.daughters, model.record = 250.0, "all", "{}"
        model.predict("sink", "less")
        again = psma_cycles.PsmaPage()
        assert again.restore(model.state())
        assert again.state() == model.state()

    @pytest.mark.parametrize("state", [{"cycle": 2.5}, {"tumour_ml": 1e9}, {"daughters": "some"}, {"record": 3}])
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)

    def test_all_questions_have_words(self):
        for name in QUESTIONS:
            assert {value for _, value in words.OPTIONS[name]} == set(QUESTIONS[name])
            assert RIGHT[name] in QUESTIONS[name]
            assert name in words.HEADS
            assert name in words.STORIES


class TestView:
    def test_nothing_is_told_before_predictions(self, unpainted):
        _userdata.save(view_module._View.STATE, {"tumour_ml": "much", "record": "{"})
        view = view_module._View(psma_cycles.PsmaPage())
        assert view.left_out.text
        assert view.model.record == ""
        assert {figure.state for figure in view.figures.values()} == {"empty"}
        assert view.table.layout.display == "none"
        view.commit["units"].click()
        assert view.missing["units"].text
        for question in QUESTIONS:
            view.choices[question].value = RIGHT[question]
            view.commit[question].click()
            assert ": as you said" in view.said[question].text
        states = {name: figure.state for name, figure in view.figures.items()}
        assert states.pop("alpha") == "error", "the daughters are not chosen yet"
        assert set(states.values()) == {"ready"}
        assert view.page.errors.messages == ()

    def test_every_control_from_end_to_end(self, view, monkeypatch):
        monkeypatch.setattr(view, "_save", lambda: None)  # two hundred times to the disk
        view.chosen["daughters"].value = "steps"
        for name, field in view.fields.items():
            low, high = RANGES[name]
            start = field.value
            for value in (low, round((low + high) / 2), high) if high > 2 else (low, (low + high) / 2, high):
                field.value = min(max(value, low), high)
                assert view.page.errors.messages == (), (name, value)
            field.text = "nonsense"
            assert any(section.stale for section in view.sections.values()), name
            field.value = start
        for name, choice in view.chosen.items():
            for value in CHOICES[name]:
                choice.value = value
                assert getattr(view.model, name) == value
                assert view.page.errors.messages == (), (name, value)
        view.reset.click()
        assert not any(section.stale for section in view.sections.values())
        view.fields["activity_mbq"].text = "0,15 GBq"
        assert view.model.activity_mbq == pytest.approx(150)
        view.fields["limit_lacrimal"].text = "152,5"
        assert "152.5 Gy" in view.table.html
        view.fields["tumour_ml"].text = ""
        assert view.sections["sink"].stale
        assert view.sections["course"].stale
        assert not view.sections["glands"].stale

    def test_numbers_that_belong_together(self, view):
        view.chosen["printed"].value = "kidney, PSMA-I&T"
        assert view.fields["cycle_gbq"].value == pytest.approx(6.8)
        view.chosen["gland"].value = "parotid"
        assert view.fields["gland_g"].value == 25
        view.chosen["site"].value = "beside metastases"
        assert "**refused**" in view.said_of["marrow"].text
        assert view.figures["marrow"].state == "ready"
        before = view.fields["activity_mbq"].value
        view.fields["time_h"].value = 120.0
        assert view.fields["activity_mbq"].value < before / 2
        view.fields["time_h"].value = 48.0
        view.chosen["region"].value = "tumour"
        assert "compromised" in view.statement.text
        assert view.checks.html == ""
        view.chosen["region"].value = "parotid"
        assert "<ol>" in view.checks.html
        assert view.physicist.layout.display == "none"
        view.chosen["audience"].value = "physicist"
        assert view.physicist.layout.display is None
        assert "z = " in view.said_of["single"].text
        view.chosen["known"].value = "no"
        assert view.figures["glands"].state == "error"
        assert not view.results["glands"].html
        assert view.page.errors.messages == ()

    def test_the_physician_reads_no_equations(self, view):
        for region in CHOICES["region"]:
            view.chosen["region"].value = region
            assert "=" not in view.said_of["single"].text

    def test_record_is_begun_filled_and_offered(self, view):
        view.put.click()
        assert "begin the record" in view.record_refused.text
        view.begin.click()
        assert "to enter the administration" in view.recorded.text
        assert "(administer)" not in view.recorded.text
        view.put.click()
        assert "investigation" in view.record_refused.text
        view.investigation.value = "High uptake of the gland, outline checked twice."
        view.put.click()
        assert "sign" in view.recorded.text
        assert "TO BE SIGNED" in store.kept()[0].title
        assert record.from_json(view._json()).sha256 == store.load(store.kept()[0].path).sha256

    def test_an_uncertain_dose_outside_is_not_called_inside(self, view):
        view.chosen["region"].value = "parotid"
        view.fields["time_h"].value = 120.0
        view.chosen["audience"].value = "physician"
        assert "within" in view.results["single"].html
        assert "**outside the range**" in view.said_of["single"].text
        assert "cannot be told apart" in view.said_of["single"].text

    def test_downloads(self, view):
        rows = list(csv.DictReader(io.StringIO(view._csv("course").decode())))
        assert len(rows) == 24
        assert float(rows[5]["dose_so_far_gy"]) == pytest.approx(28.83, abs=0.01)
        with pytest.raises(InputError):
            view._csv("alpha")
        view.chosen["daughters"].value = "all"
        assert "all daughters decay where Ac-225 did" in view._csv("alpha").decode()

    def test_the_next_visit_finds_what_was_left(self, view):
        view.fields["tumour_ml"].value = 300.0
        again = view_module._View(psma_cycles.PsmaPage())
        assert again.fields["tumour_ml"].value == 300.0
        assert again.figures["sink"].state == "ready"

    def test_figures_say_what_they_show(self, view):
        view.chosen["daughters"].value = "steps"
        for name in INPUTS:
            assert len(view.figures[name].alt) > 80
            columns, rows = view_module.WORDS[name][0].numbers(view._found[name])
            assert rows
            assert {len(row) for row in rows} == {len(columns)}
