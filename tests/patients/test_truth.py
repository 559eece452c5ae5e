"""Doses of virtual patients against the package's own dose functions, used independently."""

from __future__ import annotations

import numpy as np
import pytest

from mrtlab import dose, nuclides
from mrtlab.patients import virtual_patient
from mrtlab.patients.populations import THERAPIES


def test_self_doses_agree_with_local_deposition_up_to_photons():
    patient = virtual_patient("prrt", 6)
    for name in ("left kidney", "right kidney", "liver", "spleen", "lesion 1"):
        found = patient.truth.dose(name)
        local = dose.local(patient.truth.tia_mbq_h(name), patient.truth.mass_g(name), "Lu-177")
        assert 0.94 < found.self_gy / local < 1.06, name
        assert found.gy == pytest.approx(found.self_gy + found.cross_gy)
        assert 0 < found.cross_gy < 0.1 * found.gy, name
    marrow = patient.truth.dose("marrow")  # three parts, each its own sphere
    assert (
        0.98
        < marrow.self_gy / dose.local(patient.truth.tia_mbq_h("marrow"), patient.truth.mass_g("marrow"), "Lu-177")
        < 1.1
    )
    assert patient.truth.dose("liver").method == "S value"
    assert patient.truth.dose("lesion 1").method == "sphere"
    assert patient.truth.dose("remainder").method == "local"
    sphere = dose.sphere_s_value(patient.truth.mass_g("lesion 1"), "Lu-177") * patient.truth.tia_mbq_h("lesion 1")
    assert patient.truth.dose("lesion 1").self_gy == pytest.approx(sphere)


def test_the_dose_of_a_pair_is_the_mean_over_its_mass():
    truth = virtual_patient("prrt", 6).truth
    energy = sum(truth.dose_gy(side) * truth.mass_g(side) for side in ("left kidney", "right kidney"))
    assert truth.dose_gy("kidneys") * truth.mass_g("kidneys") == pytest.approx(energy)
    assert truth.mass_g("kidneys") == pytest.approx(truth.mass_g("left kidney") + truth.mass_g("right kidney"))
    assert truth.activity_mbq("kidneys", 24) == pytest.approx(
        truth.activity_mbq("left kidney", 24) + truth.activity_mbq("right kidney", 24)
    )


def test_photons_between_regions_do_not_leave_more_energy_than_there_is():
    patient = virtual_patient("radioiodine", 3)  # half of its energy is in photons
    truth, known = patient.truth, nuclides.nuclide("I-131")
    for source in ("left thyroid lobe", "right thyroid lobe"):
        left = sum(
            truth._cross_gy(name, source) * truth.mass_g(name) for name in patient.anatomy.regions if name != source
        )
        emitted = truth.tia_mbq_h(source) * nuclides.dose_constant(known.photon_mev)
        assert 0.05 < left / emitted < 0.6, source


def test_photon_dose_falls_with_the_distance_as_from_a_point():
    # far from a small source: mu_en/(4·pi·r²), less attenuation, plus build-up
    patient = virtual_patient("radioiodine", 3)
    truth = patient.truth
    places = [patient.anatomy[name].shapes[0].centre_mm for name in ("left thyroid lobe", "left lacrimal gland")]
    away = np.linalg.norm(np.subtract(*places)) / 10
    energy = nuclides.dose_constant(nuclides.nuclide("I-131").photon_mev) * truth.tia_mbq_h("left thyroid lobe")
    found = truth._cross_gy("left lacrimal gland", "left thyroid lobe")
    assert 8 < away < 25
    unattenuated = energy * 0.032 / (4 * np.pi * away**2)  # mu_en/rho of water near 0.38 MeV, cm²/g
    assert 0.4 * unattenuated < found < 1.5 * unattenuated
    assert truth._cross_gy("bladder", "left thyroid lobe") == 0  # beyond the kernel, 30 cm


def test_microspheres_have_the_dose_of_complete_decay():
    patient = virtual_patient("sirt", 2)
    # 49.77 J/GBq, almost all of it where it is
    expected = 49.77 * patient.truth.activity_mbq("lesion 1", 0.0) / patient.truth.mass_g("lesion 1")
    assert patient.truth.dose_gy("lesion 1") == pytest.approx(expected, rel=0.2)
    assert patient.truth.dose_gy("lesion 1") < expected  # electrons leave a small sphere
    lungs = patient.truth.dose("lungs")
    assert lungs.method == "local"
    assert lungs.self_gy == pytest.approx(
        49.77 * patient.truth.activity_mbq("lungs", 0.0) / patient.truth.mass_g("lungs"), rel=0.001
    )


@pytest.mark.parametrize("therapy", THERAPIES)
def test_every_region_has_a_finite_dose_and_half_life(therapy):
    patient = virtual_patient(therapy, 1)
    physical = nuclides.nuclide(patient.nuclide).half_life_h
    for name in patient.truth.regions:
        assert np.isfinite(patient.truth.dose_gy(name))
        assert patient.truth.dose_gy(name) > 0
        assert 0 < patient.truth.effective_half_life_h(name) <= physical * (1 + 1e-12)
        assert patient.truth.tiac_h(name) == pytest.approx(patient.truth.tia_mbq_h(name) / patient.administered_mbq)
    assert "MBq·h" in repr(patient.truth)
