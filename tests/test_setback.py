"""``citygrid:checksetback``: what stands within the distance of a river, against other ways of measuring."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProject,
    QgsVectorLayer,
)

from citygrid_plugin.core.owners.setback import (
    NAMES,
    RiverRule,
    Waters,
    limits,
    parse_classes,
)
from citygrid_plugin.processing.owners import check_setback
from citygrid_plugin.processing.provider import CityGridProvider

from .test_bad_input import CRS, SOUTH, WEST, Log, square

Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(provider: CityGridProvider, tmp_path: Path) -> Call:
    """Run checksetback as the toolbox does; tables of Python are written to files first."""

    def start(log: Log | None = None, **given: Any) -> dict[str, Any]:  # noqa: ANN401
        inputs = {"OUTPUT": str(tmp_path / "out.gpkg")} | given
        for key, value in inputs.items():
            if isinstance(value, gpd.GeoDataFrame):
                inputs[key] = str(tmp_path / f"{key}.gpkg")
                value.to_file(inputs[key])
        inputs["WATER"] = inputs["WATER"] if isinstance(inputs["WATER"], list) else [inputs["WATER"]]
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm("checksetback").create()
        good, message = algorithm.checkParameterValues(inputs, context)
        assert good, message
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        return results

    return start


def out(tmp_path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(tmp_path / "out.gpkg")


def frame(*geometries: shapely.Geometry | None, **columns: object) -> gpd.GeoDataFrame:
    """Geometries whose coordinates are metres from a corner."""
    moved = [None if g is None else shapely.affinity.translate(g, WEST, SOUTH) for g in geometries]
    return gpd.GeoDataFrame(columns, geometry=moved, index=range(len(geometries)), crs=CRS)


def points(*xy: tuple[float, float]) -> gpd.GeoDataFrame:
    return frame(*map(shapely.Point, xy), ID=[str(number) for number in range(len(xy))])


RIVER = shapely.box(0, 0, 1000, 50)


# The rules


def test_distances_rules_and_the_grid(call: Call, tmp_path: Path) -> None:
    """Five points north of a navigable river, and a brook whose limit is broken by more."""
    waters = frame(
        RIVER, shapely.LineString([(600, 100), (900, 100)]), name=["长江", "小溪"], class_=["通航", None]
    ).rename(columns={"class_": "等级"})
    spots = points((100, 75), (100, 80), (100, 25), (700, 78), (700, 92), (100, 500))
    grid = gpd.GeoDataFrame(
        {"BGID": ["320706001001001", "320706001001002"], "Owner": ["张三", "李四"], "CHDate": [None, None]},
        geometry=[square(0, 0, 500), square(1, 0, 500)],
        crs=CRS,
    )
    report = tmp_path / "report.html"
    results = call(INPUT=spots, WATER=waters, RIVER_CLASS_FIELD="等级", GRID=grid, REPORT=str(report))
    found = out(tmp_path).set_index("ID")
    assert found.index.tolist() == ["0", "2", "3", "4"]  # 30 m away is far enough
    assert found["Distance"].tolist() == [25, 0, 28, 8]
    assert found["Rule"].tolist() == ["navigable", "navigable", "navigable", "national"]
    assert found["Limit"].tolist() == [30, 30, 30, 10]
    assert found["Water"].tolist() == ["长江", "长江", "长江", "小溪"]
    assert found["Owner"].tolist() == ["张三", "张三", "李四", "李四"]
    assert found["BGID"].str[-1].tolist() == ["1", "1", "2", "2"]
    assert (results["FEATURE_COUNT"], results["WITHIN_COUNT"], results["IN_WATER_COUNT"]) == (6, 4, 1)
    assert "张三" in report.read_text(encoding="utf-8")
    # All distances are settings, and 0 switches a rule off.
    assert call(INPUT=spots, WATER=waters, RIVER_CLASS_FIELD="等级", NAVIGABLE=0)["WITHIN_COUNT"] == 1
    assert call(INPUT=spots, WATER=waters, NATIONAL=20)["WITHIN_COUNT"] == 2
    assert call(INPUT=spots, WATER=waters, DEFAULT_RULE=2, NAVIGABLE=60)["WITHIN_COUNT"] == 5


def test_classes_of_a_citys_own(call: Call, tmp_path: Path) -> None:
    waters = frame(RIVER, shapely.box(0, 2000, 1000, 2050), kind=["一级", "六级"])
    spots = points((10, 95), (10, 1985))
    log = Log()
    call(
        log, INPUT=spots, WATER=waters, RIVER_CLASS_FIELD="kind", CLASSES='{"一级": 50, "二级": "城市"}', DEFAULT_RULE=1
    )
    found = out(tmp_path)
    assert found["Rule"].tolist() == ["一级", "city"]
    assert found["Distance"].tolist() == [45, 15]
    assert any("六级 (1)" in line for line in log.said)
    for text in ("{", "[]", '{"一级": -1}', '{"一级": true}', '{"一级": "far"}', '{"一级": 1e9}', '{"一级": NaN}'):
        with pytest.raises(QgsProcessingException, match="The river classes cannot be used"):
            call(INPUT=spots, WATER=waters, RIVER_CLASS_FIELD="kind", CLASSES=text)
    with pytest.raises(QgsProcessingException, match="has no field “grade”"):
        call(INPUT=spots, WATER=waters, RIVER_CLASS_FIELD="grade")


def test_words_for_rules() -> None:
    words = ["", "国家", "city", "（通航）", "navigable", "－·"]
    found = limits(words, parse_classes('{"city": 7}'))
    assert found.distance.tolist() == [10, 10, 7, 30, 30, 10]
    assert found.rule.tolist() == ["national", "national", "city", "navigable", "navigable", "national"]
    assert not found.unknown
    assert list(NAMES) == list(RiverRule)


# Geometry


def test_lines_with_and_without_a_width(call: Call, tmp_path: Path) -> None:
    waters = frame(*[shapely.LineString([(0, y), (100, y)]) for y in (0, 1000, 2000)], width=["20", None, "wide"])
    spots = points((50, 15), (50, 8), (50, 1015), (50, 1008), (50, 2012))
    log = Log()
    call(log, INPUT=spots, WATER=waters, WIDTH_FIELD="width")
    assert out(tmp_path).set_index("ID")["Distance"].to_dict() == {"0": 5, "1": 0, "3": 8}
    assert any("2 waters are lines without a width" in line for line in log.said)


def test_any_geometry_comes_out_as_it_went_in(call: Call, tmp_path: Path) -> None:
    """Mixed, crossing, with heights, null, empty; in degrees, with the waters in another system."""
    bow = shapely.Polygon([(0, 55), (20, 75), (20, 55), (0, 75)])
    shapes = frame(
        shapely.Point(5, 55, 12.5), bow, shapely.LineString([(0, 500), (0, 58)]), None, shapely.Point(),
        shapely.Point(0, 99), shapely.MultiPoint([(0, 900), (0, 57)]), Distance=list("abcdefg"),
    ).to_crs(4490)  # fmt: skip
    spots = tmp_path / "mixed.geojson"
    pyogrio.write_dataframe(shapes, spots, driver="GeoJSON")
    water = frame(RIVER).to_crs(3857)
    results = call(INPUT=str(spots), WATER=water)
    found = out(tmp_path)
    assert found["Distance_source"].tolist() == ["a", "b", "c", "g"]
    assert np.allclose(found["Distance"], [5, 5, 8, 7], atol=0.01)
    assert results["UNPLACED_COUNT"] == 2
    given = shapes.geometry.iloc[[0, 1, 2, 6]].to_numpy()
    assert shapely.equals_exact(found.geometry.to_numpy(), given, 1e-8).all()
    assert found.geometry.iloc[0].z == 12.5
    layer = call(INPUT=str(spots), WATER=water, OUTPUT=QgsProcessing.TEMPORARY_OUTPUT)["OUTPUT"]
    assert layer  # a mixture goes where a mixture can


def test_measures_curves_surfaces_and_points_with_m(call: Call, tmp_path: Path) -> None:
    layer = QgsVectorLayer(f"PointZM?crs={CRS}", "m", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromWkt(f"PointZM ({WEST} {SOUTH + 15} 3 7)"))
    layer.dataProvider().addFeature(feature)
    river = QgsVectorLayer(f"CompoundCurve?crs={CRS}", "river", "memory")
    curve = f"CompoundCurve(CircularString({WEST - 10} {SOUTH}, {WEST} {SOUTH + 10}, {WEST + 10} {SOUTH}))"
    feature.setGeometry(QgsGeometry.fromWkt(curve))
    river.dataProvider().addFeature(feature)
    call(INPUT=layer, WATER=[river])
    assert out(tmp_path)["Distance"].iloc[0] == pytest.approx(5, abs=0.01)


def test_islands_and_inner_limits(call: Call, tmp_path: Path) -> None:
    """On an island the distance is that to its shore; the cut between two pieces of a river is no shore."""
    west, east = shapely.box(0, 0, 500, 200), shapely.box(500, 0, 1000, 200)
    island = shapely.box(100, 50, 200, 150)
    spots = points((150, 100), (150, 55), (490, 100), (500, 215))
    call(INPUT=spots, WATER=frame(west.difference(island), east), DEFAULT_RULE=1)
    assert out(tmp_path).set_index("ID")["Distance"].to_dict() == {"1": 5, "2": 0, "3": 15}


@pytest.mark.parametrize("geometry", [shapely.Point(0, 0), None])
def test_waters_that_are_none(call: Call, geometry: shapely.Geometry | None) -> None:
    water = frame(geometry, None if geometry is not None else shapely.LineString([(500, 0), (600, 0)]))
    if geometry is None:
        assert call(INPUT=points((0, 0)), WATER=water)["WITHIN_COUNT"] == 0
    else:
        with pytest.raises(QgsProcessingException, match="has no line or polygon geometries"):
            call(INPUT=points((0, 0)), WATER=water)


COORDINATE = st.integers(0, 60)
XY = st.tuples(COORDINATE, COORDINATE)
LINES = st.lists(XY, min_size=2, max_size=40, unique=True).map(shapely.LineString)
BOXES = st.tuples(XY, st.integers(1, 30), st.integers(1, 30)).map(
    lambda made: shapely.box(*made[0], made[0][0] + made[1], made[0][1] + made[2])
)
SHAPES = st.lists(st.one_of(XY.map(shapely.Point), LINES, BOXES), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(SHAPES, st.lists(st.tuples(st.one_of(LINES, BOXES), st.integers(0, 25), st.integers(0, 4)), max_size=4))
def test_nothing_near_is_missed(things: list[Any], given_waters: list[tuple[Any, int, int]]) -> None:
    """Each thing against each water as a whole, by shapely's plain distance."""
    water = np.array([geometry for geometry, *_ in given_waters], dtype=object)
    distance = np.array([limit for _, limit, _ in given_waters], dtype=float)
    half = np.array([width if shapely.get_dimensions(g) == 1 else 0 for g, _, width in given_waters], dtype=float)
    near = Waters(water, distance, half).near(np.array(things, dtype=object))
    expected = {}
    for number, thing in enumerate(things):
        metres = [round(max(thing.distance(g) - wide, 0.0), 3) for g, wide in zip(water, half, strict=True)]
        broken = [(metre - limit, metre, at) for at, (metre, limit) in enumerate(zip(metres, distance, strict=True))]
        worst = min((entry for entry in broken if entry[0] < 0), default=None)
        if worst is not None:
            expected[number] = worst[1:]
    assert dict(zip(near.row.tolist(), zip(near.distance, near.water, strict=True), strict=True)) == expected


def test_features_are_taken_in_parts(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are in memory at a time, the result is the same."""
    spots = points(*((float(x), 50 + x % 23) for x in range(0, 1000, 3)))
    call(INPUT=spots, WATER=frame(RIVER))
    whole = out(tmp_path)
    monkeypatch.setattr(check_setback, "_CHUNK", 17)
    call(INPUT=spots, WATER=frame(RIVER))
    assert len(whole) > 100
    pd.testing.assert_frame_equal(whole, out(tmp_path))


def test_nothing_near_is_an_empty_layer_of_the_same_kind(call: Call, tmp_path: Path) -> None:
    call(INPUT=frame(shapely.box(0, 500, 10, 510), ID="a"), WATER=frame(RIVER))
    info = pyogrio.read_info(tmp_path / "out.gpkg")
    assert (info["features"], info["geometry_type"]) == (0, "MultiPolygon")
    assert {"ID", "Distance", "Limit", "Rule", "Water"} <= set(info["fields"])


def test_cancelled(call: Call, tmp_path: Path) -> None:
    call(Log(cancel_at=20), INPUT=points((0, 55)), WATER=frame(RIVER))
    assert not (tmp_path / "out.gpkg").exists()


# Real waters


def test_real_waters_measured_on_the_ellipsoid(call: Call, tmp_path: Path, real_data: Path) -> None:
    """Shenzhen's streets near its waters: each distance is the geodesic one between the nearest points."""
    osm = real_data / "roads" / "shenzhen_longgang.osm"
    layers = [f"{osm}|layername=lines", f"{osm}|layername=multipolygons"]
    roads = pyogrio.read_dataframe(osm, layer="lines")
    roads = roads[roads["highway"].notna()][["osm_id", "geometry"]]
    log = Log()
    call(log, INPUT=roads, WATER=layers, DEFAULT_RULE=2, NAVIGABLE=300)
    found = out(tmp_path)
    assert len(found) > 20
    assert any("are no waters by their OpenStreetMap tags" in line for line in log.said)
    lines, areas = (pyogrio.read_dataframe(osm, layer=name) for name in ("lines", "multipolygons"))
    pool = areas["other_tags"].fillna("").str.contains("pool")  # no water that a setback is kept from
    areas = areas[(areas["natural"] == "water") & ~pool]
    water = np.r_[lines.geometry[lines["waterway"].notna()].to_numpy(), areas.geometry.to_numpy()]
    geod = pyproj.Geod(ellps="WGS84")
    # Nearest points in degrees stretched to be about as long in both directions.
    stretch = np.cos(np.radians(found.geometry.iloc[0].centroid.y))

    def metres(one: shapely.Geometry) -> float:
        flat = shapely.transform(one, lambda xy: xy * [stretch, 1])
        several = [shapely.shortest_line(flat, shapely.transform(w, lambda xy: xy * [stretch, 1])) for w in water]
        shortest = min(several, key=lambda line: line.length)
        (x1, y1), (x2, y2) = shortest.coords
        return geod.inv(x1 / stretch, y1, x2 / stretch, y2)[2]

    sample = found.iloc[:: max(len(found) // 25, 1)]
    expected = [metres(geometry) for geometry in sample.geometry]
    assert np.allclose(sample["Distance"], expected, rtol=0.002, atol=0.05)
