"""An ownership table: who answers for a unit grid, a community or a street, and to which of them a grid belongs.

Each row goes by its first key that is filled: the code of a unit grid (BGID), of a community, the name of a
community (of several with that name, the one in the street that the row names), the code or the name of a street.
What else it says of the place must agree with the grids; it fills what these leave empty and overwrites nothing.
The people of a row (``owner_words.PEOPLE``) are taken as a whole. A row for a grid goes before one for its
community, and that before one for its street (ours).

Nothing is decided in silence: rows that give one key different values, that contradict the place, or whose name is
that of several places, are conflicts, and none of them is applied. Rows read = applied + unknown + conflicts +
duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from citygrid_plugin.core import fields
from citygrid_plugin.core.codes import COMMUNITY_DIGITS, STREET_DIGITS, is_digits
from citygrid_plugin.core.errors import CityGridError
from citygrid_plugin.core.grids.divisions import community_key, street_key, text
from citygrid_plugin.core.problems import Problem, Severity
from citygrid_plugin.core.records.mapping import Rules, guess_mapping, mapped
from citygrid_plugin.core.spatial.coverage import Indices

from .owner_words import PEOPLE, PEOPLE_SYNONYMS

PLACES: Final = (
    fields.BGID, fields.COMMUNITY_CODE, fields.COMMUNITY_NAME, fields.STREET_CODE, fields.STREET_NAME
)  # fmt: skip
TARGETS: Final = (*PLACES, *PEOPLE)
"""What the columns of a table can fill: keys and places, then people."""

FLAG: Final = "Flag"
GRIDS: Final = "Grids"
ADDED: Final = (FLAG, GRIDS, fields.DETAIL)
"""Columns that a table comes back with: what became of the row, how many unit grids it went to, and why."""

SYNONYMS: Final[Mapping[str, Sequence[str]]] = {
    fields.BGID: (
        "单元网格编码", "单元网格代码", "单元网格标识码", "单元网格编号", "网格编码", "网格代码", "网格编号",
        "单元网格", "unit grid code", "grid code", "unit grid", "grid id",
    ),
    fields.COMMUNITY_CODE: (
        "社区代码", "社区编码", "社区编号", "社区标识码", "村居代码", "village code", "community code", "community id",
    ),
    fields.COMMUNITY_NAME: (
        "社区名称", "社区", "社区（村）", "社区(村)", "村居", "村居名称", "村社区", "community name", "community",
    ),
    fields.STREET_CODE: ("街道代码", "街道编码", "街道编号", "乡镇街道代码", "street code", "subdistrict code"),
    fields.STREET_NAME: (
        "街道名称", "街道", "所属街道", "所在街道", "镇街", "乡镇街道", "街道（乡镇）", "street name", "street",
        "subdistrict",
    ),
    **PEOPLE_SYNONYMS,
}  # fmt: skip
"""Names of columns that are taken where none is chosen (ours), the most telling first."""

TEXTS: Final = {
    "row_without_key": "The row names no unit grid, community or street.",
    "row_unknown": "No unit grid has this key: {key}.",
    "row_repeated": "The row says the same as row {row}.",
    "row_empty": "The row gives nothing but its key.",
}
"""Why a row was flagged, where no problem of a grid says it (``problems.TEXTS``)."""

_NAMES = (fields.COMMUNITY_NAME, fields.STREET_NAME)
_CODES = (fields.BGID, fields.COMMUNITY_CODE, fields.STREET_CODE)
_SHOWN = 3  # examples in a sentence


class NoKeyColumn(CityGridError):
    """A table that names no place."""

    template = (
        "No column of “{layer}” names unit grids, communities or streets. It has: {available}. "
        'Name one in OWNERS_MAPPING, such as {{"BGID": "column"}}.'
    )


class Flag(StrEnum):
    """What became of a row."""

    APPLIED = "applied"
    UNKNOWN = "unknown key"
    CONFLICT = "conflict"
    DUPLICATE = "duplicate"


class Level(IntEnum):
    """What a row is for, the wider first: a later level goes before an earlier one."""

    STREET = 0
    COMMUNITY = 1
    GRID = 2


@dataclass(frozen=True)
class Detail:
    """Why a row was flagged: a key of ``TEXTS`` or ``problems.TEXTS``, and the values of its places."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class AppliedTable:
    """The unit grids with what the table gave; a flag, a detail and the number of grids for each row of the table.

    ``overruled``: grids whose own row went before one for their community or street. ``filled``: grids whose
    community came from the table.
    """

    grid: gpd.GeoDataFrame
    flag: list[Flag]
    detail: list[Detail | None]
    grids: Indices
    problems: list[Problem]
    overruled: int
    filled: NDArray[np.bool_]

    def counts(self) -> dict[Flag, int]:
        """How many rows have each flag."""
        return {flag: self.flag.count(flag) for flag in Flag}


def guessed_rules(
    columns: Sequence[str],
    rules: Rules,
    layer: str,
    synonyms: Mapping[str, Sequence[str]] = SYNONYMS,
    keys: Sequence[str] = PLACES,
    missing: type[CityGridError] = NoKeyColumn,
) -> dict[str, Any]:
    """Which column fills what: the rules, and what they leave out by the names of the columns.

    Raises ``missing`` (with layer and available) where none holds one of the ``keys``.
    """
    own = [column for column in columns if column not in ADDED]
    result = {**guess_mapping(own, synonyms), **rules}
    if not any(name in result for name in keys):
        raise missing(layer=layer, available=", ".join(own))
    return result


def owners_of(table: pd.DataFrame, rules: Rules, layer: str, targets: Sequence[str] = TARGETS) -> pd.DataFrame:
    """The rows of a table as text under those of ``targets`` that the rules fill, empty where blank.

    Raises ``UnknownField``.
    """
    known = mapped(table, rules, [name for name in targets if name in rules], layer)
    return pd.DataFrame({name: clean(known[name], name) for name in known}, index=known.index, dtype=object)


def clean(values: pd.Series, name: str) -> pd.Series:
    """Trimmed text; codes without what spreadsheets put around them, street codes with nine digits."""
    values = text(values)
    if name in _CODES:
        values = values.str.replace(r"^'+|\.0+$|\s", "", regex=True)
    if name == fields.STREET_CODE:
        official = is_digits(values, COMMUNITY_DIGITS) & values.str.endswith("000")
        values = values.mask(official, values.str[:STREET_DIGITS])
    return values


def blank_table(grid: gpd.GeoDataFrame, *, by_grid: bool) -> pd.DataFrame:
    """A table to hand out and fill in: a row a unit grid or a community, sorted by code, with the people known so far.

    A community has the people on whom all its grids agree.
    """
    places = _Places(grid)
    known = {name: text(grid[name]).to_numpy() if name in grid else "" for name in PEOPLE}
    rows = pd.DataFrame({**places.column, **known})
    if by_grid:
        return rows.sort_values([fields.BGID, fields.COMMUNITY_CODE], kind="stable", ignore_index=True)
    groups = rows.assign(number=places.number[Level.COMMUNITY]).groupby("number")
    table = groups.first().drop(index=-1, columns=fields.BGID, errors="ignore")
    agreed = groups[list(PEOPLE)].agg("nunique").loc[table.index] == 1
    table[list(PEOPLE)] = table[list(PEOPLE)].where(agreed, "")
    table.insert(len(PLACES) - 1, GRIDS, groups.size().loc[table.index])
    order = [fields.STREET_CODE, fields.COMMUNITY_CODE, fields.STREET_NAME, fields.COMMUNITY_NAME]
    return table.sort_values(order, kind="stable", ignore_index=True)


def apply_table(grid: gpd.GeoDataFrame, table: pd.DataFrame) -> AppliedTable:
    """Give the unit grids what an ownership table says (the rules of this module).

    ``grid``: with CommCode, CommName, StrCode and StrName as text (empty where unknown), and BGID. ``table``: from
    ``owners_of``; rows are numbered from 1.
    """
    table = table.reset_index(drop=True)
    rows = _Rows(table, _Places(grid))
    rows.flag_unknown()
    rows.flag_ambiguous()
    rows.flag_different()
    rows.flag_contradicting()
    rows.flag_repeated()
    return rows.applied(grid)


class _Places:
    """The grids with numbers for their codes, communities and streets, and the names by which these are found."""

    def __init__(self, grid: gpd.GeoDataFrame) -> None:
        self.geometry = grid.geometry.to_numpy()
        nothing = pd.Series([""] * len(grid), dtype=object)
        self.column = {name: text(grid[name]).reset_index(drop=True) if name in grid else nothing for name in PLACES}
        self.key = {name: _compared(column, name) for name, column in self.column.items()}
        code, street = self.column[fields.STREET_CODE], self.key[fields.STREET_NAME]
        street = code.mask(code == "", street)
        code, name = self.column[fields.COMMUNITY_CODE], self.key[fields.COMMUNITY_NAME]
        community = code.mask(code == "", (street + "|" + name).mask(name == "", ""))
        self.number = {
            Level.GRID: _numbered(self.column[fields.BGID]),
            Level.COMMUNITY: _numbered(community),
            Level.STREET: _numbered(street),
        }
        self._order = {level: np.argsort(number, kind="stable") for level, number in self.number.items()}

    def named(self, level: Level, name: str) -> pd.DataFrame:
        """Which places of a level a key names: key, number, and the street of each as far as known."""
        found = pd.DataFrame(
            {
                "key": self.key[name],
                "number": self.number[level],
                "code": self.key[fields.STREET_CODE],
                "street": self.key[fields.STREET_NAME],
            }
        )
        return found[(found["key"] != "") & (found["number"] >= 0)].drop_duplicates()

    def grids(self, level: Level, number: int) -> Indices:
        """The grids (indices) of a place."""
        order, numbers = self._order[level], self.number[level]
        first, last = (np.searchsorted(numbers, number, side, sorter=order) for side in ("left", "right"))
        return order[first:last]


def _compared(values: pd.Series, name: str) -> pd.Series:
    """What of a code or name is compared: names without “社区居委会”, “街道办事处” and the like."""
    if name not in _NAMES:
        return values
    row, distinct = pd.factorize(values)
    names = pd.Series(distinct, dtype=object)
    key = community_key(names) if name == fields.COMMUNITY_NAME else street_key(names).str.removesuffix("街道")
    return pd.Series(key.to_numpy(dtype=object)[row], index=values.index)


def _numbered(values: pd.Series) -> Indices:
    """A number for each value; -1 where it is empty."""
    return pd.factorize(values.mask(values == "", None))[0]


_KEYS: Final = (
    (Level.GRID, fields.BGID),
    (Level.COMMUNITY, fields.COMMUNITY_CODE),
    (Level.COMMUNITY, fields.COMMUNITY_NAME),
    (Level.STREET, fields.STREET_CODE),
    (Level.STREET, fields.STREET_NAME),
)
"""Level and key of a row, in the order in which they are tried."""


class _Rows:
    """The rows of a table, what each is for, and what becomes of it."""

    def __init__(self, table: pd.DataFrame, places: _Places) -> None:
        count = len(table)
        self.table, self.places = table, places
        self.given = [name for name in PLACES if name in table]
        self.people = [name for name in PEOPLE if name in table]
        self.said = {name: table[name].to_numpy(dtype=object) for name in table}
        self.key = {name: _compared(table[name], name).to_numpy(dtype=object) for name in self.given}
        self.flag = np.full(count, "", dtype=object)  # of Flag; empty: none yet
        self.detail: list[Detail | None] = [None] * count
        self.level = np.full(count, -1)
        self.number = np.full(count, -1, dtype=np.intp)
        self.name = np.full(count, "", dtype=object)  # of the column that is the row's key
        self.candidates: dict[int, Indices] = {}  # of rows whose name is that of several places
        self.elsewhere: dict[int, tuple[int, str]] = {}  # rows whose name is found in another street only: there
        self.conflicts: dict[str, list[tuple[Indices, Mapping[str, object]]]] = {}
        for level, name in _KEYS:
            if name in table:
                self._find(level, name)

    def _find(self, level: Level, name: str) -> None:
        """The places that rows are for which have no key yet and fill this one."""
        asked = np.flatnonzero((self.name == "") & (self.key[name] != ""))
        self.name[asked], self.level[asked] = name, level
        pairs = pd.DataFrame({"row": asked, "key": self.key[name][asked]}).merge(
            self.places.named(level, name), on="key"
        )
        row = pairs["row"].to_numpy()
        fits = np.ones(len(pairs), dtype=bool)
        for column, theirs in ((fields.STREET_CODE, "code"), (fields.STREET_NAME, "street")):
            if name == fields.COMMUNITY_NAME and column in self.key:
                said, there = self.key[column][row], pairs[theirs].to_numpy()
                fits &= (said == "") | (there == "") | (said == there)
        lost = pairs[~fits & ~np.isin(row, row[fits])].drop_duplicates("row")
        street = lost["street"].where(lost["street"] != "", lost["code"])
        self.elsewhere |= dict(zip(lost["row"], zip(lost["number"], street, strict=True), strict=True))
        pairs = pairs[fits].drop_duplicates(["row", "number"])
        several = pairs["row"].duplicated(keep=False)
        self.candidates |= {int(row): some.to_numpy() for row, some in pairs[several].groupby("row")["number"]}
        self.number[pairs["row"][~several]] = pairs["number"][~several]

    def _open(self) -> Indices:
        """The rows that have no flag yet."""
        return np.flatnonzero(self.flag == "")

    def _set(self, at: int, flag: Flag, detail: Detail) -> None:
        self.flag[at], self.detail[at] = flag, detail

    def _conflict(self, at: int, detail: Detail, grids: Indices | None = None) -> None:
        """Flag a row; with ``grids``, a problem is shown there."""
        self._set(at, Flag.CONFLICT, detail)
        if grids is not None:
            self.conflicts.setdefault(detail.key, []).append((grids, detail.values))

    def flag_unknown(self) -> None:
        """Rows without a key, and those whose key no grid has."""
        for row in np.flatnonzero(self.number < 0).tolist():
            if not self.name[row]:
                self._set(row, Flag.UNKNOWN, Detail("row_without_key"))
            elif row not in self.candidates and row not in self.elsewhere:
                self._set(row, Flag.UNKNOWN, Detail("row_unknown", {"key": self.said[self.name[row]][row]}))

    def flag_ambiguous(self) -> None:
        """Rows whose name is that of several places, or of one in another street."""
        for row, numbers in self.candidates.items():
            level, key = Level(self.level[row]), self.said[self.name[row]][row]
            grids = np.concatenate([self.places.grids(level, number) for number in numbers])
            values = {"row": row + 1, "key": key, "count": len(numbers)}
            self._conflict(row, Detail("ambiguous_name", values), grids)
        for row, (number, street) in self.elsewhere.items():
            columns = (fields.STREET_NAME, fields.STREET_CODE)
            given = next(self.said[name][row] for name in columns if name in self.key and self.said[name][row])
            grids = self.places.grids(Level(self.level[row]), number)
            values = {"row": row + 1, "given": given, "other": street}
            self._conflict(row, Detail("table_disagrees", values), grids)

    def _groups(self, rows: Indices) -> pd.DataFrame:
        """Some rows with what each is for (level, number) and what it says, compared (null where empty)."""
        said = {name: self.key.get(name, self.said[name])[rows] for name in (*self.given, *self.people)}
        frame = pd.DataFrame(said, dtype=object)
        return frame.mask(frame == "", None).assign(row=rows, level=self.level[rows], number=self.number[rows])

    def flag_different(self) -> None:
        """Rows that give the same place different values."""
        columns = [*self.given, *self.people]
        said = self._groups(self._open())
        said = said[said.duplicated(["level", "number"], keep=False)]
        if not len(said):
            return
        groups = said.groupby(["level", "number"])
        different = groups[columns].agg("nunique") > 1
        for (level, number), differs in zip(different.index, different.to_numpy(), strict=True):
            if not differs.any():
                continue
            rows = said["row"].to_numpy()[groups.indices[level, number]]
            name = columns[int(differs.argmax())]
            examples = [value for value in dict.fromkeys(self.said[name][rows]) if value]
            values = {
                "rows": ", ".join(str(row + 1) for row in rows),
                "key": self.said[self.name[rows[0]]][rows[0]],
                "values": " / ".join(examples[:_SHOWN]) + (" …" if len(examples) > _SHOWN else ""),
            }
            self._conflict(rows[0], Detail("table_conflict", values), self.places.grids(Level(level), number))
            for row in rows[1:]:
                self._conflict(row, Detail("table_conflict", values))

    def flag_contradicting(self) -> None:
        """Rows that say another community or street than their grids are in."""
        for level, numbers in self.places.number.items():
            rows = self._open()
            rows = rows[self.level[rows] == level]
            asked = pd.DataFrame({"row": rows, "number": self.number[rows]})
            pairs = asked.merge(pd.DataFrame({"grid": np.arange(len(numbers)), "number": numbers}), on="number")
            row, grid = pairs["row"].to_numpy(), pairs["grid"].to_numpy()
            wrong: dict[int, tuple[str, str]] = {}
            for name in self.given:
                said, there = self.key[name][row], self.places.key[name].to_numpy()[grid]
                differs = np.flatnonzero((said != "") & (there != "") & (said != there))
                here = self.places.column[name].to_numpy()
                for found, at in zip(*np.unique(row[differs], return_index=True), strict=True):
                    wrong.setdefault(int(found), (self.said[name][found], here[grid[differs[at]]]))
            for found, (given, other) in wrong.items():
                grids = self.places.grids(level, self.number[found])
                values = {"row": found + 1, "given": given, "other": other}
                self._conflict(found, Detail("table_disagrees", values), grids)

    def flag_repeated(self) -> None:
        """Rows that say nothing beyond earlier ones of the same place; the others are applied."""
        said = self._groups(self._open())
        filled = said[[*self.given, *self.people]].notna().astype(int)
        new = (filled == 1) & (filled.groupby([said["level"], said["number"]]).cumsum() == 1)
        first = said.groupby(["level", "number"])["row"].transform("first").to_numpy()
        rows = said["row"].to_numpy()
        repeated = (rows != first) & ~new.any(axis=1).to_numpy()
        self.flag[rows[~repeated]] = Flag.APPLIED
        for row, leader in zip(rows[repeated].tolist(), first[repeated].tolist(), strict=True):
            self._set(row, Flag.DUPLICATE, Detail("row_repeated", {"row": leader + 1}))
        for row in rows[~repeated & (filled.sum(axis=1) <= 1).to_numpy()].tolist():
            self.detail[row] = Detail("row_empty")

    def applied(self, grid: gpd.GeoDataFrame) -> AppliedTable:
        """What the applied rows give to the grids."""
        if len(self._open()):
            raise RuntimeError("Rows of the ownership table were lost")  # noqa: TRY003 - a bug, not a user's error
        owned = grid.copy()
        taken = np.flatnonzero(self.flag == Flag.APPLIED)
        said = self.table.iloc[taken].reset_index(drop=True)
        said = said.mask(said == "", None).assign(level=self.level[taken], number=self.number[taken])
        grids = np.zeros(len(self.table), dtype=np.intp)
        filled = np.zeros(len(grid), dtype=bool)
        people = {name: np.full(len(grid), None, dtype=object) for name in self.people}
        speaking = np.zeros(len(grid), dtype=np.intp)  # how many levels name people for each grid
        for level in Level:
            numbers = self.places.number[level]
            here = taken[self.level[taken] == level]
            grids[here] = np.bincount(numbers[numbers >= 0], minlength=1)[self.number[here]]
            block = said[said["level"] == level].groupby("number").first().reindex(numbers).reset_index(drop=True)
            filled |= self._fill_places(owned, block)
            named = block[self.people].notna().any(axis=1).to_numpy()
            people = {name: np.where(named, block[name], values) for name, values in people.items()}
            speaking += named
        self._give_people(owned, pd.DataFrame(people, index=range(len(grid)), dtype=object))
        return AppliedTable(
            owned, self.flag.tolist(), self.detail, grids, self._problems(), int((speaking > 1).sum()), filled
        )

    def _problems(self) -> list[Problem]:
        """The conflicts, each where it matters: at one grid, or at all grids of a place together."""
        result = []
        for key, found in self.conflicts.items():
            alone = [(grids, values) for grids, values in found if len(grids) == 1]
            grid = np.array([grids[0] for grids, _ in alone], dtype=np.intp)
            result.append(Problem(key, Severity.ERROR, grid, values=_columns(values for _, values in alone)))
            together = [(grids, values) for grids, values in found if len(grids) > 1]
            places = np.empty(len(together), dtype=object)
            places[:] = [shapely.union_all(self.places.geometry[grids]) for grids, _ in together]
            nowhere = np.array([], dtype=np.intp)
            result.append(Problem(key, Severity.ERROR, nowhere, places, _columns(values for _, values in together)))
        return result

    def _fill_places(self, owned: gpd.GeoDataFrame, block: pd.DataFrame) -> NDArray[np.bool_]:
        """Fill empty codes and names; returns which grids got a community code."""
        result = np.zeros(len(owned), dtype=bool)
        for name in self.given:
            if name == fields.BGID or name not in owned:
                continue
            before = text(owned[name]).to_numpy()
            empty = (before == "") & block[name].notna().to_numpy()
            owned[name] = np.where(empty, block[name].to_numpy(dtype=object), before)
            if name == fields.COMMUNITY_CODE:
                result = empty
        return result

    def _give_people(self, owned: gpd.GeoDataFrame, people: pd.DataFrame) -> None:
        """Give grids people as a whole; null where no row names any."""
        given = people.notna().any(axis=1).to_numpy()
        another = np.zeros(len(owned), dtype=bool)  # another person than before, of whom the rest is not known
        if fields.OWNER in self.people and fields.OWNER in owned:
            another = given & (text(owned[fields.OWNER]).to_numpy() != people[fields.OWNER].fillna("").to_numpy())
        for name in PEOPLE:
            before = text(owned[name]).to_numpy() if name in owned else np.full(len(owned), "", dtype=object)
            if name in self.people:
                owned[name] = np.where(given, people[name].fillna("").to_numpy(dtype=object), before)
            elif name in owned:
                owned[name] = np.where(another, "", before)


def _columns(rows: Iterable[Mapping[str, object]]) -> dict[str, list[object]]:
    """Values by name from rows of them, which all have the same names."""
    every = list(rows)
    return {name: [row[name] for row in every] for name in every[0]} if every else {}
