"""``mrtlab dose``: what a person and a machine read where results are doubtful or disagree."""

import json
import re

import pytest

import mrtlab
from mrtlab.cli.dose import dose

TAC = mrtlab.dataset("lu177-dotatate-patient4") / "tac.csv"


@pytest.fixture
def page(capsys):
    """Function: the lines printed for a region, in one."""

    def printed(region, **options):
        dose(TAC, **options)
        blocks = re.split(r"\n\n", capsys.readouterr().out)
        return " ".join(next(block for block in blocks if block.startswith(region)).split())

    return printed


def test_a_doubtful_mass_gives_an_interval_and_no_plus_minus(page):
    said = page("kidney_left", mass=["kidney_left=1,234 ± 8,58 g"])
    assert "dose about 530 Gy (95 %: 11 to 25000 Gy, log-normal)" in said
    assert "uncertain by more than 30 %" in said
    assert "uncertain by more than 30 %" not in page("kidney_left")


def test_the_same_for_machines(capsys):
    dose(TAC, mass=["kidney_left=1,234 ± 8,58 g"], as_json=True)
    left, right = json.loads(capsys.readouterr().out)["regions"][:2]
    assert left["flags"].count("LINEARISATION_DOUBTFUL") == 1
    assert left["dose_interval95_gy"]["distribution"] == "log-normal"
    assert 0 < left["dose_interval95_gy"]["low"] < left["dose_gy"]["value"]
    assert "LINEARISATION_DOUBTFUL" not in right["flags"]
    assert right["dose_interval95_gy"]["distribution"] == "normal"
    half = (right["dose_interval95_gy"]["high"] - right["dose_interval95_gy"]["low"]) / 2
    assert half == pytest.approx(1.96 * right["dose_gy"]["u"])


def test_trapezoids_outside_all_curves_are_said(page):
    assert "67700 to 73600 MBq·h by trapezoids" in page("liver")
    assert "both lie above all curves that fit" in page("liver")
    assert "both lie" not in page("whole_body")
    assert "without a curve" not in page("kidney_left")


def test_the_span_has_no_more_figures_than_its_uncertainty_leaves(page):
    assert "span 121000 to 163000 MBq·h, dose 0.106 to 0.143 Gy" in page("whole_body")
