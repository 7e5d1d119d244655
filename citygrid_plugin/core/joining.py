"""Joining faces that are too small with the neighbour across the weakest barrier."""

from __future__ import annotations

import numpy as np
import shapely

from .barriers import Strength
from .coverage import Floats, Geometries, Indices, SharedEdges, keys, ordered, segments_of, summed, undirected
from .street_net import Net

_ON = 2e-3  # metres
_TOUCH = 0.05  # of a cell's side; a shorter common limit is a corner
_REACH = 0.3  # of a cell's side: the ends of a street that is given up are that close to other limits
_LOST = np.array([0.0, 0.1, 1.0, 4.0])  # what a cell's side of street counts that is given up, by strength
_CROSSED = np.array([0.0, 0.1, 0.3, 0.3])  # what crossing a barrier counts at all
_STRONG, _STRONG_SHARE = 20.0, 0.3  # a strong barrier is crossed only where there is no other way
_COMPACT, _SHAPE = 0.6, 1.0  # 4πA/P² that is good enough; what a lack of it counts
_POOR, _POOR_AT_ALL, _POOR_COST = 0.27, 1.0, 13.0
_OVER, _OVER_MORE = 3.0, 3.0  # what a cell that grows too large counts, and what each further cell area does
_STAYS, _STAYS_COST = 0.7, 1.01  # a cell of this share of the least area stays where joining costs more


def joined_small(
    faces: Geometries, community: Indices, net: Net, cell_area: float, min_ratio: float, max_ratio: float
) -> Indices:
    """Group label of each face after joining those that are too small; labels are indices of faces.

    Faces join inside their community only. How much street is given up, how compact the result is and
    whether it is too large decide with whom; the smallest goes first. Faces must share their edges exactly.
    """
    area, outline = shapely.area(faces) / cell_area, shapely.length(faces) / np.sqrt(cell_area)
    pairs = _neighbours(faces, community, net, np.sqrt(cell_area))
    label = np.arange(len(faces))
    while True:
        current = summed(*ordered(label[pairs.left], label[pairs.right]), pairs.length)
        source, target, row = _joins(current, area, outline, min_ratio, max_ratio)
        if not len(source):
            return label
        outline[target] += outline[source] - 2 * current.length[row].sum(axis=1)
        area[target] += area[source]
        onto = np.arange(len(faces))
        onto[source] = target
        label = onto[label]


def _neighbours(faces: Geometries, community: Indices, net: Net, side: float) -> SharedEdges:
    """Neighbours inside a community, and the length of their common limit by strength (n, 4), in sides of a cell."""
    segments, owner = segments_of(faces)
    segments = undirected(segments)
    key = keys(segments)
    order = np.argsort(key, kind="stable")
    twin = np.flatnonzero(key[order][1:] == key[order][:-1])
    one, other = owner[order[twin]], owner[order[twin + 1]]
    inside = (community[one] == community[other]) & (one != other)
    one, other, some = one[inside], other[inside], order[twin[inside]]
    length = np.zeros((len(some), len(Strength)))
    step = segments[some, 2:] - segments[some, :2]
    length[np.arange(len(some)), _strengths(segments[some], key[some], net)] = np.hypot(*step.T) / side
    return SharedEdges(one, other, length)


def _strengths(segments: Floats, key: Indices, net: Net) -> Indices:
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


def _joins(
    pairs: SharedEdges, area: Floats, outline: Floats, min_ratio: float, max_ratio: float
) -> tuple[Indices, Indices, Indices]:
    """Joins of one round (source, target, row of the pair) that do not touch each other."""
    cost = _costs(pairs, area, outline, max_ratio)
    source, target = np.r_[pairs.left, pairs.right], np.r_[pairs.right, pairs.left]
    row = np.tile(np.arange(len(pairs.left)), 2)
    cost = cost[row]
    stays = (area[source] > _STAYS * min_ratio) & (cost > _STAYS_COST)
    wanted = (area[source] < min_ratio) & ~stays
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


def _costs(pairs: SharedEdges, area: Floats, outline: Floats, max_ratio: float) -> Floats:
    """What joining each pair costs."""
    common = pairs.length.sum(axis=1)
    whole = area[pairs.left] + area[pairs.right]
    around = np.maximum(outline[pairs.left] + outline[pairs.right] - 2 * common, 1e-9)
    compact = 4 * np.pi * whole / around**2
    cost = np.maximum(pairs.length - _REACH, 0.0) @ _LOST
    cost += (_CROSSED * (pairs.length > _TOUCH)).max(axis=1)
    cost += _STRONG * (pairs.length[:, Strength.STRONG] > _STRONG_SHARE * common)
    cost += _SHAPE * np.maximum(_COMPACT - compact, 0.0)
    cost += np.where(compact < _POOR, _POOR_AT_ALL + _POOR_COST * (_POOR - compact), 0.0)
    over = whole - max_ratio
    return cost + np.where(over > 0, _OVER + _OVER_MORE * over, 0.0)
