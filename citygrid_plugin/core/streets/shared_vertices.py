"""Vertices that neighbours have on a common edge, given to both."""

from __future__ import annotations

import numpy as np
import shapely

from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, keys, undirected

from .street_net import components

_RING = 4  # points of the smallest closed ring
_ON = 5e-4  # metres; closer points are one vertex, and lie on an edge
_ROUNDS = 5  # polygons that fall apart have new vertices


def with_shared_vertices(polygons: Geometries) -> tuple[Geometries, Indices]:
    """The polygons with the vertices that others have on their edges, so that all edges are shared exactly.

    Vertices less than 0.5 mm apart become one. A polygon narrower than that in one place becomes two, and one that
    is so all over is left out: the edges of its neighbours meet. Returns the polygons and the index of each. Only
    edges without an equal are looked at.
    """
    index = np.arange(len(polygons))
    for _ in range(_ROUNDS):
        polygons, of, again = _shared(polygons)
        index = index[of]
        if not again:
            break
    return polygons, index


def _shared(polygons: Geometries) -> tuple[Geometries, Indices, bool]:
    """The polygons, the index of each, and whether some fell apart: their new vertices are not yet those of others."""
    every = np.arange(len(polygons))
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    inner = np.flatnonzero(ring[1:] == ring[:-1])
    segments = np.hstack([points[inner], points[inner + 1]])
    _, place, count = np.unique(keys(undirected(segments)), return_inverse=True, return_counts=True)
    single = inner[count[place] == 1]
    if not len(single):
        return polygons, every, False
    short = inner[np.hypot(*(segments[:, 2:] - segments[:, :2]).T) < _ON]
    some = np.r_[single, short]
    ends = np.unique(np.vstack([points[some], points[some + 1]]), axis=0)
    gone, stays = _as_one(ends)
    points, moved = _replaced(points, ends[gone], ends[stays])
    ends = np.delete(ends, gone, axis=0)

    start, stop = points[single], points[single + 1]
    lines = shapely.linestrings(np.stack([start, stop], axis=1))
    line, end = shapely.STRtree(shapely.points(ends)).query(lines, predicate="dwithin", distance=_ON)
    new = ends[end]
    apart = (np.hypot(*(new - start[line]).T) > _ON) & (np.hypot(*(new - stop[line]).T) > _ON)
    after, new = single[line[apart]], new[apart]
    touched = np.unique(polygon[ring[np.r_[after, np.flatnonzero(moved)]]])
    if not len(touched):
        return polygons, every, False
    away = np.hypot(*(new - points[after]).T)
    order = np.lexsort((np.r_[np.zeros(len(points)), away], np.r_[np.arange(len(points)), after]))
    points, ring = np.vstack([points, new])[order], np.r_[ring, ring[after]][order]
    some = np.isin(polygon[ring], touched)
    rebuilt, owner = _polygons(points[some], ring[some], polygon)
    fallen = not shapely.is_valid(rebuilt).all() or len(rebuilt) < len(touched)
    rebuilt, part = _valid(rebuilt)
    owner = owner[part]
    area = np.bincount(owner, shapely.area(rebuilt), len(polygons))
    sound = np.abs(area - shapely.area(polygons)) <= 2 * _ON * shapely.length(polygons)
    rest = np.setdiff1d(every, touched[sound[touched]])
    kept = sound[owner]
    index = np.r_[rest, owner[kept]]
    order = np.argsort(index, kind="stable")
    return np.r_[polygons[rest], rebuilt[kept]][order], index[order], fallen


def _valid(polygons: Geometries) -> tuple[Geometries, Indices]:
    """The polygons, and the index of each; of one whose ring touches itself the parts, hair-thin ones left out."""
    valid = shapely.is_valid(polygons)
    parts, of = shapely.get_parts(shapely.make_valid(polygons[~valid]), return_index=True)
    wide = shapely.area(parts) > _ON * shapely.length(parts) / 2
    index = np.r_[np.flatnonzero(valid), np.flatnonzero(~valid)[of[wide]]]
    return np.r_[polygons[valid], parts[wide]], index


def _as_one(points: Floats) -> tuple[Indices, Indices]:
    """Which points lie on others, and the point that each becomes, which stays itself."""
    one, other = shapely.STRtree(shapely.points(points)).query(
        shapely.points(points), predicate="dwithin", distance=_ON
    )
    first = components(len(points), one, other)
    gone = np.flatnonzero(first != np.arange(len(points)))
    return gone, first[gone]


def _replaced(points: Floats, old: Floats, new: Floats) -> tuple[Floats, np.ndarray]:
    """Points with each ``old`` one replaced by the ``new`` one of the same row, and which have changed."""
    if not len(old):
        return points, np.zeros(len(points), dtype=bool)
    known = keys(old + 0.0)
    order = np.argsort(known)
    asked = keys(points + 0.0)
    at = np.minimum(np.searchsorted(known[order], asked), len(known) - 1)
    found = known[order][at] == asked
    result = points.copy()
    result[found] = new[order[at[found]]]
    return result, found


def _without_spikes(points: Floats, ring: Indices) -> tuple[Floats, Indices]:
    """Closed rings without repeated points, and without points from which a ring turns back to the one before."""
    while True:
        same = (np.diff(ring) == 0) & (np.diff(points, axis=0) == 0).all(axis=1)
        turns = (ring[2:] == ring[:-2]) & (points[2:] == points[:-2]).all(axis=1)
        gone = np.r_[False, same]
        gone[1:-1] |= turns & ~gone[:-2]  # of two neighbours only one goes at a time
        if not gone.any():
            return points, ring
        points, ring = points[~gone], ring[~gone]


def _polygons(points: Floats, ring: Indices, polygon: Indices) -> tuple[Geometries, Indices]:
    """Polygons of closed rings, and the index of each: ``ring`` numbers the points, ``polygon`` the rings.

    A hole that has shrunk to nothing is filled; a polygon that has is left out.
    """
    points, ring = _without_spikes(points, ring)
    numbers, index, size = np.unique(ring, return_inverse=True, return_counts=True)
    shell = np.r_[True, np.diff(polygon[numbers]) != 0]
    lost = np.isin(polygon[numbers], polygon[numbers[shell & (size < _RING)]])
    kept = (size >= _RING) & ~lost
    some = kept[index]
    numbers, index = numbers[kept], np.unique(index[some], return_inverse=True)[1]
    rings = shapely.linearrings(points[some], indices=index)
    owner = polygon[numbers]
    first = np.flatnonzero(np.r_[True, np.diff(owner) != 0][: len(owner)])
    result = shapely.polygons(rings[first])
    count = np.diff(np.r_[first, len(owner)])
    for number in np.flatnonzero(count > 1):  # few have holes
        own = rings[first[number] : first[number] + count[number]]
        result[number] = shapely.polygons(own[0], own[1:])
    return result, owner[first]
