"""The panel of the cases with real widgets: filters, list, map, history, export, and what it leaves with a project."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsExpression,
    QgsExpressionContext,
    QgsFeatureRequest,
    QgsProject,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDateTime, QModelIndex, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel, QToolTip

from citygrid_plugin import classFactory
from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.case_choice import LISTS, CaseFilter
from citygrid_plugin.core.cases.case_columns import CaseColumns
from citygrid_plugin.core.cases.case_filter import arranged, matches, states_at
from citygrid_plugin.gui.cases import case_panel as module
from citygrid_plugin.gui.cases.case_filters import ValueModel
from citygrid_plugin.gui.cases.case_history import history
from citygrid_plugin.gui.cases.case_list import HEADINGS, CaseModel
from citygrid_plugin.gui.cases.case_panel import CasePanel
from citygrid_plugin.gui.cases.case_words import duration, filter_words
from citygrid_plugin.processing.project import layers_of, show_layers
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.layers import NewLayer, write_layers

from .test_case_filter import CASES, CRS, some_cases
from .test_gui import settle, wait
from .test_gui_grid_edit import MapInterface

AT = "2025-06-20T09:30:00"
MARKUP = "<img src=x onerror=alert(1)><b>粗体</b>"


def demo() -> gpd.GeoDataFrame:
    cases = some_cases()
    cases.loc[0, fields.TEXT] = MARKUP
    cases.loc[0, fields.CASE_ID] = "<b>No0000</b>"
    cases[fields.OBJ_ID] = ""
    cases.loc[3, fields.OBJ_ID] = "3207060101000001"
    cases.loc[4, fields.OBJ_ID] = "gone"
    cases[fields.STATUS] = "open"
    cases[fields.RETURNS] = 1
    return cases


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "it's 案卷.gpkg"
    cases = demo()
    component = cases.iloc[[9]][["geometry"]].assign(ObjID="3207060101000001", ObjName="井盖", ObjState="完好")
    write_layers([NewLayer("cases", cases, "Point"), NewLayer("components", component, "Point")], path)
    return path


@pytest.fixture
def interface(qgis_processing: None) -> Iterator[MapInterface]:  # noqa: ARG001 - a fixture takes others so
    QgsSettings().remove("CityGrid")
    QgsProject.instance().clear()
    interface = MapInterface()
    interface.canvas.resize(600, 400)
    interface.window.show()
    yield interface
    QgsProject.instance().clear()


@pytest.fixture
def panel(interface: MapInterface, path: Path) -> Iterator[CasePanel]:
    show_layers(QgsProject.instance(), path)
    panel = CasePanel(interface)
    panel.follow(path, workspace.contents(path))
    panel.resize(360, 700)
    panel.show()
    interface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(CRS))
    interface.canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    at_rest(panel)
    yield panel
    panel.forget()
    panel.deleteLater()
    settle()


def at_rest(panel: CasePanel) -> None:
    wait(lambda: not panel.is_busy)


def stand_at(panel: CasePanel, moment: str = AT) -> None:
    panel.as_of.setChecked(True)
    panel.moment.setDateTime(QDateTime.fromString(moment, Qt.DateFormat.ISODate))
    at_rest(panel)


def shown(model: CaseModel, column: str = "number") -> list[str]:
    at = list(HEADINGS).index(column)
    return [model.data(model.index(row, at)) for row in range(model.rowCount())]


def on_map(layer: QgsVectorLayer) -> int:
    """How many features the legend counts."""
    counter = layer.countSymbolFeatures()  # None where they are counted already
    wait(lambda: counter is None or counter.status() in (counter.TaskStatus.Complete, counter.TaskStatus.Terminated))
    keys = [item.ruleKey() for item in layer.renderer().legendSymbolItems()]
    return sum(max(layer.featureCount(key), 0) for key in keys)


def told(panel: CasePanel) -> str:
    return panel._counts.text()


@pytest.mark.parametrize(
    "wanted",
    [
        CaseFilter(),
        CaseFilter(statuses=("overdue", "due soon")),
        CaseFilter(departments=("01", ""), text="pot"),
        CaseFilter(first=date(2025, 6, 5), last=date(2025, 6, 12), streets=("中山街道",)),
        CaseFilter(classes=("O'Neil \\ lamp",), sources=("100%_",)),
    ],
    ids=["all", "status", "department and word", "period and street", "class and source"],
)
def test_list_counts_and_map_agree(panel: CasePanel, wanted: CaseFilter) -> None:
    stand_at(panel)
    panel.show_filter(wanted)
    at_rest(panel)
    cases = CaseColumns.of(demo().drop(columns="geometry"))
    states = states_at(cases, np.datetime64(AT), as_of=True)
    mask = matches(cases, wanted, states)
    assert panel.model.rowCount() == mask.sum()
    assert told(panel).startswith(f"{mask.sum()} of {states.known.sum()} cases")
    assert on_map(panel.layer) == mask.sum()
    for status, count in zip(states.status.distinct, states.status.count(mask), strict=True):
        assert (f"{status.capitalize()} {count}" in told(panel)) == bool(count)
    assert bool(panel._active.text()) == (not wanted.is_empty)
    assert {name: set(getattr(panel.wanted, name)) for name in LISTS} == {
        name: set(getattr(wanted, name)) for name in LISTS
    }
    assert replace(panel.wanted, **dict.fromkeys(LISTS, ())) == replace(wanted, **dict.fromkeys(LISTS, ()))


def test_ticking_a_value_filters_and_counts_stay_beside_it(panel: CasePanel) -> None:
    stand_at(panel)
    button = panel.filters.lists["departments"]
    everything = panel.model.rowCount()
    before = labels(button.model)
    at = button.model.values.index("01")
    assert button.model.setData(button.model.index(at), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    at_rest(panel)
    count = panel.model.rowCount()
    assert 0 < count < everything
    assert labels(button.model) == before  # a list does not filter itself
    assert f"01  ({count})" in labels(button.model)
    assert button.text() == "Department (1)"
    assert panel._active.text() == "Department: 01"
    panel.filters.lists["statuses"].choose(("void",))
    panel.refresh()
    assert labels(button.model) != before
    panel.clear_button.click()
    at_rest(panel)
    assert panel.model.rowCount() == everything
    assert panel.wanted.is_empty
    assert panel.clear_button.isHidden()


def labels(model: ValueModel) -> set[str]:
    return {model.data(model.index(row)) for row in range(model.rowCount())}


def test_words_are_searched_as_they_are_typed(panel: CasePanel) -> None:
    QTest.keyClicks(panel.filters.entry, "no001")
    wait(lambda: panel.model.rowCount() == 10)
    at_rest(panel)
    assert on_map(panel.layer) == 10
    QTest.keyClicks(panel.filters.entry, "zzz")
    wait(lambda: panel.model.rowCount() == 0)
    assert not panel._none.isHidden()
    assert not panel.export_button.isEnabled()


def test_the_list_is_sorted_by_urgency_else_by_its_head(panel: CasePanel) -> None:
    stand_at(panel)
    status = shown(panel.model, "status")
    order = ["Overdue", "Due soon", "Open", "Suspended", "Closed", "Void"]
    ranks = [min(order.index(each), 2) if each == "Open" else order.index(each) for each in status]
    groups = [0 if rank == 0 else 1 if rank in (1, 2) else rank for rank in ranks]
    panel.group.setChecked(False)
    single = [order.index(each) for each in shown(panel.model, "status")]
    urgent = [0 if rank == 0 else 1 if rank in (1, 2) else rank for rank in single]
    assert urgent == sorted(urgent)
    assert sorted(groups) == urgent
    panel.list.sortByColumn(list(HEADINGS).index("class"), Qt.SortOrder.AscendingOrder)
    classes = shown(panel.model, "class")
    assert classes == sorted(classes, key=lambda text: (text == "", text))


def test_repeated_reports_stand_below_the_first_one(panel: CasePanel) -> None:
    stand_at(panel)
    numbers = shown(panel.model)
    below = [number for number in numbers if number.startswith("↳ ")]
    first = [number for number in numbers if "×" in number]
    assert below
    assert first
    assert f"{len(below)} repeated reports" in told(panel)
    again = numbers.index(below[0])
    assert "×" in numbers[again - 1] or numbers[again - 1].startswith("↳ ")
    panel.group.setChecked(False)
    assert not any(number.startswith("↳ ") for number in shown(panel.model))
    assert len(panel.model._rows) == len(numbers)


def test_a_click_zooms_and_shows_the_history(panel: CasePanel, interface: MapInterface) -> None:
    case = panel._find("No0003")
    row = panel.model.place_of(case)
    panel.list.scrollTo(panel.model.index(row, 0))
    settle()
    place = panel.list.visualRect(panel.model.index(row, 0)).center()
    QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    point = demo().geometry.iloc[3]
    extent = interface.canvas.extent()
    assert extent.center().x() == pytest.approx(point.x, abs=1)
    assert extent.height() < 2000
    assert panel.details.title.text().startswith("No0003")
    texts = [label.text() for label in panel.details.findChildren(QLabel)]
    for name in (fields.REPORTED, fields.DEADLINE):
        time = CASES[name][3]
        assert pd.isna(time) or time.strftime("%Y-%m-%d %H:%M") in texts
    events = [time for time, *_ in history(panel._cases, case)]
    assert events == sorted(events)
    assert panel.details.component_button.text() == "Component 3207060101000001"
    panel.details.component_button.click()
    component = demo().geometry.iloc[9]
    assert interface.canvas.extent().center().x() == pytest.approx(component.x, abs=1)
    panel.show_component(panel._find("gone") or panel._find("No0004"))
    assert "gone" in interface.bar.currentItem().text()


def test_other_reports_are_a_step_away(panel: CasePanel) -> None:
    panel.group.setChecked(False)
    row = int(np.flatnonzero(panel._cases.is_repeat)[0])
    assert panel.list.choose(row)
    actions = panel.details.reports_button.menu().actions()
    assert len(actions) == len(panel._cases.same_reports(row)) - 1
    actions[0].trigger()
    assert panel._cases.lead[panel._find(panel._chosen)] == panel._cases.lead[row]
    assert panel._find(panel._chosen) != row


def test_keys_move_and_zoom(panel: CasePanel, interface: MapInterface) -> None:
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.model.index(0, 0))
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert panel.list.currentIndex().row() == 1
    case = panel.model.case_at(panel.list.currentIndex())
    assert panel.details._case == case
    interface.canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert interface.canvas.extent().center().x() == pytest.approx(panel._cases.xy[case, 0], abs=1)


def test_the_case_that_is_looked_at_stays(panel: CasePanel) -> None:
    panel.list.choose(panel._find("No0007"))
    assert panel._chosen == "No0007"
    panel.filters.entry.setText("no")
    panel.refresh()
    assert panel.model.case_at(panel.list.currentIndex()) == panel._find("No0007")
    panel.filters.entry.setText("no0011")
    panel.refresh()
    assert not panel.list.currentIndex().isValid()
    panel.clear()
    assert panel.model.case_at(panel.list.currentIndex()) == panel._find("No0007")


def test_texts_from_outside_are_no_markup(panel: CasePanel) -> None:
    case = panel._find("<b>No0000</b>")
    panel.list.choose(case)
    labels = panel.details.findChildren(QLabel)
    assert any(label.text() == MARKUP for label in labels)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    tip = panel.model.data(panel.model.index(panel.model.place_of(case), 0), Qt.ItemDataRole.ToolTipRole)
    assert "<b>No0000" not in tip
    model = ValueModel("streets", panel, {})
    model.offer({"<b>路</b>": 1})
    assert "<b>" not in model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)
    button = panel.filters.lists["streets"]
    button.choose(("<b>路</b>",))
    assert "<b>" not in button.toolTip()
    QToolTip.hideText()


def test_the_status_follows_the_clock(panel: CasePanel, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(module.datetime):
        @classmethod
        def now(cls, tz: object = None) -> module.datetime:  # noqa: ARG003
            return cls.fromisoformat(cls.time)

    for at in ("2025-06-10T00:00:00", "2025-06-25T00:00:00"):
        Clock.time = at
        monkeypatch.setattr(module, "datetime", Clock)
        panel._tick()
        cases = CaseColumns.of(demo().drop(columns="geometry"))
        states = states_at(cases, np.datetime64(at))
        overdue = int(states.status.count(states.known)[0])
        assert f"Overdue {overdue:,}" in told(panel)
        assert panel.model.rowCount() == len(cases)


def test_changed_data_are_read_again(panel: CasePanel, path: Path) -> None:
    panel.list.choose(panel._find("No0007"))
    new = demo().iloc[5:50]
    write_layers([NewLayer("cases", new, "Point")], path)
    show_layers(QgsProject.instance(), path, {"cases"})
    at_rest(panel)
    assert panel.model.rowCount() == 45
    assert panel.model.case_at(panel.list.currentIndex()) == panel._find("No0007") == 2
    layer = panel.layer
    assert layer.startEditing()
    feature = next(layer.getFeatures(QgsFeatureRequest().setFilterExpression("\"CaseID\" = 'No0008'")))
    layer.changeAttributeValue(feature.id(), layer.fields().indexOf(fields.DEPARTMENT), "<new>")
    at_rest(panel)
    assert "<new>  (1)" in labels(panel.filters.lists["departments"].model)
    layer.rollBack()
    at_rest(panel)
    assert "<new>  (1)" not in labels(panel.filters.lists["departments"].model)


def test_a_project_keeps_filter_style_and_moment(panel: CasePanel, interface: MapInterface, path: Path) -> None:
    stand_at(panel)
    wanted = CaseFilter(statuses=("overdue",), last=date(2025, 6, 18), text="pot")
    panel.style_box.setCurrentIndex(panel.style_box.findData("class"))
    panel.show_filter(wanted)
    at_rest(panel)
    count = panel.model.rowCount()
    other = CasePanel(interface)
    other.follow(path, workspace.contents(path))
    other.show()
    at_rest(other)
    assert other.wanted == wanted
    assert other.is_as_of
    assert other.style_box.currentData() == "class"
    assert other.model.rowCount() == count
    other.forget()
    other.deleteLater()


def test_a_layer_remembered_by_somebody_else(panel: CasePanel, interface: MapInterface) -> None:
    for text in (
        "no json",
        "[1]",
        '{"filter": 5, "moment": 7, "style": null}',
        '{"filter": {"first": "x", "text": 3}}',
    ):
        panel.layer.setCustomProperty(module._PROPERTY, text)
        other = CasePanel(interface)
        assert other.wanted.is_empty
        other.forget()
        other.deleteLater()


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".gpkg"])
def test_export_of_what_is_shown(panel: CasePanel, tmp_path: Path, suffix: str) -> None:
    stand_at(panel)
    panel.show_filter(CaseFilter(statuses=("overdue",), departments=("01", "1")))
    at_rest(panel)
    target = tmp_path / f"out{suffix}"
    for _ in range(2):  # a second export takes the place of the first
        panel.export(target)
        at_rest(panel)
    cases = CaseColumns.of(demo().drop(columns="geometry"))
    states = states_at(cases, np.datetime64(AT), as_of=True)
    rows = arranged(cases, states, matches(cases, panel.wanted, states))
    expected = cases.texts[fields.CASE_ID].texts[rows].tolist()
    assert expected
    if suffix == ".xlsx":
        sheet = openpyxl.load_workbook(target).worksheets[0]
        lines = list(sheet.iter_rows(values_only=True))
        assert "As of 2025-06-20 09:30" in lines[0][0]
        assert "Department: 1, 01" in lines[0][0] or "Department: 01, 1" in lines[0][0]
        assert lines[1][0] == "Case number"
        found = pd.DataFrame(lines[2:], columns=lines[1]).rename(columns={"Case number": "CaseID", "Status": "Status"})
    elif suffix == ".csv":
        found = pd.read_csv(target, dtype=str)
        assert found["Filter"].str.startswith("Status: Overdue · Department:").all()
        assert (found["AsOf"] == "As of 2025-06-20 09:30").all()
    else:
        found = pyogrio.read_dataframe(target, layer="cases")
        stated = pyogrio.read_dataframe(target, layer="cases_filter")
        assert stated["Filter"][0].startswith("Status: Overdue")
        assert found.geometry.notna().all()
        assert found.crs == CRS
    assert found["CaseID"].tolist() == expected
    assert (found["Status"] == "overdue").all()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".citygrid")] == []


def test_an_export_never_takes_the_place_of_other_data(panel: CasePanel, interface: MapInterface, path: Path) -> None:
    before = path.read_bytes()
    other = path.with_name("other.gpkg")
    demo().to_file(other, layer="own")
    for target in (path, other, path.with_name("x.txt"), path.parent / "no folder" / "x.csv"):
        interface.bar.clearWidgets()
        panel.export(target)
        at_rest(panel)
        assert target.name in interface.bar.currentItem().text()
    assert path.read_bytes() == before
    assert len(pyogrio.read_dataframe(other, layer="own")) == len(CASES)


def test_what_is_said_where_there_is_nothing(interface: MapInterface, tmp_path: Path, path: Path) -> None:
    plugin = classFactory(interface)
    plugin.initGui()
    panel = plugin.dock.case_panel
    plugin.dock.show()
    plugin.dock.tabs.setCurrentIndex(plugin.dock.tabs.count() - 1)
    assert "Open or make a workspace" in panel._reason_label.text()
    assert not panel.load_button.isVisible()
    plugin.dock.open_workspace(tmp_path / "empty.gpkg")
    assert "Load a list of cases first" in panel._reason_label.text()
    assert not panel.load_button.isHidden()
    plugin.dock.open_workspace(path)
    wait(lambda: not panel.is_busy)
    assert panel._pages.currentIndex() == 0
    assert panel.model.rowCount() == len(CASES)
    QgsProject.instance().removeMapLayers([layer.id() for layer in layers_of(QgsProject.instance(), path, "cases")])
    settle()
    assert "not on the map" in panel._reason_label.text()
    plugin.unload()
    settle()


def test_a_panel_that_goes_listens_to_nobody(interface: MapInterface, path: Path) -> None:
    show_layers(QgsProject.instance(), path)
    panel = CasePanel(interface)
    layer = panel.layer
    panel.forget()
    layer.dataChanged.emit()
    QgsProject.instance().layersRemoved.emit([])
    settle()
    assert not panel.is_busy
    panel._iface.canvas.temporalRangeChanged.emit()


def test_a_bar_stands_above_all(panel: CasePanel) -> None:
    bar = QLabel("bar")
    panel.add_bar(bar)
    settle()
    QApplication.processEvents()
    assert bar.mapTo(panel, QPoint(0, 0)).y() < panel.style_box.mapTo(panel, QPoint(0, 0)).y()


def test_words(qgis_app: object) -> None:  # noqa: ARG001
    assert duration(51.01) == "2 d 3 h"
    assert duration(-1.5) == "1 h 30 min"
    assert duration(23.999) == "1 d 0 h"
    assert duration(0.2) == "12 min"
    many = CaseFilter(streets=tuple(f"s{k}" for k in range(9)), sources=("",))
    assert filter_words(many) == "Street: s0, s1, s2, s3 and 5 more · Source: (not stated)"
    assert "s8" in filter_words(many, whole=True)


def test_a_model_asks_only_for_what_is_seen(panel: CasePanel) -> None:
    """Whatever the number of rows, a table asks for those in view."""
    asked: set[int] = set()
    data = panel.model.data

    def counted(index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        asked.add(index.row())
        return data(index, role)

    panel.model.data = counted
    panel.refresh()
    panel.list.viewport().repaint()
    assert 0 < len(asked) < panel.model.rowCount() / 2


def test_expressions_hold_in_the_context_of_the_map(panel: CasePanel) -> None:
    stand_at(panel)
    panel.show_filter(CaseFilter(statuses=("overdue",), text="100%"))
    at_rest(panel)
    _, only, _ = panel._on_map
    expression = QgsExpression(only)
    context = QgsExpressionContext()
    context.setFields(panel.layer.fields())
    assert expression.prepare(context)
    assert not expression.hasParserError()
