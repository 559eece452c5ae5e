"""From the images of one administration to doses: activity, regions, curves, time-integrated activity, dose map.

``read_study(folder)`` reads DICOM, ``study_dose(study)`` does the rest. Nothing is registered, segmented or
reconstructed: the images must lie in the same coordinates and the regions must be there.
"""

from mrtlab.study.curves import RegionCurve, activity_image, background_shells, region_curves, scan_times_h
from mrtlab.study.doses import RegionDose, region_dose, tia_map, voxel_dose
from mrtlab.study.reading import read_study
from mrtlab.study.shares import share_percents, shares_text
from mrtlab.study.whole import Study, StudyDose, study_dose

__all__ = [
    "RegionCurve",
    "RegionDose",
    "Study",
    "StudyDose",
    "activity_image",
    "background_shells",
    "read_study",
    "region_curves",
    "region_dose",
    "scan_times_h",
    "share_percents",
    "shares_text",
    "study_dose",
    "tia_map",
    "voxel_dose",
]
