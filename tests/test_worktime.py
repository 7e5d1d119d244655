"""Work time against a minute-by-minute walk, and worked examples."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citygrid_plugin.core.cases.worktime import (
    BadCalendar,
    Unit,
    WorkCalendar,
    add_limit,
    add_work_minutes,
    add_workdays,
    read_calendar,
)

HOLIDAYS = ["2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08"]
SWAPPED = ["2025-09-28", "2025-10-11"]
GOLDEN_WEEK = WorkCalendar(
    holidays=np.array(HOLIDAYS, dtype="datetime64[D]"), workdays=np.array(SWAPPED, dtype="datetime64[D]")
)


def walk(start: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """The slow way: look at each minute."""
    holidays, workdays = set(calendar.holidays.tolist()), set(calendar.workdays.tolist())
    moment = start
    while minutes:
        day, clock = moment.date(), moment.hour * 60 + moment.minute
        on = day in workdays or (day.weekday() not in calendar.weekend and day not in holidays)
        minutes -= on and any(a <= clock < b for a, b in calendar.hours)
        moment += timedelta(minutes=1)
    return moment


START = datetime(2025, 9, 20)  # noqa: DTZ001 - wall-clock time
spans = st.lists(st.integers(0, 48), min_size=2, max_size=6, unique=True).map(
    lambda cuts: tuple(
        (a * 30, b * 30) for a, b in zip(sorted(cuts)[::2], sorted(cuts)[1::2], strict=len(cuts) % 2 == 0)
    )
)
days = st.lists(st.integers(0, 40), max_size=12).map(
    lambda offsets: np.datetime64("2025-09-20") + np.array(offsets, dtype=np.int64)
)
calendars = st.builds(
    WorkCalendar,
    hours=spans,
    weekend=st.frozensets(st.integers(0, 6), max_size=5),
    holidays=days,
    workdays=days,
)


@settings(max_examples=60, deadline=None)
@given(
    calendars,
    st.lists(st.tuples(st.integers(0, 30 * 1440), st.integers(0, 2000)), min_size=1, max_size=3),
)
def test_agrees_with_a_walk_through_the_minutes(calendar: WorkCalendar, cases: list[tuple[int, int]]) -> None:
    starts = [START + timedelta(minutes=offset) for offset, _ in cases]
    found = add_work_minutes(np.array(starts, dtype="datetime64[s]"), [m for _, m in cases], calendar)
    wanted = [walk(start, minutes, calendar) for start, (_, minutes) in zip(starts, cases, strict=True)]
    assert found.tolist() == wanted


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("2025-06-30 10:00:00", 1, Unit.WORKDAYS, "2025-07-01 10:00:00"),
        ("2025-06-27 16:00:00", 4, Unit.WORK_HOURS, "2025-06-30 10:00:00"),  # Friday to Monday
        ("2025-06-30 08:00:00", 4, Unit.WORK_HOURS, "2025-06-30 12:00:00"),  # ends before the break
        ("2025-06-30 08:00:30", 4, Unit.WORK_HOURS, "2025-06-30 14:00:30"),  # seconds are kept
        ("2025-06-28 23:00:00", 1, Unit.WORKDAYS, "2025-06-30 18:00:00"),  # begins on Saturday night
        ("2025-06-28 23:00:00", 2, Unit.URGENT_HOURS, "2025-06-29 01:00:00"),
        ("2024-02-28 09:00:00", 2, Unit.NATURAL_DAYS, "2024-03-01 09:00:00"),
        ("2025-09-30 17:00:00", 2, Unit.WORK_HOURS, "2025-10-09 09:00:00"),  # over the holidays
        ("2025-09-27 09:00:00", 1, Unit.WORKDAYS, "2025-09-28 18:00:00"),  # swapped Sunday
        ("2025-10-10 17:00:00", 2, Unit.WORK_HOURS, "2025-10-11 09:00:00"),  # swapped Saturday
    ],
)
def test_worked_examples(start: str, amount: float, unit: Unit, end: str) -> None:
    found = add_limit(np.array([start], dtype="datetime64[s]"), np.array([amount]), unit, GOLDEN_WEEK)
    assert found[0] == np.datetime64(end)


def test_missing_values_stay_missing() -> None:
    start = np.array(["2025-06-30T10:00", "NaT", "2025-06-30T10:00"], dtype="datetime64[s]")
    for unit in Unit:
        found = add_limit(start, np.array([60, 60, np.nan]), unit, WorkCalendar())
        assert np.isnat(found).tolist() == [False, True, True]
    assert np.isnat(add_work_minutes(start, [60, 60, np.nan], WorkCalendar())).tolist() == [False, True, True]
    assert np.isnat(add_workdays(np.array(["NaT"], dtype="datetime64[s]"), 1, WorkCalendar())).all()


def test_calendar_table() -> None:
    table = pd.DataFrame({"Date": ["2025/10/1", "2025-10-11"], "Kind": ["holiday", "上班"]})
    calendar = read_calendar(table)
    assert not calendar.works(np.array(["2025-10-01"], dtype="datetime64[D]"))[0]
    assert calendar.works(np.array(["2025-10-11"], dtype="datetime64[D]"))[0]
    with pytest.raises(BadCalendar, match="row 3"):
        read_calendar(pd.DataFrame({"date": ["2025-10-01", "soon"], "kind": ["holiday", "holiday"]}))
