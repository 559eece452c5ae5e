"""The formulas of exercises: mathematics and mrtlab's own functions, and nothing else.

Formulas are read as Python expressions, checked node by node against a short list of what is allowed, and run by
asteval, whose interpreter has neither imports nor files. Names are those of the exercise, a few functions, and the
public functions of mrtlab's methods. Attributes can be read only of mrtlab's results and of uncertain numbers.
"""

from __future__ import annotations

import ast
import difflib
import math
import sys
import warnings
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
from asteval import Interpreter
from uncertainties import UFloat, correlation_matrix, nominal_value, std_dev, ufloat

from mrtlab import _check, _numbers
from mrtlab.errors import InputError, PlausibilityWarning

__all__ = ["FormulaError", "Formulas", "names_in"]

MODULES = (
    "calibration",
    "clock",
    "dose",
    "kinetics",
    "nuclides",
    "planning",
    "protection",
    "prrt",
    "psma",
    "radiobiology",
    "radioiodine",
    "sirt",
    "uncertainty",
    "voxel",
)
_NODES = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword, ast.Name,
    ast.Load, ast.Store, ast.Constant, ast.Attribute, ast.List, ast.Tuple, ast.Subscript, ast.Slice, ast.ListComp,
    ast.comprehension, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.UAdd, ast.USub,
    ast.Not, ast.And, ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip
_UNUSUAL = {ast.BitXor: "^ (write ** for a power)", ast.JoinedStr: "f-text", ast.Dict: "{ } of names"}
_LONGEST_ROW = 10_000


class FormulaError(InputError):
    """A formula that cannot be run; the message holds the formula and the reason."""


class _Namespace:
    """The public functions of one module, and nothing else of it."""

    def __init__(self, name: str):
        module = import_module(f"mrtlab.{name}")
        self._names = {public: getattr(module, public) for public in module.__all__}

    def read(self, attribute: str) -> Any:
        return self._names.get(attribute)


def row(*values) -> np.ndarray:
    """A row of numbers, from a list or from numbers one by one."""
    items = values[0] if len(values) == 1 and not _scalar(values[0]) else values
    if len(items) > _LONGEST_ROW:
        raise InputError(f"a row of {len(items)} numbers is too long")
    if any(isinstance(item, (UFloat, datetime)) for item in items):
        return np.array(items, dtype=object)
    return np.asarray(items, dtype=float)


def _scalar(value) -> bool:
    return np.ndim(value) == 0 or isinstance(value, (str, UFloat))


def _range(*bounds: int) -> list[int]:
    numbers = range(*(int(bound) for bound in bounds))
    if len(numbers) > _LONGEST_ROW:
        raise InputError(f"range of {len(numbers)} numbers is too long")
    return list(numbers)


def _sqrt(value):
    return value**0.5 if isinstance(value, UFloat) or np.ndim(value) else math.sqrt(value)


def _absolute(value):
    if isinstance(value, UFloat):
        return -value if value.nominal_value < 0 else value
    return abs(value)


def _where_largest(values) -> int:
    return int(np.argmax(_check.nominal(values)))


def _sum(values):
    total = 0.0
    for item in values:
        total = total + item
    return total


def _hours_later(moment: datetime, hours: float) -> datetime:
    """The moment so many hours later (or, negative, earlier), on the same clock."""
    return moment + timedelta(hours=float(hours))


FUNCTIONS: Mapping[str, Any] = {
    "exp": _numbers.exp,
    "log": _numbers.log,
    "sqrt": _sqrt,
    "pi": math.pi,
    "ln2": math.log(2),
    "abs": _absolute,
    "min": lambda *values: min(*values),
    "max": lambda *values: max(*values),
    "round": round,
    "floor": lambda value: math.floor(_check.nominal(value)),
    "ceil": lambda value: math.ceil(_check.nominal(value)),
    "len": len,
    "range": _range,
    "row": row,
    "sum": _sum,
    "mean": lambda values: _sum(values) / len(values),
    "largest": _where_largest,
    "smallest": lambda values: _where_largest([-float(_check.nominal(value)) for value in values]),
    "ufloat": ufloat,
    "nominal": nominal_value,
    "std_dev": std_dev,
    "correlation": lambda one, other: float(correlation_matrix([one, other])[0][1]),
    "hours_later": _hours_later,
    "True": True,
    "False": False,
    "None": None,
}


class _Interpreter(Interpreter):
    """asteval with attributes of our own results alone, and with mrtlab's errors kept as they are."""

    def on_attribute(self, node):
        holder, name = self.run(node.value), node.attr
        found = _readable(holder, name)
        if found is None:
            raise FormulaError(f"{name!r} cannot be read of {type(holder).__name__}")
        return found

    def on_call(self, node):
        function = self.run(node.func)
        if not callable(function):
            raise FormulaError(f"{ast.unparse(node.func)} is not a function")
        arguments = [self.run(argument) for argument in node.args]
        named = {keyword.arg: self.run(keyword.value) for keyword in node.keywords}
        return function(*arguments, **named)

    def raise_exception(self, node, exc=None, msg="", expr=None, lineno=None):
        raised = sys.exc_info()[1]
        if raised is not None:
            raise raised
        super().raise_exception(node, exc=exc, msg=msg, expr=expr, lineno=lineno)


def _readable(holder, name: str):
    """An attribute that formulas may read, or None."""
    if name.startswith("_"):
        return None
    if isinstance(holder, _Namespace):
        return holder.read(name)
    if isinstance(holder, UFloat):
        return getattr(holder, name) if name in ("n", "s", "nominal_value", "std_dev") else None
    if type(holder).__module__.startswith("mrtlab."):
        return getattr(holder, name, None)
    return None


@cache
def _modules() -> dict[str, _Namespace]:
    return {name: _Namespace(name) for name in MODULES}


@cache
def _parse(formula: str) -> ast.Expression:
    """The formula as a tree of allowed nodes."""
    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaError(f"{formula!r} is not a formula: {getattr(error, 'msg', error)}") from None
    for node in ast.walk(tree):
        if not isinstance(node, _NODES):
            what = _UNUSUAL.get(type(node), type(node).__name__)
            raise FormulaError(f"{formula!r}: {what} is not allowed in a formula")
        if isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            raise FormulaError(f"{formula!r}: names that begin with _ cannot be read")
        if isinstance(node, ast.Call) and any(isinstance(argument, ast.Starred) for argument in node.args):
            raise FormulaError(f"{formula!r}: * is not allowed in a call")
        if isinstance(node, ast.keyword) and node.arg is None:
            raise FormulaError(f"{formula!r}: ** is not allowed in a call")
        if isinstance(node, ast.Constant) and isinstance(node.value, (bytes, complex)):
            raise FormulaError(f"{formula!r}: only numbers and words are allowed")
    return tree


@cache
def names_in(formula: str) -> frozenset[str]:
    """The names a formula uses, its own loop variables left out."""
    tree = _parse(formula)
    stored = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name)) - stored


class Formulas:
    """Names and their values, and the running of formulas over them.

    Parameters
    ----------
    names : mapping, optional
        Values to begin with; lists become rows.
    """

    def __init__(self, names: Mapping[str, Any] | None = None):
        self._values: dict[str, Any] = {}
        self._interpreter = _Interpreter(
            symtable={**FUNCTIONS, **_modules()}, use_numpy=False, minimal=True, max_statement_length=5000
        )
        del self._interpreter.symtable["print"]  # asteval puts it there whatever it is given
        self._interpreter.node_handlers["listcomp"] = self._interpreter.on_listcomp
        self._interpreter.node_handlers["ifexp"] = self._interpreter.on_ifexp
        for name, value in (names or {}).items():
            self[name] = value

    def also(self, names: Mapping[str, Any]) -> Formulas:
        """The same names and some more, on their own."""
        return Formulas({**self._values, **names})

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if name in FUNCTIONS or name in MODULES:
            raise FormulaError(f"{name!r} is the name of a function; choose another")
        self._values[name] = value
        self._interpreter.symtable[name] = value

    def run(self, formula: str) -> Any:
        """The value of a formula.

        Raises
        ------
        FormulaError
            If it is not a formula, uses unknown names, or fails for another reason than the package's refusal.
        InputError
            If a function of mrtlab refuses; with its own message.
        """
        tree = _parse(formula)
        unknown = sorted(name for name in names_in(formula) if name not in self._interpreter.symtable)
        if unknown:
            known = sorted({*self._values, *FUNCTIONS, *MODULES} - {"True", "False", "None"})
            near = difflib.get_close_matches(unknown[0], known, 3, 0.6)
            there = f"did you mean {', '.join(near)}?" if near else f"there are: {', '.join(known)}"
            raise FormulaError(f"{formula!r} uses {', '.join(unknown)}, which is not known here; {there}")
        interpreter = self._interpreter
        interpreter.error, interpreter.error_msg, interpreter.retval, interpreter.expr = [], None, None, formula
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", PlausibilityWarning)
                with np.errstate(all="raise", under="ignore"):
                    value = interpreter.run(tree.body)
        except FormulaError as error:
            raise FormulaError(f"{formula!r}: {error}") from None
        except InputError:
            raise
        except Exception as error:  # whatever a formula does wrong, its author needs one sentence
            raise FormulaError(f"{formula!r} fails: {type(error).__name__}: {error}") from None
        finally:
            for name in set(interpreter.symtable) - set(self._values) - set(FUNCTIONS) - set(MODULES):
                del interpreter.symtable[name]  # loop variables do not outlive their formula
        return row(value) if isinstance(value, list) and value and _numeric(value) else value


def _numeric(values: list) -> bool:
    return all(isinstance(item, (int, float, UFloat)) and not isinstance(item, bool) for item in values)
