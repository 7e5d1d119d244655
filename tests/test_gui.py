"""The plugin in a window: it starts light, leads through the chain, and leaves nothing behind."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsRectangle,
    QgsSettings,
    QgsSymbolLayer,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas, QgsMessageBar, QgsProcessingAlgorithmDialogBase
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QLabel, QMainWindow

from citygrid_plugin import classFactory
from citygrid_plugin.gui.census.census_wizard import CensusWizard
from citygrid_plugin.gui.dock import CityGridDock
from citygrid_plugin.gui.steps import (
    STEPS,
    Progress,
    defaults,
    parameters,
    states,
)
from citygrid_plugin.gui.zones.plan_manager import PlanManager
from citygrid_plugin.plugin import CityGridPlugin
from citygrid_plugin.processing.project import (
    bring_out,
    build_project,
    show_layers,
    workspace_of,
)
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.layers import write_layer
from citygrid_plugin.storage.plans import cells_of, plans

from .conftest import ROOT

CRS = "EPSG:4549"


class Interface(QObject):
    """The part of QGIS's interface that the plugin uses, with real widgets."""

    def __init__(self) -> None:
        super().__init__()
        self.window = QMainWindow()
        self.plugins = self.window.menuBar().addMenu("Plugins")
        self.canvas = QgsMapCanvas(self.window)
        self.bar = QgsMessageBar(self.window)

    def mainWindow(self):  # noqa: ANN201, N802
        return self.window

    def mapCanvas(self):  # noqa: ANN201, N802
        return self.canvas

    def messageBar(self):  # noqa: ANN201, N802
        return self.bar

    def addDockWidget(self, area, dock):  # noqa: ANN001, ANN201, N802
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):  # noqa: ANN001, ANN201, N802
        self.window.removeDockWidget(dock)

    def addToolBar(self, title):  # noqa: ANN001, ANN201, N802
        return self.window.addToolBar(title)

    def pluginMenu(self):  # noqa: ANN201, N802
        return self.plugins


@pytest.fixture
def interface(qgis_processing: None) -> Iterator[Interface]:  # noqa: ARG001 - a fixture takes others so
    QgsSettings().remove("CityGrid")
    QgsProject.instance().clear()
    yield Interface()
    QgsProject.instance().clear()


@pytest.fixture
def plugin(interface: Interface) -> Iterator[CityGridPlugin]:
    plugin = classFactory(interface)
    plugin.initGui()
    yield plugin
    plugin.unload()


@pytest.fixture
def dock(plugin: CityGridPlugin) -> CityGridDock:
    assert plugin.dock is not None
    return plugin.dock


@pytest.fixture
def communities(tmp_path: Path) -> Path:
    """Two communities of 300 m × 200 m, side by side."""
    frame = gpd.GeoDataFrame(
        {
            "CommCode": ["320706001001", "320706001002"],
            "CommName": ["东社区", "西社区"],
            "StrCode": "320706001",
            "StrName": "街道",
        },
        geometry=shapely.box([420_000, 420_300], 3_830_000, [420_300, 420_600], 3_830_200),
        crs=CRS,
    )
    path = tmp_path / "in.gpkg"
    frame.to_file(path)
    return path


def settle() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


def wait(done: Callable[[], bool]) -> None:
    patience = time.monotonic() + 60
    while not done():
        assert time.monotonic() < patience, "it takes too long"
        QCoreApplication.processEvents()
        time.sleep(0.02)


def inventory(interface: Interface) -> dict[str, object]:
    """All that a plugin may leave behind; what earlier tests left to Python's collector does not count."""
    gc.collect()
    settle()
    project = QgsProject.instance()
    return {
        "children": sorted(
            f"{type(child).__name__} {child.objectName()}"
            for child in interface.window.children()
            if not child.objectName().startswith("qt_")
        ),
        "docks": len(interface.window.findChildren(QDockWidget)),
        "menus": [action.text() for action in interface.plugins.actions()],
        "providers": sorted(p.id() for p in QgsApplication.processingRegistry().providers()),
        "signals": [project.receivers(s) for s in (project.readProject, project.cleared, project.layersAdded)],
        "translators": QCoreApplication.translate("CityGrid", "Create unit grid"),
    }


def test_unload_leaves_nothing_behind(interface: Interface) -> None:
    settle()
    before = inventory(interface)
    for _ in range(2):
        plugin = classFactory(interface)
        plugin.initGui()
        settle()
        during = inventory(interface)
        assert "CityGridDock CityGridDock" in during["children"]
        assert "QToolBar CityGridToolbar" in during["children"]
        assert "citygrid" in during["providers"]
        assert during["menus"]
        assert during["signals"] != before["signals"]
        plugin.unload()
        settle()
        assert inventory(interface) == before


@pytest.fixture
def dialogs(plugin: CityGridPlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processing's own dialogs, on the interface of the test."""
    # Processing is there only after the fixture.
    from processing.gui import AlgorithmDialog, ParametersPanel, Postprocessing  # noqa: PLC0415
    from processing.tools import general  # noqa: PLC0415

    for module in (AlgorithmDialog, general):
        monkeypatch.setattr(module, "iface", plugin.iface)
    monkeypatch.setattr(ParametersPanel, "iface", None)
    monkeypatch.setattr(Postprocessing, "iface", None, raising=False)  # QGIS 3.44 wants its real layer tree


def open_dialog(dock: CityGridDock, step: str) -> QgsProcessingAlgorithmDialogBase:
    dock.step_actions[step].trigger()
    return next(
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, QgsProcessingAlgorithmDialogBase) and widget.algorithm().name() == step
    )


@pytest.mark.usefixtures("dialogs")
@pytest.mark.parametrize("running", [False, True])
def test_unload_ends_dialogs_and_runs(
    plugin: CityGridPlugin, communities: Path, tmp_path: Path, *, running: bool
) -> None:
    assert plugin.dock is not None
    plugin.dock.open_workspace(tmp_path / "work.gpkg")
    dialog = open_dialog(plugin.dock, "createunitgrid")
    dialog.setParameters({"COMMUNITIES": str(communities)})
    if running:
        dialog.runAlgorithm()
        assert QgsApplication.taskManager().tasks()
    plugin.unload()
    assert sip.isdeleted(dialog)
    assert not QgsApplication.taskManager().tasks()
    settle()


def test_start_loads_no_heavy_package() -> None:
    code = (
        "import sys\n"
        "from unittest.mock import MagicMock\n"
        "from qgis.core import QgsApplication\n"
        "from qgis.gui import QgsMessageBar\n"
        "from qgis.PyQt.QtWidgets import QMainWindow\n"
        "app = QgsApplication([], True); app.initQgis()\n"
        "before = set(sys.modules)\n"
        "window = QMainWindow(); iface = MagicMock()\n"
        "iface.mainWindow.return_value = window\n"
        "iface.addToolBar.side_effect = window.addToolBar\n"
        "from citygrid_plugin import classFactory\n"
        "plugin = classFactory(iface); plugin.initGui()\n"
        "heavy = {'geopandas', 'pandas', 'shapely', 'pyogrio', 'pyproj'}\n"
        "print('LOADED', sorted(heavy & (set(sys.modules) - before)))\n"
        "plugin.unload()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "LOADED []" in done.stdout, done.stdout + done.stderr


@pytest.mark.usefixtures("plugin")
def test_steps_fit_the_algorithms() -> None:
    """Every parameter that the dock fills in is one of the algorithm, and every layer is known."""
    registry = QgsApplication.processingRegistry()
    for step in STEPS:
        choices = [choice for layers in step.inputs.values() for choice in layers]
        names = {name for choice in choices for name in ([choice] if isinstance(choice, str) else choice)}
        names |= {*step.outputs.values(), *step.needs, *filter(None, (step.result, step.rejected))}
        assert names <= set(workspace.BY_NAME), step.algorithm
        algorithm = registry.algorithmById(f"citygrid:{step.algorithm}")
        if algorithm is None:
            continue
        wanted = {*step.inputs, *step.outputs, *filter(None, (step.several, step.folder, step.checked))}
        assert wanted <= {definition.name() for definition in algorithm.parameterDefinitions()}
        destinations = {d.name() for d in algorithm.destinationParameterDefinitions()}
        assert set(step.outputs) | set(filter(None, [step.folder])) <= destinations


def test_only_steps_with_an_algorithm_are_offered(dock: CityGridDock) -> None:
    registered = {a.name() for a in QgsApplication.processingRegistry().providerById("citygrid").algorithms()}
    assert set(dock.step_actions) == registered & {step.algorithm for step in STEPS}


def run(step_name: str, path: Path, **more: object) -> None:
    """Run a step with the parameters that its dialog opens with."""
    step = next(step for step in STEPS if step.algorithm == step_name)
    values = parameters(step, path, workspace.contents(path)) | more
    algorithm = QgsApplication.processingRegistry().algorithmById(f"citygrid:{step.algorithm}")
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback()
    _, successful = QgsProcessingAlgorithm.run(algorithm, values, context, feedback)
    assert successful, feedback.textLog()


def test_the_chain_through_the_dock(dock: CityGridDock, communities: Path, tmp_path: Path) -> None:
    path = tmp_path / "it's 数据" / "工作 space.gpkg"
    path.parent.mkdir()
    assert not any(action.isEnabled() for action in dock.step_actions.values())
    assert dock.open_workspace(path)
    enabled = {name for name, action in dock.step_actions.items() if action.isEnabled()}
    assert enabled == {"createunitgrid", "roadsegments", "checkdelivery"}  # roads and deliveries come from elsewhere
    assert "Unit grid" in dock.step_actions["checkunitgrid"].toolTip()

    run("createunitgrid", path, COMMUNITIES=str(communities))
    dock.refresh()
    now = states(path, workspace.contents(path))
    assert (now["createunitgrid"].progress, now["createunitgrid"].text) == (Progress.DONE, "12 unit grids")
    assert now["evaluatecases"].progress is Progress.BLOCKED
    assert "Cases" in now["evaluatecases"].text
    assert dock.step_actions["checkunitgrid"].isEnabled()

    for name in ("checkunitgrid", "assignowners", "exportshapefiles"):
        run(name, path)
    run("responsibilitygrids", path, COUNT=4)
    now = states(path, workspace.contents(path))
    assert now["checkunitgrid"].text == "No problem found"
    assert now["responsibilitygrids"].text == "4 responsibility grids"
    assert now["assignowners"].progress is Progress.DONE
    # Another run goes on from these: their number, their codes and what was locked.
    step = next(step for step in STEPS if step.algorithm == "responsibilitygrids")
    again = parameters(step, path, workspace.contents(path))
    assert defaults(step, path, workspace.contents(path)) == {"COUNT": 4}
    assert again["GRID"] == workspace.source(path, "zoned_grid")
    assert again["PREVIOUS"] == workspace.source(path, "responsibility_grids")
    assert "LOCKED_FIELD" not in again
    # The responsibility grids are newer than the delivery that holds the unit grid only.
    assert now["exportshapefiles"].progress is Progress.OUTDATED
    delivery = next(step for step in STEPS if step.algorithm == "exportshapefiles")
    layers = parameters(delivery, path, workspace.contents(path))["LAYERS"]
    assert layers == [workspace.source(path, n) for n in ("communities", "zoned_grid", "responsibility_grids")]
    run("exportshapefiles", path)
    assert states(path, workspace.contents(path))["exportshapefiles"].progress is Progress.DONE

    zoned = pyogrio.read_dataframe(path, layer="zoned_grid")
    zoned["Locked"] = (zoned["RGID"] == zoned["RGID"].min()).astype(int)
    write_layer(zoned, path, "zoned_grid", "Polygon")
    locked = set(zoned.loc[zoned["Locked"] == 1, "BGID"])
    assert parameters(step, path, workspace.contents(path))["LOCKED_FIELD"] == "Locked"
    run("responsibilitygrids", path, COUNT=3)
    zoned = pyogrio.read_dataframe(path, layer="zoned_grid")
    assert zoned["RGID"].nunique() == 3
    (same,) = set(zoned.loc[zoned["BGID"].isin(locked), "RGID"])
    assert set(zoned.loc[zoned["RGID"] == same, "BGID"]) == locked

    time.sleep(0.01)
    run("createunitgrid", path)
    assert parameters(step, path, workspace.contents(path))["GRID"] == workspace.source(path, "owned_grid")
    now = states(path, workspace.contents(path))
    assert now["createunitgrid"].progress is Progress.DONE
    for name in ("checkunitgrid", "assignowners", "responsibilitygrids"):  # the last by way of the owners
        assert now[name].progress is Progress.OUTDATED, name


@pytest.mark.usefixtures("plugin")
def test_a_second_delivery_adds_to_the_first(communities: Path, tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    for number, x in enumerate((420_050, 420_150)):
        delivery = tmp_path / f"delivery{number}.gpkg"
        record = {"ClassCode": ["0118"], "ClassName": ["路灯"]}
        gpd.GeoDataFrame(record, geometry=[shapely.Point(x, 3_830_050)], crs=CRS).to_file(delivery)
        run("importcomponents", path, INPUT=str(delivery))
    assert workspace.layers_present(path)["components"] == 2
    now = states(path, workspace.contents(path))
    assert (now["importcomponents"].progress, now["importcomponents"].text) == (Progress.DONE, "2 components")


def test_the_wizard_adds_deliveries_up(dock: CityGridDock, communities: Path, tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    dock.open_workspace(path)
    for number, x in enumerate((420_050, 420_150)):
        delivery = tmp_path / f"delivery{number}.gpkg"
        record = {"ClassCode": ["0118"] * 2, "ClassName": ["路灯"] * 2}
        points = [shapely.Point(x, 3_830_050), shapely.Point(x, 3_900_000)]  # the second lies outside
        gpd.GeoDataFrame(record, geometry=points, crs=CRS).to_file(delivery)
        dock.step_actions["importcomponents"].trigger()
        wizard = next(w for w in QApplication.topLevelWidgets() if isinstance(w, CensusWizard) and w.isVisible())
        wizard.sources.add([delivery])
        for _page in range(4):
            wait(wizard.currentPage().isComplete)
            wizard.next()
        wait(wizard.currentPage().isComplete)
        wizard.accept()
    present = workspace.layers_present(path)
    assert present["components"] == 2
    rejected = [count for name, count in present.items() if name.startswith("rejected_components")]
    assert rejected == [1, 1]  # a layer a delivery
    state = states(path, workspace.contents(path))["importcomponents"]
    assert state.text == "2 components, 2 not taken"
    root = QgsProject.instance().layerTreeRoot()
    visible = {node.layer().name(): node.isVisible() for node in root.findLayers()}
    assert visible["Components"]


def test_layers_come_once_in_order_and_are_read_anew(dock: CityGridDock, communities: Path, tmp_path: Path) -> None:
    project = QgsProject.instance()
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    dock.open_workspace(path)
    run("assignowners", path)
    dock.show_layers()
    dock.show_layers()
    order = [node.layer().name() for node in project.layerTreeRoot().findLayers()]
    assert order == ["Communities", "Unit grid", "Unit grid by owner"]
    grid = project.mapLayersByName("Unit grid")[0]
    assert grid.featureCount() == 12
    assert project.crs().authid() == CRS
    run("createunitgrid", path, CELL_AREA=2500)
    shown = show_layers(project, path, {"unit_grid"})
    assert shown == [grid]
    # Cut into quarters, all twelve are closed: they stay in the layer, but not on the map (see test_create_unit_grid).
    assert grid.featureCount() == 60
    closed = [bool(feature["CHDate"]) for feature in grid.getFeatures()]
    assert (closed.count(False), closed.count(True)) == (48, 12)
    hides = grid.renderer().symbol().symbolLayer(0).dataDefinedProperties()
    assert hides.isActive(QgsSymbolLayer.Property.LayerEnabled)


def test_a_run_from_the_toolbox_is_noticed(dock: CityGridDock, communities: Path, tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    dock.open_workspace(path)
    run("checkunitgrid", path)
    action = dock.step_actions["checkunitgrid"]
    wait(lambda: "No problem found" in action.toolTip())
    assert "No problem found" in action.toolTip()


@pytest.mark.usefixtures("plugin")
def test_layers_that_come_one_by_one_keep_the_order(communities: Path, tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    for name in ("checkunitgrid", "assignowners", "responsibilitygrids"):
        run(name, path)
    whole = QgsProject()
    at_once = [layer.name() for layer in show_layers(whole, path)]
    assert len(at_once) > 3
    for names in (list(workspace.contents(path)), list(workspace.contents(path))[::-1]):
        project = QgsProject()
        for name in names:
            # Processing adds the layer to the current group, before the dock takes it over.
            layer = QgsVectorLayer(workspace.source(path, name), name, "ogr")
            project.addMapLayer(layer, False)
            (project.layerTreeRoot().findGroup("work") or project.layerTreeRoot()).insertLayer(0, layer)
            show_layers(project, path, {name})
        shown = [node.layer().name() for node in project.layerTreeRoot().findLayers()]
        assert [name for name in shown if name in at_once] == at_once


def test_a_project_without_its_workspace_blocks_the_steps(
    dock: CityGridDock, interface: Interface, communities: Path, tmp_path: Path
) -> None:
    project = QgsProject.instance()
    interface.window.show()
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    build_project(path, QgsProject(), tmp_path / "work.qgz")
    dock.open_workspace(path)
    title = dock.findChildren(QLabel)[0]
    project.clear()
    assert dock.path is None
    assert not any(action.isEnabled() for action in dock.step_actions.values())

    project.read(str(tmp_path / "work.qgz"))
    assert dock.path == path
    assert dock.step_actions["checkunitgrid"].isEnabled()
    away = path.rename(tmp_path / "away.gpkg")
    wait(lambda: "missing" in title.text())
    assert title.text() == "work.gpkg is missing."
    assert not any(action.isEnabled() for action in dock.step_actions.values())
    away.rename(path)
    wait(lambda: "missing" not in title.text())
    assert dock.step_actions["checkunitgrid"].isEnabled()

    project.clear()
    path.rename(away)
    other = tmp_path / "other.gpkg"
    shutil.copy(away, other)
    dock.open_workspace(other)
    project.read(str(tmp_path / "work.qgz"))
    assert title.text() == "work.gpkg is missing."
    assert not any(action.isEnabled() for action in dock.step_actions.values())


def test_opening_looks_at_the_workspace(
    dock: CityGridDock, interface: Interface, communities: Path, tmp_path: Path
) -> None:
    project = QgsProject.instance()
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    project.addMapLayer(QgsVectorLayer("Point?crs=EPSG:4326", "world", "memory"))
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    dock.open_workspace(path)
    assert project.crs().authid() == CRS
    assert interface.canvas.extent().contains(QgsRectangle(420_000, 3_830_000, 420_600, 3_830_200))
    assert interface.canvas.extent().width() < 2_000


@pytest.mark.usefixtures("plugin")
def test_what_was_just_made_is_seen(communities: Path, tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    run("createunitgrid", path, COMMUNITIES=str(communities))
    for name in ("responsibilitygrids", "assignowners"):
        run(name, path)
    project = QgsProject()
    show_layers(project, path)
    for made in ("owned_grid", "responsibility_grids"):
        bring_out(project, path, made)
        shown = {node.layer().customProperty("citygrid/layer") for node in project.layerTreeRoot().findLayers()
                 if node.isVisible()}  # fmt: skip
        assert shown == {"communities", "unit_grid", made}


@pytest.mark.usefixtures("interface")
def test_mixed_geometries_become_a_layer_each(tmp_path: Path) -> None:
    path = tmp_path / "work.gpkg"
    shapes = [shapely.Point(0, 0), shapely.LineString([(0, 0), (9, 9)]), shapely.box(0, 0, 5, 5)]
    write_layer(gpd.GeoDataFrame({"ObjState": ["完好"] * 3}, geometry=shapes, crs=CRS), path, "components", "Unknown")
    shown = show_layers(QgsProject.instance(), path)
    assert sorted(layer.name() for layer in shown) == [
        "Components (line)", "Components (point)", "Components (polygon)",
    ]  # fmt: skip
    assert [layer.featureCount() for layer in shown] == [1, 1, 1]


def test_a_file_that_is_no_workspace_is_refused(dock: CityGridDock, interface: Interface, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_text("no database")
    assert not dock.open_workspace(broken)
    assert dock.path is None
    assert "broken.gpkg" in interface.bar.currentItem().text()


def test_project_finds_its_workspace_after_a_move(interface: Interface, communities: Path, tmp_path: Path) -> None:
    plugin = classFactory(interface)
    plugin.initGui()
    home = tmp_path / "a"
    home.mkdir()
    run("createunitgrid", home / "work.gpkg", COMMUNITIES=str(communities))
    build_project(home / "work.gpkg", QgsProject(), home / "work.qgz")
    moved = tmp_path / "b"
    shutil.move(home, moved)
    project = QgsProject()
    assert project.read(str(moved / "work.qgz"))
    assert workspace_of(project) == moved / "work.gpkg"
    assert all(layer.isValid() for layer in project.mapLayers().values())
    assert len(project.mapLayers()) == 2
    QgsProject.instance().read(str(moved / "work.qgz"))
    assert plugin.dock.path == moved / "work.gpkg"
    plugin.unload()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_destinations_survive_any_path(name: str) -> None:
    path = Path("/data") / name.replace("/", "_")
    uri = QgsDataSourceUri(workspace.destination(path, "unit_grid")[len("ogr:") :])
    assert (uri.database(), uri.table(), uri.geometryColumn()) == (str(path), "unit_grid", "geom")


def test_a_new_workspace_leaves_the_map_where_it_is(
    dock: CityGridDock, interface: Interface, communities: Path, tmp_path: Path
) -> None:
    QgsProject.instance().addMapLayer(QgsVectorLayer(str(communities), "in", "ogr"))
    interface.canvas.resize(400, 300)
    interface.canvas.setExtent(QgsRectangle(420_000, 3_830_000, 420_400, 3_830_300))
    before = interface.canvas.extent()
    assert dock.open_workspace(tmp_path / "work.gpkg")
    assert interface.canvas.mapSettings().hasValidSettings()
    assert interface.canvas.extent() == before


@pytest.mark.usefixtures("dialogs")
def test_the_grid_is_cut_again_as_it_was(dock: CityGridDock, communities: Path, tmp_path: Path) -> None:
    """The first dialog takes the only areas on the map, the next one the workspace and what was chosen before."""
    layer = QgsVectorLayer(str(communities), "in", "ogr")
    QgsProject.instance().addMapLayer(layer)
    path = tmp_path / "work.gpkg"
    dock.open_workspace(path)
    dialog = open_dialog(dock, "createunitgrid")
    values = dialog.createProcessingParameters()
    assert values["COMMUNITIES"] == layer.id()
    chosen = {"METHOD": 1, "CELL_AREA": 20_000, "COMMUNITY_NAME_FIELD": "StrName"}
    dialog.setParameters(values | chosen)
    run("createunitgrid", path, COMMUNITIES=str(communities))
    dialog.algorithmFinished.emit(True, {"OUTPUT": "unit_grid"})
    sip.delete(dialog)
    dialog = open_dialog(dock, "createunitgrid")
    values = dialog.createProcessingParameters()
    assert (values["METHOD"], values["CELL_AREA"], values.get("COMMUNITY_NAME_FIELD") or "") == (1, 20_000, "")
    taken = [QgsProject.instance().mapLayer(values[name]) for name in ("COMMUNITIES", "PREVIOUS_GRID")]
    assert [layer.source() for layer in taken] == [workspace.source(path, n) for n in ("communities", "unit_grid")]
    sip.delete(dialog)
    dock.open_workspace(tmp_path / "other.gpkg")
    assert open_dialog(dock, "createunitgrid").createProcessingParameters()["METHOD"] == 0


@pytest.mark.usefixtures("dialogs")
def test_a_delivery_is_checked_from_the_dock(dock: CityGridDock, communities: Path, tmp_path: Path) -> None:
    """At first that of the workspace, once there is one; afterwards what the user has chosen instead."""
    path = tmp_path / "work.gpkg"
    dock.open_workspace(path)
    dialog = open_dialog(dock, "checkdelivery")
    assert not dialog.createProcessingParameters().get("FOLDER")
    sip.delete(dialog)
    run("createunitgrid", path, COMMUNITIES=str(communities))
    run("exportshapefiles", path)
    dock.refresh()
    dialog = open_dialog(dock, "checkdelivery")
    assert dialog.createProcessingParameters()["FOLDER"] == str(tmp_path / "work_delivery")
    dialog.runAlgorithm()
    wait(lambda: bool(dialog.results()))
    assert dialog.results()["ROW_COUNT"] == 12 + 2
    assert dialog.results()["ERROR_COUNT"] == 0
    dialog.setParameters({"FOLDER": "", "FILE": str(tmp_path / "other.zip")})
    dialog.algorithmFinished.emit(True, {"ROW_COUNT": 14})
    sip.delete(dialog)
    values = open_dialog(dock, "checkdelivery").createProcessingParameters()
    assert (values["FOLDER"] or "", values["FILE"]) == ("", str(tmp_path / "other.zip"))


@pytest.mark.usefixtures("dialogs")
def test_the_dock_keeps_the_plan_that_a_run_would_replace(
    dock: CityGridDock, communities: Path, tmp_path: Path
) -> None:
    """Before the dialog of the responsibility grids opens, once; the list of plans belongs to the workspace."""
    path = tmp_path / "w.gpkg"
    assert not dock.plans_action.isEnabled()
    dock.open_workspace(path)
    run("createunitgrid", path, COMMUNITIES=str(communities))
    run("responsibilitygrids", path, COUNT=4)
    dock.refresh()
    for _ in range(2):
        dialog = open_dialog(dock, "responsibilitygrids")
        assert [(plan.name, plan.zones) for plan in plans(path)] == [("Plan 1", 4)]
        dialog.close()
    before = cells_of(path, "Plan 1").zone
    assert "plan_log" not in workspace.contents(path)  # the first plan took nothing from anybody
    run("responsibilitygrids", path, COUNT=2, PREVIOUS=None, GRID=workspace.source(path, "unit_grid"))
    after = cells_of(path, "").zone
    log = pyogrio.read_dataframe(path, layer="plan_log").set_index("BGID")
    changed = before[before != after.reindex(before.index)]
    assert log["OldRGID"].to_dict() == changed.to_dict()
    assert log["NewRGID"].to_dict() == after[changed.index].to_dict()
    assert set(log["Plan"]) == {"Plan 1"}
    dock.plans_action.trigger()
    manager = dock.findChild(PlanManager)
    assert manager.isVisible()
    assert manager.tree.topLevelItem(0).text(0) == "Plan 1"
    dock.open_workspace(tmp_path / "other.gpkg")
    settle()
    assert dock.findChild(PlanManager) is None


def test_the_dock_fits_a_small_screen(dock: CityGridDock) -> None:
    """QGIS's window grows beyond the screen where its docks do not fit in it."""
    assert dock.minimumSizeHint().height() < 300
