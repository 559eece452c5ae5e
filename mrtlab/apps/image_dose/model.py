"""What the page from images to dose knows and computes, without any widget."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import traitlets as t

from mrtlab import dose
from mrtlab.errors import InputError
from mrtlab.images import Image
from mrtlab.nuclides import nuclide
from mrtlab.study import RegionCurve, Study, StudyDose, study_dose

__all__ = ["DEFECTS", "LAST_SEED", "QUESTIONS", "SIZE", "TIMES_H", "ImageDosePage", "Outcome", "Revealed", "Total"]

THERAPY = "prrt"
SIZE = 64  # on 48 the smallest lesions are refused or not, depending on how the outline is kept
TIMES_H = (4.0, 24.0, 96.0, 168.0)
LAST_SEED = 20  # of the patients to choose from
ORGANS = ("liver", "spleen", "left kidney", "right kidney")
#: What can be wrong on purpose, as a learner reads it.
DEFECTS = {
    "milliseconds": "Frame duration written in seconds, where milliseconds belong",
    "window": "Another energy window than the one calibrated",
    "no recovery": "No recovery correction",
    "clock": "Clock of the camera one hour ahead",
}
_SPOILT = {"window": "wrong_window", "clock": "clock_offset"}  # those that the virtual camera makes itself
QUESTIONS = {"kidney": ("recovery", "curve"), "lesion": ("recovery", "curve")}


def _silent(text: str) -> None:
    """Progress nobody looks at."""


@dataclass(frozen=True)
class Total:
    """Activity in the whole image of one scan, against what decay alone would have left of the administered."""

    time_h: float
    measured_mbq: float
    left_mbq: float


@dataclass(frozen=True)
class Revealed:
    """Dose of a region beside the hidden truth; ``z`` is their difference in standard uncertainties."""

    region: str
    dose_gy: float
    u_gy: float
    true_gy: float
    z: float

    @property
    def inside(self) -> bool:
        """Whether the truth lies within two standard uncertainties."""
        return abs(self.z) <= 2


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of a study: ``result``, or why it was ``refused``."""

    study: Study | None
    result: StudyDose | None
    refused: str = ""


class ImageDosePage(t.HasTraits):
    """Patient, planted defects, and what the learner predicted.

    Traits
    ------
    seed : int
        Number of the virtual patient.
    defects : tuple of str
        Keys of :data:`DEFECTS`.
    region : str
    predictions : dict of str to str
        By question.
    revealed : bool
        Whether the learner asked for the truth; only after predicting.
    computed : bool
        Whether the learner had patient and defects measured and computed.
    scan_h : float
        The scan that is shown, one of :data:`TIMES_H`.
    next_seed, next_defects : int, tuple of str
        What is chosen for the next computation.
    """

    seed = t.Int(3, min=0, max=9999)
    defects = t.Tuple()
    region = t.Unicode("left kidney")
    predictions = t.Dict()
    revealed = t.Bool(False)
    computed = t.Bool(False)
    scan_h = t.Enum(TIMES_H, TIMES_H[0])
    next_seed = t.Int(3, min=0, max=LAST_SEED)
    next_defects = t.Tuple()

    def __init__(self):
        super().__init__()
        self._kept: dict[tuple, Outcome] = {}

    @t.validate("defects", "next_defects")
    def _known(self, proposal):
        for name in proposal["value"]:
            if name not in DEFECTS:
                raise InputError(f"there is no defect {name!r}; there are {', '.join(DEFECTS)}")
        return tuple(name for name in DEFECTS if name in proposal["value"])

    @t.observe("seed")
    def _hide(self, change):
        self.revealed = False

    @property
    def asked(self) -> bool:
        """Whether the answers wait for the predictions."""
        return set(self.predictions) != set(QUESTIONS)

    def predict(self, **choices: str) -> None:
        """Commit to an answer to every question; the first one stays."""
        for name, options in QUESTIONS.items():
            if choices.get(name) not in options:
                raise InputError(f"{name} must be one of {', '.join(options)}, got {choices.get(name)!r}")
        self.predictions = {**choices, **self.predictions}

    def reveal(self) -> None:
        """Show the truth, once there are predictions."""
        if self.asked:
            raise InputError(f"predict first: {', '.join(name for name in QUESTIONS if name not in self.predictions)}")
        self.revealed = True

    def state(self) -> dict:
        """What is kept between visits: choices and predictions; images and doses are computed again."""
        names = ("seed", "defects", "next_seed", "next_defects", "region", "scan_h", "predictions", "computed")
        return {name: getattr(self, name) for name in names} | {"revealed": self.revealed}

    def restore(self, state: dict) -> bool:
        """Take up a saved state; whether all of it could be used."""
        whole = True
        for name in ("seed", "defects", "next_seed", "next_defects", "region", "scan_h", "computed"):
            if name not in state:
                continue
            given = state[name]
            try:
                if isinstance(given, bool) != (name == "computed"):
                    raise InputError(f"{name} must not be {given!r}")
                if name == "seed" and given not in range(LAST_SEED + 1):
                    raise InputError(f"there is no virtual patient {given!r}")
                if name.endswith("defects"):
                    if not isinstance(given, (list, tuple)) or not all(isinstance(one, str) for one in given):
                        raise InputError(f"{name} must be names of defects, got {given!r}")
                    given = tuple(given)
                setattr(self, name, given)
            except (t.TraitError, InputError, OverflowError, TypeError):
                whole = False
        try:
            if state.get("predictions"):
                self.predict(**state["predictions"])
            if state.get("revealed"):
                self.reveal()
        except (InputError, TypeError):
            whole = False
        return whole

    def _patient(self, spoilt: bool = True):
        from mrtlab.patients import virtual_patient  # late: it takes a while

        wrong = {_SPOILT[name]: True for name in self.defects if name in _SPOILT} if spoilt else {}
        return virtual_patient(THERAPY, self.seed, **wrong)

    def study(self, progress: Callable[[str], None] = _silent) -> Study:
        """Images, outlines and calibration of the patient, with the planted defects."""
        from mrtlab.patients.phantoms import calibrated, outlined

        progress("the patient")
        patient = self._patient()
        camera, grid, scans = patient.camera(), patient.grid(SIZE), []
        for number, time in enumerate(TIMES_H, 1):
            progress(f"scan {number} of {len(TIMES_H)}")
            scans += patient.acquire(time, "spect", SIZE, camera=camera)
        (ct,) = patient.acquire(TIMES_H[0], "ct", SIZE)
        calibration = calibrated(camera, self.seed)
        if "milliseconds" in self.defects:  # exists in a header only: this is what reading it gives
            scans = [scan.changed(duration_s=scan.duration_s / 1000) for scan in scans]
        if "no recovery" in self.defects:
            calibration = replace(calibration, recovery=None)
        return Study(
            tuple(scans),
            outlined(patient, grid, _outlines(patient), self.seed),
            patient.nuclide,
            patient.administered_at,
            patient.administered_mbq,
            ct,
            calibration,
        )

    def outcome(self, progress: Callable[[str], None] = _silent) -> Outcome:
        """Doses of the study, remembered by patient and defects; a refusal is an outcome too."""
        key = (self.seed, self.defects)
        if key not in self._kept:
            study = None
            try:
                study = self.study(progress)
                self._kept[key] = Outcome(study, study_dose(study, progress=progress))
            except InputError as refused:
                self._kept[key] = Outcome(study, None, str(refused))
        return self._kept[key]

    def _result(self) -> StudyDose:
        found = self.outcome()
        if found.result is None:
            raise InputError(found.refused)
        return found.result

    def totals(self) -> tuple[Total, ...]:
        """The plausibility gate: activity of each image, and what decay alone would have left."""
        found = self.outcome()
        known = nuclide(found.study.nuclide)
        return tuple(
            Total(float(time), total, found.study.administered_mbq * float(known.decay_factor(time)))
            for time, total in zip(found.study.times_h, self._result().totals_mbq, strict=True)
        )

    def curve(self, region: str) -> RegionCurve:
        """Apparent and corrected activity of a region."""
        for item in self._result().curves:
            if item.region == region:
                return item
        raise InputError(f"no region {region!r}; there are {', '.join(self.regions())}")

    def regions(self) -> tuple[str, ...]:
        """Those with a curve or a refusal."""
        return tuple(item.region for item in self._result().regions)

    def larger(self, region: str) -> str:
        """Which is the larger uncertainty of a region: ``"recovery"`` or ``"curve"``."""
        item = self._result()[region]
        if item.budget is None:
            raise InputError(f"{region} has no budget: {item.refused or 'no calibration'}")
        fit_rel = item.tia_mbq_h.std_dev / item.tia_mbq_h.nominal_value  # scatter of the points alone
        return "recovery" if item.budget.recovery_rel > fit_rel else "curve"

    def truth(self) -> tuple[Revealed, ...]:
        """Every dose beside the truth.

        Raises
        ------
        InputError
            Before the learner committed and asked for it.
        """
        if not self.revealed:
            raise InputError("the truth stays hidden until you have predicted and asked for it")
        patient, rows = self._patient(spoilt=False), []
        for item in self._result().regions:
            if item.dose_gy is None:
                continue
            tia, mass = patient.truth.tia_mbq_h(item.region), patient.truth.mass_g(item.region)
            true = float(dose.local(tia, mass, patient.nuclide))
            value, u = item.dose_gy.nominal_value, item.dose_gy.std_dev
            rows.append(Revealed(item.region, value, u, true, (value - true) / u))
        return tuple(rows)

    def doses_csv(self) -> str:
        """Doses of all regions; a refused one keeps its row and says why."""
        out = io.StringIO(newline="")
        write = csv.writer(out, lineterminator="\n")
        write.writerow(["region", "volume_ml", "mass_g", "dose_gy", "u_gy", "flags", "refused"])
        for item in self._result().regions:
            numbers = [item.dose_gy.nominal_value, item.dose_gy.std_dev] if item.dose_gy is not None else ["", ""]
            write.writerow([item.region, item.volume_ml, item.mass_g, *numbers, " ".join(item.flags), item.refused])
        return out.getvalue()

    def dose_map(self) -> Image:
        """Gy."""
        return self._result().dose

    def rtdose(self) -> bytes:
        """The dose map as an RT Dose file."""
        from mrtlab.dicom import write_rtdose

        with tempfile.TemporaryDirectory() as temporary:
            return write_rtdose(self.dose_map(), Path(temporary) / "rtdose.dcm").files[0].read_bytes()

    def code(self) -> str:
        """A script of at most 15 lines that computes the dose shown, without widgets and without planted defects."""
        return f"""from mrtlab.patients import virtual_patient
from mrtlab.patients.phantoms import calibrated, outlined
from mrtlab.study import Study, study_dose

patient = virtual_patient("{THERAPY}", {self.seed})
camera, grid = patient.camera(), patient.grid({SIZE})
scans = patient.acquire({TIMES_H}, "spect", {SIZE}, camera=camera)
(ct,) = patient.acquire({TIMES_H[0]}, "ct", {SIZE})
lesions = [name for name in patient.anatomy.regions if name.startswith("lesion")]
regions = outlined(patient, grid, [*{ORGANS}, *lesions], {self.seed})
study = Study(scans, regions, patient.nuclide, patient.administered_at, patient.administered_mbq,
              ct, calibrated(camera, {self.seed}))
print(study_dose(study)["{self.region}"].dose_gy)
"""

    def dicom_zip(self) -> bytes:
        """The patient as DICOM, all that ``mrtlab dose FOLDER`` needs, without planted defects.

        The outlines become contours of whole voxels: doses of organs then differ by about 1 %, those of small lesions
        by up to their uncertainty.
        """
        out = io.BytesIO()
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / f"patient-{self.seed}"
            patient = self._patient(spoilt=False)
            patient.write_dicom(folder, TIMES_H, SIZE, regions=_outlines(patient), outlines="drawn")
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        packed.write(path, path.relative_to(folder.parent).as_posix())
        return out.getvalue()


def _outlines(patient) -> list[str]:
    return [*ORGANS, *(name for name in patient.anatomy.regions if name.startswith("lesion"))]
