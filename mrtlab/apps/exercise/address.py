"""What the address of a page asks for."""

from __future__ import annotations

import os
from urllib.parse import parse_qs

__all__ = ["in_dashboard", "wanted"]


def wanted(environment=os.environ) -> str:
    """The exercise an address such as ``…/exercises.ipynb?exercise=kidney-tia`` asks for; "" for none.

    Whatever stands there is returned as it is: whoever uses it looks it up among what there is.
    """
    found = parse_qs(environment.get("QUERY_STRING", ""), max_num_fields=20).get("exercise", [])
    return found[0].strip() if found else ""


def in_dashboard(environment=os.environ) -> bool:
    """Whether this page is served by Voilà, where every exercise has its own address."""
    return environment.get("SERVER_SOFTWARE", "").startswith("voila/")
