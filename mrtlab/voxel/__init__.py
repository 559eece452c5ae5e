"""Dose in voxels: kernels, dose maps, dose-volume histograms.

Arrays have the axes (z, y, x) and so have voxel edges, in mm. Activities are MBq·h per voxel, doses Gy.
"""

from mrtlab.voxel.convolution import convolve, dose_map
from mrtlab.voxel.dvh import Dvh
from mrtlab.voxel.kernels import KernelBalance, KernelEnergy, kernel, kernel_balance, kernel_energy

__all__ = [
    "Dvh",
    "KernelBalance",
    "KernelEnergy",
    "convolve",
    "dose_map",
    "kernel",
    "kernel_balance",
    "kernel_energy",
]
