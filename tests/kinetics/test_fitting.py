"""One curve fitted to one region: structure, covariance, independent minima, and what is flagged."""

from itertools import pairwise

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, TRUTHS, activity, any_curve, integral, lutetium, true_curve
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import curve_fit
from uncertainties import covariance_matrix

from mrtlab.errors import FitError, InputError, PhysicsError
from mrtlab.kinetics import MODELS, aicc, fit
from mrtlab.nuclides import nuclide

NAMES = list(MODELS)


def try_fit(curve, model, **options):
    """The fit, or None where the curve is refused."""
    try:
        return fit(curve, model, **options)
    except (FitError, PhysicsError):
        return None


def area(found, start=0.0, stop=np.inf):
    """Numeric integral of the fitted activity, piece by piece."""
    half_life = found.curve.nuclide.half_life_h
    last = min(stop, 60 * half_life)
    inner = np.concatenate([np.geomspace(1e-4, 1, 9) * found.curve.times_h[0], found.curve.times_h])
    ends = np.unique(np.clip([start, *inner, *np.arange(1, 60, 6) * half_life, last], start, last))
    return sum(quad(found.activity, low, high, epsrel=1e-9, limit=200)[0] for low, high in pairwise(ends))


@pytest.mark.parametrize("model", NAMES)
class TestEveryModel:
    def test_exact_points_give_the_truth(self, model):
        found = fit(true_curve(model), model)
        amplitudes, half_lives, times = TRUTHS[model]
        assert found.chi_square < 1e-6
        assert found.tia_mbq_h.nominal_value == pytest.approx(integral(model), rel=1e-4)
        slowest = 159.528 if model in ("phys", "bi_phys") else max(half_lives)
        assert found.effective_half_life_h.nominal_value == pytest.approx(slowest, rel=0.002)
        first = found.params["a1_mbq"].nominal_value
        assert first == pytest.approx(amplitudes[0], rel=0.01)
        late = np.array([0.1, 10, 500])
        assert found.activity(late) == pytest.approx(activity(model, late), rel=0.01, abs=0.01)
        assert found.dof == len(times) - MODELS[model].parameters
        assert not found.at_bound

    def test_tia_is_the_area_under_the_curve(self, model):
        found = fit(true_curve(model, seed=4), model)
        assert found.tia_mbq_h.nominal_value == pytest.approx(area(found), rel=1e-7)
        last, first = found.curve.times_h[-1], found.curve.times_h[0]
        assert found.extrapolated_fraction == pytest.approx(area(found, last) / area(found), rel=1e-6)
        assert found.before_first_fraction == pytest.approx(area(found, 0, first) / area(found), rel=1e-6)

    def test_residuals_and_chi_square(self, model):
        found = fit(true_curve(model, seed=4), model)
        curve = found.curve
        expected = (curve.activity_mbq - found.activity(curve.times_h)) / curve.sigma_mbq
        assert found.residuals == pytest.approx(expected, abs=1e-9)
        assert found.chi_square == pytest.approx(np.sum(expected**2), rel=1e-9, abs=1e-9)

    def test_covariance_of_an_independent_program(self, model):
        """scipy's curve_fit on all parameters at once, started at the truth."""
        curve = true_curve(model, seed=4, cv=0.02)
        amplitudes, half_lives, _ = TRUTHS[model]
        count = len(amplitudes)

        def shape(times, *numbers):
            return activity(model, times, numbers[:count], [LN2 / rate for rate in numbers[count:]])

        start = [*amplitudes, *(LN2 / half_life for half_life in half_lives)]
        best, covariance = curve_fit(
            shape, curve.times_h, curve.activity_mbq, p0=start, sigma=curve.sigma_mbq, absolute_sigma=True,
            x_scale=start, method="trf", xtol=1e-14, ftol=1e-14, gtol=1e-14,
        )  # fmt: skip
        weights = np.array(MODELS[model].mixing)
        rates = [*best[count:], *([LAMBDA_LU] if len(weights) > len(half_lives) else [])]
        gradient = [*(weights.T @ (1 / np.array(rates)))]
        gradient += [-(weights[k] @ best[:count]) / best[count + k] ** 2 for k in range(len(half_lives))]
        found = fit(curve, model)
        assert found.tia_mbq_h.nominal_value == pytest.approx(weights @ best[:count] @ (1 / np.array(rates)), rel=1e-5)
        assert found.tia_mbq_h.std_dev == pytest.approx(np.sqrt(gradient @ covariance @ gradient), rel=1e-3)
        assert found.covariance == pytest.approx(covariance, rel=0.01, abs=1e-12)
        points = np.array([0.0, 5.0, 300.0])
        jacobian = MODELS[model].jacobian(points, best[:count], best[count:] - LAMBDA_LU, LAMBDA_LU)
        assert found.activity_sigma(points) == pytest.approx(
            np.sqrt(np.einsum("ti,ij,tj->t", jacobian, covariance, jacobian)), rel=0.01, abs=1e-9
        )

    @pytest.mark.parametrize("factor", [1e-9, 1e-3, 1e6])
    def test_scales_with_the_activity(self, model, factor):
        curve = true_curve(model, seed=7)
        scaled = lutetium(curve.times_h, factor * curve.activity_mbq, factor * curve.sigma_mbq)
        one, other = fit(curve, model), fit(scaled, model)
        assert other.tia_mbq_h.nominal_value == pytest.approx(factor * one.tia_mbq_h.nominal_value, rel=1e-6)
        assert other.tia_mbq_h.std_dev == pytest.approx(factor * one.tia_mbq_h.std_dev, rel=1e-4)
        assert other.chi_square == pytest.approx(one.chi_square, rel=1e-6)
        assert other.flags == one.flags

    def test_thorough_finds_nothing_better_here(self, model):
        curve = true_curve(model, seed=11)
        quick, thorough = fit(curve, model), fit(curve, model, thorough=True)
        assert thorough.chi_square == pytest.approx(quick.chi_square, rel=1e-6, abs=1e-9)
        assert fit(curve, model, thorough=True).tia_mbq_h.nominal_value == thorough.tia_mbq_h.nominal_value


@given(any_curve(), st.sampled_from(NAMES))
@settings(max_examples=80)
def test_any_data_at_all(curve, model):
    """No rate below physical, no NaN, shares within 0 to 1, and the area under the curve; or a refusal."""
    found = try_fit(curve, model)
    if found is None:
        return
    numbers = [
        found.tia_mbq_h.nominal_value, found.tia_mbq_h.std_dev, found.effective_half_life_h.nominal_value,
        found.effective_half_life_h.std_dev, found.chi_square, *found.residuals, *found.covariance.ravel(),
    ]  # fmt: skip
    assert np.all(np.isfinite(numbers))
    assert found.tia_mbq_h.nominal_value > 0
    for name, parameter in found.params.items():
        assert parameter.nominal_value >= 0, name
        assert not np.isnan(parameter.std_dev), name
    assert found.effective_half_life_h.nominal_value <= curve.nuclide.half_life_h * (1 + 1e-12)
    assert -1e-6 <= found.extrapolated_fraction <= 1
    assert -1e-6 <= found.before_first_fraction <= 1
    late = np.linspace(0, 5, 50) * curve.nuclide.half_life_h
    assert np.all(found.activity(late) >= -1e-6 * curve.activity_mbq.max())
    assert found.tia_mbq_h.nominal_value == pytest.approx(area(found), rel=1e-4)
    low, high = found.band(late)
    assert np.all(low <= found.activity(late) + 1e-9)
    assert np.all(found.activity(late) <= high)


@given(any_curve(min_points=4))
@settings(max_examples=15)
def test_a_wider_curve_never_fits_worse(curve):
    """Where one curve contains another exactly. (An uptake faster than the points can see is not exactly none.)"""
    fits = {name: try_fit(curve, name) for name in NAMES}
    for name in NAMES:
        for wider in MODELS[name].within:
            if fits[wider] is None or (MODELS[wider].uptake is not None and MODELS[name].uptake is None):
                continue
            assert fits[wider].chi_square <= fits[name].chi_square * 1.001 + 1e-3, (name, wider)


class TestCovarianceByMonteCarlo:
    """Noise simulated 160 times: the spread of the results is the uncertainty each of them states."""

    @pytest.mark.parametrize("model", ["mono", "uptake", "bi"])
    def test_spread_and_coverage(self, model):
        times, truth = np.array(TRUTHS[model][2], dtype=float), integral(model)
        clean = activity(model, times)
        random = np.random.default_rng(20)
        tias = [
            fit(lutetium(times, clean * (1 + 0.05 * random.standard_normal(len(times))), 0.05 * clean), model).tia_mbq_h
            for _ in range(160)
        ]
        values, sigmas = np.array([tia.nominal_value for tia in tias]), np.array([tia.std_dev for tia in tias])
        # the spread of 160 has a standard error of 5.6 %, a coverage of 95.4 % one of 1.7 %
        assert np.std(values, ddof=1) == pytest.approx(np.mean(sigmas), rel=0.15)
        assert np.mean(values) == pytest.approx(truth, abs=4 * np.mean(sigmas) / np.sqrt(160))
        assert np.mean(np.abs(values - truth) < 2 * sigmas) == pytest.approx(0.954, abs=0.045)

    def test_as_many_parameters_as_points(self):
        """Without a spare point the uncertainty is that of the points, carried through the exact solution."""
        times = np.array([24.0, 96.0])
        clean = 120 * np.exp(-0.012 * times)
        random = np.random.default_rng(21)
        tias = [
            fit(lutetium(times, clean * (1 + 0.02 * random.standard_normal(2)), 0.02 * clean), "mono").tia_mbq_h
            for _ in range(160)
        ]
        assert np.std([tia.nominal_value for tia in tias]) == pytest.approx(
            np.mean([tia.std_dev for tia in tias]), rel=0.15
        )


class TestSystematic:
    def test_it_enters_once_after_the_fit(self):
        plain, common = fit(true_curve("mono", 3), "mono"), fit(true_curve("mono", 3, systematic_rel=0.06), "mono")
        assert common.tia_mbq_h.nominal_value == plain.tia_mbq_h.nominal_value
        assert common.chi_square == plain.chi_square
        random = plain.tia_mbq_h.std_dev / plain.tia_mbq_h.nominal_value
        total = common.tia_mbq_h.std_dev / common.tia_mbq_h.nominal_value
        assert total == pytest.approx(np.hypot(random, 0.06), rel=1e-6)
        assert common.effective_half_life_h.std_dev == pytest.approx(plain.effective_half_life_h.std_dev, rel=1e-9)

    def test_it_correlates_two_fits_of_one_curve(self):
        curve = true_curve("bi", 3, cv=0.001, systematic_rel=0.1)
        one, other = fit(curve, "bi").tia_mbq_h, fit(curve, "tri").tia_mbq_h
        assert one.std_dev / one.nominal_value == pytest.approx(0.1, rel=0.01)
        assert covariance_matrix([one, other])[0][1] > 0.95 * one.std_dev * other.std_dev
        assert (one / other).std_dev < 0.02

    def test_two_curves_have_two_errors(self):
        one, other = (fit(true_curve("mono", 3, cv=0.001, systematic_rel=0.1), "mono").tia_mbq_h for _ in range(2))
        assert (one / other).std_dev == pytest.approx(0.1 * np.sqrt(2), rel=0.01)


class TestDerived:
    def test_per_administered_activity(self):
        found = fit(true_curve("mono", 1, administered_mbq=7400), "mono")
        assert (found.tiac_h * 7400 - found.tia_mbq_h).std_dev < 1e-9
        assert found.tiac_h.nominal_value == pytest.approx(found.tia_mbq_h.nominal_value / 7400)
        assert fit(true_curve("mono", 1), "mono").tiac_h is None

    def test_parameters_carry_their_correlation(self):
        found = fit(true_curve("mono", 1), "mono")
        rebuilt = found.params["a1_mbq"] / (found.params["b1_per_h"] + LAMBDA_LU)
        assert (rebuilt - found.tia_mbq_h).std_dev < 1e-6 * found.tia_mbq_h.std_dev
        assert found.effective_half_life_h.std_dev > 0
        with pytest.raises(TypeError):
            found.params["a1_mbq"] = 5

    def test_activity_of_every_shape(self):
        found = fit(true_curve("bi", 1), "bi")
        assert isinstance(found.activity(24), float)
        assert isinstance(found.activity_sigma(24), float)
        assert found.activity([24, 48]).shape == (2,)
        assert found.activity(np.zeros((2, 3))).shape == (2, 3)
        assert found.activity([]).shape == (0,)
        with pytest.raises(InputError, match="times_h must not be negative"):
            found.activity(-1)

    def test_band(self):
        found = fit(true_curve("mono", 1), "mono")
        low, high = found.band([24.0, 168.0])
        assert high - low == pytest.approx(2 * 1.959964 * found.activity_sigma([24.0, 168.0]), rel=1e-5)
        narrow = found.band(24.0, coverage=0.6827)
        assert narrow[1] - narrow[0] == pytest.approx(2 * found.activity_sigma(24.0), rel=1e-3)
        with pytest.raises(InputError, match=r"95 looks like a percentage; give 0\.95"):
            found.band(24.0, coverage=95)
        with pytest.raises(InputError, match="coverage is 1, and nothing is certain"):
            found.band(24.0, coverage=1)


class TestRefused:
    @pytest.mark.parametrize(("model", "points"), [("mono", 1), ("bi", 3), ("uptake", 2), ("tri", 5)])
    def test_fewer_points_than_parameters(self, model, points):
        curve = lutetium(TRUTHS["tri"][2][:points], np.linspace(100, 20, points))
        with pytest.raises(FitError, match=f"{model}: {points} points? cannot determine {MODELS[model].parameters}"):
            fit(curve, model)

    @pytest.mark.parametrize("model", [name for name in NAMES if name != "phys"])
    def test_no_spare_point_and_no_uncertainty(self, model):
        count = MODELS[model].parameters
        times = np.array([1.0, 4, 24, 72, 120, 168][:count])
        measured = 100 * np.exp(-0.02 * times)
        given_sigma = lutetium(times, measured, cv=0.05)
        assumed = lutetium(times, measured, cv=None, sigma_mbq=None)
        with pytest.raises(FitError, match=rf"as many parameters as points \({count}\).*give sigma_mbq or cv"):
            fit(assumed, model)
        found = fit(given_sigma, model)
        assert "NO_DOF" in found.flags
        assert (found.dof, found.p_value, found.aicc) == (0, None, None)
        assert found.tia_mbq_h.std_dev > 0

    def test_a_scale_without_a_spare_point(self):
        with pytest.raises(FitError, match=r"mono: no spare point.*set sigma_mbq instead"):
            fit(lutetium([24, 96], [118, 52]), "mono", scale_covariance=True)

    def test_words(self):
        with pytest.raises(InputError, match=r"model must be one of 'phys', 'mono'.*got 'biexp'"):
            fit(true_curve("mono"), "biexp")
        with pytest.raises(InputError, match="curve must be a TimeActivity, got list"):
            fit([142, 118], "mono")


class TestFlags:
    def test_too_good_and_too_bad(self):
        assert "SIGMA_OVERSTATED" in fit(true_curve("mono"), "mono").flags
        assert "CHI_SQUARE_REJECTED" in fit(true_curve("bi"), "mono").flags
        assert not {"SIGMA_OVERSTATED", "CHI_SQUARE_REJECTED"} & set(fit(true_curve("mono", 1), "mono").flags)

    def test_a_poor_fit_is_not_refused(self):
        found = fit(true_curve("bi"), "mono")
        assert found.p_value < 0.01
        assert found.chi_square > 30

    def test_scaled_by_few_spare_points(self):
        curve = true_curve("mono", 2)
        plain, scaled = fit(curve, "mono"), fit(curve, "mono", scale_covariance=True)
        assert scaled.tia_mbq_h.std_dev == pytest.approx(
            plain.tia_mbq_h.std_dev * np.sqrt(plain.chi_square / plain.dof), rel=1e-6
        )
        assert "SCALE_UNRELIABLE" not in scaled.flags  # three spare points
        four = curve.keep([True] * 4 + [False])
        assert "SCALE_UNRELIABLE" in fit(four, "mono", scale_covariance=True).flags

    @pytest.mark.parametrize(("last", "flag"), [(400.0, None), (100.0, "EXTRAPOLATED"), (40.0, "MOSTLY_EXTRAPOLATED")])
    def test_extrapolated_share(self, last, flag):
        """Half-life 52 h: 26 % are left after 100 h, 59 % after 40 h, 0.5 % after 400 h."""
        times = np.linspace(4, last, 5)
        found = fit(lutetium(times, activity("mono", times)), "mono")
        assert found.extrapolated_fraction == pytest.approx(2 ** (-last / 52), rel=1e-3)
        assert {name for name in found.flags if "EXTRAPOLATED" in name} == ({flag} if flag else set())

    def test_short_span(self):
        times = np.array([24, 40, 56, 70.0])
        assert "SHORT_SPAN" in fit(lutetium(times, activity("mono", times)), "mono").flags
        assert "SHORT_SPAN" not in fit(true_curve("mono"), "mono").flags

    def test_a_phase_the_points_do_not_hold(self):
        """Mono-exponential data fitted with two phases: the second has no amplitude, and its rate no meaning."""
        times, measured = [3.7411, 27.7253, 103.0942, 123.9836], [98.56, 73.6, 25.4, 19.05]
        found = fit(lutetium(times, measured), "bi_phys")
        assert "AT_BOUND" in found.flags
        assert found.at_bound == ("a2_mbq",)
        assert found.params["a2_mbq"].std_dev == np.inf
        nothing = fit(lutetium(times, measured), "bi")
        assert "AT_BOUND" in nothing.flags
        assert np.isfinite(nothing.tia_mbq_h.std_dev)

    def test_two_phases_that_cannot_be_told_apart(self):
        found = fit(lutetium([1, 24, 48, 96, 168], [100, 76, 55, 30, 12.5]), "bi")
        assert {"UNDETERMINED", "AT_BOUND"} & set(found.flags)

    def test_two_minima(self):
        """The first point alone can hold a fast phase of any size: its integral is anyone's guess."""
        curve = lutetium([1.8, 2.6, 6.6, 29.5, 32.4], [80.7, 72.1, 76.7, 31.6, 32.0], cv=0.1)
        found = fit(curve, "bi", thorough=True)
        assert "MULTIMODAL" in found.flags
        assert "MULTIMODAL" not in fit(true_curve("bi", 3), "bi", thorough=True).flags


class TestNuclides:
    @pytest.mark.parametrize("name", ["Y-90", "Ga-68", "I-131", "Ac-225", "Tc-99m"])
    def test_times_in_half_lives_of_any_nuclide(self, name):
        """The same curve in units of its half-life gives the same chi-square and a proportional integral."""
        lutetium_fit = fit(true_curve("bi", 5), "bi")
        curve = lutetium_fit.curve
        stretch = nuclide(name).half_life_h / 159.528
        other = fit(lutetium(curve.times_h * stretch, curve.activity_mbq, curve.sigma_mbq, nuclide=name), "bi")
        assert other.chi_square == pytest.approx(lutetium_fit.chi_square, rel=1e-6)
        assert other.tia_mbq_h.nominal_value == pytest.approx(stretch * lutetium_fit.tia_mbq_h.nominal_value, rel=1e-6)
        assert other.tia_mbq_h.std_dev == pytest.approx(stretch * lutetium_fit.tia_mbq_h.std_dev, rel=1e-4)

    def test_thirty_points(self):
        times = np.geomspace(0.5, 200, 30)
        truth = activity("bi", times)
        random = np.random.default_rng(6)
        found = fit(lutetium(times, truth * (1 + 0.05 * random.standard_normal(30)), 0.05 * truth), "bi")
        assert found.dof == 26
        assert abs(found.tia_mbq_h.nominal_value - integral("bi")) < 3 * found.tia_mbq_h.std_dev

    def test_one_point_known_far_better(self):
        """A hundred times smaller sigma at one point pins the curve there."""
        curve = lutetium([4, 24, 96, 168], [142, 118, 52, 22], [14, 0.1, 5, 2])
        assert fit(curve, "mono").activity(24) == pytest.approx(118, abs=0.3)


class TestCriterion:
    def test_the_formulas(self):
        """chi2 + 2p + 2p(p+1)/(N-p-1); N ln(chi2/N) + 2K + 2K(K+1)/(N-K-1), K = p + 1."""
        assert aicc(5.0, 8, 3) == pytest.approx(5 + 6 + 24 / 4)
        assert aicc(5.0, 8, 3, known_sigma=False) == pytest.approx(8 * np.log(5 / 8) + 8 + 40 / 3)

    @pytest.mark.parametrize(
        ("points", "parameters", "known"), [(4, 3, True), (3, 3, True), (5, 3, False), (4, 3, False)]
    )
    def test_where_it_does_not_exist(self, points, parameters, known):
        """Never a division by zero or a negative penalty: two points more than what is counted, or none."""
        assert aicc(1.0, points, parameters, known_sigma=known) is None
        assert aicc(1.0, points + 1, parameters, known_sigma=known) is not None or points == 3 or not known
        assert aicc(0.0, 20, 2, known_sigma=False) is None

    def test_a_fit_carries_that_for_known_uncertainties(self):
        found = fit(true_curve("mono", 1), "mono")
        assert found.aicc == pytest.approx(found.chi_square + 4 + 12 / 2)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((-1.0, 8, 3), "chi_square must not be negative"),
            ((np.nan, 8, 3), "chi_square must be finite"),
            ((1.0, 0, 3), "points must be a whole number"),
            ((1.0, 8.5, 3), "points must be a whole number"),
            ((1.0, 8, 0), "parameters must be a whole number"),
        ],
    )
    def test_what_cannot_be_is_refused(self, arguments, words):
        with pytest.raises(InputError, match=words):
            aicc(*arguments)
