"""Correcting the unit grid in the dock: the tools by mouse, undo, saving with its crosswalk, the check list."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsPointXY,
    QgsProcessingAlgRunnerTask,
    QgsProject,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.gui import QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QKeyEvent, QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from citygrid_plugin import classFactory
from citygrid_plugin.core import fields
from citygrid_plugin.gui.dock import CityGridDock
from citygrid_plugin.gui.grids.grid_panel import GridPanel
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.layers import write_layer

from .test_gui import Interface, inventory, run, settle, wait
from .topology import assert_edges_shared, assert_no_common_interior

CRS = "EPSG:4549"
WEST, EAST = "320706001001", "320706001002"
X, Y = 420_000.0, 3_830_000.0
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


class MapInterface(Interface):
    """With what the map tools use."""

    def __init__(self) -> None:
        super().__init__()
        self.active: QgsVectorLayer | None = None

    def setActiveLayer(self, layer: QgsVectorLayer) -> None:  # noqa: N802
        self.active = layer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A workspace: six cells of 100 m, the four western ones of one community, and one that was closed before."""
    boxes = [
        shapely.box(X + 100 * i, Y + 100 * j, X + 100 * (i + 1), Y + 100 * (j + 1)) for j in (1, 0) for i in range(3)
    ]
    rows = {
        fields.BGID: [WEST + "001", WEST + "002", EAST + "001", WEST + "003", WEST + "004", EAST + "002", WEST + "009"],
        fields.DIST_CODE: "320706", fields.STREET_CODE: "320706001", fields.STREET_NAME: "街道",
        fields.COMMUNITY_CODE: [WEST, WEST, EAST, WEST, WEST, EAST, WEST],
        fields.COMMUNITY_NAME: "社区", fields.AREA: 10_000.0,
        fields.INITIAL_DATE: "20200101", fields.END_DATE: [""] * 6 + ["20240101"], fields.NOTE: "",
    }  # fmt: skip
    frame = gpd.GeoDataFrame(rows, geometry=[*boxes, shapely.box(X, Y, X + 150, Y + 150)], crs=CRS)
    path = tmp_path / "it's 数据.gpkg"
    write_layer(frame, path, "unit_grid", "Polygon")
    communities = gpd.GeoDataFrame(
        {"CommCode": [WEST, EAST], "CommName": ["西社区", "东社区"]},
        geometry=[shapely.box(X, Y, X + 200, Y + 200), shapely.box(X + 200, Y, X + 300, Y + 200)], crs=CRS,
    )  # fmt: skip
    write_layer(communities, path, "communities", "MultiPolygon")
    return path


@pytest.fixture
def interface(qgis_processing: None) -> Iterator[MapInterface]:  # noqa: ARG001 - a fixture takes others so
    QgsSettings().remove("CityGrid")
    QgsProject.instance().clear()
    interface = MapInterface()
    interface.canvas.resize(800, 600)
    interface.window.show()
    yield interface
    for layer in QgsProject.instance().mapLayers().values():
        if isinstance(layer, QgsVectorLayer) and layer.isEditable():
            layer.rollBack()
    QgsProject.instance().clear()


@pytest.fixture
def dock(interface: MapInterface, path: Path) -> Iterator[CityGridDock]:
    plugin = classFactory(interface)
    plugin.initGui()
    assert plugin.dock is not None
    assert plugin.dock.open_workspace(path)
    look_at(interface)
    yield plugin.dock
    plugin.unload()


@pytest.fixture
def panel(dock: CityGridDock) -> GridPanel:
    return dock.grid_panel


def look_at(interface: MapInterface, crs: str = CRS) -> None:
    interface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    if crs == CRS:
        interface.canvas.setExtent(QgsRectangle(X - 50, Y - 50, X + 350, Y + 250))


class Hand:
    """The mouse on the canvas, in metres from the corner of the grid."""

    def __init__(self, interface: MapInterface, panel: GridPanel) -> None:
        self.canvas, self.panel = interface.canvas, panel

    def take(self, name: str) -> QgsMapTool:
        self.panel.tool_actions[name].trigger()
        return self.canvas.mapTool()

    def event(self, kind: QEvent.Type, x: float, y: float, button: Qt.MouseButton, shift: bool) -> QgsMapMouseEvent:
        tool = self.canvas.mapTool()
        place = tool.toCanvasCoordinates(tool.toMapCoordinates(self.panel.layer, QgsPointXY(X + x, Y + y)))
        modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        return QgsMapMouseEvent(self.canvas, kind, QPoint(place.x(), place.y()), button, button, modifiers)

    def move(self, x: float, y: float, shift: bool = False) -> None:
        event = self.event(QEvent.Type.MouseMove, x, y, Qt.MouseButton.NoButton, shift)
        self.canvas.mapTool().canvasMoveEvent(event)

    def press(self, x: float, y: float, button: Qt.MouseButton = LEFT, shift: bool = False) -> None:
        self.canvas.mapTool().canvasPressEvent(self.event(QEvent.Type.MouseButtonPress, x, y, button, shift))

    def release(self, x: float, y: float, button: Qt.MouseButton = LEFT, shift: bool = False) -> None:
        self.canvas.mapTool().canvasReleaseEvent(self.event(QEvent.Type.MouseButtonRelease, x, y, button, shift))

    def click(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.move(x, y)
        self.press(x, y, button)
        self.release(x, y, button)

    def drag(self, start: tuple[float, float], end: tuple[float, float], shift: bool = False) -> None:
        self.move(*start)
        self.press(*start, shift=shift)
        self.move(*end, shift=shift)
        self.release(*end, shift=shift)

    def key(self, key: Qt.Key) -> None:
        self.canvas.mapTool().keyPressEvent(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


@pytest.fixture
def hand(interface: MapInterface, panel: GridPanel) -> Hand:
    return Hand(interface, panel)


def rows(layer: QgsVectorLayer) -> dict[str, dict[str, object]]:
    """All rows by their code."""
    names = layer.fields().names()
    features = list(layer.getFeatures())
    assert len({feature[fields.BGID] for feature in features}) == len(features)
    return {
        feature[fields.BGID]: dict(zip(names, feature.attributes(), strict=True))
        | {"shape": shapely.from_wkb(feature.geometry().asWkb().data())}
        for feature in features
    }


def current(layer: QgsVectorLayer) -> dict[str, dict[str, object]]:
    return {code: row for code, row in rows(layer).items() if not row[fields.END_DATE]}


def assert_sound(layer: QgsVectorLayer) -> None:
    now = current(layer)
    polygons = shapely.get_parts([row["shape"] for row in now.values()])
    assert_no_common_interior(polygons)
    assert_edges_shared(polygons)
    assert shapely.area(polygons).sum() == pytest.approx(60_000)
    assert [row[fields.AREA] for row in now.values()] == pytest.approx(shapely.area(polygons).tolist(), abs=0.01)


def snapshot(layer: QgsVectorLayer) -> list[tuple[object, ...]]:
    return sorted((f.id(), *map(str, f.attributes()), f.geometry().asWkt()) for f in layer.getFeatures())


TODAY = time.strftime("%Y%m%d")


def test_split_by_mouse_is_one_step(panel: GridPanel, hand: Hand, interface: MapInterface) -> None:
    layer = panel.layer
    assert layer is not None
    before = snapshot(layer)
    hand.take("split")
    assert interface.active is layer
    assert panel.tool_actions["split"].isChecked()
    # Across two cells of one community and into one of the other; the last click is a slip.
    for x, y in ((-20, 140), (150, 160), (250, 160), (260, 30)):
        hand.click(x, y)
    hand.key(Qt.Key.Key_Backspace)
    hand.click(0, 0, RIGHT)
    now = rows(layer)
    assert now[WEST + "001"][fields.END_DATE] == now[WEST + "002"][fields.END_DATE] == TODAY
    new = {code: row for code, row in current(layer).items() if row[fields.INITIAL_DATE] == TODAY}
    assert sorted(new) == [WEST + f"{number:03d}" for number in (10, 11, 12, 13)]  # 009 was given before
    assert {row[fields.STREET_NAME] for row in new.values()} == {"街道"}
    assert EAST + "001" in current(layer)
    assert shapely.get_num_coordinates(now[EAST + "001"]["shape"]) == 6  # the line ends inside: a vertex more
    assert_sound(layer)
    after = snapshot(layer)
    assert layer.undoStack().count() == 1
    panel.undo_action.trigger()
    assert snapshot(layer) == before
    panel.redo_action.trigger()
    assert snapshot(layer) == after


def test_merge_by_clicks(panel: GridPanel, hand: Hand, interface: MapInterface) -> None:
    layer = panel.layer
    assert layer is not None
    hand.take("merge")
    for x, y in ((50, 150), (150, 150), (250, 150)):
        hand.click(x, y)
    hand.key(Qt.Key.Key_Return)
    assert "different communities" in interface.bar.currentItem().text()
    assert not layer.isModified()
    hand.click(250, 150)  # once more: not this one
    hand.click(0, 0, RIGHT)
    now = rows(layer)
    assert now[WEST + "010"]["shape"].area == pytest.approx(20_000)
    assert now[WEST + "010"][fields.INITIAL_DATE] == TODAY
    assert now[WEST + "001"][fields.END_DATE] == TODAY
    assert layer.undoStack().count() == 1
    assert not layer.selectedFeatureCount()
    assert_sound(layer)
    # A cell of today that nobody has seen saved leaves no closed row.
    for x, y in ((50, 150), (50, 50)):
        hand.click(x, y)
    hand.key(Qt.Key.Key_Return)
    assert sorted(current(layer)) == [WEST + "004", WEST + "011", EAST + "001", EAST + "002"]
    assert WEST + "010" not in rows(layer)
    hand.click(50, 150)
    hand.key(Qt.Key.Key_Escape)
    assert not layer.selectedFeatureCount()


def test_limits_follow_the_mouse(panel: GridPanel, hand: Hand, interface: MapInterface) -> None:
    layer = panel.layer
    assert layer is not None
    hand.take("move")
    hand.drag((60, 100), (75, 95))  # the limit between two cells: parallel to itself
    now = current(layer)
    assert set(now) == {WEST + "001", WEST + "002", WEST + "003", WEST + "004", EAST + "001", EAST + "002"}
    assert now[WEST + "001"]["shape"].bounds == pytest.approx((X, Y + 95, X + 100, Y + 200), abs=0.7)
    assert_sound(layer)
    hand.drag((100, 150), (140, 150), shift=True)  # a bend of a fifth of both cells: their codes end
    now = current(layer)
    assert not {WEST + "001", WEST + "002"} & set(now)
    assert {WEST + "010", WEST + "011"} <= set(now)
    assert rows(layer)[WEST + "001"]["shape"].area == pytest.approx(10_000)  # closed as it was saved
    assert layer.undoStack().count() == 2
    assert_sound(layer)
    before = snapshot(layer)
    for start, end in (((200, 150), (210, 150)), ((0, 50), (-10, 50))):
        hand.drag(start, end)
        assert "stays where it is" in interface.bar.currentItem().text()
    hand.press(100, 20)
    hand.move(120, 20)
    hand.key(Qt.Key.Key_Escape)
    hand.release(120, 20)
    assert snapshot(layer) == before
    panel.undo_action.trigger()
    panel.undo_action.trigger()
    assert not layer.isModified()


def test_esc_reaches_a_drag_on_the_map(panel: GridPanel, hand: Hand, interface: MapInterface) -> None:
    """With events as from the window system: the map keeps most keys to itself while a button is down."""
    hand.take("move")
    view = interface.canvas.viewport()
    start, end = (hand.event(QEvent.Type.MouseMove, x, 20, LEFT, shift=False).pos() for x in (100, 130))
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(view, LEFT, none, start)
    there = QPointF(end)
    QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseMove, there, there, Qt.MouseButton.NoButton, LEFT, none))
    QTest.keyClick(interface.canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, none, end)
    assert not panel.layer.isModified()


def test_renumber_a_community(panel: GridPanel, hand: Hand, interface: MapInterface) -> None:
    layer = panel.layer
    assert layer is not None
    hand.take("renumber")
    hand.click(50, 50)
    assert "in order already" in interface.bar.currentItem().text()
    hand.take("split")
    for point in ((30, 90), (30, 210)):
        hand.click(*point)
    hand.key(Qt.Key.Key_Enter)
    hand.take("renumber")
    hand.click(50, 50)
    now = {code: row["shape"].centroid for code, row in current(layer).items() if code.startswith(WEST)}
    assert sorted(now) == [WEST + f"{number:03d}" for number in range(10, 15)]
    assert [round(now[code].x - X) for code in sorted(now)] == [15, 65, 150, 50, 150]
    assert layer.undoStack().count() == 2
    hand.click(1_000, 1_000)
    assert "no unit grid" in interface.bar.currentItem().text()


def test_saving_writes_the_crosswalk(panel: GridPanel, hand: Hand, interface: MapInterface, path: Path) -> None:
    layer = panel.layer
    assert layer is not None
    assert not panel.save_action.isEnabled()
    hand.take("split")
    for point in ((30, 90), (30, 210)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    hand.take("merge")
    for point in ((250, 150), (250, 50)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    panel.save_action.trigger()
    assert not layer.isModified()
    assert panel.tool_actions["merge"].isChecked()
    table = pyogrio.read_dataframe(path, layer="crosswalk")
    assert list(table.columns) == list(fields.CROSSWALK)
    assert table.to_numpy().tolist() == [
        [WEST + "001", WEST + "010", pytest.approx(0.3, abs=0.01), "split", TODAY],
        [WEST + "001", WEST + "011", pytest.approx(0.7, abs=0.01), "split", TODAY],
        [EAST + "001", EAST + "003", 1.0, "merged", TODAY],
        [EAST + "002", EAST + "003", 1.0, "merged", TODAY],
    ]
    assert "4 rows" in interface.bar.currentItem().text()
    # QGIS's own button, and a second time: rows are added.
    hand.take("move")
    hand.drag((150, 100), (150, 96))
    assert layer.commitChanges()
    table = pyogrio.read_dataframe(path, layer="crosswalk")
    assert len(table) == 7
    assert table.Kind.tolist()[-3:] == ["kept", "split", "kept"]
    saved = pyogrio.read_dataframe(path, layer="unit_grid")
    assert len(saved) == 7 + 2 + 1
    assert sum(saved[fields.END_DATE] == TODAY) == 3
    assert snapshot(layer) == snapshot(QgsVectorLayer(workspace.source(path, "unit_grid"), "", "ogr"))


def test_renewals_add_to_the_crosswalk(panel: GridPanel, hand: Hand, path: Path) -> None:
    """A correction by hand between two renewals: what became of a code can be followed through all three."""
    told: list[list[object]] = []

    def added() -> list[list[object]]:
        """The rows that the crosswalk has more than before; those before stand as they were."""
        table = pyogrio.read_dataframe(path, layer="crosswalk").to_numpy().tolist()
        assert table[: len(told)] == told
        new = table[len(told) :]
        told[:] = table
        return new

    run("createunitgrid", path, DATE="20260101", CELL_AREA=40_000)
    first = added()
    assert {row[4] for row in first} == {"20260101"}
    west = [row for row in first if row[0].startswith(WEST)]
    assert [row[1:4] for row in west] == [[WEST + "010", 1.0, "merged"]] * 4
    panel.layer.reload()
    hand.take("split")
    for point in ((100, -10), (100, 210)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    panel.save()
    assert [[*row[:2], row[3]] for row in added()] == [[WEST + "010", WEST + code, "split"] for code in ("011", "012")]
    run("createunitgrid", path, DATE="20270101", CELL_AREA=40_000)
    second = added()
    assert [row for row in second if row[0].startswith(WEST)] == [
        [WEST + code, WEST + "013", 1.0, "merged", "20270101"] for code in ("011", "012")
    ]
    run("createunitgrid", path, DATE="20270101", CELL_AREA=40_000)
    assert {row[3] for row in added()} == {"kept"}
    run("createunitgrid", path, DATE="20270101", CELL_AREA=40_000)
    assert added() == []
    closed = pyogrio.read_dataframe(path, layer="unit_grid").set_index(fields.BGID)[fields.END_DATE]
    assert {row[0] for row in told if row[3] != "kept"} <= set(closed[closed != ""].index)


def test_later_steps_know_of_a_correction(dock: CityGridDock, hand: Hand, path: Path) -> None:
    frame = gpd.read_file(path, layer="unit_grid")
    write_layer(frame[frame[fields.END_DATE] == ""], path, "owned_grid", "Polygon")
    dock.refresh()
    time.sleep(0.01)
    hand.take("split")
    for point in ((30, 90), (30, 210)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    hand.panel.save()
    wait(lambda: "7 unit grids" in dock.step_actions["createunitgrid"].toolTip())
    assert "7 unit grids" in dock.step_actions["createunitgrid"].toolTip()
    assert "changed since: Unit grid" in dock.step_actions["assignowners"].toolTip()


def test_a_hint_hides_no_message(panel: GridPanel, hand: Hand) -> None:
    tool, said = hand.take("split"), []
    QCoreApplication.processEvents()
    tool.messageEmitted.connect(lambda text, _level: said.append(text))
    tool.messageDiscarded.connect(lambda: said.append(""))
    panel.layer.editingStopped.connect(lambda: hand.canvas.unsetMapTool(tool))  # as QGIS does
    for point in ((30, 90), (30, 210)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    panel.save()
    QCoreApplication.processEvents()
    assert hand.canvas.mapTool() is tool
    assert not any(said)  # that it was saved stands in the message bar
    said.clear()
    hand.take("move")
    assert said == [""]  # the tool takes its hint along


def test_nothing_is_written_without_a_change(panel: GridPanel, hand: Hand, path: Path) -> None:
    layer = panel.layer
    assert layer is not None
    hand.take("split")
    for point in ((30, 90), (30, 210)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    panel.undo_action.trigger()
    panel.save()
    assert "crosswalk" not in workspace.layers_present(path)


def test_a_layer_elsewhere_is_corrected_too(
    panel: GridPanel, hand: Hand, interface: MapInterface, path: Path, tmp_path: Path
) -> None:
    QgsProject.instance().clear()
    frame = gpd.read_file(path, layer="unit_grid")
    frame.to_file(tmp_path / "grid.shp", encoding="UTF-8")
    layer = QgsVectorLayer(str(tmp_path / "grid.shp"), "grid")
    QgsProject.instance().addMapLayer(layer)
    assert panel.layer is layer
    # The map in degrees, as where a web map came first.
    look_at(interface, "EPSG:4490")
    corners = gpd.GeoSeries(shapely.points([X - 50, X + 350], [Y - 50, Y + 250]), crs=CRS).to_crs(4490).total_bounds
    interface.canvas.setExtent(QgsRectangle(*corners))
    hand.take("split")
    for point in ((30, 90), (30, 210)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    assert len(current(layer)) == 7
    assert_sound(layer)
    panel.save()
    assert "not the unit grid of a workspace, so 2 rows" in interface.bar.currentItem().text()
    assert not panel.problems.button.isEnabled()


@pytest.mark.parametrize("fault", ["degrees", "fields", "read-only", "none"])
def test_what_cannot_be_corrected_says_why(
    panel: GridPanel, interface: MapInterface, path: Path, tmp_path: Path, fault: str
) -> None:
    project = QgsProject.instance()
    assert panel.layer is not None
    assert all(action.isEnabled() for action in panel.tool_actions.values())
    panel.tool_actions["split"].trigger()
    if fault == "read-only":
        panel.layer.setReadOnly(True)
    else:
        project.clear()
    frame = gpd.read_file(path, layer="unit_grid")
    if fault == "degrees":
        frame = frame.to_crs(4490)
    if fault == "fields":
        frame = frame.drop(columns=fields.END_DATE)
    if fault in ("degrees", "fields"):
        frame.to_file(tmp_path / "odd.gpkg", layer="odd")
        project.addMapLayer(QgsVectorLayer(str(tmp_path / "odd.gpkg"), "odd"))
    assert not any(action.isEnabled() for action in panel.tool_actions.values())
    assert interface.canvas.mapTool() is None
    wanted = {"degrees": "not in metres", "fields": "CHDate", "read-only": "read-only", "none": "no unit grid"}[fault]
    assert wanted in panel.tool_actions["split"].toolTip()


def test_the_check_list_leads_to_the_places(
    dock: CityGridDock, panel: GridPanel, hand: Hand, interface: MapInterface
) -> None:
    problems = panel.problems
    assert problems.summary.text() == "The unit grid was not checked yet."
    hand.take("merge")
    for point in ((50, 150), (150, 150), (50, 50), (150, 50)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)
    hand.take("split")
    for point in ((240, 0), (240, 100)):
        hand.click(*point)
    hand.click(0, 0, RIGHT)

    def check() -> None:
        problems.button.click()
        wait(lambda: not problems._run.is_running)
        assert not problems._run.is_running

    check()
    assert "problem" in problems.summary.text()
    count = problems.model.rowCount()
    small = [row for row, entry in enumerate(problems.model.entries) if "too small" in entry.text]
    assert len(small) == 1
    problems.view.clicked.emit(problems.model.index(small[0]))
    assert interface.canvas.extent().contains(QgsRectangle(X + 205, Y + 5, X + 235, Y + 95))
    assert interface.canvas.extent().width() < 600
    dock.show_layers()
    assert "not saved" in interface.bar.currentItem().text()
    assert panel.layer.isModified()
    panel.undo_action.trigger()
    assert "check it again" in problems.summary.text()
    check()
    assert problems.model.rowCount() == count - 1


def test_problems_of_a_workspace_are_listed_at_once(dock: CityGridDock, interface: MapInterface, path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {
            "Kind": ["out_of_order", "small", "gap"], "Severity": ["note", "warning", "error"],
            "BGID": ["", WEST + "001", ""], "Text": ["another order", "small one", "a gap"],
        },
        geometry=shapely.box(X + np.array([0, 0, 100]), Y, X + np.array([9, 5, 101]), Y + np.array([9, 5, 1])), crs=CRS,
    )  # fmt: skip
    write_layer(frame, path, "grid_problems", "MultiPolygon")
    dock.refresh()
    problems = dock.grid_panel.problems
    # A note asks for a look only: neither the list nor the step counts it as a problem.
    assert problems.summary.text() == "2 problems left, 1 of them errors. Notes: 1."
    assert "2 problems found" in dock.step_actions["checkunitgrid"].toolTip()
    texts = [problems.model.data(problems.model.index(row)) for row in range(3)]
    assert texts == ["a gap\nerror", f"small one\nwarning · {WEST}001", "another order\nnote"]
    problems.view.clicked.emit(problems.model.index(0))
    assert interface.canvas.extent().center().distance(QgsPointXY(X + 100.5, Y + 0.5)) < 1


def test_unload_takes_the_tools_along(interface: MapInterface, path: Path) -> None:
    settle()
    before = inventory(interface) | {"items": len(interface.canvas.scene().items())}
    plugin = classFactory(interface)
    plugin.initGui()
    assert plugin.dock is not None
    plugin.dock.open_workspace(path)
    look_at(interface)
    panel = plugin.dock.grid_panel
    layer = panel.layer
    hand = Hand(interface, panel)
    for name in panel.tool_actions:
        hand.take(name)
        hand.move(100, 150)
    hand.take("split")
    hand.click(20, 90)
    hand.move(20, 160)
    signals = layer.receivers(layer.beforeCommitChanges)
    panel.problems.button.click()
    plugin.unload()
    assert not any(isinstance(task, QgsProcessingAlgRunnerTask) for task in QgsApplication.taskManager().tasks())
    settle()
    assert interface.canvas.mapTool() is None
    assert layer.receivers(layer.beforeCommitChanges) < signals
    QgsProject.instance().clear()
    settle()
    assert inventory(interface) | {"items": len(interface.canvas.scene().items())} == before


def test_an_edit_of_a_large_grid_answers_at_once(panel: GridPanel, hand: Hand, tmp_path: Path) -> None:
    side = 200
    x, y = (axis.ravel() * 100.0 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    community = [f"320706{int(i) // 1000 + 1:03d}{int(j) // 1000:03d}" for i, j in zip(x, y, strict=True)]
    frame = gpd.GeoDataFrame(
        {fields.COMMUNITY_CODE: community, fields.END_DATE: "", fields.AREA: 1e4},
        geometry=shapely.box(X + x, Y + y, X + x + 100, Y + y + 100), crs=CRS,
    )  # fmt: skip
    number = frame.groupby(fields.COMMUNITY_CODE).cumcount() + 1
    frame[fields.BGID] = frame[fields.COMMUNITY_CODE] + number.astype(str).str.zfill(3)
    write_layer(frame, tmp_path / "large.gpkg", "unit_grid", "Polygon")
    QgsProject.instance().clear()
    QgsProject.instance().addMapLayer(QgsVectorLayer(workspace.source(tmp_path / "large.gpkg", "unit_grid"), "large"))
    hand.take("split")
    hand.click(30, 90)
    hand.click(30, 110)
    hand.click(30, 210)
    start = time.monotonic()
    hand.click(0, 0, RIGHT)
    assert time.monotonic() - start < 1
    assert panel.layer.undoStack().count() == 1
