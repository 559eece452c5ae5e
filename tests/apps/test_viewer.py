"""The volume viewer without a browser: places, numbers, words, what is drawn where, and what is said when not."""

from __future__ import annotations

import numpy as np
import pytest
from viewer_volumes import CT, ct, dose, regions, reoriented

from mrtlab import InputError
from mrtlab.apps.viewer import Scene, itk, niivue, view
from mrtlab.apps.viewer.drawing import Layout, Look, Slices, line_names
from mrtlab.apps.viewer.scene import straight
from mrtlab.images import Grid, Image, Regions


@pytest.fixture
def scene():
    return Scene(ct(), dose(), regions(), "A made-up patient")


# --- places


def test_index_and_place_are_each_others_inverse(scene):
    assert scene.place_mm((12, 7, 25)) == pytest.approx((-62 + 100, -46 + 28, 100 + 60))
    assert scene.index(scene.place_mm((12, 7, 25))) == (12, 7, 25)
    assert scene.index((1e4, -1e4, 1e4)) == (19, 0, 31)  # kept inside


def test_a_scan_stored_another_way_round_is_shown_the_same_way(scene):
    other = Scene(reoriented(ct()))
    assert other.grid.shape == CT
    np.testing.assert_allclose(other.under, scene.under, atol=1e-3)


def test_an_oblique_scan_keeps_its_places():
    turn = np.radians(20)
    axes = ((0, 0, 1), (-np.sin(turn), np.cos(turn), 0), (np.cos(turn), np.sin(turn), 0))
    tilted = ct(axes=axes)
    shown = Scene(tilted)
    bone = (tilted.grid.matrix @ (12, 7, 25, 1))[:3]
    found = shown.place_mm(np.unravel_index(shown.under.argmax(), shown.under.shape))
    assert np.abs(np.subtract(found, bone)).max() < 4
    assert any("straight grid" in remark for remark in shown.remarks)


def test_many_voxels_are_shown_on_fewer_that_cover_the_same_body():
    grid = Grid((600, 10, 10), (1, 5, 5), (0, 0, 50))
    shown = straight(grid, most=100)
    assert shown.shape[0] == 100
    assert shown.spacing_mm[0] == pytest.approx(6)
    assert shown.origin_mm[2] == pytest.approx(50 - 0.5 + 3)  # the lower edge stays


def test_the_start_is_the_hottest_voxel(scene):
    hot = np.array((-60 + 3 * 8, -44 + 4 * 8, 102.5 + 60))
    assert np.abs(np.subtract(scene.start_mm, hot)).max() <= 4


def test_targets_lie_inside_their_regions(scene):
    assert list(scene.targets) == ["highest dose", "Left kidney", "Right kidney"]
    for name in ("Left kidney", "Right kidney"):
        assert regions()[name][scene.index(scene.targets[name])]


# --- numbers


def test_the_table_is_computed_on_the_volumes_themselves(scene):
    columns, rows = scene.table
    assert columns == ("Region", "Volume (mL)", "Mean dose (Gy)", "Lowest dose (Gy)", "Highest dose (Gy)")
    voxel_ml = 5 * 4 * 4 / 1000
    assert rows[0] == ("Left kidney", f"{6 * 6 * 6 * voxel_ml:.3g}", "2", "2", "2")
    assert rows[1][0] == "Right kidney"
    assert rows[1][4] == "10"


def test_the_mean_counts_parts_of_voxels():
    """Half of the region lies in a voxel of 4 Gy, a quarter each in voxels of 0 and 8 Gy: the mean is 4."""
    steps = (1.0, 1.0, 2.0)
    values = Image(np.array([[[0.0, 4.0, 8.0]]]), steps, "Gy", origin_mm=(1, 0, 0))
    fine = Grid((1, 1, 6), (1, 1, 1), (0.5, 0, 0))
    mask = np.array([[[0, 1, 1, 1, 1, 0]]], bool)
    _, rows = Scene(values, None, Regions({"A": mask}, fine)).table
    assert rows[0][2] == "4"
    assert rows[0][3:] == ("0", "8")  # half inside is inside


def test_values_at_a_place(scene):
    assert scene.values_at((12, 7, 25)) == [("CT number", "900.0 HU"), ("dose", "2.000 Gy")]


def test_beyond_the_overlay_there_is_no_value():
    small = Image(np.ones((2, 2, 2)), (10, 8, 8), "Gy", origin_mm=(0, 0, 150))
    shown = Scene(ct(), small)
    assert dict(shown.values_at((0, 0, 0)))["dose"] == "outside the volume"
    assert dict(shown.values_at(shown.index((4, 4, 155))))["dose"] == "1.000 Gy"


def test_counts_keep_the_numbers_of_their_own_voxels():
    counts = Image(np.full((10, 12, 16), 80.0), (10, 8, 8), "counts", origin_mm=(-60, -44, 102.5))
    assert Scene(ct(), counts).over[10, 12, 16] == pytest.approx(80)


def test_regions_cut_off_by_the_overlay_are_told_of():
    small = Image(np.ones((10, 12, 4)), (10, 8, 8), "Gy", origin_mm=(36, -44, 102.5))
    remarks = Scene(ct(), small, regions()).remarks
    assert any("Right kidney" in remark and "outside the grid" in remark for remark in remarks)


# --- what is refused


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Scene(np.zeros((3, 3, 3))), "must be a mrtlab.images.Image"),
        (lambda: Scene(Image(np.zeros((1, 4, 4)), (1, 1), "counts", kind="planar")), "no depth"),
        (lambda: Scene(ct(), np.zeros(CT)), "overlay must be"),
        (lambda: Scene(ct(), None, {"a": np.zeros(CT)}), "regions must be"),
        (lambda: Scene(ct(), ct(origin_mm=(900, 0, 0))), "lies outside the image"),
        (lambda: Scene(ct(frame_of_reference="1.2"), ct(frame_of_reference="1.3")), "do not share coordinates"),
        (lambda: Scene(ct(), about=None), "alt must be a sentence"),
        (lambda: view(ct(), kind="vtk"), "kind must be one of"),
    ],
)
def test_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()


# --- the picture


def look(scene, **more):
    return Look(scene.index(scene.start_mm), (-160.0, 240.0), **more)


def pane(picture, layout, name):
    left, top, width, height = layout.boxes[name]
    return picture[top : top + height, left : left + width].astype(int)


def test_the_patients_right_is_on_the_left_of_the_picture(scene):
    """Dose lies on the patient's left alone (and in one voxel), so the right of the axial slice is coloured."""
    slices = Slices(scene)
    slices.update(Look((2, 20, 0), (-160.0, 240.0), 1.0, 0.05, (False, False), False))
    axial = pane(slices.rgb(), slices.layout, "Axial")
    colour = np.ptp(axial, axis=2) > 30
    height, width = colour.shape
    quarter = slice(height // 4, height // 2)
    assert colour[quarter, int(0.6 * width) : int(0.9 * width)].mean() > 0.9
    assert colour[quarter, int(0.1 * width) : int(0.4 * width)].mean() < 0.05


@pytest.mark.parametrize(
    ("name", "across", "down"),
    [("Axial", 25 / 32, 7 / 24), ("Coronal", 25 / 32, 1 - 12 / 20), ("Sagittal", 7 / 24, 1 - 12 / 20)],
)
def test_a_voxel_is_drawn_where_it_lies(name, across, down):
    """Axial: back downwards; coronal and sagittal: head upwards."""
    scene = Scene(ct())
    slices = Slices(scene)
    slices.update(Look((12, 7, 25), (800.0, 900.0)))
    slices._cross = lambda *_: None
    part = pane(slices.rgb(), slices.layout, name).min(axis=2)
    bright = np.argwhere(part > 250)
    tall, wide = part.shape
    # letters are white too: the voxel is where they are not
    count = {"Axial": (32, 24), "Coronal": (32, 20), "Sagittal": (24, 20)}[name]
    column, row = (
        int((across + 0.5 / count[0]) * wide),
        int((down + (0.5 if name == "Axial" else -0.5) / count[1]) * tall),
    )
    assert (np.abs(bright - (row, column)).max(axis=1) <= 2).any()


def test_only_what_changed_is_painted_again(scene):
    slices = Slices(scene)
    slices.update(look(scene))
    slices.png()
    before, (z, y, x) = slices.painted, look(scene).index
    slices.update(Look((z + 1, y, x), (-160.0, 240.0)))
    slices.png()
    assert slices.painted == before + 1
    slices.update(Look((z + 1, y, x), (-160.0, 240.0), opacity=0.1))
    slices.png()
    assert slices.painted == before + 4


def test_the_cross_moves_in_panes_that_are_not_painted(scene):
    slices = Slices(scene)
    z, y, x = look(scene).index
    slices.update(Look((z, y, x), (-160.0, 240.0)))
    first = pane(slices.rgb(), slices.layout, "Coronal").copy()
    slices.update(Look((z + 4, y, x), (-160.0, 240.0)))
    second = pane(slices.rgb(), slices.layout, "Coronal")
    rows = np.flatnonzero((first != second).any(axis=(1, 2)))
    per_voxel = len(first) / 20
    assert rows.max() - rows.min() == pytest.approx(4 * per_voxel, abs=1.5)


def test_lines_can_be_switched_off(scene):
    def drawn(**more):
        slices = Slices(scene)
        slices.update(look(scene, **more))
        return slices.rgb().astype(int)

    bare = drawn(outlines=(False, False), isodoses=False)
    assert (drawn(outlines=(False, True), isodoses=False) != bare).any()
    assert (drawn(outlines=(False, False), isodoses=True) != bare).any()


def test_outlines_differ_by_more_than_colour():
    names = line_names(24)
    assert len(set(names)) == 24
    assert len({name.split(",")[0] for name in names[:4]}) == 4


@pytest.mark.parametrize("shape", [(20, 24, 32), (200, 24, 24), (8, 64, 64), (1, 40, 40), (40, 1, 40)])
def test_panes_lie_beside_one_another_inside_the_picture(shape):
    layout = Layout(Scene(Image(np.zeros(shape), (4, 4, 4), "HU")))
    used = np.zeros((layout.height, layout.width), int)
    for left, top, width, height in layout.boxes.values():
        assert left >= 0
        assert top >= 0
        assert left + width <= layout.width
        assert top + height <= layout.height
        used[top : top + height, left : left + width] += 1
    assert used.max() == 1
    assert layout.boxes["Legend"][2] >= 200


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_every_zoom_gives_a_picture(scene, ratio):
    slices = Slices(scene)
    slices.update(look(scene))
    assert slices.rgb(ratio).shape == (round(slices.height * ratio), round(slices.width * ratio), 3)


# --- the widget


def test_slices_have_names_words_and_numbers():
    widget = view(ct(), dose(), regions(), kind="slices", alt="A made-up patient.")
    drawn = widget.drawn
    assert widget.kind == "slices"
    assert drawn.figure.state == "ready"
    alt = drawn.figure.alt
    assert alt.startswith("A made-up patient. CT number in grey; dose in colour, 0 to 10.00 Gy")
    assert "CT number 40.00 HU, dose 10.00 Gy; inside Right kidney." in alt  # the voxel's, not interpolated
    assert [slider.label for slider in drawn.sliders] == [
        "Axial slice: feet to head, z",
        "Coronal slice: front to back, y",
        "Sagittal slice: right to left, x",
    ]
    assert "Left kidney" in drawn.numbers.html
    assert not widget.errors.messages


@pytest.mark.parametrize("end", ["minimum", "maximum"])
def test_every_slider_to_its_ends(end):
    widget = view(ct(), dose(), regions(), kind="slices")
    drawn = widget.drawn
    # in this order: what is transparent or hidden altogether does not show the other
    over = (drawn.hide, drawn.opacity) if end == "minimum" else (drawn.opacity, drawn.hide)
    for slider in (*drawn.sliders, *over):
        before = drawn.figure.png
        slider.set_state({"position": getattr(slider, end)})
        assert slider.state == "good"
        assert drawn.figure.png != before
    for name in drawn.grey.options:
        drawn.grey.value = name[1]
    assert drawn.look.index == ((0, 0, 0) if end == "minimum" else (19, 23, 31))
    assert not widget.errors.messages


def test_go_to_a_region_and_a_comma_in_a_field():
    drawn = view(ct(), dose(), regions(), kind="slices").drawn
    drawn.jump.value = drawn.scene.targets["Left kidney"]
    assert "inside Left kidney" in drawn.here.text
    drawn.sliders[0].text = "152,5"
    assert drawn.look.index[0] == round((152.5 - 100) / 5)
    assert drawn.jump.value is None
    drawn.sliders[0].text = "many"
    assert drawn.sliders[0].state == "bad"
    assert drawn.figure.state == "ready"


def test_an_image_alone():
    widget = view(ct(), kind="slices")
    assert widget.drawn.opacity is None
    assert widget.drawn.figure.state == "ready"
    assert not widget.errors.messages


def test_without_webgl_the_slices_are_shown_and_why():
    widget = view(ct(), dose(), regions(), kind="niivue")
    assert widget.kind == "niivue"
    widget._stage.set_state({"webgl": "no"})
    assert widget.kind == "slices"
    assert "WebGL" in widget.why_not.text
    assert widget.drawn.figure.state == "ready"


def test_without_ipyniivue_the_slices_are_shown(monkeypatch):
    monkeypatch.setattr(niivue, "find_spec", lambda name: None if name == "ipyniivue" else object())
    assert view(ct(), kind="auto").kind == "slices"
    asked = view(ct(), kind="niivue")
    assert asked.kind == "slices"
    assert "ipyniivue" in asked.why_not.text


def test_without_itkwidgets_another_view_is_shown(monkeypatch):
    monkeypatch.setattr(itk, "find_spec", lambda name: None)
    widget = view(ct(), kind="itk")
    assert widget.kind == "niivue"
    assert "mrtlab install-itkwidgets" in widget.why_not.text
    monkeypatch.setattr(itk, "find_spec", lambda name: object())
    monkeypatch.setattr(itk, "extension_folder", lambda: None)
    assert "extension" in itk.missing()
