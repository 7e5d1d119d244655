"""The regular unit grid against independent oracles: plain overlay, set logic and strict topology."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.grids.unit_grid import main_direction, regular_cells
from citygrid_plugin.core.spatial.coverage import Faces

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


def finely_drawn(communities: np.ndarray) -> np.ndarray:
    """The same city with all digits of a double, as after a change of CRS; common vertices stay common."""
    return shapely.transform(communities, lambda p: p + np.sin(p[:, ::-1] / 37) / 7)


def vertices(polygons: np.ndarray) -> set[tuple[float, float]]:
    return set(map(tuple, shapely.get_coordinates(polygons).tolist()))


def shapes(cells: Faces) -> list[bytes]:
    """Cells in order, each regardless of where its outline begins."""
    return list(shapely.to_wkb(shapely.normalize(cells.polygon)))


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
    st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    st.one_of(st.just(0.0), st.integers(-180, 180).map(float), st.floats(0, 90)),
)
def test_cells_fill_any_city_and_share_their_edges(
    seed: int, count: int, area: float, ratio: float, rotation: float
) -> None:
    communities = finely_drawn(city(seed, count))
    cells = regular_cells(communities, area, ratio, rotation=rotation)
    check_cells(cells, communities)
    assert_edges_shared(cells.polygon)
    assert vertices(communities) <= vertices(cells.polygon)  # to the last digit


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.floats(0, 8), st.sampled_from([0.0, 27.3]))
def test_the_order_of_communities_and_the_start_of_outlines_do_not_matter(
    seed: int, count: int, fault: float, rotation: float
) -> None:
    communities = city(seed, count)
    communities[::2] = shapely.simplify(communities[::2], fault)  # they overlap and leave gaps
    cells = regular_cells(communities, rotation=rotation)
    assert shapes(regular_cells(communities, rotation=rotation)) == shapes(cells)

    order = np.random.default_rng(seed).permutation(count)
    mixed = np.array([shapely.Polygon(np.roll(p.exterior.coords[:-1], seed, axis=0)) for p in communities[order]])
    again = regular_cells(mixed, rotation=rotation)
    assert shapes(again) == shapes(cells)
    assert (order[again.community] == cells.community).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 15), st.floats(0, 8), st.sampled_from([0.0, 33.0, 45.0]))
def test_cells_of_a_badly_drawn_city_do_not_overlap_and_leave_no_gap(
    seed: int, count: int, fault: float, rotation: float
) -> None:
    communities = finely_drawn(city(seed, count))
    rng = np.random.default_rng(seed)
    communities[::2] = shapely.simplify(communities[::2], fault)  # limits that miss each other
    communities[0] = shapely.affinity.translate(communities[0], *rng.uniform(-fault, fault, 2))
    cells = regular_cells(communities, rotation=rotation)
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
        pytest.param(
            [shapely.Polygon([(0.000004, 0), (300.000004, 50), (299.999996, 250), (-0.000003, 250)])],
            id="a hair beside a grid line",
        ),
        pytest.param(
            [shapely.Polygon([(50, 50), (450, 50.000001), (450, 250), (250, 250), (250, 50.000007), (50, 50.000009)])],
            id="narrower than the nodes are apart",
        ),
    ],
)
@pytest.mark.parametrize("rotation", [0.0, 45.0])
def test_awkward_limits(communities: list[shapely.Polygon], rotation: float) -> None:
    cells = regular_cells(np.array(communities), min_ratio=0.1, rotation=rotation)
    check_cells(cells, np.array(communities))
    assert_edges_shared(cells.polygon)


def test_overlap_goes_to_the_smaller_community() -> None:
    communities = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(800, 0, 1300, 500)])
    cells = regular_cells(communities)
    area = [shapely.area(cells.polygon[cells.community == number]).sum() for number in (0, 1)]
    assert area == [1_000_000 - 200 * 500, 250_000]
    assert_no_common_interior(cells.polygon)


@pytest.mark.parametrize("rotation", [0.0, 12.5])
def test_neighbours_made_apart_meet_on_the_same_lattice(rotation: float) -> None:
    communities = shapely.transform(city(3, 6), lambda p: p + np.array([39_000_000, 0]))  # eastings with a zone number
    together = regular_cells(communities, rotation=rotation)
    for number, community in enumerate(communities):
        alone = regular_cells(np.array([community]), rotation=rotation)
        own = together.polygon[together.community == number]
        # Alone a cell has no vertices where neighbours' limits begin; what it has is the same to the last digit.
        assert vertices(alone.polygon) <= vertices(own)
        assert len(alone.polygon) == len(own)


def test_a_turned_lattice_is_the_lattice_of_the_city_turned_back() -> None:
    communities = city(11, 8)
    turned = shapely.affinity.rotate(shapely.MultiPolygon(list(communities)), -21, origin=(0, 0))
    expected = regular_cells(shapely.get_parts(turned))
    cells = regular_cells(communities, rotation=21)
    assert (cells.community == expected.community).all()
    back = shapely.affinity.rotate(shapely.MultiPolygon(list(expected.polygon)), 21, origin=(0, 0))
    assert shapely.hausdorff_distance(cells.polygon, shapely.get_parts(back)).max() < 1e-4
    assert shapes(regular_cells(communities, rotation=21 + 270)) == shapes(cells)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.05, 1.0),
    st.floats(0, 200),
    st.floats(0, 200),
    st.floats(0, 90),
    st.sampled_from([0.0, 0.1, 0.3, 0.5, 1.0]),
)
def test_a_community_no_larger_than_a_cell_stays_one_cell(
    share: float, x: float, y: float, rotation: float, ratio: float
) -> None:
    wide, high = 180 * np.sqrt(share), 10_000 / 180 * np.sqrt(share)
    small = shapely.box(x, y, x + wide, y + high)  # over up to four cells of the lattice
    apart = shapely.box(x + 500, y, x + 500 + wide, y + high)
    communities = np.array([small.union(apart), shapely.box(x - 900, y, x, y + 700)])
    cells = regular_cells(communities, min_ratio=ratio, rotation=rotation)
    own = cells.polygon[cells.community == 0]
    assert len(own) == 2
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(own), communities[0])) < 0.01
    check_cells(cells, communities)


def test_cells_far_apart_cost_no_more_than_near_ones() -> None:
    square = shapely.Point(0, 0).buffer(300)
    far = [shapely.affinity.translate(square, x, y) for x, y in [(0, 0), (5e6, 4e6), (3.9e7, 4e6)]]
    assert len(regular_cells(np.array(far)).polygon) == pytest.approx(
        3 * len(regular_cells(np.array(far[:1])).polygon), abs=9
    )


@settings(max_examples=50, deadline=None)
@given(st.floats(-360, 360), st.floats(20, 70), st.floats(0, 0.3), st.integers(0, 1000))
def test_the_main_direction_is_that_of_most_of_the_streets(angle: float, other: float, share: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 200
    second = rng.uniform(size=count) < share  # a second street net, which must not turn the first
    direction = np.radians(angle + 90 * rng.integers(0, 4, count) + np.where(second, other, rng.uniform(-2, 2, count)))
    start = rng.uniform(0, 1e4, (count, 2)) + np.array([500_000, 3_000_000])
    length = rng.uniform(50, 100, (count, 1))
    streets = shapely.linestrings(
        np.stack([start, start + length * np.column_stack([np.cos(direction), np.sin(direction)])], axis=1)
    )
    found = main_direction(streets)
    assert 0 <= found < 90
    assert abs((found - angle + 45) % 90 - 45) < 1
    assert main_direction(streets[::-1]) == pytest.approx(found, abs=1e-5)


def test_the_main_direction_of_nothing_is_that_of_the_axes() -> None:
    assert main_direction(np.array([], dtype=object)) == 0
    assert main_direction(np.array([shapely.LineString([(0, 0), (0, 0)]), shapely.LineString([(0, 0), (0, 1)])])) == 0
    assert main_direction(np.array([shapely.LineString([(0, 0), (1e9, -1e-9)])])) == 0
