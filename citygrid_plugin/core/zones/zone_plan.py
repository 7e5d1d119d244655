"""A plan of responsibility grids under correction: which cell is in which zone, and the figures of every zone.

The cells stay as they are (``Ground``, made once); a change of zones (``Step``) costs what it changes. Sums
are kept in whole numbers (0.1 mm, cm², millionths of workload), so that a step and its inverse leave
exactly the figures of before. Zones are known by their code (RGID); the empty code is that of cells
without a zone. All rules are ours.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.codes import COMMUNITY_DIGITS, RESPONSIBILITY_TEMPLATE
from citygrid_plugin.core.grids.grid_edit import NoCommunityCode
from citygrid_plugin.core.spatial.connected import pieces_by_label
from citygrid_plugin.core.spatial.coverage import (
    Floats,
    Geometries,
    Indices,
    adjacency,
    equal_edges,
    keys,
    segments_of,
    undirected,
)
from citygrid_plugin.core.spatial.geometry import polygonal

from .allocation import usable
from .zone_numbers import highest_numbers, overflow

NO_ZONE: Final = ""
"""The code of cells that are in no zone."""

_LENGTH = 10**4  # 0.1 mm in a metre
_AREA = 10**4  # cm² in a square metre
_WORK = 10**6


@dataclass(frozen=True, eq=False)
class Ground:
    """The cells of a plan, which no correction of zones changes; places in a CRS of metres.

    (n,) arrays: ``code`` (BGID) and ``community`` (twelve digits) as text, ``polygon``, ``workload`` (not
    negative), and how many ``components`` and open ``cases`` lie in each. ``edges`` (m, 2) are pairs of cells
    that share an edge, ``lengths`` (m,) how much of it in metres.
    """

    code: NDArray[np.object_]
    community: NDArray[np.object_]
    polygon: Geometries
    workload: Floats
    components: Indices
    cases: Indices
    edges: Indices
    lengths: Floats

    @classmethod
    def of(
        cls,
        code: Sequence[str],
        community: Sequence[str],
        polygon: Geometries,
        workload: Floats | None = None,
        components: Mapping[str, int] | None = None,
        cases: Mapping[str, int] | None = None,
    ) -> Ground:
        """From the cells; ``workload`` is the area where none is given, the counts go by the cell's code."""
        edges = adjacency(polygon)
        counts = [np.array([(of or {}).get(name, 0) for name in code], dtype=np.intp) for of in (components, cases)]
        return cls(
            np.array(code, dtype=object),
            np.array(community, dtype=object),
            polygon,
            usable(shapely.area(polygon) if workload is None else workload),
            counts[0],
            counts[1],
            np.column_stack([edges.left, edges.right]).astype(np.intp),
            edges.length,
        )

    def __len__(self) -> int:
        return len(self.code)

    @cached_property
    def place(self) -> Floats:
        """(n, 2) a point inside each cell."""
        return shapely.get_coordinates(shapely.point_on_surface(self.polygon)).reshape(-1, 2)

    @cached_property
    def centroid(self) -> Floats:
        """(n, 2) the centroids."""
        return shapely.get_coordinates(shapely.centroid(self.polygon)).reshape(-1, 2)

    @cached_property
    def area(self) -> float:
        """The area of all cells in m²."""
        return float(shapely.area(self.polygon).sum())

    @cached_property
    def neighbours(self) -> list[list[tuple[int, int]]]:
        """For each cell its neighbours, and the length of the common edge in 0.1 mm."""
        result: list[list[tuple[int, int]]] = [[] for _ in range(len(self))]
        lengths = np.rint(self.lengths * _LENGTH).astype(np.int64).tolist()
        for (left, right), length in zip(self.edges.tolist(), lengths, strict=True):
            result[left].append((right, length))
            result[right].append((left, length))
        return result

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.polygon)

    def at(self, x: float, y: float) -> int | None:
        """The cell at a place; of several on a limit, the first."""
        found = self._tree.query(shapely.Point(x, y), predicate="intersects")
        return int(found.min()) if len(found) else None

    def along(self, start: tuple[float, float], end: tuple[float, float]) -> list[int]:
        """The cells that a straight way from ``start`` to ``end`` passes, in its order."""
        if start == end:
            here = self.at(*end)
            return [] if here is None else [here]
        way = shapely.LineString([start, end])
        found = self._tree.query(way, predicate="intersects")
        parts = shapely.intersection(self.polygon[found], way)
        passed = shapely.length(parts) > 0  # a corner that is only touched is not meant
        middle = shapely.line_locate_point(way, shapely.centroid(parts[passed]))
        return [int(cell) for cell in found[passed][np.argsort(middle, kind="stable")]]

    def within(self, outline: shapely.Polygon) -> list[int]:
        """The cells whose inner point (``place``) lies in an outline, in ascending order."""
        found = np.sort(self._tree.query(outline, predicate="intersects"))
        shapely.prepare(outline)
        x, y = self.place[found].T
        return [int(cell) for cell in found[shapely.intersects_xy(outline, x, y)]]

    @cached_property
    def _sides(self) -> tuple[Floats, Indices]:
        """Segments (s, 4) between two cells, and those cells (s, 2)."""
        return equal_edges(self.polygon)

    def limits(self, codes: Sequence[str]) -> shapely.MultiLineString:
        """The limits between zones; ``codes`` is the zone of each cell (n,). The rim of the whole is left out."""
        segments, cells = self._sides
        label = np.unique(np.array(codes, dtype=str), return_inverse=True)[1].reshape(-1)
        between = segments[label[cells[:, 0]] != label[cells[:, 1]]]
        return shapely.multilinestrings(shapely.linestrings(between.reshape(-1, 2, 2)))

    def outline(self, cells: Collection[int]) -> shapely.MultiLineString:
        """The limits around cells: edges that only one of them has, without joining the cells first."""
        segments, _ = segments_of(self.polygon[np.fromiter(cells, dtype=np.intp, count=len(cells))])
        _, first, count = np.unique(keys(undirected(segments)), return_index=True, return_counts=True)
        return shapely.MultiLineString(list(segments[first[count == 1]].reshape(-1, 2, 2)))


@dataclass(frozen=True)
class Figures:
    """A zone in numbers: ``area`` in m², ``outline`` in metres, ``parts`` that do not hang together."""

    cells: int
    area: float
    workload: float
    outline: float
    parts: int
    components: int
    cases: int

    @property
    def compactness(self) -> float:
        """4πA/P²: 1 for a circle, 0.785 for a square."""
        return 4 * math.pi * self.area / self.outline**2 if self.outline else 0.0


@dataclass(frozen=True)
class Step:
    """Cells and the codes of the zones that they get."""

    cells: tuple[int, ...]
    codes: tuple[str, ...]

    @classmethod
    def to(cls, cells: Iterable[int], code: str) -> Step:
        """All cells to one zone."""
        cells = tuple(cells)
        return cls(cells, (code,) * len(cells))

    def __len__(self) -> int:
        return len(self.cells)


@dataclass(frozen=True)
class Effect:
    """What a step does to a zone."""

    code: str
    before: Figures
    after: Figures

    @property
    def breaks(self) -> bool:
        """Whether the zone would be in more pieces than it is."""
        return self.after.parts > max(self.before.parts, 1)


class _Zone:
    """A zone's cells and sums; ``parts`` is None until somebody asks."""

    __slots__ = ("area", "cases", "cells", "components", "locks", "outline", "parts", "work")

    def __init__(self) -> None:
        self.cells: set[int] = set()
        self.area = self.work = self.outline = self.components = self.cases = self.locks = 0
        self.parts: int | None = 0


class ZonePlan:
    """Cells in zones. ``zones``: code of each cell (n,); ``locked``: (n,) cells that are marked as locked.

    ``used``: codes that were given before; new zones of a community get higher numbers.
    A zone is locked where one of its cells is.
    """

    def __init__(
        self,
        ground: Ground,
        zones: Sequence[str],
        locked: Sequence[bool] | None = None,
        used: Iterable[str] = (),
    ) -> None:
        self.ground = ground
        self.version = 0
        self._code = list(zones)
        self._locked = [bool(mark) for mark in locked] if locked is not None else [False] * len(ground)
        self._area = _whole(shapely.area(ground.polygon), _AREA)
        self._outline = _whole(shapely.length(ground.polygon), _LENGTH)
        self._work = _whole(ground.workload, _WORK)
        self._components, self._cases = ground.components.tolist(), ground.cases.tolist()
        self._zones: dict[str, _Zone] = {NO_ZONE: _Zone()}
        self._communities = set(ground.community.tolist())
        for code in set(self._code):
            self._zones.setdefault(code, _Zone()).parts = None  # counted all at once in the end
        for cell, code in enumerate(self._code):
            self._put(cell, code)
        self._count_all_parts()
        self._highest: dict[str, int] = {}
        self.remember(used)

    # Reading

    @property
    def zones(self) -> list[str]:
        """The codes of the zones that have cells, ascending."""
        return sorted(code for code, zone in self._zones.items() if zone.cells and code != NO_ZONE)

    def zone_of(self, cell: int) -> str:
        """The zone of a cell."""
        return self._code[cell]

    def codes(self) -> list[str]:
        """The zone of each cell."""
        return list(self._code)

    def cells_of(self, code: str) -> list[int]:
        """The cells of a zone, ascending; those in no zone for ``NO_ZONE``."""
        return sorted(self._zones[code].cells) if code in self._zones else []

    def community_of(self, code: str) -> str:
        """The community of a zone: the one that its code names, else that of its first cell."""
        named = code[:COMMUNITY_DIGITS]
        if named in self._communities or code not in self._zones or not self._zones[code].cells:
            return named
        return str(self.ground.community[min(self._zones[code].cells)])

    def is_locked(self, code: str) -> bool:
        """Whether a zone is locked."""
        return code in self._zones and code != NO_ZONE and self._zones[code].locks > 0

    def figures(self, code: str) -> Figures:
        """A zone in numbers; cells in no zone have no outline of interest, but are counted, too."""
        zone = self._zones.get(code) or _Zone()
        return Figures(
            len(zone.cells),
            zone.area / _AREA,
            zone.work / _WORK,
            zone.outline / _LENGTH,
            self.parts(code),
            zone.components,
            zone.cases,
        )

    def size(self, code: str) -> int:
        """How many cells a zone has."""
        return len(self._zones[code].cells) if code in self._zones else 0

    def parts(self, code: str) -> int:
        """In how many pieces a zone is."""
        zone = self._zones.get(code)
        if zone is None:
            return 0
        if zone.parts is None:
            zone.parts = self._count_parts(zone.cells)
        return zone.parts

    def workload(self, code: str) -> float:
        """The workload of a zone alone."""
        return self._zones[code].work / _WORK if code in self._zones else 0.0

    def next_code(self, cell: int) -> str:
        """The code of a new zone in the community of a cell: the number above all that were ever used there.

        Raises ``NoCommunityCode``, and ``SequenceOverflow`` where the numbers do not suffice.
        """
        return self.next_codes(cell, 1)[0]

    def next_codes(self, cell: int, count: int, without: Collection[str] = ()) -> list[str]:
        """As ``next_code``, several; ``without`` are zones that will be no more, and may never have been saved."""
        community = str(self.ground.community[cell])
        if not (community.isascii() and community.isdigit() and len(community) == COMMUNITY_DIGITS):
            raise NoCommunityCode(code=self.ground.code[cell], digits=COMMUNITY_DIGITS)
        now = highest_numbers(code for code in self.zones if code.startswith(community) and code not in without)
        first = max(self._highest.get(community, 0), now.get(community, 0)) + 1
        template = RESPONSIBILITY_TEMPLATE
        if first + count - 1 > template.capacity:
            raise overflow(community, first + count - 1)
        return [f"{community}{number:0{template.sequence_digits}d}" for number in range(first, first + count)]

    def effects(self, step: Step) -> list[Effect]:
        """What a step would do, the zones that get cells first; nothing is changed."""
        gains, loses = set(step.codes), {self._code[cell] for cell in step.cells}
        order = [*sorted(gains - {NO_ZONE}), *sorted(loses - gains - {NO_ZONE})]
        before = [self.figures(code) for code in order]
        version, parts = self.version, {code: self._zones[code].parts for code in gains | loses if code in self._zones}
        inverse = self.apply(step)
        after = [self.figures(code) for code in order]
        self.apply(inverse)
        for code, count in parts.items():
            self._zones[code].parts = count
        self.version = version
        return [Effect(*row) for row in zip(order, before, after, strict=True)]

    # Changing

    def apply(self, step: Step) -> Step:
        """Change zones; nothing is asked. Returns the step that takes it back."""
        inverse = Step(step.cells, tuple(self._code[cell] for cell in step.cells))
        for cell, code in zip(step.cells, step.codes, strict=True):
            self._take(cell)
            self._put(cell, code)
        self.version += 1
        return inverse

    def lock(self, cell: int, locked: bool) -> None:
        """Mark a cell as locked, or not."""
        if locked != self._locked[cell]:
            self._locked[cell] = locked
            self._zones[self._code[cell]].locks += 1 if locked else -1
            self.version += 1

    def _put(self, cell: int, code: str) -> None:
        self._code[cell] = code
        zone = self._zones.setdefault(code, _Zone())
        self._add(zone, cell, 1)
        near = self._near(zone, cell)
        if zone.parts is not None and not near:
            zone.parts += 1
        elif zone.parts != 1:
            zone.parts = None  # several parts may have become one
        zone.cells.add(cell)

    def _take(self, cell: int) -> None:
        zone = self._zones[self._code[cell]]
        zone.cells.discard(cell)
        self._add(zone, cell, -1)
        near = self._near(zone, cell)
        if zone.parts is not None and not near:
            zone.parts -= 1
        elif not self._meet(zone, near):
            zone.parts = None

    def _near(self, zone: _Zone, cell: int) -> list[int]:
        """The cells of a zone beside a cell; where nobody knows its parts, nobody needs them."""
        inside = zone.cells
        return [] if zone.parts is None else [near for near, _ in self.ground.neighbours[cell] if near in inside]

    def _meet(self, zone: _Zone, cells: list[int]) -> bool:
        """Whether one can walk from each of the cells to the others inside the zone; usually a few steps tell."""
        if zone.parts is None:
            return False
        wanted, seen, queue = set(cells[1:]), set(cells[:1]), cells[:1]
        for cell in queue:  # grows while it is read: breadth first
            if not wanted:
                break
            for near, _ in self.ground.neighbours[cell]:
                if near in zone.cells and near not in seen:
                    seen.add(near)
                    wanted.discard(near)
                    queue.append(near)
        return not wanted

    def _add(self, zone: _Zone, cell: int, sign: int) -> None:
        """The sums of a zone with a cell more or less; the cell is not among its cells now."""
        inside = zone.cells
        shared = sum(length for near, length in self.ground.neighbours[cell] if near in inside)
        zone.outline += sign * (self._outline[cell] - 2 * shared)
        zone.area += sign * self._area[cell]
        zone.work += sign * self._work[cell]
        zone.components += sign * self._components[cell]
        zone.cases += sign * self._cases[cell]
        zone.locks += sign * self._locked[cell]

    # Parts

    def _count_parts(self, cells: set[int]) -> int:
        """How many pieces cells form."""
        neighbours, left, parts = self.ground.neighbours, set(cells), 0
        while left:
            parts += 1
            queue = [left.pop()]
            while queue:
                for near, _ in neighbours[queue.pop()]:
                    if near in left:
                        left.remove(near)
                        queue.append(near)
        return parts

    def _count_all_parts(self) -> None:
        codes, label = np.unique(np.array(self._code, dtype=str), return_inverse=True)
        _, owner = pieces_by_label(self.ground.edges, label)
        for code, count in zip(codes.tolist(), np.bincount(owner, minlength=len(codes)).tolist(), strict=True):
            self._zones[code].parts = count

    def remember(self, used: Iterable[str] = ()) -> None:
        """The codes of now, which were saved, and others that were used before are never given again."""
        for community, number in highest_numbers({*used, *self.zones}).items():
            self._highest[community] = max(self._highest.get(community, 0), number)


def outlines_of(plan: ZonePlan, codes: Iterable[str]) -> Iterator[tuple[str, shapely.MultiPolygon]]:
    """The dissolved outline of each of these zones; one without cells is left out."""
    for code in codes:
        cells = plan.cells_of(code)
        if cells:
            shape = shapely.union_all(polygonal(plan.ground.polygon[cells]).polygon)
            yield code, shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])


def _whole(values: Floats, scale: int) -> list[int]:
    return [round(value * scale) for value in values.tolist()]
