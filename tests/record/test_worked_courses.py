"""Two worked courses as kept: their numbers anew with plain numpy from what was measured, chains, sums, rows.

Each file was written from the library's functions; nothing here computes a dose with them.
"""

import json
import math
import re
from functools import cache

import numpy as np
import pytest
import worked_courses as courses

from mrtlab import record
from mrtlab.apps.record import fields
from mrtlab.errors import InputError

LN2 = math.log(2)
LU_H = 6.6443 * 24  # half-life of Lu-177 (ICRP 107)
CYCLES = {"prrt-four-cycles": 4, "psma-six-cycles": 6}
PAGES = {"prrt-four-cycles": "cycle-4-by-page.json", "psma-six-cycles": "cycle-6-by-page.json"}
NUMBER = r"([\d.]+(?:e[+-]?\d+)?)"
POINT = re.compile(rf"{NUMBER} h {NUMBER} ± {NUMBER} MBq")


@pytest.fixture(params=sorted(CYCLES))
def course(request):
    return request.param


@cache
def kept(course):
    """Reading checks roles, order, every verdict's numbers and the chain of hashes."""
    return tuple(record.read(courses.FOLDER / course / f"cycle-{n}.json") for n in range(1, CYCLES[course] + 1))


@cache
def by_page(course):
    return record.read(courses.FOLDER / course / PAGES[course])


def region(one, name):
    return next(item for item in one.verification.regions if item.region == name)


def curves(found):
    """Points of each part of a region, from the words of the record."""
    parts = re.findall(r"([a-z ]+\d?): ((?:[\d.e+-]+ h [\d.e+-]+ ± [\d.e+-]+ MBq(?:, )?)+)", found.kinetics)
    return {name.strip(): np.array(POINT.findall(text), dtype=float).T for name, text in parts}


def exponential(points):
    """Amplitude, rate and covariance by weighted Gauss-Newton steps."""
    t, y, u = points
    slope, level = np.polyfit(t, np.log(y), 1)
    a, k = math.exp(level), -slope
    for _ in range(50):
        shape = np.exp(-k * t)
        jacobian = np.column_stack([shape, -a * t * shape]) / u[:, None]
        step, *_ = np.linalg.lstsq(jacobian, (y - a * shape) / u, rcond=None)
        a, k = a + step[0], k + step[1]
    return a, k, np.linalg.inv(jacobian.T @ jacobian)


def integral(points, first):
    """Time-integrated activity, its relative uncertainty from the curve, half-life; one image with that of cycle 1."""
    if points.shape[1] > 1:
        a, k, covariance = exponential(points)
        gradient = np.array([1 / a, -1 / k])
        return a / k, math.sqrt(gradient @ covariance @ gradient), LN2 / k
    ((t,), (y,), (u,)), (a, k, covariance) = points, exponential(first)
    # half-life known by cycle 1, and varying by a factor 1.04 between cycles; what is beyond physical decay is cut
    spread = math.hypot(math.sqrt(covariance[1, 1]) / k, math.log(1.04))
    drawn = LN2 / k * np.exp(spread * np.random.default_rng(1).standard_normal(40_000))
    rates = LN2 / drawn[(drawn < LU_H) & (drawn > t / 10)]
    ratios = np.exp(rates * t) / rates
    return y * math.exp(k * t) / k, math.hypot(u / y, np.std(ratios) / np.mean(ratios)), LN2 / k


def prrt_doses(course, cycle, name, old=False):
    """Dose, its relative uncertainty from the curves alone, and mean half-life."""
    whole = kept(course)[cycle - 1]
    found = region(whole.previous if old else whole, name)
    parts, first = curves(found), curves(region(kept(course)[0], name))
    grams = dict(re.findall(rf"(left kidney|right kidney|lesion 3) {NUMBER} g", found.mass_method))
    s, at = re.search(rf"S {NUMBER} Gy/\(MBq·h\)(?: at {NUMBER} g)?", found.constant).groups()
    energy, own, lives, mass = 0.0, 0.0, [], 0.0
    for part, points in parts.items():
        tia, relative, half_life = integral(points, first[part])
        m = float(grams[part])
        # electrons (147.9 keV) with the mass, photons with its power 2/3, as the reference S value is the sum of both
        electrons = 0.5767 * 0.1479 / float(at) if at else None
        per = float(s) if not at else electrons * float(at) / m + (float(s) - electrons) * (float(at) / m) ** (2 / 3)
        energy, own, mass = energy + tia * per * m, own + (tia * per * m * relative) ** 2, mass + m
        lives.append(half_life)
    return energy / mass, math.sqrt(own) / energy, float(np.mean(lives))


@pytest.mark.parametrize("cycle", [1, 2, 3, 4])
@pytest.mark.parametrize("name", ["kidneys", "lesion 3"])
def test_prrt_doses_follow_from_the_images(cycle, name):
    gy, own, half_life = prrt_doses("prrt-four-cycles", cycle, name)
    found = region(kept("prrt-four-cycles")[cycle - 1], name)
    assert gy == pytest.approx(found.dose_gy, rel=2e-3)
    assert half_life == pytest.approx(found.effective_half_life_h, rel=1e-4)
    assert math.hypot(own, found.systematic_rel) == pytest.approx(found.u_gy / found.dose_gy, rel=0.015)
    if name == "kidneys":
        g = 2.8 / (2.8 + half_life)  # alpha/beta 2.5 Gy
        assert found.bed_gy == pytest.approx(gy * (1 + g * gy / 2.5), rel=2e-3)


def test_prrt_activities_use_up_the_limit_in_equal_parts():
    """Weights of the mean of logarithms: what each cycle has of its own, and a population of 0.6 Gy/GBq, factor 1.4."""
    cases = kept("prrt-four-cycles")
    for done in (1, 2, 3):
        doses = np.array([region(one, "kidneys").dose_gy for one in cases[:done]])
        activities = np.array([one.administration.administered_mbq.value for one in cases[:done]])
        common = region(cases[0], "kidneys").systematic_rel
        own = [(region(one, "kidneys").u_gy / region(one, "kidneys").dose_gy) ** 2 - common**2 for one in cases[:done]]
        covariance = np.diag([*(part + 0.05**2 for part in own), math.log(1.4) ** 2])
        covariance[:done, :done] += common**2
        weights = np.linalg.solve(covariance, np.ones(done + 1))
        logs = np.append(np.log(doses / activities), math.log(0.0006))
        expected = math.exp(weights @ logs / weights.sum())
        allowed = (23 - doses.sum()) / (4 - done) / expected
        assert cases[done].plan.activity_mbq == math.floor(allowed / 100) * 100
        planned = next(one for one in cases[done].plan.regions if one.region == "kidneys")
        assert planned.median_gy == pytest.approx(cases[done].plan.activity_mbq * expected, rel=2e-3)
    assert cases[0].plan.activity_mbq == 7400


def test_prrt_the_pelvis_was_in_the_outline_and_the_first_version_is_kept():
    third = kept("prrt-four-cycles")[2]
    old, new = region(third.previous, "kidneys"), region(third, "kidneys")
    assert (third.header.version, third.previous.header.version) == (2, 1)
    assert third.previous.status == third.status == "FINAL"
    assert third.header.previous_sha256 == third.previous.sha256
    assert [(one.within, one.z > 1.96) for one in (old, new)] == [(False, True), (True, False)]
    assert "too slowly" in third.previous.verification.investigation
    before, after = curves(old), curves(new)
    assert (before["right kidney"] == after["right kidney"]).all()
    half_lives = [LN2 / exponential(one["left kidney"])[1] for one in (before, after)]
    assert half_lives[0] > 1.2 * half_lives[1]
    # with the pelvis inside, a good third less would have been left for the fourth cycle
    less, left = (
        float(re.search(r"(\d+) MBq would use up", one.verification.next_cycle)[1]) for one in (third.previous, third)
    )
    assert less < 0.65 * left
    with pytest.raises(InputError, match="comes twice"):
        record.cumulative([*kept("prrt-four-cycles"), third.previous])


@pytest.mark.parametrize("cycle", range(1, 7))
@pytest.mark.parametrize("name", ["kidneys", "parotid gland", "tumours"])
def test_psma_doses_follow_from_the_images(cycle, name):
    """Electrons of 147.9 keV absorbed locally: 0.08532 Gy·g/(MBq·h)."""
    cases = kept("psma-six-cycles")
    found = region(cases[cycle - 1], name)
    tia, own, half_life = integral(curves(found)[name], curves(region(cases[0], name))[name])
    recovery, u = (
        float(part or 0) for part in re.search(rf"recovery {NUMBER}(?: ± {NUMBER})?", found.kinetics).groups()
    )
    relative = [own, 0.04, u / recovery, found.mass_g.u / found.mass_g.value]
    assert found.dose_gy == pytest.approx(0.08532 * tia / recovery / found.mass_g.value, rel=1e-3)
    assert found.u_gy / found.dose_gy == pytest.approx(math.hypot(*relative), rel=0.01)
    assert found.effective_half_life_h == pytest.approx(half_life, rel=1e-4)
    # tumours are outlined for each cycle anew, organs once
    common = relative[1:3] if name == "tumours" else relative[1:]
    assert found.systematic_rel == pytest.approx(math.hypot(*common), rel=2e-3)
    assert found.points == (3 if cycle in (1, 3) else 1)
    if name == "tumours" and found.points == 1:
        assert "single-time-point estimate compromised" in cases[cycle - 1].verification.remarks


def test_psma_the_kidneys_receive_more_as_the_sink_shrinks():
    cases = kept("psma-six-cycles")
    volumes = [region(one, "tumours").mass_g.value / 1.04 for one in cases]
    factor = [1 / (1 + 0.4 * one / 1000) for one in volumes]
    per = {
        name: [region(one, name).dose_gy / one.administration.administered_mbq.value for one in cases]
        for name in ("kidneys", "parotid gland")
    }
    planned = {
        name: [next(row.median_gy for row in one.plan.regions if row.region == name) / one.plan.activity_mbq
               for one in cases]
        for name in per
    }  # fmt: skip
    for name in per:
        # the second and third cycle planned as the first, later ones by the third and the tumour's volume
        assert planned[name][1:3] == pytest.approx([per[name][0]] * 2)
        assert planned[name][3:] == pytest.approx([per[name][2] * one / factor[2] for one in factor[3:]], rel=1e-3)
    assert [region(one, "kidneys").within for one in cases] == [True, True, False, True, True, True]
    assert cases[2].verification.investigation
    assert np.polyfit(range(6), per["kidneys"], 1)[0] > 0.04 * per["kidneys"][0]


def test_psma_the_last_activity_keeps_the_chance_to_exceed_the_limit():
    cases = kept("psma-six-cycles")
    assert [one.plan.activity_mbq for one in cases] == [7400.0] * 5 + [5500.0]
    so_far = sum(region(one, "kidneys").dose_gy for one in cases[:5])
    plan = next(one for one in cases[5].plan.regions if one.region == "kidneys")
    chances = []
    for mbq in (5500, 6500):
        z = math.log((30 - so_far) / (plan.median_gy / 5500 * mbq)) / math.log(plan.gsd)
        chances.append(0.5 * math.erfc(z / math.sqrt(2)))
    assert chances[0] < 0.2 < chances[1]
    row = next(one for one in cases[5].options.rows if (one.activity_mbq, one.tissue) == (5500.0, "kidneys"))
    assert row.probability_above == pytest.approx(chances[0], rel=1e-3)


def test_is_final_with_two_signatures_of_two_persons(course):
    for one in (*kept(course), by_page(course)):
        assert one.status == "FINAL"
        signers = {(step.role, step.name) for step in one.steps if step.content.kind == "signature"}
        assert signers == {("MPE", "Bo Sample"), ("MD", "Dr Ada Example")}


def test_a_changed_number_breaks_the_chain(course):
    text = record.to_json(kept(course)[-1])
    changed = json.loads(text)
    step = next(one for one in changed["steps"] if one["content"]["kind"] == "administration")
    step["content"]["administered_mbq"]["value"] += 1.0
    with pytest.raises(InputError, match=r"hash|changed"):
        record.from_json(json.dumps(changed))


@pytest.mark.parametrize("page", [False, True])
def test_cycles_add_up_with_what_they_share_linearly(course, page):
    """The record that was worked on the page adds up with the others as its counterpart does."""
    cases = [*kept(course)[:-1], by_page(course) if page else kept(course)[-1]]
    for name, total in record.cumulative(cases).items():
        found = [region(one, name) for one in cases]
        gy = np.array([one.dose_gy for one in found])
        common = np.array([one.systematic_rel for one in found]) * gy
        random = np.array([one.u_gy for one in found]) ** 2 - common**2
        assert total.dose_gy.nominal_value == pytest.approx(gy.sum())
        assert total.dose_gy.std_dev == pytest.approx(math.sqrt(random.sum() + common.sum() ** 2))
        assert total.dose_gy.std_dev > 1.2 * math.sqrt(sum(one.u_gy**2 for one in found))
        assert total.cycles == tuple(range(1, CYCLES[course] + 1))
        if name == "kidneys":
            limit = 23 if course.startswith("prrt") else 30
            assert (total.limit_gy, total.remaining_gy) == (limit, pytest.approx(limit - gy.sum()))


def test_the_page_took_what_was_typed(course):
    page, made = by_page(course), kept(course)[-1]
    assert page.header.record_id != made.header.record_id
    assert page.plan.activity_mbq == made.plan.activity_mbq
    for one, other in zip(made.verification.regions, sorted_like(page, made), strict=True):
        assert one.dose_gy == pytest.approx(other.dose_gy, rel=1e-5)
        assert one.z == pytest.approx(other.z, abs=1e-3)
    for tissue in ("kidneys", "tumours" if course.startswith("psma") else "lesion 3"):
        proposed = float(next(
            ask.value for group in fields.groups(made, "plan") for ask in group.asks
            if ask.label == f"Planned dose, {tissue}"
        ))  # fmt: skip
        # of this cycle alone, though the options have in them what was received before
        assert proposed == pytest.approx(next(one.median_gy for one in made.plan.regions if one.region == tissue), 1e-3)


def sorted_like(page, made):
    return [region(page, one.region) for one in made.verification.regions]


def test_rows_leave_without_what_points_to_a_person(course):
    found = record.rows(kept(course))
    assert len(found) == sum(len(one.verification.regions) for one in kept(course))
    assert {row["case"] for row in found} == {1}
    days = 56 if course.startswith("prrt") else 42
    assert [row["interval_days"] for row in found if row["region"] == "kidneys"] == [None] + [days] * (
        CYCLES[course] - 1
    )
    text = json.dumps(found)
    for one in kept(course):
        private = [one.header.pseudonym, one.header.record_id, one.sha256, "Ada", "Bo Sample", "well chamber", "2025"]
        assert [word for word in private if word in text] == []


def test_the_measurements_still_give_these_records(course):
    for old, new in zip(kept(course), courses.COURSES[course](), strict=True):
        assert [step.content.kind for step in old.steps] == [step.content.kind for step in new.steps]
        for before, after in zip(old.steps, new.steps, strict=True):
            if (
                before.content.kind != "signature"
            ):  # it names the hash, and that the number of the record, which is drawn
                assert plain(before.content.model_dump()) == plain(after.content.model_dump())


def plain(item):
    """Floats to eight digits: another processor may differ in the last."""
    if isinstance(item, float):
        return float(f"{item:.8g}")
    if isinstance(item, dict):
        return {key: plain(one) for key, one in item.items()}
    return [plain(one) for one in item] if isinstance(item, list | tuple) else item
