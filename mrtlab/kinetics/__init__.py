"""Time-activity curves, their fits, and the time-integrated activity with its uncertainty."""

from mrtlab.kinetics.curve import TimeActivity

__all__ = ["TimeActivity"]
