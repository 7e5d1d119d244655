"""The wizard of the census with real widgets, from files to components in the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from qgis.core import QgsApplication, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QWizard

from citygrid_plugin.core import fields
from citygrid_plugin.core.datum import to_gcj02
from citygrid_plugin.gui.census_wizard import CensusWizard
from citygrid_plugin.gui.steps import STEPS, parameters
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.layers import write_layer

from .test_gui import settle, wait

CRS = "EPSG:4549"
WEST, SOUTH = 420_000.0, 3_830_000.0


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A workspace with one community of 200 m × 100 m and its two unit grids."""
    path = tmp_path / "w.gpkg"
    x = np.array([WEST, WEST + 100])
    community = gpd.GeoDataFrame(
        {"CommCode": ["320706001001"], "CommName": ["东社区"]},
        geometry=[shapely.box(WEST, SOUTH, WEST + 200, SOUTH + 100)],
        crs=CRS,
    )
    grid = gpd.GeoDataFrame(
        {"BGID": ["32070600100101", "32070600100102"]},
        geometry=shapely.box(x, SOUTH, x + 100, SOUTH + 100),
        crs=CRS,
    )
    write_layer(community, path, "communities", "Polygon")
    write_layer(grid, path, "unit_grid", "Polygon")
    return path


@pytest.fixture
def wizard(qgis_processing: None, provider: object, space: Path) -> Iterator[CensusWizard]:  # noqa: ARG001
    QgsSettings().remove("CityGrid")
    canvas = QgsMapCanvas()
    step = next(step for step in STEPS if step.wizard)
    wizard = CensusWizard(space, lambda: parameters(step, space, workspace.contents(space)), canvas)
    wizard.show()
    yield wizard
    wizard.reject()
    for task in QgsApplication.taskManager().tasks():
        task.waitForFinished(5000)
    for widget in (wizard, canvas):
        widget.deleteLater()
    settle()


def lonlat(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=CRS).to_crs(4326)
    return np.column_stack([points.x, points.y])


def write_table(path: Path, rows: list[tuple[str, str]], places: np.ndarray, encoding: str) -> None:
    """Class and state of lamps in a CSV with Chinese names of columns."""
    lines = ["小类代码,小类名称,现状,经度,纬度"]
    lines += [f"{code},路灯,{state},{x:.7f},{y:.7f}" for (code, state), (x, y) in zip(rows, places, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)


def go_on(wizard: CensusWizard) -> None:
    page = wizard.currentPage()
    wait(page.isComplete)
    wizard.next()
    assert wizard.currentPage() is not page


def test_from_files_to_components(wizard: CensusWizard, space: Path, tmp_path: Path) -> None:
    """A GBK table in phone coordinates, with states spelled their way, and a second one by file name."""
    x, y = WEST + np.array([10.0, 60, 150, 190]), SOUTH + np.array([50.0, 40, 60, 20])
    table = tmp_path / "路灯.csv"
    write_table(table, [("0118", "1"), ("118", "1"), ("0118", "2"), ("9999", "1")], to_gcj02(lonlat(x, y)), "gbk")
    by_name = tmp_path / "BJ0101.geojson"
    gpd.GeoDataFrame({"状态": ["完好"]}, geometry=[shapely.Point(WEST + 30, SOUTH + 30)], crs=CRS).to_crs(4326).to_file(
        by_name
    )

    assert not wizard.files.isComplete()
    wizard.sources.add([table, by_name])
    go_on(wizard)

    places = wizard.places
    source = wizard.sources.all[0]
    assert source.records[0].encoding == "GBK"
    assert "路灯" in places.encoding.itemText(1)
    assert source.shares[0][0] == 1  # GCJ-02 puts them inside the community
    places.datum.setCurrentIndex(1)
    places.datum.activated.emit(1)
    go_on(wizard)

    mapping = wizard.mapping
    assert mapping.group.count() == 2
    assert mapping._boxes[fields.CLASS_CODE].currentText() == "小类代码"
    state = mapping._boxes[fields.OBJ_STATE]
    state.setCurrentIndex(state.findData("现状"))
    state.activated.emit(state.currentIndex())
    mapping._group.rules[fields.OBJ_STATE] = {"field": "现状", "values": {"1": "完好", "2": "破损"}}
    go_on(wizard)

    check = wizard.check
    wait(lambda: not check.run.is_running)
    assert check.isComplete(), check.told.text()
    assert "5 " in check.told.text()
    rules = [check.tree.topLevelItem(row) for row in range(check.tree.topLevelItemCount())]
    assert any("9999" in rule.child(0).text(0) for rule in rules if rule.childCount())
    assert "components" not in workspace.contents(space)  # nothing is written yet

    wizard.next()
    wait(wizard.result.isComplete)
    made = pyogrio.read_dataframe(space, layer="components")
    assert sorted(made["ClassCode"]) == ["0101", "0118", "0118", "0118"]
    assert sorted(made["ObjState"]) == ["完好", "完好", "完好", "破损"]
    assert sorted(made["BGID"]) == ["32070600100101"] * 3 + ["32070600100102"]
    lamps = made[made["ClassCode"] == "0118"].geometry
    assert np.sort(lamps.x) == pytest.approx(np.sort(x[:3]), abs=0.01)
    rejected = [count for name, count in workspace.layers_present(space).items() if name.startswith("rejected")]
    assert rejected == [1]
    assert wizard.button(QWizard.WizardButton.FinishButton).isEnabled()


def test_a_broken_file_blocks_next_until_it_is_removed(wizard: CensusWizard, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"no database")
    good = tmp_path / "0118.csv"
    write_table(good, [("0118", "1")], lonlat(np.array([WEST + 5]), np.array([SOUTH + 5])), "utf-8")
    wizard.sources.add([broken, good])
    wait(lambda: not wizard.sources.is_busy)
    assert not wizard.files.isComplete()
    assert "broken.gpkg" in wizard.files.tree.topLevelItem(0).text(3)
    wizard.sources.remove([wizard.sources.all[0]])
    assert wizard.files.isComplete()


def test_a_table_without_a_class_blocks_next(wizard: CensusWizard, tmp_path: Path) -> None:
    table = tmp_path / "delivery.csv"
    x, y = lonlat(np.array([WEST + 5]), np.array([SOUTH + 5]))[0]
    table.write_text(f"lon,lat,remark\n{x},{y},x\n", encoding="utf-8")
    wizard.sources.add([table])
    go_on(wizard)
    go_on(wizard)
    assert not wizard.mapping.isComplete()
    assert "remark" in wizard.mapping.told.text()
    box, line = wizard.mapping._boxes[fields.CLASS_CODE], wizard.mapping._texts[fields.CLASS_CODE]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    line.setText("0118")
    line.editingFinished.emit()
    assert wizard.mapping.isComplete(), wizard.mapping.told.text()


def test_a_later_delivery_renews_what_is_there(wizard: CensusWizard, space: Path, tmp_path: Path) -> None:
    """The state of a lamp has changed; the check says so before anything is written."""
    lamp = {"ObjID": ["3207060118000001"], "ClassCode": ["0118"], "ClassName": ["路灯"], "ObjState": ["完好"]}
    place = [shapely.Point(WEST + 5, SOUTH + 5)]
    write_layer(gpd.GeoDataFrame(lamp, geometry=place, crs=CRS), space, "components", "Point")
    gpd.GeoDataFrame(lamp | {"ObjState": ["破损"]}, geometry=place, crs=CRS).to_file(tmp_path / "later.gpkg")
    wizard.sources.add([tmp_path / "later.gpkg"])
    for _page in range(3):
        go_on(wizard)
    check = wizard.check
    wait(lambda: not check.run.is_running)
    assert check.update.isVisible()
    check.update.setCurrentIndex(1)
    check.update.activated.emit(1)
    wait(lambda: not check.run.is_running)
    assert "changed 1" in check.told.text()
    wizard.next()
    wait(wizard.result.isComplete)
    made = pyogrio.read_dataframe(space, layer="components")
    assert made[["ObjID", "ObjState"]].to_numpy().tolist() == [["3207060118000001", "破损"]]


def test_who_goes_back_finds_what_was_chosen(wizard: CensusWizard, tmp_path: Path) -> None:
    """And a file that names the class of its records does so inside a folder, too."""
    folder = tmp_path / "delivery" / "north"
    folder.mkdir(parents=True)
    x, y = lonlat(np.array([WEST + 5]), np.array([SOUTH + 5]))[0]
    (folder / "BJ0118.csv").write_text(f"lon,lat,remark\n{x},{y},x\n", encoding="utf-8")
    wizard.sources.add([tmp_path / "delivery"])
    go_on(wizard)
    go_on(wizard)
    assert wizard.mapping.isComplete(), wizard.mapping.told.text()
    assert wizard.mapping._texts[fields.CLASS_CODE].text() == "0118"
    box = wizard.mapping._boxes[fields.OBJ_NAME]
    box.setCurrentIndex(box.findData("remark"))
    box.activated.emit(box.currentIndex())
    wizard.back()
    go_on(wizard)
    assert box.currentData() == "remark"
    assert wizard.mapping._texts[fields.CLASS_CODE].text() == "0118"


def test_markup_out_of_a_file_is_text(wizard: CensusWizard, tmp_path: Path) -> None:
    x, y = lonlat(np.array([WEST + 5]), np.array([SOUTH + 5]))[0]
    table = tmp_path / "0118.csv"
    table.write_text(f"lon,lat,状态\n{x},{y},<b>bold</b><img src=x>\n", encoding="utf-8")
    wizard.sources.add([table])
    for _page in range(3):
        go_on(wizard)
    assert "<b>bold</b>" in wizard.mapping.told.text()
    assert wizard.mapping.told.textFormat() == Qt.TextFormat.PlainText
    wait(lambda: not wizard.check.run.is_running)
    finding = wizard.check.tree.topLevelItem(0).child(0)
    assert "<b>bold</b>" in finding.text(0)
    assert "&lt;b&gt;bold" in finding.toolTip(0)
