"""The page of the data set as code of its own."""

from __future__ import annotations

from mrtlab.apps.registry.model import CENTRES, RegistryPage

__all__ = ["merge", "own"]


def merge(model: RegistryPage) -> str:
    """The three files in one, without some rows."""
    left_out = {centre: sorted(rows) for centre, rows in model._left_out().items() if rows}
    check = ""
    if model.taken == "checked":
        check = """wrong = {one.row for one in record.check_rows(rows)}
rows = [row for place, row in enumerate(rows) if place not in wrong]
"""
    return f"""from mrtlab import _content, record

folder = _content.dataset("registry")
centres = {{name: record.read_rows(folder / f"centre_{{name.lower()}}.csv") for name in "{"".join(CENTRES)}"}}
rows = record.merge_rows(centres, {left_out!r})
{check}found = record.summarise_rows(rows)
print(f"{{found.rows}} rows: mean {{found.mean_gy:.2f}}, median {{found.median_gy:.2f}} Gy")
print(len({{one.row for one in record.check_rows(rows)}}), "rows with errors")"""


def own() -> str:
    """Rows of a record."""
    return """from pathlib import Path
from mrtlab import record

mine = record.read("my-record.json")
rows = record.rows(mine)
for one in record.check_rows(rows):
    print(one.row + 1, record.ROW_ERRORS[one.kind], "-", one.text)
Path("rows.csv").write_text(record.rows_csv(rows, "semicolon"), encoding="utf-8")"""
