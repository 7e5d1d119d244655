"""Strict topology checks that know nothing of the code under test."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import shapely


def assert_no_common_interior(polygons: np.ndarray) -> None:
    """No two polygons share interior points (exact predicate, no tolerance)."""
    left, right = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    left, right = left[left < right], right[left < right]
    assert not shapely.relate_pattern(polygons[left], polygons[right], "T********").any()


def assert_edges_shared(polygons: np.ndarray) -> None:
    """Every edge inside the coverage stands in exactly two polygons with equal vertices on both sides."""
    edges: Counter[frozenset[tuple[float, float]]] = Counter()
    for ring in shapely.get_rings(polygons):
        points = [tuple(point) for point in shapely.get_coordinates(ring)]
        edges.update(frozenset(pair) for pair in pairwise(points))
    single = [tuple(sorted(edge)) for edge, count in edges.items() if count == 1]
    assert max(edges.values()) <= 2
    outline = shapely.boundary(shapely.union_all(polygons))
    inside = ~shapely.dwithin(shapely.linestrings(single).astype(object), outline, 1e-6)
    assert not inside.any(), f"{int(inside.sum())} edges stand in one polygon only, but lie inside the coverage"
    assert np.isclose(sum(shapely.length(shapely.linestrings(single))), shapely.length(outline), rtol=1e-9)
