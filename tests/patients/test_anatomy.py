"""Bodies: nothing overlaps, nothing sticks out, volumes and masses add up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mrtlab import InputError
from mrtlab.images import Grid
from mrtlab.patients import patient_sources, virtual_patient
from mrtlab.patients.populations import THERAPIES
from mrtlab.patients.shapes import apart, coverage, inside


@pytest.mark.parametrize(
    ("therapy", "defects"),
    [
        *[(therapy, {}) for therapy in THERAPIES],
        *[(t, {"obstruction": True, "extravasation": True}) for t in ("prrt", "psma")],
    ],
)
def test_organs_do_not_overlap_and_stay_inside(therapy, defects):
    for seed in range(12):
        anatomy = virtual_patient(therapy, seed, **defects).anatomy
        organs = {n: r for n, r in anatomy.regions.items() if n != "remainder" and not r.host}
        shapes = [(name, shape) for name, region in organs.items() for shape in region.shapes]
        for (one, a), (two, b) in itertools.combinations(shapes, 2):
            assert apart(a, b, 0), (seed, one, two)
        for name, shape in shapes:
            assert any(inside(shape, part, 0) for part in anatomy.parts.values()), (seed, name)
        for name, region in anatomy.regions.items():
            if region.host and region.host != "remainder":
                assert any(inside(region.shapes[0], outer, 0) for outer in anatomy[region.host].shapes), (seed, name)
                assert region.shapes[0] in anatomy[region.host].holes
            elif region.host:
                assert any(inside(region.shapes[0], part, 0) for part in anatomy.parts.values())
                assert all(apart(region.shapes[0], shape, 0) for _, shape in shapes), (seed, name)
        for one, two in itertools.combinations([r for r in anatomy.regions.values() if r.host], 2):
            assert apart(one.shapes[0], two.shapes[0], 0)


@pytest.mark.parametrize("therapy", THERAPIES)
def test_everybody_of_a_population_can_be_laid_out(therapy):
    for seed in range(100, 140):
        assert virtual_patient(therapy, seed).anatomy["remainder"].volume_ml > 10_000


def test_masses_add_up_to_the_body_and_volumes_to_its_parts():
    for seed in range(10):
        patient = virtual_patient("psma", seed)
        anatomy = patient.anatomy
        assert sum(r.mass_g for r in anatomy.regions.values()) == pytest.approx(1000 * patient.weight_kg)
        whole = sum(part.volume_ml for part in anatomy.parts.values())
        assert sum(r.volume_ml for r in anatomy.regions.values()) == pytest.approx(whole)
        assert 0.9 < anatomy["remainder"].density_g_per_ml < 1.12
        for name, mass in patient.build.masses_g.items():
            assert anatomy[name].mass_g == mass
            density = mass / anatomy[name].volume_ml
            assert (0.1 < density < 0.6) if "lung" in name else (0.99 < density < 1.07), name


def test_the_obstructed_pelvis_leaves_the_kidney_as_large_as_it_was():
    plain, blocked = virtual_patient("prrt", 2), virtual_patient("prrt", 2, obstruction=True)
    assert blocked.truth.volume_ml("left kidney") == pytest.approx(plain.truth.volume_ml("left kidney"))
    assert blocked.anatomy["left renal pelvis"].host == "left kidney"


def test_lesions_have_the_sizes_of_their_population():
    volumes = [
        region.volume_ml
        for seed in range(60)
        for name, region in virtual_patient("prrt", seed).anatomy.regions.items()
        if name.startswith("lesion")
    ]
    assert min(volumes) >= 0.99
    assert max(volumes) <= 30.1
    masses = [virtual_patient("sirt", seed).build.masses_g["lesion 1"] for seed in range(60)]
    assert min(masses) >= 19.9
    assert max(masses) <= 600


def test_regions_on_a_grid_fill_each_voxel_once():
    patient = virtual_patient("prrt", 5)
    grid = patient.grid(48)
    total = sum(patient.coverage(name, grid) for name in patient.anatomy.regions)
    assert total.min() > -1e-4
    assert total.max() < 1.02
    for name in ("liver", "left kidney", "lesion 1", "spleen"):
        assert patient.regions(grid)[name].shape == grid.shape
        assert patient.regions(grid).volume_ml(name) == pytest.approx(patient.truth.volume_ml(name), rel=2e-3)


def test_the_mean_masses_are_those_of_the_reference_persons():
    # weights are larger than the reference person's, so organs are by the body surface, too; see anatomy.toml
    masses = np.array([virtual_patient("prrt", s).build.masses_g["spleen"] for s in range(300)])
    assert 140 < np.median(masses) < 165
    assert np.std(np.log(masses)) == pytest.approx(0.19, abs=0.04)


def test_a_grid_is_straight_and_covers_the_field_of_view():
    patient = virtual_patient("prrt", 1)
    assert patient.grid(64).spacing_mm == (9.6, 9.6, 9.6)
    assert patient.grid(128).spacing_mm == (4.8, 4.8, 4.8)
    liver = patient.anatomy["liver"].shapes[0]
    assert coverage(liver, patient.grid(64)).sum() * patient.grid(64).voxel_ml == pytest.approx(
        liver.volume_ml, rel=1e-4
    )
    for bed in ("neck", "pelvis"):
        assert isinstance(patient.grid(32, bed), Grid)
    with pytest.raises(InputError, match="bed must be one of"):
        patient.grid(64, "feet")
    with pytest.raises(InputError, match="size"):
        patient.grid(8)
    with pytest.raises(InputError, match="no region 'kidney'; there are"):
        patient.anatomy["kidney"]


def test_every_table_has_a_source_and_a_status():
    found = patient_sources()
    assert {s.status for s in found} <= {"published", "derived", "recalled", "illustrative"}
    keys = {s.key for s in found}
    assert {"patients.anatomy.reference", "patients.populations.prrt", "patients.populations.sirt.lung_shunt"} <= keys
    assert any("dead_time" in key for key in keys)
    with pytest.raises(InputError, match="there is no source"):
        patient_sources("patients.nothing")
