"""JSON lines and JSON documents as lists of records: nothing is lost, and every value is as it is written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.errors import UnreadableFile
from citygrid_plugin.storage.readers import json_tables
from citygrid_plugin.storage.readers.deliveries import read_deliveries
from citygrid_plugin.storage.readers.json_tables import UNREADABLE, BadJson
from citygrid_plugin.storage.readers.records import Records, encoding_candidates, read_records


def read(folder: Path, text: str | bytes, name: str = "cases.json", **options: Any) -> Records:  # noqa: ANN401
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_records(path, **options)


def cells(records: Records) -> list[dict[str, str]]:
    """The rows without what they lack."""
    table = records.frame.drop(columns="geometry")
    return [{name: value for name, value in row.items() if value is not None} for row in table.to_dict("records")]


def keys(records: Records) -> list[str]:
    return [remark.key for remark in records.remarks]


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    text = '[{"id": 12345678901234567890, "code": "0118", "x": 119.20, "y": 34.600, "e": 1E+2, "b": true, "n": null}]'
    records = read(tmp_path, text)
    assert cells(records) == [
        {"id": "12345678901234567890", "code": "0118", "x": "119.20", "y": "34.600", "e": "1E+2", "b": "true"}
    ]
    assert records.frame.geometry[0].equals(shapely.Point(119.2, 34.6))


@pytest.mark.parametrize(
    ("text", "expected", "remarks"),
    [
        ('[{"a": 1}, {"b": "2"}]', [{"a": "1"}, {"b": "2"}], []),
        ('{"code": 0, "data": [{"a": 1}]}', [{"a": "1"}], ["json_beside"]),
        ('{"result": {"records": [{"a": 1}], "total": 1}}', [{"a": "1"}], ["json_beside"]),
        ('{"data": [{"a": 1}]}', [{"a": "1"}], []),
        ('{"a": 1, "p": {"lat": 2.0, "tags": ["x", "y"]}}', [{"a": "1", "p.lat": "2.0", "p.tags": "x; y"}], []),
        ('[{"a": {"b": {"c": [1, {"d": 2}]}}, "e": {}, "f": []}]', [{"a.b.c": '["1", {"d": "2"}]'}], []),
        ('[{"attributes": [{"code": "D", "value": 7}]}]', [{"attributes.D": "7"}], []),
        ('[{"a": 1}, 5, [1]]', [{"a": "1"}, {UNREADABLE: "5"}, {UNREADABLE: "1"}], []),
        ('[{"a": 1, "a": 2}]', [{"a": "1", "a_2": "2"}], []),
        ('[{"A": 1, "a": 2}]', [{"A": "1", "a_2": "2"}], ["columns_renamed"]),
    ],
)  # fmt: skip
def test_documents(tmp_path: Path, text: str, expected: list[dict[str, str]], remarks: list[str]) -> None:
    records = read(tmp_path, text)
    assert cells(records) == expected
    assert keys(records) == remarks


def test_several_lists_of_a_document(tmp_path: Path) -> None:
    text = '{"open": [{"a": 1}], "closed": [{"a": 2}, {"a": 3}]}'
    assert "first_layer" in keys(read(tmp_path, text))
    assert cells(read(tmp_path, text, layer="closed")) == [{"a": "2"}, {"a": "3"}]
    with pytest.raises(UnreadableFile, match="no list “none”"):
        read(tmp_path, text, layer="none")
    found = read_deliveries(tmp_path / "cases.json").records
    assert [(each.layer, len(each.frame)) for each in found] == [("open", 1), ("closed", 2)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[{"a": 1}, {"a": 2}', r"breaks off \(line 1\)"),
        ('[{"a": 1},\n{"a": \n', r"no JSON, or breaks off \(line 3\)"),
        ('{"data": [{"a": 1}] "b"}', "breaks off"),
        ('[{"a": 1}] [2]', "something follows its end"),
        ("[" * 50_000, "nested too deeply|no JSON"),
        ('[{"a": ' + '{"a": ' * 50_000 + "1" + "}" * 50_001 + "]", "nested too deeply|no JSON"),
    ],
)
def test_broken_documents_are_refused_with_the_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UnreadableFile, match=sentence) as raised:
        read(tmp_path, text)
    assert len(str(raised.value)) < 400


def test_bad_lines_are_rows_with_their_text(tmp_path: Path) -> None:
    text = '{"id": "1", "x": 119.2, "y": 34.6}\r\n\n{"id": "2"\nnull\n{"id": "3", "t": "一\\n二"}\n[1]\n'
    records = read(tmp_path, text, "cases.jsonl")
    assert [row.get("id") for row in cells(records)] == ["1", None, None, "3", None]
    assert [row.get(UNREADABLE) for row in cells(records)] == [None, '{"id": "2"', "null", None, "[1]"]
    remark = next(remark for remark in records.remarks if remark.key == "lines_unreadable")
    assert (remark.values["count"], remark.values["lines"]) == (3, "3, 4, 6")


def test_a_line_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_tables, "_LONGEST_LINE", 50_000)
    records = read(tmp_path, '{"a": 1}\n{"a": "' + "x" * 60_000 + '"}\n', "cases.ndjson")
    assert len(cells(records)[1][UNREADABLE]) < 11_000
    monkeypatch.setattr(json_tables, "_LARGEST", 1000)
    with pytest.raises(UnreadableFile, match="larger than"):
        read_records(tmp_path / "cases.ndjson")


def test_too_many_columns_are_no_table(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({f"k{number}": number}) for number in range(20_000))
    with pytest.raises(UnreadableFile, match="columns"):
        read(tmp_path, text, "cases.jsonl")


def test_encodings(tmp_path: Path) -> None:
    text = json.dumps({"问题描述": "路灯不亮，请尽快维修", "状态": "结案"}, ensure_ascii=False)
    for encoding in ("utf-8", "gb18030", "utf-16"):
        records = read(tmp_path, (text + "\n" + text).encode(encoding), "cases.jsonl")
        assert cells(records)[1]["问题描述"] == "路灯不亮，请尽快维修"
    assert encoding_candidates(tmp_path / "cases.jsonl")[0].encoding.lower().replace("-", "").startswith("utf16")
    assert cells(read(tmp_path, f"[{text}]".encode("gb18030"), encoding="gb18030"))[0]["状态"] == "结案"


def test_features_keep_their_geometry(tmp_path: Path) -> None:
    feature = {
        "type": "Feature", "id": 7, "geometry": {"type": "Point", "coordinates": [119.2, 34.6]},
        "properties": {"type": "Feature", "n": "x"},
    }  # fmt: skip
    lost = {"type": "Feature", "geometry": None, "properties": None}
    records = read(tmp_path, "\n".join(map(json.dumps, (feature, lost))), "cases.jsonl")
    assert cells(records) == [{"id": "7", "type": "Feature", "n": "x"}, {}]
    assert records.frame.geometry[0].equals(shapely.Point(119.2, 34.6))
    assert records.frame.geometry[1] is None
    assert records.frame.crs.to_authority() == ("OGC", "CRS84")


@pytest.mark.parametrize("last", [True, False])
def test_geojson_is_still_read_by_gdal(tmp_path: Path, last: bool) -> None:
    features = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"a": 1}}]
    collection: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    records = read(tmp_path, json.dumps(dict(reversed(collection.items())) if last else collection))
    assert cells(records) == [{"a": "1"}]
    assert records.frame.geometry[0].equals(shapely.Point(1, 2))


def test_places_of_socrata_are_no_geojson(tmp_path: Path) -> None:
    row = {"unique_key": "1", "latitude": "40.6", "longitude": "-73.8",
           "location": {"type": "Point", "coordinates": [-73.8, 40.6]}}  # fmt: skip
    records = read(tmp_path, json.dumps([row]))
    assert records.frame.geometry[0].equals(shapely.Point(-73.8, 40.6))


@pytest.mark.real_data
def test_the_record_of_a_vendor(real_data: Path) -> None:
    records = read_records(real_data / "cases" / "vendor_case_record.json")
    assert len(records.frame) == 1
    assert records.frame["coordinate_x"].tolist() == ["117.44254825"]
    assert records.frame.geometry[0].equals(shapely.Point(117.44254825, 39.06171056))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def leaves(value: Any) -> int:  # noqa: ANN401
    """How many values that say something stand in JSON."""
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    if isinstance(value, list):
        return int(any(map(leaves, value)))  # a list is one text
    return int(value is not None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(
        st.dictionaries(st.text(min_size=1, max_size=4), JSON, min_size=1, max_size=4), min_size=1, max_size=5
    )
)
def test_no_record_and_no_value_is_lost(tmp_path: Path, records: Sequence[dict[str, Any]]) -> None:
    if all(leaves(record) == 0 for record in records):
        return
    lines = "\n".join(json.dumps(record, ensure_ascii=True) for record in records)
    found = read(tmp_path, lines, "some.jsonl")
    assert len(found.frame) == len(records)
    for record, row in zip(records, cells(found), strict=True):
        assert len(row) >= sum(1 for value in record.values() if leaves(value))
    again = read(tmp_path, json.dumps(records))
    assert cells(again) == cells(found)


def test_the_error_is_of_the_family() -> None:
    assert issubclass(BadJson, UnreadableFile)
