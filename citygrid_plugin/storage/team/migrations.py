"""The versions of a team's schema, and how it gets from one to the next.

A migration, once released, is never changed: its checksum stands in every schema that has it. Each is applied in a
transaction of its own under a lock of the schema, so that two colleagues who upgrade at once do it once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from citygrid_plugin.core.errors import CityGridError

from .connecting import Connection, Cursor, driver, failed
from .row_versions import ROW_VERSIONS


class NewerSchema(CityGridError):
    """A schema that a later version of the plugin has upgraded."""

    template = (
        "The schema “{schema}” is of version {found}, this plugin knows versions up to {known}. Update the plugin, "
        "then connect again."
    )


class OlderSchema(CityGridError):
    """A schema that has not been upgraded to this version of the plugin."""

    template = (
        "The schema “{schema}” is of version {found}, this plugin needs version {known}. Let the owner of the schema "
        "upgrade it, then connect again."
    )


class ChangedMigration(CityGridError):
    """A schema whose recorded migration is not the one that this plugin has."""

    template = (
        "Version {number} (“{name}”) of the schema “{schema}” was not made by this plugin's migration. Restore the "
        "schema from a backup, or move the workspace into a new schema."
    )


class ForeignSchema(CityGridError):
    """A schema that is there but is not ours."""

    template = "The schema “{schema}” holds no CityGrid workspace. Choose another one, or create the workspace first."


@dataclass(frozen=True)
class Migration:
    """One step; ``statements`` has the place {schema} for the schema's name, which is put there as an identifier."""

    name: str
    statements: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the statements before the schema's name is filled in."""
        return hashlib.sha256(self.statements.encode()).hexdigest()


MIGRATIONS = (
    Migration(
        "bookkeeping",
        """
        CREATE TABLE {schema}.citygrid_geopackage (
            place integer PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('file', 'system', 'table', 'object')),
            name text NOT NULL,
            definition text NOT NULL,
            content json NOT NULL,
            UNIQUE (kind, name));
        COMMENT ON TABLE {schema}.citygrid_geopackage IS
            'What a GeoPackage says about its tables, as it says it, so that one is made again without loss';
        """,
    ),
    Migration("row versions", ROW_VERSIONS),
)
"""All migrations in order; the first has number 1."""

_APPLIED = """
CREATE SCHEMA IF NOT EXISTS {schema};
CREATE TABLE IF NOT EXISTS {schema}.citygrid_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    applied_by text NOT NULL DEFAULT session_user)
"""


def migrate(connection: Connection, schema: str, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[int]:
    """Bring a schema, which is made where it is not there, to the plugin's version; the numbers newly applied.

    ``connection``: of psycopg2, with no transaction open. Raises ``NewerSchema``, ``ChangedMigration``,
    ``DatabaseFailed``; what fails is undone, the migrations before it stay.
    """
    psycopg2 = driver()
    done: list[int] = []
    try:
        while number := _next(connection, schema, migrations):
            done.append(number)
    except psycopg2.Error as error:
        raise failed("migrate", error) from error
    return done


def version(connection: Connection, schema: str) -> int:
    """The version of a schema; 0 where it is not there or not ours. Raises ``DatabaseFailed``."""
    psycopg2 = driver()
    try:
        with connection, connection.cursor() as cursor:
            return max(_applied(cursor, schema), default=0)
    except psycopg2.Error as error:
        raise failed("version", error) from error


def lock(cursor: Cursor, schema: str) -> None:
    """Wait until nobody else changes the structure of the schema; held until the end of the transaction."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"citygrid schema {schema}",))


def require_current(cursor: Cursor, schema: str) -> None:
    """Raise unless the schema is of the plugin's version.

    ``ForeignSchema``, ``NewerSchema``, ``OlderSchema`` or ``ChangedMigration``.
    """
    applied = _applied(cursor, schema)
    _check(applied, schema, MIGRATIONS)
    if not applied:
        raise ForeignSchema(schema=schema)
    if len(applied) < len(MIGRATIONS):
        raise OlderSchema(schema=schema, found=len(applied), known=len(MIGRATIONS))


def _applied(cursor: Cursor, schema: str) -> dict[int, str]:
    """Number and checksum of the migrations that a schema has."""
    sql = driver().sql
    table = sql.Identifier(schema, "citygrid_migrations")
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (table.as_string(cursor),))
    if not cursor.fetchone()[0]:
        return {}
    cursor.execute(sql.SQL("SELECT number, checksum FROM {} ORDER BY number").format(table))
    return dict(cursor.fetchall())


def _check(applied: dict[int, str], schema: str, migrations: tuple[Migration, ...]) -> None:
    found = max(applied, default=0)
    if found > len(migrations):
        raise NewerSchema(schema=schema, found=found, known=len(migrations))
    for number, checksum in applied.items():
        if checksum != migrations[number - 1].checksum:
            raise ChangedMigration(schema=schema, number=number, name=migrations[number - 1].name)


def _next(connection: Connection, schema: str, migrations: tuple[Migration, ...]) -> int:
    """Apply the first migration that the schema lacks; its number, or 0 where it lacks none."""
    sql = driver().sql
    with connection, connection.cursor() as cursor:
        lock(cursor, schema)
        applied = _applied(cursor, schema)
        _check(applied, schema, migrations)
        number = len(applied) + 1
        if number > len(migrations):
            return 0
        named = sql.Identifier(schema)
        migration = migrations[number - 1]
        if number == 1:
            cursor.execute(sql.SQL(_APPLIED).format(schema=named))
        cursor.execute(sql.SQL(migration.statements).format(schema=named))
        cursor.execute(
            sql.SQL("INSERT INTO {}.citygrid_migrations (number, name, checksum) VALUES (%s, %s, %s)").format(named),
            (number, migration.name, migration.checksum),
        )
    return number
