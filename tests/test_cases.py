"""Cases from lists as they arrive: stages, times, status, places, account."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, box

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases import STAGES, TARGETS, TEXTS, CaseResult, Settings, Status, load_cases
from citygrid_plugin.core.errors import MissingCrs, UnknownField
from citygrid_plugin.core.limits import BadLimits, read_limits
from citygrid_plugin.core.mapping import BadMapping, parse_mapping
from citygrid_plugin.core.place import locate
from citygrid_plugin.core.times import read_times
from citygrid_plugin.core.worktime import WorkCalendar
from citygrid_plugin.storage.records import read_records
from citygrid_plugin.storage.scheme_files import CQSZ10_2007, load_scheme

from .conftest import SAMPLE

ZONE = ZoneInfo("Asia/Shanghai")
AT = np.datetime64("2025-06-30T12:00:00")
NOON = Settings(at=AT, zone=ZONE)
MONDAY = "2025-06-30 10:00"


def records(rows: list[dict[str, str | None]], places: list[Point | None] | None = None) -> gpd.GeoDataFrame:
    geometry = places if places is not None else [Point(119.2, 34.6)] * len(rows)
    return gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry=geometry, crs=4490)


def load_one(options: Settings = NOON, **row: str) -> pd.Series:
    return load_cases(records([{"CaseID": "1", **row}]), options).accepted.iloc[0]


def said(result: CaseResult) -> list[str]:
    return [remark.key for remark in result.remarks]


# The sample: each row is known


@pytest.fixture(scope="module")
def manifest() -> dict:
    return json.loads((SAMPLE / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sample() -> CaseResult:
    frame = read_records(SAMPLE / "cases.csv").frame
    grid = gpd.read_file(SAMPLE / "communities.gpkg").rename(columns={"CommCode": fields.BGID})
    return load_cases(frame, NOON, scheme=load_scheme(CQSZ10_2007), grid=grid)


STATUS_OF_SCENARIO = {
    "closed_on_time": "closed", "closed_late": "closed", "closed_without_deadline": "closed",
    "open": "open", "open_without_deadline": "open", "due_soon": "due soon", "overdue": "overdue",
    "suspended": "suspended", "void": "void",
}  # fmt: skip


def test_each_row_of_the_sample_has_its_status(sample: CaseResult, manifest: dict) -> None:
    truth = manifest["cases"]
    source = pd.read_csv(SAMPLE / "cases.csv", dtype=str, keep_default_na=False)
    status = sample.accepted.set_index(fields.CASE_ID)[fields.STATUS].reindex(source["案卷编号"])
    nowhere = set(truth["faults"]["coordinates_empty"]["rows"])
    for scenario, wanted in STATUS_OF_SCENARIO.items():
        rows = [row for row in truth["scenarios"][scenario]["rows"] if row not in nowhere]
        assert set(status.iloc[rows]) == {wanted}, scenario
    assert status.iloc[truth["due_exactly_now"]] == Status.DUE_SOON
    assert (sample.rejected[fields.ROW] - 1).tolist() == sorted(nowhere)
    assert set(sample.rejected[fields.REASON]) == {"no_coordinates"}
    assert list(sample.rejected["问题描述"]) == [source["问题描述"][row] for row in sorted(nowhere)]
    assert sample.account.read == len(source) == len(sample.accepted) + len(sample.rejected)
    assert sample.unknown_stages == {
        stage: count for stage, count in truth["stages"].items() if stage in truth["unknown_stages"]
    }
    lost = sample.accepted[fields.BGID] == ""
    outside = [row for row in truth["faults"]["outside_district"]["rows"] if row not in nowhere]
    assert list(sample.accepted.loc[lost, fields.CASE_ID]) == list(source["案卷编号"].iloc[outside])


def test_text_of_the_sample_stays_as_it_came(sample: CaseResult) -> None:
    source = pd.read_csv(SAMPLE / "cases.csv", dtype=str, keep_default_na=False).set_index("案卷编号")
    found = sample.accepted.set_index(fields.CASE_ID)
    assert (found[fields.TEXT] == source["问题描述"].reindex(found.index)).all()
    assert found[fields.TEXT].str.contains("<script>", regex=False).any()
    assert set(found[fields.KIND]) == {"component", "event"}
    assert not {"unknown_class", "class_disagrees"} & set(said(sample))


def test_the_24_hour_rule(manifest: dict) -> None:
    truth = manifest["cases"]
    with (SAMPLE / "cases.csv").open(encoding="utf-8", newline="") as file:
        source = list(csv.DictReader(file))
    endless = [source[row] for row in truth["scenarios"]["open_without_deadline"]["rows"]]
    noon = AT.astype(datetime)
    late = [row for row in endless if datetime.fromisoformat(row["立案时间"]) + timedelta(hours=24) < noon]
    assert len(late) == truth["open_without_deadline_older_than_24_h"]
    wanted = {row["案卷编号"] for row in late if row["经度"]}
    frame = read_records(SAMPLE / "cases.csv").frame
    cases = load_cases(frame, Settings(at=AT, zone=ZONE, fallback_hours=24)).accepted
    stated = {row["案卷编号"] for row in source if row["截止时间"]}
    turned = cases[cases[fields.STATUS].eq("overdue") & cases[fields.STAGE].isin(STAGES)]
    assert set(turned[fields.CASE_ID]) - stated == wanted


# Status


@pytest.mark.parametrize(
    ("stage", "deadline", "finished", "status"),
    [
        ("处理", "2025-06-30 11:59:59", "", "overdue"),
        ("处理", "2025-06-30 12:00:00", "", "due soon"),
        ("In Progress", "2025-07-01 12:00:00", "", "due soon"),
        ("Open", "2025-07-01 12:00:01", "", "open"),
        ("Pending", "", "", "open"),
        ("挂账", "2025-06-01", "", "suspended"),
        ("不予立案", "2025-06-01", "", "void"),
        ("Closed", "2025-06-01", "2025-06-02", "closed"),
        ("归档", "", "", "closed"),
        ("结案", "2025-06-01", "2025-07-02", "overdue"),  # finished after the moment: unfinished at it
        ("核实", "2025-06-01", "", "overdue"),  # no known stage
        ("核实", "2025-06-01", "2025-06-02", "closed"),
        ("", "", "2025-06-02", "closed"),
        ("", "", "", "open"),
    ],
)
def test_status(stage: str, deadline: str, finished: str, status: str) -> None:
    case = load_one(Stage=stage, Deadline=deadline, Finished=finished)
    assert case[fields.STATUS] == status


def test_unknown_stages_are_kept_as_they_are() -> None:
    result = load_cases(records([{"状态": " 待核实 "}, {"状态": "ｃｌｏｓｅｄ"}]), NOON)
    assert result.accepted[fields.STAGE].tolist() == ["待核实", "结案"]
    assert result.unknown_stages == {"待核实": 1}


def test_deadlines_from_limits_and_fallback() -> None:
    limits = read_limits(
        pd.DataFrame(
            {
                "Code": ["0101", "0101", "0102", "0103"],
                "kind": ["部件", "event", "", ""],
                "limit": ["2", "1", "3", "12"],
                "unit": ["紧急工作时", "工作日", "自然日", "工作时"],
            }
        )
    )
    rows = [
        {"Kind": "部件", "ClassCode": "0101", "Filed": MONDAY},
        {"Kind": "事件", "ClassCode": "0101", "Filed": MONDAY},
        {"Kind": "", "ClassCode": "0102", "Reported": MONDAY},
        {"Kind": "事件", "ClassCode": "0103", "Reported": "2025-06-01", "Filed": MONDAY},
        {"Kind": "事件", "ClassCode": "0104", "Filed": MONDAY},
        {"Kind": "部件", "ClassCode": "0101", "Filed": MONDAY, "Deadline": "2025-08-01"},
        {"Kind": "部件", "ClassCode": "0101"},
    ]
    options = Settings(at=AT, zone=ZONE, fallback_hours=24, calendar=WorkCalendar(), limits=limits)
    result = load_cases(records(rows), options)
    assert result.accepted[fields.DEADLINE].astype(object).map(str).tolist() == [
        "2025-06-30 12:00:00", "2025-07-01 10:00:00", "2025-07-03 10:00:00", "2025-07-01 16:00:00",
        "2025-07-01 10:00:00", "2025-08-01 00:00:00", "NaT",
    ]  # fmt: skip
    with pytest.raises(BadLimits, match="row 3"):
        read_limits(pd.DataFrame({"code": ["1", "1"], "limit": ["2", "3"], "unit": ["工作时", "工作时"]}))


# Times

FORMS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y年%m月%d日 %H时%M分%S秒",
    "%Y.%m.%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p",
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), min_size=1), st.sampled_from(FORMS))  # noqa: DTZ001
def test_times_come_back_from_every_form(moments: list[datetime], form: str) -> None:
    moments = [moment.replace(microsecond=0) for moment in moments]
    column = pd.Series([moment.strftime(form) for moment in moments])
    assert read_times({"a": column}, ZONE).values["a"].tolist() == moments


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2025/3/14 1:20", "2025-03-14T01:20"),
        ("2025-03-14T01:20:00Z", "2025-03-14T09:20"),
        ("2025-03-14 01:20:00.5+0900", "2025-03-14T00:20"),
        ("2025年3月14日 下午3时20分", "2025-03-14T15:20"),
        ("2025/3/14 上午 12:05:00", "2025-03-14T00:05"),
        ("2025/3/14 中午12:30", "2025-03-14T12:30"),
        ("20250314", "2025-03-14T00:00"),
        ("２０２５－０３－１４　０８：００", "2025-03-14T08:00"),
        ("2025-03-14 24:00", "2025-03-15T00:00"),
        ("2025-02-29", "NaT"),
        ("2025-03-14 25:00", "NaT"),
        ("soon", "NaT"),
        ("20251314", "NaT"),
    ],
)
def test_single_times(text: str, time: str) -> None:
    found = read_times({"a": pd.Series([text])}, ZONE)
    assert str(found.values["a"][0]) == str(np.datetime64(time, "s"))
    assert found.unreadable["a"][0] == (time == "NaT")


def test_order_of_day_and_month() -> None:
    def read(**columns: list[str]) -> tuple[dict, tuple]:
        found = read_times({name: pd.Series(values) for name, values in columns.items()}, ZONE)
        return {name: str(values[0])[:10] for name, values in found.values.items()}, found.unsure

    assert read(a=["1/2/2025", "13/2/2025"]) == ({"a": "2025-02-01"}, ())
    assert read(a=["1/2/2025", "2/13/2025"], b=["3/4/2025"]) == ({"a": "2025-01-02", "b": "2025-03-04"}, ())
    assert read(a=["13/2/2025"], b=["3/4/2025"]) == ({"a": "2025-02-13", "b": "2025-04-03"}, ())
    assert read(a=["1/2/2025"]) == ({"a": "2025-01-02"}, ("a",))


def test_unreadable_times_are_told() -> None:
    result = load_cases(records([{"CaseID": "1", "上报时间": "yesterday"}]), NOON)
    remark = next(remark for remark in result.remarks if remark.key == "unreadable_time")
    assert "上报时间" in TEXTS[remark.key].format(**remark.values)
    assert pd.isna(result.accepted[fields.REPORTED][0])


# Mapping and numbers


def test_mapping() -> None:
    rules = parse_mapping(
        '{"Stage": {"field": "st", "values": {"7": "挂账"}}, "Kind": {"value": "事件"}, "CaseID": "nr"}', TARGETS
    )
    rows = [{"nr": "a", "st": "7", "Status": "Closed"}, {"nr": "b", "st": "处理", "Status": "Closed"}]
    result = load_cases(records(rows), NOON, rules)
    assert result.accepted[fields.STATUS].tolist() == ["suspended", "open"]
    assert result.accepted[fields.KIND].tolist() == ["event", "event"]
    with pytest.raises(UnknownField, match="nope"):
        load_cases(records(rows), NOON, {"CaseID": "nope"})
    for bad in ('{"Nope": "a"}', "[1]", '{"Stage": 3}', "{"):
        with pytest.raises(BadMapping):
            parse_mapping(bad, TARGETS)


def test_numbers_missing_and_repeated() -> None:
    result = load_cases(records([{"CaseID": "a"}, {"CaseID": None}, {"CaseID": " a"}, {"CaseID": ""}]), NOON)
    assert result.accepted[fields.CASE_ID].tolist() == ["a", "row-2", "row-4"]
    assert result.rejected[[fields.ROW, fields.REASON]].to_numpy().tolist() == [[3, "repeated_number"]]
    account = result.account
    assert (account.read, account.accepted, account.rejected, account.skipped) == (4, 3, 0, 1)


def test_classes_are_filled_up_but_never_invented() -> None:
    rows = [
        {"ClassCode": "102", "ClassName": "暴露垃圾", "Kind": ""},  # a lost zero; the name tells the kind
        {"ClassCode": "", "ClassName": "路灯", "Kind": "部件"},
        {"ClassCode": "0101", "ClassName": "", "Kind": ""},  # component or event: left open
        {"ClassCode": "0101", "ClassName": "", "Kind": "事件"},
        {"ClassCode": "2199", "ClassName": "Animal-Abuse", "Kind": ""},
        {"ClassCode": "0102", "ClassName": "路灯", "Kind": "部件"},
    ]
    result = load_cases(records(rows), NOON, scheme=load_scheme(CQSZ10_2007))
    found = result.accepted[[fields.KIND, fields.CLASS_CODE, fields.CLASS_NAME]].to_numpy().tolist()
    assert found == [
        ["event", "0102", "暴露垃圾"], ["component", "0118", "路灯"], ["", "0101", ""],
        ["event", "0101", "私搭乱建"], ["", "2199", "Animal-Abuse"], ["component", "0102", "路灯"],
    ]  # fmt: skip
    assert {"unknown_class", "class_disagrees"} <= set(said(result))


# Places


def grid_of(cells: dict[str, tuple[float, float, float, float]], **columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {fields.BGID: list(cells), **columns}, geometry=[box(*bounds) for bounds in cells.values()], crs=4490
    )


def test_places_in_the_grid() -> None:
    grid = grid_of({"B": (1, 0, 2, 1), "A": (0, 0, 1, 1)}, StrName=["east", "west"])
    places = [Point(1, 0.5), Point(1.5, 0.5), Point(5, 5), None, None, Point(0, 0), Point(0.5, 0.5)]
    stated = ["", "A", "B", "B", "Z", "", "A"]
    result = load_cases(records([{"网格编码": code} for code in stated], places), NOON, grid=grid)
    assert result.accepted[fields.BGID].tolist() == ["A", "B", "", "B", "A"]
    assert result.accepted[fields.STREET_NAME].tolist() == ["west", "east", "", "east", "west"]
    assert result.rejected[fields.ROW].tolist() == [5, 6]  # an unknown grid; 0, 0 is no place
    assert grid.geometry[0].contains(result.accepted.geometry[3])
    assert {"placed_by_grid", "other_grid", "outside"} <= set(said(result))


def test_zones_by_place_in_another_crs() -> None:
    grid = grid_of({"A": (119, 34, 120, 35)}).to_crs(4549)
    zones = gpd.GeoDataFrame({fields.RGID: ["R1"]}, geometry=[box(119.1, 34.5, 119.3, 34.7)], crs=4326)
    result = load_cases(records([{}, {}], [Point(119.2, 34.6), Point(119.9, 34.6)]), NOON, grid=grid, zones=zones)
    assert result.accepted[fields.RGID].tolist() == ["R1", ""]
    assert result.accepted.crs == grid.crs
    with pytest.raises(UnknownField, match="GRID"):
        load_cases(records([{}]), NOON, grid=grid.drop(columns=fields.BGID))
    with pytest.raises(MissingCrs):
        load_cases(records([{}]).set_crs(None, allow_override=True), NOON)


@settings(max_examples=50, deadline=None)
@given(st.permutations(range(9)), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1))
def test_lowest_code_on_shared_edges(order: list[int], quarters: list[tuple[int, int]]) -> None:
    codes = np.array([f"{cell:02}" for cell in order], dtype=object)
    cells = np.array([box(cell % 3, cell // 3, cell % 3 + 1, cell // 3 + 1) for cell in order], dtype=object)
    points = np.array([Point(x / 4, y / 4) for x, y in quarters], dtype=object)
    found = np.append(codes, "")[locate(points, cells, codes)]
    for point, code in zip(points, found, strict=True):
        touching = [c for c, cell in zip(codes, cells, strict=True) if cell.intersects(point)]
        assert code == min(touching, default="")


@pytest.mark.real_data
def test_potholes_with_swapped_axes(real_data: Path) -> None:
    read = read_records(real_data / "cases" / "syracuse_potholes.csv")
    result = load_cases(read.frame, Settings(at=np.datetime64(datetime.now(UTC).date(), "s"), zone=ZONE))
    assert result.account.read == result.account.accepted == 7538
    assert result.accepted.total_bounds == pytest.approx([-76.202, 42.985, -76.086, 43.083], abs=0.001)
    reported = result.accepted[fields.REPORTED]
    assert str(reported.iloc[0]) == "2016-04-12 07:54:00"
    assert reported.notna().all()
    assert set(reported.dt.year) == {2016}
    assert result.count(Status.OPEN) == 7538
    assert {"no_number", "no_deadline", "month_first"} <= set(said(result))
