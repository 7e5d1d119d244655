"""Times as people and systems write them, read as local wall-clock times.

A time without an offset is local already; one with an offset (``Z``, ``+08:00``) is converted to the
zone that the caller names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.distinct import factorized

from .zone_time import NOT_A_TIME, Times

_CLOCK = (
    r"(?:(?:[T\s]+|(?<=日)\s*)(?P<before>上午|早上|凌晨|中午|下午|傍晚|晚上|[AP]M)?\s*"
    r"(?P<hour>\d{1,2})(?:[:时点](?P<minute>\d{1,2})?分?)(?::?(?P<second>\d{1,2})(?:\.\d+)?秒?)?"
    r"\s*(?P<after>[AP]\.?M\.?)?\s*(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = rf"(?P<year>\d{{4}})[-/.年](?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})日?{_CLOCK}"
_COMPACT = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T\s]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_LAST = rf"(?P<first>\d{{1,2}})[-/.](?P<other>\d{{1,2}})[-/.](?P<year>\d{{4}}){_CLOCK}"
_FORMS: Final = tuple(re.compile(form, re.IGNORECASE) for form in (_YEAR_FIRST, _COMPACT, _YEAR_LAST))
_NAMES: Final = (
    "year", "month", "day", "first", "other", "hour", "minute", "second", "before", "after", "offset",
)  # fmt: skip
_PLAIN: Final = "%Y-%m-%d %H:%M:%S"  # the commonest form, which pandas reads many at a time
_NOON = "中午"
_AFTERNOON = ("下午", "傍晚", "晚上", "PM")
_MONTHS = 12


@dataclass(frozen=True)
class ReadTimes:
    """Times of several columns.

    ``values``: column -> ``datetime64[s]``, not-a-time where empty or unreadable; ``unreadable``: column
    -> mask; ``day_first``: column -> order of day and month, only where years stand last; ``unsure``:
    columns whose order nothing tells, so that the month was taken first.
    """

    values: dict[str, Times]
    unreadable: dict[str, NDArray[np.bool_]]
    day_first: dict[str, bool]
    unsure: tuple[str, ...]


def read_times(columns: Mapping[str, pd.Series], zone: tzinfo) -> ReadTimes:
    """Read text columns of one file as times.

    Forms: ISO 8601 and its relatives with / . 年月日, 20250314 with or without 0120 or 012030,
    3/14/2025 with 12- or 24-hour clock, 上午/下午. Where years stand last, the order of day and month
    is that of the whole column; a column that does not tell takes the order of the file's others.
    """
    parts = {name: _Parts.of(column) for name, column in columns.items()}
    own = {name: part.day_first() for name, part in parts.items() if part.year_last.any()}
    told = {order for order in own.values() if order is not None}
    others = told.pop() if len(told) == 1 else None
    order = {name: bool(others) if known is None else known for name, known in own.items()}
    values = {name: part.times(order.get(name, False), zone) for name, part in parts.items()}
    return ReadTimes(
        values=values,
        unreadable={name: parts[name].stated & np.isnat(values[name]) for name in parts},
        day_first=order,
        unsure=tuple(name for name, known in own.items() if known is None and others is None),
    )


@dataclass(frozen=True)
class _Parts:
    """The distinct texts of a column taken apart; ``row`` says which of them each row holds (-1: none).

    ``plain``: the time of each distinct text in the commonest form; ``others``: which are not, and their ``fields``.
    """

    row: NDArray[np.intp]
    plain: Times
    others: NDArray[np.intp]
    fields: pd.DataFrame
    year_last: NDArray[np.bool_]

    @classmethod
    def of(cls, column: pd.Series) -> _Parts:
        stated, texts = factorized(column.to_numpy(dtype=object), nulls=False)
        text = pd.Series(texts, dtype=object).astype(str).str.normalize("NFKC").str.strip()
        which, distinct = factorized(text.where(text != "").to_numpy(dtype=object), nulls=False)
        row = np.append(which, -1)[stated]
        plain = pd.to_datetime(pd.Series(distinct, dtype=object), format=_PLAIN, errors="coerce")
        times = plain.to_numpy().astype("datetime64[s]")
        others = np.flatnonzero(np.isnat(times))
        found = [_taken_apart(value) for value in distinct[others]]
        fields = pd.DataFrame(found, columns=list(_NAMES), dtype=object)
        return cls(row, times, others, fields, fields["first"].notna().to_numpy())

    @property
    def stated(self) -> NDArray[np.bool_]:
        return self.row >= 0

    def number(self, name: str) -> NDArray[np.float64]:
        return pd.to_numeric(self.fields[name]).to_numpy(dtype=np.float64, na_value=np.nan)

    def day_first(self) -> bool | None:
        """Whether the day stands before the month; None where the values do not tell."""
        day_first = int((self.number("first") > _MONTHS).sum())
        month_first = int((self.number("other") > _MONTHS).sum())
        return None if day_first == month_first else day_first > month_first

    def times(self, day_first: bool, zone: tzinfo) -> Times:
        """The time of each row."""
        month, day = ("other", "first") if day_first else ("first", "other")
        date = _dates(
            self.number("year"),
            np.where(self.year_last, self.number(month), self.number("month")),
            np.where(self.year_last, self.number(day), self.number("day")),
        )
        times = self.plain.copy()
        times[self.others] = _local(date + self._clock(), self.fields["offset"], zone)
        return np.r_[times, NOT_A_TIME][self.row]

    def _clock(self) -> NDArray[np.timedelta64]:
        """Time of day; not-a-time where it is none."""
        hour, minute, second = (np.nan_to_num(self.number(name)) for name in ("hour", "minute", "second"))
        half = self.fields["before"].combine_first(self.fields["after"]).fillna("").astype(str)
        half = half.str.upper().str.replace(".", "", regex=False)
        late = half.isin(_AFTERNOON).to_numpy() | ((half == _NOON).to_numpy() & (hour < 11))  # noqa: PLR2004
        hour = np.where(late & (hour < 12), hour + 12, hour)  # noqa: PLR2004
        midnight = (half != "").to_numpy() & ~late & (half != _NOON).to_numpy() & (hour == 12)  # noqa: PLR2004
        hour = np.where(midnight, 0, hour)
        clock = hour * 3600 + minute * 60 + second
        good = (minute < 60) & (second < 60) & (clock <= 24 * 3600)  # noqa: PLR2004
        return np.where(good, clock, 0).astype("timedelta64[s]") + _missing_where(~good)


def _taken_apart(text: str) -> dict[str, str | None]:
    """The named parts of a text that has one of the forms; nothing for another text."""
    for form in _FORMS:
        if match := form.fullmatch(text):
            return match.groupdict()
    return {}


def _dates(year: NDArray, month: NDArray, day: NDArray) -> Times:
    """Days from numbers; not-a-time where there is no such day."""
    known = (month >= 1) & (month <= _MONTHS) & (day >= 1) & (day <= 31) & (year >= 1)  # noqa: PLR2004
    year, month, day = (np.where(known, part, 1).astype(np.int64) for part in (year, month, day))
    months = ((year - 1970) * _MONTHS + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1)
    exists = known & (days.astype("datetime64[M]") == months)
    return days.astype("datetime64[s]") + _missing_where(~exists)


def _missing_where(mask: NDArray[np.bool_]) -> NDArray[np.timedelta64]:
    """Zero seconds, or not-a-time where the mask is set."""
    return np.where(mask, np.timedelta64("NaT", "s"), np.timedelta64(0, "s"))


def _local(times: Times, offset: pd.Series, zone: tzinfo) -> Times:
    """Times with an offset, as wall-clock times of the zone; the others unchanged."""
    text = offset.fillna("").astype(str).str.upper().replace({"Z": "+00:00", "UTC": "+00:00"})
    stated = (text != "").to_numpy() & ~np.isnat(times)
    if not stated.any():
        return times
    digits = text[stated].str.replace(":", "", regex=False)
    minutes = digits.str[1:3].astype(int) * 60 + digits.str[3:5].astype(int)
    signed = np.where(digits.str[0] == "-", -minutes, minutes) * np.timedelta64(60, "s")
    utc = pd.DatetimeIndex(times[stated] - signed, tz="UTC")
    result = times.copy()
    result[stated] = utc.tz_convert(zone).tz_localize(None).to_numpy().astype("datetime64[s]")
    return result
