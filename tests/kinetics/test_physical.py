"""Nothing falls slower than physical decay: who is refused, who falls back, and who is wrongly accused."""

import numpy as np
import pytest
from curves_for_tests import LAMBDA_LU, LN2, activity, lutetium

from mrtlab.errors import FitError, PhysicsError
from mrtlab.kinetics import fit, map_fit, select, two_point
from mrtlab.kinetics.physical import log_slope, require_physical, terminal_slope

TIMES = np.array([4.0, 24, 96, 168])
PHYSICAL = 100 * np.exp(-LAMBDA_LU * TIMES)


class TestSlopes:
    def test_against_a_weighted_straight_line(self):
        curve = lutetium(TIMES, [142, 118, 52, 22], [14, 6, 2, 3])
        weights = curve.activity_mbq / curve.sigma_mbq
        slope, covariance = np.polyfit(TIMES, np.log(curve.activity_mbq), 1, w=weights, cov="unscaled")
        rate, spread = log_slope(curve)
        assert rate == pytest.approx(-slope[0], rel=1e-9)
        assert spread == pytest.approx(np.sqrt(covariance[0, 0]), rel=1e-9)

    def test_of_the_last_two_points(self):
        rate, spread = terminal_slope(lutetium(TIMES, [142, 118, 52, 22], cv=0.05))
        assert rate == pytest.approx(np.log(52 / 22) / 72, rel=1e-12)
        assert spread == pytest.approx(0.05 * np.sqrt(2) / 72, rel=1e-12)


class TestRefused:
    def test_decay_corrected_data_passed_as_uncorrected(self):
        """Effective half-life 100 h: corrected, it falls with 268 h, which nothing in Lu-177 can do."""
        corrected = 100 * np.exp(-LN2 / 100 * TIMES) / np.exp(-LAMBDA_LU * TIMES)
        with pytest.raises(
            PhysicsError, match=r"all points fall slower than Lu-177 decays \(half-life 268 h; physical "
        ):
            select(lutetium(TIMES, corrected))
        right = select(lutetium(TIMES, corrected, decay_corrected=True))
        assert right.best.effective_half_life_h.nominal_value == pytest.approx(100, rel=1e-4)

    def test_the_message_names_the_slips(self):
        with pytest.raises(PhysicsError) as refused:
            fit(lutetium(TIMES, [100, 99, 98, 97], region="left kidney"), "mono")
        message = str(refused.value)
        assert message.startswith("left kidney: all points fall slower than Lu-177 decays (half-life ")
        assert "physical 159.5 h" in message
        for slip in ("already decay corrected", "decay_corrected=True", "nuclide", "unit of the times", "last point"):
            assert slip in message

    @pytest.mark.parametrize("run", [select, lambda curve: fit(curve, "mono"), lambda curve: map_fit(curve, 60, 1.3)])
    def test_only_the_last_points(self, run):
        with pytest.raises(PhysicsError, match=r"the last two points fall slower .*half-life 1272 h"):
            run(lutetium(TIMES, [142, 118, 52, 50]))

    def test_equal_activities(self):
        with pytest.raises(PhysicsError, match=r"no fall at all"):
            select(lutetium(TIMES, [50, 50, 50, 50]))
        with pytest.raises(PhysicsError, match=r"no fall at all"):
            select(lutetium(TIMES, [20, 50, 50, 50]))  # a plateau reached from below is one too

    def test_times_in_minutes(self):
        with pytest.raises(PhysicsError, match=r"check the nuclide, the unit of the times"):
            select(lutetium(TIMES * 18, [142, 118, 52, 22]))

    def test_the_wrong_nuclide(self):
        with pytest.raises(PhysicsError, match=r"slower than Y-90 decays"):
            select(lutetium(TIMES, 100 * np.exp(-LN2 / 90 * TIMES), nuclide="Y-90"))

    def test_two_points(self):
        with pytest.raises(PhysicsError, match=r"all points fall slower than Lu-177"):
            two_point(lutetium([24, 168], [118, 110]))


class TestFallsBack:
    def test_within_its_uncertainty(self):
        """The last point 5 % high: slower than physical by one standard uncertainty."""
        curve = lutetium(TIMES, PHYSICAL * [1, 1, 1, 1.05])
        assert require_physical(curve)
        selection = select(curve)
        assert selection.best.model == "phys"
        assert {"BELOW_PHYSICAL", "FELL_BACK_TO_PHYSICAL"} <= set(selection.flags)
        assert selection.best.effective_half_life_h.nominal_value == pytest.approx(159.528)
        tia = 100 / LAMBDA_LU
        assert selection.tia_mbq_h.nominal_value == pytest.approx(tia, rel=0.03)

    def test_two_points(self):
        pair = two_point(lutetium([24, 168], [100, 54]))  # half-life 162 h
        assert {"BELOW_PHYSICAL", "FELL_BACK_TO_PHYSICAL"} <= set(pair.flags)
        assert pair.effective_half_life_h.nominal_value == pytest.approx(159.528)
        assert pair.effective_half_life_h.std_dev == 0
        weights = (np.exp(-LAMBDA_LU * np.array([24, 168])) / (0.05 * np.array([100, 54]))) ** 2
        starts = np.array([100, 54]) / np.exp(-LAMBDA_LU * np.array([24, 168]))
        assert pair.tia_mbq_h.nominal_value == pytest.approx(np.average(starts, weights=weights) / LAMBDA_LU, rel=1e-9)
        assert pair.tia_mbq_h.std_dev == pytest.approx(1 / np.sqrt(weights.sum()) / LAMBDA_LU, rel=1e-9)

    def test_one_per_cent_is_never_an_accusation(self):
        """However precise the points: half-lives of different tables differ by tenths of a per cent."""
        slow = 100 * np.exp(-0.992 * LAMBDA_LU * TIMES)
        assert require_physical(lutetium(TIMES, slow, cv=1e-5))
        with pytest.raises(PhysicsError):
            require_physical(lutetium(TIMES, 100 * np.exp(-0.985 * LAMBDA_LU * TIMES), cv=1e-5))

    def test_exact_physical_decay_is_not_slower(self):
        curve = lutetium(TIMES, PHYSICAL)
        assert not require_physical(curve)
        selection = select(curve)
        assert selection.best.model == "phys"
        assert "BELOW_PHYSICAL" not in selection.flags
        assert selection.tia_mbq_h.nominal_value == pytest.approx(100 / LAMBDA_LU, rel=1e-9)


class TestNotAccused:
    @pytest.mark.parametrize("measured", [[20, 60, 58, 40], [20, 60, 59.9, 59]])
    def test_what_rises_first_is_left_to_the_fit(self, measured):
        assert not require_physical(lutetium(TIMES, measured))

    def test_slow_uptake_hides_decay(self):
        """Uptake with 60 h: between 72 and 168 h it falls slower than it decays, and nothing is wrong with the data."""
        times = np.array([4.0, 24, 72, 168])
        amounts = activity("uptake", times, [100.0], [130.0, 43.5])
        assert np.log(amounts[2] / amounts[3]) / 96 < LAMBDA_LU
        random = np.random.default_rng(2)
        for _ in range(25):
            noisy, refused = amounts * (1 + 0.05 * random.standard_normal(4)), ""
            try:
                select(lutetium(times, noisy, 0.05 * amounts))
            except PhysicsError as accused:
                pytest.fail(f"accused of impossible data: {accused}")
            except FitError as error:
                refused = str(error)
            assert not refused or "rising" in refused or "do not determine" in refused

    def test_one_point_says_nothing(self):
        assert not require_physical(lutetium([24], [118]))

    def test_how_often_pure_physical_decay_is_refused(self):
        """Two tests at two standard uncertainties: about one in twenty, not more."""
        random = np.random.default_rng(8)
        refused = 0
        for _ in range(300):
            try:
                require_physical(lutetium(TIMES, PHYSICAL * (1 + 0.05 * random.standard_normal(4)), 0.05 * PHYSICAL))
            except PhysicsError:
                refused += 1
        assert refused < 0.075 * 300
