"""A page, and a data folder of its own for every test."""

import pytest

from mrtlab.apps import kidney_dose
from mrtlab.apps.kidney_dose import view as view_module


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MRTLAB_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture
def model():
    return kidney_dose.KidneyDose()


@pytest.fixture
def view(model):
    return view_module._View(model)
