"""What was published: doses per activity, and tolerance doses with where they come from. Shown, never chosen."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mrtlab import _check, _numbers
from mrtlab.constants import sources as source_of
from mrtlab.constants import value
from mrtlab.errors import InputError
from mrtlab.planning import Constraint, TissueDose

__all__ = ["PublishedDose", "Tolerance", "dose_per_activity", "expected_per_activity", "tolerance"]

#: The kidneys' name in every table and result.
KIDNEYS = "kidneys"


@dataclass(frozen=True)
class PublishedDose:
    """Absorbed dose per administered activity of one tissue in one study.

    Attributes
    ----------
    tissue, drug, study : str
    kind : {"mean", "median", "range"}
    gy_per_mbq : float or None
        The mean or the median; None where only a range is known.
    sd_gy_per_mbq : float or None
        Standard deviation between patients (it is not the uncertainty of the mean).
    range_gy_per_mbq : tuple of float or None
        Smallest and largest.
    text : str
        As the source prints it, in Gy/GBq.
    status : str
        ``"published"`` or ``"recalled"``.
    sources : tuple of str
    """

    tissue: str
    drug: str
    study: str
    kind: str
    gy_per_mbq: float | None
    sd_gy_per_mbq: float | None
    range_gy_per_mbq: tuple[float, float] | None
    text: str
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Tolerance:
    """A tolerance dose as its source puts it, to be offered to the physician.

    Attributes
    ----------
    tissue : str
    quantity : {"absorbed dose", "BED"}
    gy : tuple of float
        One number; two if the source leaves both open.
    text, condition : str
        In words, and when it holds.
    from_external_beam : bool
        Whether it was found with external beam radiotherapy, whose dose rate and fractions are others.
    status : str
        ``"published"`` or ``"recalled"``.
    sources : tuple of str
    """

    tissue: str
    quantity: str
    gy: tuple[float, ...]
    text: str
    condition: str
    from_external_beam: bool
    status: str
    sources: tuple[str, ...]

    def constraint(self, dose_gy: float | None = None) -> Constraint:
        """The value as a limit in a prescription, which only a physician can make of it.

        Parameters
        ----------
        dose_gy : float, optional
            Needed, and within the numbers published, where there are two.

        Raises
        ------
        InputError
            If a decision is missing, or lies outside what was published.
        """
        if dose_gy is None:
            if len(self.gy) > 1:
                both = " and ".join(f"{gy:g}" for gy in self.gy)
                raise InputError(f"'{self.text}' leaves {both} Gy open: give dose_gy, as the physician decides")
            dose_gy = self.gy[0]
        dose_gy = _numbers.single("dose_gy", dose_gy)
        if not min(self.gy) <= dose_gy <= max(self.gy):
            raise InputError(
                f"dose_gy is {dose_gy:g}, and the source has '{self.text}'; for another dose make a Constraint"
            )
        told = f"{self.text} ({self.condition}); {source_of(self.sources[0]).citation}"
        return Constraint(self.tissue, "limit", dose_gy, self.quantity, told, self.from_external_beam)


def dose_per_activity(tissue: str | None = None, drug: str | None = None) -> tuple[PublishedDose, ...]:
    """The published absorbed doses per administered activity.

    Parameters
    ----------
    tissue : str, optional
        ``"kidneys"``, ``"liver"``, ``"spleen"``, ``"pituitary"``, ``"tumour"`` or ``"marrow"``; all if not given.
    drug : str, optional
        ``"Lu-177-DOTATATE"``, ``"Lu-177-DOTATOC"`` or ``"Y-90-DOTATOC"``; all if not given.

    Returns
    -------
    tuple of PublishedDose
        They come from different patients, methods and recovery corrections: read the column ``text``.

    Raises
    ------
    InputError
        For a tissue or drug that the table does not have, alone or together.

    References
    ----------
    Those of each row.
    """
    return _rows(_doses(), tissue=tissue, drug=drug)


def expected_per_activity(tissue: str = KIDNEYS) -> TissueDose:
    """Dose per activity to expect of a patient about whom nothing is known, as a log-normal distribution.

    Parameters
    ----------
    tissue : {"kidneys"}
        For other tissues there is no value that a plan could rest on; give :class:`mrtlab.planning.TissueDose`.

    Returns
    -------
    TissueDose
        Median 0.60 Gy/GBq, geometric standard deviation 1.40, for Lu-177-DOTATATE with amino acids.

    Raises
    ------
    InputError
        For another tissue.

    References
    ----------
    ``prrt.kidney_median_gy_per_gbq``, ``prrt.kidney_gsd``
    """
    if not isinstance(tissue, str) or tissue != KIDNEYS:
        raise InputError(
            f"tissue is {tissue!r}, and there is a default only for 'kidneys'; give TissueDose(median_gy_per_mbq, gsd) "
            "of your own patients, with dose_per_activity as a yardstick"
        )
    return TissueDose(value("prrt.kidney_median_gy_per_gbq") / 1000, value("prrt.kidney_gsd"))


def tolerance(tissue: str | None = None, quantity: str | None = None) -> tuple[Tolerance, ...]:
    """Tolerance doses from the literature, with their sources and whether they come from external beam.

    Parameters
    ----------
    tissue : {"kidneys", "marrow"}, optional
        All if not given.
    quantity : {"absorbed dose", "BED"}, optional

    Returns
    -------
    tuple of Tolerance
        None of them is mrtlab's recommendation, and no function of mrtlab applies one that was not given to it.

    Raises
    ------
    InputError
        For a tissue or quantity that the table does not have. Spleen, liver and tumours have no accepted limit.

    References
    ----------
    Those of each row.
    """
    return _rows(_tolerances(), tissue=tissue, quantity=quantity)


def _rows(table, **wanted):
    for name, word in wanted.items():
        if word is not None:
            _check.choice(name, word, tuple(dict.fromkeys(getattr(row, name) for row in table)))
    found = tuple(
        row for row in table if all(word is None or getattr(row, name) == word for name, word in wanted.items())
    )
    if not found:
        told = " and ".join(f"{name} {word!r}" for name, word in wanted.items())
        raise InputError(f"the table has nothing for {told} together")
    return found


@cache
def read_table() -> dict:
    """All of data/prrt.toml."""
    return tomllib.loads(files("mrtlab").joinpath("data/prrt.toml").read_text(encoding="utf-8"))


def _per_mbq(number: float | None) -> float | None:
    return None if number is None else number / 1000


@cache
def _doses() -> tuple[PublishedDose, ...]:
    return tuple(
        PublishedDose(
            tissue=row["tissue"],
            drug=row["drug"],
            study=row["study"],
            kind=row["kind"],
            gy_per_mbq=_per_mbq(row.get("value")),
            sd_gy_per_mbq=_per_mbq(row.get("sd")),
            range_gy_per_mbq=(row["low"] / 1000, row["high"] / 1000) if "low" in row else None,
            text=row["text"],
            status=source_of(row["source"]).status,
            sources=(row["source"],),
        )
        for row in read_table()["dose"]
    )


@cache
def _tolerances() -> tuple[Tolerance, ...]:
    return tuple(
        Tolerance(
            tissue=row["tissue"],
            quantity=row["quantity"],
            gy=tuple(float(gy) for gy in row["gy"]),
            text=row["text"],
            condition=row["condition"],
            from_external_beam=row["from_external_beam"],
            status=source_of(row["source"]).status,
            sources=(row["source"],),
        )
        for row in read_table()["tolerance"]
    )
