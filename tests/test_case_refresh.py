"""Cases that are read again from their source: only when it has changed, and never to the harm of what is loaded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
from qgis.core import QgsApplication, QgsProject, QgsSettings, QgsSingleSymbolRenderer, QgsSymbol, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QUrl
from qgis.PyQt.QtWidgets import QWidget

from citygrid_plugin.gui.cases.case_refresh import CaseRefresh, RefreshBar
from citygrid_plugin.gui.cases.case_run import keep_source
from citygrid_plugin.gui.cases.case_wizard_source import lasting_parameters
from citygrid_plugin.gui.steps import parameters
from citygrid_plugin.processing import project as projects
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.case_sources import case_sources

from .open311_server import Reply, city, request_row
from .test_case_wizard import STEP, some_places, write_cases
from .test_census_wizard import space  # noqa: F401 - a fixture
from .test_gui import settle, wait

ROWS = [f"{number},部件,0101,处理,12319,2020-03-02 09:00," for number in range(1, 6)]


class Counting:
    """What a refresh has told."""

    def __init__(self, refresh: CaseRefresh) -> None:
        self.loaded, self.failed = 0, []
        refresh.loaded.connect(self._count)
        refresh.failed.connect(self.failed.append)

    def _count(self) -> None:
        self.loaded += 1


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A list of three cases."""
    path = tmp_path / "cases.csv"
    write_cases(path, ROWS[:3], some_places(3))
    return path


@pytest.fixture
def refresh(
    qgis_processing: None,  # noqa: ARG001 - a fixture takes others so
    provider: object,  # noqa: ARG001
    space: Path,  # noqa: F811
    table: Path,
) -> Iterator[CaseRefresh]:
    """Follows a workspace whose cases were loaded from the list."""
    QgsSettings().remove("CityGrid")
    refresh = CaseRefresh(lambda path: parameters(STEP, path, workspace.contents(path)))
    keep_source(space, "cases.csv", {"INPUT": str(table), "TIME_ZONE": "Asia/Shanghai"}, "unknown")
    refresh.follow(space)
    refresh.refresh_now()
    wait(lambda: not refresh.is_busy)
    assert workspace.layers_present(space)["cases"] == 3, refresh.state
    yield refresh
    refresh.forget()
    for task in QgsApplication.taskManager().tasks():
        task.waitForFinished(5000)
    QgsProject.instance().clear()
    refresh.deleteLater()
    settle()


def look(refresh: CaseRefresh) -> None:
    refresh.look()
    wait(lambda: not refresh.is_busy)


def numbers(path: Path) -> list[str]:
    return sorted(pyogrio.read_dataframe(path, layer="cases")["CaseID"])


def test_only_a_changed_source_is_read(refresh: CaseRefresh, space: Path, table: Path) -> None:  # noqa: F811
    told = Counting(refresh)
    before = refresh.source.loaded
    look(refresh)
    assert told.loaded == 0
    assert "No change" in refresh.state
    write_cases(table, ROWS[:5], some_places(5))
    look(refresh)
    assert told.loaded == 1
    assert "5 accepted" in refresh.state
    assert numbers(space) == ["1", "2", "3", "4", "5"]
    assert refresh.source.loaded >= before
    assert len(case_sources(space)) == 1
    look(refresh)
    assert told.loaded == 1


def legend_count(layer: QgsVectorLayer) -> int:
    """How many cases stand beside the only symbol in the legend."""
    counter = layer.countSymbolFeatures()
    if counter is not None:
        counter.waitForFinished()
        QCoreApplication.processEvents()
    (key,) = layer.renderer().legendKeys()
    return int(layer.featureCount(key))


def test_the_users_layer_stays_as_it_is(refresh: CaseRefresh, space: Path, table: Path) -> None:  # noqa: F811
    """Style, filter, selection and place in the tree, though the rows have other numbers."""
    (layer,) = [x for x in projects.show_layers(QgsProject.instance(), space) if x.name() == "Cases"]
    layer.setSubsetString("\"CaseID\" <> '3'")
    renderer = QgsSingleSymbolRenderer(QgsSymbol.defaultSymbol(layer.geometryType()))
    layer.setRenderer(renderer)
    looks = renderer.dump()
    layer.selectByExpression("\"CaseID\" = '2'")
    write_cases(table, ["9,部件,0101,处理,12319,2020-03-02 09:00,", *ROWS], some_places(6))
    look(refresh)
    assert [feature["CaseID"] for feature in layer.selectedFeatures()] == ["2"]
    assert sorted(feature["CaseID"] for feature in layer.getFeatures()) == ["1", "2", "4", "5", "9"]
    assert layer.renderer().dump() == looks
    assert QgsProject.instance().mapLayer(layer.id()) is layer


def test_a_failure_keeps_what_is_loaded_and_is_said_once(
    refresh: CaseRefresh,
    space: Path,  # noqa: F811
    table: Path,
) -> None:
    """And the next tries come later and later, until it works again."""
    told = Counting(refresh)
    refresh.set_minutes(5)
    waits = []
    table.unlink()
    for _try in range(3):
        look(refresh)
        waits.append(refresh._timer.interval() // 60_000)
    assert waits == [10, 20, 40]
    assert len(told.failed) == 1
    assert "What was loaded before stays." in refresh.state
    assert numbers(space) == ["1", "2", "3"]
    write_cases(table, ROWS[:4], some_places(4))
    look(refresh)
    assert numbers(space) == ["1", "2", "3", "4"]
    assert refresh._timer.interval() == 5 * 60_000


def test_a_service_that_breaks_off(refresh: CaseRefresh, space: Path) -> None:  # noqa: F811
    told = Counting(refresh)
    places = some_places(3)
    rows = [request_row(number, _recently(number), long=x, lat=y) for number, (x, y) in enumerate(places)]
    is_broken: list[bool] = []
    with city(lambda _request: Reply("<b>no</b>", 404) if is_broken else Reply(rows)) as server:
        keep_source(space, "service", {"SERVICE_URL": server.url}, "unknown")
        refresh.follow(space)
        assert refresh.source.name == "service"
        refresh.refresh_now()
        wait(lambda: not refresh.is_busy)
        assert numbers(space) == ["000000", "000001", "000002"], refresh.state
        is_broken.append(True)
        refresh.refresh_now()
        wait(lambda: not refresh.is_busy)
    assert numbers(space) == ["000000", "000001", "000002"]
    assert len(told.failed) == 1
    assert "404" in told.failed[0]


def test_a_layer_is_found_again_without_the_project(
    refresh: CaseRefresh,
    space: Path,  # noqa: F811
    table: Path,
) -> None:
    """Here one that QGIS reads by its provider of delimited text, as a URI; it is kept as it is written down."""
    uri = f"{QUrl.fromLocalFile(str(table)).toString()}?encoding=UTF-8&xField=经度&yField=纬度&crs=EPSG:4326"
    layer = QgsVectorLayer(uri, "list", "delimitedtext")
    assert layer.isValid()
    keep_source(space, "list", lasting_parameters(layer), "unknown")
    refresh.follow(space)
    for count in (3, 5):
        write_cases(table, ROWS[:count], some_places(count))
        look(refresh)
        assert len(numbers(space)) == count, refresh.state
    look(refresh)
    assert "No change" in refresh.state


def test_an_edited_layer_is_left_alone(refresh: CaseRefresh, space: Path, table: Path) -> None:  # noqa: F811
    (layer,) = [x for x in projects.show_layers(QgsProject.instance(), space) if x.name() == "Cases"]
    layer.startEditing()
    write_cases(table, ROWS, some_places(5))
    refresh.refresh_now()
    assert not refresh.is_busy
    assert "is being edited" in refresh.state
    layer.rollBack()
    look(refresh)
    assert len(numbers(space)) == 5


def test_a_closed_workspace_ends_what_is_under_way(refresh: CaseRefresh, space: Path, table: Path) -> None:  # noqa: F811
    told = Counting(refresh)
    write_cases(table, ROWS, some_places(5))
    refresh.set_minutes(1)
    refresh.refresh_now()
    assert refresh.is_busy
    refresh.follow(None)
    assert not refresh.is_busy
    assert refresh.source is None
    assert not refresh._timer.isActive()
    wait(lambda: not QgsApplication.taskManager().activeTasks())
    assert told.loaded == 0
    assert numbers(space) in (["1", "2", "3"], ["1", "2", "3", "4", "5"])  # all or nothing
    with sqlite3.connect(space) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_clock_is_not_put_off_by_other_changes(refresh: CaseRefresh, space: Path) -> None:  # noqa: F811
    """The dock follows the workspace at every change; and without an interval nothing ticks."""
    assert not refresh._timer.isActive()
    refresh.set_minutes(15)
    left = refresh._timer.remainingTime()
    settle()
    refresh.follow(space)
    assert refresh._timer.remainingTime() <= left
    refresh.set_minutes(0)
    assert not refresh._timer.isActive()


def test_the_bar_shows_source_and_state(refresh: CaseRefresh, table: Path) -> None:
    bar = RefreshBar(refresh)
    assert not bar.isVisible()  # no window of its own
    assert "cases.csv, loaded 20" in bar.source.text()
    assert str(table) in bar.source.toolTip()
    bar.interval.setCurrentIndex(bar.interval.findData(15))
    bar.interval.activated.emit(bar.interval.currentIndex())
    assert CaseRefresh(lambda _path: {}).minutes == 15  # it is kept
    bar.now.click()
    assert not bar.now.isEnabled()
    wait(lambda: not refresh.is_busy)
    assert bar.now.isEnabled()
    assert "3 accepted" in bar.state.text()
    refresh.follow(None)
    assert bar.findChild(QWidget).isHidden()
    bar.deleteLater()


def _recently(hours: int) -> object:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    return datetime.now(UTC) - timedelta(hours=hours)
