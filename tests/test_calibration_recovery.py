"""Recovery curve and partial-volume correction."""

import warnings

import numpy as np
import pytest
from scipy.optimize import curve_fit
from uncertainties import correlated_values, ufloat

from mrtlab import FitError, Flag, InputError, PhysicsError, PlausibilityWarning, calibration

VOLUMES = np.array([0.52, 1.15, 2.57, 5.57, 11.49, 26.52])  # spheres of 10 to 37 mm
COVARIANCE = [[0.09, -0.0045], [-0.0045, 0.0025]]


def curve_of(b1_ml=4.0, b2=0.95):
    return calibration.RecoveryCurve(*correlated_values([b1_ml, b2], COVARIANCE))


class TestCurve:
    def test_uncertainty_from_the_analytic_derivatives(self):
        """Derivatives of the specification, at 20 mL: budget vector U01 has R 0.821855 ± 0.017927 from the fit."""
        found = curve_of()(20.0)
        r = found.nominal_value
        gradient = np.array([-0.95 / 4 * r * (1 - r), -np.log(4 / 20) * r * (1 - r)])
        assert r == pytest.approx(0.8218549797610692, rel=1e-12)
        assert found.std_dev == pytest.approx(np.sqrt(gradient @ COVARIANCE @ gradient), rel=1e-9)
        assert found.std_dev == pytest.approx(0.017926906629550883, rel=1e-9)

    def test_uncertain_volume_adds_its_part(self):
        """Budget vector U01: 0.030365 with a volume known to 17.62 %."""
        found = curve_of()(ufloat(20.0, 20 * 0.17620467709465135))
        assert found.std_dev == pytest.approx(0.030364810182657152, rel=1e-9)

    def test_covariance_is_kept(self):
        assert curve_of().covariance == pytest.approx(np.array(COVARIANCE), rel=1e-9)
        assert calibration.RecoveryCurve(4.0, 0.95).covariance == pytest.approx(np.zeros((2, 2)))
        assert type(calibration.RecoveryCurve(4.0, 0.95)(4.0)) is float

    def test_both_forms_are_the_same(self):
        volumes = np.geomspace(0.01, 1e4, 50)
        assert calibration.recovery(volumes, 4.0, 0.95) == pytest.approx(1 - 1 / (1 + (volumes / 4) ** 0.95), rel=1e-12)

    def test_outside_the_spheres(self):
        curve = calibration.RecoveryCurve(4.0, 0.95, (0.52, 26.52))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            curve(0.52)
            curve(np.array([26.52, 3.0]))
        for outside in (0.5, 150.0, np.array([3.0, 27.0])):
            assert curve.flags_at(outside) == (Flag.RECOVERY_EXTRAPOLATED,)
            with pytest.warns(PlausibilityWarning, match="extrapolated"):
                curve(outside)

    def test_refusals(self):
        for bad in (0.0, -1.0, float("nan")):
            with pytest.raises(InputError, match="volume_ml"):
                calibration.recovery(bad, 4.0, 0.95)
        with pytest.raises(InputError, match="b1_ml must be above 0"):
            calibration.RecoveryCurve(0.0, 0.95)
        with pytest.raises(InputError, match="smallest and largest"):
            calibration.RecoveryCurve(4.0, 0.95, (26.52, 0.52))


class TestFit:
    def test_agrees_with_another_optimiser(self):
        draw = np.random.default_rng(2)
        for _ in range(10):
            b1, b2 = draw.uniform(0.5, 8), draw.uniform(0.6, 1.6)
            measured = 1 / (1 + (b1 / VOLUMES) ** b2) + draw.normal(0, 0.01, 6)
            sigma = draw.uniform(0.01, 0.03, 6)
            found = calibration.fit_recovery(VOLUMES, measured, sigma)
            other, covariance = curve_fit(
                lambda v, p, q: 1 / (1 + (p / v) ** q), VOLUMES, measured, [2.5, 1.0], sigma, absolute_sigma=True,
                xtol=1e-14, ftol=1e-14,
            )  # fmt: skip
            assert [found.b1_ml.n, found.b2.n] == pytest.approx(other, rel=1e-6)
            assert found.covariance == pytest.approx(covariance, rel=1e-4)

    def test_recoveries_with_their_uncertainty(self):
        measured = 1 / (1 + (2 / VOLUMES) ** 0.9)
        plain = calibration.fit_recovery(VOLUMES, measured, 0.02)
        linked = calibration.fit_recovery(VOLUMES, [ufloat(r, 0.02) for r in measured])
        assert linked.b1_ml.n == plain.b1_ml.n == pytest.approx(2.0, rel=1e-9)
        assert linked.b1_ml.s == plain.b1_ml.s
        assert plain.volume_range_ml == (0.52, 26.52)

    def test_flags(self):
        measured = 1 / (1 + (2 / VOLUMES) ** 0.9)
        bent = measured + 0.2 * np.array([1, -1, 1, -1, 1, -1])
        assert Flag.CHI_SQUARE_REJECTED in calibration.fit_recovery(VOLUMES, bent, 0.02).flags
        assert Flag.SIGMA_OVERSTATED in calibration.fit_recovery(VOLUMES, measured, 0.02).flags
        assert Flag.NO_DOF in calibration.fit_recovery(VOLUMES[:2], measured[:2], 0.02).flags
        assert Flag.UNDETERMINED in calibration.fit_recovery(VOLUMES, measured, 0.9).flags
        over = calibration.fit_recovery(VOLUMES, [0.3, 0.5, 0.7, 0.85, 1.0, 1.08], 0.05)
        assert Flag.RECOVERY_OVERSHOOT in over.flags

    def test_percentages(self):
        with pytest.raises(InputError, match="give fractions"):
            calibration.fit_recovery(VOLUMES, [24, 37, 56, 71, 83, 91], 2.0)

    def test_recoveries_that_fall_with_volume(self):
        with pytest.raises(FitError, match="same order"):
            calibration.fit_recovery(VOLUMES, [0.91, 0.83, 0.71, 0.56, 0.37, 0.24], 0.02)

    def test_one_volume(self):
        with pytest.raises(FitError, match="two volumes"):
            calibration.fit_recovery([5.0, 5.0, 5.0], [0.7, 0.71, 0.69], 0.02)

    def test_uncertainty_once(self):
        measured = [ufloat(r, 0.02) for r in (0.3, 0.5, 0.7)]
        with pytest.raises(InputError, match="give the uncertainty once"):
            calibration.fit_recovery(VOLUMES[:3], measured, 0.02)
        with pytest.raises(InputError, match="sigma is missing"):
            calibration.fit_recovery(VOLUMES[:3], [0.3, 0.5, 0.7])
        with pytest.raises(InputError, match="volume_ml 3, recovery 3, sigma 2"):
            calibration.fit_recovery(VOLUMES[:3], [0.3, 0.5, 0.7], [0.02, 0.02])
        with pytest.raises(InputError, match="volume_ml must be plain"):
            calibration.fit_recovery(measured, [0.3, 0.5, 0.7], 0.02)


class TestPlateau:
    MEASURED = 1.12 / (1 + (2.0 / VOLUMES) ** 1.1)

    def test_agrees_with_another_optimiser(self):
        draw = np.random.default_rng(4)
        for _ in range(6):
            measured, sigma = self.MEASURED + draw.normal(0, 0.01, 6), draw.uniform(0.01, 0.02, 6)
            found = calibration.fit_recovery(VOLUMES, measured, sigma, plateau=True)
            other, covariance = curve_fit(
                lambda v, p, q, top: top / (1 + (p / v) ** q), VOLUMES, measured, [2.5, 1.0, 1.0], sigma,
                absolute_sigma=True, xtol=1e-14, ftol=1e-14,
            )  # fmt: skip
            assert [found.b1_ml.n, found.b2.n, found.plateau.n] == pytest.approx(other, rel=1e-5)
            assert found.covariance == pytest.approx(covariance, rel=1e-3)
            assert found.dof == 3
            assert found.sources == ("calibration.recovery_plateau",)

    def test_carries_its_plateau(self):
        found = calibration.fit_recovery(VOLUMES, self.MEASURED, 0.01, plateau=True)
        assert found(20.0).n == pytest.approx(1.12 / (1 + (2 / 20) ** 1.1), rel=1e-6)
        share = 1 / (1 + (2 / 20) ** 1.1)
        bent = 1.12 * share * (1 - share)
        gradient = np.array([-1.1 / 2 * bent, -np.log(2 / 20) * bent, share])
        assert found(20.0).s == pytest.approx(np.sqrt(gradient @ found.covariance @ gradient), rel=1e-5)
        assert Flag.PLATEAU_UNJUSTIFIED not in found.flags
        assert Flag.RECOVERY_OVERSHOOT in found.flags
        assert calibration.recovery(20.0, 2.0, 1.1, 1.12) == pytest.approx(found(20.0).n, rel=1e-6)

    def test_a_plateau_of_one_is_said_to_be_unjustified(self):
        measured = 1 / (1 + (2.0 / VOLUMES) ** 1.1) + 0.01 * np.array([1, -1, 1, -1, 1, -1])
        found = calibration.fit_recovery(VOLUMES, measured, 0.02, plateau=True)
        assert abs(found.plateau.n - 1) < 2 * found.plateau.s
        assert Flag.PLATEAU_UNJUSTIFIED in found.flags
        plain = calibration.fit_recovery(VOLUMES, measured, 0.02)
        assert plain.plateau == 1
        assert plain.covariance.shape == (2, 2)

    def test_refused(self):
        with pytest.raises(FitError, match="spheres of six volumes or more, got 5"):
            calibration.fit_recovery(VOLUMES[:5], self.MEASURED[:5], 0.01, plateau=True)
        with pytest.raises(FitError, match="six volumes or more, got 5"):
            calibration.fit_recovery([*VOLUMES[:5], VOLUMES[0]], self.MEASURED, 0.01, plateau=True)
        with pytest.raises(FitError, match=r"plateau 2\.5, outside .* and 0\.2 to 2"):
            calibration.fit_recovery(VOLUMES, 2.5 / (1 + 60 / VOLUMES), 0.01, plateau=True)
        with pytest.raises(FitError, match="do not determine"):  # a straight line in the volume has no plateau
            calibration.fit_recovery(VOLUMES, 0.03 * VOLUMES, 0.01, plateau=True)
        with pytest.raises(InputError, match="plateau must be above 0"):
            calibration.RecoveryCurve(4.0, 0.95, plateau=0.0)


class TestCorrection:
    def test_uncertainty(self):
        found = calibration.partial_volume_corrected(ufloat(12.5, 0.5), ufloat(0.695, 0.03))
        assert found.s / found.n == pytest.approx(np.hypot(0.04, 0.03 / 0.695), rel=1e-12)

    def test_with_background(self):
        """18 MBq in 5 mL, recovery 0.7, in 0.4 MBq/mL: what spills in is the rest of the background."""
        apparent = 0.7 * 18 + 0.3 * 0.4 * 5
        assert calibration.partial_volume_corrected(apparent, 0.7, 0.4, 5.0) == pytest.approx(18, rel=1e-12)
        with pytest.raises(InputError, match="volume_ml is missing"):
            calibration.partial_volume_corrected(apparent, 0.7, 0.4)
        with pytest.raises(PhysicsError, match="not kBq/mL"):
            calibration.partial_volume_corrected(apparent, 0.7, 400.0, 5.0)

    def test_uniform_activity_needs_no_correction(self):
        assert calibration.partial_volume_corrected(2.0, 0.6, 0.4, 5.0) == pytest.approx(2.0, rel=1e-12)

    def test_limits(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            calibration.partial_volume_corrected(12.5, 0.5)
            calibration.partial_volume_corrected(12.5, 1.05)
        with pytest.warns(PlausibilityWarning, match="more than half"):
            assert calibration.partial_volume_corrected(10.0, 0.2) == 50
        with pytest.warns(PlausibilityWarning, match="overshoots"):
            calibration.partial_volume_corrected(12.5, 1.06)
        with pytest.raises(InputError, match=r"looks like a percentage; give 0\.7"):
            calibration.partial_volume_corrected(12.5, 70.0)
        with pytest.raises(InputError, match="recovery must be above 0"):
            calibration.partial_volume_corrected(12.5, 0.0)

    def test_one_small_object_in_a_row(self):
        with pytest.raises(InputError, match=r"recovery is 0\.1"):
            calibration.partial_volume_corrected(np.array([10.0, 10.0]), np.array([0.9, 0.1]))
