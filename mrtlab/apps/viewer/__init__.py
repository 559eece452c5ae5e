"""The volume viewer: SPECT on CT with regions and a dose map, in slices and in three dimensions."""

from mrtlab.apps.viewer.scene import Scene
from mrtlab.apps.viewer.view import Viewer, view

__all__ = ["Scene", "Viewer", "view"]
