"""``citygrid:surveypackage``: the package as QGIS, QField and Mergin Maps open it, and the way back."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from headless import Headless
from qgis.core import (
    Qgis,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsFieldConstraints,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsValueRelationFieldFormatter,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)
from qgis.PyQt.QtCore import QDate

from citygrid_plugin.core import fields
from citygrid_plugin.processing.census.import_components import ImportComponents
from citygrid_plugin.processing.census.survey_package import SurveyPackage
from citygrid_plugin.storage import survey
from citygrid_plugin.storage.local_classes import store_local_classes
from citygrid_plugin.storage.scheme_files import SCHEMES, load_extension, load_scheme
from citygrid_plugin.storage.survey_area import chosen_classes

from .conftest import SAMPLE

pytestmark = pytest.mark.usefixtures("qgis_app", "qgis_processing")

WEST, SOUTH, SIDE = 500_000.0, 3_830_000.0, 100.0
SURVEYED = ("components_point", "components_line", "components_polygon")
# Widgets that QField's and Mergin Maps' manuals list both.
KNOWN_WIDGETS = {"TextEdit", "ValueMap", "ValueRelation", "DateTime", "ExternalResource", "Hidden"}


def cell(column: int, row: int) -> shapely.Polygon:
    west, south = WEST + SIDE * column, SOUTH + SIDE * row
    return shapely.box(west, south, west + SIDE, south + SIDE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two communities of eight unit grids each, one of them closed, and components of all shapes."""
    path = tmp_path_factory.mktemp("city") / "city.gpkg"
    rows = [(column, row) for column in range(4) for row in range(4)]
    community = np.where([column < 2 for column, _ in rows], "320706001001", "320706001002")
    grid = gpd.GeoDataFrame(
        {
            "BGID": [f"{code}{number:03}" for number, code in enumerate(community)],
            "StrCode": "320706001", "StrName": "新海街道",
            "CommCode": community,
            "CommName": np.where(community == "320706001001", "新孔社区", "星化社区"),
            "ORDate": "20260101", "CHDate": ["20260601"] + [""] * 15,
        },
        geometry=[cell(*place) for place in rows], crs=4549,
    )  # fmt: skip
    grid.to_file(path, layer="unit_grid")
    shapes = [
        shapely.Point(WEST + 150, SOUTH + 50),
        shapely.Point(WEST + 350, SOUTH + 50),
        shapely.LineString([(WEST + 150, SOUTH + 150), (WEST + 250, SOUTH + 150)]),
        cell(1, 1).buffer(-10),
        shapely.Point(WEST + 9_000, SOUTH),
    ]
    codes = ["0101", "0118", "0211", "0405", "0101"]
    components = gpd.GeoDataFrame(
        {
            "ObjID": [f"320706{code}{number:06}" for number, code in enumerate(codes)],
            "ClassCode": codes,
            "ClassName": ["上水井盖", "路灯", "交通护栏", "绿地", "上水井盖"],
            "ObjState": "完好",
        },
        geometry=shapes, crs=4549,
    ).reindex(columns=[*fields.COMPONENT, "geometry"])  # fmt: skip
    components.to_file(path, layer="components")
    return path


def run(algorithm: type = SurveyPackage, **parameters: object) -> dict[str, Any]:
    context = QgsProcessingContext()
    context.setProject(QgsProject())
    results, _ = algorithm().create().run(parameters, context, QgsProcessingFeedback(False), {}, False)
    return results


@pytest.fixture(scope="module")
def package(workspace: Path, tmp_path_factory: pytest.TempPathFactory, qgis_app: object) -> Path:  # noqa: ARG001
    """A package of the whole workspace with two base layers, opened nowhere yet."""
    folder = tmp_path_factory.mktemp("survey") / "外业 1"
    base = [str(SAMPLE / "river.gpkg"), str(SAMPLE / "roads.gpkg")]
    results = run(WORKSPACE=str(workspace), BASE_LAYERS=base, OUTPUT=str(folder))
    assert (results["GRID_COUNT"], results["COMPONENT_COUNT"], results["CLASS_COUNT"]) == (15, 4, 85)
    return folder


@pytest.fixture
def opened(package: Path, tmp_path: Path) -> Iterator[QgsProject]:
    """A copy of the package in another place, as on a device, opened by QGIS."""
    folder = tmp_path / "device"
    shutil.copytree(package, folder)
    project = QgsProject.instance()  # forms find their code tables there, in QGIS as in the apps
    assert project.read(str(folder / "survey.qgz"))
    yield project
    project.clear()


def layer_of(project: QgsProject, name: str) -> QgsVectorLayer:
    return project.mapLayer(f"citygrid_survey_{name}")


def survey_xml(folder: Path) -> str:
    with zipfile.ZipFile(folder / "survey.qgz") as archive:
        return archive.read("survey.qgs").decode("utf-8")


def new_feature(layer: QgsVectorLayer, wkt: str, **values: object) -> QgsFeature:
    """A feature with the form's defaults, and what a surveyor fills in."""
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    given = {layer.fields().lookupField(name): value for name, value in values.items()}
    return QgsVectorLayerUtils.createFeature(layer, QgsGeometry.fromWkt(wkt), given, context)


def wrong_fields(layer: QgsVectorLayer, feature: QgsFeature) -> set[str]:
    """Fields whose hard constraints keep the form from saving."""
    hard = QgsFieldConstraints.ConstraintStrength.ConstraintStrengthHard
    origin = QgsFieldConstraints.ConstraintOrigin.ConstraintOriginNotSet
    checked = (
        (name, QgsVectorLayerUtils.validateAttribute(layer, feature, index, hard, origin)[0])
        for index, name in enumerate(layer.fields().names())
    )
    return {name for name, valid in checked if not valid}


# What the folder holds


def test_folder_is_complete_and_nothing_else(package: Path) -> None:
    found = {path.relative_to(package).as_posix() for path in package.rglob("*")}
    assert found == {"survey.qgz", "survey_data.gpkg", "README.md", "import_mapping.json", "DCIM", "DCIM/.nomedia"}
    assert [path.name for path in package.parent.iterdir()] == [package.name]
    # QFieldCloud warns of a project and other files with the same stem.
    assert len({Path(name).stem for name in found}) == len(found)
    with sqlite3.connect(package / "survey_data.gpkg") as base:
        tables = {name for (name,) in base.execute("SELECT table_name FROM gpkg_contents")}
        assert base.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert tables >= {*SURVEYED, "unit_grid", "communities", "code_majors", "code_classes", "survey_about"}
    assert survey.about(package / "survey_data.gpkg")["scheme"] == SCHEMES[0]
    assert survey.survey_layers(package / "survey_data.gpkg") == []
    for other in (SAMPLE / "roads.gpkg", SAMPLE / "cases.csv", package / "none.gpkg"):
        assert survey.survey_layers(other) is None


def test_no_path_or_account_of_this_computer_in_the_project(package: Path) -> None:
    xml = survey_xml(package)
    assert str(package.parent) not in xml
    assert package.name not in xml
    sources = re.findall(r"<datasource>(.*?)</datasource>", xml)
    assert {source.split("|")[0] for source in sources if source} == {"./survey_data.gpkg"}
    assert not re.search(r"[\"'>](/(home|tmp|usr|root|var|work|mnt)/|[A-Z]:[\\/]|file:/)", xml)
    assert re.search(r"<author>\s*</author>|<author/>", xml)
    assert "saveUser" not in xml
    assert '<mapcanvas name="theMapCanvas">' in xml


def test_every_layer_opens_and_only_three_can_be_changed(opened: QgsProject) -> None:
    layers = {layer.id().removeprefix("citygrid_survey_"): layer for layer in opened.mapLayers().values()}
    assert set(layers) == {
        *SURVEYED, "existing_point", "existing_line", "existing_polygon", "communities", "unit_grid",
        "code_majors", "code_classes",
    }  # fmt: skip
    assert all(layer.isValid() and layer.dataProvider().storageType() == "GPKG" for layer in layers.values())
    assert {name for name, layer in layers.items() if not layer.readOnly()} == set(SURVEYED)
    for name in SURVEYED:  # QField digitizes in the CRS of the project
        assert layers[name].crs() == opened.crs()
        assert layers[name].primaryKeyAttributes() == [layers[name].fields().lookupField("fid")]
    assert opened.crs().authid() == "EPSG:4549"
    assert opened.filePathStorage() == Qgis.FilePathType.Relative
    assert not opened.presetHomePath()
    assert layers["unit_grid"].featureCount() == 15, "the closed unit grid stays at home"
    assert layers["unit_grid"].labelsEnabled()
    assert layers["communities"].labelsEnabled()
    assert {feature["CommName"] for feature in layers["communities"].getFeatures()} == {"新孔社区", "星化社区"}
    extent = opened.viewSettings().defaultViewExtent()
    assert extent.contains(layers["unit_grid"].extent())


def test_base_layers_lie_below_where_they_touch_the_area(workspace: Path, tmp_path: Path) -> None:
    line = shapely.LineString([(WEST, SOUTH + 50), (WEST + 400, SOUTH + 50)])
    frame = gpd.GeoDataFrame({"name": ["road", "far"]}, geometry=[line, shapely.transform(line, lambda xy: xy + 5e4)])
    frame.set_crs(4549).to_crs(4326).to_file(tmp_path / "roads.gpkg")
    river = gpd.GeoDataFrame({"name": ["river"]}, geometry=[cell(2, 2)], crs=4549)
    river.to_file(tmp_path / "river.gpkg")
    base = [str(tmp_path / "river.gpkg"), str(tmp_path / "roads.gpkg")]
    run(WORKSPACE=str(workspace), BASE_LAYERS=base, OUTPUT=str(tmp_path / "out"))
    project = QgsProject()
    assert project.read(str(tmp_path / "out" / "survey.qgz"))
    order = [layer.name() for layer in project.layerTreeRoot().layerOrder() if layer.isSpatial()]
    assert order[-3:] == ["Unit grid", "roads", "river"]
    roads = project.mapLayersByName("roads")[0]
    assert (roads.featureCount(), roads.crs().authid(), roads.readOnly()) == (1, "EPSG:4549", True)
    project.clear()


# Forms


@pytest.mark.parametrize("name", SURVEYED)
def test_forms_use_what_both_apps_know(opened: QgsProject, name: str) -> None:
    layer = layer_of(opened, name)
    columns = layer.fields()
    widgets = {field.name(): layer.editorWidgetSetup(index) for index, field in enumerate(columns)}
    del widgets["fid"]
    assert set(widgets) == set(survey.COLUMNS)
    assert {widget.type() for widget in widgets.values()} <= KNOWN_WIDGETS
    assert not any(re.search(r"[\\/()\[\]{}\"\n\r]", field) for field in widgets)  # Mergin Maps' check
    for field in ("MajorCode", "ClassCode"):
        config = widgets[field].config()
        table = opened.mapLayer(config["Layer"])
        keys = [feature[config["Key"]] for feature in table.getFeatures()]
        assert len(set(keys)) == len(keys) > 0  # Mergin Maps' check
        assert table.fields().lookupField(config["Key"]) not in table.primaryKeyAttributes()
        assert "LayerSource" not in config
    photo = widgets["Photo"].config()
    assert (photo["RelativeStorage"], photo["DocumentViewer"]) == (1, 1)
    assert not {"DefaultRoot", "UseLink"} & set(photo)
    root = photo["PropertyCollection"]["properties"]["propertyRootPath"]
    assert (root["active"], root["expression"]) == (True, "@project_folder || '/DCIM'")
    assert [next(iter(row.values())) for row in widgets["ObjState"].config()["map"]] == [
        "完好", "破损", "丢失", "废弃", "移除",
    ]  # fmt: skip
    hidden = {field for field, widget in widgets.items() if widget.type() == "Hidden"}
    assert {"ObjID", "BGID", "CHDate", "DeptCode1"} <= hidden
    form = layer.editFormConfig()
    assert form.layout() == Qgis.AttributeFormLayout.DragAndDrop
    assert len(form.tabs()) == 2
    assert form.readOnly(columns.lookupField("FieldID"))
    assert columns.field("ORDate").typeName() == "Date"


@pytest.mark.parametrize("name", SURVEYED)
def test_photos_get_names_that_differ(opened: QgsProject, name: str) -> None:
    """The expressions by which QField and Mergin Maps name a photo, on a filled form."""
    from qgis.core import QgsExpression  # noqa: PLC0415

    layer = layer_of(opened, name)
    naming = json.loads(layer.customProperty("QFieldSync/attachment_naming"))["Photo"]
    mergin, known = opened.readEntry("Mergin", f"PhotoNaming/{layer.id()}/Photo")
    assert known
    feature = new_feature(layer, "Point (0 0)")
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    number = feature["FieldID"]
    assert re.fullmatch(rf"DCIM/{number}_\d{{14}}\.\{{extension\}}", QgsExpression(naming).evaluate(context))
    assert re.fullmatch(rf"{number}_\d{{14}}", QgsExpression(mergin).evaluate(context))


def classes_of(major: str) -> dict[str, str]:
    """What the form offers for a major class: code -> code and name."""
    names = load_scheme(SCHEMES[0]).names("component")
    return {code: f"{code} {name}" for code, name in names.items() if code.startswith(major)}


def test_classes_follow_the_major_class(opened: QgsProject) -> None:
    layer = layer_of(opened, "components_point")
    config = layer.editorWidgetSetup(layer.fields().lookupField("ClassCode")).config()
    feature = new_feature(layer, "Point (0 0)", MajorCode="02")
    offered = QgsValueRelationFieldFormatter.createCache(config, feature)
    # Only the values: with Python 3.13 reading an item's key (a QVariant of a structure) ends QGIS 3.44.
    assert sorted(item.value for item in offered) == sorted(classes_of("02").values())
    assert not QgsValueRelationFieldFormatter.createCache(config, new_feature(layer, "Point (0 0)"))


def test_a_component_is_not_saved_before_it_is_right(opened: QgsProject) -> None:
    layer = layer_of(opened, "components_point")
    assert wrong_fields(layer, new_feature(layer, "Point (0 0)")) == {"MajorCode", "ClassCode", "Surveyor"}
    good = {"MajorCode": "02", "ClassCode": "0211", "Surveyor": "王"}
    feature = new_feature(layer, "Point (0 0)", **good)
    assert wrong_fields(layer, feature) == set()
    assert feature["ORDate"] == QDate.currentDate()
    assert (feature["ObjState"], feature["DataSource"]) == ("完好", "实测")
    assert re.fullmatch(r"[0-9a-f-]{36}", feature["FieldID"])
    assert feature["FieldID"] != new_feature(layer, "Point (0 0)")["FieldID"]
    wrong = {"ClassCode": "0101", "Surveyor": "  ", "ORDate": QDate.currentDate().addDays(2), "ObjState": None}
    for field, value in wrong.items():
        feature = new_feature(layer, "Point (0 0)", **good)
        feature[field] = value
        assert wrong_fields(layer, feature) == {field}
    for field in ("MajorCode", "ClassCode", "ObjState", "DataSource", "ORDate", "Surveyor"):
        assert layer.fields().field(field).constraints().constraintDescription()


def test_the_form_itself(opened: QgsProject, qgis_app: object, request: pytest.FixtureRequest) -> None:
    """QGIS's own form: classes after the major class, no OK before all is right, the name of the class in the end."""
    from qgis.gui import QgsAttributeEditorContext, QgsAttributeForm, QgsGui  # noqa: PLC0415
    from qgis.PyQt.QtWidgets import QComboBox, QDialogButtonBox  # noqa: PLC0415

    QgsGui.editorWidgetRegistry().initEditors()
    layer = layer_of(opened, "components_point")
    layer.startEditing()
    request.addfinalizer(layer.rollBack)
    feature = new_feature(layer, f"Point ({WEST} {SOUTH})")
    form = QgsAttributeForm(layer, feature)
    request.addfinalizer(form.deleteLater)
    form.setMode(QgsAttributeEditorContext.Mode.AddFeatureMode)
    form.setFeature(feature)
    (buttons,) = form.findChildren(QDialogButtonBox)
    ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    form.changeAttribute("MajorCode", "05")
    qgis_app.processEvents()
    (classes,) = (box for box in form.findChildren(QComboBox) if box.objectName() == "ClassCode")
    offered = {classes.itemData(index): classes.itemText(index) for index in range(1, classes.count())}
    assert offered == classes_of("05")
    form.changeAttribute("ClassCode", classes.itemText(1)[:4])
    form.changeAttribute("Surveyor", "王")
    assert ok.isEnabled()
    assert form.save()
    (saved,) = layer.getFeatures()
    assert classes.itemText(1) == f"{saved['ClassCode']} {saved['ClassName']}"
    copied = dict(zip(saved.fields().names(), saved.attributes(), strict=True))
    del copied["fid"]
    assert new_feature(layer, "Point (1 1)", **copied)["FieldID"] != saved["FieldID"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_codes_of_every_scheme_begin_with_their_major(scheme: str) -> None:
    """The form's constraint on the class rests on it."""
    table = chosen_classes(load_scheme(scheme), [])
    assert len(table) > 50
    assert all(code.startswith(major) for code, major in zip(table["ClassCode"], table["MajorCode"], strict=True))
    assert table["ClassCode"].is_unique


# The way back


def test_filled_package_is_imported(package: Path, workspace: Path, tmp_path: Path) -> None:
    """Two components by QGIS's own editing, others written as an app would; all come back coded."""
    folder = tmp_path / "back"
    shutil.copytree(package, folder)
    project = QgsProject()
    assert project.read(str(folder / "survey.qgz"))
    layer = layer_of(project, "components_point")
    line = layer_of(project, "components_line")
    place = f"Point ({WEST + 155} {SOUTH + 155})"
    lamp = new_feature(layer, place, MajorCode="01", ClassCode="0118", Surveyor="王", ObjState="破损")
    photo = lamp["Photo"] = f"DCIM/{lamp['FieldID']}_20261123101500.jpg"
    fence = new_feature(
        line, f"LineString ({WEST + 250} {SOUTH + 10}, {WEST + 350} {SOUTH + 20})",
        MajorCode="02", ClassCode="0211", Surveyor="李", ORDate=QDate(2026, 10, 9), Note="近河",
    )  # fmt: skip
    number = fence["FieldID"]
    for target, feature in ((layer, lamp), (line, fence)):
        assert target.startEditing()
        assert target.addFeature(feature)
        assert target.commitChanges(), target.commitErrors()
    project.clear()
    data = folder / "survey_data.gpkg"
    more = gpd.GeoDataFrame(
        {
            "MajorCode": ["01", "01"], "ClassCode": ["0101", "0102"], "ObjState": ["丢失", "完好"],
            "DataSource": ["实测", "地形图"], "ORDate": pd.to_datetime(["2026-11-01", "2026-11-02"]).date,
            "FieldID": ["a", "b"], "Surveyor": "赵",
        },
        geometry=shapely.points([(WEST + 310, SOUTH + 310), (WEST + 9_000, SOUTH)]), crs=4549,
    )  # fmt: skip
    # In the order of the layer: pyogrio before 0.12 appends by the position of a column, not by its name.
    more = more.reindex(columns=[*pyogrio.read_info(data, layer="components_point")["fields"], "geometry"])
    pyogrio.write_dataframe(more, data, layer="components_point", append=True)
    assert survey.survey_layers(data) == ["components_point", "components_line"]

    grid = f"{workspace}|layername=unit_grid"
    existing = f"{workspace}|layername=components"
    taken = {}
    for name, counts in {"components_point": (3, 2, 1), "components_line": (1, 1, 0)}.items():
        output = tmp_path / f"{name}.gpkg"
        results = run(
            ImportComponents,
            INPUT=f"{data}|layername={name}", MAPPING=str(folder / "import_mapping.json"), GRID=grid, EXISTING=existing,
            OUTPUT=str(output), REJECTED=str(tmp_path / f"rejected_{name}.gpkg"),
        )  # fmt: skip
        found = tuple(results[f"{key}_COUNT"] for key in ("READ", "ACCEPTED", "REJECTED"))
        assert found == counts, name
        taken[name] = gpd.read_file(output).iloc[5:]  # after the five that were there
    points = taken["components_point"].set_index("ClassCode")
    assert list(points.index) == ["0118", "0101"]
    assert list(points["ClassName"]) == ["路灯", "上水井盖"]
    assert list(points["ObjState"]) == ["破损", "丢失"]
    assert list(points["ORDate"]) == [QDate.currentDate().toString("yyyyMMdd"), "20261101"]
    assert list(points["DataSource"]) == ["实测", "实测"]
    # The highest numbers known are 320706 0118 000001 and 320706 0101 000004.
    assert list(points["ObjID"]) == ["3207060118000002", "3207060101000005"]
    assert list(points["BGID"].str[:12]) == ["320706001001", "320706001002"]
    fence = taken["components_line"].iloc[0]
    assert (fence["ClassCode"], fence["ORDate"]) == ("0211", "20261009")
    assert fence["Note"] == f"近河; field number 外业编号: {number}; surveyor 采集人: 李"
    assert points["Note"].iloc[0] == f"photo 照片: {photo}; surveyor 采集人: 王"
    assert fence["ObjID"] == "3207060211000003"
    rejected = gpd.read_file(tmp_path / "rejected_components_point.gpkg")
    assert (rejected["FieldID"].iloc[0], len(rejected)) == ("b", 1)
    assert "outside_grid" in rejected["Reason"].iloc[0]


# What goes in


def test_some_communities_an_extent_some_classes(workspace: Path, tmp_path: Path) -> None:
    def content(**parameters: str) -> tuple[set[str], set[str], set[str]]:
        folder = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        run(WORKSPACE=str(workspace), OUTPUT=str(folder), **parameters)
        data = folder / "survey_data.gpkg"
        names = {name for name, _ in pyogrio.list_layers(data)}
        known = {
            code for name in names if name.startswith("existing") for code in gpd.read_file(data, layer=name).ClassCode
        }
        grid = gpd.read_file(data, layer="unit_grid")
        communities = gpd.read_file(data, layer="communities")
        assert set(grid["CommName"]) == set(communities["CommName"])
        return set(grid["BGID"].str[-3:]), set(gpd.read_file(data, layer="code_classes").ClassCode), known

    cells, classes, known = content(PLACES="星化社区")
    assert cells == {f"{number:03}" for number in range(8, 16)}
    assert (len(classes), known) == (85, {"0118", "0211"}), "a line on both sides belongs to both"
    cells, classes, known = content(PLACES="320706001001；320706001", CLASSES="0118, 绿地")
    assert len(cells) == 15
    assert classes == known == {"0118", "0405"}
    extent = f"{WEST + 110},{WEST + 190},{SOUTH + 10},{SOUTH + 90} [EPSG:4549]"
    cells, classes, known = content(EXTENT=extent, CLASSES="公用设施")
    assert (cells, known) == ({"004"}, {"0101"})
    assert {code[:2] for code in classes} == {"01"}


def test_a_single_class_is_filled_in(workspace: Path, tmp_path: Path) -> None:
    run(WORKSPACE=str(workspace), CLASSES="0118", SURVEYOR="O'Neil", OUTPUT=str(tmp_path / "out"))
    project = QgsProject()
    assert project.read(str(tmp_path / "out" / "survey.qgz"))
    feature = new_feature(layer_of(project, "components_point"), "Point (0 0)")
    assert (feature["MajorCode"], feature["ClassCode"], feature["Surveyor"]) == ("01", "0118", "O'Neil")
    assert wrong_fields(layer_of(project, "components_point"), feature) == set()
    project.clear()


def test_wrong_input_is_one_sentence_and_leaves_nothing(workspace: Path, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("keep", encoding="utf-8")
    good = {"WORKSPACE": str(workspace), "OUTPUT": str(tmp_path / "out")}
    cases = (
        ({"OUTPUT": str(full)}, "“.*full” is not empty"),
        ({"OUTPUT": str(full / "mine.txt")}, "cannot be written: it is a file"),
        ({"WORKSPACE": ""}, "no unit grid.*workspace"),
        ({"WORKSPACE": str(tmp_path / "none.gpkg")}, "no unit grid.*workspace"),
        ({"PLACES": "新孔社区, 老孔社区"}, "“老孔社区” is no community or street.*320706001001"),
        ({"CLASSES": "0118, 9999"}, "“9999” is no class of CQSZ10-2007"),
        ({"EXTENT": "0,1,0,1 [EPSG:4549]"}, "No unit grid lies in the chosen"),
        ({"WORKSPACE": "", "GRID": f"{workspace}|layername=components"}, "polygon|BGID"),
    )
    for changes, sentence in cases:
        with pytest.raises(QgsProcessingException, match=sentence):
            run(**(good | changes))
    assert {path.name for path in tmp_path.iterdir()} == {"full"}
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    (tmp_path / "out").mkdir()  # an empty folder is as good as none
    run(**good)
    assert (tmp_path / "out" / "survey.qgz").is_file()


def test_cancelling_leaves_nothing(workspace: Path, tmp_path: Path) -> None:
    feedback, context = QgsProcessingFeedback(False), QgsProcessingContext()
    feedback.cancel()
    values = {"WORKSPACE": str(workspace), "OUTPUT": str(tmp_path / "out")}
    assert SurveyPackage().create().run(values, context, feedback, {}, False)[0] == {}
    assert not list(tmp_path.iterdir())


def test_local_classes_of_the_city_are_offered(workspace: Path, tmp_path: Path) -> None:
    table = tmp_path / "local.csv"
    table.write_text("code,name\n2101,公交立杆\n", encoding="utf-8")
    city = shutil.copy(workspace, tmp_path / "city.gpkg")
    store_local_classes(city, SCHEMES[0], load_extension(table), "local.csv")
    given: tuple[dict[str, str], ...] = (
        {"WORKSPACE": str(workspace), "EXTENSION": str(table)},
        {"WORKSPACE": str(city)},
        {"WORKSPACE": str(city), "EXTENSION": str(table)},
    )
    for number, parameters in enumerate(given):
        run(CLASSES="21", OUTPUT=str(tmp_path / f"out{number}"), **parameters)
        assert_local_class(tmp_path / f"out{number}")


def assert_local_class(folder: Path) -> None:
    classes = gpd.read_file(folder / "survey_data.gpkg", layer="code_classes")
    assert classes[["ClassCode", "ClassName", "MajorCode", "Label"]].to_numpy().tolist() == [
        ["2101", "公交立杆", "21", "2101 公交立杆"]
    ]


@pytest.mark.real_qgis
@pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed")
def test_the_command_makes_a_package_of_the_sample(headless: Headless, tmp_path: Path) -> None:
    headless.run("citygrid:createunitgrid", COMMUNITIES=SAMPLE / "communities.gpkg", OUTPUT=tmp_path / "grid.gpkg")
    step = headless.run(
        "citygrid:surveypackage",
        GRID=tmp_path / "grid.gpkg", COMMUNITIES=SAMPLE / "communities.gpkg",
        BASE_LAYERS=[SAMPLE / "roads.gpkg", SAMPLE / "river.gpkg"], OUTPUT=tmp_path / "out",
    )  # fmt: skip
    assert step.results["GRID_COUNT"] == len(gpd.read_file(tmp_path / "grid.gpkg"))
    communities = gpd.read_file(tmp_path / "out" / "survey_data.gpkg", layer="communities")
    assert len(communities) == 74
    assert not list((tmp_path / "out").glob("*-wal"))
