"""The way to the database of a team: psycopg2, which QGIS brings along on Windows and Debian.

Nobody here asks for, keeps or writes a password: it passes through ``connect`` and no error repeats it.
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


class NoConnection(CityGridError):
    """A server that cannot be reached or lets nobody in."""

    template = "The database cannot be reached: {why}. Check the connection in QGIS and the network, then try again."


class ConnectionLost(DatabaseFailed):
    """A connection that ended in between: what was sent is stored whole or not at all, and may be sent again."""

    template = (
        "The connection to the database was lost during “{what}”. Connect again and repeat it: nothing is done twice."
    )


class NotAllowed(CityGridError):
    """Rows that the role of the user may not write."""

    template = (
        "You may not do “{what}”: {why}. Ask the administrator of the database for the role of a surveyor or planner."
    )


class RowsInUse(CityGridError):
    """Rows that somebody else's open transaction holds."""

    template = "A colleague is saving the same rows just now. Nothing of yours has been stored; save again in a moment."


def driver() -> Driver:
    """The module psycopg2 with its parts ``sql`` and ``errors``. Raises ``MissingPackage``."""
    try:
        import psycopg2  # noqa: PLC0415 - not every QGIS has it, and only teams need it
        import psycopg2.errors  # noqa: PLC0415 - as above
        import psycopg2.sql  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingPackage(str(error), package="psycopg2", command='pip install "psycopg2-binary>=2.9"') from error
    return psycopg2


def connect(info: str, timeout: float = 10) -> Connection:
    """A connection that notices within a minute that the network is gone.

    ``info``: connection string of libpq, of which nothing is kept; ``timeout`` in seconds. Raises ``NoConnection``,
    ``MissingPackage``.
    """
    psycopg2 = driver()
    try:
        return psycopg2.connect(
            info, connect_timeout=max(2, round(timeout)), application_name="CityGrid", client_encoding="UTF8",
            keepalives_idle=20, keepalives_interval=10, keepalives_count=3, tcp_user_timeout=50_000,
        )  # fmt: skip
    except psycopg2.OperationalError as error:
        raise NoConnection(why=str(error).strip().partition("\n")[0]) from None
    except psycopg2.Error:  # its text repeats parts of a string that it cannot read
        raise NoConnection(why="its connection data cannot be read") from None


def refused(what: str, error: Exception, connection: Connection) -> CityGridError:
    """The error to raise for one of psycopg2 that ended a write."""
    errors = driver().errors
    if connection.closed:
        return ConnectionLost(what=what, why=str(error).strip().partition("\n")[0])
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected):
        return RowsInUse()
    if isinstance(error, errors.InsufficientPrivilege):
        return NotAllowed(what=what, why=error.diag.message_primary)
    return failed(what, error)


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
