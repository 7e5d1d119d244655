"""The unit grid of regular squares, clipped to communities.

The squares lie on one lattice for the whole CRS (multiples of the side from its origin, turned about that
origin), so that neighbouring districts and later runs align. All limits are noded once, on a lattice of
0.01 mm, and each crossing of a limit with a grid line is computed once for all cells that meet there.
Faces therefore share their edges exactly: no gap and no overlap can arise from rounding. At the end the
vertices of the communities are put back to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import (
    NODE_DECIMALS,
    Faces,
    Floats,
    Geometries,
    Indices,
    SharedEdges,
    dissolve,
    joined,
    keys,
    merge_small,
    noded_limits,
    shared_edges,
)
from citygrid_plugin.core.spatial.linework import end_points, faces_between
from citygrid_plugin.core.spatial.place import locate

_SNAP = 1e-6  # metres; crossings this close to a grid corner are the corner
_HAIR = 1e-3  # metres
_QUARTER = 90.0  # degrees; a lattice of squares turned by that is the same
_ONE_CELL = 1 + 1e-6  # what is no larger than one cell, but for rounding, stays one


def regular_cells(
    communities: Geometries,
    cell_area: float = 10_000.0,
    min_ratio: float = 0.5,
    progress: Progress = silent,
    rotation: float = 0.0,
) -> Faces:
    """Cut communities into squares of ``cell_area`` m²; pieces under ``min_ratio`` of it are merged.

    ``communities`` are valid (multi)polygons in a projected CRS in metres. Where they overlap, the
    place belongs to the smallest one (of equal ones to the western, then the southern). ``rotation``
    turns the lattice by that many degrees counter-clockwise about the origin of the CRS; it counts
    modulo 90, and the same rotation gives the same lattice in every district.

    Every cell is one valid polygon inside one community. A community, or a part of one that lies
    apart, that is no larger than a cell is kept as one cell. Cells come in rows of the lattice from
    its north, west to east.
    """
    side, rotation = float(np.sqrt(cell_area)), rotation % _QUARTER
    parts, community = shapely.get_parts(communities, return_index=True)
    turned = shapely.transform(parts, lambda points: _turned(points, -rotation)) if rotation else parts
    limits = _Limits.split(noded_limits(parts, NODE_DECIMALS), rotation, side)
    progress(0.2)
    pieces = _lattice_pieces(limits, turned, _rank(communities)[community], part(progress, 0.2, 0.6))

    area = shapely.area(pieces.polygon)
    of_part = np.bincount(pieces.part, area, len(parts))
    minimum = np.where(of_part <= cell_area * _ONE_CELL, np.inf, min_ratio * cell_area)[pieces.part]
    edges = _edges_of(pieces, area < minimum)
    progress(0.75)
    polygon, labels = dissolve(pieces.polygon, merge_small(edges, area, pieces.part, minimum))
    progress(0.9)
    polygon = _put_back(polygon, shapely.get_coordinates(parts), rotation, side)
    progress(1.0)
    return Faces(polygon, community[pieces.part[labels]])


_BIN, _WINDOW = 1.0, 5.0  # degrees (ours): finer than streets are straight, wider than they waver


def main_direction(lines: Geometries) -> float:
    """The direction that most of the length of line geometries follows, modulo 90 degrees (0 <= a < 90).

    Counter-clockwise from the x axis, for ``rotation`` of ``regular_cells``. It is the length-weighted mean of the
    segments around the most frequent direction, so that a second street net at another angle
    does not turn it. 0 where there is no line. The measure is ours.
    """
    points, line = shapely.get_coordinates(lines, return_index=True)
    step = np.diff(points, axis=0)[line[1:] == line[:-1]]
    length = np.hypot(*step.T)
    angle = np.degrees(np.arctan2(step[:, 1], step[:, 0])) % _QUARTER
    if not length.any():
        return 0.0
    count = round(_QUARTER / _BIN)
    in_bin = np.bincount((angle / _BIN).astype(np.intp) % count, length, count)
    reach = round(_WINDOW / _BIN)
    around = sum(np.roll(in_bin, shift) * (reach + 1 - abs(shift)) for shift in range(-reach, reach + 1))
    peak = (float(np.argmax(np.round(around, 3))) + 0.5) * _BIN
    away = (angle - peak + _QUARTER / 2) % _QUARTER - _QUARTER / 2
    near = np.abs(away) <= _WINDOW
    return float(np.round(peak + np.average(away[near], weights=length[near]), 6)) % _QUARTER


def _turned(points: Floats, degrees: float) -> Floats:
    """Points turned counter-clockwise about the origin.

    At 4e7 m a double still resolves 1e-8 m, far below the nodes' decimals, so no nearer anchor is needed, and one
    that moved with the district would give each its own lattice. Equal points give equal doubles: plain
    products and sums, no matrix product, whose rounding depends on how many points there are.
    """
    if not degrees:
        return points.copy()
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([x * cosine - y * sine, x * sine + y * cosine])


def _rank(communities: Geometries) -> Indices:
    """Which community has a place that several claim: the lower number."""
    bounds = shapely.bounds(communities)
    order = np.lexsort((bounds[:, 1], bounds[:, 0], shapely.area(communities)))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return rank


def _nodes(points: Floats, rotation: float, side: float) -> Floats:
    """Vertices as the nodes of the lattice's frame that they become: rounded, and on a grid line all but touched."""
    # Noding may leave one node as two doubles that differ in the last bit; rounding makes them one. In the CRS, not
    # in the turned frame: there it would move vertices off the limits that they lie on.
    return _snapped(_turned(np.round(points, NODE_DECIMALS), -rotation), side)


def _put_back(polygons: Geometries, given: Floats, rotation: float, side: float) -> Geometries:
    """Cells of the turned lattice in the CRS, with the ``given`` vertices (n, 2) of the communities as they were.

    Of given vertices that became one node, the western, then southern one stands for all. Vertices of
    cells that would become invalid, where limits run within a hair of each other, stay rounded.
    """
    given = given[np.lexsort((given[:, 1], given[:, 0]))]
    node = _nodes(given, rotation, side)
    if not rotation and np.array_equal(node, given):
        return polygons
    key, first = np.unique(keys(node + 0.0), return_index=True)
    points, cell = shapely.get_coordinates(polygons, return_index=True)
    own = keys(points + 0.0)
    place = np.minimum(np.searchsorted(key, own), len(key) - 1)
    vertex = np.flatnonzero(key[place] == own)
    placed = _turned(points, rotation)
    rounded = placed[vertex]
    placed[vertex] = given[first[place[vertex]]]
    changed = np.unique(cell[vertex[(placed[vertex] != rounded).any(axis=1)]])
    wrong = changed[_spoilt(polygons[changed], placed[np.isin(cell, changed)])]
    if len(wrong):
        kept = np.isin(own[vertex], own[np.isin(cell, wrong)])
        placed[vertex[kept]] = rounded[kept]
    return shapely.set_coordinates(polygons.copy(), placed)


def _spoilt(polygons: Geometries, points: Floats) -> NDArray[np.bool_]:
    """Which polygons become invalid, or turn inside out, when their vertices go to ``points``."""
    moved = shapely.set_coordinates(polygons.copy(), points)
    turned = shapely.is_ccw(shapely.get_exterior_ring(moved)) != shapely.is_ccw(shapely.get_exterior_ring(polygons))
    return turned | ~shapely.is_valid(moved)


@dataclass(frozen=True)
class _Pieces:
    """Pieces of parts of communities: polygon, part, and the cell (column, row) of the lattice."""

    polygon: Geometries
    part: Indices
    cell: Floats


def _edges_of(pieces: _Pieces, small: NDArray[np.bool_]) -> SharedEdges:
    """The edges that small pieces share; pieces further than the next cell of the lattice are not looked at."""
    steps = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)]
    around = np.concatenate([_cell_key(pieces.cell[small] + step) for step in steps])
    near = np.flatnonzero(np.isin(_cell_key(pieces.cell), around))
    edges = shared_edges(pieces.polygon[near], of=small[near])
    return SharedEdges(near[edges.left], near[edges.right], edges.length)


def _lattice_pieces(limits: _Limits, parts: Geometries, rank: Indices, progress: Progress) -> _Pieces:
    """All pieces of the turned parts of communities between the lines of the lattice, in reading order."""
    side = limits.side
    chains, nodes = limits.inner_chains(), limits.nodes()
    cut = np.unique(np.r_[chains.cell, nodes.cell])
    sides = _sides(nodes, cut, side)
    pieces = _faces(chains, sides)
    progress(0.6)
    inside = _well_inside(pieces.thing)
    # Where communities overlap, the place belongs to one of them.
    owner = locate(inside, parts, rank)
    whole, whole_owner = _whole_cells(cut, side, parts, rank)
    progress(0.9)

    polygon = np.r_[pieces.thing, shapely.box(*(whole * side).T, *((whole + 1) * side).T)]
    cell, owner = np.vstack([_cells_of(pieces.cell), whole]), np.r_[owner, whole_owner]
    x, y = np.vstack([shapely.get_coordinates(inside), whole * side]).T
    # Rows from the north, west to east inside a row, then by place: independent of input order.
    order = np.lexsort((y, x, cell[:, 0], -cell[:, 1]))
    order = order[owner[order] >= 0]
    progress(1.0)
    return _Pieces(polygon[order], owner[order], cell[order])


def _faces(chains: _InCells, sides: _InCells) -> _InCells:
    """The faces of cells between the chains inside and the sides of the outline, which are in the order of the cells.

    A cell is small, so its faces are found on their own. Most cells are crossed once, by a chain from one of two nodes
    on the outline to the other: these are two halves, for which nothing has to be searched.
    """
    crossed, chain_at, chain_count = np.unique(chains.cell, return_index=True, return_counts=True)
    outlined, side_at, side_count = np.unique(sides.cell, return_index=True, return_counts=True)
    once, twice = chain_count == 1, side_count == 2  # noqa: PLR2004 - a side on either hand of the chain
    cell, at, of = np.intersect1d(crossed[once], outlined[twice], assume_unique=True, return_indices=True)
    chain, side = chains.thing[chain_at[once][at]], sides.thing[side_at[twice][of][:, None] + np.arange(2)]
    ends, first = end_points(chain), end_points(side[:, 0])
    along, against = (first == ends).all(axis=1), (first == ends[:, [2, 3, 0, 1]]).all(axis=1)
    side[against] = side[against][:, ::-1]
    halved = along | against

    things, cells = np.r_[chains.thing, sides.thing], np.r_[chains.cell, sides.cell]
    left = ~np.isin(cells, cell[halved])
    faces, face_cell = faces_between(things[left], cells[left])
    halves = _halves(chain[halved], side[halved])
    return _InCells(np.r_[halves, faces], np.r_[np.repeat(cell[halved], 2), face_cell])


def _halves(chain: Geometries, side: Geometries) -> Geometries:
    """The halves of cells, two by two: ``chain`` (n), ``side`` (n, 2) counter-clockwise, the first along the chain."""
    back = shapely.reverse(side)
    lines = np.column_stack([chain, back[:, 0], shapely.reverse(chain), back[:, 1]]).ravel()
    points, line = shapely.get_coordinates(lines, return_index=True)
    once = (np.diff(line, prepend=line[:1]) == 0) | (line % 2 == 0)  # a side begins where the chain has ended
    return shapely.polygons(shapely.linearrings(points[once], indices=line[once] // 2))


def _well_inside(polygons: Geometries) -> Geometries:
    """A point inside each polygon, and not in a spike of it, where limits run within a hair of each other."""
    inside = shapely.point_on_surface(polygons)
    narrow = np.flatnonzero(shapely.dwithin(inside, shapely.boundary(polygons), _HAIR))
    body = shapely.buffer(polygons[narrow], -_HAIR)
    wide = ~shapely.is_empty(body)
    inside[narrow[wide]] = shapely.point_on_surface(body[wide])
    return inside


def _cell_key(cells: Floats) -> NDArray[np.int64]:
    """One integer a cell of the lattice (column, row)."""
    whole = cells.astype(np.int64)
    return (whole[:, 0] << 32) + whole[:, 1]


def _cells_of(keys: NDArray[np.int64]) -> Floats:
    """Cells (column, row) of their keys."""
    row = ((keys + 2**31) & (2**32 - 1)) - 2**31  # rows south of the origin are negative
    return np.column_stack([(keys - row) >> 32, row]).astype(float)


def _whole_cells(cut: NDArray[np.int64], side: float, parts: Geometries, rank: Indices) -> tuple[Floats, Indices]:
    """Cells (column, row) inside parts that no limit touches, and the part of each.

    In its row such a cell stands in a run between two cut cells, and a run lies in one part.
    """
    cell = _cells_of(cut)
    cell = cell[np.lexsort((cell[:, 0], cell[:, 1]))]
    length = np.where(np.diff(cell[:, 1]) == 0, np.diff(cell[:, 0]) - 1, 0).astype(np.intp)
    begin, length = cell[:-1][length > 0] + (1, 0), length[length > 0]
    owner = locate(shapely.points((begin + 0.5) * side), parts, rank)
    begin, length, owner = begin[owner >= 0], length[owner >= 0], owner[owner >= 0]
    run = np.repeat(np.arange(len(length)), length)
    whole = begin[run]
    whole[:, 0] += np.arange(len(run)) - np.repeat(np.cumsum(length) - length, length)
    return whole, owner[run]


@dataclass(frozen=True)
class _InCells:
    """Things and the key of the cell that each lies in or on."""

    thing: NDArray[Any]
    cell: NDArray[np.int64]


@dataclass(frozen=True)
class _Limits:
    """Limits as segments, in order along their lines, split wherever they meet the lattice."""

    start: Floats  # (n, 2)
    end: Floats  # (n, 2)
    chain: Indices  # (n,): segments of one chain meet the lattice at its ends only
    side: float

    @classmethod
    def split(cls, lines: Geometries, rotation: float, side: float) -> _Limits:
        points, line = shapely.get_coordinates(lines, return_index=True)
        points = _nodes(points, rotation, side)
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
