"""Evaluation of cases by who answers for them: how many were due, closed, and closed on time.

The indicators are those of the trade (domain facts, "Cases"): 结案率 = closed / due to close and
按期结案率 = closed on time / due to close. What "due to close" means is ours: a case that has a deadline
in the period and is closed or overdue; void and suspended cases and those still inside their limit
are not due. The period of a due case follows from its deadline, that of a filed case from its filing
(or report).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import IntEnum
from typing import Final

import numpy as np
import pandas as pd

from . import fields
from .cases import Status
from .errors import EmptyInput, UnknownField
from .times import read_times

GROUP: Final = "GroupName"
PERIOD: Final = "Period"
FILED: Final = "FiledCnt"
DUE: Final = "DueCnt"
CLOSED: Final = "ClosedCnt"
ON_TIME: Final = "OnTimeCnt"
OVERDUE: Final = "OverdueCnt"
CLOSE_RATE: Final = "CloseRate"
ON_TIME_RATE: Final = "OnTimeRate"
RANK: Final = "Rank"
EVALUATION: Final = (PERIOD, GROUP, FILED, DUE, CLOSED, ON_TIME, OVERDUE, CLOSE_RATE, ON_TIME_RATE, RANK)
"""Columns of the result; rates are shares from 0 to 1."""

_COUNTS: Final = (FILED, DUE, CLOSED, ON_TIME, OVERDUE)
_CALLED_OUT = 2  # the last two of a ranking are called out (domain facts: rhythm of supervision)


class By(IntEnum):
    """What cases are grouped by; the order is the algorithm's contract."""

    DEPARTMENT = 0
    STREET = 1
    COMMUNITY = 2
    RESPONSIBILITY_GRID = 3


_FIELDS: Final = {
    By.DEPARTMENT: (fields.DEPARTMENT,),
    By.STREET: (fields.STREET_NAME,),
    By.COMMUNITY: (fields.STREET_NAME, fields.COMMUNITY_NAME),  # names of communities repeat
    By.RESPONSIBILITY_GRID: (fields.RGID,),
}


class Period(IntEnum):
    """Length of a period; the order is the algorithm's contract."""

    WHOLE = 0
    WEEK = 1  # ISO 8601, Monday to Sunday
    MONTH = 2
    QUARTER = 3


@dataclass(frozen=True)
class Evaluation:
    """``table``: columns ``EVALUATION``, a row a period and group, by rank in each period.

    ``endless``: cases without a deadline, which are never due (void and suspended ones not counted);
    ``undated``: due cases that are closed without a finishing time, and so not closed on time;
    ``unknown``: cases whose status is none of ``Status``, which count as filed only.
    """

    table: pd.DataFrame
    endless: int
    undated: int
    unknown: int = 0

    def last(self) -> dict[str, list[str]]:
        """The groups on the last two places of each period's ranking, the worst last.

        Groups with equal rates share a place, so they may be more than two; who has the best rate is never
        among them.
        """
        ranked = self.table[self.table[RANK] > 1]
        return {
            str(period): rows.loc[
                rows[ON_TIME_RATE] <= rows[ON_TIME_RATE].nsmallest(_CALLED_OUT).iloc[-1], GROUP
            ].tolist()
            for period, rows in ranked.groupby(PERIOD, sort=False)
        }


def columns(by: By) -> tuple[str, ...]:
    """Columns of cases that an evaluation needs."""
    return (*_FIELDS[by], fields.STATUS, fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED)


def evaluate(
    cases: pd.DataFrame,
    by: By,
    period: Period,
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
) -> Evaluation:
    """Count and rank. ``cases``: columns of ``fields.CASE``, times as timestamps or as text.

    ``first`` and ``last``: days; both belong to the range; None is no limit. Raises ``UnknownField``
    for a missing column and ``EmptyInput`` where no case lies in the range.
    """
    table = _prepared(cases, by)
    live = table[table[fields.STATUS] != Status.VOID]
    endless = int((live[fields.DEADLINE].isna() & (live[fields.STATUS] != Status.SUSPENDED)).sum())
    filed = _in_range(live, fields.FILED, first, last)
    due = live[live[fields.STATUS].isin([Status.CLOSED, Status.OVERDUE])]
    due = _in_range(due, fields.DEADLINE, first, last)
    if not len(filed) and not len(due):
        raise EmptyInput(layer="CASES")
    closed = due[fields.STATUS] == Status.CLOSED
    flags = due.assign(
        **{
            DUE: True,
            CLOSED: closed,
            ON_TIME: closed & (due[fields.FINISHED] <= due[fields.DEADLINE]),
            OVERDUE: due[fields.STATUS] == Status.OVERDUE,
        }
    )
    days = pd.concat([filed[fields.FILED], due[fields.DEADLINE]])
    whole = f"{_day(first, days.min())}/{_day(last, days.max())}"
    counts = pd.concat(
        [
            _summed(filed.assign(**{FILED: True}), fields.FILED, period, whole),
            _summed(flags, fields.DEADLINE, period, whole),
        ],
        axis=1,
    ).reindex(columns=list(_COUNTS))
    undated = int((closed & due[fields.FINISHED].isna()).sum())
    unknown = int((~table[fields.STATUS].isin(list(Status))).sum())
    return Evaluation(_ranked(counts.fillna(0).astype(np.int64)), endless, undated, unknown)


def _prepared(cases: pd.DataFrame, by: By) -> pd.DataFrame:
    """Group, status and times; the filing time filled up with that of the report."""
    for name in columns(by):
        if name not in cases:
            raise UnknownField(layer="CASES", field=name, available=", ".join(map(str, cases.columns)))
    names = [cases[name].astype(object).where(cases[name].notna(), "").astype(str) for name in _FIELDS[by]]
    group = names[0] if len(names) == 1 else (names[0] + " " + names[1]).str.strip()
    times = {name: _timestamps(cases[name]) for name in (fields.FILED, fields.DEADLINE, fields.FINISHED)}
    times[fields.FILED] = times[fields.FILED].fillna(_timestamps(cases[fields.REPORTED]))
    status = cases[fields.STATUS].astype(object).where(cases[fields.STATUS].notna(), "").astype(str)
    return pd.DataFrame({GROUP: group, fields.STATUS: status.str.strip().str.casefold(), **times})


def _timestamps(column: pd.Series) -> pd.Series:
    """Wall-clock times. Layers may mark them as UTC: the clock counts, not the mark."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return column
    return pd.Series(read_times({"": column}, UTC).values[""], index=column.index)


def _in_range(table: pd.DataFrame, name: str, first: np.datetime64 | None, last: np.datetime64 | None) -> pd.DataFrame:
    day = table[name].to_numpy().astype("datetime64[D]")
    inside = ~np.isnat(day)
    if first is not None:
        inside &= day >= first
    if last is not None:
        inside &= day <= last
    return table[inside]


def _day(limit: np.datetime64 | None, found: pd.Timestamp) -> str:
    return str(limit) if limit is not None else str(found.date())


def _summed(table: pd.DataFrame, name: str, period: Period, whole: str) -> pd.DataFrame:
    """Sums of the flag columns by period (of the time ``name``) and group."""
    label = _labels(table[name], period, whole).rename(PERIOD)
    flags = [column for column in _COUNTS if column in table]
    return table[flags].astype(np.int64).groupby([label, table[GROUP]]).sum()


def _labels(times: pd.Series, period: Period, whole: str) -> pd.Series:
    """Names of the periods: 2025-W14, 2025-04, 2025-Q2, or the range."""
    if period is Period.WHOLE or not len(times):
        return pd.Series(whole, index=times.index, dtype=object)
    if period is Period.WEEK:
        week = times.dt.isocalendar()
        return week["year"].astype(str) + "-W" + week["week"].astype(str).str.zfill(2)
    if period is Period.MONTH:
        return times.dt.strftime("%Y-%m")
    return times.dt.year.astype(str) + "-Q" + times.dt.quarter.astype(str)


def _ranked(counts: pd.DataFrame) -> pd.DataFrame:
    """Rates (empty where nothing was due) and ranks; equal rates share a rank.

    Cases that belong to nobody (an empty group) are counted but not ranked.
    """
    table = counts.reset_index()
    due = table[DUE].where(table[DUE] > 0)
    table[CLOSE_RATE] = table[CLOSED] / due
    table[ON_TIME_RATE] = table[ON_TIME] / due
    rate = table[ON_TIME_RATE].where(table[GROUP] != "")
    table[RANK] = rate.groupby(table[PERIOD]).rank(method="min", ascending=False).astype("Int64")
    table = table.sort_values([PERIOD, RANK, GROUP], na_position="last", ignore_index=True)
    return table[list(EVALUATION)]
