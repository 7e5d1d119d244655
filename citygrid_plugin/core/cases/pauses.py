"""Pauses of cases (挂账, 缓办): stretches of time that take nothing off a time limit.

That paused time comes off is a fact of the trade (domain facts, "Cases"); how lists state pauses, and that pauses
that overlap count once, is ours.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.records.named_columns import named_columns
from citygrid_plugin.core.records.times import read_times
from citygrid_plugin.core.records.zone_time import NOT_A_TIME, Times, hours_between

_COLUMNS: Final = {
    "case": ("CaseID", "案卷编号", "案件编号", "案卷号", "任务号", "任务编号", "工单编号", "编号"),
    "begin": ("SuspFrom", "from", "begin", "挂账时间", "挂账开始时间", "缓办时间", "缓办开始时间", "开始时间"),
    "end": ("SuspTo", "to", "until", "恢复时间", "挂账结束时间", "缓办结束时间", "结束时间"),
    "time": ("time", "时间", "操作时间"),
    "event": ("event", "action", "操作", "动作"),
}
_BEGINS: Final = frozenset({"挂账", "缓办", "暂停", "suspend", "suspended", "pause", "hold", "on hold"})
_ENDS: Final = frozenset({"恢复", "解挂", "取消挂账", "结束挂账", "结束缓办", "resume", "resumed", "release"})


class BadPauses(CityGridError):
    """A table of pauses that cannot be understood."""

    template = (
        "The table of pauses has “{value}” in row {row}. It needs the columns CaseID (案卷编号), from (挂账时间) and "
        "to (恢复时间; empty while the pause lasts); or CaseID, time (时间) and event (操作: 挂账, 缓办 or 恢复)."
    )


@dataclass(frozen=True)
class Pauses:
    """Pauses by the index (``row``) of their case: sorted by it and their begin, none overlapping another."""

    row: NDArray[np.intp]
    begin: Times
    end: Times

    def of(self, rows: NDArray[np.bool_]) -> Pauses:
        """Those of some cases, whose indices are counted anew."""
        if not len(self.row):
            return self
        index = np.cumsum(rows) - 1
        mine = rows[self.row]
        return Pauses(index[self.row[mine]], self.begin[mine], self.end[mine])

    def in_turn(self) -> Iterator[NDArray[np.intp]]:
        """Indices of the first pause of each case, then of the second, and so on."""
        index = np.arange(len(self.row))
        number = index - np.maximum.accumulate(np.where(_is_first(self.row), index, 0))
        order = np.argsort(number, kind="stable")
        cuts = np.flatnonzero(np.diff(number[order])) + 1
        yield from (part for part in np.split(order, cuts) if len(part))

    def hours(self, count: int, zone: tzinfo | None, until: Times | None = None) -> NDArray[np.float64]:
        """Hours that pass in the pauses of each of ``count`` cases before ``until`` (one a case)."""
        end = self.end if until is None else np.fmin(self.end, until[self.row])
        passed = np.fmax(hours_between(self.begin, end, zone), 0.0)
        return np.bincount(self.row, np.nan_to_num(passed), minlength=count).astype(np.float64)


def _is_first(row: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Whether each of the rows, which are sorted, is the first of its kind."""
    return np.r_[True, row[1:] != row[:-1]][: len(row)]


def _no_times() -> Times:
    return np.array([], dtype="datetime64[s]")


NO_PAUSES: Final = Pauses(np.array([], dtype=np.intp), _no_times(), _no_times())


@dataclass(frozen=True)
class StatedPauses:
    """Pauses as stated: ``row`` of the case, ``begin``, ``end`` (not-a-time while they last), in any order.

    ``reversed``: how many end before they begin; ``unknown``: how many name no case of the list. Both are left out.
    """

    row: NDArray[np.intp]
    begin: Times
    end: Times
    reversed: int = 0
    unknown: int = 0

    def __add__(self, other: StatedPauses) -> StatedPauses:
        return StatedPauses(
            np.r_[self.row, other.row], np.r_[self.begin, other.begin], np.r_[self.end, other.end],
            self.reversed + other.reversed, self.unknown + other.unknown,
        )  # fmt: skip

    def as_of(self, at: np.datetime64) -> Pauses:
        """The pauses with those that last running until the moment at least; overlapping ones joined."""
        at = at.astype("datetime64[s]")
        begin, end = self.begin, np.where(np.isnat(self.end), np.maximum(self.begin, at), self.end)
        order = np.lexsort((begin, self.row))
        row, begin, end = self.row[order], begin[order], end[order]
        if not len(row):
            return NO_PAUSES
        reached = pd.Series(end.astype(np.int64)).groupby(row).cummax().to_numpy()
        new = np.r_[True, (row[1:] != row[:-1]) | (begin[1:].astype(np.int64) > reached[:-1])]
        first = np.flatnonzero(new)
        last = np.r_[first[1:], len(row)] - 1
        return Pauses(row[first], begin[first], reached[last].astype("datetime64[s]"))

    def current(self, count: int, at: np.datetime64) -> tuple[Times, Times]:
        """Begin and end of one pause a case: that at the moment, else the next one, else the last; or not-a-time."""
        at = at.astype("datetime64[s]")
        over = self.end <= at
        lasting = (self.begin <= at) & ~over
        # The last assignment holds: over ones in order, later ones from the farthest to the nearest, then lasting ones.
        group = np.select([lasting, over], [2, 0], 1)
        clock = self.begin.astype(np.int64)
        order = np.lexsort((np.where(group == 1, -clock, clock), group))
        begin, end = (np.full(count, NOT_A_TIME) for _ in range(2))
        begin[self.row[order]], end[self.row[order]] = self.begin[order], self.end[order]
        return begin, end


def stated(row: NDArray[np.intp], begin: Times, end: Times, unknown: int = 0) -> StatedPauses:
    """Pauses of cases; those without a begin or that end before it are left out."""
    backwards = end < begin
    good = ~np.isnat(begin) & ~backwards
    return StatedPauses(row[good], begin[good], end[good], int(backwards.sum()), unknown)


def read_pauses(table: pd.DataFrame, cases: pd.Series, zone: tzinfo) -> StatedPauses:
    """Pauses from a text table: rows of case, from, to; or of case, time and event (挂账 … 恢复).

    ``cases``: the numbers of the list; the index of a case in it becomes its row. Of events, each begin is ended by
    the next end of its case; a second begin before that changes nothing. Raises ``BadPauses``.
    """
    found = _columns(table)
    text = {name: table[column].fillna("").astype(str).str.strip() for name, column in found.items()}
    times = read_times({name: text[name] for name in ("begin", "end", "time") if name in text}, zone)
    for name, unreadable in times.unreadable.items():
        if unreadable.any():
            wrong = int(np.flatnonzero(unreadable)[0])
            raise BadPauses(value=text[name].iloc[wrong], row=wrong + 2)
    first = pd.Series(np.arange(len(cases)), index=cases.str.strip().to_numpy())
    row: NDArray[np.intp] = first[~first.index.duplicated()].reindex(text["case"], fill_value=-1).to_numpy()
    if "event" in found:
        row, begin, end = _of_events(row, times.values["time"], text["event"])
    else:
        begin = times.values["begin"]
        end = times.values.get("end", np.full(len(table), NOT_A_TIME))
    known = row >= 0
    return stated(row[known], begin[known], end[known], int((~known).sum()))


def _columns(table: pd.DataFrame) -> dict[str, Hashable]:
    known = {key: name for key, name in named_columns(table, _COLUMNS).items() if name is not None}
    if "case" in known and "begin" in known:
        return {key: known[key] for key in ("case", "begin", "end") if key in known}
    if {"case", "time", "event"} <= known.keys():
        return {key: known[key] for key in ("case", "time", "event")}
    raise BadPauses(value=", ".join(map(str, table.columns)), row=1)


def _of_events(row: NDArray[np.intp], time: Times, event: pd.Series) -> tuple[NDArray[np.intp], Times, Times]:
    """Pauses from events in any order; raises ``BadPauses`` for an unknown event or one without a time."""
    word = event.str.casefold()
    begins, ends = word.isin(_BEGINS).to_numpy(), word.isin(_ENDS).to_numpy()
    wrong = np.flatnonzero(~(begins | ends) | np.isnat(time))
    if len(wrong):
        raise BadPauses(value=str(event.iloc[wrong[0]]), row=int(wrong[0]) + 2)
    order = np.lexsort((~ends, time, row))  # at the same moment, the old pause ends before a new one begins
    row, time, begins = row[order], time[order], begins[order]
    first = np.flatnonzero(begins & (_is_first(row) | np.r_[True, ~begins[:-1]]))
    following = np.flatnonzero(~begins)
    place = np.searchsorted(following, first)
    end = np.full(len(first), NOT_A_TIME)
    there = place < len(following)
    ended = following[place[there]]
    mine = row[ended] == row[first[there]]
    end[np.flatnonzero(there)[mine]] = time[ended[mine]]
    return row[first], time[first], end
