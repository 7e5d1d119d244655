"""The periods of supervision: week, half month, month, quarter, half year (domain facts: rhythm of supervision)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from citygrid_plugin.core.records.zone_time import Times

from .work_calendar import weekday_of

_WEEK: Final = 7
_HALF: Final = 15  # days of the first half of a month (ours: the second half has the rest)
_DAY: Final = np.timedelta64(1, "D")


class Period(IntEnum):
    """Length of a period; the order is the algorithm's contract."""

    WHOLE = 0
    WEEK = 1  # ISO 8601, Monday to Sunday
    MONTH = 2
    QUARTER = 3
    HALF_MONTH = 4  # from the 1st to the 15th, and the rest
    HALF_YEAR = 5


_MONTHS_OF: Final = {Period.HALF_MONTH: 1, Period.MONTH: 1, Period.QUARTER: 3, Period.HALF_YEAR: 6}


@dataclass(frozen=True)
class Range:
    """Days from ``first`` to ``last``, both included."""

    first: np.datetime64
    last: np.datetime64

    def before(self) -> Range:
        """As many days just before; as many months where these are whole months."""
        months = (_month(self.last + _DAY) - _month(self.first)).astype(np.int64)
        whole = _is_first(self.first) and _is_first(self.last + _DAY)
        first = (_month(self.first) - months).astype("datetime64[D]") if whole else self.first - (self.days * _DAY)
        return Range(first, self.first - _DAY)

    @property
    def days(self) -> int:
        """How many there are."""
        return int((self.last - self.first).astype(np.int64)) + 1

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"


def _month(day: np.datetime64) -> np.datetime64:
    return day.astype("datetime64[M]")


def _is_first(day: np.datetime64) -> bool:
    return bool(_month(day).astype("datetime64[D]") == day)


def starts(days: Times, period: Period) -> Times:
    """The first day of the period of each day (``datetime64[D]``), not of ``Period.WHOLE``."""
    days = days.astype("datetime64[D]")
    if period is Period.WEEK:
        return days - weekday_of(days) * _DAY
    month = days.astype("datetime64[M]").astype(np.int64)
    first: Times = (month // _MONTHS_OF[period] * _MONTHS_OF[period]).astype("datetime64[M]").astype("datetime64[D]")
    if period is Period.HALF_MONTH:
        late: NDArray[np.bool_] = (days - first).astype(np.int64) >= _HALF
        first = first + late * (_HALF * _DAY)
    return first


def end(start: np.datetime64, period: Period) -> np.datetime64:
    """The last day of a period by its first."""
    if period is Period.WEEK:
        return start + (_WEEK - 1) * _DAY
    if period is Period.HALF_MONTH and _is_first(start):
        return start + (_HALF - 1) * _DAY
    return (_month(start) + _MONTHS_OF[period]).astype("datetime64[D]") - _DAY


def before(start: np.datetime64, period: Period) -> np.datetime64:
    """The first day of the period before."""
    return starts(np.array([start - _DAY]), period)[0]


def label(start: np.datetime64, period: Period) -> str:
    """Name of a period by its first day: 2025-W14, 2025-04-16/30, 2025-04, 2025-Q2, 2025-H1."""
    day = start.astype("datetime64[D]").item()
    if period is Period.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if period is Period.HALF_MONTH:
        return f"{start}/{end(start, period).item().day:02}"
    if period is Period.MONTH:
        return f"{day:%Y-%m}"
    part = (day.month - 1) // _MONTHS_OF[period] + 1
    return f"{day.year}-{'Q' if period is Period.QUARTER else 'H'}{part}"
