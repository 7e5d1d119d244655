"""Cases from lists as they arrive: stages, times, status, places, account."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
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
from citygrid_plugin.core.cases.case_problems import (
    CASE_PROBLEM,
    PROBLEM_TEXTS,
    PROBLEM_TITLES,
    SEVERITIES,
)
from citygrid_plugin.core.cases.case_repeats import first_reports
from citygrid_plugin.core.cases.case_stages import (
    ALL_STAGES,
    SOURCES,
    STAGE_WORDS,
    BadWords,
    read_source_words,
    read_stage_words,
    word_key,
)
from citygrid_plugin.core.cases.cases import (
    STAGES,
    TARGETS,
    TEXTS,
    CaseResult,
    Settings,
    Status,
    load_cases,
)
from citygrid_plugin.core.cases.limits import BadLimits, read_limits
from citygrid_plugin.core.errors import MissingCrs, UnknownField
from citygrid_plugin.core.records.mapping import BadMapping, parse_mapping
from citygrid_plugin.core.records.times import read_times
from citygrid_plugin.core.spatial.datum import Datum, to_bd09, to_gcj02
from citygrid_plugin.core.spatial.place import locate
from citygrid_plugin.storage.case_tables import (
    SOURCE_TABLE,
    STAGE_TABLE,
    read_table,
    source_words,
    stage_words,
)
from citygrid_plugin.storage.readers.records import read_records
from citygrid_plugin.storage.scheme_files import CQSZ10_2007, load_scheme

from .conftest import SAMPLE

ZONE = ZoneInfo("Asia/Shanghai")
AT = np.datetime64("2025-06-30T12:00:00")
NOON = Settings(at=AT, zone=ZONE, stages=stage_words(), sources=source_words())
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
    cases = load_cases(frame, replace(NOON, fallback_hours=24)).accepted
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
    options = replace(NOON, fallback_hours=24, limits=limits)
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


def test_places_from_the_most_exact_to_the_least() -> None:
    grid = grid_of(
        {"A1": (0, 0, 1, 1), "A2": (1, 0, 2, 1), "B1": (0, 5, 1, 6)},
        CommName=["幸福社区", "幸福社区", "和平社区"], CommCode=["c1", "c1", "c2"],
        StrName=["东街道", "东街道", "西街道"],
    )  # fmt: skip
    components = gpd.GeoDataFrame(
        {fields.OBJ_ID: ["0101", "0102"]}, geometry=[Point(0.25, 5.5), box(1.2, 0.2, 1.4, 0.4)], crs=4490
    ).to_crs(3857)
    rows = [
        {"CaseID": "xy", "ObjID": "0102", "BGID": "A1", "CommName": "幸福"},
        {"CaseID": "component", "ObjID": "0101", "BGID": "A1"},
        {"CaseID": "polygon", "ObjID": "0102"},
        {"CaseID": "grid", "ObjID": "9999", "BGID": "A2", "CommName": "和平社区"},
        {"CaseID": "code", "CommCode": "c2", "CommName": "幸福社区"},
        {"CaseID": "name", "BGID": "Z9", "CommName": " 和平 社区"},
        {"CaseID": "nowhere", "CommName": "没有"},
    ]
    result = load_cases(records(rows, [Point(0.5, 5.5), *[None] * 6]), NOON, grid=grid, components=components)
    found = result.accepted.set_index("CaseID")
    columns = [fields.PLACED, fields.BGID, fields.COMMUNITY_NAME, fields.STREET_NAME]
    assert found[columns].to_numpy().tolist() == [
        ["coordinates", "B1", "和平社区", "西街道"],
        ["component", "B1", "和平社区", "西街道"],
        ["component", "A2", "幸福社区", "东街道"],
        ["grid", "A2", "幸福社区", "东街道"],
        ["community", "", "和平社区", "西街道"],  # somewhere in it: no grid can be told
        ["community", "", "和平社区", "西街道"],
    ]
    assert result.rejected["CaseID"].tolist() == ["nowhere"]
    assert grid.geometry[2].contains(found.geometry["name"])
    assert found.geometry["component"].distance(Point(0.25, 5.5)) < 1e-9
    counts = {remark.key: remark.values["count"] for remark in result.remarks if "count" in remark.values}
    assert (counts["placed_by_component"], counts["placed_by_grid"], counts["placed_by_community"]) == (2, 1, 2)
    problems = result.problems
    assert problems[[fields.PROBLEM_KIND, fields.CASE_ID]].to_numpy().tolist() == [
        ["unknown_component", "grid"], ["other_grid", "xy"], ["other_grid", "component"],
        ["other_community", "xy"], ["other_community", "grid"],
    ]  # fmt: skip
    assert list(problems.columns[:5]) == list(CASE_PROBLEM)
    # A1 ends at latitude 1, the place is at 5.5: 4.5 degrees of latitude are some 498 km.
    metres = problems["values"][1]["distance"]
    assert problems[fields.TEXT][1] == f"This case names the grid A1, but lies in B1, {metres} m away from it."
    assert metres == pytest.approx(497_700, rel=0.01)


def test_communities_of_one_name_need_a_street_or_a_code() -> None:
    communities = gpd.GeoDataFrame(
        {"CommName": ["光明", "光明", "北"], "StrName": ["甲", "乙", "甲"], "CommCode": ["1", "2", "3"]},
        geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)],
        crs=4326,
    )
    rows = [
        {"社区": "光明"}, {"社区": "光明", "街道": "乙"}, {"社区编码": "1"}, {"社区": "北", "街道": "丁"},
    ]  # fmt: skip
    result = load_cases(records(rows, [None] * 4).set_crs(None, allow_override=True), NOON, communities=communities)
    assert result.accepted[fields.COMMUNITY_CODE].tolist() == ["2", "1", "3"]
    assert result.rejected[fields.ROW].tolist() == [1]
    assert "unclear_community" in said(result)
    assert result.accepted.crs == communities.crs


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_shifted_coordinates_and_web_mercator(datum: Datum) -> None:
    place = np.array([[119.2, 34.6]])
    shifted = (to_gcj02 if datum is Datum.GCJ02 else to_bd09)(place)
    frame = gpd.GeoDataFrame({"CaseID": ["1"]}, geometry=gpd.points_from_xy(*shifted.T), crs=4326)
    for source in (frame, frame.to_crs(3857)):
        found = load_cases(source, replace(NOON, datum=datum), grid=grid_of({"A": (119, 34, 120, 35)})).accepted
        assert found.geometry[0].distance(Point(*place[0])) < 1e-7


# What happens to a case


def test_outcome_hours_and_pauses() -> None:
    rows = [
        {"CaseID": "late", "Stage": "结案", "Deadline": "2025-06-01 10:00", "Finished": "2025-06-01 12:30"},
        {"CaseID": "in time", "Stage": "结案", "Deadline": "2025-06-01 10:00", "Finished": "2025-06-01 10:00"},
        {"CaseID": "endless", "Stage": "结案", "Finished": "2025-06-01 10:00"},
        {"CaseID": "over", "Stage": "处理", "Deadline": "2025-06-30 06:00"},
        {"CaseID": "paused", "Stage": "处理", "Deadline": "2025-06-30 06:00", "挂账时间": "2025-06-29 12:00"},
        {"CaseID": "resumed", "Stage": "处理", "Deadline": "2025-06-30 06:00", "挂账时间": "2025-06-29 12:00",
         "恢复时间": "2025-06-30 12:00"},
        {"CaseID": "later", "Stage": "挂账", "Deadline": "2025-06-30 06:00", "挂账时间": "2025-06-30 18:00"},
        {"CaseID": "planned", "Stage": "处理", "Deadline": "2025-07-30", "挂账时间": "2025-06-30 12:00",
         "恢复时间": "2025-07-02"},
    ]  # fmt: skip
    found = load_cases(records(rows), NOON).accepted.set_index("CaseID")
    columns = [fields.STATUS, fields.OUTCOME, fields.OVER_HOURS, fields.PAUSED_HOURS]
    assert found[columns].fillna(-1).to_numpy().tolist() == [
        ["closed", "late", 2.5, 0], ["closed", "on time", -1, 0], ["closed", "", -1, 0], ["overdue", "", 6, 0],
        ["suspended", "", -1, 24], ["overdue", "", 6, 24], ["overdue", "", 6, 0], ["suspended", "", -1, 0],
    ]  # fmt: skip


def test_pauses_put_off_what_is_computed_and_stated_ones_when_asked() -> None:
    limits = read_limits(pd.DataFrame({"code": ["0101"], "limit": ["2"], "unit": ["紧急工作时"]}))
    filed = {"ClassCode": "0101", "Filed": "2025-06-30 08:00"}
    rows = [
        {"CaseID": "1", **filed, "挂账时间": "2025-06-30 09:00", "恢复时间": "2025-06-30 11:00"},
        {"CaseID": "2", **filed, "Deadline": "2025-06-30 10:00"},
        {"CaseID": "3", **filed, "处置时限": "3小时"},
        {"CaseID": "4", "ClassCode": "9", "Filed": "2025-06-29 10:00"},
        {"CaseID": "5", **filed},
    ]
    events = pd.DataFrame(
        {"CaseID": list("2345"), "from": ["2025-06-30 09:00"] * 3 + [""], "to": ["2025-06-30 09:30"] * 3 + [""]}
    )
    options = replace(NOON, limits=limits, fallback_hours=24)
    result = load_cases(records(rows), options, pauses=events)
    found = result.accepted
    assert found[fields.DEADLINE].astype(str).str[5:16].tolist() == [
        "06-30 12:00", "06-30 10:00", "06-30 11:30", "06-30 10:30", "06-30 10:00",
    ]  # fmt: skip
    assert found[fields.DUE_BY].tolist() == ["class", "stated", "limit", "fallback", "class"]
    assert found[fields.TIME_LIMIT].tolist() == ["2紧急工作时", "", "3小时", "24紧急工作时", "2紧急工作时"]
    put_off = load_cases(records(rows), replace(options, pause_stated=True), pauses=events).accepted
    assert put_off[fields.DEADLINE].astype(str).str[5:16].tolist()[1] == "06-30 10:30"


def test_limits_whose_codes_lost_a_zero() -> None:
    limits = read_limits(pd.DataFrame({"code": ["102"], "limit": ["2紧急工作时"]}))
    row = {"Kind": "event", "ClassCode": "0102", "Filed": "2025-06-30 08:00"}
    result = load_cases(records([row]), replace(NOON, limits=limits), scheme=load_scheme(CQSZ10_2007))
    assert str(result.accepted[fields.DEADLINE][0]) == "2025-06-30 10:00:00"


def test_time_travel() -> None:
    """At an earlier moment nobody knew of later reports, ends and pauses."""
    rows = [
        {"CaseID": "1", "Reported": "2025-06-01", "Stage": "结案", "Deadline": "2025-06-05", "Finished": "2025-06-20"},
        {"CaseID": "2", "Reported": "2025-06-15", "Stage": "处理", "Deadline": "2025-06-16"},
        {"CaseID": "3", "Reported": "2025-06-02", "Stage": "挂账", "Deadline": "2025-06-08", "挂账时间": "2025-06-09"},
    ]
    wanted = {
        "2025-06-01 12:00": ["open"], "2025-06-04 12:00": ["due soon", "open"], "2025-06-06": ["overdue", "open"],
        "2025-06-08 12:00": ["overdue", "overdue"], "2025-06-10": ["overdue", "suspended"],
        "2025-06-21": ["closed", "overdue", "suspended"],
    }  # fmt: skip
    for moment, status in wanted.items():
        at = np.datetime64(moment.replace(" ", "T"), "s")
        result = load_cases(records(rows), replace(NOON, at=at, skip_later=True))
        assert result.accepted[fields.STATUS].tolist() == status, moment
        assert result.account.skipped == 3 - len(status)
        assert set(result.rejected[fields.REASON]) <= {"not_yet_reported"}
        kept = load_cases(records(rows), replace(NOON, at=at))
        assert len(kept.accepted) == 3
        assert ("later" in said(kept)) == (len(status) < 3)


def test_ends_before_beginnings_are_told_row_by_row() -> None:
    rows = [
        {"CaseID": "1", "Filed": "2025-06-05", "Finished": "2025-06-04 10:00", "Stage": "结案"},
        {"CaseID": "2", "Reported": "2025-06-03", "Filed": "2025-06-05", "Finished": "2025-06-04", "Stage": "结案"},
        {"CaseID": "3", "Filed": "2025-06-05", "Deadline": "2025-06-01"},
        {"CaseID": "4", "Filed": "2025-06-05", "挂账时间": "2025-06-09", "恢复时间": "2025-06-08"},
    ]
    result = load_cases(records(rows), NOON)
    assert result.problems[[fields.PROBLEM_KIND, fields.CASE_ID]].to_numpy().tolist() == [
        ["finished_first", "1"], ["deadline_first", "3"],
    ]  # fmt: skip
    assert "2025-06-04 10:00" in result.problems[fields.TEXT][0]
    assert {"finished_first", "deadline_first", "pause_reversed"} <= set(said(result))
    assert result.accepted[fields.STATUS].tolist() == ["closed", "closed", "overdue", "open"]


def test_departments_of_the_class() -> None:
    grid = grid_of({"500103001001001": (119, 34, 120, 35)})
    rows = [
        {"Kind": "部件", "ClassCode": "0105", "主管部门": ""},
        {"Kind": "部件", "ClassCode": "0115", "主管部门": ""},  # two departments answer for it
        {"Kind": "部件", "ClassCode": "0105", "主管部门": "别的"},
    ]
    scheme = load_scheme(CQSZ10_2007)
    result = load_cases(records(rows), NOON, scheme=scheme, grid=grid)
    assert result.accepted[fields.DEPARTMENT].tolist() == ["市电力公司", "", "别的"]
    assert {"case_departments", "case_department_unclear"} <= set(said(result))
    elsewhere = load_cases(records(rows), NOON, scheme=scheme)
    assert elsewhere.accepted[fields.DEPARTMENT].tolist() == ["", "", "别的"]


# Words


def test_words_of_stages_and_sources_are_a_table() -> None:
    own = read_stage_words(
        pd.DataFrame({"原值": ["核实", "Open", "整改"], "阶段": ["核查", "", "处理"], "返工": ["", "", "是"]})
    )
    sources = read_source_words(pd.DataFrame({"value": ["网格员"], "source": ["专业监督员"]}))
    options = replace(NOON, stages=stage_words() | own, sources=source_words() | sources)
    rows = [
        {"Stage": stage, "Source": source}
        for stage, source in (("核实", "网格员"), ("open", "12319"), ("整改", "微信"), ("返工", ""), ("已结案", "微信"))
    ]
    result = load_cases(records(rows), options)
    assert result.accepted[fields.STAGE].tolist() == ["核查", "open", "处理", "处理", "结案"]
    assert result.accepted[fields.SOURCE].tolist() == ["专业监督员", "12319热线", "微信", "", "微信"]
    assert result.accepted[fields.RETURNS].fillna(0).tolist() == [0, 0, 1, 1, 0]
    assert (result.unknown_stages, result.unknown_sources) == ({"open": 1}, {"微信": 2})
    for bad in ({"value": ["a", "A "], "stage": ["立案", "立案"]}, {"value": ["a"], "stage": ["完了"]}):
        with pytest.raises(BadWords, match=r"row (2|3)"):
            read_stage_words(pd.DataFrame(bad))


def test_the_words_that_come_with_the_plugin() -> None:
    stages, sources = read_table(STAGE_TABLE), read_table(SOURCE_TABLE)
    assert set(stages["stage"]) == {*ALL_STAGES, ""}
    assert set(sources["source"]) <= {*SOURCES, ""}
    assert (stages["status"] != "").all()
    assert (sources["status"] != "").all()
    assert not set(stages["value"].map(word_key)) & set(STAGE_WORDS.meaning)


# Repeated reports


def test_repeats_of_a_report() -> None:
    rows = [
        {"CaseID": "a", "ClassCode": "0101", "Reported": "2025-06-01 08:00"},
        {"CaseID": "b", "ClassCode": "0101", "Reported": "2025-06-02 08:00"},  # 24 hours, 49 m: the same
        {"CaseID": "c", "ClassCode": "0102", "Reported": "2025-06-01 08:00"},
        {"CaseID": "d", "ClassCode": "0101", "Reported": "2025-06-02 08:01"},  # near b only, which leads nothing
        {"CaseID": "e", "ClassCode": "", "Reported": "2025-06-01 08:00"},
        {"CaseID": "f", "ClassCode": "0101", "Reported": ""},
    ]
    places = [Point(500_000 + x, 3_800_000) for x in (0, 49, 0, 60, 0, 0)]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry=places, crs=4549)
    result = load_cases(frame, NOON)
    assert result.accepted[fields.REPEAT_OF].tolist() == ["", "a", "", "", "", ""]
    degrees = load_cases(frame.to_crs(4490), NOON)
    assert degrees.accepted[fields.REPEAT_OF].tolist() == ["", "a", "", "", "", ""]
    assert "repeats" not in said(load_cases(frame, replace(NOON, repeat_hours=0)))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 2), st.integers(0, 60)), max_size=40),
    st.sampled_from([10, 30, 70]),
    st.sampled_from([1, 24]),
)
def test_repeats_agree_with_asking_one_after_the_other(reports: list, distance: int, hours: int) -> None:
    xy = np.array([(x * 10.0, y * 10.0) for x, y, *_ in reports]).reshape(-1, 2)
    group = np.array([group for *_, group, _ in reports], dtype=int)
    reported = np.datetime64("2025-06-01T00:00:00") + np.array([hour for *_, hour in reports], dtype="timedelta64[h]")
    wanted, leads = list(range(len(reports))), []
    for row in sorted(range(len(reports)), key=lambda row: (reports[row][3], row)):
        for lead in leads:
            near = np.hypot(*(xy[lead] - xy[row])) <= distance and group[lead] == group[row]
            if near and reports[row][3] - reports[lead][3] <= hours:
                wanted[row] = lead
                break
        else:
            leads.append(row)
    assert first_reports(xy, group, reported.astype("datetime64[s]"), distance, hours).tolist() == wanted


def test_every_problem_has_its_words() -> None:
    assert PROBLEM_TEXTS.keys() == PROBLEM_TITLES.keys() == SEVERITIES.keys()


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


@pytest.mark.real_data
def test_new_york_over_the_change_of_the_clock(real_data: Path) -> None:
    """24 hours are 24 hours, also on the day that had 23: counted row by row."""
    zone = ZoneInfo("America/New_York")
    path = real_data / "cases" / "nyc_311_animals_plotly.csv"
    options = replace(NOON, at=np.datetime64("2025-03-15T00:00:00"), zone=zone, fallback_hours=24)
    result = load_cases(read_records(path).frame, options)
    now = datetime(2025, 3, 15, tzinfo=zone)

    def moment(text: str) -> datetime:
        return datetime.strptime(text, "%m/%d/%Y %H:%M").replace(tzinfo=zone).astimezone(UTC)

    wanted = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in (row for row in csv.DictReader(file) if row["Latitude"]):
            due = moment(row["Created Date"]) + timedelta(hours=24)
            if row["Status"] == "Closed":
                done = moment(row["Closed Date"]) if row["Closed Date"] else None
                outcome = "" if done is None else "on time" if done <= due else "late"
                over = (done - due).total_seconds() / 3600 if outcome == "late" and done else 0.0
                wanted[row["Unique Key"]] = ("closed", outcome, over)
            else:
                late = (now.astimezone(UTC) - due).total_seconds() / 3600
                wanted[row["Unique Key"]] = ("overdue" if late > 0 else "due soon", "", max(late, 0.0))
    columns = [fields.CASE_ID, fields.STATUS, fields.OUTCOME, fields.OVER_HOURS]
    found = {row[0]: row[1:] for row in result.accepted[columns].fillna(0.0).itertuples(index=False, name=None)}
    assert {key: value[:2] for key, value in found.items()} == {key: value[:2] for key, value in wanted.items()}
    for key, (*_, over) in wanted.items():
        assert found[key][2] == pytest.approx(over, abs=1e-3), key


@pytest.mark.real_data
def test_the_record_of_a_vendor(real_data: Path) -> None:
    record = json.loads((real_data / "cases" / "vendor_case_record.json").read_text(encoding="utf-8"))
    place = Point(float(record["coordinate_x"]), float(record["coordinate_y"]))
    frame = records([{name: str(value) for name, value in record.items()}], [place])
    result = load_cases(frame, NOON, {"StrName": "street_name"}, load_scheme(CQSZ10_2007))
    case = result.accepted.iloc[0]
    assert case[[fields.CASE_ID, fields.CLASS_CODE, fields.STAGE, fields.STATUS]].tolist() == [
        "22015", "0102", "结案", "closed",
    ]  # fmt: skip
    assert case[[fields.STREET_NAME, fields.COMMUNITY_NAME]].tolist() == ["军粮城街道", "军粮城街道社区"]
    assert result.unknown_sources == {"区级网格员上报": 1}
