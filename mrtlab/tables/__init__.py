"""Time-activity tables: read from CSV files of any European spelling, written so that nothing changes on the way.

A table is read as what it says, or not at all. Anything that could mean two things is refused, with the line and
what to write instead.
"""

from mrtlab.tables.read import read_tac
from mrtlab.tables.table import TacTable
from mrtlab.tables.write import write_tac

__all__ = ["TacTable", "read_tac", "write_tac"]
