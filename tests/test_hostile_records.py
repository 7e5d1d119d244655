"""Deliveries that are broken on purpose, or by accident: nothing is lost in silence, and every refusal says why."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from dateutil import tz
from fuzz import ACCEPTABLE, outcomes
from headless import Headless, StepError

from citygrid_plugin.core.cases.cases import Settings, load_cases
from citygrid_plugin.core.cases.evaluation import (
    DUE,
    FILED,
    By,
    Period,
    evaluate,
)
from citygrid_plugin.core.errors import EmptyInput, UnreadableFile
from citygrid_plugin.core.records.mapping import BadMapping, parse_mapping
from citygrid_plugin.storage.readers.records import UnclosedQuote, read_records

real_qgis = [
    pytest.mark.real_qgis,
    pytest.mark.skipif(shutil.which("qgis_process") is None, reason="qgis_process is not installed"),
]
FUZZED = 300
HEADER = "id,lon,lat,text\n"
GOOD = [f"A{number},108.1,29.1,ok\n" for number in range(20)]


def table(folder: Path, text: str) -> Path:
    path = folder / "cases.csv"
    path.write_bytes(text.encode("utf-8"))
    return path


# Quotes


@pytest.mark.parametrize("row", [0, 7, 19])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_an_open_quote_is_refused_at_its_row(tmp_path: Path, row: int, end: str) -> None:
    rows = GOOD.copy()
    rows[row] = f'A{row},108.1,29.1,"oops\n'
    text = (HEADER + "".join(rows)).rstrip("\n").replace("\n", end or "\n") + end
    with pytest.raises(UnreadableFile, match=rf"in row {row + 1} \(line {row + 2} ") as caught:
        read_records(table(tmp_path, text))
    assert "Close it" in str(caught.value)


def test_a_quote_right_at_the_end(tmp_path: Path) -> None:
    with pytest.raises(UnclosedQuote, match=r"row 2 \(line 3 "):
        read_records(table(tmp_path, HEADER + GOOD[0] + '"'))


def test_a_quote_closed_much_later_is_remarked(tmp_path: Path) -> None:
    rows = GOOD.copy()
    rows[2], rows[9] = 'A2,108.1,29.1,"oops\n', 'A9,108.1,29.1,"ok"\n'
    records = read_records(table(tmp_path, HEADER + "".join(rows)))
    remark = next(remark for remark in records.remarks if remark.key == "doubtful_quotes")
    assert "row 3 (line 4 " in str(remark)


def test_honest_cells_over_lines_pass(tmp_path: Path) -> None:
    text = HEADER + 'A,108.1,29.1,"one\ntwo ""three""\r\n\n四"\n\n' + GOOD[0] + 'B,108.1,29.1,"x\n\ny"'
    records = read_records(table(tmp_path, text))
    assert records.frame["text"].tolist() == ['one\ntwo "three"\r\n\n四', "ok", "x\n\ny"]
    assert "doubtful_quotes" not in [remark.key for remark in records.remarks]


def test_a_long_cell_is_no_reason_to_refuse(tmp_path: Path) -> None:
    records = read_records(table(tmp_path, HEADER + f"A,108.1,29.1,{'长' * 200_000}\n"))
    assert len(records.frame["text"][0]) == 200_000


def test_a_quote_closed_by_the_next_row_is_remarked(tmp_path: Path) -> None:
    rows = [f'A{number},108.1,29.1,"so so"\n' for number in range(20)]
    rows[4] = 'A4,108.1,29.1,"oops\n'
    records = read_records(table(tmp_path, HEADER + "".join(rows)))
    assert len(records.frame) == 19
    assert "row 5 (line 6 " in str(next(remark for remark in records.remarks if remark.key == "doubtful_quotes"))


@pytest.mark.parametrize("first", ["sep=;\r\n", '"SEP=;"\n'])
def test_the_separator_line_of_excel(tmp_path: Path, first: str) -> None:
    records = read_records(table(tmp_path, first + 'id;lon;lat;a,b,c,d,e\nA;108.1;29.1;"x\ny"\n'))
    assert list(records.frame.columns[:4]) == ["id", "lon", "lat", "a,b,c,d,e"]
    assert records.frame.geometry[0].x == 108.1
    with pytest.raises(UnclosedQuote, match=r"row 1 \(line 3 "):
        read_records(table(tmp_path, first + 'id;text\nA;"x\n'))
    with pytest.raises(EmptyInput):
        read_records(table(tmp_path, first))


# Mappings

RULES = [
    5, True, None, [], {}, {"field": 5}, {"field": ["a"]}, {"field": "a", "values": []}, {"field": "a", "values": "x"},
    {"field": "a", "values": {"x": ["y"]}}, {"field": "a", "values": {"x": None}}, {"value": {}}, {"value": None},
    {"value": True}, {"field": "a", "value": "b"}, {"values": {}}, {"value": float("nan")},
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_wrong_rules_are_a_sentence(rule: object) -> None:
    with pytest.raises(BadMapping):
        parse_mapping(json.dumps({"Kind": rule}), ["Kind"])


@pytest.mark.parametrize("opening", ["[", '{"Kind":', '{"Kind": {"field": "a", "values": {"a":'])
def test_deep_nesting_is_a_sentence(opening: str) -> None:
    with pytest.raises(BadMapping):
        parse_mapping(opening * 100_000, ["Kind"])
    with pytest.raises(BadMapping):
        parse_mapping('{"Kind": ' + "[" * 900 + "]" * 900 + "}", ["Kind"])


def test_numbers_become_text_as_written() -> None:
    rules = parse_mapping(
        '{"Kind": {"field": "a", "values": {"1": 20, "2": 1.50}}, "BGID": {"value": 118}}', ["Kind", "BGID"]
    )
    assert rules == {"Kind": {"field": "a", "values": {"1": "20", "2": "1.50"}}, "BGID": {"value": "118"}}
    assert all(type(value) is str for value in rules["Kind"]["values"].values())


# Cases


def test_made_up_numbers_avoid_stated_ones() -> None:
    numbers = ["row-2", "", "", "row-3", "row-3-2", ""]
    records = gpd.GeoDataFrame({"案卷编号": numbers}, geometry=gpd.points_from_xy(range(1, 7), [1] * 6), crs=4490)
    result = load_cases(records, Settings(at=np.datetime64("2025-06-30T12:00:00"), zone=tz.UTC))
    assert result.accepted["CaseID"].tolist() == ["row-2", "row-2-2", "row-3-3", "row-3", "row-3-2", "row-6"]
    assert result.account.skipped == 0


def test_status_in_any_case_and_none() -> None:
    status = ["CLOSED", " Overdue ", None, "finished?", "closed", "Void"]
    times = pd.to_datetime(["2025-06-01"] * len(status))
    cases = pd.DataFrame(
        {"Dept": "a", "Status": status, "Reported": times, "Filed": times, "Deadline": times, "Finished": times}
    )
    result = evaluate(cases, By.DEPARTMENT, Period.WHOLE)
    assert result.table[[FILED, DUE]].iloc[0].tolist() == [5, 3]
    assert result.unknown == 2


# Damaged and malicious inputs; scripts/fuzz runs ten thousand


def test_a_sample_of_the_fuzzing() -> None:
    """Each ends in records that are all accounted for, or in a sentence: no traceback, hang, leak or lost row."""
    found = list(outcomes(range(FUZZED)))
    assert len(found) == FUZZED
    assert [outcome for outcome in found if outcome.outcome not in ACCEPTABLE] == []
    # Were most of them refused, little would be tested.
    assert sum(outcome.outcome == "records" for outcome in found) > FUZZED / 3


# As a user runs it


class TestThroughQgis:
    """One session of QGIS for all."""

    pytestmark = real_qgis

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return tmp_path_factory.mktemp("hostile")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize("suffix", ["csv", "txt"])
    def test_tables_that_qgis_does_not_open(self, headless: Headless, folder: Path, encoding: str, suffix: str) -> None:
        path = folder / f"cases-{encoding}.{suffix}"
        path.write_text(HEADER + "".join(GOOD), encoding=encoding)
        step = headless.run("citygrid:loadcases", INPUT=path, OUTPUT=folder / f"{path.name}.gpkg")
        assert step.results["READ_COUNT"] == step.results["ACCEPTED_COUNT"] == len(GOOD)

    @pytest.mark.parametrize("step", ["citygrid:loadcases", "citygrid:importcomponents"])
    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("empty.csv", HEADER, "holds no usable record"),
            ("nothing.csv", "", "holds no usable record"),
            ("plain.json", '{"a": 1', "cannot be read"),
        ],
    )
    def test_refusals_name_the_file(
        self, headless: Headless, folder: Path, step: str, name: str, text: str, said: str
    ) -> None:
        (folder / name).write_text(text, encoding="utf-8")
        with pytest.raises(StepError) as caught:
            headless.run(step, INPUT=folder / name, OUTPUT=folder / "out.gpkg")
        assert said in str(caught.value)
        assert name in str(caught.value)
        assert "Could not load" not in str(caught.value)

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("MAPPING", "hello", "“hello” is neither JSON nor the path of a JSON file"),
            ("TIME_ZONE", "/usr/share/zoneinfo/Asia/Shanghai", "a name such as Asia/Shanghai"),
            ("TIME_ZONE", "../zoneinfo/Asia/Shanghai", "a name such as Asia/Shanghai"),
            ("TIME_ZONE", "UTC+99", "a name such as Asia/Shanghai"),
            ("TIME_ZONE", "place9", "a name such as Asia/Shanghai"),
            ("LIMITS", "limits.txt", "has “a, b”"),
            ("CALENDAR", "limits.txt", "has “a, b”"),
            ("INPUT", "absent.csv", "absent.csv"),
        ],
    )
    def test_other_parameters(self, headless: Headless, folder: Path, name: str, value: str, said: str) -> None:
        (folder / "good.csv").write_text(HEADER + "".join(GOOD), encoding="utf-8")
        (folder / "limits.txt").write_text("a,b\n1,2\n", encoding="utf-8")
        wrong = {name: folder / value if value.endswith((".txt", ".csv")) else value}
        with pytest.raises(StepError) as caught:
            headless.run("citygrid:loadcases", **{"INPUT": folder / "good.csv", "OUTPUT": folder / "o.gpkg"} | wrong)
        assert said in str(caught.value)
