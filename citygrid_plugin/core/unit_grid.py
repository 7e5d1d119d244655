"""The unit grid of regular squares, clipped to communities.

The squares lie on one global lattice (multiples of the side from the origin of the CRS), so that
neighbouring districts and later runs align. All limits are noded once, on a lattice of 0.01 mm, and
each crossing of a limit with a grid line is computed once for all cells that meet there. Faces
therefore share their edges exactly: no gap and no overlap can arise from rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from . import fields
from .codes import CodeTemplate, SequenceOverflow
from .coverage import Floats, Geometries, Indices, dissolve, merge_small, shared_edges
from .numbering import numbers
from .progress import Progress, part, silent

NODE_DECIMALS = 5
NODE_PRECISION = (
    10.0**-NODE_DECIMALS
)  # metres; far below any survey's accuracy, above the rounding of doubles at 4e7 m
_SNAP = 1e-6  # metres; crossings this close to a grid corner are the corner


@dataclass(frozen=True)
class Faces:
    """Polygons and the index of the community that each lies in."""

    polygon: Geometries
    community: Indices


def regular_grid(
    communities: gpd.GeoDataFrame,
    template: CodeTemplate,
    date: str,
    cell_area: float = 10_000.0,
    min_ratio: float = 0.5,
    progress: Progress = silent,
) -> gpd.GeoDataFrame:
    """The coded unit grid of coded communities (columns as ``divisions.CodedCommunities.frame``).

    ``date`` (YYYYMMDD) becomes ORDate. Columns: ``fields.UNIT_GRID`` and the geometry, sorted by
    BGID; Area in m². Raises ``SequenceOverflow`` where a community needs more numbers than the
    template holds.
    """
    cells = regular_cells(communities.geometry.to_numpy(), cell_area, min_ratio, part(progress, 0.0, 0.9))
    grid = communities.drop(columns=communities.geometry.name).iloc[cells.community].reset_index(drop=True)
    grid = gpd.GeoDataFrame(grid, geometry=cells.polygon, crs=communities.crs)
    xy = shapely.get_coordinates(shapely.centroid(cells.polygon))
    sequence = numbers(xy, float(np.sqrt(cell_area)), cells.community)
    _check_capacity(grid, sequence, template)
    grid[fields.BGID] = template.format(grid[fields.COMMUNITY_CODE], sequence)
    grid[fields.AREA] = np.round(shapely.area(cells.polygon), 2)
    grid[fields.INITIAL_DATE] = date
    grid[fields.END_DATE] = ""
    order = np.lexsort((sequence, cells.community))
    progress(1.0)
    return grid[[*fields.UNIT_GRID, "geometry"]].iloc[order].reset_index(drop=True)


def _check_capacity(grid: pd.DataFrame, sequence: Indices, template: CodeTemplate) -> None:
    worst = int(np.argmax(sequence))
    if sequence[worst] > template.capacity:
        row = grid.iloc[worst]
        raise SequenceOverflow(
            name=row[fields.COMMUNITY_NAME] or row[fields.COMMUNITY_CODE],
            count=int(sequence[worst]),
            digits=template.sequence_digits,
            capacity=template.capacity,
            remedy="Choose the code template with more digits, or a larger CELL_AREA.",
        )


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
    small = area < min_ratio * cell_area
    edges = shared_edges(faces.polygon, of=small)
    progress(0.75)
    label = merge_small(edges, area, faces.community, min_ratio * cell_area)
    progress(0.8)
    polygon, labels = dissolve(faces.polygon, label)
    progress(1.0)
    return Faces(polygon, faces.community[labels])


def _reading_order(polygons: Geometries, side: float) -> Indices:
    """Rows of the lattice from the north, west to east inside a row: independent of input order."""
    bounds = shapely.bounds(polygons)
    row = np.floor((bounds[:, 1] + bounds[:, 3]) / (2 * side))
    return np.lexsort((bounds[:, 3], bounds[:, 1], bounds[:, 0], -row))


def _lattice_faces(communities: Geometries, side: float, progress: Progress) -> Faces:
    """All pieces of communities between the lines of the lattice."""
    noded = shapely.union_all(shapely.boundary(communities), grid_size=NODE_PRECISION)
    progress(0.3)
    limits = _Limits.split(shapely.get_parts(noded), side)
    cut = limits.cut_cells()
    pieces = shapely.get_parts(shapely.polygonize(np.r_[limits.lines(), _cell_edges(limits, cut)]))
    progress(0.6)

    inside = shapely.get_coordinates(shapely.point_on_surface(pieces))
    in_cut_cell = np.isin(_cell_key(np.floor(inside / side)), _cell_key(cut))
    pieces, inside = pieces[in_cut_cell], inside[in_cut_cell]
    whole = _whole_cells(shapely.total_bounds(communities), cut, side)
    centre = (whole + 0.5) * side
    squares = shapely.box(
        whole[:, 0] * side, whole[:, 1] * side, (whole[:, 0] + 1) * side, (whole[:, 1] + 1) * side
    )

    polygon = np.r_[pieces, squares]
    owner = containing(communities, np.r_[inside, centre])
    progress(1.0)
    return Faces(polygon[owner >= 0], owner[owner >= 0])


def containing(communities: Geometries, xy: Floats) -> Indices:
    """Index of the smallest community that contains each point; -1 where there is none."""
    tree = shapely.STRtree(shapely.points(xy))
    community, point = tree.query(communities, predicate="intersects")
    order = np.lexsort((-community, -shapely.area(communities)[community]))
    owner = np.full(len(xy), -1, dtype=np.intp)
    owner[point[order]] = community[order]
    return owner


def _cell_key(cells: Floats) -> NDArray[np.int64]:
    """One integer a cell of the lattice (column, row)."""
    whole = cells.astype(np.int64)
    return (whole[:, 0] << 32) + whole[:, 1]


def _whole_cells(bounds: Floats, cut: Floats, side: float) -> Floats:
    """Cells (column, row) within the bounds that no limit passes through."""
    low, high = np.floor(bounds[:2] / side), np.ceil(bounds[2:] / side)
    column, row = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    cells = np.column_stack([column.ravel(), row.ravel()])
    return cells[~np.isin(_cell_key(cells), _cell_key(cut))]


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

        segment, place = (
            [np.arange(len(start)), np.arange(len(start))],
            [np.zeros(len(start)), np.ones(len(start))],
        )
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
        on_lattice = (np.mod(begin, side) == 0).any(axis=1)
        new_chain = np.r_[True, (line[1:] != line[:-1]) | on_lattice[1:]]
        return cls(begin, finish, np.cumsum(new_chain) - 1, side)

    def lines(self) -> Geometries:
        """The chains as line strings."""
        last = np.r_[self.chain[1:] != self.chain[:-1], True]
        points = np.vstack([self.start, self.end[last]])
        chain = np.r_[self.chain, self.chain[last]]
        order = np.argsort(chain, kind="stable")
        return shapely.linestrings(points[order], indices=chain[order])

    def cut_cells(self) -> Floats:
        """Cells (column, row) that a limit passes through or runs along, each once."""
        middle = (self.start + self.end) / 2 / self.side
        cells = [np.floor(middle)]
        for axis in (0, 1):
            # A limit on a grid line touches the cells of both sides.
            along = (self.start[:, axis] == self.end[:, axis]) & (np.mod(self.start[:, axis], self.side) == 0)
            beside = np.floor(middle[along])
            beside[:, axis] = np.rint(self.start[along, axis] / self.side) - 1
            cells.append(beside)
        return np.unique(np.vstack(cells), axis=0)

    def nodes_on_lattice(self, axis: int) -> Floats:
        """Ends of segments whose coordinate ``axis`` lies on a grid line."""
        ends = np.vstack([self.start, self.end])
        return ends[np.mod(ends[:, axis], self.side) == 0]


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


def _cell_edges(limits: _Limits, cells: Floats) -> Geometries:
    """The four edges of each cell, each edge once, split at the nodes of the limits on them."""
    side = limits.side
    edges = []
    for axis in (0, 1):  # axis 0: edges on vertical lines; axis 1: on horizontal lines
        beyond = cells.copy()
        beyond[:, axis] += 1
        line_and_step = np.unique(np.vstack([cells, beyond])[:, [axis, 1 - axis]], axis=0)
        corners = np.vstack([line_and_step, line_and_step + np.array([0, 1])]) * side
        nodes = limits.nodes_on_lattice(axis)[:, [axis, 1 - axis]]
        known = np.isin(
            _cell_key(np.column_stack([np.rint(nodes[:, 0] / side), np.floor(nodes[:, 1] / side)])),
            _cell_key(line_and_step),
        )
        points = np.unique(np.vstack([corners, nodes[known]]), axis=0)
        pair = (points[1:, 0] == points[:-1, 0]) & np.isin(
            _cell_key(
                np.column_stack(
                    [np.rint(points[:-1, 0] / side), np.floor((points[:-1, 1] + points[1:, 1]) / 2 / side)]
                )
            ),
            _cell_key(line_and_step),
        )
        both = np.stack([points[:-1][pair], points[1:][pair]], axis=1)
        edges.append(both if axis == 0 else both[:, :, ::-1])
    segments = np.concatenate(edges)
    return shapely.linestrings(_without_limits(segments, limits))


def _without_limits(segments: Floats, limits: _Limits) -> Floats:
    """Grid edges that are not part of a limit already (limits may run along grid lines)."""
    own = np.sort(segments.reshape(len(segments), 4).view([("x", float), ("y", float)]), axis=1)
    drawn = np.hstack([limits.start, limits.end]).view([("x", float), ("y", float)])
    drawn = np.sort(drawn, axis=1)
    return segments[~np.isin(own.view(float).view("V32").ravel(), drawn.view(float).view("V32").ravel())]
