"""Streets under watch: points along them tell what is lost where a limit goes.

A street counts as followed while some limit is near, be it that of another street. So of two streets side by side
one may be given up for nothing, and a street far from all others may not. How near is near is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.spatial.coverage import (
    Floats,
    Geometries,
    Indices,
    SharedEdges,
    keys,
    ordered,
    segments_of,
    undirected,
)

from .barriers import Strength
from .single_lines import without_parallel
from .street_net import GRID, Net, pruned

STEP = 10.0  # metres between two points
NEAR, ON = 15.0, 1.0  # metres; a limit so near follows a street, or lies on it


@dataclass(frozen=True)
class Watched:
    """Points every ten metres on barriers that are no dead ends, and the strength of each.

    ``single``: on a street, no strong barrier, that no other barrier runs beside.
    """

    point: Geometries
    strength: Indices
    single: NDArray[np.bool_]

    @classmethod
    def of(cls, net: Net) -> Watched:
        """The points on a noded net, limits of communities aside."""
        some = np.flatnonzero(~net.limit & ~pruned(net))
        lines = net.line[some]
        count = np.maximum(np.rint(shapely.length(lines) / STEP), 1).astype(np.intp)
        line = np.repeat(np.arange(len(lines)), count)
        place = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
        point, ahead = (
            shapely.line_interpolate_point(lines[line], (place + share) / count[line], normalized=True)
            for share in (0.5, 0.6)
        )
        strength = net.strength[some][line]
        single = strength < Strength.STRONG
        single[single] = _alone(point[single], ahead[single], lines)
        return cls(point, strength, single)

    @cached_property
    def on_single(self) -> Watched:
        """The points on single streets."""
        return Watched(self.point[self.single], self.strength[self.single], self.single[self.single])

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The points, to be looked up by place."""
        return shapely.STRtree(self.point)


def _alone(point: Geometries, ahead: Geometries, lines: Geometries) -> NDArray[np.bool_]:
    """Which points on ``lines`` have no other line beside theirs; ``ahead``: points a little farther on."""
    segments, _ = segments_of(lines)
    places = shapely.get_coordinates(point)
    step = shapely.get_coordinates(ahead) - places
    tree = shapely.STRtree(shapely.linestrings(segments.reshape(-1, 2, 2)) if len(segments) else lines)
    return without_parallel(places, step / np.maximum(np.hypot(*step.T), GRID)[:, None], segments, tree)


@dataclass(frozen=True)
class Edges:
    """Straight edges of faces, each once, and the faces on both sides; ``inner`` ones lie inside a community.

    ``segment`` (n, 4) are x1, y1, x2, y2, the lower end first; ``key`` identifies a segment.
    """

    segment: Floats
    key: NDArray[np.uint64]
    left: Indices
    right: Indices
    inner: NDArray[np.bool_]

    @classmethod
    def of(cls, faces: Geometries, community: Indices) -> Edges:
        """The edges of faces that share them exactly; what only one face has is the limit of something."""
        rings, face = shapely.get_rings(faces, return_index=True)
        segments, ring = segments_of(rings)
        segments = undirected(segments)
        key = keys(segments)
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.r_[True, key[order][1:] != key[order][:-1]][: len(order)])
        last = np.r_[first[1:], len(order)] - 1
        one = order[first]
        left, right = face[ring[one]], face[ring[order[last]]]
        inner = (left != right) & (community[left] == community[right])
        return cls(segments[one], key[one], left, right, inner)

    def at(self, which: NDArray[np.generic]) -> Edges:
        """Some of the edges."""
        return Edges(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def lines(self) -> Geometries:
        """The edges as lines."""
        return shapely.linestrings(self.segment.reshape(-1, 2, 2))


@dataclass(frozen=True)
class Kept:
    """Watched points that only edges between faces keep; a row is a point and an edge near it.

    Points near limits of communities, which never go, are left out.
    """

    strength: Indices  # of each point
    first: Indices  # row with which each point begins
    left: Indices  # faces beside the edge of each row
    right: Indices

    @classmethod
    def of(cls, watched: Watched, edges: Edges, small: NDArray[np.bool_]) -> tuple[Kept, Kept]:
        """The points that have edges near them, and those on single streets that have edges on them.

        ``small``: the faces that may be joined with others; points far from these are not looked at.
        """
        joins = edges.at(edges.inner & (small[edges.left] | small[edges.right]))
        near = shapely.STRtree(joins.lines()).query(watched.point, predicate="dwithin", distance=NEAR)[0]
        asked = np.unique(near)
        tree = shapely.STRtree(edges.lines())
        point, edge = tree.query(watched.point[asked], predicate="dwithin", distance=NEAR)
        point = asked[point]
        on = np.flatnonzero(watched.single[point])
        on = on[shapely.dwithin(watched.point[point[on]], tree.geometries[edge[on]], ON)]
        return cls._of(watched, edges, point, edge), cls._of(watched, edges, point[on], edge[on])

    @classmethod
    def _of(cls, watched: Watched, edges: Edges, point: Indices, edge: Indices) -> Kept:
        """The ``edge`` of each row keeps its ``point``; points ascend."""
        lasting = np.zeros(len(watched.point), dtype=bool)
        lasting[point[~edges.inner[edge]]] = True
        rows = ~lasting[point]
        point, edge = point[rows], edge[rows]
        points, first = np.unique(point, return_index=True)
        return cls(watched.strength[points], first, edges.left[edge], edges.right[edge])

    def lost(self, label: Indices, pairs: SharedEdges) -> Floats:
        """Metres of barriers by strength (n, 4) that have no limit nearby any more where two groups are joined.

        ``label``: group of each face; ``pairs``: all groups that share edges inside a community, in order.
        """
        loss = np.zeros((len(pairs.left), len(Strength)))
        if not len(self.first):
            return loss
        left, right = ordered(label[self.left], label[self.right])
        pair = left * len(label) + right
        gone = left == right
        least = np.minimum.reduceat(np.where(gone, len(label) ** 2, pair), self.first)
        most = np.maximum.reduceat(np.where(gone, -1, pair), self.first)
        sole = least == most  # all edges that still keep the point lie between the same two groups
        row = np.searchsorted(pairs.left * len(label) + pairs.right, least[sole])
        np.add.at(loss, (row, self.strength[sole]), STEP)
        return loss
