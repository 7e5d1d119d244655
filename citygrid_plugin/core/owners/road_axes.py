"""Roads as axes: the lines of one name put in order along one line, on which every place has a chainage in metres.

The rules are ours; no standard gives any:

1. **Axis.** The lines of a name that meet are merged; of each connected piece the longest way through it counts. The
   axis begins with the longest piece and grows at the end that is nearest to another piece. Of a piece that runs
   beside the axis, such as the other carriageway (within 60 m), only what goes beyond it is added.
2. **Direction.** From west to east where the ends are farther apart that way than from north to south, else from north
   to south. A ring begins at its northernmost point and runs clockwise.
3. **Gaps.** Between pieces the chainage runs on, straight across.
4. **Beside the axis.** What else has the name lies where its nearest point of the axis does.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from citygrid_plugin.core.distinct import Texts, each_text
from citygrid_plugin.core.schemes import name_key
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, joined, segments_of
from citygrid_plugin.core.spatial.linework import end_points

_BESIDE = 60.0  # metres
_STEP = 10.0  # metres between places that are looked at
_APART = 3.0  # times 60 m along a way, from which on two places of it are not the same
_BACK_SHARE = 0.2  # of a way that runs beside itself
_LEAST_GAP = 1.0  # metres
_AHEAD = 30.0  # metres of an axis that tell where it is going
_MEETS = 10.0  # metres, within which a way begins where an axis ends
_BACK = 13  # steps of 10 m, in which the end of an axis is looked for
_WRITTEN = 2  # decimals of the metres of limits
_ROUNDED = 0.02  # metres that a chainage so written may be off
_EVEN = 0.01  # metres
_LEAST_PIECE = 20.0  # metres beyond the axis, from which a piece makes it longer
_TOUCH = 20.0  # metres; a road that ends so near to another one meets it
_ONE_CROSSING = 60.0  # metres; places where two roads meet, so near to each other, are one crossing
_GRID = 0.001  # metres
_LINE = 1  # type of a geometry
_DECIMALS = 3

_quiet: np.errstate = np.errstate(
    invalid="ignore"
)  # GEOS raises that flag in passing, and QGIS would show numpy's warning


@dataclass(frozen=True)
class Crossing:
    """Where another road meets one: its name, that name's key, and the chainage (m)."""

    name: str
    key: str
    chainage: float


@dataclass(frozen=True)
class Road:
    """A road: its name, its merged lines, its axis, and where the axis crosses gaps (chainages from, to)."""

    name: str
    lines: Geometries
    axis: shapely.LineString
    gaps: Sequence[tuple[float, float]]

    @property
    def length(self) -> float:
        """Metres from end to end."""
        return float(self.axis.length)

    @_quiet
    def chainage(self, points: Geometries) -> Floats:
        """The chainage of points."""
        return np.round(shapely.line_locate_point(self.axis, points), _DECIMALS)

    @_quiet
    def parts(self, ranges: Sequence[tuple[float, float]]) -> Geometries:
        """The lines of the road between chainages, as multilinestrings; empty where nothing is there."""
        cuts = np.unique(np.array([limit for pair in ranges for limit in pair], dtype=float))
        drawn = [(xy, middle, np.argsort(middle)) for xy, middle in (self._cut(line, cuts) for line in self.lines)]
        result = np.empty(len(ranges), dtype=object)
        for number, (start, end) in enumerate(ranges):
            last = np.inf if end >= self.length - _ROUNDED else end
            lines = []
            for xy, middle, order in drawn:
                first, beyond = np.searchsorted(middle, [start, last], sorter=order)
                lines.append(_runs(xy, np.sort(order[first:beyond])))
            result[number] = shapely.multilinestrings(np.concatenate(lines))
        return result

    @_quiet
    def axis_between(self, start: float, end: float) -> shapely.Geometry:
        """The axis between two chainages."""
        ways = shapely.line_interpolate_point(self.axis, [start, end])
        at = shapely.line_locate_point(self.axis, shapely.points(shapely.get_coordinates(self.axis)))
        inner = shapely.get_coordinates(self.axis)[(at > start) & (at < end)]
        first, last = shapely.get_coordinates(ways)
        return shapely.LineString(np.vstack([first, inner, last]))

    def _cut(self, line: shapely.LineString, cuts: Floats) -> tuple[Floats, Floats]:
        """A line's vertices with more where it passes cuts, and the chainage of the middle of each step."""
        xy = shapely.get_coordinates(line)
        at = self.chainage(shapely.points(xy))
        if abs(abs(at[-1] - at[0]) - line.length) > _EVEN:  # beside the axis chainages do not run evenly
            xy = shapely.get_coordinates(shapely.segmentize(line, _STEP))
            at = self.chainage(shapely.points(xy))
        place = [np.arange(len(xy), dtype=float)]
        for cut in cuts:
            step = np.flatnonzero((at[:-1] - cut) * (at[1:] - cut) < 0)
            place.append(step + (cut - at[step]) / (at[step + 1] - at[step]))
        where = np.sort(np.concatenate(place))
        steps = np.arange(len(xy))
        xy = np.column_stack([np.interp(where, steps, column) for column in xy.T])
        at = np.interp(where, steps, at)
        return xy, (at[:-1] + at[1:]) / 2


def _runs(xy: Floats, steps: Indices) -> Geometries:
    """Steps between vertices (ascending) as lines, one a run, without vertices that change nothing."""
    steps = steps[(xy[steps + 1] != xy[steps]).any(axis=1)]
    if not len(steps):
        return np.array([], dtype=object)
    chain = np.cumsum(np.diff(steps, prepend=steps[0] - 2) > 1) - 1
    runs = shapely.simplify(joined(xy[steps], xy[steps + 1], chain), _GRID)
    return runs[shapely.length(runs) > _ROUNDED]  # no stubs beside limits


class RoadNetwork:
    """Lines with names, in metres; roads are put together when they are asked for.

    Names are compared without case, blanks and punctuation; lines without a name are no road.
    """

    def __init__(self, names: Texts, geometry: Geometries) -> None:
        """``names`` (n,) are texts, ``geometry`` (n,) flat lines of any kind; others and None are left out."""
        row = np.flatnonzero(~shapely.is_missing(geometry))
        parts, inner = shapely.get_parts(geometry[row], return_index=True)
        parts, outer = shapely.get_parts(parts, return_index=True)  # of collections
        row = row[inner[outer]]
        key = each_text(names, name_key)[row]
        fits = (shapely.get_type_id(parts) == _LINE) & (shapely.length(parts) > 0) & (key != "")
        self._line, self._key = parts[fits], key[fits]
        name = pd.Series(names[row[fits]], dtype=object)
        self._name = name.groupby(self._key).first().to_dict()
        self._rows = pd.Series(np.arange(len(self._key))).groupby(self._key).indices
        self._tree = shapely.STRtree(self._line)
        self._free = _free_ends(self._line, self._key)
        self._roads: dict[str, Road] = {}

    @property
    def names(self) -> list[str]:
        """The names of all roads, sorted."""
        return sorted(self._name.values())

    @_quiet
    def road(self, name: str) -> Road | None:
        """The road of a name; None where there is none."""
        key = name_key(name)
        if key not in self._rows:
            return None
        if key not in self._roads:
            self._roads[key] = _road(self._name[key], self._line[self._rows[key]])
        return self._roads[key]

    @_quiet
    def crossings(self, road: Road) -> list[Crossing]:
        """Where other roads meet one, in its direction: they cross it, or end within 20 m of it (ours).

        Places less than 60 m apart are one crossing. Roads that pass above or below each other cross, too: lines
        do not tell.
        """
        own = name_key(road.name)
        mine, other = self._tree.query(road.lines, predicate="dwithin", distance=_TOUCH)
        foreign = self._key[other] != own
        mine, other = mine[foreign], other[foreign]
        met = shapely.intersection(road.lines[mine], self._line[other])
        xy, pair = shapely.get_coordinates(met, return_index=True)
        points, keys = [shapely.points(xy)], [self._key[other[pair]]]
        for end in range(2):
            tip = shapely.get_point(self._line[other], -end)
            near = self._free[other, end] & (shapely.distance(tip, road.lines[mine]) <= _TOUCH)
            points.append(tip[near])
            keys.append(self._key[other[near]])
        at, key = road.chainage(np.concatenate(points)), np.concatenate(keys)
        found = pd.DataFrame({"key": key, "at": at}).sort_values(["key", "at"])
        new = (found["key"] != found["key"].shift()) | (found["at"].diff() > _ONE_CROSSING)
        middle = found.assign(crossing=new.cumsum()).groupby("crossing").agg({"key": "first", "at": ["min", "max"]})
        places = (middle["at", "min"] + middle["at", "max"]) / 2
        crossings = zip(middle["key", "first"], places.round(_WRITTEN), strict=True)
        return sorted(
            (Crossing(self._name[key], key, float(at)) for key, at in crossings),
            key=lambda crossing: (crossing.chainage, crossing.name),
        )


def _free_ends(lines: Geometries, keys: Texts) -> Texts:
    """Which ends (n, 2) of lines no other line of the same name goes on from."""
    ends = np.round(end_points(lines).reshape(-1, 2), _DECIMALS)
    table = pd.DataFrame({"key": np.repeat(keys, 2), "x": ends[:, 0], "y": ends[:, 1]})
    return (~table.duplicated(keep=False)).to_numpy().reshape(-1, 2)


# The axis


def _road(name: str, lines: Geometries) -> Road:
    merged = shapely.line_merge(shapely.union_all(lines, grid_size=_GRID))
    parts = shapely.get_parts(merged)
    parts = parts[shapely.length(parts) > 0]
    ways, loose = _ways(parts)
    ways.sort(key=lambda way: (-way.length, *way.bounds))
    axis, bridges = _grown(shapely.get_coordinates(ways[0]), ways[1:], loose)
    axis = _directed(axis)
    line = shapely.LineString(axis)
    ends = [shapely.line_locate_point(line, shapely.points(np.vstack(bridge))) for bridge in bridges]
    gaps = sorted((float(min(pair)), float(max(pair))) for pair in ends)
    return Road(name, parts, line, [pair for pair in gaps if pair[1] - pair[0] > _LEAST_GAP])


def _grown(
    axis: Floats, ways: list[shapely.LineString], loose: list[shapely.LineString]
) -> tuple[Floats, list[tuple[Floats, Floats]]]:
    """An axis with all that goes beyond it, the nearest first, and the bridges (end and start) to what was added.

    ``loose`` lines are added only where they go on from an end.
    """
    bridges = []
    rest = [*((way, np.inf) for way in ways), *((line, _BESIDE) for line in loose)]
    while rest:
        ahead = [(_beyond(way, axis), most) for way, most in rest]
        ends = [
            (*_nearest_ends(axis, shapely.get_coordinates(way)), number)
            for number, (way, _) in enumerate(ahead)
            if way is not None
        ]
        ends = [end for end in ends if end[0] <= ahead[end[-1]][1]]
        if not ends:
            break
        _, at_start, turned, number = min(ends)
        rest = [(way, most) for at, (way, most) in enumerate(ahead) if way is not None and at != number]
        more = shapely.get_coordinates(ahead[number][0])[:: -1 if turned else 1]
        axis = np.vstack([more, axis] if at_start else [axis, more])
        joint = len(more) if at_start else len(axis) - len(more)
        bridges.append((axis[joint - 1].copy(), axis[joint].copy()))
    return axis, bridges


def _ways(lines: Geometries) -> tuple[list[shapely.LineString], list[shapely.LineString]]:
    """The way through each connected piece of lines; and the lines of pieces through which it may not be the whole.

    It is the longest of the shortest ways. Where that turns and comes back beside itself, as on carriageways that are
    joined at one end, it is the way between the two points that are farthest from each other.
    """
    graph = _Graph(lines)
    ways, loose = [], []
    for piece in graph.pieces():
        way = graph.longest(piece)
        if _comes_back(way):
            members = lines[sorted({number for place in piece for _, number in graph.around[place]})]
            loose += list(members)
            segments, _ = segments_of(members)
            way = _Graph(shapely.linestrings(segments.reshape(-1, 2, 2))).straightest()
        ways.append(way)
    return ways, loose


def _comes_back(way: shapely.LineString) -> bool:
    """Whether a way runs beside itself."""
    steps = max(int(way.length / _STEP), 1)
    at = np.arange(steps + 1) * (way.length / steps)
    points = shapely.line_interpolate_point(way, at)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=_BESIDE)
    apart = np.abs(at[one] - at[other])
    back = np.unique(one[(apart > _APART * _BESIDE) & (apart < way.length - _APART * _BESIDE)])
    return len(back) > _BACK_SHARE * len(points)


class _Graph:
    """Lines that meet at their ends: places, and from each the places and lines around it."""

    def __init__(self, lines: Geometries) -> None:
        ends = np.round(end_points(lines).reshape(-1, 2), _DECIMALS)
        self._lines, self._length = lines, shapely.length(lines)
        self._places, node = np.unique(ends, axis=0, return_inverse=True)
        self._start, stop = node.reshape(-1, 2).T
        self.around: dict[int, list[tuple[int, int]]] = {}
        for number, (one, other) in enumerate(zip(self._start.tolist(), stop.tolist(), strict=True)):
            self.around.setdefault(one, []).append((other, number))
            self.around.setdefault(other, []).append((one, number))

    def pieces(self) -> Iterator[list[int]]:
        """The places of each connected piece."""
        seen: set[int] = set()
        for first in sorted(self.around):
            if first not in seen:
                piece = sorted(self._reached(first)[0])
                seen |= set(piece)
                yield piece

    def longest(self, piece: Sequence[int]) -> shapely.LineString:
        """The longest of the shortest ways through a piece (of one with rings, nearly so)."""
        first = self._farthest(self._reached(piece[0])[0])
        reached, before = self._reached(first)
        last = self._farthest(reached)
        inside = sorted({number for place in piece for _, number in self.around[place]})
        longest = max(inside, key=lambda number: self._length[number])
        if reached[last] < self._length[longest]:  # a ring
            return self._lines[longest]
        return self._way(first, last, before)

    def straightest(self) -> shapely.LineString:
        """The shortest way between the two places of the graph (of one piece) that are farthest from each other."""
        hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(self._places)))
        apart = np.hypot(*(hull[:, None] - hull[None]).transpose(2, 0, 1))
        ends = hull[list(np.unravel_index(int(apart.argmax()), apart.shape))]
        first, last = (int(np.hypot(*(self._places - end).T).argmin()) for end in ends)
        return self._way(first, last, self._reached(first)[1])

    @staticmethod
    def _farthest(reached: Mapping[int, float]) -> int:
        return max(reached, key=lambda place: (reached[place], -place))

    def _reached(self, first: int) -> tuple[dict[int, float], dict[int, tuple[int, int]]]:
        """Metres to each place that can be reached (Dijkstra), and the place and line before it on the way there."""
        best = {first: 0.0}
        before: dict[int, tuple[int, int]] = {}
        queue = [(0.0, first)]
        while queue:
            metres, place = heapq.heappop(queue)
            if metres > best[place]:
                continue
            for other, number in self.around[place]:
                further = metres + float(self._length[number])
                if further < best.get(other, np.inf):
                    best[other], before[other] = further, (place, number)
                    heapq.heappush(queue, (further, other))
        return best, before

    def _way(self, first: int, last: int, before: Mapping[int, tuple[int, int]]) -> shapely.LineString:
        path = []
        while last != first:
            last, number = before[last]
            along = 1 if self._start[number] == last else -1
            path.append(shapely.get_coordinates(self._lines[number])[::along])
        return shapely.LineString(np.vstack(path[::-1]))


def _beyond(way: shapely.LineString, axis: Floats) -> shapely.LineString | None:
    """The longest stretch of a way that does not run beside an axis; None where there is none to speak of.

    Where it goes on from an end of the axis, though not straight on, it begins there.
    """
    line = shapely.LineString(axis)
    xy = shapely.get_coordinates(shapely.segmentize(way, _STEP))
    points = shapely.points(xy)
    at = shapely.line_locate_point(line, points)
    at_start, at_end = at <= _GRID, at >= line.length - _GRID
    beside = shapely.distance(line, points) <= _BESIDE
    for here, (tip, inner) in ((at_start, (0.0, _AHEAD)), (at_end, (line.length, line.length - _AHEAD))):
        end, before = shapely.get_coordinates(shapely.line_interpolate_point(line, [tip, max(inner, 0.0)]))
        ahead = (xy - end) @ (end - before) >= np.cos(np.pi / 4) * np.hypot(*(xy - end).T) * np.hypot(*(end - before))
        beside &= ~(here & ahead)
    free = np.flatnonzero(~beside)
    if not len(free):
        return None
    runs = np.split(free, np.flatnonzero(np.diff(free) > 1) + 1)
    first, last = max(((int(run[0]), int(run[-1])) for run in runs), key=lambda run: (run[1] - run[0], -run[0]))
    for forwards in (False, True):
        edge = last if forwards else first
        if at_start[edge] or at_end[edge]:
            near = (
                np.arange(edge, min(edge + _BACK, len(xy))) if forwards else np.arange(max(edge - _BACK, 0), edge + 1)
            )
            apart = np.hypot(*(xy[near] - axis[0 if at_start[edge] else -1]).T)
            if apart.min() <= _MEETS:
                first, last = (first, int(near[apart.argmin()])) if forwards else (int(near[apart.argmin()]), last)
    if last == first:
        return None
    stretch = shapely.simplify(shapely.LineString(xy[first : last + 1]), _GRID)
    return stretch if stretch.length >= _LEAST_PIECE else None


def _nearest_ends(axis: Floats, way: Floats) -> tuple[float, bool, bool]:
    """The least distance between ends; whether it is at the start of the axis, and whether the way must be turned."""
    choices = [
        (float(np.hypot(*(axis[-1] - way[0]))), False, False),
        (float(np.hypot(*(axis[-1] - way[-1]))), False, True),
        (float(np.hypot(*(axis[0] - way[-1]))), True, False),
        (float(np.hypot(*(axis[0] - way[0]))), True, True),
    ]
    return min(choices)


def _directed(axis: Floats) -> Floats:
    """An axis from west to east or from north to south; a ring from its northernmost point, clockwise."""
    east, north = axis[-1] - axis[0]
    if not east and not north:
        ring = axis[:-1] if shapely.is_ccw(shapely.LinearRing(axis)) is np.False_ else axis[:0:-1]
        top = int(np.lexsort((ring[:, 0], -ring[:, 1]))[0])
        ring = np.roll(ring, -top, axis=0)
        return np.vstack([ring, ring[:1]])
    forwards = east > 0 if abs(east) >= abs(north) else north < 0
    return axis if forwards else axis[::-1]
