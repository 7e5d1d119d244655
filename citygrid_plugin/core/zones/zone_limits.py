"""Limits of responsibility grids along streets, rivers and railways (界定清晰): what a limit costs where (rule: ours).

A limit of a zone is easy to see where it runs along a barrier. So an edge between two unit grids is the cheaper to
cut, the firmer the barrier that runs along it is, and the nearer: full effect up to 15 m, none from half the side of
a mean unit grid on (a regular grid meets no street exactly). What crosses a barrier at more than 35° does not run
along it. All other edges, those inside blocks, have their full price.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from citygrid_plugin.core.progress import Progress, silent
from citygrid_plugin.core.spatial.coverage import (
    Floats,
    Geometries,
    Indices,
    SharedEdges,
    equal_edges,
    ordered,
    segments_of,
)
from citygrid_plugin.core.streets.barriers import Barriers, Strength

CLOSE: Final = 15.0  # metres; a limit along the same street
PRICES: Final = {Strength.WEAK: 0.8, Strength.NORMAL: 0.5, Strength.STRONG: 0.15}
"""Price of a limit along a barrier, where 1 is that of any other limit."""

_STEP = 20.0  # metres between two places of an edge that are looked at
_ALONG = 0.82  # cosine of 35 degrees
_CHUNK = 20_000  # places between two looks at the cancel button


def limit_prices(polygons: Geometries, edges: SharedEdges, barriers: Barriers, progress: Progress = silent) -> Floats:
    """The factor (m,) by which a limit along each of the ``edges`` between the ``polygons`` is dearer; at most 1.

    All in one CRS in metres. Edges that are shared only nearly (grids drawn elsewhere) have the price 1.
    """
    result = np.ones(len(edges.left))
    wanted = barriers.strength > Strength.NONE
    if not len(result) or not wanted.any():
        return result
    reach = max(float(np.sqrt(np.median(shapely.area(polygons)))) / 2, CLOSE + 1.0)
    place, direction, weight, pair = _samples(polygons, edges)
    price = np.ones(len(place))
    lines, strength = barriers.line[wanted], barriers.strength[wanted]
    for level, cheap in PRICES.items():
        segments, _ = segments_of(lines[strength == level])
        segments = segments[(segments[:, :2] != segments[:, 2:]).any(axis=1)]
        if len(segments):
            near = _nearness(place, direction, segments, reach, progress)
            price = np.minimum(price, 1.0 - (1.0 - cheap) * near)
    total = np.bincount(pair, weight, len(result))
    mean = np.bincount(pair, weight * price, len(result)) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, mean, 1.0)


def _samples(polygons: Geometries, edges: SharedEdges) -> tuple[Floats, Floats, Floats, Indices]:
    """Places on shared edges: where, in which direction (unit vectors), for what length, and on which edge."""
    segments, owner = equal_edges(polygons)
    code = edges.left * np.int64(len(polygons)) + edges.right
    by_code = np.argsort(code)
    low, high = ordered(*owner.T)
    wanted = low * np.int64(len(polygons)) + high
    found = by_code[np.minimum(np.searchsorted(code[by_code], wanted), len(code) - 1)]
    hit = code[found] == wanted
    segments, pair = segments[hit], found[hit]
    along = segments[:, 2:] - segments[:, :2]
    length = np.hypot(*along.T)
    count = np.maximum(np.ceil(length / _STEP).astype(np.intp), 1)
    row = np.repeat(np.arange(len(segments)), count)
    order = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    share = (order + 0.5) / count[row]
    place = segments[row, :2] + along[row] * share[:, None]
    return place, along[row] / length[row][:, None], (length / count)[row], pair[row]


def _nearness(place: Floats, direction: Floats, segments: Floats, reach: float, progress: Progress) -> Floats:
    """How near a segment in about the same direction is to each place: 1 up to ``CLOSE``, 0 from ``reach`` on."""
    tree = shapely.STRtree(shapely.linestrings(segments.reshape(-1, 2, 2)))
    along = segments[:, 2:] - segments[:, :2]
    along /= np.hypot(*along.T)[:, None]
    result = np.zeros(len(place))
    for start in range(0, len(place), _CHUNK):
        progress(start / len(place))
        some = slice(start, start + _CHUNK)
        points = shapely.points(place[some])
        row, segment = tree.query(points, predicate="dwithin", distance=reach)
        parallel = np.abs((along[segment] * direction[some][row]).sum(axis=1)) >= _ALONG
        row, segment = row[parallel], segment[parallel]
        distance = shapely.distance(points[row], tree.geometries[segment])
        near = np.clip((reach - distance) / (reach - CLOSE), 0.0, 1.0)
        np.maximum.at(result[some], row, near)
    return result
