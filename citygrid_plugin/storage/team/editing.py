"""Saving what one person of a team has edited, so that nothing of a colleague is overwritten unseen.

A save is one transaction. Every edit says which version of the row it was made on (row_versions.py); a row that has
changed since is left as it is, and the two changes are handed back field by field, to be decided and saved again on
top. A save has an identity of its own that the database keeps: after a lost connection the same save may be sent again,
and what had been stored already is found, not stored twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from citygrid_plugin.core.errors import CityGridError

from .connecting import Connection, ConnectionLost, Cursor, NoConnection, driver, postgis_schema, refused
from .migrations import require_current
from .tables import OURS

Key = int | str
Side = Literal["mine", "theirs"]

_PIECE = 500  # statements sent at once
_WAIT = "10s"  # for rows that somebody else's open transaction holds
_PAUSE = 0.05  # seconds before a save is sent again


class UnknownTable(CityGridError):
    """A table whose rows have no versions."""

    template = "“{table}” is no table of the workspace in the schema “{schema}” that several people can edit."


class UnknownColumn(CityGridError):
    """A column that the table has not, or that nobody may write."""

    template = "“{table}” has no field “{column}” that can be edited. Load the layer again, then repeat the edit."


class EditedTwice(CityGridError):
    """A row that is edited twice in one save: the second edit could not be based on the first."""

    template = "A row of “{table}” is edited twice in one save. Save the first edit, then the second."


@dataclass(frozen=True)
class Edit:
    """A row that is added, changed or deleted.

    ``key``: of the row, None for a new one whose key the database gives; ``base``: the version that the edit was made
    on, None for a new row; ``values``: by column, geometries as WKB (or None), without what stays as it is.
    """

    table: str
    kind: Literal["insert", "update", "delete"]
    key: Key | None = None
    base: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Save:
    """Edits that are stored together, each row at most once. Keep it until it is answered."""

    edits: tuple[Edit, ...]
    id: UUID = field(default_factory=uuid4)

    def __post_init__(self) -> None:
        """Raise ``EditedTwice`` where it is so."""
        rows = [(edit.table, str(edit.key)) for edit in self.edits if edit.kind != "insert"]
        if len(rows) != len(set(rows)):
            raise EditedTwice(table=next(table for table, key in rows if rows.count((table, key)) > 1))


@dataclass(frozen=True)
class Saved:
    """A stored edit: its place in ``Save.edits``, and the row's key and version now."""

    place: int
    table: str
    key: str
    version: int


@dataclass(frozen=True)
class FieldDifference:
    """A field as both found it, as a colleague has left it, and as this edit wants it; geometries as ISO WKB."""

    name: str
    base: Any
    theirs: Any
    mine: Any
    is_geometry: bool = False

    @property
    def changed_by_them(self) -> bool:
        """Whether the colleague changed it."""
        return bool(self.theirs != self.base)

    @property
    def changed_by_me(self) -> bool:
        """Whether this edit changes it."""
        return bool(self.mine != self.base)

    @property
    def clash(self) -> bool:
        """Whether both changed it, and not to the same."""
        return self.changed_by_me and self.changed_by_them and bool(self.mine != self.theirs)


@dataclass(frozen=True)
class Difference:
    """A row that was not stored because it has changed since; ``version`` is None where it is deleted.

    ``who`` changed it last, ``at`` that moment; ``fields``: all of the row, ``theirs`` being None where it is deleted.
    """

    place: int
    edit: Edit
    version: int | None
    who: str
    at: datetime | None
    fields: tuple[FieldDifference, ...]

    @property
    def deleted(self) -> bool:
        """Whether the colleague deleted the row."""
        return self.version is None

    @property
    def clashes(self) -> tuple[FieldDifference, ...]:
        """The fields that both changed differently."""
        return tuple(each for each in self.fields if each.clash)

    def resolved(self, take: Mapping[str, Side] | None = None, default: Side = "mine") -> Edit | None:
        """The edit on top of the colleague's version, for a new save; None where nothing is left to store.

        ``take``: by field, for those that I changed; ``default`` for the others of them, and for a deletion as a whole.
        """
        chosen = take or {}
        if self.edit.kind == "delete":
            keep = self.deleted or default == "theirs"
            return None if keep else replace(self.edit, base=self.version)
        if self.deleted:
            row = {each.name: each.mine for each in self.fields}
            return None if default == "theirs" else Edit(self.edit.table, "insert", values=row)
        values = {
            each.name: each.mine
            for each in self.fields
            if each.changed_by_me and each.mine != each.theirs and chosen.get(each.name, default) == "mine"
        }
        return replace(self.edit, base=self.version, values=values) if values else None


@dataclass(frozen=True)
class Outcome:
    """What became of a save: each of its edits is in one of the two."""

    saved: tuple[Saved, ...]
    refused: tuple[Difference, ...]


@dataclass(frozen=True)
class _Column:
    name: str
    type: str  # as PostgreSQL writes it
    geometry: str | None  # kind of geometry: "MULTIPOLYGON", …
    srid: int


@dataclass(frozen=True)
class _Target:
    """A table that is edited."""

    name: str
    key: str
    columns: Mapping[str, _Column]


def mark(connection: Connection, schema: str) -> str:
    """A point in time, for ``bases`` and ``Listener``: what is committed now. Raises ``ForeignSchema``, …"""
    with _asking(connection, "mark") as cursor:
        require_current(cursor, schema)
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def bases(connection: Connection, schema: str, table: str, keys: Sequence[Key], since: str) -> dict[Key, int]:
    """The version that each row had at ``since`` (a ``mark``); rows that were not there then are left out.

    Raises ``UnknownTable``, ``ForeignSchema``, ``NewerSchema``, ``OlderSchema``, ``DatabaseFailed``.
    """
    sql = driver().sql
    with _asking(connection, table) as cursor:
        target = _target(cursor, schema, table)
        parts = {
            "table": sql.Identifier(schema, table), "key": sql.Identifier(target.key),
            "changes": sql.Identifier(schema, "citygrid_changes"),
        }  # fmt: skip
        cursor.execute(
            sql.SQL(
                "SELECT k, coalesce(c.based_on, CASE WHEN c.version IS NULL THEN t.citygrid_version END)"
                " FROM unnest(%(keys)s::text[]) AS k"
                " LEFT JOIN {table} AS t ON t.{key}::text = k"
                " LEFT JOIN LATERAL (SELECT version, based_on FROM {changes} WHERE table_name = %(table)s"
                " AND row_key = k AND transaction >= pg_snapshot_xmin(%(since)s::pg_snapshot)"
                " AND NOT pg_visible_in_snapshot(transaction, %(since)s::pg_snapshot)"
                " ORDER BY version LIMIT 1) AS c ON true"
            ).format(**parts),
            {"keys": [str(key) for key in keys], "table": table, "since": since},
        )
        found = dict(cursor.fetchall())
    return {key: found[str(key)] for key in keys if found[str(key)] is not None}


def save_again(
    connect: Callable[[], Connection], schema: str, save: Save, *, whole: bool = False, attempts: int = 5
) -> Outcome:
    """As ``save``, on connections of its own; after a lost one the same save is sent again.

    Raises ``NoConnection`` or ``ConnectionLost`` after so many attempts, else as ``save``.
    """
    attempt = 1
    while True:
        try:
            connection = connect()
            try:
                return _saved(connection, schema, save, whole)
            finally:
                connection.close()
        except (ConnectionLost, NoConnection):
            if attempt >= attempts:
                raise
        time.sleep(_PAUSE * 2**attempt)
        attempt += 1


def save(connection: Connection, schema: str, save: Save, *, whole: bool = False) -> Outcome:
    """Store a save in one transaction; rows that have changed since are left as they are and handed back.

    ``connection``: with no transaction open; ``whole``: store nothing where a row is handed back. Raises
    ``ConnectionLost`` (send the same save again), ``NotAllowed``, ``RowsInUse``, ``UnknownTable``, ``UnknownColumn``,
    ``ForeignSchema``, ``NewerSchema``, ``OlderSchema``, ``DatabaseFailed``; nothing is stored after any other than the
    first.
    """
    return _saved(connection, schema, save, whole)


def _saved(connection: Connection, schema: str, save: Save, whole: bool) -> Outcome:
    with _asking(connection, "save") as cursor:
        require_current(cursor, schema)
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", (_WAIT,))
        # The same save, sent a second time while the server still works on the first, waits here for its end.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (str(save.id),))
        targets = {name: _target(cursor, schema, name) for name in sorted({edit.table for edit in save.edits})}
        for edit in save.edits:
            _require_columns(targets[edit.table], edit)
        done = {each.place for each in _stored(cursor, schema, save)}
        left = {place: edit for place, edit in enumerate(save.edits) if place not in done}
        now = {name: _locked(cursor, schema, target, left.values()) for name, target in targets.items()}
        stale = {
            place: edit
            for place, edit in left.items()
            if edit.kind != "insert" and now[edit.table].get(str(edit.key)) != edit.base
        }
        differences = _differences(cursor, schema, targets, stale)
        if not (whole and differences):
            _apply(cursor, schema, targets, {p: edit for p, edit in left.items() if p not in stale}, save.id)
        return Outcome(tuple(_stored(cursor, schema, save)), differences)


@contextmanager
def _asking(connection: Connection, what: str) -> Iterator[Cursor]:
    """One transaction, with psycopg2's errors told as ours."""
    psycopg2 = driver()
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    except psycopg2.Error as error:
        raise refused(what, error, connection) from error


def _target(cursor: Cursor, schema: str, table: str) -> _Target:
    sql = driver().sql
    cursor.execute(
        "SELECT a.attname FROM pg_catalog.pg_index AS i"
        " JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = i.indrelid AND t.tgname = 'citygrid_note'"
        " JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid"
        " WHERE i.indisprimary AND c.relnamespace = quote_ident(%s)::regnamespace AND c.relname = %s",
        (schema, table),
    )
    key = cursor.fetchone()
    if key is None:
        raise UnknownTable(schema=schema, table=table)
    postgis = sql.Identifier(postgis_schema(cursor))
    cursor.execute(
        sql.SQL(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod),"
            " CASE WHEN t.typname = 'geometry' THEN upper({postgis}.postgis_typmod_type(a.atttypmod)) END,"
            " CASE WHEN t.typname = 'geometry' THEN {postgis}.postgis_typmod_srid(a.atttypmod) ELSE 0 END"
            " FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid"
            " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        ).format(postgis=postgis),
        (sql.Identifier(schema, table).as_string(cursor),),
    )
    columns = [_Column(*row) for row in cursor.fetchall()]
    return _Target(table, key[0], {each.name: each for each in columns if not each.name.startswith(OURS)})


def _require_columns(target: _Target, edit: Edit) -> None:
    for name in edit.values:
        if name not in target.columns:
            raise UnknownColumn(table=target.name, column=name)


def _stored(cursor: Cursor, schema: str, save: Save) -> list[Saved]:
    """What the database says to have stored of a save."""
    sql = driver().sql
    cursor.execute(
        sql.SQL(
            "SELECT place, table_name, row_key, version FROM {} WHERE save = %s AND place IS NOT NULL ORDER BY place"
        ).format(sql.Identifier(schema, "citygrid_changes")),
        (str(save.id),),
    )
    return [Saved(*row) for row in cursor.fetchall()]


def _locked(cursor: Cursor, schema: str, target: _Target, edits: Iterable[Edit]) -> dict[str, int]:
    """Hold the rows of a table that are changed or deleted, in the order of keys so that no two saves block each other.

    Returns their versions now by key; a row that is gone is left out.
    """
    sql = driver().sql
    keys = [str(edit.key) for edit in edits if edit.table == target.name and edit.kind != "insert"]
    if not keys:
        return {}
    cursor.execute(
        sql.SQL(
            "SELECT {key}::text, citygrid_version FROM {table} WHERE {key} = ANY(%s::text[]::{type}[])"
            " ORDER BY {key} FOR UPDATE"
        ).format(
            key=sql.Identifier(target.key),
            table=sql.Identifier(schema, target.name),
            type=sql.SQL(target.columns[target.key].type),
        ),
        (keys,),
    )
    return dict(cursor.fetchall())


def _apply(cursor: Cursor, schema: str, targets: Mapping[str, _Target], edits: Mapping[int, Edit], save: UUID) -> None:
    """Store edits whose rows are held; each says its place in the save and its base to the triggers."""
    psycopg2 = driver()
    sql, postgis = psycopg2.sql, postgis_schema(cursor)
    settings = sql.SQL("SELECT set_config('citygrid.save', {}, true), set_config('citygrid.edited_from', {}, true); {}")
    texts = []
    for place, edit in edits.items():
        told = (sql.Literal(f"{save}/{place}"), sql.Literal("" if edit.base is None else str(edit.base)))
        texts.append(settings.format(*told, _statement(schema, targets[edit.table], edit, postgis)).as_string(cursor))
    for start in range(0, len(texts), _PIECE):
        cursor.execute(";\n".join(texts[start : start + _PIECE]))
    # What another statement of this transaction changes is no part of the save.
    cursor.execute("SELECT set_config('citygrid.save', '', true), set_config('citygrid.edited_from', '', true)")


def _statement(schema: str, target: _Target, edit: Edit, postgis: str) -> Any:  # noqa: ANN401 - psycopg2 has no types
    sql = driver().sql
    table, key = sql.Identifier(schema, target.name), sql.Identifier(target.key)
    names = [sql.Identifier(name) for name in edit.values]
    values = [_value(target.columns[name], value, postgis) for name, value in edit.values.items()]
    if edit.kind == "insert":
        if edit.key is not None and target.key not in edit.values:
            names, values = [key, *names], [sql.Literal(edit.key), *values]
        if not names:
            return sql.SQL("INSERT INTO {} DEFAULT VALUES").format(table)
        comma = sql.SQL(", ")
        return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(table, comma.join(names), comma.join(values))
    if edit.kind == "delete":
        return sql.SQL("DELETE FROM {} WHERE {} = {}").format(table, key, sql.Literal(edit.key))
    pairs = [*zip(names, values, strict=True), (sql.Identifier("citygrid_edited_from"), sql.Literal(edit.base))]
    sets = sql.SQL(", ").join(sql.SQL("{} = {}").format(*pair) for pair in pairs)
    return sql.SQL("UPDATE {} SET {} WHERE {} = {}").format(table, sets, key, sql.Literal(edit.key))


def _value(column: _Column, value: Any, postgis: str) -> Any:  # noqa: ANN401 - psycopg2 has no types
    """A value as the column takes it."""
    sql = driver().sql
    if value is None or column.geometry is None:
        return sql.Literal(value)
    place = sql.Identifier(postgis)
    shape = sql.SQL("{0}.ST_SetSRID({0}.ST_GeomFromWKB({1}), {2})").format(
        place, sql.Literal(bytes(value)), sql.Literal(column.srid)
    )
    return sql.SQL("{}.ST_Multi({})").format(place, shape) if column.geometry.startswith("MULTI") else shape


def _differences(
    cursor: Cursor, schema: str, targets: Mapping[str, _Target], stale: Mapping[int, Edit]
) -> tuple[Difference, ...]:
    """What colleagues have made of the rows of stale edits."""
    found = []
    postgis = postgis_schema(cursor) if stale else ""
    cursor.execute("SELECT set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true)")
    for place, edit in stale.items():
        target = targets[edit.table]
        now = _row_now(cursor, schema, target, edit.key, postgis)
        version = now.pop("citygrid_version", None)
        base = _row_before(cursor, schema, target, edit, postgis)
        if base is None:  # of a version that the database does not know: all that differs is shown
            base = now or dict.fromkeys(target.columns)
        mine = base | _comparable(cursor, target, edit.values, postgis)
        fields = tuple(
            FieldDifference(name, base[name], now.get(name), mine[name], column.geometry is not None)
            for name, column in target.columns.items()
        )
        found.append(Difference(place, edit, version, *_last(cursor, schema, edit), fields))
    return tuple(found)


def _reading(target: _Target, postgis: str, source: Callable[[_Column], Any]) -> Any:  # noqa: ANN401 - as above
    """The columns of a select list; ``source`` gives the expression of a column."""
    sql = driver().sql
    return sql.SQL(", ").join(
        sql.SQL("{}.ST_AsBinary({})").format(sql.Identifier(postgis), source(column))
        if column.geometry
        else source(column)
        for column in target.columns.values()
    )


def _values(target: _Target, row: Sequence[Any]) -> dict[str, Any]:
    plain = (bytes(value) if isinstance(value, memoryview) else value for value in row)
    return dict(zip(target.columns, plain, strict=False))


def _row_now(cursor: Cursor, schema: str, target: _Target, key: Key | None, postgis: str) -> dict[str, Any]:
    """A row as it is, with its version; empty where it is deleted."""
    sql = driver().sql
    cursor.execute(
        sql.SQL("SELECT {}, citygrid_version FROM {} WHERE {}::text = %s").format(
            _reading(target, postgis, lambda column: sql.Identifier(column.name)),
            sql.Identifier(schema, target.name),
            sql.Identifier(target.key),
        ),
        (str(key),),
    )
    row = cursor.fetchone()
    return {} if row is None else _values(target, row) | {"citygrid_version": row[-1]}


def _row_before(cursor: Cursor, schema: str, target: _Target, edit: Edit, postgis: str) -> dict[str, Any] | None:
    """The row as it was in the version that an edit was made on; None where the database does not know it."""
    sql = driver().sql
    cursor.execute(
        sql.SQL("SELECT before FROM {} WHERE table_name = %s AND row_key = %s AND based_on = %s LIMIT 1").format(
            sql.Identifier(schema, "citygrid_changes")
        ),
        (target.name, str(edit.key), edit.base),
    )
    found = cursor.fetchone()
    if found is None:
        return None
    texts = found[0]
    cursor.execute(
        sql.SQL("SELECT {}").format(
            _reading(
                target,
                postgis,
                lambda column: sql.SQL("{}::{}").format(sql.Literal(texts.get(column.name)), sql.SQL(column.type)),
            )
        )
    )
    return _values(target, cursor.fetchone())


def _comparable(cursor: Cursor, target: _Target, values: Mapping[str, Any], postgis: str) -> dict[str, Any]:
    """Values of an edit as the columns would store them, so that equal ones are equal."""
    sql = driver().sql
    if not values:
        return {}
    few = _Target(target.name, target.key, {name: target.columns[name] for name in values})
    cursor.execute(
        sql.SQL("SELECT {}").format(
            _reading(
                few,
                postgis,
                lambda column: sql.SQL("{}::{}").format(
                    _value(column, values[column.name], postgis), sql.SQL(column.type)
                ),
            )
        )
    )
    return _values(few, cursor.fetchone())


def _last(cursor: Cursor, schema: str, edit: Edit) -> tuple[str, datetime | None]:
    """Who changed a row last, and when."""
    sql = driver().sql
    cursor.execute(
        sql.SQL(
            "SELECT changed_by, changed_at FROM {} WHERE table_name = %s AND row_key = %s ORDER BY version DESC LIMIT 1"
        ).format(sql.Identifier(schema, "citygrid_changes")),
        (edit.table, str(edit.key)),
    )
    return cursor.fetchone() or ("", None)
