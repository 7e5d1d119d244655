"""The net of limits and barriers: noded lines with their strength, and the faces on both sides of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import (
    NODE_DECIMALS,
    Floats,
    Geometries,
    Indices,
    keys,
    segments_of,
    undirected,
)
from citygrid_plugin.core.spatial.linework import end_points

GRID = 10.0**-NODE_DECIMALS  # metres; the lattice that all limits are noded on
_ON = 1e-3  # metres; what lies closer lies on it
_DECIMALS = 2  # of a metre, of barriers
_BESIDE = 0.05  # metres; vertices of barriers so close to a limit lie on it
_DETAIL = 0.1  # metres; bends of barriers below this are passed over


@dataclass(frozen=True)
class Net:
    """Lines that meet at their ends only, once they are noded.

    ``strength`` is that of the strongest barrier on a line (``Strength``); ``limit`` marks limits of communities;
    ``spread`` is how far (m) the barriers that a line stands for are from it.
    """

    line: Geometries
    strength: Indices
    limit: NDArray[np.bool_]
    spread: Floats

    @classmethod
    def of(cls, line: Geometries, strength: Indices, limit: bool = False, spread: Floats | None = None) -> Net:
        """Lines of one kind."""
        count = len(line)
        return cls(line, strength, np.full(count, limit), np.zeros(count) if spread is None else spread)

    def at(self, which: NDArray[np.generic]) -> Net:
        """Some of the lines."""
        return Net(self.line[which], self.strength[which], self.limit[which], self.spread[which])

    def __add__(self, other: Net) -> Net:
        return Net(
            np.r_[self.line, other.line],
            np.r_[self.strength, other.strength],
            np.r_[self.limit, other.limit],
            np.r_[self.spread, other.spread],
        )

    def noded(self) -> Net:
        """The same lines, split wherever they meet; what is drawn twice is there once."""
        if not len(self.line):
            return self
        lines = shapely.get_parts(shapely.union_all(self.line, grid_size=GRID))
        middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        which, source = shapely.STRtree(self.line).query(middle, predicate="dwithin", distance=_ON)
        strength, spread = np.zeros(len(lines), dtype=np.intp), np.zeros(len(lines))
        np.maximum.at(strength, which, self.strength[source])
        np.maximum.at(spread, which, self.spread[source])
        limit = np.zeros(len(lines), dtype=bool)
        limit[which[self.limit[source]]] = True
        return Net(lines, strength, limit, spread)

    def noded_with(self, more: Net) -> Net:
        """The noded net and more lines, noded; only the lines that these meet are looked at."""
        if not len(more.line):
            return self
        met = np.zeros(len(self.line), dtype=bool)
        met[shapely.STRtree(self.line).query(more.line, predicate="dwithin", distance=GRID)[1]] = True
        return self.at(~met) + (self.at(met) + more).noded()

    def faces(self) -> Geometries:
        """All faces that the lines enclose."""
        return shapely.get_parts(shapely.polygonize(self.line))

    def end_points(self) -> Floats:
        """Starts of all lines, then their ends (2n, 2)."""
        ends = end_points(self.line)
        return np.vstack([ends[:, :2], ends[:, 2:]]) + 0.0

    def junctions(self) -> Floats:
        """Places (n, 2) at which three lines or more meet."""
        points = self.end_points()
        _, first, count = np.unique(keys(points), return_index=True, return_counts=True)
        return points[first[count > 2]]  # noqa: PLR2004 - two lines pass, three meet

    def ends(self) -> tuple[Indices, Indices]:
        """Numbers of the nodes at which each line starts and ends."""
        _, node = np.unique(keys(self.end_points()), return_inverse=True)
        return node[: len(self.line)], node[len(self.line) :]


def sides(net: Net, faces: Geometries) -> Indices:
    """The faces (n, 2) on the two sides of each line, -1 for none; a line inside a face has none."""
    segments, owner = segments_of(faces)
    outline = keys(undirected(segments))
    order = np.argsort(outline, kind="stable")
    outline, owner = outline[order], owner[order]
    points, line = shapely.get_coordinates(net.line, return_index=True)
    first = np.flatnonzero(np.r_[True, np.diff(line) > 0][: len(points)])
    asked = keys(undirected(np.hstack([points[first], points[first + 1]])))
    low, high = np.searchsorted(outline, asked), np.searchsorted(outline, asked, side="right")
    result = np.full((len(asked), 2), -1, dtype=np.intp)
    one, two = high > low, high > low + 1
    result[one, 0] = owner[low[one]]
    result[two, 1] = owner[low[two] + 1]
    return result


def plain_lines(lines: Geometries) -> tuple[Geometries, Indices]:
    """Barrier lines without bends of less than 10 cm, and the line of each; vertices in which lines meet stay.

    Vertices are rounded to a centimetre: lines drawn twice become one, or stay apart by what can be seen.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    points = np.round(points, _DECIMALS)
    moves = np.r_[True, (np.diff(points, axis=0) != 0).any(axis=1) | (np.diff(line) != 0)][: len(points)]
    points, line = points[moves], line[moves]
    if not len(points):
        return lines[:0], np.array([], dtype=np.intp)
    _, place, count = np.unique(keys(points + 0.0), return_inverse=True, return_counts=True)
    first = np.r_[True, line[1:] != line[:-1]]
    breaks = (count > 1)[place] & ~first & ~np.r_[first[1:], True]
    rows = np.repeat(np.arange(len(points)), np.where(breaks, 2, 1))
    again = np.r_[False, rows[1:] == rows[:-1]]
    piece = np.cumsum(first[rows] | again) - 1
    long = np.bincount(piece)[piece] > 1
    rows, piece = rows[long], piece[long]
    parts = shapely.linestrings(points[rows], indices=np.unique(piece, return_inverse=True)[1])
    return shapely.simplify(parts, _DETAIL, preserve_topology=False), line[rows][np.r_[True, np.diff(piece) > 0]]


def onto_limits(lines: Geometries, limits: Geometries) -> Geometries:
    """The lines with the vertices that lie within 5 cm of a limit moved onto it, to a vertex of it if there is one."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    places = shapely.points(points)
    result = points.copy()
    corners = shapely.points(shapely.get_coordinates(limits))
    for targets in (limits, corners):
        which, near = shapely.STRtree(targets).query(places, predicate="dwithin", distance=_BESIDE)
        if len(which):
            pairs = shapely.get_coordinates(shapely.shortest_line(places[which], targets[near])).reshape(-1, 2, 2)
            away = np.hypot(*(pairs[:, 1] - pairs[:, 0]).T)
            order = np.lexsort((near, np.round(away, 6), which))[::-1]  # the last assignment, the nearest, holds
            result[which[order]] = pairs[order, 1]
    moved = (result != points).any(axis=1)
    touched = np.unique(line[moved])
    if not len(touched):
        return lines
    some = np.isin(line, touched)
    new = lines.copy()
    new[touched] = shapely.linestrings(
        np.round(result[some], NODE_DECIMALS), indices=np.unique(line[some], return_inverse=True)[1]
    )
    return new


def near_misses(lines: Geometries, others: Geometries, reach: float) -> tuple[Geometries, Indices]:
    """Short lines from loose ends of ``lines`` to the nearest other line within ``reach``, and the line of each.

    ``others``: lines that an end may rest on as well (limits of communities). Lines no longer than twice the
    reach have no such ends: they would be led back to where they come from.
    """
    open_lines = np.flatnonzero(~shapely.is_closed(lines) & (shapely.length(lines) > 2 * reach))
    points = np.concatenate([shapely.get_point(lines[open_lines], 0), shapely.get_point(lines[open_lines], -1)])
    line = np.r_[open_lines, open_lines]
    tree = shapely.STRtree(np.r_[lines, others])
    end, near = tree.query(points, predicate="dwithin", distance=_ON)
    held = np.bincount(end[near != line[end]], minlength=len(points)) > 0
    points, line = points[~held], line[~held]
    end, near = tree.query(points, predicate="dwithin", distance=reach)
    other = near != line[end]
    return _shortest(points, tree.geometries, end[other], near[other], line)


def _shortest(
    points: Geometries, lines: Geometries, point: Indices, line: Indices, owner: Indices
) -> tuple[Geometries, Indices]:
    """The shortest lines from each point to one of the lines it is paired with, and the owner of the point."""
    away = shapely.distance(points[point], lines[line])
    order = np.lexsort((line, np.round(away, 6), point))
    best = order[np.r_[True, np.diff(point[order]) > 0]] if len(order) else order
    return shapely.shortest_line(points[point[best]], lines[line[best]]), owner[point[best]]


def led_to_nearest(ends: Indices, net: Net, reach: float) -> Net:
    """Short lines from loose ends to the nearest other line of the net; ``ends`` index ``net.end_points()``."""
    points = shapely.points(net.end_points()[ends])
    line = ends % len(net.line)
    end, near = shapely.STRtree(net.line).query(points, predicate="dwithin", distance=reach)
    other = near != line[end]
    bridges, line = _shortest(points, net.line, end[other], near[other], line)
    return Net.of(bridges, net.strength[line])


def components(count: int, left: Indices, right: Indices) -> Indices:
    """Label of each of ``count`` things after joining the pairs; labels are the lowest index of a group."""
    label = np.arange(count)
    while True:
        before = label.copy()
        low = np.minimum(label[left], label[right])
        np.minimum.at(label, label[left], low)
        np.minimum.at(label, label[right], low)
        label = label[label]
        if (label == before).all():
            return label


def pruned(net: Net) -> NDArray[np.bool_]:
    """Which lines are dead ends: those that go when lines with a loose end are taken away again and again."""
    start, end = net.ends()
    nodes = max(start.max(initial=-1), end.max(initial=-1)) + 1
    gone = np.zeros(len(start), dtype=bool)
    while True:
        degree = np.bincount(np.r_[start[~gone], end[~gone]], minlength=nodes)
        loose = ~gone & ((degree[start] == 1) | (degree[end] == 1))
        if not loose.any():
            return gone
        gone |= loose
