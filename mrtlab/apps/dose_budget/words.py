"""What the dose-and-uncertainty page asks and says; its pictures are in ``pictures``."""

from __future__ import annotations

from mrtlab.apps import sections
from mrtlab.apps.dose_budget.found import Grid, Mass, Spheres, Uncertain
from mrtlab.apps.dose_budget.model import HOT_MBQ_H_PER_ML, RIGHT, DoseBudgetPage
from mrtlab.errors import Flag

HEADS = {
    "mass": "Before you look: the reference mass",
    "spheres": "Before you look: a small lesion",
    "voxels": "Before you look: a kernel",
    "budget": "Before you look: one volume, three places",
}
COMMITTED = {"mass": "mass", "spheres": "sphere", "voxels": "kernel", "budget": "budget"}
STORIES = {
    "mass": "The kidneys of a patient weigh 180 g together, those of the phantom that the S value is of 310 g.",
    "spheres": "A lesion of 1 g, all of it taken up evenly, and Y-90, whose electrons go up to 11 mm.",
    "voxels": "A sphere of 20 mm with ten times the concentration of the tissue around it, Y-90, 3 mm voxels, and an "
    "image without blur or noise.",
    "budget": "A lesion of 20 mL is outlined on CT. Its volume decides the counts, the recovery coefficient and the S "
    "value, and so its error enters three times. Somebody adds all contributions in quadrature, without covariances.",
}
ASKED = {
    "mass": "The dose by the unscaled S value is …",
    "spheres": "The part of the electron energy that stays in the lesion is …",
    "voxels": "A voxel kernel instead of local deposition moves, of the sphere, …",
    "budget": "The uncertainty of the dose without the covariances is …",
}
OPTIONS = {
    "mass": [
        ("too low by about 40 %", "low"),
        ("too low by about 10 %", "little low"),
        ("right within 5 %", "right"),
        ("too high by about 70 %", "high"),
    ],
    "spheres": [("above 0.9", "nearly all"), ("0.6 to 0.8", "most"), ("0.4 to 0.6", "half"), ("below 0.4", "little")],
    "voxels": [
        ("the mean more than D95", "mean"),
        ("D95 more than the mean", "d95"),
        ("neither by more than 2 %", "neither"),
    ],
    "budget": [("smaller", "smaller"), ("the same within a point", "same"), ("larger", "larger")],
}
_WHY = {
    "mass": "Energy per gram: the same activity in 180 instead of 310 g gives more dose, and the reference mass says "
    "**about 40 % too little**.",
    "spheres": "Half of the energy goes further than 2 mm, and the radius is 6 mm: **0.69** stays. The rest is not "
    "lost to the patient, only to the lesion.",
    "voxels": "What leaves the sphere leaves its rim: the voxels there fall most, and **D95 falls more than "
    "the mean**.",
    "budget": "It is **larger**: a volume drawn too large collects more counts and divides by more mass, and the two "
    "errors partly cancel.",
}
ORGAN_SPHERE = (
    "No S value of a phantom for this nuclide is at hand: the reference is a sphere of the organ's mass, both kidneys "
    "taken as one."
)


def compared(model: DoseBudgetPage, question: str) -> str:
    """The prediction beside what is so."""
    return sections.compared(model, question, OPTIONS[question], RIGHT[question], _WHY[question])


def _signed(share: float, digits: int) -> str:
    """A share in percent, with its sign as printed."""
    return f"{100 * share:+.{digits}f} %".replace("-", "−")


def gy(dose: float) -> str:
    """Three digits, trailing zeros kept, no exponent for large doses."""
    return f"{dose:.0f} Gy" if dose >= 1000 else f"{dose:#.3g}".rstrip(".") + " Gy"


def off(value: float, true: float) -> str:
    """A deviation in words."""
    percent = 100 * (value / true - 1)
    return f"{abs(percent):.{1 if abs(percent) < 100 else 0}f} % {'too high' if percent > 0 else 'too low'}"


def mass_result(found: Mass):
    """Lead, value, rest."""
    return (
        f"Dose for {found.mass_g:.4g} g:",
        gy(found.now_gy),
        f"unscaled {gy(found.reference_gy)}, {off(found.reference_gy, found.now_gy)} · local deposition "
        f"{gy(found.now_local_gy)}, {off(found.now_local_gy, found.now_gy)}",
    )


def mass_said(found: Mass) -> str:
    """What follows."""
    words = (
        "The electron part goes with 1/m. Of the photons more escape from a smaller organ: their part goes with "
        "(1/m)^{2/3} only. Local deposition leaves them out."
        if found.now_local_gy < found.now_gy
        else "The dose goes with 1/m. Electrons of this energy leave the organ near its surface; local deposition "
        "counts them as if they stayed, and so it is too high."
    )
    return words if found.exact else f"{words} {ORGAN_SPHERE}"


def spheres_result(found: Spheres):
    """Lead, value, rest."""
    photons = "no photons to speak of" if found.photon is None else f"of photons {found.photon:.3f} stays"
    return (
        f"{found.mass_g:.4g} g of {found.nuclide}, electrons absorbed:",
        f"{found.electron:.3f}",
        f"{photons} · dose {gy(found.dose_gy)}; with all electrons inside and no photon {gy(found.all_gy)}, "
        f"{off(found.all_gy, found.dose_gy)}",
    )


def spheres_said(model: DoseBudgetPage, found: Spheres) -> str:
    """What is lost."""
    electron, photon, deposited = model.energies(found.nuclide)
    out = electron * deposited * (1 - found.electron)
    start = f"Of {electron:.3f} MeV in electrons, **{out:.3f} MeV** per decay leave the sphere"
    if found.photon is None:
        return f"{start} and reach what lies around it. Bremsstrahlung comes on top and is not counted."
    return f"{start}, and of {photon:.3f} MeV in photons {photon * (1 - found.photon):.3f} MeV."


def voxels_result(found: Grid):
    """Lead, value, rest."""
    (mean, near), (other, far) = ((one.mean_gy, one.dose_at_volume(95)) for one in (found.local, found.kernel))
    return (
        "D95 of the sphere, kernel against local:",
        _signed(far / near - 1, 1),
        f"{gy(near)} → {gy(far)} · mean {_signed(other / mean - 1, 1)}, {gy(mean)} → {gy(other)}",
    )


def voxels_said(found: Grid) -> str:
    """What the numbers do not say."""
    words = (
        f"{found.voxels} voxels of {found.edge_mm:g} mm are in the sphere, with {HOT_MBQ_H_PER_ML:g} MBq·h/mL "
        f"(illustrative); the background ends with the grid, "
        f"{2 * abs(found.places_mm[0]) + found.edge_mm:.0f} mm wide. The activity is known here. A SPECT image is "
        "blurred by 10 mm and more: a kernel on top of it blurs twice, and local deposition is the better choice for "
        "Lu-177."
    )
    if found.kernel_gy.max() > found.local_gy.max():
        words += " The kernel also holds the photons, which local deposition leaves out: its plateau is higher."
    return words


def budget_result(found: Uncertain):
    """Lead, value, rest."""
    one = found.budget
    rest = f"covariances left out: {100 * one.correlation_neglected_rel:.1f} % · "
    if found.samples is None:
        return "Standard uncertainty of the dose:", f"{100 * one.total_rel:.1f} %", rest + "Monte Carlo is being drawn"
    low, high = found.samples.interval95
    return (
        "Standard uncertainty of the dose:",
        f"{100 * one.total_rel:.1f} %",
        f"{rest}Monte Carlo: u {100 * found.samples.std / found.samples.median:.1f} %, 95 % from {low:.2f} to "
        f"{high:.2f} times the dose",
    )


def budget_said(found: Uncertain) -> str:
    """Why shares go beyond 100 %."""
    one = found.budget
    shares, over = one.shares, max(one.shares.values())
    start = (
        f"The volume is uncertain by {100 * one.volume_rel:.0f} %, recovery is {one.recovery:.2f}. A volume drawn too "
        "large takes in more counts, which raises the dose; it also raises the recovery coefficient and the mass, "
        "which lower it. The errors have one cause"
    )
    start += " and partly cancel: the " if shares["covariance"] < 0 else ", and here they add up: the "
    start += f"covariance is **{_signed(shares['covariance'], 0)}** of the variance"
    if shares["covariance"] < 0 and over > 1:
        start += (
            f", and that is how a single share can be {100 * over:.0f} %: with the hatched bar they add up to 100 %"
        )
    return f"{start}."


def budget_doubt(found: Uncertain) -> str:
    """A sentence where first order is not enough."""
    one = found.budget
    if Flag.LINEARISATION_DOUBTFUL not in one.flags:
        return ""
    words = f"The volume is uncertain by {100 * one.volume_rel:.0f} %, the dose by {100 * one.total_rel:.0f} %: beyond "
    words += "30 % linear propagation is doubtful. Quote the interval of the Monte Carlo, not value ± u."
    if found.samples is not None:
        low, high = found.samples.interval95
        line = [1 - 1.96 * one.total_rel, 1 + 1.96 * one.total_rel]
        words += f" Linear it would be {line[0]:.2f} to {line[1]:.2f}, drawn it is {low:.2f} to {high:.2f}."
    return words


def other_flags(found: Uncertain) -> list[str]:
    """Flags but the one that has its own sentence."""
    return [flag.text for flag in found.budget.flags if flag != Flag.LINEARISATION_DOUBTFUL]
