"""Joining faces that are too small with the neighbour across the weakest barrier.

What counts is the street that has no limit nearby any more afterwards: of two streets side by side one may go. A few
faces that are too small stay what they are, those for which most street would be given up.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import (
    Floats,
    Geometries,
    Indices,
    SharedEdges,
    keys,
    ordered,
    segments_of,
    summed,
    undirected,
)

from .barriers import Strength
from .street_net import Net
from .watched import Edges, Kept, Watched

_ON = 2e-3  # metres
_TOUCH = 0.05  # of a cell's side; a shorter common limit is a corner
_REACH = 0.3  # of a cell's side: the ends of a street that is given up are that close to other limits
_LOST = np.array([0.0, 0.1, 1.0, 4.0])  # what a cell's side of street counts that no limit is near, by strength
_OFF = np.array([0.0, 0.2, 0.2, 0.0])  # what one of a single street counts that no limit lies on
_LEFT = np.array([0.0, 0.03, 0.3, 0.3])  # what one counts that is no limit itself
_CROSSED = np.array([0.0, 0.1, 0.3, 0.3])  # what crossing a barrier counts at all
_STRONG, _STRONG_SHARE = 20.0, 0.3  # a strong barrier is crossed only where there is no other way
_COMPACT, _SHAPE = 0.6, 1.0  # 4πA/P² that is good enough; what a lack of it counts
_POOR, _POOR_AT_ALL, _POOR_COST = 0.27, 1.0, 13.0
_OVER, _OVER_MORE = 3.0, 3.0  # what a cell that grows too large counts, and what each further cell area does
_STAYS = ((0.7, 0.0, 1.01), (0.4, 0.45, 0.4))
"""Shares of the least area, 4πA/P² and costs of joining: a face that has more of all three stays, if it may."""

_OUT = 0.02  # of the cells of a community; so many may be too small, or too large


def joined_small(
    faces: Geometries,
    community: Indices,
    net: Net,
    watched: Watched,
    cell_area: float,
    min_ratio: float,
    max_ratio: float,
    stays: NDArray[np.bool_] | None = None,
) -> Indices:
    """Group label of each face after joining those that are too small; labels are indices of faces.

    Faces join inside their community only. How much street is given up, how compact the result is and
    whether it is too large decide with whom; the smallest goes first. Faces must share their edges exactly.
    Those that ``stays`` marks join none, but others may join them.
    """
    side = np.sqrt(cell_area)
    area, outline = shapely.area(faces) / cell_area, shapely.length(faces) / side
    edges = Edges.of(faces, community)
    pairs = _neighbours(edges, net, side)
    near, on = Kept.of(watched, edges, area < min_ratio)
    label, goes = np.arange(len(faces)), np.zeros(len(faces), dtype=bool)
    free = np.ones(len(faces), dtype=bool) if stays is None else ~stays
    while True:
        current = summed(*ordered(label[pairs.left], label[pairs.right]), pairs.length)
        lost = (near.lost(label, current) @ _LOST + on.lost(label, current) @ _OFF) / side
        cost = _costs(current, lost, area, outline, max_ratio)
        worth = np.where(goes, 0.0, _worth(current, cost, area, outline, min_ratio))
        source, target, row = _joins(current, cost, free & (area < min_ratio) & (worth == 0.0), area)
        outline[target] += outline[source] - 2 * current.length[row].sum(axis=1)
        area[target] += area[source]
        onto = np.arange(len(faces))
        onto[source] = target
        label = onto[label]
        if not len(source):
            cells = np.unique(label)
            odd = (area[cells] < min_ratio) | (area[cells] > max_ratio)
            good = _compactness(area, outline)[cells] > _COMPACT
            more = _too_many(odd, community[cells], worth[cells], good)
            if not len(more):
                return label
            goes[cells[more]] = True


def _compactness(area: Floats, outline: Floats) -> Floats:
    return 4 * np.pi * area / np.maximum(outline, 1e-9) ** 2


def _worth(pairs: SharedEdges, cost: Floats, area: Floats, outline: Floats, min_ratio: float) -> Floats:
    """What the best join of each small group that had better stay costs; 0 for all others."""
    least = np.full(len(area), np.inf)
    np.minimum.at(least, np.r_[pairs.left, pairs.right], np.r_[cost, cost])
    compact = _compactness(area, outline)
    stays = np.zeros(len(area), dtype=bool)
    for share, shape, dear in _STAYS:
        stays |= (area > share * min_ratio) & (compact > shape) & (least > dear)
    return np.where(stays & (area < min_ratio) & np.isfinite(least), np.round(least, 6), 0.0)


def _too_many(odd: NDArray[np.bool_], community: Indices, worth: Floats, good: NDArray[np.bool_]) -> Indices:
    """The cells worth least that have to go where a community has too many ``odd`` ones; 0 is worth no stay.

    A share of a community's cells is rarely a whole number. What all communities together have left over goes to
    ``good`` shapes, one in a community.
    """
    count = np.bincount(community)
    may = np.floor(_OUT * count)
    left_over = int(_OUT * len(community) - may.sum())
    may -= np.bincount(community[odd & (worth == 0)], minlength=len(count))
    held = np.flatnonzero(worth > 0)
    held = held[np.lexsort((held, -worth[held], community[held]))]
    rank = np.arange(len(held)) - np.searchsorted(community[held], community[held])
    goes = held[rank >= may[community[held]]]
    more = goes[good[goes]]
    more = more[np.unique(community[more], return_index=True)[1]]
    return np.setdiff1d(goes, more[np.lexsort((more, -worth[more]))][:left_over])


def _neighbours(edges: Edges, net: Net, side: float) -> SharedEdges:
    """Neighbours inside a community, and the length of their common limit by strength (n, 4), in sides of a cell."""
    inner = edges.at(edges.inner)
    length = np.zeros((len(inner.key), len(Strength)))
    step = inner.segment[:, 2:] - inner.segment[:, :2]
    length[np.arange(len(length)), _strengths(inner.segment, inner.key, net)] = np.hypot(*step.T) / side
    return SharedEdges(inner.left, inner.right, length)


def _strengths(segments: Floats, key: NDArray[np.uint64], net: Net) -> Indices:
    """Strength of the barrier that each segment lies on; by key where it is a segment of the net, else by place."""
    lines = net.line[net.strength > Strength.NONE]
    strengths = net.strength[net.strength > Strength.NONE]
    result = np.zeros(len(segments), dtype=np.intp)
    if not len(lines):
        return result
    of_lines, line = segments_of(lines)
    known = keys(undirected(of_lines))
    order = np.argsort(known)
    known, strength = known[order], strengths[line[order]]
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    found = known[at] == key
    result[found] = strength[at[found]]
    rest = np.flatnonzero(~found)
    middle = shapely.points((segments[rest, :2] + segments[rest, 2:]) / 2)
    which, near = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=_ON)
    np.maximum.at(result, rest[which], strengths[near])
    return result


def _joins(pairs: SharedEdges, cost: Floats, goes: NDArray[np.bool_], area: Floats) -> tuple[Indices, Indices, Indices]:
    """Joins of one round (source, target, row of the pair) that do not touch each other; ``goes``: the sources."""
    source, target = np.r_[pairs.left, pairs.right], np.r_[pairs.right, pairs.left]
    row = np.tile(np.arange(len(pairs.left)), 2)
    cost = cost[row]
    wanted = goes[source]
    source, target, row, cost = source[wanted], target[wanted], row[wanted], cost[wanted]
    order = np.lexsort((target, np.round(cost, 6), source))
    best = order[np.r_[True, np.diff(source[order]) > 0]] if len(order) else order
    source, target, row = source[best], target[best], row[best]
    rank = np.empty(len(source))
    rank[np.lexsort((source, np.round(area[source], 9)))] = np.arange(len(source))
    first = np.full(len(area), np.inf)
    np.minimum.at(first, source, rank)
    np.minimum.at(first, target, rank)
    goes = (first[source] == rank) & (first[target] == rank)
    return source[goes], target[goes], row[goes]


def _costs(pairs: SharedEdges, lost: Floats, area: Floats, outline: Floats, max_ratio: float) -> Floats:
    """What joining each pair costs; ``lost``: what street that loses its limit counts in this."""
    common = pairs.length.sum(axis=1)
    whole = area[pairs.left] + area[pairs.right]
    compact = _compactness(whole, outline[pairs.left] + outline[pairs.right] - 2 * common)
    cost = lost + np.maximum(pairs.length - _REACH, 0.0) @ _LEFT
    cost += (_CROSSED * (pairs.length > _TOUCH)).max(axis=1)
    cost += _STRONG * (pairs.length[:, Strength.STRONG] > _STRONG_SHARE * common)
    cost += _SHAPE * np.maximum(_COMPACT - compact, 0.0)
    cost += np.where(compact < _POOR, _POOR_AT_ALL + _POOR_COST * (_POOR - compact), 0.0)
    over = whole - max_ratio
    return cost + np.where(over > 0, _OVER + _OVER_MORE * over, 0.0)
