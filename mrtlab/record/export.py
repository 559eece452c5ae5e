"""Sums over cycles, and rows for a data set without identifiers."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from uncertainties import UFloat, ufloat

from mrtlab import _check, _userdata
from mrtlab.errors import Flag, InputError
from mrtlab.planning import ExpectedRange
from mrtlab.record import alpha
from mrtlab.record.alpha import AlphaSum
from mrtlab.record.record import DosimetryRecord

__all__ = ["ALPHA_COLUMNS", "COLUMNS", "CumulativeDose", "cumulative", "rows", "write_rows"]

COLUMNS = (
    "case", "cycle", "interval_days", "version", "therapy", "nuclide", "optimisation_level", "status", "ending",
    "region", "prescribed_mbq", "administered_mbq", "administered_u_mbq", "residual_mbq", "mass_g", "mass_u_g",
    "expected_median_gy", "expected_low_gy", "expected_high_gy", "dose_gy", "dose_u_gy", "dose_gy_per_mbq",
    "systematic_rel", "bed_gy", "effective_half_life_h", "points", "partial_volume", "basis", "z", "within",
    "limit_gy", "limit_bed_gy", "aim_gy",
)  # fmt: skip
"""Columns of :func:`rows`: numbers, words from fixed lists, and the names of therapies and regions."""

ALPHA_COLUMNS = ("alpha_gy", "electron_gy", "rbe")
"""Columns after :data:`COLUMNS` where a dose of the rows has its parts. ``dose_gy`` is their sum, without a weight."""

_DIALECTS = {"comma": (",", "."), "semicolon": (";", ",")}


@dataclass(frozen=True)
class CumulativeDose:
    """Dose of one region over several cycles.

    Attributes
    ----------
    region : str
    dose_gy : ufloat
        Sum over the cycles with a dose. The part of the uncertainty common to all cycles adds up linearly, the rest
        in quadrature.
    bed_gy : float or None
        Sum of the BED of each cycle; None if one has none.
    cycles, missing : tuple of int
        Cycles in the sum, and those that were given and have no dose for the region.
    limit_gy : float or None
        The limit of absorbed dose that was prescribed last.
    remaining_gy : float or None
        Limit less dose; None without a limit or with a cycle missing. Absorbed doses both, without a weight.
    flags, sources : tuple of str
    alpha : AlphaSum or None
        With an alpha emitter: the parts of the dose, each added up. Doses weighted with different RBE are not added,
        which ``RBE_DIFFERS`` says. None if the dose of a cycle does not tell its parts.
    """

    region: str
    dose_gy: UFloat
    bed_gy: float | None
    cycles: tuple[int, ...]
    missing: tuple[int, ...]
    limit_gy: float | None
    remaining_gy: float | None
    flags: tuple[str, ...]
    sources: tuple[str, ...] = ("record.cumulative",)
    alpha: AlphaSum | None = None


def cumulative(records: Sequence[DosimetryRecord]) -> dict[str, CumulativeDose]:
    """Doses of each region over the cycles of one patient.

    ``u^2 = sum of u_random^2 + (sum of u_systematic)^2``

    Parameters
    ----------
    records : sequence of DosimetryRecord
        One per cycle, each in its latest version. Cycles in which nothing was administered add nothing.

    Returns
    -------
    dict of str to CumulativeDose

    Raises
    ------
    InputError
        If there are none, they are of several patients, therapies or nuclides, or a cycle comes twice.
    """
    records = sorted(_records(records), key=lambda record: record.header.cycle)
    for name, plural in (("pseudonym", "pseudonyms"), ("therapy", "therapies"), ("nuclide", "nuclides")):
        found = [getattr(record.header, name) for record in records]
        # "prrt" and "PRRT" are one therapy, whoever typed it; a pseudonym stays as it is
        several = sorted({one if name == "pseudonym" else one.casefold(): one for one in found}.values())
        if len(several) > 1:
            raise InputError(f"records are of several {plural} ({', '.join(several)}); their doses do not add up")
    cycles = [record.header.cycle for record in records]
    twice = sorted({cycle for cycle in cycles if cycles.count(cycle) > 1})
    if twice:
        raise InputError(f"cycle {twice[0]} comes twice; give one record per cycle, in its latest version")
    given = [record for record in records if record.administration]
    regions = dict.fromkeys(
        region.region for record in given for region in (record.verification.regions if record.verification else ())
    )
    absent = [cycle for cycle in range(1, max(cycles) + 1) if cycle not in cycles]
    return {region: _sum(region, given, absent) for region in regions}


def total_gy(cycles: Sequence[tuple[float, float, float]]) -> UFloat:
    """Sum of doses with their uncertainties and the relative parts of those that all have in common.

    Parameters
    ----------
    cycles : sequence of (dose_gy, u_gy, systematic_rel)
    """
    common = math.fsum(rel * gy for gy, _, rel in cycles)
    # the random part of a cycle is what its systematic part leaves of the whole
    random = math.fsum(max(u**2 - (rel * gy) ** 2, 0.0) for gy, u, rel in cycles)
    return ufloat(math.fsum(gy for gy, _, _ in cycles), math.sqrt(random + common**2))


def _sum(region: str, records: Sequence[DosimetryRecord], absent: Sequence[int]) -> CumulativeDose:
    found = {record.header.cycle: one for record in records if (one := _dose(record, region))}
    missing = sorted({record.header.cycle for record in records} - set(found) | set(absent))
    total = total_gy([(one.dose_gy, one.u_gy, one.systematic_rel) for one in found.values()])
    beds = [one.bed_gy for one in found.values()]
    limit = _constraint(records[-1], region, "limit")  # the latest prescription; a limit may have been given up
    parts, remarks = alpha.added(tuple(found.values()))
    return CumulativeDose(
        region=region,
        dose_gy=total,
        bed_gy=None if None in beds or missing else math.fsum(beds),
        cycles=tuple(found),
        missing=tuple(missing),
        limit_gy=limit,
        remaining_gy=None if limit is None or missing else limit - total.nominal_value,
        flags=((Flag.CYCLES_MISSING,) if missing else ()) + remarks,
        alpha=parts,
    )


def rows(records: Iterable[DosimetryRecord]) -> list[dict]:
    """A row per region and cycle, for a data set that leaves the hospital.

    Parameters
    ----------
    records : iterable of DosimetryRecord

    Returns
    -------
    list of dict
        With :data:`COLUMNS`, and :data:`ALPHA_COLUMNS` if a dose has parts. Patients are numbered in the order they
        come in, ``case`` 1, 2 and so on; ``interval_days`` are those since the administration of the cycle before,
        where its record is among these.

    Notes
    -----
    Pseudonyms, names, dates, hashes, hospital's instruments and all free text stay behind. Therapy and regions keep
    the names that were typed. Where the daughters of an alpha emitter were taken to decay is free text too and stays
    behind: agree on one choice before doses are put together. Rare combinations may still point to a person: look
    before you hand it out.
    """
    cases: dict[str, int] = {}
    found = []
    records = _records(records)
    for record in records:
        case = cases.setdefault(record.header.pseudonym, len(cases) + 1)
        interval = {"interval_days": _interval(record, records)}
        found += [{**dict.fromkeys(COLUMNS), **row, **interval} for row in _rows(record, case)]
    return [{**dict.fromkeys(columns_of(found)), **row} for row in found]


def columns_of(found: Iterable[Mapping]) -> tuple[str, ...]:
    """Columns of some rows: those of parts only where one has them."""
    some = any(row.get(name) is not None for row in found for name in ALPHA_COLUMNS)
    return (*COLUMNS, *ALPHA_COLUMNS) if some else COLUMNS


def _interval(record: DosimetryRecord, records: Sequence[DosimetryRecord]) -> int | None:
    """Whole days since the administration of the cycle before: intervals may leave the hospital, dates may not."""
    if not record.administration:
        return None
    before = [
        other.administration.started_at
        for other in records
        if other.administration
        and other.header.pseudonym == record.header.pseudonym
        and other.header.cycle == record.header.cycle - 1
    ]
    if not before:
        return None
    passed = datetime.fromisoformat(record.administration.started_at) - datetime.fromisoformat(before[-1])
    return round(passed.total_seconds() / 86400)


def _rows(record: DosimetryRecord, case: int) -> list[dict]:
    prescribed, given = record.prescription, record.administration
    common = {
        "case": case,
        "cycle": record.header.cycle,
        "version": record.header.version,
        "therapy": record.header.therapy,
        "nuclide": record.header.nuclide,
        "status": record.status,
        "ending": record.ending,
        "optimisation_level": prescribed.optimisation_level if prescribed else None,
        "prescribed_mbq": prescribed.activity_mbq if prescribed else None,
    }
    if given:
        common["administered_mbq"], common["administered_u_mbq"] = (
            given.administered_mbq.value,
            given.administered_mbq.u,
        )
        common["residual_mbq"] = given.residual_mbq.value if given.residual_mbq else None
    planned = {region.region: region for region in (record.plan.regions if record.plan else ())}
    measured = {region.region: region for region in (record.verification.regions if record.verification else ())}
    regions = list(dict.fromkeys((*planned, *measured)))
    if not regions:
        return [common]
    return [
        {**common, "region": region, **_planned(planned.get(region)), **_measured(measured.get(region), given)}
        | {
            "limit_gy": _constraint(record, region, "limit"),
            "limit_bed_gy": _constraint(record, region, "limit", "BED"),
            "aim_gy": _constraint(record, region, "aim"),
        }
        for region in regions
    ]


def _planned(region) -> dict:
    if region is None:
        return {}
    low, high = ExpectedRange(region.median_gy, region.gsd).interval95_gy
    return {"expected_median_gy": region.median_gy, "expected_low_gy": low, "expected_high_gy": high}


def _measured(region, given) -> dict:
    if region is None:
        return {}
    same = ("systematic_rel", "bed_gy", "effective_half_life_h", "points", "partial_volume", "basis", "z", "within")
    parts = {} if region.alpha is None else {name: getattr(region.alpha, name) for name in ALPHA_COLUMNS}
    return {
        **{name: getattr(region, name) for name in same},
        **parts,
        "mass_g": region.mass_g.value,
        "mass_u_g": region.mass_g.u,
        "dose_gy": region.dose_gy,
        "dose_u_gy": region.u_gy,
        "dose_gy_per_mbq": region.dose_gy / given.administered_mbq.value,
    }


def write_rows(records: Iterable[DosimetryRecord], path, dialect: str = "comma") -> None:
    """Write :func:`rows` to a CSV file.

    Parameters
    ----------
    records : iterable of DosimetryRecord
    path : str or Path
        An existing file is replaced, and only once the new one is complete.
    dialect : {"comma", "semicolon"}
        As for :func:`mrtlab.tables.write_tac`: the second has decimal commas and a byte order mark, for a spreadsheet
        that expects them.

    Raises
    ------
    InputError
        For another dialect, or if the file cannot be written.
    """
    found = rows(records)
    text = csv_text(found, columns_of(found), dialect)
    path = Path(path)
    try:
        _userdata.write(path, text)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from None


def csv_text(found: Iterable[Mapping], columns: Sequence[str], dialect: str) -> str:
    """Some rows in one of the dialects."""
    separator, sign = _DIALECTS[_check.choice("dialect", dialect, _DIALECTS)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(columns)
    for row in found:
        writer.writerow([_cell(row[name], sign) for name in columns])
    return ("\ufeff" if dialect == "semicolon" else "") + text.getvalue()


def _cell(item, sign: str) -> str:
    if item is None:
        return ""
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, int):
        return str(item)
    if isinstance(item, float):
        return repr(item).removesuffix(".0").replace(".", sign)
    text = str(item)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text  # a spreadsheet would run it as a formula


def _dose(record: DosimetryRecord, region: str):
    found = record.verification.regions if record.verification else ()
    return next((one for one in found if one.region == region), None)


def _constraint(record: DosimetryRecord, region: str, kind: str, quantity: str = "absorbed dose") -> float | None:
    found = record.prescription.constraints if record.prescription else ()
    return next(
        (one.dose_gy for one in found if (one.tissue, one.kind, one.quantity) == (region, kind, quantity)), None
    )


def _records(records) -> list[DosimetryRecord]:
    found = [records] if isinstance(records, DosimetryRecord) else list(records)
    if not found or not all(isinstance(record, DosimetryRecord) for record in found):
        raise InputError("records must be at least one DosimetryRecord")
    return found
