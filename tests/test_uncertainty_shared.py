"""Doses that share sensitivity, recovery curve, S value and volume, against Monte Carlo written apart."""

import numpy as np
import pytest
from uncertainties import correlated_values, correlation_matrix, ufloat

from mrtlab import calibration, uncertainty
from mrtlab.errors import InputError

COVARIANCE = np.array([[0.09, -0.0045], [-0.0045, 0.0025]])
OUTLINE = (0.2, 0.3, 1.0)


def curve():
    return calibration.RecoveryCurve(*correlated_values([4.0, 0.95], COVARIANCE))


def edge(volume_ml):
    """Edge value of a sphere blurred by 1 cm, by integrating the blur over the sphere in shells."""
    sigma, radius = 1 / (2 * np.sqrt(2 * np.log(2))), (3 * volume_ml / (4 * np.pi)) ** (1 / 3)
    r = np.linspace(0, 2 * radius, 20001)
    cap = np.pi * r**2 * (2 - r / radius)  # surface of a sphere around the edge point that lies inside the object
    return 2 * np.trapezoid(cap * np.exp(-(r**2) / (2 * sigma**2)), r) / (sigma * np.sqrt(2 * np.pi)) ** 3


def drawn_doses(organs, n=400_000, shrink=1.0, sensitivity=0.03, s_model=0.02, fit=0.04, seed=17):
    """Doses of organs (volume in mL, dose in Gy, number of the outline): what is shared is drawn once."""
    draw = np.random.default_rng(seed)
    b1, b2 = draw.multivariate_normal([4.0, 0.95], COVARIANCE * shrink**2, n).T
    common = (1 + shrink * s_model * draw.standard_normal(n)) / (1 + shrink * sensitivity * draw.standard_normal(n))
    outlines = {}
    for volume_ml, dose_gy, outline in organs:
        u = 3 * np.sqrt(0.2**2 / 6 + 0.3**2 / (4 * np.log(2))) / (2 * (3 * volume_ml / (4 * np.pi)) ** (1 / 3))
        if outline not in outlines:
            outlines[outline] = np.exp(shrink * u * draw.standard_normal(n))
        ratio = outlines[outline]
        best = 1 / (1 + (4.0 / volume_ml) ** 0.95)
        counts = ratio ** (edge(volume_ml) / 2 / best)
        recovered = 1 / (1 + (b1 / (volume_ml * ratio)) ** b2)
        tia = counts / recovered * best * (1 + shrink * fit * draw.standard_normal(n))
        yield dose_gy * common * tia * ratio**-0.98


def budgets(volumes):
    sensitivity, model, shared = ufloat(9.1, 0.273), ufloat(1, 0.02), curve()
    return [
        uncertainty.dose_budget(volume_ml, *OUTLINE, shared, sensitivity, 0.04, 0.98, s_model_rel=model)
        for volume_ml in volumes
    ]


def test_two_lesions_are_correlated_by_their_recovery_curve():
    """With exact outlines only the curve is left: correlation of 1/R at 20 and 3 mL, from the derivatives by b1, b2."""
    shared = curve()
    doses = [
        uncertainty.dose_budget(volume_ml, 1e-9, 0.0, 1.0, shared, 0.0, 0.0, 0.98).dose(10.0) for volume_ml in (20, 3)
    ]
    rest = [1 - 1 / (1 + (4 / v) ** 0.95) for v in (20, 3)]
    gradients = [np.array([0.95 / 4, np.log(4 / v)]) * left for v, left in zip((20, 3), rest, strict=True)]
    (a, b), (_, d) = [[g @ COVARIANCE @ h for h in gradients] for g in gradients]
    found = correlation_matrix(doses)[0, 1]
    assert found == pytest.approx(b / np.sqrt(a * d), rel=1e-6)
    assert found == pytest.approx(0.64, abs=0.005)


def test_sums_differences_and_ratios_over_organs_and_cycles():
    """Kidney in two cycles (one outline), two lesions: everything linear, so all uncertainties to a quarter."""
    organs = [(150.0, 4.0, "kidney"), (150.0, 3.5, "kidney"), (20.0, 30.0, "large"), (3.0, 25.0, "small")]
    kidney, large, small = budgets([150.0, 20.0, 3.0])
    doses = [kidney.dose(4.0), kidney.dose(3.5), large.dose(30.0), small.dose(25.0)]
    samples = np.array(list(drawn_doses(organs, shrink=0.25)))
    assert [dose.s for dose in doses] == pytest.approx(4 * samples.std(axis=1), rel=0.02)
    assert correlation_matrix(doses) == pytest.approx(np.corrcoef(samples), abs=0.01)
    for combine in (
        lambda a, b, c, d: a + b,
        lambda a, b, c, d: a - b,
        lambda a, b, c, d: c - d,
        lambda a, b, c, d: c / d,
        lambda a, b, c, d: (c + d) / (a + b),
    ):
        assert combine(*doses).s == pytest.approx(4 * np.std(combine(*samples)), rel=0.02)
    # nothing shared but what was given: independent lesions have a difference that is too wide
    apart = [uncertainty.dose_budget(v, *OUTLINE, curve(), 0.03, 0.04, 0.98) for v in (20.0, 3.0)]
    assert correlation_matrix([apart[0].dose(30.0), apart[1].dose(25.0)])[0, 1] == 0


def test_a_dose_has_the_uncertainty_of_its_budget():
    for budget in budgets([20.0, 3.0, 150.0]):
        assert budget.dose(7.0).s == pytest.approx(7 * budget.total_rel, rel=1e-9)
        assert budget.dose(7.0).n == 7
        other = [budget.dose(7.0, tia_random_rel=fit).s ** 2 for fit in (0.0, 0.3)]
        assert other[1] - other[0] == pytest.approx(2.1**2, rel=1e-9)
        assert sum(budget.shares.values()) == pytest.approx(1, abs=1e-12)
        assert budget.shares["S value itself"] == pytest.approx((0.02 / budget.total_rel) ** 2, rel=1e-9)


def test_sensitivity_and_curve_that_depend_on_each_other():
    """The curve was measured with the same sensitivity: their correlation enters budget and Monte Carlo."""
    covariance = np.zeros((3, 3))
    covariance[:2, :2] = COVARIANCE
    covariance[2, 2] = 0.273**2
    covariance[0, 2] = covariance[2, 0] = 0.6 * 0.3 * 0.273
    b1_ml, b2, sensitivity = correlated_values([4.0, 0.95, 9.1], covariance)
    linked = uncertainty.dose_budget(8.0, *OUTLINE, calibration.RecoveryCurve(b1_ml, b2), sensitivity, 0.02, 0.98)
    free = uncertainty.dose_budget(8.0, *OUTLINE, curve(), 0.03, 0.02, 0.98)
    left = 1 - 1 / (1 + (4 / 8) ** 0.95)
    # d ln(1/R)/d b1 = b2/b1 (1 - R); d ln(1/Q)/d Q = -1/Q
    expected = free.total_rel**2 - 2 * 0.95 / 4 * left * covariance[0, 2] / 9.1
    assert linked.total_rel == pytest.approx(np.sqrt(expected), rel=1e-9)
    assert linked.activity_rel**2 - free.activity_rel**2 == pytest.approx(expected - free.total_rel**2, rel=1e-9)
    sampled = uncertainty.dose_monte_carlo(
        8.0, 0.02, 0.03, 1.0, calibration.RecoveryCurve(b1_ml, b2), sensitivity, 0.02, 0.98
    )
    small = uncertainty.dose_budget(8.0, 0.02, 0.03, 1.0, calibration.RecoveryCurve(b1_ml, b2), sensitivity, 0.02, 0.98)
    assert sampled.std == pytest.approx(small.total_rel, rel=0.01)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda b: b.dose(ufloat(5, 1)), "dose_gy has an uncertainty already"),
        (lambda b: b.dose(0), "dose_gy must be above 0"),
        (lambda b: b.dose([1.0, 2.0]), "dose_gy must be one plain number"),
        (lambda b: b.dose(5, tia_random_rel=5), "5 looks like a percentage"),
        (lambda b: uncertainty.Budget(*[0.1] * 13).dose(5), "put together by hand"),
    ],
)
def test_refused(call, words):
    (budget,) = budgets([20.0])
    with pytest.raises(InputError, match=words):
        call(budget)


class TestWithShared:
    def test_the_uncertainty_of_a_value_stays(self):
        (found,) = uncertainty.with_shared([ufloat(5, 1)], 0.0, 0.0)
        assert found.s == 1
        first, second = uncertainty.with_shared([ufloat(5, 1), 5.0], [0.1, 0.2], 0.05)
        assert first.s == pytest.approx(np.sqrt(1 + 0.5**2 + 0.25**2))
        assert second.s == pytest.approx(np.sqrt(1 + 0.25**2))

    def test_one_factor_for_two_calls(self):
        sensitivity = ufloat(9.1, 0.455)
        kidneys, spleen = (uncertainty.with_shared([5.0], 0.06, sensitivity)[0] for _ in range(2))
        assert (kidneys + spleen).s == pytest.approx(np.sqrt(2 * 0.3**2 + (10 * 0.05) ** 2))

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (([5, 6, 7], [0.1, 0.2], 0.05), "values 3, random_rel 2"),
            (([[5, 6], [7, 8]], 0.1, 0.05), "values must be a row"),
            (([], 0.1, 0.05), "values is empty"),
            (([5], [], 0.05), "random_rel is empty"),
            (([5], 6, 0.05), "6 looks like a percentage"),
            (([5], ufloat(0.1, 0.01), 0.05), "random_rel must be plain"),
            (([5], 0.1, ufloat(0.05, 0.01)), "must be a plain number"),
            (([5], 0.1, [0.05]), "shared_rel must be one plain number"),
            ((["5"], 0.1, 0.05), "values must be"),
            (([0], 0.1, 0.05), "values must be above 0"),
        ],
    )
    def test_refused(self, arguments, words):
        with pytest.raises(InputError, match=words):
            uncertainty.with_shared(*arguments)
