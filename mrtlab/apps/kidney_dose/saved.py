"""Taking up what was saved on an earlier visit: nothing in the file is believed before it has been looked at."""

from __future__ import annotations

import traitlets as t

from mrtlab.errors import InputError

__all__ = ["CHOSEN", "COMMITTED", "restore"]

CHOSEN = ("region", "used", "curve", "cv_percent", "mass_g", "mass_u_g")
COMMITTED = ("prediction", "skipped", "decision", "reason", "discussion")
_OF_REGION = ("region", "used", "mass_g", "mass_u_g")


def restore(model, state: dict) -> tuple[str, ...]:
    """Set what fits; return the names of what does not (another version, a damaged file), which stay as they are.

    Parameters
    ----------
    model : KidneyDose
        Its traits know what they allow.
    state : dict
        As it came from the file.
    """
    names = [name for name in (*CHOSEN, *COMMITTED) if name in state]
    left_out = []
    if "region" in names and state["region"] not in model.table.regions:
        # the points and the mass were those of a region that is not there
        left_out = [name for name in names if name in _OF_REGION]
    elif "region" in names:
        model.choose(state["region"])
    for name in names:
        if name == "region" or name in left_out:
            continue
        try:
            setattr(model, name, _checked(model, name, state[name]))
        except (t.TraitError, InputError, OverflowError, UnicodeEncodeError):
            left_out.append(name)
    if "decision" in left_out:
        model.reason = model.discussion = ""  # they were about it
    return tuple(left_out)


def _checked(model, name: str, value):
    """What the traits let pass, but JSON may hold."""
    if name == "used":
        right = isinstance(value, list) and len(value) == len(model.used) and True in value
        if not right or not all(isinstance(one, bool) for one in value):
            raise InputError(f"used must be {len(model.used)} times true or false, one of them true, got {value!r}")
        return tuple(value)
    if isinstance(value, bool) and name != "skipped":  # true is 1 to Python
        raise InputError(f"{name} must not be {value}")
    if isinstance(value, str):
        value.encode("utf-8")  # half of a surrogate pair cannot be written again, nor sent to the browser
    return value
