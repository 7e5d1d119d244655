"""What a case is at a moment: open, due soon, overdue, suspended, closed or void; and how it ended.

Overdue is an unfinished case whose deadline has passed, late a closed one that was finished after it; a case without a
deadline is neither (domain facts, "Cases"). When a case is due soon is a setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from citygrid_plugin.core.records.zone_time import hours_between

from .case_stages import (
    ALL_STAGES,
    CLOSED_STAGES,
    SUSPENDED_STAGE,
    VOID_STAGE,
)
from .worktime import (
    Times,
    Unit,
    WorkCalendar,
    add_limit,
)


class Status(StrEnum):
    """What a case is at a moment; the values are the contract of the field Status."""

    OPEN = "open"
    DUE_SOON = "due soon"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    VOID = "void"


class Outcome(StrEnum):
    """How a closed case ended; the values are those of the field Outcome, which is empty for all others."""

    ON_TIME = "on time"
    LATE = "late"


@dataclass(frozen=True)
class Course:
    """What is known of cases, an array each: ``stage`` in our words, times (not-a-time where unknown).

    ``suspended_from`` and ``suspended_to``: one pause (``StatedPauses.current``).
    """

    stage: NDArray[np.object_]
    deadline: Times
    finished: Times
    suspended_from: Times
    suspended_to: Times


@dataclass(frozen=True)
class State:
    """Status, outcome and hours past the deadline (not-a-number for cases that are neither overdue nor late)."""

    status: NDArray[np.object_]
    outcome: NDArray[np.object_]
    over_hours: NDArray[np.float64]


def state_at(course: Course, at: np.datetime64, due_soon_hours: float, zone: tzinfo | None) -> State:
    """The state of cases at a moment (wall-clock time of the zone).

    A case that is finished later than that is still unfinished then. One whose stage says nothing (empty or unknown)
    is closed once it has a finishing time. One in the stage 挂账 is suspended, unless a pause that begins later tells
    why it is now.
    """
    at = at.astype("datetime64[s]")
    closed = is_closed(course.stage, course.finished, at)
    lasting = (course.suspended_from <= at) & ~(course.suspended_to <= at)
    suspended = lasting | ((course.stage == SUSPENDED_STAGE) & ~(course.suspended_from > at))
    soon = add_limit(np.array([at]), np.array([due_soon_hours]), Unit.URGENT_HOURS, WorkCalendar(), zone=zone)[0]
    names = (Status.VOID, Status.CLOSED, Status.SUSPENDED, Status.OVERDUE, Status.DUE_SOON)
    masks = [course.stage == VOID_STAGE, closed, suspended, course.deadline < at, course.deadline <= soon]
    status = np.select(masks, [str(name) for name in names], str(Status.OPEN)).astype(object)
    is_done = status == Status.CLOSED
    late = is_done & (course.finished > course.deadline)
    on_time = is_done & (course.finished <= course.deadline)
    outcome = np.select([on_time, late], [str(Outcome.ON_TIME), str(Outcome.LATE)], "").astype(object)
    over = np.full(len(status), np.nan)
    overdue = status == Status.OVERDUE
    over[overdue] = hours_between(course.deadline[overdue], np.array(at), zone)
    over[late] = hours_between(course.deadline[late], course.finished[late], zone)
    return State(status, outcome, over)


def is_closed(stage: NDArray[np.object_], finished: Times, at: np.datetime64) -> NDArray[np.bool_]:
    """Whether each case is closed at a moment."""
    closed = np.isin(stage, CLOSED_STAGES) & ~(finished > at)
    return closed | (~np.isin(stage, ALL_STAGES) & (finished <= at))
