"""The wizard of the census with real widgets, from files to components in the workspace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsProject, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QWizard, QWizardPage

from citygrid_plugin.core import fields
from citygrid_plugin.core.records.saved_mappings import SavedMapping, mapping_for
from citygrid_plugin.core.spatial.datum import to_gcj02
from citygrid_plugin.gui.census.census_values import our_values
from citygrid_plugin.gui.census.census_wizard import CensusWizard
from citygrid_plugin.gui.records.findings import SHOWN
from citygrid_plugin.gui.records.values import ValuesDialog
from citygrid_plugin.gui.records.wizard import RecordsWizard
from citygrid_plugin.gui.steps import STEPS, Step, parameters
from citygrid_plugin.storage import workspace
from citygrid_plugin.storage.layers import write_layer
from citygrid_plugin.storage.mapping_files import load_mapping
from citygrid_plugin.storage.readers import deliveries

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


def opened(
    kind: Callable[..., RecordsWizard], step: Step, space: Path, memory: Path
) -> Iterator[Callable[[], RecordsWizard]]:
    """What opens wizards of a kind on a workspace; they end with it."""
    QgsSettings().remove("CityGrid")
    canvas = QgsMapCanvas()
    wizards = []

    def show() -> RecordsWizard:
        wizard = kind(space, lambda: parameters(step, space, workspace.contents(space)), canvas)
        wizard.sources.memory = memory
        wizard.show()
        wizards.append(wizard)
        return wizard

    yield show
    for wizard in wizards:
        wizard.reject()
    for task in QgsApplication.taskManager().tasks():
        task.waitForFinished(5000)
    for widget in (*wizards, canvas):
        widget.deleteLater()
    QgsProject.instance().clear()
    settle()


@pytest.fixture
def another(
    qgis_processing: None,  # noqa: ARG001 - a fixture takes others so
    provider: object,  # noqa: ARG001
    space: Path,
    tmp_path: Path,
) -> Iterator[Callable[[], CensusWizard]]:
    """Opens wizards on the workspace, which have a memory of mappings of their own."""
    step = next(step for step in STEPS if step.wizard)
    yield from opened(CensusWizard, step, space, tmp_path / "memory")


@pytest.fixture
def wizard(another: Callable[[], CensusWizard]) -> CensusWizard:
    return another()


def lonlat(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=CRS).to_crs(4326)
    return np.column_stack([points.x, points.y])


def write_table(path: Path, rows: list[tuple[str, str]], places: np.ndarray, encoding: str) -> None:
    """Class and state of lamps in a CSV with Chinese names of columns."""
    lines = ["小类代码,小类名称,现状,经度,纬度"]
    lines += [f"{code},路灯,{state},{x:.7f},{y:.7f}" for (code, state), (x, y) in zip(rows, places, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding=encoding)


def go_on(wizard: QWizard) -> None:
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
    assert places.datum.currentIndex() == 1  # GCJ-02 puts them inside the community
    assert "GCJ-02 was chosen" in places.told.text()
    go_on(wizard)

    mapping = wizard.mapping
    assert mapping.group.count() == 2
    assert mapping.table.boxes[fields.CLASS_CODE].currentText() == "小类代码"
    state = mapping.table.boxes[fields.OBJ_STATE]
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
    assert not wizard.button(QWizard.WizardButton.CancelButton).isVisible()
    assert "“Rejected components 1”" in wizard.result.told.text()
    assert wizard.result.report.isVisible()
    assert Path(wizard.result._report).is_file()


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


def test_a_mended_file_is_read_anew(wizard: CensusWizard, tmp_path: Path) -> None:
    table = tmp_path / "0118.geojson"
    table.write_text("{", encoding="utf-8")
    wizard.sources.add([table])
    wait(lambda: not wizard.sources.is_busy)
    assert not wizard.files.isComplete()
    gpd.GeoDataFrame({"状态": ["完好"]}, geometry=[shapely.Point(WEST, SOUTH)], crs=CRS).to_crs(4326).to_file(table)
    wizard.sources.add([table])
    assert len(wizard.sources.all) == 1
    wait(wizard.files.isComplete)


class Reading:
    """Reading of files that waits until it is told to go on; ``settings`` are what each was to be read with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settings: list[dict[str, object]] = []
        self._go_on = threading.Semaphore(0)
        self._read = deliveries.read_deliveries
        monkeypatch.setattr(deliveries, "read_deliveries", self._wait)

    def _wait(self, path: Path, **settings: object) -> object:
        self.settings.append(settings)
        assert self._go_on.acquire(timeout=30)
        return self._read(path, **settings)

    def go_on(self) -> None:
        self._go_on.release()


def test_a_file_that_is_removed_is_read_no_further(
    wizard: CensusWizard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{name}.csv" for name in ("0101", "0118")]
    for path in paths:
        write_table(path, [("0118", "1")], lonlat(np.array([WEST + 5]), np.array([SOUTH + 5])), "utf-8")
    reading = Reading(monkeypatch)
    wizard.sources.add(paths)
    wait(lambda: len(reading.settings) == 1)
    wizard.sources.remove(wizard.sources.all[:1])
    wait(lambda: len(reading.settings) == 2)  # the other one is read at once
    reading.go_on()
    reading.go_on()
    wait(lambda: not wizard.sources.is_busy)
    assert [(source.path, source.count) for source in wizard.sources.all] == [(paths[1], 1)]


def test_the_last_settings_count_however_fast_they_change(
    wizard: CensusWizard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "0118.csv"
    write_table(table, [("0118", "1")], lonlat(np.array([WEST + 5]), np.array([SOUTH + 5])), "gbk")
    reading = Reading(monkeypatch)
    wizard.sources.add([table])
    wait(lambda: len(reading.settings) == 1)
    source = wizard.sources.all[0]
    source.encoding = "GB18030"
    wizard.sources.read_again(source)
    wait(lambda: len(reading.settings) == 2)
    reading.go_on()
    reading.go_on()
    wait(lambda: not wizard.sources.is_busy)
    assert source.records[0].encoding.upper() == "GB18030"


def test_a_file_without_a_crs_is_asked_about(wizard: CensusWizard, tmp_path: Path) -> None:
    """Metres that name no belt: the next page asks, and Next is blocked there until it is said."""
    tables = [tmp_path / f"{code}.csv" for code in ("0118", "0101")]
    for table in tables:
        table.write_text(f"x,y\n{WEST + 5},{SOUTH + 5}\n", encoding="utf-8")
    wizard.sources.add(tables)
    go_on(wizard)
    assert not wizard.places.isComplete()
    assert "0118.csv" in wizard.places.told.text()
    wizard.places.crs.setCrs(QgsCoordinateReferenceSystem(CRS))
    wait(wizard.places.isComplete)
    frames = [records.frame for _, records in wizard.sources.records]
    assert [(frame.crs.to_epsg(), frame.geometry.iloc[0].x) for frame in frames] == [(4549, WEST + 5)] * 2


def test_records_without_a_place_are_shown(wizard: CensusWizard, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"状态": ["完好", None]}, geometry=[None, shapely.Point(WEST, SOUTH)], crs=CRS)
    frame.to_file(tmp_path / "0118.gpkg")
    wizard.sources.add([tmp_path / "0118.gpkg"])
    go_on(wizard)
    shown = wizard.places.preview
    texts = [[shown.item(row, column).text() for column in range(2)] for row in range(2)]
    assert texts == [["完好", "–"], ["", f"{WEST:.6f}, {SOUTH:.6f}"]]


def choose(page: QWizardPage, name: str, index: int) -> None:
    """Choose an entry of a box, as a user does."""
    box = getattr(page, name)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_who_chooses_a_datum_keeps_it(wizard: CensusWizard, tmp_path: Path) -> None:
    places = to_gcj02(lonlat(WEST + np.array([10.0, 60]), SOUTH + np.array([50.0, 40])))
    write_table(tmp_path / "0118.csv", [("0118", "1")] * 2, places, "gbk")
    wizard.sources.add([tmp_path / "0118.csv"])
    go_on(wizard)
    assert wizard.places.datum.currentIndex() == 1
    choose(wizard.places, "datum", 0)
    choose(wizard.places, "encoding", wizard.places.encoding.findData("Big5"))
    wait(wizard.places.isComplete)
    assert wizard.sources.all[0].records[0].encoding.upper() == "BIG5"
    assert wizard.places.datum.currentIndex() == 0
    assert "was chosen" not in wizard.places.told.text()


def test_the_datum_of_the_last_such_delivery_is_proposed(
    another: Callable[[], CensusWizard], space: Path, tmp_path: Path
) -> None:
    """Where the communities cannot tell: here they are so large that all data put the records inside."""
    area = gpd.GeoDataFrame(geometry=[shapely.box(WEST, SOUTH, WEST + 200, SOUTH + 100).buffer(20_000)], crs=CRS)
    write_layer(area, space, "communities", "Polygon")
    first, later = tmp_path / "first.csv", tmp_path / "later.csv"
    for table, x in ((first, 10.0), (later, 60.0)):
        write_table(table, [("0118", "完好")], to_gcj02(lonlat(np.array([WEST + x]), np.array([SOUTH + 5]))), "utf-8")
    wizard = another()
    wizard.sources.add([first])
    go_on(wizard)
    assert wizard.places.datum.currentIndex() == 0
    choose(wizard.places, "datum", 1)
    for _page in range(3):
        go_on(wizard)
    wait(wizard.result.isComplete)
    wizard.accept()
    wizard = another()
    wizard.sources.add([later])
    go_on(wizard)
    assert wizard.places.datum.currentIndex() == 1
    assert "the last delivery" in wizard.places.told.text()


def test_a_table_without_a_class_blocks_next(wizard: CensusWizard, tmp_path: Path) -> None:
    table = tmp_path / "delivery.csv"
    x, y = lonlat(np.array([WEST + 5]), np.array([SOUTH + 5]))[0]
    table.write_text(f"lon,lat,remark\n{x},{y},x\n", encoding="utf-8")
    wizard.sources.add([table])
    go_on(wizard)
    go_on(wizard)
    assert not wizard.mapping.isComplete()
    assert "remark" in wizard.mapping.told.text()
    assert "JSON" not in wizard.mapping.told.text()
    assert "MAPPING" not in wizard.mapping.told.text()
    box, line = wizard.mapping.table.boxes[fields.CLASS_CODE], wizard.mapping.table.lines[fields.CLASS_CODE]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert not wizard.mapping.isComplete()  # an empty constant is no class
    line.setText("0118")
    line.editingFinished.emit()
    assert wizard.mapping.isComplete(), wizard.mapping.told.text()


def test_the_table_that_lacks_a_class_is_shown_and_can_be_left_out(
    wizard: CensusWizard, space: Path, tmp_path: Path
) -> None:
    """Of four tables alike, one says by no name what it holds; a class chosen for it is for it alone."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    for number, name in enumerate(("BJ0101", "BJ0118", "survey", "towards")):
        x, y = lonlat(np.array([WEST + 20 * number + 5]), np.array([SOUTH + 5]))[0]
        (folder / f"{name}.csv").write_text(f"lon,lat,remark\n{x},{y},x\n", encoding="utf-8")
    wizard.sources.add([folder])
    go_on(wizard)
    go_on(wizard)
    mapping = wizard.mapping
    assert not mapping.isComplete()
    assert mapping.group.currentText() == "survey.csv"
    mapping.out.click()
    assert "“towards.csv”" in mapping.told.text()
    choose(mapping, "group", mapping.group.findText("towards.csv"))
    mapping.table.boxes[fields.CLASS_CODE].setCurrentIndex(1)
    mapping.table.boxes[fields.CLASS_CODE].activated.emit(1)
    mapping.table.lines[fields.CLASS_CODE].setText(
        next(text for text, code in our_values(fields.CLASS_CODE, mapping.chosen_scheme) if code == "0102")
    )
    mapping.table.lines[fields.CLASS_CODE].editingFinished.emit()
    assert mapping.isComplete(), mapping.told.text()
    wizard.back()
    go_on(wizard)  # and all of it is kept
    go_on(wizard)
    wait(lambda: not wizard.check.run.is_running)
    wizard.next()
    wait(wizard.result.isComplete)
    made = pyogrio.read_dataframe(space, layer="components")
    assert sorted(made["ClassCode"]) == ["0101", "0102", "0118"]
    rejected = pyogrio.read_dataframe(space, layer="rejected_components_1")
    assert rejected[["File", "remark"]].to_numpy().tolist() == [["survey.csv", "x"]]


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
    assert wizard.mapping.table.lines[fields.CLASS_CODE].text() == "0118"
    box = wizard.mapping.table.boxes[fields.OBJ_NAME]
    box.setCurrentIndex(box.findData("remark"))
    box.activated.emit(box.currentIndex())
    wizard.back()
    go_on(wizard)
    assert box.currentData() == "remark"
    assert wizard.mapping.table.lines[fields.CLASS_CODE].text() == "0118"


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


def test_a_delivery_that_only_lacks_components_can_close_them(
    another: Callable[[], CensusWizard], space: Path, tmp_path: Path
) -> None:
    """Nothing new is in it: as a delivery of new components it has no effect, and the text does not blame it."""
    places = lonlat(WEST + np.array([5.0, 150]), SOUTH + np.array([5.0, 5]))
    table = tmp_path / "lamps.csv"
    for count in (2, 1):
        wizard = another()
        write_table(table, [("0118", "完好")] * count, places[:count], "utf-8")
        wizard.sources.add([table])
        for _page in range(count + 2):
            go_on(wizard)
        if count == 2:
            wait(wizard.result.isComplete)
    check = wizard.check
    for update, (text, has_effect) in enumerate(
        (("there already", False), ("there already", False), ("lacks them: 1", True))
    ):
        choose(check, "update", update)
        wait(lambda: not check.run.is_running)
        assert text in check.told.text()
        assert "go back" not in check.told.text()
        assert check.isComplete() is has_effect
        assert check.covered.isVisible() is (update == 2)
    for covered, closes in ((2, False), (0, True)):  # the lamp stands in a unit grid that the delivery does not reach
        choose(check, "covered", covered)
        wait(lambda: not check.run.is_running)
        assert check.isComplete() is closes
    wizard.next()
    wait(wizard.result.isComplete)
    made = pyogrio.read_dataframe(space, layer="components").sort_values("ObjID")
    assert [bool(date) for date in made["CHDate"]] == [False, True]


def test_more_findings_than_are_listed_are_counted(wizard: CensusWizard, tmp_path: Path) -> None:
    count = SHOWN + 1100
    outside = lonlat(WEST - 1000 - np.arange(count), np.full(count, SOUTH))
    write_table(tmp_path / "0118.csv", [("0118", "完好")] * count, outside, "utf-8")
    wizard.sources.add([tmp_path / "0118.csv"])
    for _page in range(3):
        go_on(wizard)
    wait(lambda: not wizard.check.run.is_running)
    assert "1,300 records read" in wizard.check.told.text()
    rule = wizard.check.tree.topLevelItem(0)
    assert rule.text(2) == "1,300"
    assert rule.childCount() == SHOWN + 1
    assert "1,100" in rule.child(SHOWN).text(0)
    rows = [int(rule.child(number).text(3).rpartition("·")[2]) for number in range(SHOWN)]
    assert rows == list(range(1, SHOWN + 1))


def test_values_are_kept_as_they_are_typed(wizard: CensusWizard) -> None:
    wizard.mapping.initializePage()
    counts = [(f"value {number}", 1, False) for number in range(501)]
    known = our_values(fields.CLASS_CODE, wizard.mapping.chosen_scheme)
    given = {"value 1": "0118", "value 2": "no class", "value 500": "0101"}
    dialog = ValuesDialog("kind", counts, known, given, wizard)
    label = dialog.layout().itemAt(1).widget()
    assert "500 of 501" in label.text()
    boxes = dialog._boxes
    assert boxes["value 1"].currentText().startswith("0118 ")
    assert dialog.values() == given
    text, code = known[3]
    for value, typed in (("value 3", text), ("value 4", code), ("value 5", "two words")):
        boxes[value].setEditText(typed)
    boxes["value 2"].setEditText(" ")
    assert dialog.values() == {
        "value 1": "0118",
        "value 500": "0101",
        "value 3": code,
        "value 4": code,
        "value 5": "two words",
    }
    dialog.deleteLater()


def test_a_saved_mapping_brings_scheme_and_datum(another: Callable[[], CensusWizard], tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    write_table(tmp_path / "a.csv", [("0118", "1")], lonlat(np.array([WEST + 5]), np.array([SOUTH + 5])), "utf-8")
    wizard = another()
    wizard.sources.add([tmp_path / "a.csv"])
    go_on(wizard)
    choose(wizard.places, "datum", 2)
    go_on(wizard)
    choose(wizard.mapping, "scheme", 1)
    wizard.mapping.save_to(saved)
    scheme = wizard.mapping.chosen_scheme.id
    assert (load_mapping(saved).scheme, load_mapping(saved).datum) == (scheme, 2)
    wizard = another()
    wizard.sources.add([tmp_path / "a.csv"])
    go_on(wizard)
    go_on(wizard)
    assert wizard.mapping.scheme.currentIndex() == 0
    wizard.mapping.load_from(saved)
    assert wizard.mapping.chosen_scheme.id == scheme
    assert wizard.sources.all[0].datum == 2
    assert "code scheme" in wizard.mapping.told.text()


def test_a_preset_that_fits_nothing_says_so(wizard: CensusWizard, tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", [("0118", "1")], lonlat(np.array([WEST + 5]), np.array([SOUTH + 5])), "utf-8")
    wizard.sources.add([tmp_path / "a.csv"])
    go_on(wizard)
    go_on(wizard)
    before = dict(wizard.mapping._group.rules)
    choose(wizard.mapping, "preset", wizard.mapping.preset.findData("openstreetmap"))
    assert "fits the preset" in wizard.mapping.told.text()
    assert wizard.mapping._group.rules == before


def test_a_mapping_for_another_table_is_said_not_to_fit(wizard: CensusWizard, tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", [("0118", "1")], lonlat(np.array([WEST + 5]), np.array([SOUTH + 5])), "utf-8")
    wizard.sources.add([tmp_path / "a.csv"])
    go_on(wizard)
    go_on(wizard)
    (tmp_path / "other.json").write_text('{"ClassName": "kind", "Note": "text"}', encoding="utf-8")
    wizard.mapping.load_from(tmp_path / "other.json")
    assert not wizard.mapping.isComplete()
    assert "“kind”" in wizard.mapping.told.text()
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    wizard.mapping.load_from(tmp_path / "broken.json")
    assert "cannot be used" in wizard.mapping.told.text()


def test_two_files_of_one_name_are_not_mixed_up(wizard: CensusWizard, tmp_path: Path) -> None:
    """A mapping names a file by its name; where two of one name are read differently, neither may win in silence."""
    places = lonlat(np.array([WEST + 5.0]), np.array([SOUTH + 5.0]))
    tables = [tmp_path / name / "0118.csv" for name in ("north", "south")]
    for table, shift in zip(tables, (places, to_gcj02(places)), strict=True):
        table.parent.mkdir()
        write_table(table, [("0118", "1")], shift, "utf-8")
    wizard.sources.add(tables)
    go_on(wizard)
    go_on(wizard)
    assert [source.datum for source in wizard.sources.all] == [0, 1]
    assert not wizard.mapping.isComplete()
    assert "“0118.csv”" in wizard.mapping.told.text()


def test_every_page_fits_a_small_screen(wizard: CensusWizard, tmp_path: Path) -> None:
    """1024 × 600 less the frame, with long names and texts in every place."""
    long = "很长的名称" * 30
    x, y = lonlat(np.array([WEST + 5]), np.array([SOUTH + 5]))[0]
    rows = "".join(f"{x},{y},{long}{number},\n" for number in range(30))
    table = tmp_path / f"{'a long name ' * 15}.csv"
    table.write_text(f"lon,lat,小类名称,{long}\n{rows}", encoding="gbk")
    wizard.sources.add([table])
    for _page in range(4):
        page = wizard.currentPage()
        wait(lambda page=page: not page.run.is_running if page is wizard.check else page.isComplete())
        wizard.resize(1000, 540)
        settle()
        assert (wizard.width(), wizard.height()) == (1000, 540), page.title()
        assert wizard.rect().contains(wizard.button(QWizard.WizardButton.CancelButton).geometry())
        wizard.next()


def test_files_of_one_name_have_mappings_of_their_own() -> None:
    """By their folders where those are told, else the first of that name; and what is for no file is for all."""
    north, south, rest = (
        SavedMapping({fields.NOTE: name}, file=file)
        for name, file in (("n", "north/0118.shp"), ("s", "south/0118.shp"), ("all", ""))
    )
    for order in ([north, south, rest], [rest, south, north]):
        assert mapping_for(order, "", "south/0118.shp") is south
        assert mapping_for(order, "", "north/0118.shp") is north
        assert mapping_for(order, "", "0118.shp") is next(each for each in order if each.file)
        assert mapping_for(order, "", "0101.shp") is rest
