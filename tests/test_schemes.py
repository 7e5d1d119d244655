"""Code schemes: what the plugin brings along, names, extensions, departments, and what becomes of a class elsewhere."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from citygrid_plugin.core.census.component_ids import id_digits
from citygrid_plugin.core.class_crosswalk import COLUMNS, TEXTS, crosswalk
from citygrid_plugin.core.errors import EmptyInput, UnknownField, UnreadableFile
from citygrid_plugin.core.schemes import (
    COMPONENT,
    ELSEWHERE,
    EVENT,
    KINDS,
    NEAR,
    SAME,
    RepeatedClass,
    RepeatedClassName,
    Scheme,
    UnnamedClass,
    WrongClassCode,
    WrongExtensionMajor,
    WrongExtensionValue,
    name_key,
)
from citygrid_plugin.storage.local_classes import (
    load_local_classes,
    remove_local_classes,
    scheme_of,
    store_local_classes,
)
from citygrid_plugin.storage.scheme_files import (
    CQSZ10_2007,
    GBT30428_2013,
    GBT47678_2026,
    SCHEMES,
    load_extension,
    load_scheme,
    write_crosswalk,
)

from .conftest import REAL_DATA, ROOT

RESOURCES = ROOT / "citygrid_plugin" / "resources" / "schemes"


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load_scheme(CQSZ10_2007)


def test_standard_classes(scheme: Scheme) -> None:
    """85 and 50 classes in the majors that the standard has; no local class has a code."""
    components, events = scheme.names(COMPONENT), scheme.names(EVENT)
    assert (len(components), len(events)) == (85, 50)
    majors = scheme.classes.groupby("kind")["major_name"].unique().map(list).to_dict()
    assert majors[COMPONENT] == ["公用设施", "道路交通", "市容环境", "园林绿化", "房屋土地", "其他设施"]
    assert majors[EVENT] == ["市容环境", "宣传广告", "施工管理", "突发事件", "街面秩序"]
    assert (components["0118"], components["0405"], events["0405"]) == ("路灯", "绿地", "热力管道破裂")
    assert not any(scheme.is_extension(code) for code in [*components, *events])
    assert not any(scheme.code_of_name(COMPONENT, name) for name in scheme.candidates["name"])
    assert scheme.is_candidate(COMPONENT, "加气站")


def test_three_generations() -> None:
    """The default is the first; each has its digits, and the same four digits mean different things."""
    schemes = {name: load_scheme(name) for name in SCHEMES}
    assert SCHEMES[0] == CQSZ10_2007
    sizes = {
        name: (s.digits, id_digits(s.digits), *(len(s.names(kind)) for kind in KINDS)) for name, s in schemes.items()
    }
    assert sizes == {
        CQSZ10_2007: (4, 16, 85, 50), GBT47678_2026: (5, 17, 153, 250), GBT30428_2013: (4, 16, 92, 98),
    }  # fmt: skip
    assert schemes[GBT30428_2013].names(COMPONENT)["0118"] == "化粪池井盖"
    new = schemes[GBT47678_2026]
    assert (new.names(COMPONENT)["01001"], new.names(EVENT)["01001"]) == ("供水井盖", "供水井盖异常")
    assert (new.normal_code("1037"), new.normal_code("0118")) == ("01037", "0118")
    for scheme in schemes.values():
        codes = scheme.classes["code"]
        assert not scheme.classes.duplicated(["kind", "code"]).any()
        assert codes.str.fullmatch(rf"\d{{{scheme.digits}}}").all()
        assert (codes.str[:2] == scheme.classes["major_code"]).all()
        assert (scheme.classes[["status", "name_en"]] != "").all().all()


def handed_over() -> Path:
    """The folder of the facts handed to the project."""
    folder = REAL_DATA.parent / "codes"
    if not folder.is_dir():
        pytest.skip("the folder ../shared/codes is not beside the checkout")
    return folder


@pytest.mark.real_data
@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize(
    ("scheme_id", "kind", "table"),
    [(CQSZ10_2007, COMPONENT, "cjt214_2007_components"), (CQSZ10_2007, EVENT, "cjt214_2007_events"),
     (GBT47678_2026, COMPONENT, "gbt47678_2026_components"), (GBT47678_2026, EVENT, "gbt47678_2026_events"),
     (GBT30428_2013, COMPONENT, "gbt30428_2013_city_example"), (GBT30428_2013, EVENT, "gbt30428_2013_city_example")],
)  # fmt: skip
def test_no_class_is_lost_or_invented(scheme_id: str, kind: str, table: str) -> None:
    """Every row of the facts handed to the project is there with its code, name and status, and nothing else."""
    with (handed_over() / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row.get("kind", kind) == kind]
    scheme = load_scheme(scheme_id)
    assert {row["code"]: row["name"] for row in rows} == dict(scheme.names(kind))
    if "code_status" in rows[0]:
        assert {row["code"]: row["code_status"] for row in rows} == scheme.statuses(kind)
    else:
        local = {row["code"] for row in rows if row["band"].startswith("local")}
        assert local == {code for code, status in scheme.statuses(kind).items() if status == ELSEWHERE}
        assert local == {code for code in scheme.names(kind) if scheme.is_extension(code, kind)}


@pytest.mark.parametrize(
    ("scheme_id", "inside", "outside"),
    [(CQSZ10_2007, ["2101", "2199"], ["0199", "2099", "2201", "02101", "21", "21a1", "²101"]),
     (GBT47678_2026, ["01080", "05999"], ["01079", "06080", "21001", "0199", "11080"]),
     (GBT30428_2013, ["0199", "0560"], ["0159", "0699", "2101", "01080"])],
)  # fmt: skip
def test_numbers_of_cities(scheme_id: str, inside: list[str], outside: list[str]) -> None:
    scheme = load_scheme(scheme_id)
    assert all(map(scheme.is_extension, inside))
    assert not any(map(scheme.is_extension, outside))


def test_kind_is_part_of_the_number() -> None:
    """Majors 06 to 10 are of events only."""
    scheme = load_scheme(GBT47678_2026)
    assert scheme.is_extension("06080", EVENT)
    assert scheme.is_extension("10999", EVENT)
    assert not scheme.is_extension("06080", COMPONENT)


# Names


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_every_name_finds_its_own_code(scheme_id: str) -> None:
    """Also an alias finds one class, or says which ones it may be; none hides a name."""
    scheme = load_scheme(scheme_id)
    for kind in KINDS:
        for code, name in scheme.names(kind).items():
            assert scheme.code_of_name(kind, f"　{name.replace('(', '（ ').replace(')', '）')} ") == code
    for (kind, alias), rows in scheme.aliases.groupby(["kind", "alias"]):
        assert dict(scheme.codes_of_name(kind, alias)) == dict(zip(rows["code"], rows["relation"], strict=True))
        assert set(rows["code"]) <= set(scheme.names(kind))
    assert set(scheme.aliases["relation"]) == {SAME, NEAR}


@pytest.mark.parametrize(
    ("name", "codes"),
    [("雨水篦子", ("0104", "01004", "0104")), ("雨 水 蓖 子", ("0104", "01004", "0104")),
     ("路灯杆", ("0118", "01037", "0137")), ("消火栓", ("0113", "01013", "")), ("给水井盖", ("0101", "01001", "0101")),
     ("通信井盖", ("0107", "01007", "")), ("通讯井盖", ("0107", "01007", "")), ("红绿灯", ("0210", "02014", "")),
     ("果皮箱", ("0305", "03005", "0305")), ("变压器", ("0134", "01048", "")), ("电线杆", ("0117", "01030", "0130")),
     ("井盖", ("", "", "")), ("广告牌匾", ("0307", "", "")), ("", ("", "", ""))],
)  # fmt: skip
def test_names_as_people_write_them(name: str, codes: tuple[str, ...]) -> None:
    assert tuple(load_scheme(scheme_id).code_of_name(COMPONENT, name) for scheme_id in SCHEMES) == codes


def test_all_aliases_are_marked_as_ours() -> None:
    for table, name in (("aliases", "alias"), ("english_names", "name_en")):
        rows = pd.read_csv(RESOURCES / f"{table}.csv", dtype=str)
        assert set(rows["status"]) == {"ours"}
        assert rows[["kind", "name", name]].notna().all().all()
    aliases = pd.read_csv(RESOURCES / "aliases.csv", dtype=str)
    known = {(row.kind, name_key(row.name_)) for s in map(load_scheme, SCHEMES)
             for row in s.classes.rename(columns={"name": "name_"}).itertuples()}  # fmt: skip
    assert all((row.kind, name_key(row[2])) in known for row in aliases.itertuples())


@pytest.mark.parametrize(
    ("text", "code"),
    [("118", "0118"), ("０１１８", "0118"), (" 0118 ", "0118"), ("'0118", "0118"), ("118.0", "0118"),
     ("18", "18"), ("01180", "01180"), ("路灯", "路灯"), ("", "")],
)  # fmt: skip
def test_codes_as_they_arrive(scheme: Scheme, text: str, code: str) -> None:
    assert scheme.normal_code(text) == code


@pytest.mark.parametrize(
    ("text", "kind", "first"),
    [("0118", "", "路灯"), ("street lamp", "", "路灯"), ("LAMP  street", COMPONENT, "路灯"), ("路灯杆", "", "路灯"),
     ("红绿灯", "", "交通信号灯"), ("0402", EVENT, "自来水管破裂"), ("03 箱", COMPONENT, "垃圾箱"),
     ("加气", "", "加气站")],
)  # fmt: skip
def test_search(scheme: Scheme, text: str, kind: str, first: str) -> None:
    assert scheme.find(text, kind).iloc[0]["name"] == first


def test_search_that_finds_nothing_or_all(scheme: Scheme) -> None:
    assert len(scheme.find("")) == 85 + 50 + 9
    assert len(scheme.find("", EVENT)) == 50 + 2
    assert scheme.find("火星").empty
    assert scheme.find(".*").empty  # a text, not a pattern


# Departments


def test_departments_answer_in_chongqing_only(scheme: Scheme) -> None:
    owners = scheme.owners(COMPONENT, "500103")
    assert owners["0101"] == ["市自来水公司"]
    assert owners["0115"] == ["市广电局", "重庆电信、移动公司"]
    assert [code for code, names in owners.items() if len(names) > 1] == ["0115"]
    assert owners["0114"] == ["市市政委"]  # the rest of 公用设施
    assert "0602" in owners
    assert "0601" not in owners
    assert "21" not in owners
    assert not scheme.owners(COMPONENT, "320706")
    named = {name for kind in KINDS for names in scheme.owners(kind, "50").values() for name in names}
    rest = set(scheme.departments["department"]) - {"市市政委"}
    assert len(rest) == 19
    assert rest - named == {"市房管局", "市民政局"}  # they answer for local classes only, whose codes are not known


def test_departments_follow_the_name_in_other_generations() -> None:
    """Never the number: 0118 is a lamp here and a septic tank there."""
    owners = load_scheme(GBT47678_2026).owners(COMPONENT, "500103")
    assert owners["01001"] == ["市自来水公司"]
    assert len(owners["01027"]) == 2
    assert owners["01032"] == ["市交委"]  # a local class in 2007
    assert "01024" not in owners  # 水井 is more than 民用水井
    assert "0118" not in load_scheme(GBT30428_2013).owners(COMPONENT, "500103")


def test_departments_of_local_classes(scheme: Scheme) -> None:
    """Once the city says which number they have."""
    extended = scheme.with_extension(table(("2105", "公交立杆")), "city.csv")
    assert extended.owners(COMPONENT, "500103")["2105"] == ["市交委"]
    assert list(extended.find("公交立杆")["code"]) == ["2105"]


# Crosswalk


def test_crosswalk_goes_by_name_never_by_number() -> None:
    rows = crosswalk(load_scheme(CQSZ10_2007), load_scheme(GBT47678_2026), COMPONENT)
    assert list(rows.columns) == list(COLUMNS)
    assert set(rows["code"]) == set(load_scheme(CQSZ10_2007).names(COMPONENT))
    said = {
        code: (set(group["target_name"]), *group["how"].unique()) for code, group in rows.groupby("code", sort=False)
    }
    assert said["0118"] == ({"路灯"}, "name")
    assert said["0101"] == ({"供水井盖"}, "alias")
    assert said["0207"] == ({"立交桥"}, "near")
    assert said["0307"] == ({"户外广告", "牌匾标识"}, "several")
    assert said["0601"] == ({""}, "none")
    assert set(rows["how"]) == set(TEXTS)


@pytest.mark.parametrize("source", SCHEMES)
@pytest.mark.parametrize("target", SCHEMES)
@pytest.mark.parametrize("kind", KINDS)
def test_crosswalk_holds_every_class(source: str, target: str, kind: str) -> None:
    """Each class of the source with a counterpart that exists or none; to itself each is its own."""
    one, other = load_scheme(source), load_scheme(target)
    rows = crosswalk(one, other, kind)
    assert list(rows["code"].unique()) == list(one.names(kind))
    assert set(rows["target_code"]) - {""} <= set(other.names(kind))
    assert ((rows["target_code"] == "") == (rows["how"] == "none")).all()
    assert (rows["target_name"] == rows["target_code"].map({**other.names(kind), "": ""})).all()
    if one is other:
        assert (rows["code"] == rows["target_code"]).all()
        assert set(rows["how"]) == {"name"}
    back = crosswalk(other, one, kind)
    equal, again = (x[x["how"] == "name"] for x in (rows, back))
    assert set(zip(equal["code"], equal["target_code"], strict=True)) == set(
        zip(again["target_code"], again["code"], strict=True)
    )


def test_a_crosswalk_runs_nothing(scheme: Scheme, tmp_path: Path) -> None:
    """A city's class may be named like a formula."""
    path = tmp_path / "crosswalk.csv"
    write_crosswalk(scheme.with_extension(table(("2101", "=1+1"), ("2102", "a-b,c")), "@x"), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["ClassCode"]: row for row in csv.DictReader(file) if row["Kind"] == COMPONENT}
    assert (rows["2101"]["ClassName"], rows["2102"]["ClassName"]) == ("'=1+1", "a-b,c")
    assert rows["2101"]["Status"] == "'@x"


# Extension


def table(*rows: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "name", "kind", "geometry"][: len(rows[0])], dtype=object)


def test_extension(scheme: Scheme) -> None:
    """Local classes, their aliases, and a standard class that the table repeats."""
    given = table(("2101", "防蚊闸"), ("2150", "提款机"), ("0118", "路灯")).assign(aliases=["", "ATM|取款机", ""])
    extended = scheme.with_extension(given, "city.csv")
    assert extended.names(COMPONENT)["2150"] == "提款机"
    assert extended.code_of_name(COMPONENT, "防蚊闸") == "2101"
    assert extended.code_of_name(COMPONENT, "取款机") == extended.code_of_name(COMPONENT, "atm") == "2150"
    assert extended.statuses(COMPONENT)["2150"] == "city.csv"
    assert set(extended.find("21")["major_name"]) == {"扩展部件"}
    assert len(extended.names(COMPONENT)) == 85 + 2
    assert "2101" not in scheme.names(COMPONENT)


def test_a_citys_own_table_takes_the_place_of_the_example() -> None:
    scheme = load_scheme(GBT30428_2013)
    extended = scheme.with_extension(table(("0199", "雨水花园")), "city.csv")
    local = {code: name for code, name in extended.names(COMPONENT).items() if extended.is_extension(code)}
    assert local == {"0199": "雨水花园"}
    assert set(extended.classes.loc[extended.classes["code"] == "0199", "major_name"]) == {"公用设施"}


@pytest.mark.parametrize(
    ("scheme_id", "rows", "error", "said"),
    [
        (CQSZ10_2007, [("2101", "一"), ("2101", "二")], RepeatedClass, "Row 2 of “city.csv”.*already"),
        (CQSZ10_2007, [("0118", "路灯杆")], RepeatedClass, "it is “路灯” already"),
        (CQSZ10_2007, [("0199", "某物")], WrongExtensionMajor, "2100–2199"),
        (CQSZ10_2007, [("21001", "某物")], WrongClassCode, "has 4 digits"),
        (CQSZ10_2007, [("2101", " ")], UnnamedClass, "no name"),
        (CQSZ10_2007, [("2101", "路灯")], RepeatedClassName, "0118 has that name"),
        (CQSZ10_2007, [("2101", "一"), ("2102", "一")], RepeatedClassName, "Row 2 .* 2101 has that name"),
        (CQSZ10_2007, [("2101", "一", "路段")], WrongExtensionValue, "“路段” as kind"),
        (CQSZ10_2007, [("2101", "一", "", "圆")], WrongExtensionValue, "“圆” as geometry; it must be point"),
        (GBT47678_2026, [("21001", "某物")], WrongExtensionMajor, "01080–01999, 02080"),
        (GBT47678_2026, [("01079", "某物")], WrongExtensionMajor, "01080–01999"),
        (GBT47678_2026, [("2101", "某物")], WrongClassCode, "“2101”; .* 5 digits"),
        (GBT47678_2026, [("07080", "某物")], WrongExtensionMajor, "07080"),
    ],
)
def test_bad_extension(scheme_id: str, rows: list[tuple[str, ...]], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        load_scheme(scheme_id).with_extension(table(*rows), "city.csv")


def test_all_mistakes_are_told_at_once(scheme: Scheme) -> None:
    rows = table(("2101", "一"), ("0199", "二"), ("2101", "三"), ("5", "四"))
    with pytest.raises(WrongExtensionMajor) as caught:
        scheme.with_extension(rows, "city.csv")
    assert [line.split(" of ")[0] for line in caught.value.details.splitlines()] == ["Row 3", "Row 4"]


def test_extension_file(scheme: Scheme, tmp_path: Path) -> None:
    """A table out of a Chinese Excel: GBK, other titles, codes of events beside components; rows as in the file."""
    path = tmp_path / "扩展.csv"
    path.write_text("代码,名称,类型,几何类型\n2101,防蚊闸,部件,点\n2101,噪音,事件,\n,,,\n", encoding="gbk")
    extended = scheme.with_extension(load_extension(path), path.name)
    assert extended.names(COMPONENT)["2101"] == "防蚊闸"
    assert extended.names(EVENT)["2101"] == "噪音"
    path.write_text("代码,名称,类型\n2101,防蚊闸,部件\n,,x\n2102,,\n", encoding="gbk")
    with pytest.raises(UnnamedClass, match="Row 3"):
        scheme.with_extension(load_extension(path), path.name)
    path.write_text("id,title\n1,x\n", encoding="utf-8")
    with pytest.raises(UnknownField, match=r"code.*id, title"):
        load_extension(path)


def test_extension_workbook(scheme: Scheme, tmp_path: Path) -> None:
    """Numbers that Excel made of the codes, a text that looks like a formula, an empty sheet, a file that is none."""
    path = tmp_path / "扩展.xlsx"
    book = openpyxl.Workbook()
    for row in (["小类代码", "小类名称", None], [2101, "防蚊闸", "x"], [None, None, None], ["2102", "提款机"]):
        book.active.append(row)
    book.save(path)
    extended = scheme.with_extension(load_extension(path), path.name)
    assert [extended.names(COMPONENT)[code] for code in ("2101", "2102")] == ["防蚊闸", "提款机"]
    with pytest.raises(WrongClassCode, match="Row 1"):  # not 02101
        load_scheme(GBT47678_2026).with_extension(load_extension(path), path.name)
    openpyxl.Workbook().save(path)
    with pytest.raises(EmptyInput):
        load_extension(path)
    path.write_bytes(b"no workbook")
    with pytest.raises(UnreadableFile):
        load_extension(path)


@pytest.mark.real_data
@pytest.mark.usefixtures("real_data")
def test_a_citys_table(scheme: Scheme) -> None:
    codes = handed_over()
    extended = scheme.with_extension(load_extension(codes / "example_extension_shenzhen.csv"), "shenzhen")
    assert len(extended.names(COMPONENT)) == 85 + 27
    assert extended.classes.query("code == '2108'")["geometry"].tolist() == ["line"]
    with pytest.raises(RepeatedClass):  # another generation: the same numbers for other classes
        scheme.with_extension(load_extension(codes / "gbt30428_2013_city_example.csv"), "B")


# Workspace


def test_local_classes_stay_in_the_workspace(tmp_path: Path) -> None:
    """For each scheme apart; stored anew they are replaced, a bad table changes nothing, other layers stay."""
    path = tmp_path / "w.gpkg"
    gpd.GeoDataFrame({"BGID": ["1"]}, geometry=gpd.points_from_xy([1], [2]), crs=4490).to_file(path, layer="unit_grid")
    assert load_local_classes(path, CQSZ10_2007).empty
    first = table(("2101", "防蚊闸", "", "point"), ("2102", "噪音", EVENT, "")).assign(aliases=["蚊闸", ""])
    store_local_classes(path, CQSZ10_2007, first, "city.csv")
    store_local_classes(path, GBT47678_2026, table(("01080", "某物")), "new.xlsx")
    scheme = scheme_of(path, CQSZ10_2007)
    assert (scheme.names(COMPONENT)["2101"], scheme.names(EVENT)["2102"]) == ("防蚊闸", "噪音")
    assert scheme.code_of_name(COMPONENT, "蚊闸") == "2101"
    assert scheme_of(path, GBT47678_2026).names(COMPONENT)["01080"] == "某物"
    assert scheme_of(None, CQSZ10_2007) is load_scheme(CQSZ10_2007)
    assert scheme_of(path, GBT30428_2013) is load_scheme(GBT30428_2013)
    before = path.read_bytes()
    with pytest.raises(WrongClassCode):
        store_local_classes(path, CQSZ10_2007, table(("21", "某物")), "bad.csv")
    assert path.read_bytes() == before
    store_local_classes(path, CQSZ10_2007, table(("2150", "提款机")), "second.csv")
    assert load_local_classes(path, CQSZ10_2007)[["code", "name", "source"]].to_numpy().tolist() == [
        ["2150", "提款机", "second.csv"]
    ]
    remove_local_classes(path, CQSZ10_2007)
    assert load_local_classes(path, CQSZ10_2007).empty
    assert list(load_local_classes(path, GBT47678_2026)["code"]) == ["01080"]
    assert len(gpd.read_file(path, layer="unit_grid")) == 1
    with sqlite3.connect(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_local_classes_make_a_workspace(tmp_path: Path) -> None:
    path = tmp_path / "new.gpkg"
    store_local_classes(path, CQSZ10_2007, table(("2101", "防蚊闸")), "city.csv")
    assert list(load_local_classes(path, CQSZ10_2007)["name"]) == ["防蚊闸"]
    path.write_text("no GeoPackage")
    with pytest.raises(UnreadableFile):
        load_local_classes(path, CQSZ10_2007)
