"""Dose and activity in benign disease: the published examples, both forms of the prescription, gland and shrinkage."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from uncertainties import ufloat

from mrtlab import Flag, InputError, PhysicsError, PlausibilityWarning, constants, dose, planning
from mrtlab import radioiodine as ri

LN2 = np.log(2)
TWO_COMPARTMENT_H = 3.967411 * 24


@pytest.fixture(scope="module")
def integral():
    return ri.time_integral([24, 144], [0.52, 0.27], [0.026, 0.0135])


class TestMeanEnergy:
    def test_eanm_form(self):
        assert 24 * ri.mean_energy(20) == pytest.approx(2.794, abs=5e-4)
        assert 24 * ri.mean_energy(40) == pytest.approx(2.849, abs=5e-4)
        assert 24 * ri.mean_energy(23.3) == pytest.approx(2.805, abs=5e-4)

    def test_tv12_mass_form(self):
        masses = np.array([5, 10, 20, 40, 60, 100.0])
        expected = [2.7145, 2.7678, 2.8261, 2.8928, 2.9370, 2.9998]
        assert 24 * ri.mean_energy(masses, "mass") == pytest.approx(expected, rel=5e-3)

    def test_tv12_all_ways_agree_within_their_uncertainty(self):
        rel = constants.value("radioiodine.mean_energy_rel")
        assert 24 * ri.mean_energy(np.array([20, 40.0]), "mass") == pytest.approx([2.75, 2.83], rel=rel)
        for mass in (10.0, 20.0, 40.0):
            for mode in ("eanm", "constant"):
                assert ri.mean_energy(mass, mode) == pytest.approx(ri.mean_energy(mass, "mass"), rel=rel)

    @pytest.mark.parametrize("mass", [1.0, 5.0, 20.0, 60.0, 100.0])
    def test_against_the_spheres_of_another_module(self, mass):
        """Kernels of mrtlab.dose: other photon transport, other code."""
        assert ri.mean_energy(mass, "mass") == pytest.approx(mass * dose.sphere_s_value(mass, "I-131"), rel=0.03)

    def test_constant_form(self):
        assert 24 * ri.mean_energy(40, "constant") == pytest.approx(2.806264, rel=1e-6)
        assert 24 * ri.mean_energy(40, "constant", coefficient=24.8) == pytest.approx(2.795, abs=5e-4)
        for mass in (3.0, 100.0):
            with pytest.warns(PlausibilityWarning, match="outside 5 to 80 g"):
                ri.mean_energy(mass, "constant")

    def test_out_of_range(self):
        for mass in (0.4, 301.0):
            with pytest.raises(InputError, match=f"between 0.5 and 300.*got {mass:g}"):
                ri.mean_energy(mass, "mass")
        with pytest.warns(PlausibilityWarning, match="below 1 g"):
            ri.mean_energy(0.7, "mass")
        with pytest.raises(InputError, match="mode must be one of 'eanm', 'constant', 'mass'"):
            ri.mean_energy(20, "EANM")
        with pytest.raises(InputError, match="mass_g must be above 0, got 0"):
            ri.mean_energy(0)

    @pytest.mark.parametrize("mode", ri.ENERGY_MODES)
    def test_rises_with_the_mass_and_carries_its_uncertainty(self, mode):
        energies = ri.mean_energy(np.linspace(6, 79, 30), mode)
        assert np.all(np.diff(energies) >= 0)
        mass = ufloat(20, 3)
        assert ri.mean_energy(mass, mode).std_dev < 0.01 * ri.mean_energy(mass, mode).nominal_value


class TestDose:
    def test_published_protocol(self):
        assert ri.dose(535.9, 23.3, 58.08) == pytest.approx(156, rel=0.005)

    def test_tv08_marinelli_and_the_integral_are_the_same_without_uptake_phase(self):
        assert ri.marinelli_activity(200, 40, 0.60, 132) == pytest.approx(598.788, rel=1e-5)
        assert ri.marinelli_activity(200, 40, 0.60, 132, coefficient=24.8) == pytest.approx(601.212, rel=1e-5)
        assert ri.activity(200, 40, 0.60 * 132 / LN2, mode="constant") == pytest.approx(598.788, rel=1e-5)

    def test_tv09_marinelli_over_prescribes_with_an_uptake_phase(self):
        activities = ri.activity(np.array([150, 300.0]), 30, TWO_COMPARTMENT_H, mode="constant")
        assert activities == pytest.approx([404.182, 808.364], rel=1e-5)
        too_much = ri.marinelli_activity(150, 30, 0.424663, 132)
        assert too_much == pytest.approx(475.9, rel=1e-3)
        assert too_much / activities[0] == pytest.approx(1.177, rel=1e-3)

    @given(st.floats(50, 400), st.floats(8, 75), st.floats(30, 200), st.sampled_from(ri.ENERGY_MODES))
    @pytest.mark.filterwarnings("ignore::mrtlab.PlausibilityWarning")
    def test_activity_is_the_inverse_of_dose(self, wanted, mass, tiac, mode):
        assert ri.dose(ri.activity(wanted, mass, tiac, mode), mass, tiac, mode) == pytest.approx(wanted, rel=1e-12)

    def test_uncertainties_go_through(self):
        mass, tiac = ufloat(20, 3), ufloat(90, 5)
        found = ri.dose(400, mass, tiac)
        # the energy rises a little with the mass, which takes off a little
        assert found.std_dev / found.nominal_value == pytest.approx(np.hypot(3 / 20, 5 / 90), rel=0.03)
        assert (found * mass / tiac / ri.mean_energy(mass)).std_dev == pytest.approx(0, abs=1e-9)

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            # TV08, TV43
            (lambda: ri.marinelli_activity(200, 40, 60, 132), InputError, "60 looks like a percentage; give 0.6"),
            (lambda: ri.marinelli_activity(200, 40, 0.6, 216), PhysicsError, "cannot exceed the physical one"),
            (
                lambda: ri.marinelli_activity(200, 40, -0.1, 132),
                InputError,
                "uptake must lie between 0 and 1, got -0.1",
            ),
            (lambda: ri.marinelli_activity(200, 0, 0.6, 132), InputError, "mass_g must be above 0, got 0"),
            (lambda: ri.marinelli_activity(200, 40, 0, 132), InputError, "uptake must be above 0"),
            (lambda: ri.activity(200, 0, 90), InputError, "mass_g must be above 0, got 0"),
            (lambda: ri.dose(400, -20, 90), InputError, "mass_g must be above 0, got -20"),
            (lambda: ri.dose(0, 20, 90), InputError, "activity_mbq must be above 0"),
            (lambda: ri.dose(400, 20, 300), PhysicsError, "more than the 277.7 h of all the I-131"),
            (lambda: ri.activity("200", 20, 90), InputError, "dose_gy is the text"),
        ],
    )
    def test_refused(self, call, error, message):
        with pytest.raises(error, match=message):
            call()

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: ri.dose(400, 20, 3.97), "tiac_h is 3.97 h, very short for a thyroid; is it in days"),
            (lambda: ri.marinelli_activity(20, 4, 0.6, 5.5), "is it in days"),
            (lambda: ri.activity(300, 100, 20), "outside 37 to 2000 MBq"),
            (lambda: ri.marinelli_activity(10, 10, 0.6, 132), "outside 37 to 2000 MBq"),
            (lambda: ri.marinelli_activity(200, 40, 0.6, 193.5), "a little longer than physical decay"),
        ],
    )
    def test_suspicious(self, call, message):
        with pytest.warns(PlausibilityWarning, match=message):
            call()


class TestGland:
    LOBES = ((5.2, 2.1, 1.9), (4.8, 1.9, 1.7))

    def test_tv13(self):
        assert ri.thyroid_volume(self.LOBES) == pytest.approx(18.9815, rel=1e-5)
        assert ri.thyroid_volume(self.LOBES, factor=0.48) == pytest.approx(17.4010, rel=1e-5)
        brunn = constants.value("radioiodine.volume_factor_brunn")
        assert ri.thyroid_volume(self.LOBES, factor=brunn) == pytest.approx(17.4010 * 0.479 / 0.48, rel=1e-5)

    def test_tv13_diameters_taken_for_radii_are_refused(self):
        assert 4 * np.pi / 3 * sum(np.prod(lobe) for lobe in self.LOBES) == pytest.approx(151.852, rel=1e-5)
        with pytest.raises(InputError, match="lengths are diameters"):
            ri.thyroid_volume(self.LOBES, factor=4 * np.pi / 3)

    def test_an_isthmus_counts_if_it_is_listed(self):
        more = ri.thyroid_volume((*self.LOBES, (2.0, 1.5, 0.5)))
        assert more - 18.9815 == pytest.approx(np.pi / 6 * 1.5, rel=1e-4)

    def test_uncertain_diameters(self):
        lobes = [tuple(ufloat(d, 0.05 * d) for d in lobe) for lobe in self.LOBES]
        parts = np.array([np.prod(lobe) for lobe in self.LOBES]) * np.pi / 6
        assert ri.thyroid_volume(lobes).std_dev == pytest.approx(0.05 * np.sqrt(3) * np.hypot(*parts), rel=1e-9)

    @pytest.mark.parametrize(
        ("lobes", "message"),
        [
            ([(52, 21, 19)], "diameter of 52 cm, more than 12 cm; is it in mm"),
            ((5.2, 2.1, 1.9), "must be triples"),
            ([(5.2, 2.1)], "must be triples"),
            ([], "must be triples"),
            ([(5.2, 0, 1.9)], "lobe 1 must be above 0"),
        ],
    )
    def test_refused(self, lobes, message):
        with pytest.raises(InputError, match=message):
            ri.thyroid_volume(lobes)

    def test_unusual_volume(self):
        with pytest.warns(PlausibilityWarning, match="outside 3 to 300 mL"):
            ri.thyroid_volume([(1.5, 1.0, 1.0)])

    def test_mass(self):
        assert ri.thyroid_mass_g(19.0) == 19.0
        assert ri.thyroid_mass_g(19.0, 1.05) == pytest.approx(19.95)


class TestShrinkage:
    def test_tv14(self):
        assert ri.shrinkage_factor(132, 1440) == pytest.approx(1.100917, rel=1e-6)
        assert ri.shrinkage_factor(132, 720) == pytest.approx(1.224490, rel=1e-6)
        with pytest.raises(InputError, match="grow without end"):
            ri.shrinkage_factor(132, 120)

    @given(st.floats(80, 190), st.floats(1.2, 30))
    def test_against_quadrature(self, half_life, ratio):
        shrinking = half_life * ratio
        rate = LN2 / half_life - LN2 / shrinking
        more = quad(lambda t: np.exp(-rate * t), 0, 60 / rate, limit=200)[0] / (half_life / LN2)
        assert ri.shrinkage_factor(half_life, shrinking) == pytest.approx(more, rel=1e-6)

    def test_no_shrinking_is_the_limit(self):
        assert ri.shrinkage_factor(132, 1e12) == pytest.approx(1, abs=1e-9)


class TestBenignDose:
    def test_plan_of_one_patient(self, integral):
        """Volume, integral and activities of the worked Graves case."""
        mass = ri.thyroid_mass_g(ri.thyroid_volume(TestGland.LOBES))
        plan = ri.benign_dose(mass, integral, "constant", stimulated_tracer=False, stimulated_therapy=False)
        found = [plan.activity(gy).nominal_value for gy in (150, 200, 250, 300)]
        assert found == pytest.approx([224, 299, 374, 449], rel=3e-3)
        assert plan.dose(plan.activity(200)).nominal_value == pytest.approx(200, rel=1e-12)
        assert set(plan.flags) == {Flag.EARLY_PHASE_ASSUMED, Flag.EXTRAPOLATED}
        assert {"radioiodine.late_points", "radioiodine.marinelli_coefficient"} <= set(plan.sources)
        plan.require_final()

    def test_tv41_plan_and_verification(self, integral):
        """300 Gy with 450 MBq planned; the therapy shows 0.43 and 0.19 of the activity."""
        mass, options = 18.9815, {"stimulated_tracer": False, "stimulated_therapy": False}
        measured = ri.time_integral([24, 144], [0.43, 0.19], [0.0215, 0.0095])
        assert measured.effective_half_life_h.nominal_value / 24 == pytest.approx(4.24327, rel=1e-4)
        assert measured.tiac_h.nominal_value / 24 == pytest.approx(3.09946, rel=1e-4)
        planned = ri.benign_dose(mass, integral, "constant", **options).dose(450).nominal_value
        verified = ri.benign_dose(mass, measured, "constant", **options).dose(450).nominal_value
        assert (planned, verified) == pytest.approx((300.885, 206.204), rel=5e-4)
        shared = np.hypot(0.15, 0.03)
        of_measurement = np.sqrt(0.15**2 + 0.07**2 + 0.08**2 + 0.03**2)
        expected = planning.expected_range(planned, float(np.exp(0.246577)))
        assert expected.interval95_gy == pytest.approx((185.571, 487.855), rel=1e-3)
        verdict = planning.verify(ufloat(verified, of_measurement * verified), expected, shared_rel=float(shared))
        assert verdict.z == pytest.approx(-1.71226, rel=5e-3)
        assert verdict.within

    def test_other_stimulation_must_not_become_final(self, integral):
        plan = ri.benign_dose(19.0, integral, stimulated_tracer=True, stimulated_therapy=False)
        assert Flag.STIMULATION_MISMATCH in plan.flags
        with pytest.raises(InputError, match=r"must not become final.*Measure under the stimulation"):
            plan.require_final()
        same = ri.benign_dose(19.0, integral, stimulated_tracer=True, stimulated_therapy=True)
        assert Flag.STIMULATION_MISMATCH not in same.flags
        with pytest.raises(TypeError):
            ri.benign_dose(19.0, integral)
        with pytest.raises(InputError, match="stimulated_tracer must be True or False"):
            ri.benign_dose(19.0, integral, stimulated_tracer=None, stimulated_therapy=False)
        assert not hasattr(ri, "apply_rhtsh")

    def test_shrinking_is_off_until_asked_for(self, integral):
        options = {"stimulated_tracer": False, "stimulated_therapy": False}
        plain = ri.benign_dose(19.0, integral, **options)
        shrinking = ri.benign_dose(19.0, integral, mass_half_life_h=1440, **options)
        assert Flag.SHRINKAGE_ASSUMED in shrinking.flags
        assert Flag.SHRINKAGE_ASSUMED not in plain.flags
        half_life = integral.effective_half_life_h.nominal_value
        ratio = (shrinking.gy_per_mbq / plain.gy_per_mbq).nominal_value
        assert ratio == pytest.approx(1 / (1 - half_life / 1440), rel=1e-9)
        with pytest.raises(InputError, match="needs an integral with an effective half-life"):
            ri.benign_dose(19.0, 90.0, mass_half_life_h=1440, **options)

    def test_constant_energy_of_a_small_nodule_is_flagged(self):
        options = {"stimulated_tracer": False, "stimulated_therapy": False}
        assert Flag.CONST_E_OUTSIDE_5_80G in ri.benign_dose(3.0, 90.0, "constant", **options).flags
        assert ri.benign_dose(20.0, 90.0, "constant", **options).flags == ()
        assert ri.benign_dose(20.0, 90.0, **options).gy_per_mbq == pytest.approx(ri.dose(1.0, 20.0, 90.0))
