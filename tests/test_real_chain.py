"""The chain through ``qgis_process`` on the real communities of 江东区, judged by independent readers."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from headless import Headless

from citygrid_plugin.storage.workspace import destination, source

from .readers import read_with_fiona
from .topology import assert_no_common_interior

pytestmark = [pytest.mark.real_data, pytest.mark.real_qgis]

ZONES = 468
BELT = 4550  # CGCS2000 / 3-degree Gauss-Krüger CM 123E, where Ningbo lies


@pytest.fixture(scope="module")
def workspace(jiangdong: Path, headless: Headless, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("chain") / "workspace.gpkg"
    grid = headless.run(
        "citygrid:createunitgrid",
        COMMUNITIES=jiangdong,
        DISTRICT_CODE="330204",
        OUTPUT=destination(path, "unit_grid"),
        CODED_COMMUNITIES=destination(path, "communities"),
        REPORT=path.with_name("grid.html"),
    )
    assert any("8 streets and 73 communities have no official code" in warning for warning in grid.warnings)
    owners = headless.run(
        "citygrid:assignowners",
        GRID=source(path, "unit_grid"),
        COMMUNITIES=source(path, "communities"),
        OUTPUT=destination(path, "owned_grid"),
        PROBLEMS=destination(path, "owner_problems"),
    )
    assert owners.results["PROBLEM_COUNT"] == 0
    zones = headless.run(
        "citygrid:responsibilitygrids",
        GRID=source(path, "owned_grid"),
        COUNT=ZONES,
        OUTPUT=destination(path, "zoned_grid"),
        ZONES=destination(path, "responsibility_grids"),
    )
    assert zones.results["ZONE_COUNT"] == ZONES
    return path


@pytest.fixture(scope="module")
def grid(workspace: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(workspace, layer="unit_grid")


@pytest.fixture(scope="module")
def communities(jiangdong: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(jiangdong).to_crs(BELT)


def test_cells_cover_the_communities_without_gap_or_overlap(
    grid: gpd.GeoDataFrame, communities: gpd.GeoDataFrame
) -> None:
    cells = grid.geometry.to_numpy()
    city = shapely.union_all(communities.geometry.to_numpy())
    assert grid.crs.to_epsg() == BELT
    assert abs(shapely.area(cells).sum() - shapely.area(city)) < 1.0
    assert shapely.area(shapely.symmetric_difference(shapely.union_all(cells), city)) < 1.0
    assert_no_common_interior(cells)
    assert shapely.is_valid(cells).all()
    assert set(shapely.get_type_id(cells)) == {shapely.GeometryType.POLYGON}


def test_every_cell_lies_in_exactly_one_community(grid: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> None:
    cells, places = grid.geometry.to_numpy(), communities.geometry.to_numpy()
    cell, place = shapely.STRtree(places).query(cells, predicate="intersects")
    area = shapely.area(shapely.intersection(cells[cell], places[place]))
    inside = area > 0.999 * shapely.area(cells[cell])
    assert (np.bincount(cell[inside], minlength=len(cells)) == 1).all()
    assert grid["CommCode"].nunique() == len(communities)
    held = pd.Series(place[inside], index=cell[inside]).reindex(range(len(cells)))
    assert (grid["CommCode"].groupby(held.to_numpy()).nunique() == 1).all()  # noqa: PD101 - by group


def test_codes_are_unique_and_of_the_template(grid: gpd.GeoDataFrame) -> None:
    assert grid["BGID"].is_unique
    assert grid["BGID"].str.fullmatch(r"330204\d{9}").all()
    assert (grid["BGID"].str[:12] == grid["CommCode"]).all()
    assert grid["Note"].str.contains("provisional").all()
    sequence = grid["BGID"].str[12:].astype(int).groupby(grid["CommCode"])
    assert (sequence.min() == 1).all()
    assert (sequence.max() == sequence.size()).all()


def test_names_are_kept_as_they_are(grid: gpd.GeoDataFrame, communities: gpd.GeoDataFrame) -> None:
    assert set(grid["CommName"]) == set(communities["社区名称"].fillna(""))
    assert set(grid["StrName"]) == set(communities["街道名称"])


def test_no_problem_is_found_and_planted_ones_are(
    workspace: Path, jiangdong: Path, headless: Headless, tmp_path: Path
) -> None:
    clean = headless.run(
        "citygrid:checkunitgrid",
        GRID=source(workspace, "unit_grid"),
        COMMUNITIES=jiangdong,
        OUTPUT=tmp_path / "clean.gpkg",
    )
    assert clean.results["PROBLEM_COUNT"] == 0

    broken = gpd.read_file(workspace, layer="unit_grid")
    gap, copy, moved, joined = 100, 200, 300, 400
    broken.loc[copy, "BGID"] = broken.loc[copy + 1, "BGID"]
    broken.loc[moved, "geometry"] = shapely.transform(
        broken.geometry[moved], lambda points: points + np.array([3.0, 0.0])
    )
    broken.loc[joined, "geometry"] = shapely.MultiPolygon([broken.geometry[joined], shapely.box(0, 0, 100, 100)])
    broken.drop(index=gap).to_file(tmp_path / "broken.gpkg")
    headless.run(
        "citygrid:checkunitgrid",
        GRID=tmp_path / "broken.gpkg",
        COMMUNITIES=jiangdong,
        OUTPUT=tmp_path / "problems.gpkg",
        REPORT=tmp_path / "problems.html",
    )
    problems = gpd.read_file(tmp_path / "problems.gpkg")
    kinds = problems.groupby("Kind").size()
    assert kinds["duplicate_code"] == 2
    assert kinds["multipart"] == 1
    assert kinds["overlap"] >= 1
    hole = grid_cell(workspace, gap)
    gaps = problems[problems["Kind"] == "gap"]
    assert any(shapely.area(shapely.intersection(hole, found)) > 0.99 * hole.area for found in gaps.geometry)
    assert "<td>Gaps</td>" in (tmp_path / "problems.html").read_text(encoding="utf-8")


def grid_cell(workspace: Path, row: int) -> shapely.Geometry:
    return gpd.read_file(workspace, layer="unit_grid").geometry[row]


def test_zones_are_connected_each_in_one_community_and_hold_every_cell(workspace: Path) -> None:
    cells = gpd.read_file(workspace, layer="zoned_grid")
    zones = gpd.read_file(workspace, layer="responsibility_grids")
    assert len(zones) == zones["RGID"].nunique() == ZONES
    assert (cells.groupby("RGID")["CommCode"].nunique() == 1).all()  # noqa: PD101 - by group
    assert set(cells["RGID"]) == set(zones["RGID"])
    assert (cells.groupby("RGID").size() == zones.set_index("RGID")["Cells"]).all()
    dissolved = cells.groupby("RGID")["geometry"].agg(lambda parts: shapely.union_all(parts.to_numpy()))
    assert (shapely.get_num_geometries(dissolved.to_numpy()) == 1).all()
    assert zones["RGID"].str.fullmatch(r"330204\d{9}").all()
    assert np.isclose(zones.area.sum(), cells.area.sum())


def test_delivered_shapefiles_read_back_as_gbk(workspace: Path, headless: Headless, tmp_path: Path) -> None:
    done = headless.run(
        "citygrid:exportshapefiles",
        LAYERS=[source(workspace, "unit_grid"), source(workspace, "communities")],
        FOLDER=tmp_path / "delivery",
        CRS="EPSG:4549",
    )
    assert done.results["FILE_COUNT"] == 2
    expected = gpd.read_file(workspace, layer="unit_grid")
    path = tmp_path / "delivery" / "unit_grid.shp"
    delivered = read_with_fiona(path)
    assert delivered["crs"] == 4549
    for name in ("BGID", "StrName", "CommName", "Note"):
        assert [row[name] or "" for row in delivered["rows"]] == list(expected[name].fillna(""))
    raw = path.with_suffix(".dbf").read_bytes()
    assert raw[29] == 0x4D
    assert "福明街道".encode("gbk") in raw
    assert path.with_suffix(".cpg").read_text() == "GBK"


def test_a_second_run_gives_the_same_result(
    workspace: Path, jiangdong: Path, headless: Headless, tmp_path: Path
) -> None:
    headless.run(
        "citygrid:createunitgrid", COMMUNITIES=jiangdong, DISTRICT_CODE="330204", OUTPUT=tmp_path / "again.gpkg"
    )
    again, before = gpd.read_file(tmp_path / "again.gpkg"), gpd.read_file(workspace, layer="unit_grid")
    pd.testing.assert_frame_equal(again.drop(columns="geometry"), before.drop(columns="geometry"))
    assert shapely.equals_exact(again.geometry.to_numpy(), before.geometry.to_numpy()).all()


def test_official_codes_are_taken_by_name(headless: Headless, real_data: Path, tmp_path: Path) -> None:
    communities = gpd.read_file(real_data / "boundaries" / "ningbo_shequ.geojson")
    haishu = communities[communities["县市区"] == "海曙区"]
    haishu.to_file(tmp_path / "haishu.gpkg")
    folder = real_data / "divisions"
    table = pd.concat(
        pd.read_csv(folder / f"{level}_330203.csv", dtype=str)[["code", "name"]] for level in ("streets", "villages")
    )
    table.to_csv(tmp_path / "codes.csv", index=False)
    headless.run(
        "citygrid:createunitgrid",
        COMMUNITIES=tmp_path / "haishu.gpkg",
        DISTRICT_CODE="330203",
        DIVISION_CODES=tmp_path / "codes.csv",
        OUTPUT=tmp_path / "grid.gpkg",
        CODED_COMMUNITIES=tmp_path / "communities.gpkg",
    )
    coded = gpd.read_file(tmp_path / "communities.gpkg")
    official = table.set_index("code")["name"]
    taken = coded[coded["Note"] == ""]
    assert len(taken) > 30
    for row in taken.itertuples():
        assert official[row.StrCode] == row.StrName
        assert official[row.CommCode].startswith(row.CommName.removesuffix("社区"))
    provisional = coded[coded["Note"] != ""]
    assert not set(provisional["CommCode"]) & set(table["code"])
    assert coded["CommCode"].is_unique
