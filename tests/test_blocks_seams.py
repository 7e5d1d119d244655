"""Unit grids along streets where limits all but touch: no hair-thin overlap or gap is left between cells."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from citygrid_plugin.core.spatial.coverage import Faces
from citygrid_plugin.core.streets import blocks
from citygrid_plugin.core.streets.blocks import street_cells
from citygrid_plugin.core.streets.shared_vertices import with_shared_vertices

from .test_blocks import SOUTH, WEST, barriers, box, cut, line, made_barriers, made_city
from .test_unit_grid import finely_drawn
from .topology import assert_edges_shared, assert_no_common_interior

Scene = tuple[int, int, bool, list[str], tuple[float, float, float]]

SQUARES, SMALL, LARGE = (10_000.0, 0.0, 1.2), (4_000.0, 0.5, 1.5), (22_500.0, 0.3, 2.0)
HAIRS: list[tuple[Scene, bool]] = [
    # Found among thousands of random scenes: a face without width, a neck without width, vertices in a row.
    ((338, 5, False, ["loose ends", "river", "roundabout"], SQUARES), False),
    ((425, 11, False, ["crossing", "fine"], SMALL), True),
    ((440, 8, False, ["loose ends", "streets"], SQUARES), False),
    ((482, 13, True, ["compounds", "limits", "loops", "roundabout"], SQUARES), True),
    ((542, 10, False, ["loops", "streets"], SQUARES), True),
]


def cells_of(scene: Scene, *, fine: bool) -> tuple[Faces, np.ndarray]:
    seed, count, odd, kinds, sizes = scene
    communities = made_city(seed, count, odd=odd)
    communities = finely_drawn(communities) if fine else communities
    return street_cells(communities, made_barriers(seed, kinds, communities), *sizes), communities


def check_seams(polygons: np.ndarray) -> None:
    assert shapely.is_valid(polygons).all()
    assert_no_common_interior(polygons)
    assert_edges_shared(polygons)


@pytest.mark.parametrize(("scene", "fine"), HAIRS)
def test_no_hair_is_left_between_cells(scene: Scene, fine: bool) -> None:
    cells, communities = cells_of(scene, fine=fine)
    check_seams(cells.polygon)
    assert shapely.area(cells.polygon).sum() == pytest.approx(shapely.union_all(communities).area, abs=0.02)


@pytest.mark.parametrize(
    "scene",
    [
        (110, 9, True, ["crossing", "fine", "loops", "river", "roundabout", "twice"], SMALL),
        (224, 11, True, ["river", "twice"], LARGE),
    ],
)
def test_communities_that_overlap_by_millimetres_in_many_groups(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their vertices at the holes and necks of others are not common to both, so that fine drawing parts them."""
    monkeypatch.setattr(blocks, "_GROUP", 150)
    cells, communities = cells_of(scene, fine=True)
    check_seams(cells.polygon)
    assert shapely.area(cells.polygon).sum() == pytest.approx(shapely.union_all(communities).area, abs=0.02)


def test_overlapping_communities_of_different_groups_share_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_GROUP", 5)  # each community by itself
    outlines = [box(0, 0, 600, 600), box(400, 400, 800, 700), box(450, 450, 550, 550)]
    ways = barriers(line((-50, 300), (900, 300)), line((500, -50), (500, 900)))
    cells = street_cells(np.array(outlines), ways)
    check_seams(cells.polygon)
    own = [shapely.area(cells.polygon[cells.community == number]).sum() for number in range(3)]
    assert own == pytest.approx([360_000 - 40_000, 120_000 - 10_000, 10_000])


def test_many_groups_share_their_edges(monkeypatch: pytest.MonkeyPatch) -> None:
    communities = made_city(7, 9, odd=False)
    monkeypatch.setattr(blocks, "_GROUP", 150)
    cells = cut(communities, made_barriers(7, ["river", "streets", "twice"], communities))
    assert set(cells.community) == set(range(9))


# Vertices


def placed(*rings: list[tuple[float, float]]) -> np.ndarray:
    return np.array([shapely.Polygon([(WEST + x, SOUTH + y) for x, y in ring]) for ring in rings])


def test_a_polygon_without_width_is_left_out() -> None:
    upper = [(0.0, 0.0), (30.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)]
    lower = [(0.0, 0.0), (0.0, -50.0), (100.0, -50.0), (100.0, 0.0), (80.0, -0.0001), (60.0, -0.0002), (40.0, -0.0001)]
    hair = [(0.0, 0.0), (100.0, 0.0), (60.0, -0.0002)]
    polygons, index = with_shared_vertices(placed(upper, hair, lower))
    assert index.tolist() == [0, 2]
    check_seams(polygons)


def test_a_polygon_without_width_in_one_place_becomes_two() -> None:
    waist = [(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (50.0, 0.0003), (0.0, 50.0)]
    above = [(0.0, 50.0), (25.0, 25.00015), (50.0, 0.0003), (100.0, 50.0)]
    below = [(0.0, 0.0), (0.0, -50.0), (100.0, -50.0), (100.0, 0.0), (40.0, 0.0)]
    polygons, index = with_shared_vertices(placed(waist, above, below))
    assert sorted(index.tolist()) == [0, 0, 1, 2]
    check_seams(polygons)
    assert shapely.area(polygons[index == 0]) == pytest.approx([1_250, 1_250], abs=0.1)


def test_vertices_in_a_row_become_one() -> None:
    """Each a hair from the next: none may move onto one that moves away itself."""
    left = [(0.0, 0.0), (50.0, 0.0), (50.0004, 50.0), (0.0, 50.0)]
    right = [(50.0004, 0.0), (100.0, 0.0), (100.0, 50.0), (50.0, 50.0)]
    low = [(0.0, 0.0), (0.0, -50.0), (100.0, -50.0), (100.0, 0.0), (50.0008, 0.0)]
    polygons, index = with_shared_vertices(placed(left, right, low))
    assert index.tolist() == [0, 1, 2]
    check_seams(polygons)
