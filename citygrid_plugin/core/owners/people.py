"""People for responsibility grids, communities and streets, from a table with a row a place and period.

The rules are those of the ownership table (``ownership_table``); the place of a row is a responsibility grid (code,
else its name), a community or a street, and a row counts only where the day that is asked for lies in its period, so
that a table may hold who was there before and who comes next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.divisions import text

from . import ownership_table
from .owner_words import PEOPLE
from .ownership_table import PLACES, Detail, apply_table

_ZONE: Final = (fields.RGID, fields.RG_NAME)
KEYS: Final = (*_ZONE, *(name for name in PLACES if name != fields.BGID))
TARGETS: Final = (*KEYS, *PEOPLE)
"""What the columns of a table can fill: keys and places, then people."""

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.RGID: ("责任网格编码", "责任网格代码", "责任网格编号", "网格编码", "网格编号", "responsibility grid code"),
    fields.RG_NAME: ("责任网格名称", "责任网格", "网格名称", "responsibility grid", "name of responsibility grid"),
    **{name: words for name, words in ownership_table.SYNONYMS.items() if name != fields.BGID},
}
"""Names of columns that are taken where none is chosen (ours), the most telling first."""
_DATE_DIGITS: Final = 8

TEXTS: Final = {
    "row_other_period": "The period of the row does not hold {day}.",
    "row_bad_date": "“{value}” is no date. Write it as YYYYMMDD.",
    "row_unknown": "The layer has nothing with this key: {key}.",
}
"""Why a row was flagged, where ``ownership_table.TEXTS`` does not say it."""


class NoPlaceColumn(CityGridError):
    """A table of people that names no place."""

    template = (
        "No column of “{layer}” names responsibility grids, communities or streets. It has: {available}. "
        'Name one in MAPPING, such as {{"RGID": "column"}}.'
    )


class Fate(StrEnum):
    """What became of a row."""

    APPLIED = "applied"
    UNKNOWN = "unknown key"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"
    OTHER_PERIOD = "other period"


@dataclass(frozen=True)
class Assigned:
    """``layer`` with the people; for each row of the table its fate, why, and to how many places it went."""

    layer: gpd.GeoDataFrame
    fate: list[Fate]
    detail: list[Detail | None]
    places: NDArray[np.intp]

    def counts(self) -> dict[Fate, int]:
        """How many rows had each fate."""
        return {fate: self.fate.count(fate) for fate in Fate}


def assign_people(layer: gpd.GeoDataFrame, table: pd.DataFrame, day: str) -> Assigned:
    """Give responsibility grids, communities or streets the people of a table on a day (YYYYMMDD).

    ``layer``: with RGID and RGName, and CommCode, CommName, StrCode, StrName as far as it has them. ``table``: from
    ``ownership_table.owners_of`` with ``TARGETS``. What no row speaks of keeps its people.
    """
    table = table.reset_index(drop=True)
    fate = np.full(len(table), "", dtype=object)
    detail: list[Detail | None] = [None] * len(table)
    begin, end = (_dates(table, name) for name in (fields.FROM_DATE, fields.TO_DATE))
    for name, date in ((fields.FROM_DATE, begin), (fields.TO_DATE, end)):
        for row in np.flatnonzero(date.isna()):
            fate[row], detail[row] = Fate.CONFLICT, Detail("row_bad_date", {"value": table[name].iloc[row]})
    outside = (fate == "") & (((begin != "") & (begin > day)) | ((end != "") & (end < day))).to_numpy(dtype=bool)
    for row in np.flatnonzero(outside):
        fate[row], detail[row] = Fate.OTHER_PERIOD, Detail("row_other_period", {"day": day})

    taken = np.flatnonzero(fate == "")
    rows = table.iloc[taken].assign(**{fields.BGID: _zone_keys(table.iloc[taken], layer)})
    for name, date in ((fields.FROM_DATE, begin), (fields.TO_DATE, end)):
        if name in rows:
            rows[name] = date.iloc[taken]
    places = layer.assign(**{fields.BGID: layer.get(fields.RGID, "")})
    applied = apply_table(places, rows.drop(columns=[*_ZONE], errors="ignore"))
    count = np.zeros(len(table), dtype=np.intp)
    count[taken] = applied.grids
    for row, flag, why in zip(taken, applied.flag, applied.detail, strict=True):
        fate[row], detail[row] = Fate(str(flag)), why
    people = applied.grid[[name for name in PEOPLE if name in applied.grid]]
    return Assigned(layer.assign(**{name: people[name].to_numpy() for name in people}), fate.tolist(), detail, count)


def _dates(table: pd.DataFrame, name: str) -> pd.Series:
    """Dates as YYYYMMDD, empty where there is none, null where there is something else."""
    given = table[name] if name in table else pd.Series("", index=table.index, dtype=object)
    digits = given.str.replace(r"[\sT].*$", "", regex=True)
    parts = digits.str.extract(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$")
    date = parts[0].str.cat([parts[1].str.zfill(2), parts[2].str.zfill(2)])
    real = pd.to_datetime(date, format="%Y%m%d", errors="coerce").notna()
    return date.where(real).mask(given == "", "")


def _zone_keys(table: pd.DataFrame, layer: gpd.GeoDataFrame) -> pd.Series:
    """The code of the responsibility grid that each row names; a name that is not that of just one stays as it is."""
    nothing = pd.Series("", index=table.index, dtype=object)
    code, name = (table.get(column, nothing) for column in _ZONE)
    if fields.RGID not in layer or fields.RG_NAME not in layer:
        return code
    codes = pd.Series(text(layer[fields.RGID]).to_numpy(), index=text(layer[fields.RG_NAME]).to_numpy())
    codes = codes[~codes.index.duplicated(keep=False)]
    return code.mask(code == "", name.map(codes).fillna(name))
