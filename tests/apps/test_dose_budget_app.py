"""The dose-and-uncertainty page without a browser."""

import contextlib
import io
from functools import partial

import pytest
from uncertainties import correlated_values

from mrtlab import InputError, _userdata
from mrtlab.apps import dose_budget
from mrtlab.apps.dose_budget import pictures, scripts, words
from mrtlab.apps.dose_budget import view as view_module
from mrtlab.apps.dose_budget.layout import INPUTS, SEEN
from mrtlab.apps.dose_budget.model import QUESTIONS, RANGES, RIGHT
from mrtlab.calibration import RecoveryCurve
from mrtlab.uncertainty import dose_budget as budget_of
from mrtlab.uncertainty import dose_monte_carlo

pytestmark = pytest.mark.usefixtures("own_data_folder", "no_event_loop")


@pytest.fixture
def model():
    return dose_budget.DoseBudgetPage()


@pytest.fixture
def view(model, unpainted):
    """Everything skipped."""
    made = view_module._View(model)
    for name in QUESTIONS:
        made.skip[name].click()
    return made


class TestModel:
    def test_right_answers_are_what_the_page_computes(self, model):
        mass, spheres, grid = model.mass(), model.spheres(), model.grid()
        off = mass.reference_gy / mass.now_gy - 1
        assert off == pytest.approx(-0.42, abs=0.005)  # specification, vector E03
        assert RIGHT["mass"] == ("low" if off < -0.3 else "high")
        assert spheres.electron == pytest.approx(0.69, abs=0.005)  # 36.97 of 53.8 Gy, exercise D-2
        assert RIGHT["spheres"] == ("most" if 0.6 < spheres.electron < 0.8 else "other")
        mean = 1 - grid.kernel.mean_gy / grid.local.mean_gy
        d95 = 1 - grid.kernel.dose_at_volume(95) / grid.local.dose_at_volume(95)
        assert RIGHT["voxels"] == ("neither" if max(mean, d95) < 0.02 else "d95" if d95 > mean else "mean")
        one = model.budget().budget
        more = one.correlation_neglected_rel - one.total_rel
        assert RIGHT["budget"] == ("larger" if more > 0.01 else "smaller" if more < -0.01 else "same")
        assert set(RIGHT) == set(QUESTIONS) == set(INPUTS)

    @pytest.mark.parametrize("preset", [None, "lesion", "kidney"])
    def test_the_budget_is_that_of_the_methods(self, model, preset):
        """With the curve given by its covariance matrix, and units as the methods have them."""
        if preset:
            model.preset(preset)
        volume = {None: 20, "lesion": 3, "kidney": 150}[preset]
        curve = RecoveryCurve(*correlated_values([4, 0.95], [[0.09, -0.004275], [-0.004275, 0.05**2 * 0.95**2]]))
        expected = budget_of(volume, 0.2, 0.3, 1.0, curve, 0.03, 0.03, 0.98)
        found = model.budget().budget
        assert found.total_rel == pytest.approx(expected.total_rel, rel=1e-9)
        assert sum(found.shares.values()) == pytest.approx(1)
        specified = {None: 0.126, "lesion": 0.272, "kidney": 0.065}[preset]  # vectors U01, U04, U03
        assert found.total_rel == pytest.approx(specified, abs=0.001)

    def test_monte_carlo_stands_beside_it(self, model):
        model.preset("kidney")
        found = model.sampled(model.budget())
        assert found.samples.std == pytest.approx(found.budget.total_rel, rel=0.02)
        assert words.budget_doubt(found) == ""
        model.preset("lesion")
        found = model.sampled(model.budget())
        assert f"{found.samples.interval95[1]:.2f}" in words.budget_doubt(found)

    def test_a_kernel_keeps_what_a_large_sphere_has(self, model):
        """Far from the edge the dose of a short-ranged nuclide is that of local deposition and its photons."""
        model.voxel_nuclide, model.diameter_mm = "Y-90", 50.0
        found = model.grid()
        middle = len(found.places_mm) // 2
        # 0.5 % of the electron energy leaves as bremsstrahlung, which local deposition does not know
        assert found.kernel_gy[middle] == pytest.approx(0.9952 * found.local_gy[middle], rel=5e-4)

    def test_why_local_deposition_is_off_is_said_for_the_nuclide(self, model):
        assert "leaves them out" in words.mass_said(model.mass())  # photons of Lu-177: too low
        model.nuclide = "Y-90"
        found = model.mass()
        assert found.now_local_gy > found.now_gy
        assert "as if they stayed" in words.mass_said(found)
        assert "photons" not in words.mass_said(found)

    def test_a_plateau_above_local_deposition_is_explained(self, model):
        assert "100 MBq·h/mL" in words.voxels_said(model.grid())
        assert "photons" not in words.voxels_said(model.grid())
        model.voxel_nuclide = "Lu-177"  # the mean falls, the middle rises
        assert model.grid().kernel.mean_gy < model.grid().local.mean_gy
        assert "photons" in words.voxels_said(model.grid())

    @pytest.mark.parametrize(("dose", "shown"), [(2.4967, "2.50 Gy"), (36.97, "37.0 Gy"), (5560.2, "5560 Gy")])
    def test_doses_keep_three_digits_and_have_no_exponent(self, dose, shown):
        assert words.gy(dose) == shown

    def test_code_gives_the_same_numbers(self, model):
        model.mass_g, model.nuclide, model.sphere_g, model.edge_mm, model.volume_ml = 250.0, "I-131", 3.0, "4.8", 7.0
        model.voxel_nuclide = "Lu-177"
        grid, found = model.grid(), model.sampled(model.budget())
        for code, expected in (
            (scripts.mass(model), f"scaled {model.mass().now_gy:.3g} Gy, local {model.mass().now_local_gy:.3g}"),
            (scripts.spheres(model), f"{model.spheres().electron:.3f}, dose {model.spheres().dose_gy:.3g} Gy"),
            (
                scripts.voxels(model),
                f"kernel: mean {grid.kernel.mean_gy:.4g}, D95 {grid.kernel.dose_at_volume(95):.4g}",
            ),
            (
                scripts.budget(model),
                f"u {100 * found.budget.total_rel:.1f} %, 95 % {found.samples.interval95[0]:.2f} to",
            ),
        ):
            assert len(code.splitlines()) <= 15
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(code, {})  # the page's own code
            assert expected in out.getvalue()

    def test_first_prediction_stays(self, model):
        assert words.compared(model, "budget") == ""
        model.predict("budget", "same")
        model.predict("budget", "larger")
        assert "it is not so" in words.compared(model, "budget")
        with pytest.raises(InputError):
            model.predict("mass", "larger")

    def test_what_a_page_cannot_use_is_left_out(self, model):
        assert model.restore({"mass_g": 200.0, "edge_mm": "3"})
        assert not model.restore({"mass_g": -1.0, "organ": "heart", "ratio": True, "predictions": {"mass": "no"}})
        assert model.mass_g == 200
        with pytest.raises(InputError, match="preset"):
            model.preset("spleen")

    def test_budget_as_csv(self, model):
        lines = model.budget_csv().splitlines()
        shares = dict(line.split(",") for line in lines[1:])
        assert float(shares["covariance"]) < 0
        assert float(shares["total_rel"]) < float(shares["covariances_left_out_rel"])


class TestPage:
    def test_figures_wait_for_the_prediction(self, model):
        made = view_module._View(model)
        assert all(figure.state == "empty" for figure in made.figures.values())
        made.commit["mass"].click()
        assert "Choose" in made.missing["mass"].text
        made.choices["mass"].value = "low"
        made.commit["mass"].click()
        assert made.figures["mass"].state == "ready"
        assert made.figures["budget"].state == "empty"

    def test_every_control_at_its_ends_and_between(self, view, monkeypatch):
        monkeypatch.setattr("mrtlab.uncertainty.dose_monte_carlo", partial(dose_monte_carlo, n=2000))
        for name, field in view.fields.items():
            low, high = RANGES[name]
            for value in (low, (low + high) / 2, high, field.value):
                field.value = value
        for name, choice in view.chosen.items():
            for _, value in choice.options:
                choice.value = value
                assert getattr(view.model, name) == value
        for button in view.presets.values():
            button.click()
        assert view.page.errors.messages == ()

    def test_a_refusal_is_an_answer(self, view):
        view.fields["volume_ml"].value = 0.5
        assert view.figures["budget"].state == "empty"
        assert "recovery" in view.flags["budget"].html.lower()
        view.presets["kidney"].click()
        assert view.figures["budget"].state == "ready"
        assert view.page.errors.messages == ()

    def test_bars_first_samples_after(self, view, monkeypatch):
        calls = []

        class Loop:
            def call_later(self, seconds, function):
                calls.append(function)
                return type("Handle", (), {"cancel": lambda _: calls.remove(function)})()

        monkeypatch.setattr("mrtlab.apps.sections.view.event_loop", Loop)
        view.fields["volume_ml"].value = 30.0
        view.fields["volume_ml"].value = 40.0
        assert "being drawn" in view.results["budget"].html
        (draw,) = calls  # that of 30 mL is not wanted any more
        draw()
        assert "times the dose" in view.results["budget"].html

    def test_words_and_numbers_of_every_figure(self, view):
        found = {name: getattr(view.model, "grid" if name == "voxels" else name)() for name in QUESTIONS}
        for name, one in found.items():
            columns, rows = getattr(pictures, f"{name}_numbers")(one)
            assert rows
            assert all(len(row) == len(columns) for row in rows)
            assert len(view.figures[name].alt) > 100
        assert "hatched" in view.figures["budget"].alt

    def test_bad_text_makes_its_section_stale(self, view):
        view.fields["mass_g"].text = "heavy"
        assert "Mass of the patient" in view.sections["mass"].stale
        assert view.sections["budget"].stale == ""
        view.fields["mass_g"].text = "152,5"
        assert view.model.mass_g == 152.5
        assert view.sections["mass"].stale == ""

    def test_no_more_than_four_controls_are_seen(self):
        assert SEEN <= 4
        assert all(len(names) <= 4 for section, names in INPUTS.items() if section != "budget")

    def test_it_comes_back(self, view):
        view.presets["lesion"].click()
        assert _userdata.load("dose_budget")["volume_ml"] == 3
        again = view_module._View(dose_budget.DoseBudgetPage())
        assert again.fields["volume_ml"].value == 3
        again.reset.click()
        assert again.fields["volume_ml"].value == 20
        assert not again.model.asked("mass")
