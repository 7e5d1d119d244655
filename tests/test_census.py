"""The component census: classes, ids, places, and an account in which nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases import cases
from citygrid_plugin.core.census import census_changes
from citygrid_plugin.core.census.census import NoPlaces, import_components
from citygrid_plugin.core.census.census_account import CensusResult, Delivery, restored
from citygrid_plugin.core.census.census_renewal import Covered, Renewing
from citygrid_plugin.core.census.census_rules import (
    RULES,
    TEXTS,
    BadLevels,
    parse_levels,
)
from citygrid_plugin.core.census.component_ids import allocate, id_numbers, read_ids
from citygrid_plugin.core.census.component_mapping import NoClassColumn, component_mapping
from citygrid_plugin.core.codes import SequenceOverflow
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.records import account
from citygrid_plugin.core.records.account import Account
from citygrid_plugin.core.spatial.datum import (
    Datum,
    from_bd09,
    from_gcj02,
    to_bd09,
    to_gcj02,
)
from citygrid_plugin.core.spatial.place import cell_of, first_alike, first_near
from citygrid_plugin.storage.readers.records import Records, read_records
from citygrid_plugin.storage.scheme_files import CQSZ10_2007, SCHEMES, load_scheme

from .conftest import SAMPLE

SCHEME = load_scheme(CQSZ10_2007)
MANIFEST = json.loads((SAMPLE / "manifest.json").read_text(encoding="utf-8"))
DISTRICT = "320706"


def run(records: Records | gpd.GeoDataFrame, rules: dict[str, Any] | None = None, **options: object) -> CensusResult:
    frame, name = (records.frame, records.name) if isinstance(records, Records) else (records, "survey.csv")
    rules, _ = component_mapping(frame, rules or {}, SCHEME, name)
    district = str(options.pop("district", DISTRICT))
    return import_components([Delivery(frame, rules, name)], SCHEME, district, **options)


def table(*rows: dict[str, Any], crs: int = 4549) -> gpd.GeoDataFrame:
    """Records of a few columns; the place is 10 m further east for each row unless a row says so."""
    places = [row.pop("place", shapely.Point(500000 + 10 * number, 3830000)) for number, row in enumerate(rows)]
    return gpd.GeoDataFrame(pd.DataFrame(rows, dtype=object), geometry=places, crs=crs)


def remarks(result: CensusResult) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for remark in result.remarks:
        found.setdefault(remark.key, []).append(remark.values)
        assert str(remark)
    return found


@pytest.fixture(scope="module")
def communities() -> gpd.GeoDataFrame:
    """The sample's communities in the place of a unit grid."""
    return gpd.read_file(SAMPLE / "communities.gpkg").rename(columns={"CommCode": fields.BGID})


@pytest.mark.parametrize("name", ["survey_a", "survey_b", "survey_c"])
def test_planted_faults_are_found_and_nothing_else(name: str, communities: gpd.GeoDataFrame) -> None:
    entry = MANIFEST["deliveries"][name]
    planted = {fault: set(found["rows"]) for fault, found in entry["faults"].items()}
    records = read_records(SAMPLE / entry["file"])
    result = run(records, grid=communities)
    found = {key: set(rows[fields.ROW] - 1) for key, rows in result.rejected.groupby(fields.REASON)}
    unknown = set(np.flatnonzero(records.frame["部件代码"] == "0199")) if name == "survey_a" else set()
    expected = {
        "unknown_code": unknown,
        "outside_grid": planted.get("outside_district", set()),
        "no_geometry": planted.get("null_geometry", set()) | planted.get("coordinates_empty", set()),
        "duplicate": planted.get("duplicate_of_earlier_row", set()),
    }
    assert found == {key: rows for key, rows in expected.items() if rows}
    assert result.account.read == entry["rows"] == len(result.accepted) + len(result.rejected)
    assert result.accepted[fields.OBJ_ID].str.fullmatch(r"320706\d{10}").all()
    assert result.accepted[fields.OBJ_ID].is_unique
    assert (result.accepted[fields.OBJ_ID].str[6:10] == result.accepted[fields.CLASS_CODE]).all()
    assert set(result.accepted[fields.CLASS_CODE]) == set(entry["classes"]) | ({"2101", "2150"} if unknown else set())
    assert result.accepted[fields.INITIAL_DATE].str.fullmatch(r"2025\d{4}").all()
    assert not result.accepted.has_z.any()
    said = remarks(result)
    if name == "survey_a":
        assert said["name_disagrees"][0]["count"] == entry["faults"]["name_disagrees_with_code"]["count"]
        assert {value["code"]: value["count"] for value in said["unnamed_class"]} == {"2101": 2, "2150": 4}
        kept = records.frame.iloc[sorted(set(range(entry["rows"])) - set.union(*found.values()))]
        assert result.accepted[fields.OBJ_ID].tolist() == kept["标识码"].tolist()
    if name == "survey_b":
        assert said["zeros_restored"][0]["count"] == entry["faults"]["class_code_without_leading_zero"]["count"]
        stated = records.frame["标识码"]
        sound = stated.str.fullmatch(r"\d{15}[1-9]")
        assert set(stated[~sound]) >= set(stated.iloc[sorted(planted["id_scientific"] | planted["id_last_digit_lost"])])
        taken = np.setdiff1d(np.arange(len(stated)), result.rejected[fields.ROW] - 1)
        kept = result.accepted[fields.OBJ_ID].to_numpy() == stated.iloc[taken].to_numpy()
        assert np.array_equal(kept, sound.iloc[taken].to_numpy())
        # A new number is beyond every number that a damaged id may have stood for.
        lost = stated.iloc[sorted(planted["id_last_digit_lost"])].astype(int)
        possible = {f"{number + digit}" for number in lost for digit in range(10)}
        assert not possible & set(result.accepted.loc[~kept, fields.OBJ_ID])
    if name == "survey_c":
        assert said["height_dropped"] == [{"count": 25}]
        assert said["ids_allocated"] == [{"count": 5}]


def test_the_same_delivery_twice_adds_nothing(communities: gpd.GeoDataFrame) -> None:
    for entry in MANIFEST["deliveries"].values():
        records = read_records(SAMPLE / entry["file"])
        first = run(records, grid=communities)
        again = run(records, grid=communities, existing=first.accepted)
        assert again.account.accepted == 0
        assert again.account.rejected == first.account.rejected
        assert again.account.skipped == first.account.accepted + first.account.skipped


def test_ids_of_earlier_imports_are_never_given_again() -> None:
    existing = run(table({"class_code": "0118", "obj_id": "3207060118000041"})).accepted
    new = table(*[{"class_code": "0118", "obj_id": None, "place": shapely.Point(n, 3830000)} for n in (400000, 400100)])
    assert run(new, existing=existing).accepted[fields.OBJ_ID].tolist() == ["3207060118000042", "3207060118000043"]


codes = st.sampled_from(["0118", "0101", "2101"])
stated_ids = st.one_of(
    st.builds(lambda d, c, n: f"{d}{c}{n:06d}", st.sampled_from([DISTRICT, "500103"]), codes, st.integers(0, 60)),
    st.sampled_from(["", "3.20706E+15", "320706011800001", "abc", "３２０７０６０１１８００００１１"]),
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(stated_ids, codes, st.booleans()), max_size=40),
    st.lists(st.tuples(codes, st.integers(1, 80)), max_size=8),
)
def test_ids_against_plain_rules(rows: list[tuple[str, str, bool]], earlier: list[tuple[str, int]]) -> None:
    texts = pd.Series([row[0] for row in rows], dtype=object)
    class_codes = np.array([row[1] for row in rows], dtype=object)
    taken = np.array([row[2] for row in rows], dtype=bool)
    used = np.array([int(f"{DISTRICT}{code}{number:06d}") for code, number in earlier], dtype=np.int64)
    stated = read_ids(texts)
    result = allocate(stated, class_codes, taken, DISTRICT, used, {})

    given_numbers = set(used.tolist())
    highest: dict[str, int] = {}
    for number, suspect in [
        *zip(stated.number.tolist(), stated.suspect.tolist(), strict=True),
        *((n, False) for n in used.tolist()),
    ]:
        if number >= 0:
            prefix, sequence = divmod(number + 9 * suspect, 10**6)
            highest[str(prefix)] = max(highest.get(str(prefix), 0), sequence)
    expected = []
    for text, code, suspect in zip(texts[taken], class_codes[taken], stated.suspect[taken], strict=True):
        plain = text.translate({ord("０") + n: str(n) for n in range(10)})
        own = f"{DISTRICT}{code}"
        sound = len(plain) == 16 and plain.isdigit() and plain.startswith(own) and plain[10:] != "000000"
        if sound and not suspect and int(plain) not in given_numbers:
            given_numbers.add(int(plain))
            expected.append(plain)
        else:
            highest[own] = highest.get(own, 0) + 1
            expected.append(f"{own}{highest[own]:06d}")
    assert result.ids.tolist() == expected
    assert len(set(expected)) == len(expected)
    assert not set(expected) & {str(n) for n in used}
    assert result.replaced.tolist() == [
        bool(t) and t.translate({ord("０") + n: str(n) for n in range(10)}) != e
        for t, e in zip(texts[taken], expected, strict=True)
    ]


def test_a_column_that_went_through_a_spreadsheet() -> None:
    whole = [f"3207060118{number:06d}" for number in range(1, 201)]
    cut = [text[:-1] + "0" for text in whole]
    assert not read_ids(pd.Series(whole, dtype=object)).suspect.any()
    assert read_ids(pd.Series(cut[9:], dtype=object)).suspect.all()
    tens = [text for text in whole if text.endswith("0")]  # numbered by tens: odd, but unique and whole
    assert not read_ids(pd.Series(tens, dtype=object)).suspect.any()
    assert id_numbers(
        pd.Series(["3207060118000001", "3207060118000000", "32070601180000001", "320706011800000a"], dtype=object)
    ).tolist() == [3207060118000001, -1, -1, -1]


def test_sequence_overflow_names_the_class() -> None:
    with pytest.raises(SequenceOverflow, match=r"0118 路灯.*wrong, very high number"):
        run(table({"class_code": "0118", "obj_id": "3207060118999999"}, {"class_code": "0118", "obj_id": ""}))


def test_classes() -> None:
    result = run(
        table(
            {"class_code": "0118", "class_name": "路灯杆"},
            {"class_code": "118", "class_name": "绿地"},
            {"class_code": "", "class_name": "消火栓"},
            {"class_code": "2107", "class_name": "游乐场"},
            {"class_code": "0199", "class_name": "路灯"},
            {"class_code": "", "class_name": "加气站"},
            {"class_code": None, "class_name": "外星人"},
            {"class_code": " ", "class_name": None},
        )
    )
    assert result.accepted[[fields.CLASS_CODE, fields.CLASS_NAME, fields.OBJ_NAME]].to_numpy().tolist() == [
        ["0118", "路灯", "路灯杆"], ["0118", "路灯", "绿地"], ["0113", "消防设施", "消火栓"], ["2107", "", "游乐场"],
    ]  # fmt: skip
    assert result.accepted[fields.NOTE].tolist()[1].endswith("绿地")
    assert dict(zip(result.rejected[fields.ROW], result.rejected[fields.REASON], strict=True)) == {
        5: "unknown_code", 6: "code_not_assigned", 7: "unknown_name", 8: "no_class",
    }  # fmt: skip
    assert all(key in TEXTS for key in result.account.reasons)
    assert "wrong_scheme" not in remarks(result)


def test_another_generation_is_noticed() -> None:
    """In generation B 0118 is a lid; whoever delivers that should be asked."""
    rows = [{"class_code": "0118", "class_name": "化粪池井盖"} for _ in range(10)]
    rows += [{"class_code": "0101", "class_name": "上水井盖"} for _ in range(20)]
    assert remarks(run(table(*rows)))["wrong_scheme"] == [{"share": "33%"}]


def test_major_and_minor_in_two_columns_and_doubtful_names() -> None:
    frame = table(
        {"大类": "1", "小类": "18", "名称": "路灯", "代码": "x9"},
        {"大类": "01", "小类": "01", "名称": "上水井盖", "代码": "x9"},
    )
    result = run(frame)
    assert result.accepted[fields.CLASS_CODE].tolist() == ["0118", "0101"]
    assert result.mappings[0][1][fields.CLASS_NAME] == "名称"
    frame = table({"name": "十九甲分隊", "code": "A1"})
    with pytest.raises(NoClassColumn, match=r"name, code.*\{\"ClassCode\": \{\"value\""):
        run(frame)
    rules, said = component_mapping(frame, {}, SCHEME, "BJ0113.shp")
    assert rules[fields.CLASS_CODE] == {"value": "0113"}
    assert "消防设施" in str(said[0])
    assert component_mapping(frame, {}, SCHEME, "消火栓.csv")[0][fields.CLASS_CODE] == {"value": "0113"}
    assert run(frame, {"ClassCode": {"value": "0113"}}).accepted[fields.CLASS_NAME].tolist() == ["消防设施"]
    with pytest.raises(UnknownField, match="部件代码"):
        run(frame, {"ClassCode": "部件代码"})


def test_values() -> None:
    result = run(
        table(
            {"class_code": "0118", "状态": "损坏", "普查日期": "2025-3-2", "数据来源": "其它", "备注": " x "},
            {"class_code": "0118", "状态": "倾斜", "普查日期": "20250230", "数据来源": None, "备注": None},
        )
    )
    wanted = [fields.OBJ_STATE, fields.INITIAL_DATE, fields.DATA_SOURCE, fields.NOTE]
    assert result.accepted[wanted].to_numpy().tolist() == [["破损", "20250302", "其他", "x"], ["倾斜", "", "", ""]]
    said = remarks(result)
    assert said["unreadable_date"] == [{"field": "ORDate", "count": 1, "example": "20250230"}]
    assert said["unknown_value"] == [{"value": "倾斜", "field": "ObjState", "count": 1}]
    rules = {"ObjState": {"field": "状态", "values": {"倾斜": "破损"}}}
    again = run(table({"class_code": "0118", "状态": "倾斜"}), rules)
    assert again.accepted[fields.OBJ_STATE].tolist() == ["破损"]


@pytest.mark.parametrize(
    ("covered", "closed"),
    [
        (Covered.CLASSES, {"lost", "elsewhere", "other grid", "nowhere"}),
        (Covered.COMMUNITIES, {"lost", "other grid"}),
        (Covered.GRIDS, {"lost"}),
        (Covered.EVERYTHING, {"lost", "elsewhere", "other grid", "nowhere", "tree"}),
    ],
)
def test_what_a_delivery_may_close(covered: Covered, closed: set[str]) -> None:
    """It has one lamp, in the first grid of the first of two communities."""
    grids = {"kept": "320706001001001", "lost": "320706001001001", "other grid": "320706001001002",
             "elsewhere": "320706001002001", "nowhere": "", "tree": "320706001001001"}  # fmt: skip
    rows = [
        {"class_code": "0404" if name == "tree" else "0118", "ObjName": name, "BGID": code}
        for name, code in grids.items()
    ]
    existing = run(table(*rows)).accepted
    how = Renewing("20260101", close_missing=True, covered=covered)
    renewal = run(table(rows[0]), existing=existing, renewing=how).renewal
    assert renewal is not None
    ended = renewal.components[renewal.components[fields.END_DATE] != ""]
    assert set(ended[fields.OBJ_NAME]) == closed


def test_how_far_a_component_has_to_be_to_have_moved() -> None:
    existing = run(table({"class_code": "0118", "ObjID": "3207060118000001"})).accepted
    record = {"class_code": "0118", "ObjID": "3207060118000001"}
    for tolerance, moved in ((None, True), (1.0, True), (2.0, False)):
        there = table({**record, "place": shapely.transform(existing.geometry[0], lambda xy: xy + np.array([1.5, 0]))})
        renewal = run(there, existing=existing, renewing=Renewing("20260101", tolerance=tolerance)).renewal
        assert renewal is not None
        assert bool(len(renewal.changes)) is moved


def test_what_is_rejected_is_not_said_to_be_kept_or_emptied() -> None:
    row = {"class_code": "2199", "状态": "倾斜", "普查日期": "20250230", "数据来源": "梦"}
    rules = ["state_unknown", "date_unreadable", "source_unknown", "class_unnamed"]
    told = {"unnamed_class", "unknown_value", "unreadable_date"}
    assert told <= remarks(run(table(row))).keys()
    strict = run(table(row), levels=dict.fromkeys(rules, "reject"))
    assert not told & remarks(strict).keys()
    assert set(strict.rejected[fields.REASON][0].split("; ")) == set(rules)


def test_every_remark_has_its_own_sentence() -> None:
    tables = [account.TEXTS, cases.TEXTS, census_changes.TEXTS, TEXTS]
    keys = [key for texts in tables for key in texts]
    assert len(keys) == len(set(keys)), "the interface finds a sentence by its key alone"
    existing = run(table({"class_code": "0118"}, {"class_code": "0118"})).accepted
    existing[fields.OBJ_ID] = existing.loc[0, fields.OBJ_ID]
    existing[fields.END_DATE] = "20240101"
    records = [{"class_code": "0118", "ObjID": existing.loc[0, fields.OBJ_ID], "place": at} for at in existing.geometry]
    said = remarks(run(table(*records), existing=existing, renewing=Renewing("20260101")))  # says each of them, too
    assert {"existing_repeated", "new_closed", "needs_id"} & said.keys()


def test_departments() -> None:
    frame = table({"class_code": "0101"}, {"class_code": "0115"}, {"class_code": "0101", "主管部门": "我"})
    rules, _ = component_mapping(frame, {}, SCHEME, "t")
    result = import_components([Delivery(frame, rules, "t")], SCHEME, "500103")
    assert result.accepted["DeptName1"].tolist() == ["市自来水公司", "", "我"]
    assert remarks(result)["department_unclear"] == [{"count": 1}]
    assert run(frame).accepted["DeptName1"].tolist() == ["", "", "我"]


def test_everything_rejected_and_no_place_at_all() -> None:
    result = run(table({"class_code": "0118", "place": None}, {"class_code": "9999", "place": shapely.Point()}))
    assert result.account == Account(2, 0, 2, 0, {"no_geometry": 1, "unknown_code": 1})
    assert list(result.accepted.columns) == [*fields.COMPONENT, "geometry"]
    with pytest.raises(NoPlaces, match="class_code"):
        run(gpd.GeoDataFrame({"class_code": ["0118"]}, geometry=[None]))
    with pytest.raises(RuntimeError, match="does not balance"):
        Account(2, 1, 0, 0, {})


def test_own_columns_named_like_ours_survive() -> None:
    result = run(table({"class_code": "9999", "row": "7", "Reason": "mine"}))
    assert result.rejected[["row_source", "Reason_source"]].to_numpy().tolist() == [["7", "mine"]]


# Rules, levels, accounts


def reasons(result: CensusResult) -> dict[int, str]:
    return dict(zip(result.rejected[fields.ROW], result.rejected[fields.REASON], strict=True))


def test_a_record_that_is_rejected_has_every_reason(communities: gpd.GeoDataFrame) -> None:
    far, inside = shapely.Point(0, 0), communities.to_crs(4549).representative_point()[0]
    result = run(
        table(
            {"class_code": "0199", "状态": "倾斜", "place": far},
            {"class_code": "0118", "状态": "倾斜", "place": far},
            {"class_code": "0118", "状态": "倾斜", "place": inside},
        ),
        grid=communities,
        levels={"state_unknown": "reject", "id_missing": "warn"},
    )
    assert reasons(result) == {
        1: "unknown_code; state_unknown; outside_grid", 2: "state_unknown; outside_grid", 3: "state_unknown",
    }  # fmt: skip
    assert result.rejected[fields.DETAIL].tolist()[1] == (
        "“倾斜” is no known state. The place lies outside the unit grid."
    )
    assert result.account == Account(3, 0, 3, 0, {"unknown_code": 1, "state_unknown": 2})
    problems = result.problems()
    assert problems.groupby("Rule").size().to_dict() == {
        "id_missing": 3, "outside_grid": 2, "state_unknown": 3, "unknown_code": 1,
    }  # fmt: skip
    assert problems[problems["Rule"] == "id_missing"]["Level"].unique() == ["warn"]
    assert problems.geometry[problems[fields.ROW] == 3].iloc[0].equals(result.rejected.geometry[2])


def test_levels_change_what_becomes_of_a_record(communities: gpd.GeoDataFrame) -> None:
    rows = [
        {"class_code": "0199", "place": shapely.Point(0, 0)},
        {"class_code": "2107", "place": None},
        {"class_code": "0118", "obj_id": "abc", "place": shapely.LineString([(0, 0), (9, 9)])},
        {"class_code": "0118", "普查日期": "20250102", "变更日期": "2025-01-01", "place": shapely.Point(90, 9)},
    ]
    kept = run(
        table(*map(dict, rows)),
        grid=communities,
        levels=dict.fromkeys(("unknown_code", "no_geometry", "outside_grid"), "warn"),
    )
    assert kept.accepted[fields.CLASS_CODE].tolist() == ["0199", "2107", "0118", "0118"]
    assert kept.accepted[fields.BGID].tolist() == [""] * 4
    assert kept.accepted.geometry.isna().tolist() == [False, True, False, False]
    assert kept.accepted[fields.OBJ_ID].is_unique
    strict = dict.fromkeys(("class_unnamed", "id_damaged", "geometry_type", "dates_reversed", "unknown_code"), "reject")
    assert reasons(run(table(*map(dict, rows)), levels=strict)) == {
        1: "unknown_code", 2: "class_unnamed; no_geometry", 3: "id_damaged; geometry_type", 4: "dates_reversed",
    }  # fmt: skip
    for wrong in (
        '{"near": "warn"}',
        '{"no_class": "warn"}',
        '{"duplicate": "x"}',
        "[]",
        "{",
        '{"already_imported": "off"}',
    ):
        with pytest.raises(BadLevels, match="near_duplicate"):
            parse_levels(wrong)


def test_near_duplicates_of_a_class() -> None:
    def places(*easting: float) -> gpd.GeoDataFrame:
        return table(*({"class_code": "0118", "place": shapely.Point(5e5 + x, 3.83e6)} for x in easting))

    warned = run(places(0, 0.3, 0.005, 5, 5.6))
    assert warned.account.skipped == 1
    found = warned.problems().query("Rule == 'near_duplicate'")
    assert found[[fields.ROW, "Value"]].to_numpy().tolist() == [[2, "1"]]
    assert run(places(0, 0.3, 5, 5.6), near=1, levels={"near_duplicate": "reject"}).account.rejected == 2
    assert len(run(places(0, 0.3, 5, 5.6), near=0).findings) == 0
    existing = run(places(0)).accepted
    later = run(places(0.3), existing=existing).problems()
    assert later[["Rule", "Value"]].to_numpy().tolist() == [["near_duplicate", existing[fields.OBJ_ID][0]]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 1)), max_size=60))
def test_near_against_brute_force(rows: list[tuple[int, int, int]]) -> None:
    points = np.array([shapely.Point(500000 + x * 0.17, 3830000 + y * 0.23) for x, y, _ in rows], dtype=object)
    group = np.array([row[2] for row in rows], dtype=np.intp)
    found = first_near(points, group, 0.5)
    for k in range(len(rows)):
        near = [j for j in range(k) if group[j] == group[k] and points[j].distance(points[k]) <= 0.5]
        assert found[k] in near if near else found[k] == k


def test_a_crowd_makes_few_pairs() -> None:
    rng = np.random.default_rng(3)
    points = shapely.points(rng.uniform(0, 0.3, (20_000, 2)))
    found = first_near(points, np.zeros(len(points), dtype=np.intp), 0.5)
    assert (found[1:] < np.arange(1, len(points))).all()
    lines = np.array(
        [
            shapely.LineString([(0, 0), (9, 0)]),
            shapely.LineString([(0, 0.2), (9, 0.2)]),
            shapely.LineString([(4, -4), (5, 4)]),
        ]
    )
    assert first_near(lines, np.zeros(3, dtype=np.intp), 0.5).tolist() == [0, 0, 2]


def deliveries(*parts: tuple[str, gpd.GeoDataFrame]) -> list[Delivery]:
    return [Delivery(frame, component_mapping(frame, {}, SCHEME, name)[0], name) for name, frame in parts]


def test_several_files_at_once_and_their_rejected_again(tmp_path: Path) -> None:
    """What was not taken of three files of different shapes and systems is repaired in one layer and taken then."""
    lamps = table({"class_code": "0118", "状态": "完好"}, {"class_code": "0199", "状态": "完好"})
    lids = table({"代码": "BJ", "Row": "7", "place": shapely.Point(119.2, 34.6)}, {"代码": "", "place": None}, crs=4490)
    again = table({"class_code": "0118", "fid": "9", "detail": "mine"})
    parts = deliveries(("a/lamps.shp", lamps), ("BJ0101.csv", lids), ("b/lamps.shp", again))
    first = import_components(parts, SCHEME, DISTRICT)
    assert [(file.name, file.account) for file in first.files] == [
        ("a/lamps.shp", Account(2, 1, 1, 0, {"unknown_code": 1})),
        ("BJ0101.csv", Account(2, 1, 1, 0, {"no_geometry": 1})),
        ("b/lamps.shp", Account(1, 0, 0, 1, {"duplicate": 1})),
    ]
    assert first.account == Account(5, 2, 2, 1, {"unknown_code": 1, "no_geometry": 1, "duplicate": 1})
    assert first.rejected[["File", fields.ROW, fields.REASON]].to_numpy().tolist() == [
        ["a/lamps.shp", 2, "unknown_code"], ["BJ0101.csv", 2, "no_geometry"], ["b/lamps.shp", 1, "duplicate"],
    ]  # fmt: skip
    assert first.rejected[fields.DETAIL][2] == "Same class and place as row 1 (a/lamps.shp)."
    assert first.rejected.crs == lamps.crs

    repaired = first.rejected.copy()
    repaired.loc[0, "class_code"] = "0113"
    repaired = repaired.set_geometry(repaired.geometry.fillna(shapely.Point(500500, 3830000)))
    repaired.rename(columns={"fid": "fid_source"}).to_file(tmp_path / "rejected.gpkg")
    found = restored(read_records(tmp_path / "rejected.gpkg").frame, "rejected.gpkg")
    assert [(one.name, one.rows.tolist(), sorted(one.frame.columns)) for one in found] == [
        ("a/lamps.shp", [2], ["class_code", "geometry", "状态"]),
        ("BJ0101.csv", [2], ["geometry"]),
        ("b/lamps.shp", [1], ["class_code", "detail", "fid", "geometry"]),
    ]
    parts = [
        Delivery(one.frame, component_mapping(one.frame, {}, SCHEME, one.name)[0], one.name, one.rows) for one in found
    ]
    second = import_components(parts, SCHEME, DISTRICT, existing=first.accepted)
    assert second.accepted[fields.CLASS_CODE].tolist() == ["0113", "0101"]
    assert second.rejected[["File", fields.ROW, fields.REASON]].to_numpy().tolist() == [
        ["b/lamps.shp", 1, "already_imported"]
    ]
    plain = table({"class_code": "0118", "Row": "1", "Reason": "mine", "Detail": "too", "File": "x"})
    assert restored(plain, "plain")[0].frame is plain


rows_of_any_kind = st.lists(
    st.tuples(
        st.sampled_from(["0118", "118", "0101", "2107", "0199", "x", ""]),
        st.sampled_from(["", "路灯", "上水井盖", "外星人"]),
        st.sampled_from(["", "3207060118000001", "3207060118000002", "3207060101000007", "3.2E+15"]),
        st.sampled_from(["完好", "倾斜", ""]),
        st.sampled_from([None, 0.0, 0.2, 50.0, 1e6]),
    ),
    max_size=12,
)
some_levels = st.dictionaries(st.sampled_from(sorted(RULES)), st.integers(0, 3), max_size=5).map(
    lambda chosen: {key: RULES[key].allowed[number % len(RULES[key].allowed)] for key, number in chosen.items()}
)


@settings(max_examples=150, deadline=None)
@given(st.lists(rows_of_any_kind, min_size=1, max_size=3), some_levels, st.booleans())
def test_every_record_is_accounted_for(files: list[list[Any]], levels: dict[str, Any], has_grid: bool) -> None:
    frames = [
        table(
            *(
                {"class_code": code, "class_name": name, "obj_id": number, "状态": state,
                 "place": None if x is None else shapely.Point(5e5 + x, 3.83e6)}
                for code, name, number, state, x in rows
            )
        )
        for rows in files
        if rows
    ]  # fmt: skip
    if not frames:
        return
    grid = gpd.GeoDataFrame(
        {fields.BGID: ["320706001001001"]}, geometry=[shapely.box(5e5, 3.83e6, 5e5 + 9, 3.83e6 + 9)], crs=4549
    )
    parts = deliveries(*((f"{number}.csv", frame) for number, frame in enumerate(frames)))
    options = {"levels": levels, "grid": grid if has_grid else None}
    result = import_components(parts, SCHEME, DISTRICT, **options)

    account = result.account
    assert account.read == sum(map(len, frames)) == account.accepted + account.rejected + account.skipped
    for name in ("read", "accepted", "rejected", "skipped"):
        assert getattr(account, name) == sum(getattr(file.account, name) for file in result.files)
    assert len(result.accepted) == account.accepted
    assert len(result.rejected) == account.rejected + account.skipped
    assert result.accepted[fields.OBJ_ID].is_unique
    assert (result.accepted[fields.OBJ_ID].str[:10] == DISTRICT + result.accepted[fields.CLASS_CODE]).all()
    assert result.rejected[fields.REASON].str.split("; ").explode().isin(RULES).all()
    assert (result.rejected[fields.DETAIL] != "").all()
    table_of = dict(zip(("0.csv", "1.csv", "2.csv"), frames, strict=False))
    for row in result.rejected.itertuples():
        assert table_of[row.File]["obj_id"].iloc[row.Row - 1] == row.obj_id
    taken = result.summary[result.summary["Rule"] == "accepted"]
    assert taken["Count"].sum() == account.accepted
    assert len(result.problems()) == result.summary["Count"].sum() - account.accepted

    again = import_components(parts, SCHEME, DISTRICT, **options, existing=result.accepted)
    assert again.account.read == account.read
    if not {"duplicate", "near_duplicate"} & levels.keys() and levels.get("no_geometry") not in ("warn", "off"):
        assert again.account.accepted == 0


@pytest.mark.parametrize("half", [1, 2, 3, 4])
def test_an_import_that_was_interrupted_is_started_again(half: int) -> None:
    """A record without an id got a number that a later record states: both are taken, none twice."""
    frame = table(
        {"class_code": "0118", "obj_id": "3207060118000001"}, {"class_code": "0118", "obj_id": ""},
        {"class_code": "0118", "obj_id": "3207060118000002"}, {"class_code": "0118", "obj_id": "3207060118000001"},
        {"class_code": "0118", "obj_id": "3207060118000003"},
    )  # fmt: skip
    first = run(frame.iloc[:half]).accepted
    rest = run(frame, existing=first)
    every = pd.concat([first, rest.accepted])
    assert len(every) == len(frame)
    assert every[fields.OBJ_ID].is_unique
    assert set(every.geometry.to_wkt()) == set(frame.geometry.to_wkt())
    assert run(frame, existing=gpd.GeoDataFrame(every, crs=frame.crs)).account.skipped == len(frame)


def test_an_id_that_is_there_at_another_place() -> None:
    existing = run(table({"class_code": "0118", "obj_id": "3207060118000001"})).accepted
    moved_away = table({"class_code": "0118", "obj_id": "3207060118000001", "place": shapely.Point(500040, 3830000)})
    result = run(moved_away, existing=existing)
    assert (result.account.skipped, reasons(result)) == (1, {1: "id_elsewhere"})
    assert run(moved_away, existing=existing, levels={"id_elsewhere": "reject"}).account.rejected == 1


def test_numbers_of_components_that_are_gone_are_not_given_again() -> None:
    result = run(table({"class_code": "0118"}), reserved={3207060118: 41, 3207060101: 7})
    assert result.accepted[fields.OBJ_ID].tolist() == ["3207060118000042"]


def test_a_later_delivery_renews_what_is_there() -> None:
    def renew(frame: gpd.GeoDataFrame, existing: gpd.GeoDataFrame, *, close: bool = False) -> CensusResult:
        return run(frame, existing=existing, renewing=Renewing("20260101", close_missing=close))

    def lamp(number: int | None, state: str, east: float) -> dict[str, Any]:
        text = f"3207060118{number:06d}" if number else ""
        return {"class_code": "0118", "obj_id": text, "状态": state, "place": shapely.Point(5e5 + east, 3.83e6)}

    existing = run(table(*(lamp(number, "完好", 10.0 * number) for number in range(1, 6)))).accepted
    later = table(
        lamp(1, "完好", 10), lamp(2, "破损", 20), lamp(3, "完好", 37), lamp(None, "废弃", 40.2), lamp(None, "完好", 90)
    )
    result = renew(later, existing, close=True)
    assert result.renewal is not None
    after = result.renewal.components
    assert after[fields.OBJ_ID].str[-1].tolist() == ["1", "2", "3", "4", "5", "6"]
    assert after[fields.OBJ_STATE].tolist() == ["完好", "破损", "完好", "废弃", "完好", "完好"]
    assert after.geometry.x.tolist() == [500010, 500020, 500037, 500040, 500050, 500090]
    assert after[fields.END_DATE].tolist() == ["", "", "", "", "20260101", ""]
    assert result.account == Account(5, 4, 0, 1, {"already_imported": 1})
    assert set(result.accepted[fields.OBJ_ID].str[-1]) == {"2", "3", "4", "6"}
    twice = renew(later, after, close=True)
    assert (twice.account.accepted, twice.account.skipped) == (0, 5)
    assert twice.renewal is not None
    assert twice.renewal.components.equals(after)
    assert not len(twice.renewal.changes)


def test_a_renewal_corrects_a_class_and_keeps_the_department_that_is_there() -> None:
    """The id names the component, whatever class it was; a default fills only what is new."""
    old = table(
        {"class_code": "0118", "obj_id": "5001030118000001"}, {"class_code": "0118", "obj_id": "5001030118000002"}
    )
    first = run(old, district="500103").accepted
    existing = first.assign(DeptName1=["某路灯所", ""], ClassCode=["0118", "0101"], ClassName=["路灯", "上水井盖"])
    result = run(old, district="500103", existing=existing, renewing=Renewing("20260101"))
    assert result.renewal is not None
    after = result.renewal.components
    assert after[fields.OBJ_ID].tolist() == ["5001030118000001", "5001030118000002"]
    assert after[fields.CLASS_CODE].tolist() == ["0118", "0118"]
    assert after["DeptName1"].tolist() == ["某路灯所", ""]
    extra = pd.concat([old, table({"class_code": "0118", "place": shapely.Point(500300, 3830000)})], ignore_index=True)
    more = run(gpd.GeoDataFrame(extra, crs=old.crs), district="500103", existing=after, renewing=Renewing("20260101"))
    assert more.renewal is not None
    assert more.renewal.components["DeptName1"].iloc[-1] == first["DeptName1"].iloc[0] != ""
    assert more.renewal.changes["ObjID"].tolist() == [more.renewal.components[fields.OBJ_ID].iloc[-1]]


def test_metres_are_those_of_a_file_with_places() -> None:
    """A first file in degrees, none of whose places can be used, says nothing of distances."""
    empty = gpd.GeoDataFrame({"class_code": ["0118"]}, geometry=gpd.GeoSeries([None], crs=4490))
    lamps = table({"class_code": "0118"}, {"class_code": "0118"})
    deliveries = [
        Delivery(frame, {fields.CLASS_CODE: "class_code"}, name) for frame, name in ((empty, "a"), (lamps, "b"))
    ]
    for some in (deliveries, deliveries[::-1]):
        result = import_components(some, SCHEME, DISTRICT)
        assert (result.account.accepted, result.account.skipped) == (2, 0)
        assert result.accepted.crs.axis_info[0].unit_name == "metre"


def test_a_state_is_known_however_it_is_written() -> None:
    """As the page of the mapping knows it; also where the mapping has a table of other values."""
    frame = table(*({"class_code": "0118", "s": text} for text in ("GOOD", " Good. ", "1", "slanted")))
    rules = {fields.OBJ_STATE: {"field": "s", "values": {"1": "破损"}}}
    result = run(frame, rules)
    assert result.accepted[fields.OBJ_STATE].tolist() == ["完好", "完好", "破损", "slanted"]
    assert [value["value"] for value in remarks(result)["unknown_value"]] == ["slanted"]


def test_ids_of_17_digits() -> None:
    scheme = load_scheme(SCHEMES[1])
    frame = table(
        {"class_code": "01001", "obj_id": "32070601001000005"}, {"class_code": "1001", "obj_id": "3207060100100006"},
        {"class_code": "01001", "obj_id": "3.20706E+16"}, {"class_code": "01001", "obj_id": "32070601001000100"},
    )  # fmt: skip
    rules, _ = component_mapping(frame, {}, scheme, "t")
    result = import_components([Delivery(frame, rules, "t")], scheme, DISTRICT)
    # What a spreadsheet has cut to 15 digits ends in 00 and may have been any of a hundred.
    assert result.accepted[fields.OBJ_ID].tolist() == [
        "32070601001000005", "32070601001000200", "32070601001000201", "32070601001000202",
    ]  # fmt: skip


def test_a_district_that_the_grid_does_not_fill(communities: gpd.GeoDataFrame) -> None:
    district = communities.iloc[:40]
    inside, beyond = (communities.to_crs(4549).representative_point()[number] for number in (0, 60))
    frame = table({"class_code": "0118", "place": inside}, {"class_code": "0118", "place": beyond})
    result = run(frame, grid=communities, place=district)
    assert reasons(result) == {2: "outside_district"}


# Places


def test_cells_against_brute_force() -> None:
    rng = np.random.default_rng(5)
    x, y = (side.ravel() for side in np.meshgrid(np.arange(8.0), np.arange(8.0)))
    cells = shapely.box(x, y, x + 1, y + 1)[rng.permutation(64)]
    points = shapely.points(np.round(rng.uniform(-1, 9, (400, 2)) * 2) / 2)  # many on edges and corners
    lines = shapely.linestrings(np.round(rng.uniform(-1, 9, (80, 2, 2)) * 2) / 2)
    areas = shapely.buffer(shapely.points(rng.uniform(-1, 9, (80, 2))), rng.uniform(0.1, 2, 80))
    bow_tie = shapely.from_wkt("POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))")
    geometry = np.concatenate(
        [points, lines, areas, [None, bow_tie, shapely.MultiPoint([(1.5, 1.5), (3.2, 3.2), (3.4, 3.4)])]]
    )
    found = cell_of(geometry, cells)
    for item, cell in zip(geometry, found, strict=True):
        if item is None:
            assert cell == -1
            continue
        touching = [k for k, box in enumerate(cells) if box.intersects(item)]
        whole = shapely.make_valid(item)
        parts = [whole.intersection(cells[k]) for k in touching]
        held = [p.area if whole.area else p.length if whole.length else shapely.get_num_coordinates(p) for p in parts]
        best = [k for k, share in zip(touching, held, strict=True) if share > max(held) - 1e-6]
        assert cell == (best[0] if best else -1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 1)), max_size=40))
def test_alike_against_brute_force(rows: list[tuple[int, int, int]]) -> None:
    points = (
        shapely.points([(500000 + x * 0.007, 3830000 + y * 0.5) for x, y, _ in rows])
        if rows
        else np.array([], dtype=object)
    )
    group = np.array([row[2] for row in rows], dtype=np.intp)
    found = first_alike(points, group, 0.01)
    for k in range(len(rows)):
        alike = [j for j in range(k) if group[j] == group[k] and points[j].distance(points[k]) <= 0.01]
        assert (found[k] != k) == bool(alike)


def test_alike_lines_and_crowds() -> None:
    line = shapely.LineString([(0, 0), (10, 0)])
    cross = shapely.LineString([(5, -5), (5, 5)])
    geometry = np.array([line, cross, line.reverse(), shapely.Point(5, 0), shapely.LineString([(0, 0.004), (10, 0)])])
    assert first_alike(geometry, np.zeros(5, dtype=np.intp), 0.01).tolist() == [0, 1, 0, 3, 0]
    crowd = np.full(20_000, shapely.Point(1, 1))
    assert not first_alike(crowd, np.zeros(20_000, dtype=np.intp), 0.01).any()


def test_a_known_place_in_gcj02_and_bd09() -> None:
    """Values that other programs give for a place in Shanghai."""
    place = np.array([[121.5272106, 31.1774276]])
    assert to_gcj02(place) == pytest.approx(np.array([[121.531541859215, 31.17530398364597]]), abs=1e-9)
    assert to_bd09(place) == pytest.approx(np.array([[121.53801568643858, 31.181328606874466]]), abs=1e-9)
    abroad = np.array([[2.35, 48.85], [-73.9, 40.7]])
    assert np.array_equal(to_gcj02(abroad), abroad)


@settings(max_examples=100, deadline=None)
@given(st.floats(73.6, 135), st.floats(18, 53.5))
def test_shifts_are_undone_to_a_millimetre(longitude: float, latitude: float) -> None:
    place = np.array([[longitude, latitude], [np.nan, np.nan]])
    for back, forth in ((from_gcj02, to_gcj02), (from_bd09, to_bd09)):
        assert np.abs(back(forth(place)) - place)[0].max() * 111_000 < 0.001


@pytest.mark.real_data
def test_a_vendors_outline_falls_onto_the_true_one(real_data: Path) -> None:
    """A map vendor's outline of 海州区 is labelled WGS 84 but is in GCJ-02."""
    vendor = gpd.read_file(real_data / "boundaries" / "cnmaps_amap_320706.geojson")
    true = gpd.read_file(real_data / "boundaries" / "fastgeocn_districts_subset.geojson").query(
        "adcode == 320706 or adcode == '320706'"
    )
    frame = gpd.GeoDataFrame({"class_code": ["0405"]}, geometry=[vendor.union_all()], crs=4326)
    target = true.to_crs(4549).union_all()

    def apart(datum: Datum) -> float:
        place = run(frame, datum=datum).accepted.to_crs(4549).geometry.iloc[0]
        return place.symmetric_difference(target).area / target.area

    assert apart(Datum.GCJ02) < 0.5 * apart(Datum.STATED)
