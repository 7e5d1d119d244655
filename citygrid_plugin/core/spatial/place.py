"""Places of records: brought into one CRS, checked, compared, and found in a grid."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.progress import Progress, silent

from .coverage import Floats, Geometries, Indices
from .crs import UnplacedCrs
from .datum import Datum, to_wgs84

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
        xy = to_wgs84(_transformed(xy, source, pyproj.CRS.from_epsg(_WGS84)), datum)
        source = pyproj.CRS.from_epsg(_WGS84)
    stays = datum is Datum.STATED and source == target
    if source != target:
        xy = _transformed(xy, source, target)
    lost = ~np.isfinite(xy).all(axis=1)
    if not len(xy) or (stays and not lost.any()):
        return Moved(flat, heights)
    flat = shapely.set_coordinates(flat, np.where(lost[:, None], 0.0, xy))
    flat[row[lost]] = None
    return Moved(flat, heights)


def _transformed(xy: Floats, source: pyproj.CRS, target: pyproj.CRS) -> Floats:
    """Coordinates (n, 2) in another CRS. Raises ``UnplacedCrs`` for one that has no place on the earth."""
    try:
        transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)
    except pyproj.exceptions.ProjError as error:
        raise UnplacedCrs(str(error), crs=source.name) from error
    return np.column_stack(transformer.transform(*xy.T))


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


def crowded(geometry: Geometries, group: Indices, tolerance: float) -> Indices:
    """Geometries (indices) that may have another one of their group within ``tolerance``, going by their centres."""
    return np.flatnonzero(_crowded(_centres(geometry), group, tolerance)) if tolerance > 0 else np.arange(0)


def first_alike(geometry: Geometries, group: Indices, tolerance: float, among: Indices | None = None) -> Indices:
    """For each geometry the index of an earlier one of its group at the same place, itself where none is.

    Points are alike within ``tolerance`` (metres); other geometries when all their vertices are. The earliest one is
    given, unless many points lie together: then any that is earlier. ``among``: indices of the only ones that can be
    alike (``crowded``), where that is known.
    """
    result = np.arange(len(geometry))
    close = crowded(geometry, group, tolerance) if among is None else among
    shapes = close[~_is_point(geometry[close])]
    # Thousands of equal shapes at one spot would make millions of pairs.
    result[shapes] = _first_identical(shapes, geometry[shapes], group[shapes])
    distinct = close[result[close] == close]
    left, right = _neighbours(geometry[distinct], group[distinct], tolerance, distinct, result)
    same = _is_point(geometry[left])
    shapes = np.flatnonzero(~same)
    one, other = (shapely.normalize(geometry[side[shapes]]) for side in (left, right))
    same[shapes] = shapely.equals_exact(one, other, tolerance)
    np.minimum.at(result, left[same], right[same])
    return result


def first_near(geometry: Geometries, group: Indices, tolerance: float, among: Indices | None = None) -> Indices:
    """For each geometry the index of an earlier one of its group within ``tolerance`` (metres), itself where none is.

    Points are near by their distance; other geometries where no part of one is farther from the other (Hausdorff).
    Which one is given, and ``among``, as in ``first_alike``.
    """
    result = np.arange(len(geometry))
    close = crowded(geometry, group, tolerance) if among is None else among
    if tolerance <= 0:
        return result
    left, right = _neighbours(geometry[close], group[close], tolerance, close, result)
    near = _is_point(geometry[left])
    shapes = np.flatnonzero(~near)
    near[shapes] = shapely.hausdorff_distance(geometry[left[shapes]], geometry[right[shapes]]) <= tolerance
    np.minimum.at(result, left[near], right[near])
    return result


def _neighbours(
    geometry: Geometries, group: Indices, tolerance: float, rows: Indices, first: Indices
) -> tuple[Indices, Indices]:
    """Pairs of ``rows`` of one group and kind whose centres are within the tolerance, the later one first.

    Points in a square whose diagonal is the tolerance are near to its first one, which is written to ``first``; only
    that one asks for others, so that a crowd makes few pairs.
    """
    centre = _centres(geometry)
    point = _is_point(geometry)
    lead = np.arange(len(rows))
    lead[point] = np.flatnonzero(point)[_first_in_square(centre[point], group[point], tolerance)]
    first[rows] = rows[lead]
    asking = np.flatnonzero(lead == np.arange(len(rows)))
    places = shapely.points(centre)
    left, right = shapely.STRtree(places).query(places[asking], predicate="dwithin", distance=tolerance)
    left = asking[left]
    wanted = (right < left) & (group[left] == group[right]) & (point[left] == point[right])
    return rows[left[wanted]], rows[right[wanted]]


def _first_in_square(xy: NDArray[np.float64], group: Indices, tolerance: float) -> Indices:
    """For each place the first one of its group in its square of a lattice whose diagonals are the tolerance."""
    square = np.floor(xy * (np.sqrt(2) / tolerance))
    table = pd.DataFrame({"row": np.arange(len(xy)), "group": group, "x": square[:, 0], "y": square[:, 1]})
    return table.groupby(["group", "x", "y"], sort=False)["row"].transform("min").to_numpy()


def _centres(geometry: Geometries) -> NDArray[np.float64]:
    whole = _is_point(geometry).all()
    return shapely.get_coordinates(geometry if whole else shapely.centroid(geometry))


def _first_identical(rows: Indices, geometry: Geometries, group: Indices) -> Indices:
    """For each shape (``rows``) the first one of its group that is the same."""
    shape = pd.factorize(shapely.to_wkb(shapely.normalize(geometry)))[0]
    table = pd.DataFrame({"row": rows, "group": group, "shape": shape})
    return table.groupby(["group", "shape"], sort=False)["row"].transform("min").to_numpy()


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
        result |= pd.Index(key).duplicated(keep=False)
    return result


def attribute_names(records: gpd.GeoDataFrame) -> list[str]:
    """Names of the columns that are not the geometry."""
    return [str(name) for name in records.columns if name != records.geometry.name]
