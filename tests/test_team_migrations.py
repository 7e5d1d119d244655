"""The schema of a team: made and upgraded once, by whoever comes first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from citygrid_plugin.core.errors import MissingPackage
from citygrid_plugin.storage.team.connecting import Connection, DatabaseFailed, driver
from citygrid_plugin.storage.team.migrations import (
    MIGRATIONS,
    ChangedMigration,
    Migration,
    NewerSchema,
    migrate,
    version,
)

from .postgres_server import Server, running

psycopg2 = pytest.importorskip("psycopg2")
SCHEMA = '数字城管 "a'  # a name that would break any text that is not quoted


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def connection(server: Server) -> Iterator[Any]:
    connection = psycopg2.connect(host=str(server.folder), user="census", dbname="postgres")
    yield connection
    connection.rollback()
    with connection, connection.cursor() as cursor:
        cursor.execute(psycopg2.sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(psycopg2.sql.Identifier(SCHEMA)))
    connection.close()


def asked(connection: Connection, question: str) -> list[tuple[Any, ...]]:
    with connection, connection.cursor() as cursor:
        cursor.execute(psycopg2.sql.SQL(question).format(schema=psycopg2.sql.Identifier(SCHEMA)))
        return cursor.fetchall()


def test_a_schema_is_made_once_and_says_by_whom(connection: Connection) -> None:
    assert version(connection, SCHEMA) == 0
    assert migrate(connection, SCHEMA) == [*range(1, len(MIGRATIONS) + 1)]
    assert migrate(connection, SCHEMA) == []
    assert version(connection, SCHEMA) == len(MIGRATIONS)
    rows = asked(connection, "SELECT number, name, applied_by FROM {schema}.citygrid_migrations WHERE number = 1")
    assert rows == [(1, "bookkeeping", "census")]


def test_a_migration_that_fails_leaves_nothing_of_itself(connection: Connection) -> None:
    later = (*MIGRATIONS, Migration("broken", "CREATE TABLE {schema}.half (a int); SELECT 1 / 0"))
    with pytest.raises(DatabaseFailed, match="division by zero"):
        migrate(connection, SCHEMA, later)
    assert version(connection, SCHEMA) == len(MIGRATIONS)
    assert asked(connection, "SELECT count(*) FROM pg_class WHERE relname = 'half'") == [(0,)]


def test_a_newer_schema_and_another_migration_are_refused(connection: Connection) -> None:
    later = (*MIGRATIONS, Migration("later", "CREATE TABLE {schema}.later (a int)"))
    migrate(connection, SCHEMA, later)
    with pytest.raises(NewerSchema, match="Update the plugin"):
        migrate(connection, SCHEMA)
    other = (*MIGRATIONS, Migration("later", "CREATE TABLE {schema}.other (a int)"))
    with pytest.raises(ChangedMigration, match="later"):
        migrate(connection, SCHEMA, other)


def test_two_who_upgrade_at_once_do_it_once(server: Server, connection: Connection) -> None:
    slow = (
        *MIGRATIONS,
        *(Migration(f"m{n}", f"SELECT pg_sleep(0.05); CREATE TABLE {{schema}}.m{n} ()") for n in "abc"),
    )

    def upgrade(_: int) -> list[int]:
        other = psycopg2.connect(host=str(server.folder), user="census", dbname="postgres")
        try:
            return migrate(other, SCHEMA, slow)
        finally:
            other.close()

    with ThreadPoolExecutor(2) as pool:
        applied = sorted(number for numbers in pool.map(upgrade, range(2)) for number in numbers)
    assert applied == [*range(1, len(slow) + 1)]
    assert version(connection, SCHEMA) == len(slow)


def test_a_qgis_without_psycopg2_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    with pytest.raises(MissingPackage, match="psycopg2"):
        driver()
