"""Thresholds by device, and the plan that turns them into activities."""

import pytest
from uncertainties import ufloat

from mrtlab import radiobiology, sirt
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.sirt import Constraint

DOSES = sirt.partition(2000, 250, 1050, 4.5, 0.06, whole_normal_g=1480)
PARTS = sirt.multi_compartment(
    1800,
    {"T1": 0.38, "T2": 0.09, "perfused normal": 0.41, "other normal": 0.12},
    {"T1": 210, "T2": 35, "perfused normal": 620, "other normal": 780},
    0.04,
    normal=("perfused normal", "other normal"),
)


class TestTable:
    @pytest.mark.parametrize(
        ("key", "compartment", "published"),
        [
            (("glass", "HCC", "segmentectomy"), "perfused", [("aim", (400,))]),
            (("glass", "HCC", "lobectomy"), "tumour", [("aim", (205,)), ("aim", (250, 300))]),
            (("glass", "HCC", "lobectomy"), "normal", [("aim", (88,))]),
            (("glass", "HCC", "unilobar"), "normal", [("limit", (120,))]),
            (("glass", "HCC", "bilobar"), "whole_normal", [("limit", (50, 90))]),
            (("glass", "ICC", "any"), "tumour", [("aim", (260,))]),
            (("glass", "mCRC", "any"), "tumour", [("aim", (189,))]),
            (("resin", "HCC", "bilobar"), "normal", [("limit", (30, 40))]),
            (("resin", "ICC", "unilobar"), "tumour", [("aim", (100, 120))]),
            (("resin", "HCC", "lobectomy"), "normal", [("aim", (70,))]),
            (("resin", "mCRC", "unilobar"), "tumour", [("aim", (100,)), ("aim", (40, 60))]),
            (("Ho-166", "HCC", "any"), "tumour", []),
            (("Ho-166", "ICC", "any"), "tumour", [("aim", (150,))]),
            (("Ho-166", "mCRC", "bilobar"), "normal", [("limit", (40, 60))]),
        ],
    )
    def test_as_published(self, key, compartment, published):
        """Weber et al. 2022, tables 2 to 4."""
        found = sirt.dose_limits(*key)
        assert (found.device, found.tumour, found.scenario) == key
        assert [(level.kind, level.gy) for level in found.of(compartment)] == published
        assert all(level.device == key[0] and level.text for level in found.levels)

    def test_what_is_not_there_lists_what_is(self):
        with pytest.raises(
            InputError, match=r"no doses for glass, ICC, lobectomy.*It has for resin.*HCC segmentectomy;"
        ):
            sirt.dose_limits("glass", "ICC", "lobectomy")
        with pytest.raises(InputError, match=r"no doses for resin, NET, bilobar\. For resin it has: HCC segmentectomy"):
            sirt.dose_limits("resin", "NET", "bilobar")
        with pytest.raises(InputError, match="device must be one of 'glass', 'resin', 'Ho-166'"):
            sirt.dose_limits("plastic", "HCC", "bilobar")

    def test_by_bilirubin(self):
        assert sirt.whole_normal_limit(1.4).gy == (50,)
        assert sirt.whole_normal_limit(0.8).gy == (90,)
        assert sirt.whole_normal_limit(0.8).condition
        assert sirt.whole_normal_limit(1.1).gy == (50,)
        with pytest.warns(PlausibilityWarning, match=r"µmol/L instead of mg/dL\? Then give 0\.88"):
            sirt.whole_normal_limit(15)

    def test_two_numbers_are_for_the_physician(self):
        level = sirt.dose_limits("resin", "HCC", "bilobar").of("normal")[0]
        with pytest.raises(InputError, match=r"leaves 30 and 40 Gy open \(30 Gy if pretreated or impaired\)"):
            level.constraint()
        assert level.constraint(30) == Constraint(
            "normal", 30, "limit", "resin", text="< 30/40 Gy", sources=("sirt.dose_recommendations",)
        )
        with pytest.raises(InputError, match="dose_gy is 50, and the recommendation is"):
            level.constraint(50)

    def test_outcomes(self):
        assert {one.study for one in sirt.outcomes("resin")} == {"SARAH"}
        glass = " ".join(finding for one in sirt.outcomes("glass") for finding in one.findings)
        assert "0.42 (0.22-0.81)" in glass
        assert "225.5 Gy" in glass
        assert len(sirt.outcomes()) > len(sirt.outcomes("glass")) + len(sirt.outcomes("resin"))


class TestBackground:
    def test_spheres(self):
        glass, resin = sirt.microspheres("glass"), sirt.microspheres("resin")
        assert glass.bq_per_sphere / resin.bq_per_sphere == 50
        for spheres in (glass, resin):
            few, many = spheres.spheres_in_3_gbq
            assert few <= 3e9 / spheres.bq_per_sphere <= many
        with pytest.raises(InputError, match="none on Ho-166"):
            sirt.microspheres("Ho-166")

    def test_two_sets_that_disagree(self):
        """50 Gy to the liver: 87.5 Gy with the one, and far less with the other."""
        beds = [
            radiobiology.bed(50, one.alpha_beta_gy, radiobiology.lea_catcheside(64.1, one.repair_half_time_h))
            for one in sirt.TISSUES["liver"]
        ]
        assert beds[0] == pytest.approx(87.5375, rel=1e-5)
        assert beds[1] < 60
        assert [one.status for one in sirt.TISSUES["tumour"]] == ["recalled", "published"]


class TestPlan:
    def test_limit_by_the_whole_normal_liver(self):
        """Bilirubin 1.4 mg/dL: the activity may rise by 1.536 to 2764 MBq, and no further."""
        limit = sirt.whole_normal_limit(1.4).constraint()
        found = sirt.plan(PARTS, [Constraint("T1", 205, "aim"), limit, *sirt.lung_limits()], "glass")
        assert found.limiting.constraint is limit
        assert found.limiting_activity_mbq == pytest.approx(2764, rel=1e-3)
        assert found.needed_mbq == pytest.approx(1800 * 205 / 155.627, rel=1e-5)
        assert found.status == "FEASIBLE"
        assert Flag.CONFLICT not in found.flags
        assert [row.constraint.compartment for row in found.rows] == ["T1", "whole_normal", "lung", "lung"]

    def test_conflict(self):
        constraints = [Constraint("tumour", 205, "aim"), Constraint("normal", 40, "limit"), *sirt.lung_limits()]
        found = sirt.plan(DOSES, constraints, "glass")
        assert found.status == "CONFLICT"
        assert Flag.CONFLICT in found.flags
        assert found.limiting_activity_mbq == pytest.approx(1859.58, rel=1e-5)
        assert found.needed_mbq == pytest.approx(2117.86, rel=1e-5)
        assert [row.activity_mbq for row in found.rows][2:] == pytest.approx([10046.0, 10046.0 * 50 / 30], rel=1e-5)

    def test_same_as_the_inverse_whatever_activity_the_doses_are_for(self):
        constraints = [Constraint("tumour", 205, "aim"), Constraint("whole_normal", 50, "limit")]
        for activity in (500, 4000):
            doses = sirt.partition(activity, 250, 1050, 4.5, 0.06, whole_normal_g=1480)
            rows = sirt.plan(doses, constraints, "glass").rows
            assert rows[0].activity_mbq == pytest.approx(2117.86, rel=1e-5)
            wanted = sirt.partition_activity(50, "whole_normal", 250, 1050, 4.5, 0.06, whole_normal_g=1480)
            assert rows[1].activity_mbq == pytest.approx(wanted)

    def test_previous_dose(self):
        aim = Constraint("tumour", 100, "aim")
        found = sirt.plan(DOSES, [aim, *sirt.lung_limits(45)], "resin")
        assert found.limiting.constraint.dose_gy == 50
        assert found.limiting_activity_mbq == pytest.approx(10046.0 * 5 / 30, rel=1e-5)
        spent = sirt.plan(DOSES, [aim, *sirt.lung_limits(60)], "resin")
        assert (spent.limiting_activity_mbq, spent.status) == (0, "CONFLICT")

    def test_no_shunt_is_no_limit(self):
        doses = sirt.partition(2000, 250, 1050, 4.5, 0)
        found = sirt.plan(doses, [Constraint("tumour", 100, "aim"), *sirt.lung_limits()], "resin")
        assert found.limiting_activity_mbq == float("inf")
        assert found.status == "FEASIBLE"

    def test_uncertainty(self):
        doses = sirt.partition(2000, 250, 1050, ufloat(4.5, 0.9), 0.06)
        found = sirt.plan(doses, [Constraint("tumour", 205, "aim"), Constraint("normal", 40, "limit")], "glass")
        assert found.needed_mbq.std_dev > 0

    def test_nothing_is_chosen(self):
        found = sirt.plan(DOSES, [Constraint("tumour", 205, "aim"), *sirt.lung_limits()], "glass")
        assert not {"chosen", "selected", "recommended", "activity_mbq"} & set(dir(found))

    @pytest.mark.parametrize(
        ("constraints", "device", "message"),
        [
            ([Constraint("tumour", 205, "aim")], "glass", "constraints has no limit"),
            (list(sirt.lung_limits()), "glass", "constraints has no aim"),
            ([Constraint("T1", 205, "aim"), *sirt.lung_limits()], "glass", "the doses know tumour, .*not 'T1'"),
            ([Constraint("tumour", 205, "aim"), *sirt.lung_limits()], "Ho-166", "the constant of Y-90"),
            (
                [Constraint("tumour", 150, "aim", "Ho-166"), *sirt.lung_limits()],
                "resin",
                "found with Ho-166, and device is 'resin'",
            ),
        ],
    )
    def test_refused(self, constraints, device, message):
        with pytest.raises(InputError, match=message):
            sirt.plan(DOSES, constraints, device)

    def test_holmium_has_its_own(self):
        doses = sirt.partition(5000, 250, 1100, 2, 0.02, constant="ifu")
        levels = sirt.dose_limits("Ho-166", "ICC", "any")
        chosen = [levels.of("tumour")[0].constraint(), levels.of("normal")[0].constraint()]
        assert sirt.plan(doses, chosen, "Ho-166").status == "CONFLICT"
        with pytest.raises(InputError, match="the constant of Ho-166"):
            sirt.plan(doses, chosen, "glass")

    def test_constraints_refused(self):
        with pytest.raises(InputError, match="kind must be one of 'aim', 'limit'"):
            Constraint("tumour", 205, "target")
        with pytest.raises(InputError, match="dose_gy must be above 0"):
            Constraint("tumour", 0, "aim")
        with pytest.raises(InputError, match="previous_gy belongs to a limit"):
            Constraint("tumour", 205, "aim", previous_gy=50)
        aim = Constraint("tumour", 205, "aim")
        doses = sirt.partition(2000, 250, 1050, 4.5, 0.06)
        with pytest.raises(InputError, match="whole_normal_g or normal="):
            sirt.plan(doses, [aim, Constraint("whole_normal", 50, "limit")], "glass")
        several = sirt.partition([1000, 2000], 250, 1050, 4.5, 0.06)
        with pytest.raises(InputError, match="not of an array"):
            sirt.plan(several, [aim, *sirt.lung_limits()], "glass")
