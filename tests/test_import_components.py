"""``citygrid:importcomponents`` as a user runs it: through qgis_process, and on layers of a project."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fiona
import geopandas as gpd
import numpy as np
import pytest
import shapely
from headless import Headless

from .conftest import SAMPLE
from .killed import kill_writer

if TYPE_CHECKING:
    from qgis.core import QgsProcessingFeedback

    from citygrid_plugin.processing.provider import CityGridProvider

pytestmark = [
    pytest.mark.real_qgis,
    pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed"),
]
OFFSET = np.array([500_000, 3_830_000])
IMPORT = "citygrid:importcomponents"
MANIFEST = json.loads((SAMPLE / "manifest.json").read_text(encoding="utf-8"))


def balanced(results: dict[str, Any]) -> bool:
    taken = results["ACCEPTED_COUNT"] + results["REJECTED_COUNT"] + results["SKIPPED_COUNT"]
    return results["READ_COUNT"] == taken


def components_target(workspace: Path) -> str:
    return f'ogr:dbname="{workspace}" table="components" (geom)'


@pytest.mark.real_data
def test_hydrants_of_taichung(headless: Headless, real_data: Path, tmp_path: Path) -> None:
    """6,328 messy records against the villages of their city: every one is accounted for."""
    villages = gpd.read_file(real_data / "boundaries" / "taiwan_villages-10t.topojson", layer="villages").set_crs(4326)
    villages = villages[villages["COUNTYNAME"] == "台中市"].drop(columns="id", errors="ignore")
    villages.to_file(tmp_path / "villages.gpkg")
    headless.run(
        "citygrid:createunitgrid",
        COMMUNITIES=tmp_path / "villages.gpkg", DISTRICT_CODE="660000", CELL_AREA=1_000_000,
        OUTPUT=tmp_path / "grid.gpkg",
    )  # fmt: skip
    source = real_data / "furniture" / "rtsai_hydrants.geojson"
    step = headless.run(
        IMPORT,
        INPUT=source, GRID=tmp_path / "grid.gpkg", MAPPING='{"ClassCode": {"value": "0113"}, "ObjName": "消防栓編號"}',
        OUTPUT=tmp_path / "components.gpkg", REJECTED=tmp_path / "rejected.gpkg", REPORT=tmp_path / "report.html",
    )  # fmt: skip
    features = json.loads(source.read_text(encoding="utf-8"))["features"]
    assert step.results["READ_COUNT"] == len(features) == 6328
    assert balanced(step.results)

    # An independent count in another projection: places inside the villages, and how often each occurs.
    city = villages.to_crs(3826).geometry.make_valid().union_all()
    places = Counter(tuple(f["geometry"]["coordinates"][:2]) for f in features if f["geometry"])
    points = gpd.GeoSeries(shapely.points(list(places)), crs=4326).to_crs(3826)
    inside = dict(zip(places, points.intersects(city), strict=True))
    assert step.results["ACCEPTED_COUNT"] == sum(inside.values())
    assert step.results["SKIPPED_COUNT"] == sum(count - 1 for place, count in places.items() if inside[place])

    taken = gpd.read_file(tmp_path / "components.gpkg")
    rejected = gpd.read_file(tmp_path / "rejected.gpkg")
    assert (len(taken), len(taken) + len(rejected)) == (step.results["ACCEPTED_COUNT"], 6328)
    assert set(taken["ClassName"]) == {"消防设施"}
    assert taken["ObjID"].is_unique
    assert taken["ObjID"].str.fullmatch(r"6600000113\d{6}").all()
    grid = gpd.read_file(tmp_path / "grid.gpkg").set_index("BGID").geometry
    assert (grid.loc[taken["BGID"]].distance(taken.geometry, align=False) < 1e-6).all()
    assert set(rejected["Reason"]) <= {"outside_grid", "duplicate", "no_geometry"}
    assert "消防栓位置" in rejected.columns
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "6,328" in report
    assert "corroborated" in report
    assert "加气站" in report


def test_deliveries_add_up_in_one_workspace(headless: Headless, tmp_path: Path) -> None:
    grid = tmp_path / "grid.gpkg"
    headless.run("citygrid:createunitgrid", COMMUNITIES=SAMPLE / "communities.gpkg", OUTPUT=grid)
    workspace, expected = tmp_path / "workspace.gpkg", 0
    layer = f"{workspace}|layername=components"
    for entry in MANIFEST["deliveries"].values():
        source = SAMPLE / entry["file"]
        step = headless.run(
            IMPORT, INPUT=source, GRID=grid, EXISTING=layer if expected else None, OUTPUT=components_target(workspace)
        )
        assert step.results["READ_COUNT"] == entry["rows"]
        assert balanced(step.results)
        expected += step.results["ACCEPTED_COUNT"]
    frame = gpd.read_file(workspace, layer="components")
    assert len(frame) == expected
    assert frame["ObjID"].is_unique
    assert set(frame.geom_type) == {"Point"}
    before = workspace.read_bytes()
    dry = headless.run(
        IMPORT, INPUT=source, GRID=grid, EXISTING=layer, DRY_RUN=True, OUTPUT=components_target(workspace),
        REJECTED=tmp_path / "rejected.gpkg",
    )  # fmt: skip
    assert (dry.results["ACCEPTED_COUNT"], "OUTPUT" in dry.results) == (0, False)
    assert workspace.read_bytes() == before
    assert len(gpd.read_file(tmp_path / "rejected.gpkg")) == dry.results["READ_COUNT"]


def run_here(
    project_layers: Sequence[Any] = (), feedback: QgsProcessingFeedback | None = None, **parameters: object
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Run in this process; the results, and the layers of the memory outputs as lists of rows."""
    from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject  # noqa: PLC0415

    from citygrid_plugin.processing.census.import_components import ImportComponents  # noqa: PLC0415

    project, context = QgsProject(), QgsProcessingContext()
    project.addMapLayers(project_layers)
    context.setProject(project)
    values = {"DISTRICT_CODE": "320706", "OUTPUT": "memory:", "REJECTED": "memory:"} | parameters
    results, _ = ImportComponents().create().run(values, context, feedback or QgsProcessingFeedback(), {}, False)
    rows = {
        name: [
            dict(zip(f.fields().names(), f.attributes(), strict=True)) | {"wkt": f.geometry().asWkt(3)}
            for f in context.getMapLayer(results[name]).getFeatures()
        ]
        for name in ("OUTPUT", "REJECTED")
        if values[name] == "memory:" and context.getMapLayer(results.get(name, "")) is not None
    }
    return results, rows


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_bad_input_is_one_sentence(tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException  # noqa: PLC0415

    table = tmp_path / "survey.csv"
    table.write_text("what,经度,纬度\nlamp,119.2,34.6\n", encoding="utf-8")
    good = {"INPUT": str(table), "MAPPING": '{"ClassCode": {"value": "0118"}}', "OUTPUT": str(tmp_path / "out.gpkg")}
    cases = (
        ({"MAPPING": ""}, "No column of “survey.csv” holds the class.*what, 经度, 纬度"),
        ({"MAPPING": '{"ClassCode": "部件代码"}'}, "no field “部件代码”"),
        ({"MAPPING": '{"ClassKode": "what"}'}, "“ClassKode” is none of"),
        ({"MAPPING": str(tmp_path / "none.json")}, "cannot be read"),
        ({"DISTRICT_CODE": ""}, "DISTRICT_CODE"),
        ({"EXTENSION": str(table)}, "no field “code”"),
        ({"OUTPUT": str(tmp_path / "nowhere" / "out.gpkg")}, "cannot be written"),
    )
    for changes, sentence in cases:
        with pytest.raises(QgsProcessingException, match=sentence):
            run_here(**(good | changes))
        assert not (tmp_path / "out.gpkg").exists()
    mapping = tmp_path / "mapping.json"
    mapping.write_text('\ufeff{"ClassCode": {"field": "what", "values": {"lamp": "0118"}}}', encoding="utf-8")
    results, _ = run_here(**(good | {"MAPPING": str(mapping), "SOURCE_DATUM": 1}))
    assert results["ACCEPTED_COUNT"] == 1
    moved = gpd.read_file(results["OUTPUT"]).to_crs(4490).geometry[0]
    assert 300 < moved.distance(shapely.Point(119.2, 34.6)) * 100_000 < 900


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_delivery_of_one_community_need_not_close_the_others(tmp_path: Path) -> None:
    rows = ["小类代码,标识码,单元网格编码,经度,纬度"]
    rows += [f"0118,320706011800000{n},32070600100{n}001,{119 + n / 100},34.6" for n in (1, 2)]
    both, one = tmp_path / "both.csv", tmp_path / "one.csv"
    both.write_text("\n".join(rows), encoding="utf-8")
    one.write_text("\n".join(rows[:2]).replace("119.01", "119.01001"), encoding="utf-8")  # 0.9 m to the east
    known = str(tmp_path / "known.gpkg")
    run_here(INPUT=str(both), OUTPUT=known)
    update = {"INPUT": str(one), "EXISTING": known, "UPDATE": 2, "DATE": "20261123", "CHANGES": "memory:"}
    for covered, moved, expected in ((0, None, ["", "20261123"]), (1, 2.0, ["", ""]), (3, 2.0, ["", "20261123"])):
        results, after = run_here(**update, COVERED=covered, MOVE_DISTANCE=moved)
        assert [row["CHDate"] for row in after["OUTPUT"]] == expected
        assert results["ACCEPTED_COUNT"] == (moved is None)  # what has not moved says nothing new


@pytest.mark.usefixtures("qgis_processing")
@pytest.mark.parametrize("algorithm", ["importcomponents", "loadcases"])
def test_what_a_killed_writer_left_is_in_order_before_anybody_opens_it(
    tmp_path: Path, provider: CityGridProvider, algorithm: str
) -> None:
    from qgis.core import QgsProcessingContext, QgsProcessingFeatureSourceDefinition, QgsProject  # noqa: PLC0415

    path, context, project = tmp_path / "d.gpkg", QgsProcessingContext(), QgsProject()
    context.setProject(project)
    gpd.GeoDataFrame({"class_code": ["0118"]}, geometry=gpd.points_from_xy([119.2], [34.6]), crs=4490).to_file(path)
    source, step = f"{path}|layername=d", provider.algorithm(algorithm)
    definition = QgsProcessingFeatureSourceDefinition(source)
    for given in (str(path), source, definition):
        journal = kill_writer(path)
        good, said = step.checkParameterValues({"INPUT": given, "OUTPUT": "memory:"}, context)
        assert good, said
        assert not journal.exists()


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_points_lines_and_polygons_in_one_layer(tmp_path: Path) -> None:
    """A component is whatever it is: no geometry is changed to fit a layer's type, and none is cut."""
    shapes = [shapely.Point(0, 0), shapely.LineString([(0, 0), (9, 9)]), shapely.box(0, 0, 9, 9), None]
    shapes = [shapely.transform(s, lambda xy: xy + OFFSET) if s else None for s in shapes]
    frame = gpd.GeoDataFrame({"class_code": ["0118", "0211", "0405", "0118"]}, geometry=shapes, crs=4549)
    frame.to_file(tmp_path / "mixed.gpkg")
    for output in ("memory:", str(tmp_path / "out.gpkg")):
        results, rows = run_here(INPUT=str(tmp_path / "mixed.gpkg"), OUTPUT=output)
        assert (results["ACCEPTED_COUNT"], results["REJECTED_COUNT"]) == (3, 1)
        found = gpd.read_file(results["OUTPUT"]).geometry  # a memory layer holds one type only
        assert [shape.normalize() for shape in found] == [shape.normalize() for shape in shapes[:3]]
        assert rows["REJECTED"][0]["Detail"] == "The record has no place."


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_layers_of_a_project_are_read_from_their_files(tmp_path: Path) -> None:
    """QGIS opens a bare GBK shapefile as Latin-1 and turns 0118 into 118; the import does not."""
    from qgis.core import QgsFeature, QgsGeometry, QgsVectorLayer  # noqa: PLC0415

    def run(layer: QgsVectorLayer) -> tuple[int, list[dict[str, Any]]]:
        assert layer.isValid()
        results, rows = run_here([layer], INPUT=layer.id())
        return results["READ_COUNT"], rows["OUTPUT"]

    shapefile = QgsVectorLayer(str(SAMPLE / "components" / "survey_a.shp"), "a", "ogr")
    count, rows = run(shapefile)
    assert count == 2500
    with fiona.open(SAMPLE / "components" / "survey_a.shp", encoding="gbk") as source:
        owners = {row.properties["权属单位"] for row in source}
    assert {row["DeptName2"] for row in rows} == owners
    assert rows[0]["wkt"].startswith("Point (")

    shapefile = QgsVectorLayer(str(SAMPLE / "components" / "survey_a.shp"), "a", "ogr")
    shapefile.setProviderEncoding("GBK")
    shapefile.setSubsetString("\"部件代码\" = '0101'")
    count = shapefile.featureCount()
    assert 0 < count < 2500
    assert run(shapefile)[0] == count

    table = tmp_path / "b.csv"
    table.write_bytes("小类,ex,ny,名称\n0118,425000,3832000,路灯\n".encode("gbk"))
    uri = f"file://{table}?type=csv&detectTypes=yes&xField=ex&yField=ny&crs=EPSG:4549&encoding=UTF-8"
    _, rows = run(QgsVectorLayer(uri, "b", "delimitedtext"))
    assert [(row["ClassCode"], row["ObjName"], row["wkt"]) for row in rows] == [
        ("0118", "路灯", "Point (425000 3832000)")
    ]

    memory = QgsVectorLayer("LineString?crs=EPSG:4549&field=class_code:int", "c", "memory")
    feature = QgsFeature(memory.fields())
    feature.setAttributes([211])
    feature.setGeometry(QgsGeometry.fromWkt("LineString (0 0, 500000 0)"))
    memory.dataProvider().addFeatures([feature])
    _, rows = run(memory)
    assert [(row["ClassCode"], row["ClassName"]) for row in rows] == [("0211", "交通护栏")]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_layer_shows_what_is_read_of_it(tmp_path: Path) -> None:
    """One of the geometry types of a table, a computed field, a filter of the dialog: not simply the file."""
    from qgis.core import (  # noqa: PLC0415 - needs QGIS
        QgsField,
        QgsProcessingFeatureSourceDefinition,
        QgsVectorLayer,
    )
    from qgis.PyQt.QtCore import QMetaType  # noqa: PLC0415

    from citygrid_plugin.processing.exchange import frame_from_geopackage, own_file  # noqa: PLC0415

    path = tmp_path / "mixed.gpkg"
    shapes = [shapely.Point(*OFFSET), shapely.Point(*(OFFSET + 10)), shapely.LineString([OFFSET, OFFSET + 50])]
    frame = gpd.GeoDataFrame({"小类代码": ["0118", "0101", "0102"]}, geometry=shapes, crs=4549)
    frame.to_file(path, layer="mixed")
    points = QgsVectorLayer(f"{path}|layername=mixed|geometrytype=Point", "points", "ogr")
    assert points.featureCount() == 2
    assert own_file(points, "ogr") is None
    assert run_here([points], INPUT=points.id(), DISTRICT_CODE="320706")[0]["READ_COUNT"] == 2
    frame.iloc[2:].to_file(path, layer="second")
    by_number = QgsVectorLayer(f"{path}|layerid=1", "number", "ogr")
    assert run_here([by_number], INPUT=by_number.id(), DISTRICT_CODE="320706")[0]["READ_COUNT"] == 1

    frame.iloc[:2].to_file(tmp_path / "points.gpkg", layer="points")
    whole = QgsVectorLayer(f"{tmp_path / 'points.gpkg'}|layername=points", "whole", "ogr")
    read = frame_from_geopackage(whole, ["小类代码"])
    assert read is not None
    assert read["小类代码"].tolist() == ["0118", "0101"]
    whole.addExpressionField("'x'", QgsField("made", QMetaType.Type.QString))
    assert frame_from_geopackage(whole, ["made"]) is None

    some = QgsProcessingFeatureSourceDefinition(str(tmp_path / "points.gpkg"), False, -1)
    some.filterExpression = "\"小类代码\" = '0118'"
    assert run_here(INPUT=some, DISTRICT_CODE="320706")[0]["READ_COUNT"] == 1


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_findings_of_every_rule_have_their_sentence(tmp_path: Path) -> None:
    """Ids that repeat are a finding, and of a renewal a remark; the two sentences are not the same."""
    table = tmp_path / "BJ0118.csv"
    rows = (f"3207060118000001,{east},3830000" for east in (500_000, 500_100))
    table.write_text("obj_id,x,y\n" + "\n".join(rows), encoding="utf-8")
    values = {"FILES": [str(table)], "SOURCE_CRS": "EPSG:4549", "LEVELS": '{"id_repeated": "reject"}'}
    results, layers = run_here(**values, PROBLEMS=str(tmp_path / "problems.gpkg"))
    assert results["ACCEPTED_COUNT"] == 1
    assert layers["REJECTED"][0]["Detail"] == "The id 3207060118000001 is another component's already."
    assert len(gpd.read_file(tmp_path / "problems.gpkg")) == 1


def census_of(folder: Path) -> Path:
    """A folder with files of three shapes, one of them broken, and one in a zip."""
    import zipfile  # noqa: PLC0415

    folder.mkdir()
    (folder / "BJ0118.csv").write_text("x,y,obj_id\n500000,3830000,\n500050,3830000,\n,,\n", encoding="utf-8")
    (folder / "lids.csv").write_bytes("部件代码,经度,纬度,Row\n0101,119.2,34.6,7\n0199,119.21,34.61,8\n".encode("gbk"))
    (folder / "broken.shp").write_bytes(b"no shapefile")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("BJ0118.csv", "x,y,obj_id\n500050,3830000,\n500050.2,3830000,\n")
    return folder


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_folder_of_files_and_what_was_not_taken_of_them(tmp_path: Path) -> None:
    folder, workspace = census_of(tmp_path / "census"), tmp_path / "workspace.gpkg"
    common = {"SOURCE_CRS": "EPSG:4549", "OUTPUT": components_target(workspace)}
    outputs = {name: str(tmp_path / f"{name}.gpkg") for name in ("REJECTED", "PROBLEMS", "SUMMARY")}
    dry, _ = run_here(FILES=[str(folder)], **common, **outputs, DRY_RUN=True, REPORT=str(tmp_path / "report.html"))
    assert not workspace.exists()
    results, _ = run_here(FILES=[str(folder)], **common, **outputs, REPORT=str(tmp_path / "report.html"))
    names = ("READ_COUNT", "ACCEPTED_COUNT", "REJECTED_COUNT", "SKIPPED_COUNT")
    assert [results[name] for name in names] == [7, 4, 2, 1] == [dry[name] for name in names]
    rejected = gpd.read_file(outputs["REJECTED"])
    assert rejected[["File", "Row", "Reason", "Row_source"]].fillna("").to_numpy().tolist() == [
        ["BJ0118.csv", 3, "no_geometry", ""], ["lids.csv", 2, "unknown_code", "8"],
        ["more.zip/BJ0118.csv", 1, "duplicate", ""],
    ]  # fmt: skip
    problems = gpd.read_file(outputs["PROBLEMS"])
    assert set(problems["Rule"]) == {"no_geometry", "unknown_code", "duplicate", "near_duplicate"}
    summary = gpd.read_file(outputs["SUMMARY"])
    assert summary["Count"].sum() == 4 + len(problems)
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "broken.shp" in report
    assert "more.zip/BJ0118.csv" in report
    log = gpd.read_file(workspace, layer="census_log")
    assert log[["Read", "Accepted", "Rejected", "Skipped"]].to_numpy().tolist() == [[7, 4, 2, 1]]
    assert json.loads(log["Highest"][0]) == {"3207060118": 3, "3207060101": 1}

    frame = rejected.assign(部件代码=["", "0113", ""])
    frame.to_file(tmp_path / "repaired.gpkg")
    again = {**common, "EXISTING": f"{workspace}|layername=components", "REJECTED": str(tmp_path / "left.gpkg")}
    results, _ = run_here(INPUT=str(tmp_path / "repaired.gpkg"), **again)
    assert (results["READ_COUNT"], results["ACCEPTED_COUNT"], results["SKIPPED_COUNT"]) == (3, 1, 1)
    assert gpd.read_file(workspace, layer="components")["ClassCode"].tolist() == [
        "0118",
        "0118",
        "0101",
        "0118",
        "0113",
    ]
    left = gpd.read_file(tmp_path / "left.gpkg")
    assert left[["File", "Row"]].to_numpy().tolist() == [["BJ0118.csv", 3], ["more.zip/BJ0118.csv", 1]]
    everything, _ = run_here(FILES=[str(folder)], **again)
    assert (everything["ACCEPTED_COUNT"], len(gpd.read_file(workspace, layer="census_log"))) == (0, 3)


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_deleted_component_keeps_its_number(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace.gpkg"
    table = tmp_path / "BJ0118.csv"
    table.write_text("x,y\n500000,3830000\n500050,3830000\n", encoding="utf-8")
    common = {"INPUT": str(table), "SOURCE_CRS": "EPSG:4549", "OUTPUT": components_target(workspace)}
    run_here(**common)
    first = gpd.read_file(workspace, layer="components")
    assert first["ObjID"].tolist() == ["3207060118000001", "3207060118000002"]
    first.iloc[:1].to_file(tmp_path / "kept.gpkg")
    table.write_text("x,y\n500900,3830000\n", encoding="utf-8")
    run_here(**common, EXISTING=str(tmp_path / "kept.gpkg"))
    assert gpd.read_file(workspace, layer="components")["ObjID"].tolist() == ["3207060118000001", "3207060118000003"]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_levels_and_near_distance(tmp_path: Path) -> None:
    from qgis.core import QgsProcessingException  # noqa: PLC0415

    table = tmp_path / "BJ0118.csv"
    table.write_text("x,y\n500000,3830000\n500000.8,3830000\n", encoding="utf-8")
    common = {"INPUT": str(table), "SOURCE_CRS": "EPSG:4549", "LEVELS": '{"near_duplicate": "reject"}'}
    assert run_here(**common)[0]["REJECTED_COUNT"] == 0
    _, rows = run_here(**common, NEAR_DISTANCE=1)
    assert [(row["File"], row["Row"], row["Reason"]) for row in rows["REJECTED"]] == [
        ("BJ0118.csv", 2, "near_duplicate")
    ]
    for wrong, sentence in (
        ({"LEVELS": '{"near": "warn"}'}, "no rule"),
        ({"NEAR_DISTANCE": -1}, "NEAR_DISTANCE"),
        ({"INPUT": None}, "nothing to import"),
        ({"FILES": [str(tmp_path / "none.zip")], "INPUT": None}, "none.zip"),
    ):
        with pytest.raises(QgsProcessingException, match=sentence):
            run_here(**(common | wrong))


def test_names_of_schemes_are_theirs() -> None:
    from citygrid_plugin.processing import schemes  # noqa: PLC0415
    from citygrid_plugin.storage.scheme_files import SCHEMES, load_scheme  # noqa: PLC0415

    assert [load_scheme(name).title for name in SCHEMES] == list(schemes.SCHEMES)


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_a_later_delivery_renews_components(tmp_path: Path) -> None:
    workspace, table = tmp_path / "workspace.gpkg", tmp_path / "BJ0118.csv"
    table.write_text("x,y,state\n500000,3830000,完好\n500050,3830000,完好\n", encoding="utf-8")
    common = {"INPUT": str(table), "SOURCE_CRS": "EPSG:4549", "OUTPUT": components_target(workspace)}
    run_here(**common)
    table.write_text("x,y,state\n500000.1,3830000,破损\n500900,3830000,完好\n", encoding="utf-8")
    later = common | {"EXISTING": f"{workspace}|layername=components", "CHANGES": str(tmp_path / "changes.gpkg")}
    results, _ = run_here(**later, UPDATE=2, DATE="20260102", REPORT=str(tmp_path / "report.html"))
    assert (results["ACCEPTED_COUNT"], results["SKIPPED_COUNT"]) == (2, 0)
    after = gpd.read_file(workspace, layer="components")
    assert after[["ObjID", "ObjState", "CHDate"]].to_numpy().tolist() == [
        ["3207060118000001", "破损", ""], ["3207060118000002", "完好", "20260102"], ["3207060118000003", "完好", ""],
    ]  # fmt: skip
    assert set(gpd.read_file(tmp_path / "changes.gpkg")["Kind"]) == {"changed", "missing", "new"}
    results, _ = run_here(**later, UPDATE=1)
    assert (results["ACCEPTED_COUNT"], results["SKIPPED_COUNT"]) == (0, 2)
    assert gpd.read_file(workspace, layer="components").equals(after)
