"""Code schemes: what the plugin brings along, names, extensions, departments."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.schemes import (
    COMPONENT,
    EVENT,
    RepeatedClass,
    Scheme,
    UnnamedClass,
    WrongClassCode,
    WrongExtensionMajor,
)
from citygrid_plugin.storage.scheme_files import CQSZ10_2007, load_extension, load_scheme

from .conftest import REAL_DATA


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
    assert all(scheme.statuses(COMPONENT).values())
    assert not any(scheme.code_of_name(COMPONENT, name) for name in scheme.candidates["name"])
    assert scheme.is_candidate(COMPONENT, "加气站")


def test_every_name_finds_its_own_code(scheme: Scheme) -> None:
    for kind in (COMPONENT, EVENT):
        for code, name in scheme.names(kind).items():
            assert scheme.code_of_name(kind, f"　{name.replace('(', '（ ').replace(')', '）')} ") == code
    for row in scheme.aliases.itertuples():
        assert scheme.code_of_name(row.kind, row.alias) == row.code
        assert row.code in scheme.names(row.kind)


@pytest.mark.parametrize(
    ("text", "code"),
    [("118", "0118"), ("０１１８", "0118"), (" 0118 ", "0118"), ("'0118", "0118"), ("118.0", "0118"),
     ("18", "18"), ("01180", "01180"), ("路灯", "路灯"), ("", "")],
)  # fmt: skip
def test_codes_as_they_arrive(scheme: Scheme, text: str, code: str) -> None:
    assert scheme.normal_code(text) == code


def test_departments_answer_in_chongqing_only(scheme: Scheme) -> None:
    owners = scheme.owners(COMPONENT, "500103")
    assert owners["0101"] == ["市自来水公司"]
    assert len(owners["0115"]) == 2
    assert owners["0114"] == ["市市政委"]  # the rest of 公用设施
    assert "0602" in owners
    assert "0601" not in owners
    assert "21" not in owners
    assert not scheme.owners(COMPONENT, "320706")


def table(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["code", "name"], dtype=object)


def test_extension(scheme: Scheme) -> None:
    extended = scheme.with_extension(table(("2101", "防蚊闸"), ("2150", "提款机")), "city.csv")
    assert extended.names(COMPONENT)["2150"] == "提款机"
    assert extended.code_of_name(COMPONENT, "防蚊闸") == "2101"
    assert "2101" not in scheme.names(COMPONENT)


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ([("2101", "一"), ("2101", "二")], RepeatedClass, "Row 2 of “city.csv”.*already"),
        ([("0118", "路灯杆")], RepeatedClass, "it is “路灯” already"),
        ([("0199", "某物")], WrongExtensionMajor, "begin with 21"),
        ([("21001", "某物")], WrongClassCode, "has 4 digits"),
        ([("2101", " ")], UnnamedClass, "no name"),
    ],
)
def test_bad_extension(scheme: Scheme, rows: list[tuple[str, str]], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        scheme.with_extension(table(*rows), "city.csv")


def test_extension_file(scheme: Scheme, tmp_path: Path) -> None:
    """A table out of a Chinese Excel: GBK, other titles, codes of events beside components."""
    path = tmp_path / "扩展.csv"
    path.write_text("代码,名称,类型\n2101,防蚊闸,部件\n2101,噪音,事件\n,,\n", encoding="gbk")
    extended = scheme.with_extension(load_extension(path), path.name)
    assert extended.names(COMPONENT)["2101"] == "防蚊闸"
    assert extended.names(EVENT)["2101"] == "噪音"
    path.write_text("id,title\n1,x\n", encoding="utf-8")
    with pytest.raises(UnknownField, match=r"code.*id, title"):
        load_extension(path)


@pytest.mark.real_data
@pytest.mark.usefixtures("real_data")
def test_a_citys_table(scheme: Scheme) -> None:
    codes = REAL_DATA.parent / "codes"
    extended = scheme.with_extension(load_extension(codes / "example_extension_shenzhen.csv"), "shenzhen")
    assert len(extended.names(COMPONENT)) == 85 + 27
    with pytest.raises(RepeatedClass):  # another generation: the same numbers for other classes
        scheme.with_extension(load_extension(codes / "gbt30428_2013_city_example.csv"), "B")
