"""Files: read as they are, and written so that a crash or a cancelled run never leaves half of one under its name."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from citygrid_plugin.core.errors import UnreadableFile, UnwritableTarget

_SCRATCH = ".citygrid-"  # how scratch folders begin; the number of the process follows
_OLD = 86_400.0  # seconds; where processes cannot be asked for, a scratch folder of that age is forgotten


class NoTemporaryFolder(UnwritableTarget):
    """No room for the copies of files that are made while they are read."""

    template = (
        "The temporary folder “{path}” cannot be written: {why}. Free some space there, or let the variable TMPDIR "
        "(on Windows TEMP) name another folder, and start again."
    )


def bytes_of(path: Path, size: int = -1) -> bytes:
    """The content of a file, or its first bytes. Raises ``UnreadableFile``."""
    try:
        with path.open("rb") as stream:
            return stream.read(size)
    except OSError as error:
        raise UnreadableFile(path=str(path), why=error.strerror or str(error)) from error


def free_name(name: str, taken: set[str]) -> str:
    """A name that is not taken yet, in whatever case; it is taken from now on."""
    result, number = name, 1
    while result.casefold() in taken:
        number += 1
        result = f"{name}_{number}"
    taken.add(result.casefold())
    return result


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for copies of what is read; it goes in the end. Raises ``NoTemporaryFolder``."""
    with filling_temporary():
        folder = tempfile.TemporaryDirectory(prefix="citygrid-", ignore_cleanup_errors=True)
    with folder as name:
        yield Path(name)


@contextlib.contextmanager
def filling_temporary() -> Iterator[None]:
    """Around whatever writes into a temporary folder. Raises ``NoTemporaryFolder`` where it is full, or none."""
    try:
        yield
    except OSError as error:
        raise no_temporary_folder(error) from error


def no_temporary_folder(error: OSError) -> NoTemporaryFolder:
    """What went wrong with the temporary folder, for the user; named by its variable where there is none at all."""
    try:
        path = tempfile.gettempdir()
    except OSError:
        path = "TMPDIR"
    return NoTemporaryFolder(path=path, why=error.strerror or str(error))


def copied_to(source: Path, target: Path) -> None:
    """Copy a file into a temporary folder. Raises ``UnreadableFile``, ``NoTemporaryFolder``."""
    bytes_of(source, 1)
    with filling_temporary():
        shutil.copyfile(source, target)


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A folder in ``parent`` that goes in the end; those that killed runs left there go first.

    Raises ``UnwritableTarget`` where the folder cannot be written.
    """
    _sweep(parent)
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{_SCRATCH}{os.getpid()}-", dir=parent))
    except OSError as error:
        raise UnwritableTarget(path=str(parent), why=error.strerror or str(error)) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove the scratch folders of runs that are no more."""
    for folder in parent.glob(f"{_SCRATCH}*"):
        if not _is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_in_use(folder: Path) -> bool:
    process = folder.name.removeprefix(_SCRATCH).partition("-")[0]
    if os.name != "posix" or not process.isdigit():  # on Windows, asking would end the process
        with contextlib.suppress(OSError):
            return time.time() - folder.stat().st_mtime < _OLD
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A scratch path beside ``path`` with the same name; it takes the final name on success.

    Raises ``UnwritableTarget`` where the folder cannot be written or the file is held open.
    """
    with scratch_folder(path.parent) as folder:
        scratch = folder / path.name
        yield scratch
        try:
            os.replace(scratch, path)  # noqa: PTH105 - atomic on every platform
        except OSError as error:
            raise UnwritableTarget(path=str(path), why=error.strerror or str(error)) from error


def connected(database: Path, mode: str = "ro") -> contextlib.closing[sqlite3.Connection]:
    """A SQLite file that is there, opened for reading only or, with ``mode`` rw, for writing; closed in the end."""
    return contextlib.closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode={mode}", uri=True))


def quoted(name: str) -> str:
    """The name of a table or column in a statement of SQLite, whose parameters cannot be names."""
    return '"' + name.replace('"', '""') + '"'


def recover(database: Path) -> None:
    """Bring a SQLite file whose writer was killed back to its last good state.

    A killed writer leaves a journal. Only who may write can roll it back; who only reads is refused till then.
    Where that is not possible, whoever opens the file next says why.
    """
    journal = database.with_name(f"{database.name}-journal")
    with contextlib.suppress(OSError, sqlite3.Error):
        if journal.stat().st_size:
            with connected(database, "rw") as base:
                base.execute("SELECT count(*) FROM sqlite_master").fetchone()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, atomically. Raises ``UnwritableTarget``."""
    with replacing(path) as scratch:
        try:
            scratch.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UnwritableTarget(path=str(path), why=error.strerror or str(error)) from error
