"""Known answers of planning and protection: the expected range, the verdict, and dose around a patient."""

from __future__ import annotations

from uncertainties import ufloat

from mrtlab import planning, protection
from mrtlab.known_answers.entry import KnownAnswer as K

__all__ = ["ENTRIES"]

OTHER = "independent script"
PLAN_GY, MEASURED_GY = 300.885, 206.204


def _expected() -> planning.ExpectedRange:
    return planning.expected_range_from_components(PLAN_GY, planning.teaching_components("radioiodine"))


def _verdict() -> planning.Verdict:
    parts = planning.teaching_components("radioiodine", "verification")
    dose = ufloat(MEASURED_GY, MEASURED_GY * planning.relative_uncertainty(parts))
    return planning.verify(dose, _expected(), planning.relative_uncertainty(parts, ["mass", "energy"]))


ENTRIES = (
    K("TV25", "I-131, point source, 600 MBq at 1 m", "µSv/h", 45.882, 1e-4, "independent", OTHER,
      lambda: protection.dose_rate(600, coefficient="point_source")),
    K("TV25b", "I-131, generic patient, 600 MBq at 1 m", "µSv/h", 30.0, 1e-9, "analytic", "0.05 µSv/h per MBq",
      lambda: protection.dose_rate(600)),
    K("TV25c", "I-131, dose to a bystander, a quarter of the time", "mSv", 0.459004, 1e-5, "independent", OTHER,
      lambda: protection.bystander_dose(30.0, 0.25)),
    K("TV41", "Radioiodine, lower end of the expected range", "Gy", 185.571, 1e-5, "independent", OTHER,
      lambda: _expected().interval95_gy[0]),
    K("TV41b", "Radioiodine, upper end of the expected range", "Gy", 487.855, 1e-5, "independent", OTHER,
      lambda: _expected().interval95_gy[1]),
    K("TV41c", "Radioiodine, verdict with shared mass and energy", "", -1.71226, 1e-5, "independent", OTHER,
      lambda: _verdict().z),
)  # fmt: skip
