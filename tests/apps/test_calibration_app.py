"""The calibration page without a browser."""

import contextlib
import io
import re

import numpy as np
import pytest

from mrtlab import InputError, _userdata, constants
from mrtlab.apps import calibration as app
from mrtlab.apps.calibration import model as model_module
from mrtlab.apps.calibration import scripts, words
from mrtlab.apps.calibration import view as view_module
from mrtlab.apps.calibration.model import CHOICES, QUESTIONS, RANGES, RIGHT, SPHERES, clock_time
from mrtlab.calibration import observed_rate

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def model():
    return app.CalibrationPage()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One view for all tests, as six figures take a while; small pictures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("made")))
        made = view_module._View(app.CalibrationPage())
        for figure in made.figures.values():
            figure._picture.ratio = 0.5
        for name in QUESTIONS:
            made.skip[name].click()
    return made


@pytest.fixture
def view(made):
    made.reset.click()
    return made


def plain(html):
    return re.sub("<[^>]+>", "", html)


class TestMeter:
    def test_both_readings_are_brought_to_the_injection(self, model):
        half_life_h = 6.647 * 24
        expected = 7550 * 2 ** (-2 / half_life_h) - 92 * 2 ** (25 / 60 / half_life_h)
        assert model.meter().net_mbq == pytest.approx(expected, rel=1e-4)

    def test_what_the_prediction_says_is_so(self, model):
        errors = dict(model.meter().slips)
        assert errors["no decay correction at all"] == pytest.approx(0.009, abs=5e-4)
        assert errors["syringe dated one day too early"] == pytest.approx(-0.10, abs=5e-3)
        model.nuclide = "Tc-99m"
        model.residual_mbq = 0.0
        assert dict(model.meter().slips)["no decay correction at all"] == pytest.approx(0.26, abs=5e-3)

    def test_a_clock_that_is_ahead_was_read_earlier(self, model):
        model.residual_mbq = 0.0
        before = model.meter().net_mbq
        model.ahead_min = 60.0
        found = model.meter()
        assert found.net_mbq < before
        assert dict(found.slips)["clock difference you gave, ignored"] == pytest.approx(before / found.net_mbq - 1)
        # an hour unnoticed is an hour more, not the hour that was given
        assert dict(found.slips)["meter clock one hour ahead, unnoticed"] > 0

    def test_order_of_the_clocks_is_said_in_the_words_of_the_page(self, view):
        view.clocks["residual_at"].value = "10:00"
        assert "“Residual read at” is earlier than “Injected at”" in view.flags["meter"].html

    def test_more_residual_than_syringe_is_refused_in_the_words_of_the_page(self, view):
        view.fields["syringe_mbq"].value = 90.0
        shown = view.figures["meter"]._picture.words
        assert "The residual is 92.1667 MBq" in shown
        assert "_mbq" not in shown
        assert shown.rstrip().endswith("date wrong?")
        assert view.same["meter"].layout.display == "none"
        view.fields["syringe_mbq"].value = 7550.0
        assert view.same["meter"].layout.display is None

    @pytest.mark.parametrize("wrong", ["", "noon", "24:00", "8:60", "8"])
    def test_no_clock_time(self, wrong):
        with pytest.raises(InputError):
            clock_time(wrong)

    def test_what_is_no_clock_time_is_said(self, view):
        view.clocks["syringe_at"].value = "noon"
        assert "Syringe read at" in view.sections["meter"].stale
        assert not view.sections["rates"].stale
        assert view.model.syringe_at == "08:25"


class TestSensitivity:
    def test_primary_counts_and_their_variance(self, model):
        found = model.sensitivity()
        scatter = 41.6 / 2 * (61000 / 34 + 9800 / 51)
        assert found.primary.n == pytest.approx(182000 - scatter)
        assert found.primary.s**2 == pytest.approx(182000 + (41.6 / 68) ** 2 * 61000 + (41.6 / 102) ** 2 * 9800)
        assert found.planar.n == pytest.approx((182000 - scatter) / 300 / 50)
        assert found.spect == pytest.approx(118 / 2 / 600 / (0.1 * 0.48**3))

    def test_negative_primary_counts_are_kept(self, view):
        view.fields["peak"].value = 41000
        found = view.model.sensitivity()
        assert found.primary.n < 0
        assert found.planar is None
        assert "primary −315 ± 256 counts" in view.results["sensitivity"].html
        assert "negative" in view.flags["sensitivity"].html
        assert view.figures["sensitivity"].state == "ready"

    def test_half_a_count_is_refused(self, view):
        view.fields["peak"].text = "182000,5"
        assert view.fields["peak"].state != "good"
        assert view.model.peak == 182000

    @pytest.mark.parametrize(("voxel_counts", "word"), [(118.0, "within the 10"), (100.0, "outside the 10")])
    def test_agreement_of_planar_and_spect_is_a_named_convention(self, model, voxel_counts, word):
        model.voxel_counts = voxel_counts
        said = words.sensitivity_said(model.sensitivity())
        assert word in said
        assert "2 to 5 % (recalled)" in said
        assert constants.sources("calibration.planar_spect_agreement").status == "illustrative"
        assert constants.sources("calibration.meter_rel_high").status == "recalled"


class TestDeadTime:
    def test_what_the_prediction_says_is_so(self):
        once, twice = (observed_rate(rate, 4.6e-6) / 1e3 for rate in (200e3, 400e3))
        assert [f"{one:.1f}" for one in (once, twice)] == ["79.7", "63.5"]
        assert all(number in words._WHY["rate"] for number in ("79.7", "63.5", "80.0", "217"))
        assert RIGHT["rate"] == "falls"

    def test_both_branches_give_the_recorded_rate(self, model):
        found = model.rates()
        assert found.below < 1 / 4.6e-6 < found.above
        for rate in (found.below, found.above):
            assert observed_rate(rate, 4.6e-6) == pytest.approx(60e3)
        assert observed_rate(found.other, 4.6e-6, "nonparalysable") == pytest.approx(60e3)
        assert found.true[-1] > found.above

    def test_above_the_maximum_there_is_none(self, view):
        view.fields["observed_kcps"].value = 81
        assert "none" in plain(view.results["rates"].html)
        assert view.figures["rates"].state == "ready"

    def test_the_fit_finds_what_is_behind_the_data(self, model):
        pulls = []
        for seed in range(1, 21):
            model.seed = float(seed)
            fit = model.fit_source(model.source()).fit
            pulls.append((fit.dead_time_s.n - 4.6e-6) / fit.dead_time_s.s)
        assert abs(np.mean(pulls)) < 0.7
        assert 0.5 < np.std(pulls) < 1.6

    def test_the_other_model_does_not_fit(self, view):
        view.chosen["fitted"].value = "nonparalysable"
        assert view.model.fit_source(view.model.source()).fit.p_value < 1e-6
        assert view.flags["source"].texts

    def test_without_losses_it_is_said(self, view):
        view.fields["dead_time_us"].value = 0.5
        view.fields["start_gbq"].value = 0.2
        for seed in range(1, 12):
            view.fields["seed"].value = seed
            if view.model.fit_source(view.model.source()).fit is None:
                break
        else:
            pytest.fail("no noise hid the losses")
        assert "no loss is measurable" in view.flags["source"].html
        assert view.page.errors.messages == ()

    def test_a_very_small_probability_has_no_exponent(self, model):
        model.fitted = "nonparalysable"
        rest = words.source_result(model.fit_source(model.source()))[2]
        assert "p < 0.001" in rest
        assert "counting alone" in rest


class TestRecovery:
    def test_diameters_are_those_of_the_source(self):
        citation = constants.sources("calibration.nema_spheres").citation
        named = re.findall(r"\d+", citation.partition("diameters")[2])
        assert [float(mm) / 10 for mm in named] == list(model_module.DIAMETERS_CM)

    def test_the_lesion_is_corrected(self, model):
        found = model.recovery()
        assert found.corrected.n == pytest.approx(20 / found.coefficient.n)
        expected = (0.02**2 + (found.coefficient.s / found.coefficient.n) ** 2) ** 0.5
        assert found.corrected.s / found.corrected.n == pytest.approx(expected)
        assert found.unlinked.n == pytest.approx(found.corrected.n)
        assert found.unlinked.s != pytest.approx(found.corrected.s, rel=0.01)

    def test_too_small_to_quantify(self, view):
        view.fields["lesion_ml"].value = 0.3
        assert "not quantifiable" in view.results["recovery"].html
        assert view.figures["recovery"].state == "ready"
        assert view.figures["shares"].state == "error"
        view.fields["lesion_ml"].value = 8
        assert view.figures["shares"].state == "ready"

    def test_spheres_in_the_wrong_order_are_refused(self, view):
        for name, value in zip(SPHERES, (12.4, 5.1, 2.1, 0.8, 0.23, 0.066), strict=True):
            view.fields[name].value = value
        assert view.figures["recovery"].state == "error"
        assert view.page.errors.messages == ()


class TestBudget:
    def test_shares_add_up_and_covariances_cancel(self, model):
        found = model.sampled(model.shares())
        shares = found.budget.shares
        assert sum(shares[name] for name in words.NAMES) == pytest.approx(1)
        assert shares["covariance"] < 0
        assert found.budget.correlation_neglected_rel > found.budget.total_rel
        assert np.std(np.log(found.samples.values)) == pytest.approx(found.budget.total_rel, rel=0.05)

    def test_outline_on_spect_is_worse(self, view):
        before = view.model.shares().budget.total_rel
        view.chosen["outline"].value = "spect"
        assert view.model.shares().budget.total_rel > 2 * before
        assert view.flags["shares"].texts


class TestPage:
    def test_figures_wait(self, model):
        view = view_module._View(model)
        waiting = {name for name, figure in view.figures.items() if figure.state == "empty"}
        assert waiting == {"meter", "rates", "shares"}
        view.commit["rate"].click()
        assert view.missing["rate"].text
        view.choices["rate"].value = "rises"
        view.commit["rate"].click()
        assert view.figures["rates"].state == "ready"
        assert "it is not so" in view.said["rate"].text
        model.predict("rate", "falls")
        assert model.predictions["rate"] == "rises"
        with pytest.raises(InputError):
            model.predict("clock", "eleven")

    def test_every_control_from_end_to_end(self, view, monkeypatch):
        monkeypatch.setattr(model_module, "SAMPLES", 1000)
        for name, field in view.fields.items():
            if name in SPHERES[1:-1]:  # like their neighbours
                continue
            low, high = RANGES[name]
            for value in (low, float(f"{(low + high) / 2:.0f}"), high):
                field.value = value
                assert view.page.errors.messages == (), (name, value)
            for text in ("", "nonsense", "-1e9"):
                field.text = text
                assert any(section.stale for section in view.sections.values()), (name, text)
            field.value = view.model.traits()[name].default_value
        for name, choice in view.chosen.items():
            for value in CHOICES[name]:
                choice.value = value
                assert view.page.errors.messages == (), (name, value)
        view.clocks["syringe_at"].value = "9.05"
        view.reset.click()
        assert view.page.errors.messages == ()
        assert not any(section.stale for section in view.sections.values())
        assert view.clocks["syringe_at"].value == "08:25"
        view.fields["syringe_mbq"].text = "7,4 GBq"
        assert view.model.syringe_mbq == 7400

    def test_code_gives_the_same_numbers(self, model):
        model.seed, model.lesion_ml, model.ahead_min = 3.0, 5.0, 10.0
        shares = model.shares().budget
        for code, expected in (
            (scripts.meter(model), f"{model.meter().net_mbq:.5g} MBq"),
            (scripts.sensitivity(model), f"planar {model.sensitivity().planar:.4g} cps/MBq"),
            (scripts.sensitivity(model), f"SPECT {model.sensitivity().spect:.4g} cps/MBq"),
            (scripts.rates(model), f"upper: {model.rates().above / 1e3:.1f} kcps"),
            (scripts.source(model), f"{1e6 * model.fit_source(model.source()).fit.dead_time_s.n:.3f} ±"),
            (scripts.recovery(model), f"{model.recovery().corrected:.4g} MBq"),
            (scripts.budget(model), f"{100 * shares.total_rel:.1f} %"),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    def test_files_have_the_numbers(self, model):
        assert len(scripts.source_csv(model).splitlines()) == 9
        assert scripts.recovery_csv(model).splitlines()[1].startswith("0.5236,0.066,0.252")

    @pytest.mark.parametrize(
        "state",
        [
            {"points": 4.5},
            {"syringe_mbq": float("nan")},
            {"seed": True},
            {"nuclide": "Xx-1"},
            {"syringe_at": "noon"},
            {"predictions": [1]},
            {"predictions": {"a": "b"}},
        ],
    )
    def test_what_does_not_fit_is_left_out(self, model, state):
        assert not model.restore(state)
        model.meter()

    def test_choices_are_kept(self, view):
        view.fields["lesion_ml"].value = 12
        view.chosen["nuclide"].value = "I-131"
        assert _userdata.load("calibration")["lesion_ml"] == 12
        again = view_module._View(app.CalibrationPage())
        assert again.fields["lesion_ml"].value == 12
        assert again.chosen["nuclide"].value == "I-131"
        assert all(figure.state == "ready" for figure in again.figures.values())
        assert again.model.state() == view.model.state()
