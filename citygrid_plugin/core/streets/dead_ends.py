"""Dead ends as places to cut: each is led on to the next line, where that is not far and meets it well."""

from __future__ import annotations

import numpy as np
import shapely

from citygrid_plugin.core.spatial.coverage import Floats, Geometries

from .barriers import Strength
from .street_net import Net, components, pruned

_LEAST = 20.0  # metres; a shorter dead end cuts nothing
_HEADING = 12.0  # metres; the last piece of a street, which tells where it heads
_TURNS = np.radians([0.0, -15.0, 15.0, -30.0, 30.0, -50.0, 50.0, -70.0, 70.0])
_BEND, _OBLIQUE = 0.6, 1.5  # what a bend of a radian, and an oblique meeting, count against length (ours)
_START = 1e-3  # metres; a ray starts so far from its end, which lies on other lines as well


def led_on(net: Net, reach: float) -> Net:
    """The noded net with dead ends led on up to ``reach`` metres; those too short to cut are left out.

    Dead ends and their continuations have no strength, so that faces merge across them first; strong
    barriers keep theirs.
    """
    dead = pruned(net)
    if not dead.any():
        return net
    start, end = net.at(dead).ends()
    tree = components(max(start.max(), end.max()) + 1, start, end)[start]
    long = np.bincount(tree, shapely.length(net.line[dead]))[tree] >= _LEAST
    kept = np.flatnonzero(dead)[long]
    strength = net.strength.copy()
    strength[kept] = np.where(strength[kept] == Strength.STRONG, strength[kept], Strength.NONE)
    net = Net(net.line, strength, net.limit, net.spread)
    net, loose = net.at(np.r_[np.flatnonzero(~dead), kept]), int((~dead).sum())
    more = _continuations(net, loose, reach)
    return net.noded_with(Net.of(more, np.zeros(len(more), dtype=np.intp)))


def _continuations(net: Net, first: int, reach: float) -> Geometries:
    """Lines from the loose ends of the lines from number ``first`` on to the lines that they lead to best."""
    ends, heading = _loose_ends(net, first)
    if not len(ends):
        return np.array([], dtype=object)
    angle = heading[:, None] + _TURNS
    step = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    rays = shapely.linestrings(np.stack([ends[:, None] + _START * step, ends[:, None] + reach * step], axis=2))
    origin = np.repeat(ends, len(_TURNS), axis=0)
    hit, sine = _first_hit(rays.ravel(), net.line, origin)
    away = np.hypot(*(hit - origin).T).reshape(rays.shape)
    cost = away * (1 + _BEND * np.abs(_TURNS) + _OBLIQUE * (1 - sine.reshape(rays.shape)))
    cost = np.where(np.isfinite(cost), cost, np.inf)
    row, best = np.arange(len(ends)), cost.argmin(axis=1)
    found = np.isfinite(cost[row, best])
    target = hit.reshape(*rays.shape, 2)[row, best]
    return shapely.linestrings(np.stack([ends[found], target[found]], axis=1))


def _loose_ends(net: Net, first: int) -> tuple[Floats, Floats]:
    """Places (n, 2) of loose ends of the lines from ``first`` on, and the direction in which each heads."""
    start, end = net.ends()
    degree = np.bincount(np.r_[start, end])
    lines = net.line[first:]
    back = np.minimum(_HEADING, shapely.length(lines))
    ends, headings = [], []
    for node, at, sign in ((start[first:], 0, 1.0), (end[first:], -1, -1.0)):
        loose = degree[node] == 1
        tip = shapely.get_coordinates(shapely.get_point(lines[loose], at))
        before = shapely.get_coordinates(shapely.line_interpolate_point(lines[loose], sign * back[loose]))
        ends.append(tip)
        headings.append(np.arctan2(*(tip - before).T[::-1]))
    return np.vstack(ends), np.concatenate(headings)


def _first_hit(rays: Geometries, lines: Geometries, origin: Floats) -> tuple[Floats, Floats]:
    """Where each ray first meets a line (nan where nowhere), and the sine of the angle between them."""
    ray, line = shapely.STRtree(lines).query(rays, predicate="intersects")
    points, index = shapely.get_coordinates(shapely.intersection(rays[ray], lines[line]), return_index=True)
    ray, line = ray[index], line[index]
    away = np.hypot(*(points - origin[ray]).T)
    order = np.lexsort((line, np.round(away, 6), ray))
    best = order[np.r_[True, np.diff(ray[order]) > 0]] if len(order) else order
    ray, line, points = ray[best], line[best], points[best]
    hit, sine = np.full((len(rays), 2), np.nan), np.zeros(len(rays))
    hit[ray] = points
    along, ahead = _direction_at(lines[line], points), points - origin[ray]
    cross = along[:, 0] * ahead[:, 1] - along[:, 1] * ahead[:, 0]
    sine[ray] = np.abs(cross) / np.maximum(np.hypot(*along.T) * np.hypot(*ahead.T), _START**2)
    return hit, sine


def _direction_at(lines: Geometries, points: Floats) -> Floats:
    """Vectors along lines at points on them."""
    place = shapely.line_locate_point(lines, shapely.points(points))
    before = shapely.line_interpolate_point(lines, np.maximum(place - 0.5, 0.0))
    after = shapely.line_interpolate_point(lines, place + 0.5)
    return shapely.get_coordinates(after) - shapely.get_coordinates(before)
