"""The order of numbering: rows of the lattice, rows of blocks, turned rows, ties, no trace of the input's order."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.grids.numbering import cell_numbers
from citygrid_plugin.core.grids.unit_grid import regular_cells

from .test_unit_grid import city

SIDE = 100.0


def in_order(polygons: np.ndarray, group: np.ndarray | None = None) -> np.ndarray:
    """Indices of cells as numbered, group after group."""
    group = np.zeros(len(polygons), dtype=np.intp) if group is None else group
    return np.lexsort((cell_numbers(polygons, SIDE, group), group))


def squares(columns: int, rows: int) -> np.ndarray:
    x, y = np.meshgrid(np.arange(columns) * SIDE, -np.arange(rows) * SIDE)
    return shapely.box(x.ravel(), y.ravel() - SIDE, x.ravel() + SIDE, y.ravel())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.sampled_from([0.3, 0.5]))
def test_rows_of_a_regular_grid_are_the_rows_of_its_lattice(seed: int, count: int, ratio: float) -> None:
    cells = regular_cells(city(seed, count), min_ratio=ratio)
    number = cell_numbers(cells.polygon, SIDE, cells.community)
    whole = shapely.area(cells.polygon) == SIDE**2
    for community in range(count):
        own = np.flatnonzero(cells.community == community)
        assert sorted(number[own]) == list(range(1, len(own) + 1))
        west, _, _, north = shapely.bounds(cells.polygon[own[whole[own]]]).T
        lattice = sorted(zip(-np.round(north / SIDE), np.round(west / SIDE), strict=True))
        by_number = np.argsort(number[own[whole[own]]])
        assert lattice == [(-np.round(north[i] / SIDE), np.round(west[i] / SIDE)) for i in by_number]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 8))
def test_the_order_of_features_and_of_vertices_leaves_no_trace(seed: int, count: int) -> None:
    cells = regular_cells(city(seed, count), min_ratio=0.1)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(cells.polygon))
    names = rng.permutation(count)  # communities in another order, too
    redrawn = shapely.normalize(shapely.reverse(cells.polygon[shuffled]))
    number = cell_numbers(cells.polygon, SIDE, cells.community)
    again = cell_numbers(redrawn, SIDE, names[cells.community[shuffled]])
    assert (again == number[shuffled]).all()


@pytest.mark.parametrize("degrees", [-44, -31.7, -3, 0.4, 12, 44])
def test_rows_turn_with_the_grid(degrees: float) -> None:
    cells = shapely.affinity.translate(shapely.MultiPolygon(list(squares(9, 7))), 512_340, 3_812_345)
    turned = np.array(shapely.affinity.rotate(cells, degrees, origin="centroid").geoms)
    assert (in_order(turned) == np.arange(63)).all()


def test_cells_without_a_common_direction_are_numbered_by_the_compass() -> None:
    rng = np.random.default_rng(1)
    centres = np.array([(x, -y) for y in range(6) for x in range(6)], dtype=float) * SIDE
    discs = shapely.buffer(shapely.points(centres + rng.uniform(-20, 20, centres.shape)), 40)
    assert (in_order(discs) == np.arange(36)).all()


@pytest.mark.parametrize("start", np.linspace(0, SIDE, 9)[:-1])
def test_a_row_of_blocks_is_not_cut_in_two_wherever_it_lies(start: float) -> None:
    rng = np.random.default_rng(2)
    limits = -np.arange(6)[:, None] * SIDE + rng.uniform(-15, 15, (6, 11)) + start  # bent streets, west to east
    x = np.arange(11) * SIDE
    blocks = [
        shapely.Polygon(
            [
                (x[i], limits[r, i]),
                (x[i + 1], limits[r, i + 1]),
                (x[i + 1], limits[r + 1, i + 1]),
                (x[i], limits[r + 1, i]),
            ]
        )
        for r in range(5)
        for i in range(10)
    ]
    assert (in_order(np.array(blocks)) == np.arange(50)).all()


def test_ties() -> None:
    yard = shapely.box(20, 20, 80, 80)
    block = shapely.box(0, 0, 100, 100).difference(yard)
    north, south = shapely.box(200, 50, 300, 100), shapely.box(200, 0, 300, 50)
    cells = np.array([south, yard, north, block])
    assert list(in_order(cells)) == [3, 1, 2, 0]  # equal centroids: the larger first; equal x: the northern first
    assert list(in_order(cells[::-1])) == [0, 2, 1, 3]


def test_rows_exactly_half_a_height_apart_have_a_rule() -> None:
    steps = np.array([shapely.box(x, -y, x + 100, -y + 100) for x, y in [(300, 0), (0, 50), (200, 100), (100, 150)]])
    for order in ([0, 1, 2, 3], [3, 1, 2, 0], [2, 0, 3, 1]):
        assert [order[i] for i in in_order(steps[order])] == [1, 0, 3, 2]


def test_nothing_to_number() -> None:
    assert len(cell_numbers(np.array([], dtype=object), SIDE, np.array([], dtype=np.intp))) == 0
