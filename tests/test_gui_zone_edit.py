"""Correcting responsibility grids in the window: real mouse events on the map, the layer, the panel and the log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QItemSelectionModel, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from citygrid_plugin import classFactory
from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnreadableFile, UnwritableTarget
from citygrid_plugin.core.zones.zone_plan import ZonePlan
from citygrid_plugin.gui.zones.zone_panel import ZonePanel
from citygrid_plugin.processing.project import show_layers, user_name
from citygrid_plugin.storage import workspace, zone_records
from citygrid_plugin.storage.layers import NewLayer, write_layer, write_layers

from .test_gui import settle, wait
from .test_gui_grid_edit import MapInterface

CRS = "EPSG:4549"
WEST, EAST = "320706001001", "320706001002"
X, Y = 420_000.0, 3_830_000.0
SIDE = 100.0
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
SHIFT = Qt.KeyboardModifier.ShiftModifier
SOUTH, NORTH, EASTERN, EASTERN_2 = f"{WEST}001", f"{WEST}002", f"{EAST}001", f"{EAST}002"


def cells() -> gpd.GeoDataFrame:
    """Six columns and four rows; the western three are of one community: a southern and a northern zone.

    The easternmost column is a zone of its own. One more cell was closed long ago.
    """
    places = [(i, j) for j in range(4) for i in range(6)]
    boxes = [shapely.box(X + SIDE * i, Y + SIDE * j, X + SIDE * (i + 1), Y + SIDE * (j + 1)) for i, j in places]
    community = [WEST if i < 3 else EAST for i, _ in places]
    number = [(1 + j // 2) if i < 3 else 1 + i // 5 for i, j in places]
    rows = {
        fields.BGID: [f"{code}{k + 1:03d}" for k, code in enumerate(community)] + [f"{WEST}099"],
        fields.COMMUNITY_CODE: [*community, WEST],
        fields.COMMUNITY_NAME: ["西社区" if code == WEST else "东社区" for code in community] + ["西社区"],
        fields.AREA: SIDE * SIDE,
        fields.END_DATE: [""] * 24 + ["20240101"],
        fields.RGID: [f"{code}{k:03d}" for code, k in zip(community, number, strict=True)] + [SOUTH],
    }
    return gpd.GeoDataFrame(rows, geometry=[*boxes, shapely.box(X, Y, X + 150, Y + 150)], crs=CRS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "it's 计划.gpkg"
    grid = cells()
    current = grid[grid[fields.END_DATE] == ""]
    zones = current.dissolve(fields.RGID, aggfunc={fields.COMMUNITY_CODE: "first", fields.BGID: "size"}).reset_index()
    zones = zones.rename(columns={fields.BGID: fields.CELLS})
    zones[fields.RG_NAME] = ["西01网格", "西02网格", "东01网格", "东02网格"]
    zones[fields.WORKLOAD] = zones.area
    zones[fields.OWNER] = ["赵", "钱", "孙", "李"]
    zones["Remark"] = "own"
    zones[fields.LOCKED] = False
    bgid = current[fields.BGID].tolist()
    places = [current.geometry.iloc[k].centroid for k in (0, 0, 0, 13)]
    components = {fields.BGID: [bgid[0], bgid[0], bgid[0], bgid[13]], fields.END_DATE: ["", "", "20240101", ""]}
    states = {fields.BGID: [bgid[0], bgid[0], bgid[13], bgid[13]], fields.RGID: [SOUTH, SOUTH, f"{WEST}040", NORTH]}
    states[fields.STATUS] = ["overdue", "closed", "suspended", "void"]
    layers = [
        NewLayer("zoned_grid", grid, "Polygon"),
        NewLayer("responsibility_grids", zones, "MultiPolygon"),
        NewLayer("components", gpd.GeoDataFrame(components, geometry=places, crs=CRS), "Point"),
        NewLayer("cases", gpd.GeoDataFrame(states, geometry=places, crs=CRS), "Point"),
    ]
    write_layers(layers, path)
    return path


@pytest.fixture
def interface(qgis_processing: None) -> Iterator[MapInterface]:  # noqa: ARG001 - a fixture takes others so
    QgsSettings().remove("CityGrid")
    QgsProject.instance().clear()
    interface = MapInterface()
    interface.canvas.resize(800, 600)
    interface.window.setCentralWidget(interface.canvas)
    interface.window.resize(900, 700)
    interface.window.show()
    yield interface
    for layer in QgsProject.instance().mapLayers().values():
        if isinstance(layer, QgsVectorLayer) and layer.isEditable():
            layer.rollBack()
    QgsProject.instance().clear()


@pytest.fixture
def panel(interface: MapInterface, path: Path) -> Iterator[ZonePanel]:
    show_layers(QgsProject.instance(), path)
    panel = ZonePanel(interface, lambda: "方案一")
    panel.follow(path, workspace.contents(path))
    panel.show()
    look_at(interface)
    settle()
    yield panel
    panel.forget()
    panel.deleteLater()
    settle()


def look_at(interface: MapInterface) -> None:
    interface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(CRS))
    interface.canvas.setExtent(QgsRectangle(X - 50, Y - 50, X + 650, Y + 450))


class Mouse:
    """The mouse over the map, in columns and rows of cells; events reach the map as from the window system."""

    def __init__(self, interface: MapInterface, panel: ZonePanel) -> None:
        self.canvas, self.panel = interface.canvas, panel
        self.held = Qt.MouseButton.NoButton

    def take(self, name: str) -> None:
        self.panel.tool_actions[name].trigger()
        QCoreApplication.processEvents()

    def pixel(self, column: float, row: float) -> QPoint:
        place = self.canvas.mapSettings().mapToPixel().transform(QgsPointXY(X + SIDE * column, Y + SIDE * row))
        return QPoint(round(place.x()), round(place.y()))

    def move(self, column: float, row: float) -> None:
        """QTest would only put the cursor there, and leave it to the window system to tell of that."""
        view, at = self.canvas.viewport(), self.pixel(column, row)
        local, whole = QPointF(at), QPointF(view.mapToGlobal(at))
        none, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseMove, local, whole, none, self.held, keys))

    def press(self, column: float, row: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mousePress(self.canvas.viewport(), LEFT, keys, self.pixel(column, row))
        self.held = LEFT

    def release(self, column: float, row: float) -> None:
        self.held = Qt.MouseButton.NoButton
        QTest.mouseRelease(self.canvas.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, self.pixel(column, row))

    def click(self, column: float, row: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.move(column, row)
        self.press(column, row, keys)
        self.release(column, row)
        QCoreApplication.processEvents()

    def drag(self, *places: tuple[float, float], keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.start_drag(*places, keys=keys)
        self.release(*places[-1])
        QCoreApplication.processEvents()

    def start_drag(
        self, *places: tuple[float, float], keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        self.move(*places[0])
        self.press(*places[0], keys)
        for place in places[1:]:
            self.move(*place)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.canvas, key)
        QCoreApplication.processEvents()

    @property
    def bubble(self) -> str:
        label = self.canvas.mapTool().bubble
        return label.text() if label.isVisible() else ""


@pytest.fixture
def mouse(interface: MapInterface, panel: ZonePanel) -> Mouse:
    return Mouse(interface, panel)


def zones(layer: QgsVectorLayer) -> list[str]:
    """The zone of each current cell, in the order of the cells."""
    rows = sorted(layer.getFeatures(), key=lambda row: row.id())
    return [row[fields.RGID] or "" for row in rows if not row[fields.END_DATE]]


def shown(panel: ZonePanel) -> dict[str, dict[str, str]]:
    """The table as one reads it, by code."""
    QCoreApplication.processEvents()
    model = panel.model
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    rows = [
        dict(zip(titles, (model.data(model.index(row, column)) for column in range(len(titles))), strict=True))
        for row in range(model.rowCount())
    ]
    return {row["Code"]: row for row in rows}


def assert_agree(panel: ZonePanel) -> None:
    """The plan, the table and the layer say the same."""
    now = zones(panel.layer)
    assert panel.zones.plan.codes() == now
    counts = pd.Series([code or "No responsibility grid" for code in now]).value_counts()
    assert {code: int(row["Unit grids"]) for code, row in shown(panel).items()} == counts.to_dict()
    fresh = ZonePlan(panel.zones.plan.ground, now)
    assert all(panel.zones.plan.figures(code) == fresh.figures(code) for code in fresh.zones)


def choose(panel: ZonePanel, *codes: str) -> None:
    """Choose rows of the table."""
    table, flags = panel.table.selectionModel(), QItemSelectionModel.SelectionFlag
    table.clearSelection()
    for code in codes:
        index = panel.model.index(panel.model.row_of(code), 1)
        table.setCurrentIndex(index, flags.Select | flags.Rows)


def test_a_drag_is_one_step(panel: ZonePanel, mouse: Mouse, interface: MapInterface) -> None:
    layer = panel.layer
    before = zones(layer)
    table = shown(panel)
    assert table[SOUTH]["Unit grids"] == "6"
    assert table[SOUTH]["Name"] == "西01网格"
    assert (table[SOUTH]["Components"], table[SOUTH]["Open cases"], table[NORTH]["Open cases"]) == ("2", "1", "1")
    mouse.take("paint")
    assert interface.active is layer
    # From the southern zone north, over two cells of the northern one and, through the corner, none of the east.
    mouse.start_drag((0.5, 1.5), (0.5, 2.5), (1.5, 2.5))
    assert zones(layer).count(SOUTH) == 8
    assert shown(panel)[SOUTH]["Unit grids"] == "8"
    assert "西01网格 (001): 6 → 8 unit grids, workload 60,000 → 80,000" in mouse.bubble
    assert "西02网格 (002): 6 → 4 unit grids" in mouse.bubble
    mouse.release(1.5, 2.5)
    after = zones(layer)
    assert [k for k, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == [12, 13]
    assert layer.undoStack().count() == 1
    assert panel.target == SOUTH
    assert_agree(panel)
    panel.undo_action.trigger()
    assert zones(layer) == before
    assert_agree(panel)
    layer.undoStack().redo()  # QGIS's own button
    assert zones(layer) == after
    assert_agree(panel)


def test_esc_gives_the_drag_back(panel: ZonePanel, mouse: Mouse) -> None:
    before = zones(panel.layer)
    mouse.take("paint")
    mouse.start_drag((0.5, 1.5), (0.5, 2.5), (0.5, 3.5))
    assert zones(panel.layer) != before
    mouse.key(Qt.Key.Key_Escape)
    mouse.release(0.5, 3.5)
    assert zones(panel.layer) == before
    assert not panel.layer.undoStack().count()
    assert_agree(panel)


def test_a_fast_hand_skips_no_cell_and_forbidden_ones_stay(panel: ZonePanel, mouse: Mouse) -> None:
    mouse.take("paint")
    mouse.start_drag((0.5, 1.5), (0.5, 3.5))  # one event over two cells
    mouse.move(3.5, 3.6)  # over the rest of the northern row and into the other community
    assert zones(panel.layer)[21] == EASTERN
    assert "another community" in mouse.bubble
    mouse.move(2.5, 2.5)
    mouse.release(2.5, 2.5)
    assert zones(panel.layer).count(NORTH) == 1
    mouse.drag((0.5, 1.5), (1.5, 2.5))  # the last one
    assert zones(panel.layer).count(NORTH) == 1
    assert_agree(panel)


def test_hovering_tells_what_a_move_would_do(panel: ZonePanel, mouse: Mouse) -> None:
    mouse.take("paint")
    mouse.click(0.5, 0.5)
    assert panel.target == SOUTH
    mouse.move(1.5, 2.5)
    assert "西01网格 (001): 6 → 7 unit grids" in mouse.bubble
    assert not panel.layer.isModified()
    for place in ((0.5, 2.5), (1.5, 2.5)):
        mouse.click(*place, keys=SHIFT)
    mouse.move(1.5, 3.5)
    assert "西02网格 (002): 4 → 3 unit grids, workload 40,000 → 30,000" in mouse.bubble
    assert "falls apart into 2 parts" in mouse.bubble
    mouse.move(4.5, 0.5)
    assert "another community" in mouse.bubble
    mouse.move(-0.4, 0.5)
    assert not mouse.bubble
    mouse.click(1.5, 3.5, keys=SHIFT)
    assert shown(panel)[NORTH]["Parts"] == "2"
    assert "In several parts: 1." in panel.summary.text()


def test_rectangle_lasso_and_new_zone(panel: ZonePanel, mouse: Mouse, interface: MapInterface) -> None:
    mouse.take("rectangle")
    mouse.press(0.1, 2.1)
    assert "Choose a responsibility grid first" in interface.bar.currentItem().text()
    mouse.release(0.1, 2.1)
    choose(panel, SOUTH)
    mouse.start_drag((0.1, 2.1), (4.9, 2.8))
    assert "6 → 9 unit grids" in mouse.bubble
    mouse.release(4.9, 2.8)
    assert zones(panel.layer)[12:18] == [SOUTH] * 3 + [EASTERN] * 2 + [EASTERN_2]
    choose(panel, NORTH)
    mouse.take("lasso")
    mouse.drag((-0.2, 1.2), (1.8, 1.2), (1.8, 2.9), (-0.2, 2.9))
    assert zones(panel.layer)[6:9] == [NORTH, NORTH, SOUTH]
    assert panel.layer.undoStack().count() == 2
    mouse.take("zone_new")
    mouse.drag((4.5, 0.5), (4.5, 1.5))
    assert zones(panel.layer)[4] == zones(panel.layer)[10] == f"{EAST}003"
    assert shown(panel)[f"{EAST}003"]["Name"] == "东社区03网格"
    assert panel.target == f"{EAST}003"
    mouse.click(1.5, 0.5)  # cases name number 40 of the western community
    assert zones(panel.layer)[1] == f"{WEST}041"
    assert panel.layer.undoStack().count() == 4
    assert_agree(panel)


def test_a_flood_goes_to_the_next_streets(panel: ZonePanel, mouse: Mouse, interface: MapInterface) -> None:
    choose(panel, SOUTH)
    mouse.take("flood")
    mouse.click(1.5, 2.5)
    assert "streets" in interface.bar.currentItem().text()
    streets = QgsVectorLayer("LineString?crs=EPSG:4490&field=highway:string", "streets", "memory")
    lines = [[(0.9, -0.5), (0.9, 4.1)], [(-1, 3.05), (7, 3.05)]]
    metres = [shapely.LineString([(X + SIDE * i, Y + SIDE * j) for i, j in line]) for line in lines]
    frame = gpd.GeoDataFrame({"highway": ["residential", "tertiary"]}, geometry=metres, crs=CRS).to_crs(4490)
    QgsProject.instance().addMapLayer(streets)
    add(streets, frame)
    mouse.take("flood")
    assert panel.streets.currentLayer() is streets  # the only one
    mouse.click(1.5, 2.5)
    assert zones(panel.layer)[12:21] == [NORTH, SOUTH, SOUTH, EASTERN, EASTERN, EASTERN_2, NORTH, NORTH, NORTH]
    assert panel.layer.undoStack().count() == 1


def add(layer: QgsVectorLayer, frame: gpd.GeoDataFrame) -> None:
    from qgis.core import QgsFeature, QgsGeometry  # noqa: PLC0415

    rows = []
    for values in frame.itertuples(index=False):
        row = QgsFeature(layer.fields())
        row.setAttribute(0, values.highway)
        row.setGeometry(QgsGeometry.fromWkt(values.geometry.wkt))
        rows.append(row)
    layer.dataProvider().addFeatures(rows)


def test_locked_zones_stay(panel: ZonePanel, mouse: Mouse, interface: MapInterface, path: Path) -> None:
    choose(panel, NORTH)
    panel.zone_actions["lock"].trigger()
    model = panel.model
    box = model.data(model.index(model.row_of(NORTH), 0), Qt.ItemDataRole.CheckStateRole)
    assert box == Qt.CheckState.Checked
    before = zones(panel.layer)
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5))
    assert zones(panel.layer) == before
    mouse.drag((0.5, 2.5), (0.5, 1.5))
    assert "is locked" in interface.bar.currentItem().text()
    assert panel.target == NORTH  # so that it can be unlocked
    panel.save()
    assert pyogrio.read_dataframe(path, layer="zoned_grid").set_index(fields.RGID)[fields.LOCKED].groupby(level=0).sum(
    ).to_dict() == {SOUTH: 0, NORTH: 6, EASTERN: 0, EASTERN_2: 0}  # fmt: skip
    assert stored(path)[fields.LOCKED].to_dict() == {SOUTH: False, NORTH: True, EASTERN: False, EASTERN_2: False}
    model.setData(model.index(model.row_of(NORTH), 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    mouse.drag((0.5, 2.5), (0.5, 1.5))
    assert zones(panel.layer)[6] == NORTH
    panel.undo_action.trigger()
    panel.undo_action.trigger()
    assert panel.zones.plan.is_locked(NORTH)
    assert_agree(panel)


def test_split_merge_and_solve_are_one_step_each(panel: ZonePanel, mouse: Mouse, interface: MapInterface) -> None:
    before = zones(panel.layer)
    choose(panel, SOUTH)
    mouse.take("paint")
    mouse.key(Qt.Key.Key_H)
    assert set(zones(panel.layer)[:3] + zones(panel.layer)[6:9]) == {SOUTH, f"{WEST}041"}
    choose(panel, SOUTH, f"{WEST}041")
    mouse.key(Qt.Key.Key_M)
    assert zones(panel.layer) == before
    choose(panel, SOUTH, EASTERN)
    panel.zone_actions["merge"].trigger()
    assert "different communities" in interface.bar.currentItem().text()
    assert panel.layer.undoStack().count() == 2
    mouse.drag((0.5, 1.5), (0.5, 2.5), (1.5, 2.5), (2.5, 2.5), (2.5, 3.5))
    uneven = zones(panel.layer)
    panel.community.setCurrentIndex(panel.community.findData(WEST))
    assert set(shown(panel)) == {SOUTH, NORTH}
    panel.zone_actions["solve"].trigger()
    wait(lambda: panel.layer.undoStack().count() == 4)
    assert zones(panel.layer).count(SOUTH) == zones(panel.layer).count(NORTH) == 6
    assert zones(panel.layer)[3:6] == before[3:6]
    assert panel.histogram.counts[5] == 2
    panel.undo_action.trigger()
    assert zones(panel.layer) == uneven
    assert_agree_in(panel, {SOUTH, NORTH})


def assert_agree_in(panel: ZonePanel, codes: set[str]) -> None:
    assert set(shown(panel)) == codes
    panel.community.setCurrentIndex(0)
    assert_agree(panel)


def log_of(path: Path) -> list[list[str]]:
    return pyogrio.read_dataframe(path, layer="plan_log")[list(fields.PLAN_LOG)].to_numpy().tolist()


def stored(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_file(path, layer="responsibility_grids").set_index(fields.RGID)


def test_saving_renews_the_zones_and_writes_the_log(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, path: Path
) -> None:
    untouched = stored(path).loc[[EASTERN, EASTERN_2]]
    said = []
    panel.saved.connect(lambda: said.append("saved"))
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5))
    mouse.drag((0.5, 2.4), (1.5, 2.5))
    mouse.drag((2.5, 2.5), (1.5, 2.5))  # there and back
    mouse.take("zone_new")
    mouse.drag((0.5, 3.5), (1.5, 3.5))
    panel.save_action.trigger()
    assert said == ["saved"]
    assert not panel.layer.isModified()
    assert panel.tool_actions["zone_new"].isChecked()
    assert "3 responsibility grids renewed" in interface.bar.currentItem().text()
    new = f"{WEST}041"
    bgid = panel.zones.plan.ground.code
    assert [row[1:] for row in log_of(path)] == [
        [user_name(), "方案一", bgid[12], NORTH, SOUTH],
        [user_name(), "方案一", bgid[18], NORTH, new],
        [user_name(), "方案一", bgid[19], NORTH, new],
    ]
    assert {row[0][:10] for row in log_of(path)} == {time.strftime("%Y-%m-%d")}
    now = stored(path)
    assert list(now.loc[SOUTH, [fields.RG_NAME, fields.OWNER, fields.CELLS, fields.WORKLOAD, "Remark"]]) == [
        "西01网格", "赵", 7, 70_000.0, "own",
    ]  # fmt: skip
    assert list(now.loc[new, [fields.RG_NAME, fields.OWNER, fields.CELLS]]) == ["西社区41网格", "", 2]
    fresh = gpd.read_file(path, layer="zoned_grid")
    fresh = fresh[fresh[fields.END_DATE] == ""].dissolve(fields.RGID)
    assert all(now.geometry[code].equals(fresh.geometry[code]) for code in fresh.index)
    assert now.loc[[EASTERN, EASTERN_2]].equals(untouched)
    # A zone that is merged away goes, with QGIS's own button; the log is added to, and no number comes back.
    choose(panel, SOUTH, new)
    panel.zone_actions["merge"].trigger()
    assert panel.layer.commitChanges()
    assert set(stored(path).index) == {SOUTH, NORTH, EASTERN, EASTERN_2}
    assert [row[3:] for row in log_of(path)[3:]] == [[bgid[18], new, SOUTH], [bgid[19], new, SOUTH]]
    choose(panel, SOUTH)
    panel.zone_actions["split"].trigger()
    assert f"{WEST}042" in panel.zones.plan.zones


def test_what_could_not_be_written_is_owed(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise UnwritableTarget(path=str(path), why="the disk is full")

    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5))
    with monkeypatch.context() as patch:
        patch.setattr(zone_records, "renew_zones", refuse)
        panel.save()
    assert "disk is full" in interface.bar.currentItem().text()
    assert "plan_log" not in workspace.layers_present(path)
    mouse.drag((4.5, 0.5), (5.5, 0.5))
    panel.save()
    assert [row[3:] for row in log_of(path)] == [
        [f"{WEST}013", NORTH, SOUTH], [f"{EAST}006", EASTERN_2, EASTERN],
    ]  # fmt: skip
    assert stored(path)[fields.CELLS].to_dict() == {SOUTH: 7, NORTH: 5, EASTERN: 9, EASTERN_2: 3}


def test_cells_without_a_zone_are_always_on_top(panel: ZonePanel, mouse: Mouse) -> None:
    layer = panel.layer
    layer.startEditing()
    rows = sorted(layer.getFeatures(), key=lambda row: row.id())
    for row in (rows[0], rows[23]):
        layer.changeAttributeValue(row.id(), layer.fields().lookupField(fields.RGID), None)
    for column in (1, 2, 3, 11):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            panel.table.sortByColumn(column, order)
            assert next(iter(shown(panel))) == "No responsibility grid"
    assert shown(panel)["No responsibility grid"]["Unit grids"] == "2"
    assert "Unit grids without one: 2." in panel.summary.text()
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 0.5))
    assert_agree(panel)
    assert shown(panel)["No responsibility grid"]["Unit grids"] == "1"
    panel.community.setCurrentIndex(panel.community.findData(WEST))
    assert next(iter(shown(panel))) == "No responsibility grid"  # wherever they are
    assert set(shown(panel)) == {"No responsibility grid", SOUTH, NORTH}


def test_changes_from_elsewhere_are_followed(panel: ZonePanel, path: Path) -> None:
    layer = panel.layer
    layer.startEditing()
    rows = sorted(layer.getFeatures(), key=lambda row: row.id())
    layer.deleteFeature(rows[0].id())
    assert shown(panel)[SOUTH]["Unit grids"] == "5"
    layer.undoStack().undo()
    assert_agree(panel)
    layer.rollBack()
    grid = cells()
    grid.loc[grid[fields.RGID] == EASTERN_2, fields.RGID] = EASTERN
    write_layer(grid, path, "zoned_grid", "Polygon")
    show_layers(QgsProject.instance(), path)
    assert EASTERN_2 not in shown(panel)
    components = gpd.read_file(path, layer="components").assign(**{fields.BGID: grid[fields.BGID].iloc[13]})
    time.sleep(0.01)  # so that the workspace tells another time
    write_layer(components, path, "components", "Point")
    panel.follow(path, workspace.contents(path))
    assert shown(panel)[NORTH]["Components"] == "3"


def test_a_click_in_the_list_shows_the_place(panel: ZonePanel, interface: MapInterface) -> None:
    row = panel.model.row_of(EASTERN_2)
    area = panel.table.visualRect(panel.model.index(row, 1))
    QTest.mouseClick(panel.table.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, area.center())
    assert panel.target == EASTERN_2
    assert interface.canvas.extent().contains(QgsRectangle(X + 500, Y, X + 600, Y + 400))
    assert not interface.canvas.extent().contains(QgsRectangle(X, Y, X + 600, Y + 400))


def test_workload_is_counted_as_one_likes(panel: ZonePanel, mouse: Mouse, path: Path) -> None:
    assert panel.measure.currentData() == "area"  # as the zones were made
    panel.measure.setCurrentIndex(panel.measure.findData("components"))
    assert {code: row["Workload"] for code, row in shown(panel).items()} == {
        SOUTH: "2", NORTH: "1", EASTERN: "0", EASTERN_2: "0",
    }  # fmt: skip
    assert shown(panel)[SOUTH]["± mean"] == "+167 %"
    mouse.take("paint")
    mouse.drag((0.5, 2.5), (0.5, 1.5))
    panel.save()
    assert stored(path)[fields.WORKLOAD].to_dict() == {SOUTH: 2.0, NORTH: 1.0, EASTERN: 0.0, EASTERN_2: 0.0}


@pytest.mark.parametrize("fault", ["degrees", "fields", "filter", "none"])
def test_what_cannot_be_corrected_says_why(panel: ZonePanel, path: Path, tmp_path: Path, fault: str) -> None:
    project = QgsProject.instance()
    assert all(action.isEnabled() for action in panel.tool_actions.values())
    if fault == "filter":
        panel.layer.setSubsetString(f"\"CommCode\" = '{WEST}'")
        panel.refresh()
    else:
        project.clear()
    if fault in ("degrees", "fields"):
        frame = gpd.read_file(path, layer="zoned_grid")
        frame = frame.to_crs(4490) if fault == "degrees" else frame.assign(**{fields.RGID: 1})
        frame.to_file(tmp_path / "odd.gpkg", layer="odd")
        project.addMapLayer(QgsVectorLayer(str(tmp_path / "odd.gpkg"), "odd"))
    assert not any(action.isEnabled() for action in (*panel.tool_actions.values(), *panel.zone_actions.values()))
    wanted = {"degrees": "not in metres", "fields": "RGID", "filter": "filter", "none": "Press “Show”"}[fault]
    assert wanted in panel.tool_actions["paint"].toolTip()
    if fault == "none":
        panel.follow(None, {})
        assert "no unit grids" in panel.tool_actions["paint"].toolTip()


def test_a_layer_elsewhere_is_corrected_without_a_log(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, tmp_path: Path
) -> None:
    QgsProject.instance().clear()
    cells().to_file(tmp_path / "zones.shp", encoding="UTF-8")
    layer = QgsVectorLayer(str(tmp_path / "zones.shp"), "zones")
    QgsProject.instance().addMapLayer(layer)
    look_at(interface)
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5))
    assert zones(layer)[12] == SOUTH
    panel.save()
    assert "1 rows of the log were not written" in interface.bar.currentItem().text()


def test_forgetting_takes_all_off_the_map(interface: MapInterface, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show_layers(QgsProject.instance(), path)
    look_at(interface)
    settle()
    before = len(interface.canvas.scene().items())
    panel = ZonePanel(interface)
    panel.follow(path, workspace.contents(path))
    panel.show()
    mouse = Mouse(interface, panel)
    for name in panel.tool_actions:
        mouse.take(name)
        mouse.move(1.5, 1.5)
    choose(panel, SOUTH)
    mouse.take("paint")
    mouse.start_drag((0.5, 1.5), (0.5, 2.5))
    layer = panel.layer
    signals = layer.receivers(layer.beforeCommitChanges)
    monkeypatch.setattr(panel, "_ask_where", lambda _zones: "")
    panel.zone_actions["solve"].trigger()
    panel.forget()
    panel.deleteLater()
    settle()
    assert interface.canvas.mapTool() is None
    assert len(interface.canvas.scene().items()) == before
    assert layer.receivers(layer.beforeCommitChanges) < signals
    assert not layer.isEditCommandActive()
    wait(lambda: not QgsApplication.taskManager().countActiveTasks())
    settle()


def test_a_drag_among_ten_thousand_cells(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, tmp_path: Path
) -> None:
    side = 100
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    zone = [f"{WEST}{1 + i // 45 + 3 * (j // 45):03d}" for i, j in zip(column, row, strict=True)]  # up to 2,025 cells
    frame = gpd.GeoDataFrame(
        {fields.BGID: [f"{WEST}{k:06d}" for k in range(side * side)], fields.COMMUNITY_CODE: WEST, fields.RGID: zone},
        geometry=shapely.box(X + SIDE * column, Y + SIDE * row, X + SIDE * (column + 1), Y + SIDE * (row + 1)), crs=CRS,
    )  # fmt: skip
    write_layer(frame, tmp_path / "large.gpkg", "zoned_grid", "Polygon")
    QgsProject.instance().clear()
    QgsProject.instance().addMapLayer(QgsVectorLayer(workspace.source(tmp_path / "large.gpkg", "zoned_grid"), "large"))
    interface.canvas.setExtent(QgsRectangle(X + 4000, Y + 4000, X + 5000, Y + 4700))
    mouse.take("paint")
    mouse.start_drag((44.5, 44.5), (45.5, 44.5))
    for step in range(10):
        mouse.move(45.5, 44.5 - 0.1 - step / 3)
    assert "2,025 → 2,029 unit grids" in mouse.bubble
    mouse.release(45.5, 41)
    assert panel.layer.undoStack().count() == 1
    assert len(panel.layer.editBuffer().changedAttributeValues()) == 4


def test_solving_everywhere_is_asked_for(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all communities listed, who gives up changes nothing, and one community alone can be chosen."""
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5), (1.5, 2.5), (2.5, 2.5), (2.5, 3.5))
    before = zones(panel.layer)
    answers: list[str | None] = [None, WEST]
    monkeypatch.setattr(panel, "_ask_where", lambda _zones: answers.pop(0))
    panel.zone_actions["solve"].trigger()
    assert not QgsApplication.taskManager().countActiveTasks()
    assert panel.layer.undoStack().count() == 1
    panel.zone_actions["solve"].trigger()
    assert panel.zone_actions["solve"].text() == "Cancel"
    wait(lambda: panel.layer.undoStack().count() == 2)
    assert panel.zone_actions["solve"].text() == "Solve"
    assert zones(panel.layer).count(SOUTH) == zones(panel.layer).count(NORTH) == 6
    assert zones(panel.layer)[3:6] == before[3:6]
    assert not answers
    assert "One undo" in interface.bar.currentItem().text()


def test_all_limits_are_drawn_while_zones_are_corrected(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface
) -> None:
    def drawn() -> int:
        bands = [item for item in interface.canvas.scene().items() if isinstance(item, QgsRubberBand)]
        return sum(band.isVisible() and band.size() > 0 for band in bands)

    settle()
    assert drawn() == 0
    mouse.take("paint")
    settle()
    assert drawn() == 1
    interface.canvas.zoomScale(500_000)
    assert drawn() == 0  # too small to be told apart
    look_at(interface)
    assert drawn() == 1
    choose(panel, SOUTH)
    assert drawn() == 2
    interface.canvas.unsetMapTool(interface.canvas.mapTool())
    panel.hide()
    settle()
    assert drawn() == 0


def test_what_another_window_saved_meanwhile_is_not_overlooked(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, path: Path
) -> None:
    """Two windows on one workspace: the limits that are saved are those of the unit grids in the file."""
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5))
    other = QgsVectorLayer(workspace.source(path, "zoned_grid"), "other")
    row = next(row for row in other.getFeatures() if row[fields.BGID] == f"{WEST}015")  # the third one of row two
    other.startEditing()
    other.changeAttributeValue(row.id(), other.fields().indexOf(fields.RGID), SOUTH)
    assert other.commitChanges()
    panel.save()
    assert "1 unit grids that were changed elsewhere" in interface.bar.currentItem().text()
    assert panel.zones is not None
    saved = pyogrio.read_dataframe(path, layer="zoned_grid").set_index(fields.BGID)[fields.RGID]
    assert saved[f"{WEST}015"] == saved[f"{WEST}013"] == SOUTH
    assert stored(path)[fields.CELLS].to_dict() == {SOUTH: 8, NORTH: 4, EASTERN: 8, EASTERN_2: 4}
    assert panel.zones.plan.figures(SOUTH).cells == 8
    assert [log[3:] for log in log_of(path)] == [[f"{WEST}013", NORTH, SOUTH]]


def test_another_workspace_waits_for_what_is_not_saved(interface: MapInterface, path: Path, tmp_path: Path) -> None:
    """Neither the workspace nor the layers change while limits are not saved; names of the plan go on after it."""
    plugin = classFactory(interface)
    plugin.initGui()
    assert plugin.dock is not None
    dock = plugin.dock
    try:
        assert dock.open_workspace(path)
        look_at(interface)
        dock.tabs.setCurrentWidget(dock.tabs.widget(2))
        mouse = Mouse(interface, dock.zone_panel)
        mouse.take("paint")
        mouse.drag((0.5, 1.5), (0.5, 2.5))
        before = set(QgsProject.instance().mapLayers())
        assert not dock.open_workspace(tmp_path / "other.gpkg")
        assert "not saved" in interface.bar.currentItem().text()
        assert (dock.path, set(QgsProject.instance().mapLayers())) == (path, before)
        dock.zone_panel.save()
        assert dock.open_workspace(tmp_path / "other.gpkg")
        assert dock.path == tmp_path / "other.gpkg"
    finally:
        plugin.unload()


def test_rows_that_were_replaced_meanwhile_do_not_keep_others_from_the_log(
    panel: ZonePanel, mouse: Mouse, path: Path
) -> None:
    """Another program wrote the layer anew while it was under correction: QGIS finds one of its rows no more."""
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5), (1.5, 2.5))
    bgid = panel.zones.plan.ground.code
    other = QgsVectorLayer(f"{path}|layername=zoned_grid", "other", "ogr")
    gone = [row.id() for row in other.getFeatures(f"\"BGID\" = '{bgid[12]}'")]
    assert other.dataProvider().deleteFeatures(gone)
    saved = panel.zones.before_saving("方案一")
    assert saved.log[[fields.BGID, fields.OLD_RGID, fields.NEW_RGID]].to_numpy().tolist() == [[bgid[13], NORTH, SOUTH]]
    assert saved.touched == {NORTH, SOUTH}


def test_what_is_saved_is_owed_also_where_the_plan_cannot_be_read(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mouse.take("paint")
    mouse.drag((0.5, 1.5), (0.5, 2.5))
    with monkeypatch.context() as patch:
        patch.setattr(zone_records, "counts_by_grid", unreadable)
        panel.layer.beforeCommitChanges.connect(panel.zones.count_anew)  # the plan is to be read anew
        panel.save()
        assert "the disk is gone" in interface.bar.currentItem().text()
        panel.layer.beforeCommitChanges.disconnect(panel.zones.count_anew)
    mouse.take("paint")
    mouse.drag((4.5, 0.5), (5.5, 0.5))
    panel.save()
    assert [row[3:] for row in log_of(path)] == [
        [f"{WEST}013", NORTH, SOUTH], [f"{EAST}006", EASTERN_2, EASTERN],
    ]  # fmt: skip


def unreadable(*_given: object) -> None:
    raise UnreadableFile(path="w.gpkg", why="the disk is gone")


@pytest.mark.parametrize("tool", ["paint", "rectangle", "lasso", "flood", "zone_new"])
def test_a_plan_that_cannot_be_read_is_a_sentence_in_every_tool(
    panel: ZonePanel, mouse: Mouse, interface: MapInterface, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    choose(panel, SOUTH)
    mouse.take(tool)
    monkeypatch.setattr(zone_records, "counts_by_grid", unreadable)
    raised: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *what: raised.append(what))
    panel.zones.count_anew()
    mouse.move(1.5, 1.5)
    if tool in ("paint", "flood", "zone_new"):  # the others do nothing before a button is down
        assert "the disk is gone" in mouse.bubble
    interface.bar.clearWidgets()
    mouse.click(1.5, 1.5)
    assert "the disk is gone" in interface.bar.currentItem().text()
    mouse.drag((1.5, 1.5), (3.5, 2.5))
    assert not raised
