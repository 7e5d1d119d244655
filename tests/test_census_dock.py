"""The wizard of the census as the dock opens it: its workspace, cancelling while it writes, and unloading."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QApplication, QWizard

from citygrid_plugin import classFactory
from citygrid_plugin.core.errors import Cancelled
from citygrid_plugin.core.progress import Progress
from citygrid_plugin.gui.census.census_wizard import CensusWizard
from citygrid_plugin.gui.dock import CityGridDock
from citygrid_plugin.plugin import CityGridPlugin
from citygrid_plugin.storage import layers
from citygrid_plugin.storage.layers import write_layer

from .test_census_wizard import CRS, SOUTH, WEST
from .test_gui import Interface, settle, wait

LAMP = {"ObjID": "3207060118000001", "ClassCode": "0118", "ClassName": "路灯", "ObjState": "完好"}


def make_workspace(path: Path, *, has_lamp: bool = True) -> Path:
    """Two unit grids, and one lamp that was imported before."""
    x = np.array([WEST, WEST + 100])
    grid = gpd.GeoDataFrame(
        {"BGID": ["32070600100101", "32070600100102"]},
        geometry=shapely.box(x, SOUTH, x + 100, SOUTH + 100),
        crs=CRS,
    )
    lamp = gpd.GeoDataFrame([LAMP], geometry=[shapely.Point(WEST + 90, SOUTH + 5)], crs=CRS)
    write_layer(grid, path, "unit_grid", "Polygon")
    if has_lamp:
        write_layer(lamp, path, "components", "Point")
    return path


@pytest.fixture
def plugin(qgis_processing: None) -> Iterator[CityGridPlugin]:  # noqa: ARG001 - a fixture takes others so
    QgsSettings().remove("CityGrid")
    QgsProject.instance().clear()
    plugin = classFactory(Interface())
    plugin.initGui()
    yield plugin
    if plugin.dock is not None:
        plugin.unload()
    QgsProject.instance().clear()
    settle()


@pytest.fixture
def dock(plugin: CityGridPlugin, tmp_path: Path) -> CityGridDock:
    assert plugin.dock is not None
    assert plugin.dock.open_workspace(make_workspace(tmp_path / "one.gpkg"))
    return plugin.dock


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    path = tmp_path / "delivery.gpkg"
    record = {"ClassCode": ["0118"] * 2, "ClassName": ["路灯"] * 2, "ObjState": ["完好"] * 2}
    places = shapely.points(WEST + np.array([5, 150]), SOUTH + 5)
    gpd.GeoDataFrame(record, geometry=places, crs=CRS).to_file(path)
    return path


def open_wizard(dock: CityGridDock, delivery: Path) -> CensusWizard:
    """The wizard of the dock, led to its check."""
    dock.step_actions["importcomponents"].trigger()
    wizard = next(w for w in QApplication.topLevelWidgets() if isinstance(w, CensusWizard) and w.isVisible())
    wizard.sources.add([delivery])
    for _page in range(3):
        wait(wizard.currentPage().isComplete)
        wizard.next()
    wait(lambda: not wizard.check.run.is_running)
    return wizard


def components(path: Path) -> list[str]:
    return sorted(pyogrio.read_dataframe(path, layer="components", read_geometry=False)["ObjID"])


ALL = ["3207060118000001", "3207060118000002", "3207060118000003"]


def test_components_go_where_the_wizard_was_opened(dock: CityGridDock, delivery: Path, tmp_path: Path) -> None:
    """Also where another workspace is opened meanwhile, one that has no components."""
    other = make_workspace(tmp_path / "other.gpkg", has_lamp=False)
    wizard = open_wizard(dock, delivery)
    assert "one" in wizard.windowTitle()
    dock.open_workspace(other)
    wizard.next()
    wait(wizard.result.isComplete)
    assert components(tmp_path / "one.gpkg") == ALL
    assert "components" not in [name for name, _ in pyogrio.list_layers(other)]
    wizard.accept()


def test_a_workspace_that_is_gone_is_said_to_be(dock: CityGridDock, delivery: Path, tmp_path: Path) -> None:
    wizard = open_wizard(dock, delivery)
    path, aside = tmp_path / "one.gpkg", tmp_path / "aside.gpkg"
    path.rename(aside)
    wizard.check.again.click()
    assert "is not there any more" in wizard.check.told.text()
    assert str(path) in wizard.check.told.text()
    assert not wizard.check.isComplete()
    aside.rename(path)
    wizard.check.again.click()
    wait(wizard.check.isComplete)
    path.rename(aside)
    wizard.next()
    assert "is not there any more" in wizard.result.told.text()
    assert not path.exists()
    aside.rename(path)
    wizard.result.again.click()
    wait(wizard.result.isComplete)
    assert components(path) == ALL
    wizard.accept()


class Writing:
    """A write of layers that waits, before or after it has been done, until it is cancelled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, late: bool) -> None:
        self.begun = threading.Event()
        self._write, self._late = layers.write_layers, late
        monkeypatch.setattr(layers, "write_layers", self._wait)

    def _wait(self, new: list[layers.NewLayer], workspace: Path, progress: Progress = lambda _share: None) -> None:
        if self._late:
            self._write(new, workspace, progress)
        self.begun.set()
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                progress(0.5)
            except Cancelled:
                if self._late:
                    return
                raise
            time.sleep(0.01)


@pytest.mark.parametrize("late", [False, True])
def test_cancelling_while_it_writes_tells_the_truth(
    dock: CityGridDock, delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, late: bool
) -> None:
    path = tmp_path / "one.gpkg"
    wizard = open_wizard(dock, delivery)
    writing = Writing(monkeypatch, late=late)
    wizard.next()
    wait(writing.begun.is_set)
    wizard.button(QWizard.WizardButton.CancelButton).click()
    assert wizard.isVisible()
    assert "being cancelled" in wizard.result.told.text()
    wait(wizard.result.isComplete)
    shown = dock.step_actions["importcomponents"].toolTip()
    layer = QgsProject.instance().mapLayersByName("Components")[0]
    if late:
        assert components(path) == ALL
        assert "before the import could be cancelled" in wizard.result.told.text()
        assert "3 components" in shown
        assert layer.featureCount() == 3
    else:
        assert components(path) == ALL[:1]
        assert "Nothing was written" in wizard.result.told.text()
        assert "1 components" in shown
        monkeypatch.undo()
        wizard.result.again.click()
        wait(wizard.result.isComplete)
        assert components(path) == ALL
    assert not wizard.button(QWizard.WizardButton.CancelButton).isVisible()
    wizard.close()
    assert not wizard.isVisible()


def test_unloading_while_it_writes(
    plugin: CityGridPlugin, dock: CityGridDock, delivery: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wizard = open_wizard(dock, delivery)
    writing = Writing(monkeypatch, late=False)
    wizard.next()
    wait(writing.begun.is_set)
    plugin.unload()
    plugin.dock = None
    assert not QgsApplication.taskManager().tasks()
    settle()
    assert sip.isdeleted(wizard)
    assert components(tmp_path / "one.gpkg") == ALL[:1]
