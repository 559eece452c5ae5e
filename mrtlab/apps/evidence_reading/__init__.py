"""Reading the evidence: two positions, two numbers of one survey, and tables as they were published."""

from mrtlab.apps.evidence_reading.model import EvidencePage
from mrtlab.apps.evidence_reading.view import page

__all__ = ["EvidencePage", "page"]
