"""Virtual patients: their anatomy, kinetics and doses are known, and they can be measured as often as one likes.

Nobody real is in here. Sizes and populations come with their sources (:func:`patient_sources`); a good part of them is
illustrative. Times are hours after administration, activities MBq.
"""

from mrtlab.patients._data import patient_sources
from mrtlab.patients.anatomy import Anatomy, Region
from mrtlab.patients.build import Build
from mrtlab.patients.camera import Camera
from mrtlab.patients.comparison import Comparison, ComparisonRow, compare
from mrtlab.patients.curves import half_life_prior, measured, sphere_recovery
from mrtlab.patients.defects import DEFECTS
from mrtlab.patients.files import WrittenPatient
from mrtlab.patients.methods import register
from mrtlab.patients.pathways import Kinetics, Pathway
from mrtlab.patients.patient import VirtualPatient, cohort, virtual_patient
from mrtlab.patients.resources import PROTOCOLS, Precision, Workload, precision, workload
from mrtlab.patients.samples import BloodSample, ProbeCounts
from mrtlab.patients.shapes import Shape
from mrtlab.patients.truth import RegionDose, Truth

__all__ = [
    "DEFECTS",
    "PROTOCOLS",
    "Anatomy",
    "BloodSample",
    "Build",
    "Camera",
    "Comparison",
    "ComparisonRow",
    "Kinetics",
    "Pathway",
    "Precision",
    "ProbeCounts",
    "Region",
    "RegionDose",
    "Shape",
    "Truth",
    "VirtualPatient",
    "Workload",
    "WrittenPatient",
    "cohort",
    "compare",
    "half_life_prior",
    "measured",
    "patient_sources",
    "precision",
    "register",
    "sphere_recovery",
    "virtual_patient",
    "workload",
]
