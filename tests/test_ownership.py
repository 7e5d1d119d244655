"""``citygrid:assignowners``: three rules, and an ownership table of which every row is accounted for."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from qgis.core import QgsProcessingContext, QgsProcessingException, QgsProject

from citygrid_plugin.core import fields
from citygrid_plugin.core.owners.ownership import Rule, assign_owners
from citygrid_plugin.core.owners.ownership_table import Flag, apply_table, owners_of
from citygrid_plugin.processing.provider import CityGridProvider

from .test_bad_input import CRS, SOUTH, WEST, Log, square

A, B, C = "320706001001", "320706001002", "320706002001"
Call = Callable[..., dict[str, Any]]


@pytest.fixture
def call(provider: CityGridProvider, tmp_path: Path) -> Call:
    """Run assignowners as the toolbox does; tables of Python are written to files first."""

    def start(log: Log | None = None, name: str = "assignowners", **given: object) -> dict[str, Any]:
        inputs = {"OUTPUT": str(tmp_path / "out.gpkg")} | given
        for key, value in inputs.items():
            if isinstance(value, gpd.GeoDataFrame):
                inputs[key] = str(tmp_path / f"{key}.gpkg")
                value.to_file(inputs[key])
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm(name).create()
        good, message = algorithm.checkParameterValues(inputs, context)
        assert good, message
        results, success = algorithm.run(inputs, context, log or Log(), {}, False)
        assert success
        return results

    return start


def grids(**columns: object) -> gpd.GeoDataFrame:
    """Four unit grids of 100 m in a row: two of A, one of B, one of C."""
    cells = [square(column, 0, 100) for column in range(4)]
    codes = [f"{A}001", f"{A}002", f"{B}001", f"{C}001"]
    return gpd.GeoDataFrame({"BGID": codes} | columns, geometry=cells, crs=CRS)


def homes() -> gpd.GeoDataFrame:
    """The communities of these grids: two in 东街, one in 西街, and the same name in both streets."""
    return gpd.GeoDataFrame(
        {
            "CommCode": [A, B, C],
            "CommName": ["和平社区", "南门社区居委会", "和平社区"],
            "StrName": ["东街街道", "东街街道", "西街街道"],
        },
        geometry=[shapely.union(square(0, 0, 100), square(1, 0, 100)), square(2, 0, 100), square(3, 0, 100)],
        crs=CRS,
    )


def out(tmp_path: Path, name: str = "out") -> gpd.GeoDataFrame:
    return gpd.read_file(tmp_path / f"{name}.gpkg")


# Rules


def test_the_three_rules_differ_where_they_should(call: Call, tmp_path: Path) -> None:
    """A U of which B holds the larger part, the point on the surface lies in A, and whose code names C."""
    home = homes()
    cell = gpd.GeoDataFrame({"BGID": [f"{C}009"]}, geometry=[square(1, 0, 100)], crs=CRS)
    west, south = WEST + 100, SOUTH
    middle = shapely.box(west + 30, south + 40, west + 70, south + 60)
    home = home.set_geometry([middle, square(1, 0, 100).difference(middle), square(3, 0, 100)], crs=CRS)
    found = {}
    for rule in Rule:
        call(GRID=cell, COMMUNITIES=home, RULE=int(rule), PROBLEMS=str(tmp_path / "problems.gpkg"))
        found[rule] = out(tmp_path)["CommCode"].iloc[0], set(out(tmp_path, "problems")["Kind"])
    assert found == {
        Rule.OVERLAP: (B, {"code_disagrees"}),
        Rule.POINT: (A, {"code_disagrees"}),
        Rule.CODE: (C, {"place_disagrees"}),
    }


def test_by_code_says_what_the_code_cannot_tell(call: Call, tmp_path: Path) -> None:
    grid = grids(CommCode=[None, B, None, None])
    grid["BGID"] = [f"{A}001", f"{A}002", None, "320706009009001"]
    results = call(GRID=grid, COMMUNITIES=homes(), RULE=2, PROBLEMS=str(tmp_path / "problems.gpkg"))
    assert list(out(tmp_path)["CommCode"].fillna("")) == [A, A, "", ""]
    problems = out(tmp_path, "problems")
    assert Counter(problems["Kind"]) == {"code_disagrees": 1, "no_code": 1, "unknown_community": 1}
    assert results["PROBLEM_COUNT"] == 3
    assert "320706009009" in problems.set_index("Kind")["Text"]["unknown_community"]


def test_by_code_needs_codes(call: Call) -> None:
    with pytest.raises(QgsProcessingException, match="“COMMUNITIES” has no field “CommCode”"):
        call(GRID=grids(), COMMUNITIES=homes().drop(columns="CommCode"), RULE=2)


def test_streets_by_code_and_by_place(call: Call, tmp_path: Path) -> None:
    streets = gpd.GeoDataFrame(
        {"StrCode": ["320706002000", "320706001"], "StrName": ["西街", "东街"]},
        geometry=[square(0, 0, 100), shapely.box(WEST + 100, SOUTH, WEST + 400, SOUTH + 100)],
        crs=CRS,
    )
    streets.loc[0, "StrCode"] = "320706002"
    for rule, names in ((0, ["西街", "东街", "东街", "东街"]), (2, ["东街", "东街", "东街", "西街"])):
        paths = {"PROBLEMS": str(tmp_path / "problems.gpkg")}
        call(GRID=grids(), COMMUNITIES=homes(), STREETS=streets, RULE=rule, **paths)
        assert list(out(tmp_path)["StrName"]) == names
        problems = out(tmp_path, "problems")
        wrong = problems[problems["Kind"] == "street_disagrees"]
        assert sorted(wrong["BGID"]) == [f"{A}001", f"{C}001"]


def test_a_community_in_two_rows_is_one(call: Call, tmp_path: Path) -> None:
    west, east = (shapely.box(WEST + x, SOUTH, WEST + x + 50, SOUTH + 100) for x in (0, 50))
    home = gpd.GeoDataFrame({"CommCode": [A, A], "CommName": ["甲", "乙"]}, geometry=[west, east], crs=CRS)
    grid = grids().iloc[:1]
    call(GRID=grid, COMMUNITIES=home, PROBLEMS=str(tmp_path / "problems.gpkg"))
    problems = out(tmp_path, "problems")
    assert list(problems["Kind"]) == ["shared_community_code"]  # and not: no community holds most of it
    assert "甲、乙" in problems["Text"].iloc[0]


# The table


def write_csv(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> str:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return str(path)


def test_every_row_of_a_table_is_accounted_for(call: Call, tmp_path: Path) -> None:
    rows = [
        ["序号", "网格编码", "社区名称", "街道", "责任人", "联系电话", "责任部门", "片区"],
        ["1", "", "和平社区居委会", "东街", "张三", "13800000001", "城管局", "东片"],  # the two grids of A
        ["2", f"{A}002", "", "", "李四", "", "", "东片"],  # goes before row 1
        ["3", "", "和平社区", "", "王五", "", "", ""],  # two communities have that name
        ["4", "", "南门社区", "西街街道", "赵六", "", "", ""],  # it is in 东街
        ["5", f"{C}001", "南门社区", "", "孙七", "", "", ""],  # it lies in 和平社区
        ["6", "320706009009001", "", "", "周八", "", "", ""],
        ["7", "", "", "", "吴九", "", "", ""],
        ["8", f"{A}002", "", "", "李四", "", "", "西片"],  # the same again
        ["9", f"{B}001", "", "", "郑十", "", "", ""],
        ["10", f"{B}001", "", "", "冯十一", "", "", ""],  # another person for the same grid
    ]
    table = write_csv(tmp_path / "owners.csv", rows, "gbk")
    paths = {"PROBLEMS": str(tmp_path / "problems.gpkg"), "OWNERS_OUT": str(tmp_path / "back.xlsx")}
    log = Log()
    results = call(log, GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=table, **paths)
    counts = {name: results[f"{name}_COUNT"] for name in ("ROW", "APPLIED", "UNKNOWN", "CONFLICT", "DUPLICATE")}
    assert counts == {"ROW": 10, "APPLIED": 2, "UNKNOWN": 2, "CONFLICT": 5, "DUPLICATE": 1}
    assert any("10 rows of the ownership table: 2 applied, 2 with an unknown key" in line for line in log.said)
    grid = out(tmp_path).fillna("")
    assert list(grid["Owner"]) == ["张三", "李四", "", ""]
    assert list(grid["Phone"]) == ["13800000001", "", "", ""]  # a row is taken as a whole
    assert results["OWNED_COUNT"] == 2

    sheet = openpyxl.load_workbook(paths["OWNERS_OUT"]).active
    back = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [[cell or "" for cell in row[:8]] for row in back] == rows  # all of its own columns
    assert back[0][8:] == ["Flag", "Grids", "Detail"]
    flags = ["applied", "applied", *["conflict"] * 3, "unknown key", "unknown key", "duplicate", *["conflict"] * 2]
    assert [row[8] for row in back[1:]] == flags
    assert [row[9] for row in back[1:3]] == [2, 1]
    assert back[10][10] == back[9][10]
    assert "Rows 9, 10" in back[10][10]
    assert "郑十 / 冯十一" in back[10][10]
    problems = out(tmp_path, "problems")
    kinds = Counter(problems["Kind"])
    assert kinds == {"ambiguous_name": 1, "table_disagrees": 2, "table_conflict": 1}
    both = problems[problems["Kind"] == "ambiguous_name"].geometry.iloc[0]
    assert both.area == pytest.approx(30_000)  # where the three grids of both communities are

    # Corrected in the workbook that came back, the table goes in again, its flags replaced.
    sheet.cell(4, 4).value, sheet.cell(5, 4).value, sheet.cell(6, 3).value = "西街", "", ""
    sheet.parent.save(tmp_path / "again.xlsx")
    paths["OWNERS_OUT"] = str(tmp_path / "again.csv")
    again = call(GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=str(tmp_path / "again.xlsx"), **paths)
    assert again["APPLIED_COUNT"] == 5
    text = Path(paths["OWNERS_OUT"]).read_text(encoding="utf-8-sig")
    assert next(iter(csv.reader(text.splitlines()))).count("Flag") == 1
    grid = out(tmp_path).fillna("")
    assert list(grid["Owner"]) == ["张三", "李四", "赵六", "孙七"]


def test_a_table_fills_what_is_empty_and_overwrites_nothing(call: Call, tmp_path: Path) -> None:
    """A grid outside all communities gets the community that the table names; a telephone goes with its person."""
    grid = grids(Owner=["甲", "乙", "丙", "丁"], Phone=["1", "2", "3", "4"])
    table = write_csv(
        tmp_path / "owners.csv", [["bgid", "CommCode", "owner"], [f"{C}001", C, "新"], [f"{A}001", A, "甲"]]
    )
    results = call(GRID=grid, COMMUNITIES=homes().iloc[:2], OWNERS_TABLE=table)
    owned = out(tmp_path).fillna("")
    assert list(owned["CommCode"]) == [A, A, B, C]
    assert owned["StrCode"].iloc[3] == C[:9]
    assert list(owned["Owner"]) == ["甲", "乙", "丙", "新"]
    assert list(owned["Phone"]) == ["1", "2", "3", ""]
    assert results["PROBLEM_COUNT"] == 1  # it still lies in no community


def test_a_telephone_stays_with_the_person_who_stays(call: Call, tmp_path: Path) -> None:
    """The community gets another person, but one of its grids keeps its own, and so the telephone."""
    grid = grids(Owner="甲", Phone="1")
    rows = [["BGID", "CommCode", "owner"], ["", A, "新"], [f"{A}002", "", "甲"]]
    call(GRID=grid, COMMUNITIES=homes(), OWNERS_TABLE=write_csv(tmp_path / "owners.csv", rows))
    owned = out(tmp_path).fillna("")
    assert list(owned["Owner"]) == ["新", "甲", "甲", "甲"]
    assert list(owned["Phone"]) == ["", "1", "1", "1"]


def test_columns_can_be_chosen_and_must_hold_a_key(call: Call, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "owners.csv", [["甲列", "乙列"], [f"'{A}001", "张三"], [f"{B}001.0", "李四"]])
    with pytest.raises(QgsProcessingException, match=r"No column of “owners\.csv” names unit grids, communities"):
        call(GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=table)
    mapping = '{"BGID": "甲列", "Owner": "乙列"}'
    call(GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=table, OWNERS_MAPPING=mapping)
    assert list(out(tmp_path)["Owner"].fillna("")) == ["张三", "", "李四", ""]
    with pytest.raises(QgsProcessingException, match="丙列"):
        call(GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=table, OWNERS_MAPPING='{"BGID": "丙列"}')


@pytest.mark.parametrize("name", ["owners.csv", "lists/back.xlsx", "back.txt"])
def test_a_table_goes_nowhere_it_should_not(call: Call, tmp_path: Path, name: str) -> None:
    table = write_csv(tmp_path / "owners.csv", [["BGID", "Owner"], [f"{A}001", "张三"]])
    before = Path(table).read_bytes()
    with pytest.raises(QgsProcessingException, match="cannot be written"):
        call(GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=table, OWNERS_OUT=str(tmp_path / name))
    assert Path(table).read_bytes() == before
    assert not (tmp_path / "out.gpkg").exists()


@pytest.mark.parametrize("rows", [0, 1])
def test_a_table_to_fill_in_comes_back(call: Call, tmp_path: Path, rows: int) -> None:
    blank = tmp_path / "blank.xlsx"
    call(GRID=grids(), COMMUNITIES=homes(), OWNERS_OUT=str(blank), OWNERS_ROWS=rows)
    book = openpyxl.load_workbook(blank)
    sheet = book.active
    assert sheet.max_row == 1 + (4 if rows else 3)
    titles = [cell.value for cell in sheet[1]]
    for number in range(2, sheet.max_row + 1):
        sheet.cell(number, titles.index("Owner") + 1).value = f"=人{number}"  # no formula either
        sheet.cell(number, titles.index("Owner") + 1).data_type = "s"
    book.save(blank)
    results = call(GRID=grids(), COMMUNITIES=homes(), OWNERS_TABLE=str(blank))
    assert results["APPLIED_COUNT"] == results["ROW_COUNT"] == sheet.max_row - 1
    expected = [2, 3, 4, 5] if rows else [2, 2, 3, 4]
    assert list(out(tmp_path)["Owner"]) == [f"=人{number}" for number in expected]


KEYS = st.sampled_from(["g1", "g2", "g3", "g9", ""])
NAMES = st.sampled_from(["甲", "乙", "丙", "丁", ""])
ROWS = st.lists(
    st.tuples(KEYS, NAMES, NAMES, st.sampled_from(["", "张", "李"]), st.sampled_from(["", "1"])), max_size=8
)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_rows_as_an_oracle_sees_them(  # noqa: C901, PLR0912 - the oracle is one story
    rows: list[tuple[str, str, str, str, str]],
) -> None:
    """Row by row in plain Python: what each is for, what contradicts, what is applied, and what the grids get."""
    cells = {"g1": ("甲", "东"), "g2": ("甲", "东"), "g3": ("乙", "西"), "g4": ("丙", "西")}
    frame = gpd.GeoDataFrame(
        {"BGID": list(cells), "CommName": [c for c, _ in cells.values()], "StrName": [s for _, s in cells.values()]},
        geometry=[square(column, 0, 100) for column in range(4)],
        crs=CRS,
    ).assign(CommCode="", StrCode="")
    columns = ["BGID", "CommName", "Note2", "Owner", "Phone"]
    table = owners_of(pd.DataFrame(rows, columns=columns, dtype=object), {n: n for n in columns if n != "Note2"}, "t")
    applied = apply_table(frame, table)

    target: list[tuple[str, str] | None] = []
    flags: list[Flag | None] = [None] * len(rows)
    for at, (bgid, community, *_) in enumerate(rows):
        key = ("grid", bgid) if bgid else ("community", community) if community else None
        known = key is not None and (key[1] in cells or (key[0] == "community" and key[1] in {"甲", "乙", "丙"}))
        target.append(key if known else None)
        flags[at] = None if known else Flag.UNKNOWN
    for key in {key for key in target if key}:
        members = [at for at, other in enumerate(target) if other == key]
        for column in (1, 3, 4):
            if len({rows[at][column] for at in members} - {""}) > 1:
                for at in members:
                    flags[at] = Flag.CONFLICT
    for at, key in enumerate(target):
        if flags[at] is None and key and key[0] == "grid" and rows[at][1] not in ("", cells[key[1]][0]):
            flags[at] = Flag.CONFLICT
    seen: dict[tuple[str, str], set[int]] = {}
    people: dict[str, tuple[str, str]] = dict.fromkeys(cells, ("", ""))
    for at, key in enumerate(target):
        if flags[at] is None and key:
            filled = {column for column in (0, 1, 3, 4) if rows[at][column]}
            flags[at] = Flag.DUPLICATE if key in seen and filled <= seen[key] else Flag.APPLIED
            seen.setdefault(key, set()).update(filled)
    for level in ("community", "grid"):
        for key in seen:
            mine = [rows[at] for at, other in enumerate(target) if other == key and flags[at] is Flag.APPLIED]
            person = tuple(next((row[column] for row in mine if row[column]), "") for column in (3, 4))
            for cell, (community, _) in cells.items():
                if key == (level, cell if level == "grid" else community) and any(person):
                    people[cell] = (person[0], person[1])
    assert applied.flag == flags
    assert sum(applied.counts().values()) == len(rows)
    assert list(zip(applied.grid["Owner"], applied.grid["Phone"], strict=True)) == list(people.values())
    assert list(applied.grid["BGID"]) == list(cells)


# Real communities


def test_a_real_district_by_the_names_of_its_communities(call: Call, tmp_path: Path, jiangdong: Path) -> None:
    """A row for each community of 江东区 by name and street: the only ones not applied are those without a name."""
    grid = str(tmp_path / "grid.gpkg")
    call(name="createunitgrid", COMMUNITIES=str(jiangdong), DISTRICT_CODE="330204", OUTPUT=grid, CELL_AREA=40_000)
    frame = gpd.read_file(jiangdong)
    names = frame[["社区名称", "街道名称"]].fillna("").astype(str)
    table = tmp_path / "社区责任人.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["社区名称", "街道名称", "责任人"])
    for row, (name, street) in enumerate(names.itertuples(index=False)):
        book.active.append([name, street, f"人{row}"])
    book.save(table)
    back = tmp_path / "back.csv"
    results = call(GRID=grid, COMMUNITIES=grid, OWNERS_TABLE=str(table), OWNERS_OUT=str(back))
    flags = Counter(row["Flag"] for row in csv.DictReader(back.read_text(encoding="utf-8-sig").splitlines()))
    assert sum(flags.values()) == results["ROW_COUNT"] == 73
    nameless = int((names["社区名称"].str.strip() == "").sum())
    assert flags["applied"] >= 73 - nameless - 2
    owned = out(tmp_path)
    by_name = owned.dropna(subset=["Owner"]).groupby(["CommCode"])["Owner"].nunique()
    assert (by_name == 1).all()
    assert results["OWNED_COUNT"] > 0.9 * results["GRID_COUNT"]


def test_names_are_those_of_fields() -> None:
    home = homes()
    grid = grids().assign(**{fields.OWNER: ""})
    owned = assign_owners(grid, home, table=owners_of(pd.DataFrame({"BGID": [f"{A}001"]}), {"BGID": "BGID"}, "t"))
    assert owned.table is not None
    assert owned.table.counts()[Flag.APPLIED] == 1
    assert list(owned.grid[fields.OWNER]) == [""] * 4
