"""Sums over cycles and the rows of a data set."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from uncertainties import ufloat

from mrtlab import record as records
from mrtlab.errors import InputError
from mrtlab.planning import Constraint


def cycle(case, number, dose=206.204, u=30.0, systematic=0.05, **changes):
    """A final record of one cycle."""
    region = case.measured(dose_gy=ufloat(dose, u), systematic_rel=systematic, shared_rel=0.0)
    found = {"investigation": "Looked at all of the list."}
    record = case.verify(case.administer(case.until("plan", cycle=number)), regions=[region], **{**found, **changes})
    return case.sign(case.sign(record, case.PHYSICIST), case.DOCTOR)


class TestCumulative:
    def test_systematic_parts_add_linearly(self, case):
        """PRRT: u² = Σ u_random² + (Σ u_systematic)²."""
        parts = [(200.0, 30.0, 0.05), (220.0, 25.0, 0.06), (180.0, 20.0, 0.1)]
        cycles = [cycle(case, place, *part) for place, part in enumerate(parts, 1)]
        total = records.cumulative(cycles)["thyroid"]
        common = 200 * 0.05 + 220 * 0.06 + 180 * 0.1
        random = sum(u**2 - (rel * dose) ** 2 for dose, u, rel in parts)
        assert total.dose_gy.nominal_value == pytest.approx(600)
        assert total.dose_gy.std_dev == pytest.approx(np.sqrt(random + common**2), rel=1e-12)
        assert total.dose_gy.std_dev > np.sqrt(sum(u**2 for _, u, _ in parts))
        assert (total.cycles, total.missing, total.flags) == ((1, 2, 3), (), ())

    def test_against_a_simulation(self, case):
        random = np.random.default_rng(11)
        common = random.normal(0, 0.08, 200_000)
        doses = sum(200 * (1 + common) + random.normal(0, 20, common.size) for _ in range(4))
        u = float(np.hypot(200 * 0.08, 20))
        total = records.cumulative([cycle(case, place, 200.0, u, 0.08) for place in (1, 2, 3, 4)])["thyroid"]
        assert total.dose_gy.std_dev == pytest.approx(np.std(doses), rel=0.01)

    def test_the_two_extremes(self, case):
        alone = records.cumulative([cycle(case, place, 200.0, 20.0, 0.0) for place in (1, 2, 3, 4)])["thyroid"]
        assert alone.dose_gy.std_dev == pytest.approx(40)
        together = records.cumulative([cycle(case, place, 200.0, 20.0, 0.1) for place in (1, 2, 3, 4)])["thyroid"]
        assert together.dose_gy.std_dev == pytest.approx(80)

    def test_a_cycle_without_dose_makes_the_sum_a_part(self, case):
        waived = case.sign(case.sign(case.waive(case.until("administration", cycle=2)), case.PHYSICIST), case.DOCTOR)
        total = records.cumulative([cycle(case, 1), waived])["thyroid"]
        assert (total.cycles, total.missing, total.flags) == ((1,), (2,), ("CYCLES_MISSING",))
        absent = records.cumulative([cycle(case, 1), cycle(case, 3)])["thyroid"]
        assert (absent.missing, absent.remaining_gy) == ((2,), None)

    def test_a_cycle_that_was_not_given_adds_nothing(self, case):
        ending = case.decide(case.until("options", cycle=2), decision="do not treat")
        total = records.cumulative([ending, cycle(case, 1)])["thyroid"]
        assert (total.cycles, total.missing, total.flags) == ((1,), (), ())

    def test_what_is_left_of_the_limit(self, case):
        def limited(number, limit, bed):
            record = case.until("decision", cycle=number)
            limits = (Constraint("thyroid", "limit", limit),)
            record = record.prescribe(
                case.DOCTOR, replace(case.PRESCRIPTION, constraints=limits), at=case.later(record)
            )
            return case.verify(case.administer(case.plan(record)), regions=[case.measured(210.0, bed_gy=bed)])

        total = records.cumulative([limited(1, 900, 250.0), limited(2, 1000, 260.0)])["thyroid"]
        assert (total.limit_gy, total.bed_gy) == (1000, 510)
        assert total.remaining_gy == pytest.approx(580)
        assert records.cumulative([limited(1, 900, 250.0), limited(2, 1000, None)])["thyroid"].bed_gy is None
        gap = records.cumulative([limited(1, 900, 250.0), limited(3, 1000, 260.0)])["thyroid"]
        assert (gap.limit_gy, gap.remaining_gy, gap.bed_gy) == (1000, None, None)

    def test_refused(self, case):
        with pytest.raises(InputError, match=r"records must be at least one DosimetryRecord"):
            records.cumulative([])
        with pytest.raises(InputError, match=r"cycle 1 comes twice"):
            records.cumulative([cycle(case, 1), cycle(case, 1)])
        with pytest.raises(InputError, match=r"of several pseudonyms \(case-07, case-08\)"):
            records.cumulative([case.until("plan"), case.until("plan", pseudonym="case-08", cycle=2)])
        with pytest.raises(InputError, match=r"of several therapies \(SIRT, radioiodine\)"):
            records.cumulative([case.until("plan"), case.until("plan", therapy="SIRT", cycle=2)])

    def test_a_limit_that_was_given_up_is_none_any_more(self, case):
        first = case.until("decision", cycle=1)
        limited = replace(case.PRESCRIPTION, constraints=(Constraint("thyroid", "limit", 900),))
        first = case.plan(first.prescribe(case.DOCTOR, limited, at=case.later(first)))
        first = case.verify(case.administer(first))
        assert records.cumulative([first])["thyroid"].limit_gy == 900
        total = records.cumulative([first, case.until("verification", cycle=2)])["thyroid"]
        assert (total.cycles, total.limit_gy, total.remaining_gy) == ((1, 2), None, None)

    def test_a_therapy_is_the_same_in_capitals(self, case):
        typed = [case.until("plan"), case.until("plan", therapy="Radioiodine", cycle=2)]
        assert records.cumulative(typed) == {}


class TestRows:
    def test_one_row_per_region_and_cycle(self, case):
        arm = case.measured(region="arm", shared_rel=0.0)
        two = case.verify(case.until("administration", cycle=2), regions=[case.measured(), arm])
        rows = records.rows([cycle(case, 1), two, case.until("final", pseudonym="case-08")])
        found = [(row["case"], row["cycle"], row["region"]) for row in rows]
        assert found == [(1, 1, "thyroid"), (1, 2, "thyroid"), (1, 2, "arm"), (2, 1, "thyroid")]
        assert all(tuple(row) == records.COLUMNS for row in rows)
        last = rows[-1]
        assert last["dose_gy_per_mbq"] == pytest.approx(206.204 / 448)
        assert (last["expected_low_gy"], last["expected_high_gy"]) == pytest.approx((185.571, 487.855), rel=1e-5)
        assert (last["aim_gy"], last["limit_gy"], last["optimisation_level"]) == (300, None, 3)
        assert (last["status"], last["ending"], last["within"]) == ("FINAL", "treated", True)
        assert rows[2]["expected_median_gy"] is None

    def test_endings_have_a_row(self, case):
        (row,) = records.rows(case.decide(case.until("options"), decision="do not treat"))
        assert (row["ending"], row["region"], row["dose_gy"]) == ("do not treat", None, None)

    def test_no_identifiers(self, case):
        """Of all texts and moments of the record only words of lists and names of therapy and tissue are left."""
        record = case.until("final")
        kept = {str(item) for row in records.rows(record) for item in row.values()}
        tree = json.loads(records.to_json(record))
        texts = set()

        def collect(node):
            if isinstance(node, dict):
                for item in node.values():
                    collect(item)
            elif isinstance(node, list):
                for item in node:
                    collect(item)
            elif isinstance(node, str):
                texts.add(node)

        collect(tree)
        assert texts & kept == {"radioiodine", "I-131", "thyroid", "measured"}

    @pytest.mark.parametrize(("dialect", "separator", "sign"), [("comma", ",", "."), ("semicolon", ";", ",")])
    def test_files(self, case, tmp_path, dialect, separator, sign):
        path = tmp_path / "rows.csv"
        records.write_rows([case.until("final")], path, dialect)
        text = path.read_text(encoding="utf-8")
        assert text.startswith("\ufeff") == (dialect == "semicolon")
        (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator)
        expected = records.rows([case.until("final")])[0]
        for name, item in expected.items():
            if isinstance(item, float):
                assert float(row[name].replace(sign, ".")) == item
            elif isinstance(item, bool):
                assert row[name] == ("yes" if item else "no")
            else:
                assert row[name] == ("" if item is None else str(item))

    def test_no_formula_gets_into_a_spreadsheet(self, case, tmp_path):
        record = case.begin(therapy='=HYPERLINK("x")')
        records.write_rows([record], tmp_path / "rows.csv")
        assert "'=HYPERLINK" in (tmp_path / "rows.csv").read_text(encoding="utf-8")
        with pytest.raises(InputError, match=r"dialect must be one of 'comma', 'semicolon'"):
            records.write_rows([record], tmp_path / "rows.csv", "tab")
