"""The last cycle against its expected range, and what further looking shows."""

from __future__ import annotations

from dataclasses import dataclass

from uncertainties import ufloat

from mrtlab import planning, prrt
from mrtlab.apps.prrt_cycles import compute, measure
from mrtlab.apps.prrt_cycles.model import ASKS, PrrtCycles
from mrtlab.apps.sections import hearing
from mrtlab.errors import InputError
from mrtlab.prrt import CycleVerdict

__all__ = ["Checked", "Seen", "check", "fair", "shown"]


@dataclass(frozen=True, eq=False)
class Checked:
    """The last cycle.

    Attributes
    ----------
    cycle : int
    mbq : float
    rows : dict of str to CycleVerdict
        Of both kidneys together, each, and the tumour from the second cycle on.
    pair : prrt.KidneyPair
    serial : bool
        Whether serial scans were asked for, or are routine.
    decided : str
    note : str
        Of the log.
    without : tuple of str
        Regions for which there is no range.
    flags : tuple of str
    """

    cycle: int
    mbq: float
    rows: dict[str, CycleVerdict]
    pair: prrt.KidneyPair
    serial: bool
    decided: str
    note: str
    without: tuple[str, ...]
    flags: tuple[str, ...]

    @property
    def outside(self) -> tuple[str, ...]:
        """Regions outside their range."""
        return tuple(name for name, row in self.rows.items() if not row.verdict.within)


def check(model: PrrtCycles) -> Checked:
    """Kidneys and tumour of the last cycle."""
    cycle = len(model.given_mbq)
    if not cycle:
        raise InputError("no cycle has been given yet")
    mbq, serial = model.given_mbq[-1], cycle == 1 or "serial" in model.asked_for(cycle)
    factor = compute.common(model)
    with hearing():
        found = compute.accepted(model, cycle)
        pair = compute.kidneys(found, mbq, serial)
        now = {"kidneys": compute.kidneys(found, mbq).mean_gy}
        part = mbq / measure.FULL_MBQ
        now |= {name: part * one.dose_gy for name, one in found.items()}
        rows = {}
        for name in ("kidneys", *measure.KIDNEYS):
            (dose,) = prrt.cycle_doses([now[name]], 0.0, factor)
            before, had = compute.history(model, name, cycle - 1, factor)
            varies = model.variation_u / 100 if had else 0.0  # the population has it in its spread
            rows[name] = prrt.verify_cycle(dose, mbq, before, had, variation_rel=varies)
        lesion = measure.lesion(model.patient)
        row = _tumour(model, lesion, now[lesion], mbq, cycle, factor)
        if row is not None:
            rows[lesion] = row
    flags = dict.fromkeys(flag.text for one in (pair, *(row.verdict for row in rows.values())) for flag in one.flags)
    return Checked(
        cycle,
        mbq,
        rows,
        pair,
        serial,
        model.decided(cycle),
        model.about.notes[cycle - 1],
        () if row is not None else (lesion,),
        tuple(flags),
    )


def _tumour(model, name, dose, mbq, cycle, factor) -> CycleVerdict | None:
    if not compute.history(model, name, cycle - 1)[0]:
        return None
    (dose,) = prrt.cycle_doses([dose], 0.0, factor)
    per_mbq = compute.lesion_dose(model, cycle - 1)
    expected = planning.expected_range(mbq * per_mbq.median_gy_per_mbq, per_mbq.gsd)
    return CycleVerdict(dose, expected, 0.0, planning.verify(dose, expected))


# what was asked for


@dataclass(frozen=True, eq=False)
class Seen:
    """What one look shows.

    Attributes
    ----------
    what : str
        Of ASKS.
    columns : tuple of str
    rows : list of tuple
    text : str
    """

    what: str
    columns: tuple[str, ...]
    rows: list[tuple]
    text: str


def shown(model: PrrtCycles) -> tuple[Seen, ...]:
    """All that was asked for in the last cycle, in the order of asking."""
    cycle = len(model.given_mbq)
    makers = dict(zip(ASKS, (_serial, _site, _anterior, _clock), strict=True))
    with hearing():
        return tuple(makers[what](model, cycle) for what in model.asked_for(cycle))


def _happened(model, cycle) -> str:
    return model.about.incident if model.about.cycle == cycle else ""


def _serial(model, cycle) -> Seen:
    part = model.given_mbq[cycle - 1] / measure.FULL_MBQ
    found, first = measure.measured(model.patient, cycle, True), measure.measured(model.patient, 1)
    rows = []
    for name, one in found.items():
        seen = " · ".join(
            f"{part * mbq:.1f} at {hours:.0f} h" for hours, mbq in zip(one.times_h, one.activities_mbq, strict=True)
        )
        rows.append(
            (
                name.capitalize(),
                seen,
                f"{one.half_life_h.nominal_value:.0f} h",
                f"{first[name].half_life_h.nominal_value:.0f} h",
                f"{part * one.dose_gy.nominal_value:.2f} Gy",
            )
        )
    pair = compute.kidneys(found, model.given_mbq[cycle - 1], True)
    return Seen(
        "serial",
        ("Region", "Activity, MBq, at the times in the file", "Half-life", "In cycle 1", "Dose by this curve"),
        rows,
        f"Of the kidneys: {pair.text}.",
    )


def _site(model, cycle) -> Seen:
    found, given = measure.site(model.patient, cycle), model.given_mbq[cycle - 1]
    columns = ("Of the arm", "Value")
    if not found.seen_mbq:
        return Seen(
            "site",
            columns,
            [("activity after 4 h", "below what the camera can tell")],
            "Nothing lies beside the vein.",
        )
    seen = given / measure.FULL_MBQ * found.seen_mbq
    before = prrt.extravasated_activity(ufloat(seen, 0.1 * seen), measure.SITE_H, found.half_life_h, given)
    systemic = prrt.systemic_activity(given, before, found.half_life_h)
    dose = prrt.extravasation_dose(before, found.volume_ml, found.half_life_h)
    rows = [
        ("activity after 4 h", f"{seen:.0f} MBq"),
        ("half-life, from 4 to 7 h", f"{found.half_life_h.nominal_value:.1f} h"),
        ("volume outlined", f"{found.volume_ml:.0f} mL"),
        ("at the injection, extrapolated", f"{before.nominal_value / 1000:.1f} ± {before.std_dev / 1000:.1f} GBq"),
        ("dose in that volume", f"{dose.nominal_value:.1f} ± {dose.std_dev:.1f} Gy"),
        (
            "reached the circulation",
            f"{systemic.low_mbq.nominal_value / 1000:.1f} GBq at once, up to "
            f"{systemic.high_mbq.nominal_value / 1000:.1f} GBq with what drained later",
        ),
    ]
    case = prrt.published_extravasation()
    return Seen(
        "site",
        columns,
        rows,
        "A part of the injection went beside the vein. What drained came hours later, after the amino acids. How much "
        "of it organs and tumours got is not on this image: serial scans tell. The local dose hangs on the volume: "
        f"published for one case, {case.volumes_ml[0]:g}, {case.volumes_ml[1]:g} and {case.volumes_ml[2]:g} mL gave "
        f"{case.doses_gy[0]:g}, {case.doses_gy[1]:g} and {case.doses_gy[2]:g} Gy.",
    )


def beside_the_vein(model: PrrtCycles, cycle: int) -> str:
    """What an image of the injection site showed, as a sentence for the record; nothing if nobody asked."""
    if "site" not in model.asked_for(cycle):
        return ""
    with hearing():
        told = dict(_site(model, cycle).rows)
    if "dose in that volume" not in told:
        return " Injection site: nothing beside the vein."
    return (
        f" Injection site: {told['at the injection, extrapolated']} beside the vein, half-life there "
        f"{told['half-life, from 4 to 7 h']}, {told['dose in that volume']} in {told['volume outlined']}."
    )


def _anterior(model, cycle) -> Seen:
    part = model.given_mbq[cycle - 1] / measure.FULL_MBQ
    who = measure.patient(model.patient, cycle)
    held = "left renal pelvis" in who.anatomy.regions
    rows = []
    for hours in (measure.SITE_H, measure.LATE_H):
        both = [part * float(who.truth.activity_mbq(name, hours)) for name in measure.KIDNEYS]
        middle = part * float(who.truth.activity_mbq("left renal pelvis", hours)) if held else 0.0
        rows.append(
            (
                f"{hours:.0f} h",
                *(f"{one:.0f} MBq" for one in both),
                f"{middle:.0f} MBq" if middle else "none beyond the kidneys",
            )
        )
    text = (
        "A hot spot in the middle of the left kidney stays as the cortex fades: urine is held up in the pelvis, "
        "inside the outline. It is not parenchyma, and what it adds is no kidney dose. A nephrologist or urologist has "
        "to hear of it."
        if held
        else "Both kidneys fade alike; nothing is held up in pelvis or ureter."
    )
    return Seen("anterior", ("Scan", "Left cortex", "Right cortex", "Left pelvis"), rows, text)


def _clock(model, cycle) -> Seen:
    ahead = measure.CLOCK_H if _happened(model, cycle) == "clock" else 0.0
    stated = float(measure.measured(model.patient, cycle)["left kidney"].times_h[-1])
    rows = [
        ("workstation of the camera", f"{ahead:g} h ahead" if ahead else "right, to the minute"),
        ("activity meter", "right, to the minute"),
        ("scan, hours after the injection, as in the file", f"{stated:.1f} h"),
        ("scan, hours after the injection, as it was", f"{stated - ahead:.1f} h"),
    ]
    text = (
        "Every dose of this cycle was brought back over a day too many: all regions alike. No curve shows it: only "
        "comparing clocks does."
        if ahead
        else "Clocks of camera, workstation and activity meter agree."
    )
    return Seen("clock", ("Clock", "Compared with the time signal"), rows, text)


# what is said once a decision was taken


def fair(model: PrrtCycles) -> tuple[str, bool]:
    """What happened in the last cycle, and whether the decision followed from what was looked at."""
    cycle = len(model.given_mbq)
    choice, asked, what = model.decided(cycle), set(model.asked_for(cycle)), _happened(model, cycle)
    looked = bool(asked & set(compute.DECISIVE.get(what, ())))
    if what == "extravasation":
        looked = {"site", "serial"} <= asked
        right = "go on" if looked else "cannot"
    elif what:
        right = "change" if looked else "cannot"
    else:
        right = "go on"
    return what, choice == right
