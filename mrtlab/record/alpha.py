"""Alpha emitters in a record: what must be said of a dose, and of where the daughters decay."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mrtlab import nuclides
from mrtlab.errors import Flag, InputError

__all__ = ["AlphaSum"]

ABSORBED = (
    "Expected ranges, verdicts, limits and aims are of the absorbed dose of alpha particles and electrons together, "
    "without a weight."
)


@dataclass(frozen=True)
class AlphaSum:
    """Parts of a dose over several cycles.

    Attributes
    ----------
    alpha_gy, electron_gy : float
        Sums of the absorbed doses.
    weighted_gy, rbe : float or None
        None if the cycles were weighted with different RBE.
    daughters : tuple of str
        Every choice there was.
    """

    alpha_gy: float
    electron_gy: float
    weighted_gy: float | None
    rbe: float | None
    daughters: tuple[str, ...]


def emits_alpha(nuclide: str) -> bool:
    """Whether a nuclide or one of its daughters emits alpha particles."""
    try:
        return any(member.nuclide.alpha_mev > 0 for member in nuclides.chain(nuclide))
    except InputError:  # a record may name a nuclide that this mrtlab does not have
        return False


def unit(rbe: float) -> str:
    """Of a weighted dose; never the sievert, which is for stochastic effects."""
    return f"Gy (RBE {rbe:g})"


def require_consistent(nuclide: str, content, plan) -> None:
    """Refuse parts with a nuclide that has none, and parts of some tissues only. Of what is entered and what is read.

    A record from before there were parts has none in its plan, and may have none at all.
    """
    if content.kind not in ("plan", "verification"):
        return
    told = [region.region for region in content.regions if _said(region)]
    if told and not emits_alpha(nuclide):
        raise InputError(
            f"{', '.join(told)}: parts of alpha particles, or where daughters decay, are given, and neither {nuclide} "
            "nor a daughter of it emits any. Is the nuclide of the record right?"
        )
    if told or (plan is not None and any(region.daughters for region in plan.regions)):
        require_said(nuclide, content)


def require_said(nuclide: str, content) -> None:
    """Refuse tissues of which it is not said what an alpha emitter asks for. Of what is entered."""
    if content.kind not in ("plan", "verification") or not emits_alpha(nuclide):
        return
    left = ", ".join(region.region for region in content.regions if not _said(region))
    if left and content.kind == "plan":
        raise InputError(
            f"{nuclide} has daughters, and for {left} the plan does not say where they decay (daughters). All of them "
            "at the site is a choice as well, and has to be written down"
        )
    if left:
        raise InputError(
            f"{nuclide} emits alpha particles, and the dose of {left} does not say which part of it is theirs, with "
            "what weight, and where the daughters decay (alpha)"
        )


def _said(region) -> bool:
    return bool(getattr(region, "daughters", None) or getattr(region, "alpha", None))


def flags(nuclide: str, plan, verification) -> tuple[Flag, ...]:
    """Remarks on the doses of a verification."""
    if verification is None or not emits_alpha(nuclide):
        return ()
    chosen = {region.region: region.daughters for region in plan.regions}
    found = []
    if any(region.alpha is None for region in verification.regions):
        found.append(Flag.ALPHA_PART_MISSING)
    pairs = [(chosen.get(one.region), one.alpha.daughters) for one in verification.regions if one.alpha]
    if any(planned and _plain(planned) != _plain(there) for planned, there in pairs):
        found.append(Flag.DAUGHTERS_DIFFER)
    return tuple(found)


def added(regions: Sequence) -> tuple[AlphaSum | None, tuple[Flag, ...]]:
    """Parts of the doses of some cycles, None if not all have them; and remarks."""
    parts = [region.alpha for region in regions]
    if None in parts:
        return None, (Flag.ALPHA_PART_MISSING,) if any(parts) else ()
    weights = sorted({part.rbe for part in parts})
    same = weights[0] if len(weights) == 1 else None
    daughters = tuple({_plain(part.daughters): part.daughters for part in reversed(parts)}.values())[::-1]
    total = AlphaSum(
        alpha_gy=math.fsum(part.alpha_gy for part in parts),
        electron_gy=math.fsum(part.electron_gy for part in parts),
        weighted_gy=None if same is None else math.fsum(part.weighted_gy for part in parts),
        rbe=same,
        daughters=daughters,
    )
    remarks = (() if same is not None else (Flag.RBE_DIFFERS,)) + (
        (Flag.DAUGHTERS_DIFFER,) if len(daughters) > 1 else ()
    )
    return total, remarks


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")
