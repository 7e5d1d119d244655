"""What colleagues have changed, told by the database as soon as it is stored.

The notice itself says only that there is something new; what it is stands in ``citygrid_changes``, so that a listener
whose connection was lost reads there what it missed, each change once.
"""

from __future__ import annotations

import hashlib
import select
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from .connecting import Connection, Cursor, NoConnection, driver, failed
from .migrations import require_current

MOST = 1_000
"""Changes of a table at once that are told row by row; more are told as one change of the table."""

_AGAIN = 2.0  # seconds between two attempts to connect


@dataclass(frozen=True)
class Change:
    """A change of a row; where ``key`` is None, of so many rows of a table that it is best read anew.

    ``save``: the identity of the save that it came with (editing.py), None for others.
    """

    table: str
    key: str | None
    version: int
    who: str
    kind: str
    at: datetime
    save: UUID | None


class Listener:
    """Hears of changes, on a connection of its own.

    ``connect`` opens one; ``since`` is a mark (``editing.mark``), else changes from now on are told. Not for several
    threads at once.
    """

    def __init__(self, connect: Callable[[], Connection], schema: str, since: str | None = None) -> None:
        self.since = since
        self._connect = connect
        self._schema = schema
        self._connection: Connection | None = None
        self._tried = -_AGAIN

    @property
    def connected(self) -> bool:
        """Whether notices can arrive."""
        return self._connection is not None and not self._connection.closed

    def fileno(self) -> int | None:
        """The socket that becomes readable with a notice; None without a connection."""
        connection = self._connection
        return None if connection is None or connection.closed else int(connection.fileno())

    def poll(self) -> list[Change]:
        """What has been changed meanwhile, without waiting for more."""
        return self.wait(0)

    def wait(self, seconds: float) -> list[Change]:
        """What has been changed, at the latest after so many seconds; in the order of versions.

        A lost connection is no error: see ``connected``; a later call connects again, at most every two seconds, and
        tells what was missed. Raises ``ForeignSchema``, ``NewerSchema``, ``OlderSchema``, ``DatabaseFailed``.
        """
        psycopg2 = driver()
        try:
            if not self.connected:
                return self._reconnected(seconds)
            return self._heard(seconds)
        except (psycopg2.OperationalError, psycopg2.InterfaceError, NoConnection):
            self.close()
            return []
        except psycopg2.Error as error:
            if self._connection is None or self._connection.closed:
                self.close()
                return []
            raise failed("listen", error) from error

    def close(self) -> None:
        """Let the connection go; a later ``wait`` opens one again."""
        if self._connection is not None and not self._connection.closed:
            self._connection.close()
        self._connection = None

    def _reconnected(self, seconds: float) -> list[Change]:
        pause = self._tried + _AGAIN - time.monotonic()
        if pause > 0:
            time.sleep(min(pause, seconds))
            if pause > seconds:
                return []
        self._tried = time.monotonic()
        connection = self._connection = self._connect()
        with connection, connection.cursor() as cursor:
            require_current(cursor, self._schema)
            sql = driver().sql
            # Listen first, then read: what is stored in between is told, at worst by a notice without news.
            cursor.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel(self._schema))))
        return self._news(connection)

    def _heard(self, seconds: float) -> list[Change]:
        connection = self._connection
        if connection is None or not select.select([connection], [], [], seconds)[0]:
            return []
        connection.poll()
        if not connection.notifies:
            return []
        del connection.notifies[:]
        return self._news(connection)

    def _news(self, connection: Connection) -> list[Change]:
        """Everything that became visible since the last time."""
        psycopg2 = driver()
        connection.set_session(isolation_level=psycopg2.extensions.ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()::text")
            now = str(cursor.fetchone()[0])
            changes = [] if self.since is None else self._between(cursor, self.since)
        self.since = now
        return changes

    def _between(self, cursor: Cursor, since: str) -> list[Change]:
        sql = driver().sql
        changes = sql.Identifier(self._schema, "citygrid_changes")
        cursor.execute(
            sql.SQL(
                "WITH news AS (SELECT *, count(*) OVER each AS rows,"
                " row_number() OVER (PARTITION BY table_name ORDER BY version DESC) AS latest FROM {}"
                " WHERE transaction >= pg_snapshot_xmin(%(since)s::pg_snapshot)"
                " AND NOT pg_visible_in_snapshot(transaction, %(since)s::pg_snapshot)"
                " WINDOW each AS (PARTITION BY table_name))"
                " SELECT table_name, CASE WHEN rows <= %(most)s THEN row_key END, version, changed_by, kind,"
                " changed_at, save::text FROM news WHERE rows <= %(most)s OR latest = 1 ORDER BY version"
            ).format(changes),
            {"since": since, "most": MOST},
        )
        return [
            Change(table, key, version, who, kind, at, UUID(save) if save else None)
            for table, key, version, who, kind, at, save in cursor.fetchall()
        ]


def channel(schema: str) -> str:
    """The name under which the triggers of a schema send (row_versions.py)."""
    return "citygrid_" + hashlib.md5(schema.encode(), usedforsecurity=False).hexdigest()
