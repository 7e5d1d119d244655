"""Correcting a unit grid by hand: dividing, merging, moving limits, codes and the crosswalk.

All rules here are ours. An action gets the current unit grids around it (``Cells``) and gives the
outlines that it changes (``Piece``); grids that it does not name stay as they are. A point that an
action sets on a limit becomes a vertex of every grid that has this limit, so that edges stay shared
exactly. Limits of communities never move. A new point closer than ``TOLERANCE`` to a vertex becomes
that vertex. Limits that lack a vertex of a neighbour get it; limits of grids drawn elsewhere that
miss each other by more than 0.1 mm are left as they are, and do not move.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.codes import COMMUNITY_DIGITS, GRID_TEMPLATES, CodeTemplate, GridTemplate, SequenceOverflow
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices

from . import stability
from .numbering import cell_numbers
from .stability import SAME_SHARE

TOLERANCE: Final = 0.01  # metres
_EXACT = 1e-4  # metres; places closer than this are the same. Far below TOLERANCE, so that no corner is flat enough
# for a new point on one side of it to be taken for one on the other.
_USUAL_AREA = 10_000.0  # m²; domain facts
_LEAST_AREA = 1.0  # m²; less is a slip of the hand
_RESIDUE = 0.01  # m²; less is rounding
_LEAST_WIDTH = 0.5  # metres, of the mean; less is a line drawn twice
_STRAIGHT = 1e-6  # metres off a straight line are rounding
_PAIR = 2
_SMALLEST_RING = 4  # points of a triangle that is closed


class NothingCut(CityGridError):
    """A line that divides no unit grid."""

    template = "The line divides no unit grid. Draw it from one limit to another, right across the grid."


class LineCrossesItself(CityGridError):
    """A line with a loop."""

    template = "The line crosses itself. Draw it again without a loop."


class TooSmall(CityGridError):
    """A part that nobody can want."""

    template = "A unit grid of only {area} m² would be left. Stay further away from the next limit."


class TooFewChosen(CityGridError):
    """Less than two grids to merge."""

    template = "Choose two or more unit grids that lie side by side."


class SeveralCommunities(CityGridError):
    """Grids of different communities to merge."""

    template = "The chosen unit grids belong to different communities ({communities}); only grids of one can be merged."


class NotSideBySide(CityGridError):
    """Grids that do not share edges."""

    template = "The chosen unit grids do not all share a limit. Choose grids that lie side by side."


class NoLimitHere(CityGridError):
    """Nothing to grab."""

    template = "There is no limit of a unit grid at this place."


class CommunityLimit(CityGridError):
    """A limit of a community, or of the whole grid."""

    template = (
        "This is a limit of a community, and it stays where it is. The end of a limit that meets it can be "
        "dragged along it."
    )


class LimitBlocked(CityGridError):
    """A move that would make limits cross."""

    template = "The limit cannot go there: it would cross or touch another one. Drag it less far."


class Unclean(CityGridError):
    """Limits that should meet and do not."""

    template = (
        "The limits of the unit grids do not meet exactly at this place. Check the unit grid, and mend the gap or "
        "overlap with the vertex tool of QGIS first."
    )


class SharedTwice(CityGridError):
    """Two grids with several common limits."""

    template = "These two unit grids share limits in more than one place. Move the vertices one by one."


class FaultyOutline(CityGridError):
    """An outline that crosses itself."""

    template = "The outline of unit grid {code} crosses itself. Mend it first (Processing ▸ Fix geometries)."


class NoCommunityCode(CityGridError):
    """A grid that does not say to which community it belongs."""

    template = (
        "Unit grid “{code}” has no community code of {digits} digits in the field CommCode, so it can get no new "
        "code. Fill the field in first."
    )


class InOrder(CityGridError):
    """Nothing to number anew."""

    template = "The codes of “{name}” are in order already; nothing was changed."


@dataclass(frozen=True)
class Cells:
    """Current unit grids around an action: outlines in a CRS of metres, codes, and codes of communities."""

    polygon: Geometries
    code: NDArray[np.object_]
    community: NDArray[np.object_]


@dataclass(frozen=True)
class Piece:
    """An outline after an action, and the grids (indices) that it is made of."""

    polygon: shapely.Polygon
    parents: tuple[int, ...]


@dataclass(frozen=True)
class Grip:
    """What a hand takes hold of: a vertex (one point) or an edge (two), and the nearest place on it."""

    points: tuple[tuple[float, float], ...]
    at: tuple[float, float]

    @property
    def is_vertex(self) -> bool:
        """Whether this is a vertex."""
        return len(self.points) == 1


_quiet: np.errstate = np.errstate(invalid="ignore")  # GEOS leaves the flag of a division that it has dealt with

# Dividing and merging


@_quiet
def split(cells: Cells, line: shapely.LineString) -> list[Piece]:
    """Divide all grids that ``line`` crosses from limit to limit; its loose ends do nothing.

    Raises ``NothingCut``, ``LineCrossesItself``, ``TooSmall``, ``LimitBlocked``, ``FaultyOutline``.
    """
    if not line.is_simple:
        raise LineCrossesItself
    if not len(cells.polygon):
        raise NothingCut
    cuts: dict[int, list[shapely.LineString]] = {}
    for stretch in _stretches(line, cells.polygon):
        owner = _owner(stretch, cells.polygon)
        if owner >= 0:
            cuts.setdefault(owner, []).append(stretch)
    if not cuts:
        raise NothingCut
    _require_valid(cells, cuts)
    ends = np.vstack([shapely.get_coordinates(line)[[0, -1]] for lines in cuts.values() for line in lines])
    pieces = []
    for cell, polygon in enumerate(cells.polygon):
        outline = conformed(polygon, ends)
        if cell in cuts:
            pieces += [Piece(part, (cell,)) for part in _parts(outline, cuts[cell])]
        elif outline is not polygon:
            pieces.append(Piece(outline, (cell,)))
    if len(pieces) == len({piece.parents for piece in pieces}):
        raise NothingCut
    return _checked(cells, pieces)


@_quiet
def merge(cells: Cells, chosen: Sequence[int]) -> list[Piece]:
    """Make one grid of several.

    Raises ``TooFewChosen``, ``SeveralCommunities``, ``NotSideBySide``, ``FaultyOutline``.
    """
    if len(chosen) < _PAIR:
        raise TooFewChosen
    communities = sorted(set(cells.community[list(chosen)]))
    if len(communities) > 1:
        raise SeveralCommunities(communities=", ".join(communities))
    _require_valid(cells, chosen)
    whole = shapely.union_all(_together(cells.polygon[list(chosen)]))
    if whole.geom_type != "Polygon":
        raise NotSideBySide
    return [Piece(whole, tuple(chosen))]


# Moving


def grip(polygons: Geometries, at: tuple[float, float], reach: float) -> Grip | None:
    """The vertex within ``reach`` of a place, else the edge, else None."""
    points, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygons)), return_index=True)
    if not len(points):
        return None
    distance = np.hypot(*(points - at).T)
    nearest = int(np.argmin(distance))
    if distance[nearest] <= reach:
        vertex = _pair(points[nearest])
        return Grip((vertex,), vertex)
    inner = ring[1:] == ring[:-1]
    starts, ends = points[:-1][inner], points[1:][inner]
    feet = _feet(starts, ends, np.asarray(at))
    distance = np.hypot(*(feet - at).T)
    nearest = int(np.argmin(distance))
    if distance[nearest] > reach:
        return None
    return Grip((_pair(starts[nearest]), _pair(ends[nearest])), _pair(feet[nearest]))


@_quiet
def move(cells: Cells, held: Grip, to: tuple[float, float], reach: float) -> list[Piece]:
    """Drag a vertex or an edge of a limit; every grid that has it follows.

    A vertex goes to ``to``. An edge moves parallel to itself: where it ends at other limits, its ends
    slide along them; where the limit only bends, the bend goes along. A vertex on the limit of a community
    slides along that limit if ``to`` lies within ``reach`` of it.
    Raises ``NoLimitHere``, ``CommunityLimit``, ``LimitBlocked``, ``TooSmall``, ``SharedTwice``, ``Unclean``,
    ``FaultyOutline``.
    """
    return _move_vertex(cells, held.at, to, reach) if held.is_vertex else _move_edge(cells, held, to)


@_quiet
def bend(cells: Cells, held: Grip, to: tuple[float, float]) -> list[Piece]:
    """Set a new vertex on an edge and drag it; raises as ``move`` does."""
    return _move_vertex(cells, held.at, to, 0.0)


def _move_vertex(cells: Cells, at: tuple[float, float], to: tuple[float, float], reach: float) -> list[Piece]:
    near = _near(cells, at)
    healed = _healed(cells, near, at)
    if not all(at in _points(polygon) for polygon in healed.values()):
        raise Unclean
    if not _is_inside(cells, near, at):
        return _slide(cells, healed, at, to, reach)
    return _replaced(cells, healed, {at: to})


def _move_edge(cells: Cells, held: Grip, to: tuple[float, float]) -> list[Piece]:
    healed = _healed(cells, _near(cells, held.at))
    edge = _edge_at(next(iter(healed.values())), held.at)
    pair = [cell for cell, polygon in healed.items() if _key(*edge) in _edges(polygon)]
    if len(pair) != _PAIR or len(set(cells.community[pair])) > 1:
        raise CommunityLimit
    start, end = np.array(edge)
    along = (end - start) / np.hypot(*(end - start))
    aside = np.array([-along[1], along[0]])
    shift = aside * np.dot(np.subtract(to, held.at), aside)
    limit = _common_limit(healed[pair[0]], healed[pair[1]])
    moved = {edge[0]: _pair(start + shift), edge[1]: _pair(end + shift)}
    fixed = {limit[0], limit[-1]} if limit[0] != limit[-1] else set()
    if not fixed & set(edge):
        return _replaced(cells, {cell: healed[cell] for cell in pair}, moved)
    whole = shapely.union_all([healed[cell] for cell in pair])
    middle = (start + end) / 2 + shift
    if not shapely.contains_properly(whole, shapely.Point(middle)):
        raise LimitBlocked
    forwards = limit.index(edge[0]) < limit.index(edge[1])
    sides = (-along, along) if forwards else (along, -along)
    line = [moved.get(point, point) for point in limit]
    if limit[0] in edge:
        line[0] = _first_hit(whole, middle, sides[0])
    if limit[-1] in edge:
        line[-1] = _first_hit(whole, middle, sides[1])
    return _redrawn(cells, healed, pair, line, limit)


def _slide(
    cells: Cells,
    healed: Mapping[int, shapely.Polygon],
    at: tuple[float, float],
    to: tuple[float, float],
    reach: float,
) -> list[Piece]:
    """Move the end of the one limit that meets a community's limit in ``at`` along that limit."""
    pairs = []
    for community in set(cells.community[list(healed)]):
        members = [cell for cell in healed if cells.community[cell] == community]
        if len(members) == _PAIR:
            pairs.append(members)
    if len(pairs) != 1:
        raise CommunityLimit
    pair = pairs[0]
    common = _edges(healed[pair[0]]) & _edges(healed[pair[1]])
    if not any(at in edge for edge in common):
        raise CommunityLimit
    limit = _common_limit(healed[pair[0]], healed[pair[1]])
    outline = shapely.boundary(shapely.union_all([healed[cell] for cell in pair]))
    target = shapely.Point(to)
    if at not in (limit[0], limit[-1]) or shapely.distance(outline, target) > reach:
        raise CommunityLimit
    end = _at_vertex(_pair(shapely.get_coordinates(shapely.shortest_line(outline, target))[0]), outline)
    line = [end if point == at else point for point in limit]
    return _redrawn(cells, healed, pair, line, limit)


def _redrawn(
    cells: Cells,
    healed: Mapping[int, shapely.Polygon],
    pair: Sequence[int],
    line: Sequence[tuple[float, float]],
    before: Sequence[tuple[float, float]],
) -> list[Piece]:
    """Two grids with a new limit between them; their common outline, and so all others, keep their shape."""
    limit = shapely.LineString(line)
    ends = np.array([line[0], line[-1]])
    whole = conformed(shapely.union_all([healed[cell] for cell in pair]), ends)
    parts = _parts(whole, [limit]) if limit.is_simple and limit.length > TOLERANCE else []
    if len(parts) != _PAIR:
        raise LimitBlocked
    first = shapely.area(shapely.intersection(parts, healed[pair[0]]))
    parts = parts if first[0] >= first[1] else parts[::-1]
    outlines = dict(zip(pair, parts, strict=True))
    for cell, polygon in enumerate(cells.polygon):
        if cell not in outlines and (outline := conformed(polygon, ends)) is not polygon:
            outlines[cell] = outline
    for point in (before[0], before[-1]):
        if point not in line:
            _drop_idle(cells, outlines, point)
    return _checked(cells, [Piece(polygon, (cell,)) for cell, polygon in outlines.items()])


def _drop_idle(cells: Cells, outlines: dict[int, shapely.Polygon], point: tuple[float, float]) -> None:
    """Take away the vertex that a limit's old end leaves in a straight line; a corner stays."""
    without = {}
    for cell, polygon in enumerate(cells.polygon):
        outline = outlines.get(cell, polygon)
        rings = [ring for ring in _rings(outline) if point in ring]
        if not rings:
            continue
        if not _is_idle(rings[0], point):
            return
        without[cell] = _rebuilt(outline, lambda ring: ring[(ring != point).any(axis=1)])
    if len(without) <= _PAIR:
        outlines.update(without)


def _is_idle(ring: Sequence[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Whether a ring runs straight on in one of its vertices."""
    number = ring.index(point)
    before, after = ring[number - 1 if number else -2], ring[number + 1]
    if len(ring) <= _SMALLEST_RING:
        return False
    line = shapely.LineString([before, after])
    return bool(shapely.distance(line, shapely.Point(point)) <= _STRAIGHT)


def _replaced(
    cells: Cells,
    healed: Mapping[int, shapely.Polygon],
    moved: Mapping[tuple[float, float], tuple[float, float]],
) -> list[Piece]:
    """Grids whose vertices have gone elsewhere.

    The outer limit of all of them together stays, so as long as every ring stays simple and keeps its sense,
    they neither overlap nor leave gaps.
    """

    def change(ring: Floats) -> Floats:
        new = ring.copy()
        for old, place in moved.items():
            new[(ring == old).all(axis=1)] = place
        new = new[(new != np.roll(new, 1, axis=0)).any(axis=1)]
        if len(new) <= _PAIR or shapely.is_ccw(_closed(new)) != shapely.is_ccw(_closed(ring)):
            raise LimitBlocked
        return new

    pieces = [Piece(_rebuilt(polygon, change), (cell,)) for cell, polygon in healed.items()]
    return _checked(cells, pieces)


# Geometry


def conformed(polygon: shapely.Polygon, points: Floats) -> shapely.Polygon:
    """The polygon with those of ``points`` that lie on its outline as vertices; itself where it has them."""
    own = shapely.get_coordinates(polygon)
    points = points[~np.isin(points @ [1, 1j], own @ [1, 1j])]
    if len(points):
        points = points[shapely.dwithin(shapely.points(points), shapely.boundary(polygon), _EXACT)]
    if not len(points):
        return polygon

    def change(ring: Floats) -> Floats:
        for point in points:
            distance = np.hypot(*(ring - point).T)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= _EXACT:
                ring = ring.copy()
                ring[nearest] = point
                continue
            feet = _feet(ring, np.roll(ring, -1, axis=0), point)
            distance = np.hypot(*(feet - point).T)
            nearest = int(np.argmin(distance))
            if distance[nearest] <= _EXACT:
                ring = np.insert(ring, nearest + 1, point, axis=0)
        return ring

    return _rebuilt(polygon, change)


def _rebuilt(shape: shapely.Polygon, change: Callable[[Floats], Floats]) -> shapely.Polygon:
    """A polygon (also of several parts) with all rings changed; ``change`` gets them without the closing point."""
    parts = [
        shapely.Polygon(
            change(shapely.get_coordinates(part.exterior)[:-1]),
            [change(shapely.get_coordinates(hole)[:-1]) for hole in part.interiors],
        )
        for part in shapely.get_parts(shape)
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _closed(ring: Floats) -> shapely.LinearRing:
    return shapely.linearrings(ring)


def _feet(starts: Floats, ends: Floats, point: Floats) -> Floats:
    """The nearest place of each segment to a point."""
    along = ends - starts
    square = (along**2).sum(axis=1)
    share = ((point - starts) * along).sum(axis=1) / np.where(square > 0, square, 1)
    return starts + np.clip(share, 0, 1)[:, None] * along


def _pair(xy: Floats) -> tuple[float, float]:
    return float(xy[0]), float(xy[1])


def _at_vertex(point: tuple[float, float], shape: shapely.Geometry) -> tuple[float, float]:
    """The vertex of a shape that a point practically is, else the point."""
    vertices = shapely.get_coordinates(shape)
    distance = np.hypot(*(vertices - point).T)
    nearest = int(np.argmin(distance))
    return _pair(vertices[nearest]) if distance[nearest] <= TOLERANCE else point


def _stretches(line: shapely.LineString, polygons: Geometries) -> list[shapely.LineString]:
    """The parts of a line between one limit and the next."""
    outlines = shapely.boundary(polygons)
    limits = shapely.GeometryCollection(outlines.tolist())
    points: list[tuple[float, float]] = []
    stops: list[bool] = []

    def add(point: tuple[float, float], stop: bool) -> None:
        if points and math.dist(points[-1], point) <= TOLERANCE:
            if stop and not stops[-1]:
                points[-1], stops[-1] = point, True
        else:
            points.append(point)
            stops.append(stop)

    vertices = [_on_limit(_pair(xy), limits) for xy in shapely.get_coordinates(line)]
    for (start, starts), (end, ends) in pairwise(vertices):
        add(start, starts)
        if math.dist(start, end) <= TOLERANCE:
            continue
        piece = shapely.LineString([start, end])
        crossed = outlines[shapely.intersects(outlines, piece)]
        hits = shapely.get_coordinates(shapely.intersection(piece, crossed))
        for hit in hits[np.argsort(np.hypot(*(hits - start).T))]:
            add(_at_vertex(_pair(hit), limits), stop=True)
        add(end, ends)
    where = [number for number, stop in enumerate(stops) if stop]
    return [shapely.LineString(points[a : b + 1]) for a, b in pairwise(where)]


def _on_limit(point: tuple[float, float], limits: shapely.Geometry) -> tuple[tuple[float, float], bool]:
    """A point of a line, moved onto the limit that it practically lies on, and whether there is one."""
    there = shapely.Point(point)
    if shapely.distance(limits, there) > TOLERANCE:
        return point, False
    return _at_vertex(_pair(shapely.get_coordinates(shapely.shortest_line(limits, there))[0]), limits), True


def _owner(stretch: shapely.LineString, polygons: Geometries) -> int:
    """The polygon that a stretch runs through; -1 where it runs along a limit or outside."""
    points = shapely.get_coordinates(stretch)
    longest = int(np.argmax(np.hypot(*np.diff(points, axis=0).T)))
    middle = shapely.Point((points[longest] + points[longest + 1]) / 2)
    inside = shapely.contains_properly(polygons, middle)
    inside &= shapely.distance(shapely.boundary(polygons), middle) > TOLERANCE
    return int(np.flatnonzero(inside)[0]) if inside.any() else -1


def _parts(polygon: shapely.Polygon, lines: Sequence[shapely.LineString]) -> list[shapely.Polygon]:
    """The parts into which lines divide a polygon that has their ends as vertices."""
    noded = shapely.union_all([shapely.boundary(polygon), *lines])
    faces = shapely.get_parts(shapely.polygonize([noded]))
    return list(faces[shapely.contains_properly(polygon, shapely.point_on_surface(faces))])


def _together(polygons: Geometries) -> Geometries:
    """Polygons with each other's vertices on their common limits."""
    result = polygons.copy()
    for number in range(len(result)):
        result[number] = conformed(result[number], shapely.get_coordinates(np.delete(result, number)))
    return result


def _near(cells: Cells, at: tuple[float, float]) -> list[int]:
    near = np.flatnonzero(shapely.dwithin(shapely.boundary(cells.polygon), shapely.Point(at), TOLERANCE)).tolist()
    if not near:
        raise NoLimitHere
    _require_valid(cells, near)
    return near


def _healed(cells: Cells, near: Sequence[int], at: tuple[float, float] | None = None) -> dict[int, shapely.Polygon]:
    """The grids ``near`` with every vertex that others have on their limits, and ``at``."""
    healed = cells.polygon.copy()
    for cell in near:
        if at is not None:
            healed[cell] = conformed(healed[cell], np.array([at]))
    for cell in near:
        healed[cell] = conformed(healed[cell], shapely.get_coordinates(healed))
    return {cell: healed[cell] for cell in near}


def _is_inside(cells: Cells, near: Sequence[int], at: tuple[float, float]) -> bool:
    """Whether a place on a limit has grids of one community all around it."""
    if len(set(cells.community[near])) > 1:
        return False
    around = shapely.box(*np.subtract(at, 20 * TOLERANCE), *np.add(at, 20 * TOLERANCE))
    covered = shapely.union_all(shapely.buffer(shapely.intersection(cells.polygon[near], around), TOLERANCE))
    return bool(shapely.distance(shapely.boundary(covered), shapely.Point(at)) > 1.5 * TOLERANCE)


_Edge = tuple[tuple[float, float], tuple[float, float]]


def _key(one: tuple[float, float], other: tuple[float, float]) -> _Edge:
    return (one, other) if one < other else (other, one)


def _rings(polygon: shapely.Polygon) -> list[list[tuple[float, float]]]:
    """The rings as lists of points, closed."""
    return [
        [_pair(xy) for xy in shapely.get_coordinates(ring)] for ring in shapely.get_rings(shapely.get_parts(polygon))
    ]


def _points(polygon: shapely.Polygon) -> set[tuple[float, float]]:
    return {point for ring in _rings(polygon) for point in ring}


def _edges(polygon: shapely.Polygon) -> set[_Edge]:
    return {_key(*edge) for ring in _rings(polygon) for edge in pairwise(ring)}


def _edge_at(polygon: shapely.Polygon, at: tuple[float, float]) -> _Edge:
    """The edge of a polygon that a place lies on."""
    edges = list(_edges(polygon))
    points = np.array(edges)
    feet = _feet(points[:, 0], points[:, 1], np.asarray(at))
    return edges[int(np.argmin(np.hypot(*(feet - at).T)))]


def _common_limit(one: shapely.Polygon, other: shapely.Polygon) -> list[tuple[float, float]]:
    """The points of the limit between two polygons; closed where one holds the other."""
    common = _edges(other)
    runs: list[list[tuple[float, float]]] = []
    for ring in _rings(one):
        shared = [_key(*pair) in common for pair in pairwise(ring)]
        if all(shared):
            runs.append(ring)
            continue
        start = shared.index(False) + 1  # begin after an edge that is not common, so that no run is cut in two
        points, shared = ring[start:-1] + ring[: start + 1], shared[start:] + shared[:start]
        goes_on = False
        for (a, b), is_common in zip(pairwise(points), shared, strict=True):
            if is_common and goes_on:
                runs[-1].append(b)
            elif is_common:
                runs.append([a, b])
            goes_on = is_common
    if len(runs) != 1:
        raise SharedTwice
    return runs[0]


def _first_hit(polygon: shapely.Polygon, start: Floats, way: Floats) -> tuple[float, float]:
    """Where one first meets the outline on the way from a place inside."""
    outline = shapely.boundary(polygon)
    low_x, low_y, high_x, high_y = polygon.bounds
    end = start + way * math.hypot(high_x - low_x, high_y - low_y)
    hits = shapely.get_coordinates(shapely.intersection(shapely.LineString([start, end]), outline))
    if not len(hits):
        raise LimitBlocked
    return _at_vertex(_pair(hits[np.argmin(np.hypot(*(hits - start).T))]), outline)


def _require_valid(cells: Cells, chosen: Sequence[int] | Mapping[int, object]) -> None:
    for cell in chosen:
        if not shapely.is_valid(cells.polygon[cell]):
            raise FaultyOutline(code=cells.code[cell])


def _checked(cells: Cells, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces, unless one is no proper polygon."""
    for piece in pieces:
        if not shapely.is_valid(piece.polygon):
            raise LimitBlocked
        parents = cells.polygon[list(piece.parents)]
        area = float(shapely.area(piece.polygon))
        shrinks = area < shapely.area(parents).sum() - _RESIDUE
        if shrinks and (area < _LEAST_AREA or 2 * area < _LEAST_WIDTH * piece.polygon.length):
            raise TooSmall(area=round(area, 1))
        if shapely.minimum_clearance(piece.polygon) < min(TOLERANCE, *shapely.minimum_clearance(parents)) / 2:
            raise LimitBlocked
    return list(pieces)


# Codes


@dataclass(frozen=True)
class Change:
    """What happens to rows: outlines of those that go on, those that are closed, and new ones beside a parent."""

    kept: Mapping[int, shapely.Polygon]
    closed: tuple[int, ...]
    added: tuple[tuple[int, shapely.Polygon], ...]


@_quiet
def change_of(cells: Cells, pieces: Sequence[Piece], was: Sequence[shapely.Polygon | None]) -> Change:
    """Which grids keep their code: those that are essentially the same as what they were (``stability``).

    ``was``: the outline of each grid when it was last saved; None for one that was never saved. Such a one
    has no history, so that moving its limits never costs its code.
    """
    children = Counter(cell for piece in pieces for cell in piece.parents)
    kept: dict[int, shapely.Polygon] = {}
    added = []
    for piece in pieces:
        alone = len(piece.parents) == 1 and children[piece.parents[0]] == 1
        keeper = next((c for c in piece.parents if _goes_on(cells.polygon[c], was[c], piece.polygon, alone)), None)
        if keeper is None:
            overlap = shapely.area(shapely.intersection(cells.polygon[list(piece.parents)], piece.polygon))
            added.append((piece.parents[int(np.argmax(overlap))], piece.polygon))
        else:
            kept[keeper] = piece.polygon
    closed = tuple(cell for cell in children if cell not in kept)
    return Change(kept, closed, tuple(added))


def _goes_on(now: shapely.Polygon, was: shapely.Polygon | None, new: shapely.Polygon, alone: bool) -> bool:
    if alone and (was is None or shapely.area(shapely.symmetric_difference(now, new)) < _RESIDUE):
        return True
    return same(now if was is None else was, new)


def same(old: shapely.Polygon, new: shapely.Polygon) -> bool:
    """Whether two outlines are essentially the same grid, by the rule of ``stability``."""
    common = shapely.area(shapely.intersection(old, new))
    return bool(common >= (SAME_SHARE - 1e-9) * max(shapely.area(old), shapely.area(new)))


@dataclass(frozen=True)
class Numbers:
    """What the codes of a community say: the highest number ever used, and the shape of the codes."""

    highest: int
    template: CodeTemplate


def numbers_used(community: str, codes: Sequence[str]) -> Numbers:
    """From all codes of a community, also closed ones. ``NoCommunityCode`` unless it has 12 digits."""
    if not (community.isascii() and community.isdigit() and len(community) == COMMUNITY_DIGITS):
        raise NoCommunityCode(code=community, digits=COMMUNITY_DIGITS)
    tails = [
        code[COMMUNITY_DIGITS:] for code in codes if code.startswith(community) and code.isascii() and code.isdigit()
    ]
    templates = {template.sequence_digits: template for template in GRID_TEMPLATES.values()}
    lengths = Counter(len(tail) for tail in tails if len(tail) in templates)
    digits = lengths.most_common(1)[0][0] if lengths else GRID_TEMPLATES[GridTemplate.FIFTEEN].sequence_digits
    return Numbers(max((int(tail) for tail in tails if len(tail) == digits), default=0), templates[digits])


def new_codes(polygons: Sequence[shapely.Polygon], community: str, name: str, used: Numbers) -> list[str]:
    """Codes that were never given before, in the order of numbering.

    Raises ``SequenceOverflow`` (``name`` is the community's) where the numbers do not suffice.
    """
    template = used.template
    needed = used.highest + len(polygons)
    if needed > template.capacity:
        longest = max(GRID_TEMPLATES.values(), key=lambda other: other.capacity)
        raise SequenceOverflow(
            name=name or community,
            count=needed,
            digits=template.sequence_digits,
            capacity=template.capacity,
            remedy="Numbers of closed unit grids are never given again: create the unit grid with codes of 15 digits."
            if template is not longest
            else "Numbers of closed unit grids are never given again: divide the community.",
        )
    sequence = used.highest + _order(polygons)
    return template.format(pd.Series([community] * len(polygons), dtype=object), sequence).tolist()


def _order(polygons: Sequence[shapely.Polygon]) -> Indices:
    """Number of each grid in the order of numbering, from 1.

    Rows have the height of a usual grid, as the numbers were first given; of the median grid where that is
    of another size.
    """
    median = float(np.median(shapely.area(polygons)))
    area = _USUAL_AREA if _USUAL_AREA / 2 <= median <= 2 * _USUAL_AREA else median
    return cell_numbers(np.array(polygons, dtype=object), math.sqrt(area), np.zeros(len(polygons), dtype=np.intp))


def renumbered(cells: Cells, name: str, used: Numbers) -> list[str]:
    """New codes for all grids of a community, in the order of numbering.

    ``InOrder`` where the codes ascend in that order already: then numbers are not wasted.
    """
    order = np.argsort(_order(list(cells.polygon)))
    codes = [str(cells.code[cell]) for cell in order]
    if used.template.well_formed(pd.Series(codes)).all() and codes == sorted(set(codes)):
        raise InOrder(name=name or cells.community[0])
    return new_codes(list(cells.polygon), str(cells.community[0]), name, used)


# Crosswalk

Coded = tuple[str, shapely.Polygon]


@_quiet
def crosswalk(old: Sequence[Coded], new: Sequence[Coded], date: str) -> pd.DataFrame:
    """What became of changed grids (``fields.CROSSWALK``), by the rule of ``stability``: codes and outlines.

    A grid is the same before and after where its code is. Grids whose shape did not change are left out.
    """
    before, after = (np.array([outline for _, outline in rows], dtype=object) for rows in (old, new))
    old_code, new_code = (np.array([code for code, _ in rows], dtype=object) for rows in (old, new))
    pairs = stability.overlaps(before, after)
    kept = old_code[pairs.old] == new_code[pairs.new]
    least = np.maximum(shapely.area(before)[pairs.old], shapely.area(after)[pairs.new]) - _RESIDUE
    idle = kept & (pairs.area > least)
    left, right = (np.ones(len(rows), dtype=bool) for rows in (old, new))
    left[pairs.old[idle]] = right[pairs.new[idle]] = False
    before, after, old_code, new_code = before[left], after[right], old_code[left], new_code[right]
    pairs = stability.overlaps(before, after)
    return stability.crosswalk(
        stability.Cells(old_code, shapely.area(before)),
        stability.Cells(new_code, shapely.area(after)),
        pairs,
        old_code[pairs.old] == new_code[pairs.new],
        date,
    )
