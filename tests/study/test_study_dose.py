"""From the images to the dose: the truth within the uncertainty, and every slip that can be seen is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulated
from uncertainties import covariance_matrix

from mrtlab import InputError, dose, kinetics, voxel
from mrtlab.images import Image, Regions, decay_to
from mrtlab.patients import virtual_patient
from mrtlab.study import activity_image, background_shells, study_dose, voxel_dose


def test_doses_are_the_truth_within_three_uncertainties(result):
    for region in result.regions:
        true = simulated.true_dose_gy(3, region.region)
        assert abs(region.dose_gy.nominal_value - true) < 3 * region.dose_gy.std_dev, region.region
        assert 0.03 < region.dose_gy.std_dev / region.dose_gy.nominal_value < 0.35


def test_doses_of_two_kidneys_are_correlated(result):
    """They share sensitivity and recovery, not their outlines."""
    left, right = result["left kidney"].dose_gy, result["right kidney"].dose_gy
    shared = covariance_matrix([left, right])[0][1] / left.std_dev / right.std_dev
    assert 0.1 < shared < 0.9


def test_the_map_agrees_with_the_organs_before_recovery(study, result):
    """Mean of the map (local) against TIA of the apparent activities over the mass: the same counts, another route."""
    local, histograms = voxel_dose(result.tia, study.regions, method="local")
    curve = next(item for item in result.curves if item.region == "liver")
    apparent = kinetics.TimeActivity(
        study.times_h, curve.apparent_mbq, cv=0.05, nuclide="Lu-177", decay_corrected=False
    )
    expected = dose.local(kinetics.fit(apparent, "mono").tia_mbq_h.nominal_value, curve.mass_g, "Lu-177")
    assert histograms["liver"].mean_gy == pytest.approx(expected, rel=0.05)
    assert local.unit == "Gy"


def test_the_map_conserves_energy(result):
    """Dose times mass against activity times deposited energy; the image is larger than the kernel's electrons."""
    grams = result.dose.voxel_ml * 1.04
    energy = float(result.dose.array.sum(dtype=float)) * grams
    tia = float(result.tia.array.sum(dtype=float))
    local = voxel.dose_map(result.tia.array, result.tia.spacing_mm, "Lu-177")
    electrons = float(local.sum(dtype=float)) * grams
    assert electrons < energy < 1.3 * electrons  # photons add up to a quarter
    assert electrons / tia == pytest.approx(0.0853, rel=0.01)


def test_a_single_scan_has_no_map_and_says_why_it_has_no_dose(study):
    found = study_dose(replace(study, scans=study.scans[:1]))
    assert found.dose is None
    assert all("1 point" in region.refused or "point" in region.refused for region in found.regions)


class TestSlips:
    """Each planted defect is refused, flagged, or visible in the total."""

    def test_milliseconds(self, study):
        wrong = [scan.changed(duration_s=scan.duration_s / 1000) for scan in study.scans]
        with pytest.raises(InputError, match="milliseconds"):
            study_dose(_with(study, wrong))

    def test_decay_corrected_images_that_say_so_are_put_right(self, study, result):
        told = [decay_to(scan, "ADMIN") for scan in study.scans]
        again = study_dose(_with(study, told), voxels=False)
        assert again["liver"].dose_gy.nominal_value == pytest.approx(result["liver"].dose_gy.nominal_value, rel=1e-4)

    def test_another_window(self, study):
        wrong = [scan.changed(window_kev=(101.7, 124.3)) for scan in study.scans]
        with pytest.raises(InputError, match="another peak"):
            study_dose(_with(study, wrong))

    def test_another_number_of_heads(self, study):
        wrong = [scan.changed(heads=1) for scan in study.scans]
        with pytest.raises(InputError, match=r"counts of 1 head .* that of 2 together"):
            study_dose(_with(study, wrong))

    def test_a_decay_state_that_is_not_known(self, study):
        wrong = [scan.changed(decay_state=None) for scan in study.scans]
        with pytest.raises(InputError, match="decay_state"):
            study_dose(_with(study, wrong))

    def test_a_scan_that_lies_nowhere(self, study):
        with pytest.raises(InputError, match="scan 2 does not say where it lies"):
            _with(study, [study.scans[0], study.scans[1].changed(flags=("GEOMETRY_UNKNOWN",)), *study.scans[2:]])

    def test_a_scan_without_coordinates_needs_a_statement(self, study):
        wrong = [study.scans[0].changed(frame_of_reference=""), *study.scans[1:]]
        with pytest.raises(InputError, match=r"scan 1: without .*same_coordinates"):
            _with(study, wrong)
        assert replace(study, scans=tuple(wrong), same_coordinates=True).times_h[0] > 0

    def test_an_empty_image(self, study):
        empty = study.scans[0].changed(array=np.zeros_like(study.scans[0].array), corrections=("ATTN", "SCAT"))
        assert activity_image(empty, study.camera).array.max() == 0

    def test_no_scatter_correction(self, study):
        wrong = [scan.changed(flags=(*scan.flags, "NOT_QUANTITATIVE")) for scan in study.scans]
        with pytest.raises(InputError, match="not quantitative"):
            study_dose(_with(study, wrong))

    def test_another_nuclide(self, study):
        with pytest.raises(InputError, match="calibration of Lu-177"):
            activity_image(study.scans[0].changed(nuclide="I-131"), study.camera)

    def test_counts_without_a_calibration(self, study):
        with pytest.raises(InputError, match=r"camera\.toml"):
            activity_image(study.scans[0])

    def test_images_in_other_coordinates(self, study):
        with pytest.raises(InputError, match="different coordinates"):
            replace(study, regions=Regions(study.regions.masks, study.regions.grid, "2.25.1"))


def test_activity_of_an_image_in_becquerel(study):
    scan = study.scans[0]
    by_counts = activity_image(scan, study.camera)
    concentration = by_counts.array * 1e6 / scan.voxel_ml
    image = Image(
        concentration,
        scan.spacing_mm,
        "Bq/mL",
        scan.start,
        "Lu-177",
        decay_state="NONE",
        duration_s=scan.duration_s,
        origin_mm=scan.origin_mm,
    )
    assert activity_image(image).array == pytest.approx(by_counts.array, rel=1e-5)


def test_background_is_taken_between_the_regions(study):
    here = study.regions.on(study.scans[0].grid)
    shells = background_shells(here, 12.0)
    inside = np.max([np.asarray(here[name]) for name in here], axis=0) >= 0.5
    assert shells["liver"].any()
    for shell in shells.values():
        assert not (shell & inside).any()


def test_an_organ_too_small_for_the_camera_is_refused_alone():
    study = simulated.study(0, 48, exact=True)
    found = study_dose(study, voxels=False)
    patient = virtual_patient("prrt", 0)
    small = min((name for name in study.regions if "lesion" in name), key=patient.truth.volume_ml)
    assert "too small" in found[small].refused or found[small].dose_gy is not None
    assert found["liver"].dose_gy is not None


def _with(study, scans):
    return replace(study, scans=tuple(scans))
