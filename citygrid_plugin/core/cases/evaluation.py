"""Evaluation of cases by who answers for them: how many were due, closed, closed on time, sent back, filed rightly.

The indicators are those of the trade (domain facts, "Cases"): 结案率 = closed / due to close, 按期结案率, 按时处置率,
返工率, 准确立案率. What exactly they count is ours and stands in ``DEFINITIONS``. "Due to close" is a case that has a
deadline in the period and is closed or overdue; void and suspended cases and those still inside their limit
are not due. The period of a due case follows from its deadline, that of a filed case from its filing
(or report), that of a handling time from the end of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from enum import IntEnum
from typing import Final

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import EmptyInput, UnknownField
from citygrid_plugin.core.records.times import read_times

from .case_status import Status
from .evaluation_periods import (
    Period,
    Range,
    before,
    end,
    label,
    starts,
)

__all__ = [
    "DEFINITIONS", "EVALUATION", "OPTIONAL", "By", "Evaluation", "Period", "columns", "counted_cases", "evaluate",
    "group_columns", "group_names", "listed_departments", "statuses", "texts", "timestamps",
]  # fmt: skip

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
HANDLED: Final = "HandledCnt"
HANDLED_RATE: Final = "HandleRate"
DONE: Final = "DoneCnt"
RETURNED: Final = "ReturnCnt"
RETURN_RATE: Final = "ReturnRate"
JUDGED: Final = "JudgedCnt"
ACCURATE: Final = "AccurCnt"
ACCURATE_RATE: Final = "AccurRate"
FINISHED: Final = "FinishCnt"
MEAN_HOURS: Final = "MeanHours"
P90_HOURS: Final = "P90Hours"
FILED_CHANGE: Final = "FiledDiff"
CLOSE_CHANGE: Final = "CloseDiff"
ON_TIME_CHANGE: Final = "OnTimeDiff"
RANK_CHANGE: Final = "RankDiff"
EVALUATION: Final = (
    PERIOD, GROUP, FILED, DUE, CLOSED, ON_TIME, OVERDUE, CLOSE_RATE, ON_TIME_RATE, RANK,
    HANDLED, HANDLED_RATE, DONE, RETURNED, RETURN_RATE, JUDGED, ACCURATE, ACCURATE_RATE,
    FINISHED, MEAN_HOURS, P90_HOURS, FILED_CHANGE, CLOSE_CHANGE, ON_TIME_CHANGE, RANK_CHANGE,
    fields.FROM_DATE, fields.TO_DATE,
)  # fmt: skip
"""Columns of the result; rates are shares from 0 to 1, changes of rates differences of them."""

DEFINITIONS: Final = {
    FILED: "Filed 立案数: cases filed in the period (reported, where no filing time is known); void ones do not count.",
    DUE: (
        "Due 应结案数: cases whose deadline lies in the period and that are closed or overdue. Void and suspended "
        "ones, those without a deadline and those still inside their limit are not due."
    ),
    CLOSED: "Closed 结案数: due cases that are closed.",
    ON_TIME: "Closed on time 按期结案数: due cases that were finished no later than their deadline.",
    OVERDUE: "Overdue 超期未结数: due cases that are not closed.",
    CLOSE_RATE: "Closing rate 结案率 = closed / due.",
    ON_TIME_RATE: "On-time rate 按期结案率 = closed on time / due.",
    HANDLED_RATE: (
        "Handled on time 按时处置率 = due cases that the department was done with by the deadline / due. Where a list "
        "does not say when the department was done, the end of the case counts."
    ),
    RETURN_RATE: (
        "Return rate 返工率 = due cases that were sent back at least once / due cases that are closed or that the "
        "department was done with. Empty where no case says whether it was sent back."
    ),
    ACCURATE_RATE: (
        "Accurate filing 准确立案率 = rightly filed / filed in the period, void ones included. Rightly filed is what "
        "the list says to be; where it says nothing, what was not made void afterwards. Cases without a filing time do "
        "not count."
    ),
    MEAN_HOURS: (
        "Mean handling time 平均处理时长: hours from filing (or report) to the end, paused time taken off, of the "
        "cases closed in the period."
    ),
    P90_HOURS: (
        "90th percentile 90%分位处理时长: nine of ten of these cases took no longer (between two cases, in proportion)."
    ),
    RANK: (
        "Rank 排名: by the on-time rate; equal rates share a place. The last two places are called out. Cases that "
        "belong to nobody are counted but not ranked."
    ),
    ON_TIME_CHANGE: (
        "Change 环比: against the whole period before, of rates in percentage points; the range before has as many "
        "days, or as many months where the range is whole months. Empty where the cases begin only after a tenth of "
        "that period."
    ),
}
"""What each figure means; it stands under the table. The interface translates it."""

_COUNTS: Final = (FILED, DUE, CLOSED, ON_TIME, OVERDUE, HANDLED, DONE, RETURNED, JUDGED, ACCURATE, FINISHED)
_CALLED_OUT = 2  # the last two of a ranking are called out (domain facts: rhythm of supervision)
_START: Final = "start"
_HOURS: Final = "hours"
_TENTHS: Final = 0.9
_LATEST_BEGIN: Final = 10  # ours: cases that begin after a tenth of a period do not stand for it


class By(IntEnum):
    """What cases are grouped by; the order is the algorithm's contract."""

    DEPARTMENT = 0
    STREET = 1
    COMMUNITY = 2
    RESPONSIBILITY_GRID = 3
    SOURCE = 4


_FIELDS: Final = {
    By.DEPARTMENT: (fields.DEPARTMENT,),
    By.STREET: (fields.STREET_NAME,),
    By.COMMUNITY: (fields.STREET_NAME, fields.COMMUNITY_NAME),  # names of communities repeat
    By.RESPONSIBILITY_GRID: (fields.RGID,),
    By.SOURCE: (fields.SOURCE,),
}
OPTIONAL: Final = (fields.HANDLED, fields.PAUSED_HOURS, fields.RETURNS, fields.ACCURATE)
"""Columns that an evaluation takes where the cases have them."""


@dataclass(frozen=True)
class Evaluation:
    """``table``: columns ``EVALUATION``, a row a period and group, by rank in each period.

    ``totals``: the same a period for all groups together, without group, rank and change of rank.
    ``endless``: cases without a deadline, which are never due (void and suspended ones not counted);
    ``undated``: due cases that are closed without a finishing time, and so not closed on time;
    ``unknown``: cases whose status is none of ``Status``, which count as filed only; ``backwards``: closed cases that
    were finished before they began and count in no handling time. ``period``: as asked for.
    """

    table: pd.DataFrame
    totals: pd.DataFrame
    endless: int
    undated: int
    unknown: int = 0
    backwards: int = 0
    period: Period = Period.WHOLE

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


def group_columns(by: By) -> tuple[str, ...]:
    """Columns whose texts, with a blank between, name the group of a case, or of an area."""
    return _FIELDS[by]


def group_names(table: pd.DataFrame, by: By) -> pd.Series:
    """The group of each row, empty where none is stated. Raises ``KeyError`` without ``group_columns``."""
    names = [texts(table[name]) for name in _FIELDS[by]]
    return names[0] if len(names) == 1 else (names[0] + " " + names[1]).str.strip()


def columns(by: By) -> tuple[str, ...]:
    """Columns of cases that an evaluation needs."""
    return (*_FIELDS[by], fields.STATUS, fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED)


def listed_departments(departments: Iterable[str], stated: pd.Series) -> list[str]:
    """The departments of a code scheme, without repetition, where the cases state any of them; none otherwise.

    So departments that had no case are listed as well, but not those of another city.
    """
    known = list(dict.fromkeys(departments))
    return known if stated.isin(known).any() else []


def evaluate(
    cases: pd.DataFrame,
    by: By,
    period: Period,
    first: np.datetime64 | None = None,
    last: np.datetime64 | None = None,
    groups: Sequence[str] = (),
) -> Evaluation:
    """Count and rank. ``cases``: columns of ``fields.CASE_LAYER``, times as timestamps or as text.

    ``first`` and ``last``: days; both belong to the range; None is no limit. ``groups`` are listed in each period,
    also where they had no case. Raises ``UnknownField``
    for a missing column and ``EmptyInput`` where no case lies in the range.
    """
    table = _prepared(cases, by)
    sets = _Sets.of(table)
    inside = sets.within(first, last)
    if not inside.any_filed_or_due():
        raise EmptyInput(layer="CASES")
    whole = Range(*inside.days(first, last))
    past = whole.before()
    main, earlier = _Counting(period, whole), _Counting(period, past)
    known = sets.within(past.first, past.last) if period is Period.WHOLE else sets
    current, previous = main.counted(inside), earlier.counted(known)
    every = sorted({*current.index.get_level_values(_START)})
    current = _with_groups(current, every, groups)
    result = _compared(main, current, previous, sets.earliest())
    totals = _compared(main, main.counted(inside.together()), earlier.counted(known.together()), sets.earliest())
    live = table[table[fields.STATUS] != Status.VOID]
    closed = inside.due[fields.STATUS] == Status.CLOSED
    return Evaluation(
        table=_sorted(result),
        totals=totals.drop(columns=[GROUP, RANK, RANK_CHANGE]),
        endless=int((live[fields.DEADLINE].isna() & (live[fields.STATUS] != Status.SUSPENDED)).sum()),
        undated=int((closed & inside.due[fields.FINISHED].isna()).sum()),
        unknown=int((~table[fields.STATUS].isin(list(Status))).sum()),
        backwards=int((inside.finished["begun"].notna() & inside.finished[_HOURS].isna()).sum()),
        period=period,
    )


def counted_cases(
    cases: pd.DataFrame, by: By, first: np.datetime64 | None = None, last: np.datetime64 | None = None
) -> pd.DataFrame:
    """The cases that count in an evaluation of a range: their group, and 1 for each count they are in, else 0.

    The index is that of ``cases``; the columns are the group and the counts of ``EVALUATION``, whose sums they give.
    Raises ``UnknownField``.
    """
    table = _prepared(cases, by)
    parts = [
        rows[[name for name in _COUNTS if name in rows]].astype(np.int64)
        for rows in _Sets.of(table).within(first, last).parts()
    ]
    counts = pd.concat(parts, axis=1).sort_index().fillna(0).astype(np.int64)
    return counts[list(_COUNTS)].assign(**{GROUP: table[GROUP].loc[counts.index]})


# Preparing


def _prepared(cases: pd.DataFrame, by: By) -> pd.DataFrame:
    """Group, status and times; the filing time filled up with that of the report."""
    for name in columns(by):
        if name not in cases:
            raise UnknownField(layer="CASES", field=name, available=", ".join(map(str, cases.columns)))
    times = {name: timestamps(cases[name]) for name in (fields.FILED, fields.DEADLINE, fields.FINISHED)}
    begun = times[fields.FILED].fillna(timestamps(cases[fields.REPORTED]))
    status = statuses(cases)
    handled, paused, returns, accurate = (_optional(cases, name) for name in OPTIONAL)
    closed = times[fields.FINISHED].where(status == Status.CLOSED)
    hours = (times[fields.FINISHED] - begun).dt.total_seconds() / 3600
    hours = hours.where(hours >= 0)
    if paused is not None:
        hours = (hours - paused.fillna(0)).clip(lower=0)
    return pd.DataFrame(
        {
            GROUP: group_names(cases, by),
            fields.STATUS: status,
            **times,
            "begun": begun,
            "handled": closed if handled is None else handled.fillna(closed),
            "returned": False if returns is None else (returns.fillna(0) > 0),
            "returns_known": returns is not None and bool(returns.notna().any()),
            "accurate": (status != Status.VOID) if accurate is None else accurate.fillna(status != Status.VOID) > 0,
            _HOURS: hours,
        }
    )


def statuses(cases: pd.DataFrame) -> pd.Series:
    """The status of each case as ``Status`` writes it, where it is one."""
    return texts(cases[fields.STATUS]).str.strip().str.casefold()


def texts(column: pd.Series) -> pd.Series:
    """A column as text, empty where null."""
    return column.astype(object).where(column.notna(), "").astype(str)


def _optional(cases: pd.DataFrame, name: str) -> pd.Series | None:
    """A column that may be missing: times for ``Handled``, numbers for the others."""
    if name not in cases:
        return None
    if name == fields.HANDLED:
        return timestamps(cases[name])
    return pd.to_numeric(cases[name], errors="coerce").astype(np.float64)


def timestamps(column: pd.Series) -> pd.Series:
    """Wall-clock times. Layers may mark them as UTC: the clock counts, not the mark."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return column
    return pd.Series(read_times({"": column}, UTC).values[""], index=column.index)


# Counting


@dataclass(frozen=True)
class _Sets:
    """The cases that count, each with the time that tells its period: filed, judged, due and finished ones."""

    filed: pd.DataFrame
    judged: pd.DataFrame
    due: pd.DataFrame
    finished: pd.DataFrame

    @classmethod
    def of(cls, table: pd.DataFrame) -> _Sets:
        """All of them, with the flags that are summed up."""
        status = table[fields.STATUS]
        live = table[status != Status.VOID]
        judged = table[table[fields.FILED].notna()]
        due = table[status.isin([Status.CLOSED, Status.OVERDUE])]
        closed = due[fields.STATUS] == Status.CLOSED
        done = closed | due["handled"].notna()
        finished = table[status == Status.CLOSED]
        flags = {
            CLOSED: closed,
            ON_TIME: closed & (due[fields.FINISHED] <= due[fields.DEADLINE]),
            OVERDUE: due[fields.STATUS] == Status.OVERDUE,
            HANDLED: due["handled"] <= due[fields.DEADLINE],
            DONE: done,
            RETURNED: done & due["returned"],
        }
        return cls(
            _timed(live.assign(**{FILED: 1}), "begun"),
            _timed(judged.assign(**{JUDGED: 1, ACCURATE: judged["accurate"]}), fields.FILED),
            _timed(due.assign(**{DUE: 1, **flags}), fields.DEADLINE),
            _timed(finished.assign(**{FINISHED: 1}), fields.FINISHED),
        )

    def parts(self) -> tuple[pd.DataFrame, ...]:
        return self.filed, self.judged, self.due, self.finished

    def within(self, first: np.datetime64 | None, last: np.datetime64 | None) -> _Sets:
        """Those of the days from ``first`` to ``last``."""
        return _Sets(*(_in_range(rows, first, last) for rows in self.parts()))

    def together(self) -> _Sets:
        """The same as one group."""
        return _Sets(*(rows.assign(**{GROUP: ""}) for rows in self.parts()))

    def any_filed_or_due(self) -> bool:
        return bool(len(self.filed) or len(self.due))

    def days(self, first: np.datetime64 | None, last: np.datetime64 | None) -> tuple[np.datetime64, np.datetime64]:
        """The limits of the range, told by the cases where they are open."""
        days = np.concatenate([self.filed["day"].to_numpy(), self.due["day"].to_numpy()]).astype("datetime64[D]")
        return days.min() if first is None else first, days.max() if last is None else last

    def earliest(self) -> np.datetime64:
        """The first day of which anything is known."""
        return min(rows["day"].to_numpy().astype("datetime64[D]").min() for rows in (self.filed, self.due) if len(rows))


def _timed(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows that have the time, with its day."""
    rows = rows[rows[name].notna()]
    return rows.assign(day=rows[name].to_numpy().astype("datetime64[D]").astype("datetime64[s]"))


def _in_range(rows: pd.DataFrame, first: np.datetime64 | None, last: np.datetime64 | None) -> pd.DataFrame:
    day = rows["day"].to_numpy()
    inside = np.ones(len(day), dtype=bool)
    inside &= True if first is None else day >= first
    inside &= True if last is None else day <= last
    return rows[inside]


@dataclass(frozen=True)
class _Counting:
    """Counts by period and group; of ``Period.WHOLE`` there is one, ``whole``."""

    period: Period
    whole: Range

    def counted(self, sets: _Sets) -> pd.DataFrame:
        """Counts, rates and ranks with the index (start of the period, group)."""
        parts = [self._summed(rows) for rows in sets.parts()]
        keys = self._keys(sets.finished)
        hours = sets.finished[_HOURS].groupby(keys)
        parts += [hours.mean().rename(MEAN_HOURS), hours.quantile(_TENTHS).rename(P90_HOURS)]
        table = pd.concat(parts, axis=1).rename_axis([_START, GROUP])
        table[list(_COUNTS)] = table[list(_COUNTS)].fillna(0).astype(np.int64)
        known = bool(sets.due["returns_known"].any())
        return _with_rates(table, known)

    def _keys(self, rows: pd.DataFrame) -> list[pd.Series]:
        if self.period is Period.WHOLE:
            start = np.full(len(rows), self.whole.first.astype("datetime64[s]"))
        else:
            start = starts(rows["day"].to_numpy(), self.period).astype("datetime64[s]")
        return [pd.Series(start, index=rows.index, name=_START), rows[GROUP]]

    def _summed(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[[name for name in _COUNTS if name in rows]].astype(np.int64).groupby(self._keys(rows)).sum()

    def before(self, start: pd.Timestamp) -> np.datetime64:
        """The first day of the period before."""
        day = start.to_datetime64().astype("datetime64[D]")
        return self.whole.before().first if self.period is Period.WHOLE else before(day, self.period)

    def label(self, start: pd.Timestamp) -> tuple[str, str, str]:
        """Name, first and last day of a period."""
        if self.period is Period.WHOLE:
            return str(self.whole), str(self.whole.first), str(self.whole.last)
        day = start.to_datetime64().astype("datetime64[D]")
        return label(day, self.period), str(day), str(end(day, self.period))


def _with_rates(table: pd.DataFrame, returns_known: bool) -> pd.DataFrame:
    """Rates (empty where there is nothing to divide by) and ranks; equal rates share a rank."""
    rates = {
        CLOSE_RATE: (CLOSED, DUE), ON_TIME_RATE: (ON_TIME, DUE), HANDLED_RATE: (HANDLED, DUE),
        RETURN_RATE: (RETURNED, DONE), ACCURATE_RATE: (ACCURATE, JUDGED),
    }  # fmt: skip
    table = table.assign(**{name: table[part] / table[of].where(table[of] > 0) for name, (part, of) in rates.items()})
    if not returns_known:
        table[RETURN_RATE] = np.nan
    named = table.index.get_level_values(GROUP) != ""
    rate = table[ON_TIME_RATE].where(named)
    table[RANK] = rate.groupby(level=_START).rank(method="min", ascending=False).astype("Int64")
    return table


def _with_groups(table: pd.DataFrame, periods: Sequence[object], groups: Sequence[str]) -> pd.DataFrame:
    """The table with a row for each of the groups in each period."""
    if not groups:
        return table
    wanted = pd.MultiIndex.from_product([periods, list(dict.fromkeys(groups))], names=[_START, GROUP])
    table = table.reindex(table.index.union(wanted))
    table[list(_COUNTS)] = table[list(_COUNTS)].fillna(0).astype(np.int64)
    return table


def _compared(
    counting: _Counting, current: pd.DataFrame, previous: pd.DataFrame, earliest: np.datetime64
) -> pd.DataFrame:
    """The counts as rows of the result, with their change against the period before, where that is known."""
    table = current.reset_index()
    start = {each: counting.before(each) for each in table[_START].unique()}
    known = {each: _covers(earliest, day, each) for each, day in start.items()}
    there = table[_START].map(known).to_numpy(dtype=bool)
    keys = pd.MultiIndex.from_arrays([table[_START].map(start).astype("datetime64[s]"), table[GROUP]])
    old = previous.reindex(keys).reset_index(drop=True)
    filed = table[FILED] - old[FILED].fillna(0)
    table[FILED_CHANGE] = filed.where(there).astype("Int64")
    table[CLOSE_CHANGE] = (table[CLOSE_RATE] - old[CLOSE_RATE]).where(there)
    table[ON_TIME_CHANGE] = (table[ON_TIME_RATE] - old[ON_TIME_RATE]).where(there)
    table[RANK_CHANGE] = (old[RANK].astype("Int64") - table[RANK]).astype("Int64").where(there)
    names = {each: counting.label(each) for each in start}
    for number, name in enumerate((PERIOD, fields.FROM_DATE, fields.TO_DATE)):
        table[name] = [names[each][number] for each in table[_START]]
    return table.sort_values([_START, GROUP], ignore_index=True).reindex(columns=list(EVALUATION))


def _covers(earliest: np.datetime64, first: np.datetime64, after: pd.Timestamp) -> bool:
    """Whether the cases begin early enough in the period from ``first`` to before ``after`` to compare with it."""
    length = after.to_datetime64().astype("datetime64[D]") - first
    return bool(earliest <= first + length // _LATEST_BEGIN)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values([fields.FROM_DATE, RANK, GROUP], na_position="last", ignore_index=True)
