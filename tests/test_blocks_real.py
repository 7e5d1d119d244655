"""Unit grids along the real streets of three cities, and in real communities without streets: how good they are."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from citygrid_plugin.core.grids.quality import compactness, measure
from citygrid_plugin.core.spatial.coverage import Faces
from citygrid_plugin.core.streets.barriers import Barriers
from citygrid_plugin.core.streets.blocks import street_cells
from scripts.real_streets import CITIES, barriers_of, communities_of

from .topology import assert_edges_shared, assert_no_common_interior

pytestmark = pytest.mark.real_data


def check(cells: Faces, communities: np.ndarray) -> None:
    """No gap, no overlap, every cell one valid polygon inside one community."""
    assert shapely.is_valid(cells.polygon).all()
    assert (shapely.get_type_id(cells.polygon) == shapely.GeometryType.POLYGON).all()
    assert_no_common_interior(cells.polygon)
    assert_edges_shared(cells.polygon)
    own = np.bincount(cells.community, shapely.area(cells.polygon), len(communities))
    assert own == pytest.approx(shapely.area(communities), abs=0.1)
    outside = shapely.area(shapely.difference(cells.polygon, communities[cells.community]))
    assert outside.max() < 0.01


FLOORS = {
    # in range, median compactness, strong, other, single; astride and cells thinner than 0.25 (at most): a little
    # below what is reached
    "Shanghai": (0.98, 0.725, 0.99, 0.98, 0.95, 0.015, 15),
    "Shenzhen": (0.98, 0.74, 0.99, 0.98, 0.905, 0.011, 18),
    "Helsinki": (0.98, 0.72, 0.98, 0.98, 0.96, 0.095, 8),
}
if shapely.geos_version >= (3, 12):  # which lays crossings and faces a little differently: a few cells are others
    FLOORS["Shenzhen"] = (0.98, 0.74, 0.99, 0.98, 0.905, 0.012, 18)
    FLOORS["Helsinki"] = (0.98, 0.72, 0.98, 0.98, 0.96, 0.095, 9)


@pytest.mark.parametrize("name", CITIES)
def test_streets_of_a_real_city(real_data: Path, name: str) -> None:
    streets = barriers_of(real_data / "roads", CITIES[name])
    communities = communities_of(CITIES[name], streets)
    cells = street_cells(communities, streets)
    check(cells, communities)
    found = measure(cells.polygon, communities, streets, 10_000)
    print(name, found)  # noqa: T201 - shown where the test fails
    in_range, median, strong, other, single, astride, thin = FLOORS[name]
    assert found.in_range >= in_range
    assert found.median_compactness >= median
    assert found.strong.near >= strong
    assert found.other.near >= other
    assert found.single.close >= single
    assert found.astride <= astride
    assert np.count_nonzero(compactness(cells.polygon) < 0.25) <= thin


def test_real_communities_without_streets(real_data: Path) -> None:
    frame = gpd.read_file(real_data / "boundaries" / "ningbo_shequ.geojson").to_crs(4549)
    communities = frame.geometry[frame["县市区"] == "江东区"].to_numpy()
    cells = street_cells(communities, Barriers.none())
    assert shapely.is_valid(cells.polygon).all()
    assert_no_common_interior(cells.polygon)
    assert_edges_shared(cells.polygon)
    gap = shapely.symmetric_difference(shapely.union_all(cells.polygon), shapely.union_all(communities))
    assert shapely.area(gap) < 1
    area, shape = shapely.area(cells.polygon), compactness(cells.polygon)
    print(len(area), np.mean((area >= 5_000) & (area <= 15_000)), np.median(shape), shape.min())  # noqa: T201
    assert np.mean((area >= 5_000) & (area <= 15_000)) >= 0.98
    assert np.median(shape) >= 0.72
