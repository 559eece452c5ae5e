"""``mrtlab patient``: a virtual patient as DICOM files, to practise with one's own programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import mrtlab
from mrtlab.errors import InputError
from mrtlab.units import parse_number

__all__ = ["patient"]


def patient(
    therapy: Annotated[str, typer.Argument(metavar="THERAPY", help="prrt, psma, sirt, radioiodine, radioiodine-dtc.")],
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Which patient: 0, 1, 2, …")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="New or empty.")],
    times: Annotated[
        str | None, typer.Option(metavar="HOURS", help="Such as '4 24 96 168'.", show_default=False)
    ] = None,
    size: Annotated[int, typer.Option(metavar="VOXELS", help="Along each side of an image.")] = 64,
    drawn: Annotated[bool, typer.Option("--drawn/--true-outlines", help="Outlines as drawn by a person.")] = False,
    defect: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Something to be wrong with the data; may be repeated.", show_default=False),
    ] = None,
) -> int:
    """Write a virtual patient's SPECT/CT (or PET/CT), outlines and camera calibration as DICOM.

    The truth is not in the files; mrtlab.patients.virtual_patient(THERAPY, NUMBER).truth tells it.
    """
    from mrtlab.patients import virtual_patient
    from mrtlab.study.whole import TRAPPED

    made = virtual_patient(therapy, number, **dict.fromkeys(defect or [], True))
    hours = made.times_h if times is None else [parse_number(text) for text in times.split()]
    if not hours:
        raise InputError("--times is empty; give hours after administration, such as '4 24 96 168'")
    written = made.write_dicom(folder, hours, size, outlines="drawn" if drawn else "true")
    count = sum(1 for path in folder.rglob("*") if path.is_file())
    given = f"{made.nuclide}, {made.administered_mbq:g} MBq"
    typer.echo(f"{count} files in {folder}: {given}, scans at {', '.join(f'{time:g}' for time in written.times_h)} h")
    trapped = made.nuclide in TRAPPED
    if len(written.times_h) == 1 and not trapped:
        typer.echo("One scan supports no curve: mrtlab dose needs two or more of these (--times '4 24 96')")
    else:
        typer.echo(f"Next: mrtlab dose {folder}{' --trapped' * trapped}")
    typer.echo(mrtlab.PURPOSE)
    return 0
