"""Who of a team may do what, by grants of the database itself: a program that forgets a rule cannot break it.

Three group roles a schema, each with the rights of the one before it: viewers read everything; surveyors also write
components and cases; planners also write grids, responsibility grids, plans and all else that is or will be there.
An administrator makes colleagues members (GRANT "schema_viewer" TO colleague); the roles themselves cannot log in.
"""

from __future__ import annotations

from citygrid_plugin.core.errors import CityGridError

from .connecting import Connection, Cursor, driver, failed
from .migrations import lock, require_current

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

    Tables that the same owner makes later are open at once to viewers for reading and to planners for writing; run
    this again after a workspace was moved in, so that surveyors may write theirs. ``connection``: of the schema's
    owner, who may create roles, with no transaction open. Raises ``LongSchemaName``, ``ForeignSchema``,
    ``NewerSchema``, ``DatabaseFailed``; after an error nothing has changed.
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
            for table in _tables(cursor, schema):
                _open(cursor, schema, table, names)
    except psycopg2.Error as error:
        raise failed("grant", error) from error


_GRANTS = """
GRANT {viewer} TO {surveyor};
GRANT {surveyor} TO {planner};
GRANT USAGE ON SCHEMA {schema} TO {viewer};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {viewer};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {surveyor};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {viewer};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT INSERT, UPDATE, DELETE ON TABLES TO {planner};
ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {planner}
"""


def _make(cursor: Cursor, name: str) -> None:
    sql = driver().sql
    cursor.execute("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = %s", (name,))
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))


def _tables(cursor: Cursor, schema: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s ORDER BY tablename", (schema,))
    return [name for (name,) in cursor.fetchall()]


def _open(cursor: Cursor, schema: str, table: str, names: dict[str, str]) -> None:
    """The rights to write a table; nobody but the owner writes the bookkeeping."""
    sql = driver().sql
    target, planner = sql.Identifier(schema, table), sql.Identifier(names[PLANNER])
    if table.startswith("citygrid_"):
        cursor.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(target, planner))
        return
    stem, _, number = table.rpartition("_")
    surveyed = table in _SURVEYED or (number.isdecimal() and stem in _SURVEYED)  # rejected_components_1, …
    writer = sql.Identifier(names[SURVEYOR]) if surveyed else planner
    cursor.execute(sql.SQL("GRANT INSERT, UPDATE, DELETE ON {} TO {}").format(target, writer))
