"""What no number of PRRT may be: the rules it shares with PSMA."""

from mrtlab.planning.ligands import (
    LN2,
    activity,
    alone,
    half_life,
    known,
    marrow_s_value,
    one_number,
    per_mbq,
    relative,
)

__all__ = ["LN2", "activity", "alone", "half_life", "known", "marrow_s_value", "one_number", "per_mbq", "relative"]
