"""Wall-clock times of a zone and the time that really passes, across the changes of daylight saving.

Wall-clock times carry no offset, so of an hour that comes twice in autumn the first one is meant, and a time
that spring leaves out is as long after the change as it claims (02:30 becomes 03:30): both as in Python (PEP 495).
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.datetime64]
"""Wall-clock times of the place, ``datetime64[s]``."""
Seconds = NDArray[np.int64]
NOT_A_TIME: Final = np.datetime64("NaT", "s")

_DAY: Final = 86_400
_AROUND: Final = 26 * 3600  # no offset is larger, so a change nearer than that shows on one side of a time
_EARLIEST, _LATEST = (int(np.datetime64(day, "s").astype(np.int64)) for day in ("0002-01-01", "9998-01-01"))


def to_utc(times: Times, zone: tzinfo | None) -> Seconds:
    """Seconds since 1970 of wall-clock times (without missing ones); without a zone the clock itself counts."""
    seconds = times.astype("datetime64[s]").astype(np.int64)
    if zone is None or not len(seconds):
        return seconds
    before, after = _offset(seconds - _AROUND, zone), _offset(seconds + _AROUND, zone)
    result = seconds - before
    changing = np.flatnonzero(before != after)
    if len(changing):
        clock, old, new = seconds[changing], before[changing], after[changing]
        is_new = (_offset(clock - old, zone) != old) & (_offset(clock - new, zone) == new)
        result[changing] = clock - np.where(is_new, new, old)
    return result


def from_utc(seconds: Seconds, zone: tzinfo | None) -> Times:
    """Wall-clock times of seconds since 1970."""
    clock = seconds if zone is None or not len(seconds) else seconds + _offset(seconds, zone)
    return clock.astype("datetime64[s]")


def _offset(seconds: Seconds, zone: tzinfo) -> Seconds:
    """What the clock is ahead of UTC, asked once a day; once a moment on days when it changes."""
    seconds = np.clip(seconds, _EARLIEST, _LATEST)
    days, row = np.unique(seconds // _DAY, return_inverse=True)
    edges = np.unique(np.r_[days, days + 1])
    known = np.array([_asked(int(day) * _DAY, zone) for day in edges], dtype=np.int64)
    first, last = (known[np.searchsorted(edges, day)] for day in (days, days + 1))
    result = first[row]
    changing = np.flatnonzero((first != last)[row])
    if len(changing):
        moments, which = np.unique(seconds[changing], return_inverse=True)
        result[changing] = np.array([_asked(int(moment), zone) for moment in moments], dtype=np.int64)[which]
    return result


def _asked(seconds: int, zone: tzinfo) -> int:
    offset = datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds())


def hours_between(start: Times, end: Times, zone: tzinfo | None) -> NDArray[np.float64]:
    """Hours that pass from ``start`` to ``end``; not-a-number where either is missing."""
    start, end = (np.asarray(times, dtype="datetime64[s]") for times in np.broadcast_arrays(start, end))
    result = np.full(start.shape, np.nan)
    known = ~(np.isnat(start) | np.isnat(end))
    result[known] = (to_utc(end[known], zone) - to_utc(start[known], zone)) / 3600
    return result
