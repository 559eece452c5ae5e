"""``mrtlab dose``: from a time-activity table to time-integrated activity and dose, with uncertainty."""

from __future__ import annotations

import json
import textwrap
import warnings
from pathlib import Path
from typing import Annotated

import typer
from uncertainties import UFloat, ufloat

import mrtlab
from mrtlab.errors import Flag, InputError, PlausibilityWarning
from mrtlab.units import format_interval, format_quantity, parse_number, parse_quantity, parse_uncertain

__all__ = ["dose"]

_WIDTH = 100
_LABEL = 16
_Z95 = 1.96
_SIDES = ((min, -1), (max, 1))


def dose(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Time-activity table (CSV), or folder of DICOM images.")],
    nuclide: Annotated[str | None, typer.Option(metavar="NAME", help="Such as Lu-177.", show_default=False)] = None,
    decay_corrected: Annotated[
        bool | None,
        typer.Option(
            "--decay-corrected/--not-decay-corrected",
            help="Whether the activities were corrected for decay to the time of administration.",
            show_default=False,
        ),
    ] = None,
    administered: Annotated[
        str | None, typer.Option(metavar="ACTIVITY", help="Such as '7,4 GBq'.", show_default=False)
    ] = None,
    mass: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REGION=MASS", help="Such as kidney_left='240 ± 8 g'; may be repeated.", show_default=False
        ),
    ] = None,
    cv: Annotated[
        str | None, typer.Option(metavar="PERCENT", help="Uncertainty of every point, such as 5.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
    camera: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Images: calibration file; else camera.toml.", show_default=False),
    ] = None,
    administered_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Images: such as '2027-01-11T09:00+01:00'.", show_default=False),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Images: such as Europe/Vienna or +01:00.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Images: write curves, doses, DVH, RTDOSE here.", show_default=False),
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="Images: what no file says, such as decay_state=NONE or duration_s=1200; may be repeated.",
            show_default=False,
        ),
    ] = None,
    same_coordinates: Annotated[
        bool,
        typer.Option("--same-coordinates", help="Images: they lie in the same coordinates though no file says so."),
    ] = False,
    trapped: Annotated[
        bool,
        typer.Option("--trapped", help="Images: microspheres, which stay: physical decay alone, one scan is enough."),
    ] = False,
    apart: Annotated[
        bool, typer.Option("--apart", help="Images: take out of each region the regions that lie in it.")
    ] = False,
    rename: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="Images: another name for a region; may be repeated.", show_default=False),
    ] = None,
    voxels: Annotated[bool, typer.Option("--voxels/--no-voxels", help="Images: whether to make the dose map.")] = True,
) -> int:
    """Print time-integrated activity and absorbed dose of every region, with uncertainty.

    FILE is a time-activity table (CSV), or a folder (or zip) with the DICOM images of one administration: SPECT or PET,
    an RTSTRUCT or SEG, a CT, and camera.toml.

    Exit status 0 if every region came out, 1 if some were refused, 2 if the input cannot be used.
    """
    if file.is_dir() or file.suffix.lower() == ".zip":
        from mrtlab.cli import dose_images

        for option, given in (("--mass", mass), ("--cv", cv), ("--decay-corrected", decay_corrected)):
            if given:
                raise InputError(f"{option} is for a table; images say it themselves")
        stated = {"nuclide": nuclide, "administered": administered, "administered_at": administered_at}
        stated |= {"timezone": timezone, "same_coordinates": same_coordinates, "statements": state or []}
        how = {"voxels": voxels, "trapped": trapped, "apart": apart}
        return dose_images.run(file, camera, out, stated, rename or [], how, as_json=as_json)
    for option, given in (
        ("--camera", camera),
        ("--administered-at", administered_at),
        ("--timezone", timezone),
        ("--out", out),
        ("--state", state),
        ("--same-coordinates", same_coordinates),
        ("--trapped", trapped),
        ("--apart", apart),
        ("--rename", rename),
    ):
        if given:
            raise InputError(f"{option} is for a folder of images; {file} is taken for a table")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PlausibilityWarning)
        table = _read(file, nuclide, decay_corrected, administered, cv)
        masses = dict(table.masses_g) | _masses(mass or [], table.regions)
        regions = [region(curve, masses.get(curve.region)) for curve in table]
    remarks = list(dict.fromkeys(str(item.message) for item in caught if item.category is PlausibilityWarning))
    if all("error" in region for region in regions):
        raise InputError("no region could be evaluated. " + " | ".join(region["error"] for region in regions))
    if as_json:
        typer.echo(json.dumps(_document(file, table, regions, remarks), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(_page(file, table, regions, remarks)))
    return int(any("error" in region for region in regions))


def _read(file, nuclide, decay_corrected, administered, cv):
    from mrtlab import tables

    return tables.read_tac(
        file,
        nuclide=nuclide,
        decay_corrected=decay_corrected,
        administered_mbq=None if administered is None else parse_quantity(administered, "MBq"),
        cv=None if cv is None else _percent(cv),
    )


def _percent(text: str) -> float:
    number = parse_number(text.strip().removesuffix("%"))
    if 0 < number < 0.1:
        raise InputError(f"--cv {text} means {number:g} per cent; for {100 * number:g} % give --cv {100 * number:g}")
    if not 0 < number <= 100:
        raise InputError(f"--cv must be a percentage above 0 and at most 100, got {text}")
    return number / 100


def _masses(entries, regions):
    masses = {}
    for entry in entries:
        region, equals, text = entry.partition("=")
        region = region.strip()
        if not equals:
            raise InputError(f"--mass {entry!r} is not REGION=MASS, for example --mass {regions[0]}=240g")
        if region not in regions:
            raise InputError(f"--mass names {region!r}, but the table has {', '.join(regions)}")
        if region in masses:
            raise InputError(f"--mass is given twice for {region}")
        masses[region] = parse_uncertain(text, "g")
        if masses[region] <= 0:
            raise InputError(f"--mass of {region} must be above 0, got {text}")
    return masses


def region(curve, mass, selection=None):
    """Everything about one region, as plain data with ufloats."""
    from mrtlab import dose as doses
    from mrtlab import kinetics

    try:
        selection = selection or kinetics.select(curve)
    except InputError as refused:
        return {"region": curve.region, "error": str(refused).removeprefix(f"{curve.region}: ")}
    best, tia = selection.best, selection.tia_mbq_h
    interval = doses.interval95(tia)
    result = {
        "region": curve.region,
        "model": best.model,
        "model_title": kinetics.MODELS[best.model].title,
        "chi_square": best.chi_square,
        "dof": best.dof,
        "p_value": best.p_value,
        "tia_mbq_h": tia,
        "tia_interval95_mbq_h": _interval(interval),
        "tiac_h": tia / curve.administered_mbq if curve.administered_mbq else None,
        "effective_half_life_h": best.effective_half_life_h,
        "extrapolated_fraction": best.extrapolated_fraction,
        "span_tia_mbq_h": selection.span_tia_mbq_h,
        "bracket_tia_mbq_h": selection.bracket_tia_mbq_h,
        "points": len(curve),
        "candidates": [
            {
                "model": fit.model,
                "chi_square": fit.chi_square,
                "dof": fit.dof,
                "p_value": fit.p_value,
                "aicc": fit.aicc,
                "weight": selection.weights.get(fit.model),
                "tia_mbq_h": fit.tia_mbq_h,
            }
            for fit in selection.ranking
        ],
        "rejected": {name: list(reasons) for name, reasons in selection.rejected.items()},
        "flags": [str(flag) for flag in (*selection.flags, *interval.flags)],
        "sources": sorted({*selection.sources, *(("dose.local",) if mass is not None else ())}),
    }
    if mass is not None:
        result["mass_g"] = mass
        result["dose_gy"] = doses.local(tia, mass, curve.nuclide)
        interval = doses.interval95(result["dose_gy"], mass)
        result["dose_interval95_gy"] = _interval(interval)
        result["flags"] = list(dict.fromkeys([*result["flags"], *map(str, interval.flags)]))
        result["dose_span_gy"] = [
            doses.local(end, float(_plain(mass)), curve.nuclide) for end in selection.span_tia_mbq_h
        ]
        if curve.administered_mbq:
            result["dose_gy_per_gbq"] = result["dose_gy"] / (curve.administered_mbq / 1000)
    return result


def _document(file, table, regions, remarks):
    first = table[0]
    keys = sorted({key for region in regions for key in region.get("sources", ())})
    return {
        "purpose": mrtlab.PURPOSE,
        "mrtlab": mrtlab.__version__,
        "file": file.name,
        "nuclide": first.nuclide.name,
        "administered_mbq": first.administered_mbq,
        "sigma_given": first.sigma_given,
        "dose_method": "electrons and alphas absorbed locally",
        "understood": table.understood.splitlines(),
        "remarks": remarks,
        "regions": [{key: jsonable(item) for key, item in region.items()} for region in regions],
        "sources": [
            {"key": key, "status": source.status, "citation": source.citation}
            for key, source in ((key, mrtlab.sources(key)) for key in keys)
        ],
    }


def jsonable(item):
    if isinstance(item, UFloat):
        return {"value": item.nominal_value, "u": item.std_dev}
    if isinstance(item, dict):
        return {key: jsonable(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [jsonable(value) for value in item]
    return item


def _page(file, table, regions, remarks):
    """The lines that a person reads."""
    first = table[0]
    given = (
        f"{first.administered_mbq:g} MBq administered" if first.administered_mbq else "administered activity not given"
    )
    yield f"{file.name}: {first.nuclide.name}, {given}, {len(table)} region{'s' * (len(table) > 1)}"
    shared = common_flags(regions)
    for text in [*remarks, *(Flag(flag).text for flag in shared)]:
        yield from wrap("note", text)
    for region in regions:
        yield ""
        yield region["region"] or "(no name)"
        if "error" in region:
            yield from wrap("refused", region["error"])
            continue
        yield from region_lines(region, shared)
    yield ""
    yield from textwrap.wrap(
        "Uncertainties are standard uncertainties (k = 1). Doses: electrons and alphas absorbed where they "
        "are emitted. " + mrtlab.PURPOSE,
        _WIDTH,
    )


def common_flags(regions):
    """Flags that every region carries are said once, at the top."""
    sets = [region["flags"] for region in regions if "flags" in region]
    return [flag for flag in (sets[0] if sets else ()) if len(sets) > 1 and all(flag in other for other in sets)]


def region_lines(region, shared):
    yield from wrap("curve", f"{region['model_title']} ({region['model']}); {_chi(region)}")
    tiac = (
        f"  ({format_quantity(region['tiac_h'], 'h')} per administered activity)"
        if region["tiac_h"] is not None
        else ""
    )
    yield from wrap("TIA", _value(region["tia_mbq_h"], region["tia_interval95_mbq_h"], "MBq·h", tiac))
    yield from wrap("half-life", _half_life(region["effective_half_life_h"]))
    yield from wrap("extrapolated", f"{100 * region['extrapolated_fraction']:.0f} % of the TIA, after the last point")
    if "dose_gy" in region:
        per = f"  ({format_quantity(region['dose_gy_per_gbq'], 'Gy/GBq')})" if "dose_gy_per_gbq" in region else ""
        mass = region["mass_g"]
        exact = "" if isinstance(mass, UFloat) else region.get("mass_note", ", taken as exact")
        size = format_quantity(mass, "g")
        value = _value(region["dose_gy"], region["dose_interval95_gy"], "Gy", per)
        yield from wrap("dose", f"{value}; mass {size}{exact}")
    else:
        yield from wrap("dose", f"none: no mass given (--mass '{region['region']}=240g')")
    yield from _alternative_lines(region)
    for name, reasons in region["rejected"].items():
        yield from wrap(f"not {name}", "; ".join(reasons))
    for flag in region["flags"]:
        if flag not in shared:
            yield from wrap("note", Flag(flag).text)


def _alternative_lines(region):
    """What else the points allow: the other survivors, and without any curve the two extreme tails."""
    low, high = region["span_tia_mbq_h"]
    for other in region["candidates"][1:]:
        weight = "too few points to weigh it" if other["weight"] is None else f"Akaike weight {other['weight']:.2g}"
        tia = format_quantity(other["tia_mbq_h"], "MBq·h")
        yield from wrap(f"or {other['model']}", f"fits too: {tia}; {_chi(other)}; {weight}")
    if Flag.MODELS_DISAGREE in region["flags"]:
        spread = max(other["tia_mbq_h"].std_dev for other in region["candidates"])
        dose = ""
        if "dose_span_gy" in region:
            dose = f", dose {_ends(*region['dose_span_gy'], region['dose_gy'].std_dev, 'Gy')}"
        words = f"{region['points']} points cannot decide between these curves"
        yield from wrap("span", f"{_ends(low, high, spread, 'MBq·h')}{dose}: {words}")
    apart = _apart(region)
    if region["bracket_tia_mbq_h"] and (apart or Flag.SELECTION_UNDECIDED in region["flags"]):
        ends = format_interval(*region["bracket_tia_mbq_h"], "MBq·h")
        said = apart or f"{region['points']} points cannot decide how the tail falls"
        yield from wrap(
            "without a curve",
            f"{ends} by trapezoids, with the tail at the rate of the last two points or at physical decay: {said}",
        )


def _apart(region):
    """What to say when curves and trapezoids exclude each other, or nothing."""
    if not region["bracket_tia_mbq_h"]:
        return ""
    low, high = region["bracket_tia_mbq_h"]
    tias = [other["tia_mbq_h"] for other in region["candidates"]]
    lowest, highest = (pick(t.nominal_value + sign * _Z95 * t.std_dev for t in tias) for pick, sign in _SIDES)
    if lowest <= high and low <= highest:
        return ""
    side = "above" if low > highest else "below"
    curves = "all curves that fit, their 95 % intervals" if len(tias) > 1 else "the curve that fits, its 95 % interval"
    return f"both lie {side} {curves} included, and neither is shown to be right; say so, or scan later"


def _ends(low, high, spread, unit):
    """An interval between results, each rounded as a result with this uncertainty is, to three figures at least."""
    spread = max(min(spread, 0.1 * high), high - low)
    ends = [format_quantity(ufloat(end, spread)).partition(" ± ")[0] for end in (low, high)]
    return f"{' to '.join(dict.fromkeys(ends))} {unit}"


def _interval(found):
    return {"low": found.low, "high": found.high, "distribution": found.distribution}


def _value(number, interval, unit, per):
    """Value ± u and the same per activity; where u is too large for that, the value and its 95 % interval."""
    if interval["distribution"] == "normal":
        return f"{format_quantity(number, unit)}{per}"
    about, low, high = (f"{float(f'{x:.2g}'):g}" for x in (number.nominal_value, interval["low"], interval["high"]))
    return f"about {about} {unit} (95 %: {low} to {high} {unit}, {interval['distribution']})"


def _half_life(half_life):
    if half_life.std_dev == 0:
        return f"{format_quantity(half_life.nominal_value, 'h')}, physical decay, in the slowest phase"
    return f"{format_quantity(half_life, 'h')} effective, slowest phase"


def _chi(fit):
    if not fit["dof"]:
        return "as many parameters as points, so nothing tests it"
    plural = "s" * (fit["dof"] != 1)
    return f"χ² {fit['chi_square']:.2f} on {fit['dof']} degree{plural} of freedom, p = {fit['p_value']:.2g}"


def wrap(label, text):
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=f"  {label:<{_LABEL}}",
        subsequent_indent=" " * (_LABEL + 2),
        break_on_hyphens=False,
    )


def _plain(number):
    return number.nominal_value if isinstance(number, UFloat) else number
