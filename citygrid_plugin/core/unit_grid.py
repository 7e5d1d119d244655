"""The unit grid of regular squares, clipped to communities.

The squares lie on one global lattice (multiples of the side from the origin of the CRS), so that
neighbouring districts and later runs align. All limits are noded once, on a lattice of 0.01 mm, and
each crossing of a limit with a grid line is computed once for all cells that meet there. Faces
therefore share their edges exactly: no gap and no overlap can arise from rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from .coverage import (
    Faces,
    Floats,
    Geometries,
    Indices,
    SharedEdges,
    dissolve,
    joined,
    merge_small,
    noded_limits,
    shared_edges,
)
from .place import locate
from .progress import Progress, part, silent

NODE_DECIMALS = 5  # of a metre; far below any survey's accuracy, above the rounding of doubles at 4e7 m
_SNAP = 1e-6  # metres; crossings this close to a grid corner are the corner


def regular_cells(
    communities: Geometries,
    cell_area: float = 10_000.0,
    min_ratio: float = 0.5,
    progress: Progress = silent,
) -> Faces:
    """Cut communities into squares of ``cell_area`` m²; pieces under ``min_ratio`` of it are merged.

    ``communities`` are valid (multi)polygons in a projected CRS in metres. Where they overlap, the
    place belongs to the smallest one (the lower index at equal areas). Every cell is one valid
    polygon inside one community. A part of a community that is smaller than the limit and has no
    neighbour in its community is kept as a cell. Cells come in rows from the north, west to east.
    """
    side = float(np.sqrt(cell_area))
    faces = _lattice_faces(communities, side, part(progress, 0.0, 0.6))
    order = _reading_order(faces.polygon, side)
    faces = Faces(faces.polygon[order], faces.community[order])

    area = shapely.area(faces.polygon)
    edges = _edges_of(faces.polygon, area < min_ratio * cell_area, side)
    progress(0.75)
    label = merge_small(edges, area, faces.community, min_ratio * cell_area)
    progress(0.8)
    polygon, labels = dissolve(faces.polygon, label)
    progress(1.0)
    return Faces(polygon, faces.community[labels])


def _edges_of(polygons: Geometries, small: NDArray[np.bool_], side: float) -> SharedEdges:
    """The edges that small faces share; faces further than the next cell of the lattice are not looked at."""
    cell = np.floor((shapely.bounds(polygons)[:, :2] + shapely.bounds(polygons)[:, 2:]) / (2 * side))
    steps = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    around = np.concatenate([_cell_key(cell[small] + step) for step in steps])
    near = np.flatnonzero(np.isin(_cell_key(cell), around))
    edges = shared_edges(polygons[near], of=small[near])
    return SharedEdges(near[edges.left], near[edges.right], edges.length)


def _reading_order(polygons: Geometries, side: float) -> Indices:
    """Rows of the lattice from the north, west to east inside a row: independent of input order."""
    bounds = shapely.bounds(polygons)
    row = np.floor((bounds[:, 1] + bounds[:, 3]) / (2 * side))
    return np.lexsort((bounds[:, 3], bounds[:, 1], bounds[:, 0], -row))


def _lattice_faces(communities: Geometries, side: float, progress: Progress) -> Faces:
    """All pieces of communities between the lines of the lattice."""
    limits = _Limits.split(noded_limits(communities, NODE_DECIMALS), side)
    progress(0.3)
    chains, nodes = limits.inner_chains(), limits.nodes()
    cut = np.unique(np.r_[chains.cell, nodes.cell])
    pieces = _pieces(chains, _sides(nodes, cut, side))
    progress(0.7)
    whole = _whole_cells(shapely.total_bounds(communities), cut, side)
    squares = shapely.box(*(whole * side).T, *((whole + 1) * side).T)

    polygon = np.r_[pieces, squares]
    inside = shapely.get_coordinates(shapely.point_on_surface(pieces))
    # Where communities overlap, the place belongs to the smallest of them.
    points = shapely.points(np.r_[inside, (whole + 0.5) * side])
    owner = locate(points, communities, shapely.area(communities))
    progress(1.0)
    return Faces(polygon[owner >= 0], owner[owner >= 0])


def _cell_key(cells: Floats) -> NDArray[np.int64]:
    """One integer a cell of the lattice (column, row)."""
    whole = cells.astype(np.int64)
    return (whole[:, 0] << 32) + whole[:, 1]


def _cells_of(keys: NDArray[np.int64]) -> Floats:
    """Cells (column, row) of their keys."""
    row = ((keys + 2**31) & (2**32 - 1)) - 2**31  # rows south of the origin are negative
    return np.column_stack([(keys - row) >> 32, row]).astype(float)


def _whole_cells(bounds: Floats, cut: NDArray[np.int64], side: float) -> Floats:
    """Cells (column, row) within the bounds that no limit touches."""
    low, high = np.floor(bounds[:2] / side), np.ceil(bounds[2:] / side)
    column, row = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    cells = np.column_stack([column.ravel(), row.ravel()])
    return cells[~np.isin(_cell_key(cells), cut)]


@dataclass(frozen=True)
class _InCells:
    """Things and the key of the cell that each lies in or on."""

    thing: NDArray[np.generic]
    cell: NDArray[np.int64]


@dataclass(frozen=True)
class _Limits:
    """Limits as segments, in order along their lines, split wherever they meet the lattice."""

    start: Floats  # (n, 2)
    end: Floats  # (n, 2)
    chain: Indices  # (n,): segments of one chain meet the lattice at its ends only
    side: float

    @classmethod
    def split(cls, lines: Geometries, side: float) -> _Limits:
        points, line = shapely.get_coordinates(lines, return_index=True)
        # Noding may leave one node as two doubles that differ in the last bit; rounding makes them one.
        points = _snapped(np.round(points, NODE_DECIMALS), side)
        inner = line[1:] == line[:-1]
        start, end, line = points[:-1][inner], points[1:][inner], line[:-1][inner]

        segment = [np.arange(len(start)), np.arange(len(start))]
        place = [np.zeros(len(start)), np.ones(len(start))]
        found = [start, end]
        for axis in (0, 1):
            which, share, crossing = _crossings(start, end, axis, side)
            segment.append(which)
            place.append(share)
            found.append(crossing)
        segments, places, nodes = np.concatenate(segment), np.concatenate(place), np.concatenate(found)
        order = np.lexsort((places, segments))
        segments, nodes = segments[order], nodes[order]

        pair = (segments[1:] == segments[:-1]) & (nodes[1:] != nodes[:-1]).any(axis=1)
        begin, finish, line = nodes[:-1][pair], nodes[1:][pair], line[segments[:-1][pair]]
        new_chain = np.r_[True, (line[1:] != line[:-1]) | _on_lattice(begin, side)[1:]]
        return cls(begin, finish, np.cumsum(new_chain) - 1, side)

    def inner_chains(self) -> _InCells:
        """Chains that run through the inside of a cell, as line strings.

        Chains along grid lines are left out: the sides of the cells stand for them.
        """
        first = np.r_[True, self.chain[1:] != self.chain[:-1]]
        middle = (self.start[first] + self.end[first]) / 2
        inside = ~_on_lattice(middle, self.side)
        lines = joined(self.start, self.end, self.chain)
        return _InCells(lines[inside], _cell_key(np.floor(middle[inside] / self.side)))

    def nodes(self) -> _InCells:
        """Points (n, 2) where limits meet grid lines, once for each cell that they lie on."""
        ends = np.vstack([self.start, self.end])
        ends = ends[_on_lattice(ends, self.side)]
        line = np.rint(ends / self.side)
        on_line = line * self.side == ends
        low = np.where(on_line, line - 1, np.floor(ends / self.side))
        high = np.where(on_line, line, low)
        around = [np.column_stack([x[:, 0], y[:, 1]]) for x in (low, high) for y in (low, high)]
        return _InCells(np.vstack([ends] * 4), _cell_key(np.vstack(around)))


def _on_lattice(points: Floats, side: float) -> NDArray[np.bool_]:
    """Whether each point lies on a grid line."""
    return (np.rint(points / side) * side == points).any(axis=1)


def _snapped(points: Floats, side: float) -> Floats:
    """Coordinates within rounding distance of a grid line, moved onto it."""
    line = np.rint(points / side) * side
    return np.where(np.abs(points - line) < _SNAP, line, points)


def _crossings(start: Floats, end: Floats, axis: int, side: float) -> tuple[Indices, Floats, Floats]:
    """Where segments cross the grid lines of one axis: segment, share of its length, point.

    The point is interpolated from the lower end to the upper end, whatever the segment's direction,
    and lies exactly on its grid line.
    """
    backwards = start[:, axis] > end[:, axis]
    low = np.where(backwards[:, None], end, start)
    high = np.where(backwards[:, None], start, end)
    first = np.floor(low[:, axis] / side) + 1
    last = np.ceil(high[:, axis] / side) - 1
    count = np.maximum(last - first + 1, 0).astype(np.intp)
    segment = np.repeat(np.arange(len(start)), count)
    step = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    position = (first[segment] + step) * side
    share = (position - low[segment, axis]) / (high[segment, axis] - low[segment, axis])
    point = low[segment] + share[:, None] * (high[segment] - low[segment])
    point = _snapped(point, side)
    point[:, axis] = position
    return segment, np.where(backwards[segment], 1 - share, share), point


def _pieces(chains: _InCells, sides: _InCells) -> Geometries:
    """The faces that the limits make in each cut cell.

    A cell is small, so its faces are found on their own: the chains inside and the cell's outline,
    split at the nodes on it. Cells with equally many lines are done together.
    """
    lines, cell = np.r_[chains.thing, sides.thing], np.r_[chains.cell, sides.cell]
    order = np.argsort(cell, kind="stable")
    _, start, size = np.unique(cell[order], return_index=True, return_counts=True)
    faces = []
    for count in np.unique(size):
        members = order[start[size == count][:, None] + np.arange(count)]
        faces.append(shapely.get_parts(shapely.polygonize(lines[members], axis=1)))
    return np.concatenate(faces) if faces else np.array([], dtype=object)


def _sides(nodes: _InCells, cut: NDArray[np.int64], side: float) -> _InCells:
    """The outlines of the cut cells as lines between the nodes on them."""
    corners = np.vstack([(_cells_of(cut) + shift) * side for shift in ([0, 0], [1, 0], [1, 1], [0, 1])])
    points, cell = np.vstack([nodes.thing, corners]), np.r_[nodes.cell, np.tile(cut, 4)]
    place = _place_on_outline(points, _cells_of(cell), side)
    order = np.lexsort((np.arange(len(points)) >= len(nodes.cell), place, cell))  # a node before the corner it lies on
    once = order[np.r_[True, (cell[order][1:] != cell[order][:-1]) | (place[order][1:] != place[order][:-1])]]
    points, cell, is_node = points[once], cell[once], once < len(nodes.cell)

    first = np.flatnonzero(np.r_[True, cell[1:] != cell[:-1]])
    size = np.diff(np.r_[first, len(cell)])
    # Each outline begins at its first node, so that the last line closes it; without a node, anywhere.
    position = np.arange(len(cell))
    begin = np.minimum.reduceat(np.where(is_node, position, len(cell)), first)
    begin = np.where(begin < len(cell), begin, first)
    own_first, own_size, own_begin = (np.repeat(value, size) for value in (first, size, begin))
    turned = own_first + (position - own_first + own_begin - own_first) % own_size
    following = own_first + (turned - own_first + 1) % own_size
    starts_line = is_node[turned] | (position == own_first)
    lines = joined(points[turned], points[following], np.cumsum(starts_line) - 1)
    return _InCells(lines, cell[starts_line])


def _place_on_outline(points: Floats, cells: Floats, side: float) -> Floats:
    """How far along its cell's outline a point lies, from the south-west corner, counter-clockwise."""
    west, south = (cells * side).T
    east, north = ((cells + 1) * side).T
    x, y = points.T
    along = [x - west, side + (y - south), 2 * side + (east - x), 3 * side + (north - y)]
    return np.select(
        [(y == south) & (x < east), (x == east) & (y < north), (y == north) & (x > west)], along[:3], along[3]
    )
