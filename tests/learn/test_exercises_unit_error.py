"""The exercise with one impossible scan of four: its files, the gate for totals, and the sheet solved by hand.

Expected values are worked out here from half-lives and factors, or by mrtlab's reader and gate, which the exercise
itself does not use.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from dicom_cases import SLIPS, cases, complaints, datasets, judged, number, saved, stored
from test_exercises_content import answers, includes, slips

from mrtlab.clock import elapsed_h
from mrtlab.dicom import check_totals, read_image
from mrtlab.errors import InputError, PhysicsError
from mrtlab.learn.library import load
from mrtlab.learn.variants import Variant
from mrtlab.nuclides import nuclide
from mrtlab.patients import virtual_patient

ID = "spot-the-unit-error"
HALF_LIFE_H = 159.528  # Lu-177, of the specification


class TestTablesAndFiles:
    @pytest.mark.parametrize("case", SLIPS)
    def test_unit_error(self, case):
        one = cases(ID)[case]
        headers = one.sheet.table("headers")
        for place, ds in enumerate(datasets(one.sheet)):
            for tag, element, *values in headers.rows:
                assert stored(ds, tag, element) == values[place], (place, element)
            assert int(ds.pixel_array.sum(dtype=np.int64)) == ds.CountsAccumulated

    @pytest.mark.parametrize("case", SLIPS)
    def test_no_errors_by_another_program(self, tmp_path, case):
        for path in saved(cases(ID)[case], tmp_path).values():
            assert complaints(path) == []


def program(one: Variant, paths: dict[str, Path], **statements):
    """Times and totals of the scans from their files, as the program of the story computes them."""
    odd = f"scan-{int(one.formulas['planted']) + 1}.dcm"
    times, totals = [], []
    for name, path in paths.items():
        image = read_image(path, **(statements if name == odd else {}))
        hours = elapsed_h(image.administered_at, image.start)
        total = float(image.array.sum(dtype=float)) / image.duration_s / float(one.formulas["sensitivity"])
        times.append(hours)
        totals.append(total * 2 ** (-hours / HALF_LIFE_H) if image.decay_state == "ADMIN" else total)
    return np.array(times), np.array(totals)


class TestUnitError:
    @pytest.mark.parametrize("case", ["head", "label", "clock", "window"])
    def test_the_gate_finds_what_the_learner_finds(self, tmp_path, case):
        one = cases(ID)[case]
        times, totals = program(one, saved(one, tmp_path))
        table = one.sheet.table("scans")
        np.testing.assert_allclose(totals, table.column("total_mbq").values, rtol=2e-4)
        np.testing.assert_allclose(times, table.column("time_h").values, atol=1e-6)
        given, order = float(one.formulas["administered_mbq"]), np.argsort(times)
        steps = totals[order][1:] / totals[order][:-1] * 2 ** (np.diff(times[order]) / HALF_LIFE_H)
        assert one.expected["step"].value.value == pytest.approx(steps.max(), rel=1e-3)
        with pytest.raises(PhysicsError, match=r"scan [34]"):
            check_totals(times[order], totals[order], "Lu-177", given, relative_sigma=0.02, uptake_h=20)
        odd = one.expected["which"].value
        part = totals[odd] / given * 2 ** (times[odd] / HALF_LIFE_H)
        assert one.expected["part"].value.value == pytest.approx(part, rel=1e-3)

    @pytest.mark.parametrize("case", SLIPS)
    def test_put_right_it_passes_the_gate(self, case):
        one, odd = cases(ID)[case], cases(ID)[case].expected["which"].value
        given = float(one.formulas["administered_mbq"])
        times = np.array(one.sheet.table("scans").column("time_h").values)
        totals = np.array(one.sheet.table("scans").column("total_mbq").values)
        times[odd] -= 24 * (case == "clock")
        # what is left by decay of the administered activity, times the part that the learner finds
        totals[odd] = one.expected["corrected"].value.value * given * 2 ** (-times[odd] / HALF_LIFE_H)
        assert check_totals(times, totals, "Lu-177", given, relative_sigma=0.025, uptake_h=20).flags == ()
        # and is what had been there, within the noise
        truth = {one.name: one.value for one in cases(ID)[case].truth}
        assert totals[odd] == pytest.approx(truth["true_total_mbq"], rel=2e-3)
        line = np.polyfit(np.delete(times, odd), np.log(np.delete(totals, odd)), 1)
        assert np.log(totals[odd]) == pytest.approx(np.polyval(line, times[odd]), abs=0.12)

    def test_a_frame_in_seconds_is_refused_by_the_reader_and_by_the_gate(self, tmp_path):
        one = cases(ID)["frame"]
        paths = saved(one, tmp_path)
        with pytest.raises(InputError, match="ActualFrameDuration"):
            program(one, paths)
        table = one.sheet.table("scans")
        with pytest.raises(PhysicsError, match="milliseconds"):
            check_totals(table.column("time_h").values, table.column("total_mbq").values, "Lu-177", 7400)
        # told the duration, the reader gets to the number that is right
        seconds = float(one.formulas["frames"] * one.formulas["frame_s"])
        times, totals = program(one, paths, duration_s=seconds)
        odd = one.expected["which"].value
        part = totals[odd] / float(one.formulas["administered_mbq"]) * 2 ** (times[odd] / HALF_LIFE_H)
        assert one.expected["corrected"].value.value == pytest.approx(part, rel=1e-3)

    def test_an_activity_in_bq_is_refused_by_the_reader_and_passes_the_gate(self, tmp_path):
        one = cases(ID)["unit"]
        paths = saved(one, tmp_path)
        with pytest.raises(InputError, match="RadionuclideTotalDose"):
            program(one, paths)
        times, totals = program(one, paths, total_dose_unit="Bq")
        np.testing.assert_allclose(totals, one.sheet.table("scans").column("total_mbq").values, rtol=2e-4)
        assert check_totals(times, totals, "Lu-177", 7.4e9, relative_sigma=0.02, uptake_h=20).flags == ()
        assert one.expected["part"].value.value < 1e-6

    def test_label_without_correction_shows_in_the_size(self):
        one = cases(ID)["label"]
        odd = one.expected["which"].value
        labels = {row[1]: row[2:] for row in one.sheet.table("headers").rows}["DecayCorrection"]
        assert labels.count("ADMIN") == 2
        assert labels[odd] == "ADMIN"
        time = one.sheet.table("scans").column("time_h").values[odd]
        ratio = one.expected["part"].value.value / one.expected["corrected"].value.value
        assert ratio == pytest.approx(2 ** (-time / HALF_LIFE_H), rel=1e-3)

    @pytest.mark.parametrize(("mishap", "factor"), [("frame", 1000), ("head", 0.5), ("unit", 1e-6), ("window", 0.62)])
    def test_each_slip_has_its_factor(self, mishap, factor):
        found = unit_error(mishap)
        assert found["slip"].value == mishap
        assert found["which"].value == 1
        assert found["part"].value.value / found["corrected"].value.value == pytest.approx(factor, rel=1e-3)
        # 0.17 after 24 h, and a biological half-life of 100 h from there to 76 h
        assert found["corrected"].value.value == pytest.approx(0.17 * 2 ** (-52 / 100), rel=1e-3)
        assert found["corrected"].u.value == pytest.approx(np.hypot(0.02, 0.03) * 0.17 * 2 ** (-52 / 100), rel=1e-3)

    def test_largest_step_by_hand(self):
        # biological loss from 76 to 97 h alone, over the factor of the slip
        lost = 2 ** (-21 / 100)
        assert unit_error("head")["step"].value.value == pytest.approx(lost / 0.5, rel=1e-4)
        assert unit_error("head")["step"].u.value == pytest.approx(0.0282843 * lost / 0.5, rel=1e-4)
        assert unit_error("label")["step"].value.value == pytest.approx(lost * 2 ** (76 / HALF_LIFE_H), rel=1e-3)
        # a clock that is a day ahead puts scan 3 three hours before scan 2
        found = unit_error("clock")["step"]
        assert found.value.value == pytest.approx(2 ** (21 / 100) * 2 ** (24 / HALF_LIFE_H), rel=1e-3)
        assert includes(found, 2 ** (21 / 100) * 2 ** (21 / HALF_LIFE_H), rel=1e-3)
        assert unit_error("unit")["step"].value.value == pytest.approx(lost, rel=1e-4)
        assert len(slips(found)) == 3

    def test_retention_is_that_of_virtual_patients(self):
        """The exercise computes it by two numbers; both are those of the population the package simulates."""
        drawn = load("spot-the-unit-error").draw
        parts, half_lives = [], []
        for seed in range(30):
            patient = virtual_patient("prrt", seed)
            whole = [
                sum(float(patient.truth.activity_mbq(region, time)) for region in patient.kinetics.regions)
                * 2 ** (time / nuclide("Lu-177").half_life_h)
                / patient.administered_mbq
                for time in (24.0, 168.0)
            ]
            parts.append(whole[0])
            half_lives.append(144 / np.log2(whole[0] / whole[1]))
        for found, (low, high) in ((parts, drawn["retained_24"].uniform), (half_lives, drawn["biological_h"].uniform)):
            assert low < np.median(found) < high
            assert np.quantile(found, 0.05) < high
            assert np.quantile(found, 0.95) > low


class TestSolvedFromTheSheet:
    """By somebody who sees what a learner sees, and has never heard of mrtlab."""

    @pytest.mark.parametrize("case", SLIPS)
    def test_unit_error(self, case):
        one = cases(ID)[case]
        story = one.sheet.story
        given = float(re.search(r"given (\d+) MBq", story)[1])
        sensitivity, other = (float(found) for found in re.findall(r"([\d.]+) cps/MBq", story))
        times = np.array(one.sheet.table("scans").column("time_h").values)
        totals = np.array(one.sheet.table("scans").column("total_mbq").values)
        kept = totals * 2 ** (times / 160) / given  # somebody who takes 160 h
        order = np.argsort(times)
        step = (kept[order][1:] / kept[order][:-1]).max()
        assert judged(one, "step", number(step, step * 0.0283)) == "right"
        header = {row[1]: row[2:] for row in one.sheet.table("headers").rows}
        doses = np.array(header["RadionuclideTotalDose"], float)

        def misfit(left_out: int) -> float:
            rest = np.delete(np.arange(4), left_out)
            line = np.polyfit(times[rest], np.log(kept[rest]), 1)
            return float(np.abs(np.polyval(line, times[rest]) - np.log(kept[rest])).max())

        odd = int(np.argmax(doses)) if doses.max() > 1e6 else min(range(4), key=misfit)
        assert judged(one, "which", {"point": odd}) == "right"
        part = totals[odd] * 2 ** (times[odd] / 159.5) / doses[odd]
        assert judged(one, "part", number(part)) == "right"
        # the slip by the header alone, and where that is silent by the size
        if doses[odd] > 1e6:
            slip, right = "unit", part * 1e6
        elif int(header["ActualFrameDuration"][odd]) < 1000:
            slip, right = "frame", part / 1000
        elif header["EnergyWindowLowerLimit"][odd] != "187.2":
            slip, right = "window", part * sensitivity / other
        elif np.any(np.diff(times) < 0):
            slip, right = "clock", part * 2 ** (-24 / 159.5)
        elif header["DecayCorrection"][odd] == "ADMIN":
            slip, right = "label", part * 2 ** (times[odd] / 159.5)
        else:
            slip, right = "head", part * 2
        assert judged(one, "slip", {"choice": slip, "reason": "by the header and its size"}) == "right"
        assert judged(one, "corrected", number(right, right * 0.036)) == "right"


def unit_error(mishap: str):
    base = {f"noise_{number}": 1.0 for number in range(1, 5)}
    base |= {
        "administered_mbq": 7400,
        "injected_min": 600,
        "retained_24": 0.17,
        "biological_h": 100,
        "sensitivity": 18.52,
        "mishap": mishap,
        "planted": 1,
        "other_labelled": 2,
        "frames": 60,
        "frame_s": 10,
        "last_frame_s": 14,
        "first_h": 24.0,
        "second_h": 48.0,
        "odd_early_h": 76.0,
        "odd_late_h": 100.0,
        "gap_h": 21.0,
        "last_h": 168.0,
    }
    return answers(load("spot-the-unit-error"), **base)[0]
