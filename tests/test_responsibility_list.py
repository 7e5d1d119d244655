"""The list of responsibility grids: what counts where, totals, and the workbook as other programs read it."""

from __future__ import annotations

import csv
import errno
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from headless import Headless
from hypothesis import given, settings
from hypothesis import strategies as st
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsProject

from citygrid_plugin.core import fields
from citygrid_plugin.core.zones import responsibility_list as core
from citygrid_plugin.processing.zones.responsibility_list import ResponsibilityList
from citygrid_plugin.storage import workbooks
from citygrid_plugin.storage.files import NoTemporaryFolder
from citygrid_plugin.storage.readers.workbooks import read_workbook
from citygrid_plugin.storage.workbooks import NewSheet, sheet_name, write_workbook

from .conftest import SAMPLE

DAY = "20260701"
FORMULA, MARKUP = '=HYPERLINK("http://x","y")', "<b>[% 1+1 %]</b>"


def square(column: int, row: int, side: float = 100.0) -> shapely.Polygon:
    west, south = 500_000 + side * column, 3_800_000 + side * row
    return shapely.box(west, south, west + side, south + side)


@pytest.fixture
def zones() -> gpd.GeoDataFrame:
    """Five zones of 200 x 100 m, one above the other: two streets, one zone without a street, one without an owner."""
    return gpd.GeoDataFrame(
        {
            "RGID": ["320706002001001", "320706001001002", "320706001001001", "320706001002001", ""],
            "RGName": ["乙01", FORMULA, MARKUP, "丙01", "飞地"],
            "CommCode": ["320706002001", "320706001001", "320706001001", "320706001002", ""],
            "Cells": [2, 2, 2, 2, 2],
            "Workload": [1.5, 2.25, 3.0, 4.0, None],
            "Owner": ["张三", "李四", "", "王五", "赵六"],
            "Phone": ["0518-85", "+86 138", "", "=1+1", "0013800000000"],
            "FromDate": ["2026-01-01", "20260101", "", "2026-01-01", "2026-08-01"],
            "ToDate": ["", "2026-12-31", "", "2026-06-30", ""],
        },
        geometry=[shapely.box(500_000, 3_800_000 + 100 * row, 500_200, 3_800_100 + 100 * row) for row in range(5)],
        crs=4549,
    )


@pytest.fixture
def around(zones: gpd.GeoDataFrame) -> core.Around:
    """Unit grids of 100 m, one of them in another zone than its place says; components and cases, some without one."""
    codes = zones["RGID"].to_numpy()[np.repeat(range(5), 2)]
    codes[0] = "320706001001001"  # lies in the first zone, belongs to the third
    grid = gpd.GeoDataFrame(
        {"BGID": [f"{number:015}" for number in range(10)], "RGID": codes},
        geometry=[square(column, row) for row in range(5) for column in range(2)],
        crs=4549,
    )
    inside = [square(column, row).centroid for row in range(5) for column in range(2)]
    components = gpd.GeoDataFrame(
        {
            "BGID": ["000000000000000", "", "no such", "", ""],
            "ClassCode": ["0101", "0101", "0118", "0118", "0118"],
            "ClassName": ["上水井盖", "井盖", "路灯", "路灯", "路灯"],
        },
        geometry=[inside[9], inside[9], inside[2], shapely.Point(0, 0), None],
        crs=4549,
    )
    cases = gpd.GeoDataFrame(
        {
            "BGID": ["000000000000002", "", "", "", ""],
            "RGID": ["320706002001001", "320706002001001", "gone", "", ""],
            "Status": ["overdue", "suspended", "due soon", "closed", "odd"],
        },
        geometry=[None, None, inside[6], inside[6], inside[6]],
        crs=4549,
    )
    streets = gpd.GeoDataFrame(
        {"StrCode": ["320706001", "320706002"], "StrName": ["甲/街道", "乙街道"], "Owner": ["街长", ""]},
        geometry=[square(50, 50), square(60, 60)],
        crs=4549,
    )
    communities = gpd.GeoDataFrame(
        {"CommCode": ["320706001001"], "CommName": ["甲社区"], "Owner": ["社区书记"], "Phone": ["110"]},
        geometry=[square(70, 70)],
        crs=4549,
    )
    return core.Around(grid, communities, streets, components, cases)


def test_rows_counts_and_owners(zones: gpd.GeoDataFrame, around: core.Around) -> None:
    found = core.zone_list(zones, around, DAY)
    table = found.table
    assert table["RGID"].tolist() == [
        "320706001001001", "320706001001002", "320706001002001", "320706002001001", "",
    ]  # fmt: skip
    assert zones["RGID"].iloc[found.row].tolist() == table["RGID"].tolist()
    assert table["StrName"].tolist() == ["甲/街道"] * 3 + ["乙街道", ""]
    assert table["CommName"].tolist() == ["甲社区", "甲社区", "", "", ""]
    assert table["Cells"].tolist() == [3, 2, 2, 1, 2]
    assert table["Area"].tolist() == [20_000.0] * 5
    # By the unit grid's zone where it names one, else by place: (0: third zone), (1: fifth), (2: second).
    assert table[core.COMPONENTS].tolist() == [1, 1, 0, 0, 1]
    assert found.components.tolist() == [0, 4, 1, -1, -1]
    # 000000000000002 lies in the second zone, whatever RGID the case was loaded with.
    assert table[core.OPEN_CASES].tolist() == [0, 1, 1, 1, 0]
    assert table[core.OVERDUE_CASES].tolist() == [0, 1, 0, 0, 0]
    assert table[core.NO_OWNER].tolist() == [True, False, True, False, True]
    assert table[core.ENDED].tolist() == [False, False, True, False, True]
    assert table[core.STREET_OWNER].tolist() == ["街长"] * 3 + ["", ""]
    assert table[core.COMMUNITY_PHONE].tolist() == ["110", "110", "", "", ""]
    remarks = {remark.key: remark.values for remark in found.remarks}
    assert {key: values["count"] for key, values in remarks.items()} == {
        "zone_uncoded": 1, "components_outside": 2, "status_unknown": 1, "zone_no_owner": 1,
        "zone_period": 2, "zone_no_street": 1,
    }  # fmt: skip
    assert [str(core.TEXTS[key].format(**values)) for key, values in remarks.items()]


def test_totals_add_up(zones: gpd.GeoDataFrame, around: core.Around) -> None:
    table = core.zone_list(zones, around, DAY).table
    sums = core.totals(table)
    assert sums["Zones"].tolist() == [3, 1, 1]
    assert sums[core.NO_OWNER].sum() == table[core.NO_OWNER].sum()
    for name in ("Cells", "Area", core.COMPONENTS, core.OPEN_CASES, core.OVERDUE_CASES, "Workload"):
        assert sums[name].sum() == table[name].sum(), name
    parts = core.by_street(table)
    assert [name for name, _ in parts] == ["甲/街道", "乙街道", ""]
    pd.testing.assert_frame_equal(pd.concat([rows for _, rows in parts], ignore_index=True), table)


def test_zones_alone_are_enough(zones: gpd.GeoDataFrame) -> None:
    table = core.zone_list(zones[["RGID", "geometry"]], core.Around(), DAY).table
    assert table["CommCode"].tolist() == [code[:12] for code in table["RGID"]]
    assert table["StrCode"].tolist() == [code[:9] for code in table["RGID"]]
    assert table[[core.COMPONENTS, core.OPEN_CASES, "Workload", "Cells"]].isna().all(axis=None)


def test_shared_codes_and_missing_outlines_lose_nothing(zones: gpd.GeoDataFrame, around: core.Around) -> None:
    zones.loc[1, "RGID"] = zones.loc[0, "RGID"]
    zones.loc[3, "geometry"] = None
    found = core.zone_list(zones, around, DAY)
    assert len(found.table) == 5
    assert {"zone_repeated", "zone_no_place"} <= {remark.key for remark in found.remarks}
    # Both zones of one code get what lies in them, none what the other has.
    same = found.table[found.table["RGID"] == zones.loc[0, "RGID"]]
    assert sorted(same["Cells"]) == [1, 2]


def test_counts_agree_with_geopandas(headless: Headless, tmp_path: Path) -> None:
    """The sample's components by place, counted in another way, and the command that a user runs."""
    grid = tmp_path / "grid.gpkg"
    headless.run("citygrid:createunitgrid", COMMUNITIES=SAMPLE / "communities.gpkg", OUTPUT=grid, CELL_AREA=40_000)
    zoned, zones = tmp_path / "zoned.gpkg", tmp_path / "zones.gpkg"
    headless.run("citygrid:responsibilitygrids", GRID=grid, COUNT=80, OUTPUT=zoned, ZONES=zones)
    lamps = gpd.read_file(zoned)
    rng = np.random.default_rng(3)
    west, south, east, north = lamps.total_bounds
    points = gpd.GeoDataFrame(
        {"ClassCode": "0118"},
        index=range(400),
        geometry=shapely.points(rng.uniform(west, east, 400), rng.uniform(south, north, 400)),
        crs=lamps.crs,
    )
    points.to_file(tmp_path / "lamps.gpkg")
    step = headless.run(
        "citygrid:responsibilitylist", ZONES=zones, GRID=zoned, STREETS=SAMPLE / "streets.gpkg",
        COMPONENTS=tmp_path / "lamps.gpkg", FILE=tmp_path / "list.xlsx",
    )  # fmt: skip
    assert step.results["ZONE_COUNT"] == step.results["NO_OWNER_COUNT"] == 80
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    streets = gpd.read_file(SAMPLE / "streets.gpkg")["StrName"]
    assert set(book.sheetnames) == {"All", "By street", *streets}
    rows = list(book["All"].iter_rows(min_row=2, values_only=True))
    titles, rows, total = list(rows[0]), rows[1:-1], rows[-1]
    code, count = titles.index("Responsibility grid code"), titles.index("Components")
    joined = points.sjoin(gpd.read_file(zones))
    assert {row[code]: row[count] for row in rows if row[count]} == Counter(joined["RGID"])
    assert total[count] == len(joined)
    assert sum(book[name].max_row - 3 for name in streets) == 80  # heading, titles and total aside


def run(**parameters: object) -> dict[str, Any]:
    context = QgsProcessingContext()
    context.setProject(QgsProject())
    results, _ = ResponsibilityList().create().run(parameters, context, QgsProcessingFeedback(False), {}, False)
    return results


@pytest.fixture
def layers(zones: gpd.GeoDataFrame, around: core.Around, tmp_path: Path) -> dict[str, str]:
    """The layers as files, by parameter."""
    frames = {
        "ZONES": zones, "GRID": around.grid, "COMMUNITIES": around.communities, "STREETS": around.streets,
        "COMPONENTS": around.components, "CASES": around.cases,
    }  # fmt: skip
    for name, frame in frames.items():
        frame.to_file(tmp_path / f"{name}.gpkg")
    return {name: str(tmp_path / f"{name}.gpkg") for name in frames} | {"DATE": DAY}


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_the_workbook(layers: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "清单.xlsx"
    results = run(**layers, FILE=str(path))
    assert (results["ZONE_COUNT"], results["STREET_COUNT"], results["NO_OWNER_COUNT"]) == (5, 2, 3)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["All", "By street", "甲_街道", "乙街道", "Without a street"]
    with zipfile.ZipFile(path) as archive:  # what Excel sees, not what openpyxl makes of it
        xml = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name)
    assert not re.search(r"<f[ >]", xml)
    sheet = book["All"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    for text in (FORMULA, MARKUP, "=1+1", "+86 138", "0013800000000", "320706001001001"):
        assert (cells[text].data_type, cells[text].number_format) == ("s", "@")
    assert cells["No owner"].fill.start_color.rgb == cells["The period is over or has not begun"].fill.start_color.rgb
    assert cells["No owner"].fill.start_color.rgb != cells["李四"].fill.start_color.rgb
    for sheet in book:
        assert sheet.freeze_panes == "A3"
        assert sheet.print_title_rows == "$1:$2"
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(sheet.column_dimensions[cell.column_letter].width >= 4 for cell in sheet[2])
    read = read_workbook(path)  # as an ownership table is read again
    assert read.sheets[0].cells["Responsibility grid code"].tolist()[:2] == ["320706001001001", "320706001001002"]


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_csv_and_a_choice(layers: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "list.csv"
    monkeypatch.setitem(sys.modules, "openpyxl", None)  # CSV needs no openpyxl
    results = run(**layers, FILE=str(path), ONLY="甲社区，320706002")
    assert results["ZONE_COUNT"] == 3
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["Responsibility grid code"] for row in rows] == [
        "320706001001001", "320706001001002", "320706002001001",
    ]  # fmt: skip
    assert rows[1]["Responsibility grid"] == "'" + FORMULA
    assert rows[1]["Phone"] == "+86 138"
    assert run(**layers, FILE=str(path), FILTER="\"Owner\" in ('张三', '')")["ZONE_COUNT"] == 2
    with pytest.raises(QgsProcessingException, match=r"openpyxl is missing .* \.csv"):
        run(**layers, FILE=str(tmp_path / "list.xlsx"))


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"FILE": "list.doc"}, "FILE is .*list.doc, but must be"),
        ({"FILE": "gone/list.xlsx"}, "the folder does not exist"),
        ({"ONLY": "无此社区"}, "“无此社区” is no responsibility grid, community or street"),
        ({"FILTER": '"RGID" = ('}, "cannot be used"),
        ({"FILTER": "false"}, "No responsibility grid is left"),
        ({"DATE": "2026-01-01"}, "YYYYMMDD"),
        ({"ZONES": "STREETS"}, "has no field “RGID”"),
        ({"CASES": "COMPONENTS"}, "has no field “Status”"),
    ],
)
def test_bad_input(layers: dict[str, str], tmp_path: Path, wrong: dict[str, str], sentence: str) -> None:
    values = {**layers, "FILE": "list.xlsx", **wrong}
    values = {name: layers.get(value, value) for name, value in values.items()}
    values["FILE"] = str(tmp_path / values["FILE"])
    with pytest.raises(QgsProcessingException, match=sentence):
        run(**values)
    assert not Path(values["FILE"]).exists()


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_the_list_never_takes_the_place_of_an_input(layers: dict[str, str], tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text("Status,RGID\nopen,1\n", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="an input of this run is read from there"):
        run(**{**layers, "CASES": str(cases), "FILE": str(cases)})
    assert cases.read_text(encoding="utf-8").startswith("Status")


@pytest.mark.usefixtures("qgis_app", "qgis_processing")
def test_the_log_counts_streets_as_the_results_do(layers: dict[str, str], tmp_path: Path) -> None:
    """Zones without a street are no street of their own."""
    context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
    values = {**layers, "FILE": str(tmp_path / "list.csv")}
    results, _ = ResponsibilityList().create().run(values, context, feedback, {}, False)
    assert results["STREET_COUNT"] == 2
    assert "5 responsibility grids in 2 streets" in feedback.textLog()


def test_what_no_cell_holds_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Excel counts the units of UTF-16, so a character beyond the basic plane is two; nothing is cut in silence."""
    path = tmp_path / "x.xlsx"
    fits = pd.DataFrame({"Text": ["a", "井" * 32_767, "𠀀" * 16_383]})
    write_workbook([NewSheet("清单", fits)], path)
    assert openpyxl.load_workbook(path).active["A3"].value == "井" * 32_767
    for text, length in (("井" * 32_768, "32768"), ("𠀀" * 16_384, "32768")):
        with pytest.raises(
            workbooks.LongText, match=f"Row 2 of the list “清单” has .* {length} characters under “Text”"
        ):
            write_workbook([NewSheet("清单", pd.DataFrame({"n": [1, 2], "Text": ["a", text]}))], tmp_path / "y.xlsx")
    assert not (tmp_path / "y.xlsx").exists()


def test_a_full_temporary_folder_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """openpyxl writes its rows there before the workbook is packed."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", full)
    with pytest.raises(NoTemporaryFolder, match="No space left on device"):
        write_workbook([NewSheet("x", pd.DataFrame({"a": [1]}))], tmp_path / "x.xlsx")
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.text(max_size=45), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_names_of_sheets(names: list[str]) -> None:
    taken: set[str] = set()
    made = [sheet_name(name, taken) for name in names]
    assert len({name.casefold() for name in made}) == len(made)
    for name in made:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"


@given(st.lists(st.one_of(st.none(), st.text(), st.integers(-(10**6), 10**6)), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_cells_come_back_as_they_were(tmp_path_factory: pytest.TempPathFactory, values: list[object]) -> None:
    path = tmp_path_factory.mktemp("cells") / "x.xlsx"
    write_workbook([NewSheet("x", pd.DataFrame({"a": pd.Series(values, dtype=object)}))], path)
    written = [row[0].value for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2)]
    forbidden = openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE

    def plain(value: object) -> object:  # XML has one line break, and Excel no empty text
        return (
            forbidden.sub("", value).replace("\r\n", "\n").replace("\r", "\n") or None
            if isinstance(value, str)
            else value
        )

    assert [plain(value) for value in written] == [plain(value) for value in values]


def test_class_counts_go_by_code(around: core.Around) -> None:
    counts = core.class_counts(around.components, np.ones(5, dtype=bool))
    assert counts[fields.CLASS_CODE].tolist() == ["0118", "0101"]
    assert counts["Count"].tolist() == [3, 2]
    assert counts[fields.CLASS_NAME].tolist()[0] == "路灯"
