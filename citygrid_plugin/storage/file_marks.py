"""What a file looks like, so that whether it has changed can be told without reading its records.

A mark is a short text: equal marks mean that nothing has changed. Small files are told by their content, so that
one which was only copied or touched is the same; large ones by size and time. A layer of a GeoPackage is told by its
rows, since the file changes with every other layer of it, too.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Final

from .files import connected, quoted, recover

_SMALL: Final = 32_000_000  # bytes; ours: read in a tenth of a second
_MOST_ROWS: Final = 300_000  # ours: their text is gone through in about a second
_MOST_FILES: Final = 20_000
_PIECE: Final = 1_000_000
_MARK_LENGTH: Final = 32
_GEOPACKAGE: Final = ".gpkg"
_COUNTER: Final = slice(24, 28)  # of the header of SQLite: how often the file was changed
_HEADER: Final = 100


def mark_of(path: Path, layer: str | None = None) -> str:
    """The mark of a file with what belongs to it (.dbf, .shx …), a folder, or a layer of a GeoPackage.

    Empty where the file cannot be read: then it counts as changed, and reading it says what is wrong.
    """
    try:
        if path.suffix.lower() == _GEOPACKAGE and path.is_file():
            return digest("gpkg", _layer_mark(path, layer) or _file_mark(path), layer or "")
        if path.is_dir():
            return digest("folder", *_folder_marks(path))
        return digest("file", *(f"{part.name}={_file_mark(part)}" for part in _parts(path)))
    except (OSError, sqlite3.Error):
        return ""


def digest(*parts: str) -> str:
    """One short text for several."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_MARK_LENGTH]


def _parts(path: Path) -> list[Path]:
    """A file and those of the same name with another suffix: a shapefile is several, a .csv may have a .csvt."""
    if not path.exists():
        raise FileNotFoundError(path)
    if path.suffix.lower() != ".shp":
        return [path]
    return sorted(part for part in path.parent.iterdir() if part.stem == path.stem and part.is_file())


def _file_mark(path: Path) -> str:
    """The content of a small file; size and time of a large one, with its change counter where it is a database."""
    told = path.stat()
    if told.st_size <= _SMALL and not _log_of(path).is_file():
        return _content(path)
    parts = [str(told.st_size), str(told.st_mtime_ns), _counter(path)]
    log = _log_of(path)  # of a database: what is not yet in the file itself
    if log.is_file():
        parts += [str(log.stat().st_size), str(log.stat().st_mtime_ns)]
    return ",".join(parts)


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _counter(path: Path) -> str:
    if path.suffix.lower() not in {_GEOPACKAGE, ".sqlite"}:
        return ""
    with path.open("rb") as stream:
        return stream.read(_HEADER)[_COUNTER].hex()


def _content(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def _folder_marks(folder: Path) -> list[str]:
    """Size and time of each file in a folder; of more than can be looked at, nothing tells."""
    marks = []
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(root) / name
            told = path.stat()
            marks.append(f"{path.relative_to(folder).as_posix()}={told.st_size},{told.st_mtime_ns}")
        if len(marks) > _MOST_FILES:
            raise OSError(folder)
    return marks


def _layer_mark(path: Path, layer: str | None) -> str:
    """All rows of a layer; of a long one their number, the last one, and when GDAL last wrote it. Empty without it."""
    recover(path)
    with connected(path) as base:
        names = [str(name) for (name,) in base.execute("SELECT table_name FROM gpkg_contents ORDER BY rowid")]
        if layer is None and len(names) == 1:
            layer = names[0]
        if layer not in names:
            return ""
        count = base.execute(" ".join(("SELECT count(*) FROM", quoted(layer)))).fetchone()[0]
        if count > _MOST_ROWS:
            return _long_mark(base, path, layer, int(count))
        base.text_factory = bytes  # whatever it holds
        found = hashlib.sha256()
        for row in base.execute(" ".join(("SELECT * FROM", quoted(layer)))):
            found.update(repr(row).encode())
        return found.hexdigest()


def _long_mark(base: sqlite3.Connection, path: Path, layer: str, count: int) -> str:
    changed: Any = base.execute("SELECT last_change FROM gpkg_contents WHERE table_name = ?", (layer,)).fetchone()
    return f"{count},{changed[0]},{_counter(path)},{path.stat().st_mtime_ns},{_wal_time(path)}"


def _wal_time(path: Path) -> int:
    log = _log_of(path)
    return log.stat().st_mtime_ns if log.is_file() else 0
