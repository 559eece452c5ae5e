"""The uptake curve: two compartments against quadrature, fits that find them again, one and two points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from uncertainties import correlation_matrix, ufloat

from mrtlab import FitError, Flag, InputError, PhysicsError, PlausibilityWarning
from mrtlab import radioiodine as ri

PHYSICAL_H = 192.4968
DECAY = np.log(2) / PHYSICAL_H
RATES = (1.2 / 24, 2.4 / 24, np.log(2) / 5.5 / 24)
TIMES = np.array([6.0, 24.0, 144.0])


@pytest.fixture(scope="module")
def model():
    return ri.two_compartment(*RATES)


@pytest.fixture(scope="module")
def fit(model):
    uptake = model.uptake(TIMES)
    return ri.fit_two_compartment(TIMES, uptake, 0.04 * uptake)


@st.composite
def rates(draw):
    """k_t, k_b and k_thyroid of possible patients, those with nearly equal rates among them."""
    k_thyroid = DECAY * draw(st.floats(1.01, 4))
    k_b = k_thyroid * draw(st.one_of(st.floats(1, 1.0001), st.floats(1.01, 50)))
    return draw(st.floats(0.02, 0.99)) * (k_b - DECAY), k_b, k_thyroid


class TestModel:
    def test_tv07(self, model):
        assert model.uptake(TIMES) == pytest.approx([0.221730, 0.417352, 0.247742], rel=1e-5)
        assert model.peak_h / 24 == pytest.approx(1.29585, rel=1e-5)
        assert model.uptake(model.peak_h) == pytest.approx(0.424663, rel=1e-5)
        assert model.tiac_h / 24 == pytest.approx(3.967411, rel=1e-6)

    def test_against_the_differential_equations(self, model):
        from scipy.integrate import solve_ivp

        k_t, k_b, k_thyroid = RATES
        path = solve_ivp(
            lambda t, y: [-k_b * y[0], k_t * y[0] - k_thyroid * y[1]], (0, 144), [1, 0], t_eval=TIMES, rtol=1e-10
        )
        assert model.uptake(TIMES) == pytest.approx(path.y[1], rel=1e-6)

    @given(rates())
    @settings(max_examples=30)
    def test_integral_maximum_and_tail_against_quadrature(self, three):
        found = ri.two_compartment(*three)
        end = 40 / min(three[1:])
        parts = [quad(found.uptake, a, b, epsrel=1e-10)[0] for a, b in ((0, found.peak_h), (found.peak_h, end))]
        assert found.tiac_h == pytest.approx(sum(parts), rel=1e-6)
        assert found.fraction_after(found.peak_h) == pytest.approx(parts[1] / sum(parts), rel=1e-5)
        around = found.uptake(found.peak_h * np.array([0.99, 1.0, 1.01]))
        assert np.argmax(around) == 1

    @pytest.mark.parametrize("apart", [0, 1e-12, 1e-9, 1e-7, 1e-5])
    def test_equal_rates_have_a_limit(self, apart):
        k = 0.01
        found = ri.two_compartment(0.004, k * (1 + apart), k)
        t = np.array([0.0, 1.0, 100.0, 1000.0])
        assert found.uptake(t) == pytest.approx(0.004 * t * np.exp(-k * t), rel=1e-2 * apart * 1e3 + 1e-10)
        assert found.peak_h == pytest.approx(1 / k, rel=apart + 1e-12)

    def test_correlated_rates_go_through(self):
        k_t = ufloat(RATES[0], 0.005)
        found = ri.two_compartment(k_t, *RATES[1:])
        assert found.tiac_h.std_dev / found.tiac_h.nominal_value == pytest.approx(0.1)
        assert (found.uptake(24.0) / k_t).std_dev == pytest.approx(0, abs=1e-12)
        k = ufloat(RATES[2], 1e-4)
        slope = (ri.two_compartment(*RATES[:2], RATES[2] + 1e-7).peak_h - found.peak_h) / 1e-7
        assert ri.two_compartment(*RATES[:2], k).peak_h.std_dev == pytest.approx(abs(slope) * 1e-4, rel=1e-3)

    @pytest.mark.parametrize("apart", [1e-6, 5e-5, 1e-3, 0.5])
    def test_the_uncertainty_has_the_same_limit(self, apart):
        """Derivative of ln(kb/k)/(kb - k) by kb, as a series in the relative distance of the rates."""
        k = 0.01
        k_b = ufloat(k * (1 + apart), 1e-4)
        found = ri.two_compartment(0.004, k_b, k).peak_h.derivatives[k_b]
        terms = np.arange(1, 60)
        assert found == pytest.approx(
            np.sum((-1) ** terms * terms / (terms + 1) * apart ** (terms - 1)) / k**2, rel=1e-5
        )

    def test_impossible_rates(self):
        with pytest.raises(PhysicsError, match=r"cannot exceed the physical one of I-131, 192\.5 h"):
            ri.two_compartment(0.05, 0.1, np.log(2) / 216)
        with pytest.raises(PhysicsError, match=r"k_b_per_h is 0\.05, less than k_t_per_h and the decay"):
            ri.two_compartment(0.05, 0.05, 0.005)
        with pytest.warns(PlausibilityWarning, match="exchanged"):
            ri.two_compartment(0.001, 0.005, 0.1)
        with pytest.warns(PlausibilityWarning, match="a little longer than physical decay"):
            ri.two_compartment(0.05, 0.1, DECAY / 1.005)


class TestFit:
    def test_tv07_recovered(self, fit):
        assert 24 * fit.k_t_per_h.nominal_value == pytest.approx(1.2, rel=1e-3)
        assert 24 * fit.k_b_per_h.nominal_value == pytest.approx(2.4, rel=1e-3)
        assert 24 * fit.k_thyroid_per_h.nominal_value == pytest.approx(0.126027, rel=1e-3)
        assert fit.tiac_h.nominal_value / 24 == pytest.approx(3.967411, rel=1e-3)
        assert fit.effective_half_life_h.nominal_value == pytest.approx(132, rel=1e-3)
        assert fit.peak_h.nominal_value / 24 == pytest.approx(1.29585, rel=1e-3)
        assert fit.flags == (Flag.NO_DOF, Flag.EXTRAPOLATED)
        assert (fit.dof, fit.p_value) == (0, None)

    def test_the_curve_passes_through_the_points_with_their_uncertainty(self, fit, model):
        for time, uptake in zip(TIMES, model.uptake(TIMES), strict=True):
            assert fit.uptake(time).nominal_value == pytest.approx(uptake, rel=1e-6)
            assert fit.uptake(time).std_dev == pytest.approx(0.04 * uptake, rel=1e-4)

    def test_covariance_against_scipy(self, model):
        from scipy.optimize import curve_fit

        times = np.array([4.0, 24.0, 48.0, 96.0, 150.0])
        measured = model.uptake(times) * np.array([1.03, 0.98, 1.02, 0.99, 1.01])
        sigma = 0.04 * measured

        def uptake(t, k_t, k_b, k_thyroid):
            return k_t / (k_b - k_thyroid) * (np.exp(-k_thyroid * t) - np.exp(-k_b * t))

        best, covariance = curve_fit(uptake, times, measured, RATES, sigma, absolute_sigma=True, xtol=1e-12)
        found = ri.fit_two_compartment(times, measured, sigma)
        three = [found.k_t_per_h, found.k_b_per_h, found.k_thyroid_per_h]
        assert [k.nominal_value for k in three] == pytest.approx(best, rel=1e-4)
        assert [k.std_dev for k in three] == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-3)
        scale = np.sqrt(np.diag(covariance))
        assert correlation_matrix(three) == pytest.approx(covariance / np.outer(scale, scale), abs=1e-3)
        assert found.chi_square == pytest.approx(np.sum(((uptake(times, *best) - measured) / sigma) ** 2), rel=1e-6)
        assert found.residuals == pytest.approx((measured - uptake(times, *best)) / sigma, abs=1e-3)

    def test_a_common_standard_moves_the_integral_as_a_whole(self, model):
        standard = ufloat(1.0, 0.05)
        uptake = [ufloat(u, 0.01 * u) / standard for u in model.uptake(TIMES)]
        common = ri.fit_two_compartment(TIMES, uptake)
        alone = ri.fit_two_compartment(TIMES, [ufloat(u, 0.01 * u) for u in model.uptake(TIMES)])
        assert (common.tiac_h * standard).std_dev == pytest.approx(alone.tiac_h.std_dev, rel=1e-2)
        assert common.tiac_h.std_dev > 0.05 * common.tiac_h.nominal_value
        # the standard says nothing about the half-life
        assert common.effective_half_life_h.std_dev == pytest.approx(alone.effective_half_life_h.std_dev, rel=1e-2)

    def test_two_late_points_need_the_loss_of_the_pool(self, model):
        late, uptake = TIMES[1:], model.uptake(TIMES[1:])
        with pytest.raises(FitError, match="give k_b_per_h"):
            ri.fit_two_compartment(late, uptake, 0.01)
        sure = ri.fit_two_compartment(late, uptake, 0.01, k_b_per_h=RATES[1])
        assert sure.tiac_h.nominal_value / 24 == pytest.approx(3.967411, rel=1e-3)
        assert {Flag.EARLY_PHASE_ASSUMED, Flag.NO_DOF} <= set(sure.flags)
        k_b = ufloat(RATES[1], 0.02)
        unsure = ri.fit_two_compartment(late, uptake, 0.01, k_b_per_h=k_b)
        higher = ri.fit_two_compartment(late, uptake, 0.01, k_b_per_h=RATES[1] + 1e-4)
        slope = (higher.tiac_h.nominal_value - sure.tiac_h.nominal_value) / 1e-4
        assert unsure.tiac_h.derivatives[k_b] == pytest.approx(slope, rel=0.01)
        assert unsure.tiac_h.std_dev == pytest.approx(np.hypot(sure.tiac_h.std_dev, 0.02 * slope), rel=0.01)

    def test_three_points_need_their_uncertainty(self, model):
        with pytest.raises(FitError, match="give sigma"):
            ri.fit_two_compartment(TIMES, model.uptake(TIMES))

    def test_without_a_late_point_most_is_extrapolated(self, model):
        times = np.array([6.0, 24.0, 48.0])
        found = ri.fit_two_compartment(times, model.uptake(times), 0.04 * model.uptake(times))
        assert {Flag.MOSTLY_EXTRAPOLATED, Flag.UNDETERMINED} <= set(found.flags)
        assert found.extrapolated_fraction == pytest.approx(model.fraction_after(48.0), rel=1e-3)

    def test_decay_corrected_uptakes_are_refused(self, model):
        corrected = model.uptake(TIMES) * 2 ** (TIMES / PHYSICAL_H)
        with pytest.raises(PhysicsError, match="decay-corrected"):
            ri.fit_two_compartment(TIMES, corrected, 0.03 * corrected)

    def test_no_biological_loss(self):
        uptake = ri.two_compartment(0.05, 0.1, DECAY).uptake(TIMES) * np.array([1.01, 0.99, 1.02])
        found = ri.fit_two_compartment(TIMES, uptake, 0.03 * uptake)
        assert Flag.FELL_BACK_TO_PHYSICAL in found.flags
        assert found.k_thyroid_per_h.nominal_value == pytest.approx(DECAY, rel=1e-12)
        assert found.effective_half_life_h.std_dev == 0

    def test_a_point_out_of_line_fails_the_test(self, model):
        times = np.array([4.0, 24.0, 48.0, 96.0, 150.0])
        uptake = model.uptake(times) * np.array([1, 1, 0.6, 1, 1])
        assert Flag.CHI_SQUARE_REJECTED in ri.fit_two_compartment(times, uptake, 0.03 * uptake).flags
        assert Flag.SIGMA_ASSUMED in ri.fit_two_compartment(times, uptake).flags

    @pytest.mark.parametrize(
        ("times", "uptake", "sigma", "message"),
        [
            (TIMES, [22, 42, 25], 1, "looks like a percentage"),
            (TIMES, [0.2, -0.1, 0.2], 0.01, "uptake must lie between 0 and 1, got -0.1"),
            (TIMES[::-1], [0.2, 0.4, 0.2], 0.01, "times_h must rise"),
            (TIMES, [0.2, 0.4], 0.01, "times_h 3, uptake 2"),
            (TIMES, [0.2, 0.4, 0.2], [0.01, 0.01], "uptake 3, sigma 2"),
            (TIMES, [ufloat(0.2, 0.01), 0.4, 0.2], None, "at some points only"),
            (TIMES, [ufloat(0.2, 0.01)] * 3, 0.01, "carries its uncertainty already"),
        ],
    )
    def test_refused(self, times, uptake, sigma, message):
        with pytest.raises(InputError, match=message):
            ri.fit_two_compartment(times, uptake, sigma)


class TestTwoLatePoints:
    def test_tv06(self):
        found = ri.late_points([24, 144], [0.52, 0.27], [0.05 * 0.52, 0.05 * 0.27])
        half_life = found.effective_half_life_h
        assert half_life.nominal_value == pytest.approx(126.910, rel=1e-4)
        assert half_life.std_dev / half_life.nominal_value == pytest.approx(0.1079, rel=1e-3)
        assert found.start_uptake.nominal_value == pytest.approx(0.592831, rel=1e-4)
        assert found.tiac_h.nominal_value / 24 == pytest.approx(4.52262, rel=1e-4)
        assert 1 / (1 / half_life.nominal_value - 1 / PHYSICAL_H) / 24 == pytest.approx(15.520, rel=1e-4)
        assert Flag.EARLY_PHASE_ASSUMED in found.flags

    def test_tv06_exchanged(self):
        with pytest.raises(PhysicsError, match=r"does not fall.*exchanged, decay-corrected"):
            ri.late_points([24, 144], [0.27, 0.52], 0.01)

    @pytest.mark.parametrize(("tiac_d", "wrong"), [(13.27, "decay-corrected"), (0.4174 * 6.65 / np.log(2), "no U0")])
    def test_wrong_recipes_do_not_come_out(self, tiac_d, wrong):
        found = ri.late_points([24, 144], [0.4174, 0.2477], 0.01)
        assert found.effective_half_life_h.nominal_value / 24 == pytest.approx(6.65, rel=2e-3)
        assert found.tiac_h.nominal_value / 24 != pytest.approx(tiac_d, rel=0.05), wrong

    def test_decay_corrected_uptakes_are_refused(self):
        with pytest.raises(PhysicsError, match="decay corrected"):
            ri.late_points([24, 144], [0.4552, 0.4160], 0.004)

    def test_correlated_uptakes(self):
        standard = ufloat(1, 0.05)
        pair = [ufloat(0.52, 0.005) / standard, ufloat(0.27, 0.0027) / standard]
        found = ri.late_points([24, 144], pair)
        alone = ri.late_points([24, 144], [0.52, 0.27], [0.005, 0.0027])
        assert found.effective_half_life_h.std_dev == pytest.approx(alone.effective_half_life_h.std_dev, rel=1e-6)
        assert (found.tiac_h * standard).std_dev == pytest.approx(alone.tiac_h.std_dev, rel=1e-6)

    def test_more_points_agree_with_the_fit_and_keep_correlations(self):
        from mrtlab import kinetics

        times, uptake = [24.0, 72.0, 144.0], np.array([0.52, 0.41, 0.27])
        found = ri.late_points(times, uptake, 0.03 * uptake)
        curve = kinetics.TimeActivity(times, uptake, 0.03 * uptake, nuclide="I-131", decay_corrected=False)
        other = kinetics.fit(curve, "mono")
        assert found.tiac_h.nominal_value == pytest.approx(other.tia_mbq_h.nominal_value, rel=1e-9)
        assert found.tiac_h.std_dev == pytest.approx(other.tia_mbq_h.std_dev, rel=1e-6)
        standard = ufloat(1, 0.05)
        common = ri.late_points(times, [ufloat(u, 0.03 * u) / standard for u in uptake])
        assert (common.tiac_h * standard).std_dev == pytest.approx(found.tiac_h.std_dev, rel=0.01)

    def test_physical_decay_alone(self):
        times = np.array([24.0, 72.0, 144.0])
        uptake = 0.5 * np.exp(-DECAY * times) * [1.0, 0.99, 1.02]
        found = ri.late_points(times, uptake, 0.03 * uptake)
        assert Flag.FELL_BACK_TO_PHYSICAL in found.flags
        assert found.effective_half_life_h.nominal_value == pytest.approx(PHYSICAL_H, rel=1e-6)

    def test_flags_of_the_times(self):
        assert Flag.UPTAKE_PHASE_POINT in ri.late_points([12, 144], [0.52, 0.27], 0.01).flags
        assert Flag.SHORT_BASELINE in ri.late_points([24, 60], [0.52, 0.40], 0.01).flags
        flags = ri.late_points([24, 144], [0.52, 0.27], 0.01).flags
        assert not {Flag.UPTAKE_PHASE_POINT, Flag.SHORT_BASELINE, Flag.SIGMA_ASSUMED} & set(flags)
        assert Flag.SIGMA_ASSUMED in ri.late_points([24, 144], [0.52, 0.27]).flags


class TestOnePoint:
    def test_tv10_late(self):
        assert ri.late_point_tiac(168, 0.24) / 24 == pytest.approx(4.56671, rel=1e-5)
        halves = np.array([4, 5, 5.5, 7, 8.0207]) * 24
        exact = 0.24 * 2 ** (168 / halves) * halves / np.log(2) / 24
        assert exact == pytest.approx([4.65852, 4.56875, 4.60127, 4.84746, 5.08533], rel=1e-5)
        assert np.all(ri.late_point_tiac(168, 0.24) / 24 <= exact)

    @given(st.floats(72, 240), st.floats(20, 190), st.floats(0.01, 1))
    @pytest.mark.filterwarnings("ignore::mrtlab.PlausibilityWarning")
    def test_never_above_the_exact_integral(self, time_h, half_life_h, share):
        uptake = share * 2 ** (-time_h / 192.4968)  # decay leaves no more
        exact = uptake * 2 ** (time_h / half_life_h) * half_life_h / np.log(2)
        assert ri.late_point_tiac(time_h, uptake) <= exact * (1 + 1e-12)

    def test_tv10_early_is_refused(self):
        with pytest.raises(InputError, match="must not be earlier than 72 h"):
            ri.late_point_tiac(24, 0.45)
        with pytest.raises(InputError, match="are these days"):
            ri.late_point_tiac(7, 0.24)
        with pytest.warns(PlausibilityWarning, match="outside 120 to 192 h"):
            ri.late_point_tiac(96, 0.3)

    @pytest.mark.parametrize(("time_h", "sensitivity"), [(24, 0.861371), (144, 0.168223)])
    def test_tv11_population(self, time_h, sensitivity):
        found = ri.single_point_tiac(time_h, 0.45, ufloat(120, 30))
        assert found.std_dev / found.nominal_value == pytest.approx(0.25 * sensitivity, rel=1e-5)
        assert ri.single_point_tiac(24, 0.45, ufloat(120, 30)).nominal_value == pytest.approx(89.4900, rel=1e-5)

    def test_the_half_life_must_carry_its_uncertainty(self):
        for plain in (120.0, 120 + 0 * ufloat(1, 1)):
            with pytest.raises(InputError, match=r"ufloat\(120, 30\)"):
                ri.single_point_tiac(24, 0.45, plain)
        with pytest.raises(PhysicsError, match="cannot exceed the physical one"):
            ri.single_point_tiac(24, 0.45, ufloat(216, 5))
        with pytest.warns(PlausibilityWarning, match="is it in days"):
            ri.single_point_tiac(24, 0.45, ufloat(5.0, 1.0))

    def test_population(self):
        graves, nodular = ri.population_half_life_h("graves"), ri.population_half_life_h("toxic_nodular")
        assert (graves.nominal_value, nodular.nominal_value) == (120, 144)
        assert graves.std_dev / graves.nominal_value == pytest.approx(0.25)
        with pytest.raises(InputError, match="one of 'graves', 'toxic_nodular'"):
            ri.population_half_life_h("cancer")


class TestProtocols:
    @pytest.mark.parametrize(
        ("times", "known", "name"),
        [
            ([5, 24, 144], {}, "three points"),
            ([24, 144], {}, "two late points"),
            ([24, 48, 144], {}, "two late points"),
            ([24, 144], {"k_b_per_h": 0.1}, "two points, given k_b"),
            ([6, 144], {"k_b_per_h": 0.1}, "two points, given k_b"),
            ([144], {}, "one late point"),
            ([24], {"effective_half_life_h": ufloat(120, 30)}, "one point, population half-life"),
        ],
    )
    def test_chosen(self, times, known, name):
        assert ri.choose_protocol(times, **known).name == name

    @pytest.mark.parametrize(
        ("times", "known", "message"),
        [
            ([24], {}, "give effective_half_life_h"),
            ([6, 144], {}, "give k_b_per_h"),
            ([24, 144], {"effective_half_life_h": ufloat(120, 30)}, "for a single measurement"),
        ],
    )
    def test_refused(self, times, known, message):
        with pytest.raises(InputError, match=message):
            ri.choose_protocol(times, **known)

    def test_all_ways_come_near_the_truth(self, model, fit):
        def integral(times, **known):
            uptake = model.uptake(np.array(times, dtype=float))
            return ri.time_integral(times, uptake, 0.04 * uptake, **known)

        truth = 3.967411 * 24
        assert integral([6, 24, 144]).tiac_h.nominal_value == pytest.approx(truth, rel=1e-3)
        assert integral([6, 24, 144]).fit.k_t_per_h.nominal_value == pytest.approx(0.05, rel=1e-3)
        assert integral([24, 144], k_b_per_h=0.1).tiac_h.nominal_value == pytest.approx(truth, rel=1e-3)
        # e·t at 144 h: 4.04 d
        late = integral([144])
        assert late.tiac_h.nominal_value / 24 == pytest.approx(4.04, rel=2e-3)
        assert late.flags == (Flag.SINGLE_LATE_POINT,)
        early = integral([24], effective_half_life_h=ri.population_half_life_h("graves"))
        assert {Flag.SINGLE_EARLY_POINT, Flag.MOSTLY_EXTRAPOLATED} == set(early.flags)
        assert abs(early.tiac_h.nominal_value - truth) < 2 * early.tiac_h.std_dev
        assert early.tiac_h.std_dev / early.tiac_h.nominal_value == pytest.approx(np.hypot(0.2153, 0.04), rel=1e-2)
        two = integral([24, 144])
        assert two.tiac_h.nominal_value > truth, "uptake at once takes the integral too large"
        assert two.protocol == "two late points"

    def test_the_table_says_what_is_assumed(self):
        assert [one.flag for one in ri.PROTOCOLS.values()] == [
            None, Flag.EARLY_PHASE_ASSUMED, Flag.EARLY_PHASE_ASSUMED, Flag.SINGLE_LATE_POINT, Flag.SINGLE_EARLY_POINT,
        ]  # fmt: skip


class TestCurveBehindAnIntegral:
    def test_it_runs_through_the_points_and_its_area_is_the_integral(self):
        for times, uptake in ((TIMES, [0.28, 0.52, 0.27]), (TIMES[1:], [0.52, 0.27])):
            found = ri.time_integral(times, uptake, [0.05 * one for one in uptake])
            curve = [one.n for one in found.uptake(times)]
            assert curve == pytest.approx(uptake, rel=1e-6)
            area, _ = quad(lambda t, found=found: float(found.uptake(float(t)).n), 0, 4000, limit=200)
            assert area == pytest.approx(found.tiac_h.n, rel=1e-4)

    def test_a_rule_has_none(self):
        with pytest.raises(InputError, match="has no curve"):
            ri.time_integral([144.0], [0.27], 0.01).uptake(24.0)
