"""What the caller gives to a record: persons, planned and measured tissues; and their forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from uncertainties import UFloat

from mrtlab import _check, _numbers, nuclides
from mrtlab.errors import InputError
from mrtlab.planning import ExpectedRange
from mrtlab.record import checks, form, machine

__all__ = ["AlphaPart", "MeasuredRegion", "Person", "PlannedRegion"]


@dataclass(frozen=True)
class Person:
    """Who acts, and as what.

    Parameters
    ----------
    name : str
        As typed; a name in a teaching record is no electronic signature.
    role : {"MD", "MPE"}
        Physician or medical physics expert.

    Raises
    ------
    InputError
        For an empty name or another role.
    """

    name: str
    role: str

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"name is missing, got {self.name!r}; each step names an individual person")
        object.__setattr__(self, "name", " ".join(self.name.split()))
        if self.role not in machine.ROLES:
            raise InputError(f"role must be 'MD' (physician) or 'MPE' (medical physics expert), got {self.role!r}")


@dataclass(frozen=True)
class PlannedRegion:
    """A tissue in the plan.

    Parameters
    ----------
    region : str
    expected : ExpectedRange
        Of :func:`mrtlab.planning.expected_range` or ``expected_range_from_components``, for the planned activity.
    mass_g : float or ufloat
    mass_method : str
        Such as "ultrasound, three diameters".
    kinetics : str
        Data and fit, or the population they come from.
    constant : str
        Mean energy, S value or dose constant used, with its number and source.
    daughters : str, optional
        With an alpha emitter, and needed there: where its daughters were taken to decay. The range is of the absorbed
        dose of alpha particles and electrons, without any weight.
    """

    region: str
    expected: ExpectedRange
    mass_g: float | UFloat
    mass_method: str
    kinetics: str
    constant: str
    daughters: str | None = None


@dataclass(frozen=True)
class AlphaPart:
    """What of the dose of an alpha emitter is of alpha particles, and the choices behind it.

    Parameters
    ----------
    alpha_gy, electron_gy : float or ufloat
        Absorbed doses, together ``dose_gy`` of the region, whose uncertainty is kept there.
    rbe : float
        The weight that was taken for alpha particles.
    daughters : str
        Where the daughters were taken to decay, in words.

    Examples
    --------
    >>> from mrtlab.psma import alpha_dose
    >>> dose = alpha_dose(0.05, 1.0, retained={"Bi-213": 0.7})
    >>> part = AlphaPart(dose.alpha_gy, dose.electron_gy, dose.rbe, dose.daughters)
    >>> print(f"{part.weighted_gy:.3g} {dose.weighted_unit}; {part.daughters}")
    3.62 Gy (RBE 5); of the atoms of each daughter stay Fr-221 100 %, Bi-213 70 %, Pb-209 100 %
    """

    alpha_gy: float | UFloat
    electron_gy: float | UFloat
    rbe: float
    daughters: str

    @property
    def weighted_gy(self) -> float | UFloat:
        """``rbe·alpha_gy + electron_gy``; in Gy (RBE 5) for an RBE of 5, and never in Sv."""
        return self.rbe * self.alpha_gy + self.electron_gy


@dataclass(frozen=True)
class MeasuredRegion:
    """The delivered absorbed dose to a tissue.

    Parameters
    ----------
    region : str
    dose_gy : ufloat
        With its standard uncertainty; without there is no verdict.
    mass_g : float or ufloat
    mass_method, kinetics, constant : str
        As for :class:`PlannedRegion`, of the verification.
    points : int
        Measurements in time.
    partial_volume : bool
        Whether recovery was corrected for.
    basis : {"measured", "estimated"}
    effective_half_life_h : float, optional
    systematic_rel : float
        Relative uncertainty common to all cycles (calibration, S value, recovery), part of that of the dose.
    shared_rel : float
        Relative uncertainty common to plan and verification, part of both; see :func:`mrtlab.planning.verify`.
    bed_gy : float, optional
    alpha : AlphaPart, optional
        With an alpha emitter, and needed there. Limits and verdicts stay with the absorbed dose, without any weight.
    """

    region: str
    dose_gy: UFloat
    mass_g: float | UFloat
    mass_method: str
    kinetics: str
    constant: str
    points: int
    partial_volume: bool
    basis: str = "measured"
    effective_half_life_h: float | None = None
    systematic_rel: float = 0.0
    shared_rel: float = 0.0
    bed_gy: float | None = None
    alpha: AlphaPart | None = None


def planned(region: PlannedRegion):
    """The form of a planned region."""
    if not isinstance(region, PlannedRegion) or not isinstance(region.expected, ExpectedRange):
        raise InputError(f"regions must be PlannedRegion with an ExpectedRange, got {region!r}")
    return checks.make(
        form.PlannedRegion,
        f"plan of {region.region}",
        region=region.region,
        mass_g=quantity("mass_g", _check.positive("mass_g", region.mass_g)),
        mass_method=region.mass_method,
        kinetics=region.kinetics,
        constant=region.constant,
        median_gy=region.expected.median_gy,
        gsd=region.expected.gsd,
        components=tuple(
            checks.make(form.Component, "components", name=name, relative=part)
            for name, part in region.expected.components
        ),
        **({} if region.daughters is None else {"daughters": region.daughters}),
    )


def require_possible(region: MeasuredRegion, nuclide: str) -> None:
    """Refuse a half-life longer than that of the nuclide alone. Of what is entered; what was kept stays readable."""
    half_life_h = getattr(region, "effective_half_life_h", None)
    physical_h = nuclides.nuclide(nuclide).half_life_h
    # other evaluations of the decay data differ by less
    if half_life_h is not None and half_life_h > 1.002 * physical_h:
        raise InputError(
            f"effective_half_life_h of {region.region} is {half_life_h:g} h, longer than the {physical_h:.4g} h of "
            f"{nuclide} alone; minutes or days instead of hours, or the half-life of another nuclide?"
        )


def verified(region: MeasuredRegion, plan):
    """The form of a measured region, with its verdict."""
    if not isinstance(region, MeasuredRegion):
        raise InputError(f"regions must be MeasuredRegion, got {region!r}")
    dose = region.dose_gy
    if not isinstance(dose, UFloat) or not dose.std_dev > 0:
        raise InputError(f"dose_gy of {region.region} must carry its uncertainty (ufloat(value, u)), got {dose!r}")
    relative = dose.std_dev / _check.positive("dose_gy", dose).nominal_value
    if _check.fraction("systematic_rel", region.systematic_rel) > relative * (1 + 1e-9):
        raise InputError(
            f"systematic_rel of {region.region} is {region.systematic_rel:g}, more than the whole relative uncertainty "
            f"of its dose ({relative:.3g}), of which it must be a part"
        )
    found = machine.verdict(region.region, dose, region.shared_rel, plan)
    fields = {name: item for name, item in vars(region).items() if name not in ("dose_gy", "mass_g", "alpha")}
    return checks.make(
        form.VerifiedRegion,
        f"verification of {region.region}",
        **fields,
        mass_g=quantity("mass_g", _check.positive("mass_g", region.mass_g)),
        dose_gy=float(dose.nominal_value),
        u_gy=float(dose.std_dev),
        z=found.z if found else None,
        within=found.within if found else None,
        ratio=float(found.ratio.nominal_value) if found else None,
        verdict=found.text if found else "no range was expected of it: it was not planned",
        **({} if region.alpha is None else {"alpha": _alpha(region.region, region.alpha)}),
    )


def _alpha(region: str, part: AlphaPart):
    """The form of the parts of a dose."""
    if not isinstance(part, AlphaPart):
        raise InputError(f"alpha of {region} must be an AlphaPart, got {part!r}")
    doses = {name: float(_check.nominal(_check.non_negative(name, getattr(part, name)))) for name in
             ("alpha_gy", "electron_gy")}  # fmt: skip
    rbe = _numbers.single("rbe", part.rbe)  # an uncertain one would lose its uncertainty: it is a choice
    weighted = rbe * doses["alpha_gy"] + doses["electron_gy"]
    what = f"alpha part of {region}"
    return checks.make(form.AlphaPart, what, **doses, rbe=rbe, weighted_gy=weighted, daughters=part.daughters)


def quantity(name: str, number):
    """The form of a number with or without uncertainty."""
    number = _check.non_negative(name, number)
    if not isinstance(number, UFloat):
        return form.Quantity(value=_numbers.single(name, number), u=None)
    return checks.make(form.Quantity, name, value=float(number.nominal_value), u=float(number.std_dev))


def reasons(what: str, given: Mapping[str, str] | None) -> tuple:
    """The form of reasons by tissue."""
    return tuple(
        checks.make(form.Missing, what, region=region, reason=reason) for region, reason in (given or {}).items()
    )


def row(name: str, items) -> tuple:
    """A tuple of texts, and not the letters of one."""
    if isinstance(items, str):
        raise InputError(f"{name} must be a list of tissues, got the text {items!r}; write [{items!r}]")
    return tuple(items)


def who(by: Person) -> Person:
    """Refuse what is no person."""
    if not isinstance(by, Person):
        raise InputError(f"by must be a Person(name, role), got {by!r}")
    return by
