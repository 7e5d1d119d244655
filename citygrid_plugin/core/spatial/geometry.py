"""Repairs of polygons as they arrive from outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from .coverage import Geometries

_POLYGON, _MULTIPOLYGON = 3, 6
_LEAST_WIDTH = 0.001  # metres; ours: a narrower polygon is a residue, not a place


@dataclass(frozen=True)
class Repaired:
    """Valid (multi)polygons; ``mended`` and ``empty`` mark rows that were invalid or hold no area."""

    polygon: Geometries
    mended: NDArray[np.bool_]
    empty: NDArray[np.bool_]


def polygonal(geometries: Geometries) -> Repaired:
    """Valid two-dimensional (multi)polygons.

    What has no area (null, empty, a line, a coordinate that is no number) becomes empty.
    """
    geometries = shapely.force_2d(geometries)
    geometries[unplaced(geometries)] = shapely.Polygon()
    mended = ~shapely.is_missing(geometries) & ~shapely.is_valid(geometries)
    result = geometries.copy()
    result[mended] = shapely.make_valid(geometries[mended])
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(result), (_POLYGON, _MULTIPOLYGON)))
    result[mixed] = [_only_polygons(geometry) for geometry in result[mixed]]
    return Repaired(result, mended, shapely.is_empty(result))


def has_width(polygons: Geometries) -> NDArray[np.bool_]:
    """Which polygons (in metres) are on the mean wider than 1 mm (ours)."""
    return 2 * shapely.area(polygons) > _LEAST_WIDTH * shapely.length(polygons)


def unplaced(geometries: Geometries) -> NDArray[np.bool_]:
    """Which geometries have no place: null, empty, or with a coordinate that is not a finite number."""
    xy, row = shapely.get_coordinates(geometries, return_index=True)
    result = shapely.is_missing(geometries) | shapely.is_empty(geometries)
    result[row[~np.isfinite(xy).all(axis=1)]] = True
    return result


def _only_polygons(geometry: shapely.Geometry | None) -> shapely.Geometry:
    """The polygons of a collection as one geometry; an empty polygon where there are none."""
    parts = shapely.get_parts(shapely.get_parts(np.array([geometry], dtype=object)))
    return shapely.union_all(parts[shapely.get_type_id(parts) == _POLYGON]) if len(parts) else shapely.Polygon()
