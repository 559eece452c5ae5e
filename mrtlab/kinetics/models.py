"""The seven curves: sums of exponentials that never fall slower than physical decay.

Every curve is ``A(t) = sum_k c_k exp(-lambda_k t)``. Each rate is ``lambda_k = lambda_p + b_k`` with a biological
rate ``b_k >= 0``, or physical decay alone, so a rate below physical decay cannot be written down. The weights
``c_k`` are fixed combinations of the free amplitudes. Values, integrals and derivatives of all curves therefore
come from the same few lines.

After Kletting et al., Med Phys 2013;40:102504 (NUKFIT); the names are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["MODELS", "Model"]


@dataclass(frozen=True)
class Model:
    """The shape of a time-activity curve.

    Attributes
    ----------
    name : str
    title : str
        For people.
    formula : str
    rates : int
        Number of free biological rates.
    mixing : tuple of tuple of float
        Row k, column j: how much of amplitude j stands before exponential k. Exponentials are in the order of
        the biological rates; a last one, if there is one more, decays physically.
    within : tuple of str
        More general models of which this one is a special case.
    uptake : int or None
        Which rate (from 0) describes uptake; None for curves that only fall.

    References
    ----------
    Kletting et al., Med Phys 2013;40:102504, doi:10.1118/1.4820367.
    """

    name: str
    title: str
    formula: str
    rates: int
    mixing: tuple[tuple[float, ...], ...]
    within: tuple[str, ...] = ()
    uptake: int | None = None

    @property
    def amplitudes(self) -> int:
        """Number of free amplitudes."""
        return len(self.mixing[0])

    @property
    def parameters(self) -> int:
        """Number of free parameters."""
        return self.amplitudes + self.rates

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """``a1_mbq`` ..., then ``b1_per_h`` ..."""
        return (
            *(f"a{j + 1}_mbq" for j in range(self.amplitudes)),
            *(f"b{k + 1}_per_h" for k in range(self.rates)),
        )

    def total_rates(self, biological, physical_per_h) -> list:
        """Rate of every exponential, per hour, for floats or ufloats."""
        total = [physical_per_h + b for b in biological]
        return total if len(total) == len(self.mixing) else [*total, physical_per_h]

    def weights(self, amplitudes) -> list:
        """Weight of every exponential, MBq, for floats or ufloats."""
        return [
            sum(share * amplitude for share, amplitude in zip(row, amplitudes, strict=True) if share)
            for row in self.mixing
        ]

    def basis(self, times_h, biological, physical_per_h) -> np.ndarray:
        """Curve of each unit amplitude at the times, shape (..., times, amplitudes) for rates of shape (..., rates)."""
        rates = physical_per_h + np.asarray(biological, dtype=float)
        if rates.shape[-1] < len(self.mixing):
            rates = np.concatenate([rates, np.full((*rates.shape[:-1], 1), physical_per_h)], axis=-1)
        decays = np.exp(-np.asarray(times_h, dtype=float)[:, None] * rates[..., None, :])
        return decays @ np.asarray(self.mixing)

    def jacobian(self, times_h, amplitudes, biological, physical_per_h) -> np.ndarray:
        """Derivative of the activity by each parameter, shape (times, parameters)."""
        times_h = np.asarray(times_h, dtype=float)
        rates = np.asarray(self.total_rates(biological, physical_per_h), dtype=float)
        decays = np.exp(-np.outer(times_h, rates))
        weights = np.asarray(self.weights(amplitudes), dtype=float)
        by_rate = -times_h[:, None] * decays * weights
        return np.hstack([decays @ np.asarray(self.mixing), by_rate[:, : self.rates]])

    def integral(self, amplitudes, biological, physical_per_h):
        """Time-integrated activity from zero to infinity, MBq·h, for floats or ufloats."""
        rates = self.total_rates(biological, physical_per_h)
        return sum(weight / rate for weight, rate in zip(self.weights(amplitudes), rates, strict=True))

    def integral_after(self, time_h, amplitudes, biological, physical_per_h) -> float:
        """Time-integrated activity from ``time_h`` to infinity, MBq·h."""
        rates = self.total_rates(biological, physical_per_h)
        return float(
            sum(w / rate * np.exp(-rate * time_h) for w, rate in zip(self.weights(amplitudes), rates, strict=True))
        )


_IDENTITY_2 = ((1.0, 0.0), (0.0, 1.0))

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model(
            "phys",
            "physical decay only",
            "A1·exp(-λp·t)",
            0,
            ((1.0,),),
            ("mono", "bi_phys", "uptake", "bi", "uptake_bi", "tri"),
        ),
        Model(
            "mono",
            "mono-exponential",
            "A1·exp(-(λp+b1)·t)",
            1,
            ((1.0,),),
            ("bi_phys", "uptake", "bi", "uptake_bi", "tri"),
        ),
        Model(
            "bi_phys",
            "bi-exponential with a physical tail",
            "A1·exp(-(λp+b1)·t) + A2·exp(-λp·t)",
            1,
            _IDENTITY_2,
            ("bi", "uptake_bi", "tri"),
        ),
        Model(
            "uptake",
            "uptake and wash-out",
            "A1·[exp(-(λp+b1)·t) - exp(-(λp+b2)·t)]",
            2,
            ((1.0,), (-1.0,)),
            ("uptake_bi",),
            uptake=1,
        ),
        Model(
            "bi",
            "bi-exponential",
            "A1·exp(-(λp+b1)·t) + A2·exp(-(λp+b2)·t)",
            2,
            _IDENTITY_2,
            ("uptake_bi", "tri"),
        ),
        Model(
            "uptake_bi",
            "uptake and bi-exponential wash-out",
            "A1·exp(-(λp+b1)·t) + A2·exp(-(λp+b2)·t) - (A1+A2)·exp(-(λp+b3)·t)",
            3,
            (*_IDENTITY_2, (-1.0, -1.0)),
            uptake=2,
        ),
        Model(
            "tri",
            "tri-exponential",
            "A1·exp(-(λp+b1)·t) + A2·exp(-(λp+b2)·t) + A3·exp(-(λp+b3)·t)",
            3,
            ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
        ),
    )
}
