"""A cycle of Ac-225 in a record: its parts, its weight, where the daughters went; and records from before."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_record_files import at, containers, leaves, other, rechained
from uncertainties import ufloat

from mrtlab import _content, nuclides, planning, psma
from mrtlab import record as records
from mrtlab.errors import Flag, InputError
from mrtlab.record import AlphaPart, DosimetryRecord, MeasuredRegion, Person, PlannedRegion, alpha, form
from mrtlab.record import regions as making

DOCTOR, PHYSICIST = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
MBQ = 8.0
#: Made up: MBq·h of Ac-225, g, and Bi-213 that stays.
SITES = {"lesion 1": (0.9, 12.0, 0.9), "parotid glands": (1.1, 50.0, 0.7)}
OLD = [*Path(__file__).with_name("cases").rglob("*.json"), *_content.dataset("records").glob("*.json")]


def dose(name, rbe=5.0, stays=None):
    tia, grams, bismuth = SITES[name]
    return psma.alpha_dose(ufloat(tia, 0.1 * tia), grams, retained={"Bi-213": stays or bismuth}, rbe=rbe)


def part(found, **changes):
    fields = {"alpha_gy": found.alpha_gy, "electron_gy": found.electron_gy, "rbe": found.rbe}
    return AlphaPart(**{**fields, "daughters": found.daughters, **changes})


def planned(name, **changes):
    found = dose(name)
    spread = planning.expected_range_from_components(found.absorbed_gy.nominal_value, {"uptake": 0.3})
    region = PlannedRegion(
        name, spread, SITES[name][1], "outlined on CT", "population", "energies of ICRP 107", daughters=found.daughters
    )
    return replace(region, **changes)


def measured(name, rbe=5.0, **changes):
    found = dose(name, rbe)
    region = MeasuredRegion(
        name, found.absorbed_gy, SITES[name][1], "outlined on CT", "three images at 440 keV", "energies of ICRP 107",
        points=3, partial_volume=True, systematic_rel=0.05, alpha=part(found),
    )  # fmt: skip
    return replace(region, **changes)


def steps(nuclide="Ac-225", cycle=1):
    """Steps i to iv."""
    case = DosimetryRecord.begin("case-07", "PSMA", nuclide, f"{nuclide} PSMA-617", cycle=cycle, at=AT)
    case = case.declare_intent(DOCTOR, "mCRPC", "palliative", ["lesion 1"], ["parotid glands"], at=AT)
    doses = {name: planning.TissueDose(dose(name).absorbed_gy.nominal_value / MBQ, 1.3) for name in SITES}
    case = case.present_options(PHYSICIST, planning.activity_options([6, MBQ], doses), "population", at=AT)
    case = case.decide(DOCTOR, "treat", "Benefit outweighs the risk.", at=AT)
    limit = planning.Constraint("parotid glands", "limit", 1.0, source="chosen by the physician")
    wanted = planning.Prescription(DOCTOR.name, PHYSICIST.name, MBQ, (limit,), 2, "The dry mouth decides.")
    return case.prescribe(DOCTOR, wanted, at=AT)


def given_(case, regions=None):
    """Step v."""
    case = case.fix_plan(PHYSICIST, MBQ, [planned(name) for name in SITES] if regions is None else regions, at=AT)
    return case.administer(
        PHYSICIST, ufloat(MBQ, 0.3), measured_at=AT, started_at=AT + timedelta(hours=1), residual_mbq=0.1,
        calibrator="well chamber 2, in equilibrium", traceability="national standard", route="intravenous", at=AT,
    )  # fmt: skip


def verified(case, regions=None, **more):
    regions = [measured(name) for name in SITES] if regions is None else regions
    return case.verify(PHYSICIST, regions, at=AT, **more)


def signed(case):
    return case.sign(PHYSICIST, at=AT).sign(DOCTOR, at=AT)


def final(cycle=1, **parts):
    return signed(verified(given_(steps(cycle=cycle)), [measured(name, **parts) for name in SITES]))


def old_record():
    """As one was written when a dose had no parts: the same steps, the form without them."""
    case = steps()
    plan = form.Plan(
        activity_mbq=MBQ, stimulation="none", remarks=None,
        regions=tuple(making.planned(planned(name, daughters=None)) for name in SITES),
    )  # fmt: skip
    case = case._append("MPE", PHYSICIST.name, case.steps[-1].at, plan)
    case = case.administer(
        PHYSICIST, ufloat(MBQ, 0.3), measured_at=AT, started_at=AT, residual_mbq=0.1, calibrator="well chamber",
        traceability="national standard", route="intravenous", at=AT,
    )  # fmt: skip
    ranges = {region.region: region for region in plan.regions}
    regions = tuple(making.verified(measured(name, alpha=None), ranges[name]) for name in SITES)
    content = form.Verification(regions=regions, missing=(), investigation=None, next_cycle=None, remarks=None)
    return case._append("MPE", PHYSICIST.name, case.steps[-1].at, content)


class TestRecord:
    def test_from_intent_to_two_signatures(self, tmp_path):
        case = final()
        assert (case.status, case.ending, case.flags) == ("FINAL", "treated", ())
        lesion = case.verification.regions[0]
        # E06 of the specification: 27.48 MeV of alphas per decay of the chain; 30 % of them by Bi-213 and Po-213,
        # of which a tenth is lost
        per_mev = 1.602176634e-13 * 1e6 * 3600 * 1000
        expected = 0.9 * 27.48 * (1 - 0.1 * 0.3027) * per_mev / 12
        assert lesion.alpha.alpha_gy == pytest.approx(expected, rel=2e-3)
        assert lesion.alpha.alpha_gy + lesion.alpha.electron_gy == pytest.approx(lesion.dose_gy, rel=1e-12)
        assert lesion.alpha.weighted_gy == pytest.approx(5 * lesion.alpha.alpha_gy + lesion.alpha.electron_gy)
        assert "Bi-213 90 %" in lesion.alpha.daughters
        assert lesion.within is True
        records.write(case, tmp_path / "ac.json")
        again = records.read(tmp_path / "ac.json")
        assert again == case
        assert records.to_json(again) == (tmp_path / "ac.json").read_text(encoding="utf-8")

    def test_the_verdict_is_of_the_absorbed_dose(self):
        heavy = verified(given_(steps()), [measured(name, rbe=8.0) for name in SITES]).verification.regions
        light = verified(given_(steps())).verification.regions
        assert [one.z for one in heavy] == [one.z for one in light]
        assert heavy[0].alpha.weighted_gy > 1.5 * light[0].alpha.weighted_gy

    def test_nothing_that_belongs_to_a_dose_may_be_left_out(self):
        with pytest.raises(InputError, match=r"Ac-225 has daughters, and for parotid glands the plan does not say"):
            given_(steps(), [planned("lesion 1"), planned("parotid glands", daughters=None)])
        case = given_(steps())
        with pytest.raises(InputError, match=r"the dose of lesion 1 does not say which part of it is theirs"):
            verified(case, [measured("lesion 1", alpha=None), measured("parotid glands")])
        for daughters in ("", "  ", None):
            with pytest.raises(InputError, match=r"daughters"):
                verified(case, [replace(measured("lesion 1"), alpha=part(dose("lesion 1"), daughters=daughters))])
        with pytest.raises(InputError, match=r"rbe must be one plain number"):
            verified(case, [replace(measured("lesion 1"), alpha=part(dose("lesion 1"), rbe=ufloat(5, 1)))])
        with pytest.raises(InputError, match=r"alpha of lesion 1 must be an AlphaPart"):
            verified(case, [measured("lesion 1", alpha=dose("lesion 1"))])

    def test_parts_make_up_the_dose(self):
        case, whole = given_(steps()), dose("lesion 1")
        rounded = part(whole, alpha_gy=float(f"{whole.alpha_gy.nominal_value:.3g}"))
        verified(case, [measured("lesion 1", alpha=rounded), measured("parotid glands")])
        with pytest.raises(InputError, match=r"alpha particles and electrons together give"):
            verified(case, [measured("lesion 1", alpha=part(whole, electron_gy=0.0))])
        weighted = ufloat(whole.weighted_gy.nominal_value, 0.2 * whole.weighted_gy.nominal_value)
        with pytest.raises(InputError, match=r"It is the weighted dose; the absorbed one is asked for"):
            verified(case, [measured("lesion 1", dose_gy=weighted)])

    def test_other_nuclides_have_no_such_parts(self):
        with pytest.raises(InputError, match=r"neither Lu-177 nor a daughter of it emits any"):
            given_(steps("Lu-177"))
        case = given_(steps("Lu-177"), [planned(name, daughters=None) for name in SITES])
        with pytest.raises(InputError, match=r"neither Lu-177 nor a daughter"):
            verified(case)
        plain = verified(case, [measured(name, alpha=None) for name in SITES])
        assert not {"alpha", "daughters"} & set(json.dumps(records.to_json(plain)).replace("\\", "").split('"'))

    def test_which_nuclides_emit(self):
        emitters = {name for name in nuclides.names() if alpha.emits_alpha(name)}
        assert emitters == {"Ac-225", "Fr-221", "At-217", "Bi-213", "Po-213"}
        assert not alpha.emits_alpha("Xx-999")

    def test_another_choice_than_in_the_plan_is_said(self):
        other_choice = part(dose("lesion 1"), daughters="all daughters decay where Ac-225 did")
        case = verified(given_(steps()), [measured("lesion 1", alpha=other_choice), measured("parotid glands")])
        assert case.flags == (Flag.DAUGHTERS_DIFFER,)
        same = part(dose("lesion 1"), daughters=dose("lesion 1").daughters.upper() + ".")
        assert not verified(given_(steps()), [measured("lesion 1", alpha=same), measured("parotid glands")]).flags

    @settings(max_examples=25, deadline=None)
    @given(
        gy=st.floats(1e-3, 1e3), share=st.floats(0, 1), rbe=st.floats(0.5, 20),
        daughters=st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), min_size=1, max_size=40),
    )  # fmt: skip
    def test_any_parts_come_back(self, gy, share, rbe, daughters):
        one = AlphaPart(share * gy, (1 - share) * gy, rbe, daughters)
        region = measured("lesion 1", dose_gy=ufloat(gy, 0.1 * gy), alpha=one)
        missing = {"parotid glands": "Not in the field of view."}
        case = verified(given_(steps()), [region], missing=missing, investigation="Looked at all of the list.")
        assert records.from_json(records.to_json(case)) == case
        there = case.verification.regions[0].alpha
        assert there.weighted_gy == pytest.approx(rbe * share * gy + (1 - share) * gy)
        assert there.daughters == daughters


class TestFiles:
    def test_every_change_is_found(self):
        tree = json.loads(records.to_json(final()))
        for places in (("steps", 4), ("steps", 6)):
            for path, item in leaves(at(tree, places), places):
                broken = copy.deepcopy(tree)
                at(broken, path[:-1])[path[-1]] = other(item)
                with pytest.raises(InputError):
                    records.from_json(json.dumps(broken))
            for path, node in containers(at(tree, places), places):
                for name in list(node) if isinstance(node, dict) else ():
                    broken = copy.deepcopy(tree)
                    del at(broken, path)[name]
                    with pytest.raises(InputError):
                        records.from_json(json.dumps(broken))

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda one: one["alpha"].update(weighted_gy=1.0), "only the alpha particles are weighted"),
            (lambda one: one["alpha"].update(rbe=4.0), "only the alpha particles are weighted"),
            (lambda one: one["alpha"].update(electron_gy=0.0, weighted_gy=5 * one["alpha"]["alpha_gy"]), "together"),
            (lambda one: one["alpha"].pop("daughters"), "daughters"),
            (lambda one: one["alpha"].update(daughters=""), "daughters"),
            (lambda one: one.pop("alpha"), "does not say which part"),
            (lambda one: one.update(alpha=None), "alpha"),
        ],
    )
    def test_hashes_made_anew_do_not_help_what_is_inconsistent(self, change, message):
        tree = json.loads(records.to_json(verified(given_(steps()))))
        change(tree["steps"][6]["content"]["regions"][0])
        with pytest.raises(InputError, match=message):
            records.from_json(json.dumps(rechained(tree)))

    def test_another_nuclide_does_not_fit(self):
        tree = json.loads(records.to_json(verified(given_(steps()))))
        tree["header"]["nuclide"] = "Lu-177"
        with pytest.raises(InputError, match="neither Lu-177 nor a daughter"):
            records.from_json(json.dumps(rechained(tree)))

    @pytest.mark.parametrize("path", OLD, ids=lambda path: f"{path.parent.name}-{path.stem}")
    def test_records_from_before_are_what_they_were(self, path):
        """Reading computes every hash anew."""
        text = path.read_text(encoding="utf-8")
        assert records.to_json(records.from_json(text)) == text

    @pytest.mark.parametrize("name", ["alpha", "daughters"])
    def test_null_is_not_the_same_as_left_out(self, name):
        tree = json.loads(OLD[0].read_text(encoding="utf-8"))
        kind = {"alpha": "verification", "daughters": "plan"}[name]
        step = next(one for one in tree["steps"] if one["content"]["kind"] == kind)
        step["content"]["regions"][0][name] = None
        with pytest.raises(InputError, match=name):
            records.from_json(json.dumps(tree))

    def test_a_record_of_ac_225_from_before_is_read_and_what_it_lacks_is_said(self):
        old = old_record()
        again = records.from_json(records.to_json(old))
        assert again == old
        assert again.flags == (Flag.ALPHA_PART_MISSING,)
        assert signed(again).final
        new = again.revise(PHYSICIST, "The parts of the dose were left out.", "verification", at=AT)
        with pytest.raises(InputError, match="does not say which part"):
            verified(new, [measured(name, alpha=None) for name in SITES])
        assert records.from_json(records.to_json(signed(verified(new)))).flags == ()


class TestSums:
    def test_parts_are_added(self):
        total = records.cumulative([final(1), final(2)])["parotid glands"]
        one = dose("parotid glands")
        assert total.alpha.alpha_gy == pytest.approx(2 * one.alpha_gy.nominal_value)
        assert total.alpha.electron_gy == pytest.approx(2 * one.electron_gy.nominal_value)
        assert total.alpha.weighted_gy == pytest.approx(2 * one.weighted_gy.nominal_value)
        assert (total.alpha.rbe, total.alpha.daughters, total.flags) == (5.0, (one.daughters,), ())
        assert total.remaining_gy == pytest.approx(1.0 - total.dose_gy.nominal_value)

    def test_doses_of_different_weight_are_not(self):
        total = records.cumulative([final(1), final(2, rbe=3.0)])["lesion 1"]
        assert (total.alpha.weighted_gy, total.alpha.rbe, total.flags) == (None, None, (Flag.RBE_DIFFERS,))
        assert total.alpha.alpha_gy == pytest.approx(2 * dose("lesion 1").alpha_gy.nominal_value)

    def test_other_choices_and_none_are_said(self):
        second = given_(steps(cycle=2))
        stays = part(dose("lesion 1"), daughters="all daughters stay")
        second = verified(second, [measured("lesion 1", alpha=stays), measured("parotid glands")])
        total = records.cumulative([final(1), second])["lesion 1"]
        assert total.flags == (Flag.DAUGHTERS_DIFFER,)
        assert total.alpha.daughters == (dose("lesion 1").daughters, "all daughters stay")
        total = records.cumulative([old_record(), final(2)])["lesion 1"]
        assert (total.alpha, total.flags) == (None, (Flag.ALPHA_PART_MISSING,))

    def test_rows(self, tmp_path):
        found = records.rows(final())
        assert tuple(found[0]) == (*records.COLUMNS, *records.ALPHA_COLUMNS)
        assert found[0]["alpha_gy"] + found[0]["electron_gy"] == pytest.approx(found[0]["dose_gy"])
        for dialect in ("comma", "semicolon"):
            records.write_rows(final(), tmp_path / "rows.csv", dialect)
            again = records.read_rows(tmp_path / "rows.csv")
            assert again == found
            assert records.check_rows(again) == ()
            merged = records.merge_rows({"A": again, "B": records.rows(old_record())})
            assert [row["rbe"] for row in merged] == [5.0, 5.0, None, None]
            assert records.rows_csv(merged, dialect).splitlines()[0].count("electron_gy") == 1
        assert "Bi-213" not in (tmp_path / "rows.csv").read_text(encoding="utf-8-sig")
        found[0]["dose_gy"] = 5 * found[0]["alpha_gy"] + found[0]["electron_gy"]
        found[0]["dose_gy_per_mbq"] = found[0]["dose_gy"] / MBQ
        found[0]["dose_u_gy"] = 0.1
        (finding,) = records.check_rows(found)
        assert finding.kind == "inconsistent"
        assert "weighted with 5" in finding.text

    def test_rows_of_other_nuclides_keep_their_columns(self):
        case = given_(steps("Lu-177"), [planned(name, daughters=None) for name in SITES])
        rows = records.rows(verified(case, [measured(name, alpha=None) for name in SITES]))
        assert all(tuple(row) == records.COLUMNS for row in rows)


def test_the_page_shows_both_parts_the_weighted_dose_and_the_daughters():
    case = final()
    html = records.to_html(case)
    for region in case.verification.regions:
        for number in (region.alpha.alpha_gy, region.alpha.electron_gy):
            assert f"<td>{number:.4g}</td>" in html
        assert f"<td>{region.alpha.weighted_gy:.4g} Gy (RBE 5)</td>" in html
        assert html.count(f"<td>{region.alpha.daughters}</td>") == 2  # in the plan and in the verification
    assert "Sv" not in html
    assert html.count("without a weight") == 2
    assert "RBE" not in records.to_html(records.read(OLD[0]))
