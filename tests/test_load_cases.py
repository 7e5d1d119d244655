"""Cases and their evaluation through qgis_process, as a user runs them."""

from __future__ import annotations

import csv
import html
import json
import shutil
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from qgis.core import QgsProcessingContext, QgsProcessingFeedback

from citygrid_plugin.core.cases.cases import (
    STAGES,
    SUSPENDED_STAGE,
    TARGETS,
    VOID_STAGE,
)
from citygrid_plugin.core.spatial.datum import to_gcj02
from citygrid_plugin.processing.cases import load_cases
from citygrid_plugin.processing.cases.load_cases import LoadCases
from citygrid_plugin.processing.records import mapping_text
from scripts.headless import Headless, StepError

from .conftest import SAMPLE

pytestmark = [
    pytest.mark.real_qgis,
    pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed"),
]
AT = "2025-06-30T12:00:00"


@pytest.fixture(scope="module")
def qgis(tmp_path_factory: pytest.TempPathFactory) -> Headless:
    return Headless(tmp_path_factory.mktemp("profile"))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.real_data
def test_new_york(qgis: Headless, real_data: Path, tmp_path: Path) -> None:
    districts = real_data / "hierarchy" / "nyc_community_district.geojson"
    source = real_data / "cases" / "nyc_311_animals_plotly.csv"
    grid = tmp_path / "grid.gpkg"
    qgis.run("citygrid:createunitgrid", COMMUNITIES=districts, DISTRICT_CODE="360610", CELL_AREA=2_000_000, OUTPUT=grid)
    step = qgis.run(
        "citygrid:loadcases",
        INPUT=source, GRID=grid, AT="2025-03-15T00:00:00", FALLBACK_HOURS=24,
        OUTPUT=tmp_path / "cases.gpkg", REJECTED=tmp_path / "rejected.gpkg", REPORT=tmp_path / "report.html",
    )  # fmt: skip
    rows = rows_of(source)
    placed = [row for row in rows if row["Latitude"]]
    counts = step.results
    assert counts["READ_COUNT"] == len(rows) == 4969
    assert counts["ACCEPTED_COUNT"] == len(placed)
    assert counts["REJECTED_COUNT"] == len(rows) - len(placed)
    assert counts["SKIPPED_COUNT"] == 0
    status = Counter(row["Status"] for row in placed)
    assert counts["CLOSED_COUNT"] == status["Closed"]
    unfinished = counts["OPEN_COUNT"] + counts["DUE_SOON_COUNT"] + counts["OVERDUE_COUNT"]
    assert unfinished == status["In Progress"] == sum(status.values()) - status["Closed"]
    # 24 hours after the report, at midnight: what came before the 14th is overdue.
    late = sum(row["Status"] != "Closed" and row["Created Date"].split()[0] != "3/14/2025" for row in placed)
    assert counts["OVERDUE_COUNT"] == late > 0

    cases = gpd.read_file(tmp_path / "cases.gpkg")
    lost = [row["Unique Key"] for row in rows if not row["Latitude"]]
    assert gpd.read_file(tmp_path / "rejected.gpkg")["Unique Key"].tolist() == lost
    codes = gpd.read_file(grid).set_index("BGID")
    assert cases.crs == codes.crs
    inside = cases[cases["BGID"] != ""]
    in_districts = gpd.sjoin(cases.to_crs(4326), gpd.read_file(districts), predicate="intersects")
    assert set(inside["CaseID"]) == set(in_districts["CaseID"])  # the big parks belong to no district
    assert (codes.geometry.loc[inside["BGID"]].distance(inside.geometry, align=False) == 0).all()
    assert (codes["CommName"].loc[inside["BGID"]].to_numpy() == inside["CommName"].to_numpy()).all()
    assert cases["Reported"].notna().all()


@pytest.fixture(scope="module")
def sample_cases(qgis: Headless, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    qgis.run(
        "citygrid:loadcases",
        INPUT=SAMPLE / "cases.csv", AT=f"{AT}+08:00", TIME_ZONE="Asia/Shanghai",
        OUTPUT=folder / "cases.gpkg", REPORT=folder / "report.html",
    )  # fmt: skip
    return folder


def test_markup_stays_in_the_layer_and_is_escaped_in_the_report(sample_cases: Path) -> None:
    source = {row["案卷编号"]: row["问题描述"] for row in rows_of(SAMPLE / "cases.csv")}
    layer = gpd.read_file(sample_cases / "cases.gpkg")
    assert (layer["Text"] == layer["CaseID"].map(source)).all()
    page = (sample_cases / "report.html").read_text(encoding="utf-8")
    shown = [text for text in source.values() if "<" in text and html.escape(text) in page]
    assert shown
    assert "<script" not in page
    assert not any(text in page for text in source.values() if "<" in text)


def test_evaluation_of_the_sample(qgis: Headless, sample_cases: Path, tmp_path: Path) -> None:
    output = tmp_path / "evaluation.gpkg"
    step = qgis.run(
        "citygrid:evaluatecases",
        CASES=sample_cases / "cases.gpkg", BY=0, PERIOD=2, FROM="2025-05-01", TO="2025-06-30", AT=AT,
        OUTPUT=output, REPORT=tmp_path / "report.html",
    )  # fmt: skip
    rows = [row for row in rows_of(SAMPLE / "cases.csv") if row["经度"] and row["当前阶段"] not in {"挂账", "作废"}]
    due = [
        row
        for row in rows
        if "2025-05-01" <= row["截止时间"] < "2025-07-01"
        and (row["当前阶段"] == "结案" or row["截止时间"] < AT.replace("T", " "))
    ]
    closed = [row for row in due if row["当前阶段"] == "结案"]
    on_time = [row for row in closed if row["结案时间"] <= row["截止时间"]]
    found = step.results
    assert (found["DUE_COUNT"], found["CLOSED_COUNT"]) == (len(due), len(closed))
    assert (found["ON_TIME_COUNT"], found["OVERDUE_COUNT"]) == (len(on_time), len(due) - len(closed))
    table = pyogrio.read_dataframe(output)
    assert set(table["Period"]) == {"2025-05", "2025-06"}
    by_department = Counter(row["主管部门"] for row in due)
    assert table.groupby("GroupName")["DueCnt"].sum().to_dict() == dict(by_department)
    assert "按期结案率" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_classes_of_any_scheme_and_of_the_city(qgis: Headless, tmp_path: Path) -> None:
    """As their tables have them: 0102 is 店面无证装修 in one generation, 暴露垃圾 in another."""
    cases, city = tmp_path / "list.csv", tmp_path / "city.csv"
    rows = ["案卷编号,案卷类型,小类代码,经度,纬度"]
    rows += [f"{number},event,{code},119,34" for number, code in enumerate(("01002", "0102", "01998"))]
    cases.write_text("\n".join(rows), encoding="utf-8")
    city.write_text("code,name,kind,major_name\n01998,风筝乱飞,event,市政公用设施\n", encoding="utf-8")
    expected = [("", "暴露垃圾", ""), ("污水井盖异常", "", "风筝乱飞"), ("", "店面无证装修", "")]
    for scheme, names in enumerate(expected):
        output = tmp_path / f"{scheme}.gpkg"
        extension = city if scheme == 1 else None
        qgis.run("citygrid:loadcases", INPUT=cases, SCHEME=scheme, EXTENSION=extension, OUTPUT=output)
        assert tuple(gpd.read_file(output)["ClassName"]) == names


def test_a_mapping_is_read_once(qgis_app: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """Rules, encoding, columns and datum come from one reading, so a file that changes meanwhile cannot mix them."""
    read: list[str] = []

    def counted(*given: object) -> str:
        read.append(mapping_text(*given))
        return read[-1]

    monkeypatch.setattr(load_cases, "mapping_text", counted)
    (tmp_path / "list.csv").write_bytes("编码,a,b\n甲7,119.2,34.6\n".encode("gb18030"))
    saved = {"rules": {"CaseID": "编码"}, "datum": "GCJ02", "xy": ["a", "b"], "crs": "EPSG:4490", "encoding": "gb18030"}
    (tmp_path / "saved.json").write_text(json.dumps(saved), encoding="utf-8")
    places = {"INPUT": "list.csv", "MAPPING": "saved.json", "OUTPUT": "cases.gpkg", "REJECTED": "rejected.gpkg"}
    values = {name: str(tmp_path / file) for name, file in places.items()}
    _, successful = LoadCases().create().run(values, QgsProcessingContext(), QgsProcessingFeedback(), {}, False)
    assert successful
    assert len(read) == 1
    (case,) = pyogrio.read_dataframe(tmp_path / "cases.gpkg").itertuples()
    assert case.CaseID == "甲7"
    assert to_gcj02(shapely.get_coordinates(case.geometry))[0] == pytest.approx((119.2, 34.6), abs=1e-6)


def test_the_help_names_all_that_a_mapping_can_fill() -> None:
    assert all(name in LoadCases.HELP for name in (*TARGETS, *STAGES, SUSPENDED_STAGE, VOID_STAGE))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"AT": "yesterday"}, "AT"),
        ({"TIME_ZONE": "Asia/Nowhere"}, "TIME_ZONE is Asia/Nowhere"),
        ({"MAPPING": '{"Nope": "x"}'}, "“Nope” is none of"),
        ({"MAPPING": "nowhere.json"}, "“nowhere.json” cannot be read"),
        ({"MAPPING": '{"Stage": "没有"}'}, "“cases.csv” has no field “没有”"),
        ({"GRID": SAMPLE / "streets.gpkg"}, "has no field “BGID”"),
        ({"LIMITS": SAMPLE / "cases.csv"}, "needs the columns code, limit"),
    ],
)
def test_wrong_settings_get_a_sentence(
    qgis: Headless, tmp_path: Path, settings: dict[str, object], sentence: str
) -> None:
    output = tmp_path / "cases.gpkg"
    with pytest.raises(StepError, match=sentence):
        qgis.run("citygrid:loadcases", **({"INPUT": SAMPLE / "cases.csv", "OUTPUT": output} | settings))
    assert not output.exists()
