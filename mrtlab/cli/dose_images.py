"""``mrtlab dose FOLDER``: from DICOM images to doses, a dose map and its histograms."""

from __future__ import annotations

import csv
import json
import re
import sys
import textwrap
import warnings
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import typer

import mrtlab
from mrtlab.cli import dose as tables
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.units import format_quantity, parse_number, parse_quantity

__all__ = ["run"]

_STEPS = 8  # of the progress bar, besides one or two for each scan
_WIDTH = 100
_REASONS = re.compile(r" (?:phys|mono|bi|bi_phys|uptake|uptake_bi|tri): ")  # each curve with what is against it
_STATEMENTS = ("decay_state", "duration_s", "unit", "total_dose_unit", "energy_window_kev")


def run(place: Path, camera, out: Path | None, stated: dict, rename: list[str], how: dict, *, as_json: bool) -> int:
    """The whole of ``mrtlab dose`` for images; see there."""
    from mrtlab import study as studies

    if out is not None and out.exists() and any(out.iterdir()):
        raise InputError(f"--out {out} is not empty; nothing is overwritten there")
    administered = stated.pop("administered")
    stated["administered_mbq"] = None if administered is None else parse_quantity(administered, "MBq")
    stated["administered_at"] = _moment(stated["administered_at"])
    stated["statements"] = dict(_statement(text) for text in stated["statements"])
    with warnings.catch_warnings(record=True) as caught, _Bar() as bar:
        warnings.simplefilter("always", PlausibilityWarning)
        study = studies.read_study(place, camera=camera, progress=bar, **stated)
        study = _renamed(study, rename)
        bar.expect(_STEPS + 2 * len(study.scans))
        result = studies.study_dose(study, progress=bar, **how)
    remarks = list(dict.fromkeys(str(item.message) for item in caught if item.category is PlausibilityWarning))
    regions = [_region(measured, found) for measured, found in zip(result.curves, result.regions, strict=True)]
    if all("error" in region for region in regions):
        raise InputError("no region could be evaluated. " + " | ".join(f"{r['region']}: {r['error']}" for r in regions))
    document = _document(place, study, result, regions, remarks)
    if out is not None:
        _write(out, study, result, document)
    if as_json:
        typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(_page(place, study, result, regions, remarks)))
        if out is not None:
            typer.echo(f"\nWritten to {out}: {', '.join(sorted(path.name for path in out.iterdir()))}")
    return int(any("error" in region for region in regions))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"--administered-at {text!r} is not a time such as '2027-01-11T09:00+01:00' (year, month, day; zone)"
        ) from None
    if moment.utcoffset() is None:
        raise InputError(f"--administered-at {text!r} has no time zone; add one, such as +01:00")
    return moment


def _renamed(study, entries: list[str]):
    """The study with new names of regions; refused where a name that would leave may be that of a person."""
    from mrtlab.learn.privacy import personal_data
    from mrtlab.study.reading import regions_line

    names = {name: name for name in study.regions}
    for text in entries:
        old, equals, new = (part.strip() for part in text.partition("="))
        if not equals or not new:
            raise InputError(f"--rename {text!r} is not OLD=NEW, for example --rename 'Kidney L=left kidney'")
        if old not in names:
            raise InputError(f"--rename names {old!r}, but the regions are {', '.join(names)}")
        names[old] = new
    twice = {new for new in names.values() if list(names.values()).count(new) > 1}
    if twice:
        raise InputError(f"two regions would be called {', '.join(sorted(twice))}; give each its own name")
    stated = {text.partition("=")[0].strip() for text in entries}
    for place, (old, new) in enumerate(names.items(), 1):
        kinds = ", ".join(dict.fromkeys(finding.kind for finding in personal_data(new)))
        if kinds and not (old == new and old in stated):  # named again as it is: that has been looked at
            raise InputError(
                f"the name of region {place} looks like personal data ({kinds}), and names go into all results. Give "
                "another with --rename OLD=NEW, or the same again if it is none"
            )
    if all(old == new for old, new in names.items()):
        return study
    regions = replace(study.regions, masks={names[old]: mask for old, mask in study.regions.masks.items()})
    lines = tuple(regions_line(regions) if line.startswith("regions: ") else line for line in study.understood)
    return replace(study, regions=regions, understood=lines)


def _statement(text: str) -> tuple[str, object]:
    """One ``--state NAME=VALUE``."""
    name, equals, given = (part.strip() for part in text.partition("="))
    if not equals or name not in _STATEMENTS:
        raise InputError(f"--state {text!r} is not NAME=VALUE with one of {', '.join(_STATEMENTS)}")
    if name == "duration_s":
        return name, parse_number(given)
    if name == "energy_window_kev":
        ends = [parse_number(end) for end in given.replace("–", "-").split("-")]
        if len(ends) != 2:
            raise InputError(f"--state {text!r}: a window is two limits, such as energy_window_kev=187.2-228.8")
        return name, tuple(ends)
    return name, given


class _Bar:
    """A progress bar on stderr; a line for each step where there is no terminal."""

    def __init__(self):
        self._done, self._all = 0, _STEPS
        self._terminal = sys.stderr.isatty()

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        if self._terminal:
            print("\r" + " " * 78 + "\r", end="", file=sys.stderr)

    def expect(self, steps: int) -> None:
        self._all = self._done + steps

    def __call__(self, text: str) -> None:
        self._done = min(self._done + 1, self._all)
        if self._terminal:
            full = round(30 * self._done / self._all)
            print(f"\r[{'#' * full}{'.' * (30 - full)}] {text:<44.44}", end="", file=sys.stderr, flush=True)
        else:
            print(f"mrtlab: {text}", file=sys.stderr)


def _region(measured, found) -> dict:
    """One region as plain data, in the words of the table's page, with what images add."""
    more = {
        "volume_ml": measured.volume_ml,
        "recovery": measured.recovery,
        "holds": list(measured.holds),
        "density_g_per_ml": measured.density_g_per_ml,
    }
    if found.refused:
        return {"region": measured.region, "error": found.refused.removeprefix(f"{measured.region}: "), **more}
    region = tables.region(measured.curve, measured.mass_g, found.selection) | more
    from mrtlab import dose as doses

    interval = doses.interval95(found.dose_gy)
    region["dose_gy"] = found.dose_gy
    region["dose_interval95_gy"] = {"low": interval.low, "high": interval.high, "distribution": interval.distribution}
    administered = measured.curve.administered_mbq
    if administered:
        region["dose_gy_per_gbq"] = found.dose_gy / (administered / 1000)
    region["flags"] = list(dict.fromkeys([*found.flags, *map(str, interval.flags)]))
    region["sources"] = sorted(found.sources)
    region["points_measured"] = [
        {"time_h": t, "activity_mbq": a, "u_mbq": u, "apparent_mbq": raw, "background_mbq_per_ml": around}
        for t, a, u, raw, around in zip(
            measured.curve.times_h.tolist(),
            measured.curve.activity_mbq.tolist(),
            measured.curve.sigma_mbq.tolist(),
            measured.apparent_mbq,
            measured.background_mbq_per_ml,
            strict=True,
        )
    ]
    if found.budget is not None:
        region["mass_note"] = ", its uncertainty is in that of the dose"
        region["budget"] = {"total_rel": found.budget.total_rel, "shares": dict(found.budget.shares)}
    return region


def _document(place, study, result, regions, remarks) -> dict:
    keys = sorted({key for region in regions for key in region.get("sources", ())})
    return {
        "purpose": mrtlab.PURPOSE,
        "mrtlab": mrtlab.__version__,
        "nuclide": study.nuclide,
        "administered_mbq": study.administered_mbq,
        "times_h": study.times_h.tolist(),
        "total_mbq": list(result.totals_mbq),
        "dose_method": "regions: electrons and alphas absorbed locally, corrected for recovery; map: not corrected",
        "understood": list(study.understood),
        "remarks": remarks,
        "flags": list(result.flags),
        "regions": [{key: tables.jsonable(item) for key, item in region.items()} for region in regions],
        "dose_map": {name: _histogram(dvh) for name, dvh in result.histograms.items()},
        "sources": [
            {"key": key, "status": source.status, "citation": source.citation}
            for key, source in ((key, mrtlab.sources(key)) for key in keys)
        ],
    }


def _histogram(dvh) -> dict:
    d98, d50, d2 = (float(dvh.dose_at_volume(percent)) for percent in (98, 50, 2))
    return {
        "mean_gy": float(dvh.mean_gy),
        "d98_gy": d98,
        "d50_gy": d50,
        "d2_gy": d2,
        "volume_ml": dvh.volume_ml,
        "flags": [str(flag) for flag in dvh.flags],
    }


def _page(place, study, result, regions, remarks):
    from mrtlab.study import shares_text

    given = (
        f"{study.administered_mbq:g} MBq administered" if study.administered_mbq else "administered activity unknown"
    )
    times = ", ".join(f"{time:.1f}" for time in study.times_h)
    yield f"{place.name}: {study.nuclide}, {given}; scans at {times} h; {len(regions)} regions"
    yield from tables.wrap(
        "understood", " ".join(text if text.endswith(".") else f"{text}." for text in study.understood)
    )
    yield from tables.wrap("in view", _in_view(study, result))
    shared = tables.common_flags(regions)
    for text in [*remarks, *(Flag(flag).text for flag in (*result.flags, *shared))]:
        yield from tables.wrap("note", text)
    for region in regions:
        yield ""
        yield region["region"]
        size = f"{region['volume_ml']:.4g} mL, {region['density_g_per_ml']:.4g} g/mL; recovery {region['recovery']:.3g}"
        yield from tables.wrap("size", size)
        if region["holds"]:
            yield from tables.wrap("holds", f"{', '.join(region['holds'])}: counted here, too")
        if "error" in region:
            yield from tables.wrap("refused", _short(region["error"]))
            continue
        yield from tables.region_lines(region, shared)
        if "budget" in region:
            words, _ = shares_text(region["budget"]["shares"])
            yield from tables.wrap("variance", f"u {100 * region['budget']['total_rel']:.1f} % of the dose: {words}")
        if region["region"] in result.histograms:
            found = _histogram(result.histograms[region["region"]])
            words = ", ".join(
                f"{title} {format_quantity(found[key], 'Gy')}"
                for title, key in (("mean", "mean_gy"), ("D98", "d98_gy"), ("D50", "d50_gy"), ("D2", "d2_gy"))
            )
            blur = "; blur shapes it more than the dose does" if found["flags"] else ""
            yield from tables.wrap("dose map", f"{words}, not corrected for recovery{blur}")
    reasons = [shares_text(region["budget"]["shares"])[1] for region in regions if "budget" in region]
    if any(reasons):  # once for all regions
        yield ""
        yield from textwrap.wrap(max(reasons), _WIDTH)
    yield ""
    yield from textwrap.wrap(
        "Uncertainties are standard uncertainties (k = 1), those of doses with sensitivity, recovery and outline. "
        "Doses: electrons and alphas absorbed where they are emitted; the map by kernel, with photons. "
        + mrtlab.PURPOSE,
        _WIDTH,
    )


def _short(refusal: str) -> str:
    """A refusal without what each curve had against it, which the JSON holds."""
    return _REASONS.split(refusal, maxsplit=1)[0].rstrip()


def _in_view(study, result) -> str:
    """Activity of each whole image, and its part of what decay leaves of the administered activity."""
    from mrtlab.nuclides import nuclide

    text = f"{', '.join(f'{total:.4g}' for total in result.totals_mbq)} MBq in the whole image"
    if not study.administered_mbq:
        return text
    left = study.administered_mbq * nuclide(study.nuclide).decay_factor(study.times_h)
    shares = ", ".join(f"{100 * total / one:.0f}" for total, one in zip(result.totals_mbq, left, strict=True))
    return f"{text}: {shares} % of what decay leaves of the administered activity"


def _write(out: Path, study, result, document) -> None:
    """Everything that may leave: hours after administration, no dates, no names."""
    from mrtlab import dicom
    from mrtlab.tables import TacTable, write_tac

    out.mkdir(parents=True, exist_ok=True)
    curves = [measured.curve for measured in result.curves if measured.curve is not None]
    if curves:
        masses = {item.region: item.mass_g for item in result.curves if item.curve is not None}
        write_tac(TacTable(curves, masses), out / "time-activity.csv")
    (out / "doses.json").write_text(
        json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    if result.dose is None:
        return
    with (out / "dvh.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["region", "dose_gy", "volume_percent"])
        for name, dvh in result.histograms.items():
            for dose_gy, volume in zip(*dvh.curve(), strict=True):
                rows.writerow([name, f"{dose_gy:.5g}", f"{volume:.5g}"])
    dicom.write_rtdose(result.dose, out / "rtdose.dcm")
