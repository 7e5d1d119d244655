"""Time limits of case classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .errors import CityGridError
from .worktime import Times, Unit, WorkCalendar, add_limit

_UNITS: Final = {
    **{unit.value: unit for unit in Unit},
    "urgent hours": Unit.URGENT_HOURS,
    "work hours": Unit.WORK_HOURS,
    "workdays": Unit.WORKDAYS,
    "natural days": Unit.NATURAL_DAYS,
}
_NAMES: Final = {
    "code": ("code", "class code", "classcode", "小类代码"),
    "kind": ("kind", "类型"),
    "limit": ("limit", "时限"),
    "unit": ("unit", "单位"),
}
KINDS: Final = {
    "component": "component", "components": "component", "部件": "component",
    "event": "event", "events": "event", "事件": "event",
}  # fmt: skip
"""Words for the kind of a case or class."""

_LONGEST = 100_000  # ours: a limit beyond that is a slip of the pen


class BadLimits(CityGridError):
    """A table of time limits that cannot be understood."""

    template = (
        "The table of time limits has “{value}” in row {row}. It needs the columns code, limit (a number) and "
        "unit (紧急工作时, 工作时, 工作日 or 自然日), and may have kind (component or event); a class once."
    )


@dataclass(frozen=True)
class Limits:
    """One limit a class: ``amount`` of ``unit``; ``kind`` is component, event, or empty for both."""

    kind: NDArray[np.object_]
    code: NDArray[np.object_]
    amount: NDArray[np.float64]
    unit: NDArray[np.object_]


def read_limits(table: pd.DataFrame) -> Limits:
    """Limits from a text table with the columns code, limit, unit and optionally kind.

    A class that stands twice is refused: which of two limits holds would be a guess. Raises ``BadLimits``.
    """
    names = {str(name).strip().casefold(): name for name in table.columns}
    columns = {key: next((names[word] for word in words if word in names), None) for key, words in _NAMES.items()}
    if None in (columns["code"], columns["limit"], columns["unit"]):
        raise BadLimits(value=", ".join(map(str, table.columns)), row=1)
    text = pd.DataFrame(
        {
            key: table[name].fillna("").astype(str).str.strip() if name is not None else ""
            for key, name in columns.items()
        },
        index=range(len(table)) if not len(table) else table.index,
    ).reset_index(drop=True)
    amount = pd.to_numeric(text["limit"], errors="coerce")
    unit = text["unit"].str.casefold().map(_UNITS)
    kind = text["kind"].str.casefold().map({**KINDS, "": ""})
    wrong = ~amount.between(0, _LONGEST, inclusive="right") | unit.isna() | kind.isna() | (text["code"] == "")
    wrong |= pd.DataFrame({"kind": kind, "code": text["code"]}).duplicated()
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise BadLimits(value=", ".join(text.iloc[row]), row=row + 2)
    return Limits(
        kind.to_numpy(dtype=object),
        text["code"].to_numpy(dtype=object),
        amount.to_numpy(dtype=np.float64),
        unit.to_numpy(dtype=object),
    )


def deadlines(limits: Limits, kind: pd.Series, code: pd.Series, start: Times, calendar: WorkCalendar) -> Times:
    """When the limit of each case runs out; not-a-time where its class has none or its start is missing.

    A limit for the case's kind goes before one for both kinds.
    """
    rows = pd.MultiIndex.from_arrays([limits.kind, limits.code])
    row = rows.get_indexer(pd.MultiIndex.from_arrays([kind, code]))
    both = rows.get_indexer(pd.MultiIndex.from_arrays([np.full(len(code), "", dtype=object), code]))
    row = np.where(row < 0, both, row)
    result = np.full(len(start), np.datetime64("NaT", "s"))
    for unit in Unit:
        mine = (row >= 0) & (limits.unit[row] == unit) if len(limits.code) else np.zeros(len(row), dtype=bool)
        result[mine] = add_limit(start[mine], limits.amount[row[mine]], unit, calendar)
    return result
