"""What unit grids are bounded by: streets, rivers, railways, walls, and compounds that stay whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .coverage import Geometries, Indices


class Strength(IntEnum):
    """How firmly a barrier bounds a unit grid (ours): cells that are too small merge across the weakest first."""

    NONE = 0  # no limit of a grid
    WEAK = 1  # service ways, small streams
    NORMAL = 2  # streets, walls
    STRONG = 3  # rivers, railways, trunk roads: not crossed while another way exists


@dataclass(frozen=True)
class Barriers:
    """Lines with the ``Strength`` of each, and compounds to keep whole; 2D, in the CRS of the communities.

    ``line`` holds LineStrings (outlines of water polygons among them), ``compound`` valid polygons.
    """

    line: Geometries
    strength: Indices
    compound: Geometries

    @classmethod
    def none(cls) -> Barriers:
        """No barrier at all."""
        nothing = np.array([], dtype=object)
        return cls(nothing, np.array([], dtype=np.intp), nothing)
