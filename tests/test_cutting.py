"""Faces cut into parts: as many as asked for, near equal, straight, compact, and nothing lost."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.core.grids.quality import compactness
from citygrid_plugin.core.streets.cutting import cut_large

from .topology import assert_no_common_interior

WEST, SOUTH = 512_340.0, 3_812_345.0


def placed(polygon: shapely.Polygon, angle: float = 0.0) -> shapely.Polygon:
    """A polygon drawn about the origin, turned and put where coordinates are as large as in practice."""
    return shapely.affinity.translate(shapely.affinity.rotate(polygon, angle, origin=(0, 0)), WEST, SOUTH)


def pieces(polygon: shapely.Polygon, parts: int) -> np.ndarray:
    return cut_large(np.array([polygon], dtype=object), np.array([parts]))[0]


def check(polygon: shapely.Polygon, found: np.ndarray) -> None:
    """The pieces are polygons that fill the polygon exactly; what is drawn anew are straight lines inside it."""
    assert shapely.is_valid(found).all()
    assert (shapely.get_type_id(found) == shapely.GeometryType.POLYGON).all()
    assert shapely.area(found).sum() == pytest.approx(polygon.area, abs=1e-5 * polygon.length + 1e-6)
    assert (
        shapely.area(shapely.symmetric_difference(shapely.union_all(found, grid_size=1e-4), polygon))
        < 1e-3 * polygon.length
    )
    left, right = shapely.STRtree(found).query(found, predicate="intersects")
    common = shapely.intersection(found[left[left < right]], found[right[left < right]])
    assert shapely.area(common).sum() < 1e-4 * polygon.length


@pytest.mark.parametrize("angle", [0.0, 17.0, 45.0])
def test_a_square_becomes_squares(angle: float) -> None:
    found = pieces(placed(shapely.box(0, 0, 1000, 1000), angle), 100)
    assert len(found) == 100
    assert shapely.area(found) == pytest.approx(10_000, rel=1e-3)
    assert compactness(found) == pytest.approx(np.pi / 4, rel=1e-3)
    if angle == 0:
        assert_no_common_interior(found)


@pytest.mark.parametrize(
    ("wide", "high", "parts"), [(200, 100, 2), (300, 100, 3), (500, 100, 5), (300, 200, 6), (230, 90, 2)]
)
def test_a_block_is_cut_square_to_its_long_side(wide: float, high: float, parts: int) -> None:
    for angle in (0.0, 31.0):
        block = placed(shapely.box(0, 0, wide, high), angle)
        found = pieces(block, parts)
        check(block, found)
        assert shapely.area(found) == pytest.approx(block.area / parts, rel=1e-3)
        # Every piece is a rectangle, and as compact as the rectangle of that area that rows of this block allow.
        assert shapely.area(shapely.oriented_envelope(found)) == pytest.approx(shapely.area(found), rel=1e-3)
        side = 100 if parts > 2 else wide / 2
        expected = [4 * np.pi * p.area / (2 * (side + p.area / side)) ** 2 for p in found]
        assert compactness(found) == pytest.approx(expected, rel=0.01)


def convex(seed: int, corners: int) -> shapely.Polygon:
    points = np.random.default_rng(seed).normal(size=(corners, 2)) * [200, 120]
    return shapely.MultiPoint(points).convex_hull


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(5, 40), st.integers(2, 30), st.floats(0, 180))
def test_convex_faces_are_cut_into_near_equal_compact_parts(seed: int, corners: int, parts: int, angle: float) -> None:
    face = placed(convex(seed, corners), angle)
    found = pieces(face, parts)
    check(face, found)
    assert len(found) == parts
    area = shapely.area(found)
    assert area.max() < 1.35 * area.mean()
    assert area.min() > 0.65 * area.mean()
    hull = shapely.convex_hull(found)
    assert shapely.area(hull) == pytest.approx(area, rel=1e-3)  # straight cuts leave convex parts


def odd(seed: int) -> shapely.Polygon:
    """A face with bays, spurs and holes."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = rng.uniform(60, 400, 40) if rng.random() < 0.5 else 300 + 120 * np.sin(rng.integers(2, 7) * angle)
    face = shapely.Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    holes = [
        shapely.Point(*rng.uniform(-200, 200, 2)).buffer(rng.uniform(1, 70), quad_segs=int(rng.integers(1, 6)))
        for _ in range(rng.integers(0, 4))
    ]
    face = face.difference(shapely.union_all(holes))
    return max(shapely.get_parts(face), key=lambda part: part.area)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(0, 180))
def test_odd_faces_lose_nothing(seed: int, parts: int, angle: float) -> None:
    face = placed(odd(seed), angle)
    found = pieces(face, parts)
    check(face, found)
    # A cut across a bay makes more than two pieces, so the number may differ, but not by much.
    assert 0.7 * parts <= len(found) <= 1.6 * parts + 2


def test_many_faces_at_once_as_each_alone() -> None:
    faces = np.array([placed(odd(seed), seed) for seed in range(25)] + [placed(convex(seed, 9)) for seed in range(25)])
    parts = np.random.default_rng(1).integers(1, 12, len(faces))
    found, origin = cut_large(faces, parts)
    assert set(origin) == set(range(len(faces)))
    for number, face in enumerate(faces):
        alone = pieces(face, int(parts[number]))
        assert set(shapely.to_wkb(shapely.normalize(found[origin == number]))) == set(
            shapely.to_wkb(shapely.normalize(alone))
        )
    order = np.random.default_rng(2).permutation(len(faces))
    turned = shapely.reverse(faces[order])
    again, source = cut_large(turned, parts[order])
    assert set(shapely.to_wkb(shapely.normalize(again))) == set(shapely.to_wkb(shapely.normalize(found)))
    assert len(source) == len(origin)


def test_what_needs_no_cut_stays_as_it_is() -> None:
    faces = np.array([placed(odd(1)), placed(shapely.box(0, 0, 80, 90))])
    found, origin = cut_large(faces, np.array([1, 1]))
    assert (found == faces).all()
    assert origin.tolist() == [0, 1]
    nothing, origin = cut_large(faces[:0], np.array([], dtype=np.intp))
    assert len(nothing) == len(origin) == 0


@pytest.mark.parametrize("jog", [5, 10, 20])
def test_a_block_with_a_jog_is_cut_squarely(jog: float) -> None:
    """At the jog or a little beside it, but never aslant."""
    face = shapely.Polygon([(0, 0), (204, 0), (204, 100 - jog), (102, 100 - jog), (102, 100), (0, 100)])
    found = pieces(placed(face), 2)
    assert shapely.area(found) == pytest.approx(face.area / 2, rel=0.12)
    sides = np.concatenate([np.diff(shapely.get_coordinates(piece), axis=0) for piece in found])
    assert np.abs(sides).min(axis=1).max() < 0.1


def test_a_cut_begins_where_another_limit_ends() -> None:
    """A street that ends on the outline draws the cut, where the parts stay near equal."""
    face = np.array([placed(shapely.Polygon([(0, 0), (106, 0), (200, 0), (200, 100), (0, 100)]))])
    node = np.array([[WEST + 106, SOUTH]])
    plain, _ = cut_large(face, np.array([2]))
    led, _ = cut_large(face, np.array([2]), node)
    assert sorted(shapely.area(plain)) == pytest.approx([10_000, 10_000], abs=1)
    assert sorted(shapely.area(led)) == pytest.approx([9_400, 10_600], abs=1)


def test_cutting_can_be_cancelled() -> None:
    def cancel(_share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        cut_large(np.array([placed(shapely.box(0, 0, 1000, 1000))]), np.array([100]), None, cancel)
