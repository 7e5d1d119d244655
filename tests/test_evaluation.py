"""Evaluation against counts made row by row."""

from __future__ import annotations

import calendar
import sqlite3
import statistics
from collections import Counter, defaultdict
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import fields
from citygrid_plugin.core.cases import evaluation as ev
from citygrid_plugin.core.cases.cases import Settings, load_cases
from citygrid_plugin.core.cases.evaluation import (
    By,
    Period,
    counted_cases,
    evaluate,
    listed_departments,
)
from citygrid_plugin.core.cases.evaluation_bulletin import Bulletin
from citygrid_plugin.core.cases.evaluation_moment import as_of, made_up
from citygrid_plugin.core.cases.evaluation_periods import Range
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.storage.case_tables import stage_words
from citygrid_plugin.storage.readers.records import read_records
from citygrid_plugin.storage.scheme_files import CQSZ10_2007, load_scheme

from .conftest import SAMPLE

START = datetime(2025, 3, 28)  # noqa: DTZ001 - wall-clock time
TIMES = ("Reported", "Filed", "Deadline", "Finished", "Handled")
COUNTS = (
    ev.FILED, ev.DUE, ev.CLOSED, ev.ON_TIME, ev.OVERDUE, ev.HANDLED, ev.DONE, ev.RETURNED, ev.JUDGED, ev.ACCURATE,
    ev.FINISHED,
)  # fmt: skip
moments = st.none() | st.integers(0, 200 * 24).map(lambda hours: START + timedelta(hours=hours))
statuses = st.sampled_from(["open", "due soon", "overdue", "suspended", "closed", "void"])
rows = st.fixed_dictionaries(
    {
        "Dept": st.sampled_from(["a", "b", "c", ""]),
        "Status": statuses,
        "PausedHrs": st.none() | st.integers(0, 400),
        "Returns": st.none() | st.integers(0, 2),
        "Accurate": st.sampled_from([None, 0, 1]),
        **dict.fromkeys(TIMES, moments),
    }
)


def label(moment: datetime, period: Period, whole: str) -> str:
    if period is Period.WEEK:
        return f"{moment.isocalendar().year}-W{moment.isocalendar().week:02}"
    if period is Period.MONTH:
        return f"{moment:%Y-%m}"
    if period is Period.HALF_MONTH:
        last = calendar.monthrange(moment.year, moment.month)[1]
        return f"{moment:%Y-%m}-" + ("01/15" if moment.day <= 15 else f"16/{last}")
    if period is Period.HALF_YEAR:
        return f"{moment.year}-H{1 if moment.month <= 6 else 2}"
    return f"{moment.year}-Q{(moment.month + 2) // 3}" if period is Period.QUARTER else whole


def count_by_hand(
    cases: list[dict], period: Period, first: date | None, last: date | None, whole: str
) -> tuple[dict[tuple[str, str], Counter], dict[tuple[str, str], list[float]]]:
    def inside(moment: datetime | None) -> bool:
        return bool(moment) and (not first or moment.date() >= first) and (not last or moment.date() <= last)

    counts: dict[tuple[str, str], Counter] = defaultdict(Counter)
    hours: dict[tuple[str, str], list[float]] = defaultdict(list)
    for case in cases:
        begun, closed = case["Filed"] or case["Reported"], case["Status"] == "closed"
        handled = case["Handled"] or (case["Finished"] if closed else None)
        if case["Status"] != "void" and inside(begun):
            counts[label(begun, period, whole), case["Dept"]][ev.FILED] += 1
        if inside(case["Filed"]):
            right = case["Accurate"] == 1 or (case["Accurate"] is None and case["Status"] != "void")
            counts[label(case["Filed"], period, whole), case["Dept"]].update({ev.JUDGED: 1, ev.ACCURATE: right})
        if case["Status"] in {"closed", "overdue"} and inside(case["Deadline"]):
            done = closed or bool(handled)
            counts[label(case["Deadline"], period, whole), case["Dept"]].update(
                {
                    ev.DUE: 1,
                    ev.CLOSED: closed,
                    ev.ON_TIME: bool(closed and case["Finished"] and case["Finished"] <= case["Deadline"]),
                    ev.OVERDUE: not closed,
                    ev.HANDLED: bool(handled and handled <= case["Deadline"]),
                    ev.DONE: done,
                    ev.RETURNED: done and bool(case["Returns"]),
                }
            )
        if closed and inside(case["Finished"]):
            key = label(case["Finished"], period, whole), case["Dept"]
            counts[key][ev.FINISHED] += 1
            if begun and case["Finished"] >= begun:
                took = (case["Finished"] - begun).total_seconds() / 3600
                hours[key].append(max(0, took - (case["PausedHrs"] or 0)))
    return dict(counts), hours


def frame_of(cases: list[dict]) -> pd.DataFrame:
    frame = pd.DataFrame(cases)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in TIMES})


@settings(max_examples=60, deadline=None)
@given(
    st.lists(rows, min_size=1, max_size=25),
    st.sampled_from(Period),
    st.none() | st.dates(date(2025, 4, 1), date(2025, 6, 1)),
    st.none() | st.dates(date(2025, 5, 1), date(2025, 9, 1)),
)
def test_counts(cases: list[dict], period: Period, first: date | None, last: date | None) -> None:
    limits = [None if day is None else np.datetime64(day) for day in (first, last)]
    if first and last and first > last:
        return
    try:
        result = evaluate(frame_of(cases), By.DEPARTMENT, period, *limits)
    except EmptyInput:
        counts, _ = count_by_hand(cases, period, first, last, "")
        assert not any(count[ev.FILED] or count[ev.DUE] for count in counts.values())
        return
    table = result.table
    counts, hours = count_by_hand(cases, period, first, last, table[ev.PERIOD].iloc[0])
    found = {(row[ev.PERIOD], row[ev.GROUP]): row for _, row in table.iterrows()}
    assert {key: [row[name] for name in COUNTS] for key, row in found.items()} == {
        key: [count[name] for name in COUNTS] for key, count in counts.items()
    }
    for key, took in hours.items():
        assert found[key][ev.MEAN_HOURS] == pytest.approx(statistics.fmean(took))
        assert found[key][ev.P90_HOURS] == pytest.approx(np.quantile(took, 0.9))
    due = table[ev.DUE] > 0
    assert (table.loc[due, ev.CLOSE_RATE] == table[ev.CLOSED][due] / table[ev.DUE][due]).all()
    assert table.loc[~due, [ev.CLOSE_RATE, ev.ON_TIME_RATE, ev.HANDLED_RATE, ev.RANK]].isna().all(axis=None)
    summed = table.groupby(ev.PERIOD)[list(COUNTS)].sum()
    assert result.totals.set_index(ev.PERIOD)[list(COUNTS)].sort_index().equals(summed.sort_index())


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=1, max_size=25), st.sampled_from([each for each in Period if each is not Period.WHOLE]))
def test_changes_are_against_the_row_of_the_period_before(cases: list[dict], period: Period) -> None:
    try:
        table = evaluate(frame_of(cases), By.DEPARTMENT, period).table
    except EmptyInput:
        return
    by_start = {(row[fields.FROM_DATE], row[ev.GROUP]): row for _, row in table.iterrows()}
    known = [
        case[name] or (case["Reported"] if name == "Filed" else None)
        for case in cases
        for name in ("Filed", "Deadline")
        if (case["Status"] != "void" if name == "Filed" else case["Status"] in {"closed", "overdue"})
    ]
    earliest = min(filter(None, known)).date()
    for (start, group), row in by_start.items():
        day = date.fromisoformat(start) - timedelta(days=1)
        earlier = [key for key in by_start if key[1] == group and key[0] <= str(day)]
        before = next((by_start[key] for key in earlier if by_start[key][fields.TO_DATE] == str(day)), None)
        assert date.fromisoformat(row[fields.TO_DATE]) >= date.fromisoformat(start)
        begun = None if before is None else date.fromisoformat(before[fields.FROM_DATE])
        tenth = timedelta() if begun is None else (date.fromisoformat(start) - begun) // 10
        if begun is None or before is None or earliest > begun + timedelta(days=tenth.days):
            assert pd.isna(row[ev.ON_TIME_CHANGE])
            assert pd.isna(row[ev.RANK_CHANGE])
        else:
            wanted = row[ev.ON_TIME_RATE] - before[ev.ON_TIME_RATE]
            assert row[ev.ON_TIME_CHANGE] == wanted or (pd.isna(wanted) and pd.isna(row[ev.ON_TIME_CHANGE]))


def test_the_period_before_a_range() -> None:
    def before(first: str, last: str) -> str:
        return str(Range(np.datetime64(first), np.datetime64(last)).before())

    assert before("2025-05-01", "2025-06-30") == "2025-03-01/2025-04-30"  # whole months
    assert before("2025-03-01", "2025-03-31") == "2025-02-01/2025-02-28"
    assert before("2025-05-02", "2025-05-08") == "2025-04-25/2025-05-01"
    cases = cases_with_rates({"a": (1, 4)})  # from the 1st of April
    cases = pd.concat([cases, cases.assign(Deadline="2025-05-02", Finished="2025-05-01", Reported="2025-05-01")])
    table = evaluate(cases, By.DEPARTMENT, Period.WHOLE, np.datetime64("2025-05-01"), np.datetime64("2025-05-31")).table
    assert table[[ev.DUE, ev.ON_TIME_RATE, ev.ON_TIME_CHANGE, ev.FILED_CHANGE]].to_numpy().tolist() == [[4, 1, 0.75, 0]]


def test_departments_without_cases_are_listed() -> None:
    cases = cases_with_rates({"市规划局": (1, 4)})
    listed = listed_departments(["市规划局", "市建委", "市规划局"], cases["Dept"])
    table = evaluate(cases, By.DEPARTMENT, Period.MONTH, groups=listed).table
    assert table[[ev.GROUP, ev.DUE, ev.RANK]].to_numpy().tolist() == [["市规划局", 4, 1], ["市建委", 0, pd.NA]]
    assert listed_departments(["市建委"], cases["Dept"]) == []


SQL = """
SELECT Dept,
  SUM(Status <> 'void' AND date(coalesce(Filed, Reported)) BETWEEN :a AND :b) AS FiledCnt,
  SUM(Status IN ('closed', 'overdue') AND date(Deadline) BETWEEN :a AND :b) AS DueCnt,
  SUM(Status = 'closed' AND date(Deadline) BETWEEN :a AND :b) AS ClosedCnt,
  SUM(Outcome = 'on time' AND date(Deadline) BETWEEN :a AND :b) AS OnTimeCnt,
  SUM(Status = 'overdue' AND date(Deadline) BETWEEN :a AND :b) AS OverdueCnt,
  SUM(Status = 'closed' AND date(Finished) BETWEEN :a AND :b) AS FinishCnt
FROM cases GROUP BY Dept HAVING FiledCnt + DueCnt + FinishCnt > 0 ORDER BY Dept
"""


@pytest.mark.parametrize(("first", "last"), [("2025-05-01", "2025-06-30"), ("2025-06-01", "2025-06-15")])
def test_a_plain_query_over_the_layer_counts_the_same(tmp_path: Path, first: str, last: str) -> None:
    """The figures of an evaluation, and those of SQL over the layer as it is written."""
    options = Settings(at=np.datetime64("2025-06-30T12:00:00"), zone=UTC, stages=stage_words(), fallback_hours=24)
    cases = load_cases(read_records(SAMPLE / "cases.csv").frame, options).accepted
    cases.to_file(tmp_path / "cases.gpkg", layer="cases")
    with closing(sqlite3.connect(tmp_path / "cases.gpkg")) as base:
        wanted = base.execute(SQL, {"a": first, "b": last}).fetchall()
    layer = gpd.read_file(tmp_path / "cases.gpkg")
    for source in (cases, layer):
        result = evaluate(source, By.DEPARTMENT, Period.WHOLE, np.datetime64(first), np.datetime64(last))
        names = [ev.GROUP, ev.FILED, ev.DUE, ev.CLOSED, ev.ON_TIME, ev.OVERDUE, ev.FINISHED]
        assert [tuple(row) for row in result.table[names].sort_values(ev.GROUP).to_numpy()] == wanted


def cases_with_rates(rates: dict[str, tuple[int, int]]) -> pd.DataFrame:
    """Closed cases of each group: so many on time of so many; times as text, as layers give them."""
    rows = [
        {
            "Dept": group, "StrName": "s", "CommName": group, "RGID": "", "Status": "closed",
            "Reported": "2025-04-01T08:00:00Z", "Filed": None, "Deadline": "2025-04-02T08:00:00Z",
            "Finished": "2025-04-02T08:00:00Z" if number < on_time else "2025-04-02T08:00:01Z",
        }
        for group, (on_time, due) in rates.items()
        for number in range(due)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_ranking_calls_out_the_last_two() -> None:
    cases = cases_with_rates({"a": (1, 4), "b": (4, 4), "c": (2, 4), "d": (3, 4), "": (0, 4)})
    result = evaluate(cases, By.DEPARTMENT, Period.MONTH)
    assert result.table[[ev.GROUP, ev.RANK]].to_numpy().tolist() == [
        ["b", 1], ["d", 2], ["c", 3], ["a", 4], ["", pd.NA],
    ]  # fmt: skip
    assert result.last() == {"2025-04": ["c", "a"]}
    assert evaluate(cases, By.COMMUNITY, Period.WHOLE).table[ev.GROUP].tolist()[0] == "s b"


def test_nobody_is_last_where_all_are_equal() -> None:
    result = evaluate(cases_with_rates({"a": (1, 2), "b": (2, 4)}), By.DEPARTMENT, Period.QUARTER)
    assert result.last() == {}
    assert result.table[ev.PERIOD].unique().tolist() == ["2025-Q2"]


def test_missing_columns_and_dates_are_told() -> None:
    cases = cases_with_rates({"a": (1, 2)})
    with pytest.raises(UnknownField, match="RGID"):
        evaluate(cases.drop(columns="RGID"), By.RESPONSIBILITY_GRID, Period.WHOLE)
    with pytest.raises(EmptyInput):
        evaluate(cases, By.DEPARTMENT, Period.WHOLE, np.datetime64("2026-01-01"))
    cases["Deadline"] = None
    result = evaluate(gpd.GeoDataFrame(cases), By.DEPARTMENT, Period.WHOLE)
    assert result.endless == len(cases)
    assert result.table[ev.DUE].tolist() == [0]


def test_the_departments_of_chongqing() -> None:
    """All 19 of the scheme, and the one that its other classes go to, are listed where any of them has a case.

    Those that had nothing to close have no rank.
    """
    departments = list(dict.fromkeys(load_scheme(CQSZ10_2007).departments["department"]))
    assert len(departments) == 19 + 1
    assert departments[-1] == "市市政委"
    cases = cases_with_rates({departments[3]: (1, 4), departments[7]: (1, 2), "": (1, 1)})
    result = evaluate(cases, By.DEPARTMENT, Period.HALF_YEAR, groups=listed_departments(departments, cases["Dept"]))
    assert set(result.table[ev.GROUP]) == {*departments, ""}
    assert result.table[[ev.GROUP, ev.RANK]].dropna().to_numpy().tolist() == [[departments[7], 1], [departments[3], 2]]
    assert result.last() == {"2025-H1": [departments[3]]}


def test_ties_share_a_place_and_are_called_out_together() -> None:
    result = evaluate(
        cases_with_rates({"a": (4, 4), "b": (1, 2), "c": (2, 4), "d": (3, 4), "e": (1, 4), "f": (1, 4)}),
        By.STREET, Period.MONTH,
    )  # fmt: skip
    assert result.table[ev.GROUP].tolist() == ["s"]
    result = evaluate(
        cases_with_rates({"a": (4, 4), "b": (1, 2), "c": (2, 4), "d": (3, 4), "e": (1, 4)}), By.DEPARTMENT, Period.MONTH
    )
    assert dict(result.table[[ev.GROUP, ev.RANK]].to_numpy()) == {"a": 1, "d": 2, "b": 3, "c": 3, "e": 5}
    assert result.last() == {"2025-04": ["b", "c", "e"]}


# The moment


def status_by_hand(case: dict, at: datetime) -> str:
    """What a case is at a moment, by the rules as they are written down (domain facts, "Cases")."""
    finished, known = case["Finished"], case["Stage"] in {"处理", "结案", "挂账", "作废"}
    if case["Stage"] == "作废":
        return "void"
    over = finished is not None and finished <= at
    if over if not known else case["Stage"] == "结案" and (finished is None or over):
        return "closed"
    begins, ends = case["SuspFrom"], case["SuspTo"]
    paused = begins is not None and begins <= at and (ends is None or ends > at)
    if paused or (case["Stage"] == "挂账" and (begins is None or begins <= at)):
        return "suspended"
    if case["Deadline"] is not None and case["Deadline"] < at:
        return "overdue"
    soon = case["Deadline"] is not None and case["Deadline"] <= at + timedelta(hours=24)
    return "due soon" if soon else "open"


staged = st.fixed_dictionaries(
    {
        "Dept": st.sampled_from(["a", "b", ""]),
        "Status": statuses,
        "Stage": st.sampled_from(["处理", "结案", "挂账", "作废", "", "外星"]),
        **dict.fromkeys((*TIMES, "SuspFrom", "SuspTo"), moments),
    }
)


@settings(max_examples=80, deadline=None)
@given(st.lists(staged, min_size=1, max_size=20), st.integers(0, 200 * 24), st.booleans())
def test_cases_as_of_a_moment(cases: list[dict], hours: int, known_only: bool) -> None:
    at = START + timedelta(hours=hours)
    frame = pd.DataFrame(cases)
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in (*TIMES, "SuspFrom", "SuspTo")})
    found = as_of(frame, np.datetime64(at), 24, known_only=known_only)
    begun = [case["Reported"] or case["Filed"] for case in cases]
    there = [row for row, time in enumerate(begun) if not (known_only and time and time > at)]
    assert found.index.tolist() == there
    assert found["Status"].tolist() == [status_by_hand(cases[row], at) for row in there]
    for name in ("Filed", "Finished", "Handled"):
        wanted = [cases[row][name] for row in there]
        wanted = [None if known_only and time and time > at else time for time in wanted]
        assert [None if pd.isna(time) else time.to_pydatetime() for time in found[name]] == wanted
    made = made_up(found, By.DEPARTMENT)
    assert int(made.to_numpy().sum()) == len(there)
    by_status = Counter((row.Dept, row.Status) for row in found.itertuples())
    for (group, status), count in by_status.items():
        columns = ["on time", "late", "closed"] if status == "closed" else [status]
        assert made.loc[group, columns].sum() == count


def test_without_a_stage_there_is_no_status_of_another_moment() -> None:
    with pytest.raises(UnknownField, match="Stage"):
        as_of(cases_with_rates({"a": (1, 2)}), np.datetime64("2025-04-01"), 24)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=1, max_size=25), st.dates(date(2025, 4, 1), date(2025, 6, 1)), st.integers(0, 90))
def test_the_cases_that_count_sum_up_to_the_table(cases: list[dict], first: date, days: int) -> None:
    frame = frame_of(cases).set_axis(range(100, 100 + len(cases)))
    limits = np.datetime64(first), np.datetime64(first + timedelta(days=days))
    counted = counted_cases(frame, By.DEPARTMENT, *limits)
    assert counted.index.is_unique
    assert (frame.loc[counted.index, "Dept"] == counted[ev.GROUP]).all()
    try:
        table = evaluate(frame, By.DEPARTMENT, Period.WHOLE, *limits).table
    except EmptyInput:
        assert not counted[[ev.FILED, ev.DUE]].to_numpy().any()
        return
    summed = counted.groupby(ev.GROUP)[list(COUNTS)].sum()
    assert summed.astype(int).to_dict("index") == table.set_index(ev.GROUP)[list(COUNTS)].astype(int).to_dict("index")


@pytest.mark.parametrize(
    ("at", "last", "name", "is_whole"),
    [
        ("2025-04-20T18:00", None, "2025-W16", True),  # on a Sunday, the week that ends
        ("2025-04-23T18:00", None, "2025-W16", True),  # on a Wednesday, the week before
        ("2026-01-01T00:00", None, "2025-W18", True),
        ("2025-04-08T00:00", None, "2025-W15", False),  # none is over yet
        ("2025-01-01T00:00", None, "2025-W15", False),
        ("2026-01-01T00:00", "2025-04-24", "2025-W16", True),
    ],
)
def test_the_period_that_a_bulletin_speaks_of(at: str, last: str | None, name: str, is_whole: bool) -> None:
    days = pd.date_range("2025-04-07T09:00", "2025-05-04T09:00", freq="D")
    cases = pd.DataFrame({"Dept": "a", "Status": "closed", "Reported": days, "Filed": days, "Deadline": days})
    cases["Finished"] = cases["Deadline"]
    end = None if last is None else np.datetime64(last)
    result = evaluate(cases, By.DEPARTMENT, Period.WEEK, None, end)
    bulletin = Bulletin.of(result, np.datetime64(at), None, end)
    assert (bulletin.name, bulletin.is_whole) == (name, is_whole)
    assert bulletin.trend[ev.PERIOD].iloc[-1] == name
    assert bulletin.total[ev.FILED] == bulletin.rows[ev.FILED].sum() == 7
