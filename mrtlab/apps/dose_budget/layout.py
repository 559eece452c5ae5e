"""The controls of the dose-and-uncertainty page and where they stand."""

from __future__ import annotations

from mrtlab.apps.controls import (
    Button,
    Choice,
    Details,
    Download,
    Figure,
    Flag,
    Flags,
    Group,
    Page,
    Row,
    Section,
)
from mrtlab.apps.dose_budget import pictures, words
from mrtlab.apps.dose_budget.model import EDGES_MM, NUCLIDES, ORGANS, QUESTIONS, RANGES, SPHERE_NUCLIDES
from mrtlab.apps.sections import SectionsLayout

__all__ = ["INPUTS", "SEEN", "Layout"]

#: The inputs each section depends on. Sections have the names of their questions.
INPUTS = {
    "mass": ("tia_mbq_h", "mass_g", "organ", "nuclide"),
    "spheres": ("sphere_tia_mbq_h", "sphere_g", "sphere_nuclide"),
    "voxels": ("diameter_mm", "ratio", "edge_mm", "voxel_nuclide"),
    "budget": (
        "volume_ml",
        "outline_voxel_mm",
        "outline_fwhm_mm",
        "image_fwhm_mm",
        "b1_ml",
        "b1_percent",
        "b2",
        "b2_percent",
        "correlation",
        "sensitivity_percent",
        "tia_percent",
        "s_exponent",
    ),
}
SEEN = 4  # of the budget's inputs; the others are behind "more"
_TITLES = {
    "mass": "How much does the mass decide?",
    "spheres": "What does a small sphere keep?",
    "voxels": "Where does a kernel put the dose?",
    "budget": "What makes the dose uncertain?",
}


class Layout(SectionsLayout):
    """Makes controls and page; what they do is the view's."""

    RANGES = RANGES
    words = words

    def _make(self):
        self._make_fields()
        self._make_questions(QUESTIONS)
        self.figures = {
            name: Figure(
                getattr(pictures, f"{name}_draw"),
                getattr(pictures, f"{name}_alt"),
                getattr(pictures, f"{name}_numbers"),
                axes=getattr(pictures, f"{name}_axes"),
                height=400,
            )
            for name in QUESTIONS
        }
        self.flags = {name: Flags() for name in QUESTIONS}
        self._make_results(words.COMMITTED)
        self.download = Download(
            "Download the budget as CSV",
            "dose_budget.csv",
            lambda: self.model.budget_csv().encode("utf-8"),
            "text/csv",
        )
        self.presets = {
            "lesion": Button("Small lesion, 3 mL", on_click=lambda _: self._preset("lesion")),
            "kidney": Button("Kidney, 150 mL", on_click=lambda _: self._preset("kidney")),
        }
        self._make_page()

    def _make_fields(self):
        self.fields = {
            "tia_mbq_h": self._number("tia_mbq_h", "Time-integrated activity of the organ", "MBq·h"),
            "mass_g": self._number("mass_g", "Mass of the patient's organ", "g"),
            "sphere_tia_mbq_h": self._number("sphere_tia_mbq_h", "Time-integrated activity of the sphere", "MBq·h"),
            "sphere_g": self._number("sphere_g", "Mass of the sphere", "g"),
            "diameter_mm": self._slider("diameter_mm", "Diameter of the hot sphere", "mm", 1),
            "ratio": self._slider("ratio", "Hot over background", "", 1),
            "volume_ml": self._number("volume_ml", "Volume outlined", "mL"),
            "outline_voxel_mm": self._slider("outline_voxel_mm", "Voxel of the outline's image", "mm", 0.1),
            "outline_fwhm_mm": self._slider("outline_fwhm_mm", "FWHM of the outline's image", "mm", 0.5),
            "image_fwhm_mm": self._slider("image_fwhm_mm", "FWHM of the SPECT", "mm", 0.5),
            "b1_ml": self._number("b1_ml", "Volume with recovery ½, b1", "mL"),
            "b1_percent": self._slider("b1_percent", "u of b1", "%", 0.5),
            "b2": self._number("b2", "Steepness, b2", ""),
            "b2_percent": self._slider("b2_percent", "u of b2", "%", 0.5),
            "correlation": self._slider("correlation", "Correlation of b1 and b2", "", 0.01),
            "sensitivity_percent": self._slider("sensitivity_percent", "u of the sensitivity", "%", 0.5),
            "tia_percent": self._slider("tia_percent", "u of the curve fit", "%", 0.5),
            "s_exponent": self._slider(
                "s_exponent", "Exponent of the S value", "", 0.01, help="S goes with V to minus this"
            ),
        }
        self.chosen = {
            "organ": Choice("Organ of the phantom", [(name, name) for name in ORGANS]),
            "nuclide": Choice("Nuclide in the organ", [(name, name) for name in NUCLIDES]),
            "sphere_nuclide": Choice("Nuclide in the sphere", [(name, name) for name in SPHERE_NUCLIDES]),
            "voxel_nuclide": Choice("Nuclide in the voxels", [(name, name) for name in SPHERE_NUCLIDES]),
            "edge_mm": Choice("Voxel edge", [(f"{edge} mm", edge) for edge in EDGES_MM]),
        }

    def _make_page(self):
        every = self.fields | self.chosen
        chain = [every[name] for name in INPUTS["budget"]]
        self.more = Details("More: recovery, calibration, fit", [Group("Parameters", chain[SEEN:])])
        controls = {
            "mass": [
                Group("Measurement (illustrative)", [every["tia_mbq_h"], every["mass_g"]]),
                Group("Model", [every["organ"], every["nuclide"]]),
            ],
            "spheres": [
                Group("Lesion (illustrative)", [every["sphere_tia_mbq_h"], every["sphere_g"]]),
                Group("Model", [every["sphere_nuclide"]]),
            ],
            "voxels": [
                Group("Phantom (illustrative)", [every["diameter_mm"], every["ratio"]]),
                Group("Model", [every["voxel_nuclide"], every["edge_mm"]]),
            ],
            "budget": [Group("Outline and image (illustrative)", chain[:SEEN]), self.more],
        }
        self.doubt = Flag()
        extra = {"budget": [self.doubt, Row([*self.presets.values(), self.download])]}
        self.sections = {
            name: Section(
                _TITLES[name],
                controls=controls[name],
                figure=self.figures[name],
                under=[
                    self.results[name],
                    self.said_of[name],
                    self.flags[name],
                    *extra.get(name, ()),
                    self.same[name],
                ],
            )
            for name in QUESTIONS
        }
        children = [self.left_out]
        for name, section in self.sections.items():
            children += [self._ask(name), section]
        self.page = Page(
            "Dose, and how sure it is",
            [*children, self.reset],
            crumbs=[("mrtlab", "../index.ipynb"), ("Foundations", None), ("Dose and uncertainty", None)],
            subtitle="40 min · level: judge · illustrative patients, computed kernels",
            units="MBq · h · Gy",
            foot=False,
        )
