"""Rows that leave a hospital: three centres' files with errors to be found, merged into one."""

from mrtlab.apps.registry.model import RegistryPage
from mrtlab.apps.registry.view import page

__all__ = ["RegistryPage", "page"]
