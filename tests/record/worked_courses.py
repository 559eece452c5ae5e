"""Two whole courses, a record for each cycle, from intent to second signature. Run this file to write them anew.

Patients are virtual and measured with noise. What was measured stands in the records, rounded as it is there, and all
numbers are computed from that through the public functions; what is decided is decided by the two persons of the case.
"""

from __future__ import annotations

from pathlib import Path

from prrt_course import prrt_course
from psma_course import psma_course

from mrtlab import record

FOLDER = Path(__file__).parent / "cases"
COURSES = {"prrt-four-cycles": prrt_course, "psma-six-cycles": psma_course}

if __name__ == "__main__":
    for name, make in COURSES.items():
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
        for case in make():
            path = FOLDER / name / f"cycle-{case.header.cycle}.json"
            path.unlink(missing_ok=True)  # another record of the same cycle is never written over
            record.write(case, path)
        print(FOLDER.name, name)
