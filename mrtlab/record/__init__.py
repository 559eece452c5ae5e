"""The dosimetry record: from the physician's intent to two signatures, in a file that shows every later change.

>>> record = DosimetryRecord.begin("case-07", "PRRT", "Lu-177", "Lu-177 DOTATATE", cycle=1)
>>> record = record.declare_intent(Person("A. Doctor", "MD"), "NET, G1", "palliative", ["liver lesion"], ["kidneys"])
>>> record.turns[0].text
'the medical physics expert (MPE) to present a range of activities with their doses (present_options)'

The hashes find a file that was damaged or edited. They are no protection against somebody who computes them anew, and
a typed name is no electronic signature.
"""

from mrtlab.record.alpha import AlphaSum
from mrtlab.record.compare import Comparison, compare, continues, versions
from mrtlab.record.export import ALPHA_COLUMNS, COLUMNS, CumulativeDose, cumulative, rows, write_rows
from mrtlab.record.files import from_json, read, to_json, write
from mrtlab.record.page import to_html, write_html
from mrtlab.record.record import DosimetryRecord
from mrtlab.record.regions import AlphaPart, MeasuredRegion, Person, PlannedRegion
from mrtlab.record.registry import (
    ROW_ERRORS,
    RowFinding,
    RowSummary,
    check_rows,
    merge_rows,
    read_rows,
    rows_csv,
    summarise_rows,
)

__all__ = [
    "ALPHA_COLUMNS",
    "COLUMNS",
    "ROW_ERRORS",
    "AlphaPart",
    "AlphaSum",
    "Comparison",
    "CumulativeDose",
    "DosimetryRecord",
    "MeasuredRegion",
    "Person",
    "PlannedRegion",
    "RowFinding",
    "RowSummary",
    "check_rows",
    "compare",
    "continues",
    "cumulative",
    "from_json",
    "merge_rows",
    "read",
    "read_rows",
    "rows",
    "rows_csv",
    "summarise_rows",
    "to_html",
    "to_json",
    "versions",
    "write",
    "write_html",
    "write_rows",
]
