"""The numbers of mass and activity, and of the range that is handed over. Nothing here chooses a dose."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from uncertainties import UFloat, ufloat

from mrtlab import planning, radioiodine
from mrtlab.apps.radioiodine import measured
from mrtlab.apps.radioiodine.model import LOBES, PROTOCOLS, RadioiodinePage, lobe
from mrtlab.apps.sections import hearing
from mrtlab.constants import value as constant
from mrtlab.errors import Flag, InputError

__all__ = ["GLAND", "Activity", "Options", "activity", "by_protocol", "components", "gland", "options", "per_mbq"]

GLAND = "thyroid"
_NAMES = {"right_lobe": "Right lobe", "left_lobe": "Left lobe", "isthmus": "Isthmus"}
_DOSES_GY = np.arange(100.0, 401.0, 25.0)


def gland(model: RadioiodinePage) -> tuple[float, dict[str, float]]:
    """Mass, g, and the volumes of the parts, mL; a part left empty does not count.

    Raises
    ------
    InputError
        For diameters that cannot be read, or none.
    """
    factor = constant("radioiodine.volume_factor_brunn") if model.factor == "Brunn" else np.pi / 6
    lobes = {name: lobe(getattr(model, name), _NAMES[name]) for name in LOBES if getattr(model, name).strip()}
    if not lobes:
        raise InputError("no lobe is typed in; give three diameters of each, as 5.2 x 2.1 x 1.9")
    with hearing():  # a small part is no small gland
        parts = {name: _volume(one, factor, _NAMES[name]) for name, one in lobes.items()}
    return float(radioiodine.thyroid_mass_g(radioiodine.thyroid_volume(list(lobes.values()), factor))), parts


def _volume(diameters, factor: float, name: str) -> float:
    try:
        return float(radioiodine.thyroid_volume([diameters], factor))
    except InputError as error:  # the library counts the lobes, the page names them
        raise InputError(str(error).replace("lobes_cm, lobe 1", name)) from None


def _number(value) -> float:
    return float(getattr(value, "n", value))


def _plain(values) -> np.ndarray:
    return np.array([getattr(one, "n", one) for one in values])


def _dose(model: RadioiodinePage, integral) -> radioiodine.BenignDose:
    mass_g, _ = gland(model)
    return radioiodine.benign_dose(mass_g, integral, model.mode, stimulated_tracer=False, stimulated_therapy=False)


def per_mbq(model: RadioiodinePage, protocol: str | None = None) -> float:
    """Dose to the gland per activity, Gy/MBq."""
    return _number(_dose(model, measured.integral(model, protocol)).gy_per_mbq)


@dataclass(frozen=True, eq=False)
class Activity:
    """Activity for a dose, by the integral and by Marinelli's formula.

    Attributes
    ----------
    mass_g : float
    mass : ufloat
        The same with what ultrasound leaves open.
    parts_ml : dict
    integral : UptakeIntegral
    half_life_h, largest : float
        That Marinelli's formula takes: the half-life, a population's where none was measured, and the largest uptake.
    measured_half_life : bool
    aim_gy : float
    by_integral, by_formula : array
        MBq for ``doses_gy``.
    at_integral, at_formula : float
        MBq for the aim.
    hours, curve, assumed : array
        The curve of the integral (None where a rule has none), and the one behind the formula.
    energy, energy_formula : float
        Gy·g/(MBq·h).
    remarks : tuple of str
    """

    mass_g: float
    mass: UFloat
    parts_ml: dict
    integral: radioiodine.UptakeIntegral
    half_life_h: float
    largest: float
    measured_half_life: bool
    aim_gy: float
    doses_gy: np.ndarray
    by_integral: np.ndarray
    by_formula: np.ndarray
    at_integral: float
    at_formula: float
    hours: np.ndarray
    curve: np.ndarray | None
    assumed: np.ndarray
    points: tuple
    used_h: tuple
    energy: float
    energy_formula: float
    mode: str
    remarks: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """Formula over integral."""
        return self.at_formula / self.at_integral


_HOURS = np.linspace(0, 240, 41)


def activity(model: RadioiodinePage) -> Activity:
    """Activities for the dose that the physician asks for."""
    with hearing() as remarks:
        mass_g, parts = gland(model)
        integral = measured.integral(model)
        found = _dose(model, integral)
        every = measured.points(model)
        largest = max(one.n for one in every)
        half_life = integral.effective_half_life_h or measured.POPULATION
        half_life_h = float(half_life.n)
        tiac_h = getattr(integral.tiac_h, "n", integral.tiac_h)

        def ask(doses):
            return (
                radioiodine.activity(doses, mass_g, tiac_h, model.mode),
                radioiodine.marinelli_activity(doses, mass_g, largest, half_life_h),
            )

        by_integral, by_formula = ask(_DOSES_GY)
    with hearing() as aimed:
        at_integral, at_formula = ask(model.aim_gy)
    try:
        curve = _plain(integral.uptake(_HOURS))
    except InputError:  # one measurement and a rule draw no curve
        curve = None
    # the largest uptake at once, and down with the half-life
    formula = replace(integral, fit=None, start_uptake=largest, effective_half_life_h=half_life_h)
    flags = [Flag(one).text for one in found.flags]
    return Activity(
        mass_g,
        ufloat(mass_g, constant("radioiodine.volume_rel") * mass_g),
        parts,
        integral,
        half_life_h,
        largest,
        integral.effective_half_life_h is not None and model.protocol != PROTOCOLS[3],
        model.aim_gy,
        _DOSES_GY,
        by_integral,
        by_formula,
        float(at_integral),
        float(at_formula),
        _HOURS,
        curve,
        _plain(formula.uptake(_HOURS)),
        tuple(zip(measured.HOURS, every, strict=True)),
        measured.USED_H[model.protocol],
        float(radioiodine.mean_energy(mass_g, model.mode)),
        float(radioiodine.mean_energy(mass_g, "constant")),
        model.mode,
        tuple(dict.fromkeys([*flags, *(text for text in remarks if "activity would be" not in text), *aimed])),
    )


def by_protocol(model: RadioiodinePage) -> list[tuple[str, object, float]]:
    """Protocol, integral in hours, and activity for the aim in MBq; the first one takes a fit."""
    mass_g, _ = gland(model)
    rows = []
    for name in PROTOCOLS:
        with hearing():
            try:
                tiac = measured.integral(model, name).tiac_h
                given = radioiodine.activity(model.aim_gy, mass_g, getattr(tiac, "n", tiac), model.mode)
                rows.append((name, tiac, float(given)))
            except InputError as error:
                rows.append((name, str(error), float("nan")))
    return rows


@dataclass(frozen=True, eq=False)
class Options:
    """A range of activities with the doses each would give; none is chosen.

    Attributes
    ----------
    table : OptionTable
    below, above : tuple of float
        Probability, by activity, that the dose falls below the least and above the most that is wanted.
    least_gy, most_gy, gsd, per_mbq : float
    components : dict
    sources : tuple of str
    """

    table: planning.OptionTable
    below: tuple[float, ...]
    above: tuple[float, ...]
    least_gy: float
    most_gy: float
    gsd: float
    per_mbq: float
    components: dict
    sources: tuple[str, ...]


def components(model: RadioiodinePage) -> dict[str, float]:
    """Relative standard uncertainties as fractions, named as the teaching components are."""
    given = {
        "energy": model.energy_u,
        "half life": model.half_life_u,
        "mass": model.mass_u,
        "tracer to therapy": model.transfer_u,
        "uptake": model.uptake_u,
    }
    return {name: given[name] / 100 for name in planning.teaching_components("radioiodine")}


def options(model: RadioiodinePage) -> Options:
    """Doses over the range of activities, with the uncertainty of the plan."""
    for low, high, what in (("low_mbq", "high_mbq", "MBq"), ("least_gy", "most_gy", "Gy")):
        if getattr(model, low) >= getattr(model, high):
            raise InputError(
                f"{getattr(model, low):g} {what} is not below {getattr(model, high):g} {what}; are the two exchanged?"
            )
    activities = np.linspace(model.low_mbq, model.high_mbq, int(model.steps))
    parts = components(model)
    spread = planning.expected_range_from_components(1.0, parts)
    with hearing():  # told in the section before
        found = _dose(model, measured.integral(model))
    one = _number(found.gy_per_mbq)
    table = planning.activity_options(activities, {GLAND: planning.TissueDose(one, spread.gsd)}, {GLAND: model.most_gy})
    at_least = [planning.expected_range(row.median_gy, spread.gsd).probability_above(model.least_gy) for row in table]
    return Options(
        table,
        tuple(1 - probability for probability in at_least),
        tuple(row.probability_above for row in table),
        model.least_gy,
        model.most_gy,
        spread.gsd,
        one,
        parts,
        tuple(dict.fromkeys([*found.sources, *spread.sources, *table.sources])),
    )
