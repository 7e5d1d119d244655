"""A PostgreSQL server of the tests' own: in a folder, on a socket there, gone in the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_PROGRAMS = ("initdb", "pg_ctl", "psql")
_FOLDERS = (*map(Path, os.environ["PATH"].split(os.pathsep)), *sorted(Path("/usr/lib/postgresql").glob("*/bin"))[::-1])


class ServerError(Exception):
    """A program of the server that failed, and what it said."""


class Server:
    """A PostgreSQL server in a folder, which listens to its socket there and to nothing else."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._programs, self.folder = programs, folder
        # PostgreSQL refuses to run as root.
        self._user = {"user": "nobody", "group": "nogroup"} if os.getuid() == 0 else {}
        if self._user:
            shutil.chown(folder, **self._user)

    def start(self) -> None:
        self._run("initdb", "-D", "db", "-U", "census", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._run("pg_ctl", "-D", "db", "-w", "-l", "log", "-o", f"-k {self.folder} -c listen_addresses=''", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "db", "-m", "immediate", "stop")

    def sql(self, text: str) -> str:
        options = ["-h", str(self.folder), "-U", "census", "-v", "ON_ERROR_STOP=1", "-Atq", "postgres"]
        return self._run("psql", *options, text=text).strip()

    def _run(self, program: str, *arguments: str, text: str = "") -> str:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PGCLIENTENCODING": "UTF8"}
        command = [str(self._programs / program), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, input=text, capture_output=program == "psql", text=True, encoding="utf-8",
            check=False, env=environment, **({} if program == "psql" else {"stdout": subprocess.DEVNULL}), **self._user,
        )  # fmt: skip
        if done.returncode:
            raise ServerError(program, done.stderr)
        return done.stdout or ""

    def layer(self, rest: str) -> Any:  # noqa: ANN401
        """A layer of QGIS; ``rest``: key, table and geometry as in a source of QGIS."""
        from qgis.core import QgsVectorLayer  # noqa: PLC0415

        layer = QgsVectorLayer(f"dbname='postgres' host={self.folder} user='census' {rest}", "census", "postgres")
        assert layer.isValid()
        return layer

    def busy(self) -> str:
        """Transactions that are open, and locks on our tables."""
        states = "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        locks = "SELECT count(*) FROM pg_locks WHERE relation IN ('lamps'::regclass, 'plain'::regclass)"
        return self.sql(f"SELECT ({states} AND backend_type = 'client backend'), ({locks})")


@contextmanager
def running() -> Iterator[Server]:
    """A server with PostGIS; the test is skipped where it is not installed."""
    programs = next((folder for folder in _FOLDERS if all((folder / name).is_file() for name in _PROGRAMS)), None)
    if programs is None:
        pytest.skip("no PostgreSQL server is installed")
    folder = Path(tempfile.mkdtemp(prefix="citygrid-pg-"))  # pytest's own folders are closed to other users
    server = Server(folder, programs)
    try:
        server.start()
        try:
            try:
                server.sql("CREATE EXTENSION postgis")
            except ServerError:
                pytest.skip("PostGIS is not installed")
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
