"""The exercises: the list, and one page for all of them.

In a notebook: ``exercise.page("kidney-tia")``, or ``exercise.page()`` for the list.
"""

from mrtlab.apps.exercise.entry import page
from mrtlab.apps.exercise.model import Work

__all__ = ["Work", "page"]
