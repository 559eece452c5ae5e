"""Each defect changes what it must, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from mrtlab import InputError, nuclides
from mrtlab.images import DecayState
from mrtlab.patients import DEFECTS, virtual_patient
from mrtlab.patients.defects import HEADER_DEFECTS

SIZE = 32
TIMES = [4.0, 24.0, 72.0]
# what each may change; everything not named must stay exactly as it was
CHANGES = {
    "no_decay_corr": {"spect label", "planar label", "curve"},
    "wrong_window": {"spect values", "spect label", "planar values", "planar label", "curve"},
    "deadtime_off": {"spect values", "spect label", "planar values", "planar label", "curve"},
    "head_factor": {"spect values", "curve"},
    "ms_as_s": set(),
    "clock_offset": {"spect label", "planar label", "curve"},
    "date_missing": set(),
    "pvc_off": {"curve"},
    "drop_late": {"spect values", "spect label", "planar values", "planar label", "curve", "ct", "blood"},
    "extravasation": {"spect values", "planar values", "curve", "truth", "anatomy", "ct", "blood"},
    "obstruction": {"spect values", "planar values", "curve", "truth", "anatomy", "ct"},
    "contrast_ct": {"ct", "planar values"},  # attenuation follows what the CT would show
    "activity_unit_Bq": set(),
}


def observed(patient) -> dict:
    """Everything there is to see, without noise."""
    spect = patient.acquire(TIMES, size=SIZE, noise=False)
    planar = patient.acquire(TIMES, "planar", size=SIZE, noise=False)
    curve = patient.measure("left kidney", TIMES, noise=False)
    return {
        "spect values": tuple(image.array.tobytes() for image in spect),
        "spect label": tuple(_label(image) for image in spect),
        "planar values": tuple(image.array.tobytes() for image in planar),
        "planar label": tuple(_label(image) for image in planar),
        "curve": (tuple(curve.times_h), tuple(curve.activity_mbq)),
        "ct": tuple(image.array.tobytes() for image in patient.acquire(TIMES, "ct", size=SIZE, noise=False)),
        "blood": tuple(patient.acquire(TIMES, "blood", noise=False)),
        "truth": tuple((name, patient.truth.tia_mbq_h(name)) for name in patient.truth.regions),
        "anatomy": tuple(patient.anatomy.regions),
        "build": (patient.build.sex, patient.weight_kg, tuple(patient.build.masses_g.items())),
        "administered": (patient.administered_mbq, patient.administered_at),
    }


def _label(image):
    return (
        image.start, image.decay_state, image.corrections, image.window_kev, image.frames, image.heads,
        image.duration_s, image.administered_mbq, image.administered_at, image.unit,
    )  # fmt: skip


@pytest.fixture(scope="module")
def plain():
    return observed(virtual_patient("prrt", 8))


def test_all_defects_are_looked_at():
    assert {*CHANGES, "extrahepatic"} == set(DEFECTS)  # this one is not for an injected drug


@pytest.mark.parametrize("name", CHANGES)
def test_a_defect_changes_what_it_must_and_nothing_else(plain, name):
    seen = observed(virtual_patient("prrt", 8, **{name: True}))
    assert {part for part in plain if seen[part] != plain[part]} == CHANGES[name]


def test_sizes_of_the_defects():
    plain = virtual_patient("prrt", 8)
    (image,) = plain.acquire(4, size=SIZE, noise=False)
    (one,) = virtual_patient("prrt", 8, head_factor=True).acquire(4, size=SIZE, noise=False)
    assert one.array.sum() / image.array.sum() == pytest.approx(0.5, rel=1e-4)
    assert one.heads == 2
    (other,) = virtual_patient("prrt", 8, wrong_window=True).acquire(4, size=SIZE, noise=False)
    assert other.window_kev == (101.7, 124.3)
    assert other.array.sum() / image.array.sum() == pytest.approx(0.62, rel=1e-4)
    (dead,) = virtual_patient("prrt", 8, deadtime_off=True).acquire(4, size=SIZE, noise=False)
    assert 0.9 < dead.array.sum() / image.array.sum() < 0.98
    assert "DTIM" in image.corrections
    assert "DTIM" not in dead.corrections
    late = virtual_patient("prrt", 8, clock_offset=True).acquire(4, size=SIZE, noise=False)[0]
    assert late.start - image.start == timedelta(hours=1)
    early = virtual_patient("prrt", 8, clock_offset=-0.5).acquire(4, size=SIZE, noise=False)[0]
    assert image.start - early.start == timedelta(minutes=30)
    (said,) = virtual_patient("prrt", 8, no_decay_corr=True).acquire(4, size=SIZE, noise=False)
    assert said.decay_state == DecayState.ADMIN
    assert "DECY" in said.corrections
    assert np.array_equal(said.array, image.array)


def test_contrast_is_where_vessels_are():
    grid_size = 64
    plain, bright = (virtual_patient("prrt", 8, contrast_ct=on) for on in (False, True))
    kidney = plain.coverage("left kidney", plain.grid(grid_size)) > 0.98
    images = [p.acquire(4, "ct", size=grid_size, noise=False)[0].array for p in (plain, bright)]
    assert images[0][kidney].mean() == pytest.approx(45, abs=2)
    assert images[1][kidney].mean() == pytest.approx(180, abs=3)
    lung = plain.coverage("left lung", plain.grid(grid_size)) > 0.98
    assert np.array_equal(images[0][lung], images[1][lung])


def test_extravasation_keeps_activity_in_the_arm_and_from_the_organs():
    plain, spilt = virtual_patient("prrt", 8), virtual_patient("prrt", 8, extravasation=0.4)
    assert spilt.truth.activity_mbq("injection site", 0.0) == pytest.approx(0.4 * 7400)
    assert spilt.truth.effective_half_life_h("injection site") == pytest.approx(2.3, rel=1e-6)
    assert spilt.truth.tia_mbq_h("kidneys") < plain.truth.tia_mbq_h("kidneys")
    # it all leaves the arm in the end, so the kidneys get most of it, late
    assert spilt.truth.tia_mbq_h("kidneys") > 0.95 * plain.truth.tia_mbq_h("kidneys")
    with pytest.raises(InputError, match="not injected into a vein"):
        virtual_patient("radioiodine", 1, extravasation=True)


def test_obstruction_fills_the_left_pelvis_slowly():
    blocked = virtual_patient("prrt", 8, obstruction=0.1)
    assert blocked.truth.effective_half_life_h("left renal pelvis") == pytest.approx(95, rel=0.01)
    whole = [
        blocked.truth.activity_mbq("left kidney", t) + blocked.truth.activity_mbq("left renal pelvis", t)
        for t in (24, 72)
    ]
    kidney = [blocked.truth.activity_mbq("left kidney", t) for t in (24, 72)]
    assert whole[1] / whole[0] > kidney[1] / kidney[0]  # a region drawn around both seems to clear more slowly
    with pytest.raises(InputError, match="nothing of this drug leaves through the kidneys"):
        virtual_patient("sirt", 1, obstruction=True)


def test_microspheres_outside_the_liver_are_missing_in_it_and_in_the_tracers_images():
    plain, astray = virtual_patient("sirt", 10), virtual_patient("sirt", 10, extrahepatic=0.1)
    for region in plain.truth.regions:
        assert astray.truth.tia_mbq_h(region) == pytest.approx(0.9 * plain.truth.tia_mbq_h(region), rel=1e-6)
    assert astray.truth.tiac_h("duodenum") == pytest.approx(0.1 * 64.1 / np.log(2), rel=1e-3)
    assert astray.tracer().truth.regions == plain.tracer().truth.regions
    assert astray.anatomy["duodenum"].mass_g == pytest.approx(60 * 1.05)
    (pet,) = astray.acquire(20.0, "pet", SIZE, noise=False)
    grid = astray.grid(SIZE)
    shares = [float((pet.array * astray.coverage(name, grid)).sum()) for name in ("duodenum", "spleen")]
    assert shares[0] > 5 * shares[1]
    with pytest.raises(InputError, match="not given into an artery"):
        virtual_patient("prrt", 1, extrahepatic=True)


def test_the_curve_without_recovery_is_low_by_the_recovery():
    from mrtlab.patients import sphere_recovery

    plain, low = (
        virtual_patient("psma", 2, pvc_off=on).measure("left lacrimal gland", noise=False) for on in (False, True)
    )
    volume = virtual_patient("psma", 2).truth.volume_ml("left lacrimal gland")
    assert low.activity_mbq / plain.activity_mbq == pytest.approx(sphere_recovery(volume, 12.0), rel=1e-9)


def test_a_curve_said_to_be_corrected_decays_twice():
    plain, wrong = (
        virtual_patient("prrt", 8, no_decay_corr=on).measure("kidneys", noise=False) for on in (False, True)
    )
    decay = nuclides.nuclide("Lu-177").decay_factor(plain.times_h)
    assert wrong.activity_mbq == pytest.approx(plain.activity_mbq * decay, rel=1e-9)


def test_drop_late_leaves_the_last_out_but_never_the_only_one():
    patient = virtual_patient("prrt", 8, drop_late=True)
    assert len(patient.measure("kidneys")) == 3
    assert len(patient.acquire([4, 24], "blood")) == 1
    assert len(patient.acquire(24, "blood")) == 1


def test_unknown_defects_are_refused_with_a_list():
    with pytest.raises(
        InputError, match=r"no defect 'dead_time_off'; did you mean 'deadtime_off'\? There are no_decay"
    ):
        virtual_patient("prrt", 1, dead_time_off=True)
    with pytest.raises(InputError, match="head_factor is switched on by True"):
        virtual_patient("prrt", 1, head_factor=2)
    with pytest.raises(InputError, match="clock_offset must lie between"):
        virtual_patient("prrt", 1, clock_offset=30)
    assert not virtual_patient("prrt", 1, head_factor=False, obstruction=0).defects
    assert set(HEADER_DEFECTS) < set(DEFECTS)


def test_therapies_and_seeds_are_checked():
    with pytest.raises(InputError, match="therapy must be one of 'radioiodine'"):
        virtual_patient("chemo", 1)
    for seed in (-1, 1.5, True, "1"):
        with pytest.raises(InputError, match="seed must be a whole number"):
            virtual_patient("prrt", seed)
    with pytest.raises(InputError, match="phases"):
        virtual_patient("prrt", 1, phases=3)
    with pytest.raises(InputError, match="no tracer here"):
        virtual_patient("prrt", 1).tracer()
