"""Evaluation against counts made row by row."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core import evaluation as ev
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.core.evaluation import By, Period, evaluate

START = datetime(2025, 3, 28)  # noqa: DTZ001 - wall-clock time
moments = st.none() | st.integers(0, 200 * 24).map(lambda hours: START + timedelta(hours=hours))
statuses = st.sampled_from(["open", "due soon", "overdue", "suspended", "closed", "void"])
rows = st.fixed_dictionaries(
    {
        "Dept": st.sampled_from(["a", "b", "c", ""]),
        "Status": statuses,
        "Reported": moments,
        "Filed": moments,
        "Deadline": moments,
        "Finished": moments,
    }
)


def label(moment: datetime, period: Period, whole: str) -> str:
    if period is Period.WEEK:
        return f"{moment.isocalendar().year}-W{moment.isocalendar().week:02}"
    if period is Period.MONTH:
        return f"{moment:%Y-%m}"
    return f"{moment.year}-Q{(moment.month + 2) // 3}" if period is Period.QUARTER else whole


def count_by_hand(
    cases: list[dict], period: Period, first: date | None, last: date | None, whole: str
) -> dict[tuple[str, str], list[int]]:
    def inside(moment: datetime | None) -> bool:
        return bool(moment) and (not first or moment.date() >= first) and (not last or moment.date() <= last)

    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for case in cases:
        filed = case["Filed"] or case["Reported"]
        if case["Status"] != "void" and inside(filed):
            counts[label(filed, period, whole), case["Dept"]][0] += 1
        if case["Status"] in {"closed", "overdue"} and inside(case["Deadline"]):
            entry = counts[label(case["Deadline"], period, whole), case["Dept"]]
            closed = case["Status"] == "closed"
            entry[1] += 1
            entry[2] += closed
            entry[3] += bool(closed and case["Finished"] and case["Finished"] <= case["Deadline"])
            entry[4] += not closed
    return dict(counts)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(rows, min_size=1, max_size=25),
    st.sampled_from(Period),
    st.none() | st.dates(date(2025, 4, 1), date(2025, 6, 1)),
    st.none() | st.dates(date(2025, 5, 1), date(2025, 9, 1)),
)
def test_counts(cases: list[dict], period: Period, first: date | None, last: date | None) -> None:
    frame = pd.DataFrame(cases)
    for name in ("Reported", "Filed", "Deadline", "Finished"):
        frame[name] = pd.to_datetime(frame[name])
    limits = [None if day is None else np.datetime64(day) for day in (first, last)]
    try:
        table = evaluate(frame, By.DEPARTMENT, period, *limits).table
    except EmptyInput:
        assert count_by_hand(cases, period, first, last, "") == {}
        return
    whole = table[ev.PERIOD].iloc[0]
    found = {
        (row.Period, row.GroupName): [row.FiledCnt, row.DueCnt, row.ClosedCnt, row.OnTimeCnt, row.OverdueCnt]
        for row in table.itertuples()
    }
    assert found == count_by_hand(cases, period, first, last, whole)
    due = table[ev.DUE] > 0
    assert (table.loc[due, ev.CLOSE_RATE] == table[ev.CLOSED][due] / table[ev.DUE][due]).all()
    assert table.loc[~due, [ev.CLOSE_RATE, ev.ON_TIME_RATE, ev.RANK]].isna().all(axis=None)


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
