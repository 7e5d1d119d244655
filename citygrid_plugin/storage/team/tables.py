"""What a GeoPackage consists of: its tables with their columns, and everything it says about them.

SQLite lets a column hold anything, so that the kind of a column is read from its values as well as from its
declaration: what does not fit the declared type travels as what it is, and comes back the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from citygrid_plugin.core.errors import CityGridError

from . import geometries

OURS = "citygrid_"
"""How the names begin that are the schema's own, and of no GeoPackage."""

_MOST_BYTES = 63  # of a name in PostgreSQL
_DIGIT = "[0-9]"
_DATE = "-".join((_DIGIT * 4, _DIGIT * 2, _DIGIT * 2))
_CLOCK = f"{_DATE}T{':'.join([_DIGIT * 2] * 3)}"
PATTERNS = {
    "date": _DATE,
    "moment_ms": f"{_CLOCK}.{_DIGIT * 3}Z", "moment": f"{_CLOCK}Z",
    "local_ms": f"{_CLOCK}.{_DIGIT * 3}", "local": _CLOCK,
}  # fmt: skip
"""How dates and times are written, as SQLite's GLOB has it; moments in UTC, local times without a zone."""

_DECLARED = {
    **dict.fromkeys(("INTEGER", "INT", "MEDIUMINT", "SMALLINT", "TINYINT", "BIGINT", "INT64"), ("integer",)),
    **dict.fromkeys(("REAL", "DOUBLE", "FLOAT"), ("real",)),
    **dict.fromkeys(("TEXT", "VARCHAR", "CHAR"), ("text",)),
    "BLOB": ("blob",), "BOOLEAN": ("boolean",), "DATE": ("date",),
    "DATETIME": ("moment_ms", "moment", "local_ms", "local"), "TIMESTAMP": ("moment_ms", "moment", "local_ms", "local"),
}  # fmt: skip
_STORED = {"integer": {"integer"}, "real": {"real", "integer"}, "text": {"text"}, "blob": {"blob"}}


class Unmovable(CityGridError):
    """A table or column that PostgreSQL cannot hold."""

    template = "“{name}” of “{table}” cannot be moved: {why}. Change it in the GeoPackage, then move it again."


class MixedColumn(Unmovable):
    """A column whose values are of several kinds."""

    template = (
        "“{name}” of “{table}” cannot be moved: it mixes {kinds} values. Change it in the GeoPackage, then move it "
        "again."
    )


class LongName(Unmovable):
    """A name that PostgreSQL would cut."""

    template = (
        "“{name}” of “{table}” cannot be moved: the name is longer than {most} bytes. Change it in the GeoPackage, "
        "then move it again."
    )


class ReservedName(Unmovable):
    """A name that stands for something else in a schema of a team."""

    template = (
        "“{name}” of “{table}” cannot be moved: names that begin with “{start}” are the schema's own. Change it in the "
        "GeoPackage, then move it again."
    )


@dataclass(frozen=True)
class Column:
    """A column: ``kind`` is integer, real, text, blob, boolean, geometry or a key of ``PATTERNS``."""

    name: str
    kind: str
    required: bool
    key: int  # place in the primary key, from 1; 0: not of it
    row_number: bool = False  # SQLite's own number of the row
    default: str | None = None  # as SQLite writes it
    srs_id: int | None = None  # of a geometry
    modifier: str | None = None  # of a geometry: see ``geometries.modifier``


@dataclass(frozen=True)
class Table:
    """A table of rows, and which of its columns are unique together."""

    name: str
    definition: str
    columns: tuple[Column, ...]
    unique: tuple[tuple[str, ...], ...]

    @property
    def content(self) -> dict[str, Any]:
        """For the bookkeeping; ``Table.restored`` makes a table of it again."""
        return {"columns": [asdict(column) for column in self.columns], "unique": self.unique}

    @classmethod
    def restored(cls, name: str, definition: str, content: dict[str, Any]) -> Table:
        """The table of a row of the bookkeeping."""
        columns = tuple(Column(**column) for column in content["columns"])
        return cls(name, definition, columns, tuple(map(tuple, content["unique"])))

    @property
    def geometry(self) -> Column | None:
        """The column of the geometries, of which a GeoPackage's table has at most one."""
        return next((column for column in self.columns if column.kind == "geometry"), None)


def quoted(name: str) -> str:
    """A name as SQLite quotes it; for places where no value can be bound."""
    return '"' + name.replace('"', '""') + '"'


def statement(*parts: str) -> str:
    """A statement of fixed words and quoted names."""
    return " ".join(parts)


Master = tuple[str, str, str, str]  # type, name, table and statement of what SQLite has


def masters(base: sqlite3.Connection) -> list[Master]:
    """Everything that a GeoPackage was told to make, without what SQLite makes by itself; in the order made."""
    rows = base.execute("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    found = [row for row in rows.fetchall() if not row[1].startswith("sqlite_")]
    virtual = {name for kind, name, _, sql in found if kind == "table" and is_index(sql)}
    shadows = {f"{name}_{part}" for name in virtual for part in ("node", "rowid", "parent")}
    return [row for row in found if row[1] not in shadows]


def is_virtual(sql: str) -> bool:
    """Whether a statement makes a virtual table."""
    return sql.upper().split()[:2] == ["CREATE", "VIRTUAL"]


def is_index(sql: str) -> bool:
    """Whether a statement makes a spatial index."""
    return is_virtual(sql) and "USING RTREE" in " ".join(sql.upper().split())


def is_system(name: str) -> bool:
    """Whether a table is of the GeoPackage itself."""
    return name.lower().startswith("gpkg_")


def tables(base: sqlite3.Connection) -> Iterator[Table]:
    """The tables of rows. Raises ``Unmovable``, ``BrokenGeometry``, ``sqlite3.Error``."""
    for kind, name, _, sql in masters(base):
        if kind != "table" or is_system(name) or is_index(sql):
            continue
        if is_virtual(sql):
            raise Unmovable(table=name, name=name, why="it is a virtual table")
        columns = tuple(_columns(base, name))
        for text in (name, *(column.name for column in columns)):
            if len(text.encode()) > _MOST_BYTES:
                raise LongName(table=name, name=text, most=_MOST_BYTES)
            if text.startswith(OURS):
                raise ReservedName(table=name, name=text, start=OURS)
        yield Table(name, sql, columns, tuple(_unique(base, name)))


def _unique(base: sqlite3.Connection, table: str) -> Iterator[tuple[str, ...]]:
    """The columns that are unique together, but for the primary key's; indexes of expressions or parts are left out."""
    for name, origin in base.execute(
        'SELECT name, origin FROM pragma_index_list(?) WHERE "unique" AND NOT partial', (table,)
    ).fetchall():
        columns = [column for (column,) in base.execute("SELECT name FROM pragma_index_info(?)", (name,))]
        if origin != "pk" and None not in columns:
            yield tuple(columns)


def _columns(base: sqlite3.Connection, table: str) -> Iterator[Column]:
    rows = base.execute('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?)', (table,)).fetchall()
    found = base.execute(
        "SELECT column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
    ).fetchone()
    keys = sum(row[-1] > 0 for row in rows)
    for name, declared, required, default, key in rows:
        if found and name == found[0]:
            kind = geometries.modifier(_codes(base, table, name), found[1], (found[3] == 1) + 2 * (found[4] == 1))
            yield Column(name, "geometry", bool(required), key, srs_id=found[2], modifier=kind)
        else:
            number = keys == key == 1 and declared.upper() == "INTEGER"
            yield Column(name, _kind(base, table, name, declared), bool(required), key, number, default)


def _codes(base: sqlite3.Connection, table: str, column: str) -> set[int]:
    named = quoted(column)
    rows = base.execute(statement("SELECT", named, "FROM", quoted(table), "WHERE", named, "IS NOT NULL"))
    return {geometries.code(blob, table) for (blob,) in rows}


def _kind(base: sqlite3.Connection, table: str, column: str, declared: str) -> str:
    """What a column holds."""
    named, source = quoted(column), quoted(table)
    stored = {
        kind
        for (kind,) in base.execute(
            statement("SELECT DISTINCT typeof(", named, ") FROM", source, "WHERE", named, "IS NOT NULL")
        )
    }
    wanted = _DECLARED.get(declared.upper().partition("(")[0].strip(), ())
    for kind in wanted:
        if not stored or _holds(base, table, column, kind, stored):
            return kind
    if len(stored) > 1:
        raise MixedColumn(table=table, name=column, kinds=", ".join(sorted(stored)))
    return next(iter(stored), "text")


def _holds(base: sqlite3.Connection, table: str, column: str, kind: str, stored: set[str]) -> bool:
    """Whether all values are of the kind, and come back as they were."""
    if kind in _STORED:
        return stored <= _STORED[kind]
    named, source = quoted(column), quoted(table)
    where = ("SELECT count(*) FROM", source, "WHERE", named)
    if kind == "boolean":
        odd = base.execute(statement(*where, "NOT IN (0, 1)")).fetchone()[0]
        return stored == {"integer"} and not odd
    # A day such as the 31st of February, or the hour 24, would come back as another one.
    real = statement("strftime('%Y-%m-%dT%H:%M:%S',", named, ", '+0 days') IS substr(", named, "|| 'T00:00:00', 1, 19)")
    years = statement(named, ">= '0001'")
    odd = base.execute(
        statement(*where, "IS NOT NULL AND NOT (", named, "GLOB ? AND", real, "AND", years, ")"), (PATTERNS[kind],)
    ).fetchone()[0]
    return stored == {"text"} and not odd
