"""What unit grids are bounded by: streets, rivers, railways, walls, and compounds that stay whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Geometries, Indices
from citygrid_plugin.core.spatial.geometry import has_width, polygonal

Bounds = tuple[float, float, float, float]

_LINE, _AREA = 1, 2  # dimensions


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

    @classmethod
    def together(cls, parts: Iterable[Barriers]) -> Barriers:
        """All barriers of several layers."""
        every = [cls.none(), *parts]
        return cls(
            np.concatenate([part.line for part in every]),
            np.concatenate([part.strength for part in every]),
            np.concatenate([part.compound for part in every]),
        )


def line_barriers(
    geometry: Geometries, strength: Indices, water: NDArray[np.bool_] | None = None, extent: Bounds | None = None
) -> Barriers:
    """The lines of geometries, and the outlines (all rings) of polygons, as far as their strength is not NONE.

    ``geometry``: lines and polygons of any kind in metres; null, empty and point geometries give nothing.
    Polygons marked ``water`` that touch are one water, so no limit crosses a river where its area is divided.
    ``extent``: lines are cut off at this box.
    """
    water = np.zeros(len(geometry), dtype=bool) if water is None else water
    rows = np.flatnonzero((strength > Strength.NONE) & ~shapely.is_missing(geometry))
    # A multi-geometry first, then a collection of them.
    parts, inner = shapely.get_parts(geometry[rows], return_index=True)
    parts, outer = shapely.get_parts(parts, return_index=True)
    parts, row = shapely.force_2d(parts), rows[inner[outer]]
    area = shapely.get_dimensions(parts) == _AREA
    wet = area & water[row]
    lines, of_line = _lines(parts[~wet], strength[row[~wet]])
    shores = [_lines(_united(parts[wet & (strength[row] == level)]), level) for level in Strength if wet.any()]
    line = np.concatenate([lines, *(shore for shore, _ in shores)])
    level = np.concatenate([of_line, *(levels for _, levels in shores)])
    if extent is not None:
        line, which = _cut_off(line, extent)
        level = level[which]
    return Barriers(line, level, Barriers.none().compound)


def compound_barriers(geometry: Geometries, extent: Bounds | None = None) -> Barriers:
    """The polygons of geometries in metres, repaired, as compounds; those outside ``extent`` are left out."""
    parts = shapely.get_parts(polygonal(geometry).polygon)
    parts = parts[has_width(parts)]
    if extent is not None:
        parts = parts[shapely.intersects(parts, shapely.box(*extent))]
    return Barriers(Barriers.none().line, Barriers.none().strength, parts)


def _lines(parts: Geometries, strength: Indices | Strength) -> tuple[Geometries, Indices]:
    """LineStrings of single lines and polygons, and the strength of each; without those that have no length."""
    strength = np.broadcast_to(np.asarray(strength, dtype=np.intp), len(parts))
    dimension = shapely.get_dimensions(parts)
    outline, of_outline = shapely.get_parts(shapely.boundary(parts[dimension == _AREA]), return_index=True)
    plain = parts[dimension == _LINE]
    ring = shapely.get_type_id(plain) == shapely.GeometryType.LINEARRING
    plain[ring] = [shapely.LineString(line) for line in plain[ring]]
    line = np.r_[plain, outline]
    level = np.r_[strength[dimension == _LINE], strength[dimension == _AREA][of_outline]]
    long = shapely.length(line) > 0
    return line[long], level[long]


def _united(polygons: Geometries) -> Geometries:
    """Polygons that touch or overlap, as one each."""
    if not len(polygons):
        return polygons
    return shapely.get_parts(shapely.union_all(polygonal(polygons).polygon))


def _cut_off(lines: Geometries, extent: Bounds) -> tuple[Geometries, Indices]:
    """The parts of lines inside a box, and the line that each is of; lines inside stay as they are."""
    west, south, east, north = extent
    x1, y1, x2, y2 = shapely.bounds(lines).T
    apart = (x2 < west) | (x1 > east) | (y2 < south) | (y1 > north)
    crossing = ~apart & ((x1 < west) | (x2 > east) | (y1 < south) | (y2 > north))
    result = lines.copy()
    result[crossing] = shapely.clip_by_rect(lines[crossing], *extent)
    kept = np.flatnonzero(~apart)
    parts, which = shapely.get_parts(result[kept], return_index=True)
    line = (shapely.get_dimensions(parts) == _LINE) & ~shapely.is_empty(parts)
    return parts[line], kept[which[line]]
