"""Texts of an exercise with the learner's own numbers."""

from __future__ import annotations

import re
from datetime import datetime

from uncertainties import UFloat

from mrtlab.learn.draws import shown
from mrtlab.learn.expressions import Formulas
from mrtlab.units import format_quantity

__all__ = ["render"]

_PLACEHOLDER = re.compile(r"(?<![_^])\{([^{}:]+)(?::([^{}]+))?\}")


def render(text: str, formulas: Formulas) -> str:
    """A text with ``{name}`` and ``{formula:.2f}`` replaced; ``T_{eff}`` and ``10^{6}`` stay as they are."""

    def fill(found: re.Match) -> str:
        value, form = formulas.run(found[1]), found[2]
        if isinstance(value, UFloat):
            return format_quantity(value)
        if form is None:
            return shown(value)
        return format(value if isinstance(value, (str, datetime)) else float(value), form)

    return _PLACEHOLDER.sub(fill, text).strip()
