"""The wizard that loads cases with real widgets, from a list to cases in the workspace and a source to load again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from qgis.core import QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QMimeData, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QDropEvent
from qgis.PyQt.QtWidgets import QWizard

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases.cases import TARGETS
from citygrid_plugin.core.cases.deadline_words import counted_days, week_hours
from citygrid_plugin.core.cases.work_calendar import WorkCalendar
from citygrid_plugin.core.cases.worktime import Unit, add_limit
from citygrid_plugin.core.spatial.datum import to_gcj02
from citygrid_plugin.gui.cases import case_wizard_mapping
from citygrid_plugin.gui.cases.case_wizard import CaseWizard
from citygrid_plugin.gui.cases.case_wizard_source import LAYER, SERVICE
from citygrid_plugin.gui.steps import STEPS
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.case_sources import CaseSource, case_sources, save_case_source
from citygrid_plugin.storage.case_tables import CITY_LIMITS

from .open311_server import Reply, city, inside, paged, request_row
from .test_census_wizard import SOUTH, WEST, choose, go_on, lonlat, opened, space  # noqa: F401 - a fixture
from .test_gui import settle, wait

STEP = next(step for step in STEPS if step.algorithm == "loadcases")
HEAD = "案卷编号,案卷类型,小类代码,状态,来源,上报时间,截止时间,经度,纬度,问题描述"


@pytest.fixture
def another(
    qgis_processing: None,  # noqa: ARG001 - a fixture takes others so
    provider: object,  # noqa: ARG001
    space: Path,  # noqa: F811
    tmp_path: Path,
) -> Iterator[Callable[[], CaseWizard]]:
    """Opens wizards on the workspace, which have a memory of mappings of their own."""
    yield from opened(CaseWizard, STEP, space, tmp_path / "memory")


@pytest.fixture
def wizard(another: Callable[[], CaseWizard]) -> CaseWizard:
    return another()


def write_cases(path: Path, rows: list[str], places: np.ndarray, encoding: str = "utf-8") -> None:
    """Cases with the columns of ``HEAD``; ``rows`` hold all but the place and the text."""
    lines = [HEAD]
    lines += [f"{row},{x:.7f},{y:.7f},<b>路边</b>" for row, (x, y) in zip(rows, places, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)


def some_places(count: int) -> np.ndarray:
    return lonlat(WEST + 10.0 + 20 * np.arange(count), np.full(count, SOUTH + 50.0))


def to_the_check(wizard: CaseWizard) -> None:
    for _page in range(4):
        go_on(wizard)
    wait(lambda: not wizard.check.run.is_running)


def test_from_a_list_to_cases_and_a_source(  # noqa: PLR0915 - the way of a user from end to end
    another: Callable[[], CaseWizard],
    space: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    """A GBK list in phone coordinates, with a word for a stage that nobody knows; then the same source once more."""
    wizard = another()
    table = tmp_path / "案卷.csv"
    rows = [
        "1,部件,0101,Closed,12319,2020-03-02 09:00,",
        "2,部件,0101,Z9,市民,2020-03-02 17:00,",
        "3,部件,0101,Z9,市民,2020-03-02 17:00,2020-03-05 10:00",
        "4,部件,0101,处理,市民,2020-03-02 17:00,",
    ]
    places = some_places(4)
    places[:3] = to_gcj02(places[:3])
    places[3] = np.nan
    write_cases(table, rows, places, "gbk")
    wizard.source.choose_file(table)
    go_on(wizard)
    assert wizard.places.datum.currentIndex() == 1  # GCJ-02 puts them inside the community
    go_on(wizard)

    mapping = wizard.mapping
    assert mapping.table.boxes[fields.CASE_ID].currentText() == "案卷编号"
    assert "“Z9” (2)" in mapping.told.text()
    dialog = mapping.values_dialog(fields.STAGE)
    assert dialog._boxes["Closed"].lineEdit().placeholderText() == "结案"
    dialog._boxes["Z9"].setEditText("核查")
    mapping.rules[fields.STAGE] = {"field": "状态", "values": dialog.values()}
    dialog.deleteLater()
    go_on(wizard)

    deadlines = wizard.deadlines
    choose(deadlines, "limits", 1)
    assert "no standard" in deadlines.limits_told.text()
    choose(deadlines, "zone", deadlines.zone.findData("Asia/Shanghai"))
    wait(deadlines.isComplete)
    told = deadlines.told.text()
    assert "The limit of its class is" in told
    assert "Only work time counts: 2020-03-02 Mon 1 h" in told
    assert "The list states its deadline itself. So it is due on 2020-03-05 10:00 (Thu)." in told
    go_on(wizard)

    check = wizard.check
    wait(lambda: not check.run.is_running)
    assert check.isComplete(), check.told.text()
    assert "4 records read: 3 accepted, 1 rejected" in check.told.text()
    assert "Overdue 2" in check.told.text()
    tops = [check.tree.topLevelItem(row) for row in range(check.tree.topLevelItemCount())]
    assert any(top.child(0).text(2) == "row\u00a04" for top in tops)
    assert "cases" not in workspace.contents(space)  # nothing is written yet

    wizard.next()
    wait(wizard.result.isComplete)
    made = pyogrio.read_dataframe(space, layer="cases").set_index("CaseID")
    assert made["Stage"].tolist() == ["结案", "核查", "核查"]
    assert made["DueBy"].tolist() == ["class", "class", "stated"]
    assert (made["BGID"] != "").all()
    assert "Rejected cases" in wizard.result.told.text()
    kept = case_sources(space)
    assert [source.name for source in kept] == ["案卷.csv"]
    assert kept[0].fingerprint
    assert kept[0].loaded
    assert kept[0].parameters["LIMITS_PRESET"] == 1
    json.dumps(kept[0].parameters)
    assert not {"GRID", "OUTPUT"} & kept[0].parameters.keys()
    wizard.accept()

    later = another()  # all of it comes back
    choose(later.source, "before", 1)
    to_the_check(later)
    assert later.parameters()["MAPPING"] == kept[0].parameters["MAPPING"]
    assert {name: later.parameters()[name] for name in kept[0].parameters} == kept[0].parameters


def test_nothing_has_to_be_chosen(wizard: CaseWizard, space: Path, tmp_path: Path) -> None:  # noqa: F811
    write_cases(tmp_path / "a.csv", ["1,部件,0118,处理,12319,2020-03-02 09:00,"], some_places(1))
    wizard.source.choose_file(tmp_path / "a.csv")
    to_the_check(wizard)
    wizard.next()
    wait(wizard.result.isComplete)
    assert workspace.layers_present(space)["cases"] == 1


def test_of_several_dropped_files_the_first_is_taken_and_the_others_are_named(
    wizard: CaseWizard, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.csv" for name in ("一月", "二月", "三月")]
    for path in paths:
        write_cases(path, ["1,部件,0118,处理,12319,2020-03-02 09:00,"], some_places(1))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    everywhere = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    wizard.source.dropEvent(QDropEvent(QPointF(), *everywhere))
    wait(wizard.source.isComplete)
    assert Path(wizard.source.origin.parameters["INPUT"]) == paths[0]
    assert "load 二月.csv, 三月.csv afterwards" in wizard.source.told.text()
    wizard.source.choose_file(paths[1])
    wait(wizard.source.isComplete)
    assert "afterwards" not in wizard.source.told.text()


def test_a_source_that_was_loaded_before_can_be_forgotten(another: Callable[[], CaseWizard], space: Path) -> None:  # noqa: F811
    for name in ("一", "二"):
        save_case_source(space, CaseSource(name, {"INPUT": f"{name}.csv"}, "", ""))
    source = another().source
    choose(source, "before", source.before.findData("一"))
    assert source.forget_button.isEnabled()
    source.forget_source("一")
    assert [kept.name for kept in case_sources(space)] == ["二"]
    assert source.before.findData("一") < 0
    assert not source.forget_button.isEnabled()
    source.forget_source("二")
    assert not source.before.isVisible()


def test_deadlines_say_so_where_looking_at_them_was_cancelled(wizard: CaseWizard) -> None:
    wizard.deadlines._fail("")
    assert "cancelled" in wizard.deadlines.told.text()


def test_the_fields_are_those_of_the_algorithm() -> None:
    assert sorted(case_wizard_mapping._TARGETS) == sorted(TARGETS)


def test_a_workbook_with_several_sheets(wizard: CaseWizard, tmp_path: Path) -> None:
    """The longest is taken; another one can be chosen, and is what the algorithm reads."""
    frame = pd.DataFrame({"案卷编号": ["1", "2"], "经度": some_places(2)[:, 0], "纬度": some_places(2)[:, 1]})
    book = tmp_path / "book.xlsx"
    with pd.ExcelWriter(book) as writer:
        frame.head(1).to_excel(writer, sheet_name="上周", index=False)
        frame.to_excel(writer, sheet_name="本周", index=False)
    source = wizard.source
    source.choose_file(book)
    wait(source.isComplete)
    assert source.table.isVisible()
    assert source.origin.parameters["INPUT"].endswith("|layername=本周")
    choose(source, "table", 0)
    wait(source.isComplete)
    to_the_check(wizard)
    assert "1 records read: 1 accepted" in wizard.check.told.text()


def test_a_layer_of_the_project(wizard: CaseWizard, tmp_path: Path) -> None:
    """With its filter; one in memory can be loaded, but not kept."""
    write_cases(tmp_path / "a.csv", ["1,部件,0118,处理,a,2020-03-02 09:00,"] * 2, some_places(2))
    gpd.GeoDataFrame({"案卷编号": ["1", "2"]}, geometry=shapely.points(some_places(2)), crs=4326).to_file(
        tmp_path / "list.gpkg"
    )
    layer = QgsVectorLayer(str(tmp_path / "list.gpkg"), "list", "ogr")
    layer.setSubsetString("案卷编号 = '2'")
    QgsProject.instance().addMapLayer(layer)
    source = wizard.source
    source.kinds.button(LAYER).click()
    assert not source.isComplete()
    source.layer.setLayer(layer)
    to_the_check(wizard)
    assert "1 records read: 1 accepted" in wizard.check.told.text()
    assert "subset" in source.origin.lasting["INPUT"]


def test_an_open311_service(wizard: CaseWizard, space: Path) -> None:  # noqa: F811
    """Its address is all that is needed; an address where nobody answers is said, and blocks."""
    now = datetime.now(UTC)
    places = some_places(6)
    requests = [
        request_row(number, now - timedelta(hours=number + 1), long=x, lat=y) for number, (x, y) in enumerate(places)
    ]
    source = wizard.source
    source.kinds.button(SERVICE).click()
    source.connect_button.click()
    assert "address" in source.told.text()
    with city(lambda request: Reply(paged(inside(requests, request.query), request.query))) as server:
        source.url.setText(server.url)
        source.connect_button.click()
        to_the_check(wizard)
        assert wizard.mapping.table.boxes[fields.CASE_ID].currentText() == "service_request_id"
        wizard.next()
        wait(wizard.result.isComplete)
    made = pyogrio.read_dataframe(space, layer="cases")
    assert len(made) == 6, wizard.result.told.text()
    assert sorted(made["Stage"].unique()) == ["立案", "结案"]
    (kept,) = case_sources(space)
    assert kept.parameters["SERVICE_URL"] == source.url.text()
    assert "INPUT" not in kept.parameters


def test_a_service_that_does_not_answer(wizard: CaseWizard) -> None:
    source = wizard.source
    source.kinds.button(SERVICE).click()
    with city(lambda _request: Reply("<html>no</html>", 404)) as server:
        source.url.setText(server.url)
        source.connect_button.click()
        wait(lambda: not wizard.sources.is_busy)
    assert not source.isComplete()
    assert "404" in source.told.text()


@pytest.mark.real_data
def test_new_york_needs_no_choice(wizard: CaseWizard, real_data: Path) -> None:
    """Next, Next, Next: the counts are those of the file."""
    source = real_data / "cases" / "nyc_311_animals_plotly.csv"
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    placed = [row for row in rows if row["Latitude"]]
    closed = sum(row["Status"] == "Closed" for row in placed)
    wizard.source.choose_file(source)
    to_the_check(wizard)
    told = wizard.check.told.text()
    assert f"{len(rows):,} records read: {len(placed):,} accepted, {len(rows) - len(placed)} rejected" in told
    assert f"Open {len(placed) - closed:,}, Due soon 0, Overdue 0, Suspended 0, Closed {closed:,}, Void 0" in told


def test_what_is_wrong_is_said_and_blocks(wizard: CaseWizard, tmp_path: Path) -> None:
    """No file, a broken one, a list without places or times, a table of limits that is none."""
    source = wizard.source
    assert not source.isComplete()
    source.choose_file(tmp_path / "nowhere.csv")
    assert "is no file" in source.told.text()
    (tmp_path / "broken.gpkg").write_bytes(b"no database")
    source.choose_file(tmp_path / "broken.gpkg")
    wait(lambda: not wizard.sources.is_busy)
    assert "broken.gpkg" in source.told.text()
    assert not source.isComplete()
    (tmp_path / "bare.csv").write_text("案卷编号,说明\n1,<b>x</b>\n", encoding="utf-8")
    source.choose_file(tmp_path / "bare.csv")
    go_on(wizard)
    go_on(wizard)
    assert "where the cases are" in wizard.mapping.told.text()
    assert "no deadline can be computed" in wizard.mapping.told.text()
    go_on(wizard)
    deadlines = wizard.deadlines
    wait(deadlines.isComplete)
    choose(deadlines, "limits", 2)
    assert not deadlines.isComplete()
    assert "Time limits" in deadlines.told.text()
    deadlines.limits_file.setFilePath(str(tmp_path / "bare.csv"))
    wait(lambda: "table of time limits" in deadlines.told.text())
    assert not deadlines.isComplete()
    assert deadlines.told.textFormat() == Qt.TextFormat.PlainText
    deadlines.copy_to(CITY_LIMITS, deadlines.limits_file, tmp_path / "own.csv")
    go_on(wizard)
    wait(lambda: not wizard.check.run.is_running)
    assert "go back" in wizard.check.told.text()
    assert not wizard.check.isComplete()


def test_a_saved_mapping(another: Callable[[], CaseWizard], tmp_path: Path) -> None:
    write_cases(tmp_path / "a.csv", ["1,部件,0118,处理,a,2020-03-02 09:00,"], some_places(1))
    wizard = another()
    wizard.source.choose_file(tmp_path / "a.csv")
    go_on(wizard)
    choose(wizard.places, "datum", 2)
    go_on(wizard)
    choose(wizard.mapping, "scheme", 1)
    wizard.mapping.rules[fields.DEPARTMENT] = {"value": "市政"}
    wizard.mapping.save_to(tmp_path / "m.json")
    wizard = another()
    wizard.source.choose_file(tmp_path / "a.csv")
    go_on(wizard)
    go_on(wizard)
    wizard.mapping.load_from(tmp_path / "m.json")
    assert wizard.mapping.table.lines[fields.DEPARTMENT].text() == "市政"
    assert wizard.mapping.scheme.currentIndex() == 1
    assert wizard.sources.all[0].datum == 2
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    wizard.mapping.load_from(tmp_path / "broken.json")
    assert "cannot be used" in wizard.mapping.told.text()


def test_every_page_fits_a_small_screen(wizard: CaseWizard, tmp_path: Path) -> None:
    """1024 × 600 less the frame, with long names and texts in every place."""
    long = "很长的名称" * 30
    (x, y), table = some_places(1)[0], tmp_path / f"{'a long name ' * 15}.csv"
    rows = "".join(f"{number},{x},{y},{long}{number},{long},2020-03-02 09:00\n" for number in range(30))
    table.write_text(f"案卷编号,经度,纬度,小类名称,状态,上报时间\n{rows}", encoding="gbk")
    wizard.source.choose_file(table)
    for _page in range(5):
        page = wizard.currentPage()
        wait(lambda page=page: not page.run.is_running if page is wizard.check else page.isComplete())
        wizard.resize(1000, 540)
        settle()
        assert (wizard.width(), wizard.height()) == (1000, 540), page.title()
        assert wizard.rect().contains(wizard.button(QWizard.WizardButton.CancelButton).geometry())
        wizard.next()


# The words of a deadline

MOMENTS = st.integers(0, 4000 * 24 * 60).map(lambda minute: np.datetime64("2020-01-01T00:00:00") + minute * 60)
DAYS = st.lists(st.integers(0, 200), max_size=8).map(lambda n: np.datetime64("2020-01-01") + np.array(n, dtype=int))


@given(MOMENTS, st.integers(1, 400), DAYS, DAYS)
def test_the_days_that_are_told_add_up_to_the_limit(
    begin: np.datetime64, hours: int, holidays: np.ndarray, workdays: np.ndarray
) -> None:
    """Hours told = hours of the limit, for the deadline that the rule itself computes."""
    calendar = WorkCalendar(holidays=holidays.astype("datetime64[D]"), workdays=workdays.astype("datetime64[D]"))
    end = add_limit(np.array([begin]), np.array([float(hours)]), Unit.WORK_HOURS, calendar)[0]
    days = counted_days(begin, end, calendar)
    assert sum(day.minutes for day in days) == hours * 60
    off = set(holidays.astype("datetime64[D]")) - set(workdays.astype("datetime64[D]"))
    assert all(day.minutes == 0 for day in days if day.day in off)
    assert {day.day for day in days if day.holiday} == off & {day.day for day in days}


def test_the_week_in_words() -> None:
    calendar = WorkCalendar(holidays=np.array(["2020-01-01"], dtype="datetime64[D]"))
    assert week_hours(calendar, np.datetime64("2020-01-01")) == [([0, 1, 2, 3, 4], ((480, 720), (840, 1080)))]
