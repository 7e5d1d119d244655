"""How many responsibility grids each community is to have: by the rule, and as a planner has set it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError

from .allocation import (
    Rule,
    TooManyZones,
    allocate,
    usable,
)

QUOTA: Final = "Quota"  # the zones that the workload is worth, as a decimal number
COUNT: Final = "Count"
LOCKED_ZONES: Final = "LockedZones"
FREE_CELLS: Final = "FreeCells"  # unit grids outside locked zones
PIECES: Final = "Pieces"  # connected pieces of those
TABLE: Final = (fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.CELLS, fields.WORKLOAD, QUOTA, LOCKED_ZONES, COUNT)
"""Columns of an allocation."""


class BadCounts(CityGridError):
    """A text of counts that cannot be read."""

    template = (
        "COUNTS cannot be read: {why}. Write the number of responsibility grids of each community as JSON, such as "
        '{{"330203001001": 6}}.'
    )


class UnknownCommunities(CityGridError):
    """Counts for communities that the grid lacks."""

    template = (
        "{count} communities with a number of responsibility grids have no unit grid, such as {example}. Check their "
        "codes (12 digits), or leave them out."
    )


class UnfitCount(CityGridError):
    """A number that a community cannot have."""

    template = (
        "{count} responsibility grids are asked for in community {community}, which has {cells} unit grids and "
        "{locked} locked responsibility grids. Give it at least {least} and at most {most}."
    )


class CountsDiffer(CityGridError):
    """Counts of the communities that do not fit the total."""

    template = (
        "The numbers of the communities add up to {total}, but {count} responsibility grids are asked for in all, and "
        "the communities without a number need at least {least}. Change COUNT or the numbers; with COUNT 0 the "
        "numbers decide."
    )


class TooFewForLocks(CityGridError):
    """A total below what locked zones and the other unit grids need."""

    template = (
        "{count} responsibility grids are too few: {locked} are locked, and the unit grids of {communities} "
        "communities outside them need at least one each. Ask for {least} or more, or unlock some."
    )


def parse_counts(text: str) -> dict[str, int]:
    """Counts from JSON: an object of community codes and whole numbers. Raises ``BadCounts``."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadCounts(why=f"{error.msg} (line {error.lineno}, column {error.colno})") from error
    if not isinstance(given, dict):
        raise BadCounts(why="it is no JSON object")
    return {str(code).strip(): whole_count(code, value) for code, value in given.items()}


def whole_count(code: object, value: object) -> int:
    """A count as a whole number, also from text or 6.0. Raises ``BadCounts``."""
    try:
        number = float(str(value).strip())
    except ValueError:
        number = np.nan
    if not number.is_integer() or number < 0 or isinstance(value, bool):
        raise BadCounts(why=f"the number of “{code}” is “{value}”")
    return int(number)


def allocation_table(
    frame: pd.DataFrame,
    count: int,
    *,
    rule: Rule = Rule.HUNTINGTON_HILL,
    counts: Mapping[str, int] | None = None,
    mean_cells: int = 0,
) -> pd.DataFrame:
    """The number of responsibility grids of each community, before any is made.

    ``frame``: a row a community with CommCode, Cells (unit grids), Workload, and as far as known CommName, LockedZones
    (locked zones), FreeCells (unit grids outside them) and Pieces (connected pieces of those; 1 by default).
    ``count``: zones in all; 0 leaves that to ``counts`` (community code: zones, as a planner sets them) and, for
    communities without one, to ``mean_cells`` unit grids a zone. The others share what is left by ``rule``.

    Returns ``TABLE``, by code; Quota is what the workload is worth of the total. Raises ``UnknownCommunities``,
    ``UnfitCount``, ``CountsDiffer``, ``TooFewForLocks``, ``allocation.TooFewZones`` and ``allocation.TooManyZones``.
    """
    table = frame.sort_values(fields.COMMUNITY_CODE, ignore_index=True)
    code = table[fields.COMMUNITY_CODE].astype(str)
    cells = table[fields.CELLS].to_numpy(dtype=np.int64)
    locked = _column(table, LOCKED_ZONES, np.zeros_like(cells))
    free = _column(table, FREE_CELLS, cells)
    least, most = locked + np.minimum(free, 1), locked + free
    given = _given(code, counts or {}, cells, locked, least, most)
    rest = np.flatnonzero(given < 0)
    fixed = int(given[given >= 0].sum())
    if count == 0:
        by_size = round(cells[rest].sum() / max(mean_cells, 1))
        left = max(by_size, int(least[rest].sum()))
    else:
        left = count - fixed
        _require_room(count, fixed, rest, least, most, locked)
    work = usable(table[fields.WORKLOAD].to_numpy(dtype=float))
    pieces = _column(table, PIECES, np.ones_like(cells))
    given[rest] = allocate(work[rest], most[rest], (locked + np.minimum(pieces, free))[rest], left, rule, least[rest])
    total = work.sum()
    quota = work / total * given.sum() if total else np.zeros(len(work))
    result = {
        fields.COMMUNITY_CODE: code,
        fields.COMMUNITY_NAME: table.get(fields.COMMUNITY_NAME, pd.Series("", index=table.index)),
        fields.CELLS: cells,
        fields.WORKLOAD: np.round(work, 2),
        QUOTA: np.round(quota, 2),
        LOCKED_ZONES: locked,
        COUNT: given,
    }
    return pd.DataFrame(result)[list(TABLE)]


def _column(table: pd.DataFrame, name: str, default: np.ndarray) -> np.ndarray:
    return table[name].to_numpy(dtype=np.int64) if name in table else default


def _given(
    code: pd.Series,
    counts: Mapping[str, int],
    cells: np.ndarray,
    locked: np.ndarray,
    least: np.ndarray,
    most: np.ndarray,
) -> np.ndarray:
    """The count that each community was given, -1 for none."""
    known = set(code)
    unknown = sorted(name for name in counts if name not in known)
    if unknown:
        raise UnknownCommunities(count=len(unknown), example=unknown[0])
    given = np.array([counts.get(name, -1) for name in code], dtype=np.int64)
    for row in np.flatnonzero((given >= 0) & ((given < least) | (given > most))):
        raise UnfitCount(
            count=int(given[row]),
            community=code[row],
            cells=int(cells[row]),
            locked=int(locked[row]),
            least=int(least[row]),
            most=int(most[row]),
        )
    return given


def _require_room(
    count: int, fixed: int, rest: np.ndarray, least: np.ndarray, most: np.ndarray, locked: np.ndarray
) -> None:
    """Raise where a total does not suit the counts given, the locked zones, or the unit grids."""
    left, needed = count - fixed, int(least[rest].sum())
    if fixed and (left < needed or (not len(rest) and left)):
        raise CountsDiffer(total=fixed, count=count, least=needed)
    if left < needed and locked.any():
        communities = int((least[rest] > locked[rest]).sum())
        raise TooFewForLocks(count=count, locked=int(locked.sum()), communities=communities, least=fixed + needed)
    if left > most[rest].sum():
        raise TooManyZones(count=count, cells=fixed + int(most[rest].sum()))
