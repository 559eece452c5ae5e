"""The dosimetry record: from the physician's intent to two signatures, in a file that shows every later change.

>>> record = DosimetryRecord.begin("case-07", "prrt", "Lu-177", "DOTATATE", cycle=1)
>>> record = record.declare_intent(Person("A. Doctor", "MD"), "NET, G1", "palliative", ["liver lesion"], ["kidneys"])
>>> record.turns[0].text
'the medical physics expert (MPE) to present a range of activities with their doses (present_options)'

The hashes find a file that was damaged or edited. They are no protection against somebody who computes them anew, and
a typed name is no electronic signature.
"""

from mrtlab.record.export import COLUMNS, CumulativeDose, cumulative, rows, write_rows
from mrtlab.record.files import from_json, read, to_json, write
from mrtlab.record.page import to_html, write_html
from mrtlab.record.record import DosimetryRecord
from mrtlab.record.regions import MeasuredRegion, Person, PlannedRegion

__all__ = [
    "COLUMNS",
    "CumulativeDose",
    "DosimetryRecord",
    "MeasuredRegion",
    "Person",
    "PlannedRegion",
    "cumulative",
    "from_json",
    "read",
    "rows",
    "to_html",
    "to_json",
    "write",
    "write_html",
    "write_rows",
]
