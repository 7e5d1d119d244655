"""A workspace from a GeoPackage into a schema of PostGIS, and back, without loss: the whole of it or nothing.

Rows stand in tables of PostgreSQL that QGIS edits; what else the GeoPackage says (its own tables, the statements that
made it, views, indexes) is kept word for word in ``citygrid_geopackage``.
"""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from citygrid_plugin.core.errors import CityGridError, UnreadableFile
from citygrid_plugin.storage.files import connected, recover, replacing

from . import geometries
from .connecting import Connection, Cursor, driver, failed, postgis_schema
from .migrations import ForeignSchema, lock, require_current
from .roles import prepare_tables
from .tables import OURS, Column, Table, is_index, is_system, masters, quoted, statement, tables

_SEQUENCE = "sqlite_sequence"
_PIECE = 10_000  # rows fetched at once
_CUSTOM = 910_000  # SRIDs from here on are free for users; 999,000 and more PostGIS keeps for itself
_DIGITS = 1e-14  # of an extent
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

_TYPES = {
    "integer": "bigint", "real": "double precision", "text": "text", "blob": "bytea", "boolean": "boolean",
    "date": "date", "moment_ms": "timestamptz", "moment": "timestamptz", "local_ms": "timestamp", "local": "timestamp",
}  # fmt: skip
_WRITTEN = {
    "boolean": "{}::integer",
    "date": "to_char({}, 'YYYY-MM-DD')",
    "moment_ms": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')""",
    "moment": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""",
    "local_ms": """to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS.MS')""",
    "local": """to_char({}, 'YYYY-MM-DD"T"HH24:MI:SS')""",
}
"""How PostgreSQL writes a value as the GeoPackage has it; {}: the column."""

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_TEXT = re.compile("'((?:[^']|'')*)'")


class Occupied(CityGridError):
    """A schema that holds a workspace already."""

    template = "The schema “{schema}” holds a workspace already. Choose another schema; nothing has been changed."


class UnknownTables(CityGridError):
    """Tables or columns that no GeoPackage brought."""

    template = (
        "“{names}” of the schema “{schema}” did not come with the workspace, so that no GeoPackage can be made of it. "
        "Save them elsewhere, remove them from the schema and try again."
    )


def to_schema(path: Path, connection: Connection, schema: str) -> dict[str, int]:
    """Move the workspace of a GeoPackage into a migrated schema without one; number of rows by table.

    One transaction: after an error or a lost connection the schema is as before. The GeoPackage stays as it is.
    ``connection``: with no transaction open. Raises ``Occupied``, ``ForeignSchema``, ``NewerSchema``, ``OlderSchema``,
    ``NoPostgis``, ``Unmovable``, ``BrokenGeometry``, ``DatabaseFailed``, ``UnreadableFile``.
    """
    psycopg2 = driver()
    if not path.exists():
        raise UnreadableFile(path=str(path), why="no such file")
    recover(path)
    try:
        with connected(path) as base, connection, connection.cursor() as cursor:
            base.execute("BEGIN")  # one state of the file, whoever writes meanwhile
            require_current(cursor, schema)
            lock(cursor, schema)
            _require_empty(cursor, schema)
            cursor.execute("SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL timezone = 'UTC'")
            counts = {table.name: _move(base, cursor, schema, table) for table in _noted(base, cursor, schema)}
            prepare_tables(cursor, schema)
    except psycopg2.Error as error:
        raise failed(path.name, error) from error
    except sqlite3.Error as error:
        raise UnreadableFile(path=str(path), why=str(error)) from error
    return counts


def _require_empty(cursor: Cursor, schema: str) -> None:
    sql = driver().sql
    cursor.execute(sql.SQL("SELECT count(*) FROM {}.citygrid_geopackage").format(sql.Identifier(schema)))
    if cursor.fetchone()[0]:
        raise Occupied(schema=schema)


def _noted(base: sqlite3.Connection, cursor: Cursor, schema: str) -> list[Table]:
    """Write down all that the GeoPackage says about itself; its tables of rows."""
    sql = driver().sql
    found = {table.name: table for table in tables(base)}
    marks = [base.execute(f"PRAGMA {mark}").fetchone()[0] for mark in ("application_id", "user_version", "page_size")]
    entries: list[tuple[str, str, str, Any]] = [("file", "marks", "", marks)]
    for kind, name, _, definition in masters(base):
        if name in found and kind == "table":
            entries.append(("table", name, definition, found[name].content))
        elif kind == "table" and is_system(name):
            entries.append(("system", name, definition, _rows_of(base, name)))
        else:
            entries.append(("object", name, definition, None))
    if base.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_SEQUENCE,)).fetchone():
        entries.append(("system", _SEQUENCE, "", _rows_of(base, _SEQUENCE)))
    insert = sql.SQL("INSERT INTO {}.citygrid_geopackage VALUES (%s, %s, %s, %s, %s)").format(sql.Identifier(schema))
    for place, (kind, name, definition, content) in enumerate(entries):
        cursor.execute(insert, (place, kind, name, definition, json.dumps(content, ensure_ascii=False)))
    return [*found.values()]


def _rows_of(base: sqlite3.Connection, table: str) -> list[list[Any]]:
    """The rows of a system table, for JSON."""
    rows = base.execute(statement("SELECT * FROM", quoted(table)))
    return [[{"blob": value.hex()} if isinstance(value, bytes) else value for value in row] for row in rows]


def _move(base: sqlite3.Connection, cursor: Cursor, schema: str, table: Table) -> int:
    """Make a table and fill it; the number of its rows."""
    sql = driver().sql
    target = sql.Identifier(schema, table.name)
    srid = _srid(base, cursor, table.geometry)
    cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(target, sql.SQL(", ").join(_parts(cursor, table, srid))))
    names = [column.name for column in table.columns]
    source = base.execute(statement("SELECT", ", ".join(map(quoted, names)), "FROM", quoted(table.name)))
    writers = [_writer(column, srid, table.name) for column in table.columns]
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(target, sql.SQL(", ").join(map(sql.Identifier, names)))
    cursor.copy_expert(copy.as_string(cursor), _Lines(source, writers))
    count = int(cursor.rowcount)
    if table.geometry:
        cursor.execute(
            sql.SQL("CREATE INDEX ON {} USING gist ({})").format(target, sql.Identifier(table.geometry.name))
        )
    for column in table.columns:
        if column.row_number:
            cursor.execute(
                sql.SQL(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), greatest(max({}), 1), count(*) > 0) FROM {}"
                ).format(sql.Identifier(column.name), target),
                (target.as_string(cursor), column.name),
            )
    cursor.execute(sql.SQL("ANALYZE {}").format(target))
    return count


def _parts(cursor: Cursor, table: Table, srid: int) -> Iterator[Any]:
    """The columns and rules of a table, for CREATE TABLE."""
    sql = driver().sql
    for column in table.columns:
        kind = sql.SQL(_TYPES[column.kind]) if column.kind in _TYPES else _geometry_type(cursor, column, srid)
        rest = " GENERATED BY DEFAULT AS IDENTITY" if column.row_number else " NOT NULL" if column.required else ""
        yield sql.SQL("{} {}{}{}").format(sql.Identifier(column.name), kind, sql.SQL(rest), _default(column))
    keys = sorted((column.key, column.name) for column in table.columns if column.key)
    for rule, names in (
        ("PRIMARY KEY ({})", tuple(name for _, name in keys)),
        *(("UNIQUE ({})", some) for some in table.unique),
    ):
        if names:
            yield sql.SQL(rule).format(sql.SQL(", ").join(map(sql.Identifier, names)))


def _geometry_type(cursor: Cursor, column: Column, srid: int) -> Any:  # noqa: ANN401 - psycopg2 carries no types
    sql = driver().sql
    kind = sql.Identifier(postgis_schema(cursor), "geometry")
    if column.modifier is None:
        return kind
    return sql.SQL("{}({}, {})").format(kind, sql.SQL(column.modifier), sql.Literal(srid))


def _default(column: Column) -> Any:  # noqa: ANN401 - psycopg2 carries no types
    """The default of a column as PostgreSQL has it: numbers, texts and the present; others only come back."""
    sql = driver().sql
    given = column.default or ""
    if _NUMBER.fullmatch(given) and column.kind in {"integer", "real"}:
        return sql.SQL(" DEFAULT {}").format(sql.SQL(given))
    if column.kind == "text" and (text := _TEXT.fullmatch(given)):
        return sql.SQL(" DEFAULT {}").format(sql.Literal(text[1].replace("''", "'")))
    if _TYPES.get(column.kind) == "timestamptz" and "'now'" in given:
        return sql.SQL(" DEFAULT now()")
    return sql.SQL("")


def _srid(base: sqlite3.Connection, cursor: Cursor, geometry: Column | None) -> int:
    """PostGIS's number of a coordinate reference system of the GeoPackage; 0: none. An unknown one is entered."""
    sql = driver().sql
    if geometry is None or geometry.srs_id in {None, 0, -1}:
        return 0
    organization, code, wkt = base.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        (geometry.srs_id,),
    ).fetchone()
    systems = sql.Identifier(postgis_schema(cursor), "spatial_ref_sys")
    known = sql.SQL("SELECT srid FROM {} WHERE upper(auth_name) = upper(%s) AND auth_srid = %s OR srtext = %s LIMIT 1")
    cursor.execute(known.format(systems), (organization, code, wkt))
    if found := cursor.fetchone():
        return int(found[0])
    cursor.execute(
        sql.SQL(
            "INSERT INTO {0} (srid, auth_name, auth_srid, srtext) SELECT greatest(max(srid) + 1, %s), %s, %s, %s"
            " FROM {0} WHERE srid < 998999 RETURNING srid"
        ).format(systems),
        (_CUSTOM, organization, code, wkt),
    )
    return int(cursor.fetchone()[0])


def _writer(column: Column, srid: int, table: str) -> Callable[[Any], str]:
    """How a value of SQLite is written for COPY."""
    if column.kind == "geometry":
        return lambda value: geometries.to_ewkb(value, srid, table).hex()
    writers: dict[str, Callable[[Any], str]] = {
        "integer": str,
        "real": lambda value: repr(float(value)),
        "blob": lambda value: "\\\\x" + value.hex(),
        "boolean": lambda value: "t" if value else "f",
    }
    return writers.get(column.kind, lambda value: value.translate(_ESCAPES))


class _Lines:
    """Rows as the file that COPY reads, made as it goes."""

    def __init__(self, rows: sqlite3.Cursor, writers: list[Callable[[Any], str]]) -> None:
        self._rows, self._writers, self._rest = rows, writers, b""

    def read(self, size: int) -> bytes:
        """The next bytes, at most ``size``; none at the end."""
        pieces, length = [self._rest], len(self._rest)
        while length < size and (row := self._rows.fetchone()) is not None:
            values = zip(self._writers, row, strict=True)
            line = "\t".join("\\N" if value is None else write(value) for write, value in values) + "\n"
            pieces.append(line.encode())
            length += len(pieces[-1])
        whole = b"".join(pieces)
        self._rest = whole[size:]
        return whole[:size]


def to_geopackage(connection: Connection, schema: str, path: Path) -> dict[str, int]:
    """Write the workspace of a schema as the GeoPackage that it came as, with its present rows; their number by table.

    All tables are of one moment; the file takes its name, also over an older one, only when it is whole.
    ``connection``: with no transaction open. Moments are written to the milliseconds that a GeoPackage has. Raises
    ``UnknownTables``, ``ForeignSchema``, ``NewerSchema``, ``DatabaseFailed``, ``UnwritableTarget``.
    """
    psycopg2 = driver()
    try:
        with connection, connection.cursor() as cursor, replacing(path) as scratch:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            require_current(cursor, schema)
            entries = _entries(cursor, schema)
            scratch.touch()
            with connected(scratch, "rw") as base, base:
                counts = _rebuild(base, connection, cursor, schema, entries)
    except (psycopg2.Error, sqlite3.Error) as error:
        raise failed(path.name, error) from error
    return counts


Entry = tuple[str, str, str, Any]  # kind, name, definition, content


def _entries(cursor: Cursor, schema: str) -> list[Entry]:
    """The bookkeeping. Raises ``UnknownTables`` where the schema has more than it, or less."""
    sql = driver().sql
    cursor.execute(
        sql.SQL("SELECT kind, name, definition, content FROM {}.citygrid_geopackage ORDER BY place").format(
            sql.Identifier(schema)
        )
    )
    entries: list[Entry] = cursor.fetchall()
    # These statements are run on the user's machine: another one than CREATE could write any file there (ATTACH).
    if not entries or any(
        definition and not definition.upper().startswith("CREATE ") for _, _, definition, _ in entries
    ):
        raise ForeignSchema(schema=schema)
    known = {
        (name, column["name"]) for kind, name, _, content in entries if kind == "table" for column in content["columns"]
    }
    cursor.execute(
        "SELECT c.relname, a.attname FROM pg_catalog.pg_class AS c"
        " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relnamespace = quote_ident(%s)::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
        (schema,),
    )
    there = {
        (name, column) for name, column in cursor.fetchall() if not (name.startswith(OURS) or column.startswith(OURS))
    }
    if odd := sorted(f"{name}.{column}" for name, column in known ^ there):
        raise UnknownTables(schema=schema, names=", ".join(odd))
    return entries


def _rebuild(
    base: sqlite3.Connection, connection: Connection, cursor: Cursor, schema: str, entries: list[Entry]
) -> dict[str, int]:
    """Make the GeoPackage again in an empty file."""
    marks = next(content for kind, _, _, content in entries if kind == "file")
    for mark, value in zip(("application_id", "user_version", "page_size"), marks, strict=True):
        base.execute(f"PRAGMA {mark} = {int(value)}")
    base.execute("BEGIN")
    made = {kind: [entry for entry in entries if entry[0] == kind] for kind in ("system", "table", "object")}
    indexes = [entry for entry in made["object"] if is_index(entry[2])]
    for _, _, definition, _ in (*made["system"], *made["table"], *indexes):
        if definition:
            base.execute(definition)
    _fill(base, made["system"])
    counts = {}
    for _, name, definition, content in made["table"]:
        table = Table.restored(name, definition, content)
        counts[name] = _fetch(base, connection, cursor, schema, table, {entry[1] for entry in indexes})
    _count_on(base, next((content for _, name, _, content in made["system"] if name == _SEQUENCE), []))
    for _, _, definition, _ in made["object"]:
        if not is_index(definition):  # last, so that no trigger fires while the rows come
            base.execute(definition)
    return counts


def _fill(base: sqlite3.Connection, entries: list[Entry]) -> None:
    """The rows of the system tables, as they were."""
    for _, table, _, rows in entries:
        if rows and table != _SEQUENCE:
            places = ", ".join("?" * len(rows[0]))
            values = [[bytes.fromhex(cell["blob"]) if isinstance(cell, dict) else cell for cell in row] for row in rows]
            base.executemany(statement("INSERT INTO", quoted(table), "VALUES (", places, ")"), values)


def _count_on(base: sqlite3.Connection, rows: list[list[Any]]) -> None:
    """Numbers of rows that were given once are not given again."""
    for name, number in rows:
        last = base.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (name,)).fetchone()[0]
        base.execute("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        base.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (name, max(number or 0, last or 0)))


def _fetch(
    base: sqlite3.Connection, connection: Connection, cursor: Cursor, schema: str, table: Table, indexes: set[str]
) -> int:
    """Bring the rows of a table, its spatial index and what the GeoPackage says about their number and extent."""
    geometry = table.geometry
    names = [column.name for column in table.columns]
    places = ", ".join("?" * len(names))
    insert = statement("INSERT INTO", quoted(table.name), "(", ", ".join(map(quoted, names)), ") VALUES (", places, ")")
    index = f"rtree_{table.name}_{geometry.name}" if geometry else ""
    into = statement("INSERT INTO", quoted(index), "VALUES (?, ?, ?, ?, ?)") if index in indexes else ""
    number = next((at for at, column in enumerate(table.columns) if column.row_number), None)
    count, extent = 0, None
    with connection.cursor(name="citygrid_rows") as rows:
        rows.itersize = _PIECE
        rows.execute(_question(cursor, schema, table))
        while piece := rows.fetchmany(_PIECE):
            values, boxes = zip(*(_row(table, row) for row in piece), strict=True)
            base.executemany(insert, values)
            count += len(values)
            if into and number is not None:
                pairs = zip(values, boxes, strict=True)
                base.executemany(into, [(row[number], *box) for row, box in pairs if box])
            extent = _together(itertools.chain([extent], boxes))
    _tell(base, table.name, count, extent)
    return count


def _tell(base: sqlite3.Connection, table: str, count: int, extent: geometries.Box | None) -> None:
    """Correct what the GeoPackage says about the number and extent of rows, where it says something else."""
    if base.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'").fetchone():
        base.execute(
            "UPDATE gpkg_ogr_contents SET feature_count = ? WHERE table_name = ? AND feature_count IS NOT NULL",
            (count, table),
        )
    told = base.execute(
        "SELECT min_x, max_x, min_y, max_y FROM gpkg_contents WHERE table_name = ?", (table,)
    ).fetchone()
    # GDAL writes an extent with fewer digits than the coordinates have.
    if extent and told and (None in told or not np.allclose(told, extent, rtol=_DIGITS, atol=_DIGITS)):
        base.execute(
            "UPDATE gpkg_contents SET min_x = ?, max_x = ?, min_y = ?, max_y = ? WHERE table_name = ?",
            (*extent, table),
        )


def _together(boxes: Iterator[geometries.Box | None]) -> geometries.Box | None:
    """The box around boxes."""
    found = [*filter(None, boxes)]
    if not found:
        return None
    west, east, south, north = zip(*found, strict=True)
    return min(west), max(east), min(south), max(north)


def _question(cursor: Cursor, schema: str, table: Table) -> Any:  # noqa: ANN401 - psycopg2 carries no types
    """The rows of a table as a GeoPackage writes their values, then the box of the geometry."""
    sql = driver().sql
    wanted = [sql.SQL(_WRITTEN.get(column.kind, "{}")).format(sql.Identifier(column.name)) for column in table.columns]
    if geometry := table.geometry:
        home, named = sql.Identifier(postgis_schema(cursor)), sql.Identifier(geometry.name)
        place = table.columns.index(geometry)
        wanted[place] = sql.SQL("{}.ST_AsBinary({}, 'NDR')").format(home, named)
        wanted += [
            sql.SQL("{}.{}({})").format(home, sql.SQL(edge), named)
            for edge in ("ST_XMin", "ST_XMax", "ST_YMin", "ST_YMax")
        ]
    keys = [
        sql.Identifier(name) for _, name in sorted((column.key, column.name) for column in table.columns if column.key)
    ]
    order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(keys)) if keys else sql.SQL("")
    return sql.SQL("SELECT {} FROM {}{}").format(sql.SQL(", ").join(wanted), sql.Identifier(schema, table.name), order)


def _row(table: Table, row: tuple[Any, ...]) -> tuple[list[Any], geometries.Box | None]:
    """The values of a row for SQLite, and the box of its geometry."""
    values = [bytes(value) if isinstance(value, memoryview) else value for value in row[: len(table.columns)]]
    geometry = table.geometry
    if geometry is None:
        return values, None
    place, edges = table.columns.index(geometry), row[len(table.columns) :]
    box = None if edges[0] is None else edges
    if values[place] is not None:
        values[place] = geometries.to_blob(values[place], geometry.srs_id or 0, box)
    return values, box
