"""The expected range from its components, the whole table of options, the checklist and the prescription."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from uncertainties import ufloat

from mrtlab import constants, planning
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, Prescription, TissueDose

KEYS = constants.keys()
PARTS = st.dictionaries(st.sampled_from(["mass", "uptake", "energy", "half-life"]), st.floats(0.01, 0.4), min_size=1)


class TestComponents:
    def test_tv41_radioiodine_from_count_to_verdict(self):
        """RI-E5: two-point kinetics in days, Marinelli's form with 24.7, and what plan and verification share."""
        half_life_d = 5 * np.log(2) / np.log(0.43 / 0.19)
        residence_d = 0.43 * 2 ** (1 / half_life_d) * half_life_d / np.log(2)
        assert half_life_d == pytest.approx(4.24327, rel=1e-5)
        assert residence_d == pytest.approx(3.09946, rel=1e-5)
        plan = planning.teaching_components("radioiodine")
        expected = planning.expected_range_from_components(300.885, plan)
        assert np.log(expected.gsd) == pytest.approx(0.246577, rel=1e-5)
        assert expected.interval95_gy == pytest.approx((185.571, 487.855), rel=1e-5)
        measured = planning.teaching_components("radioiodine", "verification")
        dose = ufloat(206.204, 206.204 * planning.relative_uncertainty(measured))
        shared = planning.relative_uncertainty(measured, ["mass", "energy"])
        verdict = planning.verify(dose, expected, shared_rel=shared)
        assert verdict.z == pytest.approx(-1.71226, rel=1e-5)
        assert verdict.within
        assert verdict.text.startswith("within the expected range of 190 to 490 Gy")
        assert verdict.ratio.nominal_value == pytest.approx(0.685, abs=5e-4)
        # the shared part left in twice would have hidden half of it
        assert abs(planning.verify(dose, expected).z) < 1.3

    def test_tv41_sirt(self):
        expected = planning.expected_range_from_components(205, planning.teaching_components("sirt"))
        assert np.log(expected.gsd) == pytest.approx(0.137, abs=5e-4)
        verdict = planning.verify(ufloat(178, 0.1 * 178), expected)
        assert verdict.ratio.nominal_value == pytest.approx(0.86829, rel=1e-5)

    @given(PARTS, st.floats(0.1, 1000))
    def test_the_logarithms_add_in_quadrature(self, parts, median):
        expected = planning.expected_range_from_components(median, parts)
        low, high = expected.interval95_gy
        assert low * high == pytest.approx(median**2, rel=1e-9)
        assert np.log(high / median) == pytest.approx(1.96 * np.sqrt(sum(u**2 for u in parts.values())), rel=1e-9)
        assert dict(expected.components) == parts

    def test_against_a_simulation(self):
        parts = {"mass": 0.15, "uptake": 0.07, "kinetics": 0.2}
        random = np.random.default_rng(8)
        doses = 300 * np.exp(sum(random.normal(0, u, 400_000) for u in parts.values()))
        expected = planning.expected_range_from_components(300, parts)
        assert expected.interval95_gy == pytest.approx(np.quantile(doses, [0.025, 0.975]), rel=0.005)

    @pytest.mark.parametrize(
        ("median", "parts", "message"),
        [
            (300, {}, "components must be relative uncertainties by name"),
            (300, [0.1], "components must be relative uncertainties by name"),
            (300, {"mass": 15}, "15 looks like a percentage; give 0.15"),
            (300, {"mass": -0.1}, "must lie between 0 and 1"),
            (300, {"mass": float("nan")}, "must be finite"),
            (300, {"mass": 0.0}, "components are all 0"),
            (300, {"a": 1.0, "b": 1.0, "c": 1.0}, "nothing can be expected from such a plan"),
            (0, {"mass": 0.1}, "median_gy must be above 0"),
            (300, {"mass": ufloat(0.1, 0.01)}, "must be one plain number"),
        ],
    )
    def test_refused(self, median, parts, message):
        with pytest.raises(InputError, match=message):
            planning.expected_range_from_components(median, parts)

    def test_names_must_be_among_the_components(self):
        with pytest.raises(InputError, match=r"names has volume, not among the components mass"):
            planning.relative_uncertainty({"mass": 0.1}, ["volume"])
        assert planning.relative_uncertainty({"mass": 0.1, "x": 0.2}, "mass") == pytest.approx(0.1)

    def test_teaching_values_say_that_they_are_illustrative(self):
        keys = [key for key in KEYS if key.startswith(("planning.plan_", "planning.verification_"))]
        assert len(keys) == 12
        for key in keys:
            assert constants.sources(key).status == "illustrative"
        with pytest.raises(InputError, match=r"radioiodine \(plan\), sirt \(plan\), radioiodine \(verification\)"):
            planning.teaching_components("sirt", "verification")


class TestTable:
    TISSUES = {  # noqa: RUF012
        "kidneys": TissueDose(6e-4, 1.4, previous_gy=10), "marrow": TissueDose(3.5e-5, 1.8),
        "tumour": TissueDose(4e-3, 2.0),
    }  # fmt: skip
    LIMITS = {"kidneys": 23, "marrow": 2}  # noqa: RUF012

    def options(self, activities=(14800, 3700, 7400), limits=LIMITS):
        return planning.activity_options(activities, self.TISSUES, limits)

    def test_the_limiting_tissue_is_the_likeliest_to_exceed(self):
        options = self.options()
        for activity in options.activities_mbq:
            rows = [row for row in options if row.activity_mbq == activity and row.limit_gy is not None]
            worst = max(rows, key=lambda row: row.probability_above)
            assert options.limiting_tissue(activity) == worst.tissue

    def test_the_limiting_tissue_may_change_with_the_activity(self):
        tissues = {"kidneys": TissueDose(6e-4, 1.2), "marrow": TissueDose(3.5e-5, 3.0)}
        options = planning.activity_options([7400, 38000], tissues, {"kidneys": 23, "marrow": 2})
        assert [options.limiting_tissue(activity) for activity in (7400, 38000)] == ["marrow", "kidneys"]

    def test_without_spread_the_fraction_of_the_limit_decides(self):
        tissues = {"a": TissueDose(1e-4, 1.0), "b": TissueDose(2e-4, 1.0)}
        assert planning.activity_options([100], tissues, {"a": 10, "b": 10}).limiting_tissue(100) == "b"

    def test_no_limit_no_limiting_tissue(self):
        options = self.options(limits=None)
        assert options.limiting_tissue(3700) is None
        assert all(row["limiting"] is False for row in options.rows())

    def test_no_row_is_chosen(self):
        """Rows differ in numbers alone: no column says which activity to take."""
        columns = set(self.options().table()[0])
        assert not [name for name in columns if any(word in name for word in ("chosen", "best", "recommend", "select"))]

    def test_a_row_per_activity_rising_and_all_numbers_in_it(self):
        options = self.options()
        table = options.table()
        assert [row["activity_mbq"] for row in table] == [3700, 7400, 14800]
        for row in table:
            for option in options:
                if option.activity_mbq == row["activity_mbq"]:
                    assert row[f"{option.tissue}: median_gy"] == option.median_gy
                    assert (row[f"{option.tissue}: low_gy"], row[f"{option.tissue}: high_gy"]) == option.interval95_gy
                    assert row[f"{option.tissue}: probability_above"] == option.probability_above
            assert row["limiting_tissue"] == options.limiting_tissue(row["activity_mbq"])

    def test_rows_keep_the_order_given(self):
        rows = self.options().rows()
        assert [row["activity_mbq"] for row in rows][::3] == [14800, 3700, 7400]
        assert self.options().tissues == ("kidneys", "marrow", "tumour")
        assert sum(row["limiting"] for row in rows) == 3

    def test_refused(self):
        with pytest.raises(InputError, match=r"has an activity twice: 3700, 3700"):
            self.options([3700, 3700])
        with pytest.raises(InputError, match=r"activity_mbq is 5000, not among the options 3700, 7400, 14800 MBq"):
            self.options().limiting_tissue(5000)


def test_the_checklist_comes_with_a_verdict_outside():
    expected = planning.expected_range(4, 1.3)
    assert planning.verify(ufloat(4.2, 0.4), expected).checklist == ()
    outside = planning.verify(ufloat(12, 1), expected).checklist
    assert outside == planning.CHECKLIST
    for word in ("calibration", "decay", "segmentation", "residual", "uptake phase", "contamination"):
        assert any(word in item for item in outside)


class TestPrescription:
    GOOD = {  # noqa: RUF012
        "prescribed_by": "Dr A", "planned_by": "B", "activity_mbq": 7400.0,
        "constraints": (Constraint("kidneys", "limit", 23, source="convention", from_external_beam=True),),
        "optimisation_level": 2, "reason": "kidneys limit",
    }  # fmt: skip

    def test_physician_and_expert_are_two(self):
        assert Prescription(**self.GOOD).prescribed_by == "Dr A"
        with pytest.raises(InputError, match=r"prescribed_by and planned_by are both 'Dr A'"):
            Prescription(**{**self.GOOD, "planned_by": "dr a "})

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"prescribed_by": ""}, "prescribed_by is missing"), ({"planned_by": " "}, "planned_by is missing"),
            ({"reason": ""}, "reason is missing"), ({"optimisation_level": 4}, "optimisation_level must be one of 1:"),
            ({"optimisation_level": True}, "optimisation_level must be one of"),
            ({"activity_mbq": None}, "optimisation level 2 prescribes an activity"),
            ({"activity_mbq": -1}, "activity_mbq must be above 0"),
            ({"activity_mbq": None, "constraints": (), "optimisation_level": 3}, "level 3 prescribes a dose"),
            ({"constraints": (Constraint("k", "limit", 1), Constraint("k", "limit", 2))}, "two values for k: limit"),
            ({"constraints": ({"tissue": "k"},)}, "constraints must be Constraint objects"),
        ],
    )  # fmt: skip
    def test_refused(self, change, message):
        with pytest.raises(InputError, match=message):
            Prescription(**{**self.GOOD, **change})

    def test_a_dose_prescription_needs_no_activity(self):
        aim = (Constraint("tumour", "aim", 100),)
        one = Prescription(**{**self.GOOD, "activity_mbq": None, "constraints": aim, "optimisation_level": 3})
        assert one.constraints == aim

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("", "limit", 1), "tissue is missing"), (("k", "maximum", 1), "kind must be one of 'limit', 'aim'"),
            (("k", "limit", 0), "dose_gy must be above 0"), (("k", "limit", 1, "EQD2"), "quantity must be one of"),
            (("k", "limit", 1, "BED", "", "yes"), "from_external_beam must be True or False"),
        ],
    )  # fmt: skip
    def test_constraints_refused(self, arguments, message):
        with pytest.raises(InputError, match=message):
            Constraint(*arguments)
