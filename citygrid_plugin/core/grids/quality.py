"""How well a unit grid follows its streets, rivers and communities, however it was made.

What is measured is ours (no standard gives a measure): sizes, compactness, how much of the barriers lies on
limits of cells, how much of the limits lies on barriers, and how many cells lie astride a strong barrier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core.progress import Progress, part, silent
from citygrid_plugin.core.spatial.coverage import Floats, Geometries, Indices, noded_limits
from citygrid_plugin.core.spatial.geometry import polygonal
from citygrid_plugin.core.streets.barriers import Barriers, Strength
from citygrid_plugin.core.streets.narrow import narrow_faces
from citygrid_plugin.core.streets.single_lines import without_parallel

_Result = TypeVar("_Result")

CLOSE: Final = 1.0  # metres; a limit drawn on the line
NEAR: Final = 15.0  # metres; a limit along the same street
IN_RANGE: Final = (0.5, 1.5)  # of the cell area that was asked for
ASTRIDE: Final = 0.1  # of a cell's area; more than that beyond a strong barrier counts

_GRID = 0.01  # metres; lines closer than this are one line
_STEP, _SAMPLES = 2.0, 400_000  # metres between two samples of a line; about how many samples there are at most
_CHUNK = 20_000  # samples between two looks at the cancel button
_ISLAND = 2 * NEAR  # metres; ground that holds no circle of this diameter is no cell but a part of the street
_DETAIL = 0.05  # metres; lines are measured without bends that are smaller (digitised water has millions of them)
_PATIENCE = 0.2  # seconds between two looks at the cancel button
_DECIMALS = 3  # of a metre; limits of a grid drawn elsewhere that differ by less are one limit

TEXTS: Final = {
    "cells": "Unit grids",
    "in_range": "Unit grids of 0.5 to 1.5 times the area asked for",
    "median_compactness": "Median compactness (4πA/P²)",
    "least_compactness": "Least compactness",
    "astride": "Unit grids with more than a tenth of their area on each side of a strong barrier",
    "strong_length": "Strong barriers without dead ends (km)",
    "strong_near": "… of these within 15 m of a limit",
    "strong_close": "… of these within 1 m of a limit",
    "other_length": "Other barriers without dead ends (km)",
    "other_near": "… of these within 15 m of a limit",
    "other_close": "… of these within 1 m of a limit",
    "single_length": "Streets drawn as a single line, without dead ends (km)",
    "single_close": "… of these within 1 m of a limit",
    "limit_length": "Limits between unit grids (km)",
    "limit_near": "… of these within 15 m of a barrier or a community limit",
    "limit_close": "… of these within 1 m of a barrier or a community limit",
}
"""What each measure is; the interface translates it."""


@dataclass(frozen=True)
class Along:
    """Lines of ``length`` metres, and the shares of it within 1 m and 15 m of others; not a number for none."""

    length: float
    close: float
    near: float


@dataclass(frozen=True)
class Quality:
    """Measures of a unit grid; shares are 0 to 1, and not a number where there is nothing to measure.

    ``in_range``: cells of 0.5 to 1.5 times the area asked for. ``astride``: cells with more than a tenth of
    their area on each side of strong barriers. ``strong`` and ``other``: barrier length without dead ends
    against the limits of cells; ``single``: the part of ``other`` where a street is a single line, that is without
    a parallel barrier within 40 m (no dual carriageway) and not around an island: ground between streets that holds
    no circle of 30 m, as beside a slip road, in a fork or in a small roundabout. Two limits so near to each other
    would leave a sliver; one in their middle is near to both. ``limits``: limits between cells, each once, against
    barriers, compounds and community limits.
    """

    cells: int
    in_range: float
    median_compactness: float
    least_compactness: float
    astride: float
    strong: Along
    other: Along
    single: Along
    limits: Along

    def rows(self) -> list[tuple[str, float]]:
        """(key of ``TEXTS``, value) for a report; lengths in kilometres; without what could not be measured."""
        rows: list[tuple[str, float]] = [
            ("cells", self.cells),
            ("in_range", self.in_range),
            ("median_compactness", self.median_compactness),
            ("least_compactness", self.least_compactness),
            ("astride", self.astride),
        ]
        for name, along in (("strong", self.strong), ("other", self.other), ("single", self.single)):
            rows += [(f"{name}_length", along.length / 1000), (f"{name}_near", along.near)]
            rows += [(f"{name}_close", along.close)]
        rows += [("limit_length", self.limits.length / 1000), ("limit_near", self.limits.near)]
        rows += [("limit_close", self.limits.close)]
        return [(key, value) for key, value in rows if key in TEXTS and not np.isnan(value)]


def shown(quality: Quality) -> list[tuple[str, str]]:
    """(key of ``TEXTS``, value as a report writes it): km with one decimal, compactness with three, percent."""
    rows = []
    for key, value in quality.rows():
        if key == "cells":
            text = f"{value:,.0f}"
        elif key.endswith("_length"):
            text = f"{value:,.1f}"
        elif key.endswith("_compactness"):
            text = f"{value:.3f}"
        else:
            text = f"{100 * value:.1f} %"
        rows.append((key, text))
    return rows


def compactness(polygons: Geometries) -> Floats:
    """4πA/P² of each polygon: 1 for a circle, 0.785 for a square, 0 for an empty one."""
    outline = shapely.length(polygons)
    return 4 * np.pi * shapely.area(polygons) / np.where(outline > 0, outline, 1.0) ** 2


@np.errstate(invalid="ignore")  # GEOS raises that flag in passing, and QGIS would show numpy's warning
def measure(
    cells: Geometries, communities: Geometries, barriers: Barriers, cell_area: float, progress: Progress = silent
) -> Quality:
    """The quality of the cells of communities; all in one CRS in metres, ``cell_area`` in m².

    Lengths are measured by samples at every two metres (fewer on very long nets: 400,000 in all).
    """
    cells = polygonal(cells).polygon
    cells = cells[~shapely.is_empty(cells)]
    area, shape = shapely.area(cells), compactness(cells)
    extent = shapely.union_all(polygonal(communities).polygon)
    net = _waiting(partial(_Net.of, barriers, extent), part(progress, 0.1, 0.4))
    drawn = _waiting(partial(noded_limits, cells, _DECIMALS), part(progress, 0.4, 0.5))
    limits = _Segments.of(_plain(drawn))
    strong, other, single = _barriers_on_limits(net, limits, part(progress, 0.5, 0.7))
    areas = shapely.boundary(np.r_[barriers.compound, polygonal(communities).polygon])
    lines = _plain(np.r_[barriers.line[barriers.strength > Strength.NONE], areas])
    along = _limits_on_barriers(limits, lines, extent, part(progress, 0.7, 0.9))
    astride = _waiting(partial(_astride, cells, net.line[net.strength >= Strength.STRONG]), part(progress, 0.9, 1.0))
    low, high = IN_RANGE
    return Quality(
        cells=len(cells),
        in_range=_share((area >= low * cell_area) & (area <= high * cell_area)),
        median_compactness=float(np.median(shape)) if len(cells) else np.nan,
        least_compactness=float(shape.min()) if len(cells) else np.nan,
        astride=_share(astride),
        strong=strong,
        other=other,
        single=single,
        limits=along,
    )


def _waiting(task: Callable[[], _Result], progress: Progress) -> _Result:
    """The result of a long task of GEOS; cancelling does not wait for its end."""
    pool = ThreadPoolExecutor(1)
    try:
        future = pool.submit(np.errstate(invalid="ignore")(task))  # a thread has a state of its own
        while not wait([future], _PATIENCE).done:
            progress(0.0)
        progress(1.0)
        return future.result()
    finally:
        pool.shutdown(wait=False)


def _plain(lines: Geometries) -> Geometries:
    """Lines without the bends that are too small to matter; their ends stay."""
    return shapely.simplify(lines, _DETAIL, preserve_topology=False)


def _share(mask: NDArray[np.bool_]) -> float:
    return float(mask.mean()) if len(mask) else np.nan


@dataclass(frozen=True)
class _Net:
    """Barriers inside the communities as lines that meet only at their ends, each once.

    ``through`` marks those that lead on at both ends: what remains when dead ends are taken off again and again.
    """

    line: Geometries
    strength: Indices
    through: NDArray[np.bool_]

    @classmethod
    def of(cls, barriers: Barriers, extent: shapely.Geometry) -> _Net:
        strength = barriers.strength
        line, strength = barriers.line[strength > Strength.NONE], strength[strength > Strength.NONE]
        inside, origin = _clipped(line, extent)
        noded = shapely.get_parts(shapely.union_all(inside, grid_size=_GRID)) if len(inside) else inside
        noded = noded[shapely.length(noded) > 0]
        # The union forgets its origins: a piece is as strong as the strongest line that it lies on.
        middle = shapely.line_interpolate_point(noded, 0.5, normalized=True)
        piece, source = shapely.STRtree(inside).query(middle, predicate="dwithin", distance=2 * _GRID)
        strongest = np.full(len(noded), Strength.WEAK, dtype=np.intp)
        np.maximum.at(strongest, piece, strength[origin[source]])
        return cls(_plain(noded), strongest, _leads_on(noded, shapely.boundary(extent)))


def _clipped(lines: Geometries, extent: shapely.Geometry) -> tuple[Geometries, Indices]:
    """The parts of lines inside an area, and the line of each."""
    shapely.prepare(extent)
    whole = shapely.covers(extent, lines)
    cut = np.flatnonzero(~whole & shapely.intersects(extent, lines))
    parts, origin = shapely.get_parts(shapely.intersection(lines[cut], extent), return_index=True)
    is_line = shapely.get_dimensions(parts) == 1
    return np.r_[lines[whole], parts[is_line]], np.r_[np.flatnonzero(whole), cut[origin[is_line]]]


def _leads_on(lines: Geometries, edge: shapely.Geometry) -> NDArray[np.bool_]:
    """Which lines remain when dead ends are taken off again and again; an end on the ``edge`` leads on."""
    ends = np.r_[shapely.get_point(lines, 0), shapely.get_point(lines, -1)]
    places, node = np.unique(shapely.get_coordinates(ends) + 0.0, axis=0, return_inverse=True)
    node = node.reshape(2, -1).T  # (lines, 2)
    shapely.prepare(edge)
    outer = shapely.dwithin(edge, shapely.points(places), 2 * _GRID)
    degree = np.bincount(node.ravel(), minlength=len(places))
    held = np.zeros(len(places), dtype=np.intp)  # the lines of a node, XORed: at degree 1 this is the line itself
    np.bitwise_xor.at(held, node.ravel(), np.repeat(np.arange(len(lines)), 2))
    remains = np.ones(len(lines), dtype=bool)
    last = np.flatnonzero((degree == 1) & ~outer)
    while len(last):
        gone = np.unique(held[last])
        remains[gone] = False
        touched = node[gone].ravel()
        np.subtract.at(degree, touched, 1)
        np.bitwise_xor.at(held, touched, np.repeat(gone, 2))
        last = np.unique(touched[(degree[touched] == 1) & ~outer[touched]])
    return remains


@dataclass(frozen=True)
class _Segments:
    """Straight pieces of lines: ``start`` and ``end`` (n, 2), and the number of the line of each."""

    start: Floats
    end: Floats
    number: Indices

    @classmethod
    def of(cls, lines: Geometries) -> _Segments:
        xy, line = shapely.get_coordinates(lines, return_index=True)
        inner = line[1:] == line[:-1]
        return cls(xy[:-1][inner], xy[1:][inner], line[:-1][inner])

    def tree(self) -> shapely.STRtree:
        ends = np.stack([self.start, self.end], axis=1)
        return shapely.STRtree(shapely.linestrings(ends) if len(ends) else np.array([], dtype=object))

    def samples(self) -> _Samples:
        length = np.hypot(*(self.end - self.start).T)
        step = max(_STEP, float(length.sum()) / _SAMPLES)
        if len(length) > _SAMPLES:  # segments shorter than a step, so not each can have a sample
            reach = np.cumsum(length)
            place = (np.arange(int(reach[-1] / step)) + 0.5) * step
            segment = np.searchsorted(reach, place)
            share = 1 - (reach[segment] - place) / length[segment]
            stands_for = np.full(len(place), step)
        else:
            count = np.ceil(length / step).astype(np.intp)
            segment = np.repeat(np.arange(len(length)), count)
            order = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
            share = (order + 0.5) / count[segment]
            stands_for = length[segment] / count[segment]
        along = self.end - self.start
        xy = self.start[segment] + along[segment] * share[:, None]
        return _Samples(xy, along[segment] / length[segment][:, None], stands_for, self.number[segment])


@dataclass(frozen=True)
class _Samples:
    """Points (n, 2) on lines, the unit vector of the line there, and the length that each stands for."""

    xy: Floats
    direction: Floats
    length: Floats
    number: Indices

    def within(self, tree: shapely.STRtree, distance: float, progress: Progress) -> NDArray[np.bool_]:
        result = np.zeros(len(self.xy), dtype=bool)
        for some in _chunks(len(self.xy), progress):
            points = shapely.points(self.xy[some])
            result[some][tree.query(points, predicate="dwithin", distance=distance)[0]] = True
        return result

    def along(self, close: NDArray[np.bool_], near: NDArray[np.bool_], which: NDArray[np.bool_]) -> Along:
        total = float(self.length[which].sum())
        if not total:
            return Along(0.0, np.nan, np.nan)
        shares = [float(self.length[which & mask].sum()) / total for mask in (close, near)]
        return Along(total, shares[0], shares[1])

    def alone(self, segments: _Segments, progress: Progress) -> NDArray[np.bool_]:
        """Which samples have no parallel segment beside them."""
        lines, tree = np.hstack([segments.start, segments.end]), segments.tree()
        result = np.ones(len(self.xy), dtype=bool)
        for some in _chunks(len(self.xy), progress):
            result[some] = without_parallel(self.xy[some], self.direction[some], lines, tree)
        return result


def _chunks(count: int, progress: Progress) -> Iterator[slice]:
    """Some samples at a time, with a look at the cancel button before each."""
    for start in range(0, count, _CHUNK):
        progress(start / count)
        yield slice(start, start + _CHUNK)


def _barriers_on_limits(net: _Net, limits: _Segments, progress: Progress) -> tuple[Along, Along, Along]:
    """Strong barriers, the others, and those of the others that are single lines, against the limits of cells."""
    lines, strength = net.line[net.through], net.strength[net.through]
    through = _Segments.of(lines)
    samples, tree = through.samples(), limits.tree()
    close = samples.within(tree, CLOSE, part(progress, 0.0, 0.3))
    near = samples.within(tree, NEAR, part(progress, 0.3, 0.6))
    strong = strength[samples.number] >= Strength.STRONG
    single = ~strong
    if len(samples.xy):
        single &= samples.alone(through, part(progress, 0.6, 0.9))
        single &= ~_waiting(partial(_around_islands, lines), part(progress, 0.9, 1.0))[samples.number]
    return samples.along(close, near, strong), samples.along(close, near, ~strong), samples.along(close, near, single)


def _around_islands(lines: Geometries) -> NDArray[np.bool_]:
    """Which of the lines, which meet only at their ends, bound ground too narrow for a cell."""
    ground = shapely.get_parts(shapely.polygonize(lines))
    outline = shapely.boundary(ground[narrow_faces(ground, _ISLAND)])
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    result = np.zeros(len(lines), dtype=bool)
    result[shapely.STRtree(outline).query(middle, predicate="dwithin", distance=_GRID)[0]] = True
    return result


def _limits_on_barriers(limits: _Segments, barriers: Geometries, extent: shapely.Geometry, progress: Progress) -> Along:
    """Limits between cells, that is without the outline of the whole, against barriers and community limits."""
    samples = limits.samples()
    outline = _Segments.of(np.atleast_1d(shapely.boundary(extent)))
    inside = ~samples.within(outline.tree(), CLOSE / 2, part(progress, 0.0, 0.2))
    tree = _Segments.of(barriers).tree()
    close = samples.within(tree, CLOSE, part(progress, 0.2, 0.6))
    near = samples.within(tree, NEAR, part(progress, 0.6, 1.0))
    return samples.along(close, near, inside)


def _astride(cells: Geometries, strong: Geometries) -> NDArray[np.bool_]:
    """Which cells the lines split so that more than a tenth of the area is not in the largest piece."""
    result = np.zeros(len(cells), dtype=bool)
    cell, line = shapely.STRtree(strong).query(cells, predicate="intersects")
    if not len(cell):
        return result
    crossed, group = np.unique(cell, return_inverse=True)
    lines = shapely.multilinestrings(strong[line], indices=group)  # the query comes sorted by cell
    cuts = shapely.union(shapely.boundary(cells[crossed]), lines)
    faces, owner = shapely.get_parts(shapely.polygonize(cuts[:, None], axis=1), return_index=True)
    inside = shapely.intersects(cells[crossed][owner], shapely.point_on_surface(faces))
    largest = np.zeros(len(crossed))
    np.maximum.at(largest, owner[inside], shapely.area(faces[inside]))
    area = shapely.area(cells[crossed])
    result[crossed] = area - largest > ASTRIDE * area
    return result
