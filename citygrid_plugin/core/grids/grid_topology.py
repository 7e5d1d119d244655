"""How the cells of any grid lie to each other and to the communities: overlaps, gaps, loose corners, places.

Cells that share their edges exactly need no overlay. An edge that runs once each way is *settled*: how many
cells cover the place is the same on both sides of it. So only cells near an unsettled edge, and those whose
own inner point lies in another cell, can overlap or lack a corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, keys
from citygrid_plugin.core.spatial.geometry import has_width, polygonal
from citygrid_plugin.core.spatial.place import locate

WIDTH: Final = 0.01  # metres; ours: a gap or overlap that is no wider is one limit drawn twice
LEAST_AREA: Final = 0.5  # m²; ours: less is a residue of digitising

_DECIMALS = 3  # of a metre; edges that differ by less are the same edge
_CHUNK = 2_000  # cells between two looks at the cancel button
_MOST_TILES = 300  # to one side, however far apart the communities lie
_NO_ROWS, _NO_PLACES = np.array([], dtype=np.intp), np.array([], dtype=object)


def substantial(places: Geometries) -> NDArray[np.bool_]:
    """Which places are more than 0.5 m² and somewhere wider than 1 cm (ours)."""
    large = shapely.area(places) > LEAST_AREA
    large[large] = ~shapely.is_empty(shapely.buffer(places[large], -0.51 * WIDTH))
    return large


@dataclass(frozen=True)
class Edges:
    """Edges of outlines: ``start`` and ``end`` (n, 2), and the polygon of each."""

    start: Floats
    end: Floats
    owner: Indices

    @classmethod
    def of(cls, polygons: Geometries) -> Edges:
        """All edges of polygons, with the inside on the left."""
        parts, polygon = shapely.get_parts(polygons, return_index=True)
        rings, part_of = shapely.get_rings(parts, return_index=True)
        outer = np.r_[True, part_of[1:] != part_of[:-1]] if len(rings) else np.array([], dtype=bool)
        turned = shapely.is_ccw(rings) != outer
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        inner = ring[1:] == ring[:-1]
        ring = ring[:-1][inner]
        back = turned[ring][:, None]
        start, end = xy[:-1][inner], xy[1:][inner]
        return cls(np.where(back, end, start), np.where(back, start, end), polygon[part_of[ring]])

    def unsettled(self) -> Edges:
        """The edges that do not run once each way."""
        start, end = (np.round(ends, _DECIMALS) + 0.0 for ends in (self.start, self.end))
        forwards = (start[:, 0] < end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] < end[:, 1]))
        both = np.where(forwards[:, None], np.hstack([start, end]), np.hstack([end, start]))
        _, edge = np.unique(keys(both), return_inverse=True)
        net = np.bincount(edge, np.where(forwards, 1.0, -1.0))
        chosen = (net[edge] != 0) & (start != end).any(axis=1)
        return Edges(self.start[chosen], self.end[chosen], self.owner[chosen])

    def lines(self) -> Geometries:
        """Each edge as a line."""
        ends = np.stack([self.start, self.end], axis=1)
        return shapely.linestrings(ends) if len(ends) else np.array([], dtype=object)


@dataclass(frozen=True)
class Pairs:
    """Places that two cells have in common."""

    left: Indices
    right: Indices
    place: Geometries


def overlaps(polygons: Geometries, unsettled: Edges, progress: Progress = silent) -> Pairs:
    """Substantial places that belong to two cells."""
    tree = shapely.STRtree(polygons)
    suspect = np.zeros(len(polygons), dtype=bool)
    suspect[tree.query(unsettled.lines())[1]] = True
    _mark_covered(polygons, suspect, part(progress, 0.0, 0.4))
    rows = np.flatnonzero(suspect)
    lefts, rights, shared = [_NO_ROWS], [_NO_ROWS], [_NO_PLACES]
    for start in range(0, len(rows), _CHUNK):
        progress(0.4 + 0.6 * start / len(rows))
        some = rows[start : start + _CHUNK]
        pairs = np.hstack([tree.query(polygons[some], predicate=name) for name in ("overlaps", "covers")])
        cell, other = some[pairs[0]], pairs[1]
        different = cell != other
        cell, other = np.unique(np.sort([cell[different], other[different]], axis=0), axis=1)
        places = polygonal(shapely.intersection(polygons[cell], polygons[other])).polygon
        real = substantial(places)
        lefts.append(cell[real])
        rights.append(other[real])
        shared.append(places[real])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    once = np.unique(left * len(polygons) + right, return_index=True)[1]
    return Pairs(left[once], right[once], np.concatenate(shared)[once])


def _mark_covered(polygons: Geometries, suspect: NDArray[np.bool_], progress: Progress) -> None:
    """Mark the cells whose inner point lies in another one, and those others."""
    points = inner_points(polygons, progress)
    tree = shapely.STRtree(points)
    for start in range(0, len(polygons), _CHUNK):
        progress(start / len(polygons))
        cell, point = tree.query(polygons[start : start + _CHUNK], predicate="intersects")
        cell += start
        other = cell != point
        suspect[cell[other]] = suspect[point[other]] = True


def inner_points(polygons: Geometries, progress: Progress = silent) -> Geometries:
    """A point inside each polygon."""
    points = np.empty(len(polygons), dtype=object)
    for start in range(0, len(polygons), _CHUNK):
        progress(start / len(polygons))
        points[start : start + _CHUNK] = shapely.point_on_surface(polygons[start : start + _CHUNK])
    return points


@dataclass(frozen=True)
class Gaps:
    """Places of communities without a cell, and the community of each."""

    place: Geometries
    community: Indices


def gaps(
    polygons: Geometries,
    unsettled: Edges,
    communities: Geometries,
    bare: NDArray[np.bool_],
    progress: Progress = silent,
) -> Gaps:
    """Substantial places of communities outside the cells, looked for tile by tile.

    A tile inside the communities without an unsettled edge is covered everywhere or nowhere. Communities marked
    ``bare`` have no cell at all: they are no gap.
    """
    extent = shapely.union_all(communities)
    tiles = _tiles(polygons, extent)
    cells, edges = shapely.STRtree(polygons), shapely.STRtree(unsettled.lines())
    settled = shapely.covers(extent, tiles)
    settled[edges.query(tiles)[0]] = False
    middle = np.flatnonzero(settled)
    held = np.unique(cells.query(shapely.centroid(tiles[middle]), predicate="intersects")[0])
    settled[np.setdiff1d(middle, middle[held])] = False
    owners = np.flatnonzero(~bare)
    homes = shapely.STRtree(communities[owners])
    found, of, cut = [_NO_PLACES], [_NO_ROWS], [np.array([], dtype=bool)]
    for number, tile in enumerate(tiles[~settled]):
        progress(0.8 * number / len(tiles))
        union = shapely.union_all(polygons[cells.query(tile)])
        here = owners[homes.query(tile, predicate="intersects")]
        rest = polygonal(shapely.difference(shapely.intersection(communities[here], tile), union)).polygon
        parts, index = shapely.get_parts(rest, return_index=True)
        is_cut = shapely.intersects(parts, tile.boundary)
        real = is_cut | substantial(parts)
        found.append(parts[real])
        of.append(here[index[real]])
        cut.append(is_cut[real])
    return _rejoined(np.concatenate(found), np.concatenate(of), np.concatenate(cut), part(progress, 0.8, 1.0))


def _rejoined(parts: Geometries, of: Indices, cut: NDArray[np.bool_], progress: Progress) -> Gaps:
    """Gaps of communities, those that tiles have cut made whole again."""
    place, community = [parts[~cut]], [of[~cut]]
    rows = np.flatnonzero(cut)[np.argsort(of[cut], kind="stable")]
    owners, first = np.unique(of[rows], return_index=True)
    for number, (owner, some) in enumerate(zip(owners, np.split(rows, first[1:]), strict=False)):
        progress(number / len(owners))
        # What the two sides of a cut disagree in is far below the rounding.
        union = shapely.union_all(parts[some], grid_size=10.0**-_DECIMALS)
        whole = shapely.get_parts(polygonal(np.array([union])).polygon)
        whole = whole[substantial(whole)]
        place.append(whole)
        community.append(np.full(len(whole), owner))
    return Gaps(np.concatenate(place), np.concatenate(community))


def _tiles(polygons: Geometries, extent: shapely.Geometry) -> Geometries:
    """Squares of about two thousand cells that together cover the extent."""
    west, south, east, north = shapely.bounds(extent)
    size = shapely.area(polygons)
    side = float(np.sqrt(np.median(size) * _CHUNK)) if len(size) else 0.0
    side = max(side, max(east - west, north - south) / _MOST_TILES)
    columns, rows = max(int(np.ceil((east - west) / side)), 1), max(int(np.ceil((north - south) / side)), 1)
    x, y = (part.ravel() for part in np.meshgrid(np.arange(columns), np.arange(rows)))
    tiles = shapely.box(west + x * side, south + y * side, west + (x + 1) * side, south + (y + 1) * side)
    shapely.prepare(extent)
    return tiles[shapely.intersects(extent, tiles)]


@dataclass(frozen=True)
class LooseCorners:
    """Corners of ``neighbour`` (points) on an edge of ``cell`` that has no corner there."""

    cell: Indices
    neighbour: Indices
    point: Geometries


def loose_corners(unsettled: Edges, progress: Progress = silent) -> LooseCorners:
    """Corners of one cell within 1 cm of the edge of another, and further than that from its corners."""
    corner, owner = np.vstack([unsettled.start, unsettled.end]), np.r_[unsettled.owner, unsettled.owner]
    once = np.unique(keys(np.column_stack([np.round(corner, _DECIMALS), owner])), return_index=True)[1]
    corner, owner = corner[once], owner[once]
    tree = shapely.STRtree(unsettled.lines())
    found = [np.array([_NO_ROWS, _NO_ROWS])]
    step = 10 * _CHUNK
    for start in range(0, len(corner), step):
        progress(start / len(corner))
        pairs = tree.query(shapely.points(corner[start : start + step]), predicate="dwithin", distance=WIDTH)
        found.append(pairs + np.array([[start], [0]]))
    which, edge = np.hstack(found)
    apart = owner[which] != unsettled.owner[edge]
    for ends in (unsettled.start, unsettled.end):
        apart &= np.hypot(*(corner[which] - ends[edge]).T) > WIDTH
    which, edge = which[apart], edge[apart]
    # Where several cells meet, each has the corner; one of them is enough.
    place = np.column_stack([unsettled.owner[edge], np.round(corner[which], _DECIMALS - 1)])
    first = np.unique(keys(place), return_index=True)[1]
    which, edge = which[first], edge[first]
    return LooseCorners(unsettled.owner[edge], owner[which], shapely.points(corner[which]))


@dataclass(frozen=True)
class Places:
    """Where cells lie.

    ``community``: the one that holds most of each cell, -1 for none. ``stray``: the cells with a substantial part
    elsewhere, ``where`` that is (-1 outside all communities), and the part itself.
    """

    community: Indices
    stray: Indices
    where: Indices
    part: Geometries


def places(polygons: Geometries, communities: Geometries, progress: Progress = silent) -> Places:
    """The community of each cell; where communities overlap, the place belongs to the smallest of them.

    Cells are only cut where a community limit runs through them, and only with the limits near them.
    """
    rank = shapely.area(communities)
    limits = Edges.of(communities).lines()
    cut, limit = _limits_inside(polygons, limits, part(progress, 0.0, 0.5))
    whole = np.ones(len(polygons), dtype=bool)
    whole[cut] = False
    whole &= ~shapely.is_empty(polygons)
    community = np.full(len(polygons), -1, dtype=np.intp)
    rows = np.flatnonzero(whole)
    community[rows] = locate(inner_points(polygons[rows], part(progress, 0.5, 0.7)), communities, rank)
    nowhere = rows[community[rows] < 0]

    pieces, cell = _pieces(polygons, cut, limits[limit])
    where = locate(shapely.point_on_surface(pieces), communities, rank)
    progress(0.9)
    key, group = np.unique(np.column_stack([cell, where]), axis=0, return_inverse=True)
    group = group.ravel()  # numpy 2.0 gives a column
    area = np.bincount(group, shapely.area(pieces), len(key))
    # The community with the largest part of a cell holds it; the last assignment is the largest.
    inside = np.flatnonzero(key[:, 1] >= 0)
    inside = inside[np.argsort(area[inside], kind="stable")]
    community[key[inside, 0]] = key[inside, 1]
    beyond = np.flatnonzero((key[:, 1] != community[key[:, 0]]) | (key[:, 1] < 0))
    parts = _unions(pieces, group, beyond)
    real = substantial(parts)
    progress(1.0)
    return Places(
        community,
        np.r_[key[beyond[real], 0], nowhere],
        np.r_[key[beyond[real], 1], np.full(len(nowhere), -1)],
        np.r_[parts[real], polygons[nowhere]],
    )


def _limits_inside(polygons: Geometries, limits: Geometries, progress: Progress) -> tuple[Indices, Indices]:
    """Pairs (cell, limit): the limits near each cell through whose inside some limit runs; sorted by cell."""
    tree = shapely.STRtree(limits)
    found = [np.array([_NO_ROWS, _NO_ROWS])]
    for start in range(0, len(polygons), _CHUNK):
        progress(start / len(polygons))
        near = tree.query(polygons[start : start + _CHUNK])
        rows = np.unique(near[0])
        core = shapely.buffer(polygons[start + rows], -WIDTH, join_style="mitre")
        entered = rows[np.unique(tree.query(core, predicate="intersects")[0])]
        found.append(near[:, np.isin(near[0], entered)] + np.array([[start], [0]]))
    cell, limit = np.hstack(found)
    return cell, limit


def _pieces(polygons: Geometries, cell: Indices, lines: Geometries) -> tuple[Geometries, Indices]:
    """The pieces into which lines cut cells (``cell`` ascending, a line each), and their cell."""
    cut, group = np.unique(cell, return_inverse=True)
    if not len(cut):
        return np.array([], dtype=object), cut
    drawn = shapely.union(shapely.boundary(polygons[cut]), shapely.multilinestrings(lines, indices=group))
    faces, owner = shapely.get_parts(shapely.polygonize(drawn[:, None], axis=1), return_index=True)
    wide = has_width(faces)
    faces, owner = faces[wide], owner[wide]
    inside = shapely.intersects(polygons[cut][owner], shapely.point_on_surface(faces))
    return faces[inside], cut[owner[inside]]


def _unions(pieces: Geometries, group: Indices, wanted: Indices) -> Geometries:
    """The union of the pieces of each wanted group."""
    order = np.argsort(group, kind="stable")
    low, high = (np.searchsorted(group[order], wanted, side) for side in ("left", "right"))
    result = np.empty(len(wanted), dtype=object)
    result[:] = [shapely.union_all(pieces[order[i:j]]) for i, j in zip(low, high, strict=True)]
    return result
