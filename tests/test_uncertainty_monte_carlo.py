"""Monte Carlo of the dose: positive, finite, the linear budget where that holds, and right where it does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit
from uncertainties import correlated_values

from mrtlab import calibration, kinetics, uncertainty
from mrtlab.errors import InputError

COVARIANCE = [[0.09, -0.0045], [-0.0045, 0.0025]]
CURVE = calibration.RecoveryCurve(*correlated_values([4.0, 0.95], COVARIANCE))
LESION_3_ML = (3.0, 0.2, 0.3, 1.0, CURVE, 0.03, 0.0293, 0.98)


@settings(max_examples=40)
@given(
    volume_ml=st.floats(1.5, 500), voxel=st.floats(0.05, 0.8), fwhm=st.floats(0, 1.5), image=st.floats(0.3, 2),
    u_b1=st.floats(0, 2), u_b2=st.floats(0, 1), correlation=st.floats(-0.99, 0.99), sensitivity=st.floats(0, 1),
    fit=st.floats(0, 1), exponent=st.floats(0.9, 1.1),
)  # fmt: skip
def test_finite_positive_ordered(volume_ml, voxel, fwhm, image, u_b1, u_b2, correlation, sensitivity, fit, exponent):
    spread = np.array([4 * u_b1, 0.95 * u_b2])
    both = np.outer(spread, spread) * np.array([[1, correlation], [correlation, 1]])
    curve = calibration.RecoveryCurve(*correlated_values([4.0, 0.95], both))
    samples = uncertainty.dose_monte_carlo(volume_ml, voxel, fwhm, image, curve, sensitivity, fit, exponent, n=1000)
    assert np.all(np.isfinite(samples.values))
    assert samples.values.min() > 0
    assert 0 < samples.interval95[0] <= samples.median <= samples.interval95[1]
    assert samples.std >= 0


@settings(max_examples=15)
@given(
    volume_ml=st.floats(2, 300), sensitivity=st.floats(0.005, 0.04), fit=st.floats(0.005, 0.04),
    model=st.floats(0, 0.03), voxel=st.floats(0.01, 0.05),
)  # fmt: skip
def test_agrees_with_the_linear_budget_for_small_uncertainties(volume_ml, sensitivity, fit, model, voxel):
    arguments = (volume_ml, voxel, 0.0, 1.0, CURVE, sensitivity, fit, 0.98)
    budget = uncertainty.dose_budget(*arguments, s_model_rel=model)
    samples = uncertainty.dose_monte_carlo(*arguments, n=40_000, s_model_rel=model)
    assert samples.std == pytest.approx(budget.total_rel, rel=0.02)
    assert samples.median == pytest.approx(1, abs=0.03 * budget.total_rel + 0.002)


@pytest.mark.parametrize(("sensitivity", "fit"), [(0.5, 0.03), (0.03, 0.6), (0.5, 0.6)])
def test_wide_factors_stay_positive(sensitivity, fit):
    """Log-normal: the spread of the logarithm is known in closed form, so is the interval but for the volume's part."""
    samples = uncertainty.dose_monte_carlo(
        20.0, 1e-6, 0.0, 1.0, calibration.RecoveryCurve(4.0, 0.95), sensitivity, fit, 1
    )
    spread = np.sqrt(np.log1p(sensitivity**2) + np.log1p(fit**2))
    assert samples.values.min() > 0
    assert samples.interval95 == pytest.approx(np.exp([-1.96 * spread, 1.96 * spread]), rel=0.03)


def test_replaces_the_linear_budget_on_the_lesion_of_3_ml():
    """Written apart, with normal factors as usual: the upper end is where linear propagation fails."""
    draw, n = np.random.default_rng(23), 400_000
    u_volume = 0.331629899
    ratio = np.exp(np.sqrt(np.log1p(u_volume**2)) * draw.standard_normal(n))
    b1, b2 = draw.multivariate_normal([4.0, 0.95], COVARIANCE, n).T
    recovered, best = 1 / (1 + (b1 / (3 * ratio)) ** b2), 0.432097628
    dose = ratio ** (0.621319426 / 2 / best - 0.98) * best / recovered
    dose *= draw.normal(1, 0.0293, n) / draw.normal(1, 0.03, n)
    expected = np.quantile(dose, [0.025, 0.975])

    samples = uncertainty.dose_monte_carlo(*LESION_3_ML)
    assert samples.interval95 == pytest.approx(expected, rel=0.01)
    total = uncertainty.dose_budget(*LESION_3_ML).total_rel
    linear = (1 - 1.96 * total, 1 + 1.96 * total)
    assert np.mean(dose < linear[0]) < 0.005, "the linear interval reaches too far down"
    assert np.mean(dose > linear[1]) > 0.045, "and leaves out nearly twice what it should above"
    assert np.mean(dose > samples.interval95[1]) == pytest.approx(0.025, abs=0.002)


class TestRefitted:
    def curve(self, cv):
        return kinetics.TimeActivity(
            [24.0, 96.0, 168.0], [118.0, 52.0, 24.0], cv=cv, nuclide="Lu-177", decay_corrected=False
        )

    def refit(self, curve):
        known = {"decay_corrected": False, "sigma_mbq": curve.sigma_mbq}
        return lambda activity: kinetics.fit_voxels(activity, curve.times_h, "Lu-177", **known).tia_mbq_h

    def test_agrees_with_the_linear_uncertainty_of_the_fit(self):
        curve = self.curve(0.02)
        relative = uncertainty.refitted(curve, self.refit(curve), n=40_000)
        tia = kinetics.fit(curve, "mono").tia_mbq_h
        assert relative.std() == pytest.approx(tia.s / tia.n, rel=0.02)
        assert np.median(relative) == pytest.approx(1, abs=1e-3)

    def test_poor_points_agree_with_another_optimiser(self):
        """30 %: the integral is skewed; 150 draws refitted by SciPy, none slower than physical decay."""
        curve = self.curve(0.3)
        relative = uncertainty.refitted(curve, self.refit(curve), n=20_000)
        draw, physical = np.random.default_rng(3), np.log(2) / 159.528

        def tia(activity):
            (a, extra), _ = curve_fit(
                lambda t, a, extra: a * np.exp(-(physical + extra) * t), curve.times_h, activity, (200, 0.01),
                sigma=curve.sigma_mbq, bounds=([0, 0], np.inf),
            )  # fmt: skip
            return a / (physical + extra)

        spread = np.sqrt(np.log1p(0.09))
        tias = [tia(curve.activity_mbq * np.exp(spread * draw.standard_normal(3))) for _ in range(150)]
        own = np.array(tias) / tia(curve.activity_mbq)
        assert np.median(relative) == pytest.approx(np.median(own), rel=0.12)
        assert np.std(np.log(relative)) == pytest.approx(np.std(np.log(own)), rel=0.25)
        assert relative.min() > 0
        assert np.mean(relative) > np.median(relative)

    def test_enters_the_dose_once_and_independently(self):
        curve, n = self.curve(0.1), 50_000
        tia = uncertainty.refitted(curve, self.refit(curve), n)
        arguments = (20.0, 0.2, 0.3, 1.0, CURVE, 0.03, 0.0, 0.98, n)
        without = uncertainty.dose_monte_carlo(*arguments).values
        whole = uncertainty.dose_monte_carlo(*arguments, tia_samples=tia).values
        assert whole == pytest.approx(without * tia, rel=1e-9)
        assert abs(np.corrcoef(without, tia)[0, 1]) < 4 / np.sqrt(n)
        # with an exact curve the volume is the first that is drawn; it must not be drawn with the first point's numbers
        exact = (20.0, 0.2, 0.3, 1.0, calibration.RecoveryCurve(4.0, 0.95), 0.0, 0.0, 0.98, n)
        volume_only = uncertainty.dose_monte_carlo(*exact).values
        assert abs(np.corrcoef(volume_only, tia)[0, 1]) < 4 / np.sqrt(n)

    @pytest.mark.parametrize(
        ("samples", "fit", "words"),
        [
            (np.ones(1000), 0.03, "tia_random_rel must be 0 with tia_samples"),
            (np.full(1000, 8000.0), 0.0, "relative to the best estimate"),
            (np.ones(999), 0.0, "tia_samples must be 1000 plain numbers"),
            (np.zeros(1000), 0.0, "tia_samples must be above 0"),
            ("1", 0.0, "tia_samples is the text"),
        ],
    )
    def test_samples_refused(self, samples, fit, words):
        with pytest.raises(InputError, match=words):
            uncertainty.dose_monte_carlo(20.0, 0.2, 0.3, 1.0, CURVE, 0.03, fit, 0.98, 1000, tia_samples=samples)

    @pytest.mark.parametrize(
        ("refit", "words"),
        [
            (lambda activity: activity.sum(), "one time-integrated activity for each of 1001 columns"),
            (lambda activity: 0 * activity[0], "no positive number for 100.00%"),
            (lambda activity: activity[0] + 0j, "complex"),
            ("mono", "refit must be a function"),
        ],
    )
    def test_refits_refused(self, refit, words):
        with pytest.raises(InputError, match=words):
            uncertainty.refitted(self.curve(0.1), refit, 1000)
        with pytest.raises(InputError, match="curve must be a TimeActivity, got list"):
            uncertainty.refitted([1, 2], lambda activity: activity[0], 1000)
