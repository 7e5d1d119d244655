"""Polygon coverages: shared edges, merging of small faces, dissolving, and checks.

A coverage is a set of polygons without overlap. Where its polygons share edges exactly (equal
vertices on both sides), adjacency is found by equal segments, without any geometric overlay.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Geometries = NDArray[np.object_]
Indices = NDArray[np.intp]
Floats = NDArray[np.float64]

NODE_DECIMALS = 5  # of a metre; far below any survey's accuracy, above the rounding of doubles at 4e7 m
_CHUNK = 5000  # unions that a thread makes at a time


@dataclass(frozen=True)
class SharedEdges:
    """Pairs of polygons that share edges: ``left`` < ``right`` (indices), ``length`` in CRS units (n, or n, kinds)."""

    left: Indices
    right: Indices
    length: Floats


@dataclass(frozen=True)
class Faces:
    """Polygons and the index of the community that each lies in."""

    polygon: Geometries
    community: Indices


def segments_of(geometries: Geometries) -> tuple[Floats, Indices]:
    """Segments of lines or outlines as (n, 4) rows x1, y1, x2, y2, and the geometry of each.

    Between two rings of a polygon stands a segment that is none; having no equal, it never counts.
    """
    points, geometry = shapely.get_coordinates(geometries, return_index=True)
    inner = geometry[1:] == geometry[:-1]
    # Two points after each other are four numbers in a row, so the segments need no copy of their own to choose from.
    segments = np.lib.stride_tricks.sliding_window_view(points.ravel(), 4)[::2] if len(points) > 1 else np.empty((0, 4))
    return segments[inner], geometry[:-1][inner]


def undirected(segments: Floats) -> Floats:
    """The segments with the smaller end first."""
    start, end = segments[:, :2], segments[:, 2:]
    backwards = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    turned = np.where(backwards[:, None], np.hstack([end, start]), segments)
    return turned + 0.0  # makes -0.0 and 0.0 the same bits


def keys(rows: Floats) -> NDArray[np.uint64]:
    """A 64-bit key a row: equal rows have equal keys, and others practically never."""
    bits = np.ascontiguousarray(rows).view(np.uint64)
    key = np.zeros(len(bits), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in bits.T:
            key ^= column
            key *= np.uint64(0x9E3779B97F4A7C15)
            key ^= key >> np.uint64(29)
    return key


def noded_limits(polygons: Geometries, decimals: int) -> Geometries:
    """The outlines of polygons as lines, each drawn once, that meet only at their ends.

    Vertices are rounded to ``decimals``. Where outlines already meet in common vertices, as in a clean
    coverage, that is all; where they cross or touch otherwise, they are noded by snap rounding.
    """
    exact, ring = segments_of(shapely.get_rings(shapely.get_parts(polygons)))
    segments = np.round(exact, decimals) + 0.0
    long = (segments[:, :2] != segments[:, 2:]).any(axis=1)
    exact, segments, ring = exact[long], segments[long], ring[long]
    _, first, drawn = np.unique(keys(undirected(segments)), return_index=True, return_counts=True)
    alone = segments[first[drawn == 1]]
    once = np.sort(first)
    exact, segments, ring = exact[once], segments[once], ring[once]

    _, start, count = np.unique(keys(segments.reshape(-1, 2)), return_inverse=True, return_counts=True)
    junction = (count != 2)[start[::2]]  # noqa: PLR2004 - a line passes through a vertex with two segments
    goes_on = (ring[1:] == ring[:-1]) & (once[1:] == once[:-1] + 1) & ~junction[1:]
    lines = joined(segments[:, :2], segments[:, 2:], np.cumsum(np.r_[True, ~goes_on]) - 1)
    unit = 10.0**-decimals
    if not _nearly_touch(alone, 2 * unit):
        noded = shapely.node(shapely.multilinestrings(lines))
        if shapely.get_num_coordinates(noded) == shapely.get_num_coordinates(lines).sum():
            return lines
    # The lines as they were: rounded first, a vertex that lay on a limit might lie beside it.
    return shapely.get_parts(shapely.union_all(shapely.linestrings(exact.reshape(-1, 2, 2)), grid_size=unit))


def _nearly_touch(segments: Floats, distance: float) -> bool:
    """Whether an end of one of the segments (n, 4) lies so close to another one that does not end there."""
    ends = segments.reshape(-1, 2)
    ends = ends[np.unique(keys(ends), return_index=True)[1]]
    tree = shapely.STRtree(shapely.linestrings(segments.reshape(-1, 2, 2)))
    end, near = tree.query(shapely.points(ends), predicate="dwithin", distance=distance)
    return not ((segments[near, :2] == ends[end]) | (segments[near, 2:] == ends[end])).all(axis=1).all()


def joined(start: Floats, end: Floats, chain: Indices) -> Geometries:
    """Line strings of consecutive segments; ``chain`` numbers the lines in ascending order."""
    last = np.r_[chain[1:] != chain[:-1], True]
    points, line = np.vstack([start, end[last]]), np.r_[chain, chain[last]]
    order = np.argsort(line, kind="stable")
    return shapely.linestrings(points[order], indices=line[order])


def equal_edges(polygons: Geometries) -> tuple[Floats, Indices]:
    """Segments (s, 4) that two outlines share exactly, the smaller end first, and these polygons (s, 2)."""
    segments, owner = segments_of(polygons)
    segments = undirected(segments)
    key = keys(segments)
    order = np.argsort(key, kind="stable")
    pair = np.flatnonzero(key[order][1:] == key[order][:-1])
    first, second = order[pair], order[pair + 1]
    equal = (segments[first] == segments[second]).all(axis=1)
    first, second = first[equal], second[equal]
    return segments[first], np.column_stack([owner[first], owner[second]])


def shared_edges(polygons: Geometries, *, of: NDArray[np.bool_] | None = None) -> SharedEdges:
    """Pairs of polygons with exactly equal edges, each once, and the length that they share.

    With ``of`` (a mask) only pairs in which at least one polygon is marked.
    """
    segments, owner = equal_edges(polygons)
    if of is not None:
        wanted = of[owner].any(axis=1)
        segments, owner = segments[wanted], owner[wanted]
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return summed(*ordered(*owner.T), length)


def summed(left: Indices, right: Indices, length: Floats) -> SharedEdges:
    """One row a pair of different polygons, lengths added up."""
    apart = left != right
    left, right, length = left[apart], right[apart], length[apart]
    if not len(left):
        return SharedEdges(left, right, length)
    order = np.lexsort((right, left))
    left, right, length = left[order], right[order], length[order]
    starts = np.flatnonzero(np.r_[True, (left[1:] != left[:-1]) | (right[1:] != right[:-1])])
    return SharedEdges(left[starts], right[starts], np.add.reduceat(length, starts))


def merge_small(edges: SharedEdges, area: Floats, community: Indices, minimum: float | Floats) -> Indices:
    """Group label of each face after merging those below ``minimum`` (one, or one a face) into a neighbour.

    A small face joins the neighbour of its own community with which it shares the longest edge
    (ties: the larger neighbour, then the lower index). Small neighbours of small faces are joined
    pair by pair, the smallest first, so that no chain of small faces grows past what is needed.
    A face without a neighbour in its community stays as it is. Labels are indices of faces.
    """
    label = np.arange(len(area))
    inside = community[edges.left] == community[edges.right]
    left, right, length = edges.left[inside], edges.right[inside], edges.length[inside]
    area, minimum = area.copy(), np.broadcast_to(minimum, area.shape)
    while True:
        pairs = summed(*ordered(label[left], label[right]), length)
        source, target = _merges(pairs, np.round(area, 6), minimum)  # rounding must not decide
        if not len(source):
            return label
        joined = np.arange(len(area))
        joined[source] = target
        label = joined[label]
        np.add.at(area, target, area[source])
        area[source] = 0.0


def ordered(left: Indices, right: Indices) -> tuple[Indices, Indices]:
    """Pairs with the lower index first."""
    return np.minimum(left, right), np.maximum(left, right)


def _merges(pairs: SharedEdges, area: Floats, minimum: Floats) -> tuple[Indices, Indices]:
    """Merges of one round (source, target): no target is itself a source."""
    one = np.r_[pairs.left, pairs.right]
    other = np.r_[pairs.right, pairs.left]
    length = np.r_[pairs.length, pairs.length]
    small = area[one] < minimum[one]
    one, other, length = one[small], other[small], length[small]
    best = np.lexsort((other, -area[other], -np.round(length, 6), one))
    one, other = one[best], other[best]
    first = np.flatnonzero(np.r_[True, one[1:] != one[:-1]]) if len(one) else np.array([], dtype=np.intp)
    source, target = one[first], other[first]

    rank = np.full(len(area), np.inf)
    order = np.lexsort((source, area[source]))
    rank[source[order]] = np.arange(len(source))
    # A source goes first where no smaller source is bound for it and its own target stays.
    earliest = np.full(len(area), np.inf)
    np.minimum.at(earliest, target, rank[source])
    goes = (rank[source] < rank[target]) & (rank[source] <= earliest[source])
    # What goes must find its target standing: a target that goes itself waits for the next round.
    leaving = np.zeros(len(area), dtype=bool)
    leaving[source[goes]] = True
    goes &= ~leaving[target]
    return source[goes], target[goes]


def dissolve(polygons: Geometries, label: Indices) -> tuple[Geometries, Indices]:
    """Union of the polygons of each label, and the labels in ascending order.

    The polygons must form a coverage that shares its edges exactly. Vertices on shared edges are
    kept, so that the result shares its edges exactly with its neighbours, too.
    """
    order = np.argsort(label, kind="stable")
    labels, start, size = np.unique(label[order], return_index=True, return_counts=True)
    result = np.empty(len(labels), dtype=object)
    for count in np.unique(size):
        which = np.flatnonzero(size == count)
        members = polygons[order[start[which][:, None] + np.arange(count)]]
        result[which] = members[:, 0] if count == 1 else _unions(members)
    return result, labels


def _unions(members: Geometries) -> Geometries:
    """The union of each row of polygons; by two threads, for GEOS needs no Python meanwhile."""
    chunks = np.array_split(members, len(members) // _CHUNK + 1)
    with ThreadPoolExecutor(2) as pool:
        return np.concatenate(list(pool.map(_coverage_unions, chunks)))


def _coverage_unions(rows: Geometries) -> Geometries:
    """The union of each row; the largest part of it where hair-thin faults keep the row from being a coverage."""
    try:
        return np.asarray(shapely.coverage_union_all(rows, axis=1), dtype=object)
    except shapely.GEOSException:
        unions = [shapely.get_parts(shapely.union_all(row)) for row in rows]
        return np.array([parts[np.argmax(shapely.area(parts))] for parts in unions], dtype=object)


_TOLERANCE = 0.05  # metres; limits closer than this are the same limit


def adjacency(polygons: Geometries) -> SharedEdges:
    """Pairs of polygons that share edges, exactly or within 5 cm (grids drawn elsewhere).

    Exact edges are found by equal segments. Only polygons with a free piece of outline are then
    compared geometrically, so a clean coverage costs no overlay. Touching in a corner is not sharing.
    """
    exact = shared_edges(polygons)
    matched = np.zeros(len(polygons))
    np.add.at(matched, exact.left, exact.length)
    np.add.at(matched, exact.right, exact.length)
    free = np.flatnonzero(shapely.length(polygons) - matched > 4 * _TOLERANCE)
    if len(free) < 2:  # noqa: PLR2004 - a pair
        return exact
    near = _near_edges(polygons[free])
    known = exact.left * len(polygons) + exact.right
    left, right = free[near.left], free[near.right]
    new = ~np.isin(left * len(polygons) + right, known)
    return SharedEdges(
        np.r_[exact.left, left[new]], np.r_[exact.right, right[new]], np.r_[exact.length, near.length[new]]
    )


def _near_edges(polygons: Geometries) -> SharedEdges:
    """Pairs whose outlines run along each other within the tolerance, and for what length."""
    tree = shapely.STRtree(polygons)
    left, right = tree.query(polygons, predicate="dwithin", distance=_TOLERANCE)
    left, right = left[left < right], right[left < right]
    strips = shapely.buffer(polygons, _TOLERANCE, join_style="mitre")
    length = shapely.length(shapely.intersection(shapely.boundary(polygons)[right], strips[left]))
    beside = length > 4 * _TOLERANCE  # more than a corner gives
    return SharedEdges(left[beside], right[beside], length[beside])


def union_by(polygons: Geometries, label: Indices) -> tuple[Geometries, Indices]:
    """Union of the polygons of each label, and the labels ascending; also for grids with small faults."""
    order = np.argsort(label, kind="stable")
    labels, start = np.unique(label[order], return_index=True)
    groups = np.split(polygons[order], start[1:])
    return np.array([shapely.union_all(group) for group in groups], dtype=object), labels
