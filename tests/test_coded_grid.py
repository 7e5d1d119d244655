"""Numbers and codes of the unit grid."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import GRID_TEMPLATES, CodeTemplate, GridTemplate
from citygrid_plugin.core.grids.coded_grid import CommunityTooLarge, TemplateTooShort, coded_grid
from citygrid_plugin.core.grids.unit_grid import regular_cells


def coded(polygons: np.ndarray) -> gpd.GeoDataFrame:
    codes = [f"500103001{number:03d}" for number in range(1, len(polygons) + 1)]
    table = {
        fields.DIST_CODE: "500103",
        fields.STREET_CODE: "500103001",
        fields.STREET_NAME: "测试街道",
        fields.COMMUNITY_CODE: codes,
        fields.COMMUNITY_NAME: [f"社区{code[-1]}" for code in codes],
        fields.NOTE: "",
    }
    return gpd.GeoDataFrame(table, geometry=polygons, crs=4546)


def grid_of(communities: gpd.GeoDataFrame, template: CodeTemplate, cell_area: float = 10_000.0) -> gpd.GeoDataFrame:
    cells = regular_cells(communities.geometry.to_numpy(), cell_area)
    return coded_grid(communities, cells, template, "20250101", cell_area)


def test_codes_run_west_to_east_north_to_south_whatever_the_order_of_input() -> None:
    communities = coded(np.array([shapely.box(0, 0, 300, 200), shapely.box(300, 0, 500, 200)]))
    template = GRID_TEMPLATES[GridTemplate.FIFTEEN]
    grid = grid_of(communities, template)
    assert list(grid.columns) == [*fields.UNIT_GRID, "geometry"]
    first = grid[grid[fields.COMMUNITY_CODE] == "500103001001"]
    corners = [tuple(bounds[[0, 3]]) for bounds in first.bounds.to_numpy()]
    assert corners == [(0, 200), (100, 200), (200, 200), (0, 100), (100, 100), (200, 100)]
    assert list(first[fields.BGID]) == [f"500103001001{number:03d}" for number in range(1, 7)]
    assert (grid[fields.AREA] == 10_000).all()
    turned = grid_of(communities.iloc[::-1].reset_index(drop=True), template)
    again = turned.set_index(fields.BGID).loc[grid[fields.BGID]]
    assert shapely.equals(again.geometry.to_numpy(), grid.geometry.to_numpy()).all()


def test_a_full_community_is_named_with_the_remedy() -> None:
    communities = coded(np.array([shapely.box(0, 0, 1000, 1000)]))
    short = r"“社区1” needs 100 numbers, but 2 digits hold only 99 .* Choose the code template 6\+3\+3\+3"
    with pytest.raises(TemplateTooShort, match=short):
        grid_of(communities, GRID_TEMPLATES[GridTemplate.FOURTEEN])
    large = r"“社区1” needs 10000 numbers, but 3 digits hold only 999 .* set CELL_AREA to (\d+) m²"
    with pytest.raises(CommunityTooLarge, match=large) as error:
        grid_of(communities, GRID_TEMPLATES[GridTemplate.FIFTEEN], cell_area=100)
    assert error.value.values["area"] == 2000
