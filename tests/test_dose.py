"""Absorbed dose against analytic limits, a Monte Carlo of our own, and the reference rows."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat, unumpy

from mrtlab import dose
from mrtlab.errors import InputError, PlausibilityWarning
from mrtlab.kernels import point_kernel
from mrtlab.nuclides import dose_constant, nuclide

KERNELS = dose.kernel_nuclides()
MASSES = st.floats(1e-5, 1e4)


class TestLocal:
    @given(st.floats(0, 1e7), st.floats(1e-3, 1e5), st.floats(0.1, 10), st.sampled_from(["Lu-177", "Y-90", "Ac-225"]))
    def test_linear_in_activity_and_inverse_in_mass(self, tia, mass, factor, name):
        once = dose.local(tia, mass, name)
        assert dose.local(factor * tia, mass, name) == pytest.approx(factor * once, rel=1e-12)
        assert dose.local(tia, factor * mass, name) == pytest.approx(once / factor, rel=1e-12)

    def test_energy_is_conserved(self):
        """1 MBq of Y-90 decayed away in 1 kg: energy per decay times number of decays, in joules."""
        yttrium = nuclide("Y-90")
        decays = 1e6 * yttrium.half_life_h * 3600 / np.log(2)
        joules = decays * yttrium.electron_mev * 1.602176634e-13
        assert dose.local(yttrium.half_life_h / np.log(2), 1000, "Y-90") == pytest.approx(joules, rel=1e-9)

    def test_correlated_uncertainties(self):
        """The same mass twice cancels."""
        mass, tia = ufloat(290, 29), ufloat(9000, 450)
        found = dose.local(tia, mass, "Lu-177")
        assert found.std_dev / found.nominal_value == pytest.approx(np.hypot(0.05, 0.1), rel=1e-9)
        assert (found * mass).std_dev / (found * mass).nominal_value == pytest.approx(0.05, rel=1e-9)

    def test_kinds(self):
        assert dose.local([1, 2], [1, 2], "Lu-177") == pytest.approx(dose.local(1, 1, "Lu-177"))
        many = dose.local(unumpy.uarray([100, 200], [1, 2]), 1.0, nuclide("Lu-177"))
        assert unumpy.std_devs(many) == pytest.approx(0.01 * unumpy.nominal_values(many))
        assert dose.local(np.int64(0), 10, "Lu-177") == 0

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((-1, 290, "Lu-177"), "tia_mbq_h must not be negative, got -1"),
            ((9000, 0, "Lu-177"), "mass_g must be above 0, got 0"),
            ((9000, -290, "Lu-177"), "mass_g must be above 0, got -290"),
            ((9000, float("nan"), "Lu-177"), "mass_g must be finite"),
            (("9000", 290, "Lu-177"), "tia_mbq_h is the text"),
            ((9000, 290, "Lu"), "nuclide 'Lu' is not known"),
        ],
    )
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            dose.local(*arguments)


class TestInterval95:
    @pytest.mark.parametrize("relative", [0.31, 0.6, 1.5])
    def test_agrees_with_monte_carlo_where_the_mass_is_doubtful(self, relative):
        """Quotient of two log-normals with the given medians and relative standard deviations, sampled here."""
        random, n = np.random.default_rng(4), 400_000
        width = [np.sqrt(np.log(1 + u**2)) for u in (0.05, relative)]
        tia, mass = (
            middle * np.exp(w * random.standard_normal(n)) for middle, w in zip((7650, 250), width, strict=True)
        )
        low, high = np.quantile(0.0853201 * tia / mass, [0.025, 0.975])
        mass_g = ufloat(250, 250 * relative)
        found = dose.interval95(dose.local(ufloat(7650, 0.05 * 7650), mass_g, "Lu-177"), mass_g)
        assert (found.low, found.high) == pytest.approx((low, high), rel=0.015)
        assert found.distribution == "log-normal"
        assert found.flags == ("LINEARISATION_DOUBTFUL",)

    def test_normal_while_linear_propagation_holds(self):
        mass_g = ufloat(250, 0.29 * 250)
        gray = dose.local(7650, mass_g, "Lu-177")
        found = dose.interval95(gray, mass_g)
        assert (found.distribution, found.flags) == ("normal", ())
        assert found.high - found.low == pytest.approx(2 * 1.96 * 0.29 * gray.nominal_value, rel=1e-3)

    @given(st.floats(1e-3, 1e6), st.floats(1e-3, 1e3), st.one_of(st.none(), st.floats(1e-3, 1e3)))
    def test_never_below_zero_and_around_the_value(self, middle, relative, of_mass):
        mass_g = None if of_mass is None else ufloat(100, 100 * of_mass)
        found = dose.interval95(ufloat(middle, relative * middle), mass_g)
        assert 0 < found.low < middle < found.high
        assert bool(found.flags) == (max(relative, of_mass or 0) > 0.3)

    def test_a_doubtful_mass_is_seen_in_a_dose_that_hides_it(self):
        assert dose.interval95(ufloat(2, 0.1), ufloat(100, 40)).flags == ("LINEARISATION_DOUBTFUL",)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [((2.0,), "result must have an uncertainty"), ((ufloat(-1, 1),), "above 0"), ((ufloat(1, 1), 0), "mass_g")],
    )
    def test_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            dose.interval95(*arguments)


class TestReferenceRows:
    @pytest.mark.parametrize("row", dose.S_VALUES, ids=lambda row: f"{row.phantom} {row.target}")
    def test_local_deposition_is_a_lower_limit_and_close(self, row):
        """Photons add 1 to 4 %: nothing else may lie between the two."""
        ratio = row.gy_per_mbq_h / dose.local(1.0, row.mass_g, row.nuclide)
        assert 1 <= ratio < 1.05

    @pytest.mark.parametrize("row", dose.S_VALUES, ids=lambda row: f"{row.phantom} {row.target}")
    def test_a_sphere_of_that_mass(self, row):
        sphere = dose.sphere_s_value(row.mass_g, row.nuclide)
        assert row.gy_per_mbq_h == pytest.approx(sphere, rel=0.03)

    def test_units_of_the_table(self):
        """mGy/(MBq·s) in the file, Gy/(MBq·h) in the package: a factor 3.6."""
        row = next(item for item in dose.S_VALUES if (item.phantom, item.target) == ("AM", "kidneys"))
        assert row.gy_per_mbq_h == pytest.approx(7.706e-5 * 3.6, rel=1e-12)
        assert row.mass_g == 309.994

    def test_seven_sourced_rows(self):
        assert len(dose.S_VALUES) == 7
        assert {row.nuclide for row in dose.S_VALUES} == {"Lu-177"}


class TestOrgan:
    def test_sum_over_sources(self):
        doses = dose.organ({"kidneys": 9000, "liver": 50000}, {"kidneys": 2.8e-4, "liver": 1e-7})
        assert doses == pytest.approx(9000 * 2.8e-4 + 50000 * 1e-7, rel=1e-12)

    def test_several_targets(self):
        tias = {"a": ufloat(100, 10), "b": ufloat(50, 5)}
        doses = dose.organ(tias, {"a": {"a": 1e-2, "b": 1e-3}, "b": {"a": 1e-3, "b": 2e-2}})
        assert doses["a"].nominal_value == pytest.approx(1.05)
        assert doses["b"].nominal_value == pytest.approx(1.1)
        # both doses rest on both activities: their sum has the uncertainty of 11e-3·a + 21e-3·b
        total = doses["a"] + doses["b"]
        assert total.std_dev == pytest.approx(np.hypot(11e-3 * 10, 21e-3 * 5), rel=1e-9)

    @pytest.mark.parametrize(
        ("tias", "s_values", "message"),
        [
            ({"a": 1, "b": 1}, {"a": 1}, "only one of them has b. Give 0 for what does not contribute"),
            ({"a": 1}, {"a": 1, "c": 1}, "only one of them has c"),
            ({}, {"a": 1}, "tia_by_source must map"),
            ({"a": 1}, 5, "s_values must map"),
            ({"a": -1}, {"a": 1}, r"tia_by_source\['a'\] must not be negative"),
            ({"a": 1}, {"a": -1}, r"s_values\['a'\] must not be negative"),
        ],
    )
    def test_refused(self, tias, s_values, message):
        with pytest.raises(InputError, match=message):
            dose.organ(tias, s_values)


class TestSpheres:
    @given(st.sampled_from(KERNELS), MASSES, st.floats(1.01, 10), st.sampled_from(["electron", "photon"]))
    def test_fractions_grow_with_mass_between_0_and_1(self, name, mass, factor, radiation):
        if radiation == "photon" and name == "Y-90":
            return
        mass = min(mass, 1000)
        small, large = (dose.sphere_absorbed_fraction(item, name, radiation) for item in (mass, factor * mass))
        assert 0 < small < large < 1

    @given(st.sampled_from(KERNELS), MASSES, st.floats(1.01, 10))
    def test_s_value_falls_with_mass_but_no_faster_than_its_inverse(self, name, mass, factor):
        mass = min(mass, 1000)
        small, large = (dose.sphere_s_value(item, name) for item in (mass, factor * mass))
        assert large < small
        assert large * factor > small

    @pytest.mark.parametrize(
        ("name", "deposited", "mean_range_mm"),
        [("Lu-177", 0.9989, 0.24915), ("Y-90", 0.9952, 2.67755), ("I-131", 0.9985, 0.38679),
         ("Ho-166", 0.9964, 1.82265), ("Tb-161", 0.9990, 0.23318), ("Cu-67", 0.9989, 0.23883)],
    )  # fmt: skip
    def test_large_spheres_absorb_what_electrons_deposit(self, name, deposited, mean_range_mm):
        """S·m tends to the energy less the bremsstrahlung, plus the photons that stay; 3/4 m1/R is lost at the rim."""
        found, mass = nuclide(name), 1e4
        radius_mm = 10 * (3 * mass / (4 * np.pi)) ** (1 / 3)
        electrons = dose.sphere_absorbed_fraction(mass, name)
        assert electrons == pytest.approx(1 - 0.75 * mean_range_mm / radius_mm, abs=1e-5)
        photons = 0 if name == "Y-90" else dose.sphere_absorbed_fraction(mass, name, "photon") * found.photon_mev
        per_mev = found.dose_constant / found.electron_mev
        expected = per_mev * (found.electron_mev * deposited * electrons + photons)
        assert dose.sphere_s_value(mass, name) * mass == pytest.approx(expected, rel=1e-4)

    @pytest.mark.parametrize(("name", "mass"), [("Lu-177", 0.01), ("Y-90", 1.0), ("Y-90", 0.05), ("I-131", 0.1)])
    def test_electron_fraction_by_monte_carlo(self, name, mass, root):
        """Decays at random places, energy at random distances of the kernel in random directions."""
        rows = np.loadtxt(root / f"mrtlab/data/kernels/dpk_electron_{name}.csv", delimiter=",")
        random = np.random.default_rng(1)
        count, radius = 400_000, 10 * (3 * mass / (4 * np.pi)) ** (1 / 3)
        start = random.normal(size=(count, 3))
        start *= radius * (random.random(count) ** (1 / 3) / np.linalg.norm(start, axis=1))[:, None]
        away = random.normal(size=(count, 3))
        away /= np.linalg.norm(away, axis=1)[:, None]
        share = np.concatenate([[0], rows[:, 1] / rows[-1, 1]])
        distance = np.interp(random.random(count), share, np.concatenate([[0], rows[:, 0]]))
        inside = np.mean(np.linalg.norm(start + distance[:, None] * away, axis=1) < radius)
        assert dose.sphere_absorbed_fraction(mass, name) == pytest.approx(inside, abs=4 * np.sqrt(0.25 / count))

    @pytest.mark.parametrize(("name", "mass"), [("Lu-177", 1e-4), ("Y-90", 0.02), ("Y-90", 1.0)])
    def test_electron_fraction_by_quadrature(self, name, mass, root):
        """The overlap 1 - 3x/2 + x^3/2 averaged over the kernel in steps far finer than its shells."""
        rows = np.loadtxt(root / f"mrtlab/data/kernels/dpk_electron_{name}.csv", delimiter=",")
        fine = np.linspace(0, rows[-1, 0], 400_001)
        share = np.diff(np.interp(fine, [0, *rows[:, 0]], [0, *rows[:, 1]])) / rows[-1, 1]
        middle = (fine[1:] + fine[:-1]) / 2
        position = np.minimum(middle / (20 * (3 * mass / (4 * np.pi)) ** (1 / 3)), 1)
        expected = share @ (1 - 1.5 * position + 0.5 * position**3)
        assert dose.sphere_absorbed_fraction(mass, name) == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize(("name", "mass"), [("Lu-177", 14e3), ("Lu-177", 20e3), ("Lu-177", 70e3), ("I-131", 20e3)])
    def test_spheres_beyond_the_photon_kernel(self, name, mass, root):
        """Between counting none and as much as possible of what the table does not hold."""
        rows = np.loadtxt(root / f"mrtlab/data/kernels/dpk_photon_{name}.csv", delimiter=",")
        diameter = 20 * (3 * mass / (4 * np.pi)) ** (1 / 3)
        fine = np.linspace(0, 300, 600_001)
        share = np.diff(np.interp(fine, [0, *rows[:, 0]], [0, *rows[:, 1]]))
        position = np.minimum((fine[1:] + fine[:-1]) / 2 / diameter, 1)
        least = share @ (1 - 1.5 * position + 0.5 * position**3)
        end = min(300 / diameter, 1.0)
        most = least + (1 - rows[-1, 1]) * (1 - 1.5 * end + 0.5 * end**3)
        found = nuclide(name)
        electrons = found.electron_mev * point_kernel(name).deposited * dose.sphere_absorbed_fraction(mass, name)
        expected = [(electrons + found.photon_mev * share) * dose_constant(1.0) / mass for share in (least, most)]
        assert dose.sphere_s_value(mass, name) == pytest.approx(np.mean(expected), rel=1e-5)
        assert expected[0] * (1 - 1e-5) <= dose.sphere_s_value(mass, name) <= expected[1] * (1 + 1e-5)

    def test_everything_stays_in_a_large_sphere(self):
        masses = np.geomspace(1, 1e9, 40)
        electrons = dose.sphere_absorbed_fraction(masses, "Lu-177")
        assert np.all(np.diff(electrons) > 0)
        assert electrons[-1] == pytest.approx(1, abs=1e-4)
        uncertain = dose.sphere_s_value(ufloat(20e3, 200), "Lu-177")
        step = (dose.sphere_s_value(20.1e3, "Lu-177") - dose.sphere_s_value(19.9e3, "Lu-177")) / 200
        assert uncertain.std_dev == pytest.approx(200 * abs(step), rel=1e-3)

    def test_what_the_photon_kernel_leaves_open_is_said(self):
        with pytest.warns(
            PlausibilityWarning, match=r"511 mm wide .* wider than the photon kernel of I-131, .* by 2.6 %"
        ):
            dose.sphere_s_value(70e3, "I-131")
        with pytest.warns(PlausibilityWarning, match=r"wider than the photon kernel of Lu-177"):
            dose.sphere_absorbed_fraction(30e3, "Lu-177", "photon")

    def test_density_shrinks_the_distances(self):
        """The range in diameters is the same when the mass falls with the square of the density."""
        thin = dose.sphere_absorbed_fraction(1.0, "Y-90", density_g_per_ml=1.0)
        dense = dose.sphere_absorbed_fraction(0.25, "Y-90", density_g_per_ml=2.0)
        assert dense == pytest.approx(thin, rel=1e-9)

    def test_kinds(self):
        many = dose.sphere_absorbed_fraction([0.1, 1, 10], "Lu-177")
        assert many == pytest.approx([dose.sphere_absorbed_fraction(m, "Lu-177") for m in (0.1, 1, 10)], rel=1e-12)
        assert isinstance(dose.sphere_s_value(1, "Lu-177"), float)
        mass = ufloat(1.0, 0.1)
        found = dose.sphere_s_value(mass, "Lu-177")
        step = 1e-4
        slope = (dose.sphere_s_value(1 + step, "Lu-177") - dose.sphere_s_value(1 - step, "Lu-177")) / (2 * step)
        assert found.std_dev == pytest.approx(0.1 * abs(slope), rel=1e-4)
        row = dose.sphere_s_value([mass, ufloat(10, 1)], "Lu-177")
        assert row[0].nominal_value == pytest.approx(found.nominal_value)
        assert (row[0] - found).std_dev < 1e-9 * found.nominal_value

    def test_refused(self):
        for name in ("Ac-225", "Tc-99m"):
            with pytest.raises(InputError, match=f"no electron kernel for {name}; there are kernels for Cu-67, Ho-166"):
                dose.sphere_s_value(1, name)
        with pytest.raises(InputError, match=r"no photon kernel for Y-90"):
            dose.sphere_absorbed_fraction(1, "Y-90", "photon")
        with pytest.raises(InputError, match=r"radiation must be one of 'electron', 'photon', got 'beta'"):
            dose.sphere_absorbed_fraction(1, "Lu-177", "beta")
        with pytest.raises(InputError, match=r"1241 mm wide .* wider than the photon kernel of I-131, 300 mm.* 6.3 %"):
            dose.sphere_s_value(1e6, "I-131")
        with pytest.raises(InputError, match=r"wider than the photon kernel of I-131"):
            dose.sphere_absorbed_fraction(300e3, "I-131", "photon")
        with pytest.raises(InputError, match=r"density_g_per_ml must be above 0"):
            dose.sphere_s_value(1, "Lu-177", density_g_per_ml=0)
        with pytest.raises(InputError, match=r"mass_g must be above 0, got 0 at position 2"):
            dose.sphere_s_value([1, 0], "Lu-177")

    def test_cells_are_too_small_for_the_kernels(self):
        with pytest.warns(PlausibilityWarning, match=r"mass_g is 1e-09, a sphere less than 0.1 mm wide"):
            dose.sphere_absorbed_fraction(1e-9, "Lu-177")


class TestMassScaling:
    REFERENCE = 7.706e-5 * 3.6, 309.994

    @given(st.floats(104, 929), st.floats(104, 929))
    def test_there_and_back(self, first, second):
        """Two steps are one, as long as the split into electrons and photons holds."""
        s_value, reference = self.REFERENCE
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PlausibilityWarning)
            once = dose.scale_s_value(s_value, reference, first, "Lu-177")
            back = dose.scale_s_value(once, first, reference, "Lu-177")
        assert back == pytest.approx(s_value, rel=2e-3)
        both = sorted([first, second])
        assert dose.scale_s_value(s_value, reference, both[0], "Lu-177") >= dose.scale_s_value(
            s_value, reference, both[1], "Lu-177"
        )

    def test_the_same_mass_changes_nothing(self):
        s_value, reference = self.REFERENCE
        assert dose.scale_s_value(s_value, reference, reference, "Lu-177") == pytest.approx(s_value, rel=1e-12)

    def test_photons_alone_by_the_two_thirds_power(self):
        """I-131: two thirds of the energy are photons, so the exponent matters."""
        s_value = 1.5 * dose.sphere_s_value(300.0, "I-131")
        electrons = nuclide("I-131").dose_constant * 0.99855 * dose.sphere_absorbed_fraction(300.0, "I-131") / 300
        expected = electrons * 2 + (s_value - electrons) * 2 ** (2 / 3)
        assert dose.scale_s_value(s_value, 300, 150, "I-131") == pytest.approx(expected, rel=1e-4)

    def test_uncertain_masses(self):
        s_value, reference = self.REFERENCE
        scaled = dose.scale_s_value(s_value, reference, ufloat(290, 29), "Lu-177")
        assert scaled.std_dev / scaled.nominal_value == pytest.approx(0.1, rel=0.01)
        many = dose.scale_s_value(s_value, reference, unumpy.uarray([290, 200], [29, 20]), "Lu-177")
        assert many[0].nominal_value == pytest.approx(scaled.nominal_value, rel=1e-12)

    @pytest.mark.parametrize("mass", [0.29, 100.0, 1000.0, [290, 0.29]])
    def test_far_from_the_reference(self, mass):
        with pytest.warns(PlausibilityWarning, match=r"times reference_mass_g.*check grams and kilograms"):
            dose.scale_s_value(*self.REFERENCE, mass, "Lu-177")

    def test_wrong_unit_of_s(self):
        """mGy/(MBq·s) given where Gy/(MBq·h) is asked: 28 % of the electrons alone."""
        with pytest.raises(InputError, match=r"only 28 % of what the electrons of Lu-177 .*1 mGy/\(MBq·s\) is 3.6"):
            dose.scale_s_value(7.706e-5, 309.994, 290, "Lu-177")
        with pytest.raises(InputError, match=r"electrons of Lu-177"):
            dose.scale_s_value([2.8e-4, 1e-9], 309.994, [290, 290], "Lu-177")

    def test_a_little_below_the_electrons(self):
        s_value = 0.97 * dose.sphere_s_value(300, "Lu-177")
        with pytest.warns(PlausibilityWarning, match=r"below the electron part for 300 g of Lu-177"):
            assert dose.scale_s_value(s_value, 300, 150, "Lu-177") == pytest.approx(2 * s_value, rel=1e-12)
