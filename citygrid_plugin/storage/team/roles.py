"""Who of a team may do what, by grants of the database itself: a program that forgets a rule cannot break it.

Three group roles a schema, each with the rights of the one before it: viewers read everything; surveyors also write
components and cases; planners also write grids, responsibility grids, plans and all else. A table without a key of one
column has no versions of rows (row_versions.py): planners may add rows to it, nobody but the owner may change them.
An administrator makes colleagues members (GRANT "schema_viewer" TO colleague); the roles themselves cannot log in.
"""

from __future__ import annotations

from citygrid_plugin.core.errors import CityGridError

from .connecting import Connection, Cursor, driver, failed
from .migrations import lock, require_current
from .tables import OURS

VIEWER, SURVEYOR, PLANNER = "viewer", "surveyor", "planner"
ROLES = (VIEWER, SURVEYOR, PLANNER)

_SURVEYED = ("components", "cases", "rejected_components", "rejected_cases", "case_problems", "census_log")
_MOST_BYTES = 63  # of a name in PostgreSQL


class LongSchemaName(CityGridError):
    """A schema whose name leaves no room for the names of its roles."""

    template = "The name of the schema “{schema}” is too long for the names of its roles. Choose a shorter one."


def role_name(schema: str, role: str) -> str:
    """The database's name of a role; roles are the whole server's, so that the schema's name is part of it.

    Raises ``LongSchemaName``.
    """
    name = f"{schema}_{role}"
    if len(name.encode()) > _MOST_BYTES:
        raise LongSchemaName(schema=schema)
    return name


def grant(connection: Connection, schema: str) -> None:
    """Make the roles of a schema where they are missing, and give each its rights on all tables there are now.

    ``connection``: of the schema's owner, who may create roles, with no transaction open. Tables made later are open
    at once for reading, for writing after ``prepare``. Raises ``LongSchemaName``, ``ForeignSchema``, ``NewerSchema``,
    ``OlderSchema``, ``DatabaseFailed``; after an error nothing has changed.
    """
    psycopg2 = driver()
    names = {role: role_name(schema, role) for role in ROLES}
    try:
        with connection, connection.cursor() as cursor:
            require_current(cursor, schema)
            lock(cursor, schema)
            for name in names.values():
                _make(cursor, name)
            sql = psycopg2.sql
            places = {role: sql.Identifier(name) for role, name in names.items()}
            cursor.execute(sql.SQL(_GRANTS).format(schema=sql.Identifier(schema), **places))
            prepare_tables(cursor, schema)
    except psycopg2.Error as error:
        raise failed("grant", error) from error


def prepare(connection: Connection, schema: str) -> None:
    """Give tables that were made since their versions of rows, and the roles, where there are any, their rights.

    ``connection``: of the schema's owner, with no transaction open. Raises as ``grant``.
    """
    psycopg2 = driver()
    try:
        with connection, connection.cursor() as cursor:
            require_current(cursor, schema)
            lock(cursor, schema)
            prepare_tables(cursor, schema)
    except psycopg2.Error as error:
        raise failed("prepare", error) from error


def prepare_tables(cursor: Cursor, schema: str) -> None:
    """As ``prepare``, in the transaction of a caller who holds the lock of the schema."""
    sql = driver().sql
    cursor.execute(sql.SQL("SELECT {}.citygrid_prepare()").format(sql.Identifier(schema)))
    names = {role: f"{schema}_{role}" for role in ROLES}
    cursor.execute("SELECT count(*) FROM pg_catalog.pg_roles WHERE rolname = ANY(%s)", ([*names.values()],))
    if cursor.fetchone()[0] < len(ROLES):
        return
    viewer, surveyor = (sql.Identifier(names[role]) for role in (VIEWER, SURVEYOR))
    cursor.execute(sql.SQL(_READING).format(schema=sql.Identifier(schema), viewer=viewer, surveyor=surveyor))
    for table, keyed in _tables(cursor, schema):
        _open(cursor, schema, table, names, keyed=keyed)


def memberships(connection: Connection, schema: str) -> frozenset[str]:
    """Which of ``ROLES`` the user of a connection has, its owner all; a right of PostgreSQL itself is not asked here.

    Raises ``DatabaseFailed``.
    """
    psycopg2 = driver()
    names = {f"{schema}_{role}": role for role in ROLES}
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = ANY(%s) AND pg_has_role(oid, 'MEMBER')",
                ([*names],),
            )
            return frozenset(names[name] for (name,) in cursor.fetchall())
    except psycopg2.Error as error:
        raise failed("memberships", error) from error


_GRANTS = """
GRANT {viewer} TO {surveyor};
GRANT {surveyor} TO {planner};
GRANT USAGE ON SCHEMA {schema} TO {viewer};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {viewer};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE INSERT, UPDATE, DELETE ON TABLES FROM {planner};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE USAGE ON SEQUENCES FROM {planner}
"""  # what planners had of tables without versions in the first version is taken back

_READING = """
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {viewer};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {surveyor};
REVOKE ALL ON SEQUENCE {schema}.citygrid_versions FROM {surveyor}
"""


def _make(cursor: Cursor, name: str) -> None:
    sql = driver().sql
    cursor.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (name,))
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))


def _tables(cursor: Cursor, schema: str) -> list[tuple[str, bool]]:
    """The tables of a schema, and whether their rows have versions."""
    cursor.execute(
        "SELECT c.relname, EXISTS (SELECT FROM pg_catalog.pg_trigger AS t"
        " WHERE t.tgrelid = c.oid AND t.tgname = 'citygrid_check') FROM pg_catalog.pg_class AS c"
        " WHERE c.relnamespace = quote_ident(%s)::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname",
        (schema,),
    )
    return cursor.fetchall()


def _open(cursor: Cursor, schema: str, table: str, names: dict[str, str], *, keyed: bool) -> None:
    """The rights to write a table; nobody but the owner writes the bookkeeping."""
    sql = driver().sql
    target, planner = sql.Identifier(schema, table), sql.Identifier(names[PLANNER])
    if table.startswith(OURS) or not keyed:
        cursor.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(target, planner))
    if table.startswith(OURS):
        return
    stem, _, number = table.rpartition("_")
    surveyed = table in _SURVEYED or (number.isdecimal() and stem in _SURVEYED)  # rejected_components_1, …
    writer = sql.Identifier(names[SURVEYOR]) if surveyed else planner
    rights = sql.SQL("INSERT, UPDATE, DELETE" if keyed else "INSERT")
    cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(rights, target, writer))
