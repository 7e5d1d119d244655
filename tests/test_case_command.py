"""Cases with limits, calendar, pauses, words and places of one's own, as a user runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from headless import Headless, StepError

from citygrid_plugin.core import fields

pytestmark = [
    pytest.mark.real_qgis,
    pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed"),
]
CASES = """案卷编号,案卷类型,小类代码,立案条件,上报时间,当前阶段,结案时间,部件编码,网格编码,社区,来源,经度,纬度
a,部件,0101,破损,2025-07-04 17:00,在办,,,,,微信,119.205,34.605
b,部件,0101,,2025-07-04 17:00,在办,,0001,,,12319,,
c,部件,0101,丢失,2025-07-04 17:00,结案,2025-07-05 18:00,,G2,,,,
d,部件,0101,破损,2025-07-04 17:00,结案,2025-07-08 12:00,,,幸福社区,,,
e,部件,0101,破损,2025-07-20 17:00,在办,,,G2,,,119.205,34.605
f,部件,0101,破损,2025-07-04 17:30,在办,,,G2,,,119.205,34.605
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    tables = {
        "cases": CASES,
        "limits": "小类代码,立案条件,时限,单位\n0101,破损,2,工作时\n0101,丢失,1天,\n",
        "calendar": "kind,weekday,hours,date,until\nhours,1-5,08:00-12:00 14:00-18:00,,\n"
        "hours,6,09:00-12:00,,\nholiday,,,2025-07-07,\n",
        "pauses": "CaseID,from,to\nd,2025-07-04 17:30,2025-07-05 10:00\nnobody,2025-07-04,\n",
        "stages": "原值,阶段\n在办,处理\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    grid = gpd.GeoDataFrame(
        {
            fields.BGID: ["G1", "G2"], fields.COMMUNITY_NAME: ["幸福社区", "和平社区"],
            fields.COMMUNITY_CODE: ["c1", "c2"],
        },
        geometry=[shapely.box(119.2, 34.6, 119.21, 34.61), shapely.box(119.21, 34.6, 119.22, 34.61)],
        crs=4490,
    )  # fmt: skip
    grid.to_file(folder / "grid.gpkg")
    gpd.GeoDataFrame({fields.OBJ_ID: ["0001"]}, geometry=[shapely.Point(119.215, 34.605)], crs=4490).to_file(
        folder / "components.gpkg"
    )
    return folder


@pytest.fixture(scope="module")
def results(headless: Headless, folder: Path) -> dict[str, object]:
    return headless.run(
        "citygrid:loadcases",
        INPUT=folder / "cases.csv", GRID=folder / "grid.gpkg", COMPONENTS=folder / "components.gpkg",
        LIMITS=folder / "limits.csv", CALENDAR=folder / "calendar.csv", PAUSES=folder / "pauses.csv",
        STAGES=folder / "stages.csv", UNCLEAR_LIMIT=1, AT="2025-07-08T12:00:00", TIME_ZONE="Asia/Shanghai",
        OUTPUT=folder / "out.gpkg", REJECTED=folder / "rejected.gpkg", PROBLEMS=folder / "problems.gpkg",
        REPORT=folder / "report.html",
    ).results  # fmt: skip


def test_the_layer(results: dict[str, object], folder: Path) -> None:
    layer = pyogrio.read_dataframe(folder / "out.gpkg").set_index("CaseID")
    assert list(layer.columns.drop("geometry")) == [name for name in fields.CASE_LAYER if name != fields.CASE_ID]
    columns = [fields.DEADLINE, fields.STATUS, fields.OUTCOME, fields.PLACED, fields.BGID]
    shown = layer[columns].assign(Deadline=layer[fields.DEADLINE].astype(str).str[5:16])
    assert shown.T.to_dict("list") == {
        # One hour on Friday, one on Saturday morning.
        "a": ["07-05 10:00", "overdue", "", "coordinates", "G1"],
        "b": ["07-05 10:00", "overdue", "", "component", "G2"],  # the shortest limit of its class
        # One hour on Friday, three on Saturday, none on Monday (a holiday), four on Tuesday: 8 h are a day.
        "c": ["07-08 12:00", "closed", "on time", "grid", "G2"],
        # Half an hour on Friday, then from Saturday 10:00 on.
        "d": ["07-05 11:30", "closed", "late", "community", ""],
        "f": ["07-05 10:30", "overdue", "", "coordinates", "G1"],
    }
    assert layer[fields.REPEAT_OF].to_dict() == {"a": "", "b": "", "c": "", "d": "", "f": "a"}
    assert layer[fields.SOURCE].to_dict()["b"] == "12319热线"
    assert layer.loc["d", fields.PAUSED_HOURS] == 16.5
    assert (results["OVERDUE_COUNT"], results["CLOSED_COUNT"], results["REPEAT_COUNT"]) == (3, 2, 1)
    # Reported after the moment: skipped, not lost.
    assert (results["READ_COUNT"], results["ACCEPTED_COUNT"], results["SKIPPED_COUNT"]) == (6, 5, 1)
    rejected = pyogrio.read_dataframe(folder / "rejected.gpkg")
    assert rejected[["案卷编号", fields.REASON]].to_numpy().tolist() == [["e", "not_yet_reported"]]


def test_problems_are_rows(results: dict[str, object], folder: Path) -> None:
    problems = pyogrio.read_dataframe(folder / "problems.gpkg")
    assert results["PROBLEM_COUNT"] == len(problems) == 1
    assert problems[[fields.PROBLEM_KIND, fields.CASE_ID, fields.BGID]].to_numpy().tolist() == [
        ["other_grid", "f", "G1"]
    ]
    assert "G2" in problems[fields.TEXT][0]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "微信" in page


@pytest.mark.usefixtures("results")
def test_evaluation_by_source_and_half_month(headless: Headless, folder: Path) -> None:
    headless.run(
        "citygrid:evaluatecases",
        CASES=folder / "out.gpkg", BY=4, PERIOD=4, OUTPUT=folder / "by_source.gpkg", REPORT=folder / "evaluation.html",
    )  # fmt: skip
    table = pyogrio.read_dataframe(folder / "by_source.gpkg")
    rows = table[["GroupName", "Period", "DueCnt", "OnTimeCnt", "FromDate", "ToDate"]].astype(str).to_numpy().tolist()
    period = ["2025-07-01/15", "2025-07-01", "2025-07-15"]
    assert sorted(rows) == [
        ["", period[0], "3", "1", *period[1:]], ["12319热线", period[0], "1", "0", *period[1:]],
        ["微信", period[0], "1", "0", *period[1:]],
    ]  # fmt: skip
    assert table["MeanHours"].max() == pytest.approx((25 + 91 - 16.5) / 2)
    page = (folder / "evaluation.html").read_text(encoding="utf-8")
    assert all(word in page for word in ("按时处置率", "返工率", "准确立案率", "环比"))


@pytest.mark.parametrize(
    ("name", "table", "sentence"),
    [
        ("CALENDAR", "kind,weekday,hours\nhours,1-5,18:00-08:00\n", "The calendar has"),
        ("PAUSES", "CaseID,time,event\na,2025-07-04,lost\n", "The table of pauses has “lost” in row 2"),
        ("STAGES", "value,stage\n在办,忙\n", "The table of words has"),
        ("LIMITS", "code,limit,unit\n0101,2,moons\n", "The table of time limits has"),
    ],
)
def test_wrong_tables_get_a_sentence(headless: Headless, folder: Path, name: str, table: str, sentence: str) -> None:
    (folder / "wrong.csv").write_text(table, encoding="utf-8")
    inputs = {"INPUT": folder / "cases.csv", "OUTPUT": folder / "none.gpkg", name: folder / "wrong.csv"}
    with pytest.raises(StepError, match=sentence):
        headless.run("citygrid:loadcases", **inputs)
    assert not (folder / "none.gpkg").exists()


def test_limits_that_come_with_the_plugin(headless: Headless, folder: Path) -> None:
    """Class 0101 of generation B in the table of one city: of 2 urgent hours, 4 hours, 2 and 5 days the last."""
    headless.run(
        "citygrid:loadcases",
        INPUT=folder / "cases.csv", GRID=folder / "grid.gpkg", SCHEME=2, LIMITS_PRESET=1, AT="2025-07-08T12:00:00",
        OUTPUT=folder / "preset.gpkg",
    )  # fmt: skip
    layer = pd.DataFrame(pyogrio.read_dataframe(folder / "preset.gpkg", read_geometry=False)).set_index("CaseID")
    assert layer.loc["a", [fields.TIME_LIMIT, fields.DUE_BY]].tolist() == ["5工作日", "class"]
    assert str(layer.loc["a", fields.DEADLINE])[:16] == "2025-07-11 17:00"
