"""The record of a case, filled and signed by role. :mod:`mrtlab.apps.record.store` keeps records for every page."""

from mrtlab.apps.record.model import RecordPage
from mrtlab.apps.record.view import page

__all__ = ["RecordPage", "page"]
