"""What both courses have in common: curves as they are noted, and the steps that do not depend on the therapy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from uncertainties import UFloat, ufloat

from mrtlab import calibration, kinetics
from mrtlab.record import DosimetryRecord, Person

PHYSICIAN, PHYSICIST = Person("Dr Ada Example", "MD"), Person("Bo Sample", "MPE")
FIRST = datetime(2025, 1, 13, 9, 0, tzinfo=timezone(timedelta(hours=1)))
KIDNEYS = ("left kidney", "right kidney")
#: Common to all cycles: sensitivity of the camera, outline of an organ. Illustrative.
CALIBRATION, OUTLINE = 0.04, 0.05
FULL_MBQ = 7400.0


def rounded(number: float) -> float:
    """As it is written down."""
    return float(f"{number:.4g}")


@dataclass(frozen=True)
class Curve:
    """What was measured of a region: hours, MBq not decay corrected, and their standard uncertainty."""

    region: str
    times_h: tuple[float, ...]
    activity_mbq: tuple[float, ...]
    sigma_mbq: tuple[float, ...]

    @classmethod
    def noted(cls, region, times_h, activity_mbq, sigma_mbq):
        """Rounded as in the record."""
        return cls(region, *(tuple(rounded(one) for one in row) for row in (times_h, activity_mbq, sigma_mbq)))

    @property
    def text(self) -> str:
        points = zip(self.times_h, self.activity_mbq, self.sigma_mbq, strict=True)
        return f"{self.region}: " + ", ".join(f"{t:.4g} h {a:.4g} ± {u:.4g} MBq" for t, a, u in points)

    def serial(self):
        """Time-integrated activity and effective half-life by one exponential."""
        rows = (self.times_h, self.activity_mbq, self.sigma_mbq)
        found = kinetics.fit(kinetics.TimeActivity(*rows, nuclide="Lu-177", decay_corrected=False), "mono")
        return plain(found.tia_mbq_h), plain(found.effective_half_life_h)


def plain(number: UFloat) -> UFloat:
    """Value and uncertainty alone; what cycles share comes in once, by prrt.cycle_doses or a common factor."""
    return ufloat(number.nominal_value, number.std_dev)


def relative(number: UFloat) -> float:
    return float(number.std_dev / number.nominal_value)


def begun(name, therapy, product, cycle, at, indication, targets, at_risk) -> DosimetryRecord:
    """Step i, a week before."""
    case = DosimetryRecord.begin(name, therapy, "Lu-177", product, cycle, at=at - timedelta(days=8))
    return case.declare_intent(PHYSICIAN, indication, "palliative", targets, at_risk, at=at - timedelta(days=7))


def given(case, at: datetime, dispensed: float, residual_mbq: float) -> DosimetryRecord:
    """Step v: calibrator, clocks, residual."""
    reading_mbq = float(round(dispensed * case.plan.activity_mbq))
    read_at, left_at = at - timedelta(minutes=50), at + timedelta(minutes=40)
    delivered = calibration.net_activity(reading_mbq, read_at, residual_mbq, left_at, at, "Lu-177")
    return case.administer(
        PHYSICIST,
        ufloat(delivered, 0.02 * delivered),
        measured_at=read_at,
        started_at=at,
        residual_mbq=residual_mbq,
        calibrator="well chamber 2",
        traceability="national standard, certificate of this year",
        route="intravenous",
        remarks=f"Read {reading_mbq:g} MBq 50 min before, {residual_mbq:g} MBq left in vial and line 40 min after.",
        at=at + timedelta(hours=2),
    )


def signed(case, at: datetime) -> DosimetryRecord:
    return case.sign(PHYSICIST, at=at).sign(PHYSICIAN, at=at + timedelta(hours=2))
