"""One study as DICOM files, written once; and the same without files."""

from __future__ import annotations

import shutil

import pytest
import simulated

from mrtlab.patients import virtual_patient
from mrtlab.study import read_study, study_dose

REGIONS = ("left kidney", "right kidney", "liver", "spleen", "lesion 1")


@pytest.fixture(scope="session")
def written(tmp_path_factory):
    """Folder with four SPECT/CT, structures and a calibration file; do not change it."""
    folder = tmp_path_factory.mktemp("study") / "patient"
    virtual_patient("prrt", 3).write_dicom(folder, simulated.TIMES_H, 48, regions=REGIONS)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """The same, to be changed."""
    shutil.copytree(written, tmp_path / "patient")
    return tmp_path / "patient"


@pytest.fixture(scope="session")
def study(written):
    return read_study(written)


@pytest.fixture(scope="session")
def result(study):
    return study_dose(study)
