"""A worksheet: visits, scanner and staff minutes of protocols, beside the precision that each buys."""

from mrtlab.apps.resources.model import ResourcesPage
from mrtlab.apps.resources.view import page

__all__ = ["ResourcesPage", "page"]
