"""What the page of records hands out: the same in code, and rows without identifiers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from mrtlab import record
from mrtlab.errors import InputError
from mrtlab.record import DosimetryRecord

__all__ = ["code", "csv"]


def code(name: str) -> str:
    """Read a record, say where it stands, print it, and write its rows."""
    return f"""from mrtlab import record

case = record.read({name!r})  # refuses a file that was changed
print(case.header.pseudonym, "version", case.header.version, case.status)
for step in case.steps:
    print(step.at, step.role, step.name, step.content.kind, step.sha256[:12])
for turn in case.turns:
    print("open:", turn.text)
for region in case.verification.regions if case.verification else ():
    print(region.region, region.dose_gy, region.u_gy, "Gy:", region.verdict)
record.write_html(case, "record.html")  # to read and print
record.write_rows([case], "rows.csv")  # one row per region and cycle, no identifiers"""


def csv(records: Sequence[DosimetryRecord], dialect: str) -> bytes:
    """Rows of several records as a CSV file."""
    if not records:
        raise InputError("no record is chosen for the table; open one, or add files")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        record.write_rows(records, path, dialect)
        return path.read_bytes()
