"""The work calendar: on which days and at which hours work time runs.

Hours of weekdays, holidays and swapped workdays (调休) are a table of the city; 08:00-12:00 and 14:00-18:00 from
Monday to Friday are what holds without one (domain facts, "Cases": an example, 8 h = 1 workday). What a swapped
workday's hours are where the table does not say is ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import each_text
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.named_columns import named_columns, plain_texts
from citygrid_plugin.core.records.zone_time import Times

Spans = tuple[tuple[int, int], ...]
"""Spans of a day in minutes after midnight, ascending, without overlap; none on a day off."""

_WEEKDAY_OF_EPOCH: Final = 3  # 1970-01-01 was a Thursday; Monday is 0
_WEEK: Final = 7
_LAST_MINUTE: Final = 24 * 60
_LONGEST: Final = 3_660  # days that one row of a table may span: beyond ten years is a slip of the pen


class BadCalendar(CityGridError):
    """A table of work hours, holidays and swapped workdays that cannot be understood."""

    template = (
        "The calendar has “{value}” in row {row}. It needs the columns date (such as 2025-10-01) and kind (holiday, "
        "workday or hours; 假日, 上班 or 工时); rows of hours also weekday (such as 1-5 or 周一至周五) and hours "
        "(such as 08:00-12:00 14:00-18:00); until (the last day) is optional."
    )


@dataclass(frozen=True)
class WeekHours:
    """Hours of some weekdays (Monday is 0) from one day to another, both included; None is no limit."""

    weekdays: frozenset[int]
    spans: Spans
    first: np.datetime64 | None = None
    last: np.datetime64 | None = None

    @property
    def dated(self) -> bool:
        """Whether they hold in a part of the time only."""
        return self.first is not None or self.last is not None


def _no_days() -> Times:
    return np.array([], dtype="datetime64[D]")


@dataclass(frozen=True)
class WorkCalendar:
    """Hours and days on which work time runs.

    ``hours`` of all weekdays but the ``weekend`` (Monday is 0). ``special`` overrules both on its weekdays; dated
    ones go before others, of several the last. ``holidays`` and ``workdays`` (days, ``datetime64[D]``) overrule the
    week; a day in both is a workday. A swapped workday has its ``own_hours``; else the hours of its weekday; on a
    weekday without any, those of the first weekday of its week that has some.
    """

    hours: Spans = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: Times = field(default_factory=_no_days)
    workdays: Times = field(default_factory=_no_days)
    special: tuple[WeekHours, ...] = ()
    own_hours: Mapping[np.datetime64, Spans] = field(default_factory=dict)

    @property
    def minutes_per_day(self) -> int:
        """Work minutes that the unit 工作日 stands for: those of ``hours``."""
        return _minutes(self.hours)

    def works(self, days: Times) -> NDArray[np.bool_]:
        """Whether each day (``datetime64[D]``) is a workday."""
        timetable = self.timetable(days)
        return np.array([bool(spans) for spans in timetable.spans])[timetable.day]

    def timetable(self, days: Times) -> Timetable:
        """The spans of each day (``datetime64[D]``)."""
        days = days.astype("datetime64[D]")
        weekday = weekday_of(days)
        rules = [WeekHours(frozenset(range(_WEEK)) - self.weekend, self.hours)]
        rules += sorted(self.special, key=lambda rule: rule.dated)
        kinds: list[Spans] = [(), *dict.fromkeys(rule.spans for rule in rules if rule.spans)]
        kinds += [spans for spans in dict.fromkeys(self.own_hours.values()) if spans not in kinds]
        number = {spans: index for index, spans in enumerate(kinds)}
        week = np.zeros((_WEEK, len(days)), dtype=np.intp)
        for rule in rules:
            held = np.ones(len(days), dtype=bool)
            held &= True if rule.first is None else days >= rule.first
            held &= True if rule.last is None else days <= rule.last
            for each_day in rule.weekdays:
                week[each_day, held] = number[rule.spans]
        kind = week[weekday, np.arange(len(days))]
        swapped = np.isin(days, self.workdays)
        kind[np.isin(days, self.holidays) & ~swapped] = 0
        usual = week[np.argmax(week > 0, axis=0), np.arange(len(days))]
        kind = np.where(swapped & (kind == 0), usual, kind)
        for day, spans in self.own_hours.items():
            kind[(days == day) & swapped] = number[spans]
        return Timetable(tuple(kinds), kind)

    def with_days(self, holidays: Times, workdays: Times) -> WorkCalendar:
        """The calendar with more holidays and swapped workdays; what it says itself of a day goes before."""
        known = np.union1d(self.holidays, self.workdays)
        return replace(
            self,
            holidays=np.union1d(self.holidays, np.setdiff1d(holidays, known)),
            workdays=np.union1d(self.workdays, np.setdiff1d(workdays, known)),
        )


@dataclass(frozen=True)
class Timetable:
    """``spans`` of each kind of day (the first kind is a day off) and the kind of each ``day``."""

    spans: tuple[Spans, ...]
    day: NDArray[np.intp]


def weekday_of(days: Times) -> NDArray[np.int64]:
    """The weekday of each day (``datetime64[D]``); Monday is 0."""
    return (days.astype(np.int64) + _WEEKDAY_OF_EPOCH) % _WEEK


def _minutes(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


# Reading a table

_HOLIDAY, _WORKDAY, _HOURS = "holiday", "workday", "hours"
_KINDS: Final = {
    **dict.fromkeys(("holiday", "假日", "节假日", "休息", "放假"), _HOLIDAY),
    **dict.fromkeys(("workday", "上班", "工作日", "补班", "调休上班", "调休"), _WORKDAY),
    **dict.fromkeys(("hours", "工时", "工作时间", "作息"), _HOURS),
}
_COLUMNS: Final = {
    "date": ("date", "日期", "from", "开始日期"),
    "until": ("until", "to", "结束日期", "截止日期"),
    "kind": ("kind", "类型"),
    "weekday": ("weekday", "weekdays", "星期"),
    "hours": ("hours", "工作时段", "时段"),
}
_WEEKDAYS: Final = {
    **{character: index for index, character in enumerate("一二三四五六日")},
    **{character: index for index, character in enumerate("1234567")},
    **{name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))},
    "天": 6,
}
_WEEKDAY = re.compile(r"(?:星期|礼拜|周)?([一二三四五六日天1-7]|mon|tue|wed|thu|fri|sat|sun)[a-z]*")
_SPAN = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*[-–—~～至到]\s*(\d{1,2})(?:[:：](\d{2}))?")


def read_calendar(table: pd.DataFrame) -> WorkCalendar:
    """A calendar from a text table: holidays, swapped workdays, and hours of weekdays.

    Columns: ``date`` (日期) and ``kind`` (类型); as far as wanted ``until`` (结束日期: the last day of a range),
    ``weekday`` (星期) and ``hours`` (工作时段). Rows of kind ``hours`` say the hours of weekdays, always or between two
    days; hours ``-`` (or 休) make them days off. Once the table has undated hours, no other weekday works. A
    ``workday`` may have hours of its own. Raises ``BadCalendar`` for a missing column, a row that cannot be
    understood, or where no weekday is left on which work time runs.
    """
    found = named_columns(table, _COLUMNS)
    if found["kind"] is None or (found["date"] is None and found["weekday"] is None):
        raise BadCalendar(value=", ".join(map(str, table.columns)), row=1)
    text = plain_texts(table, found)
    kind = text["kind"].str.casefold().map(_KINDS)
    first, last = _days(text["date"]), _days(text["until"])
    spans = _each(text["hours"], _spans_or_none)
    weekdays = _each(text["weekday"], _weekdays_or_none)
    is_hours = (kind == _HOURS).to_numpy()
    wrong = kind.isna() | (np.isnat(first) & (text["date"] != "")) | (np.isnat(last) & (text["until"] != ""))
    wrong |= (last < first) | (spans.isna() & (text["hours"] != "")) | weekdays.isna()
    wrong |= is_hours & (spans.isna() | (weekdays.str.len() == 0))
    long = (last - first).astype("timedelta64[D]").astype(np.int64) > _LONGEST
    wrong |= ~is_hours & (np.isnat(first) | (long & ~np.isnat(last)))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadCalendar(value=", ".join(value for value in text.iloc[row] if value), row=row + 2)
    rows = [
        WeekHours(frozenset(weekdays[row]), spans[row], _known(first[row]), _known(last[row]))
        for row in np.flatnonzero(is_hours)
    ]
    calendar = _with_hours(WorkCalendar(), rows)
    if not calendar.minutes_per_day:
        raise BadCalendar(value=", ".join(map(str, table.columns)), row=1)
    ends = np.where(np.isnat(last), first, last)
    days = {
        row: first[row] + np.arange((ends[row] - first[row]).astype(np.int64) + 1) for row in np.flatnonzero(~is_hours)
    }
    own = {day: spans[row] for row, each_days in days.items() for day in each_days if spans[row]}

    def of(wanted: str) -> Times:
        return np.concatenate([_no_days(), *(days[row] for row in days if kind[row] == wanted)])

    return replace(calendar, holidays=of(_HOLIDAY), workdays=of(_WORKDAY), own_hours=own)


def _each(column: pd.Series, change: Callable[[str], object]) -> pd.Series:
    return pd.Series(each_text(column.to_numpy(dtype=object), change), index=column.index, dtype=object)


def _with_hours(calendar: WorkCalendar, rows: Sequence[WeekHours]) -> WorkCalendar:
    """The calendar with the hours of a table; a workday is what most weekdays of its undated hours have."""
    usual = [row for row in rows if not row.dated]
    if not usual:
        return replace(calendar, special=tuple(rows))
    week: dict[int, Spans] = {day: row.spans for row in usual for day in sorted(row.weekdays)}
    lengths = [spans for spans in week.values() if spans]
    hours = max(lengths, key=lengths.count) if lengths else ()
    off = frozenset(day for day in range(_WEEK) if not week.get(day))
    return replace(calendar, hours=hours, weekend=off, special=tuple(rows))


def _days(text: pd.Series) -> Times:
    """Days of texts such as 2025-10-01, 2025/10/1, 20251001 or 2025年10月1日; not-a-time for others."""
    plain = text.str.replace(r"[/.年月]", "-", regex=True).str.rstrip("日").str.replace(r"[T ].*", "", regex=True)
    plain = plain.str.replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", regex=True)
    return pd.to_datetime(plain, errors="coerce", format="%Y-%m-%d").to_numpy().astype("datetime64[D]")


def _known(day: np.datetime64) -> np.datetime64 | None:
    return None if np.isnat(day) else day


def _spans_or_none(text: str) -> Spans | None:
    """Spans such as ``08:00-12:00 14:00-18:00``; none for a dash; None for what is no span."""
    if text in {"-", "–", "—", "休", "off"}:
        return ()
    found = [tuple(int(part or 0) for part in match) for match in _SPAN.findall(text)]
    spans = tuple((a * 60 + b, c * 60 + d) for a, b, c, d in found)
    rest = _SPAN.sub("", text).strip(" ,;，、；/")
    cuts = [cut for span in spans for cut in span]
    ascending = all(one < other for one, other in spans) and cuts == sorted(cuts)
    return spans if spans and ascending and not rest and cuts[-1] <= _LAST_MINUTE else None


def _weekdays_or_none(text: str) -> tuple[int, ...] | None:
    """Weekdays such as ``1-5``, ``周一至周五``, ``Sat, Sun``; none for an empty text; None for what is none."""
    plain = re.sub(r"[至到~～–—]", "-", text.casefold()).replace(" ", "")
    plain = re.sub(r"[,，、;；/]", ",", plain)
    result: list[int] = []
    for part in filter(None, plain.split(",")):
        ends = [_WEEKDAY.fullmatch(end) for end in part.split("-")]
        if len(ends) > 2 or None in ends:  # noqa: PLR2004 - from, to
            return None
        first, last = (_WEEKDAYS[end.group(1)] for end in (ends[0], ends[-1]) if end is not None)
        result += [day % _WEEK for day in range(first, last + 1 + (_WEEK if last < first else 0))]
    return tuple(dict.fromkeys(result))
