"""Long faces a little too narrow to be a grid, such as the ground of a wide avenue: made as wide as one.

Between the outer carriageways of an avenue, or between a street and the limit of its community, lies a strip that
no line in its middle can stand for. It takes some metres from the blocks beside it, so that its limits still lie
near the streets that they stand for. How wide, and how far, is ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import (
    Faces,
    Floats,
    Geometries,
    Indices,
    dissolve,
    ordered,
    segments_of,
    summed,
)
from citygrid_plugin.core.spatial.place import locate

from .barriers import Strength
from .cutting import length_to_width
from .narrow import narrow_faces
from .street_net import (
    GRID,
    Net,
    components,
    sides,
)

_THIN = 28.0  # metres; faces that hold no circle of this diameter are strips
_WANTED = 33.0  # metres; strips are made so wide
_ENOUGH = 21.5  # metres; where a strip would stay narrower it is left alone: 4πA/P² of half a cell were under 0.25
_LEAST = 0.92  # of the least area; a smaller strip is left alone as well
_REACH = 14.8  # metres; a limit lies no farther from its streets
_END = 45.0  # metres; what meets a strip in a longer line lies beside it, not at its end
_TURN = np.radians(30)  # strips that turn more do not go on
_BOUNDED = 0.75  # of the outline; so much of it lies on barriers and limits of communities


@dataclass(frozen=True)
class Widened:
    """Faces, which of them are kept whole, which are strips, and the net with the limits of the strips."""

    faces: Faces
    whole: NDArray[np.bool_]
    strip: NDArray[np.bool_]
    net: Net


def widened(net: Net, faces: Faces, whole: NDArray[np.bool_], least_area: float) -> Widened:
    """The faces with strips joined end to end and made wider; vertices on common edges may be missing.

    Strong barriers, limits of communities and faces kept ``whole`` do not move. Strips that stay too narrow, or
    smaller than ``least_area`` (m²), are left as they are.
    """
    strips = _Strips.of(net, faces, whole, least_area)
    zone, of_zone = strips.zones(net)
    affected = np.unique(np.r_[np.flatnonzero(strips.of_face >= 0), strips.beside])
    if not len(affected):
        return Widened(faces, whole, np.zeros(len(whole), dtype=bool), net)
    count, old = len(faces.polygon), faces.polygon[affected]
    lines = shapely.union_all(np.r_[shapely.boundary(old), shapely.boundary(zone)], grid_size=GRID)
    parts = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    places = shapely.point_on_surface(parts)
    source = locate(places, old, shapely.area(old))
    parts, places, source = parts[source >= 0], places[source >= 0], affected[source[source >= 0]]
    strip = strips.of_face[source]
    which, part = shapely.STRtree(places).query(zone, predicate="contains")
    taken = np.isin(of_zone[which] * count + source[part], strips.own * count + strips.beside)
    first = np.full(len(parts), len(strips.community))
    np.minimum.at(first, part[taken], of_zone[which[taken]])
    strip = np.where((strip < 0) & (first < len(strips.community)), first, strip)

    union, label = dissolve(parts, np.where(strip >= 0, count + strip, source))
    polygon, of = shapely.get_parts(union, return_index=True)
    is_strip = label[of] >= count
    rest = np.delete(np.arange(count), affected)
    community = np.r_[faces.community, strips.community]
    whole = np.r_[whole, np.zeros(len(strips.community), dtype=bool)]
    origin = np.r_[rest, label[of]]
    return Widened(
        Faces(np.r_[faces.polygon[rest], polygon], community[origin]),
        whole[origin],
        np.r_[np.zeros(len(rest), dtype=bool), is_strip],
        net + Net.of(shapely.boundary(zone), strips.strength[of_zone]),
    )


@dataclass(frozen=True)
class _Strips:
    """Faces in a row that are made wider together, and the lines beside them that move."""

    community: Indices  # of each strip
    shift: Floats  # metres that its lines move
    strength: Indices  # of the strongest of them
    of_face: Indices  # strip of each face, -1 for none
    line: Indices  # lines of the net that move, by strip
    own: Indices  # strip of each
    beside: Indices  # face on the other side of each

    @classmethod
    def of(cls, net: Net, faces: Faces, whole: NDArray[np.bool_], least_area: float) -> _Strips:
        count, length = len(faces.polygon), shapely.length(net.line)
        left, right = sides(net, faces.polygon).T
        bounded = _lengths_around(left, right, length * (net.limit | (net.strength > Strength.NONE)), count)
        thin = narrow_faces(faces.polygon, _THIN) & ~whole & (bounded > _BOUNDED * shapely.length(faces.polygon))
        soft = (left >= 0) & (right >= 0) & (left != right) & ~net.limit & (net.strength < Strength.STRONG)
        soft &= faces.community[left] == faces.community[right]
        within = soft & thin[left] & thin[right]
        of_face = _rows(faces.polygon, thin, left[within], right[within], length[within])
        polygon, _ = dissolve(faces.polygon[thin], of_face[thin])
        width, long = _width_and_length(polygon)

        line = np.flatnonzero(soft & (thin[left] != thin[right]) & (net.spread <= _REACH / 2))
        face = np.where(thin[left[line]], left[line], right[line])
        own, beside = of_face[face], left[line] + right[line] - face
        contact = _sums_of_equal(own * count + beside, length[line])
        moves = ~whole[beside] & (contact > _END)
        moves &= shapely.area(faces.polygon[beside]) - _REACH * contact >= least_area
        line, own, beside = line[moves], own[moves], beside[moves]

        movable = np.bincount(own, length[line], len(polygon))
        spread, strength = np.zeros(len(polygon)), np.zeros(len(polygon), dtype=np.intp)
        np.maximum.at(spread, own, net.spread[line])
        np.maximum.at(strength, own, net.strength[line])
        shift = np.clip((_WANTED - width) * long / np.maximum(movable, GRID), 0.0, _REACH - spread)
        area = width * long + shift * movable
        good = (area >= _ENOUGH * long) & (area >= _LEAST * least_area)

        number = np.where(good, np.cumsum(good) - 1, -1)
        of_face = np.where(of_face >= 0, np.r_[number, -1][of_face], -1)
        community = np.zeros(int(good.sum()), dtype=np.intp)
        community[of_face[of_face >= 0]] = faces.community[of_face >= 0]
        order = np.flatnonzero(good[own])[np.argsort(own[good[own]], kind="stable")]
        return cls(community, shift[good], strength[good], of_face, line[order], number[own[order]], beside[order])

    def zones(self, net: Net) -> tuple[Geometries, Indices]:
        """The ground along the lines that move, on both sides, and the strip of each piece."""
        strips, index = np.unique(self.own, return_inverse=True)
        merged = shapely.line_merge(shapely.multilinestrings(net.line[self.line], indices=index))
        lines, of = shapely.get_parts(merged, return_index=True)
        shift = self.shift[strips[of]]
        zones = shapely.buffer(lines, shift, cap_style="flat", join_style="mitre", mitre_limit=2.0)
        filled = ~shapely.is_empty(zones)
        return zones[filled], strips[of[filled]]


def _rows(polygons: Geometries, thin: NDArray[np.bool_], left: Indices, right: Indices, length: Floats) -> Indices:
    """Row of each ``thin`` face, -1 for the others: faces that meet at their ends and go the same way are one row."""
    pairs = summed(*ordered(left, right), length)
    direction = _directions(polygons)
    turn = np.abs((direction[pairs.left] - direction[pairs.right] + np.pi / 2) % np.pi - np.pi / 2)
    end = (pairs.length <= _END) & (turn < _TURN)
    label = components(len(thin), pairs.left[end], pairs.right[end])
    rows = np.full(len(thin), -1)
    rows[thin] = np.unique(label[thin], return_inverse=True)[1]
    return rows


def _directions(polygons: Geometries) -> Floats:
    """The direction (0 to π) that most of each outline has."""
    segments, polygon = segments_of(shapely.get_exterior_ring(polygons))
    step = segments[:, 2:] - segments[:, :2]
    length, twice = np.hypot(*step.T), 2 * np.arctan2(step[:, 1], step[:, 0])
    sine, cosine = (np.bincount(polygon, length * part, len(polygons)) for part in (np.sin(twice), np.cos(twice)))
    direction: Floats = np.arctan2(sine, cosine) / 2
    return direction


def _lengths_around(left: Indices, right: Indices, length: Floats, count: int) -> Floats:
    """The length of the lines around each of ``count`` faces."""
    result = np.zeros(count)
    for face in (left, right):
        np.add.at(result, face[face >= 0], length[face >= 0])
    return result


def _width_and_length(polygons: Geometries) -> tuple[Floats, Floats]:
    """Of the rectangles of the same area and outline."""
    area = shapely.area(polygons)
    ratio = length_to_width(area, shapely.length(polygons))
    return np.sqrt(area / ratio), np.sqrt(area * ratio)


def _sums_of_equal(key: Indices, values: Floats) -> Floats:
    """For each row the sum of the values of all rows with its key."""
    index = np.unique(key, return_inverse=True)[1]
    sums = np.zeros(len(key))
    np.add.at(sums, index, values)
    return sums[index]
