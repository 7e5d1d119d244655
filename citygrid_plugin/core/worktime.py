"""Work time: when a limit in work hours, workdays or natural days runs out.

All times are local wall-clock time without an offset (``datetime64``), in whole seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .errors import CityGridError

Times = NDArray[np.datetime64]
_MINUTE, _DAY = 60, 86_400
_WEEKDAY_OF_EPOCH = 3  # 1970-01-01 was a Thursday; Monday is 0
_NOT_A_TIME: Final = np.datetime64("NaT", "s")


class BadCalendar(CityGridError):
    """A table of holidays that cannot be understood."""

    template = (
        "The calendar has “{value}” in row {row}. It needs the columns date (such as 2025-10-01) and kind "
        "(holiday or workday, 假日 or 上班)."
    )


class Unit(Enum):
    """Units of a time limit; the values are the words of the cities' tables."""

    URGENT_HOURS = "紧急工作时"  # runs day and night
    WORK_HOURS = "工作时"
    WORKDAYS = "工作日"
    NATURAL_DAYS = "自然日"


@dataclass(frozen=True)
class WorkCalendar:
    """Hours and days on which work time runs.

    ``hours``: spans of a day in minutes after midnight, ascending, without overlap (default 08:00-12:00
    and 14:00-18:00). ``weekend``: weekdays off, Monday is 0. ``holidays`` and ``workdays`` (days,
    ``datetime64[D]``) overrule the week; a day in both is a workday (swapped days, 调休).
    """

    hours: tuple[tuple[int, int], ...] = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: Times = field(default_factory=lambda: np.array([], dtype="datetime64[D]"))
    workdays: Times = field(default_factory=lambda: np.array([], dtype="datetime64[D]"))

    @property
    def minutes_per_day(self) -> int:
        """Work minutes of one workday: what the unit 工作日 stands for."""
        return sum(end - start for start, end in self.hours)

    def works(self, days: Times) -> NDArray[np.bool_]:
        """Whether each day (``datetime64[D]``) is a workday."""
        weekday = (days.astype("datetime64[D]").astype(np.int64) + _WEEKDAY_OF_EPOCH) % 7
        normal = ~np.isin(weekday, list(self.weekend))
        return np.isin(days, self.workdays) | (normal & ~np.isin(days, self.holidays))


def add_natural(start: Times, minutes: ArrayLike) -> Times:
    """Times so many minutes later by the clock; not-a-time where either value is missing."""
    start = start.astype("datetime64[s]")
    minutes = np.broadcast_to(np.asarray(minutes, dtype=np.float64), start.shape)
    known = np.isfinite(minutes)
    seconds = np.round(np.where(known, minutes, 0.0) * _MINUTE).astype("timedelta64[s]")
    return np.where(known, start + seconds, _NOT_A_TIME)


def add_work_minutes(start: Times, minutes: ArrayLike, calendar: WorkCalendar) -> Times:
    """The first moment at which so many work minutes have passed since ``start``.

    A start outside work time counts from the next work time; a limit that is used up at the end of
    a span ends there, not at the beginning of the next one. Zero minutes end at the start.
    Not-a-time where either value is missing.
    """
    start = start.astype("datetime64[s]")
    minutes = np.broadcast_to(np.asarray(minutes, dtype=np.float64), start.shape)
    result = np.full(start.shape, _NOT_A_TIME)
    known = np.isfinite(minutes) & ~np.isnat(start)
    if known.any():
        seconds = np.round(minutes[known] * _MINUTE).astype(np.int64)
        result[known] = _add_work_seconds(start[known], seconds, calendar)
    return result


def add_workdays(start: Times, days: ArrayLike, calendar: WorkCalendar) -> Times:
    """Times so many workdays later; a workday is its work hours (8 h = 1 day), so days may be broken."""
    return add_work_minutes(start, np.asarray(days, dtype=np.float64) * calendar.minutes_per_day, calendar)


def add_limit(start: Times, amount: NDArray[np.float64], unit: Unit, calendar: WorkCalendar) -> Times:
    """When a limit of ``amount`` units that begins at ``start`` runs out."""
    if unit is Unit.WORKDAYS:
        return add_workdays(start, amount, calendar)
    if unit is Unit.WORK_HOURS:
        return add_work_minutes(start, amount * 60, calendar)
    return add_natural(start, amount * (60 if unit is Unit.URGENT_HOURS else 24 * 60))


def _add_work_seconds(start: Times, seconds: NDArray[np.int64], calendar: WorkCalendar) -> Times:
    """``add_work_minutes`` for known values, on sums of work time since the first day."""
    day = start.astype("datetime64[D]")
    first = day.min()
    index = (day - first).astype(np.int64)
    clock = (start - day).astype(np.int64)
    spans = np.array(calendar.hours, dtype=np.int64) * _MINUTE
    length = spans[:, 1] - spans[:, 0]
    # Work time before each span of a day, and before each day.
    before_span = np.r_[0, np.cumsum(length)]
    before_day = _work_before_days(calendar, first, int(index.max()) + 1, int(seconds.max()))
    today = np.clip(clock[:, None] - spans[:, 0], 0, length).sum(axis=1)
    works = before_day[index + 1] > before_day[index]
    target = before_day[index] + np.where(works, today, 0) + seconds
    # The last day before which less than the target has passed; in it, the span likewise.
    end = np.searchsorted(before_day, target, side="left") - 1
    rest = target - before_day[end]
    span = np.searchsorted(before_span, rest, side="left") - 1
    moment = spans[span, 0] + rest - before_span[span]
    finish = (first + end).astype("datetime64[s]") + moment.astype("timedelta64[s]")
    return np.where(seconds <= 0, start, finish)


def _work_before_days(calendar: WorkCalendar, first: np.datetime64, days: int, seconds: int) -> NDArray[np.int64]:
    """Seconds of work time before each day from ``first`` on, far enough for ``seconds`` after ``days``."""
    per_day = calendar.minutes_per_day * _MINUTE
    ahead = 2 * (seconds // per_day + 1) + 30
    while True:
        worked = calendar.works(first + np.arange(days + ahead))
        total = np.r_[0, np.cumsum(worked * per_day)]
        if total[-1] - total[days] >= seconds:
            return total
        ahead *= 2


_KINDS: Final = {
    "holiday": False, "假日": False, "节假日": False, "休息": False, "放假": False,
    "workday": True, "上班": True, "工作日": True, "补班": True, "调休上班": True,
}  # fmt: skip


def read_calendar(table: pd.DataFrame) -> WorkCalendar:
    """A calendar from a table with the columns ``date`` and ``kind`` (text): holidays and swapped workdays.

    Raises ``BadCalendar`` for a missing column or a row that cannot be understood.
    """
    names = {str(name).strip().casefold(): name for name in table.columns}
    columns = [names.get("date", names.get("日期")), names.get("kind", names.get("类型"))]
    if None in columns:
        raise BadCalendar(value=", ".join(map(str, table.columns)), row=1)
    text = table[columns].fillna("").astype(str).apply(lambda column: column.str.strip())
    days = pd.to_datetime(text[columns[0]].str.replace(r"[/.]", "-", regex=True), errors="coerce")
    works = text[columns[1]].str.casefold().map(_KINDS)
    wrong = np.flatnonzero((days.isna() | works.isna()).to_numpy())
    if len(wrong):
        raise BadCalendar(value=", ".join(text.iloc[wrong[0]]), row=int(wrong[0]) + 2)
    dates, on = days.to_numpy().astype("datetime64[D]"), works.to_numpy(dtype=bool)
    return WorkCalendar(holidays=dates[~on], workdays=dates[on])
