"""Work time: when a limit in work hours, workdays or natural days runs out, and what was paused meanwhile.

All times are local wall-clock time without an offset (``datetime64``), in whole seconds. Work time is read off the
clock on the wall; 紧急工作时 pass as time really does, so that they need the time zone where that has daylight saving;
自然日 end at the same time of day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from citygrid_plugin.core.records.zone_time import NOT_A_TIME, Seconds, Times, from_utc, to_utc

from .pauses import NO_PAUSES, Pauses
from .work_calendar import (
    BadCalendar,
    Spans,
    WorkCalendar,
    read_calendar,
)

__all__ = [
    "BadCalendar", "Times", "Unit", "WorkCalendar", "add_limit", "add_work_minutes", "add_workdays",
    "read_calendar",
]  # fmt: skip

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_HORIZON: Final = 400_000  # days (ours): a calendar that has no work time for so long has none


class Unit(Enum):
    """Units of a time limit; the values are the words of the cities' tables."""

    URGENT_HOURS = "紧急工作时"  # runs day and night
    WORK_HOURS = "工作时"
    WORKDAYS = "工作日"
    NATURAL_DAYS = "自然日"


def add_work_minutes(start: Times, minutes: ArrayLike, calendar: WorkCalendar, pauses: Pauses = NO_PAUSES) -> Times:
    """The first moment at which so many work minutes have passed since ``start``.

    A start outside work time counts from the next work time; a limit that is used up at the end of
    a span ends there, not at the beginning of the next one. Zero minutes end at the start.
    Not-a-time where either value is missing, or where the calendar has no more work time.
    """
    start = start.astype("datetime64[s]")
    minutes = np.broadcast_to(np.asarray(minutes, dtype=np.float64), start.shape)
    seconds = np.asarray(minutes * _MINUTE, dtype=np.float64)
    return _run_out(start, seconds, pauses, lambda moments, ahead: WorkClock(calendar, moments, ahead))


def add_workdays(start: Times, days: ArrayLike, calendar: WorkCalendar, pauses: Pauses = NO_PAUSES) -> Times:
    """Times so many workdays later; a workday is its work hours (8 h = 1 day), so days may be broken."""
    return add_work_minutes(start, np.asarray(days, dtype=np.float64) * calendar.minutes_per_day, calendar, pauses)


def add_limit(
    start: Times,
    amount: NDArray[np.float64],
    unit: Unit,
    calendar: WorkCalendar,
    pauses: Pauses = NO_PAUSES,
    zone: tzinfo | None = None,
) -> Times:
    """When a limit of ``amount`` units that begins at ``start`` runs out.

    ``pauses`` (of these starts, by their index) take no time off the limit; one that begins when the limit has run
    out changes nothing. ``zone``: where the clock is changed, an urgent hour is an hour that passed.
    """
    if unit is Unit.WORKDAYS:
        return add_workdays(start, amount, calendar, pauses)
    if unit is Unit.WORK_HOURS:
        return add_work_minutes(start, amount * 60, calendar, pauses)
    start = start.astype("datetime64[s]")
    if unit is Unit.URGENT_HOURS:
        return _run_out(start, amount * _HOUR, pauses, lambda _moments, _ahead: _NaturalClock(zone))
    end = _run_out(start, amount * _DAY, pauses, lambda _moments, _ahead: _NaturalClock(None))
    return _existing(end, zone)


def _existing(times: Times, zone: tzinfo | None) -> Times:
    """Times that the clock of the zone shows; those that spring leaves out become as much later."""
    result = times.copy()
    known = ~np.isnat(times)
    if zone is not None and known.any():
        result[known] = from_utc(to_utc(times[known], zone), zone)
    return result


# Clocks


@dataclass(frozen=True)
class _NaturalClock:
    """Time that always runs."""

    zone: tzinfo | None

    def passed(self, times: Times) -> Seconds:
        return to_utc(times, self.zone)

    def at(self, passed: Seconds) -> Times:
        return from_utc(passed, self.zone)


class WorkClock:
    """Work time that has passed since a first day, as sums over days and the spans of each kind of day."""

    def __init__(self, calendar: WorkCalendar, moments: Times, ahead: int) -> None:
        """Know all days from the first of the moments on until ``ahead`` seconds of work time after the last."""
        day = moments.astype("datetime64[D]")
        self._first = day.min()
        days = int((day.max() - self._first).astype(np.int64)) + 1
        further = 2 * (ahead // max(calendar.minutes_per_day * _MINUTE, 1) + 1) + 30
        while True:
            timetable = calendar.timetable(self._first + np.arange(days + min(further, _HORIZON)))
            self._kind = np.r_[timetable.day, 0]
            self._start, self._length = _arrays(timetable.spans)
            total = self._length.sum(axis=1)
            self._before_span = np.cumsum(self._length, axis=1) - self._length
            self._before_day = np.r_[0, np.cumsum(total[timetable.day])]
            if self._before_day[-1] - self._before_day[days] >= ahead or further > _HORIZON:
                break
            further *= 2

    def passed(self, times: Times) -> Seconds:
        """Seconds of work time before each moment."""
        day = times.astype("datetime64[D]")
        index = (day - self._first).astype(np.int64)
        clock = (times - day).astype(np.int64)
        kind = self._kind[index]
        today = np.clip(clock[:, None] - self._start[kind], 0, self._length[kind]).sum(axis=1)
        return self._before_day[index] + today

    def at(self, passed: Seconds) -> Times:
        """The first moment at which so many seconds (more than none) have passed; not-a-time beyond all work time."""
        # The last day before which less has passed; in it, the span likewise.
        day = np.searchsorted(self._before_day, passed, side="left") - 1
        kind = self._kind[day]
        rest = (passed - self._before_day[day])[:, None]
        begun = (self._before_span[kind] < rest) & (self._length[kind] > 0)
        span = np.where(begun, np.arange(begun.shape[1]), 0).max(axis=1)
        moment = self._start[kind, span] + rest[:, 0] - self._before_span[kind, span]
        found = (self._first + day).astype("datetime64[s]") + moment.astype("timedelta64[s]")
        return np.where(passed <= self._before_day[-1], found, NOT_A_TIME)


def _arrays(kinds: tuple[Spans, ...]) -> tuple[Seconds, Seconds]:
    """Start and length in seconds of the spans of each kind of day, filled up with spans of no length."""
    width = max(1, *(len(spans) for spans in kinds))
    start = np.zeros((len(kinds), width), dtype=np.int64)
    length = np.zeros((len(kinds), width), dtype=np.int64)
    for kind, spans in enumerate(kinds):
        for number, (first, last) in enumerate(spans):
            start[kind, number], length[kind, number] = first * _MINUTE, (last - first) * _MINUTE
    return start, length


_Clock = _NaturalClock | WorkClock


def _run_out(
    start: Times, seconds: NDArray[np.float64], pauses: Pauses, make_clock: Callable[[Times, int], _Clock]
) -> Times:
    """When so many seconds of a clock have passed since ``start``, not counting the pauses."""
    result = np.full(start.shape, NOT_A_TIME)
    known = np.isfinite(seconds) & ~np.isnat(start)
    if not known.any():
        return result
    pauses = pauses.of(known)
    begin, needed = start[known], np.round(seconds[known]).astype(np.int64)
    clock = make_clock(np.r_[begin, pauses.begin, pauses.end], int(needed.max()))
    before = clock.passed(begin)
    target = before + needed
    for rows in pauses.in_turn():
        which = pauses.row[rows]
        off = clock.passed(np.maximum(pauses.begin[rows], begin[which]))
        on = clock.passed(np.maximum(pauses.end[rows], begin[which]))
        target[which] += np.where(off < target[which], on - off, 0)
    # Zero seconds end at the start, and not at the end of the last work time.
    used = target > before
    found = begin.copy()
    found[used] = clock.at(target[used])
    result[known] = found
    return result
