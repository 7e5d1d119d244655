"""Faces too narrow to be a grid: between two carriageways, inside a roundabout, between doubled lines.

Such a face is given to its neighbours, each place to the nearest one. So a limit runs along the middle of a
dual carriageway, and crossing streets meet there. How wide is narrow is ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, dissolve, keys, ordered, summed

from .barriers import Strength
from .cutting import length_to_width
from .street_net import (
    GRID,
    Net,
    components,
    led_to_nearest,
    sides,
)
from .watched import ON, STEP, Watched

_WIDTHS = (14.0, 30.0)  # metres; the narrowest faces go first
_REACH = 15.0  # metres; from a limit in the middle of the widest such face both sides are so far away
_ROUNDS = 3  # with each width; of narrow faces side by side some go later than others
_TRIES = 4  # of a round, each without the faces around which too much was lost before
_TAIL, _TAIL_LENGTH = 22.0, 80.0  # metres; a longer part of a face that is narrower is a tail
_STRIP = 22.0  # metres; a longer strip of this width is no compact grid even when it is cut
_STRIP_REACH = 19.0  # metres; barriers so far from a middle line may go with such a strip
_NOTHING = 10.0  # metres; a face of this width goes whatever is lost
_LOST = 0.06  # of a face's outline; a face may leave so much of its barriers out of reach
_OFF = 0.3  # of a face's outline; so much may be single streets that no limit lies on any more
_ALONG, _EQUAL = 1.5, 0.01  # widths, metres; equally wide faces that meet in a shorter line are in a row
_COMPACT = 0.45  # 4πA/P²; more compact faces have no tails
_LONG = 20.0  # P²/A; a group with a face on both sides is a street only where it is longer than wide
_BOTH = 0.1  # of such a group's outline; a neighbour with less of it on one side only reaches around an end
_OPEN = 0.6  # of such a group's outline that meets its neighbour
_STEP = 3.0  # metres between samples of an outline
_END = 0.2  # metres from a node to the first sample
_STRAIGHTEN = 2.0  # metres; bends of middle lines below this are passed over

Owners = Callable[[Geometries], Indices]
"""The community of each face, -1 outside all."""


def without_narrow(net: Net, owners: Owners, watched: Watched, tick: Callable[[], None]) -> Net:
    """The noded net with the lines around narrow faces replaced by middle lines.

    Limits of communities stay; a narrow face goes to neighbours of its own community only. A face that
    would leave barriers too far from the net, or many single streets without a limit on them, stays as well, unless
    it is too narrow to be anything.
    """
    for number, width in enumerate(_WIDTHS):
        for _ in range(_ROUNDS):
            tick()
            new = _collapsed(net, owners, width, watched, tick)
            if new is None:
                break
            net = new
        if number == 0:
            ends = tail_ends(net.faces())
            net = net.noded_with(Net.of(ends, np.zeros(len(ends), dtype=np.intp)))
    return net


def _collapsed(net: Net, owners: Owners, width: float, watched: Watched, tick: Callable[[], None]) -> Net | None:
    """The net without the faces narrower than ``width``; None where there is nothing to replace."""
    faces = net.faces()
    community, side = owners(faces), sides(net, faces)
    same = _within(side, community)
    goes = narrow_faces(faces, width) & (community >= 0)
    goes &= _chosen(net, side, same, faces, goes)
    wide = goes & (2 * shapely.area(faces) > _NOTHING * shapely.length(faces))
    goes[wide] = ~_between_single_streets(faces[wide], watched)

    def spoilt(new: Net, groups: _Groups) -> NDArray[np.bool_]:
        tick()
        return wide & (groups.loss(net, new, watched.tree, faces) > _LOST * shapely.length(faces))

    return _replaced(net, side, same, faces, goes, spoilt)


def _between_single_streets(faces: Geometries, watched: Watched) -> NDArray[np.bool_]:
    """Around which faces so much single street runs that a line in their middle would serve it badly."""
    outline = shapely.boundary(faces)
    face = watched.on_single.tree.query(outline, predicate="dwithin", distance=ON)[0]
    return np.bincount(face, minlength=len(faces)) * STEP > _OFF * shapely.length(outline)


def given_to_neighbours(
    net: Net,
    owners: Owners,
    faces: Geometries,
    goes: NDArray[np.bool_],
    watched: Watched,
    spoilt: Callable[[Net], NDArray[np.bool_]],
) -> Net | None:
    """The noded net with middle lines for the lines around the ``faces`` of it that go; None where none may.

    Those stay that would leave barriers too far from the net, and those that ``spoilt`` names for a new net.
    """
    community, side = owners(faces), sides(net, faces)

    def stays(new: Net, groups: _Groups) -> NDArray[np.bool_]:
        return (groups.loss(net, new, watched.tree, faces) > _LOST * shapely.length(faces)) | spoilt(new)

    return _replaced(net, side, _within(side, community), faces, goes & (community >= 0), stays)


def _within(side: Indices, community: Indices) -> NDArray[np.bool_]:
    """The lines whose two sides are faces of one community."""
    left, right = side.T
    return (left >= 0) & (right >= 0) & (community[left] == community[right])


def _replaced(
    net: Net,
    side: Indices,
    same: NDArray[np.bool_],
    faces: Geometries,
    goes: NDArray[np.bool_],
    spoilt: Callable[[Net, _Groups], NDArray[np.bool_]],
) -> Net | None:
    """The net without the lines around the faces that go, but for those that are ``spoilt`` by what comes instead."""
    for _ in range(_TRIES):
        groups = _Groups.of(side, same, faces, goes)
        if not len(groups.polygon):
            return None
        new = groups.replaced(net, groups.middle_lines(net))
        lost = goes & spoilt(new, groups)
        if not lost.any():
            return new
        goes &= ~lost
    return None


# Narrow faces


def narrow_faces(faces: Geometries, width: float) -> NDArray[np.bool_]:
    """Which faces hold no circle of diameter ``width``."""
    result = shapely.area(faces) < width * shapely.length(faces)
    result[result] = shapely.is_empty(shapely.buffer(faces[result], -width / 2, quad_segs=4))
    return result


def tail_ends(faces: Geometries) -> Geometries:
    """Lines that cut narrow tails off wider faces: across a face where it grows narrower than a grid can be."""
    outline = shapely.length(faces)
    some = faces[(outline > 2 * _TAIL_LENGTH) & (4 * np.pi * shapely.area(faces) < _COMPACT * outline**2)]
    inner = shapely.buffer(some, -_TAIL / 2, quad_segs=4)
    some, inner = some[~shapely.is_empty(inner)], inner[~shapely.is_empty(inner)]
    core = shapely.buffer(inner, _TAIL / 2 + GRID, quad_segs=4)
    tails, face = shapely.get_parts(shapely.difference(some, core), return_index=True)
    long = shapely.length(tails) > 2 * _TAIL_LENGTH
    tails, face = tails[long], face[long]
    seams = shapely.line_merge(shapely.intersection(shapely.boundary(core)[face], tails))
    seams, tail = shapely.get_parts(seams, return_index=True)
    wide = (shapely.get_type_id(seams) == shapely.GeometryType.LINESTRING) & (shapely.length(seams) > 1.0)
    outline = shapely.boundary(some)[face[tail[wide]]]
    ends = [shapely.shortest_line(shapely.get_point(seams[wide], at), outline) for at in (0, -1)]
    return shapely.linestrings(np.stack([shapely.get_coordinates(end)[1::2] for end in ends], axis=1))


def _half_width(faces: Geometries) -> Floats:
    """Half of the width of the rectangles of the same area and outline."""
    area = shapely.area(faces)
    return np.sqrt(area / length_to_width(area, shapely.length(faces))) / 2


def _close(half: Floats, spread: Floats) -> NDArray[np.bool_]:
    """Whether the barriers around a face are close enough to a line in its middle."""
    return half + spread <= np.where(2 * half <= _STRIP, _STRIP_REACH, _REACH)


def _mean(values: Floats, weights: Floats, group: Indices, count: int) -> Floats:
    return np.bincount(group, values * weights, count) / np.maximum(np.bincount(group, weights, count), GRID)


@dataclass(frozen=True)
class _Groups:
    """Narrow faces that lie side by side, as one polygon each, and the lines of the net around them."""

    polygon: Geometries
    line: Indices  # lines on the outlines of groups
    group: Indices  # of each such line
    neighbour: Indices  # face beyond the line, -1 where it lies in another community or there is none
    removed: Indices  # group with which each line of the net goes, -1 for those that stay

    @classmethod
    def of(cls, side: Indices, same: NDArray[np.bool_], faces: Geometries, narrow: NDArray[np.bool_]) -> _Groups:
        """``same``: lines whose two sides are faces of one community."""
        left, right = side.T
        inside = np.column_stack([(face >= 0) & narrow[face] for face in (left, right)])
        both, outer = inside.all(axis=1) & same, inside[:, 0] != inside[:, 1]
        label = components(len(faces), left[both], right[both])
        own, beyond = np.where(inside[:, 0], left, right), np.where(inside[:, 0], right, left)
        # A group without any neighbour in its community stays what it is.
        members = np.flatnonzero(narrow & np.isin(label, label[own[outer & same]]))
        group = np.unique(label[members], return_inverse=True)[1]
        of_face = np.full(len(faces), -1, dtype=np.intp)
        of_face[members] = group
        line = np.flatnonzero((outer | (inside.all(axis=1) & ~same)) & (of_face[own] >= 0))
        neighbour = np.where(same[line], beyond[line], -1)
        removed = np.where(both, of_face[left], -1)
        removed[line[neighbour >= 0]] = of_face[own[line[neighbour >= 0]]]
        polygon, _ = dissolve(faces[members], group)
        return cls(polygon, line, of_face[own[line]], neighbour, removed)

    def open_share(self, net: Net) -> Floats:
        """Share of the outline of each group that meets a neighbour."""
        count, length = len(self.polygon), shapely.length(net.line[self.line])
        return np.bincount(self.group, length * (self.neighbour >= 0), count) / np.bincount(self.group, length, count)

    def replaced(self, net: Net, middle: Net) -> Net:
        """The net with ``middle`` for the lines of the groups."""
        new = net.at(self.removed < 0).noded_with(middle)
        # What ended on a line that is gone is led on.
        start, end = new.ends()
        single = np.bincount(np.r_[start, end])[np.r_[start, end]] == 1
        known = keys(net.end_points())
        first, last = net.ends()
        was_single = np.bincount(np.r_[first, last])[np.r_[first, last]] == 1
        orphans = np.flatnonzero(single & ~np.isin(keys(new.end_points()), known[was_single]))
        return new.noded_with(led_to_nearest(orphans, new, 2 * _REACH))

    def loss(self, net: Net, new: Net, watched: shapely.STRtree, faces: Geometries) -> Floats:
        """Metres of barriers around each face that the old net has in reach and the new one has not."""
        reach = _REACH + 0.3
        points = np.unique(watched.query(net.line[self.removed >= 0], predicate="dwithin", distance=reach)[1])
        places = watched.geometries[points]
        near = np.unique(shapely.STRtree(new.line).query(places, predicate="dwithin", distance=reach)[0])
        lost = np.delete(places, near)
        face = shapely.STRtree(faces).query(lost, predicate="dwithin", distance=_REACH)[1]
        return np.bincount(face, minlength=len(faces)) * STEP

    def middle_lines(self, net: Net) -> Net:
        """Lines inside the groups on which two neighbours are equally near."""
        samples = _Samples.of(self, net)
        none = np.array([], dtype=np.intp)
        nothing = Net.of(np.array([], dtype=object), none)
        if not len(samples.xy):
            return nothing
        origin = np.floor(samples.xy.mean(axis=0))  # small numbers keep their digits
        order = np.argsort(samples.group, kind="stable")
        numbers, index = np.unique(samples.group[order], return_inverse=True)
        points = shapely.multipoints(samples.xy[order] - origin, indices=index)
        triangles, group = shapely.get_parts(shapely.delaunay_triangles(points), return_index=True)
        corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
        segments, of = samples.axes(corners, numbers[group], self.polygon, origin)
        if not len(segments):
            return nothing
        lines, of = _joined(segments + np.tile(origin, 2), of)
        around = net.at(self.line)
        spread = _mean(around.spread, shapely.length(around.line), self.group, len(self.polygon))
        return Net.of(lines, self._strengths(lines, of, net), spread=(spread + _half_width(self.polygon))[of])

    def _strengths(self, lines: Geometries, group: Indices, net: Net) -> Indices:
        """Strength of middle lines: the greatest of the lines of their group that they stand for."""
        towards = np.flatnonzero(self.neighbour >= 0)
        source = net.at(self.line[towards])
        middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        line, found = shapely.STRtree(source.line).query(middle, predicate="dwithin", distance=_REACH)
        own = group[line] == self.group[towards[found]]
        strength = np.zeros(len(lines), dtype=np.intp)
        np.maximum.at(strength, line[own], source.strength[found[own]])
        return strength


def _chosen(
    net: Net, side: Indices, same: NDArray[np.bool_], faces: Geometries, narrow: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which narrow faces a middle line can stand for: whole groups that are slender, else the narrowest of a group."""
    beside = side[same]
    half, spread = _half_width(faces), _spreads(net, side, len(faces))
    left, right = beside[narrow[beside].all(axis=1)].T
    label = components(len(faces), left, right)
    members = np.flatnonzero(narrow)
    group = np.unique(label[members], return_inverse=True)[1]
    size = np.bincount(group)
    result = narrow & _close(half, spread)
    many = np.flatnonzero(size[group] > 1)
    if not len(many):
        return result
    several, place = np.unique(group[many], return_inverse=True)
    whole, _ = dissolve(faces[members[many]], place)
    slender = shapely.is_empty(shapely.buffer(whole, -_REACH, quad_segs=4))
    slender &= _close(_half_width(whole), _mean(spread[members[many]], np.ones(len(many)), place, len(several)))
    result[members[many]] = slender[place]
    rest = np.zeros(len(faces), dtype=bool)
    rest[members[many]] = ~slender[place]
    contact = summed(*ordered(*beside.T), shapely.length(net.line[same]))
    rivals = np.column_stack([contact.left, contact.right])
    in_row = contact.length <= _ALONG * 2 * half[rivals].max(axis=1)
    rivals = rivals[~in_row | (np.abs(half[rivals[:, 0]] - half[rivals[:, 1]]) > _EQUAL)]
    return result | _narrowest(half, rest & (2 * half <= _STRIP) & _close(half, spread), rivals, faces)


def _narrowest(half: Floats, narrow: NDArray[np.bool_], beside: Indices, faces: Geometries) -> NDArray[np.bool_]:
    """Which of the narrow faces are narrower than all narrow ones that they are paired with in ``beside`` (n, 2)."""
    rank = np.empty(len(faces), dtype=np.intp)
    x, y = shapely.get_coordinates(shapely.centroid(faces)).T
    rank[np.lexsort((y, x, np.round(half, 3)))] = np.arange(len(faces))
    left, right = beside[narrow[beside].all(axis=1)].T
    result = narrow.copy()
    result[np.where(rank[left] > rank[right], left, right)] = False
    return result


def _spreads(net: Net, side: Indices, count: int) -> Floats:
    """The mean spread of the lines around each face."""
    line, at = np.nonzero(side >= 0)
    return _mean(net.spread[line], shapely.length(net.line)[line], side[line, at], count)


# Middle lines


@dataclass(frozen=True)
class _Samples:
    """Points along the outlines of groups."""

    xy: Floats
    group: Indices
    label: Indices  # which neighbour lies there, -1 for none
    node: Indices  # of the net, for a point beside one; -1 elsewhere
    place: Floats  # (nodes, 2)
    spread: Floats  # of the line that the point is on
    strong: NDArray[np.bool_]  # whether that is a strong barrier

    @classmethod
    def of(cls, groups: _Groups, net: Net) -> _Samples:
        # A middle line goes on to a limit across its end, but keeps between a limit along it and the other side.
        known = (groups.neighbour >= 0) | (groups.open_share(net) < _OPEN)[groups.group]
        some, group, label = net.at(groups.line[known]), groups.group[known], groups.neighbour[known]
        count = len(some.line)
        length = shapely.length(some.line)
        steps = np.maximum(np.ceil(length / _STEP), 1).astype(np.intp)
        line = np.repeat(np.arange(count), steps)
        step = np.arange(len(line)) - np.repeat(np.cumsum(steps) - steps, steps)
        away = (step + 0.5) * (length / steps)[line]
        end = np.minimum(_END, length / 4)
        every = np.arange(count)
        line, away = np.r_[every, line, every], np.r_[end, away, length - end]
        first, last = some.ends()
        place = np.zeros((max(first.max(initial=-1), last.max(initial=-1)) + 1, 2))
        place[np.r_[first, last]] = some.end_points()
        node = np.r_[first, np.full(len(line) - 2 * count, -1), last]
        xy = shapely.get_coordinates(shapely.line_interpolate_point(some.line[line], away))
        labels = _two_sided(groups, net, xy, group[line], label[line])
        return cls(xy, group[line], labels, node, place, some.spread[line], (some.strength == Strength.STRONG)[line])

    def axes(self, corners: Floats, group: Indices, polygons: Geometries, origin: Floats) -> tuple[Floats, Indices]:
        """Middle segments (n, 4) about ``origin``, and their group, from triangles (n, 3, 2) between the samples.

        In a triangle with two labels a segment joins the middles of the edges between them; with three,
        segments join those of all edges with the centre.
        """
        known = keys(np.column_stack([self.xy - origin, self.group]) + 0.0)
        order = np.argsort(known)
        asked = keys(np.column_stack([corners.reshape(-1, 2), np.repeat(group, 3)]) + 0.0)
        vertex = order[np.searchsorted(known[order], asked)].reshape(-1, 3)
        centre = corners.mean(axis=1)
        shapely.prepare(polygons)
        inside = shapely.contains_xy(polygons[group], *(centre + origin).T)
        following = vertex[:, [1, 2, 0]]
        own, other = self.label[vertex], self.label[following]
        across = (own != other) & (own >= 0) & (other >= 0)
        middles = _middles(corners, self.spread[vertex], self.strong[vertex])
        at_node = across & (self.node[vertex] >= 0) & (self.node[vertex] == self.node[following])
        middles[at_node] = self.place[self.node[vertex[at_node]]] - origin

        two = inside & (across.sum(axis=1) == 2)  # noqa: PLR2004 - edges between two labels
        both = middles[two][across[two]].reshape(-1, 4)
        three = inside & across.all(axis=1)
        star = np.concatenate([middles[three], np.repeat(centre[three][:, None], 3, axis=1)], axis=2).reshape(-1, 4)
        segments, of = np.vstack([both, star]), np.r_[group[two], np.repeat(group[three], 3)]
        long = (segments[:, :2] != segments[:, 2:]).any(axis=1)
        return segments[long], of[long]


def _two_sided(groups: _Groups, net: Net, xy: Floats, group: Indices, label: Indices) -> Indices:
    """The labels of samples; where a long group has the same neighbour on both sides, these are told apart."""
    outline = shapely.get_exterior_ring(groups.polygon)
    long = shapely.length(outline) ** 2 > _LONG * shapely.area(groups.polygon)
    long &= groups.open_share(net) >= _OPEN  # a strip along a limit is no street: one side of it is the limit
    points, of = shapely.get_coordinates(outline, return_index=True)
    first = _farthest(points, of, shapely.get_coordinates(shapely.centroid(groups.polygon)))
    at_limit = np.flatnonzero(groups.neighbour < 0)
    limits = shapely.line_interpolate_point(net.line[groups.line[at_limit]], 0.5, normalized=True)
    first[groups.group[at_limit]] = shapely.get_coordinates(limits)  # a street comes from the limit
    second = _farthest(points, of, first)
    asked = np.flatnonzero(long[group] & (label >= 0))
    own = group[asked]
    ends = [shapely.line_locate_point(outline, shapely.points(place))[own] for place in (first, second)]
    place = shapely.line_locate_point(outline[own], shapely.points(xy[asked]))
    beyond = (place > np.minimum(*ends)) & (place < np.maximum(*ends))
    more = label.max(initial=0) + 1
    _, pair = np.unique(own * more + label[asked], return_inverse=True)
    both = np.minimum(np.bincount(pair, beyond), np.bincount(pair, ~beyond))[pair]
    result = label.copy()
    result[asked[beyond & (both > _BOTH * np.bincount(own, minlength=len(outline))[own])]] += more
    return result


def _farthest(points: Floats, of: Indices, place: Floats) -> Floats:
    """The point of each group that is farthest from its place."""
    away = np.hypot(*(points - place[of]).T)
    order = np.lexsort((points[:, 1], points[:, 0], np.round(away, 3), of))
    return points[order[np.r_[np.diff(of[order]) > 0, True]]]


def _middles(corners: Floats, spread: Floats, strong: NDArray[np.bool_]) -> Floats:
    """Points on the edges (n, 3, 2) of triangles that are equally far from all that both ends stand for.

    Between a strong barrier and another one, as close to the strong one as the other's reach allows.
    """
    turn = [1, 2, 0]
    step = corners[:, turn] - corners
    width = np.maximum(np.hypot(step[..., 0], step[..., 1]), GRID)
    far, strong_far = spread[:, turn], strong[:, turn]
    reach = _REACH - 0.5
    share = (width + far - spread) / 2
    share = np.where(strong & ~strong_far, np.minimum(share, width + far - reach), share)
    share = np.where(~strong & strong_far, np.maximum(share, reach - spread), share)
    # Where no place is close enough to everything, the strong side is served.
    served = np.where(strong, np.maximum(reach - spread, 0.0), width - np.maximum(reach - far, 0.0))
    share = np.where((width + spread + far > 2 * reach) & (strong != strong_far), served, share)
    return corners + np.clip(share / width, 0.0, 1.0)[..., None] * step


def _joined(segments: Floats, group: Indices) -> tuple[Geometries, Indices]:
    """Segments joined to lines between their forks, and straightened; and the group of each line."""
    order = np.argsort(group, kind="stable")
    numbers, index = np.unique(group[order], return_inverse=True)
    pieces = shapely.linestrings(segments[order].reshape(-1, 2, 2))
    bundles = shapely.multilinestrings(pieces, indices=index)
    lines, of = shapely.get_parts(shapely.line_merge(bundles), return_index=True)
    return shapely.simplify(lines, _STRAIGHTEN), numbers[of]
