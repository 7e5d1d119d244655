"""Writing files so that a crash or a cancelled run never leaves half a file under the final name."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from citygrid_plugin.core.errors import UnwritableTarget


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A scratch path beside ``path`` with the same name; it takes the final name on success.

    Raises ``UnwritableTarget`` where the folder cannot be written or the file is held open.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=".citygrid-", dir=path.parent))
    except OSError as error:
        raise UnwritableTarget(path=str(path), why=error.strerror or str(error)) from error
    try:
        scratch = folder / path.name
        yield scratch
        try:
            os.replace(scratch, path)  # noqa: PTH105 - atomic on every platform
        except OSError as error:
            raise UnwritableTarget(path=str(path), why=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text, atomically. Raises ``UnwritableTarget``."""
    with replacing(path) as scratch:
        try:
            scratch.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UnwritableTarget(path=str(path), why=error.strerror or str(error)) from error
