"""Places of records: brought into one CRS, checked, compared, and found in a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from .coverage import Floats, Geometries, Indices
from .datum import Datum, to_wgs84
from .progress import Progress, silent

_POINT, _MULTI = 0, (4, 5, 6)
_WGS84 = 4326
_CHUNK = 100_000


@dataclass(frozen=True)
class Moved:
    """Geometries in the target CRS, two-dimensional; None where a record has no place.

    ``heights``: how many had one.
    """

    geometry: Geometries
    heights: int


def moved(geometry: Geometries, source: pyproj.CRS, target: pyproj.CRS, datum: Datum) -> Moved:
    """Bring geometries from ``source`` (in ``datum``) into ``target``.

    Empty geometries and those with a coordinate that is no number or that the change of CRS cannot
    reach become None; a multi-geometry of one part becomes that part.
    """
    heights = int(shapely.has_z(geometry).sum())
    flat = shapely.force_2d(geometry) if heights else geometry.copy()
    flat[shapely.is_empty(flat)] = None
    single = np.isin(shapely.get_type_id(flat), _MULTI) & (shapely.get_num_geometries(flat) == 1)
    flat[single] = shapely.get_geometry(flat[single], 0)

    xy, row = shapely.get_coordinates(flat, return_index=True)
    if datum is not Datum.STATED:
        degrees = pyproj.Transformer.from_crs(source, _WGS84, always_xy=True)
        xy = to_wgs84(np.column_stack(degrees.transform(*xy.T)), datum)
        source = pyproj.CRS.from_epsg(_WGS84)
    if source != target:
        xy = np.column_stack(pyproj.Transformer.from_crs(source, target, always_xy=True).transform(*xy.T))
    if not len(xy):
        return Moved(flat, heights)
    lost = ~np.isfinite(xy).all(axis=1)
    flat = shapely.set_coordinates(flat, np.where(lost[:, None], 0.0, xy))
    flat[row[lost]] = None
    return Moved(flat, heights)


def locate(points: Geometries, polygons: Geometries, rank: NDArray[np.generic] | None = None) -> Indices:
    """Index of the polygon that each point lies in or on the edge of, -1 where there is none.

    Of several, the one of the lowest ``rank`` (a sortable value a polygon; its index where not given).
    """
    # Asked by polygon, the polygons are prepared: large ones cost no more than small ones.
    polygon, point = shapely.STRtree(points).query(polygons, predicate="intersects")
    place = np.arange(len(polygons)) if rank is None else np.unique(rank, return_inverse=True)[1]
    result = np.full(len(points), -1, dtype=np.intp)
    order = np.lexsort((-polygon, -place[polygon]))
    result[point[order]] = polygon[order]  # the last assignment holds: the lowest rank
    return result


@dataclass(frozen=True)
class Overlap:
    """For each geometry: the area (index) that holds most of it, -1 for none, and the share it holds."""

    index: Indices
    share: Floats


def largest_overlap(geometries: Geometries, areas: Geometries) -> Overlap:
    """The polygon of ``areas`` that holds the largest part of each polygon, line or multipoint.

    Ties go to the lower index. A geometry that only touches areas has none.
    """
    tree = shapely.STRtree(geometries)
    index = np.full(len(geometries), -1, dtype=np.intp)
    share = np.zeros(len(geometries))
    area, inside = tree.query(areas, predicate="covers")
    order = np.argsort(-area, kind="stable")
    index[inside[order]], share[inside[order]] = area[order], 1.0

    open_area, item = tree.query(areas, predicate="intersects")
    still = index[item] < 0
    open_area, item = open_area[still], item[still]
    dimension = shapely.get_dimensions(geometries)
    size = _size(shapely.intersection(geometries[item], areas[open_area]), dimension[item])
    order = np.lexsort((open_area, -size, item))
    order = order[size[order] > 0]
    first = order[np.r_[True, item[order][1:] != item[order][:-1]]] if len(order) else order
    index[item[first]] = open_area[first]
    whole = item[first]
    share[whole] = size[first] / _size(geometries[whole], dimension[whole])
    return Overlap(index, share)


def _size(pieces: Geometries, dimension: NDArray[np.int32]) -> Floats:
    """Area of pieces of polygons, length of those of lines, number of points; to the micrometre."""
    measures = [shapely.area(pieces), shapely.length(pieces)]
    size = np.select([dimension == 2, dimension == 1], measures, shapely.get_num_coordinates(pieces))  # noqa: PLR2004
    return np.round(size, 6)  # so that no tie is decided by rounding


def cell_of(geometry: Geometries, cells: Geometries, progress: Progress = silent) -> Indices:
    """Index of the cell that each geometry belongs to, -1 where there is none.

    A point on a shared edge belongs to the first of its cells, so cells come sorted by their code (the
    lowest code wins: ours). Lines and polygons belong to the cell with the largest part of them, in a
    tie to the first.
    """
    result = np.full(len(geometry), -1, dtype=np.intp)
    for start in range(0, len(geometry), _CHUNK):
        progress(start / len(geometry))
        rows = np.arange(start, min(start + _CHUNK, len(geometry)))
        point = _is_point(geometry[rows])
        result[rows[point]] = locate(geometry[rows[point]], cells)
        result[rows[~point]] = _largest_or_first(shapely.make_valid(geometry[rows[~point]]), cells)
    return result


def _largest_or_first(geometry: Geometries, cells: Geometries) -> Indices:
    """The cell with the largest part of each line or polygon, else the first one that it touches."""
    index = largest_overlap(geometry, cells).index
    none = np.flatnonzero(index < 0)
    cell, item = shapely.STRtree(geometry[none]).query(cells, predicate="intersects")
    order = np.argsort(-cell, kind="stable")
    index[none[item[order]]] = cell[order]
    return index


def first_alike(geometry: Geometries, group: Indices, tolerance: float) -> Indices:
    """For each geometry the index of the first one of its group at the same place, itself where none is.

    Points are alike within ``tolerance`` (metres); other geometries when all their vertices are.
    """
    result = np.arange(len(geometry))
    centre = shapely.get_coordinates(shapely.centroid(geometry))
    close = np.flatnonzero(_crowded(centre, group, tolerance))
    # Thousands of records at one spot (an address never looked up) would make millions of pairs.
    result[close] = _first_identical(close, geometry[close], centre[close], group[close])
    distinct = close[result[close] == close]
    points = shapely.points(centre[distinct])
    left, right = distinct[shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance)]
    wanted = (right < left) & (group[left] == group[right])
    left, right = left[wanted], right[wanted]
    extended = ~(_is_point(geometry[left]) & _is_point(geometry[right]))
    same = ~extended
    same[extended] = shapely.equals_exact(
        shapely.normalize(geometry[left[extended]]), shapely.normalize(geometry[right[extended]]), tolerance
    )
    np.minimum.at(result, left[same], right[same])
    return result


def _first_identical(rows: Indices, geometry: Geometries, centre: NDArray[np.float64], group: Indices) -> Indices:
    shape = np.zeros(len(rows), dtype=np.intp)
    extended = ~_is_point(geometry)
    shape[extended] = pd.factorize(shapely.to_wkb(shapely.normalize(geometry[extended])))[0] + 1
    table = pd.DataFrame({"row": rows, "group": group, "shape": shape, "x": centre[:, 0], "y": centre[:, 1]})
    return table.groupby(["group", "shape", "x", "y"], sort=False)["row"].transform("min").to_numpy()


def _is_point(geometry: Geometries) -> NDArray[np.bool_]:
    return shapely.get_type_id(geometry) == _POINT


def _crowded(xy: NDArray[np.float64], group: Indices, tolerance: float) -> NDArray[np.bool_]:
    """Points that may have a neighbour within the tolerance: some square of a lattice holds two of them.

    Of four lattices, each shifted by half a square of twice the tolerance, one holds any such pair.
    """
    result = np.zeros(len(xy), dtype=bool)
    for shift in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)):
        square = np.floor(xy / (2 * tolerance) + np.array(shift) / 2).astype(np.int64)
        key = (square[:, 0] * 1_000_003 + square[:, 1]) * 1_000_003 + group  # equal keys need not be equal squares
        order = np.argsort(key, kind="stable")
        same = key[order][1:] == key[order][:-1]
        result[order[1:][same]] = True
        result[order[:-1][same]] = True
    return result
