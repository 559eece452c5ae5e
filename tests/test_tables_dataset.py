"""The dataset of patient 4: that it is what its source says, and what its card says."""

import csv
import hashlib
import statistics

import numpy as np
import pytest
import yaml
from uncertainties import UFloat

from mrtlab import read_tac
from mrtlab._content import dataset

# Typed from the source's table: SNMMI Lu-177 Dosimetry Challenge, patient 4 (doi:10.7302/864r-tb45)
TIMES_H = [3.741111, 27.725278, 103.094167, 123.983611]
ACTIVITY_MBQ = {
    "kidney_left": [98.561432, 73.599408, 25.39568, 19.04661],
    "kidney_right": [92.891448, 66.860492, 23.209494, 15.666982],
    "liver": [378.4744, 347.404416, 192.66408, 173.225408],
    "spleen": [87.206832, 77.633392, 34.655492, 27.94343],
    "remainder_of_body": [671.643776, 317.521728, 150.297136, 121.737264],
    "whole_body": [1328.7776, 883.018816, 426.222368, 357.619616],
}
VOLUMES_ML = {
    "kidney_left": [233.608, 234.092, 247.647, 248.583],
    "kidney_right": [250.995, 226.098, 240.171, 231.588],
    "liver": [2037.352, 2166.836, 2008.578, 2248.796],
    "spleen": [268.902, 273.817, 233.957, 235.110],
    "remainder_of_body": [94709.144, 94599.157, 94769.646, 94535.923],
    "whole_body": [97500, 97500, 97500, 97500],
}
ORGANS = ("kidney_left", "kidney_right", "liver", "spleen")


@pytest.fixture(scope="module")
def folder():
    return dataset("lu177-dotatate-patient4")


@pytest.fixture(scope="module")
def card(folder):
    return yaml.safe_load((folder / "card.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table(folder):
    return read_tac(folder / "tac.csv")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_activities_are_those_of_the_source(table):
    assert table.regions == tuple(ACTIVITY_MBQ)
    for curve in table:
        assert curve.times_h.tolist() == TIMES_H
        assert curve.activity_mbq.tolist() == ACTIVITY_MBQ[curve.region]
        assert curve.nuclide.name == "Lu-177"
        assert curve.administered_mbq == 7210.4
        assert not curve.sigma_given
    total = sum(table[name].activity_mbq for name in (*ORGANS, "remainder_of_body"))
    np.testing.assert_allclose(total, table["whole_body"].activity_mbq, rtol=2e-6)


def test_masses_follow_from_the_volumes(folder, table):
    volumes = {}
    for row in rows(folder / "volumes.csv"):
        volumes.setdefault(row["region"], []).append(float(row["volume_ml"]))
    assert volumes == VOLUMES_ML
    for name in ORGANS:
        mass = table.masses_g[name]
        assert mass.nominal_value == pytest.approx(1.04 * statistics.mean(volumes[name]), abs=0.0051)
        assert mass.std_dev == pytest.approx(1.04 * statistics.stdev(volumes[name]), abs=0.0051)
    assert table.masses_g["whole_body"] == 97500
    rest = 97500 - sum(table.masses_g[name].nominal_value for name in ORGANS)
    assert not isinstance(table.masses_g["remainder_of_body"], UFloat)
    assert table.masses_g["remainder_of_body"] == pytest.approx(rest, abs=0.0051)


def test_published_fits_are_consistent(folder):
    fits = {
        row["region"]: {key: float(row[key]) for key in row if key != "region"}
        for row in rows(folder / "published_fits.csv")
    }
    assert tuple(fits) == tuple(ACTIVITY_MBQ)
    for fit in fits.values():
        integral = fit["a0_mbq"] * (1 / fit["lambda_eff_per_h"] - 1 / fit["lambda_uptake_per_h"])
        assert fit["tia_mbq_h"] == pytest.approx(integral, rel=1e-9)
        assert fit["tia_mbq_h"] / fit["tiac_h"] == pytest.approx(7210.4256, rel=1e-7)
        assert fit["dose_gy"] / fit["dose_gy_per_gbq"] == pytest.approx(7.2104256, rel=1e-7)
    assert fits["kidney_left"]["dose_gy"] == 2.741417121338495


def test_card_describes_every_file(folder, card):
    names = {path.name for path in folder.iterdir()}
    assert set(card["files"]) == names - {"card.yaml"}
    for name, entry in card["files"].items():
        content = (folder / name).read_bytes().replace(b"\r\n", b"\n")
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        if name.endswith(".csv"):
            assert list(rows(folder / name)[0]) == list(entry["columns"])
    for key in ("title", "description", "origin", "licence", "changes", "status", "masses"):
        assert card[key]
    assert (folder / card["licence_file"]).is_file()
    assert card["status"] == "published"
    assert card["de_identified"] is True
