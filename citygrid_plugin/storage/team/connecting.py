"""The way to the database of a team: psycopg2, which QGIS brings along on Windows and Debian.

Nobody here asks for, keeps or writes a password: callers hand over an open connection.
"""

from __future__ import annotations

from typing import Any

from citygrid_plugin.core.errors import CityGridError, MissingPackage

# psycopg2 carries no types: these names say what is meant.
Driver = Any
Connection = Any
Cursor = Any


class NoPostgis(CityGridError):
    """A database without the PostGIS extension."""

    template = "The database “{database}” has no PostGIS. Let its administrator run CREATE EXTENSION postgis there."


class DatabaseFailed(CityGridError):
    """What the database refused, or a connection that was lost; its transaction is undone."""

    template = "The database refused “{what}”: {why}. Nothing of it has been stored; mend that and start again."


def driver() -> Driver:
    """The module psycopg2 with its part ``sql``. Raises ``MissingPackage``."""
    try:
        import psycopg2  # noqa: PLC0415 - not every QGIS has it, and only teams need it
        import psycopg2.sql  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingPackage(str(error), package="psycopg2", command='pip install "psycopg2-binary>=2.9"') from error
    return psycopg2


def failed(what: str, error: Exception) -> DatabaseFailed:
    """An error of psycopg2 in one sentence: what the server says, and of which row; never connection data."""
    diagnosis = getattr(error, "diag", None)
    told = getattr(diagnosis, "message_primary", None) or str(error).strip().partition("\n")[0]
    where = (getattr(diagnosis, "context", None) or "").partition("\n")[0]
    return DatabaseFailed(what=what, why=" – ".join(filter(None, (told or type(error).__name__, where))))


def postgis_schema(cursor: Cursor) -> str:
    """The schema that PostGIS stands in. Raises ``NoPostgis``."""
    cursor.execute(
        "SELECT n.nspname FROM pg_catalog.pg_extension AS e"
        " JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'"
    )
    found = cursor.fetchone()
    if not found:
        cursor.execute("SELECT current_database()")
        raise NoPostgis(database=cursor.fetchone()[0])
    return str(found[0])
