"""Which rows are delivered: those in force now, those that were on a day, or all."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import BadSetting
from citygrid_plugin.core.grids.stability import current

from .cells import as_text, day_of
from .dictionary import COMPONENTS, UNIT_GRID

_ISO_DATE: Final = 10  # characters
DATED: Final = frozenset({UNIT_GRID, COMPONENTS})
"""Kinds of layers whose rows have an initial date and an end date (ORDate, CHDate)."""


def checked_day(text: str) -> str:
    """YYYYMMDD of a day as a user enters it; empty for none. Raises ``BadSetting``."""
    day = day_of(text)
    if day is None:
        raise BadSetting(name="DATE", value=text, allowed="YYYYMMDD")
    return day


def in_force(frame: pd.DataFrame, day: str = "") -> NDArray[np.bool_]:
    """Rows (n,) without an end date or, with ``day`` (YYYYMMDD), those that had begun and not ended on it.

    A row without an initial date was there from the start; what is no date counts as none. On its last day a row is
    no longer in force: the row that takes its place begins on it.
    """
    if not day:
        return current(frame)
    first, last = (_days(frame, name) for name in (fields.INITIAL_DATE, fields.END_DATE))
    return (first <= int(day)) & ((last == 0) | (last > int(day)))


def _days(frame: pd.DataFrame, name: str) -> NDArray[np.int64]:
    """YYYYMMDD as numbers, 0 for none."""
    if name not in frame:
        return np.zeros(len(frame), dtype=np.int64)
    row, distinct = pd.factorize(frame[name], use_na_sentinel=False)
    days = [0 if pd.isna(value) else _day(as_text(value)) for value in distinct.tolist()]
    return np.array(days, dtype=np.int64)[row]


def _day(text: str) -> int:
    """YYYYMMDD of a date or of the beginning of a moment; 0 for what is none."""
    return int(day_of(text) or day_of(text[:_ISO_DATE]) or 0)
