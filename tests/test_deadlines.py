"""Deadlines: worked examples, and the minutes counted one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from dateutil import tz
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from citygrid_plugin.core.cases.cases import Settings, load_cases
from citygrid_plugin.core.cases.limits import (
    BadLimits,
    Limits,
    Plain,
    Unclear,
    class_deadlines,
    each_deadline,
    read_limits,
    stated_limit,
)
from citygrid_plugin.core.cases.pauses import (
    BadPauses,
    Pauses,
    StatedPauses,
    read_pauses,
    stated,
)
from citygrid_plugin.core.cases.work_calendar import BadCalendar, WorkCalendar, read_calendar
from citygrid_plugin.core.cases.worktime import Unit, WorkClock
from citygrid_plugin.core.records.zone_time import hours_between
from citygrid_plugin.storage.case_tables import CITY_LIMITS, USUAL_WEEK, read_table

DAYS_OFF = ["2025-10-01", "2025-10-02", "2025-10-03", "2025-10-06", "2025-10-07", "2025-10-08"]
SWAPPED = ["2025-09-28", "2025-10-11"]
GOLDEN_WEEK = WorkCalendar(
    holidays=np.array(DAYS_OFF, dtype="datetime64[D]"), workdays=np.array(SWAPPED, dtype="datetime64[D]")
)
SUMMER = read_calendar(
    pd.DataFrame(
        [
            ("工时", "周一至周五", "08:00-12:00 14:00-18:00", "", ""),
            ("工时", "六", "9:00-12:00", "", ""),
            ("工时", "1-5", "08:00-12:00，15:00-19:00", "2025-06-01", "2025/9/30"),
            ("假日", "", "", "2025年8月1日", "20250803"),
            ("上班", "", "10:00-11:00", "2025-08-10", ""),  # a Sunday
            ("上班", "", "", "2025-08-17", ""),
        ],
        columns=["类型", "星期", "工作时段", "日期", "结束日期"],
    )
)
NO_WORK_AT_ALL = WorkCalendar(weekend=frozenset(range(7)))
NEW_YORK, BERLIN, LORD_HOWE = (ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe"))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def times(*texts: str) -> np.ndarray:
    return np.array([text.replace(" ", "T") for text in texts], dtype="datetime64[s]")


def pauses_of(text: str, at: str = "2030-01-01") -> Pauses:
    """Pauses of the first case: ``from/to, from/to``."""
    pairs = [pair.split("/") for pair in text.split(", ")] if text else []
    begin, end = (times(*(pair[side] for pair in pairs)) for side in (0, 1))
    return stated(np.zeros(len(pairs), dtype=np.intp), begin, end).as_of(np.datetime64(at))


def deadline(start: str, limit: str, calendar: WorkCalendar, pauses: str = "", zone: tzinfo | None = None) -> str:
    found = stated_limit(limit)
    assert found is not None
    amount, unit = np.array([found[0]]), np.array([found[1]], dtype=object)
    found_time = each_deadline(amount, unit, times(start), calendar, pauses_of(pauses), zone)[0]
    return "none" if np.isnat(found_time) else str(found_time).replace("T", " ")


# All examples are worked out on paper, never taken from a run: write down the work hours of the days from the start on
# (08-12 and 14-18 on workdays of the table above, so 4 + 4 hours), cross out what lies before the start and in pauses,
# and count off the limit; where it is used up is the deadline. Urgent hours and natural days are counted off the clock;
# in a zone, off the clock of UTC: New York is 5 hours behind it in winter and 4 in summer, Berlin 1 and 2 ahead, Lord
# Howe 11 ahead in its summer and 10:30 in winter.
# Monday is 2025-06-30; the swapped days are Sunday 2025-09-28 and Saturday 2025-10-11.
EXAMPLES = [
    # By night and at noon
    ("2025-06-30 08:00", "4工作时", "2025-06-30 12:00"),  # ends before the break, not after it
    ("2025-06-30 08:01", "4工作时", "2025-06-30 14:01"),
    ("2025-06-30 07:00", "2工作时", "2025-06-30 10:00"),  # early: counts from 08:00
    ("2025-06-30 11:00", "2工作时", "2025-06-30 15:00"),
    ("2025-06-30 12:00", "1工作时", "2025-06-30 15:00"),
    ("2025-06-30 13:00", "4工作时", "2025-06-30 18:00"),
    ("2025-06-30 17:59", "1工作时", "2025-07-01 08:59"),
    ("2025-06-30 18:00", "1工作时", "2025-07-01 09:00"),
    ("2025-06-30 23:59", "1工作时", "2025-07-01 09:00"),
    ("2025-07-01 00:00", "1工作时", "2025-07-01 09:00"),
    ("2025-06-30 08:00", "8工作时", "2025-06-30 18:00"),
    ("2025-06-30 08:00", "9工作时", "2025-07-01 09:00"),
    ("2025-06-30 10:00", "16工作时", "2025-07-02 10:00"),
    ("2025-06-30 17:30", "0.5工作时", "2025-06-30 18:00"),
    ("2025-06-30 17:30", "0.75工作时", "2025-07-01 08:15"),
    ("2025-06-30 09:00:30", "1工作时", "2025-06-30 10:00:30"),
    ("2025-06-30 23:00", "2紧急工作时", "2025-07-01 01:00"),
    ("2025-06-30 12:30", "2紧急工作时", "2025-06-30 14:30"),
    ("2025-06-30 18:00", "24紧急工作时", "2025-07-01 18:00"),
    ("2025-06-30 18:00", "1自然日", "2025-07-01 18:00"),
    ("2025-06-30 18:00", "0.5自然日", "2025-07-01 06:00"),
    # Weekends
    ("2025-07-04 17:00", "2工作时", "2025-07-07 09:00"),
    ("2025-07-05 10:00", "1工作时", "2025-07-07 09:00"),
    ("2025-07-06 23:59:59", "4工作时", "2025-07-07 12:00"),
    ("2025-07-04 09:00", "1工作日", "2025-07-07 09:00"),
    ("2025-07-04 18:00", "1工作日", "2025-07-07 18:00"),
    ("2025-07-04 08:00", "1工作日", "2025-07-04 18:00"),
    ("2025-07-05 00:00", "1工作日", "2025-07-07 18:00"),
    ("2025-06-30 08:00", "5工作日", "2025-07-04 18:00"),
    ("2025-06-30 08:01", "5工作日", "2025-07-07 08:01"),
    ("2025-06-30 15:00", "10工作日", "2025-07-14 15:00"),
    ("2025-07-04 20:00", "2紧急工作时", "2025-07-04 22:00"),
    ("2025-07-05 09:00", "3自然日", "2025-07-08 09:00"),
    ("2025-07-04 12:00", "0.5工作日", "2025-07-04 18:00"),
    ("2025-07-04 14:01", "0.5工作日", "2025-07-07 08:01"),
    # Holidays and swapped workdays
    ("2025-09-30 17:00", "2工作时", "2025-10-09 09:00"),
    ("2025-09-30 18:00", "1工作日", "2025-10-09 18:00"),
    ("2025-10-01 00:00", "1工作时", "2025-10-09 09:00"),
    ("2025-10-08 23:00", "8工作时", "2025-10-09 18:00"),
    ("2025-09-27 10:00", "1工作时", "2025-09-28 09:00"),
    ("2025-09-26 17:00", "2工作时", "2025-09-28 09:00"),
    ("2025-09-28 17:00", "2工作时", "2025-09-29 09:00"),
    ("2025-09-26 09:00", "1工作日", "2025-09-28 09:00"),
    ("2025-10-10 17:00", "2工作时", "2025-10-11 09:00"),
    ("2025-10-11 17:00", "2工作时", "2025-10-13 09:00"),
    ("2025-10-11 08:00", "1工作日", "2025-10-11 18:00"),
    ("2025-10-12 08:00", "1工作日", "2025-10-13 18:00"),
    ("2025-09-30 08:00", "3工作日", "2025-10-10 18:00"),
    ("2025-09-30 08:01", "3工作日", "2025-10-11 08:01"),
    ("2025-09-26 08:00", "5工作日", "2025-10-09 18:00"),
    ("2025-10-03 12:00", "2紧急工作时", "2025-10-03 14:00"),
    ("2025-09-30 12:00", "7自然日", "2025-10-07 12:00"),
    # Ends of months and years
    ("2024-02-28 09:00", "2自然日", "2024-03-01 09:00"),
    ("2024-02-29 17:00", "2工作时", "2024-03-01 09:00"),
    ("2024-12-31 17:00", "2工作时", "2025-01-01 09:00"),  # the table names no holiday there
]
SUMMER_EXAMPLES = [
    ("2025-07-04 18:30", "1工作时", "2025-07-05 09:30"),  # a short Saturday follows
    ("2025-07-05 11:00", "2工作时", "2025-07-07 09:00"),
    ("2025-07-01 12:00", "1工作时", "2025-07-01 16:00"),  # the long break of summer
    ("2025-09-30 18:30", "1工作时", "2025-10-01 08:30"),  # the last day of summer
    ("2025-10-03 17:30", "1工作时", "2025-10-04 09:30"),
    ("2025-07-31 18:00", "2工作时", "2025-08-04 09:00"),  # Friday to Sunday off
    ("2025-08-09 11:30", "2工作时", "2025-08-11 08:30"),  # one hour on the swapped Sunday
    ("2025-08-16 12:00", "8工作时", "2025-08-17 19:00"),  # a swapped Sunday has the hours of Monday
    ("2025-07-01 08:00", "1工作日", "2025-07-01 19:00"),  # 8 h, as on most days
]
PAUSED = [
    ("2025-06-30 09:00", "4工作时", "2025-06-30 10:00/2025-06-30 15:00", "2025-06-30 18:00"),
    ("2025-06-30 09:00", "4工作时", "2025-06-30 10:00/2025-06-30 16:00", "2025-07-01 09:00"),
    ("2025-06-30 17:00", "2工作时", "2025-06-30 18:00/2025-07-01 08:00", "2025-07-01 09:00"),  # by night: no loss
    ("2025-06-30 17:00", "2工作时", "2025-07-01 00:00/2025-07-03 00:00", "2025-07-03 09:00"),
    ("2025-06-30 10:00", "2紧急工作时", "2025-06-30 11:00/2025-06-30 20:00", "2025-06-30 21:00"),
    ("2025-06-30 10:00", "2紧急工作时", "2025-06-30 12:00/2025-06-30 20:00", "2025-06-30 12:00"),  # too late
    ("2025-06-30 09:00", "1工作时", "2025-06-30 06:00/2025-06-30 09:30", "2025-06-30 10:30"),  # begun before filing
    ("2025-06-30 09:00", "1工作时", "2025-06-29 06:00/2025-06-30 08:30", "2025-06-30 10:00"),  # over before filing
    (
        "2025-06-30 09:30", "2紧急工作时",
        "2025-06-30 10:00/2025-06-30 11:00, 2025-06-30 10:30/2025-06-30 12:00", "2025-06-30 13:30",
    ),
    (
        "2025-06-30 09:30", "3紧急工作时",
        "2025-06-30 12:00/2025-06-30 13:00, 2025-06-30 10:00/2025-06-30 11:00", "2025-06-30 14:30",
    ),
    ("2025-06-30 10:00", "3自然日", "2025-07-01 10:00/2025-07-02 10:00", "2025-07-04 10:00"),
    ("2025-07-04 09:00", "1工作日", "2025-07-05 00:00/2025-07-07 00:00", "2025-07-07 09:00"),
    ("2025-06-30 09:00", "1工作时", "2025-07-05 00:00/2025-07-07 00:00", "2025-06-30 10:00"),
    ("2025-06-30 09:00", "1工作时", "2025-06-30 09:30/2025-06-30 09:00", "2025-06-30 10:00"),  # ends before it begins
]  # fmt: skip
# A stated deadline, moved by pauses only where the settings say so and only if it lies after the beginning: begin,
# deadline, pause, what holds with that setting.
STATED = [
    ("2025-06-30 09:00", "2025-06-30 12:00", "2025-06-30 10:00/2025-06-30 11:00", "2025-06-30 13:00"),
    ("2025-06-30 09:00", "2025-06-30 12:00", "2025-06-30 12:00/2025-07-01 11:00", "2025-06-30 12:00"),  # too late
    ("2025-06-30 09:00", "2025-06-30 08:00", "2025-06-30 07:00/2025-06-30 11:00", "2025-06-30 08:00"),  # due before
    ("2025-06-30 09:00", "2025-06-30 09:00", "2025-06-30 08:00/2025-06-30 11:00", "2025-06-30 09:00"),  # due at once
    ("2025-06-30 09:00", "2025-07-02 09:00", "2025-06-30 08:00/2025-07-01 09:00", "2025-07-03 09:00"),
]
# What ends before it starts: filed, finished, deadline, moment; status, outcome, hours past the deadline.
REVERSED = [
    ("2025-06-30 09:00", "2025-06-29 09:00", "2025-06-30 12:00", "2025-07-01 00:00", "closed", "on time", None),
    ("2025-06-30 09:00", "2025-06-29 09:00", "2025-06-28 09:00", "2025-07-01 00:00", "closed", "late", 24.0),
    ("2025-06-30 09:00", "2025-06-30 10:00", "2025-06-29 10:00", "2025-07-01 00:00", "closed", "late", 24.0),
    ("2025-06-30 09:00", "", "2025-06-29 09:00", "2025-06-30 09:00", "overdue", "", 24.0),
    ("2025-06-30 09:00", "", "2025-06-29 09:00", "2025-06-29 08:00", "due soon", "", None),  # seen before it was filed
    ("2025-06-30 09:00", "2025-07-02 09:00", "2025-07-01 09:00", "2025-07-01 10:00", "overdue", "", 1.0),  # not yet
]
IN_ZONES = [
    ("2025-03-09 01:30", "2紧急工作时", "", NEW_YORK, "2025-03-09 04:30"),
    ("2025-03-08 12:00", "24紧急工作时", "", NEW_YORK, "2025-03-09 13:00"),
    ("2025-03-08 12:00", "1自然日", "", NEW_YORK, "2025-03-09 12:00"),
    ("2025-03-08 02:30", "1自然日", "", NEW_YORK, "2025-03-09 03:30"),  # 02:30 does not exist then
    ("2025-11-01 12:00", "24紧急工作时", "", NEW_YORK, "2025-11-02 11:00"),
    ("2025-11-02 00:30", "2紧急工作时", "", NEW_YORK, "2025-11-02 01:30"),  # the second half past one
    ("2025-11-02 01:30", "1紧急工作时", "", NEW_YORK, "2025-11-02 01:30"),
    ("2025-11-01 01:30", "1自然日", "", NEW_YORK, "2025-11-02 01:30"),
    ("2025-03-07 17:00", "2工作时", "", NEW_YORK, "2025-03-10 09:00"),
    ("2025-03-09 00:00", "3紧急工作时", "2025-03-09 01:00/2025-03-09 04:00", NEW_YORK, "2025-03-09 06:00"),
    ("2025-03-30 01:00", "2紧急工作时", "", BERLIN, "2025-03-30 04:00"),
    ("2025-04-06 01:00", "2紧急工作时", "", LORD_HOWE, "2025-04-06 02:30"),  # half an hour back
    ("2025-06-30 23:00", "2紧急工作时", "", SHANGHAI, "2025-07-01 01:00"),
    ("2025-03-09 02:30", "1紧急工作时", "", NEW_YORK, "2025-03-09 04:30"),  # a start that does not exist is 03:30
]


@pytest.mark.parametrize(("start", "limit", "end"), EXAMPLES)
def test_worked_examples(start: str, limit: str, end: str) -> None:
    assert deadline(start, limit, GOLDEN_WEEK).startswith(end)


@pytest.mark.parametrize(("start", "limit", "end"), SUMMER_EXAMPLES)
def test_examples_with_hours_of_weekdays_and_seasons(start: str, limit: str, end: str) -> None:
    assert deadline(start, limit, SUMMER).startswith(end)


@pytest.mark.parametrize(("start", "limit", "pauses", "end"), PAUSED)
def test_examples_with_pauses(start: str, limit: str, pauses: str, end: str) -> None:
    assert deadline(start, limit, GOLDEN_WEEK, pauses).startswith(end)


@pytest.mark.parametrize(("start", "limit", "pauses", "zone", "end"), IN_ZONES)
@pytest.mark.parametrize("library", [lambda zone: zone, lambda zone: tz.gettz(zone.key)], ids=["zoneinfo", "dateutil"])
def test_examples_with_daylight_saving(
    start: str, limit: str, pauses: str, zone: ZoneInfo, end: str, library: Callable[[ZoneInfo], tzinfo]
) -> None:
    assert deadline(start, limit, GOLDEN_WEEK, pauses, library(zone)).startswith(end)


@pytest.mark.parametrize(("begin", "deadline", "pause", "holds"), STATED)
@pytest.mark.parametrize("moves", [True, False])
def test_stated_deadlines_and_pauses(begin: str, deadline: str, pause: str, holds: str, moves: bool) -> None:
    first, last = pause.split("/")
    row = {"CaseID": "1", "Filed": begin, "Deadline": deadline, "SuspFrom": first, "SuspTo": last}
    case = loaded(row, "2030-01-01", pause_stated=moves)
    assert str(case["Deadline"]) == f"{holds if moves else deadline}:00"
    assert case["DueBy"] == "stated"


@pytest.mark.parametrize(("filed", "finished", "due", "at", "status", "outcome", "over"), REVERSED)
def test_cases_that_end_before_they_start(
    filed: str, finished: str, due: str, at: str, status: str, outcome: str, over: float | None
) -> None:
    case = loaded({"CaseID": "1", "Filed": filed, "Finished": finished, "Deadline": due}, at)
    assert (case["Status"], case["Outcome"]) == (status, outcome)
    assert (None if np.isnan(case["OverHours"]) else case["OverHours"]) == over


def loaded(row: dict[str, str], at: str, **more: object) -> pd.Series:
    """One case as the loading makes it."""
    frame = gpd.GeoDataFrame(
        {name: [value] for name, value in row.items()}, geometry=[Point(500_000, 3_800_000)], crs=4549
    )
    settings = Settings(at=np.datetime64(at), zone=SHANGHAI, due_soon_hours=48, **more)
    return load_cases(frame, settings).accepted.iloc[0]


def test_a_calendar_without_work_time_gives_no_deadline() -> None:
    assert deadline("2025-06-30 08:00", "1工作时", NO_WORK_AT_ALL) == "none"
    assert deadline("2025-06-30 08:00", "1紧急工作时", NO_WORK_AT_ALL) == "2025-06-30 09:00:00"


# Against a walk through the minutes

START = datetime(2025, 9, 20)  # noqa: DTZ001 - wall-clock time
_SPANS = ["08:00-12:00 14:00-18:00", "09:00-12:30", "00:00-24:00", "22:00-24:00", "00:00-02:00 10:00-11:00", "-"]
_NAMES = "一二三四五六日"
offsets = st.integers(0, 40)
hour_rows = st.lists(
    st.tuples(st.sets(st.integers(0, 6), min_size=1), st.sampled_from(_SPANS), st.none() | st.tuples(offsets, offsets)),
    max_size=3,
)
day_rows = st.dictionaries(
    offsets, st.sampled_from(["holiday", *(f"workday {spans}" for spans in ("", *_SPANS[:5]))]), max_size=12
)
pause_rows = st.lists(st.tuples(st.integers(0, 20 * 1440), st.integers(1, 4000)), max_size=4)


def day_of(offset: int) -> str:
    return str((START + timedelta(days=offset)).date())


def table_of(hours: list, days: dict) -> pd.DataFrame:
    rows = [("hours", "1-5", "08:00-12:00 14:00-18:00", "", "")]
    for weekdays, spans, dates in hours:
        first, last = ("", "") if dates is None else (day_of(min(dates)), day_of(max(dates)))
        rows.append(("hours", "、".join(f"周{_NAMES[day]}" for day in weekdays), spans, first, last))
    for offset, kind in days.items():
        name, _, spans = kind.partition(" ")
        rows.append((name, "", spans, day_of(offset), ""))
    return pd.DataFrame(rows, columns=["kind", "weekday", "hours", "date", "until"])


def minutes_of(text: str) -> set[int]:
    """Minutes of the day in spans such as 08:00-12:00."""
    result: set[int] = set()
    for span in text.replace("-", " ").split() and text.split():
        if span != "-":
            (a, b), (c, d) = (map(int, clock.split(":")) for clock in span.split("-"))
            result |= set(range(a * 60 + b, c * 60 + d))
    return result


def minutes_on(day: str, table: pd.DataFrame) -> set[int]:
    """The work minutes of a day, rule by rule as the table has them."""
    moment = datetime.fromisoformat(day)

    def of_week(weekday: int) -> set[int]:
        found: set[int] = set()
        rows = [row for row in table.itertuples() if row.kind == "hours"]
        for row in [row for row in rows if not row.date] + [row for row in rows if row.date]:
            named = (row.weekday == "1-5" and weekday < 5) or _NAMES[weekday] in row.weekday
            if named and (not row.date or row.date <= day <= row.until):
                found = minutes_of(row.hours)
        return found

    own = [row for row in table.itertuples() if row.date == day and row.kind != "hours"]
    usual = of_week(moment.weekday())
    if any(row.kind == "holiday" for row in own):
        return set()
    if own:
        return minutes_of(own[0].hours) or usual or next(filter(None, map(of_week, range(7))), set())
    return usual


@settings(max_examples=60, deadline=None)
@given(hour_rows, day_rows, pause_rows, st.integers(0, 20 * 1440), st.integers(1, 1500))
def test_work_time_agrees_with_a_walk(hours: list, days: dict, pauses: list, offset: int, minutes: int) -> None:
    table = table_of(hours, days)
    try:
        calendar = read_calendar(table)
    except BadCalendar:  # hours without a date leave no weekday
        always = [row for row in hours if row[2] is None]
        assert not any(minutes_on(day_of(day), table_of(always, {})) for day in range(7))
        return
    start = START + timedelta(minutes=offset)
    begun = np.array([START + timedelta(minutes=first) for first, _ in pauses], dtype="datetime64[s]")
    over = np.array([START + timedelta(minutes=first + long) for first, long in pauses], dtype="datetime64[s]")
    off = stated(np.zeros(len(pauses), dtype=np.intp), begun, over).as_of(np.datetime64("2030-01-01"))
    amount, unit = np.array([minutes / 60]), np.array([Unit.WORK_HOURS], dtype=object)
    begin = np.array([start], dtype="datetime64[s]")
    found = each_deadline(amount, unit, begin, calendar, off)[0]
    # Work time is read off the wall, so a zone says nothing; a workday is what most days of the usual week have.
    in_zone = each_deadline(amount, unit, begin, calendar, off, NEW_YORK)[0]
    assert str(in_zone) == str(found)
    usual = Counter(
        len(minutes_on(day_of(day), table_of([row for row in hours if row[2] is None], {}))) for day in range(7)
    )
    del usual[0]
    if len(usual) == 1:
        days = np.array([minutes / usual.most_common(1)[0][0]])
        assert str(each_deadline(days, np.array([Unit.WORKDAYS], dtype=object), begin, calendar, off)[0]) == str(found)
    moment, left, worked, today = start, minutes, 0, minutes_on(str(start.date()), table)
    for _ in range(60 * 1440):
        if not left:
            break
        clock = int((moment - START).total_seconds() // 60)
        working = moment.hour * 60 + moment.minute in today
        worked += working
        left -= working and not any(first <= clock < first + long for first, long in pauses)
        moment += timedelta(minutes=1)
        if not moment.hour and not moment.minute:
            today = minutes_on(str(moment.date()), table)
    if left:
        assert np.isnat(found) or found > np.datetime64(moment)
    else:
        assert found == np.datetime64(moment)
        both = np.array([start, moment], dtype="datetime64[s]")
        before, after = WorkClock(calendar, both, 0).passed(both)
        assert (after - before) / 60 == worked


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([NEW_YORK, BERLIN, LORD_HOWE, SHANGHAI]),
    st.sampled_from(["2025-03-07", "2025-03-28", "2025-04-04", "2025-10-03", "2025-10-24", "2025-10-31"]),
    st.integers(0, 4 * 1440),
    st.integers(1, 3000),
    pause_rows,
)
def test_urgent_hours_agree_with_a_walk_in_utc(
    zone: ZoneInfo, day: str, offset: int, minutes: int, pauses: list
) -> None:
    origin = datetime.fromisoformat(day)

    def utc(moment: datetime) -> datetime:
        return moment.replace(tzinfo=zone).astimezone(UTC)

    pauses = [(first % 4000, long % 900 + 1) for first, long in pauses]
    stretches = [
        (origin + timedelta(minutes=first), origin + timedelta(minutes=first + long)) for first, long in pauses
    ]
    start = origin + timedelta(minutes=offset)
    begun, over = (np.array([pair[side] for pair in stretches], dtype="datetime64[s]") for side in (0, 1))
    off = stated(np.zeros(len(pauses), dtype=np.intp), begun, over).as_of(np.datetime64("2030-01-01"))
    amount, unit = np.array([minutes / 60]), np.array([Unit.URGENT_HOURS], dtype=object)
    found = each_deadline(amount, unit, np.array([start], dtype="datetime64[s]"), WorkCalendar(), off, zone)[0]
    moment, left = utc(start), minutes
    in_utc = [(utc(first), utc(last)) for first, last in stretches]
    while left:
        left -= not any(first <= moment < last for first, last in in_utc)
        moment += timedelta(minutes=1)
    wanted = moment.astimezone(zone).replace(tzinfo=None, fold=0)  # the clock shows no fold
    assert found == np.datetime64(wanted)
    passed = hours_between(np.array([start], dtype="datetime64[s]"), times(str(wanted)), zone)[0]
    assert passed == pytest.approx((utc(wanted) - utc(start)).total_seconds() / 3600)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([NEW_YORK, BERLIN, LORD_HOWE, SHANGHAI]),
    st.sampled_from(["2025-03-07", "2025-03-28", "2025-04-04", "2025-10-03", "2025-10-24", "2025-10-31"]),
    st.integers(0, 4 * 1440),
    st.integers(1, 4000),
    pause_rows,
)
def test_natural_days_agree_with_a_walk_on_the_wall(
    zone: ZoneInfo, day: str, offset: int, minutes: int, pauses: list
) -> None:
    """Days end at the same time of day, whatever the clock did; a time that spring leaves out is as much later."""
    origin = datetime.fromisoformat(day)
    pauses = [(first % 4000, long % 900 + 1) for first, long in pauses]
    begun = np.array([origin + timedelta(minutes=first) for first, _ in pauses], dtype="datetime64[s]")
    over = np.array([origin + timedelta(minutes=first + long) for first, long in pauses], dtype="datetime64[s]")
    off = stated(np.zeros(len(pauses), dtype=np.intp), begun, over).as_of(np.datetime64("2030-01-01"))
    start = origin + timedelta(minutes=offset)
    amount, unit = np.array([minutes / 1440]), np.array([Unit.NATURAL_DAYS], dtype=object)
    found = each_deadline(amount, unit, np.array([start], dtype="datetime64[s]"), WorkCalendar(), off, zone)[0]
    clock, left = offset, minutes
    while left:
        left -= not any(first <= clock < first + long for first, long in pauses)
        clock += 1
    end = origin + timedelta(minutes=clock)
    assert found == np.datetime64(end.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None))


_limits = st.tuples(st.integers(0, 30 * 1440), st.sampled_from([*Unit, None]), st.integers(1, 60))


@settings(max_examples=60, deadline=None)
@given(st.lists(_limits, min_size=1, max_size=12), st.lists(st.tuples(st.integers(0, 11), pause_rows), max_size=8))
def test_many_cases_at_once_are_as_each_alone(cases: list, pauses: list) -> None:
    """Whatever the others have: units, pauses, missing limits, and how far ahead the calendar is looked up."""
    start = np.array([START + timedelta(minutes=offset) for offset, _, _ in cases], dtype="datetime64[s]")
    unit = np.array([each for _, each, _ in cases], dtype=object)
    amount = np.array([np.nan if each is None else number / 2 for _, each, number in cases])
    stretches = [(row, first, first + long) for row, some in pauses if row < len(cases) for first, long in some]
    row = np.array([row for row, _, _ in stretches], dtype=np.intp)
    begin, end = (
        np.array([START + timedelta(minutes=stretch[side]) for stretch in stretches], dtype="datetime64[s]")
        for side in (1, 2)
    )
    at = np.datetime64("2030-01-01")
    together = each_deadline(amount, unit, start, GOLDEN_WEEK, stated(row, begin, end).as_of(at), NEW_YORK)
    for case in range(len(cases)):
        own, one = row == case, slice(case, case + 1)
        off = stated(np.zeros(own.sum(), dtype=np.intp), begin[own], end[own]).as_of(at)
        alone = each_deadline(amount[one], unit[one], start[one], GOLDEN_WEEK, off, NEW_YORK)
        assert str(alone[0]) == str(together[case])


# Tables


def limits_of(*rows: tuple[str, ...], columns: str = "kind code condition limit unit") -> Limits:
    return read_limits(pd.DataFrame(rows, columns=columns.split(), dtype=object))


TABLE = limits_of(
    ("部件", "0101", "破损", "2", "紧急工作时"),
    ("component", "0101", "丢失", "1天", ""),
    ("", "0101", "丢失", "3", "自然日"),
    ("事件", "0201", "", "4", "工作时"),
    ("event", "0201", "重大", "1", "urgent hours"),
    ("", "0301", "", "1", "Natural days"),
    columns="类型 小类代码 立案条件 时限 单位",
)


@pytest.mark.parametrize(
    ("case", "unclear", "limit"),
    [
        (("component", "0101", "破损"), Unclear.LONGEST, "2紧急工作时"),
        (("component", "0101", " 丢失 "), Unclear.LONGEST, "1工作日"),
        (("event", "0101", "丢失"), Unclear.LONGEST, "3自然日"),
        (("component", "0101", ""), Unclear.LONGEST, "1工作日"),
        (("component", "0101", "歪斜"), Unclear.SHORTEST, "2紧急工作时"),
        (("component", "0101", ""), Unclear.NONE, ""),
        (("event", "0101", "歪斜"), Unclear.NONE, "3自然日"),  # one limit: no condition needed
        (("event", "0201", ""), Unclear.SHORTEST, "4工作时"),  # one for all conditions
        (("event", "0201", "重大"), Unclear.LONGEST, "1紧急工作时"),
        (("event", "0201", "一般"), Unclear.NONE, "4工作时"),
        (("", "0301", "x"), Unclear.NONE, "1自然日"),
        (("component", "0201", ""), Unclear.LONGEST, ""),
    ],
)
def test_which_limit_holds(case: tuple[str, str, str], unclear: Unclear, limit: str) -> None:
    classes = pd.DataFrame([case, ("", "", "")], columns=["kind", "code", "condition"], dtype=object)
    start = times("2025-06-30 10:00", "2025-06-30 10:00")
    found = class_deadlines(TABLE, classes, start, WorkCalendar(), unclear=unclear)
    assert found.words.tolist() == [limit, ""]
    assert np.isnat(found.deadline).tolist() == [not limit, True]
    if limit:
        assert str(found.deadline[0]).replace("T", " ") == deadline("2025-06-30 10:00", limit, WorkCalendar())


def test_the_table_of_one_city() -> None:
    """Its 190 classes, each limit that it states, and nothing that it does not."""
    table = read_table(CITY_LIMITS)
    limits = read_limits(table)
    assert len(limits.code) == len(table) == 385
    assert len(set(zip(limits.kind, limits.code, strict=True))) == 190
    assert limits.plain == int(table["unit"].isin(["小时", "天"]).sum())
    # The same facts stand in the code scheme, as one text a class.
    for kind in ("component", "event"):
        scheme = read_table(CITY_LIMITS.parent.parent / "schemes" / f"gbt30428_2013_{kind}s.csv").set_index("code")
        mine = table[table["kind"] == kind]
        joined = (mine["limit"] + mine["unit"]).groupby(mine["code"]).agg("|".join)
        assert joined.to_dict() == scheme["time_limits"].str.replace("制止", "").to_dict()
    assert table["status"].str.startswith("one city's table").all()


def test_what_hours_and_days_mean_is_a_setting() -> None:
    assert stated_limit("3天") == (3, Unit.WORKDAYS)
    assert stated_limit("3天", Plain(days=Unit.NATURAL_DAYS)) == (3, Unit.NATURAL_DAYS)
    assert stated_limit("4 小时", Plain(hours=Unit.URGENT_HOURS)) == (4, Unit.URGENT_HOURS)
    for text in ("soon", "", "天", "0工作时", "-1天", "3周", "1e9天", "4工作时左右"):
        assert stated_limit(text) is None


@pytest.mark.parametrize(
    ("rows", "row"),
    [
        ([("", "1", "", "2", "工作时"), ("", "1", "", "3", "工作时")], 3),  # a class twice
        ([("", "1", "a", "2", "工作时"), ("", "1", "A ", "3", "工作时")], 3),
        ([("", "1", "", "two", "工作时")], 2),
        ([("", "1", "", "2", "fortnights")], 2),
        ([("", "", "", "2", "工作时")], 2),
        ([("tree", "1", "", "2", "工作时")], 2),
    ],
)
def test_tables_of_limits_that_cannot_be_understood(rows: list, row: int) -> None:
    with pytest.raises(BadLimits, match=f"row {row}"):
        limits_of(*rows)


def test_the_usual_week_is_what_holds_without_a_table() -> None:
    usual, default = read_calendar(read_table(USUAL_WEEK)), WorkCalendar()
    assert (usual.hours, usual.weekend, usual.minutes_per_day) == (default.hours, default.weekend, 480)


@pytest.mark.parametrize(
    "row",
    [
        ("holiday", "", "", "soon", ""),
        ("holiday", "", "", "2025-02-30", ""),
        ("holiday", "", "", "", ""),
        ("fest", "", "", "2025-10-01", ""),
        ("holiday", "", "", "2025-10-08", "2025-10-01"),
        ("holiday", "", "", "2025-10-01", "2085-10-01"),
        ("hours", "", "08:00-12:00", "", ""),
        ("hours", "1-9", "08:00-12:00", "", ""),
        ("hours", "1-5", "", "", ""),
        ("hours", "1-5", "12:00-08:00", "", ""),
        ("hours", "1-5", "08:00-12:00 11:00-13:00", "", ""),
        ("hours", "1-5", "08:00-25:00", "", ""),
        ("workday", "", "all day", "2025-10-11", ""),
    ],
)
def test_calendars_that_cannot_be_understood(row: tuple[str, ...]) -> None:
    rows = [("hours", "1-5", "08:00-12:00", "", ""), row]
    with pytest.raises(BadCalendar, match="row 3"):
        read_calendar(pd.DataFrame(rows, columns=["kind", "weekday", "hours", "date", "until"]))


def test_calendars_without_work_or_columns() -> None:
    with pytest.raises(BadCalendar):
        read_calendar(pd.DataFrame({"kind": ["hours"], "weekday": ["1-7"], "hours": ["-"]}))
    with pytest.raises(BadCalendar, match="row 1"):
        read_calendar(pd.DataFrame({"day": ["2025-10-01"]}))


def test_pauses_of_a_table_of_stretches_and_of_one_of_events() -> None:
    cases = pd.Series(["a", "b", "c"], dtype=object)
    stretches = pd.DataFrame(
        {
            "案卷编号": ["b", "a", "x", "a", "c"],
            "挂账时间": ["2025-06-01 08:00", "2025-06-02", "2025-06-03", "2025-06-05", "2025-06-09"],
            "恢复时间": ["2025-06-02", "2025-06-04", "", "2025-06-03", ""],
        }
    )
    found = read_pauses(stretches, cases, SHANGHAI)
    assert (found.reversed, found.unknown) == (1, 1)
    assert np.column_stack([found.row, found.begin.astype(str), found.end.astype(str)]).tolist() == [
        ["1", "2025-06-01T08:00:00", "2025-06-02T00:00:00"],
        ["0", "2025-06-02T00:00:00", "2025-06-04T00:00:00"],
        ["2", "2025-06-09T00:00:00", "NaT"],
    ]
    events = pd.DataFrame(
        [
            ("b", "2025-06-03", "恢复"), ("a", "2025-06-01", "挂账"), ("b", "2025-06-02", "suspend"),
            ("a", "2025-06-02", "缓办"), ("a", "2025-06-04", "恢复"), ("a", "2025-06-04", "挂账"),
            ("c", "2025-06-01", "恢复"),
        ],
        columns=["CaseID", "time", "event"],
    )  # fmt: skip
    found = read_pauses(events, cases, SHANGHAI)
    shown = [found.row, found.begin.astype("datetime64[D]").astype(str), found.end.astype("datetime64[D]").astype(str)]
    assert np.column_stack(shown).tolist() == [
        ["0", "2025-06-01", "2025-06-04"], ["0", "2025-06-04", "NaT"], ["1", "2025-06-02", "2025-06-03"],
    ]  # fmt: skip
    with pytest.raises(BadPauses, match="row 2"):
        read_pauses(events.assign(event="弄丢"), cases, SHANGHAI)
    with pytest.raises(BadPauses, match="row 1"):
        read_pauses(events.drop(columns="time"), cases, SHANGHAI)


def test_the_pause_that_is_shown() -> None:
    """The present one, else the next, else the last; one that lasts has no end."""

    def current(text: str) -> tuple[str, str]:
        pairs = [pair.split("/") for pair in text.split(", ")]
        begin, end = (np.array([pair[side] for pair in pairs], dtype="datetime64[s]") for side in (0, 1))
        all_of_one = StatedPauses(np.zeros(len(pairs), dtype=np.intp), begin, end)
        first, last = all_of_one.current(2, np.datetime64("2025-06-30"))
        assert np.isnat(first[1])
        return str(first[0])[:10], str(last[0])[:10]

    assert current("2025-06-01/2025-06-02, 2025-06-20/NaT, 2025-07-01/2025-07-02") == ("2025-06-20", "NaT")
    assert current("2025-06-01/2025-06-02, 2025-07-05/NaT, 2025-07-01/2025-07-02") == ("2025-07-01", "2025-07-02")
    assert current("2025-06-01/2025-06-02, 2025-05-01/2025-05-05") == ("2025-06-01", "2025-06-02")
