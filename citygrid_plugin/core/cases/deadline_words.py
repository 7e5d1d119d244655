"""Why a deadline is when it is: the days on which the clock of a time limit ran, for whoever wants to check it by hand.

That work hours count and nights, days off and holidays do not is a fact of the trade (domain facts, "Cases"); the list
of days is ours, and takes the same calendar as ``worktime``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields
from citygrid_plugin.core.records.zone_time import Times

from .limits import PLAIN, Plain, stated_limit
from .work_calendar import Spans, WorkCalendar, weekday_of
from .worktime import Unit

_MINUTE: Final = 60
_DAY: Final = 86_400
_MOST_DAYS: Final = 1_000  # a limit that runs for longer is not told day by day
_TOLD: Final = 3  # cases
_WEEK: Final = 7


@dataclass(frozen=True)
class CountedDay:
    """A day between beginning and deadline: how many work minutes of it count, and whether it is out of the usual.

    ``holiday`` and ``swapped`` (调休): the calendar says so of this day; ``day``: ``datetime64[D]``.
    """

    day: np.datetime64
    minutes: float
    holiday: bool
    swapped: bool


@dataclass(frozen=True)
class DeadlineStory:
    """The deadline of one case. ``due_by`` and ``limit``: as in the fields DueBy and TimeLimit.

    ``begin``: filing, or report where there is none. ``unit``: of the limit, None where there is no limit or it cannot
    be told; ``days``: empty for limits that run day and night.
    """

    case: str
    class_name: str
    begin: np.datetime64
    is_filed: bool
    deadline: np.datetime64
    due_by: str
    limit: str
    unit: Unit | None
    is_paused: bool
    days: tuple[CountedDay, ...] = ()


def counted_days(begin: np.datetime64, end: np.datetime64, calendar: WorkCalendar) -> tuple[CountedDay, ...]:
    """The days from one moment to another with the work minutes of each that lie between; none beyond 1,000 days."""
    first, last = begin.astype("datetime64[D]"), end.astype("datetime64[D]")
    if np.isnat(begin) or np.isnat(end) or not 0 <= (last - first).astype(int) <= _MOST_DAYS:
        return ()
    days: Times = np.arange(first, last + 1, dtype="datetime64[D]")
    timetable = calendar.timetable(days)
    from_second = (np.maximum(begin, days) - days).astype("timedelta64[s]").astype(np.int64)
    to_second = np.minimum((end - days).astype("timedelta64[s]").astype(np.int64), _DAY)
    swapped = np.isin(days, calendar.workdays)
    holiday = np.isin(days, calendar.holidays) & ~swapped
    counted = []
    for number, kind in enumerate(timetable.day):
        spans = np.array(timetable.spans[kind], dtype=np.int64).reshape(-1, 2) * _MINUTE
        parts = np.minimum(spans[:, 1], to_second[number]) - np.maximum(spans[:, 0], from_second[number])
        minutes = float(np.maximum(parts, 0).sum()) / _MINUTE
        counted.append(CountedDay(days[number], minutes, bool(holiday[number]), bool(swapped[number])))
    return tuple(counted)


def week_hours(calendar: WorkCalendar, day: np.datetime64) -> list[tuple[list[int], Spans]]:
    """The work hours in the week of a day without holidays: weekdays (Monday is 0) that have the same spans."""
    none = np.array([], dtype="datetime64[D]")
    plain = replace(calendar, holidays=none, workdays=none)
    days = np.datetime64(day, "D") + np.arange(_WEEK)
    timetable = plain.timetable(days)
    groups: dict[Spans, list[int]] = {}
    for weekday, kind in sorted(zip(weekday_of(days).tolist(), timetable.day.tolist(), strict=True)):
        if timetable.spans[kind]:
            groups.setdefault(timetable.spans[kind], []).append(weekday)
    return [(weekdays, spans) for spans, weekdays in groups.items()]


def deadline_stories(cases: pd.DataFrame, calendar: WorkCalendar, plain: Plain = PLAIN) -> list[DeadlineStory]:
    """The deadlines of up to three cases (columns ``fields.CASE_LAYER``), as different as there are.

    Those with a limit go first, then those whose deadline is stated, then those without any.
    """
    begin = cases[fields.FILED].fillna(cases[fields.REPORTED])
    kinds = pd.DataFrame({"by": cases[fields.DUE_BY], "limit": cases[fields.TIME_LIMIT]}, index=cases.index)
    rank = kinds["by"].map({"limit": 0, "class": 0, "fallback": 1, "stated": 2}).fillna(3)
    order = kinds.assign(rank=rank)[begin.notna().to_numpy()].drop_duplicates(["by", "limit"]).sort_values("rank")
    rows = order.index[:_TOLD]
    if len(rows) < _TOLD:  # more of the same
        others = begin.index[begin.notna().to_numpy()].difference(rows, sort=False)
        rows = rows.append(others[: _TOLD - len(rows)])
    chosen = cases.loc[rows]
    starts, ends = (column.to_numpy().astype("datetime64[s]") for column in (begin[rows], chosen[fields.DEADLINE]))
    return [
        _story(case, start, end, calendar, plain)
        for (_, case), start, end in zip(chosen.iterrows(), starts, ends, strict=True)
    ]


def _story(
    case: pd.Series, start: np.datetime64, deadline: np.datetime64, calendar: WorkCalendar, plain: Plain
) -> DeadlineStory:
    limit = stated_limit(case[fields.TIME_LIMIT], plain)
    unit = None if limit is None else limit[1]
    runs_by_work = unit in (Unit.WORK_HOURS, Unit.WORKDAYS)
    return DeadlineStory(
        case=case[fields.CASE_ID],
        class_name=case[fields.CLASS_NAME],
        begin=start,
        is_filed=bool(pd.notna(case[fields.FILED])),
        deadline=deadline,
        due_by=case[fields.DUE_BY],
        limit=case[fields.TIME_LIMIT],
        unit=unit,
        is_paused=bool((case[fields.PAUSED_HOURS] or 0) > 0),
        days=counted_days(start, deadline, calendar) if runs_by_work else (),
    )
