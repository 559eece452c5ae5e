"""What the kidney-dose page knows and computes, without any widget."""

from __future__ import annotations

from dataclasses import dataclass

import traitlets as t
from uncertainties import UFloat, ufloat

import mrtlab
from mrtlab import dose, kinetics, tables
from mrtlab.errors import InputError
from mrtlab.kinetics import MODELS, Fit, Selection, TimeActivity

__all__ = ["BEST", "Answer", "KidneyDose"]

BEST = "best"
DATASET = "lu177-dotatate-patient4"
_SAVED = (
    "region",
    "used",
    "curve",
    "cv_percent",
    "mass_g",
    "mass_u_g",
    "prediction",
    "decision",
    "reason",
    "discussion",
)


@dataclass(frozen=True, eq=False)
class Answer:
    """One evaluation of one region.

    Attributes
    ----------
    measured, kept : TimeActivity
        All points, and those in the fit.
    selection : Selection or None
        None if every curve was refused.
    fit : Fit or None
        The curve shown.
    tia_mbq_h, dose_gy : ufloat or None
    refusal : str
        Why there is no fit, or "".
    flags : tuple of str
    mass_g : ufloat, float or None
    """

    measured: TimeActivity
    kept: TimeActivity
    selection: Selection | None
    fit: Fit | None
    tia_mbq_h: UFloat | None
    dose_gy: UFloat | None
    refusal: str
    flags: tuple[str, ...]
    mass_g: UFloat | float | None

    @property
    def dose_gy_per_gbq(self) -> UFloat | None:
        """Absorbed dose per administered activity."""
        administered = self.measured.administered_mbq
        return self.dose_gy / (administered / 1000) if self.dose_gy is not None and administered else None

    @property
    def curve_rejected(self) -> bool:
        """Whether the curve shown is one that the points do not support."""
        return self.fit is not None and (self.selection is None or self.fit.model in self.selection.rejected)

    @property
    def dose_span_gy(self) -> tuple[float, float] | None:
        """Smallest and largest dose of all curves that fit."""
        if self.selection is None or self.mass_g is None:
            return None
        mass = getattr(self.mass_g, "nominal_value", self.mass_g)
        low, high = (dose.local(end, mass, self.measured.nuclide) for end in self.selection.span_tia_mbq_h)
        return low, high


class KidneyDose(t.HasTraits):
    """Table, choices and what follows from them.

    Traits
    ------
    table : TacTable
    source : str
        Name of the user's own file; "" for the patient that comes with mrtlab.
    region, used, curve : str, tuple of bool, str
        Region; which of its points are in the fit; ``"best"`` or a name in :data:`mrtlab.kinetics.MODELS`.
    cv_percent : float or None
        Relative uncertainty of every point instead of the table's.
    mass_g, mass_u_g : float or None
        Mass and its standard uncertainty.
    prediction, decision, reason, discussion : str
        What the learner committed, and what was said to it.
    """

    table = t.Instance(tables.TacTable)
    source = t.Unicode("")
    region = t.Unicode()
    used = t.Tuple()
    curve = t.Unicode(BEST)
    cv_percent = t.Float(None, allow_none=True)
    mass_g = t.Float(None, allow_none=True)
    mass_u_g = t.Float(None, allow_none=True)
    prediction = t.Unicode("")
    decision = t.Unicode("")
    reason = t.Unicode("")
    discussion = t.Unicode("")

    def __init__(self):
        super().__init__()
        self.use_patient()

    def use_patient(self) -> None:
        """Back to the patient that comes with mrtlab, with all points and the best-supported curve."""
        self._use(tables.read_tac(mrtlab.dataset(DATASET) / "tac.csv"), "")

    def use_file(self, name: str, content: bytes) -> None:
        """Read the user's own table.

        Raises
        ------
        InputError
            With the reader's own message; the model is then as it was.
        """
        try:
            self._use(tables.read_tac(content), name)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None

    def _use(self, table, source: str) -> None:
        with self.hold_trait_notifications():
            self.table, self.source = table, source
            self.curve, self.cv_percent = BEST, None
            self.choose(table.regions[0])

    def choose(self, region: str) -> None:
        """Take another region: all its points, its mass from the table."""
        if region not in self.table.regions:
            raise InputError(f"region must be one of {', '.join(self.table.regions)}, got {region!r}")
        mass = self.table.masses_g.get(region)
        with self.hold_trait_notifications():
            self.region = region
            self.used = (True,) * len(self.table[region])
            self.mass_g = None if mass is None else float(getattr(mass, "nominal_value", mass))
            self.mass_u_g = float(mass.std_dev) if isinstance(mass, UFloat) else None

    @t.validate("curve")
    def _known_curve(self, proposal):
        if proposal["value"] not in (BEST, *MODELS):
            raise InputError(f"curve must be 'best' or one of {', '.join(MODELS)}, got {proposal['value']!r}")
        return proposal["value"]

    def measured(self) -> TimeActivity:
        """All points of the region, with the uncertainty in force."""
        curve = self.table[self.region]
        return curve if self.cv_percent is None else curve.with_cv(self.cv_percent / 100)

    def mass(self) -> UFloat | float | None:
        """Mass with its uncertainty where that is known."""
        if self.mass_g is None or not self.mass_u_g:
            return self.mass_g
        return ufloat(self.mass_g, self.mass_u_g)

    def answer(self, used: tuple[bool, ...] | None = None) -> Answer:
        """Fit, integrate, and turn into dose.

        Parameters
        ----------
        used : tuple of bool, optional
            Points in the fit; by default those chosen.
        """
        used = self.used if used is None else used
        measured = self.measured()
        if not any(used):
            raise InputError("no point is left; tick at least one")
        kept = measured.keep(used)
        selection = fit = tia = None
        refusal = ""
        try:
            selection = kinetics.select(kept)
        except InputError as refused:
            refusal = str(refused).removeprefix(f"{self.region}: ")
        if self.curve == BEST:
            if selection is not None:
                fit, tia = selection.best, selection.tia_mbq_h
        else:
            try:
                fit = selection.fits[self.curve] if selection and self.curve in selection.fits else None
                fit = fit or kinetics.fit(kept, self.curve)
                tia, refusal = fit.tia_mbq_h, ""
            except InputError as refused:
                refusal = str(refused)
        mass = self.mass()
        known = tia is not None and mass is not None
        flags = selection.flags if selection and fit is selection.best else (fit.flags if fit else kept.flags)
        return Answer(
            measured=measured,
            kept=kept,
            selection=selection,
            fit=fit,
            tia_mbq_h=tia,
            dose_gy=dose.local(tia, mass, kept.nuclide) if known else None,
            refusal=refusal,
            flags=flags,
            mass_g=mass,
        )

    def without_last(self) -> tuple[Answer, Answer]:
        """The region with all its points, and without the last one: what the learner is asked to predict."""
        points = len(self.table[self.region])
        return self.answer((True,) * points), self.answer((*(True,) * (points - 1), False))

    def code(self) -> str:
        """A script of at most 15 lines that computes the number shown, without widgets."""
        path = repr(self.source) if self.source else f'mrtlab.dataset("{DATASET}") / "tac.csv"'
        curve = f"table[{self.region!r}]"
        curve += "" if self.cv_percent is None else f".with_cv({self.cv_percent / 100!r})"
        curve += "" if all(self.used) else f".keep({list(self.used)})"
        fitted = "select(curve)" if self.curve == BEST else f"fit(curve, {self.curve!r})"
        lines = [
            "import mrtlab",
            *(["from uncertainties import ufloat"] if self._mass_changed and self.mass_u_g else []),
            "",
            f"table = mrtlab.read_tac({path})",
            f"curve = {curve}",
            f"result = mrtlab.kinetics.{fitted}",
            'print("TIA", result.tia_mbq_h, "MBq·h")',
        ]
        if self.mass_g is not None:
            mass = f"ufloat({self.mass_g!r}, {self.mass_u_g!r})" if self.mass_u_g else f"{self.mass_g!r}"
            if not self._mass_changed:
                mass = f"table.masses_g[{self.region!r}]"
            lines += [
                f"dose_gy = mrtlab.dose.local(result.tia_mbq_h, {mass}, curve.nuclide)",
                'print("dose", dose_gy, "Gy")',
            ]
        return "\n".join(lines)

    @property
    def _mass_changed(self) -> bool:
        mass = self.table.masses_g.get(self.region)
        return mass is None or (self.mass_g, self.mass_u_g or 0.0) != (
            getattr(mass, "nominal_value", mass),
            getattr(mass, "std_dev", 0.0),
        )

    def state(self) -> dict:
        """What is kept between visits: choices and committed answers, never the contents of a user's table."""
        names = _SAVED if not self.source else ("prediction", "decision", "reason", "discussion")
        return {name: getattr(self, name) for name in names}

    def restore(self, state: dict) -> None:
        """Take up a saved state; what no longer fits (another version, a damaged file) is left at its default."""
        region = state.get("region")
        if region in self.table.regions:
            self.choose(region)
        for name in _SAVED[1:]:
            value = state.get(name)
            if name == "used" and (
                not isinstance(value, (list, tuple)) or len(value) != len(self.used) or not any(value)
            ):
                continue
            if name not in state:
                continue
            try:
                setattr(self, name, tuple(bool(one) for one in value) if name == "used" else value)
            except (t.TraitError, InputError):
                continue
