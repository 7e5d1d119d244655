"""The regular unit grid against independent oracles: plain overlay, set logic and strict topology."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.coverage import Faces
from citygrid_plugin.core.unit_grid import regular_cells

from .topology import assert_edges_shared, assert_no_common_interior


def city(seed: int, count: int, size: float = 1500.0) -> np.ndarray:
    """A made coverage of communities: Voronoi cells with bent limits."""
    rng = np.random.default_rng(seed)
    origin = np.array([512_340.0, 3_812_345.0])
    outline = shapely.box(*origin, *(origin + size))
    seeds = shapely.MultiPoint(origin + rng.uniform(0, size, (count, 2)))
    pieces = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=outline))
    pieces = shapely.segmentize(shapely.intersection(pieces, outline), 40)
    return shapely.transform(pieces, lambda p: np.round(p + 5 * np.sin(p[:, ::-1] / 60), 3))


def check_cells(cells: Faces, communities: np.ndarray) -> None:
    """Every cell is one valid polygon inside its community; the cells fill the communities exactly."""
    assert shapely.is_valid(cells.polygon).all()
    assert (shapely.get_type_id(cells.polygon) == shapely.GeometryType.POLYGON).all()
    assert_no_common_interior(cells.polygon)
    for number, community in enumerate(communities):
        own = shapely.union_all(cells.polygon[cells.community == number])
        assert (
            shapely.area(shapely.symmetric_difference(own, community)) < 0.01 * np.sqrt(shapely.area(community)) / 100
        )


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 25),
    st.sampled_from([10_000.0, 7_321.5, 40_000.0]),
    st.sampled_from([0.0, 0.3, 0.5]),
)
def test_cells_fill_any_city_and_share_their_edges(seed: int, count: int, area: float, ratio: float) -> None:
    communities = city(seed, count)
    cells = regular_cells(communities, area, ratio)
    check_cells(cells, communities)
    assert_edges_shared(cells.polygon)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 15), st.floats(0, 8))
def test_cells_of_a_badly_drawn_city_do_not_overlap_and_leave_no_gap(seed: int, count: int, fault: float) -> None:
    communities = city(seed, count)
    rng = np.random.default_rng(seed)
    communities[::2] = shapely.simplify(communities[::2], fault)  # limits that miss each other
    communities[0] = shapely.affinity.translate(communities[0], *rng.uniform(-fault, fault, 2))
    cells = regular_cells(communities)
    assert shapely.is_valid(cells.polygon).all()
    assert_no_common_interior(cells.polygon)
    together = shapely.union_all(communities)
    difference = shapely.symmetric_difference(shapely.union_all(cells.polygon), together)
    assert shapely.area(difference) < 2e-5 * shapely.length(shapely.boundary(communities)).sum()


def test_unmerged_cells_are_the_plain_overlay_with_squares() -> None:
    communities = city(7, 9)
    cells = regular_cells(communities, min_ratio=0.0)
    west, south, east, north = shapely.total_bounds(communities)
    x, y = np.meshgrid(np.arange(west // 100, east // 100 + 1), np.arange(south // 100, north // 100 + 1))
    squares = shapely.box(x.ravel() * 100, y.ravel() * 100, x.ravel() * 100 + 100, y.ravel() * 100 + 100)
    square, community = shapely.STRtree(communities).query(squares, predicate="intersects")
    pieces = shapely.get_parts(shapely.intersection(squares[square], communities[community]))
    pieces = pieces[shapely.area(pieces) > 1e-3]
    assert len(pieces) == len(cells.polygon)
    assert np.allclose(np.sort(shapely.area(pieces)), np.sort(shapely.area(cells.polygon)), atol=1e-2)


def test_only_pieces_without_a_neighbour_stay_small() -> None:
    island = shapely.box(10_030, 10_030, 10_050, 10_050)
    communities = np.array([shapely.union(shapely.box(20, 30, 1234, 987), island), shapely.box(1234, 30, 2050, 987)])
    cells = regular_cells(communities)
    small = shapely.area(cells.polygon) < 5_000
    assert list(shapely.area(cells.polygon)[small]) == [400.0]
    check_cells(cells, communities)


ROOF = shapely.Polygon([(10, 10), (150, 100), (290, 10), (290, -50), (10, -50)])


@pytest.mark.parametrize(
    "communities",
    [
        pytest.param([shapely.box(0, 0, 300, 200), shapely.box(300, 0, 600, 200)], id="on the lattice"),
        pytest.param([shapely.box(0, 0, 250, 200), shapely.box(250, 0, 600, 200)], id="partly on the lattice"),
        pytest.param([shapely.Point(50, 50).buffer(20)], id="inside one cell"),
        pytest.param(
            [shapely.Point(50, 50).buffer(400).difference(shapely.Point(30, 60).buffer(30))], id="hole in a cell"
        ),
        pytest.param([ROOF, shapely.box(10, -50, 290, 190).difference(ROOF)], id="touches a grid line"),
        pytest.param([shapely.Polygon([(-150, -130), (170, -140), (160, 155), (-145, 170)])], id="around the origin"),
        pytest.param(
            [shapely.Polygon([(0, 0), (1000, 0.00001), (1000, 300), (0, 300)])], id="almost along a grid line"
        ),
        pytest.param([shapely.Polygon([(0, 0), (500, 500), (0, 1000)])], id="through grid corners"),
    ],
)
def test_awkward_limits(communities: list[shapely.Polygon]) -> None:
    cells = regular_cells(np.array(communities), min_ratio=0.1)
    check_cells(cells, np.array(communities))
    assert_edges_shared(cells.polygon)


def test_overlap_goes_to_the_smaller_community() -> None:
    communities = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(800, 0, 1300, 500)])
    cells = regular_cells(communities)
    area = [shapely.area(cells.polygon[cells.community == number]).sum() for number in (0, 1)]
    assert area == [1_000_000 - 200 * 500, 250_000]
    assert_no_common_interior(cells.polygon)


def test_neighbours_made_apart_meet_on_the_same_lattice() -> None:
    communities = city(3, 6)
    together = regular_cells(communities)
    for number, community in enumerate(communities):
        alone = regular_cells(np.array([community]))
        own = together.polygon[together.community == number]
        assert np.isclose(np.sort(shapely.area(alone.polygon)), np.sort(shapely.area(own)), atol=1e-2).all()
