"""Cases as they are at a moment, so that an evaluation agrees with the map, which follows the clock.

The status that a layer of cases holds is that of the moment at which it was loaded. Here it is told anew, by the
rules of ``case_status`` as in the expressions of the styles.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import UnknownField
from citygrid_plugin.core.records.zone_time import Times

from .case_status import Course, Status, state_at
from .evaluation import By, group_names, statuses, texts, timestamps

COURSE: Final = (fields.STAGE, fields.SUSPENDED_FROM, fields.SUSPENDED_TO)
"""Columns beyond those of an evaluation that tell the status anew; without the stage it cannot be told."""


class Make(StrEnum):
    """What cases are made up of at a moment: their status, the closed ones by how they ended."""

    ON_TIME = "on time"
    LATE = "late"
    ENDED = "closed"  # no deadline or no finishing time is known
    OPEN = "open"
    DUE_SOON = "due soon"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    VOID = "void"
    OTHER = ""  # a status that is none of ``Status``


CLOSED: Final = (Make.ON_TIME, Make.LATE, Make.ENDED)


def as_of(cases: pd.DataFrame, at: np.datetime64, due_soon_hours: float, *, known_only: bool = False) -> pd.DataFrame:
    """The cases with their status at a moment (wall-clock time of the place, as the times of the layer are).

    With ``known_only`` as they were known then: without those reported (or, without a report, filed) later, and
    without what was filed, handled or finished later; a pause counts as it is stated. Raises ``UnknownField`` without
    a stage.
    """
    if fields.STAGE not in cases:
        raise UnknownField(layer="CASES", field=fields.STAGE, available=", ".join(map(str, cases.columns)))
    at = at.astype("datetime64[s]")
    names = (fields.REPORTED, fields.FILED, fields.DEADLINE, fields.FINISHED, fields.HANDLED, *COURSE[1:])
    times = {name: _seconds(cases[name]) for name in names if name in cases}
    none = np.full(len(cases), np.datetime64("NaT", "s"))
    course = Course(
        texts(cases[fields.STAGE]).to_numpy(dtype=object),
        times[fields.DEADLINE],
        times[fields.FINISHED],
        times.get(fields.SUSPENDED_FROM, none),
        times.get(fields.SUSPENDED_TO, none),
    )
    status = state_at(course, at, due_soon_hours, None).status
    if not known_only:
        return cases.assign(**times, **{fields.STATUS: status})
    begun = np.where(np.isnat(times[fields.REPORTED]), times[fields.FILED], times[fields.REPORTED])
    for name in (fields.FILED, fields.FINISHED, fields.HANDLED):
        if name in times:
            times[name] = np.where(times[name] > at, none, times[name])
    return cases.assign(**times, **{fields.STATUS: status})[~(begun > at)]


def made_up(cases: pd.DataFrame, by: By) -> pd.DataFrame:
    """How many cases of each group (the index) are what (a column each of ``Make``), whatever their period."""
    deadline, finished = (_seconds(cases[name]) for name in (fields.DEADLINE, fields.FINISHED))
    status = statuses(cases).to_numpy(dtype=object)
    closed = status == Status.CLOSED
    kinds = [Make(each) for each in Status if each != Status.CLOSED]
    masks = [closed & (finished <= deadline), closed & (finished > deadline), closed]
    codes = np.select(
        [*masks, *(status == each for each in kinds)],
        [list(Make).index(each) for each in (*CLOSED, *kinds)],
        list(Make).index(Make.OTHER),
    )
    counts = pd.crosstab(group_names(cases, by).to_numpy(), codes)
    table = counts.reindex(columns=range(len(Make)), fill_value=0).rename_axis(index=None, columns=None)
    return table.set_axis(pd.Index([str(each) for each in Make], dtype=object), axis=1)


def _seconds(column: pd.Series) -> Times:
    return timestamps(column).to_numpy().astype("datetime64[s]")
