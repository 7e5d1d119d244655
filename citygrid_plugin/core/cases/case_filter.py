"""Which cases are shown, in which order, and how many there are of each: what the panel of cases asks.

A value counts those cases that would be shown if it were chosen in its own list, all other lists staying as they are
(ours). The order of urgency: overdue cases, the longest first; then those that are due soonest, those without a
deadline after them; then suspended, closed (the last first) and void ones (issue 6; the latter part ours).
``processing.cases.case_filter_expression`` says the same in QGIS's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.records.zone_time import Times, hours_between
from citygrid_plugin.core.spatial.coverage import Floats, Indices

from .case_choice import LISTS, CaseFilter
from .case_columns import SEARCHED, CaseColumns, TextColumn
from .case_status import Course, Status, state_at

STATUSES: Final = (Status.OVERDUE, Status.DUE_SOON, Status.OPEN, Status.SUSPENDED, Status.CLOSED, Status.VOID)
"""The most urgent first."""

FIELD_OF_LIST: Final = {
    "departments": fields.DEPARTMENT, "streets": fields.STREET_NAME, "zones": fields.RGID, "sources": fields.SOURCE,
}  # fmt: skip

_WAITING: Final = (Status.DUE_SOON, Status.OPEN)  # one queue by the deadline
_LAST: Final = np.int64(1) << 40  # seconds: beyond all deadlines
_ORDERED: Final = {"number": fields.CASE_ID, "department": fields.DEPARTMENT, "place": fields.STREET_NAME}


@dataclass(frozen=True)
class CaseStates:
    """Cases at a moment: ``status`` (distinct texts: ``STATUSES``), ``outcome``, and hours.

    ``over_hours``: past the deadline, of overdue and late cases; ``left_hours``: until it, of unfinished cases
    (not-a-number otherwise). ``known``: whether a case had been reported by then. ``order``: all rows by urgency.
    """

    at: np.datetime64
    status: TextColumn
    outcome: NDArray[np.object_]
    over_hours: Floats
    left_hours: Floats
    known: NDArray[np.bool_]
    order: Indices


def states_at(
    cases: CaseColumns, at: np.datetime64, due_soon_hours: float = 24.0, *, as_of: bool = False
) -> CaseStates:
    """What all cases are at a moment (wall-clock time of the place).

    ``as_of``: as it was then, so that cases reported later are not known; else they are, whatever the clocks say.
    """
    at = at.astype("datetime64[s]")
    times = cases.times
    course = Course(
        cases.texts[fields.STAGE].texts,
        times[fields.DEADLINE],
        times[fields.FINISHED],
        times[fields.SUSPENDED_FROM],
        times[fields.SUSPENDED_TO],
    )
    state = state_at(course, at, due_soon_hours, None)
    rank = np.zeros(len(cases), dtype=np.int64)
    for number, status in enumerate(STATUSES):
        rank[state.status == status] = number
    waiting = rank < STATUSES.index(Status.CLOSED)
    left = np.where(waiting, hours_between(np.array(at), times[fields.DEADLINE], None), np.nan)
    known = ~(times[fields.REPORTED] > at) if as_of else np.ones(len(cases), dtype=bool)
    names = np.array([str(status) for status in STATUSES], dtype=object)
    order = _urgency(rank, times[fields.DEADLINE], times[fields.FINISHED])
    return CaseStates(at, TextColumn(rank, names), state.outcome, state.over_hours, left, known, order)


def _urgency(rank: Indices, deadline: Times, finished: Times) -> Indices:
    """All rows by urgency; those that are equally urgent in the order of the layer."""
    first, second = (STATUSES.index(status) for status in _WAITING)
    queue = np.where(rank == second, first, rank)
    closed = rank == STATUSES.index(Status.CLOSED)
    moment = np.where(closed, -_seconds(finished), _seconds(deadline))
    missing = np.isnat(np.where(closed, finished, deadline))
    moment = np.where(missing, _LAST, np.clip(moment, -_LAST, _LAST - 1))
    return np.argsort(queue * (4 * _LAST) + moment, kind="stable")


def _seconds(times: Times) -> Indices:
    return np.where(np.isnat(times), 0, times.astype("datetime64[s]").astype(np.int64))


@dataclass(frozen=True)
class Selection:
    """``mask`` (n,): which cases are shown; ``counts``: how many there are of each distinct value of each list.

    ``shown``: how many are shown of each status (in the order of ``STATUSES``).
    """

    mask: NDArray[np.bool_]
    counts: Mapping[str, Indices]
    shown: Indices

    @property
    def count(self) -> int:
        """How many cases are shown."""
        return int(self.shown.sum())


def column_of(cases: CaseColumns, states: CaseStates, name: str) -> TextColumn:
    """The values of one of ``LISTS``."""
    if name == "statuses":
        return states.status
    return cases.classes if name == "classes" else cases.texts[FIELD_OF_LIST[name]]


def matches(cases: CaseColumns, wanted: CaseFilter, states: CaseStates) -> NDArray[np.bool_]:
    """Which cases a filter shows."""
    chosen = [column_of(cases, states, name).one_of(getattr(wanted, name)) for name in LISTS if getattr(wanted, name)]
    return np.logical_and.reduce([_elsewhere(cases, wanted, states), *chosen])


def select(cases: CaseColumns, wanted: CaseFilter, states: CaseStates) -> Selection:
    """Which cases a filter shows, and how many there are of each value of each list."""
    columns = {name: column_of(cases, states, name) for name in LISTS}
    active = [name for name in LISTS if getattr(wanted, name)]
    chosen = {name: columns[name].one_of(getattr(wanted, name)) for name in active}
    others = _elsewhere(cases, wanted, states)
    mask = np.logical_and.reduce([others, *chosen.values()])
    counts = {}
    for name, column in columns.items():
        rest = [rows for other, rows in chosen.items() if other != name]
        counts[name] = column.count(np.logical_and.reduce([others, *rest]) if name in chosen else mask)
    return Selection(mask, counts, states.status.count(mask))


def _elsewhere(cases: CaseColumns, wanted: CaseFilter, states: CaseStates) -> NDArray[np.bool_]:
    """Which cases are known, and fit in all that is no list."""
    mask = states.known.copy()
    reported = cases.times[fields.REPORTED]
    if wanted.first:
        mask &= reported >= np.datetime64(wanted.first, "s")
    if wanted.last:
        mask &= reported < np.datetime64(wanted.last, "s") + np.timedelta64(1, "D")
    for word in wanted.words:
        mask &= np.logical_or.reduce([cases.texts[name].holding(word) for name in SEARCHED])
    return mask


def arranged(
    cases: CaseColumns,
    states: CaseStates,
    mask: NDArray[np.bool_],
    by: str = "urgency",
    *,
    backwards: bool = False,
    grouped: bool = False,
) -> Indices:
    """The rows that are shown, in order.

    ``by``: urgency, status, class, number, department or place; equal ones by urgency. ``grouped``: repeated reports
    follow the first one; the group stands where its first row in the order would.
    """
    order = states.order
    if by != "urgency":
        order = order[np.argsort(_rank(cases, states, by)[order], kind="stable")]
    if backwards:
        order = order[::-1]
    rows = order[mask[order]]
    return _grouped(cases, rows) if grouped else rows


def _rank(cases: CaseColumns, states: CaseStates, by: str) -> Indices:
    if by == "status":
        return states.status.row
    column = cases.classes if by == "class" else cases.texts[_ORDERED[by]]
    return column.rank[column.row]


def _grouped(cases: CaseColumns, rows: Indices) -> Indices:
    lead, place = cases.lead[rows], np.arange(len(rows))
    first = np.zeros(len(cases), dtype=np.int64)
    first[lead[::-1]] = place[::-1]
    return rows[np.argsort(first[lead] * 2 + (lead != rows), kind="stable")]
