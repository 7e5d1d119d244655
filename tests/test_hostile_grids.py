"""Hostile communities and unit grids: each ends in a right result or in one sentence, and loses nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingContext, QgsProcessingException, QgsProject, QgsVectorLayer

from citygrid_plugin.core.grids.divisions import code_communities
from citygrid_plugin.core.zones.responsibility import responsibility_grids
from citygrid_plugin.processing.exchange import frame_from_source
from citygrid_plugin.processing.provider import CityGridProvider

from .test_bad_input import CRS, SOUTH, WEST, Log, communities, square

FIRST, SECOND = "320706001001", "320706001002"
Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(provider: CityGridProvider, tmp_path: Path) -> Call:
    """Run an algorithm; tables are written to files first."""

    def start(name: str, log: Log | None = None, **parameters: object) -> dict[str, Any]:
        inputs = {"OUTPUT": str(tmp_path / "out.gpkg")} | parameters
        for key, value in inputs.items():
            if isinstance(value, gpd.GeoDataFrame):
                inputs[key] = str(tmp_path / f"{key}.gpkg")
                value.to_file(inputs[key])
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        results, success = provider.algorithm(name).create().run(inputs, context, log or Log(), {}, False)
        assert success
        return results

    return start


def out(tmp_path: Path, name: str = "out") -> gpd.GeoDataFrame:
    return gpd.read_file(tmp_path / f"{name}.gpkg")


def lattice(width: int, height: int, code: str = FIRST) -> gpd.GeoDataFrame:
    """Unit grids of 100 m in rows."""
    cells = [square(column, row, 100) for row in range(height) for column in range(width)]
    numbers = [f"{code}{number:03}" for number in range(1, len(cells) + 1)]
    return gpd.GeoDataFrame({"BGID": numbers, "CommCode": code}, geometry=cells, crs=CRS)


def memory(geometries: list[QgsGeometry], kind: str = "Polygon", fields: str = "") -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{kind}?crs={CRS}{fields}", "drawn", "memory")
    for geometry in geometries:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(geometry)
        layer.dataProvider().addFeature(feature)
    return layer


@pytest.mark.parametrize("kind", [object, "Int64", "float64"])
def test_a_missing_community_code_becomes_provisional(call: Call, tmp_path: Path, kind: str) -> None:
    given = pd.Series([FIRST, None], dtype=object)
    codes = given if kind is object else pd.to_numeric(given).astype(kind)
    frame = communities(square(0, 0), square(1, 0)).assign(CommCode=codes, StrCode="320706001")
    call("createunitgrid", COMMUNITIES=frame, DISTRICT_CODE="320706")
    grid = out(tmp_path)
    by_name = grid.groupby("CommName")["CommCode"].unique().map(list)
    assert by_name["社区0"] == [FIRST]
    assert by_name["社区1"] == [SECOND]


def test_an_owner_without_code_empties_nothing(call: Call, tmp_path: Path) -> None:
    grid = lattice(2, 1).assign(CommName="老名", StrCode=FIRST[:9])
    owners = gpd.GeoDataFrame(
        {"CommCode": [SECOND, None], "CommName": ["新名", None]},
        geometry=[square(0, 0, 100), square(1, 0, 100)],
        crs=CRS,
    )
    call("assignowners", GRID=grid, COMMUNITIES=owners, PROBLEMS=str(tmp_path / "problems.gpkg"))
    assert list(out(tmp_path)["CommCode"]) == [SECOND, FIRST]
    assert list(out(tmp_path)["CommName"]) == ["新名", "老名"]
    assert list(out(tmp_path)["StrCode"]) == [SECOND[:9], FIRST[:9]]
    problems = out(tmp_path, "problems")
    assert list(problems.loc[problems["Kind"] == "owner_without_code", "BGID"]) == [f"{FIRST}002"]


def test_a_table_of_division_codes_in_gbk(call: Call, tmp_path: Path) -> None:
    table = tmp_path / "codes.csv"
    table.write_bytes("CODE,Name\n320706001000,南城街道\n320706001007,社区0\n".encode("gbk"))
    frame = communities(square(0, 0)).assign(StrName="南城街道")
    call("createunitgrid", COMMUNITIES=frame, DISTRICT_CODE="320706", DIVISION_CODES=str(table))
    assert set(out(tmp_path)["CommCode"]) == {"320706001007"}


def test_one_code_with_two_names_is_said(call: Call, tmp_path: Path) -> None:
    log = Log()
    frame = communities(square(0, 0), square(1, 0)).assign(CommCode=FIRST)
    assert call("createunitgrid", log, COMMUNITIES=frame)["COMMUNITY_COUNT"] == 1
    assert any(f"{FIRST} (社区0、社区1)" in line for line in log.said)
    assert out(tmp_path)["Area"].sum() == pytest.approx(180_000)


def test_a_table_with_one_code_for_two_names_decides_nothing() -> None:
    frame = communities(square(0, 0), square(1, 0), square(2, 0)).assign(StrCode="320706001")
    table = pd.DataFrame({"code": [FIRST, FIRST, SECOND], "name": ["社区0", "社区1", "社区2"]})
    coded = code_communities(frame, "320706", table)
    by_name = coded.frame.set_index("CommName")["CommCode"]
    assert by_name["社区2"] == SECOND
    assert {by_name["社区0"], by_name["社区1"]}.isdisjoint({FIRST, SECOND})
    assert coded.provisional_communities == 2
    assert coded.ambiguous_codes == [(FIRST, ["社区0", "社区1"])]


def test_a_district_that_contradicts_the_codes_is_said(call: Call, tmp_path: Path) -> None:
    log = Log()
    frame = communities(square(0, 0), square(1, 0)).assign(CommCode=[FIRST, SECOND])
    call("createunitgrid", log, COMMUNITIES=frame, DISTRICT_CODE="320707")
    assert any("2 of 2 communities" in line and "320707" in line and "320706: 2" in line for line in log.said)
    assert set(out(tmp_path)["CommCode"]) == {FIRST, SECOND}


@pytest.mark.parametrize("date", ["2025101", "2025-1-1", "２０２５０１０１", "20251301"])
def test_a_wrong_date_is_a_sentence(call: Call, date: str) -> None:
    with pytest.raises(QgsProcessingException, match=f"DATE is {date}, but must be YYYYMMDD"):
        call("createunitgrid", COMMUNITIES=communities(square(0, 0)), DISTRICT_CODE="320706", DATE=date)


def test_codes_as_numbers_are_checked_as_codes(call: Call, tmp_path: Path) -> None:
    grid = lattice(3, 3)
    owner = communities(square(0, 0)).assign(CommCode=FIRST)
    for kind in ("int64", "float64"):
        numbers = grid.assign(BGID=grid["BGID"].astype(kind), CommCode=grid["CommCode"].astype(kind))
        assert call("checkunitgrid", GRID=numbers, COMMUNITIES=owner)["PROBLEM_COUNT"] == 0
        assert call("assignowners", GRID=numbers, COMMUNITIES=owner)["PROBLEM_COUNT"] == 0
        assert set(out(tmp_path)["CommCode"]) == {FIRST}
        zones = str(tmp_path / "zones.gpkg")
        assert call("responsibilitygrids", GRID=numbers, COUNT=2, ZONES=zones)["ZONE_COUNT"] == 2


def test_curves_and_surfaces_become_polygons() -> None:
    circle = "CurvePolygon(CircularString(-10 0, 10 0, -10 0))"
    layer = memory([QgsGeometry.fromWkt(circle)], "CurvePolygon")
    assert frame_from_source(layer).geometry[0].area == pytest.approx(np.pi * 100, rel=1e-3)
    mixed = _Source(memory([], "CurvePolygon"), f"GeometryCollection({circle})")
    assert frame_from_source(mixed).geometry[0].area == pytest.approx(np.pi * 100, rel=1e-3)
    for kind, wkt in (
        ("TIN", "TIN(((0 0,1 0,1 1,0 0)),((0 0,1 1,0 1,0 0)))"),
        ("PolyhedralSurface", "PolyhedralSurface(((0 0,1 0,1 1,0 0)),((0 0,1 1,0 1,0 0)))"),
        ("TINZ", "TIN Z(((0 0 1,1 0 1,1 1 2,0 0 1)),((0 0 1,1 1 2,0 1 2,0 0 1)))"),
        ("Triangle", "Triangle((0 0,2 0,0 1,0 0))"),
    ):
        assert frame_from_source(_Source(memory([], kind), wkt)).geometry[0].area == pytest.approx(1)


class _Source:
    """A layer of one feature of any geometry, which a memory layer would convert."""

    def __init__(self, layer: QgsVectorLayer, wkt: str) -> None:
        self._layer, self._wkt = layer, wkt

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the layer has
        return getattr(self._layer, name)

    def getFeatures(self, _request: object) -> list[QgsFeature]:  # noqa: N802 - QGIS names it
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(self._wkt))
        return [feature]


def test_a_field_named_geometry_is_kept(call: Call, tmp_path: Path) -> None:
    layer = memory([QgsGeometry.fromWkt(square(0, 0).wkt)], fields="&field=geometry:string(20)")
    layer.startEditing()
    layer.changeAttributeValue(1, 0, "东社区")
    layer.commitChanges()
    assert list(frame_from_source(layer)["geometry_source"]) == ["东社区"]
    call("createunitgrid", COMMUNITIES=layer, COMMUNITY_NAME_FIELD="geometry", DISTRICT_CODE="320706")
    assert set(out(tmp_path)["CommName"]) == {"东社区"}


def test_a_ring_of_two_points_is_no_area(call: Call) -> None:
    two_points = struct.pack("<I4d", 2, WEST + 9, SOUTH + 9, WEST + 18, SOUTH + 18)
    corners = shapely.get_coordinates(square(0, 0))
    outline = struct.pack(f"<I{corners.size}d", len(corners), *corners.ravel())
    broken = struct.pack("<BII", 1, 3, 1) + two_points
    mixed = struct.pack("<BII", 1, 6, 2) + struct.pack("<BII", 1, 3, 2) + outline + two_points + broken
    geometries = [QgsGeometry(), QgsGeometry()]
    for geometry, wkb in zip(geometries, (mixed, broken), strict=True):
        geometry.fromWkb(wkb)
    layer = memory(geometries, "MultiPolygon")
    assert frame_from_source(layer).geometry[0].area == pytest.approx(90_000)
    log = Log()
    assert call("createunitgrid", log, COMMUNITIES=layer, DISTRICT_CODE="320706")["COMMUNITY_COUNT"] == 1
    assert any("1 rows have no area and were left out (rows 2)" in line for line in log.said)


def test_a_coordinate_that_is_no_number_is_no_area(call: Call) -> None:
    corners = [(WEST, SOUTH), (WEST + 300, SOUTH), (np.nan, SOUTH + 300), (WEST, SOUTH)]
    log = Log()
    frame = communities(square(0, 0), shapely.Polygon(corners))
    assert call("createunitgrid", log, COMMUNITIES=frame, DISTRICT_CODE="320706")["COMMUNITY_COUNT"] == 1
    assert any("(rows 2)" in line for line in log.said)
    grid = lattice(3, 1)
    grid.loc[2, "geometry"] = shapely.Polygon(corners)
    owner = communities(square(0, 0)).assign(CommCode=FIRST)
    assert call("assignowners", GRID=grid, COMMUNITIES=owner)["GRID_COUNT"] == 2
    assert call("checkunitgrid", GRID=grid, COMMUNITIES=owner)["ERROR_COUNT"] == 2  # no outline, and a gap


def test_a_speck_is_no_community(call: Call) -> None:
    speck = shapely.box(WEST, SOUTH, WEST + 1e-6, SOUTH + 1e-6)
    with pytest.raises(QgsProcessingException, match="“COMMUNITIES” holds no usable record"):
        call("createunitgrid", COMMUNITIES=communities(speck), DISTRICT_CODE="320706")
    log = Log()
    frame = communities(speck, square(0, 0))
    assert call("createunitgrid", log, COMMUNITIES=frame, DISTRICT_CODE="320706")["COMMUNITY_COUNT"] == 1
    assert any("(rows 1)" in line for line in log.said)


def test_a_crossing_cell_is_mended(call: Call, tmp_path: Path) -> None:
    grid = lattice(3, 2)
    x, y = WEST, SOUTH
    grid.loc[0, "geometry"] = shapely.Polygon([(x, y), (x + 100, y + 100), (x + 100, y), (x, y + 100)])
    owner = communities(square(0, 0)).assign(CommCode=FIRST)
    for name, more in (
        ("assignowners", {"COMMUNITIES": owner}),
        ("responsibilitygrids", {"COUNT": 2, "ZONES": str(tmp_path / "zones.gpkg")}),
    ):
        log = Log()
        call(name, log, GRID=grid, **more)
        assert any("1 rows of the grid had invalid outlines and were repaired" in line for line in log.said)
        assert out(tmp_path).is_valid.all()
        assert len(out(tmp_path)) == 6


@pytest.mark.parametrize("name", ["assignowners", "checkunitgrid", "responsibilitygrids"])
def test_a_grid_of_points_is_refused(call: Call, tmp_path: Path, name: str) -> None:
    grid = lattice(2, 1)
    points = grid.set_geometry(grid.centroid)
    owner = communities(square(0, 0)).assign(CommCode=FIRST)
    with pytest.raises(QgsProcessingException, match="“GRID” has no polygon geometries"):
        call(name, GRID=points, COMMUNITIES=owner, ZONES=str(tmp_path / "zones.gpkg"))


def test_workloads_that_are_none(call: Call, tmp_path: Path) -> None:
    zones = str(tmp_path / "zones.gpkg")
    grid = lattice(4, 1).assign(load=[1.0, np.nan, -5.0, 2.0], word="x", huge=[1e308, 1e308, 1.0, np.inf])
    log = Log()
    call("responsibilitygrids", log, GRID=grid, WORKLOAD="load", COUNT=2, ZONES=zones)
    assert any(line.startswith("2 unit grids have no workload") for line in log.said)
    assert out(tmp_path, "zones")["Workload"].sum() == 3
    with pytest.raises(QgsProcessingException, match="“word” holds no numbers"):
        call("responsibilitygrids", GRID=grid, WORKLOAD="word", COUNT=2, ZONES=zones)
    with pytest.raises(QgsProcessingException, match=r"WORKLOAD \(huge\) is 1e\+308, but must be 0 … 1e\+15"):
        call("responsibilitygrids", GRID=grid, WORKLOAD="huge", COUNT=2, ZONES=zones)


def test_workload_layers_without_places(call: Call, tmp_path: Path) -> None:
    more = {"GRID": lattice(4, 1), "COUNT": 2, "ZONES": str(tmp_path / "zones.gpkg")}
    table = QgsVectorLayer("None?field=a:string", "table", "memory")
    with pytest.raises(QgsProcessingException, match="“table” has no point geometries"):
        call("responsibilitygrids", WORKLOAD_LAYERS=[table], **more)
    with pytest.raises(QgsProcessingException, match="Could not load source layer for WORKLOAD_LAYERS"):
        call("responsibilitygrids", WORKLOAD_LAYERS=[str(tmp_path / "missing.gpkg")], **more)
    places = tmp_path / "places.gpkg"
    points = [None, shapely.Point(np.nan, np.nan), shapely.Point(WEST + 100, SOUTH + 50)]
    gpd.GeoDataFrame(geometry=points, crs=CRS).to_file(places)
    log = Log()
    call("responsibilitygrids", log, WORKLOAD_LAYERS=[str(places)], **more)
    assert any(line.startswith("2 objects of “places” have no place") for line in log.said)
    assert out(tmp_path, "zones")["Workload"].sum() == 1
    gpd.GeoDataFrame(geometry=points[:2], crs=CRS).to_file(places)
    call("responsibilitygrids", WORKLOAD_LAYERS=[str(places)], **more)
    assert out(tmp_path, "zones")["Workload"].sum() == 0


@pytest.mark.parametrize("coded", [True, False])
def test_the_order_of_the_cells_decides_nothing(coded: bool) -> None:
    rng = np.random.default_rng(3)
    grid = lattice(9, 8)
    if not coded:
        grid = grid.drop(columns="BGID")
    grid["load"] = rng.integers(0, 50, len(grid)).astype(float)
    plan = responsibility_grids(grid, 7, grid["load"].to_numpy(), seed=5)
    order = rng.permutation(len(grid))
    mixed = grid.iloc[order].reset_index(drop=True)
    other = responsibility_grids(mixed, 7, mixed["load"].to_numpy(), seed=5)
    assert list(other.cells["load"]) == list(mixed["load"])
    assert list(other.cells["RGID"]) == list(plan.cells["RGID"].to_numpy()[order])
    assert shapely.equals(other.zones.geometry.to_numpy(), plan.zones.geometry.to_numpy()).all()


def test_metres_said_to_be_degrees_and_the_other_way_round(call: Call) -> None:
    metres = communities(square(0, 0), square(1, 0))
    degrees = metres.to_crs(4326)
    for frame in (metres.set_crs(4326, allow_override=True), degrees.set_crs(CRS, allow_override=True)):
        for method in (0, 1):
            with pytest.raises(QgsProcessingException, match="do not fit their coordinate reference system"):
                call("createunitgrid", COMMUNITIES=frame, DISTRICT_CODE="320706", METHOD=method)
        with pytest.raises(QgsProcessingException, match="do not fit their coordinate reference system"):
            call("checkunitgrid", GRID=frame, COMMUNITIES=metres)


def test_a_stray_community_does_not_choose_the_system(call: Call, tmp_path: Path) -> None:
    town = [square(column, 0) for column in range(3)]
    frame = communities(*town).to_crs(4326)
    stray = (
        communities(*town, shapely.box(0, 0, 1, 1))
        .to_crs(4326)
        .set_geometry([*frame.geometry, shapely.box(0, 0, 0.01, 0.01)], crs=4326)
    )
    call("createunitgrid", COMMUNITIES=frame, DISTRICT_CODE="320706")
    expected = out(tmp_path).crs
    call("createunitgrid", COMMUNITIES=stray, DISTRICT_CODE="320706")
    assert out(tmp_path).crs == expected


def previous_of(call: Call, tmp_path: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Communities with codes, and their first grid."""
    town = communities(square(0, 0), square(1, 0)).assign(CommCode=[FIRST, SECOND], StrCode="320706001")
    call("createunitgrid", COMMUNITIES=town, DATE="20250101")
    return town, out(tmp_path)


@pytest.mark.parametrize("none", ["", "0", "00000000", "NULL", 0, 0.0, None])
def test_an_end_date_without_a_date_closes_nothing(call: Call, tmp_path: Path, none: object) -> None:
    town, first = previous_of(call, tmp_path)
    call("createunitgrid", COMMUNITIES=town, PREVIOUS_GRID=first.assign(CHDate=none), DATE="20260101")
    again = out(tmp_path)
    assert again["BGID"].tolist() == first["BGID"].tolist()
    assert set(again["CHDate"]) <= {"", None}


def test_a_previous_grid_in_a_false_system(call: Call, tmp_path: Path) -> None:
    town, first = previous_of(call, tmp_path)
    for crs in (4326, 4526):
        with pytest.raises(QgsProcessingException, match="do not fit their coordinate reference system"):
            call("createunitgrid", COMMUNITIES=town, PREVIOUS_GRID=first.set_crs(crs, allow_override=True))


def test_a_previous_grid_as_postgis_names_its_fields(call: Call, tmp_path: Path) -> None:
    town, first = previous_of(call, tmp_path)
    names = {name: name.lower() for name in first.columns}
    call("createunitgrid", COMMUNITIES=town, PREVIOUS_GRID=first.rename(columns=names), DATE="20260101")
    assert out(tmp_path).drop(columns="geometry").equals(first.drop(columns="geometry"))
    with pytest.raises(QgsProcessingException, match="“PREVIOUS_GRID” has no field “BGID”"):
        call("createunitgrid", COMMUNITIES=town, PREVIOUS_GRID=first.rename(columns={"BGID": "BGID_1"}))


def test_what_becomes_of_a_previous_grid_is_said(call: Call, tmp_path: Path) -> None:
    town, first = previous_of(call, tmp_path)
    log = Log()
    call("createunitgrid", log, COMMUNITIES=town.iloc[:1], PREVIOUS_GRID=first)
    count = int((first["CommCode"] == SECOND).sum())
    assert any(f"{count} current cells of the previous grid are of communities" in line for line in log.said)
    log = Log()
    empty = memory([], fields="&field=BGID:string")
    call("createunitgrid", log, COMMUNITIES=town, PREVIOUS_GRID=empty)
    assert any("has no row" in line for line in log.said)


def test_a_grid_whose_codes_are_all_empty_is_said(call: Call) -> None:
    town = communities(square(0, 0)).assign(CommCode=FIRST)
    log = Log()
    call("checkunitgrid", log, GRID=lattice(5, 5).assign(BGID=None), COMMUNITIES=town)
    assert any("codes were not checked" in line for line in log.said)
