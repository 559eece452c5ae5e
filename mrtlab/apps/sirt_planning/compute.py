"""The numbers of the first three sections, all from the methods of mrtlab; what they warn of is kept as sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mrtlab import sirt
from mrtlab.apps.sections import hearing
from mrtlab.apps.sirt_planning.model import SirtPage
from mrtlab.calibration import counted
from mrtlab.errors import Flag, InputError

__all__ = [
    "COMPARTMENTS",
    "METHODS",
    "SCENARIO",
    "Explored",
    "Method",
    "Methods",
    "Shunt",
    "constraints",
    "explore",
    "masses",
    "methods",
    "shunt",
    "treatment",
]

SCENARIO = ("HCC", "unilobar")
COMPARTMENTS = ("tumour", "normal", "whole_normal", "lung")
METHODS = ("bsa", "single", "partition")


def masses(model: SirtPage) -> dict:
    """Arguments of the partition model for the patient.

    Raises
    ------
    InputError
        If parts do not fit into the whole.
    """
    for part, whole, more, less in (
        ("tumour_g", "tumour_all_g", "perfused tumour", "all tumour together"),
        ("perfused_g", "liver_g", "perfused part of the liver", "the whole liver"),
        ("tumour_all_g", "liver_g", "tumour", "the whole liver"),
    ):
        low, high = getattr(model, part), getattr(model, whole)
        if low > high:
            raise InputError(f"The {more} weighs {low:g} g, more than {less} ({high:g} g); change one of them")
    if model.tumour_g >= model.perfused_g:
        raise InputError(
            f"The perfused part, {model.perfused_g:g} g, is all tumour ({model.tumour_g:g} g): nothing is left to "
            "partition. Change one of the two"
        )
    if model.tumour_all_g >= model.liver_g:
        raise InputError("The whole liver is tumour; change one of the two masses")
    if model.tumour_all_g - model.tumour_g > model.liver_g - model.perfused_g:
        raise InputError(
            f"{model.tumour_all_g - model.tumour_g:g} g of tumour lie outside the perfused part, and only "
            f"{model.liver_g - model.perfused_g:g} g of liver; change one of the masses"
        )
    return {
        "tumour_g": model.tumour_g,
        "normal_g": model.perfused_g - model.tumour_g,
        "tumour_to_normal": model.ratio,
        "lung_shunt": model.shunt_percent / 100,
        "lung_g": model.lung_g,
        "whole_normal_g": model.liver_g - model.tumour_all_g,
    }


def treatment(model: SirtPage, activity_mbq: float) -> sirt.Partition:
    """Doses that an activity would give the patient."""
    return sirt.partition(activity_mbq, **masses(model))


# lung shunt


@dataclass(frozen=True, eq=False)
class Shunt:
    """The lung shunt from planar counts, and what shows as such.

    Attributes
    ----------
    shown : ufloat
        By the counts, 0 to 1.
    true, transmission, free : array
        True shunts, and what would be shown of them.
    behind_transmission, behind_free : float or None
        True shunt that would show as ``shown``; None if none would.
    lung_gy, allowed_mbq : ufloat
        At ``activity_mbq``, and by the limits.
    activity_mbq : float
    seen, free_share : tuple and float
        Transmissions of lungs and liver, and free share.
    remarks : tuple of str
    """

    shown: object
    true: np.ndarray
    transmission: np.ndarray
    free: np.ndarray
    behind_transmission: float | None
    behind_free: float | None
    lung_gy: object
    allowed_mbq: object
    activity_mbq: float
    seen: tuple
    free_share: float
    remarks: tuple[str, ...]


def shunt(model: SirtPage) -> Shunt:
    """The shunt of the counts typed in."""
    with hearing() as remarks:
        shown = sirt.lung_shunt(
            *(counted(getattr(model, f"{organ}_{view}")) for organ in ("lung", "liver") for view in _VIEWS),
            model.lung_background,
            model.liver_background,
        )
        true = np.linspace(0, max(0.2, min(1.6 * shown.n, 1)), 201)
        seen = (model.lung_seen / 100, model.liver_seen / 100)
        share = model.free_percent / 100
        transmission = sirt.apparent_shunt(true, *seen)
        free = sirt.shunt_with_free_pertechnetate(true, share, model.free_lung / 100, model.free_liver / 100)
        dose = sirt.lung_dose(1000 * model.activity_gbq, shown, model.lung_g)
        allowed = sirt.lung_limited_activity(shown, model.lung_g, model.previous_lung_gy)
    return Shunt(
        shown,
        true,
        transmission,
        free,
        _read_off(shown.n, transmission, true),
        _read_off(shown.n, free, true),
        dose,
        allowed,
        1000 * model.activity_gbq,
        seen,
        share,
        tuple(remarks),
    )


_VIEWS = ("anterior", "posterior")


def _read_off(shown: float, curve, true) -> float | None:
    """The true shunt at which a rising curve shows a value."""
    return float(np.interp(shown, curve, true)) if curve[0] <= shown <= curve[-1] else None


# three prescriptions


@dataclass(frozen=True, eq=False)
class Method:
    """One prescription.

    Attributes
    ----------
    name : str
    activity_mbq : float or None
        None where it is refused.
    doses_gy : dict
        By compartment, ``"perfused"`` as well.
    refused : str
        The library's words.
    """

    name: str
    activity_mbq: float | None
    doses_gy: dict = field(default_factory=dict)
    refused: str = ""


@dataclass(frozen=True, eq=False)
class Methods:
    """Three prescriptions for one patient.

    Attributes
    ----------
    device : str
    methods : tuple of Method
    resin_mbq : float or None
        What body surface would give with resin, whatever the device.
    levels : tuple of Constraint
    published : str
        What the table of the device has for the tumour.
    remarks : tuple of str
    """

    device: str
    methods: tuple[Method, ...]
    resin_mbq: float | None
    levels: tuple
    published: str
    remarks: tuple[str, ...]

    @property
    def activities(self) -> dict[str, float]:
        """Of those that are not refused, MBq."""
        return {one.name: one.activity_mbq for one in self.methods if one.activity_mbq is not None}


def methods(model: SirtPage) -> Methods:
    """Body surface, single compartment and partition for the patient."""
    patient = masses(model)
    lung = model.shunt_percent / 100
    with hearing() as remarks:
        found, refused, resin = {}, "", None
        try:
            found["bsa"] = _bsa(model, model.device)
        except InputError as error:
            refused = str(error)
        single = sirt.single_compartment_activity(model.perfused_aim_gy, model.perfused_g, lung)
        found |= {
            "single": single,
            "partition": sirt.partition_activity(model.tumour_aim_gy, "tumour", **patient),
        }
        doses = {name: sirt.partition(activity, **patient) for name, activity in found.items()}
    with hearing():
        try:
            resin = _bsa(model, "resin")
        except InputError:
            resin = None
    rows = tuple(
        Method(name, found[name], doses[name].by_compartment) if name in found else Method(name, None, {}, refused)
        for name in METHODS
    )
    table = sirt.dose_limits(model.device, *SCENARIO)
    published = ", ".join(level.text for level in table.of("tumour"))
    notes = [table.note] if table.note else []
    return Methods(model.device, rows, resin, constraints(model, model.device), published, (*remarks, *notes))


def _bsa(model: SirtPage, device: str) -> float:
    # volumes by the convention of 1 g/mL
    return sirt.bsa_activity(
        model.height_cm,
        model.weight_kg,
        model.tumour_all_g,
        model.liver_g,
        model.perfused_g,
        model.shunt_percent / 100,
        device=device,
    )


def constraints(model: SirtPage, device: str) -> tuple[sirt.Constraint, ...]:
    """The physician's aim, and the limits of a device's table and of the lungs."""
    table = sirt.dose_limits(device, *SCENARIO)
    aim = sirt.Constraint("tumour", model.tumour_aim_gy, "aim", text="tumour, the physician's aim")
    if device == "glass":
        with hearing():
            liver = [sirt.whole_normal_limit(model.bilirubin).constraint()]
        if model.reserve == "low":
            liver += [level.constraint() for level in table.of("normal") if level.kind == "limit"]
    else:
        liver = [level.constraint() for level in table.of("normal") if level.kind == "limit"]
    lungs = sirt.lung_limits(model.previous_lung_gy)
    return (aim, *liver, *(lungs if model.previous_lung_gy else lungs[:1]))


# partition


@dataclass(frozen=True, eq=False)
class Explored:
    """Doses at the activity chosen, and what limits it.

    Attributes
    ----------
    doses : Partition
    plan : ActivityPlan or None
        None where the library refused, for the reason in ``refused``.
    table : DoseLimits
        What is offered for the device whose thresholds were asked for.
    refused : str
    remarks : tuple of str
    """

    doses: sirt.Partition
    plan: sirt.ActivityPlan | None
    table: sirt.DoseLimits
    refused: str
    remarks: tuple[str, ...]


def explore(model: SirtPage) -> Explored:
    """The partition model at the activity chosen; glass spheres, whatever the thresholds."""
    doses = treatment(model, 1000 * model.activity_gbq)
    table = sirt.dose_limits(model.thresholds, *SCENARIO)
    found, refused = None, ""
    with hearing() as remarks:
        try:
            found = sirt.plan(doses, constraints(model, model.thresholds), "glass")
        except InputError as error:
            refused = str(error)
    flags = [Flag(one).text for one in (found.flags if found else doses.flags)]
    return Explored(doses, found, table, refused, (*reversed(flags), *remarks))  # a conflict first
