"""The unit grid along streets: blocks between barriers, the large ones cut, the small ones joined.

Communities are worked off in groups that lie together, several at the same time. Their limits are noded once
for all; what the groups find on a common limit is brought together at the end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.spatial.coverage import (
    NODE_DECIMALS,
    Faces,
    Floats,
    Geometries,
    Indices,
    dissolve,
    keys,
    noded_limits,
)
from citygrid_plugin.core.spatial.place import locate

from .barriers import Barriers, Strength
from .cutting import cut_large, length_to_width, misshape
from .dead_ends import led_on
from .joining import joined_small
from .narrow import Owners, without_narrow
from .shared_vertices import with_shared_vertices
from .street_net import (
    Net,
    near_misses,
    onto_limits,
    plain_lines,
)
from .strips import widened
from .thin import is_thin, without_thin
from .watched import Watched

_Result = TypeVar("_Result")

_LEAST_RATIO = 0.05  # of the cell area; smaller faces are residues and never cells
_NEAR_MISS = 30.0  # metres; a street that ends so close to another line is led on to it
_LEAD = 2.5  # sides of a cell; so far dead ends are led on
_GROUP = 40_000  # vertices of barriers, about, in a group of communities
_ROOM = 0.06  # cells stay so much larger than the least area when a face is cut
_UNEQUAL = 0.2  # what a part's distance from the wanted area counts against its shape
_STRIP = 9.0  # length to width; the parts of longer faces need not be larger than the least area
_BESIDE = 1.0  # metres; limits are rounded and lie beside their communities
_SLIVER = 0.25  # 4πA/P²; thinner faces are cut into short pieces, which join the cells beside them
_RESIDUE = 0.01  # of the cell area; smaller faces are only joined
_SLIVER_PIECE = 8.0  # length to width of such a piece
_PASSES = 3  # of joining and cutting again
_LOOK = 0.1  # seconds between two looks at the cancel button


@dataclass(frozen=True)
class _Rules:
    """What cells should be like: areas in m²."""

    cell_area: float
    min_ratio: float
    max_ratio: float
    compound_limit: float


def street_cells(
    communities: Geometries,
    barriers: Barriers,
    cell_area: float = 10_000.0,
    min_ratio: float = 0.5,
    max_ratio: float = 1.5,
    compound_limit: float = 40_000.0,
    progress: Progress = silent,
) -> Faces:
    """Cut communities along ``barriers`` into cells of about ``cell_area`` m².

    ``communities`` are valid (multi)polygons in a projected CRS in metres. Where they overlap, the place
    belongs to the smallest one. Every cell is one valid polygon inside one community; cells share their
    edges exactly. Faces above ``max_ratio`` are cut, those below ``min_ratio`` (at least a twentieth) joined
    with a neighbour of their community across the weakest barrier. Compounds up to ``compound_limit`` m² are
    not cut. The order of communities and of barriers does not matter.
    """
    rules = _Rules(cell_area, max(min_ratio, _LEAST_RATIO), max_ratio, compound_limit)
    communities = shapely.normalize(communities)
    own = _in_order(communities)
    communities = communities[own]
    prepared = partial(_prepared, communities, barriers, compound_limit)
    limits, streets, compounds = _all_done([prepared], lambda share: progress(0.05 * share))[0]
    groups = _groups(communities, streets.line, np.sqrt(cell_area))
    work = [
        partial(_cells, _owners(communities, group), *_around(communities[group], limits, streets, compounds), rules)
        for group in groups
    ]
    found = _all_done(work, lambda share: progress(0.05 + 0.85 * share))
    polygon = np.concatenate([cells.polygon for cells in found])
    community = own[np.concatenate([group[cells.community] for group, cells in zip(groups, found, strict=True)])]
    if len(groups) > 1:
        polygon, kept = with_shared_vertices(polygon)
        community = community[kept]
    progress(0.97)
    x, y = shapely.get_coordinates(shapely.centroid(polygon)).T
    order = np.lexsort((np.round(x, 3), -np.round(y, 3), community))
    progress(1.0)
    return Faces(polygon[order], community[order])


# What there is


def _in_order(geometries: Geometries, second: Indices | None = None) -> Indices:
    """Indices that sort normalized geometries by their coordinates: whatever order they came in."""
    text = shapely.to_wkb(geometries)
    order = np.argsort(text, kind="stable")
    return (
        order if second is None else order[np.lexsort((second[order], np.unique(text[order], return_inverse=True)[1]))]
    )


def _normal(barriers: Barriers) -> Barriers:
    """The same barriers in an order, and with directions, that do not depend on how they came."""
    line, compound = shapely.normalize(barriers.line), shapely.normalize(barriers.compound)
    order = _in_order(line, barriers.strength)
    return Barriers(line[order], barriers.strength[order], compound[_in_order(compound)])


def _prepared(
    communities: Geometries, barriers: Barriers, compound_limit: float, _stop: Event
) -> tuple[Net, Net, Geometries]:
    """Limits, streets and the compounds to keep whole; not noded with each other."""
    barriers = _normal(barriers)
    limits = noded_limits(communities, NODE_DECIMALS)
    counts = barriers.strength > Strength.NONE
    lines, source = plain_lines(barriers.line[counts])
    strength = barriers.strength[counts][source]
    compounds = barriers.compound[shapely.area(barriers.compound) <= compound_limit]
    lines, source = _outside(onto_limits(lines, limits), compounds)
    strength = strength[source]
    bridges, of = near_misses(lines, limits, _NEAR_MISS)
    walls = shapely.get_parts(shapely.get_rings(shapely.get_parts(barriers.compound)))
    streets = Net.of(np.r_[lines, bridges, walls], np.r_[strength, strength[of], np.full(len(walls), Strength.NORMAL)])
    return Net.of(limits, np.zeros(len(limits), dtype=np.intp), limit=True), streets, compounds


def _outside(lines: Geometries, compounds: Geometries) -> tuple[Geometries, Indices]:
    """The parts of lines outside compounds, and the line of each."""
    result = lines.copy()
    line, compound = shapely.STRtree(compounds).query(lines, predicate="intersects")
    if len(line):
        crossed, index = np.unique(line, return_inverse=True)
        order = np.argsort(index, kind="stable")
        parts = shapely.multipolygons(
            shapely.get_parts(compounds[compound[order]]),
            indices=np.repeat(index[order], shapely.get_num_geometries(compounds[compound[order]])),
        )
        result[crossed] = shapely.difference(lines[crossed], shapely.buffer(parts, 0))
    parts, source = shapely.get_parts(result, return_index=True)
    full = shapely.length(parts) > 0
    return parts[full], source[full]


def _groups(communities: Geometries, streets: Geometries, side: float) -> list[Indices]:
    """Indices of communities that lie together and have a bounded number of vertices of barriers."""
    centre = shapely.get_coordinates(shapely.centroid(communities))
    community, line = shapely.STRtree(streets).query(communities, predicate="intersects")
    weight = np.bincount(community, shapely.get_num_coordinates(streets)[line], len(communities))
    weight = weight + shapely.area(communities) / side**2
    count = int(np.ceil(weight.sum() / _GROUP))
    columns = max(int(np.sqrt(count)), 1)
    by_x = np.lexsort((centre[:, 1], centre[:, 0]))
    column = np.empty(len(by_x), dtype=np.intp)
    column[by_x] = _filled(weight[by_x], columns)
    groups = []
    for number in range(column.max() + 1):
        members = np.flatnonzero(column == number)
        members = members[np.lexsort((centre[members, 0], centre[members, 1]))]
        pieces = max(round(count / columns), 1)
        cuts = np.flatnonzero(np.diff(_filled(weight[members], pieces))) + 1
        groups += np.split(members, cuts)
    return [group for group in groups if len(group)]


def _filled(weight: Floats, count: int) -> Indices:
    """Numbers from 0 to ``count`` - 1 in ascending order, so that each gets about the same weight."""
    share = (np.cumsum(weight) - weight / 2) / weight.sum()
    return np.minimum((share * count).astype(np.intp), count - 1)


def _owners(communities: Geometries, group: Indices) -> Owners:
    """The place in ``group`` of the community that each face belongs to, -1 for none: it may be one of another group.

    Where communities overlap, all that meet the group have a say: no place goes to one in each of two groups.
    """
    claims = np.unique(shapely.STRtree(communities).query(communities[group], predicate="intersects")[1])
    rivals, area = communities[claims], shapely.area(communities[claims])
    place = np.full(len(communities) + 1, -1, dtype=np.intp)
    place[group] = np.arange(len(group))
    place = np.r_[place[claims], -1]
    return lambda faces: place[locate(shapely.point_on_surface(faces), rivals, area)]


def _around(communities: Geometries, limits: Net, streets: Net, compounds: Geometries) -> tuple[Net, Geometries]:
    """The limits, streets and compounds that a group of communities meets."""
    meets = [
        np.unique(shapely.STRtree(some).query(communities, predicate="dwithin", distance=_BESIDE)[1])
        for some in (limits.line, streets.line, compounds)
    ]
    return limits.at(meets[0]) + streets.at(meets[1]), compounds[meets[2]]


def _all_done(work: Sequence[Callable[[Event], _Result]], progress: Progress) -> list[_Result]:
    """Do all work in threads (GEOS computes outside Python's lock), looking at the cancel button all the time."""
    stop = Event()
    pool = ThreadPoolExecutor(max(min(os.cpu_count() or 1, 8), 1))
    try:
        open_work = futures = [pool.submit(some, stop) for some in work]
        while open_work:
            open_work = list(wait(open_work, _LOOK, FIRST_COMPLETED).not_done)
            progress(1 - len(open_work) / len(futures))
        return [future.result() for future in futures]
    finally:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)


# What becomes of it


def _cells(owners: Owners, net: Net, compounds: Geometries, rules: _Rules, stop: Event) -> Faces:
    """The cells of a group of communities."""

    def tick() -> None:
        if stop.is_set():
            raise Cancelled

    tick()
    net = net.noded()
    watched = Watched.of(net)
    net = without_narrow(net, owners, watched, tick)
    tick()
    net = led_on(net, _LEAD * np.sqrt(rules.cell_area))
    tick()
    faces = net.faces()
    community = owners(faces)
    inside = community >= 0
    whole = _whole(faces[inside], compounds)
    wide = widened(net, Faces(faces[inside], community[inside]), whole, rules.min_ratio * rules.cell_area)
    pieces = _Pieces(wide.faces.polygon, wide.faces.community, wide.whole)
    nodes = net.junctions()
    pieces = pieces.cut(nodes, rules, tick, slivers=~wide.strip)
    for _ in range(_PASSES):
        before = len(pieces.polygon)
        pieces = pieces.joined(wide.net, watched, rules)
        if len(pieces.polygon) == before:
            break
        tick()
        pieces = pieces.cut(nodes, rules, tick)
    for _ in range(_PASSES):
        tick()
        goes = is_thin(pieces.polygon) & ~pieces.whole
        polygon = without_thin(pieces.polygon, goes, owners, watched)
        if polygon is pieces.polygon:
            break
        community, known = owners(polygon), _looks(pieces.polygon)
        polygon, community = polygon[community >= 0], community[community >= 0]
        pieces = _Pieces(polygon, community, _whole(polygon, compounds)).cut(nodes, rules, tick)
        stays = np.isin(_looks(pieces.polygon), known)  # what was left too small was so with good reason
        pieces = pieces.joined(wide.net, watched, rules, stays).cut(nodes, rules, tick)
    return Faces(pieces.polygon, pieces.community)


def _whole(faces: Geometries, compounds: Geometries) -> NDArray[np.bool_]:
    """Which faces lie in compounds that are kept whole."""
    result = np.zeros(len(faces), dtype=bool)
    result[shapely.STRtree(compounds).query(shapely.point_on_surface(faces), predicate="within")[0]] = True
    return result


def _looks(polygons: Geometries) -> NDArray[np.uint64]:
    """A key of each polygon: what has not changed has the same."""
    return keys(np.round(np.column_stack([shapely.bounds(polygons), shapely.area(polygons)]), 2) + 0.0)


@dataclass(frozen=True)
class _Pieces:
    """Polygons that share their edges exactly, the community of each, and whether it is kept whole."""

    polygon: Geometries
    community: Indices
    whole: NDArray[np.bool_]

    def cut(
        self, nodes: Floats, rules: _Rules, tick: Callable[[], None], slivers: NDArray[np.bool_] | bool = False
    ) -> _Pieces:
        """Those that are too large, or long, cut; ``slivers`` into short pieces."""
        parts = np.where(self.whole, 1, _parts(self.polygon, rules, slivers))
        polygon, of = cut_large(self.polygon, parts, nodes, lambda _share: tick())
        polygon, kept = with_shared_vertices(polygon)
        return _Pieces(polygon, self.community[of[kept]], self.whole[of[kept]])

    def joined(self, net: Net, watched: Watched, rules: _Rules, stays: NDArray[np.bool_] | None = None) -> _Pieces:
        """Those that are too small joined, but for those that ``stays`` marks."""
        label = joined_small(
            self.polygon, self.community, net, watched, rules.cell_area, rules.min_ratio, rules.max_ratio, stays
        )
        polygon, labels = dissolve(self.polygon, label)
        whole = np.zeros(len(self.whole), dtype=bool)
        whole[label[self.whole]] = True
        return replace(self, polygon=polygon, community=self.community[labels], whole=whole[labels])


def _parts(faces: Geometries, rules: _Rules, slivers: NDArray[np.bool_] | bool) -> Indices:
    """Into how many parts to cut each face: as near the wanted area, and as compact, as can be."""
    area, outline = shapely.area(faces), shapely.length(faces)
    wanted, least_area = rules.cell_area, rules.min_ratio * rules.cell_area
    least = np.maximum(np.ceil(area / (rules.max_ratio * wanted)), 1)
    aspect = length_to_width(area, outline)
    room = np.where(aspect > _STRIP, least_area, least_area + _ROOM * wanted)
    sliver = slivers & (4 * np.pi * area < _SLIVER * outline**2) & (area > _RESIDUE * wanted)
    least = np.where(sliver, np.maximum(least, np.ceil(aspect / _SLIVER_PIECE)), least)
    most = np.maximum(np.floor(area / np.maximum(room, 1.0)), least)
    best, rating = least, np.full(len(faces), np.inf)
    for step in range(-3, 4):
        number = np.clip(np.rint(area / wanted) + step, least, most)
        cost = misshape(area, outline, number) + _UNEQUAL * np.abs(area / number / wanted - 1)
        better = cost < rating - 1e-9
        best, rating = np.where(better, number, best), np.where(better, cost, rating)
    return best.astype(np.intp)
