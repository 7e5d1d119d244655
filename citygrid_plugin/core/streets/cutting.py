"""Cutting large faces into compact parts of nearly equal area by straight lines.

Each face is halved again and again (all faces at once) until its parts have the wanted size. A cut is
chosen from a few directions that the face itself suggests, at the places that give whole numbers of
parts, or at a corner close to them. How cuts are rated is ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.spatial.coverage import NODE_DECIMALS, Floats, Geometries, Indices, joined, keys
from citygrid_plugin.core.spatial.linework import faces_between

_FLAT = 1e-4  # metres; a segment that runs along the moving line never meets it
_ASIDE = 1e-5  # metres
_OFF_SQUARE = 0.4  # what a small angle off square counts beside the sine
_CORNER = np.radians(25)  # a vertex that turns less is no corner
_SHARES = np.array([0.33, 0.4, 0.4999, 0.5001, 0.6, 0.67])  # of the parts on one side of a cut
_SLACK = 0.2  # of a part: how far from equal the parts of a cut at a corner may be
_NEAR = 0.5  # metres; a cut that ends so close to a vertex ends in it
_TRIES = ((0, _NEAR), *((rank, 0.0) for rank in (0, 1, 2, 5, 9, 14, 20, 30)))
"""Cuts of a face that are tried until one divides it: its rank, and metres within which it ends in a vertex."""

_TRIM, _OFF = 0.02, 1e-3  # metres; but for its ends a cut keeps so far from the outline
_LOST, _LOST_SHARE = 0.05, 1e-3  # m², of a face; more is not rounding
_BLOCK = 500_000  # segments looked at together: bounds the memory
_ROUNDS = 40  # a face of a million parts needs about twenty
_SQUARE = np.pi / 4  # 4πA/P² of a square
_UNEVEN = 0.96  # rows of unequal numbers of parts

_LENGTH, _SHAPE, _OBLIQUE, _UNEQUAL, _PIECES, _CORNER_GAIN = 1.0, 4.0, 1.2, 0.8, 5.0, 0.25
"""What counts how much in the rating of a cut (found by trial on real street nets)."""


@dataclass(frozen=True)
class _Outlines:
    """Outline segments of faces, in order along their rings, with the inside on their right."""

    start: Floats  # (n, 2)
    end: Floats
    face: Indices  # ascending
    ring: Indices  # ascending
    hole: NDArray[np.bool_]
    corner: NDArray[np.bool_]  # whether the segment starts in one
    centre: Floats  # (faces, 2)
    first: Indices  # of each face

    @classmethod
    def of(cls, polygons: Geometries, nodes: NDArray[np.uint64]) -> _Outlines:
        rings, face = shapely.get_rings(shapely.normalize(polygons), return_index=True)
        points, ring = shapely.get_coordinates(rings, return_index=True)
        inner = ring[1:] == ring[:-1]
        start, end, ring = points[:-1][inner], points[1:][inner], ring[:-1][inner]
        first = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
        before = np.arange(len(ring)) - 1
        before[first] = np.r_[first[1:], len(ring)] - 1
        angle = np.arctan2(*(end - start).T[::-1])
        turn = np.abs((angle - angle[before] + np.pi) % (2 * np.pi) - np.pi)
        corner = (turn > _CORNER) | np.isin(keys(start), nodes)
        hole = np.r_[False, face[1:] == face[:-1]][ring]
        owner = face[ring]
        starts = np.searchsorted(owner, np.arange(len(polygons)))
        return cls(start, end, owner, ring, hole, corner, shapely.get_coordinates(shapely.centroid(polygons)), starts)

    def local(self) -> tuple[Floats, Floats]:
        """Starts and ends about the centres of their faces."""
        centre = self.centre[self.face]
        return self.start - centre, self.end - centre


@dataclass(frozen=True)
class _Cuts:
    """Straight cuts of faces: the points at ``offset`` along the direction ``angle`` from the face's centre."""

    face: Indices
    angle: Floats
    offset: Floats
    below: Floats  # area on the lower side, m²
    lower: Indices  # parts on the lower side
    corner: NDArray[np.bool_]

    def at(self, which: NDArray[np.generic]) -> _Cuts:
        return _Cuts(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def cut_large(
    polygons: Geometries,
    parts: Indices,
    nodes: Floats | None = None,
    progress: Progress = silent,
) -> tuple[Geometries, Indices]:
    """Cut each polygon into ``parts`` pieces; returns the pieces and the index of the polygon each comes from.

    ``nodes`` (n, 2): vertices at which other limits end; like corners, they are good places for a cut.
    Pieces of one polygon share their edges exactly; the end of a cut is not yet a vertex of the polygon's
    neighbours. The order of the polygons does not matter.
    """
    node_keys = np.unique(keys(nodes)) if nodes is not None and len(nodes) else np.array([], dtype=np.uint64)
    origin = np.arange(len(polygons))
    done, source = [], []
    for number in range(_ROUNDS):
        ready = parts <= 1
        done.append(polygons[ready])
        source.append(origin[ready])
        polygons, parts, origin = polygons[~ready], parts[~ready], origin[~ready]
        if not len(polygons):
            break
        progress(1 - 1 / (number + 1))
        pieces, of = _halved(polygons, parts, node_keys)
        unit = (shapely.area(polygons) / parts)[of]
        stuck = np.bincount(of, minlength=len(polygons))[of] == 1
        parts = np.where(stuck, 1, np.maximum(np.rint(shapely.area(pieces) / unit), 1)).astype(np.intp)
        polygons, origin = pieces, origin[of]
    return np.concatenate([*done, polygons]), np.concatenate([*source, origin])


def _halved(polygons: Geometries, parts: Indices, nodes: NDArray[np.uint64]) -> tuple[Geometries, Indices]:
    """Each polygon cut by its best line; the pieces and the index of their polygon."""
    outlines = _Outlines.of(polygons, nodes)
    cuts = _proposals(outlines, parts, shapely.area(polygons))
    cost = _costs(outlines, cuts, parts, shapely.area(polygons))
    order = np.lexsort((cuts.offset, cuts.angle, np.round(cost, 6), cuts.face))
    first = np.searchsorted(cuts.face[order], np.arange(len(polygons)))
    count = np.diff(np.r_[first, len(order)])
    pieces, of, left = [], [], np.arange(len(polygons))
    for rank, near in _TRIES:
        if not len(left):
            break
        some = outlines if len(left) == len(polygons) else _Outlines.of(polygons[left], nodes)
        chosen = cuts.at(order[first[left] + np.minimum(rank, count[left] - 1)])
        chords, of_chord, parted, face = _pieces(some, replace(chosen, face=np.arange(len(left))), near)
        good = _parted(polygons[left], parted, face) & _clear(polygons[left], chords, of_chord)
        pieces.append(parted[good[face]])
        of.append(left[face[good[face]]])
        left = left[~good]
    return np.concatenate([*pieces, polygons[left]]), np.concatenate([*of, left])


def _clear(polygons: Geometries, chords: Geometries, face: Indices) -> NDArray[np.bool_]:
    """Which polygons have chords that keep off the outline but for their ends: no piece is pinched."""
    length = shapely.length(chords)
    trim = np.minimum(_TRIM, length / 3)
    ends = [shapely.line_interpolate_point(chords, away) for away in (trim, length - trim)]
    inner = shapely.linestrings(np.stack([shapely.get_coordinates(end) for end in ends], axis=1))
    touching = shapely.dwithin(inner, shapely.boundary(polygons)[face], _OFF)
    return np.bincount(face, touching, len(polygons)) == 0


def _parted(polygons: Geometries, pieces: Geometries, face: Indices) -> NDArray[np.bool_]:
    """Which polygons their pieces fill, several for each: a cut that touches the outline elsewhere leaves gaps."""
    filled = np.bincount(face, shapely.area(pieces), len(polygons))
    several = np.bincount(face, minlength=len(polygons)) > 1
    holed = np.flatnonzero(shapely.get_num_interior_rings(pieces) > 0)
    several[face[holed[~shapely.is_valid(pieces[holed])]]] = False  # a hole touches the outline in two places
    area = shapely.area(polygons)
    return several & (np.abs(filled - area) <= np.minimum(_LOST, _LOST_SHARE * area))


# Where to cut


def _directions(outlines: _Outlines) -> Floats:
    """Directions (faces, n) in which a cut moves; it runs at right angles to them."""
    step = outlines.end - outlines.start
    length = np.hypot(*step.T)
    direction = np.arctan2(step[:, 1], step[:, 0]) % np.pi
    count = len(outlines.first)
    turned = np.bincount(outlines.face, length * np.cos(4 * direction), count) + 1j * np.bincount(
        outlines.face, length * np.sin(4 * direction), count
    )
    main = np.angle(turned) / 4
    longest = _direction_of_longest(outlines.face, direction, length)
    other = np.abs((direction - longest[outlines.face] + np.pi / 2) % np.pi - np.pi / 2) > np.radians(15)
    second = _direction_of_longest(outlines.face, direction, np.where(other, length, 0.0))
    start, end = outlines.local()
    middle = (start + end) / 2
    spread = np.bincount(outlines.face, length * (middle[:, 0] ** 2 - middle[:, 1] ** 2), count) + 2j * np.bincount(
        outlines.face, length * middle[:, 0] * middle[:, 1], count
    )
    axis = np.angle(spread) / 2
    return np.column_stack([main, main + np.pi / 2, longest, second, axis]) % np.pi


def _direction_of_longest(face: Indices, direction: Floats, length: Floats) -> Floats:
    order = np.lexsort((direction, np.round(length, 4), face))
    last = order[np.r_[face[order][1:] != face[order][:-1], True]]
    return direction[last]


@dataclass(frozen=True)
class _Sweep:
    """A line moved over each face in one direction: places where its course inside the face changes."""

    position: Floats
    width: Floats  # inside the face, just after the place
    growth: Floats  # of the width, per metre
    share: Floats  # of the area below, plus the number of the group: ascending all over
    corner: NDArray[np.bool_]


def _sweep(outlines: _Outlines, angles: Floats, area: Floats) -> _Sweep:
    """``angles`` (faces, n); group ``face * n + k`` sweeps face along its k-th direction."""
    number = angles.shape[1]
    turn = angles[outlines.face]  # (segments, n)
    cos, sin = np.cos(turn), np.sin(turn)
    start, end = outlines.local()
    u1, u2 = start[:, :1] * cos + start[:, 1:] * sin, end[:, :1] * cos + end[:, 1:] * sin
    v1, v2 = start[:, 1:] * cos - start[:, :1] * sin, end[:, 1:] * cos - end[:, :1] * sin
    run = u2 - u1
    flat = np.abs(run) < _FLAT
    slope = np.where(flat, 0.0, np.sign(run) * (v2 - v1) / np.where(flat, 1.0, run))
    height = np.where(flat, 0.0, np.sign(run) * v1 - slope * u1)
    group = outlines.face[:, None] * number + np.arange(number)
    corner = np.broadcast_to(outlines.corner[:, None], u1.shape)
    low, high = np.minimum(u1, u2), np.maximum(u1, u2)
    groups = np.concatenate([group.ravel(), group.ravel()])
    places = np.concatenate([low.ravel(), high.ravel()])
    heights = np.concatenate([height.ravel(), -height.ravel()])
    slopes = np.concatenate([slope.ravel(), -slope.ravel()])
    corners = np.concatenate([(corner & (u1 <= u2)).ravel(), (corner & (u1 > u2)).ravel()])
    order = np.lexsort((places, groups))
    groups, places, corners = groups[order], places[order], corners[order]
    first = np.r_[True, groups[1:] != groups[:-1]]
    begins: Indices = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
    height, slope = _running(heights[order], begins), _running(slopes[order], begins)
    gap = np.where(groups[1:] == groups[:-1], places[1:] - places[:-1], 0.0)
    middle = (places[1:] + places[:-1]) / 2
    grown = np.r_[0.0, np.cumsum(gap * (height[:-1] + slope[:-1] * middle))]
    below = grown - grown[begins]
    share = groups + np.clip(below / area[groups // number], 0.0, 1.0) * (1 - 1e-9)
    return _Sweep(places, height + slope * places, slope, np.maximum.accumulate(share), corners)


def _running(values: Floats, start: Indices) -> Floats:
    """Running sums that begin anew at the ``start`` of each group."""
    total = np.cumsum(values)
    return total - (total - values)[start]


def _proposals(outlines: _Outlines, parts: Indices, area: Floats) -> _Cuts:
    """Cuts worth rating: at equal parts, and at the corners next to them."""
    angles = _directions(outlines)
    sweep = _sweep(outlines, angles, area)
    number = angles.shape[1]
    group = np.repeat(np.arange(angles.size), len(_SHARES))
    face = group // number
    lower = np.clip(np.rint(parts[face] * np.tile(_SHARES, angles.size)), 1, parts[face] - 1).astype(np.intp)
    once = np.r_[True, (group[1:] != group[:-1]) | (lower[1:] != lower[:-1])]
    group, face, lower = group[once], face[once], lower[once]
    wanted = lower / parts[face]

    event = np.searchsorted(sweep.share, group + wanted) - 1
    rest = np.maximum((group + wanted - sweep.share[event]) * area[face], 0.0)
    width, growth = np.maximum(sweep.width[event], 0.0), sweep.growth[event]
    root = width + np.sqrt(np.maximum(width**2 + 2 * growth * rest, 0.0))
    equal = sweep.position[event] + np.where(root > 0, 2 * rest / np.where(root > 0, root, 1.0), 0.0)
    cuts = [_Cuts(face, angles.ravel()[group], equal, wanted * area[face], lower, np.zeros(len(face), dtype=bool))]

    at = np.flatnonzero(sweep.corner)
    place = np.searchsorted(sweep.share[at], group + wanted)
    # Just below a corner and just above it: beside an edge along the cut only one of the two stays inside.
    for shift, aside in ((-1, -_ASIDE), (-1, _ASIDE), (0, -_ASIDE), (0, _ASIDE)):
        if not len(at):
            break
        corner = at[np.clip(place + shift, 0, len(at) - 1)]
        share = sweep.share[corner] - group
        near = np.abs(share - wanted) * parts[face] <= _SLACK
        cuts.append(
            _Cuts(
                face[near],
                angles.ravel()[group[near]],
                sweep.position[corner[near]] + aside,
                (share * area[face])[near],
                lower[near],
                np.ones(int(near.sum()), dtype=bool),
            )
        )
    return _Cuts(*(np.concatenate([getattr(cut, name) for cut in cuts]) for name in _Cuts.__dataclass_fields__))


# How good a cut is


@dataclass(frozen=True)
class _Crossings:
    """Where cuts meet the outlines: ``cut``, segment, share of it, and place along the cut; sorted along the cut."""

    cut: Indices
    segment: Indices
    share: Floats
    place: Floats


def _blocks(outlines: _Outlines, cuts: _Cuts) -> list[NDArray[np.intp]]:
    """The cuts in groups whose faces have together a bounded number of segments."""
    size = np.diff(np.r_[outlines.first, len(outlines.face)])[cuts.face]
    block = np.cumsum(size) // _BLOCK
    return np.split(np.arange(len(cuts.face)), np.flatnonzero(np.diff(block)) + 1)


def _met(outlines: _Outlines, cuts: _Cuts) -> tuple[_Crossings, Floats]:
    """The crossings of cuts with the outlines of their faces, and the length of outline below each cut."""
    size = np.diff(np.r_[outlines.first, len(outlines.face)])[cuts.face]
    cut = np.repeat(np.arange(len(cuts.face)), size)
    segment = np.arange(len(cut)) - np.repeat(np.cumsum(size) - size, size) + np.repeat(outlines.first[cuts.face], size)
    cos, sin = np.cos(cuts.angle)[cut], np.sin(cuts.angle)[cut]
    start, end = (points[segment] for points in outlines.local())
    u1 = start[:, 0] * cos + start[:, 1] * sin - cuts.offset[cut]
    u2 = end[:, 0] * cos + end[:, 1] * sin - cuts.offset[cut]
    length = np.hypot(*(end - start).T)
    across = (u1 < 0) != (u2 < 0)
    share = np.zeros(len(cut))
    share[across] = u1[across] / (u1[across] - u2[across])
    lower = np.where(across, np.where(u1 < 0, share, 1 - share), (u1 < 0).astype(float))
    outline = np.bincount(cut, lower * length, len(cuts.face)).astype(float)
    point = start[across] + share[across, None] * (end - start)[across]
    place = point[:, 1] * cos[across] - point[:, 0] * sin[across]
    order = np.lexsort((place, cut[across]))
    return (
        _Crossings(cut[across][order], segment[across][order], share[across][order], place[order]),
        outline,
    )


def _costs(outlines: _Outlines, cuts: _Cuts, parts: Indices, area: Floats) -> Floats:
    return np.concatenate([_cost(outlines, cuts.at(block), parts, area) for block in _blocks(outlines, cuts)])


def _cost(outlines: _Outlines, cuts: _Cuts, parts: Indices, area: Floats) -> Floats:
    met, below_outline = _met(outlines, cuts)
    count = len(cuts.face)
    step = (outlines.end - outlines.start)[met.segment]
    sine = np.abs(step[:, 0] * np.cos(cuts.angle[met.cut]) + step[:, 1] * np.sin(cuts.angle[met.cut]))
    length = np.hypot(*step.T)
    sine /= length
    in_corner = np.minimum(met.share, 1 - met.share) * length < _NEAR
    off = 1 - sine + _OFF_SQUARE * np.sqrt(np.maximum(1 - sine**2, 0.0))
    oblique = np.bincount(met.cut, np.where(in_corner, 0.0, off), count)

    crossings = np.bincount(met.cut, minlength=count)
    position = np.arange(len(met.cut)) - (np.cumsum(crossings) - crossings)[met.cut]
    sign = np.where(position % 2 == 0, -1.0, 1.0)
    chord = np.bincount(met.cut, sign * met.place, count)
    ring = outlines.ring[met.segment]
    in_hole = outlines.hole[met.segment]
    holes = np.unique(np.column_stack([met.cut[in_hole], ring[in_hole]]), axis=0)
    pieces = crossings // 2 + 1 - np.bincount(holes[:, 0], minlength=count)

    outline = np.bincount(outlines.face, np.hypot(*(outlines.end - outlines.start).T), len(outlines.first))
    whole, total = area[cuts.face], parts[cuts.face]
    unit = whole / total
    upper = total - cuts.lower
    shape = cuts.lower * misshape(cuts.below, below_outline + chord, cuts.lower)
    shape += upper * misshape(whole - cuts.below, outline[cuts.face] - below_outline + chord, upper)
    unequal = np.abs(cuts.below - cuts.lower * unit) / unit
    cost = (
        _LENGTH * chord / np.sqrt(unit * np.minimum(cuts.lower, total - cuts.lower))
        + _SHAPE * shape / np.minimum(cuts.lower, upper)
        + _OBLIQUE * oblique
        + _UNEQUAL * unequal
        + _PIECES * np.abs(pieces - 2)
        - _CORNER_GAIN * cuts.corner
    )
    return np.where(crossings > 1, cost, np.inf)


def length_to_width(area: Floats, outline: Floats) -> Floats:
    """Of the rectangles of the same area and outline."""
    area = np.maximum(area, 1e-6)
    half = np.maximum(outline / 4, np.sqrt(area))
    return (half + np.sqrt(np.maximum(half**2 - area, 0.0))) ** 2 / area


def misshape(area: Floats, outline: Floats, parts: Indices) -> Floats:
    """How much less compact than squares the parts of a piece will be, if it is cut as a rectangle is.

    The rectangle of the same area and outline is cut into rows; of three numbers of rows the best one counts.
    """
    ratio = length_to_width(area, outline)
    rows = np.rint(np.sqrt(parts / ratio))
    best = np.zeros(len(area))
    for more in (-1, 0, 1):
        number = np.clip(rows + more, 1, parts)
        aspect = ratio * number**2 / parts
        even = np.where(parts % number == 0, 1.0, _UNEVEN)
        best = np.maximum(best, even * np.pi * aspect / (1 + aspect) ** 2)
    return 1 - best / _SQUARE


# Cutting


def _pieces(outlines: _Outlines, cuts: _Cuts, near: float) -> tuple[Geometries, Indices, Geometries, Indices]:
    """Chords and their faces, pieces and their faces, of one cut a face (in the order of the faces)."""
    segment, point = _ends(outlines, cuts, near)
    chord_of = outlines.face[segment[::2]]
    long = (point[0::2] != point[1::2]).any(axis=1)
    chords = shapely.linestrings(np.stack([point[0::2][long], point[1::2][long]], axis=1))

    # The outlines as lines from one end of a cut to the next.
    nodes = np.vstack([outlines.start, point])
    of = np.r_[np.arange(len(outlines.face)), segment]
    away = np.hypot(*(nodes - outlines.start[of]).T)
    order = np.lexsort((away, of))
    nodes, of = nodes[order], of[order]
    end = nodes[_next_in_ring(outlines.ring[of])]
    moves = (nodes != end).any(axis=1)
    start, end, of = nodes[moves], end[moves], of[moves]
    ring = outlines.ring[of]
    new = np.r_[True, ring[1:] != ring[:-1]] | np.isin(keys(start), keys(point))
    lines = np.r_[joined(start, end, np.cumsum(new) - 1), chords]
    pieces, face = faces_between(lines, np.r_[outlines.face[of[new]], chord_of[long]])
    return chords, chord_of[long], *_outside_holes(pieces, face, outlines)


def _ends(outlines: _Outlines, cuts: _Cuts, near: float) -> tuple[Indices, Floats]:
    """Where cuts end on the outlines, in pairs: segment and point; within ``near`` of a vertex, that vertex."""
    met = [_met(outlines, cuts.at(block))[0] for block in _blocks(outlines, cuts)]
    segment = np.concatenate([some.segment for some in met])
    share = np.concatenate([some.share for some in met])[:, None]
    start, end = outlines.start[segment], outlines.end[segment]
    length = np.hypot(*(end - start).T)[:, None]
    point = np.round(start + share * (end - start), NODE_DECIMALS)
    point = np.where(share * length < near, start, point)
    return segment, np.where((1 - share) * length < near, end, point)


def _outside_holes(pieces: Geometries, face: Indices, outlines: _Outlines) -> tuple[Geometries, Indices]:
    """Without the pieces that fill the holes of their face."""
    holed = np.unique(outlines.face[outlines.hole])
    asked = np.flatnonzero(np.isin(face, holed))
    if not len(asked):
        return pieces, face
    rings = np.flatnonzero(outlines.hole)
    first = rings[np.r_[True, outlines.ring[rings][1:] != outlines.ring[rings][:-1]]]
    holes = shapely.polygons(
        shapely.linearrings(outlines.start[rings], indices=np.searchsorted(outlines.ring[first], outlines.ring[rings]))
    )
    point, hole = shapely.STRtree(holes).query(shapely.point_on_surface(pieces[asked]), predicate="within")
    filled = asked[point[outlines.face[first[hole]] == face[asked[point]]]]
    keep = ~np.isin(np.arange(len(pieces)), filled)
    return pieces[keep], face[keep]


def _next_in_ring(ring: Indices) -> Indices:
    """Index of the next entry of the same ring, the first one's for the last."""
    first = np.flatnonzero(np.r_[True, ring[1:] != ring[:-1]])
    following = np.arange(len(ring)) + 1
    following[np.r_[first[1:], len(ring)] - 1] = first
    return following
